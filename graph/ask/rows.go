package ask

import (
	"context"
	"slices"

	"tiermap/graph"
	"tiermap/graph/country"
)

// TradeFilter selects trade rows; what is blank or nil does not select.
type TradeFilter struct {
	Exporter string // any name or code of a country, or a group
	Importer string
	Product  string // one of our products, or a trade code
	Years    []int
}

// TradeRow is one row of a trade table, as it was loaded.
type TradeRow struct {
	Year      int
	Exporter  string
	Importer  string
	Code      string
	Product   string
	ValueUSD  float64 // NaN = not known
	Tonnes    float64 // NaN = not known
	Basis     string
	Material  string
	Error     float64 // NaN = not stated
	Source    string
	Estimated bool
	// ReportedBy is whose report the figures are, importer or exporter, where both
	// sides may report a flow; the report of the other side stands beside it.
	ReportedBy     string
	MirrorValueUSD float64 // NaN = not known
	MirrorTonnes   float64 // NaN = not known
	Position       graph.Position
}

// Trade returns trade rows in the order of dataset, file and line: those that
// name the product's trade codes first, then those that name the product itself.
func (a *Asker) Trade(ctx context.Context, f TradeFilter, p Page) (Slice[TradeRow], error) {
	return with(ctx, a, func(v *view) (s Slice[TradeRow], err error) {
		queries, err := v.tradeQueries(f)
		if err != nil {
			return s, err
		}
		part, after, err := splitCursor(p.After, len(queries))
		if err != nil {
			return s, err
		}
		for i, q := range queries {
			n, err := v.snapshot.Count(ctx, q)
			if err != nil {
				return s, err
			}
			s.Total += n
			if i < part || len(s.Items) > p.First {
				continue
			}
			q.Limit = p.First + 1 - len(s.Items)
			if i == part {
				q.After = after
			}
			if err := v.snapshot.Read(ctx, q, func(b *graph.Batch) error {
				s.Items = append(s.Items, tradeRows(b)...)
				return nil
			}); err != nil {
				return s, err
			}
		}
		if len(s.Items) > p.First {
			s.Items, s.More = s.Items[:p.First], true
		}
		return s, nil
	})
}

// Cursor returns the cursor of a row for Page.After.
func (r TradeRow) Cursor() string {
	part := "code:"
	if r.Code == "" {
		part = "product:"
	}
	return part + r.Position.String()
}

// splitCursor tells which of the queries a cursor belongs to.
func splitCursor(cursor string, queries int) (part int, after string, err error) {
	bad := graph.Errorf(graph.BadInput, "after is not a cursor that this list has given")
	switch {
	case cursor == "":
		return 0, "", nil
	case len(cursor) > 5 && cursor[:5] == "code:":
		after = cursor[5:]
	case len(cursor) > 8 && cursor[:8] == "product:":
		part, after = queries-1, cursor[8:]
	default:
		return 0, "", bad
	}
	if _, ok := graph.ParsePosition(after); !ok {
		return 0, "", bad
	}
	return part, after, nil
}

func (v *view) tradeQueries(f TradeFilter) ([]graph.Query, error) {
	var match []graph.Match
	for _, side := range []struct{ field, text string }{{"exporter", f.Exporter}, {"importer", f.Importer}} {
		if side.text == "" {
			continue
		}
		place, err := v.countries.Find(side.text, country.Any, 0)
		if err != nil {
			return nil, err
		}
		match = append(match, graph.Match{Field: side.field, Words: members(v.countries, place)})
	}
	if len(f.Years) > 0 {
		match = append(match, graph.Match{Field: "year", Ints: f.Years})
	}
	if f.Product == "" {
		return []graph.Query{{Kind: graph.Trades, Match: match}}, nil
	}
	if _, err := v.product(f.Product); err != nil {
		return nil, err
	}
	codes := []string{f.Product}
	if _, _, isCode := graph.SplitCode(f.Product); !isCode {
		codes = v.codesOf(f.Product)
	}
	query := func(field string, words []string) graph.Query {
		return graph.Query{Kind: graph.Trades, Match: append(slices.Clone(match), graph.Match{Field: field, Words: words})}
	}
	queries := []graph.Query{query("product", []string{f.Product})}
	if len(codes) > 0 {
		queries = append([]graph.Query{query("code", codes)}, queries...)
	}
	return queries, nil
}

func tradeRows(b *graph.Batch) []TradeRow {
	rows := make([]TradeRow, b.Len)
	for i := range rows {
		r := b.Row(i)
		year, _ := r.Int("year")
		line, _ := r.Int("line")
		rows[i] = TradeRow{
			Year: year, Exporter: r.Text("exporter"), Importer: r.Text("importer"),
			Code: r.Text("code"), Product: r.Text("product"),
			ValueUSD: r.Float("value_usd"), Tonnes: r.Float("tonnes"),
			Basis: r.Text("basis"), Material: r.Text("material"), Error: r.Float("error"),
			Source: r.Text("source"), Estimated: r.Bool("estimated"), ReportedBy: r.Text("reported_by"),
			MirrorValueUSD: r.Float("mirror_value_usd"), MirrorTonnes: r.Float("mirror_tonnes"),
			Position: graph.Position{Dataset: r.Text("dataset"), File: r.Text("file"), Line: line},
		}
	}
	return rows
}
