package supply_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"tiermap/graph/supply"
)

// drawTable answers for a sector of A and makes ready for its draws.
func drawTable(t *testing.T, e economy, scenario *supply.Scenario, u supply.Uncertainty) *supply.DrawnDependency {
	t.Helper()
	walk, _ := e.walk(t)
	known, target := walk.Network(), e.stage(0)
	if scenario != nil {
		walk = supply.NewWalk(must[*supply.Network](t)(known.Under(scenario, target)))
	}
	draws := must[*supply.Draws](t)(supply.NewTableDraws(known, walk, scenario, target, u))
	return draws.Dependency(ofSector(t, walk, target))
}

// A makes 100 of 30 of B's and 20 of C's, who buy nothing: B's share is m/100, of which
// the derivative with respect to ln m is itself, and A's is what the inputs leave.
var threeSectors = economy{countries: 3, sectors: 1, x: []float64{100, 200, 300}, y: []float64{100, 170, 280},
	z: [][]float64{{0, 0, 0}, {30, 0, 0}, {20, 0, 0}}}

func TestIntervalsOfATable(t *testing.T) {
	const e = 0.02
	d := drawTable(t, threeSectors, nil, supply.Uncertainty{Draws: supply.MaxDraws, Reported: e})
	n := must[supply.Intervals](t)(d.Intervals(t.Context()))
	near := func(what string, got supply.Interval, value, derivative float64) {
		t.Helper()
		half := 1.645 * e * derivative
		if math.Abs(got.Value-value) > 1e-12 || math.Abs(got.Low-(value-half)) > half/10 || math.Abs(got.High-(value+half)) > half/10 {
			t.Errorf("%s is %+v, want %g ± %g", what, got, value, half)
		}
	}
	near("B", originOf(n, "B"), 0.3, 0.3)
	near("C", originOf(n, "C"), 0.2, 0.2)
	near("A", originOf(n, "A"), 0.5, math.Hypot(0.3, 0.2)) // the two flows are independent
	if draws := d.Draws; draws.Drawn.Reported != 2 || draws.Drawn.Estimated != 0 || n.Undecided != 0 {
		t.Errorf("%+v, %g undecided", draws.Drawn, n.Undecided)
	}
	links := must[[]supply.ChokepointInterval](t)(d.Chokepoints(t.Context(), supply.KindLink, "", supply.DefaultEpsilon, 0, 0))
	i := slices.IndexFunc(links, func(p supply.ChokepointInterval) bool { return p.From == "B" })
	near("what A buys of B", links[i].Interval, 0.3, 0.3)

	again := must[supply.Intervals](t)(drawTable(t, threeSectors, nil, supply.Uncertainty{Draws: supply.MaxDraws, Reported: e}).Intervals(t.Context()))
	if !reflect.DeepEqual(n, again) {
		t.Error("asked again, the intervals are others")
	}
	exact := must[supply.Intervals](t)(drawTable(t, threeSectors, nil, supply.Uncertainty{Draws: 2}).Intervals(t.Context()))
	if got := originOf(exact, "B"); got.Low != got.Value || got.High != got.Value {
		t.Errorf("without errors B is %+v", got)
	}
	without := &supply.Scenario{Without: []supply.Subject{{Place: "B"}}}
	if got := originOf(must[supply.Intervals](t)(drawTable(t, threeSectors, without, supply.Uncertainty{Draws: 20, Reported: e}).Intervals(t.Context())), "B"); got != (supply.Interval{}) {
		t.Errorf("B, which is taken away, has %+v", got)
	}
}

// Where inputs cost about as much as the output, value added cannot be below none: the
// undecided share says so.
func TestIntervalsOfATableAtTheKink(t *testing.T) {
	e := threeSectors
	e.x = []float64{50, 200, 300}
	n := must[supply.Intervals](t)(drawTable(t, e, nil, supply.Uncertainty{Draws: 100, Reported: 0.1}).Intervals(t.Context()))
	if a := originOf(n, "A"); n.Undecided != 1 || a.Value != 0 || a.Low != 0 || a.High <= 0.01 {
		t.Errorf("A is %+v, %g undecided", a, n.Undecided)
	}
}
