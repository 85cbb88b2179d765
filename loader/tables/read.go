package tables

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// reader takes the tables of one folder through the pipeline.
type reader struct {
	sink   *loader.Sink
	folder *folder
	own    *facts        // of the rows accepted so far
	loaded *facts        // of the other datasets
	list   *country.List // the built-in list with the countries of both
	basis  bases

	beside map[string]bool // ids of the table that is being read, where its rows may refer to each other

	rejected map[string]int // rows, by file
	cache    map[place]resolved
	advice   map[string]string
}

type place struct {
	text string
	year int
}

type resolved struct {
	id     string
	detail string // why there is none
}

// maxCached is how many answers are kept for values that come again.
const maxCached = 1 << 16

// read reads a folder; earlier are the facts of other folders that count as
// loaded. It returns the folder's own.
func (f *folder) read(ctx context.Context, sink *loader.Sink, o Options, earlier []*facts) (*facts, error) {
	for _, note := range f.notes {
		sink.Note("%s", note)
	}
	replaced := map[string]bool{f.dataset.ID: true}
	for _, e := range earlier {
		replaced[e.datasets[0].ID] = true
	}
	others, err := loaded(ctx, o.Store, f.needed(graph.NewSchema()), replaced)
	if err != nil {
		return nil, err
	}
	for _, e := range earlier {
		others.merge(e)
	}
	r := &reader{sink: sink, folder: f, own: newFacts(f.dataset), loaded: others, basis: bases{},
		rejected: map[string]int{}, cache: map[place]resolved{}, advice: map[string]string{}}
	if r.list, err = o.Countries.With(others.places...); err != nil {
		return nil, err
	}
	for _, t := range f.tables {
		if err := r.table(t); err != nil {
			return nil, err
		}
	}
	if faults := r.check(); len(faults) > 0 {
		return nil, loader.Refuse(f.dataset.ID, faults...)
	}
	return r.own, nil
}

// ranks returns the datasets that rows may be of, by id.
func (r *reader) ranks() map[string]graph.Dataset {
	byID := map[string]graph.Dataset{}
	for _, d := range slices.Concat(r.loaded.datasets, r.own.datasets) {
		byID[d.ID] = d
	}
	return byID
}

// row is one row of a table on its way.
type row struct {
	kind   *graph.Kind
	values []value // in the order of kind.Fields
	at     origin
	file   string // its name, as the fact keeps it
}

func (w *row) value(field string) *value { return &w.values[w.kind.Field(field)] }

func (w *row) text(field string) string    { return w.value(field).text }
func (w *row) number(field string) float64 { return w.value(field).number }
func (w *row) whole(field string) int      { return w.value(field).whole }

// known reports whether a number is known.
func (w *row) known(field string) bool { return !math.IsNaN(w.number(field)) }

// table reads one file.
func (r *reader) table(t table) error {
	var columns, required []string
	for _, f := range t.kind.FileFields() {
		columns = append(columns, f.Name)
		if f.Required {
			required = append(required, f.Name)
		}
	}
	in, err := r.sink.OpenTable(t.in, columns, required)
	if err != nil {
		return err
	}
	at := make([]int, len(t.kind.Fields)) // where the fields stand in the file
	for i, f := range t.kind.Fields {
		at[i] = -1
		if !f.Managed {
			at[i] = in.Column(f.Name)
		}
	}
	if r.beside, err = t.ownIDs(); err != nil {
		return err
	}
	out := &writer{sink: r.sink, kind: t.kind}
	seen := map[string]int{} // line of a key
	w := &row{kind: t.kind, values: make([]value, len(t.kind.Fields)), file: in.File()}
	for in.Next() { // rows that are none are rejected by Next
		w.at = origin{r.folder.dataset.ID, in.Path(), in.Line()}
		wrong := r.row(w, at, in)
		if wrong == nil && !t.kind.Additive {
			wrong = repeated(w, seen)
		}
		if wrong != nil {
			in.Reject(wrong.column, wrong.reason, wrong.detail)
			r.rejected[in.Path()]++
			continue
		}
		r.own.add(t.kind, w.at, w.text, w.number)
		r.basis.add(w)
		if err := out.write(w); err != nil {
			break // Close tells
		}
	}
	if err := in.Close(); err != nil {
		return err
	}
	if t.kind.Name == graph.Country {
		// Every row was checked by itself; With fails where two of them clash.
		if r.list, err = r.list.With(r.own.places...); err != nil {
			return graph.Wrap(graph.BadInput, err, "%s: %v", in.Path(), err)
		}
	}
	return out.flush()
}

// ownIDs returns the ids of a table whose rows may refer to each other, as a
// company to the one that took its place; nil of any other. They are read before
// the rows, for these may refer to later ones.
func (t table) ownIDs() (map[string]bool, error) {
	if !t.kind.IsNode() || !slices.ContainsFunc(t.kind.Fields, func(f graph.Field) bool { return slices.Contains(f.Refs, t.kind.Name) }) {
		return nil, nil
	}
	ids := map[string]bool{}
	return ids, t.scan([]string{"id"}, func(_, id string) bool {
		ids[id] = true
		return true
	})
}

// row parses a row, resolves what it refers to and holds it against the rules.
func (r *reader) row(w *row, at []int, in *loader.Table) *fault {
	var wrong *fault
	for i, f := range w.kind.Fields {
		if f.Managed {
			continue
		}
		if w.values[i], wrong = parse(f, in.At(at[i])); wrong != nil {
			return wrong
		}
	}
	year := 0
	if i := w.kind.Field("year"); i >= 0 {
		year = w.values[i].whole
	}
	for i, f := range w.kind.Fields {
		if text := w.values[i].text; len(f.Refs) > 0 && text != "" {
			if w.values[i].text, wrong = r.reference(w.kind, f, text, year); wrong != nil {
				return wrong
			}
		}
	}
	return r.rules(w)
}

// reference returns the id that a text refers to.
func (r *reader) reference(kind *graph.Kind, f graph.Field, text string, year int) (string, *fault) {
	if slices.Contains(f.Refs, graph.Country) {
		if text == others && kind.Name == graph.Produces {
			return text, nil
		}
		found := r.country(text, year)
		if found.id == "" {
			return "", &fault{f.Name, loader.NoCountry, found.detail}
		}
		return found.id, nil
	}
	for _, ref := range f.Refs {
		if r.own.ids[ref][text] || r.loaded.ids[ref][text] || ref == kind.Name && r.beside[text] {
			return text, nil
		}
	}
	if _, ok := tradeCode(text); ok && kind.Name == graph.Produces && f.Name == "product" {
		return text, nil // a trade code can be asked for as a product
	}
	return "", &fault{f.Name, loader.NoReference, r.nearest(f.Refs, text)}
}

// others stands for the countries that a table of production does not list.
const others = "*"

func (r *reader) country(text string, year int) resolved {
	key := place{text, year}
	if found, ok := r.cache[key]; ok {
		return found
	}
	id, err := r.list.Resolve(text, country.Any, year)
	found := resolved{id: id}
	if err != nil {
		found.detail = err.Error()
	}
	if len(r.cache) < maxCached {
		r.cache[key] = found
	}
	return found
}

// nearest says which ids of the kinds are nearest to a text.
func (r *reader) nearest(kinds []string, text string) string {
	key := strings.Join(kinds, " ") + " " + text
	advice, ok := r.advice[key]
	if ok || len(r.advice) >= maxAdvice {
		return advice
	}
	var known []string
	for _, ids := range []names{r.own.ids, r.loaded.ids} {
		for _, kind := range kinds {
			for id := range ids[kind] {
				known = append(known, id)
			}
		}
	}
	slices.Sort(known)
	if near := graph.Nearest(text, slices.Compact(known), 3); len(near) > 0 {
		advice = "nearest known ids: " + strings.Join(near, ", ")
	}
	r.advice[key] = advice
	return advice
}

// maxAdvice is for how many wrong ids the nearest are looked for.
const maxAdvice = 1000

// repeated reports a key that stood in a row before.
func repeated(w *row, seen map[string]int) *fault {
	var key strings.Builder
	for i, f := range w.kind.Fields {
		if !f.Key {
			continue
		}
		if f.Type == graph.Int {
			fmt.Fprint(&key, w.values[i].whole)
		}
		key.WriteString(w.keyText(f.Name, w.values[i].text))
		key.WriteByte(0)
	}
	if line, ok := seen[key.String()]; ok {
		return &fault{"", loader.Repeated, fmt.Sprintf("line %d has it too", line)}
	}
	seen[key.String()] = w.at.line
	return nil
}

// keyText is what a text counts for in a key: a blank basis is gross, and gross
// tonnes are the same whatever material they are counted for.
func (w *row) keyText(field, text string) string {
	switch {
	case w.kind.Name != graph.Produces || w.text("basis") == contained:
		return text
	case field == "basis", field == "material":
		return ""
	}
	return text
}

// contained is the basis of tonnes of a material.
const contained = "contained"

// writer gathers the rows of a kind in batches.
type writer struct {
	sink  *loader.Sink
	kind  *graph.Kind
	batch *graph.Batch
}

// rowsPerBatch is how many rows are written at once.
const rowsPerBatch = 8192

func (o *writer) write(w *row) error {
	if o.batch == nil {
		o.batch = o.sink.Batch(o.kind)
	}
	b := o.batch
	for i, f := range o.kind.Fields {
		c, v := &b.Columns[i], w.values[i]
		if f.Managed {
			v = w.managed(f.Name)
		}
		switch f.Type {
		case graph.Word:
			c.Word = append(c.Word, b.Words.ID(v.text))
		case graph.Int:
			c.Int = append(c.Int, int32(v.whole))
		case graph.Float:
			c.Float = append(c.Float, v.number)
		case graph.Bool:
			c.Bool = append(c.Bool, v.truth)
		default:
			c.Text = append(c.Text, v.text)
		}
	}
	if b.Len++; b.Len < rowsPerBatch {
		return nil
	}
	return o.flush()
}

// managed is the value of a field that no file has as a column.
func (w *row) managed(field string) value {
	switch field {
	case "file":
		return value{text: w.file}
	case "line":
		return value{whole: w.at.line}
	}
	return value{text: w.at.dataset}
}

func (o *writer) flush() error {
	b := o.batch
	o.batch = nil
	if b == nil {
		return nil
	}
	return o.sink.Write(b)
}
