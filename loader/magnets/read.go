package magnets

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/entity"
)

// network is the few hundred plants and links of the files.
type network struct {
	Options
	plantsFile, linksFile loader.Input

	sink      *loader.Sink
	schema    *graph.Schema
	book      *entity.Book
	processes [steps]process
	plants    map[string]*plant
	order     []*plant
	links     []link
}

type plant struct {
	node, id          string
	company           entity.Written
	written           entity.Written
	city              string
	country           string
	processes         []int
	first, last, line int
}

type link struct {
	from, to    *plant
	product     string
	volume      float64 // normalised
	first, last int
	line        int
}

// sources of the facts, which say how far they may be trusted.
const (
	plantSource = "Queen's University Belfast, European permanent-magnet chain, plants"
	linkSource  = "Queen's University Belfast, European permanent-magnet chain, links: illustrative, of volumes that are normalised"
)

func (n *network) read(ctx context.Context, sink *loader.Sink) error {
	n.sink, n.schema, n.book, n.processes, n.plants = sink, graph.NewSchema(), entity.NewBook(n.Resolve), processes(), map[string]*plant{}
	if err := n.table(n.plantsFile, []string{"node_id", "company", "process_ids", "country_plant", "country_HQ", "city", "lat", "lon", "first_year", "last_year"}, n.plant); err != nil {
		return err
	}
	if err := n.table(n.linksFile, []string{"source", "target", "volume_normalised", "first_year", "last_year", "n_years"}, n.link); err != nil {
		return err
	}
	if err := n.book.Read(ctx, n.Store, dataset); err != nil {
		return err
	}
	n.book.Settle()
	n.writePlants()
	n.writeLinks()
	n.book.Write(sink, n.schema, plantSource)
	for _, kind := range []string{graph.Company, graph.Facility} {
		sink.Note("%s", n.book.Summary(kind))
	}
	for _, id := range n.book.Missing() {
		sink.Note("a decision names %s, which is not in the store: it was not followed", id)
	}
	sink.Note("the links are illustrative and their volumes normalised: their shares are marked estimated")
	return nil
}

func (n *network) table(in loader.Input, required []string, row func(*loader.Table)) error {
	t, err := n.sink.OpenLayout(in, loader.Layout{Required: required})
	if err != nil {
		return err
	}
	for t.Next() {
		row(t)
	}
	return t.Close()
}

// years reads the first and the last year of a row; ok is false where it was
// rejected.
func years(t *loader.Table) (first, last int, ok bool) {
	var got [2]int
	for i, column := range []string{"first_year", "last_year"} {
		year, wrong := loader.Int(t.Text(column))
		if wrong == "" && (year < 1900 || year > 2200) {
			wrong = loader.OutOfRange
		}
		if wrong != "" {
			t.Reject(column, wrong, "")
			return 0, 0, false
		}
		got[i] = year
	}
	if got[1] < got[0] {
		t.Reject("last_year", loader.Conflict, "it is before the first year")
		return 0, 0, false
	}
	return got[0], got[1], true
}

func (n *network) plant(t *loader.Table) {
	p := &plant{node: t.Text("node_id"), city: t.Text("city"), line: t.Line()}
	p.id = "magnets-" + p.node
	switch {
	case !graph.ValidID(p.node):
		t.Reject("node_id", loader.BadID, "")
		return
	case n.plants[p.node] != nil:
		t.Reject("node_id", loader.Repeated, "")
		return
	case t.Text("company") == "":
		t.Reject("company", loader.Missing, "")
		return
	}
	var wrong loader.Reason
	if p.processes, wrong = parse(t.Text("process_ids")); wrong != "" {
		t.Reject("process_ids", wrong, "processes are written 1|2|6")
		return
	}
	var places [2]string
	for i, column := range []string{"country_plant", "country_HQ"} {
		var err error
		if places[i], err = n.Countries.Resolve(t.Text(column), country.Any, 0); err != nil {
			t.Reject(column, loader.NoCountry, err.Error())
			return
		}
	}
	var at [2]float64
	for i, column := range []string{"lat", "lon"} {
		limit := float64(90 * (i + 1))
		if at[i], wrong = loader.Float(t.Text(column)); wrong == "" && (at[i] < -limit || at[i] > limit) {
			wrong = loader.OutOfRange
		}
		if wrong != "" {
			t.Reject(column, wrong, "")
			return
		}
	}
	var ok bool
	if p.first, p.last, ok = years(t); !ok {
		return
	}
	p.country = places[0]
	p.company = entity.Written{Kind: graph.Company, Text: t.Text("company"), Country: places[1], File: t.File(), Line: t.Line()}
	p.written = entity.Written{Kind: graph.Facility, Text: t.Text("company") + ", " + p.city, Country: places[0], Latitude: at[0], Longitude: at[1],
		ID: p.id, File: t.File(), Line: t.Line()}
	n.book.Want(p.company)
	n.book.Want(p.written)
	n.plants[p.node] = p
	n.order = append(n.order, p)
}

func (n *network) link(t *loader.Table) {
	l := link{line: t.Line(), from: n.plants[t.Text("source")], to: n.plants[t.Text("target")]}
	switch {
	case l.from == nil:
		t.Reject("source", loader.NoReference, "plants.csv has no row of it that was accepted")
		return
	case l.to == nil:
		t.Reject("target", loader.NoReference, "plants.csv has no row of it that was accepted")
		return
	case l.from == l.to:
		t.Reject("target", loader.Conflict, "a plant does not supply itself")
		return
	}
	var wrong loader.Reason
	l.volume, wrong = loader.Float(t.Text("volume_normalised"))
	switch {
	case wrong == "" && l.volume < 0:
		wrong = loader.Negative
	case wrong == "" && (l.volume == 0 || l.volume > 1e15):
		wrong = loader.OutOfRange
	}
	if wrong != "" {
		t.Reject("volume_normalised", wrong, "")
		return
	}
	var ok bool
	if l.first, l.last, ok = years(t); !ok {
		return
	}
	if count, wrong := loader.Int(t.Text("n_years")); wrong != "" || count != l.last-l.first+1 {
		t.Reject("n_years", cmp.Or(wrong, loader.Conflict), fmt.Sprintf("from %d to %d are %d years", l.first, l.last, l.last-l.first+1))
		return
	}
	l.product = n.processes[carried(l.from.processes, l.to.processes)-1].product
	if slices.ContainsFunc(n.links, func(o link) bool { return o.from == l.from && o.to == l.to && o.first <= l.last && l.first <= o.last }) {
		t.Reject("", loader.Repeated, "a row before has both plants and some of the years")
		return
	}
	n.links = append(n.links, l)
}

// writePlants writes the products of the processes, the plants, and what they
// make in which years, of which the amount is not known.
func (n *network) writePlants() {
	facilities, production, products := n.schema.Kind(graph.Facility), n.schema.Kind(graph.Produces), n.schema.Kind(graph.Product)
	for i, p := range n.order {
		p.id = n.book.Answer(p.written).ID
		row := n.sink.Row(facilities, n.plantsFile.Name, p.line)
		row.SetText("id", p.id)
		row.SetText("name", p.written.Text)
		row.SetText("country", p.country)
		row.SetFloat("latitude", p.written.Latitude)
		row.SetFloat("longitude", p.written.Longitude)
		row.SetText("operator", n.book.Answer(p.company).ID)
		row.SetText("source", plantSource)
		if i == 0 {
			n.writeProducts(products, p.line)
		}
		for year := p.first; year <= p.last; year++ {
			for _, step := range p.processes {
				row := n.sink.Beside(production, n.plantsFile.Name, p.line)
				row.SetInt("year", year)
				row.SetText("product", n.processes[step-1].product)
				row.SetText("facility", p.id)
				row.SetText("source", plantSource)
			}
		}
	}
}

func (n *network) writeProducts(kind *graph.Kind, line int) {
	for _, p := range n.processes {
		row := n.sink.Beside(kind, n.plantsFile.Name, line)
		row.SetText("id", p.product)
		row.SetText("name", p.name)
		row.SetText("stage", p.stage)
		row.SetText("source", plantSource)
	}
}

// writeLinks writes the shares: a link's volume over that of all links by which
// its customer gets the same product in that year.
func (n *network) writeLinks() {
	type supply struct {
		customer *plant
		product  string
		year     int
	}
	sums := map[supply]float64{}
	for _, l := range n.links {
		for year := l.first; year <= l.last; year++ {
			sums[supply{l.to, l.product, year}] += l.volume
		}
	}
	kind := n.schema.Kind(graph.Supplies)
	for _, l := range n.links {
		for year := l.first; year <= l.last; year++ {
			add := n.sink.Beside
			if year == l.first {
				add = n.sink.Row
			}
			row := add(kind, n.linksFile.Name, l.line)
			row.SetInt("year", year)
			row.SetText("supplier", l.from.id)
			row.SetText("customer", l.to.id)
			row.SetText("product", l.product)
			row.SetFloat("share", l.volume/sums[supply{l.to, l.product, year}])
			row.SetText("source", linkSource)
			row.SetBool("estimated", true)
		}
	}
}
