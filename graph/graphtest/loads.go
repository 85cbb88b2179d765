package graphtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tiermap/graph"
)

func trades(file string, n int) []fact {
	var facts []fact
	for i := range n {
		facts = append(facts, row(graph.Trades, file, i+2, values{"year": 2022, "exporter": "CHN", "importer": "NLD", "code": "HS2017:811292", "tonnes": float64(i)}))
	}
	return facts
}

func testVisible(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	before := snapshot(t, s)
	d := graph.Dataset{ID: "a", Title: "A"}
	facts := append(trades("f", 10), row(graph.Country, "country.csv", 2, values{"id": "CHN", "name": "China"}))
	l := begin(t, s, d)
	write(t, l, facts...)
	during := snapshot(t, s)
	compare(t, during, ref)
	if during.Revision() != before.Revision() {
		t.Error("the revision changed before the commit")
	}
	replaced, err := l.Commit(t.Context())
	if err != nil || replaced != 0 {
		t.Fatalf("Commit: %d rows replaced, %v; want none", replaced, err)
	}
	compare(t, before, ref)
	compare(t, during, ref)
	ref.load(d, facts)
	compare(t, snapshot(t, s), ref)
}

func testAbandon(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	d := graph.Dataset{ID: "a"}
	load(t, s, d, trades("f", 3)...)
	ref.load(d, trades("f", 3))
	before := snapshot(t, s).Revision()
	l := begin(t, s, graph.Dataset{ID: "a", Title: "again"})
	write(t, l, row(graph.Trades, "new.csv", 1, values{"exporter": "a new word"}))
	if err := l.Abandon(); err != nil {
		t.Fatal(err)
	}
	if err := l.Abandon(); err != nil {
		t.Fatalf("Abandon a second time: %v", err)
	}
	sn := snapshot(t, s)
	compare(t, sn, ref)
	if sn.Revision() != before {
		t.Error("a load that was abandoned changed the revision")
	}
	// The words of a load that came to nothing are no other load's words.
	e := graph.Dataset{ID: "b"}
	facts := []fact{row(graph.Trades, "newer.csv", 1, values{"exporter": "a newer word"}), row(graph.Trades, "newer.csv", 2, values{"exporter": "a new word"})}
	load(t, s, e, facts...)
	ref.load(e, facts)
	compare(t, snapshot(t, s), ref)
}

// testLoadEnds uses a load that has ended.
func testLoadEnds(t *testing.T, b Backend) {
	s := b.open(t)
	for name, end := range map[string]func(graph.Load) error{
		"after Commit":  func(l graph.Load) error { _, err := l.Commit(t.Context()); return err },
		"after Abandon": graph.Load.Abandon,
	} {
		t.Run(name, func(t *testing.T) {
			l := begin(t, s, graph.Dataset{ID: "a"})
			write(t, l, trades("f", 2)...)
			if err := end(l); err != nil {
				t.Fatal(err)
			}
			before := snapshot(t, s)
			wantCode(t, "Write", l.Write(t.Context(), batches(graph.NewWords(), trades("g", 1))[0]), graph.BadInput)
			_, err := l.Commit(t.Context())
			wantCode(t, "Commit", err, graph.BadInput)
			if err := l.Abandon(); err != nil {
				t.Errorf("Abandon: %v", err)
			}
			if after := snapshot(t, s); after.Revision() != before.Revision() {
				t.Error("a load that had ended changed the revision")
			}
		})
	}
}

func testReload(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	other := graph.Dataset{ID: "other", Priority: 1}
	node := row(graph.Product, "product.csv", 2, values{"id": "magnet", "name": "Magnet", "stage": "component"})
	load(t, s, other, append(trades("f", 4), node)...)
	ref.load(other, append(trades("f", 4), node))
	for i, facts := range [][]fact{
		append(trades("f", 7), node), trades("f", 7), trades("g", 2), {}, {node}, trades("f", 1),
	} {
		d := graph.Dataset{ID: "a", Title: fmt.Sprint("edition ", i), Version: fmt.Sprint(i), Priority: i % 2}
		if got, want := load(t, s, d, facts...), ref.load(d, facts); got != want {
			t.Fatalf("load %d replaced %d rows, want %d", i, got, want)
		}
		compare(t, snapshot(t, s), ref)
	}
}

func testEmptyDataset(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	d := graph.Dataset{ID: "nothing", Title: "Nothing yet"}
	load(t, s, d)
	ref.load(d, nil)
	compare(t, snapshot(t, s), ref)
	status, err := s.Status(t.Context())
	if err != nil || len(status.Datasets) != 1 {
		t.Fatalf("status %+v, %v; want one dataset", status, err)
	}
	if got := status.Datasets[0]; got.Dataset != d || len(got.Rows) != 0 || got.Years != [2]int{} {
		t.Errorf("status of an empty dataset: %+v", got)
	}
	rows, err := s.Remove(t.Context(), "nothing")
	if err != nil || rows != 0 {
		t.Errorf("Remove: %d rows, %v", rows, err)
	}
}

func testRemove(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	for i, id := range []string{"baci-2022", "baci-2023", "usgs"} {
		d := graph.Dataset{ID: id}
		facts := append(trades("f", i+1), row(graph.Country, "c", 1, values{"id": "NLD", "name": id}))
		load(t, s, d, facts...)
		ref.load(d, facts)
	}
	before := snapshot(t, s)
	_, err := s.Remove(t.Context(), "baci-2021")
	wantCode(t, "Remove of what is not there", err, graph.NotFound)
	var e *graph.Error
	if !asError(err, &e) || !slices.Contains(e.Suggestions, "baci-2022") {
		t.Errorf("Remove of what is not there suggests %v", e)
	}
	if after := snapshot(t, s); after.Revision() != before.Revision() {
		t.Error("a removal that failed changed the revision")
	}
	for _, id := range []string{"baci-2023", "usgs", "baci-2022"} {
		rows, err := s.Remove(t.Context(), id)
		if want := ref.remove(id); err != nil || rows != want {
			t.Fatalf("Remove: %d rows, %v; want %d", rows, err, want)
		}
		compare(t, snapshot(t, s), ref)
		_, err = s.Remove(t.Context(), id)
		wantCode(t, "Remove a second time", err, graph.NotFound)
	}
}

func testRevision(t *testing.T, b Backend) {
	place := b.Place(t)
	s, err := b.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	seen := []string{}
	next := func(what string) {
		t.Helper()
		sn, err := s.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		status, err := s.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if status.Revision != sn.Revision() {
			t.Errorf("%s: status says revision %s, a snapshot %s", what, status.Revision, sn.Revision())
		}
		if slices.Contains(seen, sn.Revision()) {
			t.Errorf("%s: revision %s comes again", what, sn.Revision())
		}
		seen = append(seen, sn.Revision())
		if err := sn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	next("empty")
	for range 2 {
		load(t, s, graph.Dataset{ID: "a"}, trades("f", 1)...)
		next("load")
	}
	load(t, s, graph.Dataset{ID: "b"})
	next("load of nothing")
	if _, err := s.Remove(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	next("removal")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = b.openAt(t, place)
	if sn := snapshot(t, s); sn.Revision() != seen[len(seen)-1] {
		t.Errorf("revision %s after opening again, want %s", sn.Revision(), seen[len(seen)-1])
	}
	load(t, s, graph.Dataset{ID: "a"}, trades("f", 1)...)
	next("load after opening again")
}

// testSnapshot changes everything under a snapshot.
func testSnapshot(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	for _, id := range []string{"a", "b"} {
		d := graph.Dataset{ID: id}
		facts := append(trades(id, 5), row(graph.Country, "c", 1, values{"id": "NLD", "name": "Netherlands " + id}))
		load(t, s, d, facts...)
		ref.load(d, facts)
	}
	old := snapshot(t, s)
	compare(t, old, ref)
	for i := range 3 {
		load(t, s, graph.Dataset{ID: "a", Title: "new"}, trades("new", i)...)
		compare(t, old, ref)
	}
	load(t, s, graph.Dataset{ID: "c"}, trades("c", 2)...)
	if _, err := s.Remove(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	compare(t, old, ref)
	hits, err := old.Search(t.Context(), "netherlands b", nil, 0)
	if err != nil || len(hits) != 1 || hits[0].ID != "NLD" {
		t.Errorf("an old snapshot finds %v, %v", hits, err)
	}
	now := newReference()
	now.load(graph.Dataset{ID: "a", Title: "new"}, trades("new", 2))
	now.load(graph.Dataset{ID: "c"}, trades("c", 2))
	compare(t, snapshot(t, s), now)
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatalf("Close a second time: %v", err)
	}
	compare(t, snapshot(t, s), now)
	load(t, s, graph.Dataset{ID: "c"}, trades("c", 3)...)
	now.load(graph.Dataset{ID: "c"}, trades("c", 3))
	compare(t, snapshot(t, s), now)
}

// testReaders reads while a load is under way, also between the batches.
func testReaders(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	d := graph.Dataset{ID: "a"}
	load(t, s, d, trades("f", 20)...)
	ref.load(d, trades("f", 20))
	sn := snapshot(t, s)
	l := begin(t, s, d)
	for i := range 5 {
		write(t, l, trades(fmt.Sprint("g", i), 2000)...)
		done := make(chan bool)
		go func() {
			defer close(done)
			n, err := sn.Count(t.Context(), graph.Query{Kind: graph.Trades})
			if err != nil || n != 20 {
				t.Errorf("beside a load %d rows are counted, %v; want 20", n, err)
			}
		}()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("a load blocks its readers")
		}
		compare(t, snapshot(t, s), ref)
	}
	if _, err := l.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	compare(t, sn, ref)
	if n := count(t, snapshot(t, s), graph.Query{Kind: graph.Trades}); n != 10000 {
		t.Errorf("%d rows after the load, want 10000", n)
	}
}

// testTwoLoads begins a load beside another: a store says that it is busy, or
// lets both come to a good end.
func testTwoLoads(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	for _, ids := range [][2]string{{"a", "b"}, {"c", "c"}} {
		first := begin(t, s, graph.Dataset{ID: ids[0], Title: "first"})
		write(t, first, trades("f", 3)...)
		second, err := s.Begin(t.Context(), graph.Dataset{ID: ids[1], Title: "second"})
		if err != nil {
			wantCode(t, "a second Begin", err, graph.StoreBusy)
			_, err := s.Remove(t.Context(), "a")
			wantCode(t, "Remove beside a load", err, graph.StoreBusy)
			wantCode(t, "Close beside a load", s.Close(), graph.StoreBusy)
		} else {
			write(t, second, trades("g", 2)...)
		}
		write(t, first, trades("h", 1)...)
		if _, err := first.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		ref.load(graph.Dataset{ID: ids[0], Title: "first"}, append(trades("f", 3), trades("h", 1)...))
		compare(t, snapshot(t, s), ref)
		if second == nil {
			continue
		}
		if _, err := second.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		ref.load(graph.Dataset{ID: ids[1], Title: "second"}, trades("g", 2))
		compare(t, snapshot(t, s), ref)
	}
	// Whatever was answered, the next load goes through.
	load(t, s, graph.Dataset{ID: "d"}, trades("f", 1)...)
}

func testDatasets(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	for i, d := range []graph.Dataset{
		{ID: "b", Title: "Ü \"quoted\"; 'and more'", Publisher: "中国", URL: "https://example.org/?a=1&b=%20", Licence: "CC BY 4.0", Version: "v1", Retrieved: "2025-01-31"},
		{ID: "z", Retrieved: "2025-02-01"}, {ID: "a"}, {ID: "c", Priority: 5}, {ID: "d", Priority: -3, Retrieved: "2026-01-01"}, {ID: "B"},
	} {
		load(t, s, d, trades("f", i)...)
		ref.load(d, trades("f", i))
	}
	got, err := snapshot(t, s).Datasets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range got {
		ids = append(ids, d.ID)
	}
	same(t, "order of datasets", ids, []string{"c", "z", "b", "B", "a", "d"})
	compare(t, snapshot(t, s), ref)
}

func testStatus(t *testing.T, b Backend) {
	s := b.open(t)
	start := time.Now().Add(-time.Second)
	load(t, s, graph.Dataset{ID: "a", Licence: "CC0"},
		row(graph.Trades, "f", 1, values{"year": 2022}), row(graph.Trades, "f", 2, values{"year": 2019}), row(graph.Trades, "f", 3, values{"exporter": "CHN"}),
		row(graph.Produces, "g", 1, values{"year": 2023, "product": "ore"}), row(graph.Country, "h", 1, values{"id": "CHN"}))
	load(t, s, graph.Dataset{ID: "b", Priority: 1}, row(graph.Country, "h", 1, values{"id": "CHN"}), row(graph.Country, "h", 2, values{"id": "NLD"}))
	status, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if status.Store == "" || len(status.Datasets) != 2 {
		t.Fatalf("status %+v, want the store's name and two datasets", status)
	}
	first, second := status.Datasets[0], status.Datasets[1]
	if first.ID != "b" || second.ID != "a" || second.Licence != "CC0" {
		t.Errorf("datasets %v and %v, want b and a", first.Dataset, second.Dataset)
	}
	if want := map[string]int64{"trade": 3, "production": 1, "country": 1}; fmt.Sprint(second.Rows) != fmt.Sprint(want) {
		t.Errorf("rows of a: %v, want %v", second.Rows, want)
	}
	if second.Years != [2]int{2019, 2023} || first.Years != [2]int{} {
		t.Errorf("years %v and %v, want 2019 to 2023 and none", second.Years, first.Years)
	}
	for _, d := range status.Datasets {
		loaded, err := time.Parse(time.RFC3339, d.Loaded)
		if err != nil || loaded.Before(start) || loaded.After(time.Now().Add(time.Second)) {
			t.Errorf("%s was loaded at %q, %v", d.ID, d.Loaded, err)
		}
	}
}

func testReopen(t *testing.T, b Backend) {
	place := b.Place(t)
	ref := newReference()
	for i := range 4 {
		s, err := b.Open(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		sn, err := s.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		compare(t, sn, ref)
		if err := sn.Close(); err != nil {
			t.Fatal(err)
		}
		d := graph.Dataset{ID: fmt.Sprint("d", i%3), Title: fmt.Sprint(i)}
		facts := append(trades(fmt.Sprint("f", i), 5), row(graph.Country, "c", 1, values{"id": "NLD", "name": fmt.Sprint("Netherlands ", i)}))
		if got, want := load(t, s, d, facts...), ref.load(d, facts); got != want {
			t.Errorf("%d rows replaced, want %d", got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, snapshot(t, b.openAt(t, place)), ref)
}

func testClosed(t *testing.T, b Backend) {
	s, err := b.Open(t.Context(), b.Place(t))
	if err != nil {
		t.Fatal(err)
	}
	load(t, s, graph.Dataset{ID: "a"}, trades("f", 1)...)
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err = s.Begin(t.Context(), graph.Dataset{ID: "b"})
	wantCode(t, "Begin", err, graph.StoreDown)
	_, err = s.Remove(t.Context(), "a")
	wantCode(t, "Remove", err, graph.StoreDown)
	_, err = s.Snapshot(t.Context())
	wantCode(t, "Snapshot", err, graph.StoreDown)
	_, err = s.Status(t.Context())
	wantCode(t, "Status", err, graph.StoreDown)
	err = sn.Read(t.Context(), graph.Query{Kind: graph.Trades}, func(*graph.Batch) error { return nil })
	wantCode(t, "Read", err, graph.StoreDown)
	if err := sn.Close(); err != nil {
		t.Errorf("Close of a snapshot: %v", err)
	}
}
