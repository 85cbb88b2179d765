package duckdb

import (
	"cmp"
	"slices"

	"tiermap/graph"
)

// coverageKey is one line of the coverage of trade.
type coverageKey struct{ code, product, year int32 }

// coverage adds up how much trade a load has by code, product and year.
type coverage struct {
	rows    []int64
	both    []int64
	value   []float64
	tonnes  []float64
	keys    []coverageKey
	byCode  map[coverageKey][]int32 // by product and year (code 0): the line of each code, from 1
	current coverageKey
	lines   []int32 // those of current
}

func newCoverage() *coverage {
	return &coverage{byCode: map[coverageKey][]int32{}}
}

// add counts rows from..to of a batch.
func (c *coverage) add(in *input, from, to int) {
	column := func(name string) graph.Column { return in.columns[in.kind.Field(name)] }
	code, product, year := column("code").Int, column("product").Int, column("year").Int
	value, tonnes := column("value_usd").Float, column("tonnes").Float
	for i := from; i < to; i++ {
		line := c.line(coverageKey{at(code, i, 0), at(product, i, 0), at(year, i, graph.NoInt)})
		c.rows[line]++
		if value == nil || tonnes == nil {
			continue
		}
		if v, t := value[i], tonnes[i]; v == v && t > 0 {
			c.both[line]++
			c.value[line] += v
			c.tonnes[line] += t
		}
	}
}

// line returns the index of a line, starting it where it is new. It looks codes
// up in a list, not in a map: there are millions of rows of thousands of codes.
func (c *coverage) line(k coverageKey) int {
	group := coverageKey{0, k.product, k.year}
	if group != c.current || c.lines == nil {
		if c.lines != nil {
			c.byCode[c.current] = c.lines
		}
		c.current, c.lines = group, c.byCode[group]
	}
	if int(k.code) >= len(c.lines) {
		c.lines = append(c.lines, make([]int32, int(k.code)+1-len(c.lines))...)
	}
	if n := c.lines[k.code]; n > 0 {
		return int(n) - 1
	}
	c.keys = append(c.keys, k)
	c.rows, c.both = append(c.rows, 0), append(c.both, 0)
	c.value, c.tonnes = append(c.value, 0), append(c.tonnes, 0)
	c.lines[k.code] = int32(len(c.keys))
	return len(c.keys) - 1
}

// insert writes the coverage of a load, in the order of code, product and year.
func (c *coverage) insert(conn *connection, load int32, text func(word int32) string) error {
	order := make([]int, len(c.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := c.keys[a], c.keys[b]
		return cmp.Or(cmp.Compare(text(x.code), text(y.code)), cmp.Compare(text(x.product), text(y.product)), cmp.Compare(x.year, y.year))
	})
	var loads, codes, products, years []int32
	var rows, both []int64
	var value, tonnes []float64
	for _, i := range order {
		k := c.keys[i]
		loads, codes, products, years = append(loads, load), append(codes, k.code), append(products, k.product), append(years, k.year)
		rows, both = append(rows, c.rows[i]), append(both, c.both[i])
		value, tonnes = append(value, c.value[i]), append(tonnes, c.tonnes[i])
	}
	return conn.insert("store", "trade_coverage", loads, codes, products, years, rows, both, value, tonnes)
}
