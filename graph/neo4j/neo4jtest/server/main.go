// Command server runs a Neo4j server for tests.
//
//	server COMMAND ARG...    for as long as a command runs, which finds it by the environment;
//	                         none where the environment names one already
//	server -two COMMAND ARG...   two of them, for a command that tests two packages at a time
//	server                   until it is interrupted; the environment is printed
//	server -share DIR IDLE   for all processes that share it by a folder, until it has idled for so long
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"tiermap/graph/neo4j/neo4jtest"
)

func main() {
	// SIGHUP: the terminal has gone.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	status, err := serve(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

func serve(ctx context.Context, args []string) (status int, err error) {
	if len(args) == 3 && args[0] == "-share" {
		idle, err := time.ParseDuration(args[2])
		if err != nil {
			return failed(err)
		}
		return failed(neo4jtest.Share(ctx, args[1], idle))
	}
	count := 1
	if len(args) > 1 && args[0] == "-two" {
		count, args = 2, args[1:]
	}
	if len(args) > 0 {
		if named, err := neo4jtest.Named(ctx); err != nil {
			return failed(err)
		} else if len(named) > 0 {
			return during(ctx, nil, args)
		}
	}
	var servers []neo4jtest.Address
	for range count {
		s, startErr := neo4jtest.Prepare(ctx, neo4jtest.Options{})
		if startErr != nil {
			return failed(startErr)
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		if len(servers) > 0 { // one user may come into all
			s.Password = servers[0].Password
		}
		if err := s.Restart(ctx); err != nil {
			return failed(err)
		}
		servers = append(servers, s.Address)
	}
	if len(args) > 0 {
		return during(ctx, neo4jtest.Environment(servers...), args)
	}
	fmt.Println(strings.Join(neo4jtest.Environment(servers...), "\n"))
	<-ctx.Done()
	return 0, nil
}

// during runs a command with more in its environment, and returns its status.
func during(ctx context.Context, more, args []string) (status int, err error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), more...)
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return failed(err)
}

func failed(err error) (int, error) {
	if err != nil {
		return 1, err
	}
	return 0, nil
}
