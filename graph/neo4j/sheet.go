package neo4j

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"tiermap/graph"
)

// importTypes are the types of neo4j-admin's header by those of fields.
var importTypes = map[graph.Type]string{graph.Word: "string", graph.Text: "string", graph.Date: "string", graph.Int: "long",
	graph.Float: "double", graph.Bool: "boolean", graph.List: "string[]"}

// sheet is a data file of neo4j-admin's import, with its header in a file of its
// own: RFC 4180, no cell = not known, lists separated by ";".
type sheet struct {
	option string // "--nodes=Country", "--relationships=TRADES"
	name   string // of its files, without what follows
	file   *os.File
	row    []byte // what is not written yet; rows are whole but for the last
	begun  bool   // the last row has a cell
	rows   int64
	// multiline: a cell has a line feed in it, which the import must be told of.
	multiline bool
}

// sheetBuffer is how many bytes of rows are written at once.
const sheetBuffer = 1 << 18

// newSheet makes the files of a sheet.
func newSheet(dir, option, name string, header []string) (*sheet, error) {
	s := &sheet{option: option, name: name, row: make([]byte, 0, sheetBuffer+1<<12)}
	if err := os.WriteFile(filepath.Join(dir, s.headerFile()), []byte(strings.Join(header, ",")+"\n"), 0o666); err != nil {
		return nil, err
	}
	var err error
	s.file, err = os.OpenFile(filepath.Join(dir, s.dataFile()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return s, err
}

func (s *sheet) headerFile() string { return s.name + "-header.csv" }
func (s *sheet) dataFile() string   { return s.name + ".csv" }

// argument is the option of the command by which the sheet is imported.
func (s *sheet) argument() string { return s.option + "=" + s.headerFile() + "," + s.dataFile() }

// next begins a cell.
func (s *sheet) next() {
	if s.begun {
		s.row = append(s.row, ',')
	}
	s.begun = true
}

// end ends a row.
func (s *sheet) end() error {
	s.row = append(s.row, '\n')
	s.begun = false
	s.rows++
	if len(s.row) >= sheetBuffer {
		return s.flush()
	}
	return nil
}

func (s *sheet) flush() error {
	_, err := s.file.Write(s.row)
	s.row = s.row[:0]
	return err
}

// close writes what is left.
func (s *sheet) close() error {
	if err := s.flush(); err != nil {
		return err
	}
	return s.file.Close()
}

// text writes a text that is known, be it empty.
func (s *sheet) text(text string) {
	s.next()
	s.row = s.appendText(s.row, text)
}

func (s *sheet) int(v int64) {
	s.next()
	s.row = strconv.AppendInt(s.row, v, 10)
}

// cell writes a cell as appendText and appendValue make it.
func (s *sheet) cell(cell []byte) {
	s.next()
	s.row = append(s.row, cell...)
}

// value writes a value of a batch.
func (s *sheet) value(b *builder, field, row int) {
	s.next()
	s.row = s.appendValue(s.row, b, field, row)
}

// appendText appends a text that is known, in quotes where it takes them.
func (s *sheet) appendText(cell []byte, text string) []byte {
	special := text == ""
	for i := range len(text) {
		switch text[i] {
		case ',', '"':
			special = true
		case '\n', '\r':
			special, s.multiline = true, true
		}
	}
	if !special {
		return append(cell, text...)
	}
	cell = append(cell, '"')
	for i := range len(text) {
		if text[i] == '"' {
			cell = append(cell, '"')
		}
		cell = append(cell, text[i])
	}
	return append(cell, '"')
}

// appendValue appends a value of a batch, nothing where it is not known.
func (s *sheet) appendValue(cell []byte, b *builder, field, row int) []byte {
	c := &b.chunk.Columns[field]
	switch b.shape.kind.Fields[field].Type {
	case graph.Int:
		if v := c.Int[row]; v != graph.NoInt {
			return strconv.AppendInt(cell, int64(v), 10)
		}
	case graph.Float:
		if v := c.Float[row]; !math.IsNaN(v) {
			return strconv.AppendFloat(cell, v, 'g', -1, 64)
		}
	case graph.Bool: // what is true only
		if c.Bool[row] {
			return append(cell, "true"...)
		}
	default:
		if text := b.text(field, row); text != "" {
			return s.appendText(cell, text)
		}
	}
	return cell
}

// any writes values as they are in parameters.
func (s *sheet) any(values ...any) {
	for _, v := range values {
		s.next()
		switch v := v.(type) {
		case nil:
		case string:
			s.row = s.appendText(s.row, v)
		case []string:
			if len(v) > 0 {
				s.row = s.appendText(s.row, strings.Join(v, ";"))
			}
		case []int:
			s.row = append(s.row, strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", ";"), "[]")...)
		case []int64:
			s.row = append(s.row, strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", ";"), "[]")...)
		default: // numbers, which Go writes as Java reads them
			s.row = fmt.Append(s.row, v)
		}
	}
}

// typeOf is the type of a value in the header.
func typeOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		return "double"
	case []string:
		return "string[]"
	case []int, []int64:
		return "long[]"
	default:
		return "long"
	}
}

// properties writes the properties of a row of a relationship, as edges.add does:
// where it stood is always there, and what is too long for an index stands apart.
func (s *sheet) properties(b *builder, columns []sheetColumn, row int) {
	for _, c := range columns {
		switch {
		case c.field == b.shape.file:
			s.text(b.text(c.field, row))
		case c.field == b.shape.line:
			s.int(int64(b.chunk.Columns[c.field].Int[row]))
		case c.indexed:
			if len(b.text(c.field, row)) > maxKey {
				s.next()
				s.value(b, c.field, row)
			} else {
				s.value(b, c.field, row)
				s.next()
			}
		default:
			s.value(b, c.field, row)
		}
	}
}

// sheetColumn is a field of a kind as a property.
type sheetColumn struct {
	field   int
	indexed bool
}

// columnsOfSheet returns the fields that are properties, and their header.
func columnsOfSheet(sh *shape, is func(field int) bool) (columns []sheetColumn, header []string) {
	for i, f := range sh.kind.Fields {
		if !is(i) {
			continue
		}
		columns = append(columns, sheetColumn{i, sh.indexed(i)})
		header = append(header, f.Name+":"+importTypes[f.Type])
		if columns[len(columns)-1].indexed {
			header = append(header, f.Name+"_long:string")
		}
	}
	return columns, header
}
