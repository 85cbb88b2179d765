package graphtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"tiermap/graph"
)

func asError(err error, e **graph.Error) bool { return errors.As(err, e) }

// check holds a query against the model: rows, count, and pages of several sizes.
func check(t *testing.T, sn graph.Snapshot, ref *reference, q graph.Query) {
	t.Helper()
	what := fmt.Sprintf("%+v", q)
	same(t, what, readAll(t, sn, q), ref.read(q))
	if got, want := count(t, sn, q), ref.count(q); got != want {
		t.Fatalf("%s: counted %d, want %d", what, got, want)
	}
}

// checkPages reads a query page by page.
func checkPages(t *testing.T, sn graph.Snapshot, ref *reference, q graph.Query, size int) {
	t.Helper()
	q.After, q.Limit = "", 0
	all := ref.read(q)
	q.Limit = size
	var got []string
	for pages := 0; ; pages++ {
		if pages > len(all) {
			t.Fatalf("pages of %+v do not end", q)
		}
		want := ref.page(q)
		same(t, fmt.Sprintf("page %+v", q), readAll(t, sn, q), ref.read(q))
		if len(want) == 0 {
			break
		}
		got = append(got, ref.read(q)...)
		q.After = want[len(want)-1].after()
	}
	same(t, fmt.Sprintf("all pages of %+v", q), got, all)
}

// testNodes declares nodes in several datasets.
func testNodes(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	for i, d := range []graph.Dataset{{ID: "low"}, {ID: "high", Priority: 2}, {ID: "late", Retrieved: "2026-01-01"}} {
		var facts []fact
		for j := range 30 {
			if j%(i+1) == 0 {
				id := fmt.Sprintf("%c%d", 'Z'-j%26, j)
				facts = append(facts, row(graph.Country, "country.csv", j+2, values{"id": id, "name": fmt.Sprintf("%s of %s", id, d.ID), "iso2": []string{"", "XX"}[j%2]}))
			}
		}
		facts = append(facts, row(graph.Country, "country.csv", 99, values{"id": "ü", "name": d.ID}), row(graph.Country, "country.csv", 100, values{"id": "a"}))
		load(t, s, d, facts...)
		ref.load(d, facts)
	}
	sn := snapshot(t, s)
	q := graph.Query{Kind: graph.Country, Fields: []string{"name"}, Match: []graph.Match{{Field: "id", Words: []string{"Z0", "Y1"}}}}
	same(t, "nodes", readAll(t, sn, q), []string{`name="Y1 of low"`, `name="Z0 of high"`, `name="Z0 of late"`, `name="Z0 of low"`})
	if n := count(t, sn, q); n != 2 {
		t.Errorf("%d nodes counted, want 2", n)
	}
	for _, q := range []graph.Query{
		{Kind: graph.Country}, {Kind: "country"}, {Kind: graph.Country, Match: []graph.Match{{Field: "iso2", Words: []string{"XX"}}}},
		{Kind: graph.Country, Match: []graph.Match{{Field: "dataset", Words: []string{"low", "late"}}}},
		{Kind: graph.Country, Match: []graph.Match{{Field: "name", Words: []string{"", "Z0 of low"}}}},
		{Kind: graph.Country, After: "M"}, {Kind: graph.Country, After: "ü"}, {Kind: graph.Country, After: "ZZZ", Limit: 1},
	} {
		check(t, sn, ref, graph.Query{Kind: q.Kind, Match: q.Match})
		same(t, fmt.Sprintf("%+v", q), readAll(t, sn, q), ref.read(q))
		for _, size := range []int{1, 2, 7, 1000} {
			checkPages(t, sn, ref, q, size)
		}
	}
}

// testOrder writes rows out of their order, several in one line, from several
// files and datasets.
func testOrder(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	for i, id := range []string{"z", "a", "M"} {
		var facts []fact
		for j := range 40 {
			line := (j * 17) % 23
			if line == 5 {
				line = graph.NoInt // a source without lines
			}
			facts = append(facts, row(graph.Produces, []string{"b.csv", "a.csv", "", "B.csv"}[(i+j)%4], line,
				values{"year": 2020 + j%3, "product": fmt.Sprint("p", j), "country": []string{"*", "CHN", ""}[j%3], "tonnes": float64(j)}))
		}
		d := graph.Dataset{ID: id, Priority: i}
		load(t, s, d, facts...)
		ref.load(d, facts)
	}
	sn := snapshot(t, s)
	for _, q := range []graph.Query{
		{Kind: graph.Produces}, {Kind: graph.Produces, Fields: []string{"product"}},
		{Kind: "production", Match: []graph.Match{{Field: "year", Ints: []int{2021}}}},
		{Kind: graph.Produces, Match: []graph.Match{{Field: "file", Words: []string{"a.csv", ""}}}},
	} {
		check(t, sn, ref, q)
		for _, size := range []int{1, 3, 10, 39, 40, 1000} {
			checkPages(t, sn, ref, q, size)
		}
	}
	for _, after := range []graph.Position{{}, {Dataset: "a"}, {Dataset: "a", File: "a.csv", Line: 5}, {Dataset: "a", File: "aa", Line: -7},
		{Dataset: "b", File: "a.csv", Line: 5}, {Dataset: "zz"}, {Dataset: "a", File: "b.csv", Line: graph.NoInt},
		{Dataset: "a", File: "b.csv", Line: -3}} {
		for _, limit := range []int{0, 5} {
			q := graph.Query{Kind: graph.Produces, After: after.String(), Limit: limit}
			same(t, fmt.Sprintf("%+v", q), readAll(t, sn, q), ref.read(q))
		}
	}
}

func testQueries(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	for i := range 3 {
		var facts []fact
		for j := range 60 {
			facts = append(facts, row(graph.Owns, "owns.csv", j, values{"owner": fmt.Sprint("o", j%7), "owned": []string{"", "x", "y'"}[j%3],
				"from": []string{"", "2020", "2020-01-31"}[(i+j)%3], "share": float64(j) / 60}))
			facts = append(facts, row(graph.Trades, "trade.csv", j, values{"year": []int{2020, 2021, graph.NoInt, -5}[j%4],
				"exporter": fmt.Sprint("C", j%5), "importer": fmt.Sprint("C", j%3), "code": fmt.Sprint("HS2017:", j%6), "estimated": j%2 == 0}))
		}
		d := graph.Dataset{ID: fmt.Sprint("d", i)}
		load(t, s, d, facts...)
		ref.load(d, facts)
	}
	sn := snapshot(t, s)
	match := func(field string, values ...any) graph.Match {
		m := graph.Match{Field: field}
		for _, v := range values {
			switch v := v.(type) {
			case string:
				m.Words = append(m.Words, v)
			case int:
				m.Ints = append(m.Ints, v)
			}
		}
		return m
	}
	for _, q := range []graph.Query{
		{Kind: graph.Trades, Match: []graph.Match{match("code", "HS2017:1")}},
		{Kind: graph.Trades, Match: []graph.Match{match("code", "HS2017:1", "HS2017:4", "HS2017:1", "HS2017:999"), match("year", 2020, 2021)}},
		{Kind: graph.Trades, Match: []graph.Match{match("year", 2021), match("exporter", "C1"), match("importer", "C0", "C1"), match("dataset", "d1", "d9")}},
		{Kind: graph.Trades, Match: []graph.Match{match("year", graph.NoInt)}},
		{Kind: graph.Trades, Match: []graph.Match{match("year", graph.NoInt, 2020)}},
		{Kind: graph.Trades, Match: []graph.Match{match("year", 1<<40, -1<<40, -5)}},
		{Kind: graph.Trades, Match: []graph.Match{match("product", "")}},
		{Kind: graph.Trades, Match: []graph.Match{match("product", "ore")}},
		{Kind: graph.Trades, Match: []graph.Match{match("year")}},
		{Kind: graph.Trades, Match: []graph.Match{match("exporter")}},
		{Kind: graph.Trades, Match: []graph.Match{match("dataset")}},
		{Kind: graph.Trades, Match: []graph.Match{match("exporter", "C1"), match("exporter", "C2")}},
		{Kind: graph.Trades, Match: []graph.Match{match("line", 7, 8, 59)}},
		{Kind: graph.Trades, Match: []graph.Match{match("year", 2020)}, Fields: []string{"importer", "line"}},
		{Kind: graph.Owns, Match: []graph.Match{match("from", "2020-01-31")}},
		{Kind: graph.Owns, Match: []graph.Match{match("from", "", "2020")}},
		{Kind: graph.Owns, Match: []graph.Match{match("from")}},
		{Kind: graph.Owns, Match: []graph.Match{match("owned", "y'", ""), match("owner", "o3", "o4")}},
		{Kind: graph.Owns, Match: []graph.Match{match("from", "2020", "it's; \"\x01 ?")}},
	} {
		check(t, sn, ref, q)
		checkPages(t, sn, ref, q, 4)
	}
	// Columns that were not asked for are not there.
	err := sn.Read(t.Context(), graph.Query{Kind: graph.Trades, Fields: []string{"importer", "year", "dataset"}}, func(b *graph.Batch) error {
		for i, f := range b.Kind.Fields {
			c := b.Columns[i]
			there := c.Word != nil || c.Int != nil || c.Float != nil || c.Text != nil || c.Bool != nil
			if there != slices.Contains([]string{"importer", "year", "dataset"}, f.Name) {
				t.Errorf("column %s there: %v", f.Name, there)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "no fields", readAll(t, sn, graph.Query{Kind: graph.Owns, Fields: []string{}, Limit: 2}), []string{"", ""})
}

func testBadQueries(t *testing.T, b Backend) {
	s := b.open(t)
	load(t, s, graph.Dataset{ID: "a"}, trades("f", 3)...)
	sn := snapshot(t, s)
	for _, q := range []graph.Query{
		{}, {Kind: "Dragon"}, {Kind: graph.Trades, Fields: []string{"wings"}}, {Kind: graph.Trades, Match: []graph.Match{{Field: "wings"}}},
		{Kind: graph.Trades, Match: []graph.Match{{Field: "tonnes"}}}, {Kind: graph.Trades, Match: []graph.Match{{Field: "estimated"}}},
		{Kind: graph.Country, Match: []graph.Match{{Field: "aliases", Words: []string{"a"}}}},
		{Kind: graph.Trades, After: "not a position"}, {Kind: graph.Trades, Limit: -1},
	} {
		err := sn.Read(t.Context(), q, func(*graph.Batch) error { t.Error("a bad query has rows"); return nil })
		wantCode(t, fmt.Sprintf("Read %+v", q), err, graph.BadInput)
		if q.After == "" && q.Limit == 0 {
			_, err = sn.Count(t.Context(), q)
			wantCode(t, fmt.Sprintf("Count %+v", q), err, graph.BadInput)
		}
	}
	for _, kinds := range [][]string{{"Dragon"}, {graph.Trades}, {graph.Country, ""}} {
		_, err := sn.Search(t.Context(), "a", kinds, 0)
		wantCode(t, fmt.Sprint("Search in ", kinds), err, graph.BadInput)
	}
	var e *graph.Error
	_, err := sn.Count(t.Context(), graph.Query{Kind: graph.Trades, Match: []graph.Match{{Field: "exportr"}}})
	if !asError(err, &e) || !slices.Contains(e.Suggestions, "exporter") {
		t.Errorf("for exportr %v is suggested", e)
	}
}

func testCoverage(t *testing.T, b Backend) {
	s := b.open(t)
	trade := func(line int, code, product string, year int, v values) fact {
		v["code"], v["product"], v["year"] = code, product, year
		return row(graph.Trades, "f", line, v)
	}
	load(t, s, graph.Dataset{ID: "b"},
		trade(1, "HS2017:2", "", 2022, values{"value_usd": 10.0, "tonnes": 2.0}),
		trade(2, "HS2017:2", "", 2022, values{"value_usd": 5.0}),
		trade(3, "HS2017:2", "", 2022, values{"value_usd": 7.0, "tonnes": 0.0}),
		trade(4, "HS2017:2", "", 2022, values{"value_usd": 0.0, "tonnes": 3.0}),
		trade(5, "HS2017:2", "", 2022, values{"tonnes": 4.0}),
		trade(6, "HS2017:1", "", 2023, values{}),
		trade(7, "HS2017:1", "", 2021, values{"value_usd": 0.5, "tonnes": 0.25}),
		trade(8, "", "ore", 2021, values{"tonnes": 1.0}),
		row(graph.Produces, "g", 1, values{"year": 1999, "product": "ore", "tonnes": 1.0}))
	load(t, s, graph.Dataset{ID: "a", Priority: -1}, trade(1, "", "ore", 2021, values{"value_usd": 1.0, "tonnes": 1.0}))
	got, err := snapshot(t, s).TradeCoverage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []graph.TradeCoverage{
		{Dataset: "a", Product: "ore", Year: 2021, Rows: 1, Both: 1, ValueUSD: 1, Tonnes: 1},
		{Dataset: "b", Product: "ore", Year: 2021, Rows: 1},
		{Dataset: "b", Code: "HS2017:1", Year: 2021, Rows: 1, Both: 1, ValueUSD: 0.5, Tonnes: 0.25},
		{Dataset: "b", Code: "HS2017:1", Year: 2023, Rows: 1},
		{Dataset: "b", Code: "HS2017:2", Year: 2022, Rows: 5, Both: 2, ValueUSD: 10, Tonnes: 5},
	}
	if !slices.Equal(got, want) {
		t.Errorf("coverage\n%+v\nwant\n%+v", got, want)
	}
}

func testSearch(t *testing.T, b Backend) {
	s := b.open(t)
	node := func(kind string, line int, id, name, aliases string) fact {
		v := values{"id": id, "name": name}
		if aliases != "" {
			v["aliases"] = aliases
		}
		return row(kind, "f", line, v)
	}
	load(t, s, graph.Dataset{ID: "low"},
		node(graph.Material, 1, "gallium", "Gallium", "Ga"), node(graph.Material, 2, "germanium", "Germanium", "Ge; Deutsches Metall"),
		node(graph.Product, 3, "gallium-metal", "Gallium metal", ""), node(graph.Product, 4, "ore", "Ore with gallium", ""),
		node(graph.Company, 5, "C1", "GALLIUM", "x;Élan;y"), node(graph.Company, 6, "C2", "Gallium", ""), node(graph.Company, 7, "C3", "O'Neill 100% \"best\"_", ""),
		node(graph.Country, 8, "GAB", "Gabon", ""), node(graph.Country, 9, "DEU", "Germany", "Deutschland;GER"),
		row(graph.Measure, "f", 10, values{"id": "gallium-licence", "kind": "licence"}))
	load(t, s, graph.Dataset{ID: "high", Priority: 1}, node(graph.Country, 1, "DEU", "Federal Republic", ""), node(graph.Country, 2, "GAB", "", ""))
	sn := snapshot(t, s)
	for _, c := range []struct {
		text  string
		kinds []string
		limit int
		want  []string
	}{
		{"gallium", nil, 0, []string{"Material gallium Gallium", "Company C1 GALLIUM", "Company C2 Gallium", "Measure gallium-licence ",
			"Product gallium-metal Gallium metal", "Product ore Ore with gallium"}},
		{"GALLIUM", []string{graph.Product, graph.Material}, 2, []string{"Material gallium Gallium", "Product gallium-metal Gallium metal"}},
		{"deu", nil, 0, []string{"Country DEU Federal Republic", "Material germanium Germanium"}},
		{"Germany", nil, 0, []string{"Country DEU Federal Republic"}},
		{"deutsches metall", nil, 0, []string{"Material germanium Germanium"}},
		{"metall", nil, 0, []string{"Material germanium Germanium"}},
		{"élan", nil, 0, []string{"Company C1 GALLIUM"}},
		{"gab", []string{graph.Country}, 0, []string{"Country GAB Gabon"}},
		{"100% \"B", nil, 0, []string{"Company C3 O'Neill 100% \"best\"_"}},
		{"o'n", nil, 0, []string{"Company C3 O'Neill 100% \"best\"_"}},
		{"_", nil, 0, []string{"Company C3 O'Neill 100% \"best\"_"}},
		{"100_", nil, 0, nil}, {"ga.*um", nil, 0, nil}, {"nothing like it", nil, 0, nil},
		{"gallium", []string{"Company"}, 1, []string{"Company C1 GALLIUM"}},
	} {
		hits, err := sn.Search(t.Context(), c.text, c.kinds, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range hits {
			got = append(got, h.Kind+" "+h.ID+" "+h.Name)
		}
		same(t, "search of "+c.text, got, c.want)
	}
}

// testContext ends the context before and in the middle of what a store does.
func testContext(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	d := graph.Dataset{ID: "a"}
	load(t, s, d, trades("f", 20000)...)
	ref.load(d, trades("f", 20000))
	sn := snapshot(t, s)
	q := graph.Query{Kind: graph.Trades}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	wantCode(t, "Read", sn.Read(ended, q, func(*graph.Batch) error { t.Error("rows after the end"); return nil }), graph.Timeout)
	_, err := sn.Count(ended, graph.Query{Kind: graph.Trades, Match: []graph.Match{{Field: "year", Ints: []int{2022}}}})
	wantCode(t, "Count", err, graph.Timeout)
	_, err = sn.Search(ended, "a", nil, 0)
	if err != nil {
		wantCode(t, "Search", err, graph.Timeout) // a store may know without asking that it has no nodes
	}
	_, err = s.Begin(ended, d)
	wantCode(t, "Begin", err, graph.Timeout)
	_, err = s.Remove(ended, "a")
	wantCode(t, "Remove", err, graph.Timeout)

	during, cancel := context.WithCancel(t.Context())
	rows := 0
	err = sn.Read(during, q, func(b *graph.Batch) error { rows += b.Len; cancel(); return nil })
	wantCode(t, "Read that is cancelled", err, graph.Timeout)
	if rows == 0 || rows >= 20000 {
		t.Errorf("a read that was cancelled in its first batch gave %d rows of 20000", rows)
	}
	late, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	wantCode(t, "Read after a deadline", sn.Read(late, q, func(*graph.Batch) error { return nil }), graph.Timeout)

	for _, step := range []string{"Write", "Commit"} {
		l := begin(t, s, d)
		write(t, l, trades("g", 100)...)
		if step == "Write" {
			wantCode(t, step, l.Write(ended, batches(graph.NewWords(), trades("h", 10))[0]), graph.Timeout)
			_, err = l.Commit(t.Context())
		} else {
			_, err = l.Commit(ended)
		}
		wantCode(t, "Commit", err, graph.Timeout)
		if err := l.Abandon(); err != nil {
			t.Fatal(err)
		}
		compare(t, snapshot(t, s), ref)
	}
	load(t, s, d, trades("g", 3)...)
}

func testYield(t *testing.T, b Backend) {
	s := b.open(t)
	load(t, s, graph.Dataset{ID: "a"}, append(trades("f", 5000), row(graph.Country, "c", 1, values{"id": "NLD"}))...)
	sn := snapshot(t, s)
	enough := errors.New("enough")
	for _, kind := range []string{graph.Trades, graph.Country} {
		calls := 0
		err := sn.Read(t.Context(), graph.Query{Kind: kind}, func(*graph.Batch) error { calls++; return enough })
		if err != enough || calls != 1 { //nolint:errorlint // it is handed on as it is
			t.Errorf("Read of %s returned %v after %d calls, want the error of the first", kind, err, calls)
		}
	}
	if n := len(readAll(t, sn, graph.Query{Kind: graph.Trades})); n != 5000 {
		t.Errorf("%d rows after a read that was broken off, want 5000", n)
	}
}

// testNested reads within a read, and from many goroutines at once.
func testNested(t *testing.T, b Backend) {
	s := b.open(t)
	load(t, s, graph.Dataset{ID: "a"}, append(trades("f", 6000), row(graph.Country, "c", 1, values{"id": "NLD"}))...)
	sn := snapshot(t, s)
	inner := 0
	err := sn.Read(t.Context(), graph.Query{Kind: graph.Trades}, func(*graph.Batch) error {
		return sn.Read(t.Context(), graph.Query{Kind: graph.Country}, func(b *graph.Batch) error { inner += b.Len; return nil })
	})
	if err != nil || inner == 0 {
		t.Fatalf("%d rows in a read within a read, %v", inner, err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 5 {
				n := 0
				err := sn.Read(t.Context(), graph.Query{Kind: graph.Trades}, func(b *graph.Batch) error { n += b.Len; return nil })
				if err != nil || n != 6000 {
					t.Errorf("reader %d: %d rows, %v; want 6000", i, n, err)
				}
			}
		})
	}
	load(t, s, graph.Dataset{ID: "a"}, trades("g", 10)...)
	group.Wait()
}

// testRandom does at random what can be done, and asks at random: each of some
// random questions several times, of what the store holds by then.
func testRandom(t *testing.T, b Backend) {
	place := b.Place(t)
	s, err := b.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 5))
	ref := newReference()
	questions := make([]graph.Query, 40)
	for i := range questions {
		questions[i] = randomQuery(r)
	}
	for range 40 {
		id := fmt.Sprint("d", r.IntN(5))
		switch r.IntN(6) {
		case 0:
			if _, there := ref.datasets[id]; there {
				if rows, err := s.Remove(t.Context(), id); err != nil || rows != ref.remove(id) {
					t.Fatalf("Remove: %d rows, %v", rows, err)
				}
			}
		case 1:
			l := begin(t, s, graph.Dataset{ID: id})
			write(t, l, randomFacts(r)...)
			if err := l.Abandon(); err != nil {
				t.Fatal(err)
			}
		case 2:
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s, err = b.Open(t.Context(), place); err != nil {
				t.Fatal(err)
			}
		default:
			d := graph.Dataset{ID: id, Priority: r.IntN(3), Retrieved: fmt.Sprint(2020 + r.IntN(3))}
			facts := randomFacts(r)
			if got, want := load(t, s, d, facts...), ref.load(d, facts); got != want {
				t.Fatalf("%d rows replaced, want %d", got, want)
			}
		}
		sn, err := s.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			q := questions[r.IntN(len(questions))]
			check(t, sn, ref, q)
			checkPages(t, sn, ref, q, 1+r.IntN(30))
		}
		compareLines(t, sn, ref)
		if err := sn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// Kinds for which random facts are made: a node, a relationship with years, one
// with dates.
var randomKinds = []string{graph.Company, graph.Trades, graph.Owns}

func randomFacts(r *rand.Rand) []fact {
	var facts []fact
	ids := r.Perm(40)
	for i := range r.IntN(100) {
		k := schema.Kind(randomKinds[r.IntN(len(randomKinds))])
		v := values{}
		for _, f := range k.Fields {
			if r.IntN(3) > 0 {
				v[f.Name] = randomValue(r, f)
			}
		}
		if k.IsNode() {
			if i >= len(ids) {
				continue // a dataset declares a node once
			}
			v["id"] = fmt.Sprint("id", ids[i])
		}
		line := r.IntN(60)
		if line == 0 {
			line = graph.NoInt
		}
		facts = append(facts, row(k.Name, fmt.Sprint("f", r.IntN(3)), line, v))
	}
	return facts
}

func randomValue(r *rand.Rand, f graph.Field) any {
	switch f.Type {
	case graph.Int:
		return 2020 + r.IntN(4)
	case graph.Float:
		return float64(r.IntN(5))
	case graph.Bool:
		return r.IntN(2) == 0
	default:
		return []string{"", "a", "B", "ü", "d1"}[r.IntN(5)]
	}
}

func randomQuery(r *rand.Rand) graph.Query {
	k := schema.Kind(randomKinds[r.IntN(len(randomKinds))])
	q := graph.Query{Kind: k.Name}
	for range r.IntN(3) {
		f := k.Fields[r.IntN(len(k.Fields))]
		m := graph.Match{Field: f.Name}
		for range 1 + r.IntN(3) {
			switch f.Type {
			case graph.Word, graph.Text, graph.Date:
				m.Words = append(m.Words, []string{"", "a", "B", "ü", "d1", "f1", "id7"}[r.IntN(7)])
			case graph.Int:
				m.Ints = append(m.Ints, []int{graph.NoInt, 2020, 2021, 2022, 7}[r.IntN(5)])
			}
		}
		if m.Words != nil || m.Ints != nil {
			q.Match = append(q.Match, m)
		}
	}
	if r.IntN(2) == 0 {
		q.Fields = []string{}
		for _, f := range k.Fields {
			if r.IntN(2) == 0 {
				q.Fields = append(q.Fields, f.Name)
			}
		}
	}
	return q
}
