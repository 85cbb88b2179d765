package exec

import (
	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/parser"
	"github.com/graphql-go/graphql/language/source"
	"github.com/graphql-go/graphql/language/visitor"

	"tiermap/api/guard"
	"tiermap/graph"
)

// prepared is a document with the operation to run.
type prepared struct {
	key       documentKey
	text      []byte
	document  *ast.Document
	operation *ast.OperationDefinition
	shape     *shape
	valid     bool
}

func (p *prepared) name() string {
	if p.operation.Name == nil {
		return ""
	}
	return p.operation.Name.Value
}

// prepare takes a request as far as is safe and cheap. It may not be validated
// before the guard has seen the whole document.
func (e *Executor) prepare(r Request) (*prepared, error) {
	if err := guard.CheckVariables(r.Variables, e.options.Limits); err != nil {
		return nil, err
	}
	p := e.documents.get(documentKey{r.Query, r.OperationName})
	if p == nil {
		var err error
		if p, err = e.parse(r); err != nil {
			return nil, err
		}
	}
	if r.ReadOnly && p.operation.Operation != ast.OperationTypeQuery {
		return nil, errNotQuery
	}
	return p, nil
}

// errNotQuery is the refusal of what may change something in a request that may not.
var errNotQuery = graph.Errorf(graph.BadInput, "only queries are answered here; send other operations with POST")

func (e *Executor) parse(r Request) (*prepared, error) {
	text, err := guard.Scan(r.Query, e.options.Limits)
	if err != nil {
		return nil, err
	}
	// Without its source the library does not look up the line of every error by
	// a search through the whole text; we do that for the few that are shown.
	document, err := parser.Parse(parser.ParseParams{
		Source:  source.NewSource(&source.Source{Body: text, Name: sourceName}),
		Options: parser.ParseOptions{NoSource: true},
	})
	if err != nil {
		return nil, syntaxError(err)
	}
	if err := guard.Check(document, e.options.Limits); err != nil {
		return nil, err
	}
	operation, err := selectOperation(document, r.OperationName)
	if err != nil {
		return nil, err
	}
	return &prepared{key: documentKey{r.Query, r.OperationName}, text: text, document: document, operation: operation}, nil
}

func selectOperation(document *ast.Document, name string) (*ast.OperationDefinition, error) {
	var found *ast.OperationDefinition
	for _, d := range document.Definitions {
		op, ok := d.(*ast.OperationDefinition)
		if !ok || name != "" && (op.Name == nil || op.Name.Value != name) {
			continue
		}
		if found != nil {
			return nil, graph.Errorf(graph.BadInput, "the document has several operations; say which one to run with operationName")
		}
		found = op
	}
	switch {
	case found == nil && name != "":
		return nil, graph.Errorf(graph.BadInput, "the document has no operation named %q", name)
	case found == nil:
		return nil, graph.Errorf(graph.BadInput, "the document has no operation")
	}
	return found, nil
}

// admit decides whether a prepared request may be executed, and returns its
// variables as the types that the document declares.
func (e *Executor) admit(p *prepared, given map[string]any) (map[string]any, error) {
	root := rootType(e.schema, p.operation)
	if root == nil {
		return nil, graph.Errorf(graph.BadInput, "there are no operations of the kind %q", p.operation.Operation)
	}
	if !p.valid {
		if errs := validate(&e.schema, p.document); len(errs) > 0 {
			return nil, requestError{errs, p.text}
		}
		p.shape, p.valid = newShape(p.document, p.operation), true
		e.documents.put(p)
	}
	variables, err := coerceVariables(e.schema, p, given)
	if err != nil {
		return nil, err
	}
	return variables, guard.Cost(p.document, p.operation, variables, e.known, root.Name(), e.options.Limits)
}

func rootType(s graphql.Schema, op *ast.OperationDefinition) *graphql.Object {
	switch op.Operation {
	case ast.OperationTypeQuery:
		return s.QueryType()
	case ast.OperationTypeMutation:
		return s.MutationType()
	}
	return nil // subscriptions need a connection that stays open
}

// validate runs the rules of the specification, and stops when it has found
// more errors than are shown: to make one, with its suggestions, takes a hundred
// times as long as to pass a field that is right.
func validate(s *graphql.Schema, document *ast.Document) []gqlerrors.FormattedError {
	types := graphql.NewTypeInfo(&graphql.TypeInfoConfig{Schema: s})
	found := graphql.NewValidationContext(s, document, types)
	var rules []*visitor.VisitorOptions
	for _, rule := range graphql.SpecifiedRules {
		rules = append(rules, rule(found).VisitorOpts)
	}
	all := visitor.VisitInParallel(rules...)
	enter := all.Enter
	all.Enter = func(p visitor.VisitFuncParams) (string, any) {
		if len(found.Errors()) > maxErrors {
			return visitor.ActionBreak, nil
		}
		return enter(p)
	}
	visitor.Visit(document, visitor.VisitWithTypeInfo(types, all), nil)
	return found.Errors()
}
