package supply

import (
	"context"

	"tiermap/graph"
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
// solved exactly; it has no other errors. A target without supply is no error:
// its shares are zero and its lists empty.
type Dependency struct {
	walk   *Walk
	target Stage
}

// Target returns the place and product that were asked for.
func (d *Dependency) Target() Stage { return d.target }

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
	ReasonNoInput Reason = "NO_INPUT" // used, but neither made nor imported, as far as is known
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
	By      StepKind
	// PassThrough is the share of the target's supply that is lost when this
	// stops, every supply stays as it was, and nothing is rerouted.
	PassThrough          float64
	SinglePointOfFailure bool
}

// StepKind says how the walk leaves a stage.
type StepKind string

// The kinds of steps.
const (
	StepTrade  StepKind = "TRADE"  // to an exporter
	StepPool   StepKind = "POOL"   // to a maker, drawn from the world pool
	StepMade   StepKind = "MADE"   // to an input of what is made here
	StepOrigin StepKind = "ORIGIN" // made here of nothing else: the end
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
	By StepKind
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
}

// HasSupply tells whether the target has any supply.
func (d *Dependency) HasSupply() bool { panic("unfinished") }

// SupplyTonnes returns the target's supply in tonnes of contained material;
// false for a pooled product, which has no tonnes.
func (d *Dependency) SupplyTonnes() (float64, bool) { panic("unfinished") }

// DomesticShare returns the share of supply that the place makes itself.
func (d *Dependency) DomesticShare() float64 { panic("unfinished") }

// Shares returns direct, origin and hidden share of every place that has one,
// by origin, then direct, descending, then place.
func (d *Dependency) Shares(ctx context.Context) ([]CountryShare, error) { panic("unfinished") }

// Unexplained returns what no source explains: the target itself first, then by
// share descending, place, product.
func (d *Dependency) Unexplained(ctx context.Context) ([]UnexplainedShare, error) {
	panic("unfinished")
}

// UnexplainedShare returns the sum of what no source explains.
func (d *Dependency) UnexplainedShare(ctx context.Context) (float64, error) { panic("unfinished") }

// EstimatedShare returns the share of supply that takes at least one estimated
// step: trade, production or recipe.
func (d *Dependency) EstimatedShare(ctx context.Context) (float64, error) { panic("unfinished") }

// Tiers returns where each product upstream of the target is made, the target's
// own included, by steps, then product.
func (d *Dependency) Tiers(ctx context.Context) ([]Tier, error) { panic("unfinished") }

// TierFlows returns the flows between stages of at least minShare, at most
// first of them (0: all), by share descending.
func (d *Dependency) TierFlows(ctx context.Context, minShare float64, first int) (TierFlows, error) {
	panic("unfinished")
}

// Chokepoints returns what at least minShare (inclusive) of the target's supply
// passes, at most first of them (0: all), by share descending, then ids.
func (d *Dependency) Chokepoints(ctx context.Context, kind Kind, epsilon, minShare float64, first int) ([]Chokepoint, error) {
	panic("unfinished")
}

// Paths returns the first chain paths (0: none) with at least minShare, in
// order of share; equal shares (relative 1e-9) by fewer stages, then by the
// sequence of (place, product) from the target, bytewise.
func (d *Dependency) Paths(ctx context.Context, first int, minShare float64) (Paths, error) {
	panic("unfinished")
}

// MadeHereSteps returns the expected number of "made here" steps, the mine
// included.
func (d *Dependency) MadeHereSteps(ctx context.Context) (float64, error) { panic("unfinished") }

// BorderCrossings returns the expected number of steps to another place: trade
// and draws from a pool.
func (d *Dependency) BorderCrossings(ctx context.Context) (float64, error) { panic("unfinished") }

// Concentration returns the concentration of direct shares and of origins.
func (d *Dependency) Concentration(ctx context.Context) (Concentration, error) { panic("unfinished") }

// Drawing returns the stages that at least minShare of supply passes, at most
// first of them (0: all), and the steps between them.
func (d *Dependency) Drawing(ctx context.Context, minShare float64, first int) (Drawing, error) {
	panic("unfinished")
}

// Assumptions returns the network's assumptions and those that concern this
// target alone.
func (d *Dependency) Assumptions() []string { panic("unfinished") }

// Walk is a network made ready to be walked upstream from any of its nodes
// (docs/methods.md §1): an absorbing Markov chain. What does not depend on the
// target is computed once and kept. It may be used by several goroutines.
type Walk struct {
	network *Network
}

// NewWalk makes a network ready to be asked.
func NewWalk(n *Network) *Walk { return &Walk{network: n} }

// Network returns the network that is walked.
func (w *Walk) Network() *Network { return w.network }

// Dependency binds the question to a target. A place that has no node of the
// product has no supply of it, unless the product is pooled: then it draws from
// the pool like everyone. A product that the network does not know is a
// [graph.NotFound] error.
func (w *Walk) Dependency(place, product string) (*Dependency, error) {
	return nil, graph.Errorf(graph.NotFound, "the network has no product %q", product)
}
