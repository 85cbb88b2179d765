package supply

import (
	"cmp"
	"context"
	"math"
	"slices"

	"tiermap/graph"
)

// Subject is something that others may depend on: a place at all its products
// (Place alone), a stage (Place and Product), or what one place draws from
// another of one product (From, To and Product).
type Subject struct {
	Place   string
	Product string
	From    string // exporter of a link
	To      string // importer of a link
	Sold    string // of a link in an input-output table: the sector that sells; blank: all of From
	// Firm is a company or plant, at all its products or at Product; its producers
	// are those that Attribution says, ByOperator where that is blank.
	Firm        Actor
	Attribution Attribution
}

// Exposure says who depends on a set of subjects (docs/methods.md §2a).
type Exposure struct {
	// Targets are the stages of which some supply passes the set, those of the
	// set apart: by tonnes descending, then share (what has no tonnes last), then
	// place and product.
	Targets []ExposedTarget
	// FinalUse is the apparent final use of all targets outside the set, and
	// OwnFinalUse that of the set's own stages, which are left out; in tonnes.
	FinalUse    float64
	OwnFinalUse float64
	// WorldShare is the share of FinalUse that passes the set; of a pooled
	// product that is asked for alone, the share of its pool.
	WorldShare float64
	// IsSum: shares and tonnes are sums of expected visits times the shares that a
	// company owns (ByShare), and may exceed the supply.
	IsSum bool
}

// ExposedTarget is a stage that depends on a set of subjects.
type ExposedTarget struct {
	// Stage has no place where it is the pool of a pooled product: everyone draws
	// from it, and it is one target.
	Stage
	// PassThrough is the share of the target's supply that is lost when the set
	// stops, every supply stays as it was, and nothing is rerouted.
	PassThrough float64
	Unexplained float64 // share of supply that ends unexplained: some of that may pass the set too
	Tonnes      float64 // PassThrough × supply; NaN for a pool
	FinalUse    float64 // apparent final use, tonnes; NaN for a pool
}

// Exposure turns the question round: whose supply passes a set of subjects. For
// all targets that is one solve, h = 1 on the set and h = P h elsewhere. A blank
// product asks of all products of the network. What the network does not know
// of the set nobody depends on.
//
// Errors: BadInput for a subject that is neither place, stage nor link; NotFound
// for a product that the network does not know; TooLarge where the network
// exceeds what is solved exactly; that of ctx.
func (w *Walk) Exposure(ctx context.Context, product string, to ...Subject) (Exposure, error) {
	set, err := w.setOfAll(ctx, to)
	if err != nil {
		return Exposure{}, err
	}
	targets, err := w.targets(product)
	if err != nil {
		return Exposure{}, err
	}
	chance, isSum, err := w.chanceOfSubjects(ctx, set, to, statesOf(targets))
	if err != nil {
		return Exposure{}, err
	}
	unexplained, err := w.unexplained(ctx, w.chain.upstream(statesOf(targets)...))
	if err != nil {
		return Exposure{}, err
	}
	e := Exposure{Targets: []ExposedTarget{}, IsSum: isSum}
	var world weighted
	for _, t := range targets {
		if set.states[t.state] {
			e.OwnFinalUse += t.use
			continue
		}
		e.FinalUse += t.use
		world.add(t.weight, chance[t.state])
		share := chance[t.state]
		if !isSum {
			share = min(1, share)
		}
		if share > 0 {
			e.Targets = append(e.Targets, ExposedTarget{Stage: w.stageOf(t), PassThrough: share,
				Unexplained: min(1, unexplained[t.state]), Tonnes: share * w.supplyOf(t), FinalUse: w.finalUseOf(t)})
		}
	}
	e.WorldShare = world.mean()
	slices.SortFunc(e.Targets, func(a, b ExposedTarget) int {
		return cmp.Or(cmp.Compare(boolInt(math.IsNaN(a.Tonnes)), boolInt(math.IsNaN(b.Tonnes))),
			descending(a.Tonnes, b.Tonnes), descending(a.PassThrough, b.PassThrough), a.compare(b.Stage))
	})
	return e, nil
}

// target is what a question about a product is asked of: a node with supply, or
// the pool of a pooled product.
type target struct {
	product int32
	node    int32 // -1: a pool
	state   int32
	use     float64 // apparent final use, tonnes; 0 for a pool
	weight  float64 // what it counts in the world: use, or 1 for a pool that is the only target
}

// targets returns the targets of one product, or of all where it is blank, in
// the order of nodes.
func (w *Walk) targets(product string) ([]target, error) {
	n := w.network
	if product != "" {
		p, err := n.product(product)
		if err != nil {
			return nil, err
		}
		targets := w.targetsOf(p)
		if n.Products[p].Pooled && len(targets) > 0 {
			targets[0].weight = 1
		}
		return targets, nil
	}
	var targets []target
	for p := range n.Products {
		targets = append(targets, w.targetsOf(int32(p))...)
	}
	return targets, nil
}

func (w *Walk) targetsOf(product int32) []target {
	if pool := w.pool[product]; pool >= 0 {
		if !w.flows(pool) {
			return nil
		}
		return []target{{product: product, node: -1, state: pool}}
	}
	var targets []target
	lo, hi := w.nodesOf(product)
	for i := lo; i < hi; i++ {
		if s := w.market[i]; w.flows(s) {
			use := w.network.Nodes[i].finalUse()
			targets = append(targets, target{product: product, node: i, state: s, use: use, weight: use})
		}
	}
	return targets
}

// finalUse returns the apparent final use: what neither leaves a node nor is
// used there to make something else, whatever the balance; 0 where it is rounding.
func (n *Node) finalUse() float64 {
	use := n.Supply - n.Exports - n.Used
	if use < rounding*n.Supply {
		return 0
	}
	return use
}

func (w *Walk) stageOf(t target) Stage {
	if t.node < 0 {
		return Stage{Product: w.network.Products[t.product].ID}
	}
	return w.stage(t.node)
}

func (w *Walk) supplyOf(t target) float64 {
	if t.node < 0 {
		return math.NaN()
	}
	return w.network.Nodes[t.node].Supply
}

func (w *Walk) finalUseOf(t target) float64 {
	if t.node < 0 {
		return math.NaN()
	}
	return t.use
}

func statesOf(targets []target) []int32 {
	states := make([]int32, len(targets))
	for i, t := range targets {
		states[i] = t.state
	}
	return states
}

// weighted is a mean in the making.
type weighted struct{ sum, weight float64 }

func (m *weighted) add(weight, value float64) {
	m.sum += weight * value
	m.weight += weight
}

// mean returns the mean; 0 of nothing.
func (m *weighted) mean() float64 {
	if m.weight == 0 {
		return 0
	}
	return min(1, m.sum/m.weight)
}

// set is what a walk may meet: states that it comes to, and steps that it takes.
type set struct {
	states []bool
	// links by the market of the importer: the markets of the exporters, or their
	// makers where the product is pooled.
	links map[int32][]int32
	// parts by maker: the share of what is made there that the set makes, by
	// producers without a state of their own.
	parts map[int32]float64
}

func (w *Walk) newSet() *set {
	return &set{states: make([]bool, w.states), links: map[int32][]int32{}, parts: map[int32]float64{}}
}

// setOf returns the states and steps of subjects.
func (w *Walk) setOf(subjects []Subject) (*set, error) {
	x := w.newSet()
	for _, s := range subjects {
		kind, err := s.kind()
		if err != nil {
			return nil, err
		}
		product := int32(-1)
		if s.Product != "" {
			if product, err = w.network.product(s.Product); err != nil {
				return nil, err
			}
		}
		switch kind {
		case KindLink:
			sellers, err := w.network.sellersTo(s.From, product, s.Sold)
			if err != nil {
				return nil, err
			}
			for _, from := range sellers {
				w.addLink(x, from, w.network.at(s.To, product))
			}
		case KindStage:
			w.addNode(x, w.network.at(s.Place, product))
		case KindCountry:
			for p := range w.network.Products {
				w.addNode(x, w.network.at(s.Place, int32(p)))
			}
		}
	}
	return x, nil
}

// kind tells what a subject is.
func (s Subject) kind() (Kind, error) {
	switch {
	case s.Firm.ID != "":
		if s.Place != "" || s.From != "" || s.To != "" {
			break
		}
		if s.Firm.Facility {
			return KindFacility, nil
		}
		return KindCompany, nil
	case s.Place != "" && s.From == "" && s.To == "":
		if s.Product == "" {
			return KindCountry, nil
		}
		return KindStage, nil
	case s.Place == "" && s.From != "" && s.To != "" && s.Product != "":
		return KindLink, nil
	}
	return "", graph.Errorf(graph.BadInput, "name a place, a place and a product, a product with from and to, or a company or plant")
}

func (w *Walk) addNode(x *set, node int32) {
	if node < 0 {
		return
	}
	for _, s := range w.statesOfNode(node) {
		x.states[s] = true
	}
}

// statesOfNode returns where a walk meets a node: at its market, and of a pooled
// product, which others do not draw there, at its maker too; and at the producers
// that are come to by name.
func (w *Walk) statesOfNode(node int32) []int32 {
	if w.agentOf != nil {
		return w.statesOfAgents(node)
	}
	if w.network.Products[w.network.Nodes[node].Product].Pooled {
		return []int32{w.market[node], w.maker[node]}
	}
	return []int32{w.market[node]}
}

func (w *Walk) addLink(x *set, from, to int32) {
	if from < 0 || to < 0 || from == to {
		return
	}
	exporter := w.market[from]
	if w.network.Products[w.network.Nodes[from].Product].Pooled {
		exporter = w.maker[from]
	}
	importer := w.market[to]
	x.links[importer] = append(x.links[importer], exporter)
}

// product returns the index of a product.
func (n *Network) product(id string) (int32, error) {
	p := slices.IndexFunc(n.Products, func(p Product) bool { return p.ID == id })
	if p < 0 {
		return -1, graph.Errorf(graph.NotFound, "the network has no product %q", id)
	}
	return int32(p), nil
}

// at returns the node of a place at a product; -1 where there is none.
func (n *Network) at(place string, product int32) int32 {
	if i, ok := slices.BinarySearch(n.Places, place); ok {
		return n.Node(int32(i), product)
	}
	return -1
}

// chanceToMeet returns, by state, the chance that a walk from there ever comes to
// the set; for the states named, and all upstream of them.
func (w *Walk) chanceToMeet(ctx context.Context, x *set, from []int32) ([]float64, error) {
	h := make([]float64, w.states)
	until := w.until(x, h)
	return h, until.chances(ctx, h, until.upstream(from...))
}

// until returns the walk that stops where it meets a set, and puts in h the
// chance that it does so at its next step; 1 on the set.
func (w *Walk) until(x *set, h []float64) *chain {
	all := w.chain
	start := make([]int32, 1, w.states+1)
	to, prob := make([]int32, 0, len(all.to)), make([]float64, 0, len(all.to))
	stop := make([]float64, w.states)
	for s := range int32(w.states) {
		from, end := all.start[s], all.start[s+1]
		links := x.links[s]
		switch {
		case x.states[s]:
			h[s], end = 1, from
		case len(links) > 0 && from < end && w.node[all.to[from]] < 0: // these draws apart from the other ones
			pool := all.to[from]
			from, end = all.start[pool], all.start[pool+1]
		}
		part, left := x.parts[s], 1.0
		if part > 0 {
			left = w.leftOf(s, part)
			h[s] += part
		}
		for e := from; e < end; e++ {
			switch {
			case slices.Contains(links, all.to[e]):
				h[s] += all.prob[e]
			case left == 1 || w.isAgent(all.to[e]):
				to, prob = append(to, all.to[e]), append(prob, all.prob[e])
			case left > 0:
				to, prob = append(to, all.to[e]), append(prob, left*all.prob[e])
			}
		}
		stop[s] = left*all.stop[s] + h[s]
		start = append(start, int32(len(to)))
	}
	return all.alike(start, to, prob, stop).keepLoops()
}

// unexplained returns, by state, the chance that a walk from there ends
// unexplained; for some components, with which all upstream of them must be named.
func (w *Walk) unexplained(ctx context.Context, components []bool) ([]float64, error) {
	c := w.chain
	h := make([]float64, w.states)
	for s, end := range w.ends {
		if end == endSurplus || end == endNoInput {
			h[s] = c.stop[s]
		}
		if c.components[c.of[s]].ring {
			h[s] = 1
		}
	}
	for _, pool := range w.pool {
		if pool >= 0 && !w.flows(pool) {
			h[pool] = 1 // nobody is known to make it
		}
	}
	return h, c.chances(ctx, h, components)
}

// Has tells whether the network has anything of a subject.
func (n *Network) Has(s Subject) bool {
	product, err := n.product(s.Product)
	if err != nil {
		_, known := slices.BinarySearch(n.Places, s.Place)
		return known && s.Product == ""
	}
	if s.Place != "" {
		return n.at(s.Place, product) >= 0
	}
	if s.Firm.ID != "" {
		return true
	}
	sellers, err := n.sellersTo(s.From, product, s.Sold)
	return err == nil && slices.ContainsFunc(sellers, func(i int32) bool { return i >= 0 }) && n.at(s.To, product) >= 0
}
