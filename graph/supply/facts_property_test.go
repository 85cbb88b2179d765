package supply_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

var allBalances = []supply.Balance{supply.Mass, supply.Exports, supply.ScaleExports}

// drawn is a set of facts, a question about it and a balance.
type drawn struct {
	factSet
	group   bool
	balance supply.Balance
}

func drawFacts(t *rapid.T) drawn {
	return drawn{factSets().Draw(t, "facts"), rapid.Bool().Draw(t, "group"), rapid.SampledFrom(allBalances).Draw(t, "balance")}
}

// assemble answers the question from other facts than those drawn.
func (d drawn) assemble(t *testing.T, rt *rapid.T, f factSet) *supply.Network {
	n, err := f.facts().Assemble(t, d.question(d.group), d.balance)
	if err != nil {
		rt.Fatal(err)
	}
	return n
}

// plain is what can be seen of a network.
func plain(n *supply.Network) supply.Network {
	return supply.Network{Material: n.Material, Year: n.Year, Balance: n.Balance, Places: n.Places, Products: n.Products,
		Nodes: n.Nodes, TradeStart: n.TradeStart, Trade: n.Trade, InputStart: n.InputStart, Inputs: n.Inputs,
		TradeRemoved: n.TradeRemoved, Assumptions: n.Assumptions, Datasets: n.Datasets}
}

// numbersOf returns the numbers of a network by name.
func numbersOf(n *supply.Network) map[string]float64 {
	numbers := map[string]float64{}
	name := func(i int32) string { return n.Places[n.Nodes[i].Place] + " " + n.Products[n.Nodes[i].Product].ID }
	for i, x := range n.Nodes {
		node := name(int32(i))
		for what, v := range map[string]float64{"made": x.Production, "imports": x.Imports, "exports": x.Exports,
			"used": x.Used, "supply": x.Supply, "unexplained": x.Unexplained} {
			numbers[node+" "+what] = v
		}
		for _, l := range n.TradeInto(int32(i)) {
			numbers[node+" from "+name(l.Exporter)] = l.Tonnes
		}
		numbers[node+" without recipe"] = x.NoRecipe
		for _, in := range n.InputsOf(int32(i)) {
			numbers[node+" of "+name(in.Node)] = in.Share
		}
	}
	return numbers
}

// sameFigures compares networks number by number; what one lacks is zero.
func sameFigures(t *rapid.T, got, want map[string]float64, tolerance float64) {
	for what := range got {
		if _, ok := want[what]; !ok {
			want[what] = 0
		}
	}
	for what, w := range want {
		if g := got[what]; math.Abs(g-w) > tolerance*max(1, math.Abs(w)) {
			t.Errorf("%s: %v, want %v", what, g, w)
		}
	}
}

func TestNetworkByTheBook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFacts(rt)
		n := d.assemble(t, rt, d.factSet)
		checkShape(rt, n)
		nodes, recipes := d.byTheBook(d.group, d.balance)
		reached := inChain(n)
		want := map[string]float64{}
		for node, a := range nodes {
			if !reached[node[len(node)-len(goodID(0)):]] {
				continue
			}
			for what, v := range map[string]float64{"made": a.made, "imports": a.imports, "exports": a.exports,
				"used": a.used, "supply": a.supply, "unexplained": a.unexplained} {
				want[node+" "+what] = v
			}
		}
		got := numbersOf(n)
		for what := range got {
			if _, ok := want[what]; !ok && !isTotal(what) {
				delete(got, what)
			}
		}
		sameFigures(rt, got, want, 1e-9)
		shares := map[string]float64{}
		for i, x := range n.Nodes {
			shares[fmt.Sprint(n.Places[x.Place], " none ", n.Products[x.Product].ID)] = x.NoRecipe
			for _, in := range n.InputsOf(int32(i)) {
				shares[fmt.Sprint(n.Places[x.Place], " ", n.Products[x.Product].ID, " ", n.Products[n.Nodes[in.Node].Product].ID)] = in.Share
			}
		}
		for recipe := range recipes {
			if !reached[recipe[len(recipe)-len(goodID(0)):]] {
				delete(recipes, recipe)
			}
		}
		sameFigures(rt, shares, recipes, 1e-9)
	})
}

func isTotal(what string) bool {
	return slices.ContainsFunc([]string{" made", " imports", " exports", " used", " supply", " unexplained"},
		func(total string) bool { return len(what) > len(total) && what[len(what)-len(total):] == total })
}

// inChain lists the products of a network.
func inChain(n *supply.Network) map[string]bool {
	products := map[string]bool{}
	for _, p := range n.Products {
		products[p.ID] = true
	}
	return products
}

// The order of rows makes no difference, to the last bit.
func TestOrderOfRowsChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFacts(rt)
		want := d.assemble(t, rt, d.factSet)
		f := d.clone()
		f.catalogue.Products = rapid.Permutation(f.catalogue.Products).Draw(rt, "products")
		f.catalogue.Contains = rapid.Permutation(f.catalogue.Contains).Draw(rt, "contains")
		f.catalogue.MadeFrom = rapid.Permutation(f.catalogue.MadeFrom).Draw(rt, "recipes")
		f.production = rapid.Permutation(f.production).Draw(rt, "production")
		f.trade = rapid.Permutation(f.trade).Draw(rt, "trade")
		if got := d.assemble(t, rt, f); !reflect.DeepEqual(plain(got), plain(want)) {
			rt.Errorf("got %+v\nwant %+v", plain(got), plain(want))
		}
	})
}

func TestSplittingAFlowChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFacts(rt)
		want := d.assemble(t, rt, d.factSet)
		f := d.clone()
		row := &f.trade[rapid.IntRange(0, len(f.trade)-1).Draw(rt, "row")]
		other := *row
		row.tonnes *= 0.375
		other.tonnes -= row.tonnes
		f.trade = append(f.trade, other)
		sameFigures(rt, numbersOf(d.assemble(t, rt, f)), numbersOf(want), 1e-12)
	})
}

func TestSelfTradeChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFacts(rt)
		want := d.assemble(t, rt, d.factSet)
		f := d.clone()
		row := f.trade[rapid.IntRange(0, len(f.trade)-1).Draw(rt, "row")]
		row.exporter = row.importer
		row.tonnes *= 1000
		f.trade = append(f.trade, row)
		sameFigures(rt, numbersOf(d.assemble(t, rt, f)), numbersOf(want), 0)
	})
}

// Under SCALE_EXPORTS the tolerance is absolute: there it does not hold.
func TestScalingEveryMass(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFacts(rt)
		d.balance = rapid.SampledFrom([]supply.Balance{supply.Mass, supply.Exports}).Draw(rt, "another balance")
		want := numbersOf(d.assemble(t, rt, d.factSet))
		const factor = 1024 // a power of two: no rounding
		for what, v := range want {
			if isTotal(what) || containsWord(what, "from") {
				want[what] = v * factor
			}
		}
		f := d.clone()
		for i := range f.trade {
			f.trade[i].tonnes *= factor
		}
		for i := range f.production {
			f.production[i].Tonnes *= factor
		}
		sameFigures(rt, numbersOf(d.assemble(t, rt, f)), want, 0)
	})
}

func containsWord(s, word string) bool {
	for i := range len(s) - len(word) - 1 {
		if s[i:i+len(word)+2] == " "+word+" " {
			return true
		}
	}
	return false
}

// A product that nothing needs, and that takes nothing of the others, changes
// nothing; nor does one that takes of them where nobody makes it. It may move a
// product behind another one: what is used of a third is then added up in another
// order, and the last bit of that sum may differ.
func TestProductsThatNothingNeedsChangeNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFacts(rt)
		want := d.assemble(t, rt, d.factSet)
		f := d.clone()
		c := &f.catalogue
		for _, id := range []string{"aside", "unmade"} {
			c.Products = append(c.Products, supply.ProductRow{Dataset: "d", ID: id})
			c.Contains = append(c.Contains, supply.ContainsRow{Dataset: "d", Product: id, Material: "m", MassFraction: 1})
		}
		c.MadeFrom = append(c.MadeFrom, supply.MadeFromRow{Dataset: "d", Product: "unmade", Input: goodID(0), Share: 1})
		f.production = append(f.production,
			supply.ProductionRow{Dataset: "d", Year: theYear, Product: "aside", Country: placeID(0), Tonnes: 77, Share: math.NaN()},
			supply.ProductionRow{Dataset: "d", Year: theYear, Product: "unmade", Country: placeID(0), Tonnes: 0, Share: math.NaN()})
		f.trade = append(f.trade, tradeRow{product: "aside", exporter: placeID(0), importer: placeID(1), tonnes: 9})
		sameFigures(rt, numbersOf(d.assemble(t, rt, f)), numbersOf(want), 1e-15)
	})
}

// A group of one country is that country.
func TestGroupOfOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFacts(rt)
		alone, err := d.facts().Assemble(t, supply.Question{Place: "P1", Members: []string{"P1"}, Product: goodID(0), Material: "m", Year: theYear}, d.balance)
		if err != nil {
			rt.Fatal(err)
		}
		plainly, err := d.facts().Assemble(t, supply.Question{Place: "P1", Product: goodID(0), Material: "m", Year: theYear}, d.balance)
		if err != nil {
			rt.Fatal(err)
		}
		sameFigures(rt, numbersOf(alone), numbersOf(plainly), 1e-12)
	})
}

// Changing the balance of a network gives what assembling under it gives.
func TestWithBalanceIsAssembling(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFacts(rt)
		n := d.assemble(t, rt, d.factSet)
		before := plain(n)
		for _, balance := range allBalances {
			got, err := n.WithBalance(t.Context(), balance)
			if err != nil {
				rt.Fatal(err)
			}
			want := drawn{d.factSet, d.group, balance}.assemble(t, rt, d.factSet)
			if !reflect.DeepEqual(plain(got), plain(want)) {
				rt.Errorf("got %+v\nwant %+v", plain(got), plain(want))
			}
		}
		if !reflect.DeepEqual(plain(n), before) {
			rt.Error("the network itself has changed")
		}
	})
}

// Scaling exports only takes away, and leaves nobody short by more than τ.
func TestScaleExportsOnlyTakesAway(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawFacts(rt)
		d.balance = supply.ScaleExports
		scaled := d.assemble(t, rt, d.factSet)
		for _, x := range scaled.Nodes {
			if x.Production+x.Imports-x.Exports < -0.001 && !scaled.Products[x.Product].Pooled {
				rt.Errorf("%+v exports more than it has", x)
			}
		}
		d.balance = supply.Exports
		reported := numbersOf(d.assemble(t, rt, d.factSet))
		for what, v := range numbersOf(scaled) {
			if containsWord(what, "from") && v > reported[what]*(1+1e-12) {
				rt.Errorf("%s: %v, reported %v", what, v, reported[what])
			}
		}
		if scaled.TradeRemoved < -1e-12 || scaled.TradeRemoved > 1 {
			rt.Errorf("removed %v of trade", scaled.TradeRemoved)
		}
	})
}
