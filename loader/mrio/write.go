package mrio

import (
	"errors"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List // the built-in list of countries
	Retrieved string        // day on which the files were fetched, 2006-01-02; blank: when the newest was last changed
	Priority  int           // of the datasets

	// Of pymrio's folders only.
	Name string // of the table, which stands before the codes of its sectors; blank: what metadata.json says, or the folder's
	Year int    // of the table; 0: the four digits of the folder's name
	// EuroUSD says how many USD a euro was in a year, for tables in euros.
	EuroUSD func(year int) (usd float64, ok bool)
}

// industry is a sector of a country, by ids.
type industry struct{ country, sector string }

// writer turns the figures of one table and year into facts.
type writer struct {
	table     string
	year      int
	countries *country.List

	sink   *loader.Sink
	schema *graph.Schema

	places   map[string]string // ids by the texts that were met
	declared map[string]bool   // sectors
}

func newWriter(sink *loader.Sink, table string, year int, countries *country.List) *writer {
	return &writer{table: table, year: year, countries: countries, sink: sink, schema: graph.NewSchema(),
		places: map[string]string{}, declared: map[string]bool{}}
}

// place returns the id of a region; detail says why there is none.
func (w *writer) place(text string) (id, detail string) {
	if id, ok := w.places[text]; ok {
		return id, ""
	}
	id, err := w.countries.Resolve(text, country.IOTables, w.year)
	if err != nil {
		var e *graph.Error
		if errors.As(err, &e) {
			return "", e.Message
		}
		return "", err.Error()
	}
	w.places[text] = id
	return id, ""
}

// sector is the id of a sector by its code in the table.
func (w *writer) sector(code string) string { return w.table + ":" + code }

// declare writes a sector that comes along with a row, once.
func (w *writer) declare(id, name, file string, line int) {
	if w.declared[id] {
		return
	}
	w.declared[id] = true
	r := w.sink.Beside(w.schema.Kind(graph.Sector), file, line)
	r.SetText("id", id)
	r.SetText("name", name)
}

// row is the sink's function for a fact that is a row of its own, or comes along
// with one.
type row func(k *graph.Kind, file string, line int) graph.Row

func (w *writer) fact(row row, kind, file string, line int, seller industry, usd float64) graph.Row {
	r := row(w.schema.Kind(kind), file, line)
	r.SetInt("year", w.year)
	r.SetText("country", seller.country)
	r.SetText("sector", seller.sector)
	r.SetFloat("value_usd", usd)
	return r
}

func (w *writer) flow(row row, file string, line int, seller, buyer industry, usd float64) {
	r := w.fact(row, graph.InputFlow, file, line, seller, usd)
	r.SetText("buyer", buyer.country)
	r.SetText("buyer_sector", buyer.sector)
}

func (w *writer) final(row row, file string, line int, seller industry, buyer, category string, usd float64) {
	r := w.fact(row, graph.FinalDemand, file, line, seller, usd)
	r.SetText("buyer", buyer)
	r.SetText("category", category)
}

func (w *writer) output(row row, file string, line int, of industry, usd float64) graph.Row {
	return w.fact(row, graph.Output, file, line, of, usd)
}

// bounds of a value of a kind.
func (w *writer) within(kind string, usd float64) loader.Reason {
	k := w.schema.Kind(kind)
	return loader.Within(k.Fields[k.Field("value_usd")], usd)
}
