// Package bench measures a store in a real Neo4j server against what else the
// server offers: loading against LOAD CSV, the way through files against
// neo4j-admin's import alone, answers against Cypher. It holds no code but its
// benchmarks:
//
//	go test ./graph/neo4j/bench -run '^$' -bench . -benchtime 1x -timeout 60m
//
// Both sides of a ratio run on one server, and give the same before either is
// timed. The server is started here; Community Edition runs Cypher in its slotted
// runtime, which is slower than what Enterprise Edition has.
package bench
