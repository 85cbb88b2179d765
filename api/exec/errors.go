package exec

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/graphql-go/graphql/language/location"
	"go.uber.org/zap"

	"tiermap/graph"
)

// maxErrors and maxMessage bound what an answer says of its errors.
const (
	maxErrors  = 20
	maxMessage = 500 // bytes
)

// panicError is what a resolver panicked with.
type panicError struct {
	value any
	stack []byte
}

func (e panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// sourceName is what the library calls a document in its messages.
const sourceName = "document"

// syntaxError makes one line of what the parser says: it prints the document
// around the place, which may be one very long line.
func syntaxError(err error) error {
	var e *gqlerrors.Error
	if !errors.As(err, &e) {
		return graph.Wrap(graph.BadInput, err, "the document cannot be read as GraphQL")
	}
	line, _, _ := strings.Cut(e.Message, "\n")
	line = strings.TrimPrefix(line, "Syntax Error "+sourceName+" ")
	formatted := gqlerrors.FormattedError{Message: "syntax error " + line, Locations: e.Locations}
	return requestError{errs: []gqlerrors.FormattedError{formatted}}
}

// requestError is what the library found wrong with a request itself.
type requestError struct {
	errs []gqlerrors.FormattedError
	text []byte // the document; nil where the errors know their lines already
}

func (e requestError) Error() string { return e.errs[0].Message }

// present makes the errors of a request that was refused.
func (e *Executor) present(ctx context.Context, err error) []Error {
	var r requestError
	if !errors.As(err, &r) {
		return []Error{e.Translate(ctx, err)}
	}
	var shown []Error
	for _, f := range r.errs[:min(len(r.errs), maxErrors)] {
		shown = append(shown, Error{
			Message:    shorten(f.Message),
			Locations:  locations(f, r.text),
			Extensions: Extensions{Code: string(graph.BadInput)},
		})
	}
	return noteOmitted(shown, len(r.errs))
}

// presentAll makes the errors of a request that was executed.
func (e *Executor) presentAll(ctx context.Context, errs []gqlerrors.FormattedError, text []byte) []Error {
	sortErrors(errs)
	var shown []Error
	for _, f := range errs[:min(len(errs), maxErrors)] {
		one := e.Translate(ctx, cause(f))
		one.Locations, one.Path = locations(f, text), f.Path
		shown = append(shown, one)
	}
	return noteOmitted(shown, len(errs))
}

func noteOmitted(shown []Error, total int) []Error {
	if n := len(shown); total > n {
		return append(shown, Error{
			Message:    fmt.Sprintf("there are more errors than these %d", n),
			Extensions: Extensions{Code: shown[n-1].Extensions.Code},
		})
	}
	return shown
}

// Translate is the one place where an error becomes what the user gets to see:
// its code with a message. What the user does not get to see is logged.
func (e *Executor) Translate(ctx context.Context, err error) Error {
	shown := Error{Extensions: Extensions{Code: string(graph.CodeOf(err))}}
	var known *graph.Error
	switch {
	case errors.As(err, &known):
		shown.Message, shown.Extensions.Suggestions = known.Message, known.Suggestions
		if known.Err != nil {
			e.log(ctx, shown, known.Err)
		}
	case errors.Is(err, context.DeadlineExceeded):
		shown.Message = fmt.Sprintf("the answer took longer than %v; ask for less at once, or allow more with --timeout of tiermap serve (tiermap ask waits for an hour)", e.options.Timeout)
	case errors.Is(err, context.Canceled):
		shown.Message = "the request was cancelled before it was answered"
	default:
		shown.Message = "something went wrong here; the log has the details under request id " + RequestID(ctx)
		e.log(ctx, shown, err)
	}
	shown.Message = shorten(shown.Message)
	return shown
}

func (e *Executor) log(ctx context.Context, shown Error, details error) {
	fields := []zap.Field{
		zap.String("request", RequestID(ctx)),
		zap.String("code", shown.Extensions.Code),
		zap.String("message", shown.Message),
		zap.Error(details),
	}
	var p panicError
	if errors.As(details, &p) {
		fields = append(fields, zap.ByteString("stack", p.stack))
	}
	e.options.Log.Error("a question failed", fields...)
}

// cause unwraps the library's layers down to what the resolver returned. It
// returns the error itself where nothing of ours is in it, such as a null where
// the schema promises a value.
func cause(err error) error {
	for {
		var formatted gqlerrors.FormattedError
		var located *gqlerrors.Error
		var inner error
		switch {
		case errors.As(err, &formatted):
			inner = formatted.OriginalError()
		case errors.As(err, &located):
			inner = located.OriginalError
		}
		if inner == nil {
			return err
		}
		err = inner
	}
}

// locations says where in the document an error stands, the first two places at
// most. The library, which is not given the text, takes it for one line.
func locations(f gqlerrors.FormattedError, text []byte) []Location {
	var out []Location
	for _, l := range f.Locations[:min(len(f.Locations), 2)] {
		out = append(out, locate(text, Location{Line: l.Line, Column: l.Column}))
	}
	return out
}

func locate(text []byte, l Location) Location {
	if l.Line != 1 || l.Column > len(text) {
		return l
	}
	before := text[:l.Column-1]
	return Location{Line: 1 + bytes.Count(before, []byte("\n")), Column: len(before) - bytes.LastIndexByte(before, '\n')}
}

func shorten(message string) string { return cutText(message, maxMessage) }

// cutText cuts a text to so many bytes, between characters.
func cutText(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + " …"
}

// sortErrors puts errors in the order of the document, then of the rows of the
// answer: the library goes over the fields in no order at all.
func sortErrors(errs []gqlerrors.FormattedError) {
	slices.SortStableFunc(errs, func(a, b gqlerrors.FormattedError) int {
		return cmp.Or(
			slices.CompareFunc(a.Locations, b.Locations, func(a, b location.SourceLocation) int {
				return cmp.Compare(a.Column, b.Column)
			}),
			slices.CompareFunc(a.Path, b.Path, compareKeys),
		)
	})
}

func compareKeys(a, b any) int {
	i, isInt := a.(int)
	j, isIntToo := b.(int)
	if isInt && isIntToo {
		return cmp.Compare(i, j)
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
