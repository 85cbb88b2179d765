// Package tables loads tiermap's own tables: a folder is one dataset, with a
// file dataset.csv that says what it is and any of the tables of graph.Kinds()
// beside it (docs/reference/tables.md lists them with their columns). Files are
// CSV in UTF-8 with a header, plain, .csv.gz or .csv.zst.
//
// Most rules are those that graph.Kinds() declares: types, bounds, required
// columns, values allowed, references, keys. Rules between the columns of a row
// are in rules.go; rules that no single row is to blame for, which refuse the
// dataset, in check.go.
//
// A row may refer to what its own folder declares, or a dataset that is loaded.
// Of several folders given at once, those that others refer to are loaded first.
package tables
