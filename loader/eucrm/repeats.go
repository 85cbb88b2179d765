package eucrm

import "math"

// series is the shares of one material at one stage.
type series struct{ material, stage string }

// printed is how far a share of the EU's table, which is printed in whole
// percent, may lie from the world's to be the same figure.
const printed = 0.0075

// fewest is how many suppliers a series must have for it to be no coincidence
// that it repeats another.
const fewest = 3

// repeated finds the series of EU shares that repeat the world's: every share
// that either table has at one percent or more is the same in both.
func repeated(world, eu []supply) map[series]bool {
	of := bySeries(world)
	copied := map[series]bool{}
	for key, shares := range bySeries(eu) {
		if len(of[key]) > 0 && len(shares) >= fewest && same(shares, of[key]) && same(of[key], shares) {
			copied[key] = true
		}
	}
	return copied
}

// same reports whether each share of a at one percent or more stands in b too.
func same(a, b map[string]float64) bool {
	for country, share := range a {
		if share >= 0.01 && !(math.Abs(share-b[country]) <= printed) {
			return false
		}
	}
	return true
}

func bySeries(rows []supply) map[series]map[string]float64 {
	all := map[series]map[string]float64{}
	for _, x := range rows {
		key := series{x.material, x.stage}
		if all[key] == nil {
			all[key] = map[string]float64{}
		}
		all[key][x.country] = x.share
	}
	return all
}
