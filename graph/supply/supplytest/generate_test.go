package supplytest

import (
	"reflect"
	"slices"
	"testing"

	"tiermap/graph/supply"
)

// What is generated is whole, valid, and the same every time.
func TestGenerate(t *testing.T) {
	const products, countries, links = 6, 40, 300
	f := Generate(7, products, countries, links)
	if f.Trade.Len != products*links {
		t.Errorf("%d rows of trade, want %d", f.Trade.Len, products*links)
	}
	catalogue := supply.NewCatalogue(f.Catalogue)
	if err := catalogue.Check(); err != nil {
		t.Error(err)
	}
	chain, err := catalogue.Chain(ProductID(0), Material)
	if err != nil || len(chain) != products || chain[0] != ProductID(0) || !slices.IsSorted(chain) {
		t.Errorf("chain %v (%v)", chain, err)
	}
	again := Generate(7, products, countries, links)
	if !reflect.DeepEqual(f.Catalogue, again.Catalogue) || !reflect.DeepEqual(f.Trade.Columns[1], again.Trade.Columns[1]) {
		t.Error("the same arguments made other facts")
	}
	n, err := f.Assemble(t, supply.Question{Place: CountryID(0), Product: ProductID(0), Material: Material, Year: Year}, supply.Mass)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Trade) != products*links {
		t.Errorf("%d links, want %d", len(n.Trade), products*links)
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{"37/61": 37.0 / 61, "0.5": 0.5, "1e-3": 0.001, "-2": -2} {
		if got, err := ParseNumber(text); err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
	if _, err := ParseNumber("half"); err == nil {
		t.Error("half is no number")
	}
}
