package magnets

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
)

var builtin = sample.Countries()

func jobs(paths ...string) ([]loader.Job, error) {
	return Jobs(paths, Options{Countries: builtin, Retrieved: "2026-11-21"})
}

func load(t *testing.T, dir string) (report *loader.Report, rows []loadertest.Row, rejects string) {
	t.Helper()
	list, err := jobs(dir)
	l := sample.Load(t, list, err)
	rows, report = l.One(t)
	return report, rows, strings.ReplaceAll(l.RejectFile, dir+"/", "")
}

// TestSample holds what becomes of the sample, which a person has read.
func TestSample(t *testing.T) {
	report, rows, rejects := load(t, "testdata")
	if report.Read != 23 || report.Accepted != 12 || report.Rejected != 11 {
		t.Errorf("read %d, accepted %d, rejected %d", report.Read, report.Accepted, report.Rejected)
	}
	sample.Golden(t, "sample.golden", sample.Facts(rows, "kind", "source"))
	sample.Golden(t, "rejects.golden", rejects)
}

// TestSharesSumToOne: what a plant gets of a product in a year is all told.
func TestSharesSumToOne(t *testing.T) {
	_, rows, _ := load(t, "testdata")
	sums := map[string]float64{}
	for _, row := range rows {
		if row["kind"] == "supplies" {
			share, err := strconv.ParseFloat(row["share"], 64)
			if err != nil || row["estimated"] != "true" || !strings.Contains(row["source"], "illustrative") {
				t.Errorf("%v", row)
			}
			sums[row["customer"]+" "+row["product"]+" "+row["year"]] += share
		}
	}
	if len(sums) != 8 {
		t.Errorf("%d supplies: %v", len(sums), sums)
	}
	for k, sum := range sums {
		if sum < 1-1e-12 || sum > 1+1e-12 {
			t.Errorf("%s: %v", k, sum)
		}
	}
}

func TestCarried(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"1", "2", 1}, {"1|2", "3", 2}, {"1|2|3|6", "3", 2}, {"1|2|3|6", "2|3", 2}, {"3", "5", 3}, {"2|3", "5", 3}, {"3", "3", 3}, {"6", "5", 6}, {"3|6", "4", 3},
		{"2|6", "6", 2}, {"3", "1|2", 3}, {"6", "6", 6}, {"5", "5", 5}, {"1|2|3", "2|4", 3}, {"6|4", "2", 4},
	} {
		from, wrong := parse(c.from)
		to, wrong2 := parse(c.to)
		if got := carried(from, to); got != c.want || wrong != "" || wrong2 != "" {
			t.Errorf("from %s to %s: %d, want %d", c.from, c.to, got, c.want)
		}
	}
	for text, want := range map[string]loader.Reason{"": loader.Missing, "0": loader.NotAllowed, "7": loader.NotAllowed, "2|2": loader.Repeated, "a": loader.NotInteger} {
		if _, wrong := parse(text); wrong != want {
			t.Errorf("%q: %s", text, wrong)
		}
	}
}

func TestProcesses(t *testing.T) {
	stages := map[string]bool{}
	for _, s := range graph.Stages() {
		stages[s] = true
	}
	for i, p := range processes() {
		if !graph.ValidID(p.product) || p.name == "" || !stages[p.stage] {
			t.Errorf("process %d is %+v", i+1, p)
		}
	}
}

func TestJobs(t *testing.T) {
	empty := t.TempDir()
	for want, paths := range map[string][]string{"holds no plants.csv": {empty}, "name one folder": {empty, empty}, "there is no such file": {filepath.Join(empty, "none")}} {
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
	return sample.Contents(t, "plants.csv", "links.csv")
}

func TestDamaged(t *testing.T) {
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) { return jobs(dir) })
}

func FuzzLoad(f *testing.F) {
	files := samples(f)
	f.Add(files["plants.csv"], files["links.csv"])
	f.Fuzz(func(t *testing.T, plants, links []byte) {
		dir := t.TempDir()
		for name, content := range map[string][]byte{"plants.csv": plants, "links.csv": links} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		list, err := jobs(dir)
		if err != nil {
			t.Fatal(err)
		}
		report, err := loader.Run(t.Context(), nil, list[0], loader.Options{Check: true})
		if err != nil && graph.CodeOf(err) != graph.BadInput || report.Accepted+report.Rejected != report.Read {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
