package supply_test

import (
	"maps"
	"slices"
	"sort"

	"tiermap/graph/supply"
)

// world is a network in the writing of docs/methods.md: production Q, flows F
// and recipes, in tonnes.
type world struct {
	// recipes: product → input → κ. Those of a place stand under "place·product"
	// and win. What a recipe leaves to 1 is made of what nobody knows.
	recipes    map[string]map[string]float64
	production map[supply.Stage]float64
	flows      []flow
	pooled     []string

	guessedProduction map[supply.Stage]bool
	guessedRecipes    bool
}

type flow struct {
	from, to, product string
	tonnes            float64
	estimated         bool
}

func at(place, product string) supply.Stage { return supply.Stage{Place: place, Product: product} }

func (w world) recipe(s supply.Stage) map[string]float64 {
	if own, ok := w.recipes[s.Place+"·"+s.Product]; ok {
		return own
	}
	return w.recipes[s.Product]
}

// products returns all products, each before its inputs.
func (w world) products() []string {
	inputs := map[string]map[string]bool{}
	add := func(p string) {
		if inputs[p] == nil {
			inputs[p] = map[string]bool{}
		}
	}
	for key, recipe := range w.recipes {
		_, p, ok := cutStage(key)
		if !ok {
			p = key
		}
		add(p)
		for r := range recipe {
			add(r)
			inputs[p][r] = true
		}
	}
	for s := range w.production {
		add(s.Product)
	}
	for _, f := range w.flows {
		add(f.product)
	}
	for _, p := range w.pooled {
		add(p)
	}
	needed := map[string]int{}
	for _, of := range inputs {
		for r := range of {
			needed[r]++
		}
	}
	var order []string
	for len(order) < len(inputs) {
		for _, p := range slices.Sorted(maps.Keys(inputs)) {
			if needed[p] == 0 && !slices.Contains(order, p) {
				order = append(order, p)
				for r := range inputs[p] {
					needed[r]--
				}
				break
			}
		}
	}
	return order
}

// places returns every place that makes or trades.
func (w world) places() []string {
	places := map[string]bool{}
	for s := range w.production {
		places[s.Place] = true
	}
	for _, f := range w.flows {
		places[f.from], places[f.to] = true, true
	}
	return slices.Sorted(maps.Keys(places))
}

func cutStage(key string) (place, product string, ok bool) {
	for i, r := range key {
		if r == '·' {
			return key[:i], key[i+len("·"):], true
		}
	}
	return "", "", false
}

// network assembles the world under a balance.
func (w world) network(balance supply.Balance) *supply.Network {
	products := w.products()
	used := map[supply.Stage]float64{}
	stages := map[supply.Stage]bool{}
	for s, q := range w.production {
		stages[s] = true
		if q > 0 {
			for r, share := range w.recipe(s) {
				used[at(s.Place, r)] += share * q
				stages[at(s.Place, r)] = true
			}
		}
	}
	type pair struct{ from, to supply.Stage }
	tonnes, guessed := map[pair]float64{}, map[pair]bool{}
	for _, f := range w.flows {
		if f.from == f.to || slices.Contains(w.pooled, f.product) {
			continue
		}
		p := pair{at(f.from, f.product), at(f.to, f.product)}
		tonnes[p] += f.tonnes
		guessed[p] = guessed[p] || f.estimated
		stages[p.from], stages[p.to] = true, true
	}
	flows := slices.SortedFunc(maps.Keys(tonnes), func(a, b pair) int {
		return slices.Compare([]string{a.from.Product, a.to.Place, a.from.Place}, []string{b.from.Product, b.to.Place, b.from.Place})
	})
	sums := func() (in, out map[supply.Stage]float64) {
		in, out = map[supply.Stage]float64{}, map[supply.Stage]float64{}
		for _, p := range flows {
			in[p.to] += tonnes[p]
			out[p.from] += tonnes[p]
		}
		return in, out
	}
	var removed float64
	if balance == supply.ScaleExports {
		for {
			in, out := sums()
			scale := map[supply.Stage]float64{}
			for s := range stages {
				if have := w.production[s] + in[s]; have-out[s] < -0.001 {
					scale[s] = have / out[s]
				}
			}
			if len(scale) == 0 {
				break
			}
			for _, p := range flows {
				if factor, ok := scale[p.from]; ok {
					removed += tonnes[p] * (1 - factor)
					tonnes[p] *= factor
				}
			}
		}
	}
	in, out := sums()

	n := &supply.Network{Year: 2024, Balance: balance, TradeRemoved: removed}
	places := map[string]bool{}
	for s := range stages {
		places[s.Place] = true
	}
	n.Places = slices.Sorted(maps.Keys(places))
	ordered := slices.SortedFunc(maps.Keys(stages), func(a, b supply.Stage) int {
		if d := slices.Index(products, a.Product) - slices.Index(products, b.Product); d != 0 {
			return d
		}
		return slices.Compare([]string{a.Place}, []string{b.Place})
	})
	index := map[supply.Stage]int32{}
	for i, s := range ordered {
		index[s] = int32(i)
	}
	made := map[string]bool{}
	for key := range w.recipes {
		_, p, ok := cutStage(key)
		if !ok {
			p = key
		}
		made[p] = true
	}
	for _, p := range products {
		n.Products = append(n.Products, supply.Product{ID: p, Raw: !made[p], Pooled: slices.Contains(w.pooled, p)})
	}
	n.TradeStart, n.InputStart = []int32{0}, []int32{0}
	for _, s := range ordered {
		node := supply.Node{
			Place:      int32(sort.SearchStrings(n.Places, s.Place)),
			Product:    int32(slices.Index(products, s.Product)),
			Production: w.production[s], ProductionEstimated: w.guessedProduction[s],
		}
		if !slices.Contains(w.pooled, s.Product) {
			node.Imports, node.Exports, node.Used = in[s], out[s], used[s]
			needs := out[s]
			if balance == supply.Mass {
				needs += used[s]
			}
			node.Supply = max(node.Production+node.Imports, needs)
			if u := needs - node.Production - node.Imports; u > 1e-12*node.Supply {
				node.Unexplained = u
			}
		}
		if made[s.Product] && w.production[s] > 0 {
			node.NoRecipe = 1
			for _, share := range w.recipe(s) {
				node.NoRecipe -= share
			}
		}
		n.Nodes = append(n.Nodes, node)
		for _, p := range flows {
			if p.to == s && tonnes[p] > 0 {
				n.Trade = append(n.Trade, supply.TradeLink{Exporter: index[p.from], Tonnes: tonnes[p], Estimated: guessed[p]})
			}
		}
		if w.production[s] > 0 {
			recipe := w.recipe(s)
			for _, r := range products {
				if share := recipe[r]; share > 0 {
					n.Inputs = append(n.Inputs, supply.InputLink{Node: index[at(s.Place, r)], Share: share, Estimated: w.guessedRecipes})
				}
			}
		}
		n.TradeStart = append(n.TradeStart, int32(len(n.Trade)))
		n.InputStart = append(n.InputStart, int32(len(n.Inputs)))
	}
	return n
}
