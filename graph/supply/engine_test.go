package supply_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// Cases for the sentences of docs/methods.md that have no worked case there.

// wanted are the figures that is not zero; what is not named is zero.
type wanted map[string]float64

func measureWith(t *testing.T, w world, balance supply.Balance, target supply.Stage) map[string]float64 {
	t.Helper()
	return everyMeasure(t, ask(t, supply.NewWalk(w.network(balance)), target))
}

// checkAll holds that the measures of some kinds are exactly those named.
func checkAll(t *testing.T, got map[string]float64, want wanted, kinds ...string) {
	t.Helper()
	for name := range merge(got, want) {
		if slices.ContainsFunc(kinds, func(kind string) bool { return len(name) >= len(kind) && name[:len(kind)] == kind }) {
			check(t, name, got[name], want[name])
		}
	}
}

var everything = []string{""}

// A and B sell each other what nobody makes.
func TestPlainRing(t *testing.T) {
	w := world{flows: []flow{{from: "A", to: "B", product: "p", tonnes: 7}, {from: "B", to: "A", product: "p", tonnes: 7}}}
	for _, balance := range []supply.Balance{supply.Mass, supply.Exports, supply.ScaleExports} {
		checkAll(t, measureWith(t, w, balance, at("A", "p")), wanted{
			"direct B":               1,
			"unexplained {A p} RING": 1, // the first node is the target itself
			"pass STAGE B p":         1, // the walk that is not stopped goes round for ever
			"pass COUNTRY B ":        1,
			"pass LINK B>A p":        1,
			"pass LINK A>B p":        1,
		}, everything...)
	}
}

// X makes wire of metal that it only passes round with Y and Z, and of scrap
// from Y; the walk comes to the ring by a recipe.
func TestRingBehindARecipe(t *testing.T) {
	w := world{
		recipes:    map[string]map[string]float64{"wire": {"metal": 0.75, "scrap": 0.25}},
		production: map[supply.Stage]float64{at("X", "wire"): 4, at("Y", "scrap"): 9},
		flows: []flow{
			{from: "X", to: "T", product: "wire", tonnes: 4}, {from: "Y", to: "X", product: "scrap", tonnes: 4},
			{from: "X", to: "Y", product: "metal", tonnes: 8}, {from: "Y", to: "Z", product: "metal", tonnes: 8},
			{from: "Z", to: "X", product: "metal", tonnes: 8},
		},
	}
	checkAll(t, measureWith(t, w, supply.Exports, at("T", "wire")), wanted{
		"direct X":                   1,
		"origin Y":                   0.25,
		"unexplained {X metal} RING": 0.75,
		"made X wire":                1,
		"made Y scrap":               0.25,
		"pass COUNTRY X ":            1,
		"pass COUNTRY Y ":            1, // in the ring, and for the scrap
		"pass COUNTRY Z ":            0.75,
		"pass STAGE X wire":          1,
		"pass STAGE X scrap":         0.25,
		"pass STAGE Y scrap":         0.25,
		"pass STAGE X metal":         0.75,
		"pass STAGE Y metal":         0.75,
		"pass STAGE Z metal":         0.75,
		"pass LINK X>T wire":         1,
		"pass LINK Y>X scrap":        0.25,
		"pass LINK X>Y metal":        0.75,
		"pass LINK Y>Z metal":        0.75,
		"pass LINK Z>X metal":        0.75,
		"made here":                  1.25,
		"crossings":                  1.25, // none in the ring: the walk stops where it enters

		"flow {X wire} > {T wire} true":   1,
		"flow {Y scrap} > {X wire} false": 0.25,
	}, everything...)
	// With the mass balance what X uses leaves the ring: 3 of 11 t have no source.
	got := measureWith(t, w, supply.Mass, at("T", "wire"))
	checkAll(t, got, wanted{"unexplained {X metal} SURPLUS": 0.75}, "unexplained")
}

// A ring of rings is one ring.
func TestRingOfRings(t *testing.T) {
	w := world{flows: []flow{
		{from: "A", to: "B", product: "p", tonnes: 5}, {from: "B", to: "A", product: "p", tonnes: 5},
		{from: "B", to: "C", product: "p", tonnes: 3}, {from: "C", to: "B", product: "p", tonnes: 3},
		{from: "C", to: "D", product: "p", tonnes: 2}, {from: "D", to: "C", product: "p", tonnes: 2},
	}}
	got := measureWith(t, w, supply.Mass, at("D", "p"))
	checkAll(t, got, wanted{"unexplained {D p} RING": 1}, "unexplained", "origin")
	checkAll(t, got, wanted{"pass STAGE A p": 1, "pass STAGE B p": 1, "pass STAGE C p": 1}, "pass STAGE")
}

// Four places that trade in a circle, of which one stops to sell another where the
// estimated steps are taken out: what leaves the circle, to where it is made, must
// not be taken for a step within it.
func TestCircleWithAnEstimatedStep(t *testing.T) {
	w := world{
		production: map[supply.Stage]float64{at("D", "p"): 36, at("C", "p"): 1},
		flows: []flow{
			{from: "B", to: "A", product: "p", tonnes: 21}, {from: "C", to: "B", product: "p", tonnes: 34},
			{from: "B", to: "C", product: "p", tonnes: 5}, {from: "D", to: "C", product: "p", tonnes: 123},
			{from: "A", to: "D", product: "p", tonnes: 15}, {from: "B", to: "D", product: "p", tonnes: 153},
			{from: "C", to: "D", product: "p", tonnes: 17, estimated: true},
		},
	}
	n := w.network(supply.Mass)
	for i := range n.Nodes {
		compareMeasures(t, everyMeasure(t, ask(t, supply.NewWalk(n), stageOf(n, i))), newReference(n).everyMeasure(i))
	}
}

// What leaves a ring, or is made in it, opens it.
func TestOpenRings(t *testing.T) {
	flows := []flow{{from: "A", to: "B", product: "p", tonnes: 5}, {from: "B", to: "A", product: "p", tonnes: 6}}
	t.Run("surplus", func(t *testing.T) {
		checkAll(t, measureWith(t, world{flows: flows}, supply.Mass, at("A", "p")),
			wanted{"unexplained {B p} SURPLUS": 1}, "unexplained", "origin")
	})
	t.Run("made", func(t *testing.T) {
		w := world{flows: flows, production: map[supply.Stage]float64{at("B", "p"): 1}}
		checkAll(t, measureWith(t, w, supply.Mass, at("A", "p")), wanted{"origin B": 1}, "unexplained", "origin")
	})
	t.Run("recipe", func(t *testing.T) {
		w := world{flows: flows, production: map[supply.Stage]float64{at("B", "p"): 1},
			recipes: map[string]map[string]float64{"p": {"q": 1}}}
		checkAll(t, measureWith(t, w, supply.Mass, at("A", "p")),
			wanted{"unexplained {B q} NO_INPUT": 1}, "unexplained", "origin")
	})
}

// Nothing is known of one of two inputs: only its share is unexplained, the
// other is not rescaled.
func TestNoInput(t *testing.T) {
	w := world{
		recipes:    map[string]map[string]float64{"metal": {"ore": 0.75, "scrap": 0.25}},
		production: map[supply.Stage]float64{at("C", "metal"): 8, at("A", "scrap"): 2},
		flows: []flow{
			{from: "A", to: "C", product: "scrap", tonnes: 2}, {from: "C", to: "T", product: "metal", tonnes: 8},
		},
	}
	for _, balance := range []supply.Balance{supply.Mass, supply.Exports, supply.ScaleExports} {
		got := measureWith(t, w, balance, at("T", "metal"))
		checkAll(t, got, wanted{
			"direct C": 1, "origin A": 0.25, "unexplained {C ore} NO_INPUT": 0.75,
		}, "direct", "origin", "unexplained")
		checkAll(t, got, wanted{ // the walk visits (C, ore)
			"pass STAGE C metal": 1, "pass STAGE C scrap": 0.25, "pass STAGE A scrap": 0.25, "pass STAGE C ore": 0.75,
		}, "pass STAGE")
	}
	// Asked for itself, what C uses is supply that nothing is known of.
	checkAll(t, measureWith(t, w, supply.Mass, at("C", "ore")), wanted{"unexplained {C ore} NO_INPUT": 1}, everything...)
	checkAll(t, measureWith(t, w, supply.Exports, at("C", "ore")), wanted{}, everything...)
}

// A product has recipes, but none that holds where it is made: the walk comes to
// its making and ends there, unexplained, at no origin. Nobody knows what N makes
// turbines of, from which all draw, nor B a quarter of its metal: so it can
// be with a group.
func TestMadeWithoutARecipe(t *testing.T) {
	ctx := context.Background()
	w := world{
		recipes: map[string]map[string]float64{"D·turbine": {"metal": 1}, "B·metal": {"ore": 0.75}},
		production: map[supply.Stage]float64{
			at("D", "turbine"): 6, at("N", "turbine"): 2, at("B", "metal"): 8, at("A", "ore"): 9,
		},
		flows:  []flow{{from: "B", to: "D", product: "metal", tonnes: 10}, {from: "A", to: "B", product: "ore", tonnes: 6}},
		pooled: []string{"turbine"},
	}
	d := ask(t, supply.NewWalk(w.network(supply.Mass)), at("D", "turbine"))
	got := everyMeasure(t, d)
	checkAll(t, got, wanted{
		"direct D": 0.75, "direct N": 0.25, "domestic": 0.75, "origin A": 0.45,
		"unexplained {N turbine} NO_INPUT": 0.25,
		"unexplained {B metal} NO_INPUT":   0.15, "unexplained {B metal} SURPLUS": 0.15,
		"made D turbine": 0.75, "made N turbine": 0.25, "made B metal": 0.6, "made A ore": 0.45, "made here": 2.05,
	}, "direct", "domestic", "origin", "unexplained", "made")
	checkAll(t, got, wanted{"pass STAGE N turbine": 0.25, "pass STAGE D metal": 0.75, "pass STAGE B metal": 0.75,
		"pass STAGE B ore": 0.45, "pass STAGE A ore": 0.45}, "pass STAGE")
	drawn := map[supply.Stage]float64{}
	for _, node := range must[supply.Drawing](t)(d.Drawing(ctx, 0, 0)).Nodes {
		drawn[node.Stage] = node.Unexplained
	}
	check(t, "drawn at N", drawn[at("N", "turbine")], 0.25)
	check(t, "drawn at B", drawn[at("B", "metal")], 0.3)
	list := must[[]supply.UnexplainedShare](t)(d.Unexplained(ctx))
	if len(list) != 3 || list[1].Reason != supply.ReasonNoInput || list[2].Reason != supply.ReasonSurplus { // equal shares of one stage
		t.Errorf("unexplained %v", list)
	}
}

// A network that was not assembled says all that it assumes, whatever is asked.
func TestAssumptionsOfANetworkByHand(t *testing.T) {
	n := pools().network(supply.Mass)
	n.Assumptions = []string{"Towers are of wood."}
	if got := n.AssumptionsFor(0); !slices.Equal(got, n.Assumptions) {
		t.Errorf("assumptions %q", got)
	}
	if got := ask(t, supply.NewWalk(n), at("N", "farm")).Assumptions(); !slices.Equal(got, n.Assumptions) {
		t.Errorf("assumptions of an answer %q", got)
	}
}

// pools: turbines have no trade data and are made of magnets; nobody is known
// to make towers.
func pools() world {
	return world{
		recipes: map[string]map[string]float64{"farm": {"turbine": 0.5, "tower": 0.5}, "turbine": {"magnet": 1}},
		production: map[supply.Stage]float64{
			at("N", "farm"): 10, at("D", "farm"): 10,
			at("D", "turbine"): 3, at("C", "turbine"): 1, at("C", "magnet"): 50,
		},
		flows:  []flow{{from: "C", to: "D", product: "magnet", tonnes: 5}, {from: "D", to: "N", product: "farm", tonnes: 10}},
		pooled: []string{"turbine", "tower"},
	}
}

// A cycle that draws from a place outside it, which is no part of its elimination:
// with a, b, c and d the chances to start in E, a = b/2, b = (a + d)/2, c = a, d = (c + 1)/2.
func TestCycleThatDrawsFromOutside(t *testing.T) {
	w := world{production: map[supply.Stage]float64{at("E", "p"): 1}}
	for _, f := range []string{"AB", "AC", "BA", "CD", "DB", "ED"} {
		w.flows = append(w.flows, flow{from: f[:1], to: f[1:], product: "p", tonnes: 1})
	}
	for place, share := range map[string]float64{"A": 0.2, "B": 0.4, "C": 0.2, "D": 0.6} {
		checkAll(t, measureWith(t, w, supply.Exports, at(place, "p")), wanted{
			"origin E": share, "unexplained {A p} SURPLUS": 1 - share,
		}, "origin", "unexplained")
	}
}

// A pooled product upstream: drawn from by N and by D, whose own draw is
// domestic.
func TestPoolUpstream(t *testing.T) {
	got := measureWith(t, pools(), supply.Exports, at("N", "farm"))
	checkAll(t, got, wanted{
		"domestic": 0.5, "direct N": 0.5, "direct D": 0.5,
		"origin C":                       0.5, // all magnets
		"unexplained {N tower} NO_INPUT": 0.25, "unexplained {D tower} NO_INPUT": 0.25,
		"made N farm": 0.5, "made D farm": 0.5,
		"made D turbine": 0.5 * 3 / 4, "made C turbine": 0.5 / 4,
		"made C magnet": 0.5,
		"made here":     1 + 0.5 + 0.5,
		// half the farms; N's turbines; D's from C; magnets of D.
		"crossings": 0.5 + 0.25 + 0.25/4 + 0.5*3/4,
	}, "domestic", "direct", "origin", "unexplained", "made", "crossings")
	checkAll(t, got, wanted{
		"pass LINK D>N farm": 0.5, "pass LINK D>N turbine": 0.25 * 3 / 4, "pass LINK C>N turbine": 0.25 / 4,
		"pass LINK C>D turbine": 0.25 / 4, "pass LINK C>D magnet": 0.5 * 3 / 4,
		// D draws from the pool for its farms, and makes three in four of N's.
		"pass STAGE D turbine": 0.25 + 0.25*3/4, "pass STAGE C turbine": 0.5 / 4, "pass STAGE N turbine": 0.25,
		"pass COUNTRY D ": 0.5 + 0.25*3/4, "pass COUNTRY C ": 0.5, "pass COUNTRY N ": 0.5,
	}, "pass LINK D>N", "pass LINK C", "pass STAGE D turbine", "pass STAGE C turbine", "pass STAGE N turbine", "pass COUNTRY")
}

// A pooled target has no tonnes; its direct shares are those of production, for
// a place that makes it, one that uses it and one that the facts do not name.
func TestPoolAsTarget(t *testing.T) {
	w := supply.NewWalk(pools().network(supply.Mass))
	for _, place := range []string{"D", "N", "LUX"} {
		d := ask(t, w, at(place, "turbine"))
		if tonnes, ok := d.SupplyTonnes(); ok {
			t.Errorf("%s has %v t", place, tonnes)
		}
		crossings := 1 + 3.0/4 // the draw, and D's magnets
		domestic := 0.0
		if place == "D" {
			crossings, domestic = 1.0/4+3.0/4, 3.0/4
		}
		got := everyMeasure(t, d)
		checkAll(t, got, wanted{
			"domestic": domestic, "direct D": 3.0 / 4, "direct C": 1.0 / 4, "origin C": 1,
			"made D turbine": 3.0 / 4, "made C turbine": 1.0 / 4, "made C magnet": 1, "made here": 2,
			"crossings": crossings,
		}, "domestic", "direct", "origin", "unexplained", "made", "crossings")
		if place == "D" { // the target itself is taken out
			checkAll(t, got, wanted{"pass COUNTRY C ": 1, "pass COUNTRY D ": 3.0 / 4}, "pass COUNTRY")
		} else {
			checkAll(t, got, wanted{"pass COUNTRY C ": 1, "pass COUNTRY D ": 3.0 / 4,
				"pass LINK D>" + place + " turbine": 3.0 / 4, "pass LINK C>" + place + " turbine": 1.0 / 4,
				"pass LINK C>D magnet": 3.0 / 4}, "pass COUNTRY", "pass LINK")
		}
		paths := must[supply.Paths](t)(d.Paths(context.Background(), 10, 0)).Paths
		want := []supply.PathStep{
			{Stage: at(place, "turbine"), By: supply.StepPool}, {Stage: at("D", "turbine"), By: supply.StepMade},
			{Stage: at("D", "magnet"), By: supply.StepTrade}, {Stage: at("C", "magnet"), By: supply.StepOrigin},
		}
		if place == "D" { // its own draw is no step of its own
			want = want[1:]
		}
		if len(paths) != 2 || !slices.Equal(paths[0].Steps, want) {
			t.Errorf("paths of %s: %v", place, paths)
		}
	}
	if d := ask(t, w, at("N", "tower")); d.HasSupply() {
		t.Errorf("nobody makes towers, yet there is a supply of them")
	}
}

// A target without supply is an answer: zero everywhere, empty lists, and a
// line that says so.
func TestTargetWithoutSupply(t *testing.T) {
	ctx := context.Background()
	w := supply.NewWalk(pools().network(supply.Mass))
	for _, place := range []string{"N", "LUX"} { // with a node of another product, and unknown
		d := ask(t, w, at(place, "magnet"))
		if d.HasSupply() {
			t.Errorf("%s has a supply", place)
		}
		if tonnes, ok := d.SupplyTonnes(); tonnes != 0 || !ok {
			t.Errorf("supply %v %v", tonnes, ok)
		}
		checkAll(t, everyMeasure(t, d), wanted{}, everything...)
		if got := len(must[[]supply.Tier](t)(d.Tiers(ctx))); got != 0 {
			t.Errorf("%d tiers", got)
		}
		paths := must[supply.Paths](t)(d.Paths(ctx, 10, 0))
		if len(paths.Paths) != 0 || paths.Remaining != 0 || paths.Unexplained != 0 {
			t.Errorf("paths %+v", paths)
		}
		if drawing := must[supply.Drawing](t)(d.Drawing(ctx, 0, 0)); len(drawing.Nodes) != 0 || len(drawing.Links) != 0 {
			t.Errorf("drawing %+v", drawing)
		}
		if c := must[supply.Concentration](t)(d.Concentration(ctx)); c != (supply.Concentration{}) {
			t.Errorf("concentration %+v", c)
		}
		if a := d.Assumptions(); len(a) != 1 || a[0] != "No supply of magnet in "+place+" is known for 2024: every share is zero." {
			t.Errorf("assumptions %q", a)
		}
	}
	if _, err := ask(t, w, at("N", "farm")).Chokepoints(ctx, "CONTINENT", 0, 0, 0); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("an unknown kind of chokepoints gives %v", err)
	}
	if _, err := w.Dependency("N", "magnetron"); graph.CodeOf(err) != graph.NotFound {
		t.Errorf("an unknown product gives %v", err)
	}
}

// A country can be a single point of failure although none of its nodes is; the
// target's own country is none, although all may pass its other products.
func TestSinglePointOfFailure(t *testing.T) {
	ctx := context.Background()
	w := world{
		recipes: map[string]map[string]float64{"metal": {"left": 0.5, "right": 0.5}},
		production: map[supply.Stage]float64{
			at("T", "metal"): 8, at("A", "left"): 9, at("A", "right"): 9,
		},
		flows: []flow{
			{from: "A", to: "T", product: "left", tonnes: 4}, {from: "A", to: "T", product: "right", tonnes: 4},
		},
	}
	d := ask(t, supply.NewWalk(w.network(supply.Mass)), at("T", "metal"))
	countries := must[[]supply.Chokepoint](t)(d.Chokepoints(ctx, supply.KindCountry, 0, 0, 0))
	want := []supply.Chokepoint{
		{Kind: supply.KindCountry, Place: "A", PassThrough: 1, SinglePointOfFailure: true},
		{Kind: supply.KindCountry, Place: "T", PassThrough: 1},
	}
	if !slices.Equal(countries, want) {
		t.Errorf("countries %+v", countries)
	}
	stages := must[[]supply.Chokepoint](t)(d.Chokepoints(ctx, supply.KindStage, 0.1, 0.5, 3))
	want = []supply.Chokepoint{
		{Kind: supply.KindStage, Place: "A", Product: "left", PassThrough: 0.5},
		{Kind: supply.KindStage, Place: "A", Product: "right", PassThrough: 0.5},
		{Kind: supply.KindStage, Place: "T", Product: "left", PassThrough: 0.5},
	}
	if !slices.Equal(stages, want) {
		t.Errorf("stages %+v", stages)
	}
	for epsilon, single := range map[float64]bool{0.5: true, 0.5 - 1e-9: false} {
		got := must[[]supply.Chokepoint](t)(d.Chokepoints(ctx, supply.KindLink, epsilon, 0, 1))
		link := supply.Chokepoint{Kind: supply.KindLink, From: "A", To: "T", Product: "left", By: supply.StepTrade,
			PassThrough: 0.5, SinglePointOfFailure: single}
		if !slices.Equal(got, []supply.Chokepoint{link}) {
			t.Errorf("links %+v", got)
		}
	}
}

// Steps of a tier are the fewest recipe links from the target's product.
func TestTierSteps(t *testing.T) {
	w := world{
		recipes:    map[string]map[string]float64{"d": {"c": 0.5, "a": 0.5}, "c": {"b": 1}, "b": {"a": 1}},
		production: map[supply.Stage]float64{at("A", "d"): 1, at("A", "c"): 1, at("A", "b"): 1},
	}
	got := must[[]supply.Tier](t)(ask(t, supply.NewWalk(w.network(supply.Exports)), at("A", "d")).Tiers(context.Background()))
	want := "[{d 0 [{A 1}] 1} {a 1 [] 0} {c 1 [{A 0.5}] 0.25} {b 2 [{A 0.5}] 0.25}]"
	if fmt.Sprint(got) != want {
		t.Errorf("tiers %v, want %v", got, want)
	}
}

// HHI are of named shares; all that is unexplained may be of the largest.
func TestConcentration(t *testing.T) {
	w := world{
		production: map[supply.Stage]float64{at("A", "p"): 50, at("B", "p"): 20},
		flows: []flow{
			{from: "A", to: "T", product: "p", tonnes: 50}, {from: "B", to: "T", product: "p", tonnes: 20},
			{from: "C", to: "T", product: "p", tonnes: 30},
		},
	}
	got := must[supply.Concentration](t)(ask(t, supply.NewWalk(w.network(supply.Mass)), at("T", "p")).Concentration(context.Background()))
	check(t, "direct", got.Direct, 0.25+0.04+0.09)
	check(t, "origin", got.Origin, 0.25+0.04)
	check(t, "upper", got.OriginUpper, 0.64+0.04)
	check(t, "coverage", got.Coverage, 0.7)
}

// Lists come in the orders that are promised, whatever rounding does.
func TestOrderOfEqualShares(t *testing.T) {
	w := world{production: map[supply.Stage]float64{}}
	for _, place := range []string{"G", "C", "E", "B", "F", "D", "A"} {
		w.production[at(place, "p")] = 1
		w.flows = append(w.flows, flow{from: place, to: "M" + place, product: "p", tonnes: 1}, flow{from: "M" + place, to: "T", product: "p", tonnes: 1})
	}
	d := ask(t, supply.NewWalk(w.network(supply.Mass)), at("T", "p"))
	var places string
	for _, s := range must[[]supply.CountryShare](t)(d.Shares(context.Background())) {
		places += s.Place
	}
	if places != "ABCDEFGMAMBMCMDMEMFMG" {
		t.Errorf("order %s", places)
	}

	// A sends a tenth by each of three others, B three tenths: in binary the sum
	// is the larger one. They are equal, and B is the larger direct one.
	w = world{
		production: map[supply.Stage]float64{at("A", "p"): 3, at("B", "p"): 3, at("D", "p"): 4},
		flows:      []flow{{from: "B", to: "T", product: "p", tonnes: 3}, {from: "D", to: "T", product: "p", tonnes: 4}},
	}
	for _, by := range []string{"M1", "M2", "M3"} {
		w.flows = append(w.flows, flow{from: "A", to: by, product: "p", tonnes: 1}, flow{from: by, to: "T", product: "p", tonnes: 1})
	}
	shares := must[[]supply.CountryShare](t)(ask(t, supply.NewWalk(w.network(supply.Mass)), at("T", "p")).Shares(context.Background()))
	if shares[1].Place != "B" || shares[2].Place != "A" || shares[1].Origin >= shares[2].Origin {
		t.Errorf("order %v", shares)
	}
}

// The stages that pass at least the share asked for, and the steps between them.
func TestDrawing(t *testing.T) {
	w := world{
		recipes:    map[string]map[string]float64{"metal": {"ore": 1}},
		production: map[supply.Stage]float64{at("A", "ore"): 9, at("B", "metal"): 8, at("T", "metal"): 2},
		flows: []flow{
			{from: "A", to: "B", product: "ore", tonnes: 6, estimated: true},
			{from: "B", to: "C", product: "metal", tonnes: 4}, {from: "B", to: "T", product: "metal", tonnes: 4},
			{from: "C", to: "T", product: "metal", tonnes: 4},
		},
	}
	d := ask(t, supply.NewWalk(w.network(supply.Mass)), at("T", "metal"))
	got := must[supply.Drawing](t)(d.Drawing(context.Background(), 0.4, 0))
	want := supply.Drawing{
		Nodes: []supply.DrawnNode{
			{Stage: at("T", "metal"), PassThrough: 1, MadeHere: 0.2},
			{Stage: at("B", "metal"), PassThrough: 0.8, MadeHere: 0.8},
			{Stage: at("B", "ore"), PassThrough: 0.8, Unexplained: 0.2, Steps: 1},
			{Stage: at("A", "ore"), PassThrough: 0.6, MadeHere: 0.6, Origin: 0.6, Steps: 1},
			{Stage: at("C", "metal"), PassThrough: 0.4},
		},
		Links: []supply.DrawnLink{
			{From: at("B", "ore"), To: at("B", "metal"), By: supply.StepMade, Share: 1, PassThrough: 0.8},
			{From: at("A", "ore"), To: at("B", "ore"), By: supply.StepTrade, Share: 0.75, PassThrough: 0.6, Estimated: true},
			{From: at("B", "metal"), To: at("C", "metal"), By: supply.StepTrade, Share: 1, PassThrough: 0.4},
			{From: at("B", "metal"), To: at("T", "metal"), By: supply.StepTrade, Share: 0.4, PassThrough: 0.4},
			{From: at("C", "metal"), To: at("T", "metal"), By: supply.StepTrade, Share: 0.4, PassThrough: 0.4},
		},
	}
	checkDrawing(t, got, want)
	cut := must[supply.Drawing](t)(d.Drawing(context.Background(), 0.4, 3))
	want.Nodes, want.Links, want.Truncated = want.Nodes[:3], []supply.DrawnLink{want.Links[0], want.Links[3]}, true
	checkDrawing(t, cut, want)
	// A place without a node of the pooled target is drawn too.
	lux := must[supply.Drawing](t)(ask(t, supply.NewWalk(pools().network(supply.Mass)), at("LUX", "turbine")).Drawing(context.Background(), 0, 0))
	draws := slices.DeleteFunc(lux.Links, func(l supply.DrawnLink) bool { return l.To != at("LUX", "turbine") || l.By != supply.StepPool })
	if lux.Nodes[0].Stage != at("LUX", "turbine") || len(draws) != 2 {
		t.Errorf("drawing %+v", lux)
	}
}

func checkDrawing(t *testing.T, got, want supply.Drawing) {
	t.Helper()
	if len(got.Nodes) != len(want.Nodes) || len(got.Links) != len(want.Links) || got.Truncated != want.Truncated {
		t.Fatalf("drawing %+v", got)
	}
	for i, node := range got.Nodes {
		of := want.Nodes[i]
		check(t, "pass-through", node.PassThrough, of.PassThrough)
		check(t, "made here", node.MadeHere, of.MadeHere)
		check(t, "origin", node.Origin, of.Origin)
		check(t, "unexplained", node.Unexplained, of.Unexplained)
		if node.Stage != of.Stage || node.Steps != of.Steps {
			t.Errorf("node %+v, want %+v", node, of)
		}
	}
	for i, link := range got.Links {
		of := want.Links[i]
		check(t, "pass-through", link.PassThrough, of.PassThrough)
		check(t, "share", link.Share, of.Share)
		if link.From != of.From || link.To != of.To || link.By != of.By || link.Estimated != of.Estimated {
			t.Errorf("link %+v, want %+v", link, of)
		}
	}
}

// Questions about one network and one target at once give what they give alone.
func TestQuestionsAtOnce(t *testing.T) {
	n := largeWorld(3, 40, 500).network(supply.Mass)
	want := everyMeasure(t, ask(t, supply.NewWalk(n), at("C001", "p0")))
	w := supply.NewWalk(n)
	shared := ask(t, w, at("C001", "p0"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			d := shared
			if i%2 == 0 {
				d, _ = w.Dependency("C001", "p0")
			}
			got := everyMeasure(t, d)
			for name := range merge(got, want) {
				if got[name] != want[name] {
					t.Errorf("%s = %v, alone %v", name, got[name], want[name])
				}
			}
		})
	}
	wg.Wait()
}

// A question that is abandoned says so, and leaves the next one unharmed.
func TestAbandonedQuestion(t *testing.T) {
	n := largeWorld(3, 40, 500).network(supply.Mass)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	measures := map[string]func(context.Context, *supply.Dependency) error{
		"shares": func(ctx context.Context, d *supply.Dependency) error { _, err := d.Shares(ctx); return err },
		"countries": func(ctx context.Context, d *supply.Dependency) error {
			_, err := d.Chokepoints(ctx, supply.KindCountry, 0, 0, 0)
			return err
		},
		"stages": func(ctx context.Context, d *supply.Dependency) error {
			_, err := d.Chokepoints(ctx, supply.KindStage, 0, 0, 0)
			return err
		},
		"links": func(ctx context.Context, d *supply.Dependency) error {
			_, err := d.Chokepoints(ctx, supply.KindLink, 0, 0, 0)
			return err
		},
		"tiers":      func(ctx context.Context, d *supply.Dependency) error { _, err := d.Tiers(ctx); return err },
		"tier flows": func(ctx context.Context, d *supply.Dependency) error { _, err := d.TierFlows(ctx, 0, 0); return err },
		"paths":      func(ctx context.Context, d *supply.Dependency) error { _, err := d.Paths(ctx, 10, 0); return err },
		"estimated":  func(ctx context.Context, d *supply.Dependency) error { _, err := d.EstimatedShare(ctx); return err },
		"drawing":    func(ctx context.Context, d *supply.Dependency) error { _, err := d.Drawing(ctx, 0, 0); return err },
	}
	for name, measure := range measures {
		d := ask(t, supply.NewWalk(n), at("C001", "p0"))
		if err := measure(ctx, d); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v", name, err)
		}
		if err := measure(context.Background(), d); err != nil {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
}

// A cycle of more stages than are eliminated is iterated on, and says so: place k
// of it makes half of its supply, and has the other half from place k+1, which half
// of what comes to k passes. Links, which need the returns of all stages, are refused.
func TestCycleOfManyStages(t *testing.T) {
	const places = 3001
	n := &supply.Network{Year: 2024, Products: []supply.Product{{ID: "p", Raw: true}}, TradeStart: []int32{0}, InputStart: []int32{0}}
	for i := range int32(places) {
		n.Places = append(n.Places, fmt.Sprintf("C%04d", i))
		n.Nodes = append(n.Nodes, supply.Node{Place: i, Production: 1, Imports: 1, Exports: 1, Supply: 2})
		n.Trade = append(n.Trade, supply.TradeLink{Exporter: (i + 1) % places, Tonnes: 1})
		n.TradeStart = append(n.TradeStart, i+1)
		n.InputStart = append(n.InputStart, 0)
	}
	ctx := context.Background()
	d := ask(t, supply.NewWalk(n), at("C0000", "p"))
	shares, err := d.Shares(ctx)
	if err != nil {
		t.Fatal(err)
	}
	residual, err := d.Residual(ctx)
	if err != nil || residual == 0 || residual > 1e-12 {
		t.Errorf("residual %g (%v)", residual, err)
	}
	for k, share := range shares[:30] {
		if want := math.Pow(2, -float64(k+1)); share.Place != n.Places[k] || math.Abs(share.Origin-want) > residual {
			t.Errorf("origin %d: %v, want %g of %s", k, share, want, n.Places[k])
		}
	}
	if said := strings.Join(d.Assumptions(), " "); !strings.Contains(said, "3001 stages supply each other in one cycle") {
		t.Errorf("assumptions %q", said)
	}
	for _, kind := range []supply.Kind{supply.KindStage, supply.KindCountry} {
		for k, point := range must[[]supply.Chokepoint](t)(d.Chokepoints(ctx, kind, supply.DefaultEpsilon, 1e-6, 20)) {
			if want := math.Pow(2, -float64(k+1)); point.Place != n.Places[k+1] || math.Abs(point.PassThrough-want) > residual {
				t.Errorf("%s %d: %v, want %g of %s", kind, k, point, want, n.Places[k+1])
			}
		}
	}
	_, err = d.Chokepoints(ctx, supply.KindLink, supply.DefaultEpsilon, 0, 0)
	if graph.CodeOf(err) != graph.TooLarge {
		t.Errorf("error %v", err)
	}
}
