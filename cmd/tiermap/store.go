package main

import (
	"context"
	"slices"
	"strings"

	"tiermap/api/exec"
	"tiermap/api/gql"
	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/duckdb"
	"tiermap/graph/neo4j"
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
		return c.openEmbedded(ctx, strings.TrimPrefix(rest, "//"), a)
	case ok && slices.Contains(neo4jSchemes, scheme):
		return c.openNeo4j(ctx, a)
	}
	return nil, graph.Errorf(graph.BadInput, "--store %q is no store; write duckdb:PATH, or the address of a Neo4j server: %s://HOST:7687",
		c.storeURL, strings.Join(neo4jSchemes, "://…, "))
}

// openExisting opens a store to change it, which must be there.
func (c *commands) openExisting(ctx context.Context) (graph.Store, error) {
	store, err := c.open(ctx, readOnly)
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	return c.open(ctx, write)
}

// neo4jSchemes are the schemes of a Neo4j server's address.
var neo4jSchemes = []string{"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"}

func (c *commands) openEmbedded(ctx context.Context, path string, a access) (graph.Store, error) {
	return duckdb.Open(ctx, duckdb.Options{Path: path, MemoryMB: c.memoryMB, Threads: c.threads, ReadOnly: a == readOnly})
}

func (c *commands) openNeo4j(ctx context.Context, a access) (graph.Store, error) {
	return neo4j.Open(ctx, neo4j.Options{URL: c.storeURL, User: c.neo4j.user, Password: c.neo4j.password, Token: c.neo4j.token,
		Database: c.neo4j.database, ReadOnly: a == readOnly})
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
