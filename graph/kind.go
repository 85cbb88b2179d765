package graph

import (
	"regexp"
	"slices"
	"strings"
)

// Type is how the values of a field are kept.
type Type int

const (
	// Word is text of few distinct values (ids, codes, files): kept as an index
	// into Words. Not known: index 0, the empty text.
	Word Type = iota
	// Text is free text, one string a row. Not known: "".
	Text
	// Int is a whole number. Not known: NoInt.
	Int
	// Float is a number. Not known: NaN.
	Float
	// Bool is true or false; blank in a file is false.
	Bool
	// Date is a day as text, 2006-01-02; a year or a month alone is allowed
	// (2006, 2006-01). Not known: "".
	Date
	// List is several texts in one, separated by ";".
	List
)

// NoInt stands for an integer that is not known.
const NoInt = -1 << 31

// Field is one property of a kind.
type Field struct {
	Name     string
	Type     Type
	Unit     string   // "tonnes", "USD", "1" for a share; "" where there is none
	Doc      string   // what it means
	Key      bool     // part of the key of a row
	Required bool     // may not be blank
	Managed  bool     // set by the loader, not a column of our own files
	Refs     []string // kinds of which this is an id; more than one: any of them
	OneOf    []string // the only values allowed
	Min, Max float64  // bounds of a number, inclusive; no bounds where Min == Max
	Positive bool     // above zero
}

// Kind is a kind of node or relationship. A relationship runs from the first
// field of From that is not blank to the first field of To that is not blank.
type Kind struct {
	Name   string // in the graph: Country, TRADES
	Table  string // in files and in the embedded store: country, trade; "" = no file of its own
	Doc    string
	From   []string
	To     []string
	Fields []Field
	Links  []Link
	// Additive: rows of one key are added up, not refused as repeated.
	Additive bool
}

// Link is a relationship that a field of a node implies: a facility's country
// is LOCATED_IN. It runs from the node to the field's kind, or back where
// Inward is set.
type Link struct {
	Name   string
	Field  string
	Inward bool
}

// IsNode reports whether the kind is a node rather than a relationship.
func (k *Kind) IsNode() bool { return len(k.From) == 0 }

// Field returns the index of the named field, or -1.
func (k *Kind) Field(name string) int {
	return slices.IndexFunc(k.Fields, func(f Field) bool { return f.Name == name })
}

// FileFields returns the fields that a file of our own may have as columns.
func (k *Kind) FileFields() []Field {
	return slices.DeleteFunc(slices.Clone(k.Fields), func(f Field) bool { return f.Managed })
}

// KeyFields returns the names of the fields that make up a row's key.
func (k *Kind) KeyFields() []string {
	var names []string
	for _, f := range k.Fields {
		if f.Key {
			names = append(names, f.Name)
		}
	}
	return names
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]*$`)

// ValidID reports whether s may be an id of our own.
func ValidID(s string) bool { return idPattern.MatchString(s) }

// SplitCode takes a trade code apart: "HS2017:811292" is nomenclature HS2017,
// code 811292. ok is false where s is no trade code.
func SplitCode(s string) (nomenclature, code string, ok bool) {
	nomenclature, code, ok = strings.Cut(s, ":")
	if !ok || nomenclature == "" || code == "" {
		return "", "", false
	}
	for _, r := range code {
		if r < '0' || r > '9' {
			return "", "", false
		}
	}
	return nomenclature, code, ValidID(nomenclature)
}

// SplitSector takes the id of a sector apart: "WIOD2013:c14" is c14 of the
// input-output table WIOD2013. ok is false where s is no such id.
func SplitSector(s string) (table, code string, ok bool) {
	table, code, ok = strings.Cut(s, ":")
	return table, code, ok && code != "" && ValidID(s)
}
