package loader

import (
	"context"
	"io"

	"tiermap/graph"
)

// Store is the part of a graph.Store that loading needs.
type Store interface {
	Begin(ctx context.Context, d graph.Dataset) (graph.Load, error)
}

// Job is one dataset to be loaded.
type Job struct {
	Dataset graph.Dataset
	Inputs  []Input // what Read opens; their sizes tell the progress
	// Read parses the inputs into rows and rejects. An error refuses the whole
	// dataset; the message of a graph.Error is what the user reads.
	Read func(ctx context.Context, sink *Sink) error
}

// Options are the choices of who runs a job.
type Options struct {
	Check    bool          // read and report, write nothing; the store may be nil
	Rejects  *RejectWriter // gets the rows that were rejected; may be nil
	Progress io.Writer     // a terminal that shows the progress (see Terminal); nil = quiet
}

// Run loads one dataset. It returns an error where nothing was loaded, in which
// case the store is as it was: BadInput for what is wrong with the files or the
// dataset as a whole, Timeout where ctx ended, else what the store returned.
// The report is right as far as the files were read, also beside an error.
func Run(ctx context.Context, store Store, job Job, opts Options) (report *Report, err error) {
	report = &Report{Dataset: job.Dataset.ID, Reasons: map[Reason]int64{}, Notes: []string{}, Checked: opts.Check}
	var load graph.Load
	if !opts.Check {
		if load, err = store.Begin(ctx, job.Dataset); err != nil {
			return report, err
		}
		defer func() {
			if failed := load.Abandon(); err == nil {
				err = failed
			}
		}()
	}
	sink := newSink(ctx, load, opts.Rejects, report)
	defer sink.cancel(nil)
	err = read(sink, job, opts)
	report.Read = report.Accepted + report.Rejected
	switch {
	case err != nil || report.Accepted > 0:
	case report.Rejected > 0:
		sink.Note("every row was rejected: nothing was loaded, and the dataset is as it was")
		return report, nil // the load is abandoned
	default:
		sink.Note("the files hold no rows: the dataset is empty")
	}
	if err == nil && load != nil {
		report.Replaced, err = load.Commit(ctx)
	}
	if ctx.Err() != nil && err != nil {
		return report, cancelled(job.Dataset.ID, err)
	}
	return report, err
}

// read takes the job's rows to the store, all but the commit.
func read(sink *Sink, job Job, opts Options) error {
	defer sink.stop() // also where Read panics
	defer showProgress(opts.Progress, sink, job)()
	if err := job.Read(sink.ctx, sink); err != nil {
		sink.cancel(err) // unless something behind the sink was the cause of it
	}
	sink.finish()
	if opts.Rejects != nil {
		if err := opts.Rejects.Flush(); err != nil {
			sink.cancel(rejectsUnwritten(err))
		}
	}
	return sink.Err()
}

func cancelled(dataset string, err error) error {
	return graph.Wrap(graph.Timeout, err, "the load of %s was interrupted; the store is as it was", dataset)
}
