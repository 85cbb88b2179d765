// Command measure prints how often package entity is right, on names that were
// labelled by hand:
//
//	go run ./loader/entity/measure [-mistakes]
//
// known.csv are the companies that are known: the records of GLEIF's interface
// that belong to twelve corporate groups (CC0), owners of mines and plants, the
// Congolese copper-cobalt projects' partners, and companies of the European
// magnet chain, each in one spelling. written.csv are names to be resolved, each
// with the known company that a careful reader takes it for, or none. docs/
// entity-resolution.md says how they were chosen and labelled, and what they do
// not show.
package main

import (
	_ "embed"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"text/tabwriter"

	"tiermap/graph"
	"tiermap/loader/entity"
)

//go:embed known.csv
var knownCSV string

//go:embed written.csv
var writtenCSV string

func main() {
	mistakes := flag.Bool("mistakes", false, "list what was matched wrongly and what was not found")
	flag.Parse()
	if err := run(os.Stdout, *mistakes); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer, mistakes bool) error {
	sample, err := read()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "%d names, of which %d are of a known company; %d companies known\n\n", len(sample.written), sample.positives(), len(sample.known))
	fmt.Fprintln(w, "upper\tlower\tmatched\tright\twrong\tprecision\trecall\trecall with review\tfor review\t")
	for _, o := range []entity.Options{{Upper: 0.99, Lower: 0.8}, {Upper: 0.97, Lower: 0.8}, {Upper: 0.95, Lower: 0.8}, {Upper: 0.93, Lower: 0.8},
		{Upper: 0.9, Lower: 0.8}, {Upper: 0.85, Lower: 0.8}, {Upper: 0.95, Lower: 0.7}, {Upper: 0.95, Lower: 0.9}} {
		m := sample.measure(o)
		fmt.Fprintf(w, "%.2f\t%.2f\t%d\t%d\t%d\t%.3f\t%.3f\t%.3f\t%d\t\n", o.Upper, o.Lower, m.right+m.wrong, m.right, m.wrong,
			m.precision(), m.recall(), m.recallWithReview(), m.review)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if mistakes {
		fmt.Fprintf(out, "\nAt %.2f and %.2f:\n", entity.DefaultUpper, entity.DefaultLower)
		for _, line := range sample.measure(entity.Options{}).lines {
			fmt.Fprintln(out, line)
		}
	}
	return nil
}

// sample is what was labelled.
type sample struct {
	known   []entity.Entity
	written []entity.Written
	label   []string // for each name, the id of its company; "" = none of the known
	origin  []string
}

func (s *sample) positives() (n int) {
	for _, l := range s.label {
		if l != "" {
			n++
		}
	}
	return n
}

func read() (*sample, error) {
	s := &sample{}
	known, err := csv.NewReader(strings.NewReader(knownCSV)).ReadAll()
	if err != nil {
		return nil, err
	}
	for _, r := range known[1:] {
		e := entity.Entity{Kind: graph.Company, ID: r[0], Name: r[1], Country: r[2]}
		if r[3] != "" {
			e.Aliases = strings.Split(r[3], ";")
		}
		if entity.ValidLEI(e.ID) {
			e.LEI = e.ID
		}
		s.known = append(s.known, e)
	}
	written, err := csv.NewReader(strings.NewReader(writtenCSV)).ReadAll()
	if err != nil {
		return nil, err
	}
	for i, r := range written[1:] {
		s.written = append(s.written, entity.Written{Kind: graph.Company, Text: r[0], Country: r[1], Line: i + 2})
		s.label = append(s.label, r[2])
		s.origin = append(s.origin, r[3])
	}
	return s, nil
}

// figures are what was measured. Each name is resolved by itself: what another
// one came to does not help it.
type figures struct {
	positives    int // names of a known company
	right, wrong int // names that were matched
	review       int // names with candidates for review
	offered      int // names of a known company that stands among their candidates
	lines        []string
}

func (f figures) precision() float64 { return float64(f.right) / float64(f.right+f.wrong) }
func (f figures) recall() float64    { return float64(f.right) / float64(f.positives) }
func (f figures) recallWithReview() float64 {
	return float64(f.right+f.offered) / float64(f.positives)
}

func (s *sample) measure(o entity.Options) figures {
	f := figures{positives: s.positives()}
	for i, w := range s.written {
		book := entity.NewBook(o)
		book.Want(w)
		for _, e := range s.known {
			book.Known(e)
		}
		book.Settle()
		f.count(w, s.label[i], book.Answer(w))
	}
	return f
}

func (f *figures) count(w entity.Written, label string, a entity.Answer) {
	if a.Outcome == entity.Matched {
		if a.ID == label {
			f.right++
			return
		}
		f.wrong++
		f.lines = append(f.lines, fmt.Sprintf("wrong: %q (%s) was taken for %q (%.2f, %s), not %q", w.Text, w.Country, a.Name, a.Score, a.Reason, label))
		return
	}
	offered := false
	for _, c := range a.Candidates {
		offered = offered || c.ID == label
	}
	if len(a.Candidates) > 0 {
		f.review++
	}
	switch {
	case offered:
		f.offered++
	case label != "":
		f.lines = append(f.lines, fmt.Sprintf("missed: %q (%s) is %q", w.Text, w.Country, label))
	}
}
