package finding

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// tongue writes sentences in one language.
type tongue struct {
	dutch     bool
	inValue   bool // sentences about value go before those about mass
	sentences map[string]string
	articles  map[string]article
}

func newTongue(l Language) *tongue {
	t := &tongue{dutch: l == Dutch, sentences: englishSentences(), articles: articles()}
	if t.dutch {
		t.sentences = dutchSentences()
	}
	return t
}

// say fills a sentence, and begins it with a capital letter where it ends like
// one.
func (t *tongue) say(key string, args ...any) string {
	sentence := t.sentences[key]
	if of, ok := t.sentences[key+" value"]; ok && t.inValue {
		sentence = of
	}
	text := fmt.Sprintf(sentence+"%[1]s", append([]any{""}, args...)...)
	if strings.HasSuffix(text, ".") {
		r := []rune(text)
		r[0] = unicode.ToUpper(r[0])
		return string(r)
	}
	return text
}

func (t *tongue) name(n Name) string {
	switch {
	case t.dutch && n.Dutch != "":
		return n.Dutch
	case n.English != "":
		return n.English
	}
	return n.ID
}

// place is the name of a country with its article.
func (t *tongue) place(n Name) string {
	a := t.articles[n.ID].english
	if t.dutch {
		a = t.articles[n.ID].dutch
	}
	return strings.TrimSpace(a + " " + t.name(n))
}

// product is the name of a product or material as it stands within a sentence:
// a small letter first, unless it is a name, a formula or an acronym.
func (t *tongue) product(n Name) string {
	name := t.name(n)
	if strings.Contains(name, ":") { // a trade code
		return t.say("code", name)
	}
	first, _, _ := strings.Cut(name, " ")
	letters := []rune(first)
	for _, r := range letters[min(1, len(letters)):] {
		if unicode.IsUpper(r) || unicode.IsDigit(r) {
			return name
		}
	}
	if len(letters) < 2 {
		return name
	}
	return strings.ToLower(string(letters[:1])) + name[len(string(letters[:1])):]
}

// verb is "kocht" or "kochten"; English has one form.
func (t *tongue) verb(n Name) string {
	if t.articles[n.ID].plural {
		return t.sentences["bought plural"]
	}
	return t.sentences["bought"]
}

// share is a share as people read it: whole per cents, and words where these
// would say more or less than the figure.
func (t *tongue) share(s float64) string {
	switch {
	case s >= 1-1e-9:
		return "100 %"
	case s >= 0.995:
		return t.sentences["nearly all"]
	case s == 0:
		return "0 %"
	case s < 0.01:
		return t.sentences["under one"]
	}
	return strconv.Itoa(int(math.Round(s*100))) + " %"
}

// percent is a relative error in per cents, with the figures that it has.
func (t *tongue) percent(e float64) string {
	text := strconv.FormatFloat(100*e, 'g', 6, 64)
	if t.dutch {
		text = strings.ReplaceAll(text, ".", ",")
	}
	return text + " %"
}

// mass is tonnes with three figures that count.
func (t *tongue) mass(tonnes float64) string { return t.figure(tonnes) + " " + t.sentences["tonne"] }

// money is USD with three figures that count.
func (t *tongue) money(usd float64) string {
	switch {
	case usd >= 1e9:
		return t.say("usd billion", t.figure(usd/1e9))
	case usd >= 1e6:
		return t.say("usd million", t.figure(usd/1e6))
	}
	return t.say("usd", t.figure(usd))
}

// figure is a number with three figures that count.
func (t *tongue) figure(v float64) string {
	separator, point := ",", "."
	if t.dutch {
		separator, point = ".", ","
	}
	digits := 0
	if v > 0 {
		digits = 2 - int(math.Floor(math.Log10(v)))
	}
	if digits < 0 {
		power := math.Pow(10, float64(-digits))
		v = math.Round(v/power) * power
	}
	text := strconv.FormatFloat(v, 'f', min(max(digits, 0), 9), 64)
	whole, fraction, _ := strings.Cut(text, ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		fraction = point + fraction
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + separator + whole[i:]
	}
	return whole + fraction
}

// list joins parts as a sentence does.
func (t *tongue) list(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " " + t.sentences["and"] + " " + parts[last]
}
