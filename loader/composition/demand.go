package composition

import (
	"fmt"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// headings are what stands in the place of the mineral where the table was made
// from sheets whose heading was not carried along.
var headings = map[string]bool{
	"electric vehicles": true, "low emissions power generation": true, "other low emissions power generation": true,
}

// demand is a row of the table of demand.
type demand struct {
	technology, product, material, scenario string
	year                                    int
	tonnes                                  float64
	reject                                  loader.Reject // what it is rejected with, should the table contradict itself
	file                                    string
	line                                    int
}

func (d demand) of() string {
	return fmt.Sprint(d.technology, "|", d.material, "|", d.scenario, "|", d.year)
}

// demand takes a row, which is written when it is known that no other one gives
// another value for the same.
func (r *reader) demand(t *loader.Table) {
	mineral := strings.TrimSpace(strings.TrimSuffix(t.Text("mineral"), "- Mining"))
	if headings[strings.ToLower(mineral)] {
		t.Reject("mineral", loader.NotAllowed, "a heading stands in the place of the mineral, so that it is not known which mineral it is")
		return
	}
	material, ok := r.material(t, "mineral", mineral)
	if !ok {
		return
	}
	d := demand{technology: t.Text("technology"), material: material, scenario: t.Text("scenario"), file: t.File(), line: t.Line()}
	if d.technology == "" {
		t.Reject("technology", loader.Missing, "")
		return
	}
	if ids, _ := r.products.Find(d.technology); len(ids) > 0 && r.hasProduct.Missing(ids[0]) == "" {
		d.product = ids[0]
	}
	var why loader.Reason
	if d.year, why = loader.Int(t.Text("year")); why == "" && (d.year < 1900 || d.year > 2999) {
		why = loader.OutOfRange
	}
	if why != "" {
		t.Reject("year", why, "")
		return
	}
	kind := r.schema.Kind(graph.Demands)
	d.tonnes, why = loader.FloatIn(t.Text("demand_kt"), 3)
	if why == "" {
		why = loader.Within(kind.Fields[kind.Field("tonnes")], d.tonnes)
	}
	if why != "" {
		t.Reject("demand_kt", why, "")
		return
	}
	key := fmt.Sprint(d.of(), "|", d.tonnes)
	if r.seen[key] {
		r.sink.PassOver(twice)
		return
	}
	r.seen[key] = true
	d.reject = loader.Reject{File: t.Path(), Line: t.Line(), Column: "demand_kt", Value: t.Text("demand_kt"), Reason: loader.Conflict,
		Detail: "another row gives another value for the same mineral, technology, scenario and year; it is not known which holds", Raw: t.Raw()}
	r.demands = append(r.demands, d)
}

func (r *reader) writeDemand() {
	count := map[string]int{}
	for _, d := range r.demands {
		count[d.of()]++
	}
	for _, d := range r.demands {
		if count[d.of()] > 1 {
			r.sink.Reject(d.reject)
			continue
		}
		row := r.sink.Row(r.schema.Kind(graph.Demands), d.file, d.line)
		row.SetInt("year", d.year)
		row.SetText("technology", d.technology)
		row.SetText("material", d.material)
		row.SetText("scenario", d.scenario)
		row.SetText("product", d.product)
		row.SetFloat("tonnes", d.tonnes)
		row.SetText("source", "International Energy Agency, Critical Minerals Dataset")
		row.SetBool("estimated", true)
	}
}
