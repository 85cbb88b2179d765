package export

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

// Parameters choose what a list of an answer holds.
type Parameters struct {
	Kind     supply.Kind // of chokepoints
	Epsilon  float64     // of chokepoints
	MinShare float64     // of tiers, chokepoints, paths and flows
	First    int         // how many at most; 0 = all, for paths DefaultPaths
}

// DefaultPaths is how many chain paths are listed where nobody says.
const DefaultPaths = 100

// lists are the lists of an answer that can be exported, by name.
var lists = map[string]func(context.Context, *ask.Answer, Parameters) (Table, error){
	"shares": shares, "unexplained": unexplained, "tiers": tiers, "chokepoints": chokepoints, "paths": paths, "flows": flows,
}

// Lists returns the names of the lists of an answer that can be exported.
func Lists() []string { return slices.Sorted(maps.Keys(lists)) }

// List returns a list of an answer as a table. NotFound for a name that is not
// one of Lists.
func List(ctx context.Context, name string, a *ask.Answer, p Parameters) (Table, error) {
	list, ok := lists[name]
	if !ok {
		e := graph.Errorf(graph.NotFound, "an answer has no list %q", name)
		e.Suggestions = Lists()
		return Table{}, e
	}
	t, err := list(ctx, a, p)
	if p.First > 0 && name != "paths" && len(t.Rows) > p.First {
		t.Rows = t.Rows[:p.First]
	}
	return t, err
}

func tonnes(a *ask.Answer, share float64) float64 {
	if supply, ok := a.SupplyTonnes(); ok {
		return share * supply
	}
	return math.NaN()
}

func shares(ctx context.Context, a *ask.Answer, _ Parameters) (Table, error) {
	all, err := a.Shares(ctx)
	t := Table{Columns: []string{"country", "country_name", "direct", "origin", "hidden", "tonnes"}}
	for _, s := range all {
		t.Rows = append(t.Rows, []any{s.Place, a.Place(s.Place).Name, s.Direct, s.Origin, s.Hidden, tonnes(a, s.Origin)})
	}
	return t, err
}

func unexplained(ctx context.Context, a *ask.Answer, _ Parameters) (Table, error) {
	all, err := a.Unexplained(ctx)
	t := Table{Columns: []string{"country", "country_name", "product", "share", "reason"}}
	for _, u := range all {
		t.Rows = append(t.Rows, []any{u.Place, a.Place(u.Place).Name, u.Product, u.Share, string(u.Reason)})
	}
	return t, err
}

func tiers(ctx context.Context, a *ask.Answer, p Parameters) (Table, error) {
	all, err := a.Tiers(ctx)
	t := Table{Columns: []string{"product", "steps", "country", "country_name", "share"}}
	for _, tier := range all {
		for _, m := range tier.MadeIn {
			if m.Share < p.MinShare {
				continue
			}
			t.Rows = append(t.Rows, []any{tier.Product, tier.Steps, m.Place, a.Place(m.Place).Name, m.Share})
		}
	}
	return t, err
}

func chokepoints(ctx context.Context, a *ask.Answer, p Parameters) (Table, error) {
	all, err := a.Chokepoints(ctx, p.Kind, p.Epsilon, p.MinShare, p.First)
	t := Table{Columns: []string{"kind", "country", "product", "from", "to", "pass_through_share", "tonnes", "single_point_of_failure"}}
	for _, c := range all {
		t.Rows = append(t.Rows, []any{string(c.Kind), c.Place, c.Product, c.From, c.To, c.PassThrough,
			tonnes(a, c.PassThrough), c.SinglePointOfFailure})
	}
	return t, err
}

func paths(ctx context.Context, a *ask.Answer, p Parameters) (Table, error) {
	found, err := a.Paths(ctx, cmp.Or(p.First, DefaultPaths), p.MinShare)
	t := Table{Columns: []string{"path", "share", "step", "country", "product", "by"}}
	for i, path := range found.Paths {
		for j, s := range path.Steps {
			t.Rows = append(t.Rows, []any{i + 1, path.Share, j + 1, s.Place, s.Product, string(s.By)})
		}
	}
	return t, err
}

func flows(ctx context.Context, a *ask.Answer, p Parameters) (Table, error) {
	found, err := a.TierFlows(ctx, p.MinShare, p.First)
	t := Table{Columns: []string{"from_country", "from_product", "to_country", "to_product", "share", "estimated_share"}}
	for _, f := range found.Flows {
		t.Rows = append(t.Rows, []any{f.From.Place, f.From.Product, f.To.Place, f.To.Product, f.Share, f.EstimatedShare})
	}
	return t, err
}
