// Package sheet reads a table that publishers hand out as a workbook (.xlsx), and
// users may have saved as CSV, as the same rows: columns are found by their names.
package sheet

import (
	"errors"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/xlsx"
)

// Table is a table in a file.
type Table struct {
	In      loader.Input
	Columns []string // the set of names that its header has
	sheet   string   // of a workbook; "" = CSV
	header  int      // row of the sheet
}

// mostTitles is how many rows may stand above the header of a sheet.
const mostTitles = 12

// errFound ends the reading of a sheet.
var errFound = errors.New("found")

// Find looks in a file for a table whose header has all names of one of the sets.
// It returns nil where there is none, and BadInput for a workbook that is
// damaged.
func Find(in loader.Input, sets ...[]string) (*Table, error) {
	if strings.HasSuffix(strings.ToLower(in.Stem()), ".xlsx") {
		return findSheet(in, sets)
	}
	start, err := in.Start(4096)
	if err != nil {
		return nil, err
	}
	line, _, _ := strings.Cut(string(start), "\n")
	names := strings.Split(line, ",")
	for i := range names {
		names[i] = strings.Trim(names[i], " \t\r\"")
	}
	if set := fitting(names, sets); set != nil {
		return &Table{In: in, Columns: set}, nil
	}
	return nil, nil
}

// fitting returns the first set of which a header has every name.
func fitting(names []string, sets [][]string) []string {
	for _, set := range sets {
		if !slices.ContainsFunc(set, func(name string) bool { return !slices.Contains(names, name) }) {
			return set
		}
	}
	return nil
}

func findSheet(in loader.Input, sets [][]string) (t *Table, err error) {
	book, err := xlsx.Open(in)
	if err != nil {
		return nil, err
	}
	for _, name := range book.Sheets() {
		err := book.Rows(name, func(row int, cells []string) error {
			if set := fitting(trimmed(cells), sets); set != nil {
				t = &Table{In: in, Columns: set, sheet: name, header: row}
				return errFound
			}
			if row >= mostTitles {
				return errFound
			}
			return nil
		})
		if err != nil && !errors.Is(err, errFound) {
			return nil, err
		}
		if t != nil {
			return t, nil
		}
	}
	return nil, nil
}

func trimmed(cells []string) []string {
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = strings.TrimSpace(cell)
	}
	return names
}

// Row is a row of a table.
type Row struct {
	File string // name of the file, as facts have it
	Line int    // line of the file, or row of the sheet

	text func(column string) string
	raw  string
	path string
	sink *loader.Sink
}

// Text returns the value in a column without blanks around it; "" where it is
// blank or there is no such column.
func (r Row) Text(column string) string { return r.text(column) }

// Reject rejects the row for what stands in the column; a blank column means the
// row as a whole.
func (r Row) Reject(column string, reason loader.Reason, detail string) {
	value := ""
	if column != "" {
		value = r.text(column)
	}
	r.sink.Reject(loader.Reject{File: r.path, Line: r.Line, Column: column, Value: value, Reason: reason, Detail: detail, Raw: r.raw})
}

// Read hands out the rows below the header.
func (t *Table) Read(sink *loader.Sink, use func(Row)) error {
	if t.sheet != "" {
		return t.readSheet(sink, use)
	}
	rows, err := sink.OpenLayout(t.In, loader.Layout{Required: t.Columns})
	if err != nil {
		return err
	}
	for rows.Next() {
		use(Row{rows.File(), rows.Line(), rows.Text, rows.Raw(), rows.Path(), sink})
	}
	return rows.Close()
}

func (t *Table) readSheet(sink *loader.Sink, use func(Row)) error {
	book, err := xlsx.Open(t.In)
	if err != nil {
		return err
	}
	var at map[string]int
	return book.Rows(t.sheet, func(line int, cells []string) error {
		switch {
		case line == t.header:
			if at, err = loader.CheckHeader(t.In.String(), trimmed(cells), nil, t.Columns); err != nil {
				return err
			}
		case line > t.header && at == nil:
			return graph.Errorf(graph.BadInput, "%s: the header of the sheet %s is gone", t.In, t.sheet)
		case line > t.header:
			text := func(column string) string {
				if i, ok := at[column]; ok && i < len(cells) {
					return strings.TrimSpace(cells[i])
				}
				return ""
			}
			use(Row{t.In.Name, line, text, strings.Join(cells, ","), t.In.String(), sink})
		}
		return sink.Err()
	})
}
