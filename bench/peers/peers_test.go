package peers

import (
	"fmt"
	"strings"
	"testing"
)

// page is where the tables go, between its marks.
const page = "../../docs/performance.md"

// BenchmarkPeers measures tiermap beside its peers, prints the tables, and where all
// was asked as workloads.json declares it, writes them into the page.
func BenchmarkPeers(b *testing.B) {
	list, asDeclared, err := workloads()
	if err != nil {
		b.Fatal(err)
	}
	ask := map[string]func(*testing.B, *sheet){
		"chain": chain, "failures": failures, "year": year, "small-firms": firms, "firms": firms, "table": table,
	}
	m := takeDown(b)
	var text strings.Builder
	asked := 0
	for i := range list {
		w := &list[i]
		b.Run(w.Name, func(b *testing.B) {
			s := &sheet{workload: w}
			if ask[w.Name] == nil {
				b.Fatal("workloads.json declares it, but nobody knows how to ask it")
			}
			ask[w.Name](b, s)
			if err := s.missing(); err != nil {
				b.Fatal(err)
			}
			s.print(&text)
			if s.server != "" {
				m.versions += ", " + s.server
			}
			asked++
			b.ReportMetric(0, "ns/op") // says nothing of its own
		})
	}
	b.ReportMetric(0, "ns/op")
	if b.Failed() || asked == 0 {
		return
	}
	section := m.describe(b) + text.String()
	fmt.Printf("\n%s", section)
	if asDeclared && asked == len(list) {
		if err := rewrite(page, section); err != nil {
			b.Fatal(err)
		}
	}
}
