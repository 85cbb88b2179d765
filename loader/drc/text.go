package drc

import (
	"regexp"
	"strings"

	"tiermap/loader"
)

// holding is an owner and a share, -1 where it is not known.
type holding struct {
	name  string
	share float64
}

var (
	decimalComma = regexp.MustCompile(`(\d),(\d)`)
	percentLast  = regexp.MustCompile(`^([^%]*?)[\s:(]*(\d+(?:\.\d+)?)\s*%\s*\)?`)
	percentFirst = regexp.MustCompile(`^(\d+(?:\.\d+)?)\s*%\s+(.+?)(?:\s+et\s+|,|$)`)
	brackets     = regexp.MustCompile(`\([^)]*\)`)
	massText     = regexp.MustCompile(`([0-9][0-9,]*(?:\.[0-9]+)?)\s*tonnes\s+(Cu|Co)\b`)
	stroke       = regexp.MustCompile(`\s*/\s*`)
)

// longestOwner is how long the name of an owner may be, in bytes; what is longer
// is a sentence.
const longestOwner = 60

// shares reads a text of shares: "Glencore: 75%, Gécamines : 20 %", "80% A et 20%
// B", "A (60%), B (40%)", "- A: 71.25%   - B : 23.75%". Remarks behind * and NB
// are left out. ok is false where a part of it cannot be read for sure: a number
// without %, two companies with one share, a sentence, a sum above 1.005.
func shares(text string) (list []holding, ok bool) {
	text, _, _ = strings.Cut(text, "*")
	text, _, _ = strings.Cut(text, "NB:")
	text = strings.TrimSpace(decimalComma.ReplaceAllString(text, "$1.$2"))
	first := percentFirst.MatchString(text)
	sum := 0.0
	for text = trim(text); text != ""; text = trim(text) {
		pattern, name, share := percentLast, 1, 2
		if first {
			pattern, name, share = percentFirst, 2, 1
		}
		m := pattern.FindStringSubmatch(text)
		if m == nil {
			return nil, false
		}
		h := holding{name: strings.TrimSpace(strings.Trim(m[name], " :,-"))}
		v, wrong := loader.FloatIn(m[share], -2)
		if wrong != "" || v > 1 || !plainName(h.name) {
			return nil, false
		}
		h.share = v
		sum += v
		list = append(list, h)
		text = text[len(m[0]):]
	}
	return list, len(list) > 0 && sum <= 1.005
}

// trim takes off what stands between two owners.
func trim(text string) string {
	return strings.TrimPrefix(strings.Trim(text, " \t\r\n\u00a0,;.-"), "et ")
}

// plainName reports whether a text can be the name of one owner.
func plainName(name string) bool {
	lower := " " + strings.ToLower(name) + " "
	return name != "" && len(name) <= longestOwner && !strings.ContainsAny(name, "0123456789%") &&
		!strings.Contains(lower, " and ") && !strings.Contains(lower, " et ")
}

// owners reads the names of owners: "A/B/C". Sentences are left out.
func owners(text string) (list []holding) {
	for _, name := range stroke.Split(strings.TrimSpace(text), -1) {
		if name = strings.TrimSpace(name); plainName(name) {
			list = append(list, holding{name, -1})
		}
	}
	return list
}

// production reads the tonnes of copper and of cobalt of a text such as
// "33,521.78 tonnes Cu / 9,563.79 tonnes Co (14700 tonnes Co according to ...)".
// What stands in brackets is somebody else's figure. Missing ones are -1; the
// Reason is not blank where a number is none.
func production(text string) (copper, cobalt float64, reason loader.Reason) {
	copper, cobalt = -1, -1
	for _, m := range massText.FindAllStringSubmatch(brackets.ReplaceAllString(text, ""), -1) {
		v, wrong := loader.Float(strings.ReplaceAll(m[1], ",", ""))
		if wrong != "" {
			return -1, -1, wrong
		}
		switch {
		case m[2] == "Cu" && copper < 0:
			copper = v
		case m[2] == "Co" && cobalt < 0:
			cobalt = v
		default:
			return -1, -1, loader.Conflict
		}
	}
	return copper, cobalt, ""
}
