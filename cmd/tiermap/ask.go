package main

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tiermap/api/exec"
	"tiermap/api/gql"
	"tiermap/graph"
	"tiermap/graph/ask"
)

// longestAsk is how long a question on the command line may take: the user, who
// waits in front of it, can interrupt it.
const longestAsk = time.Hour

// costliestAsk is how many values its answer may hold: nobody else waits.
const costliestAsk = 1_000_000_000

func (c *commands) ask() *cobra.Command {
	var variables, language string
	var findings, intervals bool
	var firmRows int64
	cmd := &cobra.Command{
		Use:   "ask 'GRAPHQL' | -",
		Short: "Ask a question in GraphQL, without a server",
		Example: `  tiermap ask '{ dependency(country: "NLD", product: "cobalt-oxide") { shares(first: 5) { country { name } direct origin } } }'
  tiermap ask --finding '{ dependency(country: "NLD", product: "cobalt-oxide") }'
  tiermap ask --finding --intervals '{ dependency(country: "NLD", product: "cobalt-oxide") }'
  tiermap ask - < question.graphql`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if firmRows < 1 {
				return usagef("--firm-rows is at least 1")
			}
			request, err := c.request(args[0], variables)
			switch {
			case err == nil && findings:
				request.Query, err = onlyFindings(request.Query, language, intervals)
			case err == nil && intervals:
				err = graph.Errorf(graph.BadInput, "--intervals goes with --finding; without it, ask for the field intervals of an answer")
			}
			if err != nil {
				return c.answer(failure(err))
			}
			o := exec.DefaultOptions()
			o.Timeout, o.Limits.Cost = longestAsk, costliestAsk
			executor, _, store, err := c.executor(cmd.Context(), readOnly, o, gql.Options{}, ask.Options{FirmRows: firmRows})
			if err != nil {
				if cmd.Context().Err() != nil {
					return err // interrupted: that says it
				}
				return c.answer(failure(err))
			}
			defer store.Close()
			if findings {
				return c.printFindings(executor.Do(cmd.Context(), request))
			}
			return c.answer(executor.Do(cmd.Context(), request))
		},
	}
	firmRowsFlag(cmd.Flags(), &firmRows)
	cmd.Flags().BoolVar(&findings, "finding", false, "print the answer in sentences; the question's own fields of a dependency are not needed")
	cmd.Flags().BoolVar(&intervals, "intervals", false, "with --finding: say how sure the shares are")
	cmd.Flags().StringVar(&language, "language", "en", "language of the sentences: en or nl")
	cmd.Flags().StringVar(&variables, "variables", "", "variables of the question, as a JSON object")
	return cmd
}

func (c *commands) request(query, variables string) (r exec.Request, err error) {
	if query == "-" {
		text, err := io.ReadAll(c.Stdin)
		if err != nil {
			return r, graph.Wrap(graph.BadInput, err, "standard input cannot be read")
		}
		query = string(text)
	}
	r.Query = query
	if variables != "" {
		decoder := json.NewDecoder(strings.NewReader(variables))
		decoder.UseNumber() // an id that is a number keeps all its digits
		if err := decoder.Decode(&r.Variables); err != nil {
			return r, graph.Wrap(graph.BadInput, err, "--variables is no JSON object: %v", err)
		}
	}
	return r, nil
}

// failure is the response to a question that could not even be put.
func failure(err error) *exec.Response {
	e := &graph.Error{Code: graph.CodeOf(err), Message: err.Error()}
	errors.As(err, &e)
	return &exec.Response{Errors: []exec.Error{{Message: e.Message,
		Extensions: exec.Extensions{Code: string(e.Code), Suggestions: e.Suggestions}}}}
}

// answer prints a response; one with errors ends the command with a failure.
func (c *commands) answer(r *exec.Response) error {
	encoder := json.NewEncoder(c.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return err
	}
	if len(r.Errors) > 0 {
		return errReported
	}
	return nil
}
