package peers

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// within is how far answers may be apart.
const within = 1e-9

// answer is what a question came out to, one number for each thing named; what
// is not named is 0.
type answer map[string]float64

// result is what one answered, and how long it took.
type result struct {
	Question string
	By       string // a way of tiermap, or the title of a peer
	Answer   answer
	Scale    float64   // how many times what was asked about the question is about; 1: all of it
	Seconds  []float64 // of each run
}

// median is of how long it took, or would have taken for all.
func (r *result) median() float64 {
	seconds := slices.Sorted(slices.Values(r.Seconds))
	return seconds[len(seconds)/2] * max(1, r.Scale)
}

// sheet holds what came of one workload.
type sheet struct {
	*workload
	ours   []result
	theirs []result
	more   string // Markdown to go below
	server string // that Cypher ran on; blank: none
}

// time has tiermap answer, as many times as the question is to be run.
func (s *sheet) time(b *testing.B, name, way string, do func() answer) {
	b.Helper()
	q := s.question(name)
	if q == nil || !slices.Contains(s.Ways, way) {
		b.Fatalf("%s: workloads.json declares no question %q, or no way %q", s.Name, name, way)
	}
	r := result{Question: name, By: way}
	for range q.Runs {
		start := time.Now()
		r.Answer = do()
		r.Seconds = append(r.Seconds, time.Since(start).Seconds())
	}
	s.ours = append(s.ours, r)
}

// compare holds what peers answered against tiermap's, and only then takes it down.
func (s *sheet) compare(b *testing.B, theirs []result) {
	b.Helper()
	for _, r := range theirs {
		if err := s.agrees(r); err != nil {
			b.Fatal(err)
		}
		s.theirs = append(s.theirs, r)
	}
}

// agrees tells what speaks against an answer.
func (s *sheet) agrees(r result) error {
	ours := s.answerTo(r.Question)
	if len(ours) == 0 || len(r.Answer) == 0 {
		return fmt.Errorf("%s, %s: nothing to compare with %s", s.Name, r.Question, r.By)
	}
	if name, apart := largestGap(ours, r); apart > within {
		return fmt.Errorf("%s, %s, %s: %v by tiermap, %v by %s", s.Name, r.Question, name, ours[name], r.Answer[name], r.By)
	}
	return nil
}

// answerTo is what tiermap answered, nil where it was not asked.
func (s *sheet) answerTo(question string) answer {
	i := slices.IndexFunc(s.ours, func(r result) bool { return r.Question == question && r.Answer != nil })
	if i < 0 {
		return nil
	}
	return s.ours[i].Answer
}

// largestGap returns by how much two answers are apart at most, and where. What was
// asked about a part of the names only is compared for these.
func largestGap(ours answer, r result) (name string, gap float64) {
	look := func(n string) {
		if d := math.Abs(ours[n] - r.Answer[n]); !(d <= gap) {
			name, gap = n, d
			if math.IsNaN(d) {
				gap = math.Inf(1)
			}
		}
	}
	for n := range r.Answer {
		look(n)
	}
	if r.Scale <= 1 {
		for n := range ours {
			look(n)
		}
	}
	return name, gap
}

func find(list []result, question, by string) *result {
	for i := range list {
		if list[i].Question == question && list[i].By == by {
			return &list[i]
		}
	}
	return nil
}

// missing names the first of all that is declared but was not answered.
func (s *sheet) missing() error {
	for _, q := range s.Questions {
		for _, way := range s.Ways {
			if find(s.ours, q.Name, way) == nil {
				return fmt.Errorf("%s, %s: not asked %s", s.Name, q.Name, way)
			}
		}
		for _, p := range q.Peers {
			if find(s.theirs, q.Name, p.Title) == nil {
				return fmt.Errorf("%s, %s: no answer by %s", s.Name, q.Name, p.Title)
			}
		}
	}
	return nil
}

// print writes Markdown: a line for each peer, with how many times as long as each
// way of tiermap it takes; what is less than 1 is in bold type.
func (s *sheet) print(w io.Writer) {
	fmt.Fprintf(w, "\n### %s\n\n", s.filled(s.Title))
	head := []string{"", "peer", "takes"}
	for i, way := range s.Ways {
		head = slices.Insert(head, 1+i, "tiermap, "+way)
		head = append(head, "÷ "+way)
	}
	printRow(w, append(head, "aim"))
	printRow(w, slices.Repeat([]string{"---"}, len(head)+1))
	for _, q := range s.Questions {
		ours := make([]float64, len(s.Ways))
		first := []string{s.filled(q.Title)}
		for i, way := range s.Ways {
			ours[i] = find(s.ours, q.Name, way).median()
			first = append(first, inWords(ours[i]))
		}
		for _, p := range q.Peers {
			printRow(w, slices.Concat(first, s.rowOf(q, p, ours)))
			first = make([]string, len(first))
		}
	}
	io.WriteString(w, s.more) //nolint:errcheck // to memory
}

func (s *sheet) rowOf(q question, p peer, ours []float64) []string {
	r := find(s.theirs, q.Name, p.Title)
	takes, title := r.median(), p.Title
	if r.Scale > 1 {
		title += " (" + grouped(p.Sample) + " measured, scaled)"
	}
	row := []string{title, inWords(takes)}
	for _, seconds := range ours {
		ratio := figures(takes / seconds)
		if takes < seconds {
			ratio = "**" + ratio + "**"
		}
		row = append(row, ratio)
	}
	if p.Aim == 0 {
		return append(row, "")
	}
	return append(row, strconv.FormatFloat(p.Aim, 'g', -1, 64))
}

func printRow(w io.Writer, cells []string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

// figures is a number to two digits.
func figures(x float64) string {
	if x < 1 {
		return fmt.Sprintf("%.2g", x)
	}
	scale := math.Pow(10, max(0, math.Floor(math.Log10(x))-1))
	if rounded := math.Round(x/scale) * scale; rounded >= 10 {
		return grouped(int(rounded))
	}
	return fmt.Sprintf("%.1f", x)
}

// inWords is a time to two or three digits.
func inWords(seconds float64) string {
	switch {
	case seconds >= 120*60:
		return figures(seconds/3600) + " h"
	case seconds >= 120:
		return figures(seconds/60) + " min"
	case seconds >= 1:
		return fmt.Sprintf("%.3g s", seconds)
	}
	return figures(seconds*1e3) + " ms"
}
