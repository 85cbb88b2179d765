package trademap

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
	worldRule   = "all partners together"
	groupRule   = "a group of countries, on top of its members"
	headingRule = "a chapter or heading: its six-digit codes hold it"
	unitRule    = "an amount without a unit of mass (blank, Mixed, No Quantity)"
	blankRule   = "no amount is given"
	againRule   = "an amount that stands before already (a file that was downloaded twice)"
)

// reader reads the files of one year.
type reader struct {
	*job
	sink   *loader.Sink
	flows  *mirror.Flows
	places map[string]place
	seen   map[key]float64 // the amounts read
	usd    graph.Field
	mass   graph.Field
	lith   bool // masses of contained lithium were read
}

// place is what a name of a country means.
type place struct {
	word  uint32
	rule  string // the row is passed over
	fault string // it means no country
}

// key is what an amount is about.
type key struct {
	exporter, importer, code uint32
	imports, quantity        bool
}

func (j *job) read(sink *loader.Sink) error {
	trades := graph.NewSchema().Kind(graph.Trades)
	r := &reader{job: j, sink: sink, flows: mirror.New(sink, j.year, mirror.Sum), places: map[string]place{}, seen: map[key]float64{},
		usd: trades.Fields[trades.Field("value_usd")], mass: trades.Fields[trades.Field("tonnes")]}
	defer r.flows.Discard()
	for _, f := range j.files {
		if err := r.file(f); err != nil {
			return err
		}
	}
	if r.lith {
		sink.Note("253090 of joined files counts contained lithium")
	}
	return r.flows.Write()
}

func (r *reader) file(f *file) error {
	t, err := open(r.sink, f.in, r.Options)
	if err != nil {
		return err
	}
	name := r.sink.Words().ID(f.in.Name)
	for t.Next() {
		for _, e := range t.entries() {
			switch {
			case e.fault != "" && f.first == r.year:
				t.Reject("year", e.fault, "")
			case e.fault == "" && e.year == r.year:
				if err := r.entry(t, e, name); err != nil {
					t.Close()
					return err
				}
			}
		}
	}
	return t.Close()
}

// entry takes one amount of this year.
func (r *reader) entry(t *table, e entry, file uint32) error {
	if rule := passed(e); rule != "" {
		r.sink.PassOver(rule)
		return nil
	}
	if e.flow != "M" && e.flow != "X" {
		t.Reject("flow", loader.NotAllowed, "imports are M, exports X")
		return nil
	}
	if !sixDigits.MatchString(e.code) {
		t.Reject(e.codeAt, loader.BadCode, "codes of the Harmonized System have two, four or six digits")
		return nil
	}
	from, ok := r.country(t, e.reporterAt, e.reporter)
	if !ok {
		return nil
	}
	to, ok := r.country(t, e.partnerAt, e.partner)
	if !ok {
		return nil
	}
	imports := e.flow == "M"
	report := mirror.Report{Exporter: from, Importer: to, Code: r.sink.Words().ID(r.Revision + ":" + e.code), File: file,
		Line: int32(t.Line()), ByImporter: imports != e.mirror, //nolint:gosec // lines are counted
		ValueUSD: math.NaN(), Tonnes: math.NaN()}
	if imports {
		report.Exporter, report.Importer = to, from
	}
	k := key{report.Exporter, report.Importer, report.Code, report.ByImporter, e.quantity}
	v, ok := r.amount(t, e, &report)
	if !ok {
		return nil
	}
	switch before, again := r.seen[k]; {
	case again && before == v:
		r.sink.PassOver(againRule)
		return nil
	case again:
		t.Reject(e.amountAt, loader.Repeated, "another amount of the same flow, year and side stands before")
		return nil
	}
	r.seen[k] = v
	return r.flows.Add(report)
}

// passed is the rule by which an amount is passed over; blank: by none.
func passed(e entry) string {
	known := e.unit == "kUSD" || e.unit == "Tons" || e.unit == "Kilograms" || !e.quantity
	switch partner := strings.ToLower(e.partner); {
	case partner == "world", partner == "total":
		return worldRule
	case len(e.code) == 2 || len(e.code) == 4:
		return headingRule
	case e.amount == "":
		return blankRule
	case !known, strings.EqualFold(e.amount, "No Quantity"):
		return unitRule
	}
	return ""
}

// country returns the word of a country's id; false where the name means none.
func (r *reader) country(t *table, column, text string) (word uint32, ok bool) {
	p, known := r.places[text]
	if !known {
		p = r.place(text)
		r.places[text] = p
	}
	switch {
	case text == "":
		t.Reject(column, loader.Missing, "")
	case p.rule != "":
		r.sink.PassOver(p.rule)
	case p.fault != "":
		t.Reject(column, loader.NoCountry, p.fault)
	default:
		return p.word, true
	}
	return 0, false
}

func (r *reader) place(text string) place {
	found, err := r.Countries.Find(text, country.TradeMap, r.year)
	if err != nil { // two blanks stand for a comma
		found, err = r.Countries.Find(strings.ReplaceAll(text, "  ", ", "), country.TradeMap, r.year)
	}
	switch {
	case err != nil:
		return place{fault: err.Error()}
	case found.Kind == country.Group:
		return place{rule: groupRule}
	}
	return place{word: r.sink.Words().ID(found.ID)}
}

// amount reads the number of an entry.
func (r *reader) amount(t *table, e entry, to *mirror.Report) (v float64, ok bool) {
	target, field, power := &to.ValueUSD, r.usd, 3
	if e.quantity {
		target, field, power = &to.Tonnes, r.mass, 0
		if e.unit == "Kilograms" {
			power = -3
		}
	}
	v, reason := loader.FloatIn(e.amount, power)
	if reason == "" {
		reason = loader.Within(field, v)
	}
	if reason != "" {
		t.Reject(e.amountAt, reason, "")
		return 0, false
	}
	*target = v
	if e.quantity && e.content {
		to.Contained = r.sink.Words().ID("lithium")
		r.lith = true
	}
	return v, true
}
