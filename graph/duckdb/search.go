package duckdb

import (
	"context"
	"fmt"
	"strings"

	"tiermap/graph"
)

// Search implements graph.Snapshot.
func (s *snapshot) Search(ctx context.Context, text string, kinds []string, limit int) ([]graph.Hit, error) {
	nodes, err := s.store.schema.Searched(text, kinds, limit)
	if err != nil {
		return nil, err
	}
	var arms []string
	for i, k := range nodes {
		if sel := s.nodes(k); len(sel.parts) > 0 {
			arms = append(arms, searchArm(sel, i))
		}
	}
	if len(arms) == 0 {
		return nil, nil
	}
	statement := fmt.Sprintf("SELECT kind, id FROM (%s) GROUP BY kind, id ORDER BY min(class), id, kind", strings.Join(arms, " UNION ALL "))
	if limit > 0 {
		statement += fmt.Sprintf(" LIMIT %d", limit)
	}
	var found []int32
	var ids []string
	err = s.store.using(func(c *connection) error {
		return c.collectFor(ctx, statement, []string{text}, &found, &ids)
	})
	if err != nil {
		return nil, storeError(s.store.name, err)
	}
	hits := make([]graph.Hit, len(found))
	for i := range found {
		hits[i] = graph.Hit{Kind: nodes[found[i]].Name, ID: ids[i]}
	}
	return hits, graph.NameHits(ctx, s, nodes, hits)
}

func (s *snapshot) nodes(k *graph.Kind) *selection {
	return &selection{kind: k, parts: s.catalog.byRank(k)}
}

// searchArm finds the nodes of a kind whose id, name or alias holds the text $1,
// and how well: 0 its id, 1 its name, 2 the start of one of them or of an alias,
// 3 something within.
func searchArm(sel *selection, kind int) string {
	column := func(name string) string {
		if i := sel.kind.Field(name); i >= 0 {
			return fmt.Sprintf("coalesce(lower(c%d), '')", i)
		}
		return "''"
	}
	var fields []int
	for _, name := range []string{"name", "aliases"} {
		if i := sel.kind.Field(name); i >= 0 {
			fields = append(fields, i)
		}
	}
	table, _ := sel.union(sel.places(), sel.kind.Field("id"), fields)
	return fmt.Sprintf(`SELECT %d AS kind, id, CASE WHEN lower(id) = text THEN 0 WHEN name = text THEN 1
		WHEN starts_with(lower(id), text) OR starts_with(name, text) OR contains(';' || replace(aliases, '; ', ';'), ';' || text) THEN 2 ELSE 3 END AS class
		FROM (SELECT coalesce(key, '') AS id, %s AS name, %s AS aliases, lower($1::VARCHAR) AS text FROM %s)
		WHERE contains(lower(id), text) OR contains(name, text) OR contains(aliases, text)`,
		kind, column("name"), column("aliases"), table)
}
