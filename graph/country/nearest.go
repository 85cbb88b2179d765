package country

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

// nearest returns up to n places with the name or code nearest to a text,
// nearest first, then by id, of those that agree in more than half of the text.
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
			consider(meanings, min(distance(name, key), surplus(name, key)))
		}
	}
	if len(code) <= 3 {
		for key, meanings := range l.layers[own].codes {
			if numeric(key) {
				continue // a number says nothing of its neighbours
			}
			consider(meanings, distance(code, key))
		}
	}
	places := slices.SortedFunc(maps.Keys(best), func(a, b *Place) int {
		return cmp.Or(cmp.Compare(best[a], best[b]), cmp.Compare(a.ID, b.ID))
	})
	near := 0
	for near < min(n, len(places)) && 2*best[places[near]] < len(name) {
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

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour to turn a into b (Damerau 1964, optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := last[j-1]
			if x[i-1] != y[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
