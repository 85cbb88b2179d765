package tables

import (
	"context"
	"slices"

	"tiermap/graph"
	"tiermap/graph/country"
)

// facts are what the rows of a dataset, or of several, declare, as far as other
// rows are judged by it.
type facts struct {
	datasets []graph.Dataset     // that the rows are of
	ids      names               // ids of nodes, by kind
	places   []country.Place     // rows of country.csv
	seats    map[string]string   // country of a facility
	contents map[string][]string // materials of a product
	recipes  []input
	codes    []codeShare
}

// origin is where a row stands; file, its path as the user gave it, and line are
// blank for one that is loaded.
type origin struct {
	dataset string
	file    string
	line    int
}

// input is a row of made_from.csv.
type input struct {
	origin
	product, input, material, country string
	share                             float64
}

// codeShare is a row of coded_as.csv that has a share.
type codeShare struct {
	origin
	product, code string
	share         float64
}

func newFacts(datasets ...graph.Dataset) *facts {
	return &facts{datasets: datasets, ids: names{}, seats: map[string]string{}, contents: map[string][]string{}}
}

// add takes what a row declares; get returns its texts, number its numbers.
func (f *facts) add(kind *graph.Kind, at origin, get func(field string) string, number func(field string) float64) {
	if kind.IsNode() {
		f.ids.add(kind.Name, get("id"))
	}
	switch kind.Name {
	case graph.Country:
		f.places = append(f.places, country.Place{ID: get("id"), Name: get("name"), ISO2: get("iso2"), M49: get("m49"),
			Aliases: items(get("aliases")), Groups: items(get("groups"))})
	case graph.Facility:
		f.seats[get("id")] = get("country")
	case graph.Contains:
		f.contents[get("product")] = append(f.contents[get("product")], get("material"))
	case graph.MadeFrom:
		f.recipes = append(f.recipes, input{at, get("product"), get("input"), get("material"), get("country"), number("share")})
	case graph.CodedAs:
		f.codes = append(f.codes, codeShare{at, get("product"), get("code"), number("share")})
	}
}

// merge adds the facts of another dataset.
func (f *facts) merge(o *facts) {
	f.datasets = append(f.datasets, o.datasets...)
	for kind, set := range o.ids {
		for id := range set {
			f.ids.add(kind, id)
		}
	}
	f.places = append(f.places, o.places...)
	for id, c := range o.seats {
		f.seats[id] = c
	}
	for p, ms := range o.contents {
		f.contents[p] = append(f.contents[p], ms...)
	}
	f.recipes = append(f.recipes, o.recipes...)
	f.codes = append(f.codes, o.codes...)
}

// contains reports whether a product contains a material, as far as is known.
func (f *facts) contains(product, material string) bool {
	return slices.Contains(f.contents[product], material)
}

// judged are the fields by which other rows are judged, by kind.
func judged(kind string) []string {
	switch kind {
	case graph.Country:
		return []string{"id", "name", "iso2", "m49", "aliases", "groups", "dataset"}
	case graph.Facility:
		return []string{"id", "country", "dataset"}
	case graph.Contains:
		return []string{"product", "material", "dataset"}
	case graph.MadeFrom:
		return []string{"product", "input", "material", "country", "share", "dataset"}
	case graph.CodedAs:
		return []string{"product", "code", "share", "dataset"}
	default:
		return []string{"id", "dataset"}
	}
}

// loaded reads the facts of the datasets that a store holds, but for some that
// are about to be replaced.
func loaded(ctx context.Context, store Store, kinds []*graph.Kind, but map[string]bool) (*facts, error) {
	f := newFacts()
	if store == nil {
		return f, nil
	}
	snapshot, err := store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	if f.datasets, err = snapshot.Datasets(ctx); err != nil {
		return nil, err
	}
	f.datasets = slices.DeleteFunc(f.datasets, func(d graph.Dataset) bool { return but[d.ID] })
	for _, k := range kinds {
		err := snapshot.Read(ctx, graph.Query{Kind: k.Name, Fields: judged(k.Name)}, func(b *graph.Batch) error {
			for i := range b.Len {
				row := b.Row(i)
				if dataset := row.Text("dataset"); !but[dataset] {
					f.add(k, origin{dataset: dataset}, row.Text, row.Float)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

// needed are the kinds whose loaded facts judge the rows of a folder.
func (f *folder) needed(schema *graph.Schema) []*graph.Kind {
	want := map[string]bool{}
	for _, t := range f.tables {
		for _, field := range t.kind.FileFields() {
			for _, ref := range field.Refs {
				want[ref] = true
			}
		}
		switch t.kind.Name {
		case graph.Country:
			want[graph.Country] = true
		case graph.Trades, graph.Produces:
			want[graph.Contains] = true
		case graph.MadeFrom:
			want[graph.Contains], want[graph.MadeFrom] = true, true
		case graph.CodedAs:
			want[graph.CodedAs] = true
		}
	}
	var kinds []*graph.Kind
	for _, k := range schema.Kinds() {
		if want[k.Name] {
			kinds = append(kinds, k)
		}
	}
	return kinds
}
