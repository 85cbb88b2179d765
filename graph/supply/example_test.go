package supply_test

import (
	"context"
	"fmt"

	"tiermap/graph/supply"
)

// reExports is the worked case T1 of docs/methods.md: A mines 100 t and B 40 t of
// p; A sells B 60 t and C 10 t, B sells C 50 t, C sells B 10 t.
func reExports() *supply.Network {
	return &supply.Network{
		Year: 2024, Balance: supply.Mass,
		Places:   []string{"A", "B", "C"},
		Products: []supply.Product{{ID: "p", Raw: true}},
		Nodes: []supply.Node{
			{Place: 0, Production: 100, Exports: 70, Supply: 100},
			{Place: 1, Production: 40, Imports: 70, Exports: 50, Supply: 110},
			{Place: 2, Imports: 60, Exports: 10, Supply: 60},
		},
		TradeStart: []int32{0, 0, 2, 4},
		Trade: []supply.TradeLink{
			{Exporter: 0, Tonnes: 60}, {Exporter: 2, Tonnes: 10},
			{Exporter: 0, Tonnes: 10}, {Exporter: 1, Tonnes: 50},
		},
		InputStart: []int32{0, 0, 0, 0},
	}
}

// Trade statistics show that C gets most from B. More than half of that only
// passes B.
func ExampleDependency_Shares() {
	d, err := supply.NewWalk(reExports()).Dependency("C", "p")
	if err != nil {
		fmt.Println(err)
		return
	}
	shares, err := d.Shares(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range shares {
		fmt.Printf("%s direct %.3f origin %.3f hidden %+.3f\n", s.Place, s.Direct, s.Origin, s.Hidden)
	}
	// Output:
	// A direct 0.167 origin 0.672 hidden +0.505
	// B direct 0.833 origin 0.328 hidden -0.505
}

func ExampleDependency_Chokepoints() {
	d, err := supply.NewWalk(reExports()).Dependency("C", "p")
	if err != nil {
		fmt.Println(err)
		return
	}
	points, err := d.Chokepoints(context.Background(), supply.KindCountry, supply.DefaultEpsilon, 0.01, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range points {
		fmt.Printf("%.4f of C's supply passes %s\n", p.PassThrough, p.Place)
	}
	// Output:
	// 0.8333 of C's supply passes B
	// 0.6721 of C's supply passes A
}

func ExampleDependency_Paths() {
	d, err := supply.NewWalk(reExports()).Dependency("C", "p")
	if err != nil {
		fmt.Println(err)
		return
	}
	paths, err := d.Paths(context.Background(), 2, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range paths.Paths {
		fmt.Printf("%.4f", path.Share)
		for _, step := range path.Steps {
			fmt.Printf(" %s(%s)", step.Place, step.By)
		}
		fmt.Println()
	}
	fmt.Printf("%.4f in other paths and cycles, %.4f unexplained\n", paths.Rest, paths.Unexplained)
	// Output:
	// 0.4545 C(TRADE) B(TRADE) A(ORIGIN)
	// 0.3030 C(TRADE) B(ORIGIN)
	// 0.2424 in other paths and cycles, 0.0000 unexplained
}
