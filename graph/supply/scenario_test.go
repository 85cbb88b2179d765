package supply_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// T2 with things taken away and laid over, by hand.
func TestWorkedScenarios(t *testing.T) {
	ctx := context.Background()
	whole, err := caseNamed(t, "T2 three tiers").Network(t, supply.Mass)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		scenario supply.Scenario
		supply   float64
		direct   map[string]float64
		origins  map[string]float64
		open     float64
	}{
		// E's magnets then come from D and F, 1/2 each. F has its magnets from C, which
		// sells it none: F has none, so that all of E's come from D: of metal from D,
		// 8/9 made there and 1/9 unexplained, of ore 2/3 mined there.
		{"without C", supply.Scenario{Without: []supply.Subject{{Place: "C"}}}, 50,
			map[string]float64{"D": 1}, map[string]float64{"D": 16.0 / 27}, 11.0 / 27},
		// Without B's ore and metal, C's metal is D's and F's; F's was B's: there is
		// none. All is of D's metal, whoever makes the magnets.
		{"without B", supply.Scenario{Without: []supply.Subject{{Place: "B"}}}, 50,
			map[string]float64{"C": 0.6, "D": 0.2, "F": 0.2}, map[string]float64{"D": 16.0 / 27}, 11.0 / 27},
		// B's ore is D's alone then, of which D mined 2/3 of what it has.
		{"without A's ore", supply.Scenario{Without: []supply.Subject{{Place: "A", Product: "ore"}}}, 50,
			map[string]float64{"C": 0.6, "D": 0.2, "F": 0.2},
			map[string]float64{"D": 0.8*(10.0/13*2/3+3.0/13*16/27) + 0.2*16/27}, 1 - (0.8*(10.0/13*2/3+3.0/13*16/27) + 0.2*16/27)},
		{"without the link from D", supply.Scenario{Without: []supply.Subject{{From: "D", To: "E", Product: "magnet"}}}, 50,
			map[string]float64{"C": 0.75, "F": 0.25}, map[string]float64{"A": 160.0 / 221, "D": 332.0 / 1989}, 217.0 / 1989},
		// 5 of the 50 t may come from C; D and F make up for the rest.
		{"C capped", supply.Scenario{Caps: []supply.Cap{{From: "C", To: "E", Product: "magnet", Tonnes: 5}}}, 50,
			map[string]float64{"C": 0.1, "D": 0.45, "F": 0.45}, map[string]float64{"A": 0.55 * 160 / 221, "D": 0.55*332/1989 + 0.45*16/27},
			0.55*217/1989 + 0.45*11/27},
		{"a cap that does not bind", supply.Scenario{Caps: []supply.Cap{{From: "C", To: "E", Product: "magnet", Tonnes: 30}}}, 50,
			map[string]float64{"C": 0.6, "D": 0.2, "F": 0.2}, map[string]float64{"A": 128.0 / 221, "D": 1504.0 / 5967}, 1007.0 / 5967},
		{"all three capped", supply.Scenario{Caps: []supply.Cap{{From: "C", To: "E", Product: "magnet", Tonnes: 3},
			{From: "D", To: "E", Product: "magnet", Tonnes: 1}, {From: "F", To: "E", Product: "magnet", Tonnes: 0}}}, 4,
			map[string]float64{"C": 0.75, "D": 0.25}, map[string]float64{"A": 0.75 * 160 / 221, "D": 0.75*332/1989 + 0.25*16/27},
			0.75*217/1989 + 0.25*11/27},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := must[*supply.Network](t)(whole.Under(&c.scenario, at("E", "magnet")))
			d := must[*supply.Dependency](t)(supply.NewWalk(n).Dependency("E", "magnet"))
			tonnes, _ := d.SupplyTonnes()
			check(t, "supply", tonnes, c.supply)
			for _, s := range must[[]supply.CountryShare](t)(d.Shares(ctx)) {
				check(t, "direct "+s.Place, s.Direct, c.direct[s.Place])
				check(t, "origin "+s.Place, s.Origin, c.origins[s.Place])
				delete(c.origins, s.Place)
			}
			if len(c.origins) > 0 {
				t.Errorf("not found: %v", c.origins)
			}
			check(t, "unexplained", must[float64](t)(d.UnexplainedShare(ctx)), c.open)
			if text := strings.Join(d.Assumptions(), "\n"); !strings.Contains(text, "Scenario: ") {
				t.Errorf("the scenario is not among the assumptions:\n%s", text)
			}
		})
	}
}

func TestScenariosThatAreNone(t *testing.T) {
	n, err := caseNamed(t, "T2 three tiers").Network(t, supply.Mass)
	if err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]supply.Scenario{
		"cannot be taken away":  {Without: []supply.Subject{{Place: "E"}}},
		"has nothing of Z":      {Without: []supply.Subject{{Place: "Z"}}},
		"no magnet":             {Without: []supply.Subject{{From: "A", To: "E", Product: "magnet"}}},
		"not below zero":        {Caps: []supply.Cap{{From: "C", To: "E", Product: "magnet", Tonnes: -1}}},
		"exposure to a company": {Without: []supply.Subject{{Firm: supply.Actor{ID: "x"}}}},
	} {
		var e *graph.Error
		if _, err := n.Under(&s, at("E", "magnet")); !errors.As(err, &e) || e.Code != graph.BadInput || !strings.Contains(e.Message, want) {
			t.Errorf("%+v ends with %v, want %s", s, err, want)
		}
	}
}

// Nothing passes what was taken away, and what is left sums to one; a target whose
// supply all passes it has none left.
func TestScenarioLeavesNothingOfWhatIsTakenAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, target := question(t, shape{places: 5, products: 4, pools: true, largest: 1000, gaps: true})
		gone := rapid.SampledFrom(n.Places).Draw(t, "gone")
		if gone == target.Place {
			return
		}
		ctx := context.Background()
		before := must[*supply.Dependency](t)(supply.NewWalk(n).Dependency(target.Place, target.Product))
		if !before.HasSupply() {
			return
		}
		under := must[*supply.Network](t)(n.Under(&supply.Scenario{Without: []supply.Subject{{Place: gone}}}, target))
		d := must[*supply.Dependency](t)(supply.NewWalk(under).Dependency(target.Place, target.Product))
		if !d.HasSupply() {
			return
		}
		sum := must[float64](t)(d.UnexplainedShare(ctx))
		for _, s := range must[[]supply.CountryShare](t)(d.Shares(ctx)) {
			sum += s.Origin
			if s.Place == gone && s.Origin+s.Direct > 0 {
				t.Fatalf("%s is gone, and %+v", gone, s)
			}
		}
		check(t, "sum", sum, 1)
		for _, c := range must[[]supply.Chokepoint](t)(d.Chokepoints(ctx, supply.KindCountry, 0, 0, 0)) {
			if c.Place == gone && c.PassThrough > 0 {
				t.Fatalf("%v of the supply passes %s, which is gone", c.PassThrough, gone)
			}
		}
	})
}
