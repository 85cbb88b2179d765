package entity

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
)

// memory is a store that holds a few rows, of which snapshots can be read.
type memory struct{ rows []map[string]string }

func (m *memory) Snapshot(context.Context) (graph.Snapshot, error) {
	return memorySnapshot{nil, m}, nil
}

// memorySnapshot reads rows; nothing else of a Snapshot is asked for here.
type memorySnapshot struct {
	graph.Snapshot
	*memory
}

func (memorySnapshot) Close() error { return nil }

func (m memorySnapshot) Read(_ context.Context, q graph.Query, yield func(*graph.Batch) error) error {
	kind := graph.NewSchema().Kind(q.Kind)
	b := graph.NewBatch(kind, graph.NewWords(), 0)
	for _, row := range m.rows {
		wanted := row["table"] == kind.Table
		for _, match := range q.Match {
			wanted = wanted && slices.Contains(match.Words, row[match.Field])
		}
		if !wanted {
			continue
		}
		r := b.Add()
		for field, text := range row {
			switch field {
			case "table":
			case "score":
				v, _ := loader.Float(text)
				r.SetFloat(field, v)
			default:
				r.SetText(field, text)
			}
		}
	}
	return yield(b)
}

func stored() *memory {
	return &memory{rows: []map[string]string{
		{"table": "company", "id": "barrick", "name": "Barrick Gold Corporation", "country": "CAN", "dataset": "gleif"},
		{"table": "company", "id": "glencore", "name": "Glencore plc", "aliases": "Xstrata; Glencore Xstrata", "dataset": "gleif"},
		{"table": "company", "id": "co-barrick", "name": "Barrick", "dataset": "mines"},
		{"table": "name_match", "kind": graph.Company, "written": "Barrick", "entity": "barrick", "outcome": Candidate, "score": "0.82", "dataset": "mines"},
		{"table": "name_match", "kind": graph.Company, "written": "Glencore Coal", "entity": "glencore", "outcome": Candidate, "score": "0.83", "dataset": "mines"},
		{"table": "name_match", "kind": graph.Company, "written": "Barrick", "entity": "co-barrick", "outcome": Unknown, "dataset": "mines"},
		{"table": "name_decision", "kind": graph.Company, "written": "GLENCORE COAL", "entity": "glencore", "decision": Different, "dataset": DecisionsID},
		{"table": "name_decision", "kind": graph.Company, "written": "Elsewhere", "entity": "glencore", "decision": Same, "dataset": "of-the-user"},
	}}
}

// TestRead: what is known is read but for the rows that are replaced, and
// decisions are followed.
func TestRead(t *testing.T) {
	b := NewBook(Options{})
	for _, text := range []string{"Barrick", "Xstrata", "Elsewhere", "Glencore Coal"} {
		b.Want(company(text, ""))
	}
	if err := b.Read(t.Context(), stored(), "mines"); err != nil {
		t.Fatal(err)
	}
	b.Settle()
	for text, want := range map[string]string{"Barrick": "new co-barrick barrick", "Xstrata": "matched glencore", "Elsewhere": "matched glencore", "Glencore Coal": "new co-glencore-coal"} {
		a := b.Answer(company(text, ""))
		got := a.Outcome + " " + a.ID
		for _, c := range a.Candidates {
			got += " " + c.ID
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := b.Summary(graph.Company); got != "names of a company: 1 for review, 2 matched, 1 new (tiermap review lists them)" {
		t.Error(got)
	}
}

func TestReview(t *testing.T) {
	list, err := Review(t.Context(), stored(), Candidate, false)
	if err != nil || len(list) != 1 || list[0].Written != "Barrick" || list[0].Name != "Barrick Gold Corporation" || list[0].Seat != "CAN" || list[0].Score != 0.82 {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = Review(t.Context(), stored(), Candidate, true); err != nil || len(list) != 2 || list[0].Decision != Different {
		t.Errorf("%+v, %v", list, err)
	}
}

const decisionsCSV = "kind,written,country,entity,score,decision,reason,decided,dataset\n" +
	"Company,Barrick,,barrick,0.82,same,asked,2026-11-20,mines\n" + // 2
	"Company,Glencore Coal,,glencore,,same,,,mines\n" + // 3: overrules
	"Company,Undecided,,glencore,,,,,mines\n" + // 4
	"Company,Acme,Canada,,,new,,,mines\n" + // 5
	"Company,Acme,Atlantis,,,new,,,mines\n" + // 6
	"Company,Other,,nobody,,different,,,mines\n" + // 7
	"Company,Other,,,,different,,,mines\n" + // 8
	"Planet,Other,,glencore,,same,,,mines\n" + // 9
	"Company,Other,,glencore,7,same,,,mines\n" + // 10
	"Company,Barrick,,glencore,,different,,,mines\n" // 11

func builtin(t testing.TB) *country.List {
	t.Helper()
	list, err := country.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// decisionJobs are the jobs for the file of decisions in a folder.
func decisionJobs(t testing.TB, list *country.List, dir string) []loader.Job {
	t.Helper()
	inputs, err := loader.Inputs(filepath.Join(dir, "decisions.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return []loader.Job{Decisions(&inputs[0], nil, "", stored(), list, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))}
}

func TestDecisionsFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "decisions.csv"), []byte(decisionsCSV), 0o600); err != nil {
		t.Fatal(err)
	}
	store := loadertest.New()
	report, err := loader.Run(t.Context(), store, decisionJobs(t, builtin(t), dir)[0], loader.Options{})
	if err != nil || report.Read != 9 || report.Rejected != 5 || report.Accepted != 4 || report.Passed["rows without a decision"] != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	var got []string
	for _, r := range store.Rows[DecisionsID] {
		got = append(got, strings.Join([]string{r["written"], r["country"], r["decision"], r["entity"], r["decided"], r["line"]}, " "))
	}
	want := []string{"Acme CAN new  2026-11-21 5", "Barrick  same barrick 2026-11-20 2", "Barrick  different glencore 2026-11-21 11", "Glencore Coal  same glencore 2026-11-21 3"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestDamagedDecisions(t *testing.T) {
	list := builtin(t)
	damage.Files(t, map[string][]byte{"decisions.csv": []byte(decisionsCSV)}, func(dir string) ([]loader.Job, error) { return decisionJobs(t, list, dir), nil })
}
