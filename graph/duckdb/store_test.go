package duckdb

import (
	"context"
	"path/filepath"
	"testing"

	"tiermap/graph"
	"tiermap/graph/graphtest"
)

func TestStore(t *testing.T) {
	graphtest.Run(t, graphtest.Backend{
		Place: func(t *testing.T) string { return filepath.Join(t.TempDir(), "tiermap.duckdb") },
		Open: func(ctx context.Context, place string) (graph.Store, error) {
			return Open(ctx, Options{Path: place})
		},
	})
}
