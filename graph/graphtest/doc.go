// Package graphtest is the contract of a [graph.Store] as one suite of tests.
// A store passes it in a few lines:
//
//	func TestStore(t *testing.T) {
//		graphtest.Run(t, graphtest.Backend{Place: place, Open: open})
//	}
//
// There is no way to leave a part of it out. What a store must answer is worked
// out by a model of a dozen lines (see reference), so that a test states facts,
// asks the store, and compares every value of every row.
package graphtest
