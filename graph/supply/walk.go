package supply

import (
	"slices"
	"sort"
)

// Walk is a network made ready to be walked upstream from any of its nodes
// (docs/methods.md §1): an absorbing Markov chain. What does not depend on the
// target is computed once and kept. It may be used by several goroutines.
//
// A node has two states. At its market its supply mixes: trade leads to the
// exporter's market, "made here" to its own maker. Its maker stops at an origin
// where the product is raw, and else leads to the markets of the inputs, or ends
// unexplained where no recipe holds. The markets of a pooled product all lead to
// its pool, and that to every maker.
//
// A company or plant of which is known whom it is supplied by, or that supplies
// another by name, has a state of its own (docs/methods.md §2c): the maker of its
// node leads to it with its weight, and it leads to its suppliers.
type Walk struct {
	network *Network
	chain   *chain

	market []int32 // state of a node
	maker  []int32 // state of a node
	pool   []int32 // state of a pooled product, else -1
	first  []int32 // first state of a product; one more at the end

	node      []int32  // node of a state, -1 at a pool
	ends      []ending // of a state: what it means to stop there
	estimated []bool   // of a step
	states    int

	agent   []int32   // state of a producer; -1 where it has none of its own
	agentOf []int32   // producer of a state, -1: none; nil where no producer has a state
	others  []float64 // by node, what is made there without going through a state of a producer; nil likewise
	named   []bool    // by node: a producer there is come to past the market; nil likewise

	holders    holders
	transposed lazy[*transpose]
	sourcing   lazy[*chain]
	search     lazy[*bounds]
	reported   lazy[*reported]
}

// ending says what it means that the walk stops at a state.
type ending uint8

const (
	endNone ending = iota
	endOrigin
	endSurplus
	endNoInput
)

func (e ending) reason() Reason {
	if e == endSurplus {
		return ReasonSurplus
	}
	return ReasonNoInput
}

// NewWalk makes a network ready to be asked.
func NewWalk(n *Network) *Walk {
	w := &Walk{network: n}
	w.number()
	p := projection{Walk: w, start: make([]int32, 1, w.states+1), stop: make([]float64, w.states)}
	steps := len(n.Trade) + len(n.Inputs) + 3*len(n.Nodes) + len(n.Sources)
	p.to, p.prob = make([]int32, 0, steps), make([]float64, 0, steps)
	w.estimated = make([]bool, 0, steps)
	w.ends = make([]ending, w.states)
	for product := range n.Products {
		p.project(int32(product))
	}
	w.chain = newChain(p.start, p.to, p.prob, p.stop).keepLoops()
	return w
}

// Network returns the network that is walked.
func (w *Walk) Network() *Network { return w.network }

// Bytes returns about how much memory the walk holds once it has been asked
// everything; the network itself is not counted.
func (w *Walk) Bytes() int {
	const perState, perStep = 100, 40
	bytes := w.states*perState + len(w.chain.to)*perStep
	for _, c := range w.chain.components {
		if n := len(c.states); n > 1 && n <= denseLimit {
			bytes += 3 * 8 * n * n
		}
	}
	return bytes
}

// Dependency binds the question to a target. A place that has no node of the
// product has no supply of it, unless the product is pooled: then it draws from
// the pool like everyone. A product that the network does not know is a
// [graph.NotFound] error.
func (w *Walk) Dependency(place, product string) (*Dependency, error) {
	n := w.network
	p, err := n.product(product)
	if err != nil {
		return nil, err
	}
	d := &Dependency{walk: w, target: Stage{place, product}, product: p, place: -1, node: -1, state: -1, firm: -1}
	if i, ok := slices.BinarySearch(n.Places, place); ok {
		d.place = int32(i)
		d.node = n.Node(d.place, p)
	}
	state := w.pool[p]
	if d.node >= 0 {
		state = w.market[d.node]
	}
	if state >= 0 && w.flows(state) {
		d.state = state
	}
	return d, nil
}

// flows tells whether a state has any supply.
func (w *Walk) flows(state int32) bool {
	return w.chain.start[state] < w.chain.start[state+1] || w.ends[state] == endSurplus ||
		w.node[state] >= 0 && w.network.Nodes[w.node[state]].Supply > 0
}

// number gives every face of every node its state: product by product, markets,
// pool, makers.
func (w *Walk) number() {
	n := w.network
	w.market, w.maker = make([]int32, len(n.Nodes)), make([]int32, len(n.Nodes))
	w.pool, w.first = make([]int32, len(n.Products)), make([]int32, len(n.Products)+1)
	w.node = make([]int32, 0, 2*len(n.Nodes)+len(n.Products))
	for p := range n.Products {
		w.first[p] = int32(len(w.node))
		lo, hi := w.nodesOf(int32(p))
		for i := lo; i < hi; i++ {
			w.market[i] = int32(len(w.node))
			w.node = append(w.node, i)
		}
		w.pool[p] = -1
		if n.Products[p].Pooled {
			w.pool[p] = int32(len(w.node))
			w.node = append(w.node, -1)
		}
		for i := lo; i < hi; i++ {
			w.maker[i] = int32(len(w.node))
			w.node = append(w.node, i)
		}
		w.numberAgents(hi)
	}
	w.states = len(w.node)
	w.first[len(n.Products)] = int32(w.states)
	w.findAgents()
}

// nodesOf returns the range of nodes of a product.
func (w *Walk) nodesOf(product int32) (lo, hi int32) {
	nodes := w.network.Nodes
	at := func(p int32) int32 {
		return int32(sort.Search(len(nodes), func(i int) bool { return nodes[i].Product >= p }))
	}
	return at(product), at(product + 1)
}

func (w *Walk) isMarket(state int32) bool {
	return w.node[state] >= 0 && w.market[w.node[state]] == state
}

func (w *Walk) isMaker(state int32) bool {
	return w.node[state] >= 0 && w.maker[w.node[state]] == state
}

func (w *Walk) stage(node int32) Stage {
	n := w.network
	return Stage{n.Places[n.Nodes[node].Place], n.Products[n.Nodes[node].Product].ID}
}

// projection writes the rows of the chain in the order of states.
type projection struct {
	*Walk
	start []int32
	to    []int32
	prob  []float64
	stop  []float64
}

func (p *projection) step(to int32, prob float64, estimated bool) {
	if prob > 0 {
		p.to, p.prob, p.estimated = append(p.to, to), append(p.prob, prob), append(p.estimated, estimated)
	}
}

// end closes the row of a state that stops with probability prob.
func (p *projection) end(prob float64, why ending) {
	if prob > 0 {
		state := len(p.start) - 1
		p.stop[state], p.ends[state] = prob, why
	}
	p.start = append(p.start, int32(len(p.to)))
}

func (p *projection) project(product int32) {
	lo, hi := p.nodesOf(product)
	pooled := p.network.Products[product].Pooled
	var total float64
	if pooled {
		for i := lo; i < hi; i++ {
			total += p.network.Nodes[i].Production
		}
	}
	for i := lo; i < hi; i++ {
		switch {
		case !pooled:
			p.ownMarket(i)
		case total > 0:
			p.step(p.pool[product], 1, false)
			p.end(0, endNone)
		default:
			p.end(1, endNoInput)
		}
	}
	if pooled {
		for i := lo; i < hi && total > 0; i++ {
			node := &p.network.Nodes[i]
			p.step(p.maker[i], node.Production/total, node.ProductionEstimated)
		}
		p.end(0, endNone)
	}
	for i := lo; i < hi; i++ {
		p.making(i)
	}
	p.agents(lo, hi)
}

// ownMarket writes the market of a node that trades. Shares are of the sum of
// its sources, which is its supply but for rounding.
func (p *projection) ownMarket(i int32) {
	node := &p.network.Nodes[i]
	total := node.Production + node.Unexplained
	for _, link := range p.network.TradeInto(i) {
		total += link.Tonnes
	}
	if total == 0 || node.Production+node.Imports+node.Exports == 0 {
		p.end(1, endNoInput)
		return
	}
	for _, link := range p.network.TradeInto(i) {
		p.step(p.market[link.Exporter], link.Tonnes/total, link.Estimated)
	}
	p.step(p.maker[i], node.Production/total, node.ProductionEstimated)
	p.end(node.Unexplained/total, endSurplus)
}

// making writes the maker of a node: an origin of a raw product, else what it is
// made of, as far as a recipe says so.
func (p *projection) making(i int32) {
	node, inputs := &p.network.Nodes[i], p.network.InputsOf(i)
	noRecipe, rest := node.NoRecipe, 1.0
	if p.others != nil {
		rest = p.toAgents(i)
		if mix, ok := p.network.others[i]; ok {
			inputs, noRecipe = mix.inputs, mix.noRecipe
		}
	}
	switch {
	case p.network.Products[node.Product].Raw:
		p.end(rest, endOrigin)
		return
	case len(inputs) == 0:
		p.end(rest, endNoInput)
		return
	}
	total := noRecipe
	for _, input := range inputs {
		total += input.Share
	}
	for _, input := range inputs {
		p.step(p.market[input.Node], rest*(input.Share/total), input.Estimated)
	}
	p.end(rest*(noRecipe/total), endNoInput)
}
