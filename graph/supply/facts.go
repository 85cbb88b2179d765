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
	Coverage []graph.TradeCoverage
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
}

// CodedAsRow says that a product is declared under a trade code.
type CodedAsRow struct {
	Dataset   string
	Product   string
	Code      string
	Share     float64 // of the code's trade; NaN: an equal part of what is left of the code
	Estimated bool
}

// ProductionRow is what a country made of a product in a year. Tonnes and Share
// both NaN: made, amount not known.
type ProductionRow struct {
	Dataset   string
	Year      int
	Product   string
	Country   string // OthersProduce: countries that are not listed may produce too
	Contained string // the material that Tonnes count; blank: gross tonnes
	Tonnes    float64
	Share     float64 // of the world's production
	Estimated bool
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
				Material: r.Text("material"), Country: r.Text("country"), Share: r.Float("share"), Estimated: estimated})
		case graph.CodedAs:
			f.CodedAs = append(f.CodedAs, CodedAsRow{
				Dataset: dataset, Product: r.Text("product"), Code: r.Text("code"), Share: r.Float("share"), Estimated: estimated})
		default:
			return graph.Errorf(graph.Internal, "the catalogue takes no rows of %s", b.Kind.Name)
		}
	}
	return nil
}

// ProductionRows returns the rows of a batch of production that are of
// countries; those of companies and plants are not a country's total and are
// left out.
func ProductionRows(b *graph.Batch) []ProductionRow {
	var rows []ProductionRow
	for i := range b.Len {
		r := b.Row(i)
		if r.Text("company") != "" || r.Text("facility") != "" {
			continue
		}
		year, _ := r.Int("year")
		row := ProductionRow{Dataset: r.Text("dataset"), Year: year, Product: r.Text("product"), Country: r.Text("country"),
			Tonnes: r.Float("tonnes"), Share: r.Float("share"), Estimated: r.Bool("estimated")}
		if r.Text("basis") == contained {
			row.Contained = r.Text("material")
		}
		rows = append(rows, row)
	}
	return rows
}

// TradeFields are the fields of a trade row that Trade.Append reads.
func TradeFields() []string {
	return []string{"year", "exporter", "importer", "code", "product",
		"value_usd", "tonnes", "basis", "material", "estimated", "dataset"}
}

// Trade holds the trade rows of one plan, as columns. Make it with
// Plan.NewTrade, fill it with Append, hand it to Assemble.
type Trade struct {
	sources  map[TradeSource]int32
	words    *graph.Words
	rows     []tradeRow
	contents []string         // what tonnes count: contents[0] is "", gross
	content  map[string]int32 // index of contents
}

// tradeRow is one row of trade. Places are indices of words.
type tradeRow struct {
	source    int32 // index of Plan.Trade
	content   int32 // index of contents
	exporter  uint32
	importer  uint32
	valueUSD  float64
	tonnes    float64
	estimated bool
}

// Len returns the number of rows.
func (t *Trade) Len() int { return len(t.rows) }

// Append takes the rows of a batch that the plan names and passes over the
// others. All batches must share one list of words; the batch needs the columns
// of TradeFields. It is made to be handed to a store's Read as it is.
func (t *Trade) Append(b *graph.Batch) error {
	if b.Kind.Name != graph.Trades {
		return graph.Errorf(graph.Internal, "trade takes no rows of %s", b.Kind.Name)
	}
	if t.words == nil {
		t.words = b.Words
	}
	if t.words != b.Words {
		return graph.Errorf(graph.Internal, "the batches of trade do not share one list of words")
	}
	columns := make([]graph.Column, len(TradeFields()))
	for i, name := range TradeFields() {
		c := b.Columns[b.Kind.Field(name)]
		if len(c.Int)+len(c.Word)+len(c.Float)+len(c.Bool) != b.Len {
			return graph.Errorf(graph.Internal, "the batch of trade lacks the column %s", name)
		}
		columns[i] = c
	}
	year, exporter, importer := columns[0].Int, columns[1].Word, columns[2].Word
	code, product, dataset := columns[3].Word, columns[4].Word, columns[10].Word
	value, tonnes := columns[5].Float, columns[6].Float
	basis, material, estimated := columns[7].Word, columns[8].Word, columns[9].Bool

	words := t.words.List()
	// Rows of one source stand together, and the last answers serve the next row.
	type sourceKey struct {
		dataset, code, product uint32
		year                   int32
	}
	type contentKey struct{ basis, material uint32 }
	lastSource, source, known := sourceKey{}, int32(0), false
	lastContent, content := contentKey{}, int32(0)
	t.rows = slices.Grow(t.rows, b.Len)
	for i := range b.Len {
		if k := (sourceKey{dataset[i], code[i], product[i], year[i]}); i == 0 || k != lastSource {
			lastSource = k
			source, known = t.sources[TradeSource{
				Dataset: words[k.dataset], Code: words[k.code], Product: words[k.product], Year: int(k.year)}]
		}
		if !known {
			continue
		}
		if k := (contentKey{basis[i], material[i]}); k != lastContent {
			lastContent = k
			content = t.contentOf(words[k.basis], words[k.material])
		}
		t.rows = append(t.rows, tradeRow{source: source, content: content, exporter: exporter[i], importer: importer[i],
			valueUSD: value[i], tonnes: tonnes[i], estimated: estimated[i]})
	}
	return nil
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
