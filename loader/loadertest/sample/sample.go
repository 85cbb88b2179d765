// Package sample loads a source's sample files into a store in memory, and holds
// what came of them against what a person has read.
package sample

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/series"
	"tiermap/loader/terms"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Countries returns the countries that the program knows.
func Countries() *country.List {
	list, err := country.Builtin()
	if err != nil {
		panic(err)
	}
	return list
}

// Loaded is what loading came to.
type Loaded struct {
	Store      *loadertest.Store
	Reports    []*loader.Report // by job
	Rejects    []Reject
	RejectFile string
	Err        error // of making the jobs, or of running them
}

// Reject is one line of the file of rejects.
type Reject struct {
	File, Line, Column, Value string
	Reason                    string // its code
	Detail                    string // the reason in full
}

// String writes what most tests compare: line, column, value and reason.
func (r Reject) String() string {
	return strings.Join([]string{r.Line, r.Column, r.Value, r.Reason}, " ")
}

// Load runs jobs one after the other, unless err says that they could not be made,
// and holds that each accounts for every row that it read.
func Load(t testing.TB, jobs []loader.Job, err error) Loaded {
	t.Helper()
	l := Loaded{Store: loadertest.New(), Err: err}
	if err != nil {
		return l
	}
	var rejects strings.Builder
	w, err := loader.NewRejectWriter(&rejects)
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range jobs {
		report, err := loader.Run(t.Context(), l.Store, job, loader.Options{Rejects: w})
		l.Reports, l.Err = append(l.Reports, report), errors.Join(l.Err, err)
		if report.Accepted+report.Rejected != report.Read {
			t.Errorf("%s: accepted %d + rejected %d is not read %d", report.Dataset, report.Accepted, report.Rejected, report.Read)
		}
	}
	l.RejectFile = rejects.String()
	l.Rejects = readRejects(t, l.RejectFile)
	return l
}

func readRejects(t testing.TB, file string) (list []Reject) {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		reason, _, _ := strings.Cut(r[4], ":")
		list = append(list, Reject{File: r[0], Line: r[1], Column: r[2], Value: r[3], Reason: reason, Detail: r[4]})
	}
	return list
}

// One returns what came of the first job, and fails the test where anything did not
// load.
func (l Loaded) One(t testing.TB) (rows []loadertest.Row, report *loader.Report) {
	t.Helper()
	if l.Err != nil {
		t.Fatal(l.Err)
	}
	return l.Store.Rows[l.Reports[0].Dataset], l.Reports[0]
}

// Rejected returns what was rejected as text.
func (l Loaded) Rejected() (lines []string) {
	for _, r := range l.Rejects {
		lines = append(lines, r.String())
	}
	return lines
}

// OrRefused returns the rows of every dataset, and fails the test where a load was
// refused with anything but BadInput: whatever a file holds.
func (l Loaded) OrRefused(t testing.TB) (rows []loadertest.Row) {
	t.Helper()
	if l.Err != nil && graph.CodeOf(l.Err) != graph.BadInput {
		t.Fatal(l.Err)
	}
	for _, of := range l.Store.Rows {
		rows = append(rows, of...)
	}
	return rows
}

// Listing writes everything that loading came to.
func (l Loaded) Listing() string {
	var b strings.Builder
	for _, report := range l.Reports {
		d := l.Store.Datasets[report.Dataset]
		fmt.Fprintf(&b, "%s: read %d, accepted %d, rejected %d; priority %d; %s\n", report.Dataset, report.Read, report.Accepted, report.Rejected, d.Priority, d.Title)
		for _, rule := range slices.Sorted(maps.Keys(report.Passed)) {
			fmt.Fprintf(&b, "  %d passed over: %s\n", report.Passed[rule], rule)
		}
		for _, note := range report.Notes {
			fmt.Fprintf(&b, "  %s\n", note)
		}
		for _, row := range l.Store.Rows[report.Dataset] {
			var fields []string
			for _, name := range slices.Sorted(maps.Keys(row)) {
				fields = append(fields, name+"="+row[name])
			}
			fmt.Fprintf(&b, "  %s\n", strings.Join(fields, " "))
		}
	}
	for _, reject := range l.Rejects {
		fmt.Fprintf(&b, "rejected: %s\n", reject)
	}
	return b.String()
}

// Facts writes rows as a person reads them, one a line: where each stood, its table,
// and its fields in the order of the schema but those that are left out.
func Facts(rows []loadertest.Row, leftOut ...string) string {
	leftOut = append(leftOut, "file", "line")
	var b strings.Builder
	schema := graph.NewSchema()
	for _, row := range rows {
		table := row["kind"]
		if row["outcome"] != "" { // a field of that name has taken the place of the table
			table = schema.Kind(graph.NameMatch).Table
		}
		fmt.Fprintf(&b, "%s:%s %s", row["file"], row["line"], table)
		for _, f := range schema.Kind(table).Fields {
			if v := row[f.Name]; v != "" && !slices.Contains(leftOut, f.Name) {
				fmt.Fprintf(&b, " %s=%s", f.Name, v)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Golden holds a text against a file of testdata; -update writes the file anew,
// for a person to read.
func Golden(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", path, got)
	}
}

// Content returns what a file of testdata holds.
func Content(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Contents returns what files of testdata hold, by name.
func Contents(t testing.TB, names ...string) map[string][]byte {
	t.Helper()
	contents := map[string][]byte{}
	for _, name := range names {
		contents[name] = Content(t, name)
	}
	return contents
}

// Files writes files to a new folder, which it returns.
func Files(t testing.TB, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range contents {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// File writes one file to a new folder, and returns its path.
func File(t testing.TB, name string, content []byte) string {
	t.Helper()
	return filepath.Join(Files(t, map[string]string{name: string(content)}), name)
}

// Terms is a catalogue of what tables of names lead to.
func Terms(t testing.TB, materials, products string) loadertest.Catalogue {
	t.Helper()
	m, err := terms.Read(materials)
	if err != nil {
		t.Fatal(err)
	}
	p, err := terms.Read(products)
	if err != nil {
		t.Fatal(err)
	}
	return loadertest.Catalogue{Materials: m.IDs(), Products: p.IDs()}
}

// Series is a catalogue of every product and material of a mapping of series.
func Series(t testing.TB, mapping string) loadertest.Catalogue {
	t.Helper()
	m, err := series.OpenMapping("", mapping, Countries())
	if err != nil {
		t.Fatal(err)
	}
	var c loadertest.Catalogue
	for _, s := range m.All() {
		c.Products, c.Materials = append(c.Products, s.Product), append(c.Materials, s.Material)
	}
	return c
}
