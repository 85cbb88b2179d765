package supply

import (
	"cmp"
	"context"
	"encoding/binary"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
)

// Network makes the network that the question is asked of. Every firm takes what it
// is supplied with as its inputs, in proportion to tonnes, or equally where these
// are not known of all, and of each product from its suppliers by the shares that
// are stated, else by tonnes; who supplies others and is supplied by nobody is an
// origin in its country. The rows are used up.
func (r *FirmRows) Network(ctx context.Context) (*Network, error) {
	p := r.plan
	a := firmTable{FirmRows: r, network: &Network{Material: p.Material, Year: p.Year, Balance: Mass, alone: true}}
	firm, product := r.wordOf(p.Firm), r.wordOf(p.Product)
	r.leaveUnreached(firm, product)
	r.choose()
	r.convert()
	a.by = a.byCustomer()
	a.findProducers(firm, product)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a.layNodes()
	a.layOwners()
	r.word, r.owners = nil, nil
	a.layProducers()
	a.laySources()
	a.note()
	runtime.GC() // the rows make room for the walk, which takes as much
	return a.network, ctx.Err()
}

// firmTable is a network of firms in the making.
type firmTable struct {
	*FirmRows
	network *Network
	by      byCustomer
	made    []madeBy
	first   []int32 // by word of a firm: its first entry of made, plus one
	more    map[uint64]int32
	item    []int32 // by word of a product: its number, plus one
	goods   []uint32
	number  []int32 // of an entry of made: producer of the network
	target  int32   // entry of made; -1: none
	buys    bool    // the target is not known to supply others with what it is supplied with
	equally bool
	links   []firmLink // scratch
}

// madeBy is what one firm supplies others with.
type madeBy struct {
	firm    uint32
	product int32
}

func (m madeBy) key() uint64 { return uint64(m.firm)<<32 | uint64(m.product) }

// findProducers lists what every firm supplies, and what the one that is asked
// about does.
func (a *firmTable) findProducers(firm, product uint32) {
	a.first, a.item, a.more = make([]int32, len(a.words)), make([]int32, len(a.words)), map[uint64]int32{}
	supplies := false
	for i, supplier := range a.supplier {
		a.producer(supplier, a.productOf(a.product[i]))
		supplies = supplies || a.product[i] == product && a.isOf(supplier, firm)
	}
	goods := a.productOf(product)
	inputs := a.inputsOf(firm)
	buys := slices.ContainsFunc(inputs, func(row int32) bool { return a.product[row] == product })
	a.target = -1
	if supplies || len(inputs) > 0 {
		a.target, a.buys = a.producer(firm, goods), buys && !supplies
	}
}

// isOf tells whether a firm is another one or a plant that it runs.
func (a *firmTable) isOf(firm, of uint32) bool {
	return firm == of || !a.facility[of] && a.facility[firm] && a.operator[firm] == of
}

// inputsOf returns the rows by which a firm is supplied: a plant without any of its
// own shares those of the company that runs it.
func (a *firmTable) inputsOf(firm uint32) []int32 {
	rows := a.by.of(firm)
	if len(rows) == 0 && a.facility[firm] {
		rows = a.by.of(a.operator[firm])
	}
	return rows
}

func (a *firmTable) productOf(word uint32) int32 {
	if a.item[word] == 0 {
		a.goods = append(a.goods, word)
		a.item[word] = int32(len(a.goods))
	}
	return a.item[word] - 1
}

// producer returns the entry of what a firm supplies, a new one where there is none.
func (a *firmTable) producer(firm uint32, product int32) int32 {
	if at := a.first[firm]; at > 0 && a.made[at-1].product == product {
		return at - 1
	}
	m := madeBy{firm, product}
	if at, ok := a.more[m.key()]; ok {
		return at
	}
	at := int32(len(a.made))
	a.made = append(a.made, m)
	if a.first[firm] == 0 {
		a.first[firm] = at + 1
	} else {
		a.more[m.key()] = at
	}
	return at
}

// layNodes makes a node of every product in every place where it is supplied from,
// and leaves in first the node of each entry of made.
func (a *firmTable) layNodes() {
	n := a.network
	slices.SortFunc(a.goods, func(x, y uint32) int { return cmp.Compare(a.words[x], a.words[y]) })
	renumber := make([]int32, len(a.goods))
	for i, word := range a.goods {
		renumber[a.item[word]-1] = int32(i)
		n.Products = append(n.Products, Product{ID: a.words[word], Stage: a.plan.declared(a.words[word]).Stage, Raw: true})
	}
	for i := range a.made {
		a.made[i].product = renumber[a.made[i].product]
	}
	for i, word := range a.goods {
		a.item[word] = int32(i) + 1
	}
	more := make(map[uint64]int32, len(a.more))
	for _, at := range a.more {
		more[a.made[at].key()] = at
	}
	a.more = more
	places := map[string]bool{}
	for _, m := range a.made {
		places[a.placeOf(m.firm)] = true
	}
	n.Places = sortedKeys(places)
	present := make([]int32, len(n.Places)*len(n.Products))
	for i := range a.made {
		present[a.cell(int32(i))] = 1
	}
	a.eachRest(func(made, product int32) {
		present[int(product)*len(n.Places)+a.cell(made)%len(n.Places)] = 1
	})
	for cell := range present {
		if present[cell] > 0 {
			n.Nodes = append(n.Nodes, Node{Place: int32(cell % len(n.Places)), Product: int32(cell / len(n.Places))})
		}
	}
	n.TradeStart, n.InputStart = make([]int32, len(n.Nodes)+1), make([]int32, len(n.Nodes)+1)
	n.inputsOf, n.unmade = make([][]int32, len(n.Products)), make([]bool, len(n.Products))
	for i := range n.Products { // all are upstream of what is asked about
		for input := range int32(len(n.Products)) {
			n.inputsOf[i] = append(n.inputsOf[i], input)
		}
	}
}

// eachRest calls f for what producers take of products without saying from whom.
func (a *firmTable) eachRest(f func(made, product int32)) {
	if a.share == nil {
		return
	}
	var parts []suppliedPart
	for i, m := range a.made {
		parts = a.parts(parts[:0], a.inputsOf(m.firm))
		for _, p := range parts {
			if p.row < 0 {
				f(int32(i), p.product)
			}
		}
	}
}

// layOwners keeps where those are who own or run companies and plants.
func (a *firmTable) layOwners() {
	n, reg := a.network, a.plan.firms.register
	named := func(id string) string {
		if word, ok := a.word[id]; ok {
			return a.words[a.seat[word]]
		}
		return a.owners[id]
	}
	for word, plant := range a.facility {
		if id := a.words[word]; plant {
			operator := a.words[a.operator[word]]
			reg.facilities[id] = FacilityRow{ID: id, Country: a.words[a.site[word]], Operator: operator}
			reg.companies[operator] = named(operator)
		}
	}
	for id := range a.owners {
		reg.companies[id] = named(id)
	}
	n.register = reg
	plants := &register{facilities: reg.facilities} // a company of which no owner is known is its own
	n.ownership = newOwnership(a.plan.catalogue.rank, plants, a.plan.firms.facts.Owns, n.Year)
}

func sortedKeys(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for key := range set {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

func (a *firmTable) cell(made int32) int {
	place, _ := slices.BinarySearch(a.network.Places, a.placeOf(a.made[made].firm))
	return int(a.made[made].product)*len(a.network.Places) + place
}

// layProducers lays the producers out in order of node, then companies before plants,
// then id.
func (a *firmTable) layProducers() {
	n := a.network
	byID := a.inOrderOfID()
	keys := make([]uint64, len(byID))
	for rank, made := range byID {
		node := n.Node(int32(a.cell(made)%len(n.Places)), a.made[made].product)
		keys[rank] = uint64(node)<<33 | uint64(boolInt(a.facility[a.made[made].firm]))<<32 | uint64(rank)
	}
	slices.Sort(keys)
	a.number = make([]int32, len(a.made))
	n.Producers = make([]Producer, len(keys))
	for k, key := range keys {
		made := byID[uint32(key)]
		a.number[made] = int32(k)
		firm := a.made[made].firm
		p := Producer{Actor: Actor{a.words[firm], a.facility[firm]}, Operator: a.words[firm], Node: int32(key >> 33), Active: true}
		if p.Facility {
			p.Operator = a.words[a.operator[firm]]
		}
		n.Producers[k] = p
	}
	n.byID = byID // used up
	for i, made := range byID {
		n.byID[i] = a.number[made]
	}
}

// inOrderOfID returns the entries of made in bytewise order of the ids of their firms.
// It goes by the first bytes behind those that all begin with: these stand together,
// while each text that is looked at is waited for.
func (a *firmTable) inOrderOfID() []int32 {
	common := ""
	for i, m := range a.made {
		id := a.words[m.firm]
		if i == 0 {
			common = id
		}
		for !strings.HasPrefix(id, common) {
			common = common[:len(common)-1]
		}
	}
	type entry struct {
		first uint64
		made  int32
	}
	entries := make([]entry, len(a.made))
	for i, m := range a.made {
		var first [8]byte
		copy(first[:], a.words[m.firm][len(common):])
		entries[i] = entry{binary.BigEndian.Uint64(first[:]), int32(i)}
	}
	slices.SortFunc(entries, func(x, y entry) int {
		if x.first != y.first {
			return cmp.Compare(x.first, y.first)
		}
		return cmp.Or(cmp.Compare(a.words[a.made[x.made].firm], a.words[a.made[y.made].firm]), cmp.Compare(x.made, y.made))
	})
	order := make([]int32, len(entries))
	for i, e := range entries {
		order[i] = e.made
	}
	return order
}

// laySources lays down whom each producer is supplied by.
func (a *firmTable) laySources() {
	n := a.network
	n.Target = firmTarget{producer: -1, tonnes: math.NaN()}
	if a.target >= 0 {
		n.Target = firmTarget{producer: a.number[a.target], tonnes: a.tonnesOf(a.made[a.target])}
	}
	a.customer = nil
	n.SourceStart = make([]int32, 1, len(n.Producers)+1)
	n.Sources = make([]SourceLink, 0, len(a.by.rows)) // a few more where a firm supplies several products
	made := make([]int32, len(a.number))
	for i, k := range a.number {
		made[k] = int32(i)
	}
	var parts []suppliedPart
	for k := range n.Producers {
		rows := a.inputsOf(a.made[made[k]].firm)
		if made[k] == a.target && a.buys {
			n.Producers[k].Buys = true
			bought := func(row int32) bool { return a.item[a.product[row]]-1 == a.made[a.target].product }
			rows = slices.DeleteFunc(slices.Clone(rows), func(row int32) bool { return !bought(row) })
		}
		parts = a.parts(parts[:0], rows)
		place := n.Nodes[n.Producers[k].Node].Place
		for _, p := range parts {
			source := SourceLink{Node: -1, Producer: -1, Share: p.share, Estimated: p.estimated}
			if p.row < 0 {
				source.Node = n.Node(place, p.product)
			} else if source.Producer = a.number[a.producer(a.supplier[p.row], p.product)]; source.Producer == int32(k) {
				continue
			}
			n.Sources = append(n.Sources, source)
		}
		if int32(len(n.Sources)) == n.SourceStart[k] && (n.Places[place] == Nowhere || a.plan.catalogue.areas[n.Places[place]]) {
			n.Producers[k].NoInput = 1
		}
		n.SourceStart = append(n.SourceStart, int32(len(n.Sources)))
	}
	a.supplier, a.product, a.tonnes, a.share, a.estimated = nil, nil, nil, nil, nil
}

// byCustomer is the rows of each customer, by its word.
type byCustomer struct {
	start []int32
	rows  []int32
}

func (b byCustomer) of(firm uint32) []int32 { return b.rows[b.start[firm]:b.start[firm+1]] }

func (a *firmTable) byCustomer() byCustomer {
	b := byCustomer{make([]int32, len(a.words)+1), make([]int32, len(a.customer))}
	for _, customer := range a.customer {
		b.start[customer+1]++
	}
	for w := range a.words {
		b.start[w+1] += b.start[w]
	}
	next := slices.Clone(b.start)
	for i, customer := range a.customer {
		b.rows[next[customer]] = int32(i)
		next[customer]++
	}
	return b
}

// suppliedPart is a part of what a firm is supplied with.
type suppliedPart struct {
	row       int32 // -1: not known from whom
	product   int32
	share     float64
	estimated bool
}

// parts divides one among the rows of a customer, as the rows of Firms are where no
// recipe says what it makes something of: by tonnes, or equally where these are not
// known of all, among what it is supplied with, and of each product by the shares
// that are stated, by tonnes or equally among those who supply it.
func (a *firmTable) parts(parts []suppliedPart, rows []int32) []suppliedPart {
	sum, stated := 0.0, false
	for _, row := range rows {
		sum += a.tonnes[row]
		stated = stated || a.share != nil && known(a.share[row])
	}
	if sum > 0 && !math.IsInf(sum, 1) && !stated {
		for _, row := range rows {
			if share := a.tonnes[row] / sum; share > 0 {
				parts = append(parts, suppliedPart{row, a.item[a.product[row]] - 1, share, a.isEstimated(row)})
			}
		}
		return parts
	}
	item := func(row int32) int32 { return a.item[a.product[row]] - 1 }
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y int32) int { return cmp.Compare(item(x), item(y)) })
	products := 0
	for i, row := range rows {
		if i == 0 || item(row) != item(rows[i-1]) {
			products++
		}
	}
	for from := 0; from < len(rows); {
		to, tonnes := from, 0.0
		a.links = a.links[:0]
		for ; to < len(rows) && item(rows[to]) == item(rows[from]); to++ {
			link := firmLink{tonnes: a.tonnes[rows[to]], share: math.NaN()}
			if a.share != nil {
				link.share = a.share[rows[to]]
			}
			a.links = append(a.links, link)
			tonnes += link.tonnes
		}
		whole, guessed := tonnes/sum, false
		if !(sum > 0) {
			whole, guessed = 1/float64(products), products > 1
		}
		shares, rest, equally := supplierShares(a.links)
		a.equally = a.equally || equally || guessed
		for i, row := range rows[from:to] {
			if shares[i] > 0 {
				parts = append(parts, suppliedPart{row, item(row), whole * shares[i],
					guessed || equally && !known(a.links[i].share) || a.isEstimated(row)})
			}
		}
		if rest > 0 {
			parts = append(parts, suppliedPart{-1, item(rows[from]), whole * rest, guessed})
		}
		from = to
	}
	return parts
}

// isEstimated tells whether a row is: by its own word, or because it is of another
// year.
func (a *firmTable) isEstimated(row int32) bool {
	if a.estimated != nil && a.estimated[row] {
		return true
	}
	if len(a.former) == 0 {
		return false
	}
	_, former := a.former[a.product[row]]
	return former
}

// tonnesOf returns the tonnes of a firm's supply: what it supplies others with or is
// supplied with of the product, whichever is more; else those of all its inputs. What
// its own plants supply it with, and it them, does not count. NaN where these are not
// known.
func (a *firmTable) tonnesOf(m madeBy) float64 {
	var out, in, inputs float64
	for i, supplier := range a.supplier {
		supplies, supplied := a.isOf(supplier, m.firm), a.isOf(a.customer[i], m.firm)
		of := a.item[a.product[i]]-1 == m.product
		switch {
		case supplies == supplied:
		case supplies && of:
			out += a.tonnes[i]
		case supplied:
			inputs += a.tonnes[i]
			if of {
				in += a.tonnes[i]
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

// note says what the network assumes, and which datasets went in.
func (a *firmTable) note() {
	n, p := a.network, a.plan
	n.firm = p.Firm
	p.notef(general, always, "A network of firms on their own: each takes what it is supplied with as its inputs, in proportion to tonnes; trade between countries, production and recipes are left out, and who is supplied by nobody is where supply starts.")
	if p.Material == "" {
		p.notef(general, always, "No mass fraction of any material in %s is known: masses are gross tonnes.", p.Product)
	}
	for _, product := range slices.SortedFunc(maps.Keys(a.former), a.compareWords) {
		if a.item[product] > 0 {
			p.notef(general, always, "Who supplies whom with %s is not loaded for %d: that of %d stands in for it, all of it estimated.",
				a.words[product], p.Year, a.former[product])
		}
	}
	for i, product := range n.Products {
		p.noteMassFraction(int32(i), product.ID)
		if len(p.catalogue.recipesFor(product.ID, p.Material)) > 0 {
			p.notef(general, always, "A recipe says what %s is made of: it is left out, and what its makers are supplied with counts.", product.ID)
		}
	}
	if slices.ContainsFunc(a.made, func(m madeBy) bool { return a.facility[m.firm] && a.first[a.operator[m.firm]] > 0 }) {
		p.notef(general, always, "Some companies are named as suppliers beside plants that they run: each stands for what it is named with.")
	}
	if a.equally {
		p.notef(general, always, "Of some firms not all supplies are known in tonnes: what they are supplied with, and by whom, counts equally as far as that is not known, which is estimated.")
	}
	if a.target >= 0 && a.buys {
		p.notef(general, always, "%s is not known to make %s: its supply is what others supply it with.", p.Firm, p.Product)
	}
	if a.target >= 0 && !known(n.Target.tonnes) {
		p.notef(general, always, "No tonnes of what %s supplies or is supplied with are known: its supply counts as 1.", p.Firm)
	}
	n.notes, n.Assumptions = p.notes, textsOf(p.notes)
	before := 0
	for _, b := range a.from {
		if b.end > before {
			p.datasets[a.words[b.dataset]] = true
		}
		before = b.end
	}
	n.Datasets = p.datasetsInOrder(nil)
}
