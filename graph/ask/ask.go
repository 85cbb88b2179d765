package ask

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"golang.org/x/sync/singleflight"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// Asker answers questions on one store. It may be used by several goroutines.
type Asker struct {
	store    graph.Store
	builtin  *country.List
	networks *cache
	firmRows int64
	large    chan struct{} // holds one entry while a network of firms on their own is made

	flight singleflight.Group
	mu     sync.Mutex
	latest *catalogue
}

// Options are the settings of an Asker.
type Options struct {
	// CacheBytes bounds the memory of the networks that are kept, with what was
	// computed on them; 0 = 256 MB. The network in use is always kept.
	CacheBytes int64
	// FirmRows is how many rows of who supplies whom a question reads row by row;
	// 0 = DefaultFirmRows.
	FirmRows int64
}

// New returns an Asker on a store, which it does not close.
func New(store graph.Store, builtin *country.List, o Options) *Asker {
	return &Asker{store: store, builtin: builtin, networks: newCache(cmp.Or(o.CacheBytes, 256<<20)),
		firmRows: cmp.Or(o.FirmRows, DefaultFirmRows), large: make(chan struct{}, 1)}
}

// Ready returns nil where the store answers.
func (a *Asker) Ready(ctx context.Context) error {
	_, err := with(ctx, a, func(*view) (struct{}, error) { return struct{}{}, nil })
	return err
}

// catalogue returns what the snapshot's revision holds, reading it where it is
// not the one that was read last.
func (a *Asker) catalogue(ctx context.Context, snap graph.Snapshot) (*catalogue, error) {
	if c := a.read(); c != nil && c.revision == snap.Revision() {
		return c, nil
	}
	return share(ctx, &a.flight, "catalogue "+snap.Revision(), func(ctx context.Context) (*catalogue, error) {
		c, err := readCatalogue(ctx, snap, a.builtin)
		if err != nil {
			return nil, err
		}
		a.mu.Lock()
		a.latest = c
		a.mu.Unlock()
		return c, nil
	})
}

// read returns the catalogue that was read last, or nil.
func (a *Asker) read() *catalogue {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.latest
}

// share does work once for all who ask for the same key at the same time. Where
// the one who does it goes away, another does it again.
func share[T any](ctx context.Context, g *singleflight.Group, key string, work func(context.Context) (T, error)) (T, error) {
	for {
		mine := false
		v, err, _ := g.Do(key, func() (any, error) {
			mine = true
			return work(ctx)
		})
		if err != nil && !mine && ctx.Err() == nil && graph.CodeOf(err) == graph.Timeout {
			continue
		}
		t, _ := v.(T)
		return t, err
	}
}

// Question asks what a country depends on for a product.
type Question struct {
	Country  string // any name or code of a country, or a group; or one of the next two
	Company  string // id of a company
	Facility string // id of a plant
	Product  string // one of our products, or a trade code such as HS2017:811292
	Material string // "" = the product's only one
	Year     int    // 0 = the newest year with trade, else production
	Balance  supply.Balance
	Scenario *Scenario // nil: the facts as they are
}

// Answer is what a country depends on for a product. What it costs to compute
// is computed when it is first asked for.
type Answer struct {
	*supply.Dependency
	Basis
	Country country.Place // of a company or plant: where it makes the product, or has its seat
	Product Product
	// Company and Facility are set where one was asked about; blank ids: none.
	Company  Company
	Facility Facility

	changed  bool             // by a scenario
	scenario *supply.Scenario // which
}

// Dependency answers a question.
//
// Errors: NotFound with the nearest ids for a country, product or material that
// is not known; BadInput where the material has to be named or the year holds
// nothing; those of the store.
func (a *Asker) Dependency(ctx context.Context, q Question) (*Answer, error) {
	return with(ctx, a, func(v *view) (*Answer, error) { return a.answer(ctx, v, q) })
}

// Reply is an answer, or why there is none.
type Reply struct {
	Answer *Answer
	Err    error
}

// Dependencies answers the questions for every country, product and year, in
// that order. No years: the newest year of each product. What is wrong with one
// question (NotFound, BadInput) stands in its place; any other error ends all.
func (a *Asker) Dependencies(ctx context.Context, countries, products []string, years []int, q Question) ([]Reply, error) {
	if len(years) == 0 {
		years = []int{0}
	}
	return with(ctx, a, func(v *view) ([]Reply, error) {
		var replies []Reply
		for _, q.Country = range countries {
			for _, q.Product = range products {
				for _, q.Year = range years {
					answer, err := a.answer(ctx, v, q)
					if code := graph.CodeOf(err); err != nil && code != graph.NotFound && code != graph.BadInput {
						return nil, err
					}
					replies = append(replies, Reply{answer, err})
				}
			}
		}
		return replies, nil
	})
}

func (a *Asker) answer(ctx context.Context, v *view, q Question) (*Answer, error) {
	q.Balance = cmp.Or(q.Balance, supply.Mass)
	if q.Company != "" || q.Facility != "" {
		return a.answerFirm(ctx, v, q)
	}
	place, err := v.countries.Find(q.Country, country.Any, q.Year)
	if err != nil {
		return nil, err
	}
	product, question, err := v.question(q.Product, q.Material, q.Year)
	if err != nil {
		return nil, err
	}
	if place.Kind == country.Group {
		question.Place, question.Members = place.ID, v.countries.Group(place.ID)
	}
	scenario, err := v.scenario(ctx, q.Scenario, q.Product, q.Year)
	if err != nil {
		return nil, err
	}
	question.Scenario = withFacts(scenario)
	basis, walk, err := a.basis(ctx, v, question, q.Balance)
	if err != nil {
		return nil, err
	}
	if walk, err = basis.under(walk, scenario, supply.Stage{Place: place.ID, Product: q.Product}); err != nil {
		return nil, err
	}
	if q.Year == 0 { // a state that had ended by the year that was chosen is no answer
		if _, err := v.countries.Find(q.Country, country.Any, basis.Year); err != nil {
			return nil, err
		}
	}
	d, err := walk.Dependency(place.ID, q.Product)
	if err != nil {
		return nil, err
	}
	return &Answer{Dependency: d, Basis: basis, Country: place, Product: product, changed: scenario != nil, scenario: scenario}, nil
}

// Chain returns the products that the target's supply reaches, its own included,
// and those of them that everyone draws from one world pool.
func (a *Answer) Chain(ctx context.Context) (chain, pooled []Product, err error) {
	tiers, err := a.Tiers(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, tier := range tiers {
		product := a.Stage(tier.Product)
		chain = append(chain, product)
		if slices.ContainsFunc(a.assembly.Products, func(p supply.Product) bool { return p.ID == tier.Product && p.Pooled }) {
			pooled = append(pooled, product)
		}
	}
	return chain, pooled, nil
}

// Assumptions returns what the answer assumes, sentence by sentence: those of
// its network and target, and what the choice of the balance decides.
func (a *Answer) Assumptions(ctx context.Context) ([]string, error) {
	compared, err := a.compareBalances(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Concat(a.chain.said, a.Dependency.Assumptions(), compared), nil
}

// compareBalances says so where the two balances that use all trade name
// another largest origin, or differ by more than 0.1 in its share
// (docs/methods.md §1).
func (a *Answer) compareBalances(ctx context.Context) ([]string, error) {
	if a.changed || a.assembly.Table != "" || a.assembly.Alone() {
		return nil, nil // what balance the facts call for is said of the facts
	}
	largest := map[supply.Balance]supply.CountryShare{}
	shares := map[supply.Balance][]supply.CountryShare{}
	for _, b := range []supply.Balance{supply.Mass, supply.Exports} {
		walk, err := a.chain.walk(ctx, b)
		if err != nil {
			return nil, err
		}
		d, err := a.dependency(walk)
		if err != nil {
			return nil, err
		}
		if shares[b], err = d.Shares(ctx); err != nil {
			return nil, err
		}
		if len(shares[b]) > 0 && shares[b][0].Origin > 0 {
			largest[b] = shares[b][0]
		}
	}
	mass, exports := largest[supply.Mass], largest[supply.Exports]
	if mass.Place == exports.Place && math.Abs(mass.Origin-exports.Origin) <= 0.1 {
		return nil, nil
	}
	if mass.Place == exports.Place {
		return []string{fmt.Sprintf("The balance decides this answer: the largest origin is %s.", a.inBoth(mass.Place, shares))}, nil
	}
	return []string{fmt.Sprintf("The balance decides this answer: the largest origin is %s with the balance MASS, and %s with EXPORTS.",
		a.inBoth(mass.Place, shares), a.inBoth(exports.Place, shares))}, nil
}

// inBoth names a place with its origin share under both balances.
func (a *Answer) inBoth(place string, shares map[supply.Balance][]supply.CountryShare) string {
	if place == "" {
		return "nobody"
	}
	share := func(b supply.Balance) float64 {
		for _, s := range shares[b] {
			if s.Place == place {
				return s.Origin
			}
		}
		return 0
	}
	return fmt.Sprintf("%s (%.1f %% with MASS, %.1f %% with EXPORTS)",
		a.Place(place).Name, 100*share(supply.Mass), 100*share(supply.Exports))
}
