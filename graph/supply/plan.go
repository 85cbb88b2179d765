package supply

import (
	"maps"
	"slices"

	"tiermap/graph"
)

// Question is what a network is assembled for.
type Question struct {
	// Place is the target's country or group. It gets a node of the product
	// asked for, also where no fact names it. Blank: no place in particular.
	Place string
	// Members are set where Place is a group: these countries become one place
	// of that id.
	Members []string
	// Product is the target's product or a trade code such as HS2017:811292.
	// Blank: every product that carries the material.
	Product string
	// Material is followed; blank: the product's only one.
	Material string
	// Year is the calendar year; 0: the newest year in which the product (where it
	// is blank, any of them) has trade, else production. Of a firm: the newest for
	// which anything is known of it.
	Year int
	// Firm is the company or plant whose supply of the product is asked about, in
	// place of Place; blank: none.
	Firm string
	// Scenario changes the facts and the structure for this question; nil: none.
	Scenario *Scenario
	// WithoutFirms leaves companies and plants out: the walk is that of the
	// countries alone.
	WithoutFirms bool
}

// TradeSource names the trade rows of one code (or product), year and dataset.
type TradeSource struct {
	Dataset string
	Code    string // blank where the rows name a product
	Product string
	Year    int
}

// Plan says which facts count for a question, and how. It is immutable.
type Plan struct {
	Question          // with the material and year resolved
	Products []string // of the network; every product before its inputs
	// Trade are the rows to read, and no others.
	Trade []TradeSource

	catalogue  *Catalogue
	products   []productPlan // in the order of Products
	uses       [][]use       // by source: the products that its rows count for
	unitValues []unitValue   // by source
	notes      []note
	datasets   map[string]bool // whose rows went in so far, those of trade apart
	firms      firmPlan
	extra      extra // of the scenario
}

// productPlan is what is known of one product.
type productPlan struct {
	id    string
	stage string
	// pooled: there is one world pool instead of trade.
	pooled  bool
	recipes []planRecipe
	made    productionPlan
}

// planRecipe is a recipe that holds, with its inputs by index of Plan.Products.
type planRecipe struct {
	*recipe
	inputs []madeOf
}

type madeOf struct {
	product   int32
	share     float64
	estimated bool
}

// use says that part of a source's rows is a product.
type use struct {
	product       int32
	share         float64
	estimated     bool
	concentration float64 // of the code's shares; above 0 where it is stated
}

// Plan chooses, for every product of the question's chain, the trade and the
// production that count, and says what is pooled and what must be inferred.
//
// production holds the rows of the chain's products (see Chain) of all
// datasets. Rows more than two years from the one asked for are passed over; for
// a question without a year, rows of every year are needed.
//
// Errors: those of ResolveMaterial and Check, the latter for the chain only;
// BadInput for a question without a year about a product without trade and
// production, and where a dataset counts the production of one product and year
// both gross and contained.
func (c *Catalogue) Plan(q Question, production []ProductionRow) (*Plan, error) {
	return c.PlanFirms(q, production, &Firms{})
}

// PlanFirms is Plan with what is known of companies and plants: of those that
// production names, and of those that these are supplied by or owned by. The
// network then walks through the firms that are known to be supplied by others
// (docs/methods.md §2c).
func (c *Catalogue) PlanFirms(q Question, production []ProductionRow, firms *Firms) (*Plan, error) {
	p := &Plan{Question: q, catalogue: c, datasets: map[string]bool{}}
	p.firms.read(c.rank, firms)
	if err := p.resolve(production); err != nil {
		return nil, err
	}
	chain, err := c.Chain(q.Product, p.Material)
	if err != nil {
		return nil, err
	}
	if chain, err = p.withLinked(chain, production); err != nil {
		return nil, err
	}
	p.Products = chain
	rows := map[string][]ProductionRow{}
	for _, r := range production {
		if nearYear(r.Year, p.Year) {
			rows[r.Product] = append(rows[r.Product], r)
		}
	}
	index := make(map[string]int32, len(chain))
	for i, id := range chain {
		index[id] = int32(i)
	}
	for i, id := range chain {
		pp, err := p.planProduct(int32(i), id, rows[id], index)
		if err != nil {
			return nil, err
		}
		p.products = append(p.products, pp)
	}
	if err := p.planScenario(index); err != nil {
		return nil, err
	}
	p.planFirms(rows)
	for _, s := range p.Trade {
		p.unitValues = append(p.unitValues, c.unitValue(s))
	}
	return p, nil
}

func (p *Plan) planProduct(i int32, id string, production []ProductionRow, index map[string]int32) (pp productPlan, err error) {
	for _, s := range p.catalogue.codes[id] {
		if err := p.catalogue.checkCode(s.code); err != nil {
			return productPlan{}, err
		}
	}
	pp = productPlan{id: id, stage: p.declared(id).Stage, recipes: p.recipesOf(id, index)}
	p.noteContent(i, id)
	if pp.made, err = p.planProduction(i, id, production); err != nil {
		return productPlan{}, err
	}
	pp.pooled = p.planTrade(i, id, pp.made.weights)
	return pp, nil
}

// resolve finds the material and the year.
func (p *Plan) resolve(production []ProductionRow) error {
	if p.Product == "" {
		switch {
		case p.Material == "":
			return graph.Errorf(graph.BadInput, "name a product or a material")
		case len(p.catalogue.carriers[p.Material]) == 0:
			return graph.Errorf(graph.NotFound, "no product is known to contain %q", p.Material)
		}
		return p.resolveYear(p.catalogue.carriers[p.Material], "products that contain "+p.Material, production)
	}
	material, err := p.catalogue.ResolveMaterial(p.Product, p.Material)
	if err != nil {
		return err
	}
	p.Material = material
	if err := p.resolveYear([]string{p.Product}, p.Product, production); err != nil {
		return err
	}
	if material == "" {
		p.noteGross()
	}
	return nil
}

// resolveYear finds the year where none was asked: the newest in which one of the
// products, called so, has trade, else production.
func (p *Plan) resolveYear(products []string, called string, production []ProductionRow) error {
	if p.Year != 0 {
		return nil
	}
	if year := p.firmYear(production); year != 0 {
		p.Year = year
		p.notef(general, always, "No year was asked: %d is the newest for which anything is loaded of what %s makes, supplies or is supplied with.", year, p.Firm)
		return nil
	}
	years, of := p.catalogue.tradeYears(products), "trade in"
	if len(years) == 0 {
		years, of = productionYears(products, production), "production of"
	}
	if len(years) == 0 {
		return graph.Errorf(graph.BadInput, "name a year: neither trade in nor any country's production of %s is loaded for any", called)
	}
	p.Year = years[len(years)-1]
	p.notef(general, always, "No year was asked: %d is the newest for which %s %s is loaded.", p.Year, of, called)
	return nil
}

// Years returns the years in which a product that contains the material has
// trade or production, in order.
func (c *Catalogue) Years(material string, production []ProductionRow) []int {
	years := append(c.tradeYears(c.carriers[material]), productionYears(c.carriers[material], production)...)
	slices.Sort(years)
	return slices.Compact(years)
}

// tradeYears returns the years in which one of the products has trade, in order.
// Trade in a product that is declared pooled does not count.
func (c *Catalogue) tradeYears(products []string) []int {
	var years []int
	for _, product := range products {
		if row, _ := c.Product(product); row.Pooled {
			continue
		}
		for _, name := range c.tradeNames(product) {
			for _, line := range c.coverage[name] {
				if line.Rows > 0 {
					years = append(years, line.Year)
				}
			}
		}
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// productionYears returns the years in which one of the products has production
// of a country, in order.
func productionYears(products []string, production []ProductionRow) []int {
	var years []int
	for _, r := range production {
		if !r.OfProducer && slices.Contains(products, r.Product) {
			years = append(years, r.Year)
		}
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// farthestYear is how many years away rows may be to stand in for those of the
// year asked for.
const farthestYear = 2

func nearYear(year, asked int) bool {
	return asked-farthestYear <= year && year <= asked+farthestYear
}

// nearestYears returns the years whose rows may count for the one asked for, in
// the order in which they do: itself, then the nearest, the earlier first.
func nearestYears(asked int) []int {
	years := []int{asked}
	for d := 1; d <= farthestYear; d++ {
		years = append(years, asked-d, asked+d)
	}
	return years
}

// declared returns the product's row, and notes its dataset.
func (p *Plan) declared(id string) ProductRow {
	row, ok := p.catalogue.Product(id)
	if ok {
		p.datasets[row.Dataset] = true
	}
	return row
}

func (p *Plan) recipesOf(id string, index map[string]int32) []planRecipe {
	var recipes []planRecipe
	for _, r := range p.catalogue.recipesFor(id, p.Material) {
		pr := planRecipe{recipe: r}
		for _, in := range r.inputs {
			pr.inputs = append(pr.inputs, madeOf{index[in.product], in.share, in.estimated})
		}
		slices.SortFunc(pr.inputs, func(a, b madeOf) int { return int(a.product - b.product) })
		recipes = append(recipes, pr)
		p.datasets[r.choice.dataset] = true
	}
	return recipes
}

// recipeIn returns the inputs of the recipe that a country follows; none where
// no recipe holds there.
func (pp *productPlan) recipeIn(country string) []madeOf {
	var best *planRecipe
	for i := range pp.recipes {
		if r := &pp.recipes[i]; r.country == "" || r.country == country {
			if best == nil || r.moreSpecific(best.recipe) {
				best = r
			}
		}
	}
	if best == nil {
		return nil
	}
	return best.inputs
}

// NewTrade returns an empty table for the rows that the plan names.
func (p *Plan) NewTrade() *Trade { return newTrade(p.Trade) }

// Queries returns the queries that read the trade rows of the plan, one for
// each of Plan.Trade.
func (p *Plan) Queries() []graph.Query {
	queries := make([]graph.Query, len(p.Trade))
	for i, s := range p.Trade {
		q := graph.Query{Kind: graph.Trades, Fields: append(TradeFields(), errorField), Match: []graph.Match{
			{Field: "dataset", Words: []string{s.Dataset}},
			{Field: "year", Ints: []int{s.Year}},
		}}
		if s.Code != "" {
			q.Match = append(q.Match, graph.Match{Field: "code", Words: []string{s.Code}})
		} else {
			q.Match = append(q.Match, graph.Match{Field: "product", Words: []string{s.Product}})
		}
		queries[i] = q
	}
	return queries
}

// datasetsInOrder returns the datasets whose rows went in, by rank.
func (p *Plan) datasetsInOrder(alsoTrade map[string]bool) []string {
	all := maps.Clone(p.datasets)
	maps.Copy(all, alsoTrade)
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int { return compareRank(p.catalogue.rank, a, b) })
}
