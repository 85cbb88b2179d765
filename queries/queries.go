package queries

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed *.cypher *.graphql
var files embed.FS

// Query is one question of the catalogue.
type Query struct {
	Name       string // of its files, such as direct-suppliers
	Title      string
	Doc        string // what it answers
	Parameters []Parameter
	Columns    []Column
	Cypher     string // the whole text, its comment included
	LeavesOut  string // what Cypher cannot say exactly; "" where it is exact
	Twin       Twin
}

// Twin is the same question in GraphQL.
type Twin struct {
	GraphQL   string // the whole text, its comment included
	Rows      string // a jq filter from the answer's data to a list of objects, one for each row
	LeavesOut string // what the schema cannot answer; "" where nothing is missing
}

// Column is one column of the answer.
type Column struct {
	Name string
	Type Type
	Doc  string
}

// Parameter is what the asker may change.
type Parameter struct {
	Name     string
	Type     Type
	Default  any  // string, int64, float64, []string or []int64, as Type says
	Required bool // it has to be given: Default is an example of what it may be
	Doc      string
}

// Type is what a parameter or a cell is.
type Type string

// The types. Texts and Integers are lists. A Picture is a path, node or list of them
// that Neo4j Browser draws: it is no part of the table.
const (
	Text     Type = "text"
	Integer  Type = "integer"
	Number   Type = "number"
	Flag     Type = "flag"
	Texts    Type = "texts"
	Integers Type = "integers"
	Picture  Type = "picture"
)

var catalogue = sync.OnceValues(read)

// All returns every question, by name.
func All() []Query {
	all, err := catalogue()
	if err != nil {
		panic(err) // the files are part of the program: a test reads them all
	}
	return slices.Clone(all)
}

// Find returns the question of that name.
func Find(name string) (Query, bool) {
	for _, q := range All() {
		if q.Name == name {
			return q, true
		}
	}
	return Query{}, false
}

func read() ([]Query, error) {
	names, err := fs.Glob(files, "*.cypher")
	if err != nil {
		return nil, err
	}
	var all []Query
	for _, file := range names {
		name := strings.TrimSuffix(file, ".cypher")
		cypher, err := files.ReadFile(file)
		if err != nil {
			return nil, err
		}
		twin, err := files.ReadFile(name + ".graphql")
		if err != nil {
			return nil, err
		}
		q, err := parse(name, string(cypher), string(twin))
		if err != nil {
			return nil, fmt.Errorf("queries: %w", err)
		}
		all = append(all, q)
	}
	return all, nil
}

// Table returns the columns that make up the table: all but the pictures.
func (q Query) Table() []Column {
	return slices.DeleteFunc(slices.Clone(q.Columns), func(c Column) bool { return c.Type == Picture })
}
