package supply_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"tiermap/graph/supply"
)

// largeWorld is a network in the shape of world trade: a few places trade with
// nearly everyone, most with few, and tonnes differ by orders of magnitude. One
// place in three makes things, and about as much as it sells and uses; the
// others sell on little. Each product is made of the next two.
func largeWorld(products, places, links int) world {
	rng := rand.New(rand.NewPCG(1, 2))
	w := world{recipes: map[string]map[string]float64{}, production: map[supply.Stage]float64{}}
	place := func(i int) string { return fmt.Sprintf("C%03d", i) }
	product := func(i int) string { return fmt.Sprintf("p%d", i) }
	needed := map[supply.Stage]float64{}
	for p := range products {
		recipe := map[string]float64{product(p + 1): 0.75, product(p + 2): 0.25}
		switch products - p {
		case 1:
			recipe = nil
		case 2:
			recipe = map[string]float64{product(p + 1): 1}
		}
		if recipe != nil {
			w.recipes[product(p)] = recipe
		}
		size := make([]float64, places)
		for c := range size {
			size[c] = math.Pow(rng.Float64()+1e-3, -0.7)
		}
		pick := newPicker(size)
		seen := map[[2]int]bool{}
		for len(seen) < links {
			from, to := pick(rng), pick(rng)
			if from == to || seen[[2]int{from, to}] {
				continue
			}
			seen[[2]int{from, to}] = true
			tonnes := 10 * math.Exp(2*rng.NormFloat64()) * size[from]
			if from%3 != 0 {
				tonnes /= 20
			}
			needed[at(place(from), product(p))] += tonnes
			w.flows = append(w.flows, flow{
				from: place(from), to: place(to), product: product(p), tonnes: tonnes, estimated: rng.Float64() < 0.1,
			})
		}
		for c := 0; c < places; c += 3 {
			stage := at(place(c), product(p))
			w.production[stage] = (0.7 + 0.6*rng.Float64()) * needed[stage]
			for r, share := range recipe {
				needed[at(place(c), r)] += share * w.production[stage]
			}
		}
	}
	return w
}

// newPicker picks indices in proportion to weights.
func newPicker(weights []float64) func(*rand.Rand) int {
	sums := make([]float64, len(weights))
	var sum float64
	for i, x := range weights {
		sum += x
		sums[i] = sum
	}
	return func(rng *rand.Rand) int {
		x := rng.Float64() * sum
		lo, hi := 0, len(sums)-1
		for lo < hi {
			if mid := (lo + hi) / 2; sums[mid] < x {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		return lo
	}
}

func benchmarkDependency(b *testing.B, f func(*supply.Dependency) error) {
	benchmarkOn(b, largeWorld(6, 230, 5000).network(supply.Mass), f)
}

func benchmarkOn(b *testing.B, n *supply.Network, f func(*supply.Dependency) error) {
	ask := func(w *supply.Walk) {
		d, err := w.Dependency("C000", "p0")
		if err == nil {
			err = f(d)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Run("cold", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ask(supply.NewWalk(n))
		}
	})
	b.Run("warm", func(b *testing.B) {
		b.ReportAllocs()
		w := supply.NewWalk(n)
		ask(w)
		for b.Loop() {
			ask(w)
		}
	})
}

// Origins of one target: projection and one forward solve; warm, the factors
// are there from another question.
func BenchmarkOrigins(b *testing.B) {
	benchmarkDependency(b, func(d *supply.Dependency) error {
		_, err := d.Shares(context.Background())
		return err
	})
}

// Origins of every place for one product in the size of a trade code, network not
// yet ready.
func BenchmarkTargets(b *testing.B) {
	n := largeWorld(1, 226, 2200).network(supply.Mass)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := supply.NewWalk(n).Targets(context.Background(), "p0"); err != nil {
			b.Fatal(err)
		}
	}
}

// Pass-through of all stages and all countries for one target.
func BenchmarkPassThroughAll(b *testing.B) {
	benchmarkDependency(b, func(d *supply.Dependency) error {
		if _, err := d.Chokepoints(context.Background(), supply.KindStage, supply.DefaultEpsilon, 0, 0); err != nil {
			return err
		}
		_, err := d.Chokepoints(context.Background(), supply.KindCountry, supply.DefaultEpsilon, 0, 0)
		return err
	})
}

// Pass-through of all countries as sets, for one target.
func BenchmarkChokepointsCountries(b *testing.B) {
	benchmarkDependency(b, func(d *supply.Dependency) error {
		_, err := d.Chokepoints(context.Background(), supply.KindCountry, supply.DefaultEpsilon, 0.001, 10)
		return err
	})
}

// Single points of failure among stages and among countries, of a network with few
// links: nothing is asked of what less than all passes.
func BenchmarkSingleFailures(b *testing.B) {
	n := largeWorld(6, 230, 500).network(supply.Mass)
	for _, kind := range []supply.Kind{supply.KindStage, supply.KindCountry} {
		b.Run(string(kind), func(b *testing.B) {
			benchmarkOn(b, n, func(d *supply.Dependency) error {
				_, err := d.Chokepoints(context.Background(), kind, 0, 1, 0)
				return err
			})
		})
	}
}

// Pass-through of all links, for one target.
func BenchmarkChokepointsLinks(b *testing.B) {
	benchmarkDependency(b, func(d *supply.Dependency) error {
		_, err := d.Chokepoints(context.Background(), supply.KindLink, supply.DefaultEpsilon, 0.001, 10)
		return err
	})
}

// The ten best chain paths of one target, what is unexplained included.
func BenchmarkTenPaths(b *testing.B) {
	benchmarkDependency(b, func(d *supply.Dependency) error {
		_, err := d.Paths(context.Background(), 10, 0)
		return err
	})
}

// A thousand paths.
func BenchmarkThousandPaths(b *testing.B) {
	benchmarkDependency(b, func(d *supply.Dependency) error {
		_, err := d.Paths(context.Background(), 1000, 0)
		return err
	})
}

// All flows between stages.
func BenchmarkTierFlows(b *testing.B) {
	benchmarkDependency(b, func(d *supply.Dependency) error {
		_, err := d.TierFlows(context.Background(), 0.005, 300)
		return err
	})
}

// The estimated share: one backward solve for all targets.
func BenchmarkEstimatedShare(b *testing.B) {
	benchmarkDependency(b, func(d *supply.Dependency) error {
		_, err := d.EstimatedShare(context.Background())
		return err
	})
}

// Exposure to one country, of all targets: one backward solve, cut anew.
func BenchmarkExposure(b *testing.B) {
	w := supply.NewWalk(largeWorld(6, 230, 5000).network(supply.Mass))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Exposure(context.Background(), "", supply.Subject{Place: "C003"}); err != nil {
			b.Fatal(err)
		}
	}
}

// The world's chokepoints of one product, of each kind.
func BenchmarkWorldChokepoints(b *testing.B) {
	n := largeWorld(6, 230, 5000).network(supply.Mass)
	for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage, supply.KindLink} {
		ask := func(w *supply.Walk) {
			if _, err := w.WorldChokepoints(context.Background(), "p0", kind, supply.DefaultEpsilon, 20); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(string(kind)+"/cold", func(b *testing.B) {
			for b.Loop() {
				ask(supply.NewWalk(n))
			}
		})
		b.Run(string(kind)+"/warm", func(b *testing.B) {
			w := supply.NewWalk(n)
			ask(w)
			for b.Loop() {
				ask(w)
			}
		})
	}
}
