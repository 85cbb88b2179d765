package gql

import (
	"github.com/graphql-go/graphql"

	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

func (b *builder) materialDependency(p graphql.ResolveParams) (any, error) {
	year, err := yearArg(p.Args["year"])
	if err != nil {
		return nil, err
	}
	balance, settings, err := options(p)
	if err != nil {
		return nil, err
	}
	return b.asker.MaterialDependency(p.Context, ask.MaterialQuestion{Country: textArg(p, "country"), Material: textArg(p, "material"),
		Year: year, Balance: balance, Scenario: settings.scenario})
}

// materialType is a country's whole use of a material.
func (b *builder) materialType(share, methodType *graphql.Object) *graphql.Object {
	type answer = *ask.MaterialAnswer
	account := object("MaterialAccount", "Masses of one product or of several, tonnes of contained material.", accountFields(func(a supply.Account) supply.Account { return a }))
	use := object("MaterialInProduct", "A country's account of one product.", accountFields(func(r item[supply.ProductUse]) supply.Account { return r.v.Account }))
	use.AddFieldConfig("product", prop(must(b.nodes.product), "The product.", func(r item[supply.ProductUse]) any { return r.of.Stage(r.v.Product) }))
	all := graphql.FieldConfigArgument{"first": arg(graphql.Int, "How many at most, up to 1000; left out = all.")}
	return object("MaterialDependency", "What a country has, uses and passes on of a material in all products that contain it, and where what it uses in the end starts. Shares are of that final use, 0..1.", graphql.Fields{
		"country":  prop(must(b.nodes.country), "The country or group that was asked about.", func(a answer) any { return a.Country }),
		"material": prop(must(b.nodes.material), "The material.", func(a answer) any { return a.Material }),
		"year":     prop(must(graphql.Int), "Calendar year.", func(a answer) any { return a.Year }),
		"products": prop(list(use), "The products that contain it and of which the country has any; every product before what it is made of.",
			func(a answer) any { return within(item[struct{}]{of: &a.Basis}, a.Products) }),
		"direct":         prop(must(account), "Sums over the stages extraction, processing and recycling: the material as such.", func(a answer) any { return a.Direct }),
		"embodied":       prop(must(account), "Sums over the stages component and assembly: the material in parts and things.", func(a answer) any { return a.Embodied }),
		"finalUseTonnes": prop(must(graphql.Float), "Apparent final use in all products, tonnes of contained material.", func(a answer) any { return a.FinalUse() }),
		"passOnShare": prop(graphql.Float, "What enters and leaves again: exports over supply of the direct stages, 0..1; null without supply.", func(a answer) any {
			if !a.HasDirect {
				return nil
			}
			return a.PassOn
		}),
		"shares": compute(list(share), "One row per country, of the final use in all products: direct (bought there, or made in the country itself), origin, hidden; by origin, then direct, descending, then id.", all,
			func(p graphql.ResolveParams, a answer) (any, error) {
				rows, err := cutAt(b, p, a.Shares)
				return within(item[struct{}]{of: &a.Basis, supply: a.FinalUse()}, rows), err
			}),
		"unexplainedShare": prop(must(graphql.Float), "Share of the final use that no source explains, 0..1.", func(a answer) any { return min(1, a.Unexplained) }),
		"estimatedShare":   prop(must(graphql.Float), "Share of the final use that takes at least one estimated step, 0..1.", func(a answer) any { return min(1, a.Estimated) }),
		"missing":          prop(list(b.nodes.product), "Products that contain the material, but of which it is not known how many tonnes a country uses: they are in no sum.", func(a answer) any { return a.MissingProducts() }),
		"method":           prop(must(methodType), "How it was computed.", func(a answer) any { return method{a.Balance, supply.DefaultEpsilon} }),
		"provenance":       prop(list(b.nodes.dataset), "The datasets whose rows went into the answer, the highest ranked first.", func(a answer) any { return a.Datasets }),
		"assumptions":      prop(list(graphql.String), "What the answer assumes, sentence by sentence.", func(a answer) any { return a.Assumptions() }),
	})
}

// accountFields are the masses of an account.
func accountFields[T any](of func(T) supply.Account) graphql.Fields {
	mass := func(doc string, get func(supply.Account) float64) *graphql.Field {
		return prop(must(graphql.Float), doc+", tonnes of contained material.", func(v T) any { return get(of(v)) })
	}
	return graphql.Fields{
		"production": mass("Made in the country", func(a supply.Account) float64 { return a.Production }),
		"imports":    mass("Imports", func(a supply.Account) float64 { return a.Imports }),
		"exports":    mass("Exports", func(a supply.Account) float64 { return a.Exports }),
		"used":       mass("What the country's own making takes", func(a supply.Account) float64 { return a.Used }),
		"supply":     mass("Supply", func(a supply.Account) float64 { return a.Supply }),
		"finalUse":   mass("Apparent final use: supply less exports and own use, not below zero", func(a supply.Account) float64 { return a.FinalUse }),
	}
}
