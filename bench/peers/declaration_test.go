package peers

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// workload is an input and what is asked of it. Each is declared once, in
// workloads.json: the scripts get the declaration with the sizes that were chosen.
type workload struct {
	Name      string         `json:"name"`
	Title     string         `json:"title"`  // {size} stands for a size
	Script    string         `json:"script"` // that asks the peers of Python
	Sizes     map[string]int `json:"sizes"`
	Quick     map[string]int `json:"quick,omitempty"` // the same, to see that all works
	Ways      []string       `json:"ways"`            // in which tiermap is asked
	Questions []question     `json:"questions"`
}

type question struct {
	Name  string `json:"name"`
	Title string `json:"title"` // {size} here too
	Runs  int    `json:"runs"`  // of which the median counts
	Peers []peer `json:"peers"`
}

// peer answers a question, in Python or in Cypher.
type peer struct {
	Title  string  `json:"title"`
	Python string  `json:"python,omitempty"` // what the script calls it
	Cypher string  `json:"cypher,omitempty"`
	Runs   int     `json:"runs,omitempty"`   // where not as many as of the question
	Sample int     `json:"sample,omitempty"` // of how many the time is measured, and scaled to all; 0: of all
	Aim    float64 `json:"aim,omitempty"`    // how many times as long as tiermap it should take
}

//go:embed workloads.json
var declared []byte

// The variables that choose other sizes than the declared ones.
const (
	quickVariable = "BENCH_QUICK" // anything: the quick ones
	sizesVariable = "BENCH_SIZES" // firms.firms=1000000,firms.links=10000000
)

// workloads returns what is declared, with the sizes that the environment asks for;
// asDeclared tells that it asks for no others.
func workloads() (list []workload, asDeclared bool, err error) {
	var d struct{ Workloads []workload }
	if err := json.Unmarshal(declared, &d); err != nil {
		return nil, false, err
	}
	asDeclared = true
	for i := range d.Workloads {
		w := &d.Workloads[i]
		if os.Getenv(quickVariable) != "" {
			asDeclared, w.Sizes = false, w.Quick
		}
		w.Quick = nil
	}
	for _, text := range strings.FieldsFunc(os.Getenv(sizesVariable), func(r rune) bool { return r == ',' }) {
		asDeclared = false
		if err := resize(d.Workloads, text); err != nil {
			return nil, false, fmt.Errorf("%s: %q: %w", sizesVariable, text, err)
		}
	}
	return d.Workloads, asDeclared, nil
}

// resize sets a size: workload.size=number.
func resize(list []workload, text string) error {
	name, number, _ := strings.Cut(text, "=")
	of, size, _ := strings.Cut(name, ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return errors.New("write workload.size=number")
	}
	for _, w := range list {
		if _, ok := w.Sizes[size]; ok && w.Name == of {
			w.Sizes[size] = n
			return nil
		}
	}
	return errors.New("workloads.json has no such workload and size")
}

// filled is a title with its sizes.
func (w *workload) filled(title string) string {
	var pairs []string
	for size, n := range w.Sizes {
		pairs = append(pairs, "{"+size+"}", grouped(n))
	}
	return strings.NewReplacer(pairs...).Replace(title)
}

// grouped writes a number with a comma before every three digits.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func (w *workload) question(name string) *question {
	for i := range w.Questions {
		if w.Questions[i].Name == name {
			return &w.Questions[i]
		}
	}
	return nil
}

// runs is how often a peer is asked.
func (q *question) runs(p *peer) int {
	if p.Runs > 0 {
		return p.Runs
	}
	return q.Runs
}
