package supply_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// factSet is a small set of facts in which everything may happen: trade of a
// place with itself, repeated rows, withheld and partial production, recipes of
// one country, pools, two bases, groups and places that are no country.
type factSet struct {
	catalogue  supply.Facts
	production []supply.ProductionRow
	trade      []tradeRow
	members    []string // of the group G
	place      string   // that is asked about; blank: P1
}

type tradeRow struct {
	product, exporter, importer string
	tonnes                      float64
	contained                   string
	estimated                   bool
}

const (
	theYear  = 2020
	theGroup = "G"
	theArea  = "X-NES"
)

func placeID(i int) string { return fmt.Sprintf("P%d", i) }

func goodID(i int) string { return fmt.Sprintf("good%d", i) }

// factSets draws facts. Products are made of those of a higher number; the last
// is raw. All carry m.
func factSets() *rapid.Generator[factSet] {
	return rapid.Custom(func(t *rapid.T) factSet {
		d := &draw{t: t, places: rapid.IntRange(2, 6).Draw(t, "places"), products: rapid.IntRange(1, 4).Draw(t, "products")}
		d.f.catalogue.Areas = []string{theArea}
		for i := range d.products {
			d.product(i)
		}
		for i := range rapid.IntRange(0, d.places-1).Draw(t, "members") {
			d.f.members = append(d.f.members, placeID(i))
		}
		return d.f
	})
}

type draw struct {
	t                *rapid.T
	places, products int
	f                factSet
}

func (d *draw) yes(oneIn int, what string) bool { return rapid.IntRange(1, oneIn).Draw(d.t, what) == 1 }

// tonnes draws a mass in quarters, so that sums of a few are exact.
func (d *draw) tonnes() float64 { return float64(rapid.IntRange(1, 400).Draw(d.t, "tonnes")) / 4 }

func (d *draw) place() string {
	if d.yes(12, "area") {
		return theArea
	}
	return placeID(rapid.IntRange(0, d.places-1).Draw(d.t, "place"))
}

func (d *draw) product(i int) {
	id := goodID(i)
	c := &d.f.catalogue
	c.Products = append(c.Products, supply.ProductRow{Dataset: "d", ID: id, Pooled: d.yes(6, "pooled")})
	fraction := rapid.SampledFrom([]float64{0.25, 0.5, 1}).Draw(d.t, "fraction")
	c.Contains = append(c.Contains, supply.ContainsRow{Dataset: "d", Product: id, Material: "m", MassFraction: fraction})
	c.Contains = append(c.Contains, supply.ContainsRow{Dataset: "d", Product: id, Material: "n", MassFraction: fraction / 2})
	if i < d.products-1 {
		everywhere := !d.yes(4, "no general recipe")
		if everywhere {
			d.recipe(i, "", "")
		}
		if !everywhere || d.yes(3, "own recipe") {
			d.recipe(i, "", placeID(0))
		}
	}
	counted := rapid.SampledFrom([]string{"", "m", "n"}).Draw(d.t, "counted")
	d.production(id, counted)
	least := 0
	if i == 0 {
		least = 1 // there is always some trade
	}
	for range rapid.IntRange(least, 12).Draw(d.t, "rows") {
		d.f.trade = append(d.f.trade, tradeRow{product: id, exporter: d.place(), importer: d.place(),
			tonnes: d.tonnes(), contained: counted, estimated: d.yes(5, "estimated")})
	}
}

func (d *draw) recipe(i int, material, country string) {
	c := &d.f.catalogue
	row := supply.MadeFromRow{Dataset: "d", Product: goodID(i), Material: material, Country: country, Share: 1}
	first := rapid.IntRange(i+1, d.products-1).Draw(d.t, "input")
	row.Input = goodID(first)
	if other := rapid.IntRange(i+1, d.products-1).Draw(d.t, "other input"); other != first {
		row.Share = 0.75
		second := row
		second.Input, second.Share = goodID(other), 0.25
		c.MadeFrom = append(c.MadeFrom, second)
	}
	c.MadeFrom = append(c.MadeFrom, row)
}

func (d *draw) production(id, counted string) {
	if d.yes(4, "no source") {
		return
	}
	row := func(country string, tonnes float64) {
		d.f.production = append(d.f.production, supply.ProductionRow{Dataset: "d", Year: theYear, Product: id,
			Country: country, Contained: counted, Tonnes: tonnes, Share: math.NaN(), Estimated: d.yes(5, "estimated")})
	}
	if d.yes(4, "partial") {
		row(supply.OthersProduce, math.NaN())
	}
	for i := range d.places {
		switch rapid.IntRange(0, 4).Draw(d.t, "listed") {
		case 0:
			row(placeID(i), math.NaN())
		case 1, 2:
			row(placeID(i), d.tonnes())
		}
	}
}

// facts hands the set over as a store would.
func (f factSet) facts() supplytest.Facts {
	b := graph.NewBatch(graph.NewSchema().Kind(graph.Trades), graph.NewWords(), len(f.trade))
	for _, row := range f.trade {
		r := b.Add()
		r.SetText("dataset", "d")
		r.SetInt("year", theYear)
		r.SetText("product", row.product)
		r.SetText("exporter", row.exporter)
		r.SetText("importer", row.importer)
		r.SetFloat("tonnes", row.tonnes)
		if row.contained != "" {
			r.SetText("basis", "contained")
			r.SetText("material", row.contained)
		}
		r.SetBool("estimated", row.estimated)
	}
	facts := supplytest.Facts{Catalogue: f.catalogue, Production: f.production, Trade: b}
	facts.Catalogue.Coverage = supplytest.Coverage(b)
	return facts
}

// clone copies what the properties change.
func (f factSet) clone() factSet {
	f.catalogue.Products = slices.Clone(f.catalogue.Products)
	f.catalogue.Contains = slices.Clone(f.catalogue.Contains)
	f.catalogue.MadeFrom = slices.Clone(f.catalogue.MadeFrom)
	f.production = slices.Clone(f.production)
	f.trade = slices.Clone(f.trade)
	return f
}

// ask is the question about the first product: of P1, or of the group.
func (f factSet) question(group bool) supply.Question {
	q := supply.Question{Place: cmp.Or(f.place, placeID(1)), Product: goodID(0), Material: "m", Year: theYear}
	if group && len(f.members) > 0 {
		q.Place, q.Members = theGroup, f.members
	}
	return q
}
