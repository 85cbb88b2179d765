package ask

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// leastPublished is the least share of a supply that an origin, and of the
// world's final use that a chokepoint, is published with.
const leastPublished = 1e-6

// Publication returns the multi-tier graph of one material and year, of all
// products that contain the material. It is made of the network that questions
// are answered on; year 0 is the newest with trade, else production. Origins and
// chokepoints of less than a millionth are left out, and it says so.
//
// Errors: NotFound for a material that is not known; BadInput where nothing of it
// is loaded for the year; those of the store.
func (a *Asker) Publication(ctx context.Context, material string, year int, methods string) (*graph.Publication, error) {
	return with(ctx, a, func(v *view) (*graph.Publication, error) {
		if _, err := v.material(material); err != nil {
			return nil, err
		}
		basis, walk, err := a.basis(ctx, v, supply.Question{Material: material, Year: year, WithoutFirms: true}, supply.Mass)
		if err != nil {
			return nil, err
		}
		listing, err := walk.Listing(ctx, leastPublished)
		if err != nil {
			return nil, err
		}
		if len(listing.Supplies) == 0 {
			return nil, graph.Errorf(graph.BadInput, "nothing of %s is loaded for %d or the two years around it", material, basis.Year)
		}
		p := &graph.Publication{PublicationID: graph.PublicationID{Material: material, Year: basis.Year},
			Revision: v.revision, Methods: methods, Balance: string(basis.Balance), Datasets: basis.assembly.Datasets,
			Assumptions: append(slices.Clone(basis.assembly.Assumptions),
				"Origins of less than a millionth of a supply are left out, as are countries that less than a millionth of the world's final use passes."),
		}
		basis.publishSupplies(p, listing)
		return p, basis.publishChokepoints(ctx, p, walk)
	})
}

// sourcedBy says how a supply comes from another, in the words of the graph.
var sourcedBy = map[supply.StepKind]string{supply.StepTrade: "trade", supply.StepPool: "pool", supply.StepMade: "production", supply.StepInput: "input"}

func (b *Basis) publishSupplies(p *graph.Publication, l *supply.Listing) {
	p.Supplies = make([]graph.PublishedSupply, len(l.Supplies))
	for i, s := range l.Supplies {
		place, where := s.Place, cmp.Or(b.Place(s.Place).Name, s.Place)
		switch {
		case place == "":
			place, where = "world", "world market"
		case s.Pooled:
			where = "made in " + where
		}
		p.Supplies[i] = graph.PublishedSupply{
			ID:      fmt.Sprintf("%s/%d/%s/%s", p.Material, p.Year, place, s.Product),
			Caption: fmt.Sprintf("%s, %s, %d", cmp.Or(b.Stage(s.Product).Name, s.Product), where, p.Year),
			Country: s.Place, Product: s.Product, Tonnes: s.Tonnes, Production: s.Production, Imports: s.Imports, Exports: s.Exports,
			Domestic: s.Domestic, OriginHere: s.OriginHere, Unexplained: s.Unexplained, UnexplainedHere: s.UnexplainedHere,
			Estimated: s.Estimated, Pooled: s.Pooled,
		}
	}
	p.Sources = make([]graph.PublishedSource, len(l.Sources))
	for i, s := range l.Sources {
		p.Sources[i] = graph.PublishedSource{From: s.From, To: s.To, By: sourcedBy[s.By], Share: s.Share,
			Tonnes: s.Share * l.Supplies[s.From].Tonnes, Estimated: s.Estimated}
	}
	p.Origins = make([]graph.PublishedOrigin, len(l.Origins))
	for i, o := range l.Origins {
		p.Origins[i] = graph.PublishedOrigin{Supply: o.Supply, Country: o.Place, Direct: o.Direct, Origin: o.Origin, Hidden: o.Hidden,
			Tonnes: o.Origin * l.Supplies[o.Supply].Tonnes}
	}
}

func (b *Basis) publishChokepoints(ctx context.Context, p *graph.Publication, w *supply.Walk) error {
	for _, product := range b.assembly.Products {
		points, err := w.WorldChokepoints(ctx, product.ID, supply.KindCountry, supply.DefaultEpsilon, 0)
		if err != nil {
			return err
		}
		for _, c := range points {
			if c.Share >= leastPublished || c.Countries > 0 {
				p.Chokepoints = append(p.Chokepoints, graph.PublishedChokepoint{Product: product.ID, Country: c.Place,
					WorldShare: c.Share, Countries: c.Countries})
			}
		}
	}
	return nil
}

// TablePublication returns the multi-tier graph of an input-output table and year (0:
// the newest), its sectors in countries as supplies. Inputs of less than minShare of an
// output are left out, their sum kept with who buys them, and origins of less than
// minShare too; both are said. Chokepoints are not in it: they are asked of the API.
//
// Errors: NotFound for a table that is not known; BadInput for a year that it has not,
// or a share that is none; those of the store.
func (a *Asker) TablePublication(ctx context.Context, table string, year int, minShare float64, methods string) (*graph.Publication, error) {
	if !(minShare >= 0 && minShare < 1) {
		return nil, graph.Errorf(graph.BadInput, "the least share of an input to be published is at least 0 and below 1, not %g", minShare)
	}
	return with(ctx, a, func(v *view) (*graph.Publication, error) {
		if err := v.knowsTable(table); err != nil {
			return nil, err
		}
		basis, walk, err := a.basis(ctx, v, supply.Question{Product: v.ofTable(table).Words[0], Year: year}, supply.Mass)
		if err != nil {
			return nil, err
		}
		listing, err := walk.TableListing(ctx, minShare)
		if err != nil {
			return nil, err
		}
		p := &graph.Publication{PublicationID: graph.PublicationID{Table: table, Year: basis.Year},
			Revision: v.revision, Methods: methods, Balance: string(basis.Balance), Datasets: basis.assembly.Datasets,
			Assumptions: append(slices.Clone(basis.assembly.Assumptions),
				fmt.Sprintf("Inputs of less than %g of an output are left out, and their sum stands with who buys them as remainder; so are origins of less than %g of it.", minShare, minShare)),
		}
		basis.publishSupplies(p, listing)
		for i := range p.Supplies {
			s := &p.Supplies[i]
			s.ID = fmt.Sprintf("%d/%s/%s", p.Year, s.Country, s.Product)
			s.ValueUSD, s.Remainder = s.Tonnes, listing.Supplies[i].Remainder
			s.Tonnes, s.Production, s.Imports, s.Exports = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		}
		for i := range p.Sources {
			p.Sources[i].Tonnes = math.NaN()
		}
		for i := range p.Origins {
			p.Origins[i].Tonnes = math.NaN()
		}
		return p, nil
	})
}

// PublishableTables returns the input-output tables and years that are loaded; of
// some datasets, or of all where none is named.
func (a *Asker) PublishableTables(ctx context.Context, datasets []string) ([]graph.PublicationID, error) {
	return with(ctx, a, func(v *view) ([]graph.PublicationID, error) {
		query := graph.Query{Kind: graph.Output, Fields: []string{"year", "sector", "dataset"}}
		if len(datasets) > 0 {
			query.Match = []graph.Match{{Field: "dataset", Words: datasets}}
		}
		seen := map[graph.PublicationID]bool{}
		err := v.snapshot.Read(ctx, query, func(b *graph.Batch) error {
			for i := range b.Len {
				r := b.Row(i)
				year, _ := r.Int("year")
				seen[graph.PublicationID{Table: v.tableOf(r.Text("sector")), Year: year}] = true
			}
			return nil
		})
		return slices.SortedFunc(maps.Keys(seen), func(a, b graph.PublicationID) int {
			return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Year, b.Year))
		}), err
	})
}

// Publishable returns what can be published: every material that a product
// contains, for each year in which such a product has trade or production; by
// material, then year.
func (a *Asker) Publishable(ctx context.Context) ([]graph.PublicationID, error) {
	return with(ctx, a, func(v *view) ([]graph.PublicationID, error) { return v.publishable(ctx) })
}

func (v *view) publishable(ctx context.Context) ([]graph.PublicationID, error) {
	production, err := v.productionYears(ctx, nil)
	if err != nil {
		return nil, err
	}
	ids := []graph.PublicationID{}
	for _, m := range v.materials {
		for _, year := range v.supply.Years(m.ID, production) {
			ids = append(ids, graph.PublicationID{Material: m.ID, Year: year})
		}
	}
	return ids, nil
}

// Rows stand in for those of a year that has none up to two years away; the unit
// value that gives them tonnes may be of two years further.
const (
	yearsOfProduction = 2
	yearsOfTrade      = 4
)

// Publications returns those that facts of some datasets can bear on, of what
// can be published: all where they declare countries, materials, products,
// contents, recipes or codes, else those of the materials and years (with the
// years around) that they have trade and production of.
func (a *Asker) Publications(ctx context.Context, datasets []string) ([]graph.PublicationID, error) {
	return with(ctx, a, func(v *view) ([]graph.PublicationID, error) {
		all, err := v.publishable(ctx)
		if err != nil || len(datasets) == 0 {
			return nil, err
		}
		for _, kind := range []string{graph.Country, graph.Material, graph.Product, graph.Contains, graph.MadeFrom, graph.CodedAs, graph.Corresponds} {
			rows, err := v.snapshot.Count(ctx, graph.Query{Kind: kind, Match: []graph.Match{{Field: "dataset", Words: datasets}}})
			if err != nil || rows > 0 {
				return all, err
			}
		}
		near, err := v.yearsNear(ctx, datasets)
		return slices.DeleteFunc(all, func(id graph.PublicationID) bool { return !near[id] }), err
	})
}

// yearsNear returns, for every material, the years that trade and production of
// some datasets can bear on.
func (v *view) yearsNear(ctx context.Context, datasets []string) (map[graph.PublicationID]bool, error) {
	materials := map[string][]string{} // by product or code
	for _, m := range v.materials {
		for _, product := range v.supply.Carriers(m.ID) {
			for _, name := range append(v.supply.TradeCodes(product), product) {
				materials[name] = append(materials[name], m.ID)
			}
		}
	}
	near := map[graph.PublicationID]bool{}
	add := func(name string, year, around int) {
		for _, m := range materials[name] {
			for y := year - around; y <= year+around; y++ {
				near[graph.PublicationID{Material: m, Year: y}] = true
			}
		}
	}
	coverage, err := v.snapshot.TradeCoverage(ctx)
	if err != nil {
		return nil, err
	}
	for _, line := range coverage {
		if slices.Contains(datasets, line.Dataset) {
			add(cmp.Or(line.Code, line.Product), line.Year, yearsOfTrade)
		}
	}
	production, err := v.productionYears(ctx, datasets)
	for _, row := range production {
		add(row.Product, row.Year, yearsOfProduction)
	}
	return near, err
}

// productionYears reads of which products production is loaded for which years,
// of some datasets or of all where none is named.
func (v *view) productionYears(ctx context.Context, datasets []string) ([]supply.ProductionRow, error) {
	query := graph.Query{Kind: graph.Produces, Fields: []string{"year", "product", "company", "facility"}}
	if len(datasets) > 0 {
		query.Match = []graph.Match{{Field: "dataset", Words: datasets}}
	}
	seen := map[supply.ProductionRow]bool{}
	err := v.snapshot.Read(ctx, query, func(b *graph.Batch) error {
		for i := range b.Len {
			if r := b.Row(i); r.Text("company") == "" && r.Text("facility") == "" {
				year, _ := r.Int("year")
				seen[supply.ProductionRow{Product: r.Text("product"), Year: year}] = true
			}
		}
		return nil
	})
	return slices.Collect(maps.Keys(seen)), err
}
