package supply_test

import (
	"context"
	"strings"
	"testing"

	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// checkFirms holds what is said of companies, plants and control against a case.
func checkFirms(t *testing.T, c supplytest.Case, w *supply.Walk, d *supply.Dependency, want supplytest.Expect) {
	t.Helper()
	ctx := context.Background()
	checkWhole(t, "origin producers", want.OriginProducers, 3, func(put func(string, float64)) {
		for _, p := range must[[]supply.OriginProducer](t)(d.OriginProducers(ctx)) {
			put(p.Place+","+p.Product+","+p.Firm.ID, p.Share)
		}
	})
	for _, line := range supplytest.Lines(t, want.Firms) {
		kind, by := supply.Kind(line[0]), supply.Attribution(line[1])
		got := 0.0
		for _, p := range must[[]supply.Chokepoint](t)(d.FirmChokepoints(ctx, kind, by, supply.DefaultEpsilon, 0, 0)) {
			if p.Firm.ID == line[2] {
				got = p.PassThrough
			}
		}
		check(t, strings.Join(line[:3], " "), got, number(t, line[3]))
	}
	for _, line := range supplytest.Lines(t, want.Exposure) {
		facts := c.Facts(t).Firms
		firm := supply.Actor{ID: line[0]}
		for _, f := range facts.Facilities {
			firm.Facility = firm.Facility || f.ID == line[0]
		}
		got := 0.0
		e := must[supply.Exposure](t)(w.Exposure(ctx, line[3], supply.Subject{Firm: firm, Attribution: supply.Attribution(line[1])}))
		for _, target := range e.Targets {
			if target.Place == line[2] {
				got = target.PassThrough
			}
		}
		check(t, "exposure "+strings.Join(line[:4], " "), got, number(t, line[4]))
	}
	checkControl(t, d, want)
	ownership := supply.NewCatalogue(c.Facts(t).Catalogue).NewOwnership(firmsOf(t, c), w.Network().Year)
	for _, line := range supplytest.Lines(t, want.Owners) {
		var got supply.OwnerShare
		for _, o := range must[[]supply.OwnerShare](t)(ownership.UltimateOwners(ctx, line[0])) {
			if o.Owner == line[1] {
				got = o
			}
		}
		check(t, strings.Join(line[:2], " owned by "), got.Share, number(t, line[2]))
		if ring := len(line) > 3; ring != got.Ring {
			t.Errorf("%s owned by %s: ring is %t", line[0], line[1], got.Ring)
		}
	}
}

func firmsOf(t *testing.T, c supplytest.Case) *supply.Firms {
	f := c.Facts(t).Firms
	return &f
}

func checkControl(t *testing.T, d *supply.Dependency, want supplytest.Expect) {
	t.Helper()
	ctx := context.Background()
	tiers := must[[]supply.Tier](t)(d.Tiers(ctx))
	control := must[[]supply.TierControl](t)(d.Control(ctx))
	checkWhole(t, "control", want.Control, 2, func(put func(string, float64)) {
		for i, c := range control {
			for _, share := range c.Controlled {
				put(tiers[i].Product+","+share.Country, share.Share)
			}
		}
	})
	checkWhole(t, "control not known", want.Unknown, 1, func(put func(string, float64)) {
		for i, c := range control {
			if c.Unknown > 0 {
				put(tiers[i].Product, c.Unknown)
			}
		}
	})
	for _, line := range supplytest.Lines(t, want.Indices) {
		of := must[supply.TierControl](t)(d.OriginControl(ctx))
		for i, tier := range tiers {
			if tier.Product == line[1] {
				of = control[i]
			}
		}
		index := of.CompanyHHI
		if line[0] == "control" {
			index = of.ControlHHI
		}
		check(t, "lower "+line[0]+" "+line[1], index.Lower, number(t, line[2]))
		check(t, "upper "+line[0]+" "+line[1], index.Upper, number(t, line[3]))
		check(t, "coverage "+line[0]+" "+line[1], index.Coverage, number(t, line[4]))
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := supplytest.ParseNumber(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// checkWhole compares lines of CSV, of which the first columns are a key and the
// next is a share, with all that there is; no lines: nothing is compared.
func checkWhole(t *testing.T, what string, lines []string, key int, list func(put func(string, float64))) {
	t.Helper()
	if lines == nil {
		return
	}
	got := map[string]float64{}
	list(func(key string, share float64) { got[key] += share })
	for _, line := range supplytest.Lines(t, lines) {
		name := strings.Join(line[:key], ",")
		check(t, what+" "+name, got[name], number(t, line[key]))
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("%s beside those expected: %v", what, got)
	}
}
