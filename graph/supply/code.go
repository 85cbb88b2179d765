package supply

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"tiermap/graph"
)

// codeShare is the part of a trade code that is one product.
type codeShare struct {
	code       string
	share      float64
	blank      bool // no share is stated: an equal part of what is left of the code
	estimated  bool
	dataset    string // "" where the product is the code itself
	passedOver []string
	converted  *conversionOf // nil where the product is coded so itself
	// concentration is that of the shares of the code, the least that a row states;
	// above 0 where one does.
	concentration float64
}

func (c *Catalogue) addCodes(rows []CodedAsRow) {
	chosen := choose(c.rank, rows,
		func(r CodedAsRow) ([2]string, string) { return [2]string{r.Product, r.Code}, r.Dataset })
	for key, rows := range chosen {
		c.coded[key[1]] = append(c.coded[key[1]], rows)
	}
	for code, list := range c.coded {
		slices.SortFunc(list, func(a, b choice[CodedAsRow]) int { return cmp.Compare(a.rows[0].Product, b.rows[0].Product) })
		left, concentration := equalPart(list), 0.0
		for _, chosen := range list {
			concentration = leastStated(concentration, chosen.rows[0].Concentration)
		}
		for _, chosen := range list {
			row := chosen.rows[0]
			s := codeShare{code: code, share: row.Share, estimated: row.Estimated,
				dataset: chosen.dataset, passedOver: chosen.passedOver, concentration: concentration}
			if math.IsNaN(row.Share) {
				s.share, s.blank, s.estimated = left, true, true
			}
			c.codes[row.Product] = append(c.codes[row.Product], s)
		}
	}
	for _, list := range c.codes {
		slices.SortFunc(list, func(a, b codeShare) int { return cmp.Compare(a.code, b.code) })
	}
}

// leastStated is the lesser of two concentrations, of which those above 0 are
// stated: who is least sure of one share is least sure of all that it divides.
func leastStated(a, b float64) float64 {
	if !(b > 0) || a > 0 && a < b {
		return a
	}
	return b
}

// equalPart divides what the stated shares of a code leave among its products
// without one.
func equalPart(list []choice[CodedAsRow]) float64 {
	left, blank := 1.0, 0
	for _, chosen := range list {
		if share := chosen.rows[0].Share; math.IsNaN(share) {
			blank++
		} else {
			left -= share
		}
	}
	return max(0, left) / float64(blank)
}

func (c *Catalogue) checkCode(code string) error {
	sum := 0.0
	var parts []string
	for _, chosen := range c.coded[code] {
		if row := chosen.rows[0]; known(row.Share) {
			sum += row.Share
			parts = append(parts, fmt.Sprintf("%s %g", row.Product, row.Share))
		}
	}
	if sum > 1+sumSlack {
		return graph.Errorf(graph.BadInput, "the shares of %s sum to %g, more than 1 (%s): correct them",
			code, sum, strings.Join(parts, ", "))
	}
	return nil
}

// codesOf returns the codes that a product is traded under. A trade code that
// is asked for as a product, and is coded as nothing else, is its own code.
func (c *Catalogue) codesOf(product string) []codeShare {
	if codes := c.codes[product]; len(codes) > 0 {
		return codes
	}
	if _, _, isCode := graph.SplitCode(product); isCode {
		return []codeShare{{code: product, share: 1}}
	}
	return nil
}
