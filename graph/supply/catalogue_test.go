package supply_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// Everything that is wrong is named at once, each on a line of its own.
func TestCheckNamesEverything(t *testing.T) {
	recipe := func(product, input, material string, share float64) supply.MadeFromRow {
		return supply.MadeFromRow{Dataset: "d", Product: product, Input: input, Material: material, Share: share}
	}
	contains := func(product string) supply.ContainsRow {
		return supply.ContainsRow{Dataset: "d", Product: product, Material: "m", MassFraction: 1}
	}
	err := supply.NewCatalogue(supply.Facts{
		Products: []supply.ProductRow{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "e"}},
		Contains: []supply.ContainsRow{contains("a"), contains("b"), contains("c")},
		MadeFrom: []supply.MadeFromRow{recipe("a", "b", "", 1), recipe("b", "a", "", 1), recipe("c", "e", "m", 1), recipe("e", "a", "", 0.5)},
		CodedAs: []supply.CodedAsRow{{Dataset: "d", Product: "a", Code: "HS2017:1", Share: 1},
			{Dataset: "d", Product: "b", Code: "HS2017:1", Share: 1}, {Dataset: "d", Product: "c", Code: "HS2017:1", Share: math.NaN()}},
	}).Check()
	want := []string{
		"the recipe of c for m (dataset d) names the input e, which is not known to contain m: add what it contains, or leave the input out",
		"the recipe of e (dataset d) sums to 0.5 instead of 1: correct its shares",
		"recipes form a cycle: a is made of b is made of a; correct one of them",
		"the shares of HS2017:1 sum to 2, more than 1 (a 1, b 1): correct them",
	}
	if graph.CodeOf(err) != graph.BadInput || !slices.Equal(strings.Split(err.Error(), "\n"), want) {
		t.Errorf("got %v (%s)\nwant %s", err, graph.CodeOf(err), strings.Join(want, "\n"))
	}
}

func TestCheckFindsNothing(t *testing.T) {
	facts := supply.Facts{
		Products: []supply.ProductRow{{ID: "a"}, {ID: "b"}},
		Contains: []supply.ContainsRow{{Product: "a", Material: "m", MassFraction: 1}, {Product: "b", Material: "m", MassFraction: 1}},
		// A recipe may be off by no more than 1e-9, the shares of a code above one likewise.
		MadeFrom: []supply.MadeFromRow{{Product: "a", Input: "b", Share: 1 - 1e-10}},
		CodedAs:  []supply.CodedAsRow{{Product: "a", Code: "HS2017:1", Share: 1 + 1e-10}},
	}
	if err := supply.NewCatalogue(facts).Check(); err != nil {
		t.Error(err)
	}
}

// A fault is refused where the question touches it, and nowhere else.
func TestFaultsOfOtherChains(t *testing.T) {
	catalogue := supply.NewCatalogue(supply.Facts{
		Products: []supply.ProductRow{{ID: "a"}, {ID: "b"}, {ID: "c"}},
		Contains: []supply.ContainsRow{{Product: "a", Material: "m", MassFraction: 1}, {Product: "b", Material: "m", MassFraction: 1}, {Product: "c", Material: "m", MassFraction: 1}},
		MadeFrom: []supply.MadeFromRow{{Product: "a", Input: "b", Share: 0.5}},
	})
	if _, err := catalogue.Plan(supply.Question{Product: "c", Year: 2020}, nil); err != nil {
		t.Error(err)
	}
	if _, err := catalogue.Plan(supply.Question{Product: "b", Year: 2020}, nil); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("got %v, want a recipe that does not sum to one", err)
	}
}

// The chain is the same for each of its products.
func TestChain(t *testing.T) {
	contains := func(products ...string) (rows []supply.ContainsRow) {
		for _, id := range products {
			rows = append(rows, supply.ContainsRow{Product: id, Material: "m", MassFraction: 1})
		}
		return rows
	}
	catalogue := supply.NewCatalogue(supply.Facts{
		Contains: contains("ore", "scrap", "metal", "magnet", "alloy", "salt"),
		MadeFrom: []supply.MadeFromRow{
			{Product: "metal", Input: "ore", Share: 0.5}, {Product: "metal", Input: "scrap", Share: 0.5},
			{Product: "magnet", Input: "metal", Share: 1}, {Product: "alloy", Input: "metal", Share: 1},
			{Product: "metal", Input: "matte", Country: "CHN", Share: 1}, // no m in it: does not hold
		},
	})
	want := []string{"alloy", "magnet", "metal", "ore", "scrap"}
	for _, product := range want {
		got, err := catalogue.Chain(product, "m")
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("chain of %s: %v (%v), want %v", product, got, err, want)
		}
	}
	all, err := catalogue.Chain("", "m")
	if want := []string{"alloy", "magnet", "metal", "ore", "salt", "scrap"}; err != nil || !slices.Equal(all, want) {
		t.Errorf("chain of all: %v (%v), want %v", all, err, want)
	}
	if got, want := catalogue.Carriers("m"), []string{"alloy", "magnet", "metal", "ore", "salt", "scrap"}; !slices.Equal(got, want) {
		t.Errorf("carriers %v, want %v", got, want)
	}
}

func TestQuestionsAboutAMaterial(t *testing.T) {
	catalogue := supply.NewCatalogue(supply.Facts{
		Contains: []supply.ContainsRow{{Product: "ore", Material: "m", MassFraction: 1}}})
	for _, c := range []struct {
		q       supply.Question
		code    graph.Code
		message string
	}{
		{supply.Question{Material: "m", Year: 2020}, "", ""},
		{supply.Question{Material: "x", Year: 2020}, graph.NotFound, `no product is known to contain "x"`},
		{supply.Question{Material: "m"}, graph.BadInput, "name a year: neither trade in nor any country's production of products that contain m is loaded for any"},
		{supply.Question{Year: 2020}, graph.BadInput, "name a product or a material"},
		{supply.Question{Product: "HS2017:1", Year: 2020}, graph.NotFound, "nothing is known of the trade code HS2017:1: no trade in it is loaded, and no product is coded so"},
	} {
		_, err := catalogue.Plan(c.q, nil)
		if graph.CodeOf(err) != c.code || err != nil && err.Error() != c.message {
			t.Errorf("%+v: got %v (%s), want %s: %s", c.q, err, graph.CodeOf(err), c.code, c.message)
		}
	}
}

// The years of a material are those of all products that contain it; the newest
// with trade goes before a newer one with production only. Trade in a pooled
// product is not used.
func TestYearsOfAMaterial(t *testing.T) {
	catalogue := supply.NewCatalogue(supply.Facts{
		Products: []supply.ProductRow{{ID: "ore"}, {ID: "metal"}, {ID: "turbine", Pooled: true}},
		Contains: []supply.ContainsRow{{Product: "ore", Material: "m", MassFraction: 1}, {Product: "metal", Material: "m", MassFraction: 1},
			{Product: "turbine", Material: "m", MassFraction: 1}},
		CodedAs: []supply.CodedAsRow{{Product: "metal", Code: "HS2017:810520", Share: 1}},
		Coverage: []graph.TradeCoverage{{Code: "HS2017:810520", Year: 2021, Rows: 3}, {Product: "ore", Year: 2019, Rows: 1},
			{Product: "ore", Year: 2022}, {Product: "turbine", Year: 2024, Rows: 1}, {Code: "HS2017:1", Year: 2024, Rows: 1}},
	})
	production := []supply.ProductionRow{{Product: "ore", Year: 2023, Country: "A", Tonnes: 1}, {Product: "ore", Year: 2021, Country: "A", Tonnes: 1},
		{Product: "salt", Year: 2020, Country: "A", Tonnes: 1}}
	if got := catalogue.Years("m", production); !slices.Equal(got, []int{2019, 2021, 2023}) {
		t.Errorf("years %v", got)
	}
	if got := catalogue.Years("n", production); len(got) != 0 {
		t.Errorf("years of what nothing contains: %v", got)
	}
	for _, c := range []struct {
		q    supply.Question
		year int
		says string
	}{
		{supply.Question{Material: "m"}, 2021, "No year was asked: 2021 is the newest for which trade in products that contain m is loaded."},
		{supply.Question{Product: "ore"}, 2019, "No year was asked: 2019 is the newest for which trade in ore is loaded."},
	} {
		plan, err := catalogue.Plan(c.q, production)
		if err != nil || plan.Year != c.year {
			t.Errorf("%+v: year %d (%v), want %d", c.q, plan.Year, err, c.year)
			continue
		}
		n, err := supply.Assemble(t.Context(), plan, plan.NewTrade(), supply.Mass)
		if err != nil || !slices.Contains(n.Assumptions, c.says) {
			t.Errorf("%+v: %v %q", c.q, err, n.Assumptions)
		}
	}
}
