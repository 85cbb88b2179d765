package ask

import (
	"context"
	"math"
	"slices"

	"tiermap/graph/country"
	"tiermap/graph/finding"
	"tiermap/graph/supply"
)

// Finding puts the answer into sentences. epsilon is what a single point of
// failure may leave, 0..1.
func (a *Answer) Finding(ctx context.Context, language finding.Language, epsilon float64) (finding.Finding, error) {
	said, err := a.said(ctx, epsilon)
	if err != nil {
		return finding.Finding{}, err
	}
	return finding.Write(said, language), nil
}

// FindingWithIntervals is Finding that says how sure the figures are.
func (a *Answer) FindingWithIntervals(ctx context.Context, language finding.Language, epsilon float64, drawn *supply.DrawnDependency) (finding.Finding, error) {
	said, err := a.said(ctx, epsilon)
	if err != nil {
		return finding.Finding{}, err
	}
	n, err := drawn.Intervals(ctx)
	if err != nil {
		return finding.Finding{}, err
	}
	u := drawn.Draws.Uncertainty
	said.Intervals = &finding.Intervals{Draws: u.Draws, Reported: u.Reported, Estimated: u.Estimated, Undecided: n.Undecided,
		Unexplained: rangeOf(n.Unexplained), Origins: map[string]finding.Range{}}
	for _, s := range n.Shares {
		said.Intervals.Origins[s.Place] = rangeOf(s.Origin)
	}
	return finding.Write(said, language), nil
}

func rangeOf(n supply.Interval) finding.Range { return finding.Range{Low: n.Low, High: n.High} }

// said is what there is to say.
func (a *Answer) said(ctx context.Context, epsilon float64) (finding.Answer, error) {
	said := finding.Answer{
		Place: placeName(a.Country), Product: productName(a.Product),
		Material: finding.Name{ID: a.Material.ID, English: orID(a.Material.Name, a.Material.ID), Dutch: a.Material.Dutch},
		Members:  len(a.Plan.Members), Year: a.Year, HasSupply: a.HasSupply(), Domestic: a.DomesticShare(),
		Changed: a.changed,
	}
	if a.isFirm() {
		said.Place = a.firmName()
	}
	said.Tonnes = math.NaN()
	if a.TonnesKnown() {
		said.Tonnes, _ = a.SupplyTonnes()
	}
	said.Pooled = slices.ContainsFunc(a.assembly.Products, func(p supply.Product) bool { return p.ID == a.Product.ID && p.Pooled })
	said.InValue, said.USD = a.InValue(), a.SupplyValue()
	shares, err := a.Shares(ctx)
	if err != nil {
		return finding.Answer{}, err
	}
	for _, s := range shares {
		said.Shares = append(said.Shares, finding.Share{Place: placeName(a.Place(s.Place)), Direct: s.Direct, Origin: s.Origin})
	}
	ends, err := a.Unexplained(ctx)
	if err != nil {
		return finding.Answer{}, err
	}
	for _, e := range ends {
		said.Unexplained = append(said.Unexplained, finding.End{Place: placeName(a.Place(e.Place)),
			Product: productName(a.Stage(e.Product)), Share: e.Share, Reason: e.Reason})
	}
	if said.Estimated, err = a.EstimatedShare(ctx); err != nil {
		return finding.Answer{}, err
	}
	chokepoints, err := a.Chokepoints(ctx, supply.KindCountry, epsilon, 0, 10)
	if err != nil {
		return finding.Answer{}, err
	}
	for _, c := range chokepoints {
		said.Chokepoints = append(said.Chokepoints, finding.Chokepoint{Place: placeName(a.Place(c.Place)),
			PassThrough: c.PassThrough, Single: c.SinglePointOfFailure})
	}
	return said, nil
}

// firmName names the company or plant that was asked about, in both languages alike.
func (a *Answer) firmName() finding.Name {
	id, name := a.Company.ID, a.Company.Name
	if a.Facility.ID != "" {
		id, name = a.Facility.ID, a.Facility.Name
	}
	return finding.Name{ID: id, English: orID(name, id), Dutch: orID(name, id)}
}

func placeName(p country.Place) finding.Name {
	return finding.Name{ID: p.ID, English: orID(p.Name, p.ID), Dutch: p.Dutch}
}

func productName(p Product) finding.Name {
	return finding.Name{ID: p.ID, English: orID(p.Name, p.ID), Dutch: p.Dutch}
}

func orID(name, id string) string {
	if name == "" {
		return id
	}
	return name
}
