package ask

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// DefaultFirmRows is how many rows of who supplies whom a question reads row by row.
// Beyond, a question about a company or plant is asked of the network of firms on
// their own, which is read column by column: 200,000 rows take about 0.4 GB the one
// way, ten million 1.1 GB the other, and up to 2.6 GB while all is asked of them. In any
// other question who supplies whom is left out then.
const DefaultFirmRows = 200_000

// scope is what of who supplies whom goes into a question's network.
type scope struct {
	rows  int64    // that count for it
	alone bool     // the network is that of firms on their own
	left  bool     // all of it is left out
	said  []string // what that makes an answer assume
}

// suppliesQuery selects who supplies whom with what carries the question's material,
// in the years that may count for its own.
func (v *view) suppliesQuery(q supply.Question) graph.Query {
	query := graph.Query{Kind: graph.Supplies}
	if q.Material != "" {
		query.Match = append(query.Match, graph.Match{Field: "product", Words: v.supply.Carriers(q.Material)})
	}
	if q.Year != 0 {
		query.Match = append(query.Match, graph.Match{Field: "year", Ints: yearsAround(q.Year)})
	}
	return query
}

// scope decides, by counting rows, how a question's network is read. Where there are
// too many rows in all years together, it finds the year that is asked about first.
func (v *view) scope(ctx context.Context, q *supply.Question) (s scope, err error) {
	if !v.anySupplies || q.WithoutFirms {
		return s, nil
	}
	if s.rows, err = v.snapshot.Count(ctx, v.suppliesQuery(*q)); err != nil || s.rows <= v.asker.firmRows {
		return s, err
	}
	if q.Year == 0 {
		if err := v.settleYear(ctx, q, &s); err != nil {
			return s, err
		}
		if s.rows, err = v.snapshot.Count(ctx, v.suppliesQuery(*q)); err != nil || s.rows <= v.asker.firmRows {
			return s, err
		}
	}
	if q.Firm != "" {
		s.alone = true
		return s, nil
	}
	s.left = true
	chain, err := v.supply.Chain(q.Product, q.Material)
	if err != nil {
		return s, err
	}
	query := v.suppliesQuery(supply.Question{Year: q.Year})
	query.Match = append(query.Match, graph.Match{Field: "product", Words: chain})
	touched, err := v.snapshot.Count(ctx, query)
	if touched > 0 {
		s.said = append(s.said, fmt.Sprintf("Who supplies whom is left out: there are %d rows of it, and more than %d are not followed in a question about countries; ask about one of the companies or plants, or raise --firm-rows.",
			s.rows, v.asker.firmRows))
	}
	return s, err
}

// settleYear finds the year of a question that names none.
func (v *view) settleYear(ctx context.Context, q *supply.Question, s *scope) error {
	if q.Firm != "" {
		year, err := v.newestOfFirm(ctx, *q)
		if err != nil {
			return err
		}
		if year != 0 {
			q.Year = year
			s.said = append(s.said, fmt.Sprintf("No year was asked: %d is the newest for which anything is loaded of what %s makes, supplies or is supplied with.", year, q.Firm))
			return nil
		}
	}
	production, err := v.production(ctx, *q)
	if err != nil {
		return err
	}
	plan, err := v.supply.Plan(*q, production)
	if err != nil {
		return err
	}
	q.Year = plan.Year
	s.said = append(s.said, fmt.Sprintf("No year was asked: %d is the newest for which trade in %s, or else production of it, is loaded.", plan.Year, q.Product))
	return nil
}

// newestOfFirm returns the newest year of which anything is known of a firm at the
// product of a question; 0 where nothing is.
func (v *view) newestOfFirm(ctx context.Context, q supply.Question) (newest int, err error) {
	plants, err := readFacilities(ctx, v.snapshot, graph.Query{Match: []graph.Match{{Field: "operator", Words: []string{q.Firm}}}})
	if err != nil {
		return 0, err
	}
	firms := []string{q.Firm}
	for _, plant := range plants {
		firms = append(firms, plant.ID)
	}
	is := func(field string) graph.Match { return graph.Match{Field: field, Words: firms} }
	product := graph.Match{Field: "product", Words: []string{q.Product}}
	for _, query := range []graph.Query{
		{Kind: graph.Supplies, Match: []graph.Match{is("customer")}},
		{Kind: graph.Supplies, Match: []graph.Match{is("supplier"), product}},
		{Kind: graph.Produces, Match: []graph.Match{is("company"), product}},
		{Kind: graph.Produces, Match: []graph.Match{is("facility"), product}},
	} {
		query.Fields = []string{"year"}
		if err := v.snapshot.Read(ctx, query, func(b *graph.Batch) error {
			for i := range b.Len {
				year, _ := b.Row(i).Int("year")
				newest = max(newest, year)
			}
			return nil
		}); err != nil {
			return 0, err
		}
	}
	return newest, nil
}

// assembleAlone makes the network of firms on their own that a question about one of
// them is asked of. One is made at a time, when the others that are kept have made
// room for it.
func (v *view) assembleAlone(ctx context.Context, q supply.Question, s scope) (*network, error) {
	select {
	case v.asker.large <- struct{}{}:
		defer func() { <-v.asker.large }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	const perRow = 100 // bytes of what is kept
	v.asker.networks.makeRoom(s.rows * perRow)
	n, plan, err := v.supply.ReadFirms(ctx, v.snapshot, q)
	if err != nil {
		return nil, err
	}
	known := people{map[string]Company{}, map[string]Facility{}}
	named, f := map[string]bool{q.Firm: true}, &supply.Firms{}
	if err := v.readFacilities(ctx, named, f, known); err != nil {
		return nil, err
	}
	if operator := known.facilities[q.Firm].Operator; operator != "" {
		named[operator] = true
	}
	said := append(s.said, fmt.Sprintf("There are %d rows of who supplies whom, and more than %d are not followed through trade, production and recipes.", s.rows, v.asker.firmRows))
	return &network{plan: plan, assembly: n, people: known, said: said, walks: map[supply.Balance]*supply.Walk{}},
		v.readCompanies(ctx, named, f, known)
}

// acquainted are the companies and plants that an answer of a network of firms on
// their own names: read when they are named, for there are too many to keep.
type acquainted struct {
	asker *Asker
	mu    sync.Mutex
	people
}

// Meet reads the names and places of companies and plants that an answer lists, all in
// one go. Where a network has them all it reads nothing.
//
// Errors: those of the store; StoreBusy where its data have changed since the network
// was read.
func (b *Basis) Meet(ctx context.Context, firms []supply.Actor) error {
	if b.met == nil {
		return nil
	}
	var companies, facilities []string
	b.met.mu.Lock()
	for _, firm := range firms {
		_, company := b.met.companies[firm.ID]
		_, facility := b.met.facilities[firm.ID]
		switch {
		case firm.ID == "" || company || facility:
		case firm.Facility:
			facilities = append(facilities, firm.ID)
		default:
			companies = append(companies, firm.ID)
		}
	}
	b.met.mu.Unlock()
	if len(companies)+len(facilities) == 0 {
		return nil
	}
	named := func(ids []string) graph.Query {
		slices.Sort(ids)
		return graph.Query{Match: []graph.Match{{Field: "id", Words: slices.Compact(ids)}}}
	}
	_, err := with(ctx, b.met.asker, func(v *view) (none struct{}, err error) {
		if v.revision != b.view.revision {
			return none, graph.Errorf(graph.StoreBusy, "the data have changed while the question was answered: ask again")
		}
		readCompanies, err := readCompanies(ctx, v.snapshot, named(companies))
		if err != nil {
			return none, err
		}
		readFacilities, err := readFacilities(ctx, v.snapshot, named(facilities))
		b.met.mu.Lock()
		defer b.met.mu.Unlock()
		for _, c := range readCompanies {
			b.met.companies[c.ID] = c
		}
		for _, f := range readFacilities {
			b.met.facilities[f.ID] = f
		}
		return none, err
	})
	return err
}

// company returns a company that was met.
func (a *acquainted) company(id string) (c Company, ok bool) {
	if a == nil {
		return c, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok = a.companies[id]
	return c, ok
}

// facility returns a plant that was met.
func (a *acquainted) facility(id string) (f Facility, ok bool) {
	if a == nil {
		return f, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	f, ok = a.facilities[id]
	return f, ok
}
