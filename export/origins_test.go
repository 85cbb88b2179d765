package export_test

import (
	"os"
	"path/filepath"
	"testing"

	"tiermap/export"
)

// A part goes on behind the last code that its note vouches for: after a pause,
// after a kill that left more, and after a cut that left less.
func TestOriginTableGoesOn(t *testing.T) {
	code := func(i int) string { return string(rune('A'+i/26%26)) + string(rune('a'+i%26)) }
	fill := func(table *export.OriginTable, from, to int) {
		for i := from; i < to; i++ {
			if err := table.Write(code(i), []byte(code(i)+"\n")); err != nil {
				t.Fatal(err)
			}
		}
	}
	begin := func(path, question, after string) *export.OriginTable {
		t.Helper()
		table, err := export.OpenOriginTable(path, question)
		if err == nil {
			err = table.Begin(export.About{Title: "Numbers"})
		}
		if err != nil || table.After() != after {
			t.Fatalf("goes on behind %q, want %q (%v)", table.After(), after, err)
		}
		return table
	}
	finish := func(table *export.OriginTable, path string) string {
		t.Helper()
		if err := table.Finish(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
			t.Errorf("%v is left", left)
		}
		return string(text)
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	table := begin(at("whole.csv"), "q", "")
	fill(table, 0, 200)
	want := finish(table, at("whole.csv"))

	t.Run("paused", func(t *testing.T) {
		table := begin(at("a.csv"), "q", "")
		fill(table, 0, 70)
		if err := table.Pause(); err != nil {
			t.Fatal(err)
		}
		table = begin(at("a.csv"), "q", code(69))
		fill(table, 70, 200)
		if got := finish(table, at("a.csv")); got != want {
			t.Errorf("got %q", got)
		}
	})
	t.Run("killed", func(t *testing.T) {
		fill(begin(at("b.csv"), "q", ""), 0, 70) // the note was written at the 50th
		file, err := os.OpenFile(at("b.csv.part"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString("half a ro"); err != nil {
			t.Fatal(err)
		}
		file.Close()
		table := begin(at("b.csv"), "q", code(49))
		fill(table, 50, 200)
		if got := finish(table, at("b.csv")); got != want {
			t.Errorf("got %q", got)
		}
	})
	t.Run("cut", func(t *testing.T) {
		fill(begin(at("c.csv"), "q", ""), 0, 70)
		if err := os.Truncate(at("c.csv.part"), 20); err != nil {
			t.Fatal(err)
		}
		table := begin(at("c.csv"), "q", "")
		fill(table, 0, 200)
		if got := finish(table, at("c.csv")); got != want {
			t.Errorf("got %q", got)
		}
	})
	t.Run("another question", func(t *testing.T) {
		fill(begin(at("d.csv"), "q", ""), 0, 70)
		table := begin(at("d.csv"), "another", "")
		fill(table, 0, 200)
		if got := finish(table, at("d.csv")); got != want {
			t.Errorf("got %q", got)
		}
	})
}
