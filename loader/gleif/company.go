package gleif

import (
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// registered has the states of registration whose entities become companies:
// what has ended too, for an identifier in other data has to lead somewhere,
// and a successor leads on.
var registered = map[string]bool{
	"ISSUED": true, "LAPSED": true, "PENDING_TRANSFER": true, "PENDING_ARCHIVAL": true,
	"RETIRED": true, "MERGED": true, "DUPLICATE": true,
}

// unregistered has the others, with the reason why there is no company.
var unregistered = map[string]string{
	"ANNULLED":           "the LEI was issued by mistake or by fraud",
	"CANCELLED":          "the LEI was never issued",
	"PENDING_VALIDATION": "nobody has verified yet that the entity exists",
	"TRANSFERRED":        "another issuer keeps the record",
}

// company takes a record of level 1.
func (r *reader) company(rec *record) error {
	e := rec.entity
	if r.dealt(rec, entities, e != nil && e.deleted) {
		return r.sink.Err()
	}
	id, f := identifier("LEI", e.lei)
	if why := unregistered[e.registration]; why != "" && f.reason == "" {
		r.sink.PassOver(statusRule("registrations", e.registration, why))
		r.mark(id, passed)
		return r.sink.Err()
	}
	row, f := r.describe(e, f)
	if f.reason != "" {
		r.reject(rec, f)
		return r.sink.Err()
	}
	if r.known[id].marks&declared != 0 {
		r.repeated(rec, "LEI", e.lei)
		return r.sink.Err()
	}
	r.mark(id, declared|exceptionShown)
	r.succeeded(e.successors)
	if !checkDigits(e.lei) {
		r.badDigits++
	}
	out := r.sink.Row(r.kinds.Kind(graph.Company), r.file.Name, rec.line)
	for _, field := range row {
		if field.text != "" {
			out.SetText(field.name, field.text)
		}
	}
	r.setExceptions(out, r.known[id])
	return r.sink.Err()
}

func (r *reader) mark(id lei, m marks) {
	s := r.known[id]
	s.marks |= m
	r.known[id] = s
}

func (r *reader) succeeded(successors []string) {
	if len(successors) == 0 {
		return
	}
	if len(successors) > 1 {
		r.several++
	}
	id, _ := parseLEI(successors[0]) // describe has checked it
	r.successors = append(r.successors, id)
}

type fieldText struct{ name, text string }

// describe turns an entity into the fields of a company; f is what is wrong
// with its LEI.
func (r *reader) describe(e *entity, f fault) ([]fieldText, fault) {
	name := clean(e.name)
	seat, status, successor := fieldText{"country", ""}, "", ""
	office := fieldText{"headquarters", ""}
	steps := []func() fault{
		func() fault { return f },
		func() fault {
			if name == "" {
				return fault{"Entity.LegalName", e.name, loader.Missing, ""}
			}
			return fault{}
		},
		func() fault {
			if !registered[e.registration] {
				return notOneOf("Registration.RegistrationStatus", e.registration)
			}
			return fault{}
		},
		func() (f fault) { status, f = entityStatus(e.status); return f },
		func() (f fault) {
			if e.jurisdiction != "" {
				seat.text, f = r.country("Entity.LegalJurisdiction", e.jurisdiction)
			} else {
				seat.text, f = r.country("Entity.LegalAddress.Country", e.legal)
			}
			return f
		},
		func() (f fault) {
			office.text, f = r.country("Entity.HeadquartersAddress.Country", e.office)
			return f
		},
		func() (f fault) {
			if len(e.successors) > 0 {
				successor = e.successors[0]
				_, f = identifier("Entity.SuccessorEntity.1.SuccessorLEI", successor)
				if f.reason == "" && successor == e.lei {
					f = fault{"Entity.SuccessorEntity.1.SuccessorLEI", successor, loader.Conflict, "an entity does not succeed itself"}
				}
			}
			return f
		},
	}
	for _, step := range steps {
		if f := step(); f.reason != "" {
			return nil, f
		}
	}
	return []fieldText{{"id", e.lei}, {"lei", e.lei}, {"name", name}, {"aliases", aliases(name, e.others)}, seat, office,
		{"status", status}, {"registration", strings.ToLower(e.registration)}, {"successor", successor}}, fault{}
}

func notOneOf(column, value string) fault {
	if value == "" {
		return fault{column, value, loader.Missing, ""}
	}
	return fault{column, value, loader.NotAllowed, ""}
}

// entityStatus is blank where GLEIF does not say.
func entityStatus(s string) (string, fault) {
	switch s {
	case "ACTIVE", "INACTIVE":
		return strings.ToLower(s), fault{}
	case "NULL", "":
		return "", fault{}
	}
	return "", notOneOf("Entity.EntityStatus", s)
}

// isoCodes is GLEIF's own system: the codes of ISO 3166-1, none of what other
// publishers add to them.
const isoCodes country.System = "gleif"

// country returns the id of a country by its code, or that of a subdivision:
// US-DE is the United States. A blank code is not known.
func (r *reader) country(column, code string) (string, fault) {
	if code == "" {
		return "", fault{}
	}
	if id := r.places[code]; id != "" {
		return id, fault{}
	}
	text, _, _ := strings.Cut(code, "-")
	if len(text) != 2 {
		return "", fault{column, code, loader.NoCountry, "two letters of ISO 3166-1 are needed, or a subdivision such as US-DE"}
	}
	id, err := r.countries.Resolve(text, isoCodes, r.year)
	if err != nil {
		return "", fault{column, code, loader.NoCountry, err.Error()}
	}
	r.places[code] = id
	return id, fault{}
}
