package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// t1 is the worked case T1 of the methods, as a user types it in.
var t1 = map[string]string{
	"dataset.csv":    "id,title,publisher,licence,retrieved\nt1,Re-exports,nobody,CC0,2024-01-01\n",
	"country.csv":    "id,name\nA,Aland\nB,Bland\nC,Cland\n",
	"product.csv":    "id,name,stage\np,Pebbles,extraction\n",
	"production.csv": "year,product,country,tonnes\n2020,p,A,100\n2020,p,B,40\n",
	"trade.csv":      "year,exporter,importer,product,tonnes\n2020,A,B,60\n",
}

// folder writes files into a new folder of that name and returns its path.
func folder(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// loadedT1 returns the URL of a store that holds T1.
func loadedT1(t *testing.T) string {
	t.Helper()
	files := map[string]string{}
	for name, text := range t1 {
		files[name] = text
	}
	files["trade.csv"] = "year,exporter,importer,product,tonnes\n2020,A,B,p,60\n2020,A,C,p,10\n2020,B,C,p,50\n2020,C,B,p,10\n"
	store := "duckdb:" + filepath.Join(t.TempDir(), "t1.duckdb")
	if r := run(t, "load", "tables", folder(t, "t1", files), "--store", store); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	return store
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		env  map[string]string
		says string
	}{
		{args: []string{"frobnicate"}, says: "unknown command"},
		{args: []string{"load"}, says: "SOURCE"},
		{args: []string{"load", "nothing", "x"}, says: "no source"},
		{args: []string{"load", "tables"}, says: "requires at least 1 arg"},
		{args: []string{"ask"}, says: "accepts 1 arg"},
		{args: []string{"ask", "{x}", "--nonsense"}, says: "unknown flag"},
		{args: []string{"export", "answer", "shares"}, says: "--country and --product"},
		{args: []string{"export", "network", "--country", "A", "--product", "p", "--balance", "none"}, says: "--balance"},
		{args: []string{"serve", "--log-level", "loud"}, says: "--log-level"},
		{args: []string{"status"}, env: map[string]string{"TIERMAP_THREADS": "many"}, says: "TIERMAP_THREADS"},
	} {
		r := runWith(t, "", c.env, c.args...)
		if r.status != exitUsage || !strings.Contains(r.stderr, c.says) || r.stdout != "" {
			t.Errorf("%q: status %d, stdout %q, stderr %q; want status 2 and %q", c.args, r.status, r.stdout, r.stderr, c.says)
		}
	}
}

func TestMissingStore(t *testing.T) {
	store := "duckdb:" + filepath.Join(t.TempDir(), "none.duckdb")
	for _, args := range [][]string{{"status"}, {"remove", "x"}, {"export", "dataset", "x"}} {
		if r := run(t, append(args, "--store", store)...); r.status != exitFailed || !strings.Contains(r.stderr, "STORE_DOWN") {
			t.Errorf("%q: status %d, %q; want 1 and STORE_DOWN", args, r.status, r.stderr)
		}
	}
	if r := run(t, "ask", "{ __typename }", "--store", store); r.status != exitFailed || !strings.Contains(r.stdout, `"code": "STORE_DOWN"`) {
		t.Errorf("ask: status %d, %q", r.status, r.stdout)
	}
	if r := run(t, "status", "--store", "postgres://x"); r.status != exitFailed || !strings.Contains(r.stderr, "BAD_INPUT") {
		t.Errorf("a store of another kind: status %d, %q", r.status, r.stderr)
	}
}

func TestLoadReports(t *testing.T) {
	files := map[string]string{}
	for name, text := range t1 {
		files[name] = text
	}
	files["trade.csv"] = "year,exporter,importer,product,tonnes\n2020,A,B,p,60\n2020,Q,B,p,1\n2020,A,C,p,-4\n"
	dir := folder(t, "t1", files)
	home := t.TempDir()
	store, rejects := "duckdb:"+filepath.Join(home, "s.duckdb"), filepath.Join(home, "rejects.csv")

	r := run(t, "load", "tables", dir, "--check", "--store", store)
	if r.status != exitRejected || r.stdout != "t1: read 9, accepted 7, rejected 2, replaced 0\n" {
		t.Errorf("check: %d %q", r.status, r.stdout)
	}
	if r := run(t, "status", "--store", store); r.status != exitFailed {
		t.Errorf("--check made a store: %q", r.stdout)
	}
	r = run(t, "load", "tables", dir, "--json", "--rejects", rejects, "--store", store)
	var report struct {
		Dataset                            string
		Read, Accepted, Rejected, Replaced int
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
		t.Fatal(err)
	}
	if r.status != exitRejected || report.Dataset != "t1" || report.Read != 9 || report.Accepted != 7 || report.Rejected != 2 || report.Replaced != 0 {
		t.Errorf("load: %d %+v", r.status, report)
	}
	f, err := os.Open(rejects)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 3 || !slices.Equal(rows[0], []string{"file", "line", "column", "value", "reason", "raw"}) {
		t.Fatalf("rejects: %v %q", err, rows)
	}
	for i, want := range [][]string{{"trade.csv", "3", "exporter", "Q"}, {"trade.csv", "4", "tonnes", "-4"}} {
		if got := rows[i+1]; filepath.Base(got[0]) != want[0] || !slices.Equal(got[1:4], want[1:]) {
			t.Errorf("reject %d is %q, want %q", i, got, want)
		}
	}
	if r = run(t, "load", "tables", dir, "--store", store); r.stdout != "t1: read 9, accepted 7, rejected 2, replaced 7\n" {
		t.Errorf("again: %q", r.stdout)
	}
}

func TestRefusedDatasetLeavesTheStore(t *testing.T) {
	store := loadedT1(t)
	before := run(t, "status", "--json", "--store", store)
	files := map[string]string{
		"dataset.csv":   "id\nt1\n",
		"product.csv":   "id,stage\np,extraction\nq,processing\n",
		"made_from.csv": "product,input,share\nq,p,0.9\n",
	}
	r := run(t, "load", "tables", folder(t, "bad", files), "--store", store)
	if r.status != exitFailed || !strings.Contains(r.stderr, "0.9") || !strings.Contains(r.stderr, "BAD_INPUT") {
		t.Errorf("status %d, %q", r.status, r.stderr)
	}
	if after := run(t, "status", "--json", "--store", store); after.stdout != before.stdout {
		t.Errorf("the store changed from\n%s\nto\n%s", before.stdout, after.stdout)
	}
}

func TestAsk(t *testing.T) {
	store := loadedT1(t)
	question := `query($c: ID!) { dependency(country: $c, product: "p") { year shares { country { id name } origin } } }`
	r := runWith(t, question, map[string]string{"TIERMAP_STORE": store}, "ask", "-", "--variables", `{"c": "Cland"}`)
	var got struct {
		Data struct {
			Dependency struct {
				Year   int
				Shares []struct {
					Country struct{ ID, Name string }
					Origin  float64
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.status != exitDone {
		t.Fatalf("%v %d\n%s%s", err, r.status, r.stdout, r.stderr)
	}
	shares := got.Data.Dependency.Shares
	if got.Data.Dependency.Year != 2020 || len(shares) != 2 || shares[0].Country.Name != "Aland" || shares[1].Country.ID != "B" ||
		math.Abs(shares[0].Origin-41.0/61) > tolerance || math.Abs(shares[1].Origin-20.0/61) > tolerance {
		t.Errorf("got %+v, want A 41/61, B 20/61", got.Data.Dependency)
	}
	if !strings.Contains(r.stdout, `"id": "A",`) {
		t.Errorf("the answer is not written for people:\n%s", r.stdout)
	}
	for _, c := range []struct{ query, code string }{
		{`{ dependency(country: "A", product: "pp") { year } }`, "NOT_FOUND"},
		{`{ dependency(country: "A", product: "p", material: "zinc") { year } }`, "NOT_FOUND"},
		{`{ dependency(product: "p") { year } }`, "BAD_INPUT"},
		{`{ dependency(country: "A", product: "p", year: 99) { year } }`, "BAD_INPUT"},
		{`{ dependency(country: "A", product: "p") { shares(first: 1001) { origin } } }`, "BAD_INPUT"},
		{`{ dependency(country: "A", product: "p") { paths(minShare: 2) { explainedShare } } }`, "BAD_INPUT"},
		{`{ trade(after: "nonsense!") { totalCount } }`, "BAD_INPUT"},
		{`{ nothing }`, "BAD_INPUT"},
	} {
		r := run(t, "ask", c.query, "--store", store)
		var got struct {
			Errors []struct{ Extensions struct{ Code string } }
		}
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
			t.Fatal(err)
		}
		if r.status != exitFailed || len(got.Errors) != 1 || got.Errors[0].Extensions.Code != c.code {
			t.Errorf("%s: status %d, want one error %s:\n%s", c.query, r.status, c.code, r.stdout)
		}
	}
}

func TestTradePages(t *testing.T) {
	store := loadedT1(t)
	after, lines := "", []int{}
	for {
		r := run(t, "ask", `query($after: String) { trade(first: 3, after: $after) {
			totalCount pageInfo { hasNextPage endCursor } nodes { line exporter { id } tonnes dataset file } } }`,
			"--variables", `{"after": "`+after+`"}`, "--store", store)
		var got struct {
			Data struct {
				Trade struct {
					TotalCount int
					PageInfo   struct {
						HasNextPage bool
						EndCursor   string
					}
					Nodes []struct{ Line int }
				}
			}
		}
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.status != exitDone {
			t.Fatalf("%v %s", err, r.stdout)
		}
		for _, n := range got.Data.Trade.Nodes {
			lines = append(lines, n.Line)
		}
		if got.Data.Trade.TotalCount != 4 {
			t.Errorf("totalCount %d, want 4", got.Data.Trade.TotalCount)
		}
		if !got.Data.Trade.PageInfo.HasNextPage {
			break
		}
		after = got.Data.Trade.PageInfo.EndCursor
	}
	if !slices.Equal(lines, []int{2, 3, 4, 5}) {
		t.Errorf("the pages hold lines %v", lines)
	}
}

func TestExports(t *testing.T) {
	store := loadedT1(t)
	question := []string{"--country", "C", "--product", "p", "--store", store}

	r := run(t, append([]string{"export", "answer", "shares"}, question...)...)
	rows := csv.NewReader(strings.NewReader(r.stdout))
	rows.Comment = '#'
	table, err := rows.ReadAll()
	if err != nil || r.status != exitDone || len(table) != 3 || table[1][0] != "A" || !strings.HasPrefix(table[1][3], "0.67213114754098") {
		t.Errorf("shares: %v %d %q\n%s", err, r.status, table, r.stderr)
	}
	if !strings.Contains(r.stdout, "# method: tiermap methods") || !strings.Contains(r.stdout, "licence: CC0") || !strings.Contains(r.stdout, "# year: 2020") {
		t.Errorf("the head does not say where it comes from:\n%s", r.stdout)
	}

	r = run(t, append([]string{"export", "answer", "paths", "--format", "jsonl"}, question...)...)
	lines := bufio.NewScanner(strings.NewReader(r.stdout))
	n := 0
	for ; lines.Scan(); n++ {
		var v map[string]any
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if _, about := v["about"]; about != (n == 0) {
			t.Errorf("line %d: %s", n, lines.Text())
		}
	}
	if n < 4 {
		t.Errorf("paths: %d lines\n%s", n, r.stdout)
	}

	r = run(t, append([]string{"export", "network"}, question...)...)
	var graph struct {
		Graph struct {
			Nodes []struct {
				ID string `xml:"id,attr"`
			} `xml:"node"`
			Edges []struct {
				Source string `xml:"source,attr"`
			} `xml:"edge"`
		} `xml:"graph"`
	}
	if err := xml.Unmarshal([]byte(r.stdout), &graph); err != nil {
		t.Fatal(err)
	}
	if len(graph.Graph.Nodes) != 3 || len(graph.Graph.Edges) != 4 {
		t.Errorf("the network has %d nodes and %d links, want 3 and 4", len(graph.Graph.Nodes), len(graph.Graph.Edges))
	}
	if r := run(t, append([]string{"export", "answer", "nothing"}, question...)...); r.status != exitFailed || !strings.Contains(r.stderr, "NOT_FOUND") {
		t.Errorf("a list that is none: %d %q", r.status, r.stderr)
	}
}

// TestDatasetRoundTrip exports a dataset as tables and loads them again: the
// same facts, the same answers.
func TestDatasetRoundTrip(t *testing.T) {
	store := loadedT1(t)
	out := filepath.Join(t.TempDir(), "again")
	if r := run(t, "export", "dataset", "t1", "-o", out, "--store", store); r.status != exitDone {
		t.Fatal(r.stderr)
	}
	copied := "duckdb:" + filepath.Join(t.TempDir(), "copy.duckdb")
	if r := run(t, "load", "tables", out, "--store", copied); r.status != exitDone {
		t.Fatalf("%d %s%s", r.status, r.stdout, r.stderr)
	}
	all := `{ trade { nodes { year exporter { id } importer { id } tonnes } }
		dependency(country: "B", product: "p") { supplyTonnes shares { country { name } direct origin } provenance { id licence } } }`
	a, b := run(t, "ask", all, "--store", store), run(t, "ask", all, "--store", copied)
	if a.stdout != b.stdout || a.status != exitDone {
		t.Errorf("before\n%s\nafter\n%s", a.stdout, b.stdout)
	}
}

func TestRemoveAndStatus(t *testing.T) {
	store := loadedT1(t)
	r := run(t, "status", "--store", store)
	for _, want := range []string{"t1", "CC0", "2020", "trade 4", "revision"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("status does not say %q:\n%s", want, r.stdout)
		}
	}
	if r := run(t, "remove", "t2", "--store", store); r.status != exitFailed || !strings.Contains(r.stderr, "NOT_FOUND") {
		t.Errorf("remove of what is not there: %d %q", r.status, r.stderr)
	}
	if r := run(t, "remove", "t1", "--store", store); r.status != exitDone || r.stdout != "t1: removed 10 rows\n" {
		t.Errorf("remove: %d %q %q", r.status, r.stdout, r.stderr)
	}
	if r := run(t, "compact", "--store", store); r.status != exitDone {
		t.Errorf("compact: %d %q", r.status, r.stderr)
	}
	if r := run(t, "build", "--store", store); r.status != exitDone || !strings.Contains(r.stdout, "needs no build") {
		t.Errorf("build: %d %q", r.status, r.stdout)
	}
}

// TestServe starts the server as a user does, asks it, and finds the store busy
// for everybody else until it stops.
func TestServe(t *testing.T) {
	store := loadedT1(t)
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- Main(ctx, Process{Args: []string{"serve", "--addr", "127.0.0.1:0", "--store", store}, Stdin: strings.NewReader(""),
			Stdout: in, Stderr: io.Discard, Env: func(string) (string, bool) { return "", false }})
		in.Close()
	}()
	announced := bufio.NewReader(out)
	first, err := announced.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(first)
	if url == "" {
		t.Fatalf("no address in %q", first)
	}
	go io.Copy(io.Discard, announced) //nolint:errcheck // the rest of what is announced

	response, err := http.Post(url+"/graphql", "application/json",
		strings.NewReader(`{"query": "{ dependency(country: \"B\", product: \"p\") { shares(first: 1) { country { id } origin } } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), "0.60655737704918") {
		t.Errorf("%v %d %s", err, response.StatusCode, body)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/version": 200, "/graphiql": 200, "/nothing": 404} {
		response, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, response.StatusCode, want)
		}
	}
	stop()
	select {
	case status := <-done:
		if status != exitDone {
			t.Errorf("serve ended with %d", status)
		}
	case <-time.After(20 * time.Second):
		t.Fatal(errors.New("serve did not stop"))
	}
}

func TestStorePathWithQuestionMark(t *testing.T) {
	store := "duckdb:" + filepath.Join(t.TempDir(), "what?", "s.duckdb")
	if r := run(t, "load", "tables", folder(t, "t1", t1), "--store", store); r.status != exitFailed || !strings.Contains(r.stderr, "BAD_INPUT") {
		t.Errorf("status %d, %q", r.status, r.stderr)
	}
}

func TestSuggestions(t *testing.T) {
	store := loadedT1(t)
	for _, c := range []struct{ query, suggests string }{
		{`{ product(id: "pp") { id } }`, `"p"`},
		{`{ country(id: "Alandd") { id } }`, `"A"`},
		{`{ dataset(id: "t2") { id } }`, `"t1"`},
	} {
		if r := run(t, "ask", c.query, "--store", store); !strings.Contains(r.stdout, "NOT_FOUND") || !strings.Contains(r.stdout, c.suggests) {
			t.Errorf("%s does not suggest %s:\n%s", c.query, c.suggests, r.stdout)
		}
	}
}

// TestResultsOverwriteNothing names the store and an input as the place for
// results.
func TestResultsOverwriteNothing(t *testing.T) {
	store := loadedT1(t)
	path := strings.TrimPrefix(store, "duckdb:")
	dir := folder(t, "t1", t1)
	for _, args := range [][]string{
		{"load", "tables", dir, "--rejects", path},
		{"load", "tables", dir, "--rejects", filepath.Join(dir, "country.csv")},
		{"export", "answer", "shares", "--country", "B", "--product", "p", "-o", path},
	} {
		if r := run(t, append(args, "--store", store)...); r.status != exitUsage || !strings.Contains(r.stderr, "overwrite") {
			t.Errorf("%q: status %d, %q", args, r.status, r.stderr)
		}
	}
	if r := run(t, "status", "--store", store); r.status != exitDone {
		t.Errorf("the store is gone: %s", r.stderr)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "country.csv")); err != nil || string(text) != t1["country.csv"] {
		t.Errorf("the input is gone: %v %q", err, text)
	}
}

// TestAllRejectedKeepsTheDataset loads a dataset anew from rows of which none is
// right.
func TestAllRejectedKeepsTheDataset(t *testing.T) {
	store := loadedT1(t)
	files := map[string]string{"dataset.csv": "id\nt1\n", "trade.csv": "year,exporter,importer,product,tonnes\n2020,A,B,p,-1\n"}
	r := run(t, "load", "tables", folder(t, "t1", files), "--store", store)
	if r.status != exitRejected || r.stdout != "t1: read 1, accepted 0, rejected 1, replaced 0\n" || !strings.Contains(r.stderr, "as it was") {
		t.Errorf("status %d, %q, %q", r.status, r.stdout, r.stderr)
	}
	if r := run(t, "status", "--store", store); !strings.Contains(r.stdout, "trade 4") {
		t.Errorf("the dataset is not as it was:\n%s", r.stdout)
	}
}

// TestDependenciesAnswerOneByOne asks for one country that there is and one that
// there is not.
func TestDependenciesAnswerOneByOne(t *testing.T) {
	store := loadedT1(t)
	r := run(t, "ask", `{ dependencies(countries: ["B", "nowhere"], products: ["p"]) { country { id } supplyTonnes } }`, "--store", store)
	var got struct {
		Data struct {
			Dependencies []*struct{ Country ref }
		}
		Errors []struct {
			Path       []any
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
		t.Fatal(err)
	}
	if d := got.Data.Dependencies; r.status != exitFailed || len(d) != 2 || d[0] == nil || d[0].Country.ID != "B" || d[1] != nil {
		t.Errorf("status %d\n%s", r.status, r.stdout)
	}
	if len(got.Errors) != 1 || got.Errors[0].Extensions.Code != "NOT_FOUND" || len(got.Errors[0].Path) != 2 {
		t.Errorf("errors: %s", r.stdout)
	}
}
