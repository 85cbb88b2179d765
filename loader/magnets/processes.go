package magnets

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"tiermap/loader"
)

//go:embed processes.csv
var processesCSV string

// process is a step of the chain and what it makes.
type process struct{ product, name, stage string }

const (
	recycling = 6
	steps     = 6
)

// processes reads processes.csv, by number less one. A test reads it too.
func processes() (all [steps]process) {
	records, err := csv.NewReader(strings.NewReader(processesCSV)).ReadAll()
	if err != nil || len(records) != steps+1 {
		panic(fmt.Sprintf("magnets: processes.csv: %d rows, %v", len(records), err))
	}
	for i, r := range records[1:] {
		all[i] = process{r[1], r[2], r[3]}
	}
	return all
}

// parse reads the processes of a plant: 1|2|6.
func parse(text string) (list []int, reason loader.Reason) {
	for part := range strings.SplitSeq(text, "|") {
		n, wrong := loader.Int(strings.TrimSpace(part))
		switch {
		case wrong != "":
			return nil, wrong
		case n < 1 || n > steps:
			return nil, loader.NotAllowed
		case slices.Contains(list, n):
			return nil, loader.Repeated
		}
		list = append(list, n)
	}
	return list, ""
}

// carried is the process of the supplier whose product a link carries. Of the
// steps that lead onward from one of the supplier's processes to one of the
// customer's the shortest counts, of equals the one furthest down the chain;
// recycling is counted with only where there is nothing else. Where none leads
// onward (one plant passes magnets to another), it is the supplier's last.
func carried(from, to []int) int {
	best, shortest := 0, steps
	for _, p := range from {
		for _, t := range to {
			if step := t - p; p != recycling && t != recycling && step > 0 && (step < shortest || step == shortest && p > best) {
				best, shortest = p, step
			}
		}
	}
	if best > 0 {
		return best
	}
	last := slices.Max(from)
	for _, p := range from {
		if p != recycling && (last == recycling || p > last) {
			last = p
		}
	}
	return last
}
