package comext

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
)

var update = flag.Bool("update", false, "write the golden files anew")

var builtin = func() *country.List {
	list, err := country.Builtin()
	if err != nil {
		panic(err)
	}
	return list
}()

// result is what a load came to.
type result struct {
	store   *loadertest.Store
	reports []*loader.Report
	rejects []string // line column value reason
	err     error
}

func load(t testing.TB, o Options, paths ...string) result {
	t.Helper()
	out := result{store: loadertest.New()}
	o.Countries = builtin
	jobs, err := Jobs(paths, o)
	if err != nil {
		out.err = err
		return out
	}
	var rejects bytes.Buffer
	w, err := loader.NewRejectWriter(&rejects)
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range jobs {
		report, err := loader.Run(context.Background(), out.store, job, loader.Options{Rejects: w})
		out.reports = append(out.reports, report)
		out.err = errors.Join(out.err, err)
		if report.Accepted+report.Rejected != report.Read {
			t.Errorf("accepted %d + rejected %d is not read %d", report.Accepted, report.Rejected, report.Read)
		}
	}
	records, err := csv.NewReader(&rejects).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		reason, _, _ := strings.Cut(r[4], ":")
		out.rejects = append(out.rejects, strings.Join([]string{r[1], r[2], r[3], reason}, " "))
	}
	return out
}

// listing writes everything that a load came to.
func (r result) listing() string {
	var b strings.Builder
	for _, report := range r.reports {
		d := r.store.Datasets[report.Dataset]
		fmt.Fprintf(&b, "%s: read %d, accepted %d, rejected %d; priority %d; %s\n", report.Dataset, report.Read, report.Accepted, report.Rejected, d.Priority, d.Title)
		for _, rule := range slices.Sorted(keys(report.Passed)) {
			fmt.Fprintf(&b, "  %d passed over: %s\n", report.Passed[rule], rule)
		}
		for _, note := range report.Notes {
			fmt.Fprintf(&b, "  %s\n", note)
		}
		for _, row := range r.store.Rows[report.Dataset] {
			var fields []string
			for _, name := range slices.Sorted(keys(row)) {
				fields = append(fields, name+"="+row[name])
			}
			fmt.Fprintf(&b, "  %s\n", strings.Join(fields, " "))
		}
	}
	for _, reject := range r.rejects {
		fmt.Fprintf(&b, "rejected: %s\n", reject)
	}
	return b.String()
}

func keys[M ~map[string]V, V any](m M) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
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
			if got.err != nil {
				t.Fatal(got.err)
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got.listing()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.listing() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got.listing(), want)
			}
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
	if once.err != nil || fmt.Sprint(once.store.Rows) != fmt.Sprint(twice.store.Rows) || len(once.store.Rows) != 1 {
		t.Errorf("rows %v\nwant %v (%v)", twice.store.Rows, once.store.Rows, once.err)
	}
}

// TestRate holds the rate that was given, and that a year without one is refused.
func TestRate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cut.csv")
	if err := os.WriteFile(path, []byte(head+"NL,CN,81129289,1,2099,100\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := load(t, Options{}, path); graph.CodeOf(got.err) != graph.BadInput || !strings.Contains(got.err.Error(), "--eur-usd") {
		t.Errorf("error %v", got.err)
	}
	got := load(t, Options{Rate: 1.5, Name: "mine"}, path)
	if rows := got.store.Rows["mine-cn2099"]; got.err != nil || len(rows) != 1 || rows[0]["value_usd"] != "150" ||
		!slices.Contains(got.reports[0].Notes, "euros are converted at 1.5 USD, the rate that was given") {
		t.Errorf("rows %v, notes %q (%v)", rows, got.reports[0].Notes, got.err)
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
			if got.err != nil || !slices.Equal(got.rejects, []string{"3 " + test.want}) || got.reports[0].Accepted != 1 {
				t.Errorf("rejects %q, accepted %d (%v)", got.rejects, got.reports[0].Accepted, got.err)
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
			if got := load(t, Options{}, path); graph.CodeOf(got.err) != graph.BadInput {
				t.Errorf("error %v", got.err)
			}
		})
	}
	for _, o := range []Options{{Retrieved: "yesterday"}, {Rate: 100}, {Name: "a b"}} {
		if got := load(t, o, "testdata/cut.csv"); graph.CodeOf(got.err) != graph.BadInput {
			t.Errorf("options %+v: error %v", o, got.err)
		}
	}
	if got := load(t, Options{}, t.TempDir()); graph.CodeOf(got.err) != graph.BadInput {
		t.Errorf("an empty folder: %v", got.err)
	}
}

func sample(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, list := range shapes {
		for _, name := range list {
			content, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = content
		}
	}
	return files
}

func TestDamaged(t *testing.T) {
	damage.Files(t, sample(t), func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin, Rate: 1})
	})
}

// Whatever a file holds: nothing panics, accepted + rejected = read, and each
// fact has a year, two countries, a code, and a value or a mass.
func FuzzComext(f *testing.F) {
	for _, content := range sample(f) {
		f.Add(string(content))
	}
	f.Fuzz(func(t *testing.T, content string) {
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(content[:min(len(content), 1<<14)]), 0o600); err != nil {
			t.Fatal(err)
		}
		got := load(t, Options{Rate: 1}, path)
		if got.err != nil && graph.CodeOf(got.err) != graph.BadInput {
			t.Fatal(got.err)
		}
		for id, rows := range got.store.Rows {
			for _, row := range rows {
				if _, _, ok := graph.SplitCode(row["code"]); !ok || row["year"] == "" || row["exporter"] == "" || row["importer"] == "" ||
					row["value_usd"] == "" && row["tonnes"] == "" {
					t.Errorf("%s: row %v", id, row)
				}
			}
		}
	})
}
