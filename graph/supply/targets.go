package supply

import (
	"context"

	"gonum.org/v1/gonum/floats"
)

// TargetOrigins is what one place depends on for a product: a line of the table
// of all places (docs/methods.md §2f).
type TargetOrigins struct {
	Place       string
	Unexplained float64        // share of supply, 0..1
	Shares      []CountryShare // of every place that has one, by place
}

// Targets returns direct and origin shares of a product for every place that has
// supply of it, by place: one factorisation for all of them, and one solve for
// each place that something starts in. Nothing is approximated; each line is
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
	t := targets{Walk: w}
	lo, hi := w.nodesOf(p)
	for i := lo; i < hi; i++ {
		state := w.market[i]
		if pool := w.pool[p]; pool >= 0 {
			state = pool
		}
		if w.flows(state) {
			t.nodes, t.states = append(t.nodes, i), append(t.states, state)
		}
	}
	return t.solve(ctx)
}

// targets are the places to solve for.
type targets struct {
	*Walk
	nodes  []int32
	states []int32 // where the walk from a node starts
}

func (t *targets) solve(ctx context.Context) ([]TargetOrigins, error) {
	all := t.chain.all()
	unexplained, err := t.unexplained(ctx, all)
	if err != nil {
		return nil, err
	}
	places := len(t.network.Places)
	starts := t.startsByPlace()
	var columns []int32 // places that something starts in
	for place, of := range starts {
		if len(of) > 0 {
			columns = append(columns, int32(place))
		}
	}
	h := columnar{width: len(columns), values: make([]float64, t.Walk.states*len(columns))}
	for k, place := range columns {
		for _, s := range starts[place] {
			h.row(s)[k] = t.chain.stop[s]
		}
	}
	if err := t.chain.chancesOfMany(ctx, h); err != nil {
		return nil, err
	}
	origins := make([]float64, places)
	lines := make([]TargetOrigins, len(t.states))
	direct := make([]float64, places)
	for i, s := range t.states {
		t.addDirect(s, 1, direct)
		lines[i] = TargetOrigins{Place: t.network.Places[t.network.Nodes[t.nodes[i]].Place], Unexplained: min(1, unexplained[s]),
			Shares: t.pair(spread(origins, h.row(s), columns), direct)}
		clear(direct)
	}
	return lines, nil
}

// spread lays the values of some places out over all.
func spread(all, values []float64, places []int32) []float64 {
	for k, place := range places {
		all[place] = values[k]
	}
	return all
}

// columnar holds a row of values for each state.
type columnar struct {
	width  int
	values []float64
}

func (t columnar) row(s int32) []float64 { return t.values[int(s)*t.width : (int(s)+1)*t.width] }

// chancesOfMany is chances for many questions at once, a column each: a step is
// followed once for all of them, and what is zero is passed over.
func (c *chain) chancesOfMany(ctx context.Context, h columnar) error {
	for k := int32(len(c.components)) - 1; k >= 0; k-- {
		part := &c.components[k]
		if part.ring {
			continue
		}
		for _, s := range part.states {
			for _, out := range c.outOf(s) {
				floats.AddScaled(h.row(s), out.prob, h.row(out.to))
			}
		}
		if part.block == nil {
			continue
		}
		if c.iterated(part) {
			if err := c.iterateColumns(ctx, k, h); err != nil {
				return err
			}
			continue
		}
		f, err := c.factors(ctx, k)
		if err != nil {
			return err
		}
		f.chancesOfMany(part.states, h)
	}
	return ctx.Err()
}

// iterateColumns solves a component that is too large to be eliminated, column by
// column.
func (c *chain) iterateColumns(ctx context.Context, k int32, h columnar) error {
	states := c.components[k].states
	column := make([]float64, len(states))
	for i := range h.width {
		for j, s := range states {
			column[j] = h.row(s)[i]
		}
		chances, _, err := c.iteration(k).meet(ctx, column)
		if err != nil {
			return err
		}
		for j, s := range states {
			h.row(s)[i] = chances[j]
		}
	}
	return nil
}

// chancesOfMany is chances of each column of the block's rows.
func (f factors) chancesOfMany(states []int32, h columnar) {
	for i := 1; i < f.n; i++ {
		to, row := h.row(states[i]), f.row(i)
		for j, a := range row[:i] {
			if a != 0 {
				floats.AddScaled(to, a, h.row(states[j]))
			}
		}
	}
	for k := f.n - 1; k >= 0; k-- {
		to, row := h.row(states[k]), f.row(k)
		for j := k + 1; j < f.n; j++ {
			if a := row[j]; a != 0 {
				floats.AddScaled(to, a, h.row(states[j]))
			}
		}
		for i := range to { // a factor 1/row[k] would round twice
			to[i] /= row[k]
		}
	}
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
