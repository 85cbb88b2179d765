package sheet

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
)

var sets = [][]string{{"Code", "Region"}, {"code", "region"}}

func write(t *testing.T, name string, content []byte) loader.Input {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return loader.Input{Path: path, Name: name, Size: int64(len(content))}
}

// TestRead holds that a workbook and a CSV file become the same rows, and that a
// rejected one is written as it stands.
func TestRead(t *testing.T) {
	rows := [][]string{{" Code", "Note", "Region"}, {"FRA", "", " Europe "}, {"PER"}}
	for _, c := range []struct {
		name    string
		content []byte
		want    []string
	}{
		{"a.csv", []byte("\ufeffcode,note,region\r\nFRA,,Europe\r\nPER,,\r\n"), []string{"2 FRA Europe", "3 PER "}},
		{"a.xlsx", loadertest.Workbook(t, "", rows), []string{"2 FRA Europe", "3 PER "}},
		{"a.XLSX", loadertest.Workbook(t, "List of economies", rows), []string{"3 FRA Europe", "4 PER "}},
	} {
		table, err := Find(write(t, c.name, c.content), sets...)
		if err != nil || table == nil {
			t.Fatal(c.name, table, err)
		}
		var got []string
		var rejects bytes.Buffer
		w, err := loader.NewRejectWriter(&rejects)
		if err != nil {
			t.Fatal(err)
		}
		job := loader.Job{Dataset: graph.Dataset{ID: "d"}, Read: func(_ context.Context, sink *loader.Sink) error {
			return table.Read(sink, func(r Row) {
				got = append(got, strings.Join([]string{string(rune('0' + r.Line)), r.Text(table.Columns[0]), r.Text(table.Columns[1])}, " "))
				if r.Text("none") != "" || r.File != c.name {
					t.Errorf("%+v", r)
				}
				if r.Text(table.Columns[1]) == "" {
					r.Reject(table.Columns[0], loader.Missing, "")
				} else {
					r.Reject("", loader.Repeated, "")
				}
			})
		}}
		report, err := loader.Run(t.Context(), nil, job, loader.Options{Check: true, Rejects: w})
		if err != nil || report.Rejected != 2 || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q %v %+v", c.name, got, err, report)
		}
		if text := rejects.String(); !strings.Contains(text, ","+table.Columns[0]+",PER,missing") || !strings.Contains(text, ",,,repeated_key") {
			t.Errorf("%s: %s", c.name, text)
		}
	}
}

func TestFind(t *testing.T) {
	titles := slices.Repeat([][]string{{"a title"}}, mostTitles)
	for name, content := range map[string][]byte{
		"other.csv": []byte("a,b\n"), "empty.csv": nil,
		"other.xlsx": loadertest.Workbook(t, "", [][]string{{"a", "b"}}),
		"late.xlsx":  loadertest.Workbook(t, "", append(titles, []string{"Code", "Region"})),
	} {
		if table, err := Find(write(t, name, content), sets...); table != nil || err != nil {
			t.Errorf("%s: %+v %v", name, table, err)
		}
	}
	if _, err := Find(write(t, "no.xlsx", []byte("PK no workbook")), sets...); graph.CodeOf(err) != graph.BadInput {
		t.Error(err)
	}
}
