package supply

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Listing is a whole network written out for those who walk it without knowing
// how it was made: every supply with the shares of what it comes from, and where
// it starts. The share of a path is the product of the shares on it.
//
// A pooled product has one supply that has no place, the pool, which comes from
// those of its makers. Who uses the product draws from the pool.
type Listing struct {
	Supplies []Supply // in the order of product, pool, then place
	Sources  []Source // by supply
	Origins  []Origin // by supply, then origin, then direct, descending, then place
}

// Supply is one product in one place, or the pool of a pooled one. Masses are in
// tonnes; NaN where a pooled product has none. Shares are of the supply. Those of
// its sources, OriginHere and UnexplainedHere sum to 1; in a closed ring the walk
// ends where it enters, and Unexplained is 1, although its sources are listed.
type Supply struct {
	Stage              // without a place: a pool
	Pooled     bool    // a pool, or one that makes for it
	Tonnes     float64 // of a pool and its makers NaN
	Production float64 // of a pool, and of makers of which only shares are known, NaN
	Imports    float64
	Exports    float64

	Domestic        float64 // made in the place itself; 1 of who makes for a pool
	OriginHere      float64 // starts here
	Unexplained     float64 // ends unexplained, here or upstream
	UnexplainedHere float64
	Estimated       float64 // takes an estimated step
	Remainder       float64 // comes from sources that are too small to be listed (TableListing)
}

// Source is the supply upstream that a share of a supply comes from.
type Source struct {
	From, To  int // indices of Supplies; From is downstream
	By        StepKind
	Share     float64 // of From's supply
	Estimated bool
}

// Origin is a place that a supply starts in, or comes from directly.
type Origin struct {
	Supply int // index of Supplies
	CountryShare
}

// Listing writes the network out. Places of which neither the origin share nor the
// direct share is at least minShare are left out of the origins, which take one
// solve for each place that something starts in.
//
// Errors: TooLarge where the network exceeds what is solved exactly; that of ctx.
func (w *Walk) Listing(ctx context.Context, minShare float64) (*Listing, error) {
	return w.listing(ctx, minShare, 0)
}

// TableListing writes an input-output table out, in which nearly everybody buys from
// nearly everybody: sources of less than minShare of an output are left out as well,
// and their sum is the Remainder of the output.
//
// Errors: those of Listing.
func (w *Walk) TableListing(ctx context.Context, minShare float64) (*Listing, error) {
	return w.listing(ctx, minShare, minShare)
}

func (w *Walk) listing(ctx context.Context, minShare, leastSource float64) (*Listing, error) {
	x := listing{Walk: w, number: make([]int, w.states), leastSource: leastSource}
	x.enumerate()
	for i := range x.numbered {
		x.list(i)
	}
	if err := x.fillShares(ctx); err != nil {
		return nil, err
	}
	return &x.out, x.listOrigins(ctx, minShare)
}

// listing is a Listing in the making.
type listing struct {
	*Walk
	out      Listing
	numbered []int32 // state of a supply: its market, its pool, or its maker where it makes for a pool
	number   []int   // of a state: the supply that it is, plus one; 0: none

	leastSource float64 // share of a source that is listed
}

// enumerate gives every state that is a supply its number: what has supply, and
// what is used although nothing of it is known.
func (x *listing) enumerate() {
	used := make([]bool, x.states)
	for i, node := range x.network.Nodes {
		maker := x.maker[i]
		if node.Production > 0 {
			for e := x.chain.start[maker]; e < x.chain.start[maker+1]; e++ {
				used[x.drawnFrom(x.chain.to[e])] = true
			}
		}
		if x.isTable() { // whoever sells, with or without an output
			for e := x.chain.start[x.market[i]]; e < x.chain.start[x.market[i]+1]; e++ {
				used[x.chain.to[e]] = true
			}
		}
	}
	for p, product := range x.network.Products {
		if pool := x.pool[p]; pool >= 0 && (used[pool] || x.flows(pool)) {
			x.add(pool)
		}
		lo, hi := x.nodesOf(int32(p))
		for i := lo; i < hi; i++ {
			switch {
			case !product.Pooled && (used[x.market[i]] || x.flows(x.market[i])):
				x.add(x.market[i])
			case product.Pooled && x.network.Nodes[i].Production > 0:
				x.add(x.maker[i])
			}
		}
	}
}

func (x *listing) add(state int32) {
	x.numbered = append(x.numbered, state)
	x.number[state] = len(x.numbered)
}

// drawnFrom returns the state of the supply that a market is: of a pooled product
// its pool.
func (x *listing) drawnFrom(market int32) int32 {
	if pool := x.pool[x.network.Nodes[x.node[market]].Product]; pool >= 0 {
		return pool
	}
	return market
}

// list appends a supply and its sources.
func (x *listing) list(i int) {
	var y Supply
	switch state := x.numbered[i]; {
	case x.node[state] < 0:
		y = x.ofPool(i, state)
	case x.isMaker(state):
		y = x.ofMaker(i, state)
	default:
		y = x.ofMarket(i, state)
	}
	x.out.Supplies = append(x.out.Supplies, y)
}

// withoutTonnes is a supply of a pooled product.
func withoutTonnes(s Stage) Supply {
	none := math.NaN()
	return Supply{Stage: s, Pooled: true, Tonnes: none, Production: none, Imports: none, Exports: none}
}

func (x *listing) ofPool(i int, state int32) Supply {
	c := x.chain
	y := withoutTonnes(Stage{Product: x.network.Products[slices.Index(x.pool, state)].ID})
	if c.start[state] == c.start[state+1] {
		y.UnexplainedHere = 1 // nobody is known to make it
	}
	for e := c.start[state]; e < c.start[state+1]; e++ {
		x.source(i, c.to[e], StepPool, c.prob[e], x.estimated[e])
	}
	return y
}

// ofMaker returns the supply of who makes for a pool.
func (x *listing) ofMaker(i int, state int32) Supply {
	y := withoutTonnes(x.stage(x.node[state]))
	if n := x.network.Nodes[x.node[state]]; !x.network.Products[n.Product].PoolHasNoTonnes {
		y.Production = n.Production
	}
	x.made(i, &y, 1, false)
	return y
}

func (x *listing) ofMarket(i int, state int32) Supply {
	c, n := x.chain, x.network.Nodes[x.node[state]]
	y := Supply{Stage: x.stage(x.node[state]), Tonnes: n.Supply, Production: n.Production, Imports: n.Imports,
		Exports: n.Exports, UnexplainedHere: c.stop[state]}
	domestic := 0.0 // what a sector of a table buys at home
	for e := c.start[state]; e < c.start[state+1]; e++ {
		if x.isTable() && x.isMarket(c.to[e]) && x.placeOf(c.to[e]) == n.Place {
			domestic += c.prob[e]
		}
		switch {
		case x.isMaker(c.to[e]):
			x.made(i, &y, c.prob[e], x.estimated[e])
		case c.prob[e] < x.leastSource:
			y.Remainder += c.prob[e]
		default:
			x.source(i, c.to[e], x.stepToMarket(), c.prob[e], x.estimated[e])
		}
	}
	y.Domestic += domestic
	return y
}

// made adds what a share of a supply is made of, in the place itself.
func (x *listing) made(i int, y *Supply, share float64, estimated bool) {
	c, maker := x.chain, x.maker[x.node[x.numbered[i]]]
	y.Domestic = share
	for e := c.start[maker]; e < c.start[maker+1]; e++ {
		x.source(i, x.drawnFrom(c.to[e]), StepMade, share*c.prob[e], estimated || x.estimated[e])
	}
	if x.ends[maker] == endOrigin {
		y.OriginHere = share * c.stop[maker]
	} else {
		y.UnexplainedHere += share * c.stop[maker]
	}
}

func (x *listing) source(from int, to int32, by StepKind, share float64, estimated bool) {
	x.out.Sources = append(x.out.Sources, Source{From: from, To: x.number[to] - 1, By: by, Share: share, Estimated: estimated})
}

// fillShares fills in what is unexplained and what is estimated of each supply.
func (x *listing) fillShares(ctx context.Context) error {
	unexplained, err := x.unexplained(ctx, x.chain.all())
	if err != nil {
		return err
	}
	reported, err := x.onlyReported(ctx)
	if err != nil {
		return err
	}
	for i, s := range x.numbered {
		y := &x.out.Supplies[i]
		y.Unexplained, y.Estimated = min(1, unexplained[s]), min(1, reported.chance[s])
	}
	return nil
}

// listOrigins appends the origins of every supply: for each place one solve for
// all of them, h = 1 where its products start.
func (x *listing) listOrigins(ctx context.Context, minShare float64) error {
	c, n := x.chain, x.network
	all := c.all()
	if err := c.factorise(ctx, c.blocksIn(all)); err != nil {
		return err
	}
	starts := x.startsByPlace()
	origins := make([][]float64, len(n.Places)) // by place and supply
	scratch := make([][]float64, parallelism(len(origins)))
	if err := parallel(ctx, len(origins), func(worker, place int) error {
		if len(starts[place]) == 0 {
			return nil
		}
		if scratch[worker] == nil {
			scratch[worker] = make([]float64, x.states)
		}
		h := scratch[worker]
		clear(h)
		for _, s := range starts[place] {
			h[s] = c.stop[s]
		}
		err := c.chances(ctx, h, all)
		origins[place] = gather(nil, x.numbered, h)
		return err
	}); err != nil {
		return err
	}
	direct := x.direct()
	for i := range x.numbered {
		x.originsOf(i, direct[i], origins, minShare)
	}
	return nil
}

// direct returns the direct shares of every supply, by place.
func (x *listing) direct() []map[int32]float64 {
	direct := make([]map[int32]float64, len(x.numbered))
	for i, s := range x.numbered {
		direct[i] = map[int32]float64{}
		if node := x.node[s]; node >= 0 && x.out.Supplies[i].Domestic > 0 {
			direct[i][x.network.Nodes[node].Place] = x.out.Supplies[i].Domestic
		}
	}
	if x.isTable() {
		x.directOfSectors(direct)
		return direct
	}
	for _, l := range x.out.Sources {
		if l.By != StepMade {
			direct[l.From][x.network.Nodes[x.node[x.numbered[l.To]]].Place] += l.Share
		}
	}
	return direct
}

// directOfSectors adds what sectors buy abroad, listed or not.
func (x *listing) directOfSectors(direct []map[int32]float64) {
	for i, s := range x.numbered {
		for e := x.chain.start[s]; e < x.chain.start[s+1]; e++ {
			if to := x.chain.to[e]; x.isMarket(to) && x.placeOf(to) != x.placeOf(s) {
				direct[i][x.placeOf(to)] += x.chain.prob[e]
			}
		}
	}
}

func (x *listing) originsOf(i int, direct map[int32]float64, origins [][]float64, minShare float64) {
	first := len(x.out.Origins)
	for place, of := range origins {
		share := CountryShare{Place: x.network.Places[place], Direct: direct[int32(place)]}
		if of != nil {
			share.Origin = of[i]
		}
		if share.Hidden = share.Origin - share.Direct; max(share.Origin, share.Direct) >= minShare && max(share.Origin, share.Direct) > 0 {
			x.out.Origins = append(x.out.Origins, Origin{i, share})
		}
	}
	slices.SortFunc(x.out.Origins[first:], func(a, b Origin) int { return compareShares(a.CountryShare, b.CountryShare) })
}

// compareShares orders by origin, then direct, descending, then place.
func compareShares(a, b CountryShare) int {
	return cmp.Or(descending(a.Origin, b.Origin), descending(a.Direct, b.Direct), cmp.Compare(a.Place, b.Place))
}
