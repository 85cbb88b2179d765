//go:build unix

package bench

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the driver for read_csv

	"tiermap/graph/country"
	"tiermap/graph/duckdb"
	"tiermap/loader"
	"tiermap/loader/baci"
)

// rounds is how often each of the two is measured.
const rounds = 5

// mode names the environment variable that makes this program a child that runs
// one measurement and prints its seconds.
const mode = "TIERMAP_BENCH_LOAD"

func TestMain(m *testing.M) {
	run, ok := map[string]func(csv, store string) error{"read_csv": readCSV, "load": load}[os.Getenv(mode)]
	if !ok {
		os.Exit(m.Run())
	}
	start := time.Now()
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(time.Since(start).Seconds())
}

// BenchmarkLoad loads a generated year of BACI through the strict parser into a
// new store, and has DuckDB read the same file with read_csv into a new table of
// its six columns, in turns, each in a process of its own and timed from opening
// the database to closing it. The metrics are medians:
//
//	s/load, s/read_csv   seconds
//	ratio                s/load over s/read_csv
//	rows/s               of the load
//	cpu-ratio            the same of the seconds of both cores, which other work on
//	                     the machine disturbs less
//	MB-peak              greatest memory of a process that loaded
//
// The comparison leans towards read_csv, which finds no country, checks no key
// and keeps neither dataset nor file nor line.
func BenchmarkLoad(b *testing.B) {
	rows := rowCount(b)
	csv := baciFile(b, rows)
	for b.Loop() {
		var loads, reads []cost
		for range rounds {
			reads = append(reads, child(b, "read_csv", csv))
			loads = append(loads, child(b, "load", csv))
		}
		seconds := func(c cost) float64 { return c.seconds }
		cpu := func(c cost) float64 { return c.cpu }
		ours, theirs := median(loads, seconds), median(reads, seconds)
		peak := slices.MaxFunc(loads, func(a, b cost) int { return cmp.Compare(a.memory, b.memory) }).memory
		b.ReportMetric(ours, "s/load")
		b.ReportMetric(theirs, "s/read_csv")
		b.ReportMetric(ours/theirs, "ratio")
		b.ReportMetric(float64(rows)/ours, "rows/s")
		b.ReportMetric(median(loads, cpu)/median(reads, cpu), "cpu-ratio")
		b.ReportMetric(peak, "MB-peak")
		b.Logf("%d rows, %d cores; read_csv %.2f, load %.2f {seconds, of both cores, MB}", rows, runtime.GOMAXPROCS(0), reads, loads)
	}
	b.ReportMetric(0, "ns/op") // says nothing of its own
}

// cost is what one measurement took.
type cost struct {
	seconds float64
	cpu     float64 // seconds of all cores
	memory  float64 // greatest, MB
}

// child runs one measurement in a process of its own.
func child(b *testing.B, name, csv string) (c cost) {
	store := filepath.Join(b.TempDir(), "tiermap.duckdb")
	cmd := exec.Command(os.Args[0], csv, store)
	cmd.Env = append(os.Environ(), mode+"="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	if _, err := fmt.Sscan(string(out), &c.seconds); err != nil {
		b.Fatalf("%s printed %q: %v", name, out, err)
	}
	c.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.memory = float64(usage.Maxrss) / 1024
		if runtime.GOOS == "darwin" { // counts in bytes
			c.memory /= 1024
		}
	}
	if err := os.Remove(store); err != nil {
		b.Fatal(err)
	}
	return c
}

func median(list []cost, of func(cost) float64) float64 {
	values := make([]float64, len(list))
	for i, c := range list {
		values[i] = of(c)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// load is what "tiermap load baci" does.
func load(csv, store string) error {
	ctx := context.Background()
	list, err := country.Builtin()
	if err != nil {
		return err
	}
	jobs, err := baci.Jobs([]string{csv}, baci.Options{Countries: list})
	if err != nil {
		return err
	}
	db, err := duckdb.Open(ctx, duckdb.Options{Path: store})
	if err != nil {
		return err
	}
	report, err := loader.Run(ctx, db, jobs[0], loader.Options{})
	if err != nil {
		return err
	}
	if report.Rejected != 0 {
		return fmt.Errorf("%d rows of the generated file were rejected: %v", report.Rejected, report.Reasons)
	}
	return db.Close()
}

// readCSV has DuckDB read the file by itself.
func readCSV(csv, store string) error {
	db, err := sql.Open("duckdb", store)
	if err != nil {
		return err
	}
	_, err = db.Exec(`CREATE TABLE trade AS FROM read_csv('` + strings.ReplaceAll(csv, "'", "''") + `', header = true, auto_detect = false,
		nullstr = 'NA', columns = {t: 'INTEGER', i: 'INTEGER', j: 'INTEGER', k: 'VARCHAR', v: 'DOUBLE', q: 'DOUBLE'})`)
	if err != nil {
		return err
	}
	return db.Close()
}
