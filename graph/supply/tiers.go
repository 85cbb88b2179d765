package supply

import (
	"cmp"
	"context"
	"slices"
)

// Tiers returns where each product upstream of the target is made, the target's
// own included, by steps, then product.
func (d *Dependency) Tiers(ctx context.Context) ([]Tier, error) {
	w := d.walk
	v, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	tiers := []Tier{}
	for p, steps := range d.steps(v) {
		if steps < 0 {
			continue
		}
		tier := Tier{Product: w.network.Products[p].ID, Steps: steps, MadeIn: []PlaceShare{}}
		lo, hi := w.nodesOf(int32(p))
		for i := lo; i < hi; i++ {
			if share := w.madeAt(v, i); share > 0 {
				tier.MadeIn = append(tier.MadeIn, PlaceShare{w.network.Places[w.network.Nodes[i].Place], share})
				tier.HHI += share * share
			}
		}
		if w.agentOf != nil {
			tier.HHI = indexOf(sharesIn(tier.MadeIn), 0).Lower
		}
		slices.SortFunc(tier.MadeIn, func(a, b PlaceShare) int {
			return cmp.Or(descending(a.Share, b.Share), cmp.Compare(a.Place, b.Place))
		})
		tiers = append(tiers, tier)
	}
	slices.SortFunc(tiers, func(a, b Tier) int {
		return cmp.Or(cmp.Compare(a.Steps, b.Steps), cmp.Compare(a.Product, b.Product))
	})
	return tiers, nil
}

func sharesIn(parts []PlaceShare) []float64 {
	shares := make([]float64, len(parts))
	for i, p := range parts {
		shares[i] = p.Share
	}
	return shares
}

// steps returns the fewest recipe links from the target's product to each
// product that the walk can visit; -1 for the others.
func (d *Dependency) steps(v []float64) []int {
	w := d.walk
	steps := make([]int, len(w.network.Products))
	for p := range steps {
		steps[p] = -1
	}
	if d.state < 0 {
		return steps
	}
	steps[d.product] = 0
	if w.isTable() {
		return d.roundsOfSectors(steps)
	}
	if w.agentOf != nil {
		d.stepsOfAgents(v, steps)
		return steps
	}
	for i := range w.network.Nodes { // every product before its inputs
		if v[w.maker[i]] == 0 {
			continue
		}
		here := steps[w.network.Nodes[i].Product]
		for _, input := range w.network.InputsOf(int32(i)) {
			there := &steps[w.network.Nodes[input.Node].Product]
			if input.Share > 0 && (*there < 0 || *there > here+1) {
				*there = here + 1
			}
		}
	}
	return steps
}

// stepsOfAgents is steps where firms may take what no recipe says: what is made
// of what may go in a circle.
func (d *Dependency) stepsOfAgents(v []float64, steps []int) {
	w := d.walk
	product := func(state int32) int32 { return w.network.Nodes[w.node[state]].Product }
	inputs := make([][]int32, len(steps))
	for i := range int32(len(w.network.Nodes)) {
		if w.madeAt(v, i) == 0 {
			continue
		}
		w.eachMaking(i, func(from, to, _ int32) {
			if p := product(from); v[from] > 0 && !slices.Contains(inputs[p], product(to)) {
				inputs[p] = append(inputs[p], product(to))
			}
		})
	}
	for queue := []int32{d.product}; len(queue) > 0; queue = queue[1:] {
		for _, in := range inputs[queue[0]] {
			if steps[in] < 0 {
				steps[in] = steps[queue[0]] + 1
				queue = append(queue, in)
			}
		}
	}
}

// TierFlows returns the flows between stages of at least minShare (inclusive),
// at most first of them (0: all), by share descending, then ids. The others are
// folded: counted, and their shares added.
func (d *Dependency) TierFlows(ctx context.Context, minShare float64, first int) (TierFlows, error) {
	v, err := d.visits(ctx)
	if err != nil {
		return TierFlows{}, err
	}
	unexplained, err := d.Unexplained(ctx)
	if err != nil {
		return TierFlows{}, err
	}
	if d.walk.network.alone {
		all := d.flowsOfFirms(v, minShare)
		all.Unexplained = unexplained
		return all.inOrder(first), nil
	}
	reported, err := d.walk.onlyReported(ctx)
	if err != nil {
		return TierFlows{}, err
	}
	search := flowSearch{Dependency: d, needs: d.needs(v), reported: reported, minShare: minShare}
	if d.walk.agentOf != nil {
		search.minShare = 0 // what producers of one stage need is added up first
	}
	byProduct := make([]TierFlows, len(d.walk.network.Products))
	if d.walk.isTable() {
		byProduct[0] = d.valueFlows(v, minShare)
	} else if err = parallel(ctx, len(byProduct), func(_, p int) (err error) {
		byProduct[p], err = search.flowsOf(ctx, int32(p))
		return err
	}); err != nil {
		return TierFlows{}, err
	}
	all := TierFlows{Flows: []TierFlow{}, Unexplained: unexplained}
	for _, part := range byProduct {
		all.Flows = append(all.Flows, part.Flows...)
		all.Folded += part.Folded
		all.FoldedShare += part.FoldedShare
	}
	if d.walk.agentOf != nil {
		all.mergeStages(minShare)
	}
	return all.inOrder(first), nil
}

// inOrder puts flows in order, and folds those beyond the first.
func (t TierFlows) inOrder(first int) TierFlows {
	slices.SortFunc(t.Flows, func(a, b TierFlow) int {
		return cmp.Or(descending(a.Share, b.Share), a.From.compare(b.From), a.To.compare(b.To))
	})
	kept := upTo(t.Flows, first)
	for _, f := range t.Flows[len(kept):] {
		t.fold(f.Share)
		t.Truncated = true
	}
	t.Flows = kept
	return t
}

func (t *TierFlows) fold(share float64) {
	t.Folded++
	t.FoldedShare += share
}

// flowSearch is what the flows of all products are found with.
type flowSearch struct {
	*Dependency
	needs    map[int32][]need // by market state
	reported *reported
	minShare float64
}

// need is what one stage takes of an input: the share of the target's supply,
// and where it is made into what.
type need struct {
	stage     Stage
	target    bool
	share     float64
	estimated bool // the recipe link is
}

// needs returns what is needed at each market state.
func (d *Dependency) needs(v []float64) map[int32][]need {
	w := d.walk
	needs := map[int32][]need{}
	if d.state >= 0 {
		needs[d.state] = []need{{stage: d.target, target: true, share: 1}}
	}
	for i := range int32(len(w.network.Nodes)) {
		if w.madeAt(v, i) == 0 {
			continue
		}
		w.eachMaking(i, func(from, to, e int32) {
			if v[from] > 0 {
				needs[to] = append(needs[to], need{
					stage: w.stage(i), share: v[from] * w.chain.prob[e], estimated: w.estimated[e],
				})
			}
		})
	}
	d.needsOfBuyer(needs)
	return needs
}

// flowsOf returns the flows from where a product is made to where it is needed:
// the share needed times (I − T)⁻¹, T the trade steps within the product, times
// the share made there.
func (f flowSearch) flowsOf(ctx context.Context, product int32) (TierFlows, error) {
	w := f.walk
	first, end := w.first[product], w.first[product+1]
	x, sure := make([]float64, w.states), make([]float64, w.states)
	var flows TierFlows
	for s := first; s < end; s++ {
		if len(f.needs[s]) == 0 {
			continue
		}
		if w.isAgent(s) && w.makes(s) { // which makes what is needed of it
			if !w.inRing(s) {
				f.addMade(&flows, w.node[s], f.needs[s], 1, 0)
			}
			continue
		}
		clear(x[first:end])
		x[s] = 1
		if err := w.toMakers(ctx, w.sourcingOnly(), product, x); err != nil {
			return TierFlows{}, err
		}
		if f.reported.cut[product] {
			clear(sure[first:end])
			sure[s] = 1
			if err := w.toMakers(ctx, f.reported.sourcing, product, sure); err != nil {
				return TierFlows{}, err
			}
		}
		f.add(&flows, product, f.needs[s], x, sure)
	}
	return flows, nil
}

// add appends what the makers of a product make for needs: x is the chance to
// come to each, sure that without an estimated step.
func (f flowSearch) add(flows *TierFlows, product int32, needs []need, x, sure []float64) {
	lo, hi := f.walk.nodesOf(product)
	for i := lo; i < hi; i++ {
		made := f.walk.comesTo(x, i)
		if made == 0 {
			continue
		}
		estimated := 0.0
		if f.reported.cut[product] {
			estimated = max(0, made-f.walk.comesTo(sure, i))
		}
		f.addMade(flows, i, needs, made, estimated)
	}
}

// addMade appends what a node makes for needs: a part of them, and how much of that
// part takes an estimated step on the way.
func (f flowSearch) addMade(flows *TierFlows, node int32, needs []need, made, estimated float64) {
	for _, n := range needs {
		flow := TierFlow{From: f.walk.stage(node), To: n.stage, ToTarget: n.target, Share: n.share * made, EstimatedShare: n.share * estimated}
		if flow.Share < f.minShare-slack {
			flows.fold(flow.Share)
			continue
		}
		if n.estimated {
			flow.EstimatedShare = flow.Share
		}
		flows.Flows = append(flows.Flows, flow)
	}
}

// toMakers walks within one product: from the entries x to those of its makers.
func (w *Walk) toMakers(ctx context.Context, c *chain, product int32, x []float64) error {
	lo, hi := w.first[product], w.first[product+1]
	from, to := int32(len(c.components)), int32(0)
	for s := lo; s < hi; s++ {
		if !w.makes(s) {
			from, to = min(from, c.of[s]), max(to, c.of[s]+1)
		}
	}
	return c.visits(ctx, x, from, to)
}
