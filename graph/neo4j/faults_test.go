package neo4j

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"tiermap/graph"
	"tiermap/graph/neo4j/neo4jtest"
)

// TestLostReply cuts the connection at every commit of a load, of a reload and of
// a removal: before the server hears of it, and after it has committed. Whatever
// is tried again, nothing is written twice.
func TestLostReply(t *testing.T) {
	for _, what := range []string{"reply", "request"} {
		t.Run(what, func(t *testing.T) {
			a := neo4jtest.Empty(t)
			p := newProxy(t, a.URL)
			o := options(a)
			o.URL, o.Wait = p.url(), time.Minute
			s := openStore(t, o)
			direct := openStore(t, options(a))
			const rows = 2*chunkRows + 100

			loadAll(t, direct, graph.Dataset{ID: "a"}, trades(0, 5))
			p.cutEverySecond(what)
			l, err := s.Begin(t.Context(), graph.Dataset{ID: "a"})
			if err != nil {
				t.Fatalf("Begin: %v (%v)", err, errors.Unwrap(err))
			}
			for from := 0; from < rows; from += 8000 {
				if err := l.Write(t.Context(), trades(from, min(8000, rows-from))); err != nil {
					t.Fatalf("Write: %v (%v)", err, errors.Unwrap(err))
				}
			}
			replaced, err := l.Commit(t.Context())
			if err != nil || replaced != 5 {
				t.Fatalf("Commit: %d rows replaced, %v (%v); want 5", replaced, err, errors.Unwrap(err))
			}
			// Begin, three chunks, the coverage, the description, the switch.
			if cuts := p.seen(); cuts < 7 {
				t.Errorf("%d connections were cut, want at least 7", cuts)
			}
			wantLines(t, direct, rows)
			if err := s.Tidy(t.Context()); err != nil { // what Commit had no time for
				t.Fatal(err)
			}
			wantCount(t, direct, rows, "MATCH ()-[r:TRADES]->() RETURN count(r)")
			wantCount(t, direct, 1, "MATCH (l:Load) RETURN count(l)")

			p.cutEverySecond(what)
			removed, err := s.Remove(t.Context(), "a")
			if err != nil || removed != rows {
				t.Fatalf("Remove: %d rows, %v; want %d", removed, err, rows)
			}
			if err := s.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantCount(t, direct, 1, "MATCH (n) RETURN count(n)")
		})
	}
}

// TestTwoProcesses loads from two stores at once, as two processes do, while a
// third reads: every answer is whole, and in the end all is there.
func TestTwoProcesses(t *testing.T) {
	a := neo4jtest.Empty(t)
	reader := openStore(t, options(a))
	const rows, rounds = 3000, 6
	var loaders, readers sync.WaitGroup
	done := make(chan bool)
	for i := range 2 {
		s := openStore(t, options(a))
		loaders.Go(func() {
			for round := range rounds {
				// Both load one dataset between them, and one of their own each.
				for _, id := range []string{"common", fmt.Sprint("own", i)} {
					l, err := s.Begin(t.Context(), graph.Dataset{ID: id})
					if err != nil {
						t.Errorf("Begin: %v (%v)", err, errors.Unwrap(err))
						return
					}
					err = errors.Join(l.Write(t.Context(), trades(0, rows)),
						l.Write(t.Context(), batch(graph.Country, "c", 2, values{"id": "A", "name": fmt.Sprint(id, round)}, values{"id": fmt.Sprint(id, round)})))
					if _, failed := l.Commit(t.Context()); failed != nil || err != nil {
						t.Errorf("load of %s: %v, %v (%v)", id, err, failed, errors.Unwrap(failed))
						return
					}
				}
			}
		})
	}
	reads := 0
	readers.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			n, err := countTrade(t.Context(), reader)
			if graph.CodeOf(err) == graph.StoreBusy {
				continue // replaced under its hands: it says so
			}
			if err != nil || n%rows != 0 || n > 3*rows {
				t.Errorf("%d rows were read, %v; want a multiple of %d", n, err, rows)
				return
			}
			reads++
		}
	})
	loaders.Wait()
	close(done)
	readers.Wait()
	if n, err := countTrade(t.Context(), reader); err != nil || n != 3*rows {
		t.Errorf("%d rows in the end, %v; want %d", n, err, 3*rows)
	}
	t.Logf("%d reads meanwhile", reads)
	if err := reader.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCount(t, reader, 3*rows, "MATCH ()-[r:TRADES]->() RETURN count(r)")
	wantCount(t, reader, 3, "MATCH (l:Load) RETURN count(l)")
	wantCount(t, reader, 4, "MATCH (n:Country) WHERE n.name IS NOT NULL OR n.datasets IS NOT NULL RETURN count(n)")
}

// countTrade reads all trade row by row.
func countTrade(ctx context.Context, s *Store) (n int, err error) {
	sn, err := s.Snapshot(ctx)
	if err != nil {
		return 0, err
	}
	defer sn.Close() //nolint:errcheck // always nil
	err = sn.Read(ctx, graph.Query{Kind: graph.Trades, Fields: []string{"year"}}, func(b *graph.Batch) error { n += b.Len; return nil })
	return n, err
}

// TestReplacedElsewhere replaces in one process what another reads: within the
// grace it reads on, after it it hears that the facts have gone.
func TestReplacedElsewhere(t *testing.T) {
	a := neo4jtest.Empty(t)
	o := options(a)
	o.Grace = 3 * time.Second
	writer, reader := openStore(t, o), openStore(t, o)
	loadAll(t, writer, graph.Dataset{ID: "a"}, trades(0, 50))
	old := snapshotOf(t, reader)
	read := func() (n int, err error) {
		err = old.Read(t.Context(), graph.Query{Kind: graph.Trades}, func(b *graph.Batch) error { n += b.Len; return nil })
		return n, err
	}
	loadAll(t, writer, graph.Dataset{ID: "a"}, trades(0, 20))
	if n, err := read(); n != 50 || err != nil {
		t.Errorf("within the grace %d rows are read, %v; want 50", n, err)
	}
	own := snapshotOf(t, writer) // keeps the load that is about to be replaced
	loadAll(t, writer, graph.Dataset{ID: "a"}, trades(0, 10))
	start := time.Now()
	for {
		_, err := read()
		if err != nil {
			wantError(t, "Read after the grace", err, graph.StoreBusy, "ask again")
			break
		}
		if time.Since(start) > 20*time.Second {
			t.Fatal("facts that were replaced are still there long after the grace")
		}
		time.Sleep(200 * time.Millisecond)
		if _, err := writer.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(max(0, 4*time.Second-time.Since(start)))
	if _, err := writer.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := own.Count(t.Context(), graph.Query{Kind: graph.Trades, Match: []graph.Match{{Field: "year", Ints: []int{2022}}}}); n != 20 || err != nil {
		t.Errorf("a snapshot of the same process counts %d rows after the grace, %v; want 20", n, err)
	}
	if err := own.Close(); err != nil {
		t.Fatal(err)
	}
	if err := writer.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCount(t, writer, 10, "MATCH ()-[r:TRADES]->() RETURN count(r)")
}

// TestTakenForDead has a load cleared away by another process, because it gave no
// sign of life: the loader hears of it, and leaves nothing behind.
func TestTakenForDead(t *testing.T) {
	a := neo4jtest.Empty(t)
	o := options(a)
	other := openStore(t, o)
	o.Lease = time.Hour // so that it shows no life within the test
	s := openStore(t, o)
	l, err := s.Begin(t.Context(), graph.Dataset{ID: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Write(t.Context(), trades(0, chunkRows)); err != nil {
		t.Fatal(err)
	}
	if err := l.(*loading).rest(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCount(t, other, chunkRows, "MATCH ()-[r:TRADES]->() RETURN count(r)")
	time.Sleep(2*time.Second + 500*time.Millisecond) // the other's lease
	if err := other.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Write(t.Context(), trades(chunkRows, 100)); err != nil {
		t.Fatal(err)
	}
	_, err = l.Commit(t.Context())
	wantError(t, "Commit", err, graph.StoreBusy, "no sign of life")
	if err := s.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCount(t, other, 1, "MATCH (n) RETURN count(n)")
	loadAll(t, s, graph.Dataset{ID: "a"}, trades(0, 10))
	wantLines(t, s, 10)
}

// TestShowsLife keeps a load idle for longer than others wait for a sign of life.
func TestShowsLife(t *testing.T) {
	a := neo4jtest.Empty(t)
	s, other := openStore(t, options(a)), openStore(t, options(a))
	l, err := s.Begin(t.Context(), graph.Dataset{ID: "a"})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second)
	if err := other.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Write(t.Context(), trades(0, 10)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context()); err != nil {
		t.Fatalf("a load that was idle but alive: %v", err)
	}
	wantLines(t, other, 10)
}

// TestDeadline lets a question take longer than it may: the server ends it.
func TestDeadline(t *testing.T) {
	s := emptyStore(t)
	loadAll(t, s, graph.Dataset{ID: "a"}, trades(0, 2000))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := s.read(ctx, func(ctx context.Context, tx transaction) error {
		return do(ctx, tx, "UNWIND range(1, 1000000000) AS i WITH i WHERE i % 1000000007 = 0 RETURN count(i)", nil)
	})
	wantError(t, "a long statement", err, graph.Timeout)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("a question with a deadline of 0.3 s took %v", took)
	}
	wantCount(t, s, 0, "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS '1000000007' AND NOT currentQuery CONTAINS 'SHOW' RETURN count(*)")
}
