package supply

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
)

// CorrespondsRow says that goods under one trade code are, or may be, under a
// code of another revision or nomenclature.
type CorrespondsRow struct {
	Dataset   string
	Code      string
	Other     string
	Share     float64 // of the trade under Code that Other holds; NaN: an equal part of what is left
	Estimated bool
}

// concordance is what corresponds in two nomenclatures, by the dataset that ranks
// first among those that relate them: tables of two publishers are not mixed.
type concordance struct {
	dataset string
	// partners are the codes of the other nomenclature, of each code of either.
	partners map[string][]string
	stated   map[[2]string]CorrespondsRow // by code and other, those with a share
}

// pairOf names two nomenclatures, whichever stands first.
func pairOf(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

func nomenclatureOf(code string) string {
	nomenclature, _, _ := graph.SplitCode(code)
	return nomenclature
}

func (c *Catalogue) addCorrespondences(rows []CorrespondsRow) {
	chosen := choose(c.rank, rows, func(r CorrespondsRow) ([2]string, string) {
		return pairOf(nomenclatureOf(r.Code), nomenclatureOf(r.Other)), r.Dataset
	})
	for pair, of := range chosen {
		t := &concordance{dataset: of.dataset, partners: map[string][]string{}, stated: map[[2]string]CorrespondsRow{}}
		for _, r := range of.rows {
			t.partners[r.Code] = append(t.partners[r.Code], r.Other)
			t.partners[r.Other] = append(t.partners[r.Other], r.Code)
			if known(r.Share) {
				t.stated[[2]string{r.Code, r.Other}] = r
			}
		}
		for code, list := range t.partners {
			slices.Sort(list)
			t.partners[code] = slices.Compact(list)
		}
		c.concordances[pair] = t
	}
}

// part is a code of another nomenclature that holds goods of a code.
type part struct {
	code      string
	share     float64 // of the trade under this code that is of the other one
	estimated bool
}

// in returns the codes of a nomenclature that hold goods of a code, and which
// share of each is of it: the share that is stated, else an equal part of what
// is left of the code among the codes that it corresponds with. That part is
// estimated where it is divided among several.
//
// A code that the table does not list in either nomenclature is the same in
// both: tables list what changed.
func (t *concordance) in(code, nomenclature string) []part {
	if len(t.partners[code]) == 0 {
		_, digits, _ := graph.SplitCode(code)
		same := nomenclature + ":" + digits
		if len(t.partners[same]) > 0 {
			return nil
		}
		return []part{{code: same, share: 1}}
	}
	var parts []part
	for _, other := range t.partners[code] {
		if row, ok := t.stated[[2]string{other, code}]; ok {
			parts = append(parts, part{other, row.Share, row.Estimated})
			continue
		}
		left, blank := 1.0, 0
		for _, sibling := range t.partners[other] {
			if row, ok := t.stated[[2]string{other, sibling}]; ok {
				left -= row.Share
			} else {
				blank++
			}
		}
		parts = append(parts, part{other, max(0, left) / float64(blank), blank > 1})
	}
	return parts
}

// partsIn returns the codes of a nomenclature that hold goods of a code, and the
// dataset that says so: "" where the rules of the nomenclatures do. Codes of a
// year's Combined Nomenclature are parts of the code of the Harmonized System
// that they begin with.
func (c *Catalogue) partsIn(code, nomenclature string) (parts []part, dataset string) {
	own := nomenclatureOf(code)
	if t := c.concordances[pairOf(own, nomenclature)]; t != nil {
		return t.in(code, nomenclature), t.dataset
	}
	harmonized := harmonizedOf(nomenclature)
	if harmonized == "" {
		return nil, ""
	}
	headings := []part{{code: code, share: 1}}
	if own != harmonized {
		t := c.concordances[pairOf(own, harmonized)]
		if t == nil {
			return nil, ""
		}
		headings, dataset = t.in(code, harmonized), t.dataset
	}
	for _, h := range headings {
		_, prefix, _ := graph.SplitCode(h.code)
		for _, of := range c.traded[nomenclature] {
			if strings.HasPrefix(of, nomenclature+":"+prefix) {
				parts = append(parts, part{of, h.share, h.estimated})
			}
		}
	}
	return parts, dataset
}

// harmonizedOf returns the revision of the Harmonized System that an edition of
// the Combined Nomenclature divides: HS2022 for CN2024; "" for what is none.
func harmonizedOf(nomenclature string) string {
	digits, isCombined := strings.CutPrefix(nomenclature, "CN")
	year, err := strconv.Atoi(digits)
	if !isCombined || err != nil {
		return ""
	}
	return graph.HSInForce(year)
}

// headingOf returns the code of the Harmonized System that a code of the
// Combined Nomenclature is a part of; "" for what is none.
func headingOf(code string) string {
	nomenclature, digits, _ := graph.SplitCode(code)
	harmonized := harmonizedOf(nomenclature)
	if harmonized == "" || len(digits) < 6 {
		return ""
	}
	return harmonized + ":" + digits[:6]
}

// converted returns the codes of a nomenclature that trade in a product is filed
// under by correspondence, in order of code; none where the product is coded in
// that nomenclature itself. Of several revisions that the product is coded in,
// the newest that leads there counts.
func (c *Catalogue) converted(product, nomenclature string) []codeShare {
	own := map[string][]codeShare{}
	for _, s := range c.codesOf(product) {
		of := nomenclatureOf(s.code)
		own[of] = append(own[of], s)
	}
	if len(own[nomenclature]) > 0 {
		return nil
	}
	for _, of := range slices.SortedFunc(maps.Keys(own), func(a, b string) int { return cmp.Compare(b, a) }) {
		if list := c.convert(own[of], nomenclature); len(list) > 0 {
			return list
		}
	}
	return nil
}

func (c *Catalogue) convert(codes []codeShare, nomenclature string) []codeShare {
	found := map[string]codeShare{}
	for _, s := range codes {
		parts, dataset := c.partsIn(s.code, nomenclature)
		for _, p := range parts {
			to := found[p.code]
			to.code, to.dataset, to.passedOver = p.code, s.dataset, s.passedOver
			to.converted = &conversionOf{codes: []string{s.code}, dataset: dataset, parts: len(parts)}
			if before := found[p.code].converted; before != nil {
				to.converted.codes = append(before.codes, s.code)
				to.converted.parts = max(before.parts, len(parts))
			}
			to.share = min(1, to.share+p.share*s.share)
			to.concentration = leastStated(to.concentration, s.concentration)
			// which of several parts the product is in is not known where it is not all of them
			to.estimated = to.estimated || p.estimated || s.estimated || len(parts) > 1 && s.share < 1
			found[p.code] = to
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b codeShare) int { return cmp.Compare(a.code, b.code) })
}

// conversionOf says of which codes of a product another code holds goods.
type conversionOf struct {
	codes   []string // the product's own
	dataset string   // that says so; "" = the rules of the nomenclatures
	parts   int      // how many codes hold goods of them
}

// nomenclatures returns those that trade of a year is filed under; of any year
// for 0.
func (c *Catalogue) nomenclatures(year int) []string { return c.filed[year] }

// addCoverage notes under which codes there is trade.
func (c *Catalogue) addCoverage(lines []graph.TradeCoverage) {
	filed := map[int]map[string]bool{0: {}}
	traded := map[string]map[string]bool{}
	for _, line := range lines {
		name := tradeName{line.Code, line.Product}
		c.coverage[name] = append(c.coverage[name], line)
		nomenclature := nomenclatureOf(line.Code)
		if nomenclature == "" || line.Rows == 0 {
			continue
		}
		if filed[line.Year] == nil {
			filed[line.Year] = map[string]bool{}
		}
		filed[line.Year][nomenclature], filed[0][nomenclature] = true, true
		if traded[nomenclature] == nil {
			traded[nomenclature] = map[string]bool{}
		}
		traded[nomenclature][line.Code] = true
	}
	for year, set := range filed {
		c.filed[year] = slices.Sorted(maps.Keys(set))
	}
	for nomenclature, set := range traded {
		c.traded[nomenclature] = slices.Sorted(maps.Keys(set))
	}
}

// TradeCodes returns the codes that trade in a product may be filed under: its
// own, and those of other nomenclatures in which there is trade and that
// correspond with them; in order.
func (c *Catalogue) TradeCodes(product string) []string {
	var codes []string
	for _, name := range c.tradeNames(product) {
		if name.code != "" {
			codes = append(codes, name.code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
