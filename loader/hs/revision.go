package hs

import "slices"

// revisions are those of the Harmonized System, by the year in which each came
// into force.
var revisions = []struct {
	from int
	name string
}{{1988, "HS1992"}, {1996, "HS1996"}, {2002, "HS2002"}, {2007, "HS2007"}, {2012, "HS2012"}, {2017, "HS2017"}, {2022, "HS2022"}}

// InForce returns the revision of the Harmonized System that was in force in a
// year, as trade codes have it: HS2017. Before 1996 it is HS1992, under which
// Comtrade and BACI file all that came before.
func InForce(year int) string {
	name := revisions[0].name
	for _, r := range revisions {
		if year >= r.from {
			name = r.name
		}
	}
	return name
}

// Names returns the revisions, the oldest first.
func Names() []string {
	var names []string
	for _, r := range revisions {
		names = append(names, r.name)
	}
	return names
}

// Known reports whether a text is the name of a revision, such as HS2017.
func Known(name string) bool { return slices.Contains(Names(), name) }
