package supply

import (
	"context"

	"tiermap/graph"
)

// Assemble builds the supply network of a plan from its trade rows
// (docs/methods.md §1). It takes time in proportion to the rows.
//
// Errors: BadInput where one source counts the tonnes of one code both gross
// and contained; TooCostly where scaling exports does not come to an end;
// Timeout where ctx ends.
func Assemble(ctx context.Context, p *Plan, t *Trade, balance Balance) (*Network, error) {
	return nil, graph.Errorf(graph.Internal, "not built yet")
}

// WithBalance returns the network under another balance, from the same facts.
// It shares with n what does not change, and costs far less than assembling.
func (n *Network) WithBalance(ctx context.Context, balance Balance) (*Network, error) {
	return nil, graph.Errorf(graph.Internal, "not built yet")
}
