package measures

import (
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
	"tiermap/loader/terms"
)

var builtin = sample.Countries()

// catalogue has what the tables of words name.
func catalogue(t testing.TB) loadertest.Catalogue {
	t.Helper()
	return sample.Terms(t, materialsCSV, productsCSV)
}

func load(t testing.TB, store terms.Store) (rows []loadertest.Row, report *loader.Report, rejects string) {
	t.Helper()
	jobs, err := Jobs([]string{"testdata"}, Options{Countries: builtin, Store: store, Retrieved: "2026-11-21"})
	l := sample.Load(t, jobs, err)
	rows, report = l.One(t)
	return rows, report, l.RejectFile
}

// TestSample holds what becomes of the sample, which a person has read.
func TestSample(t *testing.T) {
	rows, report, rejects := load(t, catalogue(t))
	var b strings.Builder
	schema := graph.NewSchema()
	for _, row := range rows {
		kind := schema.Kind(graph.Measure)
		if row["measure"] != "" {
			kind = schema.Kind(graph.Covers)
		}
		b.WriteString(row["file"] + ":" + row["line"] + " " + kind.Table)
		for _, f := range kind.FileFields() {
			if v := row[f.Name]; v != "" && v != kind.Table { // a row of loadertest has its table under "kind"
				b.WriteString(" " + f.Name + "=" + v)
			}
		}
		b.WriteByte('\n')
	}
	sample.Golden(t, "facts.golden", b.String())
	sample.Golden(t, "rejects.golden", rejects)
	if report.Read != 22 || report.Accepted != 10 || report.Rejected != 12 {
		t.Errorf("read %d, accepted %d, rejected %d", report.Read, report.Accepted, report.Rejected)
	}
	if len(report.Notes) != 1 || !strings.HasSuffix(report.Notes[0], ": unobtainium") {
		t.Errorf("%q", report.Notes)
	}
}

func TestEnd(t *testing.T) {
	for text, want := range map[string][3]string{
		"": {}, "2026-01": {"2026-01"}, "2026-11-27": {"2026-11-27"},
		"suspended 2025-11-09 to 2026-11-27":          {"", "2025-11-09", "2026-11-27"},
		"suspended 2025-11-07 (No. 70) to 2026-11-10": {"", "2025-11-07", "2026-11-10"},
	} {
		until, from, to, ok := end(text)
		if !ok || [3]string{until, from, to} != want {
			t.Errorf("%q: %q %q %q %v", text, until, from, to, ok)
		}
	}
	for _, text := range []string{"soon", "suspended", "suspended now to 2026-11-10", "suspended 2025-11-07 to then", "2026-13-01", "2026-02-30"} {
		if _, _, _, ok := end(text); ok {
			t.Errorf("%q is no end", text)
		}
	}
}

func TestNoCatalogue(t *testing.T) {
	_, report, rejects := load(t, loadertest.Catalogue{})
	if report.Reasons[loader.NoReference] != 6 || !strings.Contains(rejects, "load the catalogue first") {
		t.Errorf("%+v\n%s", report, rejects)
	}
}

func TestJobsRefuse(t *testing.T) {
	for want, paths := range map[string][]string{"no table of measures": {t.TempDir()}, "there is no such file": {"none"}} {
		if _, err := Jobs(paths, Options{Countries: builtin}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", paths, err, want)
		}
	}
	if _, err := Jobs([]string{"testdata"}, Options{Retrieved: "2025"}); graph.CodeOf(err) != graph.BadInput {
		t.Error(err)
	}
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	return sample.Contents(t, "export_controls.csv", "entity_lists.csv", "other_events.csv")
}

func TestDamagedFiles(t *testing.T) {
	c := catalogue(t)
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin, Store: c})
	})
}

// Whatever a table holds: accepted + rejected = read, and ids are ids.
func FuzzTable(f *testing.F) {
	for _, content := range samples(f) {
		f.Add(content)
	}
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		jobs, err := Jobs([]string{sample.File(t, "measures.csv", content)}, Options{Countries: builtin, Store: c})
		for _, row := range sample.Load(t, jobs, err).OrRefused(t) {
			if id := row["id"] + row["measure"]; !graph.ValidID(id) {
				t.Errorf("%v", row)
			}
			if _, _, ok := graph.SplitCode(row["code"]); row["code"] != "" && !ok {
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
