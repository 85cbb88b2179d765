package exec_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/graphql-go/graphql"

	"tiermap/api/exec"
)

func schema(t testing.TB) graphql.Schema {
	s, err := graphql.NewSchema(graphql.SchemaConfig{Query: graphql.NewObject(graphql.ObjectConfig{
		Name: "Query",
		Fields: graphql.Fields{"hello": &graphql.Field{
			Type:    graphql.NewNonNull(graphql.String),
			Resolve: func(graphql.ResolveParams) (any, error) { return "hi", nil },
		}},
	})})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnswersInTheOrderOfTheDocument(t *testing.T) {
	e := exec.New(schema(t), exec.DefaultOptions())
	got, err := json.Marshal(e.Do(context.Background(), exec.Request{Query: "{ z: hello __typename hello }"}))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"data":{"z":"hi","__typename":"Query","hello":"hi"}}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
