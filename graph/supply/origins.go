package supply

import (
	"cmp"
	"context"
	"slices"
)

// visited is the expected number of visits of each state, and by how much a share
// that follows from them may be off.
type visited struct {
	visits []float64
	off    float64
}

// visits returns the expected number of visits of each state, the walk stopped
// where it enters a closed ring.
func (d *Dependency) visits(ctx context.Context) ([]float64, error) {
	v, err := d.walked(ctx)
	return v.visits, err
}

func (d *Dependency) walked(ctx context.Context) (visited, error) {
	return d.visited.get(func() (v visited, err error) {
		c := d.walk.chain
		v.visits = make([]float64, d.walk.states)
		if d.state < 0 {
			return v, nil
		}
		if err := c.prepare(ctx, d.state); err != nil {
			return v, err
		}
		v.visits[d.state] = 1
		v.off, err = c.visitsOff(ctx, v.visits, c.of[d.state], int32(len(c.components)))
		return v, err
	})
}

// direct returns the direct shares by place.
func (d *Dependency) direct() []float64 {
	w := d.walk
	direct := make([]float64, len(w.network.Places))
	state := d.state
	if pool := w.pool[d.product]; state >= 0 && pool >= 0 && d.firm < 0 {
		state = pool
	}
	if state < 0 {
		return direct
	}
	if d.firm >= 0 && w.ends[state] == endOrigin {
		direct[d.place] = w.chain.stop[state]
	}
	w.addDirect(state, 1, direct)
	return direct
}

// DomesticShare returns the share of supply that the place makes itself.
func (d *Dependency) DomesticShare() float64 {
	if d.place < 0 {
		return 0
	}
	return d.direct()[d.place]
}

// origins returns the origin shares by place.
func (d *Dependency) origins(ctx context.Context) ([]float64, error) {
	w := d.walk
	v, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	origins := make([]float64, len(w.network.Places))
	for s, end := range w.ends {
		if end == endOrigin && !w.inRing(int32(s)) {
			origins[w.network.Nodes[w.node[s]].Place] += v[s] * w.chain.stop[s]
		}
	}
	return origins, nil
}

// Shares returns direct, origin and hidden share of every place that has one,
// by origin, then direct, descending, then place.
func (d *Dependency) Shares(ctx context.Context) ([]CountryShare, error) {
	origins, err := d.origins(ctx)
	if err != nil {
		return nil, err
	}
	direct := d.direct()
	shares := []CountryShare{}
	for i, origin := range origins {
		if origin > 0 || direct[i] > 0 {
			shares = append(shares, CountryShare{
				Place: d.walk.network.Places[i], Direct: direct[i], Origin: origin, Hidden: origin - direct[i],
			})
		}
	}
	slices.SortFunc(shares, compareShares)
	return shares, nil
}

// Unexplained returns what no source explains: the target itself first, then by
// share descending, place, product, reason.
func (d *Dependency) Unexplained(ctx context.Context) ([]UnexplainedShare, error) {
	list, err := d.unexplained(ctx)
	slices.SortFunc(list, func(a, b UnexplainedShare) int {
		return cmp.Or(targetFirst(d.target, a.Stage, b.Stage), descending(a.Share, b.Share), a.compare(b.Stage),
			cmp.Compare(a.Reason, b.Reason))
	})
	return list, err
}

// unexplained returns what no source explains, in the order of states.
func (d *Dependency) unexplained(ctx context.Context) ([]UnexplainedShare, error) {
	w, c := d.walk, d.walk.chain
	v, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	list := []UnexplainedShare{}
	for s, share := range v {
		if share == 0 {
			continue
		}
		switch ring := c.components[c.of[s]].ring; {
		case ring && w.node[s] < 0: // entered at a pool: at those who make for it
			for e := c.start[s]; e < c.start[s+1]; e++ {
				list = append(list, UnexplainedShare{w.stage(w.node[c.to[e]]), share * c.prob[e], ReasonRing})
			}
		case ring:
			list = append(list, UnexplainedShare{w.stage(w.node[s]), share, ReasonRing})
		case w.ends[s] == endSurplus || w.ends[s] == endNoInput:
			list = append(list, UnexplainedShare{w.stage(w.node[s]), share * c.stop[s], w.ends[s].reason()})
		}
	}
	if w.agentOf != nil {
		list = addedUp(list)
	}
	return list, nil
}

// addedUp adds up what stands under one stage and reason: producers of a stage
// each have a state.
func addedUp(list []UnexplainedShare) []UnexplainedShare {
	added := list[:0]
	for _, u := range list {
		i := slices.IndexFunc(added, func(a UnexplainedShare) bool { return a.Stage == u.Stage && a.Reason == u.Reason })
		if i < 0 {
			added = append(added, u)
		} else {
			added[i].Share += u.Share
		}
	}
	return added
}

func targetFirst(target, a, b Stage) int {
	switch {
	case a == b:
		return 0
	case a == target:
		return -1
	case b == target:
		return 1
	}
	return 0
}

// UnexplainedShare returns the sum of what no source explains.
func (d *Dependency) UnexplainedShare(ctx context.Context) (float64, error) {
	list, err := d.unexplained(ctx)
	var sum float64
	for _, u := range list {
		sum += u.Share
	}
	return sum, err
}
