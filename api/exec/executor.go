package exec

import (
	"context"
	"encoding/json"
	"errors"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/graphql-go/graphql"
	"go.uber.org/zap"

	"tiermap/api/guard"
	"tiermap/graph"
)

// Options are the settings of an Executor.
type Options struct {
	Limits  guard.Limits
	Timeout time.Duration // of one request, the wait for its turn included
	Running int           // requests that are executed at once
	Waiting int           // requests that may wait for their turn; further ones are refused
	// Rows is how long a list is taken for that states no size. Fields says it
	// better for single fields, by "Type.field"; there only Weight and Rows are
	// read, and the zero value leaves what the schema says.
	Rows   int
	Fields map[string]guard.Field
	Log    *zap.Logger
}

// DefaultOptions returns tested defaults for a server on a few cores.
func DefaultOptions() Options {
	return Options{
		Limits:  guard.DefaultLimits(),
		Timeout: 30 * time.Second,
		Running: 8,
		Waiting: 500,
		Rows:    20,
		Log:     zap.NewNop(),
	}
}

// Executor answers requests to one schema. It may be used by several goroutines.
type Executor struct {
	schema    graphql.Schema
	known     guard.Schema
	options   Options
	turns     chan struct{}
	waiting   atomic.Int64
	documents *documents
}

// New returns an Executor. The schema belongs to it from then on: its resolvers
// are wrapped, so that they stop with the request and survive a panic.
func New(schema graphql.Schema, o Options) *Executor {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	warm(&schema)
	wrapResolvers(schema)
	return &Executor{
		schema:    schema,
		known:     describe(schema, o.Rows, o.Fields),
		options:   o,
		turns:     make(chan struct{}, o.Running),
		documents: newDocuments(),
	}
}

// Schema returns the schema that requests are answered from.
func (e *Executor) Schema() graphql.Schema { return e.schema }

// Do answers a request. It returns when the deadline has passed or ctx has
// ended, even where a resolver takes no notice; such a resolver keeps its place
// among the running ones until it returns.
func (e *Executor) Do(ctx context.Context, r Request) (response *Response) {
	ctx, cancel := context.WithTimeout(ctx, e.options.Timeout)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			response = e.refuse(ctx, "", panicError{value: v, stack: debug.Stack()})
		}
	}()
	p, err := e.prepare(r)
	if err != nil {
		return e.refuse(ctx, "", err)
	}
	leave, err := e.enter(ctx)
	if err != nil {
		return e.refuse(ctx, p.name(), err)
	}
	started := false
	defer func() {
		if !started {
			leave()
		}
	}()
	variables, err := e.admit(p, r.Variables)
	if err != nil {
		return e.refuse(ctx, p.name(), err)
	}
	started = true
	return e.execute(ctx, p, variables, leave)
}

// errBusy is the refusal of a request that may not even wait.
var errBusy = graph.Errorf(graph.TooCostly, "too many questions are being answered at this moment; try again in a few seconds")

// enter waits for a turn and returns the function that gives it back.
func (e *Executor) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-e.turns }
	select {
	case e.turns <- struct{}{}:
		return leave, nil
	default:
	}
	defer e.waiting.Add(-1)
	if e.waiting.Add(1) > int64(e.options.Waiting) {
		return nil, errBusy
	}
	select {
	case e.turns <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (e *Executor) refuse(ctx context.Context, operation string, err error) *Response {
	return &Response{Operation: operation, Errors: e.present(ctx, err), Refused: refusalOf(err)}
}

func refusalOf(err error) Refusal {
	var request requestError
	switch code := graph.CodeOf(err); {
	case errors.Is(err, errBusy):
		return Busy
	case errors.Is(err, errNotQuery):
		return NotReadOnly
	case errors.As(err, &request), code == graph.BadInput, code == graph.TooCostly, code == graph.TooLarge:
		return Invalid
	}
	return Failed
}

// execute runs a prepared request and gives its turn back when the last resolver
// has returned, which may be after the answer.
func (e *Executor) execute(ctx context.Context, p *prepared, variables map[string]any, leave func()) *Response {
	done := make(chan *graphql.Result, 1)
	go func() {
		defer leave()
		done <- graphql.Execute(graphql.ExecuteParams{
			Schema:        e.schema,
			AST:           p.document,
			OperationName: p.name(),
			Args:          variables,
			Context:       carry(ctx),
		})
	}()
	select {
	case <-ctx.Done():
		response := e.refuse(ctx, p.name(), ctx.Err())
		response.Data = json.RawMessage("null") // for it was being executed
		return response
	case result := <-done:
		return e.respond(ctx, p, result)
	}
}

func (e *Executor) respond(ctx context.Context, p *prepared, result *graphql.Result) *Response {
	// A result that holds neither data nor a path was refused before it was
	// executed: a variable does not fit its type.
	if result.Data == nil && len(result.Errors) > 0 && result.Errors[0].Path == nil {
		return e.refuse(ctx, p.name(), requestError{result.Errors, p.text})
	}
	response := &Response{Operation: p.name(), Errors: e.presentAll(ctx, result.Errors, p.text)}
	data, err := p.shape.encode(result.Data)
	if err != nil {
		return e.refuse(ctx, p.name(), err)
	}
	response.Data = data
	return response
}
