package finding

import "strings"

// Intervals says how sure an answer is (docs/methods.md §2d). Shares are of the
// target's supply, 0..1.
type Intervals struct {
	Draws     int
	Reported  float64 // relative error of a reported mass whose row states none
	Estimated float64 // of an estimated one
	Undecided float64 // share that passes stages of which the draws do not agree

	Origins     map[string]Range // by the id of a place: what starts there
	Unexplained Range
}

// Range is from where to where an interval goes.
type Range struct{ Low, High float64 }

// sure puts the interval of a share behind what is said of it, where intervals were
// asked for and it says more than the share.
func (w *writer) sure(key, said string, share float64, r Range) string {
	low, high := w.share(r.Low), w.share(r.High)
	if w.Intervals == nil || low == high && low == w.share(share) {
		return said
	}
	return w.say(key, said, strings.TrimSuffix(low, " %"), high)
}

// origin is the interval of what starts in a place.
func (w *writer) origin(place Name) Range {
	if w.Intervals == nil {
		return Range{}
	}
	return w.Intervals.Origins[place.ID]
}

// unexplainedRange is the interval of what no source explains.
func (w *writer) unexplainedRange() Range {
	if w.Intervals == nil {
		return Range{}
	}
	return w.Intervals.Unexplained
}

// howSure says what the intervals hold, and where they are not to be trusted.
func (w *writer) howSure() string {
	n := w.Intervals
	if n == nil {
		return ""
	}
	sentence := w.say("how sure", n.Draws, w.percent(n.Reported), w.percent(n.Estimated))
	if n.Undecided >= notable {
		sentence += " " + w.say("undecided", w.share(n.Undecided))
	}
	return sentence
}
