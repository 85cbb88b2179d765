package trademap

import (
	"slices"

	"tiermap/graph"
	"tiermap/loader"
)

// table is an export of Trade Map in one of its shapes.
type table struct {
	*loader.Table
	joined  bool
	subject subject  // of a downloaded file
	partner string   // its column of partners
	amounts []amount // its columns of years
	columns columns  // of a joined file
}

// columns are where those of a joined file stand; -1: nowhere.
type columns struct{ code, label, flow, reporter, mirror, partner, year, measure, unit, amount int }

// entry is one amount of a row, as text.
type entry struct {
	year                   int
	fault                  loader.Reason // of the year of a joined row
	reporter, partner      string
	reporterAt, partnerAt  string // columns, for rejects
	code, codeAt           string
	flow                   string // M or X
	mirror, quantity       bool
	unit, amount, amountAt string
	content                bool // of lithium, not of the product
}

var joinedColumns = []string{"product_code", "flow", "reporter", "partner", "year", "measure", "unit", "amount"}

func open(sink *loader.Sink, in loader.Input, o Options) (*table, error) {
	comma, err := in.Separator()
	if err != nil {
		return nil, err
	}
	rows, err := sink.OpenLayout(in, loader.Layout{Comma: comma, OpenEnded: true, Unnamed: []string{"Unit", "unit"}})
	if err != nil {
		return nil, err
	}
	t := &table{Table: rows}
	if err := t.shape(in, o); err != nil {
		rows.Close()
		return nil, err
	}
	return t, nil
}

// shape finds out which shape the file has.
func (t *table) shape(in loader.Input, o Options) (err error) {
	header := t.Header()
	if t.Column("product_code") >= 0 {
		t.joined = true
		for _, name := range joinedColumns {
			if name != "unit" && t.Column(name) < 0 {
				return graph.Errorf(graph.BadInput, "%s: the column %s is missing in the header", in, name)
			}
		}
		t.columns = columns{t.Column("product_code"), t.Column("product_folder_label"), t.Column("flow"), t.Column("reporter"),
			t.Column("mirror"), t.Column("partner"), t.Column("year"), t.Column("measure"), slices.Index(header, "unit"), t.Column("amount")}
		return nil
	}
	all, _ := amounts(header, true)
	exported, _ := amounts(header, false)
	if len(all)+len(exported) == 0 {
		return graph.Errorf(graph.BadInput,
			"%s: the header has no column such as \"Imported value in 2021\", as exports of Trade Map have: is this one?", in)
	}
	if t.subject, err = subjectOf(in, o.Code); err != nil {
		return err
	}
	t.amounts, _ = amounts(header, t.subject.imports)
	t.partner = header[0]
	if len(t.amounts) == 0 {
		return graph.Errorf(graph.BadInput, "%s: its name and its columns do not say the same: imports or exports", in)
	}
	return nil
}

// entries are the amounts of the row.
func (t *table) entries() []entry {
	if t.joined {
		return []entry{t.joinedEntry()}
	}
	list := make([]entry, len(t.amounts))
	for i, a := range t.amounts {
		e := entry{year: a.year, reporter: t.subject.country, partner: t.At(0), partnerAt: t.partner, code: t.subject.code,
			mirror: t.subject.mirror, quantity: a.quantity, amount: t.At(a.index), amountAt: a.column, flow: "X", unit: "kUSD"}
		if t.subject.imports {
			e.flow = "M"
		}
		if a.quantity {
			e.unit = "Tons"
		}
		if a.unit >= 0 {
			e.unit = t.At(a.unit)
		}
		list[i] = e
	}
	return list
}

func (t *table) joinedEntry() entry {
	c := &t.columns
	e := entry{reporter: t.At(c.reporter), reporterAt: "reporter", partner: t.At(c.partner), partnerAt: "partner",
		code: t.At(c.code), codeAt: "product_code", flow: t.At(c.flow), mirror: t.At(c.mirror) == "1",
		quantity: t.At(c.measure) == "quantity", amount: t.At(c.amount), amountAt: "amount", unit: t.At(c.unit)}
	e.content = e.code == "253090" && t.At(c.label) == "Unprocessed Lithium"
	e.year, e.fault = loader.Int(t.At(c.year))
	if e.fault == "" && (e.year < 1962 || e.year > 2999) {
		e.fault = loader.OutOfRange
	}
	return e
}
