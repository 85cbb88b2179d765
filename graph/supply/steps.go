package supply

import "context"

// MadeHereSteps returns the expected number of "made here" steps, the mine
// included; in an input-output table of sectors that make something on the way, the
// target included: its output multiplier.
func (d *Dependency) MadeHereSteps(ctx context.Context) (float64, error) {
	v, err := d.visits(ctx)
	if err != nil {
		return 0, err
	}
	var sum float64
	for i := range d.walk.maker {
		if d.walk.isTable() {
			sum += v[d.walk.market[i]]
		} else {
			sum += d.walk.madeAt(v, int32(i))
		}
	}
	return sum, nil
}

// BorderCrossings returns the expected number of steps to another place: trade
// and draws from a pool.
func (d *Dependency) BorderCrossings(ctx context.Context) (float64, error) {
	w, c := d.walk, d.walk.chain
	v, err := d.visits(ctx)
	if err != nil {
		return 0, err
	}
	var sum float64
	for s, visits := range v {
		if visits == 0 || w.isMaker(int32(s)) || c.components[c.of[s]].ring {
			continue
		}
		if w.isAgent(int32(s)) {
			sum += visits * w.suppliedFromElsewhere(int32(s))
			continue
		}
		for e := c.start[s]; e < c.start[s+1]; e++ {
			switch t := c.to[e]; {
			case w.isMarket(t) && w.placeOf(t) != w.placeOf(int32(s)):
				sum += visits * c.prob[e]
			case w.isMarket(t):
			case w.node[t] < 0:
				sum += visits * w.drawnElsewhere(t, w.node[s])
			}
		}
	}
	if d.state >= 0 && w.node[d.state] < 0 { // a place without a node makes nothing
		sum++
	}
	return sum, nil
}

// suppliedFromElsewhere returns the share of a producer's inputs that comes from
// producers in other places.
func (w *Walk) suppliedFromElsewhere(agent int32) float64 {
	c, n := w.chain, w.network
	if n.Producers[w.agentOf[agent]].Buys && w.isOwnPlants(agent) {
		return 0
	}
	here, sum := n.Nodes[w.node[agent]].Place, 0.0
	for e := c.start[agent]; e < c.start[agent+1]; e++ {
		if n.Nodes[w.node[c.to[e]]].Place != here {
			sum += c.prob[e]
		}
	}
	return sum
}

// drawnElsewhere returns the share of a pool that others make than a node.
func (w *Walk) drawnElsewhere(pool, node int32) float64 {
	var sum float64
	for e := w.chain.start[pool]; e < w.chain.start[pool+1]; e++ {
		if w.chain.to[e] != w.maker[node] {
			sum += w.chain.prob[e]
		}
	}
	return sum
}
