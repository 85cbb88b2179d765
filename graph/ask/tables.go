package ask

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// readSectors returns the sectors of all input-output tables as products, by id.
func readSectors(ctx context.Context, snap graph.Snapshot) ([]Product, error) {
	return readNodes(ctx, snap, graph.Query{Kind: graph.Sector},
		func(id string) Product { return Product{ID: id} },
		func(p *Product, r graph.Row) { first(&p.Name, r.Text("name")) })
}

// sector returns a sector of an input-output table by its id.
func (c *catalogue) sector(id string) (Product, bool) {
	i, ok := slices.BinarySearchFunc(c.sectors, id, func(p Product, id string) int { return strings.Compare(p.ID, id) })
	if !ok {
		return Product{}, false
	}
	return c.sectors[i], true
}

// tableOf returns the input-output table that a product is a sector of; blank: none.
func (c *catalogue) tableOf(product string) string {
	if _, ok := c.sector(product); !ok {
		return ""
	}
	table, _, _ := graph.SplitSector(product)
	return table
}

// tables returns the names of the input-output tables that there are, in order.
func (c *catalogue) tables() []string {
	var names []string
	for _, s := range c.sectors {
		if table, _, ok := graph.SplitSector(s.ID); ok {
			names = append(names, table)
		}
	}
	return distinct(names)
}

// Sectors returns the sectors of input-output tables by id; of one table where it is
// not blank.
func (a *Asker) Sectors(ctx context.Context, table string, p Page) (Slice[Product], error) {
	return with(ctx, a, func(v *view) (Slice[Product], error) {
		all := v.sectors
		if table != "" {
			if err := v.knowsTable(table); err != nil {
				return Slice[Product]{}, err
			}
			all = slices.DeleteFunc(slices.Clone(all), func(s Product) bool { return v.tableOf(s.ID) != table })
		}
		return pageOf(all, func(s Product) string { return s.ID }, p), nil
	})
}

func (c *catalogue) knowsTable(table string) error {
	if tables := c.tables(); !slices.Contains(tables, table) {
		return notFound("input-output table", table, tables)
	}
	return nil
}

// release is the rows of one table and year that count.
type release struct {
	table      string
	year       int
	dataset    string
	passedOver []string // other datasets that have the same table and year
}

// release chooses the dataset that counts for a table and year (0: the newest).
//
// Errors: BadInput where the year has none.
func (v *view) release(ctx context.Context, table string, year int) (release, error) {
	years := map[int][]string{} // datasets by year
	query := graph.Query{Kind: graph.Output, Fields: []string{"year", "dataset"}, Match: []graph.Match{v.ofTable(table)}}
	if err := v.snapshot.Read(ctx, query, func(b *graph.Batch) error {
		for i := range b.Len {
			r := b.Row(i)
			y, _ := r.Int("year")
			if dataset := r.Text("dataset"); !slices.Contains(years[y], dataset) {
				years[y] = append(years[y], dataset)
			}
		}
		return nil
	}); err != nil {
		return release{}, err
	}
	known := make([]int, 0, len(years))
	for y := range years {
		known = append(known, y)
	}
	known = distinct(known)
	switch {
	case len(known) == 0:
		return release{}, graph.Errorf(graph.BadInput, "no output of the sectors of the input-output table %s is loaded: without it shares of output are not known", table)
	case year == 0:
		year = known[len(known)-1]
	case len(years[year]) == 0:
		return release{}, graph.Errorf(graph.BadInput, "the input-output table %s is not loaded for %d, but for %s", table, year, strings.Trim(fmt.Sprint(known), "[]"))
	}
	r := release{table: table, year: year}
	for _, d := range v.datasets {
		switch {
		case !slices.Contains(years[year], d.ID):
		case r.dataset == "":
			r.dataset = d.ID
		default:
			r.passedOver = append(r.passedOver, d.ID)
		}
	}
	return r, nil
}

// ofTable matches the sectors of a table.
func (c *catalogue) ofTable(table string) graph.Match {
	m := graph.Match{Field: "sector"}
	for _, s := range c.sectors {
		if c.tableOf(s.ID) == table {
			m.Words = append(m.Words, s.ID)
		}
	}
	return m
}

// query selects the rows of a release of one kind.
func (v *view) query(kind string, r release) graph.Query {
	return graph.Query{Kind: kind, Match: []graph.Match{{Field: "dataset", Words: []string{r.dataset}}, {Field: "year", Ints: []int{r.year}}, v.ofTable(r.table)}}
}

// assembleTable reads an input-output table and makes its network.
func (v *view) assembleTable(ctx context.Context, table string, q supply.Question) (*network, error) {
	r, err := v.release(ctx, table, q.Year)
	if err != nil {
		return nil, err
	}
	facts := &supply.InputOutput{Table: table, Year: r.year, Place: q.Place, Members: q.Members}
	for _, kind := range []string{graph.Output, graph.InputFlow} {
		if err := v.snapshot.Read(ctx, v.query(kind, r), facts.Add); err != nil {
			return nil, err
		}
	}
	n, err := facts.Network()
	if err != nil {
		return nil, err
	}
	if len(r.passedOver) > 0 {
		n.Assumptions = append(n.Assumptions, fmt.Sprintf("The table is that of %s; %s %s it too, with a lower rank.",
			r.dataset, strings.Join(r.passedOver, ", "), map[bool]string{true: "has", false: "have"}[len(r.passedOver) == 1]))
	}
	q.Year = r.year
	return &network{plan: &supply.Plan{Question: q}, assembly: n, walks: map[supply.Balance]*supply.Walk{}}, nil
}

// FinalQuestion asks where the value of what a country uses in the end is added.
type FinalQuestion struct {
	Country string // any name or code of a country, or a group; blank: the world
	Table   string // of which input-output table; blank: the only one
	Year    int    // 0 = the newest of the table
	// WithoutInventories leaves changes in inventories out of the final demand.
	WithoutInventories bool
}

// FinalAnswer is where the value of a final demand is added (docs/methods.md §2e).
type FinalAnswer struct {
	supply.FinalOrigins
	Basis
	Country    country.Place // blank id: the world
	Table      string
	Categories []CategoryValue
}

// CategoryValue is one category of a final demand.
type CategoryValue struct {
	Category string
	USD      float64
	Counted  bool
}

// inventories is the category of final demand that may be below zero in earnest.
const inventories = "inventories"

// FinalDemandOrigins answers a question about a final demand.
//
// Errors: NotFound for a country or table that is not known; BadInput where the
// table has to be named or the year is not there; those of the store.
func (a *Asker) FinalDemandOrigins(ctx context.Context, q FinalQuestion) (*FinalAnswer, error) {
	return with(ctx, a, func(v *view) (*FinalAnswer, error) { return a.finalOrigins(ctx, v, q) })
}

func (a *Asker) finalOrigins(ctx context.Context, v *view, q FinalQuestion) (answer *FinalAnswer, err error) {
	answer = &FinalAnswer{}
	if answer.Table, err = v.onlyTable(q.Table); err != nil {
		return nil, err
	}
	question := supply.Question{Product: v.ofTable(answer.Table).Words[0], Year: q.Year}
	var buyers []string
	if q.Country != "" {
		if answer.Country, err = v.countries.Find(q.Country, country.Any, q.Year); err != nil {
			return nil, err
		}
		buyers = members(v.countries, answer.Country)
		if answer.Country.Kind == country.Group {
			question.Place, question.Members = answer.Country.ID, buyers
		}
	}
	var walk *supply.Walk
	if answer.Basis, walk, err = a.basis(ctx, v, question, supply.Mass); err != nil {
		return nil, err
	}
	demand, err := v.finalDemand(ctx, answer, question, buyers, q.WithoutInventories)
	if err != nil {
		return nil, err
	}
	answer.FinalOrigins, err = walk.FinalOrigins(ctx, demand)
	return answer, err
}

// onlyTable returns the table that is asked, or the only one that there is.
func (c *catalogue) onlyTable(table string) (string, error) {
	if table != "" {
		return table, c.knowsTable(table)
	}
	switch tables := c.tables(); len(tables) {
	case 0:
		return "", graph.Errorf(graph.BadInput, "no input-output table is loaded; tiermap load wiod and tiermap load pymrio read some")
	case 1:
		return tables[0], nil
	default:
		e := graph.Errorf(graph.BadInput, "there is more than one input-output table: name one of %s", strings.Join(tables, ", "))
		e.Suggestions = tables
		return "", e
	}
}

// finalDemand reads what buyers (nil: all) demand of each sector, and adds up its
// categories.
func (v *view) finalDemand(ctx context.Context, a *FinalAnswer, q supply.Question, buyers []string, without bool) (map[supply.Stage]float64, error) {
	r := release{table: a.Table, year: a.Year, dataset: a.Datasets[0].ID}
	query := v.query(graph.FinalDemand, r)
	if buyers != nil {
		query.Match = append(query.Match, graph.Match{Field: "buyer", Words: buyers})
	}
	demand := map[supply.Stage]float64{}
	err := v.snapshot.Read(ctx, query, func(b *graph.Batch) error {
		for i := range b.Len {
			row := b.Row(i)
			usd, category := row.Float("value_usd"), row.Text("category")
			a.count(category, usd, !without || category != inventories)
			if without && category == inventories {
				continue
			}
			seller := supply.Stage{Place: row.Text("country"), Product: row.Text("sector")}
			if slices.Contains(q.Members, seller.Place) {
				seller.Place = q.Place
			}
			demand[seller] += usd
		}
		return nil
	})
	slices.SortFunc(a.Categories, func(a, b CategoryValue) int { return strings.Compare(a.Category, b.Category) })
	return demand, err
}

// count adds a value to its category.
func (a *FinalAnswer) count(category string, usd float64, counted bool) {
	i := slices.IndexFunc(a.Categories, func(c CategoryValue) bool { return c.Category == category })
	if i < 0 {
		a.Categories = append(a.Categories, CategoryValue{Category: category, Counted: counted})
		i = len(a.Categories) - 1
	}
	a.Categories[i].USD += usd
}

// Assumptions returns what the answer assumes, and how what is below zero counts.
func (a *FinalAnswer) Assumptions() []string {
	list := slices.Clone(a.Network().Assumptions)
	if len(a.Categories) == 0 {
		list = append(list, "No final demand is known: every value is zero.")
	}
	for _, c := range a.Categories {
		switch {
		case c.Category != inventories:
		case c.Counted:
			list = append(list, fmt.Sprintf("Changes in inventories (%s USD) count as final demand as they stand, as national accounts have it (Miller and Blair 2009, chapter 4): only with them do the origins of the world's final demand add up to its value added. They can be left out.", dollars(c.USD)))
		default:
			list = append(list, fmt.Sprintf("Changes in inventories (%s USD) are left out: the origins of the world's final demand do not add up to its value added.", dollars(c.USD)))
		}
	}
	if a.Residual > 0 {
		list = append(list, fmt.Sprintf("Sectors buy from each other in a cycle that is solved by iteration: no value here is off by more than %s USD.", dollars(a.Residual)))
	}
	if a.Below < 0 {
		list = append(list, fmt.Sprintf("Final demand is below zero for some sectors, %s USD in all: what was sold of inventories or of capital takes its origins off those of the rest.", dollars(a.Below)))
	}
	return list
}

func dollars(usd float64) string { return fmt.Sprintf("%.4g", usd) }

// Share is a part of the final demand; NaN where that is nothing, or below zero.
func (a *FinalAnswer) Share(usd float64) float64 {
	if a.Total <= 0 {
		return math.NaN()
	}
	return usd / a.Total
}
