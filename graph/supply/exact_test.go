package supply_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// near tells whether got is want to 1e-12 of the larger of want and 1, and small
// shares to 1e-9 of themselves.
func near(got, want float64) bool {
	diff := math.Abs(got - want)
	return diff <= 1e-12*max(1, math.Abs(want)) && diff <= 1e-9*math.Abs(want)
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func check(t failer, what string, got, want float64) {
	t.Helper()
	if !near(got, want) {
		t.Fatalf("%s = %v, want %v", what, got, want)
	}
}

func ask(t failer, w *supply.Walk, s supply.Stage) *supply.Dependency {
	t.Helper()
	d, err := w.Dependency(s.Place, s.Product)
	if err != nil {
		t.Fatalf("Dependency(%v): %v", s, err)
	}
	return d
}

// must unwraps a measure that has no reason to fail.
func must[T any](t failer) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%v", err)
		}
		return value
	}
}

// everyMeasure is every figure of an answer under a name of its own.
func everyMeasure(t failer, d *supply.Dependency) map[string]float64 {
	t.Helper()
	ctx := context.Background()
	m := map[string]float64{}
	put := func(name string, value float64) {
		if _, ok := m[name]; ok {
			t.Fatalf("%s is listed twice", name)
		}
		if value != 0 {
			m[name] = value
		}
	}
	put("domestic", d.DomesticShare())
	for _, s := range must[[]supply.CountryShare](t)(d.Shares(ctx)) {
		put("direct "+s.Place, s.Direct)
		put("origin "+s.Place, s.Origin)
	}
	for _, u := range must[[]supply.UnexplainedShare](t)(d.Unexplained(ctx)) {
		put(fmt.Sprintf("unexplained %v %s", u.Stage, u.Reason), u.Share)
	}
	for _, tier := range must[[]supply.Tier](t)(d.Tiers(ctx)) {
		for _, made := range tier.MadeIn {
			put("made "+made.Place+" "+tier.Product, made.Share)
		}
	}
	for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage, supply.KindLink} {
		for _, c := range must[[]supply.Chokepoint](t)(d.Chokepoints(ctx, kind, supply.DefaultEpsilon, 0, 0)) {
			put(fmt.Sprintf("pass %s %s%s %s", kind, c.Place, link2(c), c.Product), c.PassThrough)
		}
	}
	put("made here", must[float64](t)(d.MadeHereSteps(ctx)))
	put("crossings", must[float64](t)(d.BorderCrossings(ctx)))
	put("estimated", must[float64](t)(d.EstimatedShare(ctx)))
	for _, f := range must[supply.TierFlows](t)(d.TierFlows(ctx, 0, 0)).Flows {
		put(flowName(f.From, f.To, f.ToTarget), f.Share)
		put("estimated "+flowName(f.From, f.To, f.ToTarget), f.EstimatedShare)
	}
	return m
}

func link2(c supply.Chokepoint) string {
	if c.Kind != supply.KindLink {
		return ""
	}
	return c.From + ">" + c.To
}

func flowName(from, to supply.Stage, target bool) string {
	return fmt.Sprintf("flow %v > %v %v", from, to, target)
}

// everyMeasure is the same from the reference, by the definitions of
// docs/methods.md §2. target is a node.
func (r *reference) everyMeasure(target int) map[string]float64 {
	m := map[string]float64{}
	n, t := r.net, 2*target
	add := func(name string, value float64) {
		if value != 0 {
			m[name] += value
		}
	}
	stage := func(state int) supply.Stage { return stageOf(n, state/2) }
	isMaker := func(state int) bool { return state%2 == 1 }
	own := stage(t).Place
	if r.empty(t) {
		return m
	}
	estimated := r.estimatedLinks()
	for s := range r.p {
		place := stage(s).Place
		if share := float(r.p[t][s]); isMaker(s) || !n.Products[n.Nodes[target].Product].Pooled {
			add("direct "+place, share)
			if place == own {
				add("domestic", share)
			}
		}
		visits := float(r.n[t][s])
		add("origin "+place, float(mul(r.n[t][s], r.origin[s])))
		if r.ring[s] >= 0 {
			add(fmt.Sprintf("unexplained %v RING", stage(s)), visits)
			continue
		}
		add(fmt.Sprintf("unexplained %v %s", stage(s), r.why[s]), float(mul(r.n[t][s], r.lost[s])))
		if isMaker(s) {
			add("made "+place+" "+stage(s).Product, visits)
			add("made here", visits)
			continue
		}
		for next := range r.p {
			if stage(next).Place != place {
				add("crossings", float(mul(r.n[t][s], r.p[s][next])))
			}
		}
	}
	countries := map[string]map[int]bool{}
	for i := range n.Nodes {
		if i == target {
			continue
		}
		set := map[int]bool{2 * i: true, 2*i + 1: true}
		add(fmt.Sprintf("pass STAGE %s %s", stage(2*i).Place, stage(2*i).Product), float(r.passThrough(t, set, nil)))
		place := stage(2 * i).Place
		if countries[place] == nil {
			countries[place] = map[int]bool{}
		}
		countries[place][2*i], countries[place][2*i+1] = true, true
	}
	for place, set := range countries {
		add(fmt.Sprintf("pass COUNTRY %s ", place), float(r.passThrough(t, set, nil)))
	}
	for s := range r.p {
		for next := range r.p {
			if isMaker(s) || r.p[s][next].Sign() == 0 || stage(next).Place == stage(s).Place {
				continue
			}
			share := r.passThrough(t, nil, map[link]bool{{s, next}: true})
			add(fmt.Sprintf("pass LINK %s>%s %s", stage(next).Place, stage(s).Place, stage(s).Product), float(share))
		}
	}
	add("estimated", float(r.passThrough(t, nil, estimated)))
	sure := r.visits(estimated)
	for s := range r.p {
		if isMaker(s) {
			r.addFlows(add, s, stage, t, estimated, sure)
		}
	}
	return m
}

// addFlows adds the tier flows from a maker to where it is needed, by visits of
// its market from there within the product: trade never leaves the product. sure
// has the same of a walk that stops at an estimated step.
func (r *reference) addFlows(add func(string, float64), maker int, stage func(int) supply.Stage, t int, estimated map[link]bool, sure [][]*big.Rat) {
	put := func(name string, share, made, known *big.Rat) {
		add(name, float(mul(share, made)))
		add("estimated "+name, float(mul(share, new(big.Rat).Sub(made, known))))
	}
	for market := range r.p {
		if market%2 == 1 || stage(market).Product != stage(maker).Product {
			continue
		}
		made, known := r.n[market][maker], sure[market][maker]
		if market == t {
			put(flowName(stage(maker), stage(t), true), rat(1), made, known)
		}
		for user := 1; user < len(r.p); user += 2 {
			of := known
			if estimated[link{user, market}] {
				of = new(big.Rat)
			}
			put(flowName(stage(maker), stage(user), false), mul(r.n[t][user], r.p[user][market]), made, of)
		}
	}
}

// empty tells whether the target has no supply.
func (r *reference) empty(t int) bool {
	node := r.net.Nodes[t/2]
	if r.net.Products[node.Product].Pooled {
		return r.lost[t].Sign() > 0
	}
	return node.Supply == 0
}

// estimatedLinks returns the steps that are estimated.
func (r *reference) estimatedLinks() map[link]bool {
	n, links := r.net, map[link]bool{}
	for i, node := range n.Nodes {
		for _, l := range n.TradeInto(int32(i)) {
			if l.Estimated {
				links[link{2 * i, 2 * int(l.Exporter)}] = true
			}
		}
		for _, l := range n.InputsOf(int32(i)) {
			if l.Estimated {
				links[link{2*i + 1, 2 * int(l.Node)}] = true
			}
		}
		if node.ProductionEstimated {
			for s := range r.p {
				links[link{s, 2*i + 1}] = true
			}
		}
	}
	return links
}

// Every figure of every answer, against rational numbers.
func TestEveryMeasureIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(shape{places: 4, products: 3, pools: true, largest: 1 << 40, guesses: true, gaps: true}).Draw(t, "world")
		n := w.network(balances.Draw(t, "balance"))
		i, stage := target(t, n)
		compareMeasures(t, everyMeasure(t, ask(t, supply.NewWalk(n), stage)), newReference(n).everyMeasure(i))
	})
}

func compareMeasures(t failer, got, want map[string]float64) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(merge(got, want))) {
		if strings.HasPrefix(name, "estimated flow") { // a difference of two shares
			if math.Abs(got[name]-want[name]) > 1e-12 {
				t.Fatalf("%s = %v, want %v", name, got[name], want[name])
			}
			continue
		}
		check(t, name, got[name], want[name])
	}
}

func merge(a, b map[string]float64) map[string]float64 {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
