package bench

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/api/exec"
	"tiermap/api/gql"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/duckdb"
	"tiermap/loader"
	"tiermap/loader/tables"
)

// starter returns a server with the starter data, of which the multi-tier graph
// of one material and year is published.
func starter(b *testing.B, material string, year int) (database, *ask.Asker) {
	b.Helper()
	s, err := duckdb.Open(b.Context(), duckdb.Options{Path: filepath.Join(b.TempDir(), "starter.duckdb")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it is on its way to Neo4j
	countries, err := country.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	dirs, err := filepath.Glob("../../../data/*/dataset.csv")
	if err != nil {
		b.Fatal(err)
	}
	for i, dir := range dirs {
		dirs[i] = filepath.Dir(dir)
	}
	jobs, err := tables.Jobs(dirs, tables.Options{Countries: countries, Store: s})
	if err != nil || len(jobs) == 0 {
		b.Fatalf("%d datasets: %v", len(jobs), err)
	}
	for _, job := range jobs {
		if _, err := loader.Run(b.Context(), s, job, loader.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	server := prepare(b, b.TempDir())
	folder, _ := writeImport(b, s)
	importFiles(b, server, folder)
	d := open(b, server)
	asker := ask.New(d.Store, countries, ask.Options{})
	p, err := asker.Publication(b.Context(), material, year, gql.MethodsVersion)
	if err != nil {
		b.Fatal(err)
	}
	if err := d.Publish(b.Context(), p); err != nil {
		b.Fatal(err)
	}
	return d, asker
}

// answer is what the API gives.
type answer struct {
	Dependency struct {
		Paths       struct{ Paths []path }
		Chokepoints []struct {
			Country          struct{ ID string }
			PassThroughShare float64
		}
	}
}

type path struct {
	Share float64
	Steps []struct{ Country, Product struct{ ID string } }
}

// api answers a question through the API.
func api(b *testing.B, asker *ask.Asker, question string) (a answer) {
	b.Helper()
	schema, err := gql.New(asker, gql.Options{})
	if err != nil {
		b.Fatal(err)
	}
	o := exec.DefaultOptions()
	o.Fields = gql.Costs()
	text, err := json.Marshal(exec.New(schema, o).Do(b.Context(), exec.Request{Query: question}))
	var got struct {
		Data   answer
		Errors []any
	}
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if err != nil || len(got.Errors) > 0 {
		b.Fatalf("%v %v", err, got.Errors)
	}
	return got.Data
}

const (
	target    = `country: "NLD", product: "cobalt-refined", material: "cobalt", year: 2024`
	askPaths  = `{ dependency(` + target + `) { paths(first: 10) { paths { share steps { country { id } product { id } } } } } }`
	askPasses = `{ dependency(` + target + `) { chokepoints(kind: COUNTRY, first: 300, minShare: 0) { country { id } passThroughShare } } }`
)

// cypherTarget finds where the ways begin.
const cypherTarget = "MATCH (target:Supply {country: 'NLD', product: 'cobalt-refined', material: 'cobalt', year: 2024})"

// cypherPaths are the ten best paths. A path pattern can be pruned by each step
// but not by the product of the steps so far, and takes minutes for it; this goes
// step by step and drops at each what is smaller than $least: the share of the
// tenth path, which who asks does not know. It is more help than Cypher would have.
var cypherPaths = cypherTarget + `
WITH [] AS found, [[[target], 1.0]] AS ways` + strings.Repeat(`
WITH found + [w IN ways WHERE w[1] * last(w[0]).origin_here >= $least] AS found, ways
UNWIND CASE WHEN size(ways) = 0 THEN [[[null], 0.0]] ELSE ways END AS w
WITH found, w[0] AS way, w[1] AS share, last(w[0]) AS n
OPTIONAL MATCH (n)-[s:SOURCED_FROM]->(m:Supply) WHERE share * s.share >= $least AND NOT m IN way
WITH found, collect(CASE WHEN m IS NOT NULL THEN [way + [m], share * s.share] END) AS ways`, 9) + `
UNWIND found AS w
WITH w[1] * last(w[0]).origin_here AS share, [n IN w[0] | n.product] AS products, [n IN w[0] | n.country] AS countries
RETURN share, products, countries ORDER BY share DESC, size(products), countries, products LIMIT 10`

// cypherPasses is the pass-through of every country. Enumerating ways takes time
// that grows with every step; this follows, country by country, all that has not
// met it yet from each place to the next, added up there, and takes away what
// meets it. It is exact but for what is still on its way after so many steps.
var cypherPasses = cypherTarget + `
CALL (target) {
	MATCH (s:Supply {publication: target.publication}) WHERE s.country <> target.country
	RETURN collect(DISTINCT s.country) AS countries
}
UNWIND countries AS country
WITH country, 0.0 AS met, target AS n, 1.0 AS part` + strings.Repeat(`
OPTIONAL MATCH (n)-[s:SOURCED_FROM]->(m:Supply)
WITH country, met, m, sum(part * s.share) AS part
WITH country, met, collect(CASE WHEN m IS NOT NULL THEN [m, part] END) AS parts
WITH country, met + reduce(sum = 0.0, p IN parts | sum + CASE WHEN p[0].country = country THEN p[1] ELSE 0.0 END) AS met,
	[p IN parts WHERE p[1] > 1e-7 AND coalesce(p[0].country <> country, true)] AS parts
UNWIND CASE WHEN size(parts) = 0 THEN [[null, 0.0]] ELSE parts END AS p
WITH country, met, p[0] AS n, p[1] AS part`, 10) + `
WITH DISTINCT country, met WHERE met > 1e-4
RETURN country, met ORDER BY met DESC, country`

// BenchmarkAnswers asks for the ten best chain paths and for the pass-through of
// every country: through the API, with everything read anew and with what it
// keeps between questions, and in Cypher on the published graph.
func BenchmarkAnswers(b *testing.B) {
	d, asker := starter(b, "cobalt", 2024)
	countries, err := country.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	anew := func() *ask.Asker { return ask.New(d.Store, countries, ask.Options{}) }
	paths := api(b, asker, askPaths).Dependency.Paths.Paths
	least := paths[len(paths)-1].Share * (1 - 1e-9)
	samePaths(b, paths, d.run(b, cypherPaths, map[string]any{"least": least}))
	left := samePasses(b, api(b, asker, askPasses), d.run(b, cypherPasses, nil))

	for _, q := range []struct {
		name, question, cypher string
	}{{"paths", askPaths, cypherPaths}, {"passes", askPasses, cypherPasses}} {
		b.Run(q.name, func(b *testing.B) {
			cold := func() { api(b, anew(), q.question) }
			warm := func() { api(b, asker, q.question) }
			peer := func() { d.run(b, q.cypher, map[string]any{"least": least}) }
			for _, do := range []func(){cold, warm, peer} {
				median(3, do)
			}
			for b.Loop() {
				c, w, p := median(5, cold), median(11, warm), median(3, peer)
				b.ReportMetric(milliseconds(c), "cold-ms")
				b.ReportMetric(milliseconds(w), "warm-ms")
				b.ReportMetric(milliseconds(p), "Cypher-ms")
				if q.name == "passes" {
					b.ReportMetric(left, "left-out-by-Cypher")
				}
			}
		})
	}
}

// samePaths holds the paths of the API against those of Cypher.
func samePaths(b *testing.B, paths []path, rows [][]any) {
	b.Helper()
	if len(paths) != 10 || len(rows) != 10 {
		b.Fatalf("%d paths through the API, %d by Cypher", len(paths), len(rows))
	}
	for i, p := range paths {
		share, _ := rows[i][0].(float64)
		products, _ := rows[i][1].([]any)
		countries, _ := rows[i][2].([]any)
		same := math.Abs(share-p.Share) < 1e-12 && len(products) == len(p.Steps)
		for j := 0; same && j < len(products); j++ {
			// The place at a pooled market is nobody's in the graph.
			same = products[j] == p.Steps[j].Product.ID && (countries[j] == nil || countries[j] == p.Steps[j].Country.ID)
		}
		if !same {
			b.Fatalf("path %d: %+v through the API, %v by Cypher", i, p, rows[i])
		}
	}
}

// samePasses holds the pass-through of countries against what Cypher has found by
// its last step, which is no more, and returns the largest part that it lacks.
func samePasses(b *testing.B, a answer, rows [][]any) (left float64) {
	b.Helper()
	byCypher := map[string]float64{}
	for _, row := range rows {
		id, _ := row[0].(string)
		byCypher[id], _ = row[1].(float64)
	}
	if len(byCypher) == 0 || len(a.Dependency.Chokepoints) < len(byCypher) {
		b.Fatalf("%d countries through the API, %d by Cypher", len(a.Dependency.Chokepoints), len(byCypher))
	}
	for _, c := range a.Dependency.Chokepoints {
		lacks := c.PassThroughShare - byCypher[c.Country.ID]
		if c.PassThroughShare > 2e-4 && c.Country.ID != "NLD" && math.Abs(lacks) > 1e-3 {
			b.Fatalf("%s: %v through the API, %v by Cypher", c.Country.ID, c.PassThroughShare, byCypher[c.Country.ID])
		}
		if c.Country.ID != "NLD" {
			left = max(left, lacks)
		}
	}
	return left
}
