package wgi

import (
	"bytes"
	"encoding/csv"
	"fmt"
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

const file = "wgidataset.csv"

var builtin = sample.Countries()

func TestSample(t *testing.T) {
	jobs, err := Jobs([]string{"testdata"}, Options{Countries: builtin, Retrieved: "2026-11-21", Priority: 2})
	l := sample.Load(t, jobs, err)
	rows, report := l.One(t)
	var got []string
	for _, row := range rows {
		got = append(got, row.Line("line", "country", "indicator", "year", "value", "standard_error"))
	}
	want := []string{
		"2 AFG WGI.CC 1996 -1.291704773902893 0.34050697088241577",
		"4 COD WGI.PV 2022 -2.1 0.21", "5 ROU WGI.PV 2022 0.5 0.2", "6 AND WGI.PV 2022 1.6 0.25", "7 TLS WGI.PV 2022 0.1 0.22",
		"9 PSE WGI.PV 2022 -1.9 0.22", "10 XKX WGI.PV 2022 -0.2 0.22", "11 TWN WGI.PV 2022 0.7 -",
	}
	if !slices.Equal(got, want) {
		t.Errorf("facts\n%s", strings.Join(got, "\n"))
	}
	if report.Read != 16 || report.Accepted != 8 || report.Rejected != 8 || report.Passed[gap] != 1 {
		t.Errorf("%+v", report)
	}
	for _, reject := range []string{"8,code,ANT,unknown_country", "12,,,repeated_key", "13,code,XXX,unknown_country", "14,year,22,out_of_range", "15,indicator,xx,not_allowed",
		"16,estimate,n/a,not_number", "17,stddev,-0.2,negative", "18,estimate,,missing"} {
		if !strings.Contains(strings.ReplaceAll(l.RejectFile, `"`, ""), ","+reject) {
			t.Errorf("%s is not among the rejects\n%s", reject, l.RejectFile)
		}
	}
	if d := l.Store.Datasets[dataset]; d.Priority != 2 || d.Retrieved != "2026-11-21" || d.Licence != "CC BY 4.0" {
		t.Errorf("%+v", d)
	}
}

// workbook makes a workbook of the sample.
func workbook(t testing.TB) []byte {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(sample.Content(t, file))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return loadertest.Workbook(t, "", records)
}

// TestWorkbook holds that a workbook becomes what its sheet as CSV does.
func TestWorkbook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wgidataset.xlsx")
	if err := os.WriteFile(path, workbook(t), 0o600); err != nil {
		t.Fatal(err)
	}
	var facts, reports []string
	for _, from := range []string{path, filepath.Join("testdata", file)} {
		jobs, err := Jobs([]string{from}, Options{Countries: builtin})
		if err != nil {
			t.Fatal(err)
		}
		store := loadertest.New()
		report, err := loader.Run(t.Context(), store, jobs[0], loader.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, row := range store.Rows[dataset] {
			text += row.Line("line", "country", "indicator", "year", "value", "standard_error") + "\n"
		}
		facts, reports = append(facts, text), append(reports, fmt.Sprint(report))
	}
	if facts[0] != facts[1] || reports[0] != reports[1] || facts[0] == "" {
		t.Errorf("%s\n%s\nCSV\n%s\n%s", facts[0], reports[0], facts[1], reports[1])
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
	if _, err := Jobs([]string{"testdata"}, Options{Retrieved: "2025"}); graph.CodeOf(err) != graph.BadInput {
		t.Error(err)
	}
}

func TestDamagedFiles(t *testing.T) {
	for name, content := range map[string][]byte{file: sample.Content(t, file), "wgidataset.xlsx": workbook(t)} {
		damage.Files(t, map[string][]byte{name: content}, func(dir string) ([]loader.Job, error) {
			return Jobs([]string{dir}, Options{Countries: builtin})
		})
	}
}

// Whatever a table holds: accepted + rejected = read, and every score has a
// value.
func FuzzTable(f *testing.F) {
	f.Add(sample.Content(f, file))
	f.Fuzz(func(t *testing.T, content []byte) {
		jobs, err := Jobs([]string{sample.File(t, file, content)}, Options{Countries: builtin})
		for _, row := range sample.Load(t, jobs, err).OrRefused(t) {
			if row["country"] == "" || row["value"] == "" || strings.HasPrefix(row["standard_error"], "-") {
				t.Errorf("%v", row)
			}
		}
	})
}
