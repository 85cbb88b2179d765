package baci

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
)

const (
	yearly    = "BACI_HS17_Y2024_V202601.csv"
	codesFile = "country_codes_V202601.csv"
	id        = "baci-hs17-v202601-2024"
	head      = "t,i,j,k,v,q\n"
)

var builtin = sample.Countries()

// result is what a load came to.
type result struct{ sample.Loaded }

// load loads the paths into a store in memory.
func load(t testing.TB, paths ...string) result {
	t.Helper()
	jobs, err := Jobs(paths, Options{Countries: builtin})
	out := result{sample.Load(t, jobs, err)}
	for _, r := range out.Rejects {
		if !strings.HasPrefix(r.File, filepath.Dir(paths[0])) {
			t.Errorf("a reject names the file %q, which is not below %s", r.File, filepath.Dir(paths[0]))
		}
	}
	return out
}

// loadRows loads a yearly file of the rows.
func loadRows(t testing.TB, rows string) result {
	t.Helper()
	return load(t, sample.Files(t, map[string]string{yearly: head + rows}))
}

// rows are the loaded rows of the dataset as "line: exporter importer code USD tonnes".
func (r result) rows() []string {
	var list []string
	for _, row := range r.Store.Rows[id] {
		list = append(list, fmt.Sprintf("%s: %s %s %s %s %s", row["line"], row["exporter"], row["importer"],
			strings.TrimPrefix(row["code"], "HS2017:"), or(row["value_usd"], "?"), or(row["tonnes"], "?")))
	}
	return list
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func TestLoad(t *testing.T) {
	got := load(t, filepath.Join("testdata", yearly))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	if r := got.Reports[0]; r.Dataset != id || r.Read != 42 || r.Accepted != 42 || r.Rejected != 0 || len(r.Notes) != 0 {
		t.Errorf("report %+v", *r)
	}
	rows := got.Store.Rows[id]
	want := loadertest.Row{"kind": "trade", "year": "2024", "exporter": "CHN", "importer": "NLD", "code": "HS2017:811292",
		"value_usd": "8.263379e+06", "tonnes": "96.705", "file": yearly, "line": "24"}
	if fmt.Sprint(rows[22]) != fmt.Sprint(want) {
		t.Errorf("row %v\nwant %v", rows[22], want)
	}
	usd, tonnes, known := 0.0, 0.0, 0
	for _, row := range rows {
		v, err := strconv.ParseFloat(row["value_usd"], 64)
		if err != nil {
			t.Fatal(err)
		}
		usd += v
		if row["tonnes"] != "" {
			q, err := strconv.ParseFloat(row["tonnes"], 64)
			if err != nil {
				t.Fatal(err)
			}
			tonnes += q
			known++
		}
	}
	if usd != 11_074_735 || math.Abs(tonnes-179.759) > 1e-9 || known != 27 {
		t.Errorf("%.0f USD, %.3f tonnes in %d rows", usd, tonnes, known)
	}
	d := got.Store.Datasets[id]
	d.Retrieved = ""
	if want := (graph.Dataset{ID: id, Title: "BACI: international trade at the product level, HS17, 2024, version 202601", Publisher: "CEPII",
		URL: "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37", Licence: "Etalab 2.0", Version: "V202601"}); d != want {
		t.Errorf("dataset %+v\nwant %+v", d, want)
	}
}

func TestRows(t *testing.T) {
	tests := []struct {
		name, rows string
		want       []string
		rejects    []string
	}{
		{"plain", "2024,12,251,250490,0.042,0.123\n", []string{"2: DZA FRA 250490 42 0.123"}, nil},
		{"leading zeros of the code", "2024,528,56,010121,1,2\n", []string{"2: NLD BEL 010121 1000 2"}, nil},
		{"BACI's own numbers", "2024,251,490,250490,1,1\n2024,842,699,250490,1,1\n2024,757,579,250490,1,1\n",
			[]string{"2: FRA TWN 250490 1000 1", "3: USA IND 250490 1000 1", "4: CHE NOR 250490 1000 1"}, nil},
		{"numbers with leading zeros", "2024,012,056,250490,1,1\n", []string{"2: DZA BEL 250490 1000 1"}, nil},
		{"CRLF", "2024,12,251,250490,0.042,0.123\r\n2024,12,56,250490,1,NA\r\n",
			[]string{"2: DZA FRA 250490 42 0.123", "3: DZA BEL 250490 1000 ?"}, nil},
		{"quotes", "\"2024\",\"12\",\"251\",\"250490\",\"0.042\",\"0.123\"\n", []string{"2: DZA FRA 250490 42 0.123"}, nil},
		{"no mass", "2024,12,251,250490,1,NA\n2024,12,56,250490,1,           NA\n2024,12,276,250490,1,\n2024,12,528,250490,1,NA  \n",
			[]string{"2: DZA FRA 250490 1000 ?", "3: DZA BEL 250490 1000 ?", "4: DZA DEU 250490 1000 ?", "5: DZA NLD 250490 1000 ?"}, nil},
		{"no value", "2024,12,251,250490,NA,3\n2024,12,56,250490,,3\n", []string{"2: DZA FRA 250490 ? 3", "3: DZA BEL 250490 ? 3"}, nil},
		{"neither", "2024,12,251,250490,NA,NA\n2024,12,56,250490,,\n", nil, []string{"2 v NA missing", "3 v  missing"}},
		{"zeros stay zeros", "2024,12,251,250490,0.000,0.000\n", []string{"2: DZA FRA 250490 0 0"}, nil},
		{"blanks around numbers", "2024, 12 ,\t251, 250490,  0.042 , 0.123\n", []string{"2: DZA FRA 250490 42 0.123"}, nil},
		{"other forms of a decimal", "2024,12,251,250490,1e+05,.433\n2024,12,56,250490,2.5E-3,5.\n",
			[]string{"2: DZA FRA 250490 1e+08 0.433", "3: DZA BEL 250490 2.5 5"}, nil},
		{"more digits than a float64 holds", "2024,12,251,250490,0.1234567890123456789,1234567890.1234567890123\n",
			[]string{"2: DZA FRA 250490 123.45678901234568 1.2345678901234567e+09"}, nil},
		{"self trade", "2024,12,12,250490,1,1\n", []string{"2: DZA DZA 250490 1000 1"}, nil},
		{"no row", "", nil, nil},
		{"empty lines", "\n2024,12,251,250490,1,1\n\r\n\n", []string{"3: DZA FRA 250490 1000 1"}, nil},
		{"the last line without a line end", "2024,12,251,250490,1,1\n2024,12,56,250490,1,1",
			[]string{"2: DZA FRA 250490 1000 1", "3: DZA BEL 250490 1000 1"}, nil},
		{"cut off within a row", "2024,12,251,250490,1,1\n2024,12,56,2504", []string{"2: DZA FRA 250490 1000 1"}, []string{"3   column_count"}},
		{"another year", "2023,12,251,250490,1,1\n2024,12,56,250490,1,1\n", []string{"3: DZA BEL 250490 1000 1"}, []string{"2 t 2023 wrong_year"}},
		{"4.5 is no country", "2024,4.5,251,250490,1,1\n", nil, []string{"2 i 4.5 not_integer"}},
		{"no country", "2024,12,999,250490,1,1\n2024,12,1250,250490,1,1\n2024,0012,56,250490,1,1\n2024,12,,250490,1,1\n2024,-12,56,250490,1,1\n2024,DZA,56,250490,1,1\n",
			nil, []string{"2 j 999 unknown_country", "3 j 1250 unknown_country", "4 i 0012 unknown_country", "5 j  missing",
				"6 i -12 unknown_country", "7 i DZA not_integer"}},
		{"a state that had ended", "2024,810,56,250490,1,1\n", nil, []string{"2 i 810 unknown_country"}},
		{"codes that are none", "2024,12,251,25049,1,1\n2024,12,251,0250490,1,1\n2024,12,251,25O490,1,1\n2024,12,251,,1,1\n2024,12,251,TOTAL,1,1\n2024,12,251,-25049,1,1\n",
			nil, []string{"2 k 25049 bad_code", "3 k 0250490 bad_code", "4 k 25O490 bad_code", "5 k  missing", "6 k TOTAL bad_code", "7 k -25049 bad_code"}},
		{"numbers that are none", "2024,12,251,250490,NaN,1\n2024,12,251,250490,1,Inf\n2024,12,251,250490,0x10,1\n2024,12,251,250490,1_0,1\n2024,12,251,250490,+1,1\n2024,12,251,250490,1,N/A\n2024,12,251,250490,1,na\n",
			nil, []string{"2 v NaN not_number", "3 q Inf not_number", "4 v 0x10 not_number", "5 v 1_0 not_number", "6 v +1 not_number", "7 q N/A not_number", "8 q na not_number"}},
		{"a decimal comma makes a column", "2024,12,251,250490,1,5,1\n", nil, []string{"2   column_count"}},
		{"numbers out of range", "2024,12,251,250490,1e400,1\n2024,12,251,250490,1,1e16\n2024,12,251,250490,1e-400,1\n2024,12,251,250490,1e16,1\n",
			nil, []string{"2 v 1e400 out_of_range", "3 q 1e16 out_of_range", "4 v 1e-400 out_of_range", "5 v 1e16 out_of_range"}},
		{"the greatest that the plain shape holds", "2024,12,251,250490,999999999999999,999999999999999\n",
			[]string{"2: DZA FRA 250490 9.99999999999999e+17 9.99999999999999e+14"}, nil},
		{"below zero", "2024,12,251,250490,-1,1\n2024,12,251,250490,1,-0.001\n2024,12,251,250490,-0,1\n",
			[]string{"4: DZA FRA 250490 0 1"}, []string{"2 v -1 negative", "3 q -0.001 negative"}},
		{"columns too few or too many", "2024,12,251,250490,1\n2024,12,251,250490,1,1,1\n", nil, []string{"2   column_count", "3   column_count"}},
		{"a NUL byte", "2024,12,251,250490,1,\x001\n2024,12,251,250490,1,1\n", []string{"3: DZA FRA 250490 1000 1"}, []string{"2   nul_byte"}},
		{"not UTF-8", "2024,12,251,250490,1,\xa01\n2024,12,251,250490,1,1\n", []string{"3: DZA FRA 250490 1000 1"}, []string{"2   not_utf8"}},
		{"an open quote costs its line", "2024,12,251,250490,1,\"1\n2024,12,251,250490,1,1\n", []string{"3: DZA FRA 250490 1000 1"}, []string{"2   quoting"}},
		{"a header again", "2024,12,251,250490,1,1\nt,i,j,k,v,q\n", []string{"2: DZA FRA 250490 1000 1"}, []string{"3 t t not_integer"}},
		{"a repeated key", "2024,12,251,250490,1,1\n2024,12,251,250490,2,2\n2024,12,251,250410,1,1\n2024,012,251,250490,3,3\n",
			[]string{"2: DZA FRA 250490 1000 1", "4: DZA FRA 250410 1000 1"}, []string{"3   repeated_key", "5   repeated_key"}},
		{"a rejected row repeats nothing", "2024,12,251,250490,x,1\n2024,12,251,250490,2,2\n", []string{"3: DZA FRA 250490 2000 2"}, []string{"2 v x not_number"}},
		{"two numbers of one country are two keys", "2024,58,251,250490,1,1\n2024,56,251,250490,2,2\n", []string{"3: BEL FRA 250490 2000 2"},
			[]string{"2 i 58 unknown_country"}},
		{"rejects in the order of the file", "2024,12,251,250490,1,1\n2024,x,251,250490,1,1\n2024,12,251,250490,1,1\n2024,y,251,250490,1,1\n",
			[]string{"2: DZA FRA 250490 1000 1"}, []string{"3 i x not_integer", "4   repeated_key", "5 i y not_integer"}},
		{"a line that is too long", strings.Repeat("x", 3*blockSize) + "\n2024,12,251,250490,1,1\n", []string{"3: DZA FRA 250490 1000 1"}, []string{"2   too_long"}},
		{"a last line that is too long", "2024,12,251,250490,1,1\n" + strings.Repeat("x", 3*blockSize), []string{"2: DZA FRA 250490 1000 1"}, []string{"3   too_long"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := loadRows(t, test.rows)
			if got.Err != nil || !slices.Equal(got.rows(), test.want) || !slices.Equal(got.Rejected(), test.rejects) {
				t.Errorf("rows %q, rejects %q (%q), error %v\nwant %q, %q", got.rows(), got.Rejected(), got.Rejects, got.Err, test.want, test.rejects)
			}
		})
	}
}

func TestRejectsSayWhatToDo(t *testing.T) {
	got := loadRows(t, "2023,12,251,250490,1,1\n2024,810,56,250490,1,1\n2024,12,251,10121,1,1\n2024,12,251,250490,NA,NA\n")
	want := []string{
		"wrong_year: not the year that the file is about; the file is about 2024",
		`unknown_country: no country is known by this name or code; "810" stood for Soviet Union (SUN) until 1991, not in 2024; after it:`,
		"bad_code: not a trade code; six digits are needed, leading zeros included",
		"missing: the value is missing; neither v nor q is known",
	}
	for i, w := range want {
		if !strings.HasPrefix(got.Rejects[i].Detail, w) {
			t.Errorf("got  %s\nwant %s", got.Rejects[i].Detail, w)
		}
	}
}

func TestNotes(t *testing.T) {
	got := loadRows(t, "2024,12,251,250490,1,1\n2024,12,56,250490,1,1.2")
	want := []string{"the last line of BACI_HS17_Y2024_V202601.csv has no line end: if the file was cut off there, its last figure may be short of digits"}
	if !slices.Equal(got.Reports[0].Notes, want) {
		t.Errorf("notes %q", got.Reports[0].Notes)
	}
}

func compressed(t *testing.T, text string) (gz, zst string) {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), string(z.EncodeAll([]byte(text), nil))
}

func zipped(t *testing.T, members ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(members[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryPackingGivesTheSameRows(t *testing.T) {
	published := sample.Content(t, yearly)
	want := loadRows(t, strings.TrimPrefix(string(published), head)).rows()
	if len(want) != 42 {
		t.Fatalf("%d rows", len(want))
	}
	gz, zst := compressed(t, string(published))
	for name, data := range map[string]string{
		yearly:                        "\ufeff" + string(published),
		"baci_hs17_y2024_v202601.csv": strings.ReplaceAll(string(published), "\n", "\r\n"),
		yearly + ".gz":                gz,
		yearly + ".zst":               zst,
		"BACI_HS17_V202601.zip":       zipped(t, "BACI/Readme.txt", "not a table", "BACI/"+yearly, string(published)),
	} {
		path := filepath.Join(sample.Files(t, map[string]string{name: data}), name)
		got := load(t, path)
		if got.Err != nil || !slices.Equal(got.rows(), want) {
			t.Errorf("%s: %d rows, error %v", name, len(got.rows()), got.Err)
		}
	}
}

func TestARelease(t *testing.T) {
	archive := zipped(t,
		"BACI_HS92_Y1995_V202401b.csv", head+"1995,12,251,250490,1,1\n",
		"BACI_HS92_Y1996_V202401b.csv", head+"1996,12,251,250490,1,1\n1996,12,997,250490,1,1\n",
		"country_codes_V202401b.csv", "country_code,country_name,country_iso2,country_iso3\n997,Nowhere,NW,BEL\n",
		"product_codes_HS92_V202401b.csv", "code,description\n250490,Graphite\n")
	got := load(t, filepath.Join(sample.Files(t, map[string]string{"BACI_HS92_V202401b.zip": archive}), "BACI_HS92_V202401b.zip"))
	if got.Err != nil || len(got.Reports) != 2 {
		t.Fatalf("%d reports, error %v", len(got.Reports), got.Err)
	}
	if r := got.Reports[1]; r.Dataset != "baci-hs92-v202401b-1996" || r.Accepted != 2 {
		t.Errorf("report %+v", *r)
	}
	if row := got.Store.Rows["baci-hs92-v202401b-1996"][1]; row["importer"] != "BEL" || row["code"] != "HS1992:250490" || row["year"] != "1996" {
		t.Errorf("row %v", row)
	}
}

func TestCountryCodes(t *testing.T) {
	row := head + "2024,997,251,250490,1,1\n"
	const columns = "country_code,country_name,country_iso2,country_iso3\n"
	const nothing = "every row was rejected: nothing was loaded, and the dataset is as it was"
	const before = "country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha\n"
	tests := []struct {
		name, codes   string
		rows, rejects []string
		detail, note  string
	}{
		{"by its ISO code", columns + "997,Nowhere,NW,BEL\n", []string{"2: BEL FRA 250490 1000 1"}, nil, "", ""},
		{"by its name", columns + "997,Belgium,NW,XYZ\n", []string{"2: BEL FRA 250490 1000 1"}, nil, "", ""},
		{"the columns of old releases", before + "997,Nowh.,C\xf4te,NW,BEL\n", []string{"2: BEL FRA 250490 1000 1"}, nil, "", ""},
		{"neither", columns + "997,Belgum,NW,XYZ\n", nil, []string{"2 i 997 unknown_country"},
			`unknown_country: no country is known by this name or code; country_codes_V202601.csv calls 997 "Belgum": no country is called "Belgum"; nearest known names: Belgium (BEL)`, nothing},
		{"not in it", columns + "12,Algeria,DZ,DZA\n", nil, []string{"2 i 997 unknown_country"},
			"unknown_country: no country is known by this name or code; no country has the number 997", nothing},
		{"another meaning", columns + "251,Greece,GR,GRC\n997,Nowhere,NW,BEL\n", []string{"2: BEL FRA 250490 1000 1"}, nil, "",
			"country 251 counts as FRA, as the built-in list has it; country_codes_V202601.csv calls it GRC (Greece)"},
		{"lines that are none", columns + "x,y\n\"997,open\n997,Nowhere,NW,BEL\n", []string{"2: BEL FRA 250490 1000 1"}, nil, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := load(t, filepath.Join(sample.Files(t, map[string]string{yearly: row, codesFile: test.codes}), yearly))
			if got.Err != nil || !slices.Equal(got.rows(), test.rows) || !slices.Equal(got.Rejected(), test.rejects) {
				t.Fatalf("rows %q, rejects %q, error %v", got.rows(), got.Rejected(), got.Err)
			}
			if test.detail != "" && !strings.HasPrefix(got.Rejects[0].Detail, test.detail) {
				t.Errorf("detail %s\nwant   %s", got.Rejects[0].Detail, test.detail)
			}
			if notes := strings.Join(got.Reports[0].Notes, "\n"); notes != test.note {
				t.Errorf("notes %s", notes)
			}
		})
	}
	t.Run("given, of another version", func(t *testing.T) {
		dir := sample.Files(t, map[string]string{yearly: row})
		codes := filepath.Join(sample.Files(t, map[string]string{"country_codes_V202501.csv": columns + "997,Nowhere,NW,BEL\n"}), "country_codes_V202501.csv")
		if got := load(t, codes, filepath.Join(dir, yearly)); got.Err != nil || len(got.rows()) != 1 {
			t.Errorf("rows %q, error %v", got.rows(), got.Err)
		}
	})
	t.Run("no such file at all", func(t *testing.T) {
		got := load(t, sample.Files(t, map[string]string{yearly: row, codesFile: "a,b\n1,2\n"}))
		if graph.CodeOf(got.Err) != graph.BadInput || !strings.Contains(got.Err.Error(), "country_codes_V202601.csv, line 1: this is no file of BACI's country codes") {
			t.Errorf("error %v", got.Err)
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	good := head + strings.Repeat("2024,12,251,250490,1,1\n", 10_000)
	gz, _ := compressed(t, good)
	codes := func(n int) string {
		var b strings.Builder
		for k := range n {
			fmt.Fprintf(&b, "2024,12,251,%06d,1,1\n", k)
		}
		return head + b.String()
	}
	tests := []struct {
		label, name, text, message string
	}{
		{"a name that is not CEPII's", "trade2024.csv", good, "trade2024.csv is, or holds, no yearly file of BACI: CEPII names them like BACI_HS17_Y2024_V202601.csv"},
		{"a revision that is none", "BACI_HS13_Y2024_V202601.csv", good, "HS13 is no revision of the Harmonized System"},
		{"an empty file", yearly, "", "BACI_HS17_Y2024_V202601.csv is empty, or its first line is"},
		{"an empty first line", yearly, "\n" + good, "is empty, or its first line is"},
		{"no header", yearly, "2024,12,251,250490,1,1\n", `the header has a column "2024" that is not known`},
		{"a column that is misspelt", yearly, "t,i,j,kk,v,q\n", `the header has a column "kk" that is not known (known: t, i, j, k, v, q)`},
		{"a column that is missing", yearly, "t,i,j,k,v\n2024,12,251,250490,1\n", "the column q is missing in the header"},
		{"another order", yearly, "t,j,i,k,v,q\n", "the header is t,j,i,k,v,q; CEPII's files have t,i,j,k,v,q in this order"},
		{"semicolons", yearly, "t;i;j;k;v;q\n", `the header has a column "t;i;j;k;v;q" that is not known`},
		{"UTF-16", yearly, "\xff\xfet\x00,\x00", "the header cannot be read"},
		{"a header without end", yearly, strings.Repeat("t,", blockSize), "the header"},
		{"a gzip file that is cut off", yearly + ".gz", gz[:len(gz)-9], "is cut off: fetch it again"},
		{"more codes than there can be", yearly, codes(maxCodes + 1), "has more than 16384 different product codes"},
	}
	for _, test := range tests {
		t.Run(test.label, func(t *testing.T) {
			got := load(t, filepath.Join(sample.Files(t, map[string]string{test.name: test.text}), test.name))
			if graph.CodeOf(got.Err) != graph.BadInput || !strings.Contains(got.Err.Error(), test.message) || len(got.Store.Rows) != 0 {
				t.Errorf("error %v, want one that says %s", got.Err, test.message)
			}
		})
	}
	t.Run("as many codes as there can be", func(t *testing.T) {
		if got := load(t, sample.Files(t, map[string]string{yearly: codes(maxCodes)})); got.Err != nil || got.Reports[0].Accepted != maxCodes {
			t.Errorf("error %v", got.Err)
		}
	})
	t.Run("no path", func(t *testing.T) {
		if got := load(t); graph.CodeOf(got.Err) != graph.BadInput {
			t.Errorf("error %v", got.Err)
		}
	})
	t.Run("no such path", func(t *testing.T) {
		if got := load(t, filepath.Join(t.TempDir(), yearly)); graph.CodeOf(got.Err) != graph.NotFound {
			t.Errorf("error %v", got.Err)
		}
	})
	t.Run("a year twice", func(t *testing.T) {
		got := load(t, sample.Files(t, map[string]string{yearly: good, yearly + ".gz": gz}))
		if graph.CodeOf(got.Err) != graph.BadInput || !strings.HasSuffix(got.Err.Error(), "are both baci-hs17-v202601-2024: name one of them") {
			t.Errorf("error %v", got.Err)
		}
	})
}

// manyRows writes n rows with distinct keys in random order.
func manyRows(r *rand.Rand, n int) []string {
	numbers := []int{12, 36, 56, 76, 124, 152, 156, 203, 251, 276, 344, 380, 392, 410, 484, 490, 528, 643, 699, 757, 826, 842}
	seen := map[string]bool{}
	var rows []string
	for len(rows) < n {
		key := fmt.Sprintf("2024,%d,%d,%06d", numbers[r.IntN(len(numbers))], numbers[r.IntN(len(numbers))], 10000*(1+r.IntN(97))+r.IntN(100))
		if !seen[key] {
			seen[key] = true
			rows = append(rows, fmt.Sprintf("%s,%.3f,%.3f", key, 1000*r.Float64(), 1000*r.Float64()))
		}
	}
	return rows
}

// Over several blocks that are parsed at once, in whatever order they are done:
// every row keeps its line, and a key that comes again is found however far away
// it stood.
func TestManyBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	rows := manyRows(r, 150_000) // 5 MB
	var want []string
	for n := range rows {
		switch {
		case n%1000 == 7:
			rows[n] = "2024,12,251,bad,1,1"
			want = append(want, fmt.Sprintf("%d k bad bad_code", n+2))
		case n%1000 == 8 && n > 1000:
			rows[n] = rows[r.IntN(n)/1000*1000]
			want = append(want, fmt.Sprintf("%d   repeated_key", n+2))
		}
	}
	got := loadRows(t, strings.Join(rows, "\n")+"\n")
	if got.Err != nil || !slices.Equal(got.Rejected(), want) {
		t.Fatalf("error %v, rejects %.300q, want %.300q", got.Err, got.Rejected(), want)
	}
	loaded := got.Store.Rows[id]
	if len(loaded)+len(want) != len(rows) {
		t.Fatalf("%d rows and %d rejects of %d", len(loaded), len(want), len(rows))
	}
	last := 1
	for _, row := range loaded {
		line, err := strconv.Atoi(row["line"])
		if err != nil || line <= last {
			t.Fatalf("line %s behind %d", row["line"], last)
		}
		last = line
		fields := strings.Split(rows[line-2], ",")
		if row["code"] != "HS2017:"+fields[3] || row["tonnes"] != strings.TrimRight(strings.TrimRight(fields[5], "0"), ".") {
			t.Fatalf("line %d is %s, loaded as %v", line, rows[line-2], row)
		}
	}
}

// slowStore interrupts the load at its third batch.
type slowStore struct {
	*loadertest.Store
	interrupt func()
	batches   int
}

func (s *slowStore) Begin(ctx context.Context, d graph.Dataset) (graph.Load, error) {
	load, err := s.Store.Begin(ctx, d)
	return &slowLoad{load, s}, err
}

type slowLoad struct {
	graph.Load
	store *slowStore
}

func (l *slowLoad) Write(ctx context.Context, b *graph.Batch) error {
	if l.store.batches++; l.store.batches == 3 {
		l.store.interrupt()
	}
	return l.Load.Write(ctx, b)
}

func TestInterrupt(t *testing.T) {
	rows := manyRows(rand.New(rand.NewPCG(5, 6)), 200_000)
	dir := sample.Files(t, map[string]string{yearly: head + strings.Join(rows, "\n") + "\n"})
	jobs, err := Jobs([]string{dir}, Options{Countries: builtin})
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	store := &slowStore{Store: loadertest.New(), interrupt: interrupt}
	_, err = loader.Run(ctx, store, jobs[0], loader.Options{})
	if !errors.Is(err, context.Canceled) || store.Abandons != 1 || len(store.Rows) != 0 {
		t.Errorf("error %v, %d abandoned, %d datasets", err, store.Abandons, len(store.Rows))
	}
}

// The store's failure is what the user gets to read, not what follows from it.
func TestStoreFails(t *testing.T) {
	full := graph.Errorf(graph.StoreDown, "the disk is full")
	store := loadertest.New()
	store.Fail = full
	rows := manyRows(rand.New(rand.NewPCG(5, 6)), 200_000)
	jobs, err := Jobs([]string{sample.Files(t, map[string]string{yearly: head + strings.Join(rows, "\n")})}, Options{Countries: builtin})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loader.Run(t.Context(), store, jobs[0], loader.Options{}); !errors.Is(err, full) || err.Error() != full.Message {
		t.Errorf("error %v", err)
	}
}

func TestOptions(t *testing.T) {
	dir := sample.Files(t, map[string]string{yearly: head})
	jobs, err := Jobs([]string{dir}, Options{Countries: builtin, Retrieved: "2026-01-22", Priority: 3})
	if err != nil || jobs[0].Dataset.Retrieved != "2026-01-22" || jobs[0].Dataset.Priority != 3 {
		t.Errorf("dataset %+v, error %v", jobs[0].Dataset, err)
	}
	if _, err := Jobs([]string{dir}, Options{Countries: builtin, Retrieved: "22 January"}); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("error %v", err)
	}
	jobs, err = Jobs([]string{dir}, Options{Countries: builtin})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, yearly))
	if err != nil || jobs[0].Dataset.Retrieved != info.ModTime().UTC().Format("2006-01-02") {
		t.Errorf("retrieved %s, error %v", jobs[0].Dataset.Retrieved, err)
	}
}

// A block reader gives the same lines whatever pieces the file comes in.
// TestDamagedFiles also holds the rows that were read against the lines of the
// file that are not blank.
func TestDamagedFiles(t *testing.T) {
	sample := map[string][]byte{}
	for _, name := range []string{yearly, codesFile} {
		content, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		sample[name] = content
	}
	damage.Counted(t, sample, func(dir string) ([]loader.Job, error) {
		return Jobs([]string{filepath.Join(dir, yearly), filepath.Join(dir, codesFile)}, Options{Countries: builtin})
	}, func(dir string) (rows int64, ok bool) {
		content, err := os.ReadFile(filepath.Join(dir, yearly))
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(content), "\n")
		for line := range strings.SplitSeq(body, "\n") {
			if strings.TrimSuffix(line, "\r") != "" {
				rows++
			}
		}
		return rows, true
	})
}

func TestBlocksAreWholeLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 40, blockSize / 3, blockSize - 1, blockSize, 2 * blockSize}), 0, 7).Draw(t, "lengths")
		text := "t\n"
		var want []string
		for i, n := range lengths {
			line := strings.Repeat(string(rune('a'+i)), n)
			text += line + "\n"
			if n >= blockSize { // it does not fit with its line end
				line = line[:shown]
			}
			want = append(want, line)
		}
		unended := rapid.Bool().Draw(t, "unended") && len(lengths) > 0 && lengths[len(lengths)-1] > 0
		if unended {
			text = strings.TrimSuffix(text, "\n")
		}
		src := strings.NewReader(text)
		r := &blockReader{src: iotest.HalfReader(iotest.DataErrReader(src))}
		if got, err := r.header(); got != "t" || err != nil {
			t.Fatalf("header %q, %v", got, err)
		}
		var got []string
		for b := newBlock(); ; {
			ok, err := r.next(b)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			if b.line != len(got)+2 {
				t.Fatalf("block begins at line %d, want %d", b.line, len(got)+2)
			}
			for line := range strings.Lines(string(b.data)) {
				got = append(got, strings.TrimSuffix(line, "\n"))
			}
		}
		if !slices.Equal(got, want) || r.cut != unended {
			t.Fatalf("got %.100q, cut %v; want %.100q, %v", got, r.cut, want, unended)
		}
	})
}

func TestSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s seen
		reference := map[[3]int]bool{}
		for range rapid.IntRange(1, 2000).Draw(t, "n") {
			k := [3]int{rapid.IntRange(0, 3).Draw(t, "i"), rapid.SampledFrom([]int{0, 999}).Draw(t, "j"), rapid.SampledFrom([]int{0, 1, 101, 250490, 999_999}).Draw(t, "k")}
			isNew, ok := s.add(k[0], k[1], k[2])
			if !ok || isNew == reference[k] {
				t.Fatalf("%v is new: %v", k, isNew)
			}
			reference[k] = true
		}
	})
}
