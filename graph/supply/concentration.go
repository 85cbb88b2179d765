package supply

import "context"

// Concentration returns the concentration of direct shares and of origins.
func (d *Dependency) Concentration(ctx context.Context) (Concentration, error) {
	shares, err := d.Shares(ctx)
	if err != nil {
		return Concentration{}, err
	}
	unexplained, err := d.UnexplainedShare(ctx)
	if err != nil {
		return Concentration{}, err
	}
	var c Concentration
	var largest float64
	for _, s := range shares {
		c.Direct += s.Direct * s.Direct
		c.Origin += s.Origin * s.Origin
		c.Coverage += s.Origin
		largest = max(largest, s.Origin)
	}
	if d.HasSupply() {
		of, err := d.OriginControl(ctx)
		if err != nil {
			return Concentration{}, err
		}
		c.OriginCompany, c.OriginControl = of.CompanyHHI, of.ControlHHI
	}
	c.OriginUpper = c.Origin + unexplained*(2*largest+unexplained)
	return c, nil
}
