package exec

import "encoding/json"

// Request is one GraphQL request.
type Request struct {
	Query         string
	OperationName string
	// Variables is JSON as decoded; numbers may be json.Number, which keeps all
	// their digits.
	Variables map[string]any
	// ReadOnly refuses everything but queries, as for HTTP GET.
	ReadOnly bool
}

// Response is the answer to a Request. A response without Data was refused
// before anything was executed.
type Response struct {
	Data   json.RawMessage `json:"data,omitempty"`
	Errors []Error         `json:"errors,omitempty"`
	// Operation is the name of the operation, for the log; "" where it has none.
	Operation string `json:"-"`
	// Refused says why nothing was executed.
	Refused Refusal `json:"-"`
}

// Refusal is why a request was not executed to its end.
type Refusal int

const (
	// Answered is no refusal: the request was executed, perhaps with errors.
	Answered Refusal = iota
	// Invalid requests cannot be executed, or ask for more than is answered.
	Invalid
	// NotReadOnly is an operation other than a query where only those may run.
	NotReadOnly
	// Busy is for a request that may be sent again when others have been answered.
	Busy
	// Failed requests ran out of time or into a fault of ours.
	Failed
)

// Error is one error of a Response.
type Error struct {
	Message    string     `json:"message"`
	Locations  []Location `json:"locations,omitempty"`
	Path       []any      `json:"path,omitempty"`
	Extensions Extensions `json:"extensions"`
}

// Location is a place in the document; lines and columns (of bytes) start at 1.
type Location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Extensions is what programs read of an error.
type Extensions struct {
	Code        string   `json:"code"`
	Suggestions []string `json:"suggestions,omitempty"`
}
