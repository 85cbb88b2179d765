package neo4j

import (
	"context"
	"testing"
	"time"

	"tiermap/graph"
	"tiermap/graph/graphtest"
	"tiermap/graph/neo4j/neo4jtest"
)

func TestStore(t *testing.T) {
	graphtest.Run(t, graphtest.Backend{
		Place: func(t *testing.T) string { return neo4jtest.Empty(t).URL },
		Open: func(ctx context.Context, place string) (graph.Store, error) {
			a := neo4jtest.Shared(t)
			return Open(ctx, Options{URL: place, User: a.User, Password: a.Password, Grace: -1, Lease: 2 * time.Second})
		},
	})
}
