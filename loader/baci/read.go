package baci

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"

	"tiermap/graph"
	"tiermap/loader"
)

// read takes the file to the sink: one goroutine cuts it into blocks, several
// parse them, and this one takes them in the order of the file, rejects what is
// wrong and hands on the rest.
func (f *file) read(ctx context.Context, sink *loader.Sink, codes []loader.Input) error {
	places, err := f.countries(sink, codes)
	if err != nil {
		return err
	}
	stream, err := sink.Open(f.in)
	if err != nil {
		return err
	}
	defer stream.Close()
	blocks := &blockReader{src: stream}
	if err := f.checkHeader(blocks); err != nil {
		return err
	}
	trades := graph.NewSchema().Kind(graph.Trades)
	r := &reader{file: f, sink: sink, parser: newParser(f, places, sink.Words(), trades), columns: newColumns(trades),
		fileWord: sink.Words().ID(f.in.Name)}
	if err := r.run(ctx, blocks); err != nil {
		return err
	}
	if blocks.cut {
		sink.Note("the last line of %s has no line end: if the file was cut off there, its last figure may be short of digits", f.in.Name)
	}
	for _, d := range places.differences() {
		sink.Note("%s", d)
	}
	return nil
}

// countries reads the file of country codes, where there is one.
func (f *file) countries(sink *loader.Sink, found []loader.Input) (*countries, error) {
	c := &countries{list: f.Countries, year: f.year, words: sink.Words(), failed: map[int]string{}}
	in, ok := chooseCodes(found, f.version)
	if !ok {
		return c, nil
	}
	var err error
	c.name = in.Name
	c.file, err = readCodes(in)
	return c, err
}

func (f *file) checkHeader(blocks *blockReader) error {
	line, err := blocks.header()
	if err != nil {
		return err
	}
	if line == "" {
		return graph.Errorf(graph.BadInput, "%s is empty, or its first line is: it needs the header %s", f.in.Name, strings.Join(header, ","))
	}
	names, err := loader.Header(f.in.Name, 1, line)
	if err != nil {
		return err
	}
	if _, err := loader.CheckHeader(f.in.Name, names, header, header); err != nil {
		return err
	}
	if !slices.Equal(names, header) {
		return graph.Errorf(graph.BadInput, "%s: the header is %s; CEPII's files have %s in this order",
			f.in.Name, strings.Join(names, ","), strings.Join(header, ","))
	}
	return nil
}

// columns are the fields of a trade that BACI tells; the others stay unknown.
type columns struct {
	kind                                                             *graph.Kind
	year, exporter, importer, code, valueUSD, tonnes, fileName, line int
}

func newColumns(k *graph.Kind) columns {
	return columns{k, k.Field("year"), k.Field("exporter"), k.Field("importer"), k.Field("code"),
		k.Field("value_usd"), k.Field("tonnes"), k.Field("file"), k.Field("line")}
}

// reader parses one file.
type reader struct {
	*file
	sink     *loader.Sink
	parser   *parser
	columns  columns
	fileWord uint32
	seen     seen
}

// blocksInFlight is how many blocks are in memory: with their rows, 3 MB each.
const blocksInFlight = 8

func (r *reader) run(ctx context.Context, blocks *blockReader) error {
	ctx, cancel := context.WithCancel(ctx)
	free := make(chan *block, blocksInFlight)
	for range blocksInFlight {
		free <- newBlock()
	}
	ordered := make(chan *block, blocksInFlight)
	work := make(chan *block, blocksInFlight)
	var failed error // of the file; set before ordered is closed
	var running sync.WaitGroup
	running.Go(func() {
		defer close(ordered)
		defer close(work)
		failed = cut(ctx, blocks, free, ordered, work)
	})
	for range min(runtime.GOMAXPROCS(0), blocksInFlight/2) {
		running.Go(func() {
			for b := range work {
				r.parse(b)
				b.done <- struct{}{}
			}
		})
	}
	defer running.Wait()
	defer cancel()
	for b := range ordered {
		<-b.done
		if err := r.take(b); err != nil {
			return err
		}
		free <- b
	}
	return failed
}

// cut hands on the blocks of a file, each to the order of the file and to who
// parses it.
func cut(ctx context.Context, blocks *blockReader, free <-chan *block, ordered, work chan<- *block) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case b := <-free:
			if ok, err := blocks.next(b); !ok {
				return err
			}
			ordered <- b // as roomy as there are blocks
			work <- b
		}
	}
}

// parse reads the rows of a block into its batch.
func (r *reader) parse(b *block) {
	b.batch = r.sink.Batch(r.columns.kind)
	b.keys, b.bad = b.keys[:0], b.bad[:0]
	if b.tooLong {
		b.bad = append(b.bad, b.line)
		return
	}
	cols := b.batch.Columns
	exporter, importer, code := cols[r.columns.exporter].Word[:0], cols[r.columns.importer].Word[:0], cols[r.columns.code].Word[:0]
	value, tonnes, line := cols[r.columns.valueUSD].Float[:0], cols[r.columns.tonnes].Float[:0], cols[r.columns.line].Int[:0]
	for n, number := 0, b.line; n < len(b.data); number++ {
		t, next, ok := r.parser.fast(b.data, n)
		if !ok {
			next = n + bytes.IndexByte(b.data[n:], '\n') + 1
			raw := loader.TrimLineEnd(b.data[n:next])
			var why fault
			if t, why = r.parser.strict(string(raw)); why.reason != "" {
				if len(raw) > 0 { // an empty line is no row
					b.bad = append(b.bad, number)
				}
				n = next
				continue
			}
		}
		n = next
		exporter, importer, code = append(exporter, t.exporter), append(importer, t.importer), append(code, t.code)
		value, tonnes, line = append(value, t.value), append(tonnes, t.tonnes), append(line, int32(number))
		b.keys = append(b.keys, key{int32(t.i), int32(t.j), int32(t.k)})
	}
	cols[r.columns.exporter].Word, cols[r.columns.importer].Word, cols[r.columns.code].Word = exporter, importer, code
	cols[r.columns.valueUSD].Float, cols[r.columns.tonnes].Float, cols[r.columns.line].Int = value, tonnes, line
}

// take rejects the bad rows of a block and those whose key was there before, and
// hands on the others.
func (r *reader) take(b *block) error {
	again, err := r.repeated(b)
	if err != nil {
		return err
	}
	r.reject(b, again)
	drop(b, again, r.columns)
	cols := b.batch.Columns
	b.batch.Len = len(b.keys) - len(again)
	cols[r.columns.year].Int = fill(cols[r.columns.year].Int, int32(r.year), b.batch.Len)
	cols[r.columns.fileName].Word = fill(cols[r.columns.fileName].Word, r.fileWord, b.batch.Len)
	told := []int{r.columns.year, r.columns.exporter, r.columns.importer, r.columns.code,
		r.columns.valueUSD, r.columns.tonnes, r.columns.fileName, r.columns.line}
	for i := range cols {
		if !slices.Contains(told, i) {
			cols[i] = graph.Column{}
		}
	}
	return r.sink.Write(b.batch)
}

// repeated returns the rows of a block whose key was there before, by their
// index in its batch.
func (r *reader) repeated(b *block) (rows []int, err error) {
	for n, k := range b.keys {
		isNew, ok := r.seen.add(int(k.i), int(k.j), int(k.k))
		if !ok {
			return nil, graph.Errorf(graph.BadInput, "%s has more than %d different product codes: this is no file of the Harmonized System",
				r.in.Name, maxCodes)
		}
		if !isNew {
			rows = append(rows, n)
		}
	}
	return rows, nil
}

// reject reports, in the order of the file, the bad lines of a block and the
// rows whose key was there before.
func (r *reader) reject(b *block, again []int) {
	l := lines{b.data, b.line}
	line := b.batch.Columns[r.columns.line].Int
	for bad := b.bad; len(bad) > 0 || len(again) > 0; {
		if len(again) == 0 || len(bad) > 0 && bad[0] < int(line[again[0]]) {
			r.rejectLine(bad[0], l.seek(bad[0]), b.tooLong)
			bad = bad[1:]
			continue
		}
		number := int(line[again[0]])
		r.sink.Reject(loader.Reject{File: r.in.String(), Line: number, Reason: loader.Repeated,
			Detail: "t, i, j and k are those of a row before", Raw: l.seek(number)})
		again = again[1:]
	}
}

func (r *reader) rejectLine(number int, raw string, tooLong bool) {
	_, f := r.parser.strict(raw)
	if tooLong {
		f = fault{reason: loader.TooLong}
	}
	r.sink.Reject(loader.Reject{File: r.in.String(), Line: number, Column: f.column, Value: f.value,
		Reason: f.reason, Detail: f.detail, Raw: raw})
}

// drop takes rows, given in ascending order, out of a block's batch.
func drop(b *block, rows []int, c columns) {
	if len(rows) == 0 {
		return
	}
	cols := b.batch.Columns
	for _, i := range []int{c.exporter, c.importer, c.code} {
		cols[i].Word = without(cols[i].Word, rows)
	}
	for _, i := range []int{c.valueUSD, c.tonnes} {
		cols[i].Float = without(cols[i].Float, rows)
	}
	cols[c.line].Int = without(cols[c.line].Int, rows)
}

// without takes the values at the given indices, in ascending order, out.
func without[T any](values []T, rows []int) []T {
	kept := values[:0]
	for i, v := range values {
		if len(rows) > 0 && rows[0] == i {
			rows = rows[1:]
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

// fill returns n times v, in the memory of the values where there is enough.
func fill[T any](values []T, v T, n int) []T {
	values = slices.Grow(values[:0], n)[:n]
	for i := range values {
		values[i] = v
	}
	return values
}
