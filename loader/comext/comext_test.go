package comext

import (
	"fmt"
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

func load(t testing.TB, o Options, paths ...string) sample.Loaded {
	t.Helper()
	o.Countries = builtin
	jobs, err := Jobs(paths, o)
	return sample.Load(t, jobs, err)
}

var shapes = map[string][]string{
	"months": {"full_v2_202403.dat", "full202404.dat"},
	"sdmx":   {"ds-045409.csv"},
	"cut":    {"cut.csv"},
}

// TestShapes holds what every shape of file becomes against a listing that has
// been read.
func TestShapes(t *testing.T) {
	for name, files := range shapes {
		t.Run(name, func(t *testing.T) {
			var paths []string
			for _, file := range files {
				paths = append(paths, filepath.Join("testdata", file))
			}
			got := load(t, Options{}, paths...)
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			sample.Golden(t, name+".golden", got.Listing())
		})
	}
}

// TestTwice holds that a month that is named twice counts once.
func TestTwice(t *testing.T) {
	dir := t.TempDir()
	content, err := os.ReadFile("testdata/full202404.dat")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "again.dat"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	once := load(t, Options{}, "testdata/full202404.dat")
	twice := load(t, Options{}, "testdata/full202404.dat", dir)
	if once.Err != nil || fmt.Sprint(once.Store.Rows) != fmt.Sprint(twice.Store.Rows) || len(once.Store.Rows) != 1 {
		t.Errorf("rows %v\nwant %v (%v)", twice.Store.Rows, once.Store.Rows, once.Err)
	}
}

// TestRate holds the rate that was given, and that a year without one is refused.
func TestRate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cut.csv")
	if err := os.WriteFile(path, []byte(head+"NL,CN,81129289,1,2099,100\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := load(t, Options{}, path); graph.CodeOf(got.Err) != graph.BadInput || !strings.Contains(got.Err.Error(), "--eur-usd") {
		t.Errorf("error %v", got.Err)
	}
	got := load(t, Options{Rate: 1.5, Name: "mine"}, path)
	if rows := got.Store.Rows["mine-cn2099"]; got.Err != nil || len(rows) != 1 || rows[0]["value_usd"] != "150" ||
		!slices.Contains(got.Reports[0].Notes, "euros are converted at 1.5 USD, the rate that was given") {
		t.Errorf("rows %v, notes %q (%v)", rows, got.Reports[0].Notes, got.Err)
	}
}

const head = "DECLARANT_ISO,PARTNER_ISO,PRODUCT_NC,FLOW,PERIOD,VALUE_IN_EUROS\n"

func TestRows(t *testing.T) {
	good := "NL,CN,81129289,1,2022,100\n"
	for _, test := range []struct{ name, row, want string }{ // want: column value reason
		{"too few columns", "NL,CN\n", "  column_count"},
		{"no period", "NL,CN,81129289,1,,100\n", "PERIOD  missing"},
		{"a month that there is not", "NL,CN,81129289,1,202213,100\n", "PERIOD 202213 out_of_range"},
		{"no flow", "NL,CN,81129289,,2022,100\n", "FLOW  missing"},
		{"an unknown flow", "NL,CN,81129289,3,2022,100\n", "FLOW 3 not_allowed"},
		{"no country", "NL,ZZ,81129289,1,2022,100\n", "PARTNER_ISO ZZ unknown_country"},
		{"no declarant", ",CN,81129289,1,2022,100\n", "DECLARANT_ISO  missing"},
		{"a code that lost its zero", "NL,CN,1012100,1,2022,100\n", "PRODUCT_NC 1012100 bad_code"},
		{"no code", "NL,CN,,1,2022,100\n", "PRODUCT_NC  missing"},
		{"no code at all", "NL,CN,81.12,1,2022,100\n", "PRODUCT_NC 81.12 bad_code"},
		{"a value below zero", "NL,CN,81129289,1,2022,-1\n", "VALUE_IN_EUROS -1 negative"},
		{"no value", "NL,CN,81129289,1,2022,\n", "VALUE_IN_EUROS  missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cut.csv")
			if err := os.WriteFile(path, []byte(head+good+test.row), 0o600); err != nil {
				t.Fatal(err)
			}
			got := load(t, Options{}, path)
			if got.Err != nil || !slices.Equal(got.Rejected(), []string{"3 " + test.want}) || got.Reports[0].Accepted != 1 {
				t.Errorf("rejects %q, accepted %d (%v)", got.Rejected(), got.Reports[0].Accepted, got.Err)
			}
		})
	}
}

// TestRefused holds files that are none of Comext's.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ name, content string }{
		{"empty", ""},
		{"other columns", "t,i,j,k,v,q\n2024,12,251,250490,1,1\n"},
		{"no rows", head},
		{"no period", head + "NL,CN,81129289,1,then,100\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.csv")
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := load(t, Options{}, path); graph.CodeOf(got.Err) != graph.BadInput {
				t.Errorf("error %v", got.Err)
			}
		})
	}
	for _, o := range []Options{{Retrieved: "yesterday"}, {Rate: 100}, {Name: "a b"}} {
		if got := load(t, o, "testdata/cut.csv"); graph.CodeOf(got.Err) != graph.BadInput {
			t.Errorf("options %+v: error %v", o, got.Err)
		}
	}
	if got := load(t, Options{}, t.TempDir()); graph.CodeOf(got.Err) != graph.BadInput {
		t.Errorf("an empty folder: %v", got.Err)
	}
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	var names []string
	for _, list := range shapes {
		names = append(names, list...)
	}
	return sample.Contents(t, names...)
}

func TestDamaged(t *testing.T) {
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin, Rate: 1})
	})
}

// Whatever a file holds: nothing panics, accepted + rejected = read, and each
// fact has a year, two countries, a code, and a value or a mass.
func FuzzComext(f *testing.F) {
	for _, content := range samples(f) {
		f.Add(string(content))
	}
	f.Fuzz(func(t *testing.T, content string) {
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(content[:min(len(content), 1<<14)]), 0o600); err != nil {
			t.Fatal(err)
		}
		got := load(t, Options{Rate: 1}, path)
		for _, row := range got.OrRefused(t) {
			if _, _, ok := graph.SplitCode(row["code"]); !ok || row["year"] == "" || row["exporter"] == "" || row["importer"] == "" ||
				row["value_usd"] == "" && row["tonnes"] == "" {
				t.Errorf("row %v", row)
			}
		}
	})
}
