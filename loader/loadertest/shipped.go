package loadertest

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// Shipped is the catalogue of the starter data: whoever loads it and then a
// publisher's files has no rejects for want of a product or material. It is read
// from the folder data, for tests of packages two folders below the project.
func Shipped(t testing.TB) Catalogue {
	t.Helper()
	return Catalogue{Products: idsOf(t, "catalogue/product.csv"), Materials: idsOf(t, "materials/material.csv")}
}

func idsOf(t testing.TB, table string) (ids []string) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "data", filepath.FromSlash(table)))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 || rows[0][0] != "id" {
		t.Fatalf("%s: %v", table, err)
	}
	for _, row := range rows[1:] {
		ids = append(ids, row[0])
	}
	return ids
}
