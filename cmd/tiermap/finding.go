package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/kinds"
	"github.com/graphql-go/graphql/language/parser"
	"github.com/graphql-go/graphql/language/printer"

	"tiermap/api/exec"
	"tiermap/graph"
)

// onlyFindings rewrites a question so that all it asks of its dependencies is
// their findings; with intervals, those that say how sure the shares are.
func onlyFindings(query, language string, intervals bool) (string, error) {
	language = strings.ToUpper(language)
	if language != "EN" && language != "NL" {
		return "", graph.Errorf(graph.BadInput, "%q is no language of findings: there are en and nl", language)
	}
	document, err := parser.Parse(parser.ParseParams{Source: query})
	if err != nil {
		return "", graph.Wrap(graph.BadInput, err, "the question cannot be read: %v", err)
	}
	found := false
	for _, definition := range document.Definitions {
		operation, ok := definition.(*ast.OperationDefinition)
		if !ok {
			continue
		}
		for _, selection := range operation.SelectionSet.Selections {
			if field, ok := selection.(*ast.Field); ok && (field.Name.Value == "dependency" || field.Name.Value == "dependencies") {
				field.SelectionSet = findingSelection(language, intervals)
				found = true
			}
		}
	}
	if !found {
		return "", graph.Errorf(graph.BadInput, "--finding needs a question that asks for dependency or dependencies")
	}
	text, _ := printer.Print(document).(string)
	return text, nil
}

// findingSelection is { finding(language: …) { headline captions } }, within intervals
// where these are wanted.
func findingSelection(language string, intervals bool) *ast.SelectionSet {
	field := func(name string) *ast.Field {
		return ast.NewField(&ast.Field{Name: ast.NewName(&ast.Name{Value: name})})
	}
	finding := field("finding")
	finding.Arguments = []*ast.Argument{ast.NewArgument(&ast.Argument{Name: ast.NewName(&ast.Name{Value: "language"}),
		Value: &ast.EnumValue{Kind: kinds.EnumValue, Value: language}})}
	finding.SelectionSet = ast.NewSelectionSet(&ast.SelectionSet{Selections: []ast.Selection{field("headline"), field("captions")}})
	only := ast.NewSelectionSet(&ast.SelectionSet{Selections: []ast.Selection{finding}})
	if !intervals {
		return only
	}
	sure := field("intervals")
	sure.SelectionSet = only
	return ast.NewSelectionSet(&ast.SelectionSet{Selections: []ast.Selection{sure}})
}

// printFindings prints the findings of a response as text; a response with
// errors is printed whole, as one without --finding is.
func (c *commands) printFindings(r *exec.Response) error {
	if len(r.Errors) > 0 {
		return c.answer(r)
	}
	decoder := json.NewDecoder(bytes.NewReader(r.Data))
	for n := 0; ; {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case token != "finding": // keys and braces; findings are the only texts
			continue
		}
		var finding struct {
			Headline string
			Captions []string
		}
		if err := decoder.Decode(&finding); err != nil {
			return err
		}
		if n++; n > 1 {
			fmt.Fprintln(c.Stdout)
		}
		fmt.Fprintln(c.Stdout, finding.Headline)
		for _, caption := range finding.Captions {
			fmt.Fprintf(c.Stdout, "- %s\n", caption)
		}
	}
}
