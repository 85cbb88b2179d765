package loadertest

import "strings"

// Line writes the named fields of a row, "-" where one is not known: what a test
// compares.
func (r Row) Line(fields ...string) string {
	values := make([]string, len(fields))
	for i, f := range fields {
		if values[i] = r[f]; values[i] == "" {
			values[i] = "-"
		}
	}
	return strings.Join(values, " ")
}
