package neo4j

import (
	"fmt"
	"slices"
	"testing"

	"tiermap/graph"
)

// nodeText writes a node's labels and properties, those that are known.
func nodeText(t *testing.T, s *Store, label, id string) string {
	t.Helper()
	rows := run(t, s, fmt.Sprintf("MATCH (n:%s {id: $id}) RETURN labels(n), properties(n)", label), params{"id": id})
	if len(rows) != 1 {
		return fmt.Sprintf("%d nodes", len(rows))
	}
	return fmt.Sprint(rows[0]...)
}

// TestGraph looks at the graph as Neo4j Browser shows it.
func TestGraph(t *testing.T) {
	s := emptyStore(t)
	loadAll(t, s, graph.Dataset{ID: "low", Title: "Low", Licence: "CC0"},
		batch(graph.Country, "country.csv", 2, values{"id": "CHN", "name": "China (low)", "iso2": "CN", "groups": "G20;BRICS"}),
		batch(graph.Product, "product.csv", 2, values{"id": "ore", "name": "Ore", "stage": "extraction", "pooled": true}),
		batch(graph.Company, "company.csv", 2, values{"id": "acme", "name": "Acme", "country": "CHN"}, values{"id": "nowhere"}),
		batch(graph.Facility, "facility.csv", 2, values{"id": "pit", "country": "NLD", "operator": "acme", "latitude": 51.5}),
		batch(graph.Measure, "measure.csv", 2, values{"id": "m1", "country": "CHN", "product": "ore", "from": "2023-08-01"}),
		batch(graph.Trades, "trade.csv", 2, values{"year": 2022, "exporter": "CHN", "importer": "NLD", "code": "HS2017:811292", "tonnes": 5.0, "estimated": true}),
		batch(graph.Produces, "production.csv", 2,
			values{"year": 2022, "product": "ore", "country": "CHN", "share": 0.5},
			values{"year": 2022, "product": "ore", "country": "CHN", "company": "acme", "facility": "pit"},
			values{"year": 2022, "product": "ore", "country": "*"}),
		batch(graph.Owns, "owns.csv", 2, values{"owner": "acme", "owned": "pit", "share": 1.0}, values{"owner": "acme", "owned": "not declared"}),
		batch(graph.UsedIn, "used_in.csv", 2, values{"material": "gallium", "application": "Lamps", "sector": "C27"},
			values{"material": "gallium", "application": "Chips", "product": "wafer", "sector": "C26"}, values{"material": "gallium", "application": "Other"}),
		batch(graph.CodedAs, "coded_as.csv", 2, values{"product": "ore", "code": "HS2017:811292"}),
		batch(graph.Scores, "score.csv", 2, values{"country": "CHN", "indicator": "WGI.PV", "year": 2022, "value": -0.5}))
	loadAll(t, s, graph.Dataset{ID: "high", Priority: 1}, batch(graph.Country, "country.csv", 2, values{"id": "CHN", "name": "China"}))

	for _, c := range []struct{ label, id, want string }{
		{"Country", "CHN", "[Country] map[datasets:[high low] groups:[G20 BRICS] id:CHN iso2:CN name:China]"},
		{"Country", "NLD", "[Country] map[id:NLD]"},
		{"Country", "*", "[Country] map[id:*]"},
		{"Product", "ore", "[Product] map[datasets:[low] id:ore name:Ore pooled:true stage:extraction]"},
		{"Company", "acme", "[Company] map[country:CHN datasets:[low] id:acme name:Acme]"},
		{"Company", "pit", "0 nodes"},
		{"Company", "not declared", "[Company] map[id:not declared]"},
		{"Facility", "pit", "[Facility] map[country:NLD datasets:[low] id:pit latitude:51.5 operator:acme]"},
		{"TradeCode", "HS2017:811292", "[TradeCode] map[id:HS2017:811292]"},
		{"Indicator", "WGI.PV", "[Indicator] map[id:WGI.PV]"},
		{"Sector", "C27", "[Sector] map[id:C27]"},
		{"Application", "Other", "[Application] map[id:Other]"},
	} {
		if got := nodeText(t, s, c.label, c.id); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.label, c.id, got, c.want)
		}
	}

	var links []string
	for _, row := range run(t, s, `MATCH (a)-[r]->(b) WHERE type(r) <> 'DECLARES' AND r.load = 1
		RETURN coalesce(a.id, '?') + ' ' + type(r) + ' ' + coalesce(b.id, '?') AS link,
			[k IN keys(r) WHERE NOT k IN ['load', 'file', 'line'] | k + '=' + toString(r[k])] AS properties ORDER BY link, properties`, nil) {
		properties := texts(row[1])
		slices.Sort(properties)
		links = append(links, fmt.Sprint(row[0], " ", properties))
	}
	want := []string{
		"* PRODUCES ore [dataset=low year=2022]",
		"CHN IMPOSES m1 [dataset=low]",
		"CHN PRODUCES ore [dataset=low share=0.5 year=2022]",
		"CHN SCORES WGI.PV [dataset=low value=-0.5 year=2022]",
		"CHN TRADES NLD [code=HS2017:811292 dataset=low estimated=true tonnes=5.0 year=2022]",
		"acme LOCATED_IN CHN [dataset=low]",
		"acme OPERATES pit [dataset=low]",
		"acme OWNS not declared [dataset=low]",
		"acme OWNS pit [dataset=low share=1.0]",
		"gallium USED_IN C27 [application=Lamps dataset=low]",
		"gallium USED_IN Other [dataset=low]",
		"gallium USED_IN wafer [application=Chips dataset=low sector=C26]",
		"m1 RESTRICTS ore [dataset=low from=2023-08-01]",
		"ore CODED_AS HS2017:811292 [dataset=low]",
		"pit LOCATED_IN NLD [dataset=low]",
		"pit PRODUCES ore [company=acme country=CHN dataset=low year=2022]",
	}
	if !slices.Equal(links, want) {
		t.Errorf("links\n%q\nwant\n%q", links, want)
	}
	dataset := run(t, s, "MATCH (d:Dataset {id: 'low'}) RETURN d.title, d.licence, d.rows, d.load, d.priority", nil)[0]
	if got := fmt.Sprint(dataset); got != "[Low CC0 17 1 0]" {
		t.Errorf("the node of the dataset says %s", got)
	}
}

// TestNodesFollow changes what is declared: the nodes show what is left of it,
// what others add to a node stays, and in the end there is nothing.
func TestNodesFollow(t *testing.T) {
	s := emptyStore(t)
	country := func(name string) *graph.Batch {
		return batch(graph.Country, "country.csv", 2, values{"id": "CHN", "name": name, "m49": "156"})
	}
	trade := batch(graph.Trades, "trade.csv", 2, values{"year": 2022, "exporter": "CHN", "importer": "NLD"})
	loadAll(t, s, graph.Dataset{ID: "a", Priority: 2}, country("first"))
	loadAll(t, s, graph.Dataset{ID: "b", Priority: 1}, country("second"), trade)
	run(t, s, "MATCH (n:Country {id: 'CHN'}) SET n.note = 'my own'", nil)
	want := func(id, text string) {
		t.Helper()
		if got := nodeText(t, s, "Country", id); got != text {
			t.Errorf("%s: %s, want %s", id, got, text)
		}
	}
	want("CHN", "[Country] map[datasets:[a b] id:CHN m49:156 name:first note:my own]")
	loadAll(t, s, graph.Dataset{ID: "a", Priority: 0}, country("third"))
	want("CHN", "[Country] map[datasets:[b a] id:CHN m49:156 name:second note:my own]")
	loadAll(t, s, graph.Dataset{ID: "a", Priority: 3}, batch(graph.Country, "country.csv", 2, values{"id": "CHN", "iso2": "CN"}))
	want("CHN", "[Country] map[datasets:[a b] id:CHN iso2:CN m49:156 name:second note:my own]")
	if _, err := s.Remove(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	want("CHN", "[Country] map[datasets:[b] id:CHN m49:156 name:second note:my own]")
	loadAll(t, s, graph.Dataset{ID: "b"}, trade)
	want("CHN", "[Country] map[id:CHN note:my own]")
	want("NLD", "[Country] map[id:NLD]")
	if _, err := s.Remove(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	wantCount(t, s, 1, "MATCH (n) RETURN count(n)") // the node Store
	wantCount(t, s, 0, "MATCH ()-[r]->() RETURN count(r)")
}

// TestLongTexts writes texts that are too long for an index where ids and codes
// stand.
func TestLongTexts(t *testing.T) {
	s := emptyStore(t)
	long := fmt.Sprintf("%01500d", 7)
	loadAll(t, s, graph.Dataset{ID: "a"},
		batch(graph.Trades, "trade.csv", 2, values{"year": 2022, "exporter": long, "importer": "NLD", "code": long},
			values{"year": 2022, "exporter": "CHN", "importer": "NLD", "code": "HS2017:811292"}))
	sn := snapshotOf(t, s)
	for _, m := range []graph.Match{{Field: "exporter", Words: []string{long}}, {Field: "code", Words: []string{long}}, {Field: "code", Words: []string{"HS2017:811292"}}} {
		n := 0
		err := sn.Read(t.Context(), graph.Query{Kind: graph.Trades, Match: []graph.Match{m, {Field: "year", Ints: []int{2022}}}}, func(b *graph.Batch) error {
			for i := range b.Len {
				n++
				if r := b.Row(i); r.Text(m.Field) != m.Words[0] {
					t.Errorf("%s is %.20q, want %.20q", m.Field, r.Text(m.Field), m.Words[0])
				}
			}
			return nil
		})
		if err != nil || n != 1 {
			t.Errorf("%s %.20q: %d rows, %v; want 1", m.Field, m.Words[0], n, err)
		}
	}
	l, err := s.Begin(t.Context(), graph.Dataset{ID: "b"})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, "a long id", l.Write(t.Context(), batch(graph.Country, "f", 2, values{"id": long})), graph.BadInput, "too long")
	if err := l.Abandon(); err != nil {
		t.Fatal(err)
	}
}
