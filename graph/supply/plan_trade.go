package supply

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"tiermap/graph"
)

// tradeTable is the trade of one product and year in one dataset and one
// nomenclature.
type tradeTable struct {
	table
	year       int
	codes      []codeShare // those with rows; the code is blank where the rows name the product
	without    []string    // codes of the nomenclature that have no rows
	passedOver []string    // other tables of the year, in words
}

// table is what the trade of a product comes from as a whole. The nomenclature
// is blank where the rows name the product.
type table struct{ dataset, nomenclature string }

func (t table) String() string {
	if t.nomenclature == "" {
		return t.dataset
	}
	return fmt.Sprintf("%s (%s)", t.dataset, t.nomenclature)
}

// tradeNames returns what trade in a product may be filed under.
func (c *Catalogue) tradeNames(product string) []tradeName {
	names := []tradeName{{product: product}}
	for _, s := range c.codesIn(product, 0) {
		names = append(names, tradeName{code: s.code})
	}
	return names
}

// codesIn returns the codes that trade in a product may be filed under in a year
// (0 = any): its own, and those of other nomenclatures that correspond with them.
func (c *Catalogue) codesIn(product string, year int) []codeShare {
	codes := slices.Clone(c.codesOf(product))
	for _, nomenclature := range c.nomenclatures(year) {
		codes = append(codes, c.converted(product, nomenclature)...)
	}
	return codes
}

// tradeOf returns the table that counts for a product and year: that of the
// dataset that ranks first; within it rows that name the product, then those of
// codes of its own before those that correspond with them, then the
// nomenclature that is last by name, which is the newest of a family.
func (c *Catalogue) tradeOf(product string, year int) (t tradeTable, ok bool) {
	codes := append([]codeShare{{share: 1}}, c.codesIn(product, year)...)
	rows := map[table]map[string]bool{}
	converted := map[table]bool{}
	for _, s := range codes {
		name := tradeName{code: s.code}
		if s.code == "" {
			name.product = product
		}
		nomenclature, _, _ := graph.SplitCode(s.code)
		for _, line := range c.coverage[name] {
			if line.Year != year || line.Rows == 0 {
				continue
			}
			of := table{line.Dataset, nomenclature}
			if rows[of] == nil {
				rows[of] = map[string]bool{}
			}
			rows[of][s.code] = true
			converted[of] = s.converted != nil
		}
	}
	if len(rows) == 0 {
		return tradeTable{}, false
	}
	tables := slices.SortedFunc(maps.Keys(rows), func(a, b table) int {
		return cmp.Or(compareRank(c.rank, a.dataset, b.dataset),
			-cmp.Compare(boolInt(a.nomenclature == ""), boolInt(b.nomenclature == "")),
			cmp.Compare(boolInt(converted[a]), boolInt(converted[b])),
			cmp.Compare(b.nomenclature, a.nomenclature))
	})
	t = tradeTable{table: tables[0], year: year}
	for _, s := range codes {
		switch nomenclature, _, _ := graph.SplitCode(s.code); {
		case nomenclature != t.nomenclature:
		case rows[t.table][s.code]:
			t.codes = append(t.codes, s)
		case s.converted != nil: // what corresponds need not be traded
		default:
			t.without = append(t.without, s.code)
		}
	}
	for _, other := range tables[1:] {
		t.passedOver = append(t.passedOver, other.String())
	}
	return t, true
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// planTrade chooses the trade of a product, and reports whether it is pooled.
func (p *Plan) planTrade(i int32, id string, weights bool) (pooled bool) {
	c := p.catalogue
	var found tradeTable
	ok := false
	for _, year := range nearestYears(p.Year) {
		if found, ok = c.tradeOf(id, year); ok {
			break
		}
	}
	row, _ := c.Product(id)
	switch {
	case row.Pooled:
		p.notef(i, aboutTrade, "%s is declared a pooled market%s.", id, poolWords(ok))
		return true
	case weights:
		p.notef(i, aboutTrade, "%s counts as a pooled market, for its production is known as shares only%s.", id, poolWords(ok))
		return true
	case ok:
		p.takeTrade(i, id, found)
		return false
	case len(c.codesOf(id)) > 0:
		p.notef(i, aboutTrade, "No trade in %s is loaded for %d to %d: it counts as a pooled market%s.",
			id, p.Year-farthestYear, p.Year+farthestYear, poolWords(false))
		return true
	case len(c.coverage[tradeName{product: id}]) > 0:
		p.notef(i, aboutTrade, "%s has no trade code, and no trade in it is loaded for %d to %d: it counts as not traded.",
			id, p.Year-farthestYear, p.Year+farthestYear)
		return false
	}
	p.notef(i, aboutTrade, "%s has no trade code and no trade: it counts as not traded.", id)
	return false
}

func poolWords(tradeUnused bool) string {
	s := ": every place draws in proportion to production"
	if tradeUnused {
		s += "; the trade in it that is loaded is not used"
	}
	return s
}

// takeTrade adds a table to what is to be read.
func (p *Plan) takeTrade(i int32, id string, t tradeTable) {
	former := t.year != p.Year
	if former {
		p.notef(i, aboutTrade, "No trade in %s is loaded for %d: that of %d stands in for it, all of it estimated.", id, p.Year, t.year)
	}
	if len(t.passedOver) > 0 {
		p.notef(i, aboutTrade, "Trade in %s, %d, is that of %s; passed over: %s.", id, t.year, t.table, join(t.passedOver))
	}
	if len(t.without) > 0 {
		p.notef(i, aboutTrade, "Of the codes of %s, %s: %s, %d, has no rows of it.", id, join(t.without), t.table, t.year)
	}
	for _, s := range t.codes {
		p.noteSplit(i, id, s)
		if s.dataset != "" {
			p.datasets[s.dataset] = true
		}
		if s.converted != nil && s.converted.dataset != "" {
			p.datasets[s.converted.dataset] = true
		}
		source := TradeSource{Dataset: t.dataset, Code: s.code, Year: t.year}
		if s.code == "" {
			source.Product = id
		}
		p.addUse(source, use{i, s.share, s.estimated || former, s.concentration})
	}
}

func (p *Plan) addUse(s TradeSource, u use) {
	i := slices.Index(p.Trade, s)
	if i < 0 {
		i = len(p.Trade)
		p.Trade = append(p.Trade, s)
		p.uses = append(p.uses, nil)
	}
	p.uses[i] = append(p.uses[i], u)
}

// unitValue is what a tonne of a code (or product) is worth in the world.
type unitValue struct {
	usdPerTonne float64 // NaN where it is not known
	dataset     string  // whose rows say so
	year        int
	heading     string // the code that it is of, where that is not the source's own
}

// unitValue returns the world's unit value for the rows of a source: of its
// year, else of the nearest within two; of its own dataset where that has one,
// else of the dataset that ranks first. Where a code of the Combined
// Nomenclature has none, that of the code of the Harmonized System that it is a
// part of serves.
func (c *Catalogue) unitValue(s TradeSource) unitValue {
	unit := c.unitValueOf(tradeName{s.Code, s.Product}, s)
	if heading := headingOf(s.Code); !known(unit.usdPerTonne) && heading != "" {
		unit = c.unitValueOf(tradeName{code: heading}, s)
		unit.heading = heading
	}
	return unit
}

func (c *Catalogue) unitValueOf(name tradeName, s TradeSource) unitValue {
	lines := c.coverage[name]
	for _, year := range nearestYears(s.Year) {
		best := unitValue{usdPerTonne: math.NaN()}
		for _, line := range lines {
			if line.Year != year || !(line.Tonnes > 0) || !(line.ValueUSD > 0) {
				continue
			}
			better := best.dataset == "" || line.Dataset == s.Dataset ||
				best.dataset != s.Dataset && compareRank(c.rank, line.Dataset, best.dataset) < 0
			if better {
				best = unitValue{usdPerTonne: line.ValueUSD / line.Tonnes, dataset: line.Dataset, year: year}
			}
		}
		if best.dataset != "" {
			return best
		}
	}
	return unitValue{usdPerTonne: math.NaN()}
}
