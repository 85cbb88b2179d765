package supply

import (
	"cmp"
	"maps"
	"slices"
)

// tradeTally counts what became of the trade rows.
type tradeTally struct {
	datasets map[string]bool
	self     int // rows of a place with itself
	inGroup  int // rows between members of the group
	bySource []sourceTally
}

// sourceTally counts the rows of one source.
type sourceTally struct {
	rows         int
	valued       int // rows whose tonnes come from a unit value
	valuedTonnes float64
	unvalued     int // rows left out: a value, no tonnes, no unit value
	unvaluedUSD  float64
	empty        int            // rows left out: neither tonnes nor value
	otherContent map[string]int // rows left out: what they count is not what counts
}

// addTrade turns the rows into links and totals, product by product.
func (a *assembly) addTrade() error {
	raw, err := a.links()
	for i, links := range raw {
		a.products[i].takeLinks(sumLinks(links, len(a.places)))
	}
	return err
}

// links returns what each row trades of each product that it counts for.
func (a *assembly) links() ([][]link, error) {
	a.read = tradeTally{datasets: map[string]bool{}, bySource: make([]sourceTally, len(a.plan.Trade))}
	measures, err := a.measures()
	if err != nil {
		return nil, err
	}
	raw := make([][]link, len(a.products))
	for i, n := range a.rowsPerProduct() {
		raw[i] = make([]link, 0, n)
	}
	for i := range a.trade.rows {
		r := &a.trade.rows[i]
		l := link{importer: a.tradePlace[r.importer], exporter: a.tradePlace[r.exporter]}
		if l.importer == l.exporter {
			a.tallySelf(r)
			continue
		}
		tally := &a.read.bySource[r.source]
		tally.rows++
		tonnes, estimated := a.tonnesOf(r, tally)
		for j, u := range a.plan.uses[r.source] {
			m := measures[r.source][j]
			if m.content != r.content {
				tally.leaveOut(a.trade.contents[r.content])
				continue
			}
			l.tonnes, l.estimated = tonnes*u.share*m.factor, estimated || u.estimated
			if l.tonnes > 0 {
				raw[u.product] = append(raw[u.product], l)
				if a.rows != nil {
					a.rows[u.product] = append(a.rows[u.product], int32(i))
				}
			}
		}
	}
	for i := range a.products {
		raw[i] = a.addExtraTrade(i, raw[i])
	}
	for s, tally := range a.read.bySource {
		if tally.rows > 0 {
			a.read.datasets[a.plan.Trade[s].Dataset] = true
		}
		if tally.valued > 0 {
			a.read.datasets[a.plan.unitValues[s].dataset] = true
		}
	}
	return raw, nil
}

func (a *assembly) tallySelf(r *tradeRow) {
	if r.importer == r.exporter {
		a.read.self++
	} else {
		a.read.inGroup++
	}
}

func (a *assembly) rowsPerProduct() []int {
	bySource := make([]int, len(a.plan.Trade))
	for _, r := range a.trade.rows {
		bySource[r.source]++
	}
	n := make([]int, len(a.products))
	for s, uses := range a.plan.uses {
		for _, u := range uses {
			n[u.product] += bySource[s]
		}
	}
	return n
}

// tonnesOf returns the mass of a row as its source counts it; 0 where it has
// none. A row with a value but no tonnes, or zero tonnes, is given those of the
// world's unit value.
func (a *assembly) tonnesOf(r *tradeRow, tally *sourceTally) (tonnes float64, estimated bool) {
	switch {
	case r.tonnes > 0:
		return r.tonnes, r.estimated
	case r.valueUSD > 0:
		unit := a.plan.unitValues[r.source].usdPerTonne
		if !known(unit) {
			tally.unvalued++
			tally.unvaluedUSD += r.valueUSD
			return 0, false
		}
		tally.valued++
		tally.valuedTonnes += r.valueUSD / unit
		return r.valueUSD / unit, true
	case !known(r.tonnes):
		tally.empty++
	}
	return 0, false
}

func (t *sourceTally) leaveOut(content string) {
	if t.otherContent == nil {
		t.otherContent = map[string]int{}
	}
	t.otherContent[content]++
}

// measure says which content of a source's rows counts for a product, and what
// its tonnes are multiplied with to become those of the network.
type measure struct {
	content int32 // -1: none
	factor  float64
}

// measures chooses, for each use of each source, what counts where a source
// counts one trade in several ways: the network's material, then gross, then
// the first material by name that the product contains.
func (a *assembly) measures() ([][]measure, error) {
	contents := a.trade.contents
	measures := make([][]measure, len(a.plan.Trade))
	for s, present := range a.contentsPresent() {
		list := slices.SortedFunc(maps.Keys(present), func(x, y int32) int {
			return cmp.Or(cmp.Compare(a.plan.contentOrder(contents[x]), a.plan.contentOrder(contents[y])),
				cmp.Compare(contents[x], contents[y]))
		})
		if len(list) > 1 && a.plan.Material != "" && contents[list[0]] == a.plan.Material && contents[list[1]] == "" {
			source := a.plan.Trade[s]
			return nil, twoBases(source.Dataset, "trade in "+source.Code+source.Product, source.Year, a.plan.Material)
		}
		for _, u := range a.plan.uses[s] {
			m := measure{content: -1}
			for _, content := range list {
				if factor, ok := a.plan.catalogue.conversion(a.plan.products[u.product].id, contents[content], a.plan.Material); ok {
					m = measure{content, factor}
					break
				}
			}
			measures[s] = append(measures[s], m)
		}
	}
	return measures, nil
}

// contentsPresent lists, for each source, what its rows count.
func (a *assembly) contentsPresent() []map[int32]bool {
	present := make([]map[int32]bool, len(a.plan.Trade))
	for i := range present {
		present[i] = map[int32]bool{}
	}
	source, content := int32(-1), int32(-1)
	for i := range a.trade.rows {
		if r := &a.trade.rows[i]; r.source != source || r.content != content {
			source, content = r.source, r.content
			present[source][content] = true
		}
	}
	return present
}

// sumLinks sorts links by importer, then exporter, and adds up those of one
// pair. The order of the rows makes no difference, to the last bit. It uses up
// the list that it is given.
func sumLinks(raw []link, places int) []link {
	byExporter := make([]link, len(raw))
	countingSort(byExporter, raw, places, func(l *link) int32 { return l.exporter })
	countingSort(raw, byExporter, places, func(l *link) int32 { return l.importer })
	return sumSorted(raw)
}

// sumSorted adds up the links of one pair, in the list that it is given.
func sumSorted(sorted []link) []link {
	summed := sorted[:0]
	for start := 0; start < len(sorted); {
		end := start + 1
		for end < len(sorted) && sorted[end].samePair(sorted[start]) {
			end++
		}
		summed = append(summed, sumOf(sorted[start:end]))
		start = end
	}
	return slices.Clip(summed)
}

func (l link) samePair(as link) bool { return l.importer == as.importer && l.exporter == as.exporter }

// sumOf adds up links of one pair, the small ones first.
func sumOf(same []link) link {
	if len(same) > 1 {
		slices.SortFunc(same, func(x, y link) int { return cmp.Compare(x.tonnes, y.tonnes) })
	}
	sum := same[0]
	for _, l := range same[1:] {
		sum.tonnes += l.tonnes
		sum.estimated = sum.estimated || l.estimated
	}
	return sum
}

// countingSort copies links in order of a place, keeping the order of equal ones.
func countingSort(to, from []link, places int, place func(*link) int32) {
	next := make([]int, places+1)
	for i := range from {
		next[place(&from[i])+1]++
	}
	for i := range places {
		next[i+1] += next[i]
	}
	for i := range from {
		p := place(&from[i])
		to[next[p]] = from[i]
		next[p]++
	}
}

func (l *ledger) takeLinks(links []link) {
	l.links = links
	for _, in := range links {
		l.imports[in.importer] += in.tonnes
		l.exports[in.exporter] += in.tonnes
		l.present[in.importer], l.present[in.exporter] = true, true
	}
}
