package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Table is rows with named columns. A value is a string, an int, a float64 (NaN
// = not known), a bool, or nil for not known.
type Table struct {
	Columns []string
	Rows    [][]any
}

// WriteCSV writes a table as CSV in UTF-8. The description, where there is one,
// stands ahead of the header in lines that begin with "# ". What is not known is
// blank.
func WriteCSV(w io.Writer, about *About, t Table) error {
	out := bufio.NewWriter(w)
	if about != nil {
		for _, line := range about.lines() {
			fmt.Fprintf(out, "# %s\n", strings.ReplaceAll(line, "\n", " "))
		}
	}
	rows := csv.NewWriter(out)
	if err := rows.Write(t.Columns); err != nil {
		return err
	}
	record := make([]string, len(t.Columns))
	for _, row := range t.Rows {
		for i, v := range row {
			record[i] = text(v)
		}
		if err := rows.Write(record); err != nil {
			return err
		}
	}
	rows.Flush()
	if err := rows.Error(); err != nil {
		return err
	}
	return out.Flush()
}

// WriteJSONLines writes a table as one JSON object a line, after a first line
// {"about": …} where there is a description. What is not known is null.
func WriteJSONLines(w io.Writer, about *About, t Table) error {
	out := bufio.NewWriter(w)
	if about != nil {
		if err := newLines(out).Encode(map[string]*About{"about": about}); err != nil {
			return err
		}
	}
	for _, row := range t.Rows {
		if err := writeObject(out, t.Columns, row); err != nil {
			return err
		}
	}
	return out.Flush()
}

func newLines(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// writeObject writes one row with its columns in their order.
func writeObject(out *bufio.Writer, columns []string, row []any) error {
	for i, name := range columns {
		v := row[i]
		if f, ok := v.(float64); ok && math.IsNaN(f) {
			v = nil
		}
		value, err := json.Marshal(v)
		if err != nil {
			return err
		}
		before := ","
		if i == 0 {
			before = "{"
		}
		fmt.Fprintf(out, "%s%q:%s", before, name, value)
	}
	_, err := out.WriteString("}\n") // also what went wrong before
	return err
}

// text writes a value as CSV and GraphML do.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		if math.IsNaN(v) {
			return ""
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}
