package supply

import (
	"cmp"
	"slices"
)

// sweeps are passes over the states of a component in order. A state of a cluster is
// passed with the last one of it, when all of the cluster is solved at once.
type sweeps struct {
	n        int
	steps    arrows // from state to state, without those within clusters
	clusters []cluster
	within   []bool // a state is in a cluster; nil where there are none

	// Where walks end at sets, one for each column: bit j of ends is set at the states
	// of the set of column j, and ended holds what is left of a cluster with such a
	// state, by cluster and column.
	ends  []uint8
	ended map[[2]int]factors

	longest lazy[float64] // see equations.most
}

// cluster is some states that are eliminated together, or one that leads to itself.
type cluster struct {
	states []int32 // of the component, ascending
	factors
}

func (c cluster) last() int { return int(c.states[len(c.states)-1]) }

// arrows are steps in compressed sparse rows: those of row i are start[i]..start[i+1].
type arrows struct {
	start []int32
	other []int32
	prob  []float64
}

func (a *arrows) rows() int { return len(a.start) - 1 }

func (a *arrows) of(i int) ([]int32, []float64) {
	lo, hi := a.start[i], a.start[i+1]
	return a.other[lo:hi], a.prob[lo:hi]
}

// sweepOrder puts the states of a component into an order in which the largest step
// of each leads forward. These steps make a forest with a few cycles at its roots;
// each cycle is broken at one state. States that are nobody's largest step come first,
// hubs last, so that most of the other steps lead forward too. (A topological order:
// Kahn 1962, doi:10.1145/368996.369025.)
func (c *chain) sweepOrder(k int32) []int32 {
	states := c.components[k].states
	largest, waits := make([]int32, len(states)), make([]int32, len(states))
	for i, s := range states {
		if largest[i] = c.largestStep(k, s); largest[i] >= 0 {
			waits[largest[i]]++
		}
	}
	order := make([]int32, 0, len(states))
	taken := make([]bool, len(states))
	take := func(i int32) {
		order, taken[i] = append(order, states[i]), true
	}
	for i := range int32(len(states)) {
		if waits[i] == 0 {
			take(i)
		}
	}
	for next, broken := 0, int32(0); len(order) < len(states); next++ {
		if next == len(order) { // only cycles are left
			for taken[broken] {
				broken++
			}
			take(broken)
		}
		to := largest[c.at[order[next]]]
		if to < 0 || taken[to] {
			continue
		}
		if waits[to]--; waits[to] == 0 {
			take(to)
		}
	}
	return order
}

// largestStep returns where the largest step of a state within its component leads,
// as its index there; -1: nowhere.
func (c *chain) largestStep(k, s int32) int32 {
	to, most := int32(-1), 0.0
	for e := c.start[s]; e < c.start[s+1]; e++ {
		if t := c.to[e]; c.of[t] == k && t != s && c.prob[e] > most {
			to, most = c.at[t], c.prob[e]
		}
	}
	return to
}

// within returns the steps from and to states of one component.
func (c *chain) within(k int32) arrows {
	states := c.components[k].states
	steps := 0
	for _, s := range states {
		steps += int(c.start[s+1]-c.start[s]) - len(c.outOf(s))
	}
	a := arrows{make([]int32, 1, len(states)+1), make([]int32, 0, steps), make([]float64, 0, steps)}
	for _, s := range states {
		for e := c.start[s]; e < c.start[s+1]; e++ {
			if to := c.to[e]; c.of[to] == k {
				a.other, a.prob = append(a.other, c.at[to]), append(a.prob, c.prob[e])
			}
		}
		a.start = append(a.start, int32(len(a.other)))
	}
	return a
}

// eliminate returns the same sweeps with clusters eliminated.
func (s *sweeps) eliminate(clusters []cluster) *sweeps {
	if len(clusters) == 0 {
		return s
	}
	of := make([]int32, s.n)
	e := &sweeps{n: s.n, clusters: clusters, within: make([]bool, s.n)}
	for i, cl := range clusters {
		for _, state := range cl.states {
			of[state], e.within[state] = int32(i)+1, true
		}
	}
	e.steps.start = make([]int32, 1, s.n+1)
	for i := range s.n {
		other, prob := s.steps.of(i)
		for j, to := range other {
			if of[i] == 0 || of[to] != of[i] {
				e.steps.other, e.steps.prob = append(e.steps.other, to), append(e.steps.prob, prob[j])
			}
		}
		e.steps.start = append(e.steps.start, int32(len(e.steps.other)))
	}
	slices.SortFunc(clusters, func(a, b cluster) int { return cmp.Compare(a.last(), b.last()) })
	return e
}

// forth takes what is in r at each state on, in order: what comes to a state that is
// still to be passed goes on with it, what comes to one that was passed is left in r.
// To visits, unless nil, it adds what was taken on.
func (s *sweeps) forth(r, visits []float64, width int) {
	from := 0
	for i, cl := range s.clusters {
		s.push(r, visits, width, from, cl.last())
		s.pushCluster(i, r, visits, width)
		from = cl.last() + 1
	}
	s.push(r, visits, width, from, s.n)
}

// push takes on what is at the states of a range that are in no cluster.
func (s *sweeps) push(r, visits []float64, width, from, to int) {
	for i := from; i < to; i++ {
		switch {
		case s.within != nil && s.within[i]:
		case width == 1:
			x := r[i]
			r[i] = 0
			if visits != nil {
				visits[i] += x
			}
			if x != 0 {
				s.pushOne(r, i, x)
			}
		default:
			x := *(*[columns]float64)(r[i*columns:])
			*(*[columns]float64)(r[i*columns:]) = [columns]float64{}
			if visits != nil {
				add(visits[i*columns:], &x)
			}
			if s.ends != nil {
				end(&x, s.ends[i])
			}
			if x != ([columns]float64{}) {
				s.pushColumns(r, i, &x)
			}
		}
	}
}

func add(to []float64, x *[columns]float64) {
	sum := (*[columns]float64)(to)
	for j := range sum {
		sum[j] += x[j]
	}
}

// end takes out the walks that have come to the sets of their columns.
func end(x *[columns]float64, of uint8) {
	for j := 0; of != 0; j, of = j+1, of>>1 {
		if of&1 != 0 {
			x[j] = 0
		}
	}
}

func (s *sweeps) pushOne(r []float64, i int, x float64) {
	other, prob := s.steps.of(i)
	for e, to := range other {
		r[to] += x * prob[e]
	}
}

func (s *sweeps) pushColumns(r []float64, i int, x *[columns]float64) {
	x0, x1, x2, x3, x4, x5, x6, x7 := x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]
	other, prob := s.steps.of(i)
	for e, to := range other {
		p, at := prob[e], (*[columns]float64)(r[int(to)*columns:])
		at[0] += x0 * p
		at[1] += x1 * p
		at[2] += x2 * p
		at[3] += x3 * p
		at[4] += x4 * p
		at[5] += x5 * p
		at[6] += x6 * p
		at[7] += x7 * p
	}
}

// pushCluster takes on what is at the states of a cluster, after the visits to them
// that it amounts to.
func (s *sweeps) pushCluster(cluster int, r, visits []float64, width int) {
	cl := s.clusters[cluster]
	x := make([]float64, len(cl.states))
	for column := range width {
		for i, state := range cl.states {
			at := int(state)*width + column
			x[i], r[at] = r[at], 0
		}
		within, ends := s.ended[[2]int{cluster, column}]
		if !ends {
			within = cl.factors
		}
		within.visits(x)
		for i, state := range cl.states {
			if visits != nil {
				visits[int(state)*width+column] += x[i]
			}
			if s.ends != nil && s.ends[state]&(1<<column) != 0 {
				continue
			}
			other, prob := s.steps.of(int(state))
			for e, to := range other {
				r[int(to)*width+column] += x[i] * prob[e]
			}
		}
	}
}

// back puts at each state, in reverse order, what the next ones hold by their
// chances, and what b holds unless it is nil.
func (s *sweeps) back(h, b []float64) {
	to := s.n
	for i := len(s.clusters) - 1; i >= 0; i-- {
		cl := s.clusters[i]
		s.pull(h, b, cl.last()+1, to)
		s.pullCluster(cl, h, b)
		to = cl.last()
	}
	s.pull(h, b, 0, to)
}

// pull is back for the states of a range that are in no cluster.
func (s *sweeps) pull(h, b []float64, from, to int) {
	for i := to - 1; i >= from; i-- {
		if s.within == nil || !s.within[i] {
			h[i] = s.next(h, b, i)
		}
	}
}

// next adds up what the next states of one hold by their chances, and b.
func (s *sweeps) next(h, b []float64, i int) float64 {
	sum := 0.0
	if b != nil {
		sum = b[i]
	}
	other, prob := s.steps.of(i)
	for e, to := range other {
		sum += prob[e] * h[to]
	}
	return sum
}

func (s *sweeps) pullCluster(cl cluster, h, b []float64) {
	x := make([]float64, len(cl.states))
	for i, state := range cl.states {
		x[i] = s.next(h, b, int(state))
	}
	cl.chances(x)
	for i, state := range cl.states {
		h[state] = x[i]
	}
}
