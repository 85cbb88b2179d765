package eucrm

import (
	"context"
	"fmt"
	"math"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/terms"
)

// Rules by which rows are passed over.
const (
	noMaterial  = "no material of the catalogue is this one"
	unknownName = "a material that is not in the loader's table of names"
	noProduct   = "no product of the catalogue is this material at this stage"
	notAssessed = "not assessed in that year"
	twice       = "the same row stands before"
)

const (
	year     = 2020 // of the study's shares, averages of 2016 to 2020
	listYear = 2024 // of Annex I
	cited    = "European Commission, Study on the critical raw materials for the EU 2023, "
	period   = ", average 2016-2020"
)

var stages = map[string]string{"E": "extraction", "P": "processing"}

// study reads the tables, of a few thousand rows in all.
type study struct {
	Options
	sink                *loader.Sink
	schema              *graph.Schema
	materials, products terms.Table
	hasMaterial         terms.Known
	hasProduct          terms.Known
	seen                map[string]string // by key, what else the row said
	world, sourcing     []supply
	uses                []use
}

// supply is a row of a table of shares.
type supply struct {
	material, stage, country string
	share                    float64 // NaN: not known
	ids                      []string
	file                     string
	line                     int
}

func newStudy(ctx context.Context, sink *loader.Sink, o Options) (s *study, err error) {
	s = &study{Options: o, sink: sink, schema: graph.NewSchema(), seen: map[string]string{}}
	if s.materials, err = terms.Read(materialsCSV); err != nil {
		return nil, err
	}
	if s.products, err = terms.Read(productsCSV); err != nil {
		return nil, err
	}
	if s.hasMaterial, err = terms.KnownOf(ctx, o.Store, graph.Material); err != nil {
		return nil, err
	}
	s.hasProduct, err = terms.KnownOf(ctx, o.Store, graph.Product)
	return s, err
}

func (s *study) read(files []input) error {
	for _, f := range files {
		layout, err := f.layout()
		if err != nil {
			return err
		}
		t, err := s.sink.OpenLayout(f.Input, layout)
		if err != nil {
			return err
		}
		for t.Next() {
			f.table.read(s, t)
		}
		if err := t.Close(); err != nil {
			return err
		}
	}
	s.writeSourcing()
	s.writeUses()
	return nil
}

// material returns what the row's material is: the first of several terms that
// is known. It passes over, or rejects, a row that is of none.
func (s *study) material(t *loader.Table, column string, more ...string) (ids []string, ok bool) {
	for _, term := range append(more, t.Text(column)) {
		list, known := s.materials.Find(term)
		if !known {
			continue
		}
		if len(list) == 0 {
			break
		}
		if lacks := s.hasMaterial.Missing(list...); lacks != "" {
			t.Reject(column, loader.NoReference, lacks)
			return nil, false
		}
		return list, true
	}
	if t.Text(column) == "" {
		t.Reject(column, loader.Missing, "")
		return nil, false
	}
	if _, known := s.materials.Find(t.Text(column)); !known {
		s.sink.PassOver(unknownName)
	} else {
		s.sink.PassOver(noMaterial)
	}
	return nil, false
}

// repeats reports whether a row of the key stood before. The same row again is
// passed over, another one rejected.
func (s *study) repeats(t *loader.Table, key, rest string) bool {
	old, known := s.seen[key]
	switch {
	case !known:
		s.seen[key] = rest
	case old == rest:
		s.sink.PassOver(twice)
	default:
		t.Reject("", loader.Repeated, "it says something else")
	}
	return known
}

// share reads a percentage; NaN where it is one that is not known.
func share(text string) (v float64, why loader.Reason, detail string) {
	number, percent := strings.CutSuffix(text, "%")
	switch {
	case text == "":
		return 0, loader.Missing, ""
	case !percent:
		return 0, loader.NotAllowed, "a share is written with a % sign, such as 93.8%"
	}
	number, below := strings.CutPrefix(strings.TrimSpace(number), "<")
	number, above := strings.CutPrefix(number, ">")
	v, why = loader.FloatIn(strings.TrimSpace(number), -2)
	if why == "" && v < 0 {
		why = loader.Negative
	}
	if why == "" && v > 1 {
		why = loader.OutOfRange
	}
	if why == "" && (below || above) {
		v = math.NaN()
	}
	return v, why, ""
}

// supply reads a row of shares but for its material. It rejects a row that is
// wrong.
func (s *study) supply(t *loader.Table) (x supply, ok bool) {
	x = supply{material: terms.Fold(t.Text("Material")), file: t.File(), line: t.Line()}
	if x.stage, ok = stages[t.Text("Stage")]; !ok {
		t.Reject("Stage", loader.NotAllowed, "E (extraction) or P (processing)")
		return x, false
	}
	var err error
	if x.country, err = s.Countries.Resolve(t.Text("Country"), country.EUStudy, year); err != nil {
		t.Reject("Country", loader.NoCountry, err.Error())
		return x, false
	}
	var why loader.Reason
	var detail string
	if x.share, why, detail = share(t.Text("Share")); why != "" {
		t.Reject("Share", why, detail)
		return x, false
	}
	return x, true
}

// worldShare reads a row of the world's shares: production of a product.
func (s *study) worldShare(t *loader.Table) {
	products, _ := s.products.Find(t.Text("Material") + " " + t.Text("Stage"))
	x, ok := s.supply(t)
	if !ok {
		return
	}
	s.world = append(s.world, x)
	if len(products) == 0 {
		s.sink.PassOver(noProduct)
		return
	}
	if lacks := s.hasProduct.Missing(products...); lacks != "" {
		t.Reject("Material", loader.NoReference, lacks)
		return
	}
	if s.repeats(t, "world "+products[0]+" "+x.country, t.Text("Share")) {
		return
	}
	row := s.sink.Row(s.schema.Kind(graph.Produces), x.file, x.line)
	row.SetInt("year", year)
	row.SetText("product", products[0])
	row.SetText("country", x.country)
	row.SetFloat("share", x.share)
	source := cited + "global supply shares" + period
	if math.IsNaN(x.share) {
		source += "; printed as " + t.Text("Share")
	}
	row.SetText("source", source)
}

// sourcingShare takes a row of the EU's shares, which are written when it is
// known which of them repeat the world's.
func (s *study) sourcingShare(t *loader.Table) {
	ids, ok := s.material(t, "Material", t.Text("Material")+" "+t.Text("Stage"))
	if !ok {
		return
	}
	x, ok := s.supply(t)
	if !ok || s.repeats(t, "EU "+ids[0]+" "+x.stage+" "+x.country, t.Text("Share")) {
		return
	}
	x.ids = ids
	s.sourcing = append(s.sourcing, x)
}

func (s *study) writeSourcing() {
	kind := s.schema.Kind(graph.Sources)
	copied := repeated(s.world, s.sourcing)
	if len(s.sourcing) > 0 && len(s.world) == 0 {
		s.sink.Note("without global_supply_shares beside them it is not known which of the EU's shares repeat the world's: name both")
	}
	for _, x := range s.sourcing {
		source := cited + "EU sourcing shares" + period
		if copied[series{x.material, x.stage}] {
			source += "; repeats the world shares of the study"
		}
		if len(x.ids) > 1 {
			source += "; of " + x.material + " together"
		}
		for i, id := range x.ids {
			row := s.row(kind, i, x.file, x.line)
			row.SetInt("year", year)
			row.SetText("material", id)
			row.SetText("stage", x.stage)
			row.SetText("importer", "EU")
			row.SetText("supplier", x.country)
			row.SetFloat("share", x.share)
			row.SetText("source", source)
			row.SetBool("estimated", copied[series{x.material, x.stage}] || len(x.ids) > 1)
		}
	}
}

// row is the first fact of a row, or one beside it.
func (s *study) row(kind *graph.Kind, i int, file string, line int) graph.Row {
	if i == 0 {
		return s.sink.Row(kind, file, line)
	}
	return s.sink.Beside(kind, file, line)
}

// scores reads supply risk and economic importance.
func (s *study) scores(t *loader.Table) {
	assessed, why := loader.Int(t.Text("Year"))
	if why == "" && (assessed < 2000 || assessed > 2999) {
		why = loader.OutOfRange
	}
	if why != "" {
		t.Reject("Year", why, "")
		return
	}
	ids, ok := s.material(t, "Material")
	if !ok {
		return
	}
	values := map[string]float64{}
	for _, column := range []string{"SR", "EI"} {
		text := t.Text(column)
		if text == "-" {
			continue
		}
		v, why := loader.Float(text)
		if why == "" && v < 0 {
			why = loader.Negative
		}
		if why != "" {
			t.Reject(column, why, "a number, or - where it was not assessed")
			return
		}
		values[column] = v
	}
	if len(values) == 0 {
		s.sink.PassOver(notAssessed)
		return
	}
	if s.repeats(t, fmt.Sprint("score ", ids[0], assessed), t.Text("SR")+" "+t.Text("EI")) {
		return
	}
	n := 0
	for _, id := range ids {
		for _, column := range []string{"SR", "EI"} {
			v, known := values[column]
			if !known {
				continue
			}
			row := s.row(s.schema.Kind(graph.Assessed), n, t.File(), t.Line())
			n++
			row.SetText("material", id)
			row.SetText("indicator", "EU."+column)
			row.SetInt("year", assessed)
			row.SetFloat("value", v)
			source := fmt.Sprintf("European Commission, assessment of critical raw materials %d", assessed)
			if len(ids) > 1 {
				source += "; of " + t.Text("Material") + " together"
			}
			row.SetText("source", source)
			row.SetBool("estimated", len(ids) > 1)
		}
	}
}

// critical reads a material of a list of critical raw materials.
func (s *study) critical(t *loader.Table) {
	listed, why := loader.Int(t.Text("list_year"))
	if why == "" && (listed < 2000 || listed > 2999) {
		why = loader.OutOfRange
	}
	if why != "" {
		t.Reject("list_year", why, "")
		return
	}
	s.list(t, "EU.CRM", listed, fmt.Sprint("list ", t.Text("material"), " ", listed))
}

// strategic reads a material of Annex I of Regulation (EU) 2024/1252.
func (s *study) strategic(t *loader.Table) { s.list(t, "EU.SRM", listYear) }

func (s *study) list(t *loader.Table, list string, listed int, more ...string) {
	ids, ok := s.material(t, "material", more...)
	if !ok || s.repeats(t, fmt.Sprint(list, listed, " ", ids[0]), terms.Fold(t.Text("material"))) {
		return
	}
	for i, id := range ids {
		row := s.row(s.schema.Kind(graph.Listed), i, t.File(), t.Line())
		row.SetText("material", id)
		row.SetText("list", list)
		row.SetInt("year", listed)
		row.SetText("entry", strings.Join(strings.Fields(t.Text("material")), " "))
		row.SetText("source", t.Text("source"))
	}
}

// target is what a benchmark of Regulation (EU) 2024/1252, Article 5, is.
type target struct{ id, name, stage, bound string }

var targets = map[string]target{
	"extraction":                     {"crma-2030-extraction", "Extraction in the European Union", "extraction", "at_least"},
	"processing":                     {"crma-2030-processing", "Processing in the European Union", "processing", "at_least"},
	"recycling":                      {"crma-2030-recycling", "Recycling in the European Union", "recycling", "at_least"},
	"max single third-country share": {"crma-2030-single-country", "One third country", "", "at_most"},
}

func (s *study) benchmark(t *loader.Table) {
	b, ok := targets[terms.Fold(t.Text("benchmark"))]
	if !ok {
		t.Reject("benchmark", loader.NotAllowed, "extraction, processing, recycling or max single third-country share")
		return
	}
	v, why := loader.FloatIn(t.Text("value_pct"), -2)
	if why == "" && (v < 0 || v > 1) {
		why = loader.OutOfRange
	}
	if why != "" {
		t.Reject("value_pct", why, "")
		return
	}
	if s.repeats(t, b.id, t.Text("value_pct")) {
		return
	}
	row := s.sink.Row(s.schema.Kind(graph.Benchmark), t.File(), t.Line())
	row.SetText("id", b.id)
	row.SetText("name", b.name)
	row.SetText("region", "EU")
	row.SetText("stage", b.stage)
	row.SetInt("year", 2030)
	row.SetText("bound", b.bound)
	row.SetFloat("share", v)
	row.SetText("of", t.Text("of"))
	row.SetText("source", "Regulation (EU) 2024/1252, Article 5")
}
