package duckdb

import (
	"context"
	"runtime"
	"strconv"
	"strings"
	"sync"

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
	name     string // of the file, as the user gave it: for messages
	path     string // the file itself, links followed
	options  Options
	schema   *graph.Schema
	database *database

	sharedRows int64  // as the constant says; less in tests
	id         string // of the file: the first half of every revision
	words      words

	writing sync.Mutex // held from Begin to the end of a load, and by all else that writes

	mu         sync.Mutex
	busy       sync.WaitGroup // statements under way
	closed     bool
	idle       []*connection
	current    *catalog
	compacting bool             // no snapshot may be taken
	open       map[*catalog]int // how many snapshots read each revision
	dead       []*part          // invisible, not cleared away yet
	changes    int64            // the second half of the revision
	lastLoad   int32
	lastPart   int32
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
	if strings.Contains(path, "?") { // DuckDB takes what follows for settings
		return nil, graph.Errorf(graph.BadInput, "the store %s has a question mark in its path, which the database cannot open; choose another", path)
	}
	if err := claim(path); err != nil {
		return nil, err
	}
	s, err := open(ctx, path, o)
	if err != nil {
		release(path)
		return nil, err
	}
	return s, nil
}

func open(ctx context.Context, path string, o Options) (*Store, error) {
	s := &Store{name: o.Path, path: path, options: o, schema: graph.NewSchema(), sharedRows: sharedRows, open: map[*catalog]int{}}
	if err := s.ensureFile(ctx); err != nil {
		return nil, err
	}
	var err error
	if s.database, err = openDatabase(path, settings(o)); err != nil {
		return nil, openError(s.name, err)
	}
	if err := s.using(func(c *connection) error { return s.read(ctx, c) }); err != nil {
		s.shut()
		return nil, err
	}
	if !o.ReadOnly {
		s.clear(ctx)
	}
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
		return nil, graph.Errorf(graph.StoreDown, "the store %s has been closed", s.name)
	}
	var c *connection
	if n := len(s.idle); n > 0 {
		c, s.idle = s.idle[n-1], s.idle[:n-1]
	} else {
		var err error
		if c, err = s.database.connect(); err != nil {
			return nil, storeError(s.name, err)
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
		return nil, graph.Errorf(graph.BadInput, "the store %s was opened to be read only", s.name)
	}
	if !s.writing.TryLock() {
		return nil, graph.Errorf(graph.StoreBusy, "another load into the store %s is under way; wait until it has ended", s.name)
	}
	return s.writing.Unlock, nil
}

// now returns the present revision.
func (s *Store) now() *catalog {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// Close implements graph.Store.
func (s *Store) Close() error {
	if !s.writing.TryLock() {
		return graph.Errorf(graph.StoreBusy, "a load into the store %s is under way; end it before closing", s.name)
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
	s.idle = nil
	s.database.close()
}
