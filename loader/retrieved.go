package loader

import (
	"time"

	"tiermap/graph"
)

// CheckRetrieved holds what a user gives as the day on which files were fetched:
// BadInput unless it is a day, 2006-01-02, or blank.
func CheckRetrieved(day string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil && day != "" {
		return graph.Errorf(graph.BadInput, "%q is no day on which files were fetched: write it like 2026-01-22", day)
	}
	return nil
}

// LastChanged returns the day, 2006-01-02, on which the newest of files was last
// changed: when they were fetched, as far as nobody says better.
func LastChanged(files ...Input) string {
	var newest time.Time
	for _, f := range files {
		if f.Modified.After(newest) {
			newest = f.Modified
		}
	}
	return newest.UTC().Format(time.DateOnly)
}
