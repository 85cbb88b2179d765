package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/itchyny/gojq"
	"github.com/spf13/cobra"

	"tiermap/api/exec"
	"tiermap/api/gql"
	"tiermap/graph"
	"tiermap/graph/ask"
	"tiermap/queries"
)

// cypherRunner is a store that answers Cypher which only reads.
type cypherRunner interface {
	Query(ctx context.Context, cypher string, params map[string]any) (columns []string, rows [][]any, err error)
}

func (c *commands) queries() *cobra.Command {
	var given []string
	var format, archive string
	var asked, inCypher bool
	cmd := &cobra.Command{
		Use:   "queries [NAME]",
		Short: "The catalogue of questions: list it, show one, run one",
		Long: "Without a name, the questions are listed. With a name, the question is shown in Cypher and in GraphQL;\n" +
			"with --run or a --param it is put to the store: in GraphQL, which every store answers, or with --cypher\n" +
			"in Cypher to a Neo4j store. Both give a table of the same columns.",
		Example: `  tiermap queries
  tiermap queries chain-paths
  tiermap queries chain-paths --param country=DEU --param minShare=0.05
  tiermap queries chain-paths --cypher --store neo4j://127.0.0.1:7687`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case archive != "":
				return c.toFile(archive, queries.WriteSaved)
			case len(args) == 0:
				return c.listQueries()
			}
			q, err := findQuery(args[0])
			if err != nil {
				return err
			}
			if !asked && !inCypher && len(given) == 0 {
				_, err := fmt.Fprintf(c.Stdout, "%s\n%s", q.Cypher, q.Twin.GraphQL)
				return err
			}
			if !slices.Contains([]string{"table", "csv", "json"}, format) {
				return usagef("--format %q is not table, csv or json", format)
			}
			values, err := parameterValues(q, given)
			if err != nil {
				return err
			}
			run, leavesOut := c.runTwin, q.Twin.LeavesOut
			if inCypher {
				run, leavesOut = c.runCypher, q.LeavesOut
			}
			rows, err := run(cmd.Context(), q, values)
			if err != nil {
				return err
			}
			if err := c.printRows(format, q.Table(), rows); err != nil {
				return err
			}
			if leavesOut != "" {
				fmt.Fprintln(c.Stderr, "Leaves out:", leavesOut)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&given, "param", nil, "name=value of a parameter; may be repeated; the others keep their defaults")
	f.BoolVar(&asked, "run", false, "run it, with the defaults of all parameters that are not given")
	f.BoolVar(&inCypher, "cypher", false, "run it in Cypher; needs a Neo4j store")
	f.StringVar(&format, "format", "table", "table, csv or json")
	f.StringVar(&archive, "browser", "", "write all queries into this zip archive, to be dropped onto Neo4j Browser")
	return cmd
}

func (c *commands) listQueries() error {
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	for _, q := range queries.All() {
		fmt.Fprintf(w, "%s\t%s\n", q.Name, q.Title)
	}
	return w.Flush()
}

func findQuery(name string) (queries.Query, error) {
	q, ok := queries.Find(name)
	if ok {
		return q, nil
	}
	var names []string
	for _, q := range queries.All() {
		names = append(names, q.Name)
	}
	return q, &graph.Error{Code: graph.NotFound, Message: fmt.Sprintf("there is no question %q in the catalogue", name),
		Suggestions: graph.Nearest(name, names, 3)}
}

// parameterValues reads name=value pairs; what is wrong with them is a wrong use
// of the command line.
func parameterValues(q queries.Query, given []string) (map[string]any, error) {
	pairs := map[string]string{}
	for _, g := range given {
		name, value, ok := strings.Cut(g, "=")
		if !ok {
			return nil, usagef("--param %q is not name=value", g)
		}
		pairs[name] = value
	}
	values, err := q.Values(pairs)
	if err != nil {
		return nil, usageError{err}
	}
	return values, nil
}

// runTwin puts the GraphQL twin and turns its answer into rows.
func (c *commands) runTwin(ctx context.Context, q queries.Query, values map[string]any) ([]map[string]any, error) {
	o := exec.DefaultOptions()
	o.Timeout, o.Limits.Cost = longestAsk, costliestAsk
	executor, _, store, err := c.executor(ctx, readOnly, o, gql.Options{}, ask.Options{})
	if err != nil {
		return nil, err
	}
	defer store.Close()
	r := executor.Do(ctx, exec.Request{Query: q.Twin.GraphQL, Variables: values})
	if len(r.Errors) > 0 {
		e := r.Errors[0]
		return nil, &graph.Error{Code: graph.Code(e.Extensions.Code), Message: e.Message, Suggestions: e.Extensions.Suggestions}
	}
	var data any
	if err := json.Unmarshal(r.Data, &data); err != nil {
		return nil, err
	}
	return twinRows(ctx, q, data, values)
}

// twinRows applies the filter of a twin to the data of its answer.
func twinRows(ctx context.Context, q queries.Query, data any, values map[string]any) ([]map[string]any, error) {
	filter, err := gojq.Parse(q.Twin.Rows)
	if err != nil {
		return nil, fmt.Errorf("%s.graphql: %w", q.Name, err)
	}
	var names []string
	var variables []any
	for _, p := range q.Parameters {
		names = append(names, "$"+p.Name)
		variables = append(variables, jqValue(values[p.Name]))
	}
	code, err := gojq.Compile(filter, gojq.WithVariables(names))
	if err != nil {
		return nil, fmt.Errorf("%s.graphql: %w", q.Name, err)
	}
	result, _ := code.RunWithContext(ctx, data, variables...).Next()
	switch result := result.(type) {
	case error:
		return nil, graph.Wrap(graph.BadInput, result, "%s: %v", q.Name, result)
	case []any:
		rows := make([]map[string]any, 0, len(result))
		for _, r := range result {
			row, ok := r.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("%s.graphql: a row is %v", q.Name, r)
			}
			rows = append(rows, row)
		}
		return rows, nil
	}
	return nil, nil // nothing was found: the root field is null
}

// jqValue is a parameter's value in the types that jq knows.
func jqValue(v any) any {
	switch v := v.(type) {
	case int64:
		return int(v)
	case []string:
		return anys(v)
	case []int64:
		return anys(v)
	}
	return v
}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = jqValue(v)
	}
	return out
}

// runCypher puts the question in Cypher to a store that understands it.
func (c *commands) runCypher(ctx context.Context, q queries.Query, values map[string]any) ([]map[string]any, error) {
	store, err := c.open(ctx, readOnly)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	runner, ok := store.(cypherRunner)
	if !ok {
		return nil, graph.Errorf(graph.BadInput, "this store does not speak Cypher; name a Neo4j store with --store, or leave --cypher out")
	}
	columns, list, err := runner.Query(ctx, q.Cypher, values)
	if err != nil {
		return nil, err
	}
	rows := make([]map[string]any, len(list))
	for i, r := range list {
		rows[i] = map[string]any{}
		for j, name := range columns {
			rows[i][name] = r[j]
		}
	}
	return rows, nil
}

// printRows prints the table of an answer.
func (c *commands) printRows(format string, columns []queries.Column, rows []map[string]any) error {
	switch format {
	case "json":
		return printJSON(c.Stdout, columns, rows)
	case "csv":
		w := csv.NewWriter(c.Stdout)
		return printLines(columns, rows, exactCell, w.Write, func() error { w.Flush(); return w.Error() })
	}
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	return printLines(columns, rows, readableCell, func(line []string) error {
		_, err := fmt.Fprintln(w, strings.Join(line, "\t"))
		return err
	}, w.Flush)
}

func printLines(columns []queries.Column, rows []map[string]any, cell func(any) string, write func([]string) error, flush func() error) error {
	line := make([]string, len(columns))
	for i, column := range columns {
		line[i] = column.Name
	}
	if err := write(line); err != nil {
		return err
	}
	for _, row := range rows {
		for i, column := range columns {
			line[i] = cell(row[column.Name])
		}
		if err := write(line); err != nil {
			return err
		}
	}
	return flush()
}

// printJSON prints a list of objects, a line each, their keys in the order of the
// columns.
func printJSON(w io.Writer, columns []queries.Column, rows []map[string]any) error {
	lines := make([]string, len(rows))
	for i, row := range rows {
		cells := make([]string, len(columns))
		for j, column := range columns {
			value, err := json.Marshal(row[column.Name])
			if err != nil {
				return err
			}
			cells[j] = fmt.Sprintf("%q: %s", column.Name, value)
		}
		lines[i] = "\n  {" + strings.Join(cells, ", ") + "}"
	}
	_, err := fmt.Fprintf(w, "[%s\n]\n", strings.Join(lines, ","))
	return err
}

// exactCell writes a value so that a program reads it back.
func exactCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		return strings.Join(texts(v), ";")
	}
	return fmt.Sprint(v)
}

// longestCell is how many letters a text may have in a table for people.
const longestCell = 60

// readableCell writes a value for people: numbers to four figures or to the unit,
// texts not too long.
func readableCell(v any) string {
	switch v := v.(type) {
	case float64:
		if math.Abs(v) >= 1000 || v == math.Trunc(v) {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return strconv.FormatFloat(v, 'g', 4, 64)
	case []any:
		return strings.Join(texts(v), " < ")
	}
	text := []rune(cmp.Or(exactCell(v), "-"))
	if len(text) > longestCell {
		return string(text[:longestCell-1]) + "…"
	}
	return string(text)
}

func texts(list []any) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = exactCell(v)
	}
	return out
}
