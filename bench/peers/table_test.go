package peers

import (
	"fmt"
	"io"
	"math"
	"slices"
	"testing"
	"time"
)

// within is how far answers may be apart.
const within = 1e-9

// answer is what a question came out to, one number for each thing named; what
// is not named is 0.
type answer map[string]float64

// result is what one answered, and the median of how long it took.
type result struct {
	Question string
	Peer     string
	Answer   answer
	Partial  bool // has answered for some of the names only
	Seconds  float64
}

// table holds what tiermap answered, and what the peers took beside it.
type table struct {
	ours   []result // of a question: in the order added; the first is what ratios are to
	beside map[string][]result
}

// add times tiermap: runs times, of which the median counts.
func (t *table) add(question, how string, runs int, do func() answer) {
	r := result{Question: question, Peer: how}
	var seconds []float64
	for range runs {
		start := time.Now()
		r.Answer = do()
		seconds = append(seconds, time.Since(start).Seconds())
	}
	slices.Sort(seconds)
	r.Seconds = seconds[len(seconds)/2]
	t.ours = append(t.ours, r)
}

// compare holds what peers answered against tiermap's, and only then takes down
// how long it took.
func (t *table) compare(b *testing.B, peers []result) {
	b.Helper()
	for _, peer := range peers {
		ours := t.answerTo(peer.Question)
		if len(ours) == 0 || len(peer.Answer) == 0 {
			b.Fatalf("%s: nothing to compare with %s", peer.Question, peer.Peer)
		}
		if name, apart := largestGap(ours, peer); apart > within {
			b.Fatalf("%s, %s: %v by tiermap, %v by %s", peer.Question, name, ours[name], peer.Answer[name], peer.Peer)
		}
		if t.beside == nil {
			t.beside = map[string][]result{}
		}
		t.beside[peer.Question] = append(t.beside[peer.Question], peer)
	}
}

// answerTo is what tiermap answered, nil where it was not asked.
func (t *table) answerTo(question string) answer {
	i := slices.IndexFunc(t.ours, func(r result) bool { return r.Question == question })
	if i < 0 {
		return nil
	}
	return t.ours[i].Answer
}

// largestGap returns by how much two answers are apart at most, and where.
func largestGap(ours answer, peer result) (name string, gap float64) {
	look := func(n string) {
		if d := math.Abs(ours[n] - peer.Answer[n]); d > gap || math.IsNaN(d) {
			name, gap = n, d
			if math.IsNaN(d) {
				gap = math.Inf(1)
			}
		}
	}
	for n := range peer.Answer {
		look(n)
	}
	if !peer.Partial {
		for n := range ours {
			look(n)
		}
	}
	return name, gap
}

// print writes Markdown.
func (t *table) print(w io.Writer) {
	fmt.Fprintln(w, "\n| question | who | takes | times as long |\n|---|---|---|---|")
	var first result
	for i, ours := range t.ours {
		if i == 0 || ours.Question != first.Question {
			first = ours
		}
		printRow(w, ours.Question, "tiermap, "+ours.Peer, ours.Seconds, first.Seconds)
		if i == len(t.ours)-1 || t.ours[i+1].Question != ours.Question {
			for _, peer := range t.beside[ours.Question] {
				printRow(w, "", peer.Peer, peer.Seconds, first.Seconds)
			}
		}
	}
}

func printRow(w io.Writer, question, who string, seconds, first float64) {
	fmt.Fprintf(w, "| %s | %s | %s | %.3g |\n", question, who, inWords(seconds), seconds/first)
}

// inWords is a time to three digits.
func inWords(seconds float64) string {
	if seconds >= 1 {
		return fmt.Sprintf("%.3g s", seconds)
	}
	return fmt.Sprintf("%.3g ms", seconds*1e3)
}
