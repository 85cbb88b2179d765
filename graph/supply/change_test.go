package supply_test

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// Whatever the two networks, the contributions of the links are the difference of
// the shares, and the other way round they change their sign.
func TestChangeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := shape{places: 5, products: 4, pools: true, largest: 1000, gaps: true}
		before, _, target := question(t, s)
		after, _, _ := question(t, s)
		ctx := context.Background()
		known := func(n *supply.Network) bool {
			for _, p := range n.Products {
				if p.ID == target.Product {
					return true
				}
			}
			return false
		}
		if !known(after) {
			return
		}
		a := must[*supply.Dependency](t)(supply.NewWalk(before).Dependency(target.Place, target.Product))
		b := must[*supply.Dependency](t)(supply.NewWalk(after).Dependency(target.Place, target.Product))
		origins := func(d *supply.Dependency) map[string]float64 {
			all := map[string]float64{}
			for _, s := range must[[]supply.CountryShare](t)(d.Shares(ctx)) {
				all[s.Place] = s.Origin
			}
			return all
		}
		was, is := origins(a), origins(b)
		for _, place := range append(before.Places, after.Places...) {
			links := must[[]supply.LinkChange](t)(supply.Change(ctx, a, b, place))
			back := map[supply.LinkChange]float64{}
			for _, l := range must[[]supply.LinkChange](t)(supply.Change(ctx, b, a, place)) {
				change := l.Change
				l.Change = 0
				back[l] = change
			}
			var sum, size float64
			for _, l := range links {
				sum += l.Change
				size += math.Abs(l.Change)
				change := l.Change
				l.Change = 0
				check(t, "turned round", back[l], -change)
			}
			if d := sum - (is[place] - was[place]); math.Abs(d) > 1e-12*max(1, size) {
				t.Fatalf("the links of %s add up to %v, the share changed from %v to %v", place, sum, was[place], is[place])
			}
		}
	})
}

// T1, and T1 in a year in which A sold C 30 t more and B 20 t less: by hand, with
// x for B's share of A and y for C's. Before, x = 60/110 + 10/110 y and
// y = 1/6 + 5/6 x: 37/61 and 41/61. After, C buys 40 of 70 t from A and 30 from B:
// y = 4/7 + 3/7 x, so that x = 46/74 and y = 62/74. Of C's change, in which B's row
// plays no part, the link from A has v₁ = 1/(1 − 5/66) = 66/61 and v₂ = 77/74
// visits of C, on average 1/2 (66/61 + 77/74), times 4/7 − 1/6; the link from B
// half of 66/61 · 46/74 + 77/74 · 37/61, times 3/7 − 5/6.
func TestWorkedChange(t *testing.T) {
	before := world{production: map[supply.Stage]float64{at("A", "p9"): 100, at("B", "p9"): 40},
		flows: []flow{{"A", "B", "p9", 60, false}, {"A", "C", "p9", 10, false}, {"B", "C", "p9", 50, false}, {"C", "B", "p9", 10, false}}}
	after := before
	after.flows = []flow{{"A", "B", "p9", 60, false}, {"A", "C", "p9", 40, false}, {"B", "C", "p9", 30, false}, {"C", "B", "p9", 10, false}}
	ctx := context.Background()
	ask := func(w world) *supply.Dependency {
		n := w.network(supply.Mass)
		return must[*supply.Dependency](t)(supply.NewWalk(n).Dependency("C", "p9"))
	}
	links := must[[]supply.LinkChange](t)(supply.Change(ctx, ask(before), ask(after), "A"))
	want := map[supply.LinkChange]float64{
		{From: at("A", "p9"), To: at("C", "p9"), By: supply.StepTrade}: (66.0/61 + 77.0/74) / 2 * (4.0/7 - 1.0/6),
		{From: at("B", "p9"), To: at("C", "p9"), By: supply.StepTrade}: (66.0/61*46/74 + 77.0/74*37/61) / 2 * (3.0/7 - 5.0/6),
	}
	var sum float64
	for _, l := range links {
		sum += l.Change
		change := l.Change
		l.Change = 0
		check(t, l.From.Place+" to "+l.To.Place, change, want[l])
		delete(want, l)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
	check(t, "all", sum, 62.0/74-41.0/61)
}
