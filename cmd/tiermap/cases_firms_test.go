package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// firmQuery asks for everything that a worked case can say of companies, plants
// and control.
const firmQuery = `query($country: ID, $company: ID, $facility: ID, $product: ID!, $material: ID, $year: Int, $balance: Balance!) {
  OPERATOR: dependency(country: $country, company: $company, facility: $facility, product: $product, material: $material, year: $year, options: {balance: $balance}) {
    year
    originProducers { country { id } product { id } company { id } facility { id } share }
    tiers { product { id } controlledFrom { country { id } share } controlUnknownShare
      companyHhi companyHhiUpper companyCoveredShare controlHhi controlHhiUpper controlCoveredShare }
    concentration { originCompanyHhi originCompanyHhiUpper originCompanyCoveredShare originControlHhi originControlHhiUpper originControlCoveredShare }
    ...firms
  }
  MAJORITY: dependency(country: $country, company: $company, facility: $facility, product: $product, material: $material, year: $year,
    options: {balance: $balance, attribution: MAJORITY}) { ...firms }
  PROPORTIONAL: dependency(country: $country, company: $company, facility: $facility, product: $product, material: $material, year: $year,
    options: {balance: $balance, attribution: PROPORTIONAL}) { ...firms }
}
fragment firms on Dependency {
  companies: chokepoints(kind: COMPANY, first: 1000, minShare: 0) { company { id } facility { id } passThroughShare isSum }
  facilities: chokepoints(kind: FACILITY, first: 1000, minShare: 0) { company { id } facility { id } passThroughShare isSum }
}`

type firmPoint struct {
	Company, Facility *ref
	PassThroughShare  float64
	IsSum             bool
}

type firmAnswer struct {
	Year            int
	OriginProducers []struct {
		Country, Product  ref
		Company, Facility *ref
		Share             float64
	}
	Tiers []struct {
		Product        ref
		ControlledFrom []struct {
			Country ref
			Share   float64
		}
		ControlUnknownShare                              float64
		CompanyHhi, CompanyHhiUpper, CompanyCoveredShare float64
		ControlHhi, ControlHhiUpper, ControlCoveredShare float64
	}
	Concentration struct {
		OriginCompanyHhi, OriginCompanyHhiUpper, OriginCompanyCoveredShare float64
		OriginControlHhi, OriginControlHhiUpper, OriginControlCoveredShare float64
	}
	Companies, Facilities []firmPoint
}

// saysOfFirms tells whether a case is about companies, plants or control.
func saysOfFirms(c supplytest.Case) bool {
	return c.Target.Firm() != "" || slices.ContainsFunc(c.Expect, func(e supplytest.Expect) bool {
		return e.OriginProducers != nil || e.Firms != nil || e.Owners != nil
	})
}

// checkFirms holds what a case says of companies, plants and control.
func checkFirms(t *testing.T, store caseStore, c supplytest.Case, want supplytest.Expect, balance supply.Balance) {
	t.Helper()
	if want.OriginProducers == nil && want.Firms == nil && want.Control == nil && want.Owners == nil && want.Exposure == nil {
		return
	}
	r := runWith(t, "", store, "ask", firmQuery, "--variables", variablesOf(t, c, want, balance))
	var got struct{ Data map[string]*firmAnswer }
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.status != exitDone {
		t.Fatalf("%v: status %d\n%s%s", err, r.status, r.stdout, r.stderr)
	}
	k := firmChecker{checker{t, string(balance)}, got.Data, store}
	k.origins(want)
	k.points(want)
	k.control(want)
	k.indices(want)
	k.owners(want)
	k.exposure(c, want, balance)
}

type firmChecker struct {
	checker
	by    map[string]*firmAnswer // by attribution
	store caseStore
}

func idOf(company, facility *ref) string {
	for _, r := range []*ref{company, facility} {
		if r != nil {
			return r.ID
		}
	}
	return ""
}

func (k firmChecker) origins(want supplytest.Expect) {
	k.t.Helper()
	got := map[string]float64{}
	for _, p := range k.by["OPERATOR"].OriginProducers {
		got[p.Country.ID+","+p.Product.ID+","+idOf(p.Company, p.Facility)] = p.Share
	}
	if want.OriginProducers != nil {
		k.lines("origin producer", got, want.OriginProducers, true)
	}
}

func (k firmChecker) points(want supplytest.Expect) {
	k.t.Helper()
	got := map[string]float64{}
	for by, a := range k.by {
		for kind, list := range map[string][]firmPoint{"COMPANY": a.Companies, "FACILITY": a.Facilities} {
			for _, p := range list {
				if p.IsSum != (by == string(supply.ByShare) && kind == "COMPANY") {
					k.t.Errorf("%s %s %s: isSum is %t", kind, by, idOf(p.Company, p.Facility), p.IsSum)
				}
				got[kind+","+by+","+idOf(p.Company, p.Facility)] = p.PassThroughShare
			}
		}
	}
	k.lines("pass-through", got, want.Firms, false)
}

func (k firmChecker) control(want supplytest.Expect) {
	k.t.Helper()
	control, unknown := map[string]float64{}, map[string]float64{}
	for _, tier := range k.by["OPERATOR"].Tiers {
		for _, c := range tier.ControlledFrom {
			control[tier.Product.ID+","+c.Country.ID] = c.Share
		}
		if tier.ControlUnknownShare > 0 {
			unknown[tier.Product.ID] = tier.ControlUnknownShare
		}
	}
	if want.Control != nil {
		k.lines("control", control, want.Control, true)
	}
	if want.Unknown != nil {
		k.lines("control not known", unknown, want.Unknown, true)
	}
}

func (k firmChecker) indices(want supplytest.Expect) {
	k.t.Helper()
	a := k.by["OPERATOR"]
	got := map[string][3]float64{
		"company,": {a.Concentration.OriginCompanyHhi, a.Concentration.OriginCompanyHhiUpper, a.Concentration.OriginCompanyCoveredShare},
		"control,": {a.Concentration.OriginControlHhi, a.Concentration.OriginControlHhiUpper, a.Concentration.OriginControlCoveredShare},
	}
	for _, tier := range a.Tiers {
		got["company,"+tier.Product.ID] = [3]float64{tier.CompanyHhi, tier.CompanyHhiUpper, tier.CompanyCoveredShare}
		got["control,"+tier.Product.ID] = [3]float64{tier.ControlHhi, tier.ControlHhiUpper, tier.ControlCoveredShare}
	}
	for _, line := range want.Indices {
		cells := strings.Split(line, ",")
		for i, v := range got[cells[0]+","+cells[1]] {
			figure, err := supplytest.ParseNumber(cells[2+i])
			if err != nil {
				k.t.Fatal(err)
			}
			k.near(fmt.Sprintf("figure %d of the index %s", i, line), v, figure)
		}
	}
}

func (k firmChecker) owners(want supplytest.Expect) {
	k.t.Helper()
	type owners struct {
		UltimateOwners []struct {
			Company, Facility *ref
			Share             float64
			Ring              bool
		}
	}
	for _, line := range want.Owners {
		cells := strings.Split(line, ",")
		question := fmt.Sprintf(`{ company(id: %q) { ...o } facility(id: %q) { ...f } }
			fragment o on Company { ultimateOwners(year: %d) { company { id } facility { id } share ring } }
			fragment f on Facility { ultimateOwners(year: %[3]d) { company { id } facility { id } share ring } }`,
			cells[0], cells[0], k.by["OPERATOR"].Year)
		r := runWith(k.t, "", k.store, "ask", question)
		var got struct {
			Data struct{ Company, Facility *owners }
		}
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
			k.t.Fatalf("%v\n%s%s", err, r.stdout, r.stderr)
		}
		of := got.Data.Company
		if of == nil {
			of = got.Data.Facility
		}
		i := slices.IndexFunc(of.UltimateOwners, func(o struct {
			Company, Facility *ref
			Share             float64
			Ring              bool
		}) bool {
			return idOf(o.Company, o.Facility) == cells[1]
		})
		if i < 0 || of.UltimateOwners[i].Ring != (len(cells) > 3) {
			k.t.Errorf("%s: owners are %+v", line, of.UltimateOwners)
			continue
		}
		share, err := supplytest.ParseNumber(cells[2])
		if err != nil {
			k.t.Fatal(err)
		}
		k.near(line, of.UltimateOwners[i].Share, share)
	}
}

func (k firmChecker) exposure(c supplytest.Case, want supplytest.Expect, balance supply.Balance) {
	k.t.Helper()
	if balance != supply.Mass {
		return // the question is asked under one balance
	}
	for _, line := range want.Exposure {
		cells := strings.Split(line, ",")
		ask := func(kind string) (share float64, ok bool) {
			question := fmt.Sprintf(`{ exposure(to: {%s: %q}, product: %q, year: %d, attribution: %s, first: 1000) {
				targets { country { id } passThroughShare } } }`, kind, cells[0], cells[3], c.Target.Year, cells[1])
			r := runWith(k.t, "", k.store, "ask", question)
			var got struct {
				Data struct {
					Exposure *struct {
						Targets []struct {
							Country          ref
							PassThroughShare float64
						}
					}
				}
			}
			if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
				k.t.Fatalf("%v\n%s%s", err, r.stdout, r.stderr)
			}
			if got.Data.Exposure == nil {
				return 0, false
			}
			for _, target := range got.Data.Exposure.Targets {
				if target.Country.ID == cells[2] {
					share = target.PassThroughShare
				}
			}
			return share, true
		}
		got, ok := ask("facility")
		if !ok {
			got, ok = ask("company")
		}
		share, err := supplytest.ParseNumber(cells[4])
		if err != nil || !ok {
			k.t.Fatalf("%s: %v", line, err)
		}
		k.near("exposure "+line, got, share)
	}
}
