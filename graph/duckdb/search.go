package duckdb

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"tiermap/graph"
)

// Search implements graph.Snapshot.
func (s *snapshot) Search(ctx context.Context, text string, kinds []string, limit int) ([]graph.Hit, error) {
	nodes, err := s.nodeKinds(kinds)
	if err != nil {
		return nil, err
	}
	if limit < 0 || !utf8.ValidString(text) {
		return nil, graph.Errorf(graph.BadInput, "%q cannot be searched for with limit %d", text, limit)
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
	return hits, s.name(ctx, nodes, hits)
}

// nodeKinds returns the kinds of those names, all kinds of node where there are none.
func (s *snapshot) nodeKinds(names []string) ([]*graph.Kind, error) {
	wanted := map[*graph.Kind]bool{}
	for _, name := range names {
		k := s.store.schema.Kind(name)
		if k == nil || !k.IsNode() {
			return nil, unknown("kind of node", name, kindNames(s.store.schema.Kinds()))
		}
		wanted[k] = true
	}
	var kinds []*graph.Kind
	for _, k := range s.store.schema.Kinds() {
		if k.IsNode() && (len(names) == 0 || wanted[k]) {
			kinds = append(kinds, k)
		}
	}
	return kinds, nil
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

// name gives the hits their names: of each the one that its highest dataset gives.
func (s *snapshot) name(ctx context.Context, kinds []*graph.Kind, hits []graph.Hit) error {
	for _, k := range kinds {
		var ids []string
		for _, h := range hits {
			if h.Kind == k.Name {
				ids = append(ids, h.ID)
			}
		}
		if len(ids) == 0 || k.Field("name") < 0 {
			continue
		}
		names, err := s.names(ctx, k, ids)
		if err != nil {
			return err
		}
		for i := range hits {
			if hits[i].Kind == k.Name {
				hits[i].Name = names[hits[i].ID]
			}
		}
	}
	return nil
}

// names returns the names of nodes by id.
func (s *snapshot) names(ctx context.Context, k *graph.Kind, ids []string) (map[string]string, error) {
	names := map[string]string{}
	q := graph.Query{Kind: k.Name, Fields: []string{"id", "name"}, Match: []graph.Match{{Field: "id", Words: ids}}}
	err := s.Read(ctx, q, func(b *graph.Batch) error {
		id, name := b.Columns[k.Field("id")].Text, b.Columns[k.Field("name")].Text
		for i := range b.Len {
			if names[id[i]] == "" {
				names[id[i]] = name[i]
			}
		}
		return nil
	})
	return names, err
}
