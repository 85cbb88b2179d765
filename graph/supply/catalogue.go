package supply

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tiermap/graph"
)

// Catalogue is the part of the facts that is the same for every question: which
// rows of the products, contents, recipes and codes count, by the rank of their
// dataset. Make one per revision of a store with NewCatalogue; it may be used
// by several goroutines.
type Catalogue struct {
	rank     map[string]int // of a dataset: 0 counts first
	products map[string]choice[ProductRow]
	contains map[string]map[string]choice[ContainsRow] // by product and material
	carriers map[string][]string                       // products by material, in bytewise order
	recipes  map[string][]*recipe                      // by product
	codes    map[string][]codeShare                    // by product, in order of code
	coded    map[string][]choice[CodedAsRow]           // by code, in order of product
	coverage map[tradeName][]graph.TradeCoverage
	areas    map[string]bool

	concordances map[[2]string]*concordance // by the two nomenclatures, see pairOf
	filed        map[int][]string           // nomenclatures of the trade of a year; of any at 0
	traded       map[string][]string        // the codes of a nomenclature that there is trade under
}

// choice is the row, or rows, of one key that count, and the datasets that have
// some too but rank lower, in order of rank.
type choice[R any] struct {
	rows       []R
	dataset    string
	passedOver []string
}

// tradeName is what trade rows are filed under: a code, or a product.
type tradeName struct{ code, product string }

// NewCatalogue chooses the rows that count. It does not judge them: Check does,
// and Plan for the products that a question touches.
func NewCatalogue(f Facts) *Catalogue {
	c := &Catalogue{
		rank:     rankOf(f.Datasets),
		contains: map[string]map[string]choice[ContainsRow]{},
		carriers: map[string][]string{},
		recipes:  map[string][]*recipe{},
		codes:    map[string][]codeShare{},
		coded:    map[string][]choice[CodedAsRow]{},
		coverage: map[tradeName][]graph.TradeCoverage{},
		areas:    map[string]bool{},

		concordances: map[[2]string]*concordance{},
		filed:        map[int][]string{},
		traded:       map[string][]string{},
	}
	c.products = choose(c.rank, f.Products,
		func(r ProductRow) (string, string) { return r.ID, r.Dataset })
	c.addContents(f.Contains)
	c.addRecipes(f.MadeFrom)
	c.addCodes(f.CodedAs)
	c.addCorrespondences(f.Corresponds)
	c.addCoverage(f.Coverage)
	for _, id := range f.Areas {
		c.areas[id] = true
	}
	return c
}

func rankOf(datasets []graph.Dataset) map[string]int {
	sorted := slices.Clone(datasets)
	graph.SortByRank(sorted)
	rank := make(map[string]int, len(sorted))
	for i, d := range sorted {
		rank[d.ID] = i
	}
	return rank
}

// compareRank orders datasets by rank; those that nothing is known of come last.
func compareRank(rank map[string]int, a, b string) int {
	of := func(id string) int {
		if i, ok := rank[id]; ok {
			return i
		}
		return len(rank)
	}
	return cmp.Or(cmp.Compare(of(a), of(b)), cmp.Compare(a, b))
}

// choose keeps, for every key, the rows of the dataset that ranks first.
func choose[K comparable, R any](rank map[string]int, rows []R, keyOf func(R) (key K, dataset string)) map[K]choice[R] {
	all := map[K]map[string][]R{}
	for _, r := range rows {
		k, dataset := keyOf(r)
		if all[k] == nil {
			all[k] = map[string][]R{}
		}
		all[k][dataset] = append(all[k][dataset], r)
	}
	chosen := make(map[K]choice[R], len(all))
	for k, byDataset := range all {
		datasets := slices.SortedFunc(maps.Keys(byDataset), func(a, b string) int { return compareRank(rank, a, b) })
		chosen[k] = choice[R]{byDataset[datasets[0]], datasets[0], datasets[1:]}
	}
	return chosen
}

func (c *Catalogue) addContents(rows []ContainsRow) {
	chosen := choose(c.rank, rows,
		func(r ContainsRow) ([2]string, string) { return [2]string{r.Product, r.Material}, r.Dataset })
	for key, row := range chosen {
		product, material := key[0], key[1]
		if c.contains[product] == nil {
			c.contains[product] = map[string]choice[ContainsRow]{}
		}
		c.contains[product][material] = row
		c.carriers[material] = append(c.carriers[material], product)
	}
	for _, products := range c.carriers {
		slices.Sort(products)
	}
}

// Product returns a product as the dataset that counts declares it; ok is false
// where none does.
func (c *Catalogue) Product(id string) (row ProductRow, ok bool) {
	chosen, ok := c.products[id]
	if !ok {
		return ProductRow{}, false
	}
	return chosen.rows[0], true
}

// Materials returns the materials that a product contains, in bytewise order;
// none where it is walked in gross tonnes.
func (c *Catalogue) Materials(product string) []string {
	return slices.Sorted(maps.Keys(c.contains[product]))
}

// Carriers returns the products that contain a material, in bytewise order.
func (c *Catalogue) Carriers(material string) []string { return slices.Clone(c.carriers[material]) }

// carries reports whether a product contains a material; every product carries
// its own gross tonnes.
func (c *Catalogue) carries(product, material string) bool {
	if material == "" {
		return true
	}
	_, ok := c.contains[product][material]
	return ok
}

// massFraction returns the tonnes of a material in a tonne of product; 1 for
// gross tonnes.
func (c *Catalogue) massFraction(product, material string) (mf float64, ok bool) {
	if material == "" {
		return 1, true
	}
	chosen, ok := c.contains[product][material]
	if !ok {
		return 0, false
	}
	return chosen.rows[0].MassFraction, true
}

// conversion returns what tonnes of a product that count one material ("" =
// gross) are multiplied with to count another (docs/methods.md §1). ok is false
// where the product is not known to contain them.
func (c *Catalogue) conversion(product, counted, material string) (factor float64, ok bool) {
	if counted == material {
		return 1, true
	}
	to, ok := c.massFraction(product, material)
	if !ok {
		return 0, false
	}
	from, ok := c.massFraction(product, counted)
	return to / from, ok
}

// ResolveMaterial returns the material that a question about a product follows:
// the one asked for, or the product's only one; "" for a product that contains
// none (gross tonnes). NotFound for a product or code that nothing is known of;
// BadInput where the material has to be named, or is not in the product.
func (c *Catalogue) ResolveMaterial(product, asked string) (string, error) {
	if !c.knows(product) {
		if _, _, isCode := graph.SplitCode(product); isCode {
			return "", graph.Errorf(graph.NotFound, "nothing is known of the trade code %s: no trade in it is loaded, and no product is coded so", product)
		}
		return "", graph.Errorf(graph.NotFound, "there is no product %q", product)
	}
	materials := c.Materials(product)
	switch {
	case len(materials) == 0 && asked == "":
		return "", nil
	case len(materials) == 0:
		return "", graph.Errorf(graph.BadInput, "no mass fraction of any material in %s is known: leave material out, and it is walked in gross tonnes", product)
	case asked == "" && len(materials) == 1:
		return materials[0], nil
	case asked == "":
		return "", &graph.Error{Code: graph.BadInput, Suggestions: materials,
			Message: fmt.Sprintf("%s contains more than one material: name one of %s", product, strings.Join(materials, ", "))}
	case !slices.Contains(materials, asked):
		return "", &graph.Error{Code: graph.BadInput, Suggestions: materials,
			Message: fmt.Sprintf("%s does not contain %s: it contains %s", product, asked, strings.Join(materials, ", "))}
	}
	return asked, nil
}

func (c *Catalogue) knows(product string) bool {
	_, declared := c.products[product]
	return declared || len(c.coverage[tradeName{code: product}]) > 0 || len(c.coded[product]) > 0 ||
		slices.ContainsFunc(c.tradeNames(product), func(name tradeName) bool { return len(c.coverage[name]) > 0 })
}

// Check returns what is wrong with the rows that count, as one BadInput error
// with a line for each: recipes that do not sum to one, inputs that do not
// carry the material that their recipe names, recipes that form a cycle, codes
// whose shares sum to more than one. A loader calls it over what is stored and
// what is to be stored.
func (c *Catalogue) Check() error {
	var wrong []error
	for _, product := range slices.Sorted(maps.Keys(c.recipes)) {
		for _, r := range c.recipes[product] {
			wrong = append(wrong, c.checkRecipe(r))
		}
	}
	for _, material := range append([]string{""}, slices.Sorted(maps.Keys(c.carriers))...) {
		_, err := c.sortByRecipe(c.walked(material), material)
		if err != nil && !slices.ContainsFunc(wrong, func(e error) bool { return e != nil && e.Error() == err.Error() }) {
			wrong = append(wrong, err)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(c.coded)) {
		wrong = append(wrong, c.checkCode(code))
	}
	if err := errors.Join(wrong...); err != nil {
		return graph.Errorf(graph.BadInput, "%s", err)
	}
	return nil
}
