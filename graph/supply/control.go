package supply

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// OriginProducer is who makes what a target's supply starts with (docs/methods.md
// §2c). A blank Firm.ID stands for the other producers of the place.
type OriginProducer struct {
	Stage
	Firm  Actor
	Share float64 // of the target's supply
}

// OriginProducers returns the companies and plants where supply starts, and for
// every origin what others make there, by share descending, then place, product and
// id, the others last. They add up to the origin shares.
func (d *Dependency) OriginProducers(ctx context.Context) ([]OriginProducer, error) {
	w := d.walk
	v, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	list := []OriginProducer{}
	for i := range int32(len(w.network.Nodes)) {
		list = append(list, w.originsAt(i, v)...)
	}
	slices.SortFunc(list, func(a, b OriginProducer) int {
		return cmp.Or(descending(a.Share, b.Share), a.compare(b.Stage),
			-cmp.Compare(boolInt(a.Firm.ID != ""), boolInt(b.Firm.ID != "")), compareActors(a.Firm, b.Firm))
	})
	return list, nil
}

// originsAt returns the producers at which walks stop that start at a node.
func (w *Walk) originsAt(node int32, v []float64) []OriginProducer {
	var list []OriginProducer
	add := func(firm Actor, share float64) {
		if share > 0 {
			list = append(list, OriginProducer{Stage: w.stage(node), Firm: firm, Share: share})
		}
	}
	maker, named := w.maker[node], 0.0
	ends := w.ends[maker] == endOrigin && !w.inRing(maker)
	lo, hi := w.network.ProducersOf(node)
	for k := lo; k < hi; k++ {
		p := &w.network.Producers[k]
		switch s := w.agent[k]; {
		case s >= 0 && w.ends[s] == endOrigin && !w.inRing(s):
			add(p.Actor, v[s]*w.chain.stop[s])
		case s < 0 && ends:
			add(p.Actor, v[maker]*p.Weight)
			named += p.Weight
		}
	}
	if ends {
		if others := w.chain.stop[maker] - named; others > rounding {
			add(Actor{}, v[maker]*others)
		}
	}
	return list
}

// ControlShare is what one country controls (docs/methods.md §2c).
type ControlShare struct {
	Country string
	Share   float64
}

// control turns what producers make into the countries where ownership of them
// ends, by share descending, then id; unknown is what it cannot tell of.
func (n *Network) control(ctx context.Context, made map[string]float64) (list []ControlShare, unknown float64, err error) {
	if n.ownership == nil {
		return []ControlShare{}, 0, nil
	}
	owners, err := n.ownership.ultimate(ctx, made)
	if err != nil {
		return nil, 0, err
	}
	shares := map[string]float64{}
	for _, o := range owners {
		if country := n.countryOf(o.Owner); country != Nowhere {
			shares[country] += o.Share
		} else {
			unknown += o.Share
		}
	}
	list = []ControlShare{}
	for _, country := range slices.Sorted(maps.Keys(shares)) {
		list = append(list, ControlShare{country, shares[country]})
	}
	slices.SortStableFunc(list, func(a, b ControlShare) int { return descending(a.Share, b.Share) })
	return list, unknown, nil
}

// countryOf returns where a company has its seat, or a plant stands.
func (n *Network) countryOf(id string) string {
	i, found := slices.BinarySearchFunc(n.byID, id, func(k int32, id string) int { return cmp.Compare(n.Producers[k].ID, id) })
	if found {
		return n.Places[n.Nodes[n.Producers[n.byID[i]].Node].Place]
	}
	return n.register.country(n.register.of(id))
}

// madeBy returns what each producer makes at nodes of a product, in shares of the
// target's supply, by id.
func (w *Walk) madeBy(v []float64, product int32) map[string]float64 {
	made := map[string]float64{}
	lo, hi := w.nodesOf(product)
	for i := lo; i < hi; i++ {
		from, to := w.network.ProducersOf(i)
		for k := from; k < to; k++ {
			p := &w.network.Producers[k]
			s := w.agent[k]
			if p.Buys || p.ID == "" || s >= 0 && w.inRing(s) || s < 0 && w.inRing(w.maker[i]) {
				continue
			}
			if share := w.visitsOf(v, k); share > 0 {
				made[p.ID] += share
			}
		}
	}
	return made
}

// TierControl says who stands behind one tier. Shares are of the target's supply.
type TierControl struct {
	// Controlled are the countries where ownership of the producers ends.
	Controlled []ControlShare
	// Unknown is what is made in the tier by producers that are not named, or whose
	// owners' country is not known.
	Unknown    float64
	CompanyHHI Index // of the companies that run the producers
	ControlHHI Index // of the countries of control
}

// Control returns who stands behind each tier, in the order of Tiers.
func (d *Dependency) Control(ctx context.Context) ([]TierControl, error) {
	tiers, err := d.Tiers(ctx)
	if err != nil {
		return nil, err
	}
	v, err := d.visits(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]TierControl, len(tiers))
	for i, tier := range tiers {
		product, err := d.walk.network.product(tier.Product)
		if err != nil {
			return nil, err
		}
		whole := 0.0
		for _, made := range tier.MadeIn {
			whole += made.Share
		}
		if list[i], err = d.controlOf(ctx, d.walk.madeBy(v, product), whole); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// controlOf says who stands behind what producers make, of a whole in which others
// are not named.
func (d *Dependency) controlOf(ctx context.Context, made map[string]float64, whole float64) (t TierControl, err error) {
	if t.Controlled, _, err = d.walk.network.control(ctx, made); err != nil {
		return t, err
	}
	countries, companies := []float64{}, map[string]float64{}
	covered := 0.0
	for _, c := range t.Controlled {
		countries = append(countries, c.Share)
		covered += c.Share
	}
	for _, id := range slices.Sorted(maps.Keys(made)) {
		if operator := d.walk.network.register.operator(d.walk.network.register.of(id)); operator != "" {
			companies[operator] += made[id]
		} else {
			companies[id] += made[id]
		}
	}
	t.Unknown = max(0, whole-covered)
	if t.Unknown < rounding {
		t.Unknown = 0
	}
	t.ControlHHI = indexOf(countries, 1-covered)
	var shares []float64
	named := 0.0
	for _, id := range slices.Sorted(maps.Keys(companies)) {
		shares = append(shares, companies[id])
		named += companies[id]
	}
	t.CompanyHHI = indexOf(shares, 1-named)
	return t, nil
}

// OriginControl says who stands behind the origins: the companies that run the
// producers where supply starts, and the countries where their ownership ends.
func (d *Dependency) OriginControl(ctx context.Context) (TierControl, error) {
	producers, err := d.OriginProducers(ctx)
	if err != nil {
		return TierControl{}, err
	}
	made, whole := map[string]float64{}, 0.0
	for _, p := range producers {
		whole += p.Share
		if p.Firm.ID != "" {
			made[p.Firm.ID] += p.Share
		}
	}
	return d.controlOf(ctx, made, whole)
}

// Index is a Herfindahl-Hirschman index over named shares, 0..1 (docs/methods.md
// §3): what is not named is not squared, and the index is a lower bound.
type Index struct {
	Lower    float64
	Upper    float64 // all that is not named added to the largest
	Coverage float64 // Σ of the named shares
}

// indexOf returns the index of shares, of which an other part is not named. Firms
// that pass on what others make of the same product are each a making step: where
// shares add up to more than 1 for that, they are divided by their sum.
func indexOf(shares []float64, other float64) Index {
	var x Index
	var largest float64
	for _, s := range shares {
		x.Lower += s * s
		x.Coverage += s
		largest = max(largest, s)
	}
	if x.Coverage > 1+rounding {
		return Index{Lower: x.Lower / (x.Coverage * x.Coverage), Upper: x.Lower / (x.Coverage * x.Coverage), Coverage: 1}
	}
	if other < rounding {
		other = 0
	}
	x.Upper = x.Lower + other*(2*largest+other)
	return x
}
