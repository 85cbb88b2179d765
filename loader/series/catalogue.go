package series

import (
	"context"
	"slices"

	"tiermap/graph"
)

// Store is what is needed here of a graph.Store.
type Store interface {
	Snapshot(ctx context.Context) (graph.Snapshot, error)
}

// Catalogue is what the store knows that figures refer to.
type Catalogue struct {
	products, materials map[string]bool
	contents            map[string][]string // materials of a product
}

// CatalogueOf reads the catalogue of a store; nil: there is none, and it is
// empty.
func CatalogueOf(ctx context.Context, store Store) (*Catalogue, error) {
	c := &Catalogue{map[string]bool{}, map[string]bool{}, map[string][]string{}}
	if store == nil {
		return c, nil
	}
	snapshot, err := store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	for _, of := range []struct {
		kind   string
		fields []string
		take   func(graph.Row)
	}{
		{graph.Product, []string{"id"}, func(r graph.Row) { c.products[r.Text("id")] = true }},
		{graph.Material, []string{"id"}, func(r graph.Row) { c.materials[r.Text("id")] = true }},
		{graph.Contains, []string{"product", "material"}, func(r graph.Row) {
			c.contents[r.Text("product")] = append(c.contents[r.Text("product")], r.Text("material"))
		}},
	} {
		err := snapshot.Read(ctx, graph.Query{Kind: of.kind, Fields: of.fields}, func(b *graph.Batch) error {
			for i := range b.Len {
				of.take(b.Row(i))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// lacks says what a series refers to that the catalogue does not have; blank:
// nothing.
func (c *Catalogue) lacks(s *Series) (missing string) {
	switch {
	case !c.products[s.Product]:
		return "the product " + s.Product + ", which the mapping names, is not in the store: load the catalogue first, or give a mapping of your own"
	case s.Material != "" && !c.materials[s.Material]:
		return "the material " + s.Material + ", which the mapping names, is not in the store: load the catalogue first, or give a mapping of your own"
	}
	return ""
}

// contradicts reports whether a product is known not to contain the material
// that a series counts in it. Nothing is known of a product without contents.
func (c *Catalogue) contradicts(s *Series) bool {
	known := c.contents[s.Product]
	return s.Basis == contained && len(known) > 0 && !slices.Contains(known, s.Material)
}
