package neo4j

import (
	_ "embed"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"tiermap/graph"
)

//go:embed import-readme.md
var importReadme string

// describe writes how a database is made of the files: the command last, for who
// finds it finds everything.
func (x *importer) describe(status graph.Status) error {
	schema := "// The constraints and indexes by which tiermap reads the graph.\n"
	for _, r := range x.model.rules() {
		schema += r.cypher + ";\n"
	}
	schema += "CALL db.awaitIndexes(3600);\n"
	readme, err := x.readme(status)
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name, text string
		mode       os.FileMode
	}{{"schema.cypher", schema, 0o666}, {"README.md", readme, 0o666}, {"import.sh", x.command(), 0o777}} {
		if err := os.WriteFile(filepath.Join(x.dir, file.name), []byte(file.text), file.mode); err != nil {
			return err
		}
	}
	return nil
}

// command is the script that imports the files.
func (x *importer) command() string {
	lines := []string{`exec "${NEO4J_ADMIN:-neo4j-admin}" database import full "${NEO4J_DATABASE:-neo4j}"`}
	// It costs the import its speed.
	if slices.ContainsFunc(x.sheets, func(s *sheet) bool { return s.multiline }) {
		lines = append(lines, "--multiline-fields=true")
	}
	for _, s := range x.sheets {
		lines = append(lines, s.argument())
	}
	return `#!/bin/sh
# Makes a Neo4j database of the files in this folder. The server must be stopped.
# NEO4J_ADMIN is the program, NEO4J_DATABASE the database; what stands behind the
# name of this script goes to the program too: --overwrite-destination replaces a
# database that is there.
cd "$(dirname "$0")" || exit
` + strings.Join(append(lines, `"$@"`), " \\\n\t") + "\n"
}

// readme is what stands beside the files for who finds them.
func (x *importer) readme(status graph.Status) (string, error) {
	t, err := template.New("readme").Parse(importReadme)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, map[string]any{"Store": status.Store, "Revision": status.Revision, "Datasets": status.Datasets, "Rows": func(d graph.DatasetStatus) (n int64) {
		for _, rows := range d.Rows {
			n += rows
		}
		return n
	}, "Written": x.written()})
	return b.String(), err
}
