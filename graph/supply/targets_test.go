package supply_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// Every line of the table of all places is what an answer about the place says.
func TestTargetsAreWhatAnswersSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, target := question(t, shape{places: 6, products: 4, pools: true, largest: 1000, gaps: true})
		w := supply.NewWalk(n)
		ctx := context.Background()
		lines := must[[]supply.TargetOrigins](t)(w.Targets(ctx, target.Product))
		listed := map[string]bool{}
		for i, line := range lines {
			if i > 0 && lines[i-1].Place >= line.Place {
				t.Fatalf("%s stands behind %s", line.Place, lines[i-1].Place)
			}
			listed[line.Place] = true
			d := dependencyOf(t, w, supply.Stage{Place: line.Place, Product: target.Product})
			check(t, "unexplained", line.Unexplained, must[float64](t)(d.UnexplainedShare(ctx)))
			want := map[string]supply.CountryShare{}
			for _, s := range must[[]supply.CountryShare](t)(d.Shares(ctx)) {
				want[s.Place] = s
			}
			before := ""
			for s := range line.Shares() {
				if s.Place <= before {
					t.Fatalf("%s: %s stands behind %s", line.Place, s.Place, before)
				}
				before = s.Place
				check(t, "origin", s.Origin, want[s.Place].Origin)
				check(t, "direct", s.Direct, want[s.Place].Direct)
				check(t, "hidden", s.Hidden, s.Origin-s.Direct)
				if s.Origin == 0 && s.Direct == 0 {
					t.Fatalf("%s lists %s, which has no share", line.Place, s.Place)
				}
				delete(want, s.Place)
			}
			if len(want) > 0 {
				t.Fatalf("%s lacks %v", line.Place, want)
			}
		}
		for _, place := range n.Places {
			if d := dependencyOf(t, w, supply.Stage{Place: place, Product: target.Product}); d.HasSupply() && !listed[place] && n.Node(placeOf(n, place), productOf(n, target.Product)) >= 0 {
				t.Fatalf("%s has supply and is not listed", place)
			}
		}
	})
}
