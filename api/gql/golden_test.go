package gql_test

import (
	"flag"
	"os"
	"testing"

	"tiermap/api/gql"
	"tiermap/api/gql/sdl"
	"tiermap/graph/ask"
)

var update = flag.Bool("update", false, "write the golden schema anew")

// TestSchemaIsGolden holds the schema against schema.graphql, which people and
// tools read: a change of it is a change for them.
func TestSchemaIsGolden(t *testing.T) {
	schema, err := gql.New(ask.New(nil, nil, ask.Options{}), gql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := sdl.Print(schema)
	if *update {
		if err := os.WriteFile("schema.graphql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("the schema is not that of schema.graphql; see the difference, then run: go test ./api/gql -run Golden -update")
	}
}
