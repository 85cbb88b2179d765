package magnets

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
	Retrieved string        // day on which the files were fetched, 2006-01-02; blank: when the newer was last changed
	Priority  int           // of the dataset
	Resolve   entity.Options
}

const dataset = "magnets-eu"

// Jobs returns the one job for a folder or an archive with plants.csv and
// links.csv. BadInput where one of them is missing.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	if len(paths) != 1 {
		return nil, graph.Errorf(graph.BadInput, "name one folder or .zip that holds plants.csv and links.csv")
	}
	inputs, err := loader.Inputs(paths[0])
	if err != nil {
		return nil, err
	}
	files := map[string]loader.Input{}
	var list []loader.Input
	for _, in := range inputs {
		if name := in.Stem(); name == "plants.csv" || name == "links.csv" {
			if other, twice := files[name]; twice {
				return nil, graph.Errorf(graph.BadInput, "%s and %s are the same table: keep one of them", other, in)
			}
			files[name] = in
			list = append(list, in)
		}
	}
	for _, name := range []string{"plants.csv", "links.csv"} {
		if _, ok := files[name]; !ok {
			return nil, graph.Errorf(graph.BadInput, "%s holds no %s: plants.csv and links.csv are needed", paths[0], name)
		}
	}
	if o.Retrieved == "" {
		o.Retrieved = loader.LastChanged(list...)
	}
	return []loader.Job{{
		Dataset: graph.Dataset{ID: dataset, Title: "Firms of the European permanent-magnet chain, 2004-2024 (links illustrative)", Publisher: "Queen's University Belfast",
			Licence: "as the publisher states", Retrieved: o.Retrieved, Priority: o.Priority},
		Inputs: list,
		Read: func(ctx context.Context, sink *loader.Sink) error {
			n := &network{Options: o, plantsFile: files["plants.csv"], linksFile: files["links.csv"]}
			return n.read(ctx, sink)
		},
	}}, nil
}
