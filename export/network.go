package export

import (
	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

// Nodes returns the nodes of the whole supply network that an answer was
// computed on, with their masses in tonnes of contained material; for a pooled
// product production is a weight in the world pool.
func Nodes(a *ask.Answer) Table {
	n := a.Network()
	t := Table{Columns: []string{"node", "country", "country_name", "product", "stage", "production", "imports", "exports",
		"used", "supply", "unexplained", "production_estimated", "pooled", "raw"}}
	for i, v := range n.Nodes {
		p, place := n.Products[v.Product], n.Places[v.Place]
		t.Rows = append(t.Rows, []any{nodeID(n, int32(i)), place, a.Place(place).Name, p.ID, p.Stage, v.Production, v.Imports,
			v.Exports, v.Used, v.Supply, v.Unexplained, v.ProductionEstimated, p.Pooled, p.Raw})
	}
	return t
}

// Links returns the links of the whole supply network: from the stage upstream
// to the stage downstream. share is that of the downstream node's supply for
// TRADE and POOL, that of what it is made of for MADE; tonnes are NaN but for
// TRADE. What the shares of MADE leave to 1 no recipe names: it is an origin
// where the product is raw, else unexplained.
func Links(a *ask.Answer) Table {
	n := a.Network()
	t := Table{Columns: []string{"from", "to", "by", "share", "tonnes", "estimated"}}
	add := func(from, to int32, by supply.StepKind, share float64, tonnes any, estimated bool) {
		t.Rows = append(t.Rows, []any{nodeID(n, from), nodeID(n, to), string(by), share, tonnes, estimated})
	}
	pool := map[int32]float64{}
	makers := map[int32][]int32{}
	for i, v := range n.Nodes {
		if n.Products[v.Product].Pooled && v.Production > 0 {
			pool[v.Product] += v.Production
			makers[v.Product] = append(makers[v.Product], int32(i))
		}
	}
	for i, v := range n.Nodes {
		to := int32(i)
		for _, m := range makers[v.Product] {
			add(m, to, supply.StepPool, n.Nodes[m].Production/pool[v.Product], nil, n.Nodes[m].ProductionEstimated)
		}
		for _, l := range n.TradeInto(to) {
			add(l.Exporter, to, supply.StepTrade, l.Tonnes/v.Supply, l.Tonnes, l.Estimated)
		}
		if v.Production > 0 {
			for _, in := range n.InputsOf(to) {
				add(in.Node, to, supply.StepMade, in.Share, nil, in.Estimated)
			}
		}
	}
	return t
}

func nodeID(n *supply.Network, i int32) string {
	v := n.Nodes[i]
	return n.Places[v.Place] + "/" + n.Products[v.Product].ID
}
