package gql

import (
	"github.com/graphql-go/graphql"

	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

// Of input-output tables (docs/methods.md §2e).

func (b *builder) roundType() *graphql.Object {
	type row = item[supply.Round]
	part := object("ValueAdded", "Value that is added in a country.", graphql.Fields{
		"country": placeProp(b, true, "The country.", func(s supply.PlaceShare) string { return s.Place }),
		"share":   prop(must(graphql.Float), "Share of the target's output, 0..1.", func(r item[supply.PlaceShare]) any { return r.v.Share }),
	})
	return object("Round", "One round of an input-output table: the sectors that are so many purchases away.", graphql.Fields{
		"number":       prop(must(graphql.Int), "How many purchases away; 0 = the target itself.", func(r row) any { return r.v.Number }),
		"reachedShare": prop(must(graphql.Float), "Share of the target's output that is paid to this round, 0..1: what is added in it and what it pays on.", func(r row) any { return r.v.Reached }),
		"madeIn":       prop(list(part), "Where value is added in this round, by share descending, then country. Over all rounds they add up to the origins.", func(r row) any { return within(r, r.v.MadeIn) }),
	})
}

func (b *builder) rounds(p graphql.ResolveParams, a asked) (any, error) {
	first, _, err := b.limited(p, "first")
	if err != nil {
		return nil, err
	}
	rounds, _ := a.Rounds(first)
	return piecesOf(a.Answer, rounds), nil
}

func (b *builder) finalDemandOrigins(p graphql.ResolveParams) (any, error) {
	year, err := yearArg(p.Args["year"])
	if err != nil {
		return nil, err
	}
	with, given := p.Args["inventories"].(bool)
	answer, err := b.asker.FinalDemandOrigins(p.Context, ask.FinalQuestion{Country: textArg(p, "country"), Table: textArg(p, "table"),
		Year: year, WithoutInventories: given && !with})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// placeValue is a country's part of a final demand, with the answer that it is of.
type placeValue struct {
	supply.PlaceValue
	answer *ask.FinalAnswer
}

func (b *builder) finalType() *graphql.Object {
	type answer = *ask.FinalAnswer
	category := object("FinalDemandCategory", "One category of final demand.", graphql.Fields{
		"category": prop(must(graphql.String), "households, nonprofits, government, capital, inventories or other.", func(c ask.CategoryValue) any { return c.Category }),
		"valueUsd": prop(must(graphql.Float), "What is bought in it, USD of the year; below zero where more was sold of it.", func(c ask.CategoryValue) any { return c.USD }),
		"counted":  prop(must(graphql.Boolean), "Whether it counts in the answer.", func(c ask.CategoryValue) any { return c.Counted }),
	})
	return object("FinalDemandOrigins", "Where the value of a final demand is added: Leontief's value-added origins. USD of the year; what is below zero in the demand counts as it stands.", graphql.Fields{
		"country": prop(b.nodes.country, "The country or group that was asked about; null = the world.", func(a answer) any {
			if a.Country.ID == "" {
				return nil
			}
			return a.Country
		}),
		"table":          prop(must(graphql.ID), "The input-output table: what stands before the colon of its sectors.", func(a answer) any { return a.Table }),
		"year":           prop(must(graphql.Int), "Calendar year.", func(a answer) any { return a.Year }),
		"totalUsd":       prop(must(graphql.Float), "The final demand that counts: all origins and what is unexplained add up to it.", func(a answer) any { return a.Total }),
		"belowZeroUsd":   prop(must(graphql.Float), "The part of totalUsd that is below zero: sectors of which more was sold from inventories than bought.", func(a answer) any { return a.Below }),
		"unexplainedUsd": prop(must(graphql.Float), "The part of totalUsd whose origin the table does not tell.", func(a answer) any { return a.Unexplained }),
		"residualUsd":    prop(must(graphql.Float), "By how much any value here may be off because a large cycle of sectors was solved by iteration, USD of the year; 0 where everything was eliminated.", func(a answer) any { return a.Residual }),
		"categories":     prop(list(category), "What was bought by whom, by category.", func(a answer) any { return a.Categories }),
		"places": compute(list(b.placeValueType()), "One row per country, by origin, then direct, descending, then id.",
			graphql.FieldConfigArgument{"first": arg(graphql.Int, "How many at most, up to 1000; left out = all.")},
			func(p graphql.ResolveParams, a answer) (any, error) {
				rows := make([]placeValue, len(a.Places))
				for i, v := range a.Places {
					rows[i] = placeValue{v, a}
				}
				return cutAt(b, p, rows)
			}),
		"reference": prop(must(graphql.String), "Where the method is described.", func(answer) any {
			return "docs/methods.md, section 2e; Miller and Blair 2009, doi:10.1017/CBO9780511626982"
		}),
		"provenance":  prop(list(b.nodes.dataset), "The datasets whose rows went into the answer, the highest ranked first.", func(a answer) any { return a.Datasets }),
		"assumptions": prop(list(graphql.String), "What the answer assumes, sentence by sentence.", func(a answer) any { return a.Assumptions() }),
	})
}

func (b *builder) placeValueType() *graphql.Object {
	share := func(doc string, usd func(placeValue) float64) *graphql.Field {
		return prop(graphql.Float, doc+", share of totalUsd; null where that is not above zero.", func(v placeValue) any { return known(v.answer.Share(usd(v))) })
	}
	direct := func(v placeValue) float64 { return v.Direct }
	origin := func(v placeValue) float64 { return v.Origin }
	return object("FinalDemandPlace", "A country's part of a final demand.", graphql.Fields{
		"country":   prop(must(b.nodes.country), "The country.", func(v placeValue) any { return v.answer.Place(v.Place) }),
		"directUsd": prop(must(graphql.Float), "What is bought of its sectors, USD of the year.", func(v placeValue) any { return v.Direct }),
		"originUsd": prop(must(graphql.Float), "What is added there, USD of the year; below zero where inventories were run down by more.", func(v placeValue) any { return v.Origin }),
		"direct":    share("What is bought of its sectors", direct),
		"origin":    share("What is added there", origin),
	})
}
