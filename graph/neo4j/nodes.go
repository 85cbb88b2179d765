package neo4j

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tiermap/graph"
)

// few is how many declarations of some loads are sorted rather than found among
// those of all loads.
const few = 100_000

// wayToNodes is how to come to nodes n: by their ids, from a node that a link of
// theirs leads to, through the loads that are asked for where these declare few,
// or by the index of ids, which holds them in order.
func (sel *selection) wayToNodes() way {
	k := sel.shape.kind
	if words, ok := sel.words(sel.shape.id); ok {
		sel.params["way"] = words
		return way{match: fmt.Sprintf("MATCH (n:%s)\nUSING INDEX SEEK n:%s(id)", k.Name, k.Name), where: []string{"n.id IN $way"}}
	}
	for _, link := range k.Links {
		field := k.Field(link.Field)
		words, ok := sel.words(field)
		if !ok {
			continue
		}
		sel.params["way"] = words
		pattern := "(e)<-[:%s]-(n:%s)"
		if link.Inward {
			pattern = "(e)-[:%s]->(n:%s)"
		}
		return way{match: fmt.Sprintf("CALL () {\n\tUNWIND $way AS id MATCH (e:%s {id: id})\n\tMATCH "+pattern+"\n\tRETURN DISTINCT n\n}\nWITH n",
			k.Fields[field].Refs[0], link.Name, k.Name)}
	}
	if sel.someLoads && sel.rows() <= few {
		return way{match: "CALL () {\n\tMATCH ()-[d:DECLARES]->(n:" + k.Name + ")\n\tUSING INDEX SEEK d:DECLARES(load, file, line)" +
			"\n\tWHERE d.load IN $loads AND d.file IS NOT NULL AND d.line IS NOT NULL\n\tRETURN DISTINCT n\n}\nWITH n"}
	}
	return way{}
}

// rows is how many rows of the kind the loads have.
func (sel *selection) rows() (n int64) {
	for _, l := range sel.loads {
		n += l.rows[sel.shape.kind.Table]
	}
	return n
}

// declared is the statement up to the declarations r of nodes n, in the order of
// ids.
func (sel *selection) declared(w way, where ...string) string {
	statement := w.match
	if label := sel.shape.kind.Name; statement == "" { // by the index of ids, from where it is asked for
		seek := " SEEK"
		if len(where) == 0 {
			seek, where = "", []string{"n.id IS NOT NULL"}
		}
		statement = fmt.Sprintf("MATCH (n:%s)\nUSING INDEX%s n:%s(id)", label, seek, label)
	}
	where = slices.Concat(w.where, where)
	for i, condition := range where {
		statement += []string{"\nWHERE ", " AND "}[min(i, 1)] + condition
	}
	return statement + "\nWITH n ORDER BY n.id\nMATCH (n)<-[r:DECLARES]-()" + sel.where("r.load IN $loads")
}

// readNodes reads declarations by the id of their nodes, those of one id by the
// rank of their datasets.
func (sn *snapshot) readNodes(ctx context.Context, sel *selection, q graph.Query, out *output) error {
	w := sel.wayToNodes()
	more := params{"loads": sel.ids()}
	var where []string
	if q.After != "" {
		more["after"], where = q.After, []string{"n.id > $after"}
	}
	size := batchRows
	if q.Limit > 0 {
		// Most nodes have one declaration, few more than two.
		size = min(size, 2*q.Limit+8)
	}
	left := q.Limit
	for {
		more["rows"] = size
		statement := sel.declared(w, where...) + "\nWITH n, r ORDER BY n.id LIMIT $rows"
		p, err := sn.fetch(ctx, sel, sel.ids(), statement, more)
		if err != nil {
			return err
		}
		n := len(p.ids)
		goesOn := n == size
		if goesOn {
			n = slices.Index(p.ids, p.ids[n-1]) // the declarations of the last may go on
		}
		if n == 0 && goesOn {
			size *= 2 // one node has more of them than were asked for
			continue
		}
		if q.Limit > 0 {
			n, left = p.cut(n, left)
		}
		p.sort(n, sn.catalog.rank())
		for from := 0; from < n; from += batchRows {
			if err := out.hand(ctx, p, from, min(n, from+batchRows)); err != nil {
				return err
			}
		}
		if !goesOn || q.Limit > 0 && left == 0 {
			return nil
		}
		more["after"], where = p.ids[n-1], []string{"n.id > $after"}
	}
}

// cut returns how many of the first n rows belong to the first so many ids, and
// how many ids are missing.
func (p *page) cut(n, ids int) (rows, left int) {
	for i := range n {
		if i > 0 && p.ids[i] == p.ids[i-1] {
			continue
		}
		if ids == 0 {
			return i, 0
		}
		ids--
	}
	return n, ids
}

// sort puts the first n rows, which are in the order of ids, into that of rank
// within each id.
func (p *page) sort(n int, rank map[int64]int) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(p.ids[i], p.ids[j]), cmp.Compare(rank[p.loads[i]], rank[p.loads[j]]),
			cmp.Compare(p.files[i], p.files[j]), cmp.Compare(p.lines[i], p.lines[j]), cmp.Compare(p.rows[i], p.rows[j]))
	})
	for field, column := range p.columns {
		p.columns[field] = reorder(column, order)
	}
	p.loads, p.files, p.lines = reorder(p.loads, order), reorder(p.files, order), reorder(p.lines, order)
}

func reorder[T any](list []T, order []int) []T {
	out := make([]T, len(order))
	for i, at := range order {
		out[i] = list[at]
	}
	return out
}

func (sn *snapshot) countNodes(ctx context.Context, sel *selection) (int64, error) {
	return sn.count(ctx, sel, sel.declared(sel.wayToNodes()), "count(DISTINCT n)")
}
