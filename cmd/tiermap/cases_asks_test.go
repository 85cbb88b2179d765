package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tiermap/api/exec"
	"tiermap/api/gql"
	"tiermap/graph/ask"
	"tiermap/graph/supply/supplytest"
)

// checkAsks puts every question of a case that is loaded, in one process: a store
// takes longer to open than to answer.
func checkAsks(t *testing.T, store caseStore, c supplytest.Case) {
	t.Helper()
	if len(c.Asks) == 0 {
		return
	}
	opened := &commands{Process: Process{Stderr: io.Discard}, storeURL: store["TIERMAP_STORE"]}
	opened.neo4j.user, opened.neo4j.password = store["TIERMAP_NEO4J_USER"], store["TIERMAP_NEO4J_PASSWORD"]
	executor, _, closing, err := opened.executor(t.Context(), readOnly, exec.DefaultOptions(), gql.Options{}, ask.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer closing.Close()
	for i, ask := range c.Asks {
		t.Run(fmt.Sprintf("ask %d", i+1), func(t *testing.T) {
			text, err := json.Marshal(executor.Do(t.Context(), exec.Request{Query: ask.Query}))
			if err != nil {
				t.Fatal(err)
			}
			checkAsk(t, ask, text)
			if t.Failed() {
				t.Logf("asked %s\nanswered %s", ask.Query, text)
			}
		})
	}
}

func checkAsk(t *testing.T, ask supplytest.Ask, text []byte) {
	t.Helper()
	var got struct {
		Data   any
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	switch {
	case ask.Error != "":
		if len(got.Errors) != 1 || got.Errors[0].Extensions.Code != string(ask.Error) || !strings.Contains(got.Errors[0].Message, ask.Message) {
			t.Errorf("want one error %s that says %q", ask.Error, ask.Message)
		}
	case len(got.Errors) > 0:
		t.Error("it is not answered")
	default:
		same(t, "", got.Data, ask.Expect)
	}
}

// rearranged is a case with the rows of its tables in reverse, and each flow of
// trade in two rows.
func rearranged(t *testing.T, c supplytest.Case) supplytest.Case {
	t.Helper()
	c.Datasets = slices.Clone(c.Datasets)
	for i := range c.Datasets {
		d := &c.Datasets[i]
		d.Tables = maps.Clone(d.Tables)
		for table, lines := range d.Tables {
			rows := slices.Clone(lines[1:])
			slices.Reverse(rows)
			if table == "trade" {
				rows = halved(t, lines[0], rows)
			}
			d.Tables[table] = append(lines[:1:1], rows...)
		}
	}
	return c
}

// halved writes every row of trade as two, of half the tonnes and the value each.
func halved(t *testing.T, header string, rows []string) []string {
	t.Helper()
	masses := []int{slices.Index(strings.Split(header, ","), "tonnes"), slices.Index(strings.Split(header, ","), "value_usd")}
	var list []string
	for _, row := range rows {
		cells := strings.Split(row, ",")
		for _, i := range masses {
			if i < 0 || cells[i] == "" {
				continue
			}
			v, err := supplytest.ParseNumber(cells[i])
			if err != nil {
				t.Fatal(err)
			}
			cells[i] = strconv.FormatFloat(v/2, 'g', -1, 64)
		}
		half := strings.Join(cells, ",")
		list = append(list, half, half)
	}
	return list
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
