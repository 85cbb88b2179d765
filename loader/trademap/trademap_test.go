package trademap

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

// TestShapes holds what every shape of file becomes against a listing that has
// been read.
func TestShapes(t *testing.T) {
	for name, path := range map[string]string{"download": "testdata/download/282520", "joined": "testdata/joined.csv"} {
		t.Run(name, func(t *testing.T) {
			got := load(t, Options{}, path)
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

const germany = "Trade_Map_-_List_of_supplying_markets_for_a_product_imported_by_Germany.txt"

// write puts a file of that name into a new folder below dir.
func write(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNames holds what the name of a download says, and what it must say.
func TestNames(t *testing.T) {
	content := "Exporters\tImported value in 2021\nChile\t7\n"
	for _, test := range []struct {
		name, file, content string
		o                   Options
		want                string // exporter importer code value; blank: refused
	}{
		{"code of the folder", "282520 Lithium hydroxide/" + germany, content, Options{}, "CHL DEU HS2017:282520 7000"},
		{"code of the name", "282520_" + germany, content, Options{Revision: "HS2022"}, "CHL DEU HS2022:282520 7000"},
		{"code that is given", germany, content, Options{Code: "282520"}, "CHL DEU HS2017:282520 7000"},
		{"a second download", "282520/" + strings.Replace(germany, ".txt", "_(1).txt", 1), content, Options{}, "CHL DEU HS2017:282520 7000"},
		{"the year first", "282520/" + germany, "Exporters\t2021-Imported value\nChile\t7\n", Options{}, "CHL DEU HS2017:282520 7000"},
		{"no code", germany, content, Options{}, ""},
		{"no country", "282520/a.txt", content, Options{}, ""},
		{"exports under the name of imports", "282520/" + germany, "Importers\tExported value in 2021\nChile\t7\n", Options{}, ""},
		{"no year in the header", "282520/" + germany, "Exporters\tShare\nChile\t7\n", Options{}, ""},
		{"no rows", "282520/" + germany, "Exporters\tImported value in 2021\n", Options{}, ""},
		{"empty", "282520/" + germany, "", Options{}, ""},
		{"a joined file without amounts", "a.csv", "product_code,flow\n282520,M\n", Options{}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := load(t, test.o, write(t, t.TempDir(), test.file, test.content))
			if test.want == "" {
				if graph.CodeOf(got.err) != graph.BadInput {
					t.Errorf("error %v", got.err)
				}
				return
			}
			if got.err != nil || len(got.reports) != 1 || len(got.store.Rows[got.reports[0].Dataset]) != 1 {
				t.Fatalf("%s (%v)", got.listing(), got.err)
			}
			row := got.store.Rows[got.reports[0].Dataset][0]
			if s := strings.Join([]string{row["exporter"], row["importer"], row["code"], row["value_usd"]}, " "); s != test.want {
				t.Errorf("%s, want %s", s, test.want)
			}
		})
	}
	for _, o := range []Options{{Retrieved: "yesterday"}, {Revision: "2017"}, {Name: "a b"}, {Code: "2825"}} {
		if got := load(t, o, "testdata/joined.csv"); graph.CodeOf(got.err) != graph.BadInput {
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
	downloads, err := filepath.Glob("testdata/download/282520/*.txt")
	if err != nil || len(downloads) != 3 {
		t.Fatal(downloads, err)
	}
	for _, path := range append(downloads, "testdata/joined.csv") {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = content
	}
	return files
}

func TestDamaged(t *testing.T) {
	damage.Files(t, sample(t), func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin, Code: "282520"})
	})
}

// Whatever a file holds: nothing panics, accepted + rejected = read, and each
// fact has a year, two countries, a code, and a value or a mass.
func FuzzTradeMap(f *testing.F) {
	for name, content := range sample(f) {
		f.Add(string(content), strings.HasSuffix(name, ".csv"))
	}
	f.Fuzz(func(t *testing.T, content string, joined bool) {
		name := germany
		if joined {
			name = "a.csv"
		}
		got := load(t, Options{Code: "282520"}, write(t, t.TempDir(), name, content[:min(len(content), 1<<14)]))
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
