package supply

import "tiermap/graph"

// Catalogue is the part of the facts that is the same for every question: which
// rows of the products, contents, recipes and codes count, by the rank of their
// dataset. Make one per revision of a store with NewCatalogue; it may be used
// by several goroutines.
type Catalogue struct{}

// NewCatalogue chooses the rows that count. It does not judge them: Check does,
// and Plan for the products that a question touches.
func NewCatalogue(f Facts) *Catalogue { return &Catalogue{} }

// Check returns what is wrong with the rows that count, as one BadInput error
// with a line for each: recipes that do not sum to one, inputs that do not
// carry the material that their recipe names, recipes that form a cycle, codes
// whose shares sum to more than one. A loader calls it over what is stored and
// what is to be stored.
func (c *Catalogue) Check() error { return nil }

// Materials returns the materials that a product contains, in bytewise order;
// none where it is walked in gross tonnes.
func (c *Catalogue) Materials(product string) []string { return nil }

// Carriers returns the products that contain a material, in bytewise order.
func (c *Catalogue) Carriers(material string) []string { return nil }

// ResolveMaterial returns the material that a question about a product follows:
// the one asked for, or the product's only one; "" for a product that contains
// none (gross tonnes). NotFound for a product or code that nothing is known of;
// BadInput where the material has to be named, or is not in the product.
func (c *Catalogue) ResolveMaterial(product, asked string) (string, error) {
	return "", graph.Errorf(graph.Internal, "not built yet")
}

// Chain returns the products whose facts decide a question about a product:
// everything that it is made of, and everything that is made of those, since
// what a place makes of a product leaves it like an export. Every product
// stands before its inputs; equal ones are in bytewise order.
func (c *Catalogue) Chain(product, material string) ([]string, error) {
	return nil, graph.Errorf(graph.Internal, "not built yet")
}
