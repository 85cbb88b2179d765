package supply_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// The invariants of docs/methods.md §2, on random worlds.

// question draws a world, a balance and a target with supply or without.
func question(t *rapid.T, s shape) (*supply.Network, int, supply.Stage) {
	w := worlds(s).Draw(t, "world")
	n := w.network(balances.Draw(t, "balance"))
	i, stage := target(t, n)
	return n, i, stage
}

var middling = shape{places: 7, products: 4, pools: true, largest: 1 << 20, guesses: true, gaps: true}

func TestSharesSumToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, stage := question(t, middling)
		d := ask(t, supply.NewWalk(n), stage)
		shares := must[[]supply.CountryShare](t)(d.Shares(context.Background()))
		unexplained := must[[]supply.UnexplainedShare](t)(d.Unexplained(context.Background()))
		if !d.HasSupply() {
			if len(shares) > 0 || len(unexplained) > 0 {
				t.Fatalf("shares of no supply: %v, %v", shares, unexplained)
			}
			return
		}
		var direct, origin float64
		for _, s := range shares {
			direct += s.Direct
			origin += s.Origin
		}
		for i, u := range unexplained {
			if u.Stage == stage && i > 0 && unexplained[i-1].Stage != stage {
				t.Fatalf("the target's own is not the first: %v", unexplained)
			}
			if u.Stage == stage && u.Reason == supply.ReasonSurplus {
				node := n.Nodes[n.Node(placeOf(n, stage.Place), productOf(n, stage.Product))]
				direct += node.Unexplained / node.Supply
			}
			if u.Stage == stage && u.Reason == supply.ReasonNoInput && makes(n, stage) == 0 {
				direct += u.Share
			}
			origin += u.Share
		}
		check(t, "Σ direct + U/S", direct, 1)
		check(t, "Σ origins + Σ unexplained", origin, 1)
	})
}

// makes returns what the place of a stage makes of its product.
func makes(n *supply.Network, s supply.Stage) float64 {
	return n.Nodes[n.Node(placeOf(n, s.Place), productOf(n, s.Product))].Production
}

func placeOf(n *supply.Network, id string) int32 { return int32(slices.Index(n.Places, id)) }

func productOf(n *supply.Network, id string) int32 {
	return int32(slices.IndexFunc(n.Products, func(p supply.Product) bool { return p.ID == id }))
}

// An isolated country that mines every raw input has itself as only origin.
func TestIsolatedCountryIsItsOwnOrigin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(shape{places: 3, products: 4, largest: 100}).Draw(t, "world")
		// Enough of everything: a later product is made of no earlier one.
		for p := range 4 {
			w.production[at("ISL", name(p))] = float64(evenly(1, 5).Draw(t, "production")) * math.Pow(100, float64(p))
		}
		d := ask(t, supply.NewWalk(w.network(supply.Mass)), at("ISL", name(0)))
		shares := must[[]supply.CountryShare](t)(d.Shares(context.Background()))
		if len(shares) != 1 || shares[0].Place != "ISL" || !near(shares[0].Origin, 1) {
			t.Fatalf("origins %v", shares)
		}
	})
}

func TestScalingAllMassesChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, stage := question(t, middling)
		before := everyMeasure(t, ask(t, supply.NewWalk(n), stage))
		factor := rapid.Float64Range(1e-6, 1e6).Draw(t, "factor")
		scaled := *n
		scaled.Nodes, scaled.Trade = slices.Clone(n.Nodes), slices.Clone(n.Trade)
		for i := range scaled.Nodes {
			node := &scaled.Nodes[i]
			for _, mass := range []*float64{&node.Production, &node.Imports, &node.Exports, &node.Used, &node.Supply, &node.Unexplained} {
				*mass *= factor
			}
		}
		for i := range scaled.Trade {
			scaled.Trade[i].Tonnes *= factor
		}
		compareMeasures(t, everyMeasure(t, ask(t, supply.NewWalk(&scaled), stage)), before)
	})
}

func TestSelfTradeAndSplitFlowsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(middling).Draw(t, "world")
		balance := balances.Draw(t, "balance")
		n := w.network(balance)
		_, stage := target(t, n)
		before := everyMeasure(t, ask(t, supply.NewWalk(n), stage))
		split := w
		split.flows = nil
		for _, f := range w.flows {
			half := f
			half.tonnes = f.tonnes / 2
			self := f
			self.to = f.from
			split.flows = append(split.flows, half, self, half)
		}
		compareMeasures(t, everyMeasure(t, ask(t, supply.NewWalk(split.network(balance)), stage)), before)
	})
}

func TestProductThatNothingNeedsChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(middling).Draw(t, "world")
		n := w.network(supply.Exports)
		_, stage := target(t, n)
		before := everyMeasure(t, ask(t, supply.NewWalk(n), stage))
		w.production[at("A", "spare")] = 7
		w.recipes["spare"] = map[string]float64{name(0): 1}
		w.flows = append(w.flows, flow{from: "A", to: "B", product: "spare", tonnes: 3})
		compareMeasures(t, everyMeasure(t, ask(t, supply.NewWalk(w.network(supply.Exports)), stage)), before)
	})
}

// The names of places must not matter, only their order in lists.
func TestRenamingPlacesChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(shape{places: 5, products: 3, pools: true, largest: 1 << 20}).Draw(t, "world")
		n := w.network(supply.Mass)
		_, stage := target(t, n)
		rename := func(place string) string { return string('Z' - place[0] + 'A') }
		renamed := world{recipes: w.recipes, production: map[supply.Stage]float64{}, pooled: w.pooled}
		for s, q := range w.production {
			renamed.production[at(rename(s.Place), s.Product)] = q
		}
		for _, f := range w.flows {
			f.from, f.to = rename(f.from), rename(f.to)
			renamed.flows = append(renamed.flows, f)
		}
		before := must[[]supply.CountryShare](t)(ask(t, supply.NewWalk(n), stage).Shares(context.Background()))
		m := renamed.network(supply.Mass)
		after := must[[]supply.CountryShare](t)(ask(t, supply.NewWalk(m), at(rename(stage.Place), stage.Product)).Shares(context.Background()))
		shares := map[string]supply.CountryShare{}
		for _, s := range after {
			shares[rename(s.Place)] = s
		}
		for _, s := range before {
			check(t, "origin "+s.Place, shares[s.Place].Origin, s.Origin)
			check(t, "direct "+s.Place, shares[s.Place].Direct, s.Direct)
		}
		if len(before) != len(after) {
			t.Fatalf("%d shares, then %d", len(before), len(after))
		}
	})
}

// dense is the walk as a dense matrix for gonum, with states as in reference.
type dense struct {
	net  *supply.Network
	p    *mat.Dense
	stop []float64
}

func newDense(n *supply.Network) dense {
	size := 2 * len(n.Nodes)
	d := dense{net: n, p: mat.NewDense(size, size, nil), stop: make([]float64, size)}
	for i, node := range n.Nodes {
		market, maker := 2*i, 2*i+1
		if total := node.Production + node.Imports + node.Unexplained; total > 0 {
			for _, l := range n.TradeInto(int32(i)) {
				d.p.Set(market, 2*int(l.Exporter), l.Tonnes/total)
			}
			d.p.Set(market, maker, node.Production/total)
			d.stop[market] = node.Unexplained / total
		} else {
			d.stop[market] = 1
		}
		d.stop[maker] = 1
		for _, input := range n.InputsOf(int32(i)) {
			d.p.Set(maker, 2*int(input.Node), input.Share)
			d.stop[maker] -= input.Share
		}
	}
	return d
}

// left returns how much of the target's supply still comes when a set of states
// stops, every supply stays as it was and nothing is rerouted.
func (d dense) left(t failer, target int, set map[int]bool) float64 {
	t.Helper()
	size := len(d.stop)
	m := mat.NewDense(size, size, nil)
	for i := range size {
		for j := range size {
			if !set[i] && !set[j] {
				m.Set(i, j, -d.p.At(i, j))
			}
		}
		m.Set(i, i, m.At(i, i)+1)
	}
	var n mat.Dense
	if err := n.Inverse(m); err != nil {
		t.Fatalf("%v", err)
	}
	var left float64
	for j := range size {
		if !set[j] {
			left += n.At(target, j) * d.stop[j]
		}
	}
	return left
}

// Stopping X with every S held fixed leaves exactly 1 − pass-through, and
// pass-through never exceeds the expected visits.
func TestPassThroughIsWhatRemovalTakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(shape{places: 8, products: 4, largest: 1000, gaps: true}).Draw(t, "world")
		// A little of everything is made: no closed rings, well conditioned.
		for _, place := range w.places() {
			for p := range 4 {
				w.production[at(place, name(p))] += 10
			}
		}
		n := w.network(balances.Draw(t, "balance"))
		i, stage := target(t, n)
		d := ask(t, supply.NewWalk(n), stage)
		if !d.HasSupply() {
			return
		}
		checkRemoval(t, n, d, i)
	})
}

func checkRemoval(t failer, n *supply.Network, d *supply.Dependency, target int) {
	t.Helper()
	ctx := context.Background()
	whole := newDense(n)
	visits := expectedVisits(t, whole, 2*target)
	for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage} {
		pass := map[supply.Stage]float64{}
		for _, c := range must[[]supply.Chokepoint](t)(d.Chokepoints(ctx, kind, 0.001, 0, 0)) {
			pass[at(c.Place, c.Product)] = c.PassThrough
		}
		for x, set := range sets(n, kind, target) {
			left := whole.left(t, 2*target, set)
			if math.Abs(1-left-pass[x]) > 1e-10 {
				t.Fatalf("without %s %v %v of supply is left, its pass-through is %v", kind, x, left, pass[x])
			}
			var sum float64
			for s := range set {
				if s%2 == 0 {
					sum += visits[s]
				}
			}
			if pass[x] > sum+1e-9 {
				t.Fatalf("%s %v is passed with chance %v and visited %v times", kind, x, pass[x], sum)
			}
		}
	}
}

func expectedVisits(t failer, d dense, target int) []float64 {
	t.Helper()
	size := len(d.stop)
	m := mat.NewDense(size, size, nil)
	for i := range size {
		for j := range size {
			m.Set(i, j, -d.p.At(i, j))
		}
		m.Set(i, i, m.At(i, i)+1)
	}
	var n mat.Dense
	if err := n.Inverse(m); err != nil {
		t.Fatalf("%v", err)
	}
	return mat.Row(nil, target, &n)
}

// sets returns the states of every country or stage, the target taken out.
func sets(n *supply.Network, kind supply.Kind, target int) map[supply.Stage]map[int]bool {
	all := map[supply.Stage]map[int]bool{}
	for i := range n.Nodes {
		if i == target {
			continue
		}
		x := stageOf(n, i)
		if kind == supply.KindCountry {
			x.Product = ""
		}
		if all[x] == nil {
			all[x] = map[int]bool{}
		}
		all[x][2*i], all[x][2*i+1] = true, true
	}
	return all
}

// Layer by layer, tier flows add up: what is needed of a product is made
// somewhere or ends unexplained. What is made without a recipe ends there.
func TestTierFlowsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, stage := question(t, middling)
		ctx := context.Background()
		d := ask(t, supply.NewWalk(n), stage)
		flows := must[supply.TierFlows](t)(d.TierFlows(ctx, 0, 0))
		made, supplied, unexplained, dropped := map[string]float64{}, map[string]float64{}, map[string]float64{}, map[supply.Stage]float64{}
		for _, f := range flows.Flows {
			supplied[f.From.Product] += f.Share
			if f.EstimatedShare < 0 || f.EstimatedShare > f.Share*(1+1e-12) {
				t.Fatalf("%v of %v is estimated", f.EstimatedShare, f.Share)
			}
		}
		for _, u := range flows.Unexplained {
			if u.Reason == supply.ReasonNoInput && makes(n, u.Stage) > 0 {
				dropped[u.Stage] = u.Share
			} else {
				unexplained[u.Product] += u.Share
			}
		}
		needed := map[string]float64{}
		if d.HasSupply() {
			needed[stage.Product] = 1
		}
		for _, tier := range must[[]supply.Tier](t)(d.Tiers(ctx)) {
			for _, m := range tier.MadeIn {
				made[tier.Product] += m.Share
				i := n.Node(placeOf(n, m.Place), productOf(n, tier.Product))
				for _, input := range n.InputsOf(i) {
					needed[stageOf(n, int(input.Node)).Product] += m.Share * input.Share
				}
				check(t, "made without a recipe", dropped[at(m.Place, tier.Product)], m.Share*n.Nodes[i].NoRecipe)
			}
		}
		for _, p := range n.Products {
			check(t, "made of "+p.ID, supplied[p.ID], made[p.ID])
			check(t, "needed of "+p.ID, supplied[p.ID]+unexplained[p.ID], needed[p.ID])
		}
		checkFolding(t, d, flows)
	})
}

// checkFolding holds that nothing is dropped from a list that is cut.
func checkFolding(t *rapid.T, d *supply.Dependency, all supply.TierFlows) {
	least := rapid.Float64Range(0, 0.5).Draw(t, "least")
	first := evenly(0, 5).Draw(t, "first")
	cut := must[supply.TierFlows](t)(d.TierFlows(context.Background(), least, first))
	var sum float64
	large := 0
	for _, f := range all.Flows {
		sum += f.Share
		if f.Share >= least-1e-12 {
			large++
		}
	}
	for _, f := range cut.Flows {
		sum -= f.Share
	}
	if math.Abs(sum-cut.FoldedShare) > 1e-12 || len(cut.Flows)+cut.Folded != len(all.Flows) {
		t.Fatalf("%d flows of %v are folded, want %d of %v", cut.Folded, cut.FoldedShare, len(all.Flows)-len(cut.Flows), sum)
	}
	if cut.Truncated != (first > 0 && first < large) {
		t.Fatalf("truncated %v, %d of %d flows", cut.Truncated, len(cut.Flows), large)
	}
}

// Hubs that pass nearly everything back and forth, against rational numbers: no
// figure loses more than a few roundings.
func TestHubsThatPassNearlyAllBack(t *testing.T) {
	for _, leak := range []float64{1e-5, 1.0 / (1 << 38)} {
		t.Run(fmt.Sprint(leak), func(t *testing.T) {
			const mass = 1 << 38
			out := mass * leak // leaves the hubs, of two sources
			w := world{
				recipes: map[string]map[string]float64{"wire": {"metal": 1}},
				production: map[supply.Stage]float64{
					at("A", "metal"): out / 4, at("D", "metal"): out, at("C", "wire"): out,
				},
				flows: []flow{
					{from: "A", to: "B", product: "metal", tonnes: mass},
					{from: "B", to: "A", product: "metal", tonnes: mass - out/4},
					{from: "D", to: "B", product: "metal", tonnes: 3 * out / 4},
					{from: "B", to: "C", product: "metal", tonnes: out},
					{from: "C", to: "E", product: "wire", tonnes: out},
				},
			}
			n := w.network(supply.Mass)
			got := everyMeasure(t, ask(t, supply.NewWalk(n), at("E", "wire")))
			want := newReference(n).everyMeasure(int(n.Node(placeOf(n, "E"), productOf(n, "wire"))))
			for name := range merge(got, want) {
				if math.Abs(got[name]-want[name]) > 4e-15*want[name] {
					t.Errorf("%s = %v, want %v", name, got[name], want[name])
				}
			}
			if got["crossings"] < 0.5/leak {
				t.Errorf("only %v crossings: the hubs do not pass much back", got["crossings"])
			}
		})
	}
}

// A list that is cut is the beginning of the whole one.
func TestChokepointsThatAreCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, stage := question(t, shape{places: 20, products: 3, pools: true, largest: 1 << 20})
		w := supply.NewWalk(n)
		kind := rapid.SampledFrom([]supply.Kind{supply.KindCountry, supply.KindStage, supply.KindLink}).Draw(t, "kind")
		all := must[[]supply.Chokepoint](t)(ask(t, w, stage).Chokepoints(context.Background(), kind, 0.1, 0, 0))
		first, least := evenly(0, 25).Draw(t, "first"), rapid.Float64Range(0, 0.3).Draw(t, "least")
		var want []supply.Chokepoint
		for _, c := range all {
			if c.PassThrough >= least-1e-12 && (first == 0 || len(want) < first) {
				want = append(want, c)
			}
		}
		got := must[[]supply.Chokepoint](t)(ask(t, w, stage).Chokepoints(context.Background(), kind, 0.1, least, first))
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// Two countries that trade with nobody but each other are one island: made one
// place, they change no answer about anybody else, and all that the place has
// starts in it, or is unexplained there.
func TestMergingAnIslandChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(shape{places: 5, products: 3, largest: 1000}).Draw(t, "world")
		const one, other = "A", "B"
		island := func(place string) bool { return place == one || place == other }
		apart, merged := islands(w, one, other)
		before, after := apart.network(supply.Mass), merged.network(supply.Mass)
		x, y := supply.NewWalk(before), supply.NewWalk(after)
		ctx := context.Background()
		for i := range after.Nodes {
			s := stageOf(after, i)
			d := dependencyOf(t, y, s)
			if !island(s.Place) {
				compareMeasures(t, everyMeasure(t, d), everyMeasure(t, ask(t, x, s)))
				continue
			}
			for _, share := range must[[]supply.CountryShare](t)(d.Shares(ctx)) {
				if share.Place != one {
					t.Fatalf("the island depends on %v", share)
				}
			}
		}
	})
}

// islands cuts two countries off from all others, and makes them one.
func islands(w world, one, other string) (apart, merged world) {
	island := func(place string) bool { return place == one || place == other }
	apart = w
	apart.flows = slices.DeleteFunc(slices.Clone(w.flows), func(f flow) bool { return island(f.from) != island(f.to) })
	merged = world{recipes: w.recipes, production: map[supply.Stage]float64{}}
	place := func(id string) string {
		if id == other {
			return one
		}
		return id
	}
	for s, q := range apart.production {
		merged.production[at(place(s.Place), s.Product)] += q
	}
	for _, f := range apart.flows {
		f.from, f.to = place(f.from), place(f.to)
		merged.flows = append(merged.flows, f)
	}
	return apart, merged
}
