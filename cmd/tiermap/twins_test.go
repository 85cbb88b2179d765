package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"tiermap/graph/neo4j/neo4jtest"
	"tiermap/queries"
)

// TestTwins puts every question of the catalogue about T2 in GraphQL and in
// Cypher to one Neo4j server, and holds the two tables against each other.
func TestTwins(t *testing.T) {
	server := neo4jtest.Empty(t)
	env := map[string]string{"TIERMAP_STORE": server.URL, "TIERMAP_NEO4J_USER": server.User, "TIERMAP_NEO4J_PASSWORD": server.Password}
	if r := runWith(t, "", env, "load", "tables", folder(t, "t2", t2), folder(t, "io", sectorsOfT2)); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := runWith(t, "", env, "build", "--table", "IO", "--min-share", "0"); r.status != exitDone || r.stdout != "IO 2020: 4 supplies, 10 links\n" {
		t.Fatalf("build: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, q := range queries.All() {
		t.Run(q.Name, func(t *testing.T) {
			ask := func(more ...string) []map[string]any {
				args := append(asking(q.Name, server.URL, "--format", "json"), more...)
				r := runWith(t, "", env, args...)
				var rows []map[string]any
				if err := json.Unmarshal([]byte(r.stdout), &rows); err != nil || r.status != exitDone {
					t.Fatalf("%q: status %d (%v)\n%s%s", args, r.status, err, r.stdout, r.stderr)
				}
				return rows
			}
			holdTwins(t, q, ask(), ask("--cypher"))
			holdPlan(t, server, q)
		})
	}
}

// differences are where the twins of a question do not answer the same, as their
// headers say. Each takes the rows of both to what must agree.
var differences = map[string]func(twin, cypher []map[string]any) (a, b []map[string]any){
	// GraphQL lists the owners that nobody owns.
	"company-and-owners": func(twin, cypher []map[string]any) (a, b []map[string]any) {
		return twin, slices.DeleteFunc(cypher, func(r map[string]any) bool { return r["kind"] == "owner" && r["ultimate"] != true })
	},
	// GraphQL is asked for one product, and what holds at every stage holds at it.
	"hang-on-one-country": func(twin, cypher []map[string]any) (a, b []map[string]any) {
		var held []any
		for _, r := range cypher {
			held = append(held, r["country"])
		}
		return slices.DeleteFunc(twin, func(r map[string]any) bool { return !slices.Contains(held, r["country"]) }),
			slices.DeleteFunc(cypher, func(r map[string]any) bool { return r["product"] != "magnet" })
	},
	// A only mines, so that what passes it starts there.
	"who-depends": func(twin, cypher []map[string]any) (a, b []map[string]any) {
		for _, r := range twin {
			r["origin"], r["pass_through"] = r["pass_through"], nil
		}
		return twin, cypher
	},
}

// holdTwins compares two tables, whatever the order of rows that are equal by
// rounding.
func holdTwins(t *testing.T, q queries.Query, twin, cypher []map[string]any) {
	t.Helper()
	if d := differences[q.Name]; d != nil {
		twin, cypher = d(twin, cypher)
	}
	if len(twin) != len(cypher) || len(twin) == 0 {
		t.Fatalf("GraphQL gives %d rows, Cypher %d:\n%v\n%v", len(twin), len(cypher), twin, cypher)
	}
	for _, rows := range [][]map[string]any{twin, cypher} {
		slices.SortFunc(rows, func(a, b map[string]any) int { return strings.Compare(wordsOf(q, a), wordsOf(q, b)) })
	}
	for i := range twin {
		for _, c := range q.Table() {
			a, b := twin[i][c.Name], cypher[i][c.Name]
			x, aNumber := a.(float64)
			y, bNumber := b.(float64)
			if aNumber && bNumber && math.Abs(x-y) <= tolerance*max(1, math.Abs(x)) {
				continue
			}
			if fmt.Sprint(a) != fmt.Sprint(b) {
				t.Errorf("row %d, %s: GraphQL says %v, Cypher %v\n%v\n%v", i, c.Name, a, b, twin[i], cypher[i])
			}
		}
	}
}

// wordsOf is what tells one row from another: all that is no share and no mass.
func wordsOf(q queries.Query, row map[string]any) string {
	var key strings.Builder
	for _, c := range q.Table() {
		if c.Type != queries.Number {
			fmt.Fprint(&key, row[c.Name], "\x1f")
		}
	}
	return key.String()
}

// holdPlan wants a plan that starts from an index and reads no store from end to
// end.
func holdPlan(t *testing.T, server neo4jtest.Address, q queries.Query) {
	t.Helper()
	values, err := parameterValues(q, t2Parameters[q.Name])
	if err != nil {
		t.Fatal(err)
	}
	seek := false
	operators := neo4jtest.Plan(t, server, q.Cypher, values)
	for _, o := range operators {
		name, _, _ := strings.Cut(o, " ")
		seek = seek || strings.HasSuffix(name, "IndexSeek")
		if strings.Contains(name, "Scan") {
			t.Errorf("the plan has a %s: %q", name, operators)
		}
	}
	if !seek {
		t.Errorf("the plan uses no index: %q", operators)
	}
}
