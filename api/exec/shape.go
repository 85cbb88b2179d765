package exec

import (
	"bytes"
	"encoding/json"

	"github.com/graphql-go/graphql/language/ast"
)

// shape is the order of the fields of an answer, as the document asks for them.
// The library keeps its answers in maps, which have no order; people, and files
// that are compared, want the one that they asked for.
type shape struct {
	fields []shapeField
	index  map[string]int
}

type shapeField struct {
	name  []byte // quoted, with its colon
	key   string
	shape *shape
}

func newShape(document *ast.Document, op *ast.OperationDefinition) *shape {
	fragments := map[string]*ast.SelectionSet{}
	for _, d := range document.Definitions {
		if f, ok := d.(*ast.FragmentDefinition); ok {
			fragments[f.Name.Value] = f.SelectionSet
		}
	}
	s := &shape{}
	s.add(op.SelectionSet, fragments)
	return s
}

// add appends the fields of a selection that are not there yet. Fields of types
// that a row turns out not to have are simply not in the row.
func (s *shape) add(set *ast.SelectionSet, fragments map[string]*ast.SelectionSet) {
	if set == nil {
		return
	}
	for _, selection := range set.Selections {
		switch selection := selection.(type) {
		case *ast.Field:
			s.field(selection).add(selection.SelectionSet, fragments)
		case *ast.InlineFragment:
			s.add(selection.SelectionSet, fragments)
		case *ast.FragmentSpread:
			s.add(fragments[selection.Name.Value], fragments)
		}
	}
}

func (s *shape) field(f *ast.Field) *shape {
	key := f.Name.Value
	if f.Alias != nil {
		key = f.Alias.Value
	}
	if i, ok := s.index[key]; ok {
		return s.fields[i].shape
	}
	if s.index == nil {
		s.index = map[string]int{}
	}
	s.index[key] = len(s.fields)
	inner := &shape{}
	s.fields = append(s.fields, shapeField{name: []byte(`"` + key + `":`), key: key, shape: inner})
	return inner
}

// encode writes an answer of the library as JSON.
func (s *shape) encode(data any) (json.RawMessage, error) {
	w := writer{}
	w.encoder = json.NewEncoder(&w.Buffer)
	w.encoder.SetEscapeHTML(false)
	if err := w.value(s, data); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

type writer struct {
	bytes.Buffer
	encoder *json.Encoder
}

func (w *writer) value(s *shape, v any) error {
	switch v := v.(type) {
	case nil:
		w.WriteString("null")
	case []any:
		return w.list(s, v)
	case map[string]any:
		if len(s.fields) > 0 {
			return w.object(s, v)
		}
		return w.plain(v) // a scalar that is an object
	default:
		return w.plain(v)
	}
	return nil
}

func (w *writer) plain(v any) error {
	if err := w.encoder.Encode(v); err != nil {
		return err
	}
	w.Truncate(w.Len() - 1) // the encoder ends every value with a line
	return nil
}

func (w *writer) object(s *shape, m map[string]any) error {
	w.WriteByte('{')
	first := true
	for _, f := range s.fields {
		v, ok := m[f.key]
		if !ok {
			continue
		}
		if !first {
			w.WriteByte(',')
		}
		first = false
		w.Write(f.name)
		if err := w.value(f.shape, v); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

func (w *writer) list(s *shape, items []any) error {
	w.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := w.value(s, item); err != nil {
			return err
		}
	}
	w.WriteByte(']')
	return nil
}
