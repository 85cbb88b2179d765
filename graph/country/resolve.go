package country

import (
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
)

// System says whose codes and names a text is written in.
type System string

// The systems that the built-in list knows. Whatever the system, ISO 3166-1 and
// M49 codes and names resolve too, but what the system itself says of a text
// comes first: 492 is Monaco, and "Europe EU, nes" in Comtrade.
const (
	Any       System = "" // our own files and questions: also any publisher's code, where all that use it agree
	BACI      System = "baci"
	BGS       System = "bgs"
	Comext    System = "comext"
	Comtrade  System = "comtrade"
	EUStudy   System = "eu-crm"       // the European Commission's criticality studies
	IOTables  System = "input-output" // WIOD, EXIOBASE and others: also their rests of the world
	TradeMap  System = "trademap"
	WMD       System = "wmd" // World Mining Data
	WorldBank System = "worldbank"
)

// Systems that are nobody's in particular.
const (
	own     System = "own"     // the ids, codes and names of the places themselves
	iso3166 System = "iso3166" // former codes of ISO 3166-1
	m49     System = "m49"     // former codes of M49
	handed  System = "name"    // names that changed hands, that are shared or claimed, or no longer official
	dutch   System = "dutch"   // Dutch names
	anybody System = "anybody" // what any publisher calls a place
)

// published reports whether a system is a publisher's, whose codes Any knows too.
// What input-output tables call the rest of the world does not leave them.
func published(s System) bool { return s != iso3166 && s != m49 && s != handed && s != IOTables }

// search returns the layers in which a text of a system is looked up, in order.
func search(s System) []System {
	if s == Any {
		return []System{own, handed, iso3166, m49, dutch, anybody}
	}
	return []System{s, own, handed, iso3166, m49, dutch}
}

// Resolve returns the id of the country, former state or area that a text
// stands for in a year; year 0 = not known. A group is refused.
//
// The error is a *graph.Error with the ids of the nearest or of the possible
// places among its suggestions: NotFound where nothing is called so, BadInput
// where the text means several places, a group, or one that is not of that year.
func (l *List) Resolve(text string, system System, year int) (id string, err error) {
	p, err := l.find(text, system, year)
	if err != nil {
		return "", err
	}
	if p.Kind == Group {
		e := graph.Errorf(graph.BadInput, "%s is a group of countries; a country is needed here", label(p))
		e.Suggestions = l.Group(p.ID)
		return "", e
	}
	return p.ID, nil
}

// Find is Resolve for questions, where a group may stand for its members: it
// returns whatever place the text stands for.
func (l *List) Find(text string, system System, year int) (Place, error) {
	p, err := l.find(text, system, year)
	if err != nil {
		return Place{}, err
	}
	return *p, nil
}

// Knows reports whether a text stands for a place in any year, whatever the
// system.
func (l *List) Knows(text string) bool {
	text = strings.TrimSpace(text)
	for _, s := range search(Any) {
		layer := l.layers[s]
		if len(layer.codes[codeKey(text)]) > 0 || len(layer.names[fold(text)]) > 0 {
			return true
		}
	}
	return false
}

func (l *List) find(text string, system System, year int) (*Place, error) {
	text = strings.TrimSpace(text)
	code := codeKey(text)
	name := "" // folded when a code was not enough
	var past []meaning
	for _, s := range search(system) {
		layer := l.layers[s]
		found := layer.codes[code]
		if len(found) == 0 && len(layer.names) > 0 && !numeric(text) {
			if name == "" {
				name = fold(text)
			}
			found = layer.names[name]
		}
		var places []*Place
		for _, m := range found {
			switch {
			case !m.holds(year):
				past = append(past, m)
			case !slices.Contains(places, m.place):
				places = append(places, m.place)
			}
		}
		switch len(places) {
		case 0:
		case 1:
			return places[0], nil
		default:
			return nil, ambiguous(text, places)
		}
	}
	if len(past) > 0 {
		return nil, l.notThen(text, past[0], year)
	}
	return nil, l.unknown(text)
}

func label(p *Place) string { return fmt.Sprintf("%s (%s)", p.Name, p.ID) }

func labels(places []*Place) string {
	all := make([]string, len(places))
	for i, p := range places {
		all[i] = label(p)
	}
	return strings.Join(all, ", ")
}

func ids(places []*Place) []string {
	all := make([]string, len(places))
	for i, p := range places {
		all[i] = p.ID
	}
	return all
}

func ambiguous(text string, places []*Place) error {
	e := graph.Errorf(graph.BadInput, "%q can mean %s; write which", text, labels(places))
	e.Suggestions = ids(places)
	return e
}

// notThen is the error for a text that meant something in other years only.
func (l *List) notThen(text string, m meaning, year int) error {
	from, until := m.place.From, m.place.Until
	if in(year, from, until) {
		from, until = m.from, m.until
	}
	next := []*Place{m.place}
	instead := ""
	if len(m.place.Successors) > 0 && until != 0 && year > until {
		next = l.successors(m.place, year)
		instead = "; after it: " + labels(next)
	}
	e := graph.Errorf(graph.BadInput, "%q stood for %s %s, not in %d%s", text, label(m.place), period(from, until), year, instead)
	e.Suggestions = ids(next)
	return e
}

// successors returns what a former state became, by the year asked for: what
// ended meanwhile is followed on.
func (l *List) successors(p *Place, year int) []*Place {
	var next []*Place
	for _, id := range p.Successors {
		s := l.places[id]
		if s.Until != 0 && year > s.Until {
			next = append(next, l.successors(s, year)...)
		} else {
			next = append(next, s)
		}
	}
	slices.SortFunc(next, func(a, b *Place) int { return strings.Compare(a.ID, b.ID) })
	return slices.Compact(next)
}

func period(from, until int) string {
	switch {
	case from == 0:
		return fmt.Sprintf("until %d", until)
	case until == 0:
		return fmt.Sprintf("from %d", from)
	default:
		return fmt.Sprintf("from %d to %d", from, until)
	}
}

// longest is the number of letters up to which a text may be a name at all.
const longest = 80

func (l *List) unknown(text string) error {
	switch {
	case text == "":
		return graph.Errorf(graph.BadInput, "no country is named")
	case numeric(text):
		return graph.Errorf(graph.NotFound, "no country has the number %s", text)
	}
	if r := []rune(text); len(r) > longest {
		return graph.Errorf(graph.NotFound, "no country is called %q…", string(r[:longest]))
	}
	e := graph.Errorf(graph.NotFound, "no country is called %q", text)
	if near := l.nearest(text, 3); len(near) > 0 {
		e.Message += "; nearest known names: " + labels(near)
		e.Suggestions = ids(near)
	}
	return e
}
