package supply_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// C of T2, by hand. It buys 65 t of metal and makes 50 t of magnets of 50 of them:
// 15 t of metal and 5 of its 50 t of magnets (45 are sold) are used up there. Metal
// from B, 45 and 5 by way of F of the 65 t, is made of ore of which 16/17 are A's
// and 1/17 D's; metal from D, 15 of 65, is made there but for 1/9, of ore of which
// D mined 2/3 and nobody knows the rest.
func TestWorkedMaterialUse(t *testing.T) {
	n, err := caseNamed(t, "T2 three tiers").Network(t, supply.Mass)
	if err != nil {
		t.Fatal(err)
	}
	use := must[supply.MaterialUse](t)(supply.NewWalk(n).MaterialUse(context.Background(), "C"))
	want := []supply.ProductUse{
		{Product: "magnet", Stage: "component", Account: supply.Account{Production: 50, Exports: 45, Supply: 50, FinalUse: 5}},
		{Product: "metal", Stage: "processing", Account: supply.Account{Imports: 65, Used: 50, Supply: 65, FinalUse: 15}},
	}
	if fmt.Sprint(use.Products) != fmt.Sprint(want) || use.Direct != want[1].Account || use.Embodied != want[0].Account {
		t.Errorf("accounts %+v, direct %+v, embodied %+v; want %+v", use.Products, use.Direct, use.Embodied, want)
	}
	if use.PassOn != 0 || !use.HasDirect || len(use.Missing) > 0 {
		t.Errorf("passes on %v (%v), missing %v", use.PassOn, use.HasDirect, use.Missing)
	}
	got := map[string]supply.CountryShare{}
	for _, s := range use.Shares {
		got[s.Place] = s
	}
	for place, share := range map[string][2]float64{
		"A": {0, 160.0 / 221}, "B": {27.0 / 52, 0}, "C": {13.0 / 52, 0}, "D": {9.0 / 52, 332.0 / 1989}, "F": {3.0 / 52, 0},
	} {
		check(t, "direct "+place, got[place].Direct, share[0])
		check(t, "origin "+place, got[place].Origin, share[1])
		check(t, "hidden "+place, got[place].Hidden, share[1]-share[0])
	}
	if len(got) != 5 {
		t.Errorf("shares %v", use.Shares)
	}
	check(t, "unexplained", use.Unexplained, 217.0/1989)

	d := must[supply.MaterialUse](t)(supply.NewWalk(n).MaterialUse(context.Background(), "D"))
	check(t, "pass-on share of D", d.PassOn, 2.0/9) // 5 t of ore and 15 of metal, of 45 t each
	none := must[supply.MaterialUse](t)(supply.NewWalk(n).MaterialUse(context.Background(), "Z"))
	if len(none.Products)+len(none.Shares) > 0 || none.HasDirect {
		t.Errorf("a country of which nothing is known has %+v", none)
	}
}

// The origins of all that is used are those of each product, weighted by its use.
func TestMaterialUseIsTheMixtureOfItsProducts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, _, target := question(t, shape{places: 5, products: 4, pools: true, largest: 1000, guesses: true, gaps: true})
		w := supply.NewWalk(n)
		ctx := context.Background()
		use := must[supply.MaterialUse](t)(w.MaterialUse(ctx, target.Place))
		total := use.Direct.FinalUse + use.Embodied.FinalUse
		origins, direct := map[string]float64{}, map[string]float64{}
		var unexplained, estimated float64
		for _, p := range use.Products {
			if p.FinalUse == 0 {
				continue
			}
			d := dependencyOf(t, w, supply.Stage{Place: target.Place, Product: p.Product})
			part := p.FinalUse / total
			for _, s := range must[[]supply.CountryShare](t)(d.Shares(ctx)) {
				origins[s.Place] += part * s.Origin
				direct[s.Place] += part * s.Direct
			}
			unexplained += part * must[float64](t)(d.UnexplainedShare(ctx))
			estimated += part * must[float64](t)(d.EstimatedShare(ctx))
		}
		for _, s := range use.Shares {
			check(t, "origin "+s.Place, s.Origin, origins[s.Place])
			check(t, "direct "+s.Place, s.Direct, direct[s.Place])
			delete(origins, s.Place)
		}
		for place, share := range origins {
			if share > 0 {
				t.Fatalf("%s is missing", place)
			}
		}
		check(t, "unexplained", use.Unexplained, unexplained)
		check(t, "estimated", use.Estimated, estimated)
	})
}
