package web

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The built files are those of the sources as they stand: "make web" was not
// forgotten.
func TestBuiltFromTheseSources(t *testing.T) {
	files := []string{"package.json", "package-lock.json", "vite.config.js"}
	err := filepath.WalkDir("src", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	var list strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(text), file)
	}
	if got := string(Page("sources.txt")); got != list.String() {
		t.Errorf("dist was built from other sources; run make web\nbuilt from:\n%s\nnow:\n%s", got, list.String())
	}
}

// Everybody who clones carries the built files along.
func TestBuiltFilesStaySmall(t *testing.T) {
	total := 0
	err := fs.WalkDir(dist, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dist, path)
		total += len(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > 2_500_000 {
		t.Errorf("dist has %d bytes", total)
	}
}
