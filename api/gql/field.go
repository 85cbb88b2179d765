package gql

import (
	"math"

	"github.com/graphql-go/graphql"
)

// prop is a field that reads from its parent object.
func prop[T any](t graphql.Output, doc string, get func(T) any) *graphql.Field {
	return &graphql.Field{Type: t, Description: doc, Resolve: func(p graphql.ResolveParams) (any, error) {
		return get(p.Source.(T)), nil
	}}
}

// compute is a field that may take arguments, do work and fail.
func compute[T any](t graphql.Output, doc string, args graphql.FieldConfigArgument,
	run func(graphql.ResolveParams, T) (any, error)) *graphql.Field {
	return &graphql.Field{Type: t, Description: doc, Args: args, Resolve: func(p graphql.ResolveParams) (any, error) {
		return run(p, p.Source.(T))
	}}
}

func object(name, doc string, fields graphql.Fields) *graphql.Object {
	return graphql.NewObject(graphql.ObjectConfig{Name: name, Description: doc, Fields: fields})
}

func enum(name, doc string, values ...[2]string) *graphql.Enum {
	m := graphql.EnumValueConfigMap{}
	for _, v := range values {
		m[v[0]] = &graphql.EnumValueConfig{Value: v[0], Description: v[1]}
	}
	return graphql.NewEnum(graphql.EnumConfig{Name: name, Description: doc, Values: m})
}

func must(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(t) }

// list is a list that is never null and holds no nulls.
func list(t graphql.Type) *graphql.NonNull {
	return graphql.NewNonNull(graphql.NewList(graphql.NewNonNull(t)))
}

func arg(t graphql.Input, doc string) *graphql.ArgumentConfig {
	return &graphql.ArgumentConfig{Type: t, Description: doc}
}

func argDefault(t graphql.Input, doc string, value any) *graphql.ArgumentConfig {
	return &graphql.ArgumentConfig{Type: t, Description: doc, DefaultValue: value}
}

// known is a number, or null where it is not known.
func known(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

// text is a text, or null where it is blank.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
