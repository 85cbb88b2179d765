package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/graph/neo4j/neo4jtest"
)

// importQuestions are asked of the starter data before and after the import.
var importQuestions = []string{
	`{ dependency(country: "NLD", product: "cobalt-refined", material: "cobalt", year: 2024) {
		supplyTonnes domesticShare unexplainedShare estimatedShare assumptions
		shares { country { id name } direct origin hidden tonnes }
		unexplained { country { id } product { id } share reason }
		tiers { product { id name } steps hhi madeIn { country { id } share } }
		chokepoints(kind: STAGE) { country { id } product { id } passThroughShare singlePointOfFailure }
		paths(first: 10) { remainingShare truncated paths { share steps { country { id } product { id } by } } }
		concentration { directHhi originHhi originHhiUpper } provenance { id title licence retrieved } } }`,
	`{ dependency(country: "EU", product: "HS2017:811292", year: 2024) { supplyTonnes shares(first: 20) { country { id } direct origin } assumptions } }`,
	`{ exposure(to: {country: "CHN"}, product: "gallium-crude") { year targets { country { id } product { id } passThroughShare tonnes } } }`,
	`{ chokepoints(product: "lithium-carbonate") { country { id } worldShare countries } }`,
	`{ trade(exporter: "COD", years: [2024], first: 50) { totalCount nodes { year exporter { id } importer { name } code valueUsd tonnes dataset file line } } }`,
	`{ countries(first: 300) { totalCount nodes { id name aliases groups } } materials(first: 100) { nodes { id name symbol } }
		datasets(first: 50) { nodes { id title publisher url licence version retrieved priority } } search(text: "co") { id kind name } }`,
}

// TestTwinsOfImport takes the starter data from the embedded store to a real
// server by neo4j-admin, all by the command line, and asks both the same.
func TestTwinsOfImport(t *testing.T) {
	embedded := "duckdb:" + filepath.Join(t.TempDir(), "starter.duckdb")
	dirs, err := filepath.Glob("../../data/*/dataset.csv")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no starter data: %v", err)
	}
	for i, dir := range dirs {
		dirs[i] = filepath.Dir(dir)
	}
	ran := func(env map[string]string, args ...string) result {
		t.Helper()
		r := runWith(t, "", env, args...)
		if r.status != exitDone {
			t.Fatalf("%q: status %d\n%s%s", args, r.status, r.stdout, r.stderr)
		}
		return r
	}
	ran(nil, append([]string{"load", "tables", "--store", embedded}, dirs...)...)
	files := filepath.Join(t.TempDir(), "files")
	if r := ran(nil, "export", "neo4j-import", "-o", files, "--store", embedded); !strings.Contains(r.stderr, files) {
		t.Errorf("the export said %q", r.stderr)
	}
	if r := run(t, "export", "neo4j-import", "-o", files, "--store", embedded); r.status != exitFailed || !strings.Contains(r.stderr, "not empty") {
		t.Errorf("a second export into the folder: status %d, %s", r.status, r.stderr)
	}
	readme, err := os.ReadFile(filepath.Join(files, "README.md"))
	if err != nil || !strings.Contains(string(readme), "Etalab 2.0") {
		t.Errorf("the licences are not beside the files (%v):\n%s", err, readme)
	}

	server, err := neo4jtest.Prepare(t.Context(), neo4jtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := server.Import(t.Context(), files); err != nil {
		t.Fatal(err)
	}
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"TIERMAP_STORE": server.URL, "TIERMAP_NEO4J_USER": server.User, "TIERMAP_NEO4J_PASSWORD": server.Password}
	if r := ran(env, "build", "--material", "cobalt", "--year", "2024"); !strings.Contains(r.stdout, "cobalt 2024: ") {
		t.Errorf("build said %s%s", r.stdout, r.stderr)
	}
	for _, question := range importQuestions {
		want, got := ran(nil, "ask", question, "--store", embedded), ran(env, "ask", question)
		if got.stdout != want.stdout || len(want.stdout) < 200 {
			t.Errorf("%s\nafter the import: %s\nbefore it:        %s", question, got.stdout, want.stdout)
		}
	}
}
