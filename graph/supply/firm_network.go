package supply

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"tiermap/graph"
)

// FirmRows collects who supplies whom, column by column: 24 bytes for each row,
// for networks of millions of firms on their own (docs/methods.md §2c), without
// trade, recipes and production.
type FirmRows struct {
	words                       []string
	supplier, customer, product []uint32
	tonnes                      []float64 // NaN: not known
	country                     []uint32  // by word of a company or plant; 0: not known
	operator                    []uint32  // by word of a plant
	facility                    []bool    // by word
	word                        map[string]uint32
}

// NewFirmRows returns a table with room for so many rows.
func NewFirmRows(rows int) *FirmRows {
	return &FirmRows{supplier: make([]uint32, 0, rows), customer: make([]uint32, 0, rows),
		product: make([]uint32, 0, rows), tonnes: make([]float64, 0, rows)}
}

// SuppliesFields are the columns that FirmRows needs of SUPPLIES.
func SuppliesFields() []string { return []string{"supplier", "customer", "product", "tonnes", "share"} }

// Add takes a batch of supplies or, when all of these are there, of companies or
// facilities, all of one snapshot. A
// share that is stated of a customer's supply is a BadInput error: these
// networks go by tonnes.
func (r *FirmRows) Add(b *graph.Batch) error {
	column := func(name string) *graph.Column { return &b.Columns[b.Kind.Field(name)] }
	r.words = b.Words.List()
	if b.Kind.Name == graph.Supplies {
		for i, share := range column("share").Float {
			if known(share) {
				return graph.Errorf(graph.BadInput, "row %d of supplies states a share: a network of firms on their own goes by tonnes", len(r.tonnes)+i+1)
			}
		}
		r.supplier = append(r.supplier, column("supplier").Word...)
		r.customer = append(r.customer, column("customer").Word...)
		r.product = append(r.product, column("product").Word...)
		r.tonnes = append(r.tonnes, column("tonnes").Float...)
		return nil
	}
	if r.word == nil {
		r.word = make(map[string]uint32, len(r.words))
		for i, word := range r.words {
			r.word[word] = uint32(i)
		}
		r.country, r.operator = make([]uint32, len(r.words)), make([]uint32, len(r.words))
		r.facility = make([]bool, len(r.words))
	}
	for i := range b.Len {
		id, named := r.word[b.Row(i).Text("id")]
		if !named || int(id) >= len(r.country) {
			continue
		}
		if r.country[id] == 0 {
			r.country[id] = column("country").Word[i]
		}
		if b.Kind.Name == graph.Facility {
			r.facility[id] = true
			if r.operator[id] == 0 {
				r.operator[id] = column("operator").Word[i]
			}
		}
	}
	return nil
}

func grown[T any](list []T, n int) []T {
	if len(list) >= n {
		return list
	}
	return append(list, make([]T, n-len(list))...)
}

// Network makes the network of firms of one year that a question about one of them
// is asked of. Every firm takes what it is supplied with as its inputs, in
// proportion to tonnes, or equally where these are not known of all; who supplies
// others and is supplied by nobody is an origin in its country. The rows are used
// up. A firm that no row names is a NotFound error.
func (r *FirmRows) Network(ctx context.Context, year int, firm, product string) (*Network, error) {
	a := firmTable{FirmRows: r, network: &Network{Year: year, Balance: Mass}}
	a.country, a.operator, a.facility = grown(r.country, len(r.words)), grown(r.operator, len(r.words)), grown(r.facility, len(r.words))
	if err := a.findProducers(firm, product); err != nil {
		return nil, err
	}
	a.layNodes()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.word = nil
	a.layProducers()
	a.laySources()
	a.note(firm)
	runtime.GC() // the rows make room for the walk, which takes as much
	return a.network, ctx.Err()
}

// firmTable is a network of firms in the making.
type firmTable struct {
	*FirmRows
	network *Network
	made    []madeBy
	first   []int32 // by word of a firm: its first entry of made, plus one
	more    map[uint64]int32
	item    []int32 // by word of a product: its number, plus one
	goods   []uint32
	number  []int32 // of an entry of made: producer of the network
	target  int32   // entry of made
	buys    bool    // the target is not known to supply others with what it is supplied with
	equally bool
}

// madeBy is what one firm supplies others with.
type madeBy struct {
	firm    uint32
	product int32
}

func (m madeBy) key() uint64 { return uint64(m.firm)<<32 | uint64(m.product) }

// findProducers lists what every firm supplies, and what the one that is asked
// about does.
func (a *firmTable) findProducers(firm, product string) error {
	a.first, a.item, a.more = make([]int32, len(a.words)), make([]int32, len(a.words)), map[uint64]int32{}
	for i, firm := range a.supplier {
		if firm != a.customer[i] {
			a.producer(firm, a.productOf(a.product[i]))
		}
	}
	target, goods := slices.Index(a.words, firm), slices.Index(a.words, product)
	if target < 0 || goods < 0 || !slices.Contains(a.supplier, uint32(target)) && !slices.Contains(a.customer, uint32(target)) {
		return graph.Errorf(graph.NotFound, "nobody supplies %q, or is supplied by it, with anything in %d", firm, a.network.Year)
	}
	known := len(a.made)
	a.target = a.producer(uint32(target), a.productOf(uint32(goods)))
	for i, customer := range a.customer {
		bought := customer == uint32(target) && a.product[i] == uint32(goods) && a.supplier[i] != customer
		a.buys = a.buys || bought && len(a.made) > known
	}
	return nil
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

// placeOf returns where a firm is: a plant where it stands, else with its operator.
func (a *firmTable) placeOf(firm uint32) string {
	country := a.country[firm]
	if country == 0 {
		country = a.country[a.operator[firm]]
	}
	return cmp.Or(a.words[country], Nowhere)
}

// layNodes makes a node of every product in every place where it is supplied from,
// and leaves in first the node of each entry of made.
func (a *firmTable) layNodes() {
	n := a.network
	slices.SortFunc(a.goods, func(x, y uint32) int { return cmp.Compare(a.words[x], a.words[y]) })
	renumber := make([]int32, len(a.goods))
	for i, word := range a.goods {
		renumber[a.item[word]-1] = int32(i)
		n.Products = append(n.Products, Product{ID: a.words[word], Raw: true})
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
	for cell := range present {
		if present[cell] > 0 {
			n.Nodes = append(n.Nodes, Node{Place: int32(cell % len(n.Places)), Product: int32(cell / len(n.Places))})
		}
	}
	n.TradeStart, n.InputStart = make([]int32, len(n.Nodes)+1), make([]int32, len(n.Nodes)+1)
	n.inputsOf, n.unmade = make([][]int32, len(n.Products)), make([]bool, len(n.Products))
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

// layProducers lays the producers out in order of node, then actor.
func (a *firmTable) layProducers() {
	n := a.network
	order, node := make([]int32, len(a.made)), make([]int32, len(a.made))
	for i := range order {
		order[i] = int32(i)
		node[i] = n.Node(int32(a.cell(int32(i))%len(n.Places)), a.made[i].product)
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(cmp.Compare(node[x], node[y]), a.compare(a.made[x].firm, a.made[y].firm))
	})
	a.number = make([]int32, len(a.made))
	n.Producers = make([]Producer, len(order))
	for k, i := range order {
		a.number[i] = int32(k)
		firm := a.made[i].firm
		p := Producer{Actor: Actor{a.words[firm], a.facility[firm]}, Operator: a.words[firm], Node: node[i], Active: true}
		if p.Facility {
			p.Operator = a.words[a.operator[firm]]
		}
		n.Producers[k] = p
	}
}

func (a *firmTable) compare(x, y uint32) int {
	return cmp.Or(cmp.Compare(boolInt(a.facility[x]), boolInt(a.facility[y])), cmp.Compare(a.words[x], a.words[y]))
}

// laySources lays down whom each producer is supplied by.
func (a *firmTable) laySources() {
	n := a.network
	n.Target = firmTarget{producer: a.number[a.target], tonnes: a.tonnesOf(a.made[a.target])}
	by := a.byCustomer()
	a.customer = nil
	n.SourceStart = make([]int32, 1, len(n.Producers)+1)
	n.Sources = make([]SourceLink, 0, len(by.rows)) // a few more where a firm supplies several products
	made := make([]int32, len(a.number))
	for i, k := range a.number {
		made[k] = int32(i)
	}
	var shares []float64
	for k := range n.Producers {
		firm := a.made[made[k]].firm
		rows := by.of(firm)
		if len(rows) == 0 && a.facility[firm] {
			rows = by.of(a.operator[firm])
		}
		if made[k] == a.target && a.buys {
			n.Producers[k].Buys = true
			bought := func(row int32) bool { return a.item[a.product[row]]-1 == a.made[a.target].product }
			rows = slices.DeleteFunc(slices.Clone(rows), func(row int32) bool { return !bought(row) })
		}
		var equally bool
		shares, equally = a.shares(shares[:0], rows)
		a.equally = a.equally || equally
		for i, row := range rows {
			supplier := a.number[a.producer(a.supplier[row], a.item[a.product[row]]-1)]
			if shares[i] > 0 && supplier != int32(k) {
				n.Sources = append(n.Sources, SourceLink{Node: -1, Producer: supplier, Share: shares[i], Estimated: equally})
			}
		}
		if len(rows) == 0 && n.Places[n.Nodes[n.Producers[k].Node].Place] == Nowhere {
			n.Producers[k].NoInput = 1
		}
		n.SourceStart = append(n.SourceStart, int32(len(n.Sources)))
	}
	a.supplier, a.product, a.tonnes = nil, nil, nil
}

// byCustomer is the rows of each customer, by its word.
type byCustomer struct {
	start []int32
	rows  []int32
}

func (b byCustomer) of(firm uint32) []int32 { return b.rows[b.start[firm]:b.start[firm+1]] }

func (a *firmTable) byCustomer() byCustomer {
	b := byCustomer{make([]int32, len(a.words)+1), make([]int32, len(a.customer))}
	for i, customer := range a.customer {
		if customer == a.supplier[i] {
			continue
		}
		b.start[customer+1]++
	}
	for w := range a.words {
		b.start[w+1] += b.start[w]
	}
	next := slices.Clone(b.start)
	for i, customer := range a.customer {
		if customer == a.supplier[i] {
			continue
		}
		b.rows[next[customer]] = int32(i)
		next[customer]++
	}
	b.rows = b.rows[:b.start[len(a.words)]]
	return b
}

// shares divides one among the rows of a customer: by tonnes, or where these are
// not known of all equally among what it is supplied with, and of each product by
// tonnes or equally among those who supply it.
func (a *firmTable) shares(shares []float64, rows []int32) (of []float64, equally bool) {
	sum := 0.0
	for _, row := range rows {
		sum += a.tonnes[row]
	}
	if sum > 0 && !math.IsInf(sum, 1) {
		for _, row := range rows {
			shares = append(shares, a.tonnes[row]/sum)
		}
		return shares, false
	}
	byProduct := map[uint32][]int32{}
	for _, row := range rows {
		byProduct[a.product[row]] = append(byProduct[a.product[row]], row)
	}
	for _, row := range rows {
		of := byProduct[a.product[row]]
		sum := 0.0
		for _, other := range of {
			sum += a.tonnes[other]
		}
		part := 1 / float64(len(of))
		if sum > 0 {
			part = a.tonnes[row] / sum
		}
		shares = append(shares, part/float64(len(byProduct)))
	}
	return shares, len(rows) > 1
}

// tonnesOf returns the tonnes of a firm's supply: what it supplies others with or is
// supplied with of the product, whichever is more; else those of all its inputs. NaN
// where these are not known.
func (a *firmTable) tonnesOf(m madeBy) float64 {
	var out, in, inputs float64
	for i, supplier := range a.supplier {
		customer := a.customer[i]
		if supplier == customer || supplier != m.firm && customer != m.firm {
			continue
		}
		of := a.item[a.product[i]]-1 == m.product
		switch {
		case supplier == m.firm && of:
			out += a.tonnes[i]
		case customer == m.firm && of:
			in += a.tonnes[i]
		}
		if customer == m.firm {
			inputs += a.tonnes[i]
		}
	}
	for _, tonnes := range []float64{greater(out, in), inputs} {
		if tonnes > 0 {
			return tonnes
		}
	}
	return math.NaN()
}

// note says what the network assumes.
func (a *firmTable) note(firm string) {
	n := a.network
	n.firm, n.register = firm, &register{}
	note := func(format string, args ...any) {
		n.notes = append(n.notes, note{general, always, fmt.Sprintf(format, args...)})
	}
	note("A network of firms on their own: each takes what it is supplied with as its inputs, in proportion to tonnes; trade between countries and recipes are left out, and who is supplied by nobody is where supply starts.")
	if a.equally {
		note("Of some firms not all supplies are known in tonnes: what they are supplied with, and by whom, counts equally, which is estimated.")
	}
	if !known(n.Target.tonnes) {
		note("No tonnes of what %s supplies or is supplied with are known: its supply counts as 1.", firm)
	}
	n.Assumptions = textsOf(n.notes)
}

// ReadFirms reads the network of firms of one year that a question about one of them
// is asked of, from a store.
//
// Errors: those of the snapshot, of [FirmRows.Add] and [FirmRows.Network].
func ReadFirms(ctx context.Context, s graph.Snapshot, year int, firm, product string) (*Network, error) {
	q := graph.Query{Kind: graph.Supplies, Fields: SuppliesFields(), Match: []graph.Match{{Field: "year", Ints: []int{year}}}}
	n, err := s.Count(ctx, q)
	if err != nil {
		return nil, err
	}
	rows := NewFirmRows(int(n))
	if err := s.Read(ctx, q, rows.Add); err != nil {
		return nil, err
	}
	for _, q := range []graph.Query{
		{Kind: graph.Company, Fields: []string{"id", "country"}},
		{Kind: graph.Facility, Fields: []string{"id", "country", "operator"}},
	} {
		if err := s.Read(ctx, q, rows.Add); err != nil {
			return nil, err
		}
	}
	return rows.Network(ctx, year, firm, product)
}
