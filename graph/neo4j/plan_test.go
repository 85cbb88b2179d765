package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
	"tiermap/graph/neo4j/neo4jtest"
)

// planner records the statements that a snapshot sends, by way of the driver's
// own sessions.
type planner struct {
	bolt.DriverWithContext
	statements []sent
}

type sent struct {
	cypher string
	params params
}

func (p *planner) NewSession(ctx context.Context, config bolt.SessionConfig) bolt.SessionWithContext {
	return &plannedSession{p.DriverWithContext.NewSession(ctx, config), p}
}

type plannedSession struct {
	bolt.SessionWithContext
	planner *planner
}

func (s *plannedSession) ExecuteRead(ctx context.Context, work bolt.ManagedTransactionWork, configurers ...func(*bolt.TransactionConfig)) (any, error) {
	return s.SessionWithContext.ExecuteRead(ctx, func(tx bolt.ManagedTransaction) (any, error) { return work(&plannedTransaction{tx, s.planner}) }, configurers...)
}

type plannedTransaction struct {
	bolt.ManagedTransaction
	planner *planner
}

func (tx *plannedTransaction) Run(ctx context.Context, cypher string, p map[string]any) (bolt.ResultWithContext, error) {
	tx.planner.statements = append(tx.planner.statements, sent{cypher, p})
	return tx.ManagedTransaction.Run(ctx, cypher, p)
}

// TestPlans asks everything that a snapshot can be asked, and looks at how the
// server goes about it: by an index, never through all nodes, and without sorting
// where a whole dataset is read.
func TestPlans(t *testing.T) {
	a := neo4jtest.Empty(t)
	s := openStore(t, options(a))
	loadAll(t, s, graph.Dataset{ID: "a"}, trades(0, 500),
		batch(graph.Company, "company.csv", 2, values{"id": "acme", "country": "A", "name": "Acme"}),
		batch(graph.Owns, "owns.csv", 2, values{"owner": "acme", "owned": "acme"}),
		batch(graph.Produces, "production.csv", 2, values{"product": "ore", "country": "A", "year": 2022}))
	loadAll(t, s, graph.Dataset{ID: "b"}, batch(graph.Company, "company.csv", 2, values{"id": "other"}))
	record := &planner{DriverWithContext: s.driver}
	watched := &Store{options: s.options, name: s.name, driver: record, bookmarks: s.bookmarks, model: s.model, product: s.product,
		active: map[int64]bool{}, open: map[int64]int{}, known: map[int64]*load{}}
	sn, err := watched.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	match := func(field string, words ...string) graph.Match { return graph.Match{Field: field, Words: words} }
	year := graph.Match{Field: "year", Ints: []int{2022, 2023}}
	const rows, ids, scan, page = "DirectedRelationshipIndexSeek", "NodeUniqueIndexSeek", "NodeIndexScan", "NodeUniqueIndexSeekByRange"
	for _, c := range []struct {
		q      graph.Query
		by     string // how the rows are come by
		index  string
		sorted bool
	}{
		{graph.Query{Kind: graph.Trades}, rows, "TRADES(load, file, line)", false},
		{graph.Query{Kind: graph.Trades, After: graph.Position{Dataset: "a", File: "trade.csv", Line: 7}.String(), Limit: 5}, rows, "TRADES(load, file, line)", false},
		{graph.Query{Kind: graph.Trades, Match: []graph.Match{match("dataset", "a"), year}}, rows, "TRADES(load, file, line)", false},
		{graph.Query{Kind: graph.Trades, Match: []graph.Match{match("dataset", "a"), year, match("code", "HS2017:811292")}}, rows, "TRADES(code, year)", true},
		{graph.Query{Kind: graph.Trades, Match: []graph.Match{match("code", "HS2017:811292", "HS2017:1"), match("exporter", "A")}}, rows, "TRADES(code, year)", true},
		{graph.Query{Kind: graph.Trades, Match: []graph.Match{match("product", "ore"), year}}, rows, "TRADES(product, year)", true},
		{graph.Query{Kind: graph.Trades, Match: []graph.Match{match("exporter", "A", "B"), match("importer", "C")}}, ids, "b:Country(id)", true},
		{graph.Query{Kind: graph.Trades, Match: []graph.Match{match("exporter", "A"), year}, After: graph.Position{Dataset: "a", File: "trade.csv", Line: 7}.String()},
			ids, "a:Country(id)", true},
		{graph.Query{Kind: graph.Produces, Match: []graph.Match{match("product", "ore"), year}}, ids, "b:Product(id)", true},
		{graph.Query{Kind: graph.Owns, Match: []graph.Match{match("owned", "acme")}}, ids, "b:Facility(id)", true},
		{graph.Query{Kind: graph.Company}, scan, "n:Company(id)", false},
		{graph.Query{Kind: graph.Company, After: "abc", Limit: 10}, page, "n:Company(id)", false},
		{graph.Query{Kind: graph.Company, Match: []graph.Match{match("dataset", "b")}}, rows, "DECLARES(load, file, line)", true},
		{graph.Query{Kind: graph.Company, Match: []graph.Match{match("id", "acme")}}, ids, "n:Company(id)", false},
		{graph.Query{Kind: graph.Company, Match: []graph.Match{match("country", "A", "B")}}, ids, "e:Country(id)", true},
	} {
		record.statements = nil
		if err := sn.Read(t.Context(), c.q, func(*graph.Batch) error { return nil }); err != nil {
			t.Fatalf("%+v: %v", c.q, err)
		}
		if _, err := sn.Count(t.Context(), c.q); err != nil {
			t.Fatalf("%+v: %v", c.q, err)
		}
		for i, statement := range record.statements {
			plan := neo4jtest.Plan(t, a, statement.cypher, statement.params)
			about := fmt.Sprintf("%+v: %s\n%s", c.q, statement.cypher, strings.Join(plan, "\n"))
			if has(plan, "AllNodesScan") || has(plan, "RelationshipTypeScan") || has(plan, "CartesianProduct") {
				t.Errorf("nodes or relationships are gone through one by one in %s", about)
			}
			by := c.by
			if by == page && i > 0 { // what is counted is not a page
				by = scan
			}
			if !slices.ContainsFunc(plan, func(o string) bool { return strings.HasPrefix(o, by) && strings.Contains(o, c.index) }) {
				t.Errorf("not by %s of %s in %s", c.by, c.index, about)
			}
			if sorted := has(plan, "Sort") || has(plan, "Top"); i == 0 && sorted != c.sorted {
				t.Errorf("sorted: %v, want %v in %s", sorted, c.sorted, about)
			}
		}
	}
	record.statements = nil
	if _, err := sn.Search(t.Context(), "acme", nil, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := sn.TradeCoverage(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := watched.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, statement := range record.statements {
		if plan := neo4jtest.Plan(t, a, statement.cypher, statement.params); has(plan, "AllNodesScan") {
			t.Errorf("all nodes are gone through in %s\n%s", statement.cypher, strings.Join(plan, "\n"))
		}
	}
}

// has reports whether a plan has an operator of exactly that name.
func has(plan []string, operator string) bool {
	return slices.ContainsFunc(plan, func(o string) bool { return strings.HasPrefix(o, operator+" ") })
}
