package supply

import (
	"cmp"
	"context"
	"slices"
)

// DrawnChange is two answers to one question, of different years or assemblies,
// with the draws around both. The n-th draws of the two are of one state of the
// world: what counts for both, such as a row that stands in for another year or the
// shares of a recipe, is drawn alike, and all else independently.
type DrawnChange struct {
	Before, After *DrawnDependency
}

// ChangeInterval are the intervals of a share in two answers, and of its change.
type ChangeInterval struct {
	Before, After, Change Interval
	// Agree is the part of the draws in which the share changes in the direction in
	// which it does between the answers; 0 where it does not change.
	Agree float64
}

// Exceeds tells whether the change is larger than its uncertainty: the interval does
// not hold zero.
func (c ChangeInterval) Exceeds() bool { return c.Change.Low > 0 || c.Change.High < 0 }

// ShareChangeIntervals are the intervals of what a target depends on a place for.
type ShareChangeIntervals struct {
	Place          string
	Direct, Origin ChangeInterval
}

// ChangeIntervals are the intervals of what lies between two answers.
type ChangeIntervals struct {
	// Shares of every place that has one in either answer, or one in so many draws
	// that its interval does not end at zero: by the origin share after, then that
	// before, descending, then place.
	Shares      []ShareChangeIntervals
	Unexplained ChangeInterval

	UndecidedBefore, UndecidedAfter float64 // as Intervals.Undecided
}

// changeKey is a figure of one of the two answers, of its change, or whether a
// change has the direction of that between the answers.
type changeKey struct {
	figureKey
	of changeFigure
}

type changeFigure uint8

const (
	changeBefore changeFigure = iota
	changeAfter
	changeItself
	changeAgrees
)

// each returns the figures of the two answers side by side; answer is their change,
// nil where they are the answers themselves.
func (c changeFigures) each(answer map[changeKey]float64) map[changeKey]float64 {
	f := make(map[changeKey]float64, 4*len(c.before))
	for side, figures := range [2]map[figureKey]float64{c.before, c.after} {
		for key, v := range figures {
			if key.of != ofDirect && key.of != ofOrigin && key.of != ofUnexplained {
				continue
			}
			f[changeKey{key, changeFigure(side)}] = v
			f[changeKey{key, changeItself}] += v * float64(2*side-1)
		}
	}
	for key, v := range answer {
		if drawn := f[changeKey{key.figureKey, changeItself}]; key.of == changeItself && v*drawn > 0 {
			f[changeKey{key.figureKey, changeAgrees}] = 1
		}
	}
	return f
}

type changeFigures struct{ before, after map[figureKey]float64 }

// figuresOfBoth computes the figures of two answers.
func figuresOfBoth(ctx context.Context, before, after *Dependency) (c changeFigures, err error) {
	if c.before, err = before.figures(ctx); err != nil {
		return c, err
	}
	c.after, err = after.figures(ctx)
	return c, err
}

// draws is how many there are of each.
func (x *DrawnChange) draws() int { return x.Before.Draws.Draws }

// draw binds the question to a draw of both.
func (x *DrawnChange) draw(ctx context.Context, i int) (before, after *Dependency, err error) {
	if before, err = x.Before.draw(ctx, i); err != nil {
		return nil, nil, err
	}
	after, err = x.After.draw(ctx, i)
	return before, after, err
}

// Intervals returns the intervals of the change of the shares.
func (x *DrawnChange) Intervals(ctx context.Context) (ChangeIntervals, error) {
	both, err := figuresOfBoth(ctx, x.Before.answer, x.After.answer)
	if err != nil {
		return ChangeIntervals{}, err
	}
	answer := both.each(nil)
	var apart [2]tellingApart
	of, err := intervalsOf(ctx, x.draws(), answer, func(i int) (map[changeKey]float64, error) {
		before, after, err := x.draw(ctx, i)
		if err != nil {
			return nil, err
		}
		apart[0].note(before.walk.network)
		apart[1].note(after.walk.network)
		drawn, err := figuresOfBoth(ctx, before, after)
		return drawn.each(answer), err
	})
	if err != nil {
		return ChangeIntervals{}, err
	}
	n := layChange(of)
	if n.UndecidedBefore, err = x.Before.answer.passing(ctx, apart[0].undecided(x.draws())); err != nil {
		return ChangeIntervals{}, err
	}
	n.UndecidedAfter, err = x.After.answer.passing(ctx, apart[1].undecided(x.draws()))
	return n, err
}

// layChange lays the intervals of a change out.
func layChange(of map[changeKey]Interval) ChangeIntervals {
	at := func(m measured, place string) ChangeInterval {
		figure := func(c changeFigure) Interval { return of[changeKey{figureKey{of: m, place: place}, c}] }
		return ChangeInterval{figure(changeBefore), figure(changeAfter), figure(changeItself), figure(changeAgrees).Mean}
	}
	n := ChangeIntervals{Shares: []ShareChangeIntervals{}, Unexplained: at(ofUnexplained, "")}
	for key := range of {
		if key.figureKey.of != ofOrigin || key.of != changeItself { // every place with a direct share has this too, if zero
			continue
		}
		s := ShareChangeIntervals{key.place, at(ofDirect, key.place), at(ofOrigin, key.place)}
		if s.Direct.any() || s.Origin.any() {
			n.Shares = append(n.Shares, s)
		}
	}
	slices.SortFunc(n.Shares, func(a, b ShareChangeIntervals) int {
		return cmp.Or(descending(a.Origin.After.Value, b.Origin.After.Value), descending(a.Origin.Before.Value, b.Origin.Before.Value), cmp.Compare(a.Place, b.Place))
	})
	return n
}

func (c ChangeInterval) any() bool { return c.Before.any() || c.After.any() }

// LinkChangeInterval is what a link contributes to a change, with its interval.
type LinkChangeInterval struct {
	LinkChange
	Interval Interval
}

// LinkChangeIntervals are links through which an origin share changed.
type LinkChangeIntervals struct {
	Links []LinkChangeInterval // the first of Change
	Rest  Interval             // the sum of the others, in each draw
	Total Interval             // the change of the origin share
}

// Links returns the first links through which the share that starts in a place
// changed (0: all), as Change lists them, with the intervals of what they contribute:
// in each draw the contributions add up to the change.
func (x *DrawnChange) Links(ctx context.Context, origin string, first int) (LinkChangeIntervals, error) {
	all, err := Change(ctx, x.Before.answer, x.After.answer, origin)
	if err != nil {
		return LinkChangeIntervals{}, err
	}
	listed := upTo(all, first)
	index := make(map[LinkChange]int, len(listed)) // by link, without its change
	for k, l := range listed {
		l.Change = 0
		index[l] = k
	}
	rest, total := len(listed), len(listed)+1
	figures := func(links []LinkChange) map[int]float64 {
		f := map[int]float64{}
		for _, l := range links {
			change := l.Change
			l.Change = 0
			k, ok := index[l]
			if !ok {
				k = rest
			}
			f[k] += change
			f[total] += change
		}
		return f
	}
	of, err := intervalsOf(ctx, x.draws(), figures(all), func(i int) (map[int]float64, error) {
		before, after, err := x.draw(ctx, i)
		if err != nil {
			return nil, err
		}
		links, err := Change(ctx, before, after, origin)
		return figures(links), err
	})
	if err != nil {
		return LinkChangeIntervals{}, err
	}
	n := LinkChangeIntervals{Links: make([]LinkChangeInterval, len(listed)), Rest: of[rest], Total: of[total]}
	for k, l := range listed {
		n.Links[k] = LinkChangeInterval{l, of[k]}
	}
	return n, nil
}

// Draws says what was drawn for both answers together.
func (x *DrawnChange) Draws() *Draws {
	both := *x.Before.Draws
	after := x.After.Draws
	both.Stated += after.Stated
	both.Drawn.Reported += after.Drawn.Reported
	both.Drawn.Estimated += after.Drawn.Estimated
	both.Recipes += after.Recipes
	both.Codes += after.Codes
	return &both
}

// Assumptions says what the intervals of a change assume, sentence by sentence.
func (x *DrawnChange) Assumptions(n ChangeIntervals) []string {
	return append(x.Draws().Assumptions(max(n.UndecidedBefore, n.UndecidedAfter)),
		"Errors of the two years are independent, but what counts for both, such as a table that stands in for both, is drawn alike: with the same error in both it makes no change.")
}
