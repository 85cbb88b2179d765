package supply_test

import (
	"testing"

	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// The network of the benchmarks: 6 products, 230 countries, 5,000 links each.
func benchFacts() (supplytest.Facts, supply.Question) {
	return supplytest.Generate(1, 6, 230, 5000), supply.Question{
		Place: supplytest.CountryID(3), Product: supplytest.ProductID(0), Material: supplytest.Material, Year: supplytest.Year}
}

func BenchmarkCatalogue(b *testing.B) {
	f, _ := benchFacts()
	b.ReportAllocs()
	for b.Loop() {
		supply.NewCatalogue(f.Catalogue)
	}
}

func BenchmarkPlan(b *testing.B) {
	f, q := benchFacts()
	c := supply.NewCatalogue(f.Catalogue)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Plan(q, f.Production); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAssemble takes the rows from a store's batch and assembles them.
func BenchmarkAssemble(b *testing.B) {
	f, q := benchFacts()
	plan, err := supply.NewCatalogue(f.Catalogue).Plan(q, f.Production)
	if err != nil {
		b.Fatal(err)
	}
	for _, balance := range []supply.Balance{supply.Mass, supply.Exports, supply.ScaleExports} {
		b.Run(string(balance), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				trade := plan.NewTrade()
				if err := trade.Append(f.Trade); err != nil {
					b.Fatal(err)
				}
				if _, err := supply.Assemble(b.Context(), plan, trade, balance); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWithBalance(b *testing.B) {
	f, q := benchFacts()
	n, err := f.Assemble(b, q, supply.Mass)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := n.WithBalance(b.Context(), supply.Exports); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMillionRows assembles what is far beyond a real chain: every pair of
// 1,000 places in one product.
func BenchmarkMillionRows(b *testing.B) {
	f := supplytest.Generate(1, 1, 1001, 1_000_000)
	q := supply.Question{Product: supplytest.ProductID(0), Material: supplytest.Material, Year: supplytest.Year}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Assemble(b, q, supply.Mass); err != nil {
			b.Fatal(err)
		}
	}
}
