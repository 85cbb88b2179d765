package neo4j

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tiermap/graph"
)

// chunkRows is how many rows a transaction writes.
const chunkRows = 10000

// loading is a dataset on its way in. Rows are gathered by kind, and written in
// the background by as many writers as the options say. Every writer has a node
// in the graph that counts its chunks: the chunk and its number are written in
// one transaction, so that a chunk whose answer got lost is not written twice,
// and a writer whose node has gone, because somebody took the load for abandoned,
// writes no more.
type loading struct {
	store   *Store
	id      int64
	dataset graph.Dataset
	done    func() // nil when the load has ended
	ctx     context.Context
	cancel  context.CancelFunc
	signs   sync.WaitGroup // the sign of life

	words    *graph.Words
	numbers  map[*graph.Words][]uint32 // by list of a loader's words: theirs to ours + 1
	chunks   map[*shape]*chunk
	lines    map[lineKey]int32 // by file: the highest line so far
	rows     int64
	counts   map[string]int64 // by table
	years    [2]int
	undated  int64
	coverage *coverage
	writers  chan *writer // those that rest
	kinds    endKinds

	mu  sync.Mutex
	err error // the first that happened: the load can only be abandoned
}

// chunk is rows of one kind that are written together. order is the number of a
// row within the load where its line may have others, else noOrder.
type chunk struct {
	*graph.Batch
	order []int64
}

const noOrder = -1

type lineKey struct {
	shape *shape
	file  uint32
}

type writer struct {
	id   string
	next int64 // the number of its next chunk
}

// Begin implements graph.Store. Any number of loads run beside each other, also
// of one dataset, and in other processes.
func (s *Store) Begin(ctx context.Context, d graph.Dataset) (graph.Load, error) {
	if !graph.ValidID(d.ID) {
		return nil, graph.Errorf(graph.BadInput, "%q is no id for a dataset; use letters, digits and . _ : -", d.ID)
	}
	done, err := s.useToWrite()
	if err != nil {
		return nil, err
	}
	l, err := s.beginLoad(ctx, d)
	if err != nil {
		done()
		return nil, err
	}
	l.done = done
	return l, nil
}

// newLoad makes the records of a load, once for each token.
const newLoad = `
MATCH (s:Store {id: $store})
SET s.changed = timestamp()
REMOVE s.changed
WITH s
OPTIONAL MATCH (old:Load {token: $token})
WITH s, old WHERE old IS NULL
SET s.loads = s.loads + 1
MERGE (d:Dataset {id: $dataset})
CREATE (l:Load {id: s.loads, token: $token, dataset: $dataset, state: 'loading', seen: timestamp()})
WITH l
UNWIND range(0, $writers - 1) AS i
CREATE (:LoadWriter {id: l.id + '/' + i, load: l.id, chunk: 0})`

func (s *Store) beginLoad(ctx context.Context, d graph.Dataset) (*loading, error) {
	if err := s.tidyBriefly(ctx); err != nil {
		return nil, err
	}
	var id int64
	token := newToken()
	err := s.write(ctx, func(ctx context.Context, tx transaction) error {
		err := do(ctx, tx, newLoad, params{"store": storeID, "token": token, "dataset": d.ID, "writers": s.options.Writers})
		if err != nil {
			return err
		}
		row, err := one(ctx, tx, "MATCH (l:Load {token: $token}) RETURN l.id", params{"token": token})
		if err != nil {
			return err
		}
		id = number(row[0])
		return nil
	})
	if err != nil {
		return nil, err
	}
	l := &loading{
		store: s, id: id, dataset: d, words: graph.NewWords(), numbers: map[*graph.Words][]uint32{},
		chunks: map[*shape]*chunk{}, lines: map[lineKey]int32{}, counts: map[string]int64{}, coverage: newCoverage(),
		writers: make(chan *writer, s.options.Writers), kinds: endKinds{known: map[endKey]string{}},
	}
	for i := range s.options.Writers {
		l.writers <- &writer{id: fmt.Sprintf("%d/%d", id, i), next: 1}
	}
	l.ctx, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	l.signs.Go(l.showLife)
	s.mu.Lock()
	s.active[id] = true
	s.mu.Unlock()
	return l, nil
}

// showLife tells others from time to time that the load is not abandoned.
func (l *loading) showLife() {
	tick := time.NewTicker(l.store.options.Lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-tick.C:
		}
		// What goes wrong here the writers find out.
		_ = l.store.writeWithin(l.ctx, 0, func(ctx context.Context, tx transaction) error {
			return do(ctx, tx, "MATCH (l:Load {id: $id}) SET l.seen = timestamp()", params{"id": l.id})
		})
	}
}

var errEnded = graph.Errorf(graph.BadInput, "the load has ended; begin another")

// Write implements graph.Load.
func (l *loading) Write(ctx context.Context, b *graph.Batch) error {
	if l.done == nil {
		return errEnded
	}
	if err := l.failed(); err != nil {
		return err
	}
	if err := l.write(ctx, b); err != nil {
		l.fail(err)
	}
	return l.failed()
}

func (l *loading) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// fail notes what went wrong first, and ends what is being written.
func (l *loading) fail(err error) {
	l.mu.Lock()
	if l.err == nil {
		l.err = err
	}
	l.mu.Unlock()
	l.cancel()
}

func (l *loading) write(ctx context.Context, b *graph.Batch) error {
	k, err := b.Fits(l.store.model.schema)
	if err != nil {
		return err
	}
	sh := l.store.model.shapes[k]
	l.counts[sh.kind.Table] += int64(b.Len)
	for from := 0; from < b.Len; {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := l.chunks[sh]
		if c == nil {
			c = &chunk{Batch: graph.NewBatch(sh.kind, l.words, min(b.Len, chunkRows))}
			l.chunks[sh] = c
		}
		to := min(b.Len, from+chunkRows-c.Len)
		if err := l.gather(sh, c, b, from, to); err != nil {
			return err
		}
		if c.Len == chunkRows {
			if err := l.flush(ctx, sh); err != nil {
				return err
			}
		}
		from = to
	}
	return nil
}

// gather adds rows from..to of a batch to a chunk.
func (l *loading) gather(sh *shape, c *chunk, b *graph.Batch, from, to int) error {
	before := c.Len
	for i, f := range sh.kind.Fields {
		src, dst := &b.Columns[i], &c.Columns[i]
		var err error
		switch {
		case src.Values(f.Type) == 0 || i == sh.dataset:
			unknown(dst, f.Type, to-from)
		case f.Type == graph.Word:
			dst.Word, err = l.translate(dst.Word, b.Words, src.Word[from:to])
		case f.Type == graph.Int:
			dst.Int = append(dst.Int, src.Int[from:to]...)
		case f.Type == graph.Float:
			dst.Float = append(dst.Float, src.Float[from:to]...)
		case f.Type == graph.Bool:
			dst.Bool = append(dst.Bool, src.Bool[from:to]...)
		default:
			dst.Text = append(dst.Text, src.Text[from:to]...)
			err = graph.CheckTexts(src.Text[from:to])
		}
		if err != nil {
			return graph.Errorf(graph.BadInput, "column %s of a batch of %s: %v", f.Name, sh.kind.Name, err)
		}
	}
	c.Len += to - from
	return l.note(sh, c, before)
}

func unknown(c *graph.Column, t graph.Type, n int) {
	for range n {
		switch t {
		case graph.Word:
			c.Word = append(c.Word, 0)
		case graph.Int:
			c.Int = append(c.Int, graph.NoInt)
		case graph.Float:
			c.Float = append(c.Float, nan)
		case graph.Bool:
			c.Bool = append(c.Bool, false)
		default:
			c.Text = append(c.Text, "")
		}
	}
}

// translate turns a loader's words into those of the load.
func (l *loading) translate(dst []uint32, words *graph.Words, column []uint32) ([]uint32, error) {
	list, numbers := words.List(), l.numbers[words]
	if len(numbers) < len(list) {
		numbers = append(numbers, make([]uint32, len(list)-len(numbers))...)
		l.numbers[words] = numbers
	}
	for _, w := range column {
		if int(w) >= len(numbers) {
			return dst, fmt.Errorf("word %d is not in the list of words", w)
		}
		if numbers[w] == 0 {
			if err := graph.CheckTexts(list[w : w+1]); err != nil {
				return dst, err
			}
			numbers[w] = l.words.ID(list[w]) + 1
		}
		dst = append(dst, numbers[w]-1)
	}
	return dst, nil
}

// note keeps what the load has to know of the rows of a chunk from one on.
func (l *loading) note(sh *shape, c *chunk, from int) error {
	files, lines := c.Columns[sh.file].Word, c.Columns[sh.line].Int
	list := l.words.List()
	for i := from; i < c.Len; i++ {
		key := lineKey{sh, files[i]}
		highest, seen := l.lines[key]
		if !seen {
			if name := list[files[i]]; len(name) > maxKey || strings.Contains(name, "\x1f") {
				return graph.Errorf(graph.BadInput, "%.100q cannot be the name of a file: it is too long or has a control character in it", name)
			}
		}
		l.rows++
		if !seen || lines[i] > highest {
			l.lines[key] = lines[i]
			c.order = append(c.order, noOrder)
		} else {
			c.order = append(c.order, l.rows)
		}
	}
	if sh.id >= 0 {
		for _, id := range c.Columns[sh.id].Text[from:] {
			if len(id) > maxKey {
				return graph.Errorf(graph.BadInput, "%.100q… is too long for an id of a %s", id, sh.kind.Name)
			}
		}
	}
	if sh.year >= 0 {
		for _, year := range c.Columns[sh.year].Int[from:] {
			if year != graph.NoInt {
				l.years = widen(l.years, int(year))
			} else if sh.kind.Name == graph.Trades {
				l.undated++
			}
		}
	}
	if sh.kind.Name == graph.Trades {
		l.coverage.add(c.Batch, from)
	}
	return nil
}

func widen(years [2]int, year int) [2]int {
	if years == [2]int{} {
		return [2]int{year, year}
	}
	return [2]int{min(years[0], year), max(years[1], year)}
}

// flush has a chunk written in the background, as soon as a writer rests.
// Where the ends of a relationship may be of several kinds, the nodes that came
// before go first.
func (l *loading) flush(ctx context.Context, sh *shape) error {
	c := l.chunks[sh]
	if c == nil || c.Len == 0 {
		return nil
	}
	delete(l.chunks, sh)
	if sh.ambiguous() {
		if err := l.flushNodes(ctx); err != nil {
			return err
		}
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case w := <-l.writers:
		go func() {
			if err := l.writeChunk(l.ctx, w, sh, c); err != nil {
				l.fail(err)
			}
			l.writers <- w
		}()
	}
	return l.failed()
}

func (l *loading) flushNodes(ctx context.Context) error {
	for _, k := range l.store.model.schema.Kinds() {
		if k.IsNode() {
			if err := l.flush(ctx, l.store.model.shapes[k]); err != nil {
				return err
			}
		}
	}
	return l.rest(ctx)
}

// rest waits until everything is written that was to be.
func (l *loading) rest(ctx context.Context) error {
	var resting []*writer
	defer func() {
		for _, w := range resting {
			l.writers <- w
		}
	}()
	for range cap(l.writers) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case w := <-l.writers:
			resting = append(resting, w)
		}
	}
	return l.failed()
}

// Commit implements graph.Load.
func (l *loading) Commit(ctx context.Context) (replaced int64, err error) {
	if l.done == nil {
		return 0, errEnded
	}
	if err := l.failed(); err == nil {
		if replaced, err = l.commit(ctx); err != nil {
			l.fail(err)
		}
	}
	if err := l.failed(); err != nil {
		l.giveUp()
		return 0, err
	}
	l.end()
	// The load is there. What remains is to show it well and to clear away what
	// it replaced: if it cannot be done now it is done with the next load.
	_ = l.store.tidyBriefly(ctx)
	return replaced, nil
}

func (l *loading) commit(ctx context.Context) (replaced int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := l.flushNodes(ctx); err != nil {
		return 0, err
	}
	for _, k := range l.store.model.schema.Kinds() {
		if err := l.flush(ctx, l.store.model.shapes[k]); err != nil {
			return 0, err
		}
	}
	if err := l.rest(ctx); err != nil {
		return 0, err
	}
	if err := l.coverage.write(ctx, l); err != nil {
		return 0, err
	}
	if err := l.describe(ctx); err != nil {
		return 0, err
	}
	// Here the change comes about; whoever asked for it can no longer stop it.
	return l.change(context.WithoutCancel(ctx))
}

// describe keeps what is known of the load beside its rows.
func (l *loading) describe(ctx context.Context) error {
	properties := l.description(time.Now().UTC().Format(time.RFC3339))
	return l.store.write(ctx, func(ctx context.Context, tx transaction) error {
		_, err := one(ctx, tx, "MATCH (l:Load {id: $id}) WHERE l.state = 'loading' SET l += $properties RETURN l.id", params{"id": l.id, "properties": properties})
		if errors.Is(err, errUnexpected) {
			return givenUp(l.dataset.ID)
		}
		return err
	})
}

// description returns what is kept of a load as properties of its node.
func (l *loading) description(loaded string) params {
	d := l.dataset
	var total int64
	tables := slices.Sorted(maps.Keys(l.counts))
	counts := make([]int64, 0, len(tables))
	for _, table := range tables {
		if l.counts[table] > 0 {
			counts = append(counts, l.counts[table])
			total += l.counts[table]
		}
	}
	tables = slices.DeleteFunc(tables, func(table string) bool { return l.counts[table] == 0 })
	years := []int{}
	if l.years != [2]int{} {
		years = l.years[:]
	}
	return params{
		"title": orNull(d.Title), "publisher": orNull(d.Publisher), "url": orNull(d.URL), "licence": orNull(d.Licence),
		"version": orNull(d.Version), "retrieved": orNull(d.Retrieved), "priority": d.Priority,
		"loaded": loaded, "total": total, "tables": tables, "counts": counts, "years": years, "undated": l.undated}
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// switchLoads makes a load the current one of its dataset. The dataset is locked
// before its load is read, and the load before its state is. Done a second time
// it changes nothing and returns the same.
const switchLoads = `
MERGE (d:Dataset {id: $dataset})
SET d.changed = timestamp()
REMOVE d.changed
WITH d
MATCH (l:Load {id: $load})
SET l.seen = timestamp()
WITH d, l WHERE l.state IN ['loading', 'current', 'replaced']
CALL (d, l) {
	WITH d, l WHERE l.state = 'loading'
	OPTIONAL MATCH (o:Load {id: d.load})
	WITH d, l, o, coalesce(o.total, 0) AS replaced
	SET o.state = 'replaced', o.replaced = timestamp(), o.settled = false
	SET l.state = 'current', l.settled = false, l.rowsReplaced = replaced
	SET d.load = l.id, d.rows = l.total, d.loaded = l.loaded, d.title = l.title, d.publisher = l.publisher, d.url = l.url,
		d.licence = l.licence, d.version = l.version, d.retrieved = l.retrieved, d.priority = l.priority
	RETURN count(*) AS changed
}
CALL (l) {
	MATCH (w:LoadWriter {load: l.id})
	DELETE w
}
RETURN l.rowsReplaced AS replaced`

func (l *loading) change(ctx context.Context) (replaced int64, err error) {
	err = l.store.write(ctx, func(ctx context.Context, tx transaction) error {
		row, err := one(ctx, tx, switchLoads, params{"dataset": l.dataset.ID, "load": l.id})
		if errors.Is(err, errUnexpected) {
			return givenUp(l.dataset.ID)
		}
		if err != nil {
			return err
		}
		replaced = number(row[0])
		return nil
	})
	return replaced, err
}

// givenUp tells a loader that others took its load for abandoned.
func givenUp(dataset string) error {
	return graph.Errorf(graph.StoreBusy, "the load of %s gave no sign of life for so long that another process cleared it away; load it again", dataset)
}

// Abandon implements graph.Load.
func (l *loading) Abandon() error {
	if l.done != nil {
		l.giveUp()
	}
	return nil
}

// giveUp ends a load that came to nothing. Its rows are invisible; what cannot
// be cleared away now is cleared away with a later load.
func (l *loading) giveUp() {
	l.end()
	ctx, cancel := context.WithTimeout(context.Background(), briefly)
	defer cancel()
	err := l.store.writeWithin(ctx, blip, func(ctx context.Context, tx transaction) error {
		return do(ctx, tx, "MATCH (l:Load {id: $id}) WHERE l.state = 'loading' SET l.state = 'abandoned'", params{"id": l.id})
	})
	if err == nil {
		_ = l.store.tidyBriefly(ctx)
	}
}

// end stops what the load has going on and frees the store.
func (l *loading) end() {
	l.cancel()
	_ = l.rest(context.Background()) // what went wrong is known
	l.signs.Wait()
	l.store.mu.Lock()
	delete(l.store.active, l.id)
	l.store.mu.Unlock()
	l.done()
	l.done = nil
}
