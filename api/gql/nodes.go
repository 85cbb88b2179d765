package gql

import (
	"context"
	"strings"

	"github.com/graphql-go/graphql"

	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/finding"
)

// nodeTypes are the types of things that exist apart from any question.
type nodeTypes struct {
	country, company, facility, material, product, dataset, trade, hit, pageInfo *graphql.Object
	kind, stage, placeKind, language                                             *graphql.Enum
}

// kindNames are the values of the enum Kind and the kinds that they stand for.
var kindNames = map[string]string{
	"COUNTRY": graph.Country, "COMPANY": graph.Company, "FACILITY": graph.Facility,
	"MATERIAL": graph.Material, "PRODUCT": graph.Product,
}

func (b *builder) nodeTypes() nodeTypes {
	var t nodeTypes
	t.pageInfo = pageInfoType()
	t.kind = enum("Kind", "A kind of thing that can be searched for.",
		[2]string{"COUNTRY", "A country, group or area."}, [2]string{"COMPANY", "A legal entity."},
		[2]string{"FACILITY", "A mine, plant or works."}, [2]string{"MATERIAL", "A raw material."},
		[2]string{"PRODUCT", "A commodity at one stage of a chain."})
	t.stage = enum("Stage", "Where in a chain a product stands.",
		[2]string{"EXTRACTION", "Mined or pumped: ores, concentrates, brines."},
		[2]string{"PROCESSING", "Refined: chemicals, oxides, metals, alloys."},
		[2]string{"COMPONENT", "A part: magnets, cathodes, wafers."},
		[2]string{"ASSEMBLY", "A finished thing: batteries, motors, chips, cars."},
		[2]string{"RECYCLING", "Waste and scrap on its way back."})
	t.placeKind = enum("PlaceKind", "What a place of trade statistics is.",
		[2]string{"COUNTRY", "A country or territory of today."}, [2]string{"FORMER", "A state that has ended."},
		[2]string{"AREA", "No country: areas not specified, bunkers, free zones."},
		[2]string{"GROUP", "Several countries, asked as one place: the European Union."})
	t.language = languageType()
	t.country = b.countryType(t)
	t.material = object("Material", "A raw material: the mass that is followed through a chain.", graphql.Fields{
		"id":      prop(must(graphql.ID), "Id, such as gallium.", func(m ask.Material) any { return m.ID }),
		"name":    nameField(t, "Name.", func(m ask.Material) (string, string) { return orID(m.Name, m.ID), m.Dutch }),
		"symbol":  prop(graphql.String, "Chemical symbol, where it is an element.", func(m ask.Material) any { return text(m.Symbol) }),
		"aliases": prop(list(graphql.String), "Other names.", func(m ask.Material) any { return m.Aliases }),
	})
	t.product = b.productType(t)
	t.company = object("Company", "A legal entity.", graphql.Fields{
		"id":      prop(must(graphql.ID), "LEI, or an id of our own.", func(c ask.Company) any { return c.ID }),
		"name":    prop(must(graphql.String), "Registered or usual name.", func(c ask.Company) any { return orID(c.Name, c.ID) }),
		"country": countryField(b, t.country, "Country of the registered seat.", func(c ask.Company) string { return c.Country }),
		"lei":     prop(graphql.String, "Legal entity identifier, ISO 17442.", func(c ask.Company) any { return text(c.LEI) }),
		"aliases": prop(list(graphql.String), "Other names.", func(c ask.Company) any { return c.Aliases }),
	})
	t.facility = object("Facility", "A mine, plant or works.", graphql.Fields{
		"id":        prop(must(graphql.ID), "Id.", func(f ask.Facility) any { return f.ID }),
		"name":      prop(must(graphql.String), "Usual name.", func(f ask.Facility) any { return orID(f.Name, f.ID) }),
		"country":   countryField(b, t.country, "Country that it stands in.", func(f ask.Facility) string { return f.Country }),
		"latitude":  prop(graphql.Float, "Latitude, degrees, WGS 84.", func(f ask.Facility) any { return known(f.Latitude) }),
		"longitude": prop(graphql.Float, "Longitude, degrees, WGS 84.", func(f ask.Facility) any { return known(f.Longitude) }),
		"operator": compute(t.company, "The company that runs it.", nil, func(p graphql.ResolveParams, f ask.Facility) (any, error) {
			if f.Operator == "" {
				return nil, nil
			}
			return b.asker.Company(p.Context, f.Operator)
		}),
	})
	t.dataset = object("Dataset", "Where facts come from: one release of one publisher.", graphql.Fields{
		"id":        prop(must(graphql.ID), "Id.", func(d graph.Dataset) any { return d.ID }),
		"title":     prop(graphql.String, "Title.", func(d graph.Dataset) any { return text(d.Title) }),
		"publisher": prop(graphql.String, "Who publishes it.", func(d graph.Dataset) any { return text(d.Publisher) }),
		"url":       prop(graphql.String, "Where it is published.", func(d graph.Dataset) any { return text(d.URL) }),
		"licence":   prop(graphql.String, "Terms under which it may be used.", func(d graph.Dataset) any { return text(d.Licence) }),
		"version":   prop(graphql.String, "Release.", func(d graph.Dataset) any { return text(d.Version) }),
		"retrieved": prop(graphql.String, "Day on which it was fetched, year-month-day.", func(d graph.Dataset) any { return text(d.Retrieved) }),
		"priority":  prop(must(graphql.Int), "The highest counts where datasets overlap.", func(d graph.Dataset) any { return d.Priority }),
	})
	t.trade = b.tradeType(t)
	t.hit = object("SearchHit", "Something that a search found.", graphql.Fields{
		"kind": prop(must(t.kind), "What it is.", func(h graph.Hit) any {
			for name, kind := range kindNames {
				if kind == h.Kind {
					return name
				}
			}
			return nil
		}),
		"id":   prop(must(graphql.ID), "Its id.", func(h graph.Hit) any { return h.ID }),
		"name": prop(must(graphql.String), "Its name.", func(h graph.Hit) any { return orID(h.Name, h.ID) }),
	})
	return t
}

func orID(name, id string) string {
	if name == "" {
		return id
	}
	return name
}

var placeKinds = map[country.Kind]string{
	country.State: "COUNTRY", country.Former: "FORMER", country.Area: "AREA", country.Group: "GROUP",
}

// nameField is a name in the language that is asked for; where there is none in
// Dutch, the English one.
func nameField[T any](t nodeTypes, doc string, names func(T) (english, dutch string)) *graphql.Field {
	args := graphql.FieldConfigArgument{"language": argDefault(t.language, "The language; where there is no Dutch name, the English one is given.", string(finding.English))}
	return compute(must(graphql.String), doc, args, func(p graphql.ResolveParams, node T) (any, error) {
		english, dutch := names(node)
		if languageOf(p) == finding.Dutch && dutch != "" {
			return dutch, nil
		}
		return english, nil
	})
}

func (b *builder) countryType(t nodeTypes) *graphql.Object {
	return object("Country", "A country, a group of countries, or an area that trade statistics name.", graphql.Fields{
		"id": prop(must(graphql.ID), "ISO 3166-1 alpha-3, or an id of our own where there is none (EU, AREAS-NES).",
			func(c country.Place) any { return c.ID }),
		"name":    nameField(t, "Short name.", func(c country.Place) (string, string) { return orID(c.Name, c.ID), c.Dutch }),
		"kind":    prop(must(t.placeKind), "What the place is.", func(c country.Place) any { return placeKinds[c.Kind] }),
		"iso2":    prop(graphql.String, "ISO 3166-1 alpha-2.", func(c country.Place) any { return text(c.ISO2) }),
		"m49":     prop(graphql.String, "United Nations M49 code, three digits.", func(c country.Place) any { return text(c.M49) }),
		"aliases": prop(list(graphql.String), "Other names and spellings.", func(c country.Place) any { return c.Aliases }),
		"groups":  prop(list(graphql.ID), "Groups that it is a member of today.", func(c country.Place) any { return c.Groups }),
	})
}

// countryField is a field that holds a country by its id, null where it is blank.
func countryField[T any](b *builder, t *graphql.Object, doc string, id func(T) string) *graphql.Field {
	return compute(t, doc, nil, func(p graphql.ResolveParams, v T) (any, error) {
		if id(v) == "" {
			return nil, nil
		}
		return b.place(p.Context, id(v))
	})
}

// place returns a country by an id that a fact holds.
func (b *builder) place(ctx context.Context, id string) (country.Place, error) {
	return b.asker.Place(ctx, id)
}

// productOf returns a product by an id that a fact holds.
func (b *builder) productOf(ctx context.Context, id string) (ask.Product, error) {
	return b.asker.Stage(ctx, id)
}

func (b *builder) productType(t nodeTypes) *graphql.Object {
	content := object("ProductMaterial", "How much of a material a product contains.", graphql.Fields{
		"material": compute(must(t.material), "The material.", nil, func(p graphql.ResolveParams, c ask.Content) (any, error) {
			return b.asker.Material(p.Context, c.Material)
		}),
		"massFraction": prop(must(graphql.Float), "Tonnes of the material in a tonne of the product; above 1 where it is counted as a compound.",
			func(c ask.Content) any { return c.MassFraction }),
		"dataset": prop(must(graphql.ID), "Id of the dataset that says so.", func(c ask.Content) any { return c.Dataset }),
	})
	code := object("ProductCode", "A trade code that a product is declared under.", graphql.Fields{
		"code": prop(must(graphql.ID), "Nomenclature, revision and code, such as HS2017:811292.", func(c ask.CodeShare) any { return c.Code }),
		"share": prop(graphql.Float, "Share of the code's trade that is this product, 0..1; null = an equal part of what is left of the code.",
			func(c ask.CodeShare) any { return known(c.Share) }),
		"dataset": prop(must(graphql.ID), "Id of the dataset that says so.", func(c ask.CodeShare) any { return c.Dataset }),
	})
	input := graphql.NewObject(graphql.ObjectConfig{Name: "RecipeInput", Description: "What a product is made of.",
		Fields: graphql.FieldsThunk(func() graphql.Fields {
			return graphql.Fields{
				"input": compute(must(b.nodes.product), "The input.", nil, func(p graphql.ResolveParams, r ask.Recipe) (any, error) {
					return b.productOf(p.Context, r.Input)
				}),
				"material": prop(graphql.ID, "Id of the material that the recipe follows; null = any.", func(r ask.Recipe) any { return text(r.Material) }),
				"country":  prop(graphql.ID, "Id of the country where it is made so; null = any.", func(r ask.Recipe) any { return text(r.Country) }),
				"share":    prop(must(graphql.Float), "Share of the contained material that arrives through this input, 0..1.", func(r ask.Recipe) any { return r.Share }),
				"dataset":  prop(must(graphql.ID), "Id of the dataset that says so.", func(r ask.Recipe) any { return r.Dataset }),
			}
		})})
	return object("Product", "A commodity at one stage of a chain, or a trade code that is asked for as one.", graphql.Fields{
		"id":     prop(must(graphql.ID), "Id, such as lithium-carbonate or HS2017:811292.", func(p ask.Product) any { return p.ID }),
		"name":   nameField(t, "Name.", func(p ask.Product) (string, string) { return orID(p.Name, p.ID), p.Dutch }),
		"stage":  prop(t.stage, "Where in a chain it stands; null for a trade code.", func(p ask.Product) any { return text(strings.ToUpper(p.Stage)) }),
		"pooled": prop(must(graphql.Boolean), "True where everyone draws it from one world market, for there is no trade data.", func(p ask.Product) any { return p.Pooled }),
		"materials": compute(list(content), "What it contains.", nil, func(p graphql.ResolveParams, v ask.Product) (any, error) {
			return b.asker.Contents(p.Context, v.ID)
		}),
		"codes": compute(list(code), "The trade codes that it is declared under.", nil, func(p graphql.ResolveParams, v ask.Product) (any, error) {
			return b.asker.Codes(p.Context, v.ID)
		}),
		"inputs": compute(list(input), "What it is made of.", nil, func(p graphql.ResolveParams, v ask.Product) (any, error) {
			return b.asker.Recipes(p.Context, v.ID)
		}),
	})
}

func (b *builder) tradeType(t nodeTypes) *graphql.Object {
	return object("TradeRow", "One row of a trade table, as it was loaded.", graphql.Fields{
		"year":     prop(must(graphql.Int), "Calendar year.", func(r ask.TradeRow) any { return r.Year }),
		"exporter": countryField(b, t.country, "The country that sold.", func(r ask.TradeRow) string { return r.Exporter }),
		"importer": countryField(b, t.country, "The country that bought.", func(r ask.TradeRow) string { return r.Importer }),
		"code":     prop(graphql.ID, "Trade code, such as HS2017:811292; null where the row names a product.", func(r ask.TradeRow) any { return text(r.Code) }),
		"product": compute(t.product, "The product; null where the row names a code.", nil, func(p graphql.ResolveParams, r ask.TradeRow) (any, error) {
			if r.Product == "" {
				return nil, nil
			}
			return b.productOf(p.Context, r.Product)
		}),
		"valueUsd":  prop(graphql.Float, "Value, USD of the year; null = not known.", func(r ask.TradeRow) any { return known(r.ValueUSD) }),
		"tonnes":    prop(graphql.Float, "Mass, tonnes, as basis says; null = not known.", func(r ask.TradeRow) any { return known(r.Tonnes) }),
		"basis":     prop(graphql.String, "gross = tonnes of the product (also where null), contained = tonnes of the material.", func(r ask.TradeRow) any { return text(r.Basis) }),
		"material":  prop(graphql.ID, "Id of the material that is counted, where basis is contained.", func(r ask.TradeRow) any { return text(r.Material) }),
		"error":     prop(graphql.Float, "Relative error of the mass; null = not stated.", func(r ask.TradeRow) any { return known(r.Error) }),
		"source":    prop(graphql.String, "Where the figure stands, where the row says so.", func(r ask.TradeRow) any { return text(r.Source) }),
		"estimated": prop(must(graphql.Boolean), "True where the figure is not reported but estimated.", func(r ask.TradeRow) any { return r.Estimated }),
		"reportedBy": prop(graphql.String, "Whose report the figures are, importer or exporter, where both sides may report a flow.",
			func(r ask.TradeRow) any { return text(r.ReportedBy) }),
		"mirrorValueUsd": prop(graphql.Float, "Value by the report of the other side, USD of the year; null = it reports none.",
			func(r ask.TradeRow) any { return known(r.MirrorValueUSD) }),
		"mirrorTonnes": prop(graphql.Float, "Mass by the report of the other side, tonnes; null = it reports none.",
			func(r ask.TradeRow) any { return known(r.MirrorTonnes) }),
		"dataset": prop(must(graphql.ID), "Id of the dataset that it came with.", func(r ask.TradeRow) any { return r.Position.Dataset }),
		"file":    prop(must(graphql.String), "The file that it stood in.", func(r ask.TradeRow) any { return r.Position.File }),
		"line":    prop(must(graphql.Int), "The line of that file.", func(r ask.TradeRow) any { return r.Position.Line }),
	})
}
