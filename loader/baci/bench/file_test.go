package bench

import (
	"os"
	"strconv"
	"testing"

	"tiermap/loader/baci/bacitest"
)

// rowCount is how many rows the file has: those of a full year of BACI.
func rowCount(b *testing.B) int {
	text := os.Getenv("BENCH_ROWS")
	if text == "" {
		return bacitest.Rows
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("BENCH_ROWS=%s is no number of rows", text)
	}
	return n
}

// baciFile returns the path of the generated file.
func baciFile(b *testing.B, rows int) string {
	path, err := bacitest.File(rows, bacitest.Codes)
	if err != nil {
		b.Fatal(err)
	}
	return path
}
