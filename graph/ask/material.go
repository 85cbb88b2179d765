package ask

import (
	"cmp"
	"context"

	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// MaterialQuestion asks what a country depends on for a material, in all
// products that contain it.
type MaterialQuestion struct {
	Country  string // any name or code of a country, or a group
	Material string
	Year     int // 0 = the newest year in which any product that contains it has trade, else production
	Balance  supply.Balance
	Scenario *Scenario // nil: the facts as they are
}

// MaterialAnswer is a country's whole use of a material (docs/methods.md §2b).
type MaterialAnswer struct {
	supply.MaterialUse
	Basis
	Country country.Place

	walk     *supply.Walk // that answered
	scenario *supply.Scenario
}

// MaterialDependency answers a question about all products that contain a
// material.
//
// Errors: NotFound with the nearest ids for a country or material that is not
// known; BadInput where the year holds nothing; those of the store.
func (a *Asker) MaterialDependency(ctx context.Context, q MaterialQuestion) (*MaterialAnswer, error) {
	return with(ctx, a, func(v *view) (*MaterialAnswer, error) {
		place, err := v.countries.Find(q.Country, country.Any, q.Year)
		if err != nil {
			return nil, err
		}
		if _, err := v.material(q.Material); err != nil {
			return nil, err
		}
		question := supply.Question{Place: place.ID, Material: q.Material, Year: q.Year}
		if place.Kind == country.Group {
			question.Members = v.countries.Group(place.ID)
		}
		scenario, err := v.scenario(ctx, q.Scenario, "", q.Year)
		if err != nil {
			return nil, err
		}
		question.Scenario = withFacts(scenario)
		basis, walk, err := a.basis(ctx, v, question, cmp.Or(q.Balance, supply.Mass))
		if err != nil {
			return nil, err
		}
		if walk, err = basis.under(walk, scenario, supply.Stage{Place: place.ID}); err != nil {
			return nil, err
		}
		use, err := walk.MaterialUse(ctx, place.ID)
		if err != nil {
			return nil, err
		}
		return &MaterialAnswer{use, basis, place, walk, scenario}, nil
	})
}

// FinalUse is the apparent final use in all products, tonnes of contained
// material.
func (m *MaterialAnswer) FinalUse() float64 { return m.Direct.FinalUse + m.Embodied.FinalUse }

// Assumptions returns what the answer assumes, and what is not in its sums.
func (m *MaterialAnswer) Assumptions() []string {
	list := append([]string{}, m.Network().Assumptions...)
	if len(m.Products) == 0 {
		list = append(list, "No supply of "+m.MaterialName()+" in "+m.Country.Name+" is known for the year: every sum is zero.")
	}
	return list
}

// MaterialName is the name of the material, or its id.
func (m *MaterialAnswer) MaterialName() string { return cmp.Or(m.Material.Name, m.Material.ID) }

// stages returns products by their ids.
func (b *Basis) stages(ids []string) []Product {
	list := make([]Product, len(ids))
	for i, id := range ids {
		list[i] = b.Stage(id)
	}
	return list
}

// MissingProducts are those whose tonnes are not known.
func (m *MaterialAnswer) MissingProducts() []Product { return m.stages(m.Missing) }
