// Package bench measures how fast a year of BACI is loaded, against DuckDB's
// own read_csv on the same file and machine. It holds no code but its
// benchmark:
//
//	go test ./loader/baci/bench -run '^$' -bench . -benchtime 1x -timeout 30m
//
// The file, 11 million rows in BACI's shape, is generated once into the user's
// cache folder (BENCH_ROWS sets another number of rows).
package bench
