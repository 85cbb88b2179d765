package neo4j

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"tiermap/graph"
)

// snapshot reads the loads of one catalog. It holds no transaction open: what it
// reads stays while it is open here, and for Options.Grace where another process
// replaces it; what has gone all the same is an error, never a smaller answer.
type snapshot struct {
	store   *Store
	catalog *catalog
	words   *graph.Words
	close   func() // once
}

// Snapshot implements graph.Store.
func (s *Store) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	done, err := s.use()
	if err != nil {
		return nil, err
	}
	defer done()
	s.opening.RLock()
	defer s.opening.RUnlock()
	c, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range c.loads {
		s.open[l.id]++
	}
	return &snapshot{store: s, catalog: c, words: graph.NewWords(), close: sync.OnceFunc(func() { s.leave(c) })}, nil
}

func (s *Store) leave(c *catalog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range c.loads {
		if s.open[l.id]--; s.open[l.id] == 0 {
			delete(s.open, l.id)
		}
	}
}

// Close implements graph.Snapshot.
func (sn *snapshot) Close() error {
	sn.close()
	return nil
}

// Revision implements graph.Snapshot.
func (sn *snapshot) Revision() string { return sn.catalog.revision }

// Datasets implements graph.Snapshot.
func (sn *snapshot) Datasets(context.Context) ([]graph.Dataset, error) {
	list := make([]graph.Dataset, len(sn.catalog.loads))
	for i, l := range sn.catalog.loads {
		list[i] = l.dataset
	}
	return list, nil
}

// ask runs a statement that ends before its RETURN, and returns the one record of
// the given values over all its rows. Then, in the same statement, it makes sure
// that the loads were all still there: who clears one away marks it before.
func (sn *snapshot) ask(ctx context.Context, loads []int64, statement string, values []string, p params) (record []any, err error) {
	done, err := sn.store.use()
	if err != nil {
		return nil, err
	}
	defer done()
	aliased := make([]string, len(values))
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = "c" + strconv.Itoa(i)
		aliased[i] = value + " AS " + names[i]
	}
	statement += "\nWITH " + strings.Join(aliased, ", ") + "\nRETURN " + strings.Join(names, ", ") +
		",\n\tCOUNT { MATCH (l:Load) WHERE l.id IN $read AND l.state IN ['current', 'replaced'] } AS whole"
	p["read"] = loads
	err = sn.store.read(ctx, func(ctx context.Context, tx transaction) error {
		record, err = one(ctx, tx, statement, p)
		if err == nil && number(record[len(values)]) != int64(len(loads)) {
			return replaced()
		}
		return err
	})
	return record, err
}

// rank returns the order of loads by the rank of their datasets.
func (c *catalog) rank() map[int64]int {
	rank := map[int64]int{}
	for i, l := range c.loads {
		rank[l.id] = i
	}
	return rank
}
