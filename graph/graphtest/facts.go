package graphtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
)

var schema = graph.NewSchema()

// fact is one row as a test states it: its kind and the fields that are known,
// as string, int, float64 or bool.
type fact struct {
	kind   string
	values values
}

type values map[string]any

// row makes a fact that stands in a line of a file.
func row(kind, file string, line int, v values) fact {
	v["file"], v["line"] = file, line
	return fact{kind, v}
}

// String writes the known fields in the order of the kind: what is compared.
func (f fact) String() string {
	var b strings.Builder
	for _, field := range schema.Kind(f.kind).Fields {
		if v, ok := f.values[field.Name]; ok && known(v) {
			fmt.Fprintf(&b, "%s=%#v ", field.Name, v)
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

func known(v any) bool {
	switch v := v.(type) {
	case string:
		return v != ""
	case float64:
		return !math.IsNaN(v)
	case int:
		return v != graph.NoInt
	default:
		return v != false
	}
}

// batches puts facts into batches, one for each run of facts of one kind.
func batches(words *graph.Words, facts []fact) []*graph.Batch {
	var list []*graph.Batch
	for i, f := range facts {
		if i == 0 || f.kind != facts[i-1].kind {
			list = append(list, graph.NewBatch(schema.Kind(f.kind), words, 0))
		}
		r := list[len(list)-1].Add()
		for name, v := range f.values {
			switch v := v.(type) {
			case string:
				r.SetText(name, v)
			case int:
				r.SetInt(name, v)
			case float64:
				r.SetFloat(name, v)
			case bool:
				r.SetBool(name, v)
			default:
				panic(fmt.Sprintf("no field holds a %T", v))
			}
		}
	}
	return list
}

// load loads a dataset whole and returns how many rows it replaced.
func load(t *testing.T, s graph.Store, d graph.Dataset, facts ...fact) int64 {
	t.Helper()
	replaced, err := tryLoad(t.Context(), s, d, facts)
	if err != nil {
		t.Fatalf("load of %s: %v", d.ID, err)
	}
	return replaced
}

func tryLoad(ctx context.Context, s graph.Store, d graph.Dataset, facts []fact) (replaced int64, err error) {
	l, err := s.Begin(ctx, d)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, l.Abandon()) }()
	for _, b := range batches(graph.NewWords(), facts) {
		if err := l.Write(ctx, b); err != nil {
			return 0, err
		}
	}
	return l.Commit(ctx)
}

// begin starts a load that is given up at the latest with the test.
func begin(t *testing.T, s graph.Store, d graph.Dataset) graph.Load {
	t.Helper()
	l, err := s.Begin(t.Context(), d)
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	t.Cleanup(func() {
		if err := l.Abandon(); err != nil {
			t.Errorf("Abandon: %v", err)
		}
	})
	return l
}

// write adds facts to a load.
func write(t *testing.T, l graph.Load, facts ...fact) {
	t.Helper()
	for _, b := range batches(graph.NewWords(), facts) {
		if err := l.Write(t.Context(), b); err != nil {
			t.Fatalf("Write: %v", err)
		}
	}
}

// snapshot opens a snapshot and closes it with the test.
func snapshot(t *testing.T, s graph.Store) graph.Snapshot {
	t.Helper()
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatalf("Snapshot: %v", err)
	}
	t.Cleanup(func() {
		if err := sn.Close(); err != nil {
			t.Errorf("Close of a snapshot: %v", err)
		}
	})
	return sn
}

// readAll returns the rows of a query as text.
func readAll(t *testing.T, sn graph.Snapshot, q graph.Query) []string {
	t.Helper()
	var rows []string
	err := sn.Read(t.Context(), q, func(b *graph.Batch) error {
		if b.Len == 0 {
			t.Error("Read gave a batch without rows")
		}
		for i := range b.Len {
			rows = append(rows, factOf(b, i).String())
		}
		return nil
	})
	if err != nil {
		t.Fatalf("Read %+v: %v", q, err)
	}
	return rows
}

// factOf takes row i out of a batch, only the columns that it has.
func factOf(b *graph.Batch, i int) fact {
	f := fact{b.Kind.Name, values{}}
	for j, field := range b.Kind.Fields {
		switch c := &b.Columns[j]; {
		case c.Word != nil:
			f.values[field.Name] = b.Words.List()[c.Word[i]]
		case c.Text != nil:
			f.values[field.Name] = c.Text[i]
		case c.Int != nil:
			f.values[field.Name] = int(c.Int[i])
		case c.Float != nil:
			f.values[field.Name] = c.Float[i]
		case c.Bool != nil:
			f.values[field.Name] = c.Bool[i]
		}
	}
	return f
}

// count counts the rows of a query.
func count(t *testing.T, sn graph.Snapshot, q graph.Query) int64 {
	t.Helper()
	n, err := sn.Count(t.Context(), q)
	if err != nil {
		t.Fatalf("Count %+v: %v", q, err)
	}
	return n
}

// same compares what was got with what is wanted, line by line.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Fatalf("%s: %d lines, want %d; line %d is\n  %.400s\nwant\n  %.400s", what, len(got), len(want), i, g, w)
		}
	}
}

// wantCode checks that an error has a code and says something.
func wantCode(t *testing.T, what string, err error, code graph.Code) {
	t.Helper()
	if graph.CodeOf(err) != code {
		t.Fatalf("%s: error %v has code %q, want %q", what, err, graph.CodeOf(err), code)
	}
	if err.Error() == "" {
		t.Fatalf("%s: the error says nothing", what)
	}
}
