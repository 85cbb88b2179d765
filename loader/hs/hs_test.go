package hs

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
)

// result is what a load came to.
type result struct{ sample.Loaded }

func load(t testing.TB, o Options, paths ...string) result {
	t.Helper()
	jobs, err := Jobs(paths, o)
	return result{sample.Load(t, jobs, err)}
}

// pairs are the rows of a dataset as "line code other share".
func (r result) pairs(dataset string) []string {
	var list []string
	for _, row := range r.Store.Rows[dataset] {
		list = append(list, strings.TrimSpace(strings.Join([]string{row["line"], row["code"], row["other"], row["share"]}, " ")))
	}
	return list
}

func TestTables(t *testing.T) {
	got := load(t, Options{}, "testdata/HS2022toHS2017.csv", "testdata/cn.csv")
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	if want := []string{"2 HS2022:020890 HS2017:020890", "3 HS2022:854142 HS2017:854140", "4 HS2022:854149 HS2017:854140", "5 HS2022:854149 HS2017:854150"}; !slices.Equal(got.pairs("correspondence-hs2022-hs2017"), want) {
		t.Errorf("pairs %q", got.pairs("correspondence-hs2022-hs2017"))
	}
	if want := map[string]int64{headingRule: 2, againRule: 1}; fmt.Sprint(got.Reports[0].Passed) != fmt.Sprint(want) {
		t.Errorf("passed %v", got.Reports[0].Passed)
	}
	if want := []string{"2 CN2023:81129289 CN2024:81129281 0.5", "7 CN2023:81129295 CN2024:81129295 1"}; !slices.Equal(got.pairs("correspondence-cn2023-cn2024"), want) {
		t.Errorf("pairs %q", got.pairs("correspondence-cn2023-cn2024"))
	}
	if want := []string{"3 share 1.5 out_of_range", "4 CN 2024 code 8112 92 7O bad_code", "5 CN 2023 code 811292890 bad_code", "6 CN 2023 code  missing"}; !slices.Equal(got.Rejected(), want) {
		t.Errorf("rejects %q", got.Rejected())
	}
	if d := got.Store.Datasets["correspondence-cn2023-cn2024"]; d.Publisher != "Eurostat" || d.Title != "Correspondence of CN2023 and CN2024" {
		t.Errorf("dataset %+v", d)
	}
}

// workbook makes a small workbook of the shape of the one of 2017 and 2022.
func workbook(t testing.TB) []byte {
	t.Helper()
	sheets := map[string][][]string{
		"Explanation": {{"This is a workbook"}},
		wcoTree:       {{"section", "chapter", "treeLevel", "HSCode", "Description"}, {"16", "85", "2", "854140", "x"}, {"16", "85", "2", "854290", "x"}, {"16", "85", "2", "854142", "x"}, {"6", "29", "2", "293135", "x"}, {"1", "01", "2", "010121", "x"}},
		wcoSheet:      {{"ID", "V2017", "V2022", "ex", "v2017_org"}, {"1", "8541.40", "8541.42"}, {"2", "8542.90", "8549.21", "EX"}, {"3", "2931.35", "ex 2931.46"}, {"4", "3002.19", "Deleted"}, {"5", "8541.4", "8541.42"}},
		wcoChanges:    {{"action", "hscode"}, {"Delete    ", "854150   "}, {"Delete", "854140"}, {"New", "854142"}, {"Re-Activate", "293135"}, {"Delete", "3002"}},
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	part := func(name, content string) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	book, links := "", ""
	for i, name := range []string{"Explanation", wcoTree, wcoSheet, wcoChanges} {
		book += fmt.Sprintf(`<sheet name=%q r:id="r%d"/>`, name, i)
		links += fmt.Sprintf(`<Relationship Id="r%d" Target="sheet%d.xml"/>`, i, i)
		rows := ""
		for n, row := range sheets[name] {
			rows += fmt.Sprintf(`<row r="%d">`, n+1)
			for column, cell := range row {
				rows += fmt.Sprintf(`<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+column, n+1, cell)
			}
			rows += "</row>"
		}
		part(fmt.Sprintf("xl/sheet%d.xml", i), "<worksheet>"+rows+"</worksheet>")
	}
	part("xl/workbook.xml", `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>`+book+"</sheets></workbook>")
	part("xl/_rels/workbook.xml.rels", "<Relationships>"+links+"</Relationships>")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWorkbook holds what is read, what is added (854290 stays although only a
// part of it is listed; 854140 has ended, 293135 is another code now), and that
// the code of which nobody knows what became is named.
func TestWorkbook(t *testing.T) {
	got := load(t, Options{Retrieved: "2026-01-22", Priority: 3}, write(t, "hs.xlsx", workbook(t)))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	const id = "correspondence-hs2017-hs2022"
	want := []string{"2 HS2017:854140 HS2022:854142", "3 HS2017:854290 HS2022:854921", "4 HS2017:293135 HS2022:293146", "3 HS2017:854290 HS2022:854290"}
	if !slices.Equal(got.pairs(id), want) {
		t.Errorf("pairs %q\nwant  %q", got.pairs(id), want)
	}
	r := got.Reports[0]
	if r.Accepted != 3 || r.Passed[aloneRule] != 1 || !slices.Equal(got.Rejected(), []string{"6 V2017 8541.4 bad_code"}) {
		t.Errorf("report %+v, rejects %q", *r, got.Rejected())
	}
	if len(r.Notes) != 2 || !strings.HasSuffix(r.Notes[1], "what became of them: 854150") {
		t.Errorf("notes %q", r.Notes)
	}
	if d := got.Store.Datasets[id]; d.Publisher != "World Customs Organization" || d.Retrieved != "2026-01-22" || d.Priority != 3 {
		t.Errorf("dataset %+v", d)
	}
}

func TestHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"HS2017": "HS2017", "From HS 2022": "HS2022", "hs_2012 code": "HS2012", "HS92": "HS1992", "HS 17": "HS2017", "V2022": "HS2022",
		"CN 2024": "CN2024", "CN2023 code": "CN2023", "v2017_org": "", "HS2019": "", "Relationship": "", "HS6": "", "BEC5": "",
	} {
		if got := nomenclatureOf(header); got != want {
			t.Errorf("%q is %q, want %q", header, got, want)
		}
	}
}

func TestNamed(t *testing.T) {
	path := write(t, "a.csv", []byte("old,new\n010121,010121\n"))
	got := load(t, Options{From: "HS2012", To: "HS2017"}, path)
	if want := []string{"2 HS2012:010121 HS2017:010121"}; got.Err != nil || !slices.Equal(got.pairs("correspondence-hs2012-hs2017"), want) {
		t.Errorf("pairs %q (%v)", got.pairs("correspondence-hs2012-hs2017"), got.Err)
	}
	for _, o := range []Options{{}, {From: "HS2012"}, {From: "HS2012", To: "HS2012"}, {From: "2012", To: "HS2017"}, {Retrieved: "yesterday"}} {
		if got := load(t, o, path); graph.CodeOf(got.Err) != graph.BadInput {
			t.Errorf("options %+v: error %v", o, got.Err)
		}
	}
	if got := load(t, Options{}, "testdata/cn.csv", "testdata/cn.csv"); graph.CodeOf(got.Err) != graph.BadInput {
		t.Errorf("twice: %v", got.Err)
	}
	if got := load(t, Options{}, t.TempDir()); graph.CodeOf(got.Err) != graph.BadInput {
		t.Errorf("an empty folder: %v", got.Err)
	}
	for _, content := range []string{"", "PK not a workbook"} {
		if got := load(t, Options{}, write(t, "a.xlsx", []byte(content))); graph.CodeOf(got.Err) != graph.BadInput {
			t.Errorf("%q: %v", content, got.Err)
		}
	}
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files := sample.Contents(t, "HS2022toHS2017.csv", "cn.csv")
	files["hs.xlsx"] = workbook(t)
	return files
}

func TestDamaged(t *testing.T) {
	damage.Files(t, samples(t), func(dir string) ([]loader.Job, error) { return Jobs([]string{dir}, Options{}) })
}

// Whatever a file holds, its pairs are codes of two nomenclatures.
func FuzzTables(f *testing.F) {
	for name, content := range samples(f) {
		f.Add(content, strings.HasSuffix(name, ".xlsx"))
	}
	f.Fuzz(func(t *testing.T, content []byte, isBook bool) {
		name := "a.csv"
		if isBook {
			name = "a.xlsx"
		}
		got := load(t, Options{}, write(t, name, content[:min(len(content), 1<<14)]))
		for _, row := range got.OrRefused(t) {
			of, _, ok := graph.SplitCode(row["code"])
			other, _, also := graph.SplitCode(row["other"])
			if !ok || !also || of == other {
				t.Errorf("row %v", row)
			}
		}
	})
}
