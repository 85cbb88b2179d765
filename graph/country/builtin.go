package country

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"tiermap/data"
)

// extra holds what country.csv, which is a table of our own, has no column for:
//
//   - places.csv: id, kind (former, area or group), from and until (first and
//     last year), successors. A row of country.csv that is not in it is a
//     country.
//   - codes.csv: code, system, country, from, until. Codes and names that
//     publishers use beyond ISO 3166-1 and M49, some of them for some years
//     only; and names (system "name") that changed hands, that several places
//     share, or that two claim and one has by ISO 3166-1 and M49: Congo. Numeric
//     codes have three digits.
//
//go:embed codes.csv places.csv
var extra embed.FS

// Builtin returns the list that tiermap ships. Make it once.
func Builtin() (*List, error) {
	places := map[string]*Place{}
	err := each(data.Countries, "countries/country.csv", func(row map[string]string) error {
		id := row["id"]
		if places[id] != nil {
			return fmt.Errorf("%s is repeated", id)
		}
		places[id] = &Place{ID: id, Kind: State, Name: row["name"], ISO2: row["iso2"], M49: row["m49"],
			Aliases: split(row["aliases"]), Groups: split(row["groups"])}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = each(extra, "places.csv", func(row map[string]string) (err error) {
		p := places[row["id"]]
		if p == nil {
			return fmt.Errorf("%s is not in country.csv", row["id"])
		}
		p.Kind, p.Successors = Kind(row["kind"]), split(row["successors"])
		p.From, p.Until, err = years(row)
		return err
	})
	if err != nil {
		return nil, err
	}
	dutch, err := data.Dutch("country")
	if err != nil {
		return nil, err
	}
	for id, name := range dutch {
		if p := places[id]; p != nil {
			p.Dutch = name
		}
	}
	var terms []term
	err = each(extra, "codes.csv", func(row map[string]string) error {
		from, until, err := years(row)
		terms = append(terms, term{row["code"], System(row["system"]), row["country"], from, until})
		return err
	})
	if err != nil {
		return nil, err
	}
	return index(places, terms)
}

// each calls use with every row of a CSV file, by column name.
func each(files fs.FS, name string, use func(row map[string]string) error) error {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for i, record := range records[1:] {
		row := map[string]string{}
		for j, column := range records[0] {
			row[column] = record[j]
		}
		if err := use(row); err != nil {
			return fmt.Errorf("%s, row %d: %w", name, i+2, err)
		}
	}
	return nil
}

func years(row map[string]string) (from, until int, err error) {
	if from, err = year(row["from"]); err != nil {
		return 0, 0, err
	}
	until, err = year(row["until"])
	return from, until, err
}

func year(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	return strconv.Atoi(s)
}

func split(s string) []string {
	var parts []string
	for p := range strings.SplitSeq(s, ";") {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}
