package supply_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// pair is a row of correspondence; share NaN: not stated.
func pair(code, other string, share float64) supply.CorrespondsRow {
	return supply.CorrespondsRow{Dataset: "wco", Code: code, Other: other, Share: share}
}

var unstated = math.NaN()

// catalogueOf has one product under one code, some correspondences, and trade of
// a tonne in 2022 under each of the codes.
func catalogueOf(code string, share float64, rows []supply.CorrespondsRow, traded ...string) *supply.Catalogue {
	f := supply.Facts{Datasets: []graph.Dataset{{ID: "d"}, {ID: "wco", Priority: 1}, {ID: "other"}},
		Products:    []supply.ProductRow{{Dataset: "d", ID: "p"}},
		CodedAs:     []supply.CodedAsRow{{Dataset: "d", Product: "p", Code: code, Share: share}},
		Corresponds: rows}
	for _, c := range traded {
		f.Coverage = append(f.Coverage, graph.TradeCoverage{Dataset: "d", Code: c, Year: 2022, Rows: 1, Tonnes: 1})
	}
	return supply.NewCatalogue(f)
}

// sources are the codes whose trade counts for the product, and the assumptions
// about them.
func sources(t *testing.T, c *supply.Catalogue) (codes, assumptions []string) {
	t.Helper()
	plan, err := c.Plan(supply.Question{Product: "p", Year: 2022}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range plan.Trade {
		codes = append(codes, s.Code)
	}
	n, err := supply.Assemble(t.Context(), plan, plan.NewTrade(), supply.Mass)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range n.Assumptions {
		if strings.Contains(a, "answers for") {
			assumptions = append(assumptions, a)
		}
	}
	return codes, assumptions
}

func TestCorrespondences(t *testing.T) {
	for _, test := range []struct {
		name   string
		code   string
		share  float64
		rows   []supply.CorrespondsRow
		traded []string
		codes  []string
		says   []string // parts of the assumptions, one each
	}{
		{"no table, no answer", "HS2017:811292", 1, nil, []string{"HS2022:811292"}, nil, nil},
		{"one for one", "HS2017:1", 1, []supply.CorrespondsRow{pair("HS2017:1", "HS2022:2", unstated)}, []string{"HS2022:2", "HS2022:1"},
			[]string{"HS2022:2"}, []string{"all of its trade counts as p."}},
		{"the table in the other direction", "HS2022:2", 1, []supply.CorrespondsRow{pair("HS2017:1", "HS2022:2", unstated)}, []string{"HS2017:1"},
			[]string{"HS2017:1"}, []string{"all of its trade counts as p."}},
		{"several into one", "HS2017:1", 1, []supply.CorrespondsRow{pair("HS2017:1", "HS2022:3", unstated), pair("HS2017:2", "HS2022:3", unstated),
			pair("HS2017:4", "HS2022:3", unstated), pair("HS2017:5", "HS2022:3", unstated)}, []string{"HS2022:3"},
			[]string{"HS2022:3"}, []string{"a share of 0.25 of its trade counts as p, estimated."}},
		{"what a stated share leaves", "HS2017:1", 1, []supply.CorrespondsRow{pair("HS2017:1", "HS2022:3", unstated), pair("HS2022:3", "HS2017:2", 0.75)}, []string{"HS2022:3"},
			[]string{"HS2022:3"}, []string{"a share of 0.25 of its trade counts as p."}},
		{"a part of a code that is divided", "HS2017:1", 0.5, []supply.CorrespondsRow{pair("HS2017:1", "HS2022:2", unstated), pair("HS2017:1", "HS2022:3", unstated)},
			[]string{"HS2022:2", "HS2022:3"}, []string{"HS2022:2", "HS2022:3"},
			[]string{"a share of 0.5 of its trade counts as p, estimated.", "a share of 0.5 of its trade counts as p, estimated."}},
		{"not listed is unchanged", "HS2017:9", 1, []supply.CorrespondsRow{pair("HS2017:1", "HS2022:2", unstated)}, []string{"HS2022:9"},
			[]string{"HS2022:9"}, []string{"all of its trade counts as p."}},
		{"a number that came to mean something else", "HS2017:2", 1, []supply.CorrespondsRow{pair("HS2017:1", "HS2022:2", unstated)}, []string{"HS2022:2"}, nil, nil},
		{"the table that ranks first, alone", "HS2017:1", 1, []supply.CorrespondsRow{pair("HS2017:1", "HS2022:2", unstated),
			{Dataset: "other", Code: "HS2017:1", Other: "HS2022:3", Share: unstated}}, []string{"HS2022:2", "HS2022:3"},
			[]string{"HS2022:2"}, []string{"all of its trade counts as p."}},
		{"an edition of the Combined Nomenclature of the same revision", "HS2022:811292", 1, nil, []string{"CN2024:81129289", "CN2024:81129900"},
			[]string{"CN2024:81129289"}, []string{"of which it is a part"}},
		{"an edition of another revision, without a table", "HS2017:811292", 1, nil, []string{"CN2024:81129289"}, nil, nil},
		{"two editions of the Combined Nomenclature", "CN2022:81129289", 1, []supply.CorrespondsRow{pair("CN2022:81129289", "CN2024:81129270", unstated)},
			[]string{"CN2024:81129270", "CN2024:81129289"}, []string{"CN2024:81129270"}, []string{"by the correspondence of wco"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			codes, says := sources(t, catalogueOf(test.code, test.share, test.rows, test.traded...))
			if !slices.Equal(codes, test.codes) || len(says) != len(test.says) {
				t.Fatalf("codes %q, assumptions %q", codes, says)
			}
			for i, part := range test.says {
				if !strings.Contains(says[i], part) {
					t.Errorf("assumption %q, want %q in it", says[i], part)
				}
			}
		})
	}
}

// TestTradeCodes holds which codes a change of trade may come under.
func TestTradeCodes(t *testing.T) {
	c := catalogueOf("HS2017:811292", 1, []supply.CorrespondsRow{pair("HS2017:1", "HS2022:2", unstated)},
		"HS2022:811292", "CN2022:81129289", "CN2021:81129281", "HS2012:811292")
	if got, want := c.TradeCodes("p"), []string{"CN2021:81129281", "CN2022:81129289", "HS2017:811292", "HS2022:811292"}; !slices.Equal(got, want) {
		t.Errorf("codes %q, want %q", got, want)
	}
}

// Whatever corresponds: what the codes of one revision take of a code of the
// other adds up to all of it, as long as no share is stated.
func TestCorrespondencesDivideAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		const codes = 4
		var rows []supply.CorrespondsRow
		partners := map[int][]int{} // of the codes of HS2022
		for a := range codes {
			for b := range codes {
				if rapid.Bool().Draw(r, "pair") {
					rows = append(rows, pair(fmt.Sprint("HS2017:", a), fmt.Sprint("HS2022:", b), unstated))
					partners[b] = append(partners[b], a)
				}
			}
		}
		if len(rows) == 0 {
			return
		}
		f := supply.Facts{Datasets: []graph.Dataset{{ID: "d"}, {ID: "wco"}}, Corresponds: rows}
		for a := range codes {
			f.Products = append(f.Products, supply.ProductRow{Dataset: "d", ID: fmt.Sprint("p", a)})
			f.CodedAs = append(f.CodedAs, supply.CodedAsRow{Dataset: "d", Product: fmt.Sprint("p", a), Code: fmt.Sprint("HS2017:", a), Share: 1})
		}
		words := graph.NewWords()
		batch := graph.NewBatch(graph.NewSchema().Kind(graph.Trades), words, codes)
		total := 0.0
		for b := range codes {
			if len(partners[b]) == 0 {
				continue
			}
			row := batch.Add()
			for field, text := range map[string]string{"dataset": "d", "exporter": "A", "importer": "B", "code": fmt.Sprint("HS2022:", b)} {
				row.SetText(field, text)
			}
			row.SetInt("year", 2022)
			row.SetFloat("tonnes", 1)
			total++
			f.Coverage = append(f.Coverage, graph.TradeCoverage{Dataset: "d", Code: fmt.Sprint("HS2022:", b), Year: 2022, Rows: 1, Tonnes: 1})
		}
		c := supply.NewCatalogue(f)
		sum := 0.0
		for a := range codes {
			plan, err := c.Plan(supply.Question{Place: "B", Product: fmt.Sprint("p", a), Year: 2022}, nil)
			if err != nil {
				r.Fatal(err)
			}
			trade := plan.NewTrade()
			if err := trade.Append(batch); err != nil {
				r.Fatal(err)
			}
			n, err := supply.Assemble(t.Context(), plan, trade, supply.Mass)
			if err != nil {
				r.Fatal(err)
			}
			for _, node := range n.Nodes {
				sum += node.Imports
			}
		}
		if math.Abs(sum-total) > 1e-9 {
			r.Fatalf("of %g t, %g t are counted", total, sum)
		}
	})
}
