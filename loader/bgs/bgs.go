package bgs

import (
	"bufio"
	"context"
	_ "embed" // the mapping
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	Retrieved string       // day on which the files were fetched, 2006-01-02; blank: when the newest was last changed
	Priority  *int         // of the dataset; nil: Priority
}

// Priority is the default priority of the dataset
// (docs/decisions/0008-order-of-sources.md).
const Priority = -28

//go:embed mapping.csv
var shipped string

// Mapping is the table that says what the series are, as it is shipped.
func Mapping() string { return shipped }

// The columns that are read.
const (
	statisticType = "bgs_statistic_type_trans"
	commodity     = "bgs_commodity_trans"
	form          = "bgs_sub_commodity_trans"
	units         = "units"
	yearColumn    = "year"
	countryName   = "country_trans"
	quantity      = "quantity"
	status        = "sdmx_code"
	noteCodes     = "concat_figure_notes_code"
	noteTexts     = "concat_figure_notes_text"
	tableNotes    = "concat_table_notes_text"
)

var required = []string{statisticType, commodity, form, units, yearColumn, countryName, quantity, status, noteCodes, noteTexts}

// Rules by which rows are passed over.
const (
	notProduction = "imports and exports: no partner is stated"
	withinOther   = "counted within another row, as its note says"
)

// Jobs returns the one job of all files that the paths hold: those of a folder,
// a .zip archive, or named. BadInput where there is none.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	mapping, err := series.OpenMapping(o.Mapping, shipped, o.Countries)
	if err != nil {
		return nil, err
	}
	var files []loader.Input
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		inputs = slices.DeleteFunc(inputs, func(in loader.Input) bool { return !strings.HasSuffix(strings.ToLower(in.Stem()), ".csv") })
		if len(inputs) == 0 {
			return nil, graph.Errorf(graph.BadInput, "%s is, or holds, no CSV file of World Mineral Statistics (plain, .gz, .zst or in a .zip)", path)
		}
		files = append(files, inputs...)
	}
	r := &release{files: files, mapping: mapping, Options: o}
	if err := r.date(); err != nil {
		return nil, err
	}
	return []loader.Job{{Dataset: r.dataset(), Inputs: files, Read: r.read}}, nil
}

// release is the files of one command.
type release struct {
	files   []loader.Input
	newest  int // year
	mapping *series.Mapping
	Options
}

var yearText = regexp.MustCompile(`(?:^|,)"?((?:19|20)\d\d)-01-01`)

// date looks for the newest year in the files and the day of the newest file.
func (r *release) date() error {
	for _, in := range r.files {
		stream, err := in.Open()
		if err != nil {
			return err
		}
		lines := bufio.NewScanner(stream)
		lines.Buffer(nil, loader.MaxRow)
		for lines.Scan() {
			if m := yearText.FindSubmatch(lines.Bytes()); m != nil {
				year, _ := strconv.Atoi(string(m[1])) // four digits
				r.newest = max(r.newest, year)
			}
		}
		stream.Close()
	}
	if r.Retrieved == "" {
		r.Retrieved = loader.LastChanged(r.files...)
	}
	if r.newest == 0 {
		return graph.Errorf(graph.BadInput, "%s holds no row of World Mineral Statistics: their year reads 2023-01-01 00:00:00", r.files[0])
	}
	return nil
}

func (r *release) dataset() graph.Dataset {
	priority := Priority
	if r.Priority != nil {
		priority = *r.Priority
	}
	return graph.Dataset{
		ID:        fmt.Sprintf("bgs-wms-%d", r.newest),
		Title:     fmt.Sprintf("World Mineral Statistics, production to %d", r.newest),
		Publisher: "British Geological Survey",
		URL:       "https://www.bgs.ac.uk/mineralsuk/statistics/world-mineral-statistics/",
		Licence:   "attribution: contains British Geological Survey materials © UKRI",
		Version:   fmt.Sprintf("to %d", r.newest),
		Retrieved: r.Retrieved,
		Priority:  priority,
	}
}

func (r *release) read(ctx context.Context, sink *loader.Sink) error {
	book, err := series.NewBook(ctx, sink, r.Store, series.Columns{Commodity: commodity, Unit: units, Amount: quantity})
	if err != nil {
		return err
	}
	for _, in := range r.files {
		t, err := sink.OpenLayout(in, loader.Layout{Required: required})
		if err != nil {
			return err
		}
		for t.Next() {
			r.row(sink, book, t)
		}
		if err := t.Close(); err != nil {
			return err
		}
	}
	book.Close()
	return nil
}

// row reads one row.
func (r *release) row(sink *loader.Sink, book *series.Book, t *loader.Table) {
	if t.Text(statisticType) != "Production" {
		sink.PassOver(notProduction)
		return
	}
	if !r.mapping.Has(series.Production, t.Text(commodity), t.Text(form)) {
		sink.PassOver(series.Unmapped)
		return
	}
	year, why := r.year(t.Text(yearColumn))
	if why != "" {
		t.Reject(yearColumn, why, "")
		return
	}
	id, err := r.Countries.Resolve(t.Text(countryName), country.BGS, year)
	if err != nil {
		t.Reject(countryName, loader.NoCountry, err.Error())
		return
	}
	s, ok := r.mapping.Find(series.Production, t.Text(commodity), t.Text(form), id)
	if !ok {
		sink.PassOver(series.Unmapped)
		return
	}
	amount, said, column, why := amountOf(t.Text(quantity), t.Text(status))
	if why != "" {
		t.Reject(column, why, "")
		return
	}
	notes := t.Text(noteTexts)
	if math.IsNaN(amount) && strings.Contains(strings.ToLower(notes), "included with") {
		sink.PassOver(withinOther)
		return
	}
	estimated := said == lessThanHalf || slices.Contains(strings.Split(t.Text(noteCodes), "|"), "*")
	book.Enter(t, series.Figure{Series: s, Place: id, Part: t.Text(countryName), Unit: t.Text(units), Year: year,
		Amount: amount, Estimated: estimated, Source: source(t.Text(commodity), t.Text(form), said, estimated)})
	about := "" // a table's notes hold for all its forms of one content, else for the form that they name
	if s.Material == "" {
		about = t.Text(form)
	}
	for _, name := range alsoProduce(t.Text(tableNotes), about) {
		if id, err := r.Countries.Resolve(name, country.BGS, year); err == nil {
			book.AlsoProduces(t, s, id, year, source(t.Text(commodity), t.Text(form), "named as a producer, no figure", false))
		}
	}
}

var (
	others     = regexp.MustCompile(`^In addition(?: to the countries listed)?, (.+?) (?:is|are|also|may|has|produces?)\b`)
	producedIn = regexp.MustCompile(`(?:produced|recovered from imported or domestic material) in (.+?)(?: but .*)?$`)
	between    = regexp.MustCompile(`,? and to a lesser extent in |,| and `)
)

// alsoProduce returns what the notes of a table, which | separates, name as
// producers that it does not list: names of countries, and now and then other
// words, which are no country's name. Where a form is given, only notes count
// that name it.
func alsoProduce(notes, form string) (names []string) {
	for _, note := range strings.Split(notes, "|") {
		lower := strings.ToLower(note)
		switch {
		case strings.Contains(lower, "in the past"), strings.Contains(lower, "not currently"), strings.Contains(lower, "stockpile"):
			continue
		case !strings.Contains(lower, strings.ToLower(form)):
			continue
		}
		for _, pattern := range []*regexp.Regexp{others, producedIn} {
			if m := pattern.FindStringSubmatch(strings.TrimSpace(note)); m != nil {
				for _, name := range between.Split(m[1], -1) {
					if name = strings.TrimPrefix(strings.TrimSpace(name), "the "); name != "" {
						names = append(names, name)
					}
				}
			}
		}
	}
	return names
}

// year reads 2023-01-01 00:00:00.
func (r *release) year(text string) (int, loader.Reason) {
	text, rest, _ := strings.Cut(text, "-")
	year, why := loader.Int(text)
	switch {
	case why != "":
		return 0, why
	case rest != "" && rest != "01-01 00:00:00" && rest != "01-01":
		return 0, loader.NotDate
	case year < 1900 || year > r.newest:
		return 0, loader.OutOfRange
	}
	return year, ""
}

const (
	notAvailable = "figures not available"
	lessThanHalf = "less than half a unit: a quarter of it"
)

// amountOf reads a quantity with its status; column is where something is wrong.
func amountOf(text, status string) (amount float64, said, column string, why loader.Reason) {
	switch status {
	case "O":
		if text != "" {
			return 0, "", quantity, loader.Conflict
		}
		return math.NaN(), notAvailable, "", ""
	case "N":
		return 0.25, lessThanHalf, "", ""
	case "A":
		v, why := loader.Float(text)
		if why == "" && v < 0 {
			why = loader.Negative
		}
		return v, "", quantity, why
	}
	return 0, "", "sdmx_code", loader.NotAllowed
}

func source(commodity, form, said string, estimated bool) string {
	text := "BGS World Mineral Statistics, " + commodity
	if form != "" {
		text += ", " + form
	}
	if said != "" {
		text += "; " + said
	}
	if estimated {
		text += "; estimated by BGS"
	}
	return text
}
