package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap/zapcore"

	"tiermap/api"
	"tiermap/api/exec"
	"tiermap/api/gql"
	"tiermap/graph"
	"tiermap/graph/ask"
)

// examples are questions to start from: the first tabs of the GraphiQL page,
// and what serve prints.
func examples() []api.Example {
	return []api.Example{
		{Title: "Where does Dutch cobalt really come from?", Query: `query DutchCobalt {
  dependency(country: "NLD", product: "cobalt-refined") {
    year
    supplyTonnes
    shares(first: 8) {
      country { name }
      direct
      origin
      hidden
    }
    unexplainedShare
    estimatedShare
    assumptions
  }
}`},
		{Title: "Who could stop Dutch magnets, and along which paths?", Query: `query DutchMagnets {
  dependency(country: "NLD", product: "ndfeb-magnet", material: "neodymium") {
    chokepoints(first: 5) {
      country { name }
      passThroughShare
      singlePointOfFailure
    }
    paths(first: 3) {
      explainedShare
      paths { share steps { country { id } product { id } by } }
    }
  }
}`},
		{Title: "Where is each stage of the EU's lithium made?", Query: `query EuropeanLithium {
  dependency(country: "EU", product: "lithium-carbonate") {
    tiers {
      product { name }
      steps
      hhi
      madeIn { country { name } share }
    }
    provenance { title licence }
  }
}`},
	}
}

// timeToSend is how long an answer may take on its way, beside the time that
// it takes to compute.
const timeToSend = time.Minute

func (c *commands) serve() *cobra.Command {
	o, limits := exec.DefaultOptions(), exec.DefaultOptions().Limits
	var addr, logFormat, logLevel string
	var origins []string
	var cacheMB, maxFirst int
	var firmRows int64
	timeouts := api.DefaultTimeouts()
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the GraphQL API and its page",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			level, err := zapcore.ParseLevel(logLevel)
			if err != nil {
				return usagef("--log-level %q is not debug, info, warn or error", logLevel)
			}
			log, err := api.NewLog(logFormat, level, c.Stderr)
			if err != nil {
				return usageError{err}
			}
			if o.Running < 1 || o.Waiting < 0 || o.Timeout <= 0 || cacheMB < 0 || maxFirst < 1 || firmRows < 1 {
				return usagef("--running, --max-first and --firm-rows are at least 1, --timeout above 0, --waiting and --cache-mb not negative")
			}
			defer log.Sync() //nolint:errcheck // standard error needs no syncing
			listener, err := new(net.ListenConfig).Listen(cmd.Context(), "tcp", addr)
			if err != nil {
				return graph.Wrap(graph.BadInput, err, "%s cannot be listened on (%v); is another tiermap serving? Choose another address with --addr", addr, err)
			}
			defer listener.Close()
			o.Limits, o.Log = limits, log
			timeouts.Write = o.Timeout + timeToSend
			executor, asker, store, err := c.executor(cmd.Context(), write, o, gql.Options{MaxFirst: maxFirst}, ask.Options{CacheBytes: int64(cacheMB) << 20, FirmRows: firmRows})
			if err != nil {
				return err
			}
			defer store.Close()
			handler, err := api.New(api.Config{Executor: executor, Log: log, Ready: asker.Ready, Build: c.buildInfo(),
				Examples: examples(), Origins: origins})
			if err != nil {
				return err
			}
			c.announce(cmd.Context(), store, "http://"+listener.Addr().String())
			return api.Serve(cmd.Context(), listener, handler, timeouts, log)
		},
	}
	f := cmd.Flags()
	f.StringVar(&addr, "addr", "127.0.0.1:8080", "address to listen on")
	f.StringVar(&logFormat, "log-format", "console", "log as console or json")
	f.StringVar(&logLevel, "log-level", "info", "least level that is logged: debug, info, warn, error")
	f.StringSliceVar(&origins, "origin", nil, "web origin whose pages may ask from a browser, such as https://example.org; * = any")
	f.IntVar(&cacheMB, "cache-mb", 256, "memory for networks that are kept, in MB")
	f.DurationVar(&o.Timeout, "timeout", o.Timeout, "how long one request may take")
	f.IntVar(&o.Running, "running", o.Running, "requests that are answered at once")
	f.IntVar(&o.Waiting, "waiting", o.Waiting, "requests that may wait for their turn; further ones are refused")
	f.IntVar(&maxFirst, "max-first", gql.MaxFirst, "largest page of any list")
	f.DurationVar(&timeouts.Read, "read-timeout", timeouts.Read, "how long a client may take to send its request")
	firmRowsFlag(f, &firmRows)
	limitFlags(f, &limits)
	return cmd
}

// announce says where the server is and what can be asked.
func (c *commands) announce(ctx context.Context, store graph.Store, address string) {
	fmt.Fprintf(c.Stdout, "tiermap %s answers at %s/graphql\nAsk in the browser:  %s/graphiql\n", version, address, address)
	if status, err := store.Status(ctx); err == nil && len(status.Datasets) == 0 {
		fmt.Fprintln(c.Stdout, "The store is empty: stop the server and load something first, such as: tiermap load tables data/*/")
		return
	}
	fmt.Fprintf(c.Stdout, "Questions to start from:\n")
	for _, e := range examples() {
		fmt.Fprintf(c.Stdout, "\n# %s\n%s\n", e.Title, e.Query)
	}
	fmt.Fprintln(c.Stdout, "\nCtrl-C stops the server.")
}

func (c *commands) buildInfo() api.Build {
	b := api.Build{Version: version, Methods: gql.MethodsVersion, Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				b.Commit = s.Value
			}
		}
	}
	return b
}

func (c *commands) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			b := c.buildInfo()
			fmt.Fprintf(c.Stdout, "tiermap %s\nmethods %s\ncommit  %s\ngo      %s\n", b.Version, b.Methods, cmp.Or(b.Commit, "unknown"),
				strings.TrimPrefix(b.Go, "go"))
		},
	}
}
