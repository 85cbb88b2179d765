package gleif

import (
	"strings"

	"tiermap/loader"
)

// record is one record of a file, whatever its format: an entity, a
// relationship or an exception; or the reason why it cannot be read.
type record struct {
	line         int
	row          string // as it stands in a CSV file
	data         []byte // as it stands in another, until the next record is taken
	entity       *entity
	relationship *relationship
	exception    *exception
	other        string // what an API response holds that is none of these
	fault        loader.Reason
	detail       string
}

// raw is the record as it stands in the file.
func (r *record) raw() string {
	if r.data != nil {
		return string(r.data)
	}
	return r.row
}

// trim takes the blanks around its texts away; names are cleaned apart.
func (r *record) trim() {
	var texts []*string
	switch {
	case r.entity != nil:
		e := r.entity
		texts = []*string{&e.lei, &e.jurisdiction, &e.legal, &e.office, &e.status, &e.registration}
		for i := range e.successors {
			texts = append(texts, &e.successors[i])
		}
	case r.relationship != nil:
		x := r.relationship
		texts = []*string{&x.child, &x.parent, &x.childType, &x.parentType, &x.kind, &x.status, &x.registration}
		for i := range x.periods {
			texts = append(texts, &x.periods[i].start, &x.periods[i].end, &x.periods[i].kind)
		}
	case r.exception != nil:
		texts = []*string{&r.exception.lei, &r.exception.category}
		for i := range r.exception.reasons {
			texts = append(texts, &r.exception.reasons[i])
		}
	}
	for _, text := range texts {
		*text = strings.TrimSpace(*text)
	}
}

// entity is a record of level 1.
type entity struct {
	lei, name                   string
	others                      []string // names
	jurisdiction, legal, office string   // countries: of the law, the legal address, the headquarters
	status, registration        string
	successors                  []string // their LEIs
	deleted                     bool     // a delta file takes the record away
}

// relationship is a record of level 2: child is consolidated by parent.
type relationship struct {
	child, parent         string
	childType, parentType string // of the identifiers
	kind                  string
	status, registration  string
	periods               []period
	deleted               bool
}

// period is a stretch of time of a relationship.
type period struct{ start, end, kind string }

// exception says why an entity reports no parent.
type exception struct {
	lei, category string
	reasons       []string
	deleted       bool
}

// level is what the records of a file are about.
type level int

const (
	entities level = iota
	relationships
	exceptions
	mixed // any of them: responses of the API, arrays of updates
)

// clean takes line ends and repeated blanks out of a name.
func clean(name string) string { return strings.Join(strings.Fields(name), " ") }

// aliases joins the other names of an entity, each once.
func aliases(name string, others []string) string {
	if len(others) == 0 {
		return ""
	}
	var list []string
	seen := map[string]bool{name: true, "": true}
	for _, other := range others {
		other = strings.ReplaceAll(clean(other), ";", ",") // which separates names
		if !seen[other] {
			seen[other] = true
			list = append(list, other)
		}
	}
	return strings.Join(list, ";")
}
