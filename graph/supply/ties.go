package supply

import (
	"context"
	"slices"
)

// sortTied is for more paths of one share than can be collected and sorted:
// those from group on are found again in their order, by number of stages, then
// stage by stage, until there are first in all.
func (s *pathSearch) sortTied(ctx context.Context, group, first int) error {
	s.sortGroups()
	leader := s.found[group].path.Share
	t := tieSearch{
		pathSearch: s, ctx: ctx, least: leader * (1 - tie), most: leader * (1 + slack), want: first - group,
		on: make([]bool, s.walk.states),
	}
	for length := int(s.nodes[s.start]); len(t.found) < t.want && length <= s.walk.states && !t.stopped(); length++ {
		t.descend([]int32{s.start}, 1, length)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.tieAtCut = true
	if len(t.found) < t.want {
		s.exhausted = true
		s.found = s.found[:first]
		return nil
	}
	s.found = append(s.found[:group], t.found[:t.want]...)
	return nil
}

// tieSearch looks for the paths with a share from least to most.
type tieSearch struct {
	*pathSearch
	ctx         context.Context
	least, most float64
	want        int
	on          []bool // by state: on the path so far
	found       []foundPath
}

func (t *tieSearch) stopped() bool { return t.work > t.limit || t.ctx.Err() != nil }

// descend lists the paths that begin with states, whose share is share, and have
// left stages more, the one that states ends at included.
func (t *tieSearch) descend(states []int32, share float64, left int) {
	last := states[len(states)-1]
	if len(t.found) >= t.want || t.stopped() {
		return
	}
	t.on[last] = true
	for _, o := range t.options(last) {
		switch {
		case o.ends:
			if share := t.product(append(states, o.states...)); left == 1 && t.least <= share && share <= t.most {
				t.found = append(t.found, t.describe(slices.Concat(states, o.states)))
			}
		case left > 1 && !t.on[o.last()] && int(t.nodes[o.last()]) <= left-1 &&
			share*o.share*t.bounds.share[o.last()] >= t.least*(1-slack):
			t.descend(slices.Concat(states, o.states), share*o.share, left-1)
		}
	}
	t.on[last] = false
}

// option is one way on to the next stage of a path, or to its end.
type option struct {
	states []int32
	share  float64
	stage  Stage
	ends   bool
}

func (o option) last() int32 { return o.states[len(o.states)-1] }

// options returns the ways on from a state that is the last one of a stage so
// far, in order of the next stage.
func (t *tieSearch) options(state int32) []option {
	options := t.ways(state, nil, state, 1, nil)
	slices.SortFunc(options, func(a, b option) int { return a.stage.compare(b.stage) })
	return options
}

// ways appends the ways on from state, which is of the stage of home and comes
// after the states via.
func (t *tieSearch) ways(state int32, via []int32, home int32, share float64, options []option) []option {
	w, c := t.walk, t.walk.chain
	if w.ends[state] == endOrigin {
		return append(options, option{states: via, share: share, ends: true})
	}
	for e := c.start[state]; e < c.start[state+1]; e++ {
		t.work++
		next, share := c.to[e], share*c.prob[e]
		if t.bounds.share[next] == 0 {
			continue
		}
		path := append(slices.Clone(via), next)
		if w.node[next] < 0 || w.isMaker(next) && w.node[next] == w.node[home] || w.isAgent(next) && !w.isSupplied(state, next) {
			options = t.ways(next, path, home, share, options)
		} else {
			options = append(options, option{states: path, share: share, stage: w.stage(w.node[next])})
		}
	}
	return options
}
