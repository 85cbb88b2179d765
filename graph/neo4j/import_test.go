package neo4j

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/graph/neo4j/neo4jtest"
)

// nasty are texts that files have to quote.
var nasty = []string{"plain", `He said "tin"`, "a,b", "two\nlines", "tab\there", " blanks ", `C:\n\"x`, "Ünïcödé 🜛", "'", "\"", "#"}

// everyKind makes two rows of each kind in which every field is known, and one in
// which only the ends are. Ids are of two things of each kind.
func everyKind() (batches []*graph.Batch) {
	n := 0
	for _, k := range graph.Kinds() {
		var rows []values
		for i := range 3 {
			row := values{}
			for _, f := range k.Fields {
				switch {
				case f.Managed, i == 2 && !f.Required && !f.Key:
				case f.Name == "id":
					row[f.Name] = fmt.Sprint(strings.ToLower(k.Name), " ", i)
				case len(f.Refs) > 0:
					row[f.Name] = fmt.Sprint(strings.ToLower(f.Refs[len(f.Refs)-1]), " ", i)
				case len(f.OneOf) > 0:
					row[f.Name] = f.OneOf[i%len(f.OneOf)]
				case f.Type == graph.Int:
					row[f.Name] = 2020 + i
				case f.Type == graph.Float:
					row[f.Name] = 0.1 + float64(n)/7
				case f.Type == graph.Bool:
					row[f.Name] = i == 0
				case f.Type == graph.List:
					row[f.Name] = nasty[n%len(nasty)] + ";" + nasty[(n+1)%len(nasty)]
				default:
					row[f.Name] = nasty[n%len(nasty)]
				}
				n++
			}
			rows = append(rows, row)
		}
		batches = append(batches, batch(k.Name, k.Table+".csv", 2, rows...))
	}
	return batches
}

// loadForImport loads what an import has to keep apart: two datasets that declare
// the same, ends that may be of several kinds, of none, and that nobody declares,
// rows that stood in one line, words that no index holds.
func loadForImport(t *testing.T, s *Store) {
	t.Helper()
	loadAll(t, s, graph.Dataset{ID: "all", Title: `All, of "each"`, Licence: "CC0"}, everyKind()...)
	loadAll(t, s, graph.Dataset{ID: "more", Publisher: "Nobody", Priority: 2, Retrieved: "2026-01-02"},
		batch(graph.Country, "country.csv", 2, values{"id": "country 0", "name": "Better"}, values{"id": "country 9", "iso2": "XX"}),
		batch(graph.Company, "company.csv", 2, values{"id": "both"}, values{"id": "c", "country": "nowhere"}),
		batch(graph.Facility, "facility.csv", 2, values{"id": "both"}, values{"id": "f", "operator": "unheard of"}),
		batch(graph.Owns, "owns.csv", 2, values{"owner": "c", "owned": "both"}, values{"owner": "c", "owned": "f"}, values{"owner": "c", "owned": "neither"}),
		batch(graph.Trades, "", 7, values{"exporter": "A", "importer": "B", "code": strings.Repeat("long", 300), "tonnes": 1e-7}),
		batch(graph.Trades, "", 7, values{"year": 2022, "exporter": "A", "importer": strings.Repeat("B", 1001), "code": "HS2017:1", "value_usd": 1e21, "tonnes": 3.0}),
		batch(graph.Trades, "", 7, values{"year": 2022, "exporter": "B", "importer": "A", "code": "HS2017:1", "value_usd": 5.0, "tonnes": 2.0}))
}

// graphText writes the whole graph, a line a node or relationship. Left out are
// what differs by the moment, and the order of rows of a line, of which it counts
// only that it is one.
func graphText(t *testing.T, s *Store) []string {
	t.Helper()
	var lines []string
	for _, row := range run(t, s, "MATCH (n) RETURN labels(n)[0], properties(n)", nil) {
		p, _ := row[1].(map[string]any)
		for _, name := range []string{"token", "seen", "loaded", "settled"} {
			delete(p, name)
		}
		lines = append(lines, fmt.Sprintf("%v %q", row[0], p))
	}
	for _, row := range run(t, s, `MATCH (a)-[r]->(b) RETURN labels(a)[0], coalesce(a.id, a.name), type(r), labels(b)[0], coalesce(b.id, b.name),
		properties(r)`, nil) {
		p, _ := row[5].(map[string]any)
		delete(p, "row")
		lines = append(lines, fmt.Sprintf("%v %q -%v- %v %q %q", row[0], row[1], row[2], row[3], row[4], p))
	}
	slices.Sort(lines)
	return lines
}

// imported writes the files of a store, and opens the database that a server of
// its own makes of them.
func imported(t *testing.T, from graph.Store) *Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	if _, err := WriteImport(t.Context(), from, dir); err != nil {
		t.Fatal(err)
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
	if err := server.Import(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	return openStore(t, options(server.Address))
}

// rowsText writes all rows that a store has, kind by kind, and how much trade there is.
func rowsText(t *testing.T, s *Store) (lines []string) {
	t.Helper()
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer sn.Close() //nolint:errcheck // always nil
	for _, k := range s.model.schema.Kinds() {
		err := sn.Read(t.Context(), graph.Query{Kind: k.Name}, func(b *graph.Batch) error {
			for i := range b.Len {
				var row []any
				for _, f := range k.Fields {
					switch f.Type {
					case graph.Int:
						v, _ := b.Row(i).Int(f.Name)
						row = append(row, v)
					case graph.Float:
						row = append(row, b.Row(i).Float(f.Name))
					case graph.Bool:
						row = append(row, b.Row(i).Bool(f.Name))
					default:
						row = append(row, b.Row(i).Text(f.Name))
					}
				}
				lines = append(lines, fmt.Sprintf("%s %q", k.Name, row))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	coverage, err := sn.TradeCoverage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range coverage {
		lines = append(lines, fmt.Sprint(c))
	}
	return lines
}

func holdLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("%s: only imported: %s", what, line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("%s: not imported:  %s", what, line)
		}
	}
	if !t.Failed() && !slices.Equal(got, want) {
		t.Errorf("%s: not in the same order, or not as often", what)
	}
}

// TestImport holds the graph that the real neo4j-admin makes of the files against
// the one that loading made, node by node and property by property; then it is
// read, added to, replaced in and emptied like any other.
func TestImport(t *testing.T) {
	t.Parallel() // with TestOutage
	online := emptyStore(t)
	loadForImport(t, online)
	bulk := imported(t, online)
	holdLines(t, "the graph", graphText(t, bulk), graphText(t, online))
	holdLines(t, "the rows", rowsText(t, bulk), rowsText(t, online))
	if replaced := loadAll(t, bulk, graph.Dataset{ID: "more"}, trades(0, 40)); replaced != 12 {
		t.Errorf("a reload replaced %d rows, want 12", replaced)
	}
	if rows, err := bulk.Remove(t.Context(), "all"); err != nil || rows != int64(3*len(graph.Kinds())) {
		t.Errorf("removed %d rows (%v), want %d", rows, err, 3*len(graph.Kinds()))
	}
	if err := bulk.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantLines(t, bulk, 40)
	// Twenty countries, the sums of their trade, Dataset, Load and Store.
	wantCount(t, bulk, 24, "MATCH (n) RETURN count(n)")
	wantCount(t, bulk, 40, "MATCH ()-->() RETURN count(*)")
}

// TestImportFolder: nothing is overwritten, and nothing half written stays.
func TestImportFolder(t *testing.T) {
	s := emptyStore(t)
	loadAll(t, s, graph.Dataset{ID: "d"}, trades(0, 3))
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := WriteImport(t.Context(), s, full)
	wantError(t, "a folder with a file", err, graph.BadInput, "not empty", full)
	_, err = WriteImport(t.Context(), s, filepath.Join(full, "mine"))
	wantError(t, "a file", err, graph.BadInput, "cannot be made")
	if text, err := os.ReadFile(filepath.Join(full, "mine")); err != nil || !bytes.Equal(text, []byte("mine")) {
		t.Errorf("the file that was there: %q, %v", text, err)
	}

	empty := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err = WriteImport(ctx, interrupting{s, cancel}, empty)
	if err == nil || ctx.Err() == nil {
		t.Errorf("an export that was interrupted: %v", err)
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
		t.Errorf("an export that was interrupted left %v (%v)", left, err)
	}
	written, err := WriteImport(t.Context(), s, empty)
	if err != nil || written != (ImportFiles{Nodes: 3 + 1 + 3, Relationships: 3}) {
		t.Errorf("wrote %+v (%v)", written, err)
	}
	if out, err := exec.Command("sh", "-n", filepath.Join(empty, "import.sh")).CombinedOutput(); err != nil {
		t.Errorf("import.sh: %v %s", err, out)
	}
}

// interrupting is a store whose reader is interrupted at its first rows of trade.
type interrupting struct {
	*Store
	interrupt func()
}

func (s interrupting) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	sn, err := s.Store.Snapshot(ctx)
	return interruptingSnapshot{sn, s.interrupt}, err
}

type interruptingSnapshot struct {
	graph.Snapshot
	interrupt func()
}

func (sn interruptingSnapshot) Read(ctx context.Context, q graph.Query, yield func(*graph.Batch) error) error {
	return sn.Snapshot.Read(ctx, q, func(b *graph.Batch) error {
		if q.Kind == graph.Trades {
			sn.interrupt()
		}
		return yield(b)
	})
}
