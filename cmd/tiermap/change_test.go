package main

import (
	"math"
	"path/filepath"
	"testing"
)

// T1 in 2020, and in 2021, when A sold C 30 t more and B sold C 20 t less (worked
// out in the engine's tests).
func TestAskChange(t *testing.T) {
	files := map[string]string{}
	for name, text := range t1 {
		files[name] = text
	}
	files["production.csv"] = "year,product,country,tonnes\n2020,p,A,100\n2020,p,B,40\n2021,p,A,100\n2021,p,B,40\n"
	files["trade.csv"] = "year,exporter,importer,product,tonnes\n2020,A,B,p,60\n2020,A,C,p,10\n2020,B,C,p,50\n2020,C,B,p,10\n" +
		"2021,A,B,p,60\n2021,A,C,p,40\n2021,B,C,p,30\n2021,C,B,p,10\n"
	store := "duckdb:" + filepath.Join(t.TempDir(), "t1.duckdb")
	if r := run(t, "load", "tables", folder(t, "t1", files), "--store", store); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	got := answerTo[struct {
		Change struct {
			Before, After struct{ Year int }
			Shares        []struct {
				Country                                                      ref
				OriginBefore, OriginAfter, Change, DirectBefore, DirectAfter float64
			}
			Links struct {
				Rest, Total float64
				Links       []struct {
					From, To, FromProduct ref
					By                    string
					Change                float64
				}
			}
		}
	}](t, store, `{ change(country: "C", product: "p", from: 2020, to: 2021) { before { year } after { year }
		shares { country { id } originBefore originAfter change directBefore directAfter }
		links(origin: "A", first: 1) { rest total links { from { id } to { id } fromProduct { id } by change } } } }`).Change
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > tolerance {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	if got.Before.Year != 2020 || got.After.Year != 2021 || len(got.Shares) != 2 || got.Shares[0].Country.ID != "A" || len(got.Links.Links) != 1 {
		t.Fatalf("got %+v", got)
	}
	near("A before", got.Shares[0].OriginBefore, 41.0/61)
	near("A after", got.Shares[0].OriginAfter, 62.0/74)
	near("A's change", got.Shares[0].Change, 62.0/74-41.0/61)
	near("all links", got.Links.Total, 62.0/74-41.0/61)
	near("the link from A", got.Links.Links[0].Change, (66.0/61+77.0/74)/2*(4.0/7-1.0/6))
	near("the rest", got.Links.Rest, got.Links.Total-got.Links.Links[0].Change)
	if l := got.Links.Links[0]; l.From.ID != "A" || l.To.ID != "C" || l.FromProduct.ID != "p" || l.By != "TRADE" {
		t.Errorf("the first link is %+v", l)
	}
	if code, _ := refusal(t, store, `{ change(country: "C", product: "p", from: 2020, to: 2020) { method } }`); code != "BAD_INPUT" {
		t.Errorf("one year twice ends with %s", code)
	}
	for _, question := range []string{
		`{ change(country: "C", product: "p", from: 2020, to: 2021) { links(origin: "EU") { total } } }`,
		`{ change(country: "EU", product: "p", from: 2020, to: 2021) { links(origin: "NLD") { total } } }`,
	} {
		if code, _ := refusal(t, store, question); code != "BAD_INPUT" {
			t.Errorf("%s ends with %s", question, code)
		}
	}
}
