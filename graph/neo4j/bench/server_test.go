package bench

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
	"tiermap/graph/neo4j"
	"tiermap/graph/neo4j/neo4jtest"
)

// benchRows is how many rows of trade the benchmarks are about: a seventh of a
// full year of all products between all countries.
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
	benchYear      = 2022
	benchFile      = "BACI_HS17_Y2022_V202601.csv"
)

func benchCode(i int) string { return fmt.Sprintf("HS2017:%06d", 10000+i*7) }

func tradeRow(i int) trade {
	within := i % benchPerCode
	from := within * benchCountries / benchPerCode
	to := (within*7 + i/benchPerCode*13) % benchCountries
	t := trade{benchCode(i / benchPerCode), fmt.Sprintf("C%02d", from), fmt.Sprintf("C%02d", to),
		float64(i%99991) * 1.25, float64(i%7919) / 8}
	if i%7 == 0 {
		t.tonnes = math.NaN()
	}
	return t
}

// prepare makes a server with memory for a benchmark, which LOAD CSV may have
// read files of a folder.
func prepare(b *testing.B, folder string) *neo4jtest.Server {
	b.Helper()
	server, err := neo4jtest.Prepare(b.Context(), neo4jtest.Options{HeapMB: 2048, PageCacheMB: 1024, Bench: true,
		Settings: map[string]string{"server.directories.import": folder}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := server.Close(); err != nil {
			b.Error(err)
		}
	})
	return server
}

// database is a store in a server, and a driver for Cypher of one's own.
type database struct {
	*neo4j.Store
	driver bolt.DriverWithContext
}

// open starts a server and opens it.
func open(b *testing.B, server *neo4jtest.Server) database {
	b.Helper()
	if err := server.Restart(b.Context()); err != nil {
		b.Fatal(err)
	}
	s, err := neo4j.Open(b.Context(), neo4j.Options{URL: server.URL, User: server.User, Password: server.Password, Grace: -1})
	if err != nil {
		b.Fatal(err)
	}
	driver, err := bolt.NewDriverWithContext(server.URL, bolt.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := driver.Close(context.Background()); err != nil {
			b.Error(err)
		}
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return database{s, driver}
}

// run runs a statement that commits by itself.
func (d database) run(b *testing.B, statement string, p map[string]any) [][]any {
	b.Helper()
	session := d.driver.NewSession(b.Context(), bolt.SessionConfig{})
	defer session.Close(b.Context()) //nolint:errcheck // nothing is lost
	result, err := session.Run(b.Context(), statement, p)
	if err != nil {
		b.Fatalf("%s: %v", statement, err)
	}
	var rows [][]any
	for result.Next(b.Context()) {
		rows = append(rows, result.Record().Values)
	}
	if err := result.Err(); err != nil {
		b.Fatalf("%s: %v", statement, err)
	}
	return rows
}

// loadTrade loads rows as a loader does, and returns how long it took.
func loadTrade(b *testing.B, s graph.Store, dataset string, rows int) time.Duration {
	b.Helper()
	k := graph.NewSchema().Kind(graph.Trades)
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
	name := words.ID(benchFile)
	for i := range rows {
		t := tradeRow(i)
		year.Int, line.Int = append(year.Int, benchYear), append(line.Int, int32(i+2))
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

// median runs something so many times and returns how long it took.
func median(n int, do func()) time.Duration {
	var all []time.Duration
	for range n {
		start := time.Now()
		do()
		all = append(all, time.Since(start))
	}
	slices.Sort(all)
	return all[n/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }
