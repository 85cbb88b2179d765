package gql_test

import (
	"testing"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/parser"

	"tiermap/api/gql"
	"tiermap/graph/ask"
	"tiermap/queries"
)

// Every question of the catalogue can be asked of this schema.
func TestCatalogueFitsTheSchema(t *testing.T) {
	schema, err := gql.New(ask.New(nil, nil, ask.Options{}), gql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queries.All() {
		document, err := parser.Parse(parser.ParseParams{Source: q.Twin.GraphQL})
		if err != nil {
			t.Errorf("%s.graphql: %v", q.Name, err)
			continue
		}
		if r := graphql.ValidateDocument(&schema, document, nil); !r.IsValid {
			t.Errorf("%s.graphql: %v", q.Name, r.Errors)
		}
	}
}
