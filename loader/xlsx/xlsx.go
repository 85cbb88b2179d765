// Package xlsx reads the rows of a worksheet of an Excel workbook (Office Open
// XML, ISO/IEC 29500) as text, exactly as the cells hold it: no format is
// applied and nothing is converted, so that the code 081090 stays what it is.
//
// What is not there stays blank. Formulas count with the value that was saved
// with them. A workbook that is damaged is an error, never a shorter table.
package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

const (
	maxFile  = 64 << 20  // bytes of a workbook
	maxPart  = 512 << 20 // bytes that one part of it may expand to
	maxCells = 16384     // columns of a worksheet
)

// Book is a workbook.
type Book struct {
	name   string
	zip    *zip.Reader
	sheets []sheet
	texts  []string // shared strings
}

// sheet is a worksheet: its name and the part that holds it.
type sheet struct{ name, part string }

// Open reads a workbook and the texts that its cells share. The error is
// BadInput for what is no workbook.
func Open(in loader.Input) (*Book, error) {
	file, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxFile {
		return nil, graph.Errorf(graph.BadInput, "%s is larger than %d MiB: save the one sheet that is needed as CSV", in, maxFile>>20)
	}
	b := &Book{name: in.String()}
	if b.zip, err = zip.NewReader(bytes.NewReader(content), int64(len(content))); err != nil {
		return nil, b.damaged(err)
	}
	if err := b.readSheets(); err != nil {
		return nil, b.damaged(err)
	}
	if err := b.readTexts(); err != nil {
		return nil, b.damaged(err)
	}
	return b, nil
}

func (b *Book) damaged(err error) error {
	var told *graph.Error
	if errors.As(err, &told) {
		return err
	}
	return graph.Wrap(graph.BadInput, err, "%s is no Excel workbook (.xlsx), or is damaged: %v", b.name, err)
}

// Sheets returns the names of the worksheets, in order.
func (b *Book) Sheets() []string {
	names := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		names[i] = s.name
	}
	return names
}

// Rows hands out the rows of a worksheet that are not empty: the number of each,
// counted from 1, and its cells as text, which are the caller's until the next
// row. The error is NotFound for a sheet that there is not, BadInput for one that
// is damaged, or use's own.
func (b *Book) Rows(name string, use func(row int, cells []string) error) error {
	for _, s := range b.sheets {
		if s.name == name {
			return b.rows(s.part, use)
		}
	}
	return graph.Errorf(graph.NotFound, "%s has no sheet %q: it has %s", b.name, name, strings.Join(b.Sheets(), ", "))
}

// part opens a part of the workbook.
func (b *Book) part(name string) (io.ReadCloser, error) {
	file, err := b.zip.Open(strings.TrimPrefix(name, "/"))
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(file, maxPart), file}, nil
}

// decode reads a small part as a whole.
func (b *Book) decode(name string, into any) error {
	file, err := b.part(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return xml.NewDecoder(file).Decode(into)
}

func (b *Book) readSheets() error {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := b.decode("xl/workbook.xml", &book); err != nil {
		return err
	}
	if err := b.decode("xl/_rels/workbook.xml.rels", &links); err != nil {
		return err
	}
	target := map[string]string{}
	for _, l := range links.Links {
		if !strings.HasPrefix(l.Target, "/") {
			l.Target = path.Join("xl", l.Target)
		}
		target[l.ID] = l.Target
	}
	for _, s := range book.Sheets {
		b.sheets = append(b.sheets, sheet{s.Name, target[s.ID]})
	}
	return nil
}

// richText is the text of a cell; where parts of it look different, in runs.
type richText struct {
	Text string `xml:"t"`
	Runs []struct {
		Text string `xml:"t"`
	} `xml:"r"`
}

func (t richText) String() string {
	text := t.Text
	for _, r := range t.Runs {
		text += r.Text
	}
	return text
}

func (b *Book) readTexts() error {
	file, err := b.part("xl/sharedStrings.xml")
	if err != nil {
		return nil //nolint:nilerr // a workbook without texts has no such part
	}
	defer file.Close()
	return each(xml.NewDecoder(file), "si", func(d *xml.Decoder, start xml.StartElement) error {
		var t richText
		if err := d.DecodeElement(&t, &start); err != nil {
			return err
		}
		b.texts = append(b.texts, t.String())
		return nil
	})
}

// each calls use for every element of a name.
func each(d *xml.Decoder, name string, use func(*xml.Decoder, xml.StartElement) error) error {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			if err := use(d, start); err != nil {
				return err
			}
		}
	}
}

// xmlRow is a row of a worksheet.
type xmlRow struct {
	Number string `xml:"r,attr"`
	Cells  []struct {
		Place  string   `xml:"r,attr"`
		Type   string   `xml:"t,attr"`
		Value  string   `xml:"v"`
		Inline richText `xml:"is"`
	} `xml:"c"`
}

func (b *Book) rows(part string, use func(int, []string) error) error {
	file, err := b.part(part)
	if err != nil {
		return b.damaged(err)
	}
	defer file.Close()
	last := 0
	var cells []string
	var failed error // of use
	err = each(xml.NewDecoder(file), "row", func(d *xml.Decoder, start xml.StartElement) error {
		var row xmlRow
		if err := d.DecodeElement(&row, &start); err != nil {
			return err
		}
		last++
		if row.Number != "" {
			if last, err = strconv.Atoi(row.Number); err != nil || last < 1 || last > 1<<20 {
				return fmt.Errorf("a row has the number %q", row.Number)
			}
		}
		if cells, err = b.cells(row, cells[:0]); err != nil {
			return err
		}
		if len(cells) > 0 {
			failed = use(last, cells)
		}
		return failed
	})
	if err != nil && failed == nil {
		return b.damaged(err)
	}
	return err
}

// cells puts the cells of a row where their places say.
func (b *Book) cells(row xmlRow, cells []string) ([]string, error) {
	for _, c := range row.Cells {
		at := len(cells)
		if c.Place != "" {
			if at = columnOf(c.Place); at < 0 {
				return nil, fmt.Errorf("a cell stands at %q", c.Place)
			}
		}
		text := c.Value
		switch c.Type {
		case "s":
			i, err := strconv.Atoi(c.Value)
			if err != nil || i < 0 || i >= len(b.texts) {
				return nil, fmt.Errorf("cell %s holds the text %q, which there is not", c.Place, c.Value)
			}
			text = b.texts[i]
		case "inlineStr":
			text = c.Inline.String()
		}
		for len(cells) <= at {
			cells = append(cells, "")
		}
		cells[at] = text
	}
	return cells, nil
}

// columnOf is the column of a place such as AB12, counted from 0; -1 where it is
// none.
func columnOf(place string) int {
	column := 0
	for i := 0; i < len(place) && place[i] >= 'A' && place[i] <= 'Z'; i++ {
		column = column*26 + int(place[i]-'A') + 1
		if column > maxCells {
			return -1
		}
	}
	return column - 1
}
