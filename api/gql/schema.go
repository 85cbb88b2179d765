package gql

import (
	"cmp"
	"context"
	"fmt"

	"github.com/graphql-go/graphql"

	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// builder makes the schema; resolvers are its methods.
type builder struct {
	asker    *ask.Asker
	nodes    nodeTypes
	answers  answerTypes
	stage    *graphql.Object
	stepKind *graphql.Enum
	maxFirst int

	interval, shareIntervals *graphql.Object

	attribution *graphql.Enum
}

// Options are the settings of the schema.
type Options struct {
	MaxFirst int // the largest page of any list; 0 = MaxFirst
}

// New returns the schema of everything that can be asked.
func New(asker *ask.Asker, o Options) (graphql.Schema, error) {
	b := &builder{asker: asker, maxFirst: cmp.Or(o.MaxFirst, MaxFirst)}
	b.nodes = b.nodeTypes()
	b.addOwners(&b.nodes)
	b.addAbout(&b.nodes)
	b.attribution = attributionType()
	b.stage, b.stepKind = b.stageType(), stepKindType()
	b.interval = intervalType()
	b.shareIntervals = b.shareIntervalsType(b.interval)
	b.answers = b.answerTypes()
	return graphql.NewSchema(graphql.SchemaConfig{Query: b.query()})
}

func (b *builder) query() *graphql.Object {
	t := b.nodes
	connection := func(node *graphql.Object) *graphql.Object { return connectionType(node.Name(), node, t.pageInfo) }
	return object("Query", "What can be asked. Ids are what people know: NLD, gallium, HS2017:811292, LEIs. A country argument takes any ISO 3166 code or known name.", graphql.Fields{
		"country":  byID(t.country, "A country, group or area by any of its codes or names.", b.asker.Country),
		"company":  byID(t.company, "A company by its id.", b.asker.Company),
		"facility": byID(t.facility, "A mine, plant or works by its id.", b.asker.Facility),
		"material": byID(t.material, "A material by its id.", b.asker.Material),
		"product":  byID(t.product, "A product by its id, or a trade code as a product.", b.asker.Product),
		"dataset":  byID(t.dataset, "A dataset by its id.", b.asker.Dataset),
		"countries": paged(b, connection(t.country), "Countries, groups and areas, by id.",
			pageArgs(20, graphql.FieldConfigArgument{"group": arg(graphql.ID, "Only members of this group, such as EU.")}),
			func(c country.Place) string { return c.ID },
			func(ctx context.Context, p graphql.ResolveParams, page ask.Page) (ask.Slice[country.Place], error) {
				return b.asker.Countries(ctx, textArg(p, "group"), page)
			}),
		"companies": paged(b, connection(t.company), "Companies, by id.",
			pageArgs(20, graphql.FieldConfigArgument{"country": arg(graphql.ID, "Only those of this country or group.")}),
			func(c ask.Company) string { return c.ID },
			func(ctx context.Context, p graphql.ResolveParams, page ask.Page) (ask.Slice[ask.Company], error) {
				return b.asker.Companies(ctx, textArg(p, "country"), page)
			}),
		"facilities": paged(b, connection(t.facility), "Mines, plants and works, by id.",
			pageArgs(20, graphql.FieldConfigArgument{"country": arg(graphql.ID, "Only those of this country or group.")}),
			func(f ask.Facility) string { return f.ID },
			func(ctx context.Context, p graphql.ResolveParams, page ask.Page) (ask.Slice[ask.Facility], error) {
				return b.asker.Facilities(ctx, textArg(p, "country"), page)
			}),
		"materials": paged(b, connection(t.material), "Materials, by id.", pageArgs(20, nil),
			func(m ask.Material) string { return m.ID },
			func(ctx context.Context, _ graphql.ResolveParams, page ask.Page) (ask.Slice[ask.Material], error) {
				return b.asker.Materials(ctx, page)
			}),
		"products": paged(b, connection(t.product), "Products, by id.",
			pageArgs(20, graphql.FieldConfigArgument{
				"material": arg(graphql.ID, "Only those that contain this material."),
				"stage":    arg(t.stage, "Only those at this stage."),
			}),
			func(v ask.Product) string { return v.ID },
			func(ctx context.Context, p graphql.ResolveParams, page ask.Page) (ask.Slice[ask.Product], error) {
				return b.asker.Products(ctx, textArg(p, "material"), stageNames[textArg(p, "stage")], page)
			}),
		"sectors": paged(b, connectionType("Sector", t.product, t.pageInfo), "Sectors of input-output tables, by id. Each can be asked for like a product.",
			pageArgs(20, graphql.FieldConfigArgument{"table": arg(graphql.ID, "Only those of this table: what stands before the colon of their ids, such as WIOD2013.")}),
			func(v ask.Product) string { return v.ID },
			func(ctx context.Context, p graphql.ResolveParams, page ask.Page) (ask.Slice[ask.Product], error) {
				return b.asker.Sectors(ctx, textArg(p, "table"), page)
			}),
		"finalDemandOrigins": {Type: b.finalType(), Description: "Where the value of all that a country uses in the end is added, by an input-output table.",
			Args: graphql.FieldConfigArgument{
				"country":     arg(graphql.ID, "The country or group (EU); left out = the world."),
				"table":       arg(graphql.ID, "The input-output table, such as WIOD2013; left out = the only one that is loaded."),
				"year":        arg(graphql.Int, "Calendar year; left out = the newest of the table."),
				"inventories": argDefault(graphql.Boolean, "Whether changes in inventories count as final demand, as they stand.", true),
			}, Resolve: b.finalDemandOrigins},
		"datasets": paged(b, connection(t.dataset), "Datasets, by id.", pageArgs(20, nil),
			func(d graph.Dataset) string { return d.ID },
			func(ctx context.Context, _ graphql.ResolveParams, page ask.Page) (ask.Slice[graph.Dataset], error) {
				return b.asker.Datasets(ctx, page)
			}),
		"search": {Type: list(t.hit), Description: "Things whose id, name or alias contains a text: exact ids first, then exact names, then names that start with it, then the others.",
			Args: graphql.FieldConfigArgument{
				"text":  arg(must(graphql.String), "What to look for, whatever its case."),
				"kinds": arg(graphql.NewList(must(t.kind)), "Only these kinds; left out = all."),
				"first": argDefault(graphql.Int, "How many at most, up to 1000.", 20),
			}, Resolve: b.search},
		"trade": paged(b, connectionType("Trade", t.trade, t.pageInfo), "Rows of trade as they were loaded, by dataset, file and line.",
			pageArgs(100, graphql.FieldConfigArgument{
				"exporter": arg(graphql.ID, "Only what this country or group sold."),
				"importer": arg(graphql.ID, "Only what this country or group bought."),
				"product":  arg(graphql.ID, "Only this product (by any of its trade codes) or trade code."),
				"years":    arg(graphql.NewList(must(graphql.Int)), "Only these calendar years."),
			}), ask.TradeRow.Cursor,
			func(ctx context.Context, p graphql.ResolveParams, page ask.Page) (ask.Slice[ask.TradeRow], error) {
				return b.asker.Trade(ctx, ask.TradeFilter{Exporter: textArg(p, "exporter"), Importer: textArg(p, "importer"),
					Product: textArg(p, "product"), Years: intsArg(p, "years")}, page)
			}),
		"dependency": {Type: b.answers.dependency, Description: "What a country, group, company or plant depends on for a product, through every tier.",
			Args: graphql.FieldConfigArgument{
				"country":  arg(graphql.ID, "The country or group (EU) that depends. Exactly one of country, company and facility."),
				"company":  arg(graphql.ID, "The company that depends: for what its plants make of the product, or else what it is supplied with."),
				"facility": arg(graphql.ID, "The plant that depends: for what it makes of the product, or else what it is supplied with."),
				"product":  arg(must(graphql.ID), "The product, a trade code such as HS2017:811292, or a sector of an input-output table such as WIOD2013:c14."),
				"material": arg(graphql.ID, "The material to follow; left out = the product's only one."),
				"year":     arg(graphql.Int, "Calendar year; left out = the newest in which the product has trade, else production; of a sector the newest of its table."),
				"options":  arg(b.answers.options, "How it is computed."),
			}, Resolve: b.dependency},
		"dependencies": {Type: must(graphql.NewList(b.answers.dependency)), Description: "The dependency of every country on every product in every year, in that order; null for one that cannot be answered, with an error that says why.",
			Args: graphql.FieldConfigArgument{
				"countries": arg(list(graphql.ID), "The countries or groups that depend."),
				"products":  arg(list(graphql.ID), "The products or trade codes."),
				"material":  arg(graphql.ID, "The material to follow; left out = each product's only one."),
				"years":     arg(graphql.NewList(must(graphql.Int)), "Calendar years; left out = the newest of each product."),
				"options":   arg(b.answers.options, "How they are computed."),
			}, Resolve: b.dependencies},
		"change": {Type: b.answers.change, Description: "What changed in a dependency between two years, and through which links.",
			Args: graphql.FieldConfigArgument{
				"country":  arg(must(graphql.ID), "The country or group (EU) that depends."),
				"product":  arg(must(graphql.ID), "The product, or a trade code such as HS2017:811292."),
				"material": arg(graphql.ID, "The material to follow; left out = the product's only one."),
				"from":     arg(must(graphql.Int), "The first calendar year."),
				"to":       arg(must(graphql.Int), "The second calendar year."),
				"options":  arg(b.answers.options, "How both are computed."),
			}, Resolve: b.change},
		"materialDependency": {Type: b.answers.material, Description: "What a country or group has, uses and passes on of a material in all products that contain it, and where what it uses in the end starts.",
			Args: graphql.FieldConfigArgument{
				"country":  arg(must(graphql.ID), "The country or group (EU)."),
				"material": arg(must(graphql.ID), "The material."),
				"year":     arg(graphql.Int, "Calendar year; left out = the newest in which any product that contains it has trade, else production."),
				"options":  arg(b.answers.options, "How it is computed; epsilon plays no part."),
			}, Resolve: b.materialDependency},
		"exposure": {Type: b.answers.exposure, Description: "Who depends on a country, a stage, a trade link, a company or a plant: the question turned round.",
			Args: graphql.FieldConfigArgument{
				"to":       arg(must(b.answers.subject), "On what."),
				"and":      arg(graphql.NewList(must(b.answers.subject)), "Further ones: all of them together are one set."),
				"product":  arg(graphql.ID, "Whose supply of which product is looked at, or trade code; left out = every product of the network, which is then that of the material, or of the product in to."),
				"year":     arg(graphql.Int, "Calendar year; left out = the newest in which the product (or any of them) has trade, else production."),
				"material": arg(graphql.ID, "The material to follow; left out = the only one of the product, or of the product in to."),
				"first":    argDefault(graphql.Int, "How many targets at most, up to 1000.", 20),

				"attribution": b.attributionArg(),
			}, Resolve: b.exposure},
		"chokepoints": {Type: graphql.NewList(must(b.answers.worldChokepoint)), Description: "What the world's supply of a product passes: by share of the world's apparent final use descending, then ids.",
			Args: graphql.FieldConfigArgument{
				"product":  arg(must(graphql.ID), "The product, or a trade code such as HS2017:811292."),
				"material": arg(graphql.ID, "The material to follow; left out = the product's only one."),
				"year":     arg(graphql.Int, "Calendar year; left out = the newest in which the product has trade, else production."),
				"kind":     argDefault(b.answers.kind, "What is looked for.", string(supply.KindCountry)),
				"first":    argDefault(graphql.Int, "How many at most, up to 1000.", 20),

				"attribution": b.attributionArg(),
			}, Resolve: b.worldChokepoints},
	})
}

var stageNames = map[string]string{"EXTRACTION": "extraction", "PROCESSING": "processing", "COMPONENT": "component",
	"ASSEMBLY": "assembly", "RECYCLING": "recycling"}

// byID is a root field that looks one thing up.
func byID[T any](t *graphql.Object, doc string, find func(context.Context, string) (T, error)) *graphql.Field {
	return &graphql.Field{Type: t, Description: doc,
		Args: graphql.FieldConfigArgument{"id": arg(must(graphql.ID), "Its id.")},
		Resolve: func(p graphql.ResolveParams) (any, error) {
			v, err := find(p.Context, textArg(p, "id"))
			if err != nil {
				return nil, err // not a T: a field that failed is null
			}
			return v, nil
		}}
}

func textArg(p graphql.ResolveParams, name string) string {
	s, _ := p.Args[name].(string)
	return s
}

func intsArg(p graphql.ResolveParams, name string) []int {
	var list []int
	for _, v := range listArg(p, name) {
		n, _ := v.(int)
		list = append(list, n)
	}
	return list
}

func textsArg(p graphql.ResolveParams, name string) []string {
	var list []string
	for _, v := range listArg(p, name) {
		s, _ := v.(string)
		list = append(list, s)
	}
	return list
}

func listArg(p graphql.ResolveParams, name string) []any {
	list, _ := p.Args[name].([]any)
	return list
}

func (b *builder) search(p graphql.ResolveParams) (any, error) {
	n, _, err := b.limited(p, "first")
	if err != nil {
		return nil, err
	}
	var kinds []string
	for _, k := range textsArg(p, "kinds") {
		kinds = append(kinds, kindNames[k])
	}
	return b.asker.Search(p.Context, textArg(p, "text"), kinds, n)
}

// settings are what the options of a question say beside the balance.
type settings struct {
	epsilon     float64
	attribution supply.Attribution
	scenario    *ask.Scenario
}

// options reads the argument options.
func options(p graphql.ResolveParams) (balance supply.Balance, s settings, err error) {
	given, _ := p.Args["options"].(map[string]any)
	balance, s = supply.Mass, settings{epsilon: supply.DefaultEpsilon, attribution: attribution(given), scenario: scenario(given)}
	if text, ok := given["balance"].(string); ok {
		balance = supply.Balance(text)
	}
	if e, ok := given["epsilon"].(float64); ok {
		s.epsilon = e
	}
	if !(s.epsilon >= 0 && s.epsilon <= 1) {
		err = graph.Errorf(graph.BadInput, "epsilon is %g; it is a share between 0 and 1", s.epsilon)
	}
	return balance, s, err
}

func (b *builder) dependency(p graphql.ResolveParams) (any, error) {
	balance, settings, err := options(p)
	if err != nil {
		return nil, err
	}
	q, err := oneTarget(p)
	if err != nil {
		return nil, err
	}
	if q.Year, err = yearArg(p.Args["year"]); err != nil {
		return nil, err
	}
	q.Product, q.Material, q.Balance, q.Scenario = textArg(p, "product"), textArg(p, "material"), balance, settings.scenario
	answer, err := b.asker.Dependency(p.Context, q)
	if err != nil {
		return nil, err
	}
	return asked{answer, settings}, nil
}

// maxDependencies is how many dependencies one field may ask for.
const maxDependencies = 1000

func (b *builder) dependencies(p graphql.ResolveParams) (any, error) {
	balance, settings, err := options(p)
	if err != nil {
		return nil, err
	}
	countries, products := textsArg(p, "countries"), textsArg(p, "products")
	var years []int
	for _, v := range listArg(p, "years") {
		year, err := yearArg(v)
		if err != nil {
			return nil, err
		}
		years = append(years, year)
	}
	if n := len(countries) * len(products) * max(1, len(years)); n > maxDependencies {
		return nil, graph.Errorf(graph.TooCostly, "this asks for %d dependencies; one field may ask for %d", n, maxDependencies)
	}
	replies, err := b.asker.Dependencies(p.Context, countries, products, years,
		ask.Question{Material: textArg(p, "material"), Balance: balance, Scenario: settings.scenario})
	if err != nil {
		return nil, err
	}
	list := make([]any, len(replies))
	for i, r := range replies {
		list[i] = func() (any, error) { // so that an error nulls this one alone
			if r.Err != nil {
				return nil, r.Err
			}
			return asked{r.Answer, settings}, nil
		}
	}
	return list, nil
}

// yearArg reads a year; 0 where it was left out.
func yearArg(v any) (int, error) {
	year, given := v.(int)
	if given && (year < 1000 || year > 2999) {
		return 0, graph.Errorf(graph.BadInput, "%s is no calendar year", fmt.Sprint(year))
	}
	return year, nil
}
