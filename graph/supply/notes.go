package supply

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
)

// note is an assumption: a sentence, and what it bears on.
type note struct {
	product int32 // general: all of them
	about   topic
	text    string
}

// general stands in place of a product in a note on the whole network.
const general = -1

// topic is what a note bears on. What is made of a product bears on it through
// production alone.
type topic int

const (
	always topic = iota
	aboutTrade
	aboutMaking
)

func (p *Plan) notef(product int32, about topic, format string, args ...any) {
	p.notes = append(p.notes, note{product, about, fmt.Sprintf(format, args...)})
}

func (p *Plan) noteGross() {
	_, declared := p.catalogue.Product(p.Product)
	if _, _, isCode := graph.SplitCode(p.Product); isCode && !declared {
		p.notef(general, always, "%s is a trade code: it counts as raw, and masses are gross tonnes.", p.Product)
		return
	}
	p.notef(general, always, "No mass fraction of any material in %s is known: masses are gross tonnes, and only recipes that name no material hold.", p.Product)
}

// noteContent says what of a product's mass fraction and recipes could have
// been chosen otherwise.
func (p *Plan) noteContent(i int32, id string) {
	p.noteMassFraction(i, id)
	for _, r := range p.catalogue.recipesFor(id, p.Material) {
		estimated := slices.ContainsFunc(r.inputs, func(in recipeInput) bool { return in.estimated })
		if !estimated && len(r.choice.passedOver) == 0 {
			continue
		}
		var parts []string
		for _, in := range r.inputs {
			parts = append(parts, figure(in.share)+" "+in.product)
		}
		p.notef(i, aboutMaking, "The recipe of %s%s%s (%s) is that of %s%s%s.", id,
			ifWords(r.material != "", " for "+r.material), ifWords(r.country != "", " in "+r.country),
			strings.Join(parts, ", "), r.choice.dataset, ifWords(estimated, ", an estimate"), passedOver(r.choice.passedOver))
	}
}

// noteMassFraction says where the mass fraction of a product could have been chosen
// otherwise.
func (p *Plan) noteMassFraction(i int32, id string) {
	if chosen, ok := p.catalogue.contains[id][p.Material]; ok {
		row := chosen.rows[0]
		p.datasets[row.Dataset] = true
		if row.Estimated || len(chosen.passedOver) > 0 {
			p.notef(i, always, "The mass fraction of %s in %s, %s, is that of %s%s%s.", p.Material, id, figure(row.MassFraction), row.Dataset,
				ifWords(row.Estimated, ", an estimate"), passedOver(chosen.passedOver))
		}
	}
}

// noteSplit states which part of a code is a product, where that is not all of
// it by a source's word.
func (p *Plan) noteSplit(i int32, id string, s codeShare) {
	if s.converted != nil {
		p.noteConverted(i, id, s)
		return
	}
	if s.dataset == "" || s.share == 1 && !s.estimated && len(s.passedOver) == 0 {
		return
	}
	why := ""
	switch {
	case s.blank:
		why = ", an equal part of what other products leave of it, for no share is stated: estimated"
	case s.estimated:
		why = ", an estimate"
	}
	p.notef(i, aboutTrade, "Of the trade in %s a share of %s counts as %s (%s%s)%s.",
		s.code, figure(s.share), id, s.dataset, why, passedOver(s.passedOver))
}

// noteConverted states that trade under a code of another nomenclature counts,
// and which part of it.
func (p *Plan) noteConverted(i int32, id string, s codeShare) {
	by := "of which it is a part"
	if s.converted.dataset != "" {
		by = "by the correspondence of " + s.converted.dataset
	}
	part := "all of its trade"
	if s.share != 1 {
		part = fmt.Sprintf("a share of %s of its trade", figure(s.share))
	}
	why := ""
	if s.estimated {
		why = ", estimated"
	}
	p.notef(i, aboutTrade, "%s answers for %s, %s: %s counts as %s%s.", s.code, join(s.converted.codes), by, part, id, why)
}

// butProducers limits a sentence that no production is loaded.
const butProducers = " but that of companies and plants, which is no country's total"

func (p *Plan) noteProduction(i int32, id string, plan productionPlan, chosen map[string]choice[ProductionRow]) {
	if plan.weights {
		p.notef(i, aboutMaking, "Production of %s, %d, is known as shares only: what making it takes of its inputs is not known.", id, plan.year)
	}
	countries := map[string]int{}
	for country, of := range chosen {
		for _, dataset := range of.passedOver {
			countries[dataset] += 0
		}
		if country != OthersProduce {
			countries[of.dataset]++
		}
	}
	if len(countries) > 1 {
		var parts []string
		for _, dataset := range slices.SortedFunc(maps.Keys(countries), func(a, b string) int { return compareRank(p.catalogue.rank, a, b) }) {
			parts = append(parts, fmt.Sprintf("%s (for %s)", dataset, count(countries[dataset], "country", "countries")))
		}
		p.notef(i, aboutMaking, "Production of %s, %d, comes, country by country, from the first of these that has it: %s.",
			id, plan.year, strings.Join(parts, ", "))
	}
	if others, ok := chosen[OthersProduce]; ok {
		if amount := p.amountOf(id, OthersProduce, others.rows, plan.weights, false).amount; amount > 0 {
			unit := ifWords(plan.weights, "a share of "+figure(amount)) + ifWords(!plan.weights, figure(amount)+" t")
			p.notef(i, aboutMaking, "Countries that %s does not list made %s of %s in %d: it is not known which, and the figure is not used.",
				others.dataset, unit, id, plan.year)
		}
	}
}

// inOrder returns the notes of a plan and of what was assembled from it: those
// on the question, then product by product, then those on all trade.
func inOrder(planned, assembled []note, products int) []note {
	var ordered []note
	take := func(from []note, product int32) {
		for _, n := range from {
			if n.product == product {
				ordered = append(ordered, n)
			}
		}
	}
	take(planned, general)
	for i := range int32(products) {
		take(planned, i)
		take(assembled, i)
	}
	take(assembled, general)
	return ordered
}

func (a *assembly) notef(product int32, about topic, format string, args ...any) {
	a.notes = append(a.notes, note{product, about, fmt.Sprintf(format, args...)})
}

// noteAll says what became of the rows, and what was left open.
func (a *assembly) noteAll() {
	for s := range a.read.bySource {
		a.noteSource(s)
	}
	for product, pp := range a.plan.products {
		if places := slices.Sorted(slices.Values(a.products[product].without)); len(places) > 0 {
			a.notef(int32(product), aboutMaking, "No recipe of %s holds in %s: it is not known what it is made of there, and what is made there ends unexplained.", pp.id, join(places))
		}
	}
	if a.group >= 0 {
		a.notef(general, always, "%s is one place, made of its %d members of today in every year (%s); %s of trade among them %s left out.",
			a.plan.Place, len(a.plan.Members), join(a.plan.Members), rows(a.read.inGroup), oneOrMore(a.read.inGroup, "is", "are"))
	}
	if n := a.read.self; n > 0 {
		a.notef(general, aboutTrade, "%s of trade of a place with itself %s left out.", rows(n), oneOrMore(n, "is", "are"))
	}
	if areas := a.areasThatExport(); len(areas) > 0 {
		a.notef(general, aboutTrade, "Places that are no country are never given production that no source states: what %s send ends unexplained where it exceeds what they receive.", join(areas))
	}
}

func (a *assembly) areasThatExport() []string {
	var areas []string
	for place, id := range a.places {
		exports := func(l ledger) bool { return l.exports[place] > 0 }
		if a.plan.catalogue.areas[id] && slices.ContainsFunc(a.products, exports) {
			areas = append(areas, id)
		}
	}
	return areas
}

// noteSource says which rows of a source were given tonnes or left out.
func (a *assembly) noteSource(s int) {
	tally, source, unit := a.read.bySource[s], a.plan.Trade[s], a.plan.unitValues[s]
	product := int32(general)
	if uses := a.plan.uses[s]; len(uses) == 1 {
		product = uses[0].product
	}
	name := fmt.Sprintf("trade in %s%s (%s, %d)", source.Code, source.Product, source.Dataset, source.Year)
	if n := tally.valued; n > 0 {
		of := ""
		if unit.heading != "" {
			of = " of " + unit.heading + ", which the code is a part of,"
		}
		a.notef(product, aboutTrade, "%s of %s %s a value but no tonnes: %s t come from the world's unit value%s in %d, %s USD a tonne (%s), and are estimated.",
			rows(n), name, oneOrMore(n, "has", "have"), figure(tally.valuedTonnes), of, unit.year, figure(unit.usdPerTonne), unit.dataset)
	}
	if n := tally.unvalued; n > 0 {
		a.notef(product, aboutTrade, "%s of %s, worth %s USD, %s left out: no tonnes are stated, and no unit value of %d to %d is known.",
			rows(n), name, figure(tally.unvaluedUSD), oneOrMore(n, "is", "are"), source.Year-farthestYear, source.Year+farthestYear)
	}
	if n := tally.empty; n > 0 {
		a.notef(product, aboutTrade, "%s of %s %s left out: neither tonnes nor value are stated.", rows(n), name, oneOrMore(n, "is", "are"))
	}
	for _, content := range slices.Sorted(maps.Keys(tally.otherContent)) {
		n, counted := tally.otherContent[content], "gross tonnes"
		if content != "" {
			counted = "contained " + content
		}
		a.notef(product, aboutTrade, "%s of %s %s left out for a product: %s cannot be counted in it, or the same trade is counted in another way too.",
			rows(n), name, oneOrMore(n, "is", "are"), counted)
	}
}

// noteInferred says which production was missing, and what was inferred.
func (a *assembly) noteInferred(product, places int, tonnes float64) {
	pp := &a.plan.products[product]
	var unknown []string
	for _, row := range pp.made.listed {
		if !known(row.amount) {
			unknown = append(unknown, row.country)
		}
	}
	var reasons []string
	if !pp.made.sourced {
		reasons = append(reasons, fmt.Sprintf("no production of %s is loaded for %d to %d%s",
			pp.id, a.plan.Year-farthestYear, a.plan.Year+farthestYear, ifWords(pp.made.producersOnly, butProducers)))
	}
	if len(unknown) > 0 {
		reasons = append(reasons, fmt.Sprintf("it is not known how much %s %s made in %d", pp.id, join(unknown), pp.made.year))
	}
	if pp.made.partial && !pp.pooled {
		reasons = append(reasons, fmt.Sprintf("countries that are not listed made %s too in %d", pp.id, pp.made.year))
	}
	if pp.made.partial && pp.pooled {
		a.notef(int32(product), aboutMaking, "Countries that are not listed made %s too in %d: they are missing from the pool.", pp.id, pp.made.year)
	}
	if len(reasons) == 0 {
		return
	}
	reason := strings.Join(reasons, ", and ")
	reason = strings.ToUpper(reason[:1]) + reason[1:]
	gives := "that gives none"
	if places > 0 {
		gives = fmt.Sprintf("%s, %s", count(places, "place", "places"), a.plan.mass(tonnes))
	}
	switch {
	case pp.made.weights:
		a.notef(int32(product), aboutMaking, "%s: that is missing from the pool.", reason)
	case pp.pooled:
		a.notef(int32(product), aboutMaking, "%s: it is taken to be what the place's own making uses, and estimated: %s.", reason, gives)
	default:
		a.notef(int32(product), aboutMaking,
			"%s: it is inferred as exports and own use less imports (a lower bound, zero for every net importer), and estimated: %s.", reason, gives)
	}
}

// mass writes tonnes with what they count.
func (p *Plan) mass(tonnes float64) string {
	if p.Material == "" {
		return figure(tonnes) + " t (gross)"
	}
	return fmt.Sprintf("%s t of contained %s", figure(tonnes), p.Material)
}

// noteScaled says what scaling exports took away.
func (n *Network) noteScaled(before, after []float64) {
	whole, removed := 0.0, 0.0
	var parts []string
	for i := range before {
		whole += before[i]
		removed += before[i] - after[i]
		if before[i] > after[i] {
			parts = append(parts, fmt.Sprintf("%s %s %%", n.Products[i].ID, figure(100*(1-after[i]/before[i]))))
		}
	}
	if whole > 0 {
		n.TradeRemoved = removed / whole
	}
	text := "No country exports more of a product than it makes and imports: scaling exports removed nothing."
	if len(parts) > 0 {
		text = fmt.Sprintf("Scaling exports to what each country makes and imports removed %s %% of trade (%s of %s t): %s.",
			figure(100*n.TradeRemoved), figure(removed), figure(whole), join(parts))
	}
	n.notes = append(slices.Clone(n.notes), note{general, always, text})
}

// AssumptionsFor returns the assumptions that bear on one product: all those on
// what it is made of, those on the making of what is made of these (which takes
// of them), and those on the network as a whole. Of a network that was not
// assembled they are all of them.
func (n *Network) AssumptionsFor(product int32) []string {
	if n.inputsOf == nil {
		return slices.Clone(n.Assumptions)
	}
	bears := make([]topic, len(n.Products)) // always: none; aboutTrade: all
	bears[product] = aboutTrade
	upstream := []int32{product}
	for k := 0; k < len(upstream); k++ {
		for _, in := range n.inputsOf[upstream[k]] {
			if bears[in] == always {
				bears[in] = aboutTrade
				upstream = append(upstream, in)
			}
		}
	}
	// Products stand before their inputs: walked backwards, inputs come first.
	for i := len(n.Products) - 1; i >= 0; i-- {
		takes := func(in int32) bool { return bears[in] != always }
		if bears[i] == always && !n.unmade[i] && slices.ContainsFunc(n.inputsOf[i], takes) {
			bears[i] = aboutMaking
		}
	}
	var kept []note
	for _, note := range n.notes {
		if note.product == general || bears[note.product] == aboutTrade ||
			bears[note.product] == aboutMaking && note.about != aboutTrade {
			kept = append(kept, note)
		}
	}
	return textsOf(kept)
}

func textsOf(notes []note) []string {
	texts := make([]string, len(notes))
	for i, n := range notes {
		texts[i] = n.text
	}
	return texts
}

func ifWords(yes bool, words string) string {
	if yes {
		return words
	}
	return ""
}

func passedOver(datasets []string) string {
	if len(datasets) == 0 {
		return ""
	}
	return "; passed over: " + join(datasets)
}

func join(list []string) string { return strings.Join(list, ", ") }

// count writes a number of things: "1 country", "2,150 countries".
func count(n int, one, more string) string { return figure(float64(n)) + " " + oneOrMore(n, one, more) }

func rows(n int) string { return count(n, "row", "rows") }

func oneOrMore(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// figure writes a number for people: whole above a thousand, with commas, else
// in four digits.
func figure(v float64) string {
	if math.Abs(v) < 1000 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	digits := strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
