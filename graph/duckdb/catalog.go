package duckdb

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
)

// catalog is what one revision of a store holds, apart from the rows. It never
// changes: a commit makes a new one.
type catalog struct {
	revision string
	loads    []*load            // those that count, in the order of rank
	parts    map[string][]*part // by table of the kind, in the order of dataset, file and part
}

// load is one dataset as it was loaded.
type load struct {
	id      int32
	dataset graph.Dataset
	word    int32 // its id as a word
	loaded  string
	parts   []*part
}

// rows counts the rows of a load.
func (l *load) rows() (n int64) {
	for _, p := range l.parts {
		n += p.rows
	}
	return n
}

// part is the rows of one kind that came from one file in one load, or, where
// there are many, some of them.
type part struct {
	id        int32
	load      *load
	kind      *graph.Kind
	file      int32         // the file as a word
	name      string        // and as text
	heldIn    string        // the table that holds the rows
	fields    []bool        // by field: whether that table has it as a column
	constants map[int]int32 // by field: the value where it is known and no column
	rows      int64
	years     [2]int32 // first and last; NoInt where no row has a year
	lines     [2]int32 // lowest and highest
	inOrder   bool     // the rows stand in the order of their lines
}

// own reports whether the part has a table to itself.
func (p *part) own() bool { return p.heldIn != p.kind.Table }

// value is a field as it stands in the part's table f, or its value where it is
// the same in every row. Word and Bool are never NULL.
func (p *part) value(field int) string {
	f := p.kind.Fields[field]
	if p.fields[field] {
		return "f." + quote(f.Name)
	}
	v, known := p.constants[field]
	switch {
	case f.Type == graph.Bool:
		return strconv.FormatBool(v != 0)
	case known || f.Type == graph.Word:
		return fmt.Sprintf("%d::INTEGER", v)
	default:
		return "NULL::" + columnType(f.Type)
	}
}

// newCatalog puts loads and their parts in order.
func newCatalog(revision string, loads []*load) *catalog {
	c := &catalog{revision: revision, loads: slices.Clone(loads), parts: map[string][]*part{}}
	slices.SortFunc(c.loads, func(a, b *load) int { return graph.CompareRank(a.dataset, b.dataset) })
	for _, l := range loads {
		for _, p := range l.parts {
			c.parts[p.kind.Table] = append(c.parts[p.kind.Table], p)
		}
	}
	for _, parts := range c.parts {
		slices.SortFunc(parts, func(a, b *part) int {
			return cmp.Or(cmp.Compare(a.load.dataset.ID, b.load.dataset.ID), cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id))
		})
	}
	return c
}

// byRank returns the parts of a kind in the order of their datasets' rank.
func (c *catalog) byRank(k *graph.Kind) []*part {
	parts := slices.Clone(c.parts[k.Table])
	slices.SortStableFunc(parts, func(a, b *part) int { return graph.CompareRank(a.load.dataset, b.load.dataset) })
	return parts
}

// find returns the load of a dataset, or nil.
func (c *catalog) find(dataset string) *load {
	i := slices.IndexFunc(c.loads, func(l *load) bool { return l.dataset.ID == dataset })
	if i < 0 {
		return nil
	}
	return c.loads[i]
}

// holds reports whether a load is visible.
func (c *catalog) holds(id int32) bool {
	return slices.ContainsFunc(c.loads, func(l *load) bool { return l.id == id })
}

// with returns the loads without that of a dataset and with another, if any.
func (c *catalog) with(dataset string, added *load) []*load {
	loads := slices.DeleteFunc(slices.Clone(c.loads), func(l *load) bool { return l.dataset.ID == dataset })
	if added != nil {
		loads = append(loads, added)
	}
	return loads
}

// readCatalog reads the loads and parts of a file, and the parts that nobody can
// see any more.
func readCatalog(ctx context.Context, c *connection, schema *graph.Schema, revision string) (cat *catalog, dead []*part, err error) {
	loads, err := readLoads(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	parts, of, err := readParts(ctx, c, schema)
	if err != nil {
		return nil, nil, err
	}
	byID := map[int32]*load{}
	for _, l := range loads {
		byID[l.id] = l
	}
	for i, p := range parts {
		if l := byID[of[i]]; l != nil {
			p.load = l
			l.parts = append(l.parts, p)
		} else {
			p.load = &load{id: of[i]}
			dead = append(dead, p)
		}
	}
	return newCatalog(revision, loads), dead, nil
}

func readLoads(ctx context.Context, c *connection) ([]*load, error) {
	var id, word, priority []int32
	var dataset, title, publisher, url, licence, version, retrieved, loaded []string
	err := c.collect(ctx, `SELECT load, dataset, id, title, publisher, url, licence, version, retrieved, priority, loaded FROM store.load`,
		&id, &word, &dataset, &title, &publisher, &url, &licence, &version, &retrieved, &priority, &loaded)
	if err != nil {
		return nil, err
	}
	loads := make([]*load, len(id))
	for i := range id {
		loads[i] = &load{id: id[i], word: word[i], loaded: loaded[i], dataset: graph.Dataset{
			ID: dataset[i], Title: title[i], Publisher: publisher[i], URL: url[i], Licence: licence[i],
			Version: version[i], Retrieved: retrieved[i], Priority: int(priority[i])}}
	}
	return loads, nil
}

// readParts reads all parts, and the load that each belongs to.
func readParts(ctx context.Context, c *connection, schema *graph.Schema) (parts []*part, loads []int32, err error) {
	var id, file, first, last, low, high []int32
	var rows []int64
	var kind, name, heldIn, columns, constants []string
	var inOrder []bool
	err = c.collect(ctx, `SELECT part, load, kind, file, name, held_in, columns, constants, rows, first_year, last_year, first_line, last_line, in_order FROM store.part`,
		&id, &loads, &kind, &file, &name, &heldIn, &columns, &constants, &rows, &first, &last, &low, &high, &inOrder)
	if err != nil {
		return nil, nil, err
	}
	for i := range id {
		k := schema.Kind(kind[i])
		if k == nil {
			return nil, nil, &failure{text: "part of an unknown kind " + kind[i]}
		}
		p := &part{id: id[i], kind: k, file: file[i], name: name[i], heldIn: heldIn[i], rows: rows[i],
			years: [2]int32{first[i], last[i]}, lines: [2]int32{low[i], high[i]}, inOrder: inOrder[i]}
		if err := p.parse(columns[i], constants[i]); err != nil {
			return nil, nil, err
		}
		parts = append(parts, p)
	}
	return parts, loads, nil
}

// columns lists the fields that are columns of the part's table.
func (p *part) columns() string {
	var names []string
	for i, f := range p.kind.Fields {
		if p.fields[i] {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ",")
}

// constantsText writes the constants by field; words are numbers.
func (p *part) constantsText() string {
	byName := map[string]int32{}
	for i, v := range p.constants {
		byName[p.kind.Fields[i].Name] = v
	}
	text, err := json.Marshal(byName)
	if err != nil {
		panic(err) // a map of numbers can be written
	}
	return string(text)
}

// parse reads what columns and constantsText wrote.
func (p *part) parse(columns, constants string) error {
	p.fields, p.constants = make([]bool, len(p.kind.Fields)), map[int]int32{}
	for name := range strings.SplitSeq(columns, ",") {
		if i := p.kind.Field(name); i >= 0 {
			p.fields[i] = true
		}
	}
	byName := map[string]int32{}
	if err := json.Unmarshal([]byte(constants), &byName); err != nil {
		return fmt.Errorf("part %d: %w", p.id, err)
	}
	for name, v := range byName {
		if i := p.kind.Field(name); i >= 0 {
			p.constants[i] = v
		}
	}
	return nil
}
