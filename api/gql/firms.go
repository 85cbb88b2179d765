package gql

import (
	"context"

	"github.com/graphql-go/graphql"

	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

func attributionType() *graphql.Enum {
	return enum("Attribution", "Which plants are a company's (methods, section 2c).",
		[2]string{string(supply.ByOperator), "What it makes itself, and the plants that it runs."},
		[2]string{string(supply.ByMajority), "What ownership leads to it from, through shares above one half."},
		[2]string{string(supply.ByShare), "Every plant, as far as it owns it, directly or through others: a sum of expected visits times shares, and no part of supply that is lost."})
}

// attribution reads which plants are a company's from arguments.
func attribution(args map[string]any) supply.Attribution {
	if s, ok := args["attribution"].(string); ok {
		return supply.Attribution(s)
	}
	return supply.ByOperator
}

func (b *builder) attributionArg() *graphql.ArgumentConfig {
	return argDefault(b.attribution, "Which plants are a company's.", string(supply.ByOperator))
}

// companyProp is the company that a piece of an answer names, null where it is a
// plant or none.
func companyProp[T any](b *builder, doc string, firm func(T) supply.Actor) *graphql.Field {
	return prop(b.nodes.company, doc, func(i item[T]) any {
		if a := firm(i.v); a.ID != "" && !a.Facility {
			return i.of.Company(a.ID)
		}
		return nil
	})
}

// facilityProp is the plant that a piece of an answer names, null where it is a
// company or none.
func facilityProp[T any](b *builder, doc string, firm func(T) supply.Actor) *graphql.Field {
	return prop(b.nodes.facility, doc, func(i item[T]) any {
		if a := firm(i.v); a.ID != "" && a.Facility {
			f, _ := i.of.Facility(a.ID)
			return f
		}
		return nil
	})
}

// askedCompany is the company that was asked about, or null.
func askedCompany(a asked) any {
	if a.Company.ID == "" {
		return nil
	}
	return a.Company
}

// askedFacility is the plant that was asked about, or null.
func askedFacility(a asked) any {
	if a.Facility.ID == "" {
		return nil
	}
	return a.Facility
}

func (b *builder) originProducerType() *graphql.Object {
	type row = item[supply.OriginProducer]
	firm := func(p supply.OriginProducer) supply.Actor { return p.Firm }
	return object("OriginProducer", "Who makes what a supply starts with: a company, a plant, or (both null) the other producers of the country.", graphql.Fields{
		"company":  companyProp(b, "The company; null for a plant and for the others.", firm),
		"facility": facilityProp(b, "The plant; null for a company and for the others.", firm),
		"country":  placeProp(b, true, "The country of production.", func(p supply.OriginProducer) string { return p.Place }),
		"product":  productProp(b, true, "What is made there of nothing else.", func(p supply.OriginProducer) string { return p.Product }),
		"share":    prop(must(graphql.Float), "Share of the target's supply that starts there, 0..1.", func(r row) any { return r.v.Share }),
		"tonnes":   prop(graphql.Float, "share in tonnes of contained material; null for a pooled target.", func(r row) any { return r.tonnes(r.v.Share) }),
	})
}

// tier is a tier with who stands behind it.
type tier struct {
	supply.Tier
	control supply.TierControl
}

func tiersOf(ctx context.Context, a asked) (any, error) {
	tiers, err := a.Tiers(ctx)
	if err != nil {
		return nil, err
	}
	control, err := a.Control(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]tier, len(tiers))
	for i := range tiers {
		list[i] = tier{tiers[i], control[i]}
	}
	return piecesOf(a.Answer, list), nil
}

// controlFields say who stands behind a tier.
func (b *builder) controlFields(part *graphql.Object, fields graphql.Fields) graphql.Fields {
	type row = item[tier]
	fields["controlledFrom"] = prop(list(part), "Countries where ownership of the named companies and plants ends, by share descending; as far as nobody is known to own them, where they are themselves.",
		func(r row) any {
			parts := make([]supply.PlaceShare, len(r.v.control.Controlled))
			for i, c := range r.v.control.Controlled {
				parts[i] = supply.PlaceShare{Place: c.Country, Share: c.Share}
			}
			return within(r, parts)
		})
	fields["controlUnknownShare"] = prop(must(graphql.Float), "Share of the target's supply that passes this tier at producers that are not named, or whose owners' country is not known, 0..1.",
		func(r row) any { return r.v.control.Unknown })
	indexFields(fields, "company", "of the companies that run the plants, over the target's whole supply",
		func(r row) supply.Index { return r.v.control.CompanyHHI })
	indexFields(fields, "control", "of the countries of control, over the target's whole supply",
		func(r row) supply.Index { return r.v.control.ControlHHI })
	return fields
}

// indexFields are an index with its upper bound and what it covers, in both units.
func indexFields[T any](fields graphql.Fields, name, of string, get func(T) supply.Index) {
	const index = "Herfindahl-Hirschman index "
	hhi := func(doc string, value func(supply.Index) float64) *graphql.Field {
		return prop(must(graphql.Float), doc, func(v T) any { return value(get(v)) })
	}
	fields[name+"Hhi"] = hhi(index+of+", 0..1; a lower bound, for what is not named is not squared.", func(x supply.Index) float64 { return x.Lower })
	fields[name+"Hhi10000"] = hhi(index+of+", 0..10,000; a lower bound.", func(x supply.Index) float64 { return 10000 * x.Lower })
	fields[name+"HhiUpper"] = hhi("Upper bound: all that is not named added to the largest, 0..1.", func(x supply.Index) float64 { return x.Upper })
	fields[name+"HhiUpper10000"] = hhi("Upper bound: all that is not named added to the largest, 0..10,000.", func(x supply.Index) float64 { return 10000 * x.Upper })
	fields[name+"CoveredShare"] = hhi("Share of the target's supply that the index covers, 0..1.", func(x supply.Index) float64 { return x.Coverage })
}

// owner is a part of a company or plant with the names that go with it.
type owner struct {
	supply.OwnerShare
	of *ask.Ownership
}

// addOwners adds who owns a company or plant to its type.
func (b *builder) addOwners(t *nodeTypes) {
	share := object("OwnerShare", "A part of a company or plant, and who owns it.", graphql.Fields{
		"company": prop(t.company, "The owner; null for a plant of which no owner is known.", func(o owner) any {
			if c, ok := o.of.Company(o.Owner); ok {
				return c
			}
			return nil
		}),
		"facility": prop(t.facility, "The plant itself, as far as no owner of it is known; else null.", func(o owner) any {
			if f, ok := o.of.Facility(o.Owner); ok {
				return f
			}
			return nil
		}),
		"share":   prop(must(graphql.Float), "Its part, 0..1.", func(o owner) any { return o.Share }),
		"ring":    prop(must(graphql.Boolean), "True where the owners own each other in a circle and nobody else owns them: the chain of ownership stops where it enters the circle.", func(o owner) any { return o.Ring }),
		"assumed": prop(must(graphql.Boolean), "True where no share is known, and the owner counts as owning all of it: it consolidates the accounts.", func(o owner) any { return o.Assumed }),
	})
	args := func() graphql.FieldConfigArgument {
		return graphql.FieldConfigArgument{"year": arg(must(graphql.Int), "Ownership in force on 31 December of this calendar year.")}
	}
	owners := func(id func(any) string, pick func(*ask.Ownership) []supply.OwnerShare, doc string) *graphql.Field {
		return &graphql.Field{Type: list(share), Description: doc, Args: args(), Resolve: func(p graphql.ResolveParams) (any, error) {
			year, err := yearArg(p.Args["year"])
			if err != nil {
				return nil, err
			}
			o, err := b.asker.Ownership(p.Context, id(p.Source), year)
			if err != nil {
				return nil, err
			}
			rows := make([]owner, 0, len(pick(o)))
			for _, s := range pick(o) {
				rows = append(rows, owner{s, o})
			}
			return rows, nil
		}}
	}
	company := func(v any) string { return v.(ask.Company).ID }
	facility := func(v any) string { return v.(ask.Facility).ID }
	direct := func(o *ask.Ownership) []supply.OwnerShare { return o.Direct }
	ultimate := func(o *ask.Ownership) []supply.OwnerShare { return o.Ultimate }
	const directly = "Who owns it directly, by share descending, then id; what is missing to 1 nobody is known to own. A plant is its operator's as far as nobody else is known to own it."
	const inTheEnd = "Where the chain of ownership stops, cross-holdings solved, by share descending, then id: the shares sum to 1, and what nobody is known to own is its own."
	t.company.AddFieldConfig("owners", owners(company, direct, directly))
	t.company.AddFieldConfig("ultimateOwners", owners(company, ultimate, inTheEnd))
	t.facility.AddFieldConfig("owners", owners(facility, direct, directly))
	t.facility.AddFieldConfig("ultimateOwners", owners(facility, ultimate, inTheEnd))
}

// firmChokepoints finds companies or plants that supply passes.
func (b *builder) firmChokepoints(p graphql.ResolveParams, a asked, kind supply.Kind, minShare float64, first int) (any, error) {
	found, err := a.FirmChokepoints(p.Context, kind, a.attribution, a.epsilon, minShare, first)
	if err == nil {
		err = a.Meet(p.Context, firmsOf(found, func(c supply.Chokepoint) supply.Actor { return c.Firm }))
	}
	return piecesOf(a.Answer, found), err
}

// originProducers are those of an answer, with their names.
func (b *builder) originProducers(p graphql.ResolveParams, a asked) (any, error) {
	all, err := a.OriginProducers(p.Context)
	if err != nil {
		return nil, err
	}
	if all, err = cutAt(b, p, all); err == nil {
		err = a.Meet(p.Context, firmsOf(all, func(o supply.OriginProducer) supply.Actor { return o.Firm }))
	}
	return piecesOf(a.Answer, all), err
}

// firmsOf returns the companies and plants that pieces of an answer name.
func firmsOf[T any](pieces []T, firm func(T) supply.Actor) []supply.Actor {
	firms := make([]supply.Actor, len(pieces))
	for i, piece := range pieces {
		firms[i] = firm(piece)
	}
	return firms
}

// isFirm tells whether chokepoints of a kind are companies or plants.
func isFirm(kind supply.Kind) bool { return kind == supply.KindCompany || kind == supply.KindFacility }

// oneTarget reads which one of country, company and facility is asked about.
func oneTarget(p graphql.ResolveParams) (q ask.Question, err error) {
	given := 0
	for name, value := range map[string]*string{"country": &q.Country, "company": &q.Company, "facility": &q.Facility} {
		if *value = textArg(p, name); *value != "" {
			given++
		}
	}
	if given != 1 {
		return q, graph.Errorf(graph.BadInput, "name exactly one of country, company and facility; %d are named", given)
	}
	return q, nil
}
