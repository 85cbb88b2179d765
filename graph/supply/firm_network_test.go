package supply_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// companies draws companies that supply each other with one or two products.
func companies(t *rapid.T) supply.Firms {
	var f supply.Firms
	n := rapid.IntRange(2, 12).Draw(t, "companies")
	for i := range n {
		row := supply.CompanyRow{Dataset: "d", ID: companyID(i)}
		if rapid.IntRange(0, 4).Draw(t, "country") > 0 {
			row.Country = placeID(i % 3)
		}
		f.Companies = append(f.Companies, row)
	}
	type link struct{ supplier, customer, product string }
	drawn := map[link]bool{}
	one := func(what string) string { return companyID(rapid.IntRange(0, n-1).Draw(t, what)) }
	for range rapid.IntRange(1, 4*n).Draw(t, "links") {
		l := link{one("supplier"), one("customer"), goodID(rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "product"))}
		if drawn[l] {
			continue
		}
		drawn[l] = true
		tonnes := float64(rapid.IntRange(1, 9).Draw(t, "tonnes"))
		if rapid.IntRange(0, 9).Draw(t, "not known") == 0 {
			tonnes = math.NaN()
		}
		f.Supplies = append(f.Supplies, supply.SuppliesRow{Dataset: "d", Year: theYear, Supplier: l.supplier, Customer: l.customer,
			Product: l.product, Tonnes: tonnes, Share: math.NaN()})
	}
	return f
}

// byColumn makes the network of a firm from columns.
func byColumn(f supply.Firms, firm, product string) (*supply.Network, error) {
	schema, words := graph.NewSchema(), graph.NewWords()
	links := graph.NewBatch(schema.Kind(graph.Supplies), words, 0)
	for _, s := range f.Supplies {
		r := links.Add()
		r.SetInt("year", s.Year)
		r.SetText("supplier", s.Supplier)
		r.SetText("customer", s.Customer)
		r.SetText("product", s.Product)
		r.SetFloat("tonnes", s.Tonnes)
	}
	firms := graph.NewBatch(schema.Kind(graph.Company), words, 0)
	for _, c := range f.Companies {
		r := firms.Add()
		r.SetText("id", c.ID)
		r.SetText("country", c.Country)
	}
	rows := supply.NewFirmRows(links.Len)
	if err := rows.Add(links); err != nil {
		return nil, err
	}
	if err := rows.Add(firms); err != nil {
		return nil, err
	}
	return rows.Network(context.Background(), theYear, firm, product)
}

// A network of firms that is read column by column gives what the one gives that is
// planned row by row; and so it does when all of its cycles are iterated on.
func TestFirmsByColumnAreThoseByRow(tt *testing.T) {
	ctx := context.Background()
	rapid.Check(tt, func(t *rapid.T) {
		f := companies(t)
		of := rapid.SampledFrom(f.Supplies).Draw(t, "of")
		firm := rapid.SampledFrom([]string{of.Supplier, of.Customer}).Draw(t, "firm")
		facts := supplytest.Facts{Firms: f, Trade: graph.NewBatch(graph.NewSchema().Kind(graph.Trades), graph.NewWords(), 0)}
		facts.Catalogue.Datasets = []graph.Dataset{{ID: "d"}}
		for i := range 2 {
			facts.Catalogue.Products = append(facts.Catalogue.Products, supply.ProductRow{Dataset: "d", ID: goodID(i), Stage: "processing"})
		}
		byRow, err := facts.Assemble(tt, supply.Question{Firm: firm, Product: of.Product, Year: theYear}, supply.Mass)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := byColumn(f, firm, of.Product)
		if err != nil {
			t.Fatal(err)
		}
		rows := supply.NewWalk(byRow)
		want, err := rows.FirmDependency(of.Product)
		if err != nil {
			t.Fatal(err)
		}
		if !want.HasSupply() {
			return // of what nobody supplies it with and it supplies nobody with
		}
		walk := supply.NewWalk(columns)
		if rapid.Bool().Draw(t, "iterated") {
			walk.IterateBeyond(2)
		}
		got, err := walk.FirmDependency(of.Product)
		if err != nil {
			t.Fatal(err)
		}
		compareShares(t, "origins", originsOf(t, ctx, got), originsOf(t, ctx, want))
		compareShares(t, "pass-through", passedOf(t, ctx, walk, of.Product, f), passedOf(t, ctx, rows, of.Product, f))
		gotTonnes, _ := got.SupplyTonnes()
		if wantTonnes, _ := want.SupplyTonnes(); math.Abs(gotTonnes-wantTonnes) > 1e-9 {
			t.Errorf("supply %g, want %g", gotTonnes, wantTonnes)
		}
	})
}

func originsOf(t *rapid.T, ctx context.Context, d *supply.Dependency) map[string]float64 {
	shares := map[string]float64{}
	producers, err := d.OriginProducers(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range producers {
		shares[p.Place+" "+p.Product+" "+p.Firm.ID] += p.Share
	}
	unexplained, err := d.UnexplainedShare(ctx)
	if err != nil {
		t.Fatal(err)
	}
	shares["unexplained"] = unexplained
	return shares
}

// passedOf returns what passes every company: by the two ways of asking, which must
// agree.
func passedOf(t *rapid.T, ctx context.Context, w *supply.Walk, product string, f supply.Firms) map[string]float64 {
	d, err := w.FirmDependency(product)
	if err != nil {
		t.Fatal(err)
	}
	points, err := d.Chokepoints(ctx, supply.KindCompany, supply.DefaultEpsilon, 0, len(f.Companies))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]float64{}
	var firms []supply.Actor
	for _, p := range points {
		listed[p.Firm.ID] = p.PassThrough
		firms = append(firms, p.Firm)
	}
	passed, err := d.PassThroughOf(ctx, firms, supply.ByOperator)
	if err != nil {
		t.Fatal(err)
	}
	together := map[string]float64{}
	for _, p := range passed {
		if together[p.Firm.ID] = p.Share; p.Off > 1e-8 {
			t.Errorf("what passes %s may be off by %g", p.Firm.ID, p.Off)
		}
	}
	compareShares(t, "pass-through together", together, listed)
	return listed
}

func compareShares(t *rapid.T, what string, got, want map[string]float64) {
	t.Helper()
	names := maps.Clone(got)
	maps.Copy(names, want)
	for name := range names {
		if math.Abs(got[name]-want[name]) > 1e-9 {
			t.Errorf("%s of %s: %g, want %g", what, name, got[name], want[name])
		}
	}
}

func TestFirmsByColumnRefuse(t *testing.T) {
	f := supply.Firms{Supplies: []supply.SuppliesRow{{Year: theYear, Supplier: "a", Customer: "b", Product: "p", Tonnes: 1}}}
	for _, c := range []struct{ firm, product string }{{"c", "p"}, {"a", "q"}, {"", "p"}} {
		if _, err := byColumn(f, c.firm, c.product); graph.CodeOf(err) != graph.NotFound {
			t.Errorf("%v: error %v", c, err)
		}
	}
	rows := graph.NewBatch(graph.NewSchema().Kind(graph.Supplies), graph.NewWords(), 1)
	rows.Add().SetFloat("share", 0.5)
	if err := supply.NewFirmRows(1).Add(rows); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("error %v", err)
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

// A generated network is solved by iteration as it is by elimination: origins, what
// passes the firms that most pass, and paths.
func TestGeneratedFirmsSolvedTwoWays(t *testing.T) {
	const firms = 200
	ctx := context.Background()
	made := supplytest.GenerateFirms(3, firms, 10*firms)
	var f supply.Firms
	for i := range firms {
		f.Companies = append(f.Companies, supply.CompanyRow{ID: supplytest.FirmID(i), Country: supplytest.CountryID(int(made.Country[i]))})
	}
	for i, tonnes := range made.Tonnes {
		f.Supplies = append(f.Supplies, supply.SuppliesRow{Year: theYear, Supplier: supplytest.FirmID(int(made.Supplier[i])),
			Customer: supplytest.FirmID(int(made.Customer[i])), Product: supplytest.Goods, Tonnes: tonnes, Share: math.NaN()})
	}
	firm := f.Supplies[len(f.Supplies)/2].Customer
	n, err := byColumn(f, firm, supplytest.Goods)
	if err != nil {
		t.Fatal(err)
	}
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
	exact, found := must[supply.Paths](t)(want.Paths(ctx, 10, 0)), must[supply.Paths](t)(got.Paths(ctx, 10, 0))
	if found.Explained != exact.Explained || len(found.Paths) != 10 || found.Truncated {
		t.Errorf("%d paths explain %g, want %g", len(found.Paths), found.Explained, exact.Explained)
	}
}
