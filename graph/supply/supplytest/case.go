package supplytest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// Case is a worked case.
type Case struct {
	Name     string
	Why      string
	Datasets []Dataset
	Areas    []string            // places that are no country
	Groups   map[string][]string // members by group
	Target   Target
	Expect   []Expect
	Asks     []Ask // questions of any kind; a case of these alone has no target
	// Error is the code of the error that the question ends with, and Message
	// a part of what it says; blank where it is answered.
	Error   graph.Code
	Message string
}

// Dataset is one dataset of a case: its tables by name, each a list of CSV
// lines of which the first is the header.
type Dataset struct {
	ID        string
	Priority  int
	Retrieved string
	Tables    map[string][]string
}

// Target is what is asked.
type Target struct {
	Place    string // a country, or a group of Case.Groups
	Company  string // or a company
	Facility string // or a plant
	Product  string
	Material string
	Year     int
}

// Expect is what comes out under some balances. What is left out is not
// checked; a list or map that is given is whole.
type Expect struct {
	Balances []supply.Balance
	// Place asks about another target than the case's own, with the product of
	// the case unless Product names another. The network is the same.
	Place   string
	Product string

	Year        int
	Products    []string // of the network, in order
	Nodes       []string // CSV: place,product,production,imports,exports,used,supply,unexplained[,estimated]
	Links       []string // CSV: product,exporter,importer,tonnes[,estimated]
	Inputs      []string // CSV: place,product,input,share[,estimated]
	Pooled      []string // products
	Removed     *Number  // share of trade that SCALE_EXPORTS took away
	Assumptions []string
	Used        []string // ids of the datasets whose rows went in

	Supply          *Number
	Direct          map[string]Number
	Origins         map[string]Number
	Unexplained     []string // CSV: place,product,reason,share
	Tiers           []string // CSV: product,place,share
	PassThrough     []string // CSV: kind,place,product,from,to,share; not whole: what is listed is checked
	Paths           []Path   // the first of them, in order
	Explained       *Number
	MadeHereSteps   *Number
	BorderCrossings *Number
	EstimatedShare  *Number

	OriginProducers []string // CSV: place,product,company or plant (blank: the others),share
	Firms           []string // CSV: kind,attribution,company or plant,pass-through share; not whole
	Control         []string // CSV: product,country of control,share
	Unknown         []string // CSV: product,share that nobody is known to control
	Indices         []string // CSV: company|control,product (blank: the origins),lower,upper,coverage; not whole
	Owners          []string // CSV: company,ultimate owner,share[,ring]
	Exposure        []string // CSV: company or plant,attribution,place,product,share; not whole
}

// Path is a chain path: "E magnet" stands for a place and a product, from the
// target upstream.
type Path struct {
	Share Number
	Steps []string
}

// Ask is a question in GraphQL and all that it is answered with.
type Ask struct {
	Why   string // the reasoning, where the case's own does not hold it
	Query string
	// Expect is what stands under data, whole: numbers to 1e-12, of which a text
	// may be an exact fraction, all else to the letter.
	Expect any
	// Error is the code of the only error, and Message a part of what it says;
	// blank where it is answered.
	Error   graph.Code
	Message string
}

// Number is a number or an exact fraction: 0.5, "3/8".
type Number float64

// UnmarshalJSON reads a number, or a text with a fraction.
func (n *Number) UnmarshalJSON(data []byte) error {
	text := strings.Trim(string(data), `"`)
	v, err := ParseNumber(text)
	*n = Number(v)
	return err
}

// ParseNumber reads a number or an exact fraction; it is rounded once.
func ParseNumber(s string) (float64, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, fmt.Errorf("%q is no number", s)
	}
	v, _ := r.Float64()
	return v, nil
}

// Cases reads every case of a folder, in order of file.
func Cases(t testing.TB, dir string) []Case {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no cases in %s", dir)
	}
	var cases []Case
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c Case
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(&c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if c.Name == "" || c.Why == "" {
			t.Fatalf("%s: a case has a name and says why", file)
		}
		cases = append(cases, c)
	}
	return cases
}

// Lines reads a list of CSV lines without a header; every field is trimmed.
func Lines(t testing.TB, lines []string) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.Join(lines, "\n")))
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// Facts are the rows of a case, as a store would hand them over.
type Facts struct {
	Catalogue  supply.Facts
	Production []supply.ProductionRow
	Trade      *graph.Batch
	Firms      supply.Firms
}

// Facts reads the tables of a case.
func (c Case) Facts(t testing.TB) Facts {
	t.Helper()
	schema := graph.NewSchema()
	words := graph.NewWords()
	f := Facts{Trade: graph.NewBatch(schema.Kind(graph.Trades), words, 0)}
	f.Catalogue.Areas = c.Areas
	for _, d := range c.Datasets {
		f.Catalogue.Datasets = append(f.Catalogue.Datasets,
			graph.Dataset{ID: d.ID, Priority: d.Priority, Retrieved: d.Retrieved})
		for _, table := range slices.Sorted(maps.Keys(d.Tables)) {
			kind := schema.Kind(table)
			if kind == nil {
				t.Fatalf("%s: there is no table %s", c.Name, table)
			}
			b := f.Trade
			if kind.Name != graph.Trades {
				b = graph.NewBatch(kind, words, 0)
			}
			readTable(t, b, d.ID, table, d.Tables[table])
			switch kind.Name {
			case graph.Trades, graph.Country, graph.Material:
			case graph.Company, graph.Facility, graph.Supplies, graph.Owns:
				if err := f.Firms.Add(b); err != nil {
					t.Fatal(err)
				}
			case graph.Produces:
				f.Production = append(f.Production, supply.ProductionRows(b)...)
			default:
				if err := f.Catalogue.Add(b); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	f.Catalogue.Coverage = Coverage(f.Trade)
	return f
}

// readTable appends the lines of a table to a batch of its kind.
func readTable(t testing.TB, b *graph.Batch, dataset, table string, lines []string) {
	t.Helper()
	records := Lines(t, lines)
	for i, record := range records[1:] {
		if len(record) != len(records[0]) {
			t.Fatalf("%s.csv of %s, line %d: %d fields instead of %d", table, dataset, i+2, len(record), len(records[0]))
		}
		r := b.Add()
		r.SetText("dataset", dataset)
		r.SetText("file", table+".csv")
		r.SetInt("line", i+2)
		for j, field := range records[0] {
			setField(t, b.Kind, r, field, record[j])
		}
	}
}

func setField(t testing.TB, kind *graph.Kind, r graph.Row, field, text string) {
	t.Helper()
	at := kind.Field(field)
	if at < 0 {
		t.Fatalf("%s has no field %s", kind.Name, field)
	}
	if text == "" {
		return
	}
	var err error
	switch kind.Fields[at].Type {
	case graph.Int:
		var v int
		v, err = strconv.Atoi(text)
		r.SetInt(field, v)
	case graph.Float:
		var v float64
		v, err = ParseNumber(text)
		r.SetFloat(field, v)
	case graph.Bool:
		var v bool
		v, err = strconv.ParseBool(text)
		r.SetBool(field, v)
	default:
		r.SetText(field, text)
	}
	if err != nil {
		t.Fatalf("%s of %s: %v", field, kind.Name, err)
	}
}

// Coverage sums up trade rows as a store does.
func Coverage(b *graph.Batch) []graph.TradeCoverage {
	type key struct {
		dataset, code, product string
		year                   int
	}
	lines := map[key]*graph.TradeCoverage{}
	var order []key
	for i := range b.Len {
		r := b.Row(i)
		year, _ := r.Int("year")
		k := key{r.Text("dataset"), r.Text("code"), r.Text("product"), year}
		if lines[k] == nil {
			lines[k] = &graph.TradeCoverage{Dataset: k.dataset, Code: k.code, Product: k.product, Year: k.year}
			order = append(order, k)
		}
		line := lines[k]
		line.Rows++
		if value, tonnes := r.Float("value_usd"), r.Float("tonnes"); value >= 0 && tonnes > 0 {
			line.Both++
			line.ValueUSD += value
			line.Tonnes += tonnes
		}
	}
	coverage := make([]graph.TradeCoverage, len(order))
	for i, k := range order {
		coverage[i] = *lines[k]
	}
	return coverage
}

// Question is the question of a case.
func (c Case) Question() supply.Question {
	return supply.Question{Place: c.Target.Place, Members: c.Groups[c.Target.Place],
		Product: c.Target.Product, Material: c.Target.Material, Year: c.Target.Year, Firm: c.Target.Firm()}
}

// Firm is the company or plant that is asked about; blank: none.
func (t Target) Firm() string { return t.Company + t.Facility }

// Network assembles the network of a case, or returns the error that the
// question ends with.
func (c Case) Network(t testing.TB, balance supply.Balance) (*supply.Network, error) {
	t.Helper()
	return c.Facts(t).Assemble(t, c.Question(), balance)
}

// Assemble answers a question from facts: catalogue, plan, trade, network.
func (f Facts) Assemble(t testing.TB, q supply.Question, balance supply.Balance) (*supply.Network, error) {
	t.Helper()
	plan, err := supply.NewCatalogue(f.Catalogue).PlanFirms(q, f.Production, &f.Firms)
	if err != nil {
		return nil, err
	}
	trade := plan.NewTrade()
	if err := trade.Append(f.Trade); err != nil {
		t.Fatal(err)
	}
	return supply.Assemble(t.Context(), plan, trade, balance)
}
