package supply_test

import (
	"fmt"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// shape says what kind of worlds are drawn.
type shape struct {
	places, products int
	pools            bool
	largest          int // of a mass
	guesses          bool
	gaps             bool // recipes that hold in some places only, or for a part
}

// worlds draws small worlds with cycles, recipes, surpluses, missing inputs,
// closed rings and pools. Masses are whole tonnes and recipe shares quarters, so
// that every sum is exact.
func worlds(s shape) *rapid.Generator[world] {
	return rapid.Custom(func(t *rapid.T) world {
		places := evenly(min(2, s.places), s.places).Draw(t, "places")
		products := evenly(1, s.products).Draw(t, "products")
		// Many zeros, and masses of very different size.
		masses := []*rapid.Generator[int]{rapid.Just(0), evenly(1, min(8, s.largest)), evenly(1, min(8, s.largest)), rapid.IntRange(0, s.largest)}
		mass := rapid.Custom(func(t *rapid.T) int { return masses[evenly(0, 3).Draw(t, "size")].Draw(t, "tonnes") })
		w := world{
			recipes:           map[string]map[string]float64{},
			production:        map[supply.Stage]float64{},
			guessedProduction: map[supply.Stage]bool{},
			guessedRecipes:    s.guesses && evenly(0, 5).Draw(t, "guessed recipes") == 0,
		}
		for p := range products {
			w.drawRecipes(t, s, p, places, products)
			if s.pools && evenly(0, 4).Draw(t, "pooled") == 0 {
				w.pooled = append(w.pooled, name(p))
			}
			for c := range places {
				stage := at(country(c), name(p))
				if q := mass.Draw(t, "production"); q > 0 {
					w.production[stage] = float64(q)
					w.guessedProduction[stage] = s.guesses && evenly(0, 4).Draw(t, "guessed") == 0
				}
				for d := range places {
					if f := mass.Draw(t, "flow"); c != d && f > 0 {
						guessed := s.guesses && evenly(0, 4).Draw(t, "guessed") == 0
						w.flows = append(w.flows, flow{country(c), country(d), name(p), float64(f), guessed})
					}
				}
			}
		}
		if evenly(0, 3).Draw(t, "ring") == 0 {
			w.drawRing(t, places, products)
		}
		if len(w.production) == 0 { // a network is never empty
			w.production[at("A", name(0))] = 1
		}
		return w
	})
}

// drawRing adds places that sell each other the same tonnes of what none makes,
// and that make of it what they sell to others. Under EXPORTS nothing leaves.
func (w *world) drawRing(t *rapid.T, places, products int) {
	ring := []string{"X", "Y", "Z"}[:evenly(2, 3).Draw(t, "length")]
	product := name(evenly(0, products-1).Draw(t, "product"))
	tonnes := float64(evenly(1, 9).Draw(t, "tonnes"))
	for i, from := range ring {
		w.flows = append(w.flows, flow{from: from, to: ring[(i+1)%len(ring)], product: product, tonnes: tonnes,
			estimated: evenly(0, 5).Draw(t, "guessed") == 0})
	}
	for p := range products {
		if name(p) != product && rapid.Bool().Draw(t, "made in X") {
			w.production[at("X", name(p))] = float64(evenly(1, 9).Draw(t, "production"))
			w.flows = append(w.flows, flow{from: "X", to: country(evenly(0, places-1).Draw(t, "to")), product: name(p), tonnes: tonnes})
		}
	}
}

// evenly draws whole numbers that are all about as likely; rapid's own prefer
// small ones, and small worlds have no cycles.
func evenly(least, most int) *rapid.Generator[int] {
	return rapid.Custom(func(t *rapid.T) int {
		number := 0
		for range 6 {
			number *= 2
			if bit.Draw(t, "bit") {
				number++
			}
		}
		return least + number%(most-least+1)
	})
}

var bit = rapid.Bool()

func country(i int) string { return string(rune('A' + i)) }

// name of a product: their alphabet runs against the order of the recipes.
func name(i int) string { return fmt.Sprintf("p%d", 9-i) }

// drawRecipes gives a product one recipe for all; with gaps at times one for some
// places only, which may say of a part alone what it is made of.
func (w world) drawRecipes(t *rapid.T, s shape, product, places, products int) {
	if !s.gaps || evenly(0, 2).Draw(t, "gaps") > 0 {
		w.drawRecipe(t, name(product), 4, product, products)
		return
	}
	for c := range places {
		if bit.Draw(t, "own") {
			w.drawRecipe(t, country(c)+"·"+name(product), evenly(1, 4).Draw(t, "known"), product, products)
		}
	}
}

// drawRecipe makes quarters of a product of up to three later ones, or leaves it
// raw.
func (w world) drawRecipe(t *rapid.T, key string, quarters, product, products int) {
	recipe := map[string]float64{}
	for product+1 < products && quarters > 0 {
		part := evenly(1, quarters).Draw(t, "share")
		input := evenly(product, products-1).Draw(t, "input")
		if input == product {
			return // raw
		}
		recipe[name(input)] += float64(part) / 4
		quarters -= part
	}
	if len(recipe) > 0 {
		w.recipes[key] = recipe
	}
}

// balances draws one of the balances whose sums are exact.
var balances = rapid.SampledFrom([]supply.Balance{supply.Mass, supply.Exports})

// target draws a node of a network.
func target(t *rapid.T, n *supply.Network) (int, supply.Stage) {
	i := evenly(0, len(n.Nodes)-1).Draw(t, "target")
	return i, stageOf(n, i)
}

func stageOf(n *supply.Network, node int) supply.Stage {
	return at(n.Places[n.Nodes[node].Place], n.Products[n.Nodes[node].Product].ID)
}
