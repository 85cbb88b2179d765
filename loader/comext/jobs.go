package comext

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List // the built-in list of countries
	Retrieved string        // day on which the files were fetched, 2006-01-02; blank: when the last of them was changed
	Priority  *int          // of the datasets, where several hold the same trade; nil: Priority
	Name      string        // what the ids of the datasets begin with; blank: comext
	Rate      float64       // USD for a euro; 0: the average of the year
}

// Priority is that of the datasets unless another is given: below any that holds
// the trade of the world, of which the Union's is a part.
const Priority = -50

// file is one input with the years that it has rows of.
type file struct {
	in    loader.Input
	years map[int]bool
	first int // takes the rows of no year
}

// Jobs returns one job for each year that the files hold. It goes through the
// files once to find out which those are.
//
// Errors: BadInput where a path holds no file of Comext, a file has no row with
// a year, or the rate of a year is not known.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	files, err := find(paths)
	if err != nil {
		return nil, err
	}
	of := map[int][]*file{}
	for _, f := range files {
		for year := range f.years {
			of[year] = append(of[year], f)
		}
	}
	var jobs []loader.Job
	for _, year := range slices.Sorted(maps.Keys(of)) {
		j := &job{year: year, files: of[year], Options: o}
		if j.Rate == 0 {
			rate, ok := Rate(year)
			if !ok {
				return nil, graph.Errorf(graph.BadInput, "the average of a euro in USD in %d is not known: give it with --eur-usd", year)
			}
			j.Rate = rate
		}
		jobs = append(jobs, loader.Job{Dataset: j.dataset(), Inputs: j.inputs(), Read: func(_ context.Context, sink *loader.Sink) error {
			return j.read(sink)
		}})
	}
	return jobs, nil
}

func (o *Options) check() error {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return err
	}
	if o.Rate != 0 && (o.Rate < 0.1 || o.Rate > 10) {
		return graph.Errorf(graph.BadInput, "a euro is not %g USD", o.Rate)
	}
	if o.Name = cmp.Or(o.Name, "comext"); !graph.ValidID(o.Name) {
		return graph.Errorf(graph.BadInput, "%q cannot be the name of a dataset: letters, digits, dot, underscore and hyphen, with a letter or digit first", o.Name)
	}
	return nil
}

// fileName are the suffixes of files that may be Comext's.
var fileName = regexp.MustCompile(`(?i)\.(dat|csv|txt|tsv)$`)

// find looks at the files of the paths: all that are named, those of a folder or
// archive by their suffix.
func find(paths []string) ([]*file, error) {
	var files []*file
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		if len(inputs) != 1 || inputs[0].Path != path {
			inputs = slices.DeleteFunc(inputs, func(in loader.Input) bool { return !fileName.MatchString(in.Stem()) })
		}
		if len(inputs) == 0 {
			return nil, graph.Errorf(graph.BadInput, "%s holds no file of Comext: .dat, .csv, .txt or .tsv, plain, .gz, .zst or in a .zip (unpack a .7z first)", path)
		}
		for _, in := range inputs {
			f, err := look(in)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	return files, nil
}

// look goes through a file to find its years.
func look(in loader.Input) (*file, error) {
	f := &file{in: in, years: map[int]bool{}}
	_, err := loader.Run(context.Background(), nil, loader.Job{Read: func(_ context.Context, sink *loader.Sink) error {
		t, err := open(sink, in)
		if err != nil {
			return err
		}
		for t.Next() {
			if s, reason := period(t.text("period")); reason == "" {
				f.years[s.year] = true
			}
		}
		return t.Close()
	}}, loader.Options{Check: true})
	if err != nil {
		return nil, err
	}
	if len(f.years) == 0 {
		return nil, graph.Errorf(graph.BadInput, "%s has no row with a period such as 2022, 202203 or 2022-03", in)
	}
	f.first = slices.Min(slices.Collect(maps.Keys(f.years)))
	return f, nil
}

// job is one dataset.
type job struct {
	year  int
	files []*file
	Options
}

func (j *job) inputs() (list []loader.Input) {
	for _, f := range j.files {
		list = append(list, f.in)
	}
	return list
}

func (j *job) dataset() graph.Dataset {
	retrieved := j.Retrieved
	if retrieved == "" {
		retrieved = loader.LastChanged(j.inputs()...)
	}
	priority := Priority
	if j.Priority != nil {
		priority = *j.Priority
	}
	return graph.Dataset{
		ID:        fmt.Sprintf("%s-cn%d", j.Name, j.year),
		Title:     fmt.Sprintf("Eurostat Comext: trade in goods of the EU countries by CN8, %d", j.year),
		Publisher: "Eurostat",
		URL:       "https://ec.europa.eu/eurostat/web/international-trade-in-goods/database",
		Licence:   "CC BY 4.0",
		Version:   fmt.Sprintf("CN%d", j.year),
		Retrieved: retrieved,
		Priority:  priority,
	}
}
