package facilities

import (
	"context"
	"path/filepath"
	"strings"

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
	Mapping   string        // a user's table of commodities; blank: the one that is shipped
	Resolve   entity.Options
}

const dataset = "facilities-jasansky"

// tables are the files that are read, in their order.
var tables = []string{"facilities", "ownership", "source_ids", "commodities", "processing", "capacity", "transport"}

// Jobs returns the one job for a folder or an archive of the release. BadInput
// where it has no facilities.csv.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	if len(paths) != 1 {
		return nil, graph.Errorf(graph.BadInput, "name one folder or .zip that holds the tables of the release: facilities.csv and those beside it")
	}
	inputs, err := loader.Inputs(paths[0])
	if err != nil {
		return nil, err
	}
	r := &release{Options: o, schema: graph.NewSchema(), files: map[string]loader.Input{}}
	if r.goods, err = openGoods(o.Mapping); err != nil {
		return nil, err
	}
	job := loader.Job{}
	for _, name := range tables {
		for _, in := range inputs {
			if stem(in) != name {
				continue
			}
			if other, twice := r.files[name]; twice {
				return nil, graph.Errorf(graph.BadInput, "%s and %s are the same table: keep one of them", other, in)
			}
			r.files[name] = in
			job.Inputs = append(job.Inputs, in)
		}
	}
	if _, ok := r.files["facilities"]; !ok {
		return nil, graph.Errorf(graph.BadInput, "%s holds no facilities.csv, to which the other tables of the release refer", paths[0])
	}
	if r.Retrieved == "" {
		r.Retrieved = loader.LastChanged(job.Inputs...)
	}
	job.Dataset = graph.Dataset{ID: dataset, Title: "Global coal and metal mine production: mines, smelters and refineries",
		Publisher: "Jasansky, Lieber, Giljum and Maus (Vienna University of Economics and Business)", URL: "https://doi.org/10.1038/s41597-023-01965-y",
		Licence: "as the deposit states; cite Scientific Data 10:52", Version: "2023", Retrieved: r.Retrieved, Priority: o.Priority}
	job.Read = func(ctx context.Context, sink *loader.Sink) error { return r.read(ctx, sink) }
	return []loader.Job{job}, nil
}

// stem is the name of a table without folder and suffixes, in small letters.
func stem(in loader.Input) string {
	name := strings.ToLower(in.Stem())
	if filepath.Ext(name) != ".csv" {
		return ""
	}
	return strings.TrimSuffix(name, ".csv")
}
