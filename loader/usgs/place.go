package usgs

import (
	"strings"

	"tiermap/graph/country"
	"tiermap/loader/series"
)

// place is what a publisher's name of a country stands for.
type place struct {
	id    string // a country's, or series.Others
	total bool   // the world's
}

// place reads the name of a country: with blanks of all kinds around and within,
// and what is said of it in brackets: "Spain (includes pegmatites)".
func (r *release) place(text string, year int) (place, error) {
	name := strings.Join(strings.Fields(text), " ")
	switch lower := strings.ToLower(name); {
	case strings.HasPrefix(lower, "world total"):
		return place{total: true}, nil
	case strings.HasPrefix(lower, "other countries"):
		return place{id: series.Others}, nil
	}
	if bare, _, ok := strings.Cut(name, " ("); ok && !r.Countries.Knows(name) {
		name = bare
	}
	id, err := r.Countries.Resolve(name, country.Any, year)
	return place{id: id}, err
}
