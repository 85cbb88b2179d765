package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestValidation holds the table of docs/validation.md against what tiermap
// answers from the starter data; -update writes it anew from
// testdata/validation.csv.
func TestValidation(t *testing.T) {
	const page = "../../docs/validation.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	store := "duckdb:" + filepath.Join(t.TempDir(), "starter.duckdb")
	folders, err := filepath.Glob("../../data/*/dataset.csv")
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range folders {
		folders[i] = filepath.Dir(file)
	}
	if r := run(t, append([]string{"load", "tables", "--store", store}, folders...)...); r.status != exitDone {
		t.Fatalf("the starter data: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	got := between(string(text), "figures", validationTable(t, store))
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, lines := strings.Split(string(text), "\n"), strings.Split(got, "\n")
	for i := range min(len(want), len(lines)) {
		if want[i] != lines[i] {
			t.Fatalf("line %d of docs/validation.md says\n%s\nbut it is\n%s\n(go test ./cmd/tiermap -run Validation -update writes it anew; read what changed)",
				i+1, want[i], lines[i])
		}
	}
	if len(want) != len(lines) {
		t.Errorf("docs/validation.md has %d lines, what comes out %d", len(want), len(lines))
	}
}

// validationTable asks the questions of testdata/validation.csv, and returns a
// table of the answers beside what was published, with the commands below it.
func validationTable(t *testing.T, store string) string {
	t.Helper()
	f, err := os.Open("testdata/validation.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var table, commands strings.Builder
	table.WriteString("| | figure | published | source | tiermap | why they differ |\n|---|---|---|---|---|---|\n")
	commands.WriteString("\n```sh\n")
	for i, r := range rows[1:] {
		selection, at := r[4], strings.Split(r[4], ".")
		if len(at) == 3 {
			selection = "shares { country { id } direct origin }"
		}
		question := "{ " + r[3] + " { " + selection + " } }"
		answer := runWith(t, "", map[string]string{"TIERMAP_STORE": store}, "ask", question)
		if answer.status != exitDone {
			t.Fatalf("%s: status %d\n%s%s", question, answer.status, answer.stdout, answer.stderr)
		}
		fmt.Fprintf(&table, "| %d | %s | %s | %s | **%.1f %%** | %s |\n", i+1, r[0], r[1], r[2], 100*shareAt(t, answer.stdout, at), r[5])
		fmt.Fprintf(&commands, "tiermap ask '%s'  # %d\n", question, i+1)
	}
	commands.WriteString("```\n")
	return table.String() + commands.String()
}

// shareAt finds a share in an answer: of the answer itself, or direct or origin of a
// country, 0 where it is not listed.
func shareAt(t *testing.T, text string, at []string) float64 {
	t.Helper()
	var answer struct {
		Data map[string]struct {
			PassOnShare, UnexplainedShare float64
			Shares                        []dutchShare
		}
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	for _, a := range answer.Data {
		switch at[0] {
		case "passOnShare":
			return a.PassOnShare
		case "unexplainedShare":
			return a.UnexplainedShare
		}
		i := slices.IndexFunc(a.Shares, func(s dutchShare) bool { return s.Country.ID == at[1] })
		if i >= 0 && at[2] == "origin" {
			return a.Shares[i].Origin
		}
		if i >= 0 {
			return a.Shares[i].Direct
		}
	}
	return 0
}
