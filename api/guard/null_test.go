package guard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/parser"
	"github.com/graphql-go/graphql/language/printer"
	"pgregory.net/rapid"

	"tiermap/api/guard"
	"tiermap/graph"
)

func TestNullIsLeftOut(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"the only argument", `{ a(b: null) }`, `{ a          }`},
		{"one of two", `{ a(b: null, c: 1) }`, `{ a(       , c: 1) }`},
		{"the other", `{ a(c: "null" b:null) }`, `{ a(c: "null"       ) }`},
		{"all of them", `{ a(b: null c: null) { d } }`, `{ a                  { d } }`},
		{"a field of an object", `{ a(b: {c: null, d: 1}) }`, `{ a(b: {       , d: 1}) }`},
		{"the only field", `{ a(b: {c: null}) }`, `{ a(b: {       }) }`},
		{"an object in a list", `{ a(b: [{c: null}]) }`, `{ a(b: [{       }]) }`},
		{"of a directive", `query @x(y: null) { a @x(y: null) }`, `query @x          { a @x          }`},
		{"over lines", "{ a(b # b: null\n:\nnull) }", "{ a   # b: null\n \n      }"},
		{"an alias", `{ a: null }`, `{ a: null }`},
		{"an alias below", `{ a(b: null) { c: null } }`, `{ a          { c: null } }`},
		{"names", `query null($null: null) { null(null: $null) @null }`, `query null($null: null) { null(null: $null) @null }`},
		{"a variable in a list", `{ a(b: [$null]) }`, `{ a(b: [$null]) }`},
		{"part of a name", `{ a(b: nullable) }`, `{ a(b: nullable) }`},
		{"in a string", `{ a(b: "c: null") }`, `{ a(b: "c: null") }`},
		{"in a block string", `{ a(b: """c: null""") }`, `{ a(b: """c: null""") }`},
		{"in a comment", "{ a # (b: null)\n}", "{ a # (b: null)\n}"},
		{"empty from the start", `{ a() }`, `{ a() }`},
		{"without a name", `{ a(: null) }`, `{ a(: null) }`},
		{"with a number for a name", `{ a(1: null) }`, `{ a(1: null) }`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := guard.Scan(tt.text, guard.DefaultLimits())
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %q, %v\nwant %q", got, err, tt.want)
			}
		})
	}
}

func TestNullIsRefusedWhereItCannotBeLeftOut(t *testing.T) {
	for _, text := range []string{
		`{ a(b: null c: [null]) }`, `{ a(b: [1, null]) }`, `{ a(b: {c: [[null]]}) }`,
		`query($v: Int = null) { a }`, `query Q($v: In = {a: null}) { a }`, `query($v: [Int] = [null]) { a }`, `query($v: Int @d(e: null)) { a }`,
	} {
		_, err := guard.Scan(text, guard.DefaultLimits())
		want := "the document has a null in a list or a default value, where it is not supported; leave it out, or use a variable"
		if err == nil || err.Error() != want || graph.CodeOf(err) != graph.BadInput {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// Blanking the nulls of the text is leaving them out of the syntax tree.
func TestNullIsLeftOutAsInTheTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "query Q($v: Int) " + drawDirective(t) + drawFields(t, 3)
		scanned, err := guard.Scan(text, guard.DefaultLimits())
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		got := printed(t, string(scanned), text)
		want := strings.ReplaceAll(printed(t, strings.ReplaceAll(text, "null", stand), text), stand, "null") // as names
		if got != want {
			t.Fatalf("got %s\nwant %s\nfor %s", got, want, text)
		}
	})
}

// stand is a literal that the parser knows, in the place of null.
const stand = "NULL"

// printed is a document without what stands for null.
func printed(t *rapid.T, text, original string) string {
	doc, err := parser.Parse(parser.ParseParams{Source: text})
	if err != nil {
		t.Fatalf("%v: %s", err, original)
	}
	for _, d := range doc.Definitions {
		op := d.(*ast.OperationDefinition)
		pruneDirectives(op.Directives)
		pruneFields(op.SelectionSet)
	}
	return fmt.Sprint(printer.Print(doc))
}

func pruneFields(set *ast.SelectionSet) {
	if set == nil {
		return
	}
	for _, s := range set.Selections {
		f := s.(*ast.Field)
		f.Arguments = pruneArguments(f.Arguments)
		pruneDirectives(f.Directives)
		pruneFields(f.SelectionSet)
	}
}

func pruneDirectives(ds []*ast.Directive) {
	for _, d := range ds {
		d.Arguments = pruneArguments(d.Arguments)
	}
}

func pruneArguments(args []*ast.Argument) (kept []*ast.Argument) {
	for _, a := range args {
		if !isStand(a.Value) {
			pruneValue(a.Value)
			kept = append(kept, a)
		}
	}
	return kept
}

func pruneValue(v ast.Value) {
	switch v := v.(type) {
	case *ast.ListValue:
		for _, item := range v.Values {
			pruneValue(item)
		}
	case *ast.ObjectValue:
		var kept []*ast.ObjectField
		for _, f := range v.Fields {
			if !isStand(f.Value) {
				pruneValue(f.Value)
				kept = append(kept, f)
			}
		}
		v.Fields = kept
	}
}

func isStand(v ast.Value) bool {
	e, ok := v.(*ast.EnumValue)
	return ok && e.Value == stand
}

func drawFields(t *rapid.T, depth int) string {
	var b strings.Builder
	b.WriteString("{")
	for range rapid.IntRange(1, 2).Draw(t, "fields") {
		b.WriteString(rapid.SampledFrom([]string{" a", " a: null", " null", " # (a: null\n a"}).Draw(t, "field") + drawArguments(t) + drawDirective(t))
		if depth > 0 && rapid.Bool().Draw(t, "below") {
			b.WriteString(drawFields(t, depth-1))
		}
	}
	return b.String() + "}"
}

func drawDirective(t *rapid.T) string {
	if rapid.Bool().Draw(t, "directive") {
		return " @d" + drawArguments(t)
	}
	return ""
}

func drawArguments(t *rapid.T) string {
	n := rapid.IntRange(0, 3).Draw(t, "arguments")
	if n == 0 {
		return ""
	}
	return "(" + drawPairs(t, n, 3) + ")"
}

func drawPairs(t *rapid.T, n, depth int) string {
	var b strings.Builder
	for i := range n {
		name := rapid.SampledFrom([]string{"x", "null"}).Draw(t, "name")
		colon := rapid.SampledFrom([]string{":", " : ", "\n:# null\n"}).Draw(t, "colon")
		value := "null"
		if rapid.Bool().Draw(t, "given") {
			value = drawLiteral(t, depth)
		}
		fmt.Fprintf(&b, "%s%d%s%s%s", name, i, colon, value, rapid.SampledFrom([]string{" ", ", ", "\n"}).Draw(t, "end"))
	}
	return b.String()
}

func drawLiteral(t *rapid.T, depth int) string {
	kind := rapid.IntRange(0, 6).Draw(t, "literal")
	if depth == 0 {
		kind = min(kind, 4)
	}
	switch kind {
	case 5:
		return "[" + strings.Repeat(drawLiteral(t, depth-1)+" ", rapid.IntRange(0, 2).Draw(t, "items")) + "]"
	case 6:
		return "{" + drawPairs(t, rapid.IntRange(0, 2).Draw(t, "pairs"), depth-1) + "}"
	}
	return []string{"1.5", `"x: null"`, "true", "$v", `"""(a: null)"""`}[kind]
}

// FuzzNull: a document that can be read when its nulls are blanked can be read
// when a known literal stands for them; nothing else becomes right by it.
func FuzzNull(f *testing.F) {
	f.Add(`query Q($v: Int = 1) @d(a: null) { a: null(b: null c: [{d: null}]) { e(f: {g: null} h: $null) } }`)
	f.Add("{ a(b # null\n : null) }")
	f.Add(`query Q(a: null) { b }`)
	f.Add(`{ a(5b: null) }`)
	f.Fuzz(func(t *testing.T, text string) {
		scanned, err := guard.Scan(text, guard.DefaultLimits())
		if err != nil || !strings.Contains(text, "null") {
			return
		}
		if len(scanned) != len(text) || strings.Count(string(scanned), "\n") != strings.Count(text, "\n") {
			t.Fatalf("places have changed: %q", scanned)
		}
		if _, err := parser.Parse(parser.ParseParams{Source: string(scanned)}); err != nil {
			return
		}
		known, err := guard.Scan(strings.ReplaceAll(text, "null", stand), guard.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(parser.ParseParams{Source: string(known)}); err != nil {
			t.Fatalf("%v, yet it is read as %q", err, scanned)
		}
	})
}
