package mirror

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
)

var nan = math.NaN()

// side is a report in a test: flows are A to B unless it says otherwise.
type side struct {
	imports, total, estimated bool
	from, to, code            string
	usd, tonnes               float64
	line                      int32
	part                      uint32
	file, contained           string
}

// run loads the reports and returns what they become, with the report.
func run(t testing.TB, combine Combine, limit int, sides []side) ([]loadertest.Row, *loader.Report) {
	t.Helper()
	store := loadertest.New()
	job := loader.Job{Dataset: graph.Dataset{ID: "d"}, Read: func(_ context.Context, sink *loader.Sink) error {
		flows := New(sink, 2022, combine)
		flows.spool.limit = limit
		defer flows.Discard()
		for _, s := range sides {
			err := flows.Add(Report{Exporter: sink.Words().ID(or(s.from, "A")), Importer: sink.Words().ID(or(s.to, "B")),
				Code: sink.Words().ID(or(s.code, "HS2022:811292")), File: sink.Words().ID(or(s.file, "f.csv")), Line: s.line, Part: s.part, Contained: sink.Words().ID(s.contained),
				ByImporter: s.imports, Total: s.total, Estimated: s.estimated, ValueUSD: s.usd, Tonnes: s.tonnes})
			if err != nil {
				return err
			}
		}
		return flows.Write()
	}}
	report, err := loader.Run(t.Context(), store, job, loader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return store.Rows["d"], report
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func TestFlow(t *testing.T) {
	tests := []struct {
		name    string
		combine Combine
		sides   []side
		want    string // by value tonnes mirror_value mirror_tonnes error estimated line source
		passed  map[string]int64
	}{
		{"the importer's report counts, the other stands beside it", Largest,
			[]side{{usd: 90, tonnes: 12, line: 2, total: true}, {imports: true, usd: 100, tonnes: 8, line: 3, total: true}},
			"importer 100 8 90 12 0.2  3 importer's report", map[string]int64{mirrorRule: 1}},
		{"only the exporter reports", Largest, []side{{usd: 90, tonnes: 12, line: 2, total: true}},
			"exporter 90 12     2 exporter's report, for the importer reports nothing", nil},
		{"only the importer reports", Largest, []side{{imports: true, usd: 90, tonnes: 12, line: 2, total: true}},
			"importer 90 12     2 importer's report", nil},
		{"a mass that only the exporter knows; values tell the discrepancy", Largest,
			[]side{{usd: 60, tonnes: 12, estimated: true, line: 2, total: true}, {imports: true, usd: 100, tonnes: nan, line: 3, total: true}},
			"importer 100 12 60 12 0.25 true 3 importer's report, mass from the exporter's report", map[string]int64{mirrorRule: 1}},
		{"a value that only the exporter knows", Largest,
			[]side{{usd: 60, tonnes: nan, line: 2, total: true}, {imports: true, usd: nan, tonnes: 5, line: 3, total: true}},
			"importer 60 5 60    3 importer's report, value from the exporter's report", map[string]int64{mirrorRule: 1}},
		{"nothing on both sides is no discrepancy", Largest,
			[]side{{usd: 0, tonnes: 0, line: 2, total: true}, {imports: true, usd: 0, tonnes: 0, line: 3, total: true}},
			"importer 0 0 0 0   3 importer's report", map[string]int64{mirrorRule: 1}},
		{"the total counts, whatever is larger", Largest,
			[]side{{imports: true, usd: 100, tonnes: 8, line: 2}, {imports: true, usd: 70, tonnes: 8, line: 3, total: true}},
			"importer 70 8     3 importer's report", map[string]int64{detailRule: 1}},
		{"without a total the largest counts, estimated", Largest,
			[]side{{imports: true, usd: 100, tonnes: 8, line: 2}, {imports: true, usd: 170, tonnes: 9, line: 3}, {imports: true, usd: 70, tonnes: 1, line: 4}},
			"importer 170 9    true 3 importer's report", map[string]int64{detailRule: 2}},
		{"of equal rows the one with a mass, then the first", Largest,
			[]side{{imports: true, usd: 100, tonnes: nan, line: 2, total: true}, {imports: true, usd: 100, tonnes: 9, line: 3, total: true},
				{imports: true, usd: 100, tonnes: 9, line: 4, total: true}},
			"importer 100 9     3 importer's report", map[string]int64{detailRule: 2}},
		{"months are added up", Sum,
			[]side{{imports: true, usd: 100, tonnes: 1, line: 2, part: 1}, {imports: true, usd: 10, tonnes: 2, line: 3, part: 2},
				{usd: 55, tonnes: 1, line: 4, part: 1}, {usd: 55, tonnes: 1, line: 5, part: 2}},
			"importer 110 3 110 2 0.2  2 importer's report", map[string]int64{partRule: 2, mirrorRule: 1}},
		{"a month without a mass makes the sum a least one", Sum,
			[]side{{imports: true, usd: 100, tonnes: 1, line: 2, part: 1}, {imports: true, usd: 10, tonnes: nan, line: 3, part: 2}},
			"importer 110 1    true 2 importer's report", map[string]int64{partRule: 1}},
		{"value and mass of a month in a row each", Sum,
			[]side{{imports: true, usd: 100, tonnes: nan, line: 2, part: 1}, {imports: true, usd: nan, tonnes: 3, line: 3, part: 1}},
			"importer 100 3     2 importer's report", map[string]int64{partRule: 1}},
		{"a year beside its months", Sum,
			[]side{{imports: true, usd: 100, tonnes: 3, line: 2, part: 1}, {imports: true, usd: 150, tonnes: 4, line: 3, part: 2, total: true}},
			"importer 150 4     3 importer's report", map[string]int64{detailRule: 1}},
		{"a month that two files hold", Sum,
			[]side{{imports: true, usd: 100, tonnes: 3, line: 7, part: 1}, {imports: true, usd: 101, tonnes: 3, line: 3, part: 1, file: "g.csv"}},
			"importer 100 3     7 importer's report", map[string]int64{detailRule: 1}},
		{"months without any mass", Sum,
			[]side{{imports: true, usd: 100, tonnes: nan, line: 2, part: 1}, {imports: true, usd: 10, tonnes: nan, line: 3, part: 2}},
			"importer 110      2 importer's report", map[string]int64{partRule: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, limit := range []int{0, 1} { // in memory and on disk
				rows, report := run(t, test.combine, limit, test.sides)
				if len(rows) != 1 {
					t.Fatalf("rows %v", rows)
				}
				r := rows[0]
				got := fmt.Sprint(r["reported_by"], " ", r["value_usd"], " ", r["tonnes"], " ", r["mirror_value_usd"], " ", r["mirror_tonnes"], " ",
					r["error"], " ", r["estimated"], " ", r["line"], " ", r["source"])
				if got != test.want || r["year"] != "2022" || r["exporter"] != "A" || r["importer"] != "B" || r["code"] != "HS2022:811292" || r["file"] != "f.csv" {
					t.Errorf("row %v\ngot  %s\nwant %s", r, got, test.want)
				}
				if fmt.Sprint(report.Passed) != fmt.Sprint(test.passed) || report.Accepted != 1 {
					t.Errorf("passed %v, want %v", report.Passed, test.passed)
				}
			}
		})
	}
}

// TestContained holds that a mass of a contained material says so, in memory and
// on disk, and that a value alone does not.
func TestContained(t *testing.T) {
	for _, limit := range []int{0, 1} {
		rows, _ := run(t, Largest, limit, []side{{imports: true, usd: 5, tonnes: 2, contained: "lithium"}, {imports: true, to: "C", usd: 5, tonnes: nan, contained: "lithium"}})
		if len(rows) != 2 {
			t.Fatalf("rows %v", rows)
		}
		for _, row := range rows {
			want := map[string]string{"B": "contained lithium", "C": " "}[row["importer"]]
			if got := row["basis"] + " " + row["material"]; got != want {
				t.Errorf("to %s: %q, want %q", row["importer"], got, want)
			}
		}
	}
}

// Whatever is reported: each flow is one row, each report is accepted or passed
// over, the order of the reports changes nothing, and neither does the disk.
func TestReports(t *testing.T) {
	names := rapid.SampledFrom([]string{"A", "B", "C"})
	amount := rapid.SampledFrom([]float64{0, 1, 2, 0.1, 0.2, 1e6, nan})
	rapid.Check(t, func(r *rapid.T) {
		combine := rapid.SampledFrom([]Combine{Largest, Sum}).Draw(r, "combine")
		var sides []side
		flows := map[string]bool{}
		for i := range rapid.IntRange(1, 40).Draw(r, "reports") {
			s := side{from: names.Draw(r, "from"), to: names.Draw(r, "to"), code: rapid.SampledFrom([]string{"HS2022:1", "HS2022:2"}).Draw(r, "code"),
				imports: rapid.Bool().Draw(r, "imports"), total: rapid.Bool().Draw(r, "total"), usd: amount.Draw(r, "usd"),
				tonnes: amount.Draw(r, "tonnes"), line: int32(i + 2), part: uint32(i % 3)} //nolint:gosec // small
			sides = append(sides, s)
			flows[s.from+s.to+s.code] = true
		}
		listing := func(limit int, sides []side) []string {
			rows, report := run(t, combine, limit, sides)
			var passed int64
			for _, n := range report.Passed {
				passed += n
			}
			if len(rows) != len(flows) || report.Accepted+passed != int64(len(sides)) {
				r.Fatalf("%d rows for %d flows; %d accepted, %d passed over of %d", len(rows), len(flows), report.Accepted, passed, len(sides))
			}
			var list []string
			for _, row := range rows {
				list = append(list, fmt.Sprint(row))
			}
			slices.Sort(list)
			return list
		}
		want := listing(0, sides)
		if got := listing(3, sides); !slices.Equal(got, want) {
			r.Fatalf("on disk %v\nin memory %v", got, want)
		}
		slices.Reverse(sides)
		if got := listing(0, sides); !slices.Equal(got, want) {
			r.Fatalf("backwards %v\nforwards %v", got, want)
		}
	})
}

// TestDiscard holds that nothing stays on disk.
func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	run(t, Largest, 1, []side{{usd: 1, tonnes: 1}, {usd: 2, tonnes: 1, imports: true}})
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left on disk: %v (%v)", left, err)
	}
}

// TestNoRoom holds that a disk without room is told, and how to help.
func TestNoRoom(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere/at/all")
	s := spool{limit: 1}
	if err := s.add(Report{}); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("error %v", err)
	}
}
