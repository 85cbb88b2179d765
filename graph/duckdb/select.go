package duckdb

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
)

// selection is a query resolved against a snapshot: which parts hold rows that
// may match, and what must hold for a row.
type selection struct {
	kind       *graph.Kind
	wanted     []int // fields, in the order of the kind
	parts      []*part
	conditions []condition
}

// condition holds for a row whose field is one of the numbers or texts, or not
// known where null is set.
type condition struct {
	field   int
	numbers []int32
	texts   []string
	null    bool
}

// resolve turns a query into a selection.
func (s *snapshot) resolve(ctx context.Context, q graph.Query) (*selection, error) {
	k, wanted, err := q.Resolve(s.store.schema)
	if err != nil {
		return nil, err
	}
	sel := &selection{kind: k, wanted: wanted, parts: s.catalog.parts[k.Table]}
	if k.IsNode() {
		sel.parts = s.catalog.byRank(k)
	}
	for _, m := range q.Match {
		if err := sel.match(ctx, s.store, m); err != nil {
			return nil, err
		}
	}
	return sel, nil
}

// match adds what must hold, leaving out parts in which it cannot.
func (sel *selection) match(ctx context.Context, s *Store, m graph.Match) error {
	i := sel.kind.Field(m.Field)
	f := sel.kind.Fields[i]
	c := condition{field: i}
	switch f.Type {
	case graph.Word:
		if ofPart(f) {
			sel.keep(func(p *part) bool { return slices.Contains(m.Words, p.text(f)) })
			return nil
		}
		var err error
		if c.numbers, err = s.words.numbers(ctx, s, m.Words); err != nil {
			return err
		}
	case graph.Int:
		for _, n := range m.Ints {
			if n == graph.NoInt {
				c.null = true
			} else if n > math.MinInt32 && n <= math.MaxInt32 {
				c.numbers = append(c.numbers, int32(n))
			}
		}
		if f.Name == "year" {
			sel.keep(func(p *part) bool { return c.null || p.hasYear(c.numbers) })
		}
	default:
		for _, text := range m.Words {
			if text == "" {
				c.null = true
			} else {
				c.texts = append(c.texts, text)
			}
		}
	}
	if len(c.numbers) == 0 && len(c.texts) == 0 && !c.null {
		sel.parts = nil
	}
	sel.conditions = append(sel.conditions, c)
	return nil
}

func (sel *selection) keep(holds func(*part) bool) {
	sel.parts = slices.DeleteFunc(slices.Clone(sel.parts), func(p *part) bool { return !holds(p) })
}

// text is the value of a field that is the same for the whole part.
func (p *part) text(f graph.Field) string {
	if f.Name == "dataset" {
		return p.load.dataset.ID
	}
	return p.name
}

func (p *part) hasYear(years []int32) bool {
	return slices.ContainsFunc(years, func(y int32) bool { return p.years[0] <= y && y <= p.years[1] })
}

// where writes the conditions for a part, and the texts for its parameters.
func (sel *selection) where(p *part) (sql []string, texts []string) {
	for _, c := range sel.conditions {
		value := p.value(c.field)
		var either []string
		if len(c.numbers) > 0 {
			either = append(either, value+" IN ("+join(c.numbers)+")")
		}
		if len(c.texts) > 0 {
			either = append(either, value+" IN (?"+strings.Repeat(",?", len(c.texts)-1)+")")
			texts = append(texts, c.texts...)
		}
		if c.null {
			either = append(either, value+" IS NULL")
		}
		sql = append(sql, "("+strings.Join(either, " OR ")+")")
	}
	return sql, texts
}

func join(numbers []int32) string {
	var b strings.Builder
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(int(n)))
	}
	return b.String()
}

// source is a part with the place of its rows in an order of parts.
type source struct {
	*part
	place int
}

// places gives each part of the selection a place of its own, in their order.
func (sel *selection) places() []source {
	sources := make([]source, len(sel.parts))
	for i, p := range sel.parts {
		sources[i] = source{p, i}
	}
	return sources
}

// union writes a table expression of the matching rows of some parts: their
// place, the field they are ordered by within it (key), part and row (which keep
// equal keys in the order in which they were written), and the fields as c0, c1, ….
func (sel *selection) union(sources []source, key int, fields []int) (sql string, texts []string) {
	var arms []string
	arm := func(p *part, place, part, from, belongs string) {
		columns := []string{place + " AS place", p.value(key) + " AS key", part + " AS part", "f.rowid AS row"}
		for _, i := range fields {
			columns = append(columns, fmt.Sprintf("%s AS c%d", p.value(i), i))
		}
		where, more := sel.where(p)
		if belongs != "" {
			where = append(where, belongs)
		}
		statement := "SELECT " + strings.Join(columns, ", ") + " FROM " + storeTable(p.heldIn) + " f" + from
		if len(where) > 0 {
			statement += " WHERE " + strings.Join(where, " AND ")
		}
		arms, texts = append(arms, statement), append(texts, more...)
	}
	var shared []source
	for _, s := range sources {
		if s.own() {
			arm(s.part, strconv.Itoa(s.place), strconv.Itoa(int(s.id)), "", "")
		} else {
			shared = append(shared, s)
		}
	}
	switch len(shared) {
	case 0:
	case 1: // without a join, so that the rows come in the order in which they stand
		s := shared[0]
		// Said twice: where a table's statistics hold no other part, DuckDB drops
		// the first condition, also when a load that commits at this moment adds
		// rows of one. It cannot see through the second.
		arm(s.part, strconv.Itoa(s.place), "f.part", "", fmt.Sprintf("f.part = %d AND xor(f.part, 0) = %d", s.id, s.id))
	default:
		var pairs []string
		for _, s := range shared {
			pairs = append(pairs, fmt.Sprintf("(%d,%d)", s.id, s.place))
		}
		arm(shared[0].part, "p.place", "f.part", " JOIN (VALUES "+strings.Join(pairs, ",")+") p(part, place) ON p.part = f.part", "")
	}
	return "(" + strings.Join(arms, " UNION ALL ") + ")", texts
}
