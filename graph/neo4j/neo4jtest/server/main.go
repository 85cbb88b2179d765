// Command server runs a Neo4j server for tests.
//
//	server COMMAND ARG...    for as long as a command runs, which finds it by the environment;
//	                         none where the environment names one already
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
	if len(args) > 0 {
		if _, named, err := neo4jtest.Named(ctx); err != nil {
			return failed(err)
		} else if named {
			return during(ctx, nil, args)
		}
	}
	s, err := neo4jtest.Start(ctx, neo4jtest.Options{})
	if err != nil {
		return failed(err)
	}
	defer func() {
		if closed := s.Close(); err == nil {
			err = closed
		}
	}()
	if len(args) > 0 {
		return during(ctx, s.Environment(), args)
	}
	fmt.Println(strings.Join(s.Environment(), "\n"))
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
