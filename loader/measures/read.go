package measures

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/terms"
)

// notices reads the tables, of a few dozen rows in all.
type notices struct {
	Options
	sink                    *loader.Sink
	measure, covers         *graph.Kind
	materials, products     terms.Table
	hasMaterial, hasProduct terms.Known
	seen                    map[string]bool
	unknown                 []string // words that are in no table of words
}

func newNotices(ctx context.Context, sink *loader.Sink, o Options) (n *notices, err error) {
	schema := graph.NewSchema()
	n = &notices{Options: o, sink: sink, measure: schema.Kind(graph.Measure), covers: schema.Kind(graph.Covers), seen: map[string]bool{}}
	if n.materials, err = terms.Read(materialsCSV); err != nil {
		return nil, err
	}
	if n.products, err = terms.Read(productsCSV); err != nil {
		return nil, err
	}
	if n.hasMaterial, err = terms.KnownOf(ctx, o.Store, graph.Material); err != nil {
		return nil, err
	}
	n.hasProduct, err = terms.KnownOf(ctx, o.Store, graph.Product)
	return n, err
}

func (n *notices) read(files []input) error {
	for _, f := range files {
		t, err := n.sink.OpenLayout(f.Input, loader.Layout{Required: f.table.required})
		if err != nil {
			return err
		}
		for t.Next() {
			f.table.read(n, t)
		}
		if err := t.Close(); err != nil {
			return err
		}
	}
	if len(n.unknown) > 0 {
		n.sink.Note("not linked to a material or product, as the loader does not know the words: %s", strings.Join(n.unknown, ", "))
	}
	return nil
}

// id checks the id of a measure, which must be one and stand once.
func (n *notices) id(t *loader.Table, column, id string) bool {
	switch {
	case id == "":
		t.Reject(column, loader.Missing, "")
	case !graph.ValidID(id):
		t.Reject(column, loader.BadID, "")
	case n.seen[id]:
		t.Reject(column, loader.Repeated, "")
	default:
		return true
	}
	return false
}

// isDate reports whether a text is a day, a month or a year.
func isDate(text string) bool {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

// dates checks columns that hold a date or nothing.
func dates(t *loader.Table, columns ...string) bool {
	for _, column := range columns {
		if text := t.Text(column); text != "" && !isDate(text) {
			t.Reject(column, loader.NotDate, "")
			return false
		}
	}
	return true
}

var suspension = regexp.MustCompile(`^suspended (\S+)(?: \([^()]*\))? to (\S+)$`)

// end reads until: the last day in force, or the days of a suspension.
func end(text string) (until, suspendedFrom, suspendedUntil string, ok bool) {
	if m := suspension.FindStringSubmatch(text); m != nil {
		return "", m[1], m[2], isDate(m[1]) && isDate(m[2])
	}
	return text, "", "", text == "" || isDate(text)
}

var kindOf = regexp.MustCompile(`^(licence|ban)\b`)

// cover is what a measure is about.
type cover struct{ material, product, code string }

// control reads an export control.
func (n *notices) control(t *loader.Table) {
	id := t.Text("id")
	if !n.id(t, "id", id) || !dates(t, "announced", "effective") {
		return
	}
	by, err := n.Countries.Resolve(t.Text("country"), country.Any, 0)
	if err != nil {
		t.Reject("country", loader.NoCountry, err.Error())
		return
	}
	until, suspendedFrom, suspendedUntil, ok := end(t.Text("until"))
	if !ok {
		t.Reject("until", loader.NotDate, "a day, or suspended 2025-11-09 to 2026-11-27")
		return
	}
	covers, ok := n.about(t, by)
	if !ok {
		return
	}
	n.seen[id] = true
	row := n.sink.Row(n.measure, t.File(), t.Line())
	row.SetText("id", id)
	row.SetText("country", by)
	row.SetText("kind", kindOf.FindString(strings.ToLower(t.Text("scope"))))
	row.SetText("notice", t.Text("authority_notice"))
	row.SetText("announced", t.Text("announced"))
	row.SetText("from", t.Text("effective"))
	row.SetText("until", until)
	row.SetText("suspended_from", suspendedFrom)
	row.SetText("suspended_until", suspendedUntil)
	row.SetText("goods", strings.Join(split(t.Text("materials")), ", "))
	row.SetText("scope", t.Text("scope"))
	row.SetText("source", t.Text("source_url"))
	for _, c := range covers {
		row := n.sink.Beside(n.covers, t.File(), t.Line())
		row.SetText("measure", id)
		row.SetText("material", c.material)
		row.SetText("product", c.product)
		row.SetText("code", c.code)
		row.SetText("source", t.Text("source_url"))
	}
}

// split takes apart what | separates.
func split(text string) (parts []string) {
	for part := range strings.SplitSeq(text, "|") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// about returns what an export control is about. It rejects a row with a code
// that is none, or with a material that the store lacks.
func (n *notices) about(t *loader.Table, by string) (covers []cover, ok bool) {
	words := split(t.Text("materials"))
	for _, word := range words {
		plain, _, _ := strings.Cut(word, " (")
		materials, known := n.materials.Find(word)
		if !known {
			materials, known = n.materials.Find(plain)
		}
		products, _ := n.products.Find(plain)
		if lacks := n.hasMaterial.Missing(materials...) + n.hasProduct.Missing(products...); lacks != "" {
			t.Reject("materials", loader.NoReference, lacks)
			return nil, false
		}
		if !known && !slices.Contains(n.unknown, word) {
			n.unknown = append(n.unknown, word)
		}
		for _, id := range materials {
			covers = append(covers, cover{material: id})
		}
		for _, id := range products {
			covers = append(covers, cover{product: id})
		}
	}
	only := cover{} // what the codes are of, where that is one thing
	if len(words) == 1 && len(covers) == 1 {
		only = covers[0]
	}
	for _, text := range split(t.Text("hs_reference_codes")) {
		year, _, _ := strings.Cut(t.Text("announced"), "-")
		c := only
		c.code = by + year + ":" + text
		if _, _, ok := graph.SplitCode(c.code); !ok || len(text) < 6 || year == "" {
			t.Reject("hs_reference_codes", loader.BadCode, fmt.Sprintf("%q: codes are of six digits or more, and of the year of the notice", text))
			return nil, false
		}
		if !slices.Contains(covers, c) {
			covers = append(covers, c)
		}
	}
	return covers, true
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

// list reads a list of companies and bodies that the Ministry of Commerce of
// China made known.
func (n *notices) list(t *loader.Table) {
	id := strings.Trim(notID.ReplaceAllString(strings.ToLower(t.Text("notice")), "-"), "-")
	if !n.id(t, "notice", id) || !dates(t, "date") {
		return
	}
	var targets []string
	for part := range strings.SplitSeq(t.Text("target"), "/") {
		target, err := n.Countries.Resolve(strings.TrimSpace(part), country.Any, 0)
		if err != nil {
			t.Reject("target", loader.NoCountry, err.Error())
			return
		}
		targets = append(targets, target)
	}
	entities, why := loader.Int(t.Text("entities"))
	if why == "" {
		why = loader.Within(n.measure.Fields[n.measure.Field("entities")], float64(entities))
	}
	if why != "" {
		t.Reject("entities", why, "")
		return
	}
	n.seen[id] = true
	row := n.sink.Row(n.measure, t.File(), t.Line())
	row.SetText("id", id)
	row.SetText("country", "CHN")
	row.SetText("kind", t.Text("list_type"))
	row.SetText("notice", t.Text("notice"))
	row.SetText("announced", t.Text("date"))
	row.SetText("targets", strings.Join(targets, ";"))
	row.SetInt("entities", entities)
	row.SetText("source", t.Text("url"))
}

// event reads another event. What it does is not classified: its words say.
func (n *notices) event(t *loader.Table) {
	id := t.Text("id")
	if !n.id(t, "id", id) || !dates(t, "date") {
		return
	}
	name, _, _ := strings.Cut(t.Text("actor"), " (")
	by, err := n.Countries.Resolve(name, country.Any, 0)
	if _, ok := n.Countries.Place(name); err != nil && ok {
		by, err = "", nil // a group, such as the European Union: notice names it
	}
	if err != nil {
		t.Reject("actor", loader.NoCountry, err.Error())
		return
	}
	n.seen[id] = true
	row := n.sink.Row(n.measure, t.File(), t.Line())
	row.SetText("id", id)
	row.SetText("country", by)
	row.SetText("notice", t.Text("actor"))
	row.SetText("announced", t.Text("date"))
	row.SetText("goods", t.Text("materials_or_goods"))
	row.SetText("scope", t.Text("event"))
	row.SetText("source", t.Text("source_url"))
}
