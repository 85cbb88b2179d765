package usgs

import (
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tiermap/loader"
	"tiermap/loader/series"
)

// wide is the layout of the release of 2025: a row for each country and series,
// with columns for production and capacity of two years, and for reserves.
type wide struct {
	cells []cell
	some  map[string]bool // series and column that hold a figure anywhere
}

// cell is a column that holds figures.
type cell struct {
	column    string
	note      string // the column of its notes
	statistic series.Statistic
	year      int
	estimated bool // as the column's name says
}

var wideNames = series.Columns{Commodity: "COMMODITY", Unit: "UNIT_MEAS", Amount: ""}

var wideCell = regexp.MustCompile(`^(PROD|CAP|RESERVES)_(EST_ ?)?(\d{4})$`)

// newWide finds the columns of figures in a header; nil where it is another
// layout.
func newWide(header []string) *wide {
	w := &wide{some: map[string]bool{}}
	for _, name := range header {
		m := wideCell.FindStringSubmatch(strings.TrimSpace(name))
		if m == nil {
			continue
		}
		c := cell{column: strings.TrimSpace(name), estimated: m[2] != ""}
		c.year, _ = strconv.Atoi(m[3]) // four digits
		switch m[1] {
		case "PROD":
			c.statistic, c.note = series.Production, "PROD_NOTES"
		case "CAP":
			c.statistic, c.note = series.Capacity, "CAP_NOTES"
		default:
			c.statistic, c.note = series.Reserves, "RESERVE_NOTES"
		}
		w.cells = append(w.cells, c)
	}
	if len(w.cells) == 0 {
		return nil
	}
	return w
}

// columns are those that the layout must have.
func (w *wide) columns() []string {
	names := []string{"COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS", "PROD_NOTES", "CAP_NOTES", "RESERVE_NOTES"}
	for _, c := range w.cells {
		names = append(names, c.column)
	}
	return names
}

// look notes which series hold any figure: where one holds none, a blank says
// nothing.
func (w *wide) look(header []string, rows *csv.Reader) {
	index := map[string]int{}
	for i, name := range header {
		index[strings.TrimSpace(name)] = i
	}
	for {
		fields, err := rows.Read()
		if err != nil {
			return
		}
		at := func(column string) string {
			if i, ok := index[column]; ok && i < len(fields) {
				return strings.TrimSpace(fields[i])
			}
			return ""
		}
		for _, c := range w.cells {
			if at(c.column) != "" {
				w.some[c.of(at("COMMODITY"), at("TYPE"))] = true
			}
		}
	}
}

// of names the column of one series.
func (c cell) of(commodity, form string) string {
	return series.Fold(commodity) + "\x00" + series.Fold(form) + "\x00" + c.column
}

// readWide reads a row of the release of 2025.
func (r *release) readWide(sink *loader.Sink, book *series.Book, t *loader.Table) {
	commodity, form := t.Text("COMMODITY"), t.Text("TYPE")
	if !slices.ContainsFunc(r.wide.cells, func(c cell) bool { return r.mapping.Has(c.statistic, commodity, form) }) {
		sink.PassOver(series.Unmapped)
		return
	}
	at, err := r.place(t.Text("COUNTRY"), r.edition)
	switch {
	case at.total:
		sink.PassOver(string(worldTotal))
		return
	case err != nil:
		t.Reject("COUNTRY", loader.NoCountry, err.Error())
		return
	}
	var figures []series.Figure
	pass := noCell
	for _, c := range r.wide.cells {
		s, ok := r.mapping.Find(c.statistic, commodity, form, at.id)
		if !ok {
			continue
		}
		a, why := r.wide.amount(t, c, commodity, form)
		switch {
		case why != "":
			t.Reject(c.column, why, "")
			return
		case a.absent != "":
			if pass == noCell {
				pass = a.absent
			}
			continue
		}
		figures = append(figures, series.Figure{Series: s, Place: at.id, Part: t.Text("COUNTRY"), Unit: t.Text("UNIT_MEAS"),
			Year: c.year, Amount: a.value, Estimated: a.estimated, Source: r.source(commodity, form, a)})
	}
	if len(figures) == 0 {
		sink.PassOver(string(pass))
		return
	}
	book.Enter(t, figures...)
}

// amount reads a cell of a row with its note.
func (w *wide) amount(t *loader.Table, c cell, commodity, form string) (amount, loader.Reason) {
	text, note := t.Text(c.column), t.Text(c.note)
	if text == "" && c.statistic != series.Production {
		return amount{absent: noCell}, ""
	}
	if text == "" {
		a := blank(note, strconv.Itoa(c.year))
		if a.said == saidNothing && !w.some[c.of(commodity, form)] {
			return amount{absent: emptySeries}, ""
		}
		return a, ""
	}
	a, why := read(text, note)
	a.estimated = a.estimated || c.isEstimated(form, note)
	return a, why
}

// isEstimated reports whether a figure is the publisher's estimate: where the
// column or the series says so, unless the note says that it was reported, or
// where the note says so.
func (c cell) isEstimated(form, note string) bool {
	note = strings.ToLower(note)
	switch {
	case strings.HasPrefix(note, "reported"):
		return false
	case c.estimated, note == "estimated", strings.HasPrefix(note, "estimated from"):
		return true
	case c.statistic == series.Production && strings.HasSuffix(strings.ToLower(form), "estimated"):
		return true
	}
	return strings.HasPrefix(note, "estimated") && strings.Contains(note, strconv.Itoa(c.year))
}

// source says where a figure stands, and how it was put.
func (r *release) source(commodity, form string, a amount) string {
	text := fmt.Sprintf("USGS Mineral Commodity Summaries %d, %s, %s", r.edition, strings.Join(strings.Fields(commodity), " "), strings.Join(strings.Fields(form), " "))
	if a.said != "" {
		text += "; " + a.said
	}
	if a.estimated {
		text += "; estimated by USGS"
	}
	return text
}
