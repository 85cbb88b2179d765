package peers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/export"
	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/duckdb"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// chain asks about one target of a supply network.
func chain(b *testing.B, s *sheet) {
	network := s.generate()
	a := dependency(b, duckdbAsker(b, network, s.Sizes["countries"]), supplytest.CountryID(3))
	s.askAbout(b, a)
	s.cypher(b, network, a.Target())
}

// failures asks for the single points of failure, about the first country that has
// some of either kind.
func failures(b *testing.B, s *sheet) {
	asker := duckdbAsker(b, s.generate(), s.Sizes["countries"])
	for i := range s.Sizes["countries"] {
		a := dependency(b, asker, supplytest.CountryID(i))
		if len(singles(b, a.Dependency, supply.KindStage)) > 0 && len(singles(b, a.Dependency, supply.KindCountry)) > 0 {
			s.askAbout(b, a)
			return
		}
	}
	b.Fatal("no country has single points of failure")
}

func (s *sheet) generate() supplytest.Facts {
	return supplytest.Generate(1, s.Sizes["products"], s.Sizes["countries"], s.Sizes["links"])
}

// askAbout asks tiermap, cold and warm, and the peers of Python. Cold makes the
// network ready to be walked and factorises it; warm has answered the question before.
func (s *sheet) askAbout(b *testing.B, a *ask.Answer) {
	n, target := a.Network(), a.Target()
	on := func(w *supply.Walk) *supply.Dependency {
		d, err := w.Dependency(target.Place, target.Product)
		return must(b, d, err)
	}
	for _, q := range s.Questions {
		s.time(b, q.Name, "cold", func() answer { return askOne(b, q.Name, on(supply.NewWalk(n))) })
		warm := supply.NewWalk(n)
		askOne(b, q.Name, on(warm))
		s.time(b, q.Name, "warm", func() answer { return askOne(b, q.Name, on(warm)) })
	}
	in := newInput(b)
	in.table(b, "nodes", export.Nodes(a))
	in.table(b, "links", export.Links(a))
	in.json(b, "input", map[string]any{"target": nameOf(target)})
	s.python(b, in)
}

func (in input) table(b *testing.B, name string, t export.Table) {
	b.Helper()
	f, err := os.Create(filepath.Join(in.dir, name+".csv"))
	if err == nil {
		err = export.WriteCSV(f, nil, t)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
}

// askOne asks one question about a target.
func askOne(b *testing.B, name string, d *supply.Dependency) answer {
	switch name {
	case "origins":
		return origins(b, d)
	case "pass-through":
		return chokepoints(b, d, supply.KindStage, 0, func(c supply.Chokepoint) float64 { return c.PassThrough })
	case "paths":
		return paths(b, d, func(s supply.PathStep) string { return nameOf(s.Stage) })
	case "single stages":
		return singles(b, d, supply.KindStage)
	case "single countries":
		return singles(b, d, supply.KindCountry)
	}
	b.Fatalf("nobody knows how to ask for %q", name)
	return nil
}

func origins(b *testing.B, d *supply.Dependency) answer {
	shares, err := d.Shares(b.Context())
	found := answer{}
	for _, s := range must(b, shares, err) {
		found[s.Place] = s.Origin
	}
	return found
}

// paths are the ten best, each named by its steps.
func paths(b *testing.B, d *supply.Dependency, name func(supply.PathStep) string) answer {
	list, err := d.Paths(b.Context(), 10, 0)
	found := answer{}
	for _, p := range must(b, list, err).Paths {
		way := make([]string, len(p.Steps))
		for i, s := range p.Steps {
			way[i] = name(s)
		}
		found[strings.Join(way, " ")] = p.Share
	}
	return found
}

// nameOf names a stage as exports do.
func nameOf(s supply.Stage) string { return s.Place + "/" + s.Product }

func chokepoints(b *testing.B, d *supply.Dependency, kind supply.Kind, minShare float64, value func(supply.Chokepoint) float64) answer {
	points, err := d.Chokepoints(b.Context(), kind, 0, minShare, 0)
	found := answer{}
	for _, c := range must(b, points, err) {
		name := c.Place
		if kind == supply.KindStage {
			name += "/" + c.Product
		}
		if v := value(c); v > 0 {
			found[name] = v
		}
	}
	return found
}

// singles are the single points of failure, nothing less than all passing them.
func singles(b *testing.B, d *supply.Dependency, kind supply.Kind) answer {
	return chokepoints(b, d, kind, 1, func(c supply.Chokepoint) float64 {
		if c.SinglePointOfFailure {
			return 1
		}
		return 0
	})
}

func must[T any](b *testing.B, v T, err error) T {
	if err != nil {
		b.Helper()
		b.Fatal(err)
	}
	return v
}

func duckdbAsker(b *testing.B, network supplytest.Facts, countries int) *ask.Asker {
	store, err := duckdb.Open(b.Context(), duckdb.Options{Path: filepath.Join(b.TempDir(), "peers.duckdb")})
	return askerOn(b, must(b, store, err), network, countries)
}

func dependency(b *testing.B, asker *ask.Asker, place string) *ask.Answer {
	a, err := asker.Dependency(b.Context(), ask.Question{Country: place, Product: supplytest.ProductID(0)})
	return must(b, a, err)
}

// askerOn fills a store with a network, and returns who answers questions on it.
func askerOn(b *testing.B, store graph.Store, network supplytest.Facts, places int) *ask.Asker {
	b.Helper()
	b.Cleanup(func() { store.Close() }) //nolint:errcheck // nothing is kept
	load(b, store, func(load graph.Load) error {
		for _, batch := range network.Batches(places) {
			if err := load.Write(b.Context(), batch); err != nil {
				return err
			}
		}
		return nil
	})
	countries, err := country.Builtin()
	return ask.New(store, must(b, countries, err), ask.Options{})
}

// load writes a generated dataset into a store.
func load(b *testing.B, store graph.Store, write func(graph.Load) error) {
	b.Helper()
	load, err := store.Begin(b.Context(), graph.Dataset{ID: "generated", Title: "Generated", Licence: "none"})
	if err == nil {
		err = write(load)
	}
	if err == nil {
		_, err = load.Commit(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
}
