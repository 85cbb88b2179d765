package loader

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"tiermap/graph"
)

// outcome is what a table became: its rows as "line: fields", its rejects as
// "line: reason".
type outcome struct {
	rows, rejects []string
	err           error
}

// readTable reads a table with the columns a, b and c, of which a is required.
func readTable(src io.Reader) outcome {
	var out outcome
	report := &Report{Reasons: map[Reason]int64{}}
	var rejects strings.Builder
	w, _ := NewRejectWriter(&rejects)
	sink := newSink(context.Background(), nil, w, report)
	defer sink.stop()
	t, err := sink.newTable(Input{Path: "in/t.csv", Name: "t.csv"}, io.NopCloser(src), Layout{Known: []string{"a", "b", "c"}, Required: []string{"a"}})
	if err != nil {
		return outcome{err: err}
	}
	for t.Next() {
		row := make([]string, 0, 3)
		for _, column := range t.header {
			row = append(row, t.Text(column))
		}
		out.rows = append(out.rows, fmt.Sprintf("%d: %s", t.Line(), strings.Join(row, "|")))
	}
	out.err = t.Close()
	_ = w.Flush()
	records, err := csv.NewReader(strings.NewReader(rejects.String())).ReadAll()
	if err != nil {
		out.err = errors.Join(out.err, err)
	}
	for _, r := range records[1:] {
		if r[0] != "in/t.csv" {
			out.err = errors.Join(out.err, fmt.Errorf("a reject names the file %q", r[0]))
		}
		reason, _, _ := strings.Cut(r[4], ":")
		out.rejects = append(out.rejects, r[1]+": "+reason)
	}
	if int(report.Rejected) != len(out.rejects) {
		out.err = errors.Join(out.err, fmt.Errorf("%d rejects counted, %d written", report.Rejected, len(out.rejects)))
	}
	return out
}

func TestTableRows(t *testing.T) {
	long := strings.Repeat("x", MaxRow)
	tests := []struct {
		name, file string
		rows       []string
		rejects    []string
	}{
		{"plain", "a,b\n1,2\n3,4\n", []string{"2: 1|2", "3: 3|4"}, nil},
		{"no row", "a,b\n", nil, nil},
		{"CRLF", "a,b\r\n1,2\r\n3,4\r\n", []string{"2: 1|2", "3: 3|4"}, nil},
		{"a byte order mark", "\xef\xbb\xbfa,b\n1,2\n", []string{"2: 1|2"}, nil},
		{"a byte order mark before a quote", "\xef\xbb\xbf\"a\",b\n1,2\n", []string{"2: 1|2"}, nil},
		{"a byte order mark further on is text", "a,b\n\xef\xbb\xbf1,2\n", []string{"2: \ufeff1|2"}, nil},
		{"the last line without a line end", "a,b\n1,2\n3,4", []string{"2: 1|2", "3: 3|4"}, nil},
		{"cut off within a row", "a,b\n1,2\n3", []string{"2: 1|2"}, []string{"3: column_count"}},
		{"too many columns", "a,b\n1,2,3\n3,4\n", []string{"3: 3|4"}, []string{"2: column_count"}},
		{"empty lines are no rows", "a,b\n\n1,2\n\r\n3,4\n\n", []string{"3: 1|2", "5: 3|4"}, nil},
		{"blank fields are a row", "a,b\n,\n", []string{"2: |"}, nil},
		{"blanks around values", "a,b\n 1 ,\t2\u00a0\n", []string{"2: 1|2"}, nil},
		{"columns in any order", "b,a\n2,1\n", []string{"2: 2|1"}, nil},
		{"blanks around column names", " a , b\n1,2\n", []string{"2: 1|2"}, nil},
		{"quotes", "a,b\n\"1,5\",\"say \"\"hi\"\"\"\n\"\",x\n", []string{`2: 1,5|say "hi"`, "3: |x"}, nil},
		{"a line end in quotes", "a,b\n\"one\ntwo\",2\n3,4\n", []string{"2: one\ntwo|2", "4: 3|4"}, nil},
		{"CRLF in quotes", "a,b\r\n\"one\r\ntwo\",2\r\n3,4\r\n", []string{"2: one\ntwo|2", "4: 3|4"}, nil},
		{"a quote that is never closed", "a,b\n\"1,2\n3,4\n5,6\n", []string{"3: 3|4", "4: 5|6"}, []string{"2: quoting"}},
		{"a quote open at the end", "a,b\n1,2\n3,\"4", []string{"2: 1|2"}, []string{"3: quoting"}},
		{"a quote within a value", "a,b\n5\" pipe,2\n3,4\n", []string{"3: 3|4"}, []string{"2: quoting"}},
		{"two quotes within values of two lines", "a,b\n5\" pipe,2\n6\" pipe,4\n7,8\n", []string{"4: 7|8"}, []string{"2: quoting", "3: quoting"}},
		{"text behind a closing quote", "a,b\n\"1\"x,2\n3,4\n", []string{"3: 3|4"}, []string{"2: quoting"}},
		{"a blank behind a closing quote", "a,b\n\"1\" ,2\n", nil, []string{"2: quoting"}},
		{"a NUL byte", "a,b\n1,\x002\n3,4\n", []string{"3: 3|4"}, []string{"2: nul_byte"}},
		{"Latin-1", "a,b\nC\xf4te d'Ivoire,2\n3,4\n", []string{"3: 3|4"}, []string{"2: not_utf8"}},
		{"UTF-8", "a,b\nTürkiye,2\n", []string{"2: Türkiye|2"}, nil},
		{"a surrogate is not UTF-8", "a,b\n\xed\xa0\x80,2\n", nil, []string{"2: not_utf8"}},
		{"a row that is too long", "a,b\n" + long + ",2\n3,4\n", []string{"3: 3|4"}, []string{"2: too_long"}},
		{"a row of the greatest length", "a,b\n" + long[:MaxRow-2] + ",2\n", []string{"2: " + long[:MaxRow-2] + "|2"}, nil},
		{"a last row that is too long", "a,b\n3,4\n" + long + ",2", []string{"2: 3|4"}, []string{"3: too_long"}},
		{"a quote closed too late", "a,b\n\"1\n" + strings.Repeat("3,4\n", 2) + long[:MaxRow-4] + "\n\",2\n5,6\n",
			[]string{"3: 3|4", "4: 3|4", "7: 5|6"}, []string{"2: quoting", "5: column_count", "6: quoting"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for how, src := range map[string]io.Reader{
				"at once":        strings.NewReader(test.file),
				"byte by byte":   iotest.OneByteReader(strings.NewReader(test.file)),
				"data with EOF":  iotest.DataErrReader(strings.NewReader(test.file)),
				"half and empty": iotest.HalfReader(strings.NewReader(test.file)),
			} {
				got := readTable(src)
				if got.err != nil || !slices.Equal(got.rows, test.rows) || !slices.Equal(got.rejects, test.rejects) {
					t.Errorf("%s: rows %.300q, rejects %q, error %v; want rows %.300q, rejects %q",
						how, got.rows, got.rejects, got.err, test.rows, test.rejects)
				}
			}
		})
	}
}

func TestTableHeader(t *testing.T) {
	tests := []struct {
		name, file, message string
		suggestions         []string
	}{
		{"an empty file", "", "in/t.csv is empty: it needs a header with the columns a, b, c", nil},
		{"only empty lines", "\n\r\n", "in/t.csv is empty: it needs a header with the columns a, b, c", nil},
		{"an unknown column", "a,bb\n", `in/t.csv: the header has a column "bb" that is not known (known: a, b, c)`, []string{"b"}},
		{"a column unlike any", "a,quantity\n", `in/t.csv: the header has a column "quantity" that is not known (known: a, b, c)`, nil},
		{"another case", "A,b\n", `in/t.csv: the header has a column "A" that is not known (known: a, b, c)`, []string{"a"}},
		{"a nameless column", "a,\n", `in/t.csv: the header has a column "" that is not known (known: a, b, c)`, []string{"a"}},
		{"a column twice", "a,b,a\n", "in/t.csv: the header has the column a twice", nil},
		{"a required column missing", "b,c\n", "in/t.csv: the column a is missing in the header", nil},
		{"semicolons", "a;b;c\n", `in/t.csv: the header has a column "a;b;c" that is not known (known: a, b, c)`, nil},
		{"UTF-16", "\xff\xfea\x00,\x00b\x00\n\x00", "in/t.csv, line 1: the header cannot be read: the row holds a NUL byte, which no text has; a CSV file in UTF-8 is needed", nil},
		{"an open quote", "\"a,b\n1,2\n", "in/t.csv, line 1: the header cannot be read: a quote is not closed, or stands where none may; a CSV file in UTF-8 is needed", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := readTable(strings.NewReader(test.file)).err
			var e *graph.Error
			if !errors.As(err, &e) || e.Code != graph.BadInput || e.Message != test.message || !slices.Equal(e.Suggestions, test.suggestions) {
				t.Errorf("error %v (%#v)\nwant  %s", err, e, test.message)
			}
		})
	}
}

func TestTableTellsWhatEndedTheFile(t *testing.T) {
	broken := errors.New("the disk is on fire")
	got := readTable(io.MultiReader(strings.NewReader("a,b\n1,2\n3,"), iotest.ErrReader(broken)))
	if !errors.Is(got.err, broken) || !slices.Equal(got.rows, []string{"2: 1|2"}) || got.rejects != nil {
		t.Errorf("got %+v, want the row before the error, and the error", got)
	}
}

func TestTableRejectsAColumn(t *testing.T) {
	var out strings.Builder
	w, err := NewRejectWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	report := &Report{Reasons: map[Reason]int64{}}
	sink := newSink(t.Context(), nil, w, report)
	defer sink.stop()
	table, err := sink.newTable(Input{Path: "in/t.csv", Name: "t.csv"}, io.NopCloser(strings.NewReader("a,b\n1, Nederlnd \n")), Layout{Known: []string{"a", "b", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	for table.Next() {
		table.Reject("b", NoCountry, "the nearest are Netherlands (NLD)")
		table.Reject("c", Missing, "")
	}
	if err := errors.Join(table.Close(), w.Flush()); err != nil {
		t.Fatal(err)
	}
	want := "file,line,column,value,reason,raw\n" +
		"in/t.csv,2,b,Nederlnd,unknown_country: no country is known by this name or code; the nearest are Netherlands (NLD),\"1, Nederlnd \"\n" +
		"in/t.csv,2,c,,missing: the value is missing,\"1, Nederlnd \"\n"
	if out.String() != want {
		t.Errorf("rejects\n%s\nwant\n%s", out.String(), want)
	}
}

func TestTableOfAPublisher(t *testing.T) {
	sink := newSink(t.Context(), nil, nil, &Report{Reasons: map[Reason]int64{}})
	defer sink.stop()
	file := "Country\tSp\xe9cial\tNotes\n\"C\xf4te\td'Ivoire\"\t1,5\t\x97\n"
	table, err := sink.newTable(Input{Path: "p.txt", Name: "p.txt"}, io.NopCloser(strings.NewReader(file)),
		Layout{Required: []string{"Country"}, Comma: '\t', Charset: charmap.Windows1252})
	if err != nil || !table.Next() {
		t.Fatal(err, table.Close())
	}
	got := []string{table.Text("Country"), table.Text("Spécial"), table.Text("Notes"), table.Text("none")}
	if want := []string{"Côte\td'Ivoire", "1,5", "—", ""}; !slices.Equal(got, want) {
		t.Errorf("row %q, want %q", got, want)
	}
	if table.Next() || table.Close() != nil {
		t.Error("another row, or an error", table.Close())
	}
}

// reference is a slow and simple reader of the same tables: a row is the fewest
// lines that encoding/csv takes for one record; where there are none, the first
// line is rejected.
func reference(data string) outcome {
	var out outcome
	lines := strings.SplitAfter(strings.TrimPrefix(data, "\xef\xbb\xbf"), "\n")
	for i := 0; i < len(lines); {
		if strings.TrimSuffix(strings.TrimSuffix(lines[i], "\n"), "\r") == "" {
			i++
			continue
		}
		fields, used := record(lines[i:])
		text := strings.Join(lines[i:i+max(used, 1)], "")
		switch {
		case strings.ContainsRune(text, 0):
			out.rejects = append(out.rejects, fmt.Sprintf("%d: nul_byte", i+1))
		case !utf8.ValidString(text):
			out.rejects = append(out.rejects, fmt.Sprintf("%d: not_utf8", i+1))
		case used == 0:
			out.rejects = append(out.rejects, fmt.Sprintf("%d: quoting", i+1))
		case len(fields) != 3:
			out.rejects = append(out.rejects, fmt.Sprintf("%d: column_count", i+1))
		default:
			for n := range fields {
				fields[n] = strings.TrimSpace(fields[n])
			}
			out.rows = append(out.rows, fmt.Sprintf("%d: %s", i+1, strings.Join(fields, "|")))
		}
		i += max(used, 1)
	}
	return out
}

// record returns the fields of the record that the lines begin with, and how
// many lines it takes; none where it is no record.
func record(lines []string) (fields []string, used int) {
	for n := 1; n <= len(lines); n++ {
		r := csv.NewReader(strings.NewReader(strings.Join(lines[:n], "")))
		records, err := r.ReadAll()
		if err == nil && len(records) == 1 {
			return records[0], n
		}
	}
	return nil, 0
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"1,2,3\n4,5,6\n", "\xef\xbb\xbf1,2,3", "\"a\nb\",\"c\"\"d\",e\r\n1,2,3\r\n", "\"a,b,c\n1,2,3\n",
		"5\" pipe,6\" pipe,x\n1,2,3\n", "\"a\"x,b,c\n", "\x00,b,c\n", "\xff,b,c\n", "a,b\n", "\r\n\r\n1,2,3\r", "\"\x00\n\"x,1\n\",\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 1<<9 {
			body = body[:1<<9] // the reference is slow
		}
		const head = "a,b,c\n"
		got := readTable(strings.NewReader(head + body))
		want := reference(head + body)
		want.rows = want.rows[1:] // the header
		if got.err != nil || !slices.Equal(got.rows, want.rows) || !slices.Equal(got.rejects, want.rejects) {
			t.Errorf("rows %q, rejects %q, error %v\nwant %q, %q", got.rows, got.rejects, got.err, want.rows, want.rejects)
		}
	})
}
