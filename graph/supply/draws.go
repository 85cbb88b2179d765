package supply

import (
	"cmp"
	"context"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"tiermap/graph"
)

// Uncertainty says how intervals are computed (docs/methods.md §2d).
type Uncertainty struct {
	Draws int // 1 to MaxDraws
	// Reported and Estimated are the relative errors (coefficients of variation) of
	// reported and of estimated masses whose rows state none.
	Reported, Estimated float64
}

// The settings where none are asked for, and the most that may be.
const (
	DefaultDraws     = 200
	DefaultReported  = 0.1
	DefaultEstimated = 0.5
	MaxDraws         = 1000
	maxRelativeError = 10
)

func (u Uncertainty) check() error {
	if u.Draws < 1 || u.Draws > MaxDraws {
		return graph.Errorf(graph.BadInput, "draws is %d; it may be 1 to %d", u.Draws, MaxDraws)
	}
	for _, e := range []float64{u.Reported, u.Estimated} {
		if !(e >= 0 && e <= maxRelativeError) {
			return graph.Errorf(graph.BadInput, "the relative error of a mass is %g; it may be 0 to %d (0.1 is 10 %%)", e, maxRelativeError)
		}
	}
	return nil
}

// Draws are networks that could be as true as the one that answers a question: each
// has its masses multiplied by random factors of mean 1, its shares of recipes and
// codes drawn where their concentration is stated, and is assembled, balanced and
// solved as that one is. It may be used by several goroutines.
//
// The n-th draw is one state of the world, whatever is asked about it: the factor of
// a mass depends on what it is the mass of (a row of trade by its code, year,
// exporter and importer) and on the material, and on nothing else. Answers
// that rest on one row therefore see it alike: that of two targets, of a target and
// of who is exposed, of two years of which one row stands in for both. The order in
// which rows were loaded, the balance, the relative errors, the number of processors
// and that of draws have no part in it.
type Draws struct {
	Uncertainty
	Seed uint64
	Drawn

	walk     *Walk       // that answers
	table    *tableDraws // nil: what follows is drawn
	scenario *Scenario
	target   Stage     // that the scenario is for
	facts    *assembly // places and products; without trade
	rows     []drawnRow
	trade    [][]drawnLink
	codes    []drawnCode
}

// drawnRow is a row of trade that is drawn.
type drawnRow struct {
	row int32
	key uint64
}

// Drawn counts what is drawn: masses by the relative error that they carry, and
// recipes and codes whose shares have a concentration.
type Drawn struct {
	Stated, Reported, Estimated int
	Recipes, Codes              int
}

// drawnLink is what one row of trade is of one product.
type drawnLink struct {
	link
	row   int32   // of the trade; -1: supposed by a scenario
	error float64 // relative
	code  int32   // index of Draws.codes; -1: its share is not drawn
	part  int32   // of the code
}

// drawnCode is a trade code of which shares are drawn: those of the network's
// products, and of what is left.
type drawnCode struct {
	code          string
	products      []int32
	shares        []float64 // by index of products; one more where something is left
	concentration float64
}

// NewDraws makes ready for the draws of a network, from the plan and the trade that
// it was assembled from. What a scenario takes away, for a target, is taken from
// every draw; what it adds is supposed, and therefore not drawn.
//
// Errors: BadInput for an uncertainty outside of its bounds.
func NewDraws(p *Plan, t *Trade, w *Walk, scenario *Scenario, target Stage, u Uncertainty) (*Draws, error) {
	if err := u.check(); err != nil {
		return nil, err
	}
	x := &Draws{Uncertainty: u, Seed: keyOf(p.Material), walk: w, scenario: scenario, target: target, facts: newAssembly(p, t)}
	x.facts.rows = make([][]int32, len(p.products))
	links, err := x.facts.links()
	if err != nil {
		return nil, err
	}
	x.findCodes()
	x.takeTrade(links)
	x.count()
	return x, nil
}

// keyOf names what is drawn by what it is.
func keyOf(what ...string) uint64 {
	h := fnv.New64a()
	for _, s := range what {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// chance is the random numbers of one draw: for each key a sequence of its own.
type chance struct {
	draw   uint64
	pcg    rand.PCG
	random *rand.Rand
}

func (x *Draws) chance(draw int) *chance {
	c := &chance{draw: rand.NewPCG(x.Seed, uint64(draw)).Uint64()}
	c.random = rand.New(&c.pcg)
	return c
}

// of returns the sequence of a key, from its start.
func (c *chance) of(key uint64) *rand.Rand {
	c.pcg.Seed(key, c.draw)
	return c.random
}

// takeTrade keeps the links of each product in the order in which they are added
// up, each with its relative error.
func (x *Draws) takeTrade(links [][]link) {
	t := x.facts.trade
	used := make([]bool, len(t.rows))
	for product, list := range links {
		rows := x.facts.rows[product] // those of the links but the last, which a scenario adds
		drawn := make([]drawnLink, len(list))
		for i, l := range list {
			if drawn[i] = (drawnLink{link: l, row: -1, code: -1}); i >= len(rows) {
				continue
			}
			row := rows[i]
			used[row] = true
			drawn[i].row, drawn[i].error = row, x.errorOf(mass{error: t.errorOf(row), estimated: l.estimated})
			drawn[i].code, drawn[i].part = x.codeOf(x.facts.plan.Trade[t.rows[row].source].Code, int32(product))
		}
		slices.SortStableFunc(drawn, func(a, b drawnLink) int {
			return cmp.Or(cmp.Compare(a.importer, b.importer), cmp.Compare(a.exporter, b.exporter))
		})
		x.trade = append(x.trade, drawn)
	}
	x.keyRows(used)
}

// keyRows gives each row that is used its key. Rows of one key are told apart by
// their masses, in order.
func (x *Draws) keyRows(used []bool) {
	t := x.facts.trade
	rows := make([]int32, 0, len(used))
	for row, ok := range used {
		if ok {
			rows = append(rows, int32(row))
		}
	}
	same := func(i, j int32) int {
		a, b := &t.rows[i], &t.rows[j]
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.exporter, b.exporter),
			cmp.Compare(a.importer, b.importer), cmp.Compare(a.content, b.content))
	}
	slices.SortFunc(rows, func(i, j int32) int {
		a, b := &t.rows[i], &t.rows[j]
		return cmp.Or(same(i, j), cmp.Compare(a.tonnes, b.tonnes), cmp.Compare(a.valueUSD, b.valueUSD),
			cmp.Compare(t.errorOf(i), t.errorOf(j)), cmp.Compare(boolInt(a.estimated), boolInt(b.estimated)))
	})
	number := 0
	for k, row := range rows {
		if number++; k == 0 || same(rows[k-1], row) != 0 {
			number = 0
		}
		r := &t.rows[row]
		source := &x.facts.plan.Trade[r.source]
		x.rows = append(x.rows, drawnRow{row, keyOf("trade", source.Code, source.Product, strconv.Itoa(source.Year),
			t.places[r.exporter], t.places[r.importer], t.contents[r.content], strconv.Itoa(number))})
	}
}

// errorOf returns the relative error of a mass: its own, else by setting.
func (x *Draws) errorOf(m mass) float64 {
	switch {
	case known(m.error):
		return m.error
	case m.estimated:
		return x.Uncertainty.Estimated
	}
	return x.Uncertainty.Reported
}

// findCodes lists the trade codes of which a concentration is stated. What the
// shares leave of a code is one more part.
func (x *Draws) findCodes() {
	p := x.facts.plan
	byCode := map[string]drawnCode{}
	for s, uses := range p.uses {
		for _, u := range uses {
			if code := p.Trade[s].Code; u.concentration > 0 {
				c := byCode[code]
				c.products, c.shares = append(c.products, u.product), append(c.shares, u.share)
				c.code, c.concentration = code, leastStated(c.concentration, u.concentration)
				byCode[code] = c
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		c := byCode[code]
		left := 1.0
		for _, share := range c.shares {
			left -= share
		}
		if left > sumSlack {
			c.shares = append(c.shares, left)
		}
		if len(c.shares) > 1 {
			x.codes = append(x.codes, c)
		}
	}
}

// codeOf returns where the share of a product in a code is drawn; -1 where it is
// not.
func (x *Draws) codeOf(code string, product int32) (index, part int32) {
	for i, c := range x.codes {
		if c.code == code {
			return int32(i), int32(slices.Index(c.products, product))
		}
	}
	return -1, -1
}

// count counts what is drawn.
func (x *Draws) count() {
	add := func(m mass) {
		switch {
		case known(m.error):
			x.Stated++
		case m.estimated:
			x.Drawn.Estimated++
		default:
			x.Drawn.Reported++
		}
	}
	t, p := x.facts.trade, x.facts.plan
	estimated := make([]bool, len(t.rows))
	for _, links := range x.trade {
		for _, l := range links {
			if l.row >= 0 && l.estimated {
				estimated[l.row] = true
			}
		}
	}
	for _, r := range x.rows {
		add(mass{error: t.errorOf(r.row), estimated: estimated[r.row]})
	}
	for _, pp := range p.products {
		for _, l := range pp.made.listed {
			for _, m := range l.masses {
				add(m)
			}
		}
		for _, r := range pp.recipes {
			if r.isDrawn() {
				x.Recipes++
			}
		}
	}
	for _, maker := range p.firms.makers {
		for _, m := range maker.masses {
			add(m)
		}
	}
	for _, links := range p.firms.links {
		for _, l := range links {
			if l.tonnes > 0 {
				add(l.mass())
			}
		}
	}
	x.Codes = len(x.codes)
}

func (r *planRecipe) isDrawn() bool { return r.concentration > 0 && len(r.inputs) > 1 }

func (l *firmLink) mass() mass { return mass{l.tonnes, math.NaN(), l.estimated} }

// draw makes the network of a draw, ready to be walked.
func (x *Draws) draw(ctx context.Context, i int) (*Walk, error) {
	n, err := x.network(ctx, x.chance(i))
	if err != nil {
		return nil, err
	}
	if n, err = n.Under(x.scenario, x.target); err != nil {
		return nil, err
	}
	return NewWalk(n), nil
}

// network assembles a draw.
func (x *Draws) network(ctx context.Context, chance *chance) (*Network, error) {
	if x.table != nil {
		return x.table.draw(x, chance), nil
	}
	factors := make([]float64, len(x.facts.trade.rows)) // standard normal, by row
	for _, r := range x.rows {
		factors[r.row] = chance.of(r.key).NormFloat64()
	}
	a := x.facts.again(x.drawPlan(chance))
	shares := make([][]float64, len(x.codes))
	for k, c := range x.codes {
		shares[k] = dirichlet(chance.of(keyOf("code", c.code)), c.shares, c.concentration)
	}
	for product, links := range x.trade {
		list := make([]link, len(links))
		for k, l := range links {
			list[k] = l.link
			if l.row >= 0 {
				list[k].tonnes *= factor(factors[l.row], l.error)
			}
			if l.code >= 0 {
				list[k].tonnes *= shares[l.code][l.part] / x.codes[l.code].shares[l.part]
			}
		}
		a.products[product].takeLinks(sumSorted(list))
	}
	return a.finish(ctx, x.walk.network.Balance)
}

// again returns the assembly of the same places for another plan of the same
// products, without trade.
func (a *assembly) again(p *Plan) *assembly {
	b := *a
	b.plan, b.notes = p, nil
	b.openLedgers()
	return &b
}

// drawPlan draws the masses and shares that a plan holds.
func (x *Draws) drawPlan(chance *chance) *Plan {
	p := *x.facts.plan
	p.products = slices.Clone(p.products)
	for i := range p.products {
		pp := &p.products[i]
		year := strconv.Itoa(pp.made.year)
		pp.made.listed = slices.Clone(pp.made.listed)
		for k := range pp.made.listed {
			l := &pp.made.listed[k]
			l.amount = x.drawSum(chance.of(keyOf("production", pp.id, l.country, year)), l.masses, l.amount)
		}
		pp.recipes = slices.Clone(pp.recipes)
		for k := range pp.recipes {
			if r := &pp.recipes[k]; r.isDrawn() {
				r.draw(chance.of(keyOf("recipe", r.product, r.material, r.country)))
			}
		}
	}
	p.firms.makers = x.drawMakers(chance, &p)
	links := make(map[string][]firmLink, len(p.firms.links))
	for customer, planned := range p.firms.links {
		of := slices.Clone(planned)
		for k := range of {
			if l := &of[k]; l.tonnes > 0 {
				key := keyOf("supplies", l.supplier, customer, p.Products[l.product], strconv.Itoa(int(l.year)))
				l.tonnes *= factor(chance.of(key).NormFloat64(), x.errorOf(l.mass()))
			}
		}
		links[customer] = of
	}
	p.firms.links = links
	return &p
}

// drawSum draws the rows that an amount is the sum of; one without rows stays.
func (x *Draws) drawSum(random *rand.Rand, masses []mass, amount float64) float64 {
	if len(masses) == 0 {
		return amount
	}
	sum := 0.0
	for _, m := range masses {
		sum += m.amount * factor(random.NormFloat64(), x.errorOf(m))
	}
	return sum
}

// drawMakers draws what companies and plants make, and takes out of what a company
// makes what its plants do.
func (x *Draws) drawMakers(chance *chance, p *Plan) []firmMaker {
	planned := p.firms.makers
	makers := slices.Clone(planned)
	for from := 0; from < len(makers); {
		to := from
		for to < len(makers) && makers[to].product == makers[from].product && makers[to].country == makers[from].country {
			m := &makers[to]
			key := keyOf("maker", m.ID, strconv.FormatBool(m.Facility), p.Products[m.product], m.country, strconv.Itoa(int(m.year)))
			m.tonnes = x.drawSum(chance.of(key), m.masses, m.tonnes)
			to++
		}
		p.firms.register.takeOutPlants(makers[from:to])
		from = to
	}
	for i := range makers { // stated shares of a country are not drawn
		makers[i].share = planned[i].share
	}
	return makers
}

// draw draws the shares of a recipe.
func (r *planRecipe) draw(random *rand.Rand) {
	shares := make([]float64, len(r.inputs))
	for i, in := range r.inputs {
		shares[i] = in.share
	}
	r.inputs = slices.Clone(r.inputs)
	for i, share := range dirichlet(random, shares, r.concentration) {
		r.inputs[i].share = share
	}
}

// factor is the log-normal factor of mean 1 and coefficient of variation e that a
// standard normal number stands for.
func factor(normal, e float64) float64 {
	variance := math.Log1p(e * e)
	return math.Exp(math.Sqrt(variance)*normal - variance/2)
}

// dirichlet draws shares around their means: gamma variates of shape concentration
// times share, over their sum. The mean of each is its share, and its variance
// share·(1 − share)/(concentration + 1).
func dirichlet(random *rand.Rand, means []float64, concentration float64) []float64 {
	logs := make([]float64, len(means))
	for i, mean := range means {
		logs[i] = logGamma(random, concentration*mean)
	}
	largest, sum := slices.Max(logs), 0.0
	for i := range logs {
		logs[i] = math.Exp(logs[i] - largest)
		sum += logs[i]
	}
	for i := range logs {
		logs[i] /= sum
	}
	return logs
}

// logGamma draws the logarithm of a gamma variate of scale 1 (Marsaglia and Tsang
// 2000, doi:10.1145/358407.358414), which for a small shape is below what a number
// can hold itself.
func logGamma(random *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return logGamma(random, shape+1) - random.ExpFloat64()/shape
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		z := random.NormFloat64()
		v := 1 + c*z
		if v <= 0 {
			continue
		}
		v = v * v * v
		if random.ExpFloat64() > d*v-d-d*math.Log(v)-z*z/2 {
			return math.Log(d * v)
		}
	}
}
