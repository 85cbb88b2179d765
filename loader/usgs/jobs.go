package usgs

import (
	"bytes"
	"context"
	_ "embed" // the mapping
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/series"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List
	Store     series.Store // holds the catalogue; nil: there is none
	Mapping   string       // a user's mapping; blank: the one that is shipped
	Retrieved string       // day on which the files were fetched, 2006-01-02; blank: when each was last changed
	Priority  *int         // of the datasets; nil: Priority of the edition
}

//go:embed mapping.csv
var shipped string

// Mapping is the table that says what the series are, as it is shipped.
func Mapping() string { return shipped }

// Priority is the default priority of an edition: the newer counts first, and
// all of them before other publishers of production
// (docs/decisions/0008-order-of-sources.md).
func Priority(edition int) int {
	const known, ofKnown = 2026, -8
	return max(-27, min(-1, ofKnown-10*(known-edition)))
}

var fileName = regexp.MustCompile(`(?i)^MCS(\d{4})_.*\.csv$`)

// Jobs returns one job for each data release that the paths hold: files, .zip
// archives or folders. BadInput where a path holds none, or a file is not one of
// the two layouts.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	mapping, err := series.OpenMapping(o.Mapping, shipped, o.Countries)
	if err != nil {
		return nil, err
	}
	var jobs []loader.Job
	first := map[string]loader.Input{}
	for _, path := range paths {
		releases, err := find(path)
		if err != nil {
			return nil, err
		}
		for _, in := range releases {
			r, err := newRelease(in, mapping, o)
			if err != nil {
				return nil, err
			}
			d := r.dataset()
			if other, twice := first[d.ID]; twice {
				return nil, graph.Errorf(graph.BadInput, "%s and %s are both %s: name one of them", other, in, d.ID)
			}
			first[d.ID] = in
			jobs = append(jobs, loader.Job{Dataset: d, Inputs: []loader.Input{in}, Read: r.read})
		}
	}
	return jobs, nil
}

func find(path string) (releases []loader.Input, err error) {
	inputs, err := loader.Inputs(path)
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if fileName.MatchString(in.Stem()) {
			releases = append(releases, in)
		}
	}
	if len(releases) == 0 {
		return nil, graph.Errorf(graph.BadInput,
			"%s is, or holds, no data release of the Mineral Commodity Summaries: keep the publisher's name, such as MCS2026_Commodities_Data.csv (plain, .gz, .zst or in a .zip)", path)
	}
	return releases, nil
}

// release is one data release.
type release struct {
	in      loader.Input
	edition int
	layout  loader.Layout
	wide    *wide // the layout of 2025; nil: that of 2026
	mapping *series.Mapping
	Options
}

// maxFile is how large a release may be; those published have 3 MB.
const maxFile = 64 << 20

func newRelease(in loader.Input, mapping *series.Mapping, o Options) (*release, error) {
	edition, _ := strconv.Atoi(fileName.FindStringSubmatch(in.Stem())[1]) // four digits
	r := &release{in: in, edition: edition, mapping: mapping, Options: o}
	if r.Retrieved == "" {
		r.Retrieved = loader.LastChanged(in)
	}
	content, err := contentOf(in)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(content) {
		r.layout.Charset = charmap.Windows1252
	}
	rows := tolerant(content, r.layout.Charset)
	header, err := rows.Read()
	if err != nil {
		return nil, graph.Wrap(graph.BadInput, err, "%s has no header that can be read (%v)", in, err)
	}
	switch wide := newWide(header); {
	case wide != nil:
		r.wide = wide
		r.layout.Required = wide.columns()
		wide.look(header, rows)
	case isLong(header):
		r.layout.Required = longColumns
	default:
		return nil, graph.Errorf(graph.BadInput,
			"%s has neither the columns of the release of 2025 (COMMODITY, COUNTRY, TYPE, UNIT_MEAS, PROD_…) nor those of 2026 (%s, …)", in, "MCS chapter, Section, Commodity, Country, Statistics")
	}
	return r, nil
}

func contentOf(in loader.Input) ([]byte, error) {
	stream, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	content, err := io.ReadAll(io.LimitReader(stream, maxFile+1))
	if err == nil && len(content) > maxFile {
		err = graph.Errorf(graph.BadInput, "%s is larger than a data release of the Mineral Commodity Summaries can be", in)
	}
	return content, err
}

// tolerant reads rows for a first look at a file: what is wrong with one is
// found, and said, when it is read for good.
func tolerant(content []byte, charset encoding.Encoding) *csv.Reader {
	var text io.Reader = bytes.NewReader(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")))
	if charset != nil {
		text = charset.NewDecoder().Reader(text)
	}
	rows := csv.NewReader(text)
	rows.LazyQuotes, rows.FieldsPerRecord = true, -1
	return rows
}

func (r *release) dataset() graph.Dataset {
	priority := Priority(r.edition)
	if r.Priority != nil {
		priority = *r.Priority
	}
	return graph.Dataset{
		ID:        fmt.Sprintf("usgs-mcs-%d", r.edition),
		Title:     fmt.Sprintf("Mineral Commodity Summaries %d, world production, capacity and reserves", r.edition),
		Publisher: "United States Geological Survey",
		URL:       "https://www.usgs.gov/centers/national-minerals-information-center/mineral-commodity-summaries",
		Licence:   "public domain",
		Version:   strconv.Itoa(r.edition),
		Retrieved: r.Retrieved,
		Priority:  priority,
	}
}

// read reads the release into facts.
func (r *release) read(ctx context.Context, sink *loader.Sink) error {
	columns := longNames
	if r.wide != nil {
		columns = wideNames
	}
	book, err := series.NewBook(ctx, sink, r.Store, columns)
	if err != nil {
		return err
	}
	t, err := sink.OpenLayout(r.in, r.layout)
	if err != nil {
		return err
	}
	for t.Next() {
		if r.wide != nil {
			r.readWide(sink, book, t)
		} else {
			r.readLong(sink, book, t)
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	book.Close()
	return nil
}
