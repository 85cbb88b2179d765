package main

import (
	"math"
	"strings"
	"testing"
)

// T2 with C gone, and with 60 t of new ore in D; worked out in the engine's tests.
func TestAskScenario(t *testing.T) {
	store := loadedCase(t, "T2 three tiers")
	type answer struct {
		Dependency struct {
			SupplyTonnes, UnexplainedShare float64
			Assumptions                    []string
			Shares                         []struct {
				Country        ref
				Direct, Origin float64
			}
		}
	}
	ask := func(scenario string) (answer, map[string]float64) {
		t.Helper()
		a := answerTo[answer](t, store, `{ dependency(country: "E", product: "magnet", material: "m", year: 2020, options: {scenario: `+scenario+`}) {
			supplyTonnes unexplainedShare assumptions shares { country { id } direct origin } } }`)
		origins := map[string]float64{}
		for _, s := range a.Dependency.Shares {
			origins[s.Country.ID] = s.Origin
		}
		return a, origins
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > tolerance {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	without, origins := ask(`{without: [{country: "C"}]}`)
	near("D without C", origins["D"], 16.0/27)
	near("unexplained without C", without.Dependency.UnexplainedShare, 11.0/27)
	near("supply without C", without.Dependency.SupplyTonnes, 50)
	if text := strings.Join(without.Dependency.Assumptions, "\n"); !strings.Contains(text, "Scenario: C supplies nothing to others") {
		t.Errorf("the scenario is not among the assumptions:\n%s", text)
	}

	// D then has 90 t of ore, of which it needs 45; its 40 t of metal are of it. Of its
	// 45 t of metal 1/9 stays unexplained, of ore nothing.
	more, origins := ask(`{production: [{country: "D", product: "ore", tonnes: 60}]}`)
	near("A with D's mine", origins["A"], 128.0/221)
	near("D with D's mine", origins["D"], 0.8*(10.0/13/17+3.0/13*8/9)+0.2*8.0/9)
	near("unexplained with D's mine", more.Dependency.UnexplainedShare, 0.8*3.0/13/9+0.2/9)
	if text := strings.Join(more.Dependency.Assumptions, "\n"); !strings.Contains(text, "Scenario: D makes 60 t of ore beside what is known.") {
		t.Errorf("the new mine is not among the assumptions:\n%s", text)
	}

	// A sells E 50 t of magnets that nobody knew of: half of all that E has.
	_, origins = ask(`{trade: [{from: "A", to: "E", product: "magnet", tonnes: 50}]}`)
	near("A with a new supplier", origins["A"], 0.5*128.0/221)

	if code, message := refusal(t, store, `{ dependency(country: "E", product: "magnet", year: 2020, options: {scenario: {production: [{country: "D", product: "silk", tonnes: 1}]}}) { year } }`); code != "BAD_INPUT" || !strings.Contains(message, "silk") {
		t.Errorf("a product of another network ends with %s: %s", code, message)
	}
	plain := answerTo[answer](t, store, `{ dependency(country: "E", product: "magnet", material: "m", year: 2020) { unexplainedShare } }`)
	near("the facts as they are", plain.Dependency.UnexplainedShare, 1007.0/5967)
}

// Two subjects are one set: what passes either.
func TestAskExposureToASet(t *testing.T) {
	store := loadedCase(t, "T2 three tiers")
	got := answerTo[struct {
		Exposure struct {
			Targets []struct {
				Country          ref
				PassThroughShare float64
			}
		}
	}](t, store, `{ exposure(to: {country: "C"}, and: [{from: "D", to: "E", product: "magnet"}], product: "magnet", year: 2020) { targets { country { id } passThroughShare } } }`)
	shares := map[string]float64{}
	for _, target := range got.Exposure.Targets {
		shares[target.Country.ID] = target.PassThroughShare
	}
	if math.Abs(shares["E"]-1) > tolerance || math.Abs(shares["F"]-1) > tolerance || len(shares) != 2 {
		t.Errorf("exposed are %v; E has its magnets from C, by way of F too, and from D", shares)
	}
}
