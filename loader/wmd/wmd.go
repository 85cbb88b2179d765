package wmd

import (
	"bufio"
	"context"
	_ "embed" // the mapping
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/series"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List
	Store     series.Store // holds the catalogue; nil: there is none
	Mapping   string       // a user's mapping; blank: the one that is shipped
	Retrieved string       // day on which the file was fetched, 2006-01-02; blank: when it was last changed
	Priority  *int         // of the dataset; nil: Priority
}

// Priority is the default priority of an edition
// (docs/decisions/0008-order-of-sources.md).
const Priority = -33

//go:embed mapping.csv
var shipped string

// Mapping is the table that says what the series are, as it is shipped.
func Mapping() string { return shipped }

// required are the columns that there must be beside those of years.
var required = []string{"material", "Country", "Country_ISO", "unit", "data_source"}

// Rules by which rows are passed over.
const (
	worldTotal = "the world's total"
	noYear     = "no figure for any year"
)

var yearName = regexp.MustCompile(`^(19|20)\d\d$`)

// Jobs returns one job for each edition that the paths hold: files, .zip
// archives or folders. A file of other columns is passed over in a folder, and
// BadInput where it is named.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	mapping, err := series.OpenMapping(o.Mapping, shipped, o.Countries)
	if err != nil {
		return nil, err
	}
	var jobs []loader.Job
	first := map[string]loader.Input{}
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		found := false
		for _, in := range inputs {
			years, err := yearsOf(in)
			if err != nil {
				return nil, err
			}
			if len(years) == 0 {
				continue
			}
			found = true
			e := &edition{in: in, years: years, mapping: mapping, Options: o}
			d := e.dataset()
			if other, twice := first[d.ID]; twice {
				return nil, graph.Errorf(graph.BadInput, "%s and %s are both %s: name one of them", other, in, d.ID)
			}
			first[d.ID] = in
			jobs = append(jobs, loader.Job{Dataset: d, Inputs: []loader.Input{in}, Read: e.read})
		}
		if !found {
			return nil, graph.Errorf(graph.BadInput,
				"%s is, or holds, no table of World Mining Data: its columns are material, Country, Country_Code, Country_ISO, the years, unit, data_source", path)
		}
	}
	return jobs, nil
}

// edition is one file.
type edition struct {
	in      loader.Input
	years   []int
	mapping *series.Mapping
	Options
}

// yearsOf returns the years that the header of a table of World Mining Data has
// columns for; none where it is another table.
func yearsOf(in loader.Input) (years []int, err error) {
	stream, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	lines := bufio.NewScanner(stream)
	if !lines.Scan() {
		if errors.Is(lines.Err(), bufio.ErrTooLong) {
			return nil, nil // no header of this table
		}
		return nil, lines.Err()
	}
	fields, fault := loader.SplitRow(strings.TrimPrefix(strings.TrimSuffix(lines.Text(), "\r"), "\ufeff"), nil)
	if fault != "" {
		return nil, nil
	}
	var others []string
	for _, name := range fields {
		name = strings.TrimSpace(name)
		if !yearName.MatchString(name) {
			others = append(others, name)
			continue
		}
		year, _ := strconv.Atoi(name) // four digits
		years = append(years, year)
	}
	for _, name := range required {
		if !slices.Contains(others, name) {
			return nil, nil
		}
	}
	return years, nil
}

func (e *edition) dataset() graph.Dataset {
	newest := slices.Max(e.years)
	priority, retrieved := Priority, e.Retrieved
	if e.Priority != nil {
		priority = *e.Priority
	}
	if retrieved == "" {
		retrieved = loader.LastChanged(e.in)
	}
	return graph.Dataset{
		ID:        fmt.Sprintf("wmd-%d", newest+2),
		Title:     fmt.Sprintf("World Mining Data %d, production %d to %d", newest+2, slices.Min(e.years), newest),
		Publisher: "Austrian Federal Ministry of Finance",
		URL:       "https://www.world-mining-data.info",
		Licence:   "reproduction with citation of the source",
		Version:   strconv.Itoa(newest + 2),
		Retrieved: retrieved,
		Priority:  priority,
	}
}

func (e *edition) read(ctx context.Context, sink *loader.Sink) error {
	book, err := series.NewBook(ctx, sink, e.Store, series.Columns{Commodity: "material", Unit: "unit"})
	if err != nil {
		return err
	}
	columns := slices.Clone(required)
	for _, year := range e.years {
		columns = append(columns, strconv.Itoa(year))
	}
	t, err := sink.OpenLayout(e.in, loader.Layout{Required: columns})
	if err != nil {
		return err
	}
	for t.Next() {
		e.row(sink, book, t)
	}
	if err := t.Close(); err != nil {
		return err
	}
	book.Close()
	return nil
}

// statuses are what data_source says of a row, and whether it is an estimate.
var statuses = map[string]bool{"r": false, "p": false, "e": true}

func (e *edition) row(sink *loader.Sink, book *series.Book, t *loader.Table) {
	material := t.Text("material")
	if t.Text("Country") == "Total" {
		sink.PassOver(worldTotal)
		return
	}
	if !e.mapping.Has(series.Production, material, "") {
		sink.PassOver(series.Unmapped)
		return
	}
	id, err := e.Countries.Resolve(t.Text("Country"), country.WMD, slices.Max(e.years))
	if err != nil {
		t.Reject("Country", loader.NoCountry, err.Error())
		return
	}
	s, ok := e.mapping.Find(series.Production, material, "", id)
	if !ok {
		sink.PassOver(series.Unmapped)
		return
	}
	estimated, ok := statuses[t.Text("data_source")]
	if !ok {
		t.Reject("data_source", loader.NotAllowed, "r (reported), e (estimated) or p (provisional)")
		return
	}
	var figures []series.Figure
	for _, year := range e.years {
		column := strconv.Itoa(year)
		text := t.Text(column)
		if text == "" {
			continue
		}
		amount, why := loader.Float(text)
		if why == "" && amount < 0 {
			why = loader.Negative
		}
		if why != "" {
			t.Reject(column, why, "")
			return
		}
		figures = append(figures, series.Figure{Series: s, Place: id, Part: t.Text("Country"), Unit: t.Text("unit"), Year: year,
			Amount: amount, Estimated: estimated, Source: e.source(material, t.Text("data_source"))})
	}
	if len(figures) == 0 {
		sink.PassOver(noYear)
		return
	}
	book.Enter(t, figures...)
}

// source says where a figure stands, and what its status is.
func (e *edition) source(material, status string) string {
	text := fmt.Sprintf("World Mining Data %d, %s", slices.Max(e.years)+2, material)
	switch status {
	case "e":
		text += "; estimated by the publisher"
	case "p":
		text += "; provisional"
	}
	return text
}
