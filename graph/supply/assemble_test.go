package supply_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// TestCases holds what is assembled against every worked case; what is measured
// on it is held against them in the test of the measures.
func TestCases(t *testing.T) {
	for _, c := range supplytest.Cases(t, "testdata/cases") {
		t.Run(c.Name, func(t *testing.T) {
			if c.Error != "" {
				checkError(t, c)
				return
			}
			for _, want := range c.Expect {
				for _, balance := range want.Balances {
					t.Run(string(balance), func(t *testing.T) {
						n, err := c.Network(t, balance)
						if err != nil {
							t.Fatal(err)
						}
						checkNetwork(t, n, want)
						checkShape(t, n)
					})
				}
			}
		})
	}
}

func checkError(t *testing.T, c supplytest.Case) {
	t.Helper()
	_, err := c.Network(t, supply.Mass)
	if graph.CodeOf(err) != c.Error || !strings.Contains(err.Error(), c.Message) {
		t.Errorf("got %v (%s), want %s: %s", err, graph.CodeOf(err), c.Error, c.Message)
	}
}

func checkNetwork(t *testing.T, n *supply.Network, want supplytest.Expect) {
	t.Helper()
	if want.Year != 0 && n.Year != want.Year {
		t.Errorf("year %d, want %d", n.Year, want.Year)
	}
	if want.Products != nil {
		checkLines(t, "products", productIDs(n), want.Products)
	}
	if want.Nodes != nil {
		checkLines(t, "nodes", nodeLines(n), want.Nodes)
	}
	if want.Links != nil {
		checkLines(t, "links", linkLines(n), want.Links)
	}
	if want.Inputs != nil {
		checkLines(t, "inputs", inputLines(n), want.Inputs)
	}
	if want.Pooled != nil {
		checkLines(t, "pooled", pooledIDs(n), want.Pooled)
	}
	if want.Removed != nil && math.Abs(n.TradeRemoved-float64(*want.Removed)) > 1e-12 {
		t.Errorf("removed %v of trade, want %v", n.TradeRemoved, *want.Removed)
	}
	if want.Assumptions != nil && !slices.Equal(n.Assumptions, want.Assumptions) {
		t.Errorf("assumptions:\n%s\nwant:\n%s", strings.Join(n.Assumptions, "\n"), strings.Join(want.Assumptions, "\n"))
	}
	if want.Used != nil && !slices.Equal(n.Datasets, want.Used) {
		t.Errorf("datasets %v, want %v", n.Datasets, want.Used)
	}
}

// checkLines compares CSV lines field by field, numbers to 1e-12 of their size.
func checkLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	g, w := supplytest.Lines(t, got), supplytest.Lines(t, want)
	if !slices.EqualFunc(g, w, sameLine) {
		t.Errorf("%s:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func sameLine(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool {
		u, errU := supplytest.ParseNumber(x)
		v, errV := supplytest.ParseNumber(y)
		if errU != nil || errV != nil {
			return x == y
		}
		return math.Abs(u-v) <= 1e-12*max(math.Abs(u), math.Abs(v))
	})
}

func productIDs(n *supply.Network) []string {
	var ids []string
	for _, p := range n.Products {
		ids = append(ids, p.ID)
	}
	return ids
}

func pooledIDs(n *supply.Network) []string {
	var ids []string
	for _, p := range n.Products {
		if p.Pooled {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func mark(estimated bool) string {
	if estimated {
		return ",estimated"
	}
	return ""
}

func nodeLines(n *supply.Network) []string {
	var lines []string
	for _, x := range n.Nodes {
		lines = append(lines, fmt.Sprintf("%s,%s,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g%s", n.Places[x.Place], n.Products[x.Product].ID,
			x.Production, x.Imports, x.Exports, x.Used, x.Supply, x.Unexplained, mark(x.ProductionEstimated)))
	}
	return lines
}

func linkLines(n *supply.Network) []string {
	var lines []string
	for i, x := range n.Nodes {
		for _, l := range n.TradeInto(int32(i)) {
			lines = append(lines, fmt.Sprintf("%s,%s,%s,%.17g%s", n.Products[x.Product].ID,
				n.Places[n.Nodes[l.Exporter].Place], n.Places[x.Place], l.Tonnes, mark(l.Estimated)))
		}
	}
	return lines
}

func inputLines(n *supply.Network) []string {
	var lines []string
	for i, x := range n.Nodes {
		for _, in := range n.InputsOf(int32(i)) {
			lines = append(lines, fmt.Sprintf("%s,%s,%s,%.17g%s", n.Places[x.Place], n.Products[x.Product].ID,
				n.Products[n.Nodes[in.Node].Product].ID, in.Share, mark(in.Estimated)))
		}
	}
	return lines
}

// reporter is a test, or one try of a property.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// checkShape holds what every network keeps to.
func checkShape(t reporter, n *supply.Network) {
	t.Helper()
	if len(n.TradeStart) != len(n.Nodes)+1 || len(n.InputStart) != len(n.Nodes)+1 {
		t.Fatalf("%d nodes, %d and %d starts", len(n.Nodes), len(n.TradeStart), len(n.InputStart))
	}
	if !slices.IsSorted(n.Places) {
		t.Errorf("places are not in order: %v", n.Places)
	}
	for i, x := range n.Nodes {
		checkNode(t, n, int32(i), x)
	}
}

func checkNode(t reporter, n *supply.Network, i int32, x supply.Node) {
	t.Helper()
	if n.Node(x.Place, x.Product) != i {
		t.Errorf("node %d is not found by its place and product", i)
	}
	imports, last := 0.0, int32(-1)
	for _, l := range n.TradeInto(i) {
		if l.Exporter <= last || l.Exporter == i || n.Nodes[l.Exporter].Product != x.Product || !(l.Tonnes > 0) {
			t.Errorf("node %d imports %+v after %d", i, l, last)
		}
		last = l.Exporter
		imports += l.Tonnes
	}
	if math.Abs(imports-x.Imports) > 1e-12*imports {
		t.Errorf("node %d imports %v, its links %v", i, x.Imports, imports)
	}
	shares := 0.0
	for _, in := range n.InputsOf(i) {
		if y := n.Nodes[in.Node]; y.Place != x.Place || y.Product <= x.Product {
			t.Errorf("node %d is made of node %d", i, in.Node)
		}
		shares += in.Share
	}
	if made := x.Production > 0 && !n.Products[x.Product].Raw; made && math.Abs(shares+x.NoRecipe-1) > 1e-12 {
		t.Errorf("the inputs of node %d sum to %v, without a recipe %v", i, shares, x.NoRecipe)
	} else if !made && shares+x.NoRecipe > 0 {
		t.Errorf("node %d makes nothing of anything: %v, %v", i, shares, x.NoRecipe)
	}
	if !n.Products[x.Product].Pooled {
		if in := x.Production + x.Imports + x.Unexplained; math.Abs(in-x.Supply) > 1e-12*x.Supply {
			t.Errorf("node %d: made, imported and unexplained are %v, its supply %v", i, in, x.Supply)
		}
	}
}
