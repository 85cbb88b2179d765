package neo4j

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
)

// Labels and types of the multi-tier graph. Every Supply and every PASSES carries
// the id of its publication, which is that of the node Network. What is not known
// is no property; the material of a publication of gross mass is an empty text,
// so that it can be asked for.
//
//	(:Network {id, material, year, revision, methods, balance, assumptions, datasets})
//	(:Supply {id, publication, caption, country, product, material, year, tonnes, production, imports, exports,
//	  domestic, origin_here, unexplained, unexplained_here, estimated, pooled})
//	(:Supply)-[:IN]->(:Country), (:Supply)-[:OF]->(:Product), (:Supply)-[:CARRIES]->(:Material)
//	of an input-output table (:Supply {…, table, value_usd, remainder})-[:OF]->(:Sector), and no tonnes
//	(:Supply)-[:SOURCED_FROM {share, tonnes, by, estimated, caption}]->(:Supply)
//	(:Supply)-[:ORIGIN {direct, origin, hidden, tonnes, caption}]->(:Country)
//	(:Product)-[:PASSES {publication, material, year, world_share, countries, caption}]->(:Country)
const (
	supplyLabel = "Supply"
	sourcedFrom = "SOURCED_FROM"
	startsIn    = "ORIGIN"
	passes      = "PASSES"
)

// publishedRules are the constraints and indexes of the multi-tier graph.
var publishedRules = []rule{
	{"network_id", "CREATE CONSTRAINT network_id IF NOT EXISTS FOR (n:Network) REQUIRE n.id IS UNIQUE"},
	{"supply_id", "CREATE CONSTRAINT supply_id IF NOT EXISTS FOR (n:Supply) REQUIRE n.id IS UNIQUE"},
	{"supply_publication", "CREATE INDEX supply_publication IF NOT EXISTS FOR (n:Supply) ON (n.publication)"},
	{"supply_country_product_material_year",
		"CREATE INDEX supply_country_product_material_year IF NOT EXISTS FOR (n:Supply) ON (n.country, n.product, n.material, n.year)"},
	{"passes_publication", "CREATE INDEX passes_publication IF NOT EXISTS FOR ()-[r:PASSES]-() ON (r.publication)"},
}

// publishedRows is how many nodes or relationships a statement writes.
const publishedRows = 5000

var _ graph.Publisher = (*Store)(nil)

// Publish implements graph.Publisher: in one transaction, in which the old graph
// goes and the new one comes. Until it commits, everybody sees the old one; what
// begins after that sees the new one. Neo4j reads what is committed: a statement
// that runs across the commit may meet parts of both, or end with an error that
// says that a node has gone. Relationships that others have tied to a Supply go
// with it.
//
// Errors: BadInput where the publication contradicts itself or an id is too long;
// TooLarge where the server gives a transaction too little memory; those of the
// store. Nothing has changed then.
func (s *Store) Publish(ctx context.Context, p *graph.Publication) error {
	done, err := s.useToWrite()
	if err != nil {
		return err
	}
	defer done()
	if err := checkPublication(p); err != nil {
		return err
	}
	return s.write(ctx, replacement(p))
}

// replacement puts a publication in place of the one of its id. Who does the same
// meanwhile waits for the node Network.
func replacement(p *graph.Publication) work {
	id := publicationID(p.PublicationID)
	return func(ctx context.Context, tx bolt.ManagedTransaction) error {
		if err := do(ctx, tx, "MERGE (n:Network {id: $id}) SET n = $network", params{"id": id, "network": networkOf(p)}); err != nil {
			return err
		}
		if err := withdraw(ctx, tx, id); err != nil {
			return err
		}
		return writePublication(ctx, tx, p)
	}
}

// Unpublish implements graph.Publisher, one publication at a time. Where it fails,
// those are gone that it had come to, each whole.
func (s *Store) Unpublish(ctx context.Context, keep []graph.PublicationID) (taken int, err error) {
	done, err := s.useToWrite()
	if err != nil {
		return 0, err
	}
	defer done()
	kept := map[string]bool{}
	for _, id := range keep {
		kept[publicationID(id)] = true
	}
	var gone []string
	err = s.readWithin(ctx, s.options.Wait, func(ctx context.Context, tx bolt.ManagedTransaction) error {
		rows, err := all(ctx, tx, "MATCH (n:Network) RETURN n.id ORDER BY n.id", nil)
		gone = gone[:0]
		for _, row := range rows {
			if id := text(row[0]); !kept[id] {
				gone = append(gone, id)
			}
		}
		return err
	})
	if err != nil || len(gone) == 0 {
		return 0, err
	}
	for _, id := range gone {
		err := s.write(ctx, func(ctx context.Context, tx bolt.ManagedTransaction) error {
			if err := do(ctx, tx, "MATCH (n:Network {id: $id}) DETACH DELETE n", params{"id": id}); err != nil {
				return err
			}
			return withdraw(ctx, tx, id)
		})
		if err != nil {
			return taken, err
		}
		taken++
	}
	return taken, nil
}

// publicationID is the id of a publication; no material begins like a table's.
func publicationID(id graph.PublicationID) string {
	if id.Table != "" {
		return fmt.Sprintf("/%s/%d", id.Table, id.Year)
	}
	return fmt.Sprintf("%s/%d", id.Material, id.Year)
}

// checkPublication finds what would leave the graph with holes.
func checkPublication(p *graph.Publication) error {
	wrong := func(format string, args ...any) error {
		return graph.Errorf(graph.BadInput, "%s cannot be published: %s", p.PublicationID, fmt.Sprintf(format, args...))
	}
	if len(p.Material) > maxKey || len(p.Table) > maxKey {
		return wrong("the id of the material or table is too long")
	}
	seen := make(map[string]bool, len(p.Supplies))
	for _, s := range p.Supplies {
		switch {
		case !fits(s.Product), len(s.Country) > maxKey:
			return wrong("product %.40q or country %.40q is missing or too long for an id (%d bytes at most)", s.Product, s.Country, maxKey)
		case s.ID == "" || seen[s.ID]:
			return wrong("there are two supplies %.100q", s.ID)
		}
		seen[s.ID] = true
	}
	supply := func(i int) bool { return i >= 0 && i < len(p.Supplies) }
	for i, s := range p.Sources {
		if !supply(s.From) || !supply(s.To) {
			return wrong("source %d joins the supplies %d and %d of %d", i, s.From, s.To, len(p.Supplies))
		}
	}
	for i, o := range p.Origins {
		if !supply(o.Supply) || !fits(o.Country) {
			return wrong("origin %d joins the supply %d of %d and the country %.40q", i, o.Supply, len(p.Supplies), o.Country)
		}
	}
	for i, c := range p.Chokepoints {
		if !fits(c.Product) || !fits(c.Country) {
			return wrong("chokepoint %d joins the product %.40q and the country %.40q", i, c.Product, c.Country)
		}
	}
	return nil
}

// withdraw takes away what is published under an id, but for the Network, and
// the countries, products and materials that nothing else holds.
func withdraw(ctx context.Context, tx bolt.ManagedTransaction, id string) error {
	for _, statement := range []string{withdrawPasses, withdrawSupplies} {
		if err := do(ctx, tx, statement, params{"publication": id}); err != nil {
			return err
		}
	}
	return nil
}

const withdrawPasses = `
MATCH (p:Product)-[r:PASSES]->(c:Country)
USING INDEX r:PASSES(publication)
WHERE r.publication = $publication
DELETE r
WITH collect(DISTINCT p) + collect(DISTINCT c) AS ends
UNWIND ends AS e
WITH DISTINCT e WHERE NOT EXISTS { (e)--() }
DELETE e`

const withdrawSupplies = `
MATCH (s:Supply)
USING INDEX s:Supply(publication)
WHERE s.publication = $publication
OPTIONAL MATCH (s)-[:IN|OF|CARRIES|ORIGIN]->(e)
WITH collect(DISTINCT s) AS supplies, collect(DISTINCT e) AS ends
CALL (supplies) {
	UNWIND supplies AS s
	DETACH DELETE s
}
UNWIND ends AS e
WITH e WHERE NOT EXISTS { (e)--() }
DELETE e`

// networkOf returns the properties of the node Network.
func networkOf(p *graph.Publication) params {
	return params{"id": publicationID(p.PublicationID), "material": p.Material, "table": orNull(p.Table), "year": p.Year,
		"revision": orNull(p.Revision), "methods": orNull(p.Methods), "balance": orNull(p.Balance),
		"assumptions": slices.Concat([]string{}, p.Assumptions), "datasets": slices.Concat([]string{}, p.Datasets)}
}

// writePublication writes everything but the Network.
func writePublication(ctx context.Context, tx bolt.ManagedTransaction, p *graph.Publication) error {
	type (
		supply = graph.PublishedSupply
		source = graph.PublishedSource
		origin = graph.PublishedOrigin
		choke  = graph.PublishedChokepoint
	)
	common := params{"publication": publicationID(p.PublicationID), "material": p.Material, "year": p.Year}
	id := func(s *supply) string { return s.ID }
	placed := slices.DeleteFunc(slices.Clone(p.Supplies), func(s supply) bool { return s.Country == "" })
	product, fields := graph.Product, supplyFields
	if p.Table != "" {
		common["table"] = p.Table
		product, fields = graph.Sector, sectorFields
	}
	var carrying []supply
	if p.Material != "" {
		carrying = p.Supplies
	}
	for _, write := range []work{
		suppliesOf(p.Supplies, fields, common),
		link[supply]{typ: "IN", from: end[supply]{supplyLabel, id},
			to: end[supply]{graph.Country, func(s *supply) string { return s.Country }}}.of(placed),
		link[supply]{typ: "OF", from: end[supply]{supplyLabel, id},
			to: end[supply]{product, func(s *supply) string { return s.Product }}}.of(p.Supplies),
		link[supply]{typ: "CARRIES", from: end[supply]{supplyLabel, id},
			to: end[supply]{graph.Material, func(*supply) string { return p.Material }}}.of(carrying),
		link[source]{typ: sourcedFrom, from: end[source]{supplyLabel, func(s *source) string { return p.Supplies[s.From].ID }},
			to: end[source]{supplyLabel, func(s *source) string { return p.Supplies[s.To].ID }}, fields: sourceFields}.of(p.Sources),
		link[origin]{typ: startsIn, from: end[origin]{supplyLabel, func(o *origin) string { return p.Supplies[o.Supply].ID }},
			to: end[origin]{graph.Country, func(o *origin) string { return o.Country }}, fields: originFields}.of(p.Origins),
		link[choke]{typ: passes, from: end[choke]{graph.Product, func(c *choke) string { return c.Product }},
			to: end[choke]{graph.Country, func(c *choke) string { return c.Country }}, fields: chokepointFields, common: common}.of(p.Chokepoints),
	} {
		if err := write(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// published is a property of what is published: nil where it is not known.
type published[R any] struct {
	name string
	of   func(*R) any
}

var supplyFields = []published[graph.PublishedSupply]{
	{"id", func(s *graph.PublishedSupply) any { return s.ID }},
	{"caption", func(s *graph.PublishedSupply) any { return orNull(s.Caption) }},
	{"country", func(s *graph.PublishedSupply) any { return orNull(s.Country) }},
	{"product", func(s *graph.PublishedSupply) any { return s.Product }},
	{"tonnes", func(s *graph.PublishedSupply) any { return known(s.Tonnes) }},
	{"production", func(s *graph.PublishedSupply) any { return known(s.Production) }},
	{"imports", func(s *graph.PublishedSupply) any { return known(s.Imports) }},
	{"exports", func(s *graph.PublishedSupply) any { return known(s.Exports) }},
	{"domestic", func(s *graph.PublishedSupply) any { return known(s.Domestic) }},
	{"origin_here", func(s *graph.PublishedSupply) any { return known(s.OriginHere) }},
	{"unexplained", func(s *graph.PublishedSupply) any { return known(s.Unexplained) }},
	{"unexplained_here", func(s *graph.PublishedSupply) any { return known(s.UnexplainedHere) }},
	{"estimated", func(s *graph.PublishedSupply) any { return known(s.Estimated) }},
	{"pooled", func(s *graph.PublishedSupply) any { return s.Pooled }},
}

// sectorFields are those of a sector of an input-output table.
var sectorFields = []published[graph.PublishedSupply]{
	{"id", func(s *graph.PublishedSupply) any { return s.ID }},
	{"caption", func(s *graph.PublishedSupply) any { return orNull(s.Caption) }},
	{"country", func(s *graph.PublishedSupply) any { return s.Country }},
	{"product", func(s *graph.PublishedSupply) any { return s.Product }},
	{"value_usd", func(s *graph.PublishedSupply) any { return known(s.ValueUSD) }},
	{"domestic", func(s *graph.PublishedSupply) any { return known(s.Domestic) }},
	{"origin_here", func(s *graph.PublishedSupply) any { return known(s.OriginHere) }},
	{"unexplained", func(s *graph.PublishedSupply) any { return known(s.Unexplained) }},
	{"unexplained_here", func(s *graph.PublishedSupply) any { return known(s.UnexplainedHere) }},
	{"remainder", func(s *graph.PublishedSupply) any { return known(s.Remainder) }},
	{"estimated", func(s *graph.PublishedSupply) any { return known(s.Estimated) }},
	{"pooled", func(*graph.PublishedSupply) any { return false }},
}

var sourceFields = []published[graph.PublishedSource]{
	{"share", func(s *graph.PublishedSource) any { return known(s.Share) }},
	{"tonnes", func(s *graph.PublishedSource) any { return known(s.Tonnes) }},
	{"by", func(s *graph.PublishedSource) any { return orNull(s.By) }},
	{"estimated", func(s *graph.PublishedSource) any { return s.Estimated }},
	{"caption", func(s *graph.PublishedSource) any { return percent(s.Share) }},
}

var originFields = []published[graph.PublishedOrigin]{
	{"direct", func(o *graph.PublishedOrigin) any { return known(o.Direct) }},
	{"origin", func(o *graph.PublishedOrigin) any { return known(o.Origin) }},
	{"hidden", func(o *graph.PublishedOrigin) any { return known(o.Hidden) }},
	{"tonnes", func(o *graph.PublishedOrigin) any { return known(o.Tonnes) }},
	{"caption", func(o *graph.PublishedOrigin) any { return percent(o.Origin) }},
}

var chokepointFields = []published[graph.PublishedChokepoint]{
	{"world_share", func(c *graph.PublishedChokepoint) any { return known(c.WorldShare) }},
	{"countries", func(c *graph.PublishedChokepoint) any { return int64(c.Countries) }},
	{"caption", func(c *graph.PublishedChokepoint) any { return percent(c.WorldShare) }},
}

func known(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

// percent writes a share for those who look at the graph: "33 %", "<1 %".
func percent(share float64) any {
	switch {
	case math.IsNaN(share):
		return nil
	case share > 0 && share < 0.01:
		return "<1 %"
	default:
		return fmt.Sprintf("%.0f %%", 100*share)
	}
}

// columnsOf adds the fields of some rows to the parameters, each as a column,
// and what is common as it is. It returns them as properties of row i.
func columnsOf[R any](rows []R, fields []published[R], common, p params) (properties []property) {
	for _, name := range slices.Sorted(maps.Keys(common)) {
		p[name] = common[name]
		properties = append(properties, property{name, "$" + name})
	}
	for _, field := range fields {
		column := make([]any, len(rows))
		for i := range rows {
			column[i] = field.of(&rows[i])
		}
		p[field.name] = column
		properties = append(properties, property{field.name, "$" + field.name + "[i]"})
	}
	return properties
}

// suppliesOf writes the nodes Supply. What is the same in all is common.
func suppliesOf(supplies []graph.PublishedSupply, fields []published[graph.PublishedSupply], common params) work {
	return func(ctx context.Context, tx bolt.ManagedTransaction) error {
		for rows := range slices.Chunk(supplies, publishedRows) {
			p := params{"n": len(rows)}
			if err := do(ctx, tx, "UNWIND range(0, $n - 1) AS i\nCREATE (:Supply {"+assignment(columnsOf(rows, fields, common, p))+"})", p); err != nil {
				return err
			}
		}
		return nil
	}
}

func assignment(properties []property) string {
	list := make([]string, len(properties))
	for i, property := range properties {
		list[i] = property.name + ": " + property.expression
	}
	return strings.Join(list, ", ")
}

// link is a type of published relationships, each made of a row. What is the
// same in all is common.
type link[R any] struct {
	typ      string
	from, to end[R]
	fields   []published[R]
	common   params
}

// end is the label and the id of the node at one end of a link.
type end[R any] struct {
	label string
	id    func(*R) string
}

// of writes the relationships of all rows.
func (l link[R]) of(all []R) work {
	return func(ctx context.Context, tx bolt.ManagedTransaction) error {
		for rows := range slices.Chunk(all, publishedRows) {
			p := params{}
			e := edges{typ: l.typ, n: len(rows), from: l.from.of(rows), to: l.to.of(rows), properties: columnsOf(rows, l.fields, l.common, p)}
			if err := e.write(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	}
}

// of collects the nodes that rows name.
func (x end[R]) of(rows []R) ends {
	return endsOf(x.label, len(rows), func(i int) string { return x.id(&rows[i]) })
}
