package supply

import (
	"context"
	"slices"
)

// Limits of the search for paths. They are far beyond what a network of
// countries needs; where one is met the answer says that it is truncated.
const (
	// pathWork is how many steps may be looked at, about a second's worth.
	pathWork = 1 << 27
	// tieSurplus is how many more paths of equal share than are wanted are
	// collected to be sorted, before they are searched for in order instead.
	tieSurplus = 512
	// tie is the relative difference below which shares are equal.
	tie = 1e-9
)

// Paths returns the first chain paths with at least minShare (inclusive), in
// order of share; equal shares (relative 1e-9, held against the largest of
// them) by fewer stages, then by the sequence of (place, product) from the
// target, bytewise.
//
// It is the partition of Yen (1971, doi:10.1287/mnsc.17.11.712) and Lawler
// (1972, doi:10.1287/mnsc.18.7.401), best first, with the share of the best way
// onwards as the bound: exact, without a limit on length.
func (d *Dependency) Paths(ctx context.Context, first int, minShare float64) (Paths, error) {
	return d.paths(ctx, first, minShare, pathWork)
}

func (d *Dependency) paths(ctx context.Context, first int, minShare float64, limit int) (Paths, error) {
	result := Paths{Paths: []Path{}}
	if d.state < 0 {
		return result, nil
	}
	unexplained, err := d.UnexplainedShare(ctx)
	if err != nil {
		return Paths{}, err
	}
	if first > 0 {
		s := d.newPathSearch(limit)
		if err := s.best(ctx, first, minShare); err != nil {
			return Paths{}, err
		}
		result.Truncated, result.TieAtCut = s.exhausted, s.tieAtCut
		for _, f := range s.found {
			result.Paths = append(result.Paths, f.path)
			result.Explained += f.path.Share
		}
	}
	result.Remaining = max(0, 1-result.Explained)
	result.Unexplained = unexplained
	result.Rest = max(0, result.Remaining-unexplained)
	return result, nil
}

// transpose is the chain with its steps turned round.
type transpose struct {
	start []int32
	from  []int32
	prob  []float64
}

func (w *Walk) transpose() *transpose {
	t, _ := w.transposed.get(func() (*transpose, error) {
		c := w.chain
		t := &transpose{make([]int32, w.states+1), make([]int32, len(c.to)), make([]float64, len(c.to))}
		for _, to := range c.to {
			t.start[to+1]++
		}
		for s := range w.states {
			t.start[s+1] += t.start[s]
		}
		next := slices.Clone(t.start)
		for s := range w.states {
			for e := c.start[s]; e < c.start[s+1]; e++ {
				at := next[c.to[e]]
				next[c.to[e]]++
				t.from[at], t.prob[at] = int32(s), c.prob[e]
			}
		}
		return t, nil
	})
	return t
}

// bounds is what every search for paths looks ahead by.
type bounds struct {
	share []float64 // by state: the largest share of a path from here to an origin
	next  []int32   // by state: the next state on it
	nodes []int32   // by state: at least this many stages to an origin, or -1
}

// bounds computes the best way from every state to an origin (Dijkstra, on
// products of probabilities, from the origins).
func (w *Walk) bounds() *bounds {
	b, _ := w.search.get(func() (*bounds, error) {
		t := w.transpose()
		b := &bounds{make([]float64, w.states), make([]int32, w.states), make([]int32, w.states)}
		type entry struct {
			share float64
			state int32
		}
		q := queue[entry]{before: func(a, b entry) bool { return a.share > b.share }}
		for s, end := range w.ends {
			b.next[s], b.nodes[s] = -1, -1
			if end == endOrigin {
				b.share[s] = 1
				q.push(entry{1, int32(s)})
			}
		}
		for len(q.items) > 0 {
			at := q.pop()
			if at.share < b.share[at.state] {
				continue
			}
			for e := t.start[at.state]; e < t.start[at.state+1]; e++ {
				if s, share := t.from[e], t.prob[e]*at.share; share > b.share[s] {
					b.share[s], b.next[s] = share, at.state
					q.push(entry{share, s})
				}
			}
		}
		w.countStages(b)
		return b, nil
	})
	return b
}

// countStages finds the fewest stages from each state to an origin. A maker is
// the same stage as its market; through a pool that is a lower bound.
func (w *Walk) countStages(b *bounds) {
	t := w.transpose()
	type entry struct{ nodes, state int32 }
	q := queue[entry]{before: func(a, b entry) bool { return a.nodes < b.nodes }}
	for s, end := range w.ends {
		if end == endOrigin {
			q.push(entry{1, int32(s)})
		}
	}
	for len(q.items) > 0 {
		at := q.pop()
		if b.nodes[at.state] >= 0 {
			continue
		}
		b.nodes[at.state] = at.nodes
		for e := t.start[at.state]; e < t.start[at.state+1]; e++ {
			more := int32(0)
			if w.isMarket(at.state) || w.isSupplied(t.from[e], at.state) {
				more = 1
			}
			if s := t.from[e]; b.nodes[s] < 0 {
				q.push(entry{at.nodes + more, s})
			}
		}
	}
}

// pathSearch finds the paths of one target.
type pathSearch struct {
	*bounds
	walk   *Walk
	target Stage
	start  int32

	found     []foundPath
	tieAtCut  bool
	work      int // steps looked at
	limit     int
	exhausted bool

	// Scratch of one search for a way onwards; marks hold its number.
	number  int32
	blocked []int32
	closed  []int32
	opened  []int32
	share   []float64
	came    []int32
}

type foundPath struct {
	path   Path
	states []int32
}

func (d *Dependency) newPathSearch(limit int) *pathSearch {
	n := d.walk.states
	return &pathSearch{
		bounds: d.walk.bounds(), walk: d.walk, target: d.target, start: d.state, limit: limit,
		blocked: make([]int32, n), closed: make([]int32, n), opened: make([]int32, n),
		share: make([]float64, n), came: make([]int32, n),
	}
}

// subset is all paths that begin with a prefix and do not go on to some states.
// Its best path is known, or only a bound to its share is.
type subset struct {
	bound  float64
	states []int32 // the best path, or the prefix alone
	known  bool
	spur   int // index of the last state of the prefix
	banned []int32
}

// best finds the first paths in order.
func (s *pathSearch) best(ctx context.Context, first int, minShare float64) error {
	q := queue[subset]{before: func(a, b subset) bool { return a.bound > b.bound }}
	if bound := s.bounds.share[s.start]; bound > 0 {
		q.push(subset{bound: bound, states: []int32{s.start}})
	}
	group := 0 // first path of those equal to the last one
	for len(q.items) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.work > s.limit {
			s.exhausted = true
			break
		}
		at := q.pop()
		if at.bound < minShare-slack {
			break
		}
		outside := len(s.found) > 0 && at.bound < s.found[group].path.Share*(1-tie)
		if outside && len(s.found) >= first {
			break
		}
		if !at.known {
			if s.onwards(&at) {
				q.push(at)
			}
			continue
		}
		if outside {
			group = len(s.found)
		}
		s.found = append(s.found, s.describe(at.states))
		s.split(at, &q)
		if len(s.found) > first+tieSurplus {
			return s.sortTied(ctx, group, first)
		}
	}
	s.sortGroups()
	s.cut(first)
	return nil
}

// split pushes the parts that a subset falls into when its best path is taken
// out.
func (s *pathSearch) split(at subset, q *queue[subset]) {
	for i := at.spur; i+1 < len(at.states); i++ {
		part := subset{states: at.states[:i+1], spur: i, banned: []int32{at.states[i+1]}}
		if i == at.spur {
			part.banned = append(slices.Clone(at.banned), at.states[i+1])
		}
		if s.guess(&part) {
			q.push(part)
		}
	}
}

// guess bounds the best path of a subset by the best step onwards, as if it
// could not come back to the prefix; if it does not, this is the best path.
func (s *pathSearch) guess(part *subset) bool {
	c := s.walk.chain
	s.block(part)
	last := part.states[part.spur]
	var best float64
	next := int32(-1)
	for e := c.start[last]; e < c.start[last+1]; e++ {
		s.work++
		t := c.to[e]
		if bound := c.prob[e] * s.bounds.share[t]; bound > best && s.blocked[t] != s.number && !slices.Contains(part.banned, t) {
			best, next = bound, t
		}
	}
	if next < 0 {
		return false
	}
	path := slices.Clone(part.states)
	part.bound = s.product(path) * best
	for t := next; t >= 0; t = s.next[t] {
		if s.blocked[t] == s.number {
			return true
		}
		path = append(path, t)
	}
	part.states, part.known = path, true
	part.bound = s.product(path)
	return true
}

// block marks the states of a prefix.
func (s *pathSearch) block(part *subset) {
	s.number++
	for _, t := range part.states[:part.spur+1] {
		s.blocked[t] = s.number
	}
}

// onwards finds the best path of a subset; false where there is none. It goes
// by the share so far times the best share onwards (A*).
func (s *pathSearch) onwards(part *subset) bool {
	c := s.walk.chain
	s.block(part)
	type entry struct {
		bound float64
		state int32
	}
	q := queue[entry]{before: func(a, b entry) bool { return a.bound > b.bound }}
	last := part.states[part.spur]
	reach := func(from, to int32, share float64) {
		if share*s.bounds.share[to] == 0 || s.blocked[to] == s.number || s.closed[to] == s.number {
			return
		}
		if s.opened[to] != s.number || share > s.share[to] {
			s.opened[to], s.share[to], s.came[to] = s.number, share, from
			q.push(entry{share * s.bounds.share[to], to})
		}
	}
	leave := func(from int32, share float64, banned []int32) {
		for e := c.start[from]; e < c.start[from+1]; e++ {
			s.work++
			if t := c.to[e]; len(banned) == 0 || !slices.Contains(banned, t) {
				reach(from, t, share*c.prob[e])
			}
		}
	}
	leave(last, s.product(part.states[:part.spur+1]), part.banned)
	for len(q.items) > 0 {
		t := q.pop().state
		if s.closed[t] == s.number {
			continue
		}
		s.closed[t] = s.number
		if s.walk.ends[t] == endOrigin {
			s.arrive(part, last, t)
			return true
		}
		leave(t, s.share[t], nil)
	}
	return false
}

// arrive makes the way found to an origin the best path of a subset.
func (s *pathSearch) arrive(part *subset, last, origin int32) {
	path := slices.Clone(part.states[:part.spur+1])
	for t := origin; t != last; t = s.came[t] {
		path = append(path, t)
	}
	slices.Reverse(path[part.spur+1:])
	part.states, part.known = path, true
	part.bound = s.product(path)
}

// product returns the share of a path or of its beginning, always multiplied
// from the target on.
func (s *pathSearch) product(states []int32) float64 {
	share := 1.0
	for i := 1; i < len(states); i++ {
		share *= s.step(states[i-1], states[i])
	}
	return share
}

func (s *pathSearch) step(from, to int32) float64 {
	c := s.walk.chain
	for e := c.start[from]; e < c.start[from+1]; e++ {
		if c.to[e] == to {
			return c.prob[e]
		}
	}
	return 0
}

// describe turns states into stages. A market that leads to its own maker and
// a place that draws from the pool what it makes itself are one stage.
func (s *pathSearch) describe(states []int32) foundPath {
	w := s.walk
	path := Path{Share: s.product(states)}
	emit := func(stage Stage, by StepKind) { path.Steps = append(path.Steps, PathStep{Stage: stage, By: by}) }
	for i, state := range states {
		switch {
		case w.isAgent(state):
			if step, ok := w.stepOfAgent(state, i+1 == len(states)); ok {
				path.Steps = append(path.Steps, step)
			}
		case w.isMaker(state) && i+1 < len(states) && w.isAgent(states[i+1]): // the same stage
		case w.isMaker(state) && i+1 == len(states):
			emit(w.stage(w.node[state]), StepOrigin)
		case w.isMaker(state):
			emit(w.stage(w.node[state]), StepMade)
		case w.node[state] < 0:
			drawn := w.node[states[i+1]]
			if i == 0 {
				emit(s.target, StepPool)
			} else if by := w.node[states[i-1]]; by != drawn {
				emit(w.stage(by), StepPool)
			}
		case w.isMarket(states[i+1]):
			emit(w.stage(w.node[state]), w.stepToMarket())
		}
	}
	return foundPath{path, states}
}

func compareSteps(a, b foundPath) int {
	if d := len(a.path.Steps) - len(b.path.Steps); d != 0 {
		return d
	}
	return slices.CompareFunc(a.path.Steps, b.path.Steps, func(a, b PathStep) int { return a.compare(b.Stage) })
}

// sortGroups puts the paths found in order: by share, and those that are equal
// to the largest of them by stages.
func (s *pathSearch) sortGroups() {
	slices.SortStableFunc(s.found, func(a, b foundPath) int {
		switch {
		case a.path.Share > b.path.Share:
			return -1
		case a.path.Share < b.path.Share:
			return 1
		}
		return 0
	})
	for from := 0; from < len(s.found); {
		to := s.groupEnd(from)
		slices.SortFunc(s.found[from:to], compareSteps)
		from = to
	}
}

// groupEnd returns where the paths end whose shares equal that of path from,
// which is the largest of them.
func (s *pathSearch) groupEnd(from int) int {
	least := s.found[from].path.Share * (1 - tie)
	to := from + 1
	for to < len(s.found) && s.found[to].path.Share >= least {
		to++
	}
	return to
}

// cut leaves the first paths and tells whether the next one is equal to the last.
func (s *pathSearch) cut(first int) {
	for from := 0; from < len(s.found); {
		to := s.groupEnd(from)
		if from < first && first < to {
			s.tieAtCut = true
		}
		from = to
	}
	s.found = s.found[:min(first, len(s.found))]
}
