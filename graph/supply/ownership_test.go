package supply_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

func owns(owner, owned string, share float64) supply.OwnsRow {
	return supply.OwnsRow{Dataset: "d", Owner: owner, Owned: owned, Share: share}
}

func ownershipOf(rows []supply.OwnsRow) *supply.Ownership {
	return supply.NewCatalogue(supply.Facts{}).NewOwnership(&supply.Firms{Owns: rows}, 2020)
}

// What a company holds of itself is nobody's: the others' shares are of the rest.
func TestTreasuryShares(t *testing.T) {
	o := ownershipOf([]supply.OwnsRow{owns("t", "t", 0.2), owns("p", "t", 0.4), owns("s", "s", 1)})
	for owner, want := range map[string]float64{"p": 0.5, "t": 0.5} {
		for _, got := range must[[]supply.OwnerShare](t)(o.UltimateOwners(t.Context(), "t")) {
			if got.Owner == owner {
				check(t, owner, got.Share, want)
			}
		}
	}
	own := must[[]supply.OwnerShare](t)(o.UltimateOwners(t.Context(), "s"))
	if len(own) != 1 || own[0].Owner != "s" || own[0].Share != 1 {
		t.Errorf("a company that owns all of itself belongs to %v", own)
	}
	nobody := must[[]supply.OwnerShare](t)(o.UltimateOwners(t.Context(), "x"))
	if len(nobody) != 1 || nobody[0] != (supply.OwnerShare{Owner: "x", Share: 1}) {
		t.Errorf("a company that nothing is known of belongs to %v", nobody)
	}
}

// Owners who hold almost all of each other: what leaves is less than a ten
// thousandth of a millionth, and every digit of it counts.
func TestTightCrossHolding(t *testing.T) {
	const e = 1.0 / (1 << 36)
	o := ownershipOf([]supply.OwnsRow{owns("b", "a", 1-e), owns("a", "b", 1-e)})
	// a keeps e, b the other e of what comes to it: 1/(2 − e) and (1 − e)/(2 − e).
	for _, got := range must[[]supply.OwnerShare](t)(o.UltimateOwners(t.Context(), "a")) {
		check(t, got.Owner, got.Share, map[string]float64{"a": 1 / (2 - e), "b": (1 - e) / (2 - e)}[got.Owner])
	}
}

// TestOwnershipAgainstReference holds random graphs of owners, with closed rings,
// against sums over ever longer chains: dense and without elimination.
func TestOwnershipAgainstReference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const size = 6
		name := func(i int) string { return fmt.Sprintf("c%d", i) }
		shares := make([][]float64, size)
		var rows []supply.OwnsRow
		for i := range shares {
			shares[i] = make([]float64, size)
			sum := 0.0
			for j := range shares {
				if tenths := rapid.SampledFrom([]int{0, 0, 0, 1, 3, 5, 10}).Draw(rt, "tenths"); i != j && tenths > 0 {
					shares[i][j] = float64(tenths) / 10
					sum += shares[i][j]
					rows = append(rows, owns(name(j), name(i), shares[i][j]))
				}
			}
			for j := range shares[i] {
				shares[i][j] /= max(1, sum)
			}
		}
		o := ownershipOf(rows)
		ring := ringsOf(shares)
		from := rapid.IntRange(0, size-1).Draw(rt, "of")
		want := stops(shares, ring, from)
		sum := 0.0
		for _, got := range must[[]supply.OwnerShare](rt)(o.UltimateOwners(context.Background(), name(from))) {
			i := int(got.Owner[1] - '0')
			if math.Abs(got.Share-want[i]) > 1e-9 || got.Ring != ring[i] {
				rt.Fatalf("%s belongs to %s as to %v (ring: %t), want %v (ring: %t)", name(from), got.Owner, got.Share, got.Ring, want[i], ring[i])
			}
			sum += got.Share
		}
		check(rt, "all of it", sum, 1)
	})
}

// ringsOf tells who is of a closed ring: all who are above own each other wholly.
func ringsOf(shares [][]float64) []bool {
	size := len(shares)
	above := make([][]bool, size)
	open := make([]bool, size) // not wholly owned
	for i := range shares {
		above[i] = make([]bool, size)
		sum := 0.0
		for j, s := range shares[i] {
			above[i][j] = s > 0
			sum += s
		}
		open[i] = sum < 1-1e-9
	}
	for k := range size {
		for i := range size {
			for j := range size {
				above[i][j] = above[i][j] || above[i][k] && above[k][j]
			}
		}
	}
	ring := make([]bool, size)
	for i := range ring {
		ring[i] = !open[i]
		for j := range ring {
			ring[i] = ring[i] && (!above[i][j] || above[j][i] && !open[j])
		}
	}
	return ring
}

// stops follows chains of owners until next to nothing is left on the way.
func stops(shares [][]float64, ring []bool, from int) []float64 {
	size := len(shares)
	at, stopped := make([]float64, size), make([]float64, size)
	at[from] = 1
	next := make([]float64, size)
	for left := 1.0; left > 1e-12; {
		clear(next)
		for i, x := range at {
			rest := 1.0
			for j, s := range shares[i] {
				if !ring[i] {
					next[j] += x * s
					rest -= s
				}
			}
			stopped[i] += x * max(0, rest)
		}
		at, next = next, at
		left = 0
		for _, x := range at {
			left += x
		}
	}
	return stopped
}
