package neo4j

import (
	"cmp"
	"context"
	"slices"

	"tiermap/graph"
)

// coverage adds up how much trade a load has by code, product and year.
type coverage struct {
	lines map[coverageKey]*graph.TradeCoverage
	last  coverageKey // of the row before: most rows are of one line with it
	line  *graph.TradeCoverage
}

type coverageKey struct {
	code, product uint32
	year          int32
}

func newCoverage() *coverage {
	return &coverage{lines: map[coverageKey]*graph.TradeCoverage{}}
}

// add counts the rows of a batch from one on.
func (c *coverage) add(b *graph.Batch, from int) {
	column := func(name string) *graph.Column { return &b.Columns[b.Kind.Field(name)] }
	codes, products, years := column("code").Word, column("product").Word, column("year").Int
	values, tonnes := column("value_usd").Float, column("tonnes").Float
	for i := from; i < b.Len; i++ {
		key := coverageKey{codes[i], products[i], years[i]}
		if c.line == nil || key != c.last {
			c.last, c.line = key, c.lines[key]
			if c.line == nil {
				list := b.Words.List()
				c.line = &graph.TradeCoverage{Code: list[key.code], Product: list[key.product], Year: int(key.year)}
				c.lines[key] = c.line
			}
		}
		c.line.Rows++
		if v, t := values[i], tonnes[i]; v == v && t > 0 {
			c.line.Both++
			c.line.ValueUSD += v
			c.line.Tonnes += t
		}
	}
}

// sorted returns the lines in their order.
func (c *coverage) sorted() []graph.TradeCoverage {
	var list []graph.TradeCoverage
	for _, line := range c.lines {
		list = append(list, *line)
	}
	sortCoverage(list)
	return list
}

func sortCoverage(list []graph.TradeCoverage) {
	slices.SortFunc(list, func(a, b graph.TradeCoverage) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Year, b.Year))
	})
}

// writeCoverage makes the nodes TradeCoverage of a load, once.
const writeCoverage = `
UNWIND range(0, size($rows) - 1) AS i
CREATE (:TradeCoverage {load: $load, dataset: $dataset, code: $code[i], product: $product[i], year: $year[i],
	rows: $rows[i], both: $both[i], value_usd: $value[i], tonnes: $tonnes[i]})`

// write keeps the lines as nodes.
func (c *coverage) write(ctx context.Context, l *loading) error {
	w := <-l.writers
	defer func() { l.writers <- w }()
	for part := range slices.Chunk(c.sorted(), chunkRows) {
		var codes, products, years []any
		var rows, both []int64
		var values, tonnes []float64
		for _, line := range part {
			codes, products = append(codes, orNull(line.Code)), append(products, orNull(line.Product))
			if line.Year == graph.NoInt {
				years = append(years, nil)
			} else {
				years = append(years, line.Year)
			}
			rows, both = append(rows, line.Rows), append(both, line.Both)
			values, tonnes = append(values, line.ValueUSD), append(tonnes, line.Tonnes)
		}
		err := l.inChunk(ctx, w, func(ctx context.Context, tx transaction) error {
			return do(ctx, tx, writeCoverage, params{"load": l.id, "dataset": l.dataset.ID, "code": codes, "product": products,
				"year": years, "rows": rows, "both": both, "value": values, "tonnes": tonnes})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// TradeCoverage implements graph.Snapshot.
func (sn *snapshot) TradeCoverage(ctx context.Context) ([]graph.TradeCoverage, error) {
	var loads []int64
	for _, l := range sn.catalog.loads {
		if l.rows["trade"] > 0 {
			loads = append(loads, l.id)
		}
	}
	row, err := sn.ask(ctx, loads, "MATCH (c:TradeCoverage) WHERE c.load IN $read", []string{
		"collect(c.dataset)", "collect(coalesce(c.code, ''))", "collect(coalesce(c.product, ''))", "collect(coalesce(c.year, $noInt))",
		"collect(c.rows)", "collect(c.both)", "collect(c.value_usd)", "collect(c.tonnes)"}, params{"noInt": graph.NoInt})
	if err != nil {
		return nil, err
	}
	datasets, codes, products := texts(row[0]), texts(row[1]), texts(row[2])
	years, rows, both := numbers(row[3]), numbers(row[4]), numbers(row[5])
	values, _ := row[6].([]any)
	tonnes, _ := row[7].([]any)
	list := make([]graph.TradeCoverage, len(datasets))
	for i := range list {
		list[i] = graph.TradeCoverage{Dataset: datasets[i], Code: codes[i], Product: products[i], Year: int(years[i]),
			Rows: rows[i], Both: both[i], ValueUSD: float(values[i]), Tonnes: float(tonnes[i])}
	}
	sortCoverage(list)
	return list, nil
}
