package duckdb

import (
	"math"
	"slices"

	"tiermap/graph"
)

// constant is a value that all rows so far have in common: a number, or blank.
type constant struct {
	number int32
	known  bool
}

// common returns the value that rows from..to of a column share, if they do.
// Numbers with a fraction and texts count as shared only where all are blank.
func common(c graph.Column, from, to int) (v constant, same bool) {
	switch {
	case c.Int != nil:
		v = constant{c.Int[from], c.Int[from] != graph.NoInt}
		if !v.known {
			v.number = 0
		}
		return v, all(c.Int[from:to], func(x int32) bool { return x == c.Int[from] })
	case c.Bool != nil:
		if c.Bool[from] {
			v = constant{1, true}
		}
		return v, all(c.Bool[from:to], func(x bool) bool { return x == c.Bool[from] })
	case c.Float != nil:
		return v, all(c.Float[from:to], func(x float64) bool { return x != x })
	case c.Text != nil:
		return v, all(c.Text[from:to], func(x string) bool { return x == "" })
	default:
		return v, true
	}
}

func all[T any](list []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return !holds(v) })
}

// at returns a value of a column that may have none.
func at(column []int32, i int, unknown int32) int32 {
	if column == nil {
		return unknown
	}
	return column[i]
}

// put fills a column of a chunk with n values of a field; those that are not
// known become NULL, but for words and truth values, which have a value for that.
func (v vector) put(t graph.Type, c graph.Column, from, n int) {
	switch t {
	case graph.Word:
		copyOr(v.ints(n), c.Int, from, 0)
	case graph.Bool:
		copyOr(v.bools(n), c.Bool, from, false)
	case graph.Int:
		copyOr(v.ints(n), c.Int, from, graph.NoInt)
		v.hideNoInt(n)
	case graph.Float:
		copyOr(v.floats(n), c.Float, from, math.NaN())
		v.hideNaN(n)
	default:
		v.putTexts(c.Text, from, n)
	}
}

// copyOr copies values, or the one that stands for unknown where there are none.
func copyOr[T any](dst, src []T, from int, unknown T) {
	if src == nil {
		fill(dst, unknown)
		return
	}
	copy(dst, src[from:])
}

func fill[T any](dst []T, v T) {
	for i := range dst {
		dst[i] = v
	}
}

func (v vector) hideNoInt(n int) {
	var known bitmap
	for i, x := range v.ints(n) {
		if x == graph.NoInt {
			known = v.hide(known, i)
		}
	}
}

func (v vector) hideNaN(n int) {
	var known bitmap
	for i, x := range v.floats(n) {
		if x != x {
			known = v.hide(known, i)
		}
	}
}

func (v vector) putTexts(texts []string, from, n int) {
	var known bitmap
	for i := range n {
		if texts != nil && texts[from+i] != "" {
			v.setText(i, texts[from+i])
		} else {
			known = v.hide(known, i)
		}
	}
}

// hide makes a row NULL; known is what it returned for the last one, or nil.
func (v vector) hide(known bitmap, i int) bitmap {
	if known == nil {
		known = v.writableKnown()
	}
	known.clear(i)
	return known
}

// take reads n values of a field from a column of a chunk into c.
func (v vector) take(t graph.Type, c *graph.Column, n int) {
	switch known := v.known(n); t {
	case graph.Word:
		c.Word = c.Word[:0]
		for _, x := range v.ints(n) {
			c.Word = append(c.Word, uint32(x))
		}
	case graph.Bool:
		c.Bool = append(c.Bool[:0], v.bools(n)...)
	case graph.Int:
		c.Int = append(c.Int[:0], v.ints(n)...)
		known.each(n, func(i int) { c.Int[i] = graph.NoInt })
	case graph.Float:
		c.Float = append(c.Float[:0], v.floats(n)...)
		known.each(n, func(i int) { c.Float[i] = math.NaN() })
	default:
		c.Text = v.appendTexts(c.Text[:0], n)
	}
}

// each calls f for the rows whose value is not known.
func (b bitmap) each(n int, f func(i int)) {
	for word, bits := range b {
		if bits == ^uint64(0) {
			continue
		}
		for i := word * 64; i < min(n, word*64+64); i++ {
			if !b.has(i) {
				f(i)
			}
		}
	}
}
