package neo4jtest

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

//go:embed pom.xml
var pom []byte

// process is a server that runs as a process of this machine, in a folder that
// holds its data.
type process struct {
	java    string
	lib     string // the folder of the server's jars
	home    string
	started bool // at least once: the password is set
	cmd     *exec.Cmd
	done    chan struct{} // closed when cmd has ended
	err     error         // how it ended
}

func newProcess(ctx context.Context) (*process, error) {
	java, err := findJava(ctx)
	if err != nil {
		return nil, err
	}
	lib, err := library(ctx)
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp("", "tiermap-neo4j-")
	if err != nil {
		return nil, err
	}
	return &process{java: java, lib: lib, home: home}, nil
}

var javaVersion = regexp.MustCompile(`version "(\d+)`)

// findJava returns a java of version 17 or 21.
func findJava(ctx context.Context) (string, error) {
	var found []string
	for _, java := range []string{filepath.Join(os.Getenv("JAVA_HOME"), "bin", "java"), "java"} {
		out, err := exec.CommandContext(ctx, java, "-version").CombinedOutput()
		if err != nil {
			continue
		}
		if m := javaVersion.FindSubmatch(out); m != nil {
			if v := string(m[1]); v == "17" || v == "21" {
				return java, nil
			}
			found = append(found, "Java "+string(m[1]))
		}
	}
	if len(found) > 0 {
		return "", errNoServer("no Docker engine answers, and " + strings.Join(found, " and ") + " will not do")
	}
	return "", errNoServer("no Docker engine answers, and there is no Java")
}

// library returns the folder of the server's jars, which Maven fills the first
// time. It is named after what it was made from.
func library(ctx context.Context) (string, error) {
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(pom)
	lib := filepath.Join(cache, "lib-"+hex.EncodeToString(sum[:6]))
	_, unlock, err := lock(ctx, lib+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(lib); err == nil {
		return lib, nil
	}
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return "", errNoServer("no Docker engine answers, and there is no Maven to fetch the server with")
	}
	part := lib + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o755), os.WriteFile(filepath.Join(part, "pom.xml"), pom, 0o644)); err != nil {
		return "", err
	}
	err = run(exec.CommandContext(ctx, mvn, "--batch-mode", "--quiet", "--file", filepath.Join(part, "pom.xml"),
		"org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+part))
	if err != nil {
		return "", errNoServer("no Docker engine answers, and Maven could not fetch it: " + err.Error())
	}
	return lib, os.Rename(part, lib)
}

func (p *process) start(ctx context.Context, s *Server) error {
	if err := p.configure(s); err != nil {
		return err
	}
	if !p.started {
		admin, err := p.admin(s)
		if err != nil {
			return err
		}
		if err := run(exec.CommandContext(ctx, admin, "dbms", "set-initial-password", s.Password)); err != nil {
			return err
		}
		p.started = true
	}
	console, err := os.Create(p.console())
	if err != nil {
		return err
	}
	defer console.Close() //nolint:errcheck // the process has its own
	args := append(jvm(s.options), "-cp", p.classPath(), "org.neo4j.server.CommunityEntryPoint", "--home-dir="+p.home, "--config-dir="+p.conf())
	cmd := exec.Command(p.java, args...) //nolint:noctx // the server outlives ctx, which bounds its start only
	cmd.Stdout, cmd.Stderr = console, console
	cmd.SysProcAttr = endWithParent()
	started, done := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // endWithParent means the thread that starts it
		defer close(done)
		err := cmd.Start()
		if started <- err; err == nil {
			p.err = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	p.cmd, p.done = cmd, done
	return nil
}

// jvm returns the options of the Java machine. Most of a test's time goes into
// code that runs for the first time: the quick compiler alone halves it, as long as
// what it makes has room.
func jvm(o Options) []string {
	args := []string{fmt.Sprintf("-Xms%dm", o.HeapMB/2), fmt.Sprintf("-Xmx%dm", o.HeapMB),
		"--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.io=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"}
	if o.Bench {
		return append(args, "-XX:+UseG1GC")
	}
	return append(args, "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=240m", "-XX:+UseSerialGC")
}

// admin writes a script, as the server's own distribution has one.
func (p *process) admin(s *Server) (program string, err error) {
	if err := p.configure(s); err != nil {
		return "", err
	}
	program = filepath.Join(p.home, "neo4j-admin")
	script := fmt.Sprintf("#!/bin/sh\nexport NEO4J_HOME='%s' NEO4J_CONF='%s'\nexec '%s' -Xmx%dm -cp '%s' org.neo4j.cli.AdminTool \"$@\"\n",
		p.home, p.conf(), p.java, s.options.HeapMB, p.classPath())
	return program, os.WriteFile(program, []byte(script), 0o700)
}

func (p *process) conf() string    { return filepath.Join(p.home, "conf") }
func (p *process) console() string { return filepath.Join(p.home, "logs", "console") }
func (p *process) classPath() string {
	return filepath.Join(p.conf(), "*") + ":" + filepath.Join(p.lib, "*")
}

// configure writes neo4j.conf and the certificates.
func (p *process) configure(s *Server) error {
	settings := s.settings()
	settings["server.default_listen_address"] = "127.0.0.1"
	settings["server.bolt.listen_address"] = fmt.Sprintf("127.0.0.1:%d", s.bolt)
	settings["server.http.listen_address"] = fmt.Sprintf("127.0.0.1:%d", s.http)
	certificates := filepath.Join(p.home, "certificates", "bolt")
	for _, dir := range []string{"data", "logs", "import", "plugins"} {
		name := "server.directories." + dir
		settings[name] = cmp.Or(settings[name], filepath.Join(p.home, dir))
		if err := os.MkdirAll(settings[name], 0o755); err != nil {
			return err
		}
	}
	if err := errors.Join(os.MkdirAll(p.conf(), 0o755), os.MkdirAll(certificates, 0o755)); err != nil {
		return err
	}
	for name, content := range s.options.Certificates {
		if err := os.WriteFile(filepath.Join(certificates, name), content, 0o600); err != nil {
			return err
		}
	}
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&lines, "%s=%s\n", name, settings[name])
	}
	return os.WriteFile(filepath.Join(p.conf(), "neo4j.conf"), []byte(lines.String()), 0o600)
}

func (p *process) stop() error {
	if p.cmd == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // an error means that it has ended
	select {
	case <-p.done:
		return nil
	case <-time.After(30 * time.Second):
		return p.kill()
	}
}

func (p *process) kill() error {
	if p.cmd == nil {
		return nil
	}
	_ = p.cmd.Process.Kill() // an error means that it has ended
	<-p.done
	return nil
}

func (p *process) ended() error {
	select {
	case <-p.done:
		text, _ := os.ReadFile(p.console())
		return fmt.Errorf("the Neo4j server ended: %w\n%s", p.err, tail(text, 2000))
	default:
		return nil
	}
}

func (p *process) remove() error { return os.RemoveAll(p.home) }
