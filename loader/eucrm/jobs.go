package eucrm

import (
	"context"
	_ "embed" // the tables of names
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/terms"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List
	Store     terms.Store // holds the catalogue; nil: there is none to hold ids against
	Retrieved string      // day on which the files were fetched, 2006-01-02; blank: when the newest was last changed
	Priority  *int        // of the dataset; nil: Priority
}

// Priority is the default priority: shares of a whole period count after every
// publisher of tonnes (docs/decisions/0008-order-of-sources.md).
const Priority = -34

const dataset = "eu-crm-2023"

//go:embed materials.csv
var materialsCSV string

//go:embed products.csv
var productsCSV string

// table is one of the tables that are read.
type table struct {
	name     *regexp.Regexp
	required []string
	read     func(*study, *loader.Table)
}

var tables = []table{
	{regexp.MustCompile(`(?i)^global_supply_shares.*\.csv$`), []string{"Material", "Stage", "Country", "Share"}, (*study).worldShare},
	{regexp.MustCompile(`(?i)^eu_sourcing_shares.*\.csv$`), []string{"Material", "Stage", "Country", "Share"}, (*study).sourcingShare},
	{regexp.MustCompile(`(?i)^material_use_shares.*\.csv$`), []string{"Material", "Application", "Share", "NACE sector"}, (*study).useShare},
	{regexp.MustCompile(`(?i)^sr_ei_.*\.csv$`), []string{"Material", "Year", "SR", "EI"}, (*study).scores},
	{regexp.MustCompile(`(?i)^eu_crm_lists.*\.csv$`), []string{"list_year", "material"}, (*study).critical},
	{regexp.MustCompile(`(?i)^eu_crma_annexI.*\.csv$`), []string{"material"}, (*study).strategic},
	{regexp.MustCompile(`(?i)^eu_crma_benchmarks.*\.csv$`), []string{"benchmark", "value_pct", "of"}, (*study).benchmark},
}

// input is a file and the table that it is.
type input struct {
	loader.Input
	table table
}

// Jobs returns the one job for all tables that the paths hold: files, .zip
// archives or folders. BadInput where a path holds none, or one stands twice.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	files, err := find(paths)
	if err != nil {
		return nil, err
	}
	job := loader.Job{}
	for _, f := range files {
		job.Inputs = append(job.Inputs, f.Input)
	}
	if o.Retrieved == "" {
		o.Retrieved = loader.LastChanged(job.Inputs...)
	}
	priority := Priority
	if o.Priority != nil {
		priority = *o.Priority
	}
	job.Dataset = graph.Dataset{ID: dataset, Title: "Critical raw materials: shares of supply and use, supply risk, lists and benchmarks",
		Publisher: "European Commission", URL: "https://op.europa.eu/en/publication-detail/-/publication/57318397-fdd4-11ed-a05c-01aa75ed71a1",
		Licence: "CC BY 4.0", Version: "2023", Retrieved: o.Retrieved, Priority: priority}
	job.Read = func(ctx context.Context, sink *loader.Sink) error {
		s, err := newStudy(ctx, sink, o)
		if err != nil {
			return err
		}
		return s.read(files)
	}
	return []loader.Job{job}, nil
}

// find finds the tables that the paths hold, in the order of tables.
func find(paths []string) (files []input, err error) {
	found := make([]*input, len(tables))
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		any := false
		for _, in := range inputs {
			for i, t := range tables {
				if !t.name.MatchString(in.Stem()) {
					continue
				}
				if found[i] != nil {
					return nil, graph.Errorf(graph.BadInput, "%s and %s are the same table: name one of them", found[i], in)
				}
				found[i], any = &input{in, t}, true
			}
		}
		if !any {
			return nil, graph.Errorf(graph.BadInput, "%s is, or holds, no table of the EU study: keep the names, such as eu_sourcing_shares_2023.csv", path)
		}
	}
	for _, f := range found {
		if f != nil {
			files = append(files, *f)
		}
	}
	return files, nil
}

// maxFile is how large a table may be; those published have 80 kB.
const maxFile = 16 << 20

// layout looks at a whole table for its charset.
func (f input) layout() (loader.Layout, error) {
	l := loader.Layout{Required: f.table.required}
	stream, err := f.Open()
	if err != nil {
		return l, err
	}
	defer stream.Close()
	content, err := io.ReadAll(io.LimitReader(stream, maxFile+1))
	if err == nil && len(content) > maxFile {
		err = graph.Errorf(graph.BadInput, "%s is larger than a table of the EU study can be", f)
	}
	if !utf8.Valid(content) {
		l.Charset = charmap.Windows1252
	}
	return l, err
}
