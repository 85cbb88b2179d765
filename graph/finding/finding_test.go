package finding_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph/finding"
	"tiermap/graph/supply"
)

var update = flag.Bool("update", false, "write the golden file anew; then read it")

var (
	netherlands = finding.Name{ID: "NLD", English: "Netherlands", Dutch: "Nederland"}
	states      = finding.Name{ID: "USA", English: "United States", Dutch: "Verenigde Staten"}
	union       = finding.Name{ID: "EU", English: "European Union", Dutch: "Europese Unie"}
	congo       = finding.Name{ID: "COD", English: "DR Congo", Dutch: "Congo (DRC)"}
	china       = finding.Name{ID: "CHN", English: "China", Dutch: "China"}
	finland     = finding.Name{ID: "FIN", English: "Finland", Dutch: "Finland"}
	belgium     = finding.Name{ID: "BEL", English: "Belgium", Dutch: "België"}
	chile       = finding.Name{ID: "CHL", English: "Chile", Dutch: "Chili"}

	cobalt     = finding.Name{ID: "cobalt", English: "Cobalt", Dutch: "Kobalt"}
	oxide      = finding.Name{ID: "cobalt-oxide", English: "Cobalt oxide", Dutch: "Kobaltoxide"}
	ore        = finding.Name{ID: "cobalt-ore", English: "Cobalt ore", Dutch: "Kobalterts"}
	magnet     = finding.Name{ID: "ndfeb-magnet", English: "NdFeB magnet"}
	turbine    = finding.Name{ID: "wind-turbine", English: "Wind turbine", Dutch: "Windturbine"}
	electrical = finding.Name{ID: "WIOD:c14", English: "Electrical equipment", Dutch: "Elektrotechnische apparatuur"}
	code       = finding.Name{ID: "HS2017:811292", English: "HS2017:811292"}
)

// shapes are answers of every shape, by what is particular about them.
func shapes() []struct {
	name string
	finding.Answer
} {
	answer := func(change func(*finding.Answer)) finding.Answer {
		a := finding.Answer{Place: netherlands, Product: oxide, Material: cobalt, Year: 2020, HasSupply: true, Tonnes: 12345.6}
		change(&a)
		return a
	}
	sector := func(change func(*finding.Answer)) finding.Answer {
		return answer(func(a *finding.Answer) {
			a.Product, a.Material, a.Tonnes, a.InValue, a.USD = electrical, finding.Name{}, math.NaN(), true, 29.67e9
			change(a)
		})
	}
	shares := func(s ...finding.Share) []finding.Share { return s }
	return []struct {
		name string
		finding.Answer
	}{
		{"no supply", answer(func(a *finding.Answer) { a.HasSupply, a.Tonnes = false, 0 })},
		{"a scenario that leaves nothing", answer(func(a *finding.Answer) { a.HasSupply, a.Tonnes, a.Changed = false, 0, true })},
		{"a scenario", answer(func(a *finding.Answer) {
			a.Changed, a.Shares = true, shares(finding.Share{Place: congo, Origin: 0.7}, finding.Share{Place: finland, Direct: 1, Origin: 0.3})
		})},
		{"all unexplained", answer(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{Place: finland, Direct: 1})
			a.Unexplained = []finding.End{{finland, ore, 1, supply.ReasonNoInput}}
		})},
		{"nothing bought where it starts", answer(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{congo, 0, 0.36}, finding.Share{finland, 0.55, 0.04}, finding.Share{belgium, 0.4, 0.02}, finding.Share{china, 0.05, 0})
			a.Unexplained = []finding.End{{finland, ore, 0.4, supply.ReasonSurplus}, {belgium, ore, 0.1, supply.ReasonNoInput},
				{china, ore, 0.06, supply.ReasonRing}, {chile, ore, 0.02, supply.ReasonSurplus}}
			a.Estimated = 0.004
			a.Chokepoints = []finding.Chokepoint{{finland, 0.61, false}, {congo, 0.36, false}}
		})},
		{"hardly anything bought where it starts, by many", answer(func(a *finding.Answer) {
			a.Place = states
			a.Shares = shares(finding.Share{china, 0.001, 0.7}, finding.Share{states, 0.3, 0.3}, finding.Share{belgium, 0.699, 0})
			a.Domestic = 0.3
			a.Chokepoints = []finding.Chokepoint{{china, 0.7, false}}
		})},
		{"more starts there than is bought", answer(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{china, 0.4, 0.998}, finding.Share{belgium, 0.6, 0.002})
			a.Chokepoints = []finding.Chokepoint{{china, 0.9995, true}, {belgium, 0.6, false}}
			a.Tonnes = 0.01234
		})},
		{"less starts there than is bought", answer(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{finland, 0.9, 0.3}, finding.Share{congo, 0.1, 0.2})
			a.Unexplained = []finding.End{{finland, oxide, 0.5, supply.ReasonSurplus}}
		})},
		{"as trade statistics show", answer(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{chile, 0.66, 0.64}, finding.Share{congo, 0.34, 0.36})
			a.Chokepoints = []finding.Chokepoint{{chile, 0.66, false}}
		})},
		{"one country, its own", answer(func(a *finding.Answer) {
			a.Place, a.Product, a.Domestic = chile, ore, 1
			a.Shares = shares(finding.Share{chile, 1, 1})
		})},
		{"a group, all estimated", answer(func(a *finding.Answer) {
			a.Place, a.Members = union, 27
			a.Shares = shares(finding.Share{congo, 0.5, 0.52}, finding.Share{union, 0.2, 0.28}, finding.Share{china, 0.3, 0.2})
			a.Domestic, a.Estimated = 0.2, 1
			a.Chokepoints = []finding.Chokepoint{{congo, 1, true}, {china, 1, true}}
		})},
		{"pooled", answer(func(a *finding.Answer) {
			a.Product, a.Tonnes, a.Pooled = turbine, math.NaN(), true
			a.Shares = shares(finding.Share{china, 0.6, 0.8}, finding.Share{netherlands, 0.05, 0})
			a.Unexplained = []finding.End{{chile, magnet, 0.2, supply.ReasonNoInput}}
			a.Domestic, a.Estimated = 0.05, 0.3
		})},
		{"a firm of which no tonnes are known", answer(func(a *finding.Answer) {
			a.Place, a.Tonnes = finding.Name{ID: "acme", English: "Acme Magnets"}, math.NaN()
			a.Shares = shares(finding.Share{china, 0.6, 0.9}, finding.Share{belgium, 0.4, 0.1})
		})},
		{"a sector of an input-output table", sector(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{netherlands, 0.5, 0.61}, finding.Share{china, 0.5, 0.39})
			a.Domestic = 0.5
			a.Chokepoints = []finding.Chokepoint{{china, 0.41, false}}
		})},
		{"a sector whose value is added elsewhere", sector(func(a *finding.Answer) {
			a.USD = 1.2345e6
			a.Shares = shares(finding.Share{china, 0.2, 0.4}, finding.Share{belgium, 0.4, 0.2}, finding.Share{netherlands, 0.4, 0.25})
			a.Unexplained = []finding.End{{netherlands, electrical, 0.1, supply.ReasonSurplus}, {belgium, electrical, 0.03, supply.ReasonNoInput},
				{chile, electrical, 0.01, supply.ReasonRing}, {finland, electrical, 0.01, supply.ReasonNoInput}}
			a.Domestic, a.Estimated = 0.4, 0.3
			a.Chokepoints = []finding.Chokepoint{{china, 0.9995, true}}
		})},
		{"a sector that buys nothing where its value is added", sector(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{congo, 0, 0.6}, finding.Share{china, 0.6, 0.2}, finding.Share{netherlands, 0.4, 0.2})
			a.Domestic = 0.4
			a.Chokepoints = []finding.Chokepoint{{china, 0.9995, true}, {congo, 0.9995, true}}
		})},
		{"a sector that buys hardly anything there, of a group", sector(func(a *finding.Answer) {
			a.Place, a.Members, a.USD = union, 27, 4321
			a.Shares = shares(finding.Share{congo, 0.001, 0.6}, finding.Share{union, 0.999, 0.4})
			a.Domestic = 0.999
		})},
		{"a sector of which less value is added where it buys", sector(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{china, 0.8, 0.5}, finding.Share{netherlands, 0.2, 0.3})
			a.Domestic, a.Estimated = 0.2, 1
		})},
		{"a sector that buys where its value is added", sector(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{china, 0.6, 0.58}, finding.Share{netherlands, 0.4, 0.42})
			a.Domestic = 0.4
		})},
		{"a sector of which nothing is explained", sector(func(a *finding.Answer) {
			a.Shares = shares(finding.Share{Place: finland, Direct: 1})
			a.Unexplained = []finding.End{{finland, electrical, 1, supply.ReasonNoInput}}
		})},
		{"a sector without output", sector(func(a *finding.Answer) { a.HasSupply, a.USD = false, 0 })},
		{"a trade code, in gross tonnes", answer(func(a *finding.Answer) {
			a.Product, a.Material, a.Tonnes = code, finding.Name{}, 999.6
			a.Shares = shares(finding.Share{china, 0.02, 0.5}, finding.Share{belgium, 0.98, 0.5})
			a.Estimated = 1
		})},
	}
}

// writeBoth writes what is said of an answer in both languages.
func writeBoth(b *strings.Builder, a finding.Answer) {
	for _, language := range []finding.Language{finding.English, finding.Dutch} {
		f := finding.Write(a, language)
		fmt.Fprintf(b, "%s: %s\n", language, f.Headline)
		for _, c := range f.Captions {
			fmt.Fprintf(b, "  - %s\n", c)
		}
	}
	b.WriteString("\n")
}

// holdGolden holds findings against a file that a person has read.
func holdGolden(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the findings are not those of %s; got\n%s", golden, got)
	}
}

func TestWriteShapes(t *testing.T) {
	var b strings.Builder
	for _, shape := range shapes() {
		fmt.Fprintf(&b, "# %s\n", shape.name)
		writeBoth(&b, shape.Answer)
	}
	holdGolden(t, "testdata/findings.txt", b.String())
}

// Whatever the figures, every sentence is whole: no verb of fmt is left over, it
// begins with a capital letter or a figure, and ends with a full stop.
func TestWriteWholeSentences(t *testing.T) {
	places := []finding.Name{netherlands, states, union, congo, china, finland, belgium, chile}
	products := []finding.Name{oxide, ore, magnet, turbine, code}
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.Float64Range(0, 1)
		a := finding.Answer{
			Place: rapid.SampledFrom(places).Draw(t, "place"), Product: rapid.SampledFrom(products).Draw(t, "product"),
			Material: rapid.SampledFrom([]finding.Name{{}, cobalt}).Draw(t, "material"), Members: rapid.SampledFrom([]int{0, 27}).Draw(t, "members"),
			Pooled: rapid.Bool().Draw(t, "pooled"), Changed: rapid.Bool().Draw(t, "changed"), InValue: rapid.Bool().Draw(t, "value"), Year: rapid.IntRange(1990, 2030).Draw(t, "year"), HasSupply: rapid.Bool().Draw(t, "supply"),
			Tonnes: rapid.SampledFrom([]float64{math.NaN(), 1e-9, 0.5, 999.6, 1e5, 1e15}).Draw(t, "tonnes"), Estimated: share.Draw(t, "estimated"),
		}
		for range rapid.IntRange(0, 7).Draw(t, "shares") {
			a.Shares = append(a.Shares, finding.Share{Place: rapid.SampledFrom(places).Draw(t, "from"), Direct: share.Draw(t, "direct"), Origin: share.Draw(t, "origin")})
		}
		for range rapid.IntRange(0, 5).Draw(t, "ends") {
			a.Unexplained = append(a.Unexplained, finding.End{Place: rapid.SampledFrom(places).Draw(t, "at"), Product: rapid.SampledFrom(products).Draw(t, "of"),
				Share: share.Draw(t, "share"), Reason: rapid.SampledFrom([]supply.Reason{supply.ReasonSurplus, supply.ReasonNoInput, supply.ReasonRing}).Draw(t, "reason")})
		}
		for _, language := range []finding.Language{finding.English, finding.Dutch} {
			f := finding.Write(a, language)
			for _, sentence := range append([]string{f.Headline}, f.Captions...) {
				first := []rune(sentence)[0]
				if strings.Contains(sentence, "%!") || strings.Contains(sentence, "  ") || !strings.HasSuffix(sentence, ".") || first >= 'a' && first <= 'z' && !strings.HasPrefix(sentence, "de ") {
					t.Fatalf("%q", sentence)
				}
			}
		}
	})
}
