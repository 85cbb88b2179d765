package supply_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// TestMeasuresOfCases holds every measure against the worked cases, to 1e-12.
func TestMeasuresOfCases(t *testing.T) {
	for _, c := range supplytest.Cases(t, "testdata/cases") {
		if c.Error != "" {
			continue // the test of what is assembled holds it
		}
		t.Run(c.Name, func(t *testing.T) {
			for _, want := range c.Expect {
				for _, balance := range want.Balances {
					t.Run(string(balance)+" "+want.Place, func(t *testing.T) {
						n, err := c.Network(t, balance)
						if err != nil {
							t.Fatal(err)
						}
						target := at(c.Target.Place, c.Target.Product)
						if want.Place != "" {
							target.Place = want.Place
						}
						if want.Product != "" {
							target.Product = want.Product
						}
						w := supply.NewWalk(n)
						d := ask(t, w, target)
						if c.Target.Firm() != "" && want.Place == "" {
							d = must[*supply.Dependency](t)(w.FirmDependency(target.Product))
						}
						checkMeasures(t, d, want)
						checkFirms(t, c, w, d, want)
					})
				}
			}
		})
	}
}

func checkMeasures(t *testing.T, d *supply.Dependency, want supplytest.Expect) {
	ctx := context.Background()
	if want.Supply != nil {
		tonnes, _ := d.SupplyTonnes()
		check(t, "supply", tonnes, float64(*want.Supply))
	}
	direct, origins := map[string]float64{}, map[string]float64{}
	for _, s := range must[[]supply.CountryShare](t)(d.Shares(ctx)) {
		direct[s.Place], origins[s.Place] = s.Direct, s.Origin
		check(t, "hidden "+s.Place, s.Hidden, s.Origin-s.Direct)
	}
	checkShares(t, "direct", direct, want.Direct)
	checkShares(t, "origin", origins, want.Origins)
	if want.Unexplained != nil {
		got := map[string]float64{}
		for _, u := range must[[]supply.UnexplainedShare](t)(d.Unexplained(ctx)) {
			got[u.Place+","+u.Product+","+string(u.Reason)] = u.Share
		}
		checkShares(t, "unexplained", got, sharesOf(t, want.Unexplained))
	}
	if want.Tiers != nil {
		got := map[string]float64{}
		for _, tier := range must[[]supply.Tier](t)(d.Tiers(ctx)) {
			for _, made := range tier.MadeIn {
				got[tier.Product+","+made.Place] = made.Share
			}
		}
		checkShares(t, "tier", got, sharesOf(t, want.Tiers))
	}
	checkPassThrough(t, d, want.PassThrough)
	checkPaths(t, d, want)
	for name, figure := range map[string]struct {
		want *supplytest.Number
		got  func(context.Context) (float64, error)
	}{
		"made-here steps":  {want.MadeHereSteps, d.MadeHereSteps},
		"border crossings": {want.BorderCrossings, d.BorderCrossings},
		"estimated share":  {want.EstimatedShare, d.EstimatedShare},
	} {
		if figure.want != nil {
			check(t, name, must[float64](t)(figure.got(ctx)), float64(*figure.want))
		}
	}
}

// sharesOf reads CSV lines that end with a share.
func sharesOf(t *testing.T, lines []string) map[string]supplytest.Number {
	shares := map[string]supplytest.Number{}
	for _, line := range supplytest.Lines(t, lines) {
		last := len(line) - 1
		share, err := supplytest.ParseNumber(line[last])
		if err != nil {
			t.Fatal(err)
		}
		shares[strings.Join(line[:last], ",")] = supplytest.Number(share)
	}
	return shares
}

// checkShares compares whole lists; what is not listed is 0.
func checkShares(t *testing.T, what string, got map[string]float64, want map[string]supplytest.Number) {
	t.Helper()
	if want == nil {
		return
	}
	for name, share := range want {
		check(t, what+" "+name, got[name], float64(share))
	}
	for name, share := range got {
		check(t, what+" "+name, share, float64(want[name]))
	}
}

func checkPassThrough(t *testing.T, d *supply.Dependency, want []string) {
	t.Helper()
	for _, line := range supplytest.Lines(t, want) {
		if len(line) != 6 {
			t.Fatalf("pass-through %v: kind, place, product, from, to, share are wanted", line)
		}
		share, err := supplytest.ParseNumber(line[5])
		if err != nil {
			t.Fatal(err)
		}
		points := must[[]supply.Chokepoint](t)(d.Chokepoints(context.Background(), supply.Kind(line[0]), supply.DefaultEpsilon, 0, 0))
		i := slices.IndexFunc(points, func(c supply.Chokepoint) bool {
			return slices.Equal([]string{c.Place, c.Product, c.From, c.To}, line[1:5])
		})
		if i < 0 {
			if share != 0 {
				t.Errorf("pass-through %v is not listed", line)
			}
			continue
		}
		check(t, strings.Join(line[:5], " "), points[i].PassThrough, share)
		if points[i].SinglePointOfFailure != (share >= 1-supply.DefaultEpsilon) {
			t.Errorf("%v: single point of failure %v", line, points[i].SinglePointOfFailure)
		}
	}
}

func checkPaths(t *testing.T, d *supply.Dependency, want supplytest.Expect) {
	t.Helper()
	paths := must[supply.Paths](t)(d.Paths(context.Background(), max(len(want.Paths), 1000), 0))
	if len(paths.Paths) < len(want.Paths) {
		t.Fatalf("%d paths, want %d or more", len(paths.Paths), len(want.Paths))
	}
	for i, path := range want.Paths {
		got := paths.Paths[i]
		check(t, "share of path "+strings.Join(path.Steps, " < "), got.Share, float64(path.Share))
		var steps []string
		for _, step := range got.Steps {
			steps = append(steps, step.Place+" "+step.Product)
		}
		if !slices.Equal(steps, path.Steps) {
			t.Errorf("path %d is %v, want %v", i, steps, path.Steps)
		}
	}
	if want.Explained != nil {
		check(t, "explained", paths.Explained, float64(*want.Explained))
	}
	if math.Abs(paths.Explained+paths.Remaining-1) > 1e-12 && d.HasSupply() {
		t.Errorf("explained %v and remaining %v are not all", paths.Explained, paths.Remaining)
	}
}
