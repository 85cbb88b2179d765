package loader

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tiermap/graph"
)

// Report says what came of one dataset. Accepted + Rejected = Read.
type Report struct {
	Dataset  string           `json:"dataset"`
	Read     int64            `json:"read"`
	Accepted int64            `json:"accepted"`
	Rejected int64            `json:"rejected"`
	Replaced int64            `json:"replaced"` // rows that the dataset had before
	Reasons  map[Reason]int64 `json:"reasons"`  // rejected rows by reason
	Notes    []string         `json:"notes"`    // what else the user should know
	Checked  bool             `json:"checked"`  // only read, nothing was written
}

// String writes the report for people, one line for the counts and one for each
// reason and note.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: read %d, accepted %d, rejected %d, replaced %d", r.Dataset, r.Read, r.Accepted, r.Rejected, r.Replaced)
	if r.Checked {
		b.WriteString(" (checked only, nothing was written)")
	}
	b.WriteByte('\n')
	byCount := slices.SortedFunc(maps.Keys(r.Reasons), func(a, b Reason) int {
		return cmp.Or(cmp.Compare(r.Reasons[b], r.Reasons[a]), cmp.Compare(a, b))
	})
	for _, reason := range byCount {
		fmt.Fprintf(&b, "  rejected %d: %s: %s\n", r.Reasons[reason], reason, reason.Sentence())
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "  note: %s\n", note)
	}
	return b.String()
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
