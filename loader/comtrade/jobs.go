package comtrade

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
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
	Name      string        // what the ids of the datasets begin with; blank: comtrade
	Revision  string        // of files that do not say in which revision their codes are, such as HS2017; blank: that of the year
}

// part is a year in one revision: a dataset.
type part struct {
	year     int
	revision string // HS2022
}

// file is one input with what a first look at it has found.
type file struct {
	in    loader.Input
	shape shape
	year  int            // that the name says, for files that do not; 0: none
	rows  map[part]int64 // that are of each
	first part           // the one with most rows, which takes those of none
}

// Jobs returns one job for each year and revision that the files hold. It goes
// through the files once to find out which those are.
//
// Errors: BadInput where a path holds no file that UN Comtrade hands out, or a
// file has no row that names a year.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	files, err := find(paths, o)
	if err != nil {
		return nil, err
	}
	of := map[part][]*file{}
	rows := map[part]int64{}
	for _, f := range files {
		for p, n := range f.rows {
			of[p] = append(of[p], f)
			rows[p] += n
		}
	}
	largest := map[int]int64{} // rows of the revision of a year that has most
	for p, n := range rows {
		largest[p.year] = max(largest[p.year], n)
	}
	var jobs []loader.Job
	for _, p := range slices.SortedFunc(maps.Keys(of), comparePart) {
		j := &job{part: p, files: of[p], Options: o}
		if rows[p] < largest[p.year] {
			j.Priority--
			j.minor = true
		}
		jobs = append(jobs, loader.Job{Dataset: j.dataset(), Inputs: j.inputs(), Read: func(_ context.Context, sink *loader.Sink) error {
			return j.read(sink)
		}})
	}
	return jobs, nil
}

func comparePart(a, b part) int {
	return cmp.Or(cmp.Compare(a.year, b.year), cmp.Compare(a.revision, b.revision))
}

func (o *Options) check() error {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return err
	}
	if o.Revision != "" && !slices.Contains(graph.HSRevisions(), o.Revision) {
		return graph.Errorf(graph.BadInput, "%q is no revision of the Harmonized System: they are %s", o.Revision, strings.Join(graph.HSRevisions(), ", "))
	}
	if o.Name = cmp.Or(o.Name, "comtrade"); !graph.ValidID(o.Name) {
		return graph.Errorf(graph.BadInput, "%q cannot be the name of a dataset: letters, digits, dot, underscore and hyphen, with a letter or digit first", o.Name)
	}
	return nil
}

// fileName are the suffixes of files that may be Comtrade's.
var fileName = regexp.MustCompile(`(?i)\.(csv|txt|tsv|json)$`)

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
			return nil, graph.Errorf(graph.BadInput, "%s holds no file of UN Comtrade: .csv, .txt, .tsv or .json, plain, .gz, .zst or in a .zip", path)
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

var yearInName = regexp.MustCompile(`(?:^|[^0-9])((?:19|20)[0-9]{2})(?:[^0-9]|$)`)

// look goes through a file to find its shape, years and revisions.
func look(in loader.Input, o Options) (*file, error) {
	f := &file{in: in}
	if found := yearInName.FindAllStringSubmatch(in.Name, 2); len(found) == 1 {
		f.year, _ = strconv.Atoi(found[0][1]) // four digits
	}
	var err error
	if f.shape, err = sniff(in); err != nil {
		return nil, err
	}
	notUTF8, err := f.count(o)
	if err == nil && notUTF8 > 0 && !f.shape.json {
		f.shape.windows = true
		_, err = f.count(o)
	}
	if err != nil {
		return nil, err
	}
	if len(f.rows) == 0 {
		return nil, graph.Errorf(graph.BadInput,
			"%s has no row with a year and a revision of the Harmonized System (columns refYear, or period, and classificationCode; a file without a year may name it: comtrade_2024.csv)", in)
	}
	f.first = slices.MinFunc(slices.Collect(maps.Keys(f.rows)), func(a, b part) int {
		return cmp.Or(cmp.Compare(f.rows[b], f.rows[a]), comparePart(a, b))
	})
	return f, nil
}

// count counts the rows of each year and revision, and those that are not UTF-8.
func (f *file) count(o Options) (notUTF8 int64, err error) {
	f.rows = map[part]int64{}
	report, err := loader.Run(context.Background(), nil, loader.Job{Read: func(_ context.Context, sink *loader.Sink) error {
		r, err := open(sink, f.in, f.shape)
		if err != nil {
			return err
		}
		for r.next() {
			if p, _, why := f.partOf(r, o); why == nil {
				f.rows[p]++
			}
		}
		return r.Close()
	}}, loader.Options{Check: true})
	return report.Reasons[loader.NotUTF8], err
}

// unplaced says why a row is of no year or revision.
type unplaced struct {
	column column
	reason loader.Reason
	detail string
}

// partOf says which year and revision a row is of; other is the classification
// of a row that is not of the Harmonized System.
func (f *file) partOf(r rows, o Options) (p part, other string, why *unplaced) {
	text, column := r.text(year), year
	if text == "" && r.has(period) {
		if text, column = r.text(period), period; len(text) > 4 {
			text = text[:4]
		}
	}
	switch n, reason := loader.Int(text); {
	case text == "" && !r.has(year) && !r.has(period) && f.year != 0:
		p.year = f.year
	case reason != "":
		return p, "", &unplaced{column, reason, ""}
	case n < 1962 || n > 2999:
		return p, "", &unplaced{column, loader.OutOfRange, "UN Comtrade begins in 1962"}
	default:
		p.year = n
	}
	switch text := strings.ToUpper(r.text(revision)); {
	case revisions[text] != "":
		p.revision = revisions[text]
	case text == "" && r.has(revision):
		return p, "", &unplaced{revision, loader.Missing, ""}
	case text == "", text == "HS":
		p.revision = cmp.Or(o.Revision, graph.HSInForce(p.year))
	default:
		return p, text, &unplaced{revision, loader.NotAllowed, "the Harmonized System is H0 to H6"}
	}
	return p, "", nil
}

// job is one dataset.
type job struct {
	part
	files []*file
	minor bool // another revision has more rows of the year
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
		ID:        fmt.Sprintf("%s-%s-%d", j.Name, strings.ToLower(j.revision), j.year),
		Title:     fmt.Sprintf("UN Comtrade: trade in goods as reported, %s, %d", j.revision, j.year),
		Publisher: "United Nations Statistics Division",
		URL:       "https://comtradeplus.un.org/",
		Licence:   "UN Comtrade terms of use: cite it; passing data on is restricted",
		Version:   j.revision,
		Retrieved: retrieved,
		Priority:  j.Priority,
	}
}
