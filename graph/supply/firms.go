package supply

import (
	"slices"

	"tiermap/graph"
)

// Firms are the facts on companies and plants (docs/methods.md §2c). Rows of
// every dataset stand side by side; which of them count is decided by rank.
type Firms struct {
	Companies  []CompanyRow
	Facilities []FacilityRow
	Supplies   []SuppliesRow
	Owns       []OwnsRow
}

// CompanyRow is a company and the country of its seat; blank: not known.
type CompanyRow struct {
	Dataset string
	ID      string
	Country string
}

// FacilityRow is a plant, the country that it stands in and the company that
// runs it; blank: not known.
type FacilityRow struct {
	Dataset  string
	ID       string
	Country  string
	Operator string
}

// SuppliesRow says that one company or plant supplied another in a year.
type SuppliesRow struct {
	Dataset   string
	Year      int
	Supplier  string
	Customer  string
	Product   string
	Tonnes    float64 // gross; NaN: not known
	Share     float64 // of the customer's supply of the product; NaN: not known
	Estimated bool
}

// OwnsRow says that a company owns a part of a company or plant.
type OwnsRow struct {
	Dataset string
	Owner   string
	Owned   string
	Kind    string  // ConsolidatesDirect, ConsolidatesUltimate; blank: a share of ownership
	Share   float64 // NaN: not known
	From    string  // first day, 2006-01-02; blank: always
	Until   string  // last day; blank: still
}

// The values of OwnsRow.Kind for a parent that consolidates accounts.
const (
	ConsolidatesDirect   = "direct"
	ConsolidatesUltimate = "ultimate"
)

// Actor is a company or a plant by its id.
type Actor struct {
	ID       string
	Facility bool
}

// Add takes the rows of a batch of companies, facilities, supplies or ownership.
// Rows of other kinds are an error.
func (f *Firms) Add(b *graph.Batch) error {
	for i := range b.Len {
		r := b.Row(i)
		dataset := r.Text("dataset")
		switch b.Kind.Name {
		case graph.Company:
			f.Companies = append(f.Companies, CompanyRow{Dataset: dataset, ID: r.Text("id"), Country: r.Text("country")})
		case graph.Facility:
			f.Facilities = append(f.Facilities, FacilityRow{Dataset: dataset, ID: r.Text("id"),
				Country: r.Text("country"), Operator: r.Text("operator")})
		case graph.Supplies:
			year, _ := r.Int("year")
			f.Supplies = append(f.Supplies, SuppliesRow{Dataset: dataset, Year: year, Supplier: r.Text("supplier"),
				Customer: r.Text("customer"), Product: r.Text("product"), Tonnes: r.Float("tonnes"), Share: r.Float("share"),
				Estimated: r.Bool("estimated")})
		case graph.Owns:
			f.Owns = append(f.Owns, OwnsRow{Dataset: dataset, Owner: r.Text("owner"), Owned: r.Text("owned"),
				Kind: r.Text("kind"), Share: r.Float("share"), From: r.Text("from"), Until: r.Text("until")})
		default:
			return graph.Errorf(graph.Internal, "there are no firms in rows of %s", b.Kind.Name)
		}
	}
	return nil
}

// register knows where companies and plants are and who runs them: of several
// rows the first by rank that says so.
type register struct {
	companies  map[string]string      // country of the seat
	facilities map[string]FacilityRow // merged
	operated   map[string][]string    // plants by company, in bytewise order
}

func newRegister(rank map[string]int, f *Firms) *register {
	r := &register{companies: map[string]string{}, facilities: map[string]FacilityRow{}, operated: map[string][]string{}}
	for _, row := range byRank(rank, f.Companies, func(row CompanyRow) string { return row.Dataset }) {
		r.companies[row.ID] = firstOf(r.companies[row.ID], row.Country)
	}
	for _, row := range byRank(rank, f.Facilities, func(row FacilityRow) string { return row.Dataset }) {
		plant := r.facilities[row.ID]
		r.facilities[row.ID] = FacilityRow{ID: row.ID,
			Country: firstOf(plant.Country, row.Country), Operator: firstOf(plant.Operator, row.Operator)}
	}
	for id, row := range r.facilities {
		if row.Operator != "" {
			r.operated[row.Operator] = append(r.operated[row.Operator], id)
		}
	}
	for _, plants := range r.operated {
		slices.Sort(plants)
	}
	return r
}

// byRank returns rows in order of the rank of their dataset.
func byRank[R any](rank map[string]int, rows []R, dataset func(R) string) []R {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b R) int { return compareRank(rank, dataset(a), dataset(b)) })
	return sorted
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// of returns the actor of an id: a plant where one has it, else a company.
func (r *register) of(id string) Actor {
	_, facility := r.facilities[id]
	return Actor{id, facility}
}

// country returns where an actor is: a plant where it stands, else with its
// operator's seat; Nowhere where that is not known.
func (r *register) country(a Actor) string {
	country := r.companies[a.ID]
	if a.Facility {
		plant := r.facilities[a.ID]
		country = firstOf(plant.Country, r.companies[plant.Operator])
	}
	return firstOf(country, Nowhere)
}

// operator returns the company that runs an actor: a company runs itself; blank
// where it is not known.
func (r *register) operator(a Actor) string {
	if a.Facility {
		return r.facilities[a.ID].Operator
	}
	return a.ID
}

// Nowhere is the place of a company or plant whose country is not known. It is
// no country: what starts there ends unexplained.
const Nowhere = "AREAS-NES"
