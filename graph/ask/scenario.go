package ask

import (
	"context"
	"encoding/json"

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

// ScenarioLink is what one country sells another of a product.
type ScenarioLink struct {
	From, To, Product string
	Tonnes            float64
}

// ScenarioMaker is what a country makes of a product.
type ScenarioMaker struct {
	Country, Product string
	Tonnes           float64
}

// scenario resolves the names of a scenario; nil where there is none.
func (v *view) scenario(ctx context.Context, s *Scenario, year int) (*supply.Scenario, error) {
	if s == nil {
		return nil, nil
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
		resolved.Caps = append(resolved.Caps, supply.Cap{From: one(l.From), To: one(l.To), Product: l.Product, Tonnes: l.Tonnes})
	}
	for _, l := range s.Trade {
		resolved.Trade = append(resolved.Trade, supply.ExtraTrade{From: one(l.From), To: one(l.To), Product: l.Product, Tonnes: l.Tonnes})
	}
	for _, m := range s.Production {
		resolved.Production = append(resolved.Production, supply.ExtraProduction{Place: one(m.Country), Product: m.Product, Tonnes: m.Tonnes})
	}
	return resolved, failed
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
