// Package series turns what publishers of mineral statistics print into facts:
// production, capacity and reserves of the catalogue's products, in tonnes.
//
// A publisher counts by series: "Cobalt, mine production, metric tons of
// content". What a series is in the catalogue (the product, the material that
// is counted, the basis, how many tonnes a unit is) is data, not code: a
// Mapping, which each source ships as a small table and a user can replace.
//
// A Book takes the figures of a publisher's rows, holds them against what the
// store knows, adds up series that are parts of one product, and writes the
// facts. What of a row becomes of it:
//
//   - Its series is not in the mapping: it is passed over and counted.
//   - Its product or material is not in the store, or its place is no country,
//     or its unit is not the declared one: it is rejected.
//   - Its amount is not known (withheld, not available): production becomes a
//     row without tonnes, which is not zero; capacity and reserves become none.
//   - Figures of one product, place and year that come from different series, or
//     from parts of a country, are added; if one of them is not known, neither is
//     the sum. The same series twice is a repeated key.
package series
