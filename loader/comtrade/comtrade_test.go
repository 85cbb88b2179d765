package comtrade

import (
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

// TestShapes holds what every shape of file becomes against a listing that has
// been read.
func TestShapes(t *testing.T) {
	for _, name := range []string{"TradeData.csv", "COMTRADE-FINAL-CA528202201H6.txt", "answer.json", "former.csv", "cut_2024.csv"} {
		t.Run(name, func(t *testing.T) {
			got := load(t, Options{}, filepath.Join("testdata", name))
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			sample.Golden(t, name+".golden", got.Listing())
		})
	}
}

// TestTogether holds that files of one year make one dataset, in which a row
// that several hold counts once.
func TestTogether(t *testing.T) {
	alone := load(t, Options{}, "testdata/TradeData.csv")
	both := load(t, Options{Name: "mine"}, "testdata/TradeData.csv", "testdata/answer.json", "testdata/COMTRADE-FINAL-CA528202201H6.txt")
	if alone.Err != nil || both.Err != nil {
		t.Fatal(alone.Err, both.Err)
	}
	want, got := alone.Store.Rows["comtrade-hs2022-2022"], both.Store.Rows["mine-hs2022-2022"]
	if len(want) == 0 || len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
}

const head = "refYear,reporterCode,flowCode,partnerCode,classificationCode,cmdCode,motCode,netWgt,primaryValue\n"

func TestRows(t *testing.T) {
	good := "2022,528,M,156,H6,811292,0,1000,50\n"
	tests := []struct{ name, row, want string }{ // want: column value reason
		{"too few columns", "2022,528,M,156\n", "  column_count"},
		{"one comma too many at the end is how they are published", "2022,528,M,250,H6,811292,0,1000,50,\n", ""},
		{"two are not", "2022,528,M,156,H6,811292,0,1000,50,,\n", "  column_count"},
		{"no year", ",528,M,156,H6,811292,0,1000,50\n", "refYear  missing"},
		{"a year in words", "MMXXII,528,M,156,H6,811292,0,1000,50\n", "refYear MMXXII not_integer"},
		{"before Comtrade", "1955,528,M,156,H6,811292,0,1000,50\n", "refYear 1955 out_of_range"},
		{"no flow", "2022,528,,156,H6,811292,0,1000,50\n", "flowCode  missing"},
		{"an unknown flow", "2022,528,Q,156,H6,811292,0,1000,50\n", "flowCode Q not_allowed"},
		{"no country", "2022,528,M,998,H6,811292,0,1000,50\n", "partnerCode 998 unknown_country"},
		{"no reporter", "2022,,M,156,H6,811292,0,1000,50\n", "reporterCode  missing"},
		{"4.5 is no country", "2022,4.5,M,156,H6,811292,0,1000,50\n", "reporterCode 4.5 unknown_country"},
		{"a code that lost its zero", "2022,528,M,156,H6,10121,0,1000,50\n", "cmdCode 10121 bad_code"},
		{"a letter in the code", "2022,528,M,156,H6,81129O,0,1000,50\n", "cmdCode 81129O bad_code"},
		{"no code", "2022,528,M,156,H6,,0,1000,50\n", "cmdCode  missing"},
		{"no revision", "2022,528,M,156,,811292,0,1000,50\n", "classificationCode  missing"},
		{"separators of thousands", "2022,528,M,156,H6,811292,0,\"1,000\",50\n", "netWgt 1,000 not_number"},
		{"a value below zero", "2022,528,M,156,H6,811292,0,1000,-50\n", "primaryValue -50 negative"},
		{"neither value nor mass", "2022,528,M,156,H6,811292,0,,\n", "primaryValue  missing"},
		{"a NUL byte", "2022,528,M,156,H6,811292,0,1000,5\x000\n", "  nul_byte"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data.csv")
			if err := os.WriteFile(path, []byte(head+good+test.row), 0o600); err != nil {
				t.Fatal(err)
			}
			got := load(t, Options{}, path)
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			if test.want == "" {
				if len(got.Rejected()) != 0 || got.Reports[0].Accepted != 2 {
					t.Errorf("rejects %q, accepted %d", got.Rejected(), got.Reports[0].Accepted)
				}
				return
			}
			if !slices.Equal(got.Rejected(), []string{"3 " + test.want}) || got.Reports[0].Accepted != 1 {
				t.Errorf("rejects %q, accepted %d", got.Rejected(), got.Reports[0].Accepted)
			}
		})
	}
}

// TestRefused holds files that are none of Comtrade's.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ name, file, content string }{
		{"empty", "a.csv", ""},
		{"other columns", "a.csv", "t,i,j,k,v,q\n2024,12,251,250490,1,1\n"},
		{"no rows", "a.csv", head},
		{"no year anywhere", "data.csv", "reporter,partner,cmd,flow,value\n68,604,250490,M,541.0\n"},
		{"two years in the name", "from_2020_to_2022.csv", "reporter,partner,cmd,flow,value\n68,604,250490,M,541.0\n"},
		{"another list", "a.json", `{"rows":[]}`},
		{"an error message", "a.json", `{"error":"quota exceeded","data":[]}`},
		{"cut off", "a.json", `{"data":[{"refYear":2022,"reporterCode":528`},
		{"cut off after the list", "a.json", `{"data":[{"refYear":2022,"classificationCode":"H6"}]`},
		{"not JSON", "a.json", `{"data":[{"refYear":2022,}]}`},
		{"a folder without files", "a.pdf", "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, test.file)
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if test.file == "a.pdf" {
				path = dir
			}
			if got := load(t, Options{}, path); graph.CodeOf(got.Err) != graph.BadInput {
				t.Errorf("error %v", got.Err)
			}
		})
	}
	for _, o := range []Options{{Retrieved: "yesterday"}, {Revision: "HS2019"}, {Name: "a b"}} {
		if got := load(t, o, "testdata/cut_2024.csv"); graph.CodeOf(got.Err) != graph.BadInput {
			t.Errorf("options %+v: error %v", o, got.Err)
		}
	}
}

// TestLimit holds that an answer that was probably cut is told.
func TestLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.csv")
	if err := os.WriteFile(path, []byte(head+strings.Repeat("2022,528,M,156,H6,811292,0,1000,50\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	got := load(t, Options{}, path)
	if got.Err != nil || len(got.Reports[0].Notes) != 1 || !strings.Contains(got.Reports[0].Notes[0], "exactly 500 rows") {
		t.Errorf("notes %q (%v)", got.Reports[0].Notes, got.Err)
	}
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	return sample.Contents(t, "TradeData.csv", "COMTRADE-FINAL-CA528202201H6.txt", "answer.json", "former.csv", "cut_2024.csv")
}

func TestDamaged(t *testing.T) {
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin})
	})
}

// Whatever a file holds: nothing panics, accepted + rejected = read, and each
// fact has a year, two countries, a code, and a value or a mass.
func FuzzComtrade(f *testing.F) {
	for name, content := range samples(f) {
		f.Add(string(content), strings.HasSuffix(name, ".json"))
	}
	f.Fuzz(func(t *testing.T, content string, isJSON bool) {
		name := "data_2024.csv"
		if isJSON {
			name = "data_2024.json"
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content[:min(len(content), 1<<14)]), 0o600); err != nil {
			t.Fatal(err)
		}
		got := load(t, Options{}, path)
		for _, row := range got.OrRefused(t) {
			if _, _, ok := graph.SplitCode(row["code"]); !ok || row["year"] == "" || row["exporter"] == "" || row["importer"] == "" ||
				row["value_usd"] == "" && row["tonnes"] == "" {
				t.Errorf("row %v", row)
			}
		}
	})
}
