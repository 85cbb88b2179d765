package trademap

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// amount is a number of a row: in a downloaded file a column, in a joined one
// the row itself.
type amount struct {
	year     int
	quantity bool // else a value
	column   string
	index    int
	unit     int // column of the unit; -1: none
}

// yearly is how the columns of downloaded files are called: "Imported value in
// 2021", "Exported quantity in 2021", "2021-Imported quantity, Tons".
var yearly = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^(Imported|Exported) (value|quantity) in (\d{4})(?:, *(.*))?$`),
	regexp.MustCompile(`(?i)^(\d{4})[- ](Imported|Exported) (value|quantity)(?:, *(.*))?$`),
}

// subject is what the name of a downloaded file says.
type subject struct {
	country string
	imports bool
	mirror  bool
	code    string // six digits, or fewer
}

var (
	fileOf = regexp.MustCompile(`(?i)(imported|exported)_by_(.+?)(_?\(Mirror\))?(?:_?\(\d+\))?\.(?:txt|tsv|csv|xls)$`)
	codeOf = regexp.MustCompile(`(?:^|[^0-9])(\d{6}|\d{4}|\d{2})(?:[^0-9]|$)`)
)

// subjectOf reads the name of a downloaded file, and its folder's for the code.
func subjectOf(in loader.Input, code string) (s subject, err error) {
	m := fileOf.FindStringSubmatch(in.Stem())
	if m == nil {
		return s, graph.Errorf(graph.BadInput,
			"%s: the name does not say of whom it is, such as Trade_Map_-_List_of_supplying_markets_for_a_product_imported_by_Germany.txt", in)
	}
	s = subject{imports: strings.EqualFold(m[1], "imported"), country: strings.ReplaceAll(m[2], "_", " "), mirror: m[3] != "", code: code}
	for _, name := range []string{strings.ReplaceAll(in.Stem(), "_", " "), filepath.Base(filepath.Dir(filepath.Join(in.Path, in.Member)))} {
		if found := codeOf.FindStringSubmatch(name); found != nil && s.code == "" {
			s.code = found[1]
		}
	}
	if s.code == "" {
		return s, graph.Errorf(graph.BadInput, "%s: neither the file nor its folder says which product it is about: put it into a folder that is called like the code, 282520, or give --code 282520", in)
	}
	return s, nil
}

// amounts are the columns of years in the header of a downloaded file.
func amounts(header []string, imports bool) (list []amount, found bool) {
	for i, name := range header {
		for form, pattern := range yearly {
			m := pattern.FindStringSubmatch(strings.TrimSpace(name))
			if m == nil {
				continue
			}
			direction, kind, year := m[1], m[2], m[3]
			if form == 1 {
				year, direction, kind = m[1], m[2], m[3]
			}
			found = true
			if strings.EqualFold(direction, "imported") != imports {
				continue
			}
			a := amount{column: name, index: i, unit: -1, quantity: strings.EqualFold(kind, "quantity")}
			a.year, _ = strconv.Atoi(year) // four digits
			if i+1 < len(header) && strings.EqualFold(strings.TrimSpace(header[i+1]), "unit") {
				a.unit = i + 1
			}
			list = append(list, a)
		}
	}
	return list, found
}
