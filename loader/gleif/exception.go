package gleif

import (
	"math/bits"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// reasons is a set of the reasons for reporting no parent, by their index in
// reasonNames.
type reasons uint16

// reasonNames are the reasons as GLEIF publishes them, those of Repex 2.1 first.
var reasonNames = [...]string{
	"NO_LEI", "NATURAL_PERSONS", "NON_CONSOLIDATING", "NO_KNOWN_PERSON", "NON_PUBLIC",
	"BINDING_LEGAL_COMMITMENTS", "LEGAL_OBSTACLES", "CONSENT_NOT_OBTAINED", "DETRIMENT_NOT_EXCLUDED", "DISCLOSURE_DETRIMENTAL",
}

func (s reasons) String() string {
	if bits.OnesCount16(uint16(s)) == 1 {
		return reasonNames[bits.TrailingZeros16(uint16(s))]
	}
	var list []string
	for i, name := range reasonNames {
		if s&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return strings.Join(list, ";")
}

// parseReasons reads reasons; ok is false for one that is none.
func parseReasons(list []string) (set reasons, bad string, ok bool) {
next:
	for _, text := range list {
		for i, name := range reasonNames {
			if text == name {
				set |= 1 << i
				continue next
			}
		}
		return 0, text, false
	}
	return set, "", true
}

// explained is an exception that was read.
type explained struct {
	id       lei
	ultimate bool // parent, else the direct one
	reasons  reasons
}

// explain reads an exception.
func explain(e *exception) (x explained, f fault) {
	if x.id, f = identifier("LEI", e.lei); f.reason != "" {
		return x, f
	}
	switch e.category {
	case "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT":
	case "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT":
		x.ultimate = true
	default:
		return x, notOneOf("Exception.Category", e.category)
	}
	set, bad, ok := parseReasons(e.reasons)
	if !ok || set == 0 {
		return x, notOneOf("Exception.Reason.1", bad)
	}
	x.reasons = set
	return x, fault{}
}

// note keeps the reasons of an exception for the company, which is not read
// yet. Whether the record is accepted is decided when the companies are known.
func (r *reader) note(rec *record) error {
	if rec.fault != "" || rec.exception == nil || rec.exception.deleted {
		return nil
	}
	x, f := explain(rec.exception)
	if f.reason != "" {
		return nil
	}
	s := r.known[x.id]
	switch {
	case x.ultimate && s.ultimate == 0:
		s.ultimate = x.reasons
	case !x.ultimate && s.direct == 0:
		s.direct = x.reasons
	default:
		return nil // one of the same key stands before
	}
	r.known[x.id] = s
	return nil
}

// exception accepts an exception as a part of its company.
func (r *reader) exception(rec *record) error {
	if r.dealt(rec, exceptions, rec.exception != nil && rec.exception.deleted) {
		return r.sink.Err()
	}
	x, f := explain(rec.exception)
	if f.reason != "" {
		r.reject(rec, f)
		return r.sink.Err()
	}
	taken := directTaken
	if x.ultimate {
		taken = ultimateTaken
	}
	s := r.known[x.id]
	switch {
	case s.marks&passed != 0 && s.marks&declared == 0:
		r.sink.PassOver(ofPassed)
	case s.marks&declared == 0:
		r.reject(rec, fault{"LEI", rec.exception.lei, loader.NoReference, r.whereCompaniesAre()})
	case s.marks&taken != 0:
		r.repeated(rec, "LEI", rec.exception.lei)
	case s.marks&exceptionShown == 0: // the company is another dataset's
		out := r.sink.Row(r.kinds.Kind(graph.Company), r.file.Name, rec.line)
		out.SetText("id", rec.exception.lei)
		out.SetText("lei", rec.exception.lei)
		r.setExceptions(out, s)
		r.mark(x.id, taken|exceptionShown)
	default:
		r.sink.Join()
		r.mark(x.id, taken)
	}
	return r.sink.Err()
}

// ofPassed is the rule for what refers to an entity that was passed over.
const ofPassed = "records about an entity that was passed over"

// whereCompaniesAre says where a company was looked for.
func (r *reader) whereCompaniesAre() string {
	if r.level1 {
		return "the files of level 1 that are named beside it have no such entity"
	}
	return "no company of the store has this LEI: name the file of level 1 (lei2) beside this one, or load it first"
}

func (r *reader) setExceptions(out graph.Row, s state) {
	if s.direct != 0 {
		out.SetText("parent_exception", s.direct.String())
	}
	if s.ultimate != 0 {
		out.SetText("ultimate_parent_exception", s.ultimate.String())
	}
}
