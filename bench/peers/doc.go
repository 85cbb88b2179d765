// Package peers measures tiermap against what else a researcher would use: SciPy
// and NumPy for the walk, NetworkX for paths and single points of failure, Cypher
// on the published graph, pymrio for input-output tables. It holds no code but its
// benchmark:
//
//	make bench-peers
//
// workloads.json declares each input, what is asked of it and who is asked, once for
// Go and for Python. All get the same input, written by Go; no time is printed, and
// none goes into the page, before every peer that is declared has answered and all
// answers agree to 1e-9. Times are medians, and begin with the input in memory in the
// form that each works on: nobody's reading is counted. Python runs in a virtual
// environment of its own in the user's cache folder, with the versions of
// requirements.txt; Cypher on a server of package neo4jtest that is set up to be
// measured.
//
// The tables go between the marks of docs/performance.md when all was measured as
// declared. BENCH_QUICK=1 takes small sizes, to see that everything works;
// BENCH_SIZES=firms.firms=1000000,firms.links=10000000 sets single ones; -bench
// Peers/firms asks one part. Such tables are printed only.
package peers
