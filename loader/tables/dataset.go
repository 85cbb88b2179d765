package tables

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"tiermap/graph"
	"tiermap/loader"
)

// DatasetFields returns the columns of dataset.csv.
func DatasetFields() []graph.Field {
	return []graph.Field{
		{Name: "id", Type: graph.Text, Key: true, Required: true, Doc: "an id of our own; a dataset that is loaded again replaces the one of that id"},
		{Name: "title", Type: graph.Text, Doc: "what it holds"},
		{Name: "publisher", Type: graph.Text, Doc: "who published it"},
		{Name: "url", Type: graph.Text, Doc: "where it was published"},
		{Name: "licence", Type: graph.Text, Doc: "the terms that it may be used under"},
		{Name: "version", Type: graph.Text, Doc: "the publisher's edition or release"},
		{Name: "retrieved", Type: graph.Date, Doc: "when it was fetched"},
		{Name: "priority", Type: graph.Int, Doc: "where datasets overlap the highest counts, then the latest retrieved, then the id; blank = 0"},
	}
}

// datasetColumns are the names of DatasetFields.
func datasetColumns() []string {
	var columns []string
	for _, f := range DatasetFields() {
		columns = append(columns, f.Name)
	}
	return columns
}

// maxDataset is how many bytes a dataset.csv may have.
const maxDataset = 1 << 20

// readDataset reads a dataset.csv: a header and one row.
func readDataset(in loader.Input) (graph.Dataset, error) {
	text, err := readText(in)
	if err != nil {
		return graph.Dataset{}, err
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return graph.Dataset{}, graph.Wrap(graph.BadInput, err, "%s: %v", in.Path, err)
	}
	if len(rows) != 2 {
		return graph.Dataset{}, graph.Errorf(graph.BadInput, "%s needs a header and one row below it, and has %d rows", in.Path, max(0, len(rows)-1))
	}
	for i, name := range rows[0] {
		rows[0][i] = strings.TrimSpace(name)
	}
	index, err := loader.CheckHeader(in.Path, rows[0], datasetColumns(), []string{"id"})
	if err != nil {
		return graph.Dataset{}, err
	}
	value := func(column string) string {
		if i, ok := index[column]; ok {
			return strings.TrimSpace(rows[1][i])
		}
		return ""
	}
	d := graph.Dataset{ID: value("id"), Title: value("title"), Publisher: value("publisher"), URL: value("url"),
		Licence: value("licence"), Version: value("version"), Retrieved: value("retrieved")}
	wrong := func(column string, reason loader.Reason) error {
		return graph.Errorf(graph.BadInput, "%s, line 2, column %s, %q: %s", in.Path, column, value(column), reason.Sentence())
	}
	if !graph.ValidID(d.ID) {
		return d, wrong("id", loader.BadID)
	}
	if d.Retrieved != "" {
		if _, _, ok := period(d.Retrieved); !ok {
			return d, wrong("retrieved", loader.NotDate)
		}
	}
	if s := value("priority"); s != "" {
		n, reason := loader.Int(s)
		if reason != "" {
			return d, wrong("priority", reason)
		}
		d.Priority = n
	}
	return d, nil
}

// readText reads a small file whole.
func readText(in loader.Input) (string, error) {
	file, err := in.Open()
	if err != nil {
		return "", err
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxDataset+1))
	switch {
	case err != nil:
		return "", unwrapped(in.Path, err)
	case len(raw) > maxDataset:
		return "", graph.Errorf(graph.BadInput, "%s is larger than 1 MiB", in.Path)
	case !utf8.Valid(raw):
		return "", graph.Errorf(graph.BadInput, "%s: %s", in.Path, loader.NotUTF8.Sentence())
	case strings.ContainsRune(string(raw), 0):
		return "", graph.Errorf(graph.BadInput, "%s: %s", in.Path, loader.NulByte.Sentence())
	}
	return strings.TrimPrefix(string(raw), "\ufeff"), nil
}

// unwrapped keeps an error that a user may read and wraps any other.
func unwrapped(path string, err error) error {
	if e := (*graph.Error)(nil); errors.As(err, &e) {
		return err
	}
	return graph.Wrap(graph.BadInput, err, "%s cannot be read: %v", path, err)
}
