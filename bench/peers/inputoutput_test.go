package peers

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tiermap/graph"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// economy is an input-output table: sector i of all countries sells inputs[i][j] to
// sector j, and demand[i][c] to the final users of country c.
type economy struct {
	countries, sectors int
	inputs, demand     [][]float64
	output             []float64
}

// generateEconomy makes a table in which three inputs in ten are zero, and about half
// of every output goes to final demand.
func generateEconomy(countries, sectors int) economy {
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same table in each run
	e := economy{countries: countries, sectors: sectors}
	n := countries * sectors
	e.inputs, e.demand, e.output = make([][]float64, n), make([][]float64, n), make([]float64, n)
	paid := make([]float64, n)
	for i := range n {
		e.inputs[i], e.demand[i] = make([]float64, n), make([]float64, countries)
		for j := range n {
			if rng.Float64() > 0.3 {
				v := rng.ExpFloat64()
				e.inputs[i][j] = v
				e.output[i] += v
				paid[j] += v
			}
		}
	}
	for i := range n {
		left := 2*max(e.output[i], paid[i]) - e.output[i]
		for c := range countries {
			e.demand[i][c] = (0.5 + rng.Float64()) * left / float64(countries)
			e.output[i] += e.demand[i][c]
		}
	}
	return e
}

const tableName = "GENERATED"

func (e economy) stage(i int) supply.Stage {
	return supply.Stage{Place: supplytest.CountryID(i / e.sectors), Product: fmt.Sprintf("%s:s%02d", tableName, i%e.sectors)}
}

// network makes the network of the table.
func (e economy) network(b *testing.B) *supply.Network {
	t := &supply.InputOutput{Table: tableName, Year: supplytest.Year}
	schema, words := graph.NewSchema(), graph.NewWords()
	outputs := graph.NewBatch(schema.Kind(graph.Output), words, len(e.output))
	for i, usd := range e.output {
		e.add(outputs, i, usd)
	}
	batches := []*graph.Batch{outputs}
	for i := range e.inputs {
		flows := graph.NewBatch(schema.Kind(graph.InputFlow), words, len(e.inputs))
		for j, usd := range e.inputs[i] {
			if usd > 0 {
				r, buyer := e.add(flows, i, usd), e.stage(j)
				r.SetText("buyer", buyer.Place)
				r.SetText("buyer_sector", buyer.Product)
			}
		}
		batches = append(batches, flows)
	}
	for _, batch := range batches {
		if err := t.Add(batch); err != nil {
			b.Fatal(err)
		}
	}
	n, err := t.Network()
	return must(b, n, err)
}

// add adds a row of what a sector sells or makes.
func (e economy) add(batch *graph.Batch, i int, usd float64) graph.Row {
	r, s := batch.Add(), e.stage(i)
	r.SetText("dataset", "generated")
	r.SetInt("year", supplytest.Year)
	r.SetText("country", s.Place)
	r.SetText("sector", s.Product)
	r.SetFloat("value_usd", usd)
	return r
}

// demandOf is what the final users of a country buy.
func (e economy) demandOf(country int) map[supply.Stage]float64 {
	bought := map[supply.Stage]float64{}
	for i := range e.demand {
		bought[e.stage(i)] = e.demand[i][country]
	}
	return bought
}

// table asks where the value of a sector, and of what every country buys, is added.
func table(b *testing.B, s *sheet) {
	e := generateEconomy(s.Sizes["countries"], s.Sizes["sectors"])
	n := e.network(b)
	const sector = 7
	demand := make([]map[supply.Stage]float64, e.countries)
	for c := range demand {
		demand[c] = e.demandOf(c)
	}
	askOne := map[string]func(*supply.Walk) answer{
		"sector": func(w *supply.Walk) answer {
			d, err := w.Dependency(e.stage(sector).Place, e.stage(sector).Product)
			return origins(b, must(b, d, err))
		},
		"demand": func(w *supply.Walk) answer { return originsOfDemand(b, w, demand) },
	}
	for _, q := range s.Questions {
		do := askOne[q.Name]
		if do == nil {
			b.Fatalf("nobody knows how to ask a table for %q", q.Name)
		}
		s.time(b, q.Name, "cold", func() answer { return do(supply.NewWalk(n)) })
		warm := supply.NewWalk(n)
		do(warm)
		s.time(b, q.Name, "warm", func() answer { return do(warm) })
	}
	in := newInput(b)
	for i := range e.output {
		in.column(b, "inputs", e.inputs[i])
		in.column(b, "demand", e.demand[i])
	}
	in.column(b, "output", e.output)
	in.json(b, "input", map[string]any{"countries": n.Places, "sectors": e.sectors, "sector": sector})
	s.python(b, in)
}

// originsOfDemand is where the value of what every country buys is added, as shares.
func originsOfDemand(b *testing.B, w *supply.Walk, demand []map[supply.Stage]float64) answer {
	found := answer{}
	for c, bought := range demand {
		f, err := w.FinalOrigins(b.Context(), bought)
		for _, p := range must(b, f, err).Places {
			found[supplytest.CountryID(c)+" "+p.Place] = p.Origin / f.Total
		}
	}
	return found
}
