package peers

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"tiermap/graph"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
	"tiermap/loader/baci/bacitest"
)

// products asks for the origins of every product of a year in every country.
func products(b *testing.B, t *table) {
	codes := bacitest.Codes
	if os.Getenv("BENCH_QUICK") != "" {
		codes = 300
	}
	facts := readYear(b, codes)
	folder := b.TempDir()
	networks := make([]*supply.Network, len(facts))
	assembled := func(limit int) {
		each(b, limit, len(facts), func(ctx context.Context, i int) error {
			n, err := facts[i].assemble(ctx)
			networks[i] = n
			return err
		})
	}
	assembled(runtime.GOMAXPROCS(0))
	writeNetworks(b, folder, networks)

	lines := make([][]supply.TargetOrigins, len(networks))
	solve := func(limit int) {
		each(b, limit, len(networks), func(ctx context.Context, i int) (err error) {
			lines[i], err = supply.NewWalk(networks[i]).Targets(ctx, facts[i].code)
			return err
		})
	}
	cores := runtime.GOMAXPROCS(0)
	t.add("products", "one core", 3, func() answer { solve(1); return nil })
	t.add("products", fmt.Sprintf("%d cores", cores), 3, func() answer { solve(cores); return nil })
	t.add("products", fmt.Sprintf("%d cores, from rows of trade", cores), 3, func() answer { assembled(cores); solve(cores); return nil })
	found := probes(networks, lines)
	for i := range t.ours {
		if t.ours[i].Question == "products" {
			t.ours[i].Answer = found
		}
	}
	t.compare(b, python(b, "products.py", folder))
}

// each does something for every one of n, so many at a time.
func each(b *testing.B, limit, n int, do func(ctx context.Context, i int) error) {
	group, ctx := errgroup.WithContext(b.Context())
	group.SetLimit(limit)
	for i := range n {
		group.Go(func() error { return do(ctx, i) })
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
}

// probes sums the origin shares of every target, weighted by place: one number a
// target that no other shares come to.
func probes(networks []*supply.Network, lines [][]supply.TargetOrigins) answer {
	found := answer{}
	for i, n := range networks {
		place := map[string]int{}
		for at, v := range n.Nodes {
			place[n.Places[v.Place]] = at
		}
		for _, line := range lines[i] {
			var sum float64
			for _, s := range line.Shares {
				sum += s.Origin / float64(1+place[s.Place])
			}
			found[fmt.Sprintf("%d %d", i, place[line.Place])] = sum
		}
	}
	return found
}

// codeFacts are the facts of one product: a trade code.
type codeFacts struct {
	code  string
	trade *graph.Batch
}

func (f codeFacts) assemble(ctx context.Context) (*supply.Network, error) {
	catalogue := supply.NewCatalogue(supply.Facts{Datasets: []graph.Dataset{{ID: "baci"}}, Coverage: supplytest.Coverage(f.trade)})
	plan, err := catalogue.Plan(supply.Question{Product: f.code, Year: bacitest.Year}, nil)
	if err != nil {
		return nil, err
	}
	trade := plan.NewTrade()
	if err := trade.Append(f.trade); err != nil {
		return nil, err
	}
	return supply.Assemble(ctx, plan, trade, supply.Mass)
}

// readYear reads a generated year of trade, by code.
func readYear(b *testing.B, codes int) []codeFacts {
	b.Helper()
	path, err := bacitest.File(bacitest.Rows/bacitest.Codes*codes, codes)
	f, err2 := os.Open(must(b, path, err))
	lines := bufio.NewScanner(must(b, f, err2))
	defer f.Close() //nolint:errcheck // only read
	of := map[string]*graph.Batch{}
	kind, words := graph.NewSchema().Kind(graph.Trades), graph.NewWords()
	for lines.Scan() {
		c := strings.Split(lines.Text(), ",") // t,i,j,k,v,q
		if c[0] == "t" {
			continue
		}
		if of[c[3]] == nil {
			of[c[3]] = graph.NewBatch(kind, words, bacitest.Rows/bacitest.Codes)
		}
		r := of[c[3]].Add()
		r.SetText("dataset", "baci")
		r.SetInt("year", bacitest.Year)
		r.SetText("exporter", c[1])
		r.SetText("importer", c[2])
		r.SetText("code", "HS2017:"+c[3])
		value, err := strconv.ParseFloat(c[4], 64)
		r.SetFloat("value_usd", 1000*must(b, value, err))
		if c[5] != "NA" {
			tonnes, err := strconv.ParseFloat(c[5], 64)
			r.SetFloat("tonnes", must(b, tonnes, err))
		}
	}
	if err := lines.Err(); err != nil {
		b.Fatal(err)
	}
	var facts []codeFacts
	for code, trade := range of {
		facts = append(facts, codeFacts{"HS2017:" + code, trade})
	}
	slices.SortFunc(facts, func(a, b codeFacts) int { return strings.Compare(a.code, b.code) })
	return facts
}

// writeNetworks writes the columns of all networks, one behind the other.
func writeNetworks(b *testing.B, folder string, networks []*supply.Network) {
	b.Helper()
	column := func(name string, write func(io.Writer, *supply.Network) error) {
		f, err := os.Create(filepath.Join(folder, name+".bin"))
		w := bufio.NewWriter(must(b, f, err))
		for _, n := range networks {
			if err := write(w, n); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	column("sizes", func(w io.Writer, n *supply.Network) error {
		return binary.Write(w, binary.LittleEndian, []int64{int64(len(n.Nodes)), int64(len(n.Trade))})
	})
	column("importer", func(w io.Writer, n *supply.Network) error {
		importers := make([]int32, 0, len(n.Trade))
		for i := range n.Nodes {
			for range n.TradeInto(int32(i)) {
				importers = append(importers, int32(i))
			}
		}
		return binary.Write(w, binary.LittleEndian, importers)
	})
	column("exporter", func(w io.Writer, n *supply.Network) error {
		return binary.Write(w, binary.LittleEndian, values(n.Trade, func(l supply.TradeLink) int32 { return l.Exporter }))
	})
	column("tonnes", func(w io.Writer, n *supply.Network) error {
		return binary.Write(w, binary.LittleEndian, values(n.Trade, func(l supply.TradeLink) float64 { return l.Tonnes }))
	})
	column("production", func(w io.Writer, n *supply.Network) error {
		return binary.Write(w, binary.LittleEndian, values(n.Nodes, func(v supply.Node) float64 { return v.Production }))
	})
	column("supply", func(w io.Writer, n *supply.Network) error {
		return binary.Write(w, binary.LittleEndian, values(n.Nodes, func(v supply.Node) float64 { return v.Supply }))
	})
}

// values takes one value from each of a list.
func values[T, V any](list []T, of func(T) V) []V {
	taken := make([]V, len(list))
	for i, v := range list {
		taken[i] = of(v)
	}
	return taken
}
