package duckdb

import (
	"context"
	"fmt"
	"time"

	"tiermap/graph"
)

// loading is a dataset on its way in: one transaction on a connection of its own.
type loading struct {
	store    *Store
	done     func() // frees the store for others; nil when the load has ended
	conn     *connection
	load     *load
	words    *newWords
	numbers  map[*graph.Words][]int32 // by list of a loader's words: theirs to ours, -1 = not yet
	scratch  map[int][]int32          // by column: its numbers in the batch at hand
	shared   map[string]*appender     // by table
	files    map[fileKey]*fileRows
	nextPart int32
	coverage *coverage
	err      error // the first that happened: the load can only be abandoned
}

type fileKey struct {
	table string
	file  int32
}

// Begin implements graph.Store. Loads into one file come one after the other.
func (s *Store) Begin(ctx context.Context, d graph.Dataset) (graph.Load, error) {
	if !graph.ValidID(d.ID) {
		return nil, graph.Errorf(graph.BadInput, "%q is no id for a dataset; use letters, digits and . _ : -", d.ID)
	}
	done, err := s.write()
	if err != nil {
		return nil, err
	}
	l, err := s.begin(ctx, d)
	if err != nil {
		done()
		return nil, storeError(s.name, err)
	}
	l.done = done
	return l, nil
}

// begin opens the transaction of a load. As long as it lasts the database has one
// thread: of two, one would do the appending and the other would wait for it,
// busily, on the core that the reader of the file needs (4.5 seconds of
// processor time for a full year of BACI instead of 2.9).
func (s *Store) begin(ctx context.Context, d graph.Dataset) (*loading, error) {
	s.clear(ctx)
	words, err := s.words.grow(ctx, s)
	if err != nil {
		return nil, err
	}
	c, err := s.take()
	if err != nil {
		return nil, err
	}
	if err := c.exec(ctx, "SET GLOBAL threads = 1; BEGIN"); err != nil {
		s.allThreads(c)
		s.give(c)
		return nil, err
	}
	s.lastLoad++
	l := &loading{
		store: s, conn: c, words: words, nextPart: s.lastPart + 1,
		load:    &load{id: s.lastLoad, dataset: d, word: words.number(d.ID)},
		numbers: map[*graph.Words][]int32{}, scratch: map[int][]int32{}, shared: map[string]*appender{}, files: map[fileKey]*fileRows{},
		coverage: newCoverage(),
	}
	return l, nil
}

// allThreads gives the database its threads back; without them it is only slower.
func (s *Store) allThreads(c *connection) {
	_ = c.exec(context.Background(), fmt.Sprintf("SET GLOBAL threads = %d", s.options.threads()))
}

// Write implements graph.Load.
func (l *loading) Write(ctx context.Context, b *graph.Batch) error {
	if l.done == nil {
		return errEnded
	}
	if l.err == nil {
		l.err = storeError(l.store.name, l.write(ctx, b))
	}
	return l.err
}

var errEnded = graph.Errorf(graph.BadInput, "the load has ended; begin another")

func (l *loading) write(ctx context.Context, b *graph.Batch) error {
	k, err := b.Fits(l.store.schema)
	if err != nil {
		return err
	}
	in, err := l.translate(k, b)
	if err != nil {
		return err
	}
	files := in.columns[k.Field("file")].Int
	for from := 0; from < b.Len; {
		if err := ctx.Err(); err != nil {
			return err
		}
		to, file := b.Len, int32(0)
		if files != nil {
			file = files[from]
			for to = from + 1; to < b.Len && files[to] == file; to++ {
			}
		}
		rows, err := l.rowsOf(k, file)
		if err != nil {
			return err
		}
		if err := rows.write(ctx, in, from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// input is a batch whose words are the store's numbers, in the Int columns.
type input struct {
	kind    *graph.Kind
	columns []graph.Column
}

// translate turns the words of a batch into the store's, new ones included.
// What it returns is valid until the next call.
func (l *loading) translate(k *graph.Kind, b *graph.Batch) (*input, error) {
	in := &input{kind: k, columns: make([]graph.Column, len(k.Fields))}
	for i, f := range k.Fields {
		c := b.Columns[i]
		if c.Values(f.Type) == 0 || f.Name == "dataset" {
			continue
		}
		var err error
		switch f.Type {
		case graph.Word:
			c, err = l.translateWords(b.Words, c.Word, i)
		case graph.Text, graph.Date, graph.List:
			err = graph.CheckTexts(c.Text)
		}
		if err != nil {
			return nil, graph.Errorf(graph.BadInput, "column %s of a batch of %s: %v", f.Name, k.Name, err)
		}
		in.columns[i] = c
	}
	return in, nil
}

// translateWords does so for column i.
func (l *loading) translateWords(words *graph.Words, column []uint32, i int) (graph.Column, error) {
	list, numbers := words.List(), l.numbers[words]
	for len(numbers) < len(list) {
		numbers = append(numbers, -1)
	}
	l.numbers[words] = numbers
	out := l.scratch[i][:0]
	for _, w := range column {
		if int(w) >= len(numbers) {
			return graph.Column{}, fmt.Errorf("word %d is not in the list of words", w)
		}
		n := numbers[w]
		if n < 0 {
			if err := graph.CheckTexts(list[w : w+1]); err != nil {
				return graph.Column{}, err
			}
			n = l.words.number(list[w])
			numbers[w] = n
		}
		out = append(out, n)
	}
	l.scratch[i] = out
	return graph.Column{Int: out}, nil
}

// Commit implements graph.Load.
func (l *loading) Commit(ctx context.Context) (replaced int64, err error) {
	if l.done == nil {
		return 0, errEnded
	}
	if l.err == nil {
		replaced, l.err = l.commit(ctx)
	}
	if l.err != nil {
		l.end(true)
		return 0, storeError(l.store.name, l.err)
	}
	l.end(false)
	return replaced, nil
}

func (l *loading) commit(ctx context.Context) (replaced int64, err error) {
	for _, a := range l.shared {
		if err := a.flush(); err != nil {
			return 0, err
		}
	}
	for _, rows := range l.files {
		if err := rows.finish(); err != nil {
			return 0, err
		}
	}
	if err := l.writeWords(); err != nil {
		return 0, err
	}
	if err := l.coverage.insert(l.conn, l.load.id, l.words.text); err != nil {
		return 0, err
	}
	old := l.store.now().find(l.load.dataset.ID)
	if old != nil {
		replaced = old.rows()
	}
	l.load.loaded = time.Now().UTC().Format(time.RFC3339)
	return replaced, l.store.replace(ctx, l.conn, old, l.load, l.words.list)
}

func (l *loading) writeWords() error {
	ids := make([]int32, len(l.words.list))
	for i := range ids {
		ids[i] = int32(len(l.words.old) + i)
	}
	return l.conn.insert("store", "word", ids, l.words.list)
}

// Abandon implements graph.Load.
func (l *loading) Abandon() error {
	if l.done != nil {
		l.end(true)
	}
	return nil
}

// end frees what the load holds.
func (l *loading) end(rollback bool) {
	for _, a := range l.shared {
		a.close()
	}
	for _, rows := range l.files {
		rows.drop()
	}
	if rollback {
		l.conn.rollback()
	} else {
		l.store.clear(context.Background())
	}
	l.store.allThreads(l.conn)
	l.store.lastPart = max(l.store.lastPart, l.nextPart-1)
	l.store.give(l.conn)
	l.done()
	l.done = nil
}

// insertLoad writes the records of a load and its parts.
func insertLoad(c *connection, l *load) error {
	d := l.dataset
	err := c.insert("store", "load", []int32{l.id}, []int32{l.word}, []string{d.ID}, []string{d.Title}, []string{d.Publisher},
		[]string{d.URL}, []string{d.Licence}, []string{d.Version}, []string{d.Retrieved}, []int32{int32(d.Priority)}, []string{l.loaded})
	if err != nil {
		return err
	}
	var id, load, file, first, last, low, high []int32
	var rows []int64
	var kind, name, heldIn, columns, constants []string
	var inOrder []bool
	for _, p := range l.parts {
		id, load, file, rows = append(id, p.id), append(load, l.id), append(file, p.file), append(rows, p.rows)
		kind, name, heldIn = append(kind, p.kind.Name), append(name, p.name), append(heldIn, p.heldIn)
		columns, constants = append(columns, p.columns()), append(constants, p.constantsText())
		first, last, inOrder = append(first, p.years[0]), append(last, p.years[1]), append(inOrder, p.inOrder)
		low, high = append(low, p.lines[0]), append(high, p.lines[1])
	}
	return c.insert("store", "part", id, load, kind, file, name, heldIn, columns, constants, rows, first, last, low, high, inOrder)
}
