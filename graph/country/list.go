package country

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tiermap/graph"
)

// List is a list of places and of what they are called. It does not change and
// may be used by several goroutines.
type List struct {
	places map[string]*Place // by id
	order  []*Place          // by id
	terms  []term
	layers map[System]layer
}

// term is what a system calls a place.
type term struct {
	text        string
	system      System
	place       string
	from, until int // first and last year in which it does, 0 = not limited
}

// layer holds what the texts of one system mean.
type layer struct {
	codes map[string][]meaning // by codeKey
	names map[string][]meaning // by fold
}

// meaning is one thing that a text stands for, in some years.
type meaning struct {
	place       *Place
	from, until int
}

// holds reports whether the text meant the place in that year, and the place
// existed.
func (m meaning) holds(year int) bool {
	return in(year, m.from, m.until) && in(year, m.place.From, m.place.Until)
}

// Place returns the place of that id.
func (l *List) Place(id string) (Place, bool) {
	p, ok := l.places[id]
	if !ok {
		return Place{}, false
	}
	return *p, true
}

// Places returns every place by id.
func (l *List) Places() []Place {
	all := make([]Place, len(l.order))
	for i, p := range l.order {
		all[i] = *p
	}
	return all
}

// Group returns the ids of those that are members of a group today, in
// alphabetical order; nil where id is no group.
func (l *List) Group(id string) []string {
	if p, ok := l.places[id]; !ok || p.Kind != Group {
		return nil
	}
	var members []string
	for _, p := range l.order {
		if slices.Contains(p.Groups, id) {
			members = append(members, p.ID)
		}
	}
	return members
}

// With returns a list with the rows of a country.csv added. A row of a known id
// adds its aliases, codes and groups to that place, and its name counts before
// the one that was there; a group that is not known yet is made. BadInput where
// Check finds fault with a row, or two rows claim the same name or code.
func (l *List) With(rows ...Place) (*List, error) {
	places := maps.Clone(l.places)
	for _, row := range rows {
		if err := l.Check(row); err != nil {
			return nil, err
		}
		places[row.ID] = merge(places[row.ID], row)
	}
	for _, row := range rows {
		for _, g := range row.Groups {
			if l.places[g] == nil { // made here, or a row of its own says its name
				places[g] = group(g, places[g])
			}
		}
	}
	more, err := index(places, l.terms)
	if err != nil {
		return nil, err
	}
	for _, row := range rows { // against each other
		if err := more.Check(row); err != nil {
			return nil, err
		}
	}
	return more, nil
}

// Check returns BadInput where a name or code of a row means another place
// already, or a group of it is a country.
func (l *List) Check(row Place) error {
	own := l.layers[own]
	for _, code := range []string{row.ID, row.ISO2, row.M49} {
		for _, m := range own.codes[codeKey(code)] {
			if m.place.ID != row.ID {
				return graph.Errorf(graph.BadInput, "the code %s is that of %s", code, label(m.place))
			}
		}
	}
	if p := l.places[row.ID]; p != nil {
		if row.ISO2 != "" && p.ISO2 != "" && codeKey(row.ISO2) != p.ISO2 {
			return graph.Errorf(graph.BadInput, "the ISO 3166-1 alpha-2 code of %s is %s", label(p), p.ISO2)
		}
		if row.M49 != "" && p.M49 != "" && codeKey(row.M49) != p.M49 {
			return graph.Errorf(graph.BadInput, "the M49 code of %s is %s", label(p), p.M49)
		}
	}
	for _, name := range append([]string{row.Name}, row.Aliases...) {
		for _, m := range own.names[fold(name)] {
			if m.place.ID != row.ID {
				return graph.Errorf(graph.BadInput, "%q is a name of %s", name, label(m.place))
			}
		}
	}
	for _, g := range row.Groups {
		if p := l.places[g]; p != nil && p.Kind != Group {
			return graph.Errorf(graph.BadInput, "%s is no group of countries", label(p))
		}
		for _, m := range append(slices.Clone(own.codes[codeKey(g)]), own.names[fold(g)]...) {
			if m.place.ID != g {
				return graph.Errorf(graph.BadInput, "a group cannot be called %s, which means %s", g, label(m.place))
			}
		}
	}
	return nil
}

// merge returns old with what a row adds to it.
func merge(old *Place, row Place) *Place {
	if old == nil {
		row.Kind = State
		row.Name = cmp.Or(row.Name, row.ID)
		return &row
	}
	p := *old
	if row.Name != "" && row.Name != p.Name {
		p.Aliases = join(p.Aliases, []string{p.Name})
		p.Name = row.Name
	}
	p.Aliases, p.Groups = join(p.Aliases, row.Aliases), join(p.Groups, row.Groups)
	p.ISO2, p.M49 = cmp.Or(p.ISO2, row.ISO2), cmp.Or(p.M49, row.M49)
	return &p
}

// group returns the group of an id; row is what is said of it, or nil.
func group(id string, row *Place) *Place {
	g := Place{ID: id, Name: id}
	if row != nil {
		g = *row
	}
	g.Kind = Group
	return &g
}

// join returns the texts of a and those of b that are not in a.
func join(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// index makes a list of places and of what systems call them.
func index(places map[string]*Place, terms []term) (*List, error) {
	l := &List{places: places, terms: terms, layers: map[System]layer{}}
	l.order = slices.SortedFunc(maps.Values(places), func(a, b *Place) int { return strings.Compare(a.ID, b.ID) })
	for _, p := range l.order {
		m := meaning{place: p}
		for _, code := range []string{p.ID, p.ISO2, p.M49} {
			l.add(own, code, "", m)
		}
		for _, name := range append([]string{p.Name}, p.Aliases...) {
			l.add(own, "", name, m)
		}
		l.add(dutch, "", p.Dutch, m)
	}
	for _, t := range terms {
		p, ok := places[t.place]
		if !ok {
			return nil, fmt.Errorf("code %s of %s: no place has the id %s", t.text, t.system, t.place)
		}
		m := meaning{p, t.from, t.until}
		l.add(t.system, t.text, t.text, m)
		if published(t.system) {
			l.add(anybody, t.text, t.text, m)
		}
	}
	return l, nil
}

// add records what a code and a name mean in a system, each once; an empty one
// means nothing.
func (l *List) add(s System, code, name string, m meaning) {
	in, ok := l.layers[s]
	if !ok {
		in = layer{codes: map[string][]meaning{}, names: map[string][]meaning{}}
		l.layers[s] = in
	}
	if key := codeKey(code); key != "" && !slices.Contains(in.codes[key], m) {
		in.codes[key] = append(in.codes[key], m)
	}
	if key := fold(name); key != "" && !slices.Contains(in.names[key], m) {
		in.names[key] = append(in.names[key], m)
	}
}
