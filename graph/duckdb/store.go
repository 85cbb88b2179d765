package duckdb

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"tiermap/graph"
)

// Options say which file to open and what it may use.
type Options struct {
	Path     string // the file; it is made where there is none
	MemoryMB int    // what the database may keep in memory, in MB; 0 = 400
	Threads  int    // of the database; 0 = one for each core
	ReadOnly bool   // open an existing file without writing to it, beside others who do so
}

// defaultMemoryMB leaves a load, its parser included, well under 1 GB; what a
// query needs beyond it goes to a temporary file beside the store.
const defaultMemoryMB = 400

// Store is a store in one DuckDB file. It satisfies graph.Store, and may be used
// by several goroutines.
type Store struct {
	path     string
	options  Options
	schema   *graph.Schema
	database *database
	id       string // of the file: the first half of every revision
	words    words

	writing sync.Mutex // held from Begin to the end of a load, and by all else that writes

	mu       sync.Mutex
	busy     sync.WaitGroup // statements under way
	closed   bool
	idle     []*connection
	current  *catalog
	open     map[*catalog]int // how many snapshots read each revision
	dead     []*part          // invisible, not cleared away yet
	changes  int64            // the second half of the revision
	lastLoad int32
	lastPart int32
}

var _ graph.Store = (*Store)(nil)

// Open opens the file, or makes it where there is none. Errors: StoreBusy where
// another process has it open; StoreDown where it is damaged, may not be read,
// or is not there and may not be made; BadInput where it is no file of tiermap,
// or one of another version.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Path == "" {
		return nil, graph.Errorf(graph.BadInput, "the store needs the name of a file")
	}
	path := realPath(o.Path)
	if err := claim(path); err != nil {
		return nil, err
	}
	s, err := open(ctx, path, o, graph.NewSchema())
	if err != nil {
		release(path)
		return nil, err
	}
	return s, nil
}

func open(ctx context.Context, path string, o Options, schema *graph.Schema) (*Store, error) {
	if err := ensureFile(ctx, path, o, schema); err != nil {
		return nil, err
	}
	db, err := openDatabase(path, settings(o))
	if err != nil {
		return nil, openError(path, err)
	}
	s := &Store{path: path, options: o, schema: schema, database: db, open: map[*catalog]int{}}
	if err := s.using(func(c *connection) error { return s.read(ctx, c) }); err != nil {
		s.shut()
		return nil, err
	}
	s.clear(ctx)
	return s, nil
}

func settings(o Options) map[string]string {
	memory := o.MemoryMB
	if memory <= 0 {
		memory = defaultMemoryMB
	}
	s := map[string]string{
		"threads": strconv.Itoa(o.threads()), "memory_limit": strconv.Itoa(memory) + "MB",
		// Nothing is fetched from anywhere behind the user's back.
		"autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
	}
	if o.ReadOnly {
		s["access_mode"] = "read_only"
	}
	return s
}

func (o Options) threads() int {
	if o.Threads > 0 {
		return o.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// ensureFile makes sure that there is a file to open, and that it is one.
func ensureFile(ctx context.Context, path string, o Options, schema *graph.Schema) error {
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return graph.Errorf(graph.BadInput, "%s is a folder; name a file in it as the store", path)
	case err == nil && info.Size() == 0:
		return graph.Errorf(graph.BadInput, "%s is an empty file; delete it, or name another one as the store", path)
	case err == nil:
		return nil
	case !os.IsNotExist(err):
		return graph.Wrap(graph.StoreDown, err, "%s cannot be opened: %v", path, err)
	case o.ReadOnly:
		return graph.Errorf(graph.StoreDown, "there is no store %s yet; load something into it first", path)
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return graph.Wrap(graph.BadInput, err, "the folder %s for the store is not there; make it first", filepath.Dir(path))
	}
	return makeFile(ctx, path, o, schema)
}

// makeFile makes an empty store under another name and gives it the right one
// when it is whole, so that a process that is killed leaves no half of one.
func makeFile(ctx context.Context, path string, o Options, schema *graph.Schema) error {
	fresh := fmt.Sprintf("%s.new-%d", path, os.Getpid())
	defer os.Remove(fresh) //nolint:errcheck // it has moved, or does no harm
	if err := fillFile(ctx, fresh, o, schema); err != nil {
		return err
	}
	// A link fails where somebody else has made the file meanwhile; that one
	// counts. Not every file system has links.
	if err := os.Link(fresh, path); err == nil || os.IsExist(err) {
		return nil
	}
	if err := os.Rename(fresh, path); err != nil {
		return graph.Wrap(graph.StoreDown, err, "the store %s cannot be made: %v", path, err)
	}
	return nil
}

func fillFile(ctx context.Context, path string, o Options, schema *graph.Schema) error {
	db, err := openDatabase(path, settings(o))
	if err != nil {
		return graph.Wrap(graph.StoreDown, err, "the store %s cannot be made: %v", path, err)
	}
	defer db.close()
	c, err := db.connect()
	if err != nil {
		return storeError(path, err)
	}
	defer c.close()
	return storeError(path, create(ctx, c, schema.Kinds(), newID()))
}

// read learns what the file holds, apart from rows and words.
func (s *Store) read(ctx context.Context, c *connection) error {
	meta, err := readMeta(ctx, c)
	if err != nil {
		return openError(s.path, err)
	}
	if err := s.check(meta); err != nil {
		return err
	}
	s.id = meta["id"]
	if s.changes, err = strconv.ParseInt(meta["revision"], 10, 64); err != nil {
		return openError(s.path, err)
	}
	if s.current, s.dead, err = readCatalog(ctx, c, s.schema, s.revision()); err != nil {
		return openError(s.path, err)
	}
	for _, l := range s.current.loads {
		s.lastLoad = max(s.lastLoad, l.id)
	}
	for _, parts := range s.current.parts {
		for _, p := range parts {
			s.lastPart = max(s.lastPart, p.id)
		}
	}
	for _, p := range s.dead {
		s.lastLoad, s.lastPart = max(s.lastLoad, p.load.id), max(s.lastPart, p.id)
	}
	return nil
}

// readMeta reads what a file says about itself: nothing where it is not ours.
func readMeta(ctx context.Context, c *connection) (map[string]string, error) {
	var n []int64
	err := c.collect(ctx, "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'store' AND table_name = 'meta'", &n)
	if err != nil || n[0] == 0 {
		return nil, err
	}
	var keys, values []string
	if err := c.collect(ctx, "SELECT key, value FROM store.meta", &keys, &values); err != nil {
		return nil, err
	}
	meta := map[string]string{}
	for i, key := range keys {
		meta[key] = values[i]
	}
	return meta, nil
}

// check refuses a file whose tables are not those that this program writes.
func (s *Store) check(meta map[string]string) error {
	version, err := strconv.Atoi(meta["schema"])
	switch {
	case err != nil:
		return graph.Errorf(graph.BadInput, "%s is a DuckDB file, but not one of tiermap; name another one as the store", s.path)
	case version > schemaVersion:
		return graph.Errorf(graph.BadInput, "%s was written by a newer tiermap (schema %d, this one has %d); use that one, or load the data into a new file",
			s.path, version, schemaVersion)
	case version < schemaVersion:
		return graph.Errorf(graph.BadInput, "%s was written by an older tiermap (schema %d, this one has %d); load the data again into a new file",
			s.path, version, schemaVersion)
	case meta["fingerprint"] != fingerprint(s.schema.Kinds()):
		return graph.Errorf(graph.BadInput, "%s was written by a tiermap with other tables; load the data again into a new file", s.path)
	}
	return nil
}

func (s *Store) revision() string { return fmt.Sprintf("%s-%d", s.id, s.changes) }

// using lends a connection.
func (s *Store) using(run func(*connection) error) error {
	c, err := s.take()
	if err != nil {
		return err
	}
	defer s.give(c)
	return run(c)
}

func (s *Store) take() (*connection, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, graph.Errorf(graph.StoreDown, "the store %s has been closed", s.path)
	}
	var c *connection
	if n := len(s.idle); n > 0 {
		c, s.idle = s.idle[n-1], s.idle[:n-1]
	} else {
		var err error
		if c, err = s.database.connect(); err != nil {
			return nil, storeError(s.path, err)
		}
	}
	s.busy.Add(1)
	return c, nil
}

func (s *Store) give(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, c)
	s.busy.Done()
}

// write reserves the store for a change; the function ends it.
func (s *Store) write() (done func(), err error) {
	if s.options.ReadOnly {
		return nil, graph.Errorf(graph.BadInput, "the store %s was opened to be read only", s.path)
	}
	if !s.writing.TryLock() {
		return nil, graph.Errorf(graph.StoreBusy, "another load into the store %s is under way; wait until it has ended", s.path)
	}
	return s.writing.Unlock, nil
}

// Remove implements graph.Store.
func (s *Store) Remove(ctx context.Context, dataset string) (rows int64, err error) {
	done, err := s.write()
	if err != nil {
		return 0, err
	}
	defer s.clear(context.WithoutCancel(ctx))
	defer done()
	old := s.now().find(dataset)
	if old == nil {
		return 0, s.noDataset(dataset)
	}
	err = s.using(func(c *connection) error {
		if err := c.exec(ctx, "BEGIN"); err != nil {
			return err
		}
		if err := s.replace(ctx, c, old, nil, nil); err != nil {
			c.rollback()
			return err
		}
		return nil
	})
	if err != nil {
		return 0, storeError(s.path, err)
	}
	return old.rows(), nil
}

func (s *Store) noDataset(id string) error {
	var known []string
	for _, l := range s.now().loads {
		known = append(known, l.dataset.ID)
	}
	err := graph.Errorf(graph.NotFound, "there is no dataset %s in the store", id)
	err.Suggestions = graph.Nearest(id, known, 3)
	return err
}

// now returns the present revision.
func (s *Store) now() *catalog {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// replace ends a transaction that takes one load away, adds another, or both,
// with the words that it brought. The store must be reserved.
func (s *Store) replace(ctx context.Context, c *connection, old, added *load, words []string) error {
	dataset := ""
	if old != nil {
		dataset = old.dataset.ID
		if err := c.exec(ctx, fmt.Sprintf("DELETE FROM store.load WHERE load = %d", old.id)); err != nil {
			return err
		}
	}
	if added != nil {
		if err := insertLoad(c, added); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.changes++
	next := newCatalog(s.revision(), s.current.with(dataset, added))
	s.mu.Unlock()
	err := c.exec(ctx, s.views(next, old, added)+
		fmt.Sprintf("UPDATE store.meta SET value = '%d' WHERE key = 'revision';", s.changes))
	if err == nil {
		// Here the change comes about; whoever asked for it can no longer stop it.
		err = c.exec(context.WithoutCancel(ctx), "COMMIT")
	}
	if err != nil {
		return err
	}
	s.words.add(words)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = next
	if old != nil {
		s.dead = append(s.dead, old.parts...)
	}
	return nil
}

// views makes the statements that bring the views up to date with the tables of
// their own that parts have.
func (s *Store) views(next *catalog, changed ...*load) string {
	kinds := map[string]*graph.Kind{}
	for _, l := range changed {
		if l == nil {
			continue
		}
		for _, p := range l.parts {
			if p.own() {
				kinds[p.kind.Table] = p.kind
			}
		}
	}
	var b strings.Builder
	for _, table := range slices.Sorted(maps.Keys(kinds)) {
		var own []*part
		for _, p := range next.parts[table] {
			if p.own() {
				own = append(own, p)
			}
		}
		b.WriteString(viewOf(kinds[table], own))
	}
	return b.String()
}

// clear takes away the rows that no revision has that anybody reads. What it
// cannot do now is done later: the rows are invisible already.
func (s *Store) clear(ctx context.Context) {
	if s.options.ReadOnly || !s.writing.TryLock() {
		return
	}
	defer s.writing.Unlock()
	gone := s.unread()
	if len(gone) == 0 {
		return
	}
	err := s.using(func(c *connection) error {
		if err := c.exec(ctx, "BEGIN;"+clearing(gone)+"COMMIT;"); err != nil {
			c.rollback()
			return err
		}
		return nil
	})
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = slices.DeleteFunc(s.dead, func(p *part) bool { return slices.Contains(gone, p) })
}

// unread returns the dead parts that no snapshot reads.
func (s *Store) unread() []*part {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gone []*part
	for _, p := range s.dead {
		read := false
		for c := range s.open {
			read = read || c.holds(p.load.id)
		}
		if !read {
			gone = append(gone, p)
		}
	}
	return gone
}

// clearing makes the statements that take parts away.
func clearing(parts []*part) string {
	var b strings.Builder
	var ids, loads []string
	shared := map[string][]string{}
	for _, p := range parts {
		id := strconv.Itoa(int(p.id))
		ids, loads = append(ids, id), append(loads, strconv.Itoa(int(p.load.id)))
		if p.own() {
			fmt.Fprintf(&b, "DROP TABLE %s;", storeTable(p.heldIn))
		} else {
			shared[p.heldIn] = append(shared[p.heldIn], id)
		}
	}
	for _, table := range slices.Sorted(maps.Keys(shared)) {
		fmt.Fprintf(&b, "DELETE FROM %s WHERE part IN (%s);", storeTable(table), strings.Join(shared[table], ","))
	}
	fmt.Fprintf(&b, "DELETE FROM store.part WHERE part IN (%s);", strings.Join(ids, ","))
	fmt.Fprintf(&b, "DELETE FROM store.trade_coverage WHERE load IN (%s);", strings.Join(loads, ","))
	return b.String()
}

// Status implements graph.Store.
func (s *Store) Status(context.Context) (graph.Status, error) {
	s.mu.Lock()
	cat, closed := s.current, s.closed
	s.mu.Unlock()
	if closed {
		return graph.Status{}, graph.Errorf(graph.StoreDown, "the store %s has been closed", s.path)
	}
	status := graph.Status{
		Store:    fmt.Sprintf("DuckDB %s, %s", mapping.LibraryVersion(), filepath.Base(s.path)),
		Revision: cat.revision, Bytes: fileSize(s.path) + fileSize(s.path+".wal"),
	}
	for _, l := range cat.loads {
		status.Datasets = append(status.Datasets, l.status())
	}
	return status, nil
}

func (l *load) status() graph.DatasetStatus {
	d := graph.DatasetStatus{Dataset: l.dataset, Loaded: l.loaded, Rows: map[string]int64{}}
	for _, p := range l.parts {
		d.Rows[p.kind.Table] += p.rows
		if first := int(p.years[0]); first != graph.NoInt && (d.Years[0] == 0 || first < d.Years[0]) {
			d.Years[0] = first
		}
		if last := int(p.years[1]); last != graph.NoInt {
			d.Years[1] = max(d.Years[1], last)
		}
	}
	return d
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// Close implements graph.Store.
func (s *Store) Close() error {
	if !s.writing.TryLock() {
		return graph.Errorf(graph.StoreBusy, "a load into the store %s is under way; end it before closing", s.path)
	}
	defer s.writing.Unlock()
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	s.busy.Wait()
	s.shut()
	release(s.path)
	return nil
}

// shut closes the database, which brings everything into the one file.
func (s *Store) shut() {
	for _, c := range s.idle {
		c.close()
	}
	s.database.close()
}
