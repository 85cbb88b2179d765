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
	fmt.Println(begins)
	l, err := s.Begin(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches(graph.NewWords(), facts) {
		if err := l.Write(context.Background(), b); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Println(commits)
	if _, err := l.Commit(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return true
}

// What it says meanwhile.
const (
	begins  = "graphtest: the load begins"
	commits = "graphtest: the commit begins"
)

// testKilled kills a process at moments spread at random over its load, half of
// them over the commit and the closing, and finds the dataset as it was before or
// as it is after, whole in either case.
func testKilled(t *testing.T, b Backend) {
	place := b.Place(t)
	ref := newReference()
	r := rand.New(rand.NewPCG(7, 11))
	var took [2]time.Duration // what Begin and Write take, what Commit and Close take
	for i := range 2 {
		took = runLoader(t, place, i, begins, time.Hour)
		ref.load(edition(i))
		checkKilled(t, b, place, ref)
	}
	done := 0
	for i := range kills {
		phase := i % 2
		moment := time.Duration((float64(i) + r.Float64()) / kills * 1.2 * float64(took[phase]))
		runLoader(t, place, i+2, []string{begins, commits}[phase], moment)
		if checkKilled(t, b, place, ref, i+2) {
			done++
		}
	}
	t.Logf("writing takes %v, the commit and closing %v; of %d loads that were killed %d had come about and %d left no trace", took[0], took[1], kills, done, kills-done)
	if done == kills {
		t.Error("no load was killed before it came about")
	}
	runLoader(t, place, kills+2, begins, time.Hour)
	ref.load(edition(kills + 2))
	checkKilled(t, b, place, ref)
}

// runLoader starts a process that loads an edition, kills it a moment after it
// said that a phase begins, and returns how long its two phases took.
func runLoader(t *testing.T, place string, edition int, phase string, moment time.Duration) (took [2]time.Duration) {
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
	var timer *time.Timer
	begun := [2]time.Time{time.Now(), time.Now()}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == phase {
			timer = time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		}
		switch lines.Text() {
		case begins:
			begun[0] = time.Now()
		case commits:
			begun[1] = time.Now()
		default:
			fmt.Fprintln(&messages, lines.Text())
		}
	}
	took = [2]time.Duration{begun[1].Sub(begun[0]), time.Since(begun[1])}
	err = cmd.Wait()
	if (timer == nil || timer.Stop()) && err != nil {
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
