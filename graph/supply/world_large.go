package supply

import (
	"context"
	"fmt"
	"slices"
)

// countriesOfLarge is countries in a network whose cycles are solved by iteration.
// Walks start at the targets in proportion to their final use and end where they meet
// a country: the world's share is what ends there, off by at most the residual. Eight
// countries are solved for in one pass over the steps.
func (v *worldview) countriesOfLarge(ctx context.Context) ([]WorldChokepoint, error) {
	w, n := v.walk, v.walk.network
	sets := make([][]int32, len(n.Places))
	for i := range n.Nodes {
		place := n.Nodes[i].Place
		sets[place] = append(sets[place], w.statesOfNode(int32(i))...)
	}
	list := make([]WorldChokepoint, len(n.Places))
	for lo := 0; lo < len(list); lo += columns {
		hi := min(lo+columns, len(list))
		x := make([]float64, w.states*columns)
		for place := lo; place < hi; place++ {
			v.startOutside(int32(place), x[place-lo:])
		}
		met, err := w.chain.meetsEach(ctx, x, sets[lo:hi])
		if err != nil {
			return nil, err
		}
		for j, share := range met {
			list[lo+j] = WorldChokepoint{Place: n.Places[lo+j], Share: share}
		}
	}
	return list, v.countSingle(ctx, list)
}

// startOutside lets walks start at the targets outside a place, one in all: x holds
// every columns-th number the chance of a state.
func (v *worldview) startOutside(place int32, x []float64) {
	outside := func(t target) bool { return t.node < 0 || v.walk.network.Nodes[t.node].Place != place }
	total := 0.0
	for _, t := range v.targets {
		if outside(t) {
			total += t.weight
		}
	}
	for _, t := range v.targets {
		if outside(t) && total > 0 {
			x[int(t.state)*columns] += t.weight / total
		}
	}
}

// countSingle counts for how many targets each country is a single point of failure.
// Nobody is to a target of which more than epsilon starts at home, with no other step
// between: the others are solved for one by one.
func (v *worldview) countSingle(ctx context.Context, list []WorldChokepoint) error {
	w := v.walk
	for _, t := range v.targets {
		if 1-w.startsAtHome(t) < v.least {
			continue
		}
		single, err := w.dependency(t).countriesOfLarge(ctx, v.least, 0)
		if err != nil {
			return err
		}
		for _, c := range single {
			place, _ := slices.BinarySearch(w.network.Places, c.Place)
			if t.node < 0 || w.network.Nodes[t.node].Place != int32(place) {
				list[place].Countries++
			}
		}
	}
	return nil
}

// startsAtHome returns the share of a target that it makes of nothing else.
func (w *Walk) startsAtHome(t target) float64 {
	if t.node < 0 {
		return 0
	}
	share, maker := 0.0, w.maker[t.node]
	for e := w.chain.start[t.state]; e < w.chain.start[t.state+1]; e++ {
		if w.chain.to[e] == maker && w.ends[maker] == endOrigin {
			share += w.chain.prob[e] * w.chain.stop[maker]
		}
	}
	return share
}

// Iterated says how exact answers about all targets at once are where cycles are
// solved by iteration; blank where everything is eliminated. An answer about one
// target states its own residual (see Dependency).
func (w *Walk) Iterated() string {
	n := w.chain.largest()
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d stages supply each other in one cycle: it is solved by iteration, and no share is off by more than %.0e at the very most.", n, residualMost)
}
