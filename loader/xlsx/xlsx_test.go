package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
)

// parts are those of a small workbook: a shared text, rich text, an inline text,
// a number, a saved formula, gaps, and a second sheet.
func parts() map[string]string {
	return map[string]string{
		"xl/workbook.xml": `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>` +
			`<sheet name="One" sheetId="1" r:id="rId1"/><sheet name="Two" sheetId="2" r:id="rId2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
		"xl/sharedStrings.xml": `<sst><si><t>0208.90</t></si><si><r><t>ex </t></r><r><t>0410.10</t></r></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>` +
			`<row r="2"/><row r="4"><c r="B4"><v>81090</v></c><c r="C4" t="inlineStr"><is><t>a b</t></is></c><c r="D4"><f>1+1</f><v>2</v></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml": `<worksheet><sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData></worksheet>`,
	}
}

func pack(t testing.TB, parts map[string]string) loader.Input {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range parts {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return input(t, b.Bytes())
}

func input(t testing.TB, content []byte) loader.Input {
	t.Helper()
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := loader.Inputs(path)
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

func listing(t testing.TB, in loader.Input, sheet string) (lines []string, err error) {
	t.Helper()
	book, err := Open(in)
	if err != nil {
		return nil, err
	}
	err = book.Rows(sheet, func(row int, cells []string) error {
		lines = append(lines, fmt.Sprintf("%d %s", row, strings.Join(cells, "|")))
		return nil
	})
	return lines, err
}

func TestRows(t *testing.T) {
	in := pack(t, parts())
	for sheet, want := range map[string][]string{
		"One": {"1 0208.90||ex 0410.10", "4 |81090|a b|2"},
		"Two": {"1 1|2"},
	} {
		if got, err := listing(t, in, sheet); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q (%v), want %q", sheet, got, err, want)
		}
	}
	if _, err := listing(t, in, "Three"); graph.CodeOf(err) != graph.NotFound || !strings.Contains(err.Error(), "One, Two") {
		t.Errorf("error %v", err)
	}
	book, err := Open(in)
	if err != nil {
		t.Fatal(err)
	}
	mine := errors.New("mine")
	if err := book.Rows("One", func(int, []string) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("error %v", err)
	}
}

// TestDamaged holds that what is wrong with a workbook is told.
func TestDamaged(t *testing.T) {
	for name, change := range map[string]func(map[string]string){
		"no workbook":            func(p map[string]string) { delete(p, "xl/workbook.xml") },
		"no links":               func(p map[string]string) { delete(p, "xl/_rels/workbook.xml.rels") },
		"no sheet":               func(p map[string]string) { delete(p, "xl/worksheets/sheet1.xml") },
		"a sheet cut off":        func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = p["xl/worksheets/sheet1.xml"][:90] },
		"texts cut off":          func(p map[string]string) { p["xl/sharedStrings.xml"] = `<sst><si><t>a` },
		"no texts":               func(p map[string]string) { delete(p, "xl/sharedStrings.xml") },
		"a text that is not":     func(p map[string]string) { p["xl/sharedStrings.xml"] = `<sst/>` },
		"a row without a number": func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = `<d><row r="x"/></d>` },
		"a column too many":      func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = `<d><row r="1"><c r="ZZZZ1"/></row></d>` },
		"no column":              func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = `<d><row r="1"><c r="1"/></row></d>` },
	} {
		t.Run(name, func(t *testing.T) {
			p := parts()
			change(p)
			if _, err := listing(t, pack(t, p), "One"); graph.CodeOf(err) != graph.BadInput {
				t.Errorf("error %v", err)
			}
		})
	}
	if _, err := listing(t, input(t, []byte("PK no archive")), "One"); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("error %v", err)
	}
}

// Whatever a file holds, it is read or refused.
func FuzzRows(f *testing.F) {
	for name, part := range parts() {
		f.Add(name, part)
	}
	f.Fuzz(func(t *testing.T, name, part string) {
		p := parts()
		if _, ok := p[name]; !ok {
			name = "xl/worksheets/sheet1.xml"
		}
		p[name] = part
		if _, err := listing(t, pack(t, p), "One"); err != nil && graph.CodeOf(err) != graph.BadInput && graph.CodeOf(err) != graph.NotFound {
			t.Errorf("error %v", err)
		}
	})
}
