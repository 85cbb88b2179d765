package loader

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding"

	"tiermap/graph"
)

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
	comma  string
	open   bool // see Layout.OpenEnded
	rows   *rowReader
	header []string
	index  map[string]int
	row    row
	fields []string
	err    error
}

// OpenTable opens a CSV file and reads its header: every column must be one of
// known, and each of required must be there, in any order. What is wrong with
// the header is BadInput that suggests the nearest known column.
func (s *Sink) OpenTable(in Input, known, required []string) (*Table, error) {
	return s.OpenLayout(in, Layout{Known: known, Required: required})
}

// Layout is how a publisher writes a table.
type Layout struct {
	Known    []string          // the columns that there may be; nil: any, which the source does not read
	Required []string          // the columns that there must be
	Comma    byte              // separates fields; 0: the comma
	Charset  encoding.Encoding // of the text, such as charmap.Windows1252; nil: UTF-8
	// OpenEnded: rows may end with a separator that the header does not have.
	OpenEnded bool
	// Unnamed are columns that may stand several times, such as a unit behind each
	// year's amount; they are found by their place in the Header.
	Unnamed []string
}

// Separator returns what separates the columns of a file's first line: comma, tab
// or semicolon, whichever stands there most often.
func (in Input) Separator() (byte, error) {
	start, err := in.Start(64 << 10)
	if err != nil {
		return 0, err
	}
	line, _, _ := bytes.Cut(start, []byte{'\n'})
	comma := byte(',')
	for _, c := range []byte{'\t', ';'} {
		if bytes.Count(line, []byte{c}) > bytes.Count(line, []byte{comma}) {
			comma = c
		}
	}
	return comma, nil
}

// Start returns the first n bytes of a file, fewer where it is shorter, without
// a byte order mark and the blanks and empty lines that it begins with.
func (in Input) Start(n int) ([]byte, error) {
	file, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	start, err := io.ReadAll(io.LimitReader(file, int64(n)))
	return bytes.TrimLeft(bytes.TrimPrefix(start, byteOrderMark), " \t\r\n"), err
}

// OpenLayout is OpenTable for a table that a publisher writes in his own way.
// Publishers add columns: where Known is nil, those that nobody asks for are
// passed over.
func (s *Sink) OpenLayout(in Input, l Layout) (*Table, error) {
	file, err := s.Open(in)
	if err != nil {
		return nil, err
	}
	t, err := s.newTable(in, file, l)
	if err != nil {
		file.Close()
	}
	return t, err
}

func (s *Sink) newTable(in Input, file io.ReadCloser, l Layout) (*Table, error) {
	comma := ","
	if l.Comma != 0 {
		comma = string(rune(l.Comma))
	}
	var text io.Reader = file
	if l.Charset != nil {
		text = l.Charset.NewDecoder().Reader(file)
	}
	t := &Table{sink: s, in: in, file: file, comma: comma, open: l.OpenEnded, rows: newRowReader(text, comma)}
	if err := t.readHeader(l); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Table) readHeader(l Layout) (err error) {
	row, ok := t.rows.next()
	if t.rows.err != nil {
		return t.rows.err
	}
	if !ok {
		return graph.Errorf(graph.BadInput, "%s is empty: it needs a header with the columns %s", t.in, strings.Join(l.Known, ", "))
	}
	if t.header, err = header(t.in.String(), row.line, row.raw, t.comma); err != nil {
		return err
	}
	named := slices.Clone(t.header)
	for i, name := range named {
		if slices.Contains(l.Unnamed, name) {
			named[i] = ""
		}
	}
	t.index, err = CheckHeader(t.in.String(), named, l.Known, l.Required)
	return err
}

// Header returns the names of the columns as they stand in the file.
func (t *Table) Header() []string { return slices.Clone(t.header) }

// Header splits the row of column names of a file, without blanks around them.
func Header(file string, line int, raw string) ([]string, error) { return header(file, line, raw, ",") }

func header(file string, line int, raw, comma string) ([]string, error) {
	names, fault := splitRow(raw, comma, nil)
	if fault != "" {
		return nil, graph.Errorf(graph.BadInput, "%s, line %d: the header cannot be read: %s; a CSV file in UTF-8 is needed",
			file, line, fault.Sentence())
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names, nil
}

// CheckHeader returns where each column of a header stands, or BadInput for a
// column that is unknown (where known is not nil), repeated or missing.
func CheckHeader(file string, header, known, required []string) (map[string]int, error) {
	index := make(map[string]int, len(header))
	for i, name := range header {
		if known != nil && !slices.Contains(known, name) {
			return nil, unknownColumn(file, name, known)
		}
		if _, twice := index[name]; twice && name != "" {
			return nil, graph.Errorf(graph.BadInput, "%s: the header has the column %s twice", file, name)
		}
		index[name] = i
	}
	for _, name := range required {
		if _, ok := index[name]; !ok {
			return nil, graph.Errorf(graph.BadInput, "%s: the column %s is missing in the header", file, name)
		}
	}
	return index, nil
}

func unknownColumn(file, name string, known []string) error {
	err := graph.Errorf(graph.BadInput, "%s: the header has a column %q that is not known (known: %s)",
		file, name, strings.Join(known, ", "))
	err.Suggestions = graph.Nearest(name, known, 1)
	return err
}

// Next goes to the next row that has the columns of the header; false at the
// end of the file, or where the load has ended. Close tells the error.
func (t *Table) Next() bool {
	for t.sink.Err() == nil {
		var ok bool
		if t.row, ok = t.rows.next(); !ok {
			t.err = t.rows.err
			return false
		}
		var fault Reason
		t.fields, fault = splitRow(t.row.raw, t.comma, t.fields[:0])
		if n := len(t.header); t.open && len(t.fields) == n+1 && t.fields[n] == "" {
			t.fields = t.fields[:n]
		}
		switch {
		case t.row.tooLong:
			fault = TooLong
		case fault == "" && len(t.fields) != len(t.header):
			fault = ColumnCount
		}
		if fault == "" {
			return true
		}
		t.sink.Reject(Reject{File: t.in.String(), Line: t.row.line, Reason: fault, Raw: t.row.raw})
	}
	return false
}

// Line is the line that the row begins on.
func (t *Table) Line() int { return t.row.line }

// File is the name of the file, as facts have it.
func (t *Table) File() string { return t.in.Name }

// Path is where the file is, as rejects and messages have it.
func (t *Table) Path() string { return t.in.String() }

// Column returns where a column stands, for At; -1 where the file lacks it.
func (t *Table) Column(name string) int {
	if i, ok := t.index[name]; ok {
		return i
	}
	return -1
}

// At returns the row's value in a column without blanks around it; "" for
// column -1.
func (t *Table) At(column int) string {
	if column < 0 {
		return ""
	}
	return strings.TrimSpace(t.fields[column])
}

// Text returns the row's value in the named column without blanks around it; ""
// where it is blank or the file lacks the column.
func (t *Table) Text(column string) string { return t.At(t.Column(column)) }

// Reject rejects the row for what stands in the column; a blank column means
// the row as a whole.
func (t *Table) Reject(column string, reason Reason, detail string) {
	t.sink.Reject(Reject{File: t.in.String(), Line: t.row.line, Column: column, Value: t.Text(column),
		Reason: reason, Detail: detail, Raw: t.row.raw})
}

// Raw is the row as it stands in the file, for a source that rejects it later.
func (t *Table) Raw() string { return t.row.raw }

// Close closes the file and returns what went wrong with it: an error means
// that it was not read to its end and the dataset must be refused.
func (t *Table) Close() error {
	t.file.Close()
	if t.err != nil {
		return t.err
	}
	return t.sink.Err()
}

// row is one row of a file as it stands there.
type row struct {
	line    int
	raw     string // without its line end
	tooLong bool   // raw is but its beginning
}

// rowReader finds the rows of a CSV file: lines, or several lines where a quote
// stays open.
type rowReader struct {
	src   io.Reader
	comma string // separates the fields of a row
	buf   []byte // what was read and not yet used, from start
	start int
	line  int   // of the next row
	eof   bool  // src has no more
	err   error // what ended src too early
}

func newRowReader(src io.Reader, comma string) *rowReader {
	return &rowReader{src: src, comma: comma, buf: make([]byte, 0, 64<<10), line: 1}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// next returns the next row that is not empty; ok is false at the end of the
// file and where err is set.
func (r *rowReader) next() (out row, ok bool) {
	for {
		end, whole := r.lineFrom(0)
		if r.err != nil || end == 0 {
			return row{}, false
		}
		if !whole {
			return r.tooLong(), r.err == nil
		}
		if r.line == 1 && bytes.HasPrefix(r.buf[r.start:], byteOrderMark) {
			r.start += len(byteOrderMark)
			end -= len(byteOrderMark)
		}
		out = r.rowOf(end)
		if r.err != nil {
			return row{}, false
		}
		if out.raw != "" {
			return out, true
		}
	}
}

// rowOf takes the row whose first line has n bytes. Where a quote in it is not
// closed, that line alone is the row, which SplitRow then finds wrong.
func (r *rowReader) rowOf(n int) row {
	end, lines := n, 1
	open := openQuote(r.buf[r.start:r.start+n], false)
	for open {
		next, whole := r.lineFrom(end)
		if !whole || next == end || next > MaxRow { // it is never closed
			return r.take(n, 1)
		}
		open = openQuote(r.buf[r.start+end:r.start+next], open)
		end = next
		lines++
	}
	if lines > 1 {
		raw := string(TrimLineEnd(r.buf[r.start : r.start+end]))
		if _, fault := split(raw, r.comma, nil); fault != "" { // the quote did not open a field
			return r.take(n, 1)
		}
	}
	return r.take(end, lines)
}

// take makes a row of the next n bytes and goes past them.
func (r *rowReader) take(n, lines int) row {
	out := row{line: r.line, raw: string(TrimLineEnd(r.buf[r.start : r.start+n]))}
	r.start += n
	r.line += lines
	return out
}

// tooLong makes a row of the beginning of a line that is longer than a row may
// be, and goes past the line.
func (r *rowReader) tooLong() row {
	out := row{r.line, string(r.buf[r.start : r.start+maxShown+1]), true}
	for r.err == nil {
		if i := bytes.IndexByte(r.buf[r.start:], '\n'); i >= 0 {
			r.start += i + 1
			break
		}
		r.start = len(r.buf)
		if r.eof {
			break
		}
		r.fill()
	}
	r.line++
	return out
}

// lineFrom returns the offset from start behind the line that begins at offset
// from; the same offset at the end of the file. whole is false for a line that
// is longer than a row may be.
func (r *rowReader) lineFrom(from int) (end int, whole bool) {
	seen := from
	for {
		rest := r.buf[r.start+seen:]
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			return seen + i + 1, true
		}
		seen += len(rest)
		if r.eof || r.err != nil {
			return seen, true
		}
		if seen-from > MaxRow {
			return seen, false
		}
		r.fill()
	}
}

// fill reads more behind buf, from which it takes away what was used.
func (r *rowReader) fill() {
	if r.start > 0 {
		r.buf = r.buf[:copy(r.buf, r.buf[r.start:])]
		r.start = 0
	}
	if len(r.buf) == cap(r.buf) {
		r.buf = slices.Grow(r.buf, cap(r.buf))
	}
	n, err := r.src.Read(r.buf[len(r.buf):cap(r.buf)])
	r.buf = r.buf[:len(r.buf)+n]
	switch err {
	case nil:
	case io.EOF:
		r.eof = true
	default:
		r.err = err
	}
}
