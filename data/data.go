// Package data holds what tiermap ships: our own tables, one folder a dataset,
// each row with its source. README.md says where every dataset comes from.
//
// Only the country list is compiled into the program, since every loader needs
// it before any file has been read. The other folders are loaded like a user's
// own tables.
package data

import "embed"

// Countries holds the folder countries:
//
//   - country.csv: id, name, iso2, m49, aliases, groups. One row for each
//     country, former state, place that is no country, and group.
//   - places.csv: id, kind (former, area or group), from and until (first and
//     last year), successors. A row of country.csv that is not in it is a
//     country.
//   - codes.csv: code, system, country, from, until. Codes and names that
//     publishers use beyond ISO 3166-1 and M49, some of them for some years
//     only. Numeric codes have three digits.
//
//go:embed countries/*.csv
var Countries embed.FS
