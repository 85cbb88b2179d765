package supply

import (
	"context"
	"math"
	"slices"

	"tiermap/graph"
)

// A component of more than denseLimit states is solved by iteration. It is swept: one
// pass over its states in order, in which what comes to a state goes on with what was
// there, so that only what steps back in the order is left for the next sweep
// (Gauss and Seidel). The order lets the largest step of nearly every state lead
// forward (sweeps.go), and a sweep does the work of three or four passes. What is left
// then fades away in one proportion, and is added up as a geometric series.
//
// Two things keep that honest.
//
// What goes round slowly is not iterated at all: where sweeps do not converge fast,
// states that send most of what they have to each other form clusters, which are
// eliminated without subtraction like the small blocks.
//
// An answer is held against the equations that it should solve. With P = L + U, U the
// steps back, what enters sweeps is y = x + y K, K = (I − L)⁻¹ U. Its residual is
// r = x + y K − y, and every share of what walks come to or end at is off by at most
// ‖r‖₁: the error of the expected visits y (I − L)⁻¹ is r N, and the chance to come
// anywhere from anywhere is at most 1. Of chances, h = b + K h with K = (I − L)⁻¹ U as
// columns, the error is at most max|r| times the sweeps u before a walk has left, and
// of these any w with w − K w ≥ 1 is an upper bound. What cannot be brought below
// residualMost is an error, not an answer.

const (
	residualGoal = 1e-12 // where the iteration ends
	residualMost = 1e-8  // beyond which its result is refused
	nearGoal     = 100   // how many times the goal is left as it is where rounding stands in the way
	passesMost   = 3000  // passes over the steps, of one solve
	passesAtOnce = 400   // of these, before the true residual is looked at
)

// columns is how many right-hand sides are solved in one pass over the steps: a
// cache line of numbers for each state.
const columns = 8

// iteration is what is kept of a component that is solved by iteration.
type iteration struct {
	chain  *chain
	number int32 // of the component
	n      int   // states

	plain     lazy[*sweeps]
	clustered lazy[*sweeps]
}

// iteration returns a component made ready to be iterated on.
func (c *chain) iteration(k int32) *iteration {
	it, _ := c.components[k].block.iteration.get(func() (*iteration, error) {
		return &iteration{chain: c, number: k, n: len(c.components[k].states)}, nil
	})
	return it
}

// sweeps returns how the component is swept: first as it is, then with its clusters
// eliminated, which takes longer to find than most components take to be solved.
func (it *iteration) sweeps(clustered bool) *sweeps {
	plain, _ := it.plain.get(func() (*sweeps, error) {
		return &sweeps{n: it.n, steps: it.chain.within(it.number)}, nil
	})
	if !clustered {
		return plain
	}
	s, _ := it.clustered.get(func() (*sweeps, error) {
		return plain.eliminate(it.chain.cluster(it.number, plain.steps)), nil
	})
	return s
}

// equations are y = b + K y for several columns b at once: those of entries, or
// of chances.
type equations struct {
	*sweeps
	width   int
	reverse bool // of chances
}

// apply puts K y in place of y.
func (q *equations) apply(y []float64) {
	if q.reverse {
		q.back(y, nil)
	} else {
		q.forth(y, nil, q.width)
	}
}

// residual puts b + K y − y into r, and returns how large it is by column, with what
// rounding may hide of it, also where it comes out as zero: the sum of entries that
// are not accounted for; of chances the largest. Of entries it puts into visits what
// they amount to.
func (q *equations) residual(r, visits, b, y []float64) []float64 {
	copy(r, y)
	if q.reverse {
		q.back(r, nil)
	} else {
		clear(visits)
		q.forth(r, visits, q.width)
	}
	size, most := make([]float64, q.width), make([]float64, q.width)
	for i := 0; i < len(r); i += q.width {
		for j := range q.width {
			d := r[i+j] + b[i+j] - y[i+j]
			r[i+j] = d
			if q.reverse {
				size[j], most[j] = max(size[j], math.Abs(d)), max(most[j], y[i+j])
			} else {
				size[j] += math.Abs(d)
				most[j] += y[i+j]
			}
		}
	}
	for j := range size {
		size[j] += rounds * most[j]
	}
	return size
}

// rounds is what rounding may hide of a residual, relative to what is added up.
const rounds = 0x1p-51

// solution is what equations were solved to: entries and the visits that they amount
// to, or chances.
type solution struct {
	values []float64
	off    []float64 // by column: how large the residual is
	done   bool      // all of them are about as small as was asked for
}

// solve solves equations: by sweeps, and where these do not do and it is to be sure by
// generalised minimal residuals. It ends where each residual is at most its goal or
// nothing makes them smaller any more.
func (q *equations) solve(ctx context.Context, b, goal []float64, sure bool) (s solution, err error) {
	y, r, spare := make([]float64, len(b)), slices.Clone(b), make([]float64, len(b))
	by := arnoldi{equations: q}
	best, fades := math.Inf(1), true
	for passes := 0; passes < passesMost && (fades || sure); {
		var more int
		swept := fades
		if swept {
			more, fades, err = q.fade(ctx, y, r, spare, goal)
		} else {
			more, err = by.improve(ctx, y, r, s.off, goal)
		}
		if err != nil {
			return s, err
		}
		passes += more
		for i := range y {
			y[i] = max(0, y[i])
		}
		s.off = q.residual(r, spare, b, y)
		worst := beyond(s.off, goal)
		slow := !(worst < best/2)
		if s.done = worst <= 1 || slow && worst <= nearGoal; s.done || slow && !swept {
			break
		}
		fades = fades && !slow
		best = min(best, worst)
	}
	if s.values = y; !q.reverse {
		s.values = spare
	}
	return s, nil
}

// beyond returns how many times its goal the worst of some sizes is.
func beyond(size, goal []float64) float64 {
	worst := 0.0
	for j := range size {
		if times := size[j] / goal[j]; !(times <= worst) {
			worst = times
		}
	}
	return worst
}

// fade sweeps r, adding to y what enters each sweep, until what is left fades away in
// one proportion: then all that would enter later ones is the sum of a geometric
// series. Of a component whose states all lead to each other there is one such
// proportion, that of the walks that have not left for long (Perron and Frobenius);
// where others fade nearly as slowly it gives up, and leaves the rest to others. It
// returns how many sweeps it took.
func (q *equations) fade(ctx context.Context, y, r, before, goal []float64) (passes int, ok bool, err error) {
	copy(before, r)
	was, part := make([]float64, q.width), make([]float64, q.width)
	last, worst := 0.0, math.Inf(1)
	for passes < passesAtOnce && ctx.Err() == nil {
		q.apply(r)
		passes++
		now, off := q.compare(y, r, before, part)
		for j := range now {
			if part[j] = 0; now[j] > 0 && now[j] < was[j] {
				part[j] = now[j] / was[j]
			}
			off[j] /= 1 - part[j]
		}
		was = now
		left := beyond(off, goal)
		if left*min(1, left/last) <= 0.5 { // the series leaves what one more sweep would
			q.addSeries(y, r, part)
			return passes, true, nil
		}
		last = left
		if passes%patience == 0 {
			if !(left < worst/patience) {
				break
			}
			worst = left
		}
	}
	return passes, false, ctx.Err()
}

// addSeries adds to y what enters later sweeps when of r the same part is left by each.
func (q *equations) addSeries(y, r, part []float64) {
	for i := 0; i < len(r); i += q.width {
		for j := range part {
			y[i+j] += r[i+j] / (1 - part[j])
		}
	}
}

// patience is in how many sweeps what is left to go must fall to as small a part.
const patience = 12

// compare adds to y what entered a sweep, and returns what it left, and how far that
// is from a part of what entered. What it left takes the place of what entered.
func (q *equations) compare(y, r, before, part []float64) (now, off []float64) {
	now, off = make([]float64, q.width), make([]float64, q.width)
	for i := 0; i < len(r); i += q.width {
		for j := range q.width {
			b, a := before[i+j], r[i+j]
			y[i+j] += b
			before[i+j] = a
			now[j] += a
			if d := math.Abs(a - part[j]*b); q.reverse {
				off[j] = max(off[j], d)
			} else {
				off[j] += d
			}
		}
	}
	return now, off
}

// notSolved says that an iteration did not end.
func notSolved(n int, size float64) error {
	return graph.Errorf(graph.TooLarge,
		"trade or supplies tie %d stages into one cycle that goods leave too slowly: after %d passes a share may still be off by %.1g, and %.0g is the most that is answered with; leave out the links within the slowest cycles, or ask for a smaller network",
		n, passesMost, size, residualMost)
}

// enter turns entries into a component into expected visits, column by column,
// and returns by how much a share may be off by column. The walks of column j end
// where bit j of ends is set; nil: they go on.
func (it *iteration) enter(ctx context.Context, x []float64, goal []float64, ends []uint8) (visits, off []float64, err error) {
	var s solution
	for _, clustered := range []bool{false, true} {
		q := &equations{sweeps: it.sweeps(clustered).until(it.chain, it.number, ends), width: len(goal)}
		if s, err = q.solve(ctx, x, goal, clustered); err != nil {
			return nil, nil, err
		}
		if s.done {
			break
		}
	}
	for _, size := range s.off {
		if !(size <= residualMost) {
			return nil, nil, notSolved(it.n, size)
		}
	}
	return s.values, s.off, nil
}

// meet turns chances at the next step out of a component into chances ever, and
// returns by how much one may be off.
func (it *iteration) meet(ctx context.Context, h []float64) (chances []float64, off float64, err error) {
	for _, clustered := range []bool{false, true} {
		q := &equations{sweeps: it.sweeps(clustered), width: 1, reverse: true}
		most, err := q.most(ctx, clustered)
		if err != nil {
			return nil, 0, err
		}
		b := make([]float64, it.n)
		q.back(b, h)
		s, err := q.solve(ctx, b, []float64{residualGoal / most}, clustered)
		if err != nil {
			return nil, 0, err
		}
		if chances, off = s.values, s.off[0]*most; s.done {
			break
		}
	}
	if !(off <= residualMost) {
		return nil, 0, notSolved(it.n, off)
	}
	return chances, off, nil
}

// most bounds the sweeps that a walk is expected to take before it has left: of any w
// with w − K w ≥ m > 0, max w / m.
func (q *equations) most(ctx context.Context, sure bool) (float64, error) {
	return q.longest.get(func() (float64, error) {
		b := make([]float64, q.n)
		for i := range b {
			b[i] = 1
		}
		s, err := q.solve(ctx, b, []float64{1e-3}, sure)
		if err != nil || !(s.off[0] <= 0.5) {
			return math.Inf(1), err
		}
		return slices.Max(s.values) / (1 - s.off[0]), nil
	})
}
