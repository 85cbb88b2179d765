package series

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// Statistic is what a series measures.
type Statistic string

// The statistics.
const (
	Production Statistic = "production"
	Capacity   Statistic = "capacity"
	Reserves   Statistic = "reserves"
)

// The bases of a mass.
const (
	gross     = "gross"
	contained = "contained"
)

// Series is what one series of a publisher is in the catalogue.
type Series struct {
	Statistic       Statistic
	Commodity, Form string // the publisher's words
	Unit            string // the publisher's unit
	Country         string // id of the one country that the line is about; blank: all that have no line
	Product         string // blank: the series is not counted, as Note says
	Material        string // what is counted, where Basis is contained
	Basis           string // gross or contained
	Tonnes          float64
	Note            string
}

// Counted reports whether figures of the series become facts.
func (s *Series) Counted() bool { return s.Product != "" }

// Mapping says what the series of a publisher are.
type Mapping struct {
	series map[seriesKey]*Series
	words  map[seriesKey]bool // keys without their country
}

type seriesKey struct {
	statistic                Statistic
	commodity, form, country string
}

// columns of a mapping's table.
var columns = []string{"statistic", "commodity", "form", "unit", "country", "product", "material", "basis", "tonnes", "note"}

// Find returns the series of a publisher's words, in a country where the
// mapping has a line for that country. ok is false where it has none at all.
// Letter case and the width of blanks do not matter.
func (m *Mapping) Find(statistic Statistic, commodity, form, country string) (s *Series, ok bool) {
	key := seriesKey{statistic, Fold(commodity), Fold(form), country}
	if s, ok = m.series[key]; !ok {
		key.country = ""
		s, ok = m.series[key]
	}
	return s, ok
}

// Has reports whether the mapping has any line for a publisher's words.
func (m *Mapping) Has(statistic Statistic, commodity, form string) bool {
	return m.words[seriesKey{statistic, Fold(commodity), Fold(form), ""}]
}

// All returns the series in the order of their words.
func (m *Mapping) All() []*Series {
	var all []*Series
	for _, s := range m.series {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *Series) int {
		return cmp.Or(cmp.Compare(a.Statistic, b.Statistic), cmp.Compare(a.Commodity, b.Commodity),
			cmp.Compare(a.Form, b.Form), cmp.Compare(a.Country, b.Country))
	})
	return all
}

// Fold writes a publisher's words so that spellings of one compare equal:
// lower case, one blank between words, none around them.
func Fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// OpenMapping reads the mapping in a file of the user's, or where path is blank
// the one that the source ships.
func OpenMapping(path, shipped string, countries *country.List) (*Mapping, error) {
	if path == "" {
		return ReadMapping("the mapping that is shipped", strings.NewReader(shipped), countries)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, graph.Wrap(graph.BadInput, err, "the mapping %s cannot be read: %v", path, err)
	}
	defer file.Close()
	return ReadMapping(path, file, countries)
}

// ReadMapping reads a mapping: a CSV table with the columns statistic,
// commodity, form, unit, country, product, material, basis, tonnes and note.
// tonnes is how many tonnes one unit is. BadInput, with the line, for whatever
// is wrong with it.
func ReadMapping(name string, r io.Reader, countries *country.List) (*Mapping, error) {
	in := csv.NewReader(r)
	header, err := in.Read()
	if err != nil {
		return nil, unreadable(name, err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	at, err := loader.CheckHeader(name, header, columns, columns[:len(columns)-1])
	if err != nil {
		return nil, err
	}
	m := &Mapping{map[seriesKey]*Series{}, map[seriesKey]bool{}}
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			return m, m.check(name)
		}
		if err != nil {
			return nil, unreadable(name, err)
		}
		line, _ := in.FieldPos(0)
		get := func(column string) string {
			if i, ok := at[column]; ok {
				return strings.TrimSpace(fields[i])
			}
			return ""
		}
		s, fault := parse(get, countries)
		if fault == "" {
			fault = m.add(s)
		}
		if fault != "" {
			return nil, graph.Errorf(graph.BadInput, "%s, line %d: %s", name, line, fault)
		}
	}
}

func unreadable(name string, err error) error {
	return graph.Wrap(graph.BadInput, err, "%s is no mapping: a CSV file in UTF-8 with the columns %s is needed (%v)",
		name, strings.Join(columns, ", "), err)
}

// parse makes a series of a line; fault says what is wrong with it.
func parse(get func(column string) string, countries *country.List) (s *Series, fault string) {
	s = &Series{Statistic: Statistic(get("statistic")), Commodity: get("commodity"), Form: get("form"), Unit: get("unit"),
		Product: get("product"), Material: get("material"), Basis: cmp.Or(get("basis"), gross), Note: get("note")}
	if text := get("country"); text != "" {
		id, err := countries.Resolve(text, country.Any, 0)
		if err != nil {
			return nil, "country: " + err.Error()
		}
		s.Country = id
	}
	switch {
	case s.Statistic != Production && s.Statistic != Capacity && s.Statistic != Reserves:
		return nil, fmt.Sprintf("statistic %q is none of production, capacity, reserves", s.Statistic)
	case s.Commodity == "":
		return nil, "commodity is missing"
	case s.Product == "" && s.Note == "":
		return nil, "a line without a product is passed over: the note has to say why"
	case s.Product == "":
		return s, ""
	case !graph.ValidID(s.Product):
		return nil, fmt.Sprintf("product %q is no id", s.Product)
	case s.Unit == "":
		return nil, "unit is missing"
	case s.Basis != gross && s.Basis != contained:
		return nil, fmt.Sprintf("basis %q is neither gross nor contained", s.Basis)
	case (s.Basis == contained) != (s.Material != ""):
		return nil, "a material stands where the basis is contained, and only there"
	case s.Statistic == Capacity && s.Basis != gross:
		return nil, "capacity is gross"
	}
	v, why := loader.Float(get("tonnes"))
	if why != "" || v <= 0 {
		return nil, fmt.Sprintf("tonnes %q is not the number of tonnes, above zero, that a unit is", get("tonnes"))
	}
	s.Tonnes = v
	return s, ""
}

func (m *Mapping) add(s *Series) (fault string) {
	key := seriesKey{s.Statistic, Fold(s.Commodity), Fold(s.Form), s.Country}
	if _, twice := m.series[key]; twice {
		return "a line of the same statistic, commodity, form and country stands before"
	}
	m.series[key] = s
	key.country = ""
	m.words[key] = true
	return ""
}

// check finds products that one series counts gross and another by content:
// tonnes of one product, year and dataset have one basis (docs/methods.md §1).
func (m *Mapping) check(name string) error {
	type counted struct {
		statistic Statistic
		product   string
	}
	basis := map[counted]string{}
	for _, s := range m.All() {
		if !s.Counted() {
			continue
		}
		key := counted{s.Statistic, s.Product}
		if other, ok := basis[key]; ok && other != s.Basis {
			return graph.Errorf(graph.BadInput, "%s: %s of %s is gross on one line and contained on another", name, s.Statistic, s.Product)
		}
		basis[key] = s.Basis
	}
	return nil
}
