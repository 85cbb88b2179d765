package gleif

import (
	"fmt"

	"tiermap/loader"
)

// readCSV takes the rows of a CSV file. Columns that nobody asks for are passed
// over: there are more than 300.
func readCSV(sink *loader.Sink, f file, take func(r *record) error) (err error) {
	t, err := sink.OpenLayout(f.Input, loader.Layout{Required: required[f.level]})
	if err != nil {
		return err
	}
	defer func() {
		if closed := t.Close(); err == nil {
			err = closed
		}
	}()
	parse := rowParser(t, f.level)
	for t.Next() {
		r := parse()
		r.line, r.row = t.Line(), t.Raw()
		if err := take(&r); err != nil {
			return err
		}
	}
	return nil
}

// required has the columns that a CSV file must have.
var required = map[level][]string{
	entities:      {"LEI", "Entity.LegalName", "Entity.LegalAddress.Country", "Entity.EntityStatus", "Registration.RegistrationStatus"},
	relationships: {"Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID", "Relationship.RelationshipType", "Relationship.RelationshipStatus", "Registration.RegistrationStatus"},
	exceptions:    {"LEI", "Exception.Category"},
}

// rowParser returns what makes a record of the row that the table stands at.
func rowParser(t *loader.Table, l level) func() record {
	switch l {
	case entities:
		return entityRow(t)
	case relationships:
		return relationshipRow(t)
	}
	lei, category, reasons, deleted := t.Column("LEI"), t.Column("Exception.Category"), numbered(t, "Exception.Reason.%d"), t.Column("Deletion.DeletedAt")
	return func() record {
		return record{exception: &exception{lei: t.At(lei), category: t.At(category), reasons: texts(t, reasons), deleted: t.At(deleted) != ""}}
	}
}

func entityRow(t *loader.Table) func() record {
	lei, name, jurisdiction := t.Column("LEI"), t.Column("Entity.LegalName"), t.Column("Entity.LegalJurisdiction")
	legal, office := t.Column("Entity.LegalAddress.Country"), t.Column("Entity.HeadquartersAddress.Country")
	status, registration := t.Column("Entity.EntityStatus"), t.Column("Registration.RegistrationStatus")
	others := append(numbered(t, "Entity.OtherEntityNames.OtherEntityName.%d"),
		numbered(t, "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.%d")...)
	successors := append(numbered(t, "Entity.SuccessorEntity.%d.SuccessorLEI"), t.Column("Entity.SuccessorEntity.SuccessorLEI"))
	deleted := t.Column("Deletion.DeletedAt")
	return func() record {
		return record{entity: &entity{lei: t.At(lei), name: t.At(name), jurisdiction: t.At(jurisdiction), legal: t.At(legal), office: t.At(office),
			status: t.At(status), registration: t.At(registration), others: texts(t, others), successors: texts(t, successors), deleted: t.At(deleted) != ""}}
	}
}

func relationshipRow(t *loader.Table) func() record {
	child, childType := t.Column("Relationship.StartNode.NodeID"), t.Column("Relationship.StartNode.NodeIDType")
	parent, parentType := t.Column("Relationship.EndNode.NodeID"), t.Column("Relationship.EndNode.NodeIDType")
	kind, status := t.Column("Relationship.RelationshipType"), t.Column("Relationship.RelationshipStatus")
	registration, deleted := t.Column("Registration.RegistrationStatus"), t.Column("Deletion.DeletedAt")
	starts, ends := numbered(t, "Relationship.Period.%d.startDate"), numbered(t, "Relationship.Period.%d.endDate")
	kinds := numbered(t, "Relationship.Period.%d.periodType")
	n := min(len(starts), len(ends), len(kinds))
	return func() record {
		r := &relationship{child: t.At(child), childType: t.At(childType), parent: t.At(parent), parentType: t.At(parentType), kind: t.At(kind),
			status: t.At(status), registration: t.At(registration), deleted: t.At(deleted) != ""}
		for i := range n {
			if p := (period{t.At(starts[i]), t.At(ends[i]), t.At(kinds[i])}); p != (period{}) {
				r.periods = append(r.periods, p)
			}
		}
		return record{relationship: r}
	}
}

// numbered returns the columns that the format names for 1, 2, … as far as there
// are any.
func numbered(t *loader.Table, format string) (columns []int) {
	for n := 1; ; n++ {
		i := t.Column(fmt.Sprintf(format, n))
		if i < 0 {
			return columns
		}
		columns = append(columns, i)
	}
}

// texts returns what stands in columns, those that are not blank.
func texts(t *loader.Table, columns []int) (list []string) {
	for _, i := range columns {
		if s := t.At(i); s != "" {
			list = append(list, s)
		}
	}
	return list
}
