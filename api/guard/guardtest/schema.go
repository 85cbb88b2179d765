package guardtest

import (
	"fmt"
	"strings"

	"github.com/graphql-go/graphql"
)

// Schema returns a schema whose answers are as large as they can be: a page has
// as many rows as are asked for, and a list one row for each combination of its
// arguments.
func Schema() (graphql.Schema, error) {
	node := graphql.NewObject(graphql.ObjectConfig{Name: "Node", Fields: fields()})
	query := graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: fields()})
	ints := graphql.NewList(graphql.Int)
	for _, o := range []*graphql.Object{node, query} {
		o.AddFieldConfig("child", &graphql.Field{
			Type:    node,
			Args:    graphql.FieldConfigArgument{"as": {Type: graphql.NewList(graphql.String)}},
			Resolve: func(graphql.ResolveParams) (any, error) { return 1, nil },
		})
		o.AddFieldConfig("children", &graphql.Field{
			Type:    graphql.NewList(node),
			Args:    graphql.FieldConfigArgument{"first": {Type: graphql.Int, DefaultValue: 3}},
			Resolve: func(p graphql.ResolveParams) (any, error) { return make([]int, p.Args["first"].(int)), nil },
		})
		o.AddFieldConfig("pairs", &graphql.Field{
			Type: graphql.NewList(node),
			Args: graphql.FieldConfigArgument{"left": {Type: ints}, "right": {Type: ints}},
			Resolve: func(p graphql.ResolveParams) (any, error) {
				return make([]int, length(p.Args["left"])*length(p.Args["right"])), nil
			},
		})
	}
	return graphql.NewSchema(graphql.SchemaConfig{Query: query})
}

func length(list any) int {
	if list, ok := list.([]any); ok {
		return len(list)
	}
	return 1
}

func fields() graphql.Fields {
	fields := graphql.Fields{"name": field("name")}
	for i := range 20 {
		name := fmt.Sprintf("f%d", i)
		fields[name] = field(name)
	}
	return fields
}

func field(name string) *graphql.Field {
	return &graphql.Field{
		Type:    graphql.String,
		Args:    graphql.FieldConfigArgument{"as": {Type: graphql.NewList(graphql.String)}},
		Resolve: func(graphql.ResolveParams) (any, error) { return strings.ToUpper(name), nil },
	}
}
