package ask

import (
	"cmp"
	"context"
	"slices"

	"tiermap/graph"
)

// What the catalogue knows about a country or a material, as it was loaded: from
// every dataset, each with where it stands. Years are 0 and numbers NaN where
// they are not stated.

// Stated is where a fact stands.
type Stated struct {
	Source    string
	Estimated bool
	Position  graph.Position
}

func stated(r graph.Row) Stated {
	line, _ := r.Int("line")
	return Stated{r.Text("source"), r.Bool("estimated"), graph.Position{Dataset: r.Text("dataset"), File: r.Text("file"), Line: line}}
}

// Score is the value of an indicator.
type Score struct {
	Indicator     string
	Year          int
	Value         float64
	StandardError float64
	Stated
}

// CountryClass is the class that a country is put into.
type CountryClass struct {
	Scheme string
	Year   int
	Class  string
	Stated
}

// Byproduct is a material that is recovered with a host, a material or product.
type Byproduct struct {
	Material string
	Host     string
	Share    float64 // of the material's supply
	Stated
}

// Recycling is how much of a material's supply is recycled.
type Recycling struct {
	Year      int
	InputRate float64 // end-of-life recycling input rate
	Stated
}

// Use is what a material is used for.
type Use struct {
	Application string
	Product     string // blank: none of ours
	Sector      string
	Share       float64
	Stated
}

// Listing is that a material stands on a list.
type Listing struct {
	List  string
	Year  int
	Entry string
	Stated
}

// Sourcing is what a country supplies an importer with, by a study.
type Sourcing struct {
	Year     int
	Stage    string
	Importer string
	Supplier string
	Share    float64
	Stated
}

// Substitute is a material that can stand in for another.
type Substitute struct {
	Material    string
	Application string
	Stated
}

// Measure is an export control or another measure of trade policy.
type Measure struct {
	ID, Country, Kind, Product, Code string
	From, Until, Announced           string // days as they are known: 2024, 2024-08, 2024-08-15
	SuspendedFrom, SuspendedUntil    string
	Notice, Goods, Scope, Source     string
	Dataset                          string // the highest ranked of several
	Targets                          []string
	Entities                         int // 0 = not stated
	Covers                           []Covered
}

// Covered is one thing that a measure is about; one of the three is given.
type Covered struct{ Material, Product, Code string }

// yearOf is the row's year, 0 where it is not stated.
func yearOf(r graph.Row) int {
	if y, ok := r.Int("year"); ok {
		return y
	}
	return 0
}

// about reads the facts of a kind whose fields match, in an order that a reader
// expects; facts that are equal in it stand as they were loaded.
func about[T any](ctx context.Context, a *Asker, kind string, match []graph.Match, read func(graph.Row) T, order func(a, b T) int) ([]T, error) {
	return with(ctx, a, func(v *view) ([]T, error) {
		var list []T
		err := v.snapshot.Read(ctx, graph.Query{Kind: kind, Match: match}, func(b *graph.Batch) error {
			for i := range b.Len {
				list = append(list, read(b.Row(i)))
			}
			return nil
		})
		slices.SortStableFunc(list, order)
		return list, err
	})
}

// is matches the field with a value; with none where the value is blank.
func is(match []graph.Match, field, value string) []graph.Match {
	if value == "" {
		return match
	}
	return append(match, graph.Match{Field: field, Words: []string{value}})
}

func byScore(a, b Score) int {
	return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(b.Year, a.Year))
}

// Scores returns values of an indicator, or of all, for a country: by indicator,
// the newest year first.
func (a *Asker) Scores(ctx context.Context, country, indicator string, years []int) ([]Score, error) {
	match := is(is(nil, "country", country), "indicator", indicator)
	if len(years) > 0 {
		match = append(match, graph.Match{Field: "year", Ints: years})
	}
	return about(ctx, a, graph.Scores, match, func(r graph.Row) Score {
		return Score{r.Text("indicator"), yearOf(r), r.Float("value"), r.Float("standard_error"), stated(r)}
	}, byScore)
}

// Classes returns the classes of a country, by scheme, the newest year first.
func (a *Asker) Classes(ctx context.Context, country string) ([]CountryClass, error) {
	return about(ctx, a, graph.Classified, is(nil, "country", country), func(r graph.Row) CountryClass {
		return CountryClass{r.Text("scheme"), yearOf(r), r.Text("class"), stated(r)}
	}, func(a, b CountryClass) int {
		return cmp.Or(cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(b.Year, a.Year))
	})
}

// MaterialScores returns values of an indicator, or of all, for a material: by
// indicator, the newest year first.
func (a *Asker) MaterialScores(ctx context.Context, material, indicator string) ([]Score, error) {
	return about(ctx, a, graph.Assessed, is(is(nil, "material", material), "indicator", indicator), func(r graph.Row) Score {
		return Score{Indicator: r.Text("indicator"), Year: yearOf(r), Value: r.Float("value"), Stated: stated(r)}
	}, byScore)
}

func byproduct(r graph.Row) Byproduct {
	return Byproduct{r.Text("material"), r.Text("host"), r.Float("share"), stated(r)}
}

func byShare[T any](share func(T) float64, name func(T) string) func(a, b T) int {
	return func(a, b T) int { return cmp.Or(cmp.Compare(share(b), share(a)), cmp.Compare(name(a), name(b))) }
}

// Hosts returns what a material is recovered with, the largest share first.
func (a *Asker) Hosts(ctx context.Context, material string) ([]Byproduct, error) {
	return about(ctx, a, graph.Byproduct, is(nil, "material", material), byproduct,
		byShare(func(b Byproduct) float64 { return b.Share }, func(b Byproduct) string { return b.Host }))
}

// Byproducts returns what is recovered with a host, by id.
func (a *Asker) Byproducts(ctx context.Context, host string) ([]Byproduct, error) {
	return about(ctx, a, graph.Byproduct, is(nil, "host", host), byproduct,
		func(a, b Byproduct) int { return cmp.Compare(a.Material, b.Material) })
}

// Recycling returns recycling rates of a material, the newest year first.
func (a *Asker) Recycling(ctx context.Context, material string) ([]Recycling, error) {
	return about(ctx, a, graph.Recycled, is(nil, "material", material), func(r graph.Row) Recycling {
		return Recycling{yearOf(r), r.Float("eol_rir"), stated(r)}
	}, func(a, b Recycling) int { return cmp.Compare(b.Year, a.Year) })
}

// Uses returns what a material is used for, the largest share first.
func (a *Asker) Uses(ctx context.Context, material string) ([]Use, error) {
	return about(ctx, a, graph.UsedIn, is(nil, "material", material), func(r graph.Row) Use {
		return Use{r.Text("application"), r.Text("product"), r.Text("sector"), r.Float("share"), stated(r)}
	}, byShare(func(u Use) float64 { return u.Share }, func(u Use) string { return u.Application }))
}

// Listings returns the lists that a material stands on, the newest first.
func (a *Asker) Listings(ctx context.Context, material string) ([]Listing, error) {
	return about(ctx, a, graph.Listed, is(nil, "material", material), func(r graph.Row) Listing {
		return Listing{r.Text("list"), yearOf(r), r.Text("entry"), stated(r)}
	}, func(a, b Listing) int { return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.List, b.List)) })
}

// Sourcing returns where an importer, or every one, gets a material from at a
// stage, or at all: the newest year first, by importer and stage, the largest
// share first.
func (a *Asker) Sourcing(ctx context.Context, material, importer, stage string) ([]Sourcing, error) {
	match := is(is(is(nil, "material", material), "importer", importer), "stage", stage)
	share := byShare(func(s Sourcing) float64 { return s.Share }, func(s Sourcing) string { return s.Supplier })
	return about(ctx, a, graph.Sources, match, func(r graph.Row) Sourcing {
		return Sourcing{yearOf(r), r.Text("stage"), r.Text("importer"), r.Text("supplier"), r.Float("share"), stated(r)}
	}, func(a, b Sourcing) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.Importer, b.Importer),
			cmp.Compare(slices.Index(graph.Stages(), a.Stage), slices.Index(graph.Stages(), b.Stage)), share(a, b))
	})
}

// Substitutes returns what can stand in for a material.
func (a *Asker) Substitutes(ctx context.Context, material string) ([]Substitute, error) {
	return about(ctx, a, graph.Substitute, is(nil, "material", material), func(r graph.Row) Substitute {
		return Substitute{r.Text("substitute"), r.Text("application"), stated(r)}
	}, func(a, b Substitute) int {
		return cmp.Or(cmp.Compare(a.Material, b.Material), cmp.Compare(a.Application, b.Application))
	})
}

// CountryMeasures returns what a country imposes, the latest first.
func (a *Asker) CountryMeasures(ctx context.Context, country string) ([]Measure, error) {
	return with(ctx, a, func(v *view) ([]Measure, error) { return v.measures(ctx, is(nil, "country", country)) })
}

// MaterialMeasures returns what is imposed on a material, the latest first.
func (a *Asker) MaterialMeasures(ctx context.Context, material string) ([]Measure, error) {
	return with(ctx, a, func(v *view) ([]Measure, error) {
		var ids []string
		q := graph.Query{Kind: graph.Covers, Match: is(nil, "material", material)}
		if err := v.snapshot.Read(ctx, q, func(b *graph.Batch) error {
			for i := range b.Len {
				ids = append(ids, b.Row(i).Text("measure"))
			}
			return nil
		}); err != nil || len(ids) == 0 {
			return nil, err
		}
		slices.Sort(ids)
		return v.measures(ctx, []graph.Match{{Field: "id", Words: slices.Compact(ids)}})
	})
}

// measures returns measures with what they cover, the latest first.
func (v *view) measures(ctx context.Context, match []graph.Match) ([]Measure, error) {
	list, err := readNodes(ctx, v.snapshot, graph.Query{Kind: graph.Measure, Match: match},
		func(id string) Measure { return Measure{ID: id} }, (*Measure).merge)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	at, ids := map[string]int{}, make([]string, len(list))
	slices.SortStableFunc(list, func(a, b Measure) int { return cmp.Compare(b.From, a.From) })
	for i, m := range list {
		at[m.ID], ids[i] = i, m.ID
	}
	return list, v.eachByID(ctx, graph.Covers, "measure", ids, func(b *graph.Batch) error {
		for i := range b.Len {
			r := b.Row(i)
			c := Covered{r.Text("material"), r.Text("product"), r.Text("code")}
			if j, ok := at[r.Text("measure")]; ok && !slices.Contains(list[j].Covers, c) {
				list[j].Covers = append(list[j].Covers, c)
			}
		}
		return nil
	})
}

func (m *Measure) merge(r graph.Row) {
	for field, value := range map[string]*string{"country": &m.Country, "kind": &m.Kind, "product": &m.Product, "code": &m.Code,
		"from": &m.From, "until": &m.Until, "announced": &m.Announced, "suspended_from": &m.SuspendedFrom,
		"suspended_until": &m.SuspendedUntil, "notice": &m.Notice, "goods": &m.Goods, "scope": &m.Scope, "source": &m.Source, "dataset": &m.Dataset} {
		first(value, r.Text(field))
	}
	if n, ok := r.Int("entities"); ok && m.Entities == 0 {
		m.Entities = n
	}
	m.Targets = union(m.Targets, r.Text("targets"))
}
