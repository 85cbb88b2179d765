// Package duckdb is the embedded store of tiermap: one DuckDB file, which anyone
// can also open from Python, R or the DuckDB shell.
//
// # What others see
//
// In the schema main stands one view a kind (country, product, trade, …) with
// the fields of the declaration as columns, their meaning and units as comments,
// NULL for what is not known, and dataset, file and line of every row; beside
// them dataset and trade_coverage. Nothing else is meant to be read, and nothing
// at all to be written.
//
// # What lies beneath
//
// The schema store holds the tables. Words (ids, codes, files) are kept once, in
// store.word, and rows hold their numbers: a full year of BACI, eleven million
// rows, is read by code in tens of milliseconds and written as numbers only.
//
// The rows of one kind that came from one file in one load are a part
// (store.part). The first rows of a part go into a table that all parts of the
// kind share, the rest, where there are many, into tables of their own, which
// leave out the columns that are the same in every row (the year of a yearly
// file, a material that nobody names). That halves the time of a large load,
// whose cost goes by columns, and lets a small dataset cost no table.
//
// A load is one transaction. It adds a row to store.load and takes away that of
// the load that it replaces; parts whose load is not there are invisible, and
// cleared away when no snapshot reads them any more. So a snapshot is nothing
// but the list of parts that were visible when it was taken, it holds no
// transaction open, and any number of readers go on beside a load.
//
// Everything but rows and words (loads, parts, the revision) is kept in memory
// too: one process owns the file, so nobody else can change it.
package duckdb
