// Package bacitest generates a year of trade in the shape of BACI, for
// benchmarks: as many countries, codes and rows, as unequal, and no real figure.
package bacitest
