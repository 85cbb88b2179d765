package guard

// Limits bounds what a document may hold. All of them are inclusive.
type Limits struct {
	Bytes      int // of the document
	Tokens     int // names, numbers, strings and punctuation
	NameBytes  int // of one name
	Nesting    int // of braces, brackets and parentheses
	Depth      int // of fields, fragments written out
	Operations int
	Fragments  int
	Variables  int // of one operation
	Directives int
	Aliases    int
	Selections int // fields and spreads of all definitions, fragments written out
	Repeats    int // pairs of fields that share one place in the answer
	Values     int // literal values, list items and object fields included
	ListItems  int // of one list, in the document or in the variables
	Cost       int // values that the answer can hold
}

// DefaultLimits leaves room for the introspection that GraphiQL asks for and for
// a page that asks some thirty questions at once, and keeps what it lets pass
// far from a tenth of a second of validation.
func DefaultLimits() Limits {
	return Limits{
		Bytes:      64 << 10,
		Tokens:     15_000,
		NameBytes:  128,
		Nesting:    50,
		Depth:      20,
		Operations: 20,
		Fragments:  50,
		Variables:  50,
		Directives: 100,
		Aliases:    100,
		Selections: 2_000,
		Repeats:    2_000,
		Values:     2_000,
		ListItems:  1_000,
		Cost:       250_000,
	}
}
