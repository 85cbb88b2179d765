package neo4j

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
	"tiermap/graph/neo4j/neo4jtest"
)

type serverFailure = bolt.Neo4jError

// options are those of a store for tests: nobody else reads, and nobody waits
// long for what does not come.
func options(a neo4jtest.Address) Options {
	return Options{URL: a.URL, User: a.User, Password: a.Password, Grace: -1, Lease: 2 * time.Second, Wait: 5 * time.Second}
}

// openStore opens a store and closes it with the test.
func openStore(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatalf("Open: %v (%v)", err, errors.Unwrap(err))
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// emptyStore opens a store in the database of the run, which is empty.
func emptyStore(t testing.TB) *Store {
	t.Helper()
	return openStore(t, options(neo4jtest.Empty(t)))
}

// run runs a statement that commits by itself.
func run(tb testing.TB, s *Store, statement string, p params) [][]any {
	tb.Helper()
	session := s.driver.NewSession(context.Background(), bolt.SessionConfig{})
	defer session.Close(context.Background()) //nolint:errcheck // nothing is lost
	result, err := session.Run(context.Background(), statement, p)
	if err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
	var rows [][]any
	for result.Next(context.Background()) {
		rows = append(rows, result.Record().Values)
	}
	if err := result.Err(); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
	return rows
}

type values map[string]any

// batch makes a batch of rows of a kind, in the lines of a file.
func batch(kind, file string, line int, rows ...values) *graph.Batch {
	b := graph.NewBatch(graph.NewSchema().Kind(kind), graph.NewWords(), len(rows))
	for i, v := range rows {
		r := b.Add()
		r.SetText("file", file)
		r.SetInt("line", line+i)
		for name, value := range v {
			switch value := value.(type) {
			case string:
				r.SetText(name, value)
			case int:
				r.SetInt(name, value)
			case float64:
				r.SetFloat(name, value)
			case bool:
				r.SetBool(name, value)
			}
		}
	}
	return b
}

// trades makes n rows of trade between twenty countries.
func trades(from, n int) *graph.Batch {
	rows := make([]values, n)
	for i := range rows {
		at := from + i
		rows[i] = values{"year": 2022, "exporter": string(rune('A' + at%20)), "importer": string(rune('A' + at/20%20)),
			"code": "HS2017:811292", "tonnes": float64(at), "value_usd": 2 * float64(at)}
	}
	return batch(graph.Trades, "trade.csv", from+2, rows...)
}

// loadAll loads a dataset and returns how many rows it replaced. However slow the
// machine, the graph is in its final state after that, where nobody is waited for.
func loadAll(t testing.TB, s *Store, d graph.Dataset, batches ...*graph.Batch) int64 {
	t.Helper()
	l, err := s.Begin(t.Context(), d)
	if err != nil {
		t.Fatalf("Begin: %v (%v)", err, errors.Unwrap(err))
	}
	for _, b := range batches {
		if err := l.Write(t.Context(), b); err != nil {
			t.Fatalf("Write: %v (%v)", err, errors.Unwrap(err))
		}
	}
	replaced, err := l.Commit(t.Context())
	if err != nil {
		t.Fatalf("Commit: %v (%v)", err, errors.Unwrap(err))
	}
	if s.options.Grace < 0 {
		if err := s.Tidy(t.Context()); err != nil {
			t.Fatalf("Tidy: %v (%v)", err, errors.Unwrap(err))
		}
	}
	return replaced
}

// snapshotOf opens a snapshot and closes it with the test.
func snapshotOf(t testing.TB, s *Store) graph.Snapshot {
	t.Helper()
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatalf("Snapshot: %v (%v)", err, errors.Unwrap(err))
	}
	t.Cleanup(func() { _ = sn.Close() })
	return sn
}

// linesOf returns the lines of all trade, in the order in which they are read.
func linesOf(t testing.TB, s *Store) []int32 {
	t.Helper()
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatalf("Snapshot: %v (%v)", err, errors.Unwrap(err))
	}
	defer sn.Close() //nolint:errcheck // always nil
	var lines []int32
	err = sn.Read(t.Context(), graph.Query{Kind: graph.Trades, Fields: []string{"line"}}, func(b *graph.Batch) error {
		lines = append(lines, b.Columns[b.Kind.Field("line")].Int...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// wantLines checks that trade consists of the lines 2 to n+1, each once.
func wantLines(t testing.TB, s *Store, n int) {
	t.Helper()
	lines := linesOf(t, s)
	if len(lines) != n {
		t.Fatalf("%d rows of trade, want %d", len(lines), n)
	}
	for i, line := range lines {
		if line != int32(i+2) {
			t.Fatalf("row %d stood in line %d, want %d", i, line, i+2)
		}
	}
}

// wantCount checks what a statement counts.
func wantCount(t testing.TB, s *Store, want int, statement string) {
	t.Helper()
	if got := run(t, s, statement, nil)[0][0]; got != int64(want) {
		t.Errorf("%s: %v, want %d", statement, got, want)
	}
}

// wantError checks the code of an error, and what its message says.
func wantError(t testing.TB, what string, err error, code graph.Code, says ...string) {
	t.Helper()
	if graph.CodeOf(err) != code {
		t.Fatalf("%s: error %v (%v) has code %q, want %q", what, err, errors.Unwrap(err), graph.CodeOf(err), code)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %q does not say %q", what, err, text)
		}
	}
}
