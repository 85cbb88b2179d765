package supply_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// What is written out says of every supply what an answer about it says.
func TestListingIsWhatAnswersSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, _ := question(t, middling)
		w := supply.NewWalk(n)
		ctx := context.Background()
		l := must[*supply.Listing](t)(w.Listing(ctx, 0))
		origins := map[int]map[string]supply.CountryShare{}
		for _, o := range l.Origins {
			if origins[o.Supply] == nil {
				origins[o.Supply] = map[string]supply.CountryShare{}
			}
			origins[o.Supply][o.Place] = o.CountryShare
		}
		seen := map[supply.Stage]bool{}
		for i, s := range l.Supplies {
			if seen[s.Stage] {
				t.Fatalf("%v stands twice", s.Stage)
			}
			seen[s.Stage] = true
			if s.Pooled && s.Place != "" {
				continue // who makes for a pool is no target
			}
			d := dependencyOf(t, w, s.Stage)
			if !d.HasSupply() { // used, although nothing of it is known
				check(t, "unexplained", s.UnexplainedHere, 1)
				check(t, "unexplained", s.Unexplained, 1)
				continue
			}
			if tonnes, ok := d.SupplyTonnes(); ok {
				check(t, "tonnes", s.Tonnes, tonnes)
			} else if !math.IsNaN(s.Tonnes) {
				t.Fatalf("a pool has %v t", s.Tonnes)
			}
			check(t, "domestic", s.Domestic, d.DomesticShare())
			check(t, "unexplained", s.Unexplained, must[float64](t)(d.UnexplainedShare(ctx)))
			check(t, "estimated", s.Estimated, must[float64](t)(d.EstimatedShare(ctx)))
			shares := must[[]supply.CountryShare](t)(d.Shares(ctx))
			for _, want := range shares {
				got := origins[i][want.Place]
				check(t, fmt.Sprint("origin ", want.Place, " of ", s.Stage), got.Origin, want.Origin)
				check(t, fmt.Sprint("direct ", want.Place, " of ", s.Stage), got.Direct, want.Direct)
			}
			if len(shares) != len(origins[i]) {
				t.Fatalf("%v starts in %v, want %v", s.Stage, origins[i], shares)
			}
		}
		for i := range n.Nodes {
			if s := stageOf(n, i); !seen[s] && !n.Products[n.Nodes[i].Product].Pooled && ask(t, w, s).HasSupply() {
				t.Fatalf("%v is not listed", s)
			}
		}
	})
}

// Whoever walks what is written out, and nothing else, comes to the same origins.
func TestListingCanBeWalked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, _ := question(t, shape{places: 6, products: 4, pools: true, largest: 1000, gaps: true})
		l := must[*supply.Listing](t)(supply.NewWalk(n).Listing(context.Background(), 0))
		size := len(l.Supplies)
		sums := make([]float64, size)
		steps := mat.NewDense(size, size, nil)
		for i, s := range l.Supplies {
			sums[i] = s.OriginHere + s.UnexplainedHere
			steps.Set(i, i, 1)
		}
		for _, from := range l.Sources {
			if from.From == from.To || from.Share <= 0 {
				t.Fatalf("source %+v", from)
			}
			sums[from.From] += from.Share
			if l.Supplies[from.From].Unexplained < 1-1e-12 { // elsewhere it may go round for ever
				steps.Set(from.From, from.To, steps.At(from.From, from.To)-from.Share)
			}
		}
		for i, sum := range sums {
			check(t, fmt.Sprint("shares of ", l.Supplies[i].Stage), sum, 1)
		}
		starts := mat.NewDense(size, len(n.Places), nil)
		for i, s := range l.Supplies {
			if s.Place != "" {
				starts.Set(i, placeIndex(n, s.Place), s.OriginHere)
			}
		}
		var origins mat.Dense
		if err := origins.Solve(steps, starts); err != nil && !errors.As(err, new(mat.Condition)) {
			t.Fatalf("%v", err)
		}
		for _, o := range l.Origins {
			at := placeIndex(n, o.Place)
			if got := origins.At(o.Supply, at); math.Abs(got-o.Origin) > 1e-8 {
				t.Fatalf("%v of %v: walked %v, written %v", o.Place, l.Supplies[o.Supply].Stage, got, o.Origin)
			}
			origins.Set(o.Supply, at, 0)
		}
		if left := mat.Max(&origins); left > 1e-8 {
			t.Fatalf("an origin of %v is not listed", left)
		}
	})
}

func placeIndex(n *supply.Network, id string) int { return slices.Index(n.Places, id) }

// Pools stand between their makers and their users.
func TestListingOfPools(t *testing.T) {
	w := pools()
	w.guessedProduction = map[supply.Stage]bool{at("D", "turbine"): true}
	l := must[*supply.Listing](t)(supply.NewWalk(w.network(supply.Exports)).Listing(context.Background(), 0))
	var got []string
	for _, from := range l.Sources {
		a, b := l.Supplies[from.From], l.Supplies[from.To]
		got = append(got, fmt.Sprintf("%s %s > %s %s %s %.4f %v", a.Place, a.Product, b.Place, b.Product, from.By, from.Share, from.Estimated))
	}
	slices.Sort(got)
	want := []string{
		" turbine > C turbine POOL 0.2500 false", " turbine > D turbine POOL 0.7500 true",
		"C turbine > C magnet MADE 1.0000 false", "D farm >  tower MADE 0.5000 false", "D farm >  turbine MADE 0.5000 false",
		"D magnet > C magnet TRADE 1.0000 false", "D turbine > D magnet MADE 1.0000 false",
		"N farm >  tower MADE 0.2500 false", "N farm >  turbine MADE 0.2500 false", "N farm > D farm TRADE 0.5000 false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("sources %q", got)
	}
	for _, s := range l.Supplies {
		switch s.Stage {
		case at("", "tower"): // nobody makes any
			if s.UnexplainedHere != 1 || s.Unexplained != 1 || !s.Pooled {
				t.Errorf("%+v", s)
			}
		case at("D", "turbine"):
			if s.Domestic != 1 || s.Production != 3 || !math.IsNaN(s.Tonnes) || !s.Pooled {
				t.Errorf("%+v", s)
			}
		case at("N", "farm"):
			if s.Tonnes != 20 || s.Domestic != 0.5 || s.Imports != 10 || s.Pooled || s.Unexplained != 0.5 {
				t.Errorf("%+v", s)
			}
		}
	}
}

// Small origins are left out by the share that is asked for, those that are
// direct suppliers are not.
func TestListingLeavesOutSmallOrigins(t *testing.T) {
	w := world{
		production: map[supply.Stage]float64{at("A", "p"): 100, at("B", "p"): 1, at("C", "p"): 1},
		flows: []flow{
			{from: "A", to: "T", product: "p", tonnes: 98}, {from: "C", to: "D", product: "p", tonnes: 1},
			{from: "B", to: "T", product: "p", tonnes: 1}, {from: "D", to: "T", product: "p", tonnes: 1},
		},
	}
	l := must[*supply.Listing](t)(supply.NewWalk(w.network(supply.Mass)).Listing(context.Background(), 0.005))
	all := must[*supply.Listing](t)(supply.NewWalk(w.network(supply.Mass)).Listing(context.Background(), 0.5))
	count := func(l *supply.Listing) (places string) {
		for _, o := range l.Origins {
			if l.Supplies[o.Supply].Place == "T" {
				places += o.Place
			}
		}
		return places
	}
	if got := count(l); got != "ABCD" {
		t.Errorf("origins of T: %s", got)
	}
	if got := count(all); got != "A" {
		t.Errorf("origins of T of at least a half: %s", got)
	}
}

// A whole network written out.
func BenchmarkListing(b *testing.B) {
	n := largeWorld(6, 230, 5000).network(supply.Mass)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := supply.NewWalk(n).Listing(context.Background(), 1e-6); err != nil {
			b.Fatal(err)
		}
	}
}
