package peers

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tiermap/loader/baci/bacitest"
)

// command has the program load a year of trade and write the origins of every code,
// and returns what that costs.
func command(b *testing.B, trade string) string {
	dir := b.TempDir()
	program := filepath.Join(dir, "tiermap")
	run(b, "the program must compile", "go", "build", "-o", program, "tiermap/cmd/tiermap")
	store := "duckdb:" + filepath.Join(dir, "year.duckdb")
	var text strings.Builder
	text.WriteString("\n")
	printRow(&text, []string{"the command line, one run", "wall", "all cores", "peak memory", "writes"})
	printRow(&text, []string{"---", "---", "---", "---", "---"})
	for _, c := range []struct{ title, writes, args string }{
		{"`tiermap load baci`", "year.duckdb", "load baci " + trade},
		{"`tiermap compact`", "year.duckdb", "compact"},
		{"`tiermap origins`, CSV", "origins.csv", "origins --year " + strconv.Itoa(bacitest.Year) + " -o origins.csv"},
		{"`tiermap origins`, Parquet", "origins.parquet", "origins --year " + strconv.Itoa(bacitest.Year) + " -o origins.parquet"},
	} {
		cost := measure(b, dir, program, append(strings.Fields(c.args), "--store", store)...)
		written, err := os.Stat(filepath.Join(dir, c.writes))
		if err != nil {
			b.Fatal(err)
		}
		printRow(&text, []string{c.title, inWords(cost.wall), inWords(cost.cpu), fmt.Sprintf("%s MB", grouped(int(cost.memory))),
			fmt.Sprintf("%s MB", grouped(int(written.Size()>>20)))})
	}
	return text.String()
}

// cost is what a program took.
type cost struct {
	wall, cpu float64 // seconds
	memory    float64 // greatest, MB
}

func measure(b *testing.B, dir, program string, args ...string) (c cost) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended, peak := make(chan struct{}), make(chan float64)
	go func() { peak <- watch(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	c.wall = time.Since(start).Seconds()
	close(ended)
	c.memory = <-peak
	if err != nil {
		b.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, &out)
	}
	c.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return c
}

// watch returns the greatest memory of a process, MB. What the system says of one that
// has ended would count that of the process that started it.
func watch(pid int, ended <-chan struct{}) (peak float64) {
	for {
		if kB, err := strconv.ParseFloat(strings.TrimSuffix(fieldOf(fmt.Sprintf("/proc/%d/status", pid), "VmHWM"), " kB"), 64); err == nil {
			peak = max(peak, kB/1024)
		}
		select {
		case <-ended:
			return peak
		case <-time.After(20 * time.Millisecond):
		}
	}
}
