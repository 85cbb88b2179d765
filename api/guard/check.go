package guard

import (
	"slices"
	"strings"

	"github.com/graphql-go/graphql/language/ast"

	"tiermap/graph"
)

// Check walks the whole document, unused fragments included, and refuses what
// would be dangerous to validate. It has to come before any rule of the
// validator: those follow cycles of fragments without end. The document must
// have passed Scan, which bounds how deep its syntax nests.
func Check(doc *ast.Document, l Limits) error {
	c := &checker{limits: l, fragments: map[string]*fragment{}}
	for _, step := range []func(*ast.Document) error{c.declare, c.count, c.measure, c.compare} {
		if err := step(doc); err != nil {
			return err
		}
	}
	return nil
}

type checker struct {
	limits    Limits
	fragments map[string]*fragment
	// trail holds the fragments that are being measured, outermost first.
	trail []string

	directives, aliases, values int
}

// fragment is a definition with what it measures.
type fragment struct {
	set  *ast.SelectionSet
	done bool
	size size
}

// size is what a selection measures when every fragment in it is written out.
type size struct{ selections, depth int }

// declare counts the definitions and finds the fragments.
func (c *checker) declare(doc *ast.Document) error {
	operations := 0
	for _, d := range doc.Definitions {
		switch d := d.(type) {
		case *ast.OperationDefinition:
			operations++
			if len(d.VariableDefinitions) > c.limits.Variables {
				return tooMany(c.limits.Variables, "variables in one operation")
			}
			for _, v := range d.VariableDefinitions {
				if !complete(v.Type) {
					return graph.Errorf(graph.BadInput, "the variable $%s has no complete type", v.Variable.Name.Value)
				}
			}
		case *ast.FragmentDefinition:
			name := d.Name.Value
			if c.fragments[name] != nil {
				return graph.Errorf(graph.BadInput, "there are two fragments named %q", name)
			}
			c.fragments[name] = &fragment{set: d.SelectionSet}
		default:
			return graph.Errorf(graph.BadInput, "a document holds operations and fragments; this one defines a %s", d.GetKind())
		}
	}
	if operations > c.limits.Operations {
		return tooMany(c.limits.Operations, "operations")
	}
	if len(c.fragments) > c.limits.Fragments {
		return tooMany(c.limits.Fragments, "fragments")
	}
	return nil
}

// count goes over every node of the document once.
func (c *checker) count(doc *ast.Document) error {
	for _, d := range doc.Definitions {
		switch d := d.(type) {
		case *ast.OperationDefinition:
			for _, v := range d.VariableDefinitions {
				if err := c.countValue(v.DefaultValue); err != nil {
					return err
				}
			}
			if err := c.countDirectives(d.Directives); err != nil {
				return err
			}
		case *ast.FragmentDefinition:
			if err := c.countDirectives(d.Directives); err != nil {
				return err
			}
		}
		if err := c.countSelections(selectionsOf(d)); err != nil {
			return err
		}
	}
	switch {
	case c.directives > c.limits.Directives:
		return tooMany(c.limits.Directives, "directives")
	case c.aliases > c.limits.Aliases:
		return tooMany(c.limits.Aliases, "aliases")
	case c.values > c.limits.Values:
		return tooMany(c.limits.Values, "values")
	}
	return nil
}

func (c *checker) countSelections(set *ast.SelectionSet) error {
	if set == nil {
		return nil
	}
	for _, s := range set.Selections {
		if f, ok := s.(*ast.Field); ok {
			if f.Alias != nil {
				c.aliases++
			}
			if err := c.countArguments(f.Arguments); err != nil {
				return err
			}
		}
		if err := c.countDirectives(directivesOf(s)); err != nil {
			return err
		}
		if err := c.countSelections(s.GetSelectionSet()); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) countDirectives(ds []*ast.Directive) error {
	c.directives += len(ds)
	for _, d := range ds {
		if err := c.countArguments(d.Arguments); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) countArguments(args []*ast.Argument) error {
	for _, a := range args {
		if err := c.countValue(a.Value); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) countValue(v ast.Value) error {
	if v == nil {
		return nil
	}
	c.values++
	switch v := v.(type) {
	case *ast.ListValue:
		if len(v.Values) > c.limits.ListItems {
			return tooMany(c.limits.ListItems, "items in one list")
		}
		for _, item := range v.Values {
			if err := c.countValue(item); err != nil {
				return err
			}
		}
	case *ast.ObjectValue:
		for _, f := range v.Fields {
			if err := c.countValue(f.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// measure bounds the document with its fragments written out, and finds their
// cycles.
func (c *checker) measure(doc *ast.Document) error {
	selections := 0
	for _, d := range doc.Definitions {
		m, err := c.sizeOf(d)
		if err != nil {
			return err
		}
		selections += m.selections
		if selections > c.limits.Selections {
			return tooMany(c.limits.Selections, "fields, its fragments written out")
		}
		if m.depth > c.limits.Depth {
			return graph.Errorf(graph.TooCostly, "the fields of the document are nested more than %d deep", c.limits.Depth)
		}
	}
	return nil
}

func (c *checker) sizeOf(d ast.Node) (size, error) {
	if f, ok := d.(*ast.FragmentDefinition); ok {
		return c.fragmentSize(f.Name.Value)
	}
	return c.setSize(selectionsOf(d))
}

func (c *checker) setSize(set *ast.SelectionSet) (size, error) {
	var total size
	if set == nil {
		return total, nil
	}
	for _, s := range set.Selections {
		inner, err := c.selectionSize(s)
		if err != nil {
			return size{}, err
		}
		// One more than the limit is as good as any larger number.
		total.selections = min(total.selections+1+inner.selections, c.limits.Selections+1)
		total.depth = max(total.depth, inner.depth)
	}
	return total, nil
}

func (c *checker) selectionSize(s ast.Selection) (size, error) {
	if spread, ok := s.(*ast.FragmentSpread); ok {
		return c.fragmentSize(spread.Name.Value)
	}
	inner, err := c.setSize(s.GetSelectionSet())
	if _, ok := s.(*ast.Field); ok {
		inner.depth++
	}
	return inner, err
}

func (c *checker) fragmentSize(name string) (size, error) {
	f := c.fragments[name]
	switch {
	case f == nil: // not defined: the validator says so
		return size{}, nil
	case f.done:
		return f.size, nil
	case slices.Contains(c.trail, name):
		cycle := append(c.trail[slices.Index(c.trail, name):], name)
		return size{}, graph.Errorf(graph.BadInput, "fragments may not contain themselves: %s", strings.Join(cycle, " → "))
	}
	c.trail = append(c.trail, name)
	m, err := c.setSize(f.set)
	c.trail = c.trail[:len(c.trail)-1]
	if err != nil {
		return size{}, err
	}
	f.size, f.done = m, true
	return m, nil
}

// compare bounds the work of deciding whether the fields that share a place in
// the answer agree, which grows with the square of their number: the validator
// compares every pair of them, their arguments included.
func (c *checker) compare(doc *ast.Document) error {
	work := 0
	for _, d := range doc.Definitions {
		work += c.comparisons([]*ast.SelectionSet{selectionsOf(d)})
		if work > c.limits.Repeats {
			return graph.Errorf(graph.TooCostly, "the document names the same fields too often in one place; name each once, or give it an alias")
		}
	}
	return nil
}

// place is a field of the answer: the selections of all fields that share it.
type place struct {
	fields, values int
	sets           []*ast.SelectionSet
}

func (c *checker) comparisons(sets []*ast.SelectionSet) int {
	places := map[string]*place{}
	for _, set := range sets {
		c.gather(set, places)
	}
	work := 0
	for _, p := range places {
		work += p.fields*(p.fields-1)/2 + (p.fields-1)*p.values + c.comparisons(p.sets)
	}
	return work
}

func (c *checker) gather(set *ast.SelectionSet, places map[string]*place) {
	if set == nil {
		return
	}
	for _, s := range set.Selections {
		switch s := s.(type) {
		case *ast.Field:
			p := places[answerName(s)]
			if p == nil {
				p = &place{}
				places[answerName(s)] = p
			}
			p.fields++
			p.values += argumentWeight(s)
			if s.SelectionSet != nil {
				p.sets = append(p.sets, s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if f := c.fragments[s.Name.Value]; f != nil {
				c.gather(f.set, places)
			}
		case *ast.InlineFragment:
			c.gather(s.SelectionSet, places)
		}
	}
}

func answerName(f *ast.Field) string {
	if f.Alias != nil {
		return f.Alias.Value
	}
	return f.Name.Value
}

func argumentWeight(f *ast.Field) int {
	total := 0
	for _, a := range f.Arguments {
		total += valueWeight(a.Value)
	}
	return total
}

// valueWeight is how long a value takes to print, one a plain value.
func valueWeight(v ast.Value) int {
	total := 1
	switch v := v.(type) {
	case *ast.StringValue:
		total += len(v.Value) / 64
	case *ast.ListValue:
		for _, item := range v.Values {
			total += valueWeight(item)
		}
	case *ast.ObjectValue:
		for _, f := range v.Fields {
			total += valueWeight(f.Value)
		}
	}
	return total
}

func selectionsOf(d ast.Node) *ast.SelectionSet {
	if d, ok := d.(ast.Definition); ok {
		return d.GetSelectionSet()
	}
	return nil
}

// complete reports whether a type names something in the end. The parser takes
// "[!]" for a type, and the validator falls over it.
func complete(t ast.Type) bool {
	switch t := t.(type) {
	case *ast.List:
		return complete(t.Type)
	case *ast.NonNull:
		return complete(t.Type)
	case *ast.Named:
		return true
	}
	return false
}

func directivesOf(s ast.Selection) []*ast.Directive {
	switch s := s.(type) {
	case *ast.Field:
		return s.Directives
	case *ast.FragmentSpread:
		return s.Directives
	case *ast.InlineFragment:
		return s.Directives
	}
	return nil
}

func tooMany(limit int, what string) error {
	return graph.Errorf(graph.TooCostly, "the document has more than %d %s; ask for less at once", limit, what)
}
