package composition

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/terms"
)

var update = flag.Bool("update", false, "write the golden files anew")

// catalogue has what the tables of words name.
func catalogue(t testing.TB) loadertest.Catalogue {
	t.Helper()
	materials, err := terms.Read(materialsCSV)
	if err != nil {
		t.Fatal(err)
	}
	products, err := terms.Read(productsCSV)
	if err != nil {
		t.Fatal(err)
	}
	return loadertest.Catalogue{Materials: materials.IDs(), Products: products.IDs()}
}

// load loads all tables of the sample.
func load(t testing.TB, o Options) (store *loadertest.Store, reports map[string]*loader.Report, rejects string) {
	t.Helper()
	o.Retrieved = "2026-11-21"
	jobs, err := Jobs([]string{"testdata"}, o)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := loader.NewRejectWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	store, reports = loadertest.New(), map[string]*loader.Report{}
	for _, job := range jobs {
		if reports[job.Dataset.ID], err = loader.Run(t.Context(), store, job, loader.Options{Rejects: w}); err != nil {
			t.Fatal(err)
		}
	}
	return store, reports, out.String()
}

// TestSample holds what becomes of the sample, which a person has read.
func TestSample(t *testing.T) {
	store, reports, rejects := load(t, Options{Store: catalogue(t)})
	var b strings.Builder
	schema := graph.NewSchema()
	for _, table := range tables {
		b.WriteString(table.id + "\n")
		for _, row := range store.Rows[table.id] {
			b.WriteString("  " + row["line"] + " " + row["kind"])
			for _, f := range schema.Kind(row["kind"]).FileFields() {
				if v := row[f.Name]; v != "" {
					b.WriteString(" " + f.Name + "=" + v)
				}
			}
			b.WriteByte('\n')
		}
	}
	golden(t, "facts.golden", b.String())
	golden(t, "rejects.golden", rejects)
	want := map[string][2]int64{ // accepted, rejected
		"composition-intensity": {5, 3}, "composition-battery": {2, 2}, "composition-companionality": {4, 4},
		"composition-recycling": {3, 3}, "composition-demand": {4, 6}, "composition-codes": {4, 3},
	}
	for id, report := range reports {
		if got := [2]int64{report.Accepted, report.Rejected}; got != want[id] {
			t.Errorf("%s: %v accepted and rejected, want %v", id, got, want[id])
		}
	}
	if p := reports["composition-intensity"].Passed; p[noMaterial] != 2 || p[noProduct] != 1 || p[twice] != 1 {
		t.Errorf("%v", p)
	}
}

func golden(t *testing.T, name, got string) {
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
		t.Errorf("%s\n%s", name, got)
	}
}

func TestRevision(t *testing.T) {
	store, _, _ := load(t, Options{Store: catalogue(t), Revision: "HS2017"})
	if rows := store.Rows["composition-codes"]; rows[0]["code"] != "HS2017:850511" {
		t.Errorf("%v", rows)
	}
}

func TestNoCatalogue(t *testing.T) {
	_, reports, rejects := load(t, Options{Store: loadertest.Catalogue{}})
	for id, report := range reports {
		if report.Accepted != 0 || report.Reasons[loader.NoReference] == 0 {
			t.Errorf("%s: %+v", id, report)
		}
	}
	if !strings.Contains(rejects, "load the catalogue first") {
		t.Error(rejects)
	}
}

func TestMisprints(t *testing.T) {
	units, err := misprints()
	if err != nil || len(units) != 2 || units[0].unit != "t/MW" {
		t.Errorf("%v %v", units, err)
	}
}

func TestJobsRefuse(t *testing.T) {
	for want, paths := range map[string][]string{"none of the tables of composition": {t.TempDir()}, "are the same table": {"testdata", "testdata"},
		"there is no such file": {"none"}} {
		if _, err := Jobs(paths, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", paths, err, want)
		}
	}
	own := 3
	for _, priority := range []*int{nil, &own} {
		jobs, err := Jobs([]string{"testdata"}, Options{Priority: priority})
		if want := map[bool]int{true: Priority, false: own}[priority == nil]; err != nil || jobs[0].Dataset.Priority != want {
			t.Errorf("%+v %v", jobs, err)
		}
	}
	for _, o := range []Options{{Retrieved: "2025"}, {Revision: "2017"}} {
		if _, err := Jobs([]string{"testdata"}, o); graph.CodeOf(err) != graph.BadInput {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func sample(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	paths, err := filepath.Glob("testdata/*.csv")
	if err != nil || len(paths) != len(tables) {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		if files[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestDamagedFiles(t *testing.T) {
	c := catalogue(t)
	damage.Files(t, sample(t), func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Store: c})
	})
}

// Whatever a table holds: accepted + rejected = read, and materials are those of
// the catalogue.
func FuzzTable(f *testing.F) {
	for _, content := range sample(f) {
		f.Add(content)
	}
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "table.csv")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		jobs, err := Jobs([]string{path}, Options{Store: c})
		if err != nil {
			if graph.CodeOf(err) != graph.BadInput {
				t.Fatal(err)
			}
			return
		}
		store := loadertest.New()
		report, err := loader.Run(t.Context(), store, jobs[0], loader.Options{})
		if err != nil && graph.CodeOf(err) != graph.BadInput || report.Accepted+report.Rejected != report.Read {
			t.Fatal(err, report)
		}
		for _, row := range store.Rows[jobs[0].Dataset.ID] {
			if !slices.Contains(c.Materials, row["material"]) || strings.HasPrefix(row["value"], "-") || strings.HasPrefix(row["tonnes"], "-") {
				t.Errorf("%v", row)
			}
		}
	})
}

// TestFitsTheCatalogue holds that the starter data have what the tables of words
// name.
func TestFitsTheCatalogue(t *testing.T) {
	named, shipped := catalogue(t), loadertest.Shipped(t)
	for _, id := range named.Materials {
		if !slices.Contains(shipped.Materials, id) {
			t.Errorf("there is no material %s", id)
		}
	}
	for _, id := range named.Products {
		if !slices.Contains(shipped.Products, id) {
			t.Errorf("there is no product %s", id)
		}
	}
}
