package mirror

import (
	"cmp"
	"math"
	"slices"

	"tiermap/graph"
	"tiermap/loader"
)

// Report is what one side says of a flow: one row of a file.
type Report struct {
	Exporter, Importer, Code, File uint32 // words of the sink
	Line                           int32
	Contained                      uint32 // word of the material that Tonnes count; 0: gross
	Part                           uint32 // Sum: tells the parts of a flow apart, such as its months
	ByImporter                     bool
	Total                          bool // the row holds the whole flow, whatever details stand beside it
	Estimated                      bool // the mass is estimated
	ValueUSD, Tonnes               float64
}

// Combine says what becomes of several rows of one side about one flow.
type Combine int

const (
	// Largest is for the whole and its details. A row that is the Total
	// counts; without one, that of the highest value does, never the sum.
	Largest Combine = iota
	// Sum is for parts, such as months, which are added up. Where some are the
	// Total (of a year), they are its parts and the others are passed over. A Part
	// that several files hold is taken from the first of them.
	Sum
)

// The rules by which rows are passed over.
const (
	detailRule = "a detail or a repetition of a flow whose total, or largest, row counts"
	partRule   = "a part of the year's flow, added to the row of its first part"
	mirrorRule = "the exporter's report of a flow that the importer reports too: it stands beside the importer's"
)

// Where the figures of a row come from.
const (
	byImporter   = "importer's report"
	byExporter   = "exporter's report, for the importer reports nothing"
	massExporter = "importer's report, mass from the exporter's report"
	massImporter = "importer's report, value from the exporter's report"
)

// Flows gathers the reports of one year and writes one row for each flow.
// Memory is bounded: beyond a few million rows, reports wait on disk.
type Flows struct {
	sink    *loader.Sink
	year    int32
	combine Combine
	spool   spool
	trades  *graph.Kind
	fields  fields
	batch   *graph.Batch
	sources [4]uint32
	basis   uint32 // the word contained
	noTotal int
}

// fields are where the columns of a trade row stand.
type fields struct {
	year, exporter, importer, code, value, tonnes, discrepancy, by, mirrorValue, mirrorTonnes, source, estimated, file, line, basis, material int
}

// New returns Flows of a year that write into the sink.
func New(sink *loader.Sink, year int, combine Combine) *Flows {
	k := graph.NewSchema().Kind(graph.Trades)
	f := &Flows{sink: sink, year: int32(year), combine: combine, trades: k, fields: fields{ //nolint:gosec // a calendar year
		k.Field("year"), k.Field("exporter"), k.Field("importer"), k.Field("code"), k.Field("value_usd"), k.Field("tonnes"),
		k.Field("error"), k.Field("reported_by"), k.Field("mirror_value_usd"), k.Field("mirror_tonnes"),
		k.Field("source"), k.Field("estimated"), k.Field("file"), k.Field("line"), k.Field("basis"), k.Field("material")}}
	f.basis = sink.Words().ID("contained")
	for i, text := range []string{byImporter, byExporter, massExporter, massImporter} {
		f.sources[i] = sink.Words().ID(text)
	}
	return f
}

// Add takes a report. An error is a disk that is full.
func (f *Flows) Add(r Report) error { return f.spool.add(r) }

// Write reconciles what was added and writes it. Call it once.
func (f *Flows) Write() error {
	importer, exporter := f.sink.Words().ID("importer"), f.sink.Words().ID("exporter")
	err := f.spool.each(func(reports []Report) error {
		slices.SortFunc(reports, compare)
		for len(reports) > 0 {
			n := 1
			for n < len(reports) && sameFlow(reports[n], reports[0]) {
				n++
			}
			if err := f.flow(reports[:n], importer, exporter); err != nil {
				return err
			}
			reports = reports[n:]
		}
		return f.sink.Err()
	})
	if err != nil {
		return err
	}
	if f.batch != nil {
		err = f.sink.Write(f.batch)
	}
	if f.noTotal > 0 {
		f.sink.Note("%d flows have details but no total row: the largest of their rows counts, and is marked estimated", f.noTotal)
	}
	return err
}

// Discard removes what waits on disk. It may follow Write.
func (f *Flows) Discard() { f.spool.remove() }

// compare orders reports by flow, the importer's first; the one that counts
// stands before its details.
func compare(a, b Report) int {
	return cmp.Or(cmp.Compare(a.Exporter, b.Exporter), cmp.Compare(a.Importer, b.Importer), cmp.Compare(a.Code, b.Code),
		-compareBool(a.ByImporter, b.ByImporter), -compareBool(a.Total, b.Total),
		-cmp.Compare(a.ValueUSD, b.ValueUSD), -cmp.Compare(a.Tonnes, b.Tonnes), // NaN is less than any number
		cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func sameFlow(a, b Report) bool {
	return a.Exporter == b.Exporter && a.Importer == b.Importer && a.Code == b.Code
}

// flow writes the row of one flow, of which these are the reports in order.
func (f *Flows) flow(reports []Report, importer, exporter uint32) error {
	imports := 0
	for imports < len(reports) && reports[imports].ByImporter {
		imports++
	}
	var first Report
	other, by, source := none, importer, f.sources[0]
	switch imports {
	case 0:
		first, by, source = f.combined(reports), exporter, f.sources[1]
	case len(reports):
		first = f.combined(reports)
	default:
		first, other = f.combined(reports[:imports]), f.combined(reports[imports:])
		f.sink.PassOver(mirrorRule)
	}
	e := discrepancy(first, other)
	switch {
	case math.IsNaN(first.Tonnes) && !math.IsNaN(other.Tonnes):
		first.Tonnes, first.Estimated, source = other.Tonnes, other.Estimated, f.sources[2]
	case math.IsNaN(first.ValueUSD) && !math.IsNaN(other.ValueUSD):
		first.ValueUSD, source = other.ValueUSD, f.sources[3]
	}
	b := f.room()
	b.Add()
	i, c, at := b.Len-1, b.Columns, f.fields
	c[at.year].Int[i], c[at.line].Int[i] = f.year, first.Line
	c[at.exporter].Word[i], c[at.importer].Word[i], c[at.code].Word[i] = first.Exporter, first.Importer, first.Code
	c[at.by].Word[i], c[at.source].Word[i], c[at.file].Word[i] = by, source, first.File
	c[at.value].Float[i], c[at.tonnes].Float[i] = first.ValueUSD, first.Tonnes
	c[at.mirrorValue].Float[i], c[at.mirrorTonnes].Float[i] = other.ValueUSD, other.Tonnes
	if first.Contained != 0 && !math.IsNaN(first.Tonnes) {
		c[at.basis].Word[i], c[at.material].Word[i] = f.basis, first.Contained
	}
	c[at.discrepancy].Float[i], c[at.estimated].Bool[i] = e, first.Estimated
	return nil
}

// none is the report of a side that makes none.
var none = Report{ValueUSD: math.NaN(), Tonnes: math.NaN()}

// room returns the batch with room for a row.
func (f *Flows) room() *graph.Batch {
	const rows = 8192
	if f.batch != nil && f.batch.Len >= rows {
		_ = f.sink.Write(f.batch) // Sink.Err tells
		f.batch = nil
	}
	if f.batch == nil {
		f.batch = f.sink.Batch(f.trades)
	}
	return f.batch
}

// combined makes one report of the rows of one side.
func (f *Flows) combined(reports []Report) Report {
	if f.combine == Sum {
		return f.sum(reports)
	}
	r := reports[0]
	for range reports[1:] {
		f.sink.PassOver(detailRule)
	}
	if !r.Total {
		f.noTotal++
		r.Estimated = true
	}
	return r
}

// sum adds parts up. Where part of the mass is not known, the sum of the others
// is the least that it can be, and estimated.
func (f *Flows) sum(reports []Report) Report {
	if totals := slices.IndexFunc(reports, func(r Report) bool { return !r.Total }); totals > 0 {
		for range reports[totals:] {
			f.sink.PassOver(detailRule)
		}
		reports = reports[:totals]
	}
	// in the order of the files, so that the same files give the same last digit
	slices.SortFunc(reports, func(a, b Report) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	all := Report{}
	for i := 0; i < len(reports); {
		first := i == 0
		part := reports[i]
		for i++; i < len(reports) && reports[i].Part == part.Part; i++ {
			if r := reports[i]; r.File != part.File {
				f.sink.PassOver(detailRule)
			} else {
				part = part.plus(r)
				f.sink.PassOver(partRule)
			}
		}
		if first {
			all = part
			continue
		}
		if math.IsNaN(part.Tonnes) != math.IsNaN(all.Tonnes) {
			all.Estimated = true
		}
		all = all.plus(part)
		f.sink.PassOver(partRule)
	}
	return all
}

// plus adds a report of the same flow. The sum stands where the first of them does.
func (r Report) plus(other Report) Report {
	if cmp.Or(cmp.Compare(other.File, r.File), cmp.Compare(other.Line, r.Line)) < 0 {
		r.File, r.Line = other.File, other.Line
	}
	r.ValueUSD, r.Tonnes = plus(r.ValueUSD, other.ValueUSD), plus(r.Tonnes, other.Tonnes)
	r.Estimated = r.Estimated || other.Estimated
	return r
}

// plus adds two numbers of which one, or both, may not be known.
func plus(a, b float64) float64 {
	switch {
	case math.IsNaN(a):
		return b
	case math.IsNaN(b):
		return a
	}
	return a + b
}

// discrepancy is |a - b| / (a + b) of the two masses, else of the two values;
// NaN where neither is known of both.
func discrepancy(a, b Report) float64 {
	for _, pair := range [][2]float64{{a.Tonnes, b.Tonnes}, {a.ValueUSD, b.ValueUSD}} {
		if sum := pair[0] + pair[1]; sum > 0 {
			return math.Abs(pair[0]-pair[1]) / sum
		}
	}
	return math.NaN()
}
