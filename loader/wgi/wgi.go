package wgi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/sheet"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List
	Retrieved string // day on which the file was fetched, 2006-01-02; blank: when it was last changed
	Priority  int    // of the dataset
}

const (
	dataset = "wgi"
	gap     = "no estimate of the country in that year: a gap stays a gap"
	none    = ".." // how a gap is written
)

var required = []string{"code", "countryname", "year", "indicator", "estimate", "stddev"}

// indicators are those that there are.
var indicators = []string{"va", "pv", "ge", "rq", "rl", "cc"}

// Jobs returns the one job for the table that the path holds: a file, plain,
// .gz, .zst or in a .zip, a workbook, or a folder. BadInput where it holds none or several.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	var found []*sheet.Table
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		for _, in := range inputs {
			t, err := sheet.Find(in, required)
			if err != nil {
				return nil, err
			}
			if t != nil {
				found = append(found, t)
			}
		}
	}
	if len(found) != 1 {
		return nil, graph.Errorf(graph.BadInput,
			"%d tables of the Worldwide Governance Indicators: name the one workbook or CSV file with the columns %s", len(found), strings.Join(required, ", "))
	}
	table := found[0]
	if o.Retrieved == "" {
		o.Retrieved = loader.LastChanged(table.In)
	}
	return []loader.Job{{
		Dataset: graph.Dataset{ID: dataset, Title: "Worldwide Governance Indicators", Publisher: "World Bank",
			URL: "https://www.worldbank.org/en/publication/worldwide-governance-indicators", Licence: "CC BY 4.0",
			Retrieved: o.Retrieved, Priority: o.Priority},
		Inputs: []loader.Input{table.In},
		Read: func(_ context.Context, sink *loader.Sink) error {
			r := &reader{o, sink, graph.NewSchema().Kind(graph.Scores), map[key]int{}}
			return table.Read(sink, r.row)
		},
	}}, nil
}

type reader struct {
	Options
	sink *loader.Sink
	kind *graph.Kind
	seen map[key]int // the line
}

type key struct {
	country, indicator string
	year               int
}

func (r *reader) row(t sheet.Row) {
	k := key{indicator: strings.ToLower(t.Text("indicator"))}
	if !slices.Contains(indicators, k.indicator) {
		t.Reject("indicator", loader.NotAllowed, "one of "+strings.Join(indicators, ", "))
		return
	}
	var why loader.Reason
	if k.year, why = loader.Int(t.Text("year")); why == "" && (k.year < 1996 || k.year > 2999) {
		why = loader.OutOfRange
	}
	if why != "" {
		t.Reject("year", why, "")
		return
	}
	if t.Text("estimate") == none {
		r.sink.PassOver(gap)
		return
	}
	var err error
	if k.country, err = r.Countries.Resolve(t.Text("code"), country.WorldBank, k.year); err != nil {
		t.Reject("code", loader.NoCountry, err.Error())
		return
	}
	estimate, why := loader.Float(t.Text("estimate"))
	if why != "" {
		t.Reject("estimate", why, "a number, or .. where there is none")
		return
	}
	deviation, why := loader.Float(t.Text("stddev"))
	if why == "" && deviation < 0 {
		why = loader.Negative
	}
	known := t.Text("stddev") != none
	if known && why != "" {
		t.Reject("stddev", why, "")
		return
	}
	if line, twice := r.seen[k]; twice {
		t.Reject("", loader.Repeated, fmt.Sprintf("line %d has it too", line))
		return
	}
	r.seen[k] = t.Line
	row := r.sink.Row(r.kind, t.File, t.Line)
	row.SetText("country", k.country)
	row.SetText("indicator", "WGI."+strings.ToUpper(k.indicator))
	row.SetInt("year", k.year)
	row.SetFloat("value", estimate)
	if known {
		row.SetFloat("standard_error", deviation)
	}
	row.SetText("source", "World Bank, Worldwide Governance Indicators")
}
