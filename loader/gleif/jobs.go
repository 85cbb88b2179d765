package gleif

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List // the built-in list of countries
	Retrieved string        // day on which the files were fetched, 2006-01-02; blank: when they were last changed
	Priority  int           // of the dataset
	// Store holds the companies that level 2 may refer to where no file of level
	// 1 is named beside it; nil: there are none.
	Store Store
}

// Store is what is needed here of a graph.Store.
type Store interface {
	Snapshot(ctx context.Context) (graph.Snapshot, error)
}

// file is one file of GLEIF's.
type file struct {
	loader.Input
	format format
	level  level
	prefix string // of the elements of an XML file, with its colon
	date   string // of the golden copy, 2006-01-02; blank: it does not say
}

type format int

const (
	asCSV format = iota
	asXML
	asJSON
	asAPI
)

// Jobs returns one job for each date of the golden copy that the paths hold:
// files, .zip archives or folders of both. Files without a date, and all files
// where those of level 1 have one date, go into one job. BadInput where a .csv,
// .xml or .json is no file of GLEIF's, or a path holds none.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	files, err := find(paths)
	if err != nil {
		return nil, err
	}
	var jobs []loader.Job
	for _, group := range byDate(files) {
		d := dataset(group, o)
		job := loader.Job{Dataset: d, Read: func(ctx context.Context, sink *loader.Sink) error {
			return read(ctx, sink, group, d, o)
		}}
		for _, f := range group {
			job.Inputs = append(job.Inputs, f.Input)
			if f.level == exceptions { // read before the companies and behind them
				job.Inputs = append(job.Inputs, f.Input)
			}
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// find lists the files of GLEIF's among the paths, each once.
func find(paths []string) (files []file, err error) {
	seen := map[string]bool{}
	for _, path := range paths {
		inputs, err := inputs(path)
		if err != nil {
			return nil, err
		}
		n := 0
		for _, in := range inputs {
			if len(inputs) > 1 && !isData(in) {
				continue // a note or a schema beside the data
			}
			f, err := recognise(in)
			if err != nil {
				return nil, err
			}
			n++
			if !seen[in.String()] {
				seen[in.String()] = true
				files = append(files, f)
			}
		}
		if n == 0 {
			return nil, graph.Errorf(graph.BadInput, "%s holds no file of GLEIF's: the golden copy is published as .csv, .xml and .json, each in a .zip", path)
		}
	}
	if len(files) == 0 {
		return nil, graph.Errorf(graph.BadInput, "no file of GLEIF's was named, such as 20250515-0000-gleif-goldencopy-lei2-golden-copy.csv.zip")
	}
	return files, nil
}

// inputs is loader.Inputs, into the archives of a folder too.
func inputs(path string) ([]loader.Input, error) {
	list, err := loader.Inputs(path)
	if err != nil {
		return nil, err
	}
	var all []loader.Input
	for _, in := range list {
		if in.Member == "" && strings.EqualFold(filepath.Ext(in.Name), ".zip") {
			members, err := loader.Inputs(in.Path)
			if err != nil {
				return nil, err
			}
			all = append(all, members...)
			continue
		}
		all = append(all, in)
	}
	return all, nil
}

func isData(in loader.Input) bool {
	switch strings.ToLower(filepath.Ext(in.Stem())) {
	case ".csv", ".xml", ".json":
		return true
	}
	return false
}

const byteOrderMark = "\xef\xbb\xbf"

// headSize is how much of a file is read to recognise it.
const headSize = 64 << 10

var (
	xmlRoot     = regexp.MustCompile(`^(?:<\?xml[^>]*>|<!--[^>]*-->|\s)*<(\w+:)?(LEIData|RelationshipData|ReportingExceptionData)[\s>]`)
	apiStart    = regexp.MustCompile(`^\{\s*"(meta|data|links)"`)
	jsonKind    = regexp.MustCompile(`"(Entity|RelationshipRecord|Relationship|ExceptionCategory)"`)
	nameDate    = regexp.MustCompile(`^(\d{4})-?(\d\d)-?(\d\d)\b`)
	contentDate = regexp.MustCompile(`ContentDate(?:>|"\s*:\s*(?:\{\s*"\$"\s*:\s*)?")(\d{4}-\d\d-\d\d)|"publishDate"\s*:\s*"(\d{4}-\d\d-\d\d)`)
)

// levels of records by the words that tell them: names of elements, keys and
// columns.
var levels = map[string]level{
	"LEIData": entities, "RelationshipData": relationships, "ReportingExceptionData": exceptions,
	"Entity": entities, "Relationship": relationships, "RelationshipRecord": relationships, "ExceptionCategory": exceptions,
}

// recognise tells what a file is by how it begins.
func recognise(in loader.Input) (file, error) {
	f := file{Input: in}
	head, err := beginning(in)
	if err != nil {
		return f, err
	}
	f.date = dateOf(in.Stem(), head)
	switch {
	case len(head) > 0 && head[0] == '<':
		f.format = asXML
		if m := xmlRoot.FindSubmatch(head); m != nil {
			f.prefix, f.level = string(m[1]), levels[string(m[2])]
			return f, nil
		}
	case apiStart.Match(head):
		f.format, f.level = asAPI, mixed
		return f, nil
	case len(head) > 0 && (head[0] == '[' || head[0] == '{'):
		f.format = asJSON
		if found := jsonKind.FindAllSubmatch(head, -1); found != nil {
			f.level = levels[string(found[0][1])]
			for _, m := range found {
				if levels[string(m[1])] != f.level {
					f.level = mixed
				}
			}
			return f, nil
		}
	default:
		header, _, _ := bytes.Cut(head, []byte{'\n'})
		switch {
		case bytes.Contains(header, []byte("Entity.LegalName")):
			f.level = entities
			return f, nil
		case bytes.Contains(header, []byte("Relationship.StartNode.NodeID")):
			f.level = relationships
			return f, nil
		case bytes.Contains(header, []byte("Exception.Category")):
			f.level = exceptions
			return f, nil
		}
	}
	return f, graph.Errorf(graph.BadInput, "%s is no file of GLEIF's: its beginning is neither that of level 1 (LEI-CDF), of level 2 (RR-CDF, reporting exceptions) nor of a response of api.gleif.org", in)
}

// beginning returns the first bytes of a file, from the first that is no blank.
func beginning(in loader.Input) ([]byte, error) {
	stream, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(stream, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	var refused *graph.Error
	if errors.As(err, &refused) { // a compressed file that is cut off
		return nil, err
	}
	return bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte(byteOrderMark)), " \t\r\n"), nil
}

// dateOf returns the date of the golden copy: that of the name, else the one
// that the file says in its beginning.
func dateOf(name string, head []byte) string {
	found := ""
	if m := nameDate.FindStringSubmatch(name); m != nil {
		found = m[1] + "-" + m[2] + "-" + m[3]
	} else if m := contentDate.FindSubmatch(head); m != nil {
		found = string(m[1]) + string(m[2])
	}
	if _, err := time.Parse(time.DateOnly, found); err != nil {
		return ""
	}
	return found
}

// byDate groups files into datasets: by date where those of level 1 have
// several, else all of them.
func byDate(files []file) [][]file {
	dates := map[string]bool{}
	for _, f := range files {
		if f.date != "" && f.level == entities {
			dates[f.date] = true
		}
	}
	if len(dates) < 2 {
		return [][]file{files}
	}
	groups := map[string][]file{}
	var order []string
	for _, f := range files {
		if groups[f.date] == nil {
			order = append(order, f.date)
		}
		groups[f.date] = append(groups[f.date], f)
	}
	slices.Sort(order)
	var list [][]file
	for _, date := range order {
		list = append(list, groups[date])
	}
	return list
}

// dataset describes files of one date: that of level 1 where it has one, else
// the latest that a file says, else when one was last changed.
func dataset(files []file, o Options) graph.Dataset {
	date, changed, level1 := "", "", false
	for _, f := range files {
		changed = max(changed, f.Modified.UTC().Format(time.DateOnly))
		level1 = level1 || f.level == entities || f.level == mixed
		date = max(date, f.date)
	}
	for _, f := range files {
		if f.level == entities && f.date != "" {
			date = f.date
		}
	}
	date = cmp.Or(date, changed)
	d := graph.Dataset{
		ID:        "gleif-" + strings.ReplaceAll(date, "-", ""),
		Title:     "GLEIF: legal entities and their parents, golden copy of " + date,
		Publisher: "GLEIF",
		URL:       "https://www.gleif.org/en/lei-data/gleif-golden-copy/download-the-golden-copy",
		Licence:   "CC0 1.0",
		Version:   date,
		Retrieved: cmp.Or(o.Retrieved, changed),
		Priority:  o.Priority,
	}
	if !level1 {
		d.ID = "gleif-level2-" + strings.ReplaceAll(date, "-", "")
		d.Title = "GLEIF: parents of legal entities, golden copy of " + date
	}
	return d
}
