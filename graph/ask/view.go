package ask

import (
	"context"
	"errors"
	"slices"
	"strings"

	"tiermap/data"
	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// catalogue is what one revision of a store holds apart from rows of trade and
// production. It is read once per revision and does not change.
type catalogue struct {
	revision  string
	datasets  []graph.Dataset // by rank
	countries *country.List
	materials []Material           // by id
	products  []Product            // by id
	sectors   []Product            // of input-output tables, by id
	contents  map[string][]Content // by product
	recipes   map[string][]Recipe
	codes     map[string][]CodeShare
	// tradeCodes are those that a product or a row of trade names, in order.
	tradeCodes []string
	coverage   []graph.TradeCoverage
	supply     *supply.Catalogue
	// anySupplies: some company or plant is known to supply another.
	anySupplies bool
}

// Content is how much of a material a product contains.
type Content struct {
	Material     string
	MassFraction float64
	Dataset      string
}

// Recipe is one input of a product.
type Recipe struct {
	Input    string
	Material string // blank = any
	Country  string // blank = any
	Share    float64
	Dataset  string
}

// CodeShare is one trade code of a product. Share is NaN where it is not stated.
type CodeShare struct {
	Code    string
	Share   float64
	Dataset string
}

// view is a catalogue with the open snapshot that belongs to it.
type view struct {
	*catalogue
	snapshot graph.Snapshot
	asker    *Asker
}

// with runs a function on a view of the store's present revision.
func with[T any](ctx context.Context, a *Asker, run func(*view) (T, error)) (result T, err error) {
	snap, err := a.store.Snapshot(ctx)
	if err != nil {
		return result, err
	}
	defer func() {
		if closed := snap.Close(); err == nil {
			err = closed
		}
	}()
	c, err := a.catalogue(ctx, snap)
	if err != nil {
		return result, err
	}
	return run(&view{c, snap, a})
}

// readCatalogue reads what a revision holds.
func readCatalogue(ctx context.Context, snap graph.Snapshot, builtin *country.List) (*catalogue, error) {
	c := &catalogue{revision: snap.Revision(), contents: map[string][]Content{},
		recipes: map[string][]Recipe{}, codes: map[string][]CodeShare{}}
	var err error
	if c.datasets, err = snap.Datasets(ctx); err != nil {
		return nil, err
	}
	places, err := readCountries(ctx, snap)
	if err != nil {
		return nil, err
	}
	if c.countries, err = builtin.With(places...); err != nil {
		return nil, graph.Wrap(graph.BadInput, err, "the loaded country tables contradict the built-in list: %v", err)
	}
	if c.materials, err = readMaterials(ctx, snap, graph.Query{}); err != nil {
		return nil, err
	}
	if c.products, err = readProducts(ctx, snap, graph.Query{}); err != nil {
		return nil, err
	}
	if c.sectors, err = readSectors(ctx, snap); err != nil {
		return nil, err
	}
	if err := c.nameInDutch(); err != nil {
		return nil, err
	}
	return c, c.readFacts(ctx, snap)
}

// nameInDutch gives the materials, products and sectors of which tiermap ships them
// their Dutch names.
func (c *catalogue) nameInDutch() error {
	materials, err := data.Dutch("material")
	if err != nil {
		return err
	}
	products, err := data.Dutch("product")
	if err != nil {
		return err
	}
	sectors, err := data.Dutch("sector")
	if err != nil {
		return err
	}
	for i := range c.sectors {
		c.sectors[i].Dutch = sectors[c.sectors[i].ID]
	}
	for i := range c.materials {
		c.materials[i].Dutch = materials[c.materials[i].ID]
	}
	for i := range c.products {
		c.products[i].Dutch = products[c.products[i].ID]
	}
	return nil
}

// readFacts reads the facts that make up the supply catalogue.
func (c *catalogue) readFacts(ctx context.Context, snap graph.Snapshot) (err error) {
	facts := supply.Facts{Datasets: c.datasets}
	for _, p := range c.countries.Places() {
		if p.Kind == country.Area {
			facts.Areas = append(facts.Areas, p.ID)
		}
	}
	for _, kind := range []string{graph.Product, graph.Contains, graph.MadeFrom, graph.CodedAs, graph.Corresponds} {
		if err := snap.Read(ctx, graph.Query{Kind: kind}, func(b *graph.Batch) error { return facts.Add(b) }); err != nil {
			return err
		}
	}
	supplies, err := snap.Count(ctx, graph.Query{Kind: graph.Supplies})
	if err != nil {
		return err
	}
	c.anySupplies = supplies > 0
	if facts.Coverage, err = snap.TradeCoverage(ctx); err != nil {
		return err
	}
	for _, r := range facts.Contains {
		c.contents[r.Product] = append(c.contents[r.Product], Content{r.Material, r.MassFraction, r.Dataset})
	}
	for _, r := range facts.MadeFrom {
		c.recipes[r.Product] = append(c.recipes[r.Product], Recipe{r.Input, r.Material, r.Country, r.Share, r.Dataset})
	}
	for _, r := range facts.CodedAs {
		c.codes[r.Product] = append(c.codes[r.Product], CodeShare{r.Code, r.Share, r.Dataset})
	}
	for _, r := range facts.CodedAs {
		c.tradeCodes = append(c.tradeCodes, r.Code)
	}
	for _, r := range facts.Coverage {
		c.tradeCodes = append(c.tradeCodes, r.Code)
	}
	slices.Sort(c.tradeCodes)
	c.tradeCodes = slices.DeleteFunc(slices.Compact(c.tradeCodes), func(code string) bool { return code == "" })
	c.coverage = facts.Coverage
	c.supply = supply.NewCatalogue(facts)
	return nil
}

func (c *catalogue) material(id string) (Material, error) {
	i, ok := slices.BinarySearchFunc(c.materials, id, func(m Material, id string) int { return strings.Compare(m.ID, id) })
	if !ok {
		return Material{}, notFound("material", id, ids(c.materials, func(m Material) string { return m.ID }))
	}
	return c.materials[i], nil
}

// product returns a product, or a sector or trade code as a product.
func (c *catalogue) product(id string) (Product, error) {
	i, ok := slices.BinarySearchFunc(c.products, id, func(p Product, id string) int { return strings.Compare(p.ID, id) })
	if ok {
		return c.products[i], nil
	}
	if s, ok := c.sector(id); ok {
		return s, nil
	}
	if _, _, isCode := graph.SplitCode(id); isCode {
		return Product{ID: id, Name: id}, nil
	}
	known := ids(slices.Concat(c.products, c.sectors), func(p Product) string { return p.ID })
	return Product{}, notFound("product", id, append(known, c.tradeCodes...))
}

// stage returns a product, one that nobody declares with its id alone.
func (c *catalogue) stage(id string) Product {
	if p, err := c.product(id); err == nil {
		return p
	}
	return Product{ID: id, Name: id}
}

// place returns a place, one that the list does not know with its id alone.
func (c *catalogue) place(id string) country.Place {
	if p, ok := c.countries.Place(id); ok {
		return p
	}
	return country.Place{ID: id, Name: id, Kind: country.State}
}

// question resolves the product and the material that a question follows.
func (c *catalogue) question(product, material string, year int) (p Product, q supply.Question, err error) {
	if p, err = c.product(product); err != nil {
		return p, q, err
	}
	if material != "" {
		if _, err := c.material(material); err != nil {
			return p, q, err
		}
	}
	q = supply.Question{Product: product, Year: year}
	if c.tableOf(product) != "" {
		if material != "" {
			err = graph.Errorf(graph.BadInput, "%s is a sector of an input-output table, in which value is followed: leave material out", product)
		}
		return p, q, err
	}
	q.Material, err = c.supply.ResolveMaterial(product, material)
	var e *graph.Error
	if errors.As(err, &e) && e.Code == graph.NotFound && len(e.Suggestions) == 0 {
		e.Suggestions = graph.Nearest(product, c.tradeCodes, 3)
	}
	return p, q, err
}

// codesOf returns the trade codes that a product is declared under.
func (c *catalogue) codesOf(product string) []string {
	return ids(c.codes[product], func(s CodeShare) string { return s.Code })
}

func ids[T any](all []T, id func(T) string) []string {
	list := make([]string, len(all))
	for i, t := range all {
		list[i] = id(t)
	}
	return list
}

func notFound(what, id string, known []string) error {
	e := graph.Errorf(graph.NotFound, "no %s is called %q", what, id)
	e.Suggestions = graph.Nearest(id, known, 3)
	return e
}
