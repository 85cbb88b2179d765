package loader

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"tiermap/graph"
)

// maxRecord is how long a row may be, in bytes.
const maxRecord = 1 << 20

// Table reads a CSV file with a header, row by row, strictly: RFC 4180, comma,
// UTF-8; a byte order mark is taken off the start, CRLF is a line end, empty
// lines are passed over. A row that is no row of the table (its number of
// columns, a NUL byte, text that is not UTF-8, a quote that is not closed) is
// rejected and the next one read. A quote that is never closed costs the line
// that it stands on, not the rest of the file.
type Table struct {
	sink   *Sink
	in     Input
	file   io.ReadCloser
	rows   *recordReader
	header []string
	index  map[string]int
	err    error
}

// OpenTable opens a CSV file and reads its header: every column must be one of
// known, and each of required must be there, in any order. What is wrong with
// the header is BadInput that names the nearest known column.
func (s *Sink) OpenTable(in Input, known, required []string) (*Table, error) {
	file, err := s.Open(in)
	if err != nil {
		return nil, err
	}
	t := &Table{sink: s, in: in, file: file, rows: newRecordReader(file)}
	if err := t.readHeader(known, required); err != nil {
		file.Close()
		return nil, err
	}
	return t, nil
}

func (t *Table) readHeader(known, required []string) error {
	rec, ok := t.rows.next()
	switch {
	case t.rows.err != nil:
		return t.rows.err
	case !ok:
		return graph.Errorf(graph.BadInput, "%s is empty: it needs a header with the columns %s", t.in.Name, strings.Join(known, ", "))
	case rec.fault != "":
		return graph.Errorf(graph.BadInput, "%s, line %d: the header cannot be read: %s", t.in.Name, rec.line, rec.fault.Sentence())
	}
	t.header = make([]string, len(rec.fields))
	for i, f := range rec.fields {
		t.header[i] = strings.TrimSpace(f)
	}
	var err error
	t.index, err = CheckHeader(t.in.Name, t.header, known, required)
	return err
}

// CheckHeader returns where each column of a header stands, or BadInput for a
// column that is unknown, repeated or missing.
func CheckHeader(file string, header, known, required []string) (map[string]int, error) {
	index := make(map[string]int, len(header))
	for i, name := range header {
		if !contains(known, name) {
			err := graph.Errorf(graph.BadInput, "%s, line 1: there is no column %q; known are %s", file, name, strings.Join(known, ", "))
			if err.Suggestions = Nearest(name, known, 1); len(err.Suggestions) > 0 {
				err.Message = graph.Errorf(graph.BadInput, "%s, line 1: there is no column %q; did you mean %s? Known are %s",
					file, name, err.Suggestions[0], strings.Join(known, ", ")).Message
			}
			return nil, err
		}
		if _, twice := index[name]; twice {
			return nil, graph.Errorf(graph.BadInput, "%s, line 1: the column %s stands there twice", file, name)
		}
		index[name] = i
	}
	for _, name := range required {
		if _, ok := index[name]; !ok {
			return nil, graph.Errorf(graph.BadInput, "%s, line 1: the column %s is missing", file, name)
		}
	}
	return index, nil
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// Next goes to the next row that has the columns of the header; false at the
// end of the file, or where the load has ended. Close tells the error.
func (t *Table) Next() bool {
	for t.err == nil && t.sink.Err() == nil {
		rec, ok := t.rows.next()
		if !ok {
			t.err = t.rows.err
			return false
		}
		if rec.fault == "" && len(rec.fields) != len(t.header) {
			rec.fault = ColumnCount
		}
		if rec.fault == "" {
			return true
		}
		t.Reject("", rec.fault, "")
	}
	return false
}

// Line is the line that the row begins on.
func (t *Table) Line() int { return t.rows.rec.line }

// Has reports whether the file has the column.
func (t *Table) Has(column string) bool { _, ok := t.index[column]; return ok }

// Text returns the row's value without blanks around it; "" where it is blank
// or the file does not have the column.
func (t *Table) Text(column string) string {
	i, ok := t.index[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(t.rows.rec.fields[i])
}

// Reject rejects the row for what stands in the column; a blank column means
// the row as a whole.
func (t *Table) Reject(column string, reason Reason, detail string) {
	rec := &t.rows.rec
	value := ""
	if i, ok := t.index[column]; ok && i < len(rec.fields) {
		value = rec.fields[i]
	}
	t.sink.Reject(Reject{File: t.in.Name, Line: rec.line, Column: column, Value: value,
		Reason: reason, Detail: detail, Raw: string(rec.raw)})
}

// Close closes the file and returns what went wrong with it: an error means
// that it was not read to its end and the dataset must be refused.
func (t *Table) Close() error {
	t.file.Close()
	if t.err != nil {
		return t.err
	}
	return t.sink.Err()
}

// record is one row of a CSV file. It is valid until the next one is read.
type record struct {
	line   int
	raw    []byte // without its line end
	fields []string
	fault  Reason // blank where the fields are good
}

// recordReader splits a stream into records.
type recordReader struct {
	src   io.Reader
	buf   []byte // what was read and not yet used
	start int    // of the next record in buf
	line  int    // of the next record
	ended bool   // src has no more
	err   error  // what ended src too early
	rec   record
	text  []byte
}

func newRecordReader(r io.Reader) *recordReader {
	return &recordReader{src: r, buf: make([]byte, 0, 64<<10), line: 1}
}

var bom = []byte("\xef\xbb\xbf")

// next reads the next record; ok is false at the end and where err is set.
func (r *recordReader) next() (rec record, ok bool) {
	for {
		end, lines, fault := r.find()
		if r.err != nil || end == r.start {
			return record{}, false
		}
		raw := trimLineEnd(r.buf[r.start:end])
		if r.line == 1 {
			raw = bytes.TrimPrefix(raw, bom)
		}
		r.rec = record{line: r.line, raw: raw, fault: fault, fields: r.rec.fields[:0]}
		r.start = end
		r.line += lines
		if len(raw) == 0 && fault == "" {
			continue
		}
		r.check()
		return r.rec, true
	}
}

// check finds what is wrong with the text of the record, or splits it.
func (r *recordReader) check() {
	switch rec := &r.rec; {
	case bytes.IndexByte(rec.raw, 0) >= 0:
		rec.fault = NulByte
	case !utf8.Valid(rec.raw):
		rec.fault = NotUTF8
	case rec.fault == "":
		r.split()
	}
}

// find returns where the next record ends in buf, past its line end, and how
// many lines it takes. With a fault it is a single line.
func (r *recordReader) find() (end, lines int, fault Reason) {
	var s quoteState
	pos := r.start // scanned so far
	first := -1    // end of the first line
	for {
		for i := pos; i < len(r.buf); i++ {
			c := r.buf[i]
			if c == '\n' {
				lines++
				if first < 0 {
					first = i + 1
				}
			}
			if s = s.step(c); s == broken {
				return r.lineEnd(first, i)
			}
			if s == ended {
				return i + 1, lines, ""
			}
		}
		pos = len(r.buf)
		if pos-r.start > maxRecord {
			end, lines, fault = r.lineEnd(first, pos)
			if fault == Quoting && end-r.start > maxRecord {
				fault = TooLong
			}
			return end, lines, fault
		}
		if r.ended {
			if s == inQuotes {
				return r.lineEnd(first, pos)
			}
			return pos, lines + 1, ""
		}
		moved := r.start
		r.fill()
		if r.err != nil {
			return r.start, 0, ""
		}
		pos -= moved - r.start
		if first >= 0 {
			first -= moved - r.start
		}
	}
}

// lineEnd is where the first line of a broken record ends.
func (r *recordReader) lineEnd(first, from int) (end, lines int, fault Reason) {
	if first >= 0 {
		return first, 1, Quoting
	}
	offset := from - r.start
	for {
		if i := bytes.IndexByte(r.buf[r.start+offset:], '\n'); i >= 0 {
			return r.start + offset + i + 1, 1, Quoting
		}
		if r.ended {
			return len(r.buf), 1, Quoting
		}
		offset = min(len(r.buf)-r.start, maxRecord)
		if len(r.buf)-r.start > maxRecord { // keep its beginning, pass over the rest
			r.buf = r.buf[:r.start+maxRecord]
		}
		if r.fill(); r.err != nil {
			return r.start, 0, ""
		}
	}
}

// fill reads more behind buf, from which it takes away what was used.
func (r *recordReader) fill() {
	if r.start > 0 {
		r.buf = r.buf[:copy(r.buf, r.buf[r.start:])]
		r.start = 0
	}
	if len(r.buf) == cap(r.buf) {
		r.buf = append(make([]byte, 0, 2*cap(r.buf)), r.buf...)
	}
	n, err := r.src.Read(r.buf[len(r.buf):cap(r.buf)])
	r.buf = r.buf[:len(r.buf)+n]
	switch err {
	case nil:
	case io.EOF:
		r.ended = true
	default:
		r.err = err
	}
}

// quoteState is where in a record a byte stands, as far as quotes go.
type quoteState int

const (
	fieldStart quoteState = iota
	plain
	inQuotes
	quoteInQuotes // closes the quotes, or doubles
	ended
	broken
)

func (s quoteState) step(c byte) quoteState {
	if s == inQuotes {
		if c == '"' {
			return quoteInQuotes
		}
		return inQuotes
	}
	switch c {
	case '\n':
		return ended
	case ',':
		return fieldStart
	case '"':
		switch s {
		case fieldStart, quoteInQuotes:
			return inQuotes
		}
		return broken
	}
	if s == quoteInQuotes && c != '\r' {
		return broken
	}
	if s == quoteInQuotes {
		return quoteInQuotes
	}
	return plain
}

// split takes the record, which find has seen to be well formed, apart.
func (r *recordReader) split() {
	rest := r.rec.raw
	for {
		var field []byte
		var more bool
		if len(rest) > 0 && rest[0] == '"' {
			field, rest, more = r.quoted(rest[1:])
		} else {
			field, rest, more = bytes.Cut(rest, []byte{','})
		}
		r.rec.fields = append(r.rec.fields, string(field))
		if !more {
			return
		}
	}
}

// quoted reads a field up to its closing quote, behind its opening one.
func (r *recordReader) quoted(rest []byte) (field, after []byte, more bool) {
	r.text = r.text[:0]
	for {
		i := bytes.IndexByte(rest, '"')
		r.text = append(r.text, rest[:i]...)
		rest = rest[i+1:]
		if len(rest) == 0 || rest[0] != '"' {
			break
		}
		r.text = append(r.text, '"')
		rest = rest[1:]
	}
	_, after, more = bytes.Cut(rest, []byte{','})
	return bytes.ReplaceAll(r.text, []byte("\r\n"), []byte("\n")), after, more
}

// trimLineEnd takes LF or CRLF off.
func trimLineEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'})
}
