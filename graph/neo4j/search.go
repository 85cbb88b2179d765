package neo4j

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tiermap/graph"
)

// searching finds the nodes of a kind whose id, name or alias holds a text, and
// how well: 0 its id, 1 its name, 2 the start of one of them, 3 something within.
const searching = `
WITH toLower($text) AS text
MATCH (n:%s)<-[r:DECLARES]-()
WHERE r.load IN $loads
WITH text, n.id AS id, toLower(n.id) AS lower, toLower(coalesce(r.name, '')) AS name,
	[alias IN coalesce(r.aliases, []) | trim(toLower(alias))] AS aliases
WHERE lower CONTAINS text OR name CONTAINS text OR any(alias IN aliases WHERE alias CONTAINS text)
WITH id, CASE WHEN lower = text THEN 0 WHEN name = text THEN 1
	WHEN lower STARTS WITH text OR name STARTS WITH text OR any(alias IN aliases WHERE alias STARTS WITH text) THEN 2
	ELSE 3 END AS class
WITH id, min(class) AS class ORDER BY class, id LIMIT $limit`

// found is a hit with how good it is.
type found struct {
	graph.Hit
	class int64
}

// Search implements graph.Snapshot.
func (sn *snapshot) Search(ctx context.Context, text string, kinds []string, limit int) ([]graph.Hit, error) {
	nodes, err := sn.store.model.schema.Searched(text, kinds, limit)
	if err != nil {
		return nil, err
	}
	if err := sn.usable(ctx); err != nil {
		return nil, err
	}
	var all []found
	for _, k := range nodes {
		hits, err := sn.search(ctx, k, text, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, hits...)
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.ID, b.ID)) })
	if limit > 0 {
		all = all[:min(limit, len(all))]
	}
	hits := make([]graph.Hit, len(all))
	for i, f := range all {
		hits[i] = f.Hit
	}
	return hits, graph.NameHits(ctx, sn, nodes, hits)
}

// search finds nodes of one kind.
func (sn *snapshot) search(ctx context.Context, k *graph.Kind, text string, limit int) (hits []found, err error) {
	sel, err := sn.resolve(graph.Query{Kind: k.Name})
	if err != nil || len(sel.loads) == 0 {
		return nil, err
	}
	if limit == 0 {
		limit = 1 << 31
	}
	row, err := sn.ask(ctx, sel.ids(), fmt.Sprintf(searching, k.Name), []string{"collect(id)", "collect(class)"},
		params{"text": text, "loads": sel.ids(), "limit": limit})
	if err != nil {
		return nil, err
	}
	classes := numbers(row[1])
	for i, id := range texts(row[0]) {
		hits = append(hits, found{graph.Hit{Kind: k.Name, ID: id}, classes[i]})
	}
	return hits, nil
}
