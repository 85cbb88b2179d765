package ask

import (
	"context"
	"encoding/json"
	"math"
	"slices"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// Scenario changes the facts and the structure for one question; see
// supply.Scenario. Countries are named as anywhere; a group that is taken away is
// the set of its members.
type Scenario struct {
	Without    []Subject
	Caps       []ScenarioLink // at most so much
	Trade      []ScenarioLink // beside what is known
	Production []ScenarioMaker
}

// ScenarioLink is what one country sells another of a product: in tonnes, or in an
// input-output table in USD, where it is what the sector To and Product buys in From,
// of FromProduct or of all sectors. The other one is NaN.
type ScenarioLink struct {
	From, To, Product string
	FromProduct       string
	Tonnes, USD       float64
}

// ScenarioMaker is what a country makes of a product.
type ScenarioMaker struct {
	Country, Product string
	Tonnes           float64
}

// scenario resolves the names of a scenario for a question about a product; nil
// where there is none.
func (v *view) scenario(ctx context.Context, s *Scenario, product string, year int) (*supply.Scenario, error) {
	if s == nil {
		return nil, nil
	}
	if err := v.fits(s, product); err != nil {
		return nil, err
	}
	resolved := &supply.Scenario{}
	for _, x := range s.Without {
		subjects, err := v.subjects(ctx, x, year)
		if err != nil {
			return nil, err
		}
		resolved.Without = append(resolved.Without, subjects...)
	}
	var failed error
	one := func(text string) string {
		place, err := v.countries.Find(text, country.Any, year)
		if err == nil && place.Kind == country.Group {
			err = graph.Errorf(graph.BadInput, "%s is a group: a scenario adds to, and caps, what single countries make and sell", text)
		}
		if err != nil && failed == nil {
			failed = err
		}
		return place.ID
	}
	for _, l := range s.Caps {
		resolved.Caps = append(resolved.Caps, supply.Cap{From: one(l.From), To: one(l.To), Product: l.Product, Sold: l.FromProduct, Tonnes: measured(l)})
	}
	for _, l := range s.Trade {
		resolved.Trade = append(resolved.Trade, supply.ExtraTrade{From: one(l.From), To: one(l.To), Product: l.Product, Tonnes: l.Tonnes})
	}
	for _, m := range s.Production {
		resolved.Production = append(resolved.Production, supply.ExtraProduction{Place: one(m.Country), Product: m.Product, Tonnes: m.Tonnes})
	}
	return resolved, failed
}

// fits tells whether a scenario can be asked of a product: in tonnes of what is
// traded, in USD in an input-output table, to which nothing can be added.
func (v *view) fits(s *Scenario, product string) error {
	table := v.tableOf(product)
	if table == "" {
		for _, l := range slices.Concat(s.Caps, s.Trade) {
			if math.IsNaN(l.Tonnes) || !math.IsNaN(l.USD) || l.FromProduct != "" {
				return graph.Errorf(graph.BadInput, "a link of the scenario needs tonnes; valueUsd and fromProduct are for sectors of input-output tables")
			}
		}
		return nil
	}
	if len(s.Trade)+len(s.Production) > 0 {
		return graph.Errorf(graph.BadInput, "%s is a sector of an input-output table, which balances: what somebody makes or sells beside it, somebody else would have to buy, and it would be made of inputs that nobody knows. Ask without a country, sector or link, or with a link capped in valueUsd; or load a table of your own with a higher priority (tiermap load tables)", product)
	}
	for _, l := range s.Caps {
		if math.IsNaN(l.USD) || !math.IsNaN(l.Tonnes) {
			return graph.Errorf(graph.BadInput, "%s is a sector of an input-output table: cap what its links carry in valueUsd, not in tonnes", product)
		}
	}
	return nil
}

// measured returns what a link carries, in the unit that it is given in.
func measured(l ScenarioLink) float64 {
	if math.IsNaN(l.Tonnes) {
		return l.USD
	}
	return l.Tonnes
}

// withFacts returns the scenario where it has facts, which the network is then
// assembled with; nil where it only takes away.
func withFacts(s *supply.Scenario) *supply.Scenario {
	if s == nil || len(s.Production)+len(s.Trade) == 0 {
		return nil
	}
	return s
}

// factsKey tells networks of different scenarios apart.
func factsKey(s *supply.Scenario) string {
	if s == nil {
		return ""
	}
	text, _ := json.Marshal([]any{s.Production, s.Trade}) // texts and numbers
	return string(text)
}

// under takes away what a scenario takes away.
func (b *Basis) under(w *supply.Walk, s *supply.Scenario, target supply.Stage) (*supply.Walk, error) {
	n, err := w.Network().Under(s, target)
	if err != nil || n == w.Network() {
		return w, err
	}
	b.assembly = n
	return supply.NewWalk(n), nil
}
