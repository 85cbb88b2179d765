package series_test

import (
	"context"
	"math"
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
)

const header = "statistic,commodity,form,unit,country,product,material,basis,tonnes,note\n"

func builtin(t testing.TB) *country.List {
	t.Helper()
	list, err := country.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func mapping(t testing.TB, lines string) *series.Mapping {
	t.Helper()
	m, err := series.ReadMapping("m.csv", strings.NewReader(header+lines), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFind(t *testing.T) {
	m := mapping(t, "production,Lithium,Mine production,metric tons,,lithium-ore,lithium,contained,1,\n"+
		"production,Lithium,Mine production,metric tons,Chile,lithium-brine,lithium,contained,1,\n"+
		"reserves,Lithium,Mine production,metric tons,,,,,,not counted here\n")
	tests := []struct {
		statistic                series.Statistic
		commodity, form, country string
		product                  string
		ok                       bool
	}{
		{series.Production, "Lithium", "Mine production", "AUS", "lithium-ore", true},
		{series.Production, "Lithium", "Mine production", "CHL", "lithium-brine", true},
		{series.Production, " lithium ", "MINE  production", "CHL", "lithium-brine", true},
		{series.Production, "Lithium\u00a0", "Mine production", series.Others, "lithium-ore", true},
		{series.Reserves, "Lithium", "Mine production", "CHL", "", true},
		{series.Capacity, "Lithium", "Mine production", "CHL", "", false},
		{series.Production, "Lithium", "Refinery production", "CHL", "", false},
	}
	for _, test := range tests {
		s, ok := m.Find(test.statistic, test.commodity, test.form, test.country)
		if ok != test.ok || ok && s.Product != test.product {
			t.Errorf("%+v: %+v, %v", test, s, ok)
		}
		if m.Has(test.statistic, test.commodity, test.form) != test.ok {
			t.Errorf("%+v: Has differs", test)
		}
	}
}

func TestWhatIsWrongWithAMapping(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "m.csv is no mapping"},
		{"statistic,commodity\n", "the column form is missing"},
		{header + "production,a,,t,,p,,,1,,\n", "m.csv is no mapping"},
		{strings.Replace(header, "note", "notes", 1), `a column "notes" that is not known`},
		{header + "mining,a,,t,,p,,,1,\n", `m.csv, line 2: statistic "mining" is none of`},
		{header + "production,,,t,,p,,,1,\n", "line 2: commodity is missing"},
		{header + "production,a,,t,,,,,,\n", "the note has to say why"},
		{header + "production,a,,t,,a product,,,1,\n", `product "a product" is no id`},
		{header + "production,a,,,,p,,,1,\n", "unit is missing"},
		{header + "production,a,,t,,p,,net,1,\n", `basis "net" is neither gross nor contained`},
		{header + "production,a,,t,,p,,contained,1,\n", "a material stands where the basis is contained"},
		{header + "production,a,,t,,p,cobalt,gross,1,\n", "a material stands where the basis is contained"},
		{header + "capacity,a,,t,,p,cobalt,contained,1,\n", "capacity is gross"},
		{header + "production,a,,t,,p,,,0,\n", `tonnes "0" is not the number of tonnes`},
		{header + "production,a,,t,,p,,,1k,\n", `tonnes "1k" is not the number of tonnes`},
		{header + "production,a,,t,Atlantis,p,,,1,\n", "line 2: country: no country is called"},
		{header + "production,a,,t,,p,,,1,\nproduction, A ,,t,,q,,,1,\n", "line 3: a line of the same statistic"},
		{header + "production,a,,t,,p,,,1,\nproduction,b,,t,,p,m,contained,1,\n", "production of p is gross on one line and contained on another"},
	}
	for _, test := range tests {
		_, err := series.ReadMapping("m.csv", strings.NewReader(test.text), builtin(t))
		if graph.CodeOf(err) != graph.BadInput || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v\nwant %s", test.text, err, test.want)
		}
	}
}

func TestOpenMapping(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.csv")
	if err := os.WriteFile(path, []byte("\ufeff"+header+"production,a,,t,,p,,,2,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := series.OpenMapping(path, header, builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	if all := m.All(); len(all) != 1 || all[0].Tonnes != 2 || all[0].Basis != "gross" {
		t.Errorf("%+v", all)
	}
	if m, err = series.OpenMapping("", header, builtin(t)); err != nil || len(m.All()) != 0 {
		t.Errorf("shipped: %v, %v", m, err)
	}
	if _, err = series.OpenMapping(path+"x", header, builtin(t)); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("a file that is not there: %v", err)
	}
}

const catalogueLines = "production,ore,,t,,ore,,gross,1,\n" +
	"production,ore in thousands,,kt,,ore,,gross,1000,\n" +
	"production,left out,,t,,,,,,left out for a reason\n" +
	"production,unknown,,t,,nowhere,,gross,1,\n" +
	"production,content,,kg,,metal,unobtainium,contained,0.001,\n" +
	"production,iron,,t,,metal,iron,contained,1,\n" +
	"capacity,ore,,t,,ore,,gross,1,\nreserves,ore,,t,,ore,,gross,1,\n"

// loadFigures loads a table of figures: statistic, commodity, place, year, amount,
// unit, e for an estimate; | separates the figures of one row.
func loadFigures(t *testing.T, rows ...string) (store *loadertest.Store, report *loader.Report, rejects string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "figures.csv")
	if err := os.WriteFile(path, []byte("figures\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	inputs, err := loader.Inputs(path)
	if err != nil {
		t.Fatal(err)
	}
	m := mapping(t, catalogueLines)
	catalogue := loadertest.Catalogue{Products: []string{"ore", "metal"}, Materials: []string{"iron", "unobtainium"},
		Contains: [][2]string{{"metal", "unobtainium"}}}
	read := func(ctx context.Context, sink *loader.Sink) error {
		book, err := series.NewBook(ctx, sink, catalogue, series.Columns{Commodity: "commodity", Unit: "unit", Amount: "amount"})
		if err != nil {
			return err
		}
		table, err := sink.OpenTable(inputs[0], []string{"figures"}, nil)
		if err != nil {
			return err
		}
		for table.Next() {
			var figures []series.Figure
			for _, text := range strings.Split(table.Text("figures"), "|") {
				f := strings.Split(text, ";")
				s, ok := m.Find(series.Statistic(f[0]), f[1], "", f[2])
				if !ok {
					t.Fatalf("no series %q", text)
				}
				year, _ := loader.Int(f[3])
				amount, why := loader.Float(f[4])
				if why != "" {
					amount = math.NaN()
				}
				figures = append(figures, series.Figure{Series: s, Place: f[2], Part: f[2], Unit: f[5], Year: year,
					Amount: amount, Estimated: f[6] == "e", Source: "source of " + f[1]})
			}
			book.Enter(table, figures...)
		}
		book.Close()
		return table.Close()
	}
	store = loadertest.New()
	var b strings.Builder
	w, err := loader.NewRejectWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	report, err = loader.Run(t.Context(), store, loader.Job{Dataset: graph.Dataset{ID: "d"}, Read: read}, loader.Options{Rejects: w})
	if err != nil {
		t.Fatal(err)
	}
	return store, report, b.String()
}

func TestWhatBecomesOfFigures(t *testing.T) {
	tests := []struct {
		name   string
		rows   []string
		want   []string // line kind year product country tonnes basis material estimated
		passed map[string]int64
		reject string
	}{
		{"a figure", []string{"production;ore;NLD;2024;5;t;"},
			[]string{"2 production 2024 ore NLD 5 gross - -"}, nil, ""},
		{"a unit and an estimate", []string{"production;content;NLD;2024;5;kg;e"},
			[]string{"2 production 2024 metal NLD 0.005 contained unobtainium true"}, nil, ""},
		{"zero is a figure", []string{"production;ore;NLD;2024;0;t;"},
			[]string{"2 production 2024 ore NLD 0 gross - -"}, nil, ""},
		{"withheld is a row without tonnes", []string{"production;ore;NLD;2024;W;t;"},
			[]string{"2 production 2024 ore NLD - gross - -"}, nil, ""},
		{"a blank unit is the declared one", []string{"production;ore in thousands;NLD;2024;5;;"},
			[]string{"2 production 2024 ore NLD 5000 gross - -"}, nil, ""},
		{"others", []string{"production;ore;*;2024;7;t;", "production;ore;*;2025;W;t;", "production;ore;*;2023;0;t;"},
			[]string{"2 production 2024 ore * 7 gross - -", "3 production 2025 ore * - gross - -"},
			map[string]int64{"no production in other countries than those listed": 1}, ""},
		{"capacity and reserves", []string{"capacity;ore;NLD;2024;7;t;", "reserves;ore;NLD;2024;70;t;e"},
			[]string{"2 capacity 2024 ore NLD 7 - - -", "3 reserves 2024 ore NLD 70 gross - true"}, nil, ""},
		{"capacity and reserves not known, or of others", []string{"capacity;ore;NLD;2024;NA;t;", "reserves;ore;*;2024;70;t;"}, nil,
			map[string]int64{"capacity or reserves without a number: not known, or stated in words": 1,
				"capacity or reserves of the countries not listed, together": 1}, ""},
		{"several figures of a row", []string{"production;ore;NLD;2023;1;t;|production;ore;NLD;2024;2;t;e|reserves;ore;NLD;2024;NA;t;"},
			[]string{"2 production 2023 ore NLD 1 gross - -", "2 production 2024 ore NLD 2 gross - true"}, nil, ""},
		{"two series of one product", []string{"production;ore;NLD;2024;5;t;e", "production;ore in thousands;NLD;2024;2;kt;"},
			[]string{"2 production 2024 ore NLD 2005 gross - true"},
			map[string]int64{"another row of the same product, country and year stands before: its amount was added to that row": 1}, ""},
		{"a sum of which a part is not known", []string{"production;ore;NLD;2024;5;t;", "production;ore in thousands;NLD;2024;W;kt;"},
			[]string{"2 production 2024 ore NLD - gross - -"},
			map[string]int64{"another row of the same product, country and year stands before: its amount was added to that row": 1}, ""},
		{"a series left out", []string{"production;left out;NLD;2024;5;t;"}, nil, map[string]int64{"left out for a reason": 1}, ""},
		{"the same series twice", []string{"production;ore;NLD;2024;5;t;", "production;ore;NLD;2024;6;t;"},
			[]string{"2 production 2024 ore NLD 5 gross - -"}, nil, "repeated_key"},
		{"a product that the store lacks", []string{"production;unknown;NLD;2024;5;t;"}, nil, nil, "the product nowhere, which the mapping names, is not in the store"},
		{"a material that the product does not contain", []string{"production;iron;NLD;2024;5;t;"}, nil, nil, "counts iron in metal, which does not contain it"},
		{"another unit", []string{"production;ore;NLD;2024;5;kg;"}, nil, nil, "the mapping counts this series in t"},
		{"too much", []string{"production;ore in thousands;NLD;2024;1e13;kt;"}, nil, nil, "out_of_range"},
		{"a row is rejected whole", []string{"production;ore;NLD;2023;1;t;|production;ore;NLD;2024;1;kg;"}, nil, nil, "not_allowed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store, report, rejects := loadFigures(t, test.rows...)
			var got []string
			for _, row := range store.Rows["d"] {
				got = append(got, row.Line("line", "kind", "year", "product", "country", "tonnes", "basis", "material", "estimated"))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("facts\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			for rule, n := range test.passed {
				if report.Passed[rule] != n {
					t.Errorf("passed over %v, want %v", report.Passed, test.passed)
				}
			}
			if len(report.Passed) != len(test.passed) {
				t.Errorf("passed over %v, want %v", report.Passed, test.passed)
			}
			if (report.Rejected > 0) != (test.reject != "") || !strings.Contains(rejects, test.reject) {
				t.Errorf("rejects %s", rejects)
			}
			var passed int64
			for _, n := range report.Passed {
				passed += n
			}
			if report.Accepted+report.Rejected+passed != int64(len(test.rows)) {
				t.Errorf("%d accepted, %d rejected, %d passed over of %d rows", report.Accepted, report.Rejected, passed, len(test.rows))
			}
		})
	}
}

// Whatever a user gives as a mapping: it is read or refused, and a series that is
// counted has all that counting needs.
func FuzzMapping(f *testing.F) {
	f.Add(header + catalogueLines)
	f.Add("\ufeff" + header + "production,a,,t,,p,,,2,\n\"reserves\",\"a\"\"b\",,t,Chile,p,m,contained,1e3,x\n")
	f.Add("statistic;commodity\n")
	list := builtin(f)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := series.ReadMapping("m.csv", strings.NewReader(text), list)
		if err != nil {
			if graph.CodeOf(err) != graph.BadInput {
				t.Fatal(err)
			}
			return
		}
		for _, s := range m.All() {
			if s.Counted() && (s.Unit == "" || !(s.Tonnes > 0) || !graph.ValidID(s.Product)) || !s.Counted() && s.Note == "" {
				t.Errorf("%+v", s)
			}
			if found, ok := m.Find(s.Statistic, s.Commodity, s.Form, s.Country); !ok || found != s {
				t.Errorf("%+v is not found: %+v", s, found)
			}
		}
	})
}
