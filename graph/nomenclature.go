package graph

// hsRevisions are those of the Harmonized System, by the year in which each came
// into force.
var hsRevisions = []struct {
	from int
	name string
}{{1988, "HS1992"}, {1996, "HS1996"}, {2002, "HS2002"}, {2007, "HS2007"}, {2012, "HS2012"}, {2017, "HS2017"}, {2022, "HS2022"}}

// HSInForce returns the revision of the Harmonized System that was in force in a
// year, as trade codes have it: HS2017. Before 1996 it is HS1992, under which
// trade databases file all that came before. The first six digits of a code of
// a year's Combined Nomenclature are a code of that revision.
func HSInForce(year int) string {
	name := hsRevisions[0].name
	for _, r := range hsRevisions {
		if year >= r.from {
			name = r.name
		}
	}
	return name
}

// HSRevisions returns the revisions of the Harmonized System, the oldest first.
func HSRevisions() []string {
	names := make([]string, len(hsRevisions))
	for i, r := range hsRevisions {
		names[i] = r.name
	}
	return names
}
