package queries

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	parameterLine = regexp.MustCompile(`^\$([a-z][A-Za-z]*) (text|integer|number|texts|integers)( = |, such as )("[^"]*"|\[[^\]]*\]|[-0-9.e]+): (.+)$`)
	columnLine    = regexp.MustCompile(`^([a-z][a-z_]*) (text|integer|number|flag|texts|picture): (.+)$`)
	sectionLine   = regexp.MustCompile(`^([A-Z][A-Za-z, ]*):$`)
)

// The sections that a header may have, beside the title and the text under it.
const (
	parameters = "Parameters"
	columns    = "Columns"
	leavesOut  = "Leaves out"
	rows       = "Rows, in jq"
)

// parse reads the two files of one question.
func parse(name, cypher, graphql string) (q Query, err error) {
	q = Query{Name: name, Cypher: cypher, Twin: Twin{GraphQL: graphql}}
	head, err := header(name+".cypher", "//", cypher, parameters, columns, leavesOut)
	if err != nil {
		return q, err
	}
	twin, err := header(name+".graphql", "#", graphql, rows, leavesOut)
	if err != nil {
		return q, err
	}
	q.Title, q.Doc = head.title, head.doc
	q.LeavesOut = strings.Join(head.sections[leavesOut], " ")
	q.Twin.LeavesOut = strings.Join(twin.sections[leavesOut], " ")
	q.Twin.Rows = strings.Join(twin.sections[rows], "\n")
	if q.Parameters, err = parsedLines(head, parameters, readParameter); err != nil {
		return q, err
	}
	if q.Columns, err = parsedLines(head, columns, readColumn); err != nil {
		return q, err
	}
	switch {
	case q.Doc == "":
		return q, fmt.Errorf("%s.cypher: it does not say what it answers", name)
	case len(q.Parameters) == 0, len(q.Columns) == 0:
		return q, fmt.Errorf("%s.cypher: it needs parameters and columns", name)
	case twin.title != q.Title:
		return q, fmt.Errorf("%s.graphql: its title is %q, that of its twin %q", name, twin.title, q.Title)
	case q.Twin.Rows == "":
		return q, fmt.Errorf("%s.graphql: it does not say what its rows are", name)
	}
	return q, nil
}

// head is the comment that a file opens with.
type head struct {
	file     string
	title    string
	doc      string
	sections map[string][]string // lines, without what indents them
}

// header reads the comment that a file opens with; mark is what begins each of
// its lines.
func header(file, mark, text string, known ...string) (head, error) {
	h := head{file: file, sections: map[string][]string{}}
	var doc []string
	section := ""
	for i, line := range strings.Split(text, "\n") {
		rest, isComment := strings.CutPrefix(line, mark)
		if !isComment {
			break
		}
		rest = strings.TrimPrefix(rest, " ")
		content := strings.TrimSpace(rest)
		indented := strings.HasPrefix(rest, "  ")
		switch {
		case i == 0:
			h.title = content
		case content == "":
		case !indented && sectionLine.MatchString(content):
			section = strings.TrimSuffix(content, ":")
			if !slices.Contains(known, section) || h.sections[section] != nil {
				return h, fmt.Errorf("%s:%d: the section %q is unknown or repeated", file, i+1, section)
			}
			h.sections[section] = []string{}
		case section == "" && !indented:
			doc = append(doc, content)
		case section != "" && strings.HasPrefix(rest, "    ") && len(h.sections[section]) > 0 && section != rows:
			last := len(h.sections[section]) - 1
			h.sections[section][last] += " " + content
		case section != "" && indented:
			h.sections[section] = append(h.sections[section], strings.TrimPrefix(rest, "  "))
		default:
			return h, fmt.Errorf("%s:%d: %q is neither a section nor part of one", file, i+1, content)
		}
	}
	if h.title == "" {
		return h, fmt.Errorf("%s: it has no title", file)
	}
	h.doc = strings.Join(doc, " ")
	return h, nil
}

// parsedLines reads every line of a section; no name may come twice.
func parsedLines[T any](h head, section string, read func(string) (string, T, error)) ([]T, error) {
	var list []T
	seen := map[string]bool{}
	for _, line := range h.sections[section] {
		name, v, err := read(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", h.file, section, err)
		}
		if seen[name] {
			return nil, fmt.Errorf("%s: %s: %q is declared twice", h.file, section, name)
		}
		seen[name] = true
		list = append(list, v)
	}
	return list, nil
}

func readParameter(line string) (string, Parameter, error) {
	m := parameterLine.FindStringSubmatch(line)
	if m == nil {
		return "", Parameter{}, fmt.Errorf("%q is not of the form $name type = default: meaning, or $name type, such as example: meaning", line)
	}
	p := Parameter{Name: m[1], Type: Type(m[2]), Required: m[3] != " = ", Doc: m[5]}
	var err error
	if p.Type == Text {
		err = json.Unmarshal([]byte(m[4]), new(string))
		p.Default = strings.Trim(m[4], `"`)
	} else {
		p.Default, err = p.Parse(m[4])
	}
	return p.Name, p, err
}

func readColumn(line string) (string, Column, error) {
	m := columnLine.FindStringSubmatch(line)
	if m == nil {
		return "", Column{}, fmt.Errorf("%q is not of the form name type: meaning", line)
	}
	return m[1], Column{Name: m[1], Type: Type(m[2]), Doc: m[3]}, nil
}

// Parse reads a value as a user types it: text as it is, a list of texts as JSON
// or separated by commas.
func (p Parameter) Parse(s string) (any, error) {
	switch p.Type {
	case Integer:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("$%s is %q, which is no whole number", p.Name, s)
		}
		return n, nil
	case Number:
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("$%s is %q, which is no number", p.Name, s)
		}
		return v, nil
	case Texts:
		if !strings.HasPrefix(s, "[") {
			return strings.Split(s, ","), nil
		}
		return list[string](p, s, "texts")
	case Integers:
		return list[int64](p, "["+strings.Trim(s, "[]")+"]", "whole numbers")
	}
	return s, nil
}

func list[T any](p Parameter, s, of string) ([]T, error) {
	l := []T{}
	if err := json.Unmarshal([]byte(s), &l); err != nil {
		return nil, fmt.Errorf("$%s is %q, which is no list of %s", p.Name, s, of)
	}
	return l, nil
}

// Values returns a value for every parameter: the one given, read, or the
// default. A name that is no parameter is an error, and so is one that is missing
// though it is required.
func (q Query) Values(given map[string]string) (map[string]any, error) {
	values := map[string]any{}
	for _, p := range q.Parameters {
		values[p.Name] = p.Default
		s, ok := given[p.Name]
		if !ok && p.Required {
			return nil, fmt.Errorf("%s has to be given %s, such as %s=%v: %s", q.Name, p.Name, p.Name, p.Default, p.Doc)
		}
		if !ok {
			continue
		}
		v, err := p.Parse(s)
		if err != nil {
			return nil, err
		}
		values[p.Name] = v
	}
	for name := range given {
		if _, ok := values[name]; !ok {
			return nil, fmt.Errorf("%s has no parameter %q; it has %s", q.Name, name, strings.Join(q.parameterNames(), ", "))
		}
	}
	return values, nil
}

func (q Query) parameterNames() []string {
	var names []string
	for _, p := range q.Parameters {
		names = append(names, p.Name)
	}
	return names
}
