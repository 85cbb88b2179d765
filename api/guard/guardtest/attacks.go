// Package guardtest holds the documents that the guard is tested with: those
// that would end the process or keep it busy, and the largest that are answered.
package guardtest

import (
	"fmt"
	"strings"

	"tiermap/graph"
)

// Document is a document by name, with the code of its refusal; "" where it is
// to pass.
type Document struct {
	Name string
	Text string
	Code graph.Code
	// Operation is the operation to run, where there are several.
	Operation string
}

// Attacks returns documents that are to be refused under the default limits.
// They use the schema of Schema, as far as they use one.
func Attacks() []Document {
	cycle := func(use string) string {
		return "{ " + use + " } fragment A on Query { ...B } fragment B on Query { ...A }"
	}
	diamond := Repeat(40, func(i int) string {
		return fmt.Sprintf("fragment F%d on Query { ...F%d ... { ...F%d } } ", i, i+1, i+1)
	})
	return []Document{
		{Name: "fragment cycle, used", Text: cycle("...A"), Code: graph.BadInput},
		{Name: "fragment cycle, unused", Text: cycle("__typename"), Code: graph.BadInput},
		{Name: "fragment cycle of one", Text: "{ __typename } fragment A on Query { ...A }", Code: graph.BadInput},
		{Name: "fragment cycle below fields", Text: "{ ...A } fragment A on Query { child { child { ... { ...A } } } }", Code: graph.BadInput},
		{Name: "fragments of one name", Text: "{ ...A } fragment A on Query { name } fragment A on Query { name }", Code: graph.BadInput},
		{Name: "fragments that double 40 times", Text: "{ ...F0 } " + diamond + "fragment F40 on Query { name }", Code: graph.TooCostly},
		{Name: "1,000 aliases", Text: "{ " + Repeat(1_000, func(i int) string { return fmt.Sprintf("a%d: name ", i) }) + "}", Code: graph.TooCostly},
		{Name: "5,000 unknown fields", Text: "{ " + Repeat(5_000, func(i int) string { return fmt.Sprintf("f%d ", i) }) + "}", Code: graph.TooCostly},
		{Name: "5,000 variables", Text: "query(" + Repeat(5_000, func(i int) string { return fmt.Sprintf("$v%d: Int ", i) }) + ") { name }", Code: graph.TooCostly},
		{Name: "5,000 fragments", Text: "{ name } " + Repeat(5_000, func(i int) string { return fmt.Sprintf("fragment F%d on Query { name } ", i) }), Code: graph.TooLarge},
		{Name: "2,000 short fragments", Text: "{a}" + Repeat(2_000, func(i int) string { return fmt.Sprintf("fragment F%d on Q{a}", i) }), Code: graph.TooCostly},
		{Name: "50,000 repeated fields", Text: "{ " + strings.Repeat("a ", 50_000) + "}", Code: graph.TooLarge},
		{Name: "12,000 repeated fields", Text: "{ " + strings.Repeat("a ", 12_000) + "}", Code: graph.TooCostly},
		{Name: "fields repeated with long arguments", Text: "{ " + strings.Repeat(`name(as: "`+strings.Repeat("x", 6_000)+`") `, 10) + "}", Code: graph.TooCostly},
		{Name: "1,000 operations", Text: Repeat(1_000, func(i int) string { return fmt.Sprintf("query Q%d { name } ", i) }), Code: graph.TooCostly},
		{Name: "1,000 directives", Text: "{ name " + strings.Repeat("@include(if: true) ", 1_000) + "}", Code: graph.TooCostly},
		{Name: "2,500 values", Text: "{ name(as: [" + strings.Repeat("[1 2 3 4] ", 500) + "]) }", Code: graph.TooCostly},
		{Name: "a list of 2,000 items", Text: "{ name(as: [" + strings.Repeat("1 ", 2_000) + "]) }", Code: graph.TooCostly},
		{Name: "fields 30 deep", Text: strings.Repeat("{ child ", 30) + strings.Repeat("}", 30), Code: graph.TooCostly},
		{Name: "fields 3,000 deep", Text: strings.Repeat("{child", 3_000) + strings.Repeat("}", 3_000), Code: graph.TooCostly},
		{Name: "braces 60,000 deep", Text: strings.Repeat("{", 60_000), Code: graph.TooCostly},
		{Name: "a list 60,000 deep", Text: "{ name(as: " + strings.Repeat("[", 60_000), Code: graph.TooCostly},
		{Name: "an object 10,000 deep", Text: "{ name(as: " + strings.Repeat("{a:", 10_000), Code: graph.TooCostly},
		{Name: "a type 60,000 deep", Text: "query($v: " + strings.Repeat("[", 60_000), Code: graph.TooCostly},
		{Name: "10 MB", Text: "{ name } #" + strings.Repeat("x", 10<<20), Code: graph.TooLarge},
		{Name: "a name of 60,000 letters", Text: "{ " + strings.Repeat("x", 60_000) + " }", Code: graph.TooCostly},
		{Name: "20,000 tokens", Text: "{ name } " + strings.Repeat("! ", 20_000), Code: graph.TooCostly},
		{Name: "a million rows", Text: "{ children(first: 1000) { children(first: 1000) { name } } }", Code: graph.TooCostly},
		{Name: "two billion rows", Text: "{ children(first: 2000000000) { name } }", Code: graph.TooCostly},
		{Name: "lists that multiply", Text: "{ pairs(left: [" + strings.Repeat("1 ", 400) + "], right: [" + strings.Repeat("1 ", 400) + "]) { name } }", Code: graph.TooCostly},
		{Name: "introspection in circles", Text: "{ __schema { types { " + circles(6) + " } } }", Code: graph.TooCostly},
		{Name: "a definition of a type", Text: "type Query { name: String }", Code: graph.BadInput},
		{Name: "a type of nothing", Text: "query($v: [!]!) { name }", Code: graph.BadInput},
		{Name: "not UTF-8", Text: "{ name } # \xff", Code: graph.BadInput},
		{Name: "an escaped triple quote", Text: `{ name(as: """\"""{{{{{{""") }`, Code: graph.BadInput},
	}
}

func circles(n int) string {
	return strings.Repeat("fields { type { ", n) + "name" + strings.Repeat(" } }", n)
}

// Largest returns documents close to the default limits, each of its own kind,
// that are worth measuring: the slowest to validate that were found.
func Largest() []Document {
	fields := func(n int) string {
		return Repeat(n, func(i int) string { return fmt.Sprintf("f%d ", i%20) })
	}
	return []Document{
		{Name: "100 aliases of 16 fields", Text: "{ " + Repeat(100, func(i int) string {
			return fmt.Sprintf(`a%d: child(as: ["abc" "def"]) { %s } `, i, Repeat(16, func(i int) string { return fmt.Sprintf("f%d(as: %d) ", i, i) }))
		}) + "}"},
		{Name: "50 fragments, used", Text: "{ " + Repeat(49, func(i int) string { return fmt.Sprintf("a%d: child { ...F%d } ", i, i) }) + "} " +
			Repeat(49, func(i int) string { return fmt.Sprintf("fragment F%d on Node { %s } ", i, fields(18)) })},
		{Name: "fragments within fragments", Text: "{ ...F0 } " + Repeat(20, func(i int) string {
			return fmt.Sprintf("fragment F%d on Query { a%d: name ...F%d } ", i, i, i+1)
		}) + "fragment F20 on Query { name }"},
		{Name: "20 operations of 50 variables", Operation: "Q7", Text: Repeat(20, func(i int) string {
			return fmt.Sprintf("query Q%d(%s) { ...F } ", i, Repeat(50, func(j int) string { return fmt.Sprintf("$v%d: String ", j) }))
		}) + "fragment F on Query { " + Repeat(50, func(j int) string { return fmt.Sprintf("a%d: name(as: $v%d) ", j, j) }) + "}"},
		{Name: "60 fields in one place", Text: "{ " + strings.Repeat("name ", 60) + "}"},
		{Name: "fields in one place, nested", Text: "{ " + strings.Repeat("child { child { child { name } } } ", 20) + "}"},
		{Name: "fragments in one place", Text: "{ " + Repeat(40, func(i int) string { return fmt.Sprintf("...F%d ", i) }) + "} " +
			Repeat(40, func(i int) string { return fmt.Sprintf("fragment F%d on Query { child { name } } ", i) })},
		{Name: "900 values", Text: "{ name(as: [" + strings.Repeat(`"abc" `, 900) + "]) }"},
		{Name: "100 directives", Text: "query($v: Boolean!) { " + Repeat(100, func(i int) string { return fmt.Sprintf("a%d: name @include(if: $v) ", i) }) + "}"},
		{Name: "unknown fields", Text: "{ " + Repeat(1_900, func(i int) string { return fmt.Sprintf("unknownField%d ", i) }) + "}"},
		{Name: "unknown long fields", Text: "{ " + Repeat(600, func(i int) string { return fmt.Sprintf("u%d%s ", i, strings.Repeat("x", 70)) }) + "}"},
		{Name: "unknown types", Text: "query(" + Repeat(50, func(i int) string { return fmt.Sprintf("$v%d: Typo%d ", i, i) }) + ") { name }"},
		{Name: "conflicts", Text: "{ " + Repeat(36, func(i int) string { return fmt.Sprintf("x: name(as: %d) ", i) }) + "}"},
		{Name: "lines", Text: "{ " + Repeat(500, func(i int) string { return fmt.Sprintf("u%d\n%s", i, strings.Repeat("\n", 100)) }) + "}"},
	}
}

// Repeat joins f(0) to f(n-1).
func Repeat(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}
