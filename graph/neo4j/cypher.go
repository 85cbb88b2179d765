package neo4j

import (
	"context"
	"errors"
	"strings"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
)

// Query runs a Cypher statement that only reads, and returns its columns and
// rows. Values are string, int64, float64, bool, nil and []any of these; nodes,
// relationships, paths, dates and the like are those of the driver.
//
// Errors: BadInput with the server's own words where the statement or a
// parameter is wrong, or where the statement writes; those of the store.
func (s *Store) Query(ctx context.Context, cypher string, params map[string]any) (columns []string, rows [][]any, err error) {
	done, err := s.use()
	if err != nil {
		return nil, nil, err
	}
	defer done()
	err = s.read(ctx, func(ctx context.Context, tx bolt.ManagedTransaction) error {
		columns, rows, err = table(ctx, tx, cypher, params)
		return mistaken(err)
	})
	if err != nil {
		return nil, nil, err
	}
	return columns, rows, nil
}

func table(ctx context.Context, tx bolt.ManagedTransaction, cypher string, params map[string]any) (columns []string, rows [][]any, err error) {
	result, err := tx.Run(ctx, cypher, params)
	if err != nil {
		return nil, nil, err
	}
	if columns, err = result.Keys(); err != nil {
		return nil, nil, err
	}
	for result.Next(ctx) {
		rows = append(rows, result.Record().Values)
	}
	return columns, rows, result.Err()
}

// mistaken gives an error that the statement is to blame for its code, and
// returns all others as they are.
func mistaken(err error) error {
	var server *bolt.Neo4jError
	var usage *bolt.UsageError
	switch {
	case errors.As(err, &usage): // a parameter of a type that Cypher has not
		return graph.Wrap(graph.BadInput, err, "the parameters cannot be sent: %v", usage)
	case !errors.As(err, &server) || passing(err):
		return err
	case strings.HasPrefix(server.Code, "Neo.ClientError.Statement."), strings.HasPrefix(server.Code, "Neo.ClientError.Procedure."):
		return graph.Wrap(graph.BadInput, err, "the Cypher cannot be run: %s", server.Msg)
	}
	return err
}
