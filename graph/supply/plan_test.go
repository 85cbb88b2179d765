package supply_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// The plan names the rows that count, and queries that read them and no others.
func TestQueriesOfAPlan(t *testing.T) {
	catalogue := supply.NewCatalogue(supply.Facts{
		Products: []supply.ProductRow{{ID: "ore"}, {ID: "metal"}},
		Contains: []supply.ContainsRow{{Product: "ore", Material: "m", MassFraction: 1}, {Product: "metal", Material: "m", MassFraction: 1}},
		MadeFrom: []supply.MadeFromRow{{Product: "metal", Input: "ore", Share: 1}},
		CodedAs: []supply.CodedAsRow{{Product: "ore", Code: "HS2017:260500", Share: 0.5},
			{Product: "metal", Code: "HS2017:260500", Share: 0.5}, {Product: "metal", Code: "HS2017:810520", Share: 1}},
		Coverage: []graph.TradeCoverage{{Dataset: "baci", Code: "HS2017:260500", Year: 2020, Rows: 3},
			{Dataset: "baci", Code: "HS2017:810520", Year: 2020, Rows: 3}, {Dataset: "baci", Code: "HS2017:810520", Year: 2021, Rows: 3}},
	})
	plan, err := catalogue.Plan(supply.Question{Product: "metal", Year: 2020}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []supply.TradeSource{{Dataset: "baci", Code: "HS2017:260500", Year: 2020}, {Dataset: "baci", Code: "HS2017:810520", Year: 2020}}
	if !slices.Equal(plan.Trade, want) {
		t.Errorf("trade %v, want %v", plan.Trade, want)
	}
	queries := plan.Queries()
	match := []graph.Match{{Field: "dataset", Words: []string{"baci"}}, {Field: "year", Ints: []int{2020}}, {Field: "code", Words: []string{"HS2017:810520"}}}
	if len(queries) != 2 || queries[1].Kind != graph.Trades || !reflect.DeepEqual(queries[1].Match, match) ||
		!slices.Equal(queries[1].Fields, append(supply.TradeFields(), "error")) {
		t.Errorf("queries %+v", queries)
	}
}

// Rows that the plan does not name are passed over, however many come.
func TestAppendTakesWhatThePlanNames(t *testing.T) {
	c := caseNamed(t, "which trade counts")
	facts := c.Facts(t)
	plan, err := supply.NewCatalogue(facts.Catalogue).Plan(c.Question(), facts.Production)
	if err != nil {
		t.Fatal(err)
	}
	trade := plan.NewTrade()
	if err := trade.Append(facts.Trade); err != nil {
		t.Fatal(err)
	}
	if trade.Len() != 1 {
		t.Errorf("%d of %d rows were taken, want 1", trade.Len(), facts.Trade.Len)
	}
}

func caseNamed(t *testing.T, name string) supplytest.Case {
	t.Helper()
	cases := supplytest.Cases(t, "testdata/cases")
	i := slices.IndexFunc(cases, func(c supplytest.Case) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no case %q", name)
	}
	return cases[i]
}

// Batches may bring words of their own, or more of the same.
func TestAppendBatchesOfOtherWords(t *testing.T) {
	c := caseNamed(t, "T1 re-exports")
	whole, err := c.Network(t, supply.Mass)
	if err != nil {
		t.Fatal(err)
	}
	facts := c.Facts(t)
	plan, err := supply.NewCatalogue(facts.Catalogue).Plan(c.Question(), facts.Production)
	if err != nil {
		t.Fatal(err)
	}
	trade, shared := plan.NewTrade(), graph.NewWords()
	for i := range facts.Trade.Len {
		words := shared
		if i == 1 {
			words = graph.NewWords()
			words.ID("something before")
		}
		from, b := facts.Trade.Row(i), graph.NewBatch(facts.Trade.Kind, words, 1)
		to := b.Add()
		for _, field := range []string{"dataset", "exporter", "importer", "product"} {
			to.SetText(field, from.Text(field))
		}
		to.SetFloat("tonnes", from.Float("tonnes"))
		to.SetInt("year", c.Target.Year)
		if err := trade.Append(b); err != nil {
			t.Fatal(err)
		}
	}
	n, err := supply.Assemble(t.Context(), plan, trade, supply.Mass)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(plain(n), plain(whole)) {
		t.Errorf("got %+v\nwant %+v", plain(n), plain(whole))
	}
}

// Batches that cannot be read are refused, not read as something else.
func TestAppendRefuses(t *testing.T) {
	schema := graph.NewSchema()
	row := func(words *graph.Words) *graph.Batch {
		b := graph.NewBatch(schema.Kind(graph.Trades), words, 1)
		b.Add()
		return b
	}
	words := graph.NewWords()
	narrow := row(words)
	narrow.Columns[narrow.Kind.Field("tonnes")] = graph.Column{}
	for _, c := range []struct {
		batch   *graph.Batch
		message string
	}{
		{graph.NewBatch(schema.Kind(graph.Produces), words, 0), "trade takes no rows of PRODUCES"},
		{narrow, "the batch of trade lacks the column tonnes"},
	} {
		trade := new(supply.Plan).NewTrade()
		if err := trade.Append(row(words)); err != nil {
			t.Fatal(err)
		}
		if err := trade.Append(c.batch); graph.CodeOf(err) != graph.Internal || err.Error() != c.message {
			t.Errorf("got %v, want %s", err, c.message)
		}
	}
}

// Rows of companies and plants are parts of a country's production, not more of
// it, and marked so.
func TestProductionRowsMarkProducers(t *testing.T) {
	b := graph.NewBatch(graph.NewSchema().Kind(graph.Produces), graph.NewWords(), 4)
	add := func(fields ...string) {
		r := b.Add()
		r.SetText("dataset", "d")
		r.SetText("product", "ore")
		r.SetInt("year", 2020)
		for i := 0; i < len(fields); i += 2 {
			r.SetText(fields[i], fields[i+1])
		}
		r.SetFloat("tonnes", 5)
		r.SetFloat("error", 0.25)
	}
	add("country", "CHL", "basis", "contained", "material", "lithium")
	add("country", "CHL", "company", "SQM")
	add("facility", "salar")
	add("country", "AUS", "basis", "gross")
	got := supply.ProductionRows(b)
	want := []supply.ProductionRow{
		{Dataset: "d", Year: 2020, Product: "ore", Country: "CHL", Contained: "lithium", Tonnes: 5, Error: 0.25},
		{Dataset: "d", Year: 2020, Product: "ore", Country: "CHL", Tonnes: 5, Error: 0.25, OfProducer: true, Company: "SQM"},
		{Dataset: "d", Year: 2020, Product: "ore", Tonnes: 5, Error: 0.25, OfProducer: true, Facility: "salar"},
		{Dataset: "d", Year: 2020, Product: "ore", Country: "AUS", Tonnes: 5, Error: 0.25}}
	for i := range got {
		if !math.IsNaN(got[i].Share) {
			t.Errorf("row %d has a share of %v", i, got[i].Share)
		}
		got[i].Share = 0
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestFactsRefuseOtherKinds(t *testing.T) {
	b := graph.NewBatch(graph.NewSchema().Kind(graph.Company), graph.NewWords(), 1)
	b.Add()
	var f supply.Facts
	if err := f.Add(b); graph.CodeOf(err) != graph.Internal {
		t.Errorf("got %v, want a refusal", err)
	}
}

// The assumptions for a product are those on what it is made of, and on the
// making, not the trade, of what is made of that.
func TestAssumptionsFor(t *testing.T) {
	source := func(product string) supply.ProductionRow {
		return supply.ProductionRow{Dataset: "d", Year: 2019, Product: product, Country: "A", Tonnes: 1, Share: math.NaN()}
	}
	facts := supply.Facts{
		Products: []supply.ProductRow{{ID: "ore"}, {ID: "metal"}, {ID: "salt"}},
		Contains: []supply.ContainsRow{{Product: "ore", Material: "m", MassFraction: 1},
			{Product: "metal", Material: "m", MassFraction: 1}, {Product: "salt", Material: "m", MassFraction: 1}, {Product: "brine", Material: "m", MassFraction: 1}, {Product: "wire", Material: "m", MassFraction: 1}},
		MadeFrom: []supply.MadeFromRow{{Product: "metal", Input: "ore", Share: 1}, {Product: "metal", Input: "brine", Country: "X", Share: 1}, {Product: "salt", Input: "brine", Share: 1},
			{Product: "wire", Input: "metal", Share: 1}}, // nothing is known of wire
	}
	plan, err := supply.NewCatalogue(facts).Plan(supply.Question{Product: "ore", Year: 2020},
		[]supply.ProductionRow{source("ore"), source("metal"), source("salt"), source("brine")})
	if err != nil {
		t.Fatal(err)
	}
	n, err := supply.Assemble(t.Context(), plan, plan.NewTrade(), supply.Mass)
	if err != nil {
		t.Fatal(err)
	}
	for product, want := range map[string][]string{
		"metal": {"+salt", "+metal", "metal", "+brine", "brine", "+ore", "ore"},
		"ore":   {"+metal", "+ore", "ore"},
		"brine": {"+salt", "+metal", "+brine", "brine"},
		"salt":  {"+salt", "salt", "+metal", "+brine", "brine"},
		"wire":  {"+salt", "wire", "+wire", "+metal", "metal", "+brine", "brine", "+ore", "ore"},
	} {
		i := slices.Index(productIDs(n), product)
		var got []string
		for _, text := range n.AssumptionsFor(int32(i)) {
			if id, ok := strings.CutPrefix(text, "No production of "); ok {
				got = append(got, "+"+strings.Fields(id)[0])
			} else {
				got = append(got, strings.Fields(text)[0])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", product, got, want)
		}
	}
}
