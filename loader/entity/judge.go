package entity

import (
	"fmt"
	"math"
	"strings"
)

// Scores of names that are the same. Less is a similarity.
const (
	sameFull    = 1.0  // all words
	sameCore    = 0.98 // but for a legal form that one of them lacks
	otherForm   = 0.90 // but for legal forms that differ: another legal person, perhaps
	unsaid      = 0.01 // off, where only one of them has a country
	otherName   = 0.01 // off, where it is another name of what is known
	partly      = 0.94 // at most, where parts of names are compared, or no telling word is the same
	elsewhere   = 0.90 // at most, for companies of two countries
	unplaced    = 0.94 // at most, for plants of which the place is not known
	farther     = 0.70 // at most, for plants that are far from each other
	near, apart = 10.0, 50.0
)

// judge says how likely a written name is that of an entity, and why; 0 where
// it cannot be.
func (w *wanted) judge(e *Entity, names []calling) (score float64, reason string) {
	if w.LEI != "" && w.LEI == e.LEI {
		return 1, "the same legal entity identifier"
	}
	if w.LEI != "" && e.LEI != "" { // two legal persons, whatever their names
		return 0, ""
	}
	for i := range names {
		n := &names[i]
		s, why := compare(&w.name, &n.Name)
		if s = min(s-n.off, n.most); s > score {
			score, reason = s, why+n.how
		}
		for j := range w.parts {
			p := &w.parts[j]
			s, why := compare(&p.Name, &n.Name)
			if s = min(s-n.off, n.most); !p.whole {
				s = min(s, partly)
			}
			if s > score {
				score, reason = s, fmt.Sprintf("a part of it (%s): %s%s", p.Core, why, n.how)
			}
		}
	}
	if w.Kind == facility {
		return w.judgePlace(e, score, reason)
	}
	return w.judgeCountry(e, score, reason)
}

// compare scores two names.
func compare(a, b *Name) (score float64, reason string) {
	switch {
	case a.Full == b.Full:
		return sameFull, "the same name"
	case a.Compact == b.Compact && (a.Form == b.Form || a.Form == "" || b.Form == ""):
		return sameCore, "the same name but for its legal form or blanks"
	case a.Compact == b.Compact:
		return otherForm, fmt.Sprintf("the same name with another legal form (%s, %s)", a.Form, b.Form)
	}
	s, anchored := similarity(a, b)
	switch {
	case s < lowest:
		return 0, ""
	case anchored:
		return min(s, sameCore), "a similar name"
	}
	return min(s, partly), "a similar name"
}

// judgeCountry holds the countries of two companies against each other.
func (w *wanted) judgeCountry(e *Entity, score float64, reason string) (float64, string) {
	switch {
	case w.Country == e.Country && w.Country != "":
		return score, reason + ", the same country"
	case w.Country == e.Country:
		return score, reason
	case w.Country == "" || e.Country == "":
		if score < sameFull && len(w.name.Words) == 1 { // Sumitomo may be any of its group
			score = min(score, partly)
		}
		return score - unsaid, reason
	}
	return min(score, elsewhere), fmt.Sprintf("%s, but in %s", reason, e.Country)
}

// judgePlace holds the places of two plants against each other.
func (w *wanted) judgePlace(e *Entity, score float64, reason string) (float64, string) {
	if w.Country != "" && e.Country != "" && w.Country != e.Country {
		return 0, ""
	}
	km := distance(w.Latitude, w.Longitude, e.Latitude, e.Longitude)
	switch {
	case math.IsNaN(km):
		return min(score, unplaced), reason + ", the place of one is not known"
	case km <= near:
		return score + (1-score)/2, fmt.Sprintf("%s, %.0f km from it", reason, km)
	case km <= apart:
		return min(score, unplaced), fmt.Sprintf("%s, %.0f km from it", reason, km)
	}
	return min(score, farther), fmt.Sprintf("%s, but %.0f km from it", reason, km)
}

// distance is the length of the great circle between two places in kilometres
// (haversine formula, sphere of 6,371 km); NaN where one is not known.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const radius, degree = 6371.0, math.Pi / 180
	sin := func(x float64) float64 { s := math.Sin(x * degree / 2); return s * s }
	h := sin(lat2-lat1) + math.Cos(lat1*degree)*math.Cos(lat2*degree)*sin(lon2-lon1)
	return 2 * radius * math.Asin(math.Sqrt(min(h, 1)))
}

// ValidLEI reports whether s is a legal entity identifier: 18 capital letters
// and digits and two check digits (ISO 17442, ISO/IEC 7064 MOD 97-10).
func ValidLEI(s string) bool {
	if len(s) != 20 {
		return false
	}
	rest := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z' && i < 18:
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// newID is the id of an entity of its own: its kind, its name without legal form
// and its country. Names that are too long for one, or have no letters, are told
// apart by a hash.
func newID(kind string, n *Name, text, country string) string {
	const longest = 60
	id := strings.ReplaceAll(n.Core, " ", "-")
	if id == "" {
		id = hash(text)
	}
	if len(id) > longest {
		id = strings.Trim(id[:longest], "-") + "-" + hash(n.Core)
	}
	id = prefixes[kind] + id
	if country != "" {
		id += "-" + strings.ToLower(country)
	}
	return id
}
