package duckdb

import (
	"context"
	"fmt"
	"math"
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
	if err == nil {
		r.load.shared[r.kind.Table] = a
	}
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
	if shared := r.load.store.sharedRows; r.own == nil && r.part.rows < shared {
		n := min(to-from, int(shared-r.part.rows))
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
	r.count += int64(to - from)
	r.part.rows += int64(to - from)
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
	if r.year >= 0 {
		p.years = noteYears(p.years, in.columns[r.year].Int, from, to)
	}
	low, high, last, inOrder := p.lines[0], p.lines[1], r.lastLine, p.inOrder
	if p.rows == 0 {
		low, high, last = math.MaxInt32, math.MinInt32, math.MinInt32
	}
	lines := in.columns[r.line].Int
	if lines == nil {
		lines, from, to = []int32{graph.NoInt}, 0, 1
	}
	for _, line := range lines[from:to] {
		inOrder = inOrder && line >= last
		low, high, last = min(low, line), max(high, line), line
	}
	p.lines, r.lastLine, p.inOrder = [2]int32{low, high}, last, inOrder
}

// noteYears widens a range of years, whose bounds are NoInt as long as there is none.
func noteYears(years [2]int32, column []int32, from, to int) [2]int32 {
	if column == nil {
		return years
	}
	first, last := years[0], years[1]
	for _, year := range column[from:to] {
		if year != graph.NoInt && (year < first || first == graph.NoInt) {
			first = year
		}
		last = max(last, year)
	}
	return [2]int32{first, last}
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
