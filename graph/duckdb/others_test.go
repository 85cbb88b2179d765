package duckdb

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
)

// rowsOf runs a statement as somebody would who opens the file by other means,
// and returns its one column of text.
func rowsOf(t *testing.T, s *Store, statement string) (list []string) {
	t.Helper()
	if err := s.using(func(c *connection) error { return c.collect(t.Context(), statement, &list) }); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return list
}

func wantRows(t *testing.T, s *Store, statement string, want ...string) {
	t.Helper()
	if got := rowsOf(t, s, statement); !slices.Equal(got, want) {
		t.Errorf("%s\ngot  %q\nwant %q", statement, got, want)
	}
}

// TestViews reads the file as others do: words as text, NULL for what is not
// known, rows of all datasets that count and of no others, wherever they are held.
func TestViews(t *testing.T) {
	for _, shared := range []int64{sharedRows, 2} {
		s := openStore(t, Options{Path: place(t)})
		s.sharedRows = shared
		write := func(d graph.Dataset, fill func(add func(kind string) graph.Row)) {
			t.Helper()
			l, err := s.Begin(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			var batches []*graph.Batch
			fill(func(kind string) graph.Row {
				b := graph.NewBatch(s.schema.Kind(kind), graph.NewWords(), 1)
				batches = append(batches, b)
				return b.Add()
			})
			for _, b := range batches {
				if err := l.Write(t.Context(), b); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := l.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		trades := func(n int) func(add func(kind string) graph.Row) {
			return func(add func(kind string) graph.Row) {
				for i := range n {
					r := add(graph.Trades)
					r.SetText("file", "it's.csv")
					r.SetInt("line", i+2)
					r.SetInt("year", 2022)
					r.SetText("exporter", []string{"CHN", "Côte d'Ivoire", ""}[i%3])
					if i%2 == 0 {
						r.SetFloat("tonnes", float64(i))
						r.SetBool("estimated", true)
					}
				}
			}
		}
		write(graph.Dataset{ID: "a", Title: "A"}, trades(7))
		write(graph.Dataset{ID: "a", Title: "A again"}, trades(6))
		write(graph.Dataset{ID: "b", Title: "B"}, func(add func(kind string) graph.Row) {
			r := add(graph.Country)
			r.SetText("id", "CHN")
			r.SetText("name", "China")
			add(graph.Country).SetText("id", "NLD")
		})
		write(graph.Dataset{ID: "gone"}, trades(9))
		if _, err := s.Remove(t.Context(), "gone"); err != nil {
			t.Fatal(err)
		}
		wantRows(t, s, `SELECT concat_ws('|', dataset, file, line, year, coalesce(exporter, 'NULL'), coalesce(importer, 'NULL'), coalesce(tonnes::VARCHAR, 'NULL'), estimated)
			FROM trade ORDER BY line`,
			"a|it's.csv|2|2022|CHN|NULL|0.0|true", "a|it's.csv|3|2022|Côte d'Ivoire|NULL|NULL|false", "a|it's.csv|4|2022|NULL|NULL|2.0|true",
			"a|it's.csv|5|2022|CHN|NULL|NULL|false", "a|it's.csv|6|2022|Côte d'Ivoire|NULL|4.0|true", "a|it's.csv|7|2022|NULL|NULL|NULL|false")
		wantRows(t, s, "SELECT sum(tonnes)::VARCHAR FROM trade WHERE exporter = 'CHN' AND year = 2022", "0.0")
		wantRows(t, s, "SELECT concat_ws('|', id, coalesce(name, 'NULL'), dataset) FROM country ORDER BY id", "CHN|China|b", "NLD|NULL|b")
		wantRows(t, s, "SELECT concat_ws('|', id, title, rows) FROM dataset", "a|A again|6", "b|B|2")
		wantRows(t, s, "SELECT concat_ws('|', dataset, coalesce(code, 'NULL'), year, rows, complete) FROM trade_coverage", "a|NULL|2022|6|0")
	}
}

// TestViewsFollowTheKinds finds every kind as a view, with its fields in their
// order, their types and their meaning.
func TestViewsFollowTheKinds(t *testing.T) {
	s := openStore(t, Options{Path: place(t)})
	s.sharedRows = 1
	loadTrade(t, s, "a", 10) // so that one view is made anew
	for _, k := range graph.Kinds() {
		var want []string
		for _, f := range k.Fields {
			kind := map[graph.Type]string{graph.Int: "INTEGER", graph.Float: "DOUBLE", graph.Bool: "BOOLEAN"}[f.Type]
			if kind == "" {
				kind = "VARCHAR"
			}
			doc := f.Doc
			if f.Unit != "" {
				doc += " (unit: " + f.Unit + ")"
			}
			want = append(want, f.Name+" "+kind+" "+doc)
		}
		wantRows(t, s, fmt.Sprintf(`SELECT column_name || ' ' || data_type || ' ' || comment FROM duckdb_columns()
			WHERE schema_name = 'main' AND table_name = '%s' ORDER BY column_index`, k.Table), want...)
		wantRows(t, s, fmt.Sprintf("SELECT comment FROM duckdb_views() WHERE view_name = '%s'", k.Table), k.Doc)
	}
	tables := rowsOf(t, s, "SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal ORDER BY view_name")
	if len(tables) != len(graph.Kinds())+2 {
		t.Errorf("others see %v", tables)
	}
}

// TestConstantsAreNoColumns loads a large file and finds what is the same in
// every row kept once, until it is no more the same.
func TestConstantsAreNoColumns(t *testing.T) {
	s := openStore(t, Options{Path: place(t)})
	s.sharedRows = 10
	loadTrade(t, s, "a", 100)
	wantRows(t, s, "SELECT concat_ws('|', held_in, columns, rows, first_year, first_line, last_line, in_order) FROM store.part ORDER BY part",
		"trade|year,exporter,importer,code,product,value_usd,tonnes,basis,material,error,reported_by,mirror_value_usd,mirror_tonnes,source,estimated,line|10|2022|2|11|true",
		"trade_2|exporter,code,tonnes,line|90|2022|12|101|true")
	l, err := s.Begin(t.Context(), graph.Dataset{ID: "b"})
	if err != nil {
		t.Fatal(err)
	}
	for i, change := range []func(r graph.Row){
		func(graph.Row) {}, func(graph.Row) {}, func(r graph.Row) { r.SetInt("year", 2023) }, func(graph.Row) {}, func(r graph.Row) { r.SetText("product", "ore") },
	} {
		b := graph.NewBatch(s.schema.Kind(graph.Trades), graph.NewWords(), 20)
		for j := range 20 {
			r := b.Add()
			r.SetInt("year", 2022)
			r.SetInt("line", 20*i+j)
			change(r)
		}
		if err := l.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantRows(t, s, "SELECT concat_ws('|', held_in, columns, rows, first_year, last_year, first_line, last_line) FROM store.part WHERE part > 2 AND held_in <> 'trade' ORDER BY part",
		"trade_4|line|30|2022|2022|10|39", "trade_5|year,line|40|2022|2023|40|79", "trade_6|year,product,line|20|2022|2022|80|99")
	wantRows(t, s, "SELECT concat_ws('|', year, coalesce(product, 'NULL'), count(*), min(line), max(line)) FROM trade WHERE dataset = 'b' GROUP BY year, product ORDER BY 1",
		"2022|NULL|60|0|79", "2022|ore|20|80|99", "2023|NULL|20|40|59")
}

// TestClear finds no rows that nobody can see, once nobody reads them.
func TestClear(t *testing.T) {
	path := place(t)
	s, err := openSmall(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	kept := func() string {
		t.Helper()
		return strings.Join(append(rowsOf(t, s, "SELECT held_in FROM store.part ORDER BY part"),
			rowsOf(t, s, "SELECT count(*)::VARCHAR FROM store.trade UNION ALL SELECT count(*)::VARCHAR FROM store.trade_coverage")...), " ")
	}
	check := func(when, want string) {
		t.Helper()
		if got := kept(); got != want {
			t.Errorf("%s there is %q, want %q", when, got, want)
		}
	}
	loadTrade(t, s, "a", 20)
	check("at first", "trade trade_2 5 11")
	loadTrade(t, s, "a", 9)
	check("after a reload", "trade trade_4 5 9")
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	loadTrade(t, s, "a", 3)
	check("while a snapshot reads what was", "trade trade_4 trade 8 12")
	if err := sn.Close(); err != nil {
		t.Fatal(err)
	}
	loadTrade(t, s, "b", 1)
	check("when nobody reads it any more", "trade trade 4 4")
	if sn, err = s.Snapshot(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	check("while a snapshot reads what was removed", "trade trade 4 4")
	if err := sn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = openSmall(t.Context(), Options{Path: path}); err != nil {
		t.Fatal(err)
	}
	check("after opening again", "trade 1 1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestPagesOfALargeFile pages through rows that many row groups hold, which
// several threads read.
func TestPagesOfALargeFile(t *testing.T) {
	s := openStore(t, Options{Path: place(t), Threads: 4})
	const rows = 700000
	loadTrade(t, s, "a", rows)
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer sn.Close() //nolint:errcheck // it returns none
	for _, c := range []struct {
		match []graph.Match
		limit int
		step  int // from one line to the next that matches
		first int
	}{
		{nil, 0, 1, 2}, {nil, 99999, 1, 2}, {[]graph.Match{{Field: "code", Words: []string{"HS2017:3"}}}, 20000, 11, 5},
	} {
		q := graph.Query{Kind: graph.Trades, Match: c.match, Limit: c.limit, Fields: []string{"line"}}
		next, pages := c.first, 0
		for again := true; again; pages++ {
			n := 0
			err := sn.Read(t.Context(), q, func(b *graph.Batch) error {
				for _, line := range b.Columns[b.Kind.Field("line")].Int {
					if int(line) != next {
						return fmt.Errorf("line %d comes where %d should", line, next)
					}
					next += c.step
				}
				n += b.Len
				return nil
			})
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			if again = n > 0 && c.limit > 0; again && n != c.limit && next < rows+2 {
				t.Fatalf("%+v: a page of %d rows", q, n)
			}
			q.After = graph.Position{Dataset: "a", File: "trade.csv", Line: next - c.step}.String()
		}
		if next < rows+2 {
			t.Errorf("%+v: %d pages end at line %d", c, pages, next)
		}
	}
}
