package loadertest

import (
	"context"

	"tiermap/graph"
)

// Catalogue is a store that holds products, materials and what products contain,
// for sources whose rows refer to them. Only what a load asks of a snapshot is
// there.
type Catalogue struct {
	Products, Materials []string
	Contains            [][2]string // product, material
}

// Snapshot opens a view of the catalogue.
func (c Catalogue) Snapshot(context.Context) (graph.Snapshot, error) {
	return catalogueSnapshot{catalogue: c}, nil
}

type catalogueSnapshot struct {
	graph.Snapshot // nil: nothing else is asked for by a load
	catalogue      Catalogue
}

func (catalogueSnapshot) Close() error { return nil }

func (s catalogueSnapshot) Read(_ context.Context, q graph.Query, yield func(*graph.Batch) error) error {
	b := graph.NewBatch(graph.NewSchema().Kind(q.Kind), graph.NewWords(), 0)
	ids := map[string][]string{graph.Product: s.catalogue.Products, graph.Material: s.catalogue.Materials}[q.Kind]
	for _, id := range ids {
		b.Add().SetText("id", id)
	}
	if q.Kind == graph.Contains {
		for _, pair := range s.catalogue.Contains {
			row := b.Add()
			row.SetText("product", pair[0])
			row.SetText("material", pair[1])
		}
	}
	return yield(b)
}
