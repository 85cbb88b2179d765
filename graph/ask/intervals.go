package ask

import (
	"cmp"
	"context"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// draws makes ready for the intervals of an answer (docs/methods.md §2d): from the
// rows that it was computed from, whatever the store holds by now. The walk is the
// one that answered, under the scenario for the target where there is one.
//
// Errors: those of supply.NewDraws; BadInput for a network of firms on their own.
func (b *Basis) draws(w *supply.Walk, s *supply.Scenario, target supply.Stage, u supply.Uncertainty) (*supply.Draws, error) {
	if b.assembly.Alone() {
		return nil, graph.Errorf(graph.BadInput, "there are no intervals in a network of %d companies and plants on their own: leave intervals out, or raise --firm-rows", len(b.assembly.Producers))
	}
	if b.InValue() {
		return supply.NewTableDraws(b.chain.assembly, w, s, target, u)
	}
	return supply.NewDraws(b.Plan, b.chain.trade, w, s, target, u)
}

// drawsAsKnown makes ready for the intervals of an answer without a scenario.
func (b *Basis) drawsAsKnown(ctx context.Context, u supply.Uncertainty) (*supply.Draws, error) {
	w, err := b.chain.walk(ctx, b.Balance)
	if err != nil {
		return nil, err
	}
	return b.draws(w, nil, supply.Stage{}, u)
}

// Draws makes ready for the intervals of the answer. Errors: BadInput for a network of
// firms on their own, and for an uncertainty outside of its bounds.
func (a *Answer) Draws(u supply.Uncertainty) (*supply.DrawnDependency, error) {
	draws, err := a.draws(a.Walk(), a.scenario, a.Target(), u)
	if err != nil {
		return nil, err
	}
	return draws.Dependency(a.Dependency), nil
}

// DrawnExposure is who depends on a subject, with intervals.
type DrawnExposure struct {
	supply.ExposureIntervals
	Draws *supply.Draws
}

// Intervals draws around the answer. Errors as of Answer.Draws, and that of ctx.
func (e *Exposure) Intervals(ctx context.Context, u supply.Uncertainty) (*DrawnExposure, error) {
	draws, err := e.drawsAsKnown(ctx, u)
	if err != nil {
		return nil, err
	}
	intervals, err := draws.Exposure(ctx, e.Exposure, e.Product.ID, e.to...)
	return &DrawnExposure{intervals, draws}, err
}

// DrawnWorld is what the world's supply of a product passes, with intervals.
type DrawnWorld struct {
	Chokepoints []supply.WorldInterval
	Undecided   float64 // share of the final use that passes stages of which the draws do not agree
	Draws       *supply.Draws
}

// Intervals draws around the first chokepoints of the answer (0: all), of the
// attribution and epsilon that it was asked with. Errors as of Answer.Draws, and that
// of ctx.
func (w *WorldAnswer) Intervals(ctx context.Context, u supply.Uncertainty, q WorldQuestion, first int) (*DrawnWorld, error) {
	draws, err := w.drawsAsKnown(ctx, u)
	if err != nil {
		return nil, err
	}
	points := w.Chokepoints
	if first > 0 && first < len(points) {
		points = points[:first]
	}
	x := &DrawnWorld{Draws: draws}
	x.Chokepoints, x.Undecided, err = draws.WorldChokepoints(ctx, w.Product.ID, points, cmp.Or(q.Attribution, supply.ByOperator), q.Epsilon)
	return x, err
}

// DrawnMaterial is a country's whole use of a material, with intervals.
type DrawnMaterial struct {
	supply.MaterialIntervals
	Draws *supply.Draws
}

// Intervals draws around the answer. Errors as of Answer.Draws, and that of ctx.
func (m *MaterialAnswer) Intervals(ctx context.Context, u supply.Uncertainty) (*DrawnMaterial, error) {
	draws, err := m.draws(m.walk, m.scenario, supply.Stage{Place: m.Country.ID}, u)
	if err != nil {
		return nil, err
	}
	intervals, err := draws.MaterialUse(ctx, m.MaterialUse)
	return &DrawnMaterial{intervals, draws}, err
}

// Draws makes ready for the intervals of the change. Errors as of Answer.Draws.
func (c *Change) Draws(u supply.Uncertainty) (*DrawnChange, error) {
	before, err := c.Before.Draws(u)
	if err != nil {
		return nil, err
	}
	after, err := c.After.Draws(u)
	return &DrawnChange{&supply.DrawnChange{Before: before, After: after}, c}, err
}

// DrawnChange is a change with the draws around both answers.
type DrawnChange struct {
	*supply.DrawnChange
	change *Change
}

// Links is Change.Links with intervals, of the first links (0: all).
func (x *DrawnChange) Links(ctx context.Context, origin string, first int) (supply.LinkChangeIntervals, error) {
	place, err := x.change.placeOf(origin)
	if err != nil {
		return supply.LinkChangeIntervals{}, err
	}
	return x.DrawnChange.Links(ctx, place, first)
}
