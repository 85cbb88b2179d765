package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the README shows anew")

// TestReadme types every command of the README's tour, on the starter data, and
// holds what comes out against what the README shows; numbers to 1e-9.
func TestReadme(t *testing.T) {
	const readme = "../../README.md"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	store := "duckdb:" + filepath.Join(t.TempDir(), "starter.duckdb")
	folders, err := filepath.Glob("../../data/*/dataset.csv")
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range folders {
		folders[i] = filepath.Dir(file)
	}
	if r := run(t, append([]string{"load", "tables", "--store", store}, folders...)...); r.status != exitDone {
		t.Fatalf("the starter data: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	want := string(text)
	got := console.ReplaceAllStringFunc(want, func(block string) string {
		command := console.FindStringSubmatch(block)[1]
		r := runWith(t, "", map[string]string{"TIERMAP_STORE": store}, words(t, command)[1:]...)
		if r.status != exitDone {
			t.Errorf("%s: status %d\n%s%s", command, r.status, r.stdout, r.stderr)
		}
		return "```console\n$ " + command + "\n" + r.stdout + "```\n"
	})
	got = between(got, "answer", answerText(t, store))
	got = between(got, "materials", materialsTable(t, store))
	if *update {
		if err := os.WriteFile(readme, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	wantLines, gotLines := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wantLines), len(gotLines)) {
		if !sameButForRounding(gotLines[i], wantLines[i]) {
			t.Fatalf("line %d of the README says\n%s\nbut it is\n%s\n(go test ./cmd/tiermap -run Readme -update writes it anew; read what changed)",
				i+1, wantLines[i], gotLines[i])
		}
	}
	if len(wantLines) != len(gotLines) {
		t.Errorf("the README has %d lines, what comes out %d", len(wantLines), len(gotLines))
	}
}

var (
	console = regexp.MustCompile("(?s)```console\n\\$ (bin/tiermap [^\n]*)\n(.*?)```\n")
	numbers = regexp.MustCompile(`\d+(\.\d+)?(e-?\d+)?`)
)

// words splits a command line; only single quotes are known.
func words(t *testing.T, line string) []string {
	t.Helper()
	var list []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, part)
			continue
		}
		list = append(list, strings.Fields(part)...)
	}
	return list
}

// between replaces what stands between two marks.
func between(text, mark, with string) string {
	open, end := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->"
	i, j := strings.Index(text, open), strings.Index(text, end)
	if i < 0 || j < i {
		return text
	}
	return text[:i+len(open)] + with + text[j:]
}

// sameButForRounding compares two lines number by number.
func sameButForRounding(a, b string) bool {
	if a == b {
		return true
	}
	x, y := numbers.FindAllString(a, -1), numbers.FindAllString(b, -1)
	if numbers.ReplaceAllString(a, "") != numbers.ReplaceAllString(b, "") || len(x) != len(y) {
		return false
	}
	return !slices.ContainsFunc(x, func(s string) bool {
		i := slices.Index(x, s)
		u, _ := strconv.ParseFloat(s, 64)
		v, _ := strconv.ParseFloat(y[i], 64)
		return math.Abs(u-v) > 1e-9*max(1, math.Abs(v))
	})
}

// dutch is what the README shows of one answer.
type dutch struct {
	Year             int
	UnexplainedShare float64
	EstimatedShare   float64
	Product          struct{ Name string }
	Material         struct{ Name string }
	Shares           []dutchShare
	Chokepoints      []struct {
		Country          struct{ Name string }
		PassThroughShare float64
	}
}

type dutchShare struct {
	Country        struct{ ID, Name string }
	Direct, Origin float64
}

func askDutch(t *testing.T, store, product, material string, year int) dutch {
	t.Helper()
	r := run(t, "ask", fmt.Sprintf(`{ dependency(country: "NLD", product: %q, material: %q, year: %d) {
		year unexplainedShare estimatedShare product { name } material { name }
		shares { country { id name } direct origin } chokepoints(first: 1) { country { name } passThroughShare } } }`, product, material, year),
		"--store", store)
	var got struct{ Data struct{ Dependency dutch } }
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.status != exitDone {
		t.Fatalf("%s: %v %d\n%s%s", product, err, r.status, r.stdout, r.stderr)
	}
	return got.Data.Dependency
}

// percent rounds to whole per cent, and shows what is missing to all of it.
func percent(share float64) string {
	if share > 0.99 && share < 0.9995 {
		return fmt.Sprintf("%.1f %%", 100*share)
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}

// answerText answers the question at the head of the README.
func answerText(t *testing.T, store string) string {
	a := askDutch(t, store, "cobalt-refined", "cobalt", 2024)
	for _, s := range a.Shares {
		if s.Country.ID == "COD" && s.Direct == 0 {
			return fmt.Sprintf("In %d at least %s of the refined cobalt that reached the Netherlands was mined there. Most of that was refined in %s, which %s of the whole supply passes. For %s the data do not say where it started.\n",
				a.Year, percent(s.Origin), a.Chokepoints[0].Country.Name, percent(a.Chokepoints[0].PassThroughShare), percent(a.UnexplainedShare))
		}
	}
	t.Fatal("the Congo is no hidden origin of Dutch cobalt")
	return ""
}

func materialsTable(t *testing.T, store string) string {
	var b strings.Builder
	b.WriteString("| product | followed | year | direct: most from | origin: most from | passes | unexplained | estimated |\n|---|---|---|---|---|---|---|---|\n")
	for _, q := range []struct {
		product, material string
		year              int
	}{
		{"aluminium-primary", "aluminium", 2024}, {"antimony-metal", "antimony", 2024}, {"arsenic-metal", "arsenic", 2024}, {"baryte", "baryte", 2024},
		{"beryllium-metal", "beryllium", 2024}, {"bismuth-metal", "bismuth", 2024}, {"borate-ore", "boron", 2024}, {"cobalt-refined", "cobalt", 2024},
		{"coking-coal", "coking-coal", 2024}, {"copper-refined", "copper", 2024}, {"feldspar", "feldspar", 2024}, {"fluorspar", "fluorspar", 2024},
		{"gallium-crude", "gallium", 2024}, {"germanium-metal", "germanium", 2024}, {"hafnium-metal", "hafnium", 2023}, {"helium", "helium", 2024},
		{"ndfeb-magnet", "dysprosium", 2024}, {"ndfeb-magnet", "neodymium", 2024}, {"lithium-carbonate", "lithium", 2024}, {"magnesium-metal", "magnesium", 2024},
		{"manganese-alloys", "manganese", 2023}, {"natural-graphite-mined", "natural-graphite", 2024}, {"nickel-refined", "nickel", 2024}, {"ferroniobium", "niobium", 2024},
		{"phosphate-rock", "phosphate-rock", 2024}, {"white-phosphorus", "phosphorus", 2024}, {"palladium-metal", "palladium", 2024}, {"platinum-metal", "platinum", 2024},
		{"scandium-oxide", "scandium", 2023}, {"silicon-metal", "silicon", 2024}, {"strontium-carbonate", "strontium", 2024}, {"tantalum-metal", "tantalum", 2024},
		{"titanium-sponge", "titanium", 2024}, {"tungsten-powder", "tungsten", 2024}, {"ferrovanadium", "vanadium", 2024},
		{"lithium-ion-cell", "lithium", 2023}, {"lithium-ion-cell", "cobalt", 2023}, {"smartphone", "cobalt", 2022}, {"wind-turbine", "neodymium", 2022},
	} {
		a := askDutch(t, store, q.product, q.material, q.year)
		direct := slices.Clone(a.Shares)
		slices.SortStableFunc(direct, func(x, y dutchShare) int { return cmp.Compare(y.Direct, x.Direct) })
		var origins []string
		for _, s := range a.Shares[:min(2, len(a.Shares))] {
			origins = append(origins, s.Country.Name+" "+percent(s.Origin))
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %s %s | %s | %s %s | %s | %s |\n", a.Product.Name, strings.ToLower(a.Material.Name), a.Year,
			direct[0].Country.Name, percent(direct[0].Direct), strings.Join(origins, ", "),
			a.Chokepoints[0].Country.Name, percent(a.Chokepoints[0].PassThroughShare), percent(a.UnexplainedShare), percent(a.EstimatedShare))
	}
	return b.String()
}
