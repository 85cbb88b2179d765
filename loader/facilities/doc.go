// Package facilities loads the open database of coal and metal mine production
// (Jasansky, S., Lieber, M., Giljum, S. and Maus, V., 2023: An open database on
// global coal and metal mine production, Scientific Data 10:52): mines, smelters
// and refineries with their places, owners, production, capacity, what they
// process and what they send away.
//
// A folder is one dataset. It holds the tables of the release as CSV, plain or
// compressed: facilities.csv, and any of ownership, commodities, processing,
// capacity, transport and source_ids. What becomes of them stands in
// docs/sources/facilities.md; the traps are:
//
//   - Coordinates are text, c(lon, lat); several places of one mine are
//     c(lon, lon, lat, lat), of which the mean is taken; c(NaN, NaN) and
//     numeric(0) are not known.
//   - Owners are text with shares in brackets: "A Ltd (40%), B Inc. (60%)"
//     (see [owners]). Commas stand between owners and within their names.
//   - One mass can stand at several stages: as content of the ore and of the
//     concentrate. products.csv ranks the stages, and the first that a plant and
//     year have counts.
//   - Names of owners and operators are resolved by package entity.
//
// Commodities become products of the catalogue by products.csv; a product that
// the store does not know is passed over.
package facilities
