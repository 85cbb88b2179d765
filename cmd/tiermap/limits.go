package main

import (
	"github.com/spf13/pflag"

	"tiermap/api/guard"
	"tiermap/graph/ask"
)

// firmRowsFlag is how large a network of firms is read row by row.
func firmRowsFlag(f *pflag.FlagSet, rows *int64) {
	f.Int64Var(rows, "firm-rows", ask.DefaultFirmRows, "rows of who supplies whom that are read one by one; with more, a question about a company or plant is asked of the firms on their own, and others leave them out")
}

// limitFlags makes a flag for each limit of a question.
func limitFlags(f *pflag.FlagSet, l *guard.Limits) {
	for _, limit := range []struct {
		name  string
		value *int
		doc   string
	}{
		{"limit-bytes", &l.Bytes, "largest document, in bytes"},
		{"limit-tokens", &l.Tokens, "tokens of a document"},
		{"limit-nesting", &l.Nesting, "nesting of braces, brackets and parentheses"},
		{"limit-depth", &l.Depth, "depth of fields, fragments written out"},
		{"limit-operations", &l.Operations, "operations of a document"},
		{"limit-fragments", &l.Fragments, "fragments of a document"},
		{"limit-variables", &l.Variables, "variables of an operation"},
		{"limit-directives", &l.Directives, "directives of a document"},
		{"limit-aliases", &l.Aliases, "aliases of a document"},
		{"limit-fields", &l.Selections, "fields and spreads, fragments written out"},
		{"limit-cost", &l.Cost, "values that an answer can hold"},
	} {
		f.IntVar(limit.value, limit.name, *limit.value, "limit of a question: "+limit.doc)
	}
}
