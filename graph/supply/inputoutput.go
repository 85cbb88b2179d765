package supply

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"tiermap/graph"
)

// InputOutput gathers the facts of one input-output table and year, and makes a
// network of them (docs/methods.md §2e): each node is a sector in a country, a
// product that is raw everywhere; its supply is its output, what it buys are its
// trade links (from nodes of any product), and its production is its value added.
// The walk, and all that is measured on it, is that of any other network; shares
// are of value.
type InputOutput struct {
	Table   string // what stands before the colon of its sectors
	Year    int
	Place   string   // of the group that Members are; blank: none
	Members []string // these countries become one place

	numbers  map[Stage]int32 // of the sectors that buy, sell or make, as they were met
	stages   []Stage         // by number
	outputs  map[int32]amount
	flows    []inputFlow
	finals   map[Stage]float64 // all final demand, by seller
	datasets map[string]bool

	below    int // flows below zero, which are left out
	belowUSD float64
}

// amount is a value, USD, and whether any row of it is estimated.
type amount struct {
	usd       float64
	estimated bool
}

func (a amount) add(b amount) amount { return amount{a.usd + b.usd, a.estimated || b.estimated} }

// inputFlow is what one sector sells another, by number.
type inputFlow struct {
	seller, buyer int32
	amount
}

// Add adds rows of outputs, input flows or final demand. The rows are those of one
// dataset; other kinds are no part of a table, and BadInput.
func (t *InputOutput) Add(b *graph.Batch) error {
	if t.datasets == nil {
		t.numbers, t.outputs = map[Stage]int32{}, map[int32]amount{}
		t.finals, t.datasets = map[Stage]float64{}, map[string]bool{}
	}
	for i := range b.Len {
		r := b.Row(i)
		t.datasets[r.Text("dataset")] = true
		seller := t.stage(r.Text("country"), r.Text("sector"))
		a := amount{r.Float("value_usd"), r.Bool("estimated")}
		switch b.Kind.Name {
		case graph.Output:
			k := t.number(seller)
			t.outputs[k] = t.outputs[k].add(a)
		case graph.FinalDemand:
			t.finals[seller] += a.usd
		case graph.InputFlow:
			if a.usd < 0 {
				t.below++
				t.belowUSD += a.usd
				continue
			}
			t.flows = append(t.flows, inputFlow{t.number(seller), t.number(t.stage(r.Text("buyer"), r.Text("buyer_sector"))), a})
		default:
			return graph.Errorf(graph.BadInput, "rows of %s are no part of an input-output table", b.Kind.Table)
		}
	}
	return nil
}

// stage is a sector in a country, or in the group that the country is a member of.
func (t *InputOutput) stage(country, sector string) Stage {
	if slices.Contains(t.Members, country) {
		country = t.Place
	}
	return Stage{country, sector}
}

// number returns the number of a sector in a country.
func (t *InputOutput) number(s Stage) int32 {
	k, ok := t.numbers[s]
	if !ok {
		k = int32(len(t.stages))
		t.numbers[s] = k
		t.stages = append(t.stages, s)
	}
	return k
}

// Network makes the network. BadInput where the table has no output.
func (t *InputOutput) Network() (*Network, error) {
	if len(t.outputs) == 0 {
		return nil, graph.Errorf(graph.BadInput, "the input-output table %s has no output for %d: without it shares of output are not known", t.Table, t.Year)
	}
	n := &Network{Table: t.Table, Year: t.Year, Balance: Mass}
	order := t.order()
	for _, k := range order {
		s := t.stages[k]
		n.Places = append(n.Places, s.Place)
		if last := len(n.Products) - 1; last < 0 || n.Products[last].ID != s.Product {
			n.Products = append(n.Products, Product{ID: s.Product, Raw: true})
		}
	}
	slices.Sort(n.Places)
	n.Places = slices.Compact(n.Places)
	product := int32(0)
	for i, k := range order {
		s := t.stages[k]
		if i > 0 && n.Products[product].ID != s.Product {
			product++
		}
		place, _ := slices.BinarySearch(n.Places, s.Place)
		n.Nodes = append(n.Nodes, Node{Place: int32(place), Product: product})
	}
	n.InputStart = make([]int32, len(n.Nodes)+1)
	t.link(n, order)
	t.value(n, order)
	n.Datasets = slices.Sorted(maps.Keys(t.datasets))
	n.Assumptions = t.assumptions(n, order)
	return n, nil
}

// order returns the numbers of the sectors by sector, then country: the order of
// nodes.
func (t *InputOutput) order() []int32 {
	order := make([]int32, len(t.stages))
	for k := range order {
		order[k] = int32(k)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(t.stages[a].Product, t.stages[b].Product), cmp.Compare(t.stages[a].Place, t.stages[b].Place))
	})
	return order
}

// link writes what each node buys, in order of the seller; flows between the same
// two, of a group's members, are added. What a sector buys of which no output is
// known, or an output of zero, is left out: the shares are not known.
func (t *InputOutput) link(n *Network, order []int32) {
	at := make([]int32, len(order)) // node by number
	for i, k := range order {
		at[k] = int32(i)
	}
	made := make([]bool, len(order)) // by number: there is an output that shares are of
	for k, output := range t.outputs {
		made[k] = output.usd > 0
	}
	n.TradeStart = make([]int32, len(n.Nodes)+1)
	for _, f := range t.flows {
		n.Nodes[at[f.seller]].Exports += f.usd
		if f.usd > 0 && made[f.buyer] {
			n.TradeStart[at[f.buyer]+1]++
		}
	}
	for i := range n.Nodes {
		n.TradeStart[i+1] += n.TradeStart[i]
	}
	n.Trade = make([]TradeLink, n.TradeStart[len(n.Nodes)])
	next := slices.Clone(n.TradeStart)
	for _, k := range t.bySeller(at, made) {
		f := t.flows[k]
		buyer := at[f.buyer]
		n.Trade[next[buyer]] = TradeLink{Exporter: at[f.seller], Tonnes: f.usd, Estimated: f.estimated}
		n.Nodes[buyer].Imports += f.usd
		next[buyer]++
	}
	n.mergeLinks()
}

// bySeller returns the numbers of the flows to whom makes anything in the order of the
// nodes that sell: numbers, not flows, for of these there may be tens of millions.
func (t *InputOutput) bySeller(at []int32, made []bool) []int32 {
	next := make([]int32, len(at)+1)
	for _, f := range t.flows {
		if f.usd > 0 && made[f.buyer] {
			next[at[f.seller]+1]++
		}
	}
	for i := range at {
		next[i+1] += next[i]
	}
	sorted := make([]int32, next[len(at)])
	for k, f := range t.flows {
		if f.usd > 0 && made[f.buyer] {
			sorted[next[at[f.seller]]] = int32(k)
			next[at[f.seller]]++
		}
	}
	return sorted
}

// mergeLinks adds up links between the same two nodes, which stand together.
func (n *Network) mergeLinks() {
	kept := int32(0)
	for i := range n.Nodes {
		first := kept
		for _, l := range n.Trade[n.TradeStart[i]:n.TradeStart[i+1]] {
			if kept > first && n.Trade[kept-1].Exporter == l.Exporter {
				n.Trade[kept-1].Tonnes += l.Tonnes
				n.Trade[kept-1].Estimated = n.Trade[kept-1].Estimated || l.Estimated
				continue
			}
			n.Trade[kept] = l
			kept++
		}
		n.TradeStart[i] = first
	}
	n.TradeStart[len(n.Nodes)] = kept
	n.Trade = n.Trade[:kept:kept]
}

// value gives each node its output, and as its production the value added: what is
// left of the output when the inputs are paid. Where inputs are more than the
// output, there is none, and the shares are those of the inputs.
func (t *InputOutput) value(n *Network, order []int32) {
	for i := range n.Nodes {
		node := &n.Nodes[i]
		output, ok := t.outputs[order[i]]
		if !ok {
			continue
		}
		node.Supply = output.usd
		node.addValue()
		node.ProductionEstimated = output.estimated
	}
}

// addValue makes what the inputs leave of a sector's output its value added.
func (n *Node) addValue() {
	n.Production = max(0, n.Supply-n.Imports)
	if n.Production < rounding*n.Supply {
		n.Production = 0
	}
}

// assumptions say what the shares are of, and what of the table could have been
// taken otherwise.
func (t *InputOutput) assumptions(n *Network, order []int32) []string {
	list := []string{
		fmt.Sprintf("Shares are of the value of a sector's output in the input-output table %s of %d, not of mass: a sector's inputs are bought in proportion to its output, whatever it makes (Leontief; Miller and Blair 2009, doi:10.1017/CBO9780511626982).", t.Table, t.Year),
		"An origin is where value is added: output less all inputs that the table has, so that taxes on products and margins that it does not divide are in it.",
	}
	var unknown, negative []string
	var scaled float64
	for i, k := range order {
		s := t.stages[k]
		output, ok := t.outputs[k]
		switch excess := n.Nodes[i].Imports - output.usd; {
		case !ok || output.usd == 0 && n.Nodes[i].Exports > 0:
			unknown = append(unknown, s.Product+" in "+s.Place)
		case excess > rounding*n.Nodes[i].Imports:
			negative = append(negative, s.Product+" in "+s.Place)
			scaled += excess
		}
	}
	if len(negative) > 0 {
		list = append(list, fmt.Sprintf("Value added is below zero, %s USD in all, in %s: no share can be, so that it counts as none there, and the inputs are scaled to the output.",
			figure(-scaled), firstFew(negative)))
	}
	if len(unknown) > 0 {
		list = append(list, fmt.Sprintf("No output is known of %s: what is bought there ends unexplained.", firstFew(unknown)))
	}
	if t.below > 0 {
		list = append(list, fmt.Sprintf("%s of inputs %s below zero, %s USD in all, and left out: what they stand for is in the value added of who buys.",
			count(t.below, "flow", "flows"), oneOrMore(t.below, "is", "are"), figure(t.belowUSD)))
	}
	if t.Place != "" {
		if slices.Contains(n.Places, t.Place) {
			list = append(list, fmt.Sprintf("%s is one place: the sectors of those of its members that the table has (of %d today) are added up, what they sell each other included.",
				t.Place, len(t.Members)))
		}
	}
	return list
}

// firstFew names a few of a list and counts the others.
func firstFew(all []string) string {
	const few = 5
	if len(all) <= few {
		return join(all)
	}
	return fmt.Sprintf("%s and %d others", join(all[:few]), len(all)-few)
}

// FinalDemand returns what final users bought of each sector in all, in USD.
func (t *InputOutput) FinalDemand() map[Stage]float64 { return t.finals }

// isTable tells whether the walk is through an input-output table.
func (w *Walk) isTable() bool { return w.network.Table != "" }

// keepLoops lets a state step to itself: a sector buys from itself too. A state
// that is no part of a larger cycle becomes a block of its own, or a closed ring
// where it buys from nobody else.
func (c *chain) keepLoops() *chain {
	for k := range c.components {
		part := &c.components[k]
		if len(part.states) > 1 || part.ring || part.block != nil {
			continue
		}
		s := part.states[0]
		if !slices.Contains(c.to[c.start[s]:c.start[s+1]], s) {
			continue
		}
		if part.ring = c.closed(part.states); !part.ring {
			part.block = new(block)
			part.pattern = c.order(int32(k))
		}
	}
	return c
}

// stepToMarket is what a step from market to market is: trade, or in an
// input-output table a purchase of inputs.
func (w *Walk) stepToMarket() StepKind {
	if w.isTable() {
		return StepInput
	}
	return StepTrade
}

// roundsOfSectors returns the fewest purchases from the target to any country's
// sector of each kind; -1 for those that the walk does not come to.
func (d *Dependency) roundsOfSectors(steps []int) []int {
	w, c := d.walk, d.walk.chain
	seen := make([]bool, w.states)
	seen[d.state] = true
	for level, round := 0, []int32{d.state}; len(round) > 0; level++ {
		var next []int32
		for _, s := range round {
			if p := w.network.Nodes[w.node[s]].Product; steps[p] < 0 {
				steps[p] = level
			}
			for e := c.start[s]; e < c.start[s+1]; e++ {
				if t := c.to[e]; w.isMarket(t) && !seen[t] {
					seen[t] = true
					next = append(next, t)
				}
			}
		}
		round = next
	}
	return steps
}

// valueFlows are the bands of an input-output table: from where value is added to
// the target, all rounds together.
func (d *Dependency) valueFlows(v []float64, minShare float64) TierFlows {
	w := d.walk
	var flows TierFlows
	estimated := func(i int32) float64 {
		if w.network.Nodes[i].ProductionEstimated {
			return v[w.maker[i]]
		}
		return 0
	}
	for i := range int32(len(w.network.Nodes)) {
		switch share := v[w.maker[i]]; {
		case share == 0:
		case share < minShare-slack:
			flows.fold(share)
		default:
			flows.Flows = append(flows.Flows, TierFlow{From: w.stage(i), To: d.target, ToTarget: true, Share: share, EstimatedShare: estimated(i)})
		}
	}
	return flows
}

// Round is one term of the Leontief series: what the sectors that sell in the k-th
// step of the chain add.
type Round struct {
	Number int
	// Reached is the share of the target's output that is paid on to this round, and
	// beyond.
	Reached float64
	MadeIn  []PlaceShare // where value is added in this round, by share descending, then place
}

// Rounds returns the first rounds of an input-output table, the target's own value
// added being round 0, and the share that is paid on to later ones. The sum over all
// rounds is the origin shares (docs/methods.md §2e). A walk through anything else
// has none.
func (d *Dependency) Rounds(first int) (rounds []Round, beyond float64) {
	w, c := d.walk, d.walk.chain
	rounds = []Round{}
	if d.state < 0 || !w.isTable() {
		return rounds, 0
	}
	x, next := make([]float64, w.states), make([]float64, w.states)
	x[d.state], beyond = 1, 1
	for k := range first {
		round := Round{Number: k, Reached: beyond}
		added := make([]float64, len(w.network.Places))
		clear(next)
		for s, reached := range x {
			if reached == 0 {
				continue
			}
			for e := c.start[s]; e < c.start[s+1]; e++ {
				if t := c.to[e]; w.isMarket(t) {
					next[t] += reached * c.prob[e]
				} else {
					added[w.network.Nodes[w.node[t]].Place] += reached * c.prob[e]
				}
			}
		}
		round.MadeIn = placeShares(w.network.Places, added)
		rounds = append(rounds, round)
		x, next = next, x
		if beyond = sum(x); beyond == 0 {
			break
		}
	}
	return rounds, beyond
}

func sum(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total
}

// SupplyValue returns the target's output, USD of the year; NaN where shares are of
// mass.
func (d *Dependency) SupplyValue() float64 {
	if !d.walk.isTable() {
		return math.NaN()
	}
	if d.node < 0 {
		return 0
	}
	return d.walk.network.Nodes[d.node].Supply
}

// placeOf returns the place of a state of a node.
func (w *Walk) placeOf(state int32) int32 { return w.network.Nodes[w.node[state]].Place }

// soldBy returns the product of a link's exporter where it need not be that of the
// importer: in an input-output table.
func (w *Walk) soldBy(node int32) string {
	if !w.isTable() {
		return ""
	}
	return w.stage(node).Product
}

// sellersTo returns the nodes of a place that can sell at a product, -1 for what it
// lacks: that of the product, or in an input-output table that of any sector, or of
// the one that is named.
func (n *Network) sellersTo(place string, product int32, sold string) ([]int32, error) {
	if sold != "" {
		p, err := n.product(sold)
		return []int32{n.at(place, p)}, err
	}
	if n.Table == "" {
		return []int32{n.at(place, product)}, nil
	}
	nodes := make([]int32, len(n.Products))
	for p := range nodes {
		nodes[p] = n.at(place, int32(p))
	}
	return nodes, nil
}

// placeShares returns the places that have a share, by share descending, then place.
func placeShares(places []string, shares []float64) []PlaceShare {
	list := []PlaceShare{}
	for i, share := range shares {
		if share > 0 {
			list = append(list, PlaceShare{places[i], share})
		}
	}
	slices.SortFunc(list, func(a, b PlaceShare) int {
		return cmp.Or(descending(a.Share, b.Share), cmp.Compare(a.Place, b.Place))
	})
	return list
}
