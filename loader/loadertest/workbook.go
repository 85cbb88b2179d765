package loadertest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"testing"
)

// Workbook makes an Excel workbook (.xlsx) of one sheet, with the title above the
// rows where it is not blank.
func Workbook(t testing.TB, title string, rows [][]string) []byte {
	t.Helper()
	if title != "" {
		rows = append([][]string{{title}}, rows...)
	}
	sheet := ""
	for n, row := range rows {
		sheet += fmt.Sprintf(`<row r="%d">`, n+1)
		for column, cell := range row {
			sheet += fmt.Sprintf(`<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+column, n+1, html.EscapeString(cell))
		}
		sheet += "</row>"
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"xl/workbook.xml", `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Data" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Target="sheet1.xml"/></Relationships>`},
		{"xl/sheet1.xml", "<worksheet>" + sheet + "</worksheet>"},
	} {
		f, err := w.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(part[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
