package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tiermap/api/gql"
	"tiermap/export"
	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

// originsOptions are the flags of origins.
type originsOptions struct {
	year     int
	codes    []string
	minShare float64
	balance  string
	out      string
}

func (c *commands) origins() *cobra.Command {
	var o originsOptions
	cmd := &cobra.Command{
		Use:   "origins --year YEAR -o FILE",
		Short: "Write the origins of every trade code in every country",
		Long: "One table: year, code, country, origin, direct share, origin share, unexplained share. The name of the file\n" +
			"chooses its form: .csv or .parquet. Work that was interrupted goes on where it stopped when the same command\n" +
			"is given again.",
		Example: `  tiermap origins --year 2024 -o origins-2024.csv
  tiermap origins --year 2024 --codes HS2017:2604,HS2017:811292 --min-share 0.01 -o cobalt.parquet`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.runOrigins(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.IntVar(&o.year, "year", 0, "calendar year")
	f.StringSliceVar(&o.codes, "codes", nil, "only these codes, or those that begin so: HS2017:2604,HS2017:81; left out = all with trade in the year")
	f.Float64Var(&o.minShare, "min-share", 0.001, "rows with a smaller direct and origin share are summed, 0..1")
	f.StringVar(&o.balance, "balance", "mass", "mass, exports or scale-exports")
	f.StringVarP(&o.out, "output", "o", "", "the file to write: .csv or .parquet")
	return cmd
}

// question checks the flags.
func (o originsOptions) question() (q ask.OriginsQuestion, err error) {
	switch {
	case o.year == 0:
		return q, usagef("origins needs --year")
	case !strings.HasSuffix(o.out, ".csv") && !strings.HasSuffix(o.out, ".parquet"):
		return q, usagef("origins needs -o FILE, whose name ends in .csv or .parquet")
	case !(o.minShare >= 0 && o.minShare <= 1):
		return q, usagef("--min-share %g is not between 0 and 1", o.minShare)
	}
	balance, err := balanceOf(o.balance)
	return ask.OriginsQuestion{Year: o.year, Codes: o.codes, Balance: balance}, err
}

func (c *commands) runOrigins(ctx context.Context, o originsOptions) error {
	q, err := o.question()
	if err != nil {
		return err
	}
	if err := c.mayWrite(o.out); err != nil {
		return err
	}
	return c.asking(ctx, func(_ graph.Store, asker *ask.Asker) error {
		scope, err := asker.OriginsScope(ctx, q)
		if err != nil {
			return err
		}
		key, err := json.Marshal([]any{scope.Revision, q, o.minShare, gql.MethodsVersion})
		if err != nil {
			return err
		}
		table, err := export.OpenOriginTable(o.out, string(key))
		if err != nil {
			return graph.Wrap(graph.BadInput, err, "%s cannot be written: %v", o.out, err)
		}
		if q.After = table.After(); q.After != "" {
			fmt.Fprintf(c.Stderr, "going on behind %s\n", q.After)
		}
		return c.writeOrigins(ctx, asker, q, o, scope, table)
	})
}

// writeOrigins fills the table; one that was interrupted is kept for the next time.
func (c *commands) writeOrigins(ctx context.Context, asker *ask.Asker, q ask.OriginsQuestion, o originsOptions, whole ask.OriginsScope, table *export.OriginTable) error {
	shown := originsProgress{w: progressOn(c.Stderr), total: len(whole.Codes)}
	start := func(scope ask.OriginsScope) error {
		if scope.Revision != whole.Revision {
			return graph.Errorf(graph.StoreBusy, "the store has changed since the work began: give the command again")
		}
		shown.done = len(whole.Codes) - len(scope.Codes)
		return table.Begin(export.AboutOrigins(whole, o.year, q.Balance, o.minShare, gql.MethodsVersion, today()))
	}
	encode := func(code string, lines []supply.TargetOrigins) ([]byte, error) {
		return export.AppendOrigins(nil, o.year, code, lines, o.minShare), nil
	}
	err := ask.Origins(ctx, asker, q, start, encode, func(code string, rows []byte) error {
		shown.next(code)
		return table.Write(code, rows)
	})
	shown.end()
	if err != nil {
		if kept := table.Pause(); kept == nil && ctx.Err() != nil && table.After() != "" {
			fmt.Fprintf(c.Stderr, "interrupted behind %s; the same command goes on from there\n", table.After())
		}
		return err
	}
	if err := table.Finish(); err != nil {
		return graph.Wrap(graph.BadInput, err, "%s cannot be written: %v", o.out, err)
	}
	fmt.Fprintf(c.Stderr, "%s: %d codes\n", o.out, len(whole.Codes))
	return nil
}

// originsProgress shows on a terminal how many codes are done.
type originsProgress struct {
	w           io.Writer
	done, total int
	shown       time.Time
}

func (p *originsProgress) next(code string) {
	p.done++
	if p.w != nil && time.Since(p.shown) > 200*time.Millisecond {
		p.shown = time.Now()
		fmt.Fprintf(p.w, "\r\x1b[K%s, %d of %d codes", code, p.done, p.total)
	}
}

func (p *originsProgress) end() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
