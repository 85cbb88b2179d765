package main

import (
	"os"
	"strings"
	"testing"

	"tiermap/graph"
)

// TestPage holds that tables.md is as the kinds and rules say.
func TestPage(t *testing.T) {
	got, err := os.ReadFile("tables.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != page() {
		t.Error("tables.md is out of date: make generate")
	}
}

// TestMeaning holds that every table and every column says what it means.
func TestMeaning(t *testing.T) {
	for _, k := range graph.Kinds() {
		if k.Doc == "" {
			t.Errorf("%s has no meaning", k.Name)
		}
		for _, f := range k.Fields {
			if f.Doc == "" {
				t.Errorf("%s.%s has no meaning", k.Name, f.Name)
			}
			if f.Type == graph.Float && f.Unit == "" {
				t.Errorf("%s.%s has no unit", k.Name, f.Name)
			}
			if strings.HasSuffix(f.Doc, ".") {
				t.Errorf("%s.%s: the meaning is no sentence, and ends without a stop", k.Name, f.Name)
			}
		}
	}
}
