package bench

import (
	"os"
	"testing"

	"tiermap/graph/ask"
	"tiermap/graph/duckdb"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// BenchmarkIntervals is 200 draws of one question on a network that is kept: what
// the Netherlands depends on for cobalt oxide by the starter data, from the store
// that BENCH_STORE names, else the first question on the generated network.
func BenchmarkIntervals(b *testing.B) {
	q := ask.Question{Country: "NLD", Product: "cobalt-oxide", Year: 2020}
	path := os.Getenv("BENCH_STORE")
	if path == "" {
		benchmarkIntervals(b, newAsker(b, generated(b)), ask.Question{Country: supplytest.CountryID(0), Product: supplytest.ProductID(0)})
		return
	}
	store, err := duckdb.Open(b.Context(), duckdb.Options{Path: path, ReadOnly: true})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	benchmarkIntervals(b, newAsker(b, store), q)
}

func benchmarkIntervals(b *testing.B, asker *ask.Asker, q ask.Question) {
	answer, err := asker.Dependency(b.Context(), q)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		draws, err := answer.Draws(supply.Uncertainty{Draws: supply.DefaultDraws, Reported: supply.DefaultReported, Estimated: supply.DefaultEstimated})
		if err != nil {
			b.Fatal(err)
		}
		n, err := draws.Intervals(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if len(n.Shares) == 0 || n.Shares[0].Origin.Low >= n.Shares[0].Origin.High {
			b.Fatalf("no intervals: %+v", n.Shares)
		}
	}
}
