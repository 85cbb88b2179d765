package facilities

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/entity"
)

// release is what is gathered of the tables before it is written: a few thousand
// plants and owners.
type release struct {
	Options
	schema *graph.Schema
	files  map[string]loader.Input

	sink      *loader.Sink
	book      *entity.Book
	plants    map[string]*plant // by the source's id
	order     []*plant
	stakes    []*stake
	sources   map[string]string
	goods     map[commodity]good
	known     map[string]bool // products that the store has; nil: all are
	missing   map[string]bool // products that it has not, and that would have been loaded
	productOf map[string]map[output]*made
	shipments []*shipment
	shipped   map[shipmentKey]*shipment
}

// plant is a row of facilities.
type plant struct {
	source              string // id
	id                  string // of the facility, after resolution
	name                string
	aliases             []string
	country             string
	latitude, longitude float64
	activity, status    string
	partOf              string // the source's id
	operator            string // as written
	operatorYear        int
	written             entity.Written
	sourceID            string
}

// stake is one owner in a row of ownership.
type stake struct {
	plant *plant
	holding
	year     int
	line     int
	first    bool // of its row
	written  entity.Written
	sourceID string
}

// reset makes the release ready to be read, again if need be.
func (r *release) reset(sink *loader.Sink) {
	r.sink, r.book = sink, entity.NewBook(r.Resolve)
	r.plants, r.order, r.stakes = map[string]*plant{}, nil, nil
	r.sources, r.missing = map[string]string{}, map[string]bool{}
	r.productOf = map[string]map[output]*made{}
	r.shipments, r.shipped = nil, map[shipmentKey]*shipment{}
}

func (r *release) read(ctx context.Context, sink *loader.Sink) error {
	r.reset(sink)
	if err := r.products(ctx); err != nil {
		return err
	}
	for _, step := range []struct {
		table    string
		required []string
		row      func(*loader.Table)
	}{
		{"source_ids", []string{"source_id", "sources"}, r.source},
		{"facilities", []string{"facility_id", "facility_name", "country", "geom"}, r.facility},
		{"ownership", []string{"facility_id", "year", "owners", "operators"}, r.ownership},
	} {
		if err := r.table(step.table, step.required, step.row); err != nil {
			return err
		}
	}
	if err := r.book.Read(ctx, r.Store, dataset); err != nil {
		return err
	}
	r.book.Settle()
	r.write()
	for _, step := range []struct {
		table    string
		required []string
		row      func(*loader.Table)
	}{
		{"commodities", []string{"facility_id", "year", "material", "commodity", "value_tonnes"}, r.content},
		{"processing", []string{"facility_id", "year", "input", "output", "output_value_tonnes"}, r.processing},
		{"capacity", []string{"facility_id", "year", "material", "commodity", "value_tpa"}, r.capacity},
		{"transport", []string{"facility_id", "year", "product", "value_tonnes", "transport_to"}, r.transport},
	} {
		if err := r.table(step.table, step.required, step.row); err != nil {
			return err
		}
	}
	r.writeMade()
	r.writeShipments()
	r.notes()
	return nil
}

// products reads which products the store knows.
func (r *release) products(ctx context.Context) error {
	if r.Store == nil {
		return nil
	}
	snapshot, err := r.Store.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snapshot.Close()
	r.known = map[string]bool{}
	return snapshot.Read(ctx, graph.Query{Kind: graph.Product, Fields: []string{"id"}}, func(b *graph.Batch) error {
		for i := range b.Len {
			r.known[b.Row(i).Text("id")] = true
		}
		return nil
	})
}

// table reads the rows of one of the files, where it is there.
func (r *release) table(name string, required []string, row func(*loader.Table)) error {
	in, ok := r.files[name]
	if !ok {
		return nil
	}
	t, err := r.sink.OpenLayout(in, loader.Layout{Required: required})
	if err != nil {
		return err
	}
	for t.Next() {
		row(t)
	}
	return t.Close()
}

// source notes what a source id stands for. Sources are no facts of their own.
func (r *release) source(t *loader.Table) {
	r.sources[t.Text("source_id")] = t.Text("sources")
	r.sink.PassOver("rows of source_ids: they stand beside the facts that they are the source of")
}

// cite is the source of a row.
func (r *release) cite(id, comment string) string {
	text := cmp.Or(r.sources[id], id)
	if comment != "" {
		text += "; reporting period " + comment
	}
	return text
}

func (r *release) facility(t *loader.Table) {
	id := t.Text("facility_id")
	p := &plant{source: id, id: "jasansky-" + id, name: cmp.Or(t.Text("sub_site_name"), t.Text("facility_name")),
		activity: t.Text("facility_type"), status: t.Text("activity_status"), sourceID: t.Text("source_id")}
	if !graph.ValidID(id) {
		t.Reject("facility_id", loader.BadID, "")
		return
	}
	if r.plants[id] != nil {
		t.Reject("facility_id", loader.Repeated, "")
		return
	}
	if p.name == "" {
		t.Reject("facility_name", loader.Missing, "")
		return
	}
	var err error
	if p.country, err = r.Countries.Resolve(cmp.Or(t.Text("country"), t.Text("GID_0")), country.Any, 0); err != nil {
		t.Reject("country", loader.NoCountry, err.Error())
		return
	}
	var wrong loader.Reason
	if p.latitude, p.longitude, wrong = place(t.Text("geom")); wrong != "" {
		t.Reject("geom", wrong, "coordinates are written c(lon, lat)")
		return
	}
	for _, column := range []string{"facility_other_names", "sub_site_other_names"} {
		for alias := range strings.SplitSeq(t.Text(column), ",") {
			if alias = strings.TrimSpace(strings.ReplaceAll(alias, ";", ",")); alias != "" {
				p.aliases = append(p.aliases, alias)
			}
		}
	}
	if sub := t.Text("sub_site_name"); sub != "" && t.Text("facility_name") != sub {
		p.aliases = append(p.aliases, t.Text("facility_name")+" "+sub)
	}
	if site, part, ok := strings.Cut(id, "."); ok && part != "00" {
		p.partOf = site + ".00"
	}
	if year := t.Text("activity_status_year"); year != "" && p.status != "" {
		p.status += " (" + year + ")"
	}
	p.written = entity.Written{Kind: graph.Facility, Text: p.name, Country: p.country, Latitude: p.latitude, Longitude: p.longitude,
		ID: p.id, File: t.File(), Line: t.Line()}
	r.book.Want(p.written)
	r.plants[id] = p
	r.order = append(r.order, p)
}

// plantAndYear reads what every other table begins with; nil where the row was
// rejected.
func (r *release) plantAndYear(t *loader.Table) (*plant, int) {
	p := r.plants[t.Text("facility_id")]
	if p == nil {
		t.Reject("facility_id", loader.NoReference, "facilities.csv has no row of it that was accepted")
		return nil, 0
	}
	year, wrong := loader.Int(t.Text("year"))
	if wrong == "" && (year < 1000 || year > 2999) {
		wrong = loader.OutOfRange
	}
	if wrong != "" {
		t.Reject("year", wrong, "")
		return nil, 0
	}
	return p, year
}

func (r *release) ownership(t *loader.Table) {
	p, year := r.plantAndYear(t)
	if p == nil {
		return
	}
	operator := t.Text("operators")
	if strings.Contains(operator, "%") { // a sentence about owners
		operator = ""
	}
	text := t.Text("owners")
	if text == "" && operator == "" {
		t.Reject("owners", loader.Missing, "neither an owner nor an operator that can be read")
		return
	}
	var list []holding
	if text != "" {
		var wrong loader.Reason
		var detail string
		if list, wrong, detail = owners(text); wrong != "" {
			t.Reject("owners", wrong, detail)
			return
		}
	}
	want := func(name string) entity.Written {
		w := entity.Written{Kind: graph.Company, Text: name, Latitude: math.NaN(), Longitude: math.NaN(), File: t.File(), Line: t.Line()}
		r.book.Want(w)
		return w
	}
	if operator != "" {
		if want(operator); year >= p.operatorYear {
			p.operator, p.operatorYear = operator, year
		}
	}
	for i, h := range list {
		r.stakes = append(r.stakes, &stake{plant: p, holding: h, year: year, line: t.Line(), first: i == 0, written: want(h.name), sourceID: t.Text("source_id")})
	}
	if len(list) == 0 {
		r.sink.PassOver("rows of ownership that name an operator only: it stands with the plant")
	}
}

// write writes plants, owners and what their names came to.
func (r *release) write() {
	facilities, owns := r.schema.Kind(graph.Facility), r.schema.Kind(graph.Owns)
	for _, p := range r.order {
		p.id = r.book.Answer(p.written).ID
	}
	for _, p := range r.order {
		row := r.sink.Row(facilities, p.written.File, p.written.Line)
		row.SetText("id", p.id)
		row.SetText("name", p.name)
		row.SetText("country", p.country)
		row.SetFloat("latitude", p.latitude)
		row.SetFloat("longitude", p.longitude)
		row.SetText("aliases", strings.Join(p.aliases, ";"))
		row.SetText("activity", p.activity)
		row.SetText("status", p.status)
		row.SetText("source", r.cite(p.sourceID, ""))
		if site := r.plants[p.partOf]; site != nil {
			row.SetText("part_of", site.id)
		}
		if p.operator != "" {
			row.SetText("operator", r.book.Answer(r.company(p.operator)).ID)
		}
	}
	r.ends()
	file := r.files["ownership"].Name
	type key struct{ owner, owned, from string }
	seen := map[key]bool{}
	for _, s := range r.stakes {
		k := key{r.book.Answer(s.written).ID, s.plant.id, cmp.Or(s.from, strconv.Itoa(s.year))}
		if s.until != "" && s.from == "" && s.until <= k.from {
			k.from = ""
		}
		if seen[k] {
			r.skip(s, "owners that two rows name for one plant and year: the first counts")
			continue
		}
		seen[k] = true
		add := r.sink.Beside
		if s.first {
			add = r.sink.Row
		}
		row := add(owns, file, s.line)
		row.SetText("owner", k.owner)
		row.SetText("owned", k.owned)
		row.SetText("from", k.from)
		row.SetText("until", s.until)
		if s.share >= 0 {
			row.SetFloat("share", s.share)
		}
		row.SetText("source", r.cite(s.sourceID, ""))
	}
	r.book.Write(r.sink, r.schema, "Jasansky et al. 2023, owners and operators")
}

// skip passes over a row of which the first owner was there before.
func (r *release) skip(s *stake, rule string) {
	if s.first {
		r.sink.PassOver(rule)
	}
}

// ends ends what is stated for a plant and year where a later year is stated.
func (r *release) ends() {
	years := map[*plant][]int{}
	for _, s := range r.stakes {
		if !slices.Contains(years[s.plant], s.year) {
			years[s.plant] = append(years[s.plant], s.year)
		}
	}
	for _, s := range r.stakes {
		next := 0
		for _, y := range years[s.plant] {
			if y > s.year && (next == 0 || y < next) {
				next = y
			}
		}
		if next > 0 && s.until == "" {
			s.until = strconv.Itoa(next - 1)
		}
	}
}

func (r *release) company(name string) entity.Written {
	return entity.Written{Kind: graph.Company, Text: name}
}

func (r *release) notes() {
	r.sink.Note("%s", r.book.Summary(graph.Company))
	r.sink.Note("%s", r.book.Summary(graph.Facility))
	if missing := slices.Sorted(maps.Keys(r.missing)); len(missing) > 0 {
		r.sink.Note("products that the store does not know, so that rows of them were passed over: %s (tiermap load tables data/catalogue)",
			strings.Join(missing, ", "))
	}
	for _, id := range r.book.Missing() {
		r.sink.Note("a decision names %s, which is not in the store: it was not followed", id)
	}
}

// amount reads a mass in tonnes: NaN where it is blank; ok is false where the row
// was rejected.
func amount(t *loader.Table, column string) (tonnes float64, ok bool) {
	text := t.Text(column)
	if text == "" || text == "NA" {
		return math.NaN(), true
	}
	tonnes, wrong := loader.Float(text)
	if wrong == "" && tonnes < 0 {
		wrong = loader.Negative
	}
	if wrong == "" && tonnes > 1e15 {
		wrong = loader.OutOfRange
	}
	if wrong != "" {
		t.Reject(column, wrong, "")
		return 0, false
	}
	return tonnes, true
}

// estimated reports whether the comment or the source of a row says that its
// figure is an estimate: "Annual report 2018; Estimate (value)".
func estimated(texts ...string) bool {
	for _, text := range texts {
		text = strings.ToLower(text)
		if strings.Contains(text, "estimat") || strings.Contains(text, "approximated") {
			return true
		}
	}
	return false
}

// name of a product in the words of processing.
func plain(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// lookup finds the product of a commodity; ok is false where there is none, and
// the row is then passed over with the rule.
func (r *release) lookup(c commodity) (g good, rule string, ok bool) {
	g, ok = r.goods[c]
	switch {
	case !ok:
		return g, fmt.Sprintf("rows of %s about what is no product of the catalogue (products.csv)", c.table), false
	case r.known != nil && !r.known[g.product]:
		r.missing[g.product] = true
		return g, fmt.Sprintf("rows of %s about products that the store does not know", c.table), false
	}
	return g, "", true
}
