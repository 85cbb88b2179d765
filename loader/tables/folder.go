package tables

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// folder is one dataset on disk.
type folder struct {
	path    string
	dataset graph.Dataset
	tables  []table // in the order in which they are read: what is referred to comes first
	notes   []string
}

// table is one file of a folder.
type table struct {
	kind *graph.Kind
	in   loader.Input
}

// datasetFile is the file that makes a folder a dataset.
const datasetFile = "dataset.csv"

// openFolder lists the tables of a folder and reads its dataset.csv. A file
// that looks like a table and is none is BadInput, so that a misspelt name
// does not leave a table out; other files are noted.
func openFolder(path string, schema *graph.Schema) (*folder, error) {
	inputs, err := loader.Inputs(path)
	if err != nil {
		return nil, err
	}
	f := &folder{path: path}
	byKind := map[*graph.Kind]loader.Input{}
	described := false
	for _, in := range inputs {
		if !tabular(in.Name) {
			f.notes = append(f.notes, fmt.Sprintf("%s is no table and was not read", filepath.Join(path, in.Name)))
			continue
		}
		if in.Name == datasetFile {
			described = true
			if f.dataset, err = readDataset(in); err != nil {
				return nil, err
			}
			continue
		}
		kind := tableOf(in.Name, schema)
		if kind == nil {
			return nil, unknownTable(in, schema)
		}
		if other, twice := byKind[kind]; twice {
			return nil, graph.Errorf(graph.BadInput, "%s and %s hold the same table: keep one of them", other.Path, in.Path)
		}
		byKind[kind] = in
	}
	if !described {
		return nil, graph.Errorf(graph.BadInput, "%s has no %s, and so is no dataset: write one with the columns %s",
			path, datasetFile, strings.Join(datasetColumns(), ", "))
	}
	for _, k := range schema.Kinds() {
		if in, ok := byKind[k]; ok {
			f.tables = append(f.tables, table{k, in})
		}
	}
	return f, nil
}

// tableOf returns the kind whose table a file is by its name, or nil.
func tableOf(file string, schema *graph.Schema) *graph.Kind {
	stem := loader.Input{Name: file}.Stem()
	for _, k := range schema.Kinds() {
		if k.Table != "" && k.Table+".csv" == stem {
			return k
		}
	}
	return nil
}

// tabular reports whether a file is named like a table of numbers.
func tabular(name string) bool {
	name = strings.ToLower(name)
	for _, suffix := range []string{".gz", ".zst", ".zip", ".bz2", ".xz"} {
		name = strings.TrimSuffix(name, suffix)
	}
	return slices.Contains([]string{".csv", ".tsv", ".tab", ".xls", ".xlsx", ".ods", ".parquet"}, filepath.Ext(name))
}

func unknownTable(in loader.Input, schema *graph.Schema) error {
	known := []string{datasetFile}
	for _, k := range schema.Kinds() {
		if k.Table != "" {
			known = append(known, k.Table+".csv")
		}
	}
	e := graph.Errorf(graph.BadInput, "%s is none of the tables, which are %s, each also as .csv.gz or .csv.zst",
		in.Path, strings.Join(known, ", "))
	e.Suggestions = graph.Nearest(in.Stem(), known, 1)
	return e
}

// openFolders opens every path that is a folder. A file among them is passed
// over with a note, so that a shell glob works, unless it is a table: that is a
// mistake.
func openFolders(paths []string) ([]*folder, error) {
	schema := graph.NewSchema()
	var folders []*folder
	var notes []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err == nil && !info.IsDir() {
			if name := filepath.Base(path); name == datasetFile || tableOf(name, schema) != nil {
				return nil, graph.Errorf(graph.BadInput, "%s is a file: give the folder that it is in", path)
			}
			notes = append(notes, fmt.Sprintf("%s is no folder and was not read", path))
			continue
		}
		f, err := openFolder(path, schema)
		if err != nil {
			return nil, err
		}
		for _, other := range folders {
			if other.dataset.ID == f.dataset.ID {
				return nil, graph.Errorf(graph.BadInput, "%s and %s are both the dataset %s: one would replace the other",
					other.path, path, f.dataset.ID)
			}
		}
		folders = append(folders, f)
	}
	if len(folders) == 0 {
		return nil, graph.Errorf(graph.BadInput, "no folder was given: a dataset is a folder with a %s", datasetFile)
	}
	folders[0].notes = append(notes, folders[0].notes...)
	return folders, nil
}
