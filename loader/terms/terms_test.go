package terms

import (
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader/loadertest"
)

const header = "term,ids,note\n"

func TestTable(t *testing.T) {
	table, err := Read(header + "Barytes,baryte,\nPGMs,platinum;rhodium,a group\nAggregates,,not followed\n")
	if err != nil {
		t.Fatal(err)
	}
	for term, want := range map[string][]string{"barytes": {"baryte"}, " PGMs ": {"platinum", "rhodium"}, "AGGREGATES": nil} {
		if ids, known := table.Find(term); !known || !slices.Equal(ids, want) {
			t.Errorf("%s: %v, %v", term, ids, known)
		}
	}
	if ids, known := table.Find("Unobtainium"); known || ids != nil {
		t.Errorf("%v", ids)
	}
	if got := table.IDs(); !slices.Equal(got, []string{"baryte", "platinum", "rhodium"}) {
		t.Errorf("%v", got)
	}
}

func TestTableRefused(t *testing.T) {
	for text, want := range map[string]string{"": "columns", "name,ids,note\n": "columns", header + "a,b c,\n": "line 2", header + "a,b,\nA ,c,\n": "line 3",
		header + ",b,\n": "line 2", header + "a,\"b,\n": "quote"} {
		if _, err := Read(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestKnown(t *testing.T) {
	known, err := KnownOf(t.Context(), loadertest.Catalogue{Materials: []string{"baryte"}}, graph.Material)
	if err != nil || known.Missing("baryte") != "" || !strings.HasPrefix(known.Missing("baryte", "gold"), "gold, which") {
		t.Errorf("%v %v", known, err)
	}
	if none, err := KnownOf(t.Context(), nil, graph.Material); err != nil || none.Missing("gold") != "" {
		t.Errorf("%v %v", none, err)
	}
}
