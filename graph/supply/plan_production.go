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
	// sourced: some dataset has rows of countries. Where none has, all production
	// is missing.
	sourced bool
	// producersOnly: what rows there are, of any year that may count, are those of
	// companies and plants.
	producersOnly bool
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
	masses    []mass // that amount is the sum of
}

// mass is one row's amount, as it counts.
type mass struct {
	amount    float64
	error     float64 // relative; NaN: not stated
	estimated bool
}

// planProduction chooses, country by country, the rows that count, all of one
// year. Rows of companies and plants are no country's total and never count.
func (p *Plan) planProduction(i int32, id string, rows []ProductionRow) (productionPlan, error) {
	for _, year := range nearestYears(p.Year) {
		var ofYear []ProductionRow
		for _, r := range rows {
			if r.Year == year && !r.OfProducer {
				ofYear = append(ofYear, r)
			}
		}
		if len(ofYear) == 0 {
			continue
		}
		if year != p.Year {
			producers := slices.ContainsFunc(rows, func(r ProductionRow) bool { return r.Year == p.Year })
			p.notef(i, aboutMaking, "No production of %s is loaded for %d%s: that of %d stands in for it, all of it estimated.",
				id, p.Year, ifWords(producers, butProducers), year)
		}
		return p.productionIn(i, id, year, ofYear)
	}
	return productionPlan{producersOnly: len(rows) > 0}, nil
}

func (p *Plan) productionIn(i int32, id string, year int, rows []ProductionRow) (productionPlan, error) {
	if err := p.checkBasis(id, year, rows); err != nil {
		return productionPlan{}, err
	}
	plan := productionPlan{sourced: true, year: year}
	if slices.ContainsFunc(rows, inTonnes) {
		rows = p.preferTonnes(i, id, year, rows)
	} else {
		plan.weights = slices.ContainsFunc(rows, inShares)
	}
	chosen := choose(p.catalogue.rank, rows,
		func(r ProductionRow) (string, string) { return r.Country, r.Dataset })
	_, plan.partial = chosen[OthersProduce]
	for _, country := range slices.Sorted(maps.Keys(chosen)) {
		p.datasets[chosen[country].dataset] = true
		if country == OthersProduce {
			continue
		}
		plan.listed = append(plan.listed, p.amountOf(id, country, chosen[country].rows, plan.weights, year != p.Year))
	}
	p.noteProduction(i, id, plan, chosen)
	return plan, nil
}

// inTonnes reports whether a row says how many tonnes a country makes.
func inTonnes(r ProductionRow) bool { return r.Country != OthersProduce && known(r.Tonnes) }

// inShares reports whether a row says only what share of the world a country
// makes.
func inShares(r ProductionRow) bool {
	return r.Country != OthersProduce && known(r.Share) && !known(r.Tonnes)
}

// preferTonnes passes over the rows in shares alone of countries for which some
// dataset has tonnes, whatever its rank: shares and tonnes cannot be added up.
// Countries that have shares alone keep them, as makers of an unknown amount.
func (p *Plan) preferTonnes(i int32, id string, year int, rows []ProductionRow) []ProductionRow {
	tonnes, shares := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		if inTonnes(r) {
			tonnes[r.Country] = true
		}
		if inShares(r) {
			shares[r.Country] = true
		}
	}
	if len(shares) > 0 {
		p.notef(i, aboutMaking, "Production of %s, %d, is counted in tonnes: the shares of the world's production that are stated for %s, without tonnes, are not used.",
			id, year, join(slices.Sorted(maps.Keys(shares))))
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r ProductionRow) bool { return inShares(r) && tonnes[r.Country] })
}

// amountOf adds the rows of one country and dataset. Where they count more than
// one thing, those that count the network's material count, then gross tonnes,
// then the first material by name. former: they are of another year than the one
// asked for, and so estimated.
func (p *Plan) amountOf(id, country string, rows []ProductionRow, weights, former bool) listed {
	first := slices.MinFunc(rows, func(a, b ProductionRow) int {
		return cmp.Or(cmp.Compare(p.contentOrder(a.Contained), p.contentOrder(b.Contained)),
			cmp.Compare(a.Contained, b.Contained))
	}).Contained
	factor, convertible := p.catalogue.conversion(id, first, p.Material)
	l := listed{country: country, amount: math.NaN(), estimated: former}
	for _, r := range rows {
		if r.Contained != first {
			continue
		}
		l.estimated = l.estimated || r.Estimated
		v := r.Tonnes * factor
		if weights {
			v = r.Share
		} else if !convertible {
			v = math.NaN()
		}
		switch {
		case !known(l.amount):
			l.amount = v
		case known(v):
			l.amount += v
		}
		if v > 0 {
			l.masses = append(l.masses, mass{v, r.Error, r.Estimated || former})
		}
	}
	slices.SortFunc(l.masses, func(a, b mass) int {
		return cmp.Or(cmp.Compare(a.amount, b.amount), cmp.Compare(a.error, b.error), cmp.Compare(boolInt(a.estimated), boolInt(b.estimated)))
	})
	return l
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
