package duckdb

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/graph"
)

func openStore(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// madeStore makes a file with some trade in it, and returns its path.
func madeStore(t *testing.T, rows int) string {
	t.Helper()
	path := place(t)
	s, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	loadTrade(t, s, "a", rows)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// loadTrade loads rows of trade in lines 2, 3, … of one file: exporters and codes
// go round, the year is the same in all.
func loadTrade(t *testing.T, s *Store, dataset string, rows int) {
	t.Helper()
	l, err := s.Begin(t.Context(), graph.Dataset{ID: dataset})
	if err != nil {
		t.Fatal(err)
	}
	b := graph.NewBatch(s.schema.Kind(graph.Trades), graph.NewWords(), rows)
	for i := range rows {
		r := b.Add()
		r.SetInt("year", 2022)
		r.SetText("exporter", fmt.Sprint("C", i%7))
		r.SetText("importer", "NLD")
		r.SetText("code", fmt.Sprint("HS2017:", i%11))
		r.SetFloat("tonnes", float64(i))
		r.SetText("file", "trade.csv")
		r.SetInt("line", i+2)
	}
	if err := l.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func exec1(t *testing.T, path string, statements string) {
	t.Helper()
	db, err := openDatabase(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	c, err := db.connect()
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := c.exec(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

// TestOpenRefuses opens what is no store, or one that cannot be had.
func TestOpenRefuses(t *testing.T) {
	whole := madeStore(t, 1000)
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	file := func(content []byte) func(t *testing.T) Options {
		return func(t *testing.T) Options {
			path := place(t)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			return Options{Path: path}
		}
	}
	changed := func(statements string) func(t *testing.T) Options {
		return func(t *testing.T) Options {
			o := file(content)(t)
			exec1(t, o.Path, statements)
			return o
		}
	}
	spoilt := bytes.Clone(content)
	for i := 100; i < len(spoilt); i += 1000 {
		spoilt[i] ^= 0x55
	}
	for name, c := range map[string]struct {
		options func(t *testing.T) Options
		code    graph.Code
		says    string
	}{
		"no name":           {func(*testing.T) Options { return Options{} }, graph.BadInput, "needs the name of a file"},
		"a folder":          {func(t *testing.T) Options { return Options{Path: t.TempDir()} }, graph.BadInput, "is a folder"},
		"no folder":         {func(t *testing.T) Options { return Options{Path: filepath.Join(t.TempDir(), "no", "x")} }, graph.BadInput, "make it first"},
		"in a file":         {func(*testing.T) Options { return Options{Path: filepath.Join(whole, "x")} }, graph.StoreDown, "not a directory"},
		"not there to read": {func(t *testing.T) Options { return Options{Path: place(t), ReadOnly: true} }, graph.StoreDown, "load something into it first"},
		"empty":             {file(nil), graph.BadInput, "is an empty file"},
		"text":              {file([]byte("t,i,j,k,v,q\n2022,4,20,210610,0.332,0.048\n")), graph.BadInput, "is not a DuckDB file"},
		"cut off":           {file(content[:len(content)/3]), graph.StoreDown, "damaged"},
		"cut in the header": {file(content[:5000]), graph.StoreDown, "damaged"},
		"spoilt":            {file(spoilt), graph.StoreDown, "damaged"},
		"somebody else's": {func(t *testing.T) Options {
			path := place(t)
			exec1(t, path, "CREATE TABLE trade (year INTEGER)")
			return Options{Path: path}
		}, graph.BadInput, "not one of tiermap"},
		"newer": {changed("UPDATE store.meta SET value = '999' WHERE key = 'schema'"), graph.BadInput, "newer tiermap (schema 999, this one has 2)"},
		"older": {changed("UPDATE store.meta SET value = '0' WHERE key = 'schema'"), graph.BadInput, "older tiermap (schema 0, this one has 2); load the data again"},
		"other": {changed("UPDATE store.meta SET value = 'x' WHERE key = 'fingerprint'"), graph.BadInput, "with other tables; load the data again"},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.options(t)
			for range 2 { // a failure leaves nothing behind that changes the next
				s, err := Open(t.Context(), o)
				if s != nil || graph.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
					t.Fatalf("Open: %v (%s), want %s and %q", err, graph.CodeOf(err), c.code, c.says)
				}
				if o.Path != "" && !strings.Contains(err.Error(), o.Path) {
					t.Errorf("the error does not name the file: %v", err)
				}
			}
		})
	}
	openStore(t, Options{Path: whole})
}

// TestDamageFoundLater reads a file of which a block of rows is damaged.
func TestDamageFoundLater(t *testing.T) {
	path := madeStore(t, 300000)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// Spoil whatever block holds rows: one at a time, until the file opens and
	// reading it does not go well.
	const block = 262144
	for at := 3*4096 + 1000; at < len(content); at += block {
		spoilt := bytes.Clone(content)
		for i := range 64 {
			spoilt[at+i] ^= 0xff
		}
		if err := os.WriteFile(path, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), Options{Path: path})
		if err != nil {
			if graph.CodeOf(err) != graph.StoreDown {
				t.Fatalf("Open of a damaged file: %v (%s)", err, graph.CodeOf(err))
			}
			continue
		}
		sn, err := s.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		err = sn.Read(t.Context(), graph.Query{Kind: graph.Trades}, func(b *graph.Batch) error { n += b.Len; return nil })
		if closed := s.Close(); closed != nil {
			t.Fatal(closed)
		}
		if err == nil && n == 300000 {
			continue // a block that nobody uses
		}
		if graph.CodeOf(err) != graph.StoreDown || !strings.Contains(err.Error(), "damaged") {
			t.Fatalf("Read of a damaged file: %d rows, %v (%s)", n, err, graph.CodeOf(err))
		}
		return
	}
	t.Error("no damage was noticed")
}

const holdVariable = "DUCKDB_TEST_HOLD"

// TestBusy opens a file that another process has open, and one that this process
// has.
func TestBusy(t *testing.T) {
	if path := os.Getenv(holdVariable); path != "" {
		s, err := Open(context.Background(), Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("held")
		_, _ = fmt.Scanln() // until the test goes on
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	path := madeStore(t, 10)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBusy$")
	cmd.Env = append(os.Environ(), holdVariable+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var held string
	if _, err := fmt.Fscanln(out, &held); err != nil || held != "held" {
		t.Fatalf("the other process says %q, %v", held, err)
	}
	for _, readOnly := range []bool{false, true} {
		_, err = Open(t.Context(), Options{Path: path, ReadOnly: readOnly})
		if graph.CodeOf(err) != graph.StoreBusy {
			t.Fatalf("Open of a file that another process has: %v (%s)", err, graph.CodeOf(err))
		}
		if want := fmt.Sprintf("another process (PID %d) has the store %s open", cmd.Process.Pid, path); !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant: %s", err, want)
		}
	}
	if _, err := in.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}

	openStore(t, Options{Path: path})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, again := range []string{path, link} {
		_, err = Open(t.Context(), Options{Path: again})
		if graph.CodeOf(err) != graph.StoreBusy || !strings.Contains(err.Error(), "this process has the store") {
			t.Errorf("Open a second time: %v (%s)", err, graph.CodeOf(err))
		}
	}
}

func TestReadOnly(t *testing.T) {
	path := madeStore(t, 10)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, err := sn.Count(t.Context(), graph.Query{Kind: graph.Trades, Match: []graph.Match{{Field: "exporter", Words: []string{"C1"}}}})
	if err != nil || n != 2 {
		t.Errorf("%d rows, %v; want 2", n, err)
	}
	if err := sn.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = s.Begin(t.Context(), graph.Dataset{ID: "b"})
	_, removal := s.Remove(t.Context(), "a")
	for what, err := range map[string]error{"Begin": err, "Remove": removal, "Compact": s.Compact(t.Context())} {
		if graph.CodeOf(err) != graph.BadInput || !strings.Contains(err.Error(), "read only") {
			t.Errorf("%s: %v (%s)", what, err, graph.CodeOf(err))
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("a file that was only read has changed, %v", err)
	}
}

// TestNothingIsLeftBeside looks at the folder of a store that was made, filled
// and closed.
func TestNothingIsLeftBeside(t *testing.T) {
	path := madeStore(t, 10)
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the store there is %v, %v", entries, err)
	}
}

// TestSchemaVersion holds the version of the tables to the tables. Whoever
// changes the kinds or the store's own tables changes both lines.
func TestSchemaVersion(t *testing.T) {
	version, tables := 2, "ecd79f04137af91d"
	if got := fingerprint(graph.Kinds()); schemaVersion != version || got != tables {
		t.Errorf("the tables have fingerprint %s at version %d; they were %s at version %d.\n"+
			"Tables that differ from those of a release need the next version.", got, schemaVersion, tables, version)
	}
}

// TestSettings holds the database to what it was told, during a load and after.
func TestSettings(t *testing.T) {
	s := openStore(t, Options{Path: place(t), Threads: 3, MemoryMB: 123})
	check := func(when, want string) {
		t.Helper()
		var got []string
		err := s.using(func(c *connection) error {
			return c.collect(t.Context(), "SELECT concat_ws(' ', current_setting('threads'), current_setting('memory_limit'), current_setting('autoload_known_extensions'))", &got)
		})
		if err != nil || got[0] != want {
			t.Errorf("%s: %v, %v; want %s", when, got, err, want)
		}
	}
	check("at first", "3 117.3 MiB false")
	l, err := s.Begin(t.Context(), graph.Dataset{ID: "a"})
	if err != nil {
		t.Fatal(err)
	}
	check("during a load", "1 117.3 MiB false")
	if err := l.Abandon(); err != nil {
		t.Fatal(err)
	}
	check("after a load that was given up", "3 117.3 MiB false")
	loadTrade(t, s, "a", 3)
	check("after a load", "3 117.3 MiB false")
}

func TestErrors(t *testing.T) {
	if err := storeError("x", nil); err != nil {
		t.Error(err)
	}
	for text, code := range map[string]graph.Code{
		"IO Error: Could not write file \"x\": No space left on device":                         graph.StoreDown,
		"IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2": graph.StoreDown,
		"Binder Error: no such column":                                                          graph.Internal,
	} {
		err := storeError("x.duckdb", &failure{text: text})
		if graph.CodeOf(err) != code || strings.Contains(err.Error(), "Error:") || !strings.Contains(err.Error(), "x.duckdb") {
			t.Errorf("%s: %v (%s)", text, err, graph.CodeOf(err))
		}
	}
	// A statement that needs more memory than there may be.
	s := openStore(t, Options{Path: place(t), MemoryMB: 20, Threads: 1})
	err := s.using(func(c *connection) error {
		return c.exec(t.Context(), "SET temp_directory = ''; SELECT count(DISTINCT range || 'a text of some length') FROM range(3000000)")
	})
	if err = storeError("x", err); graph.CodeOf(err) != graph.TooLarge {
		t.Errorf("out of memory: %v (%s)", err, graph.CodeOf(err))
	}
}

// TestReadOnlyAfterKill reads, without writing, a file whose last load has not
// been brought into it yet: the state that a process leaves that is killed.
func TestReadOnlyAfterKill(t *testing.T) {
	path := place(t)
	s := openStore(t, Options{Path: path})
	loadTrade(t, s, "a", 100)
	copied := place(t)
	for _, suffix := range []string{"", ".wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := openStore(t, Options{Path: copied, ReadOnly: true})
	sn, err := read.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := sn.Count(t.Context(), graph.Query{Kind: graph.Trades}); err != nil || n != 100 {
		t.Errorf("%d rows, %v; want 100", n, err)
	}
	if all, _ := lines(t, read); len(all) != 100 {
		t.Errorf("%d rows are read, want 100", len(all))
	}
}
