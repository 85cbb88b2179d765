package ask

import (
	"tiermap/graph"
	"tiermap/graph/supply"
)

// Draws makes ready for the intervals of an answer (docs/methods.md §2d): from the
// rows that it was computed from, whatever the store holds by now.
//
// Errors: those of supply.NewDraws; BadInput for an input-output table, which
// states no errors and whose values balance as a whole.
func (a *Answer) Draws(u supply.Uncertainty) (*supply.Draws, error) {
	if a.chain.trade == nil {
		return nil, graph.Errorf(graph.BadInput, "an input-output table has no intervals: its values are balanced as a whole, and no errors of them are stated")
	}
	return supply.NewDraws(a.Plan, a.chain.trade, a.Dependency, a.scenario, u)
}
