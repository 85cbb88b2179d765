package neo4j

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
)

// Options say which database to open and how.
type Options struct {
	// URL is the server's address: bolt://, neo4j:// (a cluster, too), with +s
	// for TLS, +ssc for TLS with a certificate that nobody has signed.
	URL      string
	User     string
	Password string
	Token    string // a bearer token, in place of user and password
	Database string // blank = the user's home database

	// Wait is how long opening and loading wait for a server that is down,
	// starting or changing its leader; 0 = 30 seconds, below 0 = not at all.
	// Reading waits a second.
	Wait time.Duration
	// Grace is how long facts stay that were replaced, for other processes that
	// read them; 0 = 15 seconds, below 0 = no time. Snapshots of this store keep
	// what they read as long as they are open.
	Grace time.Duration
	// Lease is after how long a load counts as abandoned whose process gives no
	// sign of life; 0 = 1 minute.
	Lease time.Duration
	// Writers is how many transactions a load writes at once; 0 = 2.
	Writers int
	// ReadOnly: the graph is there, and is not written.
	ReadOnly bool
}

func (o Options) withDefaults() Options {
	o.Wait = cmp.Or(o.Wait, 30*time.Second)
	o.Grace = cmp.Or(o.Grace, 15*time.Second)
	o.Lease = cmp.Or(o.Lease, time.Minute)
	o.Writers = cmp.Or(o.Writers, 2)
	return o
}

// Store is a store in a Neo4j database. It satisfies graph.Store, and may be
// used by several goroutines, and beside other processes.
type Store struct {
	options   Options
	name      string // the address, to be read
	driver    bolt.DriverWithContext
	bookmarks bolt.BookmarkManager
	model     *model
	product   string // "Neo4j Kernel 5.26.30 community"
	opened    atomic.Bool

	opening sync.RWMutex // held by snapshots while they open, wholly by tidying while it chooses
	tidying sync.Mutex   // one at a time

	mu     sync.Mutex
	closed bool
	busy   sync.WaitGroup  // reads under way
	active map[int64]bool  // loads under way here
	open   map[int64]int   // by load: how many snapshots read it
	known  map[int64]*load // what is known of loads; never changes
}

var _ graph.Store = (*Store)(nil)

// Open connects to a database and prepares it where it is empty: constraints
// and indexes first.
//
// Errors: StoreDown where the server cannot be reached, after Options.Wait, or
// is read-only; BadInput where the address, the credentials, TLS or the name of
// the database are wrong, and where the database holds a graph of another
// version of tiermap. The message says which.
func Open(ctx context.Context, o Options) (*Store, error) {
	name, err := o.check()
	if err != nil {
		return nil, err
	}
	driver, err := bolt.NewDriverWithContext(o.URL, o.auth(), configure)
	if err != nil {
		return nil, graph.Wrap(graph.BadInput, err, "%s is no address of a Neo4j server: %v", name, err)
	}
	s := &Store{
		options: o.withDefaults(), name: name, driver: driver, bookmarks: bolt.NewBookmarkManager(bolt.BookmarkManagerConfig{}),
		model: newModel(), active: map[int64]bool{}, open: map[int64]int{}, known: map[int64]*load{},
	}
	if err := s.begin(ctx); err != nil {
		_ = driver.Close(context.WithoutCancel(ctx)) // nothing is under way
		return nil, err
	}
	s.opened.Store(true)
	return s, nil
}

// check returns the address as messages name it.
func (o Options) check() (name string, err error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return "", graph.Errorf(graph.BadInput, "%q is no address of a Neo4j server; write neo4j://HOST:7687 or bolt://HOST:7687", o.URL)
	}
	if u.User != nil {
		return "", graph.Errorf(graph.BadInput, "the address of the Neo4j server holds a user; give user and password apart from it")
	}
	if o.Token != "" && o.User != "" {
		return "", graph.Errorf(graph.BadInput, "a token takes the place of user and password; give one of the two")
	}
	name = u.Scheme + "://" + u.Host
	if o.Database != "" {
		name += "/" + o.Database
	}
	return name, nil
}

func (s *Store) begin(ctx context.Context) error {
	err := s.readWithin(ctx, s.options.Wait, func(ctx context.Context, tx transaction) error {
		row, err := one(ctx, tx, "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions[0], edition", nil)
		if err == nil {
			s.product = fmt.Sprintf("Neo4j %s %s", text(row[0]), text(row[1]))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.prepare(ctx)
}

// use reserves the store for an operation; the function ends it.
func (s *Store) use() (done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, graph.Errorf(graph.StoreDown, "the store at %s has been closed", s.name)
	}
	s.busy.Add(1)
	return s.busy.Done, nil
}

// useToWrite does so for a change.
func (s *Store) useToWrite() (done func(), err error) {
	if s.options.ReadOnly {
		return nil, graph.Errorf(graph.BadInput, "the store at %s was opened to be read only", s.name)
	}
	return s.use()
}

// Status implements graph.Store.
func (s *Store) Status(ctx context.Context) (graph.Status, error) {
	done, err := s.use()
	if err != nil {
		return graph.Status{}, err
	}
	defer done()
	c, err := s.current(ctx)
	if err != nil {
		return graph.Status{}, err
	}
	status := graph.Status{Store: s.product + ", " + s.name, Revision: c.revision}
	for _, l := range c.loads {
		status.Datasets = append(status.Datasets, graph.DatasetStatus{Dataset: l.dataset, Loaded: l.loaded, Rows: l.rows, Years: l.years})
	}
	return status, nil
}

// Remove implements graph.Store.
func (s *Store) Remove(ctx context.Context, dataset string) (rows int64, err error) {
	done, err := s.useToWrite()
	if err != nil {
		return 0, err
	}
	defer done()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	token := newToken()
	found := false
	err = s.write(ctx, func(ctx context.Context, tx transaction) error {
		records, err := all(ctx, tx, removal, params{"dataset": dataset, "token": token, "store": storeID})
		if found = len(records) > 0; err != nil || !found {
			return err
		}
		rows = number(records[0][0])
		return nil
	})
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, s.noDataset(ctx, dataset)
	}
	return rows, s.tidyBriefly(ctx)
}

// removal takes the current load from a dataset, once for each token: done a
// second time it finds what it did. The dataset is locked before its load is read.
const removal = `
MATCH (d:Dataset {id: $dataset})
SET d.changed = timestamp()
REMOVE d.changed
WITH d
CALL (d) {
	MATCH (l:Load {id: d.load})
	SET l.state = 'replaced', l.replaced = timestamp(), l.settled = false, l.removedBy = $token
	REMOVE d.load, d.rows, d.loaded
	WITH l
	MATCH (s:Store {id: $store})
	SET s.removals = s.removals + 1
	RETURN l.total AS rows
UNION
	MATCH (l:Load {dataset: d.id}) WHERE l.removedBy = $token
	RETURN l.total AS rows
}
RETURN rows LIMIT 1`

func (s *Store) noDataset(ctx context.Context, id string) error {
	missing := graph.Errorf(graph.NotFound, "there is no dataset %s in the store", id)
	c, err := s.current(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, l := range c.loads {
		known = append(known, l.dataset.ID)
	}
	missing.Suggestions = graph.Nearest(id, known, 3)
	return missing
}

// Close implements graph.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	if len(s.active) > 0 {
		s.mu.Unlock()
		return graph.Errorf(graph.StoreBusy, "a load into the store at %s is under way; end it before closing", s.name)
	}
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	s.busy.Wait()
	if err := s.driver.Close(context.Background()); err != nil {
		return graph.Wrap(graph.StoreDown, err, "the connection to %s could not be closed", s.name)
	}
	return nil
}
