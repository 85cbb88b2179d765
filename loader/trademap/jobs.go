package trademap

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List // the built-in list of countries
	Retrieved string        // day on which the files were fetched, 2006-01-02; blank: when the last of them was changed
	Priority  int           // of the datasets, where several hold the same trade
	Name      string        // what the ids of the datasets begin with; blank: trademap
	Revision  string        // of the Harmonized System, such as HS2017; blank: that of the year
	Code      string        // of downloaded files that do not say it, such as 282520
}

// file is one input with the years that it has amounts of.
type file struct {
	in    loader.Input
	years map[int]bool
	first int // takes the rows of no year
}

// Jobs returns one job for each year that the files hold. It goes through the
// files once to find out which those are.
//
// Errors: BadInput where a path holds no export of Trade Map, or a file does not
// say of which country, product or year it is.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	files, err := find(paths, o)
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
		j.Revision = cmp.Or(o.Revision, graph.HSInForce(year))
		jobs = append(jobs, loader.Job{Dataset: j.dataset(), Inputs: j.inputs(), Read: func(_ context.Context, sink *loader.Sink) error {
			return j.read(sink)
		}})
	}
	return jobs, nil
}

var sixDigits = regexp.MustCompile(`^\d{6}$`)

func (o *Options) check() error {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return err
	}
	if o.Revision != "" && !slices.Contains(graph.HSRevisions(), o.Revision) {
		return graph.Errorf(graph.BadInput, "%q is no revision of the Harmonized System: they are %s", o.Revision, strings.Join(graph.HSRevisions(), ", "))
	}
	if o.Code != "" && !sixDigits.MatchString(o.Code) {
		return graph.Errorf(graph.BadInput, "%q is no code of six digits, such as 282520", o.Code)
	}
	if o.Name = cmp.Or(o.Name, "trademap"); !graph.ValidID(o.Name) {
		return graph.Errorf(graph.BadInput, "%q cannot be the name of a dataset: letters, digits, dot, underscore and hyphen, with a letter or digit first", o.Name)
	}
	return nil
}

// fileName are the suffixes of files that may be Trade Map's.
var fileName = regexp.MustCompile(`(?i)\.(txt|tsv|csv)$`)

// find looks at the files of the paths: all that are named, those of a folder or
// archive by their suffix.
func find(paths []string, o Options) ([]*file, error) {
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
			return nil, graph.Errorf(graph.BadInput, "%s holds no export of Trade Map: .txt, .tsv or .csv, plain, .gz, .zst or in a .zip", path)
		}
		for _, in := range inputs {
			f, err := look(in, o)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	return files, nil
}

// look goes through a file to find its years.
func look(in loader.Input, o Options) (*file, error) {
	f := &file{in: in, years: map[int]bool{}}
	_, err := loader.Run(context.Background(), nil, loader.Job{Read: func(_ context.Context, sink *loader.Sink) error {
		t, err := open(sink, in, o)
		if err != nil {
			return err
		}
		for t.Next() {
			for _, e := range t.entries() {
				if e.fault == "" {
					f.years[e.year] = true
				}
			}
		}
		return t.Close()
	}}, loader.Options{Check: true})
	if err != nil {
		return nil, err
	}
	if len(f.years) == 0 {
		return nil, graph.Errorf(graph.BadInput, "%s has no row with a year", in)
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
	return graph.Dataset{
		ID:        fmt.Sprintf("%s-%s-%d", j.Name, strings.ToLower(j.Revision), j.year),
		Title:     fmt.Sprintf("Trade Map: bilateral trade, %s, %d", j.Revision, j.year),
		Publisher: "International Trade Centre",
		URL:       "https://www.trademap.org/",
		Licence:   "Trade Map terms of use: cite it; passing data on is restricted",
		Version:   j.Revision,
		Retrieved: retrieved,
		Priority:  j.Priority,
	}
}
