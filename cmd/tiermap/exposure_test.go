package main

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph/supply/supplytest"
)

// loadedCase returns the URL of a store that holds a worked case of the methods.
func loadedCase(t *testing.T, name string) string {
	t.Helper()
	cases := supplytest.Cases(t, "../../graph/supply/testdata/cases")
	i := slices.IndexFunc(cases, func(c supplytest.Case) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no case %q", name)
	}
	store := "duckdb:" + filepath.Join(t.TempDir(), "case.duckdb")
	if r := run(t, append([]string{"load", "tables", "--store", store}, folders(t, cases[i])...)...); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	return store
}

// answerTo puts a question and reads the answer.
func answerTo[T any](t *testing.T, store, question string) T {
	t.Helper()
	return decoded[T](t, run(t, "ask", question, "--store", store))
}

// decoded reads the answer that a command printed.
func decoded[T any](t *testing.T, r result) T {
	t.Helper()
	var got struct{ Data T }
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.status != exitDone {
		t.Fatalf("%v: status %d\n%s%s", err, r.status, r.stdout, r.stderr)
	}
	return got.Data
}

// refusal puts a question that is refused, and returns the code and the message.
func refusal(t *testing.T, store, question string) (code, message string) {
	t.Helper()
	r := run(t, "ask", question, "--store", store)
	var got struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.status != exitFailed || len(got.Errors) != 1 {
		t.Fatalf("%s: %v: status %d, want one error\n%s", question, err, r.status, r.stdout)
	}
	return got.Errors[0].Extensions.Code, got.Errors[0].Message
}

type exposureAnswer struct {
	Exposure struct {
		Year                                          int
		Material                                      *ref
		Product                                       *ref
		TotalCount                                    int
		Truncated                                     bool
		WorldShare, FinalUseTonnes, OwnFinalUseTonnes float64
		Method                                        struct{ Version, Balance string }
		Provenance                                    []ref
		Assumptions                                   []string
		Targets                                       []exposedRow
	}
}

type exposedRow struct {
	Country, Product                   ref
	PassThroughShare, UnexplainedShare float64
	Tonnes, FinalUseTonnes             *float64
}

const exposureFields = `year material { id } product { id } totalCount truncated worldShare finalUseTonnes ownFinalUseTonnes
	method { version balance } provenance { id } assumptions
	targets { country { id } product { id } passThroughShare unexplainedShare tonnes finalUseTonnes }`

// TestExposure asks who depends on D, and on its ore, in the worked case T2.
func TestExposure(t *testing.T) {
	store := loadedCase(t, "T2 three tiers")
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > tolerance*max(1, math.Abs(want)) {
			t.Errorf("%s is %.15g, want %.15g", what, got, want)
		}
	}
	e := answerTo[exposureAnswer](t, store, `{ exposure(to: {country: "D"}, product: "magnet", first: 2) { `+exposureFields+` } }`).Exposure
	if e.Year != 2020 || e.Material == nil || e.Material.ID != "m" || e.Product == nil || e.Product.ID != "magnet" ||
		e.TotalCount != 3 || !e.Truncated || e.Method.Balance != "MASS" || !slices.Equal(e.Provenance, []ref{{"t2"}}) || len(e.Assumptions) == 0 {
		t.Errorf("exposure to D: %+v", e)
	}
	near("world share", e.WorldShare, 263.0/663)
	near("final use", e.FinalUseTonnes, 60)
	near("own final use", e.OwnFinalUseTonnes, 20)
	if len(e.Targets) != 2 || e.Targets[0].Country.ID != "E" || e.Targets[1].Country.ID != "C" {
		t.Fatalf("targets %+v", e.Targets)
	}
	near("share of E", e.Targets[0].PassThroughShare, 93.0/221)
	near("tonnes of E", *e.Targets[0].Tonnes, 50*93.0/221)
	near("final use of C", *e.Targets[1].FinalUseTonnes, 5)
	near("unexplained of E", e.Targets[0].UnexplainedShare, 1007.0/5967)

	for question, want := range map[string]map[string]float64{
		// D's own magnets depend on D's ore, and are not of the set.
		`to: {country: "D", product: "ore"}, product: "magnet"`: {"E magnet": 752.0 / 1989, "D magnet": 8.0 / 9, "C magnet": 166.0 / 663, "F magnet": 166.0 / 663},
		`to: {from: "B", to: "C", product: "metal"}, product: "magnet"`: {
			"E magnet": 36.0 / 65, "C magnet": 9.0 / 13, "F magnet": 9.0 / 13},
		// Every product of the network, by the material or by the product of the set.
		`to: {country: "D"}, material: "m"`: {"E magnet": 93.0 / 221, "C magnet": 61.0 / 221, "F magnet": 61.0 / 221,
			"C metal": 61.0 / 221, "F metal": 1.0 / 17, "B metal": 1.0 / 17, "B ore": 1.0 / 17},
		`to: {country: "B", product: "metal"}`:  {"C metal": 10.0 / 13, "F metal": 1, "C magnet": 10.0 / 13, "E magnet": 8.0 / 13, "F magnet": 10.0 / 13},
		`to: {country: "E"}, product: "magnet"`: {},
		`to: {country: "NLD"}, material: "m"`:   {},
	} {
		e := answerTo[exposureAnswer](t, store, `{ exposure(`+question+`, year: 2020) { `+exposureFields+` } }`).Exposure
		got := map[string]float64{}
		for _, row := range e.Targets {
			got[row.Country.ID+" "+row.Product.ID] = row.PassThroughShare
		}
		if len(got) != len(want) || e.TotalCount != len(want) || e.Truncated {
			t.Errorf("%s: %v", question, got)
		}
		for target, share := range want {
			near(question+" of "+target, got[target], share)
		}
		unknown := slices.ContainsFunc(e.Assumptions, func(s string) bool { return strings.Contains(s, "nobody depends on it") })
		if unknown != strings.Contains(question, "NLD") {
			t.Errorf("%s: assumptions %q", question, e.Assumptions)
		}
	}
	none := answerTo[exposureAnswer](t, store, `{ exposure(to: {country: "D"}, product: "magnet", first: 0) { totalCount truncated targets { passThroughShare } } }`)
	if len(none.Exposure.Targets) != 0 || none.Exposure.TotalCount != 3 || !none.Exposure.Truncated {
		t.Errorf("no targets wanted: %+v", none)
	}
}

// A group is the set of its members: between them and with others.
func TestExposureToAGroup(t *testing.T) {
	files := map[string]string{
		"dataset.csv":    "id\ng\n",
		"country.csv":    "id,groups\nA,G\nB,G\nC,\n",
		"product.csv":    "id,stage\np,extraction\n",
		"production.csv": "year,product,country,tonnes\n2020,p,A,100\n2020,p,B,40\n",
		"trade.csv":      "year,exporter,importer,product,tonnes\n2020,A,B,p,60\n2020,A,C,p,10\n2020,B,C,p,50\n2020,C,B,p,10\n",
	}
	store := "duckdb:" + filepath.Join(t.TempDir(), "g.duckdb")
	if r := run(t, "load", "tables", folder(t, "g", files), "--store", store); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, to := range []string{`{country: "G"}`, `{country: "G", product: "p"}`, `{from: "G", to: "C", product: "p"}`} {
		e := answerTo[exposureAnswer](t, store, `{ exposure(to: `+to+`, product: "p") { `+exposureFields+` } }`).Exposure
		var c *exposedRow
		for i := range e.Targets {
			if e.Targets[i].Country.ID == "C" {
				c = &e.Targets[i]
			}
		}
		if e.Material != nil || c == nil || math.Abs(c.PassThroughShare-1) > tolerance || *c.Tonnes != 60 {
			t.Errorf("who depends on %s: %+v", to, e)
		}
		if stages := strings.Contains(to, "country"); stages != (e.TotalCount == 1) || stages && e.OwnFinalUseTonnes != 90 {
			t.Errorf("who depends on %s: %+v", to, e)
		}
	}
}

// A pooled product is one target: the world, without tonnes.
func TestExposureOfAPool(t *testing.T) {
	store := loadedCase(t, "pooled market, declared")
	for country, share := range map[string]float64{"B": 0.25, "C": 0.75} { // A makes three in four, of C's magnets
		e := answerTo[exposureAnswer](t, store, `{ exposure(to: {country: "`+country+`"}, product: "turbine") { `+exposureFields+` } }`).Exposure
		if len(e.Targets) != 1 || e.WorldShare != share {
			t.Fatalf("who depends on %s: %+v", country, e)
		}
		if w := e.Targets[0]; w.Country.ID != "WLD" || w.Product.ID != "turbine" || w.PassThroughShare != share || w.UnexplainedShare != 0.25 ||
			w.Tonnes != nil || w.FinalUseTonnes != nil {
			t.Errorf("who depends on %s: %+v", country, w)
		}
		if !slices.ContainsFunc(e.Assumptions, func(s string) bool { return strings.Contains(s, "All draw turbine from one pool") }) {
			t.Errorf("assumptions %q", e.Assumptions)
		}
	}
}

// TestWorldChokepoints asks for those of T1 and T2.
func TestWorldChokepoints(t *testing.T) {
	type points struct {
		Chokepoints []struct {
			point
			WorldShare  float64
			Countries   int
			Year        int
			Method      struct{ Epsilon float64 }
			Provenance  []ref
			Assumptions []string
		}
	}
	const fields = `{ kind country { id } product { id } from { id } to { id } company { id } facility { id } worldShare countries
		year method { epsilon } provenance { id } assumptions }`
	store := loadedCase(t, "T2 three tiers")
	for question, want := range map[string][]string{
		`product: "magnet"`: {"COUNTRY C  3/5 1", "COUNTRY B  25/52 0", "COUNTRY A  100/221 0", "COUNTRY D  263/663 0", "COUNTRY F  11/65 0"},
		`product: "magnet", first: 2, year: 2020, material: "m"`: {"COUNTRY C  3/5 1", "COUNTRY B  25/52 0"},
		`product: "magnet", kind: STAGE, first: 1`:               {"STAGE C metal 5/8 2"},
		// Final use of ore: A 10, B 25; what D has, its own metal uses.
		`product: "ore"`:              {"COUNTRY A  16/17 0", "COUNTRY D  5/119 0"},
		`product: "magnet", first: 0`: {},
	} {
		got := answerTo[points](t, store, `{ chokepoints(`+question+`) `+fields+` }`).Chokepoints
		var list []string
		for _, c := range got {
			product := ""
			if c.Product != nil {
				product = c.Product.ID
			}
			list = append(list, fmt.Sprintf("%s %s %s %.12f %d", c.Kind, c.Country.ID, product, c.WorldShare, c.Countries))
			if c.Year != 2020 || c.Method.Epsilon != 0.001 || !slices.Equal(c.Provenance, []ref{{"t2"}}) || (len(c.Assumptions) == 0) != strings.Contains(question, "year") {
				t.Errorf("%s: %+v", question, c)
			}
		}
		for i, line := range want {
			parts := strings.Split(line, " ")
			share, err := supplytest.ParseNumber(parts[3])
			if err != nil {
				t.Fatal(err)
			}
			want[i] = fmt.Sprintf("%s %.12f %s", strings.Join(parts[:3], " "), share, parts[4])
		}
		if !slices.Equal(list, want) {
			t.Errorf("%s: %q, want %q", question, list, want)
		}
	}
}

// What cannot be asked says what can.
func TestExposureRefusals(t *testing.T) {
	store := loadedCase(t, "T2 three tiers")
	for question, want := range map[string][2]string{
		`exposure(to: {country: "D"}) { year }`:                                           {"BAD_INPUT", "name a product or a material"},
		`exposure(to: {}, product: "ore") { year }`:                                       {"BAD_INPUT", "say on what"},
		`exposure(to: {product: "ore"}) { year }`:                                         {"BAD_INPUT", "say on what"},
		`exposure(to: {from: "A", to: "B"}, product: "ore") { year }`:                     {"BAD_INPUT", "say on what"},
		`exposure(to: {country: "A", from: "A", to: "B", product: "ore"}) { year }`:       {"BAD_INPUT", "say on what"},
		`exposure(to: {company: "x"}, product: "ore") { year }`:                           {"NOT_FOUND", "no company is called \"x\""},
		`exposure(to: {facility: "x"}, product: "ore") { year }`:                          {"NOT_FOUND", "no facility is called \"x\""},
		`exposure(to: {company: "x", country: "A"}, product: "ore") { year }`:             {"BAD_INPUT", "not more than one"},
		`dependency(company: "x", product: "ore") { year }`:                               {"NOT_FOUND", "no company is called \"x\""},
		`dependency(company: "x", country: "A", product: "ore") { year }`:                 {"BAD_INPUT", "exactly one"},
		`dependency(product: "ore") { year }`:                                             {"BAD_INPUT", "exactly one"},
		`exposure(to: {country: "Nowhere-land"}, product: "ore") { year }`:                {"NOT_FOUND", "Nowhere-land"},
		`exposure(to: {from: "Nowhere-land", to: "A", product: "ore"}) { year }`:          {"NOT_FOUND", "Nowhere-land"},
		`exposure(to: {from: "A", to: "Nowhere-land", product: "ore"}) { year }`:          {"NOT_FOUND", "Nowhere-land"},
		`exposure(to: {country: "A", product: "oar"}) { year }`:                           {"NOT_FOUND", "oar"},
		`exposure(to: {country: "A"}, product: "oar") { year }`:                           {"NOT_FOUND", "oar"},
		`exposure(to: {country: "A"}, material: "zinc") { year }`:                         {"NOT_FOUND", "zinc"},
		`exposure(to: {country: "A"}, product: "ore", material: "zinc") { year }`:         {"NOT_FOUND", "zinc"},
		`exposure(to: {country: "A", product: "HS2017:260500"}, product: "ore") { year }`: {"BAD_INPUT", "is not of this network"},
		`exposure(to: {country: "A"}, product: "ore", year: 12) { year }`:                 {"BAD_INPUT", "calendar year"},
		`exposure(to: {country: "A"}, product: "ore", first: 1001) { year }`:              {"BAD_INPUT", "1000"},
		`chokepoints(product: "oar") { year }`:                                            {"NOT_FOUND", "oar"},
		`chokepoints(product: "ore", first: -1) { year }`:                                 {"BAD_INPUT", "first"},
		`chokepoints(product: "ore", year: 12) { year }`:                                  {"BAD_INPUT", "calendar year"},
	} {
		if code, message := refusal(t, store, "{ "+question+" }"); code != want[0] || !strings.Contains(message, want[1]) {
			t.Errorf("%s: %s %s, want %s ... %s", question, code, message, want[0], want[1])
		}
	}
}

// TestWorldChokepointsOfFirms asks what the world's metal passes of companies and
// plants, as in the worked case: D alone uses it, and C, which makes it, passes the
// smelter too.
func TestWorldChokepointsOfFirms(t *testing.T) {
	store := loadedCase(t, "producers of an origin and of a stage")
	type answer struct {
		Chokepoints []struct {
			Company, Facility *ref
			WorldShare        float64
			Countries         int
			IsSum             bool
		}
	}
	for question, want := range map[string][]string{
		`{ chokepoints(product: "metal", kind: FACILITY) %s }`:                           {"s 1 2 false", "f 4/15 0 false"},
		`{ chokepoints(product: "metal", kind: COMPANY) %s }`:                            {"k 1 2 false", "j 11/30 0 false"},
		`{ chokepoints(product: "metal", kind: COMPANY, attribution: MAJORITY) %s }`:     {"P 1 2 false", "h 11/30 0 false"},
		`{ chokepoints(product: "metal", kind: COMPANY, attribution: PROPORTIONAL) %s }`: {"k 19/15 0 true", "P 19/25 0 true", "j 11/30 0 true", "h 11/40 0 true"},
	} {
		got := answerTo[answer](t, store, fmt.Sprintf(question, "{ company { id } facility { id } worldShare countries isSum }")).Chokepoints
		if len(got) != len(want) {
			t.Errorf("%s: %d lines, want %d", question, len(got), len(want))
			continue
		}
		for i, line := range want {
			cells := strings.Split(line, " ")
			share, err := supplytest.ParseNumber(cells[1])
			if err != nil {
				t.Fatal(err)
			}
			c := got[i]
			if idOf(c.Company, c.Facility) != cells[0] || math.Abs(c.WorldShare-share) > tolerance ||
				fmt.Sprint(c.Countries) != cells[2] || fmt.Sprint(c.IsSum) != cells[3] {
				t.Errorf("%s: line %d is %s %v %d %t, want %s", question, i+1, idOf(c.Company, c.Facility), c.WorldShare, c.Countries, c.IsSum, line)
			}
		}
	}
}
