package supply

import "context"

// WorldInterval is a chokepoint of the world with its intervals.
type WorldInterval struct {
	WorldChokepoint
	Share     Interval
	Countries Interval // for how many targets it is a single point of failure
}

type worldKey struct {
	point     int
	countries bool
}

// WorldChokepoints returns chokepoints of the world's supply of a product with their
// intervals: an answer of Walk.WorldChokepointsBy, of the network that is drawn
// around, or the first of it. In a draw others may be larger. The share of the
// final use that passes stages of which the draws do not agree stands beside them, as
// Intervals.Undecided.
func (x *Draws) WorldChokepoints(ctx context.Context, product string, points []WorldChokepoint, by Attribution, epsilon float64) (list []WorldInterval, undecided float64, err error) {
	answer := map[worldKey]float64{}
	for k, p := range points {
		answer[worldKey{k, false}], answer[worldKey{k, true}] = p.Share, float64(p.Countries)
	}
	var apart tellingApart
	of, err := intervalsOf(ctx, x.Draws, answer, func(i int) (map[worldKey]float64, error) {
		w, err := x.draw(ctx, i)
		if err != nil {
			return nil, err
		}
		apart.note(w.network)
		return w.worldFigures(ctx, product, points, by, epsilon)
	})
	if err != nil {
		return nil, 0, err
	}
	list = make([]WorldInterval, len(points))
	for k, p := range points {
		list[k] = WorldInterval{p, of[worldKey{k, false}], of[worldKey{k, true}]}
	}
	var n ExposureIntervals
	err = x.undecidedTargets(ctx, product, apart.undecided(x.Draws), &n)
	return list, n.Undecided, err
}

// worldFigures returns for some chokepoints which share of the world's final use of a
// product passes each, and for how many targets it is a single point of failure.
func (w *Walk) worldFigures(ctx context.Context, product string, points []WorldChokepoint, by Attribution, epsilon float64) (map[worldKey]float64, error) {
	targets, err := w.targets(product)
	if err != nil {
		return nil, err
	}
	v := worldview{walk: w, targets: targets, least: 1 - epsilon - slack}
	m := &meeting{chain: w.chain, upstream: w.chain.upstream(statesOf(targets)...), chance: make([]float64, w.states)}
	figures := make(map[worldKey]float64, 2*len(points))
	for k, p := range points {
		subject := []Subject{{Place: p.Place, Product: p.Product, From: p.From, To: p.To, Sold: p.Sold, Firm: p.Firm, Attribution: by}}
		set, err := w.setOfAll(ctx, subject)
		if err != nil {
			return nil, err
		}
		var chance []float64
		isSum := false
		if w.agentOf == nil && (p.Kind == KindCountry || p.Kind == KindStage) { // what is factorised once serves all
			chance, err = m.chances(ctx, set.list())
		} else {
			chance, isSum, err = w.chanceOfSubjects(ctx, set, subject, statesOf(targets))
		}
		if err != nil {
			return nil, err
		}
		var y tally
		for _, t := range targets {
			switch {
			case set.states[t.state]:
			case isSum:
				y.world.add(t.weight, chance[t.state])
			default:
				y.add(&v, t, chance[t.state])
			}
		}
		share := y.world.mean()
		if isSum && y.world.weight > 0 {
			share = y.world.sum / y.world.weight
		}
		figures[worldKey{k, false}], figures[worldKey{k, true}] = share, float64(y.countries)
	}
	return figures, nil
}

// list returns the states of a set.
func (x *set) list() []int32 {
	var states []int32
	for s, in := range x.states {
		if in {
			states = append(states, int32(s))
		}
	}
	return states
}
