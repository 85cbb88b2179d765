package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sourceSamples are what each source's own tests read, as paths below loader/.
var sourceSamples = map[string][]string{
	"tables":         {"tables/testdata/sample"},
	"baci":           {"baci/testdata/BACI_HS17_Y2024_V202601.csv"},
	"usgs":           {"usgs/testdata/MCS2025_World_Data.csv", "usgs/testdata/MCS2026_Commodities_Data.csv"},
	"bgs":            {"bgs/testdata/BGS_cobalt_production.csv", "bgs/testdata/BGS_other_production.csv"},
	"wmd":            {"wmd/testdata/world_mining_data.csv"},
	"comtrade":       {"comtrade/testdata/cut_2024.csv"},
	"comext":         {"comext/testdata/full_v2_202403.dat"},
	"trademap":       {"trademap/testdata/download/282520"},
	"hs":             {"hs/testdata/HS2022toHS2017.csv"},
	"gleif":          {"gleif/testdata/csv"},
	"facilities":     {"facilities/testdata"},
	"magnets":        {"magnets/testdata"},
	"drc":            {"drc/testdata/industrial_projects.csv"},
	"semiconductors": {"semiconductors/testdata"},
	"wiod":           {"mrio/testdata/wiod"},
	"pymrio":         {"mrio/testdata/tiny-2020"},
	"eucrm":          {"eucrm/testdata"},
	"measures":       {"measures/testdata"},
	"wgi":            {"wgi/testdata/wgidataset.csv"},
	"incomegroups":   {"incomegroups/testdata/world_bank_countryclass.csv"},
	"composition":    {"composition/testdata"},
}

// TestLoadedTwiceIsLoadedOnce loads the sample of every source twice, over the
// catalogue that the project ships: the second load accepts and rejects the same
// rows, and the exports are equal to the letter.
func TestLoadedTwiceIsLoadedOnce(t *testing.T) {
	shared := "duckdb:" + filepath.Join(t.TempDir(), "s.duckdb")
	loadSample(t, shared, "tables", "../../data/countries", "../../data/materials", "../../data/catalogue")
	for _, s := range sources() {
		sample := sourceSamples[s.name]
		if sample == nil {
			t.Errorf("sourceSamples lacks the source %s: name files of its testdata", s.name)
			continue
		}
		var paths []string
		for _, path := range sample {
			paths = append(paths, filepath.Join("../../loader", path))
		}
		t.Run(s.name, func(t *testing.T) {
			store := shared
			if s.name == "tables" { // whose sample has a catalogue of its own
				store = "duckdb:" + filepath.Join(t.TempDir(), "s.duckdb")
			}
			first, datasets := loadSample(t, store, s.name, paths...)
			once := exported(t, store, datasets)
			second, _ := loadSample(t, store, s.name, paths...)
			if facts := strings.Count(once, "\n") - len(datasets); facts < len(datasets) {
				t.Errorf("%d facts in %d datasets", facts, len(datasets))
			}
			if twice := exported(t, store, datasets); twice != once {
				t.Errorf("loaded twice, the export is another:\n%s", difference(once, twice))
			}
			if first != second {
				t.Errorf("the two loads report\n%s\n%s", first, second)
			}
		})
	}
}

// loadSample loads files and returns what is reported, without how many rows
// were replaced, and the datasets.
func loadSample(t *testing.T, store, source string, paths ...string) (report string, datasets []string) {
	t.Helper()
	r := run(t, slices.Concat([]string{"load", source}, paths, []string{"--store", store})...)
	if r.status != exitDone && r.status != exitRejected {
		t.Fatalf("%s: status %d\n%s%s", source, r.status, r.stdout, r.stderr)
	}
	for line := range strings.Lines(r.stdout) {
		counts, _, _ := strings.Cut(line, ", replaced")
		report += counts + "\n"
		id, _, _ := strings.Cut(line, ":")
		datasets = append(datasets, id)
	}
	return report + r.stderr, datasets
}

// exported is everything that datasets hold.
func exported(t *testing.T, store string, datasets []string) (text string) {
	t.Helper()
	for _, id := range datasets {
		r := run(t, "export", "dataset", id, "--format", "jsonl", "-o", "-", "--store", store)
		if r.status != exitDone {
			t.Fatalf("%s: %s", id, r.stderr)
		}
		text += r.stdout
	}
	return text
}

// difference is the first line in which two texts differ.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] + "\n" + y[i]
		}
	}
	return "one has more lines"
}
