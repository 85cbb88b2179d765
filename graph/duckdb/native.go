package duckdb

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// This file is all that touches DuckDB's C interface: databases, connections,
// statements, and the blocks of columns ("chunks") that rows go in and come out
// by. database/sql is left aside since it hands over one boxed value at a time,
// which for millions of rows costs more than the database does.

// chunkRows is the most rows that a chunk holds.
var chunkRows = int(mapping.VectorSize())

// failure is an error of DuckDB's own: its kind and its words.
type failure struct {
	kind mapping.ErrorType
	text string
}

func (f *failure) Error() string { return f.text }

// database is an open DuckDB file.
type database struct{ handle mapping.Database }

// openDatabase opens a file with DuckDB's settings by name.
func openDatabase(path string, settings map[string]string) (*database, error) {
	var config mapping.Config
	if mapping.CreateConfig(&config) == mapping.StateError {
		return nil, &failure{mapping.ErrorTypeSettings, "no configuration could be made"}
	}
	defer mapping.DestroyConfig(&config)
	for name, value := range settings {
		if mapping.SetConfig(config, name, value) == mapping.StateError {
			return nil, &failure{mapping.ErrorTypeSettings, fmt.Sprintf("%s cannot be %q", name, value)}
		}
	}
	var d database
	var text string
	if mapping.OpenExt(path, &d.handle, config, &text) == mapping.StateError {
		mapping.Close(&d.handle)
		return nil, &failure{mapping.ErrorTypeErrorIO, text}
	}
	return &d, nil
}

func (d *database) close() { mapping.Close(&d.handle) }

// connect makes a connection. It runs one statement at a time.
func (d *database) connect() (*connection, error) {
	var c connection
	if mapping.Connect(d.handle, &c.handle) == mapping.StateError {
		return nil, &failure{mapping.ErrorTypeConnection, "no connection to the database could be made"}
	}
	return &c, nil
}

type connection struct{ handle mapping.Connection }

func (c *connection) close() { mapping.Disconnect(&c.handle) }

// watch interrupts what runs on the connection once ctx has ended, until the
// returned function is called. It asks again and again: DuckDB forgets an
// interrupt that comes between two statements.
func (c *connection) watch(ctx context.Context) (release func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	released, done := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		for {
			mapping.Interrupt(c.handle)
			select {
			case <-released:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	return func() {
		close(released)
		if !stop() {
			<-done
		}
	}
}

// exec runs one or more statements without parameters.
func (c *connection) exec(ctx context.Context, statements string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer c.watch(ctx)()
	var result mapping.Result
	state := mapping.Query(c.handle, statements, &result)
	defer mapping.DestroyResult(&result)
	if state == mapping.StateError {
		return resultError(ctx, &result)
	}
	return nil
}

// rollback ends a transaction that failed.
func (c *connection) rollback() { _ = c.exec(context.Background(), "ROLLBACK") }

// query runs a statement whose ? stand for texts, and streams its rows. The
// connection is busy until the rows are closed.
func (c *connection) query(ctx context.Context, statement string, texts ...string) (*rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &rows{ctx: ctx, release: c.watch(ctx)}
	if err := r.start(c, statement, texts); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// rows is a result on its way: next moves from chunk to chunk.
type rows struct {
	ctx       context.Context
	release   func()
	statement mapping.PreparedStatement
	result    mapping.Result
	chunk     mapping.DataChunk
}

func (r *rows) start(c *connection, statement string, texts []string) error {
	if mapping.Prepare(c.handle, statement, &r.statement) == mapping.StateError {
		return &failure{mapping.ErrorTypeBinder, mapping.PrepareError(r.statement)}
	}
	for i, text := range texts {
		if mapping.BindVarcharLength(r.statement, mapping.IdxT(i+1), text, mapping.IdxT(len(text))) == mapping.StateError {
			return &failure{mapping.ErrorTypeInvalidInput, "not a text for a statement: " + text}
		}
	}
	// The interface that streams is marked as one to be replaced; there is no
	// other yet, and a whole result in memory is no choice for millions of rows.
	if bindings.ExecutePreparedStreaming(r.statement, &r.result) == mapping.StateError { //nolint:staticcheck // see above
		return resultError(r.ctx, &r.result)
	}
	return nil
}

// next fetches the next chunk; n is how many rows it has, 0 after the last.
func (r *rows) next() (n int, err error) {
	mapping.DestroyDataChunk(&r.chunk)
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	r.chunk = mapping.FetchChunk(r.result)
	if r.chunk.Ptr == nil {
		if mapping.ResultError(&r.result) != "" {
			return 0, resultError(r.ctx, &r.result)
		}
		return 0, r.ctx.Err()
	}
	return int(mapping.DataChunkGetSize(r.chunk)), nil
}

// column returns a column of the current chunk.
func (r *rows) column(i int) vector {
	return vector{mapping.DataChunkGetVector(r.chunk, mapping.IdxT(i))}
}

func (r *rows) close() {
	mapping.DestroyDataChunk(&r.chunk)
	mapping.DestroyResult(&r.result)
	mapping.DestroyPrepare(&r.statement)
	r.release()
}

// collect runs a statement and appends its columns to dest, which are pointers
// to slices of int32, int64, float64, bool or string.
func (c *connection) collect(ctx context.Context, statement string, dest ...any) error {
	return c.collectFor(ctx, statement, nil, dest...)
}

// collectFor does so for a statement with texts for its parameters.
func (c *connection) collectFor(ctx context.Context, statement string, texts []string, dest ...any) error {
	r, err := c.query(ctx, statement, texts...)
	if err != nil {
		return err
	}
	defer r.close()
	for {
		n, err := r.next()
		if n == 0 || err != nil {
			return err
		}
		for i := range dest {
			r.column(i).appendTo(dest[i], n)
		}
	}
}

// resultError says why a statement failed: its context has ended, or DuckDB's
// own reason.
func resultError(ctx context.Context, result *mapping.Result) error {
	kind := mapping.ResultErrorType(result)
	if kind == mapping.ErrorTypeInterrupt && ctx.Err() != nil {
		return ctx.Err()
	}
	return &failure{kind, mapping.ResultError(result)}
}

// vector is one column of a chunk. Its slices are DuckDB's memory: they are
// valid until the chunk is.
type vector struct{ handle mapping.Vector }

func (v vector) data() unsafe.Pointer { return mapping.VectorGetData(v.handle) }

func (v vector) ints(n int) []int32     { return unsafe.Slice((*int32)(v.data()), n) }
func (v vector) longs(n int) []int64    { return unsafe.Slice((*int64)(v.data()), n) }
func (v vector) floats(n int) []float64 { return unsafe.Slice((*float64)(v.data()), n) }
func (v vector) bools(n int) []bool     { return unsafe.Slice((*bool)(v.data()), n) }

// known returns which rows have a value, one bit each; nil where all have.
func (v vector) known(n int) bitmap {
	p := mapping.VectorGetValidity(v.handle)
	if p == nil {
		return nil
	}
	return unsafe.Slice((*uint64)(p), (n+63)/64)
}

// writableKnown returns the same to be written; it starts with every bit set.
func (v vector) writableKnown() bitmap {
	mapping.VectorEnsureValidityWritable(v.handle)
	return v.known(chunkRows)
}

// appendTo appends n values to the slice that dest points to.
func (v vector) appendTo(dest any, n int) {
	switch dest := dest.(type) {
	case *[]int32:
		*dest = append(*dest, v.ints(n)...)
	case *[]int64:
		*dest = append(*dest, v.longs(n)...)
	case *[]float64:
		*dest = append(*dest, v.floats(n)...)
	case *[]bool:
		*dest = append(*dest, v.bools(n)...)
	case *[]string:
		*dest = v.appendTexts(*dest, n)
	default:
		panic(fmt.Sprintf("duckdb: no column goes into %T", dest))
	}
}

// appendTexts appends n texts to dst, "" where there is none. They are cut from
// one copy of them all, so that a chunk costs one allocation.
func (v vector) appendTexts(dst []string, n int) []string {
	texts := unsafe.Slice((*text)(v.data()), n)
	known := v.known(n)
	size := 0
	for i := range texts {
		if known.has(i) {
			size += int(texts[i].length)
		}
	}
	var all strings.Builder
	all.Grow(size)
	for i := range texts {
		if known.has(i) {
			all.WriteString(texts[i].value())
		}
	}
	rest := all.String()
	for i := range texts {
		n := 0
		if known.has(i) {
			n = int(texts[i].length)
		}
		dst = append(dst, rest[:n])
		rest = rest[n:]
	}
	return dst
}

// setText writes a text, which must be UTF-8.
func (v vector) setText(i int, s string) {
	mapping.VectorAssignStringElement(v.handle, mapping.IdxT(i), s)
}

// text is how DuckDB keeps a text in a vector: up to 12 bytes in place, else
// four of them and a pointer (duckdb_string_t in duckdb.h).
type text struct {
	length uint32
	head   [4]byte
	rest   [8]byte
}

// value is the text itself, still in DuckDB's memory.
func (t *text) value() string {
	if t.length <= 12 {
		return unsafe.String(&t.head[0], t.length)
	}
	return unsafe.String(*(**byte)(unsafe.Pointer(&t.rest)), t.length)
}

// bitmap says of each row whether its value is known; nil: all are.
type bitmap []uint64

func (b bitmap) has(i int) bool { return b == nil || b[i>>6]&(1<<(i&63)) != 0 }
func (b bitmap) clear(i int)    { b[i>>6] &^= 1 << (i & 63) }

// appender puts chunks into a table.
type appender struct {
	handle  mapping.Appender
	chunk   mapping.DataChunk
	pending int // rows that were added and not flushed
}

// flushRows is how many rows are handed to the table at once: enough for the
// cost of a statement to vanish, few enough for a reader of files not to wait.
const flushRows = 61440

// appendTo opens a table of a schema for appending.
func (c *connection) appendTo(schema, table string) (*appender, error) {
	var a appender
	if mapping.AppenderCreateExt(c.handle, "", schema, table, &a.handle) == mapping.StateError {
		err := a.failure()
		mapping.AppenderDestroy(&a.handle)
		return nil, err
	}
	types := make([]mapping.LogicalType, mapping.AppenderColumnCount(a.handle))
	for i := range types {
		types[i] = mapping.AppenderColumnType(a.handle, mapping.IdxT(i))
		defer mapping.DestroyLogicalType(&types[i])
	}
	a.chunk = mapping.CreateDataChunk(types)
	return &a, nil
}

// column returns a column of the chunk that is being filled.
func (a *appender) column(i int) vector {
	return vector{mapping.DataChunkGetVector(a.chunk, mapping.IdxT(i))}
}

// add appends the first n rows of the chunk, which is empty afterwards.
func (a *appender) add(n int) error {
	mapping.DataChunkSetSize(a.chunk, mapping.IdxT(n))
	if mapping.AppendDataChunk(a.handle, a.chunk) == mapping.StateError {
		return a.failure()
	}
	mapping.DataChunkReset(a.chunk)
	a.pending += n
	if a.pending < flushRows {
		return nil
	}
	return a.flush()
}

func (a *appender) flush() error {
	a.pending = 0
	if mapping.AppenderFlush(a.handle) == mapping.StateError {
		return a.failure()
	}
	return nil
}

// insert appends rows to a table of a schema, given as one slice a column.
func (c *connection) insert(schema, table string, columns ...any) error {
	a, err := c.appendTo(schema, table)
	if err != nil {
		return err
	}
	defer a.close()
	for from := 0; ; from += chunkRows {
		n := 0
		for i, column := range columns {
			n = a.column(i).write(column, from)
		}
		if n == 0 {
			return a.flush()
		}
		if err := a.add(n); err != nil {
			return err
		}
	}
}

// write fills a column from a slice and returns how many values there were.
func (v vector) write(column any, from int) int {
	switch column := column.(type) {
	case []int32:
		return copy(v.ints(chunkRows), column[min(from, len(column)):])
	case []int64:
		return copy(v.longs(chunkRows), column[min(from, len(column)):])
	case []float64:
		return copy(v.floats(chunkRows), column[min(from, len(column)):])
	case []bool:
		return copy(v.bools(chunkRows), column[min(from, len(column)):])
	case []string:
		column = column[min(from, len(column)):]
		column = column[:min(len(column), chunkRows)]
		for i, s := range column {
			v.setText(i, s)
		}
		return len(column)
	default:
		panic(fmt.Sprintf("duckdb: no column is made of %T", column))
	}
}

// close ends the appending; what was not flushed is dropped.
func (a *appender) close() {
	if a.pending > 0 {
		mapping.AppenderClear(a.handle)
	}
	mapping.AppenderDestroy(&a.handle)
	mapping.DestroyDataChunk(&a.chunk)
}

func (a *appender) failure() error {
	data := mapping.AppenderErrorData(a.handle)
	defer mapping.DestroyErrorData(&data)
	return &failure{mapping.ErrorDataErrorType(data), mapping.ErrorDataMessage(data)}
}
