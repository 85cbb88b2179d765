package gql

import (
	"context"
	"math"

	"github.com/graphql-go/graphql"

	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

// MethodsVersion is the version of docs/methods.md that the answers follow.
const MethodsVersion = "1.2"

// item is a piece of an answer with what it rests on, which knows the names of
// its ids.
type item[T any] struct {
	of     *ask.Basis
	supply float64 // of the target, tonnes; NaN where it has none
	v      T
}

// pieceOf wraps a piece of an answer.
func pieceOf[T any](of *ask.Answer, v T) item[T] {
	tonnes, ok := of.SupplyTonnes()
	if !ok {
		tonnes = math.NaN()
	}
	return item[T]{&of.Basis, tonnes, v}
}

// piecesOf wraps the pieces of an answer.
func piecesOf[T any](of *ask.Answer, all []T) []item[T] { return within(pieceOf(of, struct{}{}), all) }

// within wraps the pieces of a piece.
func within[T, U any](of item[U], all []T) []item[T] {
	list := make([]item[T], len(all))
	for i, v := range all {
		list[i] = item[T]{of.of, of.supply, v}
	}
	return list
}

// stageOf wraps a stage of a piece.
func stageOf[T any](of item[T], s supply.Stage) any { return item[supply.Stage]{of.of, of.supply, s} }

// tonnes is a share of the target's supply in tonnes, null for a pooled target.
func (i item[T]) tonnes(share float64) any { return known(share * i.supply) }

// asked is an answer with the options of its question.
type asked struct {
	*ask.Answer
	settings
}

// placeProp is the country that a piece of an answer names, null where blank.
func placeProp[T any](b *builder, nonNull bool, doc string, id func(T) string) *graphql.Field {
	return prop(nullable(b.nodes.country, nonNull), doc, func(i item[T]) any {
		if id(i.v) == "" {
			return nil
		}
		return i.of.Place(id(i.v))
	})
}

// productProp is the product that a piece of an answer names, null where blank.
func productProp[T any](b *builder, nonNull bool, doc string, id func(T) string) *graphql.Field {
	return prop(nullable(b.nodes.product, nonNull), doc, func(i item[T]) any {
		if id(i.v) == "" {
			return nil
		}
		return i.of.Stage(id(i.v))
	})
}

func nullable(t *graphql.Object, nonNull bool) graphql.Output {
	if nonNull {
		return must(t)
	}
	return t
}

// answerTypes are the types of what is computed.
type answerTypes struct {
	options         *graphql.InputObject
	subject         *graphql.InputObject
	kind            *graphql.Enum
	dependency      *graphql.Object
	material        *graphql.Object
	change          *graphql.Object
	exposure        *graphql.Object
	worldChokepoint *graphql.Object
}

func (b *builder) answerTypes() answerTypes {
	balance := enum("Balance", "How a node's supply is made up (methods, section 1).",
		[2]string{string(supply.Mass), "Supply is production and imports, or exports and own use where these are more."},
		[2]string{string(supply.Exports), "Own use is left out: what the literature does product by product; for comparison."},
		[2]string{string(supply.ScaleExports), "Exports above production and imports are scaled down (Croft et al. 2018)."})
	kind := enum("StageKind", "What can be a chokepoint.",
		[2]string{string(supply.KindCountry), "A country at all its products."},
		[2]string{string(supply.KindStage), "One country at one product."},
		[2]string{string(supply.KindLink), "What one country draws from another of one product."},
		[2]string{string(supply.KindCompany), "A company, with the plants that the attribution says are its own."},
		[2]string{string(supply.KindFacility), "A mine, plant or works, at all its products."})
	subject := subjectInput()
	options := graphql.NewInputObject(graphql.InputObjectConfig{Name: "DependencyOptions",
		Description: "How a dependency is computed.", Fields: graphql.InputObjectConfigFieldMap{
			"balance": {Type: balance, DefaultValue: string(supply.Mass), Description: "How a node's supply is made up."},
			"epsilon": {Type: graphql.Float, DefaultValue: supply.DefaultEpsilon,
				Description: "A single point of failure may leave this share of supply, 0..1."},
			"attribution": {Type: b.attribution, DefaultValue: string(supply.ByOperator), Description: "Which plants are a company's, where chokepoints are companies."},
			"scenario":    {Type: scenarioInput(subject), Description: "What is changed for this question; left out = the facts as they are."},
		}})
	method, share := methodType(balance), b.countryShareType()
	dependency := b.dependencyType(kind, method, share)
	t := answerTypes{options: options, subject: subject, kind: kind, dependency: dependency, change: b.changeType(dependency),
		material: b.materialType(share, method), exposure: b.exposureType(method), worldChokepoint: b.worldChokepointType(kind, method)}
	t.exposure.AddFieldConfig("intervals", b.exposureIntervals())
	t.worldChokepoint.AddFieldConfig("intervals", b.worldIntervals())
	t.material.AddFieldConfig("intervals", b.materialIntervals())
	return t
}

func (b *builder) dependencyType(kind *graphql.Enum, methodType, share *graphql.Object) *graphql.Object {
	first := func(n int, doc string) graphql.FieldConfigArgument {
		return graphql.FieldConfigArgument{"first": argDefault(graphql.Int, doc, n)}
	}
	all := graphql.FieldConfigArgument{"first": arg(graphql.Int, "How many at most, up to 1000; left out = all.")}
	minShare := func(v float64, doc string) *graphql.ArgumentConfig { return argDefault(graphql.Float, doc, v) }
	with := func(args graphql.FieldConfigArgument, name string, a *graphql.ArgumentConfig) graphql.FieldConfigArgument {
		args[name] = a
		return args
	}
	reason, finding := unexplainedReasonType(), findingType()
	unexplained, chokepoint, path, flow := b.stageShareType(reason), b.chokepointType(kind), b.pathType(), b.tierFlowType()
	return object("Dependency", "What a country depends on for a product, through every tier. Shares are of the country's supply of the product, 0..1.",
		graphql.Fields{
			"country":  prop(must(b.nodes.country), "The country or group that was asked about.", func(a asked) any { return a.Country }),
			"company":  prop(b.nodes.company, "The company that was asked about; null where none was.", askedCompany),
			"facility": prop(b.nodes.facility, "The plant that was asked about; null where none was.", askedFacility),
			"product":  prop(must(b.nodes.product), "The product that was asked about.", func(a asked) any { return a.Product }),
			"material": prop(b.nodes.material, "The material that is followed; null = the gross mass of the product.", func(a asked) any { return materialOf(&a.Basis) }),
			"year":     prop(must(graphql.Int), "Calendar year.", func(a asked) any { return a.Year }),
			"supplyTonnes": prop(graphql.Float, "Supply, tonnes of contained material (gross tonnes where material is null); null for a pooled product and for a sector of an input-output table.", func(a asked) any {
				if t, ok := a.SupplyTonnes(); ok {
					return t
				}
				return nil
			}),
			"supplyUsd": prop(graphql.Float, "Output of a sector of an input-output table, USD of the year, which all shares are of; null where they are of mass.",
				func(a asked) any { return known(a.SupplyValue()) }),
			"rounds": answerField(list(b.roundType()), "The rounds of an input-output table: where the value is added that is paid on once, twice and so on, the target's own value added being round 0. Empty where shares are of mass.",
				first(10, "How many at most, up to 1000."), b.rounds),
			"domesticShare": prop(must(graphql.Float), "Share of supply that the country makes itself, 0..1.", func(a asked) any { return a.DomesticShare() }),
			"unexplainedShare": answerField(must(graphql.Float), "Share of supply that no source explains, 0..1.", nil,
				func(p graphql.ResolveParams, a asked) (any, error) { return a.UnexplainedShare(p.Context) }),
			"estimatedShare": answerField(must(graphql.Float), "Share of supply that takes at least one estimated step, 0..1.", nil,
				func(p graphql.ResolveParams, a asked) (any, error) { return a.EstimatedShare(p.Context) }),
			"shares": answerField(list(share), "One row per country: direct (for the country itself its own production), origin, hidden; by origin, then direct, descending, then id.", all,
				func(p graphql.ResolveParams, a asked) (any, error) { return listed(b, p, a, a.Shares) }),
			"unexplained": answerField(list(unexplained), "Where the chain ends without a source: the target itself first, then by share descending, country, product.", all,
				func(p graphql.ResolveParams, a asked) (any, error) { return listed(b, p, a, a.Unexplained) }),
			"tiers": answerField(list(b.tierType()), "Where each product upstream is made, the product itself included; by steps, then product.", nil,
				func(p graphql.ResolveParams, a asked) (any, error) { return tiersOf(p.Context, a) }),
			"originProducers": answerField(list(b.originProducerType()), "The companies and plants where the supply starts, and what the others make in each country of origin: they add up to the origins. By share descending, then country, product and id.", all, b.originProducers),
			"chokepoints": answerField(list(chokepoint), "Who or what the supply passes; by share descending, then ids.",
				with(with(first(10, "How many at most, up to 1000."), "minShare", minShare(0.001, "Least pass-through share, inclusive, 0..1.")),
					"kind", argDefault(kind, "What is looked for.", string(supply.KindCountry))), b.chokepoints),
			"paths": answerField(must(pathsType(path)), "The chain paths with the largest shares, in exact order.",
				with(first(10, "How many at most, up to 1000."), "minShare", minShare(0, "Least share, inclusive, 0..1.")), b.paths),
			"network": answerField(must(b.networkType()), "The part of the supply network that is worth a picture.",
				with(first(200, "How many nodes at most, up to 1000."), "minShare", minShare(0.001, "Least pass-through share of a node, inclusive, 0..1.")), b.network),
			"tierFlows": answerField(must(b.tierFlowsType(flow, unexplained)), "The chain as bands from where one stage is made to where the next is made; no cycles, and layer by layer they add up to origins plus unexplained.",
				with(first(300, "How many flows at most, up to 1000."), "minShare", minShare(0.005, "Least share of a flow, inclusive, 0..1; smaller ones are folded and counted.")), b.tierFlows),
			"finding":   b.findingField(finding),
			"intervals": b.intervalsField(intervalParts{kind, reason, chokepoint, path, flow, finding}),
			"concentration": answerField(must(concentrationType()), "How concentrated the supply is.", nil,
				func(p graphql.ResolveParams, a asked) (any, error) { return a.Concentration(p.Context) }),
			"madeHereSteps": answerField(must(graphql.Float), "Expected number of making steps from the target to the origin, the mine included.", nil,
				func(p graphql.ResolveParams, a asked) (any, error) { return a.MadeHereSteps(p.Context) }),
			"borderCrossings": answerField(must(graphql.Float), "Expected number of times that the supply crosses a border.", nil,
				func(p graphql.ResolveParams, a asked) (any, error) { return a.BorderCrossings(p.Context) }),
			"provenance": prop(list(b.nodes.dataset), "The datasets whose rows went into the answer, the highest ranked first.", func(a asked) any { return a.Datasets }),
			"method":     prop(must(methodType), "How it was computed.", func(a asked) any { return method{a.Balance, a.epsilon} }),
			"coverage":   prop(must(b.coverageType()), "What the answer knows and what it does not.", func(a asked) any { return a }),
			"assumptions": answerField(list(graphql.String), "What the answer assumes, sentence by sentence.", nil,
				func(p graphql.ResolveParams, a asked) (any, error) { return a.Assumptions(p.Context) }),
		})
}

func answerField(t graphql.Output, doc string, args graphql.FieldConfigArgument,
	run func(graphql.ResolveParams, asked) (any, error)) *graphql.Field {
	return compute(t, doc, args, run)
}

// listed is a list of an answer, cut at the argument first.
func listed[T any](b *builder, p graphql.ResolveParams, a asked, read func(context.Context) ([]T, error)) (any, error) {
	all, err := read(p.Context)
	if err != nil {
		return nil, err
	}
	all, err = cutAt(b, p, all)
	return piecesOf(a.Answer, all), err
}

// cut reads the arguments first and minShare.
func (b *builder) cut(p graphql.ResolveParams) (first int, minShare float64, err error) {
	if first, _, err = b.limited(p, "first"); err != nil {
		return 0, 0, err
	}
	minShare, err = shareArg(p, "minShare")
	return first, minShare, err
}

func (b *builder) chokepoints(p graphql.ResolveParams, a asked) (any, error) {
	first, minShare, err := b.cut(p)
	if err != nil {
		return nil, err
	}
	kind, err := kindArg(p)
	if err != nil {
		return nil, err
	}
	if first == 0 {
		return []item[supply.Chokepoint]{}, nil
	}
	if isFirm(kind) {
		return b.firmChokepoints(p, a, kind, minShare, first)
	}
	found, err := a.Chokepoints(p.Context, kind, a.epsilon, minShare, first)
	return piecesOf(a.Answer, found), err
}

// kindArg reads what kind of chokepoints is asked for.
func kindArg(p graphql.ResolveParams) (supply.Kind, error) {
	kind, _ := p.Args["kind"].(string)
	switch supply.Kind(kind) {
	case supply.KindCountry, supply.KindStage, supply.KindLink, supply.KindCompany, supply.KindFacility:
		return supply.Kind(kind), nil
	}
	return "", graph.Errorf(graph.BadInput, "there are no chokepoints of the kind %s", kind)
}

func (b *builder) paths(p graphql.ResolveParams, a asked) (any, error) {
	first, minShare, err := b.cut(p)
	if err != nil {
		return nil, err
	}
	found, err := a.Paths(p.Context, first, minShare)
	if err != nil {
		return nil, err
	}
	var firms []supply.Actor
	for _, path := range found.Paths {
		firms = append(firms, firmsOf(path.Steps, func(s supply.PathStep) supply.Actor { return s.Firm })...)
	}
	err = a.Meet(p.Context, firms)
	return pieceOf(a.Answer, found), err
}

func (b *builder) network(p graphql.ResolveParams, a asked) (any, error) {
	first, minShare, err := b.cut(p)
	if err != nil {
		return nil, err
	}
	if first == 0 {
		return pieceOf(a.Answer, supply.Drawing{Truncated: a.HasSupply()}), nil
	}
	drawn, err := a.Drawing(p.Context, minShare, first)
	return pieceOf(a.Answer, drawn), err
}

func (b *builder) tierFlows(p graphql.ResolveParams, a asked) (any, error) {
	first, minShare, err := b.cut(p)
	if err != nil {
		return nil, err
	}
	flows, err := a.TierFlows(p.Context, minShare, max(first, 1))
	if first == 0 {
		for _, f := range flows.Flows {
			flows.FoldedShare += f.Share
			flows.Truncated = true
		}
		flows.Flows = nil
	}
	return pieceOf(a.Answer, flows), err
}

func (b *builder) countryShareType() *graphql.Object {
	type row = item[supply.CountryShare]
	return object("CountryShare", "What a target depends on one country for. Shares of the target's supply, 0..1.", graphql.Fields{
		"country": placeProp(b, true, "The country.", func(s supply.CountryShare) string { return s.Place }),
		"direct":  prop(must(graphql.Float), "Share that comes from there directly, as trade statistics show; for the country itself its own production.", func(r row) any { return r.v.Direct }),
		"origin":  prop(must(graphql.Float), "Share that starts there, at the bottom of the chain.", func(r row) any { return r.v.Origin }),
		"hidden":  prop(must(graphql.Float), "origin - direct: what trade statistics do not show; may be negative.", func(r row) any { return r.v.Hidden }),
		"tonnes":  prop(graphql.Float, "origin in tonnes of contained material; null for a pooled target.", func(r row) any { return r.tonnes(r.v.Origin) }),
	})
}

func unexplainedReasonType() *graphql.Enum {
	return enum("UnexplainedReason", "Why no source explains a supply.",
		[2]string{string(supply.ReasonSurplus), "More is exported or used there than is made or imported; in an input-output table, a scenario takes away inputs that nobody else sells to the sector."},
		[2]string{string(supply.ReasonNoInput), "It is used there, but neither made nor imported as far as is known; or it is made there, and no recipe says of what."},
		[2]string{string(supply.ReasonRing), "Countries sell to each other what none of them makes or gets from elsewhere."})
}

func (b *builder) stageShareType(reason *graphql.Enum) *graphql.Object {
	type row = item[supply.UnexplainedShare]
	return object("StageShare", "Supply that no source explains, at the stage where the chain ends.", graphql.Fields{
		"country": placeProp(b, true, "The country.", func(s supply.UnexplainedShare) string { return s.Place }),
		"product": productProp(b, true, "The product.", func(s supply.UnexplainedShare) string { return s.Product }),
		"share":   prop(must(graphql.Float), "Share of the target's supply, 0..1.", func(r row) any { return r.v.Share }),
		"reason":  prop(must(reason), "Why.", func(r row) any { return string(r.v.Reason) }),
	})
}

func (b *builder) tierType() *graphql.Object {
	type row = item[tier]
	part := object("CountryPart", "A country's part of a tier.", graphql.Fields{
		"country": placeProp(b, true, "The country.", func(s supply.PlaceShare) string { return s.Place }),
		"share":   prop(must(graphql.Float), "Share of the target's supply, 0..1.", func(r item[supply.PlaceShare]) any { return r.v.Share }),
	})
	return object("Tier", "Where one product upstream of the target is made, and from where the makers are controlled.", b.controlFields(part, graphql.Fields{
		"product": productProp(b, true, "The product.", func(t tier) string { return t.Product }),
		"steps":   prop(must(graphql.Int), "Fewest recipe links from the target's product.", func(r row) any { return r.v.Steps }),
		"madeIn": prop(list(part), "Countries that make it, by share descending. Not rescaled: what is missing to 1 never reached this stage.",
			func(r row) any { return within(r, r.v.MadeIn) }),
		"hhi": prop(must(graphql.Float), "Herfindahl-Hirschman index over the shares, 0..1; a lower bound.", func(r row) any { return r.v.HHI }),
	}))
}

func (b *builder) chokepointType(kind *graphql.Enum) *graphql.Object {
	type row = item[supply.Chokepoint]
	firm := func(c supply.Chokepoint) supply.Actor { return c.Firm }
	return object("Chokepoint", "A country, a stage or a trade link that part of the target's supply passes.", graphql.Fields{
		"kind":     prop(must(kind), "What it is.", func(r row) any { return string(r.v.Kind) }),
		"country":  placeProp(b, false, "The country, of a COUNTRY or STAGE.", func(c supply.Chokepoint) string { return c.Place }),
		"product":  productProp(b, false, "The product, of a STAGE or LINK.", func(c supply.Chokepoint) string { return c.Product }),
		"company":  companyProp(b, "The company, of a COMPANY.", firm),
		"facility": facilityProp(b, "The plant, of a FACILITY.", firm),
		"fromProduct": productProp(b, false, "What the exporter sells, of a LINK of an input-output table, where sectors buy of other sectors; else null.",
			func(c supply.Chokepoint) string { return c.Sold }),
		"from": placeProp(b, false, "The exporter, of a LINK.", func(c supply.Chokepoint) string { return c.From }),
		"to":   placeProp(b, false, "The importer, of a LINK.", func(c supply.Chokepoint) string { return c.To }),
		"passThroughShare": prop(must(graphql.Float), "Share of the target's supply that is lost when this stops, every other supply stays as it was, and nothing is rerouted, 0..1.",
			func(r row) any { return r.v.PassThrough }),
		"tonnes": prop(graphql.Float, "passThroughShare in tonnes of contained material; null for a pooled target.", func(r row) any { return r.tonnes(r.v.PassThrough) }),
		"singlePointOfFailure": prop(must(graphql.Boolean), "True where all but epsilon of the supply passes it.",
			func(r row) any { return r.v.SinglePointOfFailure }),
		"isSum": prop(must(graphql.Boolean), "True with the attribution PROPORTIONAL: passThroughShare is then the sum of expected visits to plants times the shares owned, may exceed 1, and is no share of supply that is lost.",
			func(r row) any { return r.v.IsSum }),
	})
}

func (b *builder) pathType() *graphql.Object {
	step := object("ChainStep", "One stage of a chain path.", graphql.Fields{
		"country": placeProp(b, true, "The country.", func(s supply.PathStep) string { return s.Place }),
		"product": productProp(b, true, "The product.", func(s supply.PathStep) string { return s.Product }),
		"by":      prop(must(b.stepKind), "How the walk leaves it.", func(i item[supply.PathStep]) any { return string(i.v.By) }),
		"company": companyProp(b, "The company, where the walk goes through one whose suppliers or customers are known; else null.",
			func(s supply.PathStep) supply.Actor { return s.Firm }),
		"facility": facilityProp(b, "The plant, where the walk goes through one whose suppliers or customers are known; else null.",
			func(s supply.PathStep) supply.Actor { return s.Firm }),
	})
	return object("ChainPath", "One way from the target to an origin that repeats no stage.", graphql.Fields{
		"share": prop(must(graphql.Float), "Share of the target's supply that takes it, 0..1.", func(i item[supply.Path]) any { return i.v.Share }),
		"steps": prop(list(step), "The stages, from the target upstream.", func(i item[supply.Path]) any { return within(i, i.v.Steps) }),
	})
}

func pathsType(path *graphql.Object) *graphql.Object {
	type row = item[supply.Paths]
	return object("ChainPaths", "The chain paths with the largest shares.", graphql.Fields{
		"paths":            prop(list(path), "By share descending, then fewer stages, then the sequence of country and product.", func(r row) any { return within(r, r.v.Paths) }),
		"explainedShare":   prop(must(graphql.Float), "Sum of the shares of these paths, 0..1.", func(r row) any { return r.v.Explained }),
		"remainingShare":   prop(must(graphql.Float), "1 - explainedShare.", func(r row) any { return r.v.Remaining }),
		"unexplainedShare": prop(must(graphql.Float), "The part of the remaining share that ends without a source.", func(r row) any { return r.v.Unexplained }),
		"otherShare":       prop(must(graphql.Float), "The part of the remaining share in paths that are not listed and in walks that repeat a stage.", func(r row) any { return r.v.Rest }),
		"truncated":        prop(must(graphql.Boolean), "True where the search was cut by its limit of work: better paths may be missing.", func(r row) any { return r.v.Truncated }),
		"tieAtCut":         prop(must(graphql.Boolean), "True where a path that is not listed has the same share as the last one.", func(r row) any { return r.v.TieAtCut }),
	})
}

func stepKindType() *graphql.Enum {
	return enum("StepKind", "How the walk upstream leaves a stage.",
		[2]string{string(supply.StepTrade), "To a country that exports it."},
		[2]string{string(supply.StepPool), "To a country that makes it, drawn from the world market."},
		[2]string{string(supply.StepMade), "Made here: to what it is made of."},
		[2]string{string(supply.StepOrigin), "Made here of nothing else: the origin."},
		[2]string{string(supply.StepInput), "To a sector that it buys inputs from, in an input-output table."})
}

// stageType is a country at a product, as the ends of flows and links.
func (b *builder) stageType() *graphql.Object {
	return object("SupplyStage", "One country at one product.", graphql.Fields{
		"country": placeProp(b, true, "The country.", func(s supply.Stage) string { return s.Place }),
		"product": productProp(b, true, "The product.", func(s supply.Stage) string { return s.Product }),
	})
}

func (b *builder) networkType() *graphql.Object {
	type nodeRow = item[supply.DrawnNode]
	type linkRow = item[supply.DrawnLink]
	type row = item[supply.Drawing]
	node := object("SupplyNode", "A stage to draw.", graphql.Fields{
		"country":          placeProp(b, true, "The country.", func(n supply.DrawnNode) string { return n.Place }),
		"product":          productProp(b, true, "The product.", func(n supply.DrawnNode) string { return n.Product }),
		"passThroughShare": prop(must(graphql.Float), "Share of the target's supply that passes it, 0..1; 1 for the target.", func(r nodeRow) any { return r.v.PassThrough }),
		"madeHereShare":    prop(must(graphql.Float), "Share of the target's supply whose product is made here, 0..1.", func(r nodeRow) any { return r.v.MadeHere }),
		"steps":            prop(must(graphql.Int), "Fewest recipe links from the target's product.", func(r nodeRow) any { return r.v.Steps }),
	})
	link := object("SupplyLink", "A step between two stages to draw.", graphql.Fields{
		"from":             prop(must(b.stage), "The stage upstream.", func(r linkRow) any { return stageOf(r, r.v.From) }),
		"to":               prop(must(b.stage), "The stage downstream.", func(r linkRow) any { return stageOf(r, r.v.To) }),
		"by":               prop(must(b.stepKind), "What kind of step it is.", func(r linkRow) any { return string(r.v.By) }),
		"share":            prop(must(graphql.Float), "Share of the downstream stage's supply that takes this step, 0..1.", func(r linkRow) any { return r.v.Share }),
		"passThroughShare": prop(must(graphql.Float), "Share of the target's supply that passes it, 0..1.", func(r linkRow) any { return r.v.PassThrough }),
		"estimated":        prop(must(graphql.Boolean), "True where it is not reported but estimated.", func(r linkRow) any { return r.v.Estimated }),
	})
	return object("SupplyNetwork", "The part of a supply network that is worth a picture.", graphql.Fields{
		"nodes":     prop(list(node), "The stages, the target first.", func(r row) any { return within(r, r.v.Nodes) }),
		"links":     prop(list(link), "The steps between them.", func(r row) any { return within(r, r.v.Links) }),
		"truncated": prop(must(graphql.Boolean), "True where more stages than were asked for reach the least share.", func(r row) any { return r.v.Truncated }),
	})
}

func (b *builder) tierFlowType() *graphql.Object {
	type flowRow = item[supply.TierFlow]
	return object("TierFlow", "The share of the target's supply that goes from one stage, made in one country, to the next.", graphql.Fields{
		"from":           prop(must(b.stage), "The stage upstream, where it is made.", func(r flowRow) any { return stageOf(r, r.v.From) }),
		"to":             prop(must(b.stage), "The stage downstream, where it is made of that; or the target.", func(r flowRow) any { return stageOf(r, r.v.To) }),
		"share":          prop(must(graphql.Float), "Share of the target's supply, 0..1.", func(r flowRow) any { return r.v.Share }),
		"estimatedShare": prop(must(graphql.Float), "The part of share that takes an estimated step between the two.", func(r flowRow) any { return r.v.EstimatedShare }),
	})
}

func (b *builder) tierFlowsType(flow, unexplained *graphql.Object) *graphql.Object {
	type row = item[supply.TierFlows]
	return object("TierFlows", "The chain as bands between stages.", graphql.Fields{
		"flows":       prop(list(flow), "The flows, by share descending.", func(r row) any { return within(r, r.v.Flows) }),
		"unexplained": prop(list(unexplained), "What ends without a source at each stage.", func(r row) any { return within(r, r.v.Unexplained) }),
		"foldedShare": prop(must(graphql.Float), "Sum of the shares of the flows that are not listed.", func(r row) any { return r.v.FoldedShare }),
		"truncated":   prop(must(graphql.Boolean), "True where first cut the list, not minShare.", func(r row) any { return r.v.Truncated }),
	})
}

func concentrationType() *graphql.Object {
	hhi := func(doc string, scale float64, get func(supply.Concentration) float64) *graphql.Field {
		return prop(must(graphql.Float), doc, func(c supply.Concentration) any { return scale * get(c) })
	}
	direct := func(c supply.Concentration) float64 { return c.Direct }
	origin := func(c supply.Concentration) float64 { return c.Origin }
	upper := func(c supply.Concentration) float64 { return c.OriginUpper }
	fields := graphql.Fields{
		"directHhi":           hhi("Of direct shares, 0..1.", 1, direct),
		"directHhi10000":      hhi("Of direct shares, 0..10,000.", 10000, direct),
		"originHhi":           hhi("Of origin shares, 0..1.", 1, origin),
		"originHhi10000":      hhi("Of origin shares, 0..10,000.", 10000, origin),
		"originHhiUpper":      hhi("Upper bound: all that is unexplained added to the largest origin, 0..1.", 1, upper),
		"originHhiUpper10000": hhi("Upper bound: all that is unexplained added to the largest origin, 0..10,000.", 10000, upper),
		"coveredShare":        hhi("Share of supply whose origin is named, 0..1.", 1, func(c supply.Concentration) float64 { return c.Coverage }),
	}
	indexFields(fields, "originCompany", "of the companies where supply starts", func(c supply.Concentration) supply.Index { return c.OriginCompany })
	indexFields(fields, "originControl", "of the countries that control the producers where supply starts", func(c supply.Concentration) supply.Index { return c.OriginControl })
	return object("Concentration", "Herfindahl-Hirschman indices over named shares. Lower bounds, for what is unexplained, or whose producer is not named, is not squared.", fields)
}

// method says how an answer was computed.
type method struct {
	balance supply.Balance
	epsilon float64
}

func methodType(balance *graphql.Enum) *graphql.Object {
	return object("Method", "How an answer was computed.", graphql.Fields{
		"name":    prop(must(graphql.String), "Name of the method.", func(method) any { return "tiermap supply walk (absorbing Markov chain)" }),
		"version": prop(must(graphql.String), "Version of the methods page that the answer follows.", func(method) any { return MethodsVersion }),
		"reference": prop(must(graphql.String), "Where the method is described.", func(method) any {
			return "docs/methods.md; Kastner et al. 2011, doi:10.1016/j.ecolecon.2011.01.012"
		}),
		"balance": prop(must(balance), "The balance that was used.", func(m method) any { return string(m.balance) }),
		"epsilon": prop(must(graphql.Float), "What a single point of failure may leave, 0..1.", func(m method) any { return m.epsilon }),
	})
}

func (b *builder) coverageType() *graphql.Object {
	return object("Coverage", "What an answer knows and what it does not. Shares of the target's supply, 0..1.", graphql.Fields{
		"explainedShare": answerField(must(graphql.Float), "Share whose origin is named.", nil, func(p graphql.ResolveParams, a asked) (any, error) {
			c, err := a.Concentration(p.Context)
			return c.Coverage, err
		}),
		"unexplainedShare": answerField(must(graphql.Float), "Share that no source explains.", nil,
			func(p graphql.ResolveParams, a asked) (any, error) { return a.UnexplainedShare(p.Context) }),
		"unexplainedAtTarget": answerField(must(graphql.Float), "The part of it at the target itself, which better data upstream cannot explain.", nil,
			func(p graphql.ResolveParams, a asked) (any, error) {
				all, err := a.Unexplained(p.Context)
				sum := 0.0
				for _, u := range all {
					if u.Stage == a.Target() {
						sum += u.Share
					}
				}
				return sum, err
			}),
		"estimatedShare": answerField(must(graphql.Float), "Share that takes at least one estimated step.", nil,
			func(p graphql.ResolveParams, a asked) (any, error) { return a.EstimatedShare(p.Context) }),
		"residual": answerField(must(graphql.Float), "By how much a share may be off because a large cycle was solved by iteration; 0 where everything was solved directly.", nil,
			func(p graphql.ResolveParams, a asked) (any, error) { return a.Residual(p.Context) }),
		"pooled": answerField(list(b.nodes.product), "Those of the products that everyone draws from one world market.", nil,
			func(p graphql.ResolveParams, a asked) (any, error) {
				_, pooled, err := a.Chain(p.Context)
				return pooled, err
			}),
		"products": answerField(list(b.nodes.product), "The products upstream of the target, its own included, that its supply reaches.", nil,
			func(p graphql.ResolveParams, a asked) (any, error) {
				chain, _, err := a.Chain(p.Context)
				return chain, err
			}),
	})
}
