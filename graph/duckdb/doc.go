// Package duckdb is the embedded store of tiermap: one DuckDB file that anyone
// can also open from Python, R or the DuckDB shell.
package duckdb
