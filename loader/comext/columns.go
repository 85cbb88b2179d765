package comext

import (
	"tiermap/graph"
	"tiermap/loader"
)

// names are what the columns are called in the shapes that there are.
var names = map[string][]string{
	"declarant": {"DECLARANT_ISO", "REPORTER_ISO", "REPORTER", "reporter", "DECLARANT"},
	"partner":   {"PARTNER_ISO", "PARTNER", "partner"},
	"product":   {"PRODUCT_NC", "product", "PRODUCT"},
	"flow":      {"FLOW", "flow"},
	"procedure": {"STAT_REGIME", "STAT_PROCEDURE", "stat_procedure"},
	"period":    {"PERIOD", "TIME_PERIOD"},
	"value":     {"VALUE_IN_EUROS", "VALUE_EUR"},
	"mass":      {"QUANTITY_IN_KG", "QUANTITY_KG"},
	"indicator": {"indicators", "INDICATORS", "indicator"},
	"amount":    {"OBS_VALUE"},
	"transport": {"TRANSPORT_MODE"},
	"container": {"CONTAINER"},
	"nature":    {"TRADE_TYPE"},
}

// table is a file of Comext, whatever its shape.
type table struct {
	*loader.Table
	index map[string]int
	name  map[string]string
}

func open(sink *loader.Sink, in loader.Input) (*table, error) {
	comma, err := in.Separator()
	if err != nil {
		return nil, err
	}
	rows, err := sink.OpenLayout(in, loader.Layout{Comma: comma})
	if err != nil {
		return nil, err
	}
	t := &table{Table: rows, index: map[string]int{}, name: map[string]string{}}
	for column, list := range names {
		t.index[column] = -1
		for _, name := range list {
			if i := rows.Column(name); i >= 0 {
				t.index[column], t.name[column] = i, name
				break
			}
		}
	}
	if err := t.complete(in); err != nil {
		rows.Close()
		return nil, err
	}
	return t, nil
}

func (t *table) complete(in loader.Input) error {
	needed := []string{"declarant", "partner", "product", "flow", "period", "value"}
	if t.long() {
		needed[5] = "amount"
	}
	for _, column := range needed {
		if t.index[column] < 0 {
			return graph.Errorf(graph.BadInput, "%s: the header has no column %s, as files of Comext have: is this one?", in, names[column][0])
		}
	}
	return nil
}

// long reports whether value and mass stand in rows of their own.
func (t *table) long() bool { return t.index["indicator"] >= 0 }

func (t *table) text(column string) string { return t.At(t.index[column]) }

func (t *table) reject(column string, reason loader.Reason, detail string) {
	t.Reject(t.name[column], reason, detail)
}

// span is what a period is: a year, or a month of it (1 to 12; 0: the whole year).
type span struct{ year, month int }

// period reads 2022, 202203, 202252 (the year), 2022-03 and 2022M03.
func period(text string) (s span, reason loader.Reason) {
	digits := text
	if len(text) == 7 && (text[4] == '-' || text[4] == 'M') {
		digits = text[:4] + text[5:]
	}
	n, reason := loader.Int(digits)
	switch {
	case reason != "":
		return s, reason
	case len(digits) == 4:
		s = span{year: n}
	case len(digits) == 6:
		s = span{n / 100, n % 100}
		if s.month == 52 {
			s.month = 0
		} else if s.month < 1 || s.month > 12 {
			return s, loader.OutOfRange
		}
	default:
		return s, loader.OutOfRange
	}
	if s.year < 1988 || s.year > 2999 { // the Combined Nomenclature begins in 1988
		return s, loader.OutOfRange
	}
	return s, ""
}
