package supply_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// firmFacts draws companies and plants that supply each other with one or two
// products, as a network of firms on its own knows them: of two datasets and two
// years, in tonnes and in shares, some of it estimated.
func firmFacts(t *rapid.T) supplytest.Facts {
	var facts supplytest.Facts
	facts.Trade = graph.NewBatch(graph.NewSchema().Kind(graph.Trades), graph.NewWords(), 0)
	facts.Catalogue.Datasets = []graph.Dataset{{ID: "d", Priority: 1}, {ID: "e"}}
	facts.Catalogue.Areas = []string{placeID(2)}
	material := rapid.SampledFrom([]string{"", "metal"}).Draw(t, "material")
	for i := range 2 {
		facts.Catalogue.Products = append(facts.Catalogue.Products, supply.ProductRow{Dataset: "d", ID: goodID(i), Stage: "processing"})
		if material != "" {
			facts.Catalogue.Contains = append(facts.Catalogue.Contains,
				supply.ContainsRow{Dataset: "e", Product: goodID(i), Material: material, MassFraction: 0.25 * float64(i+1)})
		}
	}
	f := &facts.Firms
	n := rapid.IntRange(2, 12).Draw(t, "firms")
	plants := rapid.IntRange(0, n/2).Draw(t, "plants")
	for i := range n {
		country := ""
		if rapid.IntRange(0, 4).Draw(t, "country") > 0 {
			country = placeID(i % 3)
		}
		if i >= plants {
			f.Companies = append(f.Companies, supply.CompanyRow{Dataset: "d", ID: companyID(i), Country: country})
			continue
		}
		// Plants are run by companies that are not named as suppliers beside them.
		f.Facilities = append(f.Facilities, supply.FacilityRow{Dataset: "d", ID: companyID(i), Country: country,
			Operator: rapid.SampledFrom([]string{"", "op0", "op1"}).Draw(t, "operator")})
	}
	f.Companies = append(f.Companies, supply.CompanyRow{Dataset: "d", ID: "op0", Country: placeID(0)}, supply.CompanyRow{Dataset: "d", ID: "op1"},
		supply.CompanyRow{Dataset: "d", ID: "owner", Country: placeID(1)})
	for i := range rapid.IntRange(0, 3).Draw(t, "owners") {
		f.Owns = append(f.Owns, supply.OwnsRow{Dataset: "d", Owner: []string{"owner", "op0", companyID(0)}[i],
			Owned: companyID(rapid.IntRange(1, n-1).Draw(t, "owned")), Share: rapid.SampledFrom([]float64{0.3, 0.75}).Draw(t, "of it")})
	}
	type link struct{ supplier, customer, product, dataset string }
	drawn := map[link]bool{}
	one := func(what string, more ...string) string {
		if i := rapid.IntRange(0, n-1+len(more)).Draw(t, what); i >= n {
			return more[i-n]
		} else {
			return companyID(i)
		}
	}
	years := map[string]int{goodID(0): theYear, goodID(1): rapid.SampledFrom([]int{theYear, theYear - 1}).Draw(t, "year")}
	for range rapid.IntRange(1, 4*n).Draw(t, "links") {
		l := link{one("supplier"), one("customer", "op0"), goodID(rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "product")),
			rapid.SampledFrom([]string{"d", "d", "e"}).Draw(t, "dataset")}
		if drawn[l] {
			continue
		}
		drawn[l] = true
		row := supply.SuppliesRow{Dataset: l.dataset, Year: years[l.product], Supplier: l.supplier, Customer: l.customer, Product: l.product,
			Tonnes: float64(rapid.IntRange(0, 9).Draw(t, "tonnes")), Share: math.NaN(), Estimated: rapid.IntRange(0, 9).Draw(t, "estimated") == 0}
		switch rapid.IntRange(0, 9).Draw(t, "not in tonnes") {
		case 0:
			row.Tonnes = math.NaN()
		case 1:
			row.Tonnes, row.Share = math.NaN(), float64(rapid.IntRange(0, 10).Draw(t, "share"))/10
		}
		f.Supplies = append(f.Supplies, row)
	}
	return facts
}

// byColumn makes the network of a firm from columns, read in the order in which a
// store gives them.
func byColumn(facts supplytest.Facts, q supply.Question) (*supply.Network, error) {
	store := &columnStore{words: graph.NewWords(), facts: facts}
	n, _, err := supply.NewCatalogue(facts.Catalogue).ReadFirms(context.Background(), store, q)
	return n, err
}

// columnStore is a snapshot that holds who supplies whom.
type columnStore struct {
	graph.Snapshot
	words *graph.Words
	facts supplytest.Facts
}

func (s *columnStore) Count(ctx context.Context, q graph.Query) (n int64, err error) {
	err = s.Read(ctx, q, func(b *graph.Batch) error {
		n += int64(b.Len)
		return nil
	})
	return n, err
}

func (s *columnStore) Read(_ context.Context, q graph.Query, yield func(*graph.Batch) error) error {
	b := graph.NewBatch(graph.NewSchema().Kind(q.Kind), s.words, 0)
	texts := func(r graph.Row, byField map[string]string) {
		for field, text := range byField {
			r.SetText(field, text)
		}
	}
	switch f := s.facts.Firms; q.Kind {
	case graph.Supplies:
		rows := slices.Clone(f.Supplies)
		slices.SortStableFunc(rows, func(a, b supply.SuppliesRow) int { return cmp.Compare(a.Dataset, b.Dataset) })
		for _, s := range rows {
			if s.Year != q.Match[0].Ints[0] || len(q.Match) > 1 && !slices.Contains(q.Match[1].Words, s.Product) {
				continue
			}
			r := b.Add()
			texts(r, map[string]string{"supplier": s.Supplier, "customer": s.Customer, "product": s.Product, "dataset": s.Dataset})
			r.SetFloat("tonnes", s.Tonnes)
			r.SetFloat("share", s.Share)
			r.SetBool("estimated", s.Estimated)
		}
	case graph.Company:
		for _, c := range f.Companies {
			texts(b.Add(), map[string]string{"id": c.ID, "country": c.Country})
		}
	case graph.Facility:
		for _, p := range f.Facilities {
			texts(b.Add(), map[string]string{"id": p.ID, "country": p.Country, "operator": p.Operator})
		}
	case graph.Owns:
		for _, o := range f.Owns {
			r := b.Add()
			texts(r, map[string]string{"dataset": o.Dataset, "owner": o.Owner, "owned": o.Owned})
			r.SetFloat("share", o.Share)
		}
	}
	return yield(b)
}

// A network of firms that is read column by column gives what the one gives that is
// planned row by row; and so it does when all of its cycles are iterated on.
func TestFirmsByColumnAreThoseByRow(tt *testing.T) {
	ctx := context.Background()
	rapid.Check(tt, func(t *rapid.T) {
		facts := firmFacts(t)
		of := rapid.SampledFrom(facts.Firms.Supplies).Draw(t, "of")
		firm := rapid.SampledFrom([]string{of.Supplier, of.Customer}).Draw(t, "firm")
		q := supply.Question{Firm: firm, Product: rapid.SampledFrom([]string{of.Product, goodID(0)}).Draw(t, "asked"), Year: theYear}
		byRow, err := facts.Assemble(tt, q, supply.Mass)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := byColumn(facts, q)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(columns.Datasets) != fmt.Sprint(byRow.Datasets) {
			t.Errorf("datasets %v, want %v", columns.Datasets, byRow.Datasets)
		}
		want, err := supply.NewWalk(byRow).FirmDependency(q.Product)
		if err != nil {
			t.Fatal(err)
		}
		walk, off := supply.NewWalk(columns), 1e-12
		if rapid.Bool().Draw(t, "iterated") {
			walk.IterateBeyond(2)
			off = 1e-9
		}
		got, err := walk.FirmDependency(q.Product)
		if err != nil {
			t.Fatal(err)
		}
		compareShares(t, "answer", measured(ctx, t, got), measured(ctx, t, want), off)
		if got.HasSupply() {
			compareShares(t, "pass-through together", passedTogether(ctx, t, got), passed(ctx, t, got, supply.KindCompany, supply.ByOperator), 1e-9)
		}
	})
}

// measured is everything that an answer says in numbers, by name.
func measured(ctx context.Context, t *rapid.T, d *supply.Dependency) map[string]float64 {
	m := map[string]float64{"domestic": d.DomesticShare()}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	m["tonnes"], _ = d.SupplyTonnes()
	shares, err := d.Shares(ctx)
	check(err)
	for _, s := range shares {
		m["direct "+s.Place], m["origin "+s.Place] = s.Direct, s.Origin
	}
	ends, err := d.Unexplained(ctx)
	check(err)
	for _, u := range ends {
		m[fmt.Sprint("unexplained ", u.Stage, u.Reason)] = u.Share
	}
	producers, err := d.OriginProducers(ctx)
	check(err)
	for _, p := range producers {
		m[fmt.Sprint("origin ", p.Stage, p.Firm)] += p.Share
	}
	measureTiers(ctx, t, d, m)
	for _, kind := range []supply.Kind{supply.KindCompany, supply.KindFacility} {
		for name, share := range passed(ctx, t, d, kind, supply.ByOperator) {
			m[string(kind)+name] = share
		}
	}
	for name, share := range passed(ctx, t, d, supply.KindCompany, supply.ByMajority) {
		m["majority "+name] = share
	}
	for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage, supply.KindLink} {
		points, err := d.Chokepoints(ctx, kind, supply.DefaultEpsilon, 0, 0)
		check(err)
		for _, p := range points {
			m[fmt.Sprint("passes ", p.Place, p.Product, p.From, p.To)] = p.PassThrough
		}
	}
	paths, err := d.Paths(ctx, 5, 0)
	check(err)
	m["explained by paths"] = paths.Explained
	concentration, err := d.Concentration(ctx)
	check(err)
	m["direct HHI"], m["origin HHI"], m["upper HHI"] = concentration.Direct, concentration.Origin, concentration.OriginUpper
	m["company HHI"], m["control HHI"] = concentration.OriginCompany.Lower, concentration.OriginControl.Lower
	for name, measure := range map[string]func(context.Context) (float64, error){
		"making steps": d.MadeHereSteps, "border crossings": d.BorderCrossings, "estimated": d.EstimatedShare, "unexplained": d.UnexplainedShare,
	} {
		m[name], err = measure(ctx)
		check(err)
	}
	return m
}

// measureTiers adds what an answer says tier by tier, and what it draws.
func measureTiers(ctx context.Context, t *rapid.T, d *supply.Dependency, m map[string]float64) {
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	tiers, err := d.Tiers(ctx)
	check(err)
	control, err := d.Control(ctx)
	check(err)
	for i, tier := range tiers {
		m["steps to "+tier.Product], m["HHI of "+tier.Product] = float64(tier.Steps), tier.HHI
		for _, made := range tier.MadeIn {
			m[tier.Product+" made in "+made.Place] = made.Share
		}
		for _, c := range control[i].Controlled {
			m[tier.Product+" controlled from "+c.Country] = c.Share
		}
		m["unknown control of "+tier.Product], m["companies of "+tier.Product] = control[i].Unknown, control[i].CompanyHHI.Lower
	}
	flows, err := d.TierFlows(ctx, 0, 0)
	check(err)
	for _, f := range flows.Flows {
		name := fmt.Sprint("flow ", f.From, f.To, f.ToTarget)
		m[name], m["estimated "+name] = f.Share, f.EstimatedShare
	}
	drawing, err := d.Drawing(ctx, 0, 0)
	check(err)
	for _, node := range drawing.Nodes {
		name := fmt.Sprint("drawn ", node.Stage)
		m[name], m[name+" made"], m[name+" origin"], m[name+" unexplained"] = node.PassThrough, node.MadeHere, node.Origin, node.Unexplained
	}
	for _, l := range drawing.Links {
		m[fmt.Sprint("drawn ", l.From, l.To, l.By)] = l.PassThrough
	}
}

// passed returns what passes every company or plant.
func passed(ctx context.Context, t *rapid.T, d *supply.Dependency, kind supply.Kind, by supply.Attribution) map[string]float64 {
	points, err := d.FirmChokepoints(ctx, kind, by, supply.DefaultEpsilon, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]float64{}
	for _, p := range points {
		listed[fmt.Sprint(p.Firm)] = p.PassThrough
	}
	return listed
}

// passedTogether returns what passes every company that anything passes, asked for
// at once.
func passedTogether(ctx context.Context, t *rapid.T, d *supply.Dependency) map[string]float64 {
	points, err := d.FirmChokepoints(ctx, supply.KindCompany, supply.ByOperator, supply.DefaultEpsilon, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var firms []supply.Actor
	for _, p := range points {
		firms = append(firms, p.Firm)
	}
	shares, err := d.PassThroughOf(ctx, firms, supply.ByOperator)
	if err != nil {
		t.Fatal(err)
	}
	together := map[string]float64{}
	for _, p := range shares {
		if together[fmt.Sprint(p.Firm)] = p.Share; p.Off > 1e-8 {
			t.Errorf("what passes %v may be off by %g", p.Firm, p.Off)
		}
	}
	return together
}

func compareShares(t *rapid.T, what string, got, want map[string]float64, off float64) {
	t.Helper()
	names := maps.Clone(got)
	maps.Copy(names, want)
	for name := range names {
		if !(math.Abs(got[name]-want[name]) <= off) {
			t.Errorf("%s of %s: %g, want %g", what, name, got[name], want[name])
		}
	}
}

// A firm that no row names has no supply, and the answer says so.
func TestFirmsByColumnWithoutSupply(t *testing.T) {
	var facts supplytest.Facts
	facts.Catalogue.Products = []supply.ProductRow{{ID: "p"}, {ID: "q"}}
	facts.Firms.Supplies = []supply.SuppliesRow{{Year: theYear, Supplier: "a", Customer: "b", Product: "p", Tonnes: 1, Share: math.NaN()}}
	for _, c := range []struct{ firm, product string }{{"c", "p"}, {"a", "q"}, {"c", "q"}} {
		n, err := byColumn(facts, supply.Question{Firm: c.firm, Product: c.product, Year: theYear})
		if err != nil {
			t.Fatal(err)
		}
		d := must[*supply.Dependency](t)(supply.NewWalk(n).FirmDependency(c.product))
		if said := d.Assumptions(); d.HasSupply() || !strings.HasPrefix(said[len(said)-1], "It is not known that "+c.firm+" makes "+c.product) {
			t.Errorf("%v: %v", c, said)
		}
	}
	_, err := byColumn(facts, supply.Question{Firm: "a", Product: "r", Year: theYear})
	if graph.CodeOf(err) != graph.NotFound {
		t.Errorf("a product that nobody declares: %v", err)
	}
}

// The firms that are generated are in the shape that is said.
func TestGeneratedFirms(t *testing.T) {
	const firms, links = 20_000, 200_000
	f := supplytest.GenerateFirms(1, firms, links)
	if len(f.Supplier) != links || len(f.Customer) != links || len(f.Tonnes) != links {
		t.Fatalf("%d, %d and %d links", len(f.Supplier), len(f.Customer), len(f.Tonnes))
	}
	customers, suppliers := make([]int, firms), make([]int, firms)
	for i := range links {
		customers[f.Supplier[i]]++
		suppliers[f.Customer[i]]++
	}
	if part := float64(supply.LargestCycle(firms, f.Supplier, f.Customer)) / firms; part < 0.905 || part > 0.915 {
		t.Errorf("%.3f of the firms are in the largest strongly connected component", part)
	}
	for what, degree := range map[string][]int{"customers": customers, "suppliers": suppliers} {
		most, none := 0, 0
		for _, d := range degree {
			most = max(most, d)
			if d == 0 {
				none++
			}
		}
		if most < 1000 {
			t.Errorf("nobody has more than %d %s", most, what)
		}
		if part := float64(none) / firms; part < 0.04 || part > 0.05 {
			t.Errorf("%.3f of the firms have no %s", part, what)
		}
	}
	if again := supplytest.GenerateFirms(1, firms, links); fmt.Sprint(again.Tonnes[:100], again.Supplier[:100]) != fmt.Sprint(f.Tonnes[:100], f.Supplier[:100]) {
		t.Error("the same arguments made other firms")
	}
}

// generated returns the network of a generated firm.
func generated(t *testing.T, firms int) *supply.Network {
	t.Helper()
	made := supplytest.GenerateFirms(3, firms, 10*firms)
	var facts supplytest.Facts
	facts.Catalogue.Products = []supply.ProductRow{{ID: supplytest.Goods}}
	f := &facts.Firms
	for i := range firms {
		f.Companies = append(f.Companies, supply.CompanyRow{ID: supplytest.FirmID(i), Country: supplytest.CountryID(int(made.Country[i]))})
	}
	for i, tonnes := range made.Tonnes {
		f.Supplies = append(f.Supplies, supply.SuppliesRow{Year: theYear, Supplier: supplytest.FirmID(int(made.Supplier[i])),
			Customer: supplytest.FirmID(int(made.Customer[i])), Product: supplytest.Goods, Tonnes: tonnes, Share: math.NaN()})
	}
	firm := f.Supplies[len(f.Supplies)/2].Customer
	n, err := byColumn(facts, supply.Question{Firm: firm, Product: supplytest.Goods, Year: theYear})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A generated network is solved by iteration as it is by elimination: origins, what
// passes the firms that most pass, and paths.
func TestGeneratedFirmsSolvedTwoWays(t *testing.T) {
	ctx := context.Background()
	n := generated(t, 200)
	direct, iterated := supply.NewWalk(n), supply.NewWalk(n)
	iterated.IterateBeyond(2)
	want := must[*supply.Dependency](t)(direct.FirmDependency(supplytest.Goods))
	got := must[*supply.Dependency](t)(iterated.FirmDependency(supplytest.Goods))
	residual := must[float64](t)(got.Residual(ctx))
	if residual == 0 || residual > 1e-10 {
		t.Errorf("residual %g", residual)
	}
	if exact := must[float64](t)(want.Residual(ctx)); exact != 0 {
		t.Errorf("residual %g of what is eliminated", exact)
	}
	shares := map[string]float64{}
	for _, share := range must[[]supply.CountryShare](t)(want.Shares(ctx)) {
		shares[share.Place] = share.Origin
	}
	for _, share := range must[[]supply.CountryShare](t)(got.Shares(ctx)) {
		if d := math.Abs(share.Origin - shares[share.Place]); d > residual+1e-14 {
			t.Errorf("%s is off by %g, stated %g", share.Place, d, residual)
		}
	}
	most := must[[]supply.Chokepoint](t)(want.Chokepoints(ctx, supply.KindCompany, supply.DefaultEpsilon, 0, 10))
	for i, point := range must[[]supply.Chokepoint](t)(got.Chokepoints(ctx, supply.KindCompany, supply.DefaultEpsilon, 0, 10)) {
		if point.Firm != most[i].Firm || math.Abs(point.PassThrough-most[i].PassThrough) > 1e-8 {
			t.Errorf("%d: %v, want %v", i, point, most[i])
		}
	}
	var largest []supply.Actor
	for _, point := range most {
		largest = append(largest, point.Firm)
	}
	for i, passed := range must[[]supply.PassedShare](t)(got.PassThroughOf(ctx, largest, supply.ByOperator)) {
		if d := math.Abs(passed.Share - most[i].PassThrough); d > passed.Off+1e-14 || passed.Off > 2e-9 {
			t.Errorf("what passes %s is off by %g, stated %g", passed.Firm.ID, d, passed.Off)
		}
	}
	exact, found := must[supply.Paths](t)(want.Paths(ctx, 10, 0)), must[supply.Paths](t)(got.Paths(ctx, 10, 0))
	if found.Explained != exact.Explained || len(found.Paths) != 10 || found.Truncated {
		t.Errorf("%d paths explain %g, want %g", len(found.Paths), found.Explained, exact.Explained)
	}
}

// The number of cores decides how many solves go on at the same time, and nothing else.
func TestPassThroughDoesNotDependOnCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	n := generated(t, 400)
	var firms []supply.Actor
	for i := range 40 {
		firms = append(firms, supply.Actor{ID: supplytest.FirmID(i)})
	}
	var want []supply.PassedShare
	for _, cores := range []int{1, 3} {
		runtime.GOMAXPROCS(cores)
		w := supply.NewWalk(n)
		w.IterateBeyond(2)
		d := must[*supply.Dependency](t)(w.FirmDependency(supplytest.Goods))
		got := must[[]supply.PassedShare](t)(d.PassThroughOf(context.Background(), firms, supply.ByOperator))
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("on %d cores: %v, want %v", cores, got, want)
		}
	}
}
