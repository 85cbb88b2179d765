package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"tiermap/api"
	"tiermap/api/exec"
	"tiermap/api/gql"
	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/duckdb"
	"tiermap/graph/supply"
	"tiermap/graph/supply/supplytest"
)

const (
	products  = 6
	countries = 230
	links     = 5000
)

// generated returns a store that holds the generated network.
func generated(b *testing.B) *duckdb.Store {
	b.Helper()
	ctx := b.Context()
	store, err := duckdb.Open(ctx, duckdb.Options{Path: filepath.Join(b.TempDir(), "bench.duckdb")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	f := supplytest.Generate(1, products, countries, links)
	load, err := store.Begin(ctx, graph.Dataset{ID: "generated", Title: "Generated", Licence: "none"})
	if err != nil {
		b.Fatal(err)
	}
	for _, batch := range f.Batches(countries) {
		if err := load.Write(ctx, batch); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := load.Commit(ctx); err != nil {
		b.Fatal(err)
	}
	return store
}

func newAsker(b *testing.B, store graph.Store) *ask.Asker {
	b.Helper()
	list, err := country.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	return ask.New(store, list, ask.Options{})
}

// BenchmarkColdQuestion is one question on a store that was opened before and
// of which nothing is kept: read the catalogue and the facts, assemble, solve.
func BenchmarkColdQuestion(b *testing.B) {
	store := generated(b)
	for b.Loop() {
		asker := newAsker(b, store)
		answer, err := asker.Dependency(b.Context(), ask.Question{Country: supplytest.CountryID(0), Product: supplytest.ProductID(0)})
		if err != nil {
			b.Fatal(err)
		}
		shares, err := answer.Shares(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if sum := sumOfOrigins(b, answer, shares); math.Abs(sum-1) > 1e-9 {
			b.Fatalf("origins and unexplained sum to %g", sum)
		}
	}
}

func sumOfOrigins(b *testing.B, a *ask.Answer, shares []supply.CountryShare) float64 {
	sum, err := a.UnexplainedShare(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range shares {
		sum += s.Origin
	}
	return sum
}

// serve starts the whole server on loopback and returns its address.
func serve(b *testing.B) string { return serveStore(b, generated(b)) }

func serveStore(b *testing.B, store graph.Store) string {
	b.Helper()
	asker := newAsker(b, store)
	schema, err := gql.New(asker, gql.Options{})
	if err != nil {
		b.Fatal(err)
	}
	o := exec.DefaultOptions()
	handler, err := api.New(api.Config{Executor: exec.New(schema, o), Ready: asker.Ready})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- api.Serve(ctx, listener, handler, api.DefaultTimeouts(), zap.NewNop()) }()
	b.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
	return "http://" + listener.Addr().String() + "/graphql"
}

// question asks for the shares of one country; different numbers are different
// targets on the same network.
func question(n int) []byte {
	body, _ := json.Marshal(map[string]any{
		"query": `query($country: ID!, $product: ID!) {
			dependency(country: $country, product: $product) {
				year supplyTonnes unexplainedShare
				shares(first: 10) { country { id } direct origin hidden }
				tiers { product { id } madeIn { country { id } share } }
			}
		}`,
		"variables": map[string]string{"country": supplytest.CountryID(n % countries), "product": supplytest.ProductID(n % 2)},
	})
	return body
}

// send sends one question and returns an error where it was not answered.
func send(client *http.Client, url string, question []byte) error {
	response, err := client.Post(url, "application/json", bytes.NewReader(question))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != http.StatusOK || bytes.Contains(text, []byte(`"errors"`))) {
		err = fmt.Errorf("status %d: %.300s", response.StatusCode, text)
	}
	return err
}

// openLoop sends questions at a steady rate, whether or not the earlier ones
// are answered, and returns how long each took from when it was due.
func openLoop(b *testing.B, url string, question func(n int) []byte, rate int, length time.Duration) (latencies []time.Duration, failed int64) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}, Timeout: 20 * time.Second}
	total := int(float64(rate) * length.Seconds())
	latencies = make([]time.Duration, total)
	var failures atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for i := range total {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := send(client, url, question(i)); err != nil {
				if failures.Add(1) == 1 {
					b.Logf("the first of the failures: %v", err)
				}
				return
			}
			latencies[i] = time.Since(due)
		}()
	}
	wg.Wait()
	return latencies, failures.Load()
}

func percentile(latencies []time.Duration, p float64) float64 {
	sorted := slices.Sorted(slices.Values(latencies))
	return float64(sorted[int(p*float64(len(sorted)-1))]) / 1e6
}

// BenchmarkWarmHTTP asks about 460 targets in turn, in an open loop at 200
// requests a second, with the client on the same cores.
func BenchmarkWarmHTTP(b *testing.B) {
	url := serve(b)
	if _, failed := openLoop(b, url, question, 50, 10*time.Second); failed > 0 {
		b.Fatalf("%d questions failed while warming up", failed)
	}
	runtime.GC()
	for b.Loop() {
		latencies, failed := openLoop(b, url, question, 200, 20*time.Second)
		if failed > 0 {
			b.Fatalf("%d of %d questions failed", failed, len(latencies))
		}
		b.ReportMetric(percentile(latencies, 0.5), "p50-ms")
		b.ReportMetric(percentile(latencies, 0.99), "p99-ms")
	}
}

// BenchmarkSaturation raises the rate until questions fail or the 99th
// percentile passes a second, and reports the last rate that was held.
func BenchmarkSaturation(b *testing.B) {
	url := serve(b)
	if _, failed := openLoop(b, url, question, 50, 10*time.Second); failed > 0 {
		b.Fatalf("%d questions failed while warming up", failed)
	}
	for b.Loop() {
		held := 0
		for rate := 250; rate <= 16000; rate = rate * 5 / 4 {
			latencies, failed := openLoop(b, url, question, rate, 4*time.Second)
			if failed > 0 || percentile(latencies, 0.99) > 1000 {
				break
			}
			held = rate
		}
		b.ReportMetric(float64(held), "requests/s")
	}
}
