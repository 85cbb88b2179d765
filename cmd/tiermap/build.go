package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tiermap/api/gql"
	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/graph/country"
	"tiermap/loader"
)

func (c *commands) build() *cobra.Command {
	var what selection
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Publish the multi-tier graph in a graph database",
		Long: "Publishes, for each material and year, the supplies of every country with what they come from, where they\n" +
			"start and what the world's supply passes: all materials and years that facts are loaded of, or those named.\n" +
			"A load ends with a build of what it changed. An input-output table is published on request alone (--table): of its\n" +
			"inputs those are left out that are less than --min-share of an output, and their sum is kept with who buys them.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if strings.HasPrefix(c.storeURL, "duckdb:") { // it need not even be there
				return c.needsNoBuild()
			}
			store, err := c.open(cmd.Context(), write)
			if err != nil {
				return err
			}
			defer store.Close()
			return c.buildIn(cmd.Context(), store, what)
		},
	}
	cmd.Flags().StringArrayVar(&what.materials, "material", nil, "only this material; may be repeated")
	cmd.Flags().IntSliceVar(&what.years, "year", nil, "only this year; may be repeated")
	cmd.Flags().StringArrayVar(&what.tables, "table", nil, "this input-output table, of the years named or the newest; may be repeated")
	cmd.Flags().Float64Var(&what.minShare, "min-share", 0.001, "with --table, the least share of an output that an input or an origin is published with, 0..1")
	return cmd
}

// selection is what a build publishes: all that can be of materials where nothing is
// named.
type selection struct {
	materials []string
	years     []int
	tables    []string // input-output tables
	minShare  float64  // of their inputs and origins
}

// everything tells whether nothing is named.
func (s selection) everything() bool { return len(s.materials)+len(s.years)+len(s.tables) == 0 }

func (c *commands) needsNoBuild() error {
	fmt.Fprintln(c.Stdout, "The embedded store needs no build: questions are answered from its facts.")
	return nil
}

// buildIn publishes in a store what is chosen; where nothing is, all that can be,
// and takes away what no longer can.
func (c *commands) buildIn(ctx context.Context, store graph.Store, what selection) error {
	publisher, ok := store.(graph.Publisher)
	if !ok {
		return c.needsNoBuild()
	}
	asker, err := newAsker(store)
	if err != nil {
		return err
	}
	ids, err := choose(ctx, asker, what)
	if err != nil {
		return err
	}
	b := publishing{commands: c, asker: asker, publisher: publisher, lines: c.Stdout, minShare: what.minShare}
	if what.everything() {
		tables, err := asker.PublishableTables(ctx, nil)
		if err != nil {
			return err
		}
		if err := b.keepOnly(ctx, slices.Concat(ids, tables)); err != nil {
			return err
		}
	}
	err = b.publish(ctx, ids)
	if err != nil && !errors.Is(err, errReported) {
		return err
	}
	if err := c.tidy(ctx, store); err != nil {
		return err
	}
	return err
}

func newAsker(store graph.Store) (*ask.Asker, error) {
	countries, err := country.Builtin()
	if err != nil {
		return nil, err
	}
	return ask.New(store, countries, ask.Options{}), nil
}

// choose returns what is to be published. Years that are named together with
// materials are taken as they are; else those count that facts are loaded of.
func choose(ctx context.Context, asker *ask.Asker, what selection) ([]graph.PublicationID, error) {
	materials, years := what.materials, what.years
	ids := chosenTables(what)
	if len(ids) > 0 && len(materials) == 0 {
		return ids, nil
	}
	for _, m := range materials {
		if _, err := asker.Material(ctx, m); err != nil {
			return nil, err
		}
	}
	if len(materials) > 0 && len(years) > 0 {
		for _, m := range materials {
			for _, year := range years {
				ids = append(ids, graph.PublicationID{Material: m, Year: year})
			}
		}
		return ids, nil
	}
	all, err := asker.Publishable(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(id graph.PublicationID) bool {
		return len(materials) > 0 && !slices.Contains(materials, id.Material) || len(years) > 0 && !slices.Contains(years, id.Year)
	})
	if len(all) == 0 && len(materials)+len(years) > 0 {
		return nil, graph.Errorf(graph.BadInput, "no trade or production is loaded for what was named: tiermap status lists the datasets and their years")
	}
	return append(ids, all...), nil
}

// chosenTables are the input-output tables that are named; year 0 is the newest.
func chosenTables(what selection) []graph.PublicationID {
	years := what.years
	if len(years) == 0 {
		years = []int{0}
	}
	var ids []graph.PublicationID
	for _, table := range what.tables {
		for _, year := range years {
			ids = append(ids, graph.PublicationID{Table: table, Year: year})
		}
	}
	return ids
}

// publishing is a build under way.
type publishing struct {
	*commands
	asker     *ask.Asker
	publisher graph.Publisher
	lines     io.Writer // gets a line for each publication
	minShare  float64   // of inputs and origins of an input-output table
}

// publish publishes one after the other. One whose facts are at fault is
// reported, and does not keep the others from being published.
func (b *publishing) publish(ctx context.Context, ids []graph.PublicationID) error {
	failed := false
	for i, id := range ids {
		done := showStep(b.Stderr, fmt.Sprintf("publishing %d of %d: %s", i+1, len(ids), id))
		p, err := b.publication(ctx, id)
		if err == nil {
			err = b.publisher.Publish(ctx, p)
		}
		done()
		switch code := graph.CodeOf(err); code {
		case "":
			fmt.Fprintf(b.lines, "%s: %d supplies, %d links\n", p.PublicationID, len(p.Supplies), len(p.Sources))
		case graph.BadInput, graph.NotFound, graph.TooLarge, graph.TooCostly:
			failed = true
			fmt.Fprintf(b.Stderr, "tiermap: %s: %s\n", id, describe(err))
		default:
			return err
		}
	}
	if failed {
		return errReported
	}
	return nil
}

func (b *publishing) publication(ctx context.Context, id graph.PublicationID) (*graph.Publication, error) {
	if id.Table != "" {
		return b.asker.TablePublication(ctx, id.Table, id.Year, b.minShare, gql.MethodsVersion)
	}
	return b.asker.Publication(ctx, id.Material, id.Year, gql.MethodsVersion)
}

// keepOnly takes away what is published beside ids.
func (b *publishing) keepOnly(ctx context.Context, ids []graph.PublicationID) error {
	taken, err := b.publisher.Unpublish(ctx, ids)
	if err == nil && taken > 0 {
		fmt.Fprintf(b.Stderr, "taken away, for their facts are gone: %d\n", taken)
	}
	return err
}

// tidier is a store in which some of what people see is brought up to date after
// a change.
type tidier interface {
	Tidy(ctx context.Context) error
}

// tidy has a store finish what a change left for later, so that who looks at the
// graph next sees the names of now, and no row that was replaced.
func (c *commands) tidy(ctx context.Context, store graph.Store) error {
	t, ok := store.(tidier)
	if !ok {
		return nil
	}
	defer showStep(c.Stderr, "bringing names up to date, clearing away what was replaced")()
	err := t.Tidy(ctx)
	if err != nil {
		fmt.Fprintln(c.Stderr, "What was asked for is done, but names in the graph may lag, and rows that were replaced may still be there, until the next load or build.")
	}
	return err
}

// showStep shows what is being done where w is a terminal; the function that it
// returns takes the line away.
func showStep(w io.Writer, text string) (done func()) {
	f, ok := w.(*os.File)
	if !ok {
		return func() {}
	}
	terminal := loader.Terminal(f)
	if terminal == nil {
		return func() {}
	}
	fmt.Fprintf(terminal, "\r\x1b[K%s", text)
	return func() { fmt.Fprint(terminal, "\r\x1b[K") }
}

// rebuild publishes anew what a change of datasets bears on: begin it before the
// change, and finish it after.
type rebuild struct {
	publishing
	before []graph.PublicationID // what the datasets bore on
	tables []graph.PublicationID // input-output tables of theirs
}

// beginRebuild returns nil where the store publishes nothing.
func (c *commands) beginRebuild(ctx context.Context, store graph.Store, datasets []string) (*rebuild, error) {
	publisher, ok := store.(graph.Publisher)
	if !ok {
		return nil, nil
	}
	asker, err := newAsker(store)
	if err != nil {
		return nil, err
	}
	r := &rebuild{publishing: publishing{commands: c, asker: asker, publisher: publisher, lines: c.Stderr}}
	if r.before, err = asker.Publications(ctx, datasets); err != nil || len(datasets) == 0 {
		return r, err
	}
	r.tables, err = asker.PublishableTables(ctx, datasets)
	return r, err
}

// finish publishes what the datasets bore on before the change or bear on now. A
// nil rebuild has nothing to do, nor has one that no dataset was changed for.
func (r *rebuild) finish(ctx context.Context, datasets []string) error {
	if r == nil || len(datasets) == 0 {
		return nil
	}
	after, err := r.asker.Publications(ctx, datasets)
	if err != nil {
		return err
	}
	all, err := r.asker.Publishable(ctx)
	if err != nil {
		return err
	}
	kept, err := r.tablesToKeep(ctx, datasets)
	if err != nil {
		return err
	}
	if err := r.keepOnly(ctx, slices.Concat(all, kept)); err != nil {
		return err
	}
	return r.publish(ctx, slices.DeleteFunc(all, func(id graph.PublicationID) bool {
		return !slices.Contains(r.before, id) && !slices.Contains(after, id)
	}))
}

// tablesToKeep returns the input-output tables of which the change left the facts as
// they were. What is published of others is of facts that are gone, and is not made
// anew unasked.
func (r *rebuild) tablesToKeep(ctx context.Context, datasets []string) ([]graph.PublicationID, error) {
	all, err := r.asker.PublishableTables(ctx, nil)
	if err != nil {
		return nil, err
	}
	changed, err := r.asker.PublishableTables(ctx, datasets)
	return slices.DeleteFunc(all, func(id graph.PublicationID) bool {
		return slices.Contains(r.tables, id) || slices.Contains(changed, id)
	}), err
}
