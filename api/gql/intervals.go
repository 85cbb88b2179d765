package gql

import (
	"fmt"
	"maps"

	"github.com/graphql-go/graphql"

	"tiermap/graph/finding"
	"tiermap/graph/supply"
)

// intervalParts are the types that intervals share with the answer.
type intervalParts struct {
	kind, reason     *graphql.Enum
	chokepoint, path *graphql.Object
	flow, finding    *graphql.Object
}

// drawn is an answer with its draws.
type drawn struct {
	asked
	draws *supply.DrawnDependency
}

func (b *builder) intervalsField(types intervalParts) *graphql.Field {
	return answerField(must(b.intervalsType(types)), howSure("the shares are"), uncertaintyArgs(),
		func(p graphql.ResolveParams, a asked) (any, error) {
			draws, err := a.Draws(uncertainty(p))
			if err != nil {
				return nil, err
			}
			return drawn{a, draws}, nil
		})
}

// howSure describes a field of intervals.
func howSure(what string) string {
	return "How sure " + what + ": the 5th to the 95th percentile over networks whose masses are drawn around those that are known (methods, section 2d). The same question has the same intervals."
}

// uncertaintyArgs are the arguments of a field of intervals.
func uncertaintyArgs() graphql.FieldConfigArgument {
	return graphql.FieldConfigArgument{
		"draws":     argDefault(graphql.Int, "How many networks are drawn and solved, 1 to 1000.", supply.DefaultDraws),
		"reported":  argDefault(graphql.Float, "Relative error (coefficient of variation) of a reported mass whose row states none, or of a reported flow of inputs of an input-output table, 0..10.", supply.DefaultReported),
		"estimated": argDefault(graphql.Float, "Relative error of an estimated mass whose row states none, or of an estimated flow of inputs, 0..10.", supply.DefaultEstimated),
	}
}

// uncertainty reads them.
func uncertainty(p graphql.ResolveParams) (u supply.Uncertainty) {
	u.Draws, _ = p.Args["draws"].(int)
	u.Reported, _ = p.Args["reported"].(float64)
	u.Estimated, _ = p.Args["estimated"].(float64)
	return u
}

// drawsFields are the fields of intervals that say what was drawn.
func drawsFields[T any](of func(T) *supply.Draws) graphql.Fields {
	setting := func(t graphql.Output, doc string, get func(*supply.Draws) any) *graphql.Field {
		return prop(must(t), doc, func(v T) any { return get(of(v)) })
	}
	return graphql.Fields{
		"draws":           setting(graphql.Int, "How many networks were drawn.", func(x *supply.Draws) any { return x.Draws }),
		"seed":            setting(graphql.String, "What the draws start from: fixed by the material that is followed.", func(x *supply.Draws) any { return fmt.Sprint(x.Seed) }),
		"reportedError":   setting(graphql.Float, "Relative error of a reported mass whose row states none.", func(x *supply.Draws) any { return x.Uncertainty.Reported }),
		"estimatedError":  setting(graphql.Float, "Relative error of an estimated mass whose row states none.", func(x *supply.Draws) any { return x.Uncertainty.Estimated }),
		"massesStated":    setting(graphql.Int, "How many masses were drawn with the relative error that their row states.", func(x *supply.Draws) any { return x.Stated }),
		"massesReported":  setting(graphql.Int, "How many were drawn with reportedError.", func(x *supply.Draws) any { return x.Drawn.Reported }),
		"massesEstimated": setting(graphql.Int, "How many were drawn with estimatedError.", func(x *supply.Draws) any { return x.Drawn.Estimated }),
		"recipesDrawn":    setting(graphql.Int, "How many recipes had their shares drawn, with a stated concentration.", func(x *supply.Draws) any { return x.Recipes }),
		"codesDrawn":      setting(graphql.Int, "How many trade codes had their shares drawn, with a stated concentration.", func(x *supply.Draws) any { return x.Codes }),
	}
}

// withDraws is a type of intervals with the fields that say what was drawn.
func withDraws[T any](name, doc string, of func(T) *supply.Draws, fields graphql.Fields) *graphql.Object {
	maps.Copy(fields, drawsFields(of))
	return object(name, doc, fields)
}

func intervalType() *graphql.Object {
	number := func(doc string, get func(supply.Interval) float64) *graphql.Field {
		return prop(must(graphql.Float), doc, func(n supply.Interval) any { return get(n) })
	}
	return object("Interval", "A figure of the answer, and what it is in the draws.", graphql.Fields{
		"value": number("The answer's own.", func(n supply.Interval) float64 { return n.Value }),
		"low":   number("5th percentile of the draws.", func(n supply.Interval) float64 { return n.Low }),
		"high":  number("95th percentile of the draws.", func(n supply.Interval) float64 { return n.High }),
		"mean":  number("Mean of the draws.", func(n supply.Interval) float64 { return n.Mean }),
	})
}

func (b *builder) intervalsType(types intervalParts) *graphql.Object {
	interval := b.interval
	// of is a field that reads the intervals of the shares, which are drawn once.
	of := func(t graphql.Output, doc string, args graphql.FieldConfigArgument,
		get func(graphql.ResolveParams, drawn, supply.Intervals) (any, error)) *graphql.Field {
		return compute(t, doc, args, func(p graphql.ResolveParams, x drawn) (any, error) {
			n, err := x.draws.Intervals(p.Context)
			if err != nil {
				return nil, err
			}
			return get(p, x, n)
		})
	}
	single := func(doc string, get func(supply.Intervals) supply.Interval) *graphql.Field {
		return of(must(interval), doc, nil, func(_ graphql.ResolveParams, _ drawn, n supply.Intervals) (any, error) { return get(n), nil })
	}
	all := func() graphql.FieldConfigArgument {
		return graphql.FieldConfigArgument{"first": arg(graphql.Int, "How many at most, up to 1000; left out = all.")}
	}
	return withDraws("Intervals", "Intervals of 90 % of the draws. Lists hold what has a share in the answer, and what has one in so many draws that its interval does not end at zero.", func(x drawn) *supply.Draws { return x.draws.Draws }, graphql.Fields{
		"domesticShare":    single("Share of supply that the country makes itself, 0..1.", func(n supply.Intervals) supply.Interval { return n.Domestic }),
		"explainedShare":   single("Share of supply whose origin is named, 0..1.", func(n supply.Intervals) supply.Interval { return n.Explained }),
		"unexplainedShare": single("Share of supply that no source explains, 0..1.", func(n supply.Intervals) supply.Interval { return n.Unexplained }),
		"estimatedShare":   single("Share of supply that takes at least one estimated step, 0..1.", func(n supply.Intervals) supply.Interval { return n.Estimated }),
		"originHhi":        single("Herfindahl-Hirschman index of origin shares, 0..1.", func(n supply.Intervals) supply.Interval { return n.OriginHHI }),
		"supplyTonnes": of(interval, "Supply, tonnes of contained material; null for a pooled product.", nil,
			func(_ graphql.ResolveParams, x drawn, n supply.Intervals) (any, error) {
				if _, ok := x.SupplyTonnes(); !ok {
					return nil, nil
				}
				return n.Supply, nil
			}),
		"undecidedShare": of(must(graphql.Float), "Share of the answer's supply that passes a stage of which the draws do not agree whether more leaves it than is made and imported, 0..1: there intervals of what is unexplained lie too high, and those of origins too low.", nil,
			func(_ graphql.ResolveParams, _ drawn, n supply.Intervals) (any, error) { return n.Undecided, nil }),
		"shares": of(list(b.shareIntervals), "One row per country, by origin, then direct share of the answer, descending, then id.", all(),
			func(p graphql.ResolveParams, x drawn, n supply.Intervals) (any, error) {
				rows, err := cutAt(b, p, n.Shares)
				return piecesOf(x.Answer, rows), err
			}),
		"unexplained": of(list(b.stageIntervalType(interval, types.reason)), "Where the chain ends without a source: the target itself first, then by share of the answer descending, country, product.", all(),
			func(p graphql.ResolveParams, x drawn, n supply.Intervals) (any, error) {
				rows, err := cutAt(b, p, n.UnexplainedAt)
				return piecesOf(x.Answer, rows), err
			}),
		"tiers": of(list(b.tierIntervalsType(interval)), "Where each product upstream is made, the product itself included; by steps, then product.", nil,
			func(_ graphql.ResolveParams, x drawn, n supply.Intervals) (any, error) {
				return piecesOf(x.Answer, n.Tiers), nil
			}),
		"chokepoints": compute(list(chokepointIntervalType(interval, types.chokepoint)), "The chokepoints of the answer with their intervals; the draws are solved anew for them.",
			graphql.FieldConfigArgument{"first": argDefault(graphql.Int, "How many at most, up to 1000.", 10),
				"minShare": argDefault(graphql.Float, "Least pass-through share in the answer, inclusive, 0..1.", 0.001),
				"kind":     argDefault(types.kind, "What is looked for.", string(supply.KindCountry))}, b.chokepointIntervals),
		"paths": compute(list(pathIntervalType(interval, types.path)), "The chain paths of the answer with their intervals; in a draw, others may be larger.",
			graphql.FieldConfigArgument{"first": argDefault(graphql.Int, "How many at most, up to 1000.", 10),
				"minShare": argDefault(graphql.Float, "Least share in the answer, inclusive, 0..1.", 0.0)}, b.pathIntervals),
		"tierFlows": compute(list(b.tierFlowIntervalType(interval, types.flow)), "The bands of tierFlows with their intervals; the draws are solved anew for them.",
			graphql.FieldConfigArgument{"first": argDefault(graphql.Int, "How many at most, up to 1000.", 50),
				"minShare": argDefault(graphql.Float, "Least share in the answer, inclusive, 0..1.", 0.005)}, b.tierFlowIntervals),
		"finding": compute(must(types.finding), "The answer in sentences, with the intervals of its shares.",
			graphql.FieldConfigArgument{"language": argDefault(b.nodes.language, "The language.", string(finding.English))},
			func(p graphql.ResolveParams, x drawn) (any, error) {
				return x.FindingWithIntervals(p.Context, languageOf(p), x.epsilon, x.draws)
			}),
		"assumptions": of(list(graphql.String), "What the intervals assume, sentence by sentence.", nil,
			func(_ graphql.ResolveParams, x drawn, n supply.Intervals) (any, error) {
				return x.draws.Draws.Assumptions(n.Undecided), nil
			}),
	})
}

func (b *builder) shareIntervalsType(interval *graphql.Object) *graphql.Object {
	of := func(doc string, get func(supply.ShareIntervals) supply.Interval) *graphql.Field {
		return prop(must(interval), doc, func(r item[supply.ShareIntervals]) any { return get(r.v) })
	}
	return object("ShareIntervals", "The intervals of what a target depends on one country for. Shares of the target's supply, 0..1.", graphql.Fields{
		"country": placeProp(b, true, "The country.", func(s supply.ShareIntervals) string { return s.Place }),
		"direct":  of("Share that comes from there directly.", func(s supply.ShareIntervals) supply.Interval { return s.Direct }),
		"origin":  of("Share that starts there.", func(s supply.ShareIntervals) supply.Interval { return s.Origin }),
		"hidden":  of("origin - direct, in each draw.", func(s supply.ShareIntervals) supply.Interval { return s.Hidden }),
	})
}

func (b *builder) stageIntervalType(interval *graphql.Object, reason *graphql.Enum) *graphql.Object {
	type row = item[supply.UnexplainedIntervals]
	return object("StageInterval", "The interval of supply that no source explains, at the stage where the chain ends.", graphql.Fields{
		"country": placeProp(b, true, "The country.", func(u supply.UnexplainedIntervals) string { return u.Place }),
		"product": productProp(b, true, "The product.", func(u supply.UnexplainedIntervals) string { return u.Product }),
		"reason":  prop(must(reason), "Why.", func(r row) any { return string(r.v.Reason) }),
		"share":   prop(must(interval), "Share of the target's supply, 0..1.", func(r row) any { return r.v.Share }),
	})
}

func (b *builder) tierIntervalsType(interval *graphql.Object) *graphql.Object {
	part := object("CountryPartInterval", "The interval of a country's part of a tier.", graphql.Fields{
		"country": placeProp(b, true, "The country.", func(s supply.PlaceIntervals) string { return s.Place }),
		"share":   prop(must(interval), "Share of the target's supply, 0..1.", func(r item[supply.PlaceIntervals]) any { return r.v.Share }),
	})
	return object("TierIntervals", "The intervals of where one product upstream of the target is made.", graphql.Fields{
		"product": productProp(b, true, "The product.", func(t supply.TierIntervals) string { return t.Product }),
		"madeIn":  prop(list(part), "Countries that make it, by share of the answer descending.", func(r item[supply.TierIntervals]) any { return within(r, r.v.MadeIn) }),
	})
}

func chokepointIntervalType(interval, chokepoint *graphql.Object) *graphql.Object {
	type row = item[supply.ChokepointInterval]
	return object("ChokepointInterval", "A chokepoint of the answer with its interval.", graphql.Fields{
		"chokepoint":       prop(must(chokepoint), "The chokepoint.", func(r row) any { return item[supply.Chokepoint]{r.of, r.supply, r.v.Chokepoint} }),
		"passThroughShare": prop(must(interval), "The interval of its pass-through share.", func(r row) any { return r.v.Interval }),
	})
}

func (b *builder) tierFlowIntervalType(interval, flow *graphql.Object) *graphql.Object {
	type row = item[supply.TierFlowInterval]
	return object("TierFlowInterval", "A band of the answer with its interval.", graphql.Fields{
		"flow":  prop(must(flow), "The band.", func(r row) any { return item[supply.TierFlow]{r.of, r.supply, r.v.TierFlow} }),
		"share": prop(must(interval), "The interval of its share.", func(r row) any { return r.v.Interval }),
	})
}

func pathIntervalType(interval, path *graphql.Object) *graphql.Object {
	type row = item[supply.PathInterval]
	return object("PathInterval", "A chain path of the answer with its interval.", graphql.Fields{
		"path":  prop(must(path), "The path.", func(r row) any { return item[supply.Path]{r.of, r.supply, r.v.Path} }),
		"share": prop(must(interval), "The interval of its share.", func(r row) any { return r.v.Interval }),
	})
}

func (b *builder) chokepointIntervals(p graphql.ResolveParams, x drawn) (any, error) {
	first, minShare, err := b.cut(p)
	if err != nil {
		return nil, err
	}
	kind, err := kindArg(p)
	if err != nil {
		return nil, err
	}
	if first == 0 {
		return []item[supply.ChokepointInterval]{}, nil
	}
	found, err := x.draws.Chokepoints(p.Context, kind, x.attribution, x.epsilon, minShare, first)
	return piecesOf(x.Answer, found), err
}

func (b *builder) pathIntervals(p graphql.ResolveParams, x drawn) (any, error) {
	first, minShare, err := b.cut(p)
	if err != nil {
		return nil, err
	}
	found, err := x.draws.Paths(p.Context, first, minShare)
	return piecesOf(x.Answer, found), err
}

func (b *builder) tierFlowIntervals(p graphql.ResolveParams, x drawn) (any, error) {
	first, minShare, err := b.cut(p)
	if err != nil {
		return nil, err
	}
	if first == 0 {
		return []item[supply.TierFlowInterval]{}, nil
	}
	found, err := x.draws.TierFlows(p.Context, minShare, first)
	return piecesOf(x.Answer, found), err
}
