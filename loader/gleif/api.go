package gleif

import (
	"bytes"
	"encoding/json"
	"io"

	"tiermap/graph"
	"tiermap/loader"
)

// maxResponse is how long a response of the API may be; a page of 200 records
// has 0.8 MB.
const maxResponse = 64 << 20

// apiSplitter cuts a response of the API into its records.
type apiSplitter struct {
	name string
	src  io.Reader
}

func (s *apiSplitter) next(b *block) (bool, error) {
	data, err := io.ReadAll(io.LimitReader(s.src, maxResponse+1))
	if err != nil {
		return false, err
	}
	if len(data) > maxResponse {
		return false, graph.Errorf(graph.BadInput, "%s is longer than 64 MiB: this is no response of api.gleif.org", s.name)
	}
	var response struct{ Data json.RawMessage }
	if err := json.Unmarshal(data, &response); err != nil {
		return false, graph.Wrap(graph.BadInput, err, "%s is no JSON as api.gleif.org answers: fetch it again (%v)", s.name, err)
	}
	var list []json.RawMessage
	if len(response.Data) > 0 && response.Data[0] == '{' {
		list = append(list, response.Data)
	} else if err := json.Unmarshal(response.Data, &list); err != nil {
		return false, graph.Wrap(graph.BadInput, err, "%s has no data as api.gleif.org answers: fetch it again", s.name)
	}
	for _, raw := range list { // the API writes one line
		b.add(1, raw, unreadable(raw))
	}
	return false, nil
}

type apiName struct{ Name string }

// apiRecord has the parts of all records of the API that count here.
type apiRecord struct {
	Type       string
	Attributes struct {
		LEI    string
		Entity *struct {
			LegalName                            apiName
			OtherNames, TransliteratedOtherNames []apiName
			LegalAddress, HeadquartersAddress    struct{ Country string }
			Jurisdiction, Status                 string
			SuccessorEntity                      struct{ LEI string }
			SuccessorEntities                    []struct{ LEI string }
		}
		Registration struct{ Status string }
		Relationship *struct {
			StartNode, EndNode struct{ ID, Type string }
			Type, Status       string
			Periods            []struct{ StartDate, EndDate, Type string }
		}
		Category, Reason string
		Extension        struct{ DeletedAt string }
	}
}

func parseAPI(data []byte) record {
	if bytes.Contains(data, escapedNUL) {
		return record{fault: loader.NulByte}
	}
	var a apiRecord
	if err := json.Unmarshal(data, &a); err != nil {
		return malformed(err)
	}
	deleted := a.Attributes.Extension.DeletedAt != ""
	switch {
	case a.Type == "lei-records" && a.Attributes.Entity != nil:
		x := a.Attributes.Entity
		e := &entity{lei: a.Attributes.LEI, name: x.LegalName.Name, legal: x.LegalAddress.Country, office: x.HeadquartersAddress.Country,
			jurisdiction: x.Jurisdiction, status: x.Status, registration: a.Attributes.Registration.Status, deleted: deleted}
		for _, list := range [][]apiName{x.OtherNames, x.TransliteratedOtherNames} {
			for _, n := range list {
				e.others = append(e.others, n.Name)
			}
		}
		for _, s := range x.SuccessorEntities {
			e.successors = append(e.successors, s.LEI)
		}
		if len(e.successors) == 0 && x.SuccessorEntity.LEI != "" {
			e.successors = []string{x.SuccessorEntity.LEI}
		}
		return record{entity: e}
	case a.Type == "relationship-records" && a.Attributes.Relationship != nil:
		x := a.Attributes.Relationship
		r := &relationship{child: x.StartNode.ID, childType: x.StartNode.Type, parent: x.EndNode.ID, parentType: x.EndNode.Type,
			kind: x.Type, status: x.Status, registration: a.Attributes.Registration.Status, deleted: deleted}
		for _, p := range x.Periods {
			r.periods = append(r.periods, period{p.StartDate, p.EndDate, p.Type})
		}
		return record{relationship: r}
	case a.Type == "reporting-exceptions":
		e := &exception{lei: a.Attributes.LEI, category: a.Attributes.Category, deleted: deleted}
		if a.Attributes.Reason != "" {
			e.reasons = []string{a.Attributes.Reason}
		}
		return record{exception: e}
	}
	return record{other: "a record of the API that is neither lei-record, relationship-record nor reporting-exception"}
}
