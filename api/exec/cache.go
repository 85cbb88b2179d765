package exec

import (
	"container/list"
	"sync"
)

// cacheBytes bounds the documents that are kept, by the length of their text;
// as syntax trees they take some sixty times as much.
const cacheBytes = 256 << 10

// documentKey is what a prepared document depends on.
type documentKey struct{ query, operation string }

// documents keeps valid documents as they are prepared, the most recently used
// ones: pages and scripts ask the same few questions over and over, and to
// validate one takes longer than many an answer. It may be used by several
// goroutines; what it hands out is not to be changed.
type documents struct {
	mu     sync.Mutex
	bytes  int
	recent *list.List // of *prepared, the most recently used first
	byKey  map[documentKey]*list.Element
}

func newDocuments() *documents {
	return &documents{recent: list.New(), byKey: map[documentKey]*list.Element{}}
}

func (d *documents) get(k documentKey) *prepared {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.byKey[k]
	if e == nil {
		return nil
	}
	d.recent.MoveToFront(e)
	return e.Value.(*prepared)
}

func (d *documents) put(p *prepared) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byKey[p.key] != nil {
		return
	}
	d.byKey[p.key] = d.recent.PushFront(p)
	d.bytes += len(p.text)
	for d.bytes > cacheBytes {
		oldest := d.recent.Remove(d.recent.Back()).(*prepared)
		delete(d.byKey, oldest.key)
		d.bytes -= len(oldest.text)
	}
}
