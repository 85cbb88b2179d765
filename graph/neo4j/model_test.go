package neo4j

import (
	"regexp"
	"slices"
	"testing"

	"tiermap/graph"
)

// TestEveryEndHasALabel finds a label for whatever may stand at an end of a
// relationship. A field that names a node of no kind needs one in codeLabels.
func TestEveryEndHasALabel(t *testing.T) {
	m := newModel()
	label := regexp.MustCompile(`^[A-Z][A-Za-z]*$`)
	for _, k := range m.schema.Kinds() {
		s := m.shapes[k]
		for _, c := range slices.Concat(s.from, s.to) {
			for _, l := range c.labels {
				if !label.MatchString(l) {
					t.Errorf("%s: nodes of the field %s would have the label %q: declare one for %[2]s in codeLabels",
						k.Name, k.Fields[c.field].Name, l)
				}
			}
		}
	}
}

// TestNoLabelIsLeftOver finds every word in codeLabels at some end.
func TestNoLabelIsLeftOver(t *testing.T) {
	m := newModel()
	for name := range codeLabels {
		if !slices.ContainsFunc(m.schema.Kinds(), func(k *graph.Kind) bool {
			return slices.Contains(slices.Concat(k.From, k.To), name)
		}) {
			t.Errorf("no kind has the field %s at an end: codeLabels needs it no more", name)
		}
	}
}
