package supply_test

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"tiermap/graph/supply"
)

// account is one node of the reference.
type account struct{ made, imports, exports, used, supply, unexplained float64 }

// byTheBook assembles a network from a factSet as docs/methods.md §1 is
// written, with maps, one sentence after the other, and nothing shared with the
// code under test. It returns the nodes in which anything happens, by "place
// product", and the shares of the recipes by "place product input".
func (f factSet) byTheBook(group bool, balance supply.Balance) (nodes map[string]account, recipes map[string]float64) {
	r := &book{f: f, place: func(c string) string { return c }, members: map[string][]string{},
		made: map[key]float64{}, flow: map[key]map[string]float64{}, used: map[key]float64{}, recipes: map[string]float64{}}
	if group && len(f.members) > 0 {
		r.place = func(c string) string {
			if slices.Contains(f.members, c) {
				return theGroup
			}
			return c
		}
		r.members[theGroup] = f.members
	}
	for i := range len(f.catalogue.Products) { // the last products first
		r.account(goodID(i))
	}
	return r.nodes(balance), r.recipes
}

type key struct{ place, product string }

type book struct {
	f       factSet
	place   func(string) string
	members map[string][]string
	made    map[key]float64            // Q
	flow    map[key]map[string]float64 // F, by importer and exporter
	used    map[key]float64            // R
	recipes map[string]float64         // κ
}

func (b *book) pooled(product string) bool {
	for _, p := range b.f.catalogue.Products {
		if p.ID == product {
			return p.Pooled
		}
	}
	return false
}

// contained converts tonnes of a product to m.
func (b *book) contained(product, counted string, tonnes float64) float64 {
	fraction := map[string]float64{}
	for _, c := range b.f.catalogue.Contains {
		if c.Product == product {
			fraction[c.Material] = c.MassFraction
		}
	}
	switch counted {
	case "":
		return tonnes * fraction["m"]
	case "m":
		return tonnes
	}
	return tonnes * fraction["m"] / fraction[counted]
}

func (b *book) recipe(product, country string) map[string]float64 {
	for _, of := range []string{country, ""} {
		shares := map[string]float64{}
		for _, r := range b.f.catalogue.MadeFrom {
			if r.Product == product && r.Country == of {
				shares[r.Input] = r.Share
			}
		}
		if len(shares) > 0 {
			return shares
		}
	}
	return nil
}

func (b *book) hasRecipe(product string) bool {
	return slices.ContainsFunc(b.f.catalogue.MadeFrom, func(r supply.MadeFromRow) bool { return r.Product == product })
}

// everywhere lists all countries of the facts.
func (b *book) everywhere() []string {
	all := map[string]bool{}
	for _, r := range b.f.production {
		all[r.Country] = true
	}
	for _, r := range b.f.trade {
		all[r.exporter], all[r.importer] = true, true
	}
	for _, c := range b.f.members {
		all[c] = true
	}
	delete(all, supply.OthersProduce)
	return slices.Sorted(maps.Keys(all))
}

// account settles Q of a product everywhere, and what it takes of its inputs.
func (b *book) account(product string) {
	for _, r := range b.f.trade {
		from, to := b.place(r.exporter), b.place(r.importer)
		if r.product != product || from == to || b.pooled(product) {
			continue
		}
		k := key{to, product}
		if b.flow[k] == nil {
			b.flow[k] = map[string]float64{}
		}
		b.flow[k][from] += b.contained(product, r.contained, r.tonnes)
	}
	reported, missing := b.reported(product)
	for _, place := range b.placesOf() {
		countries := []string{place}
		if b.members[place] != nil {
			countries = b.members[place]
		}
		sum, gaps := 0.0, []string{}
		for _, c := range countries {
			sum += reported[c]
			if missing[c] {
				gaps = append(gaps, c)
			}
		}
		k := key{place, product}
		b.made[k] = sum
		short := b.exports(k) + b.used[k] - b.imports(k) - sum
		if len(gaps) == 0 || short <= 1e-9 {
			short = 0
		}
		b.made[k] += short
		b.take(k, countries, reported, gaps, short)
	}
}

func (b *book) placesOf() []string {
	all := map[string]bool{}
	for _, c := range b.everywhere() {
		all[b.place(c)] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// reported returns what the source says country by country, and for which
// countries production is missing.
func (b *book) reported(product string) (tonnes map[string]float64, missing map[string]bool) {
	tonnes, missing = map[string]float64{}, map[string]bool{}
	listed, partial, sourced := map[string]bool{}, false, false
	for _, r := range b.f.production {
		if r.Product != product {
			continue
		}
		sourced = true
		if r.Country == supply.OthersProduce {
			partial = true
			continue
		}
		listed[r.Country] = true
		if math.IsNaN(r.Tonnes) {
			missing[r.Country] = true
		} else {
			tonnes[r.Country] = b.contained(product, r.Contained, r.Tonnes)
		}
	}
	for _, c := range b.everywhere() {
		if !listed[c] && (!sourced || partial && !b.pooled(product)) {
			missing[c] = true
		}
	}
	delete(missing, theArea)
	return tonnes, missing
}

// take lets every country make its part by its own recipe. Where none holds,
// although one does elsewhere, that part is made of nothing that is known: it
// stands under "place none product".
func (b *book) take(k key, countries []string, reported map[string]float64, gaps []string, short float64) {
	taken, total, without := map[string]float64{}, 0.0, 0.0
	for _, c := range countries {
		makes := reported[c]
		if slices.Contains(gaps, c) {
			makes += short / float64(len(gaps))
		}
		for input, share := range b.recipe(k.product, c) {
			taken[input] += share * makes
			total += share * makes
		}
		if b.hasRecipe(k.product) && len(b.recipe(k.product, c)) == 0 {
			without += makes
			total += makes
		}
	}
	if without > 0 {
		b.recipes[fmt.Sprint(k.place, " none ", k.product)] = without / total
	}
	for input, tonnes := range taken {
		if tonnes > 0 {
			b.used[key{k.place, input}] += tonnes
			b.recipes[fmt.Sprint(k.place, " ", k.product, " ", input)] = tonnes / total
		}
	}
}

func (b *book) imports(k key) float64 {
	sum := 0.0
	for _, tonnes := range b.flow[k] {
		sum += tonnes
	}
	return sum
}

func (b *book) exports(k key) float64 {
	sum := 0.0
	for into, from := range b.flow {
		if into.product == k.product {
			sum += from[k.place]
		}
	}
	return sum
}

func (b *book) nodes(balance supply.Balance) map[string]account {
	if balance == supply.ScaleExports {
		b.scale()
	}
	nodes := map[string]account{}
	for _, product := range b.f.catalogue.Products {
		for _, place := range b.placesOf() {
			k := key{place, product.ID}
			a := account{made: b.made[k], imports: b.imports(k), exports: b.exports(k), used: b.used[k]}
			if a == (account{}) {
				continue
			}
			if !product.Pooled {
				out := a.exports
				if balance == supply.Mass {
					out += a.used
				}
				a.supply = max(a.made+a.imports, out)
				a.unexplained = max(0, out-a.made-a.imports)
			}
			nodes[place+" "+product.ID] = a
		}
	}
	return nodes
}

// scale cuts exports in rounds, product by product.
func (b *book) scale() {
	for _, product := range b.f.catalogue.Products {
		for {
			factor, worst := map[string]float64{}, 0.0
			for _, place := range b.placesOf() {
				k := key{place, product.ID}
				has, sends := b.made[k]+b.imports(k), b.exports(k)
				if has < sends {
					factor[place] = has / sends
					worst = min(worst, has-sends)
				}
			}
			if worst >= -0.001 {
				break
			}
			for k, from := range b.flow {
				for exporter, tonnes := range from {
					if f, short := factor[exporter]; short && k.product == product.ID {
						from[exporter] = tonnes * f
					}
				}
			}
		}
	}
}
