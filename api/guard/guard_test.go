package guard_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/parser"
	"pgregory.net/rapid"

	"tiermap/api/guard"
	"tiermap/api/guard/guardtest"
	"tiermap/graph"
)

// guarded takes a document through the guard as far as it gets.
func guarded(text string, l guard.Limits) (*ast.Document, error) {
	scanned, err := guard.Scan(text, l)
	if err != nil {
		return nil, err
	}
	doc, err := parser.Parse(parser.ParseParams{Source: string(scanned)})
	if err != nil {
		return nil, graph.Wrap(graph.BadInput, err, "syntax")
	}
	return doc, guard.Check(doc, l)
}

// known describes guardtest.Schema.
func known() guard.Schema {
	fields := map[string]guard.Field{
		"child":    {Type: "Node"},
		"children": {Type: "Node", Paged: true, Rows: 3},
		"pairs":    {Type: "Node", Lists: []string{"left", "right"}},
	}
	return guard.Schema{
		"Query": fields, "Node": fields,
		"Connection": {"nodes": {Type: "Node", Rows: 50}},
		"Heavy": {"page": {Type: "Connection", Paged: true, Rows: 10}, "rows": {Type: "Node", Rows: 50}, "weighty": {Weight: 7},
			"solved": {Type: "Node", Weight: 50, Paged: true, Rows: 10}, "pairs": {Type: "Node", Weight: 50, Lists: []string{"left", "right"}},
			"again": {Type: "Heavy", Weight: 2, Repeats: "times", Once: 5}},
	}
}

func costError(doc *ast.Document, variables map[string]any, root string, limit int) error {
	op := doc.Definitions[0].(*ast.OperationDefinition)
	return guard.Cost(doc, op, variables, known(), root, guard.Limits{Cost: limit})
}

func TestRefusesAttacks(t *testing.T) {
	for _, a := range guardtest.Attacks() {
		if strings.HasPrefix(a.Name, "introspection") {
			continue // its rows come from the schema: see package exec
		}
		t.Run(a.Name, func(t *testing.T) {
			doc, err := guarded(a.Text, guard.DefaultLimits())
			if err == nil {
				err = costError(doc, nil, "Query", guard.DefaultLimits().Cost)
			}
			if graph.CodeOf(err) != a.Code {
				t.Errorf("got %v (%s), want %s", err, graph.CodeOf(err), a.Code)
			}
		})
	}
}

func TestPassesTheLargest(t *testing.T) {
	for _, d := range guardtest.Largest() {
		t.Run(d.Name, func(t *testing.T) {
			if _, err := guarded(d.Text, guard.DefaultLimits()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Every limit, exactly at its bound and one above.
func TestLimitsAreInclusive(t *testing.T) {
	n := func(count int, f func(i int) string) string { return guardtest.Repeat(count, f) }
	tests := []struct {
		name   string
		limit  func(*guard.Limits) *int
		bound  int
		text   func(n int) string
		suffix string // of the message
	}{
		{"bytes", func(l *guard.Limits) *int { return &l.Bytes }, 20, func(k int) string { return "{a}" + strings.Repeat(" ", k-3) }, "at most 20 are read"},
		{"tokens", func(l *guard.Limits) *int { return &l.Tokens }, 9, func(k int) string { return "{" + n(k-2, func(i int) string { return fmt.Sprintf("a%d ", i) }) + "}" }, "more than 9 tokens; ask for less at once"},
		{"name", func(l *guard.Limits) *int { return &l.NameBytes }, 7, func(k int) string { return "{" + strings.Repeat("x", k) + "}" }, "more than 7 characters"},
		{"nesting", func(l *guard.Limits) *int { return &l.Nesting }, 6, func(k int) string { return strings.Repeat("{a", k) + strings.Repeat("}", k) }, "nested more than 6 deep"},
		{"depth", func(l *guard.Limits) *int { return &l.Depth }, 4, func(k int) string { return strings.Repeat("{ ... {a", k) + strings.Repeat("}}", k) }, "nested more than 4 deep"},
		{"operations", func(l *guard.Limits) *int { return &l.Operations }, 3, func(k int) string { return n(k, func(i int) string { return fmt.Sprintf("query Q%d{a}", i) }) }, "more than 3 operations; ask for less at once"},
		{"fragments", func(l *guard.Limits) *int { return &l.Fragments }, 3, func(k int) string {
			return "{a}" + n(k, func(i int) string { return fmt.Sprintf("fragment F%d on Q{a}", i) })
		}, "more than 3 fragments; ask for less at once"},
		{"variables", func(l *guard.Limits) *int { return &l.Variables }, 3, func(k int) string {
			return "query(" + n(k, func(i int) string { return fmt.Sprintf("$v%d:Int ", i) }) + "){a}"
		}, "more than 3 variables in one operation; ask for less at once"},
		{"directives", func(l *guard.Limits) *int { return &l.Directives }, 4, func(k int) string {
			return "query @x {a @x ...F @x} fragment F on Q " + strings.Repeat("@x ", k-3) + "{a}"
		}, "more than 4 directives; ask for less at once"},
		{"aliases", func(l *guard.Limits) *int { return &l.Aliases }, 3, func(k int) string { return "{" + n(k, func(i int) string { return fmt.Sprintf("x%d:a ", i) }) + "}" }, "more than 3 aliases; ask for less at once"},
		{"selections", func(l *guard.Limits) *int { return &l.Selections }, 12, func(k int) string {
			// The operation has 2 fields, 2 spreads and 2 fields of each; the fragment 2; the rest is padding.
			return "{x{...F} y{...F}" + n(k-10, func(i int) string { return fmt.Sprintf(" a%d", i) }) + "} fragment F on Q{p q}"
		}, "more than 12 fields, its fragments written out; ask for less at once"},
		{"repeats", func(l *guard.Limits) *int { return &l.Repeats }, 2, func(k int) string {
			// Two fields of one name are one pair, or two with a value between them.
			return "{a a " + n(k-1, func(i int) string { return fmt.Sprintf("b%d b%d ", i, i) }) + "}"
		}, "name each once, or give it an alias"},
		{"repeats below", func(l *guard.Limits) *int { return &l.Repeats }, 4, func(k int) string {
			return "{a{x} a{x} ... {b{" + strings.Repeat("y ", k-2) + "} b{z}}}"
		}, "name each once, or give it an alias"},
		{"values", func(l *guard.Limits) *int { return &l.Values }, 6, func(k int) string {
			return "{a(v:[1 {x:1}]" + n(k-4, func(i int) string { return fmt.Sprintf(" w%d:1", i) }) + ")}"
		}, "more than 6 values; ask for less at once"},
		{"items", func(l *guard.Limits) *int { return &l.ListItems }, 3, func(k int) string { return "{a(v:[" + strings.Repeat("1 ", k) + "])}" }, "more than 3 items in one list; ask for less at once"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := guard.DefaultLimits()
			*tt.limit(&l) = tt.bound
			if _, err := guarded(tt.text(tt.bound), l); err != nil {
				t.Errorf("refused at the limit: %v: %s", err, tt.text(tt.bound))
			}
			_, err := guarded(tt.text(tt.bound+1), l)
			if err == nil || !strings.HasSuffix(err.Error(), tt.suffix) {
				t.Errorf("above the limit: got %v, want …%s: %s", err, tt.suffix, tt.text(tt.bound+1))
			}
		})
	}
}

func TestNamesTheCycle(t *testing.T) {
	_, err := guarded("{ ...A } fragment A on Q { x { ...B } } fragment B on Q { ...C } fragment C on Q { ...B }", guard.DefaultLimits())
	if want := "fragments may not contain themselves: B → C → B"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestScanKeepsWhatIsNotAComment(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", `{ a }`, `{ a }`},
		{"comment", "# één\n{ a }", "# ....n\n{ a }"},
		{"comment at the end", "{ a } # ü", "{ a } # .."},
		{"string", `{ a(b: "Türkiye # é") }`, `{ a(b: "Türkiye # é") }`},
		{"escapes", `{ a(b: "\"# é") } # é`, `{ a(b: "\"# é") } # ..`},
		{"block string", "{ a(b: \"\"\"é # \"é\"\"\") } # é", "{ a(b: \"\"\"é # \"é\"\"\") } # .."},
		{"byte order mark", "\ufeff{ a }", "   { a }"},
		{"unterminated", "{ a(b: \"é\n# é", "{ a(b: \"é\n# .."},
		{"unterminated block", "{ a(b: \"\"\"é # é", "{ a(b: \"\"\"é # é"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := guard.Scan(tt.text, guard.DefaultLimits())
			if err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestCost(t *testing.T) {
	tests := []struct {
		name, root, text string
		variables        map[string]any
		want             int
	}{
		{"one field", "Query", "{ name }", nil, 1},
		{"a field and its parent", "Query", "{ child { name } }", nil, 2},
		{"a page", "Query", "{ children(first: 10) { name f1 } }", nil, 30},
		{"a page by default", "Query", "{ children { name } }", nil, 6},
		{"work that is done again", "Heavy", "{ again(times: 10) { weighty name } }", nil, 2*10 + 7*10 + 1},
		{"work that is done as often as usual", "Heavy", "{ again { weighty } weighty }", nil, 2*5 + 7*5 + 7},
		{"work that is done again and again", "Heavy", "{ again(times: 3) { again(times: 2) { name } } }", nil, 2*3 + 2*6 + 1},
		{"pages multiply", "Query", "{ children(first: 10) { children(first: 5) { name } } }", nil, 10 + 10*5 + 10*5},
		{"by variable", "Query", "query($n: Int) { children(first: $n) { name } }", map[string]any{"n": 4.0}, 8},
		{"by a variable's default", "Query", "query($n: Int = 7) { children(first: $n) { name } }", nil, 14},
		{"a variable not given", "Query", "query($n: Int) { children(first: $n) { name } }", nil, 6},
		{"less than none", "Query", "{ children(first: -5) { name } }", nil, 0},
		{"lists multiply", "Query", "{ pairs(left: [1, 2], right: [1, 2, 3]) { name } }", nil, 12},
		{"one for a list of one", "Query", "{ pairs(left: 1) { name } }", nil, 2},
		{"a list by variable", "Query", "query($l: [Int]) { pairs(left: $l) { name } }", map[string]any{"l": []any{1.0, 2.0}}, 4},
		{"fragments", "Query", "{ ...F child { ...F } } fragment F on Node { name children { name } }", nil, 7 + 1 + 7},
		{"inline fragments", "Query", "{ ... { name } ... on Node { children { name } } }", nil, 7},
		{"a connection", "Heavy", "{ page(first: 20) { nodes { name } } }", nil, 20 + 20 + 20},
		{"a list without a size", "Heavy", "{ rows { name } }", nil, 100},
		{"a weight", "Heavy", "{ weighty }", nil, 7},
		{"a page that is solved once", "Heavy", "{ solved(first: 1000) { name f1 } }", nil, 50 + 2000},
		{"solved for no row", "Heavy", "{ solved(first: 0) { name } }", nil, 50},
		{"rows that are solved each", "Heavy", "{ pairs(left: [1, 2], right: [1, 2, 3]) { name } }", nil, 6 * 51},
		{"unknown fields", "Query", "{ no { such { field } } }", nil, 3},
		{"without end", "Query", "{ children(first: 2147483647) { children(first: 2147483647) { name } } }", nil, math.MaxInt32},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := guarded(tt.text, guard.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if err := costError(doc, tt.variables, tt.root, tt.want); err != nil {
				t.Errorf("costs more than %d: %v", tt.want, err)
			}
			if err := costError(doc, tt.variables, tt.root, tt.want-1); graph.CodeOf(err) != graph.TooCostly {
				t.Errorf("costs less than %d: %v", tt.want, err)
			}
		})
	}
}

func TestCheckVariables(t *testing.T) {
	l := guard.Limits{Variables: 2, ListItems: 3, Values: 6, Nesting: 3}
	list := func(n int) []any { return make([]any, n) }
	tests := []struct {
		name      string
		variables map[string]any
		want      string
	}{
		{"none", nil, ""},
		{"plain", map[string]any{"a": 1.0, "b": "x"}, ""},
		{"three variables", map[string]any{"a": 1.0, "b": 1.0, "c": 1.0}, "the request gives more than 2 variables"},
		{"a list at the limit", map[string]any{"a": list(3)}, ""},
		{"a longer list", map[string]any{"a": list(4)}, `the variable "a" has a list of 4 items; at most 3 are read`},
		{"values at the limit", map[string]any{"a": map[string]any{"x": list(3), "y": 1.0}}, ""},
		{"more values", map[string]any{"a": map[string]any{"x": list(3), "y": list(1)}}, "the variables hold more than 6 values"},
		{"nesting at the limit", map[string]any{"a": []any{[]any{1.0}}}, ""},
		{"deeper", map[string]any{"a": []any{[]any{[]any{1.0}}}}, `the variable "a" is nested more than 3 deep`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := guard.CheckVariables(tt.variables, l)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || err.Error() != tt.want || graph.CodeOf(err) != graph.TooCostly):
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// The counts with fragments written out are those of the document in which
// every spread is replaced by what it stands for.
func TestFragmentsCountAsWrittenOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := drawFragments(t)
		text := "{ " + bodies[0] + " }"
		written := text
		for i := 1; i < len(bodies); i++ { // a fragment spreads only later ones
			written = strings.ReplaceAll(written, fmt.Sprintf("...F%d ", i), "... { "+bodies[i]+" } ")
		}
		var definitions strings.Builder
		for i, b := range bodies[1:] {
			fmt.Fprintf(&definitions, " fragment F%d on Q { %s }", i+1, b)
		}
		l := guard.DefaultLimits()
		l.Selections, l.Depth = 1<<30, rapid.IntRange(1, 8).Draw(t, "depth")
		l.Repeats = rapid.IntRange(0, 30).Draw(t, "repeats")
		_, asSpread := guarded(text+definitions.String(), l)
		_, asWritten := guarded(written, l)
		// A fragment alone is a document too, so it may be refused for itself;
		// whatever is refused when written out has to be refused as it stands.
		if asWritten != nil && asSpread == nil {
			t.Fatalf("written out: %v; as it stands it passes: %s", asWritten, text+definitions.String())
		}
	})
}

func drawFragments(t *rapid.T) []string {
	n := rapid.IntRange(1, 5).Draw(t, "fragments")
	bodies := make([]string, n)
	for i := range bodies {
		var b strings.Builder
		for range rapid.IntRange(1, 3).Draw(t, "selections") {
			later := rapid.IntRange(i, n-1).Draw(t, "spread")
			name := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "field")
			switch {
			case later > i && rapid.Bool().Draw(t, "below"):
				fmt.Fprintf(&b, "%s { ...F%d } ", name, later)
			case later > i:
				fmt.Fprintf(&b, "...F%d ", later)
			default:
				b.WriteString(name + " ")
			}
		}
		bodies[i] = b.String()
	}
	return bodies
}

// FuzzGuard: no bytes may panic, and what passes may be validated. A cycle that
// slips through overflows the stack, which no test survives.
func FuzzGuard(f *testing.F) {
	for _, d := range append(guardtest.Attacks(), guardtest.Largest()...) {
		if len(d.Text) < 4_000 {
			f.Add(d.Text)
		}
	}
	f.Add("query Q($v: [Int!]! = [1]) @include(if: true) { a: child(as: $v) { ... on Node { name } ...F } } fragment F on Node { __typename }")
	f.Add("{ name(as: \"\\u00e9\\n\") } # é\n")
	f.Add("subscription { name } mutation { name }")
	schema, err := guardtest.Schema()
	if err != nil {
		f.Fatal(err)
	}
	limits := guard.DefaultLimits()
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := guarded(text, limits)
		if err != nil {
			if code := graph.CodeOf(err); code != graph.BadInput && code != graph.TooCostly && code != graph.TooLarge {
				t.Fatalf("%s: %v", code, err)
			}
			return
		}
		for _, d := range doc.Definitions {
			if op, ok := d.(*ast.OperationDefinition); ok {
				_ = guard.Cost(doc, op, nil, known(), "Query", limits)
			}
		}
		graphql.ValidateDocument(&schema, doc, nil)
	})
}
