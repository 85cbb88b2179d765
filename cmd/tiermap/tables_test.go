package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/graph/neo4j/neo4jtest"
	"tiermap/graph/supply/supplytest"
)

// tableCase is a worked case of input-output tables: tables in, questions and what
// they are answered with out. Numbers may be fractions, as text.
type tableCase struct {
	Name, Why string
	Groups    map[string][]string
	Datasets  []supplytest.Dataset
	Asks      []struct {
		Query   string
		Expect  any
		Error   string // code of the only error; blank: it is answered
		Message string // what is part of what it says
	}
}

// TestTableCases loads the worked cases of input-output tables into an embedded
// store and asks them in GraphQL.
func TestTableCases(t *testing.T) {
	for _, c := range tableCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			c.check(t, caseStore{"TIERMAP_STORE": "duckdb:" + filepath.Join(t.TempDir(), "case.duckdb")})
		})
	}
}

// TestTableCasesInNeo4j asks them of a graph database.
func TestTableCasesInNeo4j(t *testing.T) {
	server := neo4jtest.Empty(t)
	for _, c := range tableCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			neo4jtest.EmptyAgain(t, server)
			c.check(t, caseStore{"TIERMAP_STORE": server.URL, "TIERMAP_NEO4J_USER": server.User, "TIERMAP_NEO4J_PASSWORD": server.Password})
		})
	}
}

func tableCases(t *testing.T) []tableCase {
	t.Helper()
	paths, err := filepath.Glob("testdata/tables/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	cases := make([]tableCase, len(paths))
	for i, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &cases[i]); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return cases
}

func (c tableCase) check(t *testing.T, store caseStore) {
	t.Helper()
	asCase := supplytest.Case{Name: c.Name, Groups: c.Groups, Datasets: c.Datasets}
	if r := runWith(t, "", store, append([]string{"load", "tables"}, folders(t, asCase)...)...); r.status != exitDone {
		t.Fatalf("load: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, ask := range c.Asks {
		r := runWith(t, "", store, "ask", ask.Query)
		var got struct {
			Data   any
			Errors []struct {
				Message    string
				Extensions struct{ Code string }
			}
		}
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
			t.Fatalf("%v\n%s%s", err, r.stdout, r.stderr)
		}
		switch {
		case ask.Error != "":
			if len(got.Errors) != 1 || got.Errors[0].Extensions.Code != ask.Error || !strings.Contains(got.Errors[0].Message, ask.Message) {
				t.Errorf("%s: want one error %s that says %q:\n%s", ask.Query, ask.Error, ask.Message, r.stdout)
			}
		case len(got.Errors) > 0:
			t.Errorf("%s:\n%s", ask.Query, r.stdout)
		default:
			same(t, "", got.Data, ask.Expect)
		}
	}
}

// same compares an answer with what is expected of it, whole; numbers to 1e-12.
func same(t *testing.T, at string, got, want any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		of, ok := got.(map[string]any)
		if !ok || len(of) != len(want) {
			t.Errorf("%s is %v, want %v", at, got, want)
			return
		}
		for name := range want {
			same(t, at+"."+name, of[name], want[name])
		}
	case []any:
		of, ok := got.([]any)
		if !ok || len(of) != len(want) {
			t.Errorf("%s is %v, want %v", at, got, want)
			return
		}
		for i := range want {
			same(t, fmt.Sprintf("%s[%d]", at, i), of[i], want[i])
		}
	case float64:
		sameNumber(t, at, got, want)
	case string:
		if number, err := supplytest.ParseNumber(want); err == nil && strings.Contains(want, "/") {
			sameNumber(t, at, got, number)
			return
		}
		if got != want {
			t.Errorf("%s is %v, want %s", at, got, want)
		}
	default:
		if got != want {
			t.Errorf("%s is %v, want %v", at, got, want)
		}
	}
}

func sameNumber(t *testing.T, at string, got any, want float64) {
	t.Helper()
	v, ok := got.(float64)
	if !ok || math.Abs(v-want) > tolerance*max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %.15g", at, got, want)
	}
}
