package comtrade

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"tiermap/graph"
	"tiermap/loader"
)

// rows goes through the rows of a file, whatever its shape.
type rows interface {
	next() bool
	text(c column) string // "" where it is blank or the file lacks it
	has(c column) bool    // whether the file has the column
	line() int
	reject(c column, reason loader.Reason, detail string)
	Close() error
}

// open opens a file of a shape.
func open(sink *loader.Sink, in loader.Input, s shape) (rows, error) {
	if s.json {
		return openJSON(sink, in)
	}
	layout := loader.Layout{Comma: s.comma, OpenEnded: true}
	if s.windows {
		layout.Charset = charmap.Windows1252
	}
	t, err := sink.OpenLayout(in, layout)
	if err != nil {
		return nil, err
	}
	r := &tableRows{Table: t}
	for c, list := range names {
		r.index[c] = -1
		for _, name := range list {
			if i := t.Column(name); i >= 0 {
				r.index[c], r.name[c] = i, name
				break
			}
		}
	}
	if err := r.complete(in); err != nil {
		t.Close()
		return nil, err
	}
	return r, nil
}

// tableRows are the rows of a CSV file.
type tableRows struct {
	*loader.Table
	index [nColumns]int
	name  [nColumns]string
}

// complete holds that the columns are there that a row cannot do without.
func (r *tableRows) complete(in loader.Input) error {
	for _, choice := range needed {
		found := false
		for _, c := range choice {
			found = found || r.has(c)
		}
		if !found {
			return graph.Errorf(graph.BadInput, "%s: the header has no column %s, as files of UN Comtrade have: is this one?", in, names[choice[0]][0])
		}
	}
	return nil
}

func (r *tableRows) next() bool           { return r.Next() }
func (r *tableRows) text(c column) string { return r.At(r.index[c]) }
func (r *tableRows) has(c column) bool    { return r.index[c] >= 0 }
func (r *tableRows) line() int            { return r.Line() }
func (r *tableRows) reject(c column, reason loader.Reason, detail string) {
	r.Reject(r.name[c], reason, detail)
}

// shape is how a file is written.
type shape struct {
	json    bool
	comma   byte // where it is a table
	windows bool // in Windows-1252, as some downloads of comtradeplus are; else UTF-8
}

// sniff looks at the beginning of a file; windows is not told by it.
func sniff(in loader.Input) (s shape, err error) {
	start, err := in.Start(64 << 10)
	if err != nil {
		return s, err
	}
	if s.json = bytes.HasPrefix(start, []byte{'{'}) || bytes.HasPrefix(start, []byte{'['}); s.json {
		return s, nil
	}
	s.comma, err = in.Separator()
	return s, err
}

// isTrue reads a flag as the shapes write it.
func isTrue(text string) bool { return text == "1" || strings.EqualFold(text, "true") }
