package tables

import (
	"fmt"
	"slices"
	"strings"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// rules holds a row against the rules between its columns; nil where it keeps
// them all. Rules lists them for the reader of the reference page.
func (r *reader) rules(w *row) *fault {
	switch w.kind.Name {
	case graph.Country:
		return r.countryRow(w)
	case graph.Facility:
		return bothOrNone(w, "latitude", "longitude")
	case graph.Product:
		return notCode(w)
	case graph.Sector:
		return sectorOfTable(w)
	case graph.Measure:
		return first(someOf(w, "product", "code", "goods", "targets"), inOrderOfDays(w))
	case graph.Corresponds:
		return otherNomenclature(w)
	case graph.Owns:
		return first(differ(w, "owner", "owned"), inOrderOfDays(w))
	case graph.Trades:
		return first(oneOf(w, "code", "product"), quantity(w), r.content(w))
	case graph.Produces:
		return first(r.producer(w), atMostOne(w, "tonnes", "share"), r.content(w))
	case graph.Capacity:
		return r.producer(w)
	case graph.Reserves:
		return first(r.producer(w), r.content(w))
	case graph.Supplies:
		return atMostOne(w, "tonnes", "share")
	case graph.Intensity:
		return unit(w)
	}
	return nil
}

// Rules returns what is asked of a row of a table beyond its single columns, in
// sentences.
func Rules(kind string) []string {
	producer := "country, or company with country, or facility (country may stand beside it, and is then the facility's)"
	content := "basis contained needs the material, which the product contains as far as that is known"
	switch kind {
	case graph.Country:
		return []string{"a name or code means one place: none may be that of another, whether built in, loaded, or in this file",
			"a row of a country that is known adds to it; what stands under groups of any row is a group"}
	case graph.Facility:
		return []string{"latitude and longitude stand together"}
	case graph.Product:
		return []string{"no id is written like a trade code, which stands for the code wherever a product is named"}
	case graph.Sector:
		return []string{"the id has a colon: the name of the table stands before it"}
	case graph.InputFlow, graph.FinalDemand:
		return []string{"tables are told apart by what stands before the colon of their sectors; of one table and year the rows of one dataset count"}
	case graph.Measure:
		return []string{"product, code, goods or targets, or several of them; covers.csv says more closely what a measure is about", "from is not after until"}
	case graph.MadeFrom:
		return []string{"the shares of a recipe (rows of one product, material and country) sum to 1, to within 1e-9, else the dataset is refused",
			"recipes form no cycle, neither alone nor with the datasets that are loaded, else the dataset is refused",
			"where a row names a material, its input contains it, else the dataset is refused"}
	case graph.CodedAs:
		return []string{"the shares of a code sum to 1 at most, alone and with the datasets that are loaded, else the dataset is refused"}
	case graph.Corresponds:
		return []string{"code and other are of different nomenclatures or revisions"}
	case graph.Owns:
		return []string{"owner and owned differ", "from is not after until"}
	case graph.Trades:
		return []string{"code or product, not both", "value_usd or tonnes, or both", content, "rows of one key are added",
			"tonnes of one code or product and year have one basis, else the dataset is refused"}
	case graph.Produces:
		return []string{producer, "product may be a trade code such as HS2017:811292, which can be asked for like a product",
			"tonnes or share, not both", content,
			"a row that is gross is the same key whatever its material",
			"tonnes of one product and year have one basis, else the dataset is refused"}
	case graph.Capacity:
		return []string{producer}
	case graph.Reserves:
		return []string{producer, content}
	case graph.Supplies:
		return []string{"tonnes or share, not both"}
	case graph.Intensity:
		return []string{"a value needs its unit"}
	}
	return nil
}

// first returns the first fault.
func first(faults ...*fault) *fault {
	for _, f := range faults {
		if f != nil {
			return f
		}
	}
	return nil
}

func (r *reader) countryRow(w *row) *fault {
	p := country.Place{ID: w.text("id"), Name: w.text("name"), ISO2: w.text("iso2"), M49: w.text("m49"),
		Aliases: items(w.text("aliases")), Groups: items(w.text("groups"))}
	for _, g := range p.Groups {
		if !graph.ValidID(g) {
			return &fault{"groups", loader.BadID, ""}
		}
	}
	if err := r.list.Check(p); err != nil {
		return &fault{"", loader.Conflict, err.Error()}
	}
	return nil
}

// given reports whether a column has a value, be it text or number.
func (w *row) given(column string) bool { return w.text(column) != "" || w.known(column) }

// notCode keeps ids apart from trade codes, for which they would be taken.
func notCode(w *row) *fault {
	if _, _, isCode := graph.SplitCode(w.text("id")); isCode {
		return &fault{"id", loader.BadID, "it is written like a trade code, for which it would be taken wherever a product is named"}
	}
	return nil
}

// sectorOfTable keeps the sectors of two input-output tables apart.
func sectorOfTable(w *row) *fault {
	if _, _, ok := graph.SplitSector(w.text("id")); !ok {
		return &fault{"id", loader.BadID, "the name of the table and a colon stand before the sector's code, such as WIOD2013:c14"}
	}
	return nil
}

// otherNomenclature keeps codes apart that correspond: each is of a revision of
// its own.
func otherNomenclature(w *row) *fault {
	of, _, _ := graph.SplitCode(w.text("code"))
	other, _, _ := graph.SplitCode(w.text("other"))
	if of == other {
		return &fault{"other", loader.Conflict, "both codes are of " + of}
	}
	return nil
}

func oneOf(w *row, a, b string) *fault {
	if w.given(a) && w.given(b) {
		return &fault{b, loader.Conflict, fmt.Sprintf("give %s or %s, not both", a, b)}
	}
	return someOf(w, a, b)
}

func someOf(w *row, fields ...string) *fault {
	if slices.ContainsFunc(fields, w.given) {
		return nil
	}
	last := len(fields) - 1
	return &fault{fields[0], loader.Missing, fmt.Sprintf("give %s or %s", strings.Join(fields[:last], ", "), fields[last])}
}

func atMostOne(w *row, a, b string) *fault {
	if w.given(a) && w.given(b) {
		return &fault{b, loader.Conflict, fmt.Sprintf("give %s or %s, not both", a, b)}
	}
	return nil
}

func bothOrNone(w *row, a, b string) *fault {
	switch {
	case w.given(a) && !w.given(b):
		return &fault{b, loader.Missing, "it stands with " + a}
	case w.given(b) && !w.given(a):
		return &fault{a, loader.Missing, "it stands with " + b}
	}
	return nil
}

func differ(w *row, a, b string) *fault {
	if w.text(a) == w.text(b) {
		return &fault{b, loader.Conflict, fmt.Sprintf("%s and %s are the same", a, b)}
	}
	return nil
}

func inOrderOfDays(w *row) *fault {
	from, until := w.text("from"), w.text("until")
	if from == "" || until == "" {
		return nil
	}
	start, _, _ := period(from)
	_, end, _ := period(until)
	if end.Before(start) {
		return &fault{"until", loader.Conflict, "it is before " + from}
	}
	return nil
}

func quantity(w *row) *fault {
	if !w.known("value_usd") && !w.known("tonnes") {
		return &fault{"tonnes", loader.Missing, "give value_usd, tonnes or both"}
	}
	return nil
}

func unit(w *row) *fault {
	if w.known("value") && w.text("unit") == "" {
		return &fault{"unit", loader.Missing, ""}
	}
	return nil
}

// content holds the basis of a mass against its material.
func (r *reader) content(w *row) *fault {
	product, material := w.text("product"), w.text("material")
	if w.text("basis") != contained {
		return nil
	}
	if material == "" {
		return &fault{"material", loader.Missing, "basis contained needs the material that is counted"}
	}
	var known []string
	for _, f := range []*facts{r.own, r.loaded} {
		if f.contains(product, material) {
			return nil
		}
		known = append(known, f.contents[product]...)
	}
	if len(known) > 0 { // else nothing is known of what the product contains
		slices.Sort(known)
		return &fault{"material", loader.Conflict,
			fmt.Sprintf("%s does not contain it; it contains %s", product, strings.Join(slices.Compact(known), ", "))}
	}
	return nil
}

// producer holds a row against what a producer is: a country, a company in a
// country, a facility.
func (r *reader) producer(w *row) *fault {
	in, company, facility := w.text("country"), w.text("company"), w.text("facility")
	switch {
	case in == others && company+facility != "":
		return &fault{"country", loader.Conflict, "* stands for countries, not for those of a company or facility"}
	case company != "" && facility != "":
		return &fault{"facility", loader.Conflict, "give company or facility, not both"}
	case company != "" && in == "":
		return &fault{"country", loader.Missing, "a company needs the country where it produces"}
	case in == "" && facility == "":
		return &fault{"country", loader.Missing, "give country, company with country, or facility"}
	case facility == "":
		return nil
	}
	seat := r.own.seats[facility]
	if seat == "" {
		seat = r.loaded.seats[facility]
	}
	switch {
	case in == "" && seat == "":
		return &fault{"country", loader.Missing, facility + " has no country of its own"}
	case in != "" && seat != "" && in != seat:
		return &fault{"country", loader.Conflict, facility + " is in " + seat}
	}
	return nil
}
