package baci

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// maxCountry is above every number of a country.
const maxCountry = 1000

// countries turns BACI's numbers of countries into ids. Its table fills as
// numbers are met; several goroutines may use it.
type countries struct {
	list  *country.List
	year  int
	words *graph.Words
	file  map[int]codeRow // the file of country codes
	name  string          // and what it is called
	table [maxCountry]atomic.Uint32

	mu     sync.Mutex
	failed map[int]string // why a number does not resolve
}

// codeRow is a line of the file of country codes.
type codeRow struct{ iso3, name string }

// word returns the index of the country's id, 0 where it is not known yet.
func (c *countries) word(number int) uint32 { return c.table[number].Load() }

// resolve returns the index of the country's id, or why there is none.
func (c *countries) resolve(number int) (word uint32, failure string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if failure, ok := c.failed[number]; ok {
		return 0, failure
	}
	id, err := c.find(number)
	if err != nil {
		failure = err.Error()
		c.failed[number] = failure
		return 0, failure
	}
	word = c.words.ID(id)
	c.table[number].Store(word)
	return word, ""
}

// find asks the built-in list first. Only a number that it has never heard of
// is looked up in the file: one that had another meaning in other years is
// wrong, not unknown.
func (c *countries) find(number int) (id string, err error) {
	id, err = c.list.Resolve(strconv.Itoa(number), country.BACI, c.year)
	if err == nil || graph.CodeOf(err) != graph.NotFound {
		return id, err
	}
	row, ok := c.file[number]
	if !ok {
		return "", err
	}
	if id, err := c.list.Resolve(row.iso3, country.BACI, c.year); err == nil {
		return id, nil
	}
	id, err = c.list.Resolve(row.name, country.BACI, c.year)
	if err != nil {
		err = fmt.Errorf("%s calls %d %q: %w", c.name, number, row.name, err)
	}
	return id, err
}

// differences tells where the built-in list and the file do not mean the same.
func (c *countries) differences() []string {
	var list []string
	for number := range maxCountry {
		row, ok := c.file[number]
		word := c.word(number)
		if !ok || word == 0 {
			continue
		}
		used := c.words.List()[word]
		if id, err := c.list.Resolve(row.iso3, country.BACI, c.year); err == nil && id != used {
			list = append(list, fmt.Sprintf("country %d counts as %s, as the built-in list has it; %s calls it %s (%s)",
				number, used, c.name, row.iso3, row.name))
		}
	}
	return list
}

// chooseCodes returns the file of country codes of the version, else any.
func chooseCodes(found []loader.Input, version string) (in loader.Input, ok bool) {
	if len(found) == 0 {
		return loader.Input{}, false
	}
	i := slices.IndexFunc(found, func(in loader.Input) bool {
		return strings.EqualFold(codesName.FindStringSubmatch(in.Stem())[1], version)
	})
	return found[max(i, 0)], true
}

// columns of the file of country codes, under their names of today and before.
var codeColumns = map[string]string{
	"country_code": "code", "country_name": "name", "country_iso2": "", "country_iso3": "iso3",
	"country_name_abbreviation": "", "country_name_full": "name", "iso_2digit_alpha": "", "iso_3digit_alpha": "iso3",
}

// readCodes reads a file of country codes. Lines that are not text in UTF-8 (as
// in old releases) lose their name only; they are no facts, so that none is
// rejected.
func readCodes(in loader.Input) (map[int]codeRow, error) {
	stream, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	lines := bufio.NewScanner(io.LimitReader(stream, 1<<20)) // 230 lines of 30 bytes
	rows := map[int]codeRow{}
	var header []string
	for lines.Scan() {
		raw := strings.ToValidUTF8(strings.TrimPrefix(strings.TrimSuffix(lines.Text(), "\r"), "\ufeff"), "?")
		fields, fault := loader.SplitRow(raw, nil)
		if header == nil {
			if header, err = codesHeader(in.Name, fields, fault); err != nil {
				return nil, err
			}
			continue
		}
		if fault != "" || len(fields) != len(header) {
			continue
		}
		var row codeRow
		number := 0
		for i, column := range header {
			switch value := strings.TrimSpace(fields[i]); column {
			case "code":
				number, _ = loader.Int(value)
			case "name":
				row.name = value
			case "iso3":
				row.iso3 = value
			}
		}
		if number > 0 && number < maxCountry {
			rows[number] = row
		}
	}
	return rows, lines.Err()
}

// codesHeader names what each column holds; blank: nothing that is needed.
func codesHeader(file string, header []string, fault loader.Reason) ([]string, error) {
	holds := make([]string, len(header))
	for i, name := range header {
		holds[i] = codeColumns[strings.TrimSpace(name)]
	}
	if fault != "" || !slices.Contains(holds, "code") || !slices.Contains(holds, "iso3") {
		return nil, graph.Errorf(graph.BadInput,
			"%s, line 1: this is no file of BACI's country codes, which has the columns country_code, country_name, country_iso2, country_iso3", file)
	}
	return holds, nil
}
