package supplytest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"tiermap/graph"
)

// Goods is the product that generated firms supply each other with.
const Goods = "goods"

// FirmID returns the id of a generated firm.
func FirmID(i int) string { return fmt.Sprintf("firm-%07d", i) }

// Firms is a generated network of firms: Supplier[i] supplies Customer[i] with
// Tonnes[i].
type Firms struct {
	Count    int
	Supplier []int32
	Customer []int32
	Tonnes   []float64
	Country  []int32 // of a firm
}

// GenerateFirms makes a network of firms in the shape of those that tax records
// show: the numbers of suppliers and of customers have heavy tails (exponents of
// the density of about 2.5), tonnes too, and about 91 in 100 firms are in one
// strongly connected component. Of the others half have no suppliers, so that
// supply starts there, and half no customers. Some pairs are linked more than
// once: those count as links of their own. The same arguments make the same firms.
func GenerateFirms(seed uint64, firms, links int) Firms {
	rng := rand.New(rand.NewPCG(seed, 0))
	f := Firms{Count: firms, Country: make([]int32, firms)}
	f.Supplier, f.Customer = make([]int32, 0, links), make([]int32, 0, links)
	f.Tonnes = make([]float64, 0, links)
	for i := range f.Country {
		u := rng.Float64()
		f.Country[i] = int32(60 * u * u * u)
	}
	order := rng.Perm(firms)
	first, last := firms*9/200, firms*191/200 // those before have no suppliers, those behind no customers
	sells, buys := newRaffle(rng, order[:last]), newRaffle(rng, order[first:])
	add := func(supplier, customer int32) {
		if supplier != customer && len(f.Supplier) < links {
			f.Supplier, f.Customer = append(f.Supplier, supplier), append(f.Customer, customer)
			f.Tonnes = append(f.Tonnes, math.Exp(1.5*rng.NormFloat64()))
		}
	}
	for i, firm := range order { // everyone has someone
		if i >= first {
			add(sells.draw(), int32(firm))
		}
		if i < last {
			add(int32(firm), buys.draw())
		}
	}
	for len(f.Supplier) < links {
		add(sells.draw(), buys.draw())
	}
	return f
}

// raffle draws firms by weights with a heavy tail.
type raffle struct {
	rng   *rand.Rand
	firms []int32
	upTo  []float64 // sums of weights
}

func newRaffle(rng *rand.Rand, firms []int) *raffle {
	r := &raffle{rng: rng}
	sum := 0.0
	for _, firm := range firms {
		sum += math.Pow(1-rng.Float64(), -1/1.5)
		r.firms, r.upTo = append(r.firms, int32(firm)), append(r.upTo, sum)
	}
	return r
}

func (r *raffle) draw() int32 {
	u := r.rng.Float64() * r.upTo[len(r.upTo)-1]
	i, _ := slices.BinarySearchFunc(r.upTo, u, func(sum, u float64) int { return cmp.Compare(sum, u) })
	return r.firms[i]
}

// Write writes the firms and who supplies whom into a load.
func (f Firms) Write(ctx context.Context, load graph.Load) error {
	schema, words := graph.NewSchema(), graph.NewWords()
	const rows = 1 << 14
	file := words.ID("generated.csv")
	firm := make([]uint32, f.Count)
	for i := range firm {
		firm[i] = words.ID(FirmID(i))
	}
	write := func(kind string, n int, fill func(graph.Row, int)) error {
		batch := graph.NewBatch(schema.Kind(kind), words, rows)
		line := batch.Kind.Field("file")
		for i := range n {
			r := batch.Add()
			fill(r, i)
			batch.Columns[line].Word[batch.Len-1] = file
			r.SetInt("line", i+2)
			if batch.Len == rows || i == n-1 {
				if err := load.Write(ctx, batch); err != nil {
					return err
				}
				batch.Reset()
			}
		}
		return nil
	}
	if err := write(graph.Product, 1, func(r graph.Row, _ int) { r.SetText("id", Goods) }); err != nil {
		return err
	}
	if err := write(graph.Company, f.Count, func(r graph.Row, i int) {
		r.SetText("id", FirmID(i))
		r.SetText("country", CountryID(int(f.Country[i])))
	}); err != nil {
		return err
	}
	return write(graph.Supplies, len(f.Supplier), func(r graph.Row, i int) {
		r.SetInt("year", Year)
		r.SetText("supplier", FirmID(int(f.Supplier[i])))
		r.SetText("customer", FirmID(int(f.Customer[i])))
		r.SetText("product", Goods)
		r.SetFloat("tonnes", f.Tonnes[i])
	})
}
