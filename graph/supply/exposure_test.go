package supply_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// nowhere is a place that no fact names: it draws from pools, and has nothing else.
const nowhere = "NOWHERE"

// subjects lists everything that can be a chokepoint of a network.
func subjects(n *supply.Network) []supply.Subject {
	var all []supply.Subject
	for _, place := range n.Places {
		all = append(all, supply.Subject{Place: place})
	}
	for i, node := range n.Nodes {
		s := stageOf(n, i)
		all = append(all, supply.Subject{Place: s.Place, Product: s.Product})
		for _, l := range n.TradeInto(int32(i)) {
			all = append(all, supply.Subject{From: stageOf(n, int(l.Exporter)).Place, To: s.Place, Product: s.Product})
		}
		for j, other := range n.Nodes {
			if n.Products[node.Product].Pooled && other.Product == node.Product && other.Production > 0 && i != j {
				all = append(all, supply.Subject{From: stageOf(n, j).Place, To: s.Place, Product: s.Product})
			}
		}
	}
	return all
}

// holds tells whether a stage is of the set that a subject stands for.
func holds(x supply.Subject, s supply.Stage) bool {
	return x.Place == s.Place && (x.Product == "" || x.Product == s.Product)
}

// wholeTargets lists what can be asked of a network: every node of a product
// that is not pooled, and every pool, as a stage without a place.
func wholeTargets(n *supply.Network) []supply.Stage {
	var all []supply.Stage
	for p, product := range n.Products {
		if product.Pooled {
			all = append(all, at("", product.ID))
			continue
		}
		for i, node := range n.Nodes {
			if int(node.Product) == p {
				all = append(all, stageOf(n, i))
			}
		}
	}
	return all
}

// dependencyOf asks of a target; the pool is asked as a place that only draws.
func dependencyOf(t failer, w *supply.Walk, s supply.Stage) *supply.Dependency {
	t.Helper()
	if s.Place == "" {
		s.Place = nowhere
	}
	return ask(t, w, s)
}

// passThrough asks a target for one of its chokepoints.
func passThrough(t failer, d *supply.Dependency, x supply.Subject) float64 {
	t.Helper()
	kind := supply.KindStage
	switch {
	case x.From != "":
		kind = supply.KindLink
	case x.Product == "":
		kind = supply.KindCountry
	}
	for _, c := range must[[]supply.Chokepoint](t)(d.Chokepoints(context.Background(), kind, 0, 0, 0)) {
		if (supply.Subject{Place: c.Place, Product: c.Product, From: c.From, To: c.To}) == x {
			return c.PassThrough
		}
	}
	return 0
}

// nodeOf returns the node of a stage; a zero one for a pool.
func nodeOf(n *supply.Network, s supply.Stage) supply.Node {
	if s.Place == "" {
		return supply.Node{}
	}
	return n.Nodes[n.Node(placeOf(n, s.Place), productOf(n, s.Product))]
}

// finalUse is A(c,p) of docs/methods.md §2a, written down once more.
func finalUse(node supply.Node) float64 {
	if a := node.Supply - node.Exports - node.Used; a >= 1e-12*node.Supply {
		return a
	}
	return 0
}

// Who depends on X is what every target says of X.
func TestExposureIsDependencyTurnedRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, asked := question(t, middling)
		w := supply.NewWalk(n)
		x := rapid.SampledFrom(subjects(n)).Draw(t, "subject")
		product := rapid.SampledFrom([]string{"", asked.Product}).Draw(t, "product")
		e := must[supply.Exposure](t)(w.Exposure(context.Background(), product, x))
		got := map[supply.Stage]supply.ExposedTarget{}
		for _, target := range e.Targets {
			got[target.Stage] = target
		}
		if len(got) != len(e.Targets) {
			t.Fatalf("a target stands twice: %v", e.Targets)
		}
		var use, own float64
		for _, s := range wholeTargets(n) {
			if product != "" && s.Product != product {
				continue
			}
			node := nodeOf(n, s)
			if holds(x, s) {
				own += finalUse(node)
				if _, ok := got[s]; ok {
					t.Fatalf("%v is of the set %v", s, x)
				}
				continue
			}
			use += finalUse(node)
			d := dependencyOf(t, w, s)
			check(t, fmt.Sprint(s, " by ", x), got[s].PassThrough, passThrough(t, d, x))
			if got[s].PassThrough > 0 {
				check(t, "unexplained", got[s].Unexplained, must[float64](t)(d.UnexplainedShare(context.Background())))
				if tonnes, ok := d.SupplyTonnes(); ok {
					check(t, "tonnes", got[s].Tonnes, got[s].PassThrough*tonnes)
					check(t, "final use", got[s].FinalUse, finalUse(node))
				} else if !math.IsNaN(got[s].Tonnes) || !math.IsNaN(got[s].FinalUse) {
					t.Fatalf("a pool has tonnes: %+v", got[s])
				}
			}
			delete(got, s)
		}
		if len(got) > 0 {
			t.Fatalf("exposed beside the targets: %v", got)
		}
		check(t, "final use", e.FinalUse, use)
		check(t, "own final use", e.OwnFinalUse, own)
	})
}

// worldOf adds up the chokepoints of every target, by the definition.
func worldOf(t failer, w *supply.Walk, product string, kind supply.Kind, epsilon float64) map[supply.Subject][2]float64 {
	t.Helper()
	n := w.Network()
	type sums struct{ passed, all, countries float64 }
	world := map[supply.Subject]*sums{}
	for _, x := range subjects(n) {
		isKind := x.From == "" && (x.Product == "") == (kind == supply.KindCountry) && kind != supply.KindLink
		if isKind || x.From != "" && kind == supply.KindLink {
			world[x] = &sums{}
		}
	}
	for _, s := range wholeTargets(n) {
		if s.Product != product {
			continue
		}
		weight := finalUse(nodeOf(n, s))
		if s.Place == "" {
			weight = 1
		}
		points := map[supply.Subject]supply.Chokepoint{}
		for _, c := range must[[]supply.Chokepoint](t)(dependencyOf(t, w, s).Chokepoints(context.Background(), kind, epsilon, 0, 0)) {
			points[supply.Subject{Place: c.Place, Product: c.Product, From: c.From, To: c.To}] = c
		}
		for x, y := range world {
			if holds(x, s) {
				continue
			}
			y.all += weight
			y.passed += weight * points[x].PassThrough
			if points[x].SinglePointOfFailure {
				y.countries++
			}
		}
	}
	shares := map[supply.Subject][2]float64{}
	for x, y := range world {
		switch {
		case y.passed > 0:
			shares[x] = [2]float64{y.passed / y.all, y.countries}
		case y.countries > 0:
			shares[x] = [2]float64{0, y.countries}
		}
	}
	return shares
}

// The world's chokepoints are the sum of those of every target; the same comes
// from turning the question round.
func TestWorldChokepointsAreThoseOfAllTargets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, asked := question(t, middling)
		w := supply.NewWalk(n)
		ctx := context.Background()
		epsilon := rapid.SampledFrom([]float64{0, 0.001, 0.25, 1}).Draw(t, "epsilon")
		for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage, supply.KindLink} {
			want := worldOf(t, w, asked.Product, kind, epsilon)
			list := must[[]supply.WorldChokepoint](t)(w.WorldChokepoints(ctx, asked.Product, kind, epsilon, 0))
			for i, c := range list {
				x := supply.Subject{Place: c.Place, Product: c.Product, From: c.From, To: c.To}
				check(t, fmt.Sprint("world share of ", x), c.Share, want[x][0])
				if c.Countries != int(want[x][1]) || c.Kind != kind {
					t.Fatalf("%+v, want %v countries", c, want[x][1])
				}
				e := must[supply.Exposure](t)(w.Exposure(ctx, asked.Product, x))
				check(t, fmt.Sprint("exposure to ", x), e.WorldShare, c.Share)
				if i > 0 && c.Share > list[i-1].Share*(1+1e-9) {
					t.Fatalf("%v stands after %v", c, list[i-1])
				}
				delete(want, x)
			}
			if len(want) > 0 {
				t.Fatalf("not listed: %v", want)
			}
			first := evenly(1, 5).Draw(t, "first")
			cut := must[[]supply.WorldChokepoint](t)(w.WorldChokepoints(ctx, asked.Product, kind, epsilon, first))
			if !slices.Equal(cut, list[:min(first, len(list))]) {
				t.Fatalf("the first %d of %v are %v", first, list, cut)
			}
		}
	})
}

// Sets of several subjects of every kind at once, against rational numbers; masses
// of very different size.
func TestExposureToSetsIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(shape{places: 4, products: 3, pools: true, largest: 1 << 40, gaps: true}).Draw(t, "world")
		n := w.network(balances.Draw(t, "balance"))
		r := newReference(n)
		set := rapid.SliceOfN(rapid.SampledFrom(subjects(n)), 1, 4).Draw(t, "set")
		states, links := map[int]bool{}, map[link]bool{}
		for _, x := range set {
			for i := range n.Nodes {
				s := stageOf(n, i)
				if holds(x, s) {
					states[2*i], states[2*i+1] = true, true
				}
				if x.From == "" || s.Product != x.Product || s.Place != x.To {
					continue
				}
				from := 2 * int(n.Node(placeOf(n, x.From), productOf(n, x.Product)))
				if n.Products[n.Nodes[i].Product].Pooled {
					from++
				}
				links[link{2 * i, from}] = true
			}
		}
		e := must[supply.Exposure](t)(supply.NewWalk(n).Exposure(context.Background(), "", set...))
		got := map[supply.Stage]float64{}
		for _, target := range e.Targets {
			got[target.Stage] = target.PassThrough
		}
		for i, node := range n.Nodes {
			if n.Products[node.Product].Pooled || states[2*i] || r.empty(2*i) {
				continue
			}
			check(t, fmt.Sprint(stageOf(n, i), " by ", set), got[stageOf(n, i)], float(r.passThrough(2*i, states, links)))
		}
	})
}

// Countries by the block form, against rational numbers.
func TestWorldCountriesAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(shape{places: 4, products: 3, largest: 1 << 40, gaps: true}).Draw(t, "world")
		n := w.network(balances.Draw(t, "balance"))
		r := newReference(n)
		product := n.Products[evenly(0, len(n.Products)-1).Draw(t, "product")].ID
		got := map[string]float64{}
		for _, c := range must[[]supply.WorldChokepoint](t)(supply.NewWalk(n).WorldChokepoints(context.Background(), product, supply.KindCountry, 0, 0)) {
			got[c.Place] = c.Share
		}
		for _, place := range n.Places {
			set := map[int]bool{}
			for i := range n.Nodes {
				if stageOf(n, i).Place == place {
					set[2*i] = true
				}
			}
			passed, all := rat(0), rat(0)
			for i, node := range n.Nodes {
				if use := finalUse(node); use > 0 && !set[2*i] && stageOf(n, i).Product == product {
					all.Add(all, rat(use))
					passed.Add(passed, mul(rat(use), r.passThrough(2*i, set, nil)))
				}
			}
			if all.Sign() > 0 {
				passed.Quo(passed, all)
			}
			check(t, "world share of "+place, got[place], float(passed))
		}
	})
}

// T1 and T2 of docs/methods.md, by hand.
func TestWorkedWorlds(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name, product string
		want          map[supply.Kind]map[supply.Subject]string
		countries     map[supply.Subject]int
	}{
		// Final use: A 100 − 70, B 110 − 50, C 60 − 10. Of what B and C use, 110 t, A
		// sold 70.
		{"T1 re-exports", "p", map[supply.Kind]map[supply.Subject]string{
			supply.KindCountry: {{Place: "A"}: "7/11", {Place: "B"}: "25/48", {Place: "C"}: "2/33"},
			supply.KindStage: {{Place: "A", Product: "p"}: "7/11", {Place: "B", Product: "p"}: "25/48",
				{Place: "C", Product: "p"}: "2/33"},
		}, nil},
		// Final use of magnets: C 5, D 20, E 50, F 5. F has all of them from C.
		{"T2 three tiers", "magnet", map[supply.Kind]map[supply.Subject]string{
			supply.KindCountry: {{Place: "A"}: "100/221", {Place: "B"}: "25/52", {Place: "C"}: "3/5",
				{Place: "D"}: "263/663", {Place: "F"}: "11/65"},
			supply.KindStage: {{Place: "D", Product: "ore"}: "433/884", {Place: "F", Product: "magnet"}: "2/15",
				{Place: "C", Product: "metal"}: "5/8"},
			supply.KindLink: {{From: "B", To: "C", Product: "metal"}: "45/104"},
		}, map[supply.Subject]int{{Place: "C"}: 1, {Place: "C", Product: "metal"}: 2}},
	} {
		n, err := caseNamed(t, c.name).Network(t, supply.Mass)
		if err != nil {
			t.Fatal(err)
		}
		w := supply.NewWalk(n)
		for kind, want := range c.want {
			got := map[supply.Subject]supply.WorldChokepoint{}
			for _, p := range must[[]supply.WorldChokepoint](t)(w.WorldChokepoints(ctx, c.product, kind, supply.DefaultEpsilon, 0)) {
				got[supply.Subject{Place: p.Place, Product: p.Product, From: p.From, To: p.To}] = p
			}
			for x, fraction := range want {
				share, err := supplytest.ParseNumber(fraction)
				if err != nil {
					t.Fatal(err)
				}
				check(t, fmt.Sprint(c.name, " ", x), got[x].Share, share)
				if got[x].Countries != c.countries[x] {
					t.Errorf("%s: %v is a single point of failure for %d, want %d", c.name, x, got[x].Countries, c.countries[x])
				}
			}
			if kind == supply.KindCountry && len(got) != len(want) {
				t.Errorf("%s: %d countries, want %d: %v", c.name, len(got), len(want), got)
			}
		}
	}
}

// Who depends on D in T2, in the order of tonnes.
func TestWorkedExposure(t *testing.T) {
	ctx := context.Background()
	n, err := caseNamed(t, "T2 three tiers").Network(t, supply.Mass)
	if err != nil {
		t.Fatal(err)
	}
	w := supply.NewWalk(n)
	e := must[supply.Exposure](t)(w.Exposure(ctx, "magnet", supply.Subject{Place: "D"}))
	want := []supply.ExposedTarget{
		{Stage: at("E", "magnet"), PassThrough: 93.0 / 221, Tonnes: 50 * 93.0 / 221, FinalUse: 50, Unexplained: 1007.0 / 5967},
		{Stage: at("C", "magnet"), PassThrough: 61.0 / 221, Tonnes: 50 * 61.0 / 221, FinalUse: 5, Unexplained: 217.0 / 1989},
		{Stage: at("F", "magnet"), PassThrough: 61.0 / 221, Tonnes: 15 * 61.0 / 221, FinalUse: 5, Unexplained: 217.0 / 1989},
	}
	if len(e.Targets) != len(want) {
		t.Fatalf("targets %+v", e.Targets)
	}
	for i, got := range e.Targets {
		of := want[i]
		check(t, "pass-through", got.PassThrough, of.PassThrough)
		check(t, "tonnes", got.Tonnes, of.Tonnes)
		check(t, "final use", got.FinalUse, of.FinalUse)
		check(t, "unexplained", got.Unexplained, of.Unexplained)
		if got.Stage != of.Stage {
			t.Errorf("target %d is %v, want %v", i, got.Stage, of.Stage)
		}
	}
	check(t, "final use", e.FinalUse, 60)
	check(t, "own final use", e.OwnFinalUse, 20)
	check(t, "world share", e.WorldShare, 263.0/663)

	// All products: D's own magnets, metal and ore are left out; nobody uses up
	// metal or ore as such.
	all := must[supply.Exposure](t)(w.Exposure(ctx, "", supply.Subject{Place: "D"}))
	shares := map[supply.Stage]float64{}
	for _, target := range all.Targets {
		shares[target.Stage] = target.PassThrough
	}
	for s, share := range map[supply.Stage]float64{
		at("E", "magnet"): 93.0 / 221, at("C", "magnet"): 61.0 / 221, at("F", "magnet"): 61.0 / 221,
		at("C", "metal"): 61.0 / 221, at("F", "metal"): 1.0 / 17, at("B", "metal"): 1.0 / 17, at("B", "ore"): 1.0 / 17,
	} {
		check(t, fmt.Sprint(s), shares[s], share)
		delete(shares, s)
	}
	if len(shares) > 0 {
		t.Errorf("exposed beside: %v", shares)
	}
}

// Everyone draws a pooled product from one pool: it is one target, without
// tonnes, and after those that have some.
func TestExposureOfPools(t *testing.T) {
	ctx := context.Background()
	w := supply.NewWalk(pools().network(supply.Exports))
	e := must[supply.Exposure](t)(w.Exposure(ctx, "", supply.Subject{Place: "C"}))
	var list []supply.Stage
	shares := map[supply.Stage]float64{}
	for _, target := range e.Targets {
		list = append(list, target.Stage)
		shares[target.Stage] = target.PassThrough
	}
	if want := []supply.Stage{at("N", "farm"), at("D", "magnet"), at("D", "farm"), at("", "turbine")}; !slices.Equal(list, want) {
		t.Errorf("targets %v, want %v", list, want)
	}
	check(t, "pool", shares[at("", "turbine")], 1) // all magnets are C's
	check(t, "farm", shares[at("N", "farm")], 0.5)

	turbines := must[supply.Exposure](t)(w.Exposure(ctx, "turbine", supply.Subject{Place: "D", Product: "turbine"}))
	check(t, "D makes", turbines.WorldShare, 0.75)
	if len(turbines.Targets) != 1 || turbines.FinalUse != 0 || turbines.OwnFinalUse != 0 {
		t.Errorf("turbines of D: %+v", turbines)
	}
	// N's draw from D is a link of N's farms, not of the pool.
	draw := supply.Subject{From: "D", To: "N", Product: "turbine"}
	check(t, "N's draw", must[supply.Exposure](t)(w.Exposure(ctx, "turbine", draw)).WorldShare, 0)
	farms := must[supply.Exposure](t)(w.Exposure(ctx, "farm", draw))
	if len(farms.Targets) != 1 || farms.Targets[0].Stage != at("N", "farm") {
		t.Errorf("who depends on N's draw: %+v", farms.Targets)
	}
	world := must[[]supply.WorldChokepoint](t)(w.WorldChokepoints(ctx, "turbine", supply.KindCountry, supply.DefaultEpsilon, 0))
	if len(world) != 2 || world[0].Place != "C" || world[0].Countries != 1 || world[1].Countries != 0 {
		t.Errorf("world's chokepoints of turbines: %+v", world)
	}
	towers := must[[]supply.WorldChokepoint](t)(w.WorldChokepoints(ctx, "tower", supply.KindStage, supply.DefaultEpsilon, 0))
	if len(towers) != 0 {
		t.Errorf("nobody makes towers, yet they pass %+v", towers)
	}
}

// Whoever is in a closed ring is passed by all who come to it.
func TestExposureInRings(t *testing.T) {
	ctx := context.Background()
	w := supply.NewWalk(world{flows: []flow{
		{from: "A", to: "B", product: "p", tonnes: 7}, {from: "B", to: "A", product: "p", tonnes: 7},
	}}.network(supply.Mass))
	for _, x := range []supply.Subject{{Place: "A"}, {Place: "A", Product: "p"}, {From: "A", To: "B", Product: "p"}} {
		e := must[supply.Exposure](t)(w.Exposure(ctx, "p", x))
		for _, target := range e.Targets {
			check(t, fmt.Sprint(target.Stage, " by ", x), target.PassThrough, 1)
			check(t, "unexplained", target.Unexplained, 1)
		}
		if holding := len(e.Targets); holding != 1 && x.Place != "" || holding != 2 && x.From != "" {
			t.Errorf("%v: %+v", x, e.Targets)
		}
	}
	// What the ring sells on it does not use: no final use, but a single point.
	for _, c := range must[[]supply.WorldChokepoint](t)(w.WorldChokepoints(ctx, "p", supply.KindCountry, 0, 0)) {
		if c.Share != 0 || c.Countries != 1 {
			t.Errorf("%+v", c)
		}
	}
}

// What the network does not know of X nobody depends on; what is no subject is
// an error.
func TestExposureToNothing(t *testing.T) {
	ctx := context.Background()
	w := supply.NewWalk(pools().network(supply.Mass))
	for _, x := range []supply.Subject{{Place: nowhere}, {Place: nowhere, Product: "farm"}, {From: nowhere, To: "N", Product: "farm"},
		{From: "N", To: "N", Product: "farm"}} {
		e := must[supply.Exposure](t)(w.Exposure(ctx, "", x))
		if len(e.Targets) != 0 || e.WorldShare != 0 || e.Targets == nil {
			t.Errorf("%v: %+v", x, e)
		}
	}
	for _, x := range []supply.Subject{{}, {Product: "farm"}, {From: "D", Product: "farm"}, {From: "D", To: "N"}, {Place: "D", From: "D", To: "N", Product: "farm"}} {
		if _, err := w.Exposure(ctx, "", x); graph.CodeOf(err) != graph.BadInput {
			t.Errorf("%v: %v", x, err)
		}
	}
	_, unknownTarget := w.Exposure(ctx, "magnetron", supply.Subject{Place: "D"})
	_, unknownSubject := w.Exposure(ctx, "", supply.Subject{Place: "D", Product: "magnetron"})
	_, unknownWorld := w.WorldChokepoints(ctx, "magnetron", supply.KindCountry, 0, 0)
	for _, err := range []error{unknownTarget, unknownSubject, unknownWorld} {
		if graph.CodeOf(err) != graph.NotFound {
			t.Errorf("an unknown product gives %v", err)
		}
	}
	if _, err := w.WorldChokepoints(ctx, "farm", "CONTINENT", 0, 0); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("an unknown kind gives %v", err)
	}
}

// What rounding leaves of a supply that is used up or sold whole is no final use:
// the world's shares are not taken of it.
func TestFinalUseOfRounding(t *testing.T) {
	left := 3.3
	left += 1.6
	left -= 2.0
	if left -= 2.9; left == 0 {
		t.Fatal("these figures leave nothing to be rounded")
	}
	w := supply.NewWalk(world{
		recipes: map[string]map[string]float64{"metal": {"ore": 1}},
		production: map[supply.Stage]float64{
			at("A", "ore"): 3.3, at("B", "ore"): 1.6, at("B", "metal"): 2.9, at("C", "metal"): 2,
		},
		flows: []flow{{from: "A", to: "B", product: "ore", tonnes: 3.3}, {from: "B", to: "C", product: "ore", tonnes: 2}},
	}.network(supply.Mass))
	e := must[supply.Exposure](t)(w.Exposure(context.Background(), "ore", supply.Subject{Place: "A"}))
	if len(e.Targets) != 2 || e.FinalUse != 0 || e.WorldShare != 0 {
		t.Errorf("final use %v, of which %v depends on A; want none: %v", e.FinalUse, e.WorldShare, e.Targets)
	}
}

// A question that is abandoned says so, and leaves the next one unharmed.
func TestAbandonedWorld(t *testing.T) {
	n := largeWorld(3, 40, 500).network(supply.Mass)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	w := supply.NewWalk(n)
	if _, err := w.Exposure(ended, "p0", supply.Subject{Place: "C001"}); graph.CodeOf(err) != graph.Timeout {
		t.Errorf("exposure: %v", err)
	}
	for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage, supply.KindLink} {
		if _, err := w.WorldChokepoints(ended, "p0", kind, 0, 0); graph.CodeOf(err) != graph.Timeout {
			t.Errorf("%s: %v", kind, err)
		}
		if _, err := w.WorldChokepoints(context.Background(), "p0", kind, 0, 0); err != nil {
			t.Errorf("%s afterwards: %v", kind, err)
		}
	}
}
