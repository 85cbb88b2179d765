// Package terms reads the small tables in which a source declares what a
// publisher's words are in the catalogue: "Barytes" is the material baryte,
// "PGMs" are five of them.
//
//	term,ids,note
//	Barytes,baryte,
//	PGMs,iridium;palladium;platinum;rhodium;ruthenium,
//	Aggregates,,not followed
//
// A term without ids is known and not followed; its note may say why.
package terms

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
)

// Table is what the words of a publisher are, by the folded term.
type Table map[string][]string

// Fold writes a term so that spellings of one compare equal: lower case, one
// blank between words, none around them.
func Fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// Read reads a table that a package ships. The error names the line; a source's
// test reads its tables, so that none ships with one.
func Read(text string) (Table, error) {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || !slices.Equal(records[0], []string{"term", "ids", "note"}) {
		return nil, fmt.Errorf("the columns are not term, ids, note")
	}
	t := Table{}
	for i, r := range records[1:] {
		key := Fold(r[0])
		if _, twice := t[key]; twice || key == "" {
			return nil, fmt.Errorf("line %d: the term %q is blank or stands twice", i+2, r[0])
		}
		t[key] = nil
		if r[1] == "" {
			continue
		}
		for id := range strings.SplitSeq(r[1], ";") {
			if !graph.ValidID(id) {
				return nil, fmt.Errorf("line %d: %q is no id", i+2, id)
			}
			t[key] = append(t[key], id)
		}
	}
	return t, nil
}

// Find returns what a term is; nothing where it is not followed. known is false
// for a term that the table lacks.
func (t Table) Find(term string) (ids []string, known bool) {
	ids, known = t[Fold(term)]
	return ids, known
}

// IDs returns every id that the table names, sorted, once each.
func (t Table) IDs() []string {
	var ids []string
	for _, list := range t {
		ids = append(ids, list...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Store is what is needed here of a graph.Store.
type Store interface {
	Snapshot(ctx context.Context) (graph.Snapshot, error)
}

// Known is which ids of a kind a store holds. The nil Known is of a load without
// a store, which has nothing to hold ids against, and knows every id.
type Known map[string]bool

// KnownOf reads the ids of a kind.
func KnownOf(ctx context.Context, store Store, kind string) (Known, error) {
	if store == nil {
		return nil, nil
	}
	snapshot, err := store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	known := Known{}
	err = snapshot.Read(ctx, graph.Query{Kind: kind, Fields: []string{"id"}}, func(b *graph.Batch) error {
		for i := range b.Len {
			known[b.Row(i).Text("id")] = true
		}
		return nil
	})
	return known, err
}

// Missing says which of the ids the store lacks; blank: none.
func (k Known) Missing(ids ...string) string {
	for _, id := range ids {
		if k != nil && !k[id] {
			return id + ", which this is in the catalogue, is not in the store: load the catalogue first"
		}
	}
	return ""
}
