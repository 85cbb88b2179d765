package peers

import (
	"strings"
	"testing"
	"time"

	"tiermap/api/gql"
	"tiermap/graph/neo4j"
	"tiermap/graph/neo4j/neo4jtest"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// cypherBestPaths goes step by step, and drops at each what is smaller than
// $least: the share of the tenth path, which who asks does not know. One path
// pattern takes minutes, since the product of the steps so far cannot prune it.
var cypherBestPaths = `
MATCH (target:Supply {country: $country, product: $product, material: $material, year: $year})
WITH [] AS found, [[[target], 1.0]] AS ways` + strings.Repeat(`
WITH found + [w IN ways WHERE w[1] * last(w[0]).origin_here >= $least] AS found, ways
UNWIND CASE WHEN size(ways) = 0 THEN [[[null], 0.0]] ELSE ways END AS w
WITH found, w[0] AS way, w[1] AS share, last(w[0]) AS n
OPTIONAL MATCH (n)-[s:SOURCED_FROM]->(m:Supply) WHERE share * s.share >= $least AND NOT m IN way
WITH found, collect(CASE WHEN m IS NOT NULL THEN [way + [m], share * s.share] END) AS ways`, 14) + `
UNWIND found AS w
RETURN w[1] * last(w[0]).origin_here AS share, [n IN w[0] | n.country + '/' + n.product] AS way
ORDER BY share DESC LIMIT 10`

// cypherStep sends what has come to each place one step on, and adds it up there.
// Cypher has no loop that ends when little is left: whoever asks sends the next step.
const cypherStep = `
UNWIND range(0, size($ids) - 1) AS i
MATCH (n:Supply {id: $ids[i]})
WITH n, $parts[i] AS part
MATCH (n)-[s:SOURCED_FROM]->(m:Supply)
WITH m, sum(part * s.share) AS part
RETURN m.id, part, m.country, m.product, coalesce(m.origin_here, 0.0)`

const cypherTarget = `
MATCH (n:Supply {country: $country, product: $product, material: $material, year: $year})
RETURN n.id, 1.0, n.country, n.product, coalesce(n.origin_here, 0.0)`

// onItsWay is how little may still be on its way at the end.
const onItsWay = within / 10

// cypherPeer asks the published graph of a network about one target.
type cypherPeer struct {
	*neo4j.Store
	target map[string]any
}

// cypher has Cypher answer what is declared for it.
func (s *sheet) cypher(b *testing.B, network supplytest.Facts, target supply.Stage) {
	store := serve(b)
	asker := askerOn(b, store, network, s.Sizes["countries"])
	p, err := asker.Publication(b.Context(), supplytest.Material, supplytest.Year, gql.MethodsVersion)
	if err := store.Publish(b.Context(), must(b, p, err)); err != nil {
		b.Fatal(err)
	}
	peer := cypherPeer{store, map[string]any{"country": target.Place, "product": target.Product,
		"material": supplytest.Material, "year": supplytest.Year}}
	s.server = peer.version(b)
	for _, q := range s.Questions {
		for _, p := range q.Peers {
			switch p.Cypher {
			case "":
			case "origins":
				s.compare(b, peer.time(b, q, p, peer.origins))
			case "paths":
				least := 1.0
				for _, share := range s.answerTo(q.Name) {
					least = min(least, share)
				}
				peer.target["least"] = least * (1 - within)
				s.compare(b, peer.time(b, q, p, peer.paths))
			case "pass-through":
				all := peer.stages(b)
				stages := sample(all, p.Sample)
				r := peer.time(b, q, p, func(b *testing.B) answer { return peer.passes(b, stages) })
				r[0].Scale = float64(len(all)) / float64(len(stages))
				s.compare(b, r)
			default:
				b.Fatalf("nobody knows how to ask Cypher for %q", p.Cypher)
			}
		}
	}
}

// serve starts a server that is fast in the long run, with an empty store.
func serve(b *testing.B) *neo4j.Store {
	b.Helper()
	server, err := neo4jtest.Start(b.Context(), neo4jtest.Options{HeapMB: 2048, PageCacheMB: 512, Bench: true})
	if err != nil {
		b.Fatalf("no Neo4j server to ask Cypher of: %v", err)
	}
	b.Cleanup(func() {
		if err := server.Close(); err != nil {
			b.Error(err)
		}
	})
	store, err := neo4j.Open(b.Context(), neo4j.Options{URL: server.URL, User: server.User, Password: server.Password})
	return must(b, store, err)
}

// time asks once before it counts: the server compiles what it runs.
func (c cypherPeer) time(b *testing.B, q question, p peer, do func(*testing.B) answer) []result {
	r := result{Question: q.Name, By: p.Title}
	do(b)
	for range q.runs(&p) {
		start := time.Now()
		r.Answer = do(b)
		r.Seconds = append(r.Seconds, time.Since(start).Seconds())
	}
	return []result{r}
}

func (c cypherPeer) rows(b *testing.B, statement string, parameters map[string]any) [][]any {
	b.Helper()
	_, rows, err := c.Query(b.Context(), statement, parameters)
	return must(b, rows, err)
}

func (c cypherPeer) paths(b *testing.B) answer {
	found := answer{}
	for _, row := range c.rows(b, cypherBestPaths, c.target) {
		share, _ := row[0].(float64)
		way, _ := row[1].([]any)
		names := make([]string, len(way))
		for i, name := range way {
			names[i], _ = name.(string)
		}
		found[strings.Join(names, " ")] = share
	}
	return found
}

// coming is what comes to a place in one step.
type coming struct {
	id     string
	part   float64
	stage  supply.Stage
	origin float64
}

func comingOf(rows [][]any) []coming {
	list := make([]coming, len(rows))
	for i, row := range rows {
		c := &list[i]
		c.id, _ = row[0].(string)
		c.part, _ = row[1].(float64)
		c.stage.Place, _ = row[2].(string)
		c.stage.Product, _ = row[3].(string)
		c.origin, _ = row[4].(float64)
	}
	return list
}

// follow tells meet of all that comes to a place, step by step, until next to nothing
// is on its way; what meet keeps goes no further.
func (c cypherPeer) follow(b *testing.B, meet func(coming) (keeps bool)) {
	b.Helper()
	at := comingOf(c.rows(b, cypherTarget, c.target))
	for len(at) > 0 {
		var ids []string
		var parts []float64
		left := 0.0
		for _, x := range at {
			if !meet(x) {
				ids, parts = append(ids, x.id), append(parts, x.part)
				left += x.part
			}
		}
		if left < onItsWay {
			return
		}
		at = comingOf(c.rows(b, cypherStep, map[string]any{"ids": ids, "parts": parts}))
	}
}

func (c cypherPeer) origins(b *testing.B) answer {
	found := answer{}
	c.follow(b, func(x coming) bool {
		found[x.stage.Place] += x.part * x.origin
		return false
	})
	return found
}

// passes is the pass-through of some stages: each keeps what comes to it.
func (c cypherPeer) passes(b *testing.B, stages []string) answer {
	found := answer{}
	for _, stage := range stages {
		c.follow(b, func(x coming) bool {
			if nameOf(x.stage) != stage {
				return false
			}
			found[stage] += x.part
			return true
		})
	}
	return found
}

// stages are all that the published graph has but the target.
func (c cypherPeer) stages(b *testing.B) []string {
	var list []string
	for _, row := range c.rows(b, `MATCH (n:Supply {material: $material, year: $year})
		WHERE n.country <> $country OR n.product <> $product RETURN n.country + '/' + n.product AS stage ORDER BY stage`, c.target) {
		name, _ := row[0].(string)
		list = append(list, name)
	}
	return list
}

// sample takes so many of a list, spread evenly.
func sample(list []string, n int) []string {
	var taken []string
	for i := range n {
		taken = append(taken, list[i*len(list)/n])
	}
	return taken
}

// version names the server.
func (c cypherPeer) version(b *testing.B) string {
	rows := c.rows(b, "CALL dbms.components() YIELD versions, edition RETURN 'Neo4j ' + versions[0] + ' ' + edition", nil)
	name, _ := rows[0][0].(string)
	return name
}
