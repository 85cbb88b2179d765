package bench

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tiermap/graph"
	"tiermap/graph/duckdb"
	"tiermap/graph/neo4j"
	"tiermap/graph/neo4j/neo4jtest"
)

// embedded returns an embedded store with rows of trade.
func embedded(b *testing.B, rows int) *duckdb.Store {
	b.Helper()
	s, err := duckdb.Open(b.Context(), duckdb.Options{Path: filepath.Join(b.TempDir(), "bench.duckdb")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	loadTrade(b, s, "trade", rows)
	return s
}

// writeImport writes the files of a store into a new folder.
func writeImport(b *testing.B, s graph.Store) (folder string, took time.Duration) {
	b.Helper()
	folder = filepath.Join(b.TempDir(), "files")
	start := time.Now()
	if _, err := neo4j.WriteImport(b.Context(), s, folder); err != nil {
		b.Fatal(err)
	}
	return folder, time.Since(start)
}

func importFiles(b *testing.B, server *neo4jtest.Server, folder string) time.Duration {
	b.Helper()
	start := time.Now()
	if err := server.Import(b.Context(), folder); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkImport takes rows of trade from an embedded store to a database by
// files: the whole of it against neo4j-admin alone, which includes the start of
// its Java machine. Three rounds; the database holds the rows at the end.
func BenchmarkImport(b *testing.B) {
	rows := benchRows(b)
	from := embedded(b, rows)
	for b.Loop() {
		server := prepare(b, b.TempDir())
		var writing, importing, ratios []float64
		for range 3 {
			folder, wrote := writeImport(b, from)
			imported := importFiles(b, server, folder)
			writing, importing = append(writing, wrote.Seconds()), append(importing, imported.Seconds())
			ratios = append(ratios, (wrote+imported).Seconds()/imported.Seconds())
		}
		d := open(b, server)
		if got := d.run(b, "MATCH (:Country)-[r:TRADES]->(:Country) RETURN count(r)", nil)[0][0]; got != int64(rows) {
			b.Fatalf("%v rows were imported, want %d", got, rows)
		}
		for _, list := range [][]float64{writing, importing, ratios} {
			slices.Sort(list)
		}
		b.ReportMetric(float64(rows)/writing[1], "rows-written/s")
		b.ReportMetric(float64(rows)/importing[1], "rows-imported/s")
		b.ReportMetric(ratios[1], "times-the-import-alone")
	}
}

// BenchmarkFacts reads what one question asks for: two codes of a year, ten
// thousand relationships, every field of them, from a warm server.
func BenchmarkFacts(b *testing.B) {
	rows := benchRows(b)
	server := prepare(b, b.TempDir())
	folder, _ := writeImport(b, embedded(b, rows))
	importFiles(b, server, folder)
	d := open(b, server)
	sn, err := d.Snapshot(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer sn.Close() //nolint:errcheck // always nil
	at := 0
	read := func() {
		at = (at + 37) % (rows/benchPerCode - 1) // never the codes of last time
		n, value := 0, 0.0
		q := graph.Query{Kind: graph.Trades, Match: []graph.Match{{Field: "code", Words: []string{benchCode(at), benchCode(at + 1)}},
			{Field: "year", Ints: []int{benchYear}}}}
		err := sn.Read(b.Context(), q, func(batch *graph.Batch) error {
			n += batch.Len
			for _, v := range batch.Columns[batch.Kind.Field("value_usd")].Float {
				value += v
			}
			return nil
		})
		want := 0.0
		for i := at * benchPerCode; i < (at+2)*benchPerCode; i++ {
			want += tradeRow(i).value
		}
		if err != nil || n != 2*benchPerCode || value != want {
			b.Fatalf("read %d rows worth %v (%v), want %d worth %v", n, value, err, 2*benchPerCode, want)
		}
	}
	median(40, read) // warm
	for b.Loop() {
		b.ReportMetric(milliseconds(median(31, read)), "ms/10000-relationships")
	}
}
