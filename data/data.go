// Package data holds what tiermap ships: our own tables, one folder a dataset,
// each row with its source. README.md says where every dataset comes from.
//
// Only the country list and the names in other languages are compiled into the
// program, since they are needed before any file has been read. The other folders are loaded like a user's
// own tables.
package data

import (
	"embed"
	"encoding/csv"
)

// Countries holds the folder countries: country.csv has one row for each
// country, former state, place that is no country, and group. What publishers
// call them beyond that is in package tiermap/graph/country.
//
//go:embed countries/*.csv
var Countries embed.FS

// Names holds names_nl.csv: kind, id, name. The Dutch names of the countries,
// materials and products that are shipped.
//
//go:embed names_nl.csv
var Names embed.FS

// Dutch returns the Dutch names that are shipped of the nodes of a kind
// (country, material, product or sector), by id.
func Dutch(kind string) (map[string]string, error) {
	f, err := Names.Open("names_nl.csv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	names := map[string]string{}
	for _, r := range rows {
		if r[0] == kind {
			names[r[1]] = r[2]
		}
	}
	return names, err
}
