package graph

import (
	"cmp"
	"context"
	"fmt"
)

// Publisher is a store in which the multi-tier graph can be published, for
// people to look at and traverse. The embedded store is none: it needs no
// second form of its facts.
type Publisher interface {
	// Publish puts a network's multi-tier graph in place of the one of the same
	// material and year, whole or not at all.
	Publish(ctx context.Context, p *Publication) error
	// Unpublish takes away what is published of materials and years that are
	// not among those kept, and returns how many it took.
	Unpublish(ctx context.Context, keep []PublicationID) (int, error)
}

// PublicationID names a published network: of a material, or of an input-output table.
type PublicationID struct {
	Material string // an id; blank = gross mass, of products that contain no known material
	Table    string // the input-output table, in which there is no material; blank: none
	Year     int
}

// String names it for people.
func (id PublicationID) String() string {
	return fmt.Sprintf("%s %d", cmp.Or(id.Table, id.Material), id.Year)
}

// Publication is the multi-tier graph of one material and year, as columns that
// a store writes in batches. Shares are 0..1, masses tonnes of contained
// material.
type Publication struct {
	PublicationID
	Revision string // of the store whose facts it was made from
	Methods  string // version of docs/methods.md
	Balance  string

	Supplies    []PublishedSupply
	Sources     []PublishedSource
	Origins     []PublishedOrigin
	Chokepoints []PublishedChokepoint
	Assumptions []string
	Datasets    []string
}

// PublishedSupply is one product in one place: the node Supply. A pooled product
// has one for the pool, which everyone draws from and which no country has, and
// one for each of its makers.
type PublishedSupply struct {
	ID      string // material/year/country/product; of a pool material/year/world/product
	Caption string // "Lithium carbonate, Chile, 2024"
	Country string // blank for a pool
	Product string
	// Tonnes is NaN for a pooled product, which has none.
	Tonnes          float64
	Production      float64 // tonnes; NaN for a pool, and for makers of which only shares are known
	Imports         float64 // NaN for a pooled product, as Exports
	Exports         float64
	Domestic        float64 // share of supply made in the place itself
	OriginHere      float64 // share of supply that starts here
	Unexplained     float64 // share of supply whose origin is not known, at any stage
	UnexplainedHere float64 // the part of it that ends here
	Estimated       float64 // share of supply that takes an estimated step
	Pooled          bool

	// Of a sector of an input-output table, of which nothing is in tonnes.
	ValueUSD  float64 // output, USD of the year
	Remainder float64 // share of it that comes from sources too small to be listed
}

// PublishedSource is the relationship SOURCED_FROM: from a supply to the one
// upstream that a share of it comes from. The shares out of a supply, OriginHere,
// UnexplainedHere and of a table the Remainder sum to 1: the share of a path is the product of its shares.
// (Countries that only sell to each other what none makes are Unexplained whole,
// and their sources listed.)
type PublishedSource struct {
	From, To  int     // indices of Supplies; From is downstream
	By        string  // trade; pool: to a maker; production: to what is used to make it; input: what a sector buys of another
	Share     float64 // of From's supply
	Tonnes    float64 // share × From's tonnes; NaN where From has none
	Estimated bool
}

// PublishedOrigin is the relationship ORIGIN: from a supply to a country that it
// starts in or comes from directly.
type PublishedOrigin struct {
	Supply  int // index of Supplies
	Country string
	Direct  float64
	Origin  float64
	Hidden  float64
	Tonnes  float64 // Origin × tonnes of the supply; NaN where it has none
}

// PublishedChokepoint is the relationship PASSES: from a product to a country
// that part of the world's supply of it passes (docs/methods.md §2a).
type PublishedChokepoint struct {
	Product    string
	Country    string
	WorldShare float64 // of the world's apparent final use
	Countries  int     // for how many countries it is a single point of failure
}
