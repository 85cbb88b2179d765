package composition

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/terms"
)

// Rules by which rows are passed over.
const (
	noMaterial = "no material of the catalogue is this one"
	noProduct  = "no product of the catalogue is this technology"
	twice      = "the same row stands before"
	itself     = "the battery itself, which is one of itself"
)

// reader reads one table.
type reader struct {
	Options
	sink                    *loader.Sink
	schema                  *graph.Schema
	materials, products     terms.Table
	hasMaterial, hasProduct terms.Known
	units                   []misprint
	seen                    map[string]bool
	values                  []value
	demands                 []demand
}

// misprint is a value that stands in a column of another unit.
type misprint struct{ technology, material, study, value, unit string }

func newReader(ctx context.Context, sink *loader.Sink, o Options) (r *reader, err error) {
	r = &reader{Options: o, sink: sink, schema: graph.NewSchema(), seen: map[string]bool{}}
	if r.materials, err = terms.Read(materialsCSV); err != nil {
		return nil, err
	}
	if r.products, err = terms.Read(productsCSV); err != nil {
		return nil, err
	}
	if r.units, err = misprints(); err != nil {
		return nil, err
	}
	if r.hasMaterial, err = terms.KnownOf(ctx, o.Store, graph.Material); err != nil {
		return nil, err
	}
	r.hasProduct, err = terms.KnownOf(ctx, o.Store, graph.Product)
	return r, err
}

func misprints() (all []misprint, err error) {
	records, err := csv.NewReader(strings.NewReader(unitsCSV)).ReadAll()
	if err != nil {
		return nil, err
	}
	for _, f := range records[1:] {
		all = append(all, misprint{f[0], f[1], f[2], f[3], f[4]})
	}
	return all, nil
}

// find returns the one id that a word is. It passes a row over by the rule where
// the word is none, and rejects it where the store lacks the id.
func (r *reader) find(t *loader.Table, column, word string, words terms.Table, known terms.Known, rule string) (id string, ok bool) {
	ids, _ := words.Find(word)
	if word == "" {
		t.Reject(column, loader.Missing, "")
		return "", false
	}
	if len(ids) == 0 {
		r.sink.PassOver(rule)
		return "", false
	}
	if lacks := known.Missing(ids[0]); lacks != "" {
		t.Reject(column, loader.NoReference, lacks)
		return "", false
	}
	return ids[0], true
}

func (r *reader) material(t *loader.Table, column, word string) (string, bool) {
	return r.find(t, column, word, r.materials, r.hasMaterial, noMaterial)
}

func (r *reader) product(t *loader.Table, column string) (string, bool) {
	return r.find(t, column, t.Text(column), r.products, r.hasProduct, noProduct)
}

// number reads a number that is not below zero.
func number(t *loader.Table, column string) (float64, bool) {
	v, why := loader.Float(t.Text(column))
	if why == "" && v < 0 {
		why = loader.Negative
	}
	if why != "" {
		t.Reject(column, why, "")
	}
	return v, why == ""
}

// percent reads a percentage as a share.
func percent(t *loader.Table, column string) (float64, bool) {
	v, why := loader.FloatIn(t.Text(column), -2)
	switch {
	case why == "" && v < 0:
		why = loader.Negative
	case why == "" && v > 1:
		why = loader.OutOfRange
	}
	if why != "" {
		t.Reject(column, why, "")
	}
	return v, why == ""
}

// once rejects a row whose key stood before.
func (r *reader) once(t *loader.Table, key string) bool {
	if r.seen[key] {
		t.Reject("", loader.Repeated, "")
		return false
	}
	r.seen[key] = true
	return true
}

// value is a row of the table of intensities.
type value struct {
	product, variant, material, study, unit, source string
	value                                           float64
	file                                            string
	line                                            int
}

func (v value) of() string { return v.product + "|" + v.variant + "|" + v.material + "|" + v.study }

// intensity takes a row, which is written when it is known how many values its
// study has for the same.
func (r *reader) intensity(t *loader.Table) {
	technology := strings.Join(strings.Fields(t.Text("technology")), " ")
	product, ok := r.product(t, "technology")
	if !ok {
		return
	}
	material, ok := r.material(t, "Material", t.Text("Material"))
	if !ok {
		return
	}
	amount, ok := number(t, "value")
	if !ok {
		return
	}
	x := value{product: product, variant: r.spelling(technology), material: material, value: amount, unit: "t/GW", file: t.File(), line: t.Line()}
	x.study = strings.Join(strings.Fields(t.Text("authors")), " ")
	if year := t.Text("publish_year"); !strings.HasSuffix(x.study, year) {
		x.study += " " + year
	}
	if year := t.Text("year_of_data"); year != "" && year != "-1" {
		x.study += ", data of " + year
	}
	x.source = fmt.Sprintf("%s, compiled in %s", x.study, t.Text("source"))
	for _, m := range r.units {
		if technology == m.technology && t.Text("Material") == m.material && t.Text("value") == m.value && strings.HasPrefix(x.study, m.study) {
			x.unit = m.unit
			x.source += "; unit corrected: printed in a column of t/GW"
		}
	}
	key := fmt.Sprint(x.of(), "|", amount)
	if r.seen[key] {
		r.sink.PassOver(twice)
		return
	}
	r.seen[key] = true
	r.values = append(r.values, x)
}

// spelling returns how a technology was spelled first: CdTe and CDTE are one.
func (r *reader) spelling(technology string) string {
	for _, x := range r.values {
		if strings.EqualFold(x.variant, technology) {
			return x.variant
		}
	}
	return technology
}

func (r *reader) writeIntensity() {
	count, number := map[string]int{}, map[string]int{}
	for _, x := range r.values {
		count[x.of()]++
	}
	for _, x := range r.values {
		row := r.sink.Row(r.schema.Kind(graph.Intensity), x.file, x.line)
		row.SetText("product", x.product)
		row.SetText("variant", x.variant)
		row.SetText("material", x.material)
		row.SetText("study", x.study)
		if count[x.of()] > 1 {
			number[x.of()]++
			row.SetInt("sample", number[x.of()])
		}
		row.SetFloat("value", x.value)
		row.SetText("unit", x.unit)
		row.SetText("source", x.source)
	}
}

// battery reads what of a material a kWh of battery takes.
func (r *reader) battery(t *loader.Table) {
	if t.Text("Mineral") == "Battery_MWh" {
		r.sink.PassOver(itself)
		return
	}
	product, ok := r.product(t, "chemistry")
	if !ok {
		return
	}
	material, ok := r.material(t, "Mineral", t.Text("Mineral"))
	if !ok {
		return
	}
	amount, ok := number(t, "kg_per_kwh")
	if !ok || !r.once(t, material+"|"+t.Text("chemistry")) {
		return
	}
	row := r.sink.Row(r.schema.Kind(graph.Intensity), t.File(), t.Line())
	row.SetText("product", product)
	row.SetText("variant", t.Text("chemistry"))
	row.SetText("material", material)
	row.SetFloat("value", amount)
	row.SetText("unit", "kg/kWh")
	row.SetText("source", "no source is given in "+t.File())
	row.SetBool("estimated", true)
}

// companion reads how much of a material is recovered with others.
func (r *reader) companion(t *loader.Table) {
	material, ok := r.material(t, "material", t.Text("material"))
	if !ok {
		return
	}
	share, ok := percent(t, "companionality_pct")
	if !ok {
		return
	}
	observed, of := -1.0, 0
	if t.Text("empirical_pct") != "" {
		if observed, ok = percent(t, "empirical_pct"); !ok {
			return
		}
		var why loader.Reason
		if of, why = loader.Int(t.Text("empirical_n")); why != "" {
			t.Reject("empirical_n", why, "")
			return
		}
	}
	var hosts []string // as they are written
	for host := range strings.SplitSeq(t.Text("hosts"), "|") {
		if host = strings.TrimSpace(host); host != "" {
			hosts = append(hosts, host)
		}
	}
	if !r.once(t, material) {
		return
	}
	source := "no source is given in " + t.File()
	r.score(r.sink.Row(r.schema.Kind(graph.Assessed), t.File(), t.Line()), material, "companionality", share, source)
	if observed >= 0 {
		r.score(r.sink.Beside(r.schema.Kind(graph.Assessed), t.File(), t.Line()), material, "companionality.mines", observed,
			fmt.Sprintf("%s: of %d mines", source, of))
	}
	for _, word := range hosts {
		ids, _ := r.materials.Find(word)
		if len(ids) == 0 || r.hasMaterial.Missing(ids[0]) != "" {
			continue
		}
		row := r.sink.Beside(r.schema.Kind(graph.Byproduct), t.File(), t.Line())
		row.SetText("material", material)
		row.SetText("host", ids[0])
		if len(hosts) == 1 {
			row.SetFloat("share", share)
		}
		row.SetText("source", source)
		row.SetBool("estimated", true)
	}
}

func (r *reader) score(row graph.Row, material, indicator string, v float64, source string) {
	row.SetText("material", material)
	row.SetText("indicator", indicator)
	row.SetFloat("value", v)
	row.SetText("source", source)
	row.SetBool("estimated", true)
}

// recycling reads an end-of-life recycling input rate.
func (r *reader) recycling(t *loader.Table) {
	material, ok := r.material(t, "material", t.Text("material"))
	if !ok {
		return
	}
	rate, ok := percent(t, "recycling_pct")
	if !ok {
		return
	}
	reported := strings.ToLower(t.Text("reported"))
	if reported != "true" && reported != "false" {
		t.Reject("reported", loader.NotBoolean, "")
		return
	}
	if !r.once(t, material) {
		return
	}
	row := r.sink.Row(r.schema.Kind(graph.Recycled), t.File(), t.Line())
	row.SetText("material", material)
	row.SetFloat("eol_rir", rate)
	row.SetText("source", "no source is given in "+t.File())
	row.SetBool("estimated", reported == "false")
}

// roles are the stages at which codes are given.
var roles = map[string]string{"ore_hs": "extraction", "refined_hs": "processing"}

// code reads a trade code of a material.
func (r *reader) code(t *loader.Table) {
	material, ok := r.material(t, "material", t.Text("material"))
	if !ok {
		return
	}
	stage, ok := roles[t.Text("role")]
	if !ok {
		t.Reject("role", loader.NotAllowed, "ore_hs or refined_hs")
		return
	}
	code := r.Revision + ":" + t.Text("hs6")
	if _, _, ok := graph.SplitCode(code); !ok || len(t.Text("hs6")) != 6 {
		t.Reject("hs6", loader.BadCode, "six digits")
		return
	}
	if !r.once(t, material+stage+code) {
		return
	}
	row := r.sink.Row(r.schema.Kind(graph.TradedAs), t.File(), t.Line())
	row.SetText("material", material)
	row.SetText("stage", stage)
	row.SetText("code", code)
	for flag := range strings.SplitSeq(t.Text("flags"), "|") {
		if flag == "shared_refined" && stage == "processing" || flag == "shared_ore" && stage == "extraction" {
			row.SetBool("shared", true)
		}
	}
	row.SetText("source", "no source is given in "+t.File())
}
