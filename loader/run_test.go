package loader

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/loader/loadertest"
)

var scores = graph.NewSchema().Kind(graph.Scores)

// job is a dataset of the values of a table with the columns country and value.
func job(t *testing.T, file string) Job {
	t.Helper()
	path := write(t, "score.csv", []byte(file))
	in := Input{Path: path, Name: "score.csv", Size: int64(len(file))}
	return Job{Dataset: graph.Dataset{ID: "d"}, Inputs: []Input{in}, Read: func(_ context.Context, sink *Sink) error {
		table, err := sink.OpenTable(in, []string{"country", "value"}, []string{"country"})
		if err != nil {
			return err
		}
		defer table.Close()
		for table.Next() {
			v, reason := Float(table.Text("value"))
			if reason != "" {
				table.Reject("value", reason, "")
				continue
			}
			row := sink.Row(scores, table.File(), table.Line())
			row.SetText("country", table.Text("country"))
			row.SetFloat("value", v)
		}
		return table.Close()
	}}
}

func TestRun(t *testing.T) {
	store := loadertest.New()
	var rejects strings.Builder
	w, err := NewRejectWriter(&rejects)
	if err != nil {
		t.Fatal(err)
	}
	first := job(t, "country,value\nNLD,1\nBEL,x\nDEU,2\nFRA\n")
	report, err := Run(t.Context(), store, first, Options{Rejects: w})
	if err != nil {
		t.Fatal(err)
	}
	want := Report{Dataset: "d", Read: 4, Accepted: 2, Rejected: 2, Reasons: map[Reason]int64{NotNumber: 1, ColumnCount: 1}, Notes: []string{}}
	if fmt.Sprint(*report) != fmt.Sprint(want) {
		t.Errorf("report %+v, want %+v", *report, want)
	}
	rows := []loadertest.Row{
		{"kind": "score", "country": "NLD", "value": "1", "file": "score.csv", "line": "2"},
		{"kind": "score", "country": "DEU", "value": "2", "file": "score.csv", "line": "4"},
	}
	if fmt.Sprint(store.Rows["d"]) != fmt.Sprint(rows) {
		t.Errorf("rows %v, want %v", store.Rows["d"], rows)
	}
	lines := "file,line,column,value,reason,raw\n" +
		first.Inputs[0].Path + ",3,value,x,not_number: not a number,\"BEL,x\"\n" +
		first.Inputs[0].Path + ",5,,,column_count: the row does not have as many columns as the header,FRA\n"
	if rejects.String() != lines {
		t.Errorf("rejects\n%s\nwant\n%s", rejects.String(), lines)
	}
	report, err = Run(t.Context(), store, job(t, "country,value\nNLD,3\n"), Options{})
	if err != nil || report.Replaced != 2 || len(store.Rows["d"]) != 1 {
		t.Errorf("a second load: %+v, %v, rows %v", report, err, store.Rows["d"])
	}
}

func TestRunCountsRowsAndNotFacts(t *testing.T) {
	store := loadertest.New()
	report, err := Run(t.Context(), store, Job{Dataset: graph.Dataset{ID: "d"}, Read: func(_ context.Context, sink *Sink) error {
		for line := range 3 {
			sink.Row(scores, "f", line).SetText("country", "NLD")
			sink.Beside(scores, "f", line).SetText("country", "BEL")
		}
		sink.PassOver("the world's total")
		sink.PassOver("the world's total")
		return nil
	}}, Options{})
	if err != nil || report.Read != 3 || report.Accepted != 3 || report.Passed["the world's total"] != 2 || len(store.Rows["d"]) != 6 {
		t.Errorf("report %+v, %v, rows %v; want 3 rows with 6 facts, 2 passed over", report, err, store.Rows["d"])
	}
}

func TestRunChecksOnly(t *testing.T) {
	report, err := Run(t.Context(), nil, job(t, "country,value\nNLD,1\nBEL,x\n"), Options{Check: true})
	if err != nil || report.Read != 2 || report.Accepted != 1 || report.Rejected != 1 || !report.Checked {
		t.Errorf("report %+v, error %v", report, err)
	}
}

// A load in which no row is right leaves the dataset as it was, and says so.
func TestRunAcceptsNothing(t *testing.T) {
	store := loadertest.New()
	if _, err := Run(t.Context(), store, job(t, "country,value\nNLD,1\n"), Options{}); err != nil {
		t.Fatal(err)
	}
	report, err := Run(t.Context(), store, job(t, "country,value\nBEL,x\n"), Options{})
	want := []string{"every row was rejected: nothing was loaded, and the dataset is as it was"}
	if err != nil || report.Rejected != 1 || report.Replaced != 0 || !slices.Equal(report.Notes, want) || len(store.Rows["d"]) != 1 {
		t.Errorf("report %+v, error %v, rows %v", report, err, store.Rows["d"])
	}
}

// A dataset that is refused still leaves the rejects that were found.
func TestRunRefusedKeepsRejects(t *testing.T) {
	var rejects strings.Builder
	w, err := NewRejectWriter(&rejects)
	if err != nil {
		t.Fatal(err)
	}
	refused := job(t, "country,value\nBEL,x\n")
	read := refused.Read
	refused.Read = func(ctx context.Context, sink *Sink) error {
		return errors.Join(read(ctx, sink), Refuse("d", "the recipe sums to 1.1"))
	}
	store := loadertest.New()
	report, err := Run(t.Context(), store, refused, Options{Rejects: w})
	if graph.CodeOf(err) != graph.BadInput || report.Rejected != 1 || store.Abandons != 1 || strings.Count(rejects.String(), "\n") != 2 {
		t.Errorf("report %+v, error %v, rejects %s", report, err, rejects.String())
	}
}

// Whatever ends a load, the store is as it was and nothing goes on behind it.
func TestRunGivesUp(t *testing.T) {
	broken := errors.New("broken")
	endless := func(_ context.Context, sink *Sink) error {
		for line := 1; sink.Err() == nil; line++ {
			sink.Row(scores, "score.csv", line)
		}
		return nil
	}
	tests := []struct {
		name string
		read func(ctx context.Context, sink *Sink) error
		fail error
		want error
	}{
		{"the source fails", func(_ context.Context, sink *Sink) error {
			sink.Row(scores, "score.csv", 2)
			return broken
		}, nil, broken},
		{"the store fails while the source goes on", endless, broken, broken},
		{"the store fails at the end", func(_ context.Context, sink *Sink) error {
			sink.Row(scores, "score.csv", 2)
			return nil
		}, broken, broken},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store := loadertest.New()
			store.Rows["d"] = []loadertest.Row{{"country": "NLD"}}
			store.Fail = test.fail
			_, err := Run(t.Context(), store, Job{Dataset: graph.Dataset{ID: "d"}, Read: test.read}, Options{})
			if !errors.Is(err, test.want) || store.Abandons != 1 || len(store.Rows["d"]) != 1 {
				t.Errorf("error %v, %d abandoned, rows %v", err, store.Abandons, store.Rows["d"])
			}
		})
	}
}

func TestRunIsInterrupted(t *testing.T) {
	store := loadertest.New()
	ctx, interrupt := context.WithCancel(t.Context())
	_, err := Run(ctx, store, Job{Dataset: graph.Dataset{ID: "d"}, Read: func(ctx context.Context, sink *Sink) error {
		for line := 1; sink.Err() == nil; line++ {
			sink.Row(scores, "score.csv", line)
			if line == 100_000 {
				interrupt()
			}
		}
		return ctx.Err()
	}}, Options{})
	if !errors.Is(err, context.Canceled) || err.Error() != "the load of d was interrupted; the store is as it was" ||
		store.Abandons != 1 || store.Rows["d"] != nil {
		t.Errorf("error %v, %d abandoned", err, store.Abandons)
	}
}

func TestRunIsInterruptedBeforeTheCommit(t *testing.T) {
	store := loadertest.New()
	ctx, interrupt := context.WithCancel(t.Context())
	_, err := Run(ctx, store, Job{Dataset: graph.Dataset{ID: "d"}, Read: func(_ context.Context, sink *Sink) error {
		sink.Row(scores, "score.csv", 2)
		interrupt()
		return nil
	}}, Options{})
	if !errors.Is(err, context.Canceled) || store.Rows["d"] != nil {
		t.Errorf("error %v, rows %v", err, store.Rows["d"])
	}
}

func TestRunOutlivesAPanic(t *testing.T) {
	store := loadertest.New()
	defer func() {
		if recover() == nil || store.Abandons != 1 {
			t.Errorf("the load was abandoned %d times", store.Abandons)
		}
	}()
	_, _ = Run(t.Context(), store, Job{Read: func(_ context.Context, sink *Sink) error {
		sink.Row(scores, "score.csv", 2)
		panic("a mistake in a source")
	}}, Options{})
}

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

func TestRunStopsWhereRejectsCannotBeWritten(t *testing.T) {
	for name, rows := range map[string]int{"while reading": 10_000, "at the end": 1} {
		w, err := NewRejectWriter(&fullDisk{left: 100})
		if err != nil {
			t.Fatal(err)
		}
		file := "country,value\n" + strings.Repeat("NLD,"+strings.Repeat("x", 100)+"\n", rows)
		store := loadertest.New()
		_, err = Run(t.Context(), store, job(t, file), Options{Rejects: w})
		if err == nil || !strings.Contains(err.Error(), "no space left on device") || store.Abandons != 1 {
			t.Errorf("%s: error %v, %d abandoned", name, err, store.Abandons)
		}
	}
}

func TestRefuse(t *testing.T) {
	err := Refuse("d", "made_from.csv, line 3: the recipe of cathode sums to 1.1", "b")
	want := "dataset d is refused and nothing of it was loaded:\n  made_from.csv, line 3: the recipe of cathode sums to 1.1\n  b"
	if graph.CodeOf(err) != graph.BadInput || err.Error() != want {
		t.Errorf("error %v", err)
	}
	if err := Refuse("d", slices.Repeat([]string{"x"}, 12)...); !strings.HasSuffix(err.Error(), "\n  x\n  and 2 more") {
		t.Errorf("error %v", err)
	}
}

// counting is a store that holds every kind's rows to the order of their lines.
type counting struct {
	lines map[*graph.Kind]int
	err   error
}

func (c *counting) Begin(context.Context, graph.Dataset) (graph.Load, error) { return c, nil }
func (c *counting) Commit(context.Context) (int64, error)                    { return 0, c.err }
func (c *counting) Abandon() error                                           { return nil }

func (c *counting) Write(_ context.Context, b *graph.Batch) error {
	line, file := b.Columns[b.Kind.Field("line")].Int, b.Columns[b.Kind.Field("file")].Word
	for i := range b.Len {
		c.lines[b.Kind]++
		if int(line[i]) != c.lines[b.Kind] || b.Words.List()[file[i]] != b.Kind.Table {
			c.err = fmt.Errorf("row %d of %s is line %d", c.lines[b.Kind], b.Kind.Table, line[i])
		}
	}
	return c.err
}

// Any mixture of rows, in any order of kinds: nothing is lost, and rows of a
// kind keep their order.
func TestSinkKeepsEveryRow(t *testing.T) {
	kinds := []*graph.Kind{scores, graph.NewSchema().Kind(graph.Material)}
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(rapid.IntRange(0, 3*rowsPerBatch/2), 1, 8).Draw(t, "runs")
		want := map[*graph.Kind]int{}
		store := &counting{lines: map[*graph.Kind]int{}}
		report, err := Run(context.Background(), store, Job{Dataset: graph.Dataset{ID: "d"}, Read: func(_ context.Context, sink *Sink) error {
			for i, n := range runs {
				k := kinds[i%2]
				for range n {
					want[k]++
					sink.Row(k, k.Table, want[k])
				}
			}
			return nil
		}}, Options{})
		if err != nil || report.Accepted != int64(want[kinds[0]]+want[kinds[1]]) || report.Read != report.Accepted {
			t.Fatalf("report %+v, error %v", report, err)
		}
		for _, k := range kinds {
			if store.lines[k] != want[k] {
				t.Fatalf("%d rows of %s, want %d", store.lines[k], k.Table, want[k])
			}
		}
	})
}

func TestRejectWriterShowsWhatIsNoText(t *testing.T) {
	var out strings.Builder
	w, err := NewRejectWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("é", maxShown)
	for _, raw := range []string{"C\xf4te,\x00", "say \"hi\"\nthere", long} {
		if err := w.Write(Reject{File: "t.csv", Line: 2, Reason: NotUTF8, Raw: raw}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"raw", `C\xf4te,\x00`, "say \"hi\"\nthere", strings.Repeat("é", maxShown/2) + "…"}
	for i, record := range records {
		if record[5] != want[i] {
			t.Errorf("row %d shows %.50q, want %.50q", i, record[5], want[i])
		}
	}
}

func TestEveryReasonHasASentence(t *testing.T) {
	for _, r := range []Reason{ColumnCount, NulByte, NotUTF8, Quoting, TooLong, Missing, NotInteger, NotNumber, NotBoolean, NotDate, Negative,
		OutOfRange, NotAllowed, BadID, BadCode, NoCountry, NoReference, Repeated, WrongYear, Conflict, Malformed} {
		if r.Sentence() == "" {
			t.Errorf("%s has no sentence", r)
		}
	}
	if len(Reasons()) != 21 {
		t.Errorf("%d reasons", len(Reasons()))
	}
}

func TestProgressLine(t *testing.T) {
	tests := []struct {
		rows, bytes, size int64
		elapsed           time.Duration
		want              string
	}{
		{0, 0, 1000, 0, "d  0 %  0 rows"},
		{4_600_000, 420, 1000, 2 * time.Second, "d  42 %  4.6 M rows  2.3 M rows/s  3s left"},
		{12_345, 1000, 1000, time.Second, "d  100 %  12 k rows  12 k rows/s"},
		{950, 1100, 1000, time.Second, "d  100 %  950 rows  950 rows/s"}, // a file that grew
		{950, 10, 0, time.Second, "d  950 rows  950 rows/s"},
		{1, 1, 7201, time.Second, "d  0 %  1 rows  1 rows/s  2h0m0s left"},
	}
	for _, test := range tests {
		if got := progressLine("d", test.rows, test.bytes, test.size, test.elapsed); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestProgressIsForTerminals(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if Terminal(f) != nil {
		t.Error("a file is taken for a terminal")
	}
}

func TestProgressIsShownAndTakenAway(t *testing.T) {
	var shown strings.Builder
	slow := job(t, "country,value\nNLD,1\n")
	read := slow.Read
	slow.Read = func(ctx context.Context, sink *Sink) error {
		err := read(ctx, sink)
		time.Sleep(3 * refresh / 2)
		return err
	}
	if _, err := Run(t.Context(), loadertest.New(), slow, Options{Progress: io.Writer(&shown)}); err != nil {
		t.Fatal(err)
	}
	if s := shown.String(); !strings.HasPrefix(s, "\r\x1b[Kd  100 %  ") || !strings.HasSuffix(s, "\r\x1b[K") {
		t.Errorf("shown: %q", s)
	}
}
