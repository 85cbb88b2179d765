package supply

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// firmPlan is what is known of companies and plants, and which of it counts.
type firmPlan struct {
	facts     *Firms
	register  *register
	ownership *Ownership
	makers    []firmMaker
	links     map[string][]firmLink // by customer, in order of product, then supplier
}

// firmMaker is what one company or plant makes of one product in one country.
type firmMaker struct {
	Actor
	product   int32
	year      int32 // of the rows
	country   string
	tonnes    float64 // of the network's material; NaN: not known
	share     float64 // of the country's; NaN: not known
	estimated bool
	masses    []mass // that tonnes was the sum of, before its plants were taken out
}

// firmLink is what one company or plant supplies another with.
type firmLink struct {
	supplier  string
	product   int32
	year      int32   // of the row
	tonnes    float64 // of the network's material; NaN: not known
	share     float64 // of the customer's supply of the product; NaN: not known
	estimated bool
}

func (f *firmPlan) read(rank map[string]int, firms *Firms) {
	f.facts, f.register = firms, newRegister(rank, firms)
}

// linksOf returns the links by which an actor is supplied.
func linksOf[L any](reg *register, links map[string][]L, a Actor) []L {
	return links[customerOf(reg, links, a)]
}

// customerOf returns whose links an actor is supplied by: a plant without any of
// its own shares those of the company that runs it.
func customerOf[L any](reg *register, links map[string][]L, a Actor) string {
	if len(links[a.ID]) == 0 && a.Facility {
		return reg.operator(a)
	}
	return a.ID
}

// firmYear is the newest year of which anything is known of the firm that is
// asked about at the product; 0 where nothing is, or none is asked about.
func (p *Plan) firmYear(production []ProductionRow) int {
	year := 0
	if p.Firm == "" {
		return year
	}
	is := func(id string) bool {
		return id != "" && (id == p.Firm || p.firms.register.facilities[id].Operator == p.Firm)
	}
	for _, r := range p.firms.facts.Supplies {
		if is(r.Customer) || is(r.Supplier) && r.Product == p.Product {
			year = max(year, r.Year)
		}
	}
	for _, r := range production {
		if r.Product == p.Product && (is(r.Company) || is(r.Facility)) {
			year = max(year, r.Year)
		}
	}
	return year
}

// withLinked adds to a chain the products that firms take although no recipe says
// what theirs are made of, with all that recipes tie to these.
func (p *Plan) withLinked(chain []string, production []ProductionRow) ([]string, error) {
	f := &p.firms
	taken := map[string][]string{} // products by customer
	makers := map[string]map[string]bool{}
	makes := func(id, product string) {
		if makers[product] == nil {
			makers[product] = map[string]bool{}
		}
		makers[product][id] = true
	}
	for _, r := range f.facts.Supplies {
		if nearYear(r.Year, p.Year) && p.catalogue.carries(r.Product, p.Material) && r.Supplier != r.Customer {
			taken[r.Customer] = append(taken[r.Customer], r.Product)
			makes(r.Supplier, r.Product)
		}
	}
	if len(taken) == 0 {
		return chain, nil
	}
	for _, r := range production {
		if r.OfProducer && nearYear(r.Year, p.Year) {
			makes(cmp.Or(r.Facility, r.Company), r.Product)
		}
	}
	if p.Firm != "" {
		makes(p.Firm, p.Product)
	}
	known := len(chain)
	for i := 0; i < len(chain); i++ {
		for _, id := range slices.Sorted(maps.Keys(makers[chain[i]])) {
			maker := f.register.of(id)
			if p.hasRecipe(chain[i], f.register.country(maker)) {
				continue
			}
			for _, product := range linksOf(f.register, taken, maker) {
				if slices.Contains(chain, product) {
					continue
				}
				more, err := p.catalogue.Chain(product, p.Material)
				if err != nil {
					return nil, err
				}
				for _, id := range more {
					if !slices.Contains(chain, id) {
						chain = append(chain, id)
					}
				}
			}
		}
	}
	if len(chain) == known {
		return chain, nil
	}
	return p.catalogue.sortByRecipe(chain, p.Material)
}

// hasRecipe tells whether a recipe says what a product is made of in a country.
func (p *Plan) hasRecipe(product, country string) bool {
	return slices.ContainsFunc(p.catalogue.recipesFor(product, p.Material), func(r *recipe) bool {
		return r.country == "" || r.country == country
	})
}

// planFirms chooses the rows of companies and plants that count.
func (p *Plan) planFirms(production map[string][]ProductionRow) {
	f := &p.firms
	f.links = map[string][]firmLink{}
	supplies := map[string][]SuppliesRow{}
	for _, r := range f.facts.Supplies {
		if r.Supplier != r.Customer && nearYear(r.Year, p.Year) {
			supplies[r.Product] = append(supplies[r.Product], r)
		}
	}
	for i, id := range p.Products {
		p.planMakers(int32(i), id, production[id])
		p.planLinks(int32(i), id, supplies[id])
	}
	if len(f.makers) > 0 || len(f.links) > 0 || p.Firm != "" {
		f.ownership = newOwnership(p.catalogue.rank, f.register, f.facts.Owns, p.Year)
	}
}

// planMakers chooses, country by country, the rows that say who makes a product:
// of the nearest year, and of one dataset.
func (p *Plan) planMakers(i int32, id string, rows []ProductionRow) {
	reg := p.firms.register
	for _, year := range nearestYears(p.Year) {
		var ofYear []ProductionRow
		for _, r := range rows {
			if r.Year != year || !r.OfProducer {
				continue
			}
			if r.Country == "" {
				r.Country = reg.country(actorOf(r))
			}
			ofYear = append(ofYear, r)
		}
		if len(ofYear) == 0 {
			continue
		}
		chosen := choose(p.catalogue.rank, ofYear, func(r ProductionRow) (string, string) { return r.Country, r.Dataset })
		for _, country := range slices.Sorted(maps.Keys(chosen)) {
			p.datasets[chosen[country].dataset] = true
			p.firms.makers = append(p.firms.makers, p.makersIn(i, id, country, chosen[country].rows, year != p.Year)...)
		}
		return
	}
}

func actorOf(r ProductionRow) Actor {
	if r.Facility != "" {
		return Actor{r.Facility, true}
	}
	return Actor{r.Company, false}
}

// makersIn adds up the rows of each maker. What a company makes includes what its
// plants make: where both are stated, the company keeps the rest.
func (p *Plan) makersIn(i int32, id, country string, rows []ProductionRow, former bool) []firmMaker {
	byActor := map[Actor][]ProductionRow{}
	for _, r := range rows {
		byActor[actorOf(r)] = append(byActor[actorOf(r)], r)
	}
	var makers []firmMaker
	for _, actor := range slices.SortedFunc(maps.Keys(byActor), compareActors) {
		of := byActor[actor]
		m := firmMaker{Actor: actor, product: i, year: int32(rows[0].Year), country: country, share: math.NaN()}
		made := p.amountOf(id, country, of, false, former)
		m.tonnes, m.estimated, m.masses = made.amount, made.estimated, made.masses
		for _, r := range of {
			if known(r.Share) {
				m.share = r.Share
				if known(m.tonnes) {
					m.share = math.NaN() // tonnes go before shares
				}
			}
		}
		makers = append(makers, m)
	}
	p.firms.register.takeOutPlants(makers)
	return makers
}

// takeOutPlants leaves each company what its plants do not make, of those that
// make one product in one country.
func (reg *register) takeOutPlants(makers []firmMaker) {
	for _, plant := range makers {
		operator := reg.operator(plant.Actor)
		for k := range makers {
			if company := &makers[k]; plant.Facility && company.Actor == (Actor{operator, false}) {
				company.tonnes = less(company.tonnes, plant.tonnes)
				company.share = less(company.share, plant.share)
			}
		}
	}
}

// less subtracts what is known of a part from a whole.
func less(whole, part float64) float64 {
	if !known(part) {
		return whole
	}
	return max(0, whole-part)
}

func compareActors(a, b Actor) int {
	return cmp.Or(cmp.Compare(boolInt(a.Facility), boolInt(b.Facility)), cmp.Compare(a.ID, b.ID))
}

// planLinks chooses the rows that say who supplies whom with a product: of the
// nearest year, and for each customer of one dataset.
func (p *Plan) planLinks(i int32, id string, rows []SuppliesRow) {
	f := &p.firms
	for _, year := range nearestYears(p.Year) {
		var ofYear []SuppliesRow
		for _, r := range rows {
			if r.Year == year {
				ofYear = append(ofYear, r)
			}
		}
		if len(ofYear) == 0 {
			continue
		}
		if year != p.Year {
			p.notef(i, aboutMaking, "Who supplies whom with %s is not loaded for %d: that of %d stands in for it, all of it estimated.", id, p.Year, year)
		}
		over := map[string]bool{}
		factor, _ := p.catalogue.conversion(id, "", p.Material)
		chosen := choose(p.catalogue.rank, ofYear, func(r SuppliesRow) (string, string) { return r.Customer, r.Dataset })
		for _, customer := range slices.Sorted(maps.Keys(chosen)) {
			of := chosen[customer]
			p.datasets[of.dataset] = true
			slices.SortStableFunc(of.rows, func(a, b SuppliesRow) int { return cmp.Compare(a.Supplier, b.Supplier) })
			for _, r := range of.rows {
				f.links[customer] = append(f.links[customer], firmLink{supplier: r.Supplier, product: i, year: int32(year),
					tonnes: r.Tonnes * factor, share: r.Share, estimated: r.Estimated || year != p.Year})
			}
			for _, dataset := range of.passedOver {
				over[dataset] = true
			}
		}
		if len(over) > 0 {
			p.notef(i, aboutMaking, "Who supplies a company or plant with %s, %d, is taken from the first dataset that knows of it; passed over for some: %s.",
				id, year, join(slices.Sorted(maps.Keys(over))))
		}
		return
	}
}
