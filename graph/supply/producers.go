package supply

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Producer is a company or plant that makes one product in one place
// (docs/methods.md §2c).
type Producer struct {
	Actor
	// Operator is the company that runs it, itself where it is one; blank: not known.
	Operator string
	Node     int32
	// Weight is its share of what the node makes; 0 where that is not known. What
	// the weights of a node's producers leave of 1 others make.
	Weight    float64
	Estimated bool // the weight is
	// Active: the walk goes through it, for it is known whom it is supplied by, or
	// it supplies another by name. One that is not is made of what the country's
	// recipe says, like the others of its node.
	Active bool
	// Buys: it stands for what a firm that is asked about has of the product
	// without making it, or makes in several plants. It makes nothing itself.
	Buys bool
	// NoInput is the share of its inputs of which nothing is known.
	NoInput float64
}

// SourceLink is where an active producer has a part of its inputs from: the
// market of a node, or another producer by name; the other of the two is -1.
type SourceLink struct {
	Node      int32
	Producer  int32
	Share     float64
	Estimated bool
}

// ProducersOf returns the range of producers of a node, those that only buy
// included.
func (n *Network) ProducersOf(node int32) (lo, hi int32) {
	at := func(node int32) int32 {
		i, _ := slices.BinarySearchFunc(n.Producers, node, func(p Producer, node int32) int { return cmp.Compare(p.Node, node) })
		return int32(i)
	}
	return at(node), at(node + 1)
}

// SourcesOf returns the sources of an active producer.
func (n *Network) SourcesOf(producer int32) []SourceLink {
	return n.Sources[n.SourceStart[producer]:n.SourceStart[producer+1]]
}

// firmTarget is the producer that a question about a firm is bound to.
type firmTarget struct {
	producer int32   // -1: the firm neither makes nor buys the product, as far as is known
	tonnes   float64 // NaN: not known
}

// producer is a Producer in the making.
type producer struct {
	firmMaker
	place   int32
	weight  float64
	active  bool
	buys    bool
	sources []source
	noInput float64
}

// source is a part of what a producer has its inputs from.
type source struct {
	product   int32 // of the market of the producer's place; -1: a producer
	producer  int32 // index of firmAssembly.producers
	share     float64
	estimated bool
}

// firmAssembly finds the producers of a network and whom each is supplied by.
type firmAssembly struct {
	*assembly
	producers []producer
	byActor   map[actorAt][]int32
	claimed   map[taken]bool
	target    int32 // -1: none
	tonnes    float64
	equally   map[string]bool // producers whose suppliers share in equal parts, in words
	unnamed   map[string]bool // producers without recipe data, in words
}

type actorAt struct {
	Actor
	product int32
}

// taken is a product that a customer is supplied with.
type taken struct {
	customer string
	product  int32
}

// addFirms adds what is known of producers to the ledgers.
func (a *assembly) addFirms() {
	f := &firmAssembly{assembly: a, byActor: map[actorAt][]int32{}, target: -1, tonnes: math.NaN(),
		equally: map[string]bool{}, unnamed: map[string]bool{}}
	a.firms = f
	for _, m := range a.plan.firms.makers {
		f.add(m)
	}
	f.weigh()
	if len(a.plan.firms.links) > 0 || a.plan.Firm != "" {
		f.link()
	}
	f.note()
}

func (f *firmAssembly) add(m firmMaker) int32 {
	i := int32(len(f.producers))
	f.producers = append(f.producers, producer{firmMaker: m, place: f.index[f.placeOf(m.country)]})
	key := actorAt{m.Actor, m.product}
	f.byActor[key] = append(f.byActor[key], i)
	return i
}

// weigh turns what producers make into shares of what their place makes.
func (f *firmAssembly) weigh() {
	for from := 0; from < len(f.producers); {
		to := from + 1
		for to < len(f.producers) && f.producers[to].product == f.producers[from].product && f.producers[to].country == f.producers[from].country {
			to++
		}
		f.weighCountry(f.producers[from:to])
		from = to
	}
}

// weighCountry weighs all producers of one product in one country. Where they add
// up to more than the country's row they are divided by their sum.
func (f *firmAssembly) weighCountry(all []producer) {
	product, country := int(all[0].product), all[0].country
	pp := &f.plan.products[product]
	made, tonnes := f.madeIn(product, country), 0.0
	for _, p := range all {
		if known(p.tonnes) {
			tonnes += p.tonnes
		}
	}
	whole := made
	if pp.made.weights { // the country's tonnes are not known
		whole = tonnes
	}
	sum := 0.0
	for i := range all {
		p := &all[i]
		switch {
		case known(p.tonnes) && whole > 0:
			p.weight = p.tonnes / whole
		case known(p.share):
			p.weight = p.share
		}
	}
	f.plan.firms.register.takeOutOtherwise(all)
	for _, p := range all {
		sum += p.weight
	}
	if row, ok := pp.made.of(country); ok && known(row.amount) && row.amount > 0 && sum > 1+rounding && pp.made.year == f.plan.Year && !pp.made.weights {
		f.notef(int32(product), aboutMaking, "What companies and plants in %s make of %s adds up to %s times what the country makes: it is divided by that.",
			country, pp.id, figure(sum))
	}
	part := 0.0 // of the place's production
	if whole := f.products[product].production[all[0].place]; whole > 0 {
		part = made / whole
	}
	for i := range all {
		all[i].weight *= part / max(1, sum)
	}
}

// takeOutOtherwise leaves a company what its plants do not make where the one is
// stated in tonnes and the other as a share; takeOutPlants has done the others.
func (reg *register) takeOutOtherwise(all []producer) {
	for _, plant := range all {
		operator := reg.operator(plant.Actor)
		for k := range all {
			company := &all[k]
			if plant.Facility && company.Actor == (Actor{operator, false}) && known(plant.tonnes) != known(company.tonnes) {
				company.weight = max(0, company.weight-plant.weight)
			}
		}
	}
}

// madeIn returns how much of a product a country makes; where it is a member of
// the group, what of the group's is counted as its own.
func (f *firmAssembly) madeIn(product int, country string) float64 {
	if f.isMember[country] {
		return f.madeByMembers(product)[country]
	}
	return f.products[product].production[f.index[country]]
}

// link finds whom producers are supplied by, from those that are known to make
// something on upstream.
func (f *firmAssembly) link() {
	f.findTarget()
	f.claim()
	for i := 0; i < len(f.producers); i++ { // the list grows on the way
		if !f.producers[i].buys {
			f.findSources(int32(i))
		}
	}
	for i := range f.producers {
		if p := &f.producers[i]; p.active && !p.buys && len(p.sources) == 0 && p.noInput == 0 {
			f.followRecipe(int32(i))
		}
	}
	f.nameOthers()
	for i := range f.producers {
		if f.producers[i].active {
			f.makePresent(&f.producers[i])
		}
	}
}

// nameOthers makes the makers of a raw product in a place either all active or
// none: where some are, the others that are not named stand together as one
// producer without an id, so that every origin is the end of a walk and nothing
// else.
func (f *firmAssembly) nameOthers() {
	type at struct{ product, place int32 }
	active, sums := map[at]bool{}, map[at]float64{}
	for _, p := range f.producers {
		key := at{p.product, p.place}
		if len(f.plan.products[p.product].recipes) == 0 {
			active[key] = active[key] || p.active && !p.buys
			sums[key] += p.weight
		}
	}
	for i := range f.producers {
		p := &f.producers[i]
		p.active = p.active || active[at{p.product, p.place}] && p.weight > 0
	}
	for product := range f.plan.products {
		for place := range f.places {
			key := at{int32(product), int32(place)}
			if rest := 1 - sums[key]; active[key] && rest > rounding && f.products[product].production[place] > 0 {
				f.producers = append(f.producers, producer{firmMaker: firmMaker{product: key.product, country: f.places[place]},
					place: key.place, weight: rest, active: true})
			}
		}
	}
}

// makersOf returns the producers that an actor stands for: its own, a company's
// plants, or a new one where none is known to make the product.
func (f *firmAssembly) makersOf(id string, product int32) []int32 {
	reg := f.plan.firms.register
	actor := reg.of(id)
	if list := f.knownMakers(actor, product); len(list) > 0 {
		return list
	}
	return []int32{f.add(firmMaker{Actor: actor, product: product, country: reg.country(actor), tonnes: math.NaN(), share: math.NaN()})}
}

func (f *firmAssembly) knownMakers(actor Actor, product int32) []int32 {
	list := slices.Clone(f.byActor[actorAt{actor, product}])
	if actor.Facility {
		return list
	}
	for _, plant := range f.plan.firms.register.operated[actor.ID] {
		list = append(list, f.byActor[actorAt{Actor{plant, true}, product}]...)
	}
	return list
}

// parts divides one among producers in proportion to their tonnes, or equally
// where these are not known of all.
func (f *firmAssembly) parts(makers []int32) (parts []float64, estimated bool) {
	sum := 0.0
	for _, i := range makers {
		sum += f.producers[i].tonnes
	}
	for _, i := range makers {
		if sum > 0 {
			parts = append(parts, f.producers[i].tonnes/sum)
		} else {
			parts = append(parts, 1/float64(len(makers)))
		}
	}
	return parts, !(sum > 0) && len(makers) > 1
}

// findSources lays down whom a producer that is supplied by name has its inputs
// from (docs/methods.md §2c).
func (f *firmAssembly) findSources(i int32) {
	p := f.producers[i]
	pp := &f.plan.products[p.product]
	links := linksOf(f.plan.firms.register, f.plan.firms.links, p.Actor)
	recipe := pp.recipeIn(p.country)
	if recipe == nil {
		if links = f.unclaimed(p.Actor, links); len(links) > 0 {
			recipe = f.inputsByLinks(i, links)
		}
	} else if !slices.ContainsFunc(links, func(l firmLink) bool {
		return slices.ContainsFunc(recipe, func(in madeOf) bool { return in.product == l.product })
	}) {
		return
	}
	for _, in := range recipe {
		f.supply(i, in, linksFor(links, in.product))
	}
}

// claim finds what customers take by a recipe of something that they make: a mine
// that smelts too, and buys ore beside its own, does not mine its ore out of that.
func (f *firmAssembly) claim() {
	reg := f.plan.firms.register
	f.claimed = map[taken]bool{}
	claim := func(a Actor, product int32, country string) {
		customer := customerOf(reg, f.plan.firms.links, a)
		for _, in := range f.plan.products[product].recipeIn(country) {
			f.claimed[taken{customer, in.product}] = true
		}
	}
	for _, p := range f.producers {
		claim(p.Actor, p.product, p.country)
	}
	for _, links := range f.plan.firms.links {
		for _, l := range links {
			a := reg.of(l.supplier)
			claim(a, l.product, reg.country(a))
		}
	}
}

// unclaimed returns the links of what no recipe of the customer takes.
func (f *firmAssembly) unclaimed(a Actor, links []firmLink) []firmLink {
	customer := customerOf(f.plan.firms.register, f.plan.firms.links, a)
	return slices.DeleteFunc(slices.Clone(links), func(l firmLink) bool { return f.claimed[taken{customer, l.product}] })
}

func linksFor(links []firmLink, product int32) []firmLink {
	var of []firmLink
	for _, l := range links {
		if l.product == product {
			of = append(of, l)
		}
	}
	return of
}

// inputsByLinks takes each product that a firm without recipe data is supplied
// with as an input, in proportion to tonnes, or equally where these are not known
// of all.
func (f *firmAssembly) inputsByLinks(i int32, links []firmLink) []madeOf {
	var inputs []madeOf
	sum := 0.0
	for _, l := range links {
		k := slices.IndexFunc(inputs, func(in madeOf) bool { return in.product == l.product })
		if k < 0 {
			k = len(inputs)
			inputs = append(inputs, madeOf{product: l.product})
		}
		inputs[k].share += l.tonnes
		sum += l.tonnes
	}
	slices.SortFunc(inputs, func(a, b madeOf) int { return cmp.Compare(a.product, b.product) })
	for k := range inputs {
		if sum > 0 {
			inputs[k].share /= sum
		} else {
			inputs[k].share, inputs[k].estimated = 1/float64(len(inputs)), len(inputs) > 1
		}
	}
	f.unnamed[f.plan.products[f.producers[i].product].id] = true
	return inputs
}

// supply divides an input among the suppliers of it; what is left comes from the
// market of the producer's place.
func (f *firmAssembly) supply(i int32, in madeOf, links []firmLink) {
	shares, rest, equally := supplierShares(links)
	if equally {
		f.equally[f.plan.products[in.product].id] = true
	}
	var sources []source
	for k, l := range links {
		if shares[k] == 0 {
			continue
		}
		makers := f.makersOf(l.supplier, in.product)
		parts, guessed := f.parts(makers)
		for m, maker := range makers {
			if maker != i && parts[m] > 0 {
				f.producers[maker].active = true
				sources = append(sources, source{product: -1, producer: maker, share: in.share * shares[k] * parts[m],
					estimated: in.estimated || l.estimated || equally && !known(l.share) || guessed})
			}
		}
	}
	if rest > 0 {
		sources = append(sources, source{product: in.product, producer: -1, share: in.share * rest, estimated: in.estimated})
	}
	p := &f.producers[i]
	p.active = true
	p.sources = append(p.sources, sources...)
}

// supplierShares returns each link's share of a customer's supply of one product,
// and what is left. Stated shares go first; tonnes become shares of their sum, of
// what is left; where some have neither, what is left is shared equally.
func supplierShares(links []firmLink) (shares []float64, rest float64, equally bool) {
	shares = make([]float64, len(links))
	stated, tonnes, open := 0.0, 0.0, 0
	for k, l := range links {
		if known(l.share) {
			shares[k] = l.share
			stated += l.share
		} else {
			open++
			tonnes += l.tonnes
		}
	}
	if stated > 1 {
		for k := range shares {
			shares[k] /= stated
		}
	}
	rest = 1 - stated
	if rest < rounding {
		rest = 0
	}
	if open == 0 || rest == 0 {
		return shares, rest, false
	}
	equally = !(tonnes > 0)
	for k, l := range links {
		switch {
		case known(l.share):
		case equally:
			shares[k] = rest / float64(open)
		default:
			shares[k] = rest * (l.tonnes / tonnes)
		}
	}
	return shares, 0, equally && open > 1
}

// followRecipe gives a producer that is named as a supplier, and of which nothing
// is known but what it makes, the recipe of its country.
func (f *firmAssembly) followRecipe(i int32) {
	p := &f.producers[i]
	pp := &f.plan.products[p.product]
	recipe := pp.recipeIn(p.country)
	switch {
	case len(pp.recipes) == 0 && !f.plan.catalogue.areas[p.country] && p.country != Nowhere: // raw: an origin
	case recipe == nil:
		p.noInput = 1
		if l := &f.products[p.product]; len(pp.recipes) > 0 && !slices.Contains(l.without, p.country) {
			l.without = append(l.without, p.country)
		}
	}
	for _, in := range recipe {
		p.sources = append(p.sources, source{product: in.product, producer: -1, share: in.share, estimated: in.estimated})
	}
}

// makePresent gives a producer's place a node of what it makes and of what it buys
// there.
func (f *firmAssembly) makePresent(p *producer) {
	f.products[p.product].present[p.place] = true
	for _, s := range p.sources {
		if s.product >= 0 {
			f.products[s.product].present[p.place] = true
		}
	}
}

// findTarget binds the question to the firm that it asks about: to the one
// producer that it is, to all of its plants together, or to what it buys.
func (f *firmAssembly) findTarget() {
	if f.plan.Firm == "" {
		return
	}
	product := int32(slices.Index(f.plan.Products, f.plan.Product))
	reg := f.plan.firms.register
	actor := reg.of(f.plan.Firm)
	f.tonnes = f.tonnesOfFirm(actor, product)
	makers := f.knownMakers(actor, product)
	bought := linksFor(linksOf(reg, f.plan.firms.links, actor), product)
	if len(makers) == 0 && (f.suppliesOthers(actor, product) || len(bought) == 0 && f.isSupplied(actor)) {
		makers = f.makersOf(actor.ID, product)
	}
	switch {
	case len(makers) == 1:
		f.target = makers[0]
		f.producers[f.target].active = true
	case len(makers) > 1:
		f.target = f.addBuyer(actor, product)
		parts, guessed := f.parts(makers)
		for k, maker := range makers {
			f.producers[maker].active = true
			if parts[k] > 0 {
				buyer := &f.producers[f.target]
				buyer.sources = append(buyer.sources, source{product: -1, producer: maker, share: parts[k], estimated: guessed})
			}
		}
	case len(bought) > 0:
		f.target = f.addBuyer(actor, product)
		f.supply(f.target, madeOf{product: product, share: 1}, bought)
	}
}

// addBuyer adds a producer that makes nothing.
func (f *firmAssembly) addBuyer(actor Actor, product int32) int32 {
	i := int32(len(f.producers))
	country := f.plan.firms.register.country(actor)
	f.producers = append(f.producers, producer{firmMaker: firmMaker{Actor: actor, product: product, country: country,
		tonnes: math.NaN(), share: math.NaN()}, place: f.index[f.placeOf(country)], active: true, buys: true})
	return i
}

func (f *firmAssembly) suppliesOthers(actor Actor, product int32) bool {
	for _, links := range f.plan.firms.links {
		for _, l := range links {
			if l.product == product && f.isOf(l.supplier, actor) {
				return true
			}
		}
	}
	return false
}

func (f *firmAssembly) isSupplied(actor Actor) bool {
	return len(linksOf(f.plan.firms.register, f.plan.firms.links, actor)) > 0
}

// isOf tells whether an id is an actor or a plant that it runs.
func (f *firmAssembly) isOf(id string, actor Actor) bool {
	return id == actor.ID || !actor.Facility && f.plan.firms.register.facilities[id].Operator == actor.ID
}

// tonnesOfFirm returns the tonnes of a firm's supply of a product, of the network's
// material: what it is known to supply others with or to be supplied with,
// whichever is more; else those of all its inputs. NaN where these are not known.
func (f *firmAssembly) tonnesOfFirm(actor Actor, product int32) float64 {
	var out, in, inputs float64
	for customer, links := range f.plan.firms.links {
		for _, l := range links {
			if l.product == product && f.isOf(l.supplier, actor) && !f.isOf(customer, actor) {
				out += l.tonnes
			}
			if f.isOf(customer, actor) && !f.isOf(l.supplier, actor) {
				inputs += l.tonnes
				if l.product == product {
					in += l.tonnes
				}
			}
		}
	}
	for _, tonnes := range []float64{greater(out, in), inputs} {
		if tonnes > 0 {
			return tonnes
		}
	}
	return math.NaN()
}

// greater returns the larger of two numbers, the known one where one is not.
func greater(a, b float64) float64 {
	switch {
	case !known(a):
		return b
	case !known(b):
		return a
	}
	return max(a, b)
}

func (f *firmAssembly) note() {
	for i, pp := range f.plan.products {
		if f.unnamed[pp.id] {
			f.notef(int32(i), aboutMaking, "No recipe says what some of the companies or plants that make %s make it of: each product that they are supplied with counts as an input, in proportion to tonnes, or equally where these are not all known.", pp.id)
		}
		if f.equally[pp.id] {
			f.notef(int32(i), aboutMaking, "Of some supplies of %s between companies or plants neither tonnes nor shares are known: those suppliers share equally, which is estimated.", pp.id)
		}
	}
	if f.plan.Firm == "" {
		return
	}
	if f.target >= 0 && !known(f.tonnes) {
		f.notef(general, always, "No tonnes of what %s supplies or is supplied with are known: its supply counts as 1.", f.plan.Firm)
	}
	if f.target >= 0 && len(f.producers[f.target].sources) > 0 && f.producers[f.target].buys {
		f.notef(general, always, "%s", f.plan.ofFirm(f.producers, f.target))
	}
}

// ofFirm says what a firm's supply is that is not made by one producer alone.
func (p *Plan) ofFirm(producers []producer, target int32) string {
	first := producers[target].sources[0]
	if first.producer >= 0 && p.firms.register.operator(producers[first.producer].Actor) == p.Firm {
		return fmt.Sprintf("The supply of %s is what %d of its plants make together.", p.Firm, len(producers[target].sources))
	}
	return fmt.Sprintf("%s is not known to make %s: its supply is what others supply it with.", p.Firm, p.Product)
}

// layFirms lays producers and their sources out in the network, in order of node,
// then actor. Those that the walk cannot meet are left out.
func (f *firmAssembly) layFirms(n *Network, node [][]int32) {
	n.Target = firmTarget{producer: -1, tonnes: f.tonnes}
	order := make([]int32, 0, len(f.producers))
	at := func(i int32) int32 { return node[f.producers[i].product][f.producers[i].place] }
	for i := range int32(len(f.producers)) {
		if p := &f.producers[i]; at(i) >= 0 && (p.active || p.weight > 0) {
			order = append(order, i)
		}
	}
	if len(order) == 0 {
		return
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(at(a), at(b)), compareActors(f.producers[a].Actor, f.producers[b].Actor))
	})
	number := make([]int32, len(f.producers))
	for k, i := range order {
		number[i] = int32(k)
	}
	n.SourceStart = make([]int32, 1, len(order)+1)
	for k, i := range order {
		p := &f.producers[i]
		if i == f.target {
			n.Target.producer = int32(k)
		}
		n.Producers = append(n.Producers, Producer{Actor: p.Actor, Operator: f.plan.firms.register.operator(p.Actor), Node: at(i),
			Weight: p.weight, Estimated: p.estimated && p.weight > 0, Active: p.active, Buys: p.buys, NoInput: p.noInput})
		for _, s := range p.sources {
			link := SourceLink{Node: -1, Producer: -1, Share: s.share, Estimated: s.estimated}
			if s.producer >= 0 {
				link.Producer = number[s.producer]
			} else {
				link.Node = node[s.product][p.place]
			}
			n.Sources = append(n.Sources, link)
		}
		n.SourceStart = append(n.SourceStart, int32(len(n.Sources)))
	}
}

// placesOfFirms lists where the companies and plants are that the network may hold.
func (a *assembly) placesOfFirms() []string {
	var ids []string
	f := &a.plan.firms
	for _, m := range f.makers {
		ids = append(ids, a.placeOf(m.country))
	}
	of := func(id string) { ids = append(ids, a.placeOf(f.register.country(f.register.of(id)))) }
	for _, links := range f.links {
		for _, l := range links {
			of(l.supplier)
		}
	}
	if a.plan.Firm != "" {
		of(a.plan.Firm)
	}
	return ids
}

// addInputs adds to what products are made of what their producers take.
func (f *firmAssembly) addInputs(inputs [][]int32) {
	for _, p := range f.producers {
		for _, s := range p.sources {
			switch {
			case s.product >= 0:
				inputs[p.product] = append(inputs[p.product], s.product)
			case f.producers[s.producer].product != p.product:
				inputs[p.product] = append(inputs[p.product], f.producers[s.producer].product)
			}
		}
	}
}

// layOthers lays down what a group's node makes its product of apart from its
// active producers, where its members follow different recipes: what all make it
// of, less what those do.
func (f *firmAssembly) layOthers(n *Network, node [][]int32) {
	if f.group < 0 {
		return
	}
	n.others = map[int32]recipeMix{}
	for product, pp := range f.plan.products {
		at := node[product][f.group]
		if at < 0 || len(pp.recipes) < 2 {
			continue
		}
		l := &f.products[product]
		left := make([]float64, len(l.inputs[f.group]))
		for k, in := range l.inputs[f.group] {
			left[k] = in.share
		}
		noRecipe, active := l.noRecipe[f.group], false
		for _, p := range f.producers {
			if p.product != int32(product) || p.place != f.group || !p.active || p.buys {
				continue
			}
			active = true
			recipe := pp.recipeIn(p.country)
			if recipe == nil {
				noRecipe -= p.weight
			}
			for k, in := range l.inputs[f.group] {
				left[k] -= p.weight * shareOf(recipe, in.product)
			}
		}
		if !active {
			continue
		}
		mix := recipeMix{noRecipe: aboveRounding(noRecipe)}
		for k, in := range l.inputs[f.group] {
			if share := aboveRounding(left[k]); share > 0 {
				mix.inputs = append(mix.inputs, InputLink{Node: node[in.product][f.group], Share: share, Estimated: in.estimated})
			}
		}
		n.others[at] = mix
	}
}

// shareOf returns the share of an input in a recipe.
func shareOf(recipe []madeOf, product int32) float64 {
	for _, in := range recipe {
		if in.product == product {
			return in.share
		}
	}
	return 0
}

// aboveRounding returns a part of one, none where it is rounding.
func aboveRounding(part float64) float64 {
	if part < rounding {
		return 0
	}
	return part
}
