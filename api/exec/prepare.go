package exec

import (
	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/parser"
	"github.com/graphql-go/graphql/language/source"

	"tiermap/api/guard"
	"tiermap/graph"
)

// prepared is a document that may be validated, with the operation to run.
type prepared struct {
	document  *ast.Document
	operation *ast.OperationDefinition
	shape     *shape
	text      []byte
}

func (p *prepared) name() string {
	if p.operation.Name == nil {
		return ""
	}
	return p.operation.Name.Value
}

// prepare takes a request as far as is safe and cheap: it may not be validated
// before the guard has seen the whole document.
func (e *Executor) prepare(r Request) (*prepared, error) {
	if err := guard.CheckVariables(r.Variables, e.options.Limits); err != nil {
		return nil, err
	}
	text, err := guard.Scan(r.Query, e.options.Limits)
	if err != nil {
		return nil, err
	}
	// Without its source the library does not look up the line of every error by
	// a search through the whole text; we do that for the few that are shown.
	document, err := parser.Parse(parser.ParseParams{
		Source:  source.NewSource(&source.Source{Body: text, Name: "document"}),
		Options: parser.ParseOptions{NoSource: true},
	})
	if err != nil {
		return nil, syntaxError(err)
	}
	if err := guard.Check(document, e.options.Limits); err != nil {
		return nil, err
	}
	operation, err := selectOperation(document, r)
	if err != nil {
		return nil, err
	}
	return &prepared{document: document, operation: operation, text: text}, nil
}

// errNotQuery is the refusal of what may change something in a request that may not.
var errNotQuery = graph.Errorf(graph.BadInput, "only queries are answered here; send other operations with POST")

func selectOperation(document *ast.Document, r Request) (*ast.OperationDefinition, error) {
	var found *ast.OperationDefinition
	for _, d := range document.Definitions {
		op, ok := d.(*ast.OperationDefinition)
		if !ok || r.OperationName != "" && (op.Name == nil || op.Name.Value != r.OperationName) {
			continue
		}
		if found != nil {
			return nil, graph.Errorf(graph.BadInput, "the document has several operations; say which one to run with operationName")
		}
		found = op
	}
	switch {
	case found == nil && r.OperationName != "":
		return nil, graph.Errorf(graph.BadInput, "the document has no operation named %q", r.OperationName)
	case found == nil:
		return nil, graph.Errorf(graph.BadInput, "the document has no operation")
	case r.ReadOnly && found.Operation != ast.OperationTypeQuery:
		return nil, errNotQuery
	}
	return found, nil
}

// admit decides whether a prepared request may be executed.
func (e *Executor) admit(p *prepared, r Request) error {
	result := graphql.ValidateDocument(&e.schema, p.document, nil)
	if !result.IsValid {
		return requestError{result.Errors, p.text}
	}
	root := rootType(e.schema, p.operation)
	if root == nil {
		return graph.Errorf(graph.BadInput, "there are no operations of the kind %q", p.operation.Operation)
	}
	p.shape = newShape(p.document, p.operation)
	return guard.Cost(p.document, p.operation, r.Variables, e.known, root.Name(), e.options.Limits)
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
