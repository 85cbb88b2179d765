package neo4j

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
)

func TestQuery(t *testing.T) {
	s := emptyStore(t)
	loadAll(t, s, graph.Dataset{ID: "a"}, trades(0, 5))
	columns, rows, err := s.Query(t.Context(),
		"MATCH (a:Country)-[r:TRADES]->(b:Country {id: $importer}) WHERE r.tonnes >= $least RETURN a.id AS exporter, r.year, r.tonnes, r.missing, [a.id, b.id] AS ends, r ORDER BY exporter",
		params{"importer": "A", "least": 3.0})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"exporter", "r.year", "r.tonnes", "r.missing", "ends", "r"}; !slices.Equal(columns, want) {
		t.Errorf("columns %q, want %q", columns, want)
	}
	if len(rows) != 2 || fmt.Sprint(rows[0][:5]) != "[D 2022 3 <nil> [D A]]" || fmt.Sprint(rows[1][:5]) != "[E 2022 4 <nil> [E A]]" {
		t.Errorf("rows %v", rows)
	}
	if _, ok := rows[0][5].(bolt.Relationship); !ok {
		t.Errorf("a relationship comes as %T", rows[0][5])
	}
	columns, rows, err = s.Query(t.Context(), "MATCH (n:Country {id: 'none'}) RETURN n.id AS id", nil)
	if err != nil || !slices.Equal(columns, []string{"id"}) || len(rows) != 0 {
		t.Errorf("nothing found: %q %v %v", columns, rows, err)
	}
}

func TestQueryErrors(t *testing.T) {
	s := emptyStore(t)
	for _, c := range []struct {
		what, cypher string
		params       params
		says         string
	}{
		{"syntax", "MATCH (n RETURN n", nil, "Invalid input"},
		{"a parameter is missing", "MATCH (n:Country {id: $id}) RETURN n", nil, "id"},
		{"a parameter of no type", "RETURN $x", params{"x": make(chan int)}, "parameters"},
		{"it writes", "CREATE (n:Country {id: 'X'}) RETURN n.id", nil, "read"},
		{"no such procedure", "CALL no.such() YIELD x RETURN x", nil, "no.such"},
		{"it fails over a row", "UNWIND [1, 0] AS i RETURN 1 / i", nil, "zero"},
	} {
		columns, rows, err := s.Query(t.Context(), c.cypher, c.params)
		wantError(t, c.what, err, graph.BadInput, c.says)
		if columns != nil || rows != nil {
			t.Errorf("%s: %q %v come with the error", c.what, columns, rows)
		}
	}
	wantCount(t, s, 0, "MATCH (n:Country) RETURN count(n)")
	brief, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, _, err := s.Query(brief, "UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN sum(i * j % 7)", nil)
	if graph.CodeOf(err) != graph.Timeout {
		t.Errorf("a question that takes too long: %v, want %s", err, graph.Timeout)
	}
}
