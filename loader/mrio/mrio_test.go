package mrio

import (
	"fmt"
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

func options() Options {
	return Options{Countries: builtin, Retrieved: "2026-11-22", EuroUSD: func(year int) (float64, bool) { return 1.5, year == 2020 }}
}

func wiodJobs(paths ...string) ([]loader.Job, error) { return WIOD(paths, options()) }

func pymrioJobs(paths ...string) ([]loader.Job, error) { return Pymrio(paths, options()) }

// TestWIOD holds what becomes of the sample, which a person has read.
func TestWIOD(t *testing.T) {
	jobs, err := wiodJobs("testdata/wiod")
	got := sample.Load(t, jobs, err)
	rows, report := got.One(t)
	if r := report; r.Dataset != "wiod2013-2011" || r.Read != 20 || r.Accepted != 9 || r.Rejected != 11 {
		t.Errorf("%+v", r)
	}
	sample.Golden(t, "wiod.golden", sample.Facts(rows))
	sample.Golden(t, "wiod.rejects.golden", strings.ReplaceAll(got.RejectFile, "testdata/wiod/", ""))
}

// TestPymrio holds what becomes of the sample, which a person has read.
func TestPymrio(t *testing.T) {
	jobs, err := pymrioJobs("testdata/tiny-2020")
	got := sample.Load(t, jobs, err)
	rows, report := got.One(t)
	if report.Rejected != 0 || report.Dataset != "tiny-ixi-2020" || report.Accepted != 16 {
		t.Fatalf("%+v\n%s", report, got.RejectFile)
	}
	sample.Golden(t, "pymrio.golden", sample.Facts(rows))
}

// edited is a copy of the sample with some files changed; "" takes one away.
func edited(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, content := range samples(t, "testdata/tiny-2020") {
		if text, ok := files[file]; ok {
			content = []byte(text)
		}
		if len(content) == 0 {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestPymrioOutput: without x.txt the output is what a sector sells.
func TestPymrioOutput(t *testing.T) {
	jobs, err := pymrioJobs(edited(t, "tiny-2020", map[string]string{"x.txt": ""}))
	rows, report := sample.Load(t, jobs, err).One(t)
	want := map[string]string{"NLD tiny-ixi:farming-fishing": "1e+08", "NLD tiny-ixi:works": "2e+08", "DEU tiny-ixi:farming-fishing": "1e+08", "DEU tiny-ixi:works": "4e+08"}
	for _, row := range rows {
		if row["kind"] != "io_output" {
			continue
		}
		of := row["country"] + " " + row["sector"]
		if row["value_usd"] != want[of] || row["estimated"] != "true" || row["source"] == "" {
			t.Errorf("%v", row)
		}
		delete(want, of)
	}
	if len(want) > 0 || report.Accepted != 12 {
		t.Errorf("left %v, %+v", want, report)
	}
}

// TestPymrioUnits: each row counts in its own unit.
func TestPymrioUnits(t *testing.T) {
	units := "region\tsector\tunit\nNLD\tFarming & fishing\tM.EUR\nNLD\tWorks\t1000 EUR\nDEU\tFarming & fishing\tUSD\nDEU\tWorks\tbn US$\n"
	jobs, err := pymrioJobs(edited(t, "tiny-2020", map[string]string{"unit.txt": units}))
	rows, _ := sample.Load(t, jobs, err).One(t)
	want := map[string]string{"NLD tiny-ixi:farming-fishing": "1.5e+08", "NLD tiny-ixi:works": "300000", "DEU tiny-ixi:farming-fishing": "100", "DEU tiny-ixi:works": "4e+11"}
	for _, row := range rows {
		if of := row["country"] + " " + row["sector"]; row["kind"] == "io_output" && row["value_usd"] != want[of] {
			t.Errorf("%v, want %s", row, want[of])
		}
	}
}

// TestRefused are files that are no table, and what a user is told.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		folder string
		files  map[string]string
		want   string
	}{
		"no Z":           {"t-2020", map[string]string{"Z.txt": ""}, "holds no Z.txt"},
		"no Y":           {"t-2020", map[string]string{"Y.txt": ""}, "holds no Y.txt"},
		"no year":        {"table", nil, "give --year"},
		"no money":       {"t-2020", map[string]string{"unit.txt": "region\tsector\tunit\nNLD\tWorks\tTJ\n"}, "no money"},
		"no rate":        {"t-2021", map[string]string{"unit.txt": "region\tsector\tunit\nNLD\tWorks\tM.EUR\n"}, "give --eur-usd"},
		"other layout":   {"t-2020", map[string]string{"file_parameters.json": `{"files": {"Z": {"name": "Z.txt", "nr_index_col": "3", "nr_header": "2"}}}`}, "3 columns"},
		"no JSON":        {"t-2020", map[string]string{"metadata.json": "{"}, "not the JSON"},
		"unknown region": {"t-2020", map[string]string{"Z.txt": "region\t\tNLD\tATLANTIS\nsector\t\tWorks\tWorks\nregion\tsector\t\t\nNLD\tWorks\t1\t1\n"}, "ATLANTIS"},
		"no names":       {"t-2020", map[string]string{"Z.txt": "region\t\tNLD\tNLD\nsector\t\tWorks\t\nNLD\tWorks\t1\t1\n"}, "column 4 has no name"},
		"one code":       {"t-2020", map[string]string{"Z.txt": "region\t\tNLD\tNLD\nsector\t\tA b\tA-b\nNLD\tWorks\t1\t1\n"}, "would both have the code a-b"},
	} {
		jobs, err := pymrioJobs(edited(t, c.folder, c.files))
		got := sample.Load(t, jobs, err)
		if graph.CodeOf(got.Err) != graph.BadInput || !strings.Contains(got.Err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, got.Err, c.want)
		}
	}
	for name, err := range map[string]error{
		"no long table": second(wiodJobs("testdata/tiny-2020")),
		"of the part":   second(wiodJobs("testdata/wiod/wiot_2011_output.csv")),
		"the same part": second(wiodJobs("testdata/wiod", "testdata/wiod")),
		"name one":      second(pymrioJobs("testdata/wiod", "testdata/wiod")),
		"no day":        second(WIOD([]string{"testdata/wiod"}, Options{Retrieved: "yesterday"})),
	} {
		if graph.CodeOf(err) != graph.BadInput || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
}

func second(_ []loader.Job, err error) error { return err }

// TestPymrioRejects rejects rows with figures that are none, and rows that stand
// twice.
func TestPymrioRejects(t *testing.T) {
	z := string(samples(t, "testdata/tiny-2020")["Z.txt"])
	z = strings.Replace(z, "0.0\n", "nan\n", 1) + "DEU\tWorks\t1\t1\t1\t1\nDEU\tMines\t1\t1\t1\t1\nDEU\tWorks\t1\n"
	jobs, err := pymrioJobs(edited(t, "t-2020", map[string]string{"Z.txt": z}))
	got := sample.Load(t, jobs, err)
	_, report := got.One(t)
	for reason, n := range map[loader.Reason]int64{loader.NotNumber: 1, loader.Repeated: 1, loader.NoReference: 1, loader.ColumnCount: 1} {
		if report.Reasons[reason] != n {
			t.Errorf("%s: %d, want %d\n%s", reason, report.Reasons[reason], n, got.RejectFile)
		}
	}
}

func TestWIODSectors(t *testing.T) {
	names := wiodSectors()
	for i := range 35 {
		if names[fmt.Sprintf("c%d", i+1)] == "" {
			t.Errorf("c%d has no name", i+1)
		}
	}
	if len(names) != 35 {
		t.Errorf("%d sectors", len(names))
	}
}

func TestCategories(t *testing.T) {
	for text, want := range map[string]string{
		"Final consumption expenditure by households":                                          "households",
		"Final consumption expenditure by non-profit organisations serving households (NPISH)": "nonprofits",
		"Final consumption expenditure by government":                                          "government",
		"Gross fixed capital formation":                                                        "capital",
		"Changes in inventories":                                                               "inventories", "Changes in valuables": "inventories", "Export": "other",
	} {
		if got := category(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func samples(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = content
	}
	return files
}

func TestDamaged(t *testing.T) {
	t.Run("wiod", func(t *testing.T) {
		damage.Files(t, samples(t, "testdata/wiod"), func(dir string) ([]loader.Job, error) { return wiodJobs(dir) })
	})
	t.Run("pymrio", func(t *testing.T) {
		damage.Files(t, samples(t, "testdata/tiny-2020"), func(dir string) ([]loader.Job, error) {
			o := options()
			o.Year = 2020
			return Pymrio([]string{dir}, o)
		})
	})
}

// FuzzLoad reads whatever the files of either layout hold.
func FuzzLoad(f *testing.F) {
	w, p := samples(f, "testdata/wiod"), samples(f, "testdata/tiny-2020")
	f.Add(w["wiot_2011_inter_long_nonzero.csv"], w["wiot_2011_final_long_nonzero.csv"], w["wiot_2011_output.csv"], p["file_parameters.json"])
	f.Add(p["Z.txt"], p["Y.txt"], p["x.txt"], p["unit.txt"])
	f.Fuzz(func(t *testing.T, a, b, c, d []byte) {
		parts := [][]byte{a, b, c, d}
		for _, names := range [][]string{
			{"wiot_2011_inter_long_nonzero.csv", "wiot_2011_final_long_nonzero.csv", "wiot_2011_output.csv"},
			{"Z.txt", "Y.txt", "x.txt", "unit.txt"},
		} {
			dir := t.TempDir()
			for i, name := range names {
				if err := os.WriteFile(filepath.Join(dir, name), parts[i], 0o600); err != nil {
					t.Fatal(err)
				}
			}
			o := options()
			o.Year = 2020
			jobs, err := Pymrio([]string{dir}, o)
			if names[0] != "Z.txt" {
				jobs, err = WIOD([]string{dir}, o)
			}
			if err != nil {
				t.Fatal(err)
			}
			report, err := loader.Run(t.Context(), nil, jobs[0], loader.Options{Check: true})
			if err != nil && graph.CodeOf(err) != graph.BadInput || report.Accepted+report.Rejected != report.Read {
				t.Errorf("%+v, %v", report, err)
			}
		}
	})
}
