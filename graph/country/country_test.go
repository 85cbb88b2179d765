package country

import (
	"encoding/csv"
	"errors"
	"os"
	"slices"
	"strconv"
	"testing"

	"tiermap/graph"
)

func builtin(t testing.TB) *List {
	t.Helper()
	l, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestSpellings resolves every code and name that the files of the publishers
// hold (BACI, Comtrade, Comext, Trade Map, WITS, BGS, USGS, World Mining Data,
// EU criticality study, WGI and World Bank, GLEIF, ISO 3166 and others): each
// gives the id beside it, or is deliberately no country of that year.
func TestSpellings(t *testing.T) {
	l := builtin(t)
	for _, row := range spellings(t) {
		p, err := l.Find(row.text, row.system, row.year)
		if p.ID != row.id || string(graph.CodeOf(err)) != row.code {
			t.Errorf("%q (%s, %d) = %q, %v; want %q, %s", row.text, row.system, row.year, p.ID, err, row.id, row.code)
		}
	}
}

type spelling struct {
	system   System
	text     string
	year     int
	id, code string
}

func spellings(t testing.TB) []spelling {
	t.Helper()
	f, err := os.Open("testdata/spellings.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []spelling
	for _, r := range records[1:] {
		year := 0
		if r[2] != "" {
			if year, err = strconv.Atoi(r[2]); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, spelling{System(r[0]), r[1], year, r[3], r[4]})
	}
	return rows
}

func TestResolve(t *testing.T) {
	l := builtin(t)
	for _, c := range []struct {
		text   string
		system System
		year   int
		want   string
	}{
		{"NLD", Any, 2024, "NLD"},
		{"nl", Any, 2024, "NLD"},
		{"528", Any, 2024, "NLD"},
		{" Netherlands ", Any, 2024, "NLD"},
		{"the NETHERLANDS", Any, 2024, "NLD"},
		{"4", Any, 2024, "AFG"},
		{"004", BACI, 2024, "AFG"},
		{"842", BACI, 2024, "USA"},
		{"842", Any, 2024, "USA"},
		{"840", Comtrade, 2024, "USA"},
		{"251", BACI, 2024, "FRA"},
		{"490", BACI, 2024, "TWN"},
		{"579", BACI, 2024, "NOR"},
		{"699", BACI, 2024, "IND"},
		{"757", BACI, 2024, "CHE"},
		{"492", Any, 2024, "MCO"},
		{"492", Comtrade, 2024, "EU-NES"},
		{"58", BACI, 1998, "BLX"},
		{"200", BACI, 1990, "CSK"},
		{"278", BACI, 1990, "DDR"},
		{"280", BACI, 1990, "DEU"},
		{"711", BACI, 1999, "ZA1"},
		{"736", BACI, 2011, "SDN"},
		{"810", Comtrade, 1991, "SUN"},
		{"890", Comtrade, 1991, "YUG"},
		{"891", Comtrade, 2003, "SCG"},
		{"EL", Comext, 2024, "GRC"},
		{"GR", Comext, 2024, "GRC"},
		{"EL", Any, 2024, "GRC"},
		{"XS", Comext, 2024, "SRB"},
		{"XK", Any, 2024, "XKX"},
		{"ZAR", WorldBank, 2020, "COD"},
		{"ROM", WorldBank, 2020, "ROU"},
		{"KSV", WorldBank, 2020, "XKX"},
		{"Korea, Rep.", Any, 2024, "KOR"},
		{"Republic of Korea", Any, 2024, "KOR"},
		{"Korea  Republic of", TradeMap, 2024, "KOR"},
		{"Türkiye", Any, 2024, "TUR"},
		{"Tu\u0308rkiye", Any, 2024, "TUR"}, // u and a combining diaeresis
		{"TURKIYE", Any, 2024, "TUR"},
		{"Congo, D.R.", Any, 2024, "COD"},
		{"Congo", BACI, 2024, "COG"},
		{"Congo", Any, 2024, "COG"}, // the short name of ISO 3166-1 and M49
		{"Congo (the)", Any, 2024, "COG"},
		{"Congo, Democratic Republic of the", Any, 2024, "COD"},
		{"DR Congo", Any, 2024, "COD"},
		{"Other Asia, nes", Any, 2024, "TWN"},
		{"FYROM", Any, 2024, "MKD"},
		{"Hellas", Any, 2024, "GRC"},
		{"Cote d'Ivoire", Any, 2024, "CIV"},
		{"Côte d’Ivoire", Any, 2024, "CIV"},
		{"St. Lucia", Any, 2024, "LCA"},
		{"Trinidad & Tobago", Any, 2024, "TTO"},
		{"Solomon Is.", Any, 2024, "SLB"},
		{"Guinea", Any, 2024, "GIN"},
		{"Venezuela, Bolivarian Republic of", Any, 2024, "VEN"},
		{"SUN", Any, 1985, "SUN"},
		{"SUN", Any, 0, "SUN"},
		{"Yugoslavia", Any, 1990, "YUG"},
		{"Yugoslavia", Any, 2000, "SCG"},
		{"Serbia and Montenegro", Any, 2003, "SCG"},
		{"CS", Any, 1980, "CSK"},
		{"CS", Any, 2004, "SCG"},
		{"Zaire", Any, 2024, "COD"},
		{"Zuid-Afrika", Any, 2024, "ZAF"},
		{"Verenigde Staten", Any, 2024, "USA"},
		{"Bunkers", Comtrade, 2024, "BUNKERS"},
	} {
		got, err := l.Resolve(c.text, c.system, c.year)
		if err != nil || got != c.want {
			t.Errorf("Resolve(%q, %q, %d) = %q, %v; want %s", c.text, c.system, c.year, got, err, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	l := builtin(t)
	former := []string{"ARM", "AZE", "BLR", "EST", "GEO", "KAZ", "KGZ", "LTU", "LVA", "MDA", "RUS", "TJK", "TKM", "UKR", "UZB"}
	for _, c := range []struct {
		text    string
		year    int
		code    graph.Code
		suggest []string
		message string
	}{
		{"Nethrlands", 2024, graph.NotFound, []string{"NLD"}, `no country is called "Nethrlands"; nearest known names: Netherlands (NLD)`},
		{"Brazil (beneficiated)", 2024, graph.NotFound, []string{"BRA"}, `no country is called "Brazil (beneficiated)"; nearest known names: Brazil (BRA)`},
		{"Korea", 2024, graph.BadInput, []string{"KOR", "PRK"}, `"Korea" can mean South Korea (KOR), North Korea (PRK); write which`},
		{"Asia, nes", 2024, graph.BadInput, []string{"ASIA-NES", "TWN"}, ""},
		{"Other Asia", 2024, graph.BadInput, []string{"ASIA-NES", "TWN"}, ""},
		{"4.5", 2024, graph.NotFound, []string{}, `no country is called "4.5"`},
		{"-4", 2024, graph.NotFound, nil, ""},
		{"999", 2024, graph.NotFound, []string{}, "no country has the number 999"},
		{"0", 2024, graph.NotFound, []string{}, "no country has the number 0"},
		{"World", 2024, graph.NotFound, []string{}, `no country is called "World"`},
		{"", 2024, graph.BadInput, []string{}, "no country is named"},
		{"\x00", 2024, graph.NotFound, nil, ""},
		{"736", 2012, graph.BadInput, []string{"SDN"}, `"736" stood for Sudan (SDN) until 2011, not in 2012`},
		{"SCG", 2020, graph.BadInput, []string{"MNE", "SRB", "XKX"}, ""},
		{"SUN", 2020, graph.BadInput, former, ""},
		{"Czechoslovakia", 2020, graph.BadInput, []string{"CZE", "SVK"},
			`"Czechoslovakia" stood for Czechoslovakia (CSK) until 1992, not in 2020; after it: Czechia (CZE), Slovakia (SVK)`},
		{"YUG", 2010, graph.BadInput, []string{"BIH", "HRV", "MKD", "MNE", "SRB", "SVN", "XKX"}, ""},
		{"EFTA", 2024, graph.BadInput, []string{"CHE", "ISL", "LIE", "NOR"},
			"European Free Trade Association (EFTA) is a group of countries; a country is needed here"},
	} {
		got, err := l.Resolve(c.text, Any, c.year)
		var e *graph.Error
		if got != "" || !errors.As(err, &e) || e.Code != c.code {
			t.Errorf("Resolve(%q, %d) = %q, %v; want %s", c.text, c.year, got, err, c.code)
			continue
		}
		if c.suggest != nil && !slices.Equal(e.Suggestions, c.suggest) {
			t.Errorf("Resolve(%q, %d) suggests %v, want %v", c.text, c.year, e.Suggestions, c.suggest)
		}
		if c.message != "" && e.Message != c.message {
			t.Errorf("Resolve(%q, %d): %s; want %s", c.text, c.year, e.Message, c.message)
		}
	}
}

// TestOneMeaning holds that no name or code of the built-in list means two
// places in one year, but for those that are declared to.
func TestOneMeaning(t *testing.T) {
	l := builtin(t)
	shared := []string{"asia nes", "asia other", "korea", "islands virgin"}
	check := func(s System, key string, meanings []meaning) {
		for year := 1900; year <= 2030; year++ {
			n := 0
			for _, m := range meanings {
				if m.holds(year) {
					n++
				}
			}
			if n > 1 {
				t.Errorf("%s: %q means %d places in %d", s, key, n, year)
				return
			}
		}
	}
	for s, layer := range l.layers {
		if s == anybody { // publishers may disagree
			continue
		}
		for key, meanings := range layer.names {
			if s != handed || !slices.Contains(shared, key) {
				check(s, key, meanings)
			}
		}
		for key, meanings := range layer.codes {
			if s != handed {
				check(s, key, meanings)
			}
		}
	}
}

func TestGroups(t *testing.T) {
	l := builtin(t)
	eu := l.Group("EU")
	if len(eu) != 27 || !slices.Contains(eu, "NLD") || slices.Contains(eu, "GBR") || !slices.IsSorted(eu) {
		t.Errorf("EU = %v, want the 27 members of today", eu)
	}
	if got := l.Group("NLD"); got != nil {
		t.Errorf("Group(NLD) = %v, want nil", got)
	}
	p, err := l.Find("European Union", Any, 2024)
	if err != nil || p.ID != "EU" || p.Kind != Group {
		t.Errorf("Find(European Union) = %+v, %v; want the group EU", p, err)
	}
}

func TestPlaces(t *testing.T) {
	l := builtin(t)
	kinds := map[string]Kind{"NLD": State, "SUN": Former, "AREAS-NES": Area, "EU": Group}
	for id, want := range kinds {
		if p, ok := l.Place(id); !ok || p.Kind != want {
			t.Errorf("Place(%s) = %+v, %t; want a %s", id, p, ok, want)
		}
	}
	if _, ok := l.Place("Netherlands"); ok {
		t.Error("Place takes ids only, and found a name")
	}
	for _, p := range l.Places() {
		if !graph.ValidID(p.ID) {
			t.Errorf("%s is no valid id", p.ID)
		}
		for _, id := range append(p.Successors, p.Groups...) {
			if _, ok := l.Place(id); !ok {
				t.Errorf("%s names %s, which is not in the list", p.ID, id)
			}
		}
		for _, name := range []string{p.Name, p.Dutch} {
			if got, err := l.Find(name, Any, 0); err != nil || got.ID != p.ID {
				t.Errorf("the name of %s, %q, means %s, %v", p.ID, name, got.ID, err)
			}
		}
	}
}

func TestKnows(t *testing.T) {
	l := builtin(t)
	for text, want := range map[string]bool{"NLD": true, "korea": true, "SUN": true, "EU": true, "58": true, "Ruritania": false, "": false} {
		if got := l.Knows(text); got != want {
			t.Errorf("Knows(%q) = %t", text, got)
		}
	}
}

func TestWith(t *testing.T) {
	l := builtin(t)
	more, err := l.With(
		Place{ID: "ATLANTIS", Name: "Atlantis", Aliases: []string{"Sunken Isle"}, Groups: []string{"EU", "MYTHS"}},
		Place{ID: "KOR", Aliases: []string{"Korea", "Corea"}},
		Place{ID: "NLD", Name: "The Low Country"},
	)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"atlantis": "ATLANTIS", "sunken isle": "ATLANTIS", "Corea": "KOR", "Korea": "KOR",
		"The Low Country": "NLD", "Netherlands": "NLD"} {
		if got, err := more.Resolve(text, Any, 2024); err != nil || got != want {
			t.Errorf("Resolve(%q) = %q, %v; want %s", text, got, err, want)
		}
	}
	if got := more.Group("MYTHS"); !slices.Equal(got, []string{"ATLANTIS"}) {
		t.Errorf("MYTHS = %v", got)
	}
	if got := len(more.Group("EU")); got != 28 {
		t.Errorf("EU has %d members with Atlantis, want 28", got)
	}
	if _, err := l.Resolve("Atlantis", Any, 2024); err == nil || len(l.Group("EU")) != 27 {
		t.Error("With changed the list that it was called on")
	}
	for _, row := range []Place{
		{ID: "XYZ", Name: "Germany"},
		{ID: "XYZ", Aliases: []string{"Holland"}},
		{ID: "XYZ", ISO2: "NL"},
		{ID: "XYZ", M49: "528"},
		{ID: "nld"},
		{ID: "XYZ", Groups: []string{"NLD"}},
		{ID: "XYZ", Groups: []string{"GY"}},
		{ID: "XYZ", Groups: []string{"Guyana"}},
		{ID: "NLD", ISO2: "NX"},
		{ID: "NLD", M49: "529"},
	} {
		if _, err := l.With(row); err == nil {
			t.Errorf("With(%+v) took what belongs to another place", row)
		}
	}
	pact, err := l.With(Place{ID: "PACT", Name: "The Pact"}, Place{ID: "AAA", Groups: []string{"PACT"}})
	if p, _ := pact.Place("PACT"); err != nil || p.Kind != Group || p.Name != "The Pact" {
		t.Errorf("a group with a row of its own became %+v, %v", p, err)
	}
	if _, err := l.With(Place{ID: "A1", Name: "Shared"}, Place{ID: "A2", Aliases: []string{"shared"}}); err == nil {
		t.Error("two rows of one name were taken")
	}
}

// FuzzResolve holds that every text has a defined outcome: a place that is in
// the list, or an error that says something.
func FuzzResolve(f *testing.F) {
	l := builtin(f)
	for _, s := range []string{"NLD", "842", "Korea, Rep.", "\xff\xfe", "日本", "((", "S.S.S.", "İstanbul"} {
		f.Add(s, 2024)
	}
	f.Fuzz(func(t *testing.T, text string, year int) {
		for _, s := range []System{Any, BACI, Comtrade, Comext, WorldBank} {
			id, err := l.Resolve(text, s, year)
			if _, known := l.Place(id); known == (err != nil) {
				t.Errorf("Resolve(%q, %s, %d) = %q, %v", text, s, year, id, err)
			}
			if err != nil && err.Error() == "" {
				t.Errorf("Resolve(%q, %s, %d): an error without a message", text, s, year)
			}
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	l := builtin(b)
	for _, text := range []string{"842", "NLD", "Korea, Rep.", "Nethrlands"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = l.Resolve(text, BACI, 2024)
			}
		})
	}
}

func BenchmarkBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
