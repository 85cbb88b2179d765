package comtrade

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"tiermap/graph"
	"tiermap/loader"
)

// jsonRows are the rows of an answer of the API: the objects of its list
// "data", or of a list that stands alone. The line of a row is its place in the
// list, counted from 1.
type jsonRows struct {
	sink    *loader.Sink
	in      loader.Input
	file    io.ReadCloser
	dec     *json.Decoder
	wrapped bool // the list stands in an object
	ended   bool
	n       int
	raw     json.RawMessage
	fields  map[string]any
	err     error
}

func openJSON(sink *loader.Sink, in loader.Input) (rows, error) {
	file, err := sink.Open(in)
	if err != nil {
		return nil, err
	}
	r := &jsonRows{sink: sink, in: in, file: file, dec: json.NewDecoder(skipMark(file))}
	if err := r.toList(); err != nil {
		file.Close()
		return nil, r.broken(err)
	}
	return r, nil
}

// skipMark takes a byte order mark off the start.
func skipMark(r io.Reader) io.Reader {
	mark := make([]byte, 3)
	n, err := io.ReadFull(r, mark)
	if err == nil && string(mark) == "\xef\xbb\xbf" {
		return r
	}
	return io.MultiReader(strings.NewReader(string(mark[:n])), r)
}

// toList goes to the first row.
func (r *jsonRows) toList() error {
	token, err := r.dec.Token()
	if err != nil {
		return err
	}
	if token == json.Delim('[') {
		return nil
	}
	if token != json.Delim('{') {
		return errNoRows
	}
	r.wrapped = true
	return r.toData()
}

var errNoRows = errors.New("there is no list of rows in it")

// toData goes to the list "data" of the object that is being read.
func (r *jsonRows) toData() error {
	for r.dec.More() {
		name, err := r.dec.Token()
		if err != nil {
			return err
		}
		if name == "data" {
			if token, err := r.dec.Token(); err != nil || token != json.Delim('[') {
				return errors.Join(errNoRows, err)
			}
			return nil
		}
		var value any
		if err := r.dec.Decode(&value); err != nil {
			return err
		}
		if text, _ := value.(string); name == "error" && text != "" {
			return fmt.Errorf("it is an error message: %s", text)
		}
	}
	return errNoRows
}

// broken is the error for a file that is no answer of the API.
func (r *jsonRows) broken(err error) error {
	var told *graph.Error
	if errors.As(err, &told) { // of reading the file
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return graph.Wrap(graph.BadInput, err, "%s is cut off: fetch it again", r.in)
	}
	return graph.Wrap(graph.BadInput, err, "%s is no answer of UN Comtrade's API, at byte %d: %v", r.in, r.dec.InputOffset(), err)
}

func (r *jsonRows) next() bool {
	for r.err == nil && !r.ended && r.sink.Err() == nil {
		if !r.dec.More() {
			r.end()
			return false
		}
		r.raw = nil
		if err := r.dec.Decode(&r.raw); err != nil {
			r.err = r.broken(err)
			return false
		}
		r.n++
		reason := r.split()
		if reason == "" {
			return true
		}
		r.sink.Reject(loader.Reject{File: r.in.String(), Line: r.n, Reason: reason, Raw: string(r.raw)})
	}
	return false
}

// split takes the row apart.
func (r *jsonRows) split() loader.Reason {
	switch {
	case len(r.raw) > loader.MaxRow:
		return loader.TooLong
	case !utf8.Valid(r.raw):
		return loader.NotUTF8
	}
	r.fields = nil
	dec := json.NewDecoder(strings.NewReader(string(r.raw)))
	dec.UseNumber()
	if err := dec.Decode(&r.fields); err != nil || r.fields == nil {
		return loader.ColumnCount
	}
	return ""
}

// end reads what follows the list, so that a file that is cut off is found.
func (r *jsonRows) end() {
	r.ended = true
	open := 1 // lists and objects that are not closed yet
	if r.wrapped {
		open = 2
	}
	for {
		token, err := r.dec.Token()
		switch {
		case errors.Is(err, io.EOF) && open == 0:
			return
		case err != nil:
			r.err = r.broken(err)
			return
		case token == json.Delim('['), token == json.Delim('{'):
			open++
		case token == json.Delim(']'), token == json.Delim('}'):
			open--
		}
	}
}

func (r *jsonRows) text(c column) string {
	for _, name := range names[c] {
		switch v := r.fields[name].(type) {
		case string:
			return strings.TrimSpace(v)
		case json.Number:
			return v.String()
		case bool:
			return fmt.Sprint(v)
		}
	}
	return ""
}

// has reports whether the row has the column: an answer names all in each row.
func (r *jsonRows) has(c column) bool {
	for _, name := range names[c] {
		if _, ok := r.fields[name]; ok {
			return true
		}
	}
	return false
}

func (r *jsonRows) line() int { return r.n }

func (r *jsonRows) reject(c column, reason loader.Reason, detail string) {
	r.sink.Reject(loader.Reject{File: r.in.String(), Line: r.n, Column: names[c][0], Value: r.text(c), Reason: reason, Detail: detail, Raw: string(r.raw)})
}

func (r *jsonRows) Close() error {
	r.file.Close()
	if r.err != nil {
		return r.err
	}
	return r.sink.Err()
}
