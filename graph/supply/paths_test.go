package supply_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// allPaths lists every chain path of a target by walking them all, in order
// (docs/methods.md §2, Chain path).
func allPaths(n *supply.Network, target int32) []supply.Path {
	b := bruteForce{n: n, on: make([]bool, len(n.Nodes))}
	b.supply(target, 1)
	slices.SortStableFunc(b.paths, func(a, b supply.Path) int {
		if a.Share > b.Share {
			return -1
		}
		if a.Share < b.Share {
			return 1
		}
		return 0
	})
	for from := 0; from < len(b.paths); {
		to := from
		for to < len(b.paths) && equalShares(b.paths[from], b.paths[to]) {
			to++
		}
		slices.SortFunc(b.paths[from:to], func(a, b supply.Path) int {
			if d := len(a.Steps) - len(b.Steps); d != 0 {
				return d
			}
			return slices.CompareFunc(a.Steps, b.Steps, func(x, y supply.PathStep) int {
				return slices.Compare([]string{x.Place, x.Product}, []string{y.Place, y.Product})
			})
		})
		from = to
	}
	return b.paths
}

func equalShares(larger, smaller supply.Path) bool {
	return smaller.Share >= larger.Share*(1-1e-9)
}

type bruteForce struct {
	n     *supply.Network
	on    []bool
	steps []supply.PathStep
	paths []supply.Path
}

func (b *bruteForce) with(node int32, by supply.StepKind, f func()) {
	b.steps = append(b.steps, supply.PathStep{Stage: stageOf(b.n, int(node)), By: by})
	f()
	b.steps = b.steps[:len(b.steps)-1]
}

// supply goes on from where a node gets what it has.
func (b *bruteForce) supply(i int32, share float64) {
	node := b.n.Nodes[i]
	b.on[i] = true
	if b.n.Products[node.Product].Pooled {
		var total float64
		for _, other := range b.n.Nodes {
			if other.Product == node.Product {
				total += other.Production
			}
		}
		for j, other := range b.n.Nodes {
			if other.Product != node.Product || other.Production == 0 {
				continue
			}
			if int32(j) == i {
				b.made(i, share*(other.Production/total))
				continue
			}
			b.with(i, supply.StepPool, func() { b.made(int32(j), share*(other.Production/total)) })
		}
	} else {
		total := node.Production + node.Unexplained
		for _, l := range b.n.TradeInto(i) {
			total += l.Tonnes
		}
		for _, l := range b.n.TradeInto(i) {
			if !b.on[l.Exporter] {
				b.with(i, supply.StepTrade, func() { b.supply(l.Exporter, share*(l.Tonnes/total)) })
			}
		}
		if node.Production > 0 {
			b.made(i, share*(node.Production/total))
		}
	}
	b.on[i] = false
}

// made goes on from "made here".
func (b *bruteForce) made(i int32, share float64) {
	if b.n.Products[b.n.Nodes[i].Product].Raw {
		b.with(i, supply.StepOrigin, func() {
			b.paths = append(b.paths, supply.Path{Share: share, Steps: slices.Clone(b.steps)})
		})
	}
	for _, input := range b.n.InputsOf(i) { // shares are quarters: they sum exactly
		b.with(i, supply.StepMade, func() { b.supply(input.Node, share*input.Share) })
	}
}

// Every list of best paths, of every length, against all paths there are.
func TestPathsAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Small masses: many paths have the same share.
		w := worlds(shape{places: 5, products: 3, pools: true, largest: 4, gaps: true}).Draw(t, "world")
		n := w.network(balances.Draw(t, "balance"))
		i, stage := target(t, n)
		want := allPaths(n, int32(i))
		first := evenly(1, len(want)+2).Draw(t, "first")
		checkFirst(t, ask(t, supply.NewWalk(n), stage), first, want)
	})
}

func checkFirst(t failer, d *supply.Dependency, first int, want []supply.Path) {
	t.Helper()
	got := must[supply.Paths](t)(d.Paths(context.Background(), first, 0))
	listed := min(first, len(want))
	if len(got.Paths) != listed {
		t.Fatalf("%d paths, want %d", len(got.Paths), listed)
	}
	var explained float64
	for i, path := range got.Paths {
		check(t, fmt.Sprintf("share of path %d", i), path.Share, want[i].Share)
		if !slices.Equal(path.Steps, want[i].Steps) {
			t.Fatalf("path %d is %v, want %v", i, path, want[i])
		}
		explained += path.Share
	}
	check(t, "explained", got.Explained, explained)
	if got.Truncated {
		t.Fatalf("truncated")
	}
	if tie := listed < len(want) && tied(want, listed); got.TieAtCut != tie {
		t.Fatalf("tie at the cut: %v, want %v", got.TieAtCut, tie)
	}
	unexplained := must[float64](t)(d.UnexplainedShare(context.Background()))
	if d.HasSupply() {
		check(t, "parts", got.Explained+got.Unexplained+got.Rest, 1)
		check(t, "unexplained", got.Unexplained, unexplained)
	}
}

// tied tells whether paths[cut] is of the same group of equal shares as the one
// before it.
func tied(paths []supply.Path, cut int) bool {
	from := 0
	for i := range cut {
		if !equalShares(paths[from], paths[i]) {
			from = i
		}
	}
	return equalShares(paths[from], paths[cut])
}

// ladder is a place that makes each product by halves through two others, which
// are both made of the next: two to the power of the rungs paths of one share.
func ladder(rungs int) world {
	w := world{recipes: map[string]map[string]float64{}, production: map[supply.Stage]float64{}}
	for r := range rungs {
		here, left, right, next := rung(r), fmt.Sprintf("left%02d", r), fmt.Sprintf("right%02d", r), rung(r+1)
		w.recipes[here] = map[string]float64{left: 0.5, right: 0.5}
		w.recipes[left], w.recipes[right] = map[string]float64{next: 1}, map[string]float64{next: 1}
		w.production[at("A", here)], w.production[at("A", next)] = 2, 2
		w.production[at("A", left)], w.production[at("A", right)] = 1, 1
	}
	return w
}

func rung(r int) string { return fmt.Sprintf("rung%02d", r) }

// More paths of one share than are collected: they are found in their order all
// the same.
func TestPathsInManyTies(t *testing.T) {
	n := ladder(10).network(supply.Mass)
	w := supply.NewWalk(n)
	all := allPaths(n, n.Node(0, 0))
	for _, first := range []int{1, 2, 10, 300, 1000} {
		checkFirst(t, ask(t, w, at("A", rung(0))), first, all)
	}
}

// A million paths of one share, of which nobody can list all.
func TestPathsInAMillionTies(t *testing.T) {
	n := ladder(20).network(supply.Exports)
	got := must[supply.Paths](t)(ask(t, supply.NewWalk(n), at("A", rung(0))).Paths(context.Background(), 2, 0))
	if got.Truncated || !got.TieAtCut || len(got.Paths) != 2 {
		t.Fatalf("truncated %v, tie %v, %d paths", got.Truncated, got.TieAtCut, len(got.Paths))
	}
	for i, path := range got.Paths {
		check(t, "share", path.Share, 1.0/(1<<20))
		for r := range 20 {
			side := fmt.Sprintf("left%02d", r)
			if i == 1 && r == 19 {
				side = "right19"
			}
			if got := path.Steps[1+2*r].Product; got != side {
				t.Errorf("path %d goes through %s, want %s", i, got, side)
			}
		}
	}
}

// Places that all trade with each other, and can only be left where they were
// entered: the number of ways through them must not matter.
func TestPathsPastAClique(t *testing.T) {
	w := world{production: map[supply.Stage]float64{at("A", "p"): 100}}
	w.flows = append(w.flows, flow{from: "A", to: "T", product: "p", tonnes: 10})
	for i := range 40 {
		place := fmt.Sprintf("C%02d", i)
		w.flows = append(w.flows, flow{from: "A", to: place, product: "p", tonnes: 1}, flow{from: place, to: "A", product: "p", tonnes: 50})
		for j := range 40 {
			if i != j {
				w.flows = append(w.flows, flow{from: place, to: fmt.Sprintf("C%02d", j), product: "p", tonnes: 50})
			}
		}
	}
	n := w.network(supply.Mass)
	got := must[supply.Paths](t)(ask(t, supply.NewWalk(n), at("T", "p")).Paths(context.Background(), 10, 0))
	if len(got.Paths) != 1 || got.Truncated || got.TieAtCut {
		t.Fatalf("%d paths, truncated %v, tie %v: want the one path", len(got.Paths), got.Truncated, got.TieAtCut)
	}
	want := []supply.PathStep{{Stage: at("T", "p"), By: supply.StepTrade}, {Stage: at("A", "p"), By: supply.StepOrigin}}
	if !slices.Equal(got.Paths[0].Steps, want) {
		t.Errorf("path %v", got.Paths[0].Steps)
	}
}

// A search that is cut says so, and lists no path that there is not.
func TestPathsWithinALimit(t *testing.T) {
	n := ladder(10).network(supply.Mass)
	w := supply.NewWalk(n)
	all := allPaths(n, n.Node(0, 0))
	exists := map[string]bool{}
	for _, path := range all {
		exists[fmt.Sprint(path)] = true
	}
	cut := 0
	for limit := 1; limit < 1<<20; limit *= 2 {
		for _, first := range []int{2, 600} {
			d := ask(t, w, at("A", rung(0)))
			got := must[supply.Paths](t)(d.PathsWithin(context.Background(), first, limit))
			if !got.Truncated {
				checkFirst(t, d, first, all)
				continue
			}
			cut++
			for _, path := range got.Paths {
				if !exists[fmt.Sprint(path)] {
					t.Errorf("path %v is none", path)
				}
			}
			if len(got.Paths) > first {
				t.Errorf("%d paths, %d were asked for", len(got.Paths), first)
			}
		}
	}
	if cut < 10 {
		t.Errorf("the search was cut %d times only", cut)
	}
}

// The least share is inclusive.
func TestPathsOfLeastShare(t *testing.T) {
	w := supply.NewWalk(ladder(2).network(supply.Mass))
	d := ask(t, w, at("A", rung(0)))
	all := must[supply.Paths](t)(d.Paths(context.Background(), 100, 0)).Paths
	least := all[len(all)-1].Share
	if got := must[supply.Paths](t)(d.Paths(context.Background(), 100, least)).Paths; len(got) != len(all) {
		t.Errorf("%d paths of at least %v, want %d", len(got), least, len(all))
	}
	if got := must[supply.Paths](t)(d.Paths(context.Background(), 100, all[0].Share*1.1)).Paths; len(got) != 0 {
		t.Errorf("%d paths of more than the largest share", len(got))
	}
}
