package loader

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"tiermap/graph"
)

// Sink takes what a source reads: rows that are right, rows that are not, and
// remarks. It hands full batches to the store while the source reads on, one
// batch at a time, in the order in which they came.
//
// A Sink is used by one goroutine, but for Words, Open and Batch, which any
// goroutine may call. What goes wrong behind it (a store that fails, a disk
// that is full, an interrupt) ends the source: Write and Err return it.
type Sink struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	words   *graph.Words
	load    graph.Load // nil where nothing is to be written
	rejects *RejectWriter
	report  *Report

	queue   chan *graph.Batch
	written chan struct{}
	current map[*graph.Kind]*graph.Batch // what Row gathers
	kinds   []*graph.Kind                // the keys of current, in the order in which they came

	mu   sync.Mutex
	free map[*graph.Kind][]*graph.Batch

	rows  atomic.Int64 // accepted + rejected so far
	bytes atomic.Int64 // read from disk so far
}

// rowsPerBatch is how many rows Row gathers before it writes them.
const rowsPerBatch = 8192

func newSink(ctx context.Context, load graph.Load, rejects *RejectWriter, report *Report) *Sink {
	s := &Sink{
		words: graph.NewWords(), load: load, rejects: rejects, report: report,
		queue: make(chan *graph.Batch, 2), written: make(chan struct{}),
		current: map[*graph.Kind]*graph.Batch{}, free: map[*graph.Kind][]*graph.Batch{},
	}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	go s.drain()
	return s
}

// drain writes the queue to the store until it is closed. After an error it
// only empties it.
func (s *Sink) drain() {
	defer close(s.written)
	for b := range s.queue {
		if s.load != nil && s.ctx.Err() == nil {
			if err := s.load.Write(s.ctx, b); err != nil {
				s.cancel(err)
			}
		}
		s.recycle(b)
	}
}

func (s *Sink) recycle(b *graph.Batch) {
	b.Reset()
	s.mu.Lock()
	s.free[b.Kind] = append(s.free[b.Kind], b)
	s.mu.Unlock()
}

// Words is the one list of texts that the batches of this load point into.
func (s *Sink) Words() *graph.Words { return s.words }

// Open opens an input and counts what is read of it for the progress.
func (s *Sink) Open(in Input) (io.ReadCloser, error) {
	return in.open(func(n int) { s.bytes.Add(int64(n)) })
}

// Err returns what ended the load, or nil while it goes on.
func (s *Sink) Err() error { return context.Cause(s.ctx) }

// Batch returns an empty batch of the kind to fill and give to Write. A source
// of millions of rows fills its columns itself, each of the Len rows long; a
// column that is not known in any row may be nil.
func (s *Sink) Batch(k *graph.Kind) *graph.Batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	free := s.free[k]
	if len(free) == 0 {
		return graph.NewBatch(k, s.words, 0)
	}
	b := free[len(free)-1]
	s.free[k] = free[:len(free)-1]
	return b
}

// Write accepts the rows of a batch, which is the Sink's from then on.
func (s *Sink) Write(b *graph.Batch) error {
	if err := s.Err(); err != nil {
		return err
	}
	if b.Len == 0 {
		s.recycle(b)
		return nil
	}
	s.report.Accepted += int64(b.Len)
	s.rows.Add(int64(b.Len))
	s.queue <- b
	return nil
}

// Row accepts one row of the kind, in which only its file and line are set yet.
// It is for catalogues and small tables: it gathers rows and writes them in
// batches. The Row may be filled until the next call.
func (s *Sink) Row(k *graph.Kind, file string, line int) graph.Row {
	b := s.current[k]
	if b != nil && b.Len >= rowsPerBatch {
		s.hand(b)
		b = nil
	}
	if b == nil {
		if s.current[k] == nil {
			s.kinds = append(s.kinds, k)
		}
		b = s.Batch(k)
		s.current[k] = b
	}
	r := b.Add()
	r.SetText("file", file)
	r.SetInt("line", line)
	return r
}

// hand writes what Row has gathered. Where the load has ended (Err tells), the
// rows were read all the same.
func (s *Sink) hand(b *graph.Batch) {
	if rows := int64(b.Len); s.Write(b) != nil {
		s.report.Accepted += rows
		s.rows.Add(rows)
	}
}

// Beside is Row for a fact that comes along with a row that is counted already:
// the owner in a row about a plant. Accepted counts rows of files, not facts.
func (s *Sink) Beside(k *graph.Kind, file string, line int) graph.Row {
	r := s.Row(k, file, line)
	s.report.Accepted--
	s.rows.Add(-1)
	return r
}

// Join accepts a row that becomes part of a fact of another row: why a company
// of one file reports no parent, which stands in another.
func (s *Sink) Join() {
	s.report.Accepted++
	s.rows.Add(1)
}

// PassOver counts a row that is no fact of its own by the source's stated rule:
// the world's total, a detail that the total row already holds. The report
// names the rule and how many rows it took; they are neither accepted nor
// rejected.
func (s *Sink) PassOver(rule string) {
	if s.report.Passed == nil {
		s.report.Passed = map[string]int64{}
	}
	s.report.Passed[rule]++
}

// Reject counts a row that is left out and writes it to the file of rejects.
func (s *Sink) Reject(r Reject) {
	s.report.Rejected++
	s.report.Reasons[r.Reason]++
	s.rows.Add(1)
	if s.rejects == nil {
		return
	}
	if err := s.rejects.Write(r); err != nil {
		s.cancel(rejectsUnwritten(err))
	}
}

func rejectsUnwritten(err error) error {
	return graph.Wrap(graph.BadInput, err, "the file of rejected rows cannot be written: %v", err)
}

// Note adds a remark for the user to the report.
func (s *Sink) Note(format string, args ...any) {
	s.report.Notes = append(s.report.Notes, fmt.Sprintf(format, args...))
}

// finish writes what Row has gathered and waits until the store has everything.
func (s *Sink) finish() {
	for _, k := range s.kinds {
		s.hand(s.current[k])
	}
	s.stop()
}

// stop ends the writing; what is queued is written unless the load has ended.
func (s *Sink) stop() {
	select {
	case <-s.written:
	default:
		close(s.queue)
		<-s.written
	}
}
