package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What status --coverage prints of three materials of the starter data:
// testdata/coverage.txt, which go test ./cmd/tiermap -run Coverage -update writes
// anew. Read what changed.
func TestCoverageOfTheStarterData(t *testing.T) {
	const golden = "testdata/coverage.txt"
	store := "duckdb:" + filepath.Join(t.TempDir(), "starter.duckdb")
	folders, err := filepath.Glob("../../data/*/dataset.csv")
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range folders {
		folders[i] = filepath.Dir(file)
	}
	if r := run(t, append([]string{"load", "tables", "--store", store}, folders...)...); r.status != exitDone {
		t.Fatalf("the starter data: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	var got strings.Builder
	for _, material := range []string{"gallium", "cobalt", "dysprosium"} {
		r := run(t, "status", "--coverage", "--material", material, "--store", store)
		if r.status != exitDone {
			t.Fatalf("%s: status %d\n%s", material, r.status, r.stderr)
		}
		got.WriteString("$ tiermap status --coverage --material " + material + "\n" + r.stdout + "\n")
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("line %d of %s says\n%s\nbut it is\n%s", i+1, golden, wantLines[i], gotLines[i])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Errorf("%s has %d lines, what comes out %d", golden, len(wantLines), len(gotLines))
	}
	whole := run(t, "status", "--coverage", "--store", store)
	for _, name := range []string{"Aluminium (aluminium)", "Tungsten (tungsten)", "Pooled or missing"} {
		if !strings.Contains(whole.stdout, "\n"+name+"\n") && !strings.HasPrefix(whole.stdout, name+"\n") {
			t.Errorf("%q is not in what is printed of all materials", name)
		}
	}
}

// A store of one product without a material, and one of T1 with a material.
func TestCoverageOfASmallStore(t *testing.T) {
	files := map[string]string{
		"dataset.csv":      "id,title,publisher,licence,retrieved\nsmall,Small,nobody,CC0,2024-01-01\n",
		"country.csv":      "id,name\nA,Aland\nB,Bland\n",
		"material.csv":     "id,name\nm,Emmium\nn,Ennium\n",
		"product.csv":      "id,name,stage,pooled\nore,Ore,extraction,\nmetal,Metal,processing,\nthing,Thing,assembly,true\ndrone,Drone,assembly,\n",
		"contains.csv":     "product,material,mass_fraction\nore,m,0.5\nmetal,m,1\nthing,m,0.1\n",
		"made_from.csv":    "product,input,material,share,estimated\nmetal,ore,m,1,true\n",
		"production.csv":   "year,product,country,tonnes,estimated\n2020,ore,A,100,\n2020,ore,B,40,true\n2021,ore,B,,\n",
		"trade.csv":        "year,exporter,importer,product,tonnes\n2020,A,B,ore,60\n2021,A,B,metal,10\n",
		"recycling.csv":    "material,year,eol_rir\nm,2020,0.17\nn,2020,\n",
		"byproduct_of.csv": "material,host,share\nm,n,0.9\n",
		"sourcing.csv":     "year,material,stage,importer,supplier,share\n2020,m,extraction,EU,A,1\n",
	}
	store := "duckdb:" + filepath.Join(t.TempDir(), "small.duckdb")
	if r := run(t, "load", "tables", folder(t, "small", files), "--store", store); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	const want = `Emmium (m)
  sourcing: EU 2020 extraction (1 place); recycling: 17 % (2020); by-product of: n 90 %
  STAGE       PRODUCT  TRADE              ROWS  UNDER     DATASETS  PRODUCTION  COUNTRIES  AMOUNT     ESTIMATED          RECIPE
  extraction  ore      2020               1     its name  small     2020-2021   1 in 2021  not known  0 of 1, 1 unknown  begins here
  processing  metal    2021               1     its name  small     -           -          -          -                  estimated
  assembly    thing    pooled (declared)  -     -         -         -           -          -          -                  none

Ennium (n)
  sourcing: -; recycling: -; by-product of: -

Pooled or missing
  one world market, declared so (1): thing
  one world market, production being known as shares in some year (0): none
  one world market, there being no trade under its codes (0): none
  production not known, inferred from what is exported (1): metal
  neither trade nor production: no supply is known (1): thing
  no recipe, so that the walk of that material ends there (1): thing (m)
  material that no product is known to contain (1): n
  material without sourcing shares (1): n
  material without a recycling rate (1): n
  product of which no mass fraction of any material is known (1): drone
`
	if r := run(t, "status", "--coverage", "--store", store); r.status != exitDone || r.stdout != want {
		t.Errorf("status %d, got\n%s\nwant\n%s", r.status, r.stdout, want)
	}
	r := run(t, "status", "--coverage", "--json", "--material", "m", "--store", store)
	var got struct{ Materials []materialCoverageJSON }
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || len(got.Materials) != 1 {
		t.Fatalf("%v\n%s%s", err, r.stdout, r.stderr)
	}
	m := got.Materials[0]
	if ore := m.Products[0]; len(m.Products) != 3 || len(ore.Production) != 2 || *ore.Production[0].Tonnes != 70 || ore.Production[0].Estimated != 1 ||
		ore.Production[1].Tonnes != nil || ore.Production[1].Unknown != 1 || len(ore.Trade) != 1 || ore.Trade[0].Year != 2020 {
		t.Errorf("got %+v", m)
	}
	if *m.Recycling[0].EolRir != 0.17 || *m.ByproductOf[0].Share != 0.9 || m.Products[2].Pooled != "declared" || m.Products[2].Recipe != "none" {
		t.Errorf("got %+v", m)
	}
	if r := run(t, "status", "--coverage", "--material", "emium", "--store", store); r.status != exitFailed || !strings.Contains(r.stderr, "NOT_FOUND") {
		t.Errorf("an unknown material: status %d, %s", r.status, r.stderr)
	}
	if r := run(t, "status", "--material", "m", "--store", store); r.status != exitUsage {
		t.Errorf("--material alone: status %d", r.status)
	}
}
