package ask

import (
	"container/list"
	"context"
	"fmt"
	"sync"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// network is the supply network of one question, ready to be walked under each
// balance: the second balance reads nothing again.
type network struct {
	plan     *supply.Plan
	trade    *supply.Trade   // the rows that were read, for intervals; nil of an input-output table
	assembly *supply.Network // under the balance Mass
	people   people
	said     []string // what the size of the facts makes every answer assume

	mu    sync.Mutex
	walks map[supply.Balance]*supply.Walk
}

// walk returns the network under a balance, ready to be walked.
func (n *network) walk(ctx context.Context, b supply.Balance) (*supply.Walk, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.assembly.Alone() {
		b = n.assembly.Balance // there is no trade to balance
	}
	if w := n.walks[b]; w != nil {
		return w, nil
	}
	under := n.assembly
	if b != under.Balance {
		var err error
		if under, err = n.assembly.WithBalance(ctx, b); err != nil {
			return nil, err
		}
	}
	w := supply.NewWalk(under)
	n.walks[b] = w
	return w, nil
}

// bytes estimates the memory that a network takes with all that its walks may
// keep.
func (n *network) bytes() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	sum := int64(n.assembly.Bytes())
	if n.trade != nil {
		sum += int64(n.trade.Bytes())
	}
	for _, w := range n.walks {
		sum += int64(w.Bytes())
	}
	return sum
}

// network returns the network of a question, assembling it where it is not kept.
func (a *Asker) network(ctx context.Context, v *view, q supply.Question) (*network, error) {
	table := v.tableOf(q.Product)
	if table != "" {
		q.Product = table // one network for all its sectors
	}
	key := fmt.Sprintf("%s|%s|%s|%d|%s|%s|%t|%s", v.revision, q.Product, q.Material, q.Year, q.Place, q.Firm, q.WithoutFirms, factsKey(q.Scenario))
	if n := a.networks.get(key); n != nil {
		return n, nil
	}
	return share(ctx, &a.flight, key, func(ctx context.Context) (*network, error) {
		assemble := v.assemble
		if table != "" {
			assemble = func(ctx context.Context, q supply.Question) (*network, error) { return v.assembleTable(ctx, table, q) }
		}
		n, err := assemble(ctx, q)
		if err == nil {
			a.networks.put(key, n)
		}
		return n, err
	})
}

// assemble reads the facts of a question and makes its network.
func (v *view) assemble(ctx context.Context, q supply.Question) (*network, error) {
	s, err := v.scope(ctx, &q)
	if err != nil {
		return nil, err
	}
	if s.alone {
		return v.assembleAlone(ctx, q, s)
	}
	production, err := v.production(ctx, q)
	if err != nil {
		return nil, err
	}
	firms, known, err := v.firms(ctx, q, &production, s)
	if err != nil {
		return nil, err
	}
	plan, err := v.supply.PlanFirms(q, production, firms)
	if err != nil {
		return nil, err
	}
	trade := plan.NewTrade()
	for _, query := range plan.Queries() {
		if err := v.snapshot.Read(ctx, query, trade.Append); err != nil {
			return nil, err
		}
	}
	n, err := supply.Assemble(ctx, plan, trade, supply.Mass)
	if err != nil {
		return nil, err
	}
	return &network{plan: plan, trade: trade, assembly: n, people: known, said: s.said, walks: map[supply.Balance]*supply.Walk{}}, nil
}

// production reads the production of a question's chain, of all datasets: of
// the years that may count, of every year where the question names none.
func (v *view) production(ctx context.Context, q supply.Question) ([]supply.ProductionRow, error) {
	chain, err := v.supply.Chain(q.Product, q.Material)
	if err != nil {
		return nil, err
	}
	return v.productionOf(ctx, chain, q.Year)
}

// productionOf reads the production of products in the years that may count for
// one; 0: of every year.
func (v *view) productionOf(ctx context.Context, products []string, year int) ([]supply.ProductionRow, error) {
	query := graph.Query{Kind: graph.Produces, Match: []graph.Match{{Field: "product", Words: products}}}
	if year != 0 {
		query.Match = append(query.Match, graph.Match{Field: "year", Ints: yearsAround(year)})
	}
	var rows []supply.ProductionRow
	err := v.snapshot.Read(ctx, query, func(b *graph.Batch) error {
		rows = append(rows, supply.ProductionRows(b)...)
		return nil
	})
	return rows, err
}

// cache keeps the networks that were used last, within a bound on their memory.
type cache struct {
	mu     sync.Mutex
	limit  int64
	recent *list.List // of cached, the one used last in front
	byKey  map[string]*list.Element
}

type cached struct {
	key     string
	network *network
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, recent: list.New(), byKey: map[string]*list.Element{}}
}

func (c *cache) get(key string) *network {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(cached).network
}

func (c *cache) put(key string, n *network) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[key]; ok {
		return
	}
	c.byKey[key] = c.recent.PushFront(cached{key, n})
	c.shrink()
}

// makeRoom drops the networks that were used longest ago until the others leave room
// for so many bytes, as far as there is any.
func (c *cache) makeRoom(bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	limit := c.limit - bytes
	var sum int64
	for e := c.recent.Front(); e != nil; {
		next := e.Next()
		kept := e.Value.(cached)
		if sum += kept.network.bytes(); sum > limit {
			c.recent.Remove(e)
			delete(c.byKey, kept.key)
		}
		e = next
	}
}

// shrink drops the networks that were used longest ago until the others fit.
func (c *cache) shrink() {
	var sum int64
	for e := c.recent.Front(); e != nil; {
		next := e.Next()
		kept := e.Value.(cached)
		if sum += kept.network.bytes(); sum > c.limit && e != c.recent.Front() {
			c.recent.Remove(e)
			delete(c.byKey, kept.key)
		}
		e = next
	}
}
