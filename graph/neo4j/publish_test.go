package neo4j

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/neo4j/neo4jtest"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// loadCase loads a worked case, with the places in it as countries.
func loadCase(t *testing.T, s *Store, name string) *ask.Asker {
	t.Helper()
	cases := supplytest.Cases(t, "../supply/testdata/cases")
	c := cases[slices.IndexFunc(cases, func(c supplytest.Case) bool { return c.Name == name })]
	for _, d := range c.Datasets {
		var batches []*graph.Batch
		for _, table := range slices.Sorted(maps.Keys(d.Tables)) {
			batches = append(batches, caseBatch(t, table, supplytest.Lines(t, d.Tables[table])))
		}
		loadAll(t, s, graph.Dataset{ID: d.ID}, batches...)
	}
	var places []values
	for _, place := range []string{"A", "B", "C", "D", "E", "F"} {
		places = append(places, values{"id": place, "name": place + "land"})
	}
	loadAll(t, s, graph.Dataset{ID: "names"}, batch(graph.Country, "country.csv", 2, places...),
		batch(graph.Material, "material.csv", 2, values{"id": "m", "name": "Metal"}))
	countries, err := country.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return ask.New(s, countries, ask.Options{})
}

// caseBatch reads a table of a case, header first.
func caseBatch(t *testing.T, table string, records [][]string) *graph.Batch {
	t.Helper()
	kind := graph.NewSchema().Kind(table)
	var rows []values
	for _, record := range records[1:] {
		row := values{}
		for i, name := range records[0] {
			value := any(record[i])
			var err error
			switch field := kind.Fields[kind.Field(name)]; {
			case record[i] == "":
				continue
			case field.Type == graph.Int:
				value, err = strconv.Atoi(record[i])
			case field.Type == graph.Float:
				value, err = supplytest.ParseNumber(record[i])
			case field.Type == graph.Bool:
				value, err = strconv.ParseBool(record[i])
			}
			if err != nil {
				t.Fatal(err)
			}
			row[name] = value
		}
		rows = append(rows, row)
	}
	return batch(kind.Name, table+".csv", 2, rows...)
}

func publicationOf(t *testing.T, a *ask.Asker, year int) *graph.Publication {
	t.Helper()
	p, err := a.Publication(t.Context(), "m", year, "1.1")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func publish(t *testing.T, s *Store, p *graph.Publication) {
	t.Helper()
	if err := s.Publish(t.Context(), p); err != nil {
		t.Fatalf("Publish: %v (%v)", err, errors.Unwrap(err))
	}
}

// small is a publication of two supplies and all that there can be of them.
func small(material string, year int) *graph.Publication {
	id := graph.PublicationID{Material: material, Year: year}
	name := func(place string) string { return publicationID(id) + "/" + place + "/p" }
	return &graph.Publication{
		PublicationID: id, Revision: "r1", Methods: "1.1", Balance: "MASS", Assumptions: []string{"one", "two"}, Datasets: []string{"d"},
		Supplies: []graph.PublishedSupply{
			{ID: name("A"), Caption: "P, Aland", Country: "A", Product: "p", Tonnes: 8, Production: 2, Imports: 6, Domestic: 0.25, OriginHere: 0.25, Estimated: 0.75},
			{ID: name("B"), Caption: "P, Bland", Country: "B", Product: "p", Tonnes: 6, Production: 6, Exports: 6, Domestic: 1, OriginHere: 0.5,
				Unexplained: 0.5, UnexplainedHere: 0.5},
		},
		Sources:     []graph.PublishedSource{{From: 0, To: 1, By: "trade", Share: 0.75, Tonnes: 6, Estimated: true}},
		Origins:     []graph.PublishedOrigin{{Supply: 0, Country: "B", Direct: 0.75, Origin: 0.375, Hidden: -0.375, Tonnes: 3}},
		Chokepoints: []graph.PublishedChokepoint{{Product: "p", Country: "B", WorldShare: 0.75, Countries: 1}},
	}
}

// linesOfPublication writes a publication as sorted lines, one for each thing in
// it, every number to its last bit.
func linesOfPublication(p *graph.Publication) (lines []string) {
	head := *p
	head.Supplies, head.Sources, head.Origins, head.Chokepoints = nil, nil, nil, nil
	lines = append(lines, fmt.Sprintf("%+v", head))
	for _, s := range p.Supplies {
		lines = append(lines, fmt.Sprintf("supply %+v", s))
	}
	for _, s := range p.Sources {
		lines = append(lines, fmt.Sprintln("source", p.Supplies[s.From].ID, p.Supplies[s.To].ID, s.By, s.Share, s.Tonnes, s.Estimated))
	}
	for _, o := range p.Origins {
		lines = append(lines, fmt.Sprintln("origin", p.Supplies[o.Supply].ID, o.Country, o.Direct, o.Origin, o.Hidden, o.Tonnes))
	}
	for _, c := range p.Chokepoints {
		lines = append(lines, fmt.Sprintf("chokepoint %+v", c))
	}
	slices.Sort(lines)
	return lines
}

// readPublication reads the graph of a publication back through Cypher; nil where
// there is none.
func readPublication(t *testing.T, s *Store, id graph.PublicationID) *graph.Publication {
	t.Helper()
	query := func(cypher string) [][]any {
		t.Helper()
		_, rows, err := s.Query(t.Context(), cypher, params{"id": publicationID(id), "material": id.Material, "year": int64(id.Year)})
		if err != nil {
			t.Fatalf("%v\n%s", err, cypher)
		}
		return rows
	}
	networks := query("MATCH (n:Network {id: $id}) RETURN n.material, n.year, n.revision, n.methods, n.balance, n.assumptions, n.datasets")
	if len(networks) == 0 {
		return nil
	}
	n := networks[0]
	p := &graph.Publication{PublicationID: graph.PublicationID{Material: text(n[0]), Year: int(number(n[1]))},
		Revision: text(n[2]), Methods: text(n[3]), Balance: text(n[4]), Assumptions: texts(n[5]), Datasets: texts(n[6])}
	at := map[string]int{}
	for i, r := range query(`MATCH (s:Supply {material: $material, year: $year})
		OPTIONAL MATCH (s)-[:IN]->(c:Country)
		OPTIONAL MATCH (s)-[:OF]->(p:Product)
		OPTIONAL MATCH (s)-[:CARRIES]->(m:Material)
		RETURN s.id, s.caption, c.id, p.id, s.tonnes, s.production, s.imports, s.exports, s.domestic, s.origin_here, s.unexplained,
			s.unexplained_here, s.estimated, s.pooled, coalesce(s.country, '') = coalesce(c.id, '') AND s.product = p.id AND s.material = coalesce(m.id, '')
		ORDER BY s.id`) {
		if r[14] != true {
			t.Errorf("%v: its links lead elsewhere than its properties say", r)
		}
		at[text(r[0])] = i
		p.Supplies = append(p.Supplies, graph.PublishedSupply{ID: text(r[0]), Caption: text(r[1]), Country: text(r[2]), Product: text(r[3]),
			Tonnes: float(r[4]), Production: float(r[5]), Imports: float(r[6]), Exports: float(r[7]), Domestic: float(r[8]), OriginHere: float(r[9]),
			Unexplained: float(r[10]), UnexplainedHere: float(r[11]), Estimated: float(r[12]), Pooled: r[13] == true})
	}
	for _, r := range query("MATCH (a:Supply {publication: $id})-[r:SOURCED_FROM]->(b:Supply) RETURN a.id, b.id, r.by, r.share, r.tonnes, r.estimated") {
		p.Sources = append(p.Sources, graph.PublishedSource{From: at[text(r[0])], To: at[text(r[1])], By: text(r[2]), Share: float(r[3]),
			Tonnes: float(r[4]), Estimated: r[5] == true})
	}
	for _, r := range query("MATCH (a:Supply {publication: $id})-[r:ORIGIN]->(c:Country) RETURN a.id, c.id, r.direct, r.origin, r.hidden, r.tonnes") {
		p.Origins = append(p.Origins, graph.PublishedOrigin{Supply: at[text(r[0])], Country: text(r[1]), Direct: float(r[2]), Origin: float(r[3]),
			Hidden: float(r[4]), Tonnes: float(r[5])})
	}
	for _, r := range query("MATCH (p:Product)-[r:PASSES {material: $material, year: $year}]->(c:Country) RETURN p.id, c.id, r.world_share, r.countries") {
		p.Chokepoints = append(p.Chokepoints, graph.PublishedChokepoint{Product: text(r[0]), Country: text(r[1]), WorldShare: float(r[2]), Countries: int(number(r[3]))})
	}
	return p
}

// wantPublished checks that exactly this is published.
func wantPublished(t *testing.T, s *Store, want *graph.Publication) {
	t.Helper()
	got := readPublication(t, s, want.PublicationID)
	if got == nil {
		t.Fatalf("nothing of %v is published", want.PublicationID)
	}
	g, w := linesOfPublication(got), linesOfPublication(want)
	if slices.Equal(g, w) {
		return
	}
	for _, line := range w {
		if !slices.Contains(g, line) {
			t.Errorf("not published: %s", line)
		}
	}
	for _, line := range g {
		if !slices.Contains(w, line) {
			t.Errorf("published beside: %s", line)
		}
	}
	if !t.Failed() {
		t.Errorf("%d things are published, want %d", len(g), len(w))
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12 }

// TestPublishedCases publishes worked cases, reads them back through Cypher, and
// holds every share against the engine's answer to the question of its supply.
func TestPublishedCases(t *testing.T) {
	for _, name := range []string{"T2 three tiers", "pooled market, shares without tonnes", "estimated rows"} {
		t.Run(name, func(t *testing.T) {
			s := emptyStore(t)
			asker := loadCase(t, s, name)
			publish(t, s, publicationOf(t, asker, 2020))
			wantPublished(t, s, publicationOf(t, asker, 2020))
			_, supplies, err := s.Query(t.Context(), `MATCH (s:Supply {material: 'm', year: 2020})-[:IN]->(c:Country) WHERE NOT s.pooled
				RETURN c.id, s.product, [(s)-[o:ORIGIN]->(e:Country) | [e.id, o.direct, o.origin, o.hidden, o.tonnes]], s.tonnes, s.domestic, s.unexplained, s.estimated`, nil)
			if err != nil || len(supplies) == 0 {
				t.Fatalf("%d supplies, %v", len(supplies), err)
			}
			for _, r := range supplies {
				answer, err := asker.Dependency(t.Context(), ask.Question{Country: text(r[0]), Product: text(r[1]), Material: "m", Year: 2020})
				if err != nil {
					t.Fatal(err)
				}
				holdAgainst(t, answer, r)
			}
			holdWorld(t, s, asker)
		})
	}
}

// holdAgainst compares what is published of a supply with the engine's answer.
func holdAgainst(t *testing.T, answer *ask.Answer, r []any) {
	t.Helper()
	about := fmt.Sprint(r[0], " ", r[1])
	shares, err := answer.Shares(t.Context())
	unexplained, err2 := answer.UnexplainedShare(t.Context())
	estimated, err3 := answer.EstimatedShare(t.Context())
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	tonnes, _ := answer.SupplyTonnes()
	if !near(float(r[3]), tonnes) || !near(float(r[4]), answer.DomesticShare()) || !near(float(r[5]), unexplained) || !near(float(r[6]), estimated) {
		t.Errorf("%s: published %v, want %g t, %g domestic, %g unexplained, %g estimated", about, r[3:], tonnes, answer.DomesticShare(), unexplained, estimated)
	}
	published := r[2].([]any)
	if len(published) != len(shares) {
		t.Errorf("%s: %d origins are published, want %v", about, len(published), shares)
	}
	for _, o := range published {
		o := o.([]any)
		i := slices.IndexFunc(shares, func(s supply.CountryShare) bool { return s.Place == o[0] })
		if i < 0 || !near(float(o[1]), shares[i].Direct) || !near(float(o[2]), shares[i].Origin) || !near(float(o[3]), shares[i].Hidden) ||
			!near(float(o[4]), shares[i].Origin*tonnes) {
			t.Errorf("%s: %v is published, want one of %v", about, o, shares)
		}
	}
}

// holdWorld compares the published chokepoints with the engine's.
func holdWorld(t *testing.T, s *Store, asker *ask.Asker) {
	t.Helper()
	_, products, err := s.Query(t.Context(), "MATCH (p:Product) RETURN p.id, [(p)-[r:PASSES {material: 'm', year: 2020}]->(c) | [c.id, r.world_share, r.countries]]", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range products {
		answer, err := asker.WorldChokepoints(t.Context(), ask.WorldQuestion{Product: text(r[0]), Material: "m", Year: 2020, Kind: supply.KindCountry, Epsilon: supply.DefaultEpsilon})
		if err != nil {
			t.Fatal(err)
		}
		if len(r[1].([]any)) != len(answer.Chokepoints) {
			t.Errorf("%v: %v is published, want %+v", r[0], r[1], answer.Chokepoints)
		}
		for _, c := range r[1].([]any) {
			c := c.([]any)
			if !slices.ContainsFunc(answer.Chokepoints, func(w supply.WorldChokepoint) bool {
				return w.Place == c[0] && near(w.Share, float(c[1])) && int64(w.Countries) == c[2]
			}) {
				t.Errorf("%v: %v is published, want one of %+v", r[0], c, answer.Chokepoints)
			}
		}
	}
}

// TestPathsOfT2 multiplies shares along the published paths, in Cypher: the sum
// by country of origin is the published origin share, as worked out by hand in
// docs/methods.md.
func TestPathsOfT2(t *testing.T) {
	s := emptyStore(t)
	publish(t, s, publicationOf(t, loadCase(t, s, "T2 three tiers"), 2020))
	_, rows, err := s.Query(t.Context(), `
		MATCH (e:Supply {country: 'E', product: 'magnet', material: 'm', year: 2020})
		MATCH way = (e)-[:SOURCED_FROM]->{0,10}(mine:Supply) WHERE mine.origin_here > 0
		WITH e, mine.country AS country, sum(reduce(share = mine.origin_here, r IN relationships(way) | share * r.share)) AS share
		MATCH (e)-[o:ORIGIN]->(:Country {id: country})
		RETURN country, share, o.origin, o.caption ORDER BY country`, nil)
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v, %v; want two origins", rows, err)
	}
	for i, want := range []struct {
		country string
		share   float64
		caption string
	}{{"A", 128. / 221, "58 %"}, {"D", 1504. / 5967, "25 %"}} {
		if r := rows[i]; r[0] != want.country || !near(float(r[1]), want.share) || !near(float(r[2]), want.share) || r[3] != want.caption {
			t.Errorf("%v, want %v", r, want)
		}
	}
}

// TestUnknownIsNoProperty looks at what a pool has not.
func TestUnknownIsNoProperty(t *testing.T) {
	s := emptyStore(t)
	publish(t, s, publicationOf(t, loadCase(t, s, "pooled market, shares without tonnes"), 2020))
	pool := run(t, s, `MATCH (s:Supply {id: 'm/2020/world/oxide'})
		RETURN [k IN ['country', 'tonnes', 'production', 'imports', 'exports'] WHERE s[k] IS NOT NULL], s.pooled, EXISTS { (s)-[:IN]->() }, s.caption`, nil)
	if len(pool) != 1 || fmt.Sprint(pool[0]) != "[[] true false oxide, world market, 2020]" {
		t.Errorf("the pool is %v", pool)
	}
	wantCount(t, s, 0, "MATCH (s:Supply) WHERE any(k IN keys(s) WHERE s[k] = '' OR s[k] <> s[k]) RETURN count(s)")
	wantCount(t, s, 0, "MATCH (:Supply)-[r]->() WHERE any(k IN keys(r) WHERE r[k] = '' OR r[k] <> r[k]) RETURN count(r)")
	wantCount(t, s, 2, "MATCH (:Supply {pooled: true, product: 'oxide'})-[r:SOURCED_FROM {by: 'pool'}]->(:Supply {pooled: true}) WHERE r.tonnes IS NULL RETURN count(r)")
}

// TestReplacing publishes one after the other: the last one is there, whole and
// alone, and so is what is published beside it.
func TestReplacing(t *testing.T) {
	s := emptyStore(t)
	asker := loadCase(t, s, "T2 three tiers")
	before := contents(t, s)
	other, gross := small("m", 2019), small("", 2020)
	publish(t, s, other)
	publish(t, s, gross)
	whole := publicationOf(t, asker, 2020)
	publish(t, s, whole)
	wantPublished(t, s, whole)
	once := contents(t, s)
	publish(t, s, publicationOf(t, asker, 2020))
	if twice := contents(t, s); !reflect.DeepEqual(once, twice) {
		t.Errorf("published twice the graph holds %v, once %v", twice, once)
	}
	less := small("m", 2020)
	less.Chokepoints[0].Country = "Z" // which nothing else knows
	publish(t, s, less)
	wantPublished(t, s, less)
	publish(t, s, small("m", 2020))
	wantPublished(t, s, small("m", 2020))
	wantCount(t, s, 0, "MATCH (c:Country {id: 'Z'}) RETURN count(c)")
	wantPublished(t, s, other)
	wantPublished(t, s, gross)

	taken, err := s.Unpublish(t.Context(), []graph.PublicationID{other.PublicationID, {Material: "x", Year: 2020}})
	if err != nil || taken != 2 {
		t.Errorf("Unpublish: %d, %v; want 2", taken, err)
	}
	wantPublished(t, s, other)
	wantCount(t, s, 1, "MATCH (n:Network) RETURN count(n)")
	if taken, err = s.Unpublish(t.Context(), nil); err != nil || taken != 1 {
		t.Errorf("Unpublish: %d, %v; want 1", taken, err)
	}
	if taken, err = s.Unpublish(t.Context(), nil); err != nil || taken != 0 {
		t.Errorf("Unpublish of nothing: %d, %v", taken, err)
	}
	if after := contents(t, s); !reflect.DeepEqual(before, after) {
		t.Errorf("in the end the graph holds %v, before %v", after, before)
	}
}

// contents counts nodes by label and relationships by type.
func contents(t *testing.T, s *Store) map[string]int64 {
	t.Helper()
	counts := map[string]int64{}
	for _, r := range run(t, s, `MATCH (n) RETURN labels(n)[0] AS name, count(*) AS n UNION ALL MATCH ()-[r]->() RETURN type(r) AS name, count(*) AS n`, nil) {
		counts[text(r[0])] = number(r[1])
	}
	return counts
}

// TestReaderOfAPublication reads while another one is being written: the old one
// is there, whole, until the new one is committed, and for good where it is not.
func TestReaderOfAPublication(t *testing.T) {
	a := neo4jtest.Empty(t)
	s, reader := openStore(t, options(a)), openStore(t, options(a))
	first, second := small("m", 2020), small("m", 2020)
	second.Revision, second.Supplies[0].Tonnes, second.Sources = "r2", 99, nil
	publish(t, s, first)
	stop := errors.New("stop")
	for _, outcome := range []error{stop, nil} {
		err := s.once(t.Context(), bolt.AccessModeWrite, func(ctx context.Context, tx transaction) error {
			if err := replacement(second)(ctx, tx); err != nil {
				return err
			}
			wantPublished(t, reader, first)
			return outcome
		})
		if !errors.Is(err, outcome) {
			t.Fatalf("%v, want %v", err, outcome)
		}
		if outcome != nil {
			wantPublished(t, reader, first)
		}
	}
	wantPublished(t, reader, second)
}

// TestTwoPublishers publish the same at once, with a third one taking it away:
// what is there in the end is one of them, whole.
func TestTwoPublishers(t *testing.T) {
	a := neo4jtest.Empty(t)
	var group sync.WaitGroup
	for i := range 3 {
		s := openStore(t, options(a))
		group.Go(func() {
			for range 8 {
				var err error
				if p := small("m", 2020); i < 2 {
					p.Revision = fmt.Sprint("r", i)
					err = s.Publish(t.Context(), p)
				} else {
					_, err = s.Unpublish(t.Context(), nil)
				}
				if err != nil {
					t.Errorf("%v (%v)", err, errors.Unwrap(err))
				}
			}
		})
	}
	group.Wait()
	s := openStore(t, options(a))
	want := small("m", 2020)
	if got := readPublication(t, s, want.PublicationID); got != nil {
		want.Revision = got.Revision
		wantPublished(t, s, want)
	} else {
		wantCount(t, s, 1, "MATCH (n) RETURN count(n)") // the node Store
	}
}

// TestLostReplyOfAPublication cuts the connection at every commit.
func TestLostReplyOfAPublication(t *testing.T) {
	for _, what := range []string{"reply", "request"} {
		t.Run(what, func(t *testing.T) {
			a := neo4jtest.Empty(t)
			p := newProxy(t, a.URL)
			o := options(a)
			o.URL, o.Wait = p.url(), time.Minute
			s, direct := openStore(t, o), openStore(t, options(a))
			publish(t, direct, small("m", 2020))
			second := small("m", 2020)
			second.Revision = "r2"
			p.cutEverySecond(what)
			publish(t, s, second)
			if p.seen() == 0 {
				t.Error("no connection was cut")
			}
			wantPublished(t, direct, second)
			p.cutEverySecond(what)
			if taken, err := s.Unpublish(t.Context(), nil); taken != 1 || err != nil {
				t.Errorf("Unpublish: %d, %v; want 1", taken, err)
			}
			wantCount(t, direct, 1, "MATCH (n) RETURN count(n)")
		})
	}
}

// TestPublishingMuch writes more links than one statement does, twice.
func TestPublishingMuch(t *testing.T) {
	s := emptyStore(t)
	const makers, users = 60, 100
	p := small("m", 2020)
	p.Supplies, p.Sources, p.Origins = nil, nil, nil
	for i := range makers + users {
		p.Supplies = append(p.Supplies, graph.PublishedSupply{ID: fmt.Sprint("m/2020/", i, "/p"), Country: fmt.Sprint(i), Product: "p", Tonnes: float64(i)})
	}
	for from := range users {
		for to := range makers {
			p.Sources = append(p.Sources, graph.PublishedSource{From: makers + from, To: to, By: "trade", Share: 1. / makers, Tonnes: float64(from*makers + to)})
			p.Origins = append(p.Origins, graph.PublishedOrigin{Supply: makers + from, Country: fmt.Sprint(to), Origin: 1. / makers, Tonnes: math.NaN()})
		}
	}
	for range 2 {
		start := time.Now()
		publish(t, s, p)
		t.Logf("%d links in %v", len(p.Sources)+len(p.Origins), time.Since(start))
	}
	wantPublished(t, s, p)
}

func TestPublishErrors(t *testing.T) {
	a := neo4jtest.Empty(t)
	s := openStore(t, options(a))
	publish(t, s, small("m", 2020))
	long := fmt.Sprintf("%01500d", 7)
	for _, c := range []struct {
		what  string
		spoil func(*graph.Publication)
		says  string
	}{
		{"twice the same supply", func(p *graph.Publication) { p.Supplies[1].ID = p.Supplies[0].ID }, "two supplies"},
		{"no such supply", func(p *graph.Publication) { p.Sources[0].To = 2 }, "source 0"},
		{"no such supply", func(p *graph.Publication) { p.Origins[0].Supply = -1 }, "origin 0"},
		{"no country", func(p *graph.Publication) { p.Chokepoints[0].Country = "" }, "chokepoint 0"},
		{"a long id", func(p *graph.Publication) { p.Supplies[0].Product = long }, "too long"},
		{"a long material", func(p *graph.Publication) { p.Material = long }, "too long"},
	} {
		p := small("m", 2020)
		c.spoil(p)
		wantError(t, c.what, s.Publish(t.Context(), p), graph.BadInput, c.says)
	}
	o := options(a)
	o.ReadOnly = true
	readOnly := openStore(t, o)
	wantError(t, "a store to be read only", readOnly.Publish(t.Context(), small("m", 2021)), graph.BadInput, "read only")
	_, err := readOnly.Unpublish(t.Context(), nil)
	wantError(t, "a store to be read only", err, graph.BadInput, "read only")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Publish(ended, small("m", 2021)); graph.CodeOf(err) != graph.Timeout {
		t.Errorf("abandoned: %v", err)
	}
	wantPublished(t, s, small("m", 2020))
	wantCount(t, s, 1, "MATCH (n:Network) RETURN count(n)")
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]any{0: "0 %", 1e-9: "<1 %", 0.0099: "<1 %", 0.01: "1 %", 1. / 3: "33 %", 1: "100 %"} {
		if got := percent(share); got != want {
			t.Errorf("%g: %v, want %v", share, got, want)
		}
	}
}
