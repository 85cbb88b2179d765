package supply

import "context"

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
	origins := make([]float64, len(t.states)*places) // by target, then place
	starts := t.startsByPlace()
	h := make([]float64, t.Walk.states)
	for place, of := range starts {
		if len(of) == 0 {
			continue
		}
		clear(h)
		for _, s := range of {
			h[s] = t.chain.stop[s]
		}
		if err := t.chain.chances(ctx, h, all); err != nil {
			return nil, err
		}
		for i, s := range t.states {
			origins[i*places+place] = h[s]
		}
	}
	lines := make([]TargetOrigins, len(t.states))
	direct := make([]float64, places)
	for i, s := range t.states {
		t.addDirect(s, 1, direct)
		lines[i] = TargetOrigins{Place: t.network.Places[t.network.Nodes[t.nodes[i]].Place], Unexplained: min(1, unexplained[s]),
			Shares: t.pair(origins[i*places:(i+1)*places], direct)}
		clear(direct)
	}
	return lines, nil
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
