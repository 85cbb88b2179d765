package semiconductors

import (
	"os"
	"path/filepath"
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
	if report.Read != 24 || report.Accepted != 15 || report.Rejected != 9 {
		t.Errorf("read %d, accepted %d, rejected %d", report.Read, report.Accepted, report.Rejected)
	}
	sample.Golden(t, "sample.golden", sample.Facts(rows, "kind", "source"))
	sample.Golden(t, "rejects.golden", rejects)
}

func TestJobs(t *testing.T) {
	empty := t.TempDir()
	for want, paths := range map[string][]string{"holds no inputs.csv": {empty}, "name one folder": {empty, empty}, "there is no such file": {filepath.Join(empty, "none")}} {
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
	return sample.Contents(t, tables...)
}

func TestDamaged(t *testing.T) {
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) { return jobs(dir) })
}

func FuzzLoad(f *testing.F) {
	files := samples(f)
	f.Add(files["inputs.csv"], files["providers.csv"], files["provision.csv"], files["sequence.csv"])
	f.Fuzz(func(t *testing.T, inputs, providers, provision, sequence []byte) {
		dir := t.TempDir()
		for i, content := range [][]byte{inputs, providers, provision, sequence} {
			if err := os.WriteFile(filepath.Join(dir, tables[i]), content, 0o600); err != nil {
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
