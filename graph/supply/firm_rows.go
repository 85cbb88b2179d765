package supply

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"tiermap/graph"
)

// FirmRows collects who supplies whom, column by column: 24 bytes for each row,
// for networks of millions of firms on their own (docs/methods.md §2c), without
// trade, recipes and production.
type FirmRows struct {
	plan                        *Plan
	words                       []string
	supplier, customer, product []uint32
	tonnes                      []float64 // NaN: not known
	share                       []float64 // of the customer's supply of the product; nil: none is stated
	estimated                   []bool    // nil: none is
	from                        []batchOf // where the rows come from, in order
	year                        int       // of the rows that are being added
	former                      map[uint32]int

	word     map[string]uint32 // of what the rows name
	known    int               // words in it
	seat     []uint32          // country of a company, by word; 0: not known
	site     []uint32          // country of a plant
	operator []uint32          // of a plant
	facility []bool
	owners   map[string]string // country of those who own others, whom the rows need not name
}

// batchOf is rows of one dataset that follow each other.
type batchOf struct {
	dataset uint32
	end     int // row after the last one
}

// NewFirmRows returns a table with room for so many rows, for a question about a
// firm that names its year.
//
// Errors: those of ResolveMaterial.
func (c *Catalogue) NewFirmRows(q Question, rows int) (*FirmRows, error) {
	material, err := c.ResolveMaterial(q.Product, q.Material)
	if err != nil {
		return nil, err
	}
	q.Material = material
	p := &Plan{Question: q, catalogue: c, datasets: map[string]bool{}}
	p.firms.facts, p.firms.register = &Firms{}, &register{companies: map[string]string{}, facilities: map[string]FacilityRow{}}
	return &FirmRows{plan: p, year: q.Year, former: map[uint32]int{}, word: map[string]uint32{}, owners: map[string]string{},
		supplier: make([]uint32, 0, rows), customer: make([]uint32, 0, rows), product: make([]uint32, 0, rows), tonnes: make([]float64, 0, rows)}, nil
}

// Plan returns the question with its material resolved.
func (r *FirmRows) Plan() *Plan { return r.plan }

// SuppliesFields are the columns that FirmRows needs of SUPPLIES.
func SuppliesFields() []string {
	return []string{"supplier", "customer", "product", "tonnes", "share", "estimated", "dataset"}
}

// Add takes a batch of supplies of one year, or, when all of these are there, of
// ownership, then of facilities, then of companies, all of one snapshot.
func (r *FirmRows) Add(b *graph.Batch) error {
	r.words = b.Words.List()
	switch b.Kind.Name {
	case graph.Supplies:
		r.addSupplies(b)
	case graph.Facility, graph.Company:
		r.addFirms(b)
	case graph.Owns:
		for i := range b.Len {
			r.owners[b.Row(i).Text("owner")] = ""
		}
		return r.plan.firms.facts.Add(b)
	default:
		return graph.Errorf(graph.Internal, "there are no firms in rows of %s", b.Kind.Name)
	}
	return nil
}

func (r *FirmRows) addSupplies(b *graph.Batch) {
	column := func(name string) *graph.Column { return &b.Columns[b.Kind.Field(name)] }
	suppliers, customers, products := column("supplier").Word, column("customer").Word, column("product").Word
	tonnes, shares, estimated, datasets := column("tonnes").Float, column("share").Float, column("estimated").Bool, column("dataset").Word
	for i, supplier := range suppliers {
		if supplier == customers[i] {
			continue
		}
		row := len(r.supplier)
		r.supplier, r.customer = append(r.supplier, supplier), append(r.customer, customers[i])
		r.product, r.tonnes = append(r.product, products[i]), append(r.tonnes, tonnes[i])
		if known(shares[i]) && r.share == nil {
			r.share = unknowns(row, cap(r.tonnes))
		}
		if r.share != nil {
			r.share = append(r.share, shares[i])
		}
		if estimated[i] && r.estimated == nil {
			r.estimated = make([]bool, row, cap(r.tonnes))
		}
		if r.estimated != nil {
			r.estimated = append(r.estimated, estimated[i])
		}
		if last := len(r.from) - 1; last >= 0 && r.from[last].dataset == datasets[i] {
			r.from[last].end = row + 1
		} else {
			r.from = append(r.from, batchOf{datasets[i], row + 1})
		}
		if r.year != r.plan.Year {
			r.former[products[i]] = r.year
		}
	}
}

// unknowns returns n numbers that are not known.
func unknowns(n, room int) []float64 {
	list := make([]float64, n, max(n, room))
	for i := range list {
		list[i] = math.NaN()
	}
	return list
}

// addFirms takes where companies and plants are: of several rows of one, which
// come in order of rank, the first that says so.
func (r *FirmRows) addFirms(b *graph.Batch) {
	r.learn()
	plants := b.Kind.Name == graph.Facility
	ids, countries := b.Columns[b.Kind.Field("id")].Text, b.Columns[b.Kind.Field("country")].Word
	for i, id := range ids {
		word, named := r.word[id]
		switch {
		case !named && !plants:
			if country, owns := r.owners[id]; owns {
				r.owners[id] = firstOf(country, r.words[countries[i]])
			}
		case !named:
		case plants:
			r.facility[word] = true
			first(&r.site[word], countries[i])
			first(&r.operator[word], b.Columns[b.Kind.Field("operator")].Word[i])
		default:
			first(&r.seat[word], countries[i])
		}
	}
}

func first(known *uint32, otherwise uint32) {
	if *known == 0 {
		*known = otherwise
	}
}

// learn takes up the words that are new.
func (r *FirmRows) learn() {
	for ; r.known < len(r.words); r.known++ {
		r.word[r.words[r.known]] = uint32(r.known)
	}
	r.seat, r.site, r.operator = grown(r.seat, r.known), grown(r.site, r.known), grown(r.operator, r.known)
	r.facility = grown(r.facility, r.known)
}

func grown[T any](list []T, n int) []T {
	if len(list) >= n {
		return list
	}
	return append(list, make([]T, n-len(list))...)
}

// placeOf returns where a firm is: a plant where it stands, else with its operator.
func (r *FirmRows) placeOf(firm uint32) string {
	country := r.seat[firm]
	if r.facility[firm] {
		country = r.site[firm]
		first(&country, r.seat[r.operator[firm]])
	}
	return firstOf(r.words[country], Nowhere)
}

// wordOf returns the number of a word, a new one where no row names it.
func (r *FirmRows) wordOf(text string) uint32 {
	r.learn()
	if word, ok := r.word[text]; ok {
		return word
	}
	r.words = append(r.words, text)
	r.learn()
	return r.word[text]
}

func (r *FirmRows) compareWords(a, b uint32) int { return cmp.Compare(r.words[a], r.words[b]) }

// keep leaves the rows that a function says are wanted.
func (r *FirmRows) keep(wanted func(row int) bool) {
	n, from := 0, 0
	for i := range r.from {
		for row := from; row < r.from[i].end; row++ {
			if !wanted(row) {
				continue
			}
			r.supplier[n], r.customer[n], r.product[n], r.tonnes[n] = r.supplier[row], r.customer[row], r.product[row], r.tonnes[row]
			if r.share != nil {
				r.share[n] = r.share[row]
			}
			if r.estimated != nil {
				r.estimated[n] = r.estimated[row]
			}
			n++
		}
		from, r.from[i].end = r.from[i].end, n
	}
	r.supplier, r.customer, r.product, r.tonnes = r.supplier[:n], r.customer[:n], r.product[:n], r.tonnes[:n]
	if r.share != nil {
		r.share = r.share[:n]
	}
	if r.estimated != nil {
		r.estimated = r.estimated[:n]
	}
}

// choose leaves, of each customer and product, the rows of the dataset that ranks
// first, and says what is passed over.
func (r *FirmRows) choose() {
	rank := map[uint32]int{}
	var datasets []string
	for _, b := range r.from {
		if rank[b.dataset] == 0 {
			rank[b.dataset] = 1
			datasets = append(datasets, r.words[b.dataset])
		}
	}
	slices.SortFunc(datasets, func(a, b string) int { return compareRank(r.plan.catalogue.rank, a, b) })
	for word := range rank {
		rank[word] = slices.Index(datasets, r.words[word])
	}
	if len(datasets) > 1 {
		best := map[uint64]int{}
		key := func(row int) uint64 { return uint64(r.customer[row])<<32 | uint64(r.product[row]) }
		r.each(func(row int, dataset uint32) {
			if at, ok := best[key(row)]; !ok || rank[dataset] < at {
				best[key(row)] = rank[dataset]
			}
		})
		over := map[uint32]map[string]bool{} // by product
		chosen := make([]bool, len(r.supplier))
		r.each(func(row int, dataset uint32) {
			if chosen[row] = rank[dataset] == best[key(row)]; !chosen[row] {
				if over[r.product[row]] == nil {
					over[r.product[row]] = map[string]bool{}
				}
				over[r.product[row]][r.words[dataset]] = true
			}
		})
		r.keep(func(row int) bool { return chosen[row] })
		r.notePassedOver(over)
	}
}

// each calls f for every row with its dataset.
func (r *FirmRows) each(f func(row int, dataset uint32)) {
	row := 0
	for _, b := range r.from {
		for ; row < b.end; row++ {
			f(row, b.dataset)
		}
	}
}

func (r *FirmRows) notePassedOver(over map[uint32]map[string]bool) {
	for _, product := range slices.SortedFunc(maps.Keys(over), r.compareWords) {
		year := r.plan.Year
		if former, ok := r.former[product]; ok {
			year = former
		}
		r.plan.notef(general, always, "Who supplies a company or plant with %s, %d, is taken from the first dataset that knows of it; passed over for some: %s.",
			r.words[product], year, join(slices.Sorted(maps.Keys(over[product]))))
	}
}

// leaveUnreached leaves out the products that nobody upstream of the firm takes or
// makes.
func (r *FirmRows) leaveUnreached(firm, product uint32) {
	reached := map[uint32]bool{product: true}
	makes, takes := make([]bool, len(r.words)), make([]bool, len(r.words))
	supplied := make([]bool, len(r.words))
	for _, customer := range r.customer {
		supplied[customer] = true
	}
	take := func(firm uint32) {
		if !supplied[firm] && r.facility[firm] {
			firm = r.operator[firm]
		}
		takes[firm] = true
	}
	take(firm)
	for more := true; more; {
		more = false
		for row, supplier := range r.supplier {
			if reached[r.product[row]] && !makes[supplier] {
				makes[supplier] = true
				take(supplier)
			}
		}
		for row, customer := range r.customer {
			if takes[customer] && !reached[r.product[row]] {
				reached[r.product[row]], more = true, true
			}
		}
	}
	for _, p := range r.product {
		if !reached[p] {
			r.keep(func(row int) bool { return reached[r.product[row]] })
			return
		}
	}
}

// convert counts the tonnes of every product in those of the network's material.
func (r *FirmRows) convert() {
	if r.plan.Material == "" {
		return
	}
	factors := map[uint32]float64{}
	for row, product := range r.product {
		factor, ok := factors[product]
		if !ok {
			factor, _ = r.plan.catalogue.conversion(r.words[product], "", r.plan.Material)
			factors[product] = factor
		}
		r.tonnes[row] *= factor
	}
}

// ReadFirms reads the network of firms on their own that a question about one of
// them is asked of, from a store; the question names its year.
//
// Errors: those of the snapshot, of [Catalogue.NewFirmRows] and [FirmRows.Network].
func (c *Catalogue) ReadFirms(ctx context.Context, s graph.Snapshot, q Question) (*Network, *Plan, error) {
	query := func(year int, products []string) graph.Query {
		q := graph.Query{Kind: graph.Supplies, Fields: SuppliesFields(), Match: []graph.Match{{Field: "year", Ints: []int{year}}}}
		if products != nil {
			q.Match = append(q.Match, graph.Match{Field: "product", Words: products})
		}
		return q
	}
	var products []string // nil: all
	rows, err := c.NewFirmRows(q, 0)
	if err != nil {
		return nil, nil, err
	}
	if rows.plan.Material != "" {
		products = c.Carriers(rows.plan.Material)
	}
	n, err := s.Count(ctx, query(q.Year, products))
	if err != nil {
		return nil, nil, err
	}
	if rows, err = c.NewFirmRows(q, int(n)); err != nil {
		return nil, nil, err
	}
	for _, year := range nearestYears(q.Year) {
		if rows.year = year; year != q.Year {
			if products = rows.without(products); len(products) == 0 {
				break
			}
		}
		if err := s.Read(ctx, query(year, products), rows.Add); err != nil {
			return nil, nil, err
		}
	}
	for _, q := range []graph.Query{
		{Kind: graph.Owns},
		{Kind: graph.Facility, Fields: []string{"id", "country", "operator"}},
		{Kind: graph.Company, Fields: []string{"id", "country"}},
	} {
		if err := s.Read(ctx, q, rows.Add); err != nil {
			return nil, nil, err
		}
	}
	network, err := rows.Network(ctx)
	return network, rows.plan, err
}

// without returns those of some products, nil being all that are declared, of which
// nobody supplies anybody with any so far.
func (r *FirmRows) without(products []string) []string {
	if products == nil {
		products = slices.Collect(maps.Keys(r.plan.catalogue.products))
	}
	found := map[uint32]bool{}
	for _, product := range r.product {
		found[product] = true
	}
	for product := range found {
		if i := slices.Index(products, r.words[product]); i >= 0 {
			products = slices.Delete(products, i, i+1)
		}
	}
	return products
}
