package duckdb

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"tiermap/graph"
)

// Status implements graph.Store.
func (s *Store) Status(context.Context) (graph.Status, error) {
	s.mu.Lock()
	cat, closed := s.current, s.closed
	s.mu.Unlock()
	if closed {
		return graph.Status{}, graph.Errorf(graph.StoreDown, "the store %s has been closed", s.name)
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
