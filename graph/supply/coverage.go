package supply

import (
	"cmp"
	"math"
	"slices"

	"tiermap/graph"
)

// ProductCoverage is what is known of one product of a material's chain, as the
// plans that answers are computed by use it.
type ProductCoverage struct {
	Product string
	Stage   string
	Codes   []string // its own, in order
	Recipe  RecipeCoverage
	Years   []YearCoverage // those in which anything counts that is of that year, in order
	// Pooled is why everybody draws on one world market in a year of which nothing
	// is known; in the years that are known it may be otherwise.
	Pooled Pooling
}

// RecipeCoverage tells whether it is known what a product is made of.
type RecipeCoverage string

// What is known of a recipe. A product that is extracted or recycled has none by
// nature.
const (
	NoRecipe        RecipeCoverage = "none"
	EstimatedRecipe RecipeCoverage = "estimated" // a share of it is
	KnownRecipe     RecipeCoverage = "known"
)

// Pooling is why a product counts as one world market; "" = it does not.
type Pooling string

// Why a product counts as one world market (docs/methods.md §1).
const (
	PooledDeclared Pooling = "declared" // its row says so
	PooledShares   Pooling = "shares"   // production is known as shares only
	PooledNoTrade  Pooling = "no trade" // it has codes, and no trade under them within two years
)

// YearCoverage is what of a year's own facts counts for a product. What stands
// in from another year is not in it.
type YearCoverage struct {
	Year   int
	Pooled Pooling
	Trade  []TradeCount
	// Makers are the countries that production lists; those with an estimated
	// amount, and those whose amount is not known, are counted among them.
	Makers, Estimated, Unknown int
	// Tonnes of contained material that the makers make together; NaN where their
	// production is known as shares, or not at all.
	Tonnes float64
	// Partial: countries that are not listed may make it too.
	Partial bool
}

// TradeCount is how many rows of a source count.
type TradeCount struct {
	TradeSource
	Rows int64
}

// Coverage returns what is known of every product that carries a material,
// inputs before what is made of them. production holds the rows of these
// products, of all datasets and years.
//
// Errors: those of Plan.
func (c *Catalogue) Coverage(material string, production []ProductionRow) ([]ProductCoverage, error) {
	years := c.Years(material, production)
	// A year that nothing is near: what holds whatever the year.
	plan, err := c.Plan(Question{Material: material, Year: 1}, nil)
	if err != nil {
		return nil, err
	}
	list := make([]ProductCoverage, len(plan.products))
	index := make(map[string]int, len(list))
	for i := range plan.products {
		pp := &plan.products[i]
		list[i] = ProductCoverage{Product: pp.id, Stage: pp.stage, Recipe: pp.recipeCoverage(), Pooled: c.pooling(pp)}
		for _, s := range c.codes[pp.id] {
			list[i].Codes = append(list[i].Codes, s.code)
		}
		index[pp.id] = i
	}
	for _, year := range years {
		if plan, err = c.Plan(Question{Material: material, Year: year}, production); err != nil {
			return nil, err
		}
		for i := range plan.products {
			if y, any := plan.coverageOf(int32(i)); any {
				of := &list[index[plan.products[i].id]]
				of.Years = append(of.Years, y)
			}
		}
	}
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b ProductCoverage) int { return cmp.Compare(stageOrder(a.Stage), stageOrder(b.Stage)) })
	return list, nil
}

// stageOrder is the place of a stage in a chain; scrap begins one.
func stageOrder(stage string) int {
	if stage == "recycling" {
		return -1
	}
	return slices.Index(graph.Stages(), stage)
}

// coverageOf returns what of the plan's own year counts for a product; any is
// false where nothing does.
func (p *Plan) coverageOf(i int32) (y YearCoverage, any bool) {
	pp := &p.products[i]
	y = YearCoverage{Year: p.Year, Pooled: p.catalogue.pooling(pp), Tonnes: math.NaN()}
	for s, source := range p.Trade {
		if source.Year == p.Year && slices.ContainsFunc(p.uses[s], func(u use) bool { return u.product == i }) {
			y.Trade = append(y.Trade, TradeCount{source, p.catalogue.rowsOf(source)})
		}
	}
	made := pp.made.sourced && pp.made.year == p.Year
	if made {
		y.count(pp.made)
	}
	return y, made || len(y.Trade) > 0
}

func (y *YearCoverage) count(made productionPlan) {
	y.Partial, y.Makers = made.partial, len(made.listed)
	for _, l := range made.listed {
		switch {
		case !known(l.amount):
			y.Unknown++
			continue
		case l.estimated:
			y.Estimated++
		}
		if made.weights {
			continue
		}
		if !known(y.Tonnes) {
			y.Tonnes = 0
		}
		y.Tonnes += l.amount
	}
}

// rowsOf returns how many rows a source has.
func (c *Catalogue) rowsOf(s TradeSource) int64 {
	for _, line := range c.coverage[tradeName{s.Code, s.Product}] {
		if line.Dataset == s.Dataset && line.Year == s.Year {
			return line.Rows
		}
	}
	return 0
}

func (c *Catalogue) pooling(pp *productPlan) Pooling {
	row, _ := c.Product(pp.id)
	switch {
	case !pp.pooled:
		return ""
	case row.Pooled:
		return PooledDeclared
	case pp.made.weights:
		return PooledShares
	}
	return PooledNoTrade
}

func (pp *productPlan) recipeCoverage() RecipeCoverage {
	if len(pp.recipes) == 0 {
		return NoRecipe
	}
	for _, r := range pp.recipes {
		if slices.ContainsFunc(r.inputs, func(in madeOf) bool { return in.estimated }) {
			return EstimatedRecipe
		}
	}
	return KnownRecipe
}
