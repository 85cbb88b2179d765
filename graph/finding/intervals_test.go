package finding_test

import (
	"fmt"
	"strings"
	"testing"

	"tiermap/graph/finding"
	"tiermap/graph/supply"
)

// Findings of answers whose intervals were asked for.
func TestWriteIntervals(t *testing.T) {
	intervals := func(undecided float64, unexplained finding.Range, origins map[string]finding.Range) *finding.Intervals {
		return &finding.Intervals{Draws: 200, Reported: 0.1, Estimated: 0.5, Undecided: undecided, Unexplained: unexplained, Origins: origins}
	}
	answer := finding.Answer{Place: netherlands, Product: oxide, Material: cobalt, Year: 2020, HasSupply: true, Tonnes: 12345.6}
	type ranges = map[string]finding.Range
	shapes := []struct {
		name   string
		change func(*finding.Answer)
	}{
		{"nothing bought where it starts, much undecided", func(a *finding.Answer) {
			a.Shares = []finding.Share{{congo, 0, 0.36}, {finland, 0.6, 0.04}, {belgium, 0.4, 0.02}}
			a.Unexplained = []finding.End{{finland, ore, 0.4, supply.ReasonSurplus}, {belgium, ore, 0.18, supply.ReasonNoInput}}
			a.Intervals = intervals(0.74, finding.Range{Low: 0.5, High: 0.7}, ranges{"COD": {0.31, 0.42}, "FIN": {0.004, 0.07}, "BEL": {0, 0.041}})
		}},
		{"less starts there than is bought", func(a *finding.Answer) {
			a.Shares = []finding.Share{{finland, 0.9, 0.3}, {congo, 0.1, 0.2}}
			a.Unexplained = []finding.End{{finland, oxide, 0.5, supply.ReasonSurplus}}
			a.Intervals = intervals(0, finding.Range{Low: 0.44, High: 0.55}, ranges{"FIN": {0.27, 0.33}, "COD": {0.16, 0.25}})
			a.Intervals.Reported, a.Intervals.Estimated = 0.125, 0
		}},
		{"certain, its own", func(a *finding.Answer) {
			a.Place, a.Product, a.Domestic = chile, ore, 1
			a.Shares = []finding.Share{{chile, 1, 1}}
			a.Intervals = intervals(0, finding.Range{}, ranges{"CHL": {1, 1}})
		}},
		{"pooled", func(a *finding.Answer) {
			a.Product, a.Pooled = turbine, true
			a.Shares = []finding.Share{{china, 0.6, 0.8}, {netherlands, 0.05, 0.2}}
			a.Domestic = 0.05
			a.Intervals = intervals(0.005, finding.Range{}, ranges{"CHN": {0.78, 0.83}, "NLD": {0.17, 0.22}})
		}},
	}
	var b strings.Builder
	for _, shape := range shapes {
		a := answer
		shape.change(&a)
		fmt.Fprintf(&b, "# %s\n", shape.name)
		writeBoth(&b, a)
	}
	holdGolden(t, "testdata/intervals.txt", b.String())
}
