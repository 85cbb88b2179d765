package main

import (
	"fmt"
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
	if want := "A 0.672131 0.627672 0.718472 0.672450 B 0.327869 0.281464 0.372328 0.327354 "; origins != want {
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
