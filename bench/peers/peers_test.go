package peers

import (
	"os"
	"testing"
)

// BenchmarkPeers prints a table: how long tiermap and its peers take for the
// same answers. BENCH_QUICK=1 asks about 300 products in place of 5,000.
func BenchmarkPeers(b *testing.B) {
	var t table
	b.Run("chain", func(b *testing.B) { chain(b, &t) })
	b.Run("failures", func(b *testing.B) { failures(b, &t) })
	b.Run("products", func(b *testing.B) { products(b, &t) })
	if !b.Failed() {
		t.print(os.Stdout)
	}
}
