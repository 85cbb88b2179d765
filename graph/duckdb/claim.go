package duckdb

import (
	"crypto/rand"
	"encoding/hex"
	"path/filepath"
	"sync"

	"tiermap/graph"
)

// claimed are the files that stores of this process have open. It is the one
// thing here that is shared by all stores: the operating system's lock, which
// keeps other processes away, does not tell two stores of one process apart, and
// they would ruin the file.
var claimed = struct {
	sync.Mutex
	paths map[string]bool
}{paths: map[string]bool{}}

// claim takes a file for a store, StoreBusy where another store has it.
func claim(path string) error {
	claimed.Lock()
	defer claimed.Unlock()
	if claimed.paths[path] {
		return graph.Errorf(graph.StoreBusy, "this process has the store %s open already; close it first", path)
	}
	claimed.paths[path] = true
	return nil
}

func release(path string) {
	claimed.Lock()
	defer claimed.Unlock()
	delete(claimed.paths, path)
}

// realPath makes a path absolute and follows links, those of the folder at least
// where the file is not there yet.
func realPath(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// newID names a new file apart from all others.
func newID() string {
	id := make([]byte, 4)
	_, _ = rand.Read(id) // never fails
	return hex.EncodeToString(id)
}
