package ask

import (
	"context"
	"slices"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// Basis is what an answer rests on: one supply network, and what its ids stand
// for.
type Basis struct {
	Material Material // blank id: walked in gross tonnes
	Year     int
	Balance  supply.Balance
	Plan     *supply.Plan
	Datasets []graph.Dataset // whose rows went in, by rank

	view     *catalogue
	chain    *network
	assembly *supply.Network
	met      *acquainted // of firms on their own; else nil
}

// basis returns the network of a question, ready to be walked under a balance.
func (a *Asker) basis(ctx context.Context, v *view, q supply.Question, balance supply.Balance) (Basis, *supply.Walk, error) {
	if v.tableOf(q.Product) != "" && balance != supply.Mass {
		return Basis{}, nil, graph.Errorf(graph.BadInput, "%s is a sector of an input-output table, in which inputs and value added make up the output: there is no balance to choose, leave it out", q.Product)
	}
	n, err := a.network(ctx, v, q)
	if err != nil {
		return Basis{}, nil, err
	}
	walk, err := n.walk(ctx, balance)
	if err != nil {
		return Basis{}, nil, err
	}
	b := Basis{Year: n.plan.Year, Balance: balance, Plan: n.plan, view: v.catalogue, chain: n, assembly: walk.Network()}
	if n.assembly.Alone() {
		b.met = &acquainted{asker: a, people: people{map[string]Company{}, map[string]Facility{}}}
	}
	if m := n.plan.Material; m != "" {
		if b.Material, err = v.material(m); err != nil {
			b.Material = Material{ID: m} // contained, but nobody declares it
		}
	}
	b.Datasets = slices.DeleteFunc(slices.Clone(v.datasets), func(d graph.Dataset) bool {
		return !slices.Contains(walk.Network().Datasets, d.ID)
	})
	return b, walk, nil
}

// Network returns the whole supply network that the answer is computed on.
func (b *Basis) Network() *supply.Network { return b.assembly }

// InValue tells whether the network is that of an input-output table: what elsewhere
// is in tonnes is in USD.
func (b *Basis) InValue() bool { return b.assembly.Table != "" }

// Place returns a place by the id that an answer holds; one that the list does
// not know is returned with its id alone.
func (b *Basis) Place(id string) country.Place { return b.view.place(id) }

// Stage returns a product by the id that an answer holds.
func (b *Basis) Stage(id string) Product { return b.view.stage(id) }
