package main

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"
)

// what is known of Ruritania, its company and plant, and two materials.
var about = map[string]string{
	"dataset.csv":        "id,title,retrieved\nabout,What is known,2026-11-21\n",
	"country.csv":        "id,name\nRUR,Ruritania\n",
	"material.csv":       "id,name\ngallium,Gallium\naluminium,Aluminium\n",
	"product.csv":        "id,name,stage\nchip,Chip,component\n",
	"score.csv":          "country,indicator,year,value,standard_error,source\nRUR,WGI.RL,2023,1.5,,\nRUR,WGI.PV,2022,-0.45,0.2,table 3\nRUR,WGI.PV,2023,,,\n",
	"classification.csv": "country,scheme,year,class\nRUR,WB.INCOME,2026,High income\n",
	"measure.csv": "id,country,kind,from,notice,suspended_from,targets,entities,goods\nm-2010,RUR,quota,2010,,,,,bauxite\n" +
		"m-2023,RUR,licence,2023-08-01,Notice 23,2025-11,NLD;USA,7,wafers\n",
	"covers.csv":         "measure,material,product,code\nm-2023,gallium,,\nm-2023,,chip,\nm-2010,aluminium,,\n",
	"byproduct_of.csv":   "material,host,share\ngallium,aluminium,0.9\n",
	"recycling.csv":      "material,year,eol_rir\ngallium,2020,0\ngallium,2023,0.01\n",
	"used_in.csv":        "material,application,product,sector,share\ngallium,Lighting,,C27,\ngallium,Magnets,,C27,0.1\ngallium,Chips,chip,C26,0.7\n",
	"listing.csv":        "material,list,year,entry\ngallium,EU.CRM,2020,\ngallium,EU.CRM,2023,\ngallium,EU.SRM,2024,refined\n",
	"substitutes.csv":    "material,substitute,application\ngallium,aluminium,mirrors\n",
	"material_score.csv": "material,indicator,year,value\ngallium,EU.SR,2020,1.3\ngallium,EU.SR,2023,3.9\ngallium,EU.EI,2023,3.5\n",
	"sourcing.csv": "year,material,stage,importer,supplier,share,estimated\n2020,gallium,processing,EU,CHN,0.5,\n2020,gallium,processing,EU,RUR,,\n" +
		"2020,gallium,extraction,EU,RUR,0.25,true\n",
	"company.csv": "id,name,country,headquarters,status,registration,successor,parent_exception\nold,Old Works,RUR,NLD,inactive,merged,new,NATURAL_PERSONS;NO_LEI\nnew,New Works,RUR,,active,issued,,\n",
	"facility.csv": "id,name,country,aliases,activity,status,part_of\nshaft,Shaft,RUR,North Shaft,Mine,care and maintenance,site\n" +
		"site,Site,RUR,,,,\n",
}

// TestAboutCountriesMaterialsAndFirms asks for every fact that is no part of a
// computation, in the order in which it is given.
func TestAboutCountriesMaterialsAndFirms(t *testing.T) {
	store := "duckdb:" + filepath.Join(t.TempDir(), "s.duckdb")
	if r := run(t, "load", "tables", folder(t, "about", about), "--store", store); r.status != exitDone {
		t.Fatalf("%d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, c := range []struct{ question, answer string }{
		{`{ country(id: "RUR") { scores(indicator: "WGI.PV") { indicator year value standardError source estimated dataset file line } } }`,
			`{"country": {"scores": [
				{"indicator": "WGI.PV", "year": 2023, "value": null, "standardError": null, "source": null, "estimated": false, "dataset": "about", "file": "score.csv", "line": 4},
				{"indicator": "WGI.PV", "year": 2022, "value": -0.45, "standardError": 0.2, "source": "table 3", "estimated": false, "dataset": "about", "file": "score.csv", "line": 3}]}}`},
		{`{ country(id: "Ruritania") { scores(years: [2023], first: 2) { indicator } classes { scheme year class dataset } } other: country(id: "NLD") { scores { year } classes { year } measures { id } } }`,
			`{"country": {"scores": [{"indicator": "WGI.PV"}, {"indicator": "WGI.RL"}], "classes": [{"scheme": "WB.INCOME", "year": 2026, "class": "High income", "dataset": "about"}]},
				"other": {"scores": [], "classes": [], "measures": []}}`},
		{`{ country(id: "RUR") { measures { id kind goods from until notice suspendedFrom targets entities country { id } covers { material { id } product { id } code } dataset } } }`,
			`{"country": {"measures": [
				{"id": "m-2023", "kind": "licence", "goods": "wafers", "from": "2023-08-01", "until": null, "notice": "Notice 23", "suspendedFrom": "2025-11", "targets": ["NLD", "USA"], "entities": 7,
					"country": {"id": "RUR"}, "covers": [{"material": {"id": "gallium"}, "product": null, "code": null}, {"material": null, "product": {"id": "chip"}, "code": null}], "dataset": "about"},
				{"id": "m-2010", "kind": "quota", "goods": "bauxite", "from": "2010", "until": null, "notice": null, "suspendedFrom": null, "targets": [], "entities": null,
					"country": {"id": "RUR"}, "covers": [{"material": {"id": "aluminium"}, "product": null, "code": null}], "dataset": "about"}]}}`},
		{`{ material(id: "gallium") { measures { id } byproductOf { host share } byproducts { host } recycling { year inputRate } recent: recycling(first: 1) { year } uses { application product { id } sector share } lists { list year entry } substitutes { material { id } application } } }`,
			`{"material": {"measures": [{"id": "m-2023"}], "byproductOf": [{"host": "aluminium", "share": 0.9}], "byproducts": [],
				"recycling": [{"year": 2023, "inputRate": 0.01}, {"year": 2020, "inputRate": 0}], "recent": [{"year": 2023}],
				"uses": [{"application": "Chips", "product": {"id": "chip"}, "sector": "C26", "share": 0.7}, {"application": "Magnets", "product": null, "sector": "C27", "share": 0.1},
					{"application": "Lighting", "product": null, "sector": "C27", "share": null}],
				"lists": [{"list": "EU.SRM", "year": 2024, "entry": "refined"}, {"list": "EU.CRM", "year": 2023, "entry": null}, {"list": "EU.CRM", "year": 2020, "entry": null}],
				"substitutes": [{"material": {"id": "aluminium"}, "application": "mirrors"}]}}`},
		{`{ material(id: "gallium") { scores(indicator: "EU.SR") { year value } all: scores { indicator year } sourcing { year stage importer { id } supplier { id } share estimated } refined: sourcing(importer: "European Union", stage: PROCESSING, first: 1) { supplier { id } } none: sourcing(importer: "NLD") { year } } aluminium: material(id: "aluminium") { byproducts { material { id } host } } }`,
			`{"material": {"scores": [{"year": 2023, "value": 3.9}, {"year": 2020, "value": 1.3}],
				"all": [{"indicator": "EU.EI", "year": 2023}, {"indicator": "EU.SR", "year": 2023}, {"indicator": "EU.SR", "year": 2020}],
				"sourcing": [{"year": 2020, "stage": "EXTRACTION", "importer": {"id": "EU"}, "supplier": {"id": "RUR"}, "share": 0.25, "estimated": true},
					{"year": 2020, "stage": "PROCESSING", "importer": {"id": "EU"}, "supplier": {"id": "CHN"}, "share": 0.5, "estimated": false},
					{"year": 2020, "stage": "PROCESSING", "importer": {"id": "EU"}, "supplier": {"id": "RUR"}, "share": null, "estimated": false}],
				"refined": [{"supplier": {"id": "CHN"}}], "none": []}, "aluminium": {"byproducts": [{"material": {"id": "gallium"}, "host": "aluminium"}]}}`},
		{`{ company(id: "old") { headquarters { id } status registration successor { id successor { id } status } parentException ultimateParentException } facility(id: "shaft") { aliases activity status partOf { id partOf { id } } } }`,
			`{"company": {"headquarters": {"id": "NLD"}, "status": "inactive", "registration": "merged", "successor": {"id": "new", "successor": null, "status": "active"},
				"parentException": ["NATURAL_PERSONS", "NO_LEI"], "ultimateParentException": []},
				"facility": {"aliases": ["North Shaft"], "activity": "Mine", "status": "care and maintenance", "partOf": {"id": "site", "partOf": null}}}`},
	} {
		var want any
		if err := json.Unmarshal([]byte(c.answer), &want); err != nil {
			t.Fatal(err)
		}
		if got := answerTo[any](t, store, c.question); !reflect.DeepEqual(got, want) {
			text, _ := json.MarshalIndent(got, "", " ")
			t.Errorf("%s\ngives %s", c.question, text)
		}
	}
	if code, _ := refusal(t, store, `{ country(id: "RUR") { scores(first: 1001) { year } } }`); code != "BAD_INPUT" {
		t.Errorf("a list of 1001 ends with %s", code)
	}
}
