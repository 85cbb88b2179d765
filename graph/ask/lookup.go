package ask

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
)

// Page asks for a piece of a list: the first so many after a cursor, which is
// the id (or, for rows, the graph.Position) of the last item of the piece before.
type Page struct {
	First int
	After string
}

// Slice is a piece of a list.
type Slice[T any] struct {
	Items []T
	Total int64 // of the whole list
	More  bool  // there are items after these
}

// pageOf cuts a page from a list that is sorted by id.
func pageOf[T any](all []T, id func(T) string, p Page) Slice[T] {
	start := 0
	if p.After != "" {
		start = len(all)
		if i := slices.IndexFunc(all, func(t T) bool { return id(t) > p.After }); i >= 0 {
			start = i
		}
	}
	end := min(start+p.First, len(all))
	return Slice[T]{Items: all[start:end], Total: int64(len(all)), More: end < len(all)}
}

// Country returns the country, group or area that a code or name stands for.
func (a *Asker) Country(ctx context.Context, text string) (country.Place, error) {
	return with(ctx, a, func(v *view) (country.Place, error) { return v.countries.Find(text, country.Any, 0) })
}

// Place returns a place by the id that a fact holds; one that the list does not
// know is returned with its id alone. The fact was read from the store, so that
// the names that were read with it serve.
func (a *Asker) Place(ctx context.Context, id string) (country.Place, error) {
	if c := a.read(); c != nil {
		return c.place(id), nil
	}
	return with(ctx, a, func(v *view) (country.Place, error) { return v.place(id), nil })
}

// Countries returns countries, areas and groups by id; of one group where it is
// not blank.
func (a *Asker) Countries(ctx context.Context, group string, p Page) (Slice[country.Place], error) {
	return with(ctx, a, func(v *view) (Slice[country.Place], error) {
		all := v.countries.Places()
		if group != "" {
			g, err := v.countries.Find(group, country.Any, 0)
			if err != nil {
				return Slice[country.Place]{}, err
			}
			if g.Kind != country.Group {
				return Slice[country.Place]{}, graph.Errorf(graph.BadInput, "%s (%s) is no group of countries", g.Name, g.ID)
			}
			all = slices.DeleteFunc(all, func(c country.Place) bool { return !slices.Contains(c.Groups, g.ID) })
		}
		return pageOf(all, func(c country.Place) string { return c.ID }, p), nil
	})
}

// Material returns a material by its id.
func (a *Asker) Material(ctx context.Context, id string) (Material, error) {
	return with(ctx, a, func(v *view) (Material, error) { return v.material(id) })
}

// Materials returns materials by id.
func (a *Asker) Materials(ctx context.Context, p Page) (Slice[Material], error) {
	return with(ctx, a, func(v *view) (Slice[Material], error) {
		return pageOf(v.materials, func(m Material) string { return m.ID }, p), nil
	})
}

// Product returns a product by its id, or a trade code as a product.
func (a *Asker) Product(ctx context.Context, id string) (Product, error) {
	return with(ctx, a, func(v *view) (Product, error) { return v.product(id) })
}

// Stage returns a product by the id that a fact holds; one that nobody declares
// is returned with its id alone. Its name serves as that of Place does.
func (a *Asker) Stage(ctx context.Context, id string) (Product, error) {
	if c := a.read(); c != nil {
		return c.stage(id), nil
	}
	return with(ctx, a, func(v *view) (Product, error) { return v.stage(id), nil })
}

// Contents returns what a product contains.
func (a *Asker) Contents(ctx context.Context, product string) ([]Content, error) {
	return with(ctx, a, func(v *view) ([]Content, error) { return v.contents[product], nil })
}

// Codes returns the trade codes that a product is declared under.
func (a *Asker) Codes(ctx context.Context, product string) ([]CodeShare, error) {
	return with(ctx, a, func(v *view) ([]CodeShare, error) { return v.codes[product], nil })
}

// Recipes returns what a product is made of.
func (a *Asker) Recipes(ctx context.Context, product string) ([]Recipe, error) {
	return with(ctx, a, func(v *view) ([]Recipe, error) { return v.recipes[product], nil })
}

// Products returns products by id; those that contain a material, or stand at a
// stage, where these are not blank.
func (a *Asker) Products(ctx context.Context, material, stage string, p Page) (Slice[Product], error) {
	return with(ctx, a, func(v *view) (Slice[Product], error) {
		if material != "" {
			if _, err := v.material(material); err != nil {
				return Slice[Product]{}, err
			}
		}
		all := slices.Clone(v.products)
		all = slices.DeleteFunc(all, func(p Product) bool {
			return stage != "" && p.Stage != stage ||
				material != "" && !slices.ContainsFunc(v.contents[p.ID], func(c Content) bool { return c.Material == material })
		})
		return pageOf(all, func(p Product) string { return p.ID }, p), nil
	})
}

// Dataset returns a dataset by its id.
func (a *Asker) Dataset(ctx context.Context, id string) (graph.Dataset, error) {
	return with(ctx, a, func(v *view) (graph.Dataset, error) {
		i := slices.IndexFunc(v.datasets, func(d graph.Dataset) bool { return d.ID == id })
		if i < 0 {
			ids := make([]string, len(v.datasets))
			for i, d := range v.datasets {
				ids[i] = d.ID
			}
			return graph.Dataset{}, notFound("dataset", id, ids)
		}
		return v.datasets[i], nil
	})
}

// Datasets returns datasets by id.
func (a *Asker) Datasets(ctx context.Context, p Page) (Slice[graph.Dataset], error) {
	return with(ctx, a, func(v *view) (Slice[graph.Dataset], error) {
		all := slices.Clone(v.datasets)
		slices.SortFunc(all, func(a, b graph.Dataset) int { return strings.Compare(a.ID, b.ID) })
		return pageOf(all, func(d graph.Dataset) string { return d.ID }, p), nil
	})
}

// Company returns a company by its id.
func (a *Asker) Company(ctx context.Context, id string) (Company, error) {
	return oneNode(ctx, a, graph.Company, id, readCompanies)
}

// Companies returns companies by id; those of a country where it is not blank.
func (a *Asker) Companies(ctx context.Context, in string, p Page) (Slice[Company], error) {
	return pageOfNodes(ctx, a, graph.Company, in, p, readCompanies)
}

// Facility returns a facility by its id.
func (a *Asker) Facility(ctx context.Context, id string) (Facility, error) {
	return oneNode(ctx, a, graph.Facility, id, readFacilities)
}

// Facilities returns facilities by id; those of a country where it is not blank.
func (a *Asker) Facilities(ctx context.Context, in string, p Page) (Slice[Facility], error) {
	return pageOfNodes(ctx, a, graph.Facility, in, p, readFacilities)
}

type nodeReader[T any] func(context.Context, graph.Snapshot, graph.Query) ([]T, error)

func oneNode[T any](ctx context.Context, a *Asker, kind, id string, read nodeReader[T]) (T, error) {
	return with(ctx, a, func(v *view) (T, error) {
		var none T
		if !graph.ValidID(id) || len(id) > 200 {
			return none, graph.Errorf(graph.NotFound, "no %s is called %.200q", strings.ToLower(kind), id)
		}
		found, err := read(ctx, v.snapshot, graph.Query{Match: []graph.Match{{Field: "id", Words: []string{id}}}})
		if err != nil {
			return none, err
		}
		if len(found) == 0 {
			return none, v.noNode(ctx, kind, id)
		}
		return found[0], nil
	})
}

// noNode is the error for an id that nothing has, with the nearest that there
// are: ids and names that hold it, else those that begin as it does.
func (v *view) noNode(ctx context.Context, kind, id string) error {
	e := graph.Errorf(graph.NotFound, "no %s is called %q", strings.ToLower(kind), id)
	for text := id; len(text) > 2; text = text[:len(text)/2] {
		hits, err := v.snapshot.Search(ctx, text, []string{kind}, 50)
		if err != nil {
			return err
		}
		if len(hits) == 0 {
			continue
		}
		slices.SortStableFunc(hits, func(a, b graph.Hit) int {
			return cmp.Compare(graph.Distance(id, a.ID), graph.Distance(id, b.ID))
		})
		for _, h := range hits[:min(3, len(hits))] {
			e.Suggestions = append(e.Suggestions, h.ID)
		}
		break
	}
	return e
}

func pageOfNodes[T any](ctx context.Context, a *Asker, kind, in string, p Page, read nodeReader[T]) (Slice[T], error) {
	return with(ctx, a, func(v *view) (s Slice[T], err error) {
		q := graph.Query{Kind: kind, After: p.After, Limit: p.First + 1}
		if in != "" {
			place, err := v.countries.Find(in, country.Any, 0)
			if err != nil {
				return s, err
			}
			q.Match = []graph.Match{{Field: "country", Words: members(v.countries, place)}}
		}
		if s.Total, err = v.snapshot.Count(ctx, q); err != nil {
			return s, err
		}
		if s.Items, err = read(ctx, v.snapshot, q); err != nil {
			return s, err
		}
		if len(s.Items) > p.First {
			s.Items, s.More = s.Items[:p.First], true
		}
		return s, nil
	})
}

// members returns the ids that a place stands for: its members where it is a group.
func members(l *country.List, p country.Place) []string {
	if p.Kind == country.Group {
		return l.Group(p.ID)
	}
	return []string{p.ID}
}

// Search returns nodes of the kinds whose id, name or alias contains the text;
// countries among them also by the names that the built-in list knows.
func (a *Asker) Search(ctx context.Context, text string, kinds []string, limit int) ([]graph.Hit, error) {
	return with(ctx, a, func(v *view) ([]graph.Hit, error) {
		if text = strings.TrimSpace(text); text == "" {
			return nil, graph.Errorf(graph.BadInput, "the text to search for is blank")
		}
		if len(kinds) == 0 {
			kinds = []string{graph.Country, graph.Company, graph.Facility, graph.Material, graph.Product}
		}
		var hits []graph.Hit
		if i := slices.Index(kinds, graph.Country); i >= 0 {
			if c, err := v.countries.Find(text, country.Any, 0); err == nil {
				hits = append(hits, graph.Hit{Kind: graph.Country, ID: c.ID, Name: c.Name})
			}
		}
		more, err := v.snapshot.Search(ctx, text, kinds, limit)
		if err != nil {
			return nil, err
		}
		for _, h := range more {
			if !slices.ContainsFunc(hits, func(o graph.Hit) bool { return o.Kind == h.Kind && o.ID == h.ID }) {
				hits = append(hits, h)
			}
		}
		return hits[:min(limit, len(hits))], nil
	})
}
