// Package bench measures how fast a golden copy of GLEIF is loaded at its full
// size. It holds no code but its benchmark:
//
//	go test ./loader/gleif/bench -run '^$' -bench . -benchtime 1x -timeout 60m
//
// The three files (lei2, rr, repex), in the shape and the .zip in which GLEIF
// publishes them, are generated once into the user's cache folder. BENCH_ROWS
// sets another number of entities than three million, BENCH_FORMAT another
// format than csv: xml or json.
package bench
