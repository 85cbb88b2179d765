package neo4j

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
	"tiermap/graph/neo4j/neo4jtest"
)

// benchRows is how many rows of trade the benchmarks load: a seventh of a full
// year of all products between all countries.
func benchRows(b *testing.B) int {
	text := os.Getenv("TIERMAP_BENCH_ROWS")
	if text == "" {
		return 2_000_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// trade is row i of a file of trade in BACI's order: by code, then exporter.
// Every seventh row has no tonnes.
type trade struct {
	code, exporter, importer string
	value, tonnes            float64
}

const (
	benchCountries = 230
	benchPerCode   = 5000 // rows of a code: what the largest have
)

func tradeRow(i int) trade {
	within := i % benchPerCode
	from := within * benchCountries / benchPerCode
	to := (within*7 + i/benchPerCode*13) % benchCountries
	t := trade{fmt.Sprintf("HS2017:%06d", 10000+i/benchPerCode*7), fmt.Sprintf("C%02d", from), fmt.Sprintf("C%02d", to),
		float64(i%99991) * 1.25, float64(i%7919) / 8}
	if i%7 == 0 {
		t.tonnes = math.NaN()
	}
	return t
}

// benchServer starts a server of the benchmark's own, with memory for it.
func benchServer(b *testing.B) *Store {
	b.Helper()
	server, err := neo4jtest.Start(b.Context(), neo4jtest.Options{HeapMB: 2048, PageCacheMB: 1024, Bench: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := server.Close(); err != nil {
			b.Error(err)
		}
	})
	s, err := Open(b.Context(), Options{URL: server.URL, User: server.User, Password: server.Password, Grace: -1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// loadTrade loads rows as a loader does, and returns how long it took.
func loadTrade(b *testing.B, s *Store, dataset string, from, to int) time.Duration {
	b.Helper()
	k := s.model.schema.Kind(graph.Trades)
	start := time.Now()
	l, err := s.Begin(b.Context(), graph.Dataset{ID: dataset})
	if err != nil {
		b.Fatal(err)
	}
	words := graph.NewWords()
	batch := graph.NewBatch(k, words, 8192)
	column := func(name string) *graph.Column { return &batch.Columns[k.Field(name)] }
	year, exporter, importer, code := column("year"), column("exporter"), column("importer"), column("code")
	value, tonnes, file, line := column("value_usd"), column("tonnes"), column("file"), column("line")
	flush := func() {
		for i, f := range k.Fields { // what the loader does not know
			if c := &batch.Columns[i]; c.Values(f.Type) == 0 {
				*c = graph.Column{}
			}
		}
		if err := l.Write(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		batch.Reset()
	}
	name := words.ID("BACI_HS17_Y2022_V202601.csv")
	for i := from; i < to; i++ {
		t := tradeRow(i)
		year.Int, line.Int = append(year.Int, 2022), append(line.Int, int32(i+2))
		exporter.Word, importer.Word = append(exporter.Word, words.ID(t.exporter)), append(importer.Word, words.ID(t.importer))
		code.Word, file.Word = append(code.Word, words.ID(t.code)), append(file.Word, name)
		value.Float, tonnes.Float = append(value.Float, t.value), append(tonnes.Float, t.tonnes)
		if batch.Len++; batch.Len == 8192 {
			flush()
		}
	}
	flush()
	if _, err := l.Commit(b.Context()); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// loadCSV loads the same rows, with the same properties, as Neo4j itself does.
func loadCSV(b *testing.B, s *Store, load, from, to int) time.Duration {
	b.Helper()
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		out := bufio.NewWriterSize(w, 1<<16)
		defer out.Flush() //nolint:errcheck // the server that reads it would say
		fmt.Fprintln(out, "year,exporter,importer,code,value,tonnes")
		for i := from; i < to; i++ {
			t := tradeRow(i)
			tonnes := ""
			if !math.IsNaN(t.tonnes) {
				tonnes = strconv.FormatFloat(t.tonnes, 'g', -1, 64)
			}
			fmt.Fprintf(out, "2022,%s,%s,%s,%g,%s\n", t.exporter, t.importer, t.code, t.value, tonnes)
		}
	}))
	defer files.Close()
	start := time.Now()
	run(b, s, `
		LOAD CSV WITH HEADERS FROM $url AS row
		CALL (row) {
			MATCH (a:Country {id: row.exporter})
			MATCH (b:Country {id: row.importer})
			CREATE (a)-[:TRADES {code: row.code, year: toInteger(row.year), value_usd: toFloat(row.value), tonnes: toFloat(row.tonnes),
				dataset: 'csv', load: $load, file: 'BACI_HS17_Y2022_V202601.csv', line: linenumber()}]->(b)
		} IN TRANSACTIONS OF 10000 ROWS`, params{"url": files.URL, "load": load})
	return time.Since(start)
}

// run runs a statement that commits by itself.
func run(tb testing.TB, s *Store, statement string, p params) [][]any {
	tb.Helper()
	session := s.driver.NewSession(context.Background(), bolt.SessionConfig{})
	defer session.Close(context.Background()) //nolint:errcheck // nothing is lost
	result, err := session.Run(context.Background(), statement, p)
	if err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
	var rows [][]any
	for result.Next(context.Background()) {
		rows = append(rows, result.Record().Values)
	}
	if err := result.Err(); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
	return rows
}

// BenchmarkLoad loads rows of trade, and the same rows by LOAD CSV, on one warm
// server with the same indexes and properties.
func BenchmarkLoad(b *testing.B) {
	rows := benchRows(b)
	s := benchServer(b)
	for i := range 4 { // a cold server does a third
		loadTrade(b, s, fmt.Sprint("warm", i), 0, 100_000)
		loadCSV(b, s, -1-i, 0, 100_000)
	}
	for i := 0; b.Loop(); i++ {
		ours := loadTrade(b, s, fmt.Sprint("trade", i), 0, rows)
		csv := loadCSV(b, s, -100-i, 0, rows)
		b.ReportMetric(float64(rows)/ours.Seconds(), "rows/s")
		b.ReportMetric(float64(rows)/csv.Seconds(), "LOAD-CSV-rows/s")
		b.ReportMetric(csv.Seconds()/ours.Seconds(), "times-LOAD-CSV")
	}
}
