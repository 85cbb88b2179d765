package supply_test

import (
	"math"
	"slices"
	"testing"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// What plans of several years use of each product is told year by year: trade and
// production of the year itself, why there is one world market, what is
// estimated or not known, and recipes.
func TestCoverage(t *testing.T) {
	nan := math.NaN()
	contains := func(products ...string) (rows []supply.ContainsRow) {
		for _, p := range products {
			rows = append(rows, supply.ContainsRow{Product: p, Material: "m", MassFraction: 0.5})
		}
		return rows
	}
	catalogue := supply.NewCatalogue(supply.Facts{
		Products: []supply.ProductRow{{ID: "ore", Stage: "extraction"}, {ID: "metal", Stage: "processing"}, {ID: "cell", Stage: "component"},
			{ID: "scrap", Stage: "recycling"}, {ID: "car", Stage: "assembly", Pooled: true}},
		Contains: contains("ore", "metal", "cell", "scrap", "car"),
		MadeFrom: []supply.MadeFromRow{{Product: "metal", Input: "ore", Material: "m", Share: 0.8}, {Product: "metal", Input: "scrap", Material: "m", Share: 0.2, Estimated: true},
			{Product: "cell", Input: "metal", Material: "m", Share: 1}},
		CodedAs: []supply.CodedAsRow{{Product: "ore", Code: "HS2017:260500", Share: 1}, {Product: "cell", Code: "HS2017:850760", Share: 1}},
		Coverage: []graph.TradeCoverage{{Dataset: "baci", Code: "HS2017:260500", Year: 2020, Rows: 3}, {Dataset: "baci", Code: "HS2017:260500", Year: 2022, Rows: 4},
			{Dataset: "own", Product: "metal", Year: 2022, Rows: 5}, {Dataset: "baci", Code: "HS2017:850760", Year: 2022, Rows: 6},
			{Dataset: "baci", Code: "HS2017:850760", Year: 2020, Rows: 7}},
	})
	production := []supply.ProductionRow{
		{Year: 2020, Product: "ore", Country: "A", Tonnes: 10, Share: nan},
		{Year: 2020, Product: "ore", Country: "B", Tonnes: 6, Share: nan, Estimated: true},
		{Year: 2020, Product: "ore", Country: "C", Tonnes: nan, Share: nan},
		{Year: 2020, Product: "ore", Country: supply.OthersProduce, Tonnes: nan, Share: nan},
		{Year: 2022, Product: "cell", Country: "A", Tonnes: nan, Share: 1},
		{Year: 2022, Product: "cell", Country: "A", Company: "c", OfProducer: true, Tonnes: 1, Share: nan},
	}
	got, err := catalogue.Coverage("m", production)
	if err != nil {
		t.Fatal(err)
	}
	trade := func(dataset, code, product string, year int, rows int64) []supply.TradeCount {
		return []supply.TradeCount{{TradeSource: supply.TradeSource{Dataset: dataset, Code: code, Product: product, Year: year}, Rows: rows}}
	}
	want := []supply.ProductCoverage{
		{Product: "scrap", Stage: "recycling", Recipe: supply.NoRecipe},
		{Product: "ore", Stage: "extraction", Codes: []string{"HS2017:260500"}, Recipe: supply.NoRecipe, Pooled: supply.PooledNoTrade, Years: []supply.YearCoverage{
			{Year: 2020, Trade: trade("baci", "HS2017:260500", "", 2020, 3), Makers: 3, Estimated: 1, Unknown: 1, Tonnes: 8, Partial: true},
			{Year: 2022, Trade: trade("baci", "HS2017:260500", "", 2022, 4), Tonnes: nan}}},
		{Product: "metal", Stage: "processing", Recipe: supply.EstimatedRecipe, Years: []supply.YearCoverage{
			{Year: 2022, Trade: trade("own", "", "metal", 2022, 5), Tonnes: nan}}},
		// In 2020 the shares of 2022 stand in, so that its trade does not count.
		{Product: "cell", Stage: "component", Codes: []string{"HS2017:850760"}, Recipe: supply.KnownRecipe, Pooled: supply.PooledNoTrade, Years: []supply.YearCoverage{
			{Year: 2022, Pooled: supply.PooledShares, Makers: 1, Tonnes: nan}}},
		{Product: "car", Stage: "assembly", Recipe: supply.NoRecipe, Pooled: supply.PooledDeclared},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	sameYear := func(a, b supply.YearCoverage) bool {
		sameTonnes := a.Tonnes == b.Tonnes || math.IsNaN(a.Tonnes) && math.IsNaN(b.Tonnes)
		return sameTonnes && slices.Equal(a.Trade, b.Trade) && a.Year == b.Year && a.Pooled == b.Pooled &&
			a.Makers == b.Makers && a.Estimated == b.Estimated && a.Unknown == b.Unknown && a.Partial == b.Partial
	}
	for i, w := range want {
		g := got[i]
		if g.Product != w.Product || g.Stage != w.Stage || g.Recipe != w.Recipe || g.Pooled != w.Pooled ||
			!slices.Equal(g.Codes, w.Codes) || !slices.EqualFunc(g.Years, w.Years, sameYear) {
			t.Errorf("got  %+v\nwant %+v", g, w)
		}
	}
	if _, err := catalogue.Coverage("unobtainium", nil); graph.CodeOf(err) != graph.NotFound {
		t.Errorf("a material that nothing contains ends with %v", err)
	}
}
