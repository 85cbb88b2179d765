package mrio

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// folder is a table as pymrio writes it.
type folder struct {
	Options
	files map[string]loader.Input // by what they hold: Z, Y, x, unit
	table string
	year  int
}

// parameters is what file_parameters.json says.
type parameters struct {
	Files map[string]struct {
		Name    string `json:"name"`
		Columns string `json:"nr_index_col"`
		Rows    string `json:"nr_header"`
	} `json:"files"`
}

// metadata is what we read of metadata.json.
type metadata struct {
	Name   string `json:"name"`
	System string `json:"system"`
}

var (
	fourDigits = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(?:\D|$)`)
	noID       = regexp.MustCompile(`[^A-Za-z0-9]+`)
)

// Pymrio returns the one job for a folder or .zip that pymrio wrote as text.
// BadInput where Z.txt, Y.txt or unit.txt is missing, or it is not known of which
// year the table is.
func Pymrio(paths []string, o Options) ([]loader.Job, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if len(paths) != 1 {
		return nil, graph.Errorf(graph.BadInput, "name one folder or .zip that pymrio wrote: each is one table and year")
	}
	f := &folder{Options: o}
	if err := f.find(paths[0]); err != nil {
		return nil, err
	}
	if err := f.identify(paths[0]); err != nil {
		return nil, err
	}
	inputs := make([]loader.Input, 0, len(f.files))
	for _, name := range []string{"x", "Z", "Y", "unit"} {
		if in, ok := f.files[name]; ok {
			inputs = append(inputs, in)
		}
	}
	d := graph.Dataset{ID: strings.ToLower(fmt.Sprintf("%s-%d", f.table, f.year)),
		Title:     fmt.Sprintf("Input-output table %s, %d, as written by pymrio", f.table, f.year),
		Publisher: "as the table's publisher states", Licence: "as the table's publisher states",
		Retrieved: o.retrieved(inputs), Priority: o.Priority}
	return []loader.Job{{Dataset: d, Inputs: inputs, Read: func(_ context.Context, sink *loader.Sink) error {
		m := &matrices{writer: newWriter(sink, f.table, f.year, o.Countries), folder: f,
			names: map[string]string{}, sold: map[industry]float64{}}
		return m.read()
	}}}, nil
}

// find looks for the files: where file_parameters.json says, or under the names
// that pymrio gives them. Of an archive with extensions those beside Z count.
func (f *folder) find(place string) error {
	inputs, err := loader.Inputs(place)
	if err != nil {
		return err
	}
	dir, found := "", false
	for _, in := range inputs {
		if d := path.Dir(in.Member); in.Stem() == "Z.txt" && (!found || len(d) < len(dir)) {
			dir, found = d, true
		}
	}
	if !found {
		return graph.Errorf(graph.BadInput, "%s holds no Z.txt: it is no folder of an input-output table that pymrio wrote as text", place)
	}
	inputs = slices.DeleteFunc(inputs, func(in loader.Input) bool { return path.Dir(in.Member) != dir })
	at := map[string]loader.Input{}
	for _, in := range inputs {
		at[in.Stem()] = in
	}
	names := map[string]string{"Z": "Z.txt", "Y": "Y.txt", "x": "x.txt", "unit": "unit.txt"}
	var p parameters
	if err := readJSON(at, "file_parameters.json", &p); err != nil {
		return err
	}
	for name := range names {
		if file, ok := p.Files[name]; ok && file.Name != "" {
			names[name] = file.Name
			if rows := map[string]string{"Z": "2", "Y": "2", "x": "1", "unit": "1"}[name]; file.Columns != "2" || file.Rows != rows {
				return graph.Errorf(graph.BadInput, "file_parameters.json gives %s %s columns and %s rows of names; a multi-regional table has 2 and %s",
					file.Name, file.Columns, file.Rows, rows)
			}
		}
	}
	f.files = map[string]loader.Input{}
	for name, file := range names {
		if in, ok := at[file]; ok {
			f.files[name] = in
		} else if name != "x" {
			return graph.Errorf(graph.BadInput, "%s holds no %s", place, file)
		}
	}
	var m metadata
	if err := readJSON(at, "metadata.json", &m); err != nil {
		return err
	}
	f.table = strings.Trim(noID.ReplaceAllString(strings.Join([]string{m.Name, m.System}, "-"), "-"), "-")
	return nil
}

// readJSON reads a small file of the folder, where there is one.
func readJSON(at map[string]loader.Input, name string, into any) error {
	in, ok := at[name]
	if !ok {
		return nil
	}
	file, err := in.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, loader.MaxRow))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return graph.Wrap(graph.BadInput, err, "%s is not the JSON that pymrio writes: %v", in, err)
	}
	return nil
}

// identify finds the name and the year of the table.
func (f *folder) identify(place string) error {
	base := strings.TrimSuffix(filepath.Base(filepath.Clean(place)), filepath.Ext(place))
	f.table = cmp.Or(f.Name, f.table, strings.Trim(noID.ReplaceAllString(base, "-"), "-"))
	if !graph.ValidID(f.table) || strings.Contains(f.table, ":") {
		return graph.Errorf(graph.BadInput, "%q cannot stand before the codes of sectors: give --name letters, digits, dots and hyphens", f.table)
	}
	f.year = f.Year
	if m := fourDigits.FindStringSubmatch(base); m != nil && f.year == 0 {
		f.year, _ = strconv.Atoi(m[1]) // four digits
	}
	if f.year < 1000 || f.year > 2999 {
		return graph.Errorf(graph.BadInput, "the folder does not say of which year the table is: give --year")
	}
	return nil
}

// matrices reads the files of a folder.
type matrices struct {
	*writer
	*folder
	names  map[string]string     // of sectors, by code
	units  map[[2]string]float64 // USD, by region and sector as they stand in the files
	sold   map[industry]float64  // the rows of Z and Y added up: the output where there is no x
	rows   []rowOfZ
	buyers []industry // of the columns of Z
}

// rowOfZ is where a sector stands in Z.
type rowOfZ struct {
	industry
	file string
	line int
}

func (m *matrices) read() error {
	if err := m.readUnits(); err != nil {
		return err
	}
	_, stated := m.files["x"]
	if stated {
		if err := m.readOutput(); err != nil {
			return err
		}
	}
	if err := m.readMatrix("Z", m.flows); err != nil {
		return err
	}
	if err := m.readMatrix("Y", m.finals); err != nil {
		return err
	}
	if !stated {
		m.addOutput()
	}
	return nil
}

// unitPattern is money as the tables write it: M.EUR, Mill USD, 1000 EUR.
var (
	unitPattern = regexp.MustCompile(`(?i)^(1000|k|th|thousand|m|mio|mill|million|bn|billion)?[ ._]*(usd|us\$|\$|eur|euro|€)$`)
	unitPowers  = map[string]float64{"": 1, "1000": 1e3, "k": 1e3, "th": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "mill": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
)

// usd returns how many USD a unit is.
func (m *matrices) usd(unit string) (float64, error) {
	part := unitPattern.FindStringSubmatch(unit)
	if part == nil {
		return 0, graph.Errorf(graph.BadInput, "the unit %q is no money that is known (Mill USD, M.EUR, …): tables in physical units cannot be walked by value", unit)
	}
	factor := unitPowers[strings.ToLower(part[1])]
	if strings.HasPrefix(strings.ToLower(part[2]), "u") || part[2] == "$" {
		return factor, nil
	}
	if m.EuroUSD != nil {
		if rate, ok := m.EuroUSD(m.folder.year); ok {
			return factor * rate, nil
		}
	}
	return 0, graph.Errorf(graph.BadInput, "it is not known how many USD a euro was in %d: give --eur-usd", m.folder.year)
}

// readUnits reads unit.txt.
func (m *matrices) readUnits() error {
	m.units = map[[2]string]float64{}
	known := map[string]float64{}
	return m.readList("unit", func(t *loader.Table) error {
		unit := t.At(2)
		factor, ok := known[unit]
		if !ok {
			var err error
			if factor, err = m.usd(unit); err != nil {
				return err
			}
			known[unit] = factor
		}
		m.units[[2]string{t.At(0), t.At(1)}] = factor
		m.sink.Join()
		return nil
	})
}

// readList reads a table of one column beside region and sector.
func (m *matrices) readList(name string, each func(*loader.Table) error) error {
	t, err := m.sink.OpenLayout(m.files[name], loader.Layout{Comma: '\t'})
	if err != nil {
		return err
	}
	if header := t.Header(); len(header) != 3 {
		t.Close()
		return graph.Errorf(graph.BadInput, "%s has %d columns; region, sector and one more are needed", t.Path(), len(header))
	}
	for t.Next() {
		if err := each(t); err != nil {
			t.Close()
			return err
		}
	}
	return t.Close()
}

// industry reads the names of a row; the row is rejected where they are none.
func (m *matrices) industry(t *loader.Table) (of industry, usd float64, ok bool) {
	usd, ok = m.units[[2]string{t.At(0), t.At(1)}]
	of, detail := m.named(t.At(0), t.At(1))
	switch {
	case detail != "":
		t.Reject("", loader.NoReference, detail)
		return of, 0, false
	case !ok:
		t.Reject("", loader.NoReference, "unit.txt has no unit for it")
	}
	return of, usd, ok
}

// named returns the sector of a region by their names; detail says why not.
func (m *matrices) named(region, sector string) (of industry, detail string) {
	id, detail := m.place(region)
	if detail != "" {
		return of, detail
	}
	code := strings.ToLower(strings.Trim(noID.ReplaceAllString(sector, "-"), "-"))
	if code == "" {
		return of, fmt.Sprintf("%q is no name of a sector", sector)
	}
	if other, met := m.names[code]; met && other != sector {
		return of, fmt.Sprintf("the sectors %q and %q would both have the code %s", other, sector, code)
	}
	m.names[code] = sector
	return industry{id, m.sector(code)}, ""
}

// readOutput reads x.txt.
func (m *matrices) readOutput() error {
	seen := map[industry]bool{}
	return m.readList("x", func(t *loader.Table) error {
		of, unit, ok := m.industry(t)
		if !ok {
			return nil
		}
		v, reason := loader.Float(t.At(2))
		if reason == "" {
			reason = m.within(graph.Output, v*unit)
		}
		if reason == "" && seen[of] {
			reason = loader.Repeated
		}
		if reason != "" {
			t.Reject(t.Header()[2], reason, "")
			return nil
		}
		seen[of] = true
		m.output(m.sink.Row, t.File(), t.Line(), of, v*unit)
		m.declare(of.sector, t.At(1), t.File(), t.Line())
		return nil
	})
}

// addOutput gives each sector what it sells as its output.
func (m *matrices) addOutput() {
	for _, at := range m.rows {
		if sold := m.sold[at.industry]; m.within(graph.Output, sold) == "" {
			r := m.output(m.sink.Beside, at.file, at.line, at.industry, sold)
			r.SetText("source", "added up: what the sector sells")
			r.SetBool("estimated", true)
		}
	}
	m.sink.Note("there is no x.txt: the output of each sector is what it sells, added up, and marked estimated")
}

// column is what stands over a column of a matrix.
type column struct{ region, name string }

// readMatrix reads Z or Y: two rows of names, often a third with the names of the
// names, then a row for each sector of each region.
func (m *matrices) readMatrix(name string, each func(t *loader.Table, columns []column, seller industry, values []float64) error) error {
	in := m.files[name]
	start, err := in.Start(loader.MaxRow)
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(start), "\n")
	t, err := m.sink.OpenLayout(in, loader.Layout{Comma: '\t', Unnamed: distinct(strings.Split(line, "\t"))})
	if err != nil {
		return err
	}
	defer t.Close()
	columns, err := m.columns(t)
	if err != nil {
		return err
	}
	seen := map[industry]bool{}
	values := make([]float64, len(columns))
	for t.Next() {
		if t.Line() == 3 && isBlank(t, len(columns)) {
			continue // the names of the names
		}
		seller, unit, ok := m.industry(t)
		if !ok {
			continue
		}
		if seen[seller] {
			t.Reject("", loader.Repeated, "")
			continue
		}
		if !m.values(t, unit, values) {
			continue
		}
		seen[seller] = true
		if err := each(t, columns, seller, values); err != nil {
			return err
		}
	}
	return t.Close()
}

func distinct(texts []string) []string {
	for i := range texts {
		texts[i] = strings.TrimSpace(texts[i])
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// columns reads the two rows of names.
func (m *matrices) columns(t *loader.Table) ([]column, error) {
	header := t.Header()
	if len(header) < 3 || !t.Next() || t.Line() != 2 {
		return nil, graph.Errorf(graph.BadInput, "%s is no matrix with two rows and two columns of names", t.Path())
	}
	columns := make([]column, len(header)-2)
	for i := range columns {
		columns[i] = column{header[i+2], t.At(i + 2)}
		if columns[i].region == "" || columns[i].name == "" {
			return nil, graph.Errorf(graph.BadInput, "%s: column %d has no name in one of the first two rows", t.Path(), i+3)
		}
	}
	return columns, nil
}

func isBlank(t *loader.Table, columns int) bool {
	for i := range columns {
		if t.At(i+2) != "" {
			return false
		}
	}
	return true
}

// values reads the figures of a row, in USD; the row is rejected where one is none.
func (m *matrices) values(t *loader.Table, unit float64, values []float64) bool {
	for i := range values {
		v, reason := loader.Float(t.At(i + 2))
		if reason == "" {
			reason = m.within(graph.InputFlow, v*unit)
		}
		if reason != "" {
			t.Reject("", reason, fmt.Sprintf("column %d holds %q", i+3, t.At(i+2)))
			return false
		}
		values[i] = v * unit
	}
	return true
}

// rowOf is what takes the facts of one line: the first is the row, the others
// come along. done counts a line without any.
type rowOf struct {
	sink  *loader.Sink
	taken bool
}

func (r *rowOf) next(k *graph.Kind, file string, line int) graph.Row {
	if r.taken {
		return r.sink.Beside(k, file, line)
	}
	r.taken = true
	return r.sink.Row(k, file, line)
}

func (r *rowOf) done() {
	if !r.taken {
		r.sink.Join()
	}
}

func (m *matrices) flows(t *loader.Table, columns []column, seller industry, values []float64) error {
	row := &rowOf{sink: m.sink}
	defer row.done()
	if m.buyers == nil {
		for i, c := range columns {
			buyer, detail := m.named(c.region, c.name)
			if detail != "" {
				return graph.Errorf(graph.BadInput, "%s, column %d: %s", t.Path(), i+3, detail)
			}
			m.buyers = append(m.buyers, buyer)
		}
	}
	m.rows = append(m.rows, rowOfZ{seller, t.File(), t.Line()})
	for i, v := range values {
		m.sold[seller] += v
		if v != 0 {
			m.flow(row.next, t.File(), t.Line(), seller, m.buyers[i], v)
		}
	}
	m.declare(seller.sector, t.At(1), t.File(), t.Line())
	return nil
}

func (m *matrices) finals(t *loader.Table, columns []column, seller industry, values []float64) error {
	row := &rowOf{sink: m.sink}
	defer row.done()
	type key struct{ buyer, category string }
	var order []key
	sums := map[key]float64{}
	for i, v := range values {
		buyer, detail := m.place(columns[i].region)
		if detail != "" {
			return graph.Errorf(graph.BadInput, "%s, column %d: %s", t.Path(), i+3, detail)
		}
		m.sold[seller] += v
		k := key{buyer, category(columns[i].name)}
		if _, met := sums[k]; !met {
			order = append(order, k)
		}
		sums[k] += v
	}
	for _, k := range order {
		if sums[k] != 0 {
			m.final(row.next, t.File(), t.Line(), seller, k.buyer, k.category, sums[k])
		}
	}
	return nil
}

// category is the category of final demand that a publisher's words mean.
func category(text string) string {
	text = strings.ToLower(text)
	for _, c := range []struct{ word, category string }{
		{"npish", "nonprofits"}, {"non-profit", "nonprofits"}, {"nonprofit", "nonprofits"}, {"household", "households"},
		{"government", "government"}, {"capital formation", "capital"}, {"inventor", "inventories"}, {"stock", "inventories"},
		{"valuables", "inventories"},
	} {
		if strings.Contains(text, c.word) {
			return c.category
		}
	}
	return "other"
}
