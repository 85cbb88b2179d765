// Package peers measures tiermap against what else a researcher would use: SciPy
// and NumPy for the walk, NetworkX for paths and single points of failure, Cypher
// on the published graph. It holds no code but its benchmark:
//
//	make bench-peers
//
// All get the same input, written once; no time is printed before the answers
// agree to 1e-9. Times are medians, and begin with the input in memory in the
// form that each works on: nobody's reading is counted. Python runs in a virtual
// environment of its own in the user's cache folder, with the versions of
// requirements.txt.
package peers
