package supply

import (
	"fmt"
	"math"
	"slices"

	"tiermap/graph"
)

// tableDraws draws around an input-output table (docs/methods.md §2e): every flow of
// inputs is multiplied by a random factor of mean 1, outputs are as they are, and the
// value added is what the inputs leave of the output.
type tableDraws struct {
	known *Network
	keys  []uint64 // of nodes
}

// MaxDrawnFlows is the most flows of a table that is drawn: every draw is a table of its
// own, a few of them in memory at a time. That of WIOD's release of 2016 has six
// million.
const MaxDrawnFlows = 10_000_000

// NewTableDraws makes ready for the draws of the network of an input-output table:
// that of the facts as they are known, and the walk that answers, from which a
// scenario may have taken something away for a target.
//
// Errors: BadInput for an uncertainty outside of its bounds; TooLarge for a table of
// more than MaxDrawnFlows.
func NewTableDraws(known *Network, w *Walk, scenario *Scenario, target Stage, u Uncertainty) (*Draws, error) {
	if err := u.check(); err != nil {
		return nil, err
	}
	if flows := len(known.Trade); flows > MaxDrawnFlows {
		return nil, graph.Errorf(graph.TooLarge, "the input-output table %s has %s flows: intervals are computed of tables of up to %s; ask of a table with fewer sectors",
			known.Table, figure(float64(flows)), figure(MaxDrawnFlows))
	}
	t := &tableDraws{known: known, keys: make([]uint64, len(known.Nodes))}
	for i, node := range known.Nodes {
		t.keys[i] = keyOf("sector", known.Places[node.Place], known.Products[node.Product].ID, fmt.Sprint(known.Year))
	}
	x := &Draws{Uncertainty: u, Seed: keyOf(known.Table), walk: w, scenario: scenario, target: target, table: t}
	for _, l := range known.Trade {
		if l.Estimated {
			x.Drawn.Estimated++
		} else {
			x.Drawn.Reported++
		}
	}
	return x, nil
}

// draw returns the network of a draw.
func (t *tableDraws) draw(x *Draws, c *chance) *Network {
	n := *t.known
	n.Nodes, n.Trade = slices.Clone(n.Nodes), slices.Clone(n.Trade)
	for i := range n.Nodes {
		node, imports := &n.Nodes[i], 0.0
		for l := n.TradeStart[i]; l < n.TradeStart[i+1]; l++ {
			link := &n.Trade[l]
			c.pcg.Seed(t.keys[link.Exporter], t.keys[i]+c.draw)
			was := link.Tonnes
			link.Tonnes *= factor(c.random.NormFloat64(), x.errorOf(mass{error: math.NaN(), estimated: link.Estimated}))
			imports += link.Tonnes
			n.Nodes[link.Exporter].Exports += link.Tonnes - was
		}
		if node.Supply > 0 {
			node.Imports = imports
			node.addValue()
		}
	}
	return &n
}

// assumptions says what the intervals of a table assume, sentence by sentence.
func (t *tableDraws) assumptions(x *Draws, undecided float64) []string {
	list := []string{
		fmt.Sprintf("Intervals hold the middle %g %% of %s, in each of which every flow of inputs is multiplied by an independent log-normal factor of mean 1, and all is solved anew; outputs are held fixed, and the value added is what the inputs leave of them.",
			100*Level, count(x.Draws, "draw", "draws")),
		fmt.Sprintf("The relative error of a flow is by setting: %g for reported flows (%s), %g for estimated ones (%s); flows of the members of a group are drawn as one.",
			x.Uncertainty.Reported, figure(float64(x.Drawn.Reported)), x.Uncertainty.Estimated, figure(float64(x.Drawn.Estimated))),
		"What a table has wrong as a whole, such as how it was balanced, is in no interval.",
	}
	if undecided >= 0.01 {
		list = append(list, fmt.Sprintf("%.0f %% of the value passes sectors of which the draws do not agree whether their inputs cost more than their output: there value added cannot be below none, and its intervals lie too high.", 100*undecided))
	}
	return list
}
