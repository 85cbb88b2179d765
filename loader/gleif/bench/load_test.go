//go:build unix

package bench

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"tiermap/graph/country"
	"tiermap/graph/duckdb"
	"tiermap/loader"
	"tiermap/loader/gleif"
)

// child names the environment variable that makes this program load a folder
// into a store and print its seconds and counts.
const child = "TIERMAP_BENCH_GLEIF"

func TestMain(m *testing.M) {
	if os.Getenv(child) == "" {
		os.Exit(m.Run())
	}
	if err := load(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// BenchmarkLoad loads a generated golden copy (three million entities, 400,000
// relationships, 5.6 million exceptions) into a new embedded store, in a process
// of its own:
//
//	s/load      seconds
//	records/s   of the three files
//	cpu-s       seconds of both cores
//	MB-peak     greatest memory of the process
//	MB-store    size of the store's file
//	MB-files    size of the archives
func BenchmarkLoad(b *testing.B) {
	entities := 3_000_000
	if text := os.Getenv("BENCH_ROWS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 100 {
			b.Fatalf("BENCH_ROWS=%s is no number of entities", text)
		}
		entities = n
	}
	dir := goldenCopy(b, cmp.Or(os.Getenv("BENCH_FORMAT"), "csv"), entities)
	for b.Loop() {
		store := filepath.Join(b.TempDir(), "tiermap.duckdb")
		cmd := exec.Command(os.Args[0], dir, store)
		cmd.Env = append(os.Environ(), child+"=1")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			b.Fatal(err)
		}
		var seconds float64
		var read, accepted, rejected int64
		if _, err := fmt.Sscan(string(out), &seconds, &read, &accepted, &rejected); err != nil {
			b.Fatalf("the child printed %q: %v", out, err)
		}
		b.Logf("%d entities, %d cores: read %d, accepted %d, rejected %d", entities, runtime.GOMAXPROCS(0), read, accepted, rejected)
		b.ReportMetric(seconds, "s/load")
		b.ReportMetric(float64(read)/seconds, "records/s")
		b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "cpu-s")
		b.ReportMetric(megabytes(b, store), "MB-store")
		b.ReportMetric(megabytes(b, dir), "MB-files")
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak := float64(usage.Maxrss) / 1024
			if runtime.GOOS == "darwin" { // counts in bytes
				peak /= 1024
			}
			b.ReportMetric(peak, "MB-peak")
		}
	}
	b.ReportMetric(0, "ns/op") // says nothing of its own
}

// goldenCopy returns the folder of the generated files, making them where they
// are not there yet.
func goldenCopy(b *testing.B, format string, entities int) string {
	cache, err := os.UserCacheDir()
	if err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(cache, "tiermap", "bench", fmt.Sprintf("gleif-%s-%d", format, entities))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	part := dir + ".part"
	if err := os.MkdirAll(part, 0o755); err != nil {
		b.Fatal(err)
	}
	if err := generate(part, format, entities); err != nil {
		b.Fatal(err)
	}
	if err := os.Rename(part, dir); err != nil {
		b.Fatal(err)
	}
	return dir
}

// load loads the golden copy of a folder into a store.
func load(dir, store string) (err error) {
	began := time.Now()
	countries, err := country.Builtin()
	if err != nil {
		return err
	}
	jobs, err := gleif.Jobs([]string{dir}, gleif.Options{Countries: countries})
	if err != nil {
		return err
	}
	s, err := duckdb.Open(context.Background(), duckdb.Options{Path: store})
	if err != nil {
		return err
	}
	var read, accepted, rejected int64
	for _, job := range jobs {
		report, err := loader.Run(context.Background(), s, job, loader.Options{})
		if err != nil {
			return err
		}
		read, accepted, rejected = read+report.Read, accepted+report.Accepted, rejected+report.Rejected
	}
	if err := s.Close(); err != nil {
		return err
	}
	fmt.Println(time.Since(began).Seconds(), read, accepted, rejected)
	return nil
}

// megabytes is the size of a file, or of the files of a folder.
func megabytes(b *testing.B, path string) float64 {
	var total int64
	err := filepath.WalkDir(path, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return float64(total) / 1e6
}
