package supply_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// What must not change an answer changes none: not only what a target depends on,
// but the question turned round, the world's view, what a country has of a
// material, who makes and controls it, and what changed.

// figures are all figures of such answers by name. rename writes an id as it is
// called in the names.
type figures map[string]float64

func figuresOf(t failer, n *supply.Network, asked supply.Stage, rename func(string) string) figures {
	t.Helper()
	ctx := context.Background()
	w := supply.NewWalk(n)
	f := figures{}
	put := func(value float64, name ...string) {
		if math.IsNaN(value) && name[0] != "tonnes exposed" { // a pool has none
			t.Fatalf("%v is no number", name)
		}
		if value != 0 && !math.IsNaN(value) {
			for i := range name {
				name[i] = rename(name[i])
			}
			f[strings.Join(name, " ")] += value
		}
	}
	for _, place := range n.Places {
		use := must[supply.MaterialUse](t)(w.MaterialUse(ctx, place))
		put(use.PassOn, "pass-on", place)
		put(use.Unexplained, "use unexplained", place)
		put(use.Estimated, "use estimated", place)
		for _, p := range use.Products {
			put(p.FinalUse, "tonnes kept", place, p.Product)
			put(p.Supply, "tonnes had", place, p.Product)
		}
		for _, s := range use.Shares {
			put(s.Origin, "use origin", place, s.Place)
			put(s.Direct, "use direct", place, s.Place)
		}
		e := must[supply.Exposure](t)(w.Exposure(ctx, "", supply.Subject{Place: place}, supply.Subject{Place: asked.Place, Product: asked.Product}))
		put(e.FinalUse, "tonnes used by others", place)
		put(e.OwnFinalUse, "tonnes used by itself", place)
		for _, x := range e.Targets {
			put(x.PassThrough, "exposed", place, x.Place, x.Product)
			put(x.Tonnes, "tonnes exposed", place, x.Place, x.Product)
			put(x.Unexplained, "exposed unexplained", place, x.Place, x.Product)
		}
	}
	figuresOfTheWorld(t, w, asked.Product, put)
	figuresOfFirms(t, ask(t, w, asked), put)
	figuresOfChange(t, n, asked, put)
	return f
}

type putter func(value float64, name ...string)

func figuresOfTheWorld(t failer, w *supply.Walk, product string, put putter) {
	for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage, supply.KindLink, supply.KindFacility, supply.KindCompany} {
		for _, by := range []supply.Attribution{supply.ByOperator, supply.ByMajority, supply.ByShare} {
			if kind != supply.KindCompany && by != supply.ByOperator {
				continue
			}
			for _, c := range must[[]supply.WorldChokepoint](t)(w.WorldChokepointsBy(context.Background(), product, kind, by, 0.001, 0)) {
				name := []string{string(kind), string(by), c.Place, c.From, c.To, c.Product, c.Firm.ID}
				put(c.Share, append([]string{"world"}, name...)...)
				put(float64(c.Countries), append([]string{"countries"}, name...)...)
			}
		}
	}
}

func figuresOfFirms(t failer, d *supply.Dependency, put putter) {
	ctx := context.Background()
	for _, p := range must[[]supply.OriginProducer](t)(d.OriginProducers(ctx)) {
		put(p.Share, "origin producer", p.Place, p.Product, p.Firm.ID)
	}
	tiers := must[[]supply.Tier](t)(d.Tiers(ctx))
	control := append(must[[]supply.TierControl](t)(d.Control(ctx)), must[supply.TierControl](t)(d.OriginControl(ctx)))
	for i, c := range control {
		tier := ""
		if i < len(tiers) {
			tier = tiers[i].Product
		}
		put(c.Unknown, "control not known", tier)
		for what, x := range map[string]supply.Index{"companies": c.CompanyHHI, "control": c.ControlHHI} {
			put(x.Lower, "index", what, tier)
			put(x.Upper, "index upper", what, tier)
			put(x.Coverage, "index coverage", what, tier)
		}
		for _, s := range c.Controlled {
			put(s.Share, "controlled from", tier, s.Country)
		}
	}
	for _, by := range []supply.Attribution{supply.ByOperator, supply.ByMajority, supply.ByShare} {
		for _, c := range must[[]supply.Chokepoint](t)(d.FirmChokepoints(ctx, supply.KindCompany, by, 0.001, 0, 0)) {
			put(c.PassThrough, "passes", string(by), c.Firm.ID)
		}
	}
}

// figuresOfChange takes the other balance for the other year: every stage that is
// short has other shares under it.
func figuresOfChange(t failer, n *supply.Network, asked supply.Stage, put putter) {
	ctx := context.Background()
	other := must[*supply.Network](t)(n.WithBalance(ctx, supply.Exports))
	before, after := ask(t, supply.NewWalk(n), asked), ask(t, supply.NewWalk(other), asked)
	for _, place := range n.Places {
		for _, l := range must[[]supply.LinkChange](t)(supply.Change(ctx, before, after, place)) {
			put(l.Change, "change", place, string(l.By), l.From.Place, l.From.Product, l.To.Place, l.To.Product)
		}
	}
}

func asItIs(id string) string { return id }

// sameFiguresOf compares figures; scale is what masses were multiplied by.
func sameFiguresOf(t failer, got, want figures, scale float64) {
	t.Helper()
	for name := range merge(got, want) {
		w := want[name]
		if strings.HasPrefix(name, "tonnes") {
			w *= scale
		}
		if math.Abs(got[name]-w) > 1e-10*max(1, math.Abs(w)) {
			t.Fatalf("%s = %v, was %v", name, got[name], w)
		}
	}
}

// relation makes of facts others that must be answered alike; rename writes an id
// of the others as it was called.
type relation func(t *rapid.T, f firmSet) (others firmSet, rename func(string) string)

// holdRelation answers both.
func holdRelation(t *testing.T, scale float64, relate relation) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		f := firmSets().Draw(rt, "facts")
		if scale != 1 || rapid.Bool().Draw(rt, "all known") {
			f = allKnown(f)
		}
		q := f.question(false)
		n, err := f.facts().Assemble(t, q, supply.Mass)
		if err != nil {
			rt.Fatal(err)
		}
		others, rename := relate(rt, f)
		r := others.question(false)
		m, err := others.facts().Assemble(t, r, supply.Mass)
		if err != nil {
			rt.Fatal(err)
		}
		_, asked := target(rt, n)
		for _, place := range m.Places {
			if rename(place) == asked.Place {
				other := at(place, asked.Product)
				sameFiguresOf(rt, figuresOf(rt, m, other, rename), figuresOf(rt, n, asked, asItIs), scale)
				return
			}
		}
		rt.Fatalf("%v is nowhere in the other network", asked)
	})
}

func TestAnswersOfRowsInAnotherOrder(t *testing.T) {
	holdRelation(t, 1, func(t *rapid.T, f firmSet) (firmSet, func(string) string) {
		g := firmSet{factSet: f.clone()}
		g.production = rapid.Permutation(g.production).Draw(t, "production")
		g.trade = rapid.Permutation(g.trade).Draw(t, "trade")
		g.catalogue.MadeFrom = rapid.Permutation(g.catalogue.MadeFrom).Draw(t, "recipes")
		g.firms.Companies = rapid.Permutation(f.firms.Companies).Draw(t, "companies")
		g.firms.Facilities = rapid.Permutation(f.firms.Facilities).Draw(t, "plants")
		g.firms.Supplies = rapid.Permutation(f.firms.Supplies).Draw(t, "supplies")
		g.firms.Owns = f.firms.Owns // of two rows of one owner the later counts
		return g, asItIs
	})
}

func TestAnswersOfSplitFlows(t *testing.T) {
	holdRelation(t, 1, func(t *rapid.T, f firmSet) (firmSet, func(string) string) {
		g := firmSet{factSet: f.clone(), firms: f.firms}
		g.trade = nil
		for _, row := range f.trade {
			part, rest := row, row
			part.tonnes = row.tonnes * rapid.SampledFrom([]float64{0.125, 0.5, 0.75}).Draw(t, "part")
			rest.tonnes -= part.tonnes
			g.trade = append(g.trade, rest, part)
		}
		self := g.trade[0]
		self.importer = self.exporter
		g.trade = append(g.trade, self) // what a place sells itself is no trade
		return g, asItIs
	})
}

func TestAnswersOfScaledMasses(t *testing.T) {
	const scale = 1 << 10
	holdRelation(t, scale, func(_ *rapid.T, f firmSet) (firmSet, func(string) string) {
		g := firmSet{factSet: f.clone(), firms: f.firms}
		for i := range g.trade {
			g.trade[i].tonnes *= scale
		}
		for i := range g.production {
			g.production[i].Tonnes *= scale
		}
		g.firms.Supplies = slices.Clone(f.firms.Supplies)
		for i := range g.firms.Supplies {
			g.firms.Supplies[i].Tonnes *= scale
		}
		return g, asItIs
	})
}

// Ids in the opposite order: what is listed first, and cut, must not decide.
func TestAnswersOfRenamedPlacesAndFirms(t *testing.T) {
	holdRelation(t, 1, func(_ *rapid.T, f firmSet) (firmSet, func(string) string) {
		names := map[string]string{}
		for i := range 10 {
			for kind, id := range map[string]string{"place": placeID(i), "plant": plantID(i), "company": companyID(i)} {
				names[id] = fmt.Sprintf("%s-%d", kind, 9-i)
			}
		}
		back := map[string]string{}
		for old, name := range names {
			back[name] = old
		}
		rename := func(id *string) {
			if name, ok := names[*id]; ok {
				*id = name
			}
		}
		g := renamed(f, rename)
		return g, func(id string) string {
			if old, ok := back[id]; ok {
				return old
			}
			return id
		}
	})
}

// renamed writes every id of places and firms anew. The question is about the same
// place.
func renamed(f firmSet, rename func(*string)) firmSet {
	g := firmSet{factSet: f.clone()}
	g.place = g.question(false).Place
	rename(&g.place)
	g.catalogue.MadeFrom = slices.Clone(f.catalogue.MadeFrom)
	for i := range g.catalogue.MadeFrom {
		rename(&g.catalogue.MadeFrom[i].Country)
	}
	for i := range g.production {
		rename(&g.production[i].Country)
		rename(&g.production[i].Facility)
		rename(&g.production[i].Company)
	}
	for i := range g.trade {
		rename(&g.trade[i].exporter)
		rename(&g.trade[i].importer)
	}
	for _, c := range f.firms.Companies {
		rename(&c.ID)
		rename(&c.Country)
		g.firms.Companies = append(g.firms.Companies, c)
	}
	for _, p := range f.firms.Facilities {
		rename(&p.ID)
		rename(&p.Country)
		rename(&p.Operator)
		g.firms.Facilities = append(g.firms.Facilities, p)
	}
	for _, s := range f.firms.Supplies {
		rename(&s.Supplier)
		rename(&s.Customer)
		g.firms.Supplies = append(g.firms.Supplies, s)
	}
	for _, o := range f.firms.Owns {
		rename(&o.Owner)
		rename(&o.Owned)
		g.firms.Owns = append(g.firms.Owns, o)
	}
	return g
}

// Of two countries that trade with nobody but each other, made one place, nobody
// else notices anything: not in whom they are exposed to, nor in what they have of
// the material, nor in what changed.
func TestAnswersBesideAMergedIsland(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(shape{places: 5, products: 3, largest: 1000}).Draw(t, "world")
		const one, other = "A", "B"
		apart, merged := islands(w, one, other)
		before, after := apart.network(supply.Mass), merged.network(supply.Mass)
		outside := func(n *supply.Network) []supply.Stage {
			var stages []supply.Stage
			for i := range n.Nodes {
				if s := stageOf(n, i); s.Place != one && s.Place != other {
					stages = append(stages, s)
				}
			}
			return stages
		}
		stages := outside(after)
		if len(stages) == 0 {
			return
		}
		asked := rapid.SampledFrom(stages).Draw(t, "target")
		got, want := figuresOf(t, after, asked, asItIs), figuresOf(t, before, asked, asItIs)
		for name := range merge(got, want) {
			words := strings.Fields(name)
			// The island's own figures, and the world's, of which it is a part.
			if words[0] == "world" || words[0] == "countries" || strings.HasPrefix(name, "tonnes used by") ||
				slices.Contains(words, one) || slices.Contains(words, other) {
				delete(got, name)
				delete(want, name)
			}
		}
		sameFiguresOf(t, got, want, 1)
	})
}
