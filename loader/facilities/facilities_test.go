package facilities

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
)

var builtin = sample.Countries()

func jobs(paths ...string) ([]loader.Job, error) {
	return Jobs(paths, Options{Countries: builtin, Retrieved: "2026-11-21"})
}

// load loads a folder and returns its rows and rejects as text.
func load(t *testing.T, dir string) (report *loader.Report, rows, rejects string) {
	t.Helper()
	list, err := jobs(dir)
	l := sample.Load(t, list, err)
	facts, report := l.One(t)
	schema := graph.NewSchema()
	var b strings.Builder
	for _, row := range facts {
		switch { // where a field is called kind, it has taken the place of the table
		case row["outcome"] != "":
			row["kind"] = "name_match " + row["kind"]
		case row["owned"] != "":
			row["kind"] = "owns"
		}
		fmt.Fprintf(&b, "%s:%s %s", row["file"], row["line"], row["kind"])
		for _, f := range schema.Kind(strings.Fields(row["kind"])[0]).Fields {
			if v := row[f.Name]; v != "" && f.Name != "kind" && f.Name != "file" && f.Name != "line" {
				fmt.Fprintf(&b, " %s=%s", f.Name, v)
			}
		}
		b.WriteByte('\n')
	}
	return report, b.String(), strings.ReplaceAll(l.RejectFile, dir+"/", "")
}

// TestSample holds what becomes of the sample, which a person has read.
func TestSample(t *testing.T) {
	report, rows, rejects := load(t, "testdata")
	if report.Accepted+report.Rejected != report.Read || report.Read != 30 || report.Rejected != 12 {
		t.Errorf("read %d, accepted %d, rejected %d", report.Read, report.Accepted, report.Rejected)
	}
	var passed int64
	for _, n := range report.Passed {
		passed += n
	}
	if passed+report.Read != 42 { // rows of the files
		t.Errorf("%d rows passed over: %v", passed, report.Passed)
	}
	sample.Golden(t, "sample.golden", rows)
	sample.Golden(t, "rejects.golden", rejects)
}

func TestOwners(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"A Ltd (40%), B Inc. (60%)", "A Ltd 0.4; B Inc. 0.6"},
		{"Zijin Mining Group Co., Ltd. (51%)", "Zijin Mining Group Co., Ltd. 0.51"},
		{"MMG (62.5%), Guoxin International Investment Co. Ltd (22.5%), CITIC Metal Co. Ltd (15%)", "MMG 0.625; Guoxin International Investment Co. Ltd 0.225; CITIC Metal Co. Ltd 0.15"},
		{"Mitsubishi Materials (Australia) Pty Limited (6%).", "Mitsubishi Materials (Australia) Pty Limited 0.06"},
		{"A (50%), B (50%(", "A 0.5; B 0.5"},
		{"A (72%), and B & Co (28%)", "A 0.72; B & Co 0.28"},
		{"Rio Tinto (46.7%), sold on 31 December 2014", "Rio Tinto 0.467 until 2014-12-31"},
		{"Rio Tinto (80%), sold their interest on 1 December 2013", "Rio Tinto 0.8 until 2013-12-01"},
		{"After 2007: Goldcorp (100%), Until 2007: Kinross Gold (49%)", "Goldcorp 1 from 2007; Kinross Gold 0.49 until 2007"},
		{"Joint Venture: Teck Resources Limited (50%)", "Teck Resources Limited 0.5"},
		{"Southern Copper Corporation", "Southern Copper Corporation -1"},
		{"A (39,6 %), B(0,8%)", "A 0.396; B 0.008"},
		{"PT Nusa (Newcrest 75%)", "not_allowed"},
		{"Acacia Mining plc, 63.9% subsidiary of Barrick", "not_allowed"},
		{"A (85%), B (23%)", "conflict"},
		{"A (850%)", "out_of_range"},
		{"A (1.2.3%)", "out_of_range"},
		{"(50%)", "not_allowed"},
		{"A (50%), perhaps more", "not_allowed"},
		{"A (50%), sold on 31 Februarius 2014", "not_date"},
	} {
		list, wrong, _ := owners(c.text)
		var parts []string
		for _, h := range list {
			s := fmt.Sprintf("%s %.6g", h.name, h.share)
			if h.from != "" {
				s += " from " + h.from
			}
			if h.until != "" {
				s += " until " + h.until
			}
			parts = append(parts, s)
		}
		if got := strings.Join(parts, "; ") + string(wrong); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		text     string
		lat, lon float64
		wrong    loader.Reason
	}{
		{"c(-101.8794642, 54.7748162)", 54.7748162, -101.8794642, ""},
		{"c(10, 12, 50, 54)", 52, 11, ""},
		{"numeric(0)", math.NaN(), math.NaN(), ""},
		{"c(NaN, NaN)", math.NaN(), math.NaN(), ""},
		{"", math.NaN(), math.NaN(), ""},
		{"c(1, 2, 3)", 0, 0, loader.NotAllowed},
		{"(1, 2)", 0, 0, loader.NotAllowed},
		{"c(1, 2", 0, 0, loader.NotAllowed},
		{"c(1, x)", 0, 0, loader.NotNumber},
		{"c(54, -101)", 0, 0, loader.OutOfRange},
	} {
		lat, lon, wrong := place(c.text)
		same := lat == c.lat && lon == c.lon || math.IsNaN(c.lat) && math.IsNaN(lat) && math.IsNaN(lon)
		if wrong != c.wrong || wrong == "" && !same {
			t.Errorf("%s: %v, %v, %s", c.text, lat, lon, wrong)
		}
	}
}

// TestProducts holds products.csv to the catalogue that is shipped: its products
// are there, and contain what is counted.
func TestProducts(t *testing.T) {
	column := func(name string, columns ...int) map[string]bool {
		f, err := os.Open(filepath.Join("..", "..", "data", "catalogue", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		records, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		set := map[string]bool{}
		for _, r := range records {
			var parts []string
			for _, c := range columns {
				parts = append(parts, r[c])
			}
			set[strings.Join(parts, " ")] = true
		}
		return set
	}
	products, contents := column("product.csv", 0), column("contains.csv", 0, 1)
	all, err := openGoods("")
	if err != nil {
		t.Fatal(err)
	}
	for c, g := range all {
		if !products[g.product] || g.contained != "" && !contents[g.product+" "+g.contained] {
			t.Errorf("%v is %v, which the catalogue does not have", c, g)
		}
		if !slices.Contains([]string{"commodities", "capacity", "output", "input", "transport"}, c.table) || g.factor <= 0 || g.rank < 1 {
			t.Errorf("%v is %v", c, g)
		}
	}
}

// TestMappingOfOnesOwn reads a table in place of the one that is shipped, and
// refuses those that are none.
func TestMappingOfOnesOwn(t *testing.T) {
	const head = "table,material,commodity,product,contained,factor,rank\n"
	for text, says := range map[string]string{
		head + "commodities,Con,Me.Cu,my-copper,copper,0.5,1\n": "",
		"material,commodity\n":                                                "the columns are not",
		head + "commodities,Con,Me.Cu,my-copper,copper,0,1\n":                 "row 2: factor",
		head + "commodities,Con,Me.Cu,x,,1,one\n":                             "row 2: factor",
		head + "commodities,Con,Me.Cu,x,,1,1\ncommodities,Con,Me.Cu,y,,1,1\n": "row 3: Me.Cu of commodities stands there twice",
		head + "commodities,Con\n":                                            "wrong number of fields",
	} {
		path := filepath.Join(t.TempDir(), "own.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := openGoods(path)
		if says == "" && (err != nil || len(all) != 1 || all[commodity{"commodities", "Con", "Me.Cu"}] != good{"my-copper", "copper", 0.5, 1}) {
			t.Errorf("%q gives %v, %v", text, all, err)
		}
		if says != "" && (graph.CodeOf(err) != graph.BadInput || !strings.Contains(err.Error(), says)) {
			t.Errorf("%q: %v, want %s", text, err, says)
		}
	}
	if _, err := Jobs([]string{"testdata"}, Options{Countries: builtin, Mapping: "none.csv"}); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("a mapping that is not there: %v", err)
	}
}

func TestJobs(t *testing.T) {
	empty := t.TempDir()
	two := t.TempDir()
	for _, name := range []string{"facilities.csv", "facilities.csv.gz"} {
		if err := os.WriteFile(filepath.Join(two, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for want, paths := range map[string][]string{
		"holds no facilities.csv":      {empty},
		"are the same table":           {two},
		"name one folder or .zip":      {empty, two},
		"there is no such file":        {filepath.Join(empty, "none")},
		"name one folder or .zip that": {},
	} {
		if _, err := jobs(paths...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", paths, err, want)
		}
	}
	if _, err := Jobs([]string{"testdata"}, Options{Countries: builtin, Retrieved: "yesterday"}); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("%v", err)
	}
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	var names []string
	for _, table := range tables {
		names = append(names, table+".csv")
	}
	return sample.Contents(t, names...)
}

func TestDamaged(t *testing.T) {
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) { return jobs(dir) })
}

func FuzzOwners(f *testing.F) {
	for _, s := range []string{"A Ltd (40%), B Inc. (60%)", "A (50%), sold on 1 May 2014", "Until 2007: A (5%)", "(%)", "A (1,5%)", "A 5%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, wrong, _ := owners(s)
		if wrong != "" && list != nil {
			t.Errorf("%q: %v and %s", s, list, wrong)
		}
		for _, h := range list {
			if h.share > 1 || h.share < 0 && h.share != -1 || math.IsNaN(h.share) {
				t.Errorf("%q: %v", s, h)
			}
		}
		place(s)
	})
}
