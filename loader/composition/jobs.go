package composition

import (
	"context"
	_ "embed" // the tables of words
	"regexp"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/terms"
)

// Options are what the files do not say.
type Options struct {
	Store     terms.Store // holds the catalogue; nil: there is none to hold ids against
	Retrieved string      // day on which the files were fetched, 2006-01-02; blank: when each was last changed
	Priority  *int        // of the datasets; nil: Priority
	Revision  string      // revision of the Harmonized System of the trade codes; blank: HS2022
}

// Priority is the default priority: below the starter data, which name the source
// of each figure, where most of these tables name none.
const Priority = -6

//go:embed materials.csv
var materialsCSV string

//go:embed products.csv
var productsCSV string

//go:embed units.csv
var unitsCSV string

// table is one of the tables that are read.
type table struct {
	id, title, publisher, licence string
	required                      []string
	read                          func(*reader, *loader.Table)
	write                         func(*reader) // what waits for the end of the table; may be nil
}

const (
	literature = "compiled from the literature"
	single     = "single facts, with their sources"
	unstated   = "not stated in the file"
)

var tables = []table{
	{"composition-intensity", "Materials in power technologies, tonnes for a GW", literature, single,
		[]string{"technology", "Material", "value", "source", "authors", "publish_year", "year_of_data"}, (*reader).intensity, (*reader).writeIntensity},
	{"composition-battery", "Materials in batteries, kg for a kWh", literature, unstated,
		[]string{"Mineral", "chemistry", "kg_per_kwh"}, (*reader).battery, nil},
	{"composition-companionality", "What materials are recovered with", literature, unstated,
		[]string{"material", "companionality_pct", "hosts", "empirical_pct", "empirical_n"}, (*reader).companion, nil},
	{"composition-recycling", "End-of-life recycling input rates", literature, unstated,
		[]string{"material", "recycling_pct", "reported"}, (*reader).recycling, nil},
	{"composition-demand", "Demand of technologies for minerals, by scenario", "International Energy Agency", "CC BY 4.0",
		[]string{"mineral", "technology", "scenario", "year", "demand_kt"}, (*reader).demand, (*reader).writeDemand},
	{"composition-codes", "Trade codes of ores and refined materials", literature, unstated,
		[]string{"material", "role", "hs6", "flags"}, (*reader).code, nil},
}

var revision = regexp.MustCompile(`^HS\d{4}$`)

// Jobs returns one job for each table that the paths hold: files, .zip archives
// or folders. BadInput where a path holds none, or a table stands twice.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	if o.Revision == "" {
		o.Revision = "HS2022"
	}
	if !revision.MatchString(o.Revision) {
		return nil, graph.Errorf(graph.BadInput, "%q is no revision of the Harmonized System: write it like HS2022", o.Revision)
	}
	var jobs []loader.Job
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		any := false
		for _, in := range inputs {
			t, err := tableOf(in)
			if err != nil {
				return nil, err
			}
			if t == nil {
				continue
			}
			any = true
			if i := slices.IndexFunc(jobs, func(j loader.Job) bool { return j.Dataset.ID == t.id }); i >= 0 {
				return nil, graph.Errorf(graph.BadInput, "%s and %s are the same table: name one of them", jobs[i].Inputs[0], in)
			}
			jobs = append(jobs, t.job(in, o))
		}
		if !any {
			return nil, graph.Errorf(graph.BadInput, "%s is, or holds, none of the tables of composition: they are known by their columns (docs/sources/composition.md)", path)
		}
	}
	return jobs, nil
}

func (t *table) job(in loader.Input, o Options) loader.Job {
	retrieved := o.Retrieved
	if retrieved == "" {
		retrieved = loader.LastChanged(in)
	}
	priority := Priority
	if o.Priority != nil {
		priority = *o.Priority
	}
	return loader.Job{
		Dataset: graph.Dataset{ID: t.id, Title: t.title, Publisher: t.publisher, Licence: t.licence, Retrieved: retrieved, Priority: priority},
		Inputs:  []loader.Input{in},
		Read: func(ctx context.Context, sink *loader.Sink) error {
			r, err := newReader(ctx, sink, o)
			if err != nil {
				return err
			}
			rows, err := sink.OpenLayout(in, loader.Layout{Required: t.required})
			if err != nil {
				return err
			}
			for rows.Next() {
				t.read(r, rows)
			}
			if err := rows.Close(); err != nil {
				return err
			}
			if t.write != nil {
				t.write(r)
			}
			return nil
		},
	}
}

// tableOf says which table a file is; nil: none.
func tableOf(in loader.Input) (*table, error) {
	start, err := in.Start(4096)
	if err != nil {
		return nil, err
	}
	line, _, _ := strings.Cut(string(start), "\n")
	names := strings.Split(strings.TrimRight(line, "\r"), ",")
	for i, t := range tables {
		if !slices.ContainsFunc(t.required, func(name string) bool { return !slices.Contains(names, name) }) {
			return &tables[i], nil
		}
	}
	return nil, nil
}
