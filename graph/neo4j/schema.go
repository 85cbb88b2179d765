package neo4j

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"tiermap/graph"
)

// schemaVersion is the number of the graph's layout. It goes up by one with the
// first change of fingerprint after a release, that is of the kinds or of what is
// below; a test holds the two together.
const schemaVersion = 1

// storeID is the id of the one node Store.
const storeID = "tiermap"

// rule is a constraint or an index.
type rule struct{ name, cypher string }

// rules returns the constraints and indexes that the store needs.
func (m *model) rules() (rules []rule) {
	unique := func(label, property string) {
		name := strings.ToLower(label) + "_" + property
		rules = append(rules, rule{name, fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR (n:%s) REQUIRE n.%s IS UNIQUE", name, label, property)})
	}
	index := func(typ string, properties ...string) {
		name := strings.ToLower(typ) + "_" + strings.Join(properties, "_")
		rules = append(rules, rule{name, fmt.Sprintf("CREATE INDEX %s IF NOT EXISTS FOR ()-[r:%s]-() ON (r.%s)", name, typ, strings.Join(properties, ", r."))})
	}
	for _, label := range m.labels() {
		unique(label, "id")
	}
	unique(unknownLabel, "name")
	for _, label := range []string{datasetLabel, loadLabel, writerLabel, storeLabel} {
		unique(label, "id")
	}
	name := strings.ToLower(coverageLabel) + "_load"
	rules = append(rules, rule{name, fmt.Sprintf("CREATE INDEX %s IF NOT EXISTS FOR (n:%s) ON (n.load)", name, coverageLabel)})
	for _, typ := range m.types() {
		index(typ, "load", "file", "line")
	}
	for _, k := range m.schema.Kinds() {
		for _, properties := range m.shapes[k].indexes {
			index(k.Name, properties...)
		}
	}
	return append(rules, publishedRules...)
}

// fingerprint tells one layout of the graph from another.
func (m *model) fingerprint() string {
	var b strings.Builder
	for _, r := range m.rules() {
		b.WriteString(r.cypher)
	}
	for _, k := range m.schema.Kinds() {
		fmt.Fprintln(&b, k.Name, k.From, k.To, k.Links)
		for _, f := range k.Fields {
			fmt.Fprintln(&b, f.Name, f.Type, f.Refs)
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

// prepare checks that the database holds a graph of this version, making an
// empty one where there is none.
func (s *Store) prepare(ctx context.Context) error {
	there, err := s.checkVersion(ctx)
	if err != nil {
		return err
	}
	if s.options.ReadOnly {
		if !there {
			return graph.Errorf(graph.StoreDown, "there is no tiermap graph in %s yet; load something into it first", s.name)
		}
		return nil
	}
	if err := s.makeRules(ctx); err != nil {
		return err
	}
	if there {
		return nil
	}
	return s.write(ctx, func(ctx context.Context, tx transaction) error {
		_, err := one(ctx, tx, `MERGE (s:Store {id: $id})
			ON CREATE SET s.schema = $schema, s.fingerprint = $fingerprint, s.token = $token, s.loads = 0, s.removals = 0
			RETURN s.schema`,
			params{"id": storeID, "schema": schemaVersion, "fingerprint": s.model.fingerprint(), "token": newToken()})
		return err
	})
}

// checkVersion reports whether there is a graph of tiermap; BadInput where it is
// one of another version.
func (s *Store) checkVersion(ctx context.Context) (there bool, err error) {
	var version int64
	var fingerprint string
	err = s.readWithin(ctx, s.options.Wait, func(ctx context.Context, tx transaction) error {
		there = false
		rows, err := all(ctx, tx, "MATCH (s:Store {id: $id}) RETURN s.schema, s.fingerprint", params{"id": storeID})
		if err != nil || len(rows) == 0 {
			return err
		}
		there = true
		version, _ = rows[0][0].(int64)
		fingerprint, _ = rows[0][1].(string)
		return nil
	})
	if err != nil || !there {
		return false, err
	}
	switch {
	case version > schemaVersion:
		return true, graph.Errorf(graph.BadInput, "the graph in %s was written by a newer tiermap (schema %d, this one has %d); "+
			"use that one, or load the data into an empty database", s.name, version, schemaVersion)
	case version < schemaVersion:
		return true, graph.Errorf(graph.BadInput, "the graph in %s was written by an older tiermap (schema %d, this one has %d); "+
			"empty the database and load the data again", s.name, version, schemaVersion)
	case fingerprint != s.model.fingerprint():
		return true, graph.Errorf(graph.BadInput, "the graph in %s was written by a tiermap with other tables; "+
			"empty the database and load the data again", s.name)
	}
	return true, nil
}

// makeRules makes the constraints and indexes that are not there, and waits
// until they can be used.
func (s *Store) makeRules(ctx context.Context) error {
	ready := map[string]bool{}
	err := s.readWithin(ctx, s.options.Wait, func(ctx context.Context, tx transaction) error {
		rows, err := all(ctx, tx, "SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN name", nil)
		for _, row := range rows {
			name, _ := row[0].(string)
			ready[name] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	waiting := false
	for _, r := range s.model.rules() {
		if ready[r.name] {
			continue
		}
		waiting = true
		err := s.write(ctx, func(ctx context.Context, tx transaction) error {
			return do(ctx, tx, r.cypher, nil)
		})
		if err != nil {
			return err
		}
	}
	if !waiting {
		return nil
	}
	return s.readWithin(ctx, s.options.Wait, func(ctx context.Context, tx transaction) error {
		return do(ctx, tx, "CALL db.awaitIndexes(300)", nil)
	})
}
