package supply_test

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// walkAndDraws are a network with its draws.
func walkAndDraws(t testing.TB, f supplytest.Facts, q supply.Question, balance supply.Balance, u supply.Uncertainty) (*supply.Walk, *supply.Draws) {
	t.Helper()
	draws := must[*supply.DrawnDependency](t)(drawsOf(t, f, q, q.Place, balance, nil, u))
	return draws.Answer().Walk(), draws.Draws
}

// holds tells an interval that holds nothing but its value from others.
func (c *sameness) holds(what string, n supply.Interval) {
	c.t.Helper()
	for _, v := range []float64{n.Low, n.High, n.Mean} {
		if math.Abs(v-n.Value) > 1e-12*max(1, math.Abs(n.Value)) {
			c.t.Errorf("%s: %+v", what, n)
		}
	}
}

type sameness struct{ t *testing.T }

var kinds = []supply.Kind{supply.KindCountry, supply.KindStage, supply.KindLink, supply.KindCompany, supply.KindFacility}

// With errors of zero every draw is the answer, whatever is asked.
func TestDrawsWithoutErrorsAreEveryAnswer(t *testing.T) {
	exact := supply.Uncertainty{Draws: 2}
	for _, c := range supplytest.Cases(t, "testdata/cases") {
		if len(c.Expect) == 0 || c.Target.Company != "" || c.Target.Facility != "" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			same := sameness{t}
			q, ctx := c.Question(), t.Context()
			w, draws := walkAndDraws(t, c.Facts(t), q, supply.Mass, exact)
			for _, place := range w.Network().Places {
				subject := supply.Subject{Place: place}
				e := must[supply.Exposure](t)(w.Exposure(ctx, "", subject))
				n := must[supply.ExposureIntervals](t)(draws.Exposure(ctx, e, "", subject))
				if len(n.Targets) != len(e.Targets) || n.Undecided != 0 {
					t.Errorf("exposure to %s: %d targets, %d with intervals, %g undecided", place, len(e.Targets), len(n.Targets), n.Undecided)
				}
				for i, target := range n.Targets {
					if target.Stage != e.Targets[i].Stage || target.PassThrough.Value != e.Targets[i].PassThrough {
						t.Errorf("exposure to %s: %+v, want %+v", place, target, e.Targets[i])
					}
					same.holds("exposure of "+fmt.Sprint(target.Stage), target.PassThrough)
					if !math.IsNaN(target.Tonnes.Value) {
						same.holds("tonnes of "+fmt.Sprint(target.Stage), target.Tonnes)
					}
				}
				same.holds("world share of "+place, n.WorldShare)
				same.holds("final use", n.FinalUse)
				same.holds("own final use", n.OwnFinalUse)

				use := must[supply.MaterialUse](t)(w.MaterialUse(ctx, place))
				m := must[supply.MaterialIntervals](t)(draws.MaterialUse(ctx, use))
				if len(m.Products) != len(use.Products) || len(m.Shares) != len(use.Shares) || m.Undecided != 0 {
					t.Errorf("use of %s: %+v, want %+v", place, m, use)
				}
				for what, interval := range map[string]supply.Interval{"final use": m.FinalUse, "passed on": m.PassOn, "unexplained": m.Unexplained,
					"estimated": m.Estimated, "direct": m.Direct.Supply, "embodied": m.Embodied.Imports} {
					same.holds(what+" of "+place, interval)
				}
				for i, p := range m.Products {
					if p.Supply.Value != use.Products[i].Supply || p.FinalUse.Value != use.Products[i].FinalUse {
						t.Errorf("%+v, want %+v", p, use.Products[i])
					}
					same.holds(p.Product, p.Supply)
				}
				for i, s := range m.Shares {
					if s.Place != use.Shares[i].Place || s.Origin.Value != use.Shares[i].Origin {
						t.Errorf("%+v, want %+v", s, use.Shares[i])
					}
					same.holds("origin of "+place, s.Origin)
				}
			}
			for _, kind := range kinds {
				for _, by := range []supply.Attribution{supply.ByOperator, supply.ByShare} {
					points := must[[]supply.WorldChokepoint](t)(w.WorldChokepointsBy(ctx, q.Product, kind, by, supply.DefaultEpsilon, 0))
					list, undecided, err := draws.WorldChokepoints(ctx, q.Product, points, by, supply.DefaultEpsilon)
					if err != nil || len(list) != len(points) || undecided != 0 {
						t.Fatalf("%d points, want %d, %g undecided: %v", len(list), len(points), undecided, err)
					}
					for _, p := range list {
						same.holds(fmt.Sprintf("%+v", p.WorldChokepoint), p.Share)
						same.holds(fmt.Sprintf("countries of %+v", p.WorldChokepoint), p.Countries)
					}
				}
			}
			dependency := draws.Dependency(must[*supply.Dependency](t)(w.Dependency(c.Target.Place, c.Target.Product)))
			for _, f := range must[[]supply.TierFlowInterval](t)(dependency.TierFlows(ctx, 0.01, 20)) {
				if f.Share != f.Interval.Value {
					t.Errorf("%+v", f)
				}
				same.holds(fmt.Sprintf("%+v", f.TierFlow), f.Interval)
			}
		})
	}
}

// Who is exposed to a place and what passes it on the way to one of them is one
// question, and has one interval: in every draw the masses are the same. So has the
// world that is one target, and a material of which one product is used.
func TestIntervalsAgreeAcrossQuestions(t *testing.T) {
	f := supplytest.Generate(7, 4, 30, 200)
	place := supplytest.CountryID(3)
	q := supply.Question{Product: supplytest.ProductID(0), Material: supplytest.Material, Year: supplytest.Year}
	w, draws := walkAndDraws(t, f, q, supply.Mass, uncertain(30))
	ctx := t.Context()
	answer := draws.Dependency(must[*supply.Dependency](t)(w.Dependency(place, q.Product)))
	points := must[[]supply.ChokepointInterval](t)(answer.Chokepoints(ctx, supply.KindCountry, "", supply.DefaultEpsilon, 0.01, 3))
	if len(points) != 3 || points[0].Interval.Low >= points[0].Interval.High {
		t.Fatalf("%+v", points)
	}
	near := func(a, b supply.Interval) bool {
		return math.Abs(a.Value-b.Value) < 1e-12 && math.Abs(a.Low-b.Low) < 1e-12 && math.Abs(a.High-b.High) < 1e-12 && math.Abs(a.Mean-b.Mean) < 1e-12
	}
	for _, p := range points {
		subject := supply.Subject{Place: p.Place}
		e := must[supply.Exposure](t)(w.Exposure(ctx, q.Product, subject))
		n := must[supply.ExposureIntervals](t)(draws.Exposure(ctx, e, q.Product, subject))
		i := slices.IndexFunc(n.Targets, func(t supply.ExposedTargetIntervals) bool { return t.Stage == at(place, q.Product) })
		if i < 0 || !near(n.Targets[i].PassThrough, p.Interval) {
			t.Errorf("%s passes %s with %+v, and is exposed with %+v", place, p.Place, p.Interval, n.Targets[i])
		}
		world := []supply.WorldChokepoint{{Kind: supply.KindCountry, Place: p.Place, Share: e.WorldShare}}
		list, undecided, err := draws.WorldChokepoints(ctx, q.Product, world, supply.ByOperator, supply.DefaultEpsilon)
		if err != nil || !near(list[0].Share, n.WorldShare) || math.Abs(undecided-n.Undecided) > 1e-12 {
			t.Errorf("the world passes %s with %+v, and is exposed with %+v: %v", p.Place, list, n.WorldShare, err)
		}
	}
	// Another plan, for every product, has more rows and the same draws of these.
	whole := q
	whole.Product = ""
	all, more := drawsOfMaterial(t, f, whole, uncertain(30))
	again := more.Dependency(must[*supply.Dependency](t)(all.Dependency(place, q.Product)))
	got, want := must[supply.Intervals](t)(again.Intervals(ctx)), must[supply.Intervals](t)(answer.Intervals(ctx))
	if len(got.Shares) != len(want.Shares) || !near(got.Shares[0].Origin, want.Shares[0].Origin) {
		t.Errorf("of every product %+v, of one %+v", got.Shares[0], want.Shares[0])
	}
}

// The number of processors makes no difference to any answer.
func TestEveryAnswerIsReproducible(t *testing.T) {
	f := supplytest.Generate(3, 3, 20, 120)
	q := supply.Question{Product: supplytest.ProductID(0), Material: supplytest.Material, Year: supplytest.Year}
	type answers struct {
		exposure supply.ExposureIntervals
		material supply.MaterialIntervals
		world    []supply.WorldInterval
		passing  float64
	}
	ask := func(f supplytest.Facts) (a answers) {
		w, draws := walkAndDraws(t, f, q, supply.Mass, uncertain(20))
		ctx, subject := t.Context(), supply.Subject{Place: supplytest.CountryID(1)}
		a.exposure = must[supply.ExposureIntervals](t)(draws.Exposure(ctx, must[supply.Exposure](t)(w.Exposure(ctx, "", subject)), "", subject))
		a.material = must[supply.MaterialIntervals](t)(draws.MaterialUse(ctx, must[supply.MaterialUse](t)(w.MaterialUse(ctx, supplytest.CountryID(2)))))
		points := must[[]supply.WorldChokepoint](t)(w.WorldChokepoints(ctx, q.Product, supply.KindStage, supply.DefaultEpsilon, 5))
		var err error
		if a.world, a.passing, err = draws.WorldChokepoints(ctx, q.Product, points, supply.ByOperator, supply.DefaultEpsilon); err != nil {
			t.Fatal(err)
		}
		return a
	}
	want := ask(f)
	if len(want.exposure.Targets) < 10 || len(want.material.Shares) == 0 || len(want.world) != 5 {
		t.Fatalf("too little to hold against each other: %+v", want)
	}
	before := runtime.GOMAXPROCS(1)
	one := ask(f)
	runtime.GOMAXPROCS(max(2, before))
	two := ask(reversed(f))
	runtime.GOMAXPROCS(before)
	if !reflect.DeepEqual(one, want) || !reflect.DeepEqual(two, want) {
		t.Error("the number of processors, or the order of the rows, makes a difference")
	}
}

// drawsOfMaterial is walkAndDraws of a question that names no product.
func drawsOfMaterial(t *testing.T, f supplytest.Facts, q supply.Question, u supply.Uncertainty) (*supply.Walk, *supply.Draws) {
	t.Helper()
	plan := must[*supply.Plan](t)(supply.NewCatalogue(f.Catalogue).PlanFirms(q, f.Production, &f.Firms))
	trade := plan.NewTrade()
	if err := trade.Append(f.Trade); err != nil {
		t.Fatal(err)
	}
	w := supply.NewWalk(must[*supply.Network](t)(supply.Assemble(t.Context(), plan, trade, supply.Mass)))
	return w, must[*supply.Draws](t)(supply.NewDraws(plan, trade, w, nil, supply.Stage{Place: q.Place}, u))
}

// Where one mass alone is uncertain, an interval is the figure plus and minus 1.645 e
// times its derivative with respect to the logarithm of that mass: C has m = 60 t
// of A's, e = 0.02, and 40 t of B's, and passes half of it on to D.
func TestEveryAnswerOfOneUncertainMass(t *testing.T) {
	const e = 0.02
	c := tablesCase("p", map[string][]string{
		"product":    {"id,stage", "p,processing"},
		"contains":   {"product,material,mass_fraction", "p,m,1"},
		"production": {"product,country,tonnes,error,year", "p,A,100,0,2020", "p,B,100,0,2020"},
		"trade":      {"exporter,importer,product,tonnes,error,year", "A,C,p,60,0.02,2020", "B,C,p,40,0,2020", "C,D,p,50,0,2020"},
	})
	ctx := t.Context()
	w, draws := walkAndDraws(t, c.Facts(t), c.Question(), supply.Mass, supply.Uncertainty{Draws: supply.MaxDraws})
	check := func(what string, got supply.Interval, value, derivative float64) {
		t.Helper()
		half := 1.645 * e * math.Abs(derivative)
		if !near(got.Value, value) || math.Abs(got.Low-(value-half)) > half/10 || math.Abs(got.High-(value+half)) > half/10 {
			t.Errorf("%s is %+v, want %g ± %g", what, got, value, half)
		}
	}
	toA := supply.Subject{Place: "A"}
	exposure := must[supply.Exposure](t)(w.Exposure(ctx, "p", toA))
	n := must[supply.ExposureIntervals](t)(draws.Exposure(ctx, exposure, "p", toA))
	if len(n.Targets) != 2 || n.Targets[0].Place != "C" || n.Targets[1].Place != "D" {
		t.Fatalf("%+v", n.Targets)
	}
	check("what C draws from A", n.Targets[0].PassThrough, 0.6, 0.24) // s = m/(m + 40)
	check("its tonnes", n.Targets[0].Tonnes, 60, 60)
	check("what D draws from A", n.Targets[1].PassThrough, 0.6, 0.24)
	check("its tonnes", n.Targets[1].Tonnes, 30, 12)
	// C uses m - 10 = 50 t, D 50 t, A 100 − m of its own, B 60: of A's, C's and D's alone
	// pass A; B's final use is in the world's, A's is not.
	check("final use", n.FinalUse, 160, 60)
	// s·(m − 10 + 50)/(m − 10 + 50 + 60) = s·(m + 40)/(m + 100) = m/(m + 100).
	check("the world's share", n.WorldShare, 0.375, 0.375*0.625)

	use := must[supply.MaterialUse](t)(w.MaterialUse(ctx, "C"))
	m := must[supply.MaterialIntervals](t)(draws.MaterialUse(ctx, use))
	check("final use of C", m.FinalUse, 50, 60)
	check("supply of C", m.Direct.Supply, 100, 60)
	check("what C passes on", m.PassOn, 0.5, -0.5*0.6)
	check("what C uses of A", m.Shares[0].Origin, 0.6, 0.24)

	points := must[[]supply.WorldChokepoint](t)(w.WorldChokepoints(ctx, "p", supply.KindLink, supply.DefaultEpsilon, 0))
	list, _, err := draws.WorldChokepoints(ctx, "p", points, supply.ByOperator, supply.DefaultEpsilon)
	i := slices.IndexFunc(list, func(p supply.WorldInterval) bool { return p.From == "A" })
	if err != nil || i < 0 {
		t.Fatalf("%+v: %v", list, err)
	}
	// Of all final use, A's own 100 − m included: s·(m + 40)/200 = m/200.
	check("the link from A", list[i].Share, 0.3, 0.3)
	d := draws.Dependency(must[*supply.Dependency](t)(w.Dependency("C", "p")))
	flows := must[[]supply.TierFlowInterval](t)(d.TierFlows(ctx, 0, 0))
	check("the band from A", flows[0].Interval, 0.6, 0.24)
}

// A change is drawn around in both years at once. C has 40 t of B's and, of A's, m = 60
// t in 2020 and n = 160 t in 2021: s = m/(m + 40) with the derivative 0.24 with
// respect to ln m, 0.8 with 0.16.
func TestIntervalsOfAChange(t *testing.T) {
	changeOf := func(errors [2]string, before, after int, years ...int) supply.ChangeInterval {
		t.Helper()
		trade := []string{"exporter,importer,product,tonnes,error,year"}
		for _, year := range years {
			m, e := "60", errors[0]
			if year == 2021 {
				m, e = "160", errors[1]
			}
			trade = append(trade, fmt.Sprintf("A,C,p,%s,%s,%d", m, e, year), fmt.Sprintf("B,C,p,40,0,%d", year))
		}
		c := tablesCase("p", map[string][]string{"product": {"id,stage", "p,extraction"},
			"production": {"product,country,tonnes,error,year", "p,A,1000,0,2020", "p,B,1000,0,2020"}, "trade": trade})
		var both [2]*supply.DrawnDependency
		for i, year := range []int{before, after} {
			q := c.Question()
			q.Year = year
			both[i] = must[*supply.DrawnDependency](t)(drawsOf(t, c.Facts(t), q, "C", supply.Mass, nil, supply.Uncertainty{Draws: supply.MaxDraws}))
		}
		change := &supply.DrawnChange{Before: both[0], After: both[1]}
		n := must[supply.ChangeIntervals](t)(change.Intervals(t.Context()))
		links := must[supply.LinkChangeIntervals](t)(change.Links(t.Context(), "A", 1))
		if len(n.Shares) != 2 || n.Shares[0].Place != "A" || n.UndecidedBefore+n.UndecidedAfter != 0 {
			t.Fatalf("%+v", n)
		}
		a := n.Shares[0].Origin
		for _, got := range [][2]float64{{links.Total.Value, a.Change.Value}, {links.Total.Low, a.Change.Low}, {links.Total.High, a.Change.High}} {
			if math.Abs(got[0]-got[1]) > 1e-12 {
				t.Errorf("all links are %+v, the change is %+v", links.Total, a.Change)
			}
		}
		return a
	}
	near := func(what string, got supply.Interval, value, half float64) {
		t.Helper()
		if math.Abs(got.Value-value) > 1e-12 || math.Abs(got.Low-(value-half)) > half/10 || math.Abs(got.High-(value+half)) > half/10 {
			t.Errorf("%s: %+v, want %g ± %g", what, got, value, half)
		}
	}
	const z = 1.645 * 0.02
	only := changeOf([2]string{"0.02", "0"}, 2020, 2021, 2020, 2021)
	near("before", only.Before, 0.6, z*0.24)
	near("after", only.After, 0.8, 0)
	near("one is uncertain", only.Change, 0.2, z*0.24)
	if !only.Exceeds() || only.Agree != 1 {
		t.Errorf("%+v", only)
	}
	near("both are, independently", changeOf([2]string{"0.02", "0.02"}, 2020, 2021, 2020, 2021).Change, 0.2, z*math.Hypot(0.24, 0.16))
	// The table of 2020 stands in for 2019 and 2018: what is wrong in it is wrong in both.
	alike := changeOf([2]string{"0.02", ""}, 2018, 2019, 2020)
	near("one table stands in", alike.Before, 0.6, z*0.24)
	near("and makes no change", alike.Change, 0, 0)
	if alike.Exceeds() || alike.Agree != 0 {
		t.Errorf("%+v", alike)
	}
}
