package neo4j

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
)

// selection is a query resolved against a snapshot: the loads that may hold
// matching rows, what must hold for a row r between nodes a and b (of a node:
// declared as n), and by what index to come to the rows.
type selection struct {
	shape  *shape
	wanted []int   // fields, in the order of the kind
	loads  []*load // in the order in which they are read
	conditions
	matches   []graph.Match
	someLoads bool // not all that hold rows of the kind
}

// conditions are Cypher that must hold, with its parameters.
type conditions struct {
	all    []string
	params params
}

func (c *conditions) add(cypher string, value any) {
	name := "m" + strconv.Itoa(len(c.params))
	c.params[name] = value
	c.all = append(c.all, strings.ReplaceAll(cypher, "$", "$"+name))
}

// resolve turns a query into a selection.
func (sn *snapshot) resolve(q graph.Query) (*selection, error) {
	k, wanted, err := q.Resolve(sn.store.model.schema)
	if err != nil {
		return nil, err
	}
	sh := sn.store.model.shapes[k]
	sel := &selection{shape: sh, wanted: wanted, matches: q.Match, conditions: conditions{params: params{}}}
	order := sn.catalog.byID
	if sh.id >= 0 {
		order = sn.catalog.loads
	}
	for _, l := range order {
		if l.rows[sh.kind.Table] > 0 {
			sel.loads = append(sel.loads, l)
		}
	}
	for _, match := range q.Match {
		sel.match(match)
	}
	return sel, nil
}

// match adds what must hold, leaving out loads in which it cannot.
func (sel *selection) match(m graph.Match) {
	i := sel.shape.kind.Field(m.Field)
	f := sel.shape.kind.Fields[i]
	switch {
	case i == sel.shape.dataset:
		all := len(sel.loads)
		sel.loads = slices.DeleteFunc(sel.loads, func(l *load) bool { return !slices.Contains(m.Words, l.dataset.ID) })
		sel.someLoads = sel.someLoads || len(sel.loads) < all
	case f.Type == graph.Int:
		if len(m.Ints) == 0 {
			sel.loads = nil
		}
		sel.add(sel.shape.value(i)+" IN $", m.Ints)
	default:
		if len(m.Words) == 0 {
			sel.loads = nil
		}
		sel.add(sel.shape.value(i)+" IN $", m.Words)
	}
}

// value is a field of a row as Cypher: what stands for unknown where it is not
// known, for collecting leaves null out.
func (s *shape) value(field int) string {
	f := s.kind.Fields[field]
	property := "r." + f.Name
	switch {
	case field == s.id:
		return "n.id"
	case field == s.dataset:
		return "r.load" // what stands for it; see column
	case f.Type == graph.Int:
		return fmt.Sprintf("coalesce(%s, %d)", property, graph.NoInt)
	case f.Type == graph.Float:
		return "coalesce(" + property + ", 0.0 / 0.0)"
	case f.Type == graph.Bool:
		return "coalesce(" + property + ", false)"
	case f.Type == graph.List:
		return "coalesce(" + property + ", [])"
	case s.indexed(field):
		return fmt.Sprintf("coalesce(%s, %s_long, '')", property, property)
	}
	if end := s.endOf(field, s.from, "a", property); end != "" {
		return end
	}
	if end := s.endOf(field, s.to, "b", property); end != "" {
		return end
	}
	return "coalesce(" + property + ", '')"
}

// endOf is the value of a field that may name an end of a row: the id of the
// node there where it does, else the property.
func (s *shape) endOf(field int, choices []choice, node, property string) string {
	i := slices.IndexFunc(choices, func(c choice) bool { return c.field == field })
	switch {
	case i < 0:
		return ""
	case len(choices) == 1:
		return fmt.Sprintf("coalesce(%s.id, %s, '')", node, property)
	default:
		return fmt.Sprintf("CASE WHEN %s:%s THEN %s.id ELSE coalesce(%s, '') END", node, choices[i].labels[0], node, property)
	}
}

// ids returns the numbers of the loads.
func (sel *selection) ids() []int64 {
	ids := make([]int64, len(sel.loads))
	for i, l := range sel.loads {
		ids[i] = l.id
	}
	return ids
}

func (sel *selection) where(more ...string) string {
	list := slices.Concat(more, sel.all)
	if len(list) == 0 {
		return ""
	}
	return "\nWHERE " + strings.Join(list, " AND ")
}

// words returns the distinct values of a match that an index can be asked for: all of
// them fit, none stands for unknown. Of several matches of a field the first
// that can counts.
func (sel *selection) words(field int) (words []string, ok bool) {
	for _, m := range sel.matches {
		if m.Field == sel.shape.kind.Fields[field].Name && len(m.Words) > 0 &&
			!slices.ContainsFunc(m.Words, func(w string) bool { return !fits(w) }) {
			return slices.Compact(slices.Sorted(slices.Values(m.Words))), true
		}
	}
	return nil, false
}

func (sel *selection) yearsAsked() (years []int, ok bool) {
	if sel.shape.year < 0 {
		return nil, false
	}
	for _, m := range sel.matches {
		if m.Field == "year" && len(m.Ints) > 0 && !slices.Contains(m.Ints, graph.NoInt) {
			return m.Ints, true
		}
	}
	return nil, false
}

// way is how to come to rows without going through those of whole loads: a MATCH
// of r, a and b, and what must hold for it.
type way struct {
	match string
	where []string
}

// way returns the best way to the rows of a relationship; ok is false where
// there is none but through the loads.
func (sel *selection) way() (w way, ok bool) {
	if w, ok = sel.byCode(); ok {
		return w, true
	}
	return sel.byEnd()
}

// byCode goes by an index on a property and the year.
func (sel *selection) byCode() (w way, ok bool) {
	for _, index := range sel.shape.indexes {
		words, ok := sel.words(sel.shape.kind.Field(index[0]))
		if !ok {
			continue
		}
		typ, property := sel.shape.typ, index[0]
		w = way{match: fmt.Sprintf("MATCH (a)-[r:%s]->(b)\nUSING INDEX SEEK r:%s(%s, year)", typ, typ, property), where: []string{"r." + property + " IN $way"}}
		sel.params["way"] = words
		if years, ok := sel.yearsAsked(); ok {
			sel.params["wayYears"] = years
			w.where = append(w.where, "r.year IN $wayYears")
			return w, true
		}
		// The index holds no rows without a year.
		if !slices.ContainsFunc(sel.loads, func(l *load) bool { return l.undated > 0 }) {
			w.where = append(w.where, "r.year IS NOT NULL")
			return w, true
		}
	}
	return w, false
}

// byEnd goes from the nodes at one end: that of which the fewest are asked for.
// Of several fields that may name an end only the first always does.
func (sel *selection) byEnd() (w way, ok bool) {
	fewest := 0
	for _, end := range []struct {
		node    string
		choices []choice
	}{{"a", sel.shape.from}, {"b", sel.shape.to}} {
		if len(end.choices) == 0 {
			continue
		}
		first := end.choices[0]
		words, there := sel.words(first.field)
		if !there || ok && len(words) >= fewest {
			continue
		}
		fewest, ok = len(words), true
		sel.params["way"] = words
		var arms []string
		for _, label := range first.labels {
			arms = append(arms, fmt.Sprintf("UNWIND $way AS id MATCH (%s:%s {id: id}) RETURN %s", end.node, label, end.node))
		}
		w = way{match: "CALL () {\n\t" + strings.Join(arms, "\n\tUNION ") + "\n}\nMATCH (a)-[r:" + sel.shape.typ + "]->(b)"}
	}
	return w, ok
}
