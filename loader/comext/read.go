package comext

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/mirror"
)

// The rules by which rows are passed over.
const (
	aggregateRule = "a total, chapter, heading or subheading: its eight-digit codes hold it"
	hiddenRule    = "a code with letters, under which confidential trade is hidden"
	groupRule     = "a group of countries, on top of its members"
	unitRule      = "a quantity in another unit than mass"
	zeroRule      = "a mass of zero, which is one that is not stated"
	emptyRule     = "no value is given (OBS_VALUE is blank)"
)

// reader reads the files of one year.
type reader struct {
	*job
	sink   *loader.Sink
	flows  *mirror.Flows
	places map[string]place
	codes  map[string]uint32
	months map[int]bool
	usd    graph.Field
	mass   graph.Field
}

// place is what a text in a column of countries means.
type place struct {
	word  uint32
	rule  string // the row is passed over
	fault string // it means no country
}

func (j *job) read(sink *loader.Sink) error {
	trades := graph.NewSchema().Kind(graph.Trades)
	r := &reader{job: j, sink: sink, flows: mirror.New(sink, j.year, mirror.Sum),
		places: map[string]place{}, codes: map[string]uint32{}, months: map[int]bool{},
		usd: trades.Fields[trades.Field("value_usd")], mass: trades.Fields[trades.Field("tonnes")]}
	defer r.flows.Discard()
	for _, f := range j.files {
		if err := r.file(f); err != nil {
			return err
		}
	}
	sink.Note("euros are converted at %g USD, the %s", j.Rate, rateOf(j))
	if n := len(r.months); n > 0 && n < 12 && !r.months[0] {
		sink.Note("only %d months of %d are there: the year is not whole", n, j.year)
	}
	return r.flows.Write()
}

// rateOf says where the rate comes from.
func rateOf(j *job) string {
	if rate, ok := Rate(j.year); ok && rate == j.Rate {
		return fmt.Sprintf("European Central Bank's average of %d", j.year)
	}
	return "rate that was given"
}

func (r *reader) file(f *file) error {
	t, err := open(r.sink, f.in)
	if err != nil {
		return err
	}
	name := r.sink.Words().ID(f.in.Name)
	for t.Next() {
		s, reason := period(t.text("period"))
		switch {
		case reason == "" && s.year == r.year:
			if err := r.row(t, s, name); err != nil {
				t.Close()
				return err
			}
		case f.first != r.year || reason == "" && f.years[s.year]: // of another dataset, or for it to say
		default:
			t.reject("period", reason, "a period is written 2022, 202203, 202252 (the year) or 2022-03")
		}
	}
	return t.Close()
}

// row takes one row of this year.
func (r *reader) row(t *table, s span, file uint32) error {
	imports := false
	switch flow := t.text("flow"); strings.ToUpper(flow) {
	case "1", "IMPORT", "M", "I":
		imports = true
	case "2", "EXPORT", "X", "E":
	case "":
		t.reject("flow", loader.Missing, "")
		return nil
	default:
		t.reject("flow", loader.NotAllowed, "imports are 1, exports 2")
		return nil
	}
	code, ok := r.code(t)
	if !ok {
		return nil
	}
	from, ok := r.country(t, "declarant")
	if !ok {
		return nil
	}
	to, ok := r.country(t, "partner")
	if !ok {
		return nil
	}
	report := mirror.Report{Exporter: from, Importer: to, Code: code, File: file, Line: int32(t.Line()), //nolint:gosec // lines are counted
		Part: partOf(t, s), ByImporter: imports, Total: s.month == 0, ValueUSD: math.NaN(), Tonnes: math.NaN()}
	if imports {
		report.Exporter, report.Importer = to, from
	}
	if !r.amounts(t, &report) {
		return nil
	}
	r.months[s.month] = true
	return r.flows.Add(report)
}

// partOf tells the parts of a flow apart: its months and statistical procedures.
func partOf(t *table, s span) uint32 {
	h := fnv.New32a()
	fmt.Fprint(h, s.month, "|", t.text("partner"), "|", t.text("procedure"), "|", t.text("transport"), "|", t.text("container"), "|", t.text("nature"))
	return h.Sum32()
}

// code returns the word of the row's trade code; false where the row is not
// about an eight-digit code.
func (r *reader) code(t *table) (word uint32, ok bool) {
	text := t.text("product")
	if word, ok := r.codes[text]; ok {
		return word, true
	}
	digits := strings.Trim(text, "0123456789") == ""
	switch {
	case text == "":
		t.reject("product", loader.Missing, "")
	case digits && len(text) == 8:
		word = r.sink.Words().ID(fmt.Sprintf("CN%d:%s", r.year, text))
		r.codes[text] = word
		return word, true
	case digits && (len(text) == 2 || len(text) == 4 || len(text) == 6), text == "TOTAL":
		r.sink.PassOver(aggregateRule)
	case digits:
		t.reject("product", loader.BadCode, "codes of the Combined Nomenclature have eight digits: a spreadsheet may have taken a leading zero away")
	case len(text) <= 9 && strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
		r.sink.PassOver(hiddenRule)
	default:
		t.reject("product", loader.BadCode, "codes of the Combined Nomenclature have eight digits")
	}
	return 0, false
}

// country returns the word of a country's id; false where the row is not about a
// country.
func (r *reader) country(t *table, column string) (word uint32, ok bool) {
	text := t.text(column)
	p, known := r.places[text]
	if !known {
		p = r.place(text)
		r.places[text] = p
	}
	switch {
	case text == "":
		t.reject(column, loader.Missing, "")
	case p.rule != "":
		r.sink.PassOver(p.rule)
	case p.fault != "":
		t.reject(column, loader.NoCountry, p.fault)
	default:
		return p.word, true
	}
	return 0, false
}

// isGroup knows how Eurostat writes groups of countries: EU27_2020,
// EU27_2020_EXTRA, EXT_EU27_2020, INT_EU27_2020, EA20, WORLD.
func isGroup(text string) bool {
	return slices.ContainsFunc([]string{"EU", "EA", "EXT_", "INT_", "WORLD", "EFTA"}, func(start string) bool {
		return len(text) > 2 && strings.HasPrefix(text, start)
	})
}

func (r *reader) place(text string) place {
	if isGroup(text) {
		return place{rule: groupRule}
	}
	found, err := r.Countries.Find(text, country.Comext, r.year)
	switch {
	case err != nil:
		return place{fault: err.Error()}
	case found.Kind == country.Group:
		return place{rule: groupRule}
	}
	return place{word: r.sink.Words().ID(found.ID)}
}

// amounts reads value and mass, or the one of them that the row holds.
func (r *reader) amounts(t *table, to *mirror.Report) (ok bool) {
	if t.long() {
		return r.indicator(t, to)
	}
	value, ok := number(t, "value", 0, r.usd)
	if !ok {
		return false
	}
	mass, ok := number(t, "mass", -3, r.mass)
	if !ok {
		return false
	}
	if mass == 0 && value > 0 { // goods that have a value weigh something
		mass = math.NaN()
	}
	if math.IsNaN(value) && math.IsNaN(mass) {
		t.reject("value", loader.Missing, "neither a value nor a mass is known")
		return false
	}
	to.ValueUSD, to.Tonnes = value*r.Rate, mass
	return true
}

// indicator reads the one amount of a row of an SDMX-CSV file.
func (r *reader) indicator(t *table, to *mirror.Report) (ok bool) {
	amount, field, power := &to.ValueUSD, r.usd, 0
	switch name := t.text("indicator"); name {
	case "VALUE_IN_EUROS", "VALUE_EUR":
	case "QUANTITY_IN_100KG":
		amount, field, power = &to.Tonnes, r.mass, -1
	case "QUANTITY_IN_KG", "QUANTITY_KG":
		amount, field, power = &to.Tonnes, r.mass, -3
	case "SUPPLEMENTARY_QUANTITY", "SUP_QUANTITY":
		r.sink.PassOver(unitRule)
		return false
	default:
		t.reject("indicator", loader.NotAllowed, "they are VALUE_IN_EUROS, QUANTITY_IN_100KG, QUANTITY_IN_KG and SUPPLEMENTARY_QUANTITY")
		return false
	}
	if t.text("amount") == "" || t.text("amount") == ":" {
		r.sink.PassOver(emptyRule)
		return false
	}
	if *amount, ok = number(t, "amount", power, field); !ok {
		return false
	}
	switch {
	case amount == &to.ValueUSD:
		*amount *= r.Rate
	case *amount == 0: // goods weigh something
		r.sink.PassOver(zeroRule)
		return false
	}
	return true
}

// number reads an amount in units of 10^power of the field; NaN where it is
// blank. A value that is wrong rejects the row.
func number(t *table, column string, power int, f graph.Field) (v float64, ok bool) {
	text := t.text(column)
	if text == "" || text == ":" {
		return math.NaN(), true
	}
	v, reason := loader.FloatIn(text, power)
	if reason == "" {
		reason = loader.Within(f, v)
	}
	if reason != "" {
		t.reject(column, reason, "")
		return 0, false
	}
	return v, true
}
