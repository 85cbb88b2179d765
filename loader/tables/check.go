package tables

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
)

// tolerance is how far the shares of a recipe may be from 1, and those of a
// code above it (docs/methods.md §1).
const tolerance = 1e-9

// check returns what is wrong with the dataset as a whole, a sentence each.
func (r *reader) check() []string {
	return slices.Concat(r.recipeSums(), r.inputsCarry(), r.cycle(), r.codeSums(), r.basis.mixed())
}

// recipe is what the inputs of one recipe share.
type recipe struct{ product, material, country string }

func (i input) recipe() recipe { return recipe{i.product, i.material, i.country} }

func (k recipe) String() string {
	s := "the recipe of " + k.product
	if k.material != "" {
		s += " for " + k.material
	}
	if k.country != "" {
		s += " in " + k.country
	}
	return s
}

// recipeSums finds recipes whose shares do not sum to 1.
func (r *reader) recipeSums() []string {
	byRecipe := group(r.own.recipes, input.recipe)
	var faults []string
	for _, k := range inOrderOf(byRecipe, func(k recipe) string { return k.product + "\x00" + k.material + "\x00" + k.country }) {
		inputs := byRecipe[k]
		sum := 0.0
		for _, i := range inputs {
			sum += i.share
		}
		if math.Abs(sum-1) > tolerance {
			faults = append(faults, fmt.Sprintf("%s: the shares of %s sum to %s, not 1%s",
				lines(inputs), k, total(sum), r.leftOut(inputs[0].file)))
		}
	}
	return faults
}

// leftOut reminds of rows whose absence may be what is wrong.
func (r *reader) leftOut(file string) string {
	if n := r.rejected[file]; n > 0 {
		return fmt.Sprintf(" (rejected rows of %s: %d)", file, n)
	}
	return ""
}

// total writes a sum so that rounding does not show.
func total(sum float64) string { return strconv.FormatFloat(sum, 'g', 12, 64) }

// inputsCarry finds inputs that do not contain the material that their recipe
// names.
func (r *reader) inputsCarry() []string {
	var faults []string
	for _, i := range r.own.recipes {
		if i.material != "" && !r.own.contains(i.input, i.material) && !r.loaded.contains(i.input, i.material) {
			faults = append(faults, fmt.Sprintf("%s: %s names the input %s, which does not contain %s by any row of contains",
				lines([]input{i}), i.recipe(), i.input, i.material))
		}
	}
	return faults
}

// cycle finds recipes that lead back to their own product: those of the dataset
// alone, which must be right whatever else is loaded, then together with the
// others. Of several datasets with the same recipe the one that ranks first
// counts.
func (r *reader) cycle() []string {
	if fault := cycleIn(r.own.recipes); fault != nil {
		return fault
	}
	return cycleIn(counting(slices.Concat(r.own.recipes, r.loaded.recipes), input.recipe, r.ranks()))
}

// cycleIn finds a cycle of the recipes that count, for any one material.
func cycleIn(counts []input) []string {
	materials := map[string]bool{"": true}
	for _, i := range counts {
		materials[i.material] = true
	}
	for _, m := range slices.Sorted(maps.Keys(materials)) {
		if ring := ringIn(holding(counts, m)); ring != nil {
			return []string{ringSentence(ring)}
		}
	}
	return nil
}

// holding returns the rows that are followed for a material: a recipe for it in
// any country leaves those for any material no place.
func holding(rows []input, material string) []input {
	everywhere := map[string]bool{}
	for _, i := range rows {
		if i.material == material && i.country == "" && material != "" {
			everywhere[i.product] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(i input) bool {
		return i.share == 0 || i.material != material && (i.material != "" || everywhere[i.product])
	})
}

// ringIn returns the rows of a shortest cycle through a row of this dataset,
// each made from what the next one makes; nil where there is none.
func ringIn(edges []input) []input {
	core := peel(edges)
	from := group(core, func(i input) string { return i.product })
	for _, first := range core {
		if first.file == "" {
			continue // a cycle of loaded datasets alone is not this one's fault
		}
		reached := map[string][]input{first.input: {first}} // the way to a product
		for queue := []string{first.input}; len(queue) > 0; queue = queue[1:] {
			way := reached[queue[0]]
			if queue[0] == first.product {
				return way
			}
			for _, e := range from[queue[0]] {
				if reached[e.input] == nil {
					reached[e.input] = append(slices.Clone(way), e)
					queue = append(queue, e.input)
				}
			}
		}
	}
	return nil
}

// peel takes away the rows of products that lead to raw products only, from
// the raw ones on: what is left leads to a cycle.
func peel(edges []input) []input {
	uses := group(edges, func(e input) string { return e.input })
	inputs := map[string]int{} // of a product, that lead somewhere else
	for _, e := range edges {
		inputs[e.product]++
	}
	var ends []string
	for product := range uses {
		if inputs[product] == 0 {
			ends = append(ends, product)
		}
	}
	for ; len(ends) > 0; ends = ends[1:] {
		for _, e := range uses[ends[0]] {
			if inputs[e.product]--; inputs[e.product] == 0 {
				ends = append(ends, e.product)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(edges), func(e input) bool { return inputs[e.product] == 0 || inputs[e.input] == 0 })
}

// ringSentence names the lines of a cycle and what it runs through.
func ringSentence(ring []input) string {
	chain := []string{ring[0].product}
	var own []input
	var loaded []string
	for _, e := range ring {
		chain = append(chain, e.input)
		if e.file != "" {
			own = append(own, e)
		} else if !slices.Contains(loaded, e.dataset) {
			loaded = append(loaded, e.dataset)
		}
	}
	with := ""
	if len(loaded) > 0 {
		with = ", with recipes of " + strings.Join(loaded, ", ")
	}
	return fmt.Sprintf("%s: the recipes form a cycle: %s%s", lines(own), strings.Join(chain, " is made from "), with)
}

// codeSums finds trade codes whose shares sum to more than 1: those of the
// dataset alone, then together with the others. Of several datasets that give a
// product a share of a code the one that ranks first counts.
func (r *reader) codeSums() []string {
	type pair struct{ product, code string }
	byCode := func(c codeShare) string { return c.code }
	rows := slices.DeleteFunc(slices.Concat(r.own.codes, r.loaded.codes), func(c codeShare) bool { return math.IsNaN(c.share) })
	alone := group(slices.DeleteFunc(slices.Clone(rows), func(c codeShare) bool { return c.file == "" }), byCode)
	together := group(counting(rows, func(c codeShare) pair { return pair{c.product, c.code} }, r.ranks()), byCode)
	var faults []string
	for _, code := range slices.Sorted(maps.Keys(alone)) {
		fault := codeSum(code, alone[code])
		if fault == "" {
			fault = codeSum(code, together[code])
		}
		if fault != "" {
			faults = append(faults, fault)
		}
	}
	return faults
}

// codeSum says which shares of a code sum to more than 1; "" where they do not,
// or none of them is of this dataset.
func codeSum(code string, shares []codeShare) string {
	sum := 0.0
	var own []codeShare
	var with []string
	for _, c := range shares {
		sum += c.share
		if c.file != "" {
			own = append(own, c)
		} else {
			with = append(with, fmt.Sprintf("%s %s of dataset %s", c.product, short(c.share), c.dataset))
		}
	}
	if sum <= 1+tolerance || len(own) == 0 {
		return ""
	}
	fault := fmt.Sprintf("%s: the shares of %s sum to %s, more than 1", lines(own), code, total(sum))
	if len(with) > 0 {
		fault += ", with " + strings.Join(with, ", ")
	}
	return fault
}

// standing is a row of which it is known where it stands.
type standing interface{ where() origin }

func (o origin) where() origin { return o }

// counting returns, of the rows of one key, those of the dataset that ranks
// first (docs/methods.md §1, which fact counts).
func counting[R standing, K comparable](rows []R, key func(R) K, ranks map[string]graph.Dataset) []R {
	best := map[K]graph.Dataset{}
	rank := func(r R) graph.Dataset {
		if d, ok := ranks[r.where().dataset]; ok {
			return d
		}
		return graph.Dataset{ID: r.where().dataset}
	}
	for _, r := range rows {
		if d, ok := best[key(r)]; !ok || graph.CompareRank(rank(r), d) < 0 {
			best[key(r)] = rank(r)
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r R) bool { return best[key(r)].ID != r.where().dataset })
}

func group[R any, K comparable](rows []R, key func(R) K) map[K][]R {
	groups := map[K][]R{}
	for _, r := range rows {
		groups[key(r)] = append(groups[key(r)], r)
	}
	return groups
}

func inOrderOf[K comparable, V any](m map[K]V, by func(K) string) []K {
	return slices.SortedFunc(maps.Keys(m), func(a, b K) int { return cmp.Compare(by(a), by(b)) })
}

// lines names the file and lines of rows of one file: "made_from.csv, lines 2
// and 5".
func lines[R standing](rows []R) string {
	numbers := make([]string, 0, len(rows))
	for _, r := range rows {
		numbers = append(numbers, fmt.Sprint(r.where().line))
	}
	word := "line"
	if len(numbers) > 1 {
		word = "lines"
		last := len(numbers) - 1
		numbers = []string{strings.Join(numbers[:last], ", ") + " and " + numbers[last]}
	}
	return fmt.Sprintf("%s, %s %s", rows[0].where().file, word, numbers[0])
}

// bases notes, for each product or code and year, which bases its tonnes have.
type bases map[basisKey]*basisLines

type basisKey struct {
	file  string
	goods string // product or trade code
	year  int
}

// basisLines are the first lines of each basis, 0 where there is none.
type basisLines struct {
	gross     int
	contained int
	material  string // of the line contained
}

// add notes the basis of a row of trade or production that has tonnes.
func (b bases) add(w *row) {
	if name := w.kind.Name; name != graph.Trades && name != graph.Produces || !w.known("tonnes") {
		return
	}
	key := basisKey{w.at.file, w.text("product"), w.whole("year")}
	if w.kind.Name == graph.Trades {
		key.goods = cmp.Or(key.goods, w.text("code"))
	}
	at := b[key]
	if at == nil {
		at = &basisLines{}
		b[key] = at
	}
	switch {
	case w.text("basis") != contained:
		at.gross = cmp.Or(at.gross, w.at.line)
	case at.contained == 0:
		at.contained, at.material = w.at.line, w.text("material")
	}
}

// mixed finds products and years of which tonnes are gross on one line and
// contained on another.
func (b bases) mixed() []string {
	var faults []string
	for _, k := range slices.SortedFunc(maps.Keys(b), func(a, c basisKey) int {
		return cmp.Or(cmp.Compare(a.file, c.file), cmp.Compare(a.goods, c.goods), cmp.Compare(a.year, c.year))
	}) {
		if at := b[k]; at.gross > 0 && at.contained > 0 {
			faults = append(faults, fmt.Sprintf("%s, lines %d and %d: tonnes of %s in %d are gross on one line and contained %s on the other",
				k.file, at.gross, at.contained, k.goods, k.year, at.material))
		}
	}
	return faults
}
