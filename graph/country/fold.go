package country

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// short maps the abbreviations that publishers use to the words that they stand
// for; an empty word is left out. "Island" and "Islands" count as one word.
var short = map[string]string{
	"st": "saint", "is": "islands", "isds": "islands", "isl": "islands", "isls": "islands",
	"island": "islands", "rep": "republic", "dem": "democratic", "fed": "federal",
	"fmr": "former", "terr": "territory", "the": "", "of": "",
}

// plain maps the letters that Unicode does not take apart.
var plain = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "ł", "l", "ı", "i", "þ", "th",
	"&", " and ", "'", "", "’", "", "‘", "", "ʼ", "", "`", "", "´", "")

// fold brings a name to the form in which names are compared: lower case,
// without diacritics and punctuation, abbreviations written out, words in
// alphabetical order ("Korea, Rep. of" and "Republic of Korea" are one).
func fold(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for _, r := range norm.NFKD.String(plain.Replace(strings.ToLower(name))) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	words := initials(strings.Fields(b.String()))
	kept := words[:0]
	for _, w := range words {
		if long, ok := short[w]; ok {
			w = long
		}
		if w != "" {
			kept = append(kept, w)
		}
	}
	slices.Sort(kept)
	return strings.Join(kept, " ")
}

// initials joins letters that stand alone beside each other: "u s" is "us".
func initials(words []string) []string {
	joined := words[:0:0]
	after := false // the word before is made of single letters
	for _, w := range words {
		single := len([]rune(w)) == 1
		if single && after {
			joined[len(joined)-1] += w
		} else {
			joined = append(joined, w)
		}
		after = single
	}
	return joined
}

// codeKey brings a code to the form in which codes are compared: upper case,
// and numbers of up to three digits with their leading zeros.
func codeKey(code string) string {
	if !numeric(code) {
		return strings.ToUpper(code)
	}
	code = strings.TrimLeft(code, "0")
	if len(code) >= 3 {
		return code
	}
	return "000"[len(code):] + code
}

func numeric(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
