package neo4j

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"tiermap/graph"
)

var nan = math.NaN()

// edges are relationships of one type between nodes of one label and nodes of
// another, as columns: what one statement writes.
type edges struct {
	typ        string
	from, to   ends
	n          int
	properties []property
}

// ends are the nodes at one end: their distinct ids, and for each relationship
// which of them. Without a label it is the node Unknown.
type ends struct {
	label string
	ids   []string
	of    []int64
}

// property is one property of the relationships: a Cypher expression of the
// row's number i, with its parameters.
type property struct {
	name, expression string
}

// builder makes edges from the rows of a chunk.
type builder struct {
	load  *loading
	shape *shape
	chunk *chunk
	list  []string // the words
}

// writeChunk writes the rows of a chunk, and the links that they imply.
func (l *loading) writeChunk(ctx context.Context, w *writer, sh *shape, c *chunk) error {
	b := &builder{l, sh, c, l.words.List()}
	return l.inChunk(ctx, w, func(ctx context.Context, tx transaction) error {
		if sh.id >= 0 {
			return b.writeNodes(ctx, tx)
		}
		return b.writeRelationships(ctx, tx)
	})
}

// takeChunk gives a writer's next chunk its number. The writer's node is locked
// before the number of its last chunk is read, so that an earlier try that is
// still being committed is waited for.
const takeChunk = `
MATCH (w:LoadWriter {id: $writer})
SET w.changed = timestamp()
REMOVE w.changed
WITH w, w.chunk AS last
SET w.chunk = $chunk
RETURN last`

// inChunk does work as the next chunk of a writer: once, however often it is
// tried. The writer must not be at work.
func (l *loading) inChunk(ctx context.Context, w *writer, do work) error {
	err := l.store.write(ctx, func(ctx context.Context, tx transaction) error {
		rows, err := all(ctx, tx, takeChunk, params{"writer": w.id, "chunk": w.next})
		switch {
		case err != nil:
			return err
		case len(rows) == 0:
			return givenUp(l.dataset.ID)
		case number(rows[0][0]) >= w.next:
			return nil // done; the answer was lost
		}
		return do(ctx, tx)
	})
	w.next++
	return err
}

// writeNodes writes the rows of nodes: DECLARES from the dataset to the node,
// and the links that their fields imply.
func (b *builder) writeNodes(ctx context.Context, tx transaction) error {
	rows := make([]int, b.chunk.Len)
	for i := range rows {
		rows[i] = i
	}
	dataset := ends{label: datasetLabel, ids: []string{b.load.dataset.ID}, of: make([]int64, len(rows))}
	nodes := b.ends(b.shape.kind.Name, b.shape.id, rows)
	p := params{"load": b.load.id}
	e := edges{typ: declares, from: dataset, to: nodes, n: len(rows), properties: []property{{"load", "$load"}}}
	for i := range b.shape.kind.Fields {
		if i != b.shape.id && i != b.shape.dataset {
			e.add(b, i, rows, p)
		}
	}
	e.addOrder(b, rows, p)
	if err := e.write(ctx, tx, p); err != nil {
		return err
	}
	for _, link := range b.shape.kind.Links {
		if err := b.writeLink(ctx, tx, link); err != nil {
			return err
		}
	}
	return nil
}

// writeLink writes the relationships that a field of nodes implies.
func (b *builder) writeLink(ctx context.Context, tx transaction, link graph.Link) error {
	field := b.shape.kind.Field(link.Field)
	var rows []int
	for i := range b.chunk.Len {
		if fits(b.text(field, i)) {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	p := params{"load": b.load.id, "dataset": b.load.dataset.ID}
	e := edges{typ: link.Name, n: len(rows), properties: []property{{"load", "$load"}, {"dataset", "$dataset"}},
		from: b.ends(b.shape.kind.Name, b.shape.id, rows), to: b.ends(b.shape.kind.Fields[field].Refs[0], field, rows)}
	if link.Inward {
		e.from, e.to = e.to, e.from
	} else {
		for _, i := range linkFields(b.shape.kind) {
			e.add(b, i, rows, p)
		}
	}
	e.add(b, b.shape.file, rows, p)
	e.add(b, b.shape.line, rows, p)
	return e.write(ctx, tx, p)
}

// path is how a relationship runs: the fields that name its ends, -1 for none,
// and the labels of these.
type path struct {
	from, to           int
	fromLabel, toLabel string
}

// writeRelationships writes rows of a relationship, those together that run
// between nodes of the same labels.
func (b *builder) writeRelationships(ctx context.Context, tx transaction) error {
	if err := b.findKinds(ctx, tx); err != nil {
		return err
	}
	groups := map[path][]int{}
	var order []path
	for i := range b.chunk.Len {
		var at path
		at.from, at.fromLabel = b.end(b.shape.from, i)
		at.to, at.toLabel = b.end(b.shape.to, i)
		if groups[at] == nil {
			order = append(order, at)
		}
		groups[at] = append(groups[at], i)
	}
	for _, at := range order {
		rows := groups[at]
		p := params{"load": b.load.id, "dataset": b.load.dataset.ID}
		e := edges{typ: b.shape.typ, n: len(rows), properties: []property{{"load", "$load"}, {"dataset", "$dataset"}},
			from: b.ends(at.fromLabel, at.from, rows), to: b.ends(at.toLabel, at.to, rows)}
		for i := range b.shape.kind.Fields {
			if i != at.from && i != at.to && i != b.shape.dataset {
				e.add(b, i, rows, p)
			}
		}
		e.addOrder(b, rows, p)
		if err := e.write(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// text returns a Word, Text, Date or List of a row.
func (b *builder) text(field, row int) string {
	if c := &b.chunk.Columns[field]; b.shape.kind.Fields[field].Type == graph.Word {
		return b.list[c.Word[row]]
	} else {
		return c.Text[row]
	}
}

// end returns the field that names an end of a row, and the label of the node.
func (b *builder) end(choices []choice, row int) (field int, label string) {
	for _, c := range choices {
		if id := b.text(c.field, row); fits(id) {
			if len(c.labels) == 1 {
				return c.field, c.labels[0]
			}
			return c.field, b.load.kinds.label(c.labels, id)
		}
	}
	return -1, ""
}

// ends collects the nodes that a field of some rows names.
func (b *builder) ends(label string, field int, rows []int) ends {
	if label == "" {
		return ends{of: make([]int64, len(rows))}
	}
	return endsOf(label, len(rows), func(i int) string { return b.text(field, rows[i]) })
}

// endsOf collects the nodes of a label that the ids of n relationships name.
func endsOf(label string, n int, id func(i int) string) ends {
	e := ends{label: label, of: make([]int64, n)}
	seen := map[string]int64{}
	for i := range n {
		key := id(i)
		at, ok := seen[key]
		if !ok {
			at = int64(len(e.ids))
			seen[key] = at
			e.ids = append(e.ids, key)
		}
		e.of[i] = at
	}
	return e
}

// write writes the relationships. Nodes that are not there are made, with an id
// and nothing else; each is found once, however many relationships it has.
func (e *edges) write(ctx context.Context, tx transaction, p params) error {
	p["from"], p["fromOf"], p["to"], p["toOf"], p["n"] = e.from.ids, e.from.of, e.to.ids, e.to.of, e.n
	var assign []string
	for _, property := range e.properties {
		assign = append(assign, property.name+": "+property.expression)
	}
	statement := nodesOf("from", e.from.label, "") + nodesOf("to", e.to.label, "from, ") + `
WITH from, to
WHERE all(k IN range(0, size($from) - 1) WHERE from[k].id = $from[k]) AND all(k IN range(0, size($to) - 1) WHERE to[k].id = $to[k])
UNWIND range(0, $n - 1) AS i
WITH i, from[$fromOf[i]] AS a, to[$toOf[i]] AS b
CREATE (a)-[:` + e.typ + " {" + strings.Join(assign, ", ") + "}]->(b)\nRETURN count(*)"
	row, err := one(ctx, tx, statement, p)
	if err == nil && number(row[0]) != int64(e.n) {
		err = fmt.Errorf("%w: %d relationships of %d written", errUnexpected, number(row[0]), e.n)
	}
	return err
}

// nodesOf collects the nodes whose ids are the parameter of that name, in its
// order, beside what is there already.
func nodesOf(name, label, beside string) string {
	if label == "" {
		return fmt.Sprintf("MERGE (%s_:%s {name: '%s'})\nWITH %s[%s_] AS %s\n", name, unknownLabel, unknownName, beside, name, name)
	}
	return fmt.Sprintf("UNWIND $%s AS id\nMERGE (n:%s {id: id})\nWITH %scollect(n) AS %s\n", name, label, beside, name)
}

// add adds a field as a property; nothing where it is not known in any row. What
// is the same in all rows is sent once, and so is a text of which there are few.
func (e *edges) add(b *builder, field int, rows []int, p params) {
	f, c := b.shape.kind.Fields[field], &b.chunk.Columns[field]
	key := "c" + strconv.Itoa(field)
	var expression string
	switch f.Type {
	case graph.Word:
		expression = wordColumn(key, b.list, c.Word, rows, b.shape.indexed(field), p)
		if long := key + "_long"; p[long] != nil {
			e.properties = append(e.properties, property{f.Name + "_long", "$" + long + "[" + "$" + key + "[i]]"})
		}
	case graph.Int:
		expression = intColumn(key, c.Int, rows, p)
	case graph.Float:
		expression = floatColumn(key, c.Float, rows, p)
	case graph.Bool:
		expression = boolColumn(key, c.Bool, rows, p)
	case graph.List:
		expression = listColumn(key, c.Text, rows, p)
	default:
		expression = textColumn(key, c.Text, rows, p)
	}
	// A row is found again by its file and line: these are always there.
	switch {
	case expression == "" && field == b.shape.file:
		expression = "''"
	case expression == "" && field == b.shape.line:
		expression = strconv.Itoa(graph.NoInt)
	case expression == "":
		return
	case field == b.shape.file:
		expression = "coalesce(" + expression + ", '')"
	case field == b.shape.line:
		expression = fmt.Sprintf("coalesce(%s, %d)", expression, graph.NoInt)
	}
	e.properties = append(e.properties, property{f.Name, expression})
}

// addOrder keeps the order of rows that stood in one line.
func (e *edges) addOrder(b *builder, rows []int, p params) {
	order := make([]any, len(rows))
	there := false
	for i, row := range rows {
		if n := b.chunk.order[row]; n != noOrder {
			order[i], there = n, true
		}
	}
	if there {
		p["order"] = order
		e.properties = append(e.properties, property{"row", "$order[i]"})
	}
}

// wordColumn sends the distinct words and which of them each row has. Of an
// indexed column those that are too long for an index go apart, as key_long.
func wordColumn(key string, list []string, column []uint32, rows []int, indexed bool, p params) string {
	seen := map[uint32]int64{}
	var words, long []any
	index := make([]int64, len(rows))
	known, tooLong := false, false
	last, at := uint32(0), int64(-1)
	for i, row := range rows {
		w := column[row]
		if at < 0 || w != last {
			n, ok := seen[w]
			if !ok {
				n = int64(len(words))
				seen[w] = n
				word, beyond := orNull(list[w]), any(nil)
				if indexed && len(list[w]) > maxKey {
					word, beyond, tooLong = nil, list[w], true
				}
				words, long = append(words, word), append(long, beyond)
				known = known || w != 0
			}
			last, at = w, n
		}
		index[i] = at
	}
	switch {
	case !known:
		return ""
	case tooLong:
		p[key+"_long"] = long
	case len(words) == 1:
		p[key] = words[0]
		return "$" + key
	}
	p[key], p[key+"_words"] = index, words
	return "$" + key + "_words[$" + key + "[i]]"
}

func intColumn(key string, column []int32, rows []int, p params) string {
	values := make([]int64, len(rows))
	same, unknown := true, false
	for i, row := range rows {
		values[i] = int64(column[row])
		same = same && values[i] == values[0]
		unknown = unknown || column[row] == graph.NoInt
	}
	switch {
	case same && unknown:
		return ""
	case same:
		p[key] = values[0]
		return "$" + key
	}
	p[key] = values
	if unknown {
		return fmt.Sprintf("nullIf($%s[i], %d)", key, graph.NoInt)
	}
	return "$" + key + "[i]"
}

func floatColumn(key string, column []float64, rows []int, p params) string {
	values := make([]float64, len(rows))
	known, unknown := false, false
	for i, row := range rows {
		values[i] = column[row]
		if math.IsNaN(values[i]) {
			unknown = true
		} else {
			known = true
		}
	}
	if !known {
		return ""
	}
	p[key] = values
	if unknown {
		return fmt.Sprintf("CASE WHEN isNaN($%s[i]) THEN null ELSE $%s[i] END", key, key)
	}
	return "$" + key + "[i]"
}

// boolColumn keeps what is true only.
func boolColumn(key string, column []bool, rows []int, p params) string {
	values := make([]any, len(rows))
	all, any := true, false
	for i, row := range rows {
		if column[row] {
			values[i] = true
		}
		all, any = all && column[row], any || column[row]
	}
	switch {
	case !any:
		return ""
	case all:
		return "true"
	}
	p[key] = values
	return "$" + key + "[i]"
}

func textColumn(key string, column []string, rows []int, p params) string {
	values := make([]any, len(rows))
	known := false
	for i, row := range rows {
		values[i] = orNull(column[row])
		known = known || values[i] != nil
	}
	if !known {
		return ""
	}
	p[key] = values
	return "$" + key + "[i]"
}

func listColumn(key string, column []string, rows []int, p params) string {
	values := make([]any, len(rows))
	known := false
	for i, row := range rows {
		if column[row] != "" {
			values[i], known = strings.Split(column[row], ";"), true
		}
	}
	if !known {
		return ""
	}
	p[key] = values
	return "$" + key + "[i]"
}

// ambiguous reports whether an end may be a node of several labels.
func (s *shape) ambiguous() bool {
	for _, choices := range [][]choice{s.from, s.to} {
		for _, c := range choices {
			if len(c.labels) > 1 {
				return true
			}
		}
	}
	return false
}

// endKinds remembers of which label the node is that an id names where it may be
// of several: the first under which there is one, else the first.
type endKinds struct {
	mu    sync.Mutex
	known map[endKey]string
}

type endKey struct{ first, id string }

func (k *endKinds) label(labels []string, id string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if label, ok := k.known[endKey{labels[0], id}]; ok {
		return label
	}
	return labels[0]
}

// findKinds learns the labels of the ends of a chunk that may have several.
func (b *builder) findKinds(ctx context.Context, tx transaction) error {
	for _, choices := range [][]choice{b.shape.from, b.shape.to} {
		for _, c := range choices {
			if len(c.labels) < 2 {
				continue
			}
			if err := b.findKind(ctx, tx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) findKind(ctx context.Context, tx transaction, c choice) error {
	k := &b.load.kinds
	seen := map[string]bool{}
	var ids []string
	k.mu.Lock()
	for i := range b.chunk.Len {
		id := b.text(c.field, i)
		if _, known := k.known[endKey{c.labels[0], id}]; !known && fits(id) && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	k.mu.Unlock()
	// The first label last, so that it has the last word.
	for i := len(c.labels) - 1; i >= 0 && len(ids) > 0; i-- {
		row, err := one(ctx, tx, fmt.Sprintf("UNWIND $ids AS id MATCH (n:%s {id: id}) RETURN collect(id)", c.labels[i]), params{"ids": ids})
		if err != nil {
			return err
		}
		k.mu.Lock()
		for _, id := range texts(row[0]) {
			k.known[endKey{c.labels[0], id}] = c.labels[i]
		}
		k.mu.Unlock()
	}
	return nil
}
