package supply

import (
	"context"
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// elimination holds the factors of I − P within one block (see factors). Most
// states trade with few others: they are eliminated first, one by one, in sparse
// rows. What is left is the core, where by then nearly all states lead to nearly
// all: it is dense.
type elimination struct {
	*pattern
	multipliers []float64 // by lower
	upward      []float64 // by upper
	pivots      []float64 // of the states before the core
	core        factors
}

// pattern says where the factors of a block, whose states stand in the order of
// their elimination, are not zero.
type pattern struct {
	head  int        // states before the core
	lower sparseRows // of every state: the states before the core that its row is cleared of
	upper sparseRows // of the states before the core: the later ones that they lead to when they are eliminated
}

// sparseRows lists the columns of each row that are not zero.
type sparseRows struct {
	start []int32
	at    []int32
}

func (r *sparseRows) row(i int) (from, to int32) { return r.start[i], r.start[i+1] }

// eliminate factorises a block.
func (c *chain) eliminate(ctx context.Context, k int32) (*elimination, error) {
	part := &c.components[k]
	n := len(part.states)
	p := part.pattern
	f := &elimination{
		pattern:     p,
		multipliers: make([]float64, len(p.lower.at)),
		upward:      make([]float64, len(p.upper.at)),
		pivots:      make([]float64, p.head),
		core:        newFactors(n - p.head),
	}
	leaves := make([]float64, p.head) // the block, when they are eliminated
	row := make([]float64, n+1)
	for i, s := range part.states {
		clear(row)
		c.rowWithin(k, s, row)
		f.clearRow(i, row, leaves)
		if i >= p.head {
			copy(f.core.row(i-p.head), row[p.head:])
			continue
		}
		from, to := p.upper.row(i)
		tail := f.upward[from:to]
		for e, j := range p.upper.at[from:to] {
			tail[e] = row[j]
		}
		leaves[i] = row[n]
		f.pivots[i] = floats.Sum(tail) + leaves[i]
	}
	for from := 0; from < f.core.n; from += panel {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f.core.eliminatePanel(from)
	}
	return f, nil
}

// rowWithin puts in row the steps from a state within its block, and what leaves the
// block behind them.
func (c *chain) rowWithin(k, s int32, row []float64) {
	n := len(row) - 1
	row[n] = c.stop[s]
	for e := c.start[s]; e < c.start[s+1]; e++ {
		if t := c.to[e]; c.of[t] == k {
			row[c.at[t]] += c.prob[e]
		} else {
			row[n] += c.prob[e]
		}
	}
}

// clearRow clears the row of state i of the states that are eliminated before it:
// it steps on to where they lead.
func (f *elimination) clearRow(i int, row, leaves []float64) {
	n := len(row) - 1
	from, to := f.lower.row(i)
	for e := from; e < to; e++ {
		k := f.lower.at[e]
		m := row[k] / f.pivots[k]
		f.multipliers[e] = m
		from, to := f.upper.row(int(k))
		tail := f.upward[from:to]
		for e, j := range f.upper.at[from:to] {
			row[j] += m * tail[e]
		}
		row[n] += m * leaves[k]
	}
}

// visits turns x, where walks enter, into the expected number of visits: it
// solves v = x + v P.
func (f *elimination) visits(x []float64) {
	for k := range f.head {
		if x[k] != 0 {
			x[k] /= f.pivots[k]
			f.upper.addRow(x, x[k], k, f.upward)
		}
	}
	f.core.visits(x[f.head:])
	for i := len(x) - 1; i >= 0; i-- {
		if x[i] != 0 {
			f.lower.addRow(x, x[i], i, f.multipliers)
		}
	}
}

// chances turns h, the chance of what is asked at the first step out of each
// state, into the chance of it ever: it solves h' = h + P h'.
func (f *elimination) chances(h []float64) {
	for i := range h {
		h[i] += f.lower.dot(h, i, f.multipliers)
	}
	f.core.chances(h[f.head:])
	for k := f.head - 1; k >= 0; k-- {
		h[k] = (h[k] + f.upper.dot(h, k, f.upward)) / f.pivots[k]
	}
}

// chancesOfMany is chances of each column of h.
func (f *elimination) chancesOfMany(ctx context.Context, h columnar) error {
	n := int32(len(f.lower.start) - 1)
	for i := range n {
		f.lower.addToRow(h, i, f.multipliers)
	}
	if err := f.core.chancesOfMany(ctx, columnar{h.width, h.values[f.head*h.width:]}); err != nil {
		return err
	}
	for k := int32(f.head) - 1; k >= 0; k-- {
		f.upper.addToRow(h, k, f.upward)
		row := h.row(k)
		for i := range row { // a factor 1/pivot would round twice
			row[i] /= f.pivots[k]
		}
	}
	return ctx.Err()
}

// addRow adds a row to x, times a factor.
func (r *sparseRows) addRow(x []float64, factor float64, i int, values []float64) {
	from, to := r.row(i)
	values = values[from:to]
	for e, j := range r.at[from:to] {
		x[j] += factor * values[e]
	}
}

// dot is the product of a row and x.
func (r *sparseRows) dot(x []float64, i int, values []float64) (sum float64) {
	from, to := r.row(i)
	values = values[from:to]
	for e, j := range r.at[from:to] {
		sum += values[e] * x[j]
	}
	return sum
}

// addToRow adds to row i of h the rows that row i of r names, each times its value.
func (r *sparseRows) addToRow(h columnar, i int32, values []float64) {
	sum := h.row(i)
	for e := r.start[i]; e < r.start[i+1]; e++ {
		floats.AddScaled(sum, values[e], h.row(r.at[e]))
	}
}

// order puts the states of a component in the order of their elimination.
func (c *chain) order(k int32) *pattern {
	part := &c.components[k]
	o := newOrdering(len(part.states))
	for i, s := range part.states {
		for _, t := range c.to[c.start[s]:c.start[s+1]] {
			if c.of[t] == k && t != s {
				o.lead(int32(i), c.at[t])
			}
		}
	}
	order := o.order()
	for i, s := range order {
		order[i] = part.states[s]
	}
	copy(part.states, order)
	return o.pattern()
}

// ordering finds an order of elimination in which little fills in: always the state
// next that has the fewest pairs of one that leads to it and one that it leads to
// (Markowitz 1957, doi:10.1287/mnsc.3.3.255).
type ordering struct {
	words    int
	out, in  []uint64 // a bit for each state that a state leads to, and that leads to it, of those that are left
	outs     []int32  // how many of them
	ins      []int32
	pairs    []int32 // outs times ins
	position []int32 // in the order
	left     []int32
	taken    []int32
	// of the states taken, one after the other
	upper, lower sparseRows
}

func newOrdering(n int) *ordering {
	words := (n + 63) / 64
	o := &ordering{words: words, out: make([]uint64, n*words), in: make([]uint64, n*words),
		outs: make([]int32, n), ins: make([]int32, n), pairs: make([]int32, n), position: make([]int32, n), left: make([]int32, n),
		taken: make([]int32, 0, n)}
	const perState = 8 // about
	o.upper = sparseRows{make([]int32, 1, n+1), make([]int32, 0, perState*n)}
	o.lower = sparseRows{make([]int32, 1, n+1), make([]int32, 0, perState*n)}
	for i := range o.left {
		o.left[i] = int32(i)
	}
	return o
}

func (o *ordering) bits(of []uint64, i int32) []uint64 {
	return of[int(i)*o.words : (int(i)+1)*o.words]
}

// lead notes that state i leads to another one.
func (o *ordering) lead(i, j int32) {
	o.bits(o.out, i)[j/64] |= 1 << (j % 64)
	o.bits(o.in, j)[i/64] |= 1 << (i % 64)
}

// coreDensity is how many of the pairs of what is left the best state connects, at
// least, where the rest is better eliminated in dense rows.
const coreDensity = 0.25

// order returns the states in the order of elimination.
func (o *ordering) order() []int32 {
	for i := range int32(len(o.left)) {
		o.outs[i], o.ins[i] = members(o.bits(o.out, i)), members(o.bits(o.in, i))
		o.pairs[i] = o.outs[i] * o.ins[i]
	}
	for len(o.left) > 0 {
		best, fewest := 0, int32(math.MaxInt32)
		for i, s := range o.left {
			if o.pairs[s] < fewest {
				best, fewest = i, o.pairs[s]
			}
		}
		if float64(fewest) > coreDensity*float64(len(o.left)*len(o.left)) {
			break
		}
		s := o.left[best]
		o.left = slices.Delete(o.left, best, best+1)
		o.take(s)
	}
	order := append(slices.Clone(o.taken), o.left...)
	for i, s := range order {
		o.position[s] = int32(i)
	}
	return order
}

// take takes a state out: who leads to it now leads to where it leads.
func (o *ordering) take(k int32) {
	out, in := o.bits(o.out, k), o.bits(o.in, k)
	o.taken = append(o.taken, k)
	o.upper.add(out)
	o.lower.add(in)
	for _, i := range o.lower.last() {
		o.outs[i] = merge(o.bits(o.out, i), out, i, k)
		o.pairs[i] = o.outs[i] * o.ins[i]
	}
	for _, j := range o.upper.last() {
		o.ins[j] = merge(o.bits(o.in, j), in, j, k)
		o.pairs[j] = o.outs[j] * o.ins[j]
	}
}

// merge adds to what state i leads to what state k does, less k and i themselves,
// and counts it.
func merge(of, more []uint64, i, k int32) int32 {
	for w, m := range more {
		of[w] |= m
	}
	of[i/64] &^= 1 << (i % 64)
	of[k/64] &^= 1 << (k % 64)
	return members(of)
}

func members(set []uint64) int32 {
	n := 0
	for _, word := range set {
		n += bits.OnesCount64(word)
	}
	return int32(n)
}

// add appends a row with the members of a set.
func (r *sparseRows) add(set []uint64) {
	for w, word := range set {
		for ; word != 0; word &= word - 1 {
			r.at = append(r.at, int32(w*64+bits.TrailingZeros64(word)))
		}
	}
	r.start = append(r.start, int32(len(r.at)))
}

func (r *sparseRows) last() []int32 {
	return r.at[r.start[len(r.start)-2]:]
}

// pattern returns the pattern by positions in the order.
func (o *ordering) pattern() *pattern {
	for i, s := range o.upper.at {
		o.upper.at[i] = o.position[s]
	}
	n := len(o.position)
	lower := sparseRows{make([]int32, n+1), make([]int32, len(o.lower.at))}
	for _, s := range o.lower.at {
		lower.start[o.position[s]+1]++
	}
	for i := range n {
		lower.start[i+1] += lower.start[i]
	}
	next := slices.Clone(lower.start)
	for k := range o.taken {
		from, to := o.lower.row(k)
		for _, s := range o.lower.at[from:to] {
			i := o.position[s]
			lower.at[next[i]] = int32(k)
			next[i]++
		}
	}
	return &pattern{head: len(o.taken), lower: lower, upper: o.upper}
}
