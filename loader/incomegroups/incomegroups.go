package incomegroups

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/sheet"
)

// Options are what the files do not say.
type Options struct {
	Countries *country.List
	Retrieved string // day on which the file was fetched, 2006-01-02; blank: when it was last changed
	Priority  int    // of the dataset
	Year      int    // fiscal year of the classification; 0: not known
}

const (
	dataset    = "worldbank-income-groups"
	incomes    = "WB.INCOME"
	regions    = "WB.REGION"
	aggregate  = "an aggregate of countries, or a note"
	incomeUnit = "Low income, Lower middle income, Upper middle income or High income"
)

// columns are the two ways in which the columns are named.
var columns = [][]string{
	{"economy", "country_code", "region", "income_group"},
	{"Economy", "Code", "Region", "Income group"},
}

var groups = []string{"Low income", "Lower middle income", "Upper middle income", "High income"}

// Jobs returns the one job for the table that the path holds: a file, a
// workbook or a folder. BadInput where it holds none or several.
func Jobs(paths []string, o Options) ([]loader.Job, error) {
	if err := loader.CheckRetrieved(o.Retrieved); err != nil {
		return nil, err
	}
	if o.Year != 0 && (o.Year < 1988 || o.Year > 2999) {
		return nil, graph.Errorf(graph.BadInput, "%d is no fiscal year of the classification, which there is from 1989", o.Year)
	}
	c := &classification{Options: o}
	var found []*sheet.Table
	for _, path := range paths {
		inputs, err := loader.Inputs(path)
		if err != nil {
			return nil, err
		}
		for _, in := range inputs {
			t, err := sheet.Find(in, columns...)
			if err != nil {
				return nil, err
			}
			if t != nil {
				found = append(found, t)
			}
		}
	}
	if len(found) != 1 {
		return nil, graph.Errorf(graph.BadInput, "%d tables of the World Bank's income groups: name the one workbook or CSV file with the columns %s",
			len(found), strings.Join(columns[0], ", "))
	}
	table := found[0]
	c.columns = table.Columns
	if o.Retrieved == "" {
		o.Retrieved = loader.LastChanged(table.In)
	}
	version := ""
	if o.Year != 0 {
		version = fmt.Sprintf("fiscal year %d", o.Year)
	}
	return []loader.Job{{
		Dataset: graph.Dataset{ID: dataset, Title: "Countries by income group and region", Publisher: "World Bank",
			URL:     "https://datahelpdesk.worldbank.org/knowledgebase/articles/906519-world-bank-country-and-lending-groups",
			Licence: "CC BY 4.0", Version: version, Retrieved: o.Retrieved, Priority: o.Priority},
		Inputs: []loader.Input{table.In},
		Read: func(_ context.Context, sink *loader.Sink) error {
			kind, seen := graph.NewSchema().Kind(graph.Classified), map[string]int{}
			return table.Read(sink, func(t sheet.Row) { c.row(sink, kind, t, seen) })
		},
	}}, nil
}

type classification struct {
	Options
	columns []string
}

func (c *classification) row(sink *loader.Sink, kind *graph.Kind, t sheet.Row, seen map[string]int) {
	code, region, group := t.Text(c.columns[1]), t.Text(c.columns[2]), t.Text(c.columns[3])
	if region == "" && group == "" {
		sink.PassOver(aggregate)
		return
	}
	id, err := c.Countries.Resolve(code, country.WorldBank, c.Year)
	switch {
	case err != nil:
		t.Reject(c.columns[1], loader.NoCountry, err.Error())
		return
	case region == "":
		t.Reject(c.columns[2], loader.Missing, "")
		return
	case group != "" && !slices.Contains(groups, group):
		t.Reject(c.columns[3], loader.NotAllowed, incomeUnit)
		return
	case seen[id] != 0:
		t.Reject("", loader.Repeated, fmt.Sprintf("line %d has it too", seen[id]))
		return
	}
	seen[id] = t.Line
	c.fill(sink.Row(kind, t.File, t.Line), id, regions, region)
	if group != "" {
		c.fill(sink.Beside(kind, t.File, t.Line), id, incomes, group)
	}
}

func (c *classification) fill(row graph.Row, id, scheme, class string) {
	row.SetText("country", id)
	row.SetText("scheme", scheme)
	if c.Year != 0 {
		row.SetInt("year", c.Year)
	}
	row.SetText("class", class)
	row.SetText("source", "World Bank Country and Lending Groups")
}
