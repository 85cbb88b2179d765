package mrio

import (
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

//go:embed sectors.csv
var wiodSectorsCSV string

// wiodSectors returns the names of the 35 sectors by code. A test reads it too.
func wiodSectors() map[string]string {
	records, err := csv.NewReader(strings.NewReader(wiodSectorsCSV)).ReadAll()
	if err != nil || len(records) < 2 {
		panic(fmt.Sprintf("mrio: sectors.csv: %d rows, %v", len(records), err))
	}
	names := make(map[string]string, len(records)-1)
	for _, r := range records[1:] {
		names[r[0]] = r[1]
	}
	return names
}

// wiodTable stands before the codes of the sectors of WIOD's release of 2013.
const wiodTable = "WIOD2013"

var wiodName = regexp.MustCompile(`(?i)^wiot_(\d{4})_(inter|final|output)(_long_nonzero)?\.csv$`)

// wiodParts are the files of a year; all are needed.
var wiodParts = []string{"inter", "final", "output"}

// wiodCategories of final demand, in the order of a country's columns.
var wiodCategories = []string{"households", "nonprofits", "government", "capital", "inventories"}

// WIOD returns one job for each year whose three files the paths hold: files,
// folders or .zip archives. BadInput where a year lacks one or has one twice.
func WIOD(paths []string, o Options) ([]loader.Job, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	years := map[int]map[string]loader.Input{}
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		found := false
		for _, in := range inputs {
			m := wiodName.FindStringSubmatch(in.Stem())
			if m == nil {
				continue
			}
			found = true
			year, _ := strconv.Atoi(m[1]) // four digits
			part := strings.ToLower(m[2])
			if years[year] == nil {
				years[year] = map[string]loader.Input{}
			}
			if other, twice := years[year][part]; twice {
				return nil, graph.Errorf(graph.BadInput, "%s and %s are the same part of %d: name one of them", other, in, year)
			}
			years[year][part] = in
		}
		if !found {
			return nil, graph.Errorf(graph.BadInput,
				"%s is, or holds, no long table of WIOD, such as wiot_2011_inter_long_nonzero.csv.gz", path)
		}
	}
	var jobs []loader.Job
	for _, year := range sortedKeys(years) {
		files := years[year]
		var inputs []loader.Input
		for _, part := range wiodParts {
			in, ok := files[part]
			if !ok {
				return nil, graph.Errorf(graph.BadInput, "of %d there is no file of the part %s: name wiot_%d_inter_…, _final_… and _output together, or their folder", year, part, year)
			}
			inputs = append(inputs, in)
		}
		jobs = append(jobs, loader.Job{Dataset: o.wiodDataset(year, inputs), Inputs: inputs,
			Read: func(ctx context.Context, sink *loader.Sink) error {
				t := &wiod{writer: newWriter(sink, wiodTable, year, o.Countries), names: wiodSectors(),
					seen: map[[4]uint32]bool{}, blocks: map[int]string{}}
				return t.read(ctx, files)
			}})
	}
	return jobs, nil
}

func (o Options) check() error {
	return loader.CheckRetrieved(o.Retrieved)
}

// retrieved is the day on which files were fetched.
func (o Options) retrieved(inputs []loader.Input) string {
	if o.Retrieved != "" {
		return o.Retrieved
	}
	return loader.LastChanged(inputs...)
}

func (o Options) wiodDataset(year int, inputs []loader.Input) graph.Dataset {
	return graph.Dataset{ID: fmt.Sprintf("wiod2013-%d", year),
		Title:     fmt.Sprintf("World Input-Output Table %d, release of 2013", year),
		Publisher: "World Input-Output Database",
		URL:       "https://www.rug.nl/ggdc/valuechain/wiod/wiod-2013-release",
		Licence:   "free to use; cite Timmer et al. 2015, doi:10.1111/roie.12178",
		Version:   "2013", Retrieved: o.retrieved(inputs), Priority: o.Priority}
}

// wiod reads the files of one year.
type wiod struct {
	*writer
	names  map[string]string  // of sectors, by code
	seen   map[[4]uint32]bool // keys of rows, by words
	blocks map[int]string     // the country of each five columns of final demand

	rejected bool
}

func (t *wiod) read(_ context.Context, files map[string]loader.Input) error {
	for _, part := range []struct {
		name    string
		columns []string
		row     func(*loader.Table) bool
	}{
		{"output", []string{"country", "industry", "output_musd"}, t.outputRow},
		{"inter", []string{"from_country", "from_industry", "to_country", "to_industry", "value_musd"}, t.interRow},
		{"final", []string{"from_country", "from_industry", "final_col_country", "final_col", "value_musd"}, t.finalRow},
	} {
		clear(t.seen)
		table, err := t.sink.OpenTable(files[part.name], part.columns, part.columns)
		if err != nil {
			return err
		}
		for table.Next() {
			if !part.row(table) {
				t.rejected = true
			}
		}
		if err := table.Close(); err != nil {
			return err
		}
	}
	if t.rejected {
		t.sink.Note("%s: what a sector bought in a row that was rejected counts as its value added", t.table)
	}
	return nil
}

// industry reads the two columns that name a sector of a country.
func (t *wiod) industry(table *loader.Table, countryColumn, codeColumn string) (industry, bool) {
	place, detail := t.place(table.Text(countryColumn))
	if detail != "" {
		table.Reject(countryColumn, loader.NoCountry, detail)
		return industry{}, false
	}
	code := table.Text(codeColumn)
	if t.names[code] == "" {
		table.Reject(codeColumn, loader.NotAllowed, "the sectors of WIOD's release of 2013 are c1 to c35")
		return industry{}, false
	}
	id := t.sector(code)
	return industry{place, id}, true
}

// value reads million USD.
func (t *wiod) value(table *loader.Table, column, kind string) (float64, bool) {
	usd, reason := loader.FloatIn(table.Text(column), 6)
	if reason == "" {
		reason = t.within(kind, usd)
	}
	if reason != "" {
		table.Reject(column, reason, "")
	}
	return usd, reason == ""
}

// isNew tells whether a key has not been met in the file before.
func (t *wiod) isNew(table *loader.Table, parts ...string) bool {
	var key [4]uint32
	for i, text := range parts {
		key[i] = t.sink.Words().ID(text)
	}
	if t.seen[key] {
		table.Reject("", loader.Repeated, "")
		return false
	}
	t.seen[key] = true
	return true
}

func (t *wiod) outputRow(table *loader.Table) bool {
	of, ok := t.industry(table, "country", "industry")
	if !ok {
		return false
	}
	usd, ok := t.value(table, "output_musd", graph.Output)
	if !ok || !t.isNew(table, of.country, of.sector) {
		return false
	}
	t.output(t.sink.Row, table.File(), table.Line(), of, usd)
	t.declare(of.sector, t.names[table.Text("industry")], table.File(), table.Line())
	return true
}

func (t *wiod) interRow(table *loader.Table) bool {
	seller, ok := t.industry(table, "from_country", "from_industry")
	if !ok {
		return false
	}
	buyer, ok := t.industry(table, "to_country", "to_industry")
	if !ok {
		return false
	}
	usd, ok := t.value(table, "value_musd", graph.InputFlow)
	if !ok || !t.isNew(table, seller.country, seller.sector, buyer.country, buyer.sector) {
		return false
	}
	t.flow(t.sink.Row, table.File(), table.Line(), seller, buyer, usd)
	return true
}

func (t *wiod) finalRow(table *loader.Table) bool {
	seller, ok := t.industry(table, "from_country", "from_industry")
	if !ok {
		return false
	}
	buyer, detail := t.place(table.Text("final_col_country"))
	if detail != "" {
		table.Reject("final_col_country", loader.NoCountry, detail)
		return false
	}
	category, ok := t.category(table, buyer)
	if !ok {
		return false
	}
	usd, ok := t.value(table, "value_musd", graph.FinalDemand)
	if !ok || !t.isNew(table, seller.country, seller.sector, buyer, category) {
		return false
	}
	t.final(t.sink.Row, table.File(), table.Line(), seller, buyer, category, usd)
	return true
}

// category reads the column of final demand: V6 is the first of the five columns of
// the second country.
func (t *wiod) category(table *loader.Table, buyer string) (string, bool) {
	text := table.Text("final_col")
	number, reason := loader.Int(strings.TrimPrefix(text, "V"))
	if reason != "" || !strings.HasPrefix(text, "V") || number < 1 {
		table.Reject("final_col", loader.NotAllowed, "the columns of final demand are V1, V2, …: five for each country")
		return "", false
	}
	block := (number - 1) / len(wiodCategories)
	if of := t.blocks[block]; of != "" && of != buyer {
		table.Reject("final_col", loader.Conflict, fmt.Sprintf("the five columns that %s is one of are those of %s", text, of))
		return "", false
	}
	t.blocks[block] = buyer
	return wiodCategories[(number-1)%len(wiodCategories)], true
}

func sortedKeys[V any](m map[int]V) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
