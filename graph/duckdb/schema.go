package duckdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"tiermap/graph"
)

// schemaVersion is the number of the tables' layout. It goes up by one whenever
// what fingerprint returns changes, that is with every change of the kinds or of
// the tables below; a test holds the two together.
const schemaVersion = 2

// ownTables are the store's own records.
const ownTables = `
CREATE TABLE store.meta (key VARCHAR, value VARCHAR);
CREATE TABLE store.word (id INTEGER, text VARCHAR);
CREATE TABLE store.load (load INTEGER, dataset INTEGER, id VARCHAR, title VARCHAR, publisher VARCHAR, url VARCHAR,
	licence VARCHAR, version VARCHAR, retrieved VARCHAR, priority INTEGER, loaded VARCHAR);
CREATE TABLE store.part (part INTEGER, load INTEGER, kind VARCHAR, file INTEGER, name VARCHAR, held_in VARCHAR,
	columns VARCHAR, constants VARCHAR, rows BIGINT, first_year INTEGER, last_year INTEGER,
	first_line INTEGER, last_line INTEGER, in_order BOOLEAN);
CREATE TABLE store.trade_coverage (load INTEGER, code INTEGER, product INTEGER, year INTEGER,
	rows BIGINT, complete BIGINT, value_usd DOUBLE, tonnes DOUBLE);
`

// ownViews show them to others. Word 0 is the empty text: NULL to others.
const ownViews = `
INSERT INTO store.word VALUES (0, NULL);
CREATE VIEW dataset AS SELECT id, title, publisher, url, licence, version, retrieved, priority, loaded,
	coalesce((SELECT sum(p.rows) FROM store.part p WHERE p.load = l.load), 0)::BIGINT AS rows FROM store.load l ORDER BY id;
COMMENT ON VIEW dataset IS 'where facts come from: one release of one publisher';
CREATE VIEW trade_coverage AS SELECT l.id AS dataset, c.text AS code, p.text AS product, nullif(t.year, -2147483648) AS year, t.rows, t.complete, t.value_usd, t.tonnes
	FROM store.trade_coverage t JOIN store.load l USING (load)
	LEFT JOIN store.word c ON c.id = t.code LEFT JOIN store.word p ON p.id = t.product;
COMMENT ON VIEW trade_coverage IS 'how much trade there is of a code or product in a year: all rows, the complete ones with value and tonnes, and the sums of these';
`

// quote makes a name or a text part of a statement.
func quote(name string) string       { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func literal(text string) string     { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
func storeTable(table string) string { return "store." + quote(table) }

// columnType is how a field is kept in a table.
func columnType(t graph.Type) string {
	switch t {
	case graph.Word, graph.Int:
		return "INTEGER"
	case graph.Float:
		return "DOUBLE"
	case graph.Bool:
		return "BOOLEAN"
	default:
		return "VARCHAR"
	}
}

// ofPart reports whether a field is the same for a whole part and so no column.
func ofPart(f graph.Field) bool { return f.Name == "dataset" || f.Name == "file" }

// tableOf makes the statement for a table that holds the fields of a kind for
// which has is true. The shared table also says which part a row belongs to.
func tableOf(k *graph.Kind, table string, shared bool, has func(field int) bool) string {
	var columns []string
	if shared {
		columns = append(columns, "part INTEGER")
	}
	for i, f := range k.Fields {
		if !ofPart(f) && has(i) {
			columns = append(columns, quote(f.Name)+" "+columnType(f.Type))
		}
	}
	return fmt.Sprintf("CREATE TABLE %s (%s);\n", storeTable(table), strings.Join(columns, ", "))
}

// tables makes the statements for all tables.
func tables(kinds []*graph.Kind) string {
	var b strings.Builder
	b.WriteString("CREATE SCHEMA store;")
	b.WriteString(ownTables)
	for _, k := range kinds {
		b.WriteString(tableOf(k, k.Table, true, func(int) bool { return true }))
	}
	return b.String()
}

// fingerprint tells one layout of tables from another.
func fingerprint(kinds []*graph.Kind) string {
	sum := sha256.Sum256([]byte(tables(kinds)))
	return hex.EncodeToString(sum[:8])
}

// create makes the tables, views and comments of a new file.
func create(ctx context.Context, c *connection, kinds []*graph.Kind, id string) error {
	var b strings.Builder
	b.WriteString("BEGIN;\n")
	b.WriteString(tables(kinds))
	b.WriteString(ownViews)
	for _, k := range kinds {
		b.WriteString(viewOf(k, nil))
	}
	fmt.Fprintf(&b, "INSERT INTO store.meta VALUES ('schema', '%d'), ('fingerprint', %s), ('id', %s), ('revision', '0');\nCOMMIT;",
		schemaVersion, literal(fingerprint(kinds)), literal(id))
	return c.exec(ctx, b.String())
}

// viewOf makes the statements for the view of a kind over its shared table and
// the tables of their own that parts have.
func viewOf(k *graph.Kind, own []*part) string {
	arms := []string{viewArm(k, nil)}
	for _, p := range own {
		arms = append(arms, viewArm(k, p))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE OR REPLACE VIEW %s AS %s;\n", quote(k.Table), strings.Join(arms, " UNION ALL "))
	fmt.Fprintf(&b, "COMMENT ON VIEW %s IS %s;\n", quote(k.Table), literal(k.Doc))
	for _, f := range k.Fields {
		doc := f.Doc
		if f.Unit != "" {
			doc += " (unit: " + f.Unit + ")"
		}
		fmt.Fprintf(&b, "COMMENT ON COLUMN %s.%s IS %s;\n", quote(k.Table), quote(f.Name), literal(doc))
	}
	return b.String()
}

// viewArm makes the query behind a view for the shared table, or for the table
// of a part of its own. Words are decoded by left joins, which DuckDB turns into
// filters of their numbers where a query asks for a word.
func viewArm(k *graph.Kind, own *part) string {
	table, belongs := k.Table, "p.part = f.part"
	if own != nil {
		table, belongs = own.heldIn, fmt.Sprintf("p.part = %d", own.id)
	}
	var columns, joins []string
	for i, f := range k.Fields {
		value := "f." + quote(f.Name)
		switch {
		case f.Name == "dataset":
			value = "l.id"
		case f.Name == "file":
			value = "p.name"
		case own != nil:
			value = own.value(i)
		}
		if f.Type == graph.Word && !ofPart(f) {
			word := fmt.Sprintf("w%d", i)
			joins = append(joins, fmt.Sprintf("LEFT JOIN store.word %s ON %s.id = %s", word, word, value))
			value = word + ".text"
		}
		columns = append(columns, value+" AS "+quote(f.Name))
	}
	return fmt.Sprintf("SELECT %s FROM %s f JOIN store.part p ON %s JOIN store.load l ON l.load = p.load %s",
		strings.Join(columns, ", "), storeTable(table), belongs, strings.Join(joins, " "))
}
