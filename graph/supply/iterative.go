package supply

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"tiermap/graph"
)

// A component of more than denseLimit states is solved by iteration. Two things
// keep that honest.
//
// What goes round slowly is not iterated at all: states that send most of what
// they have to each other form clusters, which are eliminated without subtraction
// like the small blocks. The iteration is on entries to clusters, of which there
// are few however often goods pass back and forth within.
//
// An answer is held against the equations that it should solve. Of y = x + y K, K
// the steps from entry to entry, the residual is r = x + y K − y, and every share
// of what walks come to or end at is off by at most ‖r‖₁: the error of y is r N,
// and the chance to come anywhere from anywhere is at most 1. Of h = b + K h the
// error is at most max|r| times the expected entries u before a walk leaves, and
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
	n        int
	clusters []cluster
	inTo     arrows // steps between clusters by where they lead
	outOf    arrows // and by where they start

	entries lazy[float64] // expected entries before a walk leaves, at most, from any state
}

// cluster is some states that are eliminated together, or one that leads to itself.
type cluster struct {
	states []int32 // of the component
	factors
}

// arrows are steps in compressed sparse rows: those of row i are start[i]..start[i+1].
type arrows struct {
	start []int32
	other []int32
	prob  []float64
}

func (a *arrows) rows() int { return len(a.start) - 1 }

// turned returns the same steps by their other end.
func (a *arrows) turned() arrows {
	t := arrows{make([]int32, len(a.start)), make([]int32, len(a.other)), make([]float64, len(a.prob))}
	for _, other := range a.other {
		t.start[other+1]++
	}
	for i := range a.rows() {
		t.start[i+1] += t.start[i]
	}
	next := slices.Clone(t.start[:a.rows()])
	for i := range int32(a.rows()) {
		for e := a.start[i]; e < a.start[i+1]; e++ {
			at := next[a.other[e]]
			next[a.other[e]]++
			t.other[at], t.prob[at] = i, a.prob[e]
		}
	}
	return t
}

// iteration returns a component made ready to be iterated on.
func (c *chain) iteration(k int32) *iteration {
	it, _ := c.components[k].block.iteration.get(func() (*iteration, error) {
		within := c.within(k)
		it := &iteration{n: within.rows()}
		clusters := c.cluster(k, within)
		for _, states := range clusters.sets {
			it.clusters = append(it.clusters, c.clusterOf(k, states))
		}
		it.outOf = within.between(clusters.of)
		it.inTo = it.outOf.turned()
		return it, nil
	})
	return it
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

// between leaves out the steps within clusters.
func (a *arrows) between(of []int32) arrows {
	b := arrows{start: make([]int32, 1, len(a.start)), other: a.other[:0], prob: a.prob[:0]}
	for i := range a.rows() {
		for e := a.start[i]; e < a.start[i+1]; e++ {
			if of[i] < 0 || of[a.other[e]] != of[i] {
				b.other, b.prob = append(b.other, a.other[e]), append(b.prob, a.prob[e])
			}
		}
		b.start = append(b.start, int32(len(b.other)))
	}
	return b
}

// visits turns entries into expected visits: v = y + v P within clusters.
func (it *iteration) visits(y []float64, width int) {
	it.eachCluster(y, width, factors.visits)
}

// chances turns chances at the first step out of a cluster into chances ever.
func (it *iteration) chances(h []float64, width int) {
	it.eachCluster(h, width, factors.chances)
}

func (it *iteration) eachCluster(x []float64, width int, solve func(factors, []float64)) {
	var scratch []float64
	for _, cl := range it.clusters {
		for column := range width {
			scratch = scratch[:0]
			any := false
			for _, s := range cl.states {
				value := x[int(s)*width+column]
				any = any || value != 0
				scratch = append(scratch, value)
			}
			if !any {
				continue
			}
			solve(cl.factors, scratch)
			for i, s := range cl.states {
				x[int(s)*width+column] = scratch[i]
			}
		}
	}
}

// rowsAtOnce is the part of a vector that one worker takes at a time. Sums are
// added up part by part, so that they do not depend on who was first.
const rowsAtOnce = 1 << 14

func inParts(ctx context.Context, n int, f func(part, lo, hi int)) error {
	return parallel(ctx, parts(n), func(_, part int) error {
		f(part, part*rowsAtOnce, min(n, (part+1)*rowsAtOnce))
		return nil
	})
}

func parts(n int) int { return (n + rowsAtOnce - 1) / rowsAtOnce }

// gather adds up, for each row, what the other ends of its steps hold.
func (a *arrows) gather(ctx context.Context, dst, src []float64, width int) error {
	return inParts(ctx, a.rows(), func(_, lo, hi int) {
		if width == 1 {
			a.gatherOne(dst, src, lo, hi)
		} else {
			a.gatherColumns(dst, src, lo, hi)
		}
	})
}

func (a *arrows) gatherOne(dst, src []float64, lo, hi int) {
	for i := lo; i < hi; i++ {
		other, prob := a.other[a.start[i]:a.start[i+1]], a.prob[a.start[i]:a.start[i+1]]
		sum := 0.0
		for e, s := range other {
			sum += prob[e] * src[s]
		}
		dst[i] = sum
	}
}

func (a *arrows) gatherColumns(dst, src []float64, lo, hi int) {
	for i := lo; i < hi; i++ {
		other, prob := a.other[a.start[i]:a.start[i+1]], a.prob[a.start[i]:a.start[i+1]]
		var s0, s1, s2, s3, s4, s5, s6, s7 float64
		for e, s := range other {
			p, from := prob[e], (*[columns]float64)(src[int(s)*columns:])
			s0 += p * from[0]
			s1 += p * from[1]
			s2 += p * from[2]
			s3 += p * from[3]
			s4 += p * from[4]
			s5 += p * from[5]
			s6 += p * from[6]
			s7 += p * from[7]
		}
		*(*[columns]float64)(dst[i*columns:]) = [columns]float64{s0, s1, s2, s3, s4, s5, s6, s7}
	}
}

// equations are y = b + K y for several columns b at once: those of entries, or
// of chances.
type equations struct {
	*iteration
	width   int
	reverse bool      // of chances
	scratch []float64 // of entries, to be turned into visits
	until   *stops    // where walks end before they leave; nil: nowhere
}

// apply puts K y into dst.
func (q *equations) apply(ctx context.Context, dst, y []float64) error {
	if q.until != nil {
		return q.until.apply(ctx, q, dst, y)
	}
	if q.reverse {
		err := q.outOf.gather(ctx, dst, y, q.width)
		q.chances(dst, q.width)
		return err
	}
	if len(q.clusters) == 0 {
		return q.inTo.gather(ctx, dst, y, q.width)
	}
	if q.scratch == nil {
		q.scratch = make([]float64, len(y))
	}
	copy(q.scratch, y)
	q.visits(q.scratch, q.width)
	return q.inTo.gather(ctx, dst, q.scratch, q.width)
}

// residual puts b + K y − y into r, and returns how large it is by column, with what
// rounding may hide of it, also where it comes out as zero: the sum of entries that
// are not accounted for; of chances the largest.
func (q *equations) residual(ctx context.Context, r, b, y []float64) ([]float64, error) {
	if err := q.apply(ctx, r, y); err != nil {
		return nil, err
	}
	part := make([][2 * columns]float64, parts(q.n))
	err := inParts(ctx, q.n, func(p, lo, hi int) {
		at, w := &part[p], q.width
		for i := lo * w; i < hi*w; i += w {
			for j := range w {
				d := r[i+j] + b[i+j] - y[i+j]
				r[i+j] = d
				if q.reverse {
					at[j], at[columns+j] = max(at[j], math.Abs(d)), max(at[columns+j], y[i+j])
				} else {
					at[j] += math.Abs(d)
					at[columns+j] += y[i+j]
				}
			}
		}
	})
	size := make([]float64, q.width)
	for _, p := range part {
		for j := range size {
			if q.reverse {
				size[j] = max(size[j], p[j]+rounds*p[columns+j])
			} else {
				size[j] += p[j] + rounds*p[columns+j]
			}
		}
	}
	return size, err
}

// rounds is what rounding may hide of a residual, relative to what is added up.
const rounds = 0x1p-51

// solve returns y ≥ 0, and by column how large its residual is. It ends where all
// are at most goal or nothing makes them smaller any more.
func (q *equations) solve(ctx context.Context, b []float64, goal float64) (y, size []float64, err error) {
	y, r := slices.Clone(b), make([]float64, len(b))
	fast, sure := krylov{equations: q}, arnoldi{equations: q}
	best, stuck := math.Inf(1), false
	for passes := 0; ; {
		for i := range y {
			y[i] = max(0, y[i])
		}
		if size, err = q.residual(ctx, r, b, y); err != nil {
			return nil, nil, err
		}
		worst := slices.Max(size)
		slow := !(worst < best/2)
		if worst <= goal || slow && (stuck || worst <= nearGoal*goal) || passes >= passesMost {
			return y, size, nil
		}
		stuck, best = stuck || slow, min(best, worst)
		var more int
		if stuck {
			more, err = sure.improve(ctx, y, r, size, goal/2)
		} else {
			more, err = fast.improve(ctx, y, r, size, goal/2)
		}
		if err != nil {
			return nil, nil, err
		}
		passes += more
	}
}

// krylov is the stabilised method of bi-conjugate gradients (van der Vorst 1992,
// doi:10.1137/0913035), for several columns in one pass, each with its own
// coefficients.
type krylov struct {
	*equations
	shadow, p, v, t []float64
}

// improve adds to y what r is the residual of, until it is about goal, and returns
// the passes that it took. A column for which the method breaks down is left as it
// is by then: the true residual decides what becomes of it.
func (k *krylov) improve(ctx context.Context, y, r, size []float64, goal float64) (passes int, err error) {
	if k.p == nil {
		k.shadow, k.p = shadows(k.n), make([]float64, len(r))
		k.v, k.t = make([]float64, len(r)), make([]float64, len(r))
	}
	copy(k.p, r)
	var done [columns]bool
	for j := range columns {
		done[j] = j >= k.width || size[j] <= goal
	}
	var first, rho sums
	if err := k.add(ctx, &first, func(at *sums, i, j int) { at[j] += r[i] * r[i] }); err != nil {
		return 0, err
	}
	if err := k.add(ctx, &rho, func(at *sums, i, j int) { at[j] += r[i] * k.shadow[i/k.width] }); err != nil {
		return 0, err
	}
	for passes < passesAtOnce && done != allDone {
		var alpha, beta, omega sums
		dot, err := k.along(ctx, k.v, k.p, nil)
		if err != nil {
			return passes, err
		}
		for j := range columns {
			if alpha[j] = rho[j] / dot[0][j]; done[j] || math.IsNaN(alpha[j]) || math.IsInf(alpha[j], 0) {
				done[j], alpha[j] = true, 0
			}
		}
		if err := k.add(ctx, nil, func(_ *sums, i, j int) { r[i] -= alpha[j] * k.v[i] }); err != nil {
			return passes, err
		}
		if dot, err = k.along(ctx, k.t, r, r); err != nil {
			return passes, err
		}
		passes += 2
		for j := range columns {
			if !done[j] && dot[1][j] > 0 {
				omega[j] = dot[0][j] / dot[1][j]
			}
		}
		next, left, squares, err := k.step(ctx, y, r, &alpha, &omega)
		if err != nil {
			return passes, err
		}
		for j := range columns {
			beta[j] = next[j] / rho[j] * (alpha[j] / omega[j])
			if done[j] || left[j] <= goal || !(squares[j] < 1e12*first[j]) || math.IsNaN(beta[j]) || math.IsInf(beta[j], 0) {
				done[j], beta[j] = true, 0
			}
		}
		rho = next
		if err := k.add(ctx, nil, func(_ *sums, i, j int) { k.p[i] = r[i] + beta[j]*(k.p[i]-omega[j]*k.v[i]) }); err != nil {
			return passes, err
		}
	}
	return passes, ctx.Err()
}

// sums are numbers by column.
type sums [columns]float64

var allDone = [columns]bool{true, true, true, true, true, true, true, true}

// shadows returns what residuals are held against: numbers that have nothing to do
// with any of them.
func shadows(n int) []float64 {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	list := make([]float64, n)
	for i := range list {
		list[i] = 0.5 + rng.Float64()
	}
	return list
}

// along puts y − K y into dst, and returns its products with other, or where that is
// nil with the shadow, and with itself.
func (k *krylov) along(ctx context.Context, dst, y, other []float64) (dot [2]sums, err error) {
	if err := k.apply(ctx, dst, y); err != nil {
		return dot, err
	}
	part := make([][2]sums, parts(k.n))
	err = inParts(ctx, k.n, func(p, lo, hi int) {
		at, w := &part[p], k.width
		for i := lo * w; i < hi*w; i += w {
			to, from := dst[i:i+w], y[i:i+w]
			if other == nil {
				by := k.shadow[i/w]
				for j := range to {
					d := from[j] - to[j]
					to[j] = d
					at[0][j&(columns-1)] += d * by
				}
				continue
			}
			by := other[i : i+w]
			for j := range to {
				d := from[j] - to[j]
				to[j] = d
				at[0][j&(columns-1)] += d * by[j]
				at[1][j&(columns-1)] += d * d
			}
		}
	})
	for p := range part {
		for j := range columns {
			dot[0][j] += part[p][0][j]
			dot[1][j] += part[p][1][j]
		}
	}
	return dot, err
}

// step moves y and its residual, and returns the products of the residual with
// the shadow, its sums and its squares.
func (k *krylov) step(ctx context.Context, y, r []float64, alpha, omega *sums) (next, left, squares sums, err error) {
	part := make([][3]sums, parts(k.n))
	err = inParts(ctx, k.n, func(p, lo, hi int) {
		at, w := &part[p], k.width
		for i := lo * w; i < hi*w; i += w {
			yi, ri, pi, ti, by := y[i:i+w], r[i:i+w], k.p[i:i+w], k.t[i:i+w], k.shadow[i/w]
			for j := range yi {
				c := j & (columns - 1)
				yi[j] += alpha[c]*pi[j] + omega[c]*ri[j]
				d := ri[j] - omega[c]*ti[j]
				ri[j] = d
				at[0][c] += d * by
				at[1][c] += math.Abs(d)
				at[2][c] += d * d
			}
		}
	})
	for p := range part {
		for j := range columns {
			next[j] += part[p][0][j]
			left[j] += part[p][1][j]
			squares[j] += part[p][2][j]
		}
	}
	return next, left, squares, err
}

// add calls f for every number, with its column and what is added up by column.
func (k *krylov) add(ctx context.Context, sum *sums, f func(at *sums, i, column int)) error {
	part := make([]sums, parts(k.n))
	err := inParts(ctx, k.n, func(p, lo, hi int) {
		for i := lo * k.width; i < hi*k.width; i += k.width {
			for j := range k.width {
				f(&part[p], i+j, j)
			}
		}
	})
	if sum != nil {
		for p := range part {
			for j := range columns {
				sum[j] += part[p][j]
			}
		}
	}
	return err
}

// notSolved says that an iteration did not end.
func notSolved(n int, size float64) error {
	return graph.Errorf(graph.TooLarge,
		"trade or supplies tie %d stages into one cycle that goods leave too slowly: after %d passes a share may still be off by %.1g, and %.0g is the most that is answered with; leave out the links within the slowest cycles, or ask for a smaller network",
		n, passesMost, size, residualMost)
}

// enter turns entries into a component into expected visits, column by column,
// and returns by how much a share may be off by column.
func (it *iteration) enter(ctx context.Context, x []float64, width int, goal float64) (visits, off []float64, err error) {
	q := &equations{iteration: it, width: width}
	y, off, err := q.solve(ctx, x, goal)
	if err != nil {
		return nil, nil, err
	}
	for _, size := range off {
		if !(size <= residualMost) {
			return nil, nil, notSolved(it.n, size)
		}
	}
	it.visits(y, width)
	return y, off, nil
}

// meet turns chances at the next step out of a component into chances ever, and
// returns by how much one may be off.
func (it *iteration) meet(ctx context.Context, h []float64) (chances []float64, off float64, err error) {
	entries, err := it.mostEntries(ctx)
	if err != nil {
		return nil, 0, err
	}
	b := slices.Clone(h)
	it.chances(b, 1)
	q := &equations{iteration: it, width: 1, reverse: true}
	y, size, err := q.solve(ctx, b, residualGoal/entries)
	if err != nil {
		return nil, 0, err
	}
	if off = size[0] * entries; !(off <= residualMost) {
		return nil, 0, notSolved(it.n, off)
	}
	return y, off, nil
}

// mostEntries bounds the expected entries before a walk leaves: of any w with
// w − K w ≥ m > 0, max w / m.
func (it *iteration) mostEntries(ctx context.Context) (float64, error) {
	return it.entries.get(func() (float64, error) {
		b := make([]float64, it.n)
		for i := range b {
			b[i] = 1
		}
		q := &equations{iteration: it, width: 1, reverse: true}
		w, size, err := q.solve(ctx, b, 1e-3)
		if err != nil {
			return 0, err
		}
		if size[0] > 0.5 {
			return 0, notSolved(it.n, math.Inf(1))
		}
		most := 0.0
		for _, entries := range w {
			most = max(most, entries)
		}
		return most / (1 - size[0]), nil
	})
}
