// Package loadertest helps to test sources: a store in memory that keeps rows
// as text, so that a test can say what a file becomes.
package loadertest

import (
	"context"
	"math"
	"strconv"

	"tiermap/graph"
)

// Row is a row by field, only those that are known; "kind" is its table.
type Row map[string]string

// Store keeps the rows of datasets as they were loaded, in their order. It is
// for one goroutine at a time.
type Store struct {
	Datasets map[string]graph.Dataset
	Rows     map[string][]Row // by dataset
	Fail     error            // what Write and Commit return, where it is not nil
	Abandons int              // loads that were given up
}

// New returns an empty store.
func New() *Store {
	return &Store{Datasets: map[string]graph.Dataset{}, Rows: map[string][]Row{}}
}

// Begin starts the load of a dataset.
func (s *Store) Begin(_ context.Context, d graph.Dataset) (graph.Load, error) {
	return &load{store: s, dataset: d}, nil
}

type load struct {
	store   *Store
	dataset graph.Dataset
	rows    []Row
	ended   bool
}

func (l *load) Write(_ context.Context, b *graph.Batch) error {
	if l.store.Fail != nil {
		return l.store.Fail
	}
	for i := range b.Len {
		l.rows = append(l.rows, rowOf(b, i))
	}
	return nil
}

func (l *load) Commit(ctx context.Context) (replaced int64, err error) {
	if l.store.Fail != nil {
		return 0, l.store.Fail
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	l.ended = true
	replaced = int64(len(l.store.Rows[l.dataset.ID]))
	l.store.Datasets[l.dataset.ID], l.store.Rows[l.dataset.ID] = l.dataset, l.rows
	return replaced, nil
}

func (l *load) Abandon() error {
	if !l.ended {
		l.ended = true
		l.store.Abandons++
	}
	return nil
}

// rowOf writes row i of a batch as text. Columns that are nil are not known.
func rowOf(b *graph.Batch, i int) Row {
	row := Row{"kind": b.Kind.Table}
	for f, field := range b.Kind.Fields {
		if v := valueOf(b, f, i); v != "" {
			row[field.Name] = v
		}
	}
	return row
}

func valueOf(b *graph.Batch, f, i int) string {
	switch c := b.Columns[f]; {
	case c.Word != nil:
		return b.Words.List()[c.Word[i]]
	case c.Text != nil:
		return c.Text[i]
	case c.Int != nil && c.Int[i] != graph.NoInt:
		return strconv.Itoa(int(c.Int[i]))
	case c.Float != nil && !math.IsNaN(c.Float[i]):
		return strconv.FormatFloat(c.Float[i], 'g', -1, 64)
	case c.Bool != nil && c.Bool[i]:
		return "true"
	}
	return ""
}
