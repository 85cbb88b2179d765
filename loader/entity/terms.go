package entity

import (
	"maps"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
)

// Terms turn written words into countries, materials and products: the few
// hundred things of a catalogue, each with an id, a name, other names, and a
// chemical symbol.
type Terms struct {
	countries *country.List
	exact     map[string]map[string][]string // kind → normalised text → ids
	all       map[string][]term              // by kind
}

type term struct {
	id, text string
	name     Name
}

// NewTerms returns terms that know countries only. The list may be nil.
func NewTerms(countries *country.List) *Terms {
	return &Terms{countries: countries, exact: map[string]map[string][]string{}, all: map[string][]term{}}
}

// Add adds a material or a product. Symbols are told apart by their case.
func (t *Terms) Add(kind, id, name, symbol string, aliases ...string) {
	if t.exact[kind] == nil {
		t.exact[kind] = map[string][]string{}
	}
	note := func(text string) {
		if text != "" && !slices.Contains(t.exact[kind][text], id) {
			t.exact[kind][text] = append(t.exact[kind][text], id)
		}
	}
	for _, text := range append([]string{id, name}, aliases...) {
		n := Parse(text)
		note(n.Full)
		if n.Full != "" {
			t.all[kind] = append(t.all[kind], term{id, text, n})
		}
	}
	if symbol != "" {
		note("symbol " + symbol)
	}
}

// Find says what a text stands for: outcome Matched where it is the id, the name,
// another name or the symbol of one thing alone; else Unknown, with the things
// that are spelled alike. No text becomes a new material or product. Countries
// resolve as graph/country says; year 0 is today.
func (t *Terms) Find(kind, text string, year int) Answer {
	if kind == graph.Country {
		return t.country(text, year)
	}
	n := Parse(text)
	ids := t.exact[kind][n.Full]
	reason := "the same name"
	if len(ids) == 0 {
		ids, reason = t.exact[kind]["symbol "+strings.TrimSpace(text)], "its chemical symbol"
	}
	if len(ids) == 1 {
		return Answer{Match: Match{ID: ids[0], Score: 1, Reason: reason}, Outcome: Matched}
	}
	best := map[string]Match{}
	for _, other := range t.all[kind] {
		if s, _ := similarity(&n, &other.name); s >= DefaultLower && s > best[other.id].Score && n.Full != "" {
			best[other.id] = Match{other.id, other.text, s, "a similar name"}
		}
	}
	near := slices.SortedFunc(maps.Values(best), byScore)
	return Answer{Outcome: Unknown, Candidates: near[:min(len(near), maxCandidates)]}
}

func (t *Terms) country(text string, year int) Answer {
	if t.countries == nil {
		return Answer{Outcome: Unknown}
	}
	id, err := t.countries.Resolve(text, country.Any, year)
	if err != nil {
		return Answer{Match: Match{Reason: err.Error()}, Outcome: Unknown}
	}
	return Answer{Match: Match{ID: id, Score: 1, Reason: "a name or code of the country"}, Outcome: Matched}
}
