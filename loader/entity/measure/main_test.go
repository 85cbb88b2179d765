package main

import (
	"strings"
	"testing"

	"tiermap/loader/entity"
)

// TestFigures holds the figures that docs/entity-resolution.md tells.
func TestFigures(t *testing.T) {
	s, err := read()
	if err != nil {
		t.Fatal(err)
	}
	f := s.measure(entity.Options{})
	if len(s.written) != 299 || len(s.known) != 252 || f.positives != 206 || f.right != 126 || f.wrong != 0 || f.offered != 58 || f.review != 76 {
		t.Errorf("%d names, %d known: %+v", len(s.written), len(s.known), f)
	}
}

// TestSample: every label is a company that is known, and no name stands twice.
func TestSample(t *testing.T) {
	s, err := read()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"": true}
	for _, e := range s.known {
		known[e.ID] = true
	}
	seen := map[string]bool{}
	for i, w := range s.written {
		if k := w.Text + "|" + w.Country; !known[s.label[i]] || seen[k] {
			t.Errorf("line %d: %s, %q", w.Line, k, s.label[i])
		} else {
			seen[k] = true
		}
	}
}

func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(&out, true); err != nil || !strings.Contains(out.String(), "299 names, of which 206 are of a known company; 252 companies known") ||
		!strings.Contains(out.String(), `missed: "Luoyang Molybdenum"`) {
		t.Errorf("%v\n%s", err, out.String())
	}
}
