package supply

import (
	"context"
	"errors"
	"testing"

	"tiermap/graph"
)

// pingPong is two places that pass back and forth all but a hundred-thousandth
// of what nobody makes: each round of scaling takes little away.
func pingPong() *Network {
	return &Network{
		Places: []string{"A", "B", "C"}, Products: []Product{{ID: "p", Raw: true}},
		Nodes:      []Node{{Place: 0, Imports: 99_999, Exports: 100_000}, {Place: 1, Imports: 99_999, Exports: 99_999}, {Place: 2, Imports: 1}},
		TradeStart: []int32{0, 1, 2, 3},
		Trade:      []TradeLink{{Exporter: 1, Tonnes: 99_999}, {Exporter: 0, Tonnes: 99_999}, {Exporter: 0, Tonnes: 1}},
		InputStart: []int32{0, 0, 0, 0},
	}
}

// However slowly, scaling goes on until nobody is short by more than the
// tolerance: what leaves for C has then shrunk to it.
func TestScalingASlowCycle(t *testing.T) {
	n, err := pingPong().WithBalance(t.Context(), ScaleExports)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range n.Nodes {
		if short := x.Exports - x.Production - x.Imports; short > scaleTolerance {
			t.Errorf("%s is short by %g t", n.Places[x.Place], short)
		}
	}
	if toC := n.Nodes[2].Imports; toC > 2*scaleTolerance {
		t.Errorf("C still gets %g t of what nobody makes", toC)
	}
}

func TestScalingStopsAtItsLimit(t *testing.T) {
	s := newScaling(pingPong())
	s.limit = 1000
	if err := s.run(t.Context()); graph.CodeOf(err) != graph.TooCostly {
		t.Errorf("got %v, want it too costly", err)
	}
}

// Masses so large that what a round takes away is next to nothing of them end in
// a refusal, not in minutes of work.
func TestScalingExtremeMasses(t *testing.T) {
	n := pingPong()
	n.Nodes[0].Imports, n.Nodes[0].Exports = 1e15, 1e15+1
	n.Nodes[1].Imports, n.Nodes[1].Exports = 1e15, 1e15
	n.Trade[0].Tonnes, n.Trade[1].Tonnes = 1e15, 1e15
	_, err := n.WithBalance(t.Context(), ScaleExports)
	if graph.CodeOf(err) != graph.TooCostly {
		t.Errorf("got %v, want it too costly", err)
	}
}

func TestScalingStopsWithTheQuestion(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := pingPong().WithBalance(ctx, ScaleExports)
	if graph.CodeOf(err) != graph.Timeout || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want a timeout", err)
	}
}

func TestUnknownBalance(t *testing.T) {
	_, err := pingPong().WithBalance(t.Context(), "VALUE")
	if graph.CodeOf(err) != graph.BadInput || err.Error() != `there is no balance "VALUE": it is one of MASS, EXPORTS, SCALE_EXPORTS` {
		t.Errorf("got %v", err)
	}
}

func TestFigure(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.2: "0.2", 1.0 / 3: "0.3333", 999.4: "999.4", 1000: "1,000",
		12345.6: "12,346", 1234567: "1,234,567", 0.00001234: "1.234e-05", -4321: "-4,321"} {
		if got := figure(v); got != want {
			t.Errorf("figure(%g) = %s, want %s", v, got, want)
		}
	}
}
