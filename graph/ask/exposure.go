package ask

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// World stands for everybody, as the place of what all draw from one pool.
var World = country.Place{ID: "WLD", Kind: country.Area, Name: "World", Dutch: "wereld", M49: "001"}

// Subject is what others may depend on: a country or group at all its products
// (Country alone), at one product (Country and Product), or what one country or
// group draws from another of one product (From, To and Product). A group is the
// set of its members.
type Subject struct {
	Country string // any name or code, or a group
	Product string
	From    string // exporter
	To      string // importer
	// FromProduct is the sector that sells, of a link in an input-output table; blank:
	// all of From.
	FromProduct string
	// Company or Facility, at all products or at Product; Attribution says which
	// plants are a company's, those that it runs where it is blank.
	Company     string
	Facility    string
	Attribution supply.Attribution
}

// ExposureQuestion asks who depends on a subject.
type ExposureQuestion struct {
	To Subject
	// And are further subjects: all of them together are one set.
	And []Subject
	// Product is whose supply is looked at; "" = that of every product of the
	// network, which is then that of the material, or of the subject's product.
	Product  string
	Material string // "" = the only one of the product, or of the subject's
	Year     int    // 0 = the newest year with trade, else production
	Balance  supply.Balance
}

// Exposure says who depends on a subject.
type Exposure struct {
	supply.Exposure
	Basis
	Product Product // blank id: every product of the network

	to       []supply.Subject
	iterated string // how exact it is, where that is to be said
}

// Exposure answers who depends on a subject.
//
// Errors: NotFound with the nearest ids for a country, product or material that
// is not known; BadInput for a subject that is none, or that is not of the
// network, and where the material or the product has to be named; those of the
// store.
func (a *Asker) Exposure(ctx context.Context, q ExposureQuestion) (*Exposure, error) {
	return with(ctx, a, func(v *view) (*Exposure, error) {
		subjects, err := v.subjects(ctx, q.To, q.Year)
		if err != nil {
			return nil, err
		}
		for _, s := range q.And {
			more, err := v.subjects(ctx, s, q.Year)
			if err != nil {
				return nil, err
			}
			subjects = append(subjects, more...)
		}
		product, question, err := v.exposureQuestion(q)
		if err != nil {
			return nil, err
		}
		basis, walk, err := a.basis(ctx, v, question, cmp.Or(q.Balance, supply.Mass))
		if err != nil {
			return nil, err
		}
		for _, s := range append([]Subject{q.To}, q.And...) {
			if err := basis.holds(s.Product); err != nil {
				return nil, err
			}
		}
		e, err := walk.Exposure(ctx, product.ID, subjects...)
		if err != nil {
			return nil, err
		}
		return &Exposure{Exposure: e, Basis: basis, Product: product, to: subjects, iterated: walk.Iterated()}, nil
	})
}

// exposureQuestion returns the network that is asked, and the product: blank
// where none is.
func (v *view) exposureQuestion(q ExposureQuestion) (Product, supply.Question, error) {
	switch {
	case q.Product != "":
		return v.question(q.Product, q.Material, q.Year)
	case q.To.Product != "":
		_, question, err := v.question(q.To.Product, q.Material, q.Year)
		return Product{}, question, err
	case q.Material == "":
		return Product{}, supply.Question{}, graph.Errorf(graph.BadInput, "name a product or a material: whose supply is to be looked at")
	}
	_, err := v.material(q.Material)
	return Product{}, supply.Question{Material: q.Material, Year: q.Year}, err
}

// subjects resolves the names of a subject; a group becomes its members.
func (v *view) subjects(ctx context.Context, s Subject, year int) ([]supply.Subject, error) {
	if s.Product != "" {
		if _, err := v.product(s.Product); err != nil {
			return nil, err
		}
	}
	places := func(text string) ([]string, error) {
		place, err := v.countries.Find(text, country.Any, year)
		return members(v.countries, place), err
	}
	if err := v.sellingSector(s); err != nil {
		return nil, err
	}
	var list []supply.Subject
	switch {
	case s.Company != "" && s.Facility == "" && s.Country == "" && s.From == "" && s.To == "":
		return []supply.Subject{{Firm: supply.Actor{ID: s.Company}, Product: s.Product, Attribution: s.Attribution}}, v.firm(ctx, graph.Company, s.Company)
	case s.Facility != "" && s.Company == "" && s.Country == "" && s.From == "" && s.To == "":
		return []supply.Subject{{Firm: supply.Actor{ID: s.Facility, Facility: true}, Product: s.Product}}, v.firm(ctx, graph.Facility, s.Facility)
	case s.Company != "" || s.Facility != "":
		return nil, graph.Errorf(graph.BadInput, "name a company, a plant or a country, not more than one of them")
	case s.Country != "" && s.From == "" && s.To == "":
		of, err := places(s.Country)
		if err != nil {
			return nil, err
		}
		for _, id := range of {
			list = append(list, supply.Subject{Place: id, Product: s.Product})
		}
	case s.Country == "" && s.From != "" && s.To != "" && s.Product != "":
		from, err := places(s.From)
		if err != nil {
			return nil, err
		}
		to, err := places(s.To)
		if err != nil {
			return nil, err
		}
		for _, exporter := range from {
			for _, importer := range to {
				list = append(list, supply.Subject{From: exporter, To: importer, Product: s.Product, Sold: s.FromProduct})
			}
		}
	default:
		return nil, graph.Errorf(graph.BadInput, "say on what: a country, a country and a product, a product with from (exporter) and to (importer), a company or a plant")
	}
	return list, nil
}

// sellingSector checks the sector that sells in a link.
func (v *view) sellingSector(s Subject) error {
	if s.FromProduct == "" {
		return nil
	}
	if s.From == "" || v.tableOf(s.Product) == "" {
		return graph.Errorf(graph.BadInput, "fromProduct is the sector that sells, in a link of an input-output table; elsewhere leave it out")
	}
	if v.tableOf(s.FromProduct) != v.tableOf(s.Product) {
		return graph.Errorf(graph.BadInput, "%s and %s are no sectors of one input-output table", s.FromProduct, s.Product)
	}
	return nil
}

// holds returns an error where a product is not of the network.
func (b *Basis) holds(product string) error {
	ids := ids(b.assembly.Products, func(p supply.Product) string { return p.ID })
	if product == "" || slices.Contains(ids, product) {
		return nil
	}
	e := graph.Errorf(graph.BadInput, "%s is not of this network, which has: %s", product, strings.Join(ids, ", "))
	e.Suggestions = graph.Nearest(product, ids, 3)
	return e
}

// Assumptions returns what the answer assumes, sentence by sentence.
func (e *Exposure) Assumptions() []string {
	list := said(e.assumptionsFor(e.Product.ID), e.iterated)
	for _, t := range e.Targets {
		if t.Place == "" {
			list = append(list, onePool(t.Product))
		}
	}
	if !slices.ContainsFunc(e.to, e.assembly.Has) {
		list = append(list, fmt.Sprintf("Nothing of this network is known for what was asked about in %d: nobody depends on it.", e.Year))
	}
	return list
}

// assumptionsFor returns what the network assumes that bears on a product, or on
// all where it is blank.
func (b *Basis) assumptionsFor(product string) []string {
	for i, p := range b.assembly.Products {
		if p.ID == product {
			return slices.Concat(b.chain.said, b.assembly.AssumptionsFor(int32(i)))
		}
	}
	return slices.Concat(b.chain.said, b.assembly.Assumptions)
}

// said adds a sentence to a list, unless it is blank.
func said(list []string, sentence string) []string {
	if sentence == "" {
		return list
	}
	return append(list, sentence)
}

func onePool(product string) string {
	return fmt.Sprintf("All draw %s from one pool: it stands as one target, of the world, without tonnes.", product)
}

// WorldQuestion asks what the world's supply of a product passes.
type WorldQuestion struct {
	Product  string // one of our products, or a trade code
	Material string // "" = the product's only one
	Year     int    // 0 = the newest year with trade, else production
	Kind     supply.Kind
	// Attribution says which plants are a company's; blank: those that it runs.
	Attribution supply.Attribution
	Epsilon     float64 // what a single point of failure may leave
	First       int     // how many at most; 0 = all
}

// WorldAnswer is what the world's supply of a product passes.
type WorldAnswer struct {
	Basis
	Product     Product
	Chokepoints []supply.WorldChokepoint

	iterated string // how exact it is, where that is to be said
}

// WorldChokepoints answers what the world's supply of a product passes.
//
// Errors: NotFound with the nearest ids for a product or material that is not
// known; BadInput where the material has to be named or the year holds nothing;
// those of the store.
func (a *Asker) WorldChokepoints(ctx context.Context, q WorldQuestion) (*WorldAnswer, error) {
	return with(ctx, a, func(v *view) (*WorldAnswer, error) {
		product, question, err := v.question(q.Product, q.Material, q.Year)
		if err != nil {
			return nil, err
		}
		basis, walk, err := a.basis(ctx, v, question, supply.Mass)
		if err != nil {
			return nil, err
		}
		points, err := walk.WorldChokepointsBy(ctx, product.ID, q.Kind, cmp.Or(q.Attribution, supply.ByOperator), q.Epsilon, q.First)
		return &WorldAnswer{Basis: basis, Product: product, Chokepoints: points, iterated: walk.Iterated()}, err
	})
}

// Assumptions returns what the answer assumes, sentence by sentence.
func (w *WorldAnswer) Assumptions() []string {
	list := said(w.assumptionsFor(w.Product.ID), w.iterated)
	if slices.ContainsFunc(w.assembly.Products, func(p supply.Product) bool { return p.ID == w.Product.ID && p.Pooled }) {
		list = append(list, onePool(w.Product.ID))
	}
	return list
}
