package peers

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

//go:embed requirements.txt
var requirements []byte

// environment returns the Python of a virtual environment with the peers in it,
// making it in the user's cache folder where it is not there yet.
func environment(b *testing.B) (program string) {
	b.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256(requirements)
	dir := filepath.Join(cache, "tiermap", "peers-"+hex.EncodeToString(sum[:6]))
	program, whole := filepath.Join(dir, "bin", "python"), filepath.Join(dir, "whole")
	if _, err := os.Stat(whole); err == nil {
		return program
	}
	run(b, "python3", "-m", "venv", "--clear", dir)
	run(b, program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt")
	if err := os.WriteFile(whole, requirements, 0o600); err != nil {
		b.Fatal(err)
	}
	return program
}

func run(b *testing.B, program string, args ...string) []byte {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%s %v: %v", program, args, err)
	}
	return out
}

// python has a script answer, and returns what each peer found.
func python(b *testing.B, script string, args ...string) (found []result) {
	b.Helper()
	if err := json.Unmarshal(run(b, environment(b), append([]string{script}, args...)...), &found); err != nil {
		b.Fatalf("%s: %v", script, err)
	}
	return found
}
