package gql

import (
	"github.com/graphql-go/graphql"

	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

// subjectInput names what others may depend on.
func subjectInput() *graphql.InputObject {
	field := func(doc string) *graphql.InputObjectFieldConfig {
		return &graphql.InputObjectFieldConfig{Type: graphql.ID, Description: doc}
	}
	return graphql.NewInputObject(graphql.InputObjectConfig{Name: "StageInput",
		Description: "What others may depend on: a country or group (at all its products); a country or group at one product; a product with from and to, what one country or group draws from another; or a company or plant, at one product or at all. A group is the set of its members.",
		Fields: graphql.InputObjectConfigFieldMap{
			"country":     field("The country or group, by any of its codes or names."),
			"product":     field("The product, or a trade code."),
			"company":     field("The company; attribution says which plants are its own."),
			"facility":    field("The plant."),
			"from":        field("The exporter of a link."),
			"to":          field("The importer of a link."),
			"fromProduct": field("Of a link in an input-output table, the sector that sells; left out = all of the exporter."),
		}})
}

func (b *builder) exposure(p graphql.ResolveParams) (any, error) {
	to, _ := p.Args["to"].(map[string]any)
	year, err := yearArg(p.Args["year"])
	if err != nil {
		return nil, err
	}
	first, _, err := b.limited(p, "first")
	if err != nil {
		return nil, err
	}
	q := ask.ExposureQuestion{To: subjectOf(to), Product: textArg(p, "product"), Material: textArg(p, "material"), Year: year}
	for _, x := range objects(p.Args, "and") {
		q.And = append(q.And, subjectOf(x))
	}
	q.To.Attribution = attribution(p.Args)
	for i := range q.And {
		q.And[i].Attribution = q.To.Attribution
	}
	answer, err := b.asker.Exposure(p.Context, q)
	if err != nil {
		return nil, err
	}
	return exposed{answer, first}, nil
}

// exposed is an answer with how many of its targets are wanted.
type exposed struct {
	*ask.Exposure
	first int
}

func (b *builder) exposureType(methodType *graphql.Object) *graphql.Object {
	return object("Exposure", "Who depends on something. Shares are of a target's supply, 0..1.", graphql.Fields{
		"targets": prop(list(b.exposedTargetType()), "Those of whose supply some passes it: by tonnes (in an input-output table USD) descending (what has none last), then share, country and product. Stages of the set itself are left out.",
			func(e exposed) any {
				all := e.Targets[:min(e.first, len(e.Targets))]
				return within(item[struct{}]{of: &e.Basis}, all)
			}),
		"isSum": prop(must(graphql.Boolean), "True for a company with the attribution PROPORTIONAL: shares and tonnes are sums of expected visits to plants times the shares owned, and no part of supply that is lost.",
			func(e exposed) any { return e.IsSum }),
		"totalCount": prop(must(graphql.Int), "Number of such targets, listed or not.", func(e exposed) any { return len(e.Targets) }),
		"truncated":  prop(must(graphql.Boolean), "True where there are more than first.", func(e exposed) any { return e.first < len(e.Targets) }),
		"worldShare": prop(must(graphql.Float), "Share of finalUseTonnes (finalUseUsd) that passes it, 0..1; of a pooled product that is asked for alone, the share of its pool.",
			func(e exposed) any { return e.WorldShare }),
		"finalUseTonnes": prop(graphql.Float, "Apparent final use of everything that was looked at, outside the set, tonnes of contained material (gross tonnes where material is null); null in an input-output table.",
			func(e exposed) any { return inTonnes(&e.Basis, e.FinalUse) }),
		"finalUseUsd": prop(graphql.Float, "In an input-output table, what final users bought of everything that was looked at, outside the set, USD of the year; else null.",
			func(e exposed) any { return inUSD(&e.Basis, e.FinalUse) }),
		"ownFinalUseTonnes": prop(graphql.Float, "Apparent final use of the set's own stages, which are left out, tonnes of contained material; null in an input-output table.",
			func(e exposed) any { return inTonnes(&e.Basis, e.OwnFinalUse) }),
		"ownFinalUseUsd": prop(graphql.Float, "In an input-output table, what final users bought of the set's own sectors, which are left out, USD of the year; else null.",
			func(e exposed) any { return inUSD(&e.Basis, e.OwnFinalUse) }),
		"product": prop(b.nodes.product, "The product that was looked at; null = every product of the network.", func(e exposed) any {
			if e.Product.ID == "" {
				return nil
			}
			return e.Product
		}),
		"material":    prop(b.nodes.material, "The material that is followed; null = gross mass.", func(e exposed) any { return materialOf(&e.Basis) }),
		"year":        prop(must(graphql.Int), "Calendar year.", func(e exposed) any { return e.Year }),
		"method":      prop(must(methodType), "How it was computed.", func(e exposed) any { return method{e.Balance, supply.DefaultEpsilon} }),
		"provenance":  prop(list(b.nodes.dataset), "The datasets whose rows went into the answer, the highest ranked first.", func(e exposed) any { return e.Datasets }),
		"assumptions": prop(list(graphql.String), "What the answer assumes, sentence by sentence.", func(e exposed) any { return e.Assumptions() }),
	})
}

// inTonnes is a mass; null in an input-output table, in which it is a value.
func inTonnes(b *ask.Basis, amount float64) any {
	if b.InValue() {
		return nil
	}
	return known(amount)
}

// inUSD is a value of an input-output table; null elsewhere.
func inUSD(b *ask.Basis, amount float64) any {
	if !b.InValue() {
		return nil
	}
	return known(amount)
}

// materialOf is the material that an answer follows, or null.
func materialOf(b *ask.Basis) any {
	if b.Material.ID == "" {
		return nil
	}
	return b.Material
}

// placeOrWorld is the place of a target; of a pooled one the world.
func placeOrWorld(of *ask.Basis, id string) any {
	if id == "" {
		return ask.World
	}
	return of.Place(id)
}

func (b *builder) exposedTargetType() *graphql.Object {
	type row = item[supply.ExposedTarget]
	return object("ExposedTarget", "A country at a product whose supply passes what was asked about; of a pooled product the world, which draws from one pool.", graphql.Fields{
		"country": prop(must(b.nodes.country), "The country; WLD (the world) for a pooled product.", func(r row) any {
			return placeOrWorld(r.of, r.v.Place)
		}),
		"product": productProp(b, true, "The product.", func(t supply.ExposedTarget) string { return t.Product }),
		"passThroughShare": prop(must(graphql.Float), "Share of the target's supply that is lost when it stops, every other supply stays as it was, and nothing is rerouted, 0..1.",
			func(r row) any { return r.v.PassThrough }),
		"tonnes":           prop(graphql.Float, "passThroughShare in tonnes of contained material; null for a pooled product and for a sector of an input-output table.", func(r row) any { return inTonnes(r.of, r.v.Tonnes) }),
		"valueUsd":         prop(graphql.Float, "passThroughShare of a sector's output, USD of the year; null where shares are of mass.", func(r row) any { return inUSD(r.of, r.v.Tonnes) }),
		"finalUseTonnes":   prop(graphql.Float, "Apparent final use of the target: supply less exports and own use, tonnes of contained material; null for a pooled product and for a sector of an input-output table.", func(r row) any { return inTonnes(r.of, r.v.FinalUse) }),
		"finalUseUsd":      prop(graphql.Float, "What final users bought of a sector, output less all that sectors bought of it, USD of the year; null where shares are of mass.", func(r row) any { return inUSD(r.of, r.v.FinalUse) }),
		"unexplainedShare": prop(must(graphql.Float), "Share of the target's supply that no source explains, 0..1: some of that may pass it too.", func(r row) any { return r.v.Unexplained }),
	})
}

func (b *builder) worldChokepoints(p graphql.ResolveParams) (any, error) {
	kind, err := kindArg(p)
	if err != nil {
		return nil, err
	}
	year, err := yearArg(p.Args["year"])
	if err != nil {
		return nil, err
	}
	first, _, err := b.limited(p, "first")
	if err != nil {
		return nil, err
	}
	q := ask.WorldQuestion{Product: textArg(p, "product"), Material: textArg(p, "material"), Year: year, Kind: kind,
		Attribution: attribution(p.Args), Epsilon: supply.DefaultEpsilon, First: max(first, 1)}
	answer, err := b.asker.WorldChokepoints(p.Context, q)
	if err != nil {
		return nil, err
	}
	points := answer.Chokepoints[:min(first, len(answer.Chokepoints))]
	draws := &worldDraws{answer: answer, question: q, listed: len(points)}
	list := make([]item[worldPoint], len(points))
	for i, c := range points {
		list[i] = item[worldPoint]{of: &answer.Basis, v: worldPoint{c, answer, draws, i}}
	}
	return list, nil
}

// worldPoint is a chokepoint with the answer that it is part of.
type worldPoint struct {
	supply.WorldChokepoint
	answer *ask.WorldAnswer
	draws  *worldDraws // of all that are listed
	rank   int         // among them
}

func (b *builder) worldChokepointType(kind *graphql.Enum, methodType *graphql.Object) *graphql.Object {
	type row = item[worldPoint]
	firm := func(c worldPoint) supply.Actor { return c.Firm }
	return object("WorldChokepoint", "A country, a stage or a trade link that part of the world's supply of a product passes.", graphql.Fields{
		"kind":     prop(must(kind), "What it is.", func(r row) any { return string(r.v.Kind) }),
		"country":  placeProp(b, false, "The country, of a COUNTRY or STAGE.", func(c worldPoint) string { return c.Place }),
		"product":  productProp(b, false, "The product, of a STAGE or LINK.", func(c worldPoint) string { return c.Product }),
		"company":  companyProp(b, "The company, of a COMPANY.", firm),
		"facility": facilityProp(b, "The plant, of a FACILITY.", firm),
		"isSum": prop(must(graphql.Boolean), "True for companies with the attribution PROPORTIONAL: worldShare is then a sum of expected visits to plants times the shares owned.",
			func(r row) any { return r.v.IsSum }),
		"from":        placeProp(b, false, "The exporter, of a LINK.", func(c worldPoint) string { return c.From }),
		"fromProduct": productProp(b, false, "What the exporter sells, of a LINK of an input-output table; else null.", func(c worldPoint) string { return c.Sold }),
		"to":          placeProp(b, false, "The importer, of a LINK.", func(c worldPoint) string { return c.To }),
		"worldShare": prop(must(graphql.Float), "Share of the apparent final use of all countries outside it that passes it, 0..1.",
			func(r row) any { return r.v.Share }),
		"countries": prop(must(graphql.Int), "For how many countries it is a single point of failure: all but method.epsilon of their supply passes it. The pool of a pooled product counts as one.",
			func(r row) any { return r.v.Countries }),
		"year":        prop(must(graphql.Int), "Calendar year.", func(r row) any { return r.of.Year }),
		"method":      prop(must(methodType), "How it was computed.", func(r row) any { return method{r.of.Balance, supply.DefaultEpsilon} }),
		"provenance":  prop(list(b.nodes.dataset), "The datasets whose rows went into the answer, the highest ranked first.", func(r row) any { return r.of.Datasets }),
		"assumptions": prop(list(graphql.String), "What the answer assumes, sentence by sentence.", func(r row) any { return r.v.answer.Assumptions() }),
	})
}
