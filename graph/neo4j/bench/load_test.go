package bench

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// writeCSV writes rows as the publisher does, for LOAD CSV.
func writeCSV(b *testing.B, path string, rows int) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriterSize(f, 1<<16)
	fmt.Fprintln(out, "year,exporter,importer,code,value,tonnes")
	for i := range rows {
		t := tradeRow(i)
		tonnes := ""
		if !math.IsNaN(t.tonnes) {
			tonnes = strconv.FormatFloat(t.tonnes, 'g', -1, 64)
		}
		fmt.Fprintf(out, "%d,%s,%s,%s,%g,%s\n", benchYear, t.exporter, t.importer, t.code, t.value, tonnes)
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// loadCSV loads a file of the server's import folder as Neo4j itself does, with
// the properties that loading gives.
func loadCSV(b *testing.B, d database, file string, load int) time.Duration {
	b.Helper()
	start := time.Now()
	d.run(b, `
		LOAD CSV WITH HEADERS FROM $url AS row
		CALL (row) {
			MATCH (a:Country {id: row.exporter})
			MATCH (b:Country {id: row.importer})
			CREATE (a)-[:TRADES {code: row.code, year: toInteger(row.year), value_usd: toFloat(row.value), tonnes: toFloat(row.tonnes),
				dataset: 'csv', load: $load, file: $file, line: linenumber()}]->(b)
		} IN TRANSACTIONS OF 10000 ROWS`, map[string]any{"url": "file:///" + file, "file": benchFile, "load": load})
	return time.Since(start)
}

// sameTrade holds what two loads made against each other.
func sameTrade(b *testing.B, d database, rows int, loads ...any) {
	b.Helper()
	var all []string
	for _, load := range loads {
		r := d.run(b, `
			MATCH (a)-[r:TRADES]->(b) USING INDEX SEEK r:TRADES(load, file, line) WHERE r.load = $load AND r.file = $file AND r.line >= 0
			RETURN count(r), sum(r.value_usd), sum(r.tonnes), count(r.tonnes), count(DISTINCT r.code), count(DISTINCT a), count(DISTINCT b), max(r.line), max(size(keys(r)))`,
			map[string]any{"load": load, "file": benchFile})
		all = append(all, fmt.Sprint(r[0]...))
	}
	if all[0] != all[1] || !firstNumber(all[0], rows) {
		b.Fatalf("%d rows, loaded and by LOAD CSV: %v", rows, all)
	}
}

func firstNumber(text string, n int) bool {
	var first int
	_, err := fmt.Sscan(text, &first)
	return err == nil && first == n
}

// BenchmarkLoad loads rows of trade, and the same rows by LOAD CSV from a file
// beside the server, on one warm server with the same indexes and properties,
// both by CREATE; twice, so that either goes first once.
func BenchmarkLoad(b *testing.B) {
	rows, folder := benchRows(b), b.TempDir()
	writeCSV(b, filepath.Join(folder, "some.csv"), 100_000)
	writeCSV(b, filepath.Join(folder, "all.csv"), rows)
	d := open(b, prepare(b, folder))
	for i := range 4 { // a cold server does a third
		loadTrade(b, d, fmt.Sprint("warm", i), 100_000)
		loadCSV(b, d, "some.csv", -1-i)
	}
	sameTrade(b, d, 100_000, 4, -4)
	for b.Loop() {
		ours, csv := loadTrade(b, d, "first", rows), loadCSV(b, d, "all.csv", -100)
		csv += loadCSV(b, d, "all.csv", -101)
		ours += loadTrade(b, d, "second", rows)
		b.ReportMetric(2*float64(rows)/ours.Seconds(), "rows/s")
		b.ReportMetric(2*float64(rows)/csv.Seconds(), "LOAD-CSV-rows/s")
		b.ReportMetric(csv.Seconds()/ours.Seconds(), "times-LOAD-CSV")
	}
}
