package sdl_test

import (
	"flag"
	"os"
	"testing"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/parser"

	"tiermap/api/gql/sdl"
)

var update = flag.Bool("update", false, "write the golden file anew")

// everything has one of each thing that a schema can hold.
func everything(t *testing.T) graphql.Schema {
	unit := graphql.NewEnum(graphql.EnumConfig{
		Name: "Unit", Description: "What a mass is counted in.",
		Values: graphql.EnumValueConfigMap{
			"TONNES": {Value: 1, Description: "Metric tonnes."},
			"POUNDS": {Value: 2, DeprecationReason: `Use "TONNES".`},
		},
	})
	named := graphql.NewInterface(graphql.InterfaceConfig{
		Name: "Named", Description: "Whatever has an id.",
		Fields: graphql.Fields{"id": {Type: graphql.NewNonNull(graphql.ID)}},
	})
	day := graphql.NewScalar(graphql.ScalarConfig{
		Name: "Day", Description: "A day as text.\n\nSuch as 2024-12-31.",
		Serialize: func(v any) any { return v },
	})
	country := graphql.NewObject(graphql.ObjectConfig{
		Name: "Country", Interfaces: []*graphql.Interface{named},
		Fields: graphql.Fields{
			"id":    {Type: graphql.NewNonNull(graphql.ID), Description: `ISO code, such as "NLD"`},
			"mass":  {Type: graphql.Float, Description: "tonnes", Args: graphql.FieldConfigArgument{"unit": {Type: unit, DefaultValue: 1}}},
			"since": {Type: day, DeprecationReason: "Never known."},
		},
		IsTypeOf: func(graphql.IsTypeOfParams) bool { return true },
	})
	material := graphql.NewObject(graphql.ObjectConfig{
		Name: "Material", Interfaces: []*graphql.Interface{named},
		Fields:   graphql.Fields{"id": {Type: graphql.NewNonNull(graphql.ID)}},
		IsTypeOf: func(graphql.IsTypeOfParams) bool { return true },
	})
	hit := graphql.NewUnion(graphql.UnionConfig{Name: "Hit", Types: []*graphql.Object{material, country}})
	options := graphql.NewInputObject(graphql.InputObjectConfig{
		Name: "Options",
		Fields: graphql.InputObjectConfigFieldMap{
			"epsilon": {Type: graphql.Float, DefaultValue: 0.001, Description: "relative; \"\"\" stays whole"},
			"units":   {Type: graphql.NewList(graphql.NewNonNull(unit)), DefaultValue: []any{1, 2}},
			"label":   {Type: graphql.String, DefaultValue: `<a "b">`},
		},
	})
	s, err := graphql.NewSchema(graphql.SchemaConfig{Query: graphql.NewObject(graphql.ObjectConfig{
		Name: "Query", Description: "Where to begin.",
		Fields: graphql.Fields{
			"search": {
				Type: graphql.NewNonNull(graphql.NewList(graphql.NewNonNull(hit))), Description: "Finds by name.",
				Args: graphql.FieldConfigArgument{
					"text":  {Type: graphql.NewNonNull(graphql.String), Description: "Part of the name."},
					"first": {Type: graphql.Int, DefaultValue: 20},
				},
			},
			"countries": {Type: graphql.NewList(country), Args: graphql.FieldConfigArgument{
				"options": {Type: options, DefaultValue: map[string]any{"epsilon": 0.5, "label": "x"}},
				"all":     {Type: graphql.Boolean, DefaultValue: false},
			}},
		},
	})})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPrintsEverything(t *testing.T) {
	const golden = "testdata/everything.graphql"
	got := sdl.Print(everything(t))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the schema is not printed as in %s:\n%s", golden, got)
	}
}

func TestPrintIsDeterministic(t *testing.T) {
	first := sdl.Print(everything(t))
	for range 20 {
		if got := sdl.Print(everything(t)); got != first {
			t.Fatalf("printed differently:\n%s\n%s", first, got)
		}
	}
}

func TestPrintsWhatAParserReads(t *testing.T) {
	if _, err := parser.Parse(parser.ParseParams{Source: sdl.Print(everything(t))}); err != nil {
		t.Fatal(err)
	}
}
