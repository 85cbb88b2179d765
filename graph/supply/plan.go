package supply

import "tiermap/graph"

// Question is what a network is assembled for.
type Question struct {
	// Place is the target's country or group. It gets a node of the product
	// asked for, also where no fact names it. Blank: no place in particular.
	Place string
	// Members are set where Place is a group: these countries become one place.
	Members []string
	// Product is the target's product or a trade code such as HS2017:811292.
	// Blank: every product that carries the material.
	Product string
	// Material is followed; blank: the product's only one.
	Material string
	// Year is the calendar year; 0: the newest year in which the product has
	// trade, else production.
	Year int
}

// TradeSource names the trade rows of one code (or product), year and dataset.
type TradeSource struct {
	Dataset string
	Code    string // blank where the rows name a product
	Product string
	Year    int
}

// Plan says which facts count for a question, and how. It is immutable.
type Plan struct {
	Question          // with the material and year resolved
	Products []string // of the network; every product before its inputs
	// Trade are the rows to read, and no others.
	Trade []TradeSource
}

// Plan chooses, for every product of the question's chain, the trade and the
// production that count, and says what is pooled and what must be inferred.
//
// production holds the rows of the chain's products (see Chain) of all
// datasets. Rows more than two years from the one asked for are passed over; for
// a question without a year, rows of every year are needed.
//
// Errors: those of ResolveMaterial and Check, the latter for the chain only;
// BadInput for a question without a year about a product without trade and
// production.
func (c *Catalogue) Plan(q Question, production []ProductionRow) (*Plan, error) {
	return nil, graph.Errorf(graph.Internal, "not built yet")
}

// NewTrade returns an empty table for the rows that the plan names.
func (p *Plan) NewTrade() *Trade {
	t := &Trade{sources: map[TradeSource]int32{}, contents: []string{""}, content: map[string]int32{}}
	for i, s := range p.Trade {
		t.sources[s] = int32(i)
	}
	return t
}

// Queries returns the queries that read the trade rows of the plan, one for
// each of Plan.Trade.
func (p *Plan) Queries() []graph.Query {
	queries := make([]graph.Query, len(p.Trade))
	for i, s := range p.Trade {
		q := graph.Query{Kind: graph.Trades, Fields: TradeFields(), Match: []graph.Match{
			{Field: "dataset", Words: []string{s.Dataset}},
			{Field: "year", Ints: []int{s.Year}},
		}}
		if s.Code != "" {
			q.Match = append(q.Match, graph.Match{Field: "code", Words: []string{s.Code}})
		} else {
			q.Match = append(q.Match, graph.Match{Field: "product", Words: []string{s.Product}})
		}
		queries[i] = q
	}
	return queries
}
