package usgs

import (
	"math"
	"strings"

	"tiermap/loader"
)

// amount is what a cell says.
type amount struct {
	value     float64 // in the table's unit; NaN: not known
	estimated bool
	said      string // how the publisher put it, where it is no plain number
	absent    rule   // the row is no fact of its own, by this rule
}

// rule is a rule by which a row is passed over.
type rule string

const (
	worldTotal    rule = "the world's total"
	otherSection  rule = "salient statistics of the United States and import sources"
	notApplicable rule = "XX: not applicable"
	withinOther   rule = "counted within another row, as its note says"
	emptySeries   rule = "a series without any figure: nothing is known of its countries"
	noCell        rule = "no figure of production, capacity or reserves in the row"
)

var notKnown = math.NaN()

// words are how reserves are described where there is no number.
var words = map[string]bool{"large": true, "very large": true, "moderate": true, "moderate to large": true, "small": true, "very small": true}

// read reads a cell beside which the note stands. The Reason is blank where it
// is a number or one of the marks.
func read(cell, note string) (amount, loader.Reason) {
	text := strings.ToLower(strings.Join(strings.Fields(cell), " "))
	switch {
	case text == "—" || text == "–" || text == "--" || text == "-":
		return amount{}, ""
	case text == "w":
		return amount{value: notKnown, said: "withheld"}, ""
	case text == "na":
		return amount{value: notKnown, said: "not available"}, ""
	case text == "xx":
		return amount{absent: notApplicable}, ""
	case words[text]:
		return amount{value: notKnown, said: "reserves are " + text}, ""
	case text == "s":
		return small(note), ""
	}
	if rest, ok := strings.CutPrefix(text, ">"); ok {
		v, why := number(rest)
		return amount{v, true, "more than " + rest, ""}, why
	}
	if rest, ok := strings.CutPrefix(text, "<"); ok {
		v, why := number(rest)
		return amount{v / 2, true, "less than " + rest + ": half of it", ""}, why
	}
	if low, high, ok := strings.Cut(text, " - "); ok {
		return between(low, high)
	}
	if rest, ok := strings.CutPrefix(text, "e"); ok {
		v, why := number(rest)
		return amount{value: v, estimated: true}, why
	}
	v, why := number(text)
	return amount{value: v}, why
}

// small is what the mark s stands for: a footnote. It says that the amount is
// less than half a unit, of which the middle is taken, or that it is counted in
// another row.
func small(note string) amount {
	if saysLessThanHalf(note) {
		return amount{0.25, true, "less than half a unit: a quarter of it", ""}
	}
	if saysWithin(note) {
		return amount{absent: withinOther}
	}
	return amount{value: notKnown, said: "see the publisher's note"}
}

func saysLessThanHalf(note string) bool { return strings.Contains(strings.ToLower(note), "less than") }

func saysWithin(note string) bool {
	note = strings.ToLower(note)
	return strings.Contains(note, "included with") || strings.Contains(note, "included in")
}

func between(low, high string) (amount, loader.Reason) {
	a, why := number(low)
	if why != "" {
		return amount{}, why
	}
	b, why := number(high)
	if why != "" {
		return amount{}, why
	}
	if b < a {
		return amount{}, loader.NotNumber
	}
	return amount{(a + b) / 2, true, low + " to " + high + ": the middle", ""}, ""
}

// number reads a number that may have separators of thousands, each before
// three digits.
func number(text string) (float64, loader.Reason) {
	text = strings.TrimSpace(text)
	if whole, fraction, _ := strings.Cut(text, "."); strings.Contains(whole, ",") {
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if i > 0 && len(g) != 3 || i == 0 && (g == "" || g == "-" || len(g) > 3) || strings.ContainsAny(fraction, ",eE") {
				return 0, loader.NotNumber
			}
		}
		text = strings.Replace(text, whole, strings.Join(groups, ""), 1)
	}
	v, why := loader.Float(text)
	if why == "" && v < 0 {
		why = loader.Negative
	}
	return v, why
}

// saidNothing is how a blank cell without a note is put.
const saidNothing = "blank: nothing"

// blank is what a blank cell of the edition of 2025 stands for, production
// only: that file writes neither W nor NA nor the dash in the column, but W and
// NA in the note.
func blank(note string, year string) amount {
	note = strings.ToLower(strings.TrimSpace(note))
	switch {
	case strings.HasPrefix(note, "w for"):
		return amount{value: notKnown, said: "withheld"}
	case note == "na", strings.HasPrefix(note, "na for") && strings.Contains(note, year):
		return amount{value: notKnown, said: "not available"}
	case note == "xx":
		return amount{absent: notApplicable}
	case saysLessThanHalf(note):
		return small(note)
	case saysWithin(note):
		return amount{absent: withinOther}
	}
	return amount{said: saidNothing}
}
