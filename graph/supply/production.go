package supply

import (
	"cmp"
	"slices"
)

// rounding is the part of a sum below which a difference counts as none.
const rounding = 1e-12

// addProduction fills in production and what it takes of its inputs, from the
// last products upstream: what is missing of a product is inferred from what
// its makers use of it.
func (a *assembly) addProduction() {
	for product := range a.products {
		a.report(product)
		a.infer(product)
		a.takeInputs(product)
	}
}

// report fills in the production that the facts list.
func (a *assembly) report(product int) {
	l := &a.products[product]
	for _, row := range a.plan.products[product].made.listed {
		if row.amount > 0 {
			place := a.index[a.placeOf(row.country)]
			l.production[place] += row.amount
			l.estimated[place] = l.estimated[place] || row.estimated
		}
	}
	a.addExtraProduction(product)
}

// infer gives places whose production is missing what they export and use
// beyond what they import: a lower bound.
func (a *assembly) infer(product int) {
	l := &a.products[product]
	places, tonnes := 0, 0.0
	for place := range a.places {
		need := l.exports[place] + l.used[place]
		short := need - l.imports[place] - l.production[place]
		if short <= rounding*need || !a.missingAt(product, int32(place)) {
			continue
		}
		l.production[place] += short
		l.estimated[place] = true
		places++
		tonnes += short
	}
	a.noteInferred(product, places, tonnes)
}

// missingAt reports whether production of a place, or of a member of it, is not
// known.
func (a *assembly) missingAt(product int, place int32) bool {
	if place != a.group {
		return a.missing(product, a.places[place])
	}
	return slices.ContainsFunc(a.plan.Members, func(id string) bool { return a.missing(product, id) })
}

// missing reports whether a country's production of a product is not known and
// may be inferred. A pool has no balance that it could be inferred from: there
// what its makers use stands for it, and only where they are known to make it,
// or nobody is.
func (a *assembly) missing(product int, country string) bool {
	pp := &a.plan.products[product]
	if pp.made.weights || a.plan.catalogue.areas[country] {
		return false
	}
	if row, ok := pp.made.of(country); ok {
		return !known(row.amount)
	}
	return !pp.made.sourced || pp.made.partial && !pp.pooled
}

// of returns what is listed for a country.
func (p *productionPlan) of(country string) (row listed, ok bool) {
	i, ok := slices.BinarySearchFunc(p.listed, country, func(l listed, id string) int { return cmp.Compare(l.country, id) })
	if !ok {
		return listed{}, false
	}
	return p.listed[i], true
}

// takeInputs lays down what each place makes a product of, and takes it from
// the place's inputs.
func (a *assembly) takeInputs(product int) {
	l, pp := &a.products[product], &a.plan.products[product]
	for place, made := range l.production {
		if !(made > 0) {
			continue
		}
		l.present[place] = true
		if len(pp.recipes) == 0 {
			continue // raw
		}
		var taken []float64 // by input, in the order of l.inputs[place]
		if int32(place) == a.group {
			taken = a.mix(product)
		} else if l.inputs[place] = pp.recipeIn(a.places[place]); l.inputs[place] == nil {
			l.noRecipe[place] = 1
			l.without = append(l.without, a.places[place])
		}
		for i, in := range l.inputs[place] {
			of := &a.products[in.product]
			of.present[place] = true
			switch {
			case pp.made.weights: // no tonnes: what is taken is not known
			case taken != nil:
				of.used[place] += taken[i]
			default:
				of.used[place] += in.share * made
			}
		}
	}
}

// mix lays down what the group makes a product of: what the members take of
// each input by their own recipes, and the part of those for which none holds,
// as shares of what they make together. It returns the tonnes taken.
func (a *assembly) mix(product int) (taken []float64) {
	l, pp := &a.products[product], &a.plan.products[product]
	amounts := a.madeByMembers(product)
	var inputs []madeOf
	total, without := 0.0, 0.0
	for _, id := range a.plan.Members {
		if amounts[id] == 0 {
			continue
		}
		recipe := pp.recipeIn(id)
		if recipe == nil {
			total += amounts[id]
			without += amounts[id]
			l.without = append(l.without, id)
		}
		for _, in := range recipe {
			i := slices.IndexFunc(inputs, func(m madeOf) bool { return m.product == in.product })
			if i < 0 {
				i = len(inputs)
				inputs = append(inputs, madeOf{product: in.product})
			}
			inputs[i].share += amounts[id] * in.share // tonnes until all are known
			inputs[i].estimated = inputs[i].estimated || in.estimated
			total += amounts[id] * in.share
		}
	}
	slices.SortFunc(inputs, func(a, b madeOf) int { return cmp.Compare(a.product, b.product) })
	for i := range inputs {
		taken = append(taken, inputs[i].share)
		inputs[i].share /= total
	}
	l.inputs[a.group], l.noRecipe[a.group] = inputs, without/total
	return taken
}

// madeByMembers returns how much of a product each member of the group makes, with
// what a scenario adds.
// What was inferred beyond the members' reports counts as made in equal parts
// by the members whose production is missing.
func (a *assembly) madeByMembers(product int) map[string]float64 {
	pp := &a.plan.products[product]
	amounts := map[string]float64{}
	whole := a.products[product].production[a.group]
	left := whole
	var missing []string
	for _, id := range a.plan.Members {
		row, _ := pp.made.of(id)
		if row.amount > 0 {
			amounts[id] = row.amount
			left -= row.amount
		}
		if a.missing(product, id) {
			missing = append(missing, id)
		}
	}
	for _, f := range a.plan.extra.production[int32(product)] {
		if slices.Contains(a.plan.Members, f.country) {
			amounts[f.country] += f.amount
			left -= f.amount
		}
	}
	if left > rounding*whole {
		for _, id := range missing {
			amounts[id] += left / float64(len(missing))
		}
	}
	return amounts
}
