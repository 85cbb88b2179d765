package loader

import (
	"fmt"
	"strings"

	"tiermap/graph"
)

// Report says what came of one dataset. Accepted + Rejected = Read.
type Report struct {
	Dataset  string           `json:"dataset"`
	Read     int64            `json:"read"`
	Accepted int64            `json:"accepted"`
	Rejected int64            `json:"rejected"`
	Replaced int64            `json:"replaced"`         // rows that the dataset had before
	Reasons  map[Reason]int64 `json:"reasons"`          // rejected rows by reason
	Passed   map[string]int64 `json:"passed,omitempty"` // rows passed over by the source's rule, by rule; not counted in Read
	Notes    []string         `json:"notes"`            // what else the user should know
	Checked  bool             `json:"checked"`          // only read, nothing was written
}

// Refuse makes the error that refuses a dataset as a whole, for what no single
// row is to blame for: recipes that do not sum to one, a cycle, shares of a
// code above one, a mixed basis. It shows the first ten faults.
func Refuse(dataset string, faults ...string) error {
	const shown = 10
	more := ""
	if n := len(faults) - shown; n > 0 {
		faults, more = faults[:shown], fmt.Sprintf("\n  and %d more", n)
	}
	return graph.Errorf(graph.BadInput, "dataset %s is refused and nothing of it was loaded:\n  %s%s",
		dataset, strings.Join(faults, "\n  "), more)
}
