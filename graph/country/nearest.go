package country

import (
	"cmp"
	"slices"
)

// nearest returns up to n places with the name or code nearest to a text by
// edit distance, nearest first, then by id: the nearest whatever it is, others
// where more than half of the text agrees.
func (l *List) nearest(text string, n int) []*Place {
	type candidate struct {
		place    *Place
		distance int
	}
	best := map[*Place]int{}
	consider := func(key string, target string, meanings []meaning) {
		d := distance(target, key)
		for _, m := range meanings {
			if old, ok := best[m.place]; !ok || d < old {
				best[m.place] = d
			}
		}
	}
	folded, code := fold(text), codeKey(text)
	for _, s := range []System{own, dutch} {
		for key, meanings := range l.layers[s].names {
			consider(key, folded, meanings)
		}
	}
	if len(code) <= 3 {
		for key, meanings := range l.layers[own].codes {
			consider(key, code, meanings)
		}
	}
	all := make([]candidate, 0, len(best))
	for p, d := range best {
		all = append(all, candidate{p, d})
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.place.ID, b.place.ID))
	})
	places := make([]*Place, 0, n)
	for i, c := range all[:min(n, len(all))] {
		if i == 0 || 2*c.distance < len(folded) {
			places = append(places, c.place)
		}
	}
	return places
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
