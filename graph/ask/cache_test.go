package ask

import (
	"testing"

	"tiermap/graph/supply"
)

// TestCacheKeepsWhatWasUsedLast fills the cache beyond its bound.
func TestCacheKeepsWhatWasUsedLast(t *testing.T) {
	one := func() *network {
		n := &supply.Network{Places: []string{"A"}, Products: []supply.Product{{ID: "p", Raw: true}},
			Nodes: []supply.Node{{Production: 1, Supply: 1}}, TradeStart: []int32{0, 0}, InputStart: []int32{0, 0}}
		return &network{assembly: n, walks: map[supply.Balance]*supply.Walk{supply.Mass: supply.NewWalk(n)}}
	}
	size := one().bytes()
	if size <= 0 {
		t.Fatalf("a network takes %d bytes", size)
	}
	c := newCache(2 * size)
	for _, key := range []string{"a", "b"} {
		c.put(key, one())
	}
	if c.get("a") == nil {
		t.Fatal("a is gone although both fit")
	}
	c.put("c", one())
	if c.get("b") != nil || c.get("a") == nil || c.get("c") == nil {
		t.Error("the one used longest ago is not the one that went")
	}
	tiny := newCache(1)
	tiny.put("a", one())
	if tiny.get("a") == nil {
		t.Error("the network in use is not kept")
	}
}
