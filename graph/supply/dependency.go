package supply

import (
	"context"
	"fmt"
)

// Stage is one product in one place: a node of the network by its ids.
type Stage struct {
	Place   string
	Product string
}

// Dependency answers for one target: what a place depends on for a product.
// Each measure is computed when it is first asked for, and once. It may be used
// by several goroutines. All shares are of the target's supply, in 0..1.
//
// A method that takes a context returns its error when the question is
// abandoned, and a [graph.TooLarge] error where the network exceeds what is
// solved exactly, or by iteration within the bound that Residual states. A target without supply is no error: its shares are zero and
// its lists empty.
type Dependency struct {
	walk   *Walk
	target Stage

	product int32
	place   int32 // -1: the network does not know it
	node    int32 // -1: the place has no node of the product
	state   int32 // where the walk starts; -1: no supply
	firm    int32 // the producer that is asked about, -1: none, the place is

	visited   lazy[visited]
	reached   lazy[[]float64] // by state
	countries lazy[[]*country]
}

// Target returns the place and product that were asked for.
func (d *Dependency) Target() Stage { return d.target }

// Walk returns the walk that answers.
func (d *Dependency) Walk() *Walk { return d.walk }

// Residual returns by how much any share of the target may be off because a large
// cycle was solved by iteration; 0 where everything was eliminated, as in all
// networks whose cycles tie at most 3,000 stages together.
func (d *Dependency) Residual(ctx context.Context) (float64, error) {
	v, err := d.walked(ctx)
	return v.off, err
}

// HasSupply tells whether the target has any supply.
func (d *Dependency) HasSupply() bool { return d.state >= 0 }

// SupplyTonnes returns the target's supply in tonnes of contained material, 0
// where it has none; false for what comes from a pool, which has no tonnes. The
// supply of a firm of which no tonnes are known counts as 1.
func (d *Dependency) SupplyTonnes() (float64, bool) {
	n := d.walk.network
	switch {
	case !d.HasSupply():
		return 0, true
	case d.firm >= 0 && !known(n.Target.tonnes):
		return 1, true
	case d.firm >= 0:
		return n.Target.tonnes, true
	case n.Products[d.product].Pooled || n.Table != "":
		return 0, false
	}
	return n.Nodes[d.node].Supply, true
}

// Assumptions returns what the network assumes that bears on the target's
// product, and that the target has no supply where it has none.
func (d *Dependency) Assumptions() []string {
	assumptions := d.walk.network.AssumptionsFor(d.product)
	if firm := d.walk.network.firm; firm != "" && !d.HasSupply() {
		return append(assumptions, fmt.Sprintf("It is not known that %s makes %s or is supplied with it in %d: every share is zero.",
			firm, d.target.Product, d.walk.network.Year))
	}
	if !d.HasSupply() {
		return append(assumptions, fmt.Sprintf(
			"No supply of %s in %s is known for %d: every share is zero.",
			d.target.Product, d.target.Place, d.walk.network.Year))
	}
	if n := d.walk.chain.largest(); n > 0 {
		assumptions = append(assumptions, fmt.Sprintf(
			"%d stages supply each other in one cycle: it is solved by iteration until no share is off by more than %.0e, and where that is not reached, by more than %.0e at the very most; the residual of the answer says how far it went. Smaller shares than that mean nothing.",
			n, residualGoal, residualMost))
	}
	return assumptions
}

// CountryShare is what a target depends on one place for (docs/methods.md §2).
type CountryShare struct {
	Place  string
	Direct float64 // share of supply that comes from there, as trade statistics show; the place's own production for itself
	Origin float64 // share of supply that starts there
	Hidden float64 // Origin − Direct
}

// UnexplainedShare is supply that no source explains, where the walk ends.
type UnexplainedShare struct {
	Stage
	Share  float64
	Reason Reason
}

// Reason says why supply is unexplained (docs/methods.md §1).
type Reason string

// The reasons.
const (
	ReasonSurplus Reason = "SURPLUS"  // more leaves than is made or imported
	ReasonNoInput Reason = "NO_INPUT" // used, but neither made nor imported as far as is known; or made, but no recipe says of what
	ReasonRing    Reason = "RING"     // places that only sell to each other what none makes
)

// PlaceShare is a place's part of a tier.
type PlaceShare struct {
	Place string
	Share float64
}

// Tier says where one product upstream of the target is made: shares of the
// target's supply, not rescaled; what is missing to 1 never reached the stage.
type Tier struct {
	Product string
	Steps   int // fewest recipe links from the target's product
	MadeIn  []PlaceShare
	HHI     float64 // Σ share², 0..1
}

// TierFlow is the share of the target's supply that goes from one stage, made
// in one place, to the next stage, made in another (docs/methods.md §2).
type TierFlow struct {
	From Stage // upstream
	To   Stage
	// ToTarget: To is the target itself, not what it makes.
	ToTarget bool
	Share    float64
	// EstimatedShare is the part of Share that takes at least one estimated step between the two.
	EstimatedShare float64
}

// TierFlows is the chain as bands between stages; layer by layer they add up to
// origins plus unexplained.
type TierFlows struct {
	Flows       []TierFlow
	Unexplained []UnexplainedShare
	Folded      int     // flows that are not listed
	FoldedShare float64 // their shares, added
	Truncated   bool    // the list was cut by its length, not by the least share
}

// Kind is what can be a chokepoint.
type Kind string

// The kinds of chokepoints.
const (
	KindCountry Kind = "COUNTRY" // a place at all its products
	KindStage   Kind = "STAGE"   // a place at one product
	KindLink    Kind = "LINK"    // what one place draws from another of one product
)

// DefaultEpsilon is the share that a single point of failure may leave.
const DefaultEpsilon = 0.001

// Chokepoint is a country, a stage or a link that part of the target's supply
// passes.
type Chokepoint struct {
	Kind    Kind
	Place   string // of a country or stage
	Product string // of a stage or link
	From    string // exporter of a link
	To      string // importer of a link
	Sold    string // product that the exporter sells, where it is another: of a link of an input-output table
	By      StepKind
	Firm    Actor // of a company or facility
	// PassThrough is the share of the target's supply that is lost when this
	// stops, every supply stays as it was, and nothing is rerouted.
	PassThrough          float64
	SinglePointOfFailure bool
	// IsSum: PassThrough is the sum of expected visits times the shares that a
	// company owns, and may exceed 1; no such part of supply is lost.
	IsSum bool
}

// StepKind says how the walk leaves a stage.
type StepKind string

// The kinds of steps.
const (
	StepTrade  StepKind = "TRADE"  // to an exporter
	StepPool   StepKind = "POOL"   // to a maker, drawn from the world pool
	StepMade   StepKind = "MADE"   // to an input of what is made here
	StepOrigin StepKind = "ORIGIN" // made here of nothing else: the end
	StepInput  StepKind = "INPUT"  // to a sector that sells it inputs, of an input-output table
)

// Paths are the chain paths with the largest shares, in exact order.
type Paths struct {
	Paths       []Path
	Explained   float64 // Σ share of the paths listed
	Remaining   float64 // 1 − Explained
	Unexplained float64 // the part of Remaining that ends unexplained
	Rest        float64 // the part of Remaining in cycles and paths that are not listed
	Truncated   bool    // a limit on work cut the search: what is listed are paths, but better ones may be missing
	TieAtCut    bool    // a path that is not listed has the same share as the last one
}

// Path is one way from the target to an origin that repeats no stage.
type Path struct {
	Share float64
	Steps []PathStep // from the target upstream
}

// PathStep is one stage of a path and how the walk leaves it.
type PathStep struct {
	Stage
	By   StepKind
	Firm Actor // where the walk goes through a company or plant of which suppliers are known
}

// Drawing is the part of the network that is worth a picture.
type Drawing struct {
	Nodes     []DrawnNode
	Links     []DrawnLink
	Truncated bool // more stages than were asked for pass the least share
}

// DrawnNode is a stage of a drawing; the target comes first.
type DrawnNode struct {
	Stage
	PassThrough float64 // 1 for the target
	MadeHere    float64 // share of the target's supply whose Product is made here
	Origin      float64 // share that starts here
	Unexplained float64 // share that ends unexplained here
	Steps       int     // fewest recipe links from the target's product
}

// DrawnLink is a step between two stages of a drawing.
type DrawnLink struct {
	From        Stage // upstream
	To          Stage
	By          StepKind
	Share       float64 // probability of the step at To
	PassThrough float64
	Estimated   bool
}

// Concentration is Herfindahl-Hirschman indices in 0..1 over named shares
// (docs/methods.md §3): lower bounds, as what is unexplained is not squared.
type Concentration struct {
	Direct      float64
	Origin      float64
	OriginUpper float64 // all that is unexplained added to the largest origin
	Coverage    float64 // Σ origin shares

	OriginCompany Index // of the companies that run the producers where supply starts
	OriginControl Index // of the countries where their ownership ends
}
