package series

import (
	"context"
	"fmt"
	"math"

	"tiermap/graph"
	"tiermap/loader"
)

// Others stands for the countries that a series does not list.
const Others = "*"

// Rules by which rows are passed over.
const (
	Unmapped  = "no product of the catalogue is mapped to this series"
	added     = "another row of the same product, country and year stands before: its amount was added to that row"
	noAmount  = "capacity or reserves without a number: not known, or stated in words"
	noOthers  = "no production in other countries than those listed"
	elsewhere = "capacity or reserves of the countries not listed, together"
)

// Figure is what a publisher prints of one series for a place and a year.
type Figure struct {
	Series    *Series
	Place     string // the country's id, or Others
	Part      string // what the publisher calls the place: tells parts of a country apart
	Unit      string // the publisher's, held against the declared one; blank: not stated
	Year      int
	Amount    float64 // in the series's unit; NaN: not known
	Estimated bool
	Source    string
}

// Book gathers the figures of a dataset, some thousands of them, and writes them
// at the end, when those that belong together are added up.
type Book struct {
	sink      *loader.Sink
	catalogue *Catalogue
	columns   Columns
	schema    *graph.Schema
	entries   []*entry
	named     []*entry // of countries of which there is no figure
	index     map[factKey]*entry
	seen      map[figureKey]int // the line
}

// Columns name a publisher's columns, for rejects.
type Columns struct{ Commodity, Unit, Amount string }

// entry is one fact on its way.
type entry struct {
	factKey
	file      string
	line      int
	tonnes    float64
	estimated bool
	source    string
	beside    bool // an earlier entry stood in the same row
}

type factKey struct {
	statistic                       Statistic
	product, material, basis, place string
	year                            int
}

type figureKey struct {
	series      *Series
	part, place string
	year        int
}

// NewBook returns an empty book. The catalogue is that of the store at this
// moment.
func NewBook(ctx context.Context, sink *loader.Sink, store Store, columns Columns) (*Book, error) {
	catalogue, err := CatalogueOf(ctx, store)
	if err != nil {
		return nil, err
	}
	return &Book{sink: sink, catalogue: catalogue, columns: columns, schema: graph.NewSchema(),
		index: map[factKey]*entry{}, seen: map[figureKey]int{}}, nil
}

// Enter takes the figures of the row that the table stands at; a row of some
// publishers has several. The row is accepted, passed over or rejected as a
// whole: it is rejected for the first figure with which something is wrong.
func (b *Book) Enter(t *loader.Table, figures ...Figure) {
	rule := Unmapped
	var good []Figure
	for _, f := range figures {
		if pass := passes(f); pass != "" {
			rule = pass
			continue
		}
		if wrong := b.fault(f); wrong != (fault{}) {
			t.Reject(wrong.column, wrong.reason, wrong.detail)
			return
		}
		good = append(good, f)
	}
	if len(good) == 0 {
		b.sink.PassOver(rule)
		return
	}
	b.enter(t, good)
}

// passes returns the rule by which a figure is no fact of its own; blank: it is.
func passes(f Figure) (rule string) {
	switch {
	case !f.Series.Counted():
		return f.Series.Note
	case f.Series.Statistic != Production && f.Place == Others:
		return elsewhere
	case f.Series.Statistic != Production && math.IsNaN(f.Amount):
		return noAmount
	case f.Place == Others && f.Amount == 0:
		return noOthers
	}
	return ""
}

// fault is what is wrong with a figure.
type fault struct {
	column string
	reason loader.Reason
	detail string
}

// fault says what is wrong with a figure; the zero value: nothing.
func (b *Book) fault(f Figure) fault {
	if missing := b.catalogue.lacks(f.Series); missing != "" {
		return fault{b.columns.Commodity, loader.NoReference, missing}
	}
	if b.catalogue.contradicts(f.Series) {
		return fault{b.columns.Commodity, loader.Conflict,
			fmt.Sprintf("the mapping counts %s in %s, which does not contain it", f.Series.Material, f.Series.Product)}
	}
	if f.Unit != "" && Fold(f.Unit) != Fold(f.Series.Unit) {
		return fault{b.columns.Unit, loader.NotAllowed, "the mapping counts this series in " + f.Series.Unit}
	}
	kind := b.schema.Kind(kindOf[f.Series.Statistic])
	if !math.IsNaN(f.Amount) {
		if reason := loader.Within(kind.Fields[kind.Field("tonnes")], f.Amount*f.Series.Tonnes); reason != "" {
			return fault{b.columns.Amount, reason, ""}
		}
	}
	if line, twice := b.seen[keyOf(f)]; twice {
		return fault{"", loader.Repeated, fmt.Sprintf("line %d has it too", line)}
	}
	return fault{}
}

// kindOf is the kind of fact that a statistic becomes.
var kindOf = map[Statistic]string{Production: graph.Produces, Capacity: graph.Capacity, Reserves: graph.Reserves}

func keyOf(f Figure) figureKey { return figureKey{f.Series, Fold(f.Part), f.Place, f.Year} }

// enter takes the figures of one row, with which nothing is wrong.
func (b *Book) enter(t *loader.Table, figures []Figure) {
	fresh := 0
	for _, f := range figures {
		b.seen[keyOf(f)] = t.Line()
		s := f.Series
		key := factKey{s.Statistic, s.Product, s.Material, s.Basis, f.Place, f.Year}
		tonnes := f.Amount * s.Tonnes
		if e := b.index[key]; e != nil {
			e.tonnes += tonnes // not known, where one of them is not
			e.estimated = e.estimated || f.Estimated
			continue
		}
		e := &entry{key, t.File(), t.Line(), tonnes, f.Estimated, f.Source, fresh > 0}
		b.index[key] = e
		b.entries = append(b.entries, e)
		fresh++
	}
	if fresh == 0 {
		b.sink.PassOver(added)
	}
}

// AlsoProduces notes that a country produces of which the series has no figure,
// as the publisher says in words. Where it has one after all, that counts.
func (b *Book) AlsoProduces(t *loader.Table, s *Series, country string, year int, source string) {
	if s.Counted() && b.fault(Figure{Series: s, Amount: math.NaN()}) == (fault{}) {
		key := factKey{s.Statistic, s.Product, s.Material, s.Basis, country, year}
		b.named = append(b.named, &entry{key, t.File(), t.Line(), math.NaN(), false, source, true})
	}
}

// Close writes the facts.
func (b *Book) Close() {
	for _, e := range b.named {
		if b.index[e.factKey] == nil {
			b.index[e.factKey] = e
			b.entries = append(b.entries, e)
		}
	}
	for _, e := range b.entries {
		row := b.sink.Row
		if e.beside {
			row = b.sink.Beside
		}
		e.fill(row(b.schema.Kind(kindOf[e.statistic]), e.file, e.line))
	}
}

func (e *entry) fill(r graph.Row) {
	r.SetInt("year", e.year)
	r.SetText("product", e.product)
	r.SetText("country", e.place)
	r.SetFloat("tonnes", e.tonnes)
	r.SetText("source", e.source)
	r.SetBool("estimated", e.estimated)
	if e.statistic != Capacity { // which is gross
		r.SetText("material", e.material)
		r.SetText("basis", e.basis)
	}
}
