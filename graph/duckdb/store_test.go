package duckdb

import (
	"context"
	"path/filepath"
	"testing"

	"tiermap/graph"
	"tiermap/graph/graphtest"
)

func place(t *testing.T) string { return filepath.Join(t.TempDir(), "tiermap.duckdb") }

func TestStore(t *testing.T) {
	t.Parallel()
	graphtest.Run(t, graphtest.Backend{Place: place, Open: func(ctx context.Context, place string) (graph.Store, error) {
		return Open(ctx, Options{Path: place})
	}})
}

// TestStoreOfSmallParts has a store give tables of their own to parts of more
// than five rows, so that the whole contract is held to them as well.
func TestStoreOfSmallParts(t *testing.T) {
	t.Parallel()
	graphtest.Run(t, graphtest.Backend{Place: place, Open: func(ctx context.Context, place string) (graph.Store, error) {
		return openSmall(ctx, Options{Path: place})
	}})
}

func openSmall(ctx context.Context, o Options) (*Store, error) {
	s, err := Open(ctx, o)
	if err == nil {
		s.sharedRows = 5
	}
	return s, err
}
