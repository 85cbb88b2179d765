package gleif

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// jsonSplitter cuts a JSON file into the records of its array, which is the
// file or the first array among the values of the one object that the file is.
type jsonSplitter struct {
	name    string
	src     *lines
	dec     *json.Decoder
	inside  bool // of the array
	wrapped bool // the array is a value of an object
}

func newJSONSplitter(f file, src io.Reader) *jsonSplitter {
	l := &lines{src: src, line: 1}
	return &jsonSplitter{name: f.String(), src: l, dec: json.NewDecoder(l)}
}

func (s *jsonSplitter) next(b *block) (bool, error) {
	if !s.inside {
		if err := s.enter(); err != nil {
			return false, s.failure(err)
		}
		s.inside = true
	}
	for !b.full() {
		if !s.dec.More() {
			return false, s.failure(s.leave())
		}
		var raw json.RawMessage
		if err := s.dec.Decode(&raw); err != nil {
			return false, s.failure(err)
		}
		b.add(s.src.at(s.dec.InputOffset()-int64(len(raw))), raw, unreadable(raw))
	}
	return true, nil
}

var errNoArray = errors.New("there is no array of records")

// enter goes into the array of records.
func (s *jsonSplitter) enter() error {
	first, err := s.dec.Token()
	if err != nil || first == json.Delim('[') {
		return err
	}
	s.wrapped = true
	for s.dec.More() {
		if _, err := s.dec.Token(); err != nil { // the key
			return err
		}
		value, err := s.dec.Token()
		if err != nil || value == json.Delim('[') {
			return err
		}
		if value == json.Delim('{') {
			if err := s.skip(); err != nil {
				return err
			}
		}
	}
	return errNoArray
}

// skip goes past the object that was entered.
func (s *jsonSplitter) skip() error {
	for depth := 1; depth > 0; {
		t, err := s.dec.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// leave reads on to the end of the file, in which no more records may be.
func (s *jsonSplitter) leave() error {
	if _, err := s.dec.Token(); err != nil { // the end of the array
		return err
	}
	if s.wrapped {
		if err := s.skip(); err != nil {
			return err
		}
	}
	switch _, err := s.dec.Token(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return errors.New("something stands behind the end of the records")
}

// failure turns an error of reading into one that says where.
func (s *jsonSplitter) failure(err error) error {
	var known *graph.Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return graph.Wrap(graph.BadInput, err, "%s is cut off within the record of line %d: fetch it again", s.name, s.src.at(s.dec.InputOffset()))
	}
	return graph.Wrap(graph.BadInput, err, "%s, line %d: this is no JSON as GLEIF publishes it: %v", s.name, s.src.at(s.dec.InputOffset()), err)
}

// lines tells the lines of offsets of what is read through it.
type lines struct {
	src  io.Reader
	ends []int64 // offsets of line ends that at has not passed yet
	read int64
	line int // of the offset that at was last asked for
}

func (l *lines) Read(p []byte) (int, error) {
	n, err := l.src.Read(p)
	for at := 0; at < n; {
		i := bytes.IndexByte(p[at:n], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		l.ends = append(l.ends, l.read+int64(at-1))
	}
	l.read += int64(n)
	return n, err
}

// at returns the line of an offset, which must not be before the last asked for.
func (l *lines) at(offset int64) int {
	n := 0
	for n < len(l.ends) && l.ends[n] < offset {
		n++
	}
	l.line += n
	l.ends = l.ends[:copy(l.ends, l.ends[n:])]
	return l.line
}

// value is a text in JSON, plain or as {"$": "text", "@xml:lang": "en"}.
type value string

func (v *value) UnmarshalJSON(data []byte) error {
	if text, ok := simple(data); ok {
		*v = value(text)
		return nil
	}
	switch data[0] {
	case '"':
		return json.Unmarshal(data, (*string)(v))
	case '{':
		var wrapped struct {
			Text string `json:"$"`
		}
		err := json.Unmarshal(data, &wrapped)
		*v = value(wrapped.Text)
		return err
	case 'n': // null
		return nil
	}
	return fmt.Errorf("%.40s is no text", data)
}

// simple returns the text of a value, which is known to be JSON, where it is
// written as "text" or {"$":"text"} without an escape.
func simple(data []byte) (text []byte, ok bool) {
	if inner, wrapped := bytes.CutPrefix(data, []byte(`{"$":`)); wrapped {
		data = inner[:len(inner)-1]
	}
	if len(data) < 2 || data[0] != '"' {
		return nil, false
	}
	end := len(data) - 1
	text = data[1:end]
	return text, data[end] == '"' && bytes.IndexByte(text, '"') < 0 && bytes.IndexByte(text, '\\') < 0
}

// nested is a list of texts or objects, which the files write as an array, as
// the one that it has, or as an object of such a list.
type nested []any

func (n *nested) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*n = nested{v}
	return nil
}

// texts returns the texts of a list; those of objects stand under keys that end
// with the suffix.
func (n nested) texts(suffix string) (list []string) {
	for _, v := range n {
		switch v := v.(type) {
		case string:
			list = append(list, v)
		case []any:
			list = append(list, nested(v).texts(suffix)...)
		case map[string]any:
			for key, inner := range v {
				if key == "$" || strings.HasSuffix(key, suffix) {
					list = append(list, nested{inner}.texts(suffix)...)
				}
			}
		}
	}
	return list
}

// periods returns the periods of a list.
func (n nested) periods() (list []period) {
	for _, v := range n {
		switch v := v.(type) {
		case []any:
			list = append(list, nested(v).periods()...)
		case map[string]any:
			if inner, ok := v["RelationshipPeriod"]; ok {
				list = append(list, nested{inner}.periods()...)
				continue
			}
			list = append(list, period{one(v["StartDate"]), one(v["EndDate"]), one(v["PeriodType"])})
		}
	}
	return list
}

// one returns the only text of a value.
func one(v any) string {
	if list := (nested{v}).texts("\x00"); len(list) == 1 {
		return list[0]
	}
	return ""
}

// jsonRecord has the parts of all records that count here.
type jsonRecord struct {
	LEI    value
	Entity *struct {
		LegalName, LegalJurisdiction, EntityStatus value
		OtherEntityNames                           nested
		TransliteratedOtherEntityNames             nested
		SuccessorEntity                            nested
		LegalAddress, HeadquartersAddress          struct{ Country value }
	}
	Registration       struct{ RegistrationStatus value }
	RelationshipRecord *jsonRecord // in the golden copy, what follows stands in it
	Relationship       *struct {
		StartNode, EndNode                   struct{ NodeID, NodeIDType value }
		RelationshipType, RelationshipStatus value
		RelationshipPeriods                  nested
	}
	ExceptionCategory value
	ExceptionReason   nested
	Extension         struct {
		Deletion *struct{ DeletedAt value }
	}
}

// escapedNUL is what a NUL byte is in JSON.
var escapedNUL = []byte(`\u0000`)

func parseJSON(data []byte) record {
	if bytes.Contains(data, escapedNUL) {
		return record{fault: loader.NulByte}
	}
	var j jsonRecord
	if err := json.Unmarshal(data, &j); err != nil {
		return malformed(err)
	}
	if j.RelationshipRecord != nil {
		j.RelationshipRecord.Extension.Deletion = first(j.RelationshipRecord.Extension.Deletion, j.Extension.Deletion)
		j = *j.RelationshipRecord
	}
	deleted := j.Extension.Deletion != nil && j.Extension.Deletion.DeletedAt != ""
	switch {
	case j.Relationship != nil:
		x := j.Relationship
		return record{relationship: &relationship{child: string(x.StartNode.NodeID), childType: string(x.StartNode.NodeIDType),
			parent: string(x.EndNode.NodeID), parentType: string(x.EndNode.NodeIDType), kind: string(x.RelationshipType),
			status: string(x.RelationshipStatus), registration: string(j.Registration.RegistrationStatus),
			periods: x.RelationshipPeriods.periods(), deleted: deleted}}
	case j.Entity != nil:
		x := j.Entity
		return record{entity: &entity{lei: string(j.LEI), name: string(x.LegalName),
			others: append(x.OtherEntityNames.texts("EntityName"), x.TransliteratedOtherEntityNames.texts("EntityName")...),
			legal:  string(x.LegalAddress.Country), office: string(x.HeadquartersAddress.Country), jurisdiction: string(x.LegalJurisdiction),
			status: string(x.EntityStatus), registration: string(j.Registration.RegistrationStatus),
			successors: x.SuccessorEntity.texts("SuccessorLEI"), deleted: deleted}}
	case j.ExceptionCategory != "":
		return record{exception: &exception{lei: string(j.LEI), category: string(j.ExceptionCategory),
			reasons: j.ExceptionReason.texts("ExceptionReason"), deleted: deleted}}
	}
	return record{fault: loader.Missing, detail: "it has neither Entity, Relationship nor ExceptionCategory"}
}

func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}
