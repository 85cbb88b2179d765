package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
)

// Read implements graph.Snapshot.
func (s *snapshot) Read(ctx context.Context, q graph.Query, yield func(*graph.Batch) error) error {
	sel, err := s.resolve(ctx, q)
	if err != nil {
		return storeError(s.store.name, err)
	}
	if sel.kind.IsNode() {
		err = s.readNodes(ctx, sel, q, yield)
	} else {
		err = s.readRelationships(ctx, sel, q, yield)
	}
	return err
}

// readNodes reads nodes by id, those of one id by rank.
func (s *snapshot) readNodes(ctx context.Context, sel *selection, q graph.Query, yield func(*graph.Batch) error) error {
	if len(sel.parts) == 0 {
		return nil
	}
	sources := sel.places()
	var bounds []string
	var more []string
	if q.After != "" {
		bounds, more = append(bounds, "key > ?"), append(more, q.After)
	}
	if q.Limit > 0 {
		last, err := s.lastID(ctx, sel, sources, q)
		if err != nil || last == nil {
			return err
		}
		if *last == "" {
			bounds = append(bounds, "key IS NULL")
		} else {
			bounds, more = append(bounds, "(key <= ? OR key IS NULL)"), append(more, *last)
		}
	}
	return s.stream(ctx, sel, sources, sel.kind.Field("id"), bounds, "key NULLS FIRST, place, row", more, yield)
}

// lastID returns the last of the first q.Limit ids after q.After, nil where
// there is none. It takes the first rows in the order of ids, which DuckDB finds
// without sorting all, until there are ids enough among them.
func (s *snapshot) lastID(ctx context.Context, sel *selection, sources []source, q graph.Query) (last *string, err error) {
	table, texts := sel.union(sources, sel.kind.Field("id"), nil)
	after, distinct := q.After, 0
	for distinct < q.Limit {
		where, more := "", []string(nil)
		if after != "" {
			where, more = "WHERE key > ?", []string{after}
		}
		statement := fmt.Sprintf("SELECT key FROM %s %s ORDER BY key NULLS FIRST LIMIT %d", table, where, q.Limit-distinct)
		var ids []string
		err := s.store.using(func(c *connection) error {
			return c.collectFor(ctx, statement, slices.Concat(texts, more), &ids)
		})
		if err != nil {
			return nil, storeError(s.store.name, err)
		}
		if len(ids) == 0 {
			break
		}
		ids = slices.Compact(ids)
		distinct += len(ids)
		after = ids[len(ids)-1]
		last = &after
	}
	return last, nil
}

// run is some parts that are read by one statement: one part whose rows stand in
// order, so that nothing need be sorted, or several with few rows.
type run struct {
	sources []source
	sorted  bool   // needs sorting
	large   bool   // has parts in tables of their own
	after   *int32 // the line to start after
}

// readRelationships reads rows by dataset, file and line.
func (s *snapshot) readRelationships(ctx context.Context, sel *selection, q graph.Query, yield func(*graph.Batch) error) error {
	var after *graph.Position
	if q.After != "" {
		p, ok := graph.ParsePosition(q.After)
		if !ok {
			return graph.Errorf(graph.BadInput, "%q is no position to read on from", q.After)
		}
		after = &p
	}
	key := sel.kind.Field("line")
	left := q.Limit
	var end *position
	for _, r := range runs(sel.parts, after) {
		if end != nil && end.place != r.sources[0].place {
			break
		}
		bounds, order := r.bounds(), ""
		if r.sorted {
			order = "place, key NULLS FIRST, part, row"
		}
		if end == nil && q.Limit > 0 {
			var n int
			var err error
			if end, n, err = s.cut(ctx, sel, r, bounds, left); err != nil {
				return err
			}
			left -= n
		}
		if end != nil {
			bounds = append(bounds, end.bound())
		}
		if err := s.stream(ctx, sel, r.sources, key, bounds, order, nil, yield); err != nil {
			return err
		}
	}
	return nil
}

// position is where a page ends: a line of the file in a place.
type position struct {
	place int
	line  int32
}

func (p *position) bound() string {
	return fmt.Sprintf("(place < %d OR place = %d AND (key <= %d OR key IS NULL))", p.place, p.place, p.line)
}

func (r *run) bounds() []string {
	if r.after == nil {
		return nil
	}
	return []string{fmt.Sprintf("key > %d", *r.after)}
}

// cut finds the place and line of row n of a run; nil where it has fewer rows,
// and how many it has.
func (s *snapshot) cut(ctx context.Context, sel *selection, r run, bounds []string, n int) (end *position, rows int, err error) {
	table, texts := sel.union(r.sources, sel.kind.Field("line"), nil)
	where, order := "", ""
	if len(bounds) > 0 {
		where = " WHERE " + strings.Join(bounds, " AND ")
	}
	if r.sorted {
		order = " ORDER BY place, key NULLS FIRST"
	}
	var places, lines []int32
	var count []int64
	err = s.store.using(func(c *connection) error {
		err := c.collectFor(ctx, fmt.Sprintf("SELECT place, coalesce(key, %d) FROM %s%s%s LIMIT 1 OFFSET %d", graph.NoInt, table, where, order, n-1),
			texts, &places, &lines)
		if err != nil || len(places) > 0 {
			return err
		}
		return c.collectFor(ctx, "SELECT count(*) FROM "+table+where, texts, &count)
	})
	switch {
	case err != nil:
		return nil, 0, storeError(s.store.name, err)
	case len(places) > 0:
		return &position{int(places[0]), lines[0]}, n, nil
	default:
		return nil, int(count[0]), nil
	}
}

// runs puts the parts of a relationship, which are in the order of dataset and
// file, into runs, from a position on.
func runs(parts []*part, after *graph.Position) []run {
	var list []run
	place := 0
	for len(parts) > 0 {
		n := 1
		for n < len(parts) && parts[n].load == parts[0].load && parts[n].file == parts[0].file {
			n++
		}
		file := parts[:n]
		parts = parts[n:]
		start, skip := startOf(file[0], after)
		if skip {
			continue
		}
		list = addFile(list, file, place, start)
		place++
	}
	return list
}

// startOf returns the line of a part's file to start after, if any, or that the
// whole file stands before the position.
func startOf(p *part, after *graph.Position) (line *int32, skip bool) {
	if after == nil {
		return nil, false
	}
	switch cmp.Or(cmp.Compare(p.load.dataset.ID, after.Dataset), cmp.Compare(p.name, after.File)) {
	case -1:
		return nil, true
	case 1:
		return nil, false
	}
	start := int32(max(min(after.Line, 1<<31-1), -1<<31))
	return &start, false
}

// addFile adds the parts of one file to the runs. Parts that stand in order, and
// one after the other, are read one by one, if there are many rows; few rows are
// sorted together with those of the files beside them.
func addFile(list []run, file []*part, place int, after *int32) []run {
	sources := make([]source, len(file))
	ordered := true
	for i, p := range file {
		sources[i] = source{p, place}
		ordered = ordered && p.inOrder && (i == 0 || file[i-1].lines[1] <= p.lines[0])
	}
	large := file[len(file)-1].own()
	if large && ordered {
		for _, s := range sources {
			list = append(list, run{sources: []source{s}, large: true, after: after})
		}
		return list
	}
	if n := len(list); n > 0 && !large && !list[n-1].large && after == nil && list[n-1].after == nil {
		last := &list[n-1]
		last.sources, last.sorted = append(last.sources, sources...), true
		return list
	}
	return append(list, run{sources: sources, large: large, after: after, sorted: !ordered || len(file) > 1})
}

// stream runs the statement for some parts and hands on its rows, batch by batch.
func (s *snapshot) stream(ctx context.Context, sel *selection, sources []source, key int, bounds []string, order string,
	more []string, yield func(*graph.Batch) error) error {
	words, err := s.wordList(ctx)
	if err != nil {
		return err
	}
	columns := slices.DeleteFunc(slices.Clone(sel.wanted), func(i int) bool { return ofPart(sel.kind.Fields[i]) })
	table, texts := sel.union(sources, key, columns)
	names := []string{"place"}
	for _, i := range columns {
		names = append(names, fmt.Sprintf("c%d", i))
	}
	statement := "SELECT " + strings.Join(names, ", ") + " FROM " + table
	if len(bounds) > 0 {
		statement += " WHERE " + strings.Join(bounds, " AND ")
	}
	if order != "" {
		statement += " ORDER BY " + order
	}
	byPlace := map[int32]*part{}
	for _, source := range sources {
		byPlace[int32(source.place)] = source.part
	}
	batch := &graph.Batch{Kind: sel.kind, Words: words, Columns: make([]graph.Column, len(sel.kind.Fields))}
	var failed error // of yield: not the store's
	err = s.store.using(func(c *connection) error {
		rows, err := c.query(ctx, statement, slices.Concat(texts, more)...)
		if err != nil {
			return err
		}
		defer rows.close()
		for {
			n, err := rows.next()
			if n == 0 || err != nil {
				return err
			}
			batch.Len = n
			for column, i := range columns {
				rows.column(column+1).take(sel.kind.Fields[i].Type, &batch.Columns[i], n)
			}
			sel.takePlaces(rows.column(0).ints(n), byPlace, batch)
			if failed = yield(batch); failed != nil {
				return nil
			}
		}
	})
	if failed != nil {
		return failed
	}
	return storeError(s.store.name, err)
}

// takePlaces fills the columns that are the same for a whole part.
func (sel *selection) takePlaces(places []int32, byPlace map[int32]*part, b *graph.Batch) {
	for _, i := range sel.wanted {
		f := sel.kind.Fields[i]
		if !ofPart(f) {
			continue
		}
		column := b.Columns[i].Word[:0]
		var p *part
		for j, place := range places {
			if j == 0 || place != places[j-1] {
				p = byPlace[place]
			}
			if f.Name == "dataset" {
				column = append(column, uint32(p.load.word))
			} else {
				column = append(column, uint32(p.file))
			}
		}
		b.Columns[i].Word = column
	}
}
