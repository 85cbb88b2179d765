package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/baci"
	"tiermap/loader/bgs"
	"tiermap/loader/comext"
	"tiermap/loader/composition"
	"tiermap/loader/comtrade"
	"tiermap/loader/drc"
	"tiermap/loader/eucrm"
	"tiermap/loader/facilities"
	"tiermap/loader/gleif"
	"tiermap/loader/hs"
	"tiermap/loader/incomegroups"
	"tiermap/loader/magnets"
	"tiermap/loader/measures"
	"tiermap/loader/mrio"
	"tiermap/loader/semiconductors"
	"tiermap/loader/tables"
	"tiermap/loader/trademap"
	"tiermap/loader/usgs"
	"tiermap/loader/wgi"
	"tiermap/loader/wmd"
)

// source is a publisher's format that load can read.
type source struct {
	name, paths, short, long string
	// jobs turns paths into datasets to load. The store is nil where nothing is
	// to be written and there is none.
	jobs func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error)
	// flags are those that other sources do not have; may be nil.
	flags func(f *pflag.FlagSet, o *loadOptions)
	// mapping is the table that says what the publisher's words are in the
	// catalogue, where a user may give another with --mapping; nil: there is none.
	mapping func() string
}

// loadOptions are the flags of load.
type loadOptions struct {
	check, json bool
	noBuild     bool
	rejects     string
	retrieved   string
	priority    int
	name        string
	revision    string
	eurUSD      float64
	code        string
	from, to    string
	year        int
	ranked      bool   // a priority was given
	mapping     string // of a publisher's words to products; blank: the one that is shipped

	printMapping bool // and load nothing
}

// priorityGiven returns the priority that was given; nil: the source's own.
func (o *loadOptions) priorityGiven() *int {
	if !o.ranked {
		return nil
	}
	return &o.priority
}

// euro returns how many USD a euro was in a year.
func (o *loadOptions) euro(year int) (usd float64, ok bool) {
	if o.eurUSD != 0 {
		return o.eurUSD, true
	}
	return comext.Rate(year)
}

// rankedFlag says that a source has a priority of its own.
func rankedFlag(f *pflag.FlagSet, _ *loadOptions) {
	f.Lookup("priority").Usage += "; left out = by publisher and edition, below 0 (docs/decisions/0008-order-of-sources.md)"
}

func sources() []source {
	return []source{
		{name: "tables", paths: "DIR...", short: "tiermap's own tables: a folder is one dataset",
			long: "A folder is one dataset: dataset.csv says what it is, and the tables stand beside it (docs/reference/tables.md).",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return tables.Jobs(paths, tables.Options{Countries: countries, Store: store, Check: o.check})
			}},
		{name: "baci", paths: "FILE...", short: "yearly trade files of CEPII's BACI",
			long: "Files as CEPII publishes them (BACI_HS17_Y2024_V202601.csv, plain, .gz, .zst or in a .zip), with\n" +
				"country_codes_V202601.csv beside them. Each release and year becomes one dataset.",
			jobs: func(paths []string, countries *country.List, _ graph.Store, o *loadOptions) ([]loader.Job, error) {
				return baci.Jobs(paths, baci.Options{Countries: countries, Retrieved: o.retrieved, Priority: o.priority})
			}},
		{name: "usgs", paths: "FILE...", short: "production, capacity and reserves of USGS's Mineral Commodity Summaries",
			long: "Data releases as USGS publishes them (MCS2026_Commodities_Data.csv, MCS2025_World_Data.csv). Each edition\n" +
				"becomes one dataset (docs/sources/usgs.md).",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return usgs.Jobs(paths, usgs.Options{Countries: countries, Store: store, Mapping: o.mapping, Retrieved: o.retrieved, Priority: o.priorityGiven()})
			}, flags: rankedFlag, mapping: usgs.Mapping},
		{name: "bgs", paths: "FILE...", short: "production of BGS's World Mineral Statistics",
			long: "CSV files of commodities as the British Geological Survey gives them out. All files of one command become\n" +
				"one dataset: name all that you want to keep (docs/sources/bgs.md).",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return bgs.Jobs(paths, bgs.Options{Countries: countries, Store: store, Mapping: o.mapping, Retrieved: o.retrieved, Priority: o.priorityGiven()})
			}, flags: rankedFlag, mapping: bgs.Mapping},
		{name: "wmd", paths: "FILE...", short: "production of World Mining Data",
			long: "Tables with a column for each year (material, Country, …, 2018, …, unit, data_source). Each edition becomes\n" +
				"one dataset (docs/sources/wmd.md).",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return wmd.Jobs(paths, wmd.Options{Countries: countries, Store: store, Mapping: o.mapping, Retrieved: o.retrieved, Priority: o.priorityGiven()})
			}, flags: rankedFlag, mapping: wmd.Mapping},
		{name: "comtrade", paths: "FILE...", short: "trade as reported to UN Comtrade: downloads, bulk files, answers of its API",
			long: "CSV, tab-separated or JSON files as UN Comtrade hands them out. Each year and revision of the Harmonized\n" +
				"System becomes one dataset, of all files that are named together: name all those of a year at once.",
			jobs: func(paths []string, countries *country.List, _ graph.Store, o *loadOptions) ([]loader.Job, error) {
				return comtrade.Jobs(paths, comtrade.Options{Countries: countries, Retrieved: o.retrieved, Priority: o.priority,
					Name: o.name, Revision: o.revision})
			},
			flags: func(f *pflag.FlagSet, o *loadOptions) {
				nameFlag(f, o)
				f.StringVar(&o.revision, "revision", "", "revision of the Harmonized System, such as HS2017, of files that do not say; left out = that of the year")
			}},
		{name: "comext", paths: "FILE...", short: "trade of the EU countries by CN8, from Eurostat's Comext",
			long: "Bulk files (.dat, unpacked), cuts of them as CSV, or SDMX-CSV of DS-045409. Each year becomes one\n" +
				"dataset, of all files that are named together: name all months of a year at once.",
			jobs: func(paths []string, countries *country.List, _ graph.Store, o *loadOptions) ([]loader.Job, error) {
				return comext.Jobs(paths, comext.Options{Countries: countries, Retrieved: o.retrieved, Priority: o.priorityGiven(),
					Name: o.name, Rate: o.eurUSD})
			},
			flags: func(f *pflag.FlagSet, o *loadOptions) {
				nameFlag(f, o)
				f.Float64Var(&o.eurUSD, "eur-usd", 0, "USD for a euro; left out = the European Central Bank's average of the year")
			}},
		{name: "trademap", paths: "FILE...", short: "text exports of ITC's Trade Map",
			long: "Downloads of one product and country (their name says the country, the folder the code), or such\n" +
				"files joined. Each year becomes one dataset, of all files that are named together.",
			jobs: func(paths []string, countries *country.List, _ graph.Store, o *loadOptions) ([]loader.Job, error) {
				return trademap.Jobs(paths, trademap.Options{Countries: countries, Retrieved: o.retrieved, Priority: o.priority,
					Name: o.name, Revision: o.revision, Code: o.code})
			},
			flags: func(f *pflag.FlagSet, o *loadOptions) {
				nameFlag(f, o)
				f.StringVar(&o.revision, "revision", "", "revision of the Harmonized System, such as HS2017; left out = that of the year")
				f.StringVar(&o.code, "code", "", "six-digit code of files that do not say theirs")
			}},
		{name: "hs", paths: "FILE...", short: "tables of what trade codes of one revision are in another",
			long: "Tables of the World Customs Organization, the United Nations Statistics Division or Eurostat, as .xlsx or\n" +
				"CSV: two columns whose names say the nomenclature (HS2017, CN 2024). Each file becomes one dataset.",
			jobs: func(paths []string, _ *country.List, _ graph.Store, o *loadOptions) ([]loader.Job, error) {
				return hs.Jobs(paths, hs.Options{Retrieved: o.retrieved, Priority: o.priority, From: o.from, To: o.to})
			},
			flags: func(f *pflag.FlagSet, o *loadOptions) {
				f.StringVar(&o.from, "from", "", "nomenclature of the first column, such as HS2012, of files whose columns do not say")
				f.StringVar(&o.to, "to", "", "nomenclature of the second column")
			}},
		{name: "wiod", paths: "PATH...", short: "World Input-Output Tables, release of 2013, as long tables",
			long: "Folders, .zip archives or files: of each year wiot_2011_inter_long_nonzero.csv.gz, wiot_2011_final_long_nonzero.csv.gz\n" +
				"and wiot_2011_output.csv, in million USD. Each year becomes one dataset; its sectors are WIOD2013:c1 to c35.",
			jobs: func(paths []string, countries *country.List, _ graph.Store, o *loadOptions) ([]loader.Job, error) {
				return mrio.WIOD(paths, mrio.Options{Countries: countries, Retrieved: o.retrieved, Priority: o.priority})
			}},
		{name: "pymrio", paths: "FOLDER", short: "an input-output table as pymrio writes it: EXIOBASE, Eora26, OECD and others",
			long: "A folder or .zip that pymrio's save_all wrote as text: Z.txt, Y.txt, unit.txt and, where it is there, x.txt. Its\n" +
				"sectors get the table's name before their code. Each table and year becomes one dataset.",
			jobs: func(paths []string, countries *country.List, _ graph.Store, o *loadOptions) ([]loader.Job, error) {
				return mrio.Pymrio(paths, mrio.Options{Countries: countries, Retrieved: o.retrieved, Priority: o.priority,
					Name: o.name, Year: o.year, EuroUSD: o.euro})
			},
			flags: func(f *pflag.FlagSet, o *loadOptions) {
				f.StringVar(&o.name, "name", "", "name of the table, which stands before the codes of its sectors; left out = what metadata.json says, or the folder's")
				f.IntVar(&o.year, "year", 0, "calendar year of the table; left out = the four digits of the folder's name")
				f.Float64Var(&o.eurUSD, "eur-usd", 0, "USD for a euro, of tables in euros; left out = the European Central Bank's average of the year")
			}},
		{name: "gleif", paths: "FILE...", short: "companies and their parents from GLEIF (LEI level 1 and 2)",
			long: "Golden copy or concatenated files of level 1 (lei2), of relationships (rr) and of reporting exceptions (repex), as\n" +
				".csv, .xml or .json, plain or in the .zip of each; or responses of api.gleif.org. Name them together: a date of the\n" +
				"golden copy becomes one dataset. Level 2 alone refers to the companies of the store.",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return gleif.Jobs(paths, gleif.Options{Countries: countries, Store: store, Retrieved: o.retrieved, Priority: o.priority})
			}},
		{name: "eucrm", paths: "FOLDER", short: "supply shares, uses, supply risk, lists and benchmarks of critical raw materials, from the European Commission",
			long: "Tables of the study of 2023, of the lists since 2010 and of Regulation (EU) 2024/1252 as CSV, by their names\n" +
				"(docs/sources/eucrm.md). All that is named together becomes one dataset.",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return eucrm.Jobs(paths, eucrm.Options{Countries: countries, Store: store, Retrieved: o.retrieved, Priority: o.priorityGiven()})
			}, flags: rankedFlag},
		{name: "composition", paths: "FOLDER", short: "what technologies take of materials, by-products, recycling, demand, compiled from the literature",
			long: "Tables of material intensities, battery chemistries, companionality, recycling rates, demand by scenario and trade\n" +
				"codes, by their columns (docs/sources/composition.md). Each becomes one dataset.",
			jobs: func(paths []string, _ *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return composition.Jobs(paths, composition.Options{Store: store, Retrieved: o.retrieved, Priority: o.priorityGiven(), Revision: o.revision})
			},
			flags: func(f *pflag.FlagSet, o *loadOptions) {
				f.StringVar(&o.revision, "revision", "", "revision of the Harmonized System of the trade codes; left out = HS2022")
				f.Lookup("priority").Usage += "; left out = -6, below the starter data"
			}},
		{name: "measures", paths: "FOLDER", short: "export controls, entity lists and other measures with their dates and codes",
			long: "Tables compiled from ministries' notices, by their columns (docs/sources/measures.md). All that is named together\n" +
				"becomes one dataset.",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return measures.Jobs(paths, measures.Options{Countries: countries, Store: store, Retrieved: o.retrieved, Priority: o.priority})
			}},
		{name: "wgi", paths: "FILE", short: "the World Bank's Worldwide Governance Indicators, with standard errors",
			long: "The long table (code, countryname, year, indicator, estimate, stddev, …) as the workbook that is published, or as CSV.",
			jobs: func(paths []string, countries *country.List, _ graph.Store, o *loadOptions) ([]loader.Job, error) {
				return wgi.Jobs(paths, wgi.Options{Countries: countries, Retrieved: o.retrieved, Priority: o.priority})
			}},
		{name: "incomegroups", paths: "FILE", short: "the World Bank's income groups and regions of countries",
			long: "The list of economies: CLASS.xlsx as it is published, or CSV with economy, country_code, region, income_group.",
			jobs: func(paths []string, countries *country.List, _ graph.Store, o *loadOptions) ([]loader.Job, error) {
				return incomegroups.Jobs(paths, incomegroups.Options{Countries: countries, Retrieved: o.retrieved, Priority: o.priority, Year: o.year})
			},
			flags: func(f *pflag.FlagSet, o *loadOptions) {
				f.IntVar(&o.year, "year", 0, "fiscal year of the classification, such as 2026; left out = not known")
			}},
		{name: "facilities", paths: "FOLDER", short: "mines, smelters and refineries of Jasansky et al. 2023",
			long: "A folder or .zip with the tables of the release as CSV: facilities.csv and, beside it, ownership, commodities,\n" +
				"processing, capacity, transport and source_ids. Names of owners are resolved (tiermap review).",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return facilities.Jobs(paths, facilities.Options{Countries: countries, Store: store, Mapping: o.mapping, Retrieved: o.retrieved, Priority: o.priority})
			}, mapping: facilities.Mapping},
		{name: "magnets", paths: "FOLDER", short: "firms of the European permanent-magnet chain and who supplies whom",
			long: "A folder or .zip with plants.csv and links.csv of Queen's University Belfast. The links are illustrative and their\n" +
				"volumes normalised: they become shares that are marked estimated. Names of companies are resolved (tiermap review).",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return magnets.Jobs(paths, magnets.Options{Countries: countries, Store: store, Retrieved: o.retrieved, Priority: o.priority})
			}},
		{name: "drc", paths: "FILE", short: "industrial copper and cobalt projects of the DR Congo",
			long: "industrial_projects.csv, or the folder that it is in: permits with places, owners, shares and the production of 2022.\n" +
				"Names of owners and projects are resolved (tiermap review).",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return drc.Jobs(paths, drc.Options{Countries: countries, Store: store, Retrieved: o.retrieved, Priority: o.priority})
			}},
		{name: "semiconductors", paths: "FOLDER", short: "inputs, providers and process of advanced chips, from Georgetown's CSET",
			long: "A folder or .zip with inputs.csv, providers.csv, provision.csv and sequence.csv. They are CC BY-NC 4.0: tiermap reads\n" +
				"them and ships none. Names of organisations are resolved (tiermap review).",
			jobs: func(paths []string, countries *country.List, store graph.Store, o *loadOptions) ([]loader.Job, error) {
				return semiconductors.Jobs(paths, semiconductors.Options{Countries: countries, Store: store, Retrieved: o.retrieved, Priority: o.priority})
			}},
	}
}

// nameFlag is for sources whose files are cuts that users make.
func nameFlag(f *pflag.FlagSet, o *loadOptions) {
	f.StringVar(&o.name, "name", "", "what the ids of the datasets begin with, to keep several cuts side by side; left out = the source")
}

func (c *commands) load() *cobra.Command {
	var o loadOptions
	cmd := &cobra.Command{
		Use:   "load SOURCE PATH...",
		Short: "Load a publisher's files into the store",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("load needs a SOURCE and a PATH")
			}
			var names []string
			for _, s := range sources() {
				names = append(names, s.name)
			}
			return fmt.Errorf("%q is no source; there are %s", args[0], strings.Join(names, ", "))
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	for _, s := range sources() {
		sub := &cobra.Command{
			Use: s.name + " " + s.paths, Short: s.short, Long: s.long,
			Args: func(cmd *cobra.Command, paths []string) error {
				if o.printMapping {
					return cobra.NoArgs(cmd, paths)
				}
				return cobra.MinimumNArgs(1)(cmd, paths)
			},
			RunE: func(cmd *cobra.Command, paths []string) error {
				if o.printMapping {
					_, err := io.WriteString(c.Stdout, s.mapping())
					return err
				}
				o.ranked = cmd.Flags().Changed("priority")
				return c.runLoad(cmd, s, paths, &o)
			},
		}
		if s.name != "tables" { // whose dataset.csv says both
			sub.Flags().StringVar(&o.retrieved, "retrieved", "", "day on which the files were fetched, year-month-day; left out = when they were last changed")
			sub.Flags().IntVar(&o.priority, "priority", 0, "priority of the datasets: the highest counts where datasets overlap")
		}
		if s.flags != nil {
			s.flags(sub.Flags(), &o)
		}
		if s.mapping != nil {
			sub.Flags().StringVar(&o.mapping, "mapping", "", "table that says which product each of the publisher's words is, in place of the one that is shipped")
			sub.Flags().BoolVar(&o.printMapping, "print-mapping", false, "print the table that is shipped, to change it and give it back with --mapping; load nothing")
		}
		cmd.AddCommand(sub)
	}
	f := cmd.PersistentFlags()
	f.BoolVar(&o.check, "check", false, "read and report, write nothing")
	f.BoolVar(&o.json, "json", false, "print one JSON object for each dataset")
	f.BoolVar(&o.noBuild, "no-build", false, "in a graph database: do not publish anew what the load changed")
	f.StringVar(&o.rejects, "rejects", "", "write the rejected rows to this file, as CSV: file, line, column, value, reason, raw")
	return cmd
}

func (c *commands) runLoad(cmd *cobra.Command, s source, paths []string, o *loadOptions) (err error) {
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return graph.Wrap(graph.BadInput, err, "%s cannot be read: %v", path, err)
		}
	}
	store, err := c.openForLoad(cmd, o)
	if err != nil {
		return err
	}
	if store != nil {
		defer func() {
			if closed := store.Close(); err == nil {
				err = closed
			}
		}()
	}
	return c.loadInto(cmd.Context(), store, s, paths, o)
}

// loadInto loads into a store, and publishes anew what that changes where the
// store publishes at all.
func (c *commands) loadInto(ctx context.Context, store graph.Store, s source, paths []string, o *loadOptions) error {
	countries, err := country.Builtin()
	if err != nil {
		return err
	}
	jobs, err := s.jobs(paths, countries, store, o)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		for _, in := range job.Inputs {
			c.inputs = append(c.inputs, in.Path)
		}
	}
	options := loader.Options{Check: o.check, Progress: progressOn(c.Stderr)}
	if o.rejects != "" {
		w, done, err := c.create(o.rejects)
		if err != nil {
			return err
		}
		defer done() //nolint:errcheck // the writer is flushed, and says so, after each dataset
		if options.Rejects, err = loader.NewRejectWriter(w); err != nil {
			return graph.Wrap(graph.BadInput, err, "%s cannot be written: %v", o.rejects, err)
		}
	}
	var datasets []string
	for _, job := range jobs {
		datasets = append(datasets, job.Dataset.ID)
	}
	var changed *rebuild
	if !o.check && !o.noBuild {
		if changed, err = c.beginRebuild(ctx, store, datasets); err != nil {
			return err
		}
	}
	loaded, outcome := c.runJobs(ctx, store, jobs, options, o)
	if outcome != nil && !errors.Is(outcome, errRejected) && !errors.Is(outcome, errReported) {
		return outcome
	}
	if err := changed.finish(ctx, loaded); err != nil {
		fmt.Fprintln(c.Stderr, "The facts are loaded, but not all that they change is published: run tiermap build.")
		if !errors.Is(err, errReported) {
			return err
		}
		outcome = err
	}
	if o.check {
		return outcome
	}
	if err := c.tidy(ctx, store); err != nil {
		return err
	}
	return outcome
}

// runJobs loads one dataset after the other, and returns the ids of those loaded.
// It ends with errReported where some were refused, with errRejected where rows
// were rejected, and at once with any other error.
func (c *commands) runJobs(ctx context.Context, store graph.Store, jobs []loader.Job, options loader.Options, o *loadOptions) (loaded []string, err error) {
	refused, rejected := false, false
	for _, job := range jobs {
		report, err := loader.Run(ctx, store, job, options)
		if graph.CodeOf(err) == graph.BadInput {
			refused = true
			fmt.Fprintln(c.Stderr, "tiermap:", describe(err))
			continue
		}
		if err != nil {
			return loaded, err
		}
		loaded = append(loaded, job.Dataset.ID)
		rejected = rejected || report.Rejected > 0
		if err := c.report(report, o); err != nil {
			return loaded, err
		}
	}
	switch {
	case refused:
		return loaded, errReported
	case rejected:
		return loaded, errRejected
	}
	return loaded, nil
}

// openForLoad opens the store; where nothing is to be written, a store that is
// not there is none.
func (c *commands) openForLoad(cmd *cobra.Command, o *loadOptions) (graph.Store, error) {
	if !o.check {
		return c.open(cmd.Context(), write)
	}
	store, err := c.open(cmd.Context(), readOnly)
	if graph.CodeOf(err) == graph.StoreDown {
		return nil, nil
	}
	return store, err
}

func progressOn(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok {
		return loader.Terminal(f)
	}
	return nil
}

// report prints what came of one dataset.
func (c *commands) report(r *loader.Report, o *loadOptions) error {
	if o.json {
		return json.NewEncoder(c.Stdout).Encode(r)
	}
	fmt.Fprintf(c.Stdout, "%s: read %d, accepted %d, rejected %d, replaced %d\n", r.Dataset, r.Read, r.Accepted, r.Rejected, r.Replaced)
	for _, reason := range slices.Sorted(maps.Keys(r.Reasons)) {
		fmt.Fprintf(c.Stderr, "  %d rejected: %s\n", r.Reasons[reason], reason.Sentence())
	}
	for _, rule := range slices.Sorted(maps.Keys(r.Passed)) {
		fmt.Fprintf(c.Stderr, "  %d passed over: %s\n", r.Passed[rule], rule)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(c.Stderr, "  %s\n", note)
	}
	if r.Rejected > 0 && o.rejects == "" {
		fmt.Fprintln(c.Stderr, "  --rejects FILE writes the rejected rows with their reasons")
	}
	return nil
}
