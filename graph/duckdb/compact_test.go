package duckdb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tiermap/graph"
)

// lines reads the lines of all trade, and of one code.
func lines(t *testing.T, s *Store) (all, code []int32) {
	t.Helper()
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer sn.Close() //nolint:errcheck // it returns none
	read := func(m ...graph.Match) (list []int32) {
		err := sn.Read(t.Context(), graph.Query{Kind: graph.Trades, Match: m}, func(b *graph.Batch) error {
			list = append(list, b.Columns[b.Kind.Field("line")].Int...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	return read(), read(graph.Match{Field: "code", Words: []string{"HS2017:3"}})
}

func TestCompact(t *testing.T) {
	path := place(t)
	s := openStore(t, Options{Path: path})
	s.sharedRows = 1000
	loadTrade(t, s, "a", 400000)
	loadTrade(t, s, "b", 5000)
	loadTrade(t, s, "a", 300000)
	if _, err := s.Remove(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	loadTrade(t, s, "b", 500)
	before, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, code := lines(t, s)

	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(t.Context()); graph.CodeOf(err) != graph.StoreBusy {
		t.Errorf("Compact beside a snapshot: %v (%s)", err, graph.CodeOf(err))
	}
	if err := sn.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := s.Begin(t.Context(), graph.Dataset{ID: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(t.Context()); graph.CodeOf(err) != graph.StoreBusy {
		t.Errorf("Compact beside a load: %v (%s)", err, graph.CodeOf(err))
	}
	if err := l.Abandon(); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Compact(ended); graph.CodeOf(err) != graph.Timeout {
		t.Errorf("Compact that nobody waits for: %v (%s)", err, graph.CodeOf(err))
	}

	for range 2 {
		if err := s.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		after, err := s.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if after.Bytes >= before.Bytes {
			t.Errorf("compacting took the file from %d to %d bytes", before.Bytes, after.Bytes)
		}
		after.Bytes = before.Bytes
		if fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("compacting changed the status from\n%v to\n%v", before, after)
		}
		gotAll, gotCode := lines(t, s)
		if !slices.Equal(gotAll, all) || !slices.Equal(gotCode, code) || len(all) != 300500 {
			t.Error("compacting changed what is read")
		}
		wantRows(t, s, "SELECT concat_ws('|', dataset, count(*), min(line), max(line)) FROM trade GROUP BY dataset ORDER BY dataset", "a|300000|2|300001", "b|500|2|501")
	}
	// The rows of a code stand together.
	wantRows(t, s, "SELECT (max(rowid) - min(rowid) + 1 = count(*))::VARCHAR FROM store.trade_6 WHERE code = (SELECT id FROM store.word WHERE text = 'HS2017:3')", "true")

	loadTrade(t, s, "c", 2000)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("beside the store there is %v, %v", entries, err)
	}
	s = openStore(t, Options{Path: path})
	if gotAll, _ := lines(t, s); len(gotAll) != 302500 {
		t.Errorf("%d rows after compacting, loading and opening again, want 302500", len(gotAll))
	}
}

const (
	killVariable = "DUCKDB_TEST_KILL"
	begins       = "begins"
)

// TestKilled kills a process that makes a store, and one that compacts it, at
// random moments. What is there afterwards is whole.
func TestKilled(t *testing.T) {
	if path := os.Getenv(killVariable); path != "" {
		fmt.Println(begins)
		s, err := Open(context.Background(), Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Compact(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	run := func(path string, moment time.Duration) time.Duration {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), killVariable+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var line string
		if _, err := fmt.Fscanln(out, &line); err != nil || line != begins {
			t.Fatalf("the process says %q, %v", line, err)
		}
		start := time.Now()
		timer := time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		err = cmd.Wait()
		took := time.Since(start)
		if timer.Stop() && err != nil {
			t.Fatal(err)
		}
		return took
	}
	r := rand.New(rand.NewPCG(1, 2))
	whole := run(place(t), time.Hour)
	for range 10 {
		path := place(t)
		run(path, time.Duration(r.Float64()*float64(whole)))
		s := openStore(t, Options{Path: path})
		loadTrade(t, s, "a", 10)
	}
	path := madeStore(t, 200000)
	whole = run(path, time.Hour)
	for range 10 {
		run(path, time.Duration(r.Float64()*float64(whole)))
		s, err := Open(t.Context(), Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if all, code := lines(t, s); len(all) != 200000 || len(code) != 18182 {
			t.Errorf("after a kill there are %d rows, %d of a code; want 200000 and 18182", len(all), len(code))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
