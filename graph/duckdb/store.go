package duckdb

import (
	"context"

	"tiermap/graph"
)

// Options say which file to open and what it may use.
type Options struct {
	Path     string // the file; it is made where there is none
	MemoryMB int    // what the database may keep in memory, in MB; 0 = 400
	Threads  int    // 0 = one for each core
	ReadOnly bool   // open an existing file without writing to it
}

// Store is a store in one DuckDB file. It satisfies graph.Store.
type Store struct{}

var _ graph.Store = (*Store)(nil)

var errPending = graph.Errorf(graph.Internal, "the embedded store is being built")

// Open opens the file, or makes it where there is none.
func Open(ctx context.Context, o Options) (*Store, error) { return nil, errPending }

// Begin implements graph.Store.
func (s *Store) Begin(ctx context.Context, d graph.Dataset) (graph.Load, error) {
	return nil, errPending
}

// Remove implements graph.Store.
func (s *Store) Remove(ctx context.Context, dataset string) (int64, error) { return 0, errPending }

// Snapshot implements graph.Store.
func (s *Store) Snapshot(ctx context.Context) (graph.Snapshot, error) { return nil, errPending }

// Status implements graph.Store.
func (s *Store) Status(ctx context.Context) (graph.Status, error) {
	return graph.Status{}, errPending
}

// Compact rewrites the file to its smallest.
func (s *Store) Compact(ctx context.Context) error { return errPending }

// Close implements graph.Store.
func (s *Store) Close() error { return nil }
