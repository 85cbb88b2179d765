package gql

import (
	"context"
	"strings"

	"github.com/graphql-go/graphql"

	"tiermap/graph/ask"
	"tiermap/graph/country"
)

// stateds adds where a fact stands to the fields of its type.
func stateds[T any](get func(T) ask.Stated, fields graphql.Fields) graphql.Fields {
	fields["source"] = prop(graphql.String, "Where the figure stands, where the row says so.", func(v T) any { return text(get(v).Source) })
	fields["estimated"] = prop(must(graphql.Boolean), "True where the figure is not reported but estimated.", func(v T) any { return get(v).Estimated })
	fields["dataset"] = prop(must(graphql.ID), "Id of the dataset that it came with.", func(v T) any { return get(v).Position.Dataset })
	fields["file"] = prop(must(graphql.String), "The file that it stood in.", func(v T) any { return get(v).Position.File })
	fields["line"] = prop(must(graphql.Int), "The line of that file.", func(v T) any { return get(v).Position.Line })
	return fields
}

// yearProp is a calendar year, null where none is stated.
func yearProp[T any](get func(T) int) *graphql.Field {
	return prop(graphql.Int, "Calendar year; null = not stated.", func(v T) any { return positive(get(v)) })
}

// positive is a whole number, null where it is 0 for not stated.
func positive(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// How many facts a list has unless more are asked for.
const few, many = 20, 100

// factList is a list of facts about a node, so many of them unless more are asked for.
func factList[N, T any](b *builder, rows int, row *graphql.Object, doc string, args graphql.FieldConfigArgument,
	read func(context.Context, graphql.ResolveParams, N) ([]T, error)) *graphql.Field {
	if args == nil {
		args = graphql.FieldConfigArgument{}
	}
	args["first"] = argDefault(graphql.Int, "How many at most, up to 1000.", rows)
	return compute(list(row), doc, args, func(p graphql.ResolveParams, node N) (any, error) {
		facts, err := read(p.Context, p, node)
		if err != nil {
			return nil, err
		}
		return cutAt(b, p, facts)
	})
}

// addAbout adds to countries, materials, companies and plants what the catalogue
// knows about them.
func (b *builder) addAbout(t *nodeTypes) {
	b.aboutFirms(t)
	b.aboutCountries(t)
	b.aboutMaterials(t)
	measure := b.measureType(t)
	const latest = ", the latest first, from every dataset."
	t.country.AddFieldConfig("measures", factList(b, few, measure, "Export controls and other measures that it imposes"+latest, nil,
		func(ctx context.Context, _ graphql.ResolveParams, c country.Place) ([]ask.Measure, error) {
			return b.asker.CountryMeasures(ctx, c.ID)
		}))
	t.material.AddFieldConfig("measures", factList(b, few, measure, "Export controls and other measures that cover it"+latest, nil,
		func(ctx context.Context, _ graphql.ResolveParams, m ask.Material) ([]ask.Measure, error) {
			return b.asker.MaterialMeasures(ctx, m.ID)
		}))
}

func (b *builder) aboutFirms(t *nodeTypes) {
	company := func(name string, f *graphql.Field) { t.company.AddFieldConfig(name, f) }
	company("headquarters", countryField(b, t.country, "Country of the headquarters.", func(c ask.Company) string { return c.Headquarters }))
	company("status", prop(graphql.String, "active, or inactive: it has ceased to exist or to do business.", func(c ask.Company) any { return text(c.Status) }))
	company("registration", prop(graphql.String, "State of the registration of its LEI: issued, lapsed, retired, merged, duplicate, …", func(c ask.Company) any { return text(c.Registration) }))
	company("successor", compute(t.company, "The company that took its place, by merger for instance.", nil, func(p graphql.ResolveParams, c ask.Company) (any, error) {
		if c.Successor == "" {
			return nil, nil
		}
		return b.asker.Company(p.Context, c.Successor)
	}))
	company("parentException", prop(list(graphql.String), "Why it reports no direct parent, such as NATURAL_PERSONS.", func(c ask.Company) any { return c.ParentException }))
	company("ultimateParentException", prop(list(graphql.String), "Why it reports no ultimate parent.", func(c ask.Company) any { return c.UltimateParentException }))
	plant := func(name string, f *graphql.Field) { t.facility.AddFieldConfig(name, f) }
	plant("aliases", prop(list(graphql.String), "Other names.", func(f ask.Facility) any { return f.Aliases }))
	plant("activity", prop(graphql.String, "What it is, in the source's words, such as Mine or Smelter.", func(f ask.Facility) any { return text(f.Activity) }))
	plant("status", prop(graphql.String, "Whether it works, in the source's words, such as care and maintenance.", func(f ask.Facility) any { return text(f.Status) }))
	plant("partOf", compute(t.facility, "The site that it is a part of.", nil, func(p graphql.ResolveParams, f ask.Facility) (any, error) {
		if f.PartOf == "" {
			return nil, nil
		}
		return b.asker.Facility(p.Context, f.PartOf)
	}))
}

func (b *builder) aboutCountries(t *nodeTypes) {
	score := object("CountryScore", "The value of an indicator for a country in a year.", stateds(
		func(s ask.Score) ask.Stated { return s.Stated }, graphql.Fields{
			"indicator":     prop(must(graphql.ID), "The indicator, such as WGI.PV (political stability).", func(s ask.Score) any { return s.Indicator }),
			"year":          yearProp(func(s ask.Score) int { return s.Year }),
			"value":         prop(graphql.Float, "Value, in the indicator's own unit; null = not known.", func(s ask.Score) any { return known(s.Value) }),
			"standardError": prop(graphql.Float, "Standard error of the value, in the same unit; null = not known.", func(s ask.Score) any { return known(s.StandardError) }),
		}))
	class := object("CountryClass", "The class that a country is put into, such as an income group.", stateds(
		func(c ask.CountryClass) ask.Stated { return c.Stated }, graphql.Fields{
			"scheme": prop(must(graphql.ID), "The classification, such as WB.INCOME.", func(c ask.CountryClass) any { return c.Scheme }),
			"year":   yearProp(func(c ask.CountryClass) int { return c.Year }),
			"class":  prop(must(graphql.String), "The class, in the source's words.", func(c ask.CountryClass) any { return c.Class }),
		}))
	t.country.AddFieldConfig("scores", factList(b, many, score, "Values of indicators, by indicator, the newest year first, from every dataset.",
		graphql.FieldConfigArgument{
			"indicator": arg(graphql.ID, "Only this indicator, such as WGI.PV."),
			"years":     arg(graphql.NewList(must(graphql.Int)), "Only these calendar years."),
		}, func(ctx context.Context, p graphql.ResolveParams, c country.Place) ([]ask.Score, error) {
			return b.asker.Scores(ctx, c.ID, textArg(p, "indicator"), intsArg(p, "years"))
		}))
	t.country.AddFieldConfig("classes", factList(b, many, class, "Classes that it is put into, by scheme, the newest year first.", nil,
		func(ctx context.Context, _ graphql.ResolveParams, c country.Place) ([]ask.CountryClass, error) {
			return b.asker.Classes(ctx, c.ID)
		}))
}

// materialField is a material by its id, null where it is blank.
func materialField[T any](b *builder, t *nodeTypes, doc string, id func(T) string) *graphql.Field {
	return compute(t.material, doc, nil, func(p graphql.ResolveParams, v T) (any, error) {
		if id(v) == "" {
			return nil, nil
		}
		return b.asker.Material(p.Context, id(v))
	})
}

// stageField is a product by its id, null where it is blank.
func stageField[T any](b *builder, t *nodeTypes, doc string, id func(T) string) *graphql.Field {
	return compute(t.product, doc, nil, func(p graphql.ResolveParams, v T) (any, error) {
		if id(v) == "" {
			return nil, nil
		}
		return b.productOf(p.Context, id(v))
	})
}

// ofMaterial adds a list of facts to materials that takes no argument but first.
func ofMaterial[T any](b *builder, t *nodeTypes, name string, row *graphql.Object, doc string, read func(context.Context, string) ([]T, error)) {
	t.material.AddFieldConfig(name, factList(b, many, row, doc, nil, func(ctx context.Context, _ graphql.ResolveParams, m ask.Material) ([]T, error) {
		return read(ctx, m.ID)
	}))
}

func (b *builder) aboutMaterials(t *nodeTypes) {
	b.byproducts(t)
	recycling := object("RecyclingRate", "How much of a material's supply is recycled.", stateds(
		func(r ask.Recycling) ask.Stated { return r.Stated }, graphql.Fields{
			"year":      yearProp(func(r ask.Recycling) int { return r.Year }),
			"inputRate": prop(graphql.Float, "End-of-life recycling input rate, 0..1; null = not known.", func(r ask.Recycling) any { return known(r.InputRate) }),
		}))
	ofMaterial(b, t, "recycling", recycling, "How much of its supply is recycled, the newest year first, from every dataset.", b.asker.Recycling)
	use := object("MaterialUse", "What a material is used for.", stateds(func(u ask.Use) ask.Stated { return u.Stated }, graphql.Fields{
		"application": prop(must(graphql.String), "The use, in the source's words.", func(u ask.Use) any { return u.Application }),
		"product":     stageField(b, t, "Our product for that use, where there is one.", func(u ask.Use) string { return u.Product }),
		"sector":      prop(graphql.String, "NACE Rev. 2 sector, such as C26.", func(u ask.Use) any { return text(u.Sector) }),
		"share":       prop(graphql.Float, "Share of the material's use, 0..1; null = not known.", func(u ask.Use) any { return known(u.Share) }),
	}))
	ofMaterial(b, t, "uses", use, "What it is used for, the largest share first, from every dataset.", b.asker.Uses)
	listing := object("MaterialListing", "That a material stands on a list, such as that of the critical raw materials.", stateds(
		func(l ask.Listing) ask.Stated { return l.Stated }, graphql.Fields{
			"list":  prop(must(graphql.ID), "The list, such as EU.CRM (critical) or EU.SRM (strategic).", func(l ask.Listing) any { return l.List }),
			"year":  yearProp(func(l ask.Listing) int { return l.Year }),
			"entry": prop(graphql.String, "The list's own words: a group of which the material is one, or a grade of it.", func(l ask.Listing) any { return text(l.Entry) }),
		}))
	ofMaterial(b, t, "lists", listing, "The lists that it stands on, the newest first.", b.asker.Listings)
	substitute := object("MaterialSubstitute", "A material that can stand in for another.", stateds(
		func(s ask.Substitute) ask.Stated { return s.Stated }, graphql.Fields{
			"material":    materialField(b, t, "What can replace it.", func(s ask.Substitute) string { return s.Material }),
			"application": prop(graphql.String, "The use in which it can; null = not stated.", func(s ask.Substitute) any { return text(s.Application) }),
		}))
	ofMaterial(b, t, "substitutes", substitute, "What can stand in for it.", b.asker.Substitutes)
	score := object("MaterialScore", "The value of an indicator for a material, such as its supply risk.", stateds(
		func(s ask.Score) ask.Stated { return s.Stated }, graphql.Fields{
			"indicator": prop(must(graphql.ID), "The indicator, such as EU.SR (supply risk) or EU.EI (economic importance).", func(s ask.Score) any { return s.Indicator }),
			"year":      yearProp(func(s ask.Score) int { return s.Year }),
			"value":     prop(graphql.Float, "Value, in the indicator's own unit; null = not known.", func(s ask.Score) any { return known(s.Value) }),
		}))
	t.material.AddFieldConfig("scores", factList(b, many, score, "Values of indicators, by indicator, the newest year first, from every dataset.",
		graphql.FieldConfigArgument{"indicator": arg(graphql.ID, "Only this indicator, such as EU.SR.")},
		func(ctx context.Context, p graphql.ResolveParams, m ask.Material) ([]ask.Score, error) {
			return b.asker.MaterialScores(ctx, m.ID, textArg(p, "indicator"))
		}))
	b.sourcing(t)
}

func (b *builder) byproducts(t *nodeTypes) {
	row := object("Byproduct", "A material that is recovered with a host.", stateds(func(r ask.Byproduct) ask.Stated { return r.Stated }, graphql.Fields{
		"material": materialField(b, t, "The by-product.", func(r ask.Byproduct) string { return r.Material }),
		"host":     prop(must(graphql.ID), "Id of the material or product that it is recovered with.", func(r ask.Byproduct) any { return r.Host }),
		"share":    prop(graphql.Float, "Share of the by-product's supply that comes with this host, 0..1; null = not known.", func(r ask.Byproduct) any { return known(r.Share) }),
	}))
	ofMaterial(b, t, "byproductOf", row, "What it is recovered with, the largest share first, from every dataset.", b.asker.Hosts)
	ofMaterial(b, t, "byproducts", row, "What is recovered with it, by id, from every dataset.", b.asker.Byproducts)
}

func (b *builder) sourcing(t *nodeTypes) {
	row := object("SourcingShare", "What a country supplies a country or group with, as a study states it.", stateds(
		func(s ask.Sourcing) ask.Stated { return s.Stated }, graphql.Fields{
			"year":     yearProp(func(s ask.Sourcing) int { return s.Year }),
			"stage":    prop(must(t.stage), "The stage of the chain that is supplied.", func(s ask.Sourcing) any { return strings.ToUpper(s.Stage) }),
			"importer": countryField(b, t.country, "Who is supplied: a country or group.", func(s ask.Sourcing) string { return s.Importer }),
			"supplier": countryField(b, t.country, "Who supplies; the importer itself or a member = domestic.", func(s ask.Sourcing) string { return s.Supplier }),
			"share":    prop(graphql.Float, "Share of the importer's supply at that stage, domestic production included, 0..1; null = it supplies, share not known.", func(s ask.Sourcing) any { return known(s.Share) }),
		}))
	t.material.AddFieldConfig("sourcing", factList(b, many, row, "Where a country or group gets it from, as studies state it: the newest year first, by importer and stage, the largest share first. What tiermap computes itself is a dependency.",
		graphql.FieldConfigArgument{
			"importer": arg(graphql.ID, "Only of this country or group, such as EU."),
			"stage":    arg(t.stage, "Only at this stage."),
		}, func(ctx context.Context, p graphql.ResolveParams, m ask.Material) ([]ask.Sourcing, error) {
			importer := textArg(p, "importer")
			if importer != "" {
				place, err := b.asker.Country(ctx, importer)
				if err != nil {
					return nil, err
				}
				importer = place.ID
			}
			return b.asker.Sourcing(ctx, m.ID, importer, stageNames[textArg(p, "stage")])
		}))
}

func (b *builder) measureType(t *nodeTypes) *graphql.Object {
	covered := object("MeasureScope", "One thing that a measure is about; one of the three is given.", graphql.Fields{
		"material": materialField(b, t, "The material.", func(c ask.Covered) string { return c.Material }),
		"product":  stageField(b, t, "The product.", func(c ask.Covered) string { return c.Product }),
		"code":     prop(graphql.ID, "The trade code, such as CHN2023:8112929010 of a country's own tariff.", func(c ask.Covered) any { return text(c.Code) }),
	})
	day := func(doc string, get func(ask.Measure) string) *graphql.Field {
		return prop(graphql.String, doc+", as exactly as it is known: 2023, 2023-08, 2023-08-01.", func(m ask.Measure) any { return text(get(m)) })
	}
	words := func(doc string, get func(ask.Measure) string) *graphql.Field {
		return prop(graphql.String, doc, func(m ask.Measure) any { return text(get(m)) })
	}
	return object("Measure", "An export control or another measure of trade policy.", graphql.Fields{
		"id":             prop(must(graphql.ID), "Id.", func(m ask.Measure) any { return m.ID }),
		"country":        countryField(b, t.country, "The country that imposes it.", func(m ask.Measure) string { return m.Country }),
		"kind":           words("What it does: licence, ban, quota, tax, …", func(m ask.Measure) string { return m.Kind }),
		"product":        stageField(b, t, "The product that it restricts, where it names one.", func(m ask.Measure) string { return m.Product }),
		"code":           words("The trade code that it restricts, where it names one.", func(m ask.Measure) string { return m.Code }),
		"from":           day("First day in force", func(m ask.Measure) string { return m.From }),
		"until":          day("Last day in force", func(m ask.Measure) string { return m.Until }),
		"announced":      day("Day on which it was made known", func(m ask.Measure) string { return m.Announced }),
		"suspendedFrom":  day("First day on which it is suspended", func(m ask.Measure) string { return m.SuspendedFrom }),
		"suspendedUntil": day("Last day on which it is suspended", func(m ask.Measure) string { return m.SuspendedUntil }),
		"notice":         words("What it was made known by, such as the number of a notice.", func(m ask.Measure) string { return m.Notice }),
		"goods":          words("What it is about, in the source's words.", func(m ask.Measure) string { return m.Goods }),
		"scope":          words("What it asks for, in the source's words.", func(m ask.Measure) string { return m.Scope }),
		"targets":        prop(list(graphql.ID), "Ids of the countries that it is aimed at; empty = all, or not stated.", func(m ask.Measure) any { return m.Targets }),
		"entities":       prop(graphql.Int, "How many companies or bodies it names; null = not stated.", func(m ask.Measure) any { return positive(m.Entities) }),
		"covers": factList(b, few, covered, "What it is about.", nil, func(_ context.Context, _ graphql.ResolveParams, m ask.Measure) ([]ask.Covered, error) {
			return m.Covers, nil
		}),
		"source":  words("Where it stands, where the row says so.", func(m ask.Measure) string { return m.Source }),
		"dataset": prop(must(graphql.ID), "Id of the dataset that says so; the highest ranked of several.", func(m ask.Measure) any { return m.Dataset }),
	})
}
