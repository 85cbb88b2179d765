package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/queries"
)

// t2 is the worked case T2 of the methods, as a user types it in, with a company,
// its plants and its owners, and one link of trade that stands under a code.
var t2 = map[string]string{
	"dataset.csv": `id,title,publisher,url,licence,version,retrieved
t2,Three tiers,nobody,https://example.org/t2,CC0,1,2024-01-01
`,
	"country.csv": `id,name
A,Aland
B,Bland
C,Cland
D,Dland
E,Eland
F,Fland
`,
	"material.csv": `id,name,symbol
m,Emium,Em
`,
	"product.csv": `id,name,stage
ore,Emium ore,extraction
metal,Emium metal,processing
magnet,Emium magnet,component
`,
	"contains.csv": `product,material,mass_fraction
ore,m,1
metal,m,1
magnet,m,1
`,
	"made_from.csv": `product,input,share
metal,ore,1
magnet,metal,1
`,
	"coded_as.csv": `product,code,share
metal,HS2017:280530,1
`,
	"production.csv": `year,product,country,tonnes
2020,ore,A,90
2020,ore,D,30
2020,metal,B,60
2020,metal,D,40
2020,magnet,C,50
2020,magnet,D,30
`,
	"trade.csv": `year,exporter,importer,product,code,value_usd,tonnes
2020,A,B,ore,,800,80
2020,D,B,ore,,50,5
2020,B,C,,HS2017:280530,4500,45
2020,D,C,,HS2017:280530,1500,15
2020,B,F,,HS2017:280530,500,5
2020,F,C,,HS2017:280530,550,5
2019,B,C,,HS2017:280530,4000,40
2020,C,E,magnet,,30000,30
2020,D,E,magnet,,10000,10
2020,C,F,magnet,,15000,15
2020,F,E,magnet,,11000,10
`,
	"company.csv": `id,name,country
magnetics,Magnetics Ltd,C
holding,Holding SA,D
family,Family Trust,B
`,
	"facility.csv": `id,name,country,operator
works-1,First works,C,magnetics
works-2,Second works,F,magnetics
`,
	"owns.csv": `owner,owned,share,from
holding,magnetics,0.8,
family,holding,0.5,
magnetics,works-1,1,
`,
}

// sectorsOfT2 is an input-output table of two of its countries: that of
// testdata/tables/two-by-two.json.
var sectorsOfT2 = map[string]string{
	"dataset.csv": "id\nio\n",
	"sector.csv":  "id,name\nIO:farming,Farming\nIO:works,Works\n",
	"io_output.csv": `year,country,sector,value_usd
2020,A,IO:farming,100
2020,A,IO:works,200
2020,B,IO:farming,100
2020,B,IO:works,400
`,
	"io_flow.csv": `year,country,sector,buyer,buyer_sector,value_usd
2020,A,IO:farming,A,IO:farming,10
2020,A,IO:farming,A,IO:works,40
2020,A,IO:works,A,IO:farming,20
2020,A,IO:works,B,IO:works,80
2020,B,IO:farming,B,IO:farming,20
2020,B,IO:farming,B,IO:works,40
2020,B,IO:works,A,IO:farming,10
2020,B,IO:works,A,IO:works,40
2020,B,IO:works,B,IO:farming,20
2020,B,IO:works,B,IO:works,120
`,
}

// t2Parameters are what the questions of the catalogue are asked about T2; what
// the worked case answers exactly, no cut-off may hide.
var t2Parameters = map[string][]string{
	"chain-paths":           {"country=E", "product=magnet", "material=m", "year=2020", "minShare=0.001", "first=100"},
	"chokepoints":           {"product=magnet", "material=m", "year=2020"},
	"company-and-owners":    {"company=magnetics", "year=2020"},
	"direct-suppliers":      {"country=E", "product=magnet", "material=m", "year=2020"},
	"hang-on-one-country":   {"materials=m", "product=magnet", "year=2020"},
	"material-in-products":  {"country=D", "material=m", "year=2020"},
	"origins-beside-direct": {"country=E", "product=magnet", "material=m", "year=2020"},
	"provenance-of-a-link":  {"exporter=B", "importer=C", "product=metal", "year=2020"},
	"stopped-stage":         {"country=B", "product=metal", "target=magnet", "material=m", "year=2020", "minShare=0"},
	"suppliers-in-common":   {"country=E", "other=F", "product=magnet", "material=m", "year=2020"},
	"tier-profile":          {"country=E", "product=magnet", "material=m", "year=2020", "minStep=0", "minShare=0"},
	"value-added-rounds":    {"country=A", "sector=IO:works", "year=2020"},
	"trade-of-a-code":       {"code=HS2017:280530", "exporter=", "years=2019,2020"},
	"who-depends":           {"country=A", "product=magnet", "material=m", "year=2020"},
}

// asking is the command line that puts a question of the catalogue about T2.
func asking(name, store string, more ...string) []string {
	args := append([]string{"queries", name, "--store", store}, more...)
	for _, p := range t2Parameters[name] {
		args = append(args, "--param", p)
	}
	return args
}

// loadedT2 loads T2 into a store, or into a new embedded one.
func loadedT2(t *testing.T) string {
	t.Helper()
	store := "duckdb:" + filepath.Join(t.TempDir(), "t2.duckdb")
	if r := run(t, "load", "tables", folder(t, "t2", t2), folder(t, "io", sectorsOfT2), "--store", store); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	return store
}

// TestCatalogueAnswers holds every question, put to the embedded store, against
// testdata/catalogue.txt. Its figures are those of docs/methods.md, worked case
// T2, as printed for people, or can be counted in the tables above.
func TestCatalogueAnswers(t *testing.T) {
	want, err := os.ReadFile("testdata/catalogue.txt")
	if err != nil {
		t.Fatal(err)
	}
	store := loadedT2(t)
	var got strings.Builder
	for _, q := range queries.All() {
		r := run(t, asking(q.Name, store)...)
		if r.status != exitDone {
			t.Errorf("%s: status %d: %s", q.Name, r.status, r.stderr)
		}
		if left := "Leaves out: " + q.Twin.LeavesOut + "\n"; q.Twin.LeavesOut != "" && r.stderr != left || q.Twin.LeavesOut == "" && r.stderr != "" {
			t.Errorf("%s says %q", q.Name, r.stderr)
		}
		fmt.Fprintf(&got, "== %s\n%s\n", q.Name, r.stdout)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s", got.String())
	}
}

func TestQueriesShow(t *testing.T) {
	list := run(t, "queries")
	if n := strings.Count(list.stdout, "\n"); list.status != exitDone || n != len(queries.All()) ||
		!strings.Contains(list.stdout, "chain-paths            Chain paths to the origins\n") {
		t.Errorf("status %d, %d lines:\n%s", list.status, n, list.stdout)
	}
	q, _ := queries.Find("chain-paths")
	if r := run(t, "queries", "chain-paths"); r.status != exitDone || r.stdout != q.Cypher+"\n"+q.Twin.GraphQL {
		t.Errorf("status %d:\n%s", r.status, r.stdout)
	}
	path := filepath.Join(t.TempDir(), "saved.zip")
	if r := run(t, "queries", "--browser", path); r.status != exitDone {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	text, err := fs.ReadFile(archive, "tiermap/chain-paths.cypher")
	if err != nil || string(text) != q.Saved() || len(archive.File) != len(queries.All()) {
		t.Errorf("%v: the archive has %d files and holds\n%s", err, len(archive.File), text)
	}
}

func TestQueriesFormats(t *testing.T) {
	store := loadedT2(t)
	r := run(t, asking("direct-suppliers", store, "--format", "csv")...)
	if want := "country,share,tonnes\nC,0.6,30\nD,0.2,10\nF,0.2,10\n"; r.stdout != want {
		t.Errorf("csv: %q, want %q", r.stdout, want)
	}
	r = run(t, asking("direct-suppliers", store, "--format", "json", "--param", "first=2")...)
	if want := `[
  {"country": "C", "share": 0.6, "tonnes": 30},
  {"country": "D", "share": 0.2, "tonnes": 10}
]
`; r.stdout != want {
		t.Errorf("json: %q, want %q", r.stdout, want)
	}
	r = run(t, asking("chokepoints", store, "--format", "csv", "--param", "first=3")...)
	if got := strings.Count(r.stdout, "\n"); got != 4 {
		t.Errorf("first=3 gives %d lines:\n%s", got, r.stdout)
	}
	r = run(t, append(asking("direct-suppliers", store, "--format", "json"), "--param", "minShare=0.9")...)
	var none []any
	if err := json.Unmarshal([]byte(r.stdout), &none); err != nil || none == nil || len(none) != 0 {
		t.Errorf("no rows: %v %q, want an empty list", err, r.stdout)
	}
}

func TestQueriesRefusals(t *testing.T) {
	store := loadedT2(t)
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"chain-pats"}, exitFailed, "did you mean chain-paths"},
		{[]string{"chain-paths", "--param", "country"}, exitUsage, "not name=value"},
		{[]string{"company-and-owners", "--run"}, exitUsage, "has to be given company, such as company="},
		{[]string{"chain-paths", "--param", "countri=E"}, exitUsage, "no parameter"},
		{[]string{"chain-paths", "--param", "year=soon"}, exitUsage, "no whole number"},
		{[]string{"chain-paths", "--param", "product=magnets"}, exitFailed, "NOT_FOUND"},
		{asking("chain-paths", store, "--format", "xml")[1:], exitUsage, "--format"},
		{asking("chain-paths", store, "--cypher")[1:], exitFailed, "does not speak Cypher"},
	} {
		r := run(t, append([]string{"queries", "--store", store}, c.args...)...)
		if r.status != c.status || !strings.Contains(r.stderr, c.says) || r.stdout != "" {
			t.Errorf("%q: status %d, %q %q; want %d and %q", c.args, r.status, r.stdout, r.stderr, c.status, c.says)
		}
	}
}
