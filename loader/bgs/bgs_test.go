package bgs

import (
	"math"
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

const dataset = "bgs-wms-2023"

var builtin = sample.Countries()

// catalogue has every product and material of the mapping that is shipped.
func catalogue(t testing.TB) loadertest.Catalogue {
	t.Helper()
	return sample.Series(t, shipped)
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	return sample.Contents(t, "BGS_cobalt_production.csv", "BGS_other_production.csv")
}

func run(t testing.TB, paths []string, o Options) (store *loadertest.Store, report *loader.Report, rejects string) {
	t.Helper()
	o.Countries, o.Store = builtin, catalogue(t)
	jobs, err := Jobs(paths, o)
	l := sample.Load(t, jobs, err)
	_, report = l.One(t)
	return l.Store, report, l.RejectFile
}

func TestSample(t *testing.T) {
	store, report, rejects := run(t, []string{"testdata"}, Options{})
	var got []string
	for _, row := range store.Rows[dataset] {
		got = append(got, row.Line("file", "line", "year", "product", "country", "tonnes", "basis", "material", "estimated"))
	}
	want := []string{
		"BGS_cobalt_production.csv 2 2022 cobalt-ore CAN 3534 contained cobalt -",
		"BGS_cobalt_production.csv 3 1990 cobalt-ore COD 10033 contained cobalt true",
		"BGS_cobalt_production.csv 4 2022 cobalt-ore COG 0 contained cobalt -", // Brazzaville, whatever the code beside it
		"BGS_cobalt_production.csv 5 2023 cobalt-refined UGA - contained cobalt -",
		"BGS_other_production.csv 2 2023 germanium-metal XKX 0.25 gross - true",
		"BGS_other_production.csv 3 2023 lithium-brine CHL 41408 contained lithium -",
		"BGS_other_production.csv 5 2023 lithium-ore ZWE 18689 contained lithium true", // 12,963 + 5,726
		"BGS_other_production.csv 11 2023 platinum-ore ZAF 125 contained platinum -",
		"BGS_cobalt_production.csv 2 2022 cobalt-ore ESP - contained cobalt -", // named in the notes, unlike Freedonia a country
	}
	if !slices.Equal(got, want) {
		t.Errorf("facts\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	passed := map[string]int64{
		notProduction: 1, withinOther: 1, series.Unmapped: 1,
		"lithium hydroxide of Australia and Chile: made of concentrate and carbonate that are counted already": 1,
		"lithium minerals in gross tonnes: the same lithium stands in the rows of Li content":                  1,
		"graphite of Austria and France: crude ore, or far above what every other survey knows":                1,
		"another row of the same product, country and year stands before: its amount was added to that row":    1,
	}
	for rule, n := range report.Passed {
		if passed[rule] != n {
			t.Errorf("%d passed over, want %d: %s", n, passed[rule], rule)
		}
	}
	if len(report.Passed) != len(passed) || report.Accepted != 8 || report.Rejected != 1 || !strings.Contains(rejects, "Soviet Union (SUN) until 1991, not in 1995") {
		t.Errorf("%+v\n%s", report, rejects)
	}
	if d := store.Datasets[dataset]; d.Priority != Priority || d.Version != "to 2023" {
		t.Errorf("%+v", d)
	}
	if source := store.Rows[dataset][1]["source"]; source != "BGS World Mineral Statistics, cobalt, mine; estimated by BGS" {
		t.Error(source)
	}
	if source := store.Rows[dataset][3]["source"]; source != "BGS World Mineral Statistics, cobalt, refined; figures not available" {
		t.Error(source)
	}
}

func TestQuantities(t *testing.T) {
	tests := []struct {
		text, status string
		amount       float64
		said         string
		why          loader.Reason
	}{
		{"3534", "A", 3534, "", ""},
		{"0", "A", 0, "", ""},
		{"1.5", "A", 1.5, "", ""},
		{"", "A", 0, "", loader.Missing},
		{"-1", "A", 0, "", loader.Negative},
		{"1,000", "A", 0, "", loader.NotNumber},
		{"", "O", math.NaN(), notAvailable, ""},
		{"5", "O", 0, "", loader.Conflict},
		{"0", "N", 0.25, lessThanHalf, ""},
		{"5", "Q", 0, "", loader.NotAllowed},
		{"5", "", 0, "", loader.NotAllowed},
	}
	for _, test := range tests {
		amount, said, _, why := amountOf(test.text, test.status)
		if why != test.why || said != test.said && why == "" ||
			why == "" && amount != test.amount && !(math.IsNaN(amount) && math.IsNaN(test.amount)) {
			t.Errorf("%+v: %v %q %q", test, amount, said, why)
		}
	}
}

func TestProducersNamedInNotes(t *testing.T) {
	tests := []struct{ notes, form, want string }{
		{"", "", ""},
		{"Metal content.|In addition to the countries listed, the USA is known to produce tungsten", "", "USA"},
		{"In addition to the countries listed, Afghanistan, Hungary and Iran are believed to produce antimony|x", "", "Afghanistan;Hungary;Iran"},
		{"In addition, Burma, Honduras and Vietnam are believed to produce antimony", "", "Burma;Honduras;Vietnam"},
		{"In addition to the countries listed, Albania and Colombia produce refined copper", "", "Albania;Colombia"},
		{"In addition to the countries listed, Colombia and Cuba may produce manganese ore", "", "Colombia;Cuba"},
		{"In addition to the countries listed, antimony may be produced in Honduras but available information is insufficient.", "", "antimony;Honduras"},
		{"Germanium is also believed to be recovered from imported or domestic material in Belgium, Canada and Ukraine", "", "Belgium;Canada;Ukraine"},
		{"Significant quantities of germanium are also believed to be recovered from imported or domestic material in Belgium, Germany and to a lesser extent in Italy", "", "Belgium;Germany;Italy"},
		{"In addition to the countries listed, Russia has also produced lithium minerals in the past.", "", ""},
		{"In addition to the countries listed, cobalt is contained within copper ores in Poland but this is not currently recovered.", "", ""},
		{"In addition to the countries listed, the USA are known to be producing rare earth oxides from existing stockpiles.", "", ""},
		{"In addition to the production listed above, several countries are known to produce compounds", "", ""},
		{"In addition to the countries listed, Bahrain and Chile also produce ferro-chrome.", "Ferro-vanadium", ""},
		{"In addition to the countries listed, Russia also produces lithium minerals", "", "Russia"},
		{"In addition to the countries listed, Russia also produces lithium minerals", "Carbonate", ""},
		{"In addition to the countries listed, Bahrain and Chile also produce ferro-chrome.", "Ferro-chrome", "Bahrain;Chile"},
	}
	for _, test := range tests {
		if got := strings.Join(alsoProduce(test.notes, test.form), ";"); got != test.want {
			t.Errorf("%q, %q: %s, want %s", test.notes, test.form, got, test.want)
		}
	}
}

func TestRejects(t *testing.T) {
	const head = "year,country_trans,country_iso3_code,bgs_statistic_type_trans,bgs_commodity_trans,bgs_sub_commodity_trans,units,quantity,sdmx_code,concat_figure_notes_code,concat_figure_notes_text\n"
	const good = "2023-01-01 00:00:00,Canada,CAN,Production,\"cobalt, mine\",,tonnes (metal content),1,A,,\n"
	tests := []struct{ from, to, want string }{
		{"2023-01-01 00:00:00", "2023-06-01 00:00:00", "year,2023-06-01 00:00:00,not_date"},
		{"2023-01-01 00:00:00", "next year", "year,next year,not_integer"},
		{"2023-01-01 00:00:00", "1023-01-01 00:00:00", "year,1023-01-01 00:00:00,out_of_range"},
		{"Canada", "Atlantis", "country_trans,Atlantis,"},
		{"tonnes (metal content)", "kilograms", "units,kilograms,not_allowed"},
		{",1,A", ",x,A", "quantity,x,not_number"},
		{",1,A", ",1,Z", "sdmx_code,Z,not_allowed"},
	}
	for _, test := range tests {
		path := filepath.Join(t.TempDir(), "BGS_x.csv")
		other := strings.Replace(good, "Canada", "Australia", 1)
		if err := os.WriteFile(path, []byte(head+other+strings.Replace(good, test.from, test.to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, report, rejects := run(t, []string{path}, Options{})
		if report.Accepted != 1 || report.Rejected != 1 || !strings.Contains(rejects, test.want) {
			t.Errorf("%q: %+v\n%s", test.to, report, rejects)
		}
	}
}

func TestOptions(t *testing.T) {
	priority := 3
	own := filepath.Join(t.TempDir(), "own.csv")
	if err := os.WriteFile(own, []byte("statistic,commodity,form,unit,country,product,material,basis,tonnes,note\n"+
		"production,ferro-alloys,Ferro-chrome,tonnes (metric),,cobalt-ore,,gross,1,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	store, _, _ := run(t, []string{filepath.Join("testdata", "BGS_other_production.csv")}, Options{Mapping: own, Priority: &priority, Retrieved: "2025-01-02"})
	if rows := store.Rows[dataset]; len(rows) != 1 || rows[0]["tonnes"] != "5" {
		t.Errorf("%v", rows)
	}
	if d := store.Datasets[dataset]; d.Priority != 3 || d.Retrieved != "2025-01-02" {
		t.Errorf("%+v", d)
	}
}

func TestJobsRefuse(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		paths []string
		o     Options
		want  string
	}{
		{"another table", []string{path}, Options{}, "holds no row of World Mineral Statistics"},
		{"no table", []string{t.TempDir()}, Options{}, "no CSV file"},
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
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin, Store: c})
	})
}

// Whatever a file holds: accepted + rejected = read, and every fact is one of the
// mapping's products, of a place and a year.
func FuzzFile(f *testing.F) {
	for _, content := range samples(f) {
		f.Add(content)
	}
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		jobs, err := Jobs([]string{sample.File(t, "BGS_x.csv", content)}, Options{Countries: builtin, Store: c})
		for _, row := range sample.Load(t, jobs, err).OrRefused(t) {
			if !slices.Contains(c.Products, row["product"]) || row["country"] == "" || row["year"] == "" || strings.HasPrefix(row["tonnes"], "-") {
				t.Errorf("%v", row)
			}
		}
	})
}
