package supply

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"tiermap/graph"
)

// Attribution says which producers are a company's (docs/methods.md §2c).
type Attribution string

// The attributions. ByOperator is the default.
const (
	// ByOperator: what the company makes itself, and the plants that it runs.
	ByOperator Attribution = "OPERATOR"
	// ByMajority: what ownership leads to it from, through shares above one half.
	ByMajority Attribution = "MAJORITY"
	// ByShare: every producer, as far as the company owns it, directly or through
	// others. That is no set: what passes it is a sum of expected visits times
	// shares, and may exceed 1.
	ByShare Attribution = "PROPORTIONAL"
)

// The kinds of chokepoints that are no places.
const (
	KindCompany  Kind = "COMPANY"  // the producers that are a company's
	KindFacility Kind = "FACILITY" // a plant at all its products
)

// holding is a company or plant with the producers that are its own.
type holding struct {
	Actor
	producers []int32
	shares    []float64 // of each producer that it owns; nil: all of them whole
}

// holders keeps the holdings of a network by attribution.
type holders struct {
	mu    sync.Mutex
	known map[Attribution][]holding
}

// holdings returns who holds producers: plants, or companies under an attribution;
// by id.
func (w *Walk) holdings(ctx context.Context, kind Kind, by Attribution) ([]holding, error) {
	if kind == KindFacility {
		by = ""
	}
	w.holders.mu.Lock()
	defer w.holders.mu.Unlock()
	if list, ok := w.holders.known[by]; ok {
		return list, nil
	}
	var list []holding
	var err error
	switch by {
	case ByShare:
		list, err = w.holdingsByShare(ctx)
	case ByMajority:
		list = w.holdingsOf(func(p *Producer) Actor {
			id, _ := w.network.ownership.majority(p.ID)
			if id == p.ID {
				return p.Actor
			}
			return Actor{ID: id}
		}, false)
	case ByOperator:
		list = w.holdingsOf(func(p *Producer) Actor { return Actor{ID: p.Operator} }, false)
	case "":
		list = w.holdingsOf(func(p *Producer) Actor { return p.Actor }, true)
	default:
		err = graph.Errorf(graph.BadInput, "plants are a company's by %s, %s or %s, not %q", ByOperator, ByMajority, ByShare, by)
	}
	if err != nil {
		return nil, err
	}
	if w.holders.known == nil {
		w.holders.known = map[Attribution][]holding{}
	}
	w.holders.known[by] = list
	return list, nil
}

// holdingsOf groups producers by who holds them: plants, or companies.
func (w *Walk) holdingsOf(holder func(*Producer) Actor, plants bool) []holding {
	type held struct {
		by       string
		producer int32
	}
	all := make([]held, 0, len(w.network.Producers))
	for k := range w.network.Producers {
		p := &w.network.Producers[k]
		if h := holder(p); !p.Buys && p.ID != "" && h.ID != "" && h.Facility == plants {
			all = append(all, held{h.ID, int32(k)})
		}
	}
	slices.SortFunc(all, func(a, b held) int { return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.producer, b.producer)) })
	var list []holding
	producers := make([]int32, len(all))
	for from := 0; from < len(all); {
		to := from
		for ; to < len(all) && all[to].by == all[from].by; to++ {
			producers[to] = all[to].producer
		}
		list = append(list, holding{Actor: Actor{all[from].by, plants}, producers: producers[from:to:to]})
		from = to
	}
	return list
}

// mostOwned is how many pairs of an owner and a producer are looked at.
const mostOwned = 100_000_000

// holdingsByShare lists every company that owns a part of a producer.
func (w *Walk) holdingsByShare(ctx context.Context) ([]holding, error) {
	n := w.network
	if n.ownership == nil {
		return nil, nil
	}
	var ids []string
	plants := map[string]bool{}
	for _, p := range n.Producers {
		if p.ID != "" {
			ids = append(ids, p.ID)
			plants[p.ID] = p.Facility
		}
	}
	var list []holding
	above := n.ownership.above(ids)
	if len(above)*len(n.Producers) > mostOwned {
		return nil, graph.Errorf(graph.TooLarge, "%d companies own parts of %d producers: these are not followed all; ask by %s or %s", len(above), len(n.Producers), ByOperator, ByMajority)
	}
	for _, company := range above {
		if plants[company] {
			continue
		}
		of, err := n.ownership.integrated(ctx, company)
		if err != nil {
			return nil, err
		}
		h := holding{Actor: Actor{ID: company}}
		for k, p := range n.Producers {
			if share := of(p.ID); share > 0 && !p.Buys && p.ID != "" {
				h.producers, h.shares = append(h.producers, int32(k)), append(h.shares, share)
			}
		}
		list = append(list, h)
	}
	return list, nil
}

// setOfHolding returns the states and parts in which a walk meets a holding.
func (w *Walk) setOfHolding(h holding) *set {
	x := w.newSet()
	w.addHolding(x, h)
	return x
}

func (w *Walk) addHolding(x *set, h holding) {
	for _, k := range h.producers {
		if s := w.agent[k]; s >= 0 {
			x.states[s] = true
		} else {
			x.parts[w.maker[w.network.Producers[k].Node]] += w.network.Producers[k].Weight
		}
	}
}

// visitsOf returns how often the walk is expected to come to a producer.
func (w *Walk) visitsOf(v []float64, producer int32) float64 {
	if s := w.agent[producer]; s >= 0 {
		return v[s]
	}
	p := &w.network.Producers[producer]
	return v[w.maker[p.Node]] * p.Weight
}

// FirmChokepoints returns the companies or plants that at least minShare
// (inclusive) of the target's supply passes, as Chokepoints does (docs/methods.md
// §2c). A firm that is asked about is taken out of what is its company's. Under
// ByShare a company is no set: its share is a sum, and never that of a single
// point of failure.
func (d *Dependency) FirmChokepoints(ctx context.Context, kind Kind, by Attribution, epsilon, minShare float64, first int) ([]Chokepoint, error) {
	holdings, err := d.walk.holdings(ctx, kind, by)
	if err != nil {
		return nil, err
	}
	v, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	if d.walk.chain.largest() > 0 && by != ByShare && d.state >= 0 {
		list, err := d.firmsOfLarge(ctx, holdings, minShare, first)
		return marked(list, kind, epsilon, first), err
	}
	reach := v
	if !d.isLarge() {
		if reach, err = d.reach(ctx); err != nil {
			return nil, err
		}
	}
	list := []Chokepoint{}
	for _, h := range holdings {
		if d.mostOf(h, v, reach) < minShare-slack {
			continue
		}
		c := Chokepoint{Kind: kind, Firm: h.Actor}
		if c.PassThrough, c.IsSum, err = d.passesHolding(ctx, h, v); err != nil {
			return nil, err
		}
		c.SinglePointOfFailure = !c.IsSum && c.PassThrough >= 1-epsilon-slack
		if passesAtLeast(c.PassThrough, minShare) {
			list = append(list, c)
		}
	}
	return inOrderOfShare(list, first), nil
}

// marked says of a list of sets what they are, and which are single points of
// failure.
func marked(list []Chokepoint, kind Kind, epsilon float64, first int) []Chokepoint {
	for i := range list {
		list[i].Kind = kind
		list[i].SinglePointOfFailure = list[i].PassThrough >= 1-epsilon-slack
	}
	return inOrderOfShare(list, first)
}

func inOrderOfShare(list []Chokepoint, first int) []Chokepoint {
	slices.SortFunc(list, func(a, b Chokepoint) int {
		return cmp.Or(descending(a.PassThrough, b.PassThrough), cmp.Compare(a.Firm.ID, b.Firm.ID))
	})
	return upTo(list, first)
}

// mostOf bounds what passes a holding. Where the walk stops at a closed ring, its
// pass-through goes by the chance to come to the ring.
func (d *Dependency) mostOf(h holding, v, reach []float64) float64 {
	most := 0.0
	for _, k := range h.producers {
		most += max(d.walk.visitsOf(v, k), d.walk.visitsOf(reach, k))
	}
	return most
}

// passesHolding returns the share of supply that passes a holding, or of what it
// owns only in part the sum of expected visits times shares.
func (d *Dependency) passesHolding(ctx context.Context, h holding, v []float64) (share float64, isSum bool, err error) {
	w := d.walk
	if d.state < 0 {
		return 0, h.shares != nil, nil
	}
	own := map[int32]bool{}
	for _, s := range d.own() {
		own[s] = true
	}
	alike := w.agentOf == nil // makers of one product exclude each other
	sum := 0.0
	for i, k := range h.producers {
		if s := w.agent[k]; s >= 0 && own[s] {
			continue
		}
		part := w.visitsOf(v, k)
		if h.shares != nil {
			part *= h.shares[i]
		}
		sum += part
		alike = alike && w.productOf(k) == w.productOf(h.producers[0])
	}
	if alike || h.shares != nil || sum == 0 && !w.hasRings() {
		if h.shares == nil {
			sum = min(1, sum)
		}
		return sum, h.shares != nil, nil
	}
	share, err = d.chanceOf(ctx, w.setOfHolding(h))
	return share, false, err
}

func (w *Walk) productOf(producer int32) int32 {
	return w.network.Nodes[w.network.Producers[producer].Node].Product
}

func (w *Walk) hasRings() bool {
	return slices.ContainsFunc(w.chain.components, func(c component) bool { return c.ring })
}

// firmsOf returns the holding of a company or plant; one of nothing where the
// network knows nothing that is its own.
func (w *Walk) firmsOf(ctx context.Context, a Actor, by Attribution) (holding, error) {
	kind := KindCompany
	if a.Facility {
		kind = KindFacility
	}
	list, err := w.holdings(ctx, kind, by)
	if err != nil {
		return holding{}, err
	}
	if i, ok := slices.BinarySearchFunc(list, a.ID, func(h holding, id string) int { return cmp.Compare(h.ID, id) }); ok {
		return list[i], nil
	}
	return holding{Actor: a}, nil
}

// expected returns, by state, what a walk from there comes to of a holding of which
// shares are owned: expected visits times shares.
func (w *Walk) expected(ctx context.Context, h holding, from []int32) ([]float64, error) {
	x := make([]float64, w.states)
	for i, k := range h.producers {
		if s := w.agent[k]; s >= 0 {
			x[s] += h.shares[i]
		} else {
			p := &w.network.Producers[k]
			x[w.maker[p.Node]] += p.Weight * h.shares[i]
		}
	}
	return x, w.chain.chances(ctx, x, w.chain.upstream(from...))
}

// chanceOfHolding returns, by state, the share of supply that passes a holding; of
// one that is owned in part, a sum.
func (w *Walk) chanceOfHolding(ctx context.Context, h holding, from []int32) ([]float64, error) {
	if h.shares != nil {
		return w.expected(ctx, h, from)
	}
	return w.chanceToMeet(ctx, w.setOfHolding(h), from)
}

// companies finds the world's chokepoints that are companies or plants.
func (v *worldview) companies(ctx context.Context, kind Kind, by Attribution) ([]WorldChokepoint, error) {
	w := v.walk
	holdings, err := w.holdings(ctx, kind, by)
	if err != nil {
		return nil, err
	}
	list := make([]WorldChokepoint, len(holdings))
	return list, parallel(ctx, len(list), func(_, i int) error {
		h := holdings[i]
		chance, err := w.chanceOfHolding(ctx, h, statesOf(v.targets))
		if err != nil {
			return err
		}
		list[i] = WorldChokepoint{Firm: h.Actor, IsSum: h.shares != nil}
		var y tally
		for _, t := range v.targets {
			if list[i].IsSum {
				y.world.add(t.weight, chance[t.state])
			} else {
				y.add(v, t, chance[t.state])
			}
		}
		list[i].Share, list[i].Countries = y.world.mean(), y.countries
		if list[i].IsSum && y.world.weight > 0 {
			list[i].Share = y.world.sum / y.world.weight
		}
		return nil
	})
}

// setOfAll is setOf with companies and plants among the subjects.
func (w *Walk) setOfAll(ctx context.Context, subjects []Subject) (*set, error) {
	var places []Subject
	for _, s := range subjects {
		if s.Firm.ID == "" {
			places = append(places, s)
		}
	}
	x, err := w.setOf(places)
	if err != nil {
		return nil, err
	}
	for _, s := range subjects {
		if s.Firm.ID == "" {
			continue
		}
		if _, err := s.kind(); err != nil {
			return nil, err
		}
		h, err := w.holdingOf(ctx, s)
		if err != nil {
			return nil, err
		}
		if h.shares == nil {
			w.addHolding(x, h)
		}
	}
	return x, nil
}

// holdingOf returns what of the network is a company's or plant's, at the product
// of the subject where it names one.
func (w *Walk) holdingOf(ctx context.Context, s Subject) (holding, error) {
	all, err := w.firmsOf(ctx, s.Firm, cmp.Or(s.Attribution, ByOperator))
	if err != nil || s.Product == "" {
		return all, err
	}
	product, err := w.network.product(s.Product)
	if err != nil {
		return holding{}, err
	}
	h := holding{Actor: all.Actor}
	for i, k := range all.producers {
		if w.productOf(k) == product {
			h.producers = append(h.producers, k)
			if all.shares != nil {
				h.shares = append(h.shares, all.shares[i])
			}
		}
	}
	return h, nil
}

// chanceOfSubjects returns, by state, the chance to meet a set. A company whose
// plants count by the shares that it owns is no set: it can only be asked about
// alone, and what comes out is a sum.
func (w *Walk) chanceOfSubjects(ctx context.Context, x *set, subjects []Subject, from []int32) (h []float64, isSum bool, err error) {
	for _, s := range subjects {
		if s.Firm.ID == "" || s.Firm.Facility || s.Attribution != ByShare {
			continue
		}
		if len(subjects) > 1 {
			return nil, false, graph.Errorf(graph.BadInput, "a company counted by the shares that it owns is no set: ask about it alone")
		}
		of, err := w.holdingOf(ctx, s)
		if err != nil {
			return nil, false, err
		}
		h, err := w.expected(ctx, of, from)
		return h, true, err
	}
	h, err = w.chanceToMeet(ctx, x, from)
	return h, false, err
}
