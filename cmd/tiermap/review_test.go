package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/loader/entity"
)

// TestReview loads plants whose companies are like some that are known, decides
// on them, and loads the plants again.
func TestReview(t *testing.T) {
	store := "duckdb:" + filepath.Join(t.TempDir(), "review.duckdb")
	must := func(args ...string) result {
		t.Helper()
		r := run(t, append(args, "--store", store)...)
		if r.status != exitDone {
			t.Fatalf("%q: %d\n%s%s", args, r.status, r.stdout, r.stderr)
		}
		return r
	}
	known := folder(t, "known", map[string]string{
		"dataset.csv": "id,title\nknown,Known companies\n",
		"company.csv": "id,name,country\nturbines,Turbines Group A/S,DNK\nworks,Magnetwerk AG,DEU\nHWUPKR0MPOU8FGXBT394,Apple Inc.,USA\n",
	})
	plants := folder(t, "plants", map[string]string{
		"plants.csv": "node_id,company,process_ids,country_plant,country_HQ,city,lat,lon,first_year,last_year\n" +
			"A,Magnetwerk GmbH,3,DE,DE,Hanau,50.1,8.9,2020,2020\nB,Turbines,5,DK,DK,Brande,55.9,9.1,2020,2020\nC,APPLE,5,DE,US,Munich,48.1,11.6,2020,2020\n",
		"links.csv": "source,target,volume_normalised,first_year,last_year,n_years\nA,B,0.5,2020,2020,1\n",
	})
	must("load", "tables", known)
	if r := must("load", "magnets", plants); !strings.Contains(r.stderr, "names of a company: 2 for review, 1 matched") {
		t.Errorf("%s", r.stderr)
	}
	var list []entity.Finding
	if err := json.Unmarshal([]byte(must("review", "--format", "json").stdout), &list); err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	if f := list[0]; f.Written != "Magnetwerk GmbH" || f.Entity != "works" || f.Name != "Magnetwerk AG" || f.Score != 0.9 || f.Dataset != "magnets-eu" {
		t.Errorf("%+v", f)
	}
	if f := list[1]; f.Written != "Turbines" || f.Entity != "turbines" || f.Seat != "DNK" {
		t.Errorf("%+v", f)
	}
	if r := must("review", "--outcome", "matched"); !strings.Contains(r.stdout, "HWUPKR0MPOU8FGXBT394") {
		t.Errorf("%s", r.stdout)
	}

	must("review", "--reject", "Magnetwerk GmbH=works", "--country", "Germany", "--reason", "asked them")
	if r := must("review"); strings.Contains(r.stdout, "Magnetwerk") || !strings.Contains(r.stdout, "Turbines") {
		t.Errorf("decided, and listed:\n%s", r.stdout)
	}
	filled := strings.Replace(must("review", "--format", "csv").stdout, "magnets-eu,,", "magnets-eu,same,", 1)
	file := filepath.Join(t.TempDir(), "open.csv")
	if err := os.WriteFile(file, []byte(filled), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := must("review", "apply", file); !strings.HasPrefix(r.stdout, "decisions: read 1, accepted 1, rejected 0, replaced 1\n") {
		t.Errorf("%s", r.stdout)
	}
	for range 2 { // what is loaded twice stays as it is
		if r := must("load", "magnets", plants); !strings.Contains(r.stderr, "names of a company: 2 matched, 1 new") {
			t.Errorf("%s", r.stderr)
		}
		answer := must("ask", `{facility(id:"magnets-B"){operator{id}} company(id:"co-magnetwerk-deu"){name}}`).stdout
		if strings.Join(strings.Fields(answer), "") != `{"data":{"facility":{"operator":{"id":"turbines"}},"company":{"name":"MagnetwerkGmbH"}}}` {
			t.Errorf("%s", answer)
		}
	}
}

func TestReviewUsage(t *testing.T) {
	store := loadedT1(t)
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"review", "--outcome", "good"}, exitUsage, "candidate, matched, new"},
		{[]string{"review", "--format", "xml"}, exitUsage, "table, csv, json"},
		{[]string{"review", "--accept", "Acme"}, exitUsage, "NAME=ID"},
		{[]string{"review", "--accept", "Acme=nobody"}, exitFailed, "nobody"},
		{[]string{"review", "--new", "Acme", "--country", "Atlantis"}, exitFailed, "Atlantis"},
		{[]string{"review", "apply", "nowhere.csv"}, exitFailed, "no such file"},
	} {
		r := run(t, append(c.args, "--store", store)...)
		if r.status != c.status || !strings.Contains(r.stderr, c.says) {
			t.Errorf("%q: %d, %s", c.args, r.status, r.stderr)
		}
	}
	file := filepath.Join(t.TempDir(), "d.csv")
	if err := os.WriteFile(file, []byte("kind,written,country,entity,decision\nCompany,Acme,,nobody,same\nCompany,Acme,,,new\nPlanet,Mars,,,new\nCompany,Beta,,,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, "review", "apply", file, "--store", store)
	if r.status != exitRejected || !strings.HasPrefix(r.stdout, "decisions: read 3, accepted 1, rejected 2, replaced 0\n") {
		t.Errorf("%d\n%s%s", r.status, r.stdout, r.stderr)
	}
}
