package supply

import (
	"context"
	"slices"
)

// Assemble builds the supply network of a plan from its trade rows
// (docs/methods.md §1). It takes time in proportion to the rows, and to places
// times products.
//
// Errors: BadInput where one source counts the tonnes of one code both gross
// and contained; TooCostly where scaling exports does not come to an end;
// Timeout where ctx ends.
func Assemble(ctx context.Context, p *Plan, t *Trade, balance Balance) (*Network, error) {
	a := newAssembly(p, t)
	if err := a.addTrade(); err != nil {
		return nil, err
	}
	return a.finish(ctx, balance)
}

// finish adds to the trade what is made of what, and by whom.
func (a *assembly) finish(ctx context.Context, balance Balance) (*Network, error) {
	a.addProduction()
	a.addFirms()
	return a.network().WithBalance(ctx, balance)
}

// assembly is a network in the making: per product, columns over places.
type assembly struct {
	plan   *Plan
	trade  *Trade
	places []string // in bytewise order
	index  map[string]int32
	// group is the place that the members of a group are, or -1.
	group    int32
	isMember map[string]bool
	// tradePlace is the index of places of each place of the trade.
	tradePlace []int32
	products   []ledger
	notes      []note
	read       tradeTally
	// rows are those of the trade that links come from, by product, where draws need
	// them; else nil. (A fifth field of link would cost every question a quarter.)
	rows  [][]int32
	firms *firmAssembly
}

// ledger is one product's account.
type ledger struct {
	links      []link // by importer, then exporter; one for each pair
	production []float64
	estimated  []bool // production
	imports    []float64
	exports    []float64
	used       []float64
	inputs     [][]madeOf // of what is made there
	noRecipe   []float64  // share of production that no recipe holds for
	present    []bool     // the place has a node of the product
	// without are the countries that make it although no recipe holds there.
	without []string
}

// link is what one place imports from another.
type link struct {
	importer, exporter int32
	tonnes             float64
	estimated          bool
}

func newAssembly(p *Plan, t *Trade) *assembly {
	a := &assembly{plan: p, trade: t, group: -1, isMember: map[string]bool{}, index: map[string]int32{}}
	if p.Place != "" {
		for _, id := range p.Members {
			a.isMember[id] = true
		}
	}
	a.collectPlaces()
	a.openLedgers()
	return a
}

// openLedgers makes the accounts of the plan's products, empty.
func (a *assembly) openLedgers() {
	p, n := a.plan, len(a.places)
	a.products = make([]ledger, 0, len(p.products))
	for range p.products {
		a.products = append(a.products, ledger{
			production: make([]float64, n), estimated: make([]bool, n), imports: make([]float64, n), exports: make([]float64, n),
			used: make([]float64, n), inputs: make([][]madeOf, n), noRecipe: make([]float64, n), present: make([]bool, n),
		})
	}
	if target := slices.Index(p.Products, p.Product); target >= 0 && p.Place != "" {
		a.products[target].present[a.index[p.Place]] = true
	}
}

// collectPlaces lists the places that the facts and the question name.
func (a *assembly) collectPlaces() {
	var ids []string
	for _, id := range a.trade.places {
		ids = append(ids, a.placeOf(id))
	}
	for _, pp := range a.plan.products {
		for _, l := range pp.made.listed {
			ids = append(ids, a.placeOf(l.country))
		}
	}
	ids = append(ids, a.placesOfFirms()...)
	if a.plan.Place != "" {
		ids = append(ids, a.plan.Place)
	}
	for _, id := range a.plan.extraPlaces() {
		ids = append(ids, a.placeOf(id))
	}
	slices.Sort(ids)
	a.places = slices.Compact(ids)
	for i, id := range a.places {
		a.index[id] = int32(i)
	}
	if len(a.isMember) > 0 {
		a.group = a.index[a.plan.Place]
	}
	for _, id := range a.trade.places {
		a.tradePlace = append(a.tradePlace, a.index[a.placeOf(id)])
	}
}

// placeOf returns the place that a country is part of: the group where it is a
// member, else itself.
func (a *assembly) placeOf(country string) string {
	if a.isMember[country] {
		return a.plan.Place
	}
	return country
}

// network lays the ledgers out as nodes and links. Supply is not yet balanced.
func (a *assembly) network() *Network {
	n := &Network{Material: a.plan.Material, Year: a.plan.Year, Places: a.places}
	node := a.addNodes(n)
	n.TradeStart = make([]int32, 1, len(n.Nodes)+1)
	n.InputStart = make([]int32, 1, len(n.Nodes)+1)
	links := 0
	for i := range a.products {
		links += len(a.products[i].links)
	}
	n.Trade = make([]TradeLink, 0, links)
	for product := range a.products {
		l, index := &a.products[product], node[product]
		next := 0
		for place := range a.places {
			if index[place] < 0 {
				continue
			}
			for ; next < len(l.links) && l.links[next].importer == int32(place); next++ {
				in := l.links[next]
				n.Trade = append(n.Trade, TradeLink{Exporter: index[in.exporter], Tonnes: in.tonnes, Estimated: in.estimated})
			}
			n.TradeStart = append(n.TradeStart, int32(len(n.Trade)))
			for _, in := range l.inputs[place] {
				n.Inputs = append(n.Inputs, InputLink{Node: node[in.product][place], Share: in.share, Estimated: in.estimated})
			}
			n.InputStart = append(n.InputStart, int32(len(n.Inputs)))
		}
	}
	a.firms.layFirms(n, node)
	a.firms.layOthers(n, node)
	n.firm, n.register, n.ownership = a.plan.Firm, a.plan.firms.register, a.plan.firms.ownership
	n.inputsOf, n.unmade = a.productInputs(), a.unmade()
	a.noteAll()
	n.notes = inOrder(a.plan.notes, a.notes, len(n.Products))
	n.Datasets = a.plan.datasetsInOrder(a.read.datasets)
	return n
}

// addNodes makes the nodes, and returns their index by product and place, -1
// where there is none.
func (a *assembly) addNodes(n *Network) [][]int32 {
	node := make([][]int32, len(a.products))
	for product, pp := range a.plan.products {
		n.Products = append(n.Products, Product{ID: pp.id, Stage: pp.stage, Raw: len(pp.recipes) == 0,
			Pooled: pp.pooled, PoolHasNoTonnes: pp.pooled && pp.made.weights})
		l := &a.products[product]
		node[product] = make([]int32, len(a.places))
		for place := range a.places {
			if !l.present[place] {
				node[product][place] = -1
				continue
			}
			node[product][place] = int32(len(n.Nodes))
			n.Nodes = append(n.Nodes, Node{Place: int32(place), Product: int32(product),
				Production: l.production[place], ProductionEstimated: l.estimated[place] && l.production[place] > 0,
				Imports: l.imports[place], Exports: l.exports[place], Used: l.used[place], NoRecipe: l.noRecipe[place]})
		}
	}
	return node
}

// productInputs lists, for every product, what it is made of anywhere.
func (a *assembly) productInputs() [][]int32 {
	inputs := make([][]int32, len(a.plan.products))
	for i, pp := range a.plan.products {
		for _, r := range pp.recipes {
			for _, in := range r.inputs {
				inputs[i] = append(inputs[i], in.product)
			}
		}
	}
	a.firms.addInputs(inputs)
	for i := range inputs {
		slices.Sort(inputs[i])
		inputs[i] = slices.Compact(inputs[i])
	}
	return inputs
}

// unmade lists the products of which no production is known or inferred.
func (a *assembly) unmade() []bool {
	unmade := make([]bool, len(a.products))
	for i, l := range a.products {
		made := func(tonnes float64) bool { return tonnes > 0 }
		unmade[i] = !a.plan.products[i].made.sourced && !slices.ContainsFunc(l.production, made)
	}
	return unmade
}
