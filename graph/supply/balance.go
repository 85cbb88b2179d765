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
	// scaleWork bounds the links that scaling goes through, of all rounds together:
	// a second or two. Trade as it is reported takes a small part of it.
	scaleWork = 1 << 27
)

// scaleExports cuts the exports of every place that exports more of a product
// than it makes and imports, in rounds (Croft, West & Green 2018,
// doi:10.1016/j.jclepro.2018.08.267; docs/methods.md §1, Balance).
func (n *Network) scaleExports(ctx context.Context) error {
	n.Trade = slices.Clone(n.Trade)
	before := n.tradeByProduct()
	if err := newScaling(n).run(ctx); err != nil {
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
	work     int     // links gone through
	limit    int     // of work

	short   []int32 // nodes that export more than they have, this round
	factor  []float64
	touched []int32 // nodes whose account this round changes
	isTouch []bool
}

func newScaling(n *Network) *scaling {
	s := &scaling{net: n, limit: scaleWork, start: make([]int32, len(n.Nodes)+1),
		out: make([]int32, len(n.Trade)), importer: make([]int32, len(n.Trade)), isTouch: make([]bool, len(n.Nodes))}
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
// tolerance, product by product.
func (s *scaling) run(ctx context.Context) error {
	byProduct := make([][]int32, len(s.net.Products)) // nodes that may be short
	for i, node := range s.net.Nodes {
		byProduct[node.Product] = append(byProduct[node.Product], int32(i))
	}
	for _, nodes := range byProduct {
		s.touched = append(s.touched[:0], nodes...)
		for round := 0; s.findShort(); round++ {
			if round%16 == 0 && ctx.Err() != nil {
				return graph.Wrap(graph.Timeout, ctx.Err(), "the question was ended while exports were being scaled")
			}
			if s.work > s.limit {
				return graph.Errorf(graph.TooCostly, "scaling exports does not come to an end within %d steps: ask with the balance %s or %s", s.limit, Mass, Exports)
			}
			s.round()
		}
	}
	return nil
}

// findShort lists the nodes that export more than they have, among those that
// the last round touched: the others have not changed and were not short. It
// reports whether any is short by more than the tolerance.
func (s *scaling) findShort() bool {
	s.short, s.factor = s.short[:0], s.factor[:0]
	goOn := false
	for _, i := range s.touched {
		node := &s.net.Nodes[i]
		has := node.Production + node.Imports
		if left := has - node.Exports; left < 0 {
			s.short = append(s.short, i)
			s.factor = append(s.factor, has/node.Exports)
			goOn = goOn || left < -scaleTolerance
		}
	}
	return goOn
}

// round multiplies the exports of all nodes that are short, at once, and adds
// up anew what that changes.
func (s *scaling) round() {
	s.touched = s.touched[:0]
	touch := func(i int32) {
		if !s.isTouch[i] {
			s.isTouch[i] = true
			s.touched = append(s.touched, i)
		}
	}
	for j, i := range s.short {
		touch(i)
		links := s.out[s.start[i]:s.start[i+1]]
		exports := 0.0
		for _, k := range links {
			s.net.Trade[k].Tonnes *= s.factor[j]
			exports += s.net.Trade[k].Tonnes
			touch(s.importer[k])
		}
		s.net.Nodes[i].Exports = exports
		s.work += len(links)
	}
	for _, i := range s.touched {
		imports := 0.0
		for _, link := range s.net.TradeInto(i) {
			imports += link.Tonnes
		}
		s.net.Nodes[i].Imports = imports
		s.work += len(s.net.TradeInto(i))
		s.isTouch[i] = false
	}
}
