package gql

import (
	"math"

	"github.com/graphql-go/graphql"

	"tiermap/graph/ask"
)

// scenarioInput names what is changed for one question.
func scenarioInput(subject *graphql.InputObject) *graphql.InputObject {
	field := func(t graphql.Input, doc string) *graphql.InputObjectFieldConfig {
		return &graphql.InputObjectFieldConfig{Type: t, Description: doc}
	}
	link := graphql.NewInputObject(graphql.InputObjectConfig{Name: "ScenarioLink", Description: "What one country sells another of a product.",
		Fields: graphql.InputObjectConfigFieldMap{
			"from":        field(must(graphql.ID), "The country that sells."),
			"to":          field(must(graphql.ID), "The country that buys."),
			"product":     field(must(graphql.ID), "The product."),
			"tonnes":      field(graphql.Float, "Tonnes: of contained material where a link is capped, gross where trade is added."),
			"valueUsd":    field(graphql.Float, "USD, in place of tonnes: what the buying sector of an input-output table buys there at most."),
			"fromProduct": field(graphql.ID, "In an input-output table, the sector that sells; left out = all of the country."),
		}})
	maker := graphql.NewInputObject(graphql.InputObjectConfig{Name: "ScenarioProduction", Description: "What a country makes of a product.",
		Fields: graphql.InputObjectConfigFieldMap{
			"country": field(must(graphql.ID), "The country."),
			"product": field(must(graphql.ID), "The product."),
			"tonnes":  field(must(graphql.Float), "Gross tonnes of the product."),
		}})
	list := func(t graphql.Type) graphql.Input { return graphql.NewList(graphql.NewNonNull(t)) }
	return graphql.NewInputObject(graphql.InputObjectConfig{Name: "ScenarioInput",
		Description: "What is changed for this question; the answer's assumptions name it. Facts are laid over the stored ones; where sources are taken away, every stage draws what it has from those that it has left, in proportion, and one that has none left has no supply. In an input-output table, which nothing can be added to, a sector buys what it lost of the same sector elsewhere.",
		Fields: graphql.InputObjectConfigFieldMap{
			"without":    field(list(subject), "These supply nobody any more: countries, stages or links."),
			"caps":       field(list(link), "These links carry at most so much."),
			"production": field(list(maker), "Made beside what is known: a new mine."),
			"trade":      field(list(link), "Sold beside what is known: another supplier."),
		}})
}

// scenario reads the scenario of the argument options; nil where there is none.
func scenario(options map[string]any) *ask.Scenario {
	given, ok := options["scenario"].(map[string]any)
	if !ok {
		return nil
	}
	s := &ask.Scenario{}
	for _, x := range objects(given, "without") {
		s.Without = append(s.Without, subjectOf(x))
	}
	for _, x := range objects(given, "caps") {
		s.Caps = append(s.Caps, scenarioLink(x))
	}
	for _, x := range objects(given, "trade") {
		s.Trade = append(s.Trade, scenarioLink(x))
	}
	for _, x := range objects(given, "production") {
		l := scenarioLink(x)
		s.Production = append(s.Production, ask.ScenarioMaker{Country: named(x, "country"), Product: l.Product, Tonnes: l.Tonnes})
	}
	return s
}

func scenarioLink(x map[string]any) ask.ScenarioLink {
	return ask.ScenarioLink{From: named(x, "from"), To: named(x, "to"), Product: named(x, "product"), FromProduct: named(x, "fromProduct"),
		Tonnes: amountOf(x, "tonnes"), USD: amountOf(x, "valueUsd")}
}

// amountOf reads a number of an input object; NaN where it is not given.
func amountOf(of map[string]any, field string) float64 {
	if v, ok := of[field].(float64); ok {
		return v
	}
	return math.NaN()
}

// objects reads a list of input objects.
func objects(of map[string]any, field string) []map[string]any {
	values, _ := of[field].([]any)
	var list []map[string]any
	for _, v := range values {
		if x, ok := v.(map[string]any); ok {
			list = append(list, x)
		}
	}
	return list
}

// named reads a text of an input object.
func named(of map[string]any, field string) string {
	s, _ := of[field].(string)
	return s
}

// subjectOf reads what others may depend on.
func subjectOf(x map[string]any) ask.Subject {
	return ask.Subject{Country: named(x, "country"), Product: named(x, "product"), From: named(x, "from"), To: named(x, "to"),
		Company: named(x, "company"), Facility: named(x, "facility"), FromProduct: named(x, "fromProduct")}
}
