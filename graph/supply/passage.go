package supply

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"

	"tiermap/graph"
)

// In a network whose cycles are solved by iteration nothing is known of the
// returns of all states. What passes a set X is N[t,X]·N[X,X]⁻¹·1 (docs/methods.md
// §2), from as many solves as X has states, eight in one pass over the steps.
//
// The expected visits N[x,·] of a walk from x with the residual r are off by r N.
// Hence N[t,X]·h, h = N[X,X]⁻¹·1 the chance to be in X last, is off by no more than
// ‖r‖₁ of the walk from t, since N[·,X]·h is the chance to come to X; and h itself
// changes that by no more than the share that passes X times the largest ‖r‖₁ of the
// walks from X, since N[t,X]·N[X,X]⁻¹ says where X is met first. The sum of both is
// the bound. The walks from X are therefore solved the less closely the less passes X.

// passageGoal is by how much a share that passes X may be off for the walks from X.
const passageGoal = 1e-9

// blocksAtOnce bounds the memory of walks that are solved at the same time: of a
// million states a block takes 320 MB.
const blocksAtOnce = 8

// PassedShare is the share of the target's supply that passes a company or plant.
type PassedShare struct {
	Firm  Actor
	Share float64
	Off   float64 // by how much Share may be off
}

// PassThroughOf returns what passes each of some companies or plants, in their
// order; the target itself is taken out of what is theirs. All are solved for
// together, so that a thousand of a network of millions take minutes and not days.
//
// Errors: BadInput where an attribution is no set; TooLarge where a cycle does not
// converge; that of ctx.
func (d *Dependency) PassThroughOf(ctx context.Context, firms []Actor, by Attribution) ([]PassedShare, error) {
	list := make([]PassedShare, len(firms))
	sets := make([][]int32, len(firms))
	for i, firm := range firms {
		list[i].Firm = firm
		h, err := d.walk.firmsOf(ctx, firm, by)
		if err != nil {
			return nil, err
		}
		if sets[i], err = d.statesOfHolding(h); err != nil {
			return nil, err
		}
	}
	shares, off, err := d.passes(ctx, sets)
	for i := range shares {
		list[i].Share, list[i].Off = shares[i], off[i]
	}
	return list, err
}

// statesOfHolding returns the states of a holding, the target's own apart.
func (d *Dependency) statesOfHolding(h holding) ([]int32, error) {
	if h.shares != nil {
		return nil, graph.Errorf(graph.BadInput, "what a company owns in part is no set that supply passes: ask by %s or %s", ByOperator, ByMajority)
	}
	var states []int32
	own := d.own()
	for _, k := range h.producers {
		switch s := d.walk.agent[k]; {
		case s < 0:
			return nil, graph.Errorf(graph.TooLarge, "%q makes a part of what its country does without suppliers that are known: in a network of this size that is not solved", h.ID)
		case !slices.Contains(own, s):
			states = append(states, s)
		}
	}
	return states, nil
}

// passes returns the chances that a walk from the target ever comes to sets of
// states, and by how much each may be off.
func (d *Dependency) passes(ctx context.Context, sets [][]int32) (shares, off []float64, err error) {
	from, err := d.walked(ctx)
	if err != nil {
		return nil, nil, err
	}
	c := d.walk.chain
	passages := make([]passage, len(sets))
	goals := map[int32]float64{} // by state to walk from
	var starts []int32
	for i, set := range sets {
		passages[i] = newPassage(c.withRings(set), from.visits)
		for _, s := range passages[i].states {
			goal, ok := goals[s]
			if !ok {
				starts, goal = append(starts, s), residualMost
			}
			goals[s] = min(goal, passages[i].goal)
		}
	}
	var mu sync.Mutex
	for together := range slices.Chunk(inBlocks(starts), blocksAtOnce) {
		err := parallel(ctx, len(together), func(_, i int) error {
			block := together[i]
			of := make([]float64, len(block))
			for j, s := range block {
				of[j] = goals[s]
			}
			visits, residuals, err := c.visitsFrom(ctx, block, of)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for j, s := range block {
				for i := range passages {
					passages[i].take(s, j, visits, residuals[j])
				}
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	shares, off = make([]float64, len(sets)), make([]float64, len(sets))
	for i := range passages {
		shares[i], off[i] = passages[i].share(from)
	}
	return shares, off, nil
}

// inBlocks divides states evenly into as few blocks of at most columns as there must be.
func inBlocks(states []int32) [][]int32 {
	n := (len(states) + columns - 1) / columns
	blocks := make([][]int32, n)
	for i := range blocks {
		blocks[i] = states[i*len(states)/n : (i+1)*len(states)/n]
	}
	return blocks
}

// withRings adds to states all of the closed rings that they are of: who enters a
// ring comes to every state of it.
func (c *chain) withRings(states []int32) []int32 {
	all := slices.Clone(states)
	for _, s := range states {
		if part := &c.components[c.of[s]]; part.ring {
			all = append(all, part.states...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// passage is a set that is being solved for.
type passage struct {
	states []int32
	visits []float64 // expected visits of each of its states from each, row by row
	goal   float64   // residual of the walks from its states that does
	off    float64
}

// newPassage leaves out the states that the target does not come to.
func newPassage(states []int32, visits []float64) passage {
	states = slices.DeleteFunc(states, func(s int32) bool { return visits[s] == 0 })
	most := 0.0
	for _, s := range states {
		most += visits[s]
	}
	return passage{states: states, visits: make([]float64, len(states)*len(states)), goal: passageGoal / min(1, most)}
}

// take takes the expected visits of the walk from a state, one column of many.
func (p *passage) take(from int32, column int, visits []float64, off float64) {
	i, ok := slices.BinarySearch(p.states, from)
	if !ok {
		return
	}
	for k, s := range p.states {
		p.visits[i*len(p.states)+k] = visits[int(s)*columns+column]
	}
	p.off = max(p.off, off)
}

// share returns N[t,X]·N[X,X]⁻¹·1, and by how much it may be off.
func (p *passage) share(from visited) (share, off float64) {
	n := len(p.states)
	switch n {
	case 0:
		return 0, from.off
	case 1:
		share = min(1, from.visits[p.states[0]]/p.visits[0])
		return share, from.off + share*p.off
	}
	ones := mat.NewVecDense(n, nil)
	for i := range n {
		ones.SetVec(i, 1)
	}
	var last mat.VecDense
	if err := last.SolveVec(mat.NewDense(n, n, p.visits), ones); err != nil {
		return 0, 1
	}
	for i, s := range p.states {
		share += from.visits[s] * max(0, last.AtVec(i))
	}
	return min(1, share), from.off + min(1, share)*p.off
}

// visitsFrom returns the expected visits of walks from some states, at most
// columns of them: that of state s by the walk from starts[j] stands at
// s·columns+j. It also returns by how much shares of each walk may be off, about
// goals[j] for each component that is iterated on.
func (c *chain) visitsFrom(ctx context.Context, starts []int32, goals []float64) (x, off []float64, err error) {
	x, off = make([]float64, len(c.stop)*columns), make([]float64, columns)
	goals = append(slices.Clone(goals), slices.Repeat([]float64{residualMost}, columns-len(goals))...)
	first := int32(len(c.components))
	for j, s := range starts {
		x[int(s)*columns+j] = 1
		first = min(first, c.of[s])
	}
	var block, column []float64
	for k := first; int(k) < len(c.components); k++ {
		part := &c.components[k]
		if part.ring || !c.comeTo(part, x) {
			continue
		}
		switch {
		case c.iterated(part):
			block = block[:0]
			for _, s := range part.states {
				block = append(block, x[int(s)*columns:(int(s)+1)*columns]...)
			}
			visits, more, err := c.iteration(k).enter(ctx, block, goals, nil)
			if err != nil {
				return nil, nil, err
			}
			for i, s := range part.states {
				copy(x[int(s)*columns:], visits[i*columns:(i+1)*columns])
			}
			for j := range off {
				off[j] += more[j]
			}
		case part.block != nil:
			f, err := c.factors(ctx, k)
			if err != nil {
				return nil, nil, err
			}
			for j := range columns {
				column = column[:0]
				for _, s := range part.states {
					column = append(column, x[int(s)*columns+j])
				}
				f.visits(column)
				for i, s := range part.states {
					x[int(s)*columns+j] = column[i]
				}
			}
		}
		for _, s := range part.states {
			from := (*[columns]float64)(x[int(s)*columns:])
			for _, out := range c.outOf(s) {
				to := (*[columns]float64)(x[int(out.to)*columns:])
				for j, v := range from {
					to[j] += v * out.prob
				}
			}
		}
	}
	return x, off, ctx.Err()
}

// comeTo tells whether a walk comes to a component.
func (c *chain) comeTo(part *component, x []float64) bool {
	for _, s := range part.states {
		if *(*[columns]float64)(x[int(s)*columns:]) != ([columns]float64{}) {
			return true
		}
	}
	return false
}

// firmsOfLarge returns the companies or plants that at least minShare of the
// supply of the target passes, in a network whose cycles are solved by iteration:
// those that the walk visits most first, since nobody is passed by more than the
// visits to them, until no other can be among the first.
func (d *Dependency) firmsOfLarge(ctx context.Context, holdings []holding, minShare float64, first int) ([]Chokepoint, error) {
	v, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	type candidate struct {
		holding
		states []int32
		most   float64
	}
	var candidates []candidate
	for _, h := range holdings {
		x := candidate{holding: h}
		if x.states, err = d.statesOfHolding(h); err != nil {
			return nil, err
		}
		for _, s := range d.walk.chain.withRings(x.states) {
			x.most += v[s]
		}
		if passesAtLeast(x.most, minShare) {
			candidates = append(candidates, x)
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return descending(a.most, b.most) })
	if first == 0 && len(candidates) > mostFirms {
		return nil, graph.Errorf(graph.TooLarge, "%d companies or plants may be passed by as much: ask for the first ones, or for more than %g", len(candidates), minShare)
	}
	list, least := []Chokepoint{}, minShare
	for len(candidates) > 0 && passesAtLeast(candidates[0].most, least) {
		part := candidates[:min(2*columns, len(candidates))]
		candidates = candidates[len(part):]
		sets := make([][]int32, len(part))
		for i := range part {
			sets[i] = part[i].states
		}
		shares, _, err := d.passes(ctx, sets)
		if err != nil {
			return nil, err
		}
		for i, share := range shares {
			if passesAtLeast(share, minShare) {
				list = append(list, Chokepoint{Firm: part[i].Actor, PassThrough: share})
			}
		}
		slices.SortFunc(list, func(a, b Chokepoint) int { return cmp.Compare(b.PassThrough, a.PassThrough) })
		if first > 0 && len(list) >= first {
			least = list[first-1].PassThrough
		}
	}
	return list, nil
}

// mostFirms is how many companies or plants are solved for when all are asked for.
const mostFirms = 2000
