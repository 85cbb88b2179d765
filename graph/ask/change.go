package ask

import (
	"cmp"
	"context"
	"slices"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// Change is two answers to one question, of different years, and what lies
// between them.
type Change struct {
	Before, After *Answer
}

// Change answers a question for two years.
//
// Errors: those of Dependency.
func (a *Asker) Change(ctx context.Context, q Question, from, to int) (*Change, error) {
	return with(ctx, a, func(v *view) (*Change, error) {
		if from == to {
			return nil, graph.Errorf(graph.BadInput, "a change is between two years, not from %d to %d", from, to)
		}
		q.Year = from
		before, err := a.answer(ctx, v, q)
		if err != nil {
			return nil, err
		}
		q.Year = to
		after, err := a.answer(ctx, v, q)
		if err != nil {
			return nil, err
		}
		return &Change{before, after}, nil
	})
}

// ShareChange is what the target depends on one country for, in both years.
type ShareChange struct {
	Place                     string
	DirectBefore, DirectAfter float64
	OriginBefore, OriginAfter float64
}

// Shares returns the shares of every country that has one in either year, by the
// origin share of the second, then that of the first, descending, then id.
func (c *Change) Shares(ctx context.Context) ([]ShareChange, error) {
	before, err := c.Before.Shares(ctx)
	if err != nil {
		return nil, err
	}
	after, err := c.After.Shares(ctx)
	if err != nil {
		return nil, err
	}
	byPlace := map[string]*ShareChange{}
	of := func(place string) *ShareChange {
		if byPlace[place] == nil {
			byPlace[place] = &ShareChange{Place: place}
		}
		return byPlace[place]
	}
	for _, s := range before {
		of(s.Place).DirectBefore, of(s.Place).OriginBefore = s.Direct, s.Origin
	}
	for _, s := range after {
		of(s.Place).DirectAfter, of(s.Place).OriginAfter = s.Direct, s.Origin
	}
	list := make([]ShareChange, 0, len(byPlace))
	for _, s := range byPlace {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b ShareChange) int {
		return cmp.Or(cmp.Compare(b.OriginAfter, a.OriginAfter), cmp.Compare(b.OriginBefore, a.OriginBefore), cmp.Compare(a.Place, b.Place))
	})
	return list, nil
}

// Change is the change of the origin share.
func (s ShareChange) Change() float64 { return s.OriginAfter - s.OriginBefore }

// Links says through which links the share that starts in a country changed; the
// contributions add up to the change.
//
// Errors: NotFound for a country that is not known; BadInput for a group that is
// not the one asked about, or a member of that; those of supply.Change.
func (c *Change) Links(ctx context.Context, origin string) ([]supply.LinkChange, error) {
	place, err := c.placeOf(origin)
	if err != nil {
		return nil, err
	}
	return supply.Change(ctx, c.Before.Dependency, c.After.Dependency, place)
}

// placeOf returns the place of both networks that a text names: the group that is
// asked about is one, and its members are none.
func (c *Change) placeOf(text string) (string, error) {
	countries, asked := c.After.view.countries, c.After.Country
	place, err := countries.Find(text, country.Any, c.After.Year)
	if err != nil || place.ID == asked.ID {
		return place.ID, err
	}
	if place.Kind == country.Group {
		e := graph.Errorf(graph.BadInput, "%s is a group, and supply starts in single countries here: ask for one of its members", place.ID)
		e.Suggestions = countries.Group(place.ID)
		return "", e
	}
	if asked.Kind == country.Group && slices.Contains(countries.Group(asked.ID), place.ID) {
		e := graph.Errorf(graph.BadInput, "%s is a part of %s, which is one place here: ask for %s", place.ID, asked.ID, asked.ID)
		e.Suggestions = []string{asked.ID}
		return "", e
	}
	return place.ID, nil
}
