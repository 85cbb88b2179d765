package supply

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
)

// Scenario is a change to the structure of a network, for one question.
//
// Facts are laid over the stored ones, as if they had been loaded beside those
// that count: a new mine, another supplier. Without and Caps take sources away
// from the network that the facts make: every stage then draws what it has from
// the sources that it has left, in proportion, and keeps its supply; one that has
// none left, and what is made of nothing else, has no supply. That is the most
// favourable case, in which others make up for what is lost; how much is lost
// before anybody does is the pass-through share.
type Scenario struct {
	Without    []Subject // supply nobody any more: places, stages, links
	Caps       []Cap
	Production []ExtraProduction
	Trade      []ExtraTrade
}

// Cap is the most that one place sells another of a product, in tonnes of the
// network's material; in an input-output table the most that the sector To and
// Product buys in From, of the sector Sold or of all where that is blank, in USD.
type Cap struct {
	From, To, Product string
	Sold              string
	Tonnes            float64
}

// ExtraProduction is made beside what is known, in gross tonnes of the product.
type ExtraProduction struct {
	Place, Product string
	Tonnes         float64
}

// ExtraTrade is sold beside what is known, in gross tonnes of the product.
type ExtraTrade struct {
	From, To, Product string
	Tonnes            float64
}

// takesAway tells whether the scenario takes anything away.
func (s *Scenario) takesAway() bool { return s != nil && len(s.Without)+len(s.Caps) > 0 }

// extra is the facts of a scenario as a plan counts them: tonnes of the network's
// material, by index of product.
type extra struct {
	production map[int32][]listed
	trade      map[int32][]ExtraTrade
}

// planScenario counts the facts of a scenario.
func (p *Plan) planScenario(index map[string]int32) error {
	if p.Scenario == nil {
		return nil
	}
	p.extra = extra{map[int32][]listed{}, map[int32][]ExtraTrade{}}
	for _, f := range p.Scenario.Production {
		i, factor, err := p.extraOf(index, f.Product, f.Tonnes)
		if err != nil {
			return err
		}
		if p.products[i].made.weights {
			return graph.Errorf(graph.BadInput, "production of %s is known as shares of the world only: tonnes cannot be added to it", f.Product)
		}
		p.extra.production[i] = append(p.extra.production[i], listed{country: f.Place, amount: f.Tonnes * factor})
		p.notef(i, always, "Scenario: %s makes %s t of %s beside what is known.", f.Place, figure(f.Tonnes), f.Product)
	}
	for _, f := range p.Scenario.Trade {
		i, factor, err := p.extraOf(index, f.Product, f.Tonnes)
		if err != nil {
			return err
		}
		if p.products[i].pooled {
			return graph.Errorf(graph.BadInput, "%s has no trade here: everyone draws it from one world pool, to which production can be added", f.Product)
		}
		p.notef(i, always, "Scenario: %s sells %s %s t of %s beside what is known.", f.From, f.To, figure(f.Tonnes), f.Product)
		f.Tonnes *= factor
		p.extra.trade[i] = append(p.extra.trade[i], f)
	}
	return nil
}

// extraOf returns the product of a fact, and the tonnes of the material in one of
// the product.
func (p *Plan) extraOf(index map[string]int32, product string, tonnes float64) (i int32, factor float64, err error) {
	i, ok := index[product]
	if !ok {
		e := graph.Errorf(graph.BadInput, "%q is no product of this network, to which the scenario could add", product)
		e.Suggestions = graph.Nearest(product, p.Products, 3)
		return 0, 0, e
	}
	if !(tonnes > 0 && tonnes <= 1e15) {
		return 0, 0, graph.Errorf(graph.BadInput, "the scenario adds %g t of %s: a mass is above zero and at most 1e15 t", tonnes, product)
	}
	factor, ok = p.catalogue.conversion(product, "", p.Material)
	if !ok {
		return 0, 0, graph.Errorf(graph.BadInput, "how much %s a tonne of %s holds is not known", p.Material, product)
	}
	return i, factor, nil
}

// addExtraProduction adds what a scenario makes of a product.
func (a *assembly) addExtraProduction(product int) {
	l := &a.products[product]
	for _, f := range a.plan.extra.production[int32(product)] {
		l.production[a.index[a.placeOf(f.country)]] += f.amount
	}
}

// addExtraTrade adds what a scenario sells of a product.
func (a *assembly) addExtraTrade(product int, links []link) []link {
	for _, f := range a.plan.extra.trade[int32(product)] {
		l := link{importer: a.index[a.placeOf(f.To)], exporter: a.index[a.placeOf(f.From)], tonnes: f.Tonnes}
		if l.importer != l.exporter {
			links = append(links, l)
		}
	}
	return links
}

// extraPlaces are the countries that the facts of a scenario name.
func (p *Plan) extraPlaces() []string {
	var ids []string
	for _, of := range p.extra.production {
		for _, f := range of {
			ids = append(ids, f.country)
		}
	}
	for _, of := range p.extra.trade {
		for _, f := range of {
			ids = append(ids, f.From, f.To)
		}
	}
	return ids
}

// Under returns the network with what a scenario takes away taken away, for a
// target; its facts are those of the plan. The network must be balanced.
//
// Errors: BadInput where the target is taken away, where something that is named
// is not of the network, and where firms supply each other.
func (n *Network) Under(s *Scenario, target Stage) (*Network, error) {
	if !s.takesAway() {
		return n, nil
	}
	if slices.ContainsFunc(n.Producers, func(p Producer) bool { return p.Active }) {
		return nil, graph.Errorf(graph.BadInput, "a scenario cannot take anything away where the walk goes through companies and plants; ask for exposure instead")
	}
	b := *n
	b.Nodes, b.Trade, b.Inputs = slices.Clone(n.Nodes), slices.Clone(n.Trade), slices.Clone(n.Inputs)
	t := taking{Network: &b, whole: n, capped: map[int32]float64{}, silent: map[int32]bool{}}
	if err := t.take(s, target); err != nil {
		return nil, err
	}
	if n.Table != "" {
		t.replace()
		t.account()
		b.Assumptions = append(t.replacements(s), n.Assumptions...)
		return &b, nil
	}
	t.settle()
	t.restore()
	b.notes = append(t.sentences(s), n.notes...)
	b.Assumptions = textsOf(b.notes)
	return &b, nil
}

// taking is a network from which sources are being taken away.
type taking struct {
	*Network
	whole  *Network
	capped map[int32]float64 // tonnes by index of Trade
	dead   []bool            // by node: has no supply any more

	// Of an input-output table: sectors that nobody buys from, and what others bought
	// there, USD, in all and as far as nobody else sells it to them.
	silent        map[int32]bool
	lost, missing float64
}

// take takes away what the scenario names.
func (t *taking) take(s *Scenario, target Stage) error {
	for _, x := range s.Without {
		kind, err := x.kind()
		if err != nil {
			return err
		}
		switch kind {
		case KindLink:
			links, err := t.linksOf(x.From, x.To, x.Product, x.Sold)
			if err != nil {
				return err
			}
			for _, l := range links {
				t.Trade[l].Tonnes = 0
			}
		case KindCountry, KindStage:
			if x.Place == target.Place && (x.Product == "" || x.Product == target.Product) {
				return graph.Errorf(graph.BadInput, "%s is what is asked about: it cannot be taken away", x.Place)
			}
			if !t.Has(x) {
				return graph.Errorf(graph.BadInput, "the network has nothing of %s, which the scenario takes away", strings.TrimSpace(x.Place+" "+x.Product))
			}
			t.silence(x)
		default:
			return graph.Errorf(graph.BadInput, "a scenario takes away countries, stages and links; ask for the exposure to a company or plant instead")
		}
	}
	for _, c := range s.Caps {
		links, err := t.linksOf(c.From, c.To, c.Product, c.Sold)
		if err != nil {
			return err
		}
		if !(c.Tonnes >= 0) {
			return graph.Errorf(graph.BadInput, "a link is capped at %g %s: what it carries is not below zero", c.Tonnes, t.unit())
		}
		carried := 0.0
		for _, l := range links {
			carried += t.Trade[l].Tonnes
		}
		if c.Tonnes < carried {
			for _, l := range links {
				t.Trade[l].Tonnes *= c.Tonnes / carried
				t.capped[l] = t.Trade[l].Tonnes
			}
		}
	}
	return nil
}

// silence ends what a place makes and sells, of all products or of one.
func (t *taking) silence(x Subject) {
	silent := func(i int32) bool {
		node := &t.Nodes[i]
		return t.Places[node.Place] == x.Place && (x.Product == "" || t.Products[node.Product].ID == x.Product)
	}
	for i := range t.Nodes {
		switch {
		case !silent(int32(i)):
		case t.Table != "":
			t.silent[int32(i)] = true
		default:
			t.Nodes[i].Production = 0
		}
	}
	for l := range t.Trade {
		if silent(t.Trade[l].Exporter) {
			t.Trade[l].Tonnes = 0
		}
	}
}

// linksOf returns the indices of the trade links between two places: one, or in an
// input-output table all from whom a sector buys.
func (t *taking) linksOf(from, to, product, sold string) ([]int32, error) {
	p, err := t.product(product)
	if err != nil {
		return nil, err
	}
	if t.Products[p].Pooled {
		return nil, graph.Errorf(graph.BadInput, "%s has no trade links here: everyone draws it from one world pool", product)
	}
	sellers, err := t.sellersTo(from, p, sold)
	if err != nil {
		return nil, err
	}
	var links []int32
	if importer := t.at(to, p); importer >= 0 {
		for l := t.TradeStart[importer]; l < t.TradeStart[importer+1]; l++ {
			if slices.Contains(sellers, t.Trade[l].Exporter) {
				links = append(links, l)
			}
		}
	}
	if len(links) == 0 && t.Table != "" {
		return nil, graph.Errorf(graph.BadInput, "%s in %s buys nothing of %s in %s", product, to, cmp.Or(sold, "any sector"), from)
	}
	if len(links) == 0 {
		return nil, graph.Errorf(graph.BadInput, "%s sells %s no %s in this network", from, to, product)
	}
	return links, nil
}

// settle ends what has no source left, until nothing more ends: a node without
// any, what is made of it alone, what is sold of it.
func (t *taking) settle() {
	t.dead = make([]bool, len(t.Nodes))
	for changed := true; changed; {
		changed = false
		for i := range t.Nodes {
			if !t.dead[i] && t.had(int32(i)) && t.sources(int32(i)) == 0 {
				t.dead[i], changed = true, true
			}
		}
		for l := range t.Trade {
			if t.dead[t.Trade[l].Exporter] {
				t.Trade[l].Tonnes = 0
			}
		}
		for i := range t.Nodes {
			if t.Nodes[i].Production > 0 && t.starved(int32(i)) {
				t.Nodes[i].Production, changed = 0, true
			}
		}
	}
}

// had tells whether a node had supply before.
func (t *taking) had(i int32) bool {
	return t.whole.Products[t.whole.Nodes[i].Product].Pooled || t.whole.Nodes[i].Supply > 0
}

// sources adds up what a node, or the pool that it draws from, has left.
func (t *taking) sources(i int32) float64 {
	node := &t.Nodes[i]
	if t.Products[node.Product].Pooled {
		sum := 0.0
		for j := range t.Nodes {
			if t.Nodes[j].Product == node.Product {
				sum += t.Nodes[j].Production
			}
		}
		return sum
	}
	sum := node.Production + node.Unexplained
	for _, l := range t.TradeInto(i) {
		sum += l.Tonnes
	}
	return sum
}

// starved drops the inputs of a node that have no supply any more, and tells
// whether it had some and none is left.
func (t *taking) starved(i int32) bool {
	inputs, left := t.InputsOf(i), t.Nodes[i].NoRecipe
	for k := range inputs {
		if t.dead[inputs[k].Node] {
			inputs[k].Share = 0
		}
		left += inputs[k].Share
	}
	return len(inputs) > 0 && left == 0
}

// restore lets every node draw what it had from the sources that it has left.
func (t *taking) restore() {
	for i := range t.Nodes {
		node := &t.Nodes[i]
		if t.Products[node.Product].Pooled {
			continue
		}
		fixed, free := 0.0, node.Production+node.Unexplained
		for l := t.TradeStart[i]; l < t.TradeStart[i+1]; l++ {
			if _, ok := t.capped[l]; ok {
				fixed += t.Trade[l].Tonnes
			} else {
				free += t.Trade[l].Tonnes
			}
		}
		factor := 1.0
		if free > 0 {
			factor = (node.Supply - fixed) / free
		} else {
			node.Supply = fixed
		}
		node.Production *= factor
		node.Unexplained *= factor
		node.Imports = fixed
		for l := t.TradeStart[i]; l < t.TradeStart[i+1]; l++ {
			if _, ok := t.capped[l]; !ok {
				t.Trade[l].Tonnes *= factor
				node.Imports += t.Trade[l].Tonnes
			}
		}
	}
	t.account()
}

// account adds up exports and own use anew.
func (t *taking) account() {
	for i := range t.Nodes {
		t.Nodes[i].Exports, t.Nodes[i].Used = 0, 0
	}
	for _, l := range t.Trade {
		t.Nodes[l.Exporter].Exports += l.Tonnes
	}
	for i := range t.Nodes {
		node := &t.Nodes[i]
		if t.Products[node.Product].PoolHasNoTonnes {
			continue
		}
		left := node.NoRecipe
		for _, in := range t.InputsOf(int32(i)) {
			left += in.Share
		}
		for _, in := range t.InputsOf(int32(i)) {
			if node.Production > 0 {
				t.Nodes[in.Node].Used += in.Share / left * node.Production
			}
		}
	}
}

// sentences says what the scenario takes away.
func (t *taking) sentences(s *Scenario) []note {
	var list []note
	say := func(format string, args ...any) {
		list = append(list, note{general, always, "Scenario: " + fmt.Sprintf(format, args...)})
	}
	for _, x := range s.Without {
		switch {
		case x.From != "":
			say("%s sells %s no %s.", x.From, x.To, x.Product)
		case x.Product != "":
			say("%s supplies no %s to others, and makes none.", x.Place, x.Product)
		default:
			say("%s supplies nothing to others, and makes nothing.", x.Place)
		}
	}
	for _, c := range s.Caps {
		say("%s sells %s at most %s t of %s.", c.From, c.To, figure(c.Tonnes), c.Product)
	}
	say("every stage draws what it has from the sources that it has left, in proportion; one that has none left has no supply.")
	return list
}
