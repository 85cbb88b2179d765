package graphtest

import (
	"context"
	"testing"

	"tiermap/graph"
)

// Backend makes the stores that the suite tests.
type Backend struct {
	// Place makes an empty place for a store, which lasts as long as t does, and
	// returns its address as one text.
	Place func(t *testing.T) string
	// Open opens the store at a place: one store at a time, from this process or
	// from another that the suite starts.
	Open func(ctx context.Context, place string) (graph.Store, error)
}

// Run tests a store. It must be called at the start of a test: to see what a
// loader that is killed leaves behind, it starts the test's binary again and
// lets that run no more than the test that called it.
func Run(t *testing.T, b Backend) {
	if loadUntilKilled(t, b) {
		return
	}
	for _, part := range []struct {
		name string
		run  func(t *testing.T, b Backend)
	}{
		{"Empty", testEmpty},
		{"EveryFieldOfEveryKind", testEveryField},
		{"UnknownIsNotZero", testUnknown},
		{"ColumnsLeftOut", testNilColumns},
		{"Words", testWords},
		{"BatchIsReused", testReuse},
		{"BadBatches", testBadBatches},
		{"BadDatasets", testBadDatasets},
		{"VisibleAfterCommit", testVisible},
		{"Abandon", testAbandon},
		{"LoadEnds", testLoadEnds},
		{"Reload", testReload},
		{"EmptyDataset", testEmptyDataset},
		{"Remove", testRemove},
		{"Revision", testRevision},
		{"SnapshotKeepsItsRevision", testSnapshot},
		{"LoadBesideReaders", testReaders},
		{"TwoLoads", testTwoLoads},
		{"Datasets", testDatasets},
		{"Status", testStatus},
		{"NodesOfSeveralDatasets", testNodes},
		{"OrderOfRows", testOrder},
		{"Queries", testQueries},
		{"BadQueries", testBadQueries},
		{"Coverage", testCoverage},
		{"Search", testSearch},
		{"EndOfContext", testContext},
		{"ErrorOfYield", testYield},
		{"ReadWithinRead", testNested},
		{"Reopen", testReopen},
		{"Closed", testClosed},
		{"Random", testRandom},
		{"Killed", testKilled},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, b) })
	}
}

// open opens a store at a new place, and closes it with the test.
func (b Backend) open(t *testing.T) graph.Store {
	t.Helper()
	return b.openAt(t, b.Place(t))
}

func (b Backend) openAt(t *testing.T, place string) graph.Store {
	t.Helper()
	s, err := b.Open(t.Context(), place)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}
