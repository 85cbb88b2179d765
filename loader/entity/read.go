package entity

import (
	"context"
	"strings"

	"tiermap/graph"
	"tiermap/loader"
)

// Store is what is needed here of a graph.Store.
type Store interface {
	Snapshot(ctx context.Context) (graph.Snapshot, error)
}

// Read holds everything that a store knows against the names that are wanted, in
// one pass, but for the rows of the datasets that are about to be replaced; their
// decisions count. The store may be nil.
func (b *Book) Read(ctx context.Context, store Store, replaced ...string) error {
	if store == nil {
		return nil
	}
	snapshot, err := store.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snapshot.Close()
	if err := snapshot.Read(ctx, graph.Query{Kind: graph.NameDecision}, func(batch *graph.Batch) error {
		for i := range batch.Len {
			r := batch.Row(i)
			b.Decide(Decision{Kind: r.Text("kind"), Written: r.Text("written"), Country: r.Text("country"),
				Entity: r.Text("entity"), Is: r.Text("decision"), Decided: r.Text("decided")})
		}
		return nil
	}); err != nil {
		return err
	}
	but := map[string]bool{}
	for _, d := range replaced {
		but[d] = true
	}
	for _, kind := range []string{graph.Company, graph.Facility} {
		if len(b.blocks[kind]) == 0 && len(b.decided) == 0 {
			continue
		}
		if err := b.read(ctx, snapshot, kind, but); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) read(ctx context.Context, snapshot graph.Snapshot, kind string, but map[string]bool) error {
	fields := []string{"id", "name", "country", "lei", "aliases", "dataset"}
	if kind == facility {
		fields = []string{"id", "name", "country", "aliases", "latitude", "longitude", "dataset"}
	}
	return snapshot.Read(ctx, graph.Query{Kind: kind, Fields: fields}, func(batch *graph.Batch) error {
		column := func(name string) graph.Column { return batch.Columns[batch.Kind.Field(name)] }
		ids, names, aliases, countries, datasets := column("id").Text, column("name").Text, column("aliases").Text, column("country").Word, column("dataset").Word
		words := batch.Words.List()
		var leis []string
		var latitudes, longitudes []float64
		if kind == facility {
			latitudes, longitudes = column("latitude").Float, column("longitude").Float
		} else {
			leis = column("lei").Text
		}
		for i := range batch.Len {
			if but[words[datasets[i]]] {
				continue
			}
			e := Entity{Kind: kind, ID: ids[i], Name: names[i], Aliases: list(aliases[i]), Country: words[countries[i]]}
			if kind == facility {
				e.Latitude, e.Longitude = latitudes[i], longitudes[i]
			} else if e.LEI = leis[i]; e.LEI == "" && ValidLEI(e.ID) {
				e.LEI = e.ID
			}
			b.Known(e)
		}
		return nil
	})
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	var items []string
	for item := range strings.SplitSeq(s, ";") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// Write writes what the names came to: a row of name_match for each name that was
// taken for an entity, for each candidate and for each entity of its own; and the
// companies that are entities of their own. Plants are the source's to write. The
// rows come beside those that the source counts.
func (b *Book) Write(sink *loader.Sink, schema *graph.Schema, source string) {
	matches, companies := schema.Kind(graph.NameMatch), schema.Kind(graph.Company)
	for _, a := range b.Answers() {
		w := a.Written
		row := func(written, outcome string, m Match) {
			r := sink.Beside(matches, w.File, w.Line)
			r.SetText("kind", w.Kind)
			r.SetText("written", written)
			r.SetText("country", w.Country)
			r.SetText("entity", m.ID)
			r.SetText("outcome", outcome)
			if outcome != Unknown {
				r.SetFloat("score", m.Score)
			}
			r.SetText("reason", m.Reason)
		}
		if w.ID != "" && a.Outcome == Unknown && len(a.Candidates) == 0 {
			continue // the source's own, and nobody else's
		}
		row(w.Text, a.Outcome, a.Match)
		for _, o := range a.AlsoWritten {
			row(o.Text, a.Outcome, a.Match)
		}
		for _, c := range a.Candidates {
			row(w.Text, Candidate, c)
		}
		if w.Kind != graph.Company || a.Outcome != Unknown {
			continue
		}
		r := sink.Beside(companies, w.File, w.Line)
		r.SetText("id", a.ID)
		r.SetText("name", w.Text)
		r.SetText("country", w.Country)
		r.SetText("lei", w.LEI)
		r.SetText("aliases", strings.Join(unique(a.Spellings, w.Text), ";"))
		r.SetText("source", source)
	}
}

// unique are the spellings that differ from each other and from the name. A
// semicolon would divide one in two.
func unique(spellings []string, name string) []string {
	seen := map[string]bool{name: true}
	var kept []string
	for _, s := range spellings {
		if s = strings.ReplaceAll(s, ";", ","); !seen[s] {
			seen[s] = true
			kept = append(kept, s)
		}
	}
	return kept
}
