package gleif

import (
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// link is the key of a relationship.
type link struct {
	parent, child lei
	kind          byte   // d, u or b: direct, ultimate, branch
	from          uint32 // the first day, as 20121129; 0 where it is not known
}

// kinds of relationships that become ownership, by their type.
var linkKinds = map[string]byte{
	"IS_DIRECTLY_CONSOLIDATED_BY":   'd',
	"IS_ULTIMATELY_CONSOLIDATED_BY": 'u',
	"IS_INTERNATIONAL_BRANCH_OF":    'b',
}

// fundTypes are the types that are no ownership.
var fundTypes = map[string]bool{"IS_FUND-MANAGED_BY": true, "IS_SUBFUND_OF": true, "IS_FEEDER_TO": true}

// published has the states of the registration of a relationship that counts.
var published = map[string]bool{"PUBLISHED": true, "LAPSED": true, "RETIRED": true, "PENDING_TRANSFER": true, "PENDING_ARCHIVAL": true}

// unpublished has the others, with the reason why they do not.
var unpublished = map[string]string{
	"ANNULLED":           "it was reported by mistake or by fraud",
	"CANCELLED":          "it was never published",
	"DUPLICATE":          "another record tells the same",
	"PENDING":            "nobody has verified it yet",
	"PENDING_VALIDATION": "nobody has verified it yet",
	"TRANSFERRED":        "another issuer keeps the record",
}

// relationship takes a record of level 2.
func (r *reader) relationship(rec *record) error {
	x := rec.relationship
	if r.dealt(rec, relationships, x != nil && x.deleted) {
		return r.sink.Err()
	}
	if rule := passRule(x); rule != "" {
		r.sink.PassOver(rule)
		return r.sink.Err()
	}
	k, from, until, f := parseLink(x)
	if f.reason != "" {
		r.reject(rec, f)
		return r.sink.Err()
	}
	for _, end := range []struct {
		column, value string
		id            lei
	}{{childColumn, x.child, k.child}, {parentColumn, x.parent, k.parent}} {
		switch m := r.known[end.id].marks; {
		case m&declared != 0:
		case m&passed != 0:
			r.sink.PassOver(ofPassed)
			return r.sink.Err()
		default:
			r.reject(rec, fault{end.column, end.value, loader.NoReference, r.whereCompaniesAre()})
			return r.sink.Err()
		}
	}
	switch {
	case hasEnded(x) && until == "":
		r.sink.PassOver("relationships that have ended without a date")
	case r.links[k]:
		r.repeated(rec, childColumn, x.child)
	default:
		r.links[k] = true
		r.own(rec, k, from, until)
	}
	return r.sink.Err()
}

const (
	childColumn  = "Relationship.StartNode.NodeID"
	parentColumn = "Relationship.EndNode.NodeID"
)

// own writes the fact: a parent that consolidates, or the head office of a
// branch, which is no legal person beside it and is its own wholly.
func (r *reader) own(rec *record, k link, from, until string) {
	out := r.sink.Row(r.kinds.Kind(graph.Owns), r.file.Name, rec.line)
	out.SetText("owner", rec.relationship.parent)
	out.SetText("owned", rec.relationship.child)
	switch k.kind {
	case 'd':
		out.SetText("kind", "direct")
	case 'u':
		out.SetText("kind", "ultimate")
	default:
		out.SetFloat("share", 1)
	}
	out.SetText("from", from)
	out.SetText("until", until)
}

// passRule returns the rule by which a relationship is passed over, blank where
// none does.
func passRule(x *relationship) string {
	switch {
	case fundTypes[x.kind]:
		return "relationships of funds (IS_FUND-MANAGED_BY, IS_SUBFUND_OF, IS_FEEDER_TO), which are no ownership"
	case unpublished[x.registration] != "":
		return statusRule("relationships", x.registration, unpublished[x.registration])
	case x.childType == "PNI" || x.parentType == "PNI":
		return "relationships to a parent that has no LEI"
	}
	return ""
}

// hasEnded reports whether a relationship is in force no more.
func hasEnded(x *relationship) bool { return x.status != "ACTIVE" || x.registration == "RETIRED" }

// parseLink reads a relationship. The days are blank where they are not known.
func parseLink(x *relationship) (k link, from, until string, f fault) {
	var ok bool
	if k.kind, ok = linkKinds[x.kind]; !ok {
		return k, "", "", notOneOf("Relationship.RelationshipType", x.kind)
	}
	if k.child, f = identifier(childColumn, x.child); f.reason != "" {
		return k, "", "", f
	}
	if k.parent, f = identifier(parentColumn, x.parent); f.reason != "" {
		return k, "", "", f
	}
	switch {
	case x.child == x.parent:
		return k, "", "", fault{parentColumn, x.parent, loader.Conflict, "an entity is not its own parent"}
	case !anyOf(x.childType, "", "LEI"):
		return k, "", "", notOneOf("Relationship.StartNode.NodeIDType", x.childType)
	case !anyOf(x.parentType, "", "LEI"):
		return k, "", "", notOneOf("Relationship.EndNode.NodeIDType", x.parentType)
	case !anyOf(x.status, "ACTIVE", "INACTIVE", "NULL"):
		return k, "", "", notOneOf("Relationship.RelationshipStatus", x.status)
	case !published[x.registration]:
		return k, "", "", notOneOf("Registration.RegistrationStatus", x.registration)
	}
	if from, until, f = inForce(x.periods); f.reason != "" {
		return k, "", "", f
	}
	for i := range len(from) {
		if from[i] != '-' {
			k.from = k.from*10 + uint32(from[i]-'0')
		}
	}
	return k, from, until, fault{}
}

func anyOf(s string, values ...string) bool {
	for _, v := range values {
		if s == v {
			return true
		}
	}
	return false
}

// inForce returns the days between which a relationship was in force: its
// RELATIONSHIP_PERIOD, the latest where it has several. Where it has none, it
// was in force when the accounts begin that tell it; when these end does not
// say that it did.
func inForce(periods []period) (from, until string, f fault) {
	accounts := ""
	for _, p := range periods {
		start, f := day("Relationship.Period.1.startDate", p.start)
		if f.reason != "" {
			return "", "", f
		}
		end, f := day("Relationship.Period.1.endDate", p.end)
		if f.reason != "" {
			return "", "", f
		}
		switch p.kind {
		case "RELATIONSHIP_PERIOD":
			if end != "" && end < start {
				return "", "", fault{"Relationship.Period.1.endDate", p.end, loader.Conflict, "it is before " + start}
			}
			if from == "" && until == "" || start > from {
				from, until = start, end
			}
		case "ACCOUNTING_PERIOD":
			if accounts == "" || start < accounts {
				accounts = start
			}
		case "DOCUMENT_FILING_PERIOD":
		default:
			return "", "", notOneOf("Relationship.Period.1.periodType", strings.TrimSpace(p.kind))
		}
	}
	if from == "" && (until == "" || accounts <= until) {
		from = accounts
	}
	return from, until, fault{}
}
