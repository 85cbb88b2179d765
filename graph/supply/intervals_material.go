package supply

import (
	"context"
	"slices"
)

// MaterialIntervals are the intervals of a MaterialUse.
type MaterialIntervals struct {
	Products         []ProductIntervals // those of the answer, in its order
	Direct, Embodied AccountIntervals
	FinalUse         Interval
	PassOn           Interval // of nothing all zero
	Unexplained      Interval
	Estimated        Interval
	Shares           []ShareIntervals // of the final use, by origin, then direct share descending, then place
	// Undecided is the share of the final use that passes stages of which the draws
	// do not agree, as Intervals.Undecided.
	Undecided float64
}

// ProductIntervals are the intervals of a ProductUse.
type ProductIntervals struct {
	Product string
	AccountIntervals
}

// AccountIntervals are the intervals of an Account, tonnes.
type AccountIntervals struct {
	Production, Imports, Exports, Used, Supply, FinalUse Interval
}

type materialKey struct {
	of   materialFigure
	name string // of a product or place
}

type materialFigure uint8

const (
	useFinal materialFigure = iota
	usePassOn
	useUnexplained
	useEstimated
	useDirect
	useOrigin
	useHidden
	useProduction // and the next five, the masses of an account
	useImports
	useExports
	useUsed
	useSupply
	useFinalOf
)

// The names of the sums among those of products.
const (
	allDirect   = "\x00direct"
	allEmbodied = "\x00embodied"
)

func (u *MaterialUse) figures() map[materialKey]float64 {
	f := map[materialKey]float64{{of: useFinal}: u.Direct.FinalUse + u.Embodied.FinalUse, {of: usePassOn}: u.PassOn,
		{of: useUnexplained}: min(1, u.Unexplained), {of: useEstimated}: min(1, u.Estimated)}
	account := func(name string, a Account) {
		for k, mass := range []float64{a.Production, a.Imports, a.Exports, a.Used, a.Supply, a.FinalUse} {
			f[materialKey{useProduction + materialFigure(k), name}] = mass
		}
	}
	account(allDirect, u.Direct)
	account(allEmbodied, u.Embodied)
	for _, p := range u.Products {
		account(p.Product, p.Account)
	}
	for _, s := range u.Shares {
		f[materialKey{useDirect, s.Place}], f[materialKey{useOrigin, s.Place}], f[materialKey{useHidden, s.Place}] = s.Direct, s.Origin, s.Hidden
	}
	return f
}

// MaterialUse returns the intervals of an answer of Walk.MaterialUse, of the network
// that is drawn around, to the same question.
func (x *Draws) MaterialUse(ctx context.Context, answer MaterialUse) (MaterialIntervals, error) {
	var apart tellingApart
	of, err := intervalsOf(ctx, x.Draws, answer.figures(), func(i int) (map[materialKey]float64, error) {
		w, err := x.draw(ctx, i)
		if err != nil {
			return nil, err
		}
		apart.note(w.network)
		use, err := w.MaterialUse(ctx, answer.Place)
		return use.figures(), err
	})
	if err != nil {
		return MaterialIntervals{}, err
	}
	account := func(name string) AccountIntervals {
		mass := func(m materialFigure) Interval { return of[materialKey{m, name}] }
		return AccountIntervals{mass(useProduction), mass(useImports), mass(useExports), mass(useUsed), mass(useSupply), mass(useFinalOf)}
	}
	single := func(m materialFigure) Interval { return of[materialKey{of: m}] }
	n := MaterialIntervals{Products: []ProductIntervals{}, Shares: []ShareIntervals{}, Direct: account(allDirect), Embodied: account(allEmbodied),
		FinalUse: single(useFinal), PassOn: single(usePassOn), Unexplained: single(useUnexplained), Estimated: single(useEstimated)}
	for _, p := range answer.Products {
		n.Products = append(n.Products, ProductIntervals{p.Product, account(p.Product)})
	}
	for key, origin := range of {
		if key.of != useOrigin {
			continue
		}
		if s := (ShareIntervals{key.name, of[materialKey{useDirect, key.name}], origin, of[materialKey{useHidden, key.name}]}); s.any() {
			n.Shares = append(n.Shares, s)
		}
	}
	slices.SortFunc(n.Shares, compareShareIntervals)
	n.Undecided, err = x.walk.usePassing(ctx, answer.Place, apart.undecided(x.Draws))
	return n, err
}

// usePassing returns the share of a place's final use that passes stages.
func (w *Walk) usePassing(ctx context.Context, place string, stages []Stage) (float64, error) {
	targets, err := w.targets("")
	if err != nil {
		return 0, err
	}
	targets = slices.DeleteFunc(targets, func(t target) bool { return t.node < 0 || w.stageOf(t).Place != place })
	chance, err := w.chanceToMeet(ctx, w.setOfStages(stages), statesOf(targets))
	if err != nil {
		return 0, err
	}
	var all weighted
	for _, t := range targets {
		all.add(t.use, min(1, chance[t.state]))
	}
	return all.mean(), nil
}
