package queries

import (
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCatalogue(t *testing.T) {
	all, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	twins, err := fs.Glob(files, "*.graphql")
	if err != nil {
		t.Fatal(err)
	}
	if len(twins) != len(all) {
		t.Errorf("%d files of GraphQL for %d questions in Cypher", len(twins), len(all))
	}
	var names []string
	for _, q := range all {
		names = append(names, q.Name)
	}
	want := []string{"chain-paths", "chokepoints", "company-and-owners", "direct-suppliers", "hang-on-one-country", "material-in-products",
		"origins-beside-direct", "provenance-of-a-link", "stopped-stage", "suppliers-in-common", "tier-profile",
		"trade-of-a-code", "value-added-rounds", "who-depends"}
	if !slices.Equal(names, want) {
		t.Errorf("the questions are %q, want %q", names, want)
	}
}

var (
	returned = regexp.MustCompile(`(?s)\nRETURN (.*?)(\nORDER BY|$)`)
	alias    = regexp.MustCompile(`\bAS (\w+)`)
	variable = regexp.MustCompile(`\$(\w+):`)
)

// What a header states is what the query takes and gives.
func TestHeadersHold(t *testing.T) {
	for _, q := range All() {
		_, body := q.split()
		declared := q.parameterNames()
		used := map[string]bool{}
		for _, m := range parameterUse.FindAllStringSubmatch(body, -1) {
			used[m[1]] = true
			if !slices.Contains(declared, m[1]) {
				t.Errorf("%s.cypher uses $%s, which it does not declare", q.Name, m[1])
			}
		}
		for _, m := range variable.FindAllStringSubmatch(q.Twin.GraphQL, -1) {
			used[m[1]] = true
			if !slices.Contains(declared, m[1]) {
				t.Errorf("%s.graphql has the variable $%s, which its twin does not declare", q.Name, m[1])
			}
		}
		for _, name := range declared {
			if !used[name] {
				t.Errorf("%s declares $%s, which neither twin uses", q.Name, name)
			}
		}
		last := returned.FindAllStringSubmatch(body, -1)
		var aliases, columns []string
		for _, item := range regexp.MustCompile(`,\s+`).Split(last[len(last)-1][1], -1) {
			if m := alias.FindAllStringSubmatch(item, -1); m != nil {
				aliases = append(aliases, m[len(m)-1][1])
			} else if regexp.MustCompile(`^\w+$`).MatchString(item) {
				aliases = append(aliases, item)
			}
		}
		for _, c := range q.Columns {
			columns = append(columns, c.Name)
		}
		if !slices.Equal(aliases, columns) {
			t.Errorf("%s.cypher returns %q and declares %q", q.Name, aliases, columns)
		}
	}
}

func TestSaved(t *testing.T) {
	for _, q := range All() {
		saved := q.Saved()
		if strings.Contains(saved, "$") || !strings.HasPrefix(saved, "// "+q.Title+"\n") {
			t.Errorf("%s: a saved query opens with its title and needs no parameters:\n%s", q.Name, saved)
		}
	}
	q, _ := Find("chokepoints")
	want := `// Chokepoints of a product
//
// The countries that the world's supply of a product passes, at any stage of
// its chain: what the world would lose if one stopped and nothing were rerouted.
MATCH picture = (p:Product {id: 'cobalt-refined'})-[r:PASSES {material: 'cobalt', year: 2024}]->(c:Country)
RETURN c.id AS country, r.world_share AS world_share, r.countries AS countries, picture
ORDER BY world_share DESC, country
LIMIT 10
`
	if got := q.Saved(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

const (
	goodCypher = "// Title\n//\n// What it\n// answers.\n//\n// Parameters:\n//   $n integer = 3: how many\n//   $list texts = [\"a\", \"b\"]: which\n//   $id text, such as \"x\": whose\n" +
		"// Columns:\n//   share number: part of\n//     the whole\n// Leaves out:\n//   This\n//   and that.\nRETURN 1 AS share\n"
	goodGraphQL = "# Title\n#\n# Leaves out:\n#   Much.\n# Rows, in jq:\n#   .a\n#     | .b\n{ a }\n"
)

func TestParse(t *testing.T) {
	got, err := parse("x", goodCypher, goodGraphQL)
	if err != nil {
		t.Fatal(err)
	}
	want := Query{Name: "x", Title: "Title", Doc: "What it answers.", Cypher: goodCypher, LeavesOut: "This and that.",
		Parameters: []Parameter{{"n", Integer, int64(3), false, "how many"}, {"list", Texts, []string{"a", "b"}, false, "which"}, {"id", Text, "x", true, "whose"}},
		Columns:    []Column{{"share", Number, "part of the whole"}},
		Twin:       Twin{GraphQL: goodGraphQL, Rows: ".a\n  | .b", LeavesOut: "Much."}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	replace := func(s, old, new string) string { return strings.Replace(s, old, new, 1) }
	for _, c := range []struct{ cypher, graphql, says string }{
		{"RETURN 1", goodGraphQL, "no title"},
		{goodCypher, "{ a }", "no title"},
		{replace(goodCypher, "// What it\n// answers.\n", ""), goodGraphQL, "what it answers"},
		{replace(goodCypher, "Columns:", "Colums:"), goodGraphQL, `"Colums" is unknown`},
		{replace(goodCypher, "Leaves out:", "Columns:"), goodGraphQL, "repeated"},
		{replace(goodCypher, " = 3", ""), goodGraphQL, "not of the form $name"},
		{replace(goodCypher, "= 3", "= 3.5"), goodGraphQL, "no whole number"},
		{replace(goodCypher, "$list texts = [\"a\", \"b\"]", "$n text = \"x\""), goodGraphQL, "declared twice"},
		{replace(goodCypher, "share number", "share percent"), goodGraphQL, "not of the form name"},
		{replace(goodCypher, "//   This\n", "// This\n"), goodGraphQL, "neither a section nor part of one"},
		{goodCypher, replace(goodGraphQL, "Title", "Another"), `its title is "Another"`},
		{goodCypher, replace(goodGraphQL, "# Rows, in jq:\n#   .a\n#     | .b\n", ""), "what its rows are"},
	} {
		if _, err := parse("x", c.cypher, c.graphql); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v, want %q", err, c.says)
		}
	}
}

func TestValues(t *testing.T) {
	q := Query{Name: "q", Parameters: []Parameter{{Name: "text", Type: Text, Default: "d"}, {Name: "whole", Type: Integer, Default: int64(1)},
		{Name: "real", Type: Number, Default: 0.5}, {Name: "texts", Type: Texts, Default: []string{}}, {Name: "years", Type: Integers, Default: []int64{2024}}}}
	for _, c := range []struct {
		given map[string]string
		name  string
		want  any
	}{
		{nil, "text", "d"},
		{nil, "years", []int64{2024}},
		{map[string]string{"text": "a,b"}, "text", "a,b"},
		{map[string]string{"text": ""}, "text", ""},
		{map[string]string{"whole": "2020"}, "whole", int64(2020)},
		{map[string]string{"real": "1e-3"}, "real", 0.001},
		{map[string]string{"texts": "a,b"}, "texts", []string{"a", "b"}},
		{map[string]string{"texts": `["a,b"]`}, "texts", []string{"a,b"}},
		{map[string]string{"years": "2019,2020"}, "years", []int64{2019, 2020}},
	} {
		if got, err := q.Values(c.given); err != nil || !reflect.DeepEqual(got[c.name], c.want) || len(got) != 5 {
			t.Errorf("%v: %v (%v), want %s = %v", c.given, got, err, c.name, c.want)
		}
	}
	for given, says := range map[string]string{"whole=2020.5": "no whole number", "real=NaN": "no number", "texts=[1]": "no list of texts",
		"years=x": "no list of whole numbers", "wholes=1": `no parameter "wholes"; it has text, whole, real, texts, years`} {
		name, value, _ := strings.Cut(given, "=")
		if _, err := q.Values(map[string]string{name: value}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v, want %q", given, err, says)
		}
	}
}

func TestValuesThatAreRequired(t *testing.T) {
	q := Query{Name: "q", Parameters: []Parameter{{Name: "id", Type: Text, Default: "x", Required: true, Doc: "whose"}}}
	if got, err := q.Values(map[string]string{"id": "y"}); err != nil || got["id"] != "y" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := q.Values(nil); err == nil || err.Error() != "q has to be given id, such as id=x: whose" {
		t.Errorf("error %v", err)
	}
}

func TestLiteral(t *testing.T) {
	for want, v := range map[string]any{`'it\'s \\'`: `it's \`, "['a', 'b']": []string{"a", "b"}, "[1, 2]": []int64{1, 2}, "0.001": 0.001, "7": int64(7)} {
		if got := literal(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}
