package supply

import (
	"context"
	"slices"

	"gonum.org/v1/gonum/floats"

	"tiermap/graph"
)

// chain is an absorbing Markov chain in compressed sparse rows, split into its
// strongly connected components. It knows nothing of places and products.
//
// Everything is computed from sums and products of numbers that are not
// negative, so that relative precision is kept where almost nothing leaves a
// cycle: what leaves is added up, never taken as one minus the rest.
type chain struct {
	start []int32 // steps from s: start[s]..start[s+1]
	to    []int32
	prob  []float64
	stop  []float64 // probability of stopping at s

	components []component // in topological order: no step leads to an earlier one
	of         []int32     // component of a state
	at         []int32     // index of a state in its component

	// The steps that leave their component once more: those of s are
	// out[outStart[s]:outStart[s+1]].
	outStart []int32
	out      []step

	dense int // states of the largest component that is solved as a dense block
}

type step struct {
	to   int32
	prob float64
}

// component is a strongly connected set of states. A closed ring is one that
// no step leaves and no stop ends; a block is any other one of two states or
// more, and has to be solved as a whole.
type component struct {
	states  []int32
	ring    bool
	pattern *pattern // of its elimination
	block   *block
}

// block keeps what is known of I − P within one component.
type block struct {
	factor    lazy[*elimination]
	inverse   lazy[[]float64]
	iteration lazy[*iteration] // of one that is too large for them
}

// denseLimit is the largest component that is solved as a dense block: 72 MB
// for its factors, and as much for its inverse.
const denseLimit = 3000

func newChain(start, to []int32, prob, stop []float64) *chain {
	c := &chain{start: start, to: to, prob: prob, stop: stop, dense: denseLimit}
	sets := stronglyConnected(start, to)
	c.components = make([]component, len(sets))
	c.of = make([]int32, len(stop))
	c.at = make([]int32, len(stop))
	for k, states := range sets {
		for _, s := range states {
			c.of[s] = int32(k)
		}
		c.components[k].states = states
	}
	for k := range c.components { // once it is known of every state where it is
		c.sort(int32(k))
	}
	c.outStart = make([]int32, 1, len(start))
	leaving := 0
	for s := range stop {
		for _, t := range to[start[s]:start[s+1]] {
			leaving += boolInt(c.of[t] != c.of[s])
		}
	}
	c.out = make([]step, 0, leaving)
	for s := range stop {
		for e := start[s]; e < start[s+1]; e++ {
			if c.of[to[e]] != c.of[s] {
				c.out = append(c.out, step{to[e], prob[e]})
			}
		}
		c.outStart = append(c.outStart, int32(len(c.out)))
	}
	for k := range c.components {
		if part := &c.components[k]; len(part.states) > 1 {
			if part.ring = c.closed(part.states); !part.ring {
				part.block = new(block)
			}
		}
	}
	return c
}

// alike returns another chain that is solved as this one is.
func (c *chain) alike(start, to []int32, prob, stop []float64) *chain {
	other := newChain(start, to, prob, stop)
	other.dense = c.dense
	return other
}

// sort puts the states of a component in the order in which it is solved.
func (c *chain) sort(k int32) {
	part := &c.components[k]
	c.number(part.states)
	switch {
	case len(part.states) > c.dense:
		copy(part.states, c.sweepOrder(k))
	case len(part.states) > 1:
		part.pattern = c.order(k)
	}
	c.number(part.states)
}

func (c *chain) number(states []int32) {
	for i, s := range states {
		c.at[s] = int32(i)
	}
}

// outOf returns the steps from s that leave its component.
func (c *chain) outOf(s int32) []step { return c.out[c.outStart[s]:c.outStart[s+1]] }

// closed tells whether no step leaves a component and no stop ends it.
func (c *chain) closed(states []int32) bool {
	return !slices.ContainsFunc(states, func(s int32) bool { return c.stop[s] > 0 || len(c.outOf(s)) > 0 })
}

// stronglyConnected returns the strongly connected components in topological
// order (Tarjan 1972, doi:10.1137/0201010). Where the states fall into groups
// that steps only leave upwards, the components of one group stand together.
func stronglyConnected(start, to []int32) [][]int32 {
	n := len(start) - 1
	t := tarjan{
		start: start, to: to, next: slices.Clone(start[:n]),
		index: make([]int32, n), low: make([]int32, n), open: make([]bool, n),
		members: make([]int32, 0, n),
	}
	for root := int32(n) - 1; root >= 0; root-- {
		if t.index[root] == 0 {
			t.explore(root)
		}
	}
	slices.Reverse(t.sets)
	return t.sets
}

// tarjan is Tarjan's search with a stack of calls of its own: a chain may be
// longer than the stack of a goroutine should be.
type tarjan struct {
	start, to []int32
	next      []int32 // next step of a state to look at
	index     []int32 // place on the stack when it was entered, from 1
	low       []int32 // least index that is known to be reached
	open      []bool  // on stack
	stack     []int32 // states whose component is not complete
	calls     []int32
	members   []int32   // of all sets, one after the other
	sets      [][]int32 // parts of members
}

func (t *tarjan) enter(s int32) {
	t.index[s] = int32(len(t.stack)) + 1
	t.low[s] = t.index[s]
	t.stack, t.open[s] = append(t.stack, s), true
	t.calls = append(t.calls, s)
}

// explore finds the components of all that a state reaches.
func (t *tarjan) explore(root int32) {
	t.enter(root)
	for len(t.calls) > 0 {
		s := t.calls[len(t.calls)-1]
		if e := t.next[s]; e < t.start[s+1] {
			t.next[s]++
			switch to := t.to[e]; {
			case t.index[to] == 0:
				t.enter(to)
			case t.open[to]:
				t.low[s] = min(t.low[s], t.index[to])
			}
			continue
		}
		t.calls = t.calls[:len(t.calls)-1]
		if len(t.calls) > 0 {
			caller := t.calls[len(t.calls)-1]
			t.low[caller] = min(t.low[caller], t.low[s])
		}
		if t.low[s] == t.index[s] {
			t.complete(s)
		}
	}
}

// complete takes the component that was entered at s off the stack.
func (t *tarjan) complete(s int32) {
	from := len(t.stack) - 1
	for t.stack[from] != s {
		from--
	}
	first := len(t.members)
	t.members = append(t.members, t.stack[from:]...)
	t.stack = t.stack[:from]
	set := t.members[first:len(t.members):len(t.members)]
	for _, member := range set {
		t.open[member] = false
	}
	t.sets = append(t.sets, set)
}

// factors returns the factors of a block.
func (c *chain) factors(ctx context.Context, k int32) (*elimination, error) {
	part := &c.components[k]
	return part.block.factor.get(func() (*elimination, error) {
		if n := len(part.states); n > c.dense {
			return nil, graph.Errorf(graph.TooLarge,
				"trade or supplies tie %d stages into one cycle; what is asked is computed for at most %d: ask for origins, paths, or the pass-through of companies and plants", n, c.dense)
		}
		return c.eliminate(ctx, k)
	})
}

// inverse returns (I − P)⁻¹ of a block, row by row: expected visits of each of
// its states from each.
func (c *chain) inverse(ctx context.Context, k int32) ([]float64, error) {
	f, err := c.factors(ctx, k)
	if err != nil {
		return nil, err
	}
	return c.components[k].block.inverse.get(func() ([]float64, error) {
		n := len(c.components[k].states)
		inv := columnar{width: n, values: make([]float64, n*n)}
		for i := range int32(n) {
			inv.row(i)[i] = 1
		}
		return inv.values, f.chancesOfMany(ctx, inv)
	})
}

// inverseRow returns the expected visits of the states of a block by walks that
// begin at one of them: a row of its inverse.
func (c *chain) inverseRow(ctx context.Context, s int32) ([]float64, error) {
	k, i := c.of[s], int(c.at[s])
	n := len(c.components[k].states)
	if inverse := &c.components[k].block.inverse; inverse.known() {
		return inverse.value[i*n : (i+1)*n], nil
	}
	f, err := c.factors(ctx, k)
	if err != nil {
		return nil, err
	}
	row := make([]float64, n)
	row[i] = 1
	f.visits(row)
	return row, nil
}

// visitsWithin puts in visits the expected visits of the states of a block, of walks
// that enter it with the chances of entries.
func (c *chain) visitsWithin(ctx context.Context, k int32, visits, entries []float64) error {
	inverse := &c.components[k].block.inverse
	if !inverse.known() {
		f, err := c.factors(ctx, k)
		if err == nil {
			copy(visits, entries)
			f.visits(visits)
		}
		return err
	}
	clear(visits)
	for i, entry := range entries {
		if entry > 0 {
			floats.AddScaled(visits, entry, inverse.value[i*len(visits):(i+1)*len(visits)])
		}
	}
	return ctx.Err()
}

// visits turns x, the chance that a walk enters at each state, into expected
// visits, over components lo to hi. What steps on beyond hi is left there as
// entries. The walk stops where it enters a ring.
func (c *chain) visits(ctx context.Context, x []float64, lo, hi int32) error {
	_, err := c.visitsOff(ctx, x, lo, hi)
	return err
}

// visitsOff is visits, and returns by how much a share that follows from them may
// be off: 0 where all is eliminated, and nothing iterated.
func (c *chain) visitsOff(ctx context.Context, x []float64, lo, hi int32) (off float64, err error) {
	var scratch []float64
	for k := lo; k < hi; k++ {
		part := &c.components[k]
		if part.ring || !c.entered(part, x) {
			continue
		}
		switch {
		case c.iterated(part):
			scratch = gather(scratch, part.states, x)
			visits, more, err := c.iteration(k).enter(ctx, scratch, []float64{residualGoal}, nil)
			if err != nil {
				return 0, err
			}
			off += more[0]
			scatter(visits, part.states, x)
		case part.block != nil:
			f, err := c.factors(ctx, k)
			if err != nil {
				return 0, err
			}
			scratch = gather(scratch, part.states, x)
			f.visits(scratch)
			scatter(scratch, part.states, x)
		}
		c.leave(k, x)
	}
	return off, ctx.Err()
}

// iterated tells whether a component is solved by iteration.
func (c *chain) iterated(part *component) bool {
	return part.block != nil && len(part.states) > c.dense
}

// largest returns how many states the largest component has that is solved by
// iteration; 0 where none is.
func (c *chain) largest() int {
	most := 0
	for k := range c.components {
		if part := &c.components[k]; c.iterated(part) {
			most = max(most, len(part.states))
		}
	}
	return most
}

func (c *chain) entered(part *component, x []float64) bool {
	for _, s := range part.states {
		if x[s] > 0 {
			return true
		}
	}
	return false
}

// leave adds what leaves component k to the states that it enters.
func (c *chain) leave(k int32, x []float64) {
	for _, s := range c.components[k].states {
		v := x[s]
		if v == 0 {
			continue
		}
		for _, out := range c.outOf(s) {
			x[out.to] += v * out.prob
		}
	}
}

// chances turns h, the chance of what is asked at the first step out of each
// state, into the chance of it ever, for all states of some components at once,
// with which all upstream of them must be named: the smallest solution of
// h' = h + P h' that is not negative. In a ring h stays as it is.
func (c *chain) chances(ctx context.Context, h []float64, components []bool) error {
	var scratch []float64
	for k := int32(len(c.components)) - 1; k >= 0; k-- {
		part := &c.components[k]
		if part.ring || !components[k] {
			continue
		}
		for _, s := range part.states {
			for _, out := range c.outOf(s) {
				h[s] += out.prob * h[out.to]
			}
		}
		if part.block == nil || !c.entered(part, h) {
			continue
		}
		scratch = gather(scratch, part.states, h)
		if c.iterated(part) {
			chances, _, err := c.iteration(k).meet(ctx, scratch)
			if err != nil {
				return err
			}
			scatter(chances, part.states, h)
			continue
		}
		f, err := c.factors(ctx, k)
		if err != nil {
			return err
		}
		f.chances(scratch)
		scatter(scratch, part.states, h)
	}
	return ctx.Err()
}

// prepare factorises the blocks that a walk from s can reach, several at a time.
func (c *chain) prepare(ctx context.Context, s int32) error {
	return c.factorise(ctx, c.blocksIn(c.upstream(s)))
}

// factorise factorises blocks, several at a time.
func (c *chain) factorise(ctx context.Context, blocks []int32) error {
	return parallel(ctx, len(blocks), func(_, i int) error {
		if c.iterated(&c.components[blocks[i]]) {
			return nil
		}
		_, err := c.factors(ctx, blocks[i])
		return err
	})
}

// prepareInverses inverts the blocks that a walk from s can reach, several at a
// time.
func (c *chain) prepareInverses(ctx context.Context, s int32) error {
	blocks := c.blocksIn(c.upstream(s))
	return parallel(ctx, len(blocks), func(_, i int) error {
		_, err := c.inverse(ctx, blocks[i])
		return err
	})
}

// upstream tells which components a walk from some states can reach, their own
// included.
func (c *chain) upstream(from ...int32) []bool {
	reached := make([]bool, len(c.components))
	first := int32(len(c.components))
	for _, s := range from {
		reached[c.of[s]] = true
		first = min(first, c.of[s])
	}
	for k := first; int(k) < len(c.components); k++ {
		if !reached[k] {
			continue
		}
		for _, s := range c.components[k].states {
			for _, out := range c.outOf(s) {
				reached[c.of[out.to]] = true
			}
		}
	}
	return reached
}

// blocksIn returns the blocks among some components.
func (c *chain) blocksIn(components []bool) []int32 {
	var blocks []int32
	for k, wanted := range components {
		if wanted && c.components[k].block != nil {
			blocks = append(blocks, int32(k))
		}
	}
	return blocks
}

func gather(scratch []float64, states []int32, x []float64) []float64 {
	scratch = scratch[:0]
	for _, s := range states {
		scratch = append(scratch, x[s])
	}
	return scratch
}

func scatter(scratch []float64, states []int32, x []float64) {
	for i, s := range states {
		x[s] = scratch[i]
	}
}

// all names all components.
func (c *chain) all() []bool {
	components := make([]bool, len(c.components))
	for k := range components {
		components[k] = true
	}
	return components
}
