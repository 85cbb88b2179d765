package supply_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"tiermap/graph"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// drawsOf answers a question and makes ready for its draws.
func drawsOf(t testing.TB, f supplytest.Facts, q supply.Question, place string, balance supply.Balance, s *supply.Scenario, u supply.Uncertainty) (*supply.DrawnDependency, error) {
	t.Helper()
	plan, err := supply.NewCatalogue(f.Catalogue).PlanFirms(q, f.Production, &f.Firms)
	if err != nil {
		t.Fatal(err)
	}
	trade := plan.NewTrade()
	if err := trade.Append(f.Trade); err != nil {
		t.Fatal(err)
	}
	n, err := supply.Assemble(t.Context(), plan, trade, balance)
	if err != nil {
		t.Fatal(err)
	}
	if n, err = n.Under(s, at(place, q.Product)); err != nil {
		t.Fatal(err)
	}
	w := supply.NewWalk(n)
	var d *supply.Dependency
	if q.Firm != "" {
		d, err = w.FirmDependency(q.Product)
	} else {
		d, err = w.Dependency(place, q.Product)
	}
	if err != nil {
		t.Fatal(err)
	}
	draws, err := supply.NewDraws(plan, trade, w, s, at(place, q.Product), u)
	if err != nil {
		return nil, err
	}
	return draws.Dependency(d), nil
}

func uncertain(draws int) supply.Uncertainty {
	return supply.Uncertainty{Draws: draws, Reported: supply.DefaultReported, Estimated: supply.DefaultEstimated}
}

// tablesCase is a case of a few tables.
func tablesCase(product string, tables map[string][]string) supplytest.Case {
	return supplytest.Case{Name: "tables", Datasets: []supplytest.Dataset{{ID: "d", Tables: tables}},
		Target: supplytest.Target{Product: product, Year: 2020}}
}

func intervalsOf(t *testing.T, c supplytest.Case, place string, u supply.Uncertainty) supply.Intervals {
	t.Helper()
	draws := must[*supply.DrawnDependency](t)(drawsOf(t, c.Facts(t), c.Question(), place, supply.Mass, nil, u))
	return must[supply.Intervals](t)(draws.Intervals(t.Context()))
}

func originOf(n supply.Intervals, place string) supply.Interval {
	i := slices.IndexFunc(n.Shares, func(s supply.ShareIntervals) bool { return s.Place == place })
	if i < 0 {
		return supply.Interval{}
	}
	return n.Shares[i].Origin
}

// Where one mass alone is uncertain, an interval is the share plus and minus
// 1.645 e times its derivative with respect to the logarithm of that mass, which
// each case works out by hand. What 1,000 draws leave of chance is within a tenth.
func TestIntervalOfOneUncertainMass(t *testing.T) {
	const e = 0.02
	for _, c := range []struct {
		name       string
		production []string
		trade      []string
		recipe     []string
		product    string
		target     string
		origin     string
		share      float64
		derivative float64 // of the share, with respect to the logarithm of the mass
	}{
		// C has m = 60 t of A and 40 t of B. m/(m + 40) has the derivative s(1 − s).
		{"trade", []string{"p,A,100,0", "p,B,100,0"}, []string{"A,C,p,60,0.02", "B,C,p,40,0"}, nil,
			"p", "C", "A", 0.6, 0.24},
		// B has 60 t of A and makes m = 40 t; it sells C 20 t. s = 60/(60 + m): −s(1 − s).
		{"production", []string{"p,A,100,0", "p,B,40,0.02"}, []string{"A,B,p,60,0", "B,C,p,20,0"}, nil,
			"p", "C", "A", 0.6, -0.24},
		// C's metal is B's; B's 100 t of ore are m = 30 t of A's and 70 t of its own,
		// of which it makes 50 t. s = m/(m + 70).
		{"a tier up", []string{"ore,A,100,0", "ore,B,70,0", "metal,B,50,0"}, []string{"A,B,ore,30,0.02", "B,C,metal,10,0"},
			[]string{"metal,ore,1"}, "metal", "C", "A", 0.3, 0.21},
		// B exports 80 t and has m = 50 t: 30 t are unexplained. s = m/80, once a
		// balance binds: its derivative is s.
		{"where the balance binds", []string{"p,A,200,0"}, []string{"A,B,p,50,0.02", "B,C,p,80,0"}, nil,
			"p", "C", "A", 0.625, 0.625},
		// A's production is not known of: nothing is listed for p, so that it is
		// inferred as what A sells. C has m = 60 t of it, and 40 t of B's.
		{"inferred production follows", nil, []string{"A,C,p,60,0.02", "B,C,p,40,0"}, nil,
			"p", "C", "A", 0.6, 0.24},
	} {
		t.Run(c.name, func(t *testing.T) {
			tables := map[string][]string{
				"product":    {"id,stage", "p,extraction", "ore,extraction", "metal,processing"},
				"production": append([]string{"product,country,tonnes,error,year"}, eachWith(c.production, ",2020")...),
				"trade":      append([]string{"exporter,importer,product,tonnes,error,year"}, eachWith(c.trade, ",2020")...),
				"made_from":  append([]string{"product,input,share"}, c.recipe...),
			}
			got := originOf(intervalsOf(t, tablesCase(c.product, tables), c.target, uncertain(supply.MaxDraws)), c.origin)
			half := 1.645 * e * math.Abs(c.derivative)
			if !near(got.Value, c.share) || math.Abs(got.Mean-c.share) > half/10 ||
				math.Abs(got.Low-(c.share-half)) > half/10 || math.Abs(got.High-(c.share+half)) > half/10 {
				t.Errorf("got %+v, want %g ± %g", got, c.share, half)
			}
		})
	}
}

func eachWith(lines []string, end string) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i] = line + end
	}
	return list
}

// Shares with a stated concentration are drawn from a Dirichlet distribution, of
// which one share has a beta distribution: of 0.25 with concentration 20 that is
// Beta(5, 15), with percentiles 0.1099 and 0.4191; of 0.5 with 50 Beta(25, 25), with
// 0.3847 and 0.6153.
func TestIntervalOfStatedConcentration(t *testing.T) {
	near := func(t *testing.T, got supply.Interval, value, low, high float64) {
		t.Helper()
		if !near(got.Value, value) || math.Abs(got.Mean-value) > 0.02*value || math.Abs(got.Low-low) > 0.04*value || math.Abs(got.High-high) > 0.04*value {
			t.Errorf("got %+v, want %g in %g to %g", got, value, low, high)
		}
	}
	exact := supply.Uncertainty{Draws: supply.MaxDraws}
	t.Run("a code", func(t *testing.T) {
		n := intervalsOf(t, tablesCase("p", map[string][]string{
			"product":    {"id,stage", "p,extraction"},
			"coded_as":   {"product,code,share,concentration", "p,HS2017:260500,0.25,20"},
			"production": {"product,country,tonnes,year", "p,A,1000,2020"},
			"trade":      {"exporter,importer,code,tonnes,year", "A,B,HS2017:260500,400,2020"},
		}), "B", exact)
		near(t, n.Supply, 100, 43.96, 167.65)
	})
	t.Run("a recipe", func(t *testing.T) {
		n := intervalsOf(t, tablesCase("alloy", map[string][]string{
			"product":    {"id,stage", "ore,extraction", "scrap,recycling", "alloy,processing"},
			"made_from":  {"product,input,share,concentration", "alloy,ore,0.5,50", "alloy,scrap,0.5,"},
			"production": {"product,country,tonnes,year", "ore,A,1000,2020", "scrap,B,1000,2020", "alloy,B,100,2020"},
			"trade":      {"exporter,importer,product,tonnes,year", "A,B,ore,500,2020"},
		}), "B", exact)
		near(t, originOf(n, "A"), 0.5, 0.3847, 0.6153)
	})
}

// With errors of zero every draw is the answer: in every worked case, under every
// balance, for every measure.
func TestDrawsWithoutErrorsAreTheAnswer(t *testing.T) {
	exact := supply.Uncertainty{Draws: 3}
	same := func(t *testing.T, what string, n supply.Interval) {
		t.Helper()
		for _, v := range []float64{n.Low, n.High, n.Mean} {
			if math.Abs(v-n.Value) > 1e-12*max(1, math.Abs(n.Value)) {
				t.Errorf("%s: %+v", what, n)
			}
		}
	}
	for _, c := range supplytest.Cases(t, "testdata/cases") {
		if len(c.Expect) == 0 {
			continue
		}
		for _, balance := range []supply.Balance{supply.Mass, supply.Exports, supply.ScaleExports} {
			t.Run(c.Name+" "+string(balance), func(t *testing.T) {
				draws := must[*supply.DrawnDependency](t)(drawsOf(t, c.Facts(t), c.Question(), c.Target.Place, balance, nil, exact))
				n := must[supply.Intervals](t)(draws.Intervals(t.Context()))
				for what, interval := range map[string]supply.Interval{"supply": n.Supply, "domestic": n.Domestic, "explained": n.Explained,
					"unexplained": n.Unexplained, "estimated": n.Estimated, "HHI": n.OriginHHI} {
					same(t, what, interval)
				}
				for _, s := range n.Shares {
					same(t, "direct of "+s.Place, s.Direct)
					same(t, "origin of "+s.Place, s.Origin)
					same(t, "hidden of "+s.Place, s.Hidden)
				}
				for _, u := range n.UnexplainedAt {
					same(t, fmt.Sprint(u.Stage, u.Reason), u.Share)
				}
				for _, tier := range n.Tiers {
					for _, made := range tier.MadeIn {
						same(t, tier.Product+" made in "+made.Place, made.Share)
					}
				}
				for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage, supply.KindLink, supply.KindCompany, supply.KindFacility} {
					for _, p := range must[[]supply.ChokepointInterval](t)(draws.Chokepoints(t.Context(), kind, supply.ByOperator, supply.DefaultEpsilon, 0, 0)) {
						same(t, fmt.Sprintf("%+v", p.Chokepoint), p.Interval)
					}
				}
				for _, p := range must[[]supply.PathInterval](t)(draws.Paths(t.Context(), 20, 0)) {
					same(t, fmt.Sprint(p.Steps), p.Interval)
				}
			})
		}
	}
}

// The same question has the same intervals, to the last bit: asked again, on one
// processor or more, with its rows in another order.
func TestIntervalsAreReproducible(t *testing.T) {
	f := supplytest.Generate(7, 4, 30, 200)
	q := supply.Question{Product: supplytest.ProductID(0), Material: supplytest.Material, Year: supplytest.Year}
	ask := func(f supplytest.Facts) supply.Intervals {
		draws := must[*supply.DrawnDependency](t)(drawsOf(t, f, q, supplytest.CountryID(3), supply.Mass, nil, uncertain(40)))
		return must[supply.Intervals](t)(draws.Intervals(t.Context()))
	}
	want := ask(f)
	if len(want.Shares) < 10 || want.Shares[0].Origin.Low >= want.Shares[0].Origin.High {
		t.Fatalf("too little to hold against each other: %+v", want.Shares)
	}
	before := runtime.GOMAXPROCS(1)
	one := ask(f)
	runtime.GOMAXPROCS(max(2, before))
	two := ask(f)
	runtime.GOMAXPROCS(before)
	if !reflect.DeepEqual(one, want) || !reflect.DeepEqual(two, want) {
		t.Error("the number of processors makes a difference")
	}
	if !reflect.DeepEqual(ask(reversed(f)), want) {
		t.Error("the order of the rows makes a difference")
	}
}

// reversed returns facts with their rows of trade and production in reverse.
func reversed(f supplytest.Facts) supplytest.Facts {
	from := f.Trade
	f.Trade = graph.NewBatch(from.Kind, graph.NewWords(), from.Len)
	for i := range from.Len {
		copyRow(f.Trade.Add(), from.Row(from.Len-1-i), from.Kind)
	}
	f.Production = slices.Clone(f.Production)
	slices.Reverse(f.Production)
	return f
}

func copyRow(to, from graph.Row, kind *graph.Kind) {
	for _, field := range kind.Fields {
		switch field.Type {
		case graph.Int:
			if v, ok := from.Int(field.Name); ok {
				to.SetInt(field.Name, v)
			}
		case graph.Float:
			to.SetFloat(field.Name, from.Float(field.Name))
		case graph.Bool:
			to.SetBool(field.Name, from.Bool(field.Name))
		default:
			to.SetText(field.Name, from.Text(field.Name))
		}
	}
}

// The figures of a question are these in every process.
func TestIntervalsOfT1(t *testing.T) {
	c := caseNamed(t, "T1 re-exports")
	draws := must[*supply.DrawnDependency](t)(drawsOf(t, c.Facts(t), c.Question(), "C", supply.Mass, nil, uncertain(200)))
	n := must[supply.Intervals](t)(draws.Intervals(t.Context()))
	got := fmt.Sprintf("%d %+v A %.6f B %.6f", draws.Draws.Seed, draws.Draws.Drawn, originOf(n, "A"), originOf(n, "B"))
	const want = "624164196892835464 {Stated:0 Reported:6 Estimated:0 Recipes:0 Codes:0} A {0.672131 0.624109 0.716754 0.671481} B {0.327869 0.280132 0.375891 0.328260}"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// synthetic is a world whose masses are known: two mines sell ore to two makers of
// metal, who sell it to T. left is what each stage keeps for itself, as a share of
// what it passes on.
func synthetic(random *rand.Rand, left float64, year int) map[string][]string {
	between := func(low, high float64) float64 { return low + (high-low)*random.Float64() }
	ore := map[string]float64{"AD": between(20, 80), "AE": between(20, 80), "BD": between(20, 80), "BE": between(20, 80)}
	metal := map[string]float64{"D": (ore["AD"] + ore["BD"]) / (1 + left), "E": (ore["AE"] + ore["BE"]) / (1 + left)}
	tables := map[string][]string{
		"product":    {"id,stage", "ore,extraction", "metal,processing"},
		"made_from":  {"product,input,share", "metal,ore,1"},
		"production": {"product,country,tonnes,year"},
		"trade":      {"exporter,importer,product,tonnes,year"},
	}
	row := func(table, what string, tonnes float64) {
		tables[table] = append(tables[table], fmt.Sprintf("%s,%v,%d", what, tonnes, year))
	}
	row("production", "ore,A", (1+left)*(ore["AD"]+ore["AE"]))
	row("production", "ore,B", (1+left)*(ore["BD"]+ore["BE"]))
	for _, d := range []string{"D", "E"} {
		row("trade", "A,"+d+",ore", ore["A"+d])
		row("trade", "B,"+d+",ore", ore["B"+d])
		row("production", "metal,"+d, metal[d])
		row("trade", d+",T,metal", metal[d]/(1+left))
	}
	return tables
}

// coverage says, of so many worlds that are observed with a relative error of 0.1
// in every mass, how many truths the intervals hold, and which share of supply
// passes undecided stages in the mean. Each world has a year of its own, for the
// draws of one question are always the same.
func coverage(t *testing.T, left float64, trials, draws int, measures map[string]func(supply.Intervals) supply.Interval) (held map[string]float64, undecided float64) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 0))
	held = map[string]float64{}
	for i := range trials {
		c := tablesCase("metal", synthetic(random, left, 1500+i))
		c.Target.Year = 1500 + i
		f := c.Facts(t)
		ask := func(u supply.Uncertainty) supply.Intervals {
			asked := must[*supply.DrawnDependency](t)(drawsOf(t, f, c.Question(), "T", supply.Mass, nil, u))
			return must[supply.Intervals](t)(asked.Intervals(t.Context()))
		}
		truth := ask(supply.Uncertainty{Draws: 1})
		for i := range f.Production {
			f.Production[i].Tonnes *= observed(random)
		}
		for i := range f.Trade.Len {
			f.Trade.Row(i).SetFloat("tonnes", f.Trade.Row(i).Float("tonnes")*observed(random))
		}
		seen := ask(uncertain(draws))
		undecided += seen.Undecided / float64(trials)
		for what, of := range measures {
			value, interval := of(truth).Value, of(seen)
			if interval.Low-1e-12 <= value && value <= interval.High+1e-12 {
				held[what] += 1 / float64(trials)
			}
		}
	}
	return held, undecided
}

// observed is a log-normal factor of mean 1 and coefficient of variation 0.1.
func observed(random *rand.Rand) float64 {
	variance := math.Log1p(0.01)
	return math.Exp(math.Sqrt(variance)*random.NormFloat64() - variance/2)
}

func madeIn(n supply.Intervals, product, place string) supply.Interval {
	for _, tier := range n.Tiers {
		for _, made := range tier.MadeIn {
			if tier.Product == product && made.Place == place {
				return made.Share
			}
		}
	}
	return supply.Interval{}
}

// Away from where a balance starts to bind, an interval of 90 % holds the truth in
// 85 to 95 % of worlds: here every stage keeps as much as it passes on.
func TestCoverageAwayFromTheKink(t *testing.T) {
	held, undecided := coverage(t, 1, 500, 100, map[string]func(supply.Intervals) supply.Interval{
		"origin A":   func(n supply.Intervals) supply.Interval { return originOf(n, "A") },
		"origin B":   func(n supply.Intervals) supply.Interval { return originOf(n, "B") },
		"metal of D": func(n supply.Intervals) supply.Interval { return madeIn(n, "metal", "D") },
		"supply":     func(n supply.Intervals) supply.Interval { return n.Supply },
		"origin HHI": func(n supply.Intervals) supply.Interval { return n.OriginHHI },
	})
	if len(held) != 5 || undecided > 0.001 {
		t.Errorf("%v, %g of supply passes undecided stages", held, undecided)
	}
	for what, part := range held {
		if part < 0.85 || part > 0.95 {
			t.Errorf("%s: %.1f %% of the truths are held", what, 100*part)
		}
	}
}

// Where stages pass on all that they have, errors that go both ways become supply
// that no source explains, which goes one way: intervals do not hold the truth, and
// the undecided share says so. Where each keeps three tenths, twice the error of
// the difference, they hold it again. docs/methods.md §2d has these figures.
func TestCoverageAtTheKink(t *testing.T) {
	measures := map[string]func(supply.Intervals) supply.Interval{
		"origin A":    func(n supply.Intervals) supply.Interval { return originOf(n, "A") },
		"unexplained": func(n supply.Intervals) supply.Interval { return n.Unexplained },
	}
	held, undecided := coverage(t, 0, 100, 100, measures)
	if held["origin A"] > 0.3 || held["unexplained"] > 0.05 || undecided < 0.9 {
		t.Errorf("at the kink: %v, undecided %g", held, undecided)
	}
	held, undecided = coverage(t, 0.3, 200, 100, measures)
	if held["origin A"] < 0.85 || held["origin A"] > 0.95 || held["unexplained"] < 0.95 || undecided < 0.5 {
		t.Errorf("three tenths away: %v, undecided %g", held, undecided)
	}
}

// What a scenario takes away is taken from every draw, and what it adds is supposed:
// C has 40 t of B alone, or 60 t of A and, for certain, 40 t of D.
func TestIntervalsOfAScenario(t *testing.T) {
	c := tablesCase("p", map[string][]string{
		"product":    {"id,stage", "p,extraction"},
		"production": {"product,country,tonnes,year", "p,A,100,2020", "p,B,100,2020"},
		"trade":      {"exporter,importer,product,tonnes,year,error", "A,C,p,60,2020,0", "B,C,p,40,2020,"},
	})
	ask := func(s *supply.Scenario) supply.Intervals {
		q := c.Question()
		q.Scenario = s
		draws := must[*supply.DrawnDependency](t)(drawsOf(t, c.Facts(t), q, "C", supply.Mass, s, uncertain(50)))
		return must[supply.Intervals](t)(draws.Intervals(t.Context()))
	}
	if got := originOf(ask(&supply.Scenario{Without: []supply.Subject{{Place: "A"}}}), "B"); got != (supply.Interval{Value: 1, Low: 1, High: 1, Mean: 1}) {
		t.Errorf("without A all is B's: %+v", got)
	}
	more := ask(&supply.Scenario{
		Trade:      []supply.ExtraTrade{{From: "D", To: "C", Product: "p", Tonnes: 40}},
		Production: []supply.ExtraProduction{{Place: "D", Product: "p", Tonnes: 40}}})
	plain := ask(nil)
	if d := more.Supply.High - more.Supply.Low - (plain.Supply.High - plain.Supply.Low); math.Abs(d) > 1e-9 || more.Supply.Value != 140 {
		t.Errorf("40 t that are supposed make supply less sure by %g t: %+v", d, more.Supply)
	}
}

// A target without supply has no intervals, and that is no error.
func TestIntervalsWithoutSupply(t *testing.T) {
	c := caseNamed(t, "T1 re-exports")
	n := intervalsOf(t, c, "nowhere", uncertain(2))
	if len(n.Shares)+len(n.UnexplainedAt)+len(n.Tiers) > 0 || n.Supply != (supply.Interval{}) {
		t.Errorf("%+v", n)
	}
}

func BenchmarkIntervals(b *testing.B) {
	f, q := benchFacts()
	b.ReportAllocs()
	for b.Loop() {
		draws, err := drawsOf(b, f, q, q.Place, supply.Mass, nil, uncertain(20))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := draws.Intervals(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// What is out of bounds is refused.
func TestDrawsRefuse(t *testing.T) {
	c := caseNamed(t, "T1 re-exports")
	for _, u := range []supply.Uncertainty{{Draws: 0}, {Draws: -1}, {Draws: supply.MaxDraws + 1},
		{Draws: 1, Reported: -0.1}, {Draws: 1, Estimated: math.NaN()}, {Draws: 1, Estimated: 11}} {
		_, err := drawsOf(t, c.Facts(t), c.Question(), "C", supply.Mass, nil, u)
		var e *graph.Error
		if !errors.As(err, &e) || e.Code != graph.BadInput {
			t.Errorf("%+v: %v", u, err)
		}
	}
}
