package tables

import (
	"context"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// Store is what is needed here of a graph.Store.
type Store interface {
	Snapshot(ctx context.Context) (graph.Snapshot, error)
}

// Options are what the folders do not say.
type Options struct {
	Countries *country.List // the built-in list of countries
	// Store holds the datasets that rows may refer to; nil: there are none.
	Store Store
	// Check: nothing will be written. What an earlier folder of the same
	// command declares then counts as loaded for the later ones.
	Check bool
}

// Jobs returns one job for each folder, those first that others refer to, else
// in the order given. BadInput where a path is no dataset, where its
// dataset.csv or the name of a file is wrong, or two folders are one dataset.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	folders, err := openFolders(paths)
	if err != nil {
		return nil, err
	}
	if folders, err = inOrder(folders, o.Countries); err != nil {
		return nil, err
	}
	checked := &[]*facts{} // of the folders before, where nothing is written
	var jobs []loader.Job
	for _, f := range folders {
		job := loader.Job{Dataset: f.dataset}
		for _, t := range f.tables {
			job.Inputs = append(job.Inputs, t.in)
		}
		job.Read = func(ctx context.Context, sink *loader.Sink) error {
			own, err := f.read(ctx, sink, o, *checked)
			if err == nil && o.Check {
				*checked = append(*checked, own)
			}
			return err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}
