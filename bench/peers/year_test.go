package peers

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
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

// year asks for the origins of every product of a year in every country, and has the
// command write them.
func year(b *testing.B, s *sheet) {
	path, err := bacitest.File(s.Sizes["rows"], s.Sizes["codes"])
	facts := readYear(b, must(b, path, err))
	networks := make([]*supply.Network, len(facts))
	cores := runtime.GOMAXPROCS(0)
	each(b, cores, len(facts), func(ctx context.Context, i int) (err error) {
		networks[i], err = facts[i].assemble(ctx)
		return err
	})
	solve := func(ctx context.Context, i int, n *supply.Network) ([]supply.TargetOrigins, error) {
		return supply.NewWalk(n).Targets(ctx, facts[i].code)
	}
	solved := func(limit int) answer {
		each(b, limit, len(facts), func(ctx context.Context, i int) error {
			_, err := solve(ctx, i, networks[i])
			return err
		})
		return nil
	}
	s.time(b, "origins", "one core", func() answer { return solved(1) })
	s.time(b, "origins", "all cores", func() answer { return solved(cores) })
	s.time(b, "origins", "all cores, from rows of trade", func() answer {
		each(b, cores, len(facts), func(ctx context.Context, i int) error {
			n, err := facts[i].assemble(ctx)
			if err == nil {
				_, err = solve(ctx, i, n)
			}
			return err
		})
		return nil
	})
	found := make([]answer, len(facts))
	each(b, cores, len(facts), func(ctx context.Context, i int) error {
		lines, err := solve(ctx, i, networks[i])
		found[i] = probes(i, networks[i], lines)
		return err
	})
	s.ours[0].Answer = merged(found)
	in := newInput(b)
	in.networks(b, networks)
	s.python(b, in)
	s.more = command(b, path)
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
func probes(product int, n *supply.Network, lines []supply.TargetOrigins) answer {
	place := make(map[string]int, len(n.Nodes))
	for at, v := range n.Nodes {
		place[n.Places[v.Place]] = at
	}
	found := make(answer, len(lines))
	for _, line := range lines {
		var sum float64
		for s := range line.Shares() {
			sum += s.Origin / float64(1+place[s.Place])
		}
		found[fmt.Sprintf("%d %d", product, place[line.Place])] = sum
	}
	return found
}

func merged(list []answer) answer {
	all := answer{}
	for _, a := range list {
		for name, x := range a {
			all[name] = x
		}
	}
	return all
}

// codeFacts are the facts of one product: a trade code.
type codeFacts struct {
	code      string
	trade     *graph.Batch
	catalogue *supply.Catalogue
}

func (f codeFacts) assemble(ctx context.Context) (*supply.Network, error) {
	plan, err := f.catalogue.Plan(supply.Question{Product: f.code, Year: bacitest.Year}, nil)
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
func readYear(b *testing.B, path string) []codeFacts {
	b.Helper()
	f, err := os.Open(path)
	lines := bufio.NewScanner(must(b, f, err))
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
		catalogue := supply.NewCatalogue(supply.Facts{Datasets: []graph.Dataset{{ID: "baci"}}, Coverage: supplytest.Coverage(trade)})
		facts = append(facts, codeFacts{"HS2017:" + code, trade, catalogue})
	}
	slices.SortFunc(facts, func(a, b codeFacts) int { return cmp.Compare(a.code, b.code) })
	return facts
}

// networks writes the columns of all networks, one behind the other.
func (in input) networks(b *testing.B, networks []*supply.Network) {
	b.Helper()
	var sizes []int64
	var importer, exporter []int32
	var tonnes, production, supplied []float64
	for _, n := range networks {
		sizes = append(sizes, int64(len(n.Nodes)), int64(len(n.Trade)))
		for i, v := range n.Nodes {
			production, supplied = append(production, v.Production), append(supplied, v.Supply)
			for _, l := range n.TradeInto(int32(i)) {
				importer, exporter, tonnes = append(importer, int32(i)), append(exporter, l.Exporter), append(tonnes, l.Tonnes)
			}
		}
	}
	for name, column := range map[string]any{"sizes": sizes, "importer": importer, "exporter": exporter, "tonnes": tonnes,
		"production": production, "supply": supplied} {
		in.column(b, name, column)
	}
}
