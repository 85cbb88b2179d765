package supply_test

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// Who asks only for what a large share passes gets what is left of the whole list,
// although less is solved for.
func TestChokepointsOfALargeShareAreThoseOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, target := question(t, shape{places: 6, products: 3, pools: true, largest: 1 << 40, gaps: true})
		least := rapid.SampledFrom([]float64{1e-3, 0.1, 0.5, 0.9, 1}).Draw(t, "least")
		kind := rapid.SampledFrom([]supply.Kind{supply.KindCountry, supply.KindStage}).Draw(t, "kind")
		list := func(least float64) []supply.Chokepoint {
			d := ask(t, supply.NewWalk(n), target)
			return must[[]supply.Chokepoint](t)(d.Chokepoints(context.Background(), kind, supply.DefaultEpsilon, least, 0))
		}
		// A share that is the limit but for rounding may be on either side of it.
		atLimit := func(c supply.Chokepoint) bool { return near(c.PassThrough, least) }
		got := slices.DeleteFunc(list(least), atLimit)
		want := slices.DeleteFunc(list(0), func(c supply.Chokepoint) bool { return c.PassThrough < least || atLimit(c) })
		if len(got) != len(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		for i, c := range got {
			check(t, c.Place+" "+c.Product, c.PassThrough, want[i].PassThrough)
			if c.Place != want[i].Place || c.Product != want[i].Product || c.SinglePointOfFailure != want[i].SinglePointOfFailure {
				t.Fatalf("got %v, want %v", c, want[i])
			}
		}
	})
}
