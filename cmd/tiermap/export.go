package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tiermap/api/gql"
	"tiermap/export"
	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/graph/neo4j"
	"tiermap/graph/supply"
)

// question are the flags that ask a question.
type question struct {
	ask.Question
	balance string
}

func (q *question) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&q.Country, "country", "", "the country or group that depends")
	f.StringVar(&q.Product, "product", "", "the product, or a trade code such as HS2017:811292")
	f.StringVar(&q.Material, "material", "", "the material to follow; left out = the product's only one")
	f.IntVar(&q.Year, "year", 0, "calendar year; left out = the newest with data")
	f.StringVar(&q.balance, "balance", "mass", "mass, exports or scale-exports")
}

func (q *question) parsed() (ask.Question, error) {
	if q.Country == "" || q.Product == "" {
		return q.Question, usagef("a question needs --country and --product")
	}
	var err error
	q.Balance, err = balanceOf(q.balance)
	return q.Question, err
}

// balanceOf reads the flag --balance.
func balanceOf(flag string) (supply.Balance, error) {
	b := supply.Balance(strings.ToUpper(strings.ReplaceAll(flag, "-", "_")))
	switch b {
	case supply.Mass, supply.Exports, supply.ScaleExports:
		return b, nil
	}
	return "", usagef("--balance %q is not mass, exports or scale-exports", flag)
}

func (c *commands) export() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write facts, a network or the lists of an answer for other tools",
		Long: "Every export says where it comes from: method, year, datasets and licences stand ahead of its rows\n" +
			"(lines that begin with # in CSV, a first object in JSON Lines, the description in GraphML).",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("export needs to know what: dataset, network, answer or neo4j-import")
			}
			return fmt.Errorf("%q cannot be exported; there are dataset, network, answer and neo4j-import", args[0])
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(c.exportDataset(), c.exportNetwork(), c.exportAnswer(), c.exportNeo4jImport())
	return cmd
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

// asking opens the store, runs a function with what answers questions on it,
// and closes it.
func (c *commands) asking(ctx context.Context, run func(graph.Store, *ask.Asker) error) error {
	store, err := c.open(ctx, readOnly)
	if err != nil {
		return err
	}
	defer store.Close()
	countries, err := country.Builtin()
	if err != nil {
		return err
	}
	return run(store, ask.New(store, countries, ask.Options{}))
}

// toFile runs a function on the file that -o names, or standard output.
func (c *commands) toFile(path string, write func(io.Writer) error) error {
	w, done, err := c.create(path)
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		done() //nolint:errcheck // the first error is the one to report
		return err
	}
	return done()
}

func (c *commands) exportDataset() *cobra.Command {
	var format, out string
	cmd := &cobra.Command{
		Use:   "dataset ID",
		Short: "A dataset's facts: a folder of tables (csv), jsonl or graphml",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return c.asking(ctx, func(store graph.Store, asker *ask.Asker) error {
				d, err := asker.Dataset(ctx, args[0])
				if err != nil {
					return err
				}
				snap, err := store.Snapshot(ctx)
				if err != nil {
					return err
				}
				defer snap.Close()
				return c.writeDataset(ctx, snap, d, format, out)
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "csv", "csv (a folder that load tables reads back), jsonl or graphml")
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file, or for csv the folder; left out = standard output, or a folder of the dataset's name")
	return cmd
}

func (c *commands) writeDataset(ctx context.Context, snap graph.Snapshot, d graph.Dataset, format, out string) error {
	about := export.AboutDataset(d, today())
	switch format {
	case "csv":
		if out == "" {
			out = d.ID
		}
		if err := export.WriteTables(ctx, snap, d, out); err != nil {
			return err
		}
		fmt.Fprintf(c.Stderr, "%s: written to the folder %s\n", d.ID, out)
		return nil
	case "jsonl":
		return c.toFile(out, func(w io.Writer) error { return export.WriteFactLines(ctx, w, snap, d, about) })
	case "graphml":
		nodes, links, err := export.FactGraph(ctx, snap, d)
		if err != nil {
			return err
		}
		return c.toFile(out, func(w io.Writer) error { return export.WriteGraphML(w, about, nodes, links) })
	}
	return usagef("--format %q is not csv, jsonl or graphml", format)
}

func (c *commands) exportNeo4jImport() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "neo4j-import",
		Short: "All facts as the files and the command of neo4j-admin database import",
		Long: "All facts of the store, in a new or empty folder, as typed CSV files that neo4j-admin makes a database of,\n" +
			"with the command (import.sh), the constraints and indexes (schema.cypher) and the steps (README.md).\n" +
			"It is the quick way to a large database; what is already in one stays out of it.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usagef("neo4j-import needs a folder to write to; name it with -o")
			}
			store, err := c.open(cmd.Context(), readOnly)
			if err != nil {
				return err
			}
			defer store.Close()
			written, err := neo4j.WriteImport(cmd.Context(), store, out)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.Stderr, "%d nodes and %d relationships written to the folder %s; its README.md says how they get into Neo4j\n",
				written.Nodes, written.Relationships, out)
			return nil
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the folder, new or empty")
	return cmd
}

// answered opens the store and answers a question.
func (c *commands) answered(ctx context.Context, q *question, use func(*ask.Answer) error) error {
	parsed, err := q.parsed()
	if err != nil {
		return err
	}
	return c.asking(ctx, func(_ graph.Store, asker *ask.Asker) error {
		answer, err := asker.Dependency(ctx, parsed)
		if err != nil {
			return err
		}
		return use(answer)
	})
}

func (c *commands) exportNetwork() *cobra.Command {
	var q question
	var format, out, table string
	var bare bool
	cmd := &cobra.Command{
		Use:   "network",
		Short: "The whole supply network of a question: graphml, csv or jsonl",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return c.answered(ctx, &q, func(a *ask.Answer) error {
				about, err := export.AboutAnswer(ctx, "Supply network", a, gql.MethodsVersion, today())
				if err != nil {
					return err
				}
				if format == "graphml" {
					return c.toFile(out, func(w io.Writer) error { return export.WriteGraphML(w, about, export.Nodes(a), export.Links(a)) })
				}
				switch table {
				case "nodes":
					return c.writeTable(format, out, unless(bare, &about), export.Nodes(a))
				case "links":
					return c.writeTable(format, out, unless(bare, &about), export.Links(a))
				}
				return usagef("--table %q is not nodes or links", table)
			})
		},
	}
	q.flags(cmd)
	cmd.Flags().StringVar(&format, "format", "graphml", "graphml, csv or jsonl")
	cmd.Flags().StringVar(&table, "table", "links", "for csv and jsonl: nodes or links")
	cmd.Flags().BoolVar(&bare, "bare", false, "for csv and jsonl: leave the description out")
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file; left out = standard output")
	return cmd
}

func (c *commands) exportAnswer() *cobra.Command {
	var q question
	var format, out, kind string
	var bare bool
	p := export.Parameters{}
	cmd := &cobra.Command{
		Use:   "answer LIST",
		Short: "A list of an answer as csv or jsonl: " + strings.Join(export.Lists(), ", "),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if err := checked(p); err != nil {
				return err
			}
			p.Kind = supply.Kind(strings.ToUpper(kind))
			switch p.Kind {
			case supply.KindCountry, supply.KindStage, supply.KindLink:
			default:
				return usagef("--kind %q is not country, stage or link", kind)
			}
			return c.answered(ctx, &q, func(a *ask.Answer) error {
				table, err := export.List(ctx, args[0], a, p)
				if err != nil {
					return err
				}
				about, err := export.AboutAnswer(ctx, args[0], a, gql.MethodsVersion, today())
				if err != nil {
					return err
				}
				return c.writeTable(format, out, unless(bare, &about), table)
			})
		},
	}
	q.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&format, "format", "csv", "csv or jsonl")
	f.StringVarP(&out, "output", "o", "", "the file; left out = standard output")
	f.StringVar(&kind, "kind", "country", "of chokepoints: country, stage or link")
	f.Float64Var(&p.Epsilon, "epsilon", supply.DefaultEpsilon, "of chokepoints: what a single point of failure may leave")
	f.Float64Var(&p.MinShare, "min-share", 0, "of tiers, chokepoints, paths and flows: the least share")
	f.IntVar(&p.First, "first", 0, fmt.Sprintf("how many at most; 0 = all, for paths %d", export.DefaultPaths))
	f.BoolVar(&bare, "bare", false, "leave the description out")
	return cmd
}

// checked tells what is wrong with the parameters of a list.
func checked(p export.Parameters) error {
	switch {
	case !(p.Epsilon >= 0 && p.Epsilon <= 1):
		return usagef("--epsilon is %g; it is a share between 0 and 1", p.Epsilon)
	case !(p.MinShare >= 0 && p.MinShare <= 1):
		return usagef("--min-share is %g; it is a share between 0 and 1", p.MinShare)
	case p.First < 0:
		return usagef("--first is %d; it may not be negative", p.First)
	}
	return nil
}

// unless returns the description where it is not to be left out.
func unless(bare bool, about *export.About) *export.About {
	if bare {
		return nil
	}
	return about
}

func (c *commands) writeTable(format, out string, about *export.About, t export.Table) error {
	switch format {
	case "csv":
		return c.toFile(out, func(w io.Writer) error { return export.WriteCSV(w, about, t) })
	case "jsonl":
		return c.toFile(out, func(w io.Writer) error { return export.WriteJSONLines(w, about, t) })
	}
	return usagef("--format %q is not csv or jsonl", format)
}
