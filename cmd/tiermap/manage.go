package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tiermap/graph"
	"tiermap/graph/duckdb"
)

func (c *commands) remove() *cobra.Command {
	var noBuild bool
	cmd := &cobra.Command{
		Use:   "remove DATASET",
		Short: "Take a dataset away, whole",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := c.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer store.Close()
			return c.removeFrom(cmd.Context(), store, args[0], noBuild)
		},
	}
	cmd.Flags().BoolVar(&noBuild, "no-build", false, "in a graph database: do not publish anew what the removal changed")
	return cmd
}

// removeFrom takes a dataset away, and publishes anew what that changes where the
// store publishes at all.
func (c *commands) removeFrom(ctx context.Context, store graph.Store, dataset string, noBuild bool) (err error) {
	var changed *rebuild
	if !noBuild {
		if changed, err = c.beginRebuild(ctx, store, []string{dataset}); err != nil {
			return err
		}
	}
	rows, err := store.Remove(ctx, dataset)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Stdout, "%s: removed %d rows\n", dataset, rows)
	err = changed.finish(ctx, []string{dataset})
	if err != nil && !errors.Is(err, errReported) {
		return err
	}
	if err := c.tidy(ctx, store); err != nil {
		return err
	}
	return err
}

func (c *commands) compact() *cobra.Command {
	return &cobra.Command{
		Use:   "compact",
		Short: "Rewrite the embedded store to its smallest",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := c.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer store.Close()
			embedded, ok := store.(*duckdb.Store)
			if !ok {
				return graph.Errorf(graph.BadInput, "only the embedded store can be compacted")
			}
			before, err := embedded.Status(cmd.Context())
			if err != nil {
				return err
			}
			if err := embedded.Compact(cmd.Context()); err != nil {
				return err
			}
			after, err := embedded.Status(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(c.Stdout, "%.1f MB before, %.1f MB now\n", float64(before.Bytes)/1e6, float64(after.Bytes)/1e6)
			return nil
		},
	}
}

func (c *commands) status() *cobra.Command {
	var asJSON, coverage bool
	var material string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the store, its revision and its datasets; with --coverage what is known of each material",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if material != "" && !coverage {
				return usagef("--material goes with --coverage")
			}
			store, err := c.open(cmd.Context(), readOnly)
			if err != nil {
				return err
			}
			defer store.Close()
			if coverage {
				return c.statusCoverage(cmd.Context(), store, material, asJSON)
			}
			status, err := store.Status(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return c.statusJSON(status)
			}
			return c.statusText(status)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&coverage, "coverage", false, "what is known of each material and stage: trade, production, recipes, and what is pooled or missing")
	cmd.Flags().StringVar(&material, "material", "", "with --coverage: of this material only")
	return cmd
}

func (c *commands) statusText(s graph.Status) error {
	fmt.Fprintf(c.Stdout, "store     %s\nrevision  %s\nsize      %.1f MB\n\n", s.Store, s.Revision, float64(s.Bytes)/1e6)
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DATASET\tROWS\tYEARS\tPRIORITY\tRETRIEVED\tLICENCE\tTABLES")
	for _, d := range s.Datasets {
		var total int64
		var tables []string
		for _, t := range slices.Sorted(maps.Keys(d.Rows)) {
			total += d.Rows[t]
			tables = append(tables, fmt.Sprintf("%s %d", t, d.Rows[t]))
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%d\t%s\t%s\t%s\n", d.ID, total, period(d.Years), d.Priority, cmp.Or(d.Retrieved, "-"),
			cmp.Or(d.Licence, "not stated"), strings.Join(tables, ", "))
	}
	return w.Flush()
}

func period(years [2]int) string {
	switch {
	case years[1] == 0:
		return "-"
	case years[0] == years[1]:
		return fmt.Sprint(years[0])
	}
	return fmt.Sprintf("%d-%d", years[0], years[1])
}

// datasetJSON is a dataset in the output of status --json.
type datasetJSON struct {
	ID        string           `json:"id"`
	Title     string           `json:"title,omitempty"`
	Publisher string           `json:"publisher,omitempty"`
	URL       string           `json:"url,omitempty"`
	Licence   string           `json:"licence,omitempty"`
	Version   string           `json:"version,omitempty"`
	Retrieved string           `json:"retrieved,omitempty"`
	Priority  int              `json:"priority"`
	Loaded    string           `json:"loaded"`
	Rows      map[string]int64 `json:"rows"`
	Years     []int            `json:"years,omitempty"`
}

func (c *commands) statusJSON(s graph.Status) error {
	datasets := []datasetJSON{}
	for _, d := range s.Datasets {
		v := datasetJSON{ID: d.ID, Title: d.Title, Publisher: d.Publisher, URL: d.URL, Licence: d.Licence, Version: d.Version,
			Retrieved: d.Retrieved, Priority: d.Priority, Loaded: d.Loaded, Rows: d.Rows}
		if d.Years[1] != 0 {
			v.Years = d.Years[:]
		}
		datasets = append(datasets, v)
	}
	encoder := json.NewEncoder(c.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"store": s.Store, "revision": s.Revision, "bytes": s.Bytes, "datasets": datasets})
}
