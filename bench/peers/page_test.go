package peers

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The marks that tables go between.
const (
	beginMark = "<!-- peers: written by make bench-peers -->"
	endMark   = "<!-- /peers -->"
)

// rewrite puts a section between the marks of a page.
func rewrite(path, section string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	whole, err := between(string(text), section)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(whole), 0o644)
}

// between returns a page with a section between its marks, in the place of what is
// there.
func between(page, section string) (string, error) {
	before, rest, begins := strings.Cut(page, beginMark)
	_, after, ends := strings.Cut(rest, endMark)
	if !begins || !ends {
		return "", fmt.Errorf("the marks %s and %s are not there", beginMark, endMark)
	}
	return before + beginMark + "\n" + strings.TrimSpace(section) + "\n" + endMark + after, nil
}

// machine is what is said of where and when was measured.
type machine struct {
	load     string // average when it began
	versions string // of what took part
}

func takeDown(b *testing.B) *machine {
	return &machine{load: loadAverage(), versions: versions(b)}
}

func (m *machine) describe(b *testing.B) string {
	return fmt.Sprintf("%s, on %d cores (%s), %s of memory, %s; load average of the last minute %s when it began and %s when it ended. tiermap %s with %s; %s.\n",
		time.Now().UTC().Format("2006-01-02 15:04 UTC"), runtime.GOMAXPROCS(0), processor(), memory(), runtime.GOOS, m.load, loadAverage(),
		revision(b), runtime.Version(), m.versions)
}

const notKnown = "not known"

// loadAverage is of the last minute.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(text)); len(fields) > 0 {
		return fields[0]
	}
	return notKnown
}

func processor() string { return fieldOf("/proc/cpuinfo", "model name") }

func memory() string {
	kB, err := strconv.ParseFloat(strings.TrimSuffix(fieldOf("/proc/meminfo", "MemTotal"), " kB"), 64)
	if err != nil {
		return notKnown
	}
	return fmt.Sprintf("%.0f GiB", kB/(1<<20))
}

// fieldOf returns what stands behind a name and a colon.
func fieldOf(path, name string) string {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return notKnown
}

// revision names the source that was measured.
func revision(b *testing.B) string {
	out, err := exec.CommandContext(b.Context(), "git", "describe", "--tags", "--always", "--dirty").Output()
	if err != nil {
		return notKnown
	}
	return strings.TrimSpace(string(out))
}
