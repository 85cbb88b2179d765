package comtrade

import (
	"math"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/mirror"
)

// The rules by which rows are passed over.
const (
	servicesRule  = "services, not goods"
	monthlyRule   = "a month: the row of the year holds it"
	partialRule   = "a part of imports or exports (re-exports, re-imports, customs regimes)"
	worldRule     = "all partners together"
	groupRule     = "a group of countries, on top of its members"
	aggregateRule = "a chapter, heading or total: its six-digit codes hold it"
	nomenRule     = "another nomenclature than the Harmonized System"
)

// reader reads the files of one dataset.
type reader struct {
	*job
	sink   *loader.Sink
	flows  *mirror.Flows
	places map[string]place
	codes  map[string]uint32
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
	r := &reader{job: j, sink: sink, flows: mirror.New(sink, j.year, mirror.Largest),
		places: map[string]place{}, codes: map[string]uint32{},
		usd: trades.Fields[trades.Field("value_usd")], mass: trades.Fields[trades.Field("tonnes")]}
	defer r.flows.Discard()
	assumed := false
	for _, f := range j.files {
		guessed, err := r.file(f)
		if err != nil {
			return err
		}
		assumed = assumed || guessed
	}
	if assumed {
		sink.Note("not every file says in which revision of the Harmonized System its codes are: they count as %s", j.revision)
	}
	if j.minor {
		sink.Note("another revision has more rows of %d: this dataset ranks below it (priority %d)", j.year, j.Priority)
	}
	return r.flows.Write()
}

// file reads the rows of a file that are of this dataset. guessed reports
// whether the file does not say in which revision its codes are.
func (r *reader) file(f *file) (guessed bool, err error) {
	in, err := open(r.sink, f.in, f.shape)
	if err != nil {
		return false, err
	}
	name := r.sink.Words().ID(f.in.Name)
	total := 0
	for in.next() {
		total++
		p, other, why := f.partOf(in, r.Options)
		switch {
		case why == nil && p == r.part:
			guessed = guessed || !in.has(revision)
			if err := r.row(in, name); err != nil {
				in.Close()
				return false, err
			}
		case why == nil && f.rows[p] > 0: // of another dataset
		case f.first != r.part: // which says why
		case other != "":
			r.sink.PassOver(nomenRule)
		case why == nil:
			in.reject(year, loader.WrongYear, "no year of this file")
		default:
			in.reject(why.column, why.reason, why.detail)
		}
	}
	if total == 500 || total == 100_000 || total == 250_000 {
		r.sink.Note("%s has exactly %d rows, which is where UN Comtrade cuts an answer: it may not be whole", f.in.Name, total)
	}
	return guessed, in.Close()
}

// row takes one row of this dataset.
func (r *reader) row(in rows, file uint32) error {
	imports, isFlow := flows[in.text(flow)]
	switch text := in.text(flow); {
	case in.text(typeCode) != "" && in.text(typeCode) != "C":
		r.sink.PassOver(servicesRule)
		return nil
	case in.text(frequency) != "" && in.text(frequency) != "A", len(in.text(period)) > 4 && !in.has(frequency):
		r.sink.PassOver(monthlyRule)
		return nil
	case partial[text]:
		r.sink.PassOver(partialRule)
		return nil
	case text == "":
		in.reject(flow, loader.Missing, "")
		return nil
	case !isFlow:
		in.reject(flow, loader.NotAllowed, "imports are M, exports X")
		return nil
	}
	code, ok := r.code(in)
	if !ok {
		return nil
	}
	from, ok := r.country(in, reporter, reporterISO, reporterName)
	if !ok {
		return nil
	}
	to, ok := r.country(in, partner, partnerISO, partnerName)
	if !ok {
		return nil
	}
	report := mirror.Report{Exporter: from, Importer: to, Code: code, File: file, Line: int32(in.line()), //nolint:gosec // lines are counted
		ByImporter: imports, Total: isTotal(in)}
	if imports {
		report.Exporter, report.Importer = to, from
	}
	if !r.amounts(in, &report) {
		return nil
	}
	return r.flows.Add(report)
}

// isTotal reports whether a row holds a flow as a whole. What a file has no
// column for is not told apart in it.
func isTotal(in rows) bool {
	none := func(c column, total ...string) bool {
		text := in.text(c)
		for _, t := range total {
			if text == t {
				return true
			}
		}
		return text == ""
	}
	return none(transport, "0") && none(customs, "C00", "0") && none(partner2, "0", "W00") && none(supply, "0")
}

// code returns the word of the row's trade code; false where the row is not
// about a six-digit code.
func (r *reader) code(in rows) (word uint32, ok bool) {
	text := in.text(code)
	if word, ok := r.codes[text]; ok {
		return word, true
	}
	digits := strings.Trim(text, "0123456789") == ""
	switch {
	case text == "":
		in.reject(code, loader.Missing, "")
	case digits && len(text) == 6:
		word = r.sink.Words().ID(r.revision + ":" + text)
		r.codes[text] = word
		return word, true
	case digits && (len(text) == 2 || len(text) == 4), text == "TOTAL", strings.HasPrefix(text, "AG"), strings.HasPrefix(text, "9999"):
		r.sink.PassOver(aggregateRule)
	case digits && (len(text) == 1 || len(text) == 3 || len(text) == 5):
		in.reject(code, loader.BadCode, "it has an odd number of digits: a spreadsheet may have taken the leading zero away")
	default:
		in.reject(code, loader.BadCode, "codes of the Harmonized System have two, four or six digits")
	}
	return 0, false
}

// country returns the word of a country's id; false where the row is not about
// a country.
func (r *reader) country(in rows, number, iso, name column) (word uint32, ok bool) {
	column := number
	text := in.text(number)
	if text == "" {
		if text, column = in.text(iso), iso; text == "" {
			text, column = in.text(name), name
		}
	}
	p, known := r.places[text]
	if !known {
		p = r.place(text)
		r.places[text] = p
	}
	switch {
	case text == "":
		in.reject(number, loader.Missing, "")
	case p.rule != "":
		r.sink.PassOver(p.rule)
	case p.fault != "":
		in.reject(column, loader.NoCountry, p.fault)
	default:
		return p.word, true
	}
	return 0, false
}

func (r *reader) place(text string) place {
	switch text {
	case "0", "W00", "WLD", "World":
		return place{rule: worldRule}
	}
	found, err := r.Countries.Find(text, country.Comtrade, r.year)
	switch {
	case err != nil:
		return place{fault: err.Error()}
	case found.Kind == country.Group:
		return place{rule: groupRule}
	}
	return place{word: r.sink.Words().ID(found.ID)}
}

// amounts reads value and mass.
func (r *reader) amounts(in rows, to *mirror.Report) (ok bool) {
	var mass float64
	var estimated bool
	if to.ValueUSD, ok = number(in, value, 0, r.usd); !ok {
		return false
	}
	if mass, ok = number(in, netWeight, -3, r.mass); !ok {
		return false
	}
	estimated = isTrue(in.text(netWeightEstimated))
	if math.IsNaN(mass) && isKilogram(in) {
		if mass, ok = number(in, quantity, -3, r.mass); !ok {
			return false
		}
		estimated = isTrue(in.text(quantityEstimated))
	}
	if mass == 0 && to.ValueUSD > 0 { // goods that have a value weigh something
		mass = math.NaN()
	}
	if math.IsNaN(to.ValueUSD) && math.IsNaN(mass) {
		in.reject(value, loader.Missing, "neither a value nor a mass is known")
		return false
	}
	to.Tonnes, to.Estimated = mass, estimated && !math.IsNaN(mass)
	return true
}

func isKilogram(in rows) bool {
	return in.text(unit) == "8" || strings.EqualFold(in.text(unitName), "kg") || strings.EqualFold(in.text(unitName), "Weight in kilograms")
}

// number reads an amount in units of 10^power of the field; NaN where it is
// blank. A value that is wrong rejects the row.
func number(in rows, c column, power int, f graph.Field) (v float64, ok bool) {
	text := in.text(c)
	if text == "" || text == "NA" || text == "N/A" {
		return math.NaN(), true
	}
	v, reason := loader.FloatIn(text, power)
	if reason == "" {
		reason = loader.Within(f, v)
	}
	if reason != "" {
		in.reject(c, reason, "")
		return 0, false
	}
	return v, true
}
