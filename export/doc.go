// Package export writes what tiermap knows and computes in formats that other
// tools read: CSV, JSON Lines and GraphML. Every export says, ahead of its rows,
// where it comes from: method, year, datasets and licences ([About]).
package export
