package graphtest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
)

// Texts that stores have been known to stumble over.
var texts = []string{
	"plain", " blanks around ", `quotes " and ' and ` + "`", "comma, semicolon; tab\tline\nand return\r\n", `back\slash \n %s ? $1 {x}`,
	"Türkiye, Côte d'Ivoire, 中国, 🧲, e\u0301", "NULL", "NaN", "0", "-", "'; DROP TABLE trade; --", "\u2028\u200b\ufeff",
	strings.Repeat("a long text of many words ", 5000), "twelve bytes", "thirteen byte",
}

var numbers = []float64{0, 1, -1, 0.1, 1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 123456789.123456789, math.NaN()}

var wholes = []int{0, 1, -1, 2024, math.MaxInt32, math.MinInt32 + 1, graph.NoInt}

func testEmpty(t *testing.T, b Backend) {
	s := b.open(t)
	sn := snapshot(t, s)
	compare(t, sn, newReference())
	for _, k := range schema.Kinds() {
		q := graph.Query{Kind: k.Name}
		same(t, "rows of "+k.Name, readAll(t, sn, q), nil)
		if n := count(t, sn, q); n != 0 {
			t.Errorf("an empty store counts %d %s", n, k.Name)
		}
	}
	hits, err := sn.Search(t.Context(), "a", nil, 0)
	if err != nil || len(hits) != 0 {
		t.Errorf("an empty store finds %v, %v", hits, err)
	}
	if sn.Revision() == "" {
		t.Error("an empty store has no revision")
	}
}

// testEveryField writes every field of every kind with every value that it may
// have, and with none.
func testEveryField(t *testing.T, b Backend) {
	s := b.open(t)
	ref := newReference()
	var facts []fact
	for _, k := range schema.Kinds() {
		for i := range len(texts) {
			v := values{}
			for j, f := range k.Fields {
				v[f.Name] = sample(f, i+j)
			}
			if k.IsNode() {
				v["id"] = fmt.Sprintf("%s-%02d", k.Table, i)
			}
			facts = append(facts, row(k.Name, k.Table+".csv", i, v))
		}
		blank := row(k.Name, k.Table+".csv", 99, values{})
		if k.IsNode() {
			blank.values["id"] = k.Table + "-none"
		}
		facts = append(facts, blank)
	}
	d := graph.Dataset{ID: "all"}
	load(t, s, d, facts...)
	ref.load(d, facts)
	compare(t, snapshot(t, s), ref)
}

func sample(f graph.Field, i int) any {
	switch f.Type {
	case graph.Int:
		return wholes[i%len(wholes)]
	case graph.Float:
		return numbers[i%len(numbers)]
	case graph.Bool:
		return i%2 == 0
	default:
		return texts[i%len(texts)]
	}
}

func testUnknown(t *testing.T, b Backend) {
	s := b.open(t)
	load(t, s, graph.Dataset{ID: "a"},
		row(graph.Trades, "f", 1, values{"year": 0, "exporter": "0", "value_usd": 0.0, "tonnes": math.NaN()}),
		row(graph.Trades, "f", 2, values{"year": graph.NoInt, "exporter": "", "value_usd": math.NaN(), "tonnes": 0.0}))
	sn := snapshot(t, s)
	same(t, "zero and unknown", readAll(t, sn, graph.Query{Kind: graph.Trades, Fields: []string{"year", "exporter", "value_usd", "tonnes"}}),
		[]string{`year=0 exporter="0" value_usd=0`, `tonnes=0`})
	err := sn.Read(t.Context(), graph.Query{Kind: graph.Trades}, func(b *graph.Batch) error {
		for i := range b.Len {
			r := b.Row(i)
			year, known := r.Int("year")
			if first := r.Text("exporter") == "0"; known != first || known && year != 0 || math.IsNaN(r.Float("value_usd")) == first || math.IsNaN(r.Float("tonnes")) != first {
				t.Errorf("row %d: year %d (%v), value %v, tonnes %v", i, year, known, r.Float("value_usd"), r.Float("tonnes"))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// testNilColumns leaves columns out of some batches and not out of others.
func testNilColumns(t *testing.T, b Backend) {
	s := b.open(t)
	l := begin(t, s, graph.Dataset{ID: "a"})
	k := schema.Kind(graph.Trades)
	words := graph.NewWords()
	write := func(line int, fill func(column func(string) *graph.Column)) {
		t.Helper()
		b := &graph.Batch{Kind: k, Words: words, Columns: make([]graph.Column, len(k.Fields)), Len: 2}
		column := func(name string) *graph.Column { return &b.Columns[k.Field(name)] }
		column("line").Int = []int32{int32(line), int32(line + 1)}
		fill(column)
		if err := l.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	write(1, func(column func(string) *graph.Column) {
		column("exporter").Word = []uint32{words.ID("CHN"), words.ID("NLD")}
	})
	write(3, func(column func(string) *graph.Column) {
		column("year").Int = []int32{2022, 2023}
		column("tonnes").Float = []float64{1, 2}
		column("estimated").Bool = []bool{true, false}
		column("file").Word = []uint32{words.ID("g"), words.ID("")}
	})
	write(5, func(column func(string) *graph.Column) {
		column("exporter").Word = []uint32{} // as a batch that was emptied has it
	})
	company := &graph.Batch{Kind: schema.Kind(graph.Company), Words: words, Columns: make([]graph.Column, len(schema.Kind(graph.Company).Fields)), Len: 1}
	company.Columns[0].Text = []string{"acme"}
	if err := l.Write(t.Context(), company); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	sn := snapshot(t, s)
	same(t, "trade", readAll(t, sn, graph.Query{Kind: graph.Trades}), []string{
		`exporter="CHN" dataset="a" line=1`, `exporter="NLD" dataset="a" line=2`,
		`year=2023 tonnes=2 dataset="a" line=4`,
		`dataset="a" line=5`, `dataset="a" line=6`,
		`year=2022 tonnes=1 estimated=true dataset="a" file="g" line=3`,
	})
	same(t, "company", readAll(t, sn, graph.Query{Kind: graph.Company}), []string{`id="acme" dataset="a"`})
}

// testWords writes batches whose words come from different lists, some of which
// grow meanwhile.
func testWords(t *testing.T, b Backend) {
	s := b.open(t)
	load(t, s, graph.Dataset{ID: "first"}, row(graph.Trades, "f", 1, values{"exporter": "AAA", "importer": "BBB"}),
		row(graph.Country, "c", 1, values{"id": "AAA"}))
	l := begin(t, s, graph.Dataset{ID: "second"})
	list, other := graph.NewWords(), graph.NewWords()
	other.ID("shifts the numbers")
	for i, words := range []*graph.Words{list, other, list} {
		words.ID(fmt.Sprint("unused ", i))
		facts := []fact{row(graph.Trades, "f", i, values{"exporter": "BBB", "importer": fmt.Sprint("NEW", i)})}
		for _, b := range batches(words, facts) {
			if err := l.Write(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := l.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	sn := snapshot(t, s)
	same(t, "trade", readAll(t, sn, graph.Query{Kind: graph.Trades, Fields: []string{"exporter", "importer"}}), []string{
		`exporter="AAA" importer="BBB"`, `exporter="BBB" importer="NEW0"`, `exporter="BBB" importer="NEW1"`, `exporter="BBB" importer="NEW2"`})
	q := graph.Query{Kind: graph.Trades, Match: []graph.Match{{Field: "importer", Words: []string{"NEW1", "BBB", "unused 1", "never seen"}}}}
	if n := count(t, sn, q); n != 2 {
		t.Errorf("%d rows for two importers, want 2", n)
	}
	var one *graph.Words
	for _, kind := range []string{graph.Trades, graph.Trades, graph.Country} {
		err := sn.Read(t.Context(), graph.Query{Kind: kind}, func(b *graph.Batch) error {
			if one == nil {
				one = b.Words
			}
			if b.Words != one {
				t.Errorf("a batch of %s has a list of words of its own", kind)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// What a reader adds to the words of a batch is its own affair.
	err := sn.Read(t.Context(), q, func(b *graph.Batch) error {
		b.Words.ID("a reader's own")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	load(t, s, graph.Dataset{ID: "third"}, row(graph.Trades, "f", 1, values{"exporter": "a loader's own", "importer": "CCC"}))
	same(t, "third", readAll(t, snapshot(t, s), graph.Query{Kind: graph.Trades, Match: []graph.Match{{Field: "dataset", Words: []string{"third"}}}}),
		[]string{`exporter="a loader's own" importer="CCC" dataset="third" file="f" line=1`})
}

// testReuse overwrites a batch as soon as Write has returned.
func testReuse(t *testing.T, b Backend) {
	s := b.open(t)
	l := begin(t, s, graph.Dataset{ID: "a"})
	words := graph.NewWords()
	batch := graph.NewBatch(schema.Kind(graph.Company), words, 0)
	var want []string
	for i := range 50 {
		batch.Reset()
		r := batch.Add()
		r.SetText("id", fmt.Sprintf("c%02d", i))
		r.SetText("name", strings.Repeat("x", i))
		r.SetText("country", fmt.Sprint("C", i))
		r.SetText("file", "f")
		r.SetInt("line", i)
		want = append(want, fact{graph.Company, values{"id": fmt.Sprintf("c%02d", i), "name": strings.Repeat("x", i),
			"country": fmt.Sprint("C", i), "dataset": "a", "file": "f", "line": i}}.String())
		if err := l.Write(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	batch.Reset()
	if err := l.Write(t.Context(), batch); err != nil {
		t.Fatalf("a batch without rows: %v", err)
	}
	if _, err := l.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "companies", readAll(t, snapshot(t, s), graph.Query{Kind: graph.Company}), want)
}

// testBadBatches writes what no store can keep. Nothing of the load remains.
func testBadBatches(t *testing.T, b Backend) {
	s := b.open(t)
	load(t, s, graph.Dataset{ID: "a"}, row(graph.Trades, "f", 1, values{"exporter": "CHN"}))
	before := snapshot(t, s).Revision()
	for name, spoil := range map[string]func(b *graph.Batch){
		"no UTF-8 in a word":     func(b *graph.Batch) { b.Row(0).SetText("exporter", "a\xffb") },
		"no UTF-8 in a file":     func(b *graph.Batch) { b.Row(0).SetText("file", "a\xff") },
		"a word out of the list": func(b *graph.Batch) { b.Columns[b.Kind.Field("importer")].Word[0] = 12345 },
		"a short column":         func(b *graph.Batch) { c := &b.Columns[b.Kind.Field("year")]; c.Int = c.Int[:1] },
		"a long column":          func(b *graph.Batch) { c := &b.Columns[b.Kind.Field("tonnes")]; c.Float = append(c.Float, 1) },
		"a column of another type": func(b *graph.Batch) {
			b.Columns[b.Kind.Field("tonnes")] = graph.Column{Int: make([]int32, b.Len)}
		},
		"too few columns": func(b *graph.Batch) { b.Columns = b.Columns[:3] },
		"another kind":    func(b *graph.Batch) { b.Kind = &graph.Kind{Name: "Dragon", Table: "dragon"} },
	} {
		t.Run(name, func(t *testing.T) {
			l := begin(t, s, graph.Dataset{ID: "a"})
			facts := []fact{row(graph.Trades, "g", 1, values{"exporter": "NLD"}), row(graph.Trades, "g", 2, values{"exporter": "DEU"})}
			good, bad := batches(graph.NewWords(), facts)[0], batches(graph.NewWords(), facts)[0]
			if err := l.Write(t.Context(), good); err != nil {
				t.Fatal(err)
			}
			spoil(bad)
			wantCode(t, "Write", l.Write(t.Context(), bad), graph.BadInput)
			wantCode(t, "Write of a good batch after a bad one", l.Write(t.Context(), good), graph.BadInput)
			_, err := l.Commit(t.Context())
			wantCode(t, "Commit", err, graph.BadInput)
		})
	}
	l := begin(t, s, graph.Dataset{ID: "a"})
	bad := batches(graph.NewWords(), []fact{row(graph.Company, "g", 1, values{"id": "x", "name": "a\xc3("})})[0]
	wantCode(t, "no UTF-8 in a text", l.Write(t.Context(), bad), graph.BadInput)
	if err := l.Abandon(); err != nil {
		t.Fatal(err)
	}
	sn := snapshot(t, s)
	if sn.Revision() != before {
		t.Errorf("loads that failed changed the revision from %s to %s", before, sn.Revision())
	}
	same(t, "trade", readAll(t, sn, graph.Query{Kind: graph.Trades}), []string{`exporter="CHN" dataset="a" file="f" line=1`})
}

func testBadDatasets(t *testing.T, b Backend) {
	s := b.open(t)
	for _, id := range []string{"", " ", "two words", "-starts-wrong", "a/b", "a\x00b", "ü"} {
		l, err := s.Begin(t.Context(), graph.Dataset{ID: id})
		wantCode(t, fmt.Sprintf("Begin of %q", id), err, graph.BadInput)
		if l != nil {
			t.Errorf("Begin of %q gave a load beside an error", id)
		}
	}
	load(t, s, graph.Dataset{ID: "BACI.202601:HS17_2022-a"})
}

// compare holds all that a snapshot answers against the model.
func compare(t *testing.T, sn graph.Snapshot, ref *reference) {
	t.Helper()
	datasets, err := sn.Datasets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(datasets, ref.ranked()) {
		t.Fatalf("datasets %v, want %v", datasets, ref.ranked())
	}
	for _, k := range schema.Kinds() {
		q := graph.Query{Kind: k.Name}
		same(t, "rows of "+k.Name, readAll(t, sn, q), ref.read(q))
		if got, want := count(t, sn, q), ref.count(q); got != want {
			t.Fatalf("%d %s counted, want %d", got, k.Name, want)
		}
	}
	compareLines(t, sn, ref)
}

func compareLines(t *testing.T, sn graph.Snapshot, ref *reference) {
	t.Helper()
	lines, err := sn.TradeCoverage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	print := func(lines []graph.TradeCoverage) (text []string) {
		for _, l := range lines {
			text = append(text, fmt.Sprintf("%s %q %q %d: %d rows, %d with both, %.12g USD, %.12g t",
				l.Dataset, l.Code, l.Product, l.Year, l.Rows, l.Both, l.ValueUSD, l.Tonnes))
		}
		return text
	}
	same(t, "coverage of trade", print(lines), print(ref.coverage()))
}
