package firmbench

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tiermap/graph"
	"tiermap/graph/duckdb"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

const linksOfFirm = 10

func numbers(b *testing.B, name, otherwise string) []int {
	b.Helper()
	var list []int
	for _, text := range strings.Split(cmp.Or(os.Getenv(name), otherwise), ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatalf("%s: %v", name, err)
		}
		list = append(list, n)
	}
	return list
}

// BenchmarkFirms prints, for each size, wall time and time of the processors.
func BenchmarkFirms(b *testing.B) {
	largest := numbers(b, "BENCH_LARGEST", "24")[0]
	for _, firms := range numbers(b, "BENCH_FIRMS", "125000,250000,1000000") {
		b.Run(fmt.Sprintf("firms=%d", firms), func(b *testing.B) {
			for b.Loop() {
				measure(b, firms, largest)
			}
		})
	}
}

// report runs a part of the measurement.
func report(b *testing.B, what string, f func()) {
	b.Helper()
	wall, cpu := time.Now(), cpuTime(b)
	f()
	b.ReportMetric(time.Since(wall).Seconds(), what+"-s")
	b.ReportMetric((cpuTime(b) - cpu).Seconds(), what+"-cpu-s")
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident returns the most memory that the process held since it was last reset,
// in MB.
func resident(b *testing.B, reset bool) float64 {
	b.Helper()
	if reset {
		debug.FreeOSMemory()
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
			b.Fatal(err)
		}
		return 0
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); fields[0] == "VmHWM:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kb / 1024
		}
	}
	b.Fatal("no VmHWM")
	return 0
}

func measure(b *testing.B, firms, largest int) {
	ctx := b.Context()
	path := filepath.Join(keep(b), fmt.Sprintf("firms-%d.duckdb", firms))
	suppliers, target := store(b, path, firms, max(10, largest))
	s, err := duckdb.Open(ctx, duckdb.Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	resident(b, true)
	var walk *supply.Walk
	report(b, "project", func() { walk = project(b, s, target) })
	b.ReportMetric(resident(b, false), "project-MB")

	d, err := walk.FirmDependency(supplytest.Goods)
	if err != nil {
		b.Fatal(err)
	}
	report(b, "origins", func() {
		shares, err := d.Shares(ctx)
		if err != nil {
			b.Fatal(err)
		}
		sum := 0.0
		for _, share := range shares {
			sum += share.Origin
		}
		residual, err := d.Residual(ctx)
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("%d origin countries, Σ %.15f, residual %.2g", len(shares), sum, residual)
	})
	report(b, "ten", func() { passThrough(b, d, suppliers[:10]) })
	report(b, "largest", func() { passThrough(b, d, suppliers[:largest]) })
	report(b, "paths", func() {
		paths, err := d.Paths(ctx, 10, 0)
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("%d paths, explained %.2g, rest %.6f, cut %t", len(paths.Paths), paths.Explained, paths.Rest, paths.Truncated)
	})
	b.ReportMetric(resident(b, false), "all-MB")
}

func passThrough(b *testing.B, d *supply.Dependency, firms []supply.Actor) {
	passed, err := d.PassThroughOf(b.Context(), firms, supply.ByOperator)
	if err != nil {
		b.Fatal(err)
	}
	most, off := 0.0, 0.0
	for _, p := range passed {
		most, off = max(most, p.Share), max(off, p.Off)
	}
	b.Logf("%d firms, passed by %.6f at most, off by %.2g at most", len(passed), most, off)
}

// keep returns the folder that stores are kept in, one for each size: that of
// BENCH_KEEP, or one that goes with the benchmark.
func keep(b *testing.B) string { return cmp.Or(os.Getenv("BENCH_KEEP"), b.TempDir()) }

// store writes a generated network into a store, unless one is kept, and returns the
// firms with most customers, and one of middle size to ask about.
func store(b *testing.B, path string, firms, largest int) (suppliers []supply.Actor, target string) {
	f := supplytest.GenerateFirms(1, firms, firms*linksOfFirm)
	if _, err := os.Stat(path); err != nil {
		write(b, path, f)
	}
	customers, supplied := make([]int, firms), make([]int, firms)
	for i, supplier := range f.Supplier {
		customers[supplier]++
		supplied[f.Customer[i]]++
	}
	order := make([]int, firms)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return customers[y] - customers[x] })
	for _, i := range order[:largest] {
		suppliers = append(suppliers, supply.Actor{ID: supplytest.FirmID(i)})
	}
	none := slices.IndexFunc(order, func(i int) bool { return customers[i] == 0 })
	for _, i := range order[none/2:] {
		if supplied[i] >= linksOfFirm/2 {
			return suppliers, supplytest.FirmID(i)
		}
	}
	b.Fatal("nobody to ask about")
	return nil, ""
}

// write writes a generated network into a new store.
func write(b *testing.B, path string, f supplytest.Firms) {
	ctx := b.Context()
	s, err := duckdb.Open(ctx, duckdb.Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	load, err := s.Begin(ctx, graph.Dataset{ID: "generated", Title: "Generated", Licence: "none"})
	if err != nil {
		b.Fatal(err)
	}
	report(b, "load", func() {
		if err := f.Write(ctx, load); err != nil {
			b.Fatal(err)
		}
		if _, err := load.Commit(ctx); err != nil {
			b.Fatal(err)
		}
	})
}

// project reads the network from the store and makes it ready to be walked.
func project(b *testing.B, s *duckdb.Store, target string) *supply.Walk {
	ctx := b.Context()
	snap, err := s.Snapshot(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer snap.Close()
	started := time.Now()
	catalogue := supply.NewCatalogue(supply.Facts{Products: []supply.ProductRow{{ID: supplytest.Goods}}})
	network, _, err := catalogue.ReadFirms(ctx, snap, supply.Question{Firm: target, Product: supplytest.Goods, Year: supplytest.Year})
	if err != nil {
		b.Fatal(err)
	}
	read := time.Since(started)
	w := supply.NewWalk(network)
	b.Logf("%d producers, %d sources: read in %v, made ready in %v", len(network.Producers), len(network.Sources), read, time.Since(started)-read)
	return w
}
