package supply

import (
	"context"
	"slices"

	"tiermap/graph"
)

// What passes a large set in a network whose cycles are solved by iteration, such as
// all that is made in a country, takes one solve of the walk that ends where it meets
// the set: the share that passes it is what ends there. Eight sets are solved for in
// one pass over the steps, a column each. A residual r leaves a share off by at most
// ‖r‖₁, for the chance to come to the set is nowhere more than 1.

// mostSets is how many countries or stages are solved for when all are asked for.
const mostSets = 512

// passesSets returns what of the target's supply passes each of some sets of states,
// from which the target's own are taken out: of those that at least minShare passes,
// and, unless first is 0, are among the first; of others it may be 0. Those that the
// walk visits most are solved for first, since none is passed by more than the
// visits to it.
func (d *Dependency) passesSets(ctx context.Context, sets [][]int32, minShare float64, first int) ([]float64, error) {
	v, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	type candidate struct {
		index  int
		states []int32
		most   float64
	}
	var candidates []candidate
	own := d.own()
	for i, set := range sets {
		x := candidate{index: i}
		for _, s := range set {
			if !slices.Contains(own, s) {
				x.states = append(x.states, s)
			}
		}
		for _, s := range d.walk.chain.withRings(x.states) {
			x.most += v[s]
		}
		if passesAtLeast(x.most, minShare) {
			candidates = append(candidates, x)
		}
	}
	if first == 0 && len(candidates) > mostSets {
		return nil, graph.Errorf(graph.TooLarge, "%d stages may be passed by as much: ask for those that more than %g passes", len(candidates), minShare)
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return descending(a.most, b.most) })
	passed := make([]float64, len(sets))
	var found []float64
	for least := minShare; len(candidates) > 0 && passesAtLeast(candidates[0].most, least); {
		part := candidates[:min(2*columns, len(candidates))]
		candidates = candidates[len(part):]
		of := make([][]int32, len(part))
		for i := range part {
			of[i] = part[i].states
		}
		shares, err := d.meetsAll(ctx, of)
		if err != nil {
			return nil, err
		}
		for i, share := range shares {
			passed[part[i].index] = share
			found = append(found, share)
		}
		if first > 0 && len(found) >= first {
			slices.SortFunc(found, descending)
			least = max(minShare, found[first-1])
		}
	}
	return passed, nil
}

// endsIn returns the sets that states of a component are of, bit j that of column j;
// nil where none is.
func (c *chain) endsIn(k int32, of []uint8) []uint8 {
	states := c.components[k].states
	ends, any := make([]uint8, len(states)), uint8(0)
	for i, s := range states {
		ends[i] = of[s]
		any |= of[s]
	}
	if any == 0 {
		return nil
	}
	return ends
}

// until returns the sweeps of walks that end at sets.
func (s *sweeps) until(c *chain, k int32, ends []uint8) *sweeps {
	if ends == nil {
		return s
	}
	u := &sweeps{n: s.n, steps: s.steps, clusters: s.clusters, within: s.within, ends: ends, ended: map[[2]int]factors{}}
	for i, cl := range s.clusters {
		any := uint8(0)
		for _, state := range cl.states {
			any |= ends[state]
		}
		for j := range columns {
			if any&(1<<j) != 0 {
				u.ended[[2]int{i, j}] = c.clusterUntil(k, cl.states, func(state int32) bool { return ends[state]&(1<<j) != 0 })
			}
		}
	}
	return u
}

// meetsAll is meetsEach for any number of sets, several eights at the same time.
func (d *Dependency) meetsAll(ctx context.Context, sets [][]int32) ([]float64, error) {
	blocks := slices.Collect(slices.Chunk(sets, columns))
	met := make([][]float64, len(blocks))
	err := parallel(ctx, len(blocks), func(_, i int) (err error) {
		met[i], err = d.meetsEach(ctx, blocks[i])
		return err
	})
	return slices.Concat(met...), err
}

// meetsEach returns the chances that a walk from the target ever meets each of up to
// eight sets of states.
func (d *Dependency) meetsEach(ctx context.Context, sets [][]int32) ([]float64, error) {
	x := make([]float64, d.walk.states*columns)
	for j := range sets {
		x[int(d.state)*columns+j] = 1
	}
	return d.walk.chain.meetsEach(ctx, x, sets)
}

// meetsEach returns the chances to meet each of up to eight sets of states of walks
// that start anywhere: in s with the chance x[s·columns+j] for set j. It uses up x.
func (c *chain) meetsEach(ctx context.Context, x []float64, sets [][]int32) ([]float64, error) {
	of := make([]uint8, len(c.stop))
	for j, set := range sets {
		for _, s := range set {
			of[s] |= 1 << j
		}
	}
	met := make([]float64, len(sets))
	for k := range int32(len(c.components)) {
		part := &c.components[k]
		if !c.comeTo(part, x) {
			continue
		}
		if part.ring {
			c.meetRing(part, of, x, met)
			continue
		}
		if part.block != nil {
			if err := c.visitUntil(ctx, k, of, x); err != nil {
				return nil, err
			}
		}
		for _, s := range part.states {
			from := (*[columns]float64)(x[int(s)*columns:])
			for j := range met {
				if of[s]&(1<<j) != 0 {
					met[j] += from[j]
					from[j] = 0
				}
			}
			for _, out := range c.outOf(s) {
				to := (*[columns]float64)(x[int(out.to)*columns:])
				for j, v := range from {
					to[j] += v * out.prob
				}
			}
		}
	}
	for j := range met {
		met[j] = min(1, met[j])
	}
	return met, ctx.Err()
}

// meetRing adds the walks that enter a closed ring with states of a set: they come to
// all of them.
func (c *chain) meetRing(ring *component, of []uint8, x, met []float64) {
	any := uint8(0)
	for _, s := range ring.states {
		any |= of[s]
	}
	for j := range met {
		if any&(1<<j) == 0 {
			continue
		}
		for _, s := range ring.states {
			met[j] += x[int(s)*columns+j]
		}
	}
}

// visitUntil turns entries into a component of several states into expected visits
// of walks that end at sets.
func (c *chain) visitUntil(ctx context.Context, k int32, of []uint8, x []float64) error {
	part := &c.components[k]
	ends := c.endsIn(k, of)
	if ends == nil && !c.iterated(part) {
		f, err := c.factors(ctx, k)
		if err != nil {
			return err
		}
		column := make([]float64, len(part.states))
		for j := range columns {
			for i, s := range part.states {
				column[i] = x[int(s)*columns+j]
			}
			f.visits(column)
			for i, s := range part.states {
				x[int(s)*columns+j] = column[i]
			}
		}
		return nil
	}
	block := make([]float64, 0, len(part.states)*columns)
	for _, s := range part.states {
		block = append(block, x[int(s)*columns:(int(s)+1)*columns]...)
	}
	visits, _, err := c.iteration(k).enter(ctx, block, slices.Repeat([]float64{residualGoal}, columns), ends)
	if err != nil {
		return err
	}
	for i, s := range part.states {
		copy(x[int(s)*columns:], visits[i*columns:(i+1)*columns])
	}
	return nil
}

// countriesOfLarge returns the pass-through of countries in a network whose cycles
// are solved by iteration.
func (d *Dependency) countriesOfLarge(ctx context.Context, minShare float64, first int) ([]Chokepoint, error) {
	n := d.walk.network
	sets := make([][]int32, len(n.Places))
	for i, node := range n.Nodes {
		if int32(i) != d.node || d.firm >= 0 {
			sets[node.Place] = append(sets[node.Place], d.walk.statesOfNode(int32(i))...)
		}
	}
	passed, err := d.passesSets(ctx, sets, minShare, first)
	list := []Chokepoint{}
	for place, share := range passed {
		if passesAtLeast(share, minShare) {
			list = append(list, Chokepoint{Place: n.Places[place], PassThrough: share})
		}
	}
	return list, err
}

// stagesOfLarge returns the pass-through of nodes in a network whose cycles are
// solved by iteration, of those that at least minShare passes.
func (d *Dependency) stagesOfLarge(ctx context.Context, minShare float64) ([]float64, error) {
	sets := make([][]int32, len(d.walk.network.Nodes))
	for i := range sets {
		sets[i] = d.walk.statesOfNode(int32(i))
	}
	return d.passesSets(ctx, sets, minShare, 0)
}
