package baci

import (
	"context"
	"fmt"
	"path/filepath"
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
	Retrieved string        // day on which the files were fetched, 2006-01-02; blank: when each was last changed
	Priority  int           // of the datasets, where several hold the same trade
}

// release is what the name of a yearly file says.
type release struct {
	revision string // of the Harmonized System, as BACI writes it: HS17
	year     int
	version  string // V202601
}

var (
	yearlyName = regexp.MustCompile(`(?i)^BACI_(HS\d\d)_Y(\d{4})_(V\d{6}[a-z]?)\.csv$`)
	codesName  = regexp.MustCompile(`(?i)^country_codes_(V\d{6}[a-z]?)\.csv$`)
)

// nomenclatures has the trade codes' nomenclature for BACI's revisions.
var nomenclatures = map[string]string{
	"HS92": "HS1992", "HS96": "HS1996", "HS02": "HS2002", "HS07": "HS2007",
	"HS12": "HS2012", "HS17": "HS2017", "HS22": "HS2022",
}

// Jobs returns one job for each yearly file that the paths hold: files, .zip
// archives or folders. BadInput where a path holds none, where two files are of
// the same release and year, or where a name is not one of CEPII's.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	yearly, codes, err := find(paths)
	if err != nil {
		return nil, err
	}
	var jobs []loader.Job
	first := map[string]loader.Input{} // by dataset
	for _, in := range yearly {
		f, err := newFile(in, o)
		if err != nil {
			return nil, err
		}
		d := f.dataset()
		if other, twice := first[d.ID]; twice {
			return nil, graph.Errorf(graph.BadInput, "%s and %s are both %s: name one of them", other, in, d.ID)
		}
		first[d.ID] = in
		jobs = append(jobs, loader.Job{Dataset: d, Inputs: []loader.Input{in}, Read: func(ctx context.Context, sink *loader.Sink) error {
			return f.read(ctx, sink, slices.Concat(codes, beside(in)))
		}})
	}
	return jobs, nil
}

// find lists the yearly files and the files of country codes among the paths.
func find(paths []string) (yearly, codes []loader.Input, err error) {
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, nil, err
		}
		found := false
		for _, in := range inputs {
			switch {
			case codesName.MatchString(in.Stem()):
				codes = append(codes, in)
				found = found || in.Path == path
			case yearlyName.MatchString(in.Stem()):
				yearly = append(yearly, in)
				found = true
			}
		}
		if !found {
			return nil, nil, graph.Errorf(graph.BadInput,
				"%s is, or holds, no yearly file of BACI: CEPII names them like BACI_HS17_Y2024_V202601.csv (plain, .gz, .zst or in a .zip)", path)
		}
	}
	if len(yearly) == 0 {
		return nil, nil, graph.Errorf(graph.BadInput, "no yearly file of BACI was named, such as BACI_HS17_Y2024_V202601.csv")
	}
	return yearly, codes, nil
}

// beside lists the files of country codes that stand where a yearly file does.
func beside(in loader.Input) []loader.Input {
	if in.Member != "" {
		return nil // find has seen the whole archive
	}
	inputs, err := loader.Inputs(filepath.Dir(in.Path))
	if err != nil {
		return nil // the folder cannot be listed; the built-in list serves
	}
	return slices.DeleteFunc(inputs, func(in loader.Input) bool { return !codesName.MatchString(in.Stem()) })
}

// file is one yearly file.
type file struct {
	in loader.Input
	release
	nomenclature string
	Options
}

func newFile(in loader.Input, o Options) (*file, error) {
	m := yearlyName.FindStringSubmatch(in.Stem())
	year, _ := strconv.Atoi(m[2]) // four digits
	f := &file{in: in, Options: o, release: release{strings.ToUpper(m[1]), year, "V" + strings.ToLower(m[3][1:])}}
	if f.nomenclature = nomenclatures[f.revision]; f.nomenclature == "" {
		return nil, graph.Errorf(graph.BadInput, "%s: %s is no revision of the Harmonized System; known are HS92, HS96, HS02, HS07, HS12, HS17 and HS22",
			in, f.revision)
	}
	if f.Retrieved == "" {
		f.Retrieved = loader.LastChanged(in)
	}
	return f, nil
}

// dataset describes the file as CEPII does.
func (f *file) dataset() graph.Dataset {
	return graph.Dataset{
		ID:        strings.ToLower(fmt.Sprintf("baci-%s-%s-%d", f.revision, f.version, f.year)),
		Title:     fmt.Sprintf("BACI: international trade at the product level, %s, %d, version %s", f.revision, f.year, f.version[1:]),
		Publisher: "CEPII",
		URL:       "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
		Licence:   "Etalab 2.0",
		Version:   f.version,
		Retrieved: f.Retrieved,
		Priority:  f.Priority,
	}
}
