package gql

import (
	"github.com/graphql-go/graphql"

	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

func (b *builder) change(p graphql.ResolveParams) (any, error) {
	balance, settings, err := options(p)
	if err != nil {
		return nil, err
	}
	var years [2]int
	for i, name := range []string{"from", "to"} {
		if years[i], err = yearArg(p.Args[name]); err != nil {
			return nil, err
		}
	}
	c, err := b.asker.Change(p.Context, ask.Question{Country: textArg(p, "country"), Product: textArg(p, "product"),
		Material: textArg(p, "material"), Balance: balance, Scenario: settings.scenario}, years[0], years[1])
	if err != nil {
		return nil, err
	}
	return changed{c, settings}, nil
}

// changed is a change with the options of its question.
type changed struct {
	*ask.Change
	settings
}

func (b *builder) changeType(dependency *graphql.Object) *graphql.Object {
	link := b.linkChangeType()
	return object("DependencyChange", "What changed in a dependency between two years. Shares are of the supply of each year, 0..1.", graphql.Fields{
		"before": prop(must(dependency), "The answer for the first year.", func(c changed) any { return asked{c.Before, c.settings} }),
		"after":  prop(must(dependency), "The answer for the second year.", func(c changed) any { return asked{c.After, c.settings} }),
		"shares": compute(list(b.shareChangeType()), "One row per country that has a share in either year, by the origin share of the second, then that of the first, descending, then id.",
			graphql.FieldConfigArgument{"first": arg(graphql.Int, "How many at most, up to 1000; left out = all.")},
			func(p graphql.ResolveParams, c changed) (any, error) {
				rows, err := c.Shares(p.Context)
				if err != nil {
					return nil, err
				}
				rows, err = cutAt(b, p, rows)
				return piecesOf(c.After, rows), err
			}),
		"links": compute(must(linkChangesType(link)), "Through which links the share that starts in a country changed.",
			graphql.FieldConfigArgument{"origin": arg(must(graphql.ID), "The country of origin."),
				"first": argDefault(graphql.Int, "How many at most, up to 1000.", 20)},
			func(p graphql.ResolveParams, c changed) (any, error) {
				links, err := c.Links(p.Context, textArg(p, "origin"))
				if err != nil {
					return nil, err
				}
				l := linkChanges{}
				for _, link := range links {
					l.total += link.Change
				}
				shown, err := cutAt(b, p, links)
				for _, link := range links[len(shown):] {
					l.rest += link.Change
				}
				l.links = piecesOf(c.After, shown)
				return l, err
			}),
		"intervals": b.changeIntervals(link),
		"method": prop(must(graphql.String), "How the change is told apart.", func(changed) any {
			return "Average of the two polar decompositions of the origin share over links (Dietzenbacher and Los 1998, doi:10.1080/09535319800000023): it says where the difference lies, not why"
		}),
	})
}

func (b *builder) shareChangeType() *graphql.Object {
	type row = item[ask.ShareChange]
	share := func(doc string, get func(ask.ShareChange) float64) *graphql.Field {
		return prop(must(graphql.Float), doc, func(r row) any { return get(r.v) })
	}
	return object("ShareChange", "What the target depends on one country for, in both years.", graphql.Fields{
		"country":      placeProp(b, true, "The country.", func(s ask.ShareChange) string { return s.Place }),
		"directBefore": share("Direct share in the first year, 0..1.", func(s ask.ShareChange) float64 { return s.DirectBefore }),
		"directAfter":  share("Direct share in the second year, 0..1.", func(s ask.ShareChange) float64 { return s.DirectAfter }),
		"originBefore": share("Origin share in the first year, 0..1.", func(s ask.ShareChange) float64 { return s.OriginBefore }),
		"originAfter":  share("Origin share in the second year, 0..1.", func(s ask.ShareChange) float64 { return s.OriginAfter }),
		"change":       share("originAfter - originBefore.", ask.ShareChange.Change),
	})
}

// linkChanges are the links that are shown, and what the others add up to.
type linkChanges struct {
	links       []item[supply.LinkChange]
	rest, total float64
}

func (b *builder) linkChangeType() *graphql.Object {
	by := enum("ChangedStep", "What changed at a link.",
		[2]string{string(supply.StepTrade), "The share that the buyer draws from the seller."},
		[2]string{string(supply.StepPool), "The share of a maker in the world pool, or that the pool is drawn from at all."},
		[2]string{string(supply.StepOwn), "The share that a place makes itself."},
		[2]string{string(supply.StepInput), "What a sector of an input-output table buys from another."},
		[2]string{string(supply.StepMade), "The share of an input in what is made."},
		[2]string{string(supply.StepOrigin), "Whether what is made starts there, made of nothing else."})
	return object("LinkChange", "What one link contributes to the change of an origin share.", graphql.Fields{
		"from":        placeProp(b, false, "The place upstream; null for the world pool.", func(l supply.LinkChange) string { return l.From.Place }),
		"to":          placeProp(b, false, "The place downstream; null for the world pool.", func(l supply.LinkChange) string { return l.To.Place }),
		"fromProduct": productProp(b, true, "The product upstream.", func(l supply.LinkChange) string { return l.From.Product }),
		"toProduct":   productProp(b, true, "The product downstream.", func(l supply.LinkChange) string { return l.To.Product }),
		"by":          prop(must(by), "What changed.", func(r item[supply.LinkChange]) any { return string(r.v.By) }),
		"change":      prop(must(graphql.Float), "Contribution to the change of the origin share, signed.", func(r item[supply.LinkChange]) any { return r.v.Change }),
	})
}

func linkChangesType(link *graphql.Object) *graphql.Object {
	return object("LinkChanges", "The links through which an origin share changed.", graphql.Fields{
		"links": prop(list(link), "By the absolute value of the change, descending, then ids.", func(l linkChanges) any { return l.links }),
		"rest":  prop(must(graphql.Float), "What the links that are not listed add up to.", func(l linkChanges) any { return l.rest }),
		"total": prop(must(graphql.Float), "The change of the origin share: all links together.", func(l linkChanges) any { return l.total }),
	})
}
