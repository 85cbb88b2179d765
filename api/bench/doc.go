// Package bench measures how fast questions are answered: cold, from the facts
// in an embedded store to the answer, and warm over HTTP at a steady rate. It
// holds no code but its benchmarks:
//
//	go test ./api/bench -run '^$' -bench . -benchtime 1x
//
// The network is generated: 6 products × 230 countries with 5,000 links a
// product.
package bench
