package drc

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
)

var builtin = sample.Countries()

func jobs(paths ...string) ([]loader.Job, error) {
	return Jobs(paths, Options{Countries: builtin, Retrieved: "2026-11-21"})
}

func load(t *testing.T, dir string) (report *loader.Report, rows []loadertest.Row, rejects string) {
	t.Helper()
	list, err := jobs(dir)
	l := sample.Load(t, list, err)
	rows, report = l.One(t)
	return report, rows, strings.ReplaceAll(l.RejectFile, dir+"/", "")
}

// TestSample holds what becomes of the sample, which a person has read.
func TestSample(t *testing.T) {
	report, rows, rejects := load(t, "testdata")
	if report.Read != 9 || report.Accepted != 5 || report.Rejected != 4 {
		t.Errorf("read %d, accepted %d, rejected %d", report.Read, report.Accepted, report.Rejected)
	}
	sample.Golden(t, "sample.golden", sample.Facts(rows, "kind", "source"))
	sample.Golden(t, "rejects.golden", rejects)
}

func TestShares(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Glencore: 75%, Gécamines : 20 %, Simco : 5%", "Glencore 0.75; Gécamines 0.2; Simco 0.05"},
		{"80% China Molybdenum et 20% Gécamines", "China Molybdenum 0.8; Gécamines 0.2"},
		{"A Mining (CNMC) (60%), Yunan Copper Mining (40%)", "A Mining (CNMC) 0.6; Yunan Copper Mining 0.4"},
		{"- China Molybdenum: 71.25%        - CATL : 23.75%      - Gécamines : 5%", "China Molybdenum 0.7125; CATL 0.2375; Gécamines 0.05"},
		{"Ivanhoe Mines Ltd:39,6 % , Zijin co Ltd: 39,6% , Crystal River Global Limited: 0,8% . * Note : 45% des parts", "Ivanhoe Mines Ltd 0.396; Zijin co Ltd 0.396; Crystal River Global Limited 0.008"},
		{"Metorex (Jinchuan)75%, Gécamines: 25%", "Metorex (Jinchuan) 0.75; Gécamines 0.25"},
		{"Zijin Mining 72%, Gécamines 28%.     NB: dans le cahier 12%", "Zijin Mining 0.72; Gécamines 0.28"},
		{"Tiger Ressources 95%", "Tiger Ressources 0.95"},
		{"China Railway Resources Co, LTD 80, Gécamines 18%", "?"},
		{"China Railway and Sinohydro 68%, Gécamines 32%", "?"},
		{"95-5%", "?"}, {"100%", "?"}, {"", "?"}, {"A 85%, B 23%", "?"}, {"A 850%", "?"},
		{"Selon les informations recueillies, l'entreprise serait détenue indirectement par Chengtun à 95%", "?"},
	} {
		got := "?"
		if list, ok := shares(c.text); ok {
			var parts []string
			for _, h := range list {
				parts = append(parts, fmt.Sprintf("%s %.6g", h.name, h.share))
			}
			got = strings.Join(parts, "; ")
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestProduction(t *testing.T) {
	for _, c := range []struct {
		text           string
		copper, cobalt float64
		wrong          loader.Reason
	}{
		{"86,328.03 tonnes Cu / 5,552.81 tonnes Co", 86328.03, 5552.81, ""},
		{"33,521.78 tonnes Cu/  9,563.79 tonnes Co (14700 tonnes Co according to Glencore's 2022 annual report)", 33521.78, 9563.79, ""},
		{"48855.24 tonnes Cu", 48855.24, -1, ""},
		{"52,038.01  tonnes Cu / 2,723.08 tonnes Co", 52038.01, 2723.08, ""},
		{"ND", -1, -1, ""}, {"", -1, -1, ""}, {"hasn't started production yet", -1, -1, ""},
		{"5 tonnes Cu / 6 tonnes Cu", -1, -1, loader.Conflict},
	} {
		if cu, co, wrong := production(c.text); cu != c.copper || co != c.cobalt || wrong != c.wrong {
			t.Errorf("%q: %v, %v, %s", c.text, cu, co, wrong)
		}
	}
}

func TestJobs(t *testing.T) {
	empty := t.TempDir()
	for want, paths := range map[string][]string{"holds no industrial_projects.csv": {empty}, "name industrial_projects.csv": {empty, empty}, "there is no such file": {filepath.Join(empty, "none")}} {
		if _, err := jobs(paths...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", paths, err, want)
		}
	}
	if _, err := Jobs([]string{"testdata"}, Options{Countries: builtin, Retrieved: "yesterday"}); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("%v", err)
	}
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	return sample.Contents(t, "industrial_projects.csv")
}

func TestDamaged(t *testing.T) {
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) { return jobs(dir) })
}

func FuzzText(f *testing.F) {
	for _, text := range []string{"A: 75%, B : 20 %", "80% A et 20% B", "5 tonnes Cu / 6 tonnes Co", "100%", "A/B", "%", "1,5 %"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, ok := shares(text)
		for _, h := range list {
			if ok && (h.share < 0 || h.share > 1 || h.name == "") {
				t.Errorf("%q: %v", text, h)
			}
		}
		owners(text)
		if cu, co, wrong := production(text); wrong == "" && (cu < -1 || co < -1) {
			t.Errorf("%q: %v, %v", text, cu, co)
		}
	})
}
