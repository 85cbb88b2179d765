package graph

import (
	"cmp"
	"slices"
	"strings"
)

// longestName is how long a text may be, in bytes, to be taken for a name.
const longestName = 200

// Nearest returns up to n of the candidates that are spelled most like s, the
// nearest first: those that hold s or are held by it, and those that take at
// most a third of its letters (at least two) to be changed, added, left out or
// swapped. Letter case does not matter.
func Nearest(s string, candidates []string, n int) []string {
	type scored struct {
		text string
		gap  int
	}
	if len(s) > longestName {
		return nil // no name; and the comparison takes time with its length
	}
	s = strings.ToLower(s)
	limit := max(2, len(s)/3)
	var near []scored
	for _, c := range candidates {
		lower := strings.ToLower(c)
		if len(lower) > longestName {
			continue
		}
		gap := Distance(s, lower)
		if len(s) > 2 && (strings.Contains(lower, s) || len(lower) > 2 && strings.Contains(s, lower)) {
			gap = min(gap, limit)
		}
		if gap <= limit {
			near = append(near, scored{c, gap})
		}
	}
	slices.SortFunc(near, func(a, b scored) int { return cmp.Or(a.gap-b.gap, cmp.Compare(a.text, b.text)) })
	list := make([]string, 0, n)
	for _, v := range near[:min(n, len(near))] {
		list = append(list, v.text)
	}
	return list
}

// Distance is the number of letters to insert, delete, replace or swap with
// their neighbour to turn a into b (Damerau 1964, optimal string alignment).
func Distance(a, b string) int {
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
