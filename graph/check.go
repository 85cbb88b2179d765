package graph

import (
	"slices"
	"unicode/utf8"
)

// What every store checks of what it is handed, in the same words.

// Values returns how many values of a type a column has.
func (c *Column) Values(t Type) int {
	switch t {
	case Word:
		return len(c.Word)
	case Int:
		return len(c.Int)
	case Float:
		return len(c.Float)
	case Bool:
		return len(c.Bool)
	default:
		return len(c.Text)
	}
}

// Fits refuses, with BadInput, a batch that is not of a kind of the schema, or
// whose columns are not of the types and the length that they should be.
func (b *Batch) Fits(s *Schema) (*Kind, error) {
	k := s.Kind(b.Kind.Name)
	if k == nil || len(b.Columns) != len(k.Fields) {
		return nil, Errorf(BadInput, "a batch of %s does not fit any kind of this store", b.Kind.Name)
	}
	for i, f := range k.Fields {
		c := &b.Columns[i]
		n := c.Values(f.Type)
		others := len(c.Word) + len(c.Text) + len(c.Int) + len(c.Float) + len(c.Bool) - n
		if others != 0 || n != 0 && n != b.Len {
			return nil, Errorf(BadInput, "column %s of a batch of %s has %d values for %d rows", f.Name, k.Name, n+others, b.Len)
		}
	}
	return k, nil
}

// CheckTexts refuses, with BadInput, texts that are not UTF-8.
func CheckTexts(texts []string) error {
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return Errorf(BadInput, "%q is not UTF-8", text)
		}
	}
	return nil
}

// Resolve returns the kind that a query asks for and the fields that it wants,
// by their places in the kind; BadInput where it asks for what the kind has not
// got, or matches what cannot be matched.
func (q Query) Resolve(s *Schema) (k *Kind, wanted []int, err error) {
	if k = s.Kind(q.Kind); k == nil {
		return nil, nil, unknown("kind", q.Kind, s.kindNames())
	}
	if q.Limit < 0 {
		return nil, nil, Errorf(BadInput, "a limit of %d rows is below zero", q.Limit)
	}
	for i, f := range k.Fields {
		if q.Fields == nil || slices.Contains(q.Fields, f.Name) {
			wanted = append(wanted, i)
		}
	}
	for _, name := range q.Fields {
		if k.Field(name) < 0 {
			return nil, nil, unknown("field of "+k.Name, name, k.fieldNames())
		}
	}
	for _, m := range q.Match {
		if err := m.check(k); err != nil {
			return nil, nil, err
		}
	}
	return k, wanted, nil
}

func (m Match) check(k *Kind) error {
	i := k.Field(m.Field)
	if i < 0 {
		return unknown("field of "+k.Name, m.Field, k.fieldNames())
	}
	switch f := k.Fields[i]; f.Type {
	case Word, Text, Date, Int:
		return nil
	default:
		return Errorf(BadInput, "the field %s of %s cannot be matched, only words, texts, dates and whole numbers can", f.Name, k.Name)
	}
}

func unknown(what, name string, known []string) error {
	err := Errorf(BadInput, "there is no %s %q", what, name)
	err.Suggestions = Nearest(name, known, 3)
	return err
}

func (s *Schema) kindNames() (names []string) {
	for _, k := range s.kinds {
		names = append(names, k.Name)
	}
	return names
}

func (k *Kind) fieldNames() (names []string) {
	for _, f := range k.Fields {
		names = append(names, f.Name)
	}
	return names
}
