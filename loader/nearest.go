package loader

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns up to n of the candidates that are spelled most like s, the
// nearest first: those that take at most a third of its letters (at least two)
// to be changed, added, left out or swapped, whatever their case.
func Nearest(s string, candidates []string, n int) []string {
	type scored struct {
		text string
		dist int
	}
	limit := max(2, len(s)/3)
	var near []scored
	for _, c := range candidates {
		if d := distance(strings.ToLower(s), strings.ToLower(c)); d <= limit {
			near = append(near, scored{c, d})
		}
	}
	slices.SortFunc(near, func(a, b scored) int { return cmp.Or(a.dist-b.dist, cmp.Compare(a.text, b.text)) })
	var list []string
	for _, v := range near[:min(n, len(near))] {
		list = append(list, v.text)
	}
	return list
}

// distance counts the changes that make b of a: optimal string alignment.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
