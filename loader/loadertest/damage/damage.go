// Package damage holds sources against files that came damaged.
package damage

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf16"

	"tiermap/graph"
	"tiermap/loader"
)

// Files damages a source's sample files a thousand times over, in every way in
// which files come damaged, and reads each copy without writing. Whatever it
// gets, a source must account for what it read, and may refuse it with BadInput
// only: anything else fails the test, as does a crash.
//
// sample maps the names of files to what they hold; jobs is the source's own
// function that turns the folder with the damaged copy into jobs.
func Files(t *testing.T, sample map[string][]byte, jobs func(dir string) ([]loader.Job, error)) {
	t.Helper()
	Counted(t, sample, jobs, func(string) (int64, bool) { return 0, false })
}

// Counted is Files that also holds what a source says it read against a count
// of the folder's rows that owes nothing to its reader; ok is false where the
// copy is damaged so that the count cannot say.
func Counted(t *testing.T, sample map[string][]byte, jobs func(dir string) ([]loader.Job, error), count func(dir string) (rows int64, ok bool)) {
	t.Helper()
	names := make([]string, 0, len(sample))
	for name := range sample {
		names = append(names, name)
	}
	slices.Sort(names) // the same copies in each run
	dir := t.TempDir()
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range sample {
		write(name, content)
	}
	for seed := range uint64(1000) {
		rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // the same copies in each run
		victim := names[rng.IntN(len(names))]
		write(victim, damaged(rng, sample[victim]))
		read, whole := readDamaged(t, seed, victim, dir, jobs)
		if rows, ok := count(dir); whole && ok && read != rows {
			t.Errorf("copy %d, %s: read %d rows of %d", seed, victim, read, rows)
		}
		write(victim, sample[victim])
	}
}

// readDamaged returns how many rows were read, those passed over among them, and
// whether none of the copy was refused.
func readDamaged(t *testing.T, seed uint64, name, dir string, jobs func(dir string) ([]loader.Job, error)) (read int64, whole bool) {
	t.Helper()
	list, err := jobs(dir)
	if err != nil {
		refused(t, seed, name, err)
		return 0, false
	}
	whole = true
	for _, job := range list {
		report, err := loader.Run(t.Context(), nil, job, loader.Options{Check: true})
		refused(t, seed, name, err)
		whole = whole && err == nil
		var rejected int64
		for _, n := range report.Reasons {
			rejected += n
		}
		if report.Accepted < 0 || report.Accepted+rejected != report.Read {
			t.Errorf("copy %d, %s: accepted %d and rejected %d of %d rows read", seed, name, report.Accepted, rejected, report.Read)
		}
		read += report.Read
		for _, n := range report.Passed {
			read += n
		}
	}
	return read, whole
}

// refused holds that an error is one that a user can act on.
func refused(t *testing.T, seed uint64, name string, err error) {
	t.Helper()
	var e *graph.Error
	if err != nil && (!errors.As(err, &e) || e.Code != graph.BadInput || e.Message == "") {
		t.Errorf("copy %d, %s: %v is no BadInput", seed, name, err)
	}
}

// damaged returns a damaged copy of a file.
func damaged(rng *rand.Rand, content []byte) []byte {
	content = bytes.Clone(content)
	if len(content) == 0 {
		return []byte{0}
	}
	at := rng.IntN(len(content))
	switch rng.IntN(9) {
	case 0: // bits
		for range 1 + rng.IntN(8) {
			content[rng.IntN(len(content))] ^= 1 << rng.IntN(8)
		}
	case 1: // cut off
		return content[:at]
	case 2: // a piece is missing
		return append(content[:at:at], content[min(len(content), at+1+rng.IntN(200)):]...)
	case 3: // a piece came twice
		end := min(len(content), at+1+rng.IntN(200))
		return append(content[:end:end], content[at:]...)
	case 4: // another separator
		return bytes.ReplaceAll(content, []byte{','}, []byte{";\t|"[rng.IntN(3)]})
	case 5: // a column is missing in one line
		lines := bytes.Split(content, []byte{'\n'})
		i := rng.IntN(len(lines))
		_, lines[i], _ = bytes.Cut(lines[i], []byte{','})
		return bytes.Join(lines, []byte{'\n'})
	case 6: // two lines changed places
		lines := bytes.Split(content, []byte{'\n'})
		i, j := rng.IntN(len(lines)), rng.IntN(len(lines))
		lines[i], lines[j] = lines[j], lines[i]
		return bytes.Join(lines, []byte{'\n'})
	case 7: // another encoding
		var wide []byte
		for _, unit := range utf16.Encode([]rune(string(content))) {
			wide = append(wide, byte(unit), byte(unit>>8)) //nolint:gosec // the two halves
		}
		return wide
	default: // bytes that are no text
		for range 1 + rng.IntN(4) {
			content[rng.IntN(len(content))] = []byte{0, 0xff, 0x80, '"', '\r', '\n', '-', '9'}[rng.IntN(8)]
		}
	}
	return content
}
