// Package firmbench measures networks of firms of real size, from the embedded
// store to answers:
//
//	go test ./graph/supply/firmbench -run '^$' -bench . -benchtime 1x -timeout 60m
//
// BENCH_FIRMS names other sizes than 125000, 250000 and 1000000 firms, separated by
// commas; there are ten links for each. BENCH_LARGEST is for how many of the
// largest firms pass-through is solved, 24 unless told otherwise. BENCH_KEEP names a
// folder in which the stores are kept for the next time.
package firmbench
