package main

import (
	"math"
	"testing"
)

// D of T2: it mines, smelts and makes magnets, of which it keeps 20 t. 40/45 of its
// metal is made there, of ore of which it mined 30 of 45 t.
func TestAskMaterialDependency(t *testing.T) {
	store := loadedCase(t, "T2 three tiers")
	type account struct{ Production, Imports, Exports, Used, Supply, FinalUse float64 }
	got := answerTo[struct {
		MaterialDependency struct {
			Year                                          int
			PassOnShare, FinalUseTonnes, UnexplainedShare float64
			Direct, Embodied                              account
			Products                                      []struct {
				Product ref
				account
			}
			Shares []struct {
				Country        ref
				Direct, Origin float64
				Tonnes         *float64
			}
			Missing, Provenance []ref
			Method              struct{ Balance string }
		}
	}](t, store, `{ materialDependency(country: "D", material: "m", year: 2020) { year passOnShare finalUseTonnes unexplainedShare
		direct { production imports exports used supply finalUse } embodied { production imports exports used supply finalUse }
		products { product { id } production exports finalUse } shares { country { id } direct origin tonnes } missing { id } provenance { id } method { balance } } }`).MaterialDependency
	if got.Year != 2020 || got.FinalUseTonnes != 20 || got.Method.Balance != "MASS" || len(got.Provenance) == 0 || len(got.Missing) != 0 {
		t.Errorf("got %+v", got)
	}
	if want := (account{70, 0, 20, 70, 90, 0}); got.Direct != want {
		t.Errorf("direct %+v, want %+v", got.Direct, want)
	}
	if want := (account{30, 0, 10, 0, 30, 20}); got.Embodied != want {
		t.Errorf("embodied %+v, want %+v", got.Embodied, want)
	}
	if len(got.Products) != 3 || got.Products[0].Product.ID != "magnet" || got.Products[0].Exports != 10 {
		t.Errorf("products %+v", got.Products)
	}
	near := func(a, b float64) bool { return math.Abs(a-b) <= tolerance }
	if !near(got.PassOnShare, 2.0/9) || !near(got.UnexplainedShare, 11.0/27) || len(got.Shares) != 1 ||
		got.Shares[0].Country.ID != "D" || got.Shares[0].Direct != 1 || !near(got.Shares[0].Origin, 16.0/27) || !near(*got.Shares[0].Tonnes, 320.0/27) {
		t.Errorf("passes on %v, unexplained %v, shares %+v", got.PassOnShare, got.UnexplainedShare, got.Shares)
	}
	if code, _ := refusal(t, store, `{ materialDependency(country: "D", material: "unobtainium") { year } }`); code != "NOT_FOUND" {
		t.Errorf("an unknown material ends with %s", code)
	}
}
