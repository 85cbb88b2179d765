package main

import (
	"context"
	"strings"

	"tiermap/api/exec"
	"tiermap/api/gql"
	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/duckdb"
)

// access is what a command wants of the store.
type access int

const (
	readOnly access = iota // the store must be there
	write                  // it is made where there is none
)

// open opens the store that --store names.
func (c *commands) open(ctx context.Context, a access) (graph.Store, error) {
	scheme, rest, ok := strings.Cut(c.storeURL, ":")
	switch {
	case ok && scheme == "duckdb" && rest != "":
		return c.openEmbedded(ctx, rest, a)
	case ok && (strings.HasPrefix(scheme, "neo4j") || scheme == "bolt"):
		return nil, graph.Errorf(graph.BadInput, "this version keeps its graph in the embedded store only; use --store duckdb:PATH")
	}
	return nil, graph.Errorf(graph.BadInput, "--store %q is no store; write duckdb:PATH", c.storeURL)
}

func (c *commands) openEmbedded(ctx context.Context, path string, a access) (*duckdb.Store, error) {
	path = strings.TrimPrefix(path, "//")
	return duckdb.Open(ctx, duckdb.Options{Path: path, MemoryMB: c.memoryMB, Threads: c.threads, ReadOnly: a == readOnly})
}

// executor opens the store and makes what answers questions on it.
func (c *commands) executor(ctx context.Context, a access, o exec.Options, g gql.Options, k ask.Options) (*exec.Executor, *ask.Asker, graph.Store, error) {
	store, err := c.open(ctx, a)
	if err != nil {
		return nil, nil, nil, err
	}
	countries, err := country.Builtin()
	if err != nil {
		store.Close()
		return nil, nil, nil, err
	}
	asker := ask.New(store, countries, k)
	schema, err := gql.New(asker, g)
	if err != nil {
		store.Close()
		return nil, nil, nil, err
	}
	o.Fields = gql.Costs()
	return exec.New(schema, o), asker, store, nil
}
