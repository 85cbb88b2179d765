package measures

import (
	"context"
	_ "embed" // the tables of words
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/terms"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List
	Store     terms.Store // holds the catalogue; nil: there is none to hold ids against
	Retrieved string      // day on which the files were fetched, 2006-01-02; blank: when the newest was last changed
	Priority  int         // of the dataset
}

const dataset = "measures"

//go:embed materials.csv
var materialsCSV string

//go:embed products.csv
var productsCSV string

// table is one of the tables that are read.
type table struct {
	name     string
	required []string
	read     func(*notices, *loader.Table)
}

var tables = []table{
	{"export controls", []string{"id", "country", "announced", "effective", "until", "materials", "scope", "hs_reference_codes"}, (*notices).control},
	{"lists of entities", []string{"date", "notice", "target", "entities", "list_type"}, (*notices).list},
	{"events", []string{"id", "date", "actor", "event", "materials_or_goods"}, (*notices).event},
}

// input is a file and the table that it is.
type input struct {
	loader.Input
	table table
}

// Jobs returns the one job for all tables that the paths hold: files, .zip
// archives or folders. BadInput where a path holds none.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	job := loader.Job{}
	var files []input
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
			files = append(files, input{in, *t})
			job.Inputs = append(job.Inputs, in)
		}
		if !any {
			return nil, graph.Errorf(graph.BadInput, "%s is, or holds, no table of measures: the columns of export controls are %s", path, strings.Join(tables[0].required, ", "))
		}
	}
	if o.Retrieved == "" {
		o.Retrieved = loader.LastChanged(job.Inputs...)
	}
	job.Dataset = graph.Dataset{ID: dataset, Title: "Export controls and other measures of trade policy", Publisher: "compiled from ministries' notices",
		Licence: "single facts, with their sources", Retrieved: o.Retrieved, Priority: o.Priority}
	job.Read = func(ctx context.Context, sink *loader.Sink) error {
		n, err := newNotices(ctx, sink, o)
		if err != nil {
			return err
		}
		return n.read(files)
	}
	return []loader.Job{job}, nil
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
