package supply

import (
	"context"
	"slices"

	"tiermap/graph"
)

// WithBalance returns the network under another balance, from the same facts.
// It shares with n what does not change, and costs far less than assembling.
//
// Errors: BadInput for a balance that there is not; TooCostly where scaling
// exports does not come to an end; Timeout where ctx ends.
func (n *Network) WithBalance(ctx context.Context, balance Balance) (*Network, error) {
	reported := n
	if n.reported != nil {
		reported = n.reported
	}
	b := *reported
	b.Balance, b.reported = balance, reported
	b.Nodes = slices.Clone(reported.Nodes)
	switch balance {
	case Mass, Exports:
	case ScaleExports:
		if err := b.scaleExports(ctx); err != nil {
			return nil, err
		}
	default:
		return nil, graph.Errorf(graph.BadInput, "there is no balance %q: it is one of %s, %s, %s", balance, Mass, Exports, ScaleExports)
	}
	for i := range b.Nodes {
		if node := &b.Nodes[i]; !b.Products[node.Product].Pooled {
			node.balance(balance)
		}
	}
	b.Assumptions = textsOf(b.notes)
	return &b, nil
}

// balance sets supply, and what of it no source explains.
func (n *Node) balance(b Balance) {
	in, out := n.Production+n.Imports, n.Exports
	if b == Mass {
		out += n.Used
	}
	n.Supply = max(in, out)
	n.Unexplained = max(0, out-in)
	if n.Unexplained < rounding*n.Supply {
		n.Supply, n.Unexplained = in, 0
	}
}

const (
	// scaleTolerance is τ, in tonnes: what a country may export beyond what it
	// makes and imports once exports are scaled.
	scaleTolerance = 0.001
	// scaleWork bounds the links that scaling goes through, of all rounds together.
	scaleWork = 1 << 31
)

// scaleExports cuts the exports of every place that exports more of a product
// than it makes and imports, in rounds (Croft, West & Green 2018,
// doi:10.1016/j.jclepro.2018.08.072; docs/methods.md §1, Balance).
func (n *Network) scaleExports(ctx context.Context) error {
	n.Trade = slices.Clone(n.Trade)
	s := newScaling(n)
	before := n.tradeByProduct()
	if err := s.run(ctx); err != nil {
		return err
	}
	n.dropEmptyLinks()
	n.noteScaled(before, n.tradeByProduct())
	return nil
}

// tradeByProduct adds up the trade in each product.
func (n *Network) tradeByProduct() []float64 {
	sums := make([]float64, len(n.Products))
	for i := range n.Nodes {
		for _, link := range n.TradeInto(int32(i)) {
			sums[n.Nodes[i].Product] += link.Tonnes
		}
	}
	return sums
}

// dropEmptyLinks takes out the links of which scaling has left nothing.
func (n *Network) dropEmptyLinks() {
	starts := make([]int32, 1, len(n.TradeStart))
	kept := n.Trade[:0]
	for i := range n.Nodes {
		for _, link := range n.TradeInto(int32(i)) {
			if link.Tonnes > 0 {
				kept = append(kept, link)
			}
		}
		starts = append(starts, int32(len(kept)))
	}
	n.TradeStart, n.Trade = starts, kept
}

// scaling is the trade of a network seen from its exporters.
type scaling struct {
	net      *Network
	start    []int32 // links out of node i: out[start[i]:start[i+1]]
	out      []int32 // index of Network.Trade
	importer []int32 // by index of Network.Trade
	work     int
}

func newScaling(n *Network) *scaling {
	s := &scaling{net: n, start: make([]int32, len(n.Nodes)+1),
		out: make([]int32, len(n.Trade)), importer: make([]int32, len(n.Trade))}
	for _, link := range n.Trade {
		s.start[link.Exporter+1]++
	}
	for i := range n.Nodes {
		s.start[i+1] += s.start[i]
	}
	next := slices.Clone(s.start)
	for i := range n.Nodes {
		for k := n.TradeStart[i]; k < n.TradeStart[i+1]; k++ {
			s.importer[k] = int32(i)
			e := n.Trade[k].Exporter
			s.out[next[e]] = k
			next[e]++
		}
	}
	return s
}

// run goes on in rounds until no node exports more than it has by the
// tolerance. Products do not touch each other, so that each ends in its own
// round; one that has ended is left as it is.
func (s *scaling) run(ctx context.Context) error {
	byProduct := make([][]int32, len(s.net.Products)) // nodes that may be short
	for i, node := range s.net.Nodes {
		byProduct[node.Product] = append(byProduct[node.Product], int32(i))
	}
	for _, nodes := range byProduct {
		for round := 0; len(nodes) > 0; round++ {
			if round%256 == 0 && ctx.Err() != nil {
				return graph.Wrap(graph.Timeout, ctx.Err(), "the question was ended while exports were being scaled")
			}
			nodes = s.round(nodes)
			if s.work > scaleWork {
				return graph.Errorf(graph.TooCostly, "scaling exports does not come to an end within %d steps: use the balance %s or %s", scaleWork, Mass, Exports)
			}
		}
	}
	return nil
}

// round scales the exports of every node that is short among those given, all
// at once, and returns the nodes that may be short now: none when the product
// is done.
func (s *scaling) round(nodes []int32) []int32 {
	var short []int32
	done := true
	for _, i := range nodes {
		node := &s.net.Nodes[i]
		if left := node.Production + node.Imports - node.Exports; left < 0 {
			short = append(short, i)
			done = done && left >= -scaleTolerance
		}
	}
	if done {
		return nil
	}
	touched := slices.Clone(short)
	factor := make([]float64, len(short))
	for j, i := range short {
		node := &s.net.Nodes[i]
		factor[j] = (node.Production + node.Imports) / node.Exports
	}
	for j, i := range short {
		exports := 0.0
		for _, k := range s.out[s.start[i]:s.start[i+1]] {
			s.net.Trade[k].Tonnes *= factor[j]
			exports += s.net.Trade[k].Tonnes
			touched = append(touched, s.importer[k])
		}
		s.net.Nodes[i].Exports = exports
		s.work += int(s.start[i+1] - s.start[i])
	}
	slices.Sort(touched)
	touched = slices.Compact(touched)
	for _, i := range touched {
		imports := 0.0
		for _, link := range s.net.TradeInto(i) {
			imports += link.Tonnes
		}
		s.net.Nodes[i].Imports = imports
		s.work += len(s.net.TradeInto(i))
	}
	return touched
}
