package graphtest

import (
	"cmp"
	"slices"

	"tiermap/graph"
)

// reference is the model of a store: the datasets that are visible, with their
// rows in the order in which they were written.
type reference struct {
	datasets map[string]graph.Dataset
	rows     map[string][]fact
}

func newReference() *reference {
	return &reference{map[string]graph.Dataset{}, map[string][]fact{}}
}

func (r *reference) load(d graph.Dataset, facts []fact) (replaced int64) {
	replaced = int64(len(r.rows[d.ID]))
	r.datasets[d.ID], r.rows[d.ID] = d, nil
	for _, f := range facts {
		v := values{"dataset": d.ID}
		for name, value := range f.values {
			if name != "dataset" {
				v[name] = value
			}
		}
		r.rows[d.ID] = append(r.rows[d.ID], fact{schema.Kind(f.kind).Name, v})
	}
	return replaced
}

func (r *reference) remove(id string) (rows int64) {
	rows = int64(len(r.rows[id]))
	delete(r.datasets, id)
	delete(r.rows, id)
	return rows
}

// ranked returns the datasets in the order in which they count.
func (r *reference) ranked() []graph.Dataset {
	var list []graph.Dataset
	for _, d := range r.datasets {
		list = append(list, d)
	}
	graph.SortByRank(list)
	return list
}

// matching returns the rows that match, in the order that Read promises.
func (r *reference) matching(q graph.Query) []fact {
	var list []fact
	for _, d := range r.ranked() {
		for _, f := range r.rows[d.ID] {
			if f.kind == schema.Kind(q.Kind).Name && f.matches(q) {
				list = append(list, f)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b fact) int { return compareKeys(a.key(), b.key()) })
	return list
}

func (f fact) matches(q graph.Query) bool {
	for _, m := range q.Match {
		found := false
		for _, w := range m.Words {
			found = found || w == f.text(m.Field)
		}
		for _, n := range m.Ints {
			found = found || n == f.int(m.Field)
		}
		if !found {
			return false
		}
	}
	return true
}

func (f fact) text(name string) string {
	s, _ := f.values[name].(string)
	return s
}

func (f fact) int(name string) int {
	if n, ok := f.values[name].(int); ok {
		return n
	}
	return graph.NoInt
}

// key is what rows are ordered and paged by.
func (f fact) key() graph.Position {
	if schema.Kind(f.kind).IsNode() {
		return graph.Position{Dataset: f.text("id")}
	}
	return graph.Position{Dataset: f.text("dataset"), File: f.text("file"), Line: f.int("line")}
}

func compareKeys(a, b graph.Position) int {
	return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}

// after returns the text that reads on after a row.
func (f fact) after() string {
	if schema.Kind(f.kind).IsNode() {
		return f.text("id")
	}
	return f.key().String()
}

// page returns the rows of a query, from After on and up to Limit.
func (r *reference) page(q graph.Query) []fact {
	var page []fact
	n := 0 // ids of nodes, rows of relationships
	for _, f := range r.matching(q) {
		if q.After != "" && compareKeys(f.key(), keyOf(q.After)) <= 0 {
			continue
		}
		first := len(page) == 0 || page[len(page)-1].key() != f.key()
		if first && q.Limit > 0 && n >= q.Limit {
			break
		}
		if first || !schema.Kind(f.kind).IsNode() {
			n++
		}
		page = append(page, f)
	}
	return page
}

// keyOf reads what after wrote.
func keyOf(after string) graph.Position {
	if p, ok := graph.ParsePosition(after); ok {
		return p
	}
	return graph.Position{Dataset: after}
}

// read returns a page as text, only the fields asked for.
func (r *reference) read(q graph.Query) []string {
	var rows []string
	for _, f := range r.page(q) {
		if q.Fields != nil {
			v := values{}
			for _, name := range q.Fields {
				if value, ok := f.values[name]; ok {
					v[name] = value
				}
			}
			f = fact{f.kind, v}
		}
		rows = append(rows, f.String())
	}
	return rows
}

// count counts as Count promises.
func (r *reference) count(q graph.Query) int64 {
	list := r.matching(q)
	if schema.Kind(q.Kind).IsNode() {
		list = slices.CompactFunc(list, func(a, b fact) bool { return a.key() == b.key() })
	}
	return int64(len(list))
}

// coverage adds up the trade by dataset, code, product and year.
func (r *reference) coverage() []graph.TradeCoverage {
	var list []graph.TradeCoverage
	for _, f := range r.matching(graph.Query{Kind: graph.Trades}) {
		line := graph.TradeCoverage{Dataset: f.text("dataset"), Code: f.text("code"), Product: f.text("product"), Year: f.int("year")}
		i := slices.IndexFunc(list, func(c graph.TradeCoverage) bool { return compareCoverage(c, line) == 0 })
		if i < 0 {
			i, list = len(list), append(list, line)
		}
		list[i].Rows++
		value, hasValue := f.values["value_usd"].(float64)
		tonnes, _ := f.values["tonnes"].(float64)
		if hasValue && known(value) && tonnes > 0 {
			list[i].Both++
			list[i].ValueUSD += value
			list[i].Tonnes += tonnes
		}
	}
	slices.SortFunc(list, compareCoverage)
	return list
}

func compareCoverage(a, b graph.TradeCoverage) int {
	return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Year, b.Year))
}
