package supply

import (
	"context"
	"slices"
)

// PathsWithin is Paths with a limit of its own on the steps looked at.
func (d *Dependency) PathsWithin(ctx context.Context, first, limit int) (Paths, error) {
	return d.paths(ctx, first, 0, limit)
}

// IterateBeyond makes a walk iterate on all cycles of more than so many states.
func (w *Walk) IterateBeyond(states int) { w.chain.iterateBeyond(states) }

func (c *chain) iterateBeyond(states int) {
	c.dense = states
	for k := range c.components {
		c.sort(int32(k))
	}
}

// LargestCycle returns how many states the largest strongly connected component
// has of steps from one state to another.
func LargestCycle(states int, from, to []int32) int {
	start := make([]int32, states+1)
	for _, s := range to {
		start[s+1]++
	}
	for s := range states {
		start[s+1] += start[s]
	}
	next := slices.Clone(start)
	other := make([]int32, len(to))
	for e, s := range to { // turned round they are as strongly connected
		other[next[s]] = from[e]
		next[s]++
	}
	most := 0
	for _, set := range stronglyConnected(start, other) {
		most = max(most, len(set))
	}
	return most
}
