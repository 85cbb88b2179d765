package neo4jtest

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	_, unlock, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	brief, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, _, err := lock(brief, path); err == nil {
		t.Fatal("two have one lock")
	}
	which, free, err := lock(t.Context(), path, path+"2")
	if err != nil || which != 1 {
		t.Fatalf("lock %d of two, of which the first is taken: %v", which, err)
	}
	free()
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

// TestChoice has programs by the names of docker, java and mvn on the path that
// answer as real ones do, and looks at what a server would run in.
func TestChoice(t *testing.T) {
	const docker, noDocker = "exit 0", "exit 1"
	java := func(version string) string { return `echo 'openjdk version "` + version + `" 2025-04-15' >&2` }
	for _, c := range []struct {
		name         string
		docker, java string // what they do; "" where there is none
		mvn          string
		bench        bool
		want         string // container, process, or what the error says
	}{
		{name: "a Docker engine", docker: docker, java: java("17.0.15"), mvn: "exit 0", want: "container"},
		{name: "a Docker engine, but to measure", docker: docker, java: java("17.0.15"), mvn: "exit 0", bench: true, want: "process"},
		{name: "a Docker client without an engine", docker: noDocker, java: java("21.0.2"), mvn: "exit 0", want: "process"},
		{name: "another Java", java: java("11.0.2"), mvn: "exit 0", want: "Java 11 will not do"},
		{name: "no Maven", java: java("17.0.15"), want: "no Maven"},
		{name: "Maven without a network", java: java("17.0.15"), mvn: "echo Unknown host; exit 1", want: "Maven could not fetch it: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin := t.TempDir()
			for name, script := range map[string]string{"docker": c.docker, "java": c.java, "mvn": c.mvn} {
				if script == "" {
					continue
				}
				if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", bin)
			t.Setenv("JAVA_HOME", bin) // where bin/java is not
			t.Setenv("TIERMAP_NEO4J_CACHE", t.TempDir())
			h, err := newHost(t.Context(), Options{Bench: c.bench})
			var got string
			switch h := h.(type) {
			case *container:
				got = "container"
			case *process:
				got = "process"
				if err := os.RemoveAll(h.home); err != nil {
					t.Error(err)
				}
			default:
				got = err.Error()
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("%s, want %s", got, c.want)
			}
			if err != nil && !strings.Contains(got, urlVariable) {
				t.Errorf("%q does not say what else can be done", got)
			}
		})
	}
}

// TestNamed has the environment name servers: none, one that is not there, those of
// the run.
func TestNamed(t *testing.T) {
	run := servers(t)
	t.Setenv(urlVariable, "")
	if named, err := Named(t.Context()); len(named) > 0 || err != nil {
		t.Errorf("servers that nobody names: %v, %v", named, err)
	}
	t.Setenv(urlVariable, run[0].URL+" bolt://127.0.0.1:1")
	if named, err := Named(t.Context()); err == nil || !strings.Contains(err.Error(), urlVariable) || !strings.Contains(err.Error(), "127.0.0.1:1,") {
		t.Errorf("a server that is not there: %v, %v; want an error that names it and %s", named, err, urlVariable)
	}
	for _, variable := range Environment(run...) {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	if got, err := Named(t.Context()); !slices.Equal(got, run) || err != nil {
		t.Errorf("the servers of the run: %v, %v; want %v", got, err, run)
	}
}

// TestEnvironmentName holds how a setting is written for the image.
func TestEnvironmentName(t *testing.T) {
	for setting, want := range map[string]string{
		"db.tx_log.preallocate":                          "db_tx__log_preallocate",
		"server.bolt.connection_keep_alive_for_requests": "server_bolt_connection__keep__alive__for__requests",
		"server.memory.heap.max_size":                    "server_memory_heap_max__size",
	} {
		if got := environmentName(setting); got != want {
			t.Errorf("%s is %s, want %s", setting, got, want)
		}
	}
}

// TestCompose holds that the server which docker-compose.yml makes is set up as
// the servers of the tests are, to which the heap is given apart.
func TestCompose(t *testing.T) {
	text, err := os.ReadFile("../../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	tested := map[string]string{"NEO4J_server_memory_heap_initial__size": "", "NEO4J_server_memory_heap_max__size": "", "NEO4J_AUTH": ""}
	for name, value := range (&Server{}).settings() {
		tested["NEO4J_"+environmentName(name)] = value
	}
	settings := regexp.MustCompile(`(?m)^ +(NEO4J_\w+): "?([^"\n]+)`).FindAllStringSubmatch(string(text), -1)
	if len(settings) < 7 {
		t.Fatalf("%d settings in docker-compose.yml", len(settings))
	}
	for _, m := range settings {
		want, known := tested[m[1]]
		if !known || !strings.HasPrefix(m[2], "${") && !strings.Contains(m[2], "/${") && m[2] != want {
			t.Errorf("docker-compose.yml sets %s to %s, the tests to %q", m[1], m[2], want)
		}
	}
	if !strings.Contains(string(text), "image: "+image+"\n") {
		t.Errorf("docker-compose.yml does not run %s", image)
	}
}
