package supply

import (
	"cmp"
	"context"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"tiermap/graph"
)

// Chokepoints returns what at least minShare (inclusive) of the target's supply
// passes, at most first of them (0: all), by share descending, then ids
// (docs/methods.md §2, Pass-through share). What nothing passes is not listed.
//
// The target itself is taken out of its country, which therefore can stand in
// the list with its other products; it is never a single point of failure of
// itself. Links are trade links and draws from a pool; making is no link.
func (d *Dependency) Chokepoints(ctx context.Context, kind Kind, epsilon, minShare float64, first int) ([]Chokepoint, error) {
	var list []Chokepoint
	var err error
	switch kind {
	case KindCompany, KindFacility:
		return d.FirmChokepoints(ctx, kind, ByOperator, epsilon, minShare, first)
	case KindStage:
		list, err = d.stageChokepoints(ctx, minShare)
	case KindLink:
		list, err = d.linkChokepoints(ctx, minShare)
	case KindCountry:
		list, err = d.countryChokepoints(ctx, minShare, first)
	default:
		err = graph.Errorf(graph.BadInput, "chokepoints are of kind %s, %s, %s, %s or %s, not %q",
			KindCountry, KindStage, KindLink, KindCompany, KindFacility, kind)
	}
	if err != nil {
		return nil, err
	}
	for i := range list {
		point := &list[i]
		point.Kind = kind
		own := kind == KindCountry && point.Place == d.target.Place
		point.SinglePointOfFailure = !own && point.PassThrough >= 1-epsilon-slack
	}
	slices.SortFunc(list, func(a, b Chokepoint) int {
		return cmp.Or(descending(a.PassThrough, b.PassThrough), cmp.Compare(a.Place, b.Place),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Sold, b.Sold))
	})
	return upTo(list, first), nil
}

// passesAtLeast tells whether a share is worth a line.
func passesAtLeast(share, minShare float64) bool { return share > 0 && share >= minShare-slack }

func (d *Dependency) stageChokepoints(ctx context.Context, minShare float64) ([]Chokepoint, error) {
	pass, err := d.stagePassThrough(ctx, minShare)
	if err != nil {
		return nil, err
	}
	list := []Chokepoint{}
	for i, share := range pass {
		if (int32(i) != d.node || d.firm >= 0) && passesAtLeast(share, minShare) {
			stage := d.walk.stage(int32(i))
			list = append(list, Chokepoint{Place: stage.Place, Product: stage.Product, PassThrough: share})
		}
	}
	return list, nil
}

// countryChokepoints solves for no more countries than it must: one cannot be
// passed more than its stages are together.
func (d *Dependency) countryChokepoints(ctx context.Context, minShare float64, first int) ([]Chokepoint, error) {
	if d.isLarge() {
		return d.countriesOfLarge(ctx, minShare, first)
	}
	if d.walk.agentOf != nil {
		return d.countriesPast(ctx, minShare)
	}
	countries, err := d.byCountry(ctx, minShare)
	if err != nil {
		return nil, err
	}
	list := []Chokepoint{}
	least := minShare // what a country must pass to be listed
	const batch = 16
	for len(countries) > 0 && passesAtLeast(countries[0].most, least) {
		part := countries[:min(batch, len(countries))]
		countries = countries[len(part):]
		if err := d.solveCountries(ctx, part); err != nil {
			return nil, err
		}
		for _, c := range part {
			if passesAtLeast(c.share.value, minShare) {
				list = append(list, Chokepoint{Place: d.walk.network.Places[c.place], PassThrough: c.share.value})
			}
		}
		if first > 0 && len(list) >= first {
			slices.SortFunc(list, func(a, b Chokepoint) int { return cmp.Compare(b.PassThrough, a.PassThrough) })
			least = list[first-1].PassThrough
		}
	}
	return list, nil
}

func (d *Dependency) linkChokepoints(ctx context.Context, minShare float64) ([]Chokepoint, error) {
	list := []Chokepoint{}
	err := d.eachSourcing(ctx, func(l sourcing) {
		if passesAtLeast(l.pass, minShare) {
			list = append(list, Chokepoint{
				From: d.walk.stage(l.from).Place, To: l.to.Place, Product: l.to.Product, By: l.by, PassThrough: l.pass,
				Sold: d.walk.soldBy(l.from),
			})
		}
	})
	return list, err
}

// reach returns the chance that the walk ever comes to each state: N[t,x]/N[x,x],
// and at every state of a closed ring the chance that it comes to the ring.
func (d *Dependency) reach(ctx context.Context) ([]float64, error) {
	return d.reached.get(func() ([]float64, error) {
		if d.state >= 0 {
			if err := d.walk.chain.prepareInverses(ctx, d.state); err != nil {
				return nil, err
			}
		}
		most, err := d.reachAtMost(ctx)
		if err != nil {
			return nil, err
		}
		return most, d.divideByReturns(ctx, most, func(int32) bool { return true })
	})
}

// reachAtMost returns what reach is at most: in a closed ring what it is, elsewhere
// visits.
func (d *Dependency) reachAtMost(ctx context.Context) ([]float64, error) {
	v, err := d.visits(ctx)
	most := slices.Clone(v)
	for _, part := range d.walk.chain.components {
		if !part.ring || err != nil {
			continue
		}
		var sum float64
		for _, s := range part.states {
			sum += v[s]
		}
		for _, s := range part.states {
			most[s] = sum
		}
	}
	return most, err
}

// divideByReturns turns visits into reach at some states of blocks.
func (d *Dependency) divideByReturns(ctx context.Context, visits []float64, wanted func(int32) bool) error {
	c := d.walk.chain
	for s, visited := range visits {
		if visited == 0 {
			continue
		}
		if c.components[c.of[s]].block != nil && wanted(int32(s)) {
			from, err := c.inverseRow(ctx, int32(s))
			if err != nil {
				return err
			}
			visits[s] /= from[c.at[s]]
		}
		visits[s] = min(1, visits[s])
	}
	return ctx.Err()
}

// fewSolves is how many states are solved for one by one, rather than all of them by
// way of whole inverses, which are kept for the next question.
const fewSolves = 64

// reachOfFew is reach for those who ask only for what at least some share passes: the
// markets of one group, a stage or a country, are passed no more than they are visited
// together. Those of the other groups keep something that makes less than that share.
// nil where all is known, or too many are wanted.
func (d *Dependency) reachOfFew(ctx context.Context, least float64, groupOf func(node int32) int32) ([]float64, error) {
	w := d.walk
	pooled := func(pool int32) bool { return pool >= 0 }
	if least <= 0 || d.reached.known() || w.named != nil || slices.ContainsFunc(w.pool, pooled) {
		return nil, nil
	}
	reach, err := d.reachAtMost(ctx)
	if err != nil {
		return nil, err
	}
	most := make([]float64, len(w.network.Nodes)) // by group, of which there are no more than nodes
	for i, market := range w.market {
		if group := groupOf(int32(i)); group >= 0 {
			most[group] += reach[market]
		}
	}
	wanted, n := make([]bool, w.states), 0
	for i, market := range w.market {
		if group := groupOf(int32(i)); group >= 0 && reach[market] > 0 && passesAtLeast(most[group], least) {
			wanted[market] = true
			n++
		}
	}
	if n > fewSolves {
		return nil, nil
	}
	return reach, d.divideByReturns(ctx, reach, func(s int32) bool { return wanted[s] })
}

// isLarge tells whether cycles are solved by iteration: then nothing is known of the
// returns of all states.
func (d *Dependency) isLarge() bool { return d.state >= 0 && d.walk.chain.largest() > 0 }

// stagePassThrough returns the pass-through share of each node that at least minShare
// passes; of the others something less than that. A node of a pooled product is passed where it draws from the pool and where it is drawn
// from.
func (d *Dependency) stagePassThrough(ctx context.Context, minShare float64) ([]float64, error) {
	if d.isLarge() {
		return d.stagesOfLarge(ctx, minShare)
	}
	w := d.walk
	reach, err := d.reachOfFew(ctx, minShare, func(node int32) int32 { return node })
	if err == nil && reach == nil {
		reach, err = d.reach(ctx)
	}
	if err != nil {
		return nil, err
	}
	pass := make([]float64, len(w.network.Nodes))
	for i := range pass {
		pass[i] = reach[w.market[i]]
		if pool := w.pool[w.network.Nodes[i].Product]; pool >= 0 && reach[pool] > 0 {
			others := max(0, reach[pool]-reach[w.market[i]])
			pass[i] += others * (reach[w.maker[i]] / reach[pool])
		}
	}
	if w.named != nil {
		return pass, d.passProducers(ctx, pass)
	}
	return pass, nil
}

// country is a place at all its products, as a set that the walk may pass.
type country struct {
	place int32
	set   []int32 // states, the target's taken out
	most  float64 // what is passed at most: the chances of its states added
	share lazy[float64]
}

// byCountry returns the countries that the walk may pass, by most descending; of those
// that less than a share passes, most is something less than that.
func (d *Dependency) byCountry(ctx context.Context, least float64) ([]*country, error) {
	reach, err := d.reachOfFew(ctx, least, func(node int32) int32 {
		if node == d.node {
			return -1
		}
		return d.walk.network.Nodes[node].Place
	})
	if err != nil || reach != nil {
		return d.countriesReached(reach), err
	}
	return d.countries.get(func() ([]*country, error) {
		reach, err := d.reach(ctx)
		return d.countriesReached(reach), err
	})
}

// countriesReached lists countries by the reach of their stages.
func (d *Dependency) countriesReached(reach []float64) []*country {
	w := d.walk
	countries := make([]*country, len(w.network.Places))
	for i := range countries {
		countries[i] = &country{place: int32(i)}
	}
	for i, node := range w.network.Nodes {
		if int32(i) == d.node || reach == nil {
			continue
		}
		states := []int32{w.market[i], w.maker[i]}
		if !w.network.Products[node.Product].Pooled {
			states = states[:1] // its maker is reached from there alone
		}
		c := countries[node.Place]
		for _, s := range states {
			if reach[s] > 0 {
				c.set, c.most = append(c.set, s), c.most+reach[s]
			}
		}
	}
	slices.SortStableFunc(countries, func(a, b *country) int { return cmp.Compare(b.most, a.most) })
	return countries
}

// solveCountries finds the pass-through shares of countries, several at a time.
func (d *Dependency) solveCountries(ctx context.Context, countries []*country) error {
	scratch := make([][]float64, parallelism(len(countries)))
	return parallel(ctx, len(countries), func(worker, i int) error {
		c := countries[i]
		_, err := c.share.get(func() (float64, error) {
			if len(c.set) == 1 {
				return c.most, nil
			}
			if scratch[worker] == nil {
				scratch[worker] = make([]float64, d.walk.states)
			}
			return d.walk.chain.meets(ctx, d.state, c.set, scratch[worker])
		})
		return err
	})
}

// meets returns the chance that a walk from start ever comes to a state of set,
// which is taken out as it is met. Start is none of them; x is scratch.
//
// Where the states I of a block are each met first with the chances y, with
// y·N[I,I] = v[I], the visits of the walks that meet none of them are v − y·N[I,·].
// What this subtraction loses to rounding is small beside the chance that is added
// in the same stroke.
func (c *chain) meets(ctx context.Context, start int32, set []int32, x []float64) (float64, error) {
	clear(x)
	x[start] = 1
	members := make(map[int32][]int32, len(set)) // by component
	for _, s := range set {
		members[c.of[s]] = append(members[c.of[s]], s)
	}
	var met float64
	var entries, scratch []float64
	for k := c.of[start]; int(k) < len(c.components); k++ {
		part := &c.components[k]
		if !c.entered(part, x) {
			continue
		}
		here := members[k]
		switch {
		case part.ring && len(here) > 0:
			for _, s := range part.states {
				met += x[s]
			}
		case part.block != nil:
			entries = gather(entries, part.states, x)
			scratch = slices.Grow(scratch[:0], len(entries))[:len(entries)]
			if err := c.visitsWithin(ctx, k, scratch, entries); err != nil {
				return 0, err
			}
			if len(here) > 0 {
				from := make([][]float64, len(here))
				for m, s := range here {
					var err error
					if from[m], err = c.inverseRow(ctx, s); err != nil {
						return 0, err
					}
				}
				chances, err := c.firstMet(here, scratch, from)
				if err != nil {
					return 0, err
				}
				for m, chance := range chances {
					met += chance
					floats.AddScaled(scratch, -chance, from[m])
				}
				for j := range scratch {
					scratch[j] = max(0, scratch[j])
				}
				for _, s := range here {
					scratch[c.at[s]] = 0
				}
			}
			scatter(scratch, part.states, x)
		case len(here) > 0:
			met += x[here[0]]
			x[here[0]] = 0
		}
		if !part.ring {
			c.leave(k, x)
		}
	}
	return min(1, met), ctx.Err()
}

// firstMet returns the chance that each of some states of a block is the first of
// them that is met, from the expected visits of the block's states, and from those of
// walks that begin at each of them.
func (c *chain) firstMet(states []int32, visits []float64, from [][]float64) ([]float64, error) {
	if len(states) == 1 {
		i := c.at[states[0]]
		return []float64{visits[i] / from[0][i]}, nil
	}
	right := make([]float64, len(states))
	for m, s := range states {
		right[m] = visits[c.at[s]]
	}
	return solveAmong(len(states), func(row, column int) float64 { return from[column][c.at[states[row]]] }, right)
}

// solveAmong solves a small system: the visits of some states of a block among each
// other. The matrix is the inverse of an M-matrix, and well conditioned where walks
// leave the block at all.
func solveAmong(n int, at func(row, column int) float64, right []float64) ([]float64, error) {
	a := mat.NewDense(n, n, nil)
	for row := range n {
		for column := range n {
			a.Set(row, column, at(row, column))
		}
	}
	var x mat.VecDense
	if err := x.SolveVec(a, mat.NewVecDense(n, right)); err != nil {
		return nil, graph.Wrap(graph.TooLarge, err, "a cycle of %d stages is so nearly closed that it cannot be solved: %v", n, err)
	}
	solution := make([]float64, n)
	for i := range solution {
		solution[i] = max(0, x.AtVec(i))
	}
	return solution, nil
}

// sourcing is a step of the walk from one place to another: trade, or a draw from a
// pool.
type sourcing struct {
	from      int32 // node of the exporter
	step      int32 // of the chain
	to        Stage // the importer at the product
	by        StepKind
	share     float64 // probability of the step at the importer
	uses      float64 // pass-through of the step where comes is 1 at the importer
	pass      float64 // pass-through of the step
	estimated bool
}

// eachSourcing calls f for each trade link and each draw from a pool that the walk
// can take.
func (d *Dependency) eachSourcing(ctx context.Context, f func(sourcing)) error {
	w := d.walk
	if d.state < 0 || w.network.alone {
		return nil
	}
	comes, err := d.comes(ctx)
	if err != nil {
		return err
	}
	passed := func(i int32) func(sourcing) {
		return func(l sourcing) {
			l.pass = min(1, comes[w.market[i]]*l.uses)
			f(l)
		}
	}
	if w.node[d.state] < 0 { // a place without a node draws from the pool
		w.eachPoolDraw(d.state, d.target, -1, func(l sourcing) {
			l.pass = l.uses
			f(l)
		})
	}
	for i := range int32(len(w.network.Nodes)) {
		if comes[w.market[i]] == 0 {
			continue
		}
		if err := w.eachLinkInto(ctx, i, passed(i)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// comes returns, by state, what the pass-through of the steps from there is in
// proportion to: expected visits, and in a closed ring the chance to come to it.
func (d *Dependency) comes(ctx context.Context) ([]float64, error) {
	v, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	reach, err := d.reach(ctx)
	if err != nil {
		return nil, err
	}
	comes := slices.Clone(v)
	c := d.walk.chain
	for s := range comes {
		if c.components[c.of[s]].ring {
			comes[s] = reach[s]
		}
	}
	return comes, nil
}

// eachLinkInto calls f for each trade link and each draw from a pool of a node,
// with what of it is the same for all targets. A link from u to v of probability P
// is passed with N[t,v]·P/(1 + N[u,v]·P); a link of a closed ring where the ring
// is reached.
func (w *Walk) eachLinkInto(ctx context.Context, node int32, f func(sourcing)) error {
	c, s := w.chain, w.market[node]
	k, to := c.of[s], w.stage(node)
	n := len(c.components[k].states)
	var inverse []float64
	if c.components[k].block != nil {
		var err error
		if inverse, err = c.inverse(ctx, k); err != nil {
			return err
		}
	}
	for e := c.start[s]; e < c.start[s+1]; e++ {
		t := c.to[e]
		if w.node[t] < 0 {
			w.eachPoolDraw(t, to, node, func(l sourcing) {
				if maker := w.maker[l.from]; inverse != nil && c.of[maker] == k {
					l.uses = l.share / (1 + inverse[int(c.at[maker])*n+int(c.at[s])]*l.share)
				}
				f(l)
			})
			continue
		}
		if !w.isMarket(t) {
			continue
		}
		l := sourcing{from: w.node[t], step: e, to: to, by: w.stepToMarket(), share: c.prob[e], uses: c.prob[e], estimated: w.estimated[e]}
		switch {
		case c.components[k].ring:
			l.uses = 1
		case inverse != nil && c.of[t] == k:
			back := inverse[int(c.at[t])*n+int(c.at[s])]
			l.uses = l.share / (1 + back*l.share)
		}
		f(l)
	}
	return nil
}

// eachPoolDraw calls f for what one place draws from each other one.
func (w *Walk) eachPoolDraw(pool int32, to Stage, node int32, f func(sourcing)) {
	c := w.chain
	for e := c.start[pool]; e < c.start[pool+1]; e++ {
		if from := w.node[c.to[e]]; from != node {
			f(sourcing{from: from, step: e, to: to, by: StepPool, share: c.prob[e], uses: c.prob[e], estimated: w.estimated[e]})
		}
	}
}
