package guard

import (
	"math"
	"strconv"

	"github.com/graphql-go/graphql/language/ast"

	"tiermap/graph"
)

// Schema says what the guard needs to know of the fields of each type, by the
// name of the type and of the field.
type Schema map[string]map[string]Field

// Field is one field of a type.
type Field struct {
	Type   string   // the named type of what it returns, without list and non-null
	Weight int      // how much work it is, in plain values; 0 is taken for 1 a row
	Rows   int      // how many rows it has where the request does not say; 0 is taken for 1
	Paged  bool     // has an argument first
	Lists  []string // the list arguments of a list that is not paged: one row for each combination
	// Repeats is an argument that says how often the work of the field is done, and
	// that of the fields in it: their weights count as often. Once is how often where
	// the request does not say.
	Repeats string
	Once    int
}

// Cost bounds how many values the answer to an operation can hold: every field
// counts its weight, times the page sizes on the way down to it. A page is solved
// once however many of its rows are listed; where list arguments are combined,
// each row is solved. A list whose parent is paged has the rows of that page, as
// in a connection. root is the name of the operation's type; the document must
// have passed Check.
func Cost(doc *ast.Document, op *ast.OperationDefinition, variables map[string]any, s Schema, root string, l Limits) error {
	w := coster{times: 1, schema: s, variables: variables, defaults: map[string]ast.Value{}, fragments: map[string]*ast.FragmentDefinition{}}
	for _, d := range doc.Definitions {
		if f, ok := d.(*ast.FragmentDefinition); ok {
			w.fragments[f.Name.Value] = f
		}
	}
	for _, v := range op.VariableDefinitions {
		w.defaults[v.Variable.Name.Value] = v.DefaultValue
	}
	if cost := w.set(op.SelectionSet, root, false); cost > l.Cost {
		return graph.Errorf(graph.TooCostly,
			"the answer could hold about %s values, and at most %d are given at once; ask for fewer rows (first), countries or products at a time",
			approximate(cost), l.Cost)
	}
	return nil
}

type coster struct {
	times     int // how often work is done, where the coster is
	schema    Schema
	variables map[string]any
	defaults  map[string]ast.Value
	fragments map[string]*ast.FragmentDefinition
}

func (w *coster) set(set *ast.SelectionSet, typeName string, paged bool) int {
	if set == nil {
		return 0
	}
	total := 0
	for _, s := range set.Selections {
		switch s := s.(type) {
		case *ast.Field:
			total = sum(total, w.field(s, w.schema[typeName][s.Name.Value], paged))
		case *ast.FragmentSpread:
			if f := w.fragments[s.Name.Value]; f != nil {
				total = sum(total, w.set(f.SelectionSet, f.TypeCondition.Name.Value, paged))
			}
		case *ast.InlineFragment:
			inner := typeName
			if s.TypeCondition != nil {
				inner = s.TypeCondition.Name.Value
			}
			total = sum(total, w.set(s.SelectionSet, inner, paged))
		}
	}
	return total
}

func (w *coster) field(f *ast.Field, known Field, parentPaged bool) int {
	rows := w.rows(f, known, parentPaged)
	if known.Repeats != "" {
		defer func(before int) { w.times = before }(w.times)
		w.times = product(w.times, w.repeats(f, known))
	}
	inside := w.set(f.SelectionSet, known.Type, known.Paged)
	if known.Weight == 0 {
		return product(rows, sum(1, inside))
	}
	work := product(known.Weight, w.times)
	if len(known.Lists) > 0 {
		return product(rows, sum(work, inside))
	}
	return sum(work, product(rows, inside))
}

func (w *coster) repeats(f *ast.Field, known Field) int {
	if n, ok := w.number(argument(f, known.Repeats)); ok {
		return n
	}
	return known.Once
}

func (w *coster) rows(f *ast.Field, known Field, parentPaged bool) int {
	rows := max(known.Rows, 1)
	if known.Paged {
		if first, ok := w.number(argument(f, "first")); ok {
			rows = first
		}
		return rows
	}
	if len(known.Lists) > 0 {
		rows = 1
		for _, name := range known.Lists {
			rows = product(rows, w.length(argument(f, name)))
		}
		return rows
	}
	if parentPaged {
		return 1
	}
	return rows
}

// resolve follows a variable to its value: JSON from the request, or the
// default of its declaration.
func (w *coster) resolve(v ast.Value) (literal ast.Value, given any) {
	name, ok := v.(*ast.Variable)
	if !ok {
		return v, nil
	}
	if given := w.variables[name.Name.Value]; given != nil {
		return nil, given
	}
	return w.defaults[name.Name.Value], nil
}

func (w *coster) number(v ast.Value) (n int, ok bool) {
	literal, given := w.resolve(v)
	switch given := given.(type) {
	case float64:
		return clamp(given), true
	case int:
		return clamp(float64(given)), true
	}
	if i, isInt := literal.(*ast.IntValue); isInt {
		f, err := strconv.ParseFloat(i.Value, 64)
		if err != nil {
			return ceiling, true // so many digits that it is infinite
		}
		return clamp(f), true
	}
	return 0, false
}

func (w *coster) length(v ast.Value) int {
	literal, given := w.resolve(v)
	if list, ok := given.([]any); ok {
		return len(list)
	}
	if list, ok := literal.(*ast.ListValue); ok {
		return len(list.Values)
	}
	return 1
}

func argument(f *ast.Field, name string) ast.Value {
	for _, a := range f.Arguments {
		if a.Name.Value == name {
			return a.Value
		}
	}
	return nil
}

// ceiling is where sums and products stop, far above any sensible limit.
const ceiling = math.MaxInt32

func clamp(f float64) int  { return int(max(0, min(f, ceiling))) }
func sum(a, b int) int     { return min(a+b, ceiling) }
func product(a, b int) int { return int(min(int64(a)*int64(b), ceiling)) }
func approximate(n int) string {
	if n >= ceiling {
		return "more than 2 billion"
	}
	return strconv.Itoa(n)
}

// CheckVariables bounds the values of a request's variables.
func CheckVariables(variables map[string]any, l Limits) error {
	if len(variables) > l.Variables {
		return graph.Errorf(graph.TooCostly, "the request gives more than %d variables", l.Variables)
	}
	left := l.Values
	for name, v := range variables {
		if err := checkValue(name, v, l, &left, l.Nesting); err != nil {
			return err
		}
	}
	return nil
}

func checkValue(name string, v any, l Limits, left *int, nesting int) error {
	*left--
	if *left < 0 {
		return graph.Errorf(graph.TooCostly, "the variables hold more than %d values", l.Values)
	}
	if nesting == 0 {
		return graph.Errorf(graph.TooCostly, "the variable %q is nested more than %d deep", name, l.Nesting)
	}
	switch v := v.(type) {
	case []any:
		if len(v) > l.ListItems {
			return graph.Errorf(graph.TooCostly, "the variable %q has a list of %d items; at most %d are read", name, len(v), l.ListItems)
		}
		for _, item := range v {
			if err := checkValue(name, item, l, left, nesting-1); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, item := range v {
			if err := checkValue(name, item, l, left, nesting-1); err != nil {
				return err
			}
		}
	}
	return nil
}
