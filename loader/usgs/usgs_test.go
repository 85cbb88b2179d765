package usgs

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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
	file2025 = "MCS2025_World_Data.csv"
	file2026 = "MCS2026_Commodities_Data.csv"
)

var builtin = sample.Countries()

// catalogue has every product and material of the mapping that is shipped.
func catalogue(t testing.TB) loadertest.Catalogue {
	t.Helper()
	return sample.Series(t, shipped)
}

// result is what came of a file.
type result struct {
	rows    []string // line kind year product country tonnes basis material estimated
	store   *loadertest.Store
	report  *loader.Report
	rejects string
}

func load(t testing.TB, path string, o Options) result {
	t.Helper()
	o.Countries = builtin
	if o.Store == nil {
		o.Store = catalogue(t)
	}
	jobs, err := Jobs([]string{path}, o)
	l := sample.Load(t, jobs, err)
	rows, report := l.One(t)
	r := result{store: l.Store, report: report, rejects: l.RejectFile}
	for _, row := range rows {
		r.rows = append(r.rows, row.Line("line", "kind", "year", "product", "country", "tonnes", "basis", "material", "estimated"))
	}
	slices.SortFunc(r.rows, func(a, b string) int { return cmp.Or(cmp.Compare(lineOf(a), lineOf(b)), cmp.Compare(a, b)) })
	return r
}

// sourceOf is what the first fact of a line names as its source.
func (r result) sourceOf(dataset, line string) string {
	for _, row := range r.store.Rows[dataset] {
		if row["line"] == line {
			return row["source"]
		}
	}
	return ""
}

// lineOf is the line that a row of a result begins with; rows come by kind.
func lineOf(row string) int {
	text, _, _ := strings.Cut(row, " ")
	line, _ := strconv.Atoi(text)
	return line
}

func compare(t *testing.T, r result, want []string, passed map[string]int64) {
	t.Helper()
	if !slices.Equal(r.rows, want) {
		t.Errorf("facts\n%s\nwant\n%s", strings.Join(r.rows, "\n"), strings.Join(want, "\n"))
	}
	for rule, n := range r.report.Passed {
		if passed[rule] != n {
			t.Errorf("%d passed over, want %d: %s", n, passed[rule], rule)
		}
	}
	if len(r.report.Passed) != len(passed) {
		t.Errorf("passed over %v\nwant %v", r.report.Passed, passed)
	}
}

func TestReleaseOf2025(t *testing.T) {
	r := load(t, filepath.Join("testdata", file2025), Options{})
	compare(t, r, []string{
		"3 reserves 2024 antimony-ore CAN 78000 contained antimony -",
		"5 production 2023 cobalt-ore USA 500 contained cobalt true",
		"5 production 2024 cobalt-ore USA 300 contained cobalt true",
		"5 reserves 2024 cobalt-ore USA 70000 contained cobalt -",
		"6 production 2023 cobalt-ore COD 175000 contained cobalt true",
		"6 production 2024 cobalt-ore COD 220000 contained cobalt true",
		"6 reserves 2024 cobalt-ore COD 6e+06 contained cobalt -",
		"7 production 2023 cobalt-ore NCL 2570 contained cobalt -", // "reported"
		"7 production 2024 cobalt-ore NCL 1500 contained cobalt -",
		"8 production 2023 cobalt-ore * 6080 contained cobalt true",
		"8 production 2024 cobalt-ore * 6200 contained cobalt true",
		"10 capacity 2024 gallium-crude KOR 16 - - true",
		"10 production 2023 gallium-crude KOR 3 gross - -",
		"10 production 2024 gallium-crude KOR 3 gross - true",
		"13 production 2023 natural-graphite-mined AUT 500 gross - -",
		"13 production 2024 natural-graphite-mined AUT 500 gross - true",
		"14 production 2023 natural-graphite-mined MOZ 98000 gross - true", // "estimated 2023"
		"14 production 2024 natural-graphite-mined MOZ 75000 gross - true",
		"14 reserves 2024 natural-graphite-mined MOZ 2.5e+07 gross - -",
		"15 production 2023 helium USA 13880.9764 gross - -", // 64 + 18 million cubic metres
		"15 production 2024 helium USA 13711.696200000002 gross - true",
		"15 reserves 2024 helium USA 1.44734571e+06 gross - -",
		"17 production 2023 helium ZAF 42.32005 gross - true", // less than half a unit
		"17 production 2024 helium ZAF 42.32005 gross - true",
		"18 production 2023 lithium-brine USA - contained lithium -", // withheld
		"18 production 2024 lithium-brine USA - contained lithium -",
		"18 reserves 2024 lithium-brine USA 1.8e+06 contained lithium -",
		"19 capacity 2024 magnesium-metal CHN 1.8e+06 - - true",
		"19 production 2023 magnesium-metal CHN 805000 gross - -",
		"19 production 2024 magnesium-metal CHN 950000 gross - -",
		"20 production 2023 titanium-concentrate USA 59934.14 contained titanium -",
		"20 production 2024 titanium-concentrate USA 59934.14 contained titanium true",
		"20 reserves 2024 titanium-concentrate USA 1.1986828e+06 contained titanium -",
		"22 production 2023 titanium-concentrate AUS 359604.83999999997 contained titanium -", // 400 + 200 thousand
		"22 production 2024 titanium-concentrate AUS 359604.83999999997 contained titanium true",
		"22 reserves 2024 titanium-concentrate AUS 1.28858401e+08 contained titanium -",
		"24 capacity 2024 titanium-dioxide-pigment MEX 350000 - - true",
	}, map[string]int64{
		series.Unmapped: 1, string(worldTotal): 1, string(emptySeries): 1, string(withinOther): 1,
		"boron: each country is counted in another form, which cannot be brought to one basis":              1,
		"no production in other countries than those listed":                                                1,
		"another row of the same product, country and year stands before: its amount was added to that row": 2,
	})
	if r.report.Accepted != 15 || r.report.Rejected != 0 {
		t.Errorf("%+v\n%s", r.report, r.rejects)
	}
	d := r.store.Datasets["usgs-mcs-2025"]
	if d.Priority != -18 || d.Version != "2025" || d.Licence != "public domain" {
		t.Errorf("%+v", d)
	}
	if source := r.sourceOf("usgs-mcs-2025", "17"); source != "USGS Mineral Commodity Summaries 2025, Helium, Production, helium gas content; less than half a unit: a quarter of it; estimated by USGS" {
		t.Error(source)
	}
}

func TestReleaseOf2026(t *testing.T) {
	r := load(t, filepath.Join("testdata", file2026), Options{})
	compare(t, r, []string{
		"3 production 2024 cobalt-ore COD 226000 contained cobalt true",
		"4 production 2024 cobalt-ore * 7780 contained cobalt true",
		"6 reserves 2025 cobalt-ore TUR 91000 contained cobalt -",
		"7 production 2024 fluorspar USA - gross - -",
		"8 production 2024 gallium-crude USA 0 gross - -",
		"9 production 2024 gallium-crude CHN 839 gross - -",
		"11 capacity 2025 gallium-crude CHN 1600 - - true",
		"14 production 2025 helium ZAF 42.32005 gross - true",
		"16 production 2024 lithium-brine USA - contained lithium -",
		"17 production 2024 lithium-brine CHL 48900 contained lithium -",
		"18 production 2024 lithium-ore CIV 10 contained lithium -",
		"20 reserves 2025 nickel-ore RUS 8.6e+06 contained nickel true",
		"21 production 2024 titanium-concentrate UKR 176805.71300000002 contained titanium true",
	}, map[string]int64{
		series.Unmapped: 1, string(worldTotal): 1, string(otherSection): 1, string(withinOther): 1,
		"no production in other countries than those listed":                                                1,
		"capacity or reserves of the countries not listed, together":                                        2,
		"capacity or reserves without a number: not known, or stated in words":                              1,
		"another row of the same product, country and year stands before: its amount was added to that row": 1,
	})
	if r.report.Accepted != 13 || r.report.Rejected != 0 {
		t.Errorf("%+v\n%s", r.report, r.rejects)
	}
	if source := r.sourceOf("usgs-mcs-2026", "16"); source != "USGS Mineral Commodity Summaries 2026, Lithium, Mine production; withheld" {
		t.Error(source)
	}
}

// The same file in UTF-8, and compressed, says the same.
func TestEncodings(t *testing.T) {
	want := load(t, filepath.Join("testdata", file2026), Options{}).rows
	dir := t.TempDir()
	text := bytes.ReplaceAll(sample.Content(t, file2026), []byte{0x97}, []byte("—"))
	text = bytes.ReplaceAll(text, []byte{0xbd}, []byte("½"))
	text = bytes.ReplaceAll(text, []byte{0xf4}, []byte("ô"))
	text = bytes.ReplaceAll(text, []byte{0x92}, []byte("’"))
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(text); err != nil || z.Close() != nil {
		t.Fatal("not packed")
	}
	path := filepath.Join(dir, file2026+".gz")
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := load(t, path, Options{}).rows; !slices.Equal(got, want) {
		t.Errorf("got %s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestMarks(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		cell, note string
		want       amount
		why        loader.Reason
	}{
		{"1,234", "", amount{value: 1234}, ""},
		{" 1,234,567.5 ", "", amount{value: 1234567.5}, ""},
		{"34000", "", amount{value: 34000}, ""},
		{"1.5", "", amount{value: 1.5}, ""},
		{"0", "", amount{}, ""},
		{"—", "", amount{}, ""},
		{"--", "", amount{}, ""},
		{"W", "", amount{value: nan, said: "withheld"}, ""},
		{"NA", "", amount{value: nan, said: "not available"}, ""},
		{"XX", "", amount{absent: notApplicable}, ""},
		{"s", "Less than ½ unit.", amount{0.25, true, "less than half a unit: a quarter of it", ""}, ""},
		{"s", "United States data are included with ilmenite.", amount{absent: withinOther}, ""},
		{"s", "", amount{value: nan, said: "see the publisher's note"}, ""},
		{">2,000,000", "", amount{2e6, true, "more than 2,000,000", ""}, ""},
		{"> 540", "", amount{540, true, "more than  540", ""}, ""},
		{"<200,000", "", amount{1e5, true, "less than 200,000: half of it", ""}, ""},
		{"10,000 - 15,000", "", amount{12500, true, "10,000 to 15,000: the middle", ""}, ""},
		{"15,000 - 10,000", "", amount{}, loader.NotNumber},
		{"e1,200", "", amount{value: 1200, estimated: true}, ""},
		{"Large", "", amount{value: nan, said: "reserves are large"}, ""},
		{"Moderate to large", "", amount{value: nan, said: "reserves are moderate to large"}, ""},
		{"", "", amount{}, loader.Missing},
		{"1,23", "", amount{}, loader.NotNumber},
		{"12,34,567", "", amount{}, loader.NotNumber},
		{",123", "", amount{}, loader.NotNumber},
		{"1,234e5", "", amount{}, loader.NotNumber},
		{"-5", "", amount{}, loader.Negative},
		{">", "", amount{}, loader.Missing},
		{"about 5", "", amount{}, loader.NotNumber},
	}
	for _, test := range tests {
		got, why := read(test.cell, test.note)
		if why != test.why {
			t.Errorf("%q: %v, want %v", test.cell, why, test.why)
			continue
		}
		if why == "" && (got.said != test.want.said || got.estimated != test.want.estimated || got.absent != test.want.absent ||
			got.value != test.want.value && !(math.IsNaN(got.value) && math.IsNaN(test.want.value))) {
			t.Errorf("%q: %+v, want %+v", test.cell, got, test.want)
		}
	}
}

// Blank cells of the edition of 2025, where only the note tells.
func TestBlanks(t *testing.T) {
	tests := []struct {
		note, year string
		known      bool
		value      float64
		absent     rule
	}{
		{"", "2024", true, 0, ""},
		{"W for 23-24", "2024", false, 0, ""},
		{"NA  ", "2024", false, 0, ""},
		{"na", "2023", false, 0, ""},
		{"na for 2023", "2023", false, 0, ""},
		{"na for 2023", "2024", true, 0, ""},
		{"Less than 1/2 unit", "2024", true, 0.25, ""},
		{"Rutile data are included with ilmenite.", "2024", true, 0, withinOther},
		{"xx", "2024", true, 0, notApplicable},
	}
	for _, test := range tests {
		got := blank(test.note, test.year)
		if math.IsNaN(got.value) == test.known || test.known && got.value != test.value || got.absent != test.absent {
			t.Errorf("%q, %s: %+v", test.note, test.year, got)
		}
	}
}

func TestRejects(t *testing.T) {
	head, _, _ := strings.Cut(string(sample.Content(t, file2026)), "\n")
	line := func(cells ...string) string { return strings.Join(cells, ",") + ",,Yes,x\n" }
	cobalt := []string{"COBALT", "World Mine Production and Reserves", "Cobalt", "Canada", "Production", "Mine production", "metric tons", "2024", "3350"}
	with := func(column int, value string) string {
		cells := slices.Clone(cobalt)
		cells[column] = value
		return line(cells...)
	}
	tests := []struct{ row, want string }{
		{with(3, "Atlantis"), "Country,Atlantis,\"unknown_country"},
		{with(6, "pounds"), "Unit,pounds,not_allowed: not one of the values that this column may have; the mapping counts this series in metric tons"},
		{with(7, "20x4"), "Year,20x4,not_integer"},
		{with(7, "2027"), "Year,2027,out_of_range"},
		{with(8, ""), "Value,,missing"},
		{with(8, "a lot"), "Value,a lot,not_number"},
		{with(8, "1e20"), "Value,1e20,out_of_range"},
		{line(cobalt...) + line(cobalt...), ",,repeated_key"},
		{"COBALT,World\n", ",,column_count"},
	}
	for _, test := range tests {
		path := filepath.Join(t.TempDir(), file2026)
		if err := os.WriteFile(path, []byte(head+"\n"+test.row), 0o600); err != nil {
			t.Fatal(err)
		}
		r := load(t, path, Options{})
		if r.report.Rejected != 1 || !strings.Contains(r.rejects, test.want) {
			t.Errorf("%s%+v\n%s", test.row, r.report, r.rejects)
		}
	}
}

// A product of the mapping that the store lacks is an unknown reference.
func TestWithoutACatalogue(t *testing.T) {
	r := load(t, filepath.Join("testdata", file2026), Options{Store: loadertest.Catalogue{Products: []string{"cobalt-ore"}, Materials: []string{"cobalt"}}})
	if len(r.rows) != 3 || r.report.Reasons[loader.NoReference] != 11 {
		t.Errorf("%q %v", r.rows, r.report.Reasons)
	}
}

func TestOptions(t *testing.T) {
	own := filepath.Join(t.TempDir(), "own.csv")
	if err := os.WriteFile(own, []byte("statistic,commodity,form,unit,country,product,material,basis,tonnes,note\n"+
		"production,Zinc,Mine production,thousand metric tons,,zinc-mine,,gross,1000,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	priority := 7
	r := load(t, filepath.Join("testdata", file2026), Options{Mapping: own, Priority: &priority, Retrieved: "2026-02-06",
		Store: loadertest.Catalogue{Products: []string{"zinc-mine"}}})
	if want := []string{"23 production 2024 zinc-mine PER 1.3e+06 gross - -"}; !slices.Equal(r.rows, want) {
		t.Errorf("%q", r.rows)
	}
	if d := r.store.Datasets["usgs-mcs-2026"]; d.Priority != 7 || d.Retrieved != "2026-02-06" {
		t.Errorf("%+v", d)
	}
}

func TestPriority(t *testing.T) {
	for edition, want := range map[int]int{2030: -1, 2027: -1, 2026: -8, 2025: -18, 2024: -27, 1996: -27} {
		if got := Priority(edition); got != want {
			t.Errorf("%d: %d, want %d", edition, got, want)
		}
	}
}

func TestJobsRefuse(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		name  string
		paths []string
		o     Options
		want  string
	}{
		{"a name", []string{write("world.csv", "a,b\n")}, Options{}, "keep the publisher's name"},
		{"columns", []string{write("MCS2020_a.csv", "a,b\n1,2\n")}, Options{}, "has neither the columns of the release of 2025"},
		{"empty", []string{write("MCS2021_a.csv", "")}, Options{}, "has no header"},
		{"twice", []string{filepath.Join("testdata", file2025), filepath.Join("testdata", file2025)}, Options{}, "are both usgs-mcs-2025"},
		{"a day", []string{filepath.Join("testdata", file2025)}, Options{Retrieved: "yesterday"}, "is no day"},
		{"a mapping", []string{filepath.Join("testdata", file2025)}, Options{Mapping: filepath.Join(dir, "world.csv")}, "a column"},
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
	damage.Files(t, map[string][]byte{file2025: sample.Content(t, file2025), file2026: sample.Content(t, file2026)}, func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin, Store: c})
	})
}

// Whatever a cell holds: nothing panics, and an amount is a number above or at
// zero, or not known.
func FuzzCell(f *testing.F) {
	for _, seed := range []string{"1,234", "—", "W", ">5", "<1e3", "1 - 2", "e5", "s", "Large", "1,,2", "-0", "9e999"} {
		f.Add(seed, "Less than ½ unit.")
	}
	f.Fuzz(func(t *testing.T, cell, note string) {
		for _, a := range []amount{blank(note, "2024"), first(read(cell, note))} {
			if a.value < 0 || math.IsInf(a.value, 0) {
				t.Errorf("%q, %q: %+v", cell, note, a)
			}
			if a.absent != "" && a.value != 0 {
				t.Errorf("%q, %q: passed over with an amount %+v", cell, note, a)
			}
		}
	})
}

func first(a amount, why loader.Reason) amount {
	if why != "" {
		return amount{}
	}
	return a
}

// Whatever a file holds: accepted + rejected = read, and every fact is one of the
// mapping's products.
func FuzzRelease(f *testing.F) {
	f.Add(sample.Content(f, file2025))
	f.Add(sample.Content(f, file2026))
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		jobs, err := Jobs([]string{sample.File(t, file2026, content)}, Options{Countries: builtin, Store: c})
		for _, row := range sample.Load(t, jobs, err).OrRefused(t) {
			if !slices.Contains(c.Products, row["product"]) || row["country"] == "" || row["year"] == "" {
				t.Errorf("%v", row)
			}
		}
	})
}
