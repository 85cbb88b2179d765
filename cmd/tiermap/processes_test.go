//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// beTiermap names the environment variable that makes this test binary the
// command line itself, for tests that need processes of their own.
const beTiermap = "TEST_BE_TIERMAP"

func TestMain(m *testing.M) {
	if os.Getenv(beTiermap) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is a tiermap that runs.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.CommandContext(t.Context(), os.Args[0], args...)}
	p.cmd.Env = append(os.Environ(), beTiermap+"=1")
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// end waits for the process and returns what it came to.
func (p *process) end(t *testing.T) result {
	t.Helper()
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{p.cmd.ProcessState.ExitCode(), p.stdout.String(), p.stderr.String()}
}

// numbered is a dataset of that id with n countries and as many rows that are
// rejected.
func numbered(t *testing.T, id string, n int) string {
	t.Helper()
	var rows strings.Builder
	rows.WriteString("id,name\n")
	for i := range n {
		rows.WriteString(id + "-" + strings.Repeat("x", i+1) + ",Land " + id + strings.Repeat("x", i+1) + "\n")
		rows.WriteString("no id,is no id\n")
	}
	return folder(t, id, map[string]string{"dataset.csv": "id,title,retrieved\n" + id + "," + id + ",2024-01-01\n", "country.csv": rows.String()})
}

// TestLoadWhileAnotherLoads stops a process in the middle of a load, by a pipe
// for its rejected rows that nobody empties, and starts another on the same
// store: that one is told, the first ends as if nothing had been.
func TestLoadWhileAnotherLoads(t *testing.T) {
	first, second := numbered(t, "first", 900), numbered(t, "second", 3)
	home := t.TempDir()
	store, pipe := "duckdb:"+filepath.Join(home, "s.duckdb"), filepath.Join(home, "rejects")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	rejects, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer rejects.Close()
	if err := rejects.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	a := start(t, "load", "tables", first, "--store", store, "--rejects", pipe)
	if _, err := rejects.Read(make([]byte, 1)); err != nil { // now it reads
		t.Fatal(err)
	}
	for _, args := range [][]string{{"load", "tables", second}, {"status"}, {"remove", "first"}} {
		r := start(t, append(args, "--store", store)...).end(t)
		if r.status != exitFailed || !strings.Contains(r.stdout+r.stderr, "STORE_BUSY") || !strings.Contains(r.stdout+r.stderr, "stop it") {
			t.Errorf("%q beside a load: status %d\n%s%s", args, r.status, r.stdout, r.stderr)
		}
	}
	go io.Copy(io.Discard, rejects) //nolint:errcheck // until it is closed
	if r := a.end(t); r.status != exitRejected || r.stdout != "first: read 1800, accepted 900, rejected 900, replaced 0\n" {
		t.Fatalf("the first load: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := start(t, "load", "tables", second, "--store", store).end(t); r.status != exitRejected {
		t.Fatalf("the second load, again: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	holdRows(t, store, map[string]int{"first": 900, "second": 3})
}

// TestTwoLoadsAtOnce starts two processes at one moment, on a store that is not
// there yet and then on what it became. Each loads, or is told that the store is
// busy and loads again; whoever comes first, both datasets are whole in the end.
func TestTwoLoadsAtOnce(t *testing.T) {
	want := map[string]int{"one": 40, "two": 50}
	dirs := map[string]string{}
	for id, n := range want {
		dirs[id] = numbered(t, id, n)
	}
	store := "duckdb:" + filepath.Join(t.TempDir(), "s.duckdb")
	for range 2 { // new, and there already
		var group sync.WaitGroup
		for _, dir := range dirs {
			group.Go(func() {
				for range 100 {
					r := start(t, "load", "tables", dir, "--store", store).end(t)
					if r.status == exitRejected {
						return
					}
					if r.status != exitFailed || !strings.Contains(r.stderr, "STORE_BUSY") {
						t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
						return
					}
				}
				t.Errorf("%s was told a hundred times that the store is busy", dir)
			})
		}
		group.Wait()
		holdRows(t, store, want)
	}
}

// holdRows holds how many countries each dataset of a store has.
func holdRows(t *testing.T, store string, want map[string]int) {
	t.Helper()
	for id, rows := range want {
		r := run(t, "export", "dataset", id, "--format", "jsonl", "-o", "-", "--store", store)
		if got := strings.Count(r.stdout, `"id":"`+id+"-"); r.status != exitDone || got != rows {
			t.Errorf("%s has %d countries, want %d (status %d)\n%.500s%s", id, got, rows, r.status, r.stdout, r.stderr)
		}
	}
}
