package supply

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
)

// Interval is what a figure of an answer is, and what it is in the draws
// (docs/methods.md §2d).
type Interval struct {
	Value float64 // of the answer
	Low   float64 // 5th percentile of the draws
	High  float64 // 95th percentile
	Mean  float64 // of the draws
}

// Level is the part of the draws that an interval holds.
const Level = 0.9

// intervalsOf returns the interval of each figure that the answer has or that one
// of so many draws has, by what it is of; a figure that a draw lacks is zero there.
func intervalsOf[K comparable](ctx context.Context, draws int, answer map[K]float64, figures func(draw int) (map[K]float64, error)) (map[K]Interval, error) {
	columns := make(map[K][]float64, len(answer))
	for key := range answer {
		columns[key] = make([]float64, draws)
	}
	var mu sync.Mutex
	if err := parallel(ctx, draws, func(_, i int) error {
		drawn, err := figures(i)
		mu.Lock()
		defer mu.Unlock()
		for key, v := range drawn {
			if columns[key] == nil {
				columns[key] = make([]float64, draws)
			}
			columns[key][i] = v
		}
		return err
	}); err != nil {
		return nil, err
	}
	intervals := make(map[K]Interval, len(columns))
	for key, drawn := range columns {
		intervals[key] = newInterval(answer[key], drawn)
	}
	return intervals, nil
}

// intervalsIn returns the interval of each item of an answer's list, of which value
// is its figure there and shares are those of all items in a draw.
func intervalsIn[T any](ctx context.Context, draws int, items []T, value func(T) float64, shares func(draw int) ([]float64, error)) ([]Interval, error) {
	drawn := make([][]float64, draws)
	if err := parallel(ctx, draws, func(_, i int) (err error) {
		drawn[i], err = shares(i)
		return err
	}); err != nil {
		return nil, err
	}
	list, column := make([]Interval, len(items)), make([]float64, draws)
	for k, item := range items {
		for i := range drawn {
			column[i] = drawn[i][k]
		}
		list[k] = newInterval(value(item), column)
	}
	return list, nil
}

// newInterval returns the interval of a value, from those of the draws, which it
// puts in order.
func newInterval(value float64, drawn []float64) Interval {
	n := Interval{Value: value}
	for _, v := range drawn {
		n.Mean += v
	}
	n.Mean /= float64(len(drawn))
	slices.Sort(drawn)
	n.Low, n.High = percentile(drawn, (1-Level)/2), percentile(drawn, (1+Level)/2)
	return n
}

// percentile interpolates between the values on both sides (the definition 7 of
// Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566).
func percentile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-math.Floor(at))*(sorted[i+1]-sorted[i])
}

// any tells whether an interval is worth a line.
func (n Interval) any() bool { return n.Value != 0 || n.Low != 0 || n.High != 0 }

// shortage is that more leaves a stage than is known to be made there and imported:
// the rest is unexplained or, where production is not known, inferred; or that the
// inputs of a sector cost more than its output.
type shortage struct {
	Stage
	inferred bool
}

func (n *Network) shortages() []shortage {
	var list []shortage
	for i := range n.Nodes {
		node := &n.Nodes[i]
		stage := Stage{n.Places[node.Place], n.Products[node.Product].ID}
		if node.Unexplained > 0 || n.Table != "" && node.Imports > node.Supply {
			list = append(list, shortage{stage, false})
		}
		if node.ProductionEstimated { // where it is by its row, it is in every draw
			list = append(list, shortage{stage, true})
		}
	}
	return list
}

// tellingApart finds the stages of which the draws do not agree whether more leaves
// them than is made and imported: less than 95 of 100 say either. There the errors of
// masses, which go both ways, become supply that no source explains, which cannot be
// less than none: its intervals lie too high, and those of origins too low
// (docs/methods.md §2d).
type tellingApart struct {
	mu    sync.Mutex
	count map[shortage]int
}

// note counts what is short in a draw.
func (y *tellingApart) note(n *Network) {
	short := n.shortages()
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.count == nil {
		y.count = map[shortage]int{}
	}
	for _, s := range short {
		y.count[s]++
	}
}

// undecided returns the stages that are short in some of the draws and not in
// others.
func (y *tellingApart) undecided(draws int) []Stage {
	few := (1 - Level) / 2 * float64(draws)
	var stages []Stage
	for s, times := range y.count {
		if float64(times) > few && float64(draws-times) > few {
			stages = append(stages, s.Stage)
		}
	}
	return stages
}

// setOfStages returns the states of stages.
func (w *Walk) setOfStages(stages []Stage) *set {
	x := w.newSet()
	for _, s := range stages {
		if product, err := w.network.product(s.Product); err == nil {
			w.addNode(x, w.network.at(s.Place, product))
		}
	}
	return x
}

// Assumptions says what intervals assume, sentence by sentence; undecided is the
// share of what they are of that passes stages of which the draws do not agree.
func (x *Draws) Assumptions(undecided float64) []string {
	if x.table != nil {
		return x.table.assumptions(x, undecided)
	}
	list := []string{
		fmt.Sprintf("Intervals hold the middle %g %% of %s, in each of which every mass is multiplied by an independent log-normal factor of mean 1, and all is assembled and solved anew.",
			100*Level, count(x.Draws, "draw", "draws")),
		fmt.Sprintf("The relative error of a mass is its row's own where it states one (%s), else by setting: %g for reported masses (%s), %g for estimated ones (%s).",
			figure(float64(x.Stated)), x.Uncertainty.Reported, figure(float64(x.Drawn.Reported)), x.Uncertainty.Estimated, figure(float64(x.Drawn.Estimated))),
	}
	if x.Recipes+x.Codes > 0 {
		list = append(list, fmt.Sprintf("Shares of %s and %s are drawn with the concentration that is stated; those of all others are held fixed.",
			count(x.Recipes, "recipe", "recipes"), count(x.Codes, "trade code", "trade codes")))
	} else {
		list = append(list, "Shares of recipes and trade codes are held fixed: of none of them is it stated how sure it is.")
	}
	list = append(list, "What all rows of a source have wrong alike, and what no source holds, is in no interval.")
	if undecided >= 0.01 {
		list = append(list, fmt.Sprintf("%.0f %% of supply passes stages of which the draws do not agree whether more leaves them than is made and imported: there the intervals of what is unexplained lie too high, and those of origins too low.",
			100*undecided))
	}
	return list
}
