package neo4jtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Plan returns the operators by which a server would run a statement, from the
// one that gives the result, each with what it does:
//
//	NodeUniqueIndexSeek | 1 | UNIQUE n:Country(id) WHERE id = $id | ...
//
// They are read from the plan as the server draws it: of an operator that takes
// its rows from two others, the driver's Plan gives the last twice.
func Plan(t testing.TB, a Address, statement string, parameters map[string]any) (operators []string) {
	t.Helper()
	driver, err := neo4j.NewDriverWithContext(a.URL, neo4j.BasicAuth(a.User, a.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close(t.Context()) //nolint:errcheck // nothing is lost
	result, err := neo4j.ExecuteQuery(t.Context(), driver, "EXPLAIN "+statement, parameters, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
	drawn := fmt.Sprint(result.Summary.Plan().Arguments()["string-representation"])
	for line := range strings.Lines(drawn) {
		if _, operator, ok := strings.Cut(line, "+"); ok && !strings.Contains(line, "--") {
			operators = append(operators, strings.Join(strings.Fields(operator), " "))
		}
	}
	if len(operators) == 0 {
		t.Fatalf("no plan in %q", drawn)
	}
	return operators
}
