package supply

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// Interval is what a figure of an answer is, and what it is in the draws
// (docs/methods.md §2d).
type Interval struct {
	Value float64 // of the answer
	Low   float64 // 5th percentile of the draws
	High  float64 // 95th percentile
	Mean  float64 // of the draws
}

// Level is the part of the draws that an interval holds.
const Level = 0.9

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

// figures are the figures of one answer, by what they are of; what is zero is
// left out.
type figures map[figureKey]float64

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
func (d *Dependency) figures(ctx context.Context) (figures, error) {
	f := figures{}
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

// Intervals returns the intervals of the shares of the answer.
func (x *Draws) Intervals(ctx context.Context) (Intervals, error) {
	return x.shares.get(func() (Intervals, error) {
		answer, err := x.answer.figures(ctx)
		if err != nil {
			return Intervals{}, err
		}
		drawn, short := make([]figures, x.Draws), make([][]shortage, x.Draws)
		if err := x.each(ctx, func(i int, d *Dependency) (err error) {
			short[i] = d.walk.network.shortages()
			drawn[i], err = d.figures(ctx)
			return err
		}); err != nil {
			return Intervals{}, err
		}
		tiers, err := x.answer.Tiers(ctx)
		if err != nil {
			return Intervals{}, err
		}
		n := x.listed(x.intervalsOf(answer, drawn), tiers)
		n.Undecided, err = x.undecided(ctx, short)
		return n, err
	})
}

// shortage is that more leaves a stage than is known to be made there and imported:
// the rest is unexplained or, where production is not known, inferred.
type shortage struct {
	Stage
	inferred bool
}

func (n *Network) shortages() []shortage {
	var list []shortage
	for i := range n.Nodes {
		node := &n.Nodes[i]
		stage := Stage{n.Places[node.Place], n.Products[node.Product].ID}
		if node.Unexplained > 0 {
			list = append(list, shortage{stage, false})
		}
		if node.ProductionEstimated { // where it is by its row, it is in every draw
			list = append(list, shortage{stage, true})
		}
	}
	return list
}

// undecided returns the share of the answer that passes stages which are short in
// some of the draws and not in others.
func (x *Draws) undecided(ctx context.Context, drawn [][]shortage) (float64, error) {
	count := map[shortage]int{}
	for _, list := range drawn {
		for _, s := range list {
			count[s]++
		}
	}
	d := x.answer
	if d.state < 0 {
		return 0, nil
	}
	few := (1 - Level) / 2 * float64(x.Draws)
	set := d.walk.newSet()
	for s, times := range count {
		if float64(times) <= few || float64(x.Draws-times) <= few {
			continue
		}
		if s.Stage == d.target && d.firm < 0 {
			return 1, nil
		}
		if product, err := d.walk.network.product(s.Product); err == nil {
			d.walk.addNode(set, d.walk.network.at(s.Place, product))
		}
	}
	return d.chanceOf(ctx, set)
}

// intervalsOf returns the interval of each figure.
func (x *Draws) intervalsOf(answer figures, drawn []figures) map[figureKey]Interval {
	values := map[figureKey][]float64{}
	for key := range answer {
		values[key] = make([]float64, x.Draws)
	}
	for i, of := range drawn {
		for key, v := range of {
			if values[key] == nil {
				values[key] = make([]float64, x.Draws)
			}
			values[key][i] = v
		}
	}
	intervals := make(map[figureKey]Interval, len(values))
	for key, of := range values {
		intervals[key] = newInterval(answer[key], of)
	}
	return intervals
}

// newInterval returns the interval of a value, from those of the draws, which it
// puts in order.
func newInterval(value float64, drawn []float64) Interval {
	n := Interval{Value: value}
	for _, v := range drawn {
		n.Mean += v
	}
	n.Mean /= float64(len(drawn))
	slices.Sort(drawn)
	n.Low, n.High = percentile(drawn, (1-Level)/2), percentile(drawn, (1+Level)/2)
	return n
}

// percentile interpolates between the values on both sides (the definition 7 of
// Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566).
func percentile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-math.Floor(at))*(sorted[i+1]-sorted[i])
}

// any tells whether an interval is worth a line.
func (n Interval) any() bool { return n.Value != 0 || n.Low != 0 || n.High != 0 }

// listed lays intervals out.
func (x *Draws) listed(of map[figureKey]Interval, tiers []Tier) Intervals {
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
			if s.Origin.any() || s.Direct.any() {
				n.Shares = append(n.Shares, s)
			}
		case key.of == ofStage && interval.any():
			n.UnexplainedAt = append(n.UnexplainedAt, UnexplainedIntervals{Stage{key.place, key.product}, key.reason, interval})
		case key.of == ofTier && interval.any():
			madeIn[key.product] = append(madeIn[key.product], PlaceIntervals{key.place, interval})
		}
	}
	slices.SortFunc(n.Shares, func(a, b ShareIntervals) int {
		return cmp.Or(descending(a.Origin.Value, b.Origin.Value), descending(a.Direct.Value, b.Direct.Value), cmp.Compare(a.Place, b.Place))
	})
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

// Assumptions says what the intervals assume, sentence by sentence.
func (x *Draws) Assumptions(n Intervals) []string {
	list := []string{
		fmt.Sprintf("Intervals hold the middle %g %% of %s, in each of which every mass is multiplied by an independent log-normal factor of mean 1, and all is assembled and solved anew.",
			100*Level, count(x.Draws, "draw", "draws")),
		fmt.Sprintf("The relative error of a mass is its row's own where it states one (%s), else by setting: %g for reported masses (%s), %g for estimated ones (%s).",
			figure(float64(x.Stated)), x.Uncertainty.Reported, figure(float64(x.Drawn.Reported)), x.Uncertainty.Estimated, figure(float64(x.Drawn.Estimated))),
	}
	if x.Recipes+x.Codes > 0 {
		list = append(list, fmt.Sprintf("Shares of %s and %s are drawn with the concentration that is stated; those of all others are held fixed.",
			count(x.Recipes, "recipe", "recipes"), count(x.Codes, "trade code", "trade codes")))
	} else {
		list = append(list, "Shares of recipes and trade codes are held fixed: of none of them is it stated how sure it is.")
	}
	list = append(list, "What all rows of a source have wrong alike, and what no source holds, is in no interval.")
	if n.Undecided >= 0.01 {
		list = append(list, fmt.Sprintf("%.0f %% of supply passes stages of which the draws do not agree whether more leaves them than is made and imported: there the intervals of what is unexplained lie too high, and those of origins too low.",
			100*n.Undecided))
	}
	return list
}

// ChokepointInterval is a chokepoint with the interval of its pass-through share.
type ChokepointInterval struct {
	Chokepoint
	Interval Interval
}

// Chokepoints returns those of the answer, as Dependency.Chokepoints and
// FirmChokepoints list them, with their intervals.
func (x *Draws) Chokepoints(ctx context.Context, kind Kind, by Attribution, epsilon, minShare float64, first int) ([]ChokepointInterval, error) {
	points, err := x.answer.chokepoints(ctx, kind, by, epsilon, minShare, first)
	if err != nil {
		return nil, err
	}
	drawn := make([][]float64, x.Draws)
	if err := x.each(ctx, func(i int, d *Dependency) (err error) {
		drawn[i], err = d.passThroughOf(ctx, kind, by, points)
		return err
	}); err != nil {
		return nil, err
	}
	list := make([]ChokepointInterval, len(points))
	for k, interval := range intervalsBy(points, drawn, func(p Chokepoint) float64 { return p.PassThrough }) {
		list[k] = ChokepointInterval{points[k], interval}
	}
	return list, nil
}

// intervalsBy returns the interval of each item, whose values stand in its column.
func intervalsBy[T any](items []T, drawn [][]float64, value func(T) float64) []Interval {
	list, column := make([]Interval, len(items)), make([]float64, len(drawn))
	for k, item := range items {
		for i := range drawn {
			column[i] = drawn[i][k]
		}
		list[k] = newInterval(value(item), column)
	}
	return list
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
		stage    Stage
		from, to string
		by       StepKind
		firm     Actor
	}
	of := func(p Chokepoint) identity { return identity{Stage{p.Place, p.Product}, p.From, p.To, p.By, p.Firm} }
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
	all, err := d.byCountry(ctx)
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
func (x *Draws) Paths(ctx context.Context, first int, minShare float64) ([]PathInterval, error) {
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
	drawn := make([][]float64, x.Draws)
	if err := x.each(ctx, func(i int, d *Dependency) error {
		drawn[i] = make([]float64, len(faces))
		for k, path := range faces {
			drawn[i][k] = d.walk.shareOf(path)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	intervals := intervalsBy(search.found, drawn, func(f foundPath) float64 { return f.path.Share })
	for k, found := range search.found {
		list = append(list, PathInterval{found.path, intervals[k]})
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
