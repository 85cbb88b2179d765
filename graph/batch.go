package graph

import (
	"fmt"
	"math"
	"sync"
)

// Words is a list of distinct texts that Word columns point into. Index 0 is
// the empty text. It only grows, and may be used by several goroutines.
type Words struct {
	mu    sync.RWMutex
	list  []string
	index map[string]uint32 // nil until ID needs it
}

// NewWords returns a list that holds the empty text only.
func NewWords() *Words {
	return &Words{list: []string{""}, index: map[string]uint32{"": 0}}
}

// WordsOf returns a list that starts with the given texts, which must be
// distinct and the first of them empty. It shares their memory until ID adds to
// them, and costs nothing until ID is called.
func WordsOf(list []string) *Words {
	return &Words{list: list[:len(list):len(list)]}
}

// ID returns the index of s, adding it where it is new.
func (w *Words) ID(s string) uint32 {
	w.mu.RLock()
	id, ok := w.index[s]
	w.mu.RUnlock()
	if ok {
		return id
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.index == nil {
		w.index = make(map[string]uint32, len(w.list))
		for i, text := range w.list {
			w.index[text] = uint32(i)
		}
	}
	if id, ok := w.index[s]; ok {
		return id
	}
	id = uint32(len(w.list))
	w.list = append(w.list, s)
	w.index[s] = id
	return id
}

// List returns the texts by index, as they are now. The caller must not change it.
func (w *Words) List() []string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.list[:len(w.list):len(w.list)]
}

// Column holds the values of one field; the slice that the field's type names
// is set, the others are nil.
type Column struct {
	Word  []uint32  // Word
	Text  []string  // Text, Date, List
	Int   []int32   // Int
	Float []float64 // Float
	Bool  []bool    // Bool
}

// Batch is a block of rows of one kind, column by column in the order of
// Kind.Fields. A column of which no slice is set was not asked for, in a batch
// that was read; in one that is written it is not known in any row.
type Batch struct {
	Kind    *Kind
	Words   *Words
	Columns []Column
	Len     int
}

// NewBatch returns an empty batch with room for n rows.
func NewBatch(k *Kind, words *Words, n int) *Batch {
	b := &Batch{Kind: k, Words: words, Columns: make([]Column, len(k.Fields))}
	for i, f := range k.Fields {
		c := &b.Columns[i]
		switch f.Type {
		case Word:
			c.Word = make([]uint32, 0, n)
		case Int:
			c.Int = make([]int32, 0, n)
		case Float:
			c.Float = make([]float64, 0, n)
		case Bool:
			c.Bool = make([]bool, 0, n)
		default:
			c.Text = make([]string, 0, n)
		}
	}
	return b
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	for i := range b.Columns {
		c := &b.Columns[i]
		c.Word, c.Text, c.Int, c.Float, c.Bool = c.Word[:0], c.Text[:0], c.Int[:0], c.Float[:0], c.Bool[:0]
	}
	b.Len = 0
}

// Add appends a row in which nothing is known yet; the Row's setters fill it.
func (b *Batch) Add() Row {
	for i, f := range b.Kind.Fields {
		c := &b.Columns[i]
		switch f.Type {
		case Word:
			c.Word = append(c.Word, 0)
		case Int:
			c.Int = append(c.Int, NoInt)
		case Float:
			c.Float = append(c.Float, math.NaN())
		case Bool:
			c.Bool = append(c.Bool, false)
		default:
			c.Text = append(c.Text, "")
		}
	}
	b.Len++
	return Row{b, b.Len - 1}
}

// Row returns row i.
func (b *Batch) Row(i int) Row { return Row{b, i} }

// Row is one row of a batch, by the names of its fields. It is for the few rows
// of a catalogue; loops over millions of rows use the columns. A name that the
// kind does not have panics: it is a mistake of the program, not of the data.
type Row struct {
	batch *Batch
	i     int
}

func (r Row) column(name string) (*Column, Type) {
	i := r.batch.Kind.Field(name)
	if i < 0 {
		panic(fmt.Sprintf("graph: %s has no field %s", r.batch.Kind.Name, name))
	}
	return &r.batch.Columns[i], r.batch.Kind.Fields[i].Type
}

// Text returns a Word, Text, Date or List as text, "" where it is not known.
func (r Row) Text(name string) string {
	c, t := r.column(name)
	if t == Word {
		return r.batch.Words.List()[c.Word[r.i]]
	}
	return c.Text[r.i]
}

// Int returns a whole number; ok is false where it is not known.
func (r Row) Int(name string) (v int, ok bool) {
	c, _ := r.column(name)
	return int(c.Int[r.i]), c.Int[r.i] != NoInt
}

// Float returns a number, NaN where it is not known.
func (r Row) Float(name string) float64 {
	c, _ := r.column(name)
	return c.Float[r.i]
}

// Bool returns a truth value.
func (r Row) Bool(name string) bool {
	c, _ := r.column(name)
	return c.Bool[r.i]
}

// SetText sets a Word, Text, Date or List.
func (r Row) SetText(name, v string) {
	c, t := r.column(name)
	if t == Word {
		c.Word[r.i] = r.batch.Words.ID(v)
		return
	}
	c.Text[r.i] = v
}

// SetInt sets a whole number.
func (r Row) SetInt(name string, v int) {
	c, _ := r.column(name)
	c.Int[r.i] = int32(v)
}

// SetFloat sets a number.
func (r Row) SetFloat(name string, v float64) {
	c, _ := r.column(name)
	c.Float[r.i] = v
}

// SetBool sets a truth value.
func (r Row) SetBool(name string, v bool) {
	c, _ := r.column(name)
	c.Bool[r.i] = v
}
