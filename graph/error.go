package graph

import (
	"context"
	"errors"
	"fmt"
)

// Code classifies an error for the program that receives it.
type Code string

// The codes that cross a boundary. Every face of tiermap (GraphQL, command
// line, HTTP) maps them once.
const (
	NotFound  Code = "NOT_FOUND"
	BadInput  Code = "BAD_INPUT"
	TooCostly Code = "TOO_COSTLY"
	TooLarge  Code = "TOO_LARGE"
	Timeout   Code = "TIMEOUT"
	StoreBusy Code = "STORE_BUSY"
	StoreDown Code = "STORE_DOWN"
	Internal  Code = "INTERNAL"
)

// Error is what a user of tiermap gets to see: a code for programs, a message
// that says what to do for people, and the nearest known names where a name was
// not found. Err holds the details, which belong in the log only.
type Error struct {
	Code        Code
	Message     string
	Suggestions []string
	Err         error
}

// Error returns the message alone: it is what a user may read.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the details.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error with a code and a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error around its details, which the user does not get to see.
func Wrap(code Code, err error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: err}
}

// CodeOf returns the code of err: its own, Timeout for a context that ended,
// Internal for anything that nobody classified, "" for nil.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Timeout
	default:
		return Internal
	}
}
