package neo4jtest

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEmpty leaves nodes behind; the next test does not find them.
func TestEmpty(t *testing.T) {
	for range 2 {
		t.Run("once", func(t *testing.T) {
			a := Empty(t)
			n, err := query(t.Context(), a, "MATCH (n) RETURN count(n)")
			if err != nil || len(n) != 1 || n[0] != "0" {
				t.Fatalf("%v nodes in an empty database, %v", n, err)
			}
			if _, err := query(t.Context(), a, "UNWIND range(1, 3) AS i CREATE (:A {i: i})-[:R]->(:B)"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestTurns has two tests ask for the database at once: the second waits.
func TestTurns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	brief, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := lock(brief, path); err == nil {
		t.Fatal("two have one lock")
	}
	if _, err := tryLock(path, false); err == nil {
		t.Fatal("one has a lock among others that is held by one alone")
	}
	unlock()
	first, err := tryLock(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer first()
	second, err := tryLock(path, false)
	if err != nil {
		t.Fatal("a lock that is shared is not to be had twice")
	}
	second()
	if _, err := tryLock(path, true); err == nil {
		t.Fatal("a lock that is shared is one's alone")
	}
}

// TestShared has a server shared by two processes that end without a word: it
// lives while one of them does, and no longer than it may idle.
func TestShared(t *testing.T) {
	dir := t.TempDir()
	if variable, waits := os.Getenv("NEO4JTEST_JOIN"), make(chan bool); variable != "" {
		l, err := join(t.Context(), variable, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stdout.WriteString("joined " + l.HTTP + "\n"); err != nil {
			t.Fatal(err)
		}
		<-waits // until killed
	}
	start := func() (cmd *exec.Cmd, http string) {
		cmd = exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestShared$", "-test.v=false")
		cmd.Env = append(os.Environ(), "NEO4JTEST_JOIN="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line := make([]byte, 200)
		n, _ := out.Read(line)
		http, joined := strings.CutPrefix(strings.TrimSpace(string(line[:n])), "joined ")
		if !joined {
			t.Fatalf("a process could not join: %s", line[:n])
		}
		return cmd, http
	}
	alive := func(url string) bool {
		answer, err := http.Get(url) //nolint:noctx // on this machine
		if err != nil {
			return false
		}
		return answer.Body.Close() == nil
	}
	kill := func(cmd *exec.Cmd) {
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
	}
	first, url := start()
	second, same := start()
	if url != same {
		t.Fatalf("two processes have two servers, at %s and %s", url, same)
	}
	kill(first)
	time.Sleep(3 * time.Second)
	if !alive(url) {
		t.Fatal("the server ended though it was used")
	}
	kill(second)
	for end := time.Now().Add(time.Minute); alive(url); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the server lives on though nobody uses it")
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "server.json")); !os.IsNotExist(err) {
		t.Errorf("the address of a server that ended is still there: %v", err)
	}
}

// TestNone says how to get a server where there is none.
func TestNone(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("JAVA_HOME", t.TempDir())
	_, err := Start(t.Context(), Options{})
	for _, text := range []string{"no Docker engine answers", "no Java", "install Maven and a JDK 17 or 21", urlVariable} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("error %v does not say %q", err, text)
		}
	}
}
