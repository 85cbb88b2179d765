package peers

import (
	"slices"
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

// cypherPaths asks Cypher for the ten best paths on the published graph.
func cypherPaths(b *testing.B, network supplytest.Facts, target supply.Stage, ours answer) result {
	address := neo4jtest.Empty(b)
	store, err := neo4j.Open(b.Context(), neo4j.Options{URL: address.URL, User: address.User, Password: address.Password})
	asker := askerOn(b, must(b, store, err), network)
	p, err := asker.Publication(b.Context(), supplytest.Material, supplytest.Year, gql.MethodsVersion)
	if err := store.Publish(b.Context(), must(b, p, err)); err != nil {
		b.Fatal(err)
	}
	least := 1.0
	for _, share := range ours {
		least = min(least, share)
	}
	parameters := map[string]any{"country": target.Place, "product": target.Product, "material": supplytest.Material,
		"year": supplytest.Year, "least": least * (1 - 1e-9)}
	r := result{Question: "paths", Peer: "Cypher, told where to cut", Answer: answer{}}
	var seconds []float64
	for range 3 {
		start := time.Now()
		_, rows, err := store.Query(b.Context(), cypherBestPaths, parameters)
		seconds = append(seconds, time.Since(start).Seconds())
		for _, row := range must(b, rows, err) {
			share, _ := row[0].(float64)
			way, _ := row[1].([]any)
			var names []string
			for _, name := range way {
				text, _ := name.(string)
				names = append(names, text)
			}
			r.Answer[strings.Join(names, " ")] = share
		}
	}
	slices.Sort(seconds)
	r.Seconds = seconds[len(seconds)/2]
	return r
}
