package semiconductors

import (
	"context"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/entity"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List // the built-in list of countries
	Store     entity.Store  // what is known already; nil: nothing is
	Retrieved string        // day on which the files were fetched, 2006-01-02; blank: when the newest was last changed
	Priority  int           // of the dataset
	Resolve   entity.Options
}

const dataset = "semiconductors-cset"

var tables = []string{"inputs.csv", "providers.csv", "provision.csv", "sequence.csv"}

// Jobs returns the one job for a folder or an archive with the four tables.
// BadInput where one of them is missing.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	if len(paths) != 1 {
		return nil, graph.Errorf(graph.BadInput, "name one folder or .zip that holds inputs.csv, providers.csv, provision.csv and sequence.csv")
	}
	inputs, err := loader.Inputs(paths[0])
	if err != nil {
		return nil, err
	}
	files := map[string]loader.Input{}
	for _, in := range inputs {
		files[in.Stem()] = in
	}
	job := loader.Job{}
	for _, name := range tables {
		in, ok := files[name]
		if !ok {
			return nil, graph.Errorf(graph.BadInput, "%s holds no %s", paths[0], name)
		}
		job.Inputs = append(job.Inputs, in)
	}
	if o.Retrieved == "" {
		o.Retrieved = loader.LastChanged(job.Inputs...)
	}
	job.Dataset = graph.Dataset{ID: dataset, Title: "Supply chain of advanced chips: inputs, providers, shares", Publisher: "CSET, Georgetown University",
		URL: "https://github.com/georgetown-cset/eto-supply-chain", Licence: "CC BY-NC 4.0", Retrieved: o.Retrieved, Priority: o.Priority}
	job.Read = func(ctx context.Context, sink *loader.Sink) error {
		c := &chain{Options: o, sink: sink, schema: graph.NewSchema(), book: entity.NewBook(o.Resolve), inputs: map[string]*input{}, providers: map[string]*provider{}}
		return c.read(ctx, files)
	}
	return []loader.Job{job}, nil
}
