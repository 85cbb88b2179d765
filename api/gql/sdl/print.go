package sdl

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"
)

// Print returns the schema as text. What every schema has (the scalars and
// directives of the specification, the types of introspection) is left out.
func Print(s graphql.Schema) string {
	p := &printer{}
	for _, t := range sortedTypes(s) {
		p.definition(t)
	}
	return p.text.String()
}

func sortedTypes(s graphql.Schema) []graphql.Type {
	var types []graphql.Type
	for name, t := range s.TypeMap() {
		if !strings.HasPrefix(name, "__") && !slices.Contains(specified, name) {
			types = append(types, t)
		}
	}
	roots := []graphql.Type{s.QueryType(), s.MutationType(), s.SubscriptionType()}
	slices.SortFunc(types, func(a, b graphql.Type) int {
		return cmp.Or(
			cmp.Compare(rank(roots, a), rank(roots, b)),
			cmp.Compare(a.Name(), b.Name()),
		)
	})
	return types
}

// specified names the scalars that every schema has.
var specified = []string{"Boolean", "Float", "ID", "Int", "String"}

func rank(roots []graphql.Type, t graphql.Type) int {
	if i := slices.Index(roots, t); i >= 0 {
		return i
	}
	return len(roots)
}

type printer struct {
	text strings.Builder
}

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(&p.text, format, args...) }

func (p *printer) definition(t graphql.Type) {
	if p.text.Len() > 0 {
		p.printf("\n")
	}
	p.description("", t.Description())
	switch t := t.(type) {
	case *graphql.Scalar:
		p.printf("scalar %s\n", t.Name())
	case *graphql.Object:
		p.printf("type %s%s {\n", t.Name(), implements(t.Interfaces()))
		p.fields(t.Fields())
		p.printf("}\n")
	case *graphql.Interface:
		p.printf("interface %s {\n", t.Name())
		p.fields(t.Fields())
		p.printf("}\n")
	case *graphql.Union:
		p.printf("union %s = %s\n", t.Name(), strings.Join(names(t.Types()), " | "))
	case *graphql.Enum:
		p.printf("enum %s {\n", t.Name())
		p.values(t.Values())
		p.printf("}\n")
	case *graphql.InputObject:
		p.printf("input %s {\n", t.Name())
		p.inputs(t.Fields())
		p.printf("}\n")
	}
}

func implements(interfaces []*graphql.Interface) string {
	if len(interfaces) == 0 {
		return ""
	}
	return " implements " + strings.Join(names(interfaces), " & ")
}

func names[T graphql.Type](types []T) []string {
	out := make([]string, len(types))
	for i, t := range types {
		out[i] = t.Name()
	}
	slices.Sort(out)
	return out
}

func (p *printer) fields(fields graphql.FieldDefinitionMap) {
	for i, name := range slices.Sorted(maps.Keys(fields)) {
		f := fields[name]
		p.gap(i, f.Description)
		p.description("  ", f.Description)
		p.printf("  %s", name)
		p.arguments(f.Args)
		p.printf(": %v%s\n", f.Type, deprecated(f.DeprecationReason))
	}
}

// gap sets what has a description apart from what stands before it.
func (p *printer) gap(i int, description string) {
	if i > 0 && description != "" {
		p.printf("\n")
	}
}

func (p *printer) arguments(args []*graphql.Argument) {
	if len(args) == 0 {
		return
	}
	sorted := slices.SortedFunc(slices.Values(args), func(a, b *graphql.Argument) int { return cmp.Compare(a.Name(), b.Name()) })
	if !slices.ContainsFunc(sorted, func(a *graphql.Argument) bool { return a.Description() != "" }) {
		inline := make([]string, len(sorted))
		for i, a := range sorted {
			inline[i] = input(a.Name(), a.Type, a.DefaultValue)
		}
		p.printf("(%s)", strings.Join(inline, ", "))
		return
	}
	p.printf("(\n")
	for i, a := range sorted {
		p.gap(i, a.Description())
		p.description("    ", a.Description())
		p.printf("    %s\n", input(a.Name(), a.Type, a.DefaultValue))
	}
	p.printf("  )")
}

func (p *printer) inputs(fields graphql.InputObjectFieldMap) {
	for i, name := range slices.Sorted(maps.Keys(fields)) {
		f := fields[name]
		p.gap(i, f.Description())
		p.description("  ", f.Description())
		p.printf("  %s\n", input(name, f.Type, f.DefaultValue))
	}
}

func (p *printer) values(values []*graphql.EnumValueDefinition) {
	sorted := slices.SortedFunc(slices.Values(values), func(a, b *graphql.EnumValueDefinition) int { return cmp.Compare(a.Name, b.Name) })
	for i, v := range sorted {
		p.gap(i, v.Description)
		p.description("  ", v.Description)
		p.printf("  %s%s\n", v.Name, deprecated(v.DeprecationReason))
	}
}

func (p *printer) description(indent, text string) {
	text = strings.ReplaceAll(strings.TrimSpace(text), `"""`, `\"""`)
	switch {
	case text == "":
	case strings.ContainsAny(text, "\n") || strings.HasSuffix(text, `"`) || strings.HasSuffix(text, `\`):
		p.printf("%s\"\"\"\n", indent)
		for line := range strings.Lines(text + "\n") {
			if line == "\n" {
				p.printf("\n")
				continue
			}
			p.printf("%s%s", indent, line)
		}
		p.printf("%s\"\"\"\n", indent)
	default:
		p.printf("%s\"\"\"%s\"\"\"\n", indent, text)
	}
}

func deprecated(reason string) string {
	if reason == "" {
		return ""
	}
	return fmt.Sprintf(" @deprecated(reason: %s)", quote(reason))
}

func input(name string, t graphql.Input, value any) string {
	text := fmt.Sprintf("%s: %v", name, t)
	if value != nil {
		text += " = " + literal(t, value)
	}
	return text
}

// literal writes a default as it would stand in a document. Defaults are given
// to the library as resolvers see them, so an enum's is not yet its name.
func literal(t graphql.Type, value any) string {
	switch t := t.(type) {
	case *graphql.NonNull:
		return literal(t.OfType, value)
	case *graphql.List:
		return listLiteral(t.OfType, value)
	case *graphql.Enum:
		return fmt.Sprint(t.Serialize(value))
	case *graphql.InputObject:
		return objectLiteral(t, value)
	case *graphql.Scalar:
		value = t.Serialize(value)
	}
	return quote(value)
}

func listLiteral(of graphql.Type, value any) string {
	items, ok := value.([]any)
	if !ok {
		return literal(of, value) // one value stands for a list of one
	}
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = literal(of, item)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func objectLiteral(t *graphql.InputObject, value any) string {
	fields, _ := value.(map[string]any)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if f := t.Fields()[name]; f != nil {
			out = append(out, name+": "+literal(f.Type, fields[name]))
		}
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// quote writes a plain value; the literals of GraphQL are those of JSON there.
func quote(value any) string {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSpace(text.String())
}
