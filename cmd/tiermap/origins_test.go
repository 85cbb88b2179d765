package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// originRow is a row of the Parquet file as any reader of it sees it.
type originRow struct {
	Year        int32   `parquet:"year"`
	Code        string  `parquet:"code"`
	Country     string  `parquet:"country"`
	Origin      string  `parquet:"origin"`
	Direct      float64 `parquet:"direct"`
	Share       float64 `parquet:"origin_share"`
	Unexplained float64 `parquet:"unexplained"`
}

// loadedCodes returns the URL of a store with codes 100000, 100001, … each with
// the trade of the worked case T1, as one country after the other sells 100, 50
// and 10 t onwards.
func loadedCodes(t *testing.T, codes int) string {
	t.Helper()
	var trade strings.Builder
	trade.WriteString("year,exporter,importer,code,tonnes\n")
	for i := range codes {
		fmt.Fprintf(&trade, "2020,A,B,HS2017:%d,60\n2020,A,C,HS2017:%d,10\n2020,B,C,HS2017:%d,50\n2020,C,B,HS2017:%d,10\n", 100000+i, 100000+i, 100000+i, 100000+i)
	}
	store := "duckdb:" + filepath.Join(t.TempDir(), "codes.duckdb")
	dir := folder(t, "codes", map[string]string{"dataset.csv": "id,title\ncodes,Codes\n", "country.csv": "id,name\nA,Aland\nB,Bland\nC,Cland\n", "trade.csv": trade.String()})
	if r := run(t, "load", "tables", dir, "--store", store); r.status != exitDone {
		t.Fatalf("load: %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	return store
}

// A sells 70 t and makes them; B buys 70 and sells 50; C buys 60 and sells 10.
// Of what B has, x starts with A: x = 6/7 + 1/7 y, of what C has y = 1/6 + 5/6 x:
// both are 1, for nobody else is known to make it.
const oneCode = `2020,%[1]s,A,A,1,1,0
2020,%[1]s,B,A,0.8571428571428571,1,0
2020,%[1]s,B,C,0.14285714285714285,0,0
2020,%[1]s,C,A,0.16666666666666666,1,0
2020,%[1]s,C,B,0.8333333333333334,0,0
`

func TestOrigins(t *testing.T) {
	store := loadedCodes(t, 2)
	out := filepath.Join(t.TempDir(), "origins.csv")
	if r := run(t, "origins", "--year", "2020", "-o", out, "--store", store); r.status != exitDone {
		t.Fatalf("%d\n%s", r.status, r.stderr)
	}
	head, rows, _ := strings.Cut(read(t, out), "\nyear,code,country,origin,direct,origin_share,unexplained\n")
	if want := fmt.Sprintf(oneCode, "HS2017:100000") + fmt.Sprintf(oneCode, "HS2017:100001"); rows != want {
		t.Errorf("got\n%s\nwant\n%s", rows, want)
	}
	if !strings.HasPrefix(head, "# Origins of every trade code") || !strings.Contains(head, "# dataset: codes") || !strings.Contains(head, "# year: 2020") {
		t.Errorf("the file does not say where it comes from:\n%s", head)
	}
	if _, err := os.Stat(out + ".part.json"); err == nil {
		t.Error("the note of the work is still there")
	}
	small := filepath.Join(t.TempDir(), "small.csv")
	if r := run(t, "origins", "--year", "2020", "--codes", "HS2017:100001", "--min-share", "0.2", "-o", small, "--store", store); r.status != exitDone {
		t.Fatalf("%d\n%s", r.status, r.stderr)
	}
	_, rows, _ = strings.Cut(read(t, small), "unexplained\n")
	if want := "2020,HS2017:100001,B,A,0.8571428571428571,1,0\n2020,HS2017:100001,B,*,0.14285714285714285,0,0\n"; !strings.Contains(rows, want) || strings.Contains(rows, "100000") {
		t.Errorf("got\n%s\nwant in it\n%s", rows, want)
	}
}

func TestOriginsParquet(t *testing.T) {
	store := loadedCodes(t, 2)
	out := filepath.Join(t.TempDir(), "origins.parquet")
	if r := run(t, "origins", "--year", "2020", "-o", out, "--store", store); r.status != exitDone {
		t.Fatalf("%d\n%s", r.status, r.stderr)
	}
	rows, err := parquet.ReadFile[originRow](out)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%d,%s,%s,%s,%v,%v,%v\n", r.Year, r.Code, r.Country, r.Origin, r.Direct, r.Share, r.Unexplained)
	}
	if want := fmt.Sprintf(oneCode, "HS2017:100000") + fmt.Sprintf(oneCode, "HS2017:100001"); b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if _, err := os.Stat(out + ".part"); err == nil {
		t.Error("the part is still there")
	}
}

// Work whose part holds the first codes goes on behind them, and ends in the
// same file.
func TestOriginsGoOn(t *testing.T) {
	store := loadedCodes(t, 300)
	dir := t.TempDir()
	whole, parts := filepath.Join(dir, "whole.csv"), filepath.Join(dir, "parts.csv")
	if r := run(t, "origins", "--year", "2020", "-o", whole, "--store", store); r.status != exitDone {
		t.Fatal(r.stderr)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stderr := &interrupting{cancel: cancel, at: parts + ".part.json"}
	go stderr.watch(ctx)
	status := Main(ctx, Process{Args: []string{"origins", "--year", "2020", "-o", parts, "--store", store}, Stdin: strings.NewReader(""),
		Stdout: stderr, Stderr: stderr, Env: func(string) (string, bool) { return "", false }})
	cancel()
	if status != exitDone && !strings.Contains(stderr.String(), "goes on from there") {
		t.Errorf("%d\n%s", status, stderr)
	}
	if r := run(t, "origins", "--year", "2020", "-o", parts, "--store", store); r.status != exitDone {
		t.Fatal(r.stderr)
	}
	if read(t, parts) != read(t, whole) {
		t.Error("the file that was made in two goes is another one")
	}
}

// interrupting ends a command as soon as a file is there.
type interrupting struct {
	mu sync.Mutex
	strings.Builder
	cancel context.CancelFunc
	at     string
}

func (i *interrupting) Write(p []byte) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.Builder.Write(p)
}

func (i *interrupting) watch(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := os.Stat(i.at); err == nil {
			i.cancel()
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestOriginsUsage(t *testing.T) {
	store := loadedCodes(t, 1)
	path := strings.TrimPrefix(store, "duckdb:")
	for _, c := range []struct {
		args    []string
		status  int
		message string
	}{
		{[]string{"-o", "x.csv"}, exitUsage, "--year"},
		{[]string{"--year", "2020"}, exitUsage, "-o FILE"},
		{[]string{"--year", "2020", "-o", "x.xls"}, exitUsage, ".csv or .parquet"},
		{[]string{"--year", "2020", "-o", "x.csv", "--min-share", "2"}, exitUsage, "between 0 and 1"},
		{[]string{"--year", "2020", "-o", "x.csv", "--balance", "none"}, exitUsage, "not mass"},
		{[]string{"--year", "2019", "-o", filepath.Join(t.TempDir(), "x.csv")}, exitFailed, "no trade in codes is loaded for 2019"},
		{[]string{"--year", "2020", "--codes", "CN", "-o", filepath.Join(t.TempDir(), "x.csv")}, exitFailed, "begin with CN"},
		{[]string{"--year", "2020", "-o", filepath.Join(path, "x.csv")}, exitFailed, "cannot be written"},
	} {
		if r := run(t, append([]string{"origins", "--store", store}, c.args...)...); r.status != c.status || !strings.Contains(r.stderr, c.message) {
			t.Errorf("%v: %d %s, want %d %s", c.args, r.status, r.stderr, c.status, c.message)
		}
	}
}
