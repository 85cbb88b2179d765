package supply

import (
	"cmp"
	"context"
	"slices"

	"gonum.org/v1/gonum/floats"

	"tiermap/graph"
)

// WorldChokepoint is a country, a stage or a link that part of the world's
// supply of a product passes.
type WorldChokepoint struct {
	Kind    Kind
	Place   string // of a country or stage
	Product string // of a stage or link
	From    string // exporter of a link
	To      string // importer of a link
	Sold    string // product that the exporter sells, where it is another: of a link of an input-output table
	By      StepKind
	Firm    Actor // of a company or facility
	IsSum   bool  // Share is a sum of expected visits times owned shares
	// Share is the share of the world's apparent final use that passes it: the
	// pass-through of the targets outside it, weighted by their final use.
	Share float64
	// Countries is for how many of these targets it is a single point of failure;
	// a pool counts as one.
	Countries int
}

// WorldChokepoints returns what the world's supply of a product passes
// (docs/methods.md §2a), at most first of them (0: all), by share descending,
// then ids. What no supply passes is not listed. A target counts as one that
// depends on a single point where all but epsilon of its supply passes it.
//
// Errors: BadInput for a kind that there is not; NotFound for a product
// that the network does not know; TooLarge where the network exceeds what is
// solved exactly; that of ctx.
func (w *Walk) WorldChokepoints(ctx context.Context, product string, kind Kind, epsilon float64, first int) ([]WorldChokepoint, error) {
	return w.WorldChokepointsBy(ctx, product, kind, ByOperator, epsilon, first)
}

// WorldChokepointsBy is WorldChokepoints with the attribution by which producers
// are a company's.
func (w *Walk) WorldChokepointsBy(ctx context.Context, product string, kind Kind, by Attribution, epsilon float64, first int) ([]WorldChokepoint, error) {
	targets, err := w.targets(product)
	if err != nil {
		return nil, err
	}
	v := worldview{walk: w, targets: targets, least: 1 - epsilon - slack}
	var list []WorldChokepoint
	switch kind {
	case KindCountry:
		list, err = v.countries(ctx)
	case KindStage:
		list, err = v.stages(ctx)
	case KindLink:
		list, err = v.links(ctx)
	case KindCompany, KindFacility:
		list, err = v.companies(ctx, kind, by)
	default:
		err = graph.Errorf(graph.BadInput, "chokepoints are of kind %s, %s, %s, %s or %s, not %q",
			KindCountry, KindStage, KindLink, KindCompany, KindFacility, kind)
	}
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c WorldChokepoint) bool { return c.Share == 0 && c.Countries == 0 })
	for i := range list {
		list[i].Kind = kind
	}
	slices.SortFunc(list, func(a, b WorldChokepoint) int {
		return cmp.Or(descending(a.Share, b.Share), cmp.Compare(a.Place, b.Place),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Sold, b.Sold), cmp.Compare(a.Firm.ID, b.Firm.ID))
	})
	return upTo(list, first), nil
}

// worldview is what the world's chokepoints of a product are found with.
type worldview struct {
	walk    *Walk
	targets []target
	least   float64 // pass-through of a single point of failure
}

// tally adds up what one chokepoint is to the targets, one after the other.
type tally struct {
	world     weighted
	countries int
}

func (y *tally) add(v *worldview, t target, pass float64) {
	y.world.add(t.weight, min(1, pass))
	if pass > 0 && pass >= v.least {
		y.countries++
	}
}

// countries solves for all targets at once, country by country.
func (v *worldview) countries(ctx context.Context) ([]WorldChokepoint, error) {
	w, c := v.walk, v.walk.chain
	n := w.network
	if w.agentOf != nil {
		return v.countriesApart(ctx)
	}
	if c.largest() > 0 {
		return v.countriesOfLarge(ctx)
	}
	upstream := c.upstream(statesOf(v.targets)...)
	if err := c.factorise(ctx, c.blocksIn(upstream)); err != nil {
		return nil, err
	}
	states := make([][]int32, len(n.Places))
	for i := range n.Nodes {
		place := n.Nodes[i].Place
		states[place] = append(states[place], w.statesOfNode(int32(i))...)
	}
	list := make([]WorldChokepoint, len(n.Places))
	meetings := make([]*meeting, parallelism(len(list)))
	return list, parallel(ctx, len(list), func(worker, place int) error {
		if meetings[worker] == nil {
			meetings[worker] = &meeting{chain: c, upstream: upstream, chance: make([]float64, w.states)}
		}
		chance, err := meetings[worker].chances(ctx, states[place])
		if err != nil {
			return err
		}
		var y tally
		for _, t := range v.targets {
			if t.node < 0 || n.Nodes[t.node].Place != int32(place) {
				y.add(v, t, chance[t.state])
			}
		}
		list[place] = WorldChokepoint{Place: n.Places[place], Share: y.world.mean(), Countries: y.countries}
		return nil
	})
}

// countriesApart solves for one country after the other, each on a chain of its
// own: where firms supply each other a country may be met in several states of one
// cycle.
func (v *worldview) countriesApart(ctx context.Context) ([]WorldChokepoint, error) {
	w := v.walk
	list := make([]WorldChokepoint, len(w.network.Places))
	return list, parallel(ctx, len(list), func(_, place int) error {
		set, err := w.setOf([]Subject{{Place: w.network.Places[place]}})
		if err != nil {
			return err
		}
		chance, err := w.chanceToMeet(ctx, set, statesOf(v.targets))
		if err != nil {
			return err
		}
		var y tally
		for _, t := range v.targets {
			if t.node < 0 || w.network.Nodes[t.node].Place != int32(place) {
				y.add(v, t, chance[t.state])
			}
		}
		list[place] = WorldChokepoint{Place: w.network.Places[place], Share: y.world.mean(), Countries: y.countries}
		return nil
	})
}

// meeting finds the chance to meet a set of states, one set after the other.
type meeting struct {
	chain    *chain
	upstream []bool    // the components that are asked for, and all upstream of them
	chance   []float64 // by state

	scratch, columns []float64
}

// chances returns, by state, the chance that a walk from there ever comes to a
// state of set. The slice is valid until the next call.
//
// Within a block with the states I of set, let g be the chance to meet the set
// beyond the block, I being none of it. Then h = g + N[·,I]·a with N[I,I]·a = 1 −
// g[I]: it is 1 on I and h = P h elsewhere. What 1 − g[i] loses to rounding where
// g[i] is nearly 1 is small beside the g that it is added to.
func (m *meeting) chances(ctx context.Context, set []int32) ([]float64, error) {
	c, h := m.chain, m.chance
	clear(h)
	members := make(map[int32][]int32, len(set)) // by component
	for _, s := range set {
		members[c.of[s]] = append(members[c.of[s]], s)
	}
	for k := int32(len(c.components)) - 1; k >= 0; k-- {
		if !m.upstream[k] {
			continue
		}
		part := &c.components[k]
		here := members[k]
		if part.ring {
			for _, s := range part.states {
				h[s] = float64(boolInt(len(here) > 0))
			}
			continue
		}
		for _, s := range part.states {
			for _, out := range c.outOf(s) {
				h[s] += out.prob * h[out.to]
			}
		}
		if part.block != nil {
			f, err := c.factors(ctx, k)
			if err != nil {
				return nil, err
			}
			if err := m.meet(f, part.states, here); err != nil {
				return nil, err
			}
		}
		for _, s := range here {
			h[s] = 1
		}
	}
	return h, ctx.Err()
}

// meet turns the chances at the first step out of a block into those ever.
func (m *meeting) meet(f *elimination, states, here []int32) error {
	c, h := m.chain, m.chance
	for _, s := range here {
		h[s] = 0
	}
	m.scratch = gather(m.scratch, states, h)
	if floats.Max(m.scratch) > 0 {
		f.chances(m.scratch)
	}
	if len(here) > 0 {
		n := len(states)
		m.columns = slices.Grow(m.columns[:0], len(here)*n)[:len(here)*n]
		clear(m.columns)
		column := func(k int) []float64 { return m.columns[k*n : (k+1)*n] }
		left := make([]float64, len(here))
		for k, s := range here {
			column(k)[c.at[s]] = 1
			f.chances(column(k))
			left[k] = max(0, 1-m.scratch[c.at[s]])
		}
		parts, err := solveAmong(len(here), func(row, k int) float64 { return column(k)[c.at[here[row]]] }, left)
		if err != nil {
			return err
		}
		for k, part := range parts {
			floats.AddScaled(m.scratch, part, column(k))
		}
	}
	scatter(m.scratch, states, h)
	return nil
}

// atOnce is how many targets are solved before their pass-through is added up:
// what they hold meanwhile is bounded, and the order of adding is always the same.
const atOnce = 16

// eachTarget solves target by target and calls f for each, in their order.
func (v *worldview) eachTarget(ctx context.Context, f func(target, *Dependency) error) error {
	for from := 0; from < len(v.targets); from += atOnce {
		part := v.targets[from:min(from+atOnce, len(v.targets))]
		solved := make([]*Dependency, len(part))
		if err := parallel(ctx, len(part), func(_, i int) error {
			solved[i] = v.walk.dependency(part[i])
			_, err := solved[i].reach(ctx)
			return err
		}); err != nil {
			return err
		}
		for i, t := range part {
			if err := f(t, solved[i]); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// dependency binds the question to a target.
func (w *Walk) dependency(t target) *Dependency {
	d := &Dependency{walk: w, target: w.stageOf(t), product: t.product, place: -1, node: t.node, state: t.state, firm: -1}
	if t.node >= 0 {
		d.place = w.network.Nodes[t.node].Place
	}
	return d
}

// stages adds up the pass-through of every stage over the targets.
func (v *worldview) stages(ctx context.Context) ([]WorldChokepoint, error) {
	tallies := make([]tally, len(v.walk.network.Nodes))
	err := v.eachTarget(ctx, func(t target, d *Dependency) error {
		pass, err := d.stagePassThrough(ctx, 0)
		for i, share := range pass {
			if int32(i) != t.node {
				tallies[i].add(v, t, share)
			}
		}
		return err
	})
	list := make([]WorldChokepoint, len(tallies))
	for i, y := range tallies {
		stage := v.walk.stage(int32(i))
		list[i] = WorldChokepoint{Place: stage.Place, Product: stage.Product, Share: y.world.mean(), Countries: y.countries}
	}
	return list, err
}

// links adds up the pass-through of every link over the targets. That of a link
// is in proportion to how the walk comes to its importer, which is added up
// first. What places draw from the pool that is the target is no link on its own
// way.
func (v *worldview) links(ctx context.Context) ([]WorldChokepoint, error) {
	w := v.walk
	type draw struct{ into, step int32 }
	countries := map[draw]int{}
	met := make([]bool, len(w.network.Nodes))
	comes, weight := make([]float64, w.states), 0.0
	err := v.eachTarget(ctx, func(t target, d *Dependency) error {
		of, err := d.comes(ctx)
		if err != nil {
			return err
		}
		weight += t.weight
		floats.AddScaled(comes, t.weight, of)
		reach, err := d.reach(ctx)
		if err != nil {
			return err
		}
		for i := range int32(len(w.network.Nodes)) {
			s := w.market[i]
			met[i] = met[i] || reach[s] > 0
			if reach[s] == 0 || reach[s] < v.least {
				continue // no more passes its links than comes to it
			}
			if err := w.eachLinkInto(ctx, i, func(l sourcing) {
				if of[s]*l.uses >= v.least {
					countries[draw{i, l.step}]++
				}
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var list []WorldChokepoint
	for i := range int32(len(w.network.Nodes)) {
		if !met[i] {
			continue
		}
		if err := w.eachLinkInto(ctx, i, func(l sourcing) {
			world := weighted{comes[w.market[i]] * l.uses, weight}
			list = append(list, WorldChokepoint{From: w.stage(l.from).Place, To: l.to.Place, Product: l.to.Product, Sold: w.soldBy(l.from), By: l.by,
				Share: world.mean(), Countries: countries[draw{i, l.step}]})
		}); err != nil {
			return nil, err
		}
	}
	return list, nil
}
