package baci

import (
	"bytes"
	"io"

	"tiermap/graph"
	"tiermap/loader"
)

// blockSize is how many bytes are parsed at a time. It is also how long a line
// may be.
const blockSize = loader.MaxRow

// shown is how much is kept of a line that is too long.
const shown = 8 << 10

// block is a part of a file that holds whole lines, with what was read of it.
type block struct {
	data    []byte // ends with a line end
	line    int    // the number of its first line
	tooLong bool   // data is the beginning of a single line, the rest is gone

	batch *graph.Batch  // the rows that are good so far
	keys  []key         // theirs
	bad   []int         // the lines that are not
	done  chan struct{} // gets a value when the block is parsed
}

// key is i, j and k of a row.
type key struct{ i, j, k int32 }

func newBlock() *block { return &block{done: make(chan struct{}, 1)} }

// blockReader cuts a file into blocks.
type blockReader struct {
	src  io.Reader
	rest []byte // read, and not yet in a block
	line int    // the number of the next block's first line
	eof  bool
	cut  bool // the last line of the file has no line end
}

// header returns the first line of the file, which is the reader's from then on.
func (r *blockReader) header() (string, error) {
	b := newBlock()
	if err := r.fill(b); err != nil {
		return "", err
	}
	data := bytes.TrimPrefix(b.data, []byte("\xef\xbb\xbf"))
	line := data[:bytes.IndexByte(data, '\n')+1]
	r.rest = append(append([]byte(nil), data[len(line):]...), r.rest...)
	r.line = 2
	if b.tooLong {
		line = data
	}
	return string(loader.TrimLineEnd(line)), nil
}

// next fills the block with the next lines; false at the end of the file.
func (r *blockReader) next(b *block) (bool, error) {
	if err := r.fill(b); err != nil || len(b.data) == 0 {
		return false, err
	}
	b.line = r.line
	if b.tooLong {
		r.line++
	} else {
		r.line += bytes.Count(b.data, []byte{'\n'})
	}
	return true, nil
}

func (r *blockReader) fill(b *block) error {
	b.tooLong = false
	if b.data == nil { // most files are small, and need one
		b.data = make([]byte, 0, blockSize+1)
	}
	b.data = append(b.data[:0], r.rest...)
	r.rest = r.rest[:0]
	for len(b.data) < blockSize && !r.eof {
		n, err := r.read(b.data[len(b.data):blockSize])
		b.data = b.data[:len(b.data)+n]
		if err != nil {
			return err
		}
	}
	end := bytes.LastIndexByte(b.data, '\n') + 1
	switch {
	case end == len(b.data):
	case r.eof && len(b.data) < blockSize:
		b.data = append(b.data, '\n')
		r.cut = true
	case end > 0:
		r.rest = append(r.rest, b.data[end:]...)
		b.data = b.data[:end]
	default:
		return r.skipLine(b)
	}
	return nil
}

// skipLine keeps the beginning of a line that fills the block and does not end,
// and goes past the rest of it.
func (r *blockReader) skipLine(b *block) error {
	b.tooLong = true
	scratch := b.data[shown:]
	b.data = b.data[:shown]
	for !r.eof {
		n, err := r.read(scratch)
		if err != nil {
			return err
		}
		if i := bytes.IndexByte(scratch[:n], '\n'); i >= 0 {
			r.rest = append(r.rest, scratch[i+1:n]...)
			return nil
		}
	}
	r.cut = true
	return nil
}

// read is Read of the source; the end of the file sets eof.
func (r *blockReader) read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	if err == io.EOF {
		r.eof, err = true, nil
	}
	return n, err
}

// lines goes through the lines of a block in order, for the few that are needed
// again.
type lines struct {
	rest []byte
	line int // the number of the first line of rest
}

// seek returns the line of that number, without its line end. Numbers must
// ascend from call to call.
func (l *lines) seek(number int) string {
	for {
		end := bytes.IndexByte(l.rest, '\n') + 1
		if end == 0 {
			end = len(l.rest)
		}
		if l.line == number {
			return string(loader.TrimLineEnd(l.rest[:end]))
		}
		l.rest = l.rest[end:]
		l.line++
	}
}
