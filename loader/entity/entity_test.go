package entity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tiermap/graph"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, core, form string }{
		{"Glencore plc", "glencore", "plc"},
		{"Glencore PLC.", "glencore", "plc"},
		{"Rusal", "rusal", ""},
		{"Mkango Polska Sp. z o.o.", "mkango polska", "sp-zoo"},
		{"LeaseLink Spółka z ograniczoną odpowiedzialnością", "leaselink", "sp-zoo"},
		{"Compañia de Minas Buenaventura S.A.A.", "compania de minas buenaventura", "saa"},
		{"Altos Hornos de Mexico, S.A.B. de C.V.", "altos hornos de mexico", "sa-de-cv"},
		{"Brose Fahrzeugteile SE & Co KG", "brose fahrzeugteile", "se-kg"},
		{"Austria Puma Dassler Gesellschaft m.b.H.", "austria puma dassler", "gmbh"},
		{"CommerzVentures Beteiligungs GmbH & Co.KG", "commerzventures beteiligungs", "gmbh-kg"},
		{"PT Bayan Resources Tbk.", "bayan resources", "tbk"},
		{"PAO Severstal", "severstal", "pao"},
		{"Zijin Mining Group Co., Ltd.", "zijin mining group", "ltd"},
		{"Glencore Coal Pty Ltd.", "glencore coal", "pty-ltd"},
		{"Grundfos A/S", "grundfos", "as"},
		{"Itaca Magnetics S.p.A.", "itaca magnetics", "spa"},
		{"信越化学工業株式会社", "xin yue hua xue gong ye", "kk"},
		{"微软(中国)有限公司", "wei ruan zhong guo", "ltd"},
		{"Норильский никель", "norilskii nikel", ""},
		{"U.S. Steel", "us steel", ""},
		{"Ma’aden", "maaden", ""},
		{"Bowers & Wilkins", "bowers and wilkins", ""},
		{"Ｔｏｙｏｔａ　Ｍｏｔｏｒ", "toyota motor", ""}, // full width
		{"SAS", "sas", ""}, // nothing but a legal form
		{"Ltd Co", "ltd", "co"},
		{" - ", "", ""},
		{"", "", ""},
	} {
		if n := Parse(c.text); n.Core != c.core || n.Form != c.form {
			t.Errorf("Parse(%q) = %q, %q; want %q, %q", c.text, n.Core, n.Form, c.core, c.form)
		}
	}
}

// TestData holds the compiled-in files: each legal form is written as Parse
// writes it, and none twice.
func TestData(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rows(formsCSV) {
		if len(r) != 3 || strings.Join(words(r[0]), " ") != r[0] || seen[r[0]] || r[1] == "" {
			t.Errorf("forms.csv: %q", r)
		}
		seen[r[0]] = true
	}
	for _, f := range leading {
		if legalForms.of[f] == "" {
			t.Errorf("%q stands before names and is no legal form", f)
		}
	}
	for _, r := range rows(commonCSV) {
		if strings.Join(words(r[0]), " ") != r[0] {
			t.Errorf("common.csv: %q", r)
		}
	}
	for _, r := range rows(easternCSV) {
		if n := Parse("A " + r[0]); n.Core != "a" && !strings.HasSuffix(n.Core, "group") {
			t.Errorf("eastern.csv: %q is read as %q", r[0], n.Core)
		}
	}
}

func TestAbbreviates(t *testing.T) {
	for _, c := range []struct {
		short, long string
		want        bool
	}{
		{"LCM", "Less Common Metals", true}, {"VAC", "Vacuumschmelze", true}, {"BMW", "Bayerische Motoren Werke AG", true}, {"B&W", "Bowers & Wilkins", true},
		{"CREMCo", "Chinalco Rare Earth & Metals", false}, // not all capitals
		{"ERG", "Eurasian Group", true}, {"CNMC", "China Railway", false}, {"Hitachi Metals Ltd", "Proterial", false}, {"SMD", "Xoil", false}, {"", "a", false},
	} {
		if got := abbreviates(c.short, c.long); got != c.want {
			t.Errorf("abbreviates(%q, %q) = %v", c.short, c.long, got)
		}
	}
}

// TestJaroWinkler holds the values of Winkler's paper.
func TestJaroWinkler(t *testing.T) {
	for _, c := range []struct {
		a, b         string
		jaro, winker float64
	}{
		{"martha", "marhta", 17.0 / 18, 0.9611111111111111},
		{"dwayne", "duane", 37.0 / 45, 0.84},
		{"dixon", "dicksonx", 23.0 / 30, 0.8133333333333334},
		{"abc", "xyz", 0, 0},
		{"a", "a", 1, 1},
	} {
		if j, w := jaro(c.a, c.b), jaroWinkler(c.a, c.b); math.Abs(j-c.jaro) > 1e-12 || math.Abs(w-c.winker) > 1e-12 {
			t.Errorf("%s, %s: %v and %v", c.a, c.b, j, w)
		}
	}
}

func TestValidLEI(t *testing.T) {
	for lei, want := range map[string]bool{
		"21380068P1DRHMJ8KU70": true, "HWUPKR0MPOU8FGXBT394": true, "INR2EJN1ERAN0W5ZP974": true,
		"21380068P1DRHMJ8KU71": false, "21380068P1DRHMJ8UK70": false, "21380068p1drhmj8ku70": false, "21380068P1DRHMJ8KU7": false, "": false,
	} {
		if ValidLEI(lei) != want {
			t.Errorf("ValidLEI(%q) = %v", lei, !want)
		}
	}
}

func company(text, country string) Written {
	return Written{Kind: graph.Company, Text: text, Country: country, Latitude: math.NaN(), Longitude: math.NaN()}
}

// answers resolves names against what is known, and writes what they came to.
func answers(known []Entity, decisions []Decision, names ...Written) map[string]string {
	b := NewBook(Options{})
	for _, w := range names {
		b.Want(w)
	}
	for _, d := range decisions {
		b.Decide(d)
	}
	for _, e := range known {
		b.Known(e)
	}
	b.Settle()
	got := map[string]string{}
	for _, w := range names {
		a := b.Answer(w)
		text := a.Outcome + " " + a.ID
		for _, c := range a.Candidates {
			text += fmt.Sprintf("; %s %.2f", c.ID, c.Score)
		}
		got[w.Text+"|"+w.Country] = text
	}
	return got
}

func TestBook(t *testing.T) {
	known := []Entity{
		{Kind: graph.Company, ID: "21380068P1DRHMJ8KU70", LEI: "21380068P1DRHMJ8KU70", Name: "SHELL PLC", Country: "GBR", Aliases: []string{"ROYAL DUTCH SHELL PLC"}},
		{Kind: graph.Company, ID: "co-acme-usa", Name: "Acme Metals Inc.", Country: "USA"},
		{Kind: graph.Company, ID: "co-acme-can", Name: "Acme Metals Inc.", Country: "CAN"},
		{Kind: graph.Company, ID: "vale", Name: "Vale S.A."},
		{Kind: graph.Company, ID: "norilsk", Name: "MMC Norilsk Nickel"},
		{Kind: graph.Company, ID: "siemens-ag", Name: "Siemens AG", Country: "DEU"},
		{Kind: graph.Company, ID: "jeco", Name: "JECO Corporation", Country: "JPN"},
		{Kind: graph.Facility, ID: "not-a-company", Name: "Glencore plc"},
	}
	for _, c := range []struct {
		name string
		in   Written
		want string
	}{
		{"the name", company("Shell plc", "GBR"), "matched 21380068P1DRHMJ8KU70"},
		{"another name, without the legal form", company("Royal Dutch Shell", "GBR"), "matched 21380068P1DRHMJ8KU70"},
		{"an identifier before the name", func() Written { w := company("Something else", "NLD"); w.LEI = "21380068P1DRHMJ8KU70"; return w }(), "matched 21380068P1DRHMJ8KU70"},
		{"another identifier forbids the name", func() Written { w := company("Shell plc", "GBR"); w.LEI = "HWUPKR0MPOU8FGXBT394"; return w }(), "new co-shell-gbr"},
		{"a wrong identifier says nothing", func() Written { w := company("Shell plc", "GBR"); w.LEI = "21380068P1DRHMJ8KU71"; return w }(), "matched 21380068P1DRHMJ8KU70"},
		{"two of that name", company("Acme Metals", ""), "new co-acme-metals; co-acme-can 0.97; co-acme-usa 0.97"},
		{"the country tells them apart", company("Acme Metals", "CAN"), "matched co-acme-can"},
		{"another country", company("Shell plc", "AUS"), "new co-shell-aus; 21380068P1DRHMJ8KU70 0.90"},
		{"misspelt", company("MMC Norlisk Nickel", ""), "matched norilsk"},
		{"one word, misspelt or another", company("Valeo", "FRA"), "new co-valeo-fra; vale 0.93"},
		{"another legal form", company("Siemens GmbH", "DEU"), "new co-siemens-deu; siemens-ag 0.90"},
		{"a number is no misspelling", company("JECO2 Ltd", "JPN"), "new co-jeco2-jpn"},
		{"like nothing", company("Zijin Mining", "CHN"), "new co-zijin-mining-chn"},
		{"another kind", company("Glencore plc", ""), "new co-glencore"},
	} {
		if got := answers(known, nil, c.in)[c.in.Text+"|"+c.in.Country]; got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestNamesOfOneFile(t *testing.T) {
	got := answers(nil, nil, company("Glencore plc.", ""), company("Glencore", ""), company("Glencore plc", ""), company("GLENCORE AG", ""),
		company("Rio Tinto", ""), company("Rio Tinto plc", "GBR"), company("Glencore Coal Pty Ltd", ""))
	for name, want := range map[string]string{
		"Glencore|": "new co-glencore", "Glencore plc|": "matched co-glencore", "Glencore plc.|": "matched co-glencore", "GLENCORE AG|": "matched co-glencore",
		"Rio Tinto plc|GBR": "new co-rio-tinto-gbr", "Rio Tinto|": "matched co-rio-tinto-gbr", "Glencore Coal Pty Ltd|": "new co-glencore-coal; co-glencore 0.83",
	} {
		if got[name] != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
}

func TestDecisions(t *testing.T) {
	known := []Entity{{Kind: graph.Company, ID: "glencore", Name: "Glencore plc"}, {Kind: graph.Company, ID: "barrick", Name: "Barrick Gold Corporation"}}
	decide := func(written, entity, is string) Decision {
		return Decision{Kind: graph.Company, Written: written, Entity: entity, Is: is, Decided: "2026-11-21"}
	}
	for _, c := range []struct {
		name     string
		decision []Decision
		in, want string
	}{
		{"undecided", nil, "Barrick", "new co-barrick; barrick 0.83"},
		{"the same", []Decision{decide("BARRICK.", "barrick", Same)}, "Barrick", "matched barrick"},
		{"different", []Decision{decide("Barrick", "barrick", Different)}, "Barrick", "new co-barrick"},
		{"none of them", []Decision{decide("Glencore", "", New)}, "Glencore", "new co-glencore"},
		{"different, though of the same name", []Decision{decide("Glencore plc", "glencore", Different)}, "Glencore plc", "new co-glencore"},
		{"what is no more", []Decision{decide("Barrick", "gone", Same)}, "Barrick", "new co-barrick; barrick 0.83"},
	} {
		if got := answers(known, c.decision, company(c.in, ""))[c.in+"|"]; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	b := NewBook(Options{})
	b.Want(company("Barrick", ""))
	b.Decide(decide("Barrick", "gone", Same))
	b.Settle()
	if got := b.Missing(); !slices.Equal(got, []string{"gone"}) {
		t.Errorf("missing %q", got)
	}
}

// TestIDIsFree: the id of an entity of its own is not that of something known
// that it was decided not to be.
func TestIDIsFree(t *testing.T) {
	known := []Entity{{Kind: graph.Company, ID: "co-glencore", Name: "Glencore plc"}}
	got := answers(known, []Decision{{Kind: graph.Company, Written: "Glencore AG", Entity: "co-glencore", Is: Different}}, company("Glencore AG", ""))
	if got["Glencore AG|"] != "new co-glencore-ag" {
		t.Errorf("%q", got)
	}
}

func plant(text, country string, lat, lon float64) Written {
	return Written{Kind: graph.Facility, Text: text, Country: country, Latitude: lat, Longitude: lon, ID: "own"}
}

func TestPlants(t *testing.T) {
	known := []Entity{{Kind: graph.Facility, ID: "kinsevere", Name: "Kinsevere", Country: "COD", Latitude: -11.36, Longitude: 27.57}}
	for _, c := range []struct {
		in   Written
		want string
	}{
		{plant("Kinsevere mine", "COD", -11.358, 27.576), "new own; kinsevere 0.92"},
		{plant("Kinsevere", "COD", -11.358, 27.576), "matched kinsevere"},
		{plant("Kinsevere", "COD", math.NaN(), math.NaN()), "new own; kinsevere 0.94"},
		{plant("Kinsevere", "COD", -11.6, 27.7), "new own; kinsevere 0.94"},
		{plant("Kinsevere", "COD", -5, 20), "new own"},
		{plant("Kinsevere", "ZMB", -11.358, 27.576), "new own"},
	} {
		if got := answers(known, nil, c.in)[c.in.Text+"|"+c.in.Country]; got != c.want {
			t.Errorf("%v: %s, want %s", c.in, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	// London to New York: 5,570 km on a sphere of 6,371 km
	if km := distance(51.5074, -0.1278, 40.7128, -74.0060); math.Abs(km-5570.22) > 0.01 {
		t.Errorf("%v km", km)
	}
	if km := distance(math.NaN(), 0, 0, 0); !math.IsNaN(km) {
		t.Errorf("%v km from nowhere", km)
	}
}

func TestTerms(t *testing.T) {
	terms := NewTerms(builtin(t))
	terms.Add(graph.Material, "cobalt", "Cobalt", "Co")
	terms.Add(graph.Material, "natural-graphite", "Natural graphite", "C", "graphite", "grafiet")
	terms.Add(graph.Material, "phosphorus", "Phosphorus", "P")
	terms.Add(graph.Material, "phosphate-rock", "Phosphate rock", "P")
	for _, c := range []struct{ kind, text, outcome, id string }{
		{graph.Material, "COBALT", Matched, "cobalt"}, {graph.Material, "Co", Matched, "cobalt"}, {graph.Material, "CO", Unknown, ""}, {graph.Material, "Grafiet", Matched, "natural-graphite"},
		{graph.Material, "P", Unknown, ""}, {graph.Material, "Cobaltt", Unknown, ""}, {graph.Material, "", Unknown, ""},
		{graph.Country, "Türkiye", Matched, "TUR"}, {graph.Country, "Atlantis", Unknown, ""},
	} {
		if a := terms.Find(c.kind, c.text, 0); a.Outcome != c.outcome || a.ID != c.id {
			t.Errorf("%s %q: %+v", c.kind, c.text, a)
		}
	}
	if a := terms.Find(graph.Material, "Cobaltt", 0); len(a.Candidates) != 1 || a.Candidates[0].ID != "cobalt" {
		t.Errorf("candidates %v", a.Candidates)
	}
}

// TestOrder: what names come to does not depend on the order of the file, nor on
// that of what is known.
func TestOrder(t *testing.T) {
	texts := []string{"Glencore", "Glencore plc", "Glencore Coal", "Rio Tinto", "Rio-Tinto Ltd", "Anglo American", "Anglo American plc", "AngloGold", "Acme", "ACME Inc", "Ácme GmbH"}
	rapid.Check(t, func(r *rapid.T) {
		var names []Written
		for range rapid.IntRange(1, 12).Draw(r, "names") {
			names = append(names, company(rapid.SampledFrom(texts).Draw(r, "text"), rapid.SampledFrom([]string{"", "GBR", "USA"}).Draw(r, "country")))
		}
		var known []Entity
		for i := range rapid.IntRange(0, 4).Draw(r, "known") {
			known = append(known, Entity{Kind: graph.Company, ID: fmt.Sprint("k", i), Name: rapid.SampledFrom(texts).Draw(r, "known text"),
				Country: rapid.SampledFrom([]string{"", "GBR", "USA"}).Draw(r, "known country")})
		}
		want := answers(known, nil, names...)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1)) //nolint:gosec // a shuffle
		rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		rng.Shuffle(len(known), func(i, j int) { known[i], known[j] = known[j], known[i] })
		if got := answers(known, nil, names...); fmt.Sprint(got) != fmt.Sprint(want) {
			r.Fatalf("%v\nin another order %v", want, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"Zijin Mining Group Co., Ltd.", "微软(中国)有限公司", "A/S", "(", "S. A.", "Ｔ", "\xff\xfe", strings.Repeat("é", 400)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := Parse(s)
		if again := Parse(n.Full); again.Full != n.Full || again.Core != n.Core {
			t.Errorf("%q gives %+v, and that %+v", s, n, again)
		}
		for i := range len(n.Full) {
			if c := n.Full[i]; c != ' ' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				t.Errorf("%q gives %q", s, n.Full)
			}
		}
		parts(s)
		if id := newID(graph.Company, &n, s, "NLD"); !graph.ValidID(id) || !utf8.ValidString(id) {
			t.Errorf("%q gets the id %q", s, id)
		}
		if v, _ := similarity(&n, &n); v != 1 {
			t.Errorf("%q is like itself to %v", s, v)
		}
	})
}

// BenchmarkKnown holds companies against two thousand names that are wanted.
func BenchmarkKnown(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // the same names in each run
	stems := make([]string, 20000)
	for i := range stems {
		stem := make([]byte, 4+rng.IntN(6))
		for j := range stem {
			stem[j] = "aeioubcdfghklmnprstvz"[rng.IntN(21)]
		}
		stems[i] = string(stem)
	}
	words := []string{"Mining", "Metals", "Resources", "International", "Group", "Holdings", "China", "Capital", "Fund", "Trading"}
	name := func() string {
		return stems[rng.IntN(len(stems))] + " " + stems[rng.IntN(len(stems))] + " " + words[rng.IntN(len(words))] + " " + []string{"Ltd", "GmbH", "S.A.", "Inc."}[rng.IntN(4)]
	}
	book := NewBook(Options{})
	for range 2000 {
		book.Want(company(name(), ""))
	}
	known := make([]Entity, 10000)
	for i := range known {
		known[i] = Entity{Kind: graph.Company, ID: fmt.Sprint(i), Name: name(), Country: "GBR"}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		book.Known(known[i%len(known)])
	}
}
