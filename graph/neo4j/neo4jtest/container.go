package neo4jtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// image is the release that pom.xml names too.
const image = "neo4j:5.26-community"

// dockerAnswers reports whether there is a Docker engine.
func dockerAnswers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "docker", "version", "--format", "{{.Server.Version}}").Run() == nil
}

// container is a server in a container. Settings cannot be changed in one that
// is there, so the data stand in a volume and each start makes a new container.
type container struct {
	name  string
	files string // a folder of this machine with the certificates; "" until needed
}

func newContainer() *container { return &container{name: "tiermap-test-" + password()} }

func (c *container) start(ctx context.Context, s *Server) error {
	_ = docker("rm", "--force", c.name) // of an earlier start; not there the first time
	args := []string{"run", "--detach", "--name", c.name, "--volume", c.name + ":/data",
		"--publish", fmt.Sprintf("127.0.0.1:%d:7687", s.bolt), "--publish", fmt.Sprintf("127.0.0.1:%d:7474", s.http),
		"--env", "NEO4J_AUTH=" + s.User + "/" + s.Password,
		"--env", fmt.Sprintf("NEO4J_server_memory_heap_initial__size=%dm", s.options.HeapMB/2),
		"--env", fmt.Sprintf("NEO4J_server_memory_heap_max__size=%dm", s.options.HeapMB)}
	for name, value := range s.settings() {
		args = append(args, "--env", "NEO4J_"+environmentName(name)+"="+value)
	}
	if len(s.options.Certificates) > 0 {
		if err := c.writeFiles(s.options.Certificates); err != nil {
			return err
		}
		args = append(args, "--volume", c.files+":/var/lib/neo4j/certificates/bolt")
	}
	return run(exec.CommandContext(ctx, "docker", append(args, image)...))
}

// environmentName writes a setting as the image reads it from its environment.
func environmentName(setting string) string {
	return strings.ReplaceAll(strings.ReplaceAll(setting, "_", "__"), ".", "_")
}

func (c *container) writeFiles(files map[string][]byte) (err error) {
	if c.files == "" {
		if c.files, err = os.MkdirTemp("", "tiermap-neo4j-"); err != nil {
			return err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(c.files, name), content, 0o644); err != nil {
			return err
		}
	}
	return os.Chmod(c.files, 0o755) //nolint:gosec // the user of the container reads it
}

// admin writes a script that runs the program beside the server's volume, in the
// folder that it is called in.
func (c *container) admin(*Server) (program string, err error) {
	script := fmt.Sprintf("#!/bin/sh\nexec docker run --rm --volume '%s:/data' --volume \"$PWD:/import\" --workdir /import %s neo4j-admin \"$@\"\n", c.name, image)
	if err := c.writeFiles(map[string][]byte{"neo4j-admin": []byte(script)}); err != nil {
		return "", err
	}
	program = filepath.Join(c.files, "neo4j-admin")
	return program, os.Chmod(program, 0o755) //nolint:gosec // it is a program
}

func (c *container) stop() error { return docker("stop", "--time", "30", c.name) }
func (c *container) kill() error { return docker("kill", c.name) }

func (c *container) ended() error {
	state, err := exec.Command("docker", "inspect", "--format", "{{.State.Running}}", c.name).Output() //nolint:noctx // it answers at once
	if err != nil || bytes.Equal(bytes.TrimSpace(state), []byte("true")) {
		return err
	}
	text, _ := exec.Command("docker", "logs", "--tail", "30", c.name).CombinedOutput() //nolint:noctx // it answers at once
	return fmt.Errorf("the Neo4j server ended:\n%s", text)
}

func (c *container) remove() error {
	err := errors.Join(docker("rm", "--force", c.name), docker("volume", "rm", "--force", c.name))
	if c.files != "" {
		err = errors.Join(err, os.RemoveAll(c.files))
	}
	return err
}

func docker(args ...string) error {
	return run(exec.Command("docker", args...)) //nolint:noctx // it must end what it began
}
