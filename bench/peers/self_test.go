package peers

import (
	"math"
	"strings"
	"testing"
)

// What a benchmark prints rests on these: no peer is asked here.

func TestAnswersAreHeldAgainstEachOther(t *testing.T) {
	s := &sheet{workload: &workload{Name: "w"}, ours: []result{{Question: "q", Answer: answer{"a": 0.5, "b": 0.25}}}}
	for name, c := range map[string]struct {
		r    result
		says string // blank: agrees
	}{
		"same":                   {result{Question: "q", Answer: answer{"a": 0.5, "b": 0.25}}, ""},
		"within":                 {result{Question: "q", Answer: answer{"a": 0.5 + 9e-10, "b": 0.25}}, ""},
		"beyond":                 {result{Question: "q", Answer: answer{"a": 0.5 + 2e-9, "b": 0.25}}, "a: 0.5 by tiermap"},
		"left out":               {result{Question: "q", Answer: answer{"a": 0.5}}, "b: 0.25 by tiermap, 0 by"},
		"more than there is":     {result{Question: "q", Answer: answer{"a": 0.5, "b": 0.25, "c": 0.1}}, "c: 0 by tiermap, 0.1 by"},
		"zero":                   {result{Question: "q", Answer: answer{"a": 0.5, "b": 0.25, "c": 0}}, ""},
		"no number":              {result{Question: "q", Answer: answer{"a": math.NaN(), "b": 0.25}}, "a: 0.5 by tiermap, NaN by"},
		"a sample":               {result{Question: "q", Answer: answer{"a": 0.5}, Scale: 2}, ""},
		"another sample":         {result{Question: "q", Answer: answer{"a": 0.4}, Scale: 2}, "a: 0.5 by tiermap, 0.4 by"},
		"nothing":                {result{Question: "q"}, "nothing to compare"},
		"what tiermap has not":   {result{Question: "other", Answer: answer{"a": 0.5}}, "nothing to compare"},
		"nothing of what it has": {result{Question: "q", Answer: answer{}, Scale: 2}, "nothing to compare"},
	} {
		switch err := s.agrees(c.r); {
		case err == nil && c.says != "":
			t.Errorf("%s: agrees, should say %q", name, c.says)
		case err != nil && (c.says == "" || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: says %q, should %q", name, err, c.says)
		}
	}
}

func TestSheet(t *testing.T) {
	s := &sheet{
		workload: &workload{Name: "w", Title: "{links} links", Sizes: map[string]int{"links": 1250000}, Ways: []string{"cold", "warm"},
			Questions: []question{{Name: "q", Title: "the question", Peers: []peer{{Title: "SciPy", Aim: 5}, {Title: "Cypher", Sample: 2}}}}},
		ours: []result{{Question: "q", By: "cold", Seconds: []float64{9, 0.02, 0.01}}, {Question: "q", By: "warm", Seconds: []float64{0.0005}}},
		theirs: []result{
			{Question: "q", By: "SciPy", Seconds: []float64{0.016}, Scale: 1},
		},
	}
	if err := s.missing(); err == nil || !strings.Contains(err.Error(), "no answer by Cypher") {
		t.Errorf("a peer that did not answer: %v", err)
	}
	s.theirs = append(s.theirs, result{Question: "q", By: "Cypher", Seconds: []float64{2, 3, 1}, Scale: 2500})
	if err := s.missing(); err != nil {
		t.Error(err)
	}
	const want = `
### 1,250,000 links

|  | tiermap, cold | tiermap, warm | peer | takes | ÷ cold | ÷ warm | aim |
| --- | --- | --- | --- | --- | --- | --- | --- |
| the question | 20 ms | 0.5 ms | SciPy | 16 ms | **0.8** | 32 | 5 |
|  |  |  | Cypher (2 measured, scaled) | 83 min | 250,000 | 10,000,000 |  |
`
	var text strings.Builder
	if s.print(&text); text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
}

func TestBetween(t *testing.T) {
	page := "before\n" + beginMark + "\nold\n" + endMark + "\nafter\n"
	want := "before\n" + beginMark + "\nnew\n" + endMark + "\nafter\n"
	got, err := between(page, "\nnew\n\n")
	if err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if again, _ := between(got, "new"); again != want {
		t.Errorf("a second time: %q", again)
	}
	for _, broken := range []string{"", beginMark, endMark, endMark + beginMark} {
		if _, err := between(broken, "new"); err == nil {
			t.Errorf("%q has not both marks", broken)
		}
	}
}

func TestSizes(t *testing.T) {
	t.Setenv(quickVariable, "")
	t.Setenv(sizesVariable, "")
	list, asDeclared, err := workloads()
	if err != nil || !asDeclared || len(list) == 0 {
		t.Fatalf("%d workloads, %t, %v", len(list), asDeclared, err)
	}
	for _, w := range list {
		titles := []string{w.Title}
		for _, q := range w.Questions {
			titles = append(titles, q.Title)
		}
		for _, title := range titles {
			if strings.ContainsAny(w.filled(title), "{}") {
				t.Errorf("%s: %q names a size that it has not", w.Name, title)
			}
		}
	}
	t.Setenv(sizesVariable, "firms.firms=1000,firms.links=9000")
	if list, asDeclared, err = workloads(); err != nil || asDeclared {
		t.Fatalf("%t, %v", asDeclared, err)
	}
	for _, w := range list {
		if w.Name == "firms" && w.filled(w.Title) != "A network of 1,000 firms with 9,000 links" {
			t.Error(w.filled(w.Title))
		}
	}
	for _, wrong := range []string{"firms", "firms.firms", "firms.firms=0", "firms.codes=1", "other.firms=1"} {
		t.Setenv(sizesVariable, wrong)
		if _, _, err := workloads(); err == nil || !strings.Contains(err.Error(), sizesVariable) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
