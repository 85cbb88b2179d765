package hs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/xlsx"
)

// The sheets of the workbook of the Harmonized System 2017 and 2022.
const (
	wcoSheet    = "Final-Expanded"
	wcoTree     = "Full Tree"         // the codes of 2022
	wcoChanges  = "Changes-From-2017" // the codes that came and went
	mostHeaders = 12                  // rows of titles that may stand above a header
)

// The rules by which rows are passed over.
const (
	headingRule = "a chapter or heading: its codes are listed"
	aloneRule   = "a code without a counterpart"
	againRule   = "a pair of codes that stands before already"
)

// find looks for the header of the file and returns the first row that there is.
func (t *table) find(o Options) (header []string, err error) {
	if !t.workbook {
		comma, err := t.in.Separator()
		if err != nil {
			return nil, err
		}
		start, err := t.in.Start(64 << 10)
		if err != nil {
			return nil, err
		}
		line, _, _ := strings.Cut(string(start), "\n")
		for _, name := range strings.Split(strings.TrimSuffix(line, "\r"), string(rune(comma))) {
			header = append(header, strings.Trim(name, ` "`))
		}
		if c, ok := columnsOf(header, o); ok {
			t.columns = c
		}
		return header, nil
	}
	book, err := xlsx.Open(t.in)
	if err != nil {
		return nil, err
	}
	for _, sheet := range book.Sheets() {
		n := 0
		err := book.Rows(sheet, func(row int, cells []string) error {
			if n++; n > mostHeaders {
				return errFound
			}
			if header == nil {
				header = slices.Clone(cells)
			}
			if c, ok := columnsOf(cells, o); ok {
				t.columns, t.sheet, t.header = c, sheet, row
				return errFound
			}
			return nil
		})
		if err != nil && !errors.Is(err, errFound) {
			return nil, err
		}
		if t.sheet != "" {
			return header, nil
		}
	}
	return header, nil
}

// errFound ends the reading of a sheet.
var errFound = errors.New("found")

// pair is a row of a table.
type pair struct{ code, other string }

// reader takes the rows of a table.
type reader struct {
	*table
	sink *loader.Sink
	kind *graph.Kind
	seen map[pair]bool
}

func (t *table) read(sink *loader.Sink) error {
	r := &reader{table: t, sink: sink, kind: graph.NewSchema().Kind(graph.Corresponds), seen: map[pair]bool{}}
	if !t.workbook {
		return r.csv()
	}
	book, err := xlsx.Open(t.in)
	if err != nil {
		return err
	}
	err = book.Rows(t.sheet, func(row int, cells []string) error {
		if row > t.header {
			at := func(i int) string {
				if i < 0 || i >= len(cells) {
					return ""
				}
				return strings.TrimSpace(cells[i])
			}
			r.row(row, at, strings.Join(cells, ","))
		}
		return sink.Err()
	})
	if err != nil || t.sheet != wcoSheet {
		return err
	}
	return r.unlisted(book)
}

func (r *reader) csv() error {
	comma, err := r.in.Separator()
	if err != nil {
		return err
	}
	t, err := r.sink.OpenLayout(r.in, loader.Layout{Comma: comma, OpenEnded: true})
	if err != nil {
		return err
	}
	if len(t.Header()) <= max(r.from, r.to) { // a quote in the header
		t.Close()
		return graph.Errorf(graph.BadInput, "%s: the header has no columns %s and %s", r.in, r.fromName, r.toName)
	}
	for t.Next() {
		r.row(t.Line(), t.At, t.Raw())
	}
	return t.Close()
}

// row takes one row; at returns its value in a column.
func (r *reader) row(line int, at func(int) string, raw string) {
	reject := func(column, value string, reason loader.Reason, detail string) {
		r.sink.Reject(loader.Reject{File: r.in.String(), Line: line, Column: column, Value: value, Reason: reason, Detail: detail, Raw: raw})
	}
	var p pair
	for _, side := range []struct {
		nomenclature, text, column string
		to                         *string
	}{{r.of, at(r.from), r.fromName, &p.code}, {r.other, at(r.to), r.toName, &p.other}} {
		digits := digitsOf(side.text)
		long := 6
		if strings.HasPrefix(side.nomenclature, "CN") {
			long = 8
		}
		switch {
		case at(r.from) == "" && at(r.to) == "":
			reject(side.column, "", loader.Missing, "")
			return
		case side.text == "", side.text == "Deleted", side.text == "NULL":
			r.sink.PassOver(aloneRule)
			return
		case strings.Trim(digits, "0123456789") != "":
			reject(side.column, side.text, loader.BadCode, "")
			return
		case len(digits) == long:
		case len(digits) < long && len(digits)%2 == 0:
			r.sink.PassOver(headingRule)
			return
		default:
			reject(side.column, side.text, loader.BadCode, fmt.Sprintf("codes of %s have %d digits", side.nomenclature, long))
			return
		}
		*side.to = side.nomenclature + ":" + digits
	}
	share, known := 0.0, false
	if text := at(r.share); text != "" {
		var reason loader.Reason
		if share, reason = loader.Float(text); reason == "" {
			reason = loader.Within(r.kind.Fields[r.kind.Field("share")], share)
		}
		if known = reason == ""; !known {
			reject("share", text, reason, "")
			return
		}
	}
	if r.seen[p] {
		r.sink.PassOver(againRule)
		return
	}
	r.seen[p] = true
	w := r.sink.Row(r.kind, r.in.Name, line)
	w.SetText("code", p.code)
	w.SetText("other", p.other)
	if known {
		w.SetFloat("share", share)
	}
}

// digitsOf takes the dots and blanks out of a code, and an "ex" before it, which
// says that it corresponds in part.
func digitsOf(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 2 && strings.EqualFold(text[:2], "ex") {
		text = text[2:]
	}
	return strings.NewReplacer(".", "", " ", "", "\u00a0", "").Replace(text)
}

// unlisted adds what the workbook leaves out. It lists where parts of a code
// went, and of many not that the rest stayed: a code that both revisions have
// corresponds with itself, unless its number was given to other goods. Codes that
// ended without a counterpart are named.
func (r *reader) unlisted(book *xlsx.Book) error {
	ended, begun, err := changes(book)
	if err != nil {
		return err
	}
	listed := map[string]bool{} // codes of the older revision
	for p := range r.seen {
		_, digits, _ := graph.SplitCode(p.code)
		listed[digits] = true
	}
	stayed := 0
	err = book.Rows(wcoTree, func(row int, cells []string) error {
		if len(cells) < 4 || len(cells[3]) != 6 || !listed[cells[3]] || begun[cells[3]] || ended[cells[3]] {
			return nil
		}
		p := pair{r.of + ":" + cells[3], r.other + ":" + cells[3]}
		if r.seen[p] {
			return nil
		}
		r.seen[p] = true
		stayed++
		w := r.sink.Beside(r.kind, r.in.Name, row)
		w.SetText("code", p.code)
		w.SetText("other", p.other)
		w.SetText("source", "both revisions have the code; the table lists only what left it")
		return nil
	})
	if err != nil && graph.CodeOf(err) != graph.NotFound {
		return err
	}
	if stayed > 0 {
		r.sink.Note("%d codes that the table lists without themselves, and that both revisions have, correspond with themselves too", stayed)
	}
	var lost []string
	for code := range ended {
		if !listed[code] {
			lost = append(lost, code)
		}
	}
	if slices.Sort(lost); len(lost) > 0 {
		r.sink.Note("codes of %s ended, by the workbook's own list of changes, and it does not say what became of them: %s", r.of, strings.Join(lost, ", "))
	}
	return nil
}

// changes are the codes that ended with a revision and those that began with it.
func changes(book *xlsx.Book) (ended, begun map[string]bool, err error) {
	ended, begun = map[string]bool{}, map[string]bool{}
	err = book.Rows(wcoChanges, func(_ int, cells []string) error {
		if len(cells) < 2 {
			return nil
		}
		switch code := strings.TrimSpace(cells[1]); strings.TrimSpace(cells[0]) {
		case "Delete":
			if len(code) == 6 {
				ended[code] = true
			}
		case "New", "Re-Activate":
			begun[code] = true
		}
		return nil
	})
	if graph.CodeOf(err) == graph.NotFound {
		err = nil
	}
	return ended, begun, err
}
