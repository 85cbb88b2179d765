package supply

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"tiermap/graph"
)

// productionPlan is what is known of who makes a product.
type productionPlan struct {
	// sourced: some dataset has rows. Where none has, all production is missing.
	sourced bool
	// partial: countries that are not listed may produce too.
	partial bool
	// weights: the amounts are shares of the world, for no tonnes are known.
	weights bool
	year    int
	listed  []listed // by country, bytewise
}

// listed is one country's production: tonnes of the network's material, or a
// share of the world; NaN: made, amount missing.
type listed struct {
	country   string
	amount    float64
	estimated bool
}

// planProduction chooses, country by country, the rows that count, all of one
// year.
func (p *Plan) planProduction(i int32, id string, rows []ProductionRow) (productionPlan, error) {
	for _, year := range nearestYears(p.Year) {
		var ofYear []ProductionRow
		for _, r := range rows {
			if r.Year == year {
				ofYear = append(ofYear, r)
			}
		}
		if len(ofYear) > 0 {
			return p.productionIn(i, id, year, ofYear)
		}
	}
	return productionPlan{}, nil
}

func (p *Plan) productionIn(i int32, id string, year int, rows []ProductionRow) (productionPlan, error) {
	if err := p.checkBasis(id, year, rows); err != nil {
		return productionPlan{}, err
	}
	chosen := choose(p.catalogue.rank, rows,
		func(r ProductionRow) (string, string) { return r.Country, r.Dataset })
	plan := productionPlan{sourced: true, year: year}
	_, plan.partial = chosen[OthersProduce]
	plan.weights = p.inWeights(chosen)
	for _, country := range slices.Sorted(maps.Keys(chosen)) {
		p.datasets[chosen[country].dataset] = true
		if country == OthersProduce {
			continue
		}
		amount, estimated := p.amountOf(id, chosen[country].rows, plan.weights)
		plan.listed = append(plan.listed, listed{country, amount, estimated || year != p.Year})
	}
	p.noteProduction(i, id, plan, chosen)
	return plan, nil
}

// inWeights reports whether the first dataset that knows any amount knows
// shares only.
func (p *Plan) inWeights(chosen map[string]choice[ProductionRow]) bool {
	first, found, weights := "", false, false
	for country, of := range chosen {
		if country == OthersProduce {
			continue
		}
		tonnes := slices.ContainsFunc(of.rows, func(r ProductionRow) bool { return known(r.Tonnes) })
		shares := slices.ContainsFunc(of.rows, func(r ProductionRow) bool { return known(r.Share) })
		if !tonnes && !shares {
			continue
		}
		switch order := compareRank(p.catalogue.rank, of.dataset, first); {
		case !found || order < 0:
			first, found, weights = of.dataset, true, !tonnes
		case order == 0:
			weights = weights && !tonnes
		}
	}
	return weights
}

// amountOf adds the rows of one country and dataset. Where they count more than
// one thing, those that count the network's material count, then gross tonnes,
// then the first material by name.
func (p *Plan) amountOf(id string, rows []ProductionRow, weights bool) (amount float64, estimated bool) {
	first := slices.MinFunc(rows, func(a, b ProductionRow) int {
		return cmp.Or(cmp.Compare(p.contentOrder(a.Contained), p.contentOrder(b.Contained)),
			cmp.Compare(a.Contained, b.Contained))
	}).Contained
	factor, convertible := p.catalogue.conversion(id, first, p.Material)
	amount = math.NaN()
	for _, r := range rows {
		if r.Contained != first {
			continue
		}
		estimated = estimated || r.Estimated
		v := r.Tonnes * factor
		if weights {
			v = r.Share
		} else if !convertible {
			v = math.NaN()
		}
		switch {
		case !known(amount):
			amount = v
		case known(v):
			amount += v
		}
	}
	return amount, estimated
}

// contentOrder says which of several ways to count one mass counts: the
// network's own, gross, then any other.
func (p *Plan) contentOrder(contained string) int {
	switch contained {
	case p.Material:
		return 0
	case "":
		return 1
	}
	return 2
}

// checkBasis refuses a dataset that counts one product and year both gross and
// as the network's material.
func (p *Plan) checkBasis(id string, year int, rows []ProductionRow) error {
	if p.Material == "" {
		return nil
	}
	bases := map[string][2]bool{}
	for _, r := range rows {
		if !known(r.Tonnes) {
			continue
		}
		b := bases[r.Dataset]
		b[0] = b[0] || r.Contained == ""
		b[1] = b[1] || r.Contained == p.Material
		bases[r.Dataset] = b
	}
	for _, dataset := range slices.Sorted(maps.Keys(bases)) {
		if bases[dataset] == [2]bool{true, true} {
			return twoBases(dataset, "production of "+id, year, p.Material)
		}
	}
	return nil
}

func twoBases(dataset, what string, year int, material string) error {
	return graph.Errorf(graph.BadInput,
		"dataset %s counts %s in %d both gross and in contained %s: keep one of the two, for a mixture decides every answer",
		dataset, what, year, material)
}
