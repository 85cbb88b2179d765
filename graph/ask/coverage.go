package ask

import (
	"cmp"
	"context"
	"math"
	"slices"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// MaterialCoverage is what a store knows of a material: of every product of its
// chain as the plans use it that answers are computed by, and what studies say of
// the material as a whole.
type MaterialCoverage struct {
	Material  Material
	Products  []supply.ProductCoverage // from what is extracted to what is assembled
	Sourcing  []SourcingCoverage       // by importer, year and stage
	Recycling []RecyclingRate          // by year
	Hosts     []Host                   // that it is recovered with, by id
}

// SourcingCoverage says that the sources of an importer's supply at a stage are
// stated.
type SourcingCoverage struct {
	Importer  string // id of a country or group
	Year      int
	Stage     string
	Suppliers int
}

// RecyclingRate is an end-of-life recycling input rate.
type RecyclingRate struct {
	Year int
	Rate float64 // NaN: stated as not known
}

// Host is a material or product that a by-product is recovered with.
type Host struct {
	ID    string
	Share float64 // NaN: not known
}

// Coverage returns what is known of a material, or of every material where it is
// blank.
//
// Errors: NotFound with the nearest ids for a material that is not known; those
// of [supply.Catalogue.Coverage] and of the store.
func (a *Asker) Coverage(ctx context.Context, material string) ([]MaterialCoverage, error) {
	return with(ctx, a, func(v *view) ([]MaterialCoverage, error) {
		materials := v.materials
		if material != "" {
			m, err := v.material(material)
			if err != nil {
				return nil, err
			}
			materials = []Material{m}
		}
		list := make([]MaterialCoverage, len(materials))
		for i, m := range materials {
			list[i] = MaterialCoverage{Material: m}
			if err := v.cover(ctx, &list[i]); err != nil {
				return nil, err
			}
		}
		return list, nil
	})
}

// WithoutContents returns the products of which no mass fraction of any material
// is known, by id: no material's coverage names them.
func (a *Asker) WithoutContents(ctx context.Context) ([]Product, error) {
	return with(ctx, a, func(v *view) ([]Product, error) {
		return slices.DeleteFunc(slices.Clone(v.products), func(p Product) bool { return len(v.contents[p.ID]) > 0 }), nil
	})
}

func (v *view) cover(ctx context.Context, of *MaterialCoverage) (err error) {
	if products := v.supply.Carriers(of.Material.ID); len(products) > 0 {
		production, err := v.productionOf(ctx, products, 0)
		if err != nil {
			return err
		}
		if of.Products, err = v.supply.Coverage(of.Material.ID, production); err != nil {
			return err
		}
	}
	sourcing := map[SourcingCoverage]int{}
	if err := v.ofMaterial(ctx, graph.Sources, of.Material.ID, func(r graph.Row) {
		year, _ := r.Int("year")
		sourcing[SourcingCoverage{Importer: r.Text("importer"), Year: year, Stage: r.Text("stage")}]++
	}); err != nil {
		return err
	}
	for s, suppliers := range sourcing {
		s.Suppliers = suppliers
		of.Sourcing = append(of.Sourcing, s)
	}
	slices.SortFunc(of.Sourcing, func(a, b SourcingCoverage) int {
		return cmp.Or(cmp.Compare(a.Importer, b.Importer), cmp.Compare(a.Year, b.Year),
			cmp.Compare(slices.Index(graph.Stages(), a.Stage), slices.Index(graph.Stages(), b.Stage)))
	})
	if err := v.ofMaterial(ctx, graph.Recycled, of.Material.ID, func(r graph.Row) {
		year, _ := r.Int("year")
		of.Recycling = append(of.Recycling, RecyclingRate{year, r.Float("eol_rir")})
	}); err != nil {
		return err
	}
	slices.SortStableFunc(of.Recycling, func(a, b RecyclingRate) int { return cmp.Compare(a.Year, b.Year) })
	if err := v.ofMaterial(ctx, graph.Byproduct, of.Material.ID, func(r graph.Row) {
		of.Hosts = append(of.Hosts, Host{r.Text("host"), r.Float("share")})
	}); err != nil {
		return err
	}
	slices.SortStableFunc(of.Hosts, func(a, b Host) int { return cmp.Compare(a.ID, b.ID) })
	return nil
}

// ofMaterial reads the rows of a kind that are of a material; of several datasets
// that say something of it, those of the one that ranks first.
func (v *view) ofMaterial(ctx context.Context, kind, material string, add func(graph.Row)) error {
	best := math.MaxInt
	query := graph.Query{Kind: kind, Match: []graph.Match{{Field: "material", Words: []string{material}}}}
	each := func(use func(rank int, r graph.Row)) error {
		return v.snapshot.Read(ctx, query, func(b *graph.Batch) error {
			for i := range b.Len {
				r := b.Row(i)
				dataset := r.Text("dataset")
				use(slices.IndexFunc(v.datasets, func(d graph.Dataset) bool { return d.ID == dataset }), r)
			}
			return nil
		})
	}
	if err := each(func(rank int, _ graph.Row) { best = min(best, rank) }); err != nil {
		return err
	}
	return each(func(rank int, r graph.Row) {
		if rank == best {
			add(r)
		}
	})
}
