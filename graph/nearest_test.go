package graph_test

import (
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
)

func TestNearest(t *testing.T) {
	known := []string{"lithium-carbonate", "lithium-hydroxide", "ndfeb-magnet", "gallium", "germanium"}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"galium", []string{"gallium"}},
		{"GALLIUM", []string{"gallium"}},
		{"magnet", []string{"ndfeb-magnet"}},
		{"lithium", []string{"lithium-carbonate", "lithium-hydroxide"}},
		{"germainum", []string{"germanium"}},
		{"zz", nil},
		{strings.Repeat("gallium", 100), nil},
	} {
		got := graph.Nearest(c.text, known, 3)
		if !slices.Equal(got, c.want) {
			t.Errorf("Nearest(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestNearestColumns(t *testing.T) {
	columns := []string{"year", "exporter", "importer", "code", "product", "value_usd", "tonnes"}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"tons", []string{"tonnes"}}, {"Exporter", []string{"exporter", "importer"}}, {"years", []string{"year"}},
		{"reporter", []string{"exporter", "importer"}}, {"ocde", []string{"code"}}, {"nothing like it", nil},
	} {
		if got := graph.Nearest(c.text, columns, 2); !slices.Equal(got, c.want) {
			t.Errorf("Nearest(%q) = %v, want %v", c.text, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ü", "u", 1}} {
		if got := graph.Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
