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

// BenchmarkIntervalsOfOthers is 200 draws of the questions beside dependency on a
// network that is kept: of cobalt by the starter data, from the store that BENCH_STORE
// names, else of the generated network, which has one year and no change.
func BenchmarkIntervalsOfOthers(b *testing.B) {
	country, product, material, year := "NLD", "cobalt-oxide", "cobalt", 2020
	path := os.Getenv("BENCH_STORE")
	var asker *ask.Asker
	if path == "" {
		asker = newAsker(b, generated(b))
		country, product, material, year = supplytest.CountryID(0), supplytest.ProductID(0), supplytest.Material, supplytest.Year
	} else {
		store, err := duckdb.Open(b.Context(), duckdb.Options{Path: path, ReadOnly: true})
		if err != nil {
			b.Fatal(err)
		}
		defer store.Close()
		asker = newAsker(b, store)
	}
	u := supply.Uncertainty{Draws: supply.DefaultDraws, Reported: supply.DefaultReported, Estimated: supply.DefaultEstimated}
	ctx := b.Context()
	exposure, err := asker.Exposure(ctx, ask.ExposureQuestion{To: ask.Subject{Country: country}, Material: material, Year: year})
	if err != nil {
		b.Fatal(err)
	}
	measure(b, "exposure", func() error { _, err := exposure.Intervals(ctx, u); return err })
	question := ask.WorldQuestion{Product: product, Material: material, Year: year, Kind: supply.KindCountry, Epsilon: supply.DefaultEpsilon, First: 20}
	world, err := asker.WorldChokepoints(ctx, question)
	if err != nil {
		b.Fatal(err)
	}
	measure(b, "world", func() error { _, err := world.Intervals(ctx, u, question, 20); return err })
	use, err := asker.MaterialDependency(ctx, ask.MaterialQuestion{Country: country, Material: material, Year: year})
	if err != nil {
		b.Fatal(err)
	}
	measure(b, "material", func() error { _, err := use.Intervals(ctx, u); return err })
	if path == "" {
		return
	}
	change, err := asker.Change(ctx, ask.Question{Country: country, Product: product}, year-1, year)
	if err != nil {
		b.Fatal(err)
	}
	measure(b, "change", func() error {
		draws, err := change.Draws(u)
		if err != nil {
			return err
		}
		_, err = draws.Intervals(ctx)
		return err
	})
}

func measure(b *testing.B, name string, run func() error) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
