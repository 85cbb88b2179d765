package exec

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/location"
)

// coerceVariables holds the variables of a request against their declarations,
// by the rules of the specification (section 3, "Input Coercion"). The library
// would take a true for an Int and cut off what follows its decimal point. What
// is returned the library reads as it stands; variables that are not declared
// are not in it. The document has to be valid.
func coerceVariables(s graphql.Schema, p *prepared, given map[string]any) (map[string]any, error) {
	coerced := make(map[string]any, len(given))
	var wrong []gqlerrors.FormattedError
	for _, declared := range p.operation.VariableDefinitions {
		name := declared.Variable.Name.Value
		value, ok := given[name]
		if !ok && declared.DefaultValue != nil {
			continue
		}
		value, err := coerce("$"+name, inputType(s, declared.Type), value)
		if err != nil {
			wrong = append(wrong, gqlerrors.FormattedError{
				Message:   err.Error(),
				Locations: []location.SourceLocation{{Line: 1, Column: declared.Loc.Start + 1}},
			})
			continue
		}
		if ok {
			coerced[name] = value
		}
	}
	if len(wrong) > 0 {
		return nil, requestError{wrong, p.text}
	}
	return coerced, nil
}

// inputType is the type that a declaration names.
func inputType(s graphql.Schema, declared ast.Type) graphql.Type {
	switch t := declared.(type) {
	case *ast.NonNull:
		return graphql.NewNonNull(inputType(s, t.Type))
	case *ast.List:
		return graphql.NewList(inputType(s, t.Type))
	case *ast.Named:
		return s.Type(t.Name.Value)
	}
	return nil
}

// coerce makes a value of a type of what JSON has at a place such as
// $years[1]. Without a value it is nil, as for null.
func coerce(place string, t graphql.Type, value any) (any, error) {
	if required, ok := t.(*graphql.NonNull); ok {
		if value == nil {
			return nil, fmt.Errorf("the variable %s has no value, and has to be %s", place, expectation(required.OfType))
		}
		return coerce(place, required.OfType, value)
	}
	if value == nil {
		return nil, nil
	}
	switch t := t.(type) {
	case *graphql.List:
		return coerceList(place, t, value)
	case *graphql.InputObject:
		return coerceObject(place, t, value)
	}
	if leaf, ok := coerceLeaf(t, value); ok {
		return leaf, nil
	}
	return nil, misfit(place, t, value)
}

// coerceList takes a value that is no list for a list of one.
func coerceList(place string, t *graphql.List, value any) (any, error) {
	list := reflect.ValueOf(value) // of callers in Go it may be a []string
	if list.Kind() != reflect.Slice {
		item, err := coerce(place, t.OfType, value)
		return []any{item}, err
	}
	items := make([]any, list.Len())
	for i := range items {
		item, err := coerce(fmt.Sprintf("%s[%d]", place, i), t.OfType, list.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return items, nil
}

func coerceObject(place string, t *graphql.InputObject, value any) (any, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, misfit(place, t, value)
	}
	fields := t.Fields()
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if fields[name] == nil {
			return nil, fmt.Errorf("the variable %s has a field %q, which %s has not", place, name, t.Name())
		}
	}
	coerced := make(map[string]any, len(object))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		given, ok := object[name]
		if !ok && fields[name].DefaultValue != nil {
			continue
		}
		field, err := coerce(place+"."+name, fields[name].Type, given)
		if err != nil {
			return nil, err
		}
		if ok {
			coerced[name] = field
		}
	}
	return coerced, nil
}

func coerceLeaf(t graphql.Type, value any) (any, bool) {
	switch t {
	case graphql.Int:
		n, ok := integer(value)
		return int(n), ok && n >= math.MinInt32 && n <= math.MaxInt32
	case graphql.Float:
		return number(value)
	case graphql.String:
		text, ok := value.(string)
		return text, ok
	case graphql.Boolean:
		b, ok := value.(bool)
		return b, ok
	case graphql.ID:
		if text, ok := value.(string); ok {
			return text, true
		}
		n, ok := integer(value)
		return strconv.FormatInt(n, 10), ok
	}
	switch t := t.(type) {
	case *graphql.Enum:
		name, ok := value.(string)
		return name, ok && slices.Contains(enumNames(t), name)
	case *graphql.Scalar:
		return value, t.ParseValue(value) != nil
	}
	return nil, false
}

// exactly is how far a float64 tells every whole number from its neighbours.
const exactly = 1 << 53

// integer reads a number without a fraction; 4.0 is one. A float64 that cannot
// tell it from its neighbour is none.
func integer(value any) (int64, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, true
		}
	}
	f, ok := number(value)
	if !ok || f != math.Trunc(f) || math.Abs(f) >= exactly {
		return 0, false
	}
	return int64(f), true
}

func number(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case int:
		return float64(v), true
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	case json.Number:
		f, err := v.Float64() // an error where it is beyond all floats
		return f, err == nil
	}
	return 0, false
}

func enumNames(t *graphql.Enum) []string {
	var names []string
	for _, v := range t.Values() {
		names = append(names, v.Name)
	}
	slices.Sort(names)
	return names
}

// maxShown bounds how much of a value a message repeats, in bytes.
const maxShown = 80

func misfit(place string, t graphql.Type, value any) error {
	shown, err := json.Marshal(value)
	if err != nil { // what JSON cannot say, of a caller in Go
		shown = fmt.Append(nil, value)
	}
	return fmt.Errorf("the variable %s is %s, and has to be %s", place, cutText(string(shown), maxShown), expectation(t))
}

// expectation says what values a type has.
func expectation(t graphql.Type) string {
	switch t {
	case graphql.Int:
		return "an Int: a whole number from -2147483648 to 2147483647"
	case graphql.Float:
		return "a Float: a number"
	case graphql.String:
		return "a String: a text in quotes"
	case graphql.Boolean:
		return "a Boolean: true or false"
	case graphql.ID:
		return "an ID: a text in quotes, or a whole number"
	}
	switch t := t.(type) {
	case *graphql.Enum:
		return fmt.Sprintf("a text in quotes that is one of the values of %s: %s", t.Name(), cutText(strings.Join(enumNames(t), ", "), 300))
	case *graphql.InputObject:
		return fmt.Sprintf("a JSON object with the fields of %s", t.Name())
	}
	return fmt.Sprintf("of the type %s", t)
}
