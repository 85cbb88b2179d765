package hs

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// Options are what the files do not say.
type Options struct {
	Retrieved string // day on which the files were fetched, 2006-01-02; blank: when each was last changed
	Priority  int    // of the datasets, where several relate the same nomenclatures
	From, To  string // nomenclatures of the first two columns of files whose columns do not name them: HS2012
}

// Jobs returns one job for each file. BadInput where a path holds no file, a
// file has no two columns that name nomenclatures, or two files relate the same.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	var jobs []loader.Job
	first := map[string]loader.Input{}
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		if len(inputs) != 1 || inputs[0].Path != path {
			inputs = slices.DeleteFunc(inputs, func(in loader.Input) bool { return !fileName.MatchString(in.Stem()) })
		}
		if len(inputs) == 0 {
			return nil, graph.Errorf(graph.BadInput, "%s holds no table of correspondence: .xlsx, .csv, .tsv or .txt", path)
		}
		for _, in := range inputs {
			t, err := look(in, o)
			if err != nil {
				return nil, err
			}
			d := t.dataset(o)
			if other, twice := first[d.ID]; twice {
				return nil, graph.Errorf(graph.BadInput, "%s and %s are both %s: name one of them", other, in, d.ID)
			}
			first[d.ID] = in
			jobs = append(jobs, loader.Job{Dataset: d, Inputs: []loader.Input{in}, Read: func(_ context.Context, sink *loader.Sink) error {
				return t.read(sink)
			}})
		}
	}
	return jobs, nil
}

var (
	fileName     = regexp.MustCompile(`(?i)\.(xlsx|csv|tsv|txt)$`)
	nomenclature = regexp.MustCompile(`^(HS|CN)\d{4}$`)
)

func (o *Options) check() error {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return err
	}
	if o.From == "" && o.To == "" {
		return nil
	}
	for _, name := range []string{o.From, o.To} {
		if !nomenclature.MatchString(name) {
			return graph.Errorf(graph.BadInput, "%q is no nomenclature such as HS2012 or CN2024: give both, of the first and of the second column", name)
		}
	}
	if o.From == o.To {
		return graph.Errorf(graph.BadInput, "both columns are %s", o.From)
	}
	return nil
}

// table is a file with what is known of its columns.
type table struct {
	in       loader.Input
	workbook bool
	sheet    string // of a workbook
	header   int    // row of the header, in a workbook
	columns
}

// columns are where the codes stand, and of which nomenclatures they are.
type columns struct {
	from, to         int
	fromName, toName string // as the header has them
	of, other        string // HS2017, HS2022
	share            int    // -1: none
}

// named is how headers name nomenclatures: HS2017, "From HS 2022", "CN_2024
// code", V2017, HS92.
var named = regexp.MustCompile(`(?i)(?:^|[^A-Za-z0-9])(HS|CN|V)[ _-]?(\d{4}|92|96|02|07|12|17|22)(?:$|[^A-Za-z0-9_])`)

// nomenclatureOf returns the nomenclature that a header names; "" where it names
// none.
func nomenclatureOf(header string) string {
	m := named.FindStringSubmatch(header)
	if m == nil {
		return ""
	}
	system, year := strings.ToUpper(m[1]), m[2]
	if system == "V" {
		system = "HS"
	}
	switch {
	case len(year) == 4:
	case year[0] == '9':
		year = "19" + year
	default:
		year = "20" + year
	}
	if name := system + year; system != "HS" || slices.Contains(graph.HSRevisions(), name) {
		return name
	}
	return ""
}

// columnsOf finds the columns of codes in a header.
func columnsOf(header []string, o Options) (c columns, ok bool) {
	c = columns{from: -1, to: -1, share: slices.IndexFunc(header, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), "share") })}
	for i, name := range header {
		switch of := nomenclatureOf(name); {
		case of == "":
		case c.from < 0:
			c.from, c.of, c.fromName = i, of, name
		case c.to < 0 && of != c.of:
			c.to, c.other, c.toName = i, of, name
		}
	}
	if o.From != "" && c.to < 0 && len(header) >= 2 {
		c.from, c.to, c.of, c.other, c.fromName, c.toName = 0, 1, o.From, o.To, header[0], header[1]
	}
	return c, c.to >= 0
}

// look finds the columns of a file.
func look(in loader.Input, o Options) (*table, error) {
	t := &table{in: in, workbook: strings.EqualFold(filepath.Ext(in.Name), ".xlsx")}
	header, err := t.find(o)
	if err != nil {
		return nil, err
	}
	if t.to == 0 && t.from == 0 {
		return nil, graph.Errorf(graph.BadInput,
			"%s: no two columns say which nomenclatures their codes are of, such as HS2017 and HS2022 (the header is %s): give --from and --to", in, strings.Join(header, ", "))
	}
	return t, nil
}

// dataset describes the table.
func (t *table) dataset(o Options) graph.Dataset {
	retrieved := o.Retrieved
	if retrieved == "" {
		retrieved = loader.LastChanged(t.in)
	}
	publisher, url := "United Nations Statistics Division", "https://unstats.un.org/unsd/classifications/Econ"
	switch {
	case strings.HasPrefix(t.of, "CN") || strings.HasPrefix(t.other, "CN"):
		publisher, url = "Eurostat", "https://showvoc.op.europa.eu/"
	case t.sheet == wcoSheet:
		publisher, url = "World Customs Organization", "https://www.wcoomd.org/en/topics/nomenclature.aspx"
	}
	return graph.Dataset{
		ID:        strings.ToLower(fmt.Sprintf("correspondence-%s-%s", t.of, t.other)),
		Title:     fmt.Sprintf("Correspondence of %s and %s", t.of, t.other),
		Publisher: publisher,
		URL:       url,
		Licence:   "see the publisher",
		Version:   t.other,
		Retrieved: retrieved,
		Priority:  o.Priority,
	}
}
