package incomegroups

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
)

const file = "world_bank_countryclass.csv"

var builtin = sample.Countries()

func run(t testing.TB, path string, o Options) (store *loadertest.Store, report *loader.Report, rejects string) {
	t.Helper()
	o.Countries = builtin
	jobs, err := Jobs([]string{path}, o)
	l := sample.Load(t, jobs, err)
	_, report = l.One(t)
	return l.Store, report, strings.ReplaceAll(l.RejectFile, `"`, "")
}

func TestSample(t *testing.T) {
	store, report, rejects := run(t, "testdata", Options{Year: 2026})
	var got []string
	for _, row := range store.Rows[dataset] {
		got = append(got, row.Line("line", "country", "scheme", "year", "class"))
	}
	want := []string{
		"2 AFG WB.REGION 2026 Middle East, North Africa, Afghanistan & Pakistan", "2 AFG WB.INCOME 2026 Low income",
		"3 CHANNEL-ISLANDS WB.REGION 2026 Europe & Central Asia", "3 CHANNEL-ISLANDS WB.INCOME 2026 High income",
		"4 VEN WB.REGION 2026 Latin America & Caribbean",
		"5 PSE WB.REGION 2026 Middle East, North Africa, Afghanistan & Pakistan", "5 PSE WB.INCOME 2026 Lower middle income",
	}
	if !slices.Equal(got, want) {
		t.Errorf("facts\n%s", strings.Join(got, "\n"))
	}
	if report.Read != 9 || report.Accepted != 4 || report.Rejected != 5 || report.Passed[aggregate] != 1 {
		t.Errorf("%+v", report)
	}
	for _, reject := range []string{"7,,,repeated_key", "8,country_code,XXX,unknown_country", "9,income_group,Middling income,not_allowed",
		"10,region,,missing", "11,country_code,,unknown_country"} {
		if !strings.Contains(rejects, ","+reject) {
			t.Errorf("%s is not among the rejects\n%s", reject, rejects)
		}
	}
}

// TestNames holds the publisher's own names of the columns, and a year that is
// not known.
func TestNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "CLASS.csv")
	if err := os.WriteFile(path, []byte("\ufeffEconomy,Code,Region,Income group,Lending category\r\nChile,CHL,Latin America & Caribbean,High income,IBRD\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	store, _, _ := run(t, path, Options{})
	rows := store.Rows[dataset]
	if len(rows) != 2 || rows[1].Line("country", "scheme", "year", "class") != "CHL WB.INCOME - High income" {
		t.Errorf("%v", rows)
	}
}

// TestWorkbook holds the workbook as it is published: notes stand beneath the list.
func TestWorkbook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "CLASS.xlsx")
	content := loadertest.Workbook(t, "", [][]string{{"Economy", "Code", "Region", "Income group", "Lending category"},
		{"Chile", "CHL", "Latin America & Caribbean", "High income", "IBRD"}, {"World", "WLD"}, {"a note"}})
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	store, report, _ := run(t, path, Options{Year: 2026})
	rows := store.Rows[dataset]
	if len(rows) != 2 || rows[1].Line("line", "country", "scheme", "year", "class") != "2 CHL WB.INCOME 2026 High income" || report.Passed[aggregate] != 2 || report.Rejected != 0 {
		t.Errorf("%v %+v", rows, report)
	}
}

func TestJobsRefuse(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other.csv")
	if err := os.WriteFile(other, []byte("code,year\nFRA,2022\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, paths := range map[string][]string{"0 tables": {other}, "2 tables": {"testdata", "testdata"}, "there is no such file": {"none"}} {
		if _, err := Jobs(paths, Options{Countries: builtin}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", paths, err, want)
		}
	}
	for _, o := range []Options{{Retrieved: "2025"}, {Year: 26}} {
		if _, err := Jobs([]string{"testdata"}, o); graph.CodeOf(err) != graph.BadInput {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	damage.Files(t, map[string][]byte{file: sample.Content(t, file)}, func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: builtin})
	})
}

// Whatever a table holds: accepted + rejected = read, and a class is one of a
// country.
func FuzzTable(f *testing.F) {
	f.Add(sample.Content(f, file))
	f.Fuzz(func(t *testing.T, content []byte) {
		jobs, err := Jobs([]string{sample.File(t, file, content)}, Options{Countries: builtin})
		for _, row := range sample.Load(t, jobs, err).OrRefused(t) {
			if row["country"] == "" || row["class"] == "" || row["scheme"] == incomes && !slices.Contains(groups, row["class"]) {
				t.Errorf("%v", row)
			}
		}
	})
}
