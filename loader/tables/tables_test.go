package tables

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
)

func countries(t testing.TB) *country.List {
	t.Helper()
	l, err := country.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// store is a loadertest.Store that also reads.
type store struct{ *loadertest.Store }

func newStore() store { return store{loadertest.New()} }

func (s store) Snapshot(context.Context) (graph.Snapshot, error) { return snapshot{s}, nil }

// snapshot reads whole kinds; a load asks for nothing else.
type snapshot struct{ store }

func (s snapshot) Revision() string { return "" }
func (s snapshot) Close() error     { return nil }

func (s snapshot) Count(context.Context, graph.Query) (int64, error) {
	return 0, errors.New("not asked for by a load")
}

func (s snapshot) TradeCoverage(context.Context) ([]graph.TradeCoverage, error) {
	return nil, errors.New("not asked for by a load")
}

func (s snapshot) Search(context.Context, string, []string, int) ([]graph.Hit, error) {
	return nil, errors.New("not asked for by a load")
}

func (s snapshot) Datasets(context.Context) ([]graph.Dataset, error) {
	all := slices.Collect(maps.Values(s.Store.Datasets))
	graph.SortByRank(all)
	return all, nil
}

func (s snapshot) Read(_ context.Context, q graph.Query, yield func(*graph.Batch) error) error {
	kind := graph.NewSchema().Kind(q.Kind)
	b := graph.NewBatch(kind, graph.NewWords(), 0)
	for dataset, rows := range s.Rows {
		for _, row := range rows {
			if cameFrom(row) != kind.Table {
				continue
			}
			r := b.Add()
			for _, field := range q.Fields {
				switch kind.Fields[kind.Field(field)].Type {
				case graph.Float:
					if v, err := strconv.ParseFloat(row[field], 64); err == nil {
						r.SetFloat(field, v)
					}
				default:
					r.SetText(field, row[field])
				}
			}
			r.SetText("dataset", dataset)
		}
	}
	return yield(b)
}

// cameFrom is the table that a row came from, by the name of its file: a measure
// has a field "kind" of its own.
func cameFrom(r loadertest.Row) string {
	table, _, _ := strings.Cut(r["file"], ".")
	return table
}

// load loads folders and returns their reports, what was rejected and the first
// error.
func load(t testing.TB, s store, check bool, paths ...string) ([]*loader.Report, string, error) {
	t.Helper()
	jobs, err := Jobs(paths, Options{Countries: countries(t), Store: s, Check: check})
	if err != nil {
		return nil, "", err
	}
	var rejects bytes.Buffer
	w, err := loader.NewRejectWriter(&rejects)
	if err != nil {
		t.Fatal(err)
	}
	var reports []*loader.Report
	for _, job := range jobs {
		report, runErr := loader.Run(context.Background(), s, job, loader.Options{Check: check, Rejects: w})
		if report.Accepted+report.Rejected != report.Read {
			t.Errorf("%s: %d accepted and %d rejected of %d read", report.Dataset, report.Accepted, report.Rejected, report.Read)
		}
		reports = append(reports, report)
		err = errors.Join(err, runErr)
	}
	return reports, rejects.String(), err
}

// folderOf writes a folder of tables: file, text, file, text…
func folderOf(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// dataset writes a folder with a dataset.csv.
func dataset(t testing.TB, id string, files ...string) string {
	t.Helper()
	return folderOf(t, append([]string{"dataset.csv", "id\n" + id + "\n"}, files...)...)
}

// TestSample loads a folder with every table, among them a .gz, a .zst, one
// with a byte order mark and CRLF, and columns in another order.
func TestSample(t *testing.T) {
	s := newStore()
	reports, rejects, err := load(t, s, false, "testdata/sample")
	if err != nil {
		t.Fatal(err)
	}
	want := loader.Report{Dataset: "sample", Read: 87, Accepted: 87}
	if r := reports[0]; r.Dataset != want.Dataset || r.Read != want.Read || r.Accepted != want.Accepted || r.Rejected != 0 {
		t.Errorf("report %+v, want %+v; rejects:\n%s", *r, want, rejects)
	}
	for _, k := range graph.Kinds() {
		if k.Table != "" && !slices.ContainsFunc(s.Rows["sample"], func(r loadertest.Row) bool { return cameFrom(r) == k.Table }) {
			t.Errorf("the sample has no row of %s", k.Table)
		}
	}
	wantSet := graph.Dataset{ID: "sample", Title: "A small chain", Publisher: "tiermap", URL: "https://example.org/sample",
		Licence: "CC0 1.0", Version: "1", Retrieved: "2026-11-21", Priority: 5}
	if got := s.Datasets["sample"]; got != wantSet {
		t.Errorf("dataset %+v, want %+v", got, wantSet)
	}
	sample.Golden(t, "sample.golden", listing(s.Rows["sample"]))
}

// listing writes rows one a line, in the order of graph.Kinds().
func listing(rows []loadertest.Row) string {
	var b strings.Builder
	for _, k := range graph.Kinds() {
		for _, row := range rows {
			if cameFrom(row) != k.Table {
				continue
			}
			fmt.Fprintf(&b, "%s:%s %s", row["file"], row["line"], k.Name)
			for _, f := range k.FileFields() {
				if v, ok := row[f.Name]; ok && v != k.Table { // which stands under "kind" where the field of that name is blank
					fmt.Fprintf(&b, " %s=%s", f.Name, v)
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// TestFaulty holds every rule of a row against one that breaks it; the good
// rows beside them are accepted. It refers to the loaded sample.
func TestFaulty(t *testing.T) {
	s := newStore()
	if _, _, err := load(t, s, false, "testdata/sample"); err != nil {
		t.Fatal(err)
	}
	reports, rejects, err := load(t, s, false, "testdata/faulty")
	if err != nil {
		t.Fatal(err)
	}
	sample.Golden(t, "faulty.rejects.golden", rejects)
	sample.Golden(t, "faulty.golden", listing(s.Rows["faulty"]))
	if r := reports[0]; r.Rejected == 0 || int(r.Accepted) != len(s.Rows["faulty"]) {
		t.Errorf("report %+v beside %d rows stored", *r, len(s.Rows["faulty"]))
	}
}

// TestEveryReason holds that each reason that a table can give is given by the
// faulty sample.
func TestEveryReason(t *testing.T) {
	s := newStore()
	reports, _, err := load(t, s, false, "testdata/sample", "testdata/faulty")
	if err != nil {
		t.Fatal(err)
	}
	for reason := range loader.Reasons() {
		switch reason {
		case loader.WrongYear, loader.TooLong, loader.Malformed: // of files that are about one year; of rows of more than 1 MiB; of XML and JSON
			continue
		}
		if reports[1].Reasons[reason] == 0 {
			t.Errorf("no row is rejected for %s", reason)
		}
	}
}

// TestRefused holds what refuses a dataset as a whole: the load fails and the
// store is as before.
func TestRefused(t *testing.T) {
	const products = "id,stage\nore,extraction\nmatte,processing\nmetal,processing\nmagnet,component\n"
	const materials = "id\nnickel\ncobalt\n"
	const contains = "product,material,mass_fraction\nore,nickel,0.01\nmatte,nickel,0.7\nmetal,nickel,1\nmetal,cobalt,0.001\n"
	for _, c := range []struct {
		name  string
		files []string
		want  []string // lines of the message below its first
	}{
		{"recipe", []string{"made_from.csv", "product,input,material,country,share\n" +
			"metal,ore,nickel,,0.6\nmetal,matte,nickel,,0.3\nmetal,ore,nickel,FIN,1\nmetal,ore,,,0.5\nmetal,matte,,,0.50000001\n"},
			[]string{"made_from.csv, lines 5 and 6: the shares of the recipe of metal sum to 1.00000001, not 1",
				"made_from.csv, lines 2 and 3: the shares of the recipe of metal for nickel sum to 0.9, not 1"}},
		{"recipe with a rejected row", []string{"made_from.csv", "product,input,material,country,share\n" +
			"metal,ore,nickel,FIN,0.6\nmetal,mate,nickel,FIN,0.4\n"},
			[]string{"made_from.csv, line 2: the shares of the recipe of metal for nickel in FIN sum to 0.6, not 1 (rejected rows of made_from.csv: 1)"}},
		{"input without the material", []string{"made_from.csv", "product,input,material,share\nmetal,ore,cobalt,1\n"},
			[]string{"made_from.csv, line 2: the recipe of metal for cobalt names the input ore, which does not contain cobalt by any row of contains"}},
		{"cycle", []string{"made_from.csv", "product,input,share\nmagnet,metal,1\nmetal,matte,1\nmatte,ore,0.5\nmatte,metal,0.5\n"},
			[]string{"made_from.csv, lines 3 and 5: the recipes form a cycle: metal is made from matte is made from metal"}},
		{"cycle of one", []string{"made_from.csv", "product,input,share\nmetal,metal,1\n"},
			[]string{"made_from.csv, line 2: the recipes form a cycle: metal is made from metal"}},
		{"cycle through a recipe for any material", []string{"made_from.csv", "product,input,material,share\n" +
			"metal,matte,,1\nmatte,metal,nickel,1\n"},
			[]string{"made_from.csv, lines 2 and 3: the recipes form a cycle: metal is made from matte is made from metal"}},
		{"code", []string{"coded_as.csv", "product,code,share\nmetal,HS2017:750210,0.6\nmatte,HS2017:750210,0.5\nore,HS2017:750210,\n"},
			[]string{"coded_as.csv, lines 2 and 3: the shares of HS2017:750210 sum to 1.1, more than 1"}},
		{"basis of trade", []string{"trade.csv", "year,exporter,importer,code,product,tonnes,basis,material\n" +
			"2020,CAN,FIN,,metal,1,,\n2021,CAN,FIN,,metal,1,contained,nickel\n2020,CAN,NLD,,metal,1,contained,nickel\n" +
			"2020,CAN,FIN,HS2017:750210,,1,contained,nickel\n2020,CAN,NLD,HS2017:750210,,1,gross,\n"},
			[]string{"trade.csv, lines 6 and 5: tonnes of HS2017:750210 in 2020 are gross on one line and contained nickel on the other",
				"trade.csv, lines 2 and 4: tonnes of metal in 2020 are gross on one line and contained nickel on the other"}},
		{"basis of production", []string{"production.csv", "year,product,country,material,basis,tonnes\n" +
			"2020,ore,CAN,nickel,contained,10\n2020,ore,FIN,,,1000\n"},
			[]string{"production.csv, lines 3 and 2: tonnes of ore in 2020 are gross on one line and contained nickel on the other"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore()
			dir := dataset(t, "x", append(c.files, "product.csv", products, "material.csv", materials, "contains.csv", contains)...)
			_, _, err := load(t, s, false, dir)
			want := "dataset x is refused and nothing of it was loaded:\n  " +
				strings.ReplaceAll(strings.Join(c.want, "\n  "), c.files[0], filepath.Join(dir, c.files[0]))
			if err == nil || err.Error() != want || graph.CodeOf(err) != graph.BadInput {
				t.Errorf("error:\n%v\nwant:\n%s", err, want)
			}
			if len(s.Rows) != 0 || s.Abandons != 1 {
				t.Errorf("%d datasets are loaded, %d loads abandoned; want none and 1", len(s.Rows), s.Abandons)
			}
		})
	}
}

// TestNotRefused holds what comes close to a refusal and is right.
func TestNotRefused(t *testing.T) {
	for name, files := range map[string][]string{
		"a recipe of thirds": {"made_from.csv", "product,input,share\nalloy,a,0.3333333333\nalloy,b,0.3333333333\nalloy,c,0.3333333333\n"},
		"two ways round for two materials": {"made_from.csv", "product,input,material,share\na,b,nickel,1\nb,a,cobalt,1\n",
			"contains.csv", "product,material,mass_fraction\na,cobalt,1\nb,nickel,1\n"},
		"a recipe for one material beside one for any": {"made_from.csv", "product,input,material,share\na,b,,1\na,c,nickel,1\nb,a,nickel,1\n",
			"contains.csv", "product,material,mass_fraction\na,nickel,1\nc,nickel,1\n"},
		"an input of share 0": {"made_from.csv", "product,input,share\na,b,1\nb,c,1\nb,a,0\n"},
		"a code split whole":  {"coded_as.csv", "product,code,share\na,HS2017:750210,0.7\nb,HS2017:750210,0.3\nc,HS2017:750210,\n"},
		"one basis each": {"production.csv", "year,product,country,material,basis,tonnes,share\n" +
			"2020,a,FIN,nickel,contained,1,\n2020,a,CAN,,,,\n2020,a,USA,,,,0.1\n2020,b,FIN,,gross,1,\n2021,a,FIN,,,1,\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := dataset(t, "x", append(files, "product.csv", "id,stage\na,processing\nb,processing\nc,processing\nalloy,component\n",
				"material.csv", "id\nnickel\ncobalt\n")...)
			reports, rejects, err := load(t, newStore(), false, dir)
			if err != nil || reports[0].Rejected != 0 {
				t.Errorf("%v\n%s", err, rejects)
			}
		})
	}
}

// TestWithLoaded holds a dataset against others that are loaded: what it refers
// to, and what only both together break.
func TestWithLoaded(t *testing.T) {
	base := func(t *testing.T) (store, string) {
		s := newStore()
		dir := dataset(t, "base", "product.csv", "id,stage\na,processing\nb,processing\n", "material.csv", "id\nnickel\n",
			"contains.csv", "product,material,mass_fraction\na,nickel,1\nb,nickel,1\n",
			"made_from.csv", "product,input,material,share\na,b,nickel,1\n",
			"coded_as.csv", "product,code,share\na,HS2017:750210,0.8\n",
			"country.csv", "id,name\nRURITANIA,Ruritania\n",
			"facility.csv", "id,country\nmill,RURITANIA\n")
		if _, rejects, err := load(t, s, false, dir); err != nil || strings.Count(rejects, "\n") != 1 {
			t.Fatal(err, rejects)
		}
		return s, dir
	}
	t.Run("refers", func(t *testing.T) {
		s, _ := base(t)
		dir := dataset(t, "more", "production.csv", "year,product,country,facility,tonnes\n2020,a,Ruritania,,1\n2020,a,,mill,1\n2020,a,FIN,mill,1\n")
		reports, rejects, err := load(t, s, false, dir)
		if err != nil || reports[0].Accepted != 2 || !strings.Contains(rejects, "mill is in RURITANIA") {
			t.Errorf("%+v, %v\n%s", reports[0], err, rejects)
		}
	})
	t.Run("cycle", func(t *testing.T) {
		s, _ := base(t)
		_, _, err := load(t, s, false, dataset(t, "more", "made_from.csv", "product,input,material,share\nb,a,nickel,1\n"))
		want := "made_from.csv, line 2: the recipes form a cycle: b is made from a is made from b, with recipes of base"
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	})
	t.Run("cycle that rank dissolves", func(t *testing.T) {
		s, _ := base(t)
		dir := folderOf(t, "dataset.csv", "id,priority\nmore,1\n", "product.csv", "id,stage\nore,extraction\n",
			"contains.csv", "product,material,mass_fraction\nore,nickel,0.1\n",
			"made_from.csv", "product,input,material,share\nb,a,nickel,1\na,ore,nickel,1\n")
		if _, rejects, err := load(t, s, false, dir); err != nil {
			t.Errorf("%v\n%s", err, rejects)
		}
	})
	t.Run("cycle that only rank hides", func(t *testing.T) {
		s := newStore()
		products := "id,stage\nore,extraction\nmetal,processing\nmag,component\n"
		first := folderOf(t, "dataset.csv", "id,priority\nfirst,1\n", "product.csv", products,
			"made_from.csv", "product,input,share\nmetal,ore,1\nmag,metal,1\n")
		if _, _, err := load(t, s, false, first); err != nil {
			t.Fatal(err)
		}
		for rows, want := range map[string]string{
			"mag,mag,1\n":                "line 2: the recipes form a cycle: mag is made from mag",
			"metal,mag,1\nmag,metal,1\n": "lines 2 and 3: the recipes form a cycle: metal is made from mag is made from metal",
		} {
			_, _, err := load(t, s, false, dataset(t, "more", "made_from.csv", "product,input,share\n"+rows))
			if err == nil || !strings.HasSuffix(err.Error(), want) || len(s.Rows["more"]) > 0 {
				t.Errorf("error %v, want %s", err, want)
			}
		}
	})
	t.Run("code that only rank hides", func(t *testing.T) {
		s := newStore()
		first := folderOf(t, "dataset.csv", "id,priority\nfirst,9\n", "product.csv", "id,stage\nore,extraction\nmetal,processing\n",
			"coded_as.csv", "product,code,share\nore,HS2017:750210,0.1\nmetal,HS2017:750210,0.1\n")
		if _, _, err := load(t, s, false, first); err != nil {
			t.Fatal(err)
		}
		_, _, err := load(t, s, false, dataset(t, "more", "coded_as.csv", "product,code,share\nore,HS2017:750210,0.9\nmetal,HS2017:750210,0.6\n"))
		want := "lines 2 and 3: the shares of HS2017:750210 sum to 1.5, more than 1"
		if err == nil || !strings.HasSuffix(err.Error(), want) || len(s.Rows["more"]) > 0 {
			t.Errorf("error %v, want %s", err, want)
		}
	})
	t.Run("code", func(t *testing.T) {
		s, _ := base(t)
		_, _, err := load(t, s, false, dataset(t, "more", "coded_as.csv", "product,code,share\nb,HS2017:750210,0.3\n"))
		want := "coded_as.csv, line 2: the shares of HS2017:750210 sum to 1.1, more than 1, with a 0.8 of dataset base"
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	})
	t.Run("replaced", func(t *testing.T) {
		s, dir := base(t)
		// Loaded again, base is not held against its own rows of before.
		reports, rejects, err := load(t, s, false, dir)
		if err != nil || reports[0].Replaced != reports[0].Accepted {
			t.Errorf("%+v, %v\n%s", reports[0], err, rejects)
		}
		_, rejects, _ = load(t, s, false, dataset(t, "base", "coded_as.csv", "product,code\na,HS2017:750210\n"))
		if !strings.Contains(rejects, "unknown_reference") {
			t.Errorf("a row refers to the product that its own dataset no longer declares:\n%s", rejects)
		}
	})
}

// TestFolders holds what may be given as folders.
func TestFolders(t *testing.T) {
	good := dataset(t, "good")
	for _, c := range []struct {
		name  string
		paths []string
		want  string // part of the error
	}{
		{"none", nil, "no folder was given"},
		{"missing", []string{filepath.Join(good, "nowhere")}, "there is no such file or folder"},
		{"a table", []string{folderOf(t, "trade.csv", "") + "/trade.csv"}, "is a file: give the folder that it is in"},
		{"only another file", []string{folderOf(t, "README.md", "") + "/README.md"}, "no folder was given"},
		{"no dataset.csv", []string{folderOf(t, "trade.csv", "")}, "has no dataset.csv, and so is no dataset"},
		{"a misspelt table", []string{dataset(t, "x", "trades.csv", "")}, "trades.csv is none of the tables"},
		{"a table in a wrong format", []string{dataset(t, "x", "trade.xlsx", "")}, "is none of the tables"},
		{"a table twice", []string{dataset(t, "x", "trade.csv", "", "trade.csv.gz", "")}, "hold the same table"},
		{"a dataset twice", []string{good, dataset(t, "good")}, "are both the dataset good"},
		{"two rows", []string{folderOf(t, "dataset.csv", "id\na\nb\n")}, "needs a header and one row below it, and has 2 rows"},
		{"no row", []string{folderOf(t, "dataset.csv", "id\n")}, "and has 0 rows"},
		{"empty", []string{folderOf(t, "dataset.csv", "")}, "and has 0 rows"},
		{"unknown column", []string{folderOf(t, "dataset.csv", "id,license\na,CC0\n")}, `column "license" that is not known`},
		{"no id", []string{folderOf(t, "dataset.csv", "title\na\n")}, "the column id is missing"},
		{"bad id", []string{folderOf(t, "dataset.csv", "id\na b\n")}, `column id, "a b": not an id`},
		{"bad date", []string{folderOf(t, "dataset.csv", "id,retrieved\na,21-11-2026\n")}, `column retrieved, "21-11-2026": not a date`},
		{"bad priority", []string{folderOf(t, "dataset.csv", "id,priority\na,high\n")}, `column priority, "high": not a whole number`},
		{"NUL", []string{folderOf(t, "dataset.csv", "id\na\x00\n")}, "NUL byte"},
		{"not UTF-8", []string{folderOf(t, "dataset.csv", "id,title\na,\xe9\n")}, "not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			jobs, err := Jobs(c.paths, Options{Countries: countries(t)})
			if err == nil || !strings.Contains(err.Error(), c.want) || jobs != nil {
				t.Errorf("%v, want an error with %q", err, c.want)
			}
			if code := graph.CodeOf(err); code != graph.BadInput && code != graph.NotFound {
				t.Errorf("code %s", code)
			}
		})
	}
}

// TestSuggested holds that the nearest known name of a misspelt table or column
// is suggested, and not said in the message as well.
func TestSuggested(t *testing.T) {
	for _, c := range []struct{ dir, want string }{
		{dataset(t, "x", "trades.csv", ""), "trade.csv"},
		{folderOf(t, "dataset.csv", "id,license\na,CC0\n"), "licence"},
		{dataset(t, "x", "trade.csv", "year,exporter,importer,tons\n"), "tonnes"},
	} {
		_, _, err := load(t, newStore(), false, c.dir)
		var e *graph.Error
		if !errors.As(err, &e) || !slices.Equal(e.Suggestions, []string{c.want}) || strings.Contains(e.Message, "did you mean") {
			t.Errorf("%v suggests %v, want %s", err, e, c.want)
		}
	}
}

// TestRejectsNameTheFile holds that rejects of two folders loaded at once lead
// to the file, while the facts keep its name.
func TestRejectsNameTheFile(t *testing.T) {
	one := dataset(t, "one", "material.csv", "id,name\nbad id,\nnickel,\n")
	two := dataset(t, "two", "material.csv", "id,name\nbad id,\ncobalt\n")
	s := newStore()
	_, rejects, err := load(t, s, false, one, two)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{filepath.Join(one, "material.csv") + ",2,id,", filepath.Join(two, "material.csv") + ",2,id,",
		filepath.Join(two, "material.csv") + ",3,,,column_count"} {
		if !strings.Contains(rejects, "\n"+want) {
			t.Errorf("no reject begins with %s:\n%s", want, rejects)
		}
	}
	if row := s.Rows["one"][0]; row["file"] != "material.csv" || row["line"] != "3" {
		t.Errorf("the fact stood in %s, line %s", row["file"], row["line"])
	}
}

// TestHeaders holds that a file with a wrong header refuses its dataset, and
// that the error names folder and file.
func TestHeaders(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "trade.csv is empty",
		"year,exporter,importer,tons\n":   `column "tons" that is not known`,
		"year,exporter,importer,year\n":   "the column year twice",
		"exporter,importer,code,tonnes\n": "the column year is missing",
		"year,\"exporter\n":               "the header cannot be read",
	} {
		dir := dataset(t, "x", "trade.csv", text)
		_, _, err := load(t, newStore(), false, dir)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), filepath.Base(dir)) {
			t.Errorf("header %q: %v, want an error with %q and the folder", text, err, want)
		}
	}
}

// TestOrder holds that folders which others refer to are loaded first, and that
// the order given counts otherwise.
func TestOrder(t *testing.T) {
	list := countries(t)
	products := dataset(t, "z-products", "product.csv", "id,stage\na,processing\nb,processing\n")
	materials := dataset(t, "y-materials", "material.csv", "id\nnickel\n")
	recipes := dataset(t, "a-recipes", "made_from.csv", "product,input,material,share\na,b,nickel,1\n")
	contents := dataset(t, "x-contents", "contains.csv", "product,material,mass_fraction\nb,nickel,1\n")
	countries := dataset(t, "w-countries", "country.csv", "id,name,aliases\nRURITANIA,Ruritania,Land of R\n")
	plants := dataset(t, "b-plants", "facility.csv", "id,country\np,Land of R\n")
	for _, c := range []struct {
		paths []string
		want  []string
	}{
		{[]string{recipes, plants, countries, contents, materials, products},
			[]string{"w-countries", "b-plants", "y-materials", "z-products", "x-contents", "a-recipes"}},
		{[]string{materials, products, plants}, []string{"y-materials", "z-products", "b-plants"}},
		{[]string{recipes}, []string{"a-recipes"}},
	} {
		reports, rejects, err := load(t, newStore(), false, c.paths...)
		var got []string
		for _, r := range reports {
			got = append(got, r.Dataset)
		}
		if len(c.paths) > 3 && (err != nil || strings.Count(rejects, "\n") != 1) {
			t.Errorf("%v\n%s", err, rejects)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("order %v, want %v", got, c.want)
		}
	}
	// Folders that refer to each other stay in the order given.
	one := dataset(t, "one", "product.csv", "id,stage\na,processing\n", "made_from.csv", "product,input,share\na,b,1\n")
	two := dataset(t, "two", "product.csv", "id,stage\nb,processing\n", "contains.csv", "product,material,mass_fraction\na,nickel,1\n")
	jobs, err := Jobs([]string{two, one}, Options{Countries: list})
	if err != nil || jobs[0].Dataset.ID != "two" {
		t.Errorf("%v, first %s", err, jobs[0].Dataset.ID)
	}
}

// TestCheck holds that a check of several folders finds what a load would find,
// and writes nothing.
func TestCheck(t *testing.T) {
	s := newStore()
	reports, rejects, err := load(t, s, true, "testdata/faulty", "testdata/sample")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Rows) != 0 {
		t.Errorf("a check wrote %d datasets", len(s.Rows))
	}
	want, err := os.ReadFile("testdata/faulty.rejects.golden")
	if err != nil {
		t.Fatal(err)
	}
	if rejects != string(want) || reports[0].Dataset != "sample" || !reports[0].Checked {
		t.Errorf("%+v\n%s", *reports[0], rejects)
	}
}

// TestCheckReplaces holds that a check takes a folder in place of what is loaded
// of it, for itself and for the folders after it.
func TestCheckReplaces(t *testing.T) {
	s := newStore()
	base := dataset(t, "base", "product.csv", "id,stage\na,processing\nb,processing\n",
		"coded_as.csv", "product,code,share\na,HS2017:750210,0.8\n")
	if _, _, err := load(t, s, false, base); err != nil {
		t.Fatal(err)
	}
	less := dataset(t, "base", "product.csv", "id,stage\na,processing\nb,processing\n",
		"coded_as.csv", "product,code,share\na,HS2017:750210,0.5\n")
	more := dataset(t, "more", "coded_as.csv", "product,code,share\nb,HS2017:750210,0.5\n")
	if _, rejects, err := load(t, s, true, less, more); err != nil || strings.Count(rejects, "\n") != 1 {
		t.Errorf("%v\n%s", err, rejects)
	}
	if _, _, err := load(t, s, true, more); err == nil {
		t.Error("the shares of what is loaded were not counted")
	}
}

// TestGlob loads what a shell makes of data/*: folders and files side by side.
func TestGlob(t *testing.T) {
	good := dataset(t, "good", "NOTES.txt", "what this is")
	readme := folderOf(t, "README.md", "") + "/README.md"
	reports, _, err := load(t, newStore(), false, readme, good)
	if err != nil || len(reports) != 1 {
		t.Fatal(reports, err)
	}
	notes := strings.Join(reports[0].Notes, "\n")
	if !strings.Contains(notes, "README.md is no folder and was not read") || !strings.Contains(notes, "NOTES.txt is no table and was not read") {
		t.Errorf("notes:\n%s", notes)
	}
}

// TestShipped holds that every folder that the project ships loads without a
// rejected row, in whatever order they are given.
func TestShipped(t *testing.T) {
	folders, err := filepath.Glob("../../data/*")
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	slices.Reverse(folders)
	reports, rejects, err := load(t, newStore(), true, folders...)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(rejects, "\n") > 1 {
		t.Errorf("rejected:\n%s", rejects)
	}
	for _, r := range reports {
		if r.Read == 0 {
			t.Errorf("%s: no rows", r.Dataset)
		}
	}
}

// TestEstimated holds that source and estimated are kept on every kind.
func TestEstimated(t *testing.T) {
	for _, k := range graph.Kinds() {
		if k.Table != "" && (k.Field("source") < 0 || k.Field("estimated") < 0) {
			t.Errorf("%s has no source or estimated", k.Name)
		}
	}
}

// TestDamagedFiles damages the sample. What was read is held against the lines
// of the tables that are not blank, where no quote may join two of them. Without
// country.csv, for whose sake the list of all countries is made anew each time:
// FuzzTables damages it.
func TestDamagedFiles(t *testing.T) {
	sample := map[string][]byte{}
	paths, err := filepath.Glob("testdata/sample/*.csv")
	if err != nil || len(paths) < 30 {
		t.Fatal(paths, err)
	}
	for _, path := range slices.DeleteFunc(paths, func(path string) bool { return filepath.Base(path) == "country.csv" }) {
		if sample[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	list := countries(t)
	damage.Counted(t, sample, func(dir string) ([]loader.Job, error) {
		return Jobs([]string{dir}, Options{Countries: list, Check: true})
	}, func(dir string) (rows int64, ok bool) {
		for name := range sample {
			content, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.IndexByte(content, '"') >= 0 {
				return 0, false
			}
			if name == datasetFile {
				continue
			}
			rows += linesBelowHeader(content)
		}
		return rows, true
	})
}

// linesBelowHeader counts the lines behind the first one that is not blank.
func linesBelowHeader(content []byte) (n int64) {
	for line := range bytes.SplitSeq(content, []byte{'\n'}) {
		if len(bytes.TrimSuffix(line, []byte{'\r'})) > 0 {
			n++
		}
	}
	return max(n-1, 0)
}

// FuzzTables holds that whatever stands in a file, nothing panics and every row
// is either accepted or rejected.
func FuzzTables(f *testing.F) {
	kinds := graph.Kinds()
	for i, k := range kinds {
		var header []string
		for _, field := range k.FileFields() {
			header = append(header, field.Name)
		}
		line := strings.Join(header, ",")
		f.Add(uint8(i), line+"\n"+strings.Repeat(",", len(header)-1)+"\n")
		f.Add(uint8(i), line+"\r\n"+strings.Repeat("2020,", len(header)-1)+"nickel\r\n")
	}
	for _, name := range []string{"trade", "production", "made_from", "coded_as", "country", "facility", "contains"} {
		for _, dir := range []string{"sample", "faulty"} {
			text, err := os.ReadFile(filepath.Join("testdata", dir, name+".csv"))
			if err != nil {
				f.Fatal(err)
			}
			i := slices.IndexFunc(kinds, func(k *graph.Kind) bool { return k.Table == name })
			f.Add(uint8(i), string(text))
		}
	}
	list := countries(f)
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		table := kinds[int(which)%len(kinds)].Table + ".csv"
		files := map[string]string{"product.csv": "id,stage\nore,extraction\nmetal,processing\n", "material.csv": "id\nnickel\n",
			"contains.csv": "product,material,mass_fraction\nore,nickel,0.1\n"}
		files[table] = text
		dir := dataset(t, "x")
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		jobs, err := Jobs([]string{dir, dataset(t, "y", "product.csv", "id,stage\nmatte,processing\n")}, Options{Countries: list, Check: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, job := range jobs {
			report, err := loader.Run(context.Background(), nil, job, loader.Options{Check: true})
			if report.Accepted+report.Rejected != report.Read {
				t.Errorf("%d accepted and %d rejected of %d read", report.Accepted, report.Rejected, report.Read)
			}
			if code := graph.CodeOf(err); err != nil && code != graph.BadInput {
				t.Errorf("%s: %v", code, err)
			}
		}
	})
}

// BenchmarkTrade reads trade.csv, a row a step.
func BenchmarkTrade(b *testing.B) {
	var text strings.Builder
	text.WriteString("year,exporter,importer,code,value_usd,tonnes,source\n")
	for range b.N {
		text.WriteString("2022,CHN,NLD,HS2017:850511,1250.5,12.25,BACI\n")
	}
	dir := dataset(b, "x", "trade.csv", text.String())
	jobs, err := Jobs([]string{dir}, Options{Countries: countries(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := loader.Run(context.Background(), nil, jobs[0], loader.Options{Check: true}); err != nil {
		b.Fatal(err)
	}
}
