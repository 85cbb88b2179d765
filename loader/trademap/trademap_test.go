package trademap

import (
	"os"
	"path/filepath"
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

// TestShapes holds what every shape of file becomes against a listing that has
// been read.
func TestShapes(t *testing.T) {
	for name, path := range map[string]string{"download": "testdata/download/282520", "joined": "testdata/joined.csv"} {
		t.Run(name, func(t *testing.T) {
			got := load(t, Options{}, path)
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			sample.Golden(t, name+".golden", got.Listing())
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
				if graph.CodeOf(got.Err) != graph.BadInput {
					t.Errorf("error %v", got.Err)
				}
				return
			}
			if got.Err != nil || len(got.Reports) != 1 || len(got.Store.Rows[got.Reports[0].Dataset]) != 1 {
				t.Fatalf("%s (%v)", got.Listing(), got.Err)
			}
			row := got.Store.Rows[got.Reports[0].Dataset][0]
			if s := strings.Join([]string{row["exporter"], row["importer"], row["code"], row["value_usd"]}, " "); s != test.want {
				t.Errorf("%s, want %s", s, test.want)
			}
		})
	}
	for _, o := range []Options{{Retrieved: "yesterday"}, {Revision: "2017"}, {Name: "a b"}, {Code: "2825"}} {
		if got := load(t, o, "testdata/joined.csv"); graph.CodeOf(got.Err) != graph.BadInput {
			t.Errorf("options %+v: error %v", o, got.Err)
		}
	}
	if got := load(t, Options{}, t.TempDir()); graph.CodeOf(got.Err) != graph.BadInput {
		t.Errorf("an empty folder: %v", got.Err)
	}
}

func samples(t testing.TB) map[string][]byte {
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
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin, Code: "282520"})
	})
}

// Whatever a file holds: nothing panics, accepted + rejected = read, and each
// fact has a year, two countries, a code, and a value or a mass.
func FuzzTradeMap(f *testing.F) {
	for name, content := range samples(f) {
		f.Add(string(content), strings.HasSuffix(name, ".csv"))
	}
	f.Fuzz(func(t *testing.T, content string, joined bool) {
		name := germany
		if joined {
			name = "a.csv"
		}
		got := load(t, Options{Code: "282520"}, write(t, t.TempDir(), name, content[:min(len(content), 1<<14)]))
		for _, row := range got.OrRefused(t) {
			if _, _, ok := graph.SplitCode(row["code"]); !ok || row["year"] == "" || row["exporter"] == "" || row["importer"] == "" ||
				row["value_usd"] == "" && row["tonnes"] == "" {
				t.Errorf("row %v", row)
			}
		}
	})
}
