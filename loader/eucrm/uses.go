package eucrm

import (
	"fmt"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// use is a row of the use shares.
type use struct {
	ids                 []string
	material            string
	application, sector string
	added               string // the sector's value added, which tells sectors apart as well
	share               float64
	said                string
	file                string
	line                int
}

// useShare takes a row of the use shares, which are written when the value added
// of every sector is known.
func (s *study) useShare(t *loader.Table) {
	ids, ok := s.material(t, "Material", "use "+t.Text("Material"))
	if !ok {
		return
	}
	v, why, detail := share(t.Text("Share"))
	if why != "" {
		t.Reject("Share", why, detail)
		return
	}
	u := use{ids: ids, material: t.Text("Material"), share: v, said: t.Text("Share"), file: t.File(), line: t.Line(),
		application: strings.Join(strings.Fields(t.Text("Application")), " ")}
	if u.application == "" {
		t.Reject("Application", loader.Missing, "")
		return
	}
	if sector := t.Text("NACE sector"); sector != "" {
		u.sector, _, ok = strings.Cut(sector, " - ")
		if !ok || !graph.ValidID(u.sector) {
			t.Reject("NACE sector", loader.NotAllowed, "a division of NACE, such as C20 - Manufacture of chemicals and chemical products")
			return
		}
	}
	for i, name := range t.Header() {
		if strings.HasPrefix(name, "VA in million") {
			u.added = t.At(i)
		}
	}
	key := "use " + ids[0] + " " + u.application
	if s.seen[key] == u.sector+" "+u.said {
		s.sink.PassOver(twice)
		return
	}
	// The study numbers parts of one application of different sectors itself,
	// "Agriculture (2 of 2)", but not all.
	for n, first := 2, u.application; s.seen[key] != ""; n++ {
		u.application = fmt.Sprintf("%s (%d)", first, n)
		key = "use " + ids[0] + " " + u.application
	}
	s.seen[key] = u.sector + " " + u.said
	s.uses = append(s.uses, u)
}

func (s *study) writeUses() {
	of := addedBy(s.uses)
	var doubtful []string
	for _, u := range s.uses {
		source := cited + "use shares"
		if !(u.share >= 0) {
			source += "; printed as " + u.said
		}
		if right := of[u.added]; u.added != "" && right != u.sector {
			source += fmt.Sprintf("; sector left out: printed as %s, beside the value added of %s", u.sector, right)
			doubtful = append(doubtful, fmt.Sprint(u.line))
			u.sector = ""
		}
		for i, id := range u.ids {
			row := s.row(s.schema.Kind(graph.UsedIn), i, u.file, u.line)
			row.SetText("material", id)
			row.SetText("application", u.application)
			row.SetText("sector", u.sector)
			row.SetFloat("share", u.share)
			row.SetText("source", source)
		}
	}
	if len(doubtful) > 0 {
		s.sink.Note("the sectors of the use shares in lines %s are left out: beside them stands the value added of another sector", strings.Join(doubtful, ", "))
	}
}

// addedBy says which sector a value added is of: the one that it stands beside
// most often.
func addedBy(uses []use) map[string]string {
	type pair struct{ added, sector string }
	count, of := map[pair]int{}, map[string]string{}
	for _, u := range uses {
		if u.added == "" {
			continue
		}
		p := pair{u.added, u.sector}
		count[p]++
		best := pair{u.added, of[u.added]}
		if count[p] > count[best] || count[p] == count[best] && p.sector < best.sector {
			of[u.added] = u.sector
		}
	}
	return of
}
