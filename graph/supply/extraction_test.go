package supply_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// TestExtraction takes a country away from random tables: origins are those of a
// table whose inputs were replaced sector by sector, and all that is lost is what
// nobody else sells.
func TestExtraction(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		e := drawEconomy(r)
		if e.countries < 2 {
			e.countries, e.sectors = e.sectors, 1 // the same figures, each sector a country
		}
		if e.countries < 2 {
			return
		}
		walk, _ := e.walk(r)
		gone := rapid.IntRange(0, e.countries-1).Draw(r, "gone")
		j := rapid.IntRange(0, len(e.x)-1).Filter(func(j int) bool { return j/e.sectors != gone }).Draw(r, "target")
		n, err := walk.Network().Under(&supply.Scenario{Without: []supply.Subject{{Place: e.stage(gone * e.sectors).Place}}}, e.stage(j))
		if err != nil {
			r.Fatal(err)
		}
		d := ofSector(r, supply.NewWalk(n), e.stage(j))
		want, unexplained := e.without(r, gone, j)
		shares, err := d.Shares(t.Context())
		if err != nil {
			r.Fatal(err)
		}
		for _, s := range shares {
			isNear(r, "origin of "+s.Place, s.Origin, want[s.Place], nil)
			delete(want, s.Place)
		}
		for place, origin := range want {
			isNear(r, "origin of "+place+", which is not listed", 0, origin, nil)
		}
		got, err := d.UnexplainedShare(t.Context())
		isNear(r, "unexplained", got, unexplained, err)
	})
}

// without returns the origins of a sector, and what is unexplained, in the table
// in which a country sells nothing, by dense inversion.
func (e economy) without(t interface{ Fatal(...any) }, gone, j int) (origins map[string]float64, unexplained float64) {
	n := len(e.x)
	system := mat.NewDense(n, n, nil)
	added, missing := make([]float64, n), make([]float64, n)
	for b := range n {
		system.Set(b, b, 1)
		added[b] = e.x[b]
		for i := range n {
			added[b] -= e.z[i][b]
		}
		if b/e.sectors == gone {
			continue
		}
		for sector := range e.sectors {
			lost, left := 0.0, 0.0
			for c := range e.countries {
				if c == gone {
					lost += e.z[c*e.sectors+sector][b]
				} else {
					left += e.z[c*e.sectors+sector][b]
				}
			}
			for c := range e.countries {
				i := c*e.sectors + sector
				if c != gone && left > 0 {
					system.Set(i, b, system.At(i, b)-e.z[i][b]/left*(left+lost)/e.x[b])
				}
			}
			if left == 0 {
				missing[b] += lost
			}
		}
	}
	var inverse mat.Dense
	if err := inverse.Inverse(system); err != nil {
		t.Fatal(err)
	}
	origins = map[string]float64{}
	for b := range n {
		if b/e.sectors == gone {
			continue
		}
		if share := math.Max(0, added[b]) / e.x[b] * inverse.At(b, j); share > 0 {
			origins[e.stage(b).Place] += share
		}
		unexplained += missing[b] / e.x[b] * inverse.At(b, j)
	}
	return origins, unexplained
}
