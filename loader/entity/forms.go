package entity

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Data of names:
//
//   - forms.csv: legal forms as they are written, in words of small ASCII
//     letters, the one spelling that stands for each, and where it is used.
//   - eastern.csv: legal forms in scripts that are transliterated by the
//     syllable, and what they are read as before that.
//   - common.csv: words that so many names share that they tell little.
var (
	//go:embed forms.csv
	formsCSV string
	//go:embed eastern.csv
	easternCSV string
	//go:embed common.csv
	commonCSV string
)

var (
	legalForms = newForms(rows(formsCSV))
	eastern    = newEastern(rows(easternCSV))
	common     = newCommon(rows(commonCSV))
)

// rows are the rows of a file that is compiled in, without its header. A test
// reads all of them.
func rows(text string) [][]string {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("entity: a compiled-in file: %v", err))
	}
	return records[1:]
}

func newEastern(rows [][]string) *strings.Replacer {
	var pairs []string
	for _, r := range rows {
		pairs = append(pairs, norm.NFKC.String(r[0]), " "+strings.TrimSpace(r[1])+" ")
	}
	return strings.NewReplacer(pairs...)
}

func newCommon(rows [][]string) map[string]bool {
	set := make(map[string]bool, len(rows))
	for _, r := range rows {
		set[r[0]] = true
	}
	return set
}

// forms finds legal forms in names.
type forms struct {
	of      map[string]string // written → form
	longest int               // words of the longest
}

func newForms(rows [][]string) *forms {
	f := &forms{of: map[string]string{}}
	for _, r := range rows {
		f.of[r[0]] = r[1]
		f.longest = max(f.longest, strings.Count(r[0], " ")+1)
	}
	return f
}

// strip takes legal forms off the end of a name, the longest first, and off its
// start (PT, PAO). full is the words with blanks between them. It returns the
// words that are left and the first form that was at the end, else the one at
// the start. A name that is nothing but legal forms (SAS) is left as it is.
func (f *forms) strip(full string, all []string) (core []string, form string) {
	core = all
	for n, found := f.atEnd(full, core); n > 0; n, found = f.atEnd(full, core) {
		for _, w := range core[len(core)-n:] {
			full = full[:len(full)-len(w)-1]
		}
		core = core[:len(core)-n]
		if form == "" {
			form = found
		}
	}
	if len(core) > 1 && slices.Contains(leading, core[0]) {
		if form == "" {
			form = f.of[core[0]]
		}
		core = core[1:]
	}
	return core, form
}

// leading are the legal forms that stand before a name.
var leading = []string{"pt", "pao", "oao", "ooo", "zao", "ao", "jsc", "ojsc", "pjsc", "tov", "pat", "too", "uab", "ab", "as", "oy"}

// atEnd returns how many words at the end of a name are a legal form, at least
// one word being left, and which; 0 where none is.
func (f *forms) atEnd(full string, words []string) (n int, form string) {
	from := len(full)
	for i := len(words) - 1; i > 0 && len(words)-i <= f.longest; i-- {
		from -= len(words[i])
		if found, ok := f.of[full[from:]]; ok {
			n, form = len(words)-i, found
		}
		from-- // the blank
	}
	return n, form
}
