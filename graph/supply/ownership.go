package supply

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
)

// Ownership says who owns companies and plants on the last day of a year
// (docs/methods.md §2c, Control): an absorbing chain that goes from what is owned
// to its owners, with their shares as probabilities. What is not known to be
// owned by others stays where it is; cross-holdings are solved, not cut. It may be
// used by several goroutines.
//
// The chance that the chain stops at an owner is the part that belongs to it in the
// end (Elliott, Golub and Jackson 2014, doi:10.1257/aer.104.10.3115, on the
// integrated ownership of Brioschi, Buzzacchi and Colombo 1989, Journal of Banking
// & Finance 13, 747-772). The chance that it ever comes to an owner is what that
// owner holds, directly and through others; what it holds of itself through others
// is not counted twice.
type Ownership struct {
	ids    []string // in bytewise order
	chain  *chain
	direct [][]OwnerShare
}

// OwnerShare is a part of a company or plant that one owner holds.
type OwnerShare struct {
	// Owner is a company; a plant or company stands for itself where nobody is
	// known to own (the rest of) it.
	Owner string
	Share float64
	// Ring: the owners of this one own each other in a circle and nobody else
	// owns them; the chain stopped where it entered the circle.
	Ring bool
	// Assumed: the share is not known and counts as the whole, for consolidation.
	Assumed bool
}

// NewOwnership returns who owns whom on 31 December of a year. A plant belongs
// to the company that runs it as far as nobody else is known to own it.
func (c *Catalogue) NewOwnership(f *Firms, year int) *Ownership {
	return newOwnership(c.rank, newRegister(c.rank, f), f.Owns, year)
}

func newOwnership(rank map[string]int, reg *register, rows []OwnsRow, year int) *Ownership {
	owners := ownersInForce(rank, rows, fmt.Sprintf("%04d-12-31", year))
	named := map[string]bool{}
	for owned, list := range owners {
		named[owned] = true
		for _, o := range list {
			named[o.Owner] = true
		}
	}
	for id := range reg.companies {
		named[id] = true
	}
	for id, plant := range reg.facilities {
		named[id] = true
		if plant.Operator != "" {
			named[plant.Operator] = true
		}
	}
	o := &Ownership{ids: slices.Sorted(maps.Keys(named))}
	start := make([]int32, 1, len(o.ids)+1)
	var to []int32
	var prob []float64
	stop := make([]float64, len(o.ids))
	for i, id := range o.ids {
		list, rest := sharesOf(id, owners[id])
		if plant, ok := reg.facilities[id]; ok && plant.Operator != "" && rest > 0 {
			list, rest = withOperator(list, plant.Operator, rest), 0
		}
		for _, owner := range list {
			to, prob = append(to, o.state(owner.Owner)), append(prob, owner.Share)
		}
		stop[i] = rest
		start = append(start, int32(len(to)))
		o.direct = append(o.direct, list)
	}
	o.chain = newChain(start, to, prob, stop)
	return o
}

// withOperator gives the operator what nobody else is known to own.
func withOperator(list []OwnerShare, operator string, rest float64) []OwnerShare {
	if i := slices.IndexFunc(list, func(o OwnerShare) bool { return o.Owner == operator }); i >= 0 {
		list[i].Share += rest
	} else {
		list = append(list, OwnerShare{Owner: operator, Share: rest})
	}
	sortOwners(list)
	return list
}

// ownersInForce returns the rows that count on a day, by what is owned: those
// with a share; where there are none, parents that consolidate directly; where
// there are none, ultimate ones. Of one dataset, the first by rank.
func ownersInForce(rank map[string]int, rows []OwnsRow, day string) map[string][]OwnsRow {
	type key struct {
		owned string
		level int
	}
	inForce := slices.DeleteFunc(slices.Clone(rows), func(r OwnsRow) bool {
		return r.From > day || r.Until != "" && r.Until < day || r.Share == 0
	})
	chosen := choose(rank, inForce, func(r OwnsRow) (key, string) { return key{r.Owned, r.level()}, r.Dataset })
	owners := map[string][]OwnsRow{}
	for k := range chosen {
		for level := range 3 {
			if of, ok := chosen[key{k.owned, level}]; ok {
				owners[k.owned] = of.rows
				break
			}
		}
	}
	return owners
}

// level orders what is known of an owner: a share, consolidation, ultimate
// consolidation.
func (r OwnsRow) level() int {
	switch {
	case known(r.Share):
		return 0
	case r.Kind == ConsolidatesUltimate:
		return 2
	}
	return 1
}

// sharesOf turns rows into shares, and what is left of the owned. An owner
// without a share counts as 1; a sum above 1 is divided by it; of two rows of one
// owner the later counts. What an owned holds of itself is nobody's: the others'
// shares are of the rest.
func sharesOf(owned string, rows []OwnsRow) (list []OwnerShare, rest float64) {
	latest := map[string]OwnsRow{}
	for _, r := range rows {
		if before, ok := latest[r.Owner]; !ok || r.From > before.From {
			latest[r.Owner] = r
		}
	}
	sum := 0.0
	for _, r := range latest {
		share := r.Share
		if !known(share) {
			share = 1
		}
		list = append(list, OwnerShare{Owner: r.Owner, Share: share, Assumed: !known(r.Share)})
	}
	sortOwners(list)
	for _, o := range list {
		sum += o.Share
	}
	rest = 1 - sum
	if rest < rounding {
		rest = 0
	}
	whole := max(1, sum)
	if i := slices.IndexFunc(list, func(o OwnerShare) bool { return o.Owner == owned }); i >= 0 {
		whole -= list[i].Share
		list = slices.Delete(list, i, i+1)
	}
	if whole < rounding {
		return nil, 1
	}
	for i := range list {
		list[i].Share /= whole
	}
	if len(list) == 0 {
		return nil, 1
	}
	return list, rest / whole
}

func sortOwners(list []OwnerShare) {
	slices.SortFunc(list, func(a, b OwnerShare) int {
		return cmp.Or(descending(a.Share, b.Share), cmp.Compare(a.Owner, b.Owner))
	})
}

// state returns the index of an id, or -1.
func (o *Ownership) state(id string) int32 {
	i, ok := slices.BinarySearch(o.ids, id)
	if !ok {
		return -1
	}
	return int32(i)
}

// Owners returns who directly owns a company or plant, by share descending, then
// id: the shares that count, after the rules of docs/methods.md §2c.
func (o *Ownership) Owners(id string) []OwnerShare {
	if s := o.state(id); s >= 0 {
		return slices.Clone(o.direct[s])
	}
	return nil
}

// UltimateOwners returns where the chain of ownership from a company or plant
// stops, by share descending, then id; the shares sum to 1. It is its own where
// nobody is known to own it.
func (o *Ownership) UltimateOwners(ctx context.Context, id string) ([]OwnerShare, error) {
	return o.ultimate(ctx, map[string]float64{id: 1})
}

// ultimate follows ownership from a mixture of companies and plants.
func (o *Ownership) ultimate(ctx context.Context, from map[string]float64) ([]OwnerShare, error) {
	list := []OwnerShare{}
	x := make([]float64, len(o.ids))
	for _, id := range slices.Sorted(maps.Keys(from)) {
		if s := o.state(id); s >= 0 {
			x[s] += from[id]
		} else {
			list = append(list, OwnerShare{Owner: id, Share: from[id]})
		}
	}
	c := o.chain
	if err := c.visits(ctx, x, 0, int32(len(c.components))); err != nil {
		return nil, err
	}
	for s, visits := range x {
		share, ring := visits*c.stop[s], c.components[c.of[s]].ring
		if ring {
			share = visits
		}
		if share > 0 {
			list = append(list, OwnerShare{Owner: o.ids[s], Share: share, Ring: ring})
		}
	}
	sortOwners(list)
	return list, nil
}

// integrated returns, by state, the share that a company holds of everything,
// directly and through others: the chance that the chain of ownership ever comes
// to it. Of itself it holds 1.
func (o *Ownership) integrated(ctx context.Context, company string) (func(id string) float64, error) {
	owner := o.state(company)
	if owner < 0 {
		return func(id string) float64 { return float64(boolInt(id == company)) }, nil
	}
	c := o.chain
	h, stop := make([]float64, len(o.ids)), slices.Clone(c.stop)
	start := make([]int32, 1, len(c.start))
	to, prob := make([]int32, 0, len(c.to)), make([]float64, 0, len(c.to))
	h[owner], stop[owner] = 1, 1
	for s := range int32(len(o.ids)) {
		for e := c.start[s]; e < c.start[s+1] && s != owner; e++ {
			to, prob = append(to, c.to[e]), append(prob, c.prob[e])
		}
		start = append(start, int32(len(to)))
	}
	until := newChain(start, to, prob, stop)
	if err := until.chances(ctx, h, until.all()); err != nil {
		return nil, err
	}
	return func(id string) float64 {
		if s := o.state(id); s >= 0 {
			return h[s]
		}
		return 0
	}, nil
}

// majority returns the company that ownership leads to through shares above one
// half; the one itself where there is none. ring: such shares form a circle, and
// it is where the circle is entered.
func (o *Ownership) majority(id string) (owner string, ring bool) {
	seen := map[string]bool{}
	for at := id; ; {
		seen[at] = true
		list := o.Owners(at)
		if len(list) == 0 || !(list[0].Share > 0.5+rounding) {
			return at, false
		}
		if at = list[0].Owner; seen[at] {
			return at, true
		}
	}
}

// above returns everything that ownership leads to from some companies and
// plants, these included, in bytewise order.
func (o *Ownership) above(from []string) []string {
	list := reach(from, func(id string) []string {
		var owners []string
		for _, owner := range o.Owners(id) {
			owners = append(owners, owner.Owner)
		}
		return owners
	})
	slices.Sort(list)
	return slices.Compact(list)
}
