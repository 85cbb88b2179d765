package duckdb

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"tiermap/graph"
)

var holder = regexp.MustCompile(`\(PID (\d+)\)`)

// openError says why a file could not be opened, and what to do.
func openError(path string, err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "Could not set lock"), strings.Contains(text, "being used by another process"):
		who := "another process"
		if m := holder.FindStringSubmatch(text); m != nil {
			who = "another process (PID " + m[1] + ")"
		}
		return graph.Wrap(graph.StoreBusy, err, "%s has the store %s open; stop it, or ask the server that it runs", who, path)
	case strings.Contains(text, "not a valid DuckDB database"):
		return graph.Wrap(graph.BadInput, err, "%s is not a DuckDB file; name another one as the store", path)
	case strings.Contains(text, "Permission denied"):
		return graph.Wrap(graph.StoreDown, err, "%s may not be opened: permission denied", path)
	case strings.Contains(text, "version number"):
		return graph.Wrap(graph.BadInput, err, "%s was written by a version of DuckDB that this tiermap cannot read; load the data again into a new file", path)
	case kindOf(err) == mapping.ErrorTypeSettings:
		return graph.Wrap(graph.BadInput, err, "the settings of the store are wrong: %s", text)
	default:
		return graph.Wrap(graph.StoreDown, err, "%s cannot be read; it seems to be damaged: restore a copy or load the data again into a new file", path)
	}
}

// storeError says what went wrong in a store that is open. Errors that have a
// code already, and ends of a context, stay as they are.
func storeError(path string, err error) error {
	var coded *graph.Error
	if err == nil || errors.As(err, &coded) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	text := err.Error()
	switch kind := kindOf(err); {
	case kind == mapping.ErrorTypeOutOfMemory:
		return graph.Wrap(graph.TooLarge, err, "the store %s needs more memory than it may use; allow it more", path)
	case strings.Contains(text, "No space left"):
		return graph.Wrap(graph.StoreDown, err, "the disk of the store %s is full", path)
	case strings.Contains(text, "checksum"), strings.Contains(text, "Could not read enough bytes"):
		return graph.Wrap(graph.StoreDown, err, "the store %s is damaged: restore a copy or load the data again into a new file", path)
	case kind == mapping.ErrorTypeErrorIO, kind == mapping.ErrorTypeFatal, kind == mapping.ErrorTypeConnection:
		return graph.Wrap(graph.StoreDown, err, "the store %s does not answer any more; the log has the details", path)
	default:
		return graph.Wrap(graph.Internal, err, "the store %s failed; the log has the details", path)
	}
}

func kindOf(err error) mapping.ErrorType {
	var f *failure
	if errors.As(err, &f) {
		return f.kind
	}
	return mapping.ErrorTypeInvalid
}
