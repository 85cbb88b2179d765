package supply_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

// firmSet is a set of facts with companies and plants in it.
type firmSet struct {
	factSet
	firms supply.Firms
}

func plantID(i int) string { return fmt.Sprintf("plant%d", i) }

func companyID(i int) string { return fmt.Sprintf("company%d", i) }

// firmSets draws plants of a few companies that make something, supply each other
// in any direction, and own each other.
func firmSets() *rapid.Generator[firmSet] {
	return rapid.Custom(func(t *rapid.T) firmSet {
		f := firmSet{factSet: factSets().Draw(t, "facts")}
		d := &draw{t: t, places: 3, products: len(f.catalogue.Products), f: f.factSet}
		const companies = 3
		for i := range companies {
			f.firms.Companies = append(f.firms.Companies, supply.CompanyRow{Dataset: "d", ID: companyID(i), Country: placeID(i)})
		}
		plants := rapid.IntRange(1, 7).Draw(t, "plants")
		product := func() string { return goodID(rapid.IntRange(0, d.products-1).Draw(t, "product")) }
		amount := func() float64 {
			if d.yes(5, "not known") {
				return math.NaN()
			}
			return d.tonnes()
		}
		for i := range plants {
			f.firms.Facilities = append(f.firms.Facilities, supply.FacilityRow{Dataset: "d", ID: plantID(i),
				Country: placeID(rapid.IntRange(0, 2).Draw(t, "stands in")), Operator: companyID(i % companies)})
			if !d.yes(4, "only supplies") {
				f.production = append(f.production, supply.ProductionRow{Dataset: "d", Year: theYear, Product: product(), Tonnes: amount(),
					Share: math.NaN(), OfProducer: true, Facility: plantID(i)})
			}
		}
		plant := func() string { return plantID(rapid.IntRange(0, plants-1).Draw(t, "plant")) }
		for range rapid.IntRange(0, 9).Draw(t, "supplies") {
			row := supply.SuppliesRow{Dataset: "d", Year: theYear, Supplier: plant(), Customer: plant(), Product: product(),
				Tonnes: amount(), Share: math.NaN(), Estimated: d.yes(6, "estimated")}
			if d.yes(3, "by share") {
				row.Share = rapid.SampledFrom([]float64{0.25, 0.5, 1}).Draw(t, "share")
			}
			f.firms.Supplies = append(f.firms.Supplies, row)
		}
		for range rapid.IntRange(0, 6).Draw(t, "owners") {
			row := supply.OwnsRow{Dataset: "d", Owner: companyID(rapid.IntRange(0, companies-1).Draw(t, "owner")), Share: math.NaN()}
			row.Owned = plant()
			if bit.Draw(t, "of a company") {
				row.Owned = companyID(rapid.IntRange(0, companies-1).Draw(t, "owned"))
			}
			if !d.yes(4, "no share") {
				row.Share = float64(rapid.IntRange(1, 10).Draw(t, "tenths")) / 10
			}
			f.firms.Owns = append(f.firms.Owns, row)
		}
		return f
	})
}

func (f firmSet) facts() supplytest.Facts {
	facts := f.factSet.facts()
	facts.Firms = f.firms
	return facts
}

// firmReference is the walk of docs/methods.md §2c written down once more, with a
// state for every producer whether its suppliers are known or not: dense, by Gauss
// with pivots.
type firmReference struct {
	net    *supply.Network
	p      [][]float64
	origin []float64 // probability to stop at an origin
	lost   []float64
	stuck  []bool // of a closed ring
	makes  []bool
}

// Of node i 2i is the market and 2i+1 the maker; the producers stand behind.
func (r *firmReference) producer(k int32) int { return 2*len(r.net.Nodes) + int(k) }

func newFirmReference(net *supply.Network) *firmReference {
	size := 2*len(net.Nodes) + len(net.Producers)
	r := &firmReference{net: net, origin: make([]float64, size), lost: make([]float64, size), makes: make([]bool, size)}
	for range size {
		r.p = append(r.p, make([]float64, size))
	}
	for i := range net.Nodes {
		r.market(i)
		r.makes[2*i+1] = true
		left := 1.0
		lo, hi := net.ProducersOf(int32(i))
		for k := lo; k < hi; k++ {
			r.p[2*i+1][r.producer(k)] += net.Producers[k].Weight
			left -= net.Producers[k].Weight
			r.makeOf(r.producer(k), i, k, 1)
		}
		if left > 1e-12 {
			r.makeOf(2*i+1, i, -1, left)
		}
	}
	r.findStuck()
	return r
}

func (r *firmReference) market(i int) {
	n := r.net
	node, product := n.Nodes[i], n.Products[n.Nodes[i].Product]
	total := 0.0
	if product.Pooled {
		for _, other := range n.Nodes {
			if other.Product == node.Product {
				total += other.Production
			}
		}
		for j, other := range n.Nodes {
			if other.Product == node.Product && total > 0 {
				r.p[2*i][2*j+1] = other.Production / total
			}
		}
		if total == 0 {
			r.lost[2*i] = 1
		}
		return
	}
	total = node.Production + node.Unexplained
	for _, l := range n.TradeInto(int32(i)) {
		total += l.Tonnes
	}
	if node.Production+node.Imports+node.Exports == 0 {
		r.lost[2*i] = 1
		return
	}
	for _, l := range n.TradeInto(int32(i)) {
		r.p[2*i][2*l.Exporter] = l.Tonnes / total
	}
	r.p[2*i][2*i+1] = node.Production / total
	r.lost[2*i] = node.Unexplained / total
}

// makeOf writes what a part of what is made at a node is made of: by a producer
// whose sources are known, else by the recipe of the place.
func (r *firmReference) makeOf(state, i int, k int32, part float64) {
	n := r.net
	if k >= 0 && n.Producers[k].Active {
		for _, s := range n.SourcesOf(k) {
			if s.Producer >= 0 {
				r.p[state][r.producer(s.Producer)] += s.Share
			} else {
				r.p[state][2*s.Node] += s.Share
			}
		}
		r.lost[state] = n.Producers[k].NoInput
		if len(n.SourcesOf(k)) == 0 {
			r.origin[state] = 1 - n.Producers[k].NoInput
		}
		return
	}
	if n.Products[n.Nodes[i].Product].Raw {
		r.origin[state] = part
		return
	}
	rest := 1.0
	for _, in := range n.InputsOf(int32(i)) {
		r.p[state][2*in.Node] += part * in.Share
		rest -= in.Share
	}
	r.lost[state] = part * max(0, rest)
}

// findStuck finds the closed rings: states that lead to no stop, and back to which
// everything leads that they lead to.
func (r *firmReference) findStuck() {
	r.stuck = make([]bool, len(r.p))
	for i := range r.stuck {
		r.stuck[i] = true
	}
	for again := true; again; {
		again = false
		for i := range r.p {
			out := r.origin[i]+r.lost[i] > 1e-14
			for j, p := range r.p[i] {
				out = out || p > 0 && !r.stuck[j]
			}
			if out && r.stuck[i] {
				r.stuck[i], again = false, true
			}
		}
	}
	reaches := r.reachability()
	for i := range r.p {
		for j := range r.p {
			r.stuck[i] = r.stuck[i] && (!reaches[i][j] || reaches[j][i])
		}
	}
}

// reachability tells which state leads to which.
func (r *firmReference) reachability() [][]bool {
	reaches := make([][]bool, len(r.p))
	for i := range r.p {
		reaches[i] = make([]bool, len(r.p))
		for j, p := range r.p[i] {
			reaches[i][j] = p > 0
		}
	}
	for k := range r.p {
		for i := range r.p {
			for j := range r.p {
				reaches[i][j] = reaches[i][j] || reaches[i][k] && reaches[k][j]
			}
		}
	}
	return reaches
}

// visits returns expected visits from a state, the walk stopped where it enters a
// ring.
func (r *firmReference) visits(from int) []float64 {
	size := len(r.p)
	m := make([][]float64, size)
	for i := range m { // (I − P)ᵀ v = e
		m[i] = make([]float64, size+1)
		for j := range size {
			if !r.stuck[j] {
				m[i][j] = -r.p[j][i]
			}
		}
		m[i][i]++
	}
	m[from][size] = 1
	return solve(m)
}

// chance returns the chance to come from each state to a set: 0 where it cannot be
// reached.
func (r *firmReference) chance(set map[int]bool) []float64 {
	size := len(r.p)
	can := make([]bool, size)
	for again := true; again; {
		again = false
		for i := range size {
			reaches := set[i]
			for j, p := range r.p[i] {
				reaches = reaches || p > 0 && can[j]
			}
			if reaches && !can[i] {
				can[i], again = true, true
			}
		}
	}
	m := make([][]float64, size)
	for i := range m {
		m[i] = make([]float64, size+1)
		m[i][i] = 1
		switch {
		case set[i]:
			m[i][size] = 1
		case can[i]:
			for j := range size {
				m[i][j] -= r.p[i][j]
			}
		}
	}
	return solve(m)
}

// solve solves a system, of which the last column is the right side.
func solve(m [][]float64) []float64 {
	size := len(m)
	for k := range size {
		pivot := k
		for i := k + 1; i < size; i++ {
			if math.Abs(m[i][k]) > math.Abs(m[pivot][k]) {
				pivot = i
			}
		}
		m[k], m[pivot] = m[pivot], m[k]
		for i := range size {
			if f := m[i][k] / m[k][k]; i != k && f != 0 {
				for j := k; j <= size; j++ {
					m[i][j] -= f * m[k][j]
				}
			}
		}
	}
	x := make([]float64, size)
	for i := range x {
		x[i] = m[i][size] / m[i][i]
	}
	return x
}

func close9(t *rapid.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
		t.Fatalf("%s = %v, want %v", what, got, want)
	}
}

// TestFirmsAgainstReference holds every figure that producers bear on against a
// dense solve in which each of them is a node.
func TestFirmsAgainstReference(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		f := firmSets().Draw(rt, "facts")
		balance := rapid.SampledFrom([]supply.Balance{supply.Mass, supply.Exports}).Draw(rt, "balance")
		n, err := f.facts().Assemble(t, f.question(false), balance)
		if err != nil {
			rt.Fatal(err)
		}
		r := newFirmReference(n)
		i, target := target(rt, n)
		w := supply.NewWalk(n)
		d := ask(rt, w, target)
		if !d.HasSupply() {
			return
		}
		v := r.visits(2 * i)
		holdShares(rt, d, r, v)
		holdMade(rt, d, r, v)
		for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage, supply.KindFacility, supply.KindCompany} {
			holdPassThrough(rt, d, r, i, kind)
		}
		holdLinks(rt, d, r, i)
		for _, p := range must[[]supply.Chokepoint](rt)(d.FirmChokepoints(ctx, supply.KindCompany, supply.ByOperator, 0, 0, 0)) {
			e := must[supply.Exposure](rt)(w.Exposure(ctx, target.Product, supply.Subject{Firm: p.Firm}))
			for _, x := range e.Targets {
				if x.Stage == target {
					close9(rt, "exposure to "+p.Firm.ID, x.PassThrough, p.PassThrough)
				}
			}
		}
	})
}

// holdShares holds origins, by producer too, and what is unexplained.
func holdShares(t *rapid.T, d *supply.Dependency, r *firmReference, v []float64) {
	ctx := context.Background()
	n := r.net
	origins, producers, unexplained := map[string]float64{}, map[string]float64{}, 0.0
	for s, visits := range v {
		if r.stuck[s] {
			unexplained += visits
			continue
		}
		unexplained += visits * r.lost[s]
		node := int32(s / 2)
		firm := ""
		if k := s - 2*len(n.Nodes); k >= 0 {
			node, firm = n.Producers[k].Node, n.Producers[k].ID
		}
		if share := visits * r.origin[s]; share > 0 {
			place := n.Places[n.Nodes[node].Place]
			origins[place] += share
			producers[place+" "+n.Products[n.Nodes[node].Product].ID+" "+firm] += share
		}
	}
	sum := 0.0
	for _, s := range must[[]supply.CountryShare](t)(d.Shares(ctx)) {
		close9(t, "origin "+s.Place, s.Origin, origins[s.Place])
		sum += s.Origin
	}
	got := must[float64](t)(d.UnexplainedShare(ctx))
	close9(t, "unexplained", got, unexplained)
	close9(t, "origins and unexplained", sum+got, 1)
	named := 0.0
	for _, p := range must[[]supply.OriginProducer](t)(d.OriginProducers(ctx)) {
		close9(t, "origin producer "+p.Firm.ID, p.Share, producers[p.Place+" "+p.Product+" "+p.Firm.ID])
		named += p.Share
	}
	close9(t, "origin producers", named, sum)
}

// holdMade holds the tier profile, and the expected number of making steps.
func holdMade(t *rapid.T, d *supply.Dependency, r *firmReference, v []float64) {
	ctx := context.Background()
	n := r.net
	made := map[supply.Stage]float64{}
	for i := range n.Nodes {
		lo, hi := n.ProducersOf(int32(i))
		left := 1.0
		for k := lo; k < hi; k++ {
			left -= n.Producers[k].Weight
			if s := r.producer(k); !r.stuck[s] {
				made[stageOf(n, i)] += v[s]
			}
		}
		if !r.stuck[2*i+1] {
			made[stageOf(n, i)] += v[2*i+1] * max(0, left)
		}
	}
	steps := 0.0
	for _, tier := range must[[]supply.Tier](t)(d.Tiers(ctx)) {
		for _, m := range tier.MadeIn {
			close9(t, "made "+tier.Product+" "+m.Place, m.Share, made[at(m.Place, tier.Product)])
			steps += m.Share
		}
	}
	close9(t, "made-here steps", must[float64](t)(d.MadeHereSteps(ctx)), steps)
	flows := must[supply.TierFlows](t)(d.TierFlows(ctx, 0, 0))
	into := map[supply.Stage]float64{}
	for _, f := range flows.Flows {
		into[f.From] += f.Share
	}
	for stage, share := range made {
		close9(t, fmt.Sprintf("flows from %v", stage), into[stage], share)
	}
}

// holdPassThrough holds pass-through against the chance to come to a set.
func holdPassThrough(t *rapid.T, d *supply.Dependency, r *firmReference, target int, kind supply.Kind) {
	n := r.net
	sets := map[string]map[int]bool{}
	add := func(key string, state int) {
		if sets[key] == nil {
			sets[key] = map[int]bool{}
		}
		sets[key][state] = true
	}
	for i, node := range n.Nodes {
		key := n.Places[node.Place]
		if kind == supply.KindStage {
			key += " " + n.Products[node.Product].ID
		}
		lo, hi := n.ProducersOf(int32(i))
		if i != target && (kind == supply.KindCountry || kind == supply.KindStage) {
			add(key, 2*i)
			if n.Products[node.Product].Pooled {
				add(key, 2*i+1)
			}
			for k := lo; k < hi; k++ {
				add(key, r.producer(k))
			}
		}
		for k := lo; k < hi; k++ {
			switch p := n.Producers[k]; {
			case kind == supply.KindFacility && p.Facility:
				add(p.ID, r.producer(k))
			case kind == supply.KindCompany && p.Operator != "":
				add(p.Operator, r.producer(k))
			}
		}
	}
	got := map[string]float64{}
	for _, c := range must[[]supply.Chokepoint](t)(d.Chokepoints(context.Background(), kind, 0, 0, 0)) {
		key := c.Place
		switch kind {
		case supply.KindStage:
			key += " " + c.Product
		case supply.KindFacility, supply.KindCompany:
			key = c.Firm.ID
		}
		got[key] = c.PassThrough
	}
	for key, set := range sets {
		close9(t, string(kind)+" "+key, got[key], r.chance(set)[2*target])
	}
}

// holdLinks holds the pass-through of links: what one place draws from another,
// given a node of its own in the middle.
func holdLinks(t *rapid.T, d *supply.Dependency, r *firmReference, target int) {
	n := r.net
	for _, c := range must[[]supply.Chokepoint](t)(d.Chokepoints(context.Background(), supply.KindLink, 0, 0, 0)) {
		product := int32(slices.IndexFunc(n.Products, func(p supply.Product) bool { return p.ID == c.Product }))
		of := func(place string) int { return 2 * int(n.Node(int32(slices.Index(n.Places, place)), product)) }
		importer, exporter := of(c.To), of(c.From)
		if n.Products[product].Pooled {
			exporter++
		}
		size := len(r.p)
		cut := &firmReference{net: n, p: make([][]float64, size+1)}
		for i, row := range r.p {
			cut.p[i] = append(slices.Clone(row), 0)
		}
		cut.p[size] = make([]float64, size+1)
		cut.p[size][exporter] = 1
		cut.p[importer][size], cut.p[importer][exporter] = cut.p[importer][exporter], 0
		close9(t, fmt.Sprintf("link %s from %s to %s", c.Product, c.From, c.To), c.PassThrough, cut.chance(map[int]bool{size: true})[2*target])
	}
}

// TestPassiveProducersChangeNothing: as long as nobody is supplied by name, who
// makes what changes no figure of countries, to the last bit.
func TestPassiveProducersChangeNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := firmSets().Draw(rt, "facts")
		f.firms.Supplies = nil
		q := f.question(rapid.Bool().Draw(rt, "group"))
		with, err := f.facts().Assemble(t, q, supply.Mass)
		if err != nil {
			rt.Fatal(err)
		}
		q.WithoutFirms = true
		countries := f.factSet
		countries.production = slices.DeleteFunc(slices.Clone(f.production), func(r supply.ProductionRow) bool { return r.OfProducer })
		without, err := countries.facts().Assemble(t, q, supply.Mass)
		if err != nil {
			rt.Fatal(err)
		}
		_, target := target(rt, without)
		got := everyMeasure(rt, ask(rt, supply.NewWalk(with), target))
		for name, want := range everyMeasure(rt, ask(rt, supply.NewWalk(without), target)) {
			if got[name] != want {
				rt.Fatalf("%s = %v with producers, %v without", name, got[name], want)
			}
			delete(got, name)
		}
		if len(got) > 0 {
			rt.Fatalf("only with producers: %v", got)
		}
	})
}

// TestSplitProducer: of a plant and an equal half of it under another name nobody
// downstream notices anything.
func TestSplitProducer(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := allKnown(firmSets().Draw(rt, "facts"))
		n, err := f.facts().Assemble(t, f.question(false), supply.Mass)
		if err != nil {
			rt.Fatal(err)
		}
		split := firmSet{factSet: f.clone(), firms: f.firms}
		halve(&split, plantID(0), "twin")
		m, err := split.facts().Assemble(t, f.question(false), supply.Mass)
		if err != nil {
			rt.Fatal(err)
		}
		_, target := target(rt, n)
		one, two := ask(rt, supply.NewWalk(n), target), ask(rt, supply.NewWalk(m), target)
		got := everyMeasure(rt, two)
		for name, want := range everyMeasure(rt, one) {
			if name != "estimated" {
				close9(rt, name, got[name], want)
			}
		}
	})
}

// allKnown gives all producers and supplies tonnes: what is shared in equal parts,
// for want of them, is not the same for two halves. Nobody supplies itself.
func allKnown(f firmSet) firmSet {
	f.factSet, f.firms.Supplies = f.clone(), slices.Clone(f.firms.Supplies)
	for i := range f.production {
		if r := &f.production[i]; r.OfProducer && math.IsNaN(r.Tonnes) {
			r.Tonnes = 1
		}
	}
	for i := range f.firms.Supplies {
		if r := &f.firms.Supplies[i]; math.IsNaN(r.Tonnes) {
			r.Tonnes = 1
		}
	}
	f.firms.Supplies = slices.DeleteFunc(f.firms.Supplies, func(r supply.SuppliesRow) bool { return r.Supplier == r.Customer })
	return f
}

// halve gives half of what a plant makes, supplies and is supplied with to another.
func halve(f *firmSet, plant, twin string) {
	for _, p := range f.firms.Facilities {
		if p.ID == plant {
			p.ID = twin
			f.firms.Facilities = append(slices.Clone(f.firms.Facilities), p)
		}
	}
	var production []supply.ProductionRow
	for _, r := range f.production {
		if r.Facility == plant {
			r.Tonnes /= 2
			other := r
			other.Facility = twin
			production = append(production, other)
		}
		production = append(production, r)
	}
	f.production = production
	var supplies []supply.SuppliesRow
	for _, r := range f.firms.Supplies {
		parts := []supply.SuppliesRow{r}
		if r.Supplier == plant {
			parts[0].Tonnes, parts[0].Share = r.Tonnes/2, r.Share/2
			other := parts[0]
			other.Supplier = twin
			parts = append(parts, other)
		}
		for _, part := range parts {
			if r.Customer == plant {
				other := part
				other.Customer = twin
				part.Tonnes, other.Tonnes = part.Tonnes/2, other.Tonnes/2
				supplies = append(supplies, other)
			}
			supplies = append(supplies, part)
		}
	}
	f.firms.Supplies = supplies
}
