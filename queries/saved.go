package queries

import (
	"fmt"
	"regexp"
	"strings"
)

var parameterUse = regexp.MustCompile(`\$([a-z][A-Za-z]*)`)

// Saved returns the query as Neo4j Browser keeps it among the saved ones: the
// defaults stand in the place of the parameters, so that a click runs it, and
// the first line is the title, which Browser shows as its name.
func (q Query) Saved() string {
	head, _ := q.split()
	about, _, _ := strings.Cut(head, "// Parameters:")
	return strings.TrimRight(about, "/\n ") + "\n" + q.filled()
}

// filled returns the query without its comment, the defaults in the place of the
// parameters.
func (q Query) filled() string {
	defaults := map[string]string{}
	for _, p := range q.Parameters {
		defaults[p.Name] = literal(p.Default)
	}
	_, body := q.split()
	return parameterUse.ReplaceAllStringFunc(body, func(use string) string { return defaults[use[1:]] })
}

// split parts the comment that the Cypher opens with from what follows.
func (q Query) split() (head, body string) {
	body = q.Cypher
	for strings.HasPrefix(body, "//") {
		line, rest, _ := strings.Cut(body, "\n")
		head, body = head+line+"\n", rest
	}
	return head, body
}

// literal writes a value in Cypher.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
	case []string:
		return literals(v)
	case []int64:
		return literals(v)
	case float64:
		return fmt.Sprintf("%v", v)
	}
	return fmt.Sprint(v)
}

func literals[T any](list []T) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = literal(v)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
