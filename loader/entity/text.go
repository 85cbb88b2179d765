package entity

import (
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/unicode/norm"
)

// Name is a written name taken apart for comparison.
type Name struct {
	Full    string   // all its words: "glencore international ag"
	Core    string   // without its legal form: "glencore international"
	Form    string   // the legal form, one spelling for each: "ag"; "" where none is written
	Words   []string // of Core
	Compact string   // Core without blanks
}

// longest is how much of a name is looked at, in bytes. Longer ones are prose.
const longest = 300

// Parse takes a name apart. A text without letters and digits gives a Name that
// is blank.
func Parse(text string) Name { return parse(text, legalForms) }

func parse(text string, f *forms) Name {
	all := words(text)
	full := strings.Join(all, " ")
	core, form := f.strip(full, all)
	n := Name{Full: full, Form: form, Words: core, Core: full}
	if len(core) < len(all) {
		n.Core = strings.Join(core, " ")
	}
	n.Compact = strings.ReplaceAll(n.Core, " ", "")
	return n
}

// words are the words of a text in ASCII small letters and digits: compatibility
// forms unified (NFKC), other scripts transliterated, "&" and "+" read as and,
// apostrophes and the points of abbreviations dropped, single letters in a row
// joined: "S. A." is sa.
func words(text string) []string {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	if !ascii(text) {
		// What stands for a letter may be written as several; legal forms in
		// Chinese characters are found before they become syllables.
		text = unidecode.Unidecode(eastern.Replace(norm.NFKC.String(text)))
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteByte(c)
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case c == '\'', c == '`':
		case c == '&', c == '+':
			b.WriteString(" and ")
		default:
			b.WriteByte(' ')
		}
	}
	return joinLetters(strings.Fields(b.String()))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// joinLetters joins single letters that stand in a row: s a is sa.
func joinLetters(in []string) []string {
	out := in[:0]
	run := false
	for _, w := range in {
		letter := len(w) == 1 && (w[0] < '0' || w[0] > '9')
		if letter && run {
			out[len(out)-1] += w
			continue
		}
		run = letter
		out = append(out, w)
	}
	return out
}

// part is another name that a written name carries.
type part struct {
	Name
	whole bool // it is as good a name as the whole; else it is but a part
}

// parts are the other names that a name carries: what stands before brackets at
// its end and what stands in them ("Proterial (Hitachi Metals Ltd)"), and what a
// stroke divides ("Wolong Electric / ATB Group"). Where the brackets hold but an
// abbreviation of what stands before them ("Less Common Metals (LCM)"), that is
// the whole name.
func parts(text string) []part {
	text = strings.TrimSpace(text)
	open := strings.LastIndexByte(text, '(')
	var list []part
	add := func(text string, whole bool) {
		if n := Parse(text); len(n.Compact) > 2 {
			list = append(list, part{n, whole})
		}
	}
	switch {
	case open > 0 && strings.HasSuffix(text, ")"):
		before, inside := text[:open], text[open+1:len(text)-1]
		add(before, abbreviates(inside, before))
		add(inside, false)
	case strings.Contains(text, "/"):
		divided := strings.Split(text, "/")
		for _, p := range divided {
			if len(strings.TrimSpace(p)) <= 3 { // A/S and S/A are legal forms
				return nil
			}
		}
		for _, p := range divided {
			add(p, false)
		}
	}
	return list
}

// abbreviates reports whether the letters of short stand in long in their order,
// the first at its start, and short is a word of capitals.
func abbreviates(short, long string) bool {
	if len(short) < 2 || len(short) > 8 || strings.ToUpper(short) != short || strings.Contains(short, " ") {
		return false
	}
	short, long = strings.Join(words(short), ""), strings.Join(words(long), "")
	if short == "" || long == "" || short[0] != long[0] {
		return false
	}
	for i := range len(short) {
		at := strings.IndexByte(long, short[i])
		if at < 0 {
			return false
		}
		long = long[at+1:]
	}
	return true
}
