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
	err = s.ask(ctx, cypher, params, func(ctx context.Context, result bolt.ResultWithContext) (err error) {
		if columns, err = result.Keys(); err != nil {
			return err
		}
		rows = nil // of an earlier try
		for result.Next(ctx) {
			rows = append(rows, result.Record().Values)
		}
		return result.Err()
	})
	if err != nil {
		return nil, nil, err
	}
	return columns, rows, nil
}

// Plan returns the operators by which the server would run a statement, depth
// first from the one that gives the result: "ProduceResults", "NodeIndexSeek".
// Errors are those of Query.
func (s *Store) Plan(ctx context.Context, cypher string, params map[string]any) (operators []string, err error) {
	err = s.ask(ctx, "EXPLAIN "+cypher, params, func(ctx context.Context, result bolt.ResultWithContext) error {
		summary, err := result.Consume(ctx)
		if err != nil {
			return err
		}
		operators = operatorsOf(nil, summary.Plan())
		return nil
	})
	return operators, err
}

func operatorsOf(list []string, p bolt.Plan) []string {
	if p == nil {
		return list
	}
	operator, _, _ := strings.Cut(p.Operator(), "@") // "Filter@neo4j"
	list = append(list, operator)
	for _, child := range p.Children() {
		list = operatorsOf(list, child)
	}
	return list
}

// ask runs a statement of the user's in a transaction that only reads. What
// takes the result may be called again, where the transaction is tried again.
func (s *Store) ask(ctx context.Context, cypher string, params map[string]any, take func(context.Context, bolt.ResultWithContext) error) error {
	done, err := s.use()
	if err != nil {
		return err
	}
	defer done()
	return s.read(ctx, func(ctx context.Context, tx bolt.ManagedTransaction) error {
		result, err := tx.Run(ctx, cypher, params)
		if err == nil {
			err = take(ctx, result)
		}
		return mistaken(err)
	})
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
