package gql

import (
	"context"
	"math"
	"sync"

	"github.com/graphql-go/graphql"

	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

// Intervals of the questions beside dependency.

// exposureIntervals are the intervals of who depends on something.
func (b *builder) exposureIntervals() *graphql.Field {
	type answer struct {
		*ask.DrawnExposure
		of exposed
	}
	t := withDraws("ExposureIntervals", "Intervals of who depends on something, of 90 % of the draws.", func(a answer) *supply.Draws { return a.Draws }, graphql.Fields{
		"worldShare":        prop(must(b.interval), "Share of the final use that passes it, 0..1.", func(a answer) any { return a.WorldShare }),
		"finalUseTonnes":    prop(b.interval, "Apparent final use of everything that was looked at, outside the set, tonnes of contained material; null in an input-output table.", func(a answer) any { return intervalInTonnes(&a.of.Basis, a.FinalUse) }),
		"finalUseUsd":       prop(b.interval, "In an input-output table, what final users bought of it, USD of the year; else null.", func(a answer) any { return intervalInUSD(&a.of.Basis, a.FinalUse) }),
		"ownFinalUseTonnes": prop(b.interval, "Apparent final use of the set's own stages, which are left out, tonnes of contained material; null in an input-output table.", func(a answer) any { return intervalInTonnes(&a.of.Basis, a.OwnFinalUse) }),
		"ownFinalUseUsd":    prop(b.interval, "In an input-output table, what final users bought of the set's own sectors, USD of the year; else null.", func(a answer) any { return intervalInUSD(&a.of.Basis, a.OwnFinalUse) }),
		"undecidedShare":    prop(must(graphql.Float), "Share of the final use that passes a stage of which the draws do not agree whether more leaves it than is made and imported, 0..1.", func(a answer) any { return a.Undecided }),
		"targets": compute(list(b.exposedTargetIntervalsType()), "The targets of the answer, in its order, and those that are exposed in so many draws that the interval does not end at zero.",
			graphql.FieldConfigArgument{"first": argDefault(graphql.Int, "How many at most, up to 1000.", 20)},
			func(p graphql.ResolveParams, a answer) (any, error) {
				rows, err := cutAt(b, p, a.Targets)
				return within(item[struct{}]{of: &a.of.Basis}, rows), err
			}),
		"assumptions": prop(list(graphql.String), "What the intervals assume, sentence by sentence.", func(a answer) any { return a.Draws.Assumptions(a.Undecided) }),
	})
	return compute(must(t), howSure("the shares are"), uncertaintyArgs(), func(p graphql.ResolveParams, e exposed) (any, error) {
		drawn, err := e.Intervals(p.Context, uncertainty(p))
		if err != nil {
			return nil, err
		}
		return answer{drawn, e}, nil
	})
}

// intervalInTonnes is the interval of a mass; null where there is none, and in an
// input-output table, in which it is a value.
func intervalInTonnes(b *ask.Basis, n supply.Interval) any {
	if b.InValue() || math.IsNaN(n.Value) {
		return nil
	}
	return n
}

// intervalInUSD is the interval of a value of an input-output table; null elsewhere.
func intervalInUSD(b *ask.Basis, n supply.Interval) any {
	if !b.InValue() {
		return nil
	}
	return n
}

func (b *builder) exposedTargetIntervalsType() *graphql.Object {
	type row = item[supply.ExposedTargetIntervals]
	return object("ExposedTargetIntervals", "A target that depends on what was asked about, with its intervals.", graphql.Fields{
		"country": prop(must(b.nodes.country), "The country; WLD (the world) for a pooled product.", func(r row) any {
			return placeOrWorld(r.of, r.v.Place)
		}),
		"product":          productProp(b, true, "The product.", func(t supply.ExposedTargetIntervals) string { return t.Product }),
		"passThroughShare": prop(must(b.interval), "Share of the target's supply that passes it, 0..1.", func(r row) any { return r.v.PassThrough }),
		"tonnes":           prop(b.interval, "The same in tonnes of contained material; null for a pooled product and for a sector of an input-output table.", func(r row) any { return intervalInTonnes(r.of, r.v.Tonnes) }),
		"valueUsd":         prop(b.interval, "The same of a sector's output, USD of the year; null where shares are of mass.", func(r row) any { return intervalInUSD(r.of, r.v.Tonnes) }),
		"undecidedShare": prop(must(graphql.Float), "Share of the target's supply that passes a stage of which the draws do not agree whether more leaves it than is made and imported, 0..1.",
			func(r row) any { return r.v.Undecided }),
	})
}

// materialIntervals are the intervals of a country's whole use of a material.
func (b *builder) materialIntervals() *graphql.Field {
	type answer struct {
		*ask.DrawnMaterial
		of *ask.MaterialAnswer
	}
	mass := func(doc string, get func(supply.AccountIntervals) supply.Interval) func(func(any) supply.AccountIntervals) *graphql.Field {
		return func(of func(any) supply.AccountIntervals) *graphql.Field {
			return prop(must(b.interval), doc+", tonnes of contained material.", func(v any) any { return get(of(v)) })
		}
	}
	fields := func(of func(any) supply.AccountIntervals) graphql.Fields {
		return graphql.Fields{
			"production": mass("Made in the country", func(a supply.AccountIntervals) supply.Interval { return a.Production })(of),
			"imports":    mass("Imports", func(a supply.AccountIntervals) supply.Interval { return a.Imports })(of),
			"exports":    mass("Exports", func(a supply.AccountIntervals) supply.Interval { return a.Exports })(of),
			"used":       mass("What the country's own making takes", func(a supply.AccountIntervals) supply.Interval { return a.Used })(of),
			"supply":     mass("Supply", func(a supply.AccountIntervals) supply.Interval { return a.Supply })(of),
			"finalUse":   mass("Apparent final use", func(a supply.AccountIntervals) supply.Interval { return a.FinalUse })(of),
		}
	}
	account := object("MaterialAccountIntervals", "Intervals of the masses of several products together.",
		fields(func(v any) supply.AccountIntervals { return v.(supply.AccountIntervals) }))
	use := object("MaterialInProductIntervals", "Intervals of a country's account of one product.",
		fields(func(v any) supply.AccountIntervals { return v.(item[supply.ProductIntervals]).v.AccountIntervals }))
	use.AddFieldConfig("product", productProp(b, true, "The product.", func(p supply.ProductIntervals) string { return p.Product }))
	single := func(doc string, get func(answer) supply.Interval) *graphql.Field {
		return prop(must(b.interval), doc, func(a answer) any { return get(a) })
	}
	t := withDraws("MaterialIntervals", "Intervals of a country's whole use of a material, of 90 % of the draws.", func(a answer) *supply.Draws { return a.Draws }, graphql.Fields{
		"products":       prop(list(use), "The products of the answer, in its order.", func(a answer) any { return within(item[struct{}]{of: &a.of.Basis}, a.Products) }),
		"direct":         prop(must(account), "Sums over the stages extraction, processing and recycling.", func(a answer) any { return a.Direct }),
		"embodied":       prop(must(account), "Sums over the stages component and assembly.", func(a answer) any { return a.Embodied }),
		"finalUseTonnes": single("Apparent final use in all products, tonnes of contained material.", func(a answer) supply.Interval { return a.FinalUse }),
		"passOnShare": prop(b.interval, "Exports over supply of the direct stages, 0..1; null without supply.", func(a answer) any {
			if !a.of.HasDirect {
				return nil
			}
			return a.PassOn
		}),
		"unexplainedShare": single("Share of the final use that no source explains, 0..1.", func(a answer) supply.Interval { return a.Unexplained }),
		"estimatedShare":   single("Share of the final use that takes at least one estimated step, 0..1.", func(a answer) supply.Interval { return a.Estimated }),
		"undecidedShare":   prop(must(graphql.Float), "Share of the final use that passes a stage of which the draws do not agree whether more leaves it than is made and imported, 0..1.", func(a answer) any { return a.Undecided }),
		"shares": compute(list(b.shareIntervals), "One row per country, of the final use in all products: by origin, then direct share of the answer, descending, then id.",
			graphql.FieldConfigArgument{"first": arg(graphql.Int, "How many at most, up to 1000; left out = all.")},
			func(p graphql.ResolveParams, a answer) (any, error) {
				rows, err := cutAt(b, p, a.Shares)
				return within(item[struct{}]{of: &a.of.Basis}, rows), err
			}),
		"assumptions": prop(list(graphql.String), "What the intervals assume, sentence by sentence.", func(a answer) any { return a.Draws.Assumptions(a.Undecided) }),
	})
	return compute(must(t), howSure("the masses and shares are"), uncertaintyArgs(), func(p graphql.ResolveParams, m *ask.MaterialAnswer) (any, error) {
		drawn, err := m.Intervals(p.Context, uncertainty(p))
		if err != nil {
			return nil, err
		}
		return answer{drawn, m}, nil
	})
}

// worldDraws draws around all the chokepoints that are listed at once.
type worldDraws struct {
	answer   *ask.WorldAnswer
	question ask.WorldQuestion
	listed   int

	mu   sync.Mutex
	done map[supply.Uncertainty]*ask.DrawnWorld
}

func (x *worldDraws) of(ctx context.Context, u supply.Uncertainty) (*ask.DrawnWorld, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if drawn := x.done[u]; drawn != nil {
		return drawn, nil
	}
	drawn, err := x.answer.Intervals(ctx, u, x.question, x.listed)
	if err != nil {
		return nil, err
	}
	if x.done == nil {
		x.done = map[supply.Uncertainty]*ask.DrawnWorld{}
	}
	x.done[u] = drawn
	return drawn, nil
}

// worldIntervals are the intervals of a chokepoint of the world.
func (b *builder) worldIntervals() *graphql.Field {
	type answer struct {
		*ask.DrawnWorld
		point supply.WorldInterval
	}
	t := withDraws("WorldChokepointIntervals", "Intervals of a chokepoint of the world, of 90 % of the draws; in a draw others may be larger.", func(a answer) *supply.Draws { return a.Draws }, graphql.Fields{
		"worldShare":     prop(must(b.interval), "Share of the apparent final use of all countries outside it that passes it, 0..1.", func(a answer) any { return a.point.Share }),
		"countries":      prop(must(b.interval), "For how many countries it is a single point of failure.", func(a answer) any { return a.point.Countries }),
		"undecidedShare": prop(must(graphql.Float), "Share of the final use that passes a stage of which the draws do not agree whether more leaves it than is made and imported, 0..1.", func(a answer) any { return a.Undecided }),
		"assumptions":    prop(list(graphql.String), "What the intervals assume, sentence by sentence.", func(a answer) any { return a.Draws.Assumptions(a.Undecided) }),
	})
	return compute(must(t), howSure("its share is")+" All chokepoints that are listed are solved for together.", uncertaintyArgs(), func(p graphql.ResolveParams, r item[worldPoint]) (any, error) {
		drawn, err := r.v.draws.of(p.Context, uncertainty(p))
		if err != nil {
			return nil, err
		}
		return answer{drawn, drawn.Chokepoints[r.v.rank]}, nil
	})
}

// drawnChange is a change with its draws.
type drawnChange struct {
	*ask.DrawnChange
	supply.ChangeIntervals
	of changed
}

// changeIntervals are the intervals of what changed between two years.
func (b *builder) changeIntervals(link *graphql.Object) *graphql.Field {
	single := func(doc string, get func(drawnChange) any, t graphql.Output) *graphql.Field {
		return prop(must(t), doc, get)
	}
	t := withDraws("ChangeIntervals", "Intervals of what changed between two years, of 90 % of the draws: whether the change is larger than its uncertainty.", func(x drawnChange) *supply.Draws { return x.Draws() }, graphql.Fields{
		"shares": compute(list(b.shareChangeIntervalsType()), "One row per country: by the origin share of the second year, then that of the first, descending, then id.",
			graphql.FieldConfigArgument{"first": arg(graphql.Int, "How many at most, up to 1000; left out = all.")},
			func(p graphql.ResolveParams, x drawnChange) (any, error) {
				rows, err := cutAt(b, p, x.Shares)
				return piecesOf(x.of.After, rows), err
			}),
		"unexplainedBefore": single("Share of supply that no source explains in the first year, 0..1.", func(x drawnChange) any { return x.Unexplained.Before }, b.interval),
		"unexplainedAfter":  single("Share of supply that no source explains in the second year, 0..1.", func(x drawnChange) any { return x.Unexplained.After }, b.interval),
		"unexplainedChange": single("Its change, in each draw.", func(x drawnChange) any { return x.Unexplained.Change }, b.interval),
		"undecidedBefore": single("Share of the first year's supply that passes a stage of which the draws do not agree whether more leaves it than is made and imported, 0..1.",
			func(x drawnChange) any { return x.UndecidedBefore }, graphql.Float),
		"undecidedAfter": single("The same of the second year's supply, 0..1.", func(x drawnChange) any { return x.UndecidedAfter }, graphql.Float),
		"links": compute(must(b.linkChangeIntervalsType(link)), "Through which links the share that starts in a country changed; the draws are solved anew for them.",
			graphql.FieldConfigArgument{"origin": arg(must(graphql.ID), "The country of origin."),
				"first": argDefault(graphql.Int, "How many at most, 1 to 1000.", 20)}, b.linkChangeIntervals),
		"assumptions": prop(list(graphql.String), "What the intervals assume, sentence by sentence.", func(x drawnChange) any { return x.Assumptions(x.ChangeIntervals) }),
	})
	return compute(must(t), howSure("the change is"), uncertaintyArgs(), func(p graphql.ResolveParams, c changed) (any, error) {
		draws, err := c.Draws(uncertainty(p))
		if err != nil {
			return nil, err
		}
		n, err := draws.Intervals(p.Context)
		if err != nil {
			return nil, err
		}
		return drawnChange{draws, n, c}, nil
	})
}

func (b *builder) shareChangeIntervalsType() *graphql.Object {
	type row = item[supply.ShareChangeIntervals]
	of := func(doc string, get func(supply.ShareChangeIntervals) supply.Interval) *graphql.Field {
		return prop(must(b.interval), doc, func(r row) any { return get(r.v) })
	}
	return object("ShareChangeIntervals", "The intervals of what the target depends on one country for, in both years. Shares of the target's supply, 0..1.", graphql.Fields{
		"country":      placeProp(b, true, "The country.", func(s supply.ShareChangeIntervals) string { return s.Place }),
		"directBefore": of("Direct share in the first year.", func(s supply.ShareChangeIntervals) supply.Interval { return s.Direct.Before }),
		"directAfter":  of("Direct share in the second year.", func(s supply.ShareChangeIntervals) supply.Interval { return s.Direct.After }),
		"directChange": of("directAfter - directBefore, in each draw.", func(s supply.ShareChangeIntervals) supply.Interval { return s.Direct.Change }),
		"originBefore": of("Origin share in the first year.", func(s supply.ShareChangeIntervals) supply.Interval { return s.Origin.Before }),
		"originAfter":  of("Origin share in the second year.", func(s supply.ShareChangeIntervals) supply.Interval { return s.Origin.After }),
		"change":       of("originAfter - originBefore, in each draw.", func(s supply.ShareChangeIntervals) supply.Interval { return s.Origin.Change }),
		"exceedsUncertainty": prop(must(graphql.Boolean), "True where the interval of change does not hold zero.",
			func(r row) any { return r.v.Origin.Exceeds() }),
		"agree": prop(must(graphql.Float), "Part of the draws in which the origin share changes in the direction in which it does in the answer, 0..1.",
			func(r row) any { return r.v.Origin.Agree }),
	})
}

func (b *builder) linkChangeIntervalsType(link *graphql.Object) *graphql.Object {
	type row = item[supply.LinkChangeInterval]
	one := object("LinkChangeInterval", "What one link contributes to the change of an origin share, with its interval.", graphql.Fields{
		"link":   prop(must(link), "The link.", func(r row) any { return item[supply.LinkChange]{r.of, r.supply, r.v.LinkChange} }),
		"change": prop(must(b.interval), "The interval of its contribution.", func(r row) any { return r.v.Interval }),
	})
	type rows = item[supply.LinkChangeIntervals]
	return object("LinkChangeIntervals", "The links through which an origin share changed, with intervals.", graphql.Fields{
		"links": prop(list(one), "Those of the answer, in its order.", func(r rows) any { return within(r, r.v.Links) }),
		"rest":  prop(must(b.interval), "What the links that are not listed add up to, in each draw.", func(r rows) any { return r.v.Rest }),
		"total": prop(must(b.interval), "The change of the origin share: all links together, in each draw.", func(r rows) any { return r.v.Total }),
	})
}

func (b *builder) linkChangeIntervals(p graphql.ResolveParams, x drawnChange) (any, error) {
	first, _, err := b.limited(p, "first")
	if err != nil {
		return nil, err
	}
	n, err := x.Links(p.Context, textArg(p, "origin"), max(first, 1))
	return pieceOf(x.of.After, n), err
}
