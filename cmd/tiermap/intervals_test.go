package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/graph/neo4j/neo4jtest"
	"tiermap/graph/supply/supplytest"
)

const intervalsQuery = `{ dependency(country: "C", product: "p", year: 2020) { intervals {
	draws seed reportedError estimatedError massesStated massesReported massesEstimated recipesDrawn codesDrawn
	domesticShare { value low high } unexplainedShare { high } estimatedShare { high } undecidedShare
	supplyTonnes { value low high mean }
	shares { country { id } direct { value low high } origin { value low high mean } hidden { low high } }
	unexplained { share { high } } tiers { product { id } madeIn { country { id } share { value low high } } }
	chokepoints(kind: STAGE) { chokepoint { country { id } passThroughShare } passThroughShare { value low high } }
	paths(first: 1) { path { share steps { country { id } } } share { value low high } }
	assumptions } } }`

type bounds struct{ Value, Low, High, Mean float64 }

type intervalsAnswer struct {
	Dependency struct {
		Intervals struct {
			Draws, MassesReported, MassesEstimated int
			Seed                                   string
			UndecidedShare                         float64
			SupplyTonnes                           bounds
			Shares                                 []struct {
				Country                ref
				Direct, Origin, Hidden bounds
			}
			Chokepoints []struct {
				Chokepoint       struct{ PassThroughShare float64 }
				PassThroughShare bounds
			}
			Paths []struct {
				Path  struct{ Share float64 }
				Share bounds
			}
			Assumptions []string
		}
	}
}

// checkIntervals holds the figures that the engine's own test holds: what a store
// and a process have no say in.
func checkIntervals(t *testing.T, got intervalsAnswer) {
	t.Helper()
	n := got.Dependency.Intervals
	if n.Draws != 200 || n.Seed != "624164196892835464" || n.MassesReported != 6 || n.MassesEstimated != 0 || n.SupplyTonnes.Value != 60 {
		t.Errorf("%+v", n)
	}
	origins := ""
	for _, s := range n.Shares {
		origins += fmt.Sprintf("%s %.6f %.6f %.6f %.6f ", s.Country.ID, s.Origin.Value, s.Origin.Low, s.Origin.High, s.Origin.Mean)
	}
	if want := "A 0.672131 0.624109 0.716754 0.671481 B 0.327869 0.280132 0.375891 0.328260 "; origins != want {
		t.Errorf("origins %s, want %s", origins, want)
	}
	if c := n.Chokepoints; len(c) == 0 || c[0].Chokepoint.PassThroughShare != c[0].PassThroughShare.Value || c[0].PassThroughShare.Low >= c[0].PassThroughShare.High {
		t.Errorf("chokepoints %+v", c)
	}
	if p := n.Paths; len(p) != 1 || p[0].Path.Share != p[0].Share.Value || p[0].Share.Low >= p[0].Share.High {
		t.Errorf("paths %+v", p)
	}
	if text := strings.Join(n.Assumptions, "\n"); !strings.Contains(text, "0.1 for reported masses (6), 0.5 for estimated ones (0)") {
		t.Errorf("the errors are not among the assumptions:\n%s", text)
	}
}

func TestAskIntervals(t *testing.T) {
	store := loadedCase(t, "T1 re-exports")
	checkIntervals(t, answerTo[intervalsAnswer](t, store, intervalsQuery))
	first, again := run(t, "ask", intervalsQuery, "--store", store), run(t, "ask", intervalsQuery, "--store", store)
	if first.stdout != again.stdout {
		t.Errorf("asked twice:\n%s\n%s", first.stdout, again.stdout)
	}
	for args, want := range map[string][2]string{
		`draws: 0`:        {"BAD_INPUT", "1 to 1000"},
		`draws: 1001`:     {"BAD_INPUT", "1 to 1000"},
		`reported: -0.1`:  {"BAD_INPUT", "relative error"},
		`estimated: 10.5`: {"BAD_INPUT", "relative error"},
	} {
		question := strings.Replace(intervalsQuery, "intervals {", "intervals("+args+") {", 1)
		if code, message := refusal(t, store, question); code != want[0] || !strings.Contains(message, want[1]) {
			t.Errorf("%s: %s %s, want %v", args, code, message, want)
		}
	}
}

// TestIntervalsInNeo4j asks the same of a graph database: the draws come from the
// rows, in whatever order a store hands them over.
func TestIntervalsInNeo4j(t *testing.T) {
	server := neo4jtest.Empty(t)
	store := caseStore{"TIERMAP_STORE": server.URL, "TIERMAP_NEO4J_USER": server.User, "TIERMAP_NEO4J_PASSWORD": server.Password}
	for _, c := range supplytest.Cases(t, "../../graph/supply/testdata/cases") {
		if c.Name != "T1 re-exports" {
			continue
		}
		if r := runWith(t, "", store, append([]string{"load", "tables", "--no-build"}, folders(t, c)...)...); r.status != exitDone {
			t.Fatalf("load: status %d\n%s%s", r.status, r.stdout, r.stderr)
		}
		checkIntervals(t, decoded[intervalsAnswer](t, runWith(t, "", store, "ask", intervalsQuery)))
	}
}

// years is a world of two years in which C has p of A and B, more of A in the second.
var years = map[string]string{
	"dataset.csv":  "id\nyears\n",
	"country.csv":  "id\nA\nB\nC\nD\n",
	"material.csv": "id\nm\n",
	"product.csv":  "id,stage\np,processing\n",
	"contains.csv": "product,material,mass_fraction\np,m,1\n",
	"production.csv": "year,product,country,tonnes\n2020,p,A,100\n2020,p,B,100\n" +
		"2021,p,A,200\n2021,p,B,100\n",
	"trade.csv": "year,exporter,importer,product,tonnes\n2020,A,C,p,40\n2020,B,C,p,60\n2020,C,D,p,30\n" +
		"2021,A,C,p,120\n2021,B,C,p,60\n2021,C,D,p,30\n",
}

// intervalsOfAll asks for the intervals of every question that has some.
const intervalsOfAll = `{
	exposure(to: {country: "A"}, product: "p", year: 2020) { intervals(draws: 50) {
		draws massesReported undecidedShare worldShare { value low high } finalUseTonnes { value low high mean } ownFinalUseTonnes { value }
		targets { country { id } product { id } passThroughShare { value low high } tonnes { value low high } undecidedShare } assumptions } }
	chokepoints(product: "p", year: 2020) { country { id } intervals(draws: 50) {
		worldShare { value low high } countries { value low high } undecidedShare assumptions } }
	dependency(country: "C", product: "p", year: 2020) { intervals(draws: 50) {
		chokepoints { chokepoint { country { id } } passThroughShare { value low high } }
		tierFlows { flow { from { country { id } } share } share { value low high } } } }
	without: dependency(country: "C", product: "p", year: 2020, options: {scenario: {without: [{country: "B"}]}}) { intervals(draws: 50) {
		shares { country { id } origin { value low high } } } }
	materialDependency(country: "C", material: "m", year: 2020) { intervals(draws: 50) {
		finalUseTonnes { value low high } passOnShare { value low high } unexplainedShare { high } undecidedShare
		direct { supply { value low high } } products { product { id } exports { low high } }
		shares(first: 1) { country { id } origin { value low high } } assumptions } }
	change(country: "C", product: "p", from: 2020, to: 2021) { intervals(draws: 50) {
		massesReported undecidedBefore undecidedAfter unexplainedChange { value }
		shares { country { id } change { value low high } directChange { value low high } originBefore { value low high } exceedsUncertainty agree }
		links(origin: "A", first: 1) { links { link { from { id } } change { value low high } } rest { value low high } total { value low high } }
		assumptions } } }`

type allIntervals struct {
	Exposure struct {
		Intervals struct {
			Draws, MassesReported             int
			UndecidedShare                    float64
			WorldShare                        bounds
			FinalUseTonnes, OwnFinalUseTonnes bounds
			Targets                           []struct {
				Country          ref
				PassThroughShare bounds
				Tonnes           *bounds
			}
			Assumptions []string
		}
	}
	Chokepoints []struct {
		Country   ref
		Intervals struct {
			WorldShare, Countries bounds
			Assumptions           []string
		}
	}
	Dependency struct {
		Intervals struct {
			Chokepoints []struct {
				Chokepoint       struct{ Country ref }
				PassThroughShare bounds
			}
			TierFlows []struct {
				Flow struct {
					From  struct{ Country ref }
					Share float64
				}
				Share bounds
			}
		}
	}
	Without struct {
		Intervals struct {
			Shares []struct {
				Country ref
				Origin  bounds
			}
		}
	}
	MaterialDependency struct {
		Intervals struct {
			FinalUseTonnes, PassOnShare bounds
			Direct                      struct{ Supply bounds }
			Products                    []struct {
				Product ref
				Exports bounds
			}
			Shares []struct {
				Country ref
				Origin  bounds
			}
			Assumptions []string
		}
	}
	Change struct {
		Intervals struct {
			MassesReported int
			Shares         []struct {
				Country                            ref
				Change, DirectChange, OriginBefore bounds
				ExceedsUncertainty                 bool
				Agree                              float64
			}
			Links struct {
				Links []struct {
					Link   struct{ From ref }
					Change bounds
				}
				Rest, Total bounds
			}
			Assumptions []string
		}
	}
}

// checkAllIntervals holds what the questions must agree on, and the widths that a
// relative error of 0.1 of every mass makes.
func checkAllIntervals(t *testing.T, got allIntervals) {
	t.Helper()
	near := func(what string, n bounds, value, least, most float64) {
		t.Helper()
		if math.Abs(n.Value-value) > tolerance || n.Low >= value || n.High <= value || n.High-n.Low < least || n.High-n.Low > most {
			t.Errorf("%s is %+v, want %v and a width of %v to %v", what, n, value, least, most)
		}
	}
	e := got.Exposure.Intervals
	if e.Draws != 50 || e.MassesReported != 5 || e.UndecidedShare != 0 || len(e.Targets) != 2 || e.Targets[0].Country.ID != "C" || e.OwnFinalUseTonnes.Value != 60 {
		t.Fatalf("exposure %+v", e)
	}
	// 0.4 of the supply of C: a standard deviation of 0.24·0.1·√2 in the first order.
	near("what C draws from A", e.Targets[0].PassThroughShare, 0.4, 0.08, 0.15)
	near("its tonnes", *e.Targets[0].Tonnes, 40, 9, 18)
	near("the world's share", e.WorldShare, 40.0/140, 0.04, 0.12)
	if c := got.Chokepoints; len(c) == 0 || c[len(c)-1].Intervals.WorldShare.Value <= 0 {
		t.Fatalf("chokepoints %+v", c)
	}
	for _, c := range got.Chokepoints {
		if c.Country.ID == "A" && c.Intervals.WorldShare != e.WorldShare {
			t.Errorf("the world passes A with %+v, and is exposed with %+v", c.Intervals.WorldShare, e.WorldShare)
		}
	}
	for _, c := range got.Dependency.Intervals.Chokepoints {
		if c.Chokepoint.Country.ID == "A" && c.PassThroughShare != e.Targets[0].PassThroughShare {
			t.Errorf("C passes A with %+v, and is exposed with %+v", c.PassThroughShare, e.Targets[0].PassThroughShare)
		}
	}
	if f := got.Dependency.Intervals.TierFlows; len(f) != 2 || f[0].Flow.Share != f[0].Share.Value || f[0].Share.Low >= f[0].Share.High {
		t.Errorf("flows %+v", f)
	}
	if s := got.Without.Intervals.Shares; len(s) != 1 || s[0].Country.ID != "A" || s[0].Origin != (bounds{Value: 1, Low: 1, High: 1}) {
		t.Errorf("without B %+v", s)
	}
	m := got.MaterialDependency.Intervals
	near("final use of C", m.FinalUseTonnes, 70, 15, 40)
	near("what C passes on", m.PassOnShare, 0.3, 0.06, 0.2)
	near("supply of C", m.Direct.Supply, 100, 15, 40)
	if len(m.Products) != 1 || len(m.Shares) != 1 || m.Shares[0].Country.ID != "B" {
		t.Errorf("material %+v", m)
	}
	c := got.Change.Intervals
	if c.MassesReported != 10 || len(c.Shares) != 2 || c.Shares[0].Country.ID != "A" || len(c.Links.Links) != 1 {
		t.Fatalf("change %+v", c)
	}
	near("the change of A", c.Shares[0].Change, 2.0/3-0.4, 0.1, 0.25)
	near("that of what is bought", c.Shares[0].DirectChange, 2.0/3-0.4, 0.1, 0.25)
	if math.Abs(c.Shares[0].OriginBefore.Low-e.Targets[0].PassThroughShare.Low) > tolerance {
		t.Errorf("A before %+v, exposed %+v", c.Shares[0].OriginBefore, e.Targets[0].PassThroughShare)
	}
	if !c.Shares[0].ExceedsUncertainty || c.Shares[0].Agree != 1 {
		t.Errorf("the change of A %+v", c.Shares[0])
	}
	near("all links", c.Links.Total, 2.0/3-0.4, 0.1, 0.25)
	for what, assumptions := range map[string][]string{"exposure": e.Assumptions, "chokepoints": got.Chokepoints[0].Intervals.Assumptions, "material": m.Assumptions, "change": c.Assumptions} {
		if text := strings.Join(assumptions, "\n"); !strings.Contains(text, "50 draws") || !strings.Contains(text, "0.1 for reported masses (") {
			t.Errorf("the errors and draws of %s are not among the assumptions:\n%s", what, text)
		}
	}
}

func TestAskIntervalsOfAll(t *testing.T) {
	store := "duckdb:" + filepath.Join(t.TempDir(), "years.duckdb")
	if r := run(t, "load", "tables", folder(t, "years", years), "--store", store); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	checkAllIntervals(t, answerTo[allIntervals](t, store, intervalsOfAll))
}

func TestIntervalsOfAllInNeo4j(t *testing.T) {
	server := neo4jtest.Empty(t)
	store := caseStore{"TIERMAP_STORE": server.URL, "TIERMAP_NEO4J_USER": server.User, "TIERMAP_NEO4J_PASSWORD": server.Password}
	if r := runWith(t, "", store, "load", "tables", "--no-build", folder(t, "years", years)); r.status != exitDone {
		t.Fatalf("load: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	checkAllIntervals(t, decoded[allIntervals](t, runWith(t, "", store, "ask", intervalsOfAll)))
}
