package neo4j

import (
	"slices"

	"tiermap/graph"
)

// Labels and relationship types beside those of the kinds.
const (
	datasetLabel  = "Dataset"
	loadLabel     = "Load"
	writerLabel   = "LoadWriter"
	coverageLabel = "TradeCoverage"
	storeLabel    = "Store"
	unknownLabel  = "Unknown"
	declares      = "DECLARES"
)

// unknownName is the name of the one node Unknown.
const unknownName = "not known"

// codeLabels are the labels of what a field names that no kind declares.
var codeLabels = map[string]string{
	"code": "TradeCode", "other": "TradeCode", "indicator": "Indicator", "sector": "Sector", "application": "Application",
	"written": "WrittenName", "list": "MaterialList", "class": "CountryClass", "technology": "Technology",
}

// maxKey is how many bytes a text may have to be an id of a node or to stand in
// an index. Neo4j's own limit is about 8,000; nothing that is meant as an id or
// a code comes near either.
const maxKey = 1000

func fits(text string) bool { return text != "" && len(text) <= maxKey }

// choice is a field that may name an end of a relationship, and the labels that
// the node may have: the first under which there is a node of that id.
type choice struct {
	field  int
	labels []string
}

// shape is how a kind stands in the graph.
//
// A relationship runs from the node that the first usable field of Kind.From
// names to that of Kind.To; those fields are no properties then. A field that
// names no end, because another one does or its text is too long for an id,
// is a property. An end that nothing names is the one node Unknown.
//
// A row of a node is a relationship DECLARES from the dataset to the node.
type shape struct {
	kind     *graph.Kind
	typ      string // of the relationship that a row is
	from, to []choice
	indexes  [][]string // beside those that all types have
	id       int        // fields, -1 where the kind has none
	file     int
	line     int
	dataset  int
	year     int
}

func shapeOf(k *graph.Kind) *shape {
	s := &shape{kind: k, typ: k.Name, id: k.Field("id"), file: k.Field("file"), line: k.Field("line"),
		dataset: k.Field("dataset"), year: k.Field("year")}
	if k.IsNode() {
		s.typ = declares
		return s
	}
	s.id = -1
	s.from, s.to = choices(k, k.From), choices(k, k.To)
	if k.Name == graph.Trades {
		s.indexes = [][]string{{"code", "year"}, {"product", "year"}}
	}
	return s
}

func choices(k *graph.Kind, names []string) (list []choice) {
	for _, name := range names {
		i := k.Field(name)
		labels := k.Fields[i].Refs
		if len(labels) == 0 {
			labels = []string{codeLabels[name]}
		}
		list = append(list, choice{i, labels})
	}
	return list
}

// indexed reports whether a field is a property that an index holds.
func (s *shape) indexed(field int) bool {
	return slices.ContainsFunc(s.indexes, func(index []string) bool {
		return s.kind.Fields[field].Type == graph.Word && slices.Contains(index, s.kind.Fields[field].Name)
	})
}

// model is the shapes of all kinds.
type model struct {
	schema *graph.Schema
	shapes map[*graph.Kind]*shape
}

func newModel() *model {
	m := &model{schema: graph.NewSchema(), shapes: map[*graph.Kind]*shape{}}
	for _, k := range m.schema.Kinds() {
		m.shapes[k] = shapeOf(k)
	}
	return m
}

// find returns the shape of the kind of that name or table, or nil.
func (m *model) find(nameOrTable string) *shape { return m.shapes[m.schema.Kind(nameOrTable)] }

// labels returns the labels of nodes that have an id of their own.
func (m *model) labels() []string {
	var labels []string
	add := func(label string) {
		if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	for _, k := range m.schema.Kinds() {
		if k.IsNode() {
			add(k.Name)
		}
		for _, c := range slices.Concat(m.shapes[k].from, m.shapes[k].to) {
			for _, label := range c.labels {
				add(label)
			}
		}
	}
	return labels
}

// types returns the types of relationships that come with a load.
func (m *model) types() []string {
	types := []string{declares}
	add := func(name string) {
		if !slices.Contains(types, name) {
			types = append(types, name)
		}
	}
	for _, k := range m.schema.Kinds() {
		if !k.IsNode() {
			add(k.Name)
		}
		for _, l := range k.Links {
			add(l.Name)
		}
	}
	return types
}

// linkFields are the fields that the links of a kind carry beside those that
// name their ends: from when to when a measure restricts.
func linkFields(k *graph.Kind) (fields []int) {
	for i, f := range k.Fields {
		if f.Type == graph.Date {
			fields = append(fields, i)
		}
	}
	return fields
}
