package semiconductors

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/entity"
)

// chain is the few hundred inputs, providers and shares of the tables.
type chain struct {
	Options
	sink      *loader.Sink
	schema    *graph.Schema
	book      *entity.Book
	inputs    map[string]*input
	providers map[string]*provider
	provision []provision
	links     []link
	cut       []string
}

type input struct {
	product string
	needs   []*input // what goes into it
}

type provider struct {
	country string         // id; * for various countries; "" = not known, or a group
	company entity.Written // of an organisation
	isFirm  bool
}

type provision struct {
	input    *input
	provider *provider
	year     int
	share    float64 // of the world, 0..1; -1 = not stated
	source   string
	line     int
}

type link struct {
	from, to *input
	line     int
}

// stages of the kinds of input.
var stages = map[string]string{"process": "processing", "material_resource": "processing", "tool_resource": "component",
	"design_resource": "component", "ultimate_output": "assembly"}

const others = "*" // countries that are not named

func (c *chain) read(ctx context.Context, files map[string]loader.Input) error {
	for _, step := range []struct {
		name     string
		required []string
		row      func(*loader.Table)
	}{
		{"inputs.csv", []string{"input_id", "input_name", "type"}, c.input},
		{"providers.csv", []string{"provider_name", "alias", "provider_id", "provider_type", "country"}, c.provider},
		{"provision.csv", []string{"provider_id", "provided_id", "share_provided", "year", "source"}, c.provided},
		{"sequence.csv", []string{"input_id", "goes_into_id", "is_type_of_id"}, c.sequence},
	} {
		t, err := c.sink.OpenLayout(files[step.name], loader.Layout{Required: step.required})
		if err != nil {
			return err
		}
		for t.Next() {
			step.row(t)
		}
		if err := t.Close(); err != nil {
			return err
		}
	}
	if err := c.book.Read(ctx, c.Store, dataset); err != nil {
		return err
	}
	c.book.Settle()
	c.write(files)
	c.book.Write(c.sink, c.schema, "CSET, providers")
	c.sink.Note("%s", c.book.Summary(graph.Company))
	for _, text := range c.cut {
		c.sink.Note("%s closes a ring of inputs and was left out", text)
	}
	return nil
}

// input is a row of inputs: a product of the dataset's own.
func (c *chain) input(t *loader.Table) {
	id, stage := t.Text("input_id"), stages[t.Text("type")]
	switch {
	case !graph.ValidID(id):
		t.Reject("input_id", loader.BadID, "")
		return
	case c.inputs[id] != nil:
		t.Reject("input_id", loader.Repeated, "")
		return
	case stage == "":
		t.Reject("type", loader.NotAllowed, "process, tool_resource, material_resource, design_resource or ultimate_output")
		return
	}
	in := &input{product: "cset-" + id}
	c.inputs[id] = in
	row := c.sink.Row(c.schema.Kind(graph.Product), t.File(), t.Line())
	row.SetText("id", in.product)
	row.SetText("name", t.Text("input_name"))
	row.SetText("stage", stage)
	row.SetText("source", "CSET, inputs")
}

// provider is a row of providers. The first row of an organisation counts; its
// other rows are other names of it.
func (c *chain) provider(t *loader.Table) {
	id := t.Text("provider_id")
	if id == "" {
		t.Reject("provider_id", loader.Missing, "")
		return
	}
	p := &provider{isFirm: t.Text("provider_type") == "organization"}
	text := t.Text("provider_name")
	if p.isFirm {
		text = t.Text("country")
	} else if t.Text("provider_type") != "country" {
		t.Reject("provider_type", loader.NotAllowed, "country or organization")
		return
	}
	switch text {
	case "Various countries":
		p.country = others
	case "", "EUR": // not known; Europe is no country
	default:
		var err error
		if p.country, err = c.Countries.Resolve(text, country.Any, 0); err != nil {
			t.Reject("country", loader.NoCountry, err.Error())
			return
		}
	}
	if c.providers[id] != nil {
		c.sink.PassOver("rows of providers that give another name")
		return
	}
	if p.isFirm {
		seat := p.country
		if seat == others {
			seat = ""
		}
		p.company = entity.Written{Kind: graph.Company, Text: t.Text("provider_name"), Country: seat, Latitude: math.NaN(), Longitude: math.NaN(), File: t.File(), Line: t.Line()}
		c.book.Want(p.company)
	}
	c.providers[id] = p
	c.sink.PassOver("rows of providers: they stand with what they provide")
}

// provided is a row of provision.
func (c *chain) provided(t *loader.Table) {
	p := provision{input: c.inputs[t.Text("provided_id")], provider: c.providers[t.Text("provider_id")], share: -1, source: t.Text("source"), line: t.Line()}
	var wrong loader.Reason
	switch id := t.Text("provided_id"); {
	case p.provider == nil:
		t.Reject("provider_id", loader.NoReference, "providers.csv has no row of it that was accepted")
		return
	case p.input == nil && len(id) > 1 && id[0] == 'S':
		c.sink.PassOver("shares of a whole stage")
		return
	case p.input == nil:
		t.Reject("provided_id", loader.NoReference, "inputs.csv has no row of it that was accepted")
		return
	case p.provider.country == "":
		c.sink.PassOver("shares of a provider that has no country, or is Europe")
		return
	case p.provider.isFirm && p.provider.country == others:
		c.sink.PassOver("shares of an organisation of various countries")
		return
	}
	if p.year, wrong = loader.Int(t.Text("year")); wrong == "" && (p.year < 1900 || p.year > 2200) {
		wrong = loader.OutOfRange
	}
	if wrong != "" {
		t.Reject("year", wrong, "")
		return
	}
	if text := t.Text("share_provided"); text != "" {
		if p.share, wrong = loader.FloatIn(text, -2); wrong == "" && (p.share < 0 || p.share > 1) {
			wrong = loader.OutOfRange
		}
		if wrong != "" {
			t.Reject("share_provided", wrong, "percent of the world")
			return
		}
	}
	if slices.ContainsFunc(c.provision, func(o provision) bool { return o.input == p.input && o.provider == p.provider && o.year == p.year }) {
		t.Reject("provider_id", loader.Repeated, "")
		return
	}
	c.provision = append(c.provision, p)
}

// sequence is a row of sequence: an input that goes into another, or is a type of
// it.
func (c *chain) sequence(t *loader.Table) {
	column := "goes_into_id"
	if t.Text(column) == "" {
		column = "is_type_of_id"
	}
	l := link{from: c.inputs[t.Text("input_id")], to: c.inputs[t.Text(column)], line: t.Line()}
	switch {
	case l.from == nil:
		t.Reject("input_id", loader.NoReference, "inputs.csv has no row of it that was accepted")
	case l.to == nil:
		t.Reject(column, loader.NoReference, "inputs.csv has no row of it that was accepted")
	case l.from == l.to:
		t.Reject(column, loader.Conflict, "an input does not go into itself")
	case slices.Contains(l.to.needs, l.from):
		t.Reject(column, loader.Repeated, "")
	case l.from.reaches(l.to, map[*input]bool{}):
		c.cut = append(c.cut, fmt.Sprintf("line %d (%s into %s)", l.line, l.from.product, l.to.product))
		c.sink.PassOver("links that close a ring of inputs")
	default:
		l.to.needs = append(l.to.needs, l.from)
		c.links = append(c.links, l)
	}
}

// reaches reports whether other goes into the input, directly or not.
func (in *input) reaches(other *input, seen map[*input]bool) bool {
	if in == other {
		return true
	}
	if seen[in] {
		return false
	}
	seen[in] = true
	return slices.ContainsFunc(in.needs, func(n *input) bool { return n.reaches(other, seen) })
}

// write writes shares and recipes. Shares of countries that sum to more than the
// world are divided by their sum. A firm's share of the world becomes one of its
// country's.
func (c *chain) write(files map[string]loader.Input) {
	type world struct {
		input *input
		year  int
	}
	type place struct {
		world
		country string
	}
	sums, ofCountry := map[world]float64{}, map[place]float64{}
	for _, p := range c.provision {
		if w := (world{p.input, p.year}); !p.provider.isFirm && p.share >= 0 && p.provider.country != others {
			sums[w] += p.share
			ofCountry[place{w, p.provider.country}] += p.share
		}
	}
	kind := c.schema.Kind(graph.Produces)
	for _, p := range c.provision {
		w := world{p.input, p.year}
		row := c.sink.Row(kind, files["provision.csv"].Name, p.line)
		row.SetInt("year", p.year)
		row.SetText("product", p.input.product)
		row.SetText("country", p.provider.country)
		row.SetText("source", cmp.Or(p.source, "CSET, provision"))
		share, estimated := p.share, false
		switch {
		case share < 0 || p.provider.country == others:
			share = -1
		case p.provider.isFirm:
			if all := ofCountry[place{w, p.provider.country}]; all > 0 {
				share, estimated = min(1, share/all), true
			} else {
				share = -1
			}
		case sums[w] > 1:
			share, estimated = share/sums[w], true
		}
		if p.provider.isFirm {
			row.SetText("company", c.book.Answer(p.provider.company).ID)
		}
		if share >= 0 {
			row.SetFloat("share", share)
		}
		row.SetBool("estimated", estimated)
	}
	for _, l := range c.links {
		row := c.sink.Row(c.schema.Kind(graph.MadeFrom), files["sequence.csv"].Name, l.line)
		row.SetText("product", l.to.product)
		row.SetText("input", l.from.product)
		row.SetFloat("share", 1/float64(len(l.to.needs)))
		row.SetText("source", "CSET, sequence; inputs are not weighed there: equal shares are assumed")
		row.SetBool("estimated", true)
	}
}
