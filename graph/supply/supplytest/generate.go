package supplytest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// Material and Year are those of what Generate makes.
const (
	Material = "m"
	Year     = 2022
)

// ProductID returns the id of a generated product: 0 is the last of the chain,
// that is made of all the others.
func ProductID(i int) string { return fmt.Sprintf("product-%02d", i) }

// CountryID returns the id of a generated country: 0 trades most.
func CountryID(i int) string { return fmt.Sprintf("C%03d", i) }

// Generate makes the facts of a chain of products, each made of the next one
// and, every third, of the one after it too, that countries of very unequal
// weight make and trade. Every product has as many trade links as asked (at most
// every pair of countries has one), and is made by about a sixth of the
// countries; one row in fifty has a value but no tonnes. The same arguments make
// the same facts.
func Generate(seed uint64, products, countries, links int) Facts {
	g := generator{rng: rand.New(rand.NewPCG(seed, 0)), countries: countries}
	g.f.Trade = graph.NewBatch(graph.NewSchema().Kind(graph.Trades), graph.NewWords(), products*links)
	g.f.Catalogue.Datasets = []graph.Dataset{{ID: "generated"}}
	for i := range products {
		g.product(i, products)
		g.production(i)
		g.trade(i, min(links, countries*(countries-1)))
	}
	g.f.Catalogue.Coverage = Coverage(g.f.Trade)
	return g.f
}

type generator struct {
	f         Facts
	rng       *rand.Rand
	countries int
}

func (g *generator) product(i, products int) {
	id := ProductID(i)
	c := &g.f.Catalogue
	c.Products = append(c.Products, supply.ProductRow{Dataset: "generated", ID: id, Stage: "processing"})
	c.Contains = append(c.Contains, supply.ContainsRow{Dataset: "generated", Product: id, Material: Material, MassFraction: 1 / float64(products-i)})
	c.CodedAs = append(c.CodedAs, supply.CodedAsRow{Dataset: "generated", Product: id, Code: codeID(i), Share: 1})
	input := func(of int, share float64) {
		c.MadeFrom = append(c.MadeFrom, supply.MadeFromRow{Dataset: "generated", Product: id, Input: ProductID(of), Share: share})
	}
	switch {
	case i == products-1:
	case i%3 == 0 && i < products-2:
		input(i+1, 0.7)
		input(i+2, 0.3)
	default:
		input(i+1, 1)
	}
}

func codeID(i int) string { return fmt.Sprintf("HS2017:%06d", 800000+i) }

func (g *generator) production(i int) {
	for c := range g.countries {
		if g.rng.IntN(6) > 0 {
			continue
		}
		g.f.Production = append(g.f.Production, supply.ProductionRow{Dataset: "generated", Year: Year, Product: ProductID(i),
			Country: CountryID(c), Tonnes: g.mass(1e4), Share: math.NaN(), Error: math.NaN()})
	}
}

// mass is a mass of very unequal size around a middle one.
func (g *generator) mass(middle float64) float64 { return middle * math.Exp(2*g.rng.NormFloat64()) }

// country draws one of the countries, the first ones more often.
func (g *generator) country() int {
	u := g.rng.Float64()
	return int(float64(g.countries) * u * u)
}

func (g *generator) trade(i, links int) {
	type pair struct{ exporter, importer int }
	drawn := map[pair]bool{}
	for len(drawn) < links {
		p := pair{g.country(), g.country()}
		if len(drawn) > links/2 { // the last pairs are rare: draw them evenly
			p = pair{g.rng.IntN(g.countries), g.rng.IntN(g.countries)}
		}
		if p.exporter == p.importer || drawn[p] {
			continue
		}
		drawn[p] = true
		r := g.f.Trade.Add()
		r.SetText("dataset", "generated")
		r.SetInt("year", Year)
		r.SetText("code", codeID(i))
		r.SetText("exporter", CountryID(p.exporter))
		r.SetText("importer", CountryID(p.importer))
		tonnes := g.mass(10)
		r.SetFloat("value_usd", 5000*tonnes)
		if g.rng.IntN(50) > 0 {
			r.SetFloat("tonnes", tonnes)
		}
	}
}
