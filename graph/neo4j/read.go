package neo4j

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
)

// batchRows is how many rows a batch has at most.
const batchRows = 8192

// How many rows a statement returns that has to sort them: first as many as one
// question usually needs, then more, since it begins anew each time.
const (
	firstPage = 2 * batchRows
	nextPage  = 8 * batchRows
)

// Read implements graph.Snapshot.
func (sn *snapshot) Read(ctx context.Context, q graph.Query, yield func(*graph.Batch) error) error {
	sel, err := sn.resolve(q)
	if err != nil {
		return err
	}
	after, err := sel.position(q.After)
	if err != nil {
		return err
	}
	if err := sn.usable(ctx); err != nil || len(sel.loads) == 0 {
		return err
	}
	out := &output{sn: sn, sel: sel, limit: q.Limit, yield: yield}
	switch w, ok := sel.way(); {
	case sel.shape.id >= 0:
		return sn.readNodes(ctx, sel, q, out)
	case ok:
		return sn.readSorted(ctx, sel, w, after, out)
	default:
		return sn.readLoads(ctx, sel, after, out)
	}
}

// usable returns an error where the store is closed or ctx has ended.
func (sn *snapshot) usable(ctx context.Context) error {
	done, err := sn.store.use()
	if err != nil {
		return err
	}
	done()
	return ctx.Err()
}

// position reads the position to read on from, if any.
func (sel *selection) position(after string) (*graph.Position, error) {
	if after == "" || sel.shape.id >= 0 {
		return nil, nil
	}
	p, ok := graph.ParsePosition(after)
	if !ok {
		return nil, graph.Errorf(graph.BadInput, "%q is no position to read on from", after)
	}
	return &p, nil
}

// output hands rows on until there are as many as were asked for.
type output struct {
	sn    *snapshot
	sel   *selection
	limit int // 0 = none
	count int // rows handed on
	last  graph.Position
	yield func(*graph.Batch) error
}

// full reports whether there are rows enough: the next one would be one too many
// unless it stands in the line of the last.
func (o *output) full() bool { return o.limit > 0 && o.count >= o.limit }

// room is how many rows the next page may have: one more than are missing, for it
// tells whether more stand in the line of the last.
func (o *output) room(page int) int {
	if o.limit == 0 {
		return page
	}
	return min(page, max(o.limit-o.count, 0)+1)
}

// page is some rows as the server sent them, column by column: where they stand,
// and the wanted fields beyond that.
type page struct {
	loads   []int64
	files   []string
	lines   []int64
	rows    []int64
	ids     []string // of nodes
	columns map[int][]any
}

// places are what every statement for a page returns first.
var places = []string{"r.load", "r.file", "r.line", "coalesce(r.row, -1)"}

// sent lists the wanted fields that are columns of a page of their own.
func (sel *selection) sent() (fields []int) {
	for _, i := range sel.wanted {
		if i != sel.shape.id && i != sel.shape.dataset && i != sel.shape.file && i != sel.shape.line {
			fields = append(fields, i)
		}
	}
	return fields
}

// values lists what a statement returns for a page.
func (sel *selection) values() []string {
	values := slices.Clone(places)
	if sel.shape.id >= 0 {
		values = append(values, "n.id")
	}
	for _, i := range sel.sent() {
		values = append(values, sel.shape.value(i))
	}
	for i, value := range values {
		values[i] = "collect(" + value + ")"
	}
	return values
}

func (sel *selection) page(record []any) page {
	p := page{loads: numbers(record[0]), files: texts(record[1]), lines: numbers(record[2]), rows: numbers(record[3]), columns: map[int][]any{}}
	record = record[len(places):]
	if sel.shape.id >= 0 {
		p.ids, record = texts(record[0]), record[1:]
	}
	for i, field := range sel.sent() {
		p.columns[field], _ = record[i].([]any)
	}
	return p
}

// fetch runs a statement whose rows are a page.
func (sn *snapshot) fetch(ctx context.Context, sel *selection, loads []int64, statement string, more params) (page, error) {
	for name, value := range sel.params {
		more[name] = value
	}
	record, err := sn.ask(ctx, loads, statement, sel.values(), more)
	if err != nil {
		return page{}, err
	}
	return sel.page(record), nil
}

// readLoads reads the rows of one load after the other by the index that holds
// them in order.
func (sn *snapshot) readLoads(ctx context.Context, sel *selection, after *graph.Position, out *output) error {
	for _, l := range sel.loads {
		at := start()
		if after != nil {
			switch cmp.Compare(l.dataset.ID, after.Dataset) {
			case -1:
				continue
			case 0:
				at = afterPosition(*after)
			}
		}
		done, err := sn.readLoad(ctx, sel, l, at, out)
		if done || err != nil {
			return err
		}
	}
	return nil
}

// readLoad reads the rows of a load from a place on. done is true where there
// are rows enough.
func (sn *snapshot) readLoad(ctx context.Context, sel *selection, l *load, at place, out *output) (done bool, err error) {
	for at.step != nowhere {
		room := out.room(batchRows)
		statement := fmt.Sprintf("MATCH (a)-[r:%s]->(b)\nUSING INDEX SEEK r:%s(load, file, line)", sel.shape.typ, sel.shape.typ) +
			sel.where("r.load = $load", at.where()) + "\nWITH a, r, b ORDER BY " + inOrder + " LIMIT $rows"
		p, err := sn.fetch(ctx, sel, []int64{l.id}, statement, at.params(params{"load": l.id, "rows": room}))
		if err != nil {
			return false, err
		}
		if done, err = out.send(ctx, p); done || err != nil {
			return done, err
		}
		n := len(p.loads)
		if n == 0 {
			at = at.after(0, room, "", 0, 0)
		} else {
			at = at.after(n, room, p.files[n-1], p.lines[n-1], p.rows[n-1])
		}
	}
	return false, nil
}

// bySorting is the order of rows of several loads.
const bySorting = "r.dataset, r.file, r.line, coalesce(r.row, -1)"

// beyond holds for the rows after one of them.
const beyond = `(r.dataset > $dataset OR r.dataset = $dataset AND (r.file > $file OR r.file = $file AND
	(r.line > $line OR r.line = $line AND coalesce(r.row, -1) > $row)))`

// readSorted finds the rows by an index that does not hold them in order, and
// sorts them.
func (sn *snapshot) readSorted(ctx context.Context, sel *selection, w way, after *graph.Position, out *output) error {
	loads := sel.ids()
	at := params{}
	if after != nil {
		at = params{"dataset": after.Dataset, "file": after.File, "line": after.Line, "row": int64(1) << 62}
	}
	for size := firstPage; ; size = nextPage {
		room := out.room(size)
		where := append(slices.Clone(w.where), "r.load IN $loads")
		if len(at) > 0 {
			where = append(where, beyond)
		}
		at["loads"], at["rows"] = loads, room
		statement := w.match + sel.where(where...) + "\nWITH a, r, b ORDER BY " + bySorting + " LIMIT $rows"
		p, err := sn.fetch(ctx, sel, loads, statement, at)
		if err != nil {
			return err
		}
		if done, err := out.send(ctx, p); done || err != nil {
			return err
		}
		n := len(p.loads)
		if n < room {
			return nil
		}
		at = params{"dataset": sn.datasetOf(p.loads[n-1]), "file": p.files[n-1], "line": p.lines[n-1], "row": p.rows[n-1]}
	}
}

func (sn *snapshot) datasetOf(load int64) string {
	for _, l := range sn.catalog.loads {
		if l.id == load {
			return l.dataset.ID
		}
	}
	return ""
}

// send hands a page on in batches, up to the limit and the end of the line that
// it falls into. done is true where no row more is wanted.
func (o *output) send(ctx context.Context, p page) (done bool, err error) {
	n := len(p.loads)
	if o.limit > 0 {
		for n = 0; n < len(p.loads); n++ {
			at := graph.Position{Dataset: o.sn.datasetOf(p.loads[n]), File: p.files[n], Line: int(p.lines[n])}
			if o.full() && at != o.last {
				done = true
				break
			}
			o.last = at
			o.count++
		}
	}
	for from := 0; from < n; from += batchRows {
		if err := o.hand(ctx, p, from, min(n, from+batchRows)); err != nil {
			return false, err
		}
	}
	return done, nil
}

// hand hands rows from..to of a page on as a batch.
func (o *output) hand(ctx context.Context, p page, from, to int) error {
	k := o.sel.shape.kind
	b := &graph.Batch{Kind: k, Words: o.sn.words, Columns: make([]graph.Column, len(k.Fields)), Len: to - from}
	for _, field := range o.sel.wanted {
		c := &b.Columns[field]
		switch field {
		case o.sel.shape.id:
			c.Text = p.ids[from:to]
		case o.sel.shape.dataset:
			c.Word = o.datasets(p.loads[from:to])
		case o.sel.shape.file:
			c.Word = o.words(p.files[from:to])
		case o.sel.shape.line:
			c.Int = make([]int32, to-from)
			for i, line := range p.lines[from:to] {
				c.Int[i] = int32(line)
			}
		default:
			*c = columnOf(k.Fields[field].Type, p.columns[field][from:to], o.sn.words)
		}
	}
	if err := o.yield(b); err != nil {
		return err
	}
	return ctx.Err()
}

// datasets turns loads into the words of their datasets.
func (o *output) datasets(loads []int64) []uint32 {
	column := make([]uint32, len(loads))
	for i, load := range loads {
		if i > 0 && load == loads[i-1] {
			column[i] = column[i-1]
		} else {
			column[i] = o.sn.words.ID(o.sn.datasetOf(load))
		}
	}
	return column
}

func (o *output) words(texts []string) []uint32 {
	column := make([]uint32, len(texts))
	for i, text := range texts {
		if i > 0 && text == texts[i-1] {
			column[i] = column[i-1]
		} else {
			column[i] = o.sn.words.ID(text)
		}
	}
	return column
}

// columnOf turns values as the server sent them into a column.
func columnOf(t graph.Type, values []any, words *graph.Words) (c graph.Column) {
	n := len(values)
	switch t {
	case graph.Word:
		c.Word = make([]uint32, n)
		last, id := "", uint32(0)
		for i, v := range values {
			if word := text(v); word != last {
				last, id = word, words.ID(word)
			}
			c.Word[i] = id
		}
	case graph.Int:
		c.Int = make([]int32, n)
		for i, v := range values {
			c.Int[i] = int32(number(v))
		}
	case graph.Float:
		c.Float = make([]float64, n)
		for i, v := range values {
			c.Float[i] = float(v)
		}
	case graph.Bool:
		c.Bool = make([]bool, n)
		for i, v := range values {
			c.Bool[i], _ = v.(bool)
		}
	case graph.List:
		c.Text = make([]string, n)
		for i, v := range values {
			c.Text[i] = strings.Join(texts(v), ";")
		}
	default:
		c.Text = texts(values)
	}
	return c
}

// Count implements graph.Snapshot.
func (sn *snapshot) Count(ctx context.Context, q graph.Query) (int64, error) {
	q.Limit = 0
	sel, err := sn.resolve(q)
	if err != nil {
		return 0, err
	}
	if err := sn.usable(ctx); err != nil || len(sel.loads) == 0 {
		return 0, err
	}
	if sel.shape.id >= 0 {
		return sn.countNodes(ctx, sel)
	}
	if len(sel.all) == 0 {
		return sel.rows(), nil
	}
	match := fmt.Sprintf("MATCH (a)-[r:%s]->(b)\nUSING INDEX SEEK r:%s(load, file, line)", sel.shape.typ, sel.shape.typ)
	where := []string{"r.load IN $loads", "r.file IS NOT NULL", "r.line IS NOT NULL"}
	if w, ok := sel.way(); ok {
		match, where = w.match, append(slices.Clone(w.where), "r.load IN $loads")
	}
	return sn.count(ctx, sel, match+sel.where(where...), "count(r)")
}

// count counts the rows of a statement.
func (sn *snapshot) count(ctx context.Context, sel *selection, statement, what string) (int64, error) {
	loads := sel.ids()
	sel.params["loads"] = loads
	record, err := sn.ask(ctx, loads, statement, []string{what}, sel.params)
	if err != nil {
		return 0, err
	}
	return number(record[0]), nil
}
