package data_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The shares that the shipped tables give for the world's mined and refined
// production, against those of the publishers' own printed world totals.
//
// Of every country the production of one dataset counts, the one of the highest
// priority. To the sum of the named countries comes what the publisher gives for
// countries that it does not name.
func TestWorldSharesAgreeWithThePrintedOnes(t *testing.T) {
	counted := countedProduction(t)
	fractions := massFractions(t)
	figures := readTable(t, "figures.csv")
	if len(figures) < 60 {
		t.Fatalf("figures.csv has %d figures, want at least 60", len(figures))
	}
	for _, figure := range figures {
		t.Run(figure.get("id"), func(t *testing.T) {
			products := strings.Split(figure.get("products"), ";")
			unit := sharedUnit(t, counted, products, figure.get("year"))
			var own float64
			world := figure.number(t, "unnamed_tonnes")
			for _, row := range counted {
				if row.get("year") != figure.get("year") || !slices.Contains(products, row.get("product")) || row.get("tonnes") == "" {
					continue
				}
				mass := inUnit(t, row, unit, fractions)
				world += mass
				if row.get("country") == figure.get("country") {
					own += mass
				}
			}
			got, want := 100*own/world, figure.number(t, "value")
			if math.IsNaN(got) || math.Abs(got-want) > figure.number(t, "tolerance") {
				t.Errorf("%s: %.2f %%, printed %.2f %% (within %s; %s)", figure.get("statement"), got, want,
					figure.get("tolerance"), figure.get("source"))
			}
		})
	}
}

// The five materials whose mined and refined shares have to be among the figures.
func TestFiguresCoverMinedAndRefined(t *testing.T) {
	var ids []string
	for _, figure := range readTable(t, "figures.csv") {
		ids = append(ids, figure.get("id"))
	}
	for _, want := range []string{
		"mined-cobalt-cod-2024", "refined-cobalt-chn-2024", "mined-lithium-aus-2024", "refined-lithium-chn-2024",
		"mined-rare-earths-chn-2024", "refined-magnet-rare-earths-chn-2024", "mined-natural-graphite-chn-2024",
		"refined-graphite-chn-2024", "mined-gallium-chn-2024", "mined-nickel-idn-2024", "refined-nickel-idn-2024",
		"mined-tungsten-chn-2024",
	} {
		if !slices.Contains(ids, want) {
			t.Errorf("figures.csv lacks %s", want)
		}
	}
}

// countedProduction returns the rows of production that count: of each year,
// product and country those of the dataset with the highest priority.
func countedProduction(t *testing.T) []row {
	t.Helper()
	best := map[string]int{}
	var all []row
	for _, folder := range datasets(t) {
		if !has(folder, "production.csv") {
			continue
		}
		priority := int(readTable(t, folder+"/dataset.csv")[0].number(t, "priority"))
		for _, r := range readTable(t, folder+"/production.csv") {
			key := r.key("year", "product", "country")
			if before, seen := best[key]; !seen || priority > before {
				best[key] = priority
			}
			r.priority = priority
			all = append(all, r)
		}
	}
	return slices.DeleteFunc(all, func(r row) bool { return r.priority != best[r.key("year", "product", "country")] })
}

// sharedUnit is the material that all rows of the products count in that year;
// "" where they count the product.
func sharedUnit(t *testing.T, rows []row, products []string, year string) string {
	t.Helper()
	units := map[string]bool{}
	for _, r := range rows {
		if r.get("year") == year && slices.Contains(products, r.get("product")) && r.get("tonnes") != "" {
			units[r.get("material")] = true
		}
	}
	if len(units) != 1 {
		t.Fatalf("%v in %s is counted in %d units, want 1", products, year, len(units))
	}
	for unit := range units {
		return unit
	}
	return ""
}

// inUnit gives the tonnes of a row in the unit that the figure counts.
func inUnit(t *testing.T, r row, unit string, fractions map[string]float64) float64 {
	t.Helper()
	tonnes := r.number(t, "tonnes")
	if r.get("basis") == "contained" && r.get("material") != unit {
		return tonnes * fractions[r.get("product")+" "+unit] / fractions[r.get("product")+" "+r.get("material")]
	}
	return tonnes
}

func massFractions(t *testing.T) map[string]float64 {
	t.Helper()
	fractions := map[string]float64{}
	for _, r := range everyTable(t, "contains.csv") {
		fractions[r.get("product")+" "+r.get("material")] = r.number(t, "mass_fraction")
	}
	return fractions
}

func (r row) number(t *testing.T, column string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(r.get(column), 64)
	if err != nil {
		t.Fatalf("%s line %d: %s: %v", r.file, r.line, column, err)
	}
	return v
}
