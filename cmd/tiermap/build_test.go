package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"tiermap/api/gql"
	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/duckdb"
	"tiermap/graph/supply"
)

// graphStore is the embedded store with a place where the multi-tier graph is
// published.
type graphStore struct {
	graph.Store
	published map[graph.PublicationID]*graph.Publication
	wrote     []string // since it was last looked at, in order
	down      error
}

func (s *graphStore) Publish(_ context.Context, p *graph.Publication) error {
	if s.down != nil {
		return s.down
	}
	s.published[p.PublicationID] = p
	s.wrote = append(s.wrote, p.String())
	return nil
}

func (s *graphStore) Unpublish(_ context.Context, keep []graph.PublicationID) (int, error) {
	before := len(s.published)
	maps.DeleteFunc(s.published, func(id graph.PublicationID, _ *graph.Publication) bool { return !slices.Contains(keep, id) })
	return before - len(s.published), nil
}

// publishedSince returns what was published since it was last called.
func (s *graphStore) publishedSince() []string {
	wrote := s.wrote
	s.wrote = nil
	return wrote
}

func newGraphStore(t *testing.T) *graphStore {
	t.Helper()
	store, err := duckdb.Open(t.Context(), duckdb.Options{Path: filepath.Join(t.TempDir(), "s.duckdb")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return &graphStore{Store: store, published: map[graph.PublicationID]*graph.Publication{}}
}

// in runs a part of a command on a store, and returns what it wrote.
func in(t *testing.T, run func(*commands) error) (result, error) {
	t.Helper()
	var out, said strings.Builder
	c := &commands{Process: Process{Stdout: &out, Stderr: &said, Stdin: strings.NewReader(""),
		Env: func(string) (string, bool) { return "", false }}}
	err := run(c)
	return result{stdout: out.String(), stderr: said.String()}, err
}

// loadTables loads folders into a store.
func loadTables(t *testing.T, store graph.Store, o loadOptions, dirs ...string) result {
	t.Helper()
	r, err := in(t, func(c *commands) error { return c.loadInto(t.Context(), store, sources()[0], dirs, &o) })
	if err != nil && !errors.Is(err, errRejected) {
		t.Fatalf("%v\n%s%s", err, r.stdout, r.stderr)
	}
	return r
}

// two materials, of which zinc is also traded in 2022, each in its own dataset.
func twoMaterials(t *testing.T) (catalogue, tin, zinc string) {
	t.Helper()
	catalogue = folder(t, "catalogue", map[string]string{
		"dataset.csv":  "id\ncatalogue\n",
		"country.csv":  "id,name\nA,Aland\nB,Bland\n",
		"material.csv": "id,name\ntin,Tin\nzinc,Zinc\n",
		"product.csv":  "id,name,stage\ntin-ore,Tin ore,extraction\nzinc-ore,Zinc ore,extraction\n",
		"contains.csv": "product,material,mass_fraction\ntin-ore,tin,1\nzinc-ore,zinc,1\n",
	})
	tin = folder(t, "tin", map[string]string{"dataset.csv": "id\ntin\n",
		"trade.csv":      "year,exporter,importer,product,tonnes\n2016,A,B,tin-ore,5\n2020,A,B,tin-ore,5\n",
		"production.csv": "year,product,country,tonnes\n2020,tin-ore,A,9\n"})
	zinc = folder(t, "zinc", map[string]string{"dataset.csv": "id\nzinc\n",
		"trade.csv": "year,exporter,importer,product,tonnes\n2020,A,B,zinc-ore,5\n2022,B,A,zinc-ore,5\n"})
	return catalogue, tin, zinc
}

func TestBuild(t *testing.T) {
	store := newGraphStore(t)
	catalogue, tin, zinc := twoMaterials(t)
	loadTables(t, store, loadOptions{noBuild: true}, catalogue, tin, zinc)
	if len(store.published) > 0 {
		t.Errorf("--no-build published %v", store.publishedSince())
	}
	for _, c := range []struct {
		materials []string
		years     []int
		want      []string
	}{
		{nil, nil, []string{"tin 2016", "tin 2020", "zinc 2020", "zinc 2022"}},
		{[]string{"zinc"}, nil, []string{"zinc 2020", "zinc 2022"}},
		{nil, []int{2020}, []string{"tin 2020", "zinc 2020"}},
		{[]string{"tin"}, []int{2016, 2018}, []string{"tin 2016", "tin 2018"}}, // 2016 stands in for 2018
	} {
		r, err := in(t, func(cmd *commands) error {
			return cmd.buildIn(t.Context(), store, selection{materials: c.materials, years: c.years})
		})
		if got := store.publishedSince(); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%v %v: %v, published %q, want %q\n%s", c.materials, c.years, err, got, c.want, r.stderr)
		}
		if lines := strings.Count(r.stdout, "\n"); lines != len(c.want) || !strings.Contains(r.stdout, c.want[0]+": 2 supplies, 1 links\n") {
			t.Errorf("%v %v: %q", c.materials, c.years, r.stdout)
		}
	}
	// A whole build takes away what was published beside it.
	r, err := in(t, func(cmd *commands) error { return cmd.buildIn(t.Context(), store, selection{}) })
	if _, still := store.published[graph.PublicationID{Material: "tin", Year: 2018}]; still || err != nil || !strings.Contains(r.stderr, "taken away") {
		t.Errorf("tin 2018 is still published: %v %q", err, r.stderr)
	}
	store.publishedSince()

	for _, c := range []struct {
		materials []string
		years     []int
		code      graph.Code
	}{{[]string{"tim"}, nil, graph.NotFound}, {nil, []int{1999}, graph.BadInput}} {
		if _, err := in(t, func(cmd *commands) error {
			return cmd.buildIn(t.Context(), store, selection{materials: c.materials, years: c.years})
		}); graph.CodeOf(err) != c.code {
			t.Errorf("%v %v: %v, want %s", c.materials, c.years, err, c.code)
		}
	}
	// One that cannot be built does not keep the others from it.
	r, err = in(t, func(cmd *commands) error {
		return cmd.buildIn(t.Context(), store, selection{materials: []string{"tin"}, years: []int{1999, 2020}})
	})
	if !errors.Is(err, errReported) || !strings.Contains(r.stderr, "tin 1999: BAD_INPUT") || !slices.Equal(store.publishedSince(), []string{"tin 2020"}) {
		t.Errorf("%v\n%s", err, r.stderr)
	}
	store.down = graph.Errorf(graph.StoreDown, "the database is gone")
	if _, err := in(t, func(cmd *commands) error { return cmd.buildIn(t.Context(), store, selection{}) }); graph.CodeOf(err) != graph.StoreDown {
		t.Errorf("a database that is gone: %v", err)
	}
}

// An input-output table is published when it is asked for, stays through other builds
// and loads, and is taken away when its facts change.
func TestBuildOfATable(t *testing.T) {
	store := newGraphStore(t)
	catalogue, tin, zinc := twoMaterials(t)
	loadTables(t, store, loadOptions{}, catalogue, folder(t, "io", map[string]string{
		"dataset.csv":   "id\nio\n",
		"sector.csv":    "id\nIO:a\nIO:b\n",
		"io_output.csv": "year,country,sector,value_usd\n2020,NLD,IO:a,100\n2020,DEU,IO:b,50\n2021,NLD,IO:a,100\n2020,BEL,IO:a,1000\n",
		"io_flow.csv":   "year,country,sector,buyer,buyer_sector,value_usd\n2020,NLD,IO:a,NLD,IO:a,4\n2020,DEU,IO:b,NLD,IO:a,20\n2020,FRA,IO:b,NLD,IO:a,6\n",
	}))
	if got := store.publishedSince(); slices.ContainsFunc(got, func(id string) bool { return strings.HasPrefix(id, "IO") }) {
		t.Errorf("a load published %q", got)
	}
	what := selection{tables: []string{"IO"}, years: []int{2020}, minShare: 0.05}
	r, err := in(t, func(cmd *commands) error { return cmd.buildIn(t.Context(), store, what) })
	if err != nil || r.stdout != "IO 2020: 4 supplies, 2 links\n" {
		t.Fatalf("%v %q %q", err, r.stdout, r.stderr)
	}
	id := graph.PublicationID{Table: "IO", Year: 2020}
	p := store.published[id]
	i := slices.IndexFunc(p.Supplies, func(s graph.PublishedSupply) bool { return s.Country == "NLD" })
	s := p.Supplies[i]
	if s.ValueUSD != 100 || s.Remainder != 0.04 || s.OriginHere != 0.7 || s.Domestic != 0.74 || s.Unexplained != 0.06/0.96 || !math.IsNaN(s.Tonnes) {
		t.Errorf("%+v", s)
	}
	for _, source := range p.Sources {
		if source.From == i && source.By != "input" {
			t.Errorf("%+v", source)
		}
	}
	for _, o := range p.Origins {
		if o.Supply == i && o.Country == "DEU" && (o.Direct != 0.2 || math.Abs(o.Origin-0.2/0.96) > tolerance) {
			t.Errorf("%+v", o)
		}
	}
	kept := func(by string) bool {
		_, still := store.published[id]
		if !still {
			t.Logf("after %s it is gone", by)
		}
		return still
	}
	if _, err := in(t, func(cmd *commands) error { return cmd.buildIn(t.Context(), store, selection{}) }); err != nil || !kept("a whole build") {
		t.Errorf("a whole build: %v", err)
	}
	loadTables(t, store, loadOptions{}, tin, zinc)
	if !kept("a load of others") {
		t.Errorf("a load of others takes it away")
	}
	loadTables(t, store, loadOptions{}, folder(t, "io", map[string]string{
		"dataset.csv":   "id\nio\n",
		"sector.csv":    "id\nIO:a\n",
		"io_output.csv": "year,country,sector,value_usd\n2020,NLD,IO:a,7\n",
	}))
	if kept("a load of its own") {
		t.Errorf("what is published is of facts that are gone")
	}
	for _, what := range []selection{{tables: []string{"OI"}}, {tables: []string{"IO"}, years: []int{1999}}, {tables: []string{"IO"}, minShare: 1}} {
		if r, err := in(t, func(cmd *commands) error { return cmd.buildIn(t.Context(), store, what) }); !errors.Is(err, errReported) {
			t.Errorf("%+v: %v %q", what, err, r.stderr)
		}
	}
}

// The embedded store says that it needs none, also where there is none.
func TestBuildOfTheEmbeddedStore(t *testing.T) {
	for _, args := range [][]string{{"build"}, {"build", "--material", "tin", "--year", "2020,2021"}} {
		r := run(t, append(args, "--store", "duckdb:"+filepath.Join(t.TempDir(), "none.duckdb"))...)
		if r.status != exitDone || !strings.Contains(r.stdout, "needs no build") {
			t.Errorf("%v: %d %q", args, r.status, r.stdout)
		}
	}
	r, err := in(t, func(c *commands) error { return c.buildIn(t.Context(), newGraphStore(t).Store, selection{}) })
	if err != nil || !strings.Contains(r.stdout, "needs no build") {
		t.Errorf("%v %q", err, r.stdout)
	}
}

// A load ends with a build of what it changed, and a removal does.
func TestLoadEndsWithABuild(t *testing.T) {
	store := newGraphStore(t)
	catalogue, tin, zinc := twoMaterials(t)
	expect := func(what string, want ...string) {
		t.Helper()
		if got := store.publishedSince(); !slices.Equal(got, want) {
			t.Errorf("%s: published %q, want %q", what, got, want)
		}
	}
	loadTables(t, store, loadOptions{}, catalogue)
	expect("nothing but names")
	r := loadTables(t, store, loadOptions{json: true}, tin)
	expect("tin", "tin 2016", "tin 2020")
	if strings.Contains(r.stdout, "supplies") || !strings.Contains(r.stderr, "tin 2020: 2 supplies, 1 links\n") {
		t.Errorf("a load writes %q, %q", r.stdout, r.stderr)
	}
	loadTables(t, store, loadOptions{}, zinc)
	expect("zinc leaves tin alone", "zinc 2020", "zinc 2022")
	loadTables(t, store, loadOptions{}, catalogue)
	expect("names and contents bear on all", "tin 2016", "tin 2020", "zinc 2020", "zinc 2022")
	loadTables(t, store, loadOptions{check: true}, zinc)
	expect("a check changes nothing")

	later := folder(t, "later", map[string]string{"dataset.csv": "id\nlater\n",
		"production.csv": "year,product,country,tonnes\n2022,tin-ore,A,9\n"})
	loadTables(t, store, loadOptions{}, later)
	expect("production of 2022 can stand in for that of 2020, not of 2016", "tin 2020", "tin 2022")

	less := folder(t, "zinc", map[string]string{"dataset.csv": "id\nzinc\n",
		"trade.csv": "year,exporter,importer,product,tonnes\n2022,B,A,zinc-ore,5\n"})
	r = loadTables(t, store, loadOptions{}, less)
	expect("zinc has no 2020 any more", "zinc 2022")
	if _, still := store.published[graph.PublicationID{Material: "zinc", Year: 2020}]; still || !strings.Contains(r.stderr, "taken away") {
		t.Errorf("zinc 2020 is still published: %q", r.stderr)
	}

	bad := folder(t, "zinc", map[string]string{"dataset.csv": "id\nzinc\n", "product.csv": "id,stage\nq,processing\n",
		"made_from.csv": "product,input,share\nq,zinc-ore,0.9\n"})
	r, err := in(t, func(c *commands) error {
		return c.loadInto(t.Context(), store, sources()[0], []string{bad, later}, &loadOptions{})
	})
	expect("what was refused changed nothing, what was loaded did", "tin 2020", "tin 2022", "zinc 2022")
	if !errors.Is(err, errReported) || !strings.Contains(r.stderr, "BAD_INPUT") {
		t.Errorf("%v %q", err, r.stderr)
	}

	for _, dataset := range []string{"later", "zinc"} {
		if r, err := in(t, func(c *commands) error { return c.removeFrom(t.Context(), store, dataset, false) }); err != nil {
			t.Errorf("remove %s: %v %s", dataset, err, r.stderr)
		}
	}
	expect("without them", "tin 2020")
	if got := slices.SortedFunc(maps.Keys(store.published), func(a, b graph.PublicationID) int { return a.Year - b.Year }); len(got) != 2 ||
		got[0].Year != 2016 || got[1].Year != 2020 {
		t.Errorf("published %v", got)
	}
	store.down = graph.Errorf(graph.StoreDown, "the database is gone")
	r, err = in(t, func(c *commands) error {
		return c.loadInto(t.Context(), store, sources()[0], []string{zinc}, &loadOptions{})
	})
	if graph.CodeOf(err) != graph.StoreDown || !strings.Contains(r.stdout, "zinc: read") || !strings.Contains(r.stderr, "run tiermap build") {
		t.Errorf("%v %q %q", err, r.stdout, r.stderr)
	}
}

// publication makes the publication of a material and year of a store.
func publication(t *testing.T, store graph.Store, material string, year int) (*graph.Publication, *ask.Asker) {
	t.Helper()
	asker, err := newAsker(store)
	if err != nil {
		t.Fatal(err)
	}
	p, err := asker.Publication(t.Context(), material, year, gql.MethodsVersion)
	if err != nil {
		t.Fatal(err)
	}
	return p, asker
}

// What is published reads as a person would say it.
func TestPublicationOfT2(t *testing.T) {
	store := newGraphStore(t)
	files := map[string]string{
		"dataset.csv":    "id,retrieved\nt2,2024-01-01\n",
		"country.csv":    "id,name\nA,Aland\nB,Bland\nC,Cland\nD,Dland\nE,Eland\nF,Fland\n",
		"material.csv":   "id,name\nm,Emium\n",
		"product.csv":    "id,name,stage\nore,Ore,extraction\nmetal,Metal,processing\nmagnet,Magnet,component\n",
		"contains.csv":   "product,material,mass_fraction\nore,m,1\nmetal,m,1\nmagnet,m,1\n",
		"made_from.csv":  "product,input,share\nmetal,ore,1\nmagnet,metal,1\n",
		"production.csv": "year,product,country,tonnes\n2020,ore,A,90\n2020,ore,D,30\n2020,metal,B,60\n2020,metal,D,40\n2020,magnet,C,50\n2020,magnet,D,30\n",
		"trade.csv": "year,exporter,importer,product,tonnes,estimated\n2020,A,B,ore,80,\n2020,D,B,ore,5,\n2020,B,C,metal,45,\n2020,D,C,metal,15,\n" +
			"2020,B,F,metal,5,\n2020,F,C,metal,5,\n2020,C,E,magnet,30,\n2020,D,E,magnet,10,\n2020,C,F,magnet,15,\n2020,F,E,magnet,10,true\n",
	}
	loadTables(t, store, loadOptions{}, folder(t, "t2", files))
	p := store.published[graph.PublicationID{Material: "m", Year: 2020}]
	if p == nil || p.Methods != gql.MethodsVersion || p.Balance != "MASS" || p.Revision == "" || !slices.Equal(p.Datasets, []string{"t2"}) || len(p.Assumptions) != 1 {
		t.Fatalf("publication %+v", p)
	}
	at := map[string]int{}
	for i, s := range p.Supplies {
		at[s.ID] = i
	}
	d := p.Supplies[at["m/2020/D/metal"]]
	want := graph.PublishedSupply{ID: "m/2020/D/metal", Caption: "Metal, Dland, 2020", Country: "D", Product: "metal",
		Tonnes: 45, Production: 40, Exports: 15, Domestic: 40.0 / 45, Unexplained: d.Unexplained, UnexplainedHere: 5.0 / 45}
	if d != want || math.Abs(d.Unexplained-(1.0/9+8.0/9/3)) > tolerance {
		t.Errorf("%+v, want %+v", d, want)
	}
	var links []string
	for _, s := range p.Sources {
		links = append(links, fmt.Sprintf("%s %s %s %.3f %.3f %v", p.Supplies[s.From].ID, s.By, p.Supplies[s.To].ID, s.Share, s.Tonnes, s.Estimated))
	}
	for _, link := range []string{
		"m/2020/E/magnet trade m/2020/F/magnet 0.200 10.000 true",
		"m/2020/C/magnet production m/2020/C/metal 1.000 50.000 false",
		"m/2020/D/metal production m/2020/D/ore 0.889 40.000 false",
	} {
		if !slices.Contains(links, link) {
			t.Errorf("no link %q among %q", link, links)
		}
	}
	if len(links) != 14 {
		t.Errorf("%d links, want 10 of trade and 4 of production: %q", len(links), links)
	}
	var origins []string
	for _, o := range p.Origins {
		if p.Supplies[o.Supply].ID == "m/2020/E/magnet" {
			origins = append(origins, fmt.Sprintf("%s %.6f %.6f %.6f %.6f", o.Country, o.Direct, o.Origin, o.Hidden, o.Tonnes))
		}
	}
	if want := []string{"A 0.000000 0.579186 0.579186 28.959276", "D 0.200000 0.252053 0.052053 12.602648",
		"C 0.600000 0.000000 -0.600000 0.000000", "F 0.200000 0.000000 -0.200000 0.000000"}; !slices.Equal(origins, want) {
		t.Errorf("origins of E's magnets %q", origins)
	}
	var magnets []string
	for _, c := range p.Chokepoints {
		if c.Product == "magnet" {
			magnets = append(magnets, fmt.Sprintf("%s %.6f %d", c.Country, c.WorldShare, c.Countries))
		}
	}
	if want := []string{"C 0.600000 1", "B 0.480769 0", "A 0.452489 0", "D 0.396682 0", "F 0.169231 0"}; !slices.Equal(magnets, want) {
		t.Errorf("chokepoints of magnets %q", magnets)
	}
}

// Everything that is published of the starter data is what answers say, and who
// walks the published shares comes to the published origins.
func TestPublicationsOfTheStarterData(t *testing.T) {
	dirs, err := filepath.Glob("../../data/*/dataset.csv")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no starter data: %v", err)
	}
	for i := range dirs {
		dirs[i] = filepath.Dir(dirs[i])
	}
	store := newGraphStore(t)
	loadTables(t, store, loadOptions{noBuild: true}, dirs...)
	for _, id := range []graph.PublicationID{{Material: "cobalt", Year: 2024}, {Material: "lithium", Year: 2023}, {Material: "neodymium", Year: 2024}} {
		p, asker := publication(t, store, id.Material, id.Year)
		if p.PublicationID != id {
			t.Fatalf("%v is published as %v", id, p.PublicationID)
		}
		checkCaptions(t, p)
		checkSharesSum(t, p)
		checkAgainstAnswers(t, p, asker)
		checkWalk(t, p)
	}
}

func checkCaptions(t *testing.T, p *graph.Publication) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range p.Supplies {
		if seen[s.ID] || seen[s.Caption] {
			t.Errorf("two supplies are called %s, %s", s.ID, s.Caption)
		}
		seen[s.ID], seen[s.Caption] = true, true
		if s.Country == "" != strings.Contains(s.ID, "/world/") || s.Country == "" && !s.Pooled || strings.Contains(s.Caption, s.Product) {
			t.Errorf("%+v", s)
		}
	}
}

func checkSharesSum(t *testing.T, p *graph.Publication) {
	t.Helper()
	sums := make([]float64, len(p.Supplies))
	for i, s := range p.Supplies {
		sums[i] = s.OriginHere + s.UnexplainedHere
	}
	for _, s := range p.Sources {
		sums[s.From] += s.Share
		if want := s.Share * p.Supplies[s.From].Tonnes; s.Tonnes != want && !(math.IsNaN(want) && math.IsNaN(s.Tonnes)) {
			t.Errorf("%+v has %v t, want %v", s, s.Tonnes, want)
		}
	}
	for i, sum := range sums {
		if math.Abs(sum-1) > tolerance {
			t.Errorf("the shares out of %s sum to %v", p.Supplies[i].ID, sum)
		}
	}
}

// checkAgainstAnswers asks about every supply, and holds what is published of it
// against the answer. The pool of a product is asked as a country that makes none.
func checkAgainstAnswers(t *testing.T, p *graph.Publication, asker *ask.Asker) {
	t.Helper()
	ctx := t.Context()
	origins := make([][]graph.PublishedOrigin, len(p.Supplies))
	for _, o := range p.Origins {
		origins[o.Supply] = append(origins[o.Supply], o)
	}
	near := func(what string, s graph.PublishedSupply, got, want float64) {
		if math.Abs(got-want) > tolerance*max(1, math.Abs(want)) {
			t.Errorf("%s of %s is %.15g, an answer says %.15g", what, s.ID, got, want)
		}
	}
	for i, s := range p.Supplies {
		if s.Pooled && s.Country != "" {
			continue // who makes for a pool is no target
		}
		country := s.Country
		if country == "" {
			country = "Antarctica"
		}
		a, err := asker.Dependency(ctx, ask.Question{Country: country, Product: s.Product, Material: p.Material, Year: p.Year})
		if err != nil {
			t.Fatalf("%s: %v", s.ID, err)
		}
		if !a.HasSupply() {
			near("unexplained", s, s.UnexplainedHere, 1)
			continue
		}
		unexplained, err := a.Unexplained(ctx)
		if err != nil {
			t.Fatal(err)
		}
		all, here := 0.0, 0.0
		for _, u := range unexplained {
			all += u.Share
			if u.Stage == a.Target() {
				here += u.Share
			}
		}
		estimated, err := a.EstimatedShare(ctx)
		if err != nil {
			t.Fatal(err)
		}
		shares, err := a.Shares(ctx)
		if err != nil {
			t.Fatal(err)
		}
		shares = slices.DeleteFunc(shares, func(c supply.CountryShare) bool { return c.Origin < 1e-6 && c.Direct < 1e-6 })
		if len(shares) != len(origins[i]) {
			t.Errorf("%s: %d origins, an answer has %d", s.ID, len(origins[i]), len(shares))
			continue
		}
		for k, o := range origins[i] {
			if o.Country != shares[k].Place {
				t.Errorf("%s: origin %d is %s, an answer has %s", s.ID, k, o.Country, shares[k].Place)
			}
			near("origin "+o.Country, s, o.Origin, shares[k].Origin)
			near("direct "+o.Country, s, o.Direct, shares[k].Direct)
			near("hidden "+o.Country, s, o.Hidden, shares[k].Hidden)
		}
		near("unexplained", s, s.Unexplained, all)
		near("estimated", s, s.Estimated, estimated)
		near("domestic", s, s.Domestic, a.DomesticShare())
		if s.UnexplainedHere > here+tolerance { // walks that come back end here too
			t.Errorf("%v of %s ends there at the first step, an answer says %v in all", s.UnexplainedHere, s.ID, here)
		}
		if tonnes, ok := a.SupplyTonnes(); ok {
			near("tonnes", s, s.Tonnes, tonnes)
		}
	}
}

// checkWalk solves the walk on the published shares alone.
func checkWalk(t *testing.T, p *graph.Publication) {
	t.Helper()
	size := len(p.Supplies)
	steps := mat.NewDense(size, size, nil)
	countries := map[string]int{}
	for i, s := range p.Supplies {
		steps.Set(i, i, 1)
		if _, ok := countries[s.Country]; !ok && s.OriginHere > 0 {
			countries[s.Country] = len(countries)
		}
	}
	for _, s := range p.Sources {
		if p.Supplies[s.From].Unexplained < 1-1e-12 { // elsewhere a walk may never end
			steps.Set(s.From, s.To, steps.At(s.From, s.To)-s.Share)
		}
	}
	starts := mat.NewDense(size, len(countries), nil)
	for i, s := range p.Supplies {
		if s.OriginHere > 0 {
			starts.Set(i, countries[s.Country], s.OriginHere)
		}
	}
	var origins mat.Dense
	if err := origins.Solve(steps, starts); err != nil && !errors.As(err, new(mat.Condition)) {
		t.Fatal(err)
	}
	for _, o := range p.Origins {
		walked := 0.0
		if column, ok := countries[o.Country]; ok {
			walked = origins.At(o.Supply, column)
			origins.Set(o.Supply, column, 0)
		}
		if math.Abs(walked-o.Origin) > 1e-9 {
			t.Errorf("%s from %s: walked %v, published %v", p.Supplies[o.Supply].ID, o.Country, walked, o.Origin)
		}
	}
	if left := mat.Max(&origins); left > 1e-6+1e-9 {
		t.Errorf("%s %d: an origin of %v is not published", p.Material, p.Year, left)
	}
}
