package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A dataset is taken away although what stays does not fit together without it:
// of a code 0.7 and 0.5, where the one taken away had put 0.4 in place of the 0.7.
// What hangs on that code is then refused, with what to correct, and never
// answered from tonnes that count twice; all else is answered.
func TestRemoveLeavesSharesAboveOne(t *testing.T) {
	store := "duckdb:" + filepath.Join(t.TempDir(), "s.duckdb")
	load := func(id, priority string, files map[string]string) {
		t.Helper()
		files["dataset.csv"] = "id,priority\n" + id + "," + priority + "\n"
		if r := run(t, "load", "tables", folder(t, id, files), "--store", store); r.status != exitDone {
			t.Fatalf("load %s: %d\n%s%s", id, r.status, r.stdout, r.stderr)
		}
	}
	load("first", "0", map[string]string{
		"country.csv":    "id\nA\nB\n",
		"product.csv":    "id,stage\np,processing\nq,processing\nr,processing\n",
		"coded_as.csv":   "product,code,share\np,HS2017:811292,0.7\n",
		"production.csv": "year,product,country,tonnes\n2020,p,A,50\n2020,q,A,50\n2020,r,A,50\n",
		"trade.csv":      "year,exporter,importer,code,product,tonnes\n2020,A,B,HS2017:811292,,10\n2020,A,B,,r,3\n",
	})
	load("better", "1", map[string]string{"coded_as.csv": "product,code,share\np,HS2017:811292,0.4\n"})
	load("other", "0", map[string]string{"coded_as.csv": "product,code,share\nq,HS2017:811292,0.5\n"})
	type answer struct {
		Dependency struct{ SupplyTonnes float64 }
	}
	tonnes := func(product string) float64 {
		t.Helper()
		return answerTo[answer](t, store, `{ dependency(country: "B", product: "`+product+`", year: 2020) { supplyTonnes } }`).Dependency.SupplyTonnes
	}
	if p, q := tonnes("p"), tonnes("q"); p != 4 || q != 5 {
		t.Fatalf("B has %v t of p and %v of q, want 4 and 5", p, q)
	}
	if r := run(t, "remove", "better", "--store", store); r.status != exitDone {
		t.Fatalf("remove: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, question := range []string{`dependency(country: "B", product: "p", year: 2020) { supplyTonnes }`,
		`dependency(country: "B", product: "q", year: 2020) { supplyTonnes }`, `exposure(to: {country: "A"}, product: "q", year: 2020) { worldShare }`} {
		if code, message := refusal(t, store, "{ "+question+" }"); code != "BAD_INPUT" ||
			!strings.Contains(message, "the shares of HS2017:811292 sum to 1.2, more than 1 (p 0.7, q 0.5): correct them") {
			t.Errorf("%s: %s %s", question, code, message)
		}
	}
	if r := tonnes("r"); r != 3 {
		t.Errorf("B has %v t of r, want 3", r)
	}
	load("better", "1", map[string]string{"coded_as.csv": "product,code,share\np,HS2017:811292,0.5\n"})
	if p, q := tonnes("p"), tonnes("q"); p != 5 || q != 5 {
		t.Errorf("put right, B has %v t of p and %v of q, want 5 and 5", p, q)
	}
}
