package neo4j

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tiermap/graph"
)

// ImportFiles says what WriteImport wrote.
type ImportFiles struct {
	Nodes, Relationships int64
}

// WriteImport writes what a store of any kind holds as the files that
// "neo4j-admin database import full" makes a database of: the same nodes and
// relationships, with the same properties, that loading every dataset makes, so
// that a Store opens it. It goes by the shapes that loading goes by (see model).
// Beside the data there are import.sh, the command; schema.cypher, the
// constraints and indexes, which can only be made afterwards; and README.md.
//
// Rows are streamed. What is kept in memory are the ids that relationships lead
// to.
//
// Errors: BadInput where the folder is not empty or cannot be written, where an
// id is too long for the graph; those of the store. Nothing is left behind then.
func WriteImport(ctx context.Context, from graph.Store, dir string) (written ImportFiles, err error) {
	snap, status, err := stillView(ctx, from)
	if err != nil {
		return written, err
	}
	defer snap.Close() //nolint:errcheck // it was only read
	clean, err := emptyFolder(dir)
	if err != nil {
		return written, err
	}
	x := newImporter(dir, snap, status)
	if err = x.write(ctx); err == nil {
		err = x.close()
	}
	if err == nil {
		err = x.describe(status)
	}
	if err != nil {
		x.abandon()
		clean()
		var known *graph.Error
		if !errors.As(err, &known) && ctx.Err() == nil {
			err = graph.Wrap(graph.BadInput, err, "the files of an import cannot be written: %v", err)
		}
		return ImportFiles{}, err
	}
	return x.written(), nil
}

// written counts the rows.
func (x *importer) written() (n ImportFiles) {
	for _, s := range x.sheets {
		if strings.HasPrefix(s.option, "--nodes") {
			n.Nodes += s.rows
		} else {
			n.Relationships += s.rows
		}
	}
	return n
}

// stillView opens a snapshot and the status of the same revision.
func stillView(ctx context.Context, from graph.Store) (graph.Snapshot, graph.Status, error) {
	for {
		snap, err := from.Snapshot(ctx)
		if err != nil {
			return nil, graph.Status{}, err
		}
		status, err := from.Status(ctx)
		if err == nil && status.Revision == snap.Revision() {
			return snap, status, nil
		}
		_ = snap.Close() // it was not used
		if err != nil {
			return nil, graph.Status{}, err
		}
	}
}

// emptyFolder makes a folder where there is none. clean takes away what is in it
// by then, and the folder where it was made here.
func emptyFolder(dir string) (clean func(), err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return nil, graph.Errorf(graph.BadInput, "the folder %s is not empty; name another one, or a new one", dir)
	case err == nil:
		return func() {
			written, _ := os.ReadDir(dir)
			for _, e := range written {
				_ = os.Remove(filepath.Join(dir, e.Name())) // what stays, stays
			}
		}, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, graph.Wrap(graph.BadInput, err, "the folder %s cannot be made: %v", dir, err)
	}
	return func() { _ = os.RemoveAll(dir) }, nil
}

// importer writes the files. What it has to know of a dataset it notes as a load
// that is under way does.
type importer struct {
	dir    string
	snap   graph.Snapshot
	model  *model
	loads  []*loading // in the order of their numbers
	rows   *chunk     // the rows of one load that are being written
	facts  map[factKey]*factSheet
	nodes  map[string]*sheet          // by label
	ends   map[string]map[string]bool // by label: the ids that relationships lead to; true = the node is written
	sheets []*sheet                   // all that are written, in the order of the command
	status map[string]graph.DatasetStatus
}

func newImporter(dir string, snap graph.Snapshot, status graph.Status) *importer {
	x := &importer{dir: dir, snap: snap, model: newModel(), rows: &chunk{}, facts: map[factKey]*factSheet{}, nodes: map[string]*sheet{}, ends: map[string]map[string]bool{},
		status: map[string]graph.DatasetStatus{}}
	kinds := map[endKey]string{}
	slices.SortFunc(status.Datasets, func(a, b graph.DatasetStatus) int { return cmp.Compare(a.ID, b.ID) })
	for i, d := range status.Datasets {
		x.status[d.ID] = d
		x.loads = append(x.loads, &loading{id: int64(i + 1), dataset: d.Dataset, counts: map[string]int64{}, lines: map[lineKey]int32{},
			coverage: newCoverage(), kinds: endKinds{known: kinds}})
	}
	return x
}

func (x *importer) write(ctx context.Context) error {
	kinds := x.model.schema.Kinds()
	if err := x.findKinds(ctx); err != nil {
		return err
	}
	for _, k := range kinds {
		if k.IsNode() {
			if err := x.noteLinks(ctx, k); err != nil {
				return err
			}
		}
	}
	for _, k := range kinds {
		if sh := x.model.shapes[k]; !k.IsNode() {
			if err := x.read(ctx, sh, x.relationship); err != nil {
				return err
			}
		}
	}
	for _, k := range kinds {
		if k.IsNode() {
			if err := x.declared(ctx, x.model.shapes[k]); err != nil {
				return err
			}
		}
	}
	return errors.Join(x.bareNodes(), x.coverage(), x.records())
}

// close writes what is left. Nodes come first in the command, by their names.
func (x *importer) close() error {
	for _, s := range x.sheets {
		if err := s.close(); err != nil {
			return err
		}
	}
	slices.SortFunc(x.sheets, func(a, b *sheet) int { return cmp.Compare(a.argument(), b.argument()) })
	return nil
}

// abandon closes the files, whatever became of them.
func (x *importer) abandon() {
	for _, s := range x.sheets {
		_ = s.file.Close() // of no use any more
	}
}

// sheet makes a sheet.
func (x *importer) sheet(option, name string, header []string) (*sheet, error) {
	s, err := newSheet(x.dir, option, name, header)
	if err == nil {
		x.sheets = append(x.sheets, s)
	}
	return s, err
}

// led returns the ids of a label that relationships lead to.
func (x *importer) led(label string) map[string]bool {
	if x.ends[label] == nil {
		x.ends[label] = map[string]bool{}
	}
	return x.ends[label]
}

// lead notes that a relationship leads to a node.
func lead(ids map[string]bool, id string) {
	if _, there := ids[id]; !there {
		ids[id] = false
	}
}

// findKinds learns the labels of the ends that may have several, as loading does:
// the first under which there is a node.
func (x *importer) findKinds(ctx context.Context) error {
	asked := map[string]map[string]bool{} // by first label: ids
	labels := map[string][]string{}
	for _, k := range x.model.schema.Kinds() {
		sh := x.model.shapes[k]
		for _, c := range slices.Concat(sh.from, sh.to) {
			if len(c.labels) < 2 {
				continue
			}
			first := c.labels[0]
			if asked[first] == nil {
				asked[first] = map[string]bool{}
			}
			for _, label := range c.labels {
				if !slices.Contains(labels[first], label) {
					labels[first] = append(labels[first], label)
				}
			}
			err := x.texts(ctx, k, k.Fields[c.field].Name, func(id string) { asked[first][id] = true })
			if err != nil {
				return err
			}
		}
	}
	for first, ids := range asked {
		for _, label := range slices.Backward(labels[first]) { // the first label has the last word
			err := x.texts(ctx, x.model.schema.Kind(label), "id", func(id string) {
				if ids[id] {
					x.loads[0].kinds.known[endKey{first, id}] = label
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// texts reads one field of all rows of a kind.
func (x *importer) texts(ctx context.Context, k *graph.Kind, field string, use func(string)) error {
	i := k.Field(field)
	return x.snap.Read(ctx, graph.Query{Kind: k.Name, Fields: []string{field}}, func(b *graph.Batch) error {
		if k.Fields[i].Type == graph.Word {
			list := b.Words.List()
			for _, w := range b.Columns[i].Word {
				use(list[w])
			}
		} else {
			for _, text := range b.Columns[i].Text {
				use(text)
			}
		}
		return nil
	})
}

// noteLinks notes the nodes that the fields of a kind of node lead to, so that it
// is known when those are written which of them nobody declares.
func (x *importer) noteLinks(ctx context.Context, k *graph.Kind) error {
	for _, link := range k.Links {
		ids := x.led(k.Fields[k.Field(link.Field)].Refs[0])
		err := x.texts(ctx, k, link.Field, func(id string) {
			if fits(id) {
				lead(ids, id)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// read hands on the rows of a kind one by one, as loading sees them: those of one
// load that come together, in a chunk.
func (x *importer) read(ctx context.Context, sh *shape, row func(b *builder, row int) error) error {
	var byWord []*loading
	return x.snap.Read(ctx, graph.Query{Kind: sh.kind.Name}, func(batch *graph.Batch) error {
		list := batch.Words.List()
		datasets := batch.Columns[sh.dataset].Word
		byWord = append(byWord, make([]*loading, max(0, len(list)-len(byWord)))...)
		for from := 0; from < batch.Len; {
			w := datasets[from]
			to := from + 1
			for to < batch.Len && datasets[to] == w {
				to++
			}
			if byWord[w] == nil {
				i, _ := slices.BinarySearchFunc(x.loads, list[w], func(l *loading, id string) int { return cmp.Compare(l.dataset.ID, id) })
				byWord[w] = x.loads[i]
			}
			l := byWord[w]
			x.part(sh, batch, from, to)
			l.words = batch.Words
			l.counts[sh.kind.Table] += int64(to - from)
			if err := l.note(sh, x.rows, 0); err != nil {
				return err
			}
			b := &builder{l, sh, x.rows, list}
			for i := range x.rows.Len {
				if err := row(b, i); err != nil {
					return err
				}
			}
			from = to
		}
		return ctx.Err()
	})
}

// part makes the chunk of some rows of a batch.
func (x *importer) part(sh *shape, batch *graph.Batch, from, to int) {
	if x.rows.Batch == nil || x.rows.Kind != sh.kind {
		x.rows.Batch = &graph.Batch{Kind: sh.kind, Columns: make([]graph.Column, len(sh.kind.Fields))}
	}
	x.rows.Words, x.rows.Len, x.rows.order = batch.Words, to-from, x.rows.order[:0]
	for i, f := range sh.kind.Fields {
		src, dst := &batch.Columns[i], &x.rows.Columns[i]
		switch f.Type {
		case graph.Word:
			dst.Word = src.Word[from:to]
		case graph.Int:
			dst.Int = src.Int[from:to]
		case graph.Float:
			dst.Float = src.Float[from:to]
		case graph.Bool:
			dst.Bool = src.Bool[from:to]
		default:
			dst.Text = src.Text[from:to]
		}
	}
}

// factSheet is a sheet of relationships: those of one type, by which it is
// declared, that run between nodes of the same labels.
type factSheet struct {
	*sheet
	at       path
	from, to map[string]bool // of importer.ends
	columns  []sheetColumn
}

type factKey struct {
	shape *shape
	typ   string
	at    path
}

// factsOf returns the sheet of a key. Its columns are the ends, the load, what
// more there is, and the fields that are properties.
func (x *importer) factsOf(key factKey, more []string, is func(field int) bool) (*factSheet, error) {
	if s := x.facts[key]; s != nil {
		return s, nil
	}
	columns, header := columnsOfSheet(key.shape, is)
	from, to := cmp.Or(key.at.fromLabel, unknownLabel), cmp.Or(key.at.toLabel, unknownLabel)
	header = slices.Concat([]string{":START_ID(" + from + ")", ":END_ID(" + to + ")", "load:long"}, more, header)
	s, err := x.sheet("--relationships="+key.typ, strings.ToLower(key.typ+"-"+from+"-"+to), header)
	if err != nil {
		return nil, err
	}
	x.facts[key] = &factSheet{s, key.at, x.led(from), x.led(to), columns}
	return x.facts[key], nil
}

// ends writes the nodes that a row runs between, and its load.
func (s *factSheet) ends(b *builder, row int) {
	s.node(b, s.from, s.at.from, row)
	s.node(b, s.to, s.at.to, row)
	s.int(b.load.id)
}

func (s *factSheet) node(b *builder, ids map[string]bool, field, row int) {
	id := unknownName
	if field >= 0 {
		id = b.text(field, row)
	}
	lead(ids, id)
	s.text(id)
}

// order writes the order of a row within its line.
func (s *factSheet) order(b *builder, row int) {
	s.next()
	if n := b.chunk.order[row]; n != noOrder {
		s.row = strconv.AppendInt(s.row, n, 10)
	}
}

// relationship writes a row of a relationship.
func (x *importer) relationship(b *builder, row int) error {
	var at path
	at.from, at.fromLabel = b.end(b.shape.from, row)
	at.to, at.toLabel = b.end(b.shape.to, row)
	s, err := x.factsOf(factKey{b.shape, b.shape.typ, at}, []string{"dataset:string", "row:long"}, func(i int) bool {
		return i != at.from && i != at.to && i != b.shape.dataset
	})
	if err != nil {
		return err
	}
	s.ends(b, row)
	s.text(b.load.dataset.ID)
	s.order(b, row)
	s.properties(b, s.columns, row)
	return s.end()
}

// declared writes the nodes of a kind as Tidy leaves them, their declarations,
// and the links that their fields imply.
func (x *importer) declared(ctx context.Context, sh *shape) error {
	n := &node{columns: nodeColumns(sh)}
	n.cells = make([][]byte, len(n.columns))
	err := x.read(ctx, sh, func(b *builder, row int) error {
		s, err := x.nodesOf(sh.kind.Name)
		if err != nil {
			return err
		}
		if id := b.text(sh.id, row); id != n.id {
			if err := n.write(s); err != nil {
				return err
			}
			n.begin(id)
			x.led(sh.kind.Name)[id] = true
		}
		n.add(s, b, row)
		return errors.Join(x.declaration(b, row), x.links(b, row))
	})
	if err != nil || n.id == "" {
		return err
	}
	return n.write(x.nodes[sh.kind.Name])
}

// nodeColumns are the fields that a node has as properties beside its id.
func nodeColumns(sh *shape) (fields []int) {
	for i, f := range sh.kind.Fields {
		if settled(f) {
			fields = append(fields, i)
		}
	}
	return fields
}

// nodesOf returns the sheet of the nodes of a label.
func (x *importer) nodesOf(label string) (*sheet, error) {
	if s := x.nodes[label]; s != nil {
		return s, nil
	}
	header := []string{"id:ID(" + label + ")"}
	if label == unknownLabel {
		header = []string{"name:ID(" + label + ")"}
	}
	if sh := x.model.find(label); sh != nil {
		for _, i := range nodeColumns(sh) {
			header = append(header, sh.kind.Fields[i].Name+":"+importTypes[sh.kind.Fields[i].Type])
		}
		header = append(header, "datasets:string[]")
	}
	s, err := x.sheet("--nodes="+label, "node-"+strings.ToLower(label), header)
	x.nodes[label] = s
	return s, err
}

// node is a node whose declarations are being read, the highest rank first.
type node struct {
	id       string
	columns  []int
	cells    [][]byte
	datasets []byte
	last     string // of datasets
}

func (n *node) begin(id string) {
	n.id, n.datasets, n.last = id, n.datasets[:0], ""
	for i := range n.cells {
		n.cells[i] = n.cells[i][:0]
	}
}

// add gives a node what a declaration knows of it and those before did not.
func (n *node) add(s *sheet, b *builder, row int) {
	for i, field := range n.columns {
		if len(n.cells[i]) == 0 {
			n.cells[i] = s.appendValue(n.cells[i], b, field, row)
		}
	}
	if b.load.dataset.ID == n.last {
		return
	}
	if n.last != "" {
		n.datasets = append(n.datasets, ';')
	}
	n.last = b.load.dataset.ID
	n.datasets = append(n.datasets, n.last...)
}

func (n *node) write(s *sheet) error {
	if n.id == "" {
		return nil
	}
	s.text(n.id)
	for _, cell := range n.cells {
		s.cell(cell)
	}
	s.cell(n.datasets)
	return s.end()
}

// declaration writes that a dataset declares a node.
func (x *importer) declaration(b *builder, row int) error {
	sh := b.shape
	at := path{-1, sh.id, datasetLabel, sh.kind.Name}
	s, err := x.factsOf(factKey{sh, declares, at}, []string{"row:long"}, func(i int) bool { return i != sh.id && i != sh.dataset })
	if err != nil {
		return err
	}
	s.text(b.load.dataset.ID)
	s.text(b.text(sh.id, row))
	s.int(b.load.id)
	s.order(b, row)
	s.properties(b, s.columns, row)
	return s.end()
}

// links writes the relationships that the fields of a node imply.
func (x *importer) links(b *builder, row int) error {
	sh := b.shape
	for _, link := range sh.kind.Links {
		field := sh.kind.Field(link.Field)
		if !fits(b.text(field, row)) {
			continue
		}
		at := path{sh.id, field, sh.kind.Name, sh.kind.Fields[field].Refs[0]}
		if link.Inward {
			at = path{at.to, at.from, at.toLabel, at.fromLabel}
		}
		s, err := x.factsOf(factKey{sh, link.Name, at}, []string{"dataset:string"}, func(i int) bool {
			return i == sh.file || i == sh.line || !link.Inward && slices.Contains(linkFields(sh.kind), i)
		})
		if err != nil {
			return err
		}
		s.ends(b, row)
		s.text(b.load.dataset.ID)
		s.properties(b, s.columns, row)
		if err := s.end(); err != nil {
			return err
		}
	}
	return nil
}

// bareNodes writes the nodes that relationships lead to and nobody declares.
func (x *importer) bareNodes() error {
	for _, label := range slices.Sorted(maps.Keys(x.ends)) {
		for _, id := range slices.Sorted(maps.Keys(x.ends[label])) {
			if x.ends[label][id] {
				continue
			}
			s, err := x.nodesOf(label)
			if err != nil {
				return err
			}
			s.text(id)
			if sh := x.model.find(label); sh != nil {
				for range len(nodeColumns(sh)) + 1 {
					s.next()
				}
			}
			if err := s.end(); err != nil {
				return err
			}
		}
	}
	return nil
}

// coverage writes how much trade there is.
func (x *importer) coverage() error {
	var s *sheet
	for _, l := range x.loads {
		for _, c := range l.coverage.sorted() {
			if s == nil {
				var err error
				if s, err = x.sheet("--nodes="+coverageLabel, "node-"+strings.ToLower(coverageLabel), []string{"load:long", "dataset:string",
					"code:string", "product:string", "year:long", "rows:long", "both:long", "value_usd:double", "tonnes:double"}); err != nil {
					return err
				}
			}
			s.any(l.id, l.dataset.ID, orNull(c.Code), orNull(c.Product), unless(c.Year == graph.NoInt, c.Year), c.Rows, c.Both, c.ValueUSD, c.Tonnes)
			if err := s.end(); err != nil {
				return err
			}
		}
	}
	return nil
}

func unless(unknown bool, v any) any {
	if unknown {
		return nil
	}
	return v
}

// records writes the nodes that say which loads are visible, and of what version
// the graph is, as they are when nothing is under way.
func (x *importer) records() error {
	var loads, datasets []params
	for _, l := range x.loads {
		d := l.description(x.status[l.dataset.ID].Loaded)
		dataset := params{"id": l.dataset.ID, "load": l.id, "rows": d["total"]}
		for _, name := range []string{"loaded", "title", "publisher", "url", "licence", "version", "retrieved", "priority"} {
			dataset[name] = d[name]
		}
		maps.Copy(d, params{"id": l.id, "token": newToken(), "dataset": l.dataset.ID, "state": "current", "settled": true,
			"rowsReplaced": int64(0), "seen": time.Now().UnixMilli()})
		loads, datasets = append(loads, d), append(datasets, dataset)
	}
	store := params{"id": storeID, "schema": int64(schemaVersion), "fingerprint": x.model.fingerprint(), "token": newToken(),
		"loads": int64(len(x.loads)), "removals": int64(0)}
	return errors.Join(x.record(datasetLabel, true, datasets), x.record(loadLabel, false, loads), x.record(storeLabel, false, []params{store}))
}

// record writes nodes of a label, with their properties; ends: relationships
// lead to them.
func (x *importer) record(label string, ends bool, nodes []params) error {
	types := map[string]string{}
	for _, p := range nodes {
		for name, v := range p {
			if v != nil {
				types[name] = typeOf(v)
			}
		}
	}
	names := slices.Sorted(maps.Keys(types))
	var header []string
	for _, name := range names {
		if ends && name == "id" {
			header = append(header, "id:ID("+label+")")
		} else {
			header = append(header, name+":"+types[name])
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	s, err := x.sheet("--nodes="+label, "node-"+strings.ToLower(label), header)
	if err != nil {
		return err
	}
	for _, p := range nodes {
		for _, name := range names {
			s.any(p[name])
		}
		if err := s.end(); err != nil {
			return err
		}
	}
	return nil
}
