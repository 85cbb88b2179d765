package country

// Kind tells the places of a List apart.
type Kind string

// The kinds of places.
const (
	State  Kind = "country" // a country or territory of today
	Former Kind = "former"  // a state that has ended
	Area   Kind = "area"    // no country: areas not specified, bunkers, Antarctica
	Group  Kind = "group"   // several countries: the European Union
)

// Place is one entry of a List. What it holds must not be changed.
type Place struct {
	ID         string
	Kind       Kind
	Name       string // short English name
	Dutch      string // short Dutch name, "" where it has none
	ISO2       string // ISO 3166-1 alpha-2, "" where it has none
	M49        string // United Nations M49, three digits, "" where it has none
	Aliases    []string
	Groups     []string // ids of the groups that it is a member of today
	From       int      // first year of a former state, 0 = not limited
	Until      int      // last year of a former state, 0 = not limited
	Successors []string // ids of what a former state became
}

// in reports whether a period covers the year; year 0 is any year.
func in(year, from, until int) bool {
	return year == 0 || (from == 0 || year >= from) && (until == 0 || year <= until)
}
