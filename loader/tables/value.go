package tables

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"tiermap/graph"
	"tiermap/loader"
)

// value is what a column of a row holds; which of its parts counts is the
// field's type. Blank: "", NaN, graph.NoInt, false.
type value struct {
	text   string
	number float64
	whole  int
	truth  bool
}

// fault is what is wrong with a row: a column, why, and what adds to that.
type fault struct {
	column string
	reason loader.Reason
	detail string
}

// parse reads the text of a column as graph.Kinds() declares it, all but its
// references.
func parse(f graph.Field, text string) (value, *fault) {
	v := value{number: math.NaN(), whole: graph.NoInt}
	if text == "" {
		if f.Required {
			return v, &fault{f.Name, loader.Missing, ""}
		}
		return v, nil
	}
	var reason loader.Reason
	var detail string
	switch f.Type {
	case graph.Int:
		if v.whole, reason = loader.Int(text); reason == "" {
			reason, detail = bounds(f, float64(v.whole))
		}
	case graph.Float:
		if v.number, reason = loader.Float(text); reason == "" {
			reason, detail = bounds(f, v.number)
		}
	case graph.Bool:
		v.truth, reason = truth(text)
	case graph.Date:
		v.text = text
		if _, _, ok := period(text); !ok {
			reason = loader.NotDate
		}
	case graph.List:
		v.text = strings.Join(items(text), ";")
	default:
		v.text = text
		reason, detail = word(f, text)
	}
	if reason != "" {
		return v, &fault{f.Name, reason, detail}
	}
	return v, nil
}

func bounds(f graph.Field, n float64) (loader.Reason, string) {
	switch {
	case f.Positive && n == 0:
		return loader.OutOfRange, "it must be above 0"
	case f.Min == f.Max || n >= f.Min && n <= f.Max:
		return "", ""
	case n < 0 && f.Min == 0:
		return loader.Negative, ""
	default:
		return loader.OutOfRange, fmt.Sprintf("it must be from %s to %s", short(f.Min), short(f.Max))
	}
}

func short(n float64) string {
	if math.Abs(n) < 1e9 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strconv.FormatFloat(n, 'g', -1, 64)
}

func word(f graph.Field, text string) (loader.Reason, string) {
	switch {
	case len(f.OneOf) > 0 && !slices.Contains(f.OneOf, text):
		return loader.NotAllowed, "they are " + strings.Join(f.OneOf, ", ")
	case f.Name == "id" && !graph.ValidID(text):
		return loader.BadID, ""
	case f.Name == "code" || f.Name == "other":
		if detail, ok := tradeCode(text); !ok {
			return loader.BadCode, detail
		}
	}
	return "", ""
}

func truth(text string) (bool, loader.Reason) {
	switch strings.ToLower(text) {
	case "true", "yes", "1":
		return true, ""
	case "false", "no", "0":
		return false, ""
	}
	return false, loader.NotBoolean
}

// period returns the first and last day of a day, a month or a year.
func period(text string) (first, last time.Time, ok bool) {
	for _, p := range []struct {
		layout              string
		years, months, days int
	}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if day, err := time.Parse(p.layout, text); err == nil {
			return day, day.AddDate(p.years, p.months, p.days).AddDate(0, 0, -1), true
		}
	}
	return time.Time{}, time.Time{}, false
}

// items takes a list apart at its semicolons.
func items(text string) []string {
	var list []string
	for s := range strings.SplitSeq(text, ";") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// revisions of the Harmonized System.
var revisions = []string{"HS1988", "HS1992", "HS1996", "HS2002", "HS2007", "HS2012", "HS2017", "HS2022"}

// tradeCode reports whether a text is a trade code: a nomenclature with its
// revision, a colon, digits. Codes of the Harmonized System have 2, 4 or 6,
// those of the Combined Nomenclature up to 8; of others only the shape is known.
func tradeCode(text string) (detail string, ok bool) {
	nomenclature, code, ok := graph.SplitCode(text)
	if !ok {
		return "write nomenclature, revision and digits, such as HS2017:811292", false
	}
	longest := 0
	switch {
	case strings.HasPrefix(nomenclature, "HS") && !slices.Contains(revisions, nomenclature):
		return "the revisions of the Harmonized System are " + strings.Join(revisions, ", "), false
	case strings.HasPrefix(nomenclature, "HS"):
		longest = 6
	case combined(nomenclature):
		longest = 8
	}
	if longest > 0 && (len(code) > longest || len(code)%2 == 1) {
		return fmt.Sprintf("codes of %s have an even number of digits, at most %d, with their leading zeros", nomenclature, longest), false
	}
	return "", true
}

// combined reports whether a nomenclature is a yearly edition of the Combined
// Nomenclature, such as CN2022.
func combined(nomenclature string) bool {
	year, ok := strings.CutPrefix(nomenclature, "CN")
	_, err := strconv.Atoi(year)
	return ok && err == nil && len(year) == 4
}
