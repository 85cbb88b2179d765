package supply

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"tiermap/graph"
)

// sumSlack is how far the shares of a recipe may be from one, and those of a
// code above it.
const sumSlack = 1e-9

// recipe is what a product is made of: for one material or any, in one country
// or any. It is the rows of one dataset.
type recipe struct {
	product  string
	material string // blank: any
	country  string // blank: any
	choice   choice[MadeFromRow]
	inputs   []recipeInput // in bytewise order; shares sum to 1; those of share 0 left out
	// concentration is that of the shares, the least that a row states; above 0
	// where one does.
	concentration float64
}

type recipeInput struct {
	product   string
	share     float64
	estimated bool
}

func (c *Catalogue) addRecipes(rows []MadeFromRow) {
	type key struct{ product, material, country string }
	chosen := choose(c.rank, rows,
		func(r MadeFromRow) (key, string) { return key{r.Product, r.Material, r.Country}, r.Dataset })
	for k, rows := range chosen {
		c.recipes[k.product] = append(c.recipes[k.product], newRecipe(k.product, k.material, k.country, rows))
	}
	for _, list := range c.recipes {
		slices.SortFunc(list, func(a, b *recipe) int {
			return cmp.Or(cmp.Compare(a.material, b.material), cmp.Compare(a.country, b.country))
		})
	}
}

// newRecipe divides the shares by their sum, which Check holds to be one within
// sumSlack: what a recipe leaves over would otherwise end nowhere.
func newRecipe(product, material, country string, rows choice[MadeFromRow]) *recipe {
	r := &recipe{product: product, material: material, country: country, choice: rows}
	sum := r.sum()
	for _, row := range rows.rows {
		r.concentration = leastStated(r.concentration, row.Concentration)
		if row.Share > 0 {
			r.inputs = append(r.inputs, recipeInput{row.Input, row.Share / sum, row.Estimated})
		}
	}
	slices.SortFunc(r.inputs, func(a, b recipeInput) int { return cmp.Compare(a.product, b.product) })
	return r
}

func (r *recipe) sum() float64 {
	sum := 0.0
	for _, row := range r.choice.rows {
		sum += row.Share
	}
	return sum
}

// String names the recipe: "magnet for neodymium in CHN (dataset chains)".
func (r *recipe) String() string {
	s := r.product
	if r.material != "" {
		s += " for " + r.material
	}
	if r.country != "" {
		s += " in " + r.country
	}
	return s + " (dataset " + r.choice.dataset + ")"
}

func (c *Catalogue) checkRecipe(r *recipe) error {
	if sum := r.sum(); !(math.Abs(sum-1) <= sumSlack) {
		return graph.Errorf(graph.BadInput, "the recipe of %s sums to %g instead of 1: correct its shares", r, sum)
	}
	if r.material == "" {
		return nil
	}
	for _, row := range r.choice.rows {
		if !c.carries(row.Input, r.material) {
			return graph.Errorf(graph.BadInput,
				"the recipe of %s names the input %s, which is not known to contain %s: add what it contains, or leave the input out",
				r, row.Input, r.material)
		}
	}
	return nil
}

// holds reports whether a recipe can be followed for a material: one for any
// material only where all its inputs carry it.
func (c *Catalogue) holds(r *recipe, material string) bool {
	if r.material != "" {
		return r.material == material
	}
	return !slices.ContainsFunc(r.choice.rows, func(row MadeFromRow) bool { return !c.carries(row.Input, material) })
}

// recipesFor returns the recipes of a product that hold for a material
// somewhere. A recipe for the material in any country leaves those for any
// material no place.
func (c *Catalogue) recipesFor(product, material string) []*recipe {
	var hold []*recipe
	everywhere := false
	for _, r := range c.recipes[product] {
		if c.holds(r, material) {
			hold = append(hold, r)
			everywhere = everywhere || r.country == "" && r.material == material
		}
	}
	if everywhere {
		hold = slices.DeleteFunc(hold, func(r *recipe) bool { return r.material != material })
	}
	return hold
}

// moreSpecific reports whether r wins over another recipe that holds in the
// same country: one for the material over one for any, then one for the country
// over one for any.
func (r *recipe) moreSpecific(than *recipe) bool {
	return cmp.Or(cmp.Compare(r.material, than.material), cmp.Compare(r.country, than.country)) > 0
}

// inputsOf returns what a product is made of anywhere, for a material.
func (c *Catalogue) inputsOf(product, material string) []string {
	var inputs []string
	for _, r := range c.recipesFor(product, material) {
		for _, in := range r.inputs {
			inputs = append(inputs, in.product)
		}
	}
	slices.Sort(inputs)
	return slices.Compact(inputs)
}

// walked returns the products that a network of the material may hold: its
// carriers; in gross tonnes those that are made of something or that contain
// nothing known.
func (c *Catalogue) walked(material string) []string {
	if material != "" {
		return c.carriers[material]
	}
	var products []string
	for id := range c.products {
		if len(c.contains[id]) == 0 {
			products = append(products, id)
		}
	}
	for id := range c.recipes {
		if _, declared := c.products[id]; !declared || len(c.contains[id]) > 0 {
			products = append(products, id)
		}
	}
	slices.Sort(products)
	return products
}

// Chain returns the products that recipes for a material tie to a product:
// what it is made of, what is made of those, and so on. Their facts decide a
// question about it, since what a place makes of a product leaves it like an
// export. The chain is the same for each of its products. Every product stands
// before its inputs; those that could stand in either order are in bytewise
// order. A blank product stands for all that carry the material.
//
// Errors: those of Check, for these products.
func (c *Catalogue) Chain(product, material string) ([]string, error) {
	chain := c.walked(material)
	if product != "" {
		chain = c.tiedTo(product, material)
	}
	for _, id := range chain {
		for _, r := range c.recipesFor(id, material) {
			if err := c.checkRecipe(r); err != nil {
				return nil, err
			}
		}
	}
	return c.sortByRecipe(chain, material)
}

// tiedTo returns a product and all that recipes tie to it.
func (c *Catalogue) tiedTo(product, material string) []string {
	users := map[string][]string{}
	for _, id := range c.walked(material) {
		if material == "" && len(c.contains[id]) > 0 {
			continue // in gross tonnes only as an input: it is counted by what it contains
		}
		for _, in := range c.inputsOf(id, material) {
			users[in] = append(users[in], id)
		}
	}
	return reach([]string{product}, func(id string) []string {
		return append(c.inputsOf(id, material), users[id]...)
	})
}

// reach returns everything that can be reached from the starts, with them.
func reach(starts []string, next func(string) []string) []string {
	list := slices.Clone(starts)
	seen := map[string]bool{}
	for _, id := range list {
		seen[id] = true
	}
	for i := 0; i < len(list); i++ {
		for _, id := range next(list[i]) {
			if !seen[id] {
				seen[id] = true
				list = append(list, id)
			}
		}
	}
	return list
}

// sortByRecipe puts every product before its inputs, and those that could stand
// in either order bytewise. BadInput where recipes form a cycle.
func (c *Catalogue) sortByRecipe(products []string, material string) ([]string, error) {
	users := map[string]int{} // of each product, those that are not yet placed
	inputs := map[string][]string{}
	for _, id := range products {
		inputs[id] = c.inputsOf(id, material)
		for _, in := range inputs[id] {
			users[in]++
		}
	}
	waiting := slices.Clone(products)
	slices.Sort(waiting)
	sorted := make([]string, 0, len(products))
	for len(waiting) > 0 {
		i := slices.IndexFunc(waiting, func(id string) bool { return users[id] == 0 })
		if i < 0 {
			return nil, graph.Errorf(graph.BadInput, "recipes form a cycle: %s; correct one of them",
				strings.Join(cycleIn(waiting, inputs), " is made of "))
		}
		for _, in := range inputs[waiting[i]] {
			users[in]--
		}
		sorted = append(sorted, waiting[i])
		waiting = slices.Delete(waiting, i, i+1)
	}
	return sorted, nil
}

// cycleIn follows users back from the first of the products that wait for each
// other until one comes again. The cycle starts and ends with the same product.
func cycleIn(waiting []string, inputs map[string][]string) []string {
	userOf := func(id string) string {
		for _, user := range waiting {
			if slices.Contains(inputs[user], id) {
				return user
			}
		}
		return ""
	}
	path := []string{waiting[0]}
	for {
		user := userOf(path[len(path)-1])
		i := slices.Index(path, user)
		path = append(path, user)
		if i >= 0 {
			cycle := path[i:]
			slices.Reverse(cycle)
			return cycle
		}
	}
}
