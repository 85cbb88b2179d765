package drc

import (
	"context"
	"fmt"
	"math"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/entity"
)

// Options are what the file does not say.
type Options struct {
	Countries *country.List // the built-in list of countries
	Store     entity.Store  // what is known already; nil: nothing is
	Retrieved string        // day on which the file was fetched, 2006-01-02; blank: when it was last changed
	Priority  int           // of the dataset
	Resolve   entity.Options
}

const (
	dataset = "drc-projects"
	year    = 2022 // of the production
	cited   = "industrial copper and cobalt projects of the DR Congo, 2022"
	massCol = "Copper/Cobalt_annual_production_(2022)"
)

// Jobs returns the one job for the table. BadInput where the path is not one
// file, or holds no industrial_projects.csv.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	if len(paths) != 1 {
		return nil, graph.Errorf(graph.BadInput, "name industrial_projects.csv, or the folder that it is in")
	}
	inputs, err := loader.Inputs(paths[0])
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if !strings.EqualFold(in.Stem(), "industrial_projects.csv") {
			continue
		}
		if o.Retrieved == "" {
			o.Retrieved = loader.LastChanged(in)
		}
		return []loader.Job{{
			Dataset: graph.Dataset{ID: dataset, Title: "Industrial copper and cobalt projects of the Democratic Republic of the Congo",
				Licence: "not stated in the file", Retrieved: o.Retrieved, Priority: o.Priority},
			Inputs: []loader.Input{in},
			Read: func(ctx context.Context, sink *loader.Sink) error {
				p := &projects{Options: o, sink: sink, schema: graph.NewSchema(), book: entity.NewBook(o.Resolve), byID: map[string]*project{}}
				return p.read(ctx, in)
			},
		}}, nil
	}
	return nil, graph.Errorf(graph.BadInput, "%s holds no industrial_projects.csv", paths[0])
}

// projects is the few dozen projects of the table.
type projects struct {
	Options
	sink    *loader.Sink
	schema  *graph.Schema
	book    *entity.Book
	byID    map[string]*project
	order   []*project
	unread  []string // lines of which the shares could not be read
	smelted []string // projects of which the mass is a smelter's
}

// project is a row: a project, or a further permit of one.
type project struct {
	id             string
	of             *project // the project that a further permit is of
	permits        int      // of a project, so far
	written        entity.Written
	alias          string
	activity       string
	owners         []owner
	copper, cobalt float64
	line           int
	file           string
}

type owner struct {
	holding
	written entity.Written
}

func (p *projects) read(ctx context.Context, in loader.Input) error {
	t, err := p.sink.OpenLayout(in, loader.Layout{Required: []string{"Project_name", "Short_name", "Permit_ID", "Ownership", massCol, "longitude", "latitude",
		"Mine_type", "Share_allocation", "_project_id"}})
	if err != nil {
		return err
	}
	for t.Next() {
		p.row(t)
	}
	if err := t.Close(); err != nil {
		return err
	}
	if err := p.book.Read(ctx, p.Store, dataset); err != nil {
		return err
	}
	p.book.Settle()
	p.write()
	p.book.Write(p.sink, p.schema, cited)
	for _, kind := range []string{graph.Company, graph.Facility} {
		p.sink.Note("%s", p.book.Summary(kind))
	}
	if len(p.unread) > 0 {
		p.sink.Note("the shares of lines %s cannot be read for sure: their owners are loaded, of shares that are not known", strings.Join(p.unread, ", "))
	}
	if len(p.smelted) > 0 {
		p.sink.Note("what smelters made was mined elsewhere, and is not loaded as mined: %s", strings.Join(p.smelted, ", "))
	}
	return nil
}

func (p *projects) row(t *loader.Table) {
	x := &project{id: t.Text("_project_id"), line: t.Line(), file: t.File(), activity: oneLine(t.Text("Mine_type")), copper: -1, cobalt: -1}
	name := oneLine(t.Text("Project_name"))
	switch {
	case !graph.ValidID(x.id):
		t.Reject("_project_id", loader.BadID, "")
		return
	case name == "":
		t.Reject("Project_name", loader.Missing, "")
		return
	}
	var at [2]float64
	for i, column := range []string{"latitude", "longitude"} {
		var wrong loader.Reason
		limit := float64(90 * (i + 1))
		if at[i], wrong = loader.Float(t.Text(column)); wrong == "" && math.Abs(at[i]) > limit {
			wrong = loader.OutOfRange
		}
		if wrong != "" {
			t.Reject(column, wrong, "")
			return
		}
	}
	permit := oneLine(t.Text("Permit_ID"))
	first := p.byID[x.id]
	if first != nil {
		first.permits++
		x.of, x.id = first, fmt.Sprintf("%s-%d", x.id, first.permits)
		name += ", " + permit
	} else {
		x.alias = oneLine(t.Text("Short_name"))
		var wrong loader.Reason
		if x.copper, x.cobalt, wrong = production(t.Text(massCol)); wrong != "" {
			t.Reject(massCol, wrong, "tonnes are written 33,521.78 tonnes Cu / 9,563.79 tonnes Co")
			return
		}
	}
	x.written = entity.Written{Kind: graph.Facility, Text: name, Country: "COD", Latitude: at[0], Longitude: at[1], ID: "drc-" + x.id, File: x.file, Line: x.line}
	if first == nil {
		x.permits = 1
		p.byID[x.id] = x
		p.owners(x, t)
		p.book.Want(x.written) // permits are the source's own
	}
	p.order = append(p.order, x)
}

// owners reads who has the project, and asks who they are.
func (p *projects) owners(x *project, t *loader.Table) {
	named := owners(t.Text("Ownership"))
	text := t.Text("Share_allocation")
	list, ok := shares(text)
	switch {
	case ok:
	case strings.TrimSpace(text) == "100%" && len(named) == 1:
		list = []holding{{named[0].name, 1}}
	default:
		if list = named; text != "" {
			p.unread = append(p.unread, fmt.Sprint(x.line))
		}
	}
	for _, h := range list {
		w := entity.Written{Kind: graph.Company, Text: h.name, Latitude: math.NaN(), Longitude: math.NaN(), File: x.file, Line: x.line}
		p.book.Want(w)
		x.owners = append(x.owners, owner{h, w})
	}
}

func (p *projects) write() {
	facilities, owns := p.schema.Kind(graph.Facility), p.schema.Kind(graph.Owns)
	for _, x := range p.order {
		id := x.written.ID
		if x.of == nil {
			id = p.book.Answer(x.written).ID
		}
		row := p.sink.Row(facilities, x.file, x.line)
		row.SetText("id", id)
		row.SetText("name", x.written.Text)
		row.SetText("country", "COD")
		row.SetFloat("latitude", x.written.Latitude)
		row.SetFloat("longitude", x.written.Longitude)
		row.SetText("aliases", strings.ReplaceAll(x.alias, ";", ","))
		row.SetText("activity", x.activity)
		row.SetText("source", cited)
		if x.of != nil {
			row.SetText("part_of", p.book.Answer(x.of.written).ID)
			continue
		}
		seen := map[string]bool{}
		for _, o := range x.owners {
			owner := p.book.Answer(o.written).ID
			if seen[owner] {
				continue
			}
			seen[owner] = true
			row := p.sink.Beside(owns, x.file, x.line)
			row.SetText("owner", owner)
			row.SetText("owned", id)
			row.SetText("from", fmt.Sprint(year))
			if o.share >= 0 {
				row.SetFloat("share", o.share)
			}
			row.SetText("source", cited)
		}
		p.made(x, id)
	}
}

// made writes what a project mined: tonnes of the metal contained.
func (p *projects) made(x *project, id string) {
	if strings.Contains(strings.ToLower(x.written.Text), "smelter") {
		p.smelted = append(p.smelted, x.written.Text)
		return
	}
	for _, m := range []struct {
		product, material string
		tonnes            float64
	}{{"copper-ore", "copper", x.copper}, {"cobalt-ore", "cobalt", x.cobalt}} {
		if m.tonnes < 0 {
			continue
		}
		row := p.sink.Beside(p.schema.Kind(graph.Produces), x.file, x.line)
		row.SetInt("year", year)
		row.SetText("product", m.product)
		row.SetText("facility", id)
		row.SetFloat("tonnes", m.tonnes)
		row.SetText("basis", "contained")
		row.SetText("material", m.material)
		row.SetText("source", cited)
	}
}

// oneLine is a text without line ends and blanks in a row.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
