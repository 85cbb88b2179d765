package peers

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
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
	run(b, "install Python 3.11 or later with its venv (Debian, Ubuntu: apt install python3-venv)", "python3", "-m", "venv", "--clear", dir)
	run(b, "the peers could not be installed: pip must reach a package index", program, "-m", "pip", "install", "--quiet",
		"--disable-pip-version-check", "--only-binary", ":all:", "-r", "requirements.txt")
	if err := os.WriteFile(whole, requirements, 0o600); err != nil {
		b.Fatal(err)
	}
	return program
}

// run returns what a program writes; where it fails, what to do is said.
func run(b *testing.B, advice, program string, args ...string) []byte {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%s %v: %v; %s", program, args, err, advice)
	}
	return out
}

// input is the folder that a script of Python finds its workload in.
type input struct {
	dir string
}

func newInput(b *testing.B) input { return input{b.TempDir()} }

// json writes a small part of the input.
func (in input) json(b *testing.B, name string, value any) {
	b.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = os.WriteFile(filepath.Join(in.dir, name+".json"), text, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// column appends numbers of a fixed size to a column of the input.
func (in input) column(b *testing.B, name string, values any) {
	b.Helper()
	f, err := os.OpenFile(filepath.Join(in.dir, name+".bin"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		w := bufio.NewWriter(f)
		if err = binary.Write(w, binary.LittleEndian, values); err == nil {
			err = w.Flush()
		}
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
}

// python has the script of a workload answer, and holds that against tiermap's.
func (s *sheet) python(b *testing.B, in input) {
	b.Helper()
	in.json(b, "workload", s.workload)
	var found []result
	out := run(b, "the script says above what is wrong", environment(b), s.Script, in.dir)
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&found); err != nil {
		b.Fatalf("%s: %v", s.Script, err)
	}
	s.compare(b, found)
}

// versions names the peers of Python.
func versions(b *testing.B) string {
	b.Helper()
	return string(run(b, "the environment is broken: remove its folder", environment(b), "peers.py"))
}
