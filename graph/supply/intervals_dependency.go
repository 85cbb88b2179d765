package supply

import (
	"cmp"
	"context"
	"slices"
)

// Intervals are the intervals of the shares of an answer. Lists hold what has a
// share in the answer, and what has one in so many draws that the interval does
// not end at zero: a share that begins where a balance starts to bind.
type Intervals struct {
	Supply      Interval // tonnes, as Dependency.SupplyTonnes; of a pooled target all zero
	Domestic    Interval
	Explained   Interval
	Unexplained Interval
	Estimated   Interval
	OriginHHI   Interval // 0..1

	// Undecided is the share of the answer's supply that passes a stage of which
	// the draws do not agree whether more leaves it than is made and imported: less
	// than 95 of 100 say either. There the errors of masses, which go both ways,
	// become supply that no source explains, which cannot be less than none: its
	// intervals lie too high, and those of origins too low (docs/methods.md §2d).
	Undecided float64

	Shares        []ShareIntervals       // by origin, then direct share descending, then place
	UnexplainedAt []UnexplainedIntervals // the target first, then by share descending, place, product, reason
	Tiers         []TierIntervals        // by steps, then product
}

// ShareIntervals are the intervals of a CountryShare.
type ShareIntervals struct {
	Place                  string
	Direct, Origin, Hidden Interval
}

// UnexplainedIntervals is the interval of an UnexplainedShare.
type UnexplainedIntervals struct {
	Stage
	Reason Reason
	Share  Interval
}

// TierIntervals are the intervals of a Tier.
type TierIntervals struct {
	Product string
	MadeIn  []PlaceIntervals // by share descending, then place
}

// PlaceIntervals is the interval of a PlaceShare.
type PlaceIntervals struct {
	Place string
	Share Interval
}

type figureKey struct {
	of      measured
	place   string
	product string
	reason  Reason
}

// measured says what a figure is.
type measured uint8

const (
	ofSupply measured = iota
	ofDomestic
	ofExplained
	ofUnexplained
	ofEstimated
	ofOriginHHI
	ofDirect
	ofOrigin
	ofHidden
	ofStage
	ofTier
)

// figures returns what intervals are computed of.
func (d *Dependency) figures(ctx context.Context) (map[figureKey]float64, error) {
	f := map[figureKey]float64{}
	f[figureKey{of: ofSupply}], _ = d.SupplyTonnes()
	f[figureKey{of: ofDomestic}] = d.DomesticShare()
	var err error
	if f[figureKey{of: ofEstimated}], err = d.EstimatedShare(ctx); err != nil {
		return nil, err
	}
	shares, err := d.Shares(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range shares {
		f[figureKey{of: ofDirect, place: s.Place}] = s.Direct
		f[figureKey{of: ofOrigin, place: s.Place}] = s.Origin
		f[figureKey{of: ofHidden, place: s.Place}] = s.Hidden
		f[figureKey{of: ofExplained}] += s.Origin
		f[figureKey{of: ofOriginHHI}] += s.Origin * s.Origin
	}
	unexplained, err := d.Unexplained(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range unexplained {
		f[figureKey{ofStage, u.Place, u.Product, u.Reason}] = u.Share
		f[figureKey{of: ofUnexplained}] += u.Share
	}
	tiers, err := d.Tiers(ctx)
	for _, tier := range tiers {
		for _, made := range tier.MadeIn {
			f[figureKey{of: ofTier, place: made.Place, product: tier.Product}] = made.Share
		}
	}
	return f, err
}

// DrawnDependency is an answer with the draws around it. It may be used by several
// goroutines.
type DrawnDependency struct {
	Draws  *Draws
	answer *Dependency
	shares lazy[Intervals]
}

// Dependency returns the draws around an answer, which is one of the network that is
// drawn around.
func (x *Draws) Dependency(answer *Dependency) *DrawnDependency {
	return &DrawnDependency{Draws: x, answer: answer}
}

// Answer returns the answer that is drawn around.
func (x *DrawnDependency) Answer() *Dependency { return x.answer }

// draw binds the question to a draw.
func (x *DrawnDependency) draw(ctx context.Context, i int) (*Dependency, error) {
	w, err := x.Draws.draw(ctx, i)
	if err != nil {
		return nil, err
	}
	if w.network.firm != "" {
		return w.FirmDependency(x.answer.target.Product)
	}
	return w.Dependency(x.answer.target.Place, x.answer.target.Product)
}

// Intervals returns the intervals of the shares of the answer.
func (x *DrawnDependency) Intervals(ctx context.Context) (Intervals, error) {
	return x.shares.get(func() (Intervals, error) {
		answer, err := x.answer.figures(ctx)
		if err != nil {
			return Intervals{}, err
		}
		var apart tellingApart
		of, err := intervalsOf(ctx, x.Draws.Draws, answer, func(i int) (map[figureKey]float64, error) {
			d, err := x.draw(ctx, i)
			if err != nil {
				return nil, err
			}
			apart.note(d.walk.network)
			return d.figures(ctx)
		})
		if err != nil {
			return Intervals{}, err
		}
		tiers, err := x.answer.Tiers(ctx)
		if err != nil {
			return Intervals{}, err
		}
		n := x.listed(of, tiers)
		n.Undecided, err = x.answer.passing(ctx, apart.undecided(x.Draws.Draws))
		return n, err
	})
}

// passing returns the share of supply that passes stages; all of it where the target
// is one of them.
func (d *Dependency) passing(ctx context.Context, stages []Stage) (float64, error) {
	switch {
	case d.state < 0:
		return 0, nil
	case d.firm < 0 && slices.Contains(stages, d.target):
		return 1, nil
	}
	return d.chanceOf(ctx, d.walk.setOfStages(stages))
}

func (s ShareIntervals) any() bool { return s.Origin.any() || s.Direct.any() }

func compareShareIntervals(a, b ShareIntervals) int {
	return cmp.Or(descending(a.Origin.Value, b.Origin.Value), descending(a.Direct.Value, b.Direct.Value), cmp.Compare(a.Place, b.Place))
}

// listed lays intervals out.
func (x *DrawnDependency) listed(of map[figureKey]Interval, tiers []Tier) Intervals {
	single := func(m measured) Interval { return of[figureKey{of: m}] }
	n := Intervals{Supply: single(ofSupply), Domestic: single(ofDomestic), Explained: single(ofExplained),
		Unexplained: single(ofUnexplained), Estimated: single(ofEstimated), OriginHHI: single(ofOriginHHI),
		Shares: []ShareIntervals{}, UnexplainedAt: []UnexplainedIntervals{}, Tiers: []TierIntervals{}}
	madeIn := map[string][]PlaceIntervals{}
	for key, interval := range of {
		switch {
		case key.of == ofOrigin: // every place that has a direct share has this too, if zero
			s := ShareIntervals{Place: key.place, Origin: interval, Direct: of[figureKey{of: ofDirect, place: key.place}],
				Hidden: of[figureKey{of: ofHidden, place: key.place}]}
			if s.any() {
				n.Shares = append(n.Shares, s)
			}
		case key.of == ofStage && interval.any():
			n.UnexplainedAt = append(n.UnexplainedAt, UnexplainedIntervals{Stage{key.place, key.product}, key.reason, interval})
		case key.of == ofTier && interval.any():
			madeIn[key.product] = append(madeIn[key.product], PlaceIntervals{key.place, interval})
		}
	}
	slices.SortFunc(n.Shares, compareShareIntervals)
	slices.SortFunc(n.UnexplainedAt, func(a, b UnexplainedIntervals) int {
		return cmp.Or(targetFirst(x.answer.target, a.Stage, b.Stage), descending(a.Share.Value, b.Share.Value),
			a.compare(b.Stage), cmp.Compare(a.Reason, b.Reason))
	})
	for _, tier := range tiers {
		t := TierIntervals{Product: tier.Product, MadeIn: madeIn[tier.Product]}
		slices.SortFunc(t.MadeIn, func(a, b PlaceIntervals) int {
			return cmp.Or(descending(a.Share.Value, b.Share.Value), cmp.Compare(a.Place, b.Place))
		})
		n.Tiers = append(n.Tiers, t)
	}
	return n
}

// ChokepointInterval is a chokepoint with the interval of its pass-through share.
type ChokepointInterval struct {
	Chokepoint
	Interval Interval
}

// Chokepoints returns those of the answer, as Dependency.Chokepoints and
// FirmChokepoints list them, with their intervals.
func (x *DrawnDependency) Chokepoints(ctx context.Context, kind Kind, by Attribution, epsilon, minShare float64, first int) ([]ChokepointInterval, error) {
	points, err := x.answer.chokepoints(ctx, kind, by, epsilon, minShare, first)
	if err != nil {
		return nil, err
	}
	intervals, err := intervalsIn(ctx, x.Draws.Draws, points, func(p Chokepoint) float64 { return p.PassThrough },
		func(i int) ([]float64, error) {
			d, err := x.draw(ctx, i)
			if err != nil {
				return nil, err
			}
			return d.passThroughOf(ctx, kind, by, points)
		})
	if err != nil {
		return nil, err
	}
	list := make([]ChokepointInterval, len(points))
	for k, p := range points {
		list[k] = ChokepointInterval{p, intervals[k]}
	}
	return list, nil
}

func (d *Dependency) chokepoints(ctx context.Context, kind Kind, by Attribution, epsilon, minShare float64, first int) ([]Chokepoint, error) {
	if kind == KindCompany || kind == KindFacility {
		return d.FirmChokepoints(ctx, kind, by, epsilon, minShare, first)
	}
	return d.Chokepoints(ctx, kind, epsilon, minShare, first)
}

// passThroughOf returns the pass-through shares of chokepoints of one kind.
func (d *Dependency) passThroughOf(ctx context.Context, kind Kind, by Attribution, points []Chokepoint) ([]float64, error) {
	shares := make([]float64, len(points))
	if kind == KindCountry && d.walk.agentOf == nil {
		return shares, d.passCountries(ctx, points, shares)
	}
	all, err := d.chokepoints(ctx, kind, by, DefaultEpsilon, 0, 0)
	if err != nil {
		return nil, err
	}
	type identity struct {
		stage          Stage
		from, to, sold string
		by             StepKind
		firm           Actor
	}
	of := func(p Chokepoint) identity {
		return identity{Stage{p.Place, p.Product}, p.From, p.To, p.Sold, p.By, p.Firm}
	}
	index := make(map[identity]float64, len(all))
	for _, p := range all {
		index[of(p)] = p.PassThrough
	}
	for k, p := range points {
		shares[k] = index[of(p)]
	}
	return shares, nil
}

// passCountries solves for some countries alone.
func (d *Dependency) passCountries(ctx context.Context, points []Chokepoint, shares []float64) error {
	all, err := d.byCountry(ctx, 0)
	if err != nil {
		return err
	}
	var wanted []*country
	var at []int
	for _, c := range all {
		k := slices.IndexFunc(points, func(p Chokepoint) bool { return p.Place == d.walk.network.Places[c.place] })
		if k >= 0 && c.most > 0 {
			wanted, at = append(wanted, c), append(at, k)
		}
	}
	if err := d.solveCountries(ctx, wanted); err != nil {
		return err
	}
	for i, c := range wanted {
		shares[at[i]] = c.share.value
	}
	return nil
}

// PathInterval is a chain path with the interval of its share.
type PathInterval struct {
	Path
	Interval Interval
}

// Paths returns the paths of the answer, as Dependency.Paths lists them, with the
// intervals of their shares. In a draw other paths may be larger.
func (x *DrawnDependency) Paths(ctx context.Context, first int, minShare float64) ([]PathInterval, error) {
	list := []PathInterval{}
	if x.answer.state < 0 || first == 0 {
		return list, nil
	}
	search := x.answer.newPathSearch(pathWork)
	if err := search.best(ctx, first, minShare); err != nil {
		return nil, err
	}
	faces := make([][]face, len(search.found))
	for k, found := range search.found {
		for _, state := range found.states {
			faces[k] = append(faces[k], x.answer.walk.face(state))
		}
	}
	intervals, err := intervalsIn(ctx, x.Draws.Draws, search.found, func(f foundPath) float64 { return f.path.Share },
		func(i int) ([]float64, error) {
			d, err := x.draw(ctx, i)
			if err != nil {
				return nil, err
			}
			shares := make([]float64, len(faces))
			for k, path := range faces {
				shares[k] = d.walk.shareOf(path)
			}
			return shares, nil
		})
	if err != nil {
		return nil, err
	}
	for k, found := range search.found {
		list = append(list, PathInterval{found.path, intervals[k]})
	}
	return list, nil
}

// TierFlowInterval is a flow between stages with the interval of its share.
type TierFlowInterval struct {
	TierFlow
	Interval Interval
}

// TierFlows returns the flows of the answer, as Dependency.TierFlows lists them, with
// the intervals of their shares.
func (x *DrawnDependency) TierFlows(ctx context.Context, minShare float64, first int) ([]TierFlowInterval, error) {
	flows, err := x.answer.TierFlows(ctx, minShare, first)
	if err != nil {
		return nil, err
	}
	type band struct {
		from, to Stage
		toTarget bool
	}
	intervals, err := intervalsIn(ctx, x.Draws.Draws, flows.Flows, func(f TierFlow) float64 { return f.Share },
		func(i int) ([]float64, error) {
			d, err := x.draw(ctx, i)
			if err != nil {
				return nil, err
			}
			drawn, err := d.TierFlows(ctx, 0, 0)
			if err != nil {
				return nil, err
			}
			by := make(map[band]float64, len(drawn.Flows))
			for _, f := range drawn.Flows {
				by[band{f.From, f.To, f.ToTarget}] += f.Share
			}
			shares := make([]float64, len(flows.Flows))
			for k, f := range flows.Flows {
				shares[k] = by[band{f.From, f.To, f.ToTarget}]
			}
			return shares, nil
		})
	if err != nil {
		return nil, err
	}
	list := make([]TierFlowInterval, len(flows.Flows))
	for k, f := range flows.Flows {
		list[k] = TierFlowInterval{f, intervals[k]}
	}
	return list, nil
}

// face says what a state is, in whichever network of the same places and products.
type face struct {
	product int32
	place   int32 // -1: the pool of the product
	maker   bool
	agent   bool  // a producer has a state of its own
	firm    Actor // that it is; blank: the others of the node
}

func (w *Walk) face(state int32) face {
	i := w.node[state]
	if i < 0 {
		return face{product: int32(slices.Index(w.pool, state)), place: -1}
	}
	f := face{product: w.network.Nodes[i].Product, place: w.network.Nodes[i].Place, maker: w.isMaker(state)}
	if w.isAgent(state) {
		f.agent, f.firm = true, w.network.Producers[w.agentOf[state]].Actor
	}
	return f
}

// stateOf returns the state of a face; -1 where the network has none.
func (w *Walk) stateOf(f face) int32 {
	if f.place < 0 {
		return w.pool[f.product]
	}
	i := w.network.Node(f.place, f.product)
	switch {
	case i < 0:
		return -1
	case f.agent:
		lo, hi := w.network.ProducersOf(i)
		for k := lo; k < hi; k++ {
			if w.network.Producers[k].Actor == f.firm {
				return w.agent[k]
			}
		}
		return -1
	case f.maker:
		return w.maker[i]
	}
	return w.market[i]
}

// shareOf returns the share of a path; 0 where the network does not have it.
func (w *Walk) shareOf(path []face) float64 {
	states := make([]int32, len(path))
	for i, f := range path {
		if states[i] = w.stateOf(f); states[i] < 0 {
			return 0
		}
	}
	return (&pathSearch{walk: w}).product(states)
}
