package eucrm

import (
	"math"
	"path/filepath"
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

// catalogue has what the tables of names name.
func catalogue(t testing.TB) loadertest.Catalogue {
	t.Helper()
	return sample.Terms(t, materialsCSV, productsCSV)
}

func load(t testing.TB, store terms.Store, paths ...string) (rows []loadertest.Row, report *loader.Report, rejects string) {
	t.Helper()
	jobs, err := Jobs(paths, Options{Countries: builtin, Store: store, Retrieved: "2026-11-21"})
	l := sample.Load(t, jobs, err)
	rows, report = l.One(t)
	return rows, report, l.RejectFile
}

// TestSample holds what becomes of the sample, which a person has read.
func TestSample(t *testing.T) {
	rows, report, rejects := load(t, catalogue(t), "testdata")
	var b strings.Builder
	schema := graph.NewSchema()
	for _, row := range rows {
		b.WriteString(row["file"] + ":" + row["line"] + " " + row["kind"])
		for _, f := range schema.Kind(row["kind"]).FileFields() {
			if v := row[f.Name]; v != "" {
				b.WriteString(" " + f.Name + "=" + v)
			}
		}
		b.WriteByte('\n')
	}
	sample.Golden(t, "facts.golden", b.String())
	sample.Golden(t, "rejects.golden", rejects)
	if report.Read != 50 || report.Accepted != 35 || report.Rejected != 15 {
		t.Errorf("read %d, accepted %d, rejected %d", report.Read, report.Accepted, report.Rejected)
	}
	for rule, n := range map[string]int64{noMaterial: 4, unknownName: 1, noProduct: 1, notAssessed: 1, twice: 2} {
		if report.Passed[rule] != n {
			t.Errorf("%d passed over, want %d: %s", report.Passed[rule], n, rule)
		}
	}
	if len(report.Notes) != 1 || !strings.Contains(report.Notes[0], "lines 7 are left out") {
		t.Errorf("%q", report.Notes)
	}
}

// TestShare holds the meaning of every way in which a share is written.
func TestShare(t *testing.T) {
	nan := math.NaN()
	for text, want := range map[string]struct {
		value float64
		why   loader.Reason
	}{
		"93.8%": {0.938, ""}, "100%": {1, ""}, "0.01%": {0.0001, ""}, "0%": {0, ""}, "0.0%": {0, ""}, "6 %": {0.06, ""},
		"<0.1%": {nan, ""}, ">0%": {nan, ""}, "< 0.1%": {nan, ""},
		"": {0, loader.Missing}, "6": {0, loader.NotAllowed}, "0.06": {0, loader.NotAllowed}, "n/a": {0, loader.NotAllowed},
		"%": {0, loader.Missing}, "<%": {0, loader.Missing}, "x%": {0, loader.NotNumber}, "1,5%": {0, loader.NotNumber},
		"-1%": {0, loader.Negative}, "100.1%": {0, loader.OutOfRange}, "<200%": {0, loader.OutOfRange},
	} {
		v, why, _ := share(text)
		if why != want.why || why == "" && v != want.value && !(math.IsNaN(v) && math.IsNaN(want.value)) {
			t.Errorf("%q: %v %q, want %v %q", text, v, why, want.value, want.why)
		}
	}
}

// TestRepeated holds which EU shares count as the world's printed again.
func TestRepeated(t *testing.T) {
	table := func(shares ...float64) (rows []supply) {
		for i, v := range shares {
			rows = append(rows, supply{material: "m", stage: "processing", country: string(rune('A' + i)), share: v})
		}
		return rows
	}
	for _, c := range []struct {
		name      string
		world, eu []supply
		want      bool
	}{
		{"rounded", table(0.831, 0.045, 0.027), table(0.83, 0.04, 0.03), true},
		{"a small one is left out", table(0.831, 0.045, 0.027, 0.009), table(0.83, 0.04, 0.03), true},
		{"one differs", table(0.831, 0.045, 0.027), table(0.83, 0.04, 0.04), false},
		{"a large one is missing", table(0.831, 0.045, 0.027, 0.02), table(0.83, 0.04, 0.03), false},
		{"one more", table(0.831, 0.045, 0.027), table(0.83, 0.04, 0.03, 0.01), false},
		{"not known", table(0.831, 0.045, math.NaN()), table(0.83, 0.04, 0.03), false},
		{"two suppliers are a coincidence", table(0.9, 0.1), table(0.9, 0.1), false},
		{"no world shares", nil, table(0.83, 0.04, 0.03), false},
	} {
		if got := repeated(c.world, c.eu)[series{"m", "processing"}]; got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestNoCatalogue(t *testing.T) {
	rows, report, rejects := load(t, loadertest.Catalogue{}, "testdata")
	if len(rows) != 2 || rows[0]["kind"] != "benchmark" || report.Reasons[loader.NoReference] == 0 || !strings.Contains(rejects, "load the catalogue first") {
		t.Errorf("%v %+v", rows, report)
	}
	if _, report, _ = load(t, nil, filepath.Join("testdata", "eu_sourcing_shares_2023.csv")); len(report.Notes) != 1 || report.Accepted != 7 {
		t.Errorf("%+v", report)
	}
}

func TestJobsRefuse(t *testing.T) {
	for want, paths := range map[string][]string{
		"no table of the EU study": {t.TempDir()}, "are the same table": {"testdata", "testdata"}, "there is no such file": {"none"},
	} {
		if _, err := Jobs(paths, Options{Countries: builtin}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", paths, err, want)
		}
	}
	if _, err := Jobs([]string{"testdata"}, Options{Retrieved: "yesterday"}); graph.CodeOf(err) != graph.BadInput {
		t.Error(err)
	}
	own := 7
	jobs, err := Jobs([]string{"testdata"}, Options{Priority: &own})
	if err != nil || jobs[0].Dataset.Priority != 7 || len(jobs[0].Inputs) != len(tables) {
		t.Errorf("%+v %v", jobs, err)
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
		return Jobs([]string{dir}, Options{Countries: builtin, Store: c})
	})
}

// Whatever a table holds: accepted + rejected = read, and a share that is known
// is one.
func FuzzTable(f *testing.F) {
	files := samples(f)
	names := []string{"global_supply_shares_2023.csv", "eu_sourcing_shares_2023.csv", "material_use_shares_2023.csv", "sr_ei_2011_2023.csv",
		"eu_crm_lists_2010_2023.csv", "eu_crma_annexI_strategic.csv", "eu_crma_benchmarks_2030.csv"}
	for i, name := range names {
		f.Add(uint8(i), files[name])
	}
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, which uint8, content []byte) {
		jobs, err := Jobs([]string{sample.File(t, names[int(which)%len(names)], content)}, Options{Countries: builtin, Store: c})
		for _, row := range sample.Load(t, jobs, err).OrRefused(t) {
			if v, why := loader.Float(row["share"]); row["share"] != "" && (why != "" || v < 0 || v > 1) {
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
