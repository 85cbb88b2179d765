package ask

import (
	"context"
	"math"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
)

// Material is a raw material.
type Material struct {
	ID      string
	Name    string
	Dutch   string // "" where none is shipped
	Symbol  string
	Aliases []string
}

// Product is a commodity at one stage of a chain.
type Product struct {
	ID     string
	Name   string
	Dutch  string // "" where none is shipped
	Stage  string // "" for a trade code that is asked for as a product
	Pooled bool
}

// Company is a legal entity.
type Company struct {
	ID      string
	Name    string
	Country string
	LEI     string
	Aliases []string

	Headquarters            string   // country
	Status                  string   // active, inactive
	Registration            string   // of its LEI
	Successor               string   // the company that took its place
	ParentException         []string // why it reports no direct parent
	UltimateParentException []string
}

// Facility is a mine, plant or works. Coordinates are NaN where not known.
type Facility struct {
	ID        string
	Name      string
	Country   string
	Latitude  float64
	Longitude float64
	Operator  string
	Aliases   []string
	Activity  string // in the source's words, as is Status
	Status    string
	PartOf    string // the site that it is a part of
}

// Rows of one node may come from several datasets, the highest ranked first:
// what the first of them knows counts, lists are put together.

func first(a *string, b string) {
	if *a == "" {
		*a = b
	}
}

func union(a []string, list string) []string {
	for item := range strings.SplitSeq(list, ";") {
		if item = strings.TrimSpace(item); item != "" && !slices.Contains(a, item) {
			a = append(a, item)
		}
	}
	return a
}

func (m *Material) merge(r graph.Row) {
	first(&m.Name, r.Text("name"))
	first(&m.Symbol, r.Text("symbol"))
	m.Aliases = union(m.Aliases, r.Text("aliases"))
}

func (p *Product) merge(r graph.Row) {
	if p.Stage == "" {
		p.Pooled = r.Bool("pooled") // of the highest ranked row
	}
	first(&p.Name, r.Text("name"))
	first(&p.Stage, r.Text("stage"))
}

func (c *Company) merge(r graph.Row) {
	first(&c.Name, r.Text("name"))
	first(&c.Country, r.Text("country"))
	first(&c.LEI, r.Text("lei"))
	c.Aliases = union(c.Aliases, r.Text("aliases"))
	first(&c.Headquarters, r.Text("headquarters"))
	first(&c.Status, r.Text("status"))
	first(&c.Registration, r.Text("registration"))
	first(&c.Successor, r.Text("successor"))
	c.ParentException = union(c.ParentException, r.Text("parent_exception"))
	c.UltimateParentException = union(c.UltimateParentException, r.Text("ultimate_parent_exception"))
}

func (f *Facility) merge(r graph.Row) {
	first(&f.Name, r.Text("name"))
	first(&f.Country, r.Text("country"))
	first(&f.Operator, r.Text("operator"))
	first(&f.Activity, r.Text("activity"))
	first(&f.Status, r.Text("status"))
	first(&f.PartOf, r.Text("part_of"))
	f.Aliases = union(f.Aliases, r.Text("aliases"))
	if math.IsNaN(f.Latitude) || math.IsNaN(f.Longitude) {
		f.Latitude, f.Longitude = r.Float("latitude"), r.Float("longitude")
	}
}

// readNodes streams the nodes of a kind, one merged value per id, in order of
// id. make returns an empty value for an id, merge adds a row to it.
func readNodes[T any](ctx context.Context, snap graph.Snapshot, q graph.Query,
	create func(id string) T, merge func(*T, graph.Row)) ([]T, error) {
	var nodes []T
	last := ""
	err := snap.Read(ctx, q, func(b *graph.Batch) error {
		for i := range b.Len {
			r := b.Row(i)
			if id := r.Text("id"); len(nodes) == 0 || id != last {
				nodes, last = append(nodes, create(id)), id
			}
			merge(&nodes[len(nodes)-1], r)
		}
		return nil
	})
	return nodes, err
}

// readCountries returns what the loaded country tables add to the built-in list.
func readCountries(ctx context.Context, snap graph.Snapshot) ([]country.Place, error) {
	return readNodes(ctx, snap, graph.Query{Kind: graph.Country},
		func(id string) country.Place { return country.Place{ID: id} },
		func(p *country.Place, r graph.Row) {
			first(&p.Name, r.Text("name"))
			first(&p.ISO2, r.Text("iso2"))
			first(&p.M49, r.Text("m49"))
			p.Aliases = union(p.Aliases, r.Text("aliases"))
			p.Groups = union(p.Groups, r.Text("groups"))
		})
}

func readMaterials(ctx context.Context, snap graph.Snapshot, q graph.Query) ([]Material, error) {
	q.Kind = graph.Material
	return readNodes(ctx, snap, q, func(id string) Material { return Material{ID: id} }, (*Material).merge)
}

func readProducts(ctx context.Context, snap graph.Snapshot, q graph.Query) ([]Product, error) {
	q.Kind = graph.Product
	return readNodes(ctx, snap, q, func(id string) Product { return Product{ID: id} }, (*Product).merge)
}

func readCompanies(ctx context.Context, snap graph.Snapshot, q graph.Query) ([]Company, error) {
	q.Kind = graph.Company
	return readNodes(ctx, snap, q, func(id string) Company { return Company{ID: id} }, (*Company).merge)
}

func readFacilities(ctx context.Context, snap graph.Snapshot, q graph.Query) ([]Facility, error) {
	q.Kind = graph.Facility
	return readNodes(ctx, snap, q, func(id string) Facility {
		return Facility{ID: id, Latitude: math.NaN(), Longitude: math.NaN()}
	}, (*Facility).merge)
}
