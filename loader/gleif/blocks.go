package gleif

import (
	"context"
	"runtime"
	"sync"

	"tiermap/loader"
)

// blockSize is about how many bytes are parsed at a time: records up to there,
// and one more.
const blockSize = 256 << 10

// blocksInFlight is how many blocks are in memory at a time.
const blocksInFlight = 8

// block is a run of records of a file, first as bytes, then parsed.
type block struct {
	data    []byte
	texts   []text
	records []record
	done    chan struct{} // gets a value when the block is parsed
}

// text is where a record stands: in the file, and in the block's data.
type text struct {
	line, start, end int
	fault            loader.Reason // what is wrong with it before it is parsed
}

func (b *block) add(line int, data []byte, fault loader.Reason) {
	start := len(b.data)
	b.data = append(b.data, data...)
	b.texts = append(b.texts, text{line, start, len(b.data), fault})
}

func (b *block) full() bool { return len(b.data) >= blockSize }

func (b *block) reset() { b.data, b.texts, b.records = b.data[:0], b.texts[:0], b.records[:0] }

// parse parses the block's records, each by itself.
func (b *block) parse(one func(data []byte) record) {
	for _, t := range b.texts {
		data := b.data[t.start:t.end]
		r := record{fault: t.fault}
		if t.fault == "" {
			r = one(data)
		}
		r.line, r.data = t.line, data
		b.records = append(b.records, r)
	}
}

// splitter cuts a file into records. next fills a block; ok is false where
// there were no more, and nothing was added.
type splitter interface {
	next(b *block) (ok bool, err error)
}

// run takes the records of a file in their order: one goroutine cuts it into
// blocks, several parse them, this one calls take.
func run(ctx context.Context, s splitter, one func(data []byte) record, take func(r *record) error) error {
	ctx, cancel := context.WithCancel(ctx)
	free := make(chan *block, blocksInFlight)
	for range blocksInFlight {
		free <- &block{done: make(chan struct{}, 1)}
	}
	ordered, work := make(chan *block, blocksInFlight), make(chan *block, blocksInFlight)
	var failed error // of the file; set before ordered is closed
	var running sync.WaitGroup
	running.Go(func() {
		defer close(ordered)
		defer close(work)
		failed = cut(ctx, s, free, ordered, work)
	})
	for range min(runtime.GOMAXPROCS(0), blocksInFlight/2) {
		running.Go(func() {
			for b := range work {
				b.parse(one)
				b.done <- struct{}{}
			}
		})
	}
	defer running.Wait()
	defer cancel()
	for b := range ordered {
		<-b.done
		for i := range b.records {
			if err := take(&b.records[i]); err != nil {
				return err
			}
		}
		free <- b
	}
	return failed
}

// cut hands on the blocks of a file, each to the order of the file and to who
// parses it.
func cut(ctx context.Context, s splitter, free <-chan *block, ordered, work chan<- *block) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case b := <-free:
			b.reset()
			ok, err := s.next(b)
			if len(b.texts) > 0 { // as roomy as there are blocks
				ordered <- b
				work <- b
			}
			if !ok || err != nil {
				return err
			}
		}
	}
}
