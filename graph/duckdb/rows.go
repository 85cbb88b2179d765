package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
)

// sharedRows is how many rows of a file go into the table that all parts of a
// kind share; what comes after them gets tables of its own. It is the number of
// rows that DuckDB compresses together.
const sharedRows = 122880

// fileRows are the rows of one kind from one file of a load as they come.
type fileRows struct {
	load     *loading
	kind     *graph.Kind
	file     int32
	name     string
	year     int // index of the field, or -1
	line     int
	count    int64      // rows so far
	varies   []bool     // by field: whether it has had more than one value
	first    []constant // by field: the value of the first row
	part     *part      // that is being written
	lastLine int32      // of it
	own      *appender  // nil while rows go into the shared table
}

// rowsOf returns the rows of a file, starting them where they are new.
func (l *loading) rowsOf(k *graph.Kind, file int32) (*fileRows, error) {
	key := fileKey{k.Table, file}
	if r := l.files[key]; r != nil {
		return r, nil
	}
	name := l.words.text(file)
	if strings.Contains(name, "\x1f") {
		return nil, graph.Errorf(graph.BadInput, "the name of the file %q has a control character in it", name)
	}
	r := &fileRows{
		load: l, kind: k, file: file, name: name, year: k.Field("year"), line: k.Field("line"),
		varies: make([]bool, len(k.Fields)), first: make([]constant, len(k.Fields)),
	}
	l.files[key] = r
	return r, r.startShared()
}

// startShared starts the part in the shared table.
func (r *fileRows) startShared() error {
	fields := make([]bool, len(r.kind.Fields))
	for i, f := range r.kind.Fields {
		fields[i] = !ofPart(f)
	}
	r.startPart(r.kind.Table, fields)
	if r.load.shared[r.kind.Table] != nil {
		return nil
	}
	a, err := r.load.conn.appendTo("store", r.kind.Table)
	r.load.shared[r.kind.Table] = a
	return err
}

func (r *fileRows) startPart(heldIn string, fields []bool) {
	r.part = &part{
		id: r.load.nextPart, load: r.load.load, kind: r.kind, file: r.file, name: r.name, heldIn: heldIn,
		fields: fields, constants: map[int]int32{}, years: [2]int32{graph.NoInt, graph.NoInt}, inOrder: true,
	}
	r.load.nextPart++
	r.load.load.parts = append(r.load.load.parts, r.part)
}

// startOwn starts a part in a table of its own, which has the fields as columns
// that have varied so far.
func (r *fileRows) startOwn(ctx context.Context) error {
	if err := r.finish(); err != nil {
		return err
	}
	table := fmt.Sprintf("%s_%d", r.kind.Table, r.load.nextPart)
	r.startPart(table, slices.Clone(r.varies))
	for i, varies := range r.varies {
		if !varies && r.first[i].known {
			r.part.constants[i] = r.first[i].number
		}
	}
	has := func(field int) bool { return r.varies[field] }
	if err := r.load.conn.exec(ctx, tableOf(r.kind, table, false, has)); err != nil {
		return err
	}
	var err error
	r.own, err = r.load.conn.appendTo("store", table)
	return err
}

// write adds rows from..to of a batch.
func (r *fileRows) write(ctx context.Context, in *input, from, to int) error {
	surprise := r.compare(in, from, to)
	if r.own == nil && r.part.rows < sharedRows {
		n := min(to-from, int(sharedRows-r.part.rows))
		if err := r.add(r.load.shared[r.kind.Table], in, from, from+n); err != nil {
			return err
		}
		from += n
	}
	if from == to {
		return nil
	}
	if r.own == nil || surprise {
		if err := r.startOwn(ctx); err != nil {
			return err
		}
	}
	return r.add(r.own, in, from, to)
}

// add writes rows to a table and notes what the part has to know of them.
func (r *fileRows) add(a *appender, in *input, from, to int) error {
	r.note(in, from, to)
	if r.kind.Name == graph.Trades {
		r.load.coverage.add(in, from, to)
	}
	for ; from < to; from += chunkRows {
		n := min(to-from, chunkRows)
		column := 0
		if r.own == nil {
			fill(a.column(0).ints(n), r.part.id)
			column = 1
		}
		for i, f := range r.kind.Fields {
			if r.part.fields[i] {
				a.column(column).put(f.Type, in.columns[i], from, n)
				column++
			}
		}
		if err := a.add(n); err != nil {
			return err
		}
	}
	return nil
}

// note keeps count, years and lines of the part.
func (r *fileRows) note(in *input, from, to int) {
	p := r.part
	r.count += int64(to - from)
	if r.year >= 0 {
		for i := from; i < to; i++ {
			if year := at(in.columns[r.year].Int, i, graph.NoInt); year != graph.NoInt {
				p.years = widen(p.years, year, p.years[0] == graph.NoInt)
			}
		}
	}
	for i := from; i < to; i++ {
		line := at(in.columns[r.line].Int, i, graph.NoInt)
		p.inOrder = p.inOrder && (p.rows == 0 || line >= r.lastLine)
		p.lines = widen(p.lines, line, p.rows == 0)
		r.lastLine = line
		p.rows++
	}
}

// widen makes a range hold v; of a first value it is made.
func widen(r [2]int32, v int32, first bool) [2]int32 {
	if first {
		return [2]int32{v, v}
	}
	return [2]int32{min(r[0], v), max(r[1], v)}
}

// compare notes which fields have had more than one value, and reports whether
// the part that is being written leaves out one of them.
func (r *fileRows) compare(in *input, from, to int) (surprise bool) {
	for i, f := range r.kind.Fields {
		if r.varies[i] || ofPart(f) {
			continue
		}
		value, same := common(in.columns[i], from, to)
		if r.count == 0 {
			r.first[i] = value
		}
		if !same || value != r.first[i] {
			r.varies[i] = true
			surprise = surprise || !r.part.fields[i]
		}
	}
	return surprise
}

// finish brings the rows of a table of the part's own into it.
func (r *fileRows) finish() error {
	if r.own == nil {
		return nil
	}
	defer r.drop()
	return r.own.flush()
}

// drop ends the writing into a table of its own.
func (r *fileRows) drop() {
	if r.own != nil {
		r.own.close()
		r.own = nil
	}
}
