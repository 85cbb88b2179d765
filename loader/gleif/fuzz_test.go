package gleif

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiermap/loader/loadertest/sample"
)

var (
	leiText = regexp.MustCompile(`^[0-9A-Z]{18}[0-9]{2}$`)
	dayText = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})?$`)
)

// fuzz loads whatever a file of a format holds: nothing panics, what is refused
// is refused as bad input, accepted + rejected = read, and every fact is valid
// and of its own key.
func fuzz(f *testing.F, format, suffix string) {
	paths, err := filepath.Glob(filepath.Join("testdata", format, "*"))
	if err != nil || len(paths) == 0 {
		f.Fatalf("no sample of %s: %v", format, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<15 {
			text = text[:1<<15]
		}
		got := load(t, Options{Retrieved: "2025-05-15"}, sample.Files(t, map[string]string{"a." + suffix: text}))
		keys := map[string]bool{}
		for _, row := range got.OrRefused(t) {
			key := row["id"]
			if row["owner"] != "" {
				key = row["owner"] + row["owned"] + row["kind"] + row["from"]
			}
			ids := slices.DeleteFunc([]string{row["id"], row["lei"], row["owner"], row["owned"], row["successor"]}, func(s string) bool { return s == "" || leiText.MatchString(s) })
			if keys[key] || len(ids) > 0 || row["id"] != "" && row["name"] == "" || !dayText.MatchString(row["from"]) || !dayText.MatchString(row["until"]) {
				t.Errorf("row %v", row)
			}
			keys[key] = true
		}
	})
}

func FuzzCSV(f *testing.F)  { fuzz(f, "csv", "csv") }
func FuzzXML(f *testing.F)  { fuzz(f, "xml", "xml") }
func FuzzJSON(f *testing.F) { fuzz(f, "json", "json") }
func FuzzAPI(f *testing.F)  { fuzz(f, "api", "json") }

// fastAgrees holds the fast reader of XML against encoding/xml.
func fastAgrees(t interface{ Errorf(string, ...any) }, data string) {
	if unreadable([]byte(data)) != "" {
		return
	}
	for _, pair := range [][2]target{{new(xmlEntity), new(xmlEntity)}, {new(xmlRelationship), new(xmlRelationship)}, {new(xmlException), new(xmlException)}} {
		if !fastXML([]byte(data), pair[0]) {
			continue
		}
		if err := xml.Unmarshal([]byte(data), pair[1]); err != nil || !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%q: fast reads %+v, encoding/xml %+v, %v", data, pair[0], pair[1], err)
		}
	}
}

func FuzzFastXML(f *testing.F) {
	for _, seed := range []string{
		`<a:LEIRecord xmlns:a="b"><a:LEI>X</a:LEI><a:Entity><a:LegalName xml:lang="en">A &amp; B &lt;</a:LegalName></a:Entity></a:LEIRecord>`,
		`<r><ExceptionReason>A</ExceptionReason><ExceptionReason>&#65;</ExceptionReason><LEI><b>1</b></LEI></r>`,
		`<r><Relationship><RelationshipPeriods><RelationshipPeriod><StartDate>1</StartDate></RelationshipPeriod></RelationshipPeriods></Relationship></r>`,
		"<r><LEI>a\rb]]></LEI><!-- c --><![CDATA[d]]></r>", "<r ><LEI\n>1</LEI></r>x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data string) { fastAgrees(t, data) })
}

// Records made of likely pieces come nearer to the edges than bytes at random.
func TestFastXMLAgrees(t *testing.T) {
	piece := rapid.SampledFrom([]string{"<r>", "</r>", "<LEI>", "</LEI>", "<l:LEI>", "</l:LEI>", "<Entity>", "</Entity>", "<LegalName xml:lang=\"de\">", "</LegalName>",
		"<ExceptionReason>", "</ExceptionReason>", "<LEI/>", "A", " ", "\n", "\r\n", "&amp;", "&lt;", "&amp;lt;", "&#10;", "&nope;", "&", "]]>", "<!-- x -->", "<![CDATA[x]]>", "<?x?>",
		"<b a='1'>", "<b a=\"1\">", "<b a=\"&amp;\">", "<b  a = \"1\" >", "<b a>", "</b>", "</b >", "<1>", "é", "\ufffe", "\x01", "<é>", "<a:b:c>", "<:a>", ">", "\""})
	rapid.Check(t, func(r *rapid.T) {
		fastAgrees(r, "<r>"+strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(r, "pieces"), "")+"</r>")
	})
	plain := 0
	for _, name := range []string{"lei2", "rr", "repex"} {
		text, err := os.ReadFile("testdata/xml/20250515-0000-gleif-goldencopy-" + name + "-golden-copy.xml")
		if err != nil {
			t.Fatal(err)
		}
		f := file{format: asXML, level: map[string]level{"lei2": entities, "rr": relationships, "repex": exceptions}[name], prefix: map[string]string{"lei2": "lei:", "rr": "rr:", "repex": "repex:"}[name]}
		b := &block{}
		if _, err := newXMLSplitter(f, strings.NewReader(string(text))).next(b); err != nil {
			t.Fatal(err)
		}
		for _, record := range b.texts {
			data := string(b.data[record.start:record.end])
			fastAgrees(t, data)
			if fastXML([]byte(data), new(xmlEntity)) {
				plain++
			}
		}
	}
	if plain != 28 {
		t.Errorf("%d of the 28 records of the samples are plain", plain)
	}
}
