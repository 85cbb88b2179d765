package data_test

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// row is one line of a table: the values by column, and where it stands.
type row struct {
	values   map[string]string
	file     string
	line     int
	priority int
}

func (r row) get(column string) string { return r.values[column] }

func (r row) key(columns ...string) string {
	parts := make([]string, len(columns))
	for i, column := range columns {
		parts[i] = r.get(column)
	}
	return strings.Join(parts, "|")
}

// columns of the tables that are shipped, key columns first.
var columns = map[string]struct{ key, rest []string }{
	"country.csv":      {[]string{"id"}, []string{"name", "iso2", "m49", "aliases", "groups"}},
	"material.csv":     {[]string{"id"}, []string{"name", "symbol", "aliases", "source", "estimated"}},
	"product.csv":      {[]string{"id"}, []string{"name", "stage", "pooled", "source", "estimated"}},
	"contains.csv":     {[]string{"product", "material"}, []string{"mass_fraction", "source", "estimated"}},
	"made_from.csv":    {[]string{"product", "input", "material", "country"}, []string{"share", "source", "estimated"}},
	"coded_as.csv":     {[]string{"product", "code"}, []string{"share", "source", "estimated"}},
	"production.csv":   {[]string{"year", "product", "country", "material", "basis"}, []string{"tonnes", "share", "source", "estimated"}},
	"byproduct_of.csv": {[]string{"material", "host"}, []string{"share", "source", "estimated"}},
	"recycling.csv":    {[]string{"material", "year"}, []string{"eol_rir", "source", "estimated"}},
	"used_in.csv":      {[]string{"material", "application"}, []string{"product", "sector", "share", "source", "estimated"}},
	"sourcing.csv":     {[]string{"year", "material", "stage", "importer", "supplier"}, []string{"share", "source", "estimated"}},
	"intensity.csv":    {[]string{"product", "variant", "material"}, []string{"value", "unit", "source", "estimated"}},
	"trade.csv": {[]string{"year", "exporter", "importer", "code", "product"},
		[]string{"value_usd", "tonnes", "basis", "material", "source", "estimated"}},
}

func TestTablesHaveTheirColumnsAndKeys(t *testing.T) {
	for _, folder := range datasets(t) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name := strings.TrimSuffix(entry.Name(), ".gz")
			want, isTable := columns[name]
			if name == "dataset.csv" || folder == "countries" && (name == "codes.csv" || name == "places.csv") {
				continue
			}
			if !isTable {
				t.Errorf("%s/%s is no table", folder, entry.Name())
				continue
			}
			header, rows := readAll(t, folder+"/"+entry.Name())
			if got := slices.Concat(want.key, want.rest); !slices.Equal(header, got) {
				t.Errorf("%s/%s has columns %v, want %v", folder, name, header, got)
			}
			seen := map[string]int{}
			for _, r := range rows {
				if before, twice := seen[r.key(want.key...)]; twice && name != "trade.csv" {
					t.Errorf("%s line %d repeats the key of line %d", r.file, r.line, before)
				}
				seen[r.key(want.key...)] = r.line
				if slices.Contains(header, "source") && r.get("source") == "" {
					t.Errorf("%s line %d names no source", r.file, r.line)
				}
				if e := r.get("estimated"); e != "" && e != "true" {
					t.Errorf("%s line %d: estimated is %q", r.file, r.line, e)
				}
			}
		}
	}
}

func TestEveryFolderSaysWhatItIs(t *testing.T) {
	ids := map[string]bool{}
	for _, folder := range datasets(t) {
		header, rows := readAll(t, folder+"/dataset.csv")
		if want := []string{"id", "title", "publisher", "url", "licence", "version", "retrieved", "priority"}; !slices.Equal(header, want) || len(rows) != 1 {
			t.Fatalf("%s/dataset.csv has columns %v and %d rows", folder, header, len(rows))
		}
		for _, column := range header {
			if own := column == "url" && strings.HasPrefix(rows[0].get("publisher"), "tiermap"); rows[0].get(column) == "" && !own {
				t.Errorf("%s/dataset.csv: %s is blank", folder, column)
			}
		}
		if id := rows[0].get("id"); id != folder || ids[id] {
			t.Errorf("%s/dataset.csv has the id %s", folder, id)
		}
		ids[rows[0].get("id")] = true
		if _, err := time.Parse(time.DateOnly, rows[0].get("retrieved")); err != nil {
			t.Error(err)
		}
	}
	if len(ids) < 10 {
		t.Errorf("%d datasets, want at least 10", len(ids))
	}
}

func TestReferencesHold(t *testing.T) {
	wellFormed := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]*$`)
	known := map[string]map[string]bool{"country": {"*": true}, "material": {}, "product": {}}
	for kind := range known {
		for _, r := range everyTable(t, kind+".csv") {
			known[kind][r.get("id")] = true
			if !wellFormed.MatchString(r.get("id")) {
				t.Errorf("%s line %d: id %q", r.file, r.line, r.get("id"))
			}
		}
	}
	refers := map[string]string{"country": "country", "exporter": "country", "importer": "country",
		"supplier": "country", "material": "material", "host": "material", "product": "product", "input": "product"}
	code := regexp.MustCompile(`^(HS(1992|2017|2022):\d{6}|CN(2022|2023):\d{8})$`)
	for _, folder := range datasets(t) {
		for name := range columns {
			if !has(folder, name) || folder == "countries" {
				continue
			}
			for _, r := range readTable(t, folder+"/"+name) {
				for column, kind := range refers {
					if v := r.get(column); v != "" && !known[kind][v] {
						t.Errorf("%s line %d: %s %q is not known", r.file, r.line, column, v)
					}
				}
				if v := r.get("code"); v != "" && !code.MatchString(v) {
					t.Errorf("%s line %d: code %q", r.file, r.line, v)
				}
				if y := r.get("year"); y != "" && (y < "2018" || y > "2025") {
					t.Errorf("%s line %d: year %s", r.file, r.line, y)
				}
			}
		}
	}
}

func TestRecipesAreWholeAndHaveNoCycle(t *testing.T) {
	carries := massFractions(t)
	sums := map[string]float64{}
	inputs := map[string][]string{}
	for _, r := range everyTable(t, "made_from.csv") {
		sums[r.key("product", "material", "country")] += r.number(t, "share")
		inputs[r.get("product")] = append(inputs[r.get("product")], r.get("input"))
		for _, product := range []string{r.get("product"), r.get("input")} {
			if carries[product+" "+r.get("material")] <= 0 {
				t.Errorf("line %d: %s does not contain %s", r.line, product, r.get("material"))
			}
		}
	}
	for recipe, sum := range sums {
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("the shares of %s add up to %v", recipe, sum)
		}
	}
	state := map[string]int{}
	var visit func(product string)
	visit = func(product string) {
		if state[product] == 1 {
			t.Fatalf("%s is made of itself", product)
		}
		if state[product] == 2 {
			return
		}
		state[product] = 1
		for _, input := range inputs[product] {
			visit(input)
		}
		state[product] = 2
	}
	for product := range inputs {
		visit(product)
	}
	for _, r := range everyTable(t, "product.csv") {
		if raw, extracted := len(inputs[r.get("id")]) == 0, r.get("stage") == "extraction"; extracted && !raw && r.get("id") != "cobalt-concentrate" {
			t.Errorf("%s is extracted and has a recipe", r.get("id"))
		}
	}
}

func TestSharesOfACodeDoNotExceedIt(t *testing.T) {
	sums := map[string]float64{}
	for _, r := range everyTable(t, "coded_as.csv") {
		share := r.number(t, "share")
		if share <= 0 || share > 1 {
			t.Errorf("line %d: share %v", r.line, share)
		}
		sums[r.get("code")] += share
	}
	for code, sum := range sums {
		if sum > 1+1e-9 {
			t.Errorf("%s: the shares add up to %v", code, sum)
		}
	}
}

// A product of one dataset and year counts either itself or one material: a
// mixture would decide every answer.
func TestEveryProductIsCountedOneWay(t *testing.T) {
	for _, folder := range datasets(t) {
		for _, name := range []string{"production.csv", "trade.csv"} {
			if !has(folder, name) {
				continue
			}
			counts := map[string]string{}
			for _, r := range readTable(t, folder+"/"+name) {
				if r.get("tonnes") == "" {
					continue
				}
				if tonnes := r.number(t, "tonnes"); tonnes <= 0 || math.IsInf(tonnes, 0) || math.IsNaN(tonnes) {
					t.Errorf("%s line %d: tonnes %v", r.file, r.line, tonnes)
				}
				what, how := r.key("year", "product", "code"), strings.TrimPrefix(r.get("basis"), "gross")+r.get("material")
				if before, seen := counts[what]; seen && before != how {
					t.Errorf("%s line %d counts %s as %q, an earlier line as %q", r.file, r.line, what, how, before)
				}
				counts[what] = how
				if (r.get("basis") == "contained") != (r.get("material") != "") {
					t.Errorf("%s line %d: basis %q of material %q", r.file, r.line, r.get("basis"), r.get("material"))
				}
			}
		}
	}
}

// Shares are of the world: what the named countries leave is a row of its own,
// since a pool would otherwise give it to them.
func TestSharesOfProductionAddUpToTheWorld(t *testing.T) {
	for _, folder := range datasets(t) {
		if !has(folder, "production.csv") {
			continue
		}
		sums := map[string]float64{}
		for _, r := range readTable(t, folder+"/production.csv") {
			if r.get("share") == "" {
				continue
			}
			if r.get("tonnes") != "" || r.get("basis") != "" || r.get("material") != "" {
				t.Errorf("%s line %d has a share and tonnes, a basis or a material", r.file, r.line)
			}
			sums[r.key("year", "product")] += r.number(t, "share")
		}
		for what, sum := range sums {
			if math.Abs(sum-1) > 0.001 {
				t.Errorf("%s: the shares of %s add up to %v", folder, what, sum)
			}
		}
	}
}

// What a stage was made of is known for at least two recent years or said to
// stand on one.
func TestMinesAreKnownForThreeYears(t *testing.T) {
	years := map[string]map[string]bool{}
	for _, r := range countedProduction(t) {
		if r.get("tonnes") != "" {
			if years[r.get("product")] == nil {
				years[r.get("product")] = map[string]bool{}
			}
			years[r.get("product")][r.get("year")] = true
		}
	}
	for _, product := range []string{"lithium-ore", "lithium-brine", "cobalt-ore", "nickel-ore", "natural-graphite-mined",
		"rare-earth-ore", "gallium-crude", "tungsten-concentrate", "ammonium-paratungstate", "cobalt-refined", "nickel-refined", "lithium-carbonate", "lithium-hydroxide", "ndpr-oxide"} {
		for _, year := range []string{"2022", "2023", "2024"} {
			if !years[product][year] {
				t.Errorf("%s: no production of %s", product, year)
			}
		}
	}
	for _, year := range []string{"2022", "2023"} {
		if !years["germanium-metal"][year] {
			t.Errorf("germanium-metal: no production of %s", year)
		}
	}
}

func TestNamesInDutchAreComplete(t *testing.T) {
	names := map[string]string{}
	for _, r := range readTable(t, "names_nl.csv") {
		if r.get("name") == "" || names[r.key("kind", "id")] != "" {
			t.Errorf("names_nl.csv line %d", r.line)
		}
		names[r.key("kind", "id")] = r.get("name")
	}
	for _, kind := range []string{"country", "material", "product"} {
		for _, r := range everyTable(t, kind+".csv") {
			if names[kind+"|"+r.get("id")] == "" {
				t.Errorf("names_nl.csv lacks the %s %s", kind, r.get("id"))
			}
			delete(names, kind+"|"+r.get("id"))
		}
	}
	for code := range 35 { // the sectors of WIOD are no table of ours
		id := fmt.Sprintf("sector|WIOD2013:c%d", code+1)
		if names[id] == "" {
			t.Errorf("names_nl.csv lacks the %s", id)
		}
		delete(names, id)
	}
	for left := range names {
		t.Errorf("names_nl.csv names %s, which no table has", left)
	}
}

// The list has 34 entries; the source of each material names the one it is of.
func TestTheListOf2023IsWhole(t *testing.T) {
	entry := regexp.MustCompile(`entry '([^']+)'`)
	entries := map[string]bool{}
	for _, r := range readTable(t, "materials/material.csv") {
		if m := entry.FindStringSubmatch(r.get("source")); m != nil {
			entries[m[1]] = true
		}
	}
	if len(entries) != 34 {
		t.Errorf("%d entries, want 34", len(entries))
	}
}

// Every entry of the list is followed from what is mined, or recovered with a
// host, to a component or product, with codes, production, uses and, with the
// exceptions that README.md names, recycling and the Union's sources.
func TestEveryEntryOfTheListIsFollowed(t *testing.T) {
	entry := regexp.MustCompile(`entry '([^']+)'`)
	entries := map[string]string{} // of a material
	for _, r := range readTable(t, "materials/material.csv") {
		if m := entry.FindStringSubmatch(r.get("source")); m != nil {
			entries[r.get("id")] = m[1]
		}
	}
	stages := map[string]string{}
	for _, r := range readTable(t, "catalogue/product.csv") {
		stages[r.get("id")] = r.get("stage")
	}
	has := map[string]map[string]bool{} // what is known of an entry
	know := func(material, what string) {
		if has[entries[material]] == nil {
			has[entries[material]] = map[string]bool{}
		}
		has[entries[material]][what] = true
	}
	carried := map[string][]string{} // the materials of a product
	for _, r := range readTable(t, "catalogue/contains.csv") {
		carried[r.get("product")] = append(carried[r.get("product")], r.get("material"))
		know(r.get("material"), stages[r.get("product")])
	}
	for _, r := range readTable(t, "catalogue/coded_as.csv") {
		for _, material := range carried[r.get("product")] {
			nomenclature, _, _ := strings.Cut(r.get("code"), ":")
			know(material, strings.TrimRight(nomenclature, "0123456789"))
			know(material, nomenclature)
		}
	}
	for _, r := range countedProduction(t) {
		for _, material := range carried[r.get("product")] {
			know(material, "production")
		}
	}
	for what, file := range map[string]string{"host": "materials/byproduct_of.csv", "recycling": "materials/recycling.csv",
		"use": "catalogue/used_in.csv", "recipe": "catalogue/made_from.csv", "source": "sourcing-eu-2023/sourcing.csv"} {
		for _, r := range readTable(t, file) {
			know(r.get("material"), what)
		}
	}
	for _, of := range entries {
		known := has[of]
		for _, what := range []string{"HS2017", "HS2022", "CN", "production", "use", "recipe", "recycling", "source"} {
			excepted := what == "recycling" && of == "helium" || what == "source" && of == "PGM"
			if known[what] == excepted {
				t.Errorf("%s: %s known is %v, want %v", of, what, known[what], !excepted)
			}
		}
		if !known["extraction"] && !known["host"] {
			t.Errorf("%s is neither mined nor recovered with a host", of)
		}
		if !known["component"] && !known["assembly"] {
			t.Errorf("%s ends in no component or product", of)
		}
	}
}

// The fifteen technologies of the foresight study of 2023, and the products that
// stand for them. Each has a code or is declared a world market, and says what it
// takes of which material, or that the amount is not known.
func TestTheTechnologiesAreWhole(t *testing.T) {
	technologies := map[string][]string{
		"lithium-ion batteries": {"lithium-ion-cell"}, "fuel cells": {"fuel-cell"}, "electrolysers": {"electrolyser"},
		"wind turbines": {"wind-turbine"}, "traction motors": {"electric-traction-motor"}, "solar photovoltaics": {"photovoltaic-module"},
		"heat pumps": {"heat-pump"}, "hydrogen-based direct reduction": {"hydrogen-steel"}, "data transmission networks": {"data-network-equipment"},
		"data storage and servers": {"data-storage"}, "smartphones, tablets and laptops": {"smartphone", "laptop-tablet"},
		"additive manufacturing": {"3d-printer"}, "robotics": {"industrial-robot"}, "drones": {"drone"}, "space launchers and satellites": {"spacecraft"},
	}
	if len(technologies) != 15 {
		t.Fatalf("%d technologies", len(technologies))
	}
	reached, takes := map[string]bool{}, map[string]bool{}
	for _, r := range everyTable(t, "product.csv") {
		reached[r.get("id")] = r.get("pooled") == "true"
	}
	for _, r := range everyTable(t, "coded_as.csv") {
		reached[r.get("product")] = true
	}
	for _, r := range everyTable(t, "intensity.csv") {
		takes[r.get("product")] = true
		if v := r.get("value"); (v == "") != (r.get("unit") == "") || v != "" && r.number(t, "value") <= 0 {
			t.Errorf("%s line %d: %q of %q", r.file, r.line, v, r.get("unit"))
		}
	}
	for technology, products := range technologies {
		for _, product := range products {
			if !reached[product] || !takes[product] {
				t.Errorf("%s: %s has a code or is pooled: %v, names materials: %v", technology, product, reached[product], takes[product])
			}
		}
	}
}

func TestTheUnionHas27Members(t *testing.T) {
	var members int
	for _, r := range readTable(t, "countries/country.csv") {
		if slices.Contains(strings.Split(r.get("groups"), ";"), "EU") {
			members++
		}
	}
	if members != 27 {
		t.Errorf("%d members, want 27", members)
	}
}

// datasets are the folders that hold a dataset.csv.
func datasets(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, entry := range entries {
		if entry.IsDir() && has(entry.Name(), "dataset.csv") {
			folders = append(folders, entry.Name())
		}
	}
	return folders
}

// everyTable reads a table of every dataset that has it.
func everyTable(t *testing.T, name string) []row {
	t.Helper()
	var rows []row
	for _, folder := range datasets(t) {
		if has(folder, name) {
			rows = append(rows, readTable(t, folder+"/"+name)...)
		}
	}
	return rows
}

func has(folder, name string) bool {
	for _, suffix := range []string{"", ".gz"} {
		if _, err := os.Stat(folder + "/" + name + suffix); err == nil {
			return true
		}
	}
	return false
}

func readTable(t *testing.T, path string) []row {
	t.Helper()
	_, rows := readAll(t, path)
	return rows
}

func readAll(t *testing.T, path string) (header []string, rows []row) {
	t.Helper()
	if _, err := os.Stat(path); os.IsNotExist(err) {
		path += ".gz"
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var text io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if text, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	header = lines[0]
	for n, line := range lines[1:] {
		values := make(map[string]string, len(header))
		for i, column := range header {
			values[column] = line[i]
		}
		rows = append(rows, row{values: values, file: path, line: n + 2})
	}
	return header, rows
}
