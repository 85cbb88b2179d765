package neo4j

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"tiermap/graph"
)

// load is one dataset as it was loaded. It never changes.
type load struct {
	id      int64
	dataset graph.Dataset
	loaded  string
	rows    map[string]int64 // by table
	years   [2]int
	undated int64 // rows of trade without a year
}

// catalog is what one revision of a store holds, apart from the rows.
type catalog struct {
	revision string
	loads    []*load // in the order of rank
	byID     []*load // in the order of the datasets' ids
}

func newCatalog(token string, removals int64, loads []*load) *catalog {
	c := &catalog{loads: slices.Clone(loads), byID: slices.Clone(loads)}
	slices.SortFunc(c.loads, func(a, b *load) int { return graph.CompareRank(a.dataset, b.dataset) })
	slices.SortFunc(c.byID, func(a, b *load) int { return cmp.Compare(a.dataset.ID, b.dataset.ID) })
	// A load's number is used once only, so those that are visible, with the
	// number of removals, name a revision.
	ids := []int64{removals}
	for _, l := range loads {
		ids = append(ids, l.id)
	}
	slices.Sort(ids[1:])
	sum := sha256.Sum256(fmt.Append(nil, ids))
	c.revision = token + "-" + hex.EncodeToString(sum[:8])
	return c
}

// pointers reads which loads are visible. Neo4j shows what is committed while a
// statement runs, so that one look at the datasets could see one commit and miss
// an earlier one. Two looks that see the same saw what was there between them,
// for no load becomes visible twice.
const pointers = `
MATCH (s:Store {id: $store})
CALL () {
	MATCH (d:Dataset) WHERE d.load IS NOT NULL
	WITH d.load AS load ORDER BY load
	RETURN collect(load) AS first
}
CALL (first) {
	WITH size(first) AS n
	MATCH (d:Dataset) WHERE d.load IS NOT NULL
	WITH n, d.load AS load ORDER BY load
	RETURN collect(load) AS second
}
RETURN s.token, s.removals, first, second`

// loadRecords reads what is kept of loads.
const loadRecords = `
MATCH (l:Load) WHERE l.id IN $ids
RETURN l.id, l.dataset, coalesce(l.title, ''), coalesce(l.publisher, ''), coalesce(l.url, ''), coalesce(l.licence, ''),
	coalesce(l.version, ''), coalesce(l.retrieved, ''), l.priority, l.loaded, l.tables, l.counts, l.years, l.undated`

// current reads what is visible now.
func (s *Store) current(ctx context.Context) (c *catalog, err error) {
	err = s.read(ctx, func(ctx context.Context, tx transaction) error {
		for {
			if err := ctx.Err(); err != nil {
				return err
			}
			var again bool
			if c, again, err = s.look(ctx, tx); err != nil || !again {
				return err
			}
		}
	})
	return c, err
}

// look reads what is visible; again is true where it changed meanwhile.
func (s *Store) look(ctx context.Context, tx transaction) (c *catalog, again bool, err error) {
	rows, err := all(ctx, tx, pointers, params{"store": storeID})
	if err != nil {
		return nil, false, err
	}
	if len(rows) == 0 {
		return nil, false, graph.Errorf(graph.StoreDown, "the graph in %s is gone: somebody emptied the database; load the data again", s.name)
	}
	ids := numbers(rows[0][2])
	if !slices.Equal(ids, numbers(rows[0][3])) {
		return nil, true, nil
	}
	loads, err := s.records(ctx, tx, ids)
	if err != nil || len(loads) < len(ids) {
		return nil, err == nil, err
	}
	return newCatalog(text(rows[0][0]), number(rows[0][1]), loads), false, nil
}

// records returns what is kept of loads, reading what this process does not know;
// fewer than asked for where some have gone.
func (s *Store) records(ctx context.Context, tx transaction, ids []int64) ([]*load, error) {
	var loads []*load
	var missing []int64
	s.mu.Lock()
	for _, id := range ids {
		if l := s.known[id]; l != nil {
			loads = append(loads, l)
		} else {
			missing = append(missing, id)
		}
	}
	s.mu.Unlock()
	if len(missing) == 0 {
		return loads, nil
	}
	rows, err := all(ctx, tx, loadRecords, params{"ids": missing})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range rows {
		l := loadOf(row)
		s.known[l.id] = l
		loads = append(loads, l)
	}
	return loads, nil
}

func loadOf(row []any) *load {
	l := &load{id: number(row[0]), loaded: text(row[9]), rows: map[string]int64{}, undated: number(row[13]), dataset: graph.Dataset{
		ID: text(row[1]), Title: text(row[2]), Publisher: text(row[3]), URL: text(row[4]), Licence: text(row[5]),
		Version: text(row[6]), Retrieved: text(row[7]), Priority: int(number(row[8])),
	}}
	counts := numbers(row[11])
	for i, table := range texts(row[10]) {
		l.rows[table] = counts[i]
	}
	if years := numbers(row[12]); len(years) == 2 {
		l.years = [2]int{int(years[0]), int(years[1])}
	}
	return l
}
