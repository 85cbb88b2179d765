package supply

import (
	"fmt"
	"math"
	"slices"

	"tiermap/graph"
)

// Facts are what a supply network is assembled from, apart from the trade rows
// themselves: the catalogue of products, and how much trade there is of what.
// Rows of every dataset stand side by side; which of them count is decided by
// the rank of their dataset (docs/methods.md §1, Which fact counts). NaN is a
// number that is not known, and never zero.
type Facts struct {
	// Datasets gives the rank; rows of a dataset that is not in it count last.
	Datasets []graph.Dataset
	Products []ProductRow
	Contains []ContainsRow
	MadeFrom []MadeFromRow
	CodedAs  []CodedAsRow
	// Corresponds relates codes of several revisions and nomenclatures.
	Corresponds []CorrespondsRow
	Coverage    []graph.TradeCoverage
	// Areas are the places that are no country, such as "areas not specified":
	// their production is never inferred.
	Areas []string
}

// ProductRow is a product as one dataset declares it.
type ProductRow struct {
	Dataset string
	ID      string
	Stage   string
	Pooled  bool
}

// ContainsRow says how much of a material a product contains.
type ContainsRow struct {
	Dataset      string
	Product      string
	Material     string
	MassFraction float64 // tonnes of material in a tonne of product, above 0
	Estimated    bool
}

// MadeFromRow is one input of a recipe.
type MadeFromRow struct {
	Dataset   string
	Product   string
	Input     string
	Material  string  // blank: any
	Country   string  // blank: any
	Share     float64 // κ, of the contained material
	Estimated bool
	// Concentration is that of the Dirichlet distribution which the recipe's shares
	// are drawn from (docs/methods.md §2d); above 0 where it is stated.
	Concentration float64
}

// CodedAsRow says that a product is declared under a trade code.
type CodedAsRow struct {
	Dataset   string
	Product   string
	Code      string
	Share     float64 // of the code's trade; NaN: an equal part of what is left of the code
	Estimated bool
	// Concentration is that of the code's shares, as MadeFromRow.Concentration.
	Concentration float64
}

// ProductionRow is what a country, or a producer in it, made of a product in a
// year. Tonnes and Share both NaN: made, amount not known.
type ProductionRow struct {
	Dataset   string
	Year      int
	Product   string
	Country   string // OthersProduce: countries that are not listed may produce too
	Contained string // the material that Tonnes count; blank: gross tonnes
	Tonnes    float64
	Share     float64 // of the world's production
	Estimated bool
	Error     float64 // relative, of the amount; NaN: not stated. Only Draws uses it
	// OfProducer: of a company or a plant. That is no country's total, and does
	// not count as production; it says who makes how much of it. Share is then of
	// its country.
	OfProducer bool
	Company    string // of OfProducer: the one or the other
	Facility   string
}

// OthersProduce stands in place of a country where a source of production says
// that its list is not whole.
const OthersProduce = "*"

// contained is the value of the field basis for tonnes of a material.
const contained = "contained"

// Add takes the rows of a batch that NewCatalogue uses: products, what they
// contain, are made from and are coded as. Rows of other kinds are an error.
func (f *Facts) Add(b *graph.Batch) error {
	for i := range b.Len {
		r := b.Row(i)
		dataset, estimated := r.Text("dataset"), r.Bool("estimated")
		switch b.Kind.Name {
		case graph.Product:
			f.Products = append(f.Products, ProductRow{
				Dataset: dataset, ID: r.Text("id"), Stage: r.Text("stage"), Pooled: r.Bool("pooled")})
		case graph.Contains:
			f.Contains = append(f.Contains, ContainsRow{
				Dataset: dataset, Product: r.Text("product"), Material: r.Text("material"),
				MassFraction: r.Float("mass_fraction"), Estimated: estimated})
		case graph.MadeFrom:
			f.MadeFrom = append(f.MadeFrom, MadeFromRow{
				Dataset: dataset, Product: r.Text("product"), Input: r.Text("input"),
				Material: r.Text("material"), Country: r.Text("country"), Share: r.Float("share"), Estimated: estimated,
				Concentration: r.Float("concentration")})
		case graph.CodedAs:
			f.CodedAs = append(f.CodedAs, CodedAsRow{
				Dataset: dataset, Product: r.Text("product"), Code: r.Text("code"), Share: r.Float("share"), Estimated: estimated,
				Concentration: r.Float("concentration")})
		case graph.Corresponds:
			f.Corresponds = append(f.Corresponds, CorrespondsRow{
				Dataset: dataset, Code: r.Text("code"), Other: r.Text("other"), Share: r.Float("share"), Estimated: estimated})
		default:
			return graph.Errorf(graph.Internal, "the catalogue takes no rows of %s", b.Kind.Name)
		}
	}
	return nil
}

// ProductionRows returns the rows of a batch of production, those of companies
// and plants marked.
func ProductionRows(b *graph.Batch) []ProductionRow {
	var rows []ProductionRow
	for i := range b.Len {
		r := b.Row(i)
		year, _ := r.Int("year")
		row := ProductionRow{Dataset: r.Text("dataset"), Year: year, Product: r.Text("product"), Country: r.Text("country"),
			Tonnes: r.Float("tonnes"), Share: r.Float("share"), Estimated: r.Bool("estimated"),
			Error:   r.Float("error"),
			Company: r.Text("company"), Facility: r.Text("facility")}
		row.OfProducer = row.Company != "" || row.Facility != ""
		if r.Text("basis") == contained {
			row.Contained = r.Text("material")
		}
		rows = append(rows, row)
	}
	return rows
}

// errorField is the field of a trade row that Trade.Append reads where a batch has
// it: only Draws uses it.
const errorField = "error"

// TradeFields are the fields of a trade row that Trade.Append needs.
func TradeFields() []string {
	return []string{"year", "exporter", "importer", "code", "product",
		"value_usd", "tonnes", "basis", "material", "estimated", "dataset"}
}

// Trade holds the trade rows of one plan. Make it with Plan.NewTrade, fill it
// with Append, hand it to Assemble.
type Trade struct {
	sources  map[TradeSource]int32 // index of Plan.Trade
	rows     []tradeRow
	places   []string // in the order in which they came
	place    map[string]int32
	contents []string // what tonnes count: contents[0] is "", gross
	content  map[string]int32
	errors   []float64 // relative, by row, as far as any is stated; NaN: not stated

	words *graph.Words // of the last batch
	list  []string     // its texts
	known []int32      // by index of words: 1 + index of places, 0 where it is not known yet
}

// tradeRow is one row of trade.
type tradeRow struct {
	source    int32 // index of Plan.Trade
	content   int32 // index of contents
	exporter  int32 // index of places
	importer  int32
	valueUSD  float64
	tonnes    float64
	estimated bool
}

// newTrade returns an empty table for the rows of some sources.
func newTrade(sources []TradeSource) *Trade {
	t := &Trade{sources: map[TradeSource]int32{}, place: map[string]int32{}, contents: []string{""}, content: map[string]int32{}}
	for i, s := range sources {
		t.sources[s] = int32(i)
	}
	return t
}

// Len returns the number of rows.
func (t *Trade) Len() int { return len(t.rows) }

// Append takes the rows of a batch that the plan names and passes over the
// others. The batch needs the columns of TradeFields. It is made to be handed to
// a store's Read as it is.
func (t *Trade) Append(b *graph.Batch) error {
	if b.Kind.Name != graph.Trades {
		return graph.Errorf(graph.Internal, "trade takes no rows of %s", b.Kind.Name)
	}
	c, err := tradeColumnsOf(b)
	if err != nil {
		return err
	}
	t.read(b.Words)
	t.rows = slices.Grow(t.rows, b.Len)
	// Rows of one source stand together: the last answers serve the next row.
	type sourceKey struct {
		dataset, code, product uint32
		year                   int32
	}
	type contentKey struct{ basis, material uint32 }
	lastSource, source, named := sourceKey{}, int32(0), false
	lastContent, content := contentKey{}, int32(0)
	errors := b.Columns[b.Kind.Field(errorField)].Float // may be missing
	if !slices.ContainsFunc(errors, known) {
		errors = nil
	}
	for i := range b.Len {
		if k := (sourceKey{c.dataset[i], c.code[i], c.product[i], c.year[i]}); i == 0 || k != lastSource {
			lastSource = k
			source, named = t.sources[TradeSource{
				Dataset: t.list[k.dataset], Code: t.list[k.code], Product: t.list[k.product], Year: int(k.year)}]
		}
		if !named {
			continue
		}
		if k := (contentKey{c.basis[i], c.material[i]}); k != lastContent {
			lastContent = k
			content = t.contentOf(t.list[k.basis], t.list[k.material])
		}
		t.rows = append(t.rows, tradeRow{source: source, content: content,
			exporter: t.placeOf(c.exporter[i]), importer: t.placeOf(c.importer[i]),
			valueUSD: c.value[i], tonnes: c.tonnes[i], estimated: c.estimated[i]})
		if errors != nil {
			t.stateError(errors[i])
		}
	}
	return nil
}

// stateError states the relative error of the last row, NaN for none.
func (t *Trade) stateError(e float64) {
	for len(t.errors) < len(t.rows)-1 {
		t.errors = append(t.errors, math.NaN())
	}
	t.errors = append(t.errors, e)
}

// errorOf returns the relative error that a row states; NaN where it states none.
func (t *Trade) errorOf(row int32) float64 {
	if int(row) >= len(t.errors) {
		return math.NaN()
	}
	return t.errors[row]
}

// Bytes returns about how much memory the table takes.
func (t *Trade) Bytes() int {
	const perRow, perPlace = 40, 100
	return cap(t.rows)*perRow + 8*cap(t.errors) + len(t.places)*perPlace
}

// tradeColumns are the columns of TradeFields.
type tradeColumns struct {
	year                                                        []int32
	exporter, importer, code, product, basis, material, dataset []uint32
	value, tonnes                                               []float64
	estimated                                                   []bool
}

func tradeColumnsOf(b *graph.Batch) (c tradeColumns, err error) {
	for _, name := range TradeFields() {
		column := b.Columns[b.Kind.Field(name)]
		if len(column.Int)+len(column.Word)+len(column.Float)+len(column.Bool) != b.Len {
			return c, graph.Errorf(graph.Internal, "the batch of trade lacks the column %s", name)
		}
		switch name {
		case "year":
			c.year = column.Int
		case "exporter":
			c.exporter = column.Word
		case "importer":
			c.importer = column.Word
		case "code":
			c.code = column.Word
		case "product":
			c.product = column.Word
		case "value_usd":
			c.value = column.Float
		case "tonnes":
			c.tonnes = column.Float
		case "basis":
			c.basis = column.Word
		case "material":
			c.material = column.Word
		case "estimated":
			c.estimated = column.Bool
		case "dataset":
			c.dataset = column.Word
		}
	}
	return c, nil
}

// read makes ready for the words of a batch, which may be those of the last one
// grown, or others.
func (t *Trade) read(words *graph.Words) {
	if t.words != words {
		t.words, t.known = words, nil
	}
	t.list = words.List()
	t.known = slices.Grow(t.known, len(t.list)-len(t.known))[:len(t.list)]
}

func (t *Trade) placeOf(word uint32) int32 {
	if i := t.known[word]; i > 0 {
		return i - 1
	}
	id := t.list[word]
	i, ok := t.place[id]
	if !ok {
		i = int32(len(t.places))
		t.places = append(t.places, id)
		t.place[id] = i
	}
	t.known[word] = i + 1
	return i
}

func (t *Trade) contentOf(basis, material string) int32 {
	if basis != contained {
		return 0
	}
	i, ok := t.content[material]
	if !ok {
		i = int32(len(t.contents))
		t.contents = append(t.contents, material)
		t.content[material] = i
	}
	return i
}

// known reports whether a number is known.
func known(v float64) bool { return !math.IsNaN(v) }

// String names the source as an error or an assumption does.
func (s TradeSource) String() string {
	if s.Code != "" {
		return fmt.Sprintf("%s, %s, %d", s.Dataset, s.Code, s.Year)
	}
	return fmt.Sprintf("%s, %s, %d", s.Dataset, s.Product, s.Year)
}
