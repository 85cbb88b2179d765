package supply_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"

	"tiermap/graph"

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

// exiobase returns a table of the size of EXIOBASE's: 49 regions, 163 industries, of
// which a share of cells is not zero; at home sectors buy more, and more often, than
// abroad, and about half of their output is value added.
func exiobase(b *testing.B, share float64) *supply.InputOutput {
	const regions, sectors = 49, 163
	rng := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same table in each run
	schema, words := graph.NewSchema(), graph.NewWords()
	table := &supply.InputOutput{Table: "T", Year: 2020}
	rows := func(kind string, most int, fill func(add func(seller int, usd float64) graph.Row)) {
		batch := graph.NewBatch(schema.Kind(kind), words, most)
		fill(func(seller int, usd float64) graph.Row {
			r := batch.Add()
			r.SetInt("year", 2020)
			r.SetText("country", fmt.Sprintf("R%02d", seller/sectors))
			r.SetText("sector", fmt.Sprintf("T:s%03d", seller%sectors))
			r.SetFloat("value_usd", usd)
			r.SetText("dataset", "t-2020")
			return r
		})
		if err := table.Add(batch); err != nil {
			b.Fatal(err)
		}
	}
	const n = regions * sectors
	for buyer := range n {
		inputs := 0.0
		rows(graph.InputFlow, n, func(add func(int, float64) graph.Row) {
			for seller := range n {
				home := seller/sectors == buyer/sectors
				if !home && rng.Float64() > share {
					continue
				}
				usd := rng.ExpFloat64()
				if home {
					usd *= 200 * share
				}
				inputs += usd
				r := add(seller, usd)
				r.SetText("buyer", fmt.Sprintf("R%02d", buyer/sectors))
				r.SetText("buyer_sector", fmt.Sprintf("T:s%03d", buyer%sectors))
			}
		})
		rows(graph.Output, 1, func(add func(int, float64) graph.Row) { add(buyer, inputs*(1.5+rng.Float64())) })
	}
	return table
}

// BenchmarkExiobase measures a table with 7,987 sectors, all in one cycle, which is
// solved by iteration. BENCH_SHARE is the share of its 64 million cells that is not
// zero. Memory is what is held beside the facts, after a collection.
func BenchmarkExiobase(b *testing.B) {
	share, err := strconv.ParseFloat(os.Getenv("BENCH_SHARE"), 64)
	if err != nil {
		share = 0.1
	}
	facts := exiobase(b, share)
	held := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	b.Logf("facts: %.0f MB", held())
	var n *supply.Network
	var walk *supply.Walk
	once := func(name string, ask func(*testing.B)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ask(b)
			}
			b.ReportMetric(held(), "MB-held")
		})
	}
	once("network", func(b *testing.B) {
		if n, err = facts.Network(); err != nil {
			b.Fatal(err)
		}
	})
	facts = nil
	b.Logf("%d sectors, %d flows", len(n.Nodes), len(n.Trade))
	target := supply.Stage{Place: "R07", Product: "T:s042"}
	once("walk and first origins", func(b *testing.B) {
		walk = supply.NewWalk(n)
		d := ofSector(b, walk, target)
		if _, err := d.Shares(b.Context()); err != nil {
			b.Fatal(err)
		}
		residual, err := d.Residual(b.Context())
		if err != nil || !(residual > 0 && residual < 1e-10) {
			b.Fatal(residual, err)
		}
		b.ReportMetric(residual, "residual")
	})
	once("another's origins", func(b *testing.B) {
		if _, err := ofSector(b, walk, supply.Stage{Place: "R08", Product: "T:s001"}).Shares(b.Context()); err != nil {
			b.Fatal(err)
		}
	})
	once("countries", func(b *testing.B) {
		points, err := ofSector(b, walk, target).Chokepoints(b.Context(), supply.KindCountry, 0.001, 0, 0)
		if err != nil || len(points) != 49 {
			b.Fatal(len(points), err)
		}
	})
	once("final demand", func(b *testing.B) {
		demand := map[supply.Stage]float64{}
		for i, node := range n.Nodes {
			demand[supply.Stage{Place: n.Places[node.Place], Product: n.Products[node.Product].ID}] = float64(i%7) - 1
		}
		if _, err := walk.FinalOrigins(b.Context(), demand); err != nil {
			b.Fatal(err)
		}
	})
	once("exposure", func(b *testing.B) {
		if _, err := walk.Exposure(b.Context(), target.Product, supply.Subject{Place: "R01"}); err != nil {
			b.Fatal(err)
		}
	})
	once("the world's countries", func(b *testing.B) {
		if _, err := walk.WorldChokepoints(b.Context(), target.Product, supply.KindCountry, 0.001, 0); err != nil {
			b.Fatal(err)
		}
	})
	once("ten best paths", func(b *testing.B) {
		if _, err := ofSector(b, walk, target).Paths(b.Context(), 10, 0); err != nil {
			b.Fatal(err)
		}
	})
}
