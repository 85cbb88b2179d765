package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tiermap/graph/neo4j/neo4jtest"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// tolerance is how far an answer may be from a worked case.
const tolerance = 1e-12

// TestWorkedCases types every worked case of the methods in as tables, loads
// them into an embedded store and asks for them in GraphQL: what a user gets.
func TestWorkedCases(t *testing.T) { checkEmbedded(t, workedCases(t)) }

// TestWorkedCasesInNeo4j asks a graph database those that reach beyond the network
// of countries, which every store hands over alike: companies, plants and control,
// and questions of other kinds.
func TestWorkedCasesInNeo4j(t *testing.T) {
	checkInNeo4j(t, slices.DeleteFunc(workedCases(t), func(c supplytest.Case) bool { return len(c.Asks) == 0 && !saysOfFirms(c) }))
}

// workedCases are those of the methods, but for those of places that are no
// country, which are built in: a table cannot declare one.
func workedCases(t *testing.T) []supplytest.Case {
	t.Helper()
	return slices.DeleteFunc(supplytest.Cases(t, "../../graph/supply/testdata/cases"), func(c supplytest.Case) bool { return len(c.Areas) > 0 })
}

// TestTableCases does so with the worked cases of input-output tables.
func TestTableCases(t *testing.T) { checkEmbedded(t, supplytest.Cases(t, "testdata/tables")) }

// TestTableCasesInNeo4j asks them of a graph database.
func TestTableCasesInNeo4j(t *testing.T) { checkInNeo4j(t, supplytest.Cases(t, "testdata/tables")) }

func checkEmbedded(t *testing.T, cases []supplytest.Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			checkWorkedCase(t, caseStore{"TIERMAP_STORE": "duckdb:" + filepath.Join(t.TempDir(), "case.duckdb")}, c)
		})
	}
}

func checkInNeo4j(t *testing.T, cases []supplytest.Case) {
	t.Helper()
	server := neo4jtest.Empty(t)
	store := caseStore{"TIERMAP_STORE": server.URL, "TIERMAP_NEO4J_USER": server.User, "TIERMAP_NEO4J_PASSWORD": server.Password}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			neo4jtest.EmptyAgain(t, server)
			checkWorkedCase(t, store, c)
		})
	}
}

// loadCase loads a case, of which rows may be rejected that hold nothing.
func loadCase(t *testing.T, store caseStore, c supplytest.Case) result {
	t.Helper()
	loaded := runWith(t, "", store, append([]string{"load", "tables", "--json", "--no-build"}, folders(t, c)...)...)
	if refused := c.Error != "" && loaded.status == exitFailed; !refused && loaded.status != exitDone && !onlyEmptyRowsRejected(t, loaded) {
		t.Fatalf("load: status %d\n%s%s", loaded.status, loaded.stdout, loaded.stderr)
	}
	return loaded
}

// checkWorkedCase holds all that a case says; what it asks also after it was loaded
// again over itself, its rows in reverse and each flow of trade in two of them.
func checkWorkedCase(t *testing.T, store caseStore, c supplytest.Case) {
	t.Helper()
	loaded := loadCase(t, store, c)
	switch {
	case c.Error != "" && loaded.status == exitFailed:
		if !strings.Contains(loaded.stderr, string(c.Error)) {
			t.Errorf("want a load that is refused with %s:\n%s", c.Error, loaded.stderr)
		}
	case c.Error != "":
		checkRefused(t, store, c)
	}
	for _, want := range c.Expect {
		for _, balance := range want.Balances {
			checkCase(t, store, c, want, balance)
		}
	}
	if checkAsks(t, store, c); len(c.Asks) > 0 {
		loadCase(t, store, rearranged(t, c))
		checkAsks(t, store, c)
	}
}

// caseStore is the environment that a command finds the store of a case by.
type caseStore map[string]string

// onlyEmptyRowsRejected tells whether a load rejected nothing but rows that hold
// neither a value nor tonnes: the engine states them, the loader leaves them out.
func onlyEmptyRowsRejected(t *testing.T, r result) bool {
	t.Helper()
	for line := range strings.Lines(r.stdout) {
		var report struct{ Reasons map[string]int }
		if err := json.Unmarshal([]byte(line), &report); err != nil {
			t.Fatal(err)
		}
		delete(report.Reasons, "missing")
		if len(report.Reasons) > 0 {
			return false
		}
	}
	return r.status == exitRejected
}

// result is what a command did.
type result struct {
	status         int
	stdout, stderr string
}

// run runs one command as main does.
func run(t *testing.T, args ...string) result {
	t.Helper()
	return runWith(t, "", nil, args...)
}

func runWith(t *testing.T, stdin string, env map[string]string, args ...string) result {
	t.Helper()
	var out, err strings.Builder
	status := Main(t.Context(), Process{Args: args, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &err,
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	return result{status, out.String(), err.String()}
}

// folders writes a case as folders of tables, one for each dataset, with one
// more that declares its countries and materials.
func folders(t *testing.T, c supplytest.Case) []string {
	t.Helper()
	root := t.TempDir()
	countries, materials := names(t, c)
	declared := []string{filepath.Join(root, "declared")}
	writeTables(t, declared[0], "id\ndeclared\n", map[string][]string{"country": countries, "material": materials})
	for _, d := range c.Datasets {
		dir := filepath.Join(root, d.ID)
		head := fmt.Sprintf("id,priority,retrieved\n%s,%d,%s\n", d.ID, d.Priority, d.Retrieved)
		writeTables(t, dir, head, d.Tables)
		declared = append(declared, dir)
	}
	return declared
}

func writeTables(t *testing.T, dir, dataset string, tables map[string][]string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"dataset": dataset}
	for table, lines := range tables {
		var text strings.Builder
		for _, row := range supplytest.Lines(t, lines) {
			for i, cell := range row {
				row[i] = decimal(cell)
			}
			fmt.Fprintln(&text, strings.Join(row, ","))
		}
		files[table] = text.String()
	}
	for table, text := range files {
		if err := os.WriteFile(filepath.Join(dir, table+".csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// decimal writes a fraction, as a case may have it, as the nearest decimal that a
// table may hold; any other text stays as it is.
func decimal(cell string) string {
	if !strings.Contains(cell, "/") {
		return cell
	}
	v, err := supplytest.ParseNumber(cell)
	if err != nil {
		return cell
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// names collects the countries and materials that a case's tables mention, as
// the lines of a table each.
func names(t *testing.T, c supplytest.Case) (countries, materials []string) {
	t.Helper()
	places, contained := map[string][]string{}, map[string]bool{}
	for group, members := range c.Groups {
		for _, m := range members {
			places[m] = append(places[m], group)
		}
	}
	isGroup := func(id string) bool { return c.Groups[id] != nil }
	if c.Target.Place != "" && !isGroup(c.Target.Place) {
		places[c.Target.Place] = nil
	}
	for _, d := range c.Datasets {
		for _, lines := range d.Tables {
			rows := supplytest.Lines(t, lines)
			for i, column := range rows[0] {
				for _, row := range rows[1:] {
					switch v := row[i]; {
					case v == "" || v == "*":
					case column == "country" || column == "exporter" || column == "importer":
						places[v] = slices.Clip(places[v])
					case column == "material":
						contained[v] = true
					}
				}
			}
		}
	}
	for _, e := range c.Expect {
		if e.Place != "" && !isGroup(e.Place) {
			places[e.Place] = slices.Clip(places[e.Place])
		}
	}
	if c.Target.Material != "" {
		contained[c.Target.Material] = true
	}
	countries, materials = []string{"id,groups"}, []string{"id"}
	for _, id := range slices.Sorted(maps.Keys(places)) {
		countries = append(countries, id+","+strings.Join(places[id], ";"))
	}
	return countries, append(materials, slices.Sorted(maps.Keys(contained))...)
}

// caseQuery asks for everything that a worked case can say.
const caseQuery = `query($country: ID, $company: ID, $facility: ID, $product: ID!, $material: ID, $year: Int, $balance: Balance!) {
  dependency(country: $country, company: $company, facility: $facility, product: $product, material: $material, year: $year, options: {balance: $balance}) {
    year supplyTonnes domesticShare unexplainedShare estimatedShare madeHereSteps borderCrossings
    shares { country { id } direct origin hidden }
    unexplained { country { id } product { id } reason share }
    tiers { product { id } madeIn { country { id } share } }
    countries: chokepoints(kind: COUNTRY, first: 1000, minShare: 0) { ...point }
    stages: chokepoints(kind: STAGE, first: 1000, minShare: 0) { ...point }
    links: chokepoints(kind: LINK, first: 1000, minShare: 0) { ...point }
    paths(first: 100) { explainedShare paths { share steps { country { id } product { id } } } }
  }
}
fragment point on Chokepoint { kind country { id } product { id } from { id } to { id } passThroughShare }`

type ref struct{ ID string }

type point struct {
	Kind             string
	Country, Product *ref
	From, To         *ref
	PassThroughShare float64
}

// answered is the answer to caseQuery.
type answered struct {
	Year                            int
	SupplyTonnes                    *float64
	DomesticShare, UnexplainedShare float64
	EstimatedShare                  float64
	MadeHereSteps, BorderCrossings  float64
	Shares                          []struct {
		Country                ref
		Direct, Origin, Hidden float64
	}
	Unexplained []struct {
		Country, Product ref
		Reason           string
		Share            float64
	}
	Tiers []struct {
		Product ref
		MadeIn  []struct {
			Country ref
			Share   float64
		}
	}
	Countries, Stages, Links []point
	Paths                    struct {
		ExplainedShare float64
		Paths          []struct {
			Share float64
			Steps []struct{ Country, Product ref }
		}
	}
}

type response struct {
	Data   struct{ Dependency *answered }
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

func askCase(t *testing.T, store caseStore, c supplytest.Case, want supplytest.Expect, balance supply.Balance) (response, result) {
	t.Helper()
	r := runWith(t, "", store, "ask", caseQuery, "--variables", variablesOf(t, c, want, balance))
	var got response
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
		t.Fatalf("%v\n%s%s", err, r.stdout, r.stderr)
	}
	return got, r
}

// variablesOf are the variables of caseQuery.
func variablesOf(t *testing.T, c supplytest.Case, want supplytest.Expect, balance supply.Balance) string {
	t.Helper()
	v := map[string]any{"product": c.Target.Product, "balance": balance}
	for name, id := range map[string]string{"country": cmp.Or(want.Place, c.Target.Place), "company": c.Target.Company, "facility": c.Target.Facility} {
		if id != "" && (want.Place == "" || name == "country") {
			v[name] = id
		}
	}
	if want.Product != "" {
		v["product"] = want.Product
	}
	if c.Target.Material != "" {
		v["material"] = c.Target.Material
	}
	if c.Target.Year != 0 {
		v["year"] = c.Target.Year
	}
	variables, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(variables)
}

func checkRefused(t *testing.T, store caseStore, c supplytest.Case) {
	t.Helper()
	got, r := askCase(t, store, c, supplytest.Expect{}, supply.Mass)
	if r.status != exitFailed || len(got.Errors) != 1 || got.Errors[0].Extensions.Code != string(c.Error) {
		t.Errorf("status %d, want one error %s:\n%s", r.status, c.Error, r.stdout)
	}
}

func checkCase(t *testing.T, store caseStore, c supplytest.Case, want supplytest.Expect, balance supply.Balance) {
	t.Helper()
	got, r := askCase(t, store, c, want, balance)
	if r.status != exitDone || got.Data.Dependency == nil {
		t.Fatalf("%s: status %d\n%s", balance, r.status, r.stdout)
	}
	a := got.Data.Dependency
	k := checker{t, string(balance)}
	k.sums(a)
	if want.Year != 0 && a.Year != want.Year {
		t.Errorf("year %d, want %d", a.Year, want.Year)
	}
	if a.SupplyTonnes != nil {
		k.number("supply", *a.SupplyTonnes, want.Supply)
	}
	k.number("made-here steps", a.MadeHereSteps, want.MadeHereSteps)
	k.number("border crossings", a.BorderCrossings, want.BorderCrossings)
	k.number("estimated share", a.EstimatedShare, want.EstimatedShare)
	k.number("explained by paths", a.Paths.ExplainedShare, want.Explained)
	k.shares(a, want)
	k.lists(a, want)
	k.paths(a, want)
	checkFirms(t, store, c, want, balance)
}

type checker struct {
	t       *testing.T
	balance string
}

func (k checker) near(what string, got, want float64) {
	k.t.Helper()
	if math.Abs(got-want) > tolerance*max(1, math.Abs(want)) {
		k.t.Errorf("%s: %s is %.15g, want %.15g", k.balance, what, got, want)
	}
}

func (k checker) number(what string, got float64, want *supplytest.Number) {
	k.t.Helper()
	if want != nil {
		k.near(what, got, float64(*want))
	}
}

// sums holds what every answer must hold: origins and unexplained sum to 1, or
// to 0 without supply, and hidden is the difference.
func (k checker) sums(a *answered) {
	k.t.Helper()
	sum := a.UnexplainedShare
	for _, s := range a.Shares {
		sum += s.Origin
		k.near("hidden of "+s.Country.ID, s.Hidden, s.Origin-s.Direct)
	}
	whole := 1.0
	if sum == 0 {
		whole = 0
	}
	k.near("origins and unexplained", sum, whole)
}

func (k checker) shares(a *answered, want supplytest.Expect) {
	k.t.Helper()
	for _, list := range []struct {
		what string
		want map[string]supplytest.Number
		got  map[string]float64
	}{{"direct", want.Direct, map[string]float64{}}, {"origin", want.Origins, map[string]float64{}}} {
		for _, s := range a.Shares {
			v := s.Origin
			if list.what == "direct" {
				v = s.Direct
			}
			if v != 0 {
				list.got[s.Country.ID] = v
			}
		}
		if list.want == nil {
			continue
		}
		for id, v := range list.want {
			k.near(list.what+" share of "+id, list.got[id], float64(v))
			delete(list.got, id)
		}
		if len(list.got) > 0 {
			k.t.Errorf("%s: %s shares beside those expected: %v", k.balance, list.what, list.got)
		}
	}
}

// lists compares what a case writes as lines of CSV that end with a share.
func (k checker) lists(a *answered, want supplytest.Expect) {
	k.t.Helper()
	unexplained, tiers, points := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for _, u := range a.Unexplained {
		unexplained[u.Country.ID+","+u.Product.ID+","+u.Reason] = u.Share
	}
	for _, tier := range a.Tiers {
		for _, m := range tier.MadeIn {
			tiers[tier.Product.ID+","+m.Country.ID] = m.Share
		}
	}
	for _, p := range slices.Concat(a.Countries, a.Stages, a.Links) {
		key := []string{p.Kind}
		for _, r := range []*ref{p.Country, p.Product, p.From, p.To} {
			if r == nil {
				r = &ref{}
			}
			key = append(key, r.ID)
		}
		points[strings.Join(key, ",")] = p.PassThroughShare
	}
	if want.Unexplained != nil {
		k.lines("unexplained", unexplained, want.Unexplained, true)
	}
	if want.Tiers != nil {
		k.lines("tier", tiers, want.Tiers, true)
	}
	k.lines("pass-through", points, want.PassThrough, false)
}

func (k checker) lines(what string, got map[string]float64, want []string, whole bool) {
	k.t.Helper()
	for _, line := range want {
		i := strings.LastIndex(line, ",")
		share, err := supplytest.ParseNumber(strings.TrimSpace(line[i+1:]))
		if err != nil {
			k.t.Fatal(err)
		}
		k.near(what+" "+line[:i], got[line[:i]], share)
		delete(got, line[:i])
	}
	if whole && len(got) > 0 {
		k.t.Errorf("%s: %s beside those expected: %v", k.balance, what, got)
	}
}

func (k checker) paths(a *answered, want supplytest.Expect) {
	k.t.Helper()
	for i, path := range want.Paths {
		if i >= len(a.Paths.Paths) {
			k.t.Errorf("%s: path %d is missing", k.balance, i+1)
			return
		}
		var steps []string
		for _, s := range a.Paths.Paths[i].Steps {
			steps = append(steps, s.Country.ID+" "+s.Product.ID)
		}
		if !slices.Equal(steps, path.Steps) {
			k.t.Errorf("%s: path %d is %q, want %q", k.balance, i+1, steps, path.Steps)
		}
		k.near("share of path "+strconv.Itoa(i+1), a.Paths.Paths[i].Share, float64(path.Share))
	}
}
