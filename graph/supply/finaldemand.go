package supply

import (
	"cmp"
	"context"
	"slices"
)

// FinalOrigins is where the value of a final demand is added (docs/methods.md
// §2e). All in USD of the year; what is below zero in the demand, inventories that
// were run down above all, counts as it stands, so that any of it may be below zero.
type FinalOrigins struct {
	Total       float64 // Σ demand = Σ Origin + Unexplained
	Below       float64 // the part of Total that is below zero
	Unexplained float64
	// Residual is by how much any of these may be off because a large cycle was solved
	// by iteration; 0 where everything was eliminated (see Dependency.Residual).
	Residual float64
	Places   []PlaceValue // by origin, then direct, descending, then place
}

// PlaceValue is a place's part of a final demand.
type PlaceValue struct {
	Place  string
	Direct float64 // what is bought of its sectors
	Origin float64 // what is added there
}

// FinalOrigins returns where the value of a final demand, by seller, is added: v̂ L y
// (Leontief 1936; Miller and Blair 2009, chapter 6,
// doi:10.1017/CBO9780511626982). What is demanded of a sector that the table does
// not have is unexplained.
//
// Demand above and below zero is solved apart, each from sums of what is not
// negative, and subtracted at the end; each as parts of its sum, for where a cycle is
// iterated on, it is until no share is off by more than a bound.
func (w *Walk) FinalOrigins(ctx context.Context, demand map[Stage]float64) (FinalOrigins, error) {
	var f FinalOrigins
	entries := [2][]float64{make([]float64, w.states), make([]float64, w.states)}
	places := map[string]*PlaceValue{}
	at := func(place string) *PlaceValue {
		if places[place] == nil {
			places[place] = &PlaceValue{Place: place}
		}
		return places[place]
	}
	for _, s := range sortedStages(demand) {
		usd := demand[s]
		if usd == 0 {
			continue
		}
		f.Total += usd
		f.Below += min(0, usd)
		at(s.Place).Direct += usd
		node := int32(-1)
		if p, err := w.network.product(s.Product); err == nil {
			node = w.network.at(s.Place, p)
		}
		switch {
		case node < 0:
			f.Unexplained += usd
		case usd > 0:
			entries[0][w.market[node]] += usd
		default:
			entries[1][w.market[node]] -= usd
		}
	}
	for i, x := range entries {
		whole := sum(x)
		if whole == 0 {
			continue
		}
		sign := float64(1-2*i) * whole
		for s := range x {
			x[s] /= whole
		}
		off, err := w.chain.visitsOff(ctx, x, 0, int32(len(w.chain.components)))
		if err != nil {
			return FinalOrigins{}, err
		}
		f.Residual += off * whole
		for s, v := range x {
			switch ending := w.ends[s]; {
			case v == 0:
			case w.inRing(int32(s)):
				f.Unexplained += sign * v
			case ending == endOrigin:
				at(w.network.Places[w.network.Nodes[w.node[s]].Place]).Origin += sign * v * w.chain.stop[s]
			case ending != endNone:
				f.Unexplained += sign * v * w.chain.stop[s]
			}
		}
	}
	for _, p := range places {
		f.Places = append(f.Places, *p)
	}
	slices.SortFunc(f.Places, func(a, b PlaceValue) int {
		return cmp.Or(descending(a.Origin, b.Origin), descending(a.Direct, b.Direct), cmp.Compare(a.Place, b.Place))
	})
	return f, nil
}

func sortedStages(demand map[Stage]float64) []Stage {
	stages := make([]Stage, 0, len(demand))
	for s := range demand {
		stages = append(stages, s)
	}
	slices.SortFunc(stages, Stage.compare)
	return stages
}
