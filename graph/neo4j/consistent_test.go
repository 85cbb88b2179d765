package neo4j

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/neo4j/neo4jtest"
)

// oneOfTwo are the facts of two revisions: in the second production and trade
// are another, so that the production of one with the trade of the other gives
// shares that neither has.
func oneOfTwo(second bool) []*graph.Batch {
	made, flows := []float64{100, 40}, []float64{60, 10, 50, 10}
	if second {
		made, flows = []float64{30, 90}, []float64{10, 15, 20, 5}
	}
	flow := func(exporter, importer string, i int) values {
		return values{"year": 2020, "exporter": exporter, "importer": importer, "product": "p", "tonnes": flows[i]}
	}
	return []*graph.Batch{
		batch(graph.Country, "country.csv", 2, values{"id": "A"}, values{"id": "B"}, values{"id": "C"}),
		batch(graph.Material, "material.csv", 2, values{"id": "m"}),
		batch(graph.Product, "product.csv", 2, values{"id": "p", "stage": "extraction"}),
		batch(graph.Contains, "contains.csv", 2, values{"product": "p", "material": "m", "mass_fraction": 1.0}),
		batch(graph.Produces, "production.csv", 2,
			values{"year": 2020, "product": "p", "country": "A", "tonnes": made[0]},
			values{"year": 2020, "product": "p", "country": "B", "tonnes": made[1]}),
		batch(graph.Trades, "trade.csv", 2, flow("A", "B", 0), flow("A", "C", 1), flow("B", "C", 2), flow("C", "B", 3)),
	}
}

// shareText is an answer to the last digit.
func shareText(ctx context.Context, s graph.Store, countries *country.List) (string, error) {
	// Another one each time: nothing is kept from an earlier answer.
	a, err := ask.New(s, countries, ask.Options{}).Dependency(ctx, ask.Question{Country: "B", Product: "p"})
	if err != nil {
		return "", err
	}
	shares, err := a.Shares(ctx)
	return fmt.Sprint(shares), err
}

// While a loader replaces a dataset again and again, every answer is that of one
// revision or of the other.
func TestAnswersWhileLoading(t *testing.T) {
	address := neo4jtest.Empty(t)
	o := Options{URL: address.URL, User: address.User, Password: address.Password}
	readers, writer := openStore(t, o), openStore(t, o)
	countries, err := country.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var known [2]string
	for i := range known {
		loadAll(t, writer, graph.Dataset{ID: "facts"}, oneOfTwo(i == 1)...)
		if known[i], err = shareText(t.Context(), readers, countries); err != nil {
			t.Fatal(err)
		}
	}
	if known[0] == known[1] {
		t.Fatalf("both revisions answer %s", known[0])
	}

	loading, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	var seen [2]atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for loading.Err() == nil {
				switch got, err := shareText(t.Context(), readers, countries); {
				case err != nil:
					t.Errorf("%v (%v)", err, errors.Unwrap(err))
					return
				case got == known[0]:
					seen[0].Add(1)
				case got == known[1]:
					seen[1].Add(1)
				default:
					t.Errorf("%s is the answer of neither revision: %q", got, known)
					return
				}
			}
		})
	}
	for commits := 0; loading.Err() == nil || commits < 2; commits++ {
		loadAll(t, writer, graph.Dataset{ID: "facts"}, oneOfTwo(commits%2 == 1)...)
	}
	wg.Wait()
	if seen[0].Load() == 0 || seen[1].Load() == 0 {
		t.Errorf("%d answers of one revision and %d of the other: nothing changed meanwhile", seen[0].Load(), seen[1].Load())
	}
	t.Logf("%d and %d answers", seen[0].Load(), seen[1].Load())
}
