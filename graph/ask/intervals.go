package ask

import (
	"tiermap/graph"
	"tiermap/graph/supply"
)

// draws makes ready for the intervals of an answer (docs/methods.md §2d): from the
// rows that it was computed from, whatever the store holds by now. The walk is the
// one that answered, under the scenario for the target where there is one.
//
// Errors: those of supply.NewDraws; BadInput for an input-output table, which
// states no errors and whose values balance as a whole.
func (b *Basis) draws(w *supply.Walk, s *supply.Scenario, target supply.Stage, u supply.Uncertainty) (*supply.Draws, error) {
	if b.chain.trade == nil {
		return nil, graph.Errorf(graph.BadInput, "an input-output table has no intervals: its values are balanced as a whole, and no errors of them are stated")
	}
	return supply.NewDraws(b.Plan, b.chain.trade, w, s, target, u)
}

// Draws makes ready for the intervals of the answer. Errors as of a table that has
// none, and of an uncertainty outside of its bounds: BadInput.
func (a *Answer) Draws(u supply.Uncertainty) (*supply.DrawnDependency, error) {
	draws, err := a.draws(a.Walk(), a.scenario, a.Target(), u)
	if err != nil {
		return nil, err
	}
	return draws.Dependency(a.Dependency), nil
}
