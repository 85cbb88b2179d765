package supply

import (
	"context"
	"slices"
)

// numberAgents gives the active producers of the nodes before end their states.
func (w *Walk) numberAgents(end int32) {
	n := w.network
	for k := len(w.agent); k < len(n.Producers) && n.Producers[k].Node < end; k++ {
		state := int32(-1)
		if n.Producers[k].Active {
			state = int32(len(w.node))
			w.node = append(w.node, n.Producers[k].Node)
		}
		w.agent = append(w.agent, state)
	}
}

// findAgents turns the numbering of producers round; nothing is kept where none is
// active.
func (w *Walk) findAgents() {
	if w.states == 2*len(w.network.Nodes)+w.pools() {
		return
	}
	w.agentOf = make([]int32, w.states)
	for s := range w.agentOf {
		w.agentOf[s] = -1
	}
	for k, s := range w.agent {
		if s >= 0 {
			w.agentOf[s] = int32(k)
		}
	}
	w.others = make([]float64, len(w.network.Nodes))
	w.named = make([]bool, len(w.network.Nodes))
	for _, s := range w.network.Sources {
		if s.Producer >= 0 {
			w.named[w.network.Producers[s.Producer].Node] = true
		}
	}
}

func (w *Walk) pools() int {
	pools := 0
	for _, state := range w.pool {
		if state >= 0 {
			pools++
		}
	}
	return pools
}

// isAgent tells whether a state is that of a producer.
func (w *Walk) isAgent(state int32) bool { return w.agentOf != nil && w.agentOf[state] >= 0 }

// makes tells whether a state is where something is made.
func (w *Walk) makes(state int32) bool {
	return w.isMaker(state) || w.isAgent(state) && !w.network.Producers[w.agentOf[state]].Buys
}

// toAgents writes the steps from a maker to the active producers of its node, and
// returns what the others make.
func (p *projection) toAgents(node int32) (rest float64) {
	sum := 0.0
	lo, hi := p.network.ProducersOf(node)
	for k := lo; k < hi; k++ {
		if producer := &p.network.Producers[k]; producer.Active && producer.Weight > 0 {
			sum += producer.Weight
			p.step(p.agent[k], producer.Weight, producer.Estimated)
		}
	}
	if rest = 1 - sum; rest < rounding {
		rest = 0
	}
	p.others[node] = rest
	return rest
}

// agents writes the rows of the active producers of nodes lo to hi: an origin of a
// raw product whose suppliers are not known, else their sources.
func (p *projection) agents(lo, hi int32) {
	if p.agentOf == nil {
		return
	}
	n := p.network
	for node := lo; node < hi; node++ {
		from, to := n.ProducersOf(node)
		for k := from; k < to; k++ {
			if !n.Producers[k].Active {
				continue
			}
			sources := n.SourcesOf(k)
			if len(sources) == 0 && n.Producers[k].NoInput == 0 {
				p.end(1, endOrigin)
				continue
			}
			total := n.Producers[k].NoInput
			for _, s := range sources {
				total += s.Share
			}
			for _, s := range sources {
				state := p.agentOrMarket(s)
				p.step(state, s.Share/total, s.Estimated)
			}
			p.end(n.Producers[k].NoInput/total, endNoInput)
		}
	}
}

func (p *projection) agentOrMarket(s SourceLink) int32 {
	if s.Producer >= 0 {
		return p.agent[s.Producer]
	}
	return p.market[s.Node]
}

// madeAt returns the share of the target's supply whose product is made at a node,
// from the visits of its states.
func (w *Walk) madeAt(v []float64, node int32) float64 {
	if w.others == nil {
		return v[w.maker[node]]
	}
	made := 0.0
	for _, s := range w.makersAt(node) {
		if s == w.maker[node] {
			made += v[s] * w.others[node]
		} else {
			made += v[s]
		}
	}
	return made
}

func (w *Walk) inRing(state int32) bool { return w.chain.components[w.chain.of[state]].ring }

// eachMaking calls f for each step of the chain by which something that is made at
// a node is made of something else: from a maker or producer to a market or
// producer.
func (w *Walk) eachMaking(node int32, f func(from, to, step int32)) {
	c := w.chain
	each := func(s int32) {
		for e := c.start[s]; e < c.start[s+1]; e++ {
			if !w.isMaker(s) || !w.isAgent(c.to[e]) {
				f(s, c.to[e], e)
			}
		}
	}
	if w.agentOf == nil {
		each(w.maker[node])
		return
	}
	for _, s := range w.makersAt(node) {
		each(s)
	}
}

// makersAt returns the states in which a node's product is made, its maker first.
// Where the walk enters a closed ring it stops, and makes nothing.
func (w *Walk) makersAt(node int32) []int32 {
	var states []int32
	if s := w.maker[node]; !w.inRing(s) {
		states = append(states, s)
	}
	lo, hi := w.network.ProducersOf(node)
	for k := lo; k < hi; k++ {
		if s := w.agent[k]; s >= 0 && w.makes(s) && !w.inRing(s) {
			states = append(states, s)
		}
	}
	return states
}

// cutAtMakers returns a chain of the same states that ends where something is
// made: a firm may be supplied, in a circle, by those that it supplies.
func (w *Walk) cutAtMakers(c *chain) *chain {
	if w.agentOf == nil {
		return c
	}
	start := make([]int32, 1, w.states+1)
	var to []int32
	var prob []float64
	stop := slices.Clone(c.stop)
	for s := range int32(w.states) {
		if w.isMaker(s) || w.isAgent(s) || w.inRing(s) {
			stop[s] = 1
		} else {
			to = append(to, c.to[c.start[s]:c.start[s+1]]...)
			prob = append(prob, c.prob[c.start[s]:c.start[s+1]]...)
		}
		start = append(start, int32(len(to)))
	}
	return w.chain.alike(start, to, prob, stop)
}

// sourcingOnly returns the steps of the walk to where something is made, and none
// beyond.
func (w *Walk) sourcingOnly() *chain {
	c, _ := w.sourcing.get(func() (*chain, error) { return w.cutAtMakers(w.chain), nil })
	return c
}

// comesTo returns the chance to come to where a node's product is made.
func (w *Walk) comesTo(x []float64, node int32) float64 {
	if w.agentOf == nil {
		return x[w.maker[node]]
	}
	sum := 0.0
	for _, s := range w.makersAt(node) {
		if s == w.maker[node] {
			sum += x[s] * (1 - w.toRings(s))
		} else {
			sum += x[s]
		}
	}
	return sum
}

// toRings returns the share of what a maker makes that is made by producers of a
// closed ring.
func (w *Walk) toRings(maker int32) float64 {
	sum := 0.0
	for e := w.chain.start[maker]; e < w.chain.start[maker+1]; e++ {
		if to := w.chain.to[e]; w.isAgent(to) && w.inRing(to) {
			sum += w.chain.prob[e]
		}
	}
	return sum
}

// needsOfBuyer puts what a firm buys, and does not make, in place of itself: it is
// no stage between.
func (d *Dependency) needsOfBuyer(needs map[int32][]need) {
	w := d.walk
	if d.state < 0 || !w.isAgent(d.state) || w.makes(d.state) {
		return
	}
	delete(needs, d.state)
	for e := w.chain.start[d.state]; e < w.chain.start[d.state+1]; e++ {
		to := w.chain.to[e]
		needs[to] = append(needs[to], need{stage: d.target, target: true, share: w.chain.prob[e], estimated: w.estimated[e]})
	}
}

// statesOfAgents returns where a walk meets a node at which there are, or could be,
// producers with states of their own.
func (w *Walk) statesOfAgents(node int32) []int32 {
	states := []int32{w.market[node]}
	if w.network.Products[w.network.Nodes[node].Product].Pooled {
		states = append(states, w.maker[node])
	}
	lo, hi := w.network.ProducersOf(node)
	for k := lo; k < hi; k++ {
		if s := w.agent[k]; s >= 0 && w.makes(s) {
			states = append(states, s)
		}
	}
	return states
}

// FirmDependency binds the question to the company or plant that the network was
// assembled for. It has no supply where it is not known to make the product or to
// be supplied with it.
func (w *Walk) FirmDependency(product string) (*Dependency, error) {
	p, err := w.network.product(product)
	if err != nil {
		return nil, err
	}
	d := &Dependency{walk: w, target: Stage{Product: product}, product: p, place: -1, node: -1, state: -1, firm: -1}
	if k := w.network.Target.producer; k >= 0 {
		d.firm, d.node, d.state = k, w.network.Producers[k].Node, w.agent[k]
		d.place, d.target = w.network.Nodes[d.node].Place, w.stage(d.node)
	}
	return d, nil
}

// TonnesKnown tells whether the target's tonnes are known: a firm of which they are
// not counts as 1.
func (d *Dependency) TonnesKnown() bool {
	_, ok := d.SupplyTonnes()
	return ok && (d.firm < 0 || known(d.walk.network.Target.tonnes))
}

// isOwnPlants tells whether the sources of a firm that makes nothing itself are its
// own plants.
func (w *Walk) isOwnPlants(agent int32) bool {
	n := w.network
	firm := w.agentOf[agent]
	for _, s := range n.SourcesOf(firm) {
		if s.Producer < 0 || n.Producers[s.Producer].Operator != n.Producers[firm].ID {
			return false
		}
	}
	return true
}

// own returns the states that are the target itself: of a firm its producer, or
// its plants.
func (d *Dependency) own() []int32 {
	w := d.walk
	if d.firm < 0 || d.state < 0 {
		return nil
	}
	states := []int32{d.state}
	if w.network.Producers[d.firm].Buys && w.isOwnPlants(d.state) {
		for _, s := range w.network.SourcesOf(d.firm) {
			states = append(states, w.agent[s.Producer])
		}
	}
	return states
}

// chanceOfNodes returns the chance that the walk from the target ever comes to some
// nodes; the target itself is taken out.
func (d *Dependency) chanceOfNodes(ctx context.Context, nodes []int32) (float64, error) {
	x := d.walk.newSet()
	for _, i := range nodes {
		if i != d.node || d.firm >= 0 {
			d.walk.addNode(x, i)
		}
	}
	return d.chanceOf(ctx, x)
}

// chanceOf returns the chance that the walk from the target ever meets a set, from
// which the target itself is taken out.
func (d *Dependency) chanceOf(ctx context.Context, x *set) (float64, error) {
	for _, s := range d.own() {
		x.states[s] = false
	}
	h, err := d.walk.chanceToMeet(ctx, x, []int32{d.state})
	if err != nil {
		return 0, err
	}
	return min(1, h[d.state]), nil
}

// passProducers puts right the pass-through of the nodes that are come to past
// their market too, and of those that draw from a pool, to which firms may lead
// back.
func (d *Dependency) passProducers(ctx context.Context, pass []float64) error {
	if d.state < 0 {
		return nil
	}
	reach, err := d.reach(ctx)
	if err != nil {
		return err
	}
	var nodes []int32
	for i, named := range d.walk.named {
		comes := func(s int32) bool { return reach[s] > 0 }
		if pooled := d.walk.pool[d.walk.network.Nodes[i].Product] >= 0; (named || pooled) && slices.ContainsFunc(d.walk.statesOfAgents(int32(i)), comes) {
			nodes = append(nodes, int32(i))
		}
	}
	return parallel(ctx, len(nodes), func(_, k int) (err error) {
		pass[nodes[k]], err = d.chanceOfNodes(ctx, nodes[k:k+1])
		return err
	})
}

// countriesPast returns the pass-through of countries where firms supply each
// other: each is solved for on a chain of its own.
func (d *Dependency) countriesPast(ctx context.Context, minShare float64) ([]Chokepoint, error) {
	list := []Chokepoint{}
	if d.state < 0 {
		return list, nil
	}
	n := d.walk.network
	nodes := make([][]int32, len(n.Places))
	for i := range n.Nodes {
		nodes[n.Nodes[i].Place] = append(nodes[n.Nodes[i].Place], int32(i))
	}
	pass := make([]float64, len(n.Places))
	err := parallel(ctx, len(pass), func(_, place int) (err error) {
		pass[place], err = d.chanceOfNodes(ctx, nodes[place])
		return err
	})
	for place, share := range pass {
		if passesAtLeast(share, minShare) {
			list = append(list, Chokepoint{Place: n.Places[place], PassThrough: share})
		}
	}
	return list, err
}

// leftOf returns what is left of the makers of a node that have no state of their
// own, when a part of what is made there is taken out: a factor of their steps.
func (w *Walk) leftOf(maker int32, part float64) float64 {
	all := 1.0
	if w.others != nil {
		all = w.others[w.node[maker]]
	}
	if left := all - part; left > rounding*all {
		return left / all
	}
	return 0
}

// isSupplied tells whether a step is from a firm to one that supplies it: another
// stage of a path, while a maker and its producers are one, and a company and its
// plants.
func (w *Walk) isSupplied(from, to int32) bool {
	if !w.isAgent(from) || !w.isAgent(to) {
		return false
	}
	return !w.network.Producers[w.agentOf[from]].Buys || !w.isOwnPlants(from)
}

// stepOfAgent returns the step of a path that a producer is; none for a company
// that stands for its plants.
func (w *Walk) stepOfAgent(state int32, last bool) (step PathStep, ok bool) {
	p := &w.network.Producers[w.agentOf[state]]
	step = PathStep{Stage: w.stage(p.Node), By: StepMade, Firm: p.Actor}
	switch {
	case last:
		step.By = StepOrigin
	case p.Buys && w.isOwnPlants(state):
		return step, false
	case p.Buys:
		step.By = StepTrade
	}
	return step, true
}

// addEnds adds to a drawn stage what starts and ends at its producers.
func (w *Walk) addEnds(node *DrawnNode, v []float64, i int32) {
	if w.agentOf == nil {
		return
	}
	lo, hi := w.network.ProducersOf(i)
	for k := lo; k < hi; k++ {
		switch s := w.agent[k]; {
		case s < 0:
		case w.inRing(s):
			node.Unexplained += v[s]
		case w.ends[s] == endOrigin:
			node.Origin += v[s] * w.chain.stop[s]
		default:
			node.Unexplained += v[s] * w.chain.stop[s]
		}
	}
}

// eachInputOfAgents calls f for each link between stages by which something is made
// of something else, of all makers and producers of a stage together.
func (d *Dependency) eachInputOfAgents(v []float64, f func(DrawnLink)) {
	w, c := d.walk, d.walk.chain
	for i := range int32(len(w.network.Nodes)) {
		links := map[Stage]*DrawnLink{}
		var order []Stage
		add := func(to int32, by StepKind, pass float64, estimated bool) {
			from := w.stage(w.node[to])
			if from == w.stage(i) || pass == 0 {
				return
			}
			if links[from] == nil {
				links[from] = &DrawnLink{From: from, To: w.stage(i), By: by}
				order = append(order, from)
			}
			links[from].PassThrough += pass
			links[from].Estimated = links[from].Estimated || estimated
		}
		w.eachMaking(i, func(from, to, e int32) { add(to, StepMade, v[from]*c.prob[e], w.estimated[e]) })
		if i == d.node && d.state >= 0 && w.isAgent(d.state) && !w.makes(d.state) {
			for e := c.start[d.state]; e < c.start[d.state+1]; e++ {
				add(c.to[e], StepTrade, c.prob[e], w.estimated[e])
			}
		}
		visits := max(v[w.market[i]], w.comesTo(v, i))
		for _, from := range order {
			link := links[from]
			link.Share = min(1, link.PassThrough/max(visits, link.PassThrough))
			link.PassThrough = min(1, link.PassThrough)
			f(*link)
		}
	}
}

// flowsOfFirms returns the flows between stages of firms on their own: each makes what
// it supplies, so that a step to one is a flow from its stage. Those below minShare
// are folded.
func (d *Dependency) flowsOfFirms(v []float64, minShare float64) TierFlows {
	w, c := d.walk, d.walk.chain
	flows := TierFlows{Flows: []TierFlow{}}
	between := func(to int32) map[int32]*TierFlow { // by node upstream
		byNode := map[int32]*TierFlow{}
		add := func(state int32, target, estimated bool, share float64) {
			if share == 0 || !w.makes(state) || w.inRing(state) {
				return
			}
			from := w.node[state]
			f := byNode[from]
			if f == nil {
				f = &TierFlow{From: w.stage(from), To: d.target, ToTarget: target}
				if !target {
					f.To = w.stage(to)
				}
				byNode[from] = f
			}
			if f.Share += share; estimated {
				f.EstimatedShare += share
			}
		}
		switch {
		case to >= 0:
			w.eachMaking(to, func(from, state, e int32) { add(state, false, w.estimated[e], v[from]*c.prob[e]) })
		case d.state >= 0 && w.makes(d.state):
			add(d.state, true, false, 1)
		case d.state >= 0:
			for e := c.start[d.state]; e < c.start[d.state+1]; e++ {
				add(c.to[e], true, w.estimated[e], c.prob[e])
			}
		}
		return byNode
	}
	for node := int32(-1); int(node) < len(w.network.Nodes); node++ { // -1: the target itself
		for _, f := range between(node) {
			if f.Share < minShare-slack {
				flows.fold(f.Share)
			} else {
				flows.Flows = append(flows.Flows, *f)
			}
		}
	}
	return flows
}

// mergeStages adds up the flows between the same two stages, of several producers,
// and folds those that are then below minShare.
func (t *TierFlows) mergeStages(minShare float64) {
	type ends struct {
		from, to Stage
		toTarget bool
	}
	at := map[ends]int{}
	merged := t.Flows[:0]
	for _, f := range t.Flows {
		key := ends{f.From, f.To, f.ToTarget}
		if i, ok := at[key]; ok {
			merged[i].Share += f.Share
			merged[i].EstimatedShare += f.EstimatedShare
			continue
		}
		at[key] = len(merged)
		merged = append(merged, f)
	}
	t.Flows = merged[:0]
	for _, f := range merged {
		if f.Share < minShare-slack {
			t.fold(f.Share)
		} else {
			t.Flows = append(t.Flows, f)
		}
	}
}
