package neo4j

import (
	"context"
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

// whole counts the loads of which nothing has been cleared away yet.
const whole = "MATCH (l:Load) WHERE l.id IN $loads AND l.state IN ['current', 'replaced'] RETURN count(l)"

// ask reads rows of loads in one transaction, and then makes sure that they were
// all still there.
func (sn *snapshot) ask(ctx context.Context, loads []int64, w work) error {
	done, err := sn.store.use()
	if err != nil {
		return err
	}
	defer done()
	return sn.store.read(ctx, func(ctx context.Context, tx transaction) error {
		if err := w(ctx, tx); err != nil {
			return err
		}
		row, err := one(ctx, tx, whole, params{"loads": loads})
		if err == nil && number(row[0]) != int64(len(loads)) {
			return replaced()
		}
		return err
	})
}

// rank returns the order of loads by the rank of their datasets.
func (c *catalog) rank() map[int64]int {
	rank := map[int64]int{}
	for i, l := range c.loads {
		rank[l.id] = i
	}
	return rank
}
