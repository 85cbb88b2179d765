package supply_test

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/supply"
)

// left returns how much of the supply of a state still comes when a set of states
// stops, every supply stays as it was and nothing is rerouted: the walks that end
// without meeting the set, and those that go round for ever in a ring without it.
func (r *firmReference) left(from int, set map[int]bool) float64 {
	size := len(r.p)
	reaches := r.reachability()
	goesRound := make([]bool, size)
	for s := range size {
		goesRound[s] = r.stuck[s]
		for x := range set {
			goesRound[s] = goesRound[s] && !reaches[s][x] && s != x
		}
	}
	m := make([][]float64, size)
	for i := range m { // (I − P)ᵀ v = e, without what is stopped
		m[i] = make([]float64, size+1)
		for j := range size {
			if !set[i] && !set[j] && !goesRound[j] {
				m[i][j] = -r.p[j][i]
			}
		}
		m[i][i]++
	}
	m[from][size] = 1
	sum := 0.0
	for s, visits := range solve(m) {
		switch {
		case set[s]:
		case goesRound[s]:
			sum += visits
		default:
			sum += visits * (r.origin[s] + r.lost[s])
		}
	}
	return sum
}

// firmSetsOf returns the producers that are each plant's, and each company's by
// who runs them and by majority, as states of the reference.
func firmSetsOf(n *supply.Network, r *firmReference, own *supply.Ownership) map[supply.Attribution]map[string]map[int]bool {
	const plants supply.Attribution = ""
	sets := map[supply.Attribution]map[string]map[int]bool{plants: {}, supply.ByOperator: {}, supply.ByMajority: {}}
	add := func(by supply.Attribution, id string, k int) {
		if sets[by][id] == nil {
			sets[by][id] = map[int]bool{}
		}
		sets[by][id][r.producer(int32(k))] = true
	}
	for k, p := range n.Producers {
		if p.ID == "" { // the others of a place
			continue
		}
		if p.Facility {
			add(plants, p.ID, k)
		}
		if p.Operator != "" {
			add(supply.ByOperator, p.Operator, k)
		}
		if master := masterOf(own, p.ID); master != p.ID || !p.Facility { // a plant that nobody has most of is no company's
			add(supply.ByMajority, master, k)
		}
	}
	return sets
}

// masterOf follows the owners of more than one half.
func masterOf(own *supply.Ownership, id string) string {
	met := map[string]bool{}
	for !met[id] {
		met[id] = true
		for _, o := range own.Owners(id) {
			if o.Share > 0.5+1e-12 {
				id = o.Owner
				break
			}
		}
	}
	return id
}

// TestFirmsThatStop: what is left when a plant stops, or a company by either
// attribution that is a set, is exactly 1 − its pass-through; and no more passes
// it than passes the stage, or the country, that its producers are all in.
func TestFirmsThatStop(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		f := firmSets().Draw(rt, "facts")
		facts := f.facts()
		n, err := facts.Assemble(t, f.question(false), supply.Mass)
		if err != nil {
			rt.Fatal(err)
		}
		i, target := target(rt, n)
		d := ask(rt, supply.NewWalk(n), target)
		if !d.HasSupply() {
			return
		}
		r := newFirmReference(n)
		own := supply.NewCatalogue(facts.Catalogue).NewOwnership(&f.firms, theYear)
		met := metOnTheWay(rt, d)
		for by, sets := range firmSetsOf(n, r, own) {
			kind := supply.KindCompany
			if by == "" {
				kind = supply.KindFacility
			}
			pass := map[string]float64{}
			for _, c := range must[[]supply.Chokepoint](rt)(d.FirmChokepoints(ctx, kind, by, 0, 0, 0)) {
				pass[c.Firm.ID] = c.PassThrough
				if sets[c.Firm.ID] == nil {
					rt.Fatalf("%s has no producers by %q, and %v passes it", c.Firm.ID, by, c.PassThrough)
				}
			}
			for id, set := range sets {
				close9(rt, "left without "+id+" by "+string(by), r.left(2*i, set), 1-pass[id])
				if bound, ok := met.around(n, r, set, i); ok && pass[id] > bound+1e-9 {
					rt.Fatalf("%v passes %s by %q, and %v what it is in", pass[id], id, by, bound)
				}
			}
		}
	})
}

// met is the pass-through of countries and stages.
type met map[supply.Stage]float64

func metOnTheWay(t failer, d *supply.Dependency) met {
	m := met{}
	for _, kind := range []supply.Kind{supply.KindCountry, supply.KindStage} {
		for _, c := range must[[]supply.Chokepoint](t)(d.Chokepoints(context.Background(), kind, 0, 0, 0)) {
			m[at(c.Place, c.Product)] = c.PassThrough
		}
	}
	return m
}

// around returns what passes the stage that all producers of a set are in, or else
// the country; not where one of them makes what is asked about, for the target is
// taken out of its stage and country.
func (m met) around(n *supply.Network, r *firmReference, set map[int]bool, target int) (float64, bool) {
	var stages, countries []supply.Stage
	for state := range set {
		node := int(n.Producers[state-r.producer(0)].Node)
		if node == target {
			return 0, false
		}
		stage := stageOf(n, node)
		stages, countries = append(stages, stage), append(countries, at(stage.Place, ""))
	}
	for _, list := range [][]supply.Stage{stages, countries} {
		same := true
		for _, s := range list {
			same = same && s == list[0]
		}
		if same {
			return m[list[0]], true
		}
	}
	return 0, false
}

// TestHoldingsAddUp: by shares, what a company holds is the sum over its producers
// of expected visits times the chance that the chain of their owners comes to it;
// what ends with the last owners adds up to what is made.
func TestHoldingsAddUp(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		f := firmSets().Draw(rt, "facts")
		facts := f.facts()
		n, err := facts.Assemble(t, f.question(false), supply.Mass)
		if err != nil {
			rt.Fatal(err)
		}
		i, target := target(rt, n)
		d := ask(rt, supply.NewWalk(n), target)
		if !d.HasSupply() {
			return
		}
		r := newFirmReference(n)
		own := supply.NewCatalogue(facts.Catalogue).NewOwnership(&f.firms, theYear)
		v := r.visits(2 * i)
		want := map[string]float64{}
		for k, p := range n.Producers {
			s := r.producer(int32(k))
			if p.ID == "" {
				continue
			}
			for id, part := range heldBy(own, p.ID) {
				want[id] += v[s] * part
			}
		}
		for _, c := range must[[]supply.Chokepoint](rt)(d.FirmChokepoints(ctx, supply.KindCompany, supply.ByShare, 0, 0, 0)) {
			close9(rt, "held by "+c.Firm.ID, c.PassThrough, want[c.Firm.ID])
			delete(want, c.Firm.ID)
		}
		for id, part := range want {
			if part > 1e-9 && !isPlant(f.firms, id) {
				rt.Fatalf("%s holds %v and is not listed", id, part)
			}
		}
		for i, c := range must[[]supply.TierControl](rt)(d.Control(ctx)) {
			sum, whole := c.Unknown, 0.0
			for _, share := range c.Controlled {
				sum += share.Share
			}
			for _, m := range must[[]supply.Tier](rt)(d.Tiers(ctx))[i].MadeIn {
				whole += m.Share
			}
			close9(rt, "controlled from somewhere or not known", sum, whole)
		}
	})
}

func isPlant(f supply.Firms, id string) bool {
	for _, p := range f.Facilities {
		if p.ID == id {
			return true
		}
	}
	return false
}

// heldBy returns which part of a company or plant each owner holds, itself
// included, directly and through others: the chance that the chain of owners ever
// comes to it, by following it until next to nothing is left.
func heldBy(own *supply.Ownership, id string) map[string]float64 {
	held := map[string]float64{id: 1}
	owners := map[string]bool{}
	var name func(string)
	name = func(id string) {
		for _, o := range own.Owners(id) {
			if !owners[o.Owner] {
				owners[o.Owner] = true
				name(o.Owner)
			}
		}
	}
	name(id)
	delete(owners, id)
	for owner := range owners {
		at := map[string]float64{id: 1}
		for range 5000 {
			next, moved := map[string]float64{}, 0.0
			for holder, part := range at {
				for _, o := range own.Owners(holder) {
					if o.Owner == owner {
						held[owner] += part * o.Share
					} else {
						next[o.Owner] += part * o.Share
						moved += part * o.Share
					}
				}
			}
			if at = next; moved < 1e-14 || math.IsNaN(moved) {
				break
			}
		}
	}
	return held
}
