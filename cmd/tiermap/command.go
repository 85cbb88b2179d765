package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tiermap/graph"
)

// The exit statuses.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitRejected = 3 // done, with rejected rows
)

// Process is what the command line has of the world around it; tests hand in
// their own.
type Process struct {
	Args   []string
	Env    func(string) (string, bool)
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// errRejected ends a command that did its work and left rows out.
var errRejected = errors.New("rows were rejected")

// errReported ends a command that has said itself what went wrong.
var errReported = errors.New("reported")

// usageError is a wrong use of the command line that only shows when a command
// looks at its flags.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Main runs one command and returns its exit status.
func Main(ctx context.Context, p Process) int {
	c := &commands{Process: p}
	root := c.root()
	root.SetArgs(p.Args)
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errRejected):
		return exitRejected
	case errors.Is(err, errReported):
		return exitFailed
	case ctx.Err() != nil: // whatever it broke
		fmt.Fprintln(p.Stderr, "tiermap: interrupted; the store is as it was")
		return exitFailed
	case !c.started, errors.As(err, &usage):
		fmt.Fprintf(p.Stderr, "tiermap: %v\nRun tiermap --help for how it is used.\n", err)
		return exitUsage
	}
	fmt.Fprintln(p.Stderr, "tiermap:", describe(err))
	return exitFailed
}

// describe is an error as a person reads it: code, message, the nearest names.
func describe(err error) string {
	var e *graph.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := fmt.Sprintf("%s: %s", e.Code, e.Message)
	if e.Code == graph.Internal && e.Err != nil { // whoever runs a command is who would read the log
		text += ": " + e.Err.Error()
	}
	if len(e.Suggestions) > 0 {
		text += " (did you mean " + strings.Join(e.Suggestions, ", ") + "?)"
	}
	return text
}

// commands makes the commands; started is set when one is understood and runs.
type commands struct {
	Process
	storeURL string
	neo4j    struct{ user, password, token, database string }
	memoryMB int
	threads  int
	inputs   []string // files that are read, which no result may overwrite
	started  bool
}

func (c *commands) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tiermap",
		Short: "Map supply chains: what a country depends on, through every tier",
		Long: "tiermap loads countries, materials, products and trade as a multi-tier graph and computes\n" +
			"what a country depends on indirectly, along which paths, and who could stop it.\n\n" +
			"Every flag can also be given as an environment variable: --store is TIERMAP_STORE.",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.fromEnvironment(cmd.Flags()); err != nil {
				return err
			}
			c.started = true
			return nil
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&c.storeURL, "store", "duckdb:tiermap.duckdb", "the store: duckdb:PATH, or neo4j://HOST:7687 (also neo4j+s, neo4j+ssc, bolt)")
	flags.StringVar(&c.neo4j.user, "neo4j-user", "neo4j", "user of the Neo4j server")
	flags.StringVar(&c.neo4j.password, "neo4j-password", "", "password of the Neo4j server; better given as TIERMAP_NEO4J_PASSWORD")
	flags.StringVar(&c.neo4j.token, "neo4j-token", "", "bearer token, in place of user and password; better given as TIERMAP_NEO4J_TOKEN")
	flags.StringVar(&c.neo4j.database, "neo4j-database", "", "database of the Neo4j server; left out = the user's home database")
	flags.IntVar(&c.memoryMB, "memory-mb", 0, "memory of the embedded store in MB; 0 = its default")
	flags.IntVar(&c.threads, "threads", 0, "threads of the embedded store; 0 = one for each core")
	root.AddCommand(c.load(), c.review(), c.remove(), c.build(), c.serve(), c.ask(), c.export(), c.origins(), c.queries(), c.status(), c.compact(), c.version())
	return root
}

// fromEnvironment sets every flag that was not given from the variable of its
// name.
func (c *commands) fromEnvironment(flags *pflag.FlagSet) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "TIERMAP_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := c.Env(name)
		if f.Changed || !ok || failed != nil {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			failed = fmt.Errorf("%s: %w", name, err)
		}
	})
	return failed
}

// create opens or creates what a flag names as the place for results; "" or "-"
// is standard output. The function that it returns closes it.
func (c *commands) create(path string) (io.Writer, func() error, error) {
	if path == "" || path == "-" {
		return c.Stdout, func() error { return nil }, nil
	}
	if err := c.mayWrite(path); err != nil {
		return nil, nil, err
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, graph.Wrap(graph.BadInput, err, "%s cannot be written: %v", path, err)
	}
	return f, f.Close, nil
}

// mayWrite refuses results in place of the store or of what is being loaded.
func (c *commands) mayWrite(path string) error {
	for _, kept := range append(c.inputs, strings.TrimPrefix(c.storeURL, "duckdb:")) {
		if sameFile(path, kept) {
			return usagef("%s is %s: results would overwrite it; name another file", path, kept)
		}
	}
	return nil
}

// sameFile tells whether two paths lead to one file that is there.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
