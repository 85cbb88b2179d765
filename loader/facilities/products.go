package facilities

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

// products.csv says what a commodity of the source is in the catalogue: by table
// (output and input are the two columns of processing.csv), the class of the
// material that it is contained in (O ores, M minerals, Con concentrates, blank
// none), and the commodity or, in processing, its name in small letters.
// contained is the material that the masses count, blank where they count the
// product; factor turns the source's mass into that (Li2O into Li: 0.4645). Of
// the rows that give one product of a plant and year, those of the lowest rank
// count.
//
//go:embed products.csv
var productsCSV string

// good is what a commodity is in the catalogue.
type good struct {
	product, contained string
	factor             float64
	rank               int
}

type commodity struct{ table, material, name string }

// goods reads products.csv. A test reads it too.
func goods() map[commodity]good {
	records, err := csv.NewReader(strings.NewReader(productsCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("facilities: products.csv: %v", err))
	}
	all := map[commodity]good{}
	for _, r := range records[1:] {
		factor, err := strconv.ParseFloat(r[5], 64)
		rank, err2 := strconv.Atoi(r[6])
		if err != nil || err2 != nil {
			panic(fmt.Sprintf("facilities: products.csv: %q", r))
		}
		all[commodity{r[0], r[1], r[2]}] = good{r[3], r[4], factor, rank}
	}
	return all
}

// class is the class of a material: Con for Con.Cu.
func class(material string) string {
	c, _, _ := strings.Cut(material, ".")
	return c
}
