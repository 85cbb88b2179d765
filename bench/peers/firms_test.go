package peers

import (
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"tiermap/graph"
	"tiermap/graph/duckdb"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// firms asks about one firm of a network of firms: where its supply starts, how much
// of it passes the largest, and by which ways most comes.
func firms(b *testing.B, s *sheet) {
	f := supplytest.GenerateFirms(1, s.Sizes["firms"], s.Sizes["links"])
	largest, target := outstanding(b, f, s.Sizes["largest"])
	n := readFirms(b, f, target)
	number := map[string]int{} // of a producer
	for k, p := range n.Producers {
		number[p.ID] = k
	}
	on := func(w *supply.Walk) *supply.Dependency {
		d, err := w.FirmDependency(supplytest.Goods)
		return must(b, d, err)
	}
	askOne := func(name string, d *supply.Dependency) answer {
		switch name {
		case "origins":
			return origins(b, d)
		case "pass-through":
			return passed(b, d, largest, number)
		case "paths":
			return paths(b, d, func(s supply.PathStep) string { return strconv.Itoa(number[s.Firm.ID]) })
		}
		b.Fatalf("nobody knows how to ask firms for %q", name)
		return nil
	}
	for _, q := range s.Questions {
		s.time(b, q.Name, "cold", func() answer { return askOne(q.Name, on(supply.NewWalk(n))) })
		warm := supply.NewWalk(n)
		askOne(q.Name, on(warm))
		s.time(b, q.Name, "warm", func() answer { return askOne(q.Name, on(warm)) })
	}
	in := newInput(b)
	in.firms(b, n)
	in.json(b, "input", map[string]any{"target": number[target], "places": n.Places, "largest": numbersOf(largest, number)})
	s.python(b, in)
}

// outstanding returns the firms with most customers, and one in the middle that has
// several suppliers, to ask about.
func outstanding(b *testing.B, f supplytest.Firms, count int) (largest []supply.Actor, target string) {
	customers, suppliers := make([]int, f.Count), make([]int, f.Count)
	order := make([]int, f.Count)
	for i, supplier := range f.Supplier {
		customers[supplier]++
		suppliers[f.Customer[i]]++
	}
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return customers[y] - customers[x] })
	for _, i := range order[:count] {
		largest = append(largest, supply.Actor{ID: supplytest.FirmID(i)})
	}
	for _, i := range order[f.Count/2:] {
		if suppliers[i] >= 5 {
			return largest, supplytest.FirmID(i)
		}
	}
	b.Fatal("nobody to ask about")
	return nil, ""
}

// readFirms has the embedded store read the network.
func readFirms(b *testing.B, f supplytest.Firms, target string) *supply.Network {
	opened, err := duckdb.Open(b.Context(), duckdb.Options{Path: filepath.Join(b.TempDir(), "firms.duckdb")})
	store := must(b, opened, err)
	defer store.Close() //nolint:errcheck // nothing is kept
	load(b, store, func(load graph.Load) error { return f.Write(b.Context(), load) })
	taken, err := store.Snapshot(b.Context())
	snapshot := must(b, taken, err)
	defer snapshot.Close() //nolint:errcheck // only read
	catalogue := supply.NewCatalogue(supply.Facts{Products: []supply.ProductRow{{ID: supplytest.Goods}}})
	n, _, err := catalogue.ReadFirms(b.Context(), snapshot, supply.Question{Firm: target, Product: supplytest.Goods, Year: supplytest.Year})
	return must(b, n, err)
}

func passed(b *testing.B, d *supply.Dependency, firms []supply.Actor, number map[string]int) answer {
	list, err := d.PassThroughOf(b.Context(), firms, supply.ByOperator)
	found := answer{}
	for _, p := range must(b, list, err) {
		found[strconv.Itoa(number[p.Firm.ID])] = p.Share
	}
	return found
}

func numbersOf(firms []supply.Actor, number map[string]int) []int {
	list := make([]int, len(firms))
	for i, f := range firms {
		list[i] = number[f.ID]
	}
	return list
}

// firms writes who is supplied by whom, in compressed sparse rows.
func (in input) firms(b *testing.B, n *supply.Network) {
	b.Helper()
	start := []int64{0}
	var supplier, place []int32
	var share []float64
	for k, p := range n.Producers {
		for _, l := range n.SourcesOf(int32(k)) {
			supplier, share = append(supplier, l.Producer), append(share, l.Share)
		}
		start, place = append(start, int64(len(share))), append(place, n.Nodes[p.Node].Place)
	}
	for name, column := range map[string]any{"start": start, "supplier": supplier, "share": share, "place": place} {
		in.column(b, name, column)
	}
}
