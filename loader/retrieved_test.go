package loader

import (
	"testing"
	"time"

	"tiermap/graph"
)

func TestRetrieved(t *testing.T) {
	for day, code := range map[string]graph.Code{"": "", "2026-02-28": "", "2026-02-30": graph.BadInput, "28-02-2026": graph.BadInput, "2026": graph.BadInput} {
		if err := CheckRetrieved(day); graph.CodeOf(err) != code {
			t.Errorf("%q: %v", day, err)
		}
	}
	// One o'clock in the night of the 2nd in Amsterdam is the 1st.
	early := time.Date(2026, 7, 2, 1, 0, 0, 0, time.FixedZone("CEST", 2*60*60))
	if got := LastChanged(Input{Modified: early.AddDate(0, -1, 0)}, Input{Modified: early}, Input{Modified: early.AddDate(-1, 0, 0)}); got != "2026-07-01" {
		t.Errorf("last changed on %s", got)
	}
}
