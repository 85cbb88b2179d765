package ask

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// people are the companies and plants that a network knows, by id.
type people struct {
	companies  map[string]Company
	facilities map[string]Facility
}

// Company returns a company by the id that an answer holds; one that nobody
// declares with its id alone.
func (b *Basis) Company(id string) Company {
	if c, ok := b.met.company(id); ok {
		return c
	}
	if c, ok := b.chain.people.companies[id]; ok {
		return c
	}
	return Company{ID: id}
}

// Facility returns a plant by the id that an answer holds, and whether it is one.
func (b *Basis) Facility(id string) (Facility, bool) {
	if f, ok := b.met.facility(id); ok {
		return f, true
	}
	f, ok := b.chain.people.facilities[id]
	return f, ok
}

// idsAtOnce is how many ids one query names; of more the whole table is read.
const idsAtOnce = 20_000

// firms reads what is known of the companies and plants of a question: who
// supplies whom, where they are, who runs and who owns them. It reads nothing
// where no producer is named and no supplies are loaded.
func (v *view) firms(ctx context.Context, q supply.Question, production *[]supply.ProductionRow, s scope) (*supply.Firms, people, error) {
	f, known := &supply.Firms{}, people{map[string]Company{}, map[string]Facility{}}
	if q.WithoutFirms {
		return f, known, nil
	}
	if !s.left {
		if err := v.readSupplies(ctx, q, f, production); err != nil {
			return nil, known, err
		}
	}
	named := map[string]bool{}
	name := func(id string) {
		if id != "" {
			named[id] = true
		}
	}
	for _, r := range *production {
		name(r.Company)
		name(r.Facility)
	}
	for _, r := range f.Supplies {
		name(r.Supplier)
		name(r.Customer)
	}
	name(q.Firm)
	if len(named) == 0 {
		return f, known, nil
	}
	if q.Firm != "" { // its plants
		plants, err := readFacilities(ctx, v.snapshot, graph.Query{Match: []graph.Match{{Field: "operator", Words: []string{q.Firm}}}})
		if err != nil {
			return nil, known, err
		}
		for _, plant := range plants {
			name(plant.ID)
		}
	}
	if err := v.readFacilities(ctx, named, f, known); err != nil {
		return nil, known, err
	}
	for _, plant := range known.facilities {
		name(plant.Operator)
	}
	if err := v.readOwners(ctx, named, f); err != nil {
		return nil, known, err
	}
	return f, known, v.readCompanies(ctx, named, f, known)
}

// readSupplies reads who supplies whom with what carries the material, in the
// years that may count, and the production of what no recipe ties to the question.
func (v *view) readSupplies(ctx context.Context, q supply.Question, f *supply.Firms, production *[]supply.ProductionRow) error {
	if !v.anySupplies {
		return nil
	}
	if err := v.snapshot.Read(ctx, v.suppliesQuery(q), func(b *graph.Batch) error { return f.Add(b) }); err != nil {
		return err
	}
	chain, err := v.supply.Chain(q.Product, q.Material)
	if err != nil {
		return err
	}
	var more []string
	for _, r := range f.Supplies {
		if slices.Contains(chain, r.Product) || slices.Contains(more, r.Product) {
			continue
		}
		tied, err := v.supply.Chain(r.Product, q.Material)
		if err != nil {
			continue // the plan says what is wrong with it, where it is touched
		}
		for _, id := range tied {
			if !slices.Contains(chain, id) && !slices.Contains(more, id) {
				more = append(more, id)
			}
		}
	}
	if len(more) == 0 {
		return nil
	}
	rows, err := v.productionOf(ctx, more, q.Year)
	*production = append(*production, rows...)
	return err
}

// eachByID reads rows of a kind whose field is one of the ids.
func (v *view) eachByID(ctx context.Context, kind, field string, ids []string, yield func(*graph.Batch) error) error {
	q := graph.Query{Kind: kind}
	if len(ids) <= idsAtOnce {
		q.Match = []graph.Match{{Field: field, Words: ids}}
	}
	return v.snapshot.Read(ctx, q, yield)
}

// readFacilities reads the plants among what is named.
func (v *view) readFacilities(ctx context.Context, named map[string]bool, f *supply.Firms, known people) error {
	q := graph.Query{}
	if len(named) <= idsAtOnce {
		q.Match = []graph.Match{{Field: "id", Words: slices.Sorted(maps.Keys(named))}}
	}
	plants, err := readFacilities(ctx, v.snapshot, q)
	for _, plant := range plants {
		if named[plant.ID] {
			known.facilities[plant.ID] = plant
			f.Facilities = append(f.Facilities, supply.FacilityRow{ID: plant.ID, Country: plant.Country, Operator: plant.Operator})
		}
	}
	return err
}

func (v *view) readCompanies(ctx context.Context, named map[string]bool, f *supply.Firms, known people) error {
	q := graph.Query{}
	if len(named) <= idsAtOnce {
		q.Match = []graph.Match{{Field: "id", Words: slices.Sorted(maps.Keys(named))}}
	}
	companies, err := readCompanies(ctx, v.snapshot, q)
	for _, c := range companies {
		if named[c.ID] {
			known.companies[c.ID] = c
			f.Companies = append(f.Companies, supply.CompanyRow{ID: c.ID, Country: c.Country})
		}
	}
	return err
}

// readOwners reads who owns what is named, and who owns those, level by level: one
// query for each, however many there are.
func (v *view) readOwners(ctx context.Context, named map[string]bool, f *supply.Firms) error {
	for level := slices.Sorted(maps.Keys(named)); len(level) > 0; {
		asked := map[string]bool{}
		for _, id := range level {
			asked[id] = true
		}
		var rows supply.Firms
		if err := v.eachByID(ctx, graph.Owns, "owned", level, rows.Add); err != nil {
			return err
		}
		next := map[string]bool{}
		for _, r := range rows.Owns {
			if !asked[r.Owned] {
				continue
			}
			f.Owns = append(f.Owns, r)
			if !named[r.Owner] {
				named[r.Owner], next[r.Owner] = true, true
			}
		}
		level = slices.Sorted(maps.Keys(next))
	}
	return nil
}

// firm finds the company or plant that a question is about.
func (v *view) firm(ctx context.Context, kind, id string) error {
	n := int64(0)
	if graph.ValidID(id) && len(id) <= 200 {
		var err error
		if n, err = v.snapshot.Count(ctx, graph.Query{Kind: kind, Match: []graph.Match{{Field: "id", Words: []string{id}}}}); err != nil {
			return err
		}
	}
	if n == 0 {
		return v.noNode(ctx, kind, id)
	}
	return nil
}

// answerFirm answers a question about a company or plant.
func (a *Asker) answerFirm(ctx context.Context, v *view, q Question) (*Answer, error) {
	if q.Scenario != nil {
		return nil, graph.Errorf(graph.BadInput, "a scenario changes the supply of countries; ask about one instead of a company or plant")
	}
	kind := graph.Company
	if q.Facility != "" {
		kind = graph.Facility
	}
	id := cmp.Or(q.Facility, q.Company)
	if err := v.firm(ctx, kind, id); err != nil {
		return nil, err
	}
	product, question, err := v.question(q.Product, q.Material, q.Year)
	if err != nil {
		return nil, err
	}
	question.Firm = id
	basis, walk, err := a.basis(ctx, v, question, cmp.Or(q.Balance, supply.Mass))
	if err != nil {
		return nil, err
	}
	d, err := walk.FirmDependency(q.Product)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Dependency: d, Basis: basis, Product: product, Country: v.placeOfFirm(basis.chain.people, id)}
	if place := d.Target().Place; place != "" {
		answer.Country = v.place(place)
	}
	if kind == graph.Facility {
		answer.Facility, _ = basis.Facility(id)
	} else {
		answer.Company = basis.Company(id)
	}
	return answer, nil
}

// dependency binds the answer's question to the walk of another balance.
func (a *Answer) dependency(walk *supply.Walk) (*supply.Dependency, error) {
	target := a.Target()
	if a.isFirm() {
		return walk.FirmDependency(target.Product)
	}
	return walk.Dependency(target.Place, target.Product)
}

// isFirm tells whether a company or plant was asked about.
func (a *Answer) isFirm() bool { return a.Plan.Firm != "" }

// Ownership is who owns one company or plant on the last day of a year.
type Ownership struct {
	Direct   []supply.OwnerShare
	Ultimate []supply.OwnerShare
	people   people
}

// Company returns an owner; ok is false where it is a plant.
func (o *Ownership) Company(id string) (c Company, ok bool) {
	if _, plant := o.people.facilities[id]; plant {
		return Company{}, false
	}
	if c, ok := o.people.companies[id]; ok {
		return c, true
	}
	return Company{ID: id}, true
}

// Facility returns an owner that is a plant of which no owner is known.
func (o *Ownership) Facility(id string) (Facility, bool) {
	f, ok := o.people.facilities[id]
	return f, ok
}

// Ownership returns who owns a company or plant on 31 December of a year.
func (a *Asker) Ownership(ctx context.Context, id string, year int) (*Ownership, error) {
	return with(ctx, a, func(v *view) (*Ownership, error) {
		f, known := &supply.Firms{}, people{map[string]Company{}, map[string]Facility{}}
		named := map[string]bool{id: true}
		if err := v.readFacilities(ctx, named, f, known); err != nil {
			return nil, err
		}
		if operator := known.facilities[id].Operator; operator != "" {
			named[operator] = true
		}
		if err := v.readOwners(ctx, named, f); err != nil {
			return nil, err
		}
		if err := v.readCompanies(ctx, named, f, known); err != nil {
			return nil, err
		}
		owners := v.supply.NewOwnership(f, year)
		ultimate, err := owners.UltimateOwners(ctx, id)
		return &Ownership{Direct: owners.Owners(id), Ultimate: ultimate, people: known}, err
	})
}

// placeOfFirm is where a question's firm stands where nothing else is known of it.
func (v *view) placeOfFirm(f people, id string) country.Place {
	return v.place(cmp.Or(f.facilities[id].Country, f.companies[id].Country, supply.Nowhere))
}

func yearsAround(year int) []int { return []int{year - 2, year - 1, year, year + 1, year + 2} }
