package supplytest

import "tiermap/graph"

// Batches turns what Generate made, of so many countries, into what a loader
// would write.
func (f Facts) Batches(countries int) []*graph.Batch {
	schema, words := graph.NewSchema(), graph.NewWords()
	file := func(r graph.Row, line int) {
		r.SetText("file", "generated.csv")
		r.SetInt("line", line)
	}
	places := graph.NewBatch(schema.Kind(graph.Country), words, countries)
	for i := range countries {
		r := places.Add()
		r.SetText("id", CountryID(i))
		file(r, i)
	}
	materials := graph.NewBatch(schema.Kind(graph.Material), words, 1)
	r := materials.Add()
	r.SetText("id", Material)
	file(r, 1)
	all := []*graph.Batch{places, materials}
	add := func(kind string, n int, fill func(graph.Row, int)) {
		batch := graph.NewBatch(schema.Kind(kind), words, n)
		for i := range n {
			r := batch.Add()
			fill(r, i)
			file(r, i+2)
		}
		all = append(all, batch)
	}
	c := f.Catalogue
	add(graph.Product, len(c.Products), func(r graph.Row, i int) {
		r.SetText("id", c.Products[i].ID)
		r.SetText("stage", c.Products[i].Stage)
	})
	add(graph.Contains, len(c.Contains), func(r graph.Row, i int) {
		r.SetText("product", c.Contains[i].Product)
		r.SetText("material", c.Contains[i].Material)
		r.SetFloat("mass_fraction", c.Contains[i].MassFraction)
	})
	add(graph.MadeFrom, len(c.MadeFrom), func(r graph.Row, i int) {
		r.SetText("product", c.MadeFrom[i].Product)
		r.SetText("input", c.MadeFrom[i].Input)
		r.SetFloat("share", c.MadeFrom[i].Share)
	})
	add(graph.CodedAs, len(c.CodedAs), func(r graph.Row, i int) {
		r.SetText("product", c.CodedAs[i].Product)
		r.SetText("code", c.CodedAs[i].Code)
		r.SetFloat("share", c.CodedAs[i].Share)
	})
	add(graph.Produces, len(f.Production), func(r graph.Row, i int) {
		p := f.Production[i]
		r.SetInt("year", p.Year)
		r.SetText("product", p.Product)
		r.SetText("country", p.Country)
		r.SetFloat("tonnes", p.Tonnes)
	})
	for i := range f.Trade.Len {
		file(f.Trade.Row(i), i+2)
	}
	return append(all, f.Trade)
}
