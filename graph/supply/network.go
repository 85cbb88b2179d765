package supply

// Balance decides how a node's supply is made up (docs/methods.md §1).
type Balance string

// The balances. Mass is the default.
const (
	Mass         Balance = "MASS"
	Exports      Balance = "EXPORTS"
	ScaleExports Balance = "SCALE_EXPORTS"
)

// Network is the supply network of one material and year: nodes (place,
// product), the trade between them and what each is made of. It is immutable
// once assembled, and may be used by several goroutines. Masses are tonnes of
// contained material (gross tonnes where Material is blank).
type Network struct {
	Material string
	Year     int
	Balance  Balance
	// Table names the input-output table that the network is of; blank: masses. Of
	// a table masses are values, USD of the year, and trade is what sectors buy from
	// any sector (see InputOutput).
	Table string

	// Places are countries, areas that are no country, and groups that are
	// asked as one place; ids in bytewise order.
	Places []string
	// Products in an order in which every product stands before its inputs.
	Products []Product
	// Nodes in the order of product, then place. There is one for every place
	// that makes, trades, or needs the product.
	Nodes []Node

	// Trade links by importer: those into node i are
	// Trade[TradeStart[i]:TradeStart[i+1]], in order of exporter. A pooled
	// product has none.
	TradeStart []int32
	Trade      []TradeLink
	// Inputs of node i's own recipe: Inputs[InputStart[i]:InputStart[i+1]], in
	// order of input product. Shares and the node's NoRecipe sum to 1. A node
	// has none where it makes nothing, where its product is raw, and where all
	// recipes of the product are those of other countries.
	InputStart []int32
	Inputs     []InputLink

	// Producers are the companies and plants that are known to make something, in
	// order of node, then companies before plants, then id. The sources of
	// producer k are Sources[SourceStart[k]:SourceStart[k+1]]; one that is not
	// active has none. Target is set where the question is about a firm.
	Producers   []Producer
	SourceStart []int32
	Sources     []SourceLink
	Target      firmTarget

	// TradeRemoved is the share of trade that ScaleExports took away; 0 under
	// the other balances.
	TradeRemoved float64

	// Assumptions are sentences that every answer from this network repeats.
	Assumptions []string
	// Datasets are the ids of the datasets whose rows went in, by rank.
	Datasets []string

	notes     []note
	inputsOf  [][]int32 // by product: what it is made of anywhere
	unmade    []bool    // by product: no source of its production, and none inferred
	register  *register
	firm      string // that the question is about; blank: none
	ownership *Ownership
	others    map[int32]recipeMix // of a group's node: what those make it of that are not active producers
	reported  *Network            // as assembled, before any balance
	alone     bool                // firms on their own: nothing but who supplies whom went in
	byID      []int32             // of such a network: producers in order of id
}

// Product is one product of a network.
type Product struct {
	ID    string
	Stage string
	// Raw: no recipe of it holds for the material anywhere; its production is an
	// origin.
	Raw bool
	// Pooled: drawn by everyone from one world pool in proportion to
	// Node.Production (docs/methods.md §1, Pooled market). Where nobody is known
	// to make it, all Production is 0 and the walk stops there, unexplained.
	Pooled bool
	// PoolHasNoTonnes: pooled by shares alone; Production of its nodes are weights.
	PoolHasNoTonnes bool
}

// Node is one product in one place. Masses are in tonnes of contained material.
type Node struct {
	Place   int32
	Product int32

	Production  float64 // Q; for a pooled product its weight in the pool
	Imports     float64 // M
	Exports     float64 // X
	Used        float64 // R: what the place's own making takes
	Supply      float64 // S, as the balance says; 0 for a pooled product
	Unexplained float64 // U: supply that no source explains; 0 where it is rounding

	// NoRecipe is the share of Production that no recipe holds for, although the
	// product has some elsewhere: what it is made of is not known. Of a country
	// all or nothing, of a group its members' part.
	NoRecipe float64

	ProductionEstimated bool
}

// TradeLink is what the node that owns it imports from one exporter.
type TradeLink struct {
	Exporter  int32 // node
	Tonnes    float64
	Estimated bool
}

// InputLink is one input of a node's recipe.
type InputLink struct {
	Node      int32
	Share     float64 // κ
	Estimated bool
}

// recipeMix is what a node makes its product of.
type recipeMix struct {
	inputs   []InputLink
	noRecipe float64
}

// Alone tells whether nothing but who supplies whom went in: a network of firms on
// their own, in which there is no trade to balance.
func (n *Network) Alone() bool { return n.alone }

// Bytes returns about how much memory the network holds.
func (n *Network) Bytes() int {
	const perNode, perTrade, perInput, perProducer, perSource = 88, 16, 16, 100, 24
	return perNode*len(n.Nodes) + perTrade*len(n.Trade) + perInput*len(n.Inputs) + perProducer*len(n.Producers) + perSource*len(n.Sources)
}

// Node returns the index of the node of a place and product, or -1.
func (n *Network) Node(place, product int32) int32 {
	lo, hi := 0, len(n.Nodes)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		m := n.Nodes[mid]
		if m.Product < product || m.Product == product && m.Place < place {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(n.Nodes) && n.Nodes[lo].Place == place && n.Nodes[lo].Product == product {
		return int32(lo)
	}
	return -1
}

// TradeInto returns the trade links into a node.
func (n *Network) TradeInto(node int32) []TradeLink {
	return n.Trade[n.TradeStart[node]:n.TradeStart[node+1]]
}

// InputsOf returns the inputs of a node's recipe.
func (n *Network) InputsOf(node int32) []InputLink {
	return n.Inputs[n.InputStart[node]:n.InputStart[node+1]]
}
