package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/supply"
)

// statusCoverage prints what the store knows of each material, stage and product.
func (c *commands) statusCoverage(ctx context.Context, store graph.Store, material string, asJSON bool) error {
	countries, err := country.Builtin()
	if err != nil {
		return err
	}
	asker := ask.New(store, countries, ask.Options{})
	list, err := asker.Coverage(ctx, material)
	if err != nil {
		return err
	}
	contentless := []string{}
	if material == "" {
		products, err := asker.WithoutContents(ctx)
		if err != nil {
			return err
		}
		for _, p := range products {
			contentless = append(contentless, p.ID)
		}
	}
	if asJSON {
		encoder := json.NewEncoder(c.Stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(map[string]any{"materials": coverageJSON(list), "withoutContents": contentless})
	}
	if err := coverageText(c.Stdout, list); err != nil {
		return err
	}
	if material == "" {
		missingLine(c.Stdout, "product of which no mass fraction of any material is known", contentless)
	}
	return nil
}

// coverageText writes a paragraph for each material, and ends with what is pooled
// or missing.
func coverageText(out io.Writer, list []ask.MaterialCoverage) error {
	for _, m := range list {
		fmt.Fprintf(out, "%s (%s)\n", cmp.Or(m.Material.Name, m.Material.ID), m.Material.ID)
		fmt.Fprintf(out, "  sourcing: %s; recycling: %s; by-product of: %s\n", sourcingWords(m), recyclingWords(m), hostWords(m))
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		if len(m.Products) > 0 {
			fmt.Fprintln(w, "  STAGE\tPRODUCT\tTRADE\tROWS\tUNDER\tDATASETS\tPRODUCTION\tCOUNTRIES\tAMOUNT\tESTIMATED\tRECIPE")
		}
		for _, p := range m.Products {
			made := lastMade(p)
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Stage, p.Product, tradeWords(p), rowsWords(p),
				underWords(p), datasetWords(p), yearsWords(madeYears(p)), countriesWords(made), amountWords(made), estimatedWords(made), recipeWords(p))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	missingText(out, list)
	return nil
}

const notKnown = "-"

func sourcingWords(m ask.MaterialCoverage) string {
	var parts []string
	for _, s := range m.Sourcing {
		parts = append(parts, fmt.Sprintf("%s %d %s (%s)", s.Importer, s.Year, s.Stage, counted(s.Suppliers, "place", "places")))
	}
	return cmp.Or(strings.Join(parts, ", "), notKnown)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

func recyclingWords(m ask.MaterialCoverage) string {
	var parts []string
	for _, r := range m.Recycling {
		if !math.IsNaN(r.Rate) {
			parts = append(parts, fmt.Sprintf("%g %% (%d)", round(100*r.Rate), r.Year))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), notKnown)
}

func hostWords(m ask.MaterialCoverage) string {
	var parts []string
	for _, h := range m.Hosts {
		part := h.ID
		if !math.IsNaN(h.Share) {
			part += fmt.Sprintf(" %g %%", round(100*h.Share))
		}
		parts = append(parts, part)
	}
	return cmp.Or(strings.Join(parts, ", "), notKnown)
}

// round takes away what binary fractions add to a percentage.
func round(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// lastTrade is the newest year with trade; nil where there is none.
func lastTrade(p supply.ProductCoverage) *supply.YearCoverage {
	return last(p, func(y supply.YearCoverage) bool { return len(y.Trade) > 0 })
}

// lastMade is the newest year with makers; nil where there is none.
func lastMade(p supply.ProductCoverage) *supply.YearCoverage {
	return last(p, func(y supply.YearCoverage) bool { return y.Makers > 0 || y.Partial })
}

func last(p supply.ProductCoverage, is func(supply.YearCoverage) bool) *supply.YearCoverage {
	for i := len(p.Years) - 1; i >= 0; i-- {
		if is(p.Years[i]) {
			return &p.Years[i]
		}
	}
	return nil
}

func yearsOf(p supply.ProductCoverage, is func(supply.YearCoverage) bool) []int {
	var years []int
	for _, y := range p.Years {
		if is(y) {
			years = append(years, y.Year)
		}
	}
	return years
}

func madeYears(p supply.ProductCoverage) []int {
	return yearsOf(p, func(y supply.YearCoverage) bool { return y.Makers > 0 || y.Partial })
}

// yearsWords writes years with spans: 2018-2020, 2022.
func yearsWords(years []int) string {
	var parts []string
	for i := 0; i < len(years); {
		end := i
		for end+1 < len(years) && years[end+1] == years[end]+1 {
			end++
		}
		parts = append(parts, period([2]int{years[i], years[end]}))
		i = end + 1
	}
	return cmp.Or(strings.Join(parts, ", "), notKnown)
}

// tradeWords tells the years with trade, and why there is a world market in its
// place.
func tradeWords(p supply.ProductCoverage) string {
	traded := yearsOf(p, func(y supply.YearCoverage) bool { return len(y.Trade) > 0 })
	pooled := yearsOf(p, func(y supply.YearCoverage) bool { return y.Pooled == supply.PooledShares })
	switch {
	case p.Pooled == supply.PooledDeclared:
		return "pooled (declared)"
	case len(traded) > 0 && len(pooled) > 0:
		return fmt.Sprintf("%s; pooled %s (shares)", yearsWords(traded), yearsWords(pooled))
	case len(traded) > 0:
		return yearsWords(traded)
	case len(pooled) > 0:
		return "pooled (shares)"
	case len(p.Codes) > 0:
		return "pooled (no trade)"
	}
	return "not traded"
}

func rowsWords(p supply.ProductCoverage) string {
	var rows int64
	for _, y := range p.Years {
		for _, t := range y.Trade {
			rows += t.Rows
		}
	}
	if rows == 0 {
		return notKnown
	}
	return fmt.Sprint(rows)
}

// underWords tells what the trade of some year is filed under.
func underWords(p supply.ProductCoverage) string {
	return tradeNames(p, func(t supply.TradeCount) string { return cmp.Or(t.Code, "its name") })
}

// datasetWords names the datasets that the trade of some year comes from.
func datasetWords(p supply.ProductCoverage) string {
	return tradeNames(p, func(t supply.TradeCount) string { return t.Dataset })
}

// tradeNames lists what the trade of a product is called, each name once.
func tradeNames(p supply.ProductCoverage, name func(supply.TradeCount) string) string {
	var names []string
	for _, y := range p.Years {
		for _, t := range y.Trade {
			names = append(names, name(t))
		}
	}
	slices.Sort(names)
	return cmp.Or(strings.Join(slices.Compact(names), " "), notKnown)
}

func countriesWords(y *supply.YearCoverage) string {
	if y == nil {
		return notKnown
	}
	s := fmt.Sprintf("%d in %d", y.Makers, y.Year)
	if y.Partial {
		s += " and others"
	}
	return s
}

func amountWords(y *supply.YearCoverage) string {
	switch {
	case y == nil:
		return notKnown
	case !math.IsNaN(y.Tonnes):
		return fmt.Sprintf("%.4g t", y.Tonnes)
	case y.Unknown < y.Makers:
		return "shares"
	}
	return "not known"
}

func estimatedWords(y *supply.YearCoverage) string {
	if y == nil {
		return notKnown
	}
	s := fmt.Sprintf("%d of %d", y.Estimated, y.Makers)
	if y.Unknown > 0 {
		s += fmt.Sprintf(", %d unknown", y.Unknown)
	}
	return s
}

func recipeWords(p supply.ProductCoverage) string {
	if p.Recipe == supply.NoRecipe && begins(p) {
		return "begins here"
	}
	return string(p.Recipe)
}

// begins reports whether a chain begins at a product by nature.
func begins(p supply.ProductCoverage) bool { return p.Stage == "extraction" || p.Stage == "recycling" }

// missingText lists what is pooled or missing.
func missingText(out io.Writer, list []ask.MaterialCoverage) {
	type kind struct {
		text string
		is   func(supply.ProductCoverage) bool
	}
	kinds := []kind{
		{"one world market, declared so", func(p supply.ProductCoverage) bool { return p.Pooled == supply.PooledDeclared }},
		{"one world market, production being known as shares in some year", func(p supply.ProductCoverage) bool {
			return slices.ContainsFunc(p.Years, func(y supply.YearCoverage) bool { return y.Pooled == supply.PooledShares })
		}},
		{"one world market, there being no trade under its codes", func(p supply.ProductCoverage) bool {
			return tradeWords(p) == "pooled (no trade)" && len(madeYears(p)) > 0
		}},
		{"production not known, inferred from what is exported", func(p supply.ProductCoverage) bool {
			return lastTrade(p) != nil && lastMade(p) == nil
		}},
		{"neither trade nor production: no supply is known", func(p supply.ProductCoverage) bool { return len(p.Years) == 0 }},
	}
	fmt.Fprintln(out, "Pooled or missing")
	for _, k := range kinds {
		missingLine(out, k.text, productsThat(list, k.is, func(p supply.ProductCoverage, _ string) string { return p.Product }))
	}
	missingLine(out, "no recipe, so that the walk of that material ends there", productsThat(list,
		func(p supply.ProductCoverage) bool { return p.Recipe == supply.NoRecipe && !begins(p) },
		func(p supply.ProductCoverage, material string) string { return p.Product + " (" + material + ")" }))
	missingLine(out, "material that no product is known to contain", materialsThat(list, func(m ask.MaterialCoverage) bool { return len(m.Products) == 0 }))
	missingLine(out, "material without sourcing shares", materialsThat(list, func(m ask.MaterialCoverage) bool { return len(m.Sourcing) == 0 }))
	missingLine(out, "material without a recycling rate", materialsThat(list, func(m ask.MaterialCoverage) bool { return recyclingWords(m) == notKnown }))
}

// productsThat names products, each name once, in order.
func productsThat(list []ask.MaterialCoverage, is func(supply.ProductCoverage) bool, name func(p supply.ProductCoverage, material string) string) []string {
	var names []string
	for _, m := range list {
		for _, p := range m.Products {
			if is(p) {
				names = append(names, name(p, m.Material.ID))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func materialsThat(list []ask.MaterialCoverage, is func(ask.MaterialCoverage) bool) []string {
	var names []string
	for _, m := range list {
		if is(m) {
			names = append(names, m.Material.ID)
		}
	}
	return names
}

func missingLine(out io.Writer, text string, names []string) {
	fmt.Fprintf(out, "  %s (%d): %s\n", text, len(names), cmp.Or(strings.Join(names, ", "), "none"))
}

// The coverage in the output of status --coverage --json. What is not known is
// left out.
type (
	materialCoverageJSON struct {
		ID          string                `json:"id"`
		Name        string                `json:"name,omitempty"`
		Products    []productCoverageJSON `json:"products"`
		Sourcing    []sourcingJSON        `json:"sourcing"`
		Recycling   []recyclingJSON       `json:"recycling"`
		ByproductOf []hostJSON            `json:"byproductOf"`
	}
	productCoverageJSON struct {
		Product    string           `json:"product"`
		Stage      string           `json:"stage"`
		Codes      []string         `json:"codes"`
		Pooled     string           `json:"pooled,omitempty"`
		Recipe     string           `json:"recipe"`
		Trade      []tradeJSON      `json:"trade"`
		Production []productionJSON `json:"production"`
	}
	tradeJSON struct {
		Year    int    `json:"year"`
		Dataset string `json:"dataset"`
		Code    string `json:"code,omitempty"`
		Rows    int64  `json:"rows"`
	}
	productionJSON struct {
		Year      int      `json:"year"`
		Countries int      `json:"countries"`
		Estimated int      `json:"estimated"`
		Unknown   int      `json:"unknown"`
		Others    bool     `json:"others"`
		Amount    string   `json:"amount"`
		Tonnes    *float64 `json:"tonnes,omitempty"`
		Pooled    string   `json:"pooled,omitempty"`
	}
	sourcingJSON struct {
		Importer  string `json:"importer"`
		Year      int    `json:"year"`
		Stage     string `json:"stage"`
		Suppliers int    `json:"suppliers"`
	}
	recyclingJSON struct {
		Year   int      `json:"year"`
		EolRir *float64 `json:"eolRir,omitempty"`
	}
	hostJSON struct {
		ID    string   `json:"id"`
		Share *float64 `json:"share,omitempty"`
	}
)

func coverageJSON(list []ask.MaterialCoverage) []materialCoverageJSON {
	all := []materialCoverageJSON{}
	for _, m := range list {
		v := materialCoverageJSON{ID: m.Material.ID, Name: m.Material.Name, Products: []productCoverageJSON{},
			Sourcing: []sourcingJSON{}, Recycling: []recyclingJSON{}, ByproductOf: []hostJSON{}}
		for _, p := range m.Products {
			v.Products = append(v.Products, productJSON(p))
		}
		for _, s := range m.Sourcing {
			v.Sourcing = append(v.Sourcing, sourcingJSON(s))
		}
		for _, r := range m.Recycling {
			v.Recycling = append(v.Recycling, recyclingJSON{r.Year, ifKnown(r.Rate)})
		}
		for _, h := range m.Hosts {
			v.ByproductOf = append(v.ByproductOf, hostJSON{h.ID, ifKnown(h.Share)})
		}
		all = append(all, v)
	}
	return all
}

func productJSON(p supply.ProductCoverage) productCoverageJSON {
	v := productCoverageJSON{Product: p.Product, Stage: p.Stage, Codes: append([]string{}, p.Codes...),
		Pooled: string(p.Pooled), Recipe: string(p.Recipe), Trade: []tradeJSON{}, Production: []productionJSON{}}
	for _, y := range p.Years {
		for _, t := range y.Trade {
			v.Trade = append(v.Trade, tradeJSON{t.Year, t.Dataset, t.Code, t.Rows})
		}
		if y.Makers > 0 || y.Partial {
			amount := amountWords(&y)
			if !math.IsNaN(y.Tonnes) {
				amount = "tonnes"
			}
			v.Production = append(v.Production, productionJSON{y.Year, y.Makers, y.Estimated, y.Unknown, y.Partial, amount,
				ifKnown(y.Tonnes), string(y.Pooled)})
		}
	}
	return v
}

func ifKnown(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}
