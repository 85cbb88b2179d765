package duckdb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tiermap/graph"
)

// Remove implements graph.Store.
func (s *Store) Remove(ctx context.Context, dataset string) (rows int64, err error) {
	done, err := s.write()
	if err != nil {
		return 0, err
	}
	defer done()
	old := s.now().find(dataset)
	if old == nil {
		return 0, s.noDataset(dataset)
	}
	err = s.using(func(c *connection) error {
		if err := c.exec(ctx, "BEGIN"); err != nil {
			return err
		}
		if err := s.replace(ctx, c, old, nil, nil); err != nil {
			c.rollback()
			return err
		}
		return nil
	})
	if err != nil {
		return 0, storeError(s.name, err)
	}
	s.clear(context.WithoutCancel(ctx))
	return old.rows(), nil
}

func (s *Store) noDataset(id string) error {
	var known []string
	for _, l := range s.now().loads {
		known = append(known, l.dataset.ID)
	}
	err := graph.Errorf(graph.NotFound, "there is no dataset %s in the store", id)
	err.Suggestions = graph.Nearest(id, known, 3)
	return err
}

// replace ends a transaction that takes one load away, adds another, or both,
// with the words that it brought. The store must be reserved.
func (s *Store) replace(ctx context.Context, c *connection, old, added *load, words []string) error {
	dataset := ""
	if old != nil {
		dataset = old.dataset.ID
		if err := c.exec(ctx, fmt.Sprintf("DELETE FROM store.load WHERE load = %d", old.id)); err != nil {
			return err
		}
	}
	if added != nil {
		if err := insertLoad(c, added); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.changes++
	next := newCatalog(revision(s.id, s.changes), s.current.with(dataset, added))
	s.mu.Unlock()
	err := c.exec(ctx, s.views(next, old, added)+
		fmt.Sprintf("UPDATE store.meta SET value = '%d' WHERE key = 'revision';", s.changes))
	if err == nil {
		// Here the change comes about; whoever asked for it can no longer stop it.
		err = c.exec(context.WithoutCancel(ctx), "COMMIT")
	}
	if err != nil {
		return err
	}
	s.words.add(words)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = next
	if old != nil {
		s.dead = append(s.dead, old.parts...)
	}
	return nil
}

// views makes the statements that bring the views up to date with the tables of
// their own that parts have.
func (s *Store) views(next *catalog, changed ...*load) string {
	kinds := map[string]*graph.Kind{}
	for _, l := range changed {
		if l == nil {
			continue
		}
		for _, p := range l.parts {
			if p.own() {
				kinds[p.kind.Table] = p.kind
			}
		}
	}
	var b strings.Builder
	for _, table := range slices.Sorted(maps.Keys(kinds)) {
		var own []*part
		for _, p := range next.parts[table] {
			if p.own() {
				own = append(own, p)
			}
		}
		b.WriteString(viewOf(kinds[table], own))
	}
	return b.String()
}

// clear takes away the rows that no revision has that anybody reads. The store
// must be reserved. What cannot be done now is done with the next change, or when
// the store is closed or opened: the rows are invisible already.
func (s *Store) clear(ctx context.Context) {
	gone := s.unread()
	if len(gone) == 0 {
		return
	}
	err := s.using(func(c *connection) error {
		if err := c.exec(ctx, "BEGIN;"+clearing(gone)+"COMMIT;"); err != nil {
			c.rollback()
			return err
		}
		return nil
	})
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = slices.DeleteFunc(s.dead, func(p *part) bool { return slices.Contains(gone, p) })
}

// unread returns the dead parts that no snapshot reads.
func (s *Store) unread() []*part {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gone []*part
	for _, p := range s.dead {
		read := false
		for c := range s.open {
			read = read || c.holds(p.load.id)
		}
		if !read {
			gone = append(gone, p)
		}
	}
	return gone
}

// clearing makes the statements that take parts away.
func clearing(parts []*part) string {
	var b strings.Builder
	var ids, loads []string
	shared := map[string][]string{}
	for _, p := range parts {
		id := strconv.Itoa(int(p.id))
		ids, loads = append(ids, id), append(loads, strconv.Itoa(int(p.load.id)))
		if p.own() {
			fmt.Fprintf(&b, "DROP TABLE %s;", storeTable(p.heldIn))
		} else {
			shared[p.heldIn] = append(shared[p.heldIn], id)
		}
	}
	for _, table := range slices.Sorted(maps.Keys(shared)) {
		fmt.Fprintf(&b, "DELETE FROM %s WHERE part IN (%s);", storeTable(table), strings.Join(shared[table], ","))
	}
	fmt.Fprintf(&b, "DELETE FROM store.part WHERE part IN (%s);", strings.Join(ids, ","))
	fmt.Fprintf(&b, "DELETE FROM store.trade_coverage WHERE load IN (%s);", strings.Join(loads, ","))
	return b.String()
}
