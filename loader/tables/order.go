package tables

import (
	"bufio"
	"maps"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// inOrder puts folders that others refer to before those, and keeps the order
// given otherwise, also among folders that refer to each other.
func inOrder(folders []*folder, builtin *country.List) ([]*folder, error) {
	if len(folders) < 2 {
		return folders, nil
	}
	declared := make([]names, len(folders))
	for i, f := range folders {
		var err error
		if declared[i], err = f.declares(builtin); err != nil {
			return nil, err
		}
	}
	needs := make([]map[int]bool, len(folders))
	for i, f := range folders {
		var err error
		if needs[i], err = f.needs(i, declared); err != nil {
			return nil, err
		}
	}
	var order []*folder
	placed := make([]bool, len(folders))
	for len(order) < len(folders) {
		next := -1
		for i := range folders {
			if placed[i] {
				continue
			}
			if next < 0 {
				next = i // where all that are left refer to each other
			}
			if ready(needs[i], placed) {
				next = i
				break
			}
		}
		placed[next] = true
		order = append(order, folders[next])
	}
	return order, nil
}

// ready reports whether everything that is needed is placed.
func ready(needed map[int]bool, placed []bool) bool {
	for j := range needed {
		if !placed[j] {
			return false
		}
	}
	return true
}

// names are what rows can refer to, by kind. Under graph.Contains stand the
// products whose contents are given: a recipe needs those of its inputs.
type names map[string]map[string]bool

func (n names) add(kind, name string) {
	if n[kind] == nil {
		n[kind] = map[string]bool{}
	}
	n[kind][name] = true
}

// declares lists what a folder declares; names of countries only where they are
// not built in.
func (f *folder) declares(builtin *country.List) (names, error) {
	found := names{}
	for _, t := range f.tables {
		columns := map[string]string{}
		switch {
		case t.kind.Name == graph.Country:
			columns = map[string]string{"id": graph.Country, "name": graph.Country, "iso2": graph.Country, "aliases": graph.Country}
		case t.kind.IsNode():
			columns["id"] = t.kind.Name
		case t.kind.Name == graph.Contains:
			columns["product"] = graph.Contains
		}
		err := t.scan(slices.Collect(maps.Keys(columns)), func(column, value string) bool {
			for _, name := range items(value) {
				if t.kind.Name == graph.Country && builtin.Knows(name) {
					continue
				}
				found.add(columns[column], name)
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// needs lists the other folders that declare what this one, folder i, refers to
// and does not declare itself.
func (f *folder) needs(i int, declared []names) (map[int]bool, error) {
	needed := map[int]bool{}
	for _, t := range f.tables {
		kinds := map[string][]string{} // by column
		for _, field := range t.kind.FileFields() {
			if len(field.Refs) > 0 {
				kinds[field.Name] = field.Refs
			}
			if t.kind.Name == graph.MadeFrom && field.Name == "input" {
				kinds[field.Name] = append(slices.Clone(field.Refs), graph.Contains)
			}
		}
		err := t.scan(slices.Collect(maps.Keys(kinds)), func(column, value string) bool {
			for _, kind := range kinds[column] {
				if declared[i][kind][value] {
					continue
				}
				for j := range declared {
					if j != i && declared[j][kind][value] {
						needed[j] = true
					}
				}
			}
			return len(needed) < len(declared)-1
		})
		if err != nil {
			return nil, err
		}
	}
	return needed, nil
}

// scan calls use with every value of the columns until it returns false. It
// does not judge the file, for the load will: what is no row of one line is
// passed over.
func (t table) scan(columns []string, use func(column, value string) bool) error {
	if len(columns) == 0 {
		return nil
	}
	file, err := t.in.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, loader.MaxRow)
	var at map[int]string // where the columns stand
	var row []string
	for lines.Scan() {
		var fault loader.Reason
		row, fault = loader.SplitRow(strings.TrimPrefix(lines.Text(), "\ufeff"), row[:0])
		switch {
		case at == nil:
			at = map[int]string{}
			for i, name := range row {
				if name = strings.TrimSpace(name); slices.Contains(columns, name) {
					at[i] = name
				}
			}
		case fault == "":
			for i, column := range at {
				if i < len(row) && !use(column, strings.TrimSpace(row[i])) {
					return nil
				}
			}
		}
	}
	return nil
}
