package peers

import (
	"os"
	"path/filepath"
	"strconv"
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

// The networks: 6 products, 230 countries, and as many links a product; where
// they are few there are single points of failure.
const (
	chainProducts  = 6
	chainCountries = 230
	manyLinks      = 5000
	fewLinks       = 500
	chainRuns      = 7
)

// question is what is asked about one target.
type question struct {
	name string
	ask  func(*testing.B, *supply.Dependency) answer
}

var ofShares = []question{
	{"origins", func(b *testing.B, d *supply.Dependency) answer {
		shares, err := d.Shares(b.Context())
		found := answer{}
		for _, s := range must(b, shares, err) {
			found[s.Place] = s.Origin
		}
		return found
	}},
	{"pass-through", func(b *testing.B, d *supply.Dependency) answer {
		return chokepoints(b, d, supply.KindStage, 0, func(c supply.Chokepoint) float64 { return c.PassThrough })
	}},
	{"paths", func(b *testing.B, d *supply.Dependency) answer {
		paths, err := d.Paths(b.Context(), 10, 0)
		found := answer{}
		for _, p := range must(b, paths, err).Paths {
			var way []string
			for _, s := range p.Steps {
				way = append(way, s.Place+"/"+s.Product)
			}
			found[strings.Join(way, " ")] = p.Share
		}
		return found
	}},
}

var ofFailures = []question{
	{"single stages", func(b *testing.B, d *supply.Dependency) answer { return singles(b, d, supply.KindStage) }},
	{"single countries", func(b *testing.B, d *supply.Dependency) answer { return singles(b, d, supply.KindCountry) }},
}

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

// chain asks about one target of a supply network.
func chain(b *testing.B, t *table) {
	network := supplytest.Generate(1, chainProducts, chainCountries, manyLinks)
	a := dependency(b, duckdbAsker(b, network), supplytest.CountryID(3))
	askAll(b, t, a, ofShares)
	t.compare(b, []result{cypherPaths(b, network, a.Target(), t.answerTo("paths"))})
}

// failures asks for the single points of failure.
func failures(b *testing.B, t *table) {
	asker := duckdbAsker(b, supplytest.Generate(1, chainProducts, chainCountries, fewLinks))
	for i := range chainCountries {
		a := dependency(b, asker, supplytest.CountryID(i))
		if len(singles(b, a.Dependency, supply.KindStage)) > 0 && len(singles(b, a.Dependency, supply.KindCountry)) > 0 {
			askAll(b, t, a, ofFailures)
			return
		}
	}
	b.Fatal("no country has single points of failure")
}

func duckdbAsker(b *testing.B, network supplytest.Facts) *ask.Asker {
	store, err := duckdb.Open(b.Context(), duckdb.Options{Path: filepath.Join(b.TempDir(), "peers.duckdb")})
	return askerOn(b, must(b, store, err), network)
}

func dependency(b *testing.B, asker *ask.Asker, place string) *ask.Answer {
	a, err := asker.Dependency(b.Context(), ask.Question{Country: place, Product: supplytest.ProductID(0)})
	return must(b, a, err)
}

// askAll asks tiermap, cold and warm, and Python.
func askAll(b *testing.B, t *table, a *ask.Answer, questions []question) {
	n, target := a.Network(), a.Target()
	folder := b.TempDir()
	write(b, filepath.Join(folder, "nodes.csv"), export.Nodes(a))
	write(b, filepath.Join(folder, "links.csv"), export.Links(a))
	on := func(w *supply.Walk) *supply.Dependency {
		d, err := w.Dependency(target.Place, target.Product)
		return must(b, d, err)
	}
	args := []string{folder, target.Place + "/" + target.Product, strconv.Itoa(chainRuns)}
	for _, q := range questions {
		t.add(q.name, "cold", chainRuns, func() answer { return q.ask(b, on(supply.NewWalk(n))) })
		warm := supply.NewWalk(n)
		q.ask(b, on(warm))
		t.add(q.name, "warm", chainRuns, func() answer { return q.ask(b, on(warm)) })
		args = append(args, q.name)
	}
	t.compare(b, python(b, "chain.py", args...))
}

func write(b *testing.B, path string, t export.Table) {
	b.Helper()
	f, err := os.Create(path)
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

// askerOn fills a store with a network, and returns who answers questions on it.
func askerOn(b *testing.B, store graph.Store, network supplytest.Facts) *ask.Asker {
	b.Helper()
	b.Cleanup(func() { store.Close() }) //nolint:errcheck // nothing is kept
	load, err := store.Begin(b.Context(), graph.Dataset{ID: "generated", Title: "Generated", Licence: "none"})
	if err != nil {
		b.Fatal(err)
	}
	for _, batch := range network.Batches(chainCountries) {
		if err := load.Write(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := load.Commit(b.Context()); err != nil {
		b.Fatal(err)
	}
	countries, err := country.Builtin()
	return ask.New(store, must(b, countries, err), ask.Options{})
}
