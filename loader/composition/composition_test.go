package composition

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
)

// catalogue has what the tables of words name.
func catalogue(t testing.TB) loadertest.Catalogue {
	t.Helper()
	return sample.Terms(t, materialsCSV, productsCSV)
}

// load loads all tables of the sample.
func load(t testing.TB, o Options) (store *loadertest.Store, reports map[string]*loader.Report, rejects string) {
	t.Helper()
	o.Retrieved = "2026-11-21"
	jobs, err := Jobs([]string{"testdata"}, o)
	l := sample.Load(t, jobs, err)
	if l.Err != nil {
		t.Fatal(l.Err)
	}
	reports = map[string]*loader.Report{}
	for _, report := range l.Reports {
		reports[report.Dataset] = report
	}
	return l.Store, reports, l.RejectFile
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
	sample.Golden(t, "facts.golden", b.String())
	sample.Golden(t, "rejects.golden", rejects)
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

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.csv")
	if err != nil || len(paths) != len(tables) {
		t.Fatal(paths, err)
	}
	var names []string
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	return sample.Contents(t, names...)
}

func TestDamagedFiles(t *testing.T) {
	c := catalogue(t)
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Store: c})
	})
}

// Whatever a table holds: accepted + rejected = read, and materials are those of
// the catalogue.
func FuzzTable(f *testing.F) {
	for _, content := range samples(f) {
		f.Add(content)
	}
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		jobs, err := Jobs([]string{sample.File(t, "table.csv", content)}, Options{Store: c})
		for _, row := range sample.Load(t, jobs, err).OrRefused(t) {
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
