package supply

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph"
)

// twoWays returns a chain whose cycles are all eliminated, and the same one whose
// cycles of more than two states are iterated on.
func twoWays(start, to []int32, prob, stop []float64) (direct, iterated *chain) {
	direct = newChain(start, to, prob, stop)
	iterated = newChain(start, to, prob, stop)
	iterated.iterateBeyond(2)
	return direct, iterated
}

// randomChain draws a chain of which each state stops, or leads to some others;
// between some pairs nearly all goes back and forth.
func randomChain(t *rapid.T) (start, to []int32, prob, stop []float64) {
	n := rapid.IntRange(3, 40).Draw(t, "states")
	start, stop = make([]int32, 1), make([]float64, n)
	for s := range n {
		weights := rapid.SliceOfN(rapid.Float64Range(1e-3, 1), 1, 5).Draw(t, "weights")
		stops := rapid.SampledFrom([]float64{0, 0, 0, 1e-4, 0.1, 1}).Draw(t, "stops")
		sum := stops
		for _, w := range weights {
			sum += w
		}
		slow := rapid.IntRange(0, 4).Draw(t, "slow") == 0
		if slow {
			sum /= 1e-5
			to, prob = append(to, int32(s^1)%int32(n)), append(prob, 1-1e-5)
		}
		for _, w := range weights {
			to = append(to, int32(rapid.IntRange(0, n-1).Draw(t, "to")))
			prob = append(prob, w/sum)
		}
		stop[s] = stops / sum
		start = append(start, int32(len(to)))
	}
	return start, to, prob, stop
}

func TestIterationAgreesWithElimination(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		direct, iterated := twoWays(randomChain(t))
		n := len(direct.stop)
		from := rapid.IntRange(0, n-1).Draw(t, "from")

		want, got := make([]float64, n), make([]float64, n)
		want[from], got[from] = 1, 1
		if err := direct.visits(ctx, want, 0, int32(len(direct.components))); err != nil {
			t.Fatal(err)
		}
		off, err := iterated.visitsOff(ctx, got, 0, int32(len(iterated.components)))
		if err != nil {
			checkSlow(t, direct, err)
			return
		}
		if off > residualMost {
			t.Fatalf("a share may be off by %g", off)
		}
		for s, v := range want {
			share, of := got[s]*direct.stop[s], v*direct.stop[s]
			if d := math.Abs(share - of); d > off+1e-13 {
				t.Errorf("state %d: %g stop there, want %g: off by %g, not by at most %g", s, share, of, d, off)
			}
			if got[s] < 0 {
				t.Errorf("state %d: %g visits", s, got[s])
			}
		}
	})
}

// checkSlow holds that only a chain is refused that a walk leaves after a million
// steps or more.
func checkSlow(t *rapid.T, c *chain, err error) {
	if graph.CodeOf(err) != graph.TooLarge {
		t.Fatal(err)
	}
	most := 0.0
	for s := range c.stop {
		v := make([]float64, len(c.stop))
		v[s] = 1
		if err := c.visits(context.Background(), v, 0, int32(len(c.components))); err != nil {
			t.Fatal(err)
		}
		for _, visits := range v {
			most = max(most, visits)
		}
	}
	if most < 1e6 {
		t.Fatalf("refused, although no state is visited more than %g times: %v", most, err)
	}
}

func TestIterationOfChancesAgreesWithElimination(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		direct, iterated := twoWays(randomChain(t))
		n := len(direct.stop)
		want := make([]float64, n)
		for s := range want {
			if rapid.Bool().Draw(t, "asked") {
				want[s] = direct.stop[s]
			}
		}
		got := append([]float64(nil), want...)
		if err := direct.chances(ctx, want, direct.all()); err != nil {
			t.Fatal(err)
		}
		if err := iterated.chances(ctx, got, iterated.all()); err != nil {
			checkSlow(t, direct, err)
			return
		}
		for s := range want {
			if d := math.Abs(got[s] - want[s]); d > residualMost {
				t.Errorf("state %d: chance %g, want %g: off by %g", s, got[s], want[s], d)
			}
		}
	})
}

// slowly returns a chain of n states, each of which leads to each other one alike
// and leaves with probability least: the first to an end that is asked for, all
// others to one that is not.
func slowly(n int, least float64) (start, to []int32, prob, stop []float64) {
	start, stop = []int32{0}, make([]float64, n+1)
	for s := range int32(n) {
		for other := range int32(n) {
			if other != s {
				to, prob = append(to, other), append(prob, (1-least)/float64(n-1))
			}
		}
		if s == 0 {
			to, prob = append(to, int32(n)), append(prob, least)
		} else {
			stop[s] = least
		}
		start = append(start, int32(len(to)))
	}
	stop[n] = 1
	return append(start, int32(len(to))), to, prob, stop
}

// leavesAtFirst returns what leaves at the first of them of what enters there, by
// symmetry and without a subtraction.
func leavesAtFirst(n int, least float64) float64 {
	m := float64(n - 1)
	// From another state the chance not to come to the first before it leaves.
	away := least / (least + (1-least)/m)
	return least / (least + (1-least)*away)
}

func TestSlowCyclesConvergeOrAreRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		n       int
		least   float64
		refused bool
	}{
		{"a pair that passes 99.999 % back and forth", 2, 1e-5, false},
		{"a pair that passes all but a billionth", 2, 1e-9, false},
		{"a pair that passes all but what doubles hardly show", 2, 1e-15, false},
		{"ten that pass 99.999 % among them", 10, 1e-5, false},
		{"ten that pass all but 1e-12", 10, 1e-12, false},
		{"more than a cluster may hold, a thousandth leaves", 300, 1e-3, false},
		{"more than a cluster may hold, a millionth leaves", 300, 1e-6, false},
		{"more than a cluster may hold, almost nothing leaves", 300, 1e-13, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			iterated := newChain(slowly(c.n, c.least))
			iterated.iterateBeyond(1)
			x := make([]float64, c.n+1)
			x[0] = 1
			off, err := iterated.visitsOff(context.Background(), x, 0, int32(len(iterated.components)))
			if c.refused {
				if graph.CodeOf(err) != graph.TooLarge {
					t.Fatalf("got %v, %g; want it refused", err, x[c.n])
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := leavesAtFirst(c.n, c.least)
			if d := math.Abs(x[c.n] - want); d > off+1e-13 || off > residualMost {
				t.Errorf("%.15g leave at the first, want %.15g: off by %.2g, stated %.2g", x[c.n], want, d, off)
			}
			h := make([]float64, c.n+1)
			h[c.n] = 1
			if err := iterated.chances(context.Background(), h, iterated.all()); err != nil {
				t.Fatal(err)
			}
			if d := math.Abs(h[0] - want); d > residualMost {
				t.Errorf("chance %.15g, want %.15g", h[0], want)
			}
		})
	}
}

// apart returns a chain of groups of states. Each state leads to each other one of its
// group alike, to the next group with probability between, and ends with least.
func apart(groups, size int, between, least float64) (start, to []int32, prob, stop []float64) {
	start, stop = []int32{0}, make([]float64, groups*size)
	for s := range groups * size {
		group := s / size
		for other := group * size; other < (group+1)*size; other++ {
			if other != s {
				to, prob = append(to, int32(other)), append(prob, (1-between-least)/float64(size-1))
			}
		}
		to, prob = append(to, int32((s+size)%(groups*size))), append(prob, between)
		stop[s] = least
		start = append(start, int32(len(to)))
	}
	return start, to, prob, stop
}

// What keeps to several groups, larger than a cluster may be, fades away in as many
// proportions.
func TestGroupsApart(t *testing.T) {
	ctx := context.Background()
	const groups, size = 3, 300
	direct, iterated := twoWays(apart(groups, size, 1e-3, 1e-4))
	want, got := make([]float64, groups*size), make([]float64, groups*size)
	want[0], got[0] = 1, 1
	if err := direct.visits(ctx, want, 0, 1); err != nil {
		t.Fatal(err)
	}
	off, err := iterated.visitsOff(ctx, got, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if off > 1e-10 {
		t.Errorf("off by %g", off)
	}
	for s := range want {
		if d := math.Abs(got[s]-want[s]) * direct.stop[s]; d > off+1e-13 {
			t.Errorf("state %d is off by %g, stated %g", s, d, off)
		}
	}
}

// In a sweep the largest step of every state leads forward, but for one state of each
// cycle that these steps make.
func TestLargestStepsLeadForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, c := twoWays(randomChain(t))
		for k := range int32(len(c.components)) {
			states := c.components[k].states
			if len(states) <= c.dense {
				continue
			}
			back := 0
			for i, s := range states {
				if to := c.largestStep(k, s); to >= 0 && int(to) < i {
					back++
				}
			}
			if cycles := cyclesOf(len(states), func(i int) int { return int(c.largestStep(k, states[i])) }); back != cycles {
				t.Errorf("%d largest steps lead back, of %d cycles", back, cycles)
			}
		}
	})
}

// cyclesOf counts the cycles of what leads from each of n states to one next.
func cyclesOf(n int, next func(int) int) int {
	cycles, seen := 0, make([]int, n)
	for i := range n {
		at := i
		for ; at >= 0 && seen[at] == 0; at = next(at) {
			seen[at] = i + 1
		}
		if at >= 0 && seen[at] == i+1 {
			cycles++
		}
	}
	return cycles
}
