package duckdb

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"tiermap/graph"
)

// yearOfTrade makes batches in the shape of a yearly file of BACI: rows by
// exporter, importer and code, of 226 countries and 5,000 codes.
type yearOfTrade struct {
	batch  *graph.Batch
	random uint64
	row    int
	pair   int
	code   uint64
}

const batchRows = 16384

func newYear() *yearOfTrade {
	words := graph.NewWords()
	for i := range 226 {
		words.ID(fmt.Sprintf("C%02d", i))
	}
	for i := range 5000 {
		words.ID(fmt.Sprintf("HS2017:%06d", i*199))
	}
	words.ID("BACI_HS17_Y2022_V202601.csv")
	k := graph.NewSchema().Kind(graph.Trades)
	return &yearOfTrade{batch: &graph.Batch{Kind: k, Words: words, Columns: make([]graph.Column, len(k.Fields))}, random: 88172645463325252}
}

func (y *yearOfTrade) next(n int) *graph.Batch {
	b := y.batch
	column := func(name string) *graph.Column { return &b.Columns[b.Kind.Field(name)] }
	ints := func(name string) []int32 {
		column(name).Int = append(column(name).Int[:0], make([]int32, n)...)
		return column(name).Int
	}
	wordsOf := func(name string) []uint32 {
		column(name).Word = append(column(name).Word[:0], make([]uint32, n)...)
		return column(name).Word
	}
	floats := func(name string) []float64 {
		column(name).Float = append(column(name).Float[:0], make([]float64, n)...)
		return column(name).Float
	}
	year, line, file := ints("year"), ints("line"), wordsOf("file")
	exporter, importer, code := wordsOf("exporter"), wordsOf("importer"), wordsOf("code")
	value, tonnes := floats("value_usd"), floats("tonnes")
	for i := range n {
		y.random ^= y.random << 13
		y.random ^= y.random >> 7
		y.random ^= y.random << 17
		r := y.random
		if y.code += 1 + r%43; y.code >= 5000 {
			y.code, y.pair = y.code-5000, y.pair+1
		}
		year[i], line[i], file[i] = 2022, int32(y.row+i+2), 5227
		exporter[i], importer[i], code[i] = uint32(1+y.pair/226%226), uint32(1+y.pair%226), uint32(227+y.code)
		value[i] = float64(r>>8%(1<<(10+r%20))) * 1
		tonnes[i] = float64(r>>20%(1<<(10+r%20))) / 1000
		if r%33 == 0 {
			tonnes[i] = math.NaN()
		}
	}
	y.row += n
	b.Len = n
	return b
}

// loadYear loads rows of trade into a store.
func loadYear(b *testing.B, s *Store, d graph.Dataset, rows int) {
	b.Helper()
	l, err := s.Begin(context.Background(), d)
	if err != nil {
		b.Fatal(err)
	}
	y := newYear()
	for y.row < rows {
		b.StopTimer()
		batch := y.next(min(batchRows, rows-y.row))
		b.StartTimer()
		if err := l.Write(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := l.Commit(context.Background()); err != nil {
		b.Fatal(err)
	}
}

const bigYear = 11_000_000

func benchStore(b *testing.B, rows int) *Store {
	b.Helper()
	s, err := Open(context.Background(), Options{Path: filepath.Join(b.TempDir(), "bench.duckdb")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	if rows > 0 {
		loadYear(b, s, graph.Dataset{ID: "baci-2022"}, rows)
	}
	return s
}

// BenchmarkLoad writes a full year of trade, the making of the rows left out.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := benchStore(b, 0)
		b.StartTimer()
		loadYear(b, s, graph.Dataset{ID: "baci-2022"}, bigYear)
		b.ReportMetric(float64(fileSize(s.path)+fileSize(s.path+".wal"))/1e6, "MB")
	}
	b.ReportMetric(float64(bigYear*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkRead reads from a full year of trade, as it was loaded and compacted.
func BenchmarkRead(b *testing.B) {
	s := benchStore(b, bigYear)
	b.Run("Loaded", func(b *testing.B) { benchQueries(b, s) })
	if err := s.Compact(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Run("Compacted", func(b *testing.B) { benchQueries(b, s) })
}

func benchQueries(b *testing.B, s *Store) {
	sn, err := s.Snapshot(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer sn.Close() //nolint:errcheck // it returns none
	codes := func(n int) graph.Match {
		m := graph.Match{Field: "code"}
		for i := range n {
			m.Words = append(m.Words, fmt.Sprintf("HS2017:%06d", (1000+i*17)*199))
		}
		return m
	}
	year := graph.Match{Field: "year", Ints: []int{2022}}
	fields := []string{"exporter", "importer", "code", "value_usd", "tonnes", "dataset"}
	for _, c := range []struct {
		name string
		q    graph.Query
	}{
		{"OneCode", graph.Query{Kind: graph.Trades, Match: []graph.Match{codes(1), year}}},
		{"OneCodeSixFields", graph.Query{Kind: graph.Trades, Match: []graph.Match{codes(1), year}, Fields: fields}},
		{"TenCodes", graph.Query{Kind: graph.Trades, Match: []graph.Match{codes(10), year}, Fields: fields}},
		{"OneCodeOtherYear", graph.Query{Kind: graph.Trades, Match: []graph.Match{codes(1), {Field: "year", Ints: []int{2021}}}}},
		{"FirstPageOfACode", graph.Query{Kind: graph.Trades, Match: []graph.Match{codes(1)}, Limit: 100}},
		{"All", graph.Query{Kind: graph.Trades}},
		{"AllSixFields", graph.Query{Kind: graph.Trades, Fields: fields}},
	} {
		b.Run(c.name, func(b *testing.B) {
			rows := 0
			for b.Loop() {
				err := sn.Read(context.Background(), c.q, func(batch *graph.Batch) error { rows += batch.Len; return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows)/float64(b.N), "rows")
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	b.Run("Coverage", func(b *testing.B) {
		for b.Loop() {
			if _, err := sn.TradeCoverage(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkOpen opens a store with a full year of trade, and a snapshot of it.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "bench.duckdb")
	made, err := Open(context.Background(), Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	loadYear(b, made, graph.Dataset{ID: "baci-2022"}, bigYear)
	if err := made.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := Open(context.Background(), Options{Path: path})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Snapshot(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
