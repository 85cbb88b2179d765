package exec

import (
	"context"
	"runtime/debug"
	"strings"

	"github.com/graphql-go/graphql"

	"tiermap/api/guard"
)

// warm makes the schema fill the tables that it otherwise fills on first use,
// without a lock, from whichever requests come first.
func warm(s *graphql.Schema) {
	for _, t := range s.TypeMap() {
		switch t := t.(type) {
		case *graphql.Object:
			t.Fields()
			t.Interfaces()
		case *graphql.Interface:
			t.Fields()
			s.IsPossibleType(t, s.QueryType())
		case *graphql.Union:
			t.Types()
			s.IsPossibleType(t, s.QueryType())
		case *graphql.InputObject:
			t.Fields()
		case *graphql.Enum:
			t.Serialize("")
			t.ParseValue("")
		}
	}
}

// liveKey finds the context of the request in the one that the library gets.
type liveKey struct{}

// carry returns a context for the library that holds ctx but does not end with
// it. The library would return as soon as ctx ends and leave its resolvers
// running unseen; ours are told by ctx itself, see wrapResolver.
func carry(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), liveKey{}, ctx)
}

func live(ctx context.Context) context.Context {
	if ctx, ok := ctx.Value(liveKey{}).(context.Context); ok {
		return ctx
	}
	return ctx
}

func wrapResolvers(s graphql.Schema) {
	for name, t := range s.TypeMap() {
		object, ok := t.(*graphql.Object)
		if !ok || strings.HasPrefix(name, "__") { // those belong to every schema
			continue
		}
		for _, f := range object.Fields() {
			f.Resolve = wrapResolver(f.Resolve)
		}
	}
}

// wrapResolver gives the resolver the context of the request, does not start it
// when that has ended, and turns a panic into an error that keeps its stack.
func wrapResolver(resolve graphql.FieldResolveFn) graphql.FieldResolveFn {
	if resolve == nil {
		resolve = graphql.DefaultResolveFn
	}
	return func(p graphql.ResolveParams) (value any, err error) {
		p.Context = live(p.Context)
		if err := p.Context.Err(); err != nil {
			return nil, err
		}
		defer func() {
			if r := recover(); r != nil {
				value, err = nil, panicError{value: r, stack: debug.Stack()}
			}
		}()
		return resolve(p)
	}
}

// describe says what the guard needs to know of the schema.
func describe(s graphql.Schema, rows int, known map[string]guard.Field) guard.Schema {
	described := guard.Schema{}
	for typeName, t := range s.TypeMap() {
		fields := fieldsOf(t)
		if fields == nil {
			continue
		}
		described[typeName] = make(map[string]guard.Field, len(fields))
		for name, f := range fields {
			d := describeField(f, rows)
			if k, ok := known[typeName+"."+name]; ok {
				d = override(d, k)
			}
			described[typeName][name] = d
		}
	}
	describeIntrospection(s, described)
	return described
}

func fieldsOf(t graphql.Type) graphql.FieldDefinitionMap {
	switch t := t.(type) {
	case *graphql.Object:
		return t.Fields()
	case *graphql.Interface:
		return t.Fields()
	}
	return nil
}

func describeField(f *graphql.FieldDefinition, rows int) guard.Field {
	d := guard.Field{Rows: 1}
	if named := graphql.GetNamed(f.Type); !graphql.IsLeafType(f.Type) && named != nil {
		d.Type = named.String()
	}
	for _, a := range f.Args {
		if a.Name() != "first" {
			continue
		}
		d.Paged, d.Rows = true, rows
		if first, ok := a.DefaultValue.(int); ok {
			d.Rows = first
		}
		return d
	}
	if !isList(f.Type) {
		return d
	}
	d.Rows = rows
	for _, a := range f.Args {
		if isList(a.Type) {
			d.Lists = append(d.Lists, a.Name())
		}
	}
	return d
}

func override(d, k guard.Field) guard.Field {
	if k.Weight > 0 {
		d.Weight = k.Weight
	}
	if k.Rows > 0 {
		d.Rows = k.Rows
	}
	d.Repeats, d.Once = k.Repeats, k.Once
	return d
}

func isList(t graphql.Type) bool {
	if n, ok := t.(*graphql.NonNull); ok {
		t = n.OfType
	}
	_, ok := t.(*graphql.List)
	return ok
}

// describeIntrospection gives the lists of the schema about itself the length
// that they have on average.
func describeIntrospection(s graphql.Schema, d guard.Schema) {
	types, fields, args := len(s.TypeMap()), 0, 0
	for _, t := range s.TypeMap() {
		for _, f := range fieldsOf(t) {
			fields++
			args += len(f.Args)
		}
	}
	mean := func(n, of int) int { return max((n+of/2)/max(of, 1), 1) }
	for field, rows := range map[string]int{
		"__Schema.types":       types,
		"__Schema.directives":  len(s.Directives()),
		"__Type.fields":        mean(fields, types),
		"__Type.inputFields":   1,
		"__Type.interfaces":    1,
		"__Type.possibleTypes": 1,
		"__Type.enumValues":    1,
		"__Field.args":         mean(args, fields),
		"__Directive.args":     1,
	} {
		typeName, name, _ := strings.Cut(field, ".")
		f := d[typeName][name]
		f.Rows = rows
		d[typeName][name] = f
	}
	query := d[s.QueryType().Name()]
	query["__schema"] = guard.Field{Type: "__Schema"}
	query["__type"] = guard.Field{Type: "__Type"}
}
