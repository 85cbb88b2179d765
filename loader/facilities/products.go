package facilities

import (
	_ "embed"
	"encoding/csv"
	"os"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// products.csv says what a commodity of the source is in the catalogue: by table
// (output and input are the two columns of processing.csv), the class of the
// material that it is contained in (O ores, M minerals, Con concentrates, blank
// none), and the commodity or, in processing, its name in small letters.
// contained is the material that the masses count, blank where they count the
// product; factor turns the source's mass into that (Li2O into Li: 0.4645). Of
// the rows that give one product of a plant and year, those of the lowest rank
// count.
// A user's own table can stand in its place.
//
//go:embed products.csv
var productsCSV string

// Mapping is the table that says what the commodities are, as it is shipped.
func Mapping() string { return productsCSV }

// good is what a commodity is in the catalogue.
type good struct {
	product, contained string
	factor             float64
	rank               int
}

type commodity struct{ table, material, name string }

var goodsColumns = []string{"table", "material", "commodity", "product", "contained", "factor", "rank"}

// openGoods reads the table in a file of the user's, or where path is blank the
// one that is shipped. BadInput, with the line, for whatever is wrong with it.
func openGoods(path string) (map[commodity]good, error) {
	if path == "" {
		return readGoods("the mapping that is shipped", productsCSV)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, graph.Wrap(graph.BadInput, err, "the mapping %s cannot be read: %v", path, err)
	}
	return readGoods(path, strings.TrimPrefix(string(text), "\ufeff"))
}

func readGoods(name, text string) (map[commodity]good, error) {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, graph.Wrap(graph.BadInput, err, "%s cannot be read: %v", name, err)
	}
	if len(records) == 0 || !slices.Equal(records[0], goodsColumns) {
		return nil, graph.Errorf(graph.BadInput, "%s: the columns are not %s", name, strings.Join(goodsColumns, ", "))
	}
	all := map[commodity]good{}
	for i, r := range records[1:] {
		factor, wrong := loader.Float(r[5])
		rank, wrongRank := loader.Int(r[6])
		if wrong != "" || wrongRank != "" || factor <= 0 {
			return nil, graph.Errorf(graph.BadInput, "%s, row %d: factor %q and rank %q: a number above 0 and a whole number are needed", name, i+2, r[5], r[6])
		}
		key := commodity{r[0], r[1], r[2]}
		if _, twice := all[key]; twice {
			return nil, graph.Errorf(graph.BadInput, "%s, row %d: %s of %s stands there twice", name, i+2, r[2], r[0])
		}
		all[key] = good{r[3], r[4], factor, rank}
	}
	return all, nil
}

// class is the class of a material: Con for Con.Cu.
func class(material string) string {
	c, _, _ := strings.Cut(material, ".")
	return c
}
