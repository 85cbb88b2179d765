package supply_test

import (
	"math/rand/v2"
	"testing"

	"tiermap/graph/supply"
)

// largeEconomy is a table of the size of WIOD's: 41 countries, 35 sectors, three inputs in
// ten at zero.
func largeEconomy() economy {
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same table in each run
	e := economy{countries: 41, sectors: 35}
	n := e.countries * e.sectors
	e.x, e.y, e.z = make([]float64, n), make([]float64, n), make([][]float64, n)
	for i := range n {
		e.z[i] = make([]float64, n)
	}
	for j := range n {
		for i := range n {
			if rng.Float64() > 0.3 {
				e.z[i][j] = rng.ExpFloat64()
				e.x[j] += e.z[i][j]
			}
		}
		e.x[j] *= 2
	}
	return e
}

// BenchmarkTable measures, of a table with 1,435 sectors and 1.4 million flows: from
// facts to a network, the origins of the first sector asked, and what countries are
// to it.
func BenchmarkTable(b *testing.B) {
	e := largeEconomy()
	_, facts := e.walk(b)
	b.Run("network", func(b *testing.B) {
		for b.Loop() {
			if _, err := facts.Network(); err != nil {
				b.Fatal(err)
			}
		}
	})
	n, err := facts.Network()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("first origins", func(b *testing.B) {
		for b.Loop() {
			if _, err := ofSector(b, supply.NewWalk(n), e.stage(7)).Shares(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	walk := supply.NewWalk(n)
	b.Run("another's origins", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := ofSector(b, walk, e.stage(i%len(e.x))).Shares(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("countries", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := ofSector(b, walk, e.stage(i%len(e.x))).Chokepoints(b.Context(), supply.KindCountry, 0.001, 0, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}
