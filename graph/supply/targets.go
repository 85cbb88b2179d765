package supply

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// TargetOrigins is what one place depends on for a product: a line of the table
// of all places (docs/methods.md §2f).
type TargetOrigins struct {
	Place       string
	Unexplained float64 // share of supply, 0..1

	places  []string
	starts  []int32   // places that something starts in
	origins []float64 // by starts
	direct  []directShare
}

type directShare struct {
	place int32
	share float64
}

// Shares returns the direct and origin shares of every place that has one, by place.
func (o *TargetOrigins) Shares() iter.Seq[CountryShare] {
	return func(yield func(CountryShare) bool) {
		direct := o.direct
		share := func(place int32, origin float64) CountryShare {
			s := CountryShare{Place: o.places[place], Origin: origin}
			if len(direct) > 0 && direct[0].place == place {
				s.Direct, direct = direct[0].share, direct[1:]
			}
			s.Hidden = s.Origin - s.Direct
			return s
		}
		for k, origin := range o.origins {
			for len(direct) > 0 && direct[0].place < o.starts[k] {
				if !yield(share(direct[0].place, 0)) {
					return
				}
			}
			if s := share(o.starts[k], origin); (s.Origin > 0 || s.Direct > 0) && !yield(s) {
				return
			}
		}
		for len(direct) > 0 {
			if !yield(share(direct[0].place, 0)) {
				return
			}
		}
	}
}

// Targets returns direct and origin shares of a product for every place that has
// supply of it, by place: one factorisation for all of them, and one pass over the
// factors for all that something starts in. Nothing is approximated; each line is
// what a Dependency answers for its place. Of a pooled product each place draws
// the same from the pool.
//
// Errors: NotFound for a product that the network does not know; TooLarge where
// the network exceeds what is solved exactly; that of ctx.
func (w *Walk) Targets(ctx context.Context, product string) ([]TargetOrigins, error) {
	p, err := w.network.product(product)
	if err != nil {
		return nil, err
	}
	t := newTargetSolver(w)
	if err := t.solve(ctx); err != nil {
		return nil, err
	}
	lo, hi := w.nodesOf(p)
	lines := make([]TargetOrigins, 0, hi-lo)
	t.direct = make([]directShare, 0, w.chain.start[w.first[p+1]]-w.chain.start[w.first[p]])
	for i := lo; i < hi; i++ {
		state := w.market[i]
		if pool := w.pool[p]; pool >= 0 {
			state = pool
		}
		if w.flows(state) {
			lines = append(lines, t.line(w.network.Nodes[i].Place, state))
		}
	}
	return lines, nil
}

// targetSolver finds for every state the chances of each end of the walk.
type targetSolver struct {
	*Walk
	starts []int32 // places that something starts in: a column each; behind them a column of what is unexplained
	column []int32 // of a place
	row    []int32 // of a state, component by component; -1 where no step leads on, and its own end is all
	ends   columnar
	direct []directShare // of all lines
}

func newTargetSolver(w *Walk) *targetSolver {
	t := &targetSolver{Walk: w, column: make([]int32, len(w.network.Places)), row: make([]int32, w.states)}
	startsIn := make([]bool, len(t.column))
	for s, end := range w.ends {
		if end == endOrigin {
			startsIn[w.network.Nodes[w.node[s]].Place] = true
		}
	}
	for place, any := range startsIn {
		if any {
			t.column[place] = int32(len(t.starts))
			t.starts = append(t.starts, int32(place))
		}
	}
	rows := int32(0)
	for k := range w.chain.components {
		for _, s := range w.chain.components[k].states {
			t.row[s] = -1
			if w.chain.start[s] < w.chain.start[s+1] {
				t.row[s] = rows
				rows++
			}
		}
	}
	t.ends.width = len(t.starts) + 1
	t.ends.values = make([]float64, int(rows)*t.ends.width)
	return t
}

// solve is chances for all columns at once: a step is followed once for all.
func (t *targetSolver) solve(ctx context.Context) error {
	c := t.chain
	for k := int32(len(c.components)) - 1; k >= 0; k-- {
		part := &c.components[k]
		for _, s := range part.states {
			if t.row[s] >= 0 {
				t.firstSteps(s, part.ring)
			}
		}
		if part.block == nil {
			continue
		}
		first := t.row[part.states[0]]
		block := t.ends.rows(first, first+int32(len(part.states)))
		if c.iterated(part) {
			if err := c.iterateColumns(ctx, k, block); err != nil {
				return err
			}
			continue
		}
		f, err := c.factors(ctx, k)
		if err != nil {
			return err
		}
		if err := f.chancesOfMany(ctx, block); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// firstSteps fills the row of a state with the chances of its own end, and with those
// of its steps out of its component.
func (t *targetSolver) firstSteps(s int32, ring bool) {
	row := t.ends.row(t.row[s])
	t.addEnd(row, s, 1)
	if ring {
		return
	}
	for _, out := range t.chain.outOf(s) {
		if to := t.row[out.to]; to >= 0 {
			floats.AddScaled(row, out.prob, t.ends.row(to))
		} else {
			t.addEnd(row, out.to, out.prob)
		}
	}
}

// addEnd adds what ends at a state itself, times a factor.
func (t *targetSolver) addEnd(row []float64, s int32, factor float64) {
	c, unexplained := t.chain, len(t.starts)
	switch {
	case c.components[c.of[s]].ring, t.node[s] < 0 && !t.flows(s): // nobody is known to make for a pool
		row[unexplained] += factor
	case t.Walk.ends[s] == endOrigin:
		row[t.column[t.network.Nodes[t.node[s]].Place]] += factor * c.stop[s]
	case t.Walk.ends[s] != endNone:
		row[unexplained] += factor * c.stop[s]
	}
}

// line is the line of a place whose walk begins at a state.
func (t *targetSolver) line(place, state int32) TargetOrigins {
	var row []float64
	if r := t.row[state]; r >= 0 {
		row = t.ends.row(r)
	} else {
		row = make([]float64, t.ends.width)
		t.addEnd(row, state, 1)
	}
	unexplained := len(t.starts)
	return TargetOrigins{Place: t.network.Places[place], Unexplained: min(1, row[unexplained]),
		places: t.network.Places, starts: t.starts, origins: row[:unexplained], direct: t.directOf(state)}
}

// directOf returns the direct shares of what starts at a state, by place.
func (t *targetSolver) directOf(state int32) []directShare {
	c, first := t.chain, len(t.direct)
	for e := c.start[state]; e < c.start[state+1]; e++ {
		t.direct = append(t.direct, directShare{t.network.Nodes[t.node[c.to[e]]].Place, c.prob[e]})
	}
	list := t.direct[first:]
	slices.SortStableFunc(list, func(a, b directShare) int { return cmp.Compare(a.place, b.place) })
	sum := list[:0]
	for _, d := range list {
		if n := len(sum); n > 0 && sum[n-1].place == d.place {
			sum[n-1].share += d.share
		} else {
			sum = append(sum, d)
		}
	}
	return slices.Clip(sum)
}

// columnar is a matrix by rows.
type columnar struct {
	width  int
	values []float64
}

func (t columnar) row(i int32) []float64 { return t.values[int(i)*t.width : (int(i)+1)*t.width] }

func (t columnar) rows(from, to int32) columnar {
	return columnar{t.width, t.values[int(from)*t.width : int(to)*t.width]}
}

// iterateColumns solves a component that is too large to be eliminated, column by
// column.
func (c *chain) iterateColumns(ctx context.Context, k int32, h columnar) error {
	column := make([]float64, len(c.components[k].states))
	for i := range h.width {
		for j := range column {
			column[j] = h.row(int32(j))[i]
		}
		chances, _, err := c.iteration(k).meet(ctx, column)
		if err != nil {
			return err
		}
		for j, chance := range chances {
			h.row(int32(j))[i] = chance
		}
	}
	return nil
}

// startsByPlace returns the states that are origins, by place.
func (w *Walk) startsByPlace() [][]int32 {
	starts := make([][]int32, len(w.network.Places))
	for s, end := range w.ends {
		if end == endOrigin {
			place := w.network.Nodes[w.node[s]].Place
			starts[place] = append(starts[place], int32(s))
		}
	}
	return starts
}

// addDirect adds the direct shares of a part of what starts at a state.
func (w *Walk) addDirect(state int32, part float64, direct []float64) {
	c := w.chain
	for e := c.start[state]; e < c.start[state+1]; e++ {
		direct[w.network.Nodes[w.node[c.to[e]]].Place] += part * c.prob[e]
	}
}

// pair returns the origin and direct shares of the places that have either.
func (w *Walk) pair(origins, direct []float64) []CountryShare {
	n := 0
	for place := range origins {
		if origins[place] > 0 || direct[place] > 0 {
			n++
		}
	}
	shares := make([]CountryShare, 0, n)
	for place, origin := range origins {
		if d := direct[place]; origin > 0 || d > 0 {
			shares = append(shares, CountryShare{Place: w.network.Places[place], Direct: d, Origin: origin, Hidden: origin - d})
		}
	}
	return shares
}
