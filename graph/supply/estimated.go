package supply

import "context"

// reported is the walk with every estimated step taken out: a walk that would
// take one stops.
type reported struct {
	chain    *chain
	sourcing *chain    // its steps to where things are made, and none beyond
	chance   []float64 // by state: that the walk ever takes an estimated step
	cut      []bool    // by product: it has estimated steps to where it is traded or made
}

// onlyReported returns the walk without estimated steps.
func (w *Walk) onlyReported(ctx context.Context) (*reported, error) {
	return w.reported.get(func() (*reported, error) {
		all := w.chain
		r := &reported{chain: all, chance: make([]float64, w.states), cut: make([]bool, len(w.network.Products))}
		any := false
		for p := range r.cut {
			for s := w.first[p]; s < w.first[p+1]; s++ {
				for e := all.start[s]; e < all.start[s+1]; e++ {
					if w.estimated[e] {
						any = true
						r.chance[s] += all.prob[e]
						r.cut[p] = r.cut[p] || !w.makes(s)
					}
				}
			}
		}
		if !any {
			return r, nil
		}
		r.chain = w.without(w.estimated, r.chance)
		r.sourcing = w.cutAtMakers(r.chain)
		return r, r.chain.chances(ctx, r.chance, r.chain.all())
	})
}

// without returns the chain without some steps; their sum, by state, is where
// it stops instead.
func (w *Walk) without(steps []bool, sum []float64) *chain {
	all := w.chain
	start := make([]int32, 1, w.states+1)
	to, prob := make([]int32, 0, len(all.to)), make([]float64, 0, len(all.to))
	stop := make([]float64, w.states)
	for s := range stop {
		stop[s] = all.stop[s] + sum[s]
		for e := all.start[s]; e < all.start[s+1]; e++ {
			if !steps[e] {
				to, prob = append(to, all.to[e]), append(prob, all.prob[e])
			}
		}
		start = append(start, int32(len(to)))
	}
	return all.alike(start, to, prob, stop).keepLoops()
}

// EstimatedShare returns the share of supply that takes at least one estimated
// step: trade, production or recipe. It is the pass-through of all of them
// together.
func (d *Dependency) EstimatedShare(ctx context.Context) (float64, error) {
	if d.state < 0 {
		return 0, nil
	}
	if d.isLarge() {
		return d.estimatedOfLarge(ctx)
	}
	r, err := d.walk.onlyReported(ctx)
	if err != nil {
		return 0, err
	}
	return min(1, r.chance[d.state]), nil
}

// estimatedOfLarge is EstimatedShare where cycles are solved by iteration: from the
// visits of the walk from the target alone, on a chain that is not kept.
func (d *Dependency) estimatedOfLarge(ctx context.Context) (float64, error) {
	w, c := d.walk, d.walk.chain
	chance := make([]float64, w.states)
	any := false
	for s := range chance {
		for e := c.start[s]; e < c.start[s+1]; e++ {
			if w.estimated[e] {
				chance[s] += c.prob[e]
				any = true
			}
		}
	}
	if !any {
		return 0, nil
	}
	reported := w.without(w.estimated, chance)
	visits := make([]float64, w.states)
	visits[d.state] = 1
	if _, err := reported.visitsOff(ctx, visits, reported.of[d.state], int32(len(reported.components))); err != nil {
		return 0, err
	}
	sum := 0.0
	for s, v := range visits {
		sum += v * chance[s]
	}
	return min(1, sum), nil
}
