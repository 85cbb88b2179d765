// Package graph is the domain of tiermap: the kinds of things and facts that a
// supply chain is described with, the datasets they come from, and the small
// Store that keeps them.
//
// One declaration (see [Kinds]) names every kind, its fields, their types,
// units and meaning. The tables of the embedded store, the constraints of
// Neo4j, the headers of our own CSV files, the exports and the reference page
// are all made from it.
//
// Facts travel in [Batch]es: columns of one kind, each row with its dataset,
// file and line. A value that is not known is NaN in a number column, NoInt in
// an integer column and empty in a text column; it is never zero.
package graph
