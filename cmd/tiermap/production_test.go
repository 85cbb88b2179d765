package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/loader/bgs"
	"tiermap/loader/usgs"
	"tiermap/loader/wmd"
)

// samples are the loaders' sample files.
func samples(names ...string) []string {
	var paths []string
	for _, name := range names {
		paths = append(paths, filepath.Join("..", "..", "loader", filepath.FromSlash(name)))
	}
	return paths
}

// Two releases that disagree: by their own priorities the newer one counts, and
// the answer names the other; a priority that is given turns that round.
func TestSourcesThatDisagree(t *testing.T) {
	store := "duckdb:" + filepath.Join(t.TempDir(), "production.duckdb")
	catalogue := folder(t, "catalogue", map[string]string{
		"dataset.csv":  "id\ncatalogue\n",
		"material.csv": "id\ncobalt\n",
		"product.csv":  "id,stage\ncobalt-ore,extraction\n",
		"contains.csv": "product,material,mass_fraction\ncobalt-ore,cobalt,1\n",
	})
	releases := samples("usgs/testdata/MCS2025_World_Data.csv", "usgs/testdata/MCS2026_Commodities_Data.csv")
	if r := run(t, "load", "tables", catalogue, "--store", store); r.status != exitDone {
		t.Fatal(r)
	}
	ask := func(step, tonnes, order string) {
		t.Helper()
		r := run(t, "ask", `{dependency(country: "COD", product: "cobalt-ore", year: 2024) {supplyTonnes provenance {id} assumptions}}`, "--store", store)
		if r.status != exitDone || !strings.Contains(r.stdout, `"supplyTonnes": `+tonnes+",") {
			t.Errorf("%s: want %s t\n%s%s", step, tonnes, r.stdout, r.stderr)
		}
		if sentence := "Production of cobalt-ore, 2024, comes, country by country, from the first of these that has it: " + order; !strings.Contains(r.stdout, sentence) {
			t.Errorf("%s: %q is not among the assumptions\n%s", step, sentence, r.stdout)
		}
	}
	load := func(args ...string) {
		t.Helper()
		r := run(t, append([]string{"load", "usgs", "--retrieved", "2026-02-06", "--store", store}, args...)...)
		if r.status != exitRejected || !strings.Contains(r.stderr, "no dataset declares this id") { // the catalogue has one product only
			t.Fatal(r)
		}
	}
	load(releases...)
	ask("by default", "226000", "usgs-mcs-2026 (for 1 country), usgs-mcs-2025 (for 2 countries)")
	load(releases[0], "--priority", "5")
	ask("with a priority", "220000", "usgs-mcs-2025 (for 3 countries), usgs-mcs-2026 (for 0 countries)")
}

// What the shipped mappings name is in the shipped catalogue: whoever loads both
// has no rejects for want of a product.
func TestMappingsFitTheCatalogue(t *testing.T) {
	known := map[string]bool{}
	for _, path := range []string{"catalogue/product.csv", "materials/material.csv"} {
		for _, row := range tableOf(t, filepath.Join("..", "..", "data", filepath.FromSlash(path)), "") {
			known[row["id"]] = true
		}
	}
	for source, text := range map[string]string{"usgs": usgs.Mapping(), "bgs": bgs.Mapping(), "wmd": wmd.Mapping()} {
		for _, row := range tableOf(t, source, text) {
			for _, id := range []string{row["product"], row["material"]} {
				if id != "" && !known[id] {
					t.Errorf("%s maps %s, %s to %s, which data/ does not declare", source, row["commodity"], row["form"], id)
				}
			}
		}
	}
}

// tableOf reads a table with a header; a blank text is read from the file of that name.
func tableOf(t *testing.T, name, text string) []map[string]string {
	t.Helper()
	if text == "" {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text = string(content)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var table []map[string]string
	for _, fields := range rows[1:] {
		row := map[string]string{}
		for i, column := range rows[0] {
			row[column] = fields[i]
		}
		table = append(table, row)
	}
	return table
}
