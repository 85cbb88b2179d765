package supply

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// ExposureIntervals are the intervals of an Exposure.
type ExposureIntervals struct {
	// Targets are those of the answer, in its order, and after them those that some
	// supply of passes the set in so many draws that the interval does not end at zero.
	Targets     []ExposedTargetIntervals
	WorldShare  Interval
	FinalUse    Interval
	OwnFinalUse Interval
	// Undecided is the share of the final use that passes stages of which the draws
	// do not agree, as Intervals.Undecided.
	Undecided float64
}

// ExposedTargetIntervals are the intervals of an ExposedTarget.
type ExposedTargetIntervals struct {
	Stage
	PassThrough Interval
	Tonnes      Interval // of a pool all NaN
	Undecided   float64  // share of the target's supply
}

type exposureKey struct {
	of    exposedTo
	stage Stage
}

type exposedTo uint8

const (
	exposedShare exposedTo = iota
	exposedTonnes
	exposedWorld
	exposedUse
	exposedOwnUse
)

func (e *Exposure) figures() map[exposureKey]float64 {
	f := map[exposureKey]float64{{of: exposedWorld}: e.WorldShare, {of: exposedUse}: e.FinalUse, {of: exposedOwnUse}: e.OwnFinalUse}
	for _, t := range e.Targets {
		f[exposureKey{exposedShare, t.Stage}], f[exposureKey{exposedTonnes, t.Stage}] = t.PassThrough, t.Tonnes
	}
	return f
}

// Exposure returns the intervals of an answer of Walk.Exposure, of the network that
// is drawn around, to the same question.
func (x *Draws) Exposure(ctx context.Context, answer Exposure, product string, to ...Subject) (ExposureIntervals, error) {
	var apart tellingApart
	of, err := intervalsOf(ctx, x.Draws, answer.figures(), func(i int) (map[exposureKey]float64, error) {
		w, err := x.draw(ctx, i)
		if err != nil {
			return nil, err
		}
		apart.note(w.network)
		e, err := w.Exposure(ctx, product, to...)
		return e.figures(), err
	})
	if err != nil {
		return ExposureIntervals{}, err
	}
	single := func(m exposedTo) Interval { return of[exposureKey{of: m}] }
	n := ExposureIntervals{Targets: []ExposedTargetIntervals{}, WorldShare: single(exposedWorld), FinalUse: single(exposedUse), OwnFinalUse: single(exposedOwnUse)}
	for key, share := range of {
		if key.of == exposedShare && share.any() {
			n.Targets = append(n.Targets, ExposedTargetIntervals{Stage: key.stage, PassThrough: share, Tonnes: of[exposureKey{exposedTonnes, key.stage}]})
		}
	}
	slices.SortFunc(n.Targets, func(a, b ExposedTargetIntervals) int {
		none := func(t ExposedTargetIntervals) int { return boolInt(math.IsNaN(t.Tonnes.Value)) }
		return cmp.Or(cmp.Compare(none(a), none(b)), descending(a.Tonnes.Value, b.Tonnes.Value),
			descending(a.PassThrough.Value, b.PassThrough.Value), a.compare(b.Stage))
	})
	return n, x.undecidedTargets(ctx, product, apart.undecided(x.Draws), &n)
}

// undecidedTargets writes which share of the targets' supply passes stages.
func (x *Draws) undecidedTargets(ctx context.Context, product string, stages []Stage, n *ExposureIntervals) error {
	targets, err := x.walk.targets(product)
	if err != nil {
		return err
	}
	chance, err := x.walk.chanceToMeet(ctx, x.walk.setOfStages(stages), statesOf(targets))
	if err != nil {
		return err
	}
	var world weighted
	by := make(map[Stage]float64, len(targets))
	for _, t := range targets {
		by[x.walk.stageOf(t)] = min(1, chance[t.state])
		world.add(t.weight, min(1, chance[t.state]))
	}
	for i := range n.Targets {
		n.Targets[i].Undecided = by[n.Targets[i].Stage]
	}
	n.Undecided = world.mean()
	return nil
}
