package bench

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"tiermap/graph/country"
	"tiermap/graph/duckdb"
	"tiermap/loader"
	"tiermap/loader/baci"
	"tiermap/loader/baci/bacitest"
	"tiermap/loader/tables"
)

// yearOfTrade returns a store with the starter data and a generated year of
// trade, by default as much as BACI has (BENCH_ROWS).
func yearOfTrade(b *testing.B) (s *duckdb.Store, codes []string) {
	b.Helper()
	rows := bacitest.Rows
	if text := os.Getenv("BENCH_ROWS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		rows = n
	}
	path, err := bacitest.File(rows, bacitest.Codes)
	if err != nil {
		b.Fatal(err)
	}
	countries, err := country.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	s, err = duckdb.Open(b.Context(), duckdb.Options{Path: filepath.Join(b.TempDir(), "year.duckdb")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	folders, err := filepath.Glob("../../data/*/dataset.csv")
	if err != nil {
		b.Fatal(err)
	}
	for i, file := range folders {
		folders[i] = filepath.Dir(file)
	}
	jobs, err := tables.Jobs(folders, tables.Options{Countries: countries, Store: s})
	if err != nil || len(jobs) == 0 {
		b.Fatalf("%d datasets: %v", len(jobs), err)
	}
	// Below the starter data's own trade: generated trade in a code that they
	// have would hide what is real.
	year, err := baci.Jobs([]string{path}, baci.Options{Countries: countries, Priority: -100})
	if err != nil {
		b.Fatal(err)
	}
	for _, job := range append(jobs, year...) {
		if _, err := loader.Run(b.Context(), s, job, loader.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Compact(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s, codesOf(b, path)
}

// codesOf are the codes of the first million rows of a file.
func codesOf(b *testing.B, path string) (codes []string) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	r, seen := csv.NewReader(f), map[string]bool{}
	r.ReuseRecord = true
	for range 1_000_000 {
		row, err := r.Read()
		if err != nil {
			break
		}
		if k := row[3]; len(k) == 6 && !seen[k] {
			seen[k] = true
			codes = append(codes, "HS2017:"+strings.Clone(k))
		}
	}
	return codes
}

// mixed makes question n of a mixture: half about the starter data's chains, in
// many countries, products and years, half about any code of the year of trade.
// It hardly ever asks the same again.
func mixed(codes []string) func(n int) []byte {
	chains := []string{"cobalt-oxide", "lithium-carbonate", "gallium-crude", "germanium-metal", "magnesium-metal", "tungsten-powder",
		"titanium-sponge", "white-phosphorus", "antimony-ore", "silicon-metal", "nickel-refined", "copper-refined"}
	places := []string{"NLD", "DEU", "FRA", "USA", "JPN", "KOR", "ITA", "ESP", "POL", "CHN", "IND", "BRA", "GBR", "SWE", "BEL", "EU"}
	years := []int{2022, 2023, 2024}
	asked := []string{
		"unexplainedShare shares(first: 10) { country { id } direct origin hidden }",
		"chokepoints(first: 10) { country { id } passThroughShare singlePointOfFailure }",
		"paths(first: 5) { paths { share steps { country { id } product { id } } } }",
		"tiers { product { id } madeIn { country { id } share } hhi } concentration { originHhi }",
	}
	return func(n int) []byte {
		product, year := codes[n*7919%len(codes)], bacitest.Year
		if n%2 == 0 {
			product, year = chains[n/2%len(chains)], years[n/24%len(years)]
		}
		body, _ := json.Marshal(map[string]string{"query": fmt.Sprintf(`{ dependency(country: %q, product: %q, year: %d) { year %s } }`,
			places[n*31%len(places)], product, year, asked[n%4*3%4])})
		return body
	}
}

// BenchmarkUnderLoad asks a mixture of questions in an open loop: it first finds
// the rate of saturation, and then asks half as many for 60 seconds. The metrics
// are requests a second, percentiles, failures and the greatest memory of the
// process, server and client together.
func BenchmarkUnderLoad(b *testing.B) {
	store, codes := yearOfTrade(b)
	url, ask := serveStore(b, store), mixed(codes)
	if _, failed := openLoop(b, url, ask, 5, 10*time.Second); failed > 0 {
		b.Fatalf("%d questions failed while warming up", failed)
	}
	for b.Loop() {
		held := 0
		for rate := 8; rate <= 4096; rate = rate * 3 / 2 {
			latencies, failed := openLoop(b, url, ask, rate, 8*time.Second)
			if failed > 0 || percentile(latencies, 0.99) > 2000 {
				break
			}
			held = rate
		}
		if held == 0 {
			b.Fatal("no rate was held")
		}
		rate := max(1, held/2)
		latencies, failed := openLoop(b, url, ask, rate, 60*time.Second)
		b.ReportMetric(float64(failed), "failed")
		b.ReportMetric(float64(held), "saturation/s")
		b.ReportMetric(float64(rate), "requests/s")
		b.ReportMetric(percentile(latencies, 0.5), "p50-ms")
		b.ReportMetric(percentile(latencies, 0.99), "p99-ms")
		b.ReportMetric(peakMB(b), "MB-peak")
	}
	b.ReportMetric(0, "ns/op") // says nothing of its own
}

// peakMB is the greatest memory that the process has had: on Linux what is
// resident, elsewhere what Go has taken from the system.
func peakMB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.Sys) / (1 << 20)
	}
	var kB float64
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	if _, err := fmt.Sscan(string(after), &kB); err != nil {
		b.Fatal(err)
	}
	return kB / 1024
}
