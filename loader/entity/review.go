package entity

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// Finding is one row of name_match, with what is known of its entity.
type Finding struct {
	Kind     string  `json:"kind"`
	Written  string  `json:"written"`
	Country  string  `json:"country"`
	Entity   string  `json:"entity"`
	Name     string  `json:"name"`           // of the entity
	Seat     string  `json:"entity_country"` // of the entity
	Outcome  string  `json:"outcome"`
	Score    float64 `json:"score"`
	Reason   string  `json:"reason"`
	Dataset  string  `json:"dataset"`  // in which the name is written
	Decision string  `json:"decision"` // what was decided since; "" = nothing
}

// Review lists the names of one outcome that the datasets of a store write, by
// score and then by name. Candidates that somebody has decided on since are left
// out unless all is set: they are followed when their dataset is loaded again.
func Review(ctx context.Context, store Store, outcome string, all bool) ([]Finding, error) {
	snapshot, err := store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	decisions, err := readDecisions(ctx, snapshot, "")
	if err != nil {
		return nil, err
	}
	var list []Finding
	query := graph.Query{Kind: graph.NameMatch, Match: []graph.Match{{Field: "outcome", Words: []string{outcome}}}}
	if err := snapshot.Read(ctx, query, func(b *graph.Batch) error {
		for i := range b.Len {
			r := b.Row(i)
			f := Finding{Kind: r.Text("kind"), Written: r.Text("written"), Country: r.Text("country"), Entity: r.Text("entity"),
				Outcome: r.Text("outcome"), Score: r.Float("score"), Reason: r.Text("reason"), Dataset: r.Text("dataset")}
			f.Decision = decisions.on(f)
			if f.Decision == "" || all || outcome != Candidate {
				list = append(list, f)
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if err := nameEntities(ctx, snapshot, list); err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Written, b.Written), cmp.Compare(a.Entity, b.Entity))
	})
	return list, nil
}

// nameEntities fills in the names and countries of the entities.
func nameEntities(ctx context.Context, snapshot graph.Snapshot, list []Finding) error {
	for _, kind := range []string{graph.Company, graph.Facility} {
		var ids []string
		for _, f := range list {
			if f.Kind == kind {
				ids = append(ids, f.Entity)
			}
		}
		if len(ids) == 0 {
			continue
		}
		type node struct{ name, country string }
		nodes := map[string]node{}
		slices.Sort(ids)
		query := graph.Query{Kind: kind, Fields: []string{"id", "name", "country"}, Match: []graph.Match{{Field: "id", Words: slices.Compact(ids)}}}
		if err := snapshot.Read(ctx, query, func(b *graph.Batch) error {
			for i := range b.Len {
				r := b.Row(i)
				old := nodes[r.Text("id")] // the highest rank comes first
				nodes[r.Text("id")] = node{cmp.Or(old.name, r.Text("name")), cmp.Or(old.country, r.Text("country"))}
			}
			return nil
		}); err != nil {
			return err
		}
		for i := range list {
			if list[i].Kind == kind {
				list[i].Name, list[i].Seat = nodes[list[i].Entity].name, nodes[list[i].Entity].country
			}
		}
	}
	return nil
}

// decided are the decisions of a store, by name.
type decided map[key][]decisionRow

type decisionRow struct {
	Decision
	score  float64
	reason string
	file   string
	line   int
	path   string // of the file, and the row as it stands there, to reject it
	raw    string
}

func decisionKey(kind, written, country string) key {
	n := Parse(written)
	return key{kind, cmp.Or(n.Full, written), country, ""}
}

// readDecisions reads the decisions of a dataset; "" is all of them.
func readDecisions(ctx context.Context, snapshot graph.Snapshot, dataset string) (decided, error) {
	all := decided{}
	query := graph.Query{Kind: graph.NameDecision}
	if dataset != "" {
		query.Match = []graph.Match{{Field: "dataset", Words: []string{dataset}}}
	}
	err := snapshot.Read(ctx, query, func(b *graph.Batch) error {
		for i := range b.Len {
			r := b.Row(i)
			line, _ := r.Int("line")
			all.add(decisionRow{Decision: Decision{Kind: r.Text("kind"), Written: r.Text("written"), Country: r.Text("country"), Entity: r.Text("entity"),
				Is: r.Text("decision"), Decided: r.Text("decided")}, score: r.Float("score"), reason: r.Text("reason"), file: r.Text("file"), line: line})
		}
		return nil
	})
	return all, err
}

// add adds a decision in place of those that it overrules: of a name that is one
// thing every other one that said what it is, else what was said of the entity.
func (d decided) add(row decisionRow) {
	k := decisionKey(row.Kind, row.Written, row.Country)
	d[k] = slices.DeleteFunc(d[k], func(o decisionRow) bool {
		return o.Entity == row.Entity || row.Is != Different && o.Is != Different
	})
	d[k] = append(d[k], row)
}

// on is what was decided on a finding.
func (d decided) on(f Finding) string {
	for _, row := range d[decisionKey(f.Kind, f.Written, f.Country)] {
		if row.Is != Different || row.Entity == f.Entity {
			return row.Is
		}
	}
	return ""
}

// DecisionsID is the dataset of the decisions that Decisions keeps.
const DecisionsID = "decisions"

// Decisions returns the job that adds decisions to those that a store holds in
// the dataset of that id. The file is a CSV with the columns kind, written,
// country, entity, decision and, if need be, score, reason and decided; others
// are passed over, so that a list of candidates can be filled in and handed back.
// A row without a decision is passed over. more are decisions beside the file.
func Decisions(in *loader.Input, more []Decision, reason string, store Store, countries *country.List, today time.Time) loader.Job {
	job := loader.Job{Dataset: graph.Dataset{ID: DecisionsID, Title: "Decisions on written names", Publisher: "whoever decided", Licence: "your own",
		Retrieved: today.Format(time.DateOnly)}}
	if in != nil {
		job.Inputs = []loader.Input{*in}
	}
	job.Read = func(ctx context.Context, sink *loader.Sink) error {
		d := &decider{sink: sink, countries: countries, today: today.Format(time.DateOnly)}
		for i, m := range more {
			m.Decided = d.today
			d.new = append(d.new, decisionRow{Decision: m, reason: reason, file: "review", line: i + 1})
		}
		if in != nil {
			if err := d.file(*in); err != nil {
				return err
			}
		}
		if err := d.open(ctx, store); err != nil {
			return err
		}
		if err := d.refer(); err != nil {
			return err
		}
		return d.write()
	}
	return job
}

// decider adds decisions to those that there are.
type decider struct {
	sink      *loader.Sink
	countries *country.List
	today     string
	old       decided
	known     map[string]map[string]bool // ids by kind
	new       []decisionRow
}

// open reads what was decided before, and which of the ids that are decided on
// are there.
func (d *decider) open(ctx context.Context, store Store) error {
	snapshot, err := store.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snapshot.Close()
	d.known = map[string]map[string]bool{}
	for _, kind := range []string{graph.Company, graph.Facility} {
		var ids []string
		for _, row := range d.new {
			if row.Kind == kind && row.Entity != "" {
				ids = append(ids, row.Entity)
			}
		}
		found := map[string]bool{}
		d.known[kind] = found
		slices.Sort(ids)
		query := graph.Query{Kind: kind, Fields: []string{"id"}, Match: []graph.Match{{Field: "id", Words: slices.Compact(ids)}}}
		if err := snapshot.Read(ctx, query, func(b *graph.Batch) error {
			for i := range b.Len {
				found[b.Row(i).Text("id")] = true
			}
			return nil
		}); err != nil {
			return err
		}
	}
	d.old, err = readDecisions(ctx, snapshot, DecisionsID)
	return err
}

// refer rejects the rows that name an id that is not there. Of those that no file
// holds, it is an error.
func (d *decider) refer() error {
	kept := d.new[:0]
	for _, row := range d.new {
		column, wrong, detail := check(row.Decision)
		if wrong == "" && row.Is != New && !d.known[row.Kind][row.Entity] {
			column, wrong = "entity", loader.NoReference
		}
		switch {
		case wrong == "":
			kept = append(kept, row)
		case row.path == "":
			return graph.Errorf(graph.BadInput, "%q: %s %q: %s %s", row.Written, column, row.Entity, wrong.Sentence(), detail)
		default:
			d.sink.Reject(loader.Reject{File: row.path, Line: row.line, Column: column, Value: row.Entity, Reason: wrong, Raw: row.raw})
		}
	}
	d.new = kept
	return nil
}

func (d *decider) file(in loader.Input) error {
	t, err := d.sink.OpenLayout(in, loader.Layout{Required: []string{"kind", "written", "country", "entity", "decision"}})
	if err != nil {
		return err
	}
	for t.Next() {
		row := decisionRow{Decision: Decision{Kind: t.Text("kind"), Written: t.Text("written"), Entity: t.Text("entity"), Is: t.Text("decision"),
			Decided: cmp.Or(t.Text("decided"), d.today)}, reason: t.Text("reason"), file: t.File(), line: t.Line(), path: t.Path(), raw: t.Raw()}
		if row.Is == "" {
			d.sink.PassOver("rows without a decision")
			continue
		}
		if text := t.Text("country"); text != "" {
			if row.Country, err = d.countries.Resolve(text, country.Any, 0); err != nil {
				t.Reject("country", loader.NoCountry, err.Error())
				continue
			}
		}
		if text := t.Text("score"); text != "" {
			var wrong loader.Reason
			if row.score, wrong = loader.Float(text); wrong != "" || row.score < 0 || row.score > 1 {
				t.Reject("score", cmp.Or(wrong, loader.OutOfRange), "a score is between 0 and 1")
				continue
			}
		}
		if column, wrong, detail := check(row.Decision); wrong != "" {
			t.Reject(column, wrong, detail)
			continue
		}
		if row.Is == New {
			row.Entity = ""
		}
		d.new = append(d.new, row)
	}
	return t.Close()
}

// check holds the form of a decision.
func check(row Decision) (column string, wrong loader.Reason, detail string) {
	switch {
	case row.Kind != graph.Company && row.Kind != graph.Facility:
		return "kind", loader.NotAllowed, "Company or Facility"
	case row.Written == "":
		return "written", loader.Missing, ""
	case row.Is != Same && row.Is != Different && row.Is != New:
		return "decision", loader.NotAllowed, "same, different or new"
	case row.Is != New && row.Entity == "":
		return "entity", loader.Missing, "the id that it is, or is not"
	}
	return "", "", ""
}

// write writes the decisions that there were and the new ones.
func (d *decider) write() error {
	for _, row := range d.new {
		d.old.add(row)
	}
	var all []decisionRow
	for _, rows := range d.old {
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b decisionRow) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Written, b.Written), cmp.Compare(a.Country, b.Country), cmp.Compare(a.Entity, b.Entity))
	})
	isNew := map[string]bool{}
	for _, row := range d.new {
		isNew[fmt.Sprint(row)] = true
	}
	kind := graph.NewSchema().Kind(graph.NameDecision)
	kept := 0
	for _, row := range all {
		add := d.sink.Row
		if !isNew[fmt.Sprint(row)] {
			add = d.sink.Beside
			kept++
		}
		r := add(kind, row.file, row.line)
		r.SetText("kind", row.Kind)
		r.SetText("written", row.Written)
		r.SetText("country", row.Country)
		r.SetText("entity", row.Entity)
		r.SetText("decision", row.Is)
		if row.score > 0 {
			r.SetFloat("score", row.score)
		}
		r.SetText("reason", row.reason)
		r.SetText("decided", row.Decided)
	}
	for range len(d.new) - (len(all) - kept) {
		d.sink.PassOver("decisions that a later one overrules")
	}
	d.sink.Note("%d decisions were there before and are kept", kept)
	return nil
}
