package graphtest

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"tiermap/graph"
)

// The variables by which the suite tells the process that it starts where to
// load, and which edition.
const (
	placeVariable   = "GRAPHTEST_PLACE"
	editionVariable = "GRAPHTEST_EDITION"
)

// kills is how many loads are killed.
const kills = 50

// edition returns the facts that a load that may be killed writes: those of no
// other edition, every kind among them, and enough for several batches.
func edition(n int) (graph.Dataset, []fact) {
	word := fmt.Sprint("edition", n)
	var facts []fact
	for i := range 4000 {
		facts = append(facts, row(graph.Trades, "trade.csv", i+2, values{"year": 2000 + n, "exporter": word, "importer": fmt.Sprint("C", i%200),
			"code": fmt.Sprint("HS2017:", i%50), "value_usd": float64(n), "tonnes": float64(i)}))
	}
	for _, k := range schema.Kinds() {
		v := values{}
		for _, f := range k.Fields {
			if f.Type == graph.Word {
				v[f.Name] = word
			}
		}
		if k.IsNode() {
			v["id"] = word
		}
		if k.Name != graph.Trades {
			facts = append(facts, row(k.Name, k.Table+".csv", 2, v))
		}
	}
	return graph.Dataset{ID: "killed", Title: word, Priority: n}, facts
}

// loadUntilKilled is what the process does that is killed: it loads an edition
// and says when it begins. It reports whether this is that process.
func loadUntilKilled(t *testing.T, b Backend) bool {
	place := os.Getenv(placeVariable)
	if place == "" {
		return false
	}
	var n int
	if _, err := fmt.Sscan(os.Getenv(editionVariable), &n); err != nil {
		t.Fatal(err)
	}
	s, err := b.Open(context.Background(), place)
	if err != nil {
		t.Fatal(err)
	}
	d, facts := edition(n)
	fmt.Println(started)
	if _, err := tryLoad(context.Background(), s, d, facts); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return true
}

const started = "graphtest: the load begins"

// testKilled kills a process at moments spread at random over its load, and
// finds the dataset as it was before or as it is after, whole in either case.
func testKilled(t *testing.T, b Backend) {
	place := b.Place(t)
	ref := newReference()
	r := rand.New(rand.NewPCG(7, 11))
	whole := runLoader(t, place, 0, time.Hour) // to its end: it takes this long
	ref.load(edition(0))
	checkKilled(t, b, place, ref)
	done, undone := 1, 0
	for i := range kills {
		// The moments lie in all parts of the load, and a little beyond its end.
		moment := time.Duration((float64(i) + r.Float64()) / kills * 1.1 * float64(whole))
		runLoader(t, place, i+1, moment)
		if checkKilled(t, b, place, ref, i+1) {
			done++
		} else {
			undone++
		}
	}
	t.Logf("a load takes %v; of %d that were killed %d had come to their end and %d left no trace", whole, kills, done-1, undone)
	if undone == 0 {
		t.Error("no load was killed before its end")
	}
	runLoader(t, place, kills+1, time.Hour)
	ref.load(edition(kills + 1))
	checkKilled(t, b, place, ref)
}

// runLoader starts a process that loads an edition, kills it a moment after the
// load began, and returns how long the load took.
func runLoader(t *testing.T, place string, edition int, moment time.Duration) time.Duration {
	t.Helper()
	var path []string
	top, _, _ := strings.Cut(t.Name(), "/Killed")
	for part := range strings.SplitSeq(top, "/") {
		path = append(path, "^"+regexp.QuoteMeta(part)+"$")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+strings.Join(path, "/"), "-test.count=1", "-test.v=false")
	cmd.Env = append(os.Environ(), placeVariable+"="+place, fmt.Sprintf("%s=%d", editionVariable, edition))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var messages strings.Builder
	cmd.Stderr = &messages
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != started {
		messages.WriteString(lines.Text() + "\n")
	}
	begun := time.Now()
	timer := time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
	for lines.Scan() {
		messages.WriteString(lines.Text() + "\n")
	}
	err = cmd.Wait()
	took := time.Since(begun)
	if timer.Stop() && err != nil {
		t.Fatalf("the loader failed by itself: %v\n%s", err, messages.String())
	}
	return took
}

// checkKilled opens the store and compares it with the model as it is, or as it
// is after another edition; it reports which, having brought the model there.
func checkKilled(t *testing.T, b Backend, place string, ref *reference, next ...int) (after bool) {
	t.Helper()
	s, err := b.Open(t.Context(), place)
	if err != nil {
		t.Fatalf("Open after a kill: %v", err)
	}
	sn, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	datasets, err := sn.Datasets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range next {
		if d, facts := edition(n); len(datasets) == 1 && datasets[0] == d {
			ref.load(d, facts)
			after = true
		}
	}
	compare(t, sn, ref)
	if err := sn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return after
}
