package supply

import "slices"

// clusterLimit is how many states the largest cluster has.
const clusterLimit = 256

// clustering divides a component into clusters, between which goods go round fast
// however slowly they do within.
type clustering struct {
	chain  *chain
	number int32 // of the component
	steps  arrows
	sets   [][]int32
	of     []int32 // the set of a state; -1: it is on its own
}

// cluster finds the states of a component that goods go round in slowly: the
// strongly connected sets of large steps; then, with each of them as one, the sets
// of these, until there are no more. A state that leads to itself is one too.
func (c *chain) cluster(k int32, steps arrows) []cluster {
	g := &clustering{chain: c, number: k, steps: steps, of: make([]int32, steps.rows())}
	for s := range g.of {
		g.of[s] = -1
	}
	for g.merge() {
	}
	for s := range int32(steps.rows()) {
		to := steps.other[steps.start[s]:steps.start[s+1]]
		if g.of[s] < 0 && slices.Contains(to, s) {
			g.of[s] = int32(len(g.sets))
			g.sets = append(g.sets, []int32{s})
		}
	}
	clusters := make([]cluster, len(g.sets))
	for i, states := range g.sets {
		clusters[i] = c.clusterOf(k, states)
	}
	return clusters
}

// merge joins states and sets that large steps tie together: those worth at least
// a sixteenth, or more where these tie too many. It tells whether there were any.
func (g *clustering) merge() bool {
	large := g.largeSteps()
	taken := make([]bool, large.rows())
	var sets [][]int32
	for _, least := range []float64{1. / 16, 1. / 4, 1. / 2, 7. / 8} {
		for _, nodes := range stronglyConnected(large.atLeast(least, taken)) {
			if len(nodes) == 1 || len(nodes) > clusterLimit {
				continue
			}
			if set := g.states(nodes); len(set) <= clusterLimit {
				sets = append(sets, set)
				for _, node := range nodes {
					taken[node] = true
				}
			}
		}
	}
	if len(sets) == 0 {
		return false
	}
	for i, set := range g.sets {
		if !taken[g.steps.rows()+i] {
			sets = append(sets, set)
		}
	}
	g.sets = sets
	for i, set := range sets {
		for _, s := range set {
			g.of[s] = int32(i)
		}
	}
	return true
}

// states returns the states of some nodes: of states themselves, and behind them
// of sets.
func (g *clustering) states(nodes []int32) []int32 {
	var states []int32
	for _, node := range nodes {
		if n := int32(g.steps.rows()); node < n {
			states = append(states, node)
		} else {
			states = append(states, g.sets[node-n]...)
		}
	}
	slices.Sort(states)
	return states
}

func (g *clustering) node(state int32) int32 {
	if set := g.of[state]; set >= 0 {
		return int32(g.steps.rows()) + set
	}
	return state
}

// largeSteps returns the steps worth at least a sixteenth between states on their
// own and sets, these entered at all of their states alike.
func (g *clustering) largeSteps() arrows {
	const least = 1. / 16
	large := arrows{start: make([]int32, 1, g.steps.rows()+len(g.sets)+1)}
	for s := range int32(g.steps.rows()) {
		if g.of[s] < 0 {
			for e := g.steps.start[s]; e < g.steps.start[s+1]; e++ {
				if g.steps.prob[e] >= least {
					large.other, large.prob = append(large.other, g.node(g.steps.other[e])), append(large.prob, g.steps.prob[e])
				}
			}
		}
		large.start = append(large.start, int32(len(large.other)))
	}
	for i, set := range g.sets {
		nodes, probs := g.leaves(int32(i), set)
		for e, p := range probs {
			if p >= least {
				large.other, large.prob = append(large.other, nodes[e]), append(large.prob, p)
			}
		}
		large.start = append(large.start, int32(len(large.other)))
	}
	return large
}

// leaves returns the nodes that a walk enters next which leaves a set, and with
// what probability.
func (g *clustering) leaves(i int32, set []int32) (nodes []int32, probs []float64) {
	visits := make([]float64, len(set))
	for at := range visits {
		visits[at] = 1 / float64(len(set))
	}
	g.chain.clusterOf(g.number, set).visits(visits)
	for at, s := range set {
		for e := g.steps.start[s]; e < g.steps.start[s+1]; e++ {
			to := g.steps.other[e]
			if g.of[to] == i {
				continue
			}
			node := g.node(to)
			k := slices.Index(nodes, node)
			if k < 0 {
				k = len(nodes)
				nodes, probs = append(nodes, node), append(probs, 0)
			}
			probs[k] += visits[at] * g.steps.prob[e]
		}
	}
	return nodes, probs
}

// atLeast returns the larger steps among what is not taken.
func (a *arrows) atLeast(least float64, taken []bool) (start, to []int32) {
	start = make([]int32, 1, len(a.start))
	for i := range a.rows() {
		if !taken[i] {
			for e := a.start[i]; e < a.start[i+1]; e++ {
				if a.prob[e] >= least && !taken[a.other[e]] {
					to = append(to, a.other[e])
				}
			}
		}
		start = append(start, int32(len(to)))
	}
	return start, to
}

// clusterOf factorises a cluster of a component.
func (c *chain) clusterOf(k int32, states []int32) cluster {
	return cluster{states, c.clusterUntil(k, states, func(int32) bool { return false })}
}

// clusterUntil factorises a cluster of which walks end at some states.
func (c *chain) clusterUntil(k int32, states []int32, ends func(state int32) bool) factors {
	at := make(map[int32]int, len(states))
	for i, s := range states {
		at[c.components[k].states[s]] = i
	}
	f := newFactors(len(states))
	for i, s := range states {
		row := f.row(i)
		if ends(s) {
			row[f.n] = 1
			continue
		}
		global := c.components[k].states[s]
		row[f.n] = c.stop[global]
		for e := c.start[global]; e < c.start[global+1]; e++ {
			if j, ok := at[c.to[e]]; ok {
				row[j] += c.prob[e]
			} else {
				row[f.n] += c.prob[e]
			}
		}
	}
	for i := range f.n {
		f.eliminate(i)
	}
	return f
}
