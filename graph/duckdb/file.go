package duckdb

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"tiermap/graph"
)

// ensureFile makes sure that there is a file to open, and that it is one.
func (s *Store) ensureFile(ctx context.Context) error {
	switch info, err := os.Stat(s.path); {
	case err == nil && info.IsDir():
		return graph.Errorf(graph.BadInput, "%s is a folder; name a file in it as the store", s.name)
	case err == nil && info.Size() == 0:
		return graph.Errorf(graph.BadInput, "%s is an empty file; delete it, or name another one as the store", s.name)
	case err == nil:
		return nil
	case !os.IsNotExist(err):
		return graph.Wrap(graph.StoreDown, err, "the store %s cannot be opened: %v", s.name, err)
	case s.options.ReadOnly:
		return graph.Errorf(graph.StoreDown, "there is no store %s yet; load something into it first", s.name)
	}
	if _, err := os.Stat(filepath.Dir(s.path)); err != nil {
		return graph.Wrap(graph.BadInput, err, "the folder of the store %s is not there; make it first", s.name)
	}
	// The file gets its name when it is whole, so that a process that is killed
	// leaves no half of one. A link fails where somebody else has made the file
	// meanwhile; that one counts. Not every file system has links.
	fresh := s.beside("new")
	defer removeFile(fresh)
	if err := s.makeFile(ctx, fresh, newID()); err != nil {
		return err
	}
	if err := os.Link(fresh, s.path); err == nil || os.IsExist(err) {
		return nil
	}
	if err := os.Rename(fresh, s.path); err != nil {
		return graph.Wrap(graph.StoreDown, err, "the store %s cannot be made: %v", s.name, err)
	}
	return nil
}

// beside names a file of this process beside the store.
func (s *Store) beside(what string) string {
	return fmt.Sprintf("%s.%s-%d", s.path, what, os.Getpid())
}

// removeFile takes away a file that is not needed, if it is there.
func removeFile(path string) {
	_ = os.Remove(path)
	_ = os.Remove(path + ".wal")
}

// makeFile makes a file with empty tables.
func (s *Store) makeFile(ctx context.Context, path, id string) error {
	removeFile(path)
	db, err := openDatabase(path, settings(s.options))
	if err != nil {
		return graph.Wrap(graph.StoreDown, err, "the store %s cannot be made: %v", s.name, err)
	}
	defer db.close()
	c, err := db.connect()
	if err != nil {
		return storeError(s.name, err)
	}
	defer c.close()
	return storeError(s.name, create(ctx, c, s.schema.Kinds(), id))
}

// read learns what the file holds, apart from rows and words.
func (s *Store) read(ctx context.Context, c *connection) error {
	meta, err := readMeta(ctx, c)
	if err != nil {
		return openError(s.name, err)
	}
	if err := s.check(meta); err != nil {
		return err
	}
	changes, err := strconv.ParseInt(meta["revision"], 10, 64)
	if err != nil {
		return openError(s.name, err)
	}
	current, dead, err := readCatalog(ctx, c, s.schema, revision(meta["id"], changes))
	if err != nil {
		return openError(s.name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.id, s.changes, s.current, s.dead = meta["id"], changes, current, dead
	parts := slices.Clone(dead)
	for _, l := range current.loads {
		s.lastLoad = max(s.lastLoad, l.id)
		parts = append(parts, l.parts...)
	}
	for _, p := range parts {
		s.lastLoad, s.lastPart = max(s.lastLoad, p.load.id), max(s.lastPart, p.id)
	}
	return nil
}

func revision(id string, changes int64) string { return fmt.Sprintf("%s-%d", id, changes) }

// readMeta reads what a file says about itself: nothing where it is not ours.
func readMeta(ctx context.Context, c *connection) (map[string]string, error) {
	var n []int64
	err := c.collect(ctx, "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'store' AND table_name = 'meta'", &n)
	if err != nil || n[0] == 0 {
		return nil, err
	}
	var keys, values []string
	if err := c.collect(ctx, "SELECT key, value FROM store.meta", &keys, &values); err != nil {
		return nil, err
	}
	meta := map[string]string{}
	for i, key := range keys {
		meta[key] = values[i]
	}
	return meta, nil
}

// check refuses a file whose tables are not those that this program writes.
func (s *Store) check(meta map[string]string) error {
	version, err := strconv.Atoi(meta["schema"])
	switch {
	case err != nil:
		return graph.Errorf(graph.BadInput, "%s is a DuckDB file, but not one of tiermap; name another one as the store", s.name)
	case version > schemaVersion:
		return graph.Errorf(graph.BadInput, "%s was written by a newer tiermap (schema %d, this one has %d); use that one, or load the data into a new file",
			s.name, version, schemaVersion)
	case version < schemaVersion:
		return graph.Errorf(graph.BadInput, "%s was written by an older tiermap (schema %d, this one has %d); load the data again into a new file",
			s.name, version, schemaVersion)
	case meta["fingerprint"] != fingerprint(s.schema.Kinds()):
		return graph.Errorf(graph.BadInput, "%s was written by a tiermap with other tables; load the data again into a new file", s.name)
	}
	return nil
}
