package wgi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/xlsx"
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
	if _, err := time.Parse(time.DateOnly, o.Retrieved); err != nil && o.Retrieved != "" {
		return nil, graph.Errorf(graph.BadInput, "%q is no day on which files were fetched: write it like 2026-01-22", o.Retrieved)
	}
	var found []loader.Input
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		for _, in := range inputs {
			is, err := isTable(in)
			if err != nil {
				return nil, err
			}
			if is {
				found = append(found, in)
			}
		}
	}
	if len(found) != 1 {
		return nil, graph.Errorf(graph.BadInput,
			"%d tables of the Worldwide Governance Indicators: name the one workbook or CSV file with the columns %s", len(found), strings.Join(required, ", "))
	}
	in := found[0]
	if o.Retrieved == "" {
		o.Retrieved = in.Modified.UTC().Format(time.DateOnly)
	}
	return []loader.Job{{
		Dataset: graph.Dataset{ID: dataset, Title: "Worldwide Governance Indicators", Publisher: "World Bank",
			URL: "https://www.worldbank.org/en/publication/worldwide-governance-indicators", Licence: "CC BY 4.0",
			Retrieved: o.Retrieved, Priority: o.Priority},
		Inputs: []loader.Input{in},
		Read: func(_ context.Context, sink *loader.Sink) error {
			r := &reader{o, sink, graph.NewSchema().Kind(graph.Scores), map[key]int{}}
			return r.read(in)
		},
	}}, nil
}

// hasColumns reports whether a header names the columns.
func hasColumns(names []string) bool {
	return !slices.ContainsFunc(required, func(name string) bool { return !slices.Contains(names, name) })
}

// isTable reports whether the first line of a file, or of a sheet of a workbook,
// names the columns.
func isTable(in loader.Input) (bool, error) {
	if isWorkbook(in) {
		sheet, err := sheetOf(in)
		return sheet != "", err
	}
	start, err := in.Start(4096)
	if err != nil {
		return false, err
	}
	line, _, _ := strings.Cut(string(start), "\n")
	names := strings.Split(line, ",")
	for i := range names {
		names[i] = strings.Trim(names[i], " \t\r\"")
	}
	return hasColumns(names), nil
}

func isWorkbook(in loader.Input) bool { return strings.HasSuffix(strings.ToLower(in.Stem()), ".xlsx") }

// errFound ends the reading of a sheet.
var errFound = errors.New("found")

// sheetOf returns the sheet of a workbook whose first row names the columns; ""
// where none does.
func sheetOf(in loader.Input) (string, error) {
	book, err := xlsx.Open(in)
	if err != nil {
		return "", err
	}
	for _, sheet := range book.Sheets() {
		found := false
		err := book.Rows(sheet, func(_ int, cells []string) error {
			found = hasColumns(cells)
			return errFound
		})
		if err != nil && !errors.Is(err, errFound) {
			return "", err
		}
		if found {
			return sheet, nil
		}
	}
	return "", nil
}

// record is a row of the table, whichever file it stands in.
type record struct {
	line int
	raw  string
	text func(column string) string
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

func (r *reader) read(in loader.Input) error {
	if isWorkbook(in) {
		return r.workbook(in)
	}
	t, err := r.sink.OpenLayout(in, loader.Layout{Required: required})
	if err != nil {
		return err
	}
	for t.Next() {
		r.row(in, record{t.Line(), t.Raw(), t.Text})
	}
	return t.Close()
}

func (r *reader) workbook(in loader.Input) error {
	sheet, err := sheetOf(in)
	if err != nil {
		return err
	}
	book, err := xlsx.Open(in)
	if err != nil {
		return err
	}
	at := map[string]int{}
	return book.Rows(sheet, func(line int, cells []string) error {
		if len(at) == 0 {
			for i, name := range cells {
				at[name] = i
			}
			return nil
		}
		r.row(in, record{line, strings.Join(cells, ","), func(column string) string {
			if i, ok := at[column]; ok && i < len(cells) {
				return strings.TrimSpace(cells[i])
			}
			return ""
		}})
		return r.sink.Err()
	})
}

func (r *reader) row(in loader.Input, t record) {
	reject := func(column string, reason loader.Reason, detail string) {
		value := ""
		if column != "" {
			value = t.text(column)
		}
		r.sink.Reject(loader.Reject{File: in.String(), Line: t.line, Column: column, Value: value, Reason: reason, Detail: detail, Raw: t.raw})
	}
	k := key{indicator: strings.ToLower(t.text("indicator"))}
	if !slices.Contains(indicators, k.indicator) {
		reject("indicator", loader.NotAllowed, "one of "+strings.Join(indicators, ", "))
		return
	}
	var why loader.Reason
	if k.year, why = loader.Int(t.text("year")); why == "" && (k.year < 1996 || k.year > 2999) {
		why = loader.OutOfRange
	}
	if why != "" {
		reject("year", why, "")
		return
	}
	if t.text("estimate") == none {
		r.sink.PassOver(gap)
		return
	}
	var err error
	if k.country, err = r.Countries.Resolve(t.text("code"), country.WorldBank, k.year); err != nil {
		reject("code", loader.NoCountry, err.Error())
		return
	}
	estimate, why := loader.Float(t.text("estimate"))
	if why != "" {
		reject("estimate", why, "a number, or .. where there is none")
		return
	}
	deviation, why := loader.Float(t.text("stddev"))
	if why == "" && deviation < 0 {
		why = loader.Negative
	}
	known := t.text("stddev") != none
	if known && why != "" {
		reject("stddev", why, "")
		return
	}
	if line, twice := r.seen[k]; twice {
		reject("", loader.Repeated, fmt.Sprintf("line %d has it too", line))
		return
	}
	r.seen[k] = t.line
	row := r.sink.Row(r.kind, in.Name, t.line)
	row.SetText("country", k.country)
	row.SetText("indicator", "WGI."+strings.ToUpper(k.indicator))
	row.SetInt("year", k.year)
	row.SetFloat("value", estimate)
	if known {
		row.SetFloat("standard_error", deviation)
	}
	row.SetText("source", "World Bank, Worldwide Governance Indicators")
}
