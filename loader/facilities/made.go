package facilities

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/entity"
)

// output is what a plant makes, could make or takes in in a year.
type output struct {
	plant     string // id
	year      int
	product   string
	contained string
}

// made is how much of it, of the rows of the lowest rank.
type made struct {
	rank      int
	tonnes    float64 // NaN: not known
	amounts   []float64
	estimated bool
	source    string
	file      string
	line      int
	rows      int
}

// The facts that are gathered before they are written, by table: one plant and
// year can have several rows of one product.
const (
	produced = "production"
	taken    = "intake"
	possible = "capacity"
)

// gather adds a row to what it is about: rows of a lower rank take its place,
// those of the same rank are added, those of a higher rank passed over.
func (r *release) gather(what string, o output, m made) {
	if r.productOf[what] == nil {
		r.productOf[what] = map[output]*made{}
	}
	old := r.productOf[what][o]
	switch {
	case old == nil:
		m.rows, m.amounts = 1, []float64{m.tonnes}
		r.productOf[what][o] = &m
		return
	case m.rank > old.rank:
		r.sink.PassOver(laterStage)
		return
	case m.rank < old.rank:
		for range old.rows {
			r.sink.PassOver(laterStage)
		}
		m.rows, m.amounts = 1, []float64{m.tonnes}
		*old = m
		return
	}
	old.rows++
	old.estimated = old.estimated || m.estimated
	switch {
	case what == taken && slices.Contains(old.amounts, m.tonnes): // the input of several outputs
	case math.IsNaN(old.tonnes):
		old.tonnes = m.tonnes
	case !math.IsNaN(m.tonnes):
		old.tonnes += m.tonnes
	}
	old.amounts = append(old.amounts, m.tonnes)
}

const (
	laterStage = "masses that another row of the same plant, year and product tells at a stage that counts first"
	added      = "rows that were added to another of the same plant, year and product"
	noAmount   = "rows of commodities without a mass: grades and rates only"
)

// content is a row of commodities: how much of a commodity was in what was mined.
func (r *release) content(t *loader.Table) {
	p, year := r.plantAndYear(t)
	if p == nil {
		return
	}
	g, rule, ok := r.lookup(commodity{"commodities", class(t.Text("material")), t.Text("commodity")})
	if !ok {
		r.sink.PassOver(rule)
		return
	}
	tonnes, ok := amount(t, "value_tonnes")
	switch {
	case !ok:
	case math.IsNaN(tonnes):
		r.sink.PassOver(noAmount)
	default:
		r.gather(produced, output{p.id, year, g.product, g.contained}, r.made(t, g, tonnes))
	}
}

func (r *release) made(t *loader.Table, g good, tonnes float64) made {
	source := r.cite(t.Text("source_id"), t.Text("reporting_period"))
	return made{rank: g.rank, tonnes: tonnes * g.factor, estimated: estimated(t.Text("comment"), source), source: source, file: t.File(), line: t.Line()}
}

// processing is a row of processing: an output and the input that it is of.
func (r *release) processing(t *loader.Table) {
	p, year := r.plantAndYear(t)
	if p == nil {
		return
	}
	out, rule, isOut := r.lookup(commodity{"output", "", plain(t.Text("output"))})
	in, _, isIn := r.lookup(commodity{"input", "", plain(t.Text("input"))})
	if !isOut && !isIn {
		r.sink.PassOver(rule)
		return
	}
	outTonnes, ok := amount(t, "output_value_tonnes")
	if !ok {
		return
	}
	inTonnes, ok := amount(t, "input_value_tonnes")
	if !ok {
		return
	}
	switch {
	case isOut && isIn:
		r.gather(produced, output{p.id, year, out.product, out.contained}, r.made(t, out, outTonnes))
		r.gatherBeside(output{p.id, year, in.product, in.contained}, r.made(t, in, inTonnes))
	case isOut:
		r.gather(produced, output{p.id, year, out.product, out.contained}, r.made(t, out, outTonnes))
	default:
		r.gather(taken, output{p.id, year, in.product, in.contained}, r.made(t, in, inTonnes))
	}
}

// gatherBeside gathers the input of a row that counts for its output already.
func (r *release) gatherBeside(o output, m made) {
	if r.productOf[taken] == nil {
		r.productOf[taken] = map[output]*made{}
	}
	if old := r.productOf[taken][o]; old == nil || old.rank != m.rank {
		m.amounts = []float64{m.tonnes}
		r.productOf[taken][o] = &m
		return
	}
	r.gather(taken, o, m)
	r.productOf[taken][o].rows--
}

func (r *release) capacity(t *loader.Table) {
	p, year := r.plantAndYear(t)
	if p == nil {
		return
	}
	g, rule, ok := r.lookup(commodity{"capacity", class(t.Text("material")), t.Text("commodity")})
	if !ok {
		r.sink.PassOver(rule)
		return
	}
	tonnes, ok := amount(t, "value_tpa")
	switch {
	case !ok:
	case math.IsNaN(tonnes):
		t.Reject("value_tpa", loader.Missing, "")
	default:
		r.gather(possible, output{p.id, year, g.product, ""}, r.made(t, g, tonnes))
	}
}

// writeMade writes what was gathered. A row of the file that another one was
// added to is passed over: it is in that one's mass.
func (r *release) writeMade() {
	for _, what := range []string{produced, taken, possible} {
		kind := r.schema.Kind(what)
		all := r.productOf[what]
		for _, o := range slices.SortedFunc(maps.Keys(all), func(a, b output) int {
			return cmp.Or(cmp.Compare(all[a].file, all[b].file), all[a].line-all[b].line, cmp.Compare(a.product, b.product), cmp.Compare(a.contained, b.contained))
		}) {
			m := all[o]
			add := r.sink.Row
			if m.rows == 0 { // the row counts for its output
				add = r.sink.Beside
			}
			row := add(kind, m.file, m.line)
			for range m.rows - 1 {
				r.sink.PassOver(added)
			}
			row.SetText("facility", o.plant)
			row.SetInt("year", o.year)
			row.SetText("product", o.product)
			row.SetFloat("tonnes", m.tonnes)
			row.SetText("source", m.source)
			row.SetBool("estimated", m.estimated)
			if what == produced && o.contained != "" {
				row.SetText("basis", "contained")
				row.SetText("material", o.contained)
			}
		}
	}
}

// transport is a row of transport: what left a plant, and where to.
func (r *release) transport(t *loader.Table) {
	p := r.plants[t.Text("facility_id")]
	if p == nil {
		t.Reject("facility_id", loader.NoReference, "facilities.csv has no row of it that was accepted")
		return
	}
	product := ""
	if text := t.Text("product"); text != "" {
		g, rule, ok := r.lookup(commodity{"transport", "", text})
		if !ok {
			r.sink.PassOver(rule)
			return
		}
		product = g.product
	}
	year := graph.NoInt
	if text := t.Text("year"); text != "" {
		var wrong loader.Reason
		if year, wrong = loader.Int(text); wrong != "" {
			t.Reject("year", wrong, "")
			return
		}
	}
	abroad := plain(t.Text("export"))
	if abroad != "" && abroad != "yes" && abroad != "no" {
		t.Reject("export", loader.NotAllowed, "Yes, No or blank")
		return
	}
	tonnes, ok := amount(t, "value_tonnes")
	if !ok {
		return
	}
	key := shipmentKey{year, p.id, product, t.Text("transport_to"), t.Text("transport_by"), t.Text("export_to")}
	if old := r.shipped[key]; old != nil { // another grade of the same
		r.sink.PassOver("rows that were added to another of the same plant, year, product and way")
		if math.IsNaN(old.tonnes) {
			old.tonnes = tonnes
		} else if !math.IsNaN(tonnes) {
			old.tonnes += tonnes
		}
		return
	}
	source := r.cite(t.Text("source_id"), t.Text("reporting_period"))
	s := &shipment{key, abroad, r.destination(t.Text("transport_to"), p), tonnes, source, estimated(t.Text("comment"), source), t.Line()}
	r.shipped[key] = s
	r.shipments = append(r.shipments, s)
}

// shipment is what left a plant in a year in one way.
type shipment struct {
	shipmentKey
	abroad     string
	toFacility string
	tonnes     float64 // NaN: not known
	source     string
	estimated  bool
	line       int
}

type shipmentKey struct {
	year                                   int
	plant, product, destination, means, to string
}

func (r *release) writeShipments() {
	for _, s := range r.shipments {
		row := r.sink.Row(r.schema.Kind(graph.Transports), r.files["transport"].Name, s.line)
		row.SetText("facility", s.plant)
		if s.year != graph.NoInt {
			row.SetInt("year", s.year)
		}
		row.SetText("product", s.product)
		row.SetText("destination", s.destination)
		row.SetText("to_facility", s.toFacility)
		row.SetText("means", s.means)
		row.SetText("abroad", s.abroad)
		row.SetText("exported_to", s.to)
		row.SetFloat("tonnes", s.tonnes)
		row.SetText("source", s.source)
		row.SetBool("estimated", s.estimated)
	}
}

// destination is the plant of that name in the country of the one that it left,
// where there is one only; "" else.
func (r *release) destination(text string, from *plant) string {
	n := entity.Parse(text)
	if n.Full == "" {
		return ""
	}
	found := ""
	for _, p := range r.order {
		if p.country != from.country || p == from {
			continue
		}
		same := entity.Parse(p.name).Compact == n.Compact
		for _, alias := range p.aliases {
			same = same || entity.Parse(alias).Compact == n.Compact
		}
		if !same {
			continue
		}
		if found != "" {
			return ""
		}
		found = p.id
	}
	return found
}
