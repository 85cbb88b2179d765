package gleif

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	"tiermap/graph"
	"tiermap/loader"
)

// xmlSplitter cuts an XML file into its records, by their tags: nothing but
// blanks stands between two of them.
type xmlSplitter struct {
	name        string // of the file, for messages
	src         io.Reader
	open, close []byte // tags of a record, the first without its end
	root        []byte // the tag that ends the file
	buf         []byte // what was read and not yet used, from start
	start       int
	line        int // of buf[start]
	eof         bool
	begun       bool // the first record was met
	promised    int64
	count       int64
}

// recordNames are the elements of records, and those of whole files.
var (
	recordNames = map[level]string{entities: "LEIRecord", relationships: "RelationshipRecord", exceptions: "Exception"}
	rootNames   = map[level]string{entities: "LEIData", relationships: "RelationshipData", exceptions: "ReportingExceptionData"}
)

func newXMLSplitter(f file, src io.Reader) *xmlSplitter {
	name := f.prefix + recordNames[f.level]
	return &xmlSplitter{name: f.String(), src: src, line: 1, promised: -1,
		open: []byte("<" + name), close: []byte("</" + name + ">"), root: []byte("</" + f.prefix + rootNames[f.level])}
}

func (s *xmlSplitter) next(b *block) (bool, error) {
	for !b.full() {
		ok, err := s.one(b)
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// one adds the next record, and what stands before it where that is none.
func (s *xmlSplitter) one(b *block) (bool, error) {
	at, err := s.seek(0, s.opening)
	if err != nil {
		return false, err
	}
	if at < 0 {
		return false, s.end(b)
	}
	s.gap(b, s.buf[s.start:s.start+at])
	s.use(at)
	end, err := s.seek(len(s.open), func(data []byte) int { return bytes.Index(data, s.close) })
	if err != nil {
		return false, err
	}
	if end < 0 {
		return false, s.cutOff()
	}
	end += len(s.close)
	s.count++
	b.add(s.line, s.buf[s.start:s.start+end], unreadable(s.buf[s.start:s.start+end]))
	s.use(end)
	return true, nil
}

// unreadable says what is wrong with bytes that are to be text.
func unreadable(data []byte) loader.Reason {
	switch {
	case len(data) > loader.MaxRow:
		return loader.TooLong
	case bytes.IndexByte(data, 0) >= 0:
		return loader.NulByte
	case !utf8.Valid(data):
		return loader.NotUTF8
	}
	return ""
}

// opening finds the tag that begins a record; <lei:LEIRecords> begins with the
// same letters.
func (s *xmlSplitter) opening(data []byte) int {
	for from := 0; ; {
		i := bytes.Index(data[from:], s.open)
		if i < 0 {
			return -1
		}
		end := from + i + len(s.open)
		if end == len(data) {
			return -1 // more has to be read to tell
		}
		if c := data[end]; c == '>' || c == ' ' || c == '\n' || c == '\r' || c == '\t' {
			return from + i
		}
		from = end
	}
}

// seek looks for something from an offset behind start, reading on as it has
// to; -1 where the file has no more of it.
func (s *xmlSplitter) seek(from int, find func(data []byte) int) (int, error) {
	for {
		if i := find(s.buf[s.start+from:]); i >= 0 {
			return from + i, nil
		}
		if s.eof {
			return -1, nil
		}
		if len(s.buf)-s.start > 2*loader.MaxRow {
			return 0, graph.Errorf(graph.BadInput, "%s, line %d: no record ends within 2 MiB of here: the file is damaged", s.name, s.line)
		}
		from = max(from, len(s.buf)-s.start-len(s.close)) // what was looked through, but for half a tag
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

func (s *xmlSplitter) fill() error {
	if s.start > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.start:])]
		s.start = 0
	}
	if cap(s.buf)-len(s.buf) < blockSize {
		s.buf = append(make([]byte, 0, 2*cap(s.buf)+2*blockSize), s.buf...)
	}
	n, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if errors.Is(err, io.EOF) {
		s.eof = true
		return nil
	}
	return err
}

// use goes past n bytes.
func (s *xmlSplitter) use(n int) {
	s.line += bytes.Count(s.buf[s.start:s.start+n], []byte{'\n'})
	s.start += n
}

var recordCount = regexp.MustCompile(`RecordCount>(\d{1,18})<`)

// gap takes what stands before a record: the header of the file before the
// first, nothing before the others, else the remains of a record.
func (s *xmlSplitter) gap(b *block, data []byte) {
	if !s.begun {
		s.begun = true
		if m := recordCount.FindSubmatch(data); m != nil {
			s.promised, _ = strconv.ParseInt(string(m[1]), 10, 64) // digits
		}
		return
	}
	if rest := bytes.TrimLeft(data, " \t\r\n"); len(rest) > 0 {
		s.count++
		line := s.line + bytes.Count(data[:len(data)-len(rest)], []byte{'\n'})
		b.add(line, data[:min(len(data), loader.MaxRow)], loader.Malformed)
	}
}

// end takes what stands behind the last record: the end of the file.
func (s *xmlSplitter) end(b *block) error {
	rest := s.buf[s.start:]
	last := bytes.LastIndex(rest, s.root)
	if last < 0 {
		return s.cutOff()
	}
	before := bytes.TrimSpace(rest[:last])
	if i := bytes.LastIndex(before, []byte("</")); s.begun && i != 0 && len(before) > 0 {
		s.gap(b, before)
	}
	s.start = len(s.buf)
	return nil
}

func (s *xmlSplitter) cutOff() error {
	return graph.Errorf(graph.BadInput, "%s is cut off within or behind the record of line %d: fetch it again", s.name, s.line)
}

// xmlEntity, xmlRelationship and xmlException are the parts of the records that
// count here.
type xmlEntity struct {
	LEI            string   `xml:"LEI"`
	Name           string   `xml:"Entity>LegalName"`
	Others         []string `xml:"Entity>OtherEntityNames>OtherEntityName"`
	Transliterated []string `xml:"Entity>TransliteratedOtherEntityNames>TransliteratedOtherEntityName"`
	Legal          string   `xml:"Entity>LegalAddress>Country"`
	Office         string   `xml:"Entity>HeadquartersAddress>Country"`
	Jurisdiction   string   `xml:"Entity>LegalJurisdiction"`
	Status         string   `xml:"Entity>EntityStatus"`
	Successors     []string `xml:"Entity>SuccessorEntity>SuccessorLEI"`
	Registration   string   `xml:"Registration>RegistrationStatus"`
	Deleted        string   `xml:"Extension>Deletion>DeletedAt"`
}

func (x *xmlEntity) field(path []byte) *string {
	switch string(path) {
	case "LEI>":
		return &x.LEI
	case "Entity>LegalName>":
		return &x.Name
	case "Entity>OtherEntityNames>OtherEntityName>":
		return more(&x.Others)
	case "Entity>TransliteratedOtherEntityNames>TransliteratedOtherEntityName>":
		return more(&x.Transliterated)
	case "Entity>LegalAddress>Country>":
		return &x.Legal
	case "Entity>HeadquartersAddress>Country>":
		return &x.Office
	case "Entity>LegalJurisdiction>":
		return &x.Jurisdiction
	case "Entity>EntityStatus>":
		return &x.Status
	case "Entity>SuccessorEntity>SuccessorLEI>":
		return more(&x.Successors)
	case "Registration>RegistrationStatus>":
		return &x.Registration
	case "Extension>Deletion>DeletedAt>":
		return &x.Deleted
	}
	return nil
}

// more appends to a list and returns where the new text goes.
func more(list *[]string) *string {
	*list = append(*list, "")
	return &(*list)[len(*list)-1]
}

type xmlRelationship struct {
	Child        string      `xml:"Relationship>StartNode>NodeID"`
	ChildType    string      `xml:"Relationship>StartNode>NodeIDType"`
	Parent       string      `xml:"Relationship>EndNode>NodeID"`
	ParentType   string      `xml:"Relationship>EndNode>NodeIDType"`
	Kind         string      `xml:"Relationship>RelationshipType"`
	Status       string      `xml:"Relationship>RelationshipStatus"`
	Periods      []xmlPeriod `xml:"Relationship>RelationshipPeriods>RelationshipPeriod"`
	Registration string      `xml:"Registration>RegistrationStatus"`
	Deleted      string      `xml:"Extension>Deletion>DeletedAt"`
}

func (x *xmlRelationship) field(path []byte) *string {
	switch string(path) {
	case "Relationship>StartNode>NodeID>":
		return &x.Child
	case "Relationship>StartNode>NodeIDType>":
		return &x.ChildType
	case "Relationship>EndNode>NodeID>":
		return &x.Parent
	case "Relationship>EndNode>NodeIDType>":
		return &x.ParentType
	case "Relationship>RelationshipType>":
		return &x.Kind
	case "Relationship>RelationshipStatus>":
		return &x.Status
	case "Relationship>RelationshipPeriods>RelationshipPeriod>":
		x.Periods = append(x.Periods, xmlPeriod{})
	case "Relationship>RelationshipPeriods>RelationshipPeriod>StartDate>":
		return &x.Periods[len(x.Periods)-1].Start
	case "Relationship>RelationshipPeriods>RelationshipPeriod>EndDate>":
		return &x.Periods[len(x.Periods)-1].End
	case "Relationship>RelationshipPeriods>RelationshipPeriod>PeriodType>":
		return &x.Periods[len(x.Periods)-1].Kind
	case "Registration>RegistrationStatus>":
		return &x.Registration
	case "Extension>Deletion>DeletedAt>":
		return &x.Deleted
	}
	return nil
}

type xmlPeriod struct {
	Start string `xml:"StartDate"`
	End   string `xml:"EndDate"`
	Kind  string `xml:"PeriodType"`
}

type xmlException struct {
	LEI      string   `xml:"LEI"`
	Category string   `xml:"ExceptionCategory"`
	Reasons  []string `xml:"ExceptionReason"`
	Deleted  string   `xml:"Extension>Deletion>DeletedAt"`
}

func (x *xmlException) field(path []byte) *string {
	switch string(path) {
	case "LEI>":
		return &x.LEI
	case "ExceptionCategory>":
		return &x.Category
	case "ExceptionReason>":
		return more(&x.Reasons)
	case "Extension>Deletion>DeletedAt>":
		return &x.Deleted
	}
	return nil
}

// parseXML returns the parser of the records of a level.
func parseXML(l level) func(data []byte) record {
	switch l {
	case entities:
		return func(data []byte) record {
			var x xmlEntity
			if err := readXML(data, &x); err != nil {
				return malformed(err)
			}
			return record{entity: &entity{lei: x.LEI, name: x.Name, others: append(x.Others, x.Transliterated...), legal: x.Legal, office: x.Office,
				jurisdiction: x.Jurisdiction, status: x.Status, successors: x.Successors, registration: x.Registration, deleted: x.Deleted != ""}}
		}
	case relationships:
		return func(data []byte) record {
			var x xmlRelationship
			if err := readXML(data, &x); err != nil {
				return malformed(err)
			}
			r := &relationship{child: x.Child, parent: x.Parent, childType: x.ChildType, parentType: x.ParentType,
				kind: x.Kind, status: x.Status, registration: x.Registration, deleted: x.Deleted != ""}
			for _, p := range x.Periods {
				r.periods = append(r.periods, period{p.Start, p.End, p.Kind})
			}
			return record{relationship: r}
		}
	default:
		return func(data []byte) record {
			var x xmlException
			if err := readXML(data, &x); err != nil {
				return malformed(err)
			}
			return record{exception: &exception{lei: x.LEI, category: x.Category, reasons: x.Reasons, deleted: x.Deleted != ""}}
		}
	}
}

func malformed(err error) record { return record{fault: loader.Malformed, detail: err.Error()} }
