package baci

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

var (
	wholeNumber = regexp.MustCompile(`^[0-9]{1,3}$`)
	sixFigures  = regexp.MustCompile(`^[0-9]{6}$`)
	decimalText = regexp.MustCompile(`^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$`)
	yearText    = regexp.MustCompile(`^0*2024$`)
)

// reference reads the rows below a header, slowly: encoding/csv for the line,
// patterns for its fields, exact rationals for its numbers. It returns the rows
// as result.rows does, and how many were rejected.
func reference(body string) (rows []string, rejected int) {
	seen := map[string]bool{}
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		if line = strings.TrimSuffix(line, "\r"); line == "" {
			continue
		}
		row, key, ok := referenceRow(line)
		if !ok || seen[key] {
			rejected++
			continue
		}
		seen[key] = true
		rows = append(rows, fmt.Sprintf("%d: %s", i+2, row))
	}
	return rows, rejected
}

func referenceRow(line string) (row, key string, ok bool) {
	records, err := csv.NewReader(strings.NewReader(line + "\r\n")).ReadAll()
	if err != nil || len(records) != 1 || len(records[0]) != 6 || strings.ContainsRune(line, 0) || !utf8.ValidString(line) {
		return "", "", false
	}
	f := records[0]
	for i := range f {
		f[i] = strings.Trim(f[i], " \t")
	}
	if !yearText.MatchString(f[0]) || !wholeNumber.MatchString(f[1]) || !wholeNumber.MatchString(f[2]) || !sixFigures.MatchString(f[3]) {
		return "", "", false
	}
	i, _ := strconv.Atoi(f[1])
	j, _ := strconv.Atoi(f[2])
	exporter, err := builtin.Resolve(strconv.Itoa(i), country.BACI, 2024)
	if err != nil {
		return "", "", false
	}
	importer, err := builtin.Resolve(strconv.Itoa(j), country.BACI, 2024)
	if err != nil {
		return "", "", false
	}
	usd, usdKnown, ok := referenceQuantity(f[4], 1000, 1e18)
	if !ok {
		return "", "", false
	}
	tonnes, tonnesKnown, ok := referenceQuantity(f[5], 1, 1e15)
	if !ok || !usdKnown && !tonnesKnown {
		return "", "", false
	}
	return fmt.Sprintf("%s %s %s %s %s", exporter, importer, f[3], usd, tonnes), fmt.Sprint(i, j, f[3]), true
}

// referenceQuantity returns a number as text, "?" where it is not known.
func referenceQuantity(s string, unit int64, highest float64) (text string, known, ok bool) {
	if s == "" || s == "NA" {
		return "?", false, true
	}
	if !decimalText.MatchString(s) {
		return "", false, false
	}
	digits, power := s, "0"
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		digits, power = s[:i], s[i+1:]
	}
	zero := !strings.ContainsAny(digits, "123456789")
	if e, err := strconv.Atoi(power); (err != nil || e > 400 || e < -800) && !zero {
		return "", false, false // the fuzzer's numbers have fewer digits than that
	}
	if zero {
		return "0", true, true
	}
	exact, _ := new(big.Rat).SetString(s)
	v, _ := exact.Mul(exact, big.NewRat(unit, 1)).Float64()
	if v <= 0 || v > highest {
		return "", false, false
	}
	return strconv.FormatFloat(v, 'g', -1, 64), true, true
}

var seeds = []string{
	"2024,12,251,250490,0.042,0.123\n2024,12,56,250490,1,NA\n",
	"2024,842,699,010121,8.751,           NA\r\n2024,490,757,010121,.5,5.\r\n",
	"2024,12,251,250490,1,1\n2024,12,251,250490,1,1\n",
	"\"2024\",\"12\",251,250490,1e3,2.5E-3\n",
	"2024,4.5,251,250490,1,1\n2024,12,251,25049,1,1\n2023,12,251,250490,1,1\n",
	"2024,12,251,250490,1e400,1\n2024,12,251,250490,-1,NaN\n2024,12,251,250490,NA,NA\n",
	"2024,12,251,250490,1,\x001\n2024,12,251,250490,1,\xff1\n2024,12,251,250490,1,\"1\n",
	"2024,12,251,250490,123456789012345.6,999999999999999\n2024,12,56,250490,0.1000000000000000055511,9007199254740993\n",
	"\n\r\n2024,12,251,250490,1,1", "2024,12", "2024,999,251,250490,1,1\n2024,810,56,250490,1,1\n",
}

// Whatever a file holds: nothing panics, accepted + rejected = read, the rows are
// those of the reference, each is valid, and the fast reader agrees with the
// strict one.
func FuzzBACI(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 1<<14 {
			body = body[:1<<14]
		}
		got := loadRows(t, body)
		if got.Err != nil {
			t.Fatal(got.Err)
		}
		want, rejected := reference(body)
		if !slices.Equal(got.rows(), want) || got.Reports[0].Rejected != int64(rejected) {
			t.Errorf("rows %q, %d rejected (%q)\nwant %q, %d", got.rows(), got.Reports[0].Rejected, got.Rejects, want, rejected)
		}
		for _, row := range got.Store.Rows[id] {
			if _, _, ok := graph.SplitCode(row["code"]); !ok || row["year"] != "2024" || row["exporter"] == "" || row["importer"] == "" {
				t.Errorf("row %v", row)
			}
		}
		fastAgrees(t, body)
	})
}

// fastAgrees holds the fast reader against the strict one, line by line.
func fastAgrees(t testing.TB, body string) {
	words := graph.NewWords()
	trades := graph.NewSchema().Kind(graph.Trades)
	places := &countries{list: builtin, year: 2024, words: words, failed: map[int]string{}}
	p := newParser(&file{release: release{year: 2024}, nomenclature: "HS2017"}, places, words, trades)
	data := []byte(body)
	if len(data) == 0 || data[len(data)-1] != '\n' {
		data = append(data, '\n')
	}
	for n := 0; n < len(data); {
		end := n + slices.Index(data[n:], '\n') + 1
		strict, why := p.strict(string(loader.TrimLineEnd(data[n:end]))) // makes country and code known, too
		fast, next, ok := p.fast(data, n)
		if ok && (why.reason != "" || next != end || !same(fast, strict)) {
			t.Errorf("line %q: fast reads %+v, strict %+v (%+v)", data[n:end], fast, strict, why)
		}
		n = end
	}
}

func same(a, b trade) bool {
	equal := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	return a.i == b.i && a.j == b.j && a.k == b.k && a.exporter == b.exporter && a.importer == b.importer && a.code == b.code &&
		equal(a.value, b.value) && equal(a.tonnes, b.tonnes)
}

// Rows made of likely pieces come nearer to the edges than bytes at random.
func TestReadersAgree(t *testing.T) {
	digits := rapid.StringMatching(`[0-9]{0,17}(\.[0-9]{0,6})?`)
	quantity := rapid.OneOf(digits, digits, rapid.StringMatching(`-?[0-9]{1,3}\.?[0-9]{0,3}[eE][-+]?[0-9]{1,3}`),
		rapid.SampledFrom([]string{"NA", "", " NA", "NA ", "  1.5", "-0", "0", "0.000", "N", "NAN", "1.2.3", "1\t", "\"1.5\""}))
	place := rapid.SampledFrom([]string{"12", "251", "842", "056", "56", "4", "0", "1234", "4.5", "", "810", "999", " 12", "\"12\""})
	code := rapid.SampledFrom([]string{"250490", "010121", "25049", "2504900", "25O490", "", "999999", "000000"})
	year := rapid.SampledFrom([]string{"2024", "2024", "2024", "2024", "02024", "2023", "", "\"2024\""})
	ending := rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\r\r\n", "\n\n", ",\n", " \n"})
	rapid.Check(t, func(r *rapid.T) {
		var body strings.Builder
		for range rapid.IntRange(1, 8).Draw(r, "rows") {
			body.WriteString(strings.Join([]string{year.Draw(r, "t"), place.Draw(r, "i"), place.Draw(r, "j"),
				code.Draw(r, "k"), quantity.Draw(r, "v"), quantity.Draw(r, "q")}, ",") + ending.Draw(r, "ending"))
		}
		got := loadRows(t, body.String())
		want, rejected := reference(body.String())
		if got.Err != nil || !slices.Equal(got.rows(), want) || got.Reports[0].Rejected != int64(rejected) {
			r.Fatalf("%q: rows %q, %d rejected (%q), error %v\nwant %q, %d",
				body.String(), got.rows(), got.Reports[0].Rejected, got.Rejects, got.Err, want, rejected)
		}
		fastAgrees(t, body.String())
	})
}
