package supply_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// economy is a table as the textbooks write it: inputs z[i][j] that i sells j,
// outputs x, final demand y; sector i is s0, s1, … of country A, B, ….
type economy struct {
	countries, sectors int
	z                  [][]float64
	x, y               []float64
}

func (e economy) stage(i int) supply.Stage {
	return supply.Stage{Place: string(rune('A' + i/e.sectors)), Product: fmt.Sprintf("T:s%d", i%e.sectors)}
}

// facts writes the table as rows of the store.
func (e economy) facts() []*graph.Batch {
	schema, words := graph.NewSchema(), graph.NewWords()
	list := map[string]*graph.Batch{}
	add := func(kind string, i int, usd float64) graph.Row {
		if list[kind] == nil {
			list[kind] = graph.NewBatch(schema.Kind(kind), words, 0)
		}
		s := e.stage(i)
		r := list[kind].Add()
		r.SetInt("year", 2020)
		r.SetText("country", s.Place)
		r.SetText("sector", s.Product)
		r.SetFloat("value_usd", usd)
		r.SetText("dataset", "t-2020")
		return r
	}
	for i := range e.x {
		if !math.IsNaN(e.x[i]) {
			add(graph.Output, i, e.x[i])
		}
		for j, v := range e.z[i] {
			if v != 0 {
				s := e.stage(j)
				r := add(graph.InputFlow, i, v)
				r.SetText("buyer", s.Place)
				r.SetText("buyer_sector", s.Product)
			}
		}
		if e.y[i] != 0 {
			r := add(graph.FinalDemand, i, e.y[i])
			r.SetText("buyer", "A")
			r.SetText("category", "households")
		}
	}
	var batches []*graph.Batch
	for _, kind := range []string{graph.Output, graph.InputFlow, graph.FinalDemand} {
		if list[kind] != nil {
			batches = append(batches, list[kind])
		}
	}
	return batches
}

func (e economy) walk(t interface{ Fatal(...any) }) (*supply.Walk, *supply.InputOutput) {
	table := &supply.InputOutput{Table: "T", Year: 2020}
	for _, b := range e.facts() {
		if err := table.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	n, err := table.Network()
	if err != nil {
		t.Fatal(err)
	}
	return supply.NewWalk(n), table
}

// leontief returns (I − A)⁻¹ with A = Z x̂⁻¹, where inputs are no more than the
// output; else a column is divided by its inputs.
func (e economy) leontief(t interface{ Fatal(...any) }) (inverse *mat.Dense, added []float64) {
	n := len(e.x)
	system := mat.NewDense(n, n, nil)
	added = make([]float64, n)
	for j := range n {
		inputs := 0.0
		for i := range n {
			inputs += e.z[i][j]
		}
		whole := max(e.x[j], inputs)
		if whole > 0 {
			added[j] = (whole - inputs) / whole
		}
		for i := range n {
			v := 0.0
			if whole > 0 {
				v = -e.z[i][j] / whole
			}
			if i == j {
				v++
			}
			system.Set(i, j, v)
		}
	}
	inverse = new(mat.Dense)
	if err := inverse.Inverse(system); err != nil {
		t.Fatal(err)
	}
	return inverse, added
}

// drawEconomy draws a table in which every sector adds some value, and some buy
// from themselves alone, or from nobody.
func drawEconomy(r *rapid.T) economy {
	e := economy{countries: rapid.IntRange(1, 4).Draw(r, "countries"), sectors: rapid.IntRange(1, 4).Draw(r, "sectors")}
	n := e.countries * e.sectors
	e.x, e.y, e.z = make([]float64, n), make([]float64, n), make([][]float64, n)
	for i := range n {
		e.z[i] = make([]float64, n)
	}
	value := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0.01, 100))
	for j := range n {
		for i := range n {
			e.z[i][j] = value.Draw(r, "z")
			e.x[j] += e.z[i][j]
		}
		e.x[j] += rapid.Float64Range(1, 100).Draw(r, "v")
	}
	for i := range n {
		e.y[i] = rapid.Float64Range(-20, 100).Draw(r, "y")
	}
	return e
}

// TestOriginsAreLeontief holds origins of every sector, and of a final demand with
// values below zero, against v̂ (I − A)⁻¹ by dense inversion; the rounds, against the
// powers of A; pass-through of every country, against the same table without it;
// the output multiplier, against the column sums.
func TestOriginsAreLeontief(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		e := drawEconomy(r)
		walk, table := e.walk(r)
		inverse, added := e.leontief(r)
		n := len(e.x)
		for j := range n {
			d := ofSector(r, walk, e.stage(j))
			want := make(map[string]float64)
			multiplier := 0.0
			for i := range n {
				want[e.stage(i).Place] += added[i] * inverse.At(i, j)
				multiplier += inverse.At(i, j)
			}
			sharesAre(r, d, want)
			steps, err := d.MadeHereSteps(t.Context())
			isNear(r, "multiplier", steps, multiplier, err)
			roundsAre(r, d, e, j, added)
			passThroughIs(r, d, e, j)
		}
		origins, err := walk.FinalOrigins(t.Context(), table.FinalDemand())
		if err != nil {
			r.Fatal(err)
		}
		want, total := map[string]float64{}, 0.0
		for j := range n {
			total += e.y[j]
			for i := range n {
				want[e.stage(i).Place] += added[i] * inverse.At(i, j) * e.y[j]
			}
		}
		isNear(r, "total", origins.Total, total, nil)
		worldIs(r, walk, e)
		valueAddedIs(r, walk, e)
		for _, p := range origins.Places {
			isNear(r, "final origin of "+p.Place, p.Origin, want[p.Place], nil)
		}
	})
}

func ofSector(t interface{ Fatal(...any) }, walk *supply.Walk, s supply.Stage) *supply.Dependency {
	d, err := walk.Dependency(s.Place, s.Product)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

type failing interface{ Errorf(string, ...any) }

func isNear(t failing, what string, got, want float64, err error) {
	if err != nil || math.Abs(got-want) > 1e-10*max(1, math.Abs(want)) {
		t.Errorf("%s is %.15g, want %.15g (%v)", what, got, want, err)
	}
}

func sharesAre(t failing, d *supply.Dependency, want map[string]float64) {
	shares, err := d.Shares(context.Background())
	sum := 0.0
	for _, s := range shares {
		isNear(t, "origin of "+s.Place, s.Origin, want[s.Place], err)
		sum += s.Origin
	}
	isNear(t, "sum of origins", sum, 1, err)
}

// roundsAre multiplies by the shares of inputs, round by round.
func roundsAre(t failing, d *supply.Dependency, e economy, j int, added []float64) {
	const rounds = 5
	got, beyond := d.Rounds(rounds)
	x := make([]float64, len(e.x))
	x[j] = 1
	for k := range rounds {
		want, reached := map[string]float64{}, 0.0
		next := make([]float64, len(x))
		for b, share := range x {
			reached += share
			want[e.stage(b).Place] += share * added[b]
			for i := range x {
				next[i] += share * e.z[i][b] / e.x[b]
			}
		}
		if k < len(got) {
			isNear(t, "reached", got[k].Reached, reached, nil)
			for _, m := range got[k].MadeIn {
				isNear(t, fmt.Sprintf("round %d in %s", k, m.Place), m.Share, want[m.Place], nil)
			}
		} else {
			isNear(t, "a round that is left out", reached, 0, nil)
		}
		x = next
	}
	left := 0.0
	for _, v := range x {
		left += v
	}
	isNear(t, "beyond", beyond, left, nil)
}

// passThroughIs takes each country out of the table, the target left: what then no
// longer ends where value is added has passed it.
func passThroughIs(t failing, d *supply.Dependency, e economy, target int) {
	points, err := d.Chokepoints(context.Background(), supply.KindCountry, 0.001, 0, 0)
	if err != nil {
		t.Errorf("%v", err)
	}
	got := map[string]float64{}
	for _, p := range points {
		got[p.Place] = p.PassThrough
	}
	n := len(e.x)
	for c := range e.countries {
		in := func(i int) bool { return i/e.sectors == c && i != target }
		a, b := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
		for j := range n {
			a.Set(j, j, 1)
			if in(j) {
				b.SetVec(j, 1)
				continue
			}
			for i := range n {
				a.Set(j, i, a.At(j, i)-e.z[i][j]/e.x[j])
			}
		}
		var h mat.VecDense
		if err := h.SolveVec(a, b); err != nil {
			t.Errorf("%v", err)
		}
		isNear(t, "pass-through of "+string(rune('A'+c)), got[string(rune('A'+c))], h.AtVec(target), nil)
	}
}

// valueAddedIs: of a table whose rows add up, the origins of all final demand are
// the value added of each country.
func valueAddedIs(t failing, walk *supply.Walk, e economy) {
	demand, want := map[supply.Stage]float64{}, map[string]float64{}
	for i := range e.x {
		left, added := e.x[i], e.x[i]
		for j := range e.x {
			left -= e.z[i][j]
			added -= e.z[j][i]
		}
		demand[e.stage(i)] = left
		want[e.stage(i).Place] += added
	}
	origins, err := walk.FinalOrigins(context.Background(), demand)
	sum := 0.0
	for _, p := range origins.Places {
		sum += p.Origin
		if math.Abs(p.Origin-want[p.Place]) > 1e-9*(1+math.Abs(origins.Below)+want[p.Place]) {
			t.Errorf("origin of all final demand in %s is %g, its value added %g", p.Place, p.Origin, want[p.Place])
		}
	}
	if math.Abs(sum-origins.Total) > 1e-9*(1+sum-origins.Below) {
		t.Errorf("origins add up to %g, final demand to %g (%v)", sum, origins.Total, err)
	}
}

// worldIs: the world's chokepoints are what all targets, asked one by one, say.
func worldIs(t *rapid.T, walk *supply.Walk, e economy) {
	for s := range e.sectors {
		product := fmt.Sprintf("T:s%d", s)
		world, err := walk.WorldChokepoints(t.Context(), product, supply.KindCountry, 0.001, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, c := range world {
			got[c.Place] = c.Share
		}
		sum, weight := map[string]float64{}, map[string]float64{}
		for target := range e.countries {
			j := target*e.sectors + s
			use := e.x[j]
			for _, v := range e.z[j] {
				use -= v
			}
			points, err := ofSector(t, walk, e.stage(j)).Chokepoints(t.Context(), supply.KindCountry, 0.001, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			for c := range e.countries {
				if c != target {
					weight[string(rune('A'+c))] += max(0, use)
				}
			}
			for _, p := range points {
				if p.Place != e.stage(j).Place {
					sum[p.Place] += max(0, use) * p.PassThrough
				}
			}
		}
		for c, w := range weight {
			if w > 0 {
				isNear(t, "world's share that passes "+c, got[c], sum[c]/w, nil)
			}
		}
	}
}

// TestLargeTables: what is iterated, as in a table of EXIOBASE's size, is what is
// eliminated: origins, final demand, exposure, pass-through of countries and sectors,
// the world's chokepoints and for how many they are single.
func TestLargeTables(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		e := drawEconomy(r)
		for j := range e.x { // some sectors add next to nothing
			if rapid.Bool().Draw(r, "thin") {
				added := e.x[j]
				for i := range e.x {
					added -= e.z[i][j]
				}
				e.x[j] -= added * (1 - 1e-5)
			}
		}
		walk, table := e.walk(r)
		large := supply.NewWalk(walk.Network())
		large.IterateBeyond(0)
		for j := range e.x {
			exact, iterated := ofSector(r, walk, e.stage(j)), ofSector(r, large, e.stage(j))
			sharesAre(r, iterated, originsOf(r, exact))
			for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage} {
				want, err := exact.Chokepoints(t.Context(), kind, 0.001, 1e-6, 0)
				if err != nil {
					r.Fatal(err)
				}
				got, err := iterated.Chokepoints(t.Context(), kind, 0.001, 1e-6, 0)
				if err != nil || len(got) != len(want) {
					r.Fatalf("%d chokepoints, want %d: %v", len(got), len(want), err)
				}
				passed := map[supply.Stage]supply.Chokepoint{}
				for _, c := range got {
					passed[supply.Stage{Place: c.Place, Product: c.Product}] = c
				}
				for _, c := range want {
					is := passed[supply.Stage{Place: c.Place, Product: c.Product}]
					isNear(r, "pass-through of "+c.Place+c.Product, is.PassThrough, c.PassThrough, nil)
					if is.SinglePointOfFailure != c.SinglePointOfFailure && math.Abs(c.PassThrough-0.999) > 1e-9 {
						r.Errorf("%+v, want %+v", is, c)
					}
				}
			}
		}
		demand := table.FinalDemand()
		for s := range demand {
			demand[s] *= 1e9 // dollars, not shares
		}
		want, err := walk.FinalOrigins(t.Context(), demand)
		if err != nil {
			r.Fatal(err)
		}
		got, err := large.FinalOrigins(t.Context(), demand)
		if err != nil || len(got.Places) != len(want.Places) {
			r.Fatal(got, want, err)
		}
		if want.Residual != 0 {
			r.Errorf("what is eliminated has the residual %g", want.Residual)
		}
		final := map[string]float64{}
		for _, p := range got.Places {
			final[p.Place] = p.Origin
		}
		for _, p := range want.Places {
			isNear(r, "final origin of "+p.Place, final[p.Place]/1e9, p.Origin/1e9, nil)
		}
		worldsAgree(r, walk, large, e)
	})
}

func originsOf(t interface{ Fatal(...any) }, d *supply.Dependency) map[string]float64 {
	shares, err := d.Shares(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	origins := map[string]float64{}
	for _, s := range shares {
		origins[s.Place] = s.Origin
	}
	return origins
}

// worldsAgree compares the world's chokepoints and exposure.
func worldsAgree(t *rapid.T, walk, large *supply.Walk, e economy) {
	for s := range e.sectors {
		product := fmt.Sprintf("T:s%d", s)
		want, err := walk.WorldChokepoints(t.Context(), product, supply.KindCountry, 0.001, 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := large.WorldChokepoints(t.Context(), product, supply.KindCountry, 0.001, 0)
		if err != nil {
			t.Fatal(err)
		}
		byPlace := map[string]supply.WorldChokepoint{}
		for _, c := range got {
			byPlace[c.Place] = c
		}
		for _, c := range want {
			is := byPlace[c.Place]
			isNear(t, "world's share that passes "+c.Place, is.Share, c.Share, nil)
			if is.Countries != c.Countries {
				t.Errorf("%s is single for %d, want %d", c.Place, is.Countries, c.Countries)
			}
		}
	}
	for c := range e.countries {
		x := supply.Subject{Place: string(rune('A' + c))}
		want, err := walk.Exposure(t.Context(), "", x)
		if err != nil {
			t.Fatal(err)
		}
		got, err := large.Exposure(t.Context(), "", x)
		if err != nil || len(got.Targets) != len(want.Targets) {
			t.Fatalf("%d targets, want %d: %v", len(got.Targets), len(want.Targets), err)
		}
		isNear(t, "world's share of exposure to "+x.Place, got.WorldShare, want.WorldShare, nil)
	}
}

// TestTextbook is the two-sector example of Miller and Blair (2009, section 2.3): Z =
// (150 500; 200 100), x = (1000, 2000). Its Leontief inverse is (0.95 0.25; 0.20 0.85)
// / 0.7575, value added 0.65 and 0.70 of output.
func TestTextbook(t *testing.T) {
	e := economy{countries: 2, sectors: 1, z: [][]float64{{150, 500}, {200, 100}}, x: []float64{1000, 2000}, y: []float64{350, 1700}}
	walk, table := e.walk(t)
	iterated := supply.NewWalk(walk.Network())
	iterated.IterateBeyond(0)
	if walk.Iterated() != "" || !strings.HasPrefix(iterated.Iterated(), "2 stages supply each other in one cycle") {
		t.Errorf("of what is eliminated is said %q, of what is iterated %q", walk.Iterated(), iterated.Iterated())
	}
	for j, want := range []map[string]float64{
		{"A": 0.65 * 0.95 / 0.7575, "B": 0.70 * 0.20 / 0.7575},
		{"A": 0.65 * 0.25 / 0.7575, "B": 0.70 * 0.85 / 0.7575},
	} {
		sharesAre(t, ofSector(t, walk, e.stage(j)), want)
	}
	origins, err := walk.FinalOrigins(t.Context(), table.FinalDemand())
	if err != nil || len(origins.Places) != 2 {
		t.Fatal(origins, err)
	}
	isNear(t, "value added of B", origins.Places[0].Origin, 1400, nil)
	isNear(t, "value added of A", origins.Places[1].Origin, 650, nil)
	if origins.Places[0].Direct != 1700 || origins.Total != 2050 || origins.Below != 0 || origins.Unexplained != 0 {
		t.Errorf("%+v", origins)
	}
}

// TestTableWithGaps: inputs above the output, flows below zero, a sector without
// output, one that sells only to itself, and demand of one that there is none of.
func TestTableWithGaps(t *testing.T) {
	e := economy{countries: 1, sectors: 5, z: [][]float64{
		{0, 6, 5, 0, 0},
		{0, 0, 15, 0, 0},
		{0, -1, 0, 0, 0},
		{0, 2, 0, 0, 0},
		{0, 0, 0, 0, 7},
	}, x: []float64{10, 10, 16, math.NaN(), 7}, y: []float64{5, -2, 4, 1, 0}}
	walk, table := e.walk(t)
	d := ofSector(t, walk, e.stage(2)) // inputs 20 of output 16: 1/4 of s0, 3/4 of s1, of which 1/5 ends at s3
	wantShares := map[string]float64{"A": 1 - 0.75*0.2}
	shares, err := d.Shares(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	isNear(t, "origin", shares[0].Origin, wantShares["A"], nil)
	unexplained, err := d.Unexplained(t.Context())
	if err != nil || len(unexplained) != 1 || unexplained[0].Product != "T:s3" || unexplained[0].Reason != supply.ReasonNoInput {
		t.Errorf("%v, %v", unexplained, err)
	}
	isNear(t, "unexplained", unexplained[0].Share, 0.15, nil)
	said := strings.Join(d.Assumptions(), "\n")
	for _, want := range []string{"not of mass", "below zero, -4 USD in all, in T:s2 in A", "No output is known of T:s3 in A", "1 flow of inputs is below zero, -1 USD"} {
		if !strings.Contains(said, want) {
			t.Errorf("the assumptions do not say %q:\n%s", want, said)
		}
	}
	ring := ofSector(t, walk, e.stage(4))
	ends, err := ring.Unexplained(t.Context())
	if err != nil || len(ends) != 1 || ends[0].Reason != supply.ReasonRing {
		t.Errorf("a sector that sells to itself alone: %v, %v", ends, err)
	}
	demand := table.FinalDemand()
	demand[supply.Stage{Place: "Z", Product: "T:s9"}] = 3
	origins, err := walk.FinalOrigins(t.Context(), demand)
	if err != nil {
		t.Fatal(err)
	}
	sum := origins.Unexplained
	for _, p := range origins.Places {
		sum += p.Origin
	}
	isNear(t, "sum", sum, origins.Total, nil)
	if origins.Below != -2 || origins.Total != 11 {
		t.Errorf("%+v", origins)
	}
	if tonnes, ok := d.SupplyTonnes(); ok || d.SupplyValue() != 16 {
		t.Errorf("supply %v t, %v USD", tonnes, d.SupplyValue())
	}
}

// TestTableMeasures: paths, links and flows of a table say what they are of.
func TestTableMeasures(t *testing.T) {
	e := economy{countries: 2, sectors: 2, z: [][]float64{{10, 40, 0, 0}, {20, 0, 0, 80}, {0, 0, 20, 40}, {10, 40, 20, 120}},
		x: []float64{100, 200, 100, 400}, y: []float64{50, 100, 40, 210}}
	walk, _ := e.walk(t)
	d := ofSector(t, walk, e.stage(1)) // A·s1: 1/5 A·s0, 1/5 B·s1, 3/5 its own
	paths, err := d.Paths(t.Context(), 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	isNear(t, "first path", paths.Paths[0].Share, 0.6, nil)
	isNear(t, "second path", paths.Paths[1].Share, 0.2*0.6, nil)
	isNear(t, "third path", paths.Paths[2].Share, 0.2*0.4, nil)
	second := paths.Paths[1].Steps
	if len(second) != 2 || second[0].By != supply.StepInput || second[1].By != supply.StepOrigin || second[1].Stage != e.stage(0) {
		t.Errorf("%+v", second)
	}
	links, err := d.Chokepoints(t.Context(), supply.KindLink, 0.001, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(links, func(c supply.Chokepoint) bool { return c.From == "B" && c.To == "A" && c.Product == "T:s1" })
	if i < 0 || links[i].Sold != "T:s1" || links[i].By != supply.StepInput {
		t.Errorf("%+v", links)
	}
	flows, err := d.TierFlows(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range flows.Flows {
		sum += f.Share
		if !f.ToTarget {
			t.Errorf("%+v", f)
		}
	}
	isNear(t, "sum of flows", sum, 1, nil)
	tiers, err := d.Tiers(t.Context())
	if err != nil || len(tiers) != 2 || tiers[0].Product != "T:s1" || tiers[0].Steps != 0 || tiers[1].Steps != 1 {
		t.Errorf("%+v, %v", tiers, err)
	}
	exposure, err := walk.Exposure(t.Context(), "", supply.Subject{From: "B", To: "A", Product: "T:s1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range exposure.Targets {
		if x.Stage == e.stage(1) {
			isNear(t, "exposure to what A·s1 buys in B", x.PassThrough, links[i].PassThrough, nil)
		}
	}
	world, err := walk.WorldChokepoints(t.Context(), "T:s1", supply.KindCountry, 0.001, 0)
	if err != nil || len(world) != 2 {
		t.Errorf("%+v, %v", world, err)
	}
}
