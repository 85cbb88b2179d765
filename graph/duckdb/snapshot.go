package duckdb

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"tiermap/graph"
)

// snapshot reads one catalog. The rows of its parts stay in the file until it is
// closed, so every statement may run on a connection of its own, at any time.
type snapshot struct {
	store   *Store
	catalog *catalog
	close   func() // once

	mu    sync.Mutex
	words *graph.Words // of every batch, once the first is read
}

// Snapshot implements graph.Store.
func (s *Store) Snapshot(context.Context) (graph.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, graph.Errorf(graph.StoreDown, "the store %s has been closed", s.name)
	}
	if s.compacting {
		return nil, graph.Errorf(graph.StoreBusy, "the store %s is being compacted; try again when that has ended", s.name)
	}
	cat := s.current
	s.open[cat]++
	return &snapshot{store: s, catalog: cat, close: sync.OnceFunc(func() { s.leave(cat) })}, nil
}

// leave ends a snapshot of a catalog.
func (s *Store) leave(cat *catalog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[cat]--; s.open[cat] == 0 {
		delete(s.open, cat)
	}
}

// Close implements graph.Snapshot.
func (s *snapshot) Close() error {
	s.close()
	return nil
}

// wordList returns the one list of words that the snapshot's batches share.
func (s *snapshot) wordList(ctx context.Context) (*graph.Words, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.words == nil {
		list, err := s.store.words.all(ctx, s.store)
		if err != nil {
			return nil, storeError(s.store.name, err)
		}
		s.words = graph.WordsOf(list)
	}
	return s.words, nil
}

// Revision implements graph.Snapshot.
func (s *snapshot) Revision() string { return s.catalog.revision }

// Datasets implements graph.Snapshot.
func (s *snapshot) Datasets(context.Context) ([]graph.Dataset, error) {
	list := make([]graph.Dataset, len(s.catalog.loads))
	for i, l := range s.catalog.loads {
		list[i] = l.dataset
	}
	return list, nil
}

// Count implements graph.Snapshot.
func (s *snapshot) Count(ctx context.Context, q graph.Query) (int64, error) {
	q.Limit = 0
	sel, err := s.resolve(ctx, q)
	if err != nil || len(sel.parts) == 0 {
		return 0, storeError(s.store.name, err)
	}
	var known int64
	for _, p := range sel.parts {
		known += p.rows
	}
	if !sel.kind.IsNode() && len(sel.conditions) == 0 {
		return known, nil
	}
	key, what := sel.kind.Field("line"), "count(*)"
	if sel.kind.IsNode() {
		key, what = sel.kind.Field("id"), "count(DISTINCT coalesce(key, ''))"
	}
	sources := sel.places()
	table, texts := sel.union(sources, key, nil)
	var n []int64
	err = s.store.using(func(c *connection) error {
		return c.collectFor(ctx, "SELECT "+what+" FROM "+table, texts, &n)
	})
	if err != nil {
		return 0, storeError(s.store.name, err)
	}
	return n[0], nil
}

// TradeCoverage implements graph.Snapshot.
func (s *snapshot) TradeCoverage(ctx context.Context) ([]graph.TradeCoverage, error) {
	list, err := s.wordList(ctx)
	if err != nil {
		return nil, err
	}
	words := list.List()
	var loads, codes, products, years []int32
	var rows, both []int64
	var values, tonnes []float64
	err = s.store.using(func(c *connection) error {
		return c.collect(ctx, "SELECT load, code, product, year, rows, complete, value_usd, tonnes FROM store.trade_coverage",
			&loads, &codes, &products, &years, &rows, &both, &values, &tonnes)
	})
	if err != nil {
		return nil, storeError(s.store.name, err)
	}
	byLoad := map[int32]string{}
	for _, l := range s.catalog.loads {
		byLoad[l.id] = l.dataset.ID
	}
	lines := make([]graph.TradeCoverage, 0, len(loads))
	for i, load := range loads {
		if dataset, visible := byLoad[load]; visible {
			lines = append(lines, graph.TradeCoverage{Dataset: dataset, Code: words[codes[i]], Product: words[products[i]],
				Year: int(years[i]), Rows: rows[i], Both: both[i], ValueUSD: values[i], Tonnes: tonnes[i]})
		}
	}
	// Those of a load were written in their order.
	slices.SortStableFunc(lines, func(a, b graph.TradeCoverage) int { return cmp.Compare(a.Dataset, b.Dataset) })
	return lines, nil
}
