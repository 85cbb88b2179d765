package baci

import (
	"fmt"
	"math"
	"strings"
	"sync/atomic"

	"tiermap/graph"
	"tiermap/loader"
)

// header has the columns of a yearly file, in their order.
var header = []string{"t", "i", "j", "k", "v", "q"}

// trade is one row: the keys as numbers of the file, and what they stand for.
type trade struct {
	i, j, k                  int
	exporter, importer, code uint32
	value, tonnes            float64 // USD and tonnes; NaN = not known
}

// fault is why a row is rejected.
type fault struct {
	column string
	value  string
	reason loader.Reason
	detail string
}

// parser reads rows of one yearly file. Several goroutines may use it.
//
// A row is read by strict, which says exactly what a row may be. Nearly all
// rows of a file have one plain shape, which fast knows how to read too; it
// gives up on whatever is not of that shape. Both agree on every row that fast
// accepts.
type parser struct {
	year         int
	nomenclature string
	countries    *countries
	words        *graph.Words
	codes        [maxCode]atomic.Uint32 // index of a trade code, 0 where it was not met yet
	value        graph.Field
	tonnes       graph.Field
	start        string // of every row: the year and a comma
}

func newParser(f *file, c *countries, words *graph.Words, trades *graph.Kind) *parser {
	return &parser{
		year: f.year, nomenclature: f.nomenclature, countries: c, words: words,
		value: trades.Fields[trades.Field("value_usd")], tonnes: trades.Fields[trades.Field("tonnes")],
		start: fmt.Sprintf("%d,", f.year),
	}
}

// strict reads one row without its line end. The fault's reason is blank where
// the row is good.
func (p *parser) strict(line string) (t trade, f fault) {
	fields, reason := loader.SplitRow(line, make([]string, 0, len(header)))
	if reason != "" {
		return t, fault{reason: reason}
	}
	if len(fields) != len(header) {
		return t, fault{reason: loader.ColumnCount}
	}
	for i := range fields {
		fields[i] = strings.Trim(fields[i], " \t")
	}
	steps := []func(string) fault{
		p.checkYear,
		func(s string) (f fault) { t.i, t.exporter, f = p.country(s); return f },
		func(s string) (f fault) { t.j, t.importer, f = p.country(s); return f },
		func(s string) (f fault) { t.k, t.code, f = p.product(s); return f },
		func(s string) (f fault) { t.value, f = quantity(s, 3, p.value); return f },
		func(s string) (f fault) { t.tonnes, f = quantity(s, 0, p.tonnes); return f },
	}
	for i, step := range steps {
		if f := step(fields[i]); f.reason != "" {
			f.column, f.value = header[i], fields[i]
			return t, f
		}
	}
	if math.IsNaN(t.value) && math.IsNaN(t.tonnes) {
		return t, fault{column: "v", value: fields[4], reason: loader.Missing, detail: "neither v nor q is known"}
	}
	return t, fault{}
}

func (p *parser) checkYear(s string) fault {
	year, reason := loader.Int(s)
	if reason == "" && year != p.year {
		return fault{reason: loader.WrongYear, detail: fmt.Sprintf("the file is about %d", p.year)}
	}
	return fault{reason: reason}
}

func (p *parser) country(s string) (number int, word uint32, f fault) {
	number, reason := loader.Int(s)
	switch {
	case reason != "":
		return 0, 0, fault{reason: reason}
	case number < 0 || number >= maxCountry || len(s) > 3:
		return 0, 0, fault{reason: loader.NoCountry, detail: "BACI's numbers have up to three digits"}
	}
	if word = p.countries.word(number); word != 0 {
		return number, word, fault{}
	}
	word, failure := p.countries.resolve(number)
	if failure != "" {
		return 0, 0, fault{reason: loader.NoCountry, detail: failure}
	}
	return number, word, fault{}
}

func (p *parser) product(s string) (number int, word uint32, f fault) {
	number, reason := loader.Int(s)
	switch {
	case s == "":
		return 0, 0, fault{reason: loader.Missing}
	case reason != "" || number < 0 || len(s) != 6:
		return 0, 0, fault{reason: loader.BadCode, detail: "six digits are needed, leading zeros included"}
	}
	if word = p.codes[number].Load(); word == 0 {
		word = p.words.ID(p.nomenclature + ":" + s)
		p.codes[number].Store(word)
	}
	return number, word, fault{}
}

// quantity reads a number that counts in units of 10^power; NA and blank are
// not known.
func quantity(s string, power int, field graph.Field) (float64, fault) {
	if s == "" || s == "NA" {
		return math.NaN(), fault{}
	}
	v, reason := loader.FloatIn(s, power)
	if reason == "" {
		reason = loader.Within(field, v)
	}
	return v, fault{reason: reason}
}

// fast reads the row that starts at b[n:], which ends with a line end, and
// returns where the next one starts. ok is false for a row that is not of the
// plain shape
//
//	2024,251,842,010121,1.980,0.002
//
// with known countries and code, quantities of up to fifteen digits, or NA for
// the last; blanks may stand before the quantities.
func (p *parser) fast(b []byte, n int) (t trade, next int, ok bool) {
	if len(b)-n < len(p.start) || string(b[n:n+len(p.start)]) != p.start {
		return t, n, false
	}
	n += len(p.start)
	if t.i, n = number(b, n); n < 0 {
		return t, n, false
	}
	if t.j, n = number(b, n); n < 0 {
		return t, n, false
	}
	if t.k, n = sixDigits(b, n); n < 0 {
		return t, n, false
	}
	t.exporter, t.importer, t.code = p.countries.word(t.i), p.countries.word(t.j), p.codes[t.k].Load()
	if t.exporter == 0 || t.importer == 0 || t.code == 0 {
		return t, n, false
	}
	if t.value, n = decimal(b, n, 3); n < 0 || b[n] != ',' {
		return t, n, false
	}
	n++
	if n = skipBlanks(b, n); b[n] == 'N' && n+2 < len(b) && b[n+1] == 'A' {
		t.tonnes, n = math.NaN(), n+2
	} else if t.tonnes, n = decimal(b, n, 0); n < 0 {
		return t, n, false
	}
	if b[n] == '\r' {
		n++
	}
	return t, n + 1, n < len(b) && b[n] == '\n'
}

// number reads one to three digits and the comma behind them; next is negative
// where they are something else.
func number(b []byte, n int) (v, next int) {
	for end := n + 3; n <= end && n < len(b); n++ {
		switch c := b[n]; {
		case c >= '0' && c <= '9' && n < end:
			v = v*10 + int(c-'0')
		case c == ',' && n > end-3:
			return v, n + 1
		default:
			return 0, -1
		}
	}
	return 0, -1
}

// sixDigits reads six digits and the comma behind them.
func sixDigits(b []byte, n int) (v, next int) {
	if len(b)-n < 7 || b[n+6] != ',' {
		return 0, -1
	}
	for _, c := range b[n : n+6] {
		if c < '0' || c > '9' {
			return 0, -1
		}
		v = v*10 + int(c-'0')
	}
	return v, n + 7
}

func skipBlanks(b []byte, n int) int {
	for b[n] == ' ' { // a line end follows
		n++
	}
	return n
}

// powers of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// decimal reads a number of up to fifteen digits in units of 10^power. Its
// digits and the power of ten are exact as float64, so that the one division or
// product gives the nearest float64 to the decimal (Clinger 1990).
func decimal(b []byte, n, power int) (v float64, next int) {
	n = skipBlanks(b, n)
	start, point := n, -1
	var mantissa uint64
	for ; ; n++ { // a line end follows
		if c := b[n] - '0'; c <= 9 {
			mantissa = mantissa*10 + uint64(c)
		} else if b[n] == '.' && point < 0 {
			point = n
		} else {
			break
		}
	}
	digits, decimals := n-start, 0
	if point >= 0 {
		digits--
		decimals = n - point - 1
	}
	if digits == 0 || digits > 15 {
		return 0, -1
	}
	if decimals > power {
		return float64(mantissa) / powers[decimals-power], n
	}
	return float64(mantissa) * powers[power-decimals], n
}
