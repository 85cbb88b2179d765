package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSourcesAreDocumented finds a page for every source, and a row for it in the
// table of all, with its licence.
func TestSourcesAreDocumented(t *testing.T) {
	list, err := os.ReadFile("../../docs/sources/README.md")
	if err != nil {
		t.Fatal(err)
	}
	help := run(t, "load", "--help").stdout
	for _, s := range sources() {
		page := "(" + s.name + ".md)"
		if s.name == "tables" {
			page = "(../reference/tables.md)"
		} else if _, err := os.Stat(filepath.Join("../../docs/sources", s.name+".md")); err != nil {
			t.Errorf("%s has no page: %v", s.name, err)
		}
		row := "| [" + s.name + "]" + page + " |"
		if i := strings.Index(string(list), row); i < 0 || strings.Count(strings.SplitN(string(list)[i:], "\n", 2)[0], "|") != 4 {
			t.Errorf("docs/sources/README.md has no row %s what | licence |", row)
		}
		if !strings.Contains(help, s.name) || !strings.Contains(help, s.short) {
			t.Errorf("load --help does not say %s, %s", s.name, s.short)
		}
	}
}

// TestPrintMapping prints the table of every source that has one, and loads with
// what was printed as with what is shipped.
func TestPrintMapping(t *testing.T) {
	found := 0
	for _, s := range sources() {
		r := run(t, "load", s.name, "--print-mapping")
		if s.mapping == nil {
			if r.status != exitUsage || !strings.Contains(r.stderr, "unknown flag") {
				t.Errorf("%s: status %d, %q", s.name, r.status, r.stderr)
			}
			continue
		}
		found++
		if rows, err := csv.NewReader(strings.NewReader(r.stdout)).ReadAll(); err != nil || len(rows) < 10 || r.status != exitDone || r.stderr != "" {
			t.Errorf("%s: status %d, %d rows, %v, %q", s.name, r.status, len(rows), err, r.stderr)
		}
		own := filepath.Join(t.TempDir(), "own.csv")
		if err := os.WriteFile(own, []byte(r.stdout), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"load", s.name, "--check", "--store", "duckdb:" + filepath.Join(t.TempDir(), "none.duckdb")}
		for _, path := range sourceSamples[s.name] {
			args = append(args, filepath.Join("../../loader", path))
		}
		shipped, mine := run(t, args...), run(t, append(args, "--mapping", own)...)
		if shipped != mine || shipped.status == exitFailed {
			t.Errorf("%s: with the mapping that is shipped\n%+v\nwith the one that was printed\n%+v", s.name, shipped, mine)
		}
		if r := run(t, "load", s.name, "--print-mapping", "file.csv"); r.status != exitUsage {
			t.Errorf("%s --print-mapping with a file: status %d", s.name, r.status)
		}
	}
	if found != 4 {
		t.Errorf("%d sources have a mapping", found)
	}
}
