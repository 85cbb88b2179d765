package country

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"tiermap/graph"
)

// nearest returns up to n places with the name or code nearest to a text,
// nearest first, then by id, of those that take at most a third of its letters
// to be changed.
func (l *List) nearest(text string, n int) []*Place {
	name, code := fold(text), codeKey(text)
	best := map[*Place]int{}
	consider := func(meanings []meaning, gap int) {
		for _, m := range meanings {
			if old, ok := best[m.place]; !ok || gap < old {
				best[m.place] = gap
			}
		}
	}
	for _, s := range []System{own, dutch} {
		for key, meanings := range l.layers[s].names {
			consider(meanings, min(graph.Distance(name, key), surplus(name, key)))
		}
	}
	if len(code) <= 3 {
		for key, meanings := range l.layers[own].codes {
			if numeric(key) {
				continue // a number says nothing of its neighbours
			}
			consider(meanings, graph.Distance(code, key))
		}
	}
	places := slices.SortedFunc(maps.Keys(best), func(a, b *Place) int {
		return cmp.Or(cmp.Compare(best[a], best[b]), cmp.Compare(a.ID, b.ID))
	})
	near := 0
	for near < min(n, len(places)) && 3*best[places[near]] <= len(name) {
		near++
	}
	return places[:near]
}

// surplus counts the words that one name has more where it holds all words of
// the other ("brazil", "beneficiated brazil"); both are sorted. Else it is as
// large as can be.
func surplus(a, b string) int {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	for _, w := range x {
		if _, ok := slices.BinarySearch(y, w); !ok {
			return math.MaxInt
		}
	}
	return len(y) - len(x)
}
