package gql

import (
	"context"
	"encoding/base64"

	"github.com/graphql-go/graphql"

	"tiermap/graph"
	"tiermap/graph/ask"
)

// MaxFirst is the largest page of any list, unless the settings say otherwise.
const MaxFirst = 1000

// limited reads an argument that says how many items are wanted; none stands
// for "all" where that is the default.
func (b *builder) limited(p graphql.ResolveParams, name string) (n int, given bool, err error) {
	v, ok := p.Args[name].(int)
	if !ok {
		return 0, false, nil
	}
	if v < 0 || v > b.maxFirst {
		return 0, true, graph.Errorf(graph.BadInput, "%s is %d; it may be 0 to %d", name, v, b.maxFirst)
	}
	return v, true, nil
}

// cutAt returns the first n of a list, all of it where first was left out.
func cutAt[T any](b *builder, p graphql.ResolveParams, all []T) ([]T, error) {
	n, given, err := b.limited(p, "first")
	if err != nil || !given {
		return all, err
	}
	return all[:min(n, len(all))], nil
}

// shareArg reads an argument that is a share.
func shareArg(p graphql.ResolveParams, name string) (float64, error) {
	v, _ := p.Args[name].(float64)
	if !(v >= 0 && v <= 1) {
		return 0, graph.Errorf(graph.BadInput, "%s is %g; a share is between 0 and 1", name, v)
	}
	return v, nil
}

// connection is a piece of a list with a cursor for each of its items.
type connection struct {
	edges []edge
	total int64
	more  bool
}

type edge struct {
	cursor string
	node   any
}

// connectionType makes the Relay connection of a node type; name is what the
// connection and its edges are called after.
func connectionType(name string, node, pageInfo *graphql.Object) *graphql.Object {
	edgeType := object(name+"Edge", "One item of a list of "+name+", with its place in it.", graphql.Fields{
		"cursor": prop(must(graphql.String), "Place of the item in the list, for after.", func(e edge) any { return e.cursor }),
		"node":   prop(must(node), "The item.", func(e edge) any { return e.node }),
	})
	return object(name+"Connection", "A piece of a list of "+name+".", graphql.Fields{
		"edges": prop(list(edgeType), "The items with their cursors.", func(c connection) any { return c.edges }),
		"nodes": prop(list(node), "The items.", func(c connection) any {
			nodes := make([]any, len(c.edges))
			for i, e := range c.edges {
				nodes[i] = e.node
			}
			return nodes
		}),
		"pageInfo":   prop(must(pageInfo), "Whether there is more.", func(c connection) any { return c }),
		"totalCount": prop(must(graphql.Int), "Number of items in the whole list.", func(c connection) any { return c.total }),
	})
}

func pageInfoType() *graphql.Object {
	return object("PageInfo", "Where a piece of a list ends.", graphql.Fields{
		"hasNextPage": prop(must(graphql.Boolean), "True where the list goes on after this piece.", func(c connection) any { return c.more }),
		"endCursor": prop(graphql.String, "Cursor of the last item of this piece; pass it as after for the next one.", func(c connection) any {
			if len(c.edges) == 0 {
				return nil
			}
			return c.edges[len(c.edges)-1].cursor
		}),
	})
}

// pageArgs are the arguments of a paged list, and what else selects from it.
func pageArgs(first int, more graphql.FieldConfigArgument) graphql.FieldConfigArgument {
	args := graphql.FieldConfigArgument{
		"first": argDefault(graphql.Int, "How many items at most, up to 1000.", first),
		"after": arg(graphql.String, "Cursor of the item after which to go on."),
	}
	for name, a := range more {
		args[name] = a
	}
	return args
}

// paged is a root field that returns a connection.
func paged[T any](b *builder, t *graphql.Object, doc string, args graphql.FieldConfigArgument, cursor func(T) string,
	read func(ctx context.Context, p graphql.ResolveParams, page ask.Page) (ask.Slice[T], error)) *graphql.Field {
	return &graphql.Field{Type: must(t), Description: doc, Args: args, Resolve: func(p graphql.ResolveParams) (any, error) {
		n, _, err := b.limited(p, "first")
		if err != nil {
			return nil, err
		}
		after, err := decodeCursor(p)
		if err != nil {
			return nil, err
		}
		s, err := read(p.Context, p, ask.Page{First: n, After: after})
		if err != nil {
			return nil, err
		}
		c := connection{total: s.Total, more: s.More, edges: make([]edge, len(s.Items))}
		for i, item := range s.Items {
			c.edges[i] = edge{base64.RawURLEncoding.EncodeToString([]byte(cursor(item))), item}
		}
		return c, nil
	}}
}

func decodeCursor(p graphql.ResolveParams) (string, error) {
	s, _ := p.Args["after"].(string)
	after, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return "", graph.Errorf(graph.BadInput, "after is not a cursor that this list has given")
	}
	return string(after), nil
}
