package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/entity"
)

// reviewOptions are the flags of review.
type reviewOptions struct {
	outcome, format, dataset string
	all                      bool
	accept, reject, news     []string
	kind, country, reason    string
	json                     bool
	rejects                  string
}

func (c *commands) review() *cobra.Command {
	var o reviewOptions
	cmd := &cobra.Command{
		Use:   "review",
		Short: "List names that may stand for a known company or plant, and decide",
		Long: "Lists the written names that are like a known company or plant, but not enough to be taken for it\n" +
			"(docs/entity-resolution.md). Decisions are kept in the dataset decisions, and followed when a source is\n" +
			"loaded again:\n\n" +
			"  tiermap review --format csv > open.csv     fill in the column decision: same, different or new\n" +
			"  tiermap review apply open.csv\n\n" +
			"or one by one, by name and id:\n\n" +
			"  tiermap review --accept 'Barrick=co-barrick-gold' --reject 'Glencore Coal=co-glencore' --new 'Acme'",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(o.accept)+len(o.reject)+len(o.news) > 0 {
				return c.decide(cmd.Context(), nil, &o)
			}
			return c.listReview(cmd.Context(), &o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.outcome, "outcome", entity.Candidate, "which names: candidate, matched or new")
	f.StringVar(&o.format, "format", "table", "table, csv or json")
	f.StringVar(&o.dataset, "dataset", "", "only names of this dataset")
	f.BoolVar(&o.all, "all", false, "also what was decided since")
	f.StringArrayVar(&o.accept, "accept", nil, "NAME=ID: the name stands for that id; may be repeated")
	f.StringArrayVar(&o.reject, "reject", nil, "NAME=ID: the name does not stand for that id; may be repeated")
	f.StringArrayVar(&o.news, "new", nil, "NAME: it is nothing that is known; may be repeated")
	f.StringVar(&o.kind, "kind", graph.Company, "of the names decided on: Company or Facility")
	f.StringVar(&o.country, "country", "", "country written with the names decided on; left out = none")
	f.StringVar(&o.reason, "reason", "", "why, to be kept with the decisions")

	apply := &cobra.Command{
		Use:   "apply FILE",
		Short: "Keep the decisions of a file: kind, written, country, entity, decision",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			inputs, err := loader.Inputs(args[0])
			if err != nil {
				return err
			}
			if len(inputs) != 1 {
				return graph.Errorf(graph.BadInput, "%s is no single file", args[0])
			}
			return c.decide(cmd.Context(), &inputs[0], &o)
		},
	}
	apply.Flags().BoolVar(&o.json, "json", false, "print a JSON object")
	apply.Flags().StringVar(&o.rejects, "rejects", "", "write the rejected rows to this file, as CSV")
	cmd.AddCommand(apply)
	return cmd
}

// listReview prints the names of one outcome.
func (c *commands) listReview(ctx context.Context, o *reviewOptions) error {
	outcomes := []string{entity.Candidate, entity.Matched, entity.Unknown}
	formats := []string{"table", "csv", "json"}
	switch {
	case !slices.Contains(outcomes, o.outcome):
		return usagef("--outcome %q is none of %s", o.outcome, strings.Join(outcomes, ", "))
	case !slices.Contains(formats, o.format):
		return usagef("--format %q is none of %s", o.format, strings.Join(formats, ", "))
	}
	store, err := c.open(ctx, readOnly)
	if err != nil {
		return err
	}
	defer store.Close()
	list, err := entity.Review(ctx, store, o.outcome, o.all)
	if err != nil {
		return err
	}
	if o.dataset != "" {
		list = slices.DeleteFunc(list, func(f entity.Finding) bool { return f.Dataset != o.dataset })
	}
	switch o.format {
	case "csv":
		return c.reviewCSV(list)
	case "json":
		if list == nil {
			list = []entity.Finding{}
		}
		encoder := json.NewEncoder(c.Stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(list)
	}
	return c.reviewTable(list, o)
}

func (c *commands) reviewTable(list []entity.Finding, o *reviewOptions) error {
	if len(list) == 0 {
		fmt.Fprintf(c.Stderr, "There is no name of outcome %s.\n", o.outcome)
		return nil
	}
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SCORE\tKIND\tWRITTEN\tCOUNTRY\tENTITY\tNAME\tSEAT\tREASON\tDATASET")
	for _, f := range list {
		fmt.Fprintf(w, "%.2f\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Score, f.Kind, cell(f.Written), f.Country, f.Entity, cell(f.Name), f.Seat, f.Reason, f.Dataset)
	}
	return w.Flush()
}

// cell is a name on one line of a table.
func cell(text string) string {
	const longest = 60
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return text
}

// reviewCSV prints a list that can be filled in and handed back.
func (c *commands) reviewCSV(list []entity.Finding) error {
	w := csv.NewWriter(c.Stdout)
	if err := w.Write([]string{"kind", "written", "country", "entity", "entity_name", "entity_country", "score", "why", "dataset", "decision", "reason"}); err != nil {
		return err
	}
	for _, f := range list {
		if err := w.Write([]string{f.Kind, f.Written, f.Country, f.Entity, f.Name, f.Seat, strconv.FormatFloat(f.Score, 'f', 3, 64),
			f.Reason, f.Dataset, f.Decision, ""}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// decide keeps the decisions of a file or of the flags.
func (c *commands) decide(ctx context.Context, file *loader.Input, o *reviewOptions) (err error) {
	countries, err := country.Builtin()
	if err != nil {
		return err
	}
	more, err := o.decisions(countries)
	if err != nil {
		return err
	}
	store, err := c.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if closed := store.Close(); err == nil {
			err = closed
		}
	}()
	options := loader.Options{Progress: progressOn(c.Stderr)}
	if o.rejects != "" {
		w, done, err := c.create(o.rejects)
		if err != nil {
			return err
		}
		defer done() //nolint:errcheck // the writer is flushed, and says so
		if options.Rejects, err = loader.NewRejectWriter(w); err != nil {
			return graph.Wrap(graph.BadInput, err, "%s cannot be written: %v", o.rejects, err)
		}
	}
	report, err := loader.Run(ctx, store, entity.Decisions(file, more, o.reason, store, countries, time.Now()), options)
	if err != nil {
		return err
	}
	if err := c.report(report, &loadOptions{json: o.json, rejects: o.rejects}); err != nil {
		return err
	}
	fmt.Fprintln(c.Stderr, "  decisions are followed when the datasets that write the names are loaded again")
	if report.Rejected > 0 {
		return errRejected
	}
	return nil
}

// decisions are those that the flags name.
func (o *reviewOptions) decisions(countries *country.List) ([]entity.Decision, error) {
	place := ""
	if o.country != "" {
		var err error
		if place, err = countries.Resolve(o.country, country.Any, 0); err != nil {
			return nil, err
		}
	}
	var list []entity.Decision
	for _, part := range []struct {
		is    string
		texts []string
	}{{entity.Same, o.accept}, {entity.Different, o.reject}, {entity.New, o.news}} {
		for _, text := range part.texts {
			d := entity.Decision{Kind: o.kind, Written: text, Country: place, Is: part.is}
			if at := strings.LastIndexByte(text, '='); part.is != entity.New {
				if at < 1 || at == len(text)-1 {
					return nil, usagef("%q: write NAME=ID", text)
				}
				d.Written, d.Entity = strings.TrimSpace(text[:at]), strings.TrimSpace(text[at+1:])
			}
			list = append(list, d)
		}
	}
	return list, nil
}
