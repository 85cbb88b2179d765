package supply_test

import (
	"math/big"

	"tiermap/graph/supply"
)

// reference is the walk of docs/methods.md §1 in rational numbers, written down
// once more without the engine: dense, states of its own, Gauss and Jordan.
// State 2i is the market of node i, 2i+1 its maker.
type reference struct {
	net    *supply.Network
	p      [][]*big.Rat // unstopped
	origin []*big.Rat   // probability to stop at an origin
	lost   []*big.Rat   // probability to stop unexplained
	why    []supply.Reason
	ring   []int        // number of the closed ring of a state, else -1
	n      [][]*big.Rat // expected visits, the walk stopped where it enters a ring
}

func rat(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }

func newReference(net *supply.Network) *reference {
	size := 2 * len(net.Nodes)
	r := &reference{net: net, p: square(size), origin: vector(size), lost: vector(size), why: make([]supply.Reason, size)}
	for i, node := range net.Nodes {
		product := net.Products[node.Product]
		market, maker := 2*i, 2*i+1
		if product.Pooled {
			total := new(big.Rat)
			for _, other := range net.Nodes {
				if other.Product == node.Product {
					total.Add(total, rat(other.Production))
				}
			}
			if total.Sign() == 0 {
				r.lost[market], r.why[market] = rat(1), supply.ReasonNoInput
			}
			for j, other := range net.Nodes {
				if other.Product == node.Product && total.Sign() > 0 {
					r.p[market][2*j+1].Quo(rat(other.Production), total)
				}
			}
		} else if node.Production == 0 && node.Imports == 0 && node.Exports == 0 {
			r.lost[market], r.why[market] = rat(1), supply.ReasonNoInput
		} else {
			// S, or what is left of it where a surplus below 1e-12 of it counts as none.
			total := new(big.Rat).Add(rat(node.Production), rat(node.Unexplained))
			for _, link := range net.TradeInto(int32(i)) {
				total.Add(total, rat(link.Tonnes))
			}
			for _, link := range net.TradeInto(int32(i)) {
				r.p[market][2*link.Exporter].Quo(rat(link.Tonnes), total)
			}
			r.p[market][maker].Quo(rat(node.Production), total)
			r.lost[market].Quo(rat(node.Unexplained), total)
			r.why[market] = supply.ReasonSurplus
		}
		inputs := net.InputsOf(int32(i))
		if product.Raw {
			r.origin[maker] = rat(1)
			continue
		}
		r.lost[maker], r.why[maker] = rat(1), supply.ReasonNoInput
		for _, input := range inputs {
			r.p[maker][2*input.Node] = rat(input.Share)
			r.lost[maker].Sub(r.lost[maker], rat(input.Share))
		}
	}
	r.findRings()
	r.n = r.visits(nil)
	return r
}

// visits returns expected visits of each state from each: the walk stops where
// it enters a ring, and instead of taking a step of without.
func (r *reference) visits(without map[link]bool) [][]*big.Rat {
	m := square(len(r.p))
	for i := range m {
		for j := range m {
			if r.ring[i] < 0 && !without[link{i, j}] {
				m[i][j].Neg(r.p[i][j])
			}
		}
		m[i][i].Add(m[i][i], rat(1))
	}
	return inverse(m)
}

func vector(n int) []*big.Rat {
	v := make([]*big.Rat, n)
	for i := range v {
		v[i] = new(big.Rat)
	}
	return v
}

func square(n int) [][]*big.Rat {
	m := make([][]*big.Rat, n)
	for i := range m {
		m[i] = vector(n)
	}
	return m
}

// findRings numbers the sets of states that reach each other, which no step
// leaves and no stop ends.
func (r *reference) findRings() {
	size := len(r.p)
	reach := make([][]bool, size)
	for i := range reach {
		reach[i] = make([]bool, size)
		for j := range reach[i] {
			reach[i][j] = i == j || r.p[i][j].Sign() > 0
		}
	}
	for k := range size {
		for i := range size {
			for j := range size {
				reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
			}
		}
	}
	r.ring = make([]int, size)
	for i := range size {
		r.ring[i] = i
		for j := range size {
			if !reach[i][j] {
				continue
			}
			if !reach[j][i] || r.origin[j].Sign() > 0 || r.lost[j].Sign() > 0 {
				r.ring[i] = -1
				break
			}
			r.ring[i] = min(r.ring[i], j)
		}
	}
}

// inverse inverts a matrix in place by Gauss and Jordan.
func inverse(m [][]*big.Rat) [][]*big.Rat {
	size := len(m)
	inv := square(size)
	for i := range inv {
		inv[i][i] = rat(1)
	}
	tmp := new(big.Rat)
	for k := range size {
		pivot := k
		for m[pivot][k].Sign() == 0 {
			pivot++
		}
		m[k], m[pivot], inv[k], inv[pivot] = m[pivot], m[k], inv[pivot], inv[k]
		f := new(big.Rat).Inv(m[k][k])
		for j := range size {
			m[k][j].Mul(m[k][j], f)
			inv[k][j].Mul(inv[k][j], f)
		}
		for i := range size {
			if i == k || m[i][k].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Set(m[i][k])
			for j := range size {
				m[i][j].Sub(m[i][j], tmp.Mul(f, m[k][j]))
				inv[i][j].Sub(inv[i][j], tmp.Mul(f, inv[k][j]))
			}
		}
	}
	return inv
}

// link is a step of the unstopped walk.
type link struct{ from, to int }

// passThrough returns the smallest non-negative h with h = 1 on the set, h = P h
// elsewhere, at state t; steps of links count as met when they are taken.
func (r *reference) passThrough(t int, set map[int]bool, links map[link]bool) *big.Rat {
	size := len(r.p)
	can := make([]bool, size) // come to the set at all
	for again := true; again; {
		again = false
		for i := range size {
			if can[i] {
				continue
			}
			for j := range size {
				if r.p[i][j].Sign() > 0 && (can[j] || set[i] || links[link{i, j}]) {
					can[i], again = true, true
				}
			}
			if set[i] && !can[i] {
				can[i], again = true, true
			}
		}
	}
	if !can[t] {
		return new(big.Rat)
	}
	m, b := square(size), vector(size)
	for i := range size {
		m[i][i] = rat(1)
		if !can[i] {
			continue
		}
		if set[i] {
			b[i] = rat(1)
			continue
		}
		for j := range size {
			if links[link{i, j}] {
				b[i].Add(b[i], r.p[i][j])
			} else if can[j] {
				m[i][j].Sub(m[i][j], r.p[i][j])
			}
		}
	}
	inv := inverse(m)
	h := new(big.Rat)
	for j := range size {
		h.Add(h, new(big.Rat).Mul(inv[t][j], b[j]))
	}
	return h
}

func float(x *big.Rat) float64 {
	f, _ := x.Float64()
	return f
}

func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
