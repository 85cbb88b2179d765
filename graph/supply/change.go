package supply

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// LinkChange is what one link between stages, or one stage's own making,
// contributes to the change of an origin share between two years.
type LinkChange struct {
	From, To Stage // From is upstream; blank place: the world pool
	// By tells what changed: the share that To draws from From (StepTrade,
	// StepPool), that To makes itself (StepOwn; From = To), that of an input in
	// what To makes (StepMade), or whether what To makes is an origin (StepOrigin;
	// From = To).
	By     StepKind
	Change float64 // of the origin share, signed
}

// StepOwn is the step of a stage to its own making.
const StepOwn StepKind = "OWN"

// Change says through which links the origin share of a place changed between
// two answers about the same place and product, which may be of different years
// or assemblies: each link's contributions add up exactly to the difference of
// the two shares, before rounding.
//
// With b the chance to start at the origin, v the expected visits from the
// target, P the steps and s the stops, b₂ − b₁ = v₁(P₂ − P₁)b₂ + v₁(s₂ − s₁), and
// the same with 1 and 2 changed over in v and b: this is the mean of the two, the
// average of the polar decompositions (Dietzenbacher and Los 1998,
// doi:10.1080/09535319800000023). It says where the difference lies, not why.
//
// By the absolute value of the change, descending, then ids. Errors: TooLarge
// where a network exceeds what is solved exactly; that of ctx.
func Change(ctx context.Context, before, after *Dependency, origin string) ([]LinkChange, error) {
	a, err := newSide(ctx, before, origin)
	if err != nil {
		return nil, err
	}
	b, err := newSide(ctx, after, origin)
	if err != nil {
		return nil, err
	}
	sum := map[LinkChange]float64{} // the key has no Change
	a.start, b.start = a.startOr(b), b.startOr(a)
	a.contribute(b, -1, sum)
	b.contribute(a, 1, sum)
	list := make([]LinkChange, 0, len(sum))
	for l, change := range sum {
		if l.Change = change; change != 0 {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b LinkChange) int {
		return cmp.Or(descending(math.Abs(a.Change), math.Abs(b.Change)), a.To.compare(b.To), a.From.compare(b.From), cmp.Compare(a.By, b.By))
	})
	return list, nil
}

// side is one of two answers that are compared.
type side struct {
	*Dependency
	visited []float64 // by state
	chance  []float64 // to start at the origin, by state
	states  map[stateName]int32
	// start is where the walk starts; of a target without supply where that of the
	// other side does, a state that leads nowhere.
	start stateName
}

// stateName tells a state apart from others in any network of the same products.
type stateName struct {
	stage Stage
	role  role
	firm  string
}

type role uint8

const (
	roleMarket role = iota
	rolePool
	roleMaker
	roleAgent
)

func newSide(ctx context.Context, d *Dependency, origin string) (s *side, err error) {
	w := d.walk
	s = &side{Dependency: d, states: make(map[stateName]int32, w.states)}
	for state := range int32(w.states) {
		s.states[w.nameOf(state)] = state
	}
	if s.visited, err = d.visits(ctx); err != nil {
		return nil, err
	}
	s.chance = make([]float64, w.states)
	for state, end := range w.ends {
		if end == endOrigin && w.network.Places[w.network.Nodes[w.node[state]].Place] == origin {
			s.chance[state] = w.chain.stop[state]
		}
	}
	return s, w.chain.chances(ctx, s.chance, w.chain.all())
}

// nameOf names a state.
func (w *Walk) nameOf(state int32) stateName {
	switch {
	case w.node[state] < 0:
		return stateName{stage: Stage{Product: w.network.Products[slices.Index(w.pool, state)].ID}, role: rolePool}
	case w.isAgent(state):
		return stateName{w.stage(w.node[state]), roleAgent, w.network.Producers[w.agentOf[state]].ID}
	case w.isMarket(state):
		return stateName{stage: w.stage(w.node[state])}
	}
	return stateName{stage: w.stage(w.node[state]), role: roleMaker}
}

// at returns the visits of a state and the chance from it; of one that the
// network lacks, none, unless the walk starts there.
func (s *side) at(n stateName) (visited, chance float64) {
	if state, ok := s.states[n]; ok {
		visited, chance = s.visited[state], s.chance[state]
	}
	if n == s.start && s.state < 0 {
		visited = 1
	}
	return visited, chance
}

func (s *side) startOr(other *side) stateName {
	switch {
	case s.state >= 0:
		return s.walk.nameOf(s.state)
	case other.state >= 0:
		return other.walk.nameOf(other.state)
	}
	return stateName{stage: s.Target()}
}

// contribute adds what this side's steps and stops make of the difference.
func (s *side) contribute(other *side, sign float64, sum map[LinkChange]float64) {
	w, c := s.walk, s.walk.chain
	// The step into the start: it differs where one of the two draws from a pool.
	_, ownChance := s.at(s.start)
	_, chance := other.at(s.start)
	sum[w.linkOf(stateName{stage: s.Target()}, s.start)] += sign * (ownChance + chance) / 2
	for state := range int32(w.states) {
		if w.inRing(state) { // the walk goes no further
			continue
		}
		from := w.nameOf(state)
		visits, _ := other.at(from)
		own := s.visited[state]
		if visits == 0 && own == 0 {
			continue
		}
		for e := c.start[state]; e < c.start[state+1]; e++ {
			to := w.nameOf(c.to[e])
			_, chance := other.at(to)
			sum[w.linkOf(from, to)] += sign * c.prob[e] * (own*chance + visits*s.chance[c.to[e]]) / 2
		}
		if stop := s.stopAt(state); stop > 0 {
			sum[LinkChange{From: from.stage, To: from.stage, By: StepOrigin}] += sign * stop * (own + visits) / 2
		}
	}
}

// stopAt returns the chance to stop at the origin in a state itself.
func (s *side) stopAt(state int32) float64 {
	if s.walk.ends[state] != endOrigin || s.chance[state] == 0 {
		return 0
	}
	return s.walk.chain.stop[state]
}

// linkOf returns the link that a step from one state to another is.
func (w *Walk) linkOf(from, to stateName) LinkChange {
	l := LinkChange{From: to.stage, To: from.stage, By: StepMade}
	switch {
	case from.role == roleMarket && to.role == roleMarket:
		l.By = w.stepToMarket()
	case from.role == rolePool || to.role == rolePool:
		l.By = StepPool
	case from.stage == to.stage:
		l.By = StepOwn
	}
	return l
}
