package export

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"tiermap/graph"
)

// oneOfEach is a snapshot with one row of every kind, all of whose texts are "x".
type oneOfEach struct{ graph.Snapshot }

func (oneOfEach) Read(_ context.Context, q graph.Query, yield func(*graph.Batch) error) error {
	b := graph.NewBatch(graph.NewSchema().Kind(q.Kind), graph.NewWords(), 0)
	row := b.Add()
	for _, f := range b.Kind.Fields {
		if f.Type == graph.Word || f.Type == graph.Text {
			row.SetText(f.Name, "x")
		}
	}
	return yield(b)
}

// TestFactLines holds that a line of every kind names its table, and each key
// once: parsers keep the last of two and lose the other.
func TestFactLines(t *testing.T) {
	var out bytes.Buffer
	if err := WriteFactLines(t.Context(), &out, oneOfEach{}, graph.Dataset{ID: "d"}, About{}); err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))[1:]
	kinds := graph.Kinds()
	if len(lines) != len(kinds) {
		t.Fatalf("%d lines of %d kinds", len(lines), len(kinds))
	}
	for i, k := range kinds {
		keys := keysOf(t, lines[i])
		if len(keys) != len(k.Fields)+1 || keys[0] != "table" {
			t.Errorf("%s has the keys %q", k.Name, keys)
		}
		seen := map[string]bool{}
		for _, key := range keys {
			if seen[key] {
				t.Errorf("%s has the key %s twice", k.Name, key)
			}
			seen[key] = true
		}
		var row struct{ Table string }
		if err := json.Unmarshal(lines[i], &row); err != nil || row.Table != k.Table {
			t.Errorf("%s is in the table %q (%v)", k.Name, row.Table, err)
		}
	}
}

// keysOf returns the keys of a flat JSON object as they stand.
func keysOf(t *testing.T, line []byte) (keys []string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(line))
	for isKey := false; ; isKey = !isKey {
		token, err := d.Token()
		switch {
		case err != nil:
			t.Fatal(err)
		case token == json.Delim('}'):
			return keys
		case isKey:
			keys = append(keys, token.(string))
		}
	}
}
