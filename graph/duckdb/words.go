package duckdb

import (
	"context"
	"sync"
)

// words are the texts that rows hold as numbers: committed ones only, and they
// only grow. They are read from the file when they are first needed.
type words struct {
	mu    sync.Mutex
	list  []string // nil until read; word 0 is ""
	index map[string]int32
}

// all returns the texts by number.
func (w *words) all(ctx context.Context, s *Store) ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.list != nil {
		return w.list, nil
	}
	var list []string
	err := s.using(func(c *connection) error {
		return c.collect(ctx, "SELECT text FROM store.word ORDER BY id", &list)
	})
	if err != nil {
		return nil, err
	}
	w.list = list
	return list, nil
}

// numbers returns the numbers of those of the texts that are known.
func (w *words) numbers(ctx context.Context, s *Store, texts []string) (ids []int32, err error) {
	if _, err := w.all(ctx, s); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fill()
	for _, text := range texts {
		if id, ok := w.index[text]; ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// fill makes the index where there is none yet.
func (w *words) fill() {
	if w.index != nil {
		return
	}
	w.index = make(map[string]int32, len(w.list))
	for i, text := range w.list {
		w.index[text] = int32(i)
	}
}

// add appends the words of a load that was committed.
func (w *words) add(texts []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range texts {
		w.index[text] = int32(len(w.list))
		w.list = append(w.list, text)
	}
}

// newWords are the words that a load brings and the store has not got. They are
// numbered on from the store's and become its own with the commit.
type newWords struct {
	old   []string // the store's, and their numbers; nobody changes these while a load is under way
	known map[string]int32
	list  []string // the new ones, and their numbers
	index map[string]int32
}

// grow starts the words of a load.
func (w *words) grow(ctx context.Context, s *Store) (*newWords, error) {
	list, err := w.all(ctx, s)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fill()
	return &newWords{old: list, known: w.index, index: map[string]int32{}}, nil
}

// number returns the number of a text, giving it one where it has none.
func (n *newWords) number(text string) int32 {
	if id, ok := n.known[text]; ok {
		return id
	}
	if id, ok := n.index[text]; ok {
		return id
	}
	id := int32(len(n.old) + len(n.list))
	n.list = append(n.list, text)
	n.index[text] = id
	return id
}

// text returns the text of a number.
func (n *newWords) text(number int32) string {
	if i := int(number) - len(n.old); i >= 0 {
		return n.list[i]
	}
	return n.old[number]
}
