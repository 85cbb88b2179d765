package wmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
	"tiermap/loader/series"
)

const (
	dataset = "wmd-2024"
	file    = "world_mining_data.csv"
)

var builtin = sample.Countries()

// catalogue has every product and material of the mapping that is shipped.
func catalogue(t testing.TB) loadertest.Catalogue {
	t.Helper()
	return sample.Series(t, shipped)
}

func run(t testing.TB, path string, o Options) (store *loadertest.Store, report *loader.Report, rejects string) {
	t.Helper()
	o.Countries, o.Store = builtin, catalogue(t)
	jobs, err := Jobs([]string{path}, o)
	l := sample.Load(t, jobs, err)
	_, report = l.One(t)
	return l.Store, report, l.RejectFile
}

func TestSample(t *testing.T) {
	store, report, rejects := run(t, "testdata", Options{})
	var got []string
	for _, row := range store.Rows[dataset] {
		if row["year"] == "2018" || row["year"] == "2022" {
			got = append(got, row.Line("line", "year", "product", "country", "tonnes", "basis", "material", "estimated"))
		}
	}
	want := []string{
		"2 2018 cobalt-ore COD 109402 contained cobalt -",
		"2 2022 cobalt-ore COD 115371 contained cobalt -",
		"4 2022 fluorspar NGA 25900 gross - -", // 2018 is blank: not known, no row
		"5 2018 lithium-brine CHL 18047.39 contained lithium -",
		"5 2022 lithium-brine CHL 51262.02 contained lithium -", // 110,350 t of Li2O
		"6 2018 lithium-ore PRT 424.59 contained lithium true",
		"6 2022 lithium-ore PRT 97.55 contained lithium true",
		"7 2018 niobium-ore XKX 0 contained niobium -",
		"7 2022 niobium-ore XKX 0.6990 contained niobium -",
		"8 2018 platinum-ore ZWE 15.029 contained platinum -",
		"8 2022 platinum-ore ZWE 16.8 contained platinum -",
	}
	if len(got) != len(want) {
		t.Fatalf("facts\n%s", strings.Join(got, "\n"))
	}
	for i, line := range got {
		a, b := strings.Fields(line), strings.Fields(want[i])
		x, why := loader.Float(a[4])
		y, failed := loader.Float(b[4])
		if why+failed != "" || x-y > 0.01 || y-x > 0.01 {
			t.Errorf("%s\nwant %s", line, want[i])
		}
		a[4], b[4] = "", ""
		if !slices.Equal(a, b) {
			t.Errorf("%s\nwant %s", line, want[i])
		}
	}
	passed := map[string]int64{worldTotal: 1, noYear: 1, series.Unmapped: 1}
	for rule, n := range report.Passed {
		if passed[rule] != n {
			t.Errorf("%d passed over, want %d: %s", n, passed[rule], rule)
		}
	}
	if report.Accepted != 6 || report.Rejected != 4 || len(report.Passed) != len(passed) {
		t.Errorf("%+v", report)
	}
	for _, reject := range []string{"11,Country,Atlantis,", "12,2022,n.a.,not_number", "13,unit,kt,not_allowed", "14,data_source,x,\"not_allowed"} {
		if !strings.Contains(rejects, reject) {
			t.Errorf("%s is not among the rejects\n%s", reject, rejects)
		}
	}
	if d := store.Datasets[dataset]; d.Priority != Priority || d.Title != "World Mining Data 2024, production 2018 to 2022" {
		t.Errorf("%+v", d)
	}
	rows := store.Rows[dataset]
	if first, last := rows[0]["source"], rows[len(rows)-6]["source"]; first != "World Mining Data 2024, Cobalt" || last != "World Mining Data 2024, Niobium (Nb2O5); provisional" {
		t.Error(first, last)
	}
}

func TestOptions(t *testing.T) {
	priority := 3
	own := filepath.Join(t.TempDir(), "own.csv")
	if err := os.WriteFile(own, []byte("statistic,commodity,form,unit,country,product,material,basis,tonnes,note\n"+
		"production,Gold,,kg,,cobalt-ore,,gross,0.001,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	store, report, _ := run(t, filepath.Join("testdata", file), Options{Mapping: own, Priority: &priority, Retrieved: "2025-01-02"})
	if rows := store.Rows[dataset]; len(rows) != 5 || rows[4]["tonnes"] != "0.005" || report.Rejected != 0 {
		t.Errorf("%v %+v", rows, report)
	}
	if d := store.Datasets[dataset]; d.Priority != 3 || d.Retrieved != "2025-01-02" {
		t.Errorf("%+v", d)
	}
}

func TestJobsRefuse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "HS_Code_Map.csv")
	if err := os.WriteFile(path, []byte("Sheet_name,HS Code\nCobalt,260500\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(t.TempDir(), "long.csv")
	if err := os.WriteFile(long, []byte(strings.Repeat("x", 1<<17)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		paths []string
		o     Options
		want  string
	}{
		{"another table", []string{path}, Options{}, "no table of World Mining Data"},
		{"no table at all", []string{long}, Options{}, "no table of World Mining Data"},
		{"twice", []string{"testdata", "testdata"}, Options{}, "are both wmd-2024"},
		{"a day", []string{"testdata"}, Options{Retrieved: "2025"}, "is no day"},
		{"a mapping", []string{"testdata"}, Options{Mapping: path}, "a column"},
	}
	for _, test := range tests {
		test.o.Countries = builtin
		_, err := Jobs(test.paths, test.o)
		if graph.CodeOf(err) != graph.BadInput || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	c := catalogue(t)
	damage.Files(t, map[string][]byte{file: sample.Content(t, file)}, func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin, Store: c})
	})
}

// Whatever a file holds: accepted + rejected = read, and every fact is one of the
// mapping's products, of a place and a year, not below zero.
func FuzzFile(f *testing.F) {
	f.Add(sample.Content(f, file))
	f.Add([]byte("material,Country,Country_ISO,2022,unit,data_source\nCobalt,Chile,CHL,1e3,metr. t,r\nCobalt,Chile,CHL,2,metr. t,r\n"))
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		jobs, err := Jobs([]string{sample.File(t, file, content)}, Options{Countries: builtin, Store: c})
		for _, row := range sample.Load(t, jobs, err).OrRefused(t) {
			if !slices.Contains(c.Products, row["product"]) || row["country"] == "" || row["year"] == "" || strings.HasPrefix(row["tonnes"], "-") {
				t.Errorf("%v", row)
			}
		}
	})
}
