package supply

import (
	"context"
	"slices"
)

// MaterialUse is what a place has, uses and passes on of the network's material,
// in all products that contain it (docs/methods.md §2b). Masses are tonnes of
// contained material.
type MaterialUse struct {
	Place string
	// Products are those of which the place has any, in the order of the network.
	Products []ProductUse
	// Direct adds up the stages of extraction, processing and recycling, Embodied
	// those of components and assemblies.
	Direct, Embodied Account
	// PassOn is what leaves again of what the place has of the direct stages:
	// their exports over their supply; false where there is no supply.
	PassOn    float64
	HasDirect bool
	// Missing are the pooled products of the network: the place may use of them,
	// how many tonnes is not known, and they are in no sum.
	Missing []string

	// Shares are of the final use of all products together, each with its own
	// origins: by origin, then direct, descending, then place.
	Shares      []CountryShare
	Unexplained float64 // share of the final use, 0..1
	Estimated   float64
}

// ProductUse is the account of one product.
type ProductUse struct {
	Product string
	Stage   string
	Account
}

// Account is masses of one product, or of several added up.
type Account struct {
	Production float64
	Imports    float64
	Exports    float64
	Used       float64 // what the place's own making takes
	Supply     float64
	FinalUse   float64 // apparent: supply less exports and own use, not below zero
}

func (a *Account) add(b Account) {
	a.Production += b.Production
	a.Imports += b.Imports
	a.Exports += b.Exports
	a.Used += b.Used
	a.Supply += b.Supply
	a.FinalUse += b.FinalUse
}

// isDirect tells whether a stage holds a material as such, and not within a part
// or a thing.
func isDirect(stage string) bool {
	return stage == "extraction" || stage == "processing" || stage == "recycling"
}

// MaterialUse returns the account of a place over all products of the network,
// and the origins of its final use: the mixture of those of its products,
// weighted by their final use. It takes one solve. A place that the network does
// not know has nothing.
//
// Errors: TooLarge where the network exceeds what is solved exactly; that of ctx.
func (w *Walk) MaterialUse(ctx context.Context, place string) (MaterialUse, error) {
	n := w.network
	use := MaterialUse{Place: place, Products: []ProductUse{}, Shares: []CountryShare{}}
	for _, p := range n.Products {
		if p.Pooled {
			use.Missing = append(use.Missing, p.ID)
		}
	}
	at, known := slices.BinarySearch(n.Places, place)
	if !known {
		return use, nil
	}
	entry := make([]float64, w.states) // final use by state, from which the walks start
	for i := range n.Nodes {
		node := &n.Nodes[i]
		product := n.Products[node.Product]
		if node.Place != int32(at) || product.Pooled || node.Supply == 0 {
			continue
		}
		account := Account{node.Production, node.Imports, node.Exports, node.Used, node.Supply, node.finalUse()}
		use.Products = append(use.Products, ProductUse{product.ID, product.Stage, account})
		if isDirect(product.Stage) {
			use.Direct.add(account)
		} else {
			use.Embodied.add(account)
		}
		entry[w.market[i]] = account.FinalUse
	}
	if use.HasDirect = use.Direct.Supply > 0; use.HasDirect {
		use.PassOn = use.Direct.Exports / use.Direct.Supply
	}
	return use, w.originsOfUse(ctx, entry, &use)
}

// originsOfUse solves for the mixture of walks that start where the material is
// used in the end.
func (w *Walk) originsOfUse(ctx context.Context, entry []float64, use *MaterialUse) error {
	total := use.Direct.FinalUse + use.Embodied.FinalUse
	if total == 0 {
		return nil
	}
	var from []int32
	direct := make([]float64, len(w.network.Places))
	for s := range entry {
		if entry[s] /= total; entry[s] > 0 {
			from = append(from, int32(s))
			w.addDirect(int32(s), entry[s], direct)
		}
	}
	reported, err := w.onlyReported(ctx)
	if err != nil {
		return err
	}
	for _, s := range from {
		use.Estimated += entry[s] * min(1, reported.chance[s])
	}
	c := w.chain
	if err := c.factorise(ctx, c.blocksIn(c.upstream(from...))); err != nil {
		return err
	}
	if err := c.visits(ctx, entry, 0, int32(len(c.components))); err != nil {
		return err
	}
	origins := make([]float64, len(w.network.Places))
	for s, v := range entry {
		switch {
		case v == 0:
		case c.components[c.of[s]].ring:
			use.Unexplained += v
		case w.ends[s] == endOrigin:
			origins[w.network.Nodes[w.node[s]].Place] += v * c.stop[s]
		case w.ends[s] != endNone:
			use.Unexplained += v * c.stop[s]
		}
	}
	use.Shares = w.pair(origins, direct)
	slices.SortFunc(use.Shares, compareShares)
	return nil
}
