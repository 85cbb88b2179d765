package gleif

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tiermap/graph"
	"tiermap/loader"
	"tiermap/loader/loadertest"
	"tiermap/loader/loadertest/damage"
	"tiermap/loader/loadertest/sample"
)

const dataset20250515 = "gleif-20250515"

var builtin = sample.Countries()

// result is what a load came to.
type result struct{ sample.Loaded }

// load loads the paths into a store in memory.
func load(t testing.TB, o Options, paths ...string) result {
	t.Helper()
	o.Countries = builtin
	jobs, err := Jobs(paths, o)
	return result{sample.Load(t, jobs, err)}
}

// rejected is what was rejected: file, line, column, value and reason.
func (r result) rejected() (lines []string) {
	for _, reject := range r.Rejects {
		lines = append(lines, filepath.Base(reject.File)+" "+reject.String())
	}
	return lines
}

// rows are the facts of a dataset, without where they stood.
func (r result) rows(dataset string) []string {
	var list []string
	for _, row := range r.Store.Rows[dataset] {
		table := "company"
		if row["owner"] != "" {
			table = "owns"
			if row["kind"] == "owns" { // the table's name, where the field of that name is blank
				delete(row, "kind")
			}
		} else {
			delete(row, "kind")
		}
		delete(row, "file")
		delete(row, "line")
		line := table
		for _, field := range slices.Sorted(maps.Keys(row)) {
			line += fmt.Sprintf(" %s=%q", field, row[field])
		}
		list = append(list, line)
	}
	return list
}

// The same records in each format become the same facts, and the same records
// are rejected and passed over.
func TestFormats(t *testing.T) {
	passed := map[string]int64{
		"records about an entity that was passed over":                                                     2,
		"registrations of status ANNULLED: the LEI was issued by mistake or by fraud":                      1,
		"registrations of status PENDING_VALIDATION: nobody has verified yet that the entity exists":       1,
		"relationships of funds (IS_FUND-MANAGED_BY, IS_SUBFUND_OF, IS_FEEDER_TO), which are no ownership": 1,
		"relationships that have ended without a date":                                                     1,
	}
	lines := map[string][]string{ // of the rejects, in their order
		"csv": {"12", "5", "7", "8", "8", "10"}, "json": {"12", "5", "7", "8", "8", "10"},
		"xml": {"306", "23", "33", "38", "160", "206"}, "plain": {"236", "23", "35", "41", "155", "201"},
	}
	rejects := []string{
		"Registration.RegistrationStatus OPEN not_allowed", "LEI 54930000TIERMAP01046 unknown_reference", "LEI 001GPB6A9XPE8XJICC14 repeated_key",
		"Exception.Reason.1 BECAUSE not_allowed", "Relationship.EndNode.NodeID 54930000TIERMAP01046 unknown_reference",
		"Relationship.StartNode.NodeID 54930000TIERMAP00173 repeated_key",
	}
	for format, at := range lines {
		t.Run(format, func(t *testing.T) {
			got := load(t, Options{}, filepath.Join("testdata", format))
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			sample.Golden(t, "rows.golden", strings.Join(got.rows(dataset20250515), "\n")+"\n")
			if r := got.Reports[0]; r.Read != 22 || r.Accepted != 16 || r.Rejected != 6 || !maps.Equal(r.Passed, passed) ||
				!slices.Equal(r.Notes, []string{"1 companies name more than one successor: the first counts"}) {
				t.Errorf("report %+v", *r)
			}
			for i, reject := range got.rejected() {
				_, place, _ := strings.Cut(reject, " ")
				if want := at[i] + " " + rejects[i]; place != want {
					t.Errorf("reject %q, want %q", place, want)
				}
			}
		})
	}
}

// A response of the API has what the files have, but for exceptions with
// several reasons; a record that comes again is no fault there.
func TestAPI(t *testing.T) {
	got := load(t, Options{}, filepath.Join("testdata", "api"))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	files := load(t, Options{}, filepath.Join("testdata", "csv")).rows(dataset20250515)
	for i, row := range files {
		files[i] = strings.Replace(row, ` ultimate_parent_exception="NON_CONSOLIDATING;NO_KNOWN_PERSON"`, "", 1)
	}
	if rows := got.rows(dataset20250515); !slices.Equal(rows, files) {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(files, "\n"))
	}
	r := got.Reports[0]
	if r.Read != 18 || r.Accepted != 15 || r.Passed["responses of the API that hold a record again"] != 1 ||
		r.Passed["a record of the API that is neither lei-record, relationship-record nor reporting-exception"] != 1 {
		t.Errorf("report %+v", *r)
	}
}

func TestDataset(t *testing.T) {
	got := load(t, Options{Retrieved: "2025-05-16", Priority: 2}, filepath.Join("testdata", "csv"))
	want := graph.Dataset{ID: dataset20250515, Title: "GLEIF: legal entities and their parents, golden copy of 2025-05-15", Publisher: "GLEIF",
		URL: "https://www.gleif.org/en/lei-data/gleif-golden-copy/download-the-golden-copy", Licence: "CC0 1.0", Version: "2025-05-15",
		Retrieved: "2025-05-16", Priority: 2}
	if d := got.Store.Datasets[dataset20250515]; d != want {
		t.Errorf("dataset %+v\nwant %+v", d, want)
	}
	if row := got.Store.Rows[dataset20250515][0]; row["file"] != "20250515-0000-gleif-goldencopy-lei2-golden-copy.csv" || row["line"] != "2" {
		t.Errorf("row %v", row)
	}
}

// Loading the same files again changes nothing.
func TestTwice(t *testing.T) {
	store := loadertest.New()
	var first []loadertest.Row
	for round := range 2 {
		jobs, err := Jobs([]string{"testdata/xml"}, Options{Countries: builtin})
		if err != nil {
			t.Fatal(err)
		}
		report, err := loader.Run(t.Context(), store, jobs[0], loader.Options{})
		if err != nil || report.Replaced != int64(13*round) {
			t.Errorf("round %d: %d rows replaced, error %v", round, report.Replaced, err)
		}
		if rows := store.Rows[dataset20250515]; round == 0 {
			first = rows
		} else if !slices.EqualFunc(rows, first, maps.Equal[loadertest.Row, loadertest.Row]) {
			t.Errorf("rows %v\nwere %v", rows, first)
		}
	}
}

const (
	head   = "LEI,Entity.LegalName,Entity.LegalAddress.Country,Entity.HeadquartersAddress.Country,Entity.LegalJurisdiction,Entity.EntityStatus,Entity.SuccessorEntity.1.SuccessorLEI,Registration.RegistrationStatus\n"
	rrHead = "Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,Relationship.RelationshipStatus," +
		"Relationship.Period.1.startDate,Relationship.Period.1.endDate,Relationship.Period.1.periodType," +
		"Relationship.Period.2.startDate,Relationship.Period.2.endDate,Relationship.Period.2.periodType,Registration.RegistrationStatus\n"
	exHead = "LEI,Exception.Category,Exception.Reason.1\n"
	bank   = "851WYGNLUQLFZBSYGB56"
	fund   = "001GPB6A9XPE8XJICC14"
	mill   = "54930000TIERMAP00173"
)

func TestCompanies(t *testing.T) {
	tests := []struct {
		name, row    string // "LEI,name,legal,headquarters,jurisdiction,status,successor,registration"
		want, reject string
		passed       string
	}{
		{name: "issued", row: bank + ",A,DE,NL,DE,ACTIVE,,ISSUED",
			want: `company country="DEU" headquarters="NLD" id="` + bank + `" lei="` + bank + `" name="A" registration="issued" status="active"`},
		{name: "lapsed", row: bank + ",A,,,,ACTIVE,,LAPSED", want: `company id="` + bank + `" lei="` + bank + `" name="A" registration="lapsed" status="active"`},
		{name: "retired", row: bank + ",A,,,,INACTIVE,,RETIRED", want: `company id="` + bank + `" lei="` + bank + `" name="A" registration="retired" status="inactive"`},
		{name: "merged", row: bank + ",A,,,,INACTIVE," + fund + ",MERGED",
			want: `company id="` + bank + `" lei="` + bank + `" name="A" registration="merged" status="inactive" successor="` + fund + `"`},
		{name: "duplicate", row: bank + ",A,,,,NULL," + fund + ",DUPLICATE",
			want: `company id="` + bank + `" lei="` + bank + `" name="A" registration="duplicate" successor="` + fund + `"`},
		{name: "pending transfer", row: bank + ",A,,,,ACTIVE,,PENDING_TRANSFER",
			want: `company id="` + bank + `" lei="` + bank + `" name="A" registration="pending_transfer" status="active"`},
		{name: "pending archival", row: bank + ",A,,,,ACTIVE,,PENDING_ARCHIVAL",
			want: `company id="` + bank + `" lei="` + bank + `" name="A" registration="pending_archival" status="active"`},
		{name: "annulled", row: bank + ",A,,,,NULL,,ANNULLED", passed: "registrations of status ANNULLED: the LEI was issued by mistake or by fraud"},
		{name: "cancelled", row: bank + ",A,,,,NULL,,CANCELLED", passed: "registrations of status CANCELLED: the LEI was never issued"},
		{name: "not validated", row: bank + ",A,,,,ACTIVE,,PENDING_VALIDATION",
			passed: "registrations of status PENDING_VALIDATION: nobody has verified yet that the entity exists"},
		{name: "transferred", row: bank + ",A,,,,ACTIVE,,TRANSFERRED", passed: "registrations of status TRANSFERRED: another issuer keeps the record"},
		{name: "a state of the law", row: bank + ",A,NL,,US-DE,ACTIVE,,ISSUED",
			want: `company country="USA" id="` + bank + `" lei="` + bank + `" name="A" registration="issued" status="active"`},
		{name: "the legal address where the law is not told", row: bank + ",A,NL,,,ACTIVE,,ISSUED",
			want: `company country="NLD" id="` + bank + `" lei="` + bank + `" name="A" registration="issued" status="active"`},
		{name: "Kosovo", row: bank + ",A,XK,,,ACTIVE,,ISSUED",
			want: `company country="XKX" id="` + bank + `" lei="` + bank + `" name="A" registration="issued" status="active"`},
		{name: "blanks in the name", row: bank + ",\"A \n  B\",,,,ACTIVE,,ISSUED",
			want: `company id="` + bank + `" lei="` + bank + `" name="A B" registration="issued" status="active"`},
		{name: "no LEI", row: ",A,,,,ACTIVE,,ISSUED", reject: "LEI  missing"},
		{name: "a short LEI", row: "851WYGNLUQLFZBSYGB5,A,,,,ACTIVE,,ISSUED", reject: "LEI 851WYGNLUQLFZBSYGB5 bad_id"},
		{name: "small letters", row: "851wYGNLUQLFZBSYGB56,A,,,,ACTIVE,,ISSUED", reject: "LEI 851wYGNLUQLFZBSYGB56 bad_id"},
		{name: "letters for check digits", row: "851WYGNLUQLFZBSYGBAA,A,,,,ACTIVE,,ISSUED", reject: "LEI 851WYGNLUQLFZBSYGBAA bad_id"},
		{name: "no name", row: bank + ",,,,,ACTIVE,,ISSUED", reject: "Entity.LegalName  missing"},
		{name: "no country", row: bank + ",A,,,QQ,ACTIVE,,ISSUED", reject: "Entity.LegalJurisdiction QQ unknown_country"},
		{name: "a country's name", row: bank + ",A,,Germany,,ACTIVE,,ISSUED", reject: "Entity.HeadquartersAddress.Country Germany unknown_country"},
		{name: "no status of registration", row: bank + ",A,,,,ACTIVE,,", reject: "Registration.RegistrationStatus  missing"},
		{name: "another status", row: bank + ",A,,,,DEAD,,ISSUED", reject: "Entity.EntityStatus DEAD not_allowed"},
		{name: "a successor that is none", row: bank + ",A,,,,INACTIVE,X,MERGED", reject: "Entity.SuccessorEntity.1.SuccessorLEI X bad_id"},
		{name: "its own successor", row: bank + ",A,,,,INACTIVE," + bank + ",MERGED", reject: "Entity.SuccessorEntity.1.SuccessorLEI " + bank + " conflict"},
		{name: "not UTF-8", row: bank + ",A\xff,,,,ACTIVE,,ISSUED", reject: "  not_utf8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := load(t, Options{}, sample.Files(t, map[string]string{"20250515-lei2.csv": head + test.row + "\n"}))
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			if rows := strings.Join(got.rows(dataset20250515), "\n"); rows != test.want {
				t.Errorf("rows %s\nwant %s", rows, test.want)
			}
			var want []string
			if test.reject != "" {
				want = []string{"20250515-lei2.csv 2 " + test.reject}
			}
			if !slices.Equal(got.rejected(), want) {
				t.Errorf("rejects %q (%q), want %q", got.rejected(), got.Rejects, want)
			}
			if n := got.Reports[0].Passed[test.passed]; (n == 1) != (test.passed != "") {
				t.Errorf("passed over: %v", got.Reports[0].Passed)
			}
		})
	}
}

func TestRelationships(t *testing.T) {
	const companies = head + bank + ",A,,,,ACTIVE,,ISSUED\n" + mill + ",B,,,,ACTIVE,,ISSUED\n" + fund + ",C,,,,NULL,,ANNULLED\n"
	owns := func(more string) string {
		return strings.TrimSpace(`owns`+more) + fmt.Sprintf(" owned=%q owner=%q", mill, bank)
	}
	const direct = ",IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE,"
	tests := []struct {
		name, row, want, reject, passed string
	}{
		{name: "direct", row: mill + "," + bank + direct + "2020-01-01T00:00:00Z,,RELATIONSHIP_PERIOD,,,,PUBLISHED", want: owns(` from="2020-01-01" kind="direct"`)},
		{name: "ultimate", row: mill + "," + bank + ",IS_ULTIMATELY_CONSOLIDATED_BY,ACTIVE,2020-01-01,,RELATIONSHIP_PERIOD,,,,LAPSED",
			want: owns(` from="2020-01-01" kind="ultimate"`)},
		{name: "branch", row: mill + "," + bank + ",IS_INTERNATIONAL_BRANCH_OF,ACTIVE,,,,,,,PUBLISHED", want: owns("") + ` share="1"`},
		{name: "the accounts do not end it", row: mill + "," + bank + direct + "2018-01-01,2018-12-31,ACCOUNTING_PERIOD,2017-10-18,,RELATIONSHIP_PERIOD,PUBLISHED",
			want: owns(` from="2017-10-18" kind="direct"`)},
		{name: "accounts alone", row: mill + "," + bank + direct + "2018-01-01,2018-12-31,ACCOUNTING_PERIOD,,,,PUBLISHED", want: owns(` from="2018-01-01" kind="direct"`)},
		{name: "no period", row: mill + "," + bank + direct + ",,,,,,PUBLISHED", want: owns(` kind="direct"`)},
		{name: "the latest of two periods", row: mill + "," + bank + direct + "2019-01-01,,RELATIONSHIP_PERIOD,2001-01-01,2005-01-01,RELATIONSHIP_PERIOD,PUBLISHED",
			want: owns(` from="2019-01-01" kind="direct"`)},
		{name: "ended", row: mill + "," + bank + ",IS_DIRECTLY_CONSOLIDATED_BY,INACTIVE,2001-01-01,2005-01-01,RELATIONSHIP_PERIOD,,,,RETIRED",
			want: owns(` from="2001-01-01" kind="direct"`) + ` until="2005-01-01"`},
		{name: "ended without a date", row: mill + "," + bank + ",IS_DIRECTLY_CONSOLIDATED_BY,INACTIVE,2001-01-01,,RELATIONSHIP_PERIOD,,,,PUBLISHED",
			passed: "relationships that have ended without a date"},
		{name: "retired without a date", row: mill + "," + bank + direct + ",,,,,,RETIRED", passed: "relationships that have ended without a date"},
		{name: "fund", row: mill + "," + bank + ",IS_FUND-MANAGED_BY,ACTIVE,,,,,,,PUBLISHED",
			passed: "relationships of funds (IS_FUND-MANAGED_BY, IS_SUBFUND_OF, IS_FEEDER_TO), which are no ownership"},
		{name: "duplicate", row: mill + "," + bank + direct + ",,,,,,DUPLICATE", passed: "relationships of status DUPLICATE: another record tells the same"},
		{name: "of an entity that is no company", row: mill + "," + fund + direct + ",,,,,,PUBLISHED", passed: "records about an entity that was passed over"},
		{name: "of an entity that is not there", row: "549300OWK6ZGNYP4G142," + bank + direct + ",,,,,,PUBLISHED",
			reject: "Relationship.StartNode.NodeID 549300OWK6ZGNYP4G142 unknown_reference"},
		{name: "its own parent", row: mill + "," + mill + direct + ",,,,,,PUBLISHED", reject: "Relationship.EndNode.NodeID " + mill + " conflict"},
		{name: "another type", row: mill + "," + bank + ",IS_FRIEND_OF,ACTIVE,,,,,,,PUBLISHED", reject: "Relationship.RelationshipType IS_FRIEND_OF not_allowed"},
		{name: "another status", row: mill + "," + bank + ",IS_DIRECTLY_CONSOLIDATED_BY,MAYBE,,,,,,,PUBLISHED", reject: "Relationship.RelationshipStatus MAYBE not_allowed"},
		{name: "another registration", row: mill + "," + bank + direct + ",,,,,,SECRET", reject: "Registration.RegistrationStatus SECRET not_allowed"},
		{name: "no day", row: mill + "," + bank + direct + "2020-02-30,,RELATIONSHIP_PERIOD,,,,PUBLISHED", reject: "Relationship.Period.1.startDate 2020-02-30 not_date"},
		{name: "an end before the start", row: mill + "," + bank + direct + "2020-01-01,2019-01-01,RELATIONSHIP_PERIOD,,,,PUBLISHED",
			reject: "Relationship.Period.1.endDate 2019-01-01 conflict"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := load(t, Options{}, sample.Files(t, map[string]string{"20250515-lei2.csv": companies, "20250515-rr.csv": rrHead + test.row + "\n"}))
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			if rows := strings.Join(got.rows(dataset20250515)[2:], "\n"); rows != sorted(test.want) {
				t.Errorf("rows %s\nwant %s", rows, sorted(test.want))
			}
			var want []string
			if test.reject != "" {
				want = []string{"20250515-rr.csv 2 " + test.reject}
			}
			if !slices.Equal(got.rejected(), want) {
				t.Errorf("rejects %q (%q), want %q", got.rejected(), got.Rejects, want)
			}
			if n := got.Reports[0].Passed[test.passed]; (n == 1) != (test.passed != "") {
				t.Errorf("passed over: %v", got.Reports[0].Passed)
			}
		})
	}
}

// sorted puts the fields of a row in the order of rows.
func sorted(row string) string {
	parts := strings.Fields(row)
	if len(parts) > 1 {
		slices.Sort(parts[1:])
	}
	return strings.Join(parts, " ")
}

// Level 2 alone refers to the companies of the store, those of other datasets.
func TestLevel2Alone(t *testing.T) {
	dir := sample.Files(t, map[string]string{"20250515-rr.csv": rrHead + mill + "," + bank + ",IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE,,,,,,,PUBLISHED\n",
		"20250515-repex.csv": exHead + bank + ",DIRECT_ACCOUNTING_CONSOLIDATION_PARENT,NATURAL_PERSONS\n" + bank + ",ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT,NO_LEI\n"})
	const id = "gleif-level2-20250515"
	got := load(t, Options{Store: companies{"gleif-20250501": {bank, mill}}}, dir)
	want := []string{
		fmt.Sprintf("company id=%q lei=%q parent_exception=\"NATURAL_PERSONS\" ultimate_parent_exception=\"NO_LEI\"", bank, bank),
		fmt.Sprintf("owns kind=\"direct\" owned=%q owner=%q", mill, bank),
	}
	if rows := got.rows(id); got.Err != nil || !slices.Equal(rows, want) || got.Reports[0].Accepted != 3 {
		t.Errorf("rows %q, error %v", rows, got.Err)
	}
	for name, store := range map[string]Store{"no store": nil, "the dataset's own": companies{id: {bank, mill}}} {
		got := load(t, Options{Store: store}, dir)
		if got.Err != nil || len(got.rows(id)) != 0 || len(got.rejected()) != 3 || !strings.Contains(got.Rejects[0].Detail, "no company of the store has this LEI: name the file of level 1") {
			t.Errorf("%s: rows %q, rejects %q, error %v", name, got.rows(id), got.Rejects, got.Err)
		}
	}
}

// companies is a store that has companies, by dataset.
type companies map[string][]string

func (c companies) Snapshot(context.Context) (graph.Snapshot, error) {
	return snapshot{companies: c}, nil
}

type snapshot struct {
	graph.Snapshot
	companies companies
}

func (s snapshot) Read(_ context.Context, q graph.Query, yield func(*graph.Batch) error) error {
	b := graph.NewBatch(graph.NewSchema().Kind(q.Kind), graph.NewWords(), 0)
	for dataset, ids := range s.companies {
		for _, id := range ids {
			row := b.Add()
			row.SetText("id", id)
			row.SetText("dataset", dataset)
		}
	}
	return yield(b)
}

func (s snapshot) Close() error { return nil }

// Golden copies of several dates are several datasets; where level 1 has one
// date, all goes with it.
func TestDates(t *testing.T) {
	one := head + bank + ",A,,,,ACTIVE,,ISSUED\n"
	rr := rrHead + mill + "," + bank + ",IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE,,,,,,,PUBLISHED\n"
	got := load(t, Options{}, sample.Files(t, map[string]string{"20250515-lei2.csv": one, "20250516-lei2.csv": one + mill + ",B,,,,ACTIVE,,ISSUED\n", "20250516-rr.csv": rr}))
	if got.Err != nil || len(got.rows("gleif-20250515")) != 1 || len(got.rows("gleif-20250516")) != 3 {
		t.Errorf("rows %v, error %v", got.Store.Rows, got.Err)
	}
	got = load(t, Options{}, sample.Files(t, map[string]string{"20250515-lei2.csv": one + mill + ",B,,,,ACTIVE,,ISSUED\n", "20250516-rr.csv": rr}))
	if got.Err != nil || len(got.rows("gleif-20250515")) != 3 ||
		!slices.Equal(got.Reports[0].Notes, []string{"20250516-rr.csv is of 2025-05-16, and goes into the dataset of 2025-05-15 with the others"}) {
		t.Errorf("rows %v, notes %q, error %v", got.Store.Rows, got.Reports[0].Notes, got.Err)
	}
}

// A folder of the archives that GLEIF publishes reads like their members; one
// that is cut off is refused.
func TestArchives(t *testing.T) {
	dir, want := t.TempDir(), load(t, Options{}, filepath.Join("testdata", "xml")).rows(dataset20250515)
	paths, err := filepath.Glob("testdata/xml/*.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create(filepath.Base(path))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)+".zip"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := load(t, Options{}, dir); got.Err != nil || !slices.Equal(got.rows(dataset20250515), want) {
		t.Errorf("error %v", got.Err)
	}
	archive := filepath.Join(dir, filepath.Base(paths[0])+".zip")
	whole, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
		if err := os.WriteFile(archive, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if got := load(t, Options{}, dir); graph.CodeOf(got.Err) != graph.BadInput || len(got.Store.Rows) != 0 {
			t.Errorf("cut to %d bytes: error %v", n, got.Err)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	xml := read1(t, "testdata/xml/20250515-0000-gleif-goldencopy-lei2-golden-copy.xml")
	records := read1(t, "testdata/json/20250515-0000-gleif-goldencopy-lei2-golden-copy.json")
	tests := []struct{ label, name, text, message string }{
		{"another table", "a.csv", "firm_i,firm_j\n1,2\n", "a.csv is no file of GLEIF's"},
		{"an empty file", "a.xml", "", "a.xml is no file of GLEIF's"},
		{"XML cut off within a record", "a.xml", xml[:len(xml)/2], "is cut off within or behind the record of line"},
		{"XML cut off behind a record", "a.xml", xml[:strings.LastIndex(xml, "  </lei:LEIRecords>")], "is cut off"},
		{"XML without an end", "a.xml", xml[:strings.LastIndex(xml, "</lei:LEIData>")], "is cut off"},
		{"JSON cut off", "a.json", records[:len(records)/2], "is cut off within the record of line"},
		{"JSON without an end", "a.json", strings.TrimSuffix(records, "}\n"), "is cut off"},
		{"JSON that is none", "a.json", strings.Replace(records, "\"Entity\":", "\"Entity\"", 1), "line 2: this is no JSON as GLEIF publishes it"},
		{"something behind the records", "a.json", records + "[]", "something stands behind the end"},
		{"a response that is none", "a.json", `{"data": 5}`, "has no data as api.gleif.org answers"},
		{"a response cut off", "a.json", `{"data": [{"type"`, "is no JSON as api.gleif.org answers"},
	}
	for _, test := range tests {
		t.Run(test.label, func(t *testing.T) {
			got := load(t, Options{}, sample.Files(t, map[string]string{test.name: test.text}))
			if graph.CodeOf(got.Err) != graph.BadInput || !strings.Contains(got.Err.Error(), test.message) || len(got.Store.Rows) != 0 {
				t.Errorf("error %v, want one that says %s", got.Err, test.message)
			}
		})
	}
	if got := load(t, Options{}); graph.CodeOf(got.Err) != graph.BadInput {
		t.Errorf("no path: error %v", got.Err)
	}
	if got := load(t, Options{}, t.TempDir()); graph.CodeOf(got.Err) != graph.BadInput {
		t.Errorf("an empty folder: error %v", got.Err)
	}
	if got := load(t, Options{Retrieved: "yesterday"}, "testdata/csv"); graph.CodeOf(got.Err) != graph.BadInput {
		t.Errorf("no day: error %v", got.Err)
	}
}

func read1(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A record that is damaged costs itself, not the file.
func TestBadRecords(t *testing.T) {
	xml := read1(t, "testdata/xml/20250515-0000-gleif-goldencopy-lei2-golden-copy.xml")
	records := read1(t, "testdata/json/20250515-0000-gleif-goldencopy-lei2-golden-copy.json")
	tests := []struct {
		label, name, text string
		rejected          []string
		companies         int
	}{
		{"a tag that does not match", "a.xml", strings.Replace(xml, "</lei:LegalName>", "</lei:LegalNam>", 1), []string{"a.xml 8   malformed"}, 7},
		{"an end that is missing", "a.xml", strings.Replace(xml, "</lei:LEIRecord>", "", 1), []string{"a.xml 8   malformed"}, 6},
		{"a start that is missing", "a.xml", strings.Replace(xml, "</lei:LEIRecord>\n<lei:LEIRecord ", "</lei:LEIRecord>\n<lei:LEIRec ", 1), []string{"a.xml 36   malformed"}, 7},
		{"a NUL", "a.xml", strings.Replace(xml, "COMMERZBANK", "COMMERZ\x00BANK", 1), []string{"a.xml 8   nul_byte"}, 7},
		{"a NUL that is escaped", "a.json", strings.Replace(records, "COMMERZBANK", `COMMERZ\u0000BANK`, 1), []string{"a.json 2   nul_byte"}, 7},
		{"a byte order mark, and blanks", "a.json", byteOrderMark + strings.Replace(records, "ISSUED", " ISSUED\\n", 1), nil, 8},
		{"a byte order mark, and blanks", "a.xml", byteOrderMark + strings.Replace(xml, "851WYGNLUQLFZBSYGB56<", "\n 851WYGNLUQLFZBSYGB56 <", 1), nil, 8},
		{"not UTF-8", "a.json", strings.Replace(records, "COMMERZBANK", "COMMERZ\xffBANK", 1), []string{"a.json 2   not_utf8"}, 7},
		{"a number for a name", "a.json", strings.Replace(records, `{"@xml:lang": "de", "$": "COMMERZBANK Aktiengesellschaft"}`, "5", 1), []string{"a.json 2   malformed"}, 7},
		{"a list for an LEI", "a.json", strings.Replace(records, `{"$": "851WYGNLUQLFZBSYGB56"}`, "[]", 1), []string{"a.json 2   malformed"}, 7},
		{"another record", "a.json", strings.Replace(records, "\"Entity\"", "\"Entities\"", 1), []string{"a.json 2   missing"}, 7},
	}
	for _, test := range tests {
		t.Run(test.label, func(t *testing.T) {
			got := load(t, Options{Retrieved: "2025-05-15"}, sample.Files(t, map[string]string{test.name: test.text}))
			if got.Err != nil {
				t.Fatal(got.Err)
			}
			rejects := slices.DeleteFunc(got.rejected(), func(s string) bool { return strings.Contains(s, " OPEN ") })
			n := 0
			for _, rows := range got.Store.Rows {
				n += len(rows)
			}
			if !slices.Equal(rejects, test.rejected) || n != test.companies {
				t.Errorf("rejects %q (%q), %d companies", rejects, got.Rejects, n)
			}
		})
	}
}

func TestCheckDigits(t *testing.T) {
	for _, s := range []string{bank, fund, mill, "5493001KJTIIGC8Y1R12", "029200396H3K1YG7D555"} {
		if !checkDigits(s) {
			t.Errorf("the check digits of %s do not fit", s)
		}
	}
	got := load(t, Options{}, sample.Files(t, map[string]string{"20250515-lei2.csv": head + "851WYGNLUQLFZBSYGB57,A,,,,ACTIVE,,ISSUED\n"}))
	if want := []string{"1 of the LEIs have check digits that do not fit (ISO 7064, MOD 97-10)"}; !slices.Equal(got.Reports[0].Notes, want) {
		t.Errorf("notes %q", got.Reports[0].Notes)
	}
}

// Every country code of ISO 3166-1 is known: GLEIF uses them all.
func TestCountries(t *testing.T) {
	r := &reader{countries: builtin, year: 2025, places: map[string]string{}}
	for _, p := range builtin.Places() {
		if p.ISO2 == "" || p.Until != 0 {
			continue
		}
		if id, f := r.country("", p.ISO2+"-1"); f.reason != "" || id != p.ID {
			t.Errorf("%s is %q: %s", p.ISO2, id, f.detail)
		}
	}
}

func TestDamage(t *testing.T) {
	for _, format := range []string{"csv", "xml", "json", "api"} {
		t.Run(format, func(t *testing.T) {
			paths, err := filepath.Glob(filepath.Join("testdata", format, "*"))
			if err != nil {
				t.Fatal(err)
			}
			sample := map[string][]byte{}
			for _, path := range paths {
				sample[filepath.Base(path)] = []byte(read1(t, path))
			}
			damage.Files(t, sample, func(dir string) ([]loader.Job, error) { return Jobs([]string{dir}, Options{Countries: builtin}) })
		})
	}
}

// Over many blocks that are parsed at once, whatever order they are done in,
// records stay in the order of the file and keep their lines.
func TestManyBlocks(t *testing.T) {
	const n = 4000
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("54930000%010d00", i)
	}
	status := func(i int) string {
		if i%1000 == 7 {
			return "OPEN"
		}
		return "ISSUED"
	}
	filler := strings.Repeat("x", 500)
	var xml, list strings.Builder
	xml.WriteString("<LEIData>\n<LEIRecords>\n")
	list.WriteString("[\n")
	for i, id := range ids {
		fmt.Fprintf(&xml, "<LEIRecord><LEI>%s</LEI><Entity><LegalName>%d</LegalName><Other>%s</Other></Entity>\n<Registration><RegistrationStatus>%s</RegistrationStatus></Registration></LEIRecord>\n",
			id, i, filler, status(i))
		fmt.Fprintf(&list, "{\"LEI\": %q, \"Entity\": {\"LegalName\": \"%d\", \"Other\": %q},\n\"Registration\": {\"RegistrationStatus\": %q}}", id, i, filler, status(i))
		if i < n-1 {
			list.WriteString(",\n")
		}
	}
	xml.WriteString("</LEIRecords>\n</LEIData>\n")
	list.WriteString("]\n")
	for name, text := range map[string]string{"20250515-a.xml": xml.String(), "20250515-a.json": list.String()} {
		first := strings.Count(text[:strings.Index(text, ids[0])], "\n") + 1
		got := load(t, Options{}, sample.Files(t, map[string]string{name: text}))
		var want []string
		for i := 7; i < n; i += 1000 {
			want = append(want, fmt.Sprintf("%s %d Registration.RegistrationStatus OPEN not_allowed", name, first+2*i))
		}
		rows := got.Store.Rows[dataset20250515]
		if got.Err != nil || !slices.Equal(got.rejected(), want) || len(rows) != n-len(want) {
			t.Fatalf("%s: error %v, rejects %q, %d rows", name, got.Err, got.rejected(), len(rows))
		}
		for _, row := range rows {
			var i, line int
			if _, err := fmt.Sscan(row["name"], &i); err != nil {
				t.Fatal(err)
			}
			if _, err := fmt.Sscan(row["line"], &line); err != nil || line != first+2*i || row["id"] != ids[i] {
				t.Fatalf("%s: row %v", name, row)
			}
		}
	}
}

// slowStore interrupts the load at its first batch.
type slowStore struct {
	*loadertest.Store
	interrupt func()
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
	l.store.interrupt()
	return l.Load.Write(ctx, b)
}

// A load that is interrupted, or whose store fails, leaves nothing behind and
// says which of the two it was.
func TestInterrupt(t *testing.T) {
	var text strings.Builder
	text.WriteString("[\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, "{\"LEI\": \"54930000%010d00\", \"Entity\": {\"LegalName\": \"A\"}, \"Registration\": {\"RegistrationStatus\": \"ISSUED\"}},\n", i)
	}
	dir := sample.Files(t, map[string]string{"20250515-a.json": strings.TrimSuffix(text.String(), ",\n") + "]"})
	run := func(ctx context.Context, store loader.Store) error {
		jobs, err := Jobs([]string{dir}, Options{Countries: builtin})
		if err != nil {
			t.Fatal(err)
		}
		_, err = loader.Run(ctx, store, jobs[0], loader.Options{})
		return err
	}
	ctx, interrupt := context.WithCancel(t.Context())
	store := &slowStore{Store: loadertest.New(), interrupt: interrupt}
	if err := run(ctx, store); !errors.Is(err, context.Canceled) || store.Abandons != 1 || len(store.Rows) != 0 {
		t.Errorf("error %v, %d abandoned, %d datasets", err, store.Abandons, len(store.Rows))
	}
	full := loadertest.New()
	full.Fail = graph.Errorf(graph.StoreDown, "the disk is full")
	if err := run(t.Context(), full); !errors.Is(err, full.Fail) {
		t.Errorf("error %v", err)
	}
}

// The short way to read a text agrees with encoding/json.
func TestValue(t *testing.T) {
	for text, want := range map[string]string{
		`"A"`: "A", `""`: "", `{"$":"A"}`: "A", `{"$": "A"}`: "A", `{"$":"A","@xml:lang":"de"}`: "A", `{"@xml:lang":"de","$":"A"}`: "A",
		`{"$":"A\"B"}`: `A"B`, `"\u00e9"`: "é", `"\\"`: `\`, `{"$":"A", "b":"c"}`: "A", `{"$":"\\"}`: `\`, `{}`: "", `null`: "", `{"$":null}`: "", `{"$":"a","$":"b"}`: "b",
	} {
		var v value
		if err := json.Unmarshal([]byte(text), &v); err != nil || string(v) != want {
			t.Errorf("%s is %q, %v", text, v, err)
		}
	}
	for _, text := range []string{"5", "true", "[]", `{"$":5}`, `{"$":["a"]}`} {
		var v value
		if err := json.Unmarshal([]byte(text), &v); err == nil {
			t.Errorf("%s is %q", text, v)
		}
	}
}
