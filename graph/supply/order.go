package supply

import (
	"cmp"
	"math"
)

// slack is what a share may be off its exact value when it is held against a
// limit.
const slack = 1e-12

// descending compares shares, the larger one first. The last twelve bits do not
// count: rounding must not decide an order that ids should.
func descending(a, b float64) int { return cmp.Compare(rounded(b), rounded(a)) }

func rounded(x float64) uint64 {
	const bits = 12
	return (math.Float64bits(x) + 1<<(bits-1)) >> bits
}

func (s Stage) compare(t Stage) int {
	return cmp.Or(cmp.Compare(s.Place, t.Place), cmp.Compare(s.Product, t.Product))
}

// upTo returns the first of a sorted list; 0: all.
func upTo[T any](list []T, first int) []T {
	if first > 0 && first < len(list) {
		return list[:first]
	}
	return list
}
