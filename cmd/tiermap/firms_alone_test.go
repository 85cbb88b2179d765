package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/graph/neo4j/neo4jtest"
)

// firmTables are firms that supply each other: two mines and a recycler where supply
// starts, a smelter, and a maker that sends a part of the metal back to it.
func firmTables(t *testing.T) string {
	return folder(t, "firms", map[string]string{
		"dataset.csv":  "id,title\nfirms,Who supplies whom\n",
		"product.csv":  "id,name,stage\nore,Ore,extraction\nmetal,Metal,processing\nmagnet,Magnet,component\n",
		"company.csv":  "id,name,country\nacme,Acme,GBR\nminer,Miner,AUS\nsmelter,Smelter,BEL\nrecycler,Recycler,DEU\nmaker,Maker,NLD\n",
		"facility.csv": "id,name,country,operator\npit,Pit,CHL,acme\n",
		"owns.csv":     "owner,owned,from,share\nacme,miner,2020-01-01,0.75\n",
		"supplies.csv": "year,supplier,customer,product,tonnes\n2023,pit,smelter,ore,100\n2023,miner,smelter,ore,300\n" +
			"2023,maker,smelter,metal,5\n2023,smelter,maker,metal,30\n2023,recycler,maker,metal,10\n",
	})
}

const firmsAloneQuery = `{ dependency(company: "maker", product: "magnet") {
	country { id } company { id name } year supplyTonnes domesticShare unexplainedShare estimatedShare madeHereSteps borderCrossings
	shares { country { id } direct origin hidden tonnes } unexplained { country { id } share }
	tiers { product { id } steps madeIn { country { id } share } controlledFrom { country { id } share } controlUnknownShare companyHhi }
	originProducers { company { name } facility { name operator { name } } country { id } share }
	companies: chokepoints(kind: COMPANY) { company { id name country { id } } passThroughShare }
	facilities: chokepoints(kind: FACILITY) { facility { name } passThroughShare }
	countries: chokepoints(kind: COUNTRY) { country { id } passThroughShare }
	stages: chokepoints(kind: STAGE) { country { id } product { id } passThroughShare }
	links: chokepoints(kind: LINK) { passThroughShare }
	paths { explainedShare paths { share steps { country { id } product { id } company { name } facility { name } by } } }
	network { nodes { country { id } product { id } passThroughShare } links { passThroughShare } }
	tierFlows { flows { share } unexplained { share } foldedShare }
	concentration { directHhi originHhi originHhiUpper originCompanyHhi originControlHhi }
	coverage { explainedShare residual products { id } pooled { id } }
	finding { headline captions } provenance { id } method { balance } assumptions
} }`

type firmsAloneAnswer struct {
	Dependency struct {
		Year            int
		OriginProducers []struct {
			Company, Facility *struct{ Name string }
			Share             float64
		}
		Countries []struct {
			Country          ref
			PassThroughShare float64
		}
		Assumptions []string
	}
}

// checkFirmsAlone holds what is worked out by hand. Of the metal that comes to the
// smelter as 5 t of 405 three quarters go back to it: what it makes starts in the pit
// with s = 100/405 + 5/405·3/4·s, that is 100/401.25, and it makes three quarters of
// what the maker takes.
func checkFirmsAlone(t *testing.T, r result) {
	t.Helper()
	got := decoded[firmsAloneAnswer](t, r).Dependency
	starts := map[string]float64{}
	for _, p := range got.OriginProducers {
		if p.Facility != nil {
			starts[p.Facility.Name] = p.Share
		} else {
			starts[p.Company.Name] = p.Share
		}
	}
	for name, want := range map[string]float64{"Pit": 75 / 401.25, "Miner": 225 / 401.25, "Recycler": 1 - 300/401.25} {
		if math.Abs(starts[name]-want) > 1e-12 {
			t.Errorf("%.15f starts at %s, want %.15f", starts[name], name, want)
		}
	}
	if got.Year != 2023 || len(got.Countries) == 0 || got.Countries[0].Country.ID != "BEL" || math.Abs(got.Countries[0].PassThroughShare-0.75) > 1e-12 {
		t.Errorf("%+v", got)
	}
	said := strings.Join(got.Assumptions, "\n")
	for _, sentence := range []string{"No year was asked: 2023 is the newest", "There are 5 rows of who supplies whom, and more than 4 are not followed", "A network of firms on their own:"} {
		if !strings.Contains(said, sentence) {
			t.Errorf("the assumptions do not say %q:\n%s", sentence, said)
		}
	}
}

// A network of firms beyond the rows that are read one by one answers as the small one
// does, in every field but what it assumes.
func TestAskFirmsOnTheirOwn(t *testing.T) {
	store := "duckdb:" + filepath.Join(t.TempDir(), "firms.duckdb")
	if r := run(t, "load", "tables", "--store", store, firmTables(t)); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	alone := run(t, "ask", firmsAloneQuery, "--store", store, "--firm-rows", "4")
	checkFirmsAlone(t, alone)
	byRow := run(t, "ask", firmsAloneQuery, "--store", store)
	compareAnswers(t, "", decoded[map[string]any](t, alone), decoded[map[string]any](t, byRow))

	for _, refused := range []struct{ question, code, says string }{
		{`{ dependency(company: "maker", product: "magnet") { intervals { draws } } }`, "BAD_INPUT", "no intervals in a network of"},
		{`{ dependency(company: "maker", product: "magnets") { year } }`, "NOT_FOUND", "magnets"},
	} {
		r := runWith(t, "", map[string]string{"TIERMAP_FIRM_ROWS": "4"}, "ask", refused.question, "--store", store)
		if r.status != exitFailed || !strings.Contains(r.stdout, refused.code) || !strings.Contains(r.stdout, refused.says) {
			t.Errorf("%s: %s", refused.question, r.stdout)
		}
	}
	country := run(t, "ask", `{ dependency(country: "NLD", product: "metal", year: 2023) { assumptions } }`, "--store", store, "--firm-rows", "4")
	if !strings.Contains(country.stdout, "Who supplies whom is left out: there are 5 rows of it") {
		t.Errorf("%s", country.stdout)
	}
	if r := run(t, "ask", "{ __typename }", "--store", store, "--firm-rows", "0"); r.status != exitUsage {
		t.Errorf("status %d", r.status)
	}
	none := run(t, "ask", `{ dependency(company: "acme", product: "magnet", year: 2023) { supplyTonnes shares { origin } assumptions } }`, "--store", store, "--firm-rows", "4")
	if !strings.Contains(none.stdout, "It is not known that acme makes magnet") || none.status != exitDone {
		t.Errorf("%s", none.stdout)
	}
}

func TestAskFirmsOnTheirOwnOfNeo4j(t *testing.T) {
	server := neo4jtest.Empty(t)
	store := caseStore{"TIERMAP_STORE": server.URL, "TIERMAP_NEO4J_USER": server.User, "TIERMAP_NEO4J_PASSWORD": server.Password}
	if r := runWith(t, "", store, "load", "tables", "--no-build", firmTables(t)); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	checkFirmsAlone(t, runWith(t, "", store, "ask", firmsAloneQuery, "--firm-rows", "4"))
}

// compareAnswers holds two answers against each other, figures to 1e-12, but for what
// they assume.
func compareAnswers(t *testing.T, path string, got, want any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		of, _ := got.(map[string]any)
		for name, value := range want {
			if name != "assumptions" {
				compareAnswers(t, path+"."+name, of[name], value)
			}
		}
	case []any:
		of, _ := got.([]any)
		if len(of) != len(want) {
			t.Errorf("%s: %v, want %v", path, got, want)
			return
		}
		for i, value := range want {
			compareAnswers(t, path, of[i], value)
		}
	case float64:
		if of, ok := got.(float64); !ok || math.Abs(of-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	default:
		if got != want {
			x, _ := json.Marshal(got)
			y, _ := json.Marshal(want)
			t.Errorf("%s: %s, want %s", path, x, y)
		}
	}
}
